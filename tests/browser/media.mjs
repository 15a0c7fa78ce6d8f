// Films, songs and the player, in a real browser. The publisher is on this machine; what a page asks of anybody else is
// noted, and goes nowhere.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { check, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, start } from "./dormouse.mjs";
import { opml } from "./sites.mjs";

const EMAIL = "robin@example.org";
const PASSWORD = "hazel and oak and ash";
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
let browser, server, site, store, context, page;
let complaints = [];
/** What pages asked of others than Dormouse, since the last scenario began. */
let foreign = [];

/** A quiet sound: 8 kHz, one byte a sample. */
function wav(seconds) {
  const bytes = Buffer.alloc(44 + seconds * 8_000, 128);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8_000, 24);
  bytes.writeUInt32LE(8_000, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  return bytes;
}

async function servePublisher() {
  let origin = "";
  const asked = [];
  const sound = wav(120);
  const film = '<iframe src="https://www.youtube.com/embed/abcdefghijk" title="Walking the silt line"></iframe>';
  const gist = '<iframe src="https://www.ted.com/talks/x" title="t"></iframe><iframe src="https://embed.ted.com/talks/x" title="A talk"></iframe>';
  const item = (n, title, html, more = "") => `<item><title>${title}</title><link>${origin}/${n}</link><guid>${origin}/${n}</guid><pubDate>${new Date(Date.now() - n * 3_600_000).toUTCString()}</pubDate><description><![CDATA[${html}]]></description>${more}</item>`;
  const file = (name) => `<enclosure url="${origin}/${name}.wav" type="audio/wav" length="${sound.length}"/>`;
  const made = createServer((request, response) => {
    asked.push(request.url);
    const send = (type, body) => response.writeHead(200, { "Content-Type": type }).end(body);
    if (request.url === "/feed.xml") {
      const chapters = `<podcast:chapters url="${origin}/chapters.json" type="application/json+chapters"/>`;
      return send("application/rss+xml", `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Two Lanterns</title><link>${origin}/</link><language>en</language><description>d</description>
${item(1, "The lighthouse keeper’s arithmetic", "<p>Thirty-one steps, twice a day.</p>", `${file("one")}${chapters}<itunes:episode>41</itunes:episode>`)}
${item(2, "A walk between two towers", "<p>First paragraph.</p><ul><li>A point.</li></ul><p lang='de'>Ein Absatz.</p>")}
${item(3, "What the fog said", "<p>The second episode.</p>", file("two"))}
${item(4, "A film from the flats", `<p>Watch it.</p>${film}<p>By morning the water had gone.</p>`)}
${item(5, "A talk elsewhere", `<p>Hear it.</p>${gist}`)}</channel></rss>`);
    }
    if (request.url === "/chapters.json") return send("application/json+chapters", JSON.stringify({ version: "1.2.0", chapters: [{ startTime: 0, title: "Hello" }, { startTime: 40, title: "The stairs" }, { startTime: 80.5, title: "The lamp" }] }));
    if (!request.url.endsWith(".wav")) return response.writeHead(404).end();
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const part = sound.subarray(Number(from ?? 0), to ? Number(to) + 1 : undefined);
    const range = from === undefined ? {} : { "Content-Range": `bytes ${from}-${Number(from) + part.length - 1}/${sound.length}` };
    response.writeHead(from === undefined ? 200 : 206, { "Content-Type": "audio/wav", "Accept-Ranges": "bytes", "Content-Length": part.length, ...range }).end(part);
  });
  await new Promise((done) => { made.listen(0, "127.0.0.1", done); });
  origin = `http://127.0.0.1:${made.address().port}`;
  return { origin, asked, close: () => { made.closeAllConnections(); made.close(); } };
}

const go = (path, on = page) => on.goto(server.address + path);
const bar = (on = page) => on.locator("#player");
const part = (name, on = page) => on.locator(`#player [data-player="${name}"]`);
const at = async (on = page) => Number(await part("seek", on).inputValue());
const isPlaying = async (on = page) => (await part("toggle", on).getAttribute("aria-label")) === "Pause";
const played = () => site.asked.filter((url) => url.endsWith(".wav")).length;

async function openLine(title, on = page) {
  await on.locator(".line-open", { hasText: title }).click();
  await on.locator(".article-bar", { has: on.locator(`xpath=self::*[contains(@data-title, "${title}")]`) }).waitFor();
}

async function begin(title, on = page) {
  await go("/all", on);
  await openLine(title, on);
  await on.locator("[data-play-file]").first().click();
  await until(() => isPlaying(on), "nothing plays");
}

/** Guards a context: what leaves for others than us is noted, and only the publisher here is let through. */
async function guarded(options = {}) {
  const made = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", reducedMotion: "reduce", ...options });
  made.setDefaultTimeout(8_000);
  await made.route((url) => url.origin !== server.address, (route) => {
    const url = new URL(route.request().url());
    foreign.push(url.href);
    if (url.origin === site.origin) return route.continue();
    const frame = route.request().resourceType() === "document";
    return frame ? route.fulfill({ contentType: "text/html", body: "<p>a player</p>" }) : route.abort();
  });
  const tab = await made.newPage();
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => { if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text()); });
  return { made, tab };
}

async function signedIn(options = {}) {
  const { made, tab } = await guarded(options);
  await go("/signin", tab);
  await tab.fill("#email", EMAIL);
  await tab.fill("#password", PASSWORD);
  await tab.click("form[action='/signin'] button");
  await tab.waitForURL("**/unread");
  return { made, tab };
}

/** Waits for the server to have all marks and places. */
const sent = (on = page) => until(() => on.evaluate(() => {
  const box = JSON.parse(localStorage.getItem(`dormouse.marks.${document.body.dataset.user}`) ?? "{}");
  return !box.sent && !Object.keys({ ...box.played, ...box.waiting }).length;
}), "something is still waiting", 12_000);

/** What the account has of an article: of the open one. */
const kept = (on = page, address = "") => on.evaluate(async (address) => {
  const html = await (await fetch(address || location.href, { headers: { "X-Fragment": "article" } })).text();
  const found = /data-position="(\d+)" data-speed="(\d+)"/.exec(html);
  return found ? { at: Number(found[1]), speed: Number(found[2]) } : null;
}, address);

scenario("an episode plays on while other articles are opened, and the bar leads back", async () => {
  await go("/all");
  await openLine("lighthouse");
  same(await bar().isVisible(), false, "a bar before anything plays");
  same(await page.locator(".enclosure audio").isVisible(), false, "the browser's own controls");
  same(played(), 0, "asked before the press");
  await page.locator("[data-play-file]").click();
  await until(() => isPlaying(), "it doesn't play");
  await until(async () => (await at()) >= 1, "its place stands still");
  await openLine("A walk");
  check(await isPlaying(), "it stopped");
  const before = await at();
  await until(async () => (await at()) > before, "it stands still after another article was opened");
  same(await part("title").innerText(), "The lighthouse keeper’s arithmetic", "what plays");
  const [box, rail] = [await bar().boundingBox(), await page.locator("#rail").boundingBox()];
  check(box.x >= rail.x + rail.width - 1 && box.x + box.width > 1_279, `the bar is at ${box.x} to ${box.x + box.width}`);
  check(box.height >= 64 && box.y + box.height <= 801, `${box.height} px high`);
  await part("title").click();
  await page.locator(".article-bar[data-title^='The lighthouse']").waitFor();
  check(await isPlaying(), "leading back stopped it");
  same(await page.locator("[data-play-file]").innerText(), "Pause", "the article's own button");
  await part("back").click();
  check((await at()) <= 2, "15 back");
  await part("on").click();
  await until(async () => (await at()) >= 30, "30 ahead");
  await part("close").click();
  same(await bar().isVisible(), false, "closed");
  await sent();
});

scenario("its place and speed are the account's: another browser goes on from there", async () => {
  await begin("lighthouse");
  await part("seek").fill("52");
  await part("speed").selectOption("150");
  await part("toggle").click();
  await sent();
  const isKept = async () => {
    const account = await kept();
    return account && account.at >= 52 && account.at <= 55 && account.speed === 150;
  };
  await until(isKept, "place and speed aren't the account's");
  const { made, tab } = await signedIn();
  await begin("lighthouse", tab);
  await until(async () => (await at(tab)) >= 52, "it began elsewhere");
  check((await at(tab)) < 60, `at ${await at(tab)}`);
  same(await part("speed", tab).inputValue(), "150", "the speed");
  await made.close();
  // At the end there is nothing to go on from.
  await part("seek").fill("110");
  await until(async () => (await kept()) === null, "the place of an episode that is over is kept");
  await sent();
  await part("close").click();
});

scenario("a place goes along with marks, and alone it waits", async () => {
  await begin("fog");
  await sent();
  const bodies = [];
  page.on("request", (request) => { if (request.url().endsWith("/marks")) bodies.push(request.postDataJSON()); });
  // A minute passes for the note, and the next mark takes it along.
  await page.evaluate(() => { const now = Date.now; Date.now = () => now() + 61_000; });
  await until(() => page.evaluate(() => Object.keys(JSON.parse(localStorage.getItem(`dormouse.marks.${document.body.dataset.user}`) ?? "{}").played ?? {}).length), "no place was noted");
  await page.waitForTimeout(3_500);
  same(bodies.filter((one) => one.played).length, 0, "sent alone");
  await page.locator(".line-mark").first().click();
  await until(() => bodies.some((one) => one.played && (one.read.length || one.unread.length)), "the mark went without the place");
  await part("toggle").click();
  await until(() => bodies.filter((one) => one.played).length === 2, "a pause isn't sent");
  await part("close").click();
  await sent();
  page.removeAllListeners("request");
});

scenario("a place that is refused takes no marks with it", async () => {
  await begin("fog");
  await sent();
  const bodies = [];
  await page.route("**/marks", (route) => {
    const body = route.request().postDataJSON();
    bodies.push(body);
    return body.played ? route.fulfill({ status: 400, body: "{}" }) : route.continue();
  });
  const line = page.locator(".line", { hasText: "A walk" });
  const was = /is-read/.test(await line.getAttribute("class"));
  await line.locator(".line-mark").click();
  await part("toggle").click();
  await sent();
  const marks = bodies.filter((one) => one.read.length + one.unread.length);
  same(marks.map((one) => Boolean(one.played)).join(), "true,false", "how the mark was sent");
  same(marks[0].batch, marks[1].batch, "the batch");
  await page.unroute("**/marks");
  await part("close").click();
  await go("/all");
  same(/is-read/.test(await page.locator(".line", { hasText: "A walk" }).getAttribute("class")), !was, "the mark");
  await sent();
});

scenario("another page pauses it and has it at its place", async () => {
  await begin("fog");
  await part("seek").fill("70");
  await until(async () => (await at()) >= 70, "70");
  await go("/settings");
  await bar().waitFor();
  same(await isPlaying(), false, "plays by itself");
  check((await at()) >= 70 && (await at()) < 74, `at ${await at()}`);
  const address = await part("title").getAttribute("href");
  await until(async () => (await kept(page, address))?.at >= 70, "leaving the page didn't send the place");
  const asked = played();
  await page.waitForTimeout(300);
  same(played(), asked, "asked of the publisher before the press");
  await part("toggle").click();
  await until(async () => (await isPlaying()) && (await at()) >= 71, "it doesn't go on");
  await part("close").click();
  await go("/help");
  same(await bar().isVisible(), false, "closed, and back again");
});

scenario("media keys play, pause and skip", async () => {
  const { made, tab } = await guarded();
  await tab.addInitScript(() => {
    window.handlers = {};
    const own = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
    navigator.mediaSession.setActionHandler = (name, does) => { window.handlers[name] = does; own(name, does); };
  });
  await go("/signin", tab);
  await tab.fill("#email", EMAIL);
  await tab.fill("#password", PASSWORD);
  await tab.click("form[action='/signin'] button");
  await tab.waitForURL("**/unread");
  await begin("lighthouse", tab);
  const press = (name, more = {}) => tab.evaluate(([name, more]) => window.handlers[name](more), [name, more]);
  same(await tab.evaluate(() => navigator.mediaSession.metadata.title), "The lighthouse keeper’s arithmetic", "the title");
  same(await tab.evaluate(() => navigator.mediaSession.metadata.artist), "Two Lanterns", "the artist");
  await press("seekto", { seekTime: 20 });
  await press("seekforward");
  await until(async () => (await at(tab)) >= 50, "30 ahead");
  await press("seekbackward");
  await until(async () => (await at(tab)) < 40, "15 back");
  await press("pause");
  await until(async () => !(await isPlaying(tab)), "pause");
  await press("play");
  await until(() => isPlaying(tab), "play");
  await part("close", tab).click();
  await made.close();
});

scenario("chapters are asked for when they are wanted, and by our server", async () => {
  await begin("lighthouse");
  same(site.asked.includes("/chapters.json"), false, "asked before the press");
  foreign = [];
  await page.locator(".player-chapters summary").click();
  await page.locator("[data-chapter]").nth(2).waitFor();
  same(site.asked.filter((url) => url === "/chapters.json").length, 1, "asked of the publisher");
  same(foreign.filter((url) => url.includes("chapters")).length, 0, "asked by the browser");
  same(await page.locator(".player-ticks i").count(), 2, "ticks");
  same(await page.locator("[data-chapter] span").nth(1).innerText(), "The stairs", "a title");
  await page.locator("[data-chapter]").nth(1).click();
  await until(async () => (await at()) >= 40, "the chapter");
  check((await at()) < 44, `at ${await at()}`);
  await part("close").click();
  await openLine("fog");
  await page.locator("[data-play-file]").click();
  same(await page.locator(".player-chapters").isVisible(), false, "chapters of an episode without");
  await part("close").click();
});

scenario("a film's card asks nothing of its site before the press, and becomes its player in a box", async () => {
  await go("/all");
  foreign = [];
  await openLine("A film");
  const card = page.locator(".embed");
  await card.waitFor();
  await page.waitForTimeout(300);
  same(foreign.join(), "", "asked before the press");
  check((await card.innerText()).includes("youtube-nocookie.com is contacted only when you press play"), await card.innerText());
  const before = await page.locator(".embed-press").boundingBox();
  check(Math.abs(before.width / before.height - 16 / 9) < 0.02, `${before.width} by ${before.height}`);
  const button = await page.locator(".embed-play").boundingBox();
  same([button.width, button.height].join(), "64,64", "the button");
  await page.locator(".embed-press").click();
  const frame = page.locator("iframe.embed-frame");
  await frame.waitFor();
  await until(() => foreign.length, "the player isn't asked for");
  same(foreign.join(), "https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1", "asked");
  same(await frame.getAttribute("sandbox"), "allow-scripts allow-same-origin allow-presentation", "the box");
  same(await frame.getAttribute("allow"), "autoplay; encrypted-media; fullscreen; picture-in-picture", "what it may");
  same(await frame.getAttribute("referrerpolicy"), "strict-origin", "whom it hears of");
  same(await frame.getAttribute("title"), "Walking the silt line", "its name");
  same(await frame.evaluate((one) => one.credentialless ?? true), true, "its own cookies");
  const after = await frame.boundingBox();
  check(Math.abs(after.width - before.width) < 1 && Math.abs(after.height - before.height) < 1, `${after.width} by ${after.height} instead of ${before.width} by ${before.height}`);
  await page.locator(".embed-words a").first().waitFor();
  await openLine("A talk");
  same(await page.locator("iframe").count(), 0, "the player stays behind");
  const rest = page.locator('.prose a[data-embed="page"]');
  same(await rest.getAttribute("target"), "_blank", "the rest");
});

scenario("a frame from anywhere else is refused", async () => {
  await go("/all");
  const refused = await page.evaluate(() => new Promise((done) => {
    document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
    const frame = document.createElement("iframe");
    frame.src = "https://www.youtube.com/embed/abcdefghijk";
    document.body.append(frame);
    setTimeout(() => done("nothing"), 3_000);
  }));
  same(refused, "frame-src", "the directive");
  complaints = [];
});

scenario("without scripts there is the browser's own player, a download and a link", async () => {
  const state = await context.storageState();
  const { made, tab } = await guarded({ javaScriptEnabled: false, storageState: state });
  await go("/all", tab);
  const href = await tab.locator(".line-open", { hasText: "lighthouse" }).getAttribute("href");
  await go(href, tab);
  same(await tab.locator(".enclosure audio[controls]").isVisible(), true, "the controls");
  same(await tab.locator("[data-play-file]").isVisible(), false, "a button that does nothing");
  same(await tab.locator("[data-aloud]").isVisible(), false, "reading aloud");
  same(await bar(tab).isVisible(), false, "the bar");
  same(await tab.locator(".enclosure a[download]").isVisible(), true, "the download");
  const film = await tab.locator(".line-open", { hasText: "A film" }).getAttribute("href");
  await go(film, tab);
  const link = tab.locator(".embed-words a");
  same(await link.innerText(), "Open there", "the link");
  same(await link.getAttribute("href"), "https://www.youtube.com/watch?v=abcdefghijk", "where it leads");
  same(await tab.locator(".embed-press").getAttribute("target"), "_blank", "the card");
  await made.close();
});

scenario("an article is read aloud by the device's own voices, and stops with it", async () => {
  const { made, tab } = await guarded({ storageState: await context.storageState() });
  await tab.addInitScript(() => {
    window.spoken = [];
    const voices = [
      { lang: "en-GB", localService: false, name: "far" },
      { lang: "en-US", localService: true, name: "near" },
      { lang: "de-DE", localService: true, name: "nah" },
    ];
    let waiting = null;
    const fake = {
      getVoices: () => voices,
      addEventListener() {},
      speak(one) {
        window.spoken.push([one.text, one.lang, one.voice.name]);
        waiting = setTimeout(() => one.dispatchEvent(new Event("end")), window.slow ?? 20);
      },
      cancel() { clearTimeout(waiting); },
    };
    Object.defineProperty(window, "speechSynthesis", { value: fake });
    window.SpeechSynthesisUtterance = class extends EventTarget {
      constructor(text) { super(); this.text = text; }
    };
  });
  await go("/all", tab);
  await openLine("A walk", tab);
  const press = async () => {
    await tab.locator(".action-more > summary").click();
    await tab.locator("[data-aloud]").click();
  };
  await press();
  await until(() => tab.evaluate(() => window.spoken.length === 4), "not all was read");
  const spoken = await tab.evaluate(() => window.spoken.map((one) => one.join("|")).join("; "));
  same(spoken, "A walk between two towers|en|near; First paragraph.|en|near; A point.|en|near; Ein Absatz.|de|nah", "what was said");
  await until(async () => (await tab.locator("[data-aloud]").getAttribute("aria-pressed")) === "false", "it is over");
  await tab.evaluate(() => { window.slow = 60_000; window.spoken.length = 0; });
  await press();
  await until(() => tab.evaluate(() => window.spoken.length === 1), "begun again");
  same(await tab.locator("[data-aloud] span").textContent(), "Stop reading aloud", "what a press does");
  await press();
  same(await tab.locator("[data-aloud]").getAttribute("aria-pressed"), "false", "stopped");
  await press();
  await openLine("fog", tab);
  same(await tab.locator("[data-aloud]").getAttribute("aria-pressed"), "false", "another article");
  same(await tab.evaluate(() => window.spoken.length), 2, "nothing more is said");
  await made.close();
});

scenario("on a phone a mini player stands above the thumb bar, and opens as a sheet", async () => {
  const { made, tab } = await signedIn({ viewport: PHONE });
  await begin("lighthouse", tab);
  await until(async () => (await at(tab)) >= 0 && (await part("left", tab).innerText()).includes("min left"), "what is left");
  const [box, thumbs] = [await bar(tab).boundingBox(), await tab.locator(".actions").boundingBox()];
  check(box.height >= 56 && box.height <= 58 && Math.abs(box.y + box.height - thumbs.y) < 1.5, `the player ${box.y} + ${box.height}, the thumb bar ${thumbs.y}`);
  same(await part("seek", tab).isVisible(), false, "the track");
  await tab.locator(".player-open").click();
  for (const name of ["seek", "speed", "back", "on", "toggle", "save"]) same(await part(name, tab).isVisible(), true, name);
  const sheet = await bar(tab).boundingBox();
  check(Math.abs(sheet.y + sheet.height - PHONE.height) < 1.5 && sheet.width === PHONE.width, JSON.stringify(sheet));
  for (const name of ["speed", "back", "on", "toggle", "close"]) {
    const target = await part(name, tab).boundingBox();
    check(target.width >= 43.5 && target.height >= 43.5, `${name}: ${target.width} by ${target.height}`);
  }
  await tab.keyboard.press("Escape");
  same(await part("seek", tab).isVisible(), false, "folded");
  await tab.locator(".player-open").click();
  await tab.mouse.click(200, 200);
  same(await part("seek", tab).isVisible(), false, "folded by a press outside");
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  same(wide, 0, "too wide");
  await part("close", tab).click();
  await made.close();
});

scenario("the player cuts nothing off at eleven widths, and axe finds nothing", async () => {
  const { made, tab } = await signedIn();
  await begin("lighthouse", tab);
  await tab.locator(".player-chapters summary").click();
  await tab.locator("[data-chapter]").nth(2).waitFor();
  await tab.keyboard.press("Escape");
  const faults = [];
  for (const width of [320, 390, 720, 768, 820, 1024, 1100, 1180, 1280, 1440, 2200]) {
    await tab.setViewportSize({ width, height: 860 });
    await tab.waitForTimeout(60);
    faults.push(...await tab.evaluate((width) => {
      const found = [];
      if (document.documentElement.scrollWidth > innerWidth) found.push(`${width}: the page is too wide`);
      for (const one of document.querySelectorAll("#player :is(button, select, summary, input, a, .player-time)")) {
        if (!one.getClientRects().length) continue;
        const box = one.getBoundingClientRect();
        if (box.left < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5) found.push(`${width}: ${one.dataset.player ?? one.className} is off the screen`);
        if (one.localName === "button" && one.scrollWidth > one.clientWidth + 1) found.push(`${width}: ${one.dataset.player} is cut`);
      }
      return found;
    }, width));
  }
  for (const [scheme, size] of [["light", DESKTOP], ["dark", DESKTOP], ["light", PHONE], ["dark", PHONE]]) {
    await tab.emulateMedia({ colorScheme: scheme });
    await tab.setViewportSize(size);
    for (const title of ["lighthouse", "A film"]) {
      if (size === DESKTOP) await openLine(title, tab);
      await tab.evaluate(`${axe}; undefined`);
      const { violations } = await tab.evaluate(() => window.axe.run({ include: [["#player"], ["#article"]] }, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] } }));
      for (const one of violations) faults.push(`${scheme} ${size.width} ${title}: ${one.id} at ${one.nodes.slice(0, 2).map((node) => node.target.join(" ")).join(", ")}`);
    }
  }
  same(faults.join("\n"), "", "faults");
  await tab.emulateMedia({ media: "print" });
  same(await bar(tab).isVisible(), false, "printed");
  await tab.emulateMedia({ media: "screen" });
  await tab.setViewportSize(DESKTOP);
  await part("close", tab).click();
  await made.close();
});

async function run() {
  const chromium = findChromium();
  if (!chromium || !axe) {
    if (process.env.CI) throw new Error("Chromium or axe-core isn't there.");
    console.log(`skipped: ${scenarios.length} scenarios, because Chromium or axe-core isn't there`);
    return 0;
  }
  [site, store, browser] = [await servePublisher(), await emptyFolder(), await launch(chromium)];
  server = await start(store.folder);
  ({ made: context, tab: page } = await guarded());
  await go("/signup");
  await page.fill("#email", EMAIL);
  await page.fill("#password", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL("**/unread");
  await go("/import");
  const shelf = opml([["Two Lanterns", `${site.origin}/feed.xml`, "Listening"]]);
  await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(shelf) });
  await page.click("form[action='/import'] button");
  await page.locator("a[href='/unread'].button").waitFor({ timeout: 20_000 });
  const wanted = process.argv[2];
  let failed = 0;
  for (const { name, play } of scenarios.filter((one) => !wanted || wanted.split("|").some((words) => one.name.includes(words)))) {
    const began = Date.now();
    [complaints, foreign] = [[], []];
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
    await page.evaluate(() => sessionStorage.clear()).catch(() => {});
  }
  await browser.close();
  await server.stop();
  await store.remove();
  site.close();
  console.log(`${scenarios.length - failed} passed, ${failed} failed`);
  return failed ? 1 : 0;
}

process.exit(await run());
