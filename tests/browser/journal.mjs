// The journal, its insights, the edition and the footprint: in a real browser, at three widths and in four themes, with and without
// scripts.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { check, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, start } from "./dormouse.mjs";
import { serveSites, wholeShelf } from "./sites.mjs";

const EMAIL = "robin@example.org";
const PASSWORD = "hazel and oak and ash";
const DESKTOP = { width: 1440, height: 900 };
const TABLET = { width: 820, height: 1180 };
const PHONE = { width: 390, height: 844 };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
let browser, server, sites, store, context, page;
let complaints = [];
const began = Date.now();

const go = (path, on = page) => on.goto(server.address + path);
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

const ZONE = "Europe/Berlin";
const PAGES = ["/journal", "/journal/recent", "/journal/export", "/insights?range=month", "/insights?range=half-year", "/insights?range=all", "/insights/year", "/digest", "/footprint", "/edition", "/edition/read"];

/** A journal of a year, for bringing: more on some days than on others, of eight feeds. */
function history(now = Date.now()) {
  const lines = [JSON.stringify({ format: "dormouse-journal", version: 1, zone: "UTC" })];
  const names = ["Tidewater Notes", "Quiet Maps", "The Long Hedge", "Brass & Bellows", "Night Trains", "Slow Kitchen", "Old Harbour", "Field Recordings"];
  for (let day = 1; day < 330; day += 1) {
    const count = 1 + ((day * 7) % 9) + (day % 7 === 2 ? 6 : 0);
    for (let n = 0; n < count; n += 1) {
      const which = (day * 3 + n * n + (day > 200 ? n : 0)) % names.length;
      const at = new Date(now - day * 86_400_000 - ((n * 67) % 800) * 60_000).toISOString();
      const title = n % 3 ? `What the ${names[which]} knew about day ${day}, part ${n}` : `A rather long headline that goes on about ${names[which]} on day ${day} until it has no room left, number ${n}`;
      lines.push(JSON.stringify({ at, act: n === 4 ? "starred" : "opened", count: 1, feed: names[which], feed_url: `https://site${which}.example/feed`, title, link: `https://site${which}.example/${day}/${n}`, author: ["Ada Quill", "Bo Reed", "Cy Marsh", ""][n % 4], words: 200 + 90 * n, article: `${200_000_000 + which}-${day * 20 + n}` }));
    }
    if (day % 3 === 0) lines.push(JSON.stringify({ at: new Date(now - day * 86_400_000).toISOString(), act: "cleared", count: 30 + (day % 40), feed: names[day % 8], feed_url: `https://site${day % 8}.example/feed`, article: null }));
  }
  return lines.join("\n");
}

async function brings() {
  await go("/journal/export");
  await page.setInputFiles("#history", { name: "journal.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(history(began)) });
  await page.click("form[action='/journal/import'] button");
}

scenario("what is opened stands in the journal, by the browser's own clock", async () => {
  await go("/unread");
  const line = page.locator(".line-open").nth(1);
  const title = (await line.innerText()).trim();
  await line.click();
  await page.waitForURL("**/article/**");
  await until(async () => {
    await go("/journal");
    return (await page.locator(".journal-line", { hasText: title.slice(0, 40) }).count()) > 0;
  }, `${title} isn't in the journal`);
  const told = await page.locator(".journal-line time").first().innerText();
  const now = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
  const near = [0, 1, 2].map((ago) => now.format(Date.now() - ago * 60_000));
  check(near.includes(told.trim()), `it is ${near[0]}, and the journal says ${told}`);
  check(await page.locator("main", { hasText: "Only you can see this" }).count() > 0, "whose it is isn't said");
});

scenario("a year's history is brought, and the insights show it", async () => {
  await brings();
  await said("0 lines came into the journal");
  await go("/insights?range=all");
  check((await page.locator(".insight-sentence").innerText()).includes("you opened"), "no sentence");
  check(await page.locator(".ranks tbody tr").count() >= 8, "no ranks");
  check(await page.locator("svg.bump polyline").count() >= 5, "no bump chart");
  check(await page.locator("svg.heat rect").count() > 365, "no calendar");
  same(await page.locator("svg[role=img]").count() <= await page.locator("details.as-table").count(), true, "each picture has a table");
});

scenario("a year in review is saved as a picture", async () => {
  await go("/insights/year");
  const shown = await page.locator(".year-picture").evaluate((one) => one.decode().then(() => one.naturalWidth, (error) => String(error)));
  check(shown > 300, `on the page it is ${shown}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
  check(/\.svg$/.test(download.suggestedFilename()), download.suggestedFilename());
  const text = await readFile(await download.path(), "utf8");
  check(text.startsWith("<svg") && !text.includes("var("), "it stands alone");
  const drawn = await page.evaluate((svg) => new Promise((done) => { const one = new Image(); one.onload = () => done(one.naturalWidth); one.onerror = () => done(0); one.src = `data:image/svg+xml,${encodeURIComponent(svg)}`; }), text);
  check(drawn > 300, `it is drawn ${drawn} px wide`);
});

scenario("history is searched, deleted by the day, paused and gone on with, without scripts", async () => {
  const { made, tab } = await signedIn({ javaScriptEnabled: false, viewport: DESKTOP });
  await go("/journal", tab);
  await tab.fill("input[name=q]", "quiet maps");
  await tab.press("input[name=q]", "Enter");
  await tab.waitForURL(/q=quiet/);
  check(await tab.locator(".journal-line").count() > 3, "nothing is found");
  await go("/journal", tab);
  const days = await tab.locator(".journal-day").count();
  check(days > 1, "no days");
  await tab.locator(".journal-day").nth(1).locator("header form button").click();
  await tab.locator("#flash").waitFor();
  await go("/journal", tab);
  await tab.getByRole("button", { name: "Pause" }).click();
  await said("The journal is paused", tab);
  await tab.getByRole("button", { name: "Go on" }).click();
  await said("The journal goes on", tab);
  await made.close();
});

scenario("the edition is read to its end, and marked there", async () => {
  await go("/edition");
  const sum = await page.locator(".edition-sum").innerText();
  check(/\d+ articles?, about \d+ minutes?/.test(sum), sum);
  await page.getByRole("link", { name: "Start reading" }).click();
  await page.waitForURL("**/edition/read**");
  const texts = await page.locator(".edition-text").count();
  same(texts, Number(sum.match(/\d+/)[0]), "as many texts as it says");
  check((await page.locator(".edition-end").innerText()).includes("The dormouse sleeps"), "no end");
  await page.emulateMedia({ media: "print" });
  check(await page.locator("#rail").isHidden(), "the rail is on paper");
  check(await page.locator(".edition-text").first().isVisible(), "no text on paper");
  await page.emulateMedia({ media: "screen" });
  await page.getByRole("button", { name: "Mark these as read" }).click();
  await page.waitForURL("**/edition?**");
  same(await page.locator(".is-faded").count(), texts, "what is read is faded");
});

scenario("an hour is chosen for the edition without scripts, and the book is a file", async () => {
  const { made, tab } = await signedIn({ javaScriptEnabled: false, viewport: PHONE });
  await go("/edition", tab);
  await tab.click(".edition-foot summary");
  await tab.selectOption("#hour", "20");
  await tab.click(".edition-foot form button");
  await said("The new hour counts from the next edition", tab);
  const [book] = await Promise.all([tab.waitForEvent("download"), tab.locator("a[href^='/edition/book.epub']").click()]);
  check(/\.epub$/.test(book.suggestedFilename()), book.suggestedFilename());
  await made.close();
});

for (const [size, viewport] of Object.entries({ desktop: DESKTOP, tablet: TABLET, phone: PHONE })) {
  scenario(`nothing is wrong with these pages on a ${size}`, async () => {
    await page.setViewportSize(viewport);
    for (const path of PAGES) {
      await go(path);
      for (const theme of ({ desktop: ["light", "dark", "black", "sepia"], tablet: ["light"], phone: ["light", "dark"] })[size]) {
        await page.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
        try {
          await inspect();
        } catch (error) {
          throw new Error(`${path} in ${theme}: ${error.message}`);
        }
      }
    }
    await page.setViewportSize(DESKTOP);
  });
}

if (process.env.SHOTS) {
  scenario("pictures", async () => {
    for (const [size, width] of [["desktop", 1440], ["phone", 390]]) {
      await page.setViewportSize({ width, height: size === "phone" ? 4_200 : 2_300 });
      for (const path of PAGES) {
        await go(path);
        for (const theme of ["light", "dark"]) {
          await page.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
          await page.screenshot({ path: `${process.env.SHOTS}/tall${path.replace(/\W+/g, "-")}-${size}-${theme}.png` });
        }
      }
    }
    await page.setViewportSize(DESKTOP);
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
  context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", reducedMotion: "reduce", timezoneId: ZONE });
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
  await brings();
  await said("lines came into the journal");
  const wanted = process.argv[2];
  let failed = 0;
  for (const { name, play } of scenarios.filter((one) => !wanted || one.name.includes(wanted))) {
    const start = Date.now();
    complaints = [];
    let fault = null;
    try {
      await play();
      check(!complaints.length, complaints.join("; "));
    } catch (error) {
      fault = error;
    }
    console.log(`${fault ? "FAILED" : "ok    "} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
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
