// Comfort: what makes reading pleasant, tested in a real browser, on a small shelf. Each scenario stands alone but for the
// account, and leaves the settings as they come.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { check, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, start } from "./dormouse.mjs";
import { serveSites, wholeShelf } from "./sites.mjs";

const EMAIL = "robin@example.org";
const PASSWORD = "hazel and oak and ash";
const DESKTOP = { width: 1440, height: 900 };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
let browser, server, sites, store, context, page, odd;
let complaints = [];

const go = (path, on = page) => on.goto(server.address + path);
const text = (selector, on = page) => on.locator(selector).first().innerText();
const count = async (on = page) => Number(await on.locator("#rail [data-count=total]").getAttribute("data-n"));
const lineId = (at, on = page) => on.locator(".line").nth(at).getAttribute("data-id");
const isRead = async (id, on = page) => /is-read/.test(await on.locator(`.line[data-id="${id}"]`).getAttribute("class"));
const openId = (on = page) => on.locator("#article .article-bar[data-article]").getAttribute("data-article");

async function opened(id, on = page) {
  await on.locator(`#article .article-bar[data-article="${id}"]`).waitFor();
}

async function settled(on = page) {
  await on.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  await until(() => on.evaluate(() => {
    const box = JSON.parse(localStorage.getItem(`dormouse.marks.${document.body.dataset.user}`) ?? "{}");
    return !box.sent && !Object.keys(box.waiting ?? {}).length;
  }), "marks are still waiting", 12_000);
}

async function signedIn(options = {}) {
  const made = await browser.newContext({ viewport: DESKTOP, ...options });
  made.setDefaultTimeout(8_000);
  const tab = await made.newPage();
  tab.on("pageerror", (error) => complaints.push(error.message));
  await go("/signin", tab);
  await tab.fill("#email", EMAIL);
  await tab.fill("#password", PASSWORD);
  await tab.click("form[action='/signin'] button");
  await tab.waitForURL("**/unread");
  return { made, tab };
}

/** Chooses in the settings, as their form does. */
async function choose(choices, on = page) {
  const body = new URLSearchParams({ boxes: "1", opening_marks: "1", ...choices });
  for (const [name, value] of [...body]) if (value === "off") body.delete(name);
  const answer = await on.request.post(`${server.address}/settings/reading`, { data: body.toString(), headers: { "Content-Type": "application/x-www-form-urlencoded" }, maxRedirects: 0 });
  same(answer.status(), 303, "the settings are taken");
}

const AS_IT_COMES = { theme: "system", face: "sans", size: "normal", width: "normal", spacing: "normal", density: "normal", list: "lines", pictures: "at-once", links: "here", counts: "number", keys: "dormouse", order: "newest", language: "" };

async function markAllUnread() {
  // What was read is unread again, by the marks of the pages themselves.
  await go("/all");
  await settled();
  const ids = await page.locator(".line.is-read").evaluateAll((lines) => lines.map((line) => line.dataset.id));
  if (!ids.length) return;
  await page.request.post(`${server.address}/marks`, { data: { read: [], unread: ids } });
}

const WIDTHS = [320, 390, 720, 768, 820, 1024, 1100, 1180, 1280, 1440, 2200];

for (const [language, locale] of [["English", "en"], ["German", "de-DE"], ["Chinese", "zh-CN"]]) {
  scenario(`the article's bar cuts nothing off at eleven widths, in ${language}`, async () => {
    const { made, tab } = await signedIn({ locale });
    await go("/unread", tab);
    await tab.keyboard.press("j");
    await tab.locator("#article .text-title").waitFor();
    for (const width of WIDTHS) {
      await tab.setViewportSize({ width, height: 860 });
      await tab.waitForTimeout(60);
      const found = await tab.evaluate(() => {
        const faults = [];
        const wide = document.documentElement.scrollWidth - innerWidth;
        if (wide > 0) faults.push(`the page is ${wide} px too wide`);
        const seen = (node) => Boolean(node?.getClientRects().length) && getComputedStyle(node).visibility !== "hidden";
        const actions = [...document.querySelectorAll(".article-bar .action")].filter(seen);
        for (const action of actions) {
          const box = action.getBoundingClientRect();
          if (box.left < -0.5 || box.right > innerWidth + 0.5) faults.push(`${action.textContent.trim()} is off the screen`);
          if (action.scrollWidth > action.clientWidth + 1) faults.push(`${action.textContent.trim()} is cut`);
          if (!action.title && !action.getAttribute("aria-label") && !action.innerText.trim()) faults.push("an action without a name");
          const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
          if (!action.contains(top) && !top?.contains(action)) faults.push(`${action.textContent.trim()} is covered`);
        }
        const menu = document.querySelector(".action-more");
        menu.open = true;
        const there = (selector) => [...document.querySelectorAll(`.article-bar ${selector}`)].some(seen);
        for (const must of ["[data-go=previous]", "[data-go=next]", "[data-toggle-read] button", "[data-toggle-star] button", "[data-go=original]", "[form=full-text], .article-bar #full-text button, .article-bar [data-go=text]", "[value^=above]", "[value^=below]"]) {
          if (!there(must)) faults.push(`${must} is neither in the bar nor in the menu`);
        }
        const box = menu.querySelector(".menu-box").getBoundingClientRect();
        if (box.left < 0 || box.right > innerWidth + 0.5) faults.push("the menu is off the screen");
        menu.open = false;
        const title = document.querySelector(".list-top .bar-title a");
        if (seen(title) && title.parentElement.scrollWidth > title.parentElement.clientWidth + 1) faults.push("the list's title is cut");
        return faults;
      });
      same(found.join("; "), "", `${width} px`);
    }
    await made.close();
  });
}

scenario("what is said can be seen: the end of the list, and a star that waits", async () => {
  await go("/unread");
  const last = page.locator(".line-open").last();
  await last.click();
  await page.locator("#article .text-title").waitFor();
  await page.keyboard.press("j");
  await page.locator(".toast", { hasText: "End of the list" }).waitFor();
  await page.route("**/acts", (route) => route.abort("connectionrefused"));
  await page.keyboard.press("s");
  await page.locator(".toast", { hasText: "Saved on this device. It will be sent when you’re online." }).waitFor();
  same(await page.locator(".toast-said").count() <= 2, true, "two toasts stack");
  await page.unroute("**/acts");
  complaints = [];
});

scenario("a token is shown once, where the eye is, and a reload makes no second one", async () => {
  await go("/settings/apps");
  const before = await page.locator(".app-tokens > li").count();
  await page.fill("#token-name", "Phone");
  await page.click("form[action='/settings/tokens'] button");
  await page.locator("#new-token").waitFor();
  same(new URL(page.url()).pathname, "/settings/apps", "the address after the redirect");
  const box = await page.locator("#new-token").boundingBox();
  check(box.y > 0 && box.y < 900, "the token is out of sight");
  await page.reload();
  same(await page.locator("#new-token").count(), 0, "shown again");
  same(await page.locator(".app-tokens > li").count(), before + 1, "tokens");
});

scenario("a asks to add a feed, and the menu says verbs and closes on Escape and outside", async () => {
  await go("/unread");
  await page.click(".pane-list .menu summary");
  same(await text(".pane-list .menu-box button span"), "Mark this page read", "the first entry");
  await page.keyboard.press("Escape");
  same(await page.locator(".pane-list .menu").evaluate((menu) => menu.open), false, "open after Escape");
  await page.click(".pane-list .menu summary");
  await page.mouse.click(1_200, 700);
  same(await page.locator(".pane-list .menu").evaluate((menu) => menu.open), false, "open after a press outside");
  await page.keyboard.press("a");
  await page.waitForURL("**/add");
});

scenario("scroll is kept: the list after leaving and coming back, an article after k j and a reload", async () => {
  await go("/all");
  await page.locator(".pane-list").evaluate((pane) => { pane.scrollTop = 500; });
  await go("/settings");
  await page.goBack();
  await until(async () => Math.abs(await page.locator(".pane-list").evaluate((pane) => pane.scrollTop) - 500) < 3, "the list's place is lost");
  const answer = await page.request.get(`${server.address}/unread`);
  check(!answer.headers()["cache-control"].includes("no-store"), answer.headers()["cache-control"]);
  await page.setViewportSize({ width: 1280, height: 500 });
  await go("/all");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await opened(await lineId(1));
  await page.locator(".pane-article").evaluate((pane) => { pane.scrollTop = 260; });
  await page.keyboard.press("k");
  await opened(await lineId(0));
  same(await page.locator(".pane-article").evaluate((pane) => pane.scrollTop), 0, "a new article's place");
  await page.keyboard.press("j");
  await opened(await lineId(1));
  const top = () => page.locator(".pane-article").evaluate((pane) => pane.scrollTop);
  await until(async () => (await top()) === 260, "the article's place after k j");
  await page.reload();
  await until(async () => (await top()) === 260, "the article's place after a reload");
  await page.setViewportSize(DESKTOP);
});

scenario("what I read never disappears from the list under me", async () => {
  await markAllUnread();
  await go("/unread");
  const id = await lineId(3);
  await page.locator(".line-open").nth(3).click();
  await opened(id);
  await settled();
  // The pulse tells that it is read; the list has every line still, and so has the page after a reload.
  const ids = await page.locator(".line").evaluateAll((lines) => lines.map((line) => line.dataset.id));
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await page.waitForTimeout(600);
  same((await page.locator(".line").evaluateAll((lines) => lines.map((line) => line.dataset.id))).join(), ids.join(), "the lines");
  await page.reload();
  await opened(id);
  same(await page.locator(`.line[data-id="${id}"]`).count(), 1, "the line of what is open");
});

scenario("right to left, mixed, and code: each block its own way", async () => {
  await go("/add");
  await page.fill("#url", `${odd.origin}/feed.xml`);
  await Promise.all([page.waitForNavigation(), page.click("form[action='/add'] button")]);
  await page.keyboard.press("j");
  await page.locator("#article .prose").waitFor();
  const way = (selector) => page.locator(`#article ${selector}`).first().evaluate((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getClientRects()[0];
    const outer = node.getBoundingClientRect();
    return box.left - outer.left < outer.right - box.right ? "left" : "right";
  });
  same(await way(".prose p"), "right", "a paragraph in Arabic");
  same(await way(".prose p + p"), "left", "a paragraph in English");
  same(await page.locator("#article .prose pre").evaluate((node) => getComputedStyle(node).direction), "ltr", "code");
  same(await page.locator("#article .text").getAttribute("lang"), "ar", "the article's language");
  same(await page.locator(".line-meta .line-feed").count(), 0, "the feed's name on each row of its own list");
  const picture = page.locator(".line-image");
  await until(async () => (await picture.count()) === 0, "a picture that isn't there keeps its box");
});

scenario("a removed feed comes back as it was", async () => {
  const feed = (await page.locator("#rail .rail-row", { hasText: "Two ways" }).getAttribute("href"));
  await go(`${feed}/settings`);
  await page.fill("#title", "My two ways");
  await page.fill("#folder", "Odd");
  await page.click("#name .button");
  await page.locator("#flash").waitFor();
  await page.click("#remove button");
  await page.locator("#flash", { hasText: "Unsubscribed from My two ways" }).waitFor();
  same(await page.locator("#rail .rail-row", { hasText: "My two ways" }).count(), 0, "the feed in the rail");
  await page.click("#flash .toast-action");
  await page.locator("#flash", { hasText: "My two ways is back on your shelf" }).waitFor();
  same(await page.locator(".folder[data-folder='/folder/Odd'] .rail-row", { hasText: "My two ways" }).count(), 1, "the feed in its folder");
});

scenario("the feeds' filter says when nothing matches, and trouble leads to the feeds in trouble", async () => {
  await go("/unread");
  await page.locator(".overview-sum a").click();
  await page.waitForURL("**/feeds?show=trouble");
  const rows = await page.locator(".feed-row").count();
  same(rows, await page.locator(".feed-status.is-failing").count(), "rows that aren't in trouble");
  check(rows > 0, "no feed is in trouble");
  await go("/feeds");
  await page.fill("#filter", "zzzz");
  check(await page.locator("#filter-none").isVisible(), "nothing is said");
  await page.fill("#filter", "");
  check(!(await page.locator("#filter-none").isVisible()), "it is said all the time");
});

scenario("Space and PageDown scroll the article at once, and Space goes on at its end", async () => {
  await markAllUnread();
  await page.setViewportSize({ width: 1280, height: 420 });
  await go("/all");
  const long = page.locator(".line", { hasText: "The estuary after the storm" }).first();
  await long.locator(".line-open").click();
  const first = await long.getAttribute("data-id");
  await opened(first);
  await long.locator(".line-open").focus();
  const pane = page.locator(".pane-article");
  const top = () => pane.evaluate((box) => box.scrollTop);
  await until(() => pane.evaluate((box) => box.scrollHeight > 2.5 * box.clientHeight), "the article is too short for two pages");
  await page.keyboard.press("PageDown");
  const once = await top();
  check(once > 100, `PageDown scrolled by ${once}`);
  await page.keyboard.press("Space");
  check(await top() > once, "Space didn't scroll");
  for (let presses = 0; presses < 30 && (await openId()) === first; presses += 1) {
    await page.keyboard.press("Space");
    await page.waitForTimeout(80);
  }
  check((await openId()) !== first, "Space didn't go on");
  await page.setViewportSize(DESKTOP);
});

scenario("Y and B mark above and below a line that is only selected", async () => {
  await markAllUnread();
  await go("/unread");
  const all = await count();
  for (const key of ["n", "n", "n"]) await page.keyboard.press(key);
  await page.keyboard.press("Shift+Y");
  await page.locator("#flash", { hasText: "Marked 2 articles as read" }).waitFor();
  same(await count(), all - 2, "the count after Y");
  await page.click("#flash .toast-action");
  await page.locator("#flash", { hasText: "unread again" }).waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("Shift+B");
  await page.locator("#flash", { hasText: "Marked" }).waitFor();
  same(await count(), 1, "the count after B");
  await page.click("#flash .toast-action");
  await page.locator("#flash", { hasText: "unread again" }).waitFor();
  same(await count(), all, "the count after undoing");
});

scenario("a reload marks nothing, however far the list was scrolled, and a clash of keys is said at its field", async () => {
  await markAllUnread();
  await choose({ scrolling_marks: "1" });
  await page.setViewportSize({ width: 1280, height: 500 });
  await go("/unread");
  for (let step = 1; step <= 6; step += 1) {
    await page.locator(".pane-list").evaluate((pane, top) => { pane.scrollTop = top; }, step * 120);
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(300);
  await settled();
  const left = await count();
  for (let turn = 0; turn < 3; turn += 1) {
    await page.reload();
    await page.waitForTimeout(400);
  }
  await settled();
  await page.reload();
  same(await count(), left, "unread after four reloads");
  await page.setViewportSize(DESKTOP);
  await choose(AS_IT_COMES);
  await go("/settings");
  await page.click(".own-keys summary");
  await page.locator(".segment", { hasText: "Sepia" }).click();
  await page.fill("[name='key.star']", "m");
  await page.click("#reading .form-actions button");
  await page.locator("#key-star-error").waitFor();
  check((await text("#key-star-error")).includes("Mark read or unread"), await text("#key-star-error"));
  same(await page.inputValue("[name='key.star']"), "m", "what was typed");
  same(await page.locator("[name=theme][value=sepia]").isChecked(), true, "what was chosen");
  await go("/unread");
  check((await page.evaluate(() => document.documentElement.dataset.theme)) !== "sepia", "something was kept");
});

scenario("two tabs and two devices: what is read there is read here", async () => {
  await markAllUnread();
  await go("/all");
  const other = await context.newPage();
  await go("/all", other);
  const id = await lineId(2);
  const before = await count();
  await other.locator(`.line[data-id="${id}"] .line-mark`).click();
  await until(() => isRead(id), "the other tab's mark isn't here");
  same(await count(), before - 1, "the count after the other tab's mark");
  await settled(other);
  await other.close();
  const { made, tab } = await signedIn();
  await go("/all", tab);
  const next = await lineId(5, tab);
  await tab.locator(`.line[data-id="${next}"] .line-mark`).click();
  await settled(tab);
  same(await isRead(next), false, "known before it is asked for");
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await until(() => isRead(next), "the other device's mark isn't here");
  same(await count(), before - 2, "the count after the other device's mark");
  // A feed that is added there appears here.
  const rows = await page.locator("#rail-feeds .rail-row").count();
  await go("/add", tab);
  await tab.fill("#url", `${sites.origin}/serial/feed.xml`);
  await Promise.all([tab.waitForNavigation(), tab.click("form[action='/add'] button")]);
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await until(async () => (await page.locator("#rail-feeds .rail-row").count()) === rows + 1, "the new feed isn't in the rail");
  await made.close();
});

scenario("who is signed out elsewhere sees nothing more on going back", async () => {
  const { made, tab } = await signedIn();
  await go("/unread", tab);
  await tab.evaluate(() => fetch("/signout", { method: "POST" }));
  await tab.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await tab.waitForURL("**/signin*");
  await made.close();
});

scenario("times are in the reader's zone and language, with scripts and without", async () => {
  const { made, tab } = await signedIn({ timezoneId: "Asia/Tokyo", locale: "de-DE" });
  await go("/all", tab);
  const line = tab.locator(".line time").first();
  const at = new Date(await line.getAttribute("datetime"));
  const wanted = new Intl.DateTimeFormat("de", { dateStyle: "full", timeStyle: "short", timeZone: "Asia/Tokyo" }).format(at);
  same(await line.getAttribute("title"), wanted, "the exact time on hover");
  const html = await (await tab.request.get(`${server.address}${await tab.locator(".line-open").first().getAttribute("href")}`)).text();
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }).format(at);
  const said = /data-time="full">([^<]*)</.exec(html)?.[1] ?? "";
  check(said.includes(hour) && !said.includes("UTC"), `without scripts: ${said} instead of ${hour}`);
  await made.close();
});

scenario("appearance holds from the first byte, without a flash", async () => {
  for (const theme of ["light", "dark", "black", "sepia"]) {
    await choose({ theme, face: "serif", size: "large", width: "wide" });
    const html = await (await page.request.get(`${server.address}/unread`)).text();
    check(html.slice(0, 400).includes(`data-theme="${theme}"`), html.slice(0, 200));
    await go("/unread");
    await page.keyboard.press("j");
    await page.locator("#article .prose").waitFor();
    const colors = await page.evaluate(() => [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.querySelector(".prose")).fontFamily, getComputedStyle(document.querySelector(".prose")).fontSize]);
    const paper = { light: "rgb(251, 250, 248)", dark: "rgb(20, 20, 20)", black: "rgb(0, 0, 0)", sepia: "rgb(246, 239, 223)" };
    same(colors[0], paper[theme], "the paper");
    check(colors[1].startsWith("Georgia"), colors[1]);
    same(colors[2], "20px", "the size of the text");
  }
  await choose(AS_IT_COMES);
});

scenario("the settings' sample shows a choice at once, and keeps it when it is saved", async () => {
  await go("/settings");
  await page.locator(".segment", { hasText: "Sepia" }).click();
  same(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(246, 239, 223)", "the paper before saving");
  await page.reload();
  check((await page.evaluate(() => document.documentElement.dataset.theme)) !== "sepia", "kept without saving");
  await page.locator(".segment", { hasText: "Sepia" }).click();
  await page.click("#reading .form-actions button");
  await page.locator("#flash", { hasText: "Saved" }).waitFor();
  same(await page.evaluate(() => document.documentElement.dataset.theme), "sepia", "the theme after saving");
  await choose(AS_IT_COMES);
});

scenario("without counts no digit of one stands anywhere; with dots, none but dots", async () => {
  await markAllUnread();
  await choose({ counts: "none" });
  for (const path of ["/unread", "/all", "/feeds"]) {
    await go(path);
    const words = await page.evaluate(() => [document.title, document.querySelector("#rail").textContent, document.querySelector(".list-top")?.textContent ?? "", document.querySelector(".overview h2")?.textContent ?? "", document.querySelector(".mark-all")?.title ?? ""].join(" ").replace(/\(error \d+\)/g, ""));
    check(!/\d/.test(words), `${path}: ${/.{0,30}\d.{0,30}/s.exec(words)?.[0]}`);
    check((await page.locator("link[rel=icon]").getAttribute("href")).endsWith("/favicon.svg"), "the icon tells");
  }
  await choose({ counts: "dot" });
  await go("/unread");
  check(await page.locator("#rail .count-dot").count() > 3, "there are no dots");
  check(!/\d/.test((await page.locator("#rail").innerText()).replace(/\(error \d+\)/g, "")), "digits beside dots");
  check((await page.title()).startsWith("• "), await page.title());
  await choose({ counts: "number" });
  await go("/unread");
  check(/^\(\d+\) Unread/.test(await page.title()), await page.title());
  check((await page.locator("link[rel=icon]").getAttribute("href")).endsWith("/favicon-unread.svg"), "the icon doesn't tell");
});

scenario("opening marks nothing where that is chosen, and scrolling past does", async () => {
  await markAllUnread();
  await choose({ opening_marks: "off" });
  await go("/unread");
  const id = await lineId(0);
  await page.keyboard.press("j");
  await opened(id);
  same(await isRead(id), false, "read by opening");
  await page.keyboard.press("m");
  same(await isRead(id), true, "read by m");
  await settled();
  await choose({ scrolling_marks: "1" });
  await page.setViewportSize({ width: 1280, height: 500 });
  await go("/all");
  const [first, second, later] = [await lineId(1), await lineId(2), await lineId(15)];
  await page.locator(`.line[data-id="${second}"] .line-mark`).click();
  if (!(await isRead(second))) await page.locator(`.line[data-id="${second}"] .line-mark`).click();
  await page.locator(`.line[data-id="${second}"] .line-mark`).click();
  for (let step = 1; step <= 8; step += 1) {
    await page.locator(".pane-list").evaluate((pane, top) => { pane.scrollTop = top; }, step * 90);
    await page.waitForTimeout(60);
  }
  await until(() => isRead(first), "what was scrolled past is unread");
  same(await isRead(second), false, "what was marked unread by hand is read");
  same(await isRead(later), false, "what wasn't reached is read");
  await page.setViewportSize(DESKTOP);
  await settled();
  await choose(AS_IT_COMES);
});

scenario("pictures on tap or never, and links in a new tab", async () => {
  await go("/all");
  const href = await page.locator(".line", { hasText: "The estuary" }).locator(".line-open").getAttribute("href");
  await choose({ pictures: "on-tap", links: "new" });
  const asked = [];
  page.on("request", (request) => { if (request.url().includes("/picture/")) asked.push(request.url()); });
  await go(href);
  await page.locator("#article .prose").waitFor();
  same(await page.locator("#article .prose img").count(), 0, "pictures before a tap");
  const taps = await page.locator("#article [data-picture]").count();
  check(taps > 0, "nothing to tap");
  await page.locator("#article [data-picture]").first().click();
  same(await page.locator("#article .prose img").count(), 1, "pictures after a tap");
  await choose({ pictures: "never" });
  await go(href);
  same(await page.locator("#article .prose img, #article [data-picture]").count(), 0, "pictures that aren't wanted");
  await choose(AS_IT_COMES);
});

scenario("the palette goes anywhere, and keys can be changed", async () => {
  await go("/unread");
  await page.keyboard.press("Control+k");
  await page.locator(".palette input").waitFor();
  await page.keyboard.type("slow k");
  same(await text(".palette [aria-selected=true] span"), "The Slow Kernel", "the first hit");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/feed/*");
  same(await text(".bar-title"), "The Slow Kernel", "the page");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("qqqq");
  check((await text(".palette")).includes("Nothing is called that."), await text(".palette"));
  await page.keyboard.press("Escape");
  await page.locator(".palette").waitFor({ state: "hidden" });
  const here = page.url();
  await page.keyboard.press("Shift+K");
  await until(async () => page.url() !== here, "Shift+K leads nowhere");
  await choose({ keys: "miniflux" });
  await go("/unread");
  await page.keyboard.press("+");
  await page.waitForURL("**/add");
  await choose({ keys: "dormouse" });
  await choose({ "key.add": "z" });
  await go("/unread");
  await page.keyboard.press("a");
  await page.waitForTimeout(150);
  same(new URL(page.url()).pathname, "/unread", "where the old key leads");
  await page.keyboard.press("z");
  await page.waitForURL("**/add");
  await go("/help");
  check((await page.locator("[data-action=add]").first().evaluate((row) => row.parentElement.textContent)).includes("z"), "the help says the old key");
  await choose({ "key.add": "a" });
});

scenario("whole articles, ten a page, and a feed that is rolled up into one row a day", async () => {
  await markAllUnread();
  await choose({ list: "articles" });
  await go("/unread");
  same(await page.locator(".line-whole").count(), 10, "whole articles");
  check(await page.locator(".line-whole p").first().isVisible(), "the text");
  await page.locator("#next-page").click();
  await page.locator(".line-whole").first().waitFor();
  await choose(AS_IT_COMES);
  await go("/add");
  await page.fill("#url", `${odd.origin}/fast.xml`);
  await Promise.all([page.waitForNavigation(), page.click("form[action='/add'] button")]);
  const feed = new URL(page.url()).pathname;
  await go(`${feed}/settings`);
  await page.check("[name=rolled_up]");
  await page.click("#name .button");
  await page.locator("#flash").waitFor();
  await go("/all");
  const row = page.locator(".line-day");
  same(await row.count(), 1, "rows of the day");
  check((await row.locator("summary").innerText()).includes("4 articles"), await row.locator("summary").innerText());
  same(await row.locator(".line").first().isVisible(), false, "titles before the row is opened");
  await row.locator("summary").click();
  same(await row.locator(".line").first().isVisible(), true, "titles after the row is opened");
  const ids = await page.locator(".line").evaluateAll((lines) => lines.map((line) => line.dataset.id));
  same(new Set(ids).size, ids.length, "an article comes twice");
  for (let presses = 0; presses < ids.length; presses += 1) await page.keyboard.press("n");
  same(await page.locator(".line.is-selected").getAttribute("data-id"), ids.at(-1), "n walks through all lines");
  await go(`${feed}/settings`);
  await page.click("#remove button");
  await page.locator("#flash").waitFor();
});

scenario("a folder has an order and counts of its own", async () => {
  await page.locator("#rail .rail-folder", { hasText: "Code" }).click();
  await page.waitForURL("**/folder/Code");
  await page.locator(".list-top a[href='/folders/settings/Code']").click();
  await page.selectOption("#order", "oldest");
  await page.selectOption("#counts", "none");
  await page.click(".form .button");
  await page.locator("#flash", { hasText: "Saved" }).waitFor();
  await go("/folder/Code");
  same(await text("a.order"), "Oldest first", "the folder's order");
  same((await page.locator(".folder[data-folder='/folder/Code'] > .folder-row .count").innerText()).trim(), "", "the folder's count");
  await go("/unread");
  same(await text("a.order"), "Newest first", "the order elsewhere");
  await go("/folders/settings/Code");
  await page.selectOption("#order", "");
  await page.selectOption("#counts", "");
  await page.click(".form .button");
  await page.locator("#flash").waitFor();
});

scenario("g g and G go to the list's ends, Shift+J to the next feed", async () => {
  await go("/all");
  await page.keyboard.press("Shift+G");
  const last = await page.locator(".line").last().getAttribute("data-id");
  same(await page.locator(".line.is-selected").getAttribute("data-id"), last, "selected by G");
  await page.keyboard.press("g");
  await page.keyboard.press("g");
  same(await page.locator(".line.is-selected").getAttribute("data-id"), await lineId(0), "selected by g g");
  await page.keyboard.press("Shift+J");
  await page.waitForURL("**/feed/*");
});

scenario("the next article is fetched ahead, and that doesn't open it", async () => {
  await markAllUnread();
  await go("/unread");
  const [first, second] = [await lineId(0), await lineId(1)];
  const ahead = page.waitForRequest((request) => request.url().includes(`/article/${second}`));
  await page.keyboard.press("j");
  await opened(first);
  await ahead;
  await page.waitForTimeout(300);
  same(await isRead(second), false, "read by being fetched");
  let asked = 0;
  page.on("request", (request) => { if (request.url().includes(`/article/${second}`)) asked += 1; });
  await page.keyboard.press("j");
  await opened(second);
  same(asked, 0, "requests for what was fetched already");
});

scenario("German and Chinese: by the browser, and by the account before it", async () => {
  for (const [locale, tag, words] of [["de-DE", "de", "Ungelesen"], ["zh-CN", "zh-CN", "未读"]]) {
    const { made, tab } = await signedIn({ locale });
    same(await tab.locator("html").getAttribute("lang"), tag, "the page's language");
    check((await text("#rail", tab)).includes(words), await text("#rail", tab));
    await tab.keyboard.press("j");
    await tab.locator("#article .text-title").waitFor();
    await tab.locator(".line-open").last().click();
    await tab.keyboard.press("j");
    await tab.locator(".toast-said").waitFor();
    check(!(await text(".toast-said", tab)).includes("End of"), await text(".toast-said", tab));
    await made.close();
  }
  await choose({ language: "de" });
  await go("/settings");
  same(await text(".page-title"), "Einstellungen", "the account's language");
  await choose({ language: "" });
});

scenario("a swept row is marked, a swept article gives way", async () => {
  await markAllUnread();
  const { made, tab } = await signedIn({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await go("/unread", tab);
  const id = await lineId(0, tab);
  const cdp = await made.newCDPSession(tab);
  const sweep = async (from, to, y) => {
    await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: from, y }] });
    for (let step = 1; step <= 6; step += 1) {
      await cdp.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: from + ((to - from) * step) / 6, y }] });
    }
    await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  const box = await tab.locator(".line").first().boundingBox();
  await sweep(120, 280, box.y + box.height / 2);
  await until(() => isRead(id, tab), "the swept row is unread");
  await tab.locator(".line-open").nth(1).click();
  const second = await lineId(1, tab);
  await opened(second, tab);
  await sweep(300, 120, 400);
  await opened(await lineId(2, tab), tab);
  // The thumb bar has what a thumb needs, and the way out.
  await go("/unread", tab);
  same((await tab.locator(".tabs > a, .tabs > details > summary").allInnerTexts()).map((one) => one.trim().split("\n")[0]).join(), "Feeds,Unread,Starred,Search,More", "the thumb bar");
  await tab.locator(".tab-more summary").click();
  check(await tab.locator("form[action='/signout'] button").first().isVisible(), "no way out");
  await made.close();
});

scenario("a list pulled down reloads, and the app's badge says what the counts say", async () => {
  await markAllUnread();
  const { made, tab } = await signedIn({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await made.addInitScript(() => {
    window.badges = [];
    navigator.setAppBadge = async (...n) => { window.badges.push(n.length ? n[0] : "dot"); };
    navigator.clearAppBadge = async () => { window.badges.push("none"); };
  });
  await go("/unread", tab);
  same(await tab.evaluate(() => window.badges.at(-1)), await count(tab), "the badge");
  const cdp = await made.newCDPSession(tab);
  const y = (await tab.locator(".line").first().boundingBox()).y + 20;
  const loaded = tab.waitForEvent("load");
  await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: 200, y }] });
  for (let step = 1; step <= 8; step += 1) await cdp.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: 200, y: y + step * 25 }] });
  await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await loaded;
  for (const [counts, badge] of [["dot", "dot"], ["none", "none"]]) {
    await choose({ counts });
    await go("/unread", tab);
    same(await tab.evaluate(() => window.badges.at(-1)), badge, `the badge with ${counts}`);
  }
  await choose(AS_IT_COMES);
  await made.close();
});

scenario("news is said without moving what is read", async () => {
  await markAllUnread();
  await go("/unread");
  await page.keyboard.press("j");
  await page.locator("#article .text-title").waitFor();
  await page.locator(".pane-list").evaluate((pane) => { pane.scrollTop = 200; });
  const places = () => page.evaluate(() => [...document.querySelectorAll(".line, #article .text-title")].map((node) => Math.round(node.getBoundingClientRect().top)).join());
  const before = await places();
  await page.route("**/pulse*", (route) => route.fulfill({ json: { new: 7, more: false, at: Date.now() * 1_000 } }));
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await page.locator("#news", { hasText: "7 new articles" }).waitFor();
  same(await places(), before, "the lines and the article");
  await page.unroute("**/pulse*");
});

scenario("forced colours keep dots, selection and focus", async () => {
  await markAllUnread();
  await page.emulateMedia({ forcedColors: "active" });
  await go("/unread");
  await page.keyboard.press("n");
  const seen = await page.evaluate(() => {
    const dot = getComputedStyle(document.querySelector(".line:not(.is-read) .dot")).backgroundColor;
    const line = getComputedStyle(document.querySelector(".is-selected"));
    return [dot, getComputedStyle(document.documentElement).backgroundColor, line.outlineStyle];
  });
  check(seen[0] !== seen[1] && seen[0] !== "rgba(0, 0, 0, 0)", `the dot is ${seen[0]} on ${seen[1]}`);
  same(seen[2], "solid", "the selection");
  await page.emulateMedia({ forcedColors: "none" });
});

scenario("print has no skip link, and code wraps", async () => {
  await page.emulateMedia({ media: "print" });
  const found = await page.evaluate(() => {
    const pre = document.createElement("pre");
    const prose = document.createElement("div");
    prose.className = "prose";
    prose.append(pre);
    document.body.append(prose);
    const style = getComputedStyle(pre).whiteSpace;
    prose.remove();
    return [getComputedStyle(document.querySelector(".skip")).display, style];
  });
  same(found.join(), "none,pre-wrap", "the skip link and code");
  await page.emulateMedia({ media: "screen" });
});

for (const theme of ["light", "dark", "black", "sepia"]) {
  scenario(`axe finds nothing in ${theme}, targets included, in every list style`, async () => {
    await markAllUnread();
    const faults = [];
    for (const list of ["lines", "titles", "cards", "magazine"]) {
      await choose({ ...AS_IT_COMES, theme, list });
      for (const [path, size] of [["/unread", DESKTOP], ["/unread", { width: 390, height: 844 }], ...(list === "lines" ? [["/settings", DESKTOP], ["/feeds", DESKTOP], ["/admin/costs", DESKTOP], ["/seldom", DESKTOP]] : [])]) {
        await page.setViewportSize(size);
        await go(path);
        await page.evaluate(`${axe}; undefined`);
        const { violations } = await page.evaluate(() => window.axe.run({ exclude: [[".line:nth-child(n+9)"]] }, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] } }));
        for (const one of violations) faults.push(`${list} ${path} ${size.width}: ${one.id} at ${one.nodes.slice(0, 2).map((node) => node.target.join(" ")).join(", ")}`);
      }
    }
    await page.setViewportSize(DESKTOP);
    await choose(AS_IT_COMES);
    same(faults.join("\n"), "", "faults");
  });
}

scenario("sign-up says what Dormouse is, and all that is wrong", async () => {
  const made = await browser.newContext({ viewport: DESKTOP });
  const tab = await made.newPage();
  const fresh = await emptyFolder();
  const other = await start(fresh.folder);
  await tab.goto(`${other.address}/signup`);
  same(await tab.locator(".welcome li").count(), 3, "lines");
  check((await tab.locator(".welcome").innerText()).includes("No model reads what you read"), "what isn't done with it");
  const wrong = await tab.request.post(`${other.address}/signup`, { form: { email: "nobody", password: "short" } });
  same(wrong.status(), 422, "the status");
  const html = await wrong.text();
  check(html.includes('id="email-error"') && html.includes('id="password-error"'), "only one fault is said");
  await tab.fill("#email", EMAIL);
  await tab.fill("#password", PASSWORD);
  await tab.click("button[type=submit]");
  await tab.waitForURL("**/unread");
  for (const part of ["form[action='/add']", "a[href='/import']", ".pack", "[name=counts]", ".first-keys kbd"]) {
    check(await tab.locator(`.first ${part}`).first().isVisible(), `${part} isn't there`);
  }
  await tab.locator(".pack summary").first().click();
  check(await tab.locator(".pack li").first().isVisible(), "what is in a pack can't be looked at");
  await tab.locator(".first .segment", { hasText: "Not at all" }).click();
  await tab.click(".first form[action='/settings/reading'] button");
  await tab.waitForURL("**/unread");
  same(await tab.evaluate(() => document.documentElement.dataset.counts), "none", "the counts");
  await made.close();
  await other.stop();
  await fresh.remove();
});

/** A feed with an article in Arabic, English and code, and a picture that isn't there. */
async function serveOdd() {
  let origin = "";
  const made = createServer((request, response) => {
    if (request.url.endsWith("/fast.xml")) {
      // All of one moment, so that they are of one day wherever it ends.
      const at = new Date(Date.now() - 60_000).toUTCString();
      const items = [1, 2, 3, 4].map((n) => `<item><title>News ${n}</title><link>${origin}/n${n}</link><guid>${origin}/n${n}</guid><pubDate>${at}</pubDate><description>Short.</description></item>`);
      return response.writeHead(200, { "Content-Type": "application/rss+xml" }).end(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>The Fast Wire</title><link>${origin}/</link><description>d</description>${items.join("")}</channel></rss>`);
    }
    if (!request.url.endsWith("/feed.xml")) return response.writeHead(404).end();
    const html = "<p>هذه فقرة عربية قصيرة.</p><p>And one in English.</p><pre><code>let x = [1, 2];</code></pre><img src='/gone.png' alt='gone' width='600' height='400'>";
    response.writeHead(200, { "Content-Type": "application/rss+xml" }).end(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Two ways</title><link>${origin}/</link><language>ar</language><description>d</description><item><title>عنوان المقال</title><link>${origin}/1</link><guid>${origin}/1</guid><pubDate>${new Date(Date.now() - 3_600_000).toUTCString()}</pubDate><description><![CDATA[${html}]]></description></item></channel></rss>`);
  });
  await new Promise((done) => { made.listen(0, "127.0.0.1", done); });
  origin = `http://127.0.0.1:${made.address().port}`;
  return { origin, close: () => { made.closeAllConnections(); made.close(); } };
}

async function run() {
  const chromium = findChromium();
  if (!chromium || !axe) {
    if (process.env.CI) throw new Error("Chromium or axe-core isn't there.");
    console.log(`skipped: ${scenarios.length} scenarios, because Chromium or axe-core isn't there`);
    return 0;
  }
  [sites, odd, store, browser] = [await serveSites(), await serveOdd(), await emptyFolder(), await launch(chromium)];
  server = await start(store.folder);
  context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", reducedMotion: "reduce" });
  context.setDefaultTimeout(8_000);
  page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => { if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text()); });
  await go("/signup");
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL("**/unread");
  await go("/import");
  const trouble = [["Old Harbour Gazette", `${sites.origin}/broken/feed.xml`, "News"]];
  await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(wholeShelf(sites.origin, trouble)) });
  await page.click("form[action='/import'] button");
  await page.locator("a[href='/unread'].button").waitFor({ timeout: 20_000 });
  const wanted = process.argv[2];
  let failed = 0;
  for (const { name, play } of scenarios.filter((one) => !wanted || wanted.split("|").some((part) => one.name.includes(part)))) {
    const began = Date.now();
    complaints = [];
    let fault = null;
    try {
      await play();
      check(!complaints.length, complaints.join("; "));
    } catch (error) {
      fault = error;
    }
    console.log(`${fault ? "FAILED" : "ok    "} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    if (!fault) continue;
    failed += 1;
    console.log(`    ${fault.message.split("\n").slice(0, 6).join("\n    ")}`);
    await page.setViewportSize(DESKTOP).catch(() => {});
    await page.emulateMedia({ forcedColors: "none", media: "screen" }).catch(() => {});
    await choose(AS_IT_COMES).catch(() => {});
  }
  await browser.close();
  await server.stop();
  await store.remove();
  sites.close();
  odd.close();
  console.log(`${scenarios.length - failed} passed, ${failed} failed`);
  return failed ? 1 : 0;
}

process.exit(await run());
