// Measures pages as a browser has them: requests, bytes, how fast they are there and how fast the next article is.
// For figures, not for tests: nothing fails here but a page that isn't there. Prints one line for each figure.

import { emptyFolder, findChromium, launch, start } from "./dormouse.mjs";
import { opml, serveSites } from "./sites.mjs";

const FEEDS = 200;
const chromium = findChromium();
if (!chromium) throw new Error("Chromium isn't there: install it, or set CHROMIUM.");
const [sites, store, browser] = [await serveSites(), await emptyFolder(), await launch(chromium)];
const server = await start(store.folder, 0, { TICK_SECONDS: "60" });
const say = (what, figure) => console.log(`${what.padEnd(64)} ${figure}`);
const percentile = (all, share) => [...all].sort((one, other) => one - other)[Math.min(all.length - 1, Math.floor(all.length * share))];

async function context(options = {}) {
  const made = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await made.newPage();
  return { made, page };
}

const { page } = await context();
await page.goto(`${server.address}/signup`);
await page.fill("#email", "robin@example.org");
await page.fill("#password", "hazel and oak and ash");
await page.click("button[type=submit]");
await page.waitForURL("**/unread");
const feeds = Array.from({ length: FEEDS }, (_, index) => [`Station ${index + 1}`, `${sites.origin}/many/${index + 1}/feed.xml`, `Line ${index % 12}`]);
await page.goto(`${server.address}/import`);
await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(opml(feeds)) });
await page.click("form[action='/import'] button");
await page.locator("a[href='/unread'].button").waitFor({ timeout: 60_000 });

/** Loads a page with an empty cache, and measures it. */
async function cold(path) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.clearBrowserCache");
  const requests = new Map();
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => requests.set(requestId, { url: request.url, bytes: 0 }));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (requests.has(requestId)) requests.get(requestId).bytes = encodedDataLength;
  });
  await page.addInitScript(() => {
    window.seen = { lcp: 0, cls: 0 };
    new PerformanceObserver((list) => { window.seen.lcp = list.getEntries().at(-1).startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.seen.cls += one.value; }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(server.address + path, { waitUntil: "load" });
  await page.waitForTimeout(1_200);
  const seen = await page.evaluate(() => window.seen);
  const ours = [...requests.values()].filter(({ url }) => url.startsWith(server.address));
  const isIcon = ({ url }) => url.includes("/icon");
  const bytes = (all) => all.reduce((sum, one) => sum + one.bytes, 0);
  const of = (part) => bytes(ours.filter(({ url }) => url.includes(part)));
  say(`${path}: requests besides icons`, ours.filter((one) => !isIcon(one)).length);
  say(`${path}: bytes on the wire besides icons`, bytes(ours.filter((one) => !isIcon(one))));
  say(`${path}: of these the page`, of(path));
  say(`${path}: scripts, style sheet`, `${of(".js")}, ${of(".css")}`);
  say(`${path}: largest paint, ms`, seen.lcp.toFixed(0));
  say(`${path}: layout shift`, seen.cls.toFixed(4));
  await cdp.detach();
}

/** How long the key `j` takes until the next article's title stands in the pane, in milliseconds. */
async function steps(name, latency) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
  await page.goto(`${server.address}/unread`, { waitUntil: "load" });
  await page.keyboard.press("j");
  await page.locator("#article .text-title").waitFor();
  const times = [];
  for (let press = 0; press < 30; press += 1) {
    // A reader stays for a moment; the next one comes meanwhile.
    await page.waitForTimeout(450 + 2 * latency);
    times.push(await page.evaluate(() => new Promise((done) => {
      const pane = document.getElementById("article");
      const before = pane.querySelector(".article-bar")?.dataset.article;
      const began = performance.now();
      const watch = new MutationObserver(() => {
        if (pane.querySelector(".article-bar")?.dataset.article === before) return;
        watch.disconnect();
        requestAnimationFrame(() => done(performance.now() - began));
      });
      watch.observe(pane, { childList: true });
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true }));
    })));
  }
  say(`j to the next article, ${name}: p50, p95, ms`, `${percentile(times, 0.5).toFixed(1)}, ${percentile(times, 0.95).toFixed(1)}`);
  await cdp.detach();
}

for (const path of ["/unread", "/feeds", "/settings"]) await cold(path);
await steps("on loopback", 0);
await steps("150 ms away", 150);
await browser.close();
await server.stop();
await store.remove();
sites.close();
process.exit(0);
