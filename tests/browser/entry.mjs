// Ways into an account: passkeys with the browser's own virtual authenticator, one-time codes, and where one is signed in.

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer as createWebServer } from "node:http";
import { createServer } from "node:net";
import { check, playAll, same, until } from "./checks.mjs";
import { daysPass, emptyFolder, findChromium, launch, SECRET, start } from "./dormouse.mjs";
import { openRelay } from "./relay.mjs";

const EMAIL = "robin@example.org";
const PASSWORD = "hazel and oak and ash";
const LEE = "lee@example.org";
const NEW_PASSWORD = "beech and birch and elm";
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
let browser, server, settings, store, address, page, relay;
const complaints = [];
let taken = 0;

const go = (path, on = page) => on.goto(address + path);
const said = async (words, on = page) => on.locator("#flash", { hasText: words }).waitFor();

/** A port that is free, as browsers keep passkeys for a name: the address is to be known before the server starts. */
function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

async function newTab(options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(8_000);
  const tab = await context.newPage();
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => { if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text()); });
  return tab;
}

/** A device that holds passkeys and knows its owner. */
async function withDevice(tab) {
  const devtools = await tab.context().newCDPSession(tab);
  await devtools.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    keys: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    // The same passkey on another device, as one that is synced: with a counter that goes on, or it would be a copy.
    take: (credential) => {
      taken += 1_000;
      return devtools.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential, signCount: taken } });
    },
    forget: () => devtools.send("WebAuthn.clearCredentials", { authenticatorId }),
    refuse: () => devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false }),
  };
}

async function typesPassword(tab) {
  await go("/signin", tab);
  await tab.fill("#email", EMAIL);
  await tab.fill("#password", PASSWORD);
  await tab.click("form[action='/signin'] button");
}

/** The code of a secret (RFC 6238), so many steps from now. */
function codeOf(secret, steps = 0) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function inspect(on) {
  const wide = await on.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `the page is ${wide} px too wide`);
  await on.evaluate(axe);
  const found = await on.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  same(found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`).join("\n"), "", "axe");
}

/** A picture of a page, if somebody wants to look: SHOTS names a folder. */
async function shot(tab, name) {
  if (!process.env.SHOTS) return;
  for (const [size, viewport] of [["desktop", DESKTOP], ["tablet", { width: 820, height: 1180 }], ["phone", PHONE]]) {
    for (const colorScheme of ["light", "dark"]) {
      await tab.setViewportSize(viewport);
      await tab.emulateMedia({ colorScheme });
      await tab.screenshot({ path: `${process.env.SHOTS}/${name}-${size}-${colorScheme}.png`, fullPage: true });
    }
  }
  await tab.setViewportSize(DESKTOP);
}

let device, passkeys;

scenario("a passkey is made, named, and signs in alone", async () => {
  device = await withDevice(page);
  await go("/settings/security");
  await page.fill("#passkey-name", "Robin’s phone");
  await page.click("form[action='/settings/security/passkeys'] button");
  await said("The passkey is added");
  check((await page.locator("#passkeys").innerText()).includes("Robin’s phone"), "its name isn't there");
  passkeys = await device.keys();
  same(passkeys.length, 1, "the device's passkeys");
  await page.click("summary[aria-label='Rename Robin’s phone']");
  await page.fill("#passkeys .inline-form input", "Blue key");
  await page.click("#passkeys .inline-form button");
  await said("Saved");
  await inspect(page);
  await shot(page, "security");

  const other = await newTab();
  const there = await withDevice(other);
  await there.take(passkeys[0]);
  await go("/signin?next=/all", other);
  await inspect(other);
  await shot(other, "signin");
  await other.click("form[action='/signin/passkey'] button");
  await other.waitForURL((url) => url.pathname === "/all");
  await go("/settings/security", other);
  check((await other.locator("#passkeys").innerText()).includes("last used today"), "its use isn't said");
  await other.context().close();
});

scenario("a device that refuses is said, and the password still opens", async () => {
  const other = await newTab();
  const there = await withDevice(other);
  await there.take(passkeys[0]);
  await there.refuse();
  await go("/signin", other);
  await other.click("form[action='/signin/passkey'] button");
  await other.locator("[data-passkey-error]:visible").waitFor();
  await typesPassword(other);
  await other.waitForURL("**/unread");
  await other.context().close();
});

scenario("several passkeys on one account, one asked for after the password, and a proof by one", async () => {
  const desk = await newTab();
  const there = await withDevice(desk);
  await typesPassword(desk);
  await desk.waitForURL("**/unread");
  await go("/settings/security", desk);
  await desk.fill("#passkey-name", "Desk key");
  await desk.click("form[action='/settings/security/passkeys'] button");
  await said("The passkey is added", desk);
  const listed = await desk.locator("#passkeys").innerText();
  check(listed.includes("Blue key") && listed.includes("Desk key"), `both aren't listed: ${listed}`);
  const [desks] = await there.keys();
  check(desks.credentialId !== passkeys[0].credentialId, "it is the same passkey");
  await desk.check("form[action='/settings/security/second'] input");
  await desk.click("form[action='/settings/security/second'] button");
  await said("Saved", desk);

  // The password alone is no longer enough; each of the two passkeys is.
  for (const [name, key] of [["desk", desks], ["phone", passkeys[0]]]) {
    const other = await newTab({ viewport: PHONE });
    const held = await withDevice(other);
    await typesPassword(other);
    await other.waitForURL("**/signin/second");
    await inspect(other);
    await go("/unread", other);
    check(other.url().includes("/signin"), "the password has let them in");
    await typesPassword(other);
    await other.waitForURL("**/signin/second");
    await other.click("form[action='/signin/passkey'] button");
    await other.locator("[data-passkey-error]:visible").waitFor();
    await held.take(key);
    await other.click("form[action='/signin/passkey'] button");
    await other.waitForURL("**/unread");
    // A proof by the same, in place of password and passkey.
    await go("/confirm?next=/settings/data", other);
    await inspect(other);
    await other.click("form[action='/confirm/passkey'] button");
    await other.waitForURL("**/settings/data");
    await shot(other, `second-${name}`);
    await other.context().close();
  }

  await desk.uncheck("form[action='/settings/security/second'] input");
  await desk.click("form[action='/settings/security/second'] button");
  await said("Saved", desk);
  await desk.click("button[aria-label='Remove Desk key']");
  await said("The passkey is removed", desk);
  check(!(await desk.locator("#passkeys").innerText()).includes("Desk key"), "it's still there");
  // What was removed opens nothing, and the other still does.
  const gone = await newTab();
  const held = await withDevice(gone);
  await held.take(desks);
  await go("/signin", gone);
  await gone.click("form[action='/signin/passkey'] button");
  await gone.locator("main [role=alert]:visible, [data-passkey-error]:visible").first().waitFor();
  await go("/unread", gone);
  check(gone.url().includes("/signin"), "a removed passkey lets them in");
  for (const tab of [desk, gone]) await tab.context().close();
});

scenario("one-time codes are set up, asked for, and recovered from, without scripts too", async () => {
  await go("/settings/security");
  await page.click("a[href='/settings/security/codes']");
  await page.waitForURL("**/settings/security/codes");
  await inspect(page);
  await shot(page, "codes");
  const secret = await page.inputValue("#secret");
  await page.fill("#code", "000000");
  await page.click("form[action='/settings/security/codes'] button");
  await page.locator("#code-error").waitFor();
  same(await page.inputValue("#secret"), secret, "the secret stays");
  await page.fill("#code", codeOf(secret, -1));
  await page.click("form[action='/settings/security/codes'] button");
  const recovery = (await page.inputValue("#recovery")).split("\n");
  same(recovery.length, 10, "recovery codes");
  await inspect(page);
  await shot(page, "recovery");
  await go("/settings/security");
  same(await page.locator("#recovery").count(), 0, "they are shown once");

  const other = await newTab({ javaScriptEnabled: false, viewport: PHONE });
  await typesPassword(other);
  await other.waitForURL("**/signin/second");
  await shot(other, "second");
  await other.fill("#code", codeOf(secret));
  await other.click("form[action='/signin/second'] button");
  await other.waitForURL("**/unread");
  await other.context().close();
  const third = await newTab();
  await typesPassword(third);
  await third.waitForURL("**/signin/second");
  await inspect(third);
  await third.fill("#code", recovery[0]);
  await third.click("form[action='/signin/second'] button");
  await third.waitForURL("**/unread");
  await said("9 are left", third);
  await third.context().close();
});

scenario("sessions are seen and ended", async () => {
  const other = await newTab();
  const there = await withDevice(other);
  await there.take(passkeys[0]);
  await go("/signin", other);
  await other.click("form[action='/signin/passkey'] button");
  await other.waitForURL("**/unread");
  await go("/settings/security");
  const rows = page.locator("#sessions li");
  check(await rows.count() > 2, "all sessions are there");
  same(await page.locator("#sessions .own-this").count(), 1, "which is this one");
  await page.click("form[action='/settings/security/sessions/end'] button");
  await said("You’re signed out everywhere else");
  same(await rows.count(), 1, "one is left");
  await other.goto(`${address}/unread`);
  check(other.url().includes("/signin"), "the other is over");
  await other.context().close();
});

scenario("the password can go, and the only passkey can't", async () => {
  await go("/settings/security");
  await page.click("form[action='/settings/security/codes/off'] button");
  await said("One-time codes are off");
  await page.click("form[action='/settings/security/password/remove'] button");
  await said("The password is gone");
  await shot(page, "security-passkeys-only");
  await page.click("button[aria-label='Remove Blue key']");
  check((await page.locator("main [role=alert]").first().innerText()).includes("sign in any more"), "why it stays isn't said");
  await page.click(".rail-foot a[href='/settings']").catch(() => go("/settings"));
  await page.click("form[action='/signout'] button");
  await device.forget();
  await device.take(passkeys[0]);
  await page.waitForURL("**/signin");
  await page.click("form[action='/signin/passkey'] button");
  await page.waitForURL("**/unread");
});

scenario("an invitation lets somebody in where sign-up is closed, after a letter", async () => {
  await go("/settings");
  await page.click("#admin a[href='/admin/invitations']");
  await page.fill("#name", "For Lee");
  await shot(page, "invitations-empty");
  await page.click("form[action='/admin/invitations'] button");
  const link = await page.inputValue("#new-link");
  await inspect(page);
  await shot(page, "invitations");
  await page.reload();
  same(await page.locator("#new-link").count(), 0, "the link is shown again");
  check((await page.locator("#all").innerText()).includes("0 of 1 used"), "its uses aren't said");

  const lee = await newTab();
  await go("/signup", lee);
  check((await lee.locator("main").innerText()).includes("Sign-up is closed here"), "the door is open");
  await lee.goto(link);
  await lee.fill("#email", LEE);
  await inspect(lee);
  await shot(lee, "invited");
  await lee.click("form[action='/signup'] button");
  check((await lee.locator("main").innerText()).includes("Look into your mail"), "no letter is announced");
  await shot(lee, "mail-sent");
  await lee.goto(relay.linkTo(LEE));
  await lee.fill("#password", PASSWORD);
  await inspect(lee);
  await shot(lee, "signup-last");
  await lee.click("form.form button");
  await lee.waitForURL("**/unread");
  await go("/settings/mail", lee);
  check((await lee.locator("#address").innerText()).includes("Confirmed"), "the letter proved nothing");
  await lee.check("input[name=edition]");
  await lee.click("form[action='/settings/mail'] button");
  await said("Saved", lee);
  check(await lee.isChecked("input[name=edition]"), "the edition isn't asked for");
  await inspect(lee);
  await shot(lee, "mail");
  await lee.context().close();
  const late = await newTab();
  await late.goto(link);
  check((await late.locator("main").innerText()).includes("This invitation is over"), "it lets in more than one");
  await late.context().close();
});

scenario("a forgotten password is replaced by a letter", async () => {
  const lee = await newTab();
  await go("/signin", lee);
  await shot(lee, "signin");
  await lee.click("a[href='/reset']");
  await lee.fill("#email", LEE);
  await inspect(lee);
  await shot(lee, "reset");
  await lee.click("form[action='/reset'] button");
  check((await lee.locator("main").innerText()).includes("Look into your mail"), "no letter is announced");
  const link = relay.linkTo(LEE);
  await lee.goto(link);
  await lee.fill("#password", NEW_PASSWORD);
  await inspect(lee);
  await shot(lee, "new-password");
  await lee.click("form.form button");
  check((await lee.locator("main").innerText()).includes("Your password is set"), "it isn't said to be set");
  await lee.click("a[href='/signin']");
  await lee.fill("#email", LEE);
  await lee.fill("#password", NEW_PASSWORD);
  await lee.click("form[action='/signin'] button");
  await lee.waitForURL("**/unread");
  check(relay.newest(LEE).text.includes("wasn’t used in before"), "the owner isn't told of the new browser");
  await lee.goto(link);
  check((await lee.locator("main").innerText()).includes("This link has expired"), "the link opens twice");
  await shot(lee, "link-gone");
  await lee.context().close();
});

const NEW_ADDRESS = "leander@example.org";

async function leeSignsIn(tab, email = LEE) {
  await go("/signin", tab);
  await tab.fill("#email", email);
  await tab.fill("#password", NEW_PASSWORD);
  await tab.click("form[action='/signin'] button");
}

/** Looks at a link as a mail program might, which does nothing, and presses then. */
async function follows(link, words, tab) {
  await tab.goto(link);
  await inspect(tab);
  await tab.click("main form button");
  check((await tab.locator("main").innerText()).includes(words), `“${words}” isn't said: ${await tab.locator("main").innerText()}`);
}

scenario("an address is verified by a letter, without scripts too", async () => {
  await go("/settings/mail");
  check((await page.locator("#address").innerText()).includes("Nobody has confirmed yet"), "it's confirmed already");
  check(await page.locator("input[name=edition]").isDisabled(), "letters are offered to an address that nobody has proven");
  await page.click("form[action='/settings/mail/verify'] button");
  await said("A link is on its way to robin@example.org");
  const mail = await newTab({ javaScriptEnabled: false, viewport: PHONE });
  const link = relay.linkTo(EMAIL);
  await mail.goto(link);
  await go("/settings/mail");
  same(await page.locator("form[action='/settings/mail/verify']").count(), 1, "a look has confirmed it");
  await mail.click("main form button");
  check((await mail.locator("main").innerText()).includes("robin@example.org is confirmed"), await mail.locator("main").innerText());
  await shot(mail, "confirmed");
  await go("/settings/mail");
  same(await page.locator("form[action='/settings/mail/verify']").count(), 0, "it isn't confirmed");
  check(!await page.locator("input[name=edition]").isDisabled(), "letters aren't offered");
  await mail.context().close();
});

scenario("another address takes both mailboxes", async () => {
  const lee = await newTab();
  await leeSignsIn(lee);
  await lee.waitForURL("**/unread");
  await go("/settings/mail", lee);
  await lee.fill("#new-address", NEW_ADDRESS);
  await lee.click("form[action='/settings/mail/address'] button");
  await said("Two links are on their way", lee);
  check((await lee.locator("#change").innerText()).includes(NEW_ADDRESS), "what is going on isn't said");
  await inspect(lee);
  await shot(lee, "address-changing");
  const mail = await newTab({ viewport: PHONE });
  await follows(relay.linkTo(LEE), "Now follow the link that was sent to the other address", mail);
  await go("/settings/mail", lee);
  check((await lee.locator("#address").innerText()).includes(LEE), "one mailbox was enough");
  await follows(relay.linkTo(NEW_ADDRESS), `Your address is ${NEW_ADDRESS} now`, mail);
  await shot(mail, "address-changed");
  await go("/settings/mail", lee);
  const shown = await lee.locator("#address").innerText();
  check(shown.includes(NEW_ADDRESS) && shown.includes("Confirmed"), shown);
  const again = await newTab();
  await leeSignsIn(again);
  await again.locator("#signin-error").waitFor();
  await leeSignsIn(again, NEW_ADDRESS);
  await again.waitForURL("**/unread");
  for (const tab of [lee, mail, again]) await tab.context().close();
});

/** A publisher with an article every four hours, the newest two hours old. */
async function hourly() {
  const item = (n) => `<item><title>The tide at hour ${n}</title><link>http://tide.example/${n}</link><guid>tide-${n}</guid><pubDate>${new Date(Date.now() - n * 3_600_000).toUTCString()}</pubDate><description>High water ${n} hours ago.</description></item>`;
  const items = Array.from({ length: 12 }, (_, n) => item(2 + 4 * n)).join("");
  const web = createWebServer((_, response) => response.writeHead(200, { "Content-Type": "application/rss+xml" }).end(`<?xml version="1.0"?><rss version="2.0"><channel><title>Tide tables</title><link>http://tide.example</link>${items}</channel></rss>`));
  await new Promise((done) => { web.listen(0, "127.0.0.1", done); });
  return { url: `http://127.0.0.1:${web.address().port}/feed.xml`, close: () => { web.closeAllConnections(); web.close(); } };
}

scenario("the edition comes by email, and its own link ends that", async () => {
  const web = await hourly();
  let lee = await newTab();
  await leeSignsIn(lee, NEW_ADDRESS);
  await lee.waitForURL("**/unread");
  await go("/add", lee);
  await lee.fill("#url", web.url);
  await lee.click("form[action='/add'] .button");
  await lee.waitForURL(/\/feed\/\d+/);
  await go("/settings/mail", lee);
  check(await lee.isChecked("input[name=edition]"), "the edition isn't wanted any more");
  // A day later.
  const storageState = await lee.context().storageState();
  await lee.context().close();
  await server.stop();
  daysPass(store.folder, 1);
  server = await start(store.folder, server.port, settings);
  const cron = await fetch(`${address}/cron/refresh`, { headers: { Authorization: `Bearer ${SECRET}` } });
  same(cron.status, 200, "what the scheduler's call answers");
  const letter = relay.newest(NEW_ADDRESS);
  check(letter.text.includes("The tide at hour"), `no edition: ${letter.text}`);
  check(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/im.test(letter.head), letter.head);
  const [, stop] = /^List-Unsubscribe: <([^>]+)>/im.exec(letter.head);
  check(letter.text.includes(stop), "the letter's own words don't have the link");
  const mail = await newTab({ javaScriptEnabled: false, viewport: PHONE });
  await mail.goto(stop);
  await shot(mail, "stop");
  await mail.click("main form button");
  check((await mail.locator("main").innerText()).includes("It isn’t sent any more"), await mail.locator("main").innerText());
  await shot(mail, "stopped");
  lee = await newTab({ storageState });
  await go("/settings/mail", lee);
  await until(async () => !(await lee.isChecked("input[name=edition]")), "the edition is still wanted");
  for (const tab of [lee, mail]) await tab.context().close();
  web.close();
});

async function run() {
  const chromium = findChromium();
  if (!chromium || !axe) {
    if (process.env.CI) throw new Error("Chromium or axe-core isn't there.");
    console.log(`skipped: ${scenarios.length} scenarios, because Chromium or axe-core isn't there`);
    return 0;
  }
  [store, browser] = [await emptyFolder(), await launch(chromium)];
  const port = await freePort();
  address = `http://localhost:${port}`;
  relay = await openRelay();
  settings = { BASE_URL: address, SMTP_URL: relay.url, MAIL_FROM: "Dormouse <reader@example.org>" };
  server = await start(store.folder, port, settings);
  page = await newTab();
  await go("/signup");
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL("**/unread");
  const wanted = process.argv[2];
  const failed = await playAll(scenarios.filter((one) => !wanted || one.name.includes(wanted)), complaints);
  await browser.close();
  await server.stop();
  await relay.close();
  await store.remove();
  return failed ? 1 : 0;
}

process.exit(await run());
