// Searches and rules in a real browser: with the keyboard, on a phone, and without scripts. With SHOTS=FOLDER it takes pictures, too.

import { createHmac } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { check, playAll, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, SECRET, start } from "./dormouse.mjs";
import { serveSites, wholeShelf } from "./sites.mjs";

const EMAIL = "robin@example.org";
const PASSWORD = "hazel and oak and ash";
const DESKTOP = { width: 1280, height: 800 };
const TABLET = { width: 820, height: 1180 };
const PHONE = { width: 390, height: 844 };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
let browser, server, sites, press, store, context, page;
const complaints = [];

const go = (path, on = page) => on.goto(server.address + path);
const asks = (query, on = page) => go(`/search?q=${encodeURIComponent(query)}`, on);
const said = async (words, on = page) => on.locator("#flash", { hasText: words }).waitFor();
const ruleNames = (on = page) => on.locator(".rule-name").allInnerTexts();
const titles = (on = page) => on.locator(".line-open").allInnerTexts();

async function signedIn(options) {
  const made = await browser.newContext(options);
  made.setDefaultTimeout(8_000);
  const tab = await made.newPage();
  await go("/signin", tab);
  await tab.fill("#email", EMAIL);
  await tab.fill("#password", PASSWORD);
  await tab.click("form[action='/signin'] button");
  await tab.waitForURL("**/unread");
  return { made, tab };
}

/** What a page cuts off or lays over, and what axe finds. A hit's whole line opens it, which axe doesn't see. */
async function inspect(on = page) {
  const without = on.url().includes("/search") ? ["target-size"] : [];
  const wide = await on.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `the page is ${wide} px too wide`);
  await on.evaluate(axe);
  const found = await on.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  const faults = found.violations.filter((one) => !without.includes(one.id));
  same(faults.map((one) => `${one.id}: ${one.nodes[0].html}`).join("\n"), "", "axe");
}

/** A site whose feeds change, and which pushes them: what a test can't wait an hour for. */
async function servePress() {
  const feeds = new Map();
  const hubs = new Map();
  let origin = "";
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const rss = (name) => {
    const { title, articles } = feeds.get(name);
    const items = articles.map(([id, headline, text, hours]) => `<item><title>${escape(headline)}</title><link>${origin}/${name}/${id}</link><guid>${origin}/${name}/${id}</guid><pubDate>${new Date(Date.now() - hours * 3_600_000).toUTCString()}</pubDate><description>${escape(`<p>${text}</p>`)}</description></item>`);
    return `<?xml version="1.0"?><rss version="2.0"><channel><title>${escape(title)}</title><link>${origin}/${name}/</link><description>d</description>${items.join("")}</channel></rss>`;
  };
  const hub = async (request, response) => {
    let text = "";
    for await (const bytes of request) text += bytes;
    const form = new URLSearchParams(text);
    hubs.set(form.get("hub.topic"), { callback: form.get("hub.callback"), secret: form.get("hub.secret") });
    response.writeHead(202).end();
    const callback = new URL(form.get("hub.callback"));
    for (const name of ["mode", "topic", "lease_seconds"]) callback.searchParams.set(`hub.${name}`, form.get(`hub.${name}`));
    callback.searchParams.set("hub.challenge", "a-challenge");
    fetch(callback).catch(() => {});
  };
  const listener = createServer((request, response) => {
    if (request.url === "/hub") return hub(request, response);
    const name = request.url.split("/")[1].replace(".xml", "");
    if (!feeds.has(name)) return response.writeHead(404).end();
    const self = `${origin}/${name}.xml`;
    response.writeHead(200, { "Content-Type": "application/rss+xml", Link: `<${origin}/hub>; rel="hub", <${self}>; rel="self"` });
    response.end(rss(name));
  });
  await new Promise((done) => { listener.listen(0, "127.0.0.1", done); });
  origin = `http://127.0.0.1:${listener.address().port}`;
  /** Adds an article to the top of a feed, and pushes it. */
  const publish = async (name, headline, text) => {
    const { articles } = feeds.get(name);
    articles.unshift([articles.length + 1, headline, text, 0]);
    const { callback, secret } = hubs.get(`${origin}/${name}.xml`);
    const body = rss(name);
    const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    const answer = await fetch(callback, { method: "POST", headers: { "Content-Type": "application/rss+xml", "X-Hub-Signature": signature }, body });
    check(answer.ok, `the push was answered with ${answer.status}`);
  };
  const wide = Array.from({ length: 45 }, (_, n) => [45 - n, `Wading ${45 - n}: what the redshank said`, `Sentence ${n} about the redshank, who says little, and the mud, which says less.`, 3 + n * 7]);
  feeds.set("waders", { title: "Waders Weekly", articles: wide });
  feeds.set("shui", { title: "水边日记", articles: [[2, "東京湾的水鳥", "冬天的水鳥在東京湾越冬，去年数到了三百只。", 5], [1, "晨雾", "今天早上湖上有雾，什么也看不见。", 30]] });
  return { origin, publish, hubs, close: () => { listener.closeAllConnections(); listener.close(); } };
}

// ---- Searching

scenario("the slash opens the search anywhere, and feeds are offered while one types", async () => {
  await go("/rules");
  await page.keyboard.press("/");
  await page.waitForURL("**/search");
  check(await page.locator("#q").evaluate((box) => box === document.activeElement), "the box hasn't the focus");
  await go("/unread");
  await page.keyboard.press("/");
  await page.waitForURL("**/search");
  await page.keyboard.type("tide");
  const offer = page.locator("#search-offers [role=option]");
  same(await offer.first().innerText(), "Tidewater Notes\nFeed or folder", "what is offered");
  await page.keyboard.press("ArrowDown");
  same(await offer.first().getAttribute("aria-selected"), "true", "the first");
  await inspect();
  await page.keyboard.press("Escape");
  same(await offer.count(), 0, "they close");
  await page.locator("#q").fill("tidew");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/feed/**");
});

scenario("hits are marked, in the list and in the article, and what was searched and its cost is said", async () => {
  await asks("curlew");
  const line = page.locator(".line", { hasText: "Counting curlews by ear" });
  same(await line.locator("mark").first().innerText(), "curlews", "the mark");
  const sum = await page.locator(".search-sum p").innerText();
  check(/\d+ articles?/.test(sum) && /of \d+ in \d+ feeds · \d+ reads?/.test(sum), sum);
  // A page of before may have been asking for icons and news meanwhile.
  await until(async () => {
    await asks("curlew");
    return (await page.locator(".search-sum p").innerText()).includes("· 0 reads");
  }, "again it isn't free");
  await inspect();
  await page.locator(".line-open", { hasText: "Counting" }).click();
  await page.locator("#article .text-title", { hasText: "Counting" }).waitFor();
  const bold = await page.locator(".line mark").first().evaluate((mark) => getComputedStyle(mark).fontWeight);
  same(bold, "600", "marks stand out");
  await asks("sleeper cello");
  await page.locator(".line-open").first().click();
  await page.locator("#article mark", { hasText: "cello" }).first().waitFor();
});

scenario("parts of a search are chips, feeds and months narrow it, and nothing found says so", async () => {
  await asks("redshank -curlew is:unread");
  same(await page.locator(".search-chips .chip").count(), 3, "chips");
  await page.locator(".search-chips .chip", { hasText: "without" }).click();
  await page.waitForURL((url) => !url.search.includes("-curlew"));
  await page.locator(".narrow-lists a", { hasText: "Waders Weekly" }).click();
  await page.waitForURL((url) => url.search.includes("feed%3A"));
  await asks("zeppelin");
  check(await page.locator(".empty", { hasText: "Nothing found" }).isVisible(), "it isn't said");
  await inspect();
  await asks("before:soon");
  check((await page.locator("#q-error").innerText()).includes("isn’t a date"), "what is wrong isn't said");
  await inspect();
});

scenario("the next page follows by a link, each hit once", async () => {
  await asks("redshank");
  const all = await titles();
  same(all.length, 20, "a page");
  await page.click("#next-page");
  await page.waitForURL(/after=/);
  check(!(await titles()).some((title) => all.includes(title)), "a hit comes twice");
  const { made, tab } = await signedIn({ javaScriptEnabled: false, viewport: DESKTOP });
  await asks("redshank", tab);
  let seen = await titles(tab);
  for (let turn = 0; turn < 2; turn += 1) {
    await tab.click("#next-page");
    await tab.waitForURL(/after=/);
    seen = [...seen, ...await titles(tab)];
  }
  same(new Set(seen).size, 45, "each once");
  same(seen.length, 45, "all");
  check(await tab.locator(".list-end").isVisible(), "the end isn't said");
  await made.close();
});

scenario("a search is saved, stands in the rail with a count, is renamed and forgotten", async () => {
  await asks("title:ferry OR title:wading");
  await page.click("form[action='/searches'] button");
  await said("It stands beside your feeds");
  const row = page.locator("#rail .rail-searches .rail-row");
  check(/45/.test(await row.innerText()), await row.innerText());
  await page.click(".saved-menu summary");
  await page.fill("#saved-name", "Waders");
  await page.click(".saved-box [value=name]");
  await until(async () => (await row.innerText()).includes("Waders"), "it isn't renamed");
  await press.publish("waders", "Wading 46: the ferry", "One more about the redshank.");
  await go("/unread");
  check(/46/.test(await row.innerText()), `after news: ${await row.innerText()}`);
  await page.keyboard.press("/");
  await page.waitForURL("**/search");
  await page.keyboard.type("wade");
  await page.locator("#search-offers", { hasText: "Waders" }).waitFor();
  await row.click();
  await page.waitForURL(/saved=/);
  same(await row.getAttribute("aria-current"), "page", "the place where one is");
  await inspect();
});

scenario("Chinese is found by its letters", async () => {
  await asks("水鳥");
  same((await titles())[0], "東京湾的水鳥", "by a pair");
  same(await page.locator(".line mark").first().innerText(), "水鳥", "marked");
  await asks("東京");
  same(await page.locator(".line").count(), 1, "by another");
  await asks("雾");
  same((await titles())[0], "晨雾", "by one letter");
});

scenario("on a phone a search is one column, and its chips scroll in their strip", async () => {
  const { made, tab } = await signedIn({ viewport: PHONE, hasTouch: true, isMobile: true });
  await tab.locator(".tabs a[href='/search']").tap();
  await tab.waitForURL("**/search");
  await tab.fill("#q", "redshank is:unread -curlew after:2020 before:2200");
  await tab.press("#q", "Enter");
  await tab.locator(".line").first().waitFor();
  const [strip, inside] = await tab.locator(".search-chips").evaluate((one) => [one.clientWidth, one.scrollWidth]);
  check(inside > strip, "the chips don't scroll");
  await inspect(tab);
  await tab.locator(".search-sum a", { hasText: "Narrow it down" }).tap();
  await tab.locator(".narrow-lists .rail-row").first().waitFor();
  await tab.locator(".syntax code").first().waitFor();
  await tab.getByRole("button", { name: "Save this search" }).tap();
  await tab.locator("#flash", { hasText: "It stands beside your feeds" }).waitFor();
  await tab.locator(".saved-menu summary").tap();
  await tab.locator(".saved-box [value=delete]").tap();
  await tab.getByRole("button", { name: "Save this search" }).waitFor();
  await inspect(tab);
  await tab.locator(".line-open").first().tap();
  await tab.locator("#article .text-title").waitFor();
  await made.close();
});

// ---- Rules

scenario("a rule is tried while it is typed, saved, meets what arrives, and is undone", async () => {
  await go("/rules");
  await inspect();
  await page.click("a[href='/rules?edit=new']");
  await page.fill("#rule-name", "Adverts");
  await page.fill("[name='text.0']", "wading");
  await page.locator("#rule-trial", { hasText: "would have matched" }).waitFor();
  same(await page.locator(".trial-lines mark").first().innerText(), "Wading", "what it looks for is marked");
  await inspect();
  await page.check("[name=read]");
  await page.click(".rule-form [value=save]");
  await said("Rule “Adverts” saved");
  await press.publish("waders", "Wading 47: sponsored", "Nobody reads this.");
  await go("/unread");
  same((await titles()).filter((title) => title.includes("47")).length, 0, "it is read");
  await go("/all");
  same((await titles()).filter((title) => title.includes("47")).length, 1, "it is there");
  await go("/rules");
  check((await page.locator(".rule-row").innerText()).includes("1 in 30 days"), "it isn't counted");
  await page.click(".rules-note:has-text('ten minutes') button");
  await said("Undone");
  same((await ruleNames()).length, 0, "the rule is gone");
  await go("/unread");
  same((await titles()).filter((title) => title.includes("47")).length, 1, "it is unread again");
});

scenario("rules are ordered by keyboard and by drag, and it stays", async () => {
  for (const name of ["Alpha", "Beta", "Gamma"]) {
    await go("/rules?edit=new");
    await page.fill("#rule-name", name);
    await page.fill("[name='text.0']", `nothing-${name}`);
    await page.check("[name=light]");
    await page.click(".rule-form [value=save]");
    await said(`“${name}” saved`);
  }
  same((await ruleNames()).join(), "Alpha,Beta,Gamma", "as they were made");
  const sent = [];
  page.on("request", (request) => { if (/\/rules\/\d+$/.test(request.url())) sent.push(request.postData()); });
  await page.locator(".rule-open", { hasText: "Gamma" }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  same((await ruleNames()).join(), "Gamma,Alpha,Beta", "moved at once");
  check(await page.locator(".rule-open", { hasText: "Gamma" }).evaluate((one) => one === document.activeElement), "the focus is lost");
  same(await page.locator("#voice").innerText(), "Gamma: place 1 of 3", "announced");
  await until(() => sent.length === 1, "nothing was sent");
  same(sent[0], "do=place&place=0", "two presses are one move");
  await page.waitForTimeout(300);
  await page.reload();
  same((await ruleNames()).join(), "Gamma,Alpha,Beta", "it stays");
  await page.locator(".rule-row", { hasText: "Beta" }).dragTo(page.locator(".rule-row", { hasText: "Gamma" }));
  same((await ruleNames()).join(), "Beta,Gamma,Alpha", "dragged");
  // Leaving the page at once loses nothing.
  await go("/unread");
  const stays = async () => {
    await go("/rules");
    return (await ruleNames()).join() === "Beta,Gamma,Alpha";
  };
  // What is sent on leaving may arrive after the next page was asked for.
  await until(stays, "it stays, too");
  await page.locator(".rule-row", { hasText: "Gamma" }).locator("[value=down]").click();
  same((await ruleNames()).join(), "Beta,Alpha,Gamma", "by its button");
  await inspect();
});

scenario("what a title has is muted from its article's menu in two presses", async () => {
  await go("/unread");
  await page.click("#rail-feeds .rail-row:has-text('Tidewater Notes')");
  await page.locator(".line-open", { hasText: "wooden groynes" }).click();
  await page.locator("#article .text-title", { hasText: "groynes" }).waitFor();
  await page.click(".action-more > summary");
  await page.click(".mute > summary");
  same(await page.inputValue("#mute-words"), "groynes", "the suggested word");
  await page.click(".mute [value=week]");
  await said("Titles with “groynes” are hidden: one article now");
  check((await titles()).length > 0, "the list is gone");
  same((await titles()).filter((title) => title.includes("groynes")).length, 0, "it is hidden");
  await page.click("#flash .toast-action");
  await said("Undone");
});

scenario("without scripts rules are tried, saved, ordered, switched and deleted", async () => {
  const { made, tab } = await signedIn({ javaScriptEnabled: false, viewport: PHONE });
  await go("/rules?edit=new", tab);
  await tab.fill("#rule-name", "Delta");
  await tab.fill("[name='text.0']", "redshank");
  await tab.click(".rule-form [value=try]");
  check((await tab.locator("#rule-trial").innerText()).includes("would have matched"), "it isn't tried");
  same(await tab.inputValue("#rule-name"), "Delta", "nothing is lost");
  await tab.check("[name=star]");
  await tab.click(".rule-form [value=save]");
  await said("“Delta” saved", tab);
  check(await tab.locator(".rule-grip").first().isHidden(), "a grip without scripts");
  await go("/rules?edit=new", tab);
  await tab.fill("[name='text.0']", "one");
  await tab.click(".rule-part [value=more]");
  await tab.fill("[name='text.1']", "two");
  await tab.click(".rule-part [value='drop.0']");
  same(await tab.inputValue("[name='text.0']"), "two", "a condition is removed");
  same(await tab.locator(".condition").count(), 1, "one is left");
  await go("/rules", tab);
  await tab.locator(".rule-row", { hasText: "Delta" }).locator("[value=up]").click();
  same((await ruleNames(tab)).join(), "Beta,Alpha,Delta,Gamma", "moved up");
  await tab.locator(".rule-row", { hasText: "Beta" }).locator("[value=down]").click();
  same((await ruleNames(tab)).join(), "Alpha,Beta,Delta,Gamma", "moved down");
  await tab.locator(".rule-row", { hasText: "Beta" }).locator("[role=switch]").click();
  await said("“Beta” is off", tab);
  await tab.locator(".rule-open", { hasText: "Delta" }).click();
  await tab.click(".rule-delete button");
  await said("“Delta” is deleted", tab);
  await go("/search", tab);
  await tab.fill("#q", "ferry OR cello");
  await tab.press("#q", "Enter");
  await tab.waitForURL(/q=ferry/);
  check(await tab.locator(".line mark").count() > 0, "nothing is marked");
  await made.close();
});

for (const theme of ["dark", "black", "sepia"]) {
  scenario(`nothing is wrong with searches and rules in ${theme}`, async () => {
    for (const path of ["/search", "/search?q=redshank", "/rules", "/rules?edit=2"]) {
      for (const viewport of [DESKTOP, PHONE]) {
        await page.setViewportSize(viewport);
        await go(path);
        await page.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
        await inspect();
      }
    }
    await page.setViewportSize(DESKTOP);
  });
}

async function shots(folder) {
  await mkdir(folder, { recursive: true });
  const rules = await page.context().newPage();
  const views = [["search-hits", "/search?q=redshank%20is%3Aunread%20-drone"], ["search-none", "/search?q=zeppelin"], ["search-offers", "/search"], ["rules", "/rules"], ["rules-new", "/rules?edit=new"]];
  for (const [name, path] of views) {
    for (const [size, viewport] of [["phone", PHONE], ["tablet", TABLET], ["desktop", DESKTOP]]) {
      for (const colorScheme of ["light", "dark"]) {
        await rules.setViewportSize(viewport);
        await rules.emulateMedia({ colorScheme });
        await go(path, rules);
        if (name === "search-offers") await rules.locator("#q").pressSequentially("ti");
        if (name === "rules-new") {
          await rules.fill("#rule-name", "Job adverts");
          await rules.fill("[name='text.0']", "wading");
          await rules.locator(".trial-sum").waitFor();
        }
        await rules.waitForTimeout(100);
        await rules.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: name.startsWith("rules") });
      }
    }
  }
  await rules.close();
}

async function run() {
  const chromium = findChromium();
  if (!chromium || !axe) {
    if (process.env.CI) throw new Error("Chromium or axe-core isn't there.");
    console.log(`skipped: ${scenarios.length} scenarios, because Chromium or axe-core isn't there`);
    return 0;
  }
  [sites, press, store, browser] = [await serveSites(), await servePress(), await emptyFolder(), await launch(chromium)];
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
  const more = [["Waders Weekly", `${press.origin}/waders.xml`, "Nature"], ["水边日记", `${press.origin}/shui.xml`, "Nature"]];
  await go("/import");
  await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(wholeShelf(sites.origin, more)) });
  await page.click("form[action='/import'] button");
  await page.locator("a[href='/unread'].button").waitFor({ timeout: 20_000 });
  await until(async () => {
    await fetch(`${server.address}/cron/hubs`, { headers: { Authorization: `Bearer ${SECRET}` } });
    return press.hubs.size === 2;
  }, "no hub was asked", 15_000);
  const wanted = process.argv[2];
  const played = scenarios.filter((one) => !wanted || one.name.includes(wanted));
  const failed = await playAll(played, complaints);
  if (process.env.SHOTS) await shots(process.env.SHOTS);
  await browser.close();
  await server.stop();
  await store.remove();
  sites.close();
  press.close();
  return failed ? 1 : 0;
}

process.exit(await run());
