// An OpenID provider that can misbehave: oauth2-mock-server, started by the Rust tests.
//
// The first line of output is the issuer. Then each line of input is JSON: the time by the test's clock, what the next
// tokens claim beyond the usual (null takes a claim away), and how they are signed. Each is answered with "ok".

import { createHmac, createPublicKey } from "node:crypto";
import { createInterface } from "node:readline";
import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
const key = await server.issuer.keys.generate("RS256");
await server.start(0, "127.0.0.1");
const publicKey = createPublicKey({ key: { kty: key.kty, n: key.n, e: key.e }, format: "jwk" });
const encode = (text) => Buffer.from(text).toString("base64url");
let told = { now: 0, claims: {}, signed: "rightly" };

server.service.on("beforeTokenSigning", ({ payload }) => {
  const { now, claims } = told;
  Object.assign(payload, { iat: now, nbf: now - 10, exp: now + 3_600, email_verified: true }, claims);
  for (const [name, value] of Object.entries(payload)) if (value === null) delete payload[name];
});

server.service.on("beforeResponse", ({ body }) => {
  if (told.signed === "rightly" || !body.id_token) return;
  const claims = body.id_token.split(".")[1];
  if (told.signed === "not at all") body.id_token = `${encode('{"alg":"none"}')}.${claims}.`;
  if (told.signed === "with the public key") {
    const text = `${encode(JSON.stringify({ alg: "HS256", kid: key.kid }))}.${claims}`;
    const secret = publicKey.export({ type: "spki", format: "pem" });
    body.id_token = `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  }
});

console.log(server.issuer.url);
for await (const line of createInterface({ input: process.stdin })) {
  told = JSON.parse(line);
  console.log("ok");
}
process.exit(0);
