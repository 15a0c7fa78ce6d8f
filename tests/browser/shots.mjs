// Takes screenshots of every page in four themes and three sizes into out/, and the README's three into docs/screenshots/.

import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { daysPass, emptyFolder, findChromium, here, launch, SECRET, start } from "./dormouse.mjs";
import { openProvider } from "./provider.mjs";
import { takeHouse } from "./shots_house.mjs";
import { serveSites, wholeShelf } from "./sites.mjs";

const out = join(here, "out");
const docs = resolve(here, "../../docs/screenshots");
const sizes = { tablet: { width: 820, height: 1180 }, desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const chromium = findChromium();
if (!chromium) throw new Error("Chromium isn't there: install it, or set CHROMIUM.");
await mkdir(out, { recursive: true });
await mkdir(docs, { recursive: true });
const sites = await serveSites();
const { folder, remove } = await emptyFolder();
let server = await start(folder);
const browser = await launch(chromium);
const go = (page, path) => page.goto(server.address + path, { waitUntil: "networkidle" });

async function take(page, name) {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const theme of ["light", "dark", "black", "sepia"]) {
      await page.emulateMedia({ colorScheme: theme === "light" || theme === "sepia" ? "light" : "dark" });
      await page.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, theme);
      await page.waitForTimeout(80);
      await page.screenshot({ path: join(out, `${name}-${size}-${theme}.png`) });
    }
    await page.evaluate(() => { delete document.documentElement.dataset.theme; });
  }
  await page.setViewportSize(sizes.desktop);
}

try {
  const context = await browser.newContext({ viewport: sizes.desktop });
  const page = await context.newPage();
  await go(page, "/signup");
  await take(page, "signup");
  await go(page, "/about/fetcher");
  await take(page, "about-fetcher");
  await go(page, "/signup");
  await page.fill("#email", "robin@example.org");
  await page.fill("#password", "hazel and oak and ash");
  await page.click("button[type=submit]");
  await page.waitForURL("**/unread");
  await take(page, "empty");
  await go(page, "/feeds");
  await take(page, "feeds-empty");
  await go(page, "/import");
  await take(page, "import");
  const more = [["Old Harbour Gazette", `${sites.origin}/broken/feed.xml`, "News"], ["Lost Gazette", `${sites.origin}/lost/feed.xml`, "News"]];
  const buffer = Buffer.from(wholeShelf(sites.origin, more));
  await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer });
  await page.click("form[action='/import'] button");
  await page.getByRole("link", { name: "Start reading" }).waitFor();
  await take(page, "import-result");
  await page.reload({ waitUntil: "networkidle" });
  // The README's three, while everything is unread; the phone's list comes first, before any is read.
  await go(page, "/unread");
  for (const [name, viewport, colorScheme, wanted] of [
    ["phone-light", sizes.phone, "light", null],
    ["desktop-light", sizes.desktop, "light", "The estuary"],
    ["desktop-dark", sizes.desktop, "dark", "A queue that"],
  ]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    if (wanted) {
      await page.locator(".line-open", { hasText: wanted }).first().click();
      await page.locator(".text-title", { hasText: wanted }).waitFor();
      await page.locator(".prose > :first-child").hover();
      await page.waitForLoadState("networkidle");
    }
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(docs, `${name}.png`) });
    const { size } = await stat(join(docs, `${name}.png`));
    console.log(`${name}.png: ${Math.round(size / 1_000)} kB`);
  }
  await page.setViewportSize(sizes.desktop);
  await go(page, "/unread");
  await take(page, "unread");
  // Read a few, so that both states are seen.
  const lines = page.locator(".line");
  for (const at of [4, 7, 8, 12]) await lines.nth(at).locator(".line-mark").click();
  await page.waitForTimeout(3_500);
  await go(page, "/all");
  await take(page, "all");
  await page.locator(".line-open", { hasText: "The estuary" }).first().click();
  await page.locator(".text-title").waitFor();
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("s");
  await page.locator("#article .is-starred").waitFor();
  await take(page, "article");
  await go(page, "/all");
  await page.locator(".line-open", { hasText: "A queue that" }).first().click();
  await page.locator(".text-title").waitFor();
  await take(page, "article-code");
  await go(page, "/all");
  await page.locator(".line-open", { hasText: "Episode 41" }).first().click();
  await page.locator(".text-title").waitFor();
  await take(page, "article-audio");
  await page.keyboard.press("s");
  await page.locator("#article .is-starred").waitFor();
  await go(page, "/starred");
  await take(page, "starred");
  await go(page, "/unread");
  await page.click(".pane-list .menu summary");
  await take(page, "menu");
  for (const list of ["titles", "cards", "magazine", "articles"]) {
    await page.request.post(`${server.address}/settings/reading`, { form: { list } });
    await go(page, "/all");
    await take(page, `list-${list}`);
  }
  await page.request.post(`${server.address}/settings/reading`, { form: { list: "lines" } });
  await go(page, "/unread");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("se");
  await take(page, "palette");
  await page.keyboard.press("Escape");
  await takeHouse({ browser, page, address: server.address, origin: sites.origin, take });
  await go(page, "/house");
  await take(page, "house");
  await go(page, "/admin/costs");
  await take(page, "costs");
  await go(page, "/unread");
  await page.setViewportSize(sizes.desktop);
  const feed = await page.locator("#rail a", { hasText: "Tidewater" }).getAttribute("href");
  const broken = await page.locator("#rail a", { hasText: "Old Harbour" }).getAttribute("href");
  const shelf = await page.locator("#rail a.rail-folder", { hasText: "News" }).first().getAttribute("href");
  const refused = await page.locator("#rail a", { hasText: "Lamplight" }).getAttribute("href");
  await fetch(`${server.address}/cron/hubs`, { headers: { Authorization: `Bearer ${SECRET}` } });
  const plain = {
    feed, "feed-not-pushed-settings": `${refused}/settings`, "feed-failing": broken, "feed-settings": `${feed}/settings`, "feed-failing-settings": `${broken}/settings`,
    folder: shelf, "folder-settings": shelf.replace("/folder/", "/folders/settings/"), seldom: "/seldom", passed: "/passed", feeds: "/feeds", add: "/add", settings: "/settings", help: "/help", "not-found": "/feed/1/nothing",
  };
  for (const [name, path] of Object.entries(plain)) {
    await go(page, path);
    await take(page, name);
  }
  await go(page, "/feeds");
  const lost = await page.locator("#rail a", { hasText: "Lost Gazette" }).getAttribute("href");
  await go(page, `${lost}/settings`);
  await take(page, "feed-gone-settings");
  await page.click("button:has-text('Find the new feed')");
  await page.locator(".offer").waitFor();
  await take(page, "replace");
  await go(page, "/add");
  await page.fill("#url", `${sites.origin}/serial/feed.xml`);
  await page.click("button:has-text('Add feed')");
  await page.locator(".line-open", { hasText: "ferryman" }).click();
  await page.locator("#article .action", { hasText: "Full text" }).click();
  await page.locator(".prose", { hasText: "piano" }).waitFor();
  await take(page, "full-text");
  await go(page, `${feed}?state=all`);
  await page.locator(".line-open").first().click();
  await page.locator("#article .action", { hasText: "Full text" }).click();
  await page.locator("#article .trouble").waitFor();
  await take(page, "full-text-refused");
  await go(page, "/add");
  await page.fill("#url", `${sites.origin}/several/`);
  await page.click("button:has-text('Add feed')");
  await page.locator(".choices").waitFor();
  await take(page, "add-choice");
  await go(page, "/add");
  await page.fill("#url", `${sites.origin}/plain/`);
  await page.click("button:has-text('Add feed')");
  await page.locator(".trouble").waitFor();
  await take(page, "add-refused");
  await go(page, "/settings/apps");
  await page.fill("#token-name", "Kitchen tablet");
  await page.click("button:has-text('Create token')");
  await page.locator("#new-token").waitFor();
  await take(page, "token");
  await go(page, "/unread");
  await page.keyboard.press("?");
  await take(page, "keys");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 900, height: 900 });
  await page.screenshot({ path: join(out, "tablet.png") });
  await page.locator(".pane-list .only-drawer").click();
  await page.waitForTimeout(200);
  await page.screenshot({ path: join(out, "tablet-drawer.png") });
  await page.setViewportSize(sizes.desktop);

  await page.setViewportSize(sizes.desktop);
  await go(page, "/unread");
  await page.keyboard.press("Shift+A");
  await page.locator("#flash").waitFor();
  await take(page, "all-read");
  await context.setOffline(true);
  await take(page, "offline");
  await context.setOffline(false);
  await page.click("#flash .toast-action");
  await page.waitForLoadState("networkidle");
  await server.stop();
  daysPass(folder, 31);
  server = await start(folder, server.port);
  await fetch(`${server.address}/cron/daily`, { headers: { Authorization: `Bearer ${SECRET}` } });
  let goOn;
  const held = new Promise((done) => { goOn = done; });
  await page.route("**/wake/step", async (route) => { await held; await route.continue(); });
  await page.goto(`${server.address}/unread`);
  await take(page, "waking");
  goOn();
  await page.locator("#waking.is-done").waitFor({ timeout: 60_000 });
  await take(page, "woken");
  await page.unroute("**/wake/step");
  await go(page, "/settings");
  await page.click("button:has-text('Sign out')");
  await page.waitForURL("**/signin*");
  await page.fill("#email", "robin@example.org");
  await page.fill("#password", "not this one");
  await page.click("button[type=submit]");
  await page.locator(".field-error").waitFor();
  await take(page, "signin");
  await go(page, "/signup");
  await take(page, "signup-closed");

  // With a provider: the sign-in options, the connected account, and the rejections.
  const provider = await openProvider();
  const own = await emptyFolder();
  const open = await start(own.folder, 0, { ...provider.settings, SIGNUP: "open" });
  provider.serve(open.address);
  try {
    const visitor = await browser.newContext({ viewport: sizes.desktop });
    const tab = await visitor.newPage();
    const at = (path) => tab.goto(open.address + path, { waitUntil: "networkidle" });
    await at("/signup");
    await take(tab, "openid-signup");
    await tab.fill("#email", "wren@example.org");
    await tab.fill("#password", "hazel and oak and ash");
    await tab.click("button[type=submit]");
    await tab.waitForURL("**/unread");
    await at("/settings#openid");
    await take(tab, "openid-settings");
    await tab.click("#account button");
    await tab.waitForURL("**/signin*");
    await take(tab, "openid-signin");
    await provider.enter(tab, "wren");
    await tab.waitForURL("**/callback*");
    await take(tab, "openid-taken");
    await visitor.clearCookies();
    await at("/signin");
    await provider.enter(tab, "unverified");
    await tab.waitForURL("**/callback*");
    await take(tab, "openid-unverified");
    await visitor.clearCookies();
    await at("/auth/openid/callback?state=x&code=y");
    await take(tab, "openid-foreign");
    await at("/signin");
    await provider.enter(tab, "heron");
    await tab.waitForURL("**/unread");
    await at("/settings#password");
    await take(tab, "openid-connected");
  } finally {
    await open.stop();
    provider.close();
    await own.remove();
  }
  console.log(`pictures of every page are in ${out}`);
} finally {
  await browser.close();
  await server.stop();
  sites.close();
  await remove();
}
