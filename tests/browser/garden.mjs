// Gardening, pauses, looking before adding, what is kept, and sending on: in a real browser, with keyboard, touch and without
// scripts.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { check, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, start } from "./dormouse.mjs";
import { serveSites, wholeShelf } from "./sites.mjs";

const EMAIL = "robin@example.org";
const PASSWORD = "hazel and oak and ash";
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
let browser, server, sites, store, context, page;
let complaints = [];

const go = (path, on = page) => on.goto(server.address + path);
const rows = (on = page) => on.locator(".feed-row:visible");
const said = async (words, on = page) => on.locator("#flash", { hasText: words }).waitFor();

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

/** What a page cuts off or lays over, and what axe finds. */
async function inspect(on = page, without = []) {
  const wide = await on.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `the page is ${wide} px too wide`);
  await on.evaluate(axe);
  const found = await on.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  const faults = found.violations.filter((one) => !without.includes(one.id));
  same(faults.map((one) => `${one.id}: ${one.nodes[0].html}`).join("\n"), "", "axe");
}

scenario("feeds are chosen by mouse and by keyboard, moved, and it is undone", async () => {
  await go("/feeds");
  check(await page.locator("#garden").isHidden(), "the bar is there without a choice");
  const boxes = page.locator(".feed-box input");
  await boxes.nth(0).click();
  check(await page.locator("#garden").isVisible(), "the bar doesn't come");
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  same(await page.locator(".feed-box input:checked").count(), 3, "a range");
  check((await page.locator(".bulk-sum").innerText()).includes("3 chosen"), "how many isn't said");
  await page.keyboard.press("Shift+ArrowDown");
  same(await page.locator(".feed-box input:checked").count(), 4, "with the keyboard");
  check(await boxes.nth(3).evaluate((box) => box === document.activeElement), "the focus goes along");
  await page.fill("#bulk-folder", "Chosen");
  await page.click("#garden [value=move]");
  await said("Moved 4 feeds to Chosen");
  same(await page.locator("#rail [data-folder='/folder/Chosen'] ul li").count(), 4, "in the rail");
  await inspect();
  await page.click("#flash .toast-action");
  await said("4 feeds as before");
  same(await page.locator("#rail [data-folder='/folder/Chosen']").count(), 0, "the folder is gone");
});

scenario("a feed is dragged into another folder", async () => {
  await go("/feeds");
  const row = page.locator(".feed-group[data-path=Home] .feed-row").first();
  const name = await row.getAttribute("data-find");
  await row.dragTo(page.locator(".feed-group[data-path=Code] h2"));
  await said("Moved 1 feed to Code");
  await page.locator(".feed-group[data-path=Code] .feed-row", { hasText: name }).waitFor();
  await page.click("#flash .toast-action");
  await said("1 feed as before");
});

scenario("filters, orders and the search are links and a form", async () => {
  await go("/feeds");
  const all = await rows().count();
  await page.click(".chip:has-text('In trouble')");
  await page.waitForURL(/show=trouble/);
  check(await rows().count() < all, "nothing is filtered");
  await go("/feeds");
  await page.click(".feeds-sort summary");
  await page.click(".feeds-sort a:has-text('Most posts first')");
  await page.waitForURL(/sort=posts/);
  const posts = await page.locator(".feed-figures b").evaluateAll((all) => all.filter((_, at) => at % 2 === 0).map((one) => Number(one.textContent)));
  same(posts.join(), [...posts].sort((a, b) => b - a).join(), "by posts");
  await page.fill("#filter", "slow");
  await page.press("#filter", "Enter");
  await page.waitForURL(/q=slow/);
  same(await rows().count(), 1, "found");
});

scenario("a folder is made, sorted and dissolved without scripts, and feeds are moved", async () => {
  const { made, tab } = await signedIn({ javaScriptEnabled: false, viewport: DESKTOP });
  await go("/feeds", tab);
  await tab.click(".feeds-new summary");
  await tab.fill("#new-folder", "Quiet");
  await tab.click(".feeds-new button");
  await said("Made the folder Quiet", tab);
  check(await tab.locator("#garden").isVisible(), "the bar isn't there");
  await tab.locator(".feed-box input").first().check();
  await tab.fill("#bulk-folder", "Quiet");
  await tab.click("#garden [value=also]");
  await said("1 feed also in Quiet now", tab);
  await tab.click(".feed-group[data-path=Quiet] .group-settings, #rail a[href='/folder/Quiet']");
  await go("/folders/settings/Quiet", tab);
  await tab.click("#place [value=up]");
  await said("Saved", tab);
  await go("/folders/settings/Quiet", tab);
  await tab.click("#dissolve button");
  await said("Dissolved the folder Quiet", tab);
  await made.close();
});

scenario("a feed's plan is drawn, and paused and resumed from its settings", async () => {
  await go("/feeds");
  await page.locator(".feed-plan").first().click();
  await page.waitForURL("**/plan");
  check(await page.locator(".plan-bar").count() > 0, "no posts are drawn");
  check(await page.locator(".plan-check").count() > 0, "no checks are drawn");
  await page.click(".as-table summary");
  check(await page.locator(".as-table tbody tr").count() > 0, "no table");
  await inspect();
  await page.click(".chip:has-text('Options')");
  await page.waitForURL("**/settings");
  await page.click("#pause [value='7']");
  await said("Paused until");
  await page.click("#pause button:has-text('Go on')");
  await said("It goes on.");
});

scenario("several feeds are looked at and added, on a phone by touch", async () => {
  const { made, tab } = await signedIn({ viewport: PHONE, hasTouch: true, isMobile: true });
  await go("/add", tab);
  await inspect(tab);
  await tab.fill("#url", `${sites.origin}/train/feed.xml ${sites.origin}/more/nothing`);
  await tab.tap("form[action='/add'] button:not([name])");
  await tab.locator(".preview").first().waitFor();
  same(await tab.locator(".preview").count(), 2, "what was looked at");
  check((await tab.locator(".preview").first().innerText()).includes("You have this one"), "a double isn't said");
  await inspect(tab);
  await go("/feeds", tab);
  await inspect(tab);
  await tab.locator(".feed-box").first().tap();
  check(await tab.locator("#garden").isVisible(), "the bar doesn't come");
  await tab.waitForTimeout(100);
  // Rows that scroll lie under the bar for a while.
  await inspect(tab, ["target-size"]);
  await made.close();
});

scenario("an article gets a tag and a note, and is found by it", async () => {
  await go("/unread");
  await page.keyboard.press("j");
  await page.locator("#article .text-title").waitFor();
  const title = await page.locator("#article .text-title").innerText();
  await page.click(".mine-edit summary");
  await page.fill("#own-tags", "Later, two words");
  await page.fill("#own-note", "Read this again");
  await page.click(".mine-edit button");
  await said("Kept with what you wrote");
  await page.click(".mine .tag:has-text('two words')");
  await page.waitForURL("**/tags/two%20words");
  const kept = page.locator(".kept-line");
  check((await kept.first().innerText()).includes("Read this again"), "the note isn't there");
  check((await kept.first().innerText()).includes(title.slice(0, 30)), "another article");
  await inspect();
  await go("/kept");
  await inspect();
});

scenario("a page is kept without scripts", async () => {
  const { made, tab } = await signedIn({ javaScriptEnabled: false, viewport: DESKTOP });
  await go(`/keep?url=${sites.origin}/tidewater/1`, tab);
  const address = await tab.inputValue("#url");
  check(address.startsWith(sites.origin), "the address isn't brought along");
  await tab.fill("#tags", "page");
  await tab.click("form[action='/keep'] button");
  await tab.locator("#flash, .trouble").first().waitFor();
  await made.close();
});

scenario("the settings hold what is new, and nothing is wrong with them", async () => {
  await go("/settings");
  check(await page.locator("[name=folds_twins]").isChecked(), "it isn't on");
  await inspect();
});

scenario("a list of another service is brought along, let go of, and back again", async () => {
  await go("/kept");
  const list = "url,title,time_added\nhttps://old.example/1,An old page,1500000000\nhttps://old.example/2,Another old page,1500000001\n";
  await page.setInputFiles("#list", { name: "pocket.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
  await page.click("form[action='/kept/import'] button");
  await said("2 pages are kept now");
  await page.locator(".kept-line", { hasText: "Another old page" }).waitFor();
  await page.click("form[action='/kept/let-go'] [value='365']");
  await said("Let go of 2 pages");
  same(await page.locator(".kept-line", { hasText: "old page" }).count(), 0, "they are gone");
  await page.click("#flash .toast-action");
  await said("2 pages are back");
});

scenario("a service is named, and an article's menu has it", async () => {
  await go("/settings");
  await page.fill("#target-name", "Elsewhere");
  await page.fill("#target-address", `${sites.origin}/save?u={url}&t={title}`);
  await page.click("#targets button:has-text('Add the service')");
  await said("The service is in your articles’ menu now");
  await go("/unread");
  await page.keyboard.press("j");
  await page.locator("#article .text-title").waitFor();
  await page.click(".action-more > summary");
  const link = page.locator(".action-more a", { hasText: "Send to Elsewhere" });
  check((await link.getAttribute("href")).includes("/save?u=http"), "the address isn't filled in");
  check(await page.locator(".action-more a[href^='mailto:']").isVisible(), "no email");
});

// Before the holiday, after which feeds wake in steps.
scenario("the spring clean shows what is in trouble, and pausing it can be undone", async () => {
  await go("/feeds/clean");
  await page.locator(".clean .feed-row", { hasText: "Old Harbour" }).locator("[value=pause]").click();
  await said("Paused 1 feed");
  await inspect();
  await page.click("#flash .toast-action");
  await said("1 feed as before");
});

scenario("a holiday begins and ends without scripts", async () => {
  const { made, tab } = await signedIn({ javaScriptEnabled: false, viewport: PHONE });
  await go("/settings", tab);
  await tab.click("#holiday [value='14']");
  await said("Your whole shelf is paused", tab);
  check((await tab.locator(".notice-box").innerText()).includes("paused until"), "until when isn't said");
  await tab.click(".notice-box button");
  await said("Welcome back", tab);
  await made.close();
});

for (const theme of ["dark", "black", "sepia"]) {
  scenario(`nothing is wrong with the new pages in ${theme}`, async () => {
    for (const path of ["/feeds", "/kept", "/add", "/feeds/clean"]) {
      await go(path);
      await page.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
      await inspect();
    }
  });
}

async function run() {
  const chromium = findChromium();
  if (!chromium || !axe) {
    if (process.env.CI) throw new Error("Chromium or axe-core isn't there.");
    console.log(`skipped: ${scenarios.length} scenarios, because Chromium or axe-core isn't there`);
    return 0;
  }
  [sites, store, browser] = [await serveSites(), await emptyFolder(), await launch(chromium)];
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
  for (const { name, play } of scenarios.filter((one) => !wanted || one.name.includes(wanted))) {
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
    console.log(`    ${fault.message.split("\n").slice(0, 8).join("\n    ")}`);
  }
  await browser.close();
  await server.stop();
  await store.remove();
  sites.close();
  console.log(`${scenarios.length - failed} passed, ${failed} failed`);
  return failed ? 1 : 0;
}

process.exit(await run());
