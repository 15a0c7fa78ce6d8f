// Below a path, in a real browser: signing up, a feed, opening and marking articles by keys and presses, the palette, the worker of the
// device and what it shows without a network, signing out. Nothing may be asked for outside the path.

import { check, playAll, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, start } from "./dormouse.mjs";
import { serveSites } from "./sites.mjs";

const ROOT = "/reader";
const EMAIL = "robin@example.org";
const PASSWORD = "hazel and oak and ash";

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
const complaints = [];
let browser, server, sites, store, context, page;

const go = (path) => page.goto(`${server.address}${ROOT}${path}`);
const path = () => new URL(page.url()).pathname;
const kept = (name) => page.evaluate(async (name) => {
  if (!await caches.has(name)) return [];
  return (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
}, name);

function watch(into) {
  into.on("page", (opened) => {
    opened.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
    opened.on("console", (message) => { if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text()); });
  });
  into.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== server.address) return;
    if (url.pathname !== ROOT && !url.pathname.startsWith(`${ROOT}/`)) complaints.push(`outside: ${request.method()} ${url.pathname}`);
  });
  into.on("response", (answer) => {
    if (answer.status() === 404 && answer.url().startsWith(server.address) && !answer.url().endsWith("/icon")) {
      complaints.push(`404 ${answer.url()}`);
    }
  });
}

scenario("the first visitor makes the account", async () => {
  await page.goto(`${server.address}${ROOT}`);
  same(path(), `${ROOT}/signup`, "the first page");
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL(`**${ROOT}/unread`);
  const all = await context.cookies(`${server.address}${ROOT}/`);
  check(all.length > 1 && all.every((cookie) => cookie.path.startsWith(ROOT)), JSON.stringify(all));
});

scenario("a feed by its site's address", async () => {
  await go("/add");
  await page.fill("#url", `${sites.origin}/tidewater/`);
  await Promise.all([page.waitForNavigation(), page.click(`form[action='${ROOT}/add'] button`)]);
  check(/^\/reader\/feed\/\d+$/.test(path()), `it led to ${path()}`);
  check(await page.locator(".line").count() > 2, "it has no articles");
});

scenario("an article opens in its pane, by a press and by keys, and is marked", async () => {
  await go("/unread");
  const before = Number(await page.locator("#rail [data-count=total]").getAttribute("data-n"));
  await page.locator(".line-open").first().click();
  await page.locator("#article .article-bar[data-article]").waitFor();
  check(path().startsWith(`${ROOT}/article/`), `the address is ${path()}`);
  await page.keyboard.press("j");
  await until(async () => Number(await page.locator("#rail [data-count=total]").getAttribute("data-n")) <= before - 2, "the count stays");
  await page.keyboard.press("s");
  await page.evaluate(() => dispatchEvent(new Event("pagehide")));
  await until(() => page.evaluate(() => !Object.keys(JSON.parse(localStorage.getItem(`dormouse.marks.${document.body.dataset.user}`) ?? "{}").waiting ?? {}).length), "marks wait");
  await go("/starred");
  await until(async () => await page.locator(".line").count() === 1, "no star");
  await go("/unread");
  same(Number(await page.locator("#rail [data-count=total]").getAttribute("data-n")), before - 2, "unread after a new page");
});

scenario("keys lead to pages below", async () => {
  for (const [keys, to] of [["g a", "/all"], ["g s", "/starred"], ["g u", "/unread"]]) {
    for (const key of keys.split(" ")) await page.keyboard.press(key);
    await page.waitForURL(`**${ROOT}${to}`);
  }
});

scenario("the worker is below, and answers without a network", async () => {
  await go("/unread");
  await until(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)), "no worker");
  same(await page.evaluate(async () => new URL((await navigator.serviceWorker.ready).scope).pathname), `${ROOT}/`, "its scope");
  await until(async () => (await kept(`dormouse-pages${ROOT}`)).includes(`${ROOT}/offline`), "no shell");
  await go("/unread");
  await until(async () => (await kept(`dormouse-pages${ROOT}`)).includes(`${ROOT}/unread`), "the list isn't kept");
  await go("/settings/device");
  await page.evaluate(() => localStorage.setItem("dormouse.keep", "50"));
  await go("/unread");
  const ids = await page.locator(".line").evaluateAll((all) => all.map((one) => one.dataset.id));
  await until(async () => {
    const here = await kept(`dormouse-articles${ROOT}`);
    return ids.every((id) => here.includes(`${ROOT}/article/${id}`));
  }, "the unread aren't taken along", 15_000);
  await context.setOffline(true);
  await server.stop();
  await go("/unread");
  check(await page.locator(".line").count() > 1, "no list without a network");
  await page.locator(".line:not(.is-bare) .line-open").first().click();
  await page.locator("#article .article-bar[data-article]").waitFor();
  check((await page.locator("#article .prose").innerText()).length > 20, "no text");
  const links = await page.locator("#article a[href^='/'], #article form[action^='/']").evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? one.getAttribute("action")));
  check(links.length > 2 && links.every((to) => to.startsWith(`${"/reader"}/`)), links.join());
  await page.evaluate(() => { window.stop(); });
  server = await start(store.folder, server.port, settings());
  await context.setOffline(false);
});

scenario("signing out leaves nothing", async () => {
  await go("/settings");
  await page.locator(`main form[action='${ROOT}/signout'] button`).click();
  await page.waitForURL(`**${ROOT}/signin*`);
  await until(async () => (await kept(`dormouse-pages${ROOT}`)).length === 0, "pages after signing out");
});

const settings = () => ({ BASE_URL: `http://127.0.0.1${ROOT}` });

const chromium = findChromium();
if (!chromium) {
  console.log("No Chromium: skipped.");
  process.exit(0);
}
sites = await serveSites();
store = await emptyFolder();
server = await start(store.folder, 0, settings());
browser = await launch(chromium);
context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", serviceWorkers: "allow" });
context.setDefaultTimeout(10_000);
watch(context);
page = await context.newPage();
const failed = await playAll(scenarios, complaints);
await browser.close();
await server.stop();
await sites.close?.();
await store.remove();
process.exit(failed ? 1 : 0);
