// The administration, invitations, one's own data, feeds behind a door and the house's list: in a real browser, with and without scripts,
// and at three widths.

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { check, playAll, same, until } from "./checks.mjs";
import { emptyFolder, findChromium, launch, program, SECRET, start } from "./dormouse.mjs";
import { openGuarded } from "./guarded.mjs";
import { serveSites, titleOf, wholeShelf } from "./sites.mjs";
import { unzip } from "./unzip.mjs";

const ROBIN = "robin@example.org";
const PASSWORD = "hazel and oak and ash";
const NEW_PASSWORD = "beech and birch and elm";
const NOTE = "Ask Robin in room 12; they hand out invitations on Fridays.";
const SIZES = { desktop: { width: 1440, height: 900 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 } };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8").catch(() => null);

const scenarios = [];
const scenario = (name, play) => scenarios.push({ name, play });
/** The same journey with scripts at a desk, and without them on a phone. */
const both = (name, play) => {
  scenario(name, () => play({ scripts: true, who: "desk", viewport: SIZES.desktop }));
  scenario(`${name}, without scripts`, () => play({ scripts: false, who: "phone", viewport: SIZES.phone }));
};
let browser, server, sites, guarded, store, page;
const complaints = [];

const go = (path, on = page) => on.goto(server.address + path);
const said = async (words, on = page) => on.locator("#flash", { hasText: words }).waitFor();
const words = (on, where = "main") => on.locator(where).first().innerText();
const press = (on, form, more = "") => on.click(`form[action='${form}'] button${more}`);

async function newTab({ scripts = true, viewport = SIZES.desktop, storageState } = {}) {
  const context = await browser.newContext({ viewport, storageState, javaScriptEnabled: scripts, locale: "en-GB", reducedMotion: "reduce" });
  context.setDefaultTimeout(8_000);
  const tab = await context.newPage();
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => { if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text()); });
  return tab;
}

async function signsIn(tab, email, password = PASSWORD, address = server.address) {
  await tab.goto(`${address}/signin`);
  await tab.fill("#email", email);
  await tab.fill("#password", password);
  await tab.click("form[action='/signin'] button");
}

/** Another tab of the administrator, whose session is the page's. */
const adminsTab = async (how) => newTab({ ...how, storageState: await page.context().storageState() });

/** A link that lets in so many. */
async function invites(uses = 1) {
  await go("/admin/invitations");
  await page.fill("#uses", String(uses));
  await press(page, "/admin/invitations");
  if (page.url().includes("/confirm")) {
    // The last proof is ten minutes old.
    await page.fill("#password", PASSWORD);
    await press(page, "/confirm");
    return invites(uses);
  }
  return page.inputValue("#new-link");
}

/** Somebody new, who is signed in. */
async function joins(email, how = {}) {
  const link = await invites();
  const tab = await newTab(how);
  await tab.goto(link);
  await tab.fill("#email", email);
  await tab.fill("#password", PASSWORD);
  await tab.click("form[action='/signup'] button");
  await tab.waitForURL("**/unread");
  return tab;
}

/** The page of an account, found by a part of its address; its number. */
async function opensUser(tab, email) {
  await go("/admin/users", tab);
  await tab.fill("#q", email.slice(0, 8));
  await tab.click(".admin-search button");
  await tab.click(`a[aria-label='Open ${email}']`);
  return new URL(tab.url()).pathname.split("/").pop();
}

async function cron(job) {
  const answer = await fetch(`${server.address}/cron/${job}`, { headers: { Authorization: `Bearer ${SECRET}` } });
  same(answer.status, 200, `what /cron/${job} answers`);
}

/** What a command prints; nobody else may have the store open. */
const command = (folder, ...all) => execFileSync(program, all, { env: { PATH: process.env.PATH, STORE: folder }, encoding: "utf8" });

/** What stands over the page's edge; what scrolls by itself may be wider. */
async function fitsHere(tab, size) {
  const over = await tab.evaluate(() => {
    const scrolls = (one) => one && one !== document.body && (/auto|scroll/.test(getComputedStyle(one).overflowX) && one.clientWidth <= innerWidth || scrolls(one.parentElement));
    const all = [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && !one.closest(".vh"));
    const out = all.filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one.parentElement));
    const wide = document.documentElement.scrollWidth - innerWidth;
    return wide > 0 || out.length ? `${wide} px too wide: ${out.slice(0, 2).map((one) => one.outerHTML.slice(0, 120)).join(" ")}` : "";
  });
  same(over, "", `on a ${size}`);
}

/** The same at each width. */
async function fits(tab) {
  const was = tab.viewportSize();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await tab.setViewportSize(viewport);
    await fitsHere(tab, size);
  }
  await tab.setViewportSize(was);
}

const ALL_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
/** What another theme and a smaller screen can change. */
const LOOKS = { type: "rule", values: ["color-contrast", "target-size"] };

async function inspect(tab, rules = ALL_RULES) {
  if (!await tab.evaluate(() => "axe" in window)) await tab.evaluate(axe);
  const found = await tab.evaluate((runOnly) => window.axe.run(document, { runOnly, resultTypes: ["violations"] }), rules);
  same(found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`).join("\n"), "", "axe");
}

both("who is disabled can't come in, and what an administrator does to an account holds", async ({ who, ...how }) => {
  const email = `lee-${who}@example.org`;
  const lee = await joins(email);
  const admin = await adminsTab(how);
  const number = await opensUser(admin, email);
  const here = `/admin/users/${number}`;
  await press(admin, `${here}/disable`);
  await said("Disabled", admin);
  const barred = await go("/unread", lee);
  same(barred.status(), 403, "what their session opens");
  check((await words(lee)).includes("Your account is disabled"), await words(lee));
  if (!how.scripts) await fits(lee);
  await lee.context().clearCookies();
  await signsIn(lee, email);
  check((await words(lee)).includes("Your account is disabled"), `what they are told: ${await words(lee)}`);
  await press(admin, `${here}/enable`);
  await said("Enabled", admin);
  await signsIn(lee, email);
  await lee.waitForURL("**/unread");
  await press(admin, `${here}/admin`);
  await said("They are an administrator now", admin);
  await go("/admin", lee);
  check((await words(lee)).includes("Jobs"), "an administrator sees no overview");
  await press(admin, `${here}/reader`);
  await said("They are an ordinary reader now", admin);
  const answer = await go("/admin", lee);
  same(answer.status(), 403, "the overview for an ordinary reader");
  await press(admin, `${here}/sessions`);
  await said("They’re signed out everywhere", admin);
  await go("/unread", lee);
  check(lee.url().includes("/signin"), "their session goes on");
  await admin.fill("#quota-feeds", "3");
  await press(admin, `${here}/quota`);
  await admin.locator("#flash").waitFor();
  same(await admin.inputValue("#quota-feeds"), "3", "their own number of feeds");
  await go("/admin/users?q=nobody-like-this", admin);
  check((await words(admin)).includes("No account has such an address"), "a search that finds nothing");
  for (const tab of [lee, admin]) await tab.context().close();
});

scenario("the last administrator stays one", async () => {
  const number = await opensUser(page, ROBIN);
  await press(page, `/admin/users/${number}/reader`);
  check((await words(page, "[role=alert]")).includes("administrator"), "why isn't said");
  await go("/settings/delete-account");
  await page.check("input[name=sure]");
  await press(page, "/settings/delete-account", ".button-danger");
  check((await words(page, "[role=alert]")).includes("administrator"), "why isn't said");
});

both("feeds: health, pause, refresh, a blocked host, and one removed from all shelves", async ({ who, ...how }) => {
  const admin = await adminsTab(how);
  await go("/admin/feeds", admin);
  check((await words(admin, ".own-things")).includes("Old Harbour Gazette") || (await words(admin, ".own-things")).includes("/broken/"), "the broken feed isn't there");
  const title = titleOf(who === "desk" ? "bread" : "train");
  const path = who === "desk" ? "/bread/feed.xml" : "/train/feed.xml";
  await go("/admin/feeds?show=all", admin);
  await admin.fill("#q", title.slice(0, 6));
  await admin.click(".admin-search button");
  await admin.click(`a[aria-label='Open ${title}']`);
  const here = new URL(admin.url()).pathname;
  await press(admin, `${here}/pause`);
  await said("Paused for everybody", admin);
  await go("/admin/feeds?show=paused", admin);
  check((await words(admin, ".own-things")).includes(title), "it isn't among the paused");
  await go(here, admin);
  await press(admin, `${here}/resume`);
  await said("It goes on", admin);
  await admin.click("form[action='/admin/hosts'] button");
  await said("The host is blocked", admin);
  const asked = sites.asked.get(path);
  await go(here, admin);
  await press(admin, `${here}/refresh`);
  await admin.locator("#flash").waitFor();
  same(sites.asked.get(path), asked, "how often a blocked host was asked");
  await go("/admin/feeds", admin);
  await admin.click("button[aria-label='Open 127.0.0.1 again']");
  await said("The host is open again", admin);
  await go(here, admin);
  await press(admin, `${here}/remove`).catch(() => {});
  check(await admin.locator("input[name=sure]").count() === 1, "it's removed unasked");
  await admin.check("input[name=sure]");
  await press(admin, `${here}/remove`);
  await said("The feed is removed", admin);
  await go("/feeds", admin);
  check(!(await words(admin)).includes(title), "it's still on a shelf");
  await admin.context().close();
});

scenario("jobs: what the crons did, and the overview's sentence", async () => {
  await go("/admin/jobs");
  check((await words(page)).includes("It has never run"), "no job has never run");
  for (const job of ["refresh", "daily"]) await cron(job);
  await go("/admin/jobs");
  const table = page.locator(".admin-part", { hasText: "/cron/daily" }).locator("tbody tr");
  same(await table.count(), 1, "runs of the daily job");
  check(/\d\.\d s/.test(await table.first().innerText()), "how long it took isn't said");
  await go("/admin");
  check((await words(page, ".admin-sentence")).includes("in trouble"), await words(page, ".admin-sentence"));
  check(await page.locator("#trouble li").count() > 0, "no feed is in trouble");
});

both("the audit log has the acts just done, in pages", async (how) => {
  const admin = await adminsTab(how);
  for (let n = 0; n < 20 && how.scripts; n += 1) await admin.request.post(`${server.address}/admin/house/name`, { form: { name: `List ${n % 2}` } });
  await go("/admin/audit", admin);
  const seen = [];
  for (let pages = 1; ; pages += 1) {
    seen.push(...await admin.locator(".audit li").allInnerTexts());
    const older = admin.locator("a[rel=next]");
    if (!await older.count()) {
      check(pages > 1, "all stands on one page");
      break;
    }
    await older.click();
  }
  for (const act of ["disabled lee-desk@", "enabled lee-desk@", "made lee-desk@example.org an administrator", "made lee-desk@example.org an ordinary reader", "ended sessions of lee-desk@", "changed the quota of lee-desk@", "made an invitation", "paused a feed", "let a feed go on", "refreshed a feed", "blocked a host", "opened a host again", "removed a feed from all shelves", "wasn’t let in"]) {
    check(seen.some((line) => line.includes(act)), `no line says “${act}”`);
  }
  same(new Set(seen).size > 20, true, "lines differ");
  await admin.context().close();
});

/** Every page that this is about, with what is on it by now. */
async function allPages() {
  await go("/admin/users");
  const others = page.locator(`.admin-users a:not([aria-label$='${ROBIN}'])`);
  if (!await others.count()) await (await joins("lee-desk@example.org")).context().close();
  await go("/admin/users");
  const number = (await others.first().getAttribute("href")).split("/").pop();
  await go("/admin/feeds?show=all");
  const feed = await page.locator(".own-things a", { hasText: "Open" }).first().getAttribute("href");
  return ["/admin", "/admin/users", `/admin/users/${number}`, `/admin/users/${number}/delete`, "/admin/feeds", "/admin/feeds?show=all", feed, "/admin/house", "/admin/jobs", "/admin/audit", "/admin/settings", "/admin/costs", "/admin/invitations", "/settings/data", "/settings/security", "/settings/delete-account", "/confirm?next=/settings/data", "/house"];
}

scenario("nothing is wrong with these pages at any width, in light and dark", async () => {
  const tab = await adminsTab();
  const faults = [];
  for (const path of await allPages()) {
    await go(path, tab);
    for (const [size, viewport] of Object.entries(SIZES)) {
      const theme = size === "phone" ? "dark" : "light";
      await tab.setViewportSize(viewport);
      await tab.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
      const attempts = [() => fitsHere(tab, size)];
      if (size !== "tablet") attempts.push(() => inspect(tab, size === "phone" ? LOOKS : ALL_RULES));
      for (const attempt of attempts) await attempt().catch((error) => faults.push(`${path} in ${theme}: ${error.message}`));
    }
  }
  same(faults.join("\n"), "", "faults");
  await tab.context().close();
});

scenario("settings in force are shown, and no secret is", async () => {
  await go("/admin/settings");
  const table = await words(page, "table");
  for (const name of ["CRON_SECRET", "SIGNUP_NOTE", "CEILING", "SECRET_KEY"]) check(table.includes(name), `${name} isn't there`);
  check(table.includes(NOTE), "the operator's line isn't there");
  const html = await page.content();
  check(!html.includes(SECRET), "the scheduler's secret is shown");
});

scenario("closed sign-up says the operator's own line", async () => {
  const stranger = await newTab({ scripts: false });
  for (const path of ["/signup", "/signin"]) {
    await go(path, stranger);
    check((await words(stranger, "body")).includes(NOTE), `${path} doesn't say it`);
    await fits(stranger);
  }
  await stranger.context().close();
});

both("an invitation lets in one, and says when it is used up", async ({ who, ...how }) => {
  const link = await invites();
  await page.reload();
  same(await page.locator("#new-link").count(), 0, "the link is shown again");
  const email = `ada-${who}@example.org`;
  const ada = await newTab(how);
  await ada.goto(link);
  check((await words(ada)).includes("You’re invited"), "no welcome");
  await ada.fill("#email", email);
  await ada.fill("#password", "password12");
  await ada.click("form[action='/signup'] button");
  await ada.locator("#password-error").waitFor();
  await ada.fill("#password", PASSWORD);
  await ada.click("form[action='/signup'] button");
  await ada.waitForURL("**/unread");
  await ada.context().close();
  const late = await newTab(how);
  await late.goto(link);
  check((await words(late)).includes("This invitation is over"), await words(late));
  if (!how.scripts) await fits(late);
  await late.context().close();
  await go("/admin/invitations");
  check((await words(page, "#all")).includes("1 of 1 used"), "its use isn't said");
  const open = await invites(3);
  await page.locator("#all form button", { hasText: "Revoke" }).first().click();
  await said("The invitation is revoked");
  const third = await newTab(how);
  await third.goto(open);
  check((await words(third)).includes("This invitation is over"), "a revoked one opens");
  await third.context().close();
});

both("a link for a new password, made by the administrator, is used once", async ({ who, ...how }) => {
  const email = `pat-${who}@example.org`;
  const pat = await joins(email);
  const admin = await adminsTab(how);
  const number = await opensUser(admin, email);
  await press(admin, `/admin/users/${number}/reset-link`);
  const link = await admin.inputValue("#new-link");
  await fits(admin);
  await admin.reload();
  same(await admin.locator("#new-link").count(), 0, "the link is shown again");
  const tab = await newTab(how);
  await go("/signin", tab);
  await tab.goto(link);
  check((await words(tab)).includes(email), "whose it is isn't said");
  if (!how.scripts) await fits(tab);
  await tab.fill("#password", NEW_PASSWORD);
  await tab.click("form.form button");
  check((await words(tab)).includes("Your password is set"), await words(tab));
  await go("/unread", pat);
  check(pat.url().includes("/signin"), "their sessions go on");
  await signsIn(tab, email, NEW_PASSWORD);
  await tab.waitForURL("**/unread");
  await tab.goto(link);
  check((await words(tab)).includes("This link has expired"), "the link opens twice");
  for (const one of [pat, admin, tab]) await one.context().close();
});

/** A feed's link in the rail. */
const railed = (tab, title) => tab.locator("#rail a", { hasText: title }).first().getAttribute("href");

/** Brings a file to another, empty Dormouse, by its form. */
async function bringsElsewhere(bytes, title, how) {
  const other = await emptyFolder();
  const there = await start(other.folder);
  const tab = await newTab(how);
  await tab.goto(`${there.address}/signup`);
  await tab.fill("#email", ROBIN);
  await tab.fill("#password", PASSWORD);
  await tab.click("form[action='/signup'] button");
  await tab.waitForURL("**/unread");
  await tab.goto(`${there.address}/settings/data`);
  await tab.setInputFiles("#data", { name: "not.zip", mimeType: "application/zip", buffer: Buffer.from("nothing of the kind") });
  await press(tab, "/settings/data/import");
  check((await words(tab)).includes("Choose a ZIP file that a Dormouse exported"), "a wrong file isn't told");
  await tab.setInputFiles("#data", { name: "mine.zip", mimeType: "application/zip", buffer: bytes });
  await press(tab, "/settings/data/import");
  await said("Taken in", tab);
  const report = await words(tab, "#report");
  check(report.includes("9 feeds were added") && report.includes("1 star came"), report);
  await fits(tab);
  await tab.goto(`${there.address}/starred`);
  check((await words(tab)).includes(title), "the star isn't there");
  await tab.goto(`${there.address}/feeds`);
  check((await words(tab)).includes(titleOf("tidewater")), "the feeds aren't there");
  await tab.goto(`${there.address}/kept?tag=birds`);
  check((await words(tab)).includes(title), "the tag isn't there");
  await tab.context().close();
  await there.stop();
  await other.remove();
}

both("my data: taken along, and the account deleted; brought elsewhere", async ({ who, ...how }) => {
  const email = `kim-${who}@example.org`;
  const kim = await joins(email, how);
  const number = await opensUser(page, email);
  await go("/import", kim);
  await kim.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(wholeShelf(sites.origin)) });
  await press(kim, "/import");
  await kim.locator("a[href='/unread'].button").waitFor();
  await until(async () => { await go("/all", kim); return await kim.locator(".line").count() > 8; }, "nothing arrives");
  const title = "Counting curlews by ear";
  const article = await kim.locator(".line-open", { hasText: title }).first().getAttribute("href");
  await go(article, kim);
  await kim.locator("#article button", { hasText: "Star" }).first().click();
  await until(async () => { await go("/starred", kim); return await kim.locator(".line").count() === 1; }, "no star");
  await go(article, kim);
  await kim.click("#tags summary");
  await kim.fill("#own-tags", "birds, slow");
  await kim.locator("#tags form button").first().click();
  await kim.locator(".tag", { hasText: "birds" }).waitFor();

  await go("/settings/data", kim);
  check(/Stars, with their texts\s+1\b/.test(await words(kim)), "the star isn't counted");
  const [download] = await Promise.all([kim.waitForEvent("download"), press(kim, "/export/data.zip")]);
  check(/^dormouse-data-\d{4}-\d\d-\d\d\.zip$/.test(download.suggestedFilename()), download.suggestedFilename());
  const bytes = await readFile(await download.path());
  const files = unzip(bytes);
  const text = (part) => [...files].filter(([name]) => name.includes(part)).map(([, body]) => body).join("\n");
  check(text(".opml").includes("/tidewater/feed.xml"), `no feeds in ${[...files.keys()]}`);
  check([...files.values()].some((body) => body.includes(title) && body.includes("nobody disturbed anything")), "the star has no text");
  check([...files.values()].some((body) => body.includes("birds")), "no tag");

  // The form is the same with scripts: once is enough.
  if (!how.scripts) await bringsElsewhere(bytes, title, how);

  await go("/settings/security", kim);
  await kim.click("a[href='/settings/delete-account']");
  await kim.waitForURL("**/settings/delete-account");
  check(/9 feeds/.test(await words(kim, ".leave-lost")), await words(kim, ".leave-lost"));
  await kim.check("input[name=sure]");
  await press(kim, "/settings/delete-account", ".button-danger");
  check((await words(kim)).includes("Your account is deleted"), await words(kim));
  if (!how.scripts) await fits(kim);
  await signsIn(kim, email);
  check(kim.url().includes("/signin") && await kim.locator("[role=alert]").count() > 0, "they still sign in");
  await kim.context().close();
  const port = server.port;
  await server.stop();
  const left = command(store.folder, "doctor", "--user", number).trim().split("\n");
  same(left[0], "nothing", `what is left: ${left}`);
  check(left.slice(1).every((line) => line.startsWith("Audit")), left.join());
  const log = JSON.parse(command(store.folder, "audit", "--json"));
  const gone = log.lines.find((line) => line.act === "deleted");
  same(String(gone.user), number, "the number that the log has");
  same(command(store.folder, "doctor").trim().split("\n").pop(), "sound", "the store");
  server = await start(store.folder, port, SETTINGS);
});

/** Secrets of doors: none may be seen again. */
const DOORS = { name: "robin", password: "sesame-open-42", token: "token-of-the-club-7" };
const basic = `Basic ${Buffer.from(`${DOORS.name}:${DOORS.password}`).toString("base64")}`;

both("feeds behind a door come in, and what opens them is nowhere to be seen", async ({ who, ...how }) => {
  const email = `sam-${who}@example.org`;
  const sam = await joins(email, how);
  const adds = async (path, credentials, fill) => {
    await go("/add", sam);
    await sam.fill("#url", `http://${credentials}${guarded.host}${path}`);
    if (fill) await sam.click("details.door summary");
    await fill?.();
    await sam.click("form[action='/add'] .button");
  };
  const came = async (what) => {
    await sam.waitForURL(/\/feed\/\d+/);
    check((await words(sam)).includes(`The minutes of ${what}`), `no article of the ${what} feed`);
  };
  await adds("/first.xml", `${DOORS.name}:${DOORS.password}@`);
  await came("first");
  await adds("/second.xml", "");
  check((await words(sam, ".trouble")).includes("asks for a password"), await words(sam, ".trouble"));
  check(await sam.locator("#door-secret").isVisible(), "where it is given stays closed");
  if (!how.scripts) await fits(sam);
  await sam.selectOption("#door-kind", "bearer");
  await sam.fill("#door-secret", DOORS.token);
  await sam.click("form[action='/add'] .button");
  await came("second");
  await adds("/third.xml", "", async () => {
    await sam.fill("#door-name", DOORS.name);
    await sam.fill("#door-secret", DOORS.password);
  });
  await came("third");
  const feed = await railed(sam, "Members of first");
  const seen = [];
  for (const path of ["/all", "/feeds", "/add", feed, `${feed}/settings`, `${feed}/plan`, "/settings/data", "/import/last", "/journal"]) {
    await go(path, sam);
    seen.push([path, await sam.content()]);
  }
  check(seen.find(([path]) => path === `${feed}/settings`)[1].includes("as robin"), "the settings don't say that a name is sent");
  const opml = await (await sam.request.get(`${server.address}/export.opml`)).text();
  check(opml.includes("/first.xml"), "the feed isn't in the OPML file");
  seen.push(["OPML", opml], ["the log", server.log()]);
  await go("/admin/feeds?show=all");
  seen.push(["/admin/feeds", await page.content()]);
  await go("/admin/audit");
  seen.push(["/admin/audit", await page.content()]);
  for (const [where, text] of seen) {
    for (const secret of [DOORS.password, DOORS.token, basic.slice(6)]) check(!text.includes(secret), `${where} has ${secret}`);
  }
  // Somebody else adds the same address, and stands before a closed door.
  await go("/add");
  await page.fill("#url", `http://${guarded.host}/first.xml`);
  await page.click("form[action='/add'] .button");
  await page.locator(".trouble").waitFor();
  await go(`${feed}/settings`, sam);
  await sam.locator("#door form button", { hasText: "Remove password" }).click();
  check((await words(sam, ".trouble")).includes("asks for a password"), "without a password the publisher lets nobody in, and that isn't said");
  await go(`${feed}/settings`, sam);
  check((await words(sam, "#door")).includes("as robin"), "the password is gone all the same");
  await sam.context().close();
});

both("the house's list: begun with, followed, and what comes later is told", async ({ who, ...how }) => {
  const [first, second, late] = who === "desk" ? ["tidewater", "kernel", "orbital"] : ["tidewater", "kernel", "letterpress"];
  const admin = await adminsTab(how);
  const lists = async (name, words) => {
    await go("/admin/house", admin);
    await admin.fill("#url", `${sites.origin}/${name}/feed.xml`);
    await admin.fill("#title", titleOf(name));
    await press(admin, "/admin/house/add");
    await said(words, admin);
  };
  for (const name of [first, second]) await lists(name, who === "desk" ? "The list has one more feed" : "That feed is in the list already");
  const nim = await joins(`nim-${who}@example.org`, how);
  check((await words(nim, ".first")).includes("Start with this house’s feeds"), "the list isn't offered");
  await press(nim, "/house/follow");
  await nim.locator("#flash").waitFor();
  await go("/feeds", nim);
  check((await words(nim)).includes(titleOf(first)) && (await words(nim)).includes(titleOf(second)), "its feeds aren't on the shelf");
  await lists(late, "The list has one more feed");
  await go("/unread", nim);
  const note = nim.locator(".house-note");
  check((await note.innerText()).includes(titleOf(late)), await note.innerText());
  await go("/house", nim);
  check((await words(nim, "#following")).includes("You follow this list"), "following isn't said");
  await go("/unread", nim);
  await note.locator("button").click();
  await go("/unread", nim);
  same(await note.count(), 0, "notes after one was dismissed");
  await go("/admin/house", admin);
  await admin.click(`button[aria-label='Remove ${titleOf(late)} from the list']`);
  await said("The list has one feed less", admin);
  await go("/unread", nim);
  check((await note.innerText()).includes(titleOf(late)), "what left isn't told");
  await press(nim, "/house/seen");
  await go("/house", nim);
  await nim.click("#following button[value=keep]");
  await nim.locator("#flash").waitFor();
  for (const tab of [admin, nim]) await tab.context().close();
});

async function run() {
  const chromium = findChromium();
  if (!chromium || !axe) {
    if (process.env.CI) throw new Error("Chromium or axe-core isn't there.");
    console.log(`skipped: ${scenarios.length} scenarios, because Chromium or axe-core isn't there`);
    return 0;
  }
  guarded = await openGuarded({ "/first.xml": ["authorization", basic], "/second.xml": ["authorization", `Bearer ${DOORS.token}`], "/third.xml": ["authorization", basic] });
  [sites, store, browser] = [await serveSites(), await emptyFolder(), await launch(chromium)];
  server = await start(store.folder, 0, SETTINGS);
  page = await newTab();
  await go("/signup");
  await page.fill("#email", ROBIN);
  await page.fill("#password", PASSWORD);
  await page.click("form[action='/signup'] button");
  await page.waitForURL("**/unread");
  await go("/import");
  const trouble = [["Old Harbour Gazette", `${sites.origin}/broken/feed.xml`, "News"]];
  await page.setInputFiles("#opml", { name: "feeds.opml", mimeType: "text/xml", buffer: Buffer.from(wholeShelf(sites.origin, trouble)) });
  await press(page, "/import");
  await page.locator("a[href='/unread'].button").waitFor({ timeout: 20_000 });
  const wanted = process.argv[2];
  const failed = await playAll(scenarios.filter((one) => !wanted || one.name.includes(wanted)), complaints);
  await browser.close();
  await server.stop();
  await store.remove();
  sites.close();
  guarded.close();
  return failed ? 1 : 0;
}

const SETTINGS = { SIGNUP_NOTE: NOTE };

process.exit(await run());
