// On the device, in a real browser: installing, reading and marking without a network, two devices that come back after a week,
// signing out, another account, and a server that takes three seconds. Each device has a way to the server of its own (a small
// proxy), which can be slow or cut. With SHOTS=FOLDER it takes pictures, too.

import { readFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { createRequire } from "node:module";
import { check, playAll, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, start } from "./dormouse.mjs";
import { serveSites, wholeShelf } from "./sites.mjs";

const EMAIL = "robin@example.org";
const OTHER = "quinn@example.org";
const PASSWORD = "hazel and oak and ash";
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const DAY = 24 * 60 * 60_000;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({
  name,
  play: async () => {
    try {
      await play();
    } finally {
      // The next one begins with a network.
      for (const device of [phone, laptop]) {
        device.way.delay = 0;
        await device.cut(false);
      }
    }
  },
});
let browser, server, sites, store, phone, laptop;
const complaints = [];

/** A way to the server that can be slow, or cut. */
async function openWay() {
  const way = { delay: 0, isCut: false, asked: [] };
  const listener = createServer((incoming, outgoing) => {
    way.asked.push(`${incoming.method} ${incoming.url}`);
    if (way.isCut) return incoming.socket.destroy();
    const pass = () => {
      // The server knows one address of its own.
      const headers = { ...incoming.headers, host: `127.0.0.1:${server.port}` };
      if (headers.origin) headers.origin = server.address;
      const onward = ask({ host: "127.0.0.1", port: server.port, method: incoming.method, path: incoming.url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    };
    return way.delay ? setTimeout(pass, way.delay) : pass();
  });
  await new Promise((done) => { listener.listen(0, "127.0.0.1", done); });
  way.address = `http://127.0.0.1:${listener.address().port}`;
  way.close = () => {
    listener.closeAllConnections();
    listener.close();
  };
  return way;
}

/** A browser of its own, with its way to the server. */
async function openDevice(viewport = DESKTOP) {
  const way = await openWay();
  const context = await browser.newContext({ viewport, locale: "en-GB", reducedMotion: "reduce", serviceWorkers: "allow" });
  context.setDefaultTimeout(10_000);
  // A week may pass on it.
  await context.addInitScript(() => {
    const { now } = Date;
    Date.now = () => now() + Number(localStorage.getItem("test.shift") ?? 0);
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.stack || String(error)));
  page.on("console", (message) => { if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text()); });
  const device = { way, context, page };
  device.go = async (path) => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await page.goto(way.address + path);
      } catch (fault) {
        // The server's page has taken the place of the one from here, just as we left. A reader's press would have kept it.
        if (tries > 2 || !/interrupted|ERR_ABORTED/.test(fault.message)) throw fault;
        await page.waitForLoadState();
        if (page.url().includes("/signin?next=")) return null;
      }
    }
  };
  device.cut = async (isCut) => {
    way.isCut = isCut;
    await context.setOffline(isCut);
    // Chromium says it once, and not to a page that came meanwhile.
    if (!isCut) await page.evaluate(() => { dispatchEvent(new Event("online")); }).catch(() => {});
  };
  device.signIn = async (email = EMAIL) => {
    await device.go("/signin");
    await page.fill("#email", email);
    await page.fill("#password", PASSWORD);
    await page.click("form[action='/signin'] button");
    await page.waitForURL("**/unread");
  };
  device.close = async () => {
    await context.close();
    way.close();
  };
  return device;
}

/** Asks a page that may just give way to the server's. */
async function steady(page, work, given) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await page.evaluate(work, given);
    } catch (fault) {
      if (tries > 4 || !/context was destroyed/.test(fault.message)) throw fault;
      await page.waitForLoadState();
    }
  }
}

/** What a cache of a device holds, as paths. */
const kept = ({ page }, name) => steady(page, async (cache) => {
  if (!await caches.has(cache)) return [];
  return (await (await caches.open(cache)).keys()).map((one) => new URL(one.url).pathname + new URL(one.url).search);
}, name);
const texts = async (device) => (await kept(device, "dormouse-articles")).filter((path) => path.startsWith("/article/"));

/** Has a device take the newest unread articles. */
async function takes(device, most = 50) {
  await device.go("/unread");
  await until(async () => (await kept(device, "dormouse-pages")).includes("/offline"), "the worker has no shell");
  await device.go("/settings/device");
  await device.page.locator("#device").waitFor();
  await device.page.check(`input[name=keep][value="${most}"]`, { force: true });
  await until(async () => (await texts(device)).length > 0, "nothing was taken");
  // Until all of the answer is stored: the page isn't left before.
  for (let count = 0, now = -1; count !== now;) {
    now = count;
    await device.page.waitForTimeout(1_000);
    count = (await texts(device)).length;
  }
  await device.go("/unread");
  await until(async () => (await kept(device, "dormouse-pages")).includes("/unread"), "the list isn't kept");
}

async function inspect({ page }) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `the page is ${wide} px too wide`);
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  same(found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`).join("\n"), "", "axe");
}

/** A picture of a page, if somebody wants to look: SHOTS names a folder. */
async function shot({ page }, name) {
  if (!process.env.SHOTS) return;
  const before = page.viewportSize();
  for (const [size, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SHOTS}/${name}-${size}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
}

const strip = ({ page }) => page.locator("#away").innerText();

scenario("it can be installed: the browser finds no fault in the manifest", async () => {
  const { page, context } = phone;
  await phone.go("/unread");
  const devtools = await context.newCDPSession(page);
  const { errors, data } = await devtools.send("Page.getAppManifest");
  same(JSON.stringify(errors), "[]", "faults of the manifest");
  same(JSON.parse(data).name, "Dormouse", "its name");
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A context of a test is like a private window, in which nothing is installed.
  const faults = installabilityErrors.map((one) => one.errorId).filter((id) => id !== "in-incognito");
  same(faults.join(), "", "what keeps it from being installed");
  const worker = await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.scriptURL);
  check(worker?.endsWith("/sw.js"), "no worker");
});

scenario("nothing is taken in a browser's window until it is chosen, and then each text once", async () => {
  await phone.go("/unread");
  await phone.page.waitForTimeout(2_500);
  same((await texts(phone)).length, 0, "articles without a choice");
  await takes(phone);
  const [before, calls] = [await texts(phone), phone.way.asked.filter((one) => one === "POST /pack").length];
  check(before.length >= 20, `only ${before.length} articles`);
  check(calls <= 2, `${calls} calls`);
  await phone.go("/settings/device");
  const says = (id) => phone.page.locator(id).innerText();
  await until(async () => (await says("#device-sum")).startsWith(`${before.length} articles can be read offline.`), "how many are here isn't said");
  await until(async () => /Stored: 0\.\d of 50 MB/.test(await says("#device-stored")), "how much");
  await inspect(phone);
  await shot(phone, "on-this-device");
});

scenario("lists and articles are read without a network, and it is said since when", async () => {
  const { page } = phone;
  await phone.cut(true);
  await phone.go("/unread");
  await page.locator("#away").waitFor();
  check(/^Offline\. Saved on this device at \d\d:\d\d\.$/.test(await strip(phone)), await strip(phone));
  check((await page.locator(".list-end").innerText()).includes("can be read on this device"), "how many can be read");
  await inspect(phone);
  const line = page.locator(".line:not(.is-read)").nth(1);
  const title = await line.locator(".line-open").innerText();
  await line.locator(".line-open").click();
  await page.locator("#article .text-title", { hasText: title }).waitFor();
  check((await page.locator("#article .prose").innerText()).length > 20, "no text");
  // An article by its own address, which was never opened.
  const id = await page.locator(".line:not(.is-read)").nth(2).getAttribute("data-id");
  await phone.go(`/article/${id}`);
  await page.locator("#article .prose").waitFor();
  // A page that isn't here says so.
  await phone.go("/footprint");
  await page.locator("#shell-note", { hasText: "This page isn’t on this device. You’ll find it here when you’re online." }).waitFor();
  await inspect(phone);
  await shot(phone, "not-here");
  await phone.go("/unread");
  await page.locator("#away").waitFor();
  await phone.cut(false);
  await until(async () => !(await page.locator("#away").count()), "the strip stays");
});

scenario("lines whose texts aren't here say so, and open to a kind word", async () => {
  const { page } = phone;
  await phone.go("/unread");
  await steady(page, async () => {
    const cache = await caches.open("dormouse-articles");
    const id = document.querySelectorAll(".line:not(.is-read)")[3].dataset.id;
    await cache.delete(`/article/${id}`);
  });
  await phone.cut(true);
  await phone.go("/unread");
  const bare = page.locator(".line.is-bare").first();
  await bare.waitFor();
  check((await bare.innerText()).includes("title only"), await bare.innerText());
  await shot(phone, "offline-list");
  await bare.locator(".line-open").click();
  await page.locator("#article .failed", { hasText: "You’ll find it here when you’re online." }).waitFor();
  await phone.cut(false);
});

scenario("the device's own articles are searched, and it is said how many", async () => {
  const { page } = phone;
  await phone.cut(true);
  await phone.go("/search?q=xylophone");
  await page.locator("#shell-note", { hasText: "Nothing on this device has these words." }).waitFor();
  await phone.go("/search?q=DIMETHYL");
  await page.locator("#shell-note", { hasText: /^Searched the \d+ articles on this device\.$/ }).waitFor();
  same((await page.locator(".line-open").allInnerTexts()).join(), "A field guide to the smell of low tide", "what was found");
  await inspect(phone);
  await shot(phone, "search");
  // Accents and case don't count.
  await page.fill("#shell-q", "Crâtes nobody");
  await until(async () => (await page.locator(".line-open").allInnerTexts()).join() === "Dependency diets", "accents");
  await page.fill("#shell-q", "curlews");
  await until(async () => (await page.locator(".line-open").allInnerTexts())[0] === "Counting curlews by ear", "titles come first");
  await phone.cut(false);
});

scenario("a page that is known is painted before the server answers, which takes three seconds", async () => {
  const { page } = phone;
  await phone.go("/unread");
  await until(async () => (await kept(phone, "dormouse-pages")).includes("/unread"), "the list isn't kept");
  const [paints, answers] = [[], []];
  for (let turn = 0; turn < 5; turn += 1) {
    phone.way.delay = 3_000;
    const began = Date.now();
    await page.goto(`${phone.way.address}/unread`, { waitUntil: "commit" });
    await page.locator(".line-open").first().waitFor();
    const seen = Date.now() - began;
    check(seen < 2_000, `it was seen after ${seen} ms: not before the server's answer`);
    same(await page.evaluate(() => document.documentElement.hasAttribute("data-kept")), true, "it is the page from here");
    await until(() => page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length), "no paint");
    paints.push(Math.round(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime)));
    answers.push(Math.round(await page.evaluate(() => performance.getEntriesByType("navigation")[0].responseStart)));
    phone.way.delay = 0;
    if (turn === 0) {
      await page.locator("#away", { hasText: "Looking for what’s new…" }).waitFor();
      await shot(phone, "waking");
    }
    await page.waitForTimeout(3_200);
  }
  for (const all of [paints, answers]) all.sort((one, other) => one - other);
  console.log(`    the server 3 s away: the worker's answer after ${answers.join(", ")} ms, the first paint after ${paints.join(", ")} ms`);
  await until(async () => !(await page.locator("#away").count()), "the strip stays");
});

scenario("what is new takes the place of the page from here", async () => {
  const { page } = phone;
  await phone.go("/unread");
  await until(async () => (await kept(phone, "dormouse-pages")).includes("/unread"), "the list isn't kept");
  // Elsewhere, something is read.
  await laptop.signIn();
  const id = await laptop.page.locator(".line:not(.is-read)").last().getAttribute("data-id");
  await laptop.page.locator(`.line[data-id="${id}"] .line-mark`).click();
  await until(async () => laptop.page.evaluate(async (one) => (await (await fetch("/unread")).text()).includes(`data-id="${one}"`) === false, id), "the mark isn't there");
  phone.way.delay = 3_000;
  await phone.go("/unread");
  same(await page.locator(`.line[data-id="${id}"]`).count(), 1, "the line, from here");
  await until(async () => !(await page.locator(`.line[data-id="${id}"]`).count()), "the server's page doesn't come");
  same(await page.evaluate(() => document.documentElement.hasAttribute("data-kept")), false, "it is the server's");
  phone.way.delay = 0;
});

scenario("stars, tags and feeds wait, say so, and are sent when there is a network", async () => {
  const { page } = phone;
  await takes(phone);
  await phone.cut(true);
  await phone.go("/unread");
  await page.locator("#away").waitFor();
  const line = page.locator(".line:not(.is-read):not(.is-bare)").first();
  const title = await line.locator(".line-open").innerText();
  await line.locator(".line-open").click();
  await page.locator("#article .text-title", { hasText: title }).waitFor();
  await page.keyboard.press("s");
  await page.locator(".toast", { hasText: "It will be sent when you’re online." }).waitFor();
  await page.locator("#tags summary").click();
  await page.fill("#own-tags", "offline, garden");
  await page.locator("form[action$='/tags'] button[type=submit]").click();
  await until(async () => /3 changes wait to be sent/.test(await strip(phone)), `what waits: ${await strip(phone)}`);
  await phone.go("/add?text=Look%20at%20https://nothing.example/feed.xml");
  await until(async () => (await page.inputValue("#shell-url")) === "https://nothing.example/feed.xml", "what was shared isn't there");
  await page.fill("#shell-url", `${sites.origin}/nothing-there/feed.xml`);
  await page.click("#shell-add button");
  await page.locator(".toast", { hasText: "It waits on this device" }).waitFor();
  await phone.cut(false);
  await phone.go("/unread");
  await until(async () => steady(page, () => JSON.parse(localStorage.getItem(`dormouse.marks.${document.body.dataset.user}`)).acts.length === 0), "something still waits", 15_000);
  await phone.go("/starred");
  check((await page.locator(".line-open").allInnerTexts()).includes(title), "the star is lost");
  await phone.go("/tags/offline");
  check((await page.locator("main").innerText()).includes(title), "the tag is lost");
  await phone.go("/settings/device");
  await page.locator("#device-refused", { hasText: "/nothing-there/feed.xml" }).waitFor();
});

/** Numbers that look random, and are the same each time. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

scenario("two devices are a week without a network, and nothing of either is lost", async () => {
  for (const seed of [1, 2, 3]) {
    const pick = numbers(seed);
    const pair = [phone, laptop];
    for (const device of pair) {
      await device.cut(false);
      await takes(device, 200);
      await device.go("/all");
      await until(async () => (await kept(device, "dormouse-pages")).includes("/all"), "all articles aren't kept");
    }
    const ids = await laptop.page.locator(".line").evaluateAll((lines) => lines.map((line) => line.dataset.id));
    const before = await listed(laptop);
    const done = [{ read: {}, star: {} }, { read: {}, star: {} }];
    for (const [who, device] of pair.entries()) {
      await device.cut(true);
      await device.go("/all");
      await device.page.locator("#away").waitFor();
      const readable = new Set(await texts(device));
      for (let step = 0; step < 12; step += 1) {
        const id = ids[pick(ids.length)];
        const line = device.page.locator(`.line[data-id="${id}"]`);
        if (pick(4) > 0 || !readable.has(`/article/${id}`)) {
          // Either way: read becomes unread, and unread read.
          done[who].read[id] = !(await line.evaluate((one) => one.classList.contains("is-read")));
          await line.locator(".line-mark").click();
        } else {
          await line.locator(".line-open").click();
          await device.page.locator(`.article-bar[data-article="${id}"]`).waitFor();
          done[who].read[id] = true;
          const star = device.page.locator("#article [data-toggle-star] button");
          done[who].star[id] = (await star.getAttribute("aria-pressed")) !== "true";
          await star.click();
          // On a phone, the article lies over the list.
          await device.go("/all");
        }
      }
      // A page is closed in between.
      if (pick(2)) await device.go("/all");
    }
    const order = pick(2) ? [0, 1] : [1, 0];
    const wanted = structuredClone(before);
    for (const who of order) {
      const device = pair[who];
      await steady(device.page, (week) => localStorage.setItem("test.shift", week), 7 * DAY);
      await device.cut(false);
      await device.go("/all");
      await until(() => steady(device.page, () => {
        const box = JSON.parse(localStorage.getItem(`dormouse.marks.${document.body.dataset.user}`));
        return !box.sent && !Object.keys(box.waiting).length && !box.acts.length;
      }), "something still waits", 20_000);
      await steady(device.page, () => localStorage.removeItem("test.shift"));
      for (const [id, read] of Object.entries(done[who].read)) wanted.read[id] = read;
      for (const [id, star] of Object.entries(done[who].star)) wanted.star[id] = star;
    }
    const after = await listed(laptop);
    for (const id of ids) {
      same(after.read[id], wanted.read[id], `seed ${seed}: read, of ${id}, devices in the order ${order}, ${JSON.stringify(done.map((one) => one.read[id]))}`);
      same(Boolean(after.star[id]), Boolean(wanted.star[id]), `seed ${seed}: starred, of ${id}`);
    }
  }
  // The journal has the time at which it was done.
  const journal = await (await laptop.context.request.get(`${laptop.way.address}/export/journal.jsonl`)).text();
  const ages = journal.trim().split("\n").slice(1).map((line) => Math.round((Date.now() - Date.parse(JSON.parse(line).at)) / DAY));
  check(ages.filter((age) => age === 7).length >= 10, `the ages of the journal's lines in days: ${ages}`);
});

/** What is read and starred, by the server's page: asked for past the worker. */
async function listed({ context, way }) {
  const html = await (await context.request.get(`${way.address}/all`)).text();
  const lines = html.split(/(?=<li class="line[ "])/).slice(1).map((line) => [
    /data-id="([\d-]+)"/.exec(line)[1],
    /^<li class="[^"]*is-read/.test(line),
    line.includes('class="line-star"'),
  ]);
  return {
    read: Object.fromEntries(lines.map(([id, read]) => [id, read])),
    star: Object.fromEntries(lines.map(([id, , star]) => [id, star])),
  };
}

scenario("signing out removes everything, and who comes next sees nothing of it", async () => {
  const { page } = phone;
  await takes(phone);
  check((await texts(phone)).length > 0 && (await kept(phone, "dormouse-pages")).length > 1, "nothing is kept");
  const secret = await page.locator(".line-open").first().innerText();
  await phone.go("/settings");
  await page.locator("main form[action='/signout'] button").click();
  await page.waitForURL("**/signin");
  same((await texts(phone)).length, 0, "articles after signing out");
  same((await kept(phone, "dormouse-pages")).length, 0, "pages after signing out");
  same(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("dormouse.marks")).length), 0, "boxes");
  await phone.signIn(OTHER);
  await phone.go("/unread");
  check(!(await page.locator("body").innerText()).includes(secret), "the next account sees it");
  await phone.cut(true);
  await phone.go("/unread");
  await phone.go("/search?q=curlews").catch(() => {});
  check(!(await page.locator("body").innerText()).includes("curlews by ear"), "the next account finds it");
  await phone.cut(false);
  await phone.go("/settings");
  await page.locator("main form[action='/signout'] button").click();
  await page.waitForURL("**/signin");
  await phone.signIn();
});

scenario("a session that was ended elsewhere leaves nothing on the device", async () => {
  const { page } = phone;
  await takes(phone);
  check((await texts(phone)).length > 0, "nothing is kept");
  await laptop.go("/settings/security");
  await laptop.page.locator("form[action='/settings/security/sessions/end'] button").click();
  // Ending others needs a proof.
  if (laptop.page.url().includes("/confirm")) {
    await laptop.page.fill("input[type=password]", PASSWORD);
    await laptop.page.click("form[action='/confirm'] button");
  }
  await until(async () => {
    await phone.go("/unread");
    return page.url().includes("/signin");
  }, "the session goes on");
  same((await texts(phone)).length, 0, "articles");
  same((await kept(phone, "dormouse-pages")).length, 0, "pages");
  await phone.cut(true);
  await phone.go("/unread").then(() => check(false, "a page is shown"), () => {});
  await phone.cut(false);
  await phone.signIn();
});

scenario("another account in the same browser, without signing out, finds nothing either", async () => {
  const { page } = phone;
  await takes(phone);
  const secret = await page.locator(".line-open").first().innerText();
  await phone.signIn(OTHER);
  same((await texts(phone)).length, 0, "articles");
  await phone.cut(true);
  await phone.go("/unread");
  check(!(await page.locator("body").innerText()).includes(secret), "the next account sees it");
  await phone.cut(false);
});

scenario("removing it from the device removes it, and it stays off", async () => {
  await phone.signIn();
  await takes(phone);
  await phone.go("/settings/device");
  await phone.page.click("#device-remove");
  await phone.page.locator(".toast", { hasText: "Removed from this device" }).waitFor();
  same((await texts(phone)).length, 0, "articles");
  check((await phone.page.locator("#device-sum").innerText()).startsWith("0 articles"), "what is said");
  await phone.go("/unread");
  await phone.page.waitForTimeout(2_500);
  same((await texts(phone)).length, 0, "articles, a while later");
});

scenario("nothing happens while no page is seen", async () => {
  await phone.go("/unread");
  await phone.page.waitForTimeout(3_000);
  phone.way.asked.length = 0;
  await phone.page.goto("about:blank");
  await phone.page.waitForTimeout(4_000);
  same(phone.way.asked.join(), "", "what was asked of the server");
});

async function run() {
  const chromium = findChromium();
  if (!chromium || !axe) {
    if (process.env.CI) throw new Error("Chromium or axe-core isn't there.");
    console.log(`skipped: ${scenarios.length} scenarios, because Chromium or axe-core isn't there`);
    return 0;
  }
  [sites, store, browser] = [await serveSites(), await emptyFolder(), await launch(chromium)];
  server = await start(store.folder, 0, { SIGNUP: "open" });
  [phone, laptop] = [await openDevice(PHONE), await openDevice()];
  for (const email of [EMAIL, OTHER]) {
    const { page } = phone;
    await phone.go("/signup");
    await page.fill("#email", email);
    await page.fill("#password", PASSWORD);
    await page.click("button[type=submit]");
    await page.waitForURL("**/unread");
    if (email !== EMAIL) continue;
    await phone.go("/import");
    await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(wholeShelf(sites.origin, [])) });
    await page.click("form[action='/import'] button");
    await page.locator("a[href='/unread'].button").waitFor({ timeout: 20_000 });
    await phone.go("/settings");
    await page.locator("main form[action='/signout'] button").click();
    await page.waitForURL("**/signin");
  }
  await phone.signIn();
  const wanted = process.argv[2];
  const played = scenarios.filter((one) => !wanted || one.name.includes(wanted));
  const failed = await playAll(played, complaints);
  await phone.close();
  await laptop.close();
  await browser.close();
  await server.stop();
  await store.remove();
  sites.close();
  return failed ? 1 : 0;
}

process.exit(await run());
