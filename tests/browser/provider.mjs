// An OpenID provider on loopback: oidc-provider, a certified implementation, with its development forms.

import { createServer } from "node:http";

const CLIENT = { client_id: "dormouse", client_secret: "between us and the provider" };

/** Each account's email is derived from its name; that of "unverified" isn't verified. */
const account = (id) => ({
  accountId: id,
  claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: id !== "unverified" }),
});

/** The provider; it starts after `serve` has set the client's origin. */
export async function openProvider() {
  const { default: Provider } = await import("oidc-provider");
  // Silences its warnings about the development setup.
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

  /** Signs in from our page: the button, the provider's forms and back. */
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
