// An OpenID provider on loopback: oidc-provider, a certified one, with the forms that it has for trying out.

import { createServer } from "node:http";

const CLIENT = { client_id: "dormouse", client_secret: "between us and the provider" };

/** Everybody has the address of his name; "unverified" has one that nobody has checked. */
const account = (id) => ({
  accountId: id,
  claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: id !== "unverified" }),
});

/** The provider; it answers after `serve` has told it whom people come from. */
export async function openProvider() {
  const { default: Provider } = await import("oidc-provider");
  // It warns at length that this is no way to run one, which is true.
  console.warn = () => {};
  console.info = () => {};
  const server = createServer();
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  const issuer = `http://localhost:${server.address().port}`;
  const settings = {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: CLIENT.client_id,
    OIDC_CLIENT_SECRET: CLIENT.client_secret,
    OIDC_NAME: "Oak Tree",
  };

  function serve(address) {
    const provider = new Provider(issuer, {
      clients: [{ ...CLIENT, redirect_uris: [`${address}/auth/openid/callback`] }],
      claims: { openid: ["sub"], email: ["email", "email_verified"] },
      pkce: { required: () => true },
      cookies: { keys: ["a key for cookies"] },
      findAccount: (_, id) => account(id),
    });
    server.on("request", provider.callback());
  }

  /** From our page, by the button, to the provider's forms and back. */
  async function enter(page, name) {
    await page.click("text=Continue with Oak Tree");
    await fill(page, name);
  }

  async function fill(page, name) {
    await page.fill("input[name=login]", name);
    await page.fill("input[name=password]", "any");
    await page.click("button[type=submit]");
    await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
    await page.click("button[type=submit]");
  }

  return { settings, serve, enter, fill, close: () => { server.close(); server.closeAllConnections(); } };
}
