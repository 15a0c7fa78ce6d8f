// Tests the real server in a real browser. Prints one line per scenario, and a summary.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { check, same, until } from "./checks.mjs";
import { daysPass, emptyFolder, findChromium, launch, SECRET, start } from "./dormouse.mjs";
import { openProvider } from "./provider.mjs";
import { hundred, opml, serveSites } from "./sites.mjs";

const EMAIL = "robin@example.org";
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

/** In order: each continues where the previous one stopped. */
const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });

const state = { password: "hazel and oak and ash", token: "", paths: {} };
let browser, sites, store, server, context, page;
let complaints = [];
/** Error statuses that a scenario expects. */
let expected = new Set();

/** Records a page's console errors and failed requests. */
function watch(into) {
  into.on("page", (opened) => {
    const ours = (url) => url.startsWith(server.address);
    opened.on("console", (message) => {
      if (message.type() !== "error") return;
      // Messages of other sites' pages are ignored.
      if (!ours(message.location().url || opened.url())) return;
      const refused = /status of (\d+)/.exec(message.text());
      if (!refused || !expected.has(Number(refused[1]))) complaints.push(`console: ${message.text()}`);
    });
    opened.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
    opened.on("response", (answer) => {
      if (answer.status() >= 400 && ours(answer.url()) && !expected.has(answer.status())) {
        complaints.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
      }
    });
    opened.on("requestfailed", (request) => {
      // Leaving a page aborts its unfinished requests.
      const left = request.failure()?.errorText === "net::ERR_ABORTED";
      if (!left && ours(request.url())) complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
    });
  });
}

async function newContext(options = {}) {
  const made = await browser.newContext({ viewport: DESKTOP, ...options });
  made.setDefaultTimeout(8_000);
  watch(made);
  await made.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return made;
}

const go = (path, on = page) => on.goto(server.address + path);
const path = () => new URL(page.url()).pathname;
const text = (selector, on = page) => on.locator(selector).first().innerText();

async function signIn(on = page, password = state.password) {
  await go("/signin", on);
  await on.fill("#email", EMAIL);
  await on.fill("#password", password);
  await on.click("form[action='/signin'] button");
}

async function add(address, folder = "", on = page) {
  await go("/add", on);
  await on.fill("#url", address);
  await on.fill("#folder", folder);
  await Promise.all([on.waitForNavigation(), on.click("form[action='/add'] button")]);
}

async function api(path) {
  const answer = await fetch(`${server.address}/api/v1/${path}`, { headers: { Authorization: `Bearer ${state.token}` } });
  check(answer.ok, `the API answered ${path} with ${answer.status}`);
  return answer.json();
}

/** One article's state on the server. */
async function readOnServer(id) {
  const article = await api(`articles/${id}`);
  return (article.article ?? article).read;
}

const count = async (on = page) => Number(await on.locator("#rail [data-count=total]").getAttribute("data-n"));
const lineId = (at) => page.locator(".line").nth(at).getAttribute("data-id");
const selectedId = () => page.locator(".line.is-selected").getAttribute("data-id");
const isRead = async (id, on = page) => /is-read/.test(await on.locator(`.line[data-id="${id}"]`).getAttribute("class"));
const openId = () => page.locator("#article .article-bar[data-article]").getAttribute("data-article");

async function opened(id) {
  await page.locator(`#article .article-bar[data-article="${id}"]`).waitFor();
}

/** Waits until all marks are on the server; with `patient`, until the page sends them by itself. */
async function settled(on = page, patient = false) {
  if (!patient) await on.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  await until(() => on.evaluate(() => {
    const box = JSON.parse(localStorage.getItem(`dormouse.marks.${document.body.dataset.user}`) ?? "{}");
    return !box.sent && !Object.keys(box.waiting ?? {}).length;
  }), "marks are still waiting", 12_000);
}

/** Lines beyond the first ones are made from the same templates. */
const MORE_OF_THE_SAME = [".line:nth-child(n+9)", "tr:nth-child(n+9)"];
let railSeen = false;

/** The page is notified of a new size in its next frame, and reacts to it by the frame after that. */
function drawn(on) {
  return on.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** `everywhere` also checks the phone size in dark mode, whose bars are the same on every page. */
async function inspect(on, what, everywhere = false) {
  if (!axe) throw new Error("axe-core isn't there: run npm install");
  const exclude = railSeen ? [...MORE_OF_THE_SAME, "#rail"] : MORE_OF_THE_SAME;
  railSeen ||= await on.locator("#rail .folder").count() > 2;
  await on.evaluate(`${axe}; undefined`);
  const look = async (options) => {
    const wish = { include: ["html"], exclude: exclude.map((selector) => [selector]) };
    const { violations } = await on.evaluate(([what, how]) => window.axe.run(what, how), [wish, options]);
    return violations.filter((one) => ["serious", "critical"].includes(one.impact));
  };
  const found = [];
  for (const [size, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
    await on.setViewportSize(viewport);
    await drawn(on);
    for (const colorScheme of ["light", "dark"]) {
      if (size === "phone" && colorScheme === "dark" && !everywhere) continue;
      await on.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const rules = colorScheme === "light" ? {} : { runOnly: ["color-contrast"] };
      for (const one of await look({ resultTypes: ["violations"], ...rules })) {
        const where = one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ");
        found.push(`${what} ${size} ${colorScheme}: ${one.id} at ${where}`);
      }
    }
  }
  await on.setViewportSize(DESKTOP);
  await on.emulateMedia({ colorScheme: "light", reducedMotion: null });
  check(!found.length, found.join("\n    "));
}

// ---- Coming and going

scenario("an empty folder: the first visitor makes the account", async () => {
  await go("/");
  same(path(), "/signup", "the first page");
  await inspect(page, "signup");
  await page.fill("#email", EMAIL);
  await page.fill("#password", state.password);
  await page.click("button[type=submit]");
  await page.waitForURL("**/unread");
  check((await text(".empty")).includes("Your shelf is empty"), "no word about the empty shelf");
  await inspect(page, "empty shelf");
  await go("/feeds");
  await inspect(page, "empty feeds");
});

scenario("sign out, and in again", async () => {
  await go("/settings");
  await page.click("form[action='/signout'] button");
  await page.waitForURL("**/signin*");
  await go("/feeds");
  check(path() === "/signin", "a page was shown without an account");
  expected.add(422);
  await signIn(page, "not this one");
  await page.locator(".field-error").waitFor();
  await inspect(page, "signin");
  await signIn();
  await page.waitForURL("**/unread");
  expected.add(403);
  const stranger = await newContext();
  const other = await stranger.newPage();
  await go("/signup", other);
  check((await text("h1", other)).includes("closed"), "sign-up isn't closed");
  await inspect(other, "closed sign-up");
  await stranger.close();
});

// ---- The shelf

scenario("three feeds by their sites' addresses", async () => {
  for (const [name, folder] of [["tidewater", "Nature"], ["kernel", "Code"], ["cities", "News/Cities"]]) {
    await add(`${sites.origin}/${name}/`, folder);
    check(/^\/feed\/\d+$/.test(path()), `${name} led to ${path()}`);
    state.paths[name] = path();
    check((await text("#flash")).includes("Added"), "no word about what was added");
    check(await page.locator(".line").count() > 2, `${name} has no articles`);
  }
  const folders = await page.locator(".rail-folder .rail-name").allInnerTexts();
  same(folders.join(), "Code,Nature,News,Cities", "folders");
});

scenario("a feed that is there already says so and leads there", async () => {
  await add(`${sites.origin}/tidewater/feed.xml`);
  same(path(), state.paths.tidewater, "the way");
  check((await text("#flash")).includes("already"), "no word about it");
});

scenario("a site with several feeds lets me choose", async () => {
  await add(`${sites.origin}/several/`);
  await inspect(page, "choice");
  same(await page.locator(".choice").count(), 3, "choices");
  await page.locator(".choice", { hasText: "Rust by Lamplight" }).click();
  await page.click("form[action='/add'] button");
  await page.waitForURL(/\/feed\/\d+$/);
  state.paths.lamplight = path();
  same(await text(".bar-title"), "Rust by Lamplight", "the feed");
});

scenario("a refused address says what was found and what to try", async () => {
  expected.add(422);
  await add(`${sites.origin}/plain/`);
  const words = await text(".trouble");
  check(words.includes("web page") && words.includes("RSS"), words);
  await inspect(page, "refused");
  await add(`${sites.origin}/broken/`);
  check((await text(".trouble")).includes("500"), await text(".trouble"));
  await add("not an address");
  check((await text(".trouble")).includes("https://"), await text(".trouble"));
  same(await page.inputValue("#url"), "not an address", "what was typed");
});

scenario("axe finds nothing serious on the pages of reading", async () => {
  for (const place of ["/unread", "/all", state.paths.cities, "/feeds", "/add", "/help"]) {
    await go(place);
    await inspect(page, place, place === "/unread");
  }
  await go("/unread");
  await page.keyboard.press("j");
  await opened(await selectedId());
  await inspect(page, "article", true);
  await go(state.paths.kernel + "?state=all");
  await page.locator(".line-open", { hasText: "A queue that" }).click();
  await page.locator(".prose table").waitFor();
  await inspect(page, "article with code and table");
  await settled();
});

scenario("an OPML file with 100 feeds: the bar fills, and each line has its result", async () => {
  await go("/import");
  await inspect(page, "import");
  await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(hundred(sites.origin)) });
  await page.click("form[action='/import'] button");
  await page.waitForURL("**/import/last");
  same(await page.locator("[data-result]").count(), 100, "lines");
  await page.getByRole("link", { name: "Start reading" }).waitFor({ timeout: 40_000 });
  same(await page.locator("#import-progress").evaluate((bar) => bar.value / bar.max), 1, "the bar");
  const results = await page.locator("[data-result]").allInnerTexts();
  same(results.filter((result) => result === "3 articles").length, 98, "fetched lines");
  same(results.filter((result) => result.includes("404")).length, 2, "failed lines");
  await page.reload();
  same(await page.locator(".result-failed").count(), 2, "failed lines after reloading");
  await inspect(page, "import result");
  await page.getByRole("link", { name: "Start reading" }).click();
  await page.waitForURL("**/unread");
  check(await count() > 300, `${await count()} unread`);
});

scenario("a large shelf has its folders in the rail, and their feeds when they are opened", async () => {
  await go("/unread");
  const closed = page.locator("#rail .folder[data-feeds]");
  const feeds = page.locator("#rail .folder[data-feeds] li");
  check(await closed.count() > 3, "no folders to open");
  same(await feeds.count(), 0, "feeds before a folder is opened");
  const north = page.locator(".folder[data-folder='/folder/Stations/North']");
  await north.locator(".fold").focus();
  await page.keyboard.press("Enter");
  await until(async () => (await north.locator("li").count()) === 33, "the folder stays empty");
  same(await north.locator(".fold").getAttribute("aria-expanded"), "true", "what is said of the folder");
  await inspect(page, "a large shelf");
  const unread = async (of) => Number(await of.getAttribute("data-n"));
  const [folder, feed] = [north.locator("[data-count=folder]"), north.locator("li .count").first()];
  const before = [await unread(folder), await unread(feed)];
  await north.locator("li a").first().click();
  await page.waitForURL("**/feed/*");
  // Its own row is there at once; the others come again, since the folder is open.
  await until(async () => (await north.locator("li").count()) === 33, "the folder isn't open on the next page");
  same(await north.locator("[aria-current]").count(), 1, "the feed's own row");
  await page.locator(".line-open").first().click();
  await until(async () => (await unread(feed)) === before[1] - 1, "the feed's count");
  same(await unread(folder), before[0] - 1, "the folder's count");
  await page.keyboard.press("m");
  await until(async () => (await unread(folder)) === before[0], "the folder's count, unread again");
  await settled();
  // The rest is opened, for what follows.
  for (const section of await closed.all()) {
    if ((await section.locator(".fold").getAttribute("aria-expanded")) === "false") await section.locator(".fold").click();
  }
  await until(async () => (await feeds.count()) > 100, "not all feeds");
});

scenario("a token is shown once, and works", async () => {
  await go("/settings/apps?app=own");
  await page.fill("#token-name", "Kitchen tablet");
  await page.click(".apps-make .button");
  state.token = await page.inputValue("#new-token");
  check(state.token.length > 20, "no token");
  await inspect(page, "token");
  await go("/settings/apps");
  same(await page.locator("#new-token").count(), 0, "tokens shown later");
  check((await text(".app-tokens")).includes("Kitchen tablet"), "the token isn't listed");
  const { subscriptions } = await api("subscriptions");
  same(subscriptions.length, 104, "feeds by the API");
});

// ---- Reading

scenario("j and k select, open and mark read; the server knows it after a reload", async () => {
  await go("/unread");
  const before = await count();
  const [first, second] = [await lineId(0), await lineId(1)];
  await page.keyboard.press("j");
  await opened(first);
  same(await selectedId(), first, "selected");
  check(await isRead(first), "j doesn't mark read");
  await page.keyboard.press("j");
  await opened(second);
  await page.keyboard.press("k");
  await opened(first);
  same(await count(), before - 2, "the count");
  check((await page.title()).startsWith(await text(".text-title")), "the title of the page");
  await settled(page, true);
  same(await readOnServer(first), true, "read on the server");
  await page.reload();
  same(await openId(), first, "the article after a reload");
  same(await count(), before - 2, "the count after a reload");
});

scenario("n and p select alone, o and Enter open", async () => {
  await go("/unread");
  const [first, second] = [await lineId(0), await lineId(1)];
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  same(await selectedId(), second, "n");
  await page.keyboard.press("p");
  same(await selectedId(), first, "p");
  same(await page.locator(".article-bar").count(), 0, "open articles");
  check(!(await isRead(first)), "selecting marks read");
  await page.keyboard.press("o");
  await opened(first);
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  await opened(second);
});

scenario("v opens the original in a new tab", async () => {
  await go("/unread");
  await page.keyboard.press("j");
  await opened(await selectedId());
  const wanted = await page.locator("#article [data-go=original]").getAttribute("href");
  const [tab] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("v")]);
  await until(() => tab.url() === wanted, `the new tab shows ${tab.url()}`);
  same(await tab.evaluate(() => document.referrer), "", "what the site learns");
  await tab.close();
});

scenario("m marks read and unread; the dot does too", async () => {
  await go("/unread");
  const before = await count();
  const id = await lineId(0);
  await page.keyboard.press("j");
  await opened(id);
  await page.keyboard.press("m");
  check(!(await isRead(id)), "m doesn't mark unread");
  same(await text("#article [data-toggle-read]"), "Mark read", "the button");
  same(await count(), before, "the count");
  await page.keyboard.press("m");
  check(await isRead(id), "m doesn't mark read");
  const third = await lineId(2);
  await page.locator(`.line[data-id="${third}"] .line-mark`).click();
  check(await isRead(third), "the dot doesn't mark read");
  same(await openId(), id, "the open article");
  await settled();
  same(await readOnServer(third), true, "read on the server");
  await page.reload();
  same(await count(), before - 2, "the count after a reload");
});

scenario("marks survive a page that is left at once", async () => {
  await go("/unread");
  const [first, second] = [await lineId(0), await lineId(1)];
  await page.locator(".line-mark").nth(0).click();
  await page.reload();
  same(await page.locator(`.line[data-id="${first}"]:not(.is-read)`).count(), 0, "unread again after a reload");
  await until(() => readOnServer(first), "the first mark is lost");
  const tab = await context.newPage();
  await go("/unread", tab);
  await tab.locator(`.line[data-id="${second}"] .line-mark`).click();
  await tab.close();
  await until(() => readOnServer(second), "the second mark is lost");
  // Without a network the marks wait.
  await go("/unread");
  const third = await lineId(0);
  await context.setOffline(true);
  await page.locator(".line-mark").nth(0).click();
  check(await page.locator("#away").isVisible(), "no word about the network");
  complaints = complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one));
  await context.setOffline(false);
  await until(() => readOnServer(third), "the third mark is lost");
  complaints = complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one));
});

scenario("counts fall here and are the server's own", async () => {
  await go(state.paths.kernel);
  const feed = state.paths.kernel.split("/")[2];
  const here = () => page.locator(`#rail [data-count="${feed}"]`).getAttribute("data-n");
  const folder = () => page.locator("#rail .folder", { has: page.locator(`[data-count="${feed}"]`) }).locator("[data-count=folder]").getAttribute("data-n");
  const [feedBefore, folderBefore, allBefore] = [Number(await here()), Number(await folder()), await count()];
  await page.locator(".line:not(.is-read) .line-mark").first().click();
  same(Number(await here()), feedBefore - 1, "the feed's count");
  same(Number(await folder()), folderBefore - 1, "the folder's count");
  same(await count(), allBefore - 1, "the whole count");
  check((await text(".list-sum")).startsWith(`${feedBefore - 1} `), await text(".list-sum"));
  await settled();
  await page.reload();
  same(Number(await here()), feedBefore - 1, "the feed's count after a reload");
  same(await count(), allBefore - 1, "the whole count after a reload");
  await go("/all");
  const whole = await count();
  await page.locator(".line:not(.is-read) .line-mark").first().click();
  check((await text(".list-sum")).startsWith(`${whole - 1} `), `All articles says ${await text(".list-sum")}`);
  await settled();
});

scenario("the next page, by the link and by walking over the end", async () => {
  await go("/all");
  const first = await page.locator(".line").evaluateAll((lines) => lines.map((line) => line.dataset.id));
  same(first.length, 50, "articles on a page");
  await page.click("#next-page");
  await page.waitForURL(/cursor=/);
  const second = await page.locator(".line").evaluateAll((lines) => lines.map((line) => line.dataset.id));
  same(second.filter((id) => first.includes(id)).length, 0, "articles on both pages");
  await page.goBack();
  for (let n = 0; n < 50; n += 1) await page.keyboard.press("n");
  same(await selectedId(), first.at(-1), "the last line");
  await page.keyboard.press("j");
  await page.waitForURL(/cursor=/);
  await opened(second[0]);
  await settled();
});

scenario("back and forward through articles in the pane", async () => {
  await go("/unread");
  const [first, second] = [await lineId(0), await lineId(1)];
  await page.locator(".line-open").nth(0).click();
  await opened(first);
  await page.locator(".line-open").nth(1).click();
  await opened(second);
  await page.goBack();
  await until(async () => !(await page.locator(".article-bar").count()), "back doesn't lead to the list");
  same(path(), "/unread", "the address");
  await page.goForward();
  await opened(second);
  await page.setViewportSize(PHONE);
  await page.locator("#article .back").click();
  await until(() => page.locator(".pane-list").isVisible(), "no way back on a phone");
  check(await page.locator(`.line[data-id="${second}"]`).isVisible(), "the list has lost its place");
  await page.setViewportSize(DESKTOP);
  await settled();
});

scenario("? shows the keys and Esc closes them", async () => {
  await go("/unread");
  await page.keyboard.press("?");
  check(await page.locator("#keys").isVisible(), "no keys");
  await inspect(page, "keys");
  await page.keyboard.press("Escape");
  check(!(await page.locator("#keys").isVisible()), "the keys stay");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await page.waitForURL("**/feeds");
});

scenario("Shift+A marks all here read, and Undo takes it back", async () => {
  await go(state.paths.tidewater);
  const before = await count();
  const here = await page.locator(".line:not(.is-read)").count();
  await page.keyboard.press("Shift+A");
  await page.locator("#flash").waitFor();
  same(await count(), before - here, "the count after marking all");
  check((await text(".empty")).includes("All read"), "no word that all is read");
  await inspect(page, "all read");
  await page.click("#flash .toast-action");
  await page.locator("#flash", { hasText: "again" }).waitFor();
  same(await count(), before, "the count after undoing");
  same(await page.locator(".line:not(.is-read)").count(), here, "lines after undoing");
  // The message disappears with the next page; undo stays on the list.
  await page.keyboard.press("Shift+A");
  await page.locator("#flash").waitFor();
  await go("/all");
  await go(state.paths.tidewater);
  same(await page.locator("#flash").count(), 0, "sentences");
  await inspect(page, "undo");
  await page.click(".undo button");
  await page.locator("#flash", { hasText: "again" }).waitFor();
  same(await count(), before, "the count after undoing later");
  same(await page.locator(".undo").count(), 0, "ways back");
});

scenario("a part of the list is marked: the page, above, below, and older; each undone", async () => {
  await go("/unread");
  const before = await count();
  const undo = async () => {
    await page.click("#flash .toast-action");
    await page.locator("#flash", { hasText: "again" }).waitFor();
    same(await count(), before, "the count after undoing");
  };
  check(before > 60, "too few to tell a page from all");
  await page.keyboard.press("Shift+P");
  await page.locator("#flash", { hasText: "Marked 50 articles" }).waitFor();
  same(await count(), before - 50, "the count after marking the page");
  await undo();
  await page.click(".pane-list .menu summary");
  await inspect(page, "the menu of parts");
  await page.click(".menu-box button:has-text('older than a day')");
  await page.locator("#flash", { hasText: "Marked" }).waitFor();
  check(await count() < before, "nothing was older than a day");
  await undo();
  await go("/unread");
  const fifth = await lineId(4);
  await page.locator(".line-open").nth(4).click();
  await opened(fifth);
  await page.keyboard.press("Shift+Y");
  // The fifth was opened, and so read; the four above it are marked now.
  await page.locator("#flash", { hasText: "Marked 4 articles" }).waitFor();
  same(await count(), before - 5, "the count after marking above");
  await page.click("#flash .toast-action");
  await page.locator("#flash", { hasText: "again" }).waitFor();
  same(await count(), before - 1, "the count after undoing that");
  const second = await lineId(1);
  await page.locator(".line-open").nth(1).click();
  await opened(second);
  await page.click("#article .action-more > summary");
  await page.locator("#article [value^=below]").click();
  await page.locator("#flash", { hasText: "Marked" }).waitFor();
  same(await count(), 1, "only the one above is left");
  await page.click("#flash .toast-action");
  await page.locator("#flash", { hasText: "again" }).waitFor();
  same(await count(), before - 2, "the count after undoing all");
});

scenario("s stars; the Starred page keeps it, and it can be taken along", async () => {
  await go("/all");
  const id = await lineId(2);
  await page.locator(".line-open").nth(2).click();
  await opened(id);
  await page.keyboard.press("s");
  await page.locator("#article .is-starred").waitFor();
  check(await page.locator(`.line[data-id="${id}"] .line-star`).isVisible(), "no star in the list");
  await until(async () => (await api(`articles/${id}`)).starred === true, "the server doesn't know the star");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForURL("**/starred");
  same(await page.locator(".line").count(), 1, "starred articles");
  same(await lineId(0), id, "the starred one");
  await inspect(page, "starred");
  await page.locator(".line-open").nth(0).click();
  await opened(id);
  const waits = page.waitForEvent("download");
  await page.locator("a[href='/export/starred.json']").first().click();
  const exported = JSON.parse(await readFile(await (await waits).path(), "utf8"));
  same(exported.items.length, 1, "exported stars");
  await page.locator("#article [data-toggle-star] button").click();
  await until(async () => (await api(`articles/${id}`)).starred === false, "the star stays on the server");
  await page.reload();
  await go("/starred");
  same(await page.locator(".line").count(), 0, "stars that are left");
});

scenario("marks go in batches, one in three seconds, and wait where the server is away", async () => {
  const sent = [];
  let away = true;
  await page.route("**/marks", async (route) => {
    sent.push({ at: Date.now(), body: JSON.parse(route.request().postData()) });
    if (away) await route.abort("connectionrefused");
    else await route.continue();
  });
  await go("/unread");
  const ids = [];
  for (let at = 0; at < 6; at += 1) {
    ids.push(await lineId(at));
    await page.locator(".line-mark").nth(at).click();
  }
  await until(() => sent.length === 1, "no batch was tried");
  same(sent[0].body.read.length, 6, "marks in one batch");
  // The page is left before the server has stored them.
  await page.reload();
  for (const id of ids) {
    same(await page.locator(`.line[data-id="${id}"]:not(.is-read)`).count(), 0, "forgotten after a reload");
  }
  away = false;
  await until(async () => (await readOnServer(ids[5])) && (await readOnServer(ids[0])), "the marks are lost", 25_000);
  const tries = sent.filter((one) => one.body.read.includes(ids[0]));
  same(new Set(tries.map((one) => one.body.batch)).size, 1, "names of the batch that was sent again");
  sent.length = 0;
  const began = Date.now();
  for (let at = 7; at < 12; at += 1) {
    await page.locator(".line-mark").nth(at).click();
    await page.waitForTimeout(700);
  }
  // Patiently: a page that is left sends what waits at once.
  await settled(page, true);
  const most = Math.ceil((Date.now() - began) / 3_000);
  // A batch that was away may be sent once more: it isn't a new one.
  const fresh = sent.filter((one) => one.body.batch !== tries[0].body.batch);
  check(fresh.length >= 1 && fresh.length <= most, `${fresh.length} batches, of ${most} at most`);
  for (const [first, second] of fresh.slice(1).map((one, at) => [fresh[at], one])) {
    check(second.at - first.at >= 2_900, `${second.at - first.at} ms between two batches`);
  }
  await page.unroute("**/marks");
  complaints = complaints.filter((one) => !/ERR_CONNECTION_REFUSED/.test(one));
});

scenario("the administrator sees what it costs", async () => {
  await go("/admin/costs");
  check((await text(".page-body")).includes("$0.00"), "no forecast");
  check(await page.locator(".figures tbody tr").count() > 3, "no figures");
  await inspect(page, "costs");
});

scenario("pages of a folder, and Unread or All of a feed", async () => {
  await page.click(".rail-folder:has-text('Stations')");
  await page.waitForURL("**/folder/Stations");
  same(await page.locator(".line").count(), 50, "articles");
  await inspect(page, "folder");
  await page.click(".rail-folder:has-text('North')");
  await page.waitForURL("**/folder/Stations/North");
  await go(state.paths.cities);
  await page.locator(".line-mark").nth(0).click();
  await settled();
  await page.reload();
  const unread = await page.locator(".line").count();
  await page.keyboard.press("2");
  await page.waitForURL(/state=all/);
  check(await page.locator(".line").count() > unread, "All shows no more than Unread");
  same(await page.locator(".line:not(.is-read)").count(), unread, "unread ones among all");
  await page.click("a.order");
  await page.waitForURL(/order=oldest/);
  const dates = await page.locator(".line time").evaluateAll((times) => times.map((time) => time.dateTime));
  same(dates.join(), [...dates].sort().join(), "oldest first");
  await page.keyboard.press("1");
  await page.waitForURL((url) => !url.search.includes("state=all"));
});

scenario("folders fold, feeds are found by name", async () => {
  await go("/feeds");
  const nature = page.locator(".folder[data-folder='/folder/Nature']");
  await nature.locator(".fold").click();
  check(!(await nature.locator("ul").isVisible()), "the folder is open");
  await page.reload();
  check(!(await nature.locator("ul").isVisible()), "the folder is open again");
  await nature.locator(".fold").click();
  await page.fill("#filter", "slow k");
  same(await page.locator(".feed-row:visible").count(), 1, "feeds found");
});

scenario("rename, move and remove a feed", async () => {
  await go(`${state.paths.lamplight}/settings`);
  await inspect(page, "feed settings");
  await page.fill("#title", "Lamplight, renamed");
  await page.fill("#folder", "Code/Languages");
  await page.click("#name button");
  await page.locator("#flash", { hasText: "Saved" }).waitFor();
  const languages = page.locator("#rail .folder[data-folder='/folder/Code/Languages']");
  // Once the scripts are there; before that it leads to a page.
  await languages.locator(".fold[aria-expanded=false]").click();
  await languages.locator("a", { hasText: "Lamplight, renamed" }).waitFor();
  await page.fill("#title", "");
  await page.click("#name button");
  await page.locator("#rail a", { hasText: "Rust by Lamplight" }).waitFor();
  await page.click("#remove button");
  await page.waitForURL("**/feeds");
  same(await page.locator("#rail a", { hasText: "Lamplight" }).count(), 0, "the feed in the rail");
  expected.add(404);
  await go(state.paths.lamplight);
  await inspect(page, "not found");
});

scenario("a feed with trouble says so", async () => {
  await go("/feeds");
  same(await page.locator(".is-failing").count(), 2, "feeds with trouble");
  const address = await page.locator(".feed-row", { has: page.locator(".is-failing") }).first().locator(".feed-settings").getAttribute("href");
  await go(address.replace("/settings", ""));
  check((await text(".trouble-strip")).includes("404"), "no word beside the articles");
  await inspect(page, "feed with trouble");
  await go(address);
  check((await text(".trouble")).includes("404"), "no word in the settings");
});

scenario("the full text comes into the pane, and back and forth by d", async () => {
  await add(`${sites.origin}/serial/feed.xml`, "Stories");
  state.paths.serial = path();
  await page.locator(".line-open", { hasText: "ferryman" }).click();
  await page.locator(".text-title", { hasText: "ferryman" }).waitFor();
  check(!(await text(".prose")).includes("piano"), "the full text is there before anybody asked");
  await page.locator("#article .action", { hasText: "Full text" }).click();
  await page.locator(".prose", { hasText: "the piano began to play" }).waitFor();
  check((await text("[data-text-note]")).includes("From the publisher"), "no word about where it is from");
  check(!(await text(".text")).includes("Buy our newspaper"), "what surrounds it came along");
  await inspect(page, "full text", true);
  await page.keyboard.press("d");
  await until(async () => !(await text(".prose")).includes("piano"), "d doesn't show the feed's own text");
  await page.keyboard.press("d");
  await page.locator(".prose", { hasText: "the piano began to play" }).waitFor();
  same(sites.asked.get("/serial/1"), 1, "requests for the page");
  await page.reload();
  await page.locator(".prose", { hasText: "the piano began to play" }).waitFor();
});

scenario("the full text without JavaScript, and always", async () => {
  const plain = await newContext({ javaScriptEnabled: false });
  const tab = await plain.newPage();
  await signIn(tab);
  await tab.waitForURL("**/unread");
  await go(`${state.paths.serial}?state=all`, tab);
  await tab.locator(".line-open", { hasText: "ferryman" }).click();
  await tab.locator(".prose", { hasText: "piano" }).waitFor();
  await tab.locator("#article .action", { hasText: "Feed’s text" }).click();
  await tab.locator("#article .action", { hasText: "Full text" }).waitFor();
  check(!(await text(".prose", tab)).includes("piano"), "the feed's own text isn't shown");
  await plain.close();
  await go(state.paths.tidewater);
  await go(`${state.paths.tidewater}/settings`);
  await page.check("[name=full_text]");
  await page.click("#name button");
  await page.locator("#flash", { hasText: "Saved" }).waitFor();
  check(await page.isChecked("[name=full_text]"), "the wish isn't kept");
  await go(`${state.paths.tidewater}?state=all`);
  await page.locator(".line-open").first().click();
  // The page has only a heading: the feed's text stays, with the reason.
  await page.locator("#article .trouble", { hasText: "We couldn’t find an article" }).waitFor();
  check((await text(".prose")).length > 40, "the feed's text is gone");
  await inspect(page, "no full text");
  await go(`${state.paths.tidewater}/settings`);
  await page.uncheck("[name=full_text]");
  await page.click("#name button");
  await page.locator("#flash", { hasText: "Saved" }).waitFor();
  await go(`${state.paths.serial}/settings`);
  await page.click("#remove button");
  await page.waitForURL("**/feeds");
});

scenario("a feed that died: its site is asked, and one button takes the new one", async () => {
  const buffer = Buffer.from(opml([["My Lost Gazette", `${sites.origin}/lost/feed.xml`, "News"]]));
  await go("/import");
  await page.setInputFiles("#opml", { name: "lost.opml", mimeType: "text/xml", buffer });
  await page.click("form[action='/import'] button");
  await page.getByRole("link", { name: "Start reading" }).waitFor();
  await go("/feeds");
  const row = page.locator(".feed-row", { hasText: "My Lost Gazette" });
  await inspect(page, "feeds with a dead one");
  await row.getByRole("button", { name: "Find the new feed" }).click();
  await page.locator(".offer", { hasText: "The Found Gazette" }).waitFor();
  check((await text(".offer")).includes("2 articles, the newest of"), "nothing is said about it");
  await inspect(page, "an offer", true);
  await page.getByRole("button", { name: "Switch to this feed" }).click();
  await page.locator("#flash", { hasText: "The old one has left your shelf" }).waitFor();
  same(await text(".bar-title"), "My Lost Gazette", "the name");
  same(await page.locator(".line").count(), 2, "articles");
  await go(`${path()}/settings`);
  await page.click("#remove button");
  await page.waitForURL("**/feeds");
});

scenario("a feed whose hub pushes says until when", async () => {
  const daily = await fetch(`${server.address}/cron/hubs`, { headers: { Authorization: `Bearer ${SECRET}` } });
  same(daily.status, 200, "the scheduler's call");
  await go(`${state.paths.tidewater}/settings`);
  const shown = page.locator("#about", { hasText: "Updates are pushed by 127.0.0.1 until" });
  for (let tries = 0; tries < 50 && await shown.count() === 0; tries++) await page.reload();
  same(await shown.count(), 1, "the words about pushes");
});

// ---- Account

scenario("the order of articles is kept", async () => {
  await go("/settings");
  await page.locator(".segment", { hasText: "Oldest first" }).click();
  await page.click("#reading .form-actions button");
  await page.locator("#flash").waitFor();
  await go("/unread");
  same(await text("a.order"), "Oldest first", "the order");
  await go("/settings");
  await page.locator(".segment", { hasText: "Newest first" }).click();
  await page.click("#reading .form-actions button");
  await page.locator("#flash").waitFor();
});

scenario("a new password ends other sessions", async () => {
  const elsewhere = await newContext();
  const other = await elsewhere.newPage();
  await signIn(other);
  await other.waitForURL("**/unread");
  await go("/settings");
  expected.add(422);
  await page.fill("#current", "wrong");
  await page.fill("#new", "elder and rowan");
  await page.click("#password button");
  await page.locator("#current-error").waitFor();
  await page.fill("#current", state.password);
  await page.fill("#new", "elder and rowan");
  // The token of these tests outlives the old password, on purpose.
  for (const box of await page.locator("input[name=keep]").all()) await box.check();
  // The other window may send a pulse at any time from now on.
  expected.add(401);
  await page.click("#password button");
  await page.locator("#flash", { hasText: "changed" }).waitFor();
  state.password = "elder and rowan";
  await go("/unread", other);
  same(new URL(other.url()).pathname, "/signin", "the other session's page");
  await elsewhere.close();
  await go("/unread");
  same(path(), "/unread", "this session's page");
});

scenario("export and backup are downloads", async () => {
  await go("/settings");
  await inspect(page, "settings");
  const fetched = async (name) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    return readFile(await file.path());
  };
  const text = (await fetched("Export OPML")).toString();
  same(text.match(/xmlUrl=/g)?.length, 103, "feeds in the export");
  check(text.includes("North"), "no folders in the export");
  check((await fetched("Download a backup")).length > 10_000, "an empty backup");
  // A download that begins leaves the page as it is: for the browser that is an aborted navigation.
});

// ---- The rest

scenario("nothing is wider than a phone", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await go("/unread");
  await page.locator(".tabs a", { hasText: "Starred" }).click();
  await page.waitForURL("**/starred");
  for (const place of ["/unread", "/starred", "/admin/costs", state.paths.cities, "/feeds", `${state.paths.cities}/settings`, "/add", "/import", "/import/last", "/settings", "/help"]) {
    await go(place);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wide <= 0, `${place} is ${wide} px too wide`);
  }
  await page.setViewportSize(DESKTOP);
});

scenario("without JavaScript: sign in, read, mark, undo, add, import", async () => {
  const plain = await newContext({ javaScriptEnabled: false });
  const tab = await plain.newPage();
  await signIn(tab);
  await tab.waitForURL("**/unread");
  const before = await count(tab);
  const id = await tab.locator(".line").nth(0).getAttribute("data-id");
  await tab.locator(".line-open").nth(0).click();
  await tab.waitForURL(`**/article/${id}*`);
  same(await count(tab), before - 1, "the count after opening");
  await tab.locator("#article [data-toggle-read] button").click();
  await tab.waitForURL("**/unread");
  same(await count(tab), before, "the count after marking unread");
  await tab.locator(`.line[data-id="${id}"] .line-mark`).click();
  await tab.waitForLoadState();
  same(await readOnServer(id), true, "read on the server");
  same(await count(tab), before - 1, "the count after the dot");
  await go(state.paths.cities, tab);
  await tab.locator("#mark-all button").click();
  await tab.locator("#flash .toast-action").waitFor();
  same(await tab.locator(".line").count(), 0, "lines after marking all");
  await tab.click("#flash .toast-action");
  await tab.waitForLoadState();
  check(await tab.locator(".line").count() > 0, "nothing was undone");
  await tab.locator(".line-open").first().click();
  await tab.waitForURL("**/article/*");
  await tab.locator("#article [data-toggle-star] button").click();
  await tab.locator("#article .is-starred").waitFor();
  await tab.locator("#article [data-toggle-star] button").click();
  await tab.waitForLoadState();
  same(await tab.locator("#article .is-starred").count(), 0, "starred without scripts");
  await go(state.paths.cities, tab);
  await tab.locator("#article a[href='/help']").first().click();
  await tab.waitForURL("**/help");
  await add(`${sites.origin}/train/`, "Travel", tab);
  same(await text(".bar-title", tab), "Night Train Diaries", "the feed");
  await go("/import", tab);
  const more = opml([["Bread", `${sites.origin}/bread/feed.xml`, "Home"], ["Orbital", `${sites.origin}/orbital/feed.xml`, ""]]);
  await tab.setInputFiles("#opml", { name: "more.opml", mimeType: "text/xml", buffer: Buffer.from(more) });
  await tab.click("form[action='/import'] button");
  await tab.waitForURL("**/import/last");
  same(await tab.locator(".result-waiting").count(), 2, "lines that wait");
  await tab.click("#import button");
  await tab.getByRole("link", { name: "Start reading" }).waitFor();
  same(await tab.locator(".result-ok").count(), 2, "lines that came");
  await plain.close();
});

scenario("after a restart everything is as it was", async () => {
  const id = await (async () => { await go("/unread"); return lineId(0); })();
  await page.keyboard.press("j");
  await opened(id);
  await settled();
  const before = await count();
  const rail = () => page.locator("#rail .rail-row").evaluateAll((rows) => rows.map((row) => row.textContent.trim()).join("|"));
  const shown = await rail();
  // The article after this one is fetched ahead; asked for as the server ends, it would be one more complaint.
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(700);
  await server.stop();
  server = await start(store.folder, server.port);
  complaints = complaints.filter((one) => !/ERR_CONNECTION_(RESET|REFUSED)/.test(one));
  await go("/unread");
  same(path(), "/unread", "the session");
  same(await count(), before, "the count");
  same(await rail(), shown, "the rail");
  same(await readOnServer(id), true, "the article");
});

scenario("who was away for a month sees the feeds wake", async () => {
  await go("/unread");
  const before = await count();
  const daily = async () => {
    const answer = await fetch(`${server.address}/cron/daily`, { headers: { Authorization: `Bearer ${SECRET}` } });
    same(answer.status, 200, "the scheduler's call");
    return answer.json();
  };
  const away = async () => {
    await server.stop();
    daysPass(store.folder, 31);
    server = await start(store.folder, server.port);
    same((await daily()).sleepers.fell_asleep, 1, "who fell asleep");
  };
  const bar = (on) => on.locator("#waking-progress").evaluate((bar) => [bar.value, bar.max]);

  await away();
  const plain = await newContext({ javaScriptEnabled: false });
  const tab = await plain.newPage();
  await signIn(tab);
  await tab.waitForURL("**/unread");
  const [none, total] = await bar(tab);
  same(none, 0, "awake at first");
  check(total > 100, `${total} feeds`);
  await tab.click("#waking button");
  await tab.waitForURL("**/unread");
  const [some] = await bar(tab);
  check(some > 0 && some < total, `${some} after a step`);
  await plain.close();

  await away();
  let go_on;
  const held = new Promise((done) => { go_on = done; });
  await page.route("**/wake/step", async (route) => { await held; await route.continue(); });
  await go("/unread");
  check((await text("#waking")).includes("Welcome back"), "no welcome");
  await inspect(page, "waking", true);
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wide <= 0, `${wide} px too wide`);
  }
  go_on();
  await page.getByRole("link", { name: "Show what is new" }).waitFor({ timeout: 60_000 });
  same((await bar(page)).join("/"), `${total}/${total}`, "the bar");
  await page.unroute("**/wake/step");
  await page.getByRole("link", { name: "Show what is new" }).click();
  await page.waitForURL("**/unread");
  same(await page.locator("#waking").count(), 0, "bars left");
  same(await count(), before, "what was unread");
  same((await daily()).sleepers.fell_asleep, 0, "who falls asleep again");
});

scenario("an open page asks for news and says when it has come", async () => {
  const own = await emptyFolder();
  const other = await start(own.folder);
  const main = server;
  const visitor = await newContext();
  try {
    server = other;
    const form = { headers: { Origin: server.address }, maxRedirects: 0 };
    await visitor.request.post(`${server.address}/signup`, { ...form, form: { email: EMAIL, password: state.password } });
    const file = opml([["Tidewater", `${sites.origin}/tidewater/feed.xml`, ""]]);
    const buffer = Buffer.from(file);
    await visitor.request.post(`${server.address}/import`, { ...form, multipart: { opml: { name: "a.opml", mimeType: "text/xml", buffer } } });
    const tab = await visitor.newPage();
    await go("/unread", tab);
    check((await text(".empty", tab)).includes("Still fetching"), "no word that the feed waits");
    await tab.locator("#news").waitFor();
    check((await text("#news", tab)).startsWith("4 new articles"), await text("#news", tab));
    same(await count(tab), 4, "the count");
    await inspect(tab, "news");
    await tab.click("#news");
    await until(async () => (await tab.locator(".line").count()) === 4, "no articles");
    const secret = (value) => fetch(`${server.address}/cron/refresh`, { headers: { Authorization: `Bearer ${value}` } });
    same((await secret("something else")).status, 403, "a wrong secret");
    same((await secret(SECRET)).status, 200, "the scheduler's call");
  } finally {
    await visitor.close();
    server = main;
    await other.stop();
    await own.remove();
  }
});

// ---- With an account elsewhere

/** A server with a provider, and a visitor; `play` gets both. */
async function withProvider(play, options = {}) {
  const provider = await openProvider();
  const own = await emptyFolder();
  const other = await start(own.folder, 0, { ...provider.settings, SIGNUP: "open" });
  provider.serve(other.address);
  const main = server;
  server = other;
  const visitor = await newContext(options);
  try {
    await play(await visitor.newPage(), provider, visitor);
  } finally {
    await visitor.close();
    server = main;
    await other.stop();
    provider.close();
    await own.remove();
  }
}

async function signOut(on) {
  await go("/settings", on);
  await on.click("form[action='/signout'] button");
  await on.waitForURL("**/signin*");
}

scenario("continue with a provider: a new account, and in again", () => withProvider(async (tab, provider) => {
  await go("/signup", tab);
  await inspect(tab, "signup with a provider");
  await provider.enter(tab, "heron");
  await tab.waitForURL("**/unread");
  await go("/settings", tab);
  check((await text("#openid", tab)).includes("Connected"), "not connected");
  check((await text("#account", tab)).includes("heron@example.org"), "another address");
  same(await tab.locator("#current").count(), 0, "a field for a password that there isn't");
  await inspect(tab, "settings of a connected account");
  await signOut(tab);
  await inspect(tab, "signin with a provider");
  // The visitor is still signed in at the provider, which shows no form.
  await go("/signin?next=/feeds", tab);
  await tab.click("text=Continue with Oak Tree");
  await tab.waitForURL("**/feeds");
  await go("/settings", tab);
  await tab.fill("#new", "hazel and oak and ash");
  await tab.check("input[name=keep]");
  await tab.click("form[action='/settings/password'] button");
  await tab.locator("text=Disconnect Oak Tree").click();
  await tab.locator("text=Connect Oak Tree").waitFor();
}));

scenario("an address that is taken, and then connected", () => withProvider(async (tab, provider, visitor) => {
  await go("/signup", tab);
  await tab.fill("#email", "wren@example.org");
  await tab.fill("#password", state.password);
  await tab.click("button[type=submit]");
  await tab.waitForURL("**/unread");
  await signOut(tab);
  expected.add(409);
  await provider.enter(tab, "wren");
  await tab.locator("text=There is an account for wren@example.org already").waitFor();
  await inspect(tab, "a taken address");
  await tab.click("text=Sign in with your password");
  await tab.fill("#email", "wren@example.org");
  await tab.fill("#password", state.password);
  await tab.click("form[action='/signin'] button");
  await tab.waitForURL("**/settings");
  await tab.click("text=Connect Oak Tree");
  await tab.locator("text=You can sign in with Oak Tree now").waitFor();
  await visitor.clearCookies();
  await go("/signin", tab);
  await provider.enter(tab, "wren");
  await tab.waitForURL("**/unread");
}));

scenario("a provider's refusals are told", () => withProvider(async (tab, provider, visitor) => {
  expected.add(403);
  await go("/signup", tab);
  await provider.enter(tab, "unverified");
  await tab.locator("text=Your address isn’t verified").waitFor();
  await inspect(tab, "an unverified address");
  await visitor.clearCookies();
  await go("/signup", tab);
  await tab.click("text=Continue with Oak Tree");
  await tab.click("a[href$='/abort']");
  await tab.locator("text=the sign-in was cancelled").waitFor();
  await tab.goBack();
  const other = await newContext();
  const back = `${server.address}/auth/openid/callback?state=forged&code=forged`;
  const page = await other.newPage();
  await page.goto(back);
  await page.locator("text=We couldn’t finish this sign-in").waitFor();
  await other.close();
}));

scenario("continue with a provider without JavaScript", () => withProvider(async (tab, provider) => {
  await go("/signup", tab);
  await provider.enter(tab, "heron");
  await tab.waitForURL("**/unread");
  await signOut(tab);
}, { javaScriptEnabled: false }));

async function run() {
  const chromium = findChromium();
  if (!chromium) {
    if (process.env.CI) {
      console.error("Chromium isn't there: install it, or set CHROMIUM to where it is.");
      process.exit(1);
    }
    console.log(`${scenarios.length} scenarios skipped: there is no Chromium (set CHROMIUM to where it is)`);
    return;
  }
  const began = Date.now();
  let failed = 0;
  sites = await serveSites();
  store = await emptyFolder();
  server = await start(store.folder);
  browser = await launch(chromium);
  try {
    context = await newContext();
    page = await context.newPage();
    for (const { name, play } of scenarios) {
      const from = Date.now();
      expected = new Set();
      complaints = [];
      let trouble = null;
      try {
        await play();
        if (complaints.length) trouble = complaints.join("\n    ");
      } catch (error) {
        trouble = [error.message.split("\nCall log")[0], ...complaints].join("\n    ");
        if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT }).catch(() => {});
      }
      failed += trouble ? 1 : 0;
      console.log(`${trouble ? "FAILED" : "ok    "} ${name} (${((Date.now() - from) / 1_000).toFixed(1)} s)${trouble ? `\n    ${trouble}` : ""}`);
    }
  } finally {
    await browser.close();
    await server.stop();
    sites.close();
    await store.remove();
  }
  console.log(`${((Date.now() - began) / 1_000).toFixed(0)} s`);
  console.log(`${scenarios.length - failed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

await run();
