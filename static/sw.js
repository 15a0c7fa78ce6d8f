// Answers pages on the device: a page that was seen before is shown at once, whatever the server does, and one that isn't known
// by a page that finds what is there. It does nothing by itself: no push, no sync in the background, no timer but while a
// request waits. What it keeps belongs to one account, and goes when that account signs out, here or elsewhere.
//
// It imports nothing and knows no version, so that it can be served as it is. The pages' scripts (static/js/device.js) fill
// the cache of articles; both know these names.

/** The path below which Dormouse is, which is where this is: empty as a rule. */
const ROOT = new URL(".", location.href).pathname.slice(0, -1);

const PAGES = `dormouse-pages${ROOT}`;
const ARTICLES = `dormouse-articles${ROOT}`;
const PICTURES = `dormouse-pictures${ROOT}`;
const STATIC = `dormouse-static${ROOT}`;
/** Whose pages these are. */
const OWNER = `${ROOT}/-/owner`;
/** The page that stands in for those that aren't known. */
const SHELL = `${ROOT}/offline`;

/** How long the server may take before a page that is known is shown, in milliseconds. */
const PATIENCE = 30;
/** The same before an article that is known is shown in a list's pane. */
const PATIENCE_OF_PARTS = 400;
/** The same before the page that stands in for others is shown. */
const PATIENCE_OF_SHELL = 700;
/** After something was changed, its page is worth a wait of this long. */
const AFTER_CHANGE = 10_000;
/** For how long a page that came late waits to be asked for. */
const READY = 30_000;
/** A shell of this age is fetched anew. */
const SHELL_AGE = 24 * 60 * 60_000;

const MOST_PAGES = 40;
const MOST_PICTURES = 400;
const PICTURE_BYTES = 20 * 1024 * 1024;

/** Pages of reading, which may be kept. Settings, searches and what an administrator sees are not. */
const KEPT = /^\/(unread|all|passed|seldom|loose|starred|kept|edition|journal|feeds|feed\/\d+|folder\/.+|tags\/.+|article\/\d+-\d+|offline)$/;
/** Ways in and out: what is kept goes first. */
const DOORS = /^\/(signin|signup|signout|auth)(\/|$)/;
/** Changes that pages don't show anew for. */
const QUIET = /^\/(pulse|marks|acts|pack|signin\/passkey\/options)$/;
const OWN_PICTURES = /^\/(image\/|icon\/|feed\/\d+\/icon$)/;
const VERSIONED = /^\/static\/[0-9a-f]{12}\//;

/** Counts up when everything is removed: what was on its way then isn't kept. */
let turn = 0;
/** When something was changed last. */
let changed = 0;
/** Pages that came after an older one was shown, by their address. */
const ready = new Map();
/** Addresses whose next page comes from the server, whatever is known. */
const direct = new Set();
/** What became of requests whose pages are shown from here, by their number. */
const outcomes = new Map();

const wait = (time) => new Promise((done) => { setTimeout(done, time); });

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Removes everything that is anybody's. */
async function wipe() {
  turn += 1;
  ready.clear();
  direct.clear();
  await Promise.all([PAGES, ARTICLES, PICTURES].map((name) => caches.delete(name)));
}

/** One of our paths, without the root. */
const below = (url) => new URL(url, location.origin).pathname.slice(ROOT.length);

function addressOf(url) {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete("waking");
  const query = searchParams.toString();
  return pathname + (query ? `?${query}` : "");
}

const userOf = (html) => /<body [^>]*data-user="([^"]*)"/.exec(html)?.[1] ?? null;
const versionOf = (html) => /\/static\/([0-9a-f]{12})\//.exec(html)?.[1] ?? "";

/** What makes a page another one: its looks, whose it is, and the state of the shelf; not the minute at which it was drawn. */
function essence(html) {
  const head = /<html [^>]*>/.exec(html)?.[0];
  const state = /data-state="([^"]*)"/.exec(html)?.[1];
  const lines = html.match(/data-id="[\d-]+"/g)?.join();
  return [head, userOf(html), versionOf(html), state, lines].join();
}

async function dropOldest(cache, most) {
  const keys = (await cache.keys()).filter((request) => ![OWNER, SHELL].includes(new URL(request.url).pathname));
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((request) => cache.delete(request)));
}

/** Keeps a page, if it is one of a reader's. Those of another account or another version go. */
async function keepPage(address, html, headers, since) {
  const user = userOf(html);
  if (!user || since !== turn || html.includes('id="flash"')) return;
  let cache = await caches.open(PAGES);
  const owner = await (await cache.match(OWNER))?.json();
  const mine = { user, version: versionOf(html) };
  if (owner && owner.user !== user) {
    await wipe();
    since = turn;
    cache = await caches.open(PAGES);
  } else if (owner && owner.version !== mine.version) {
    await Promise.all([caches.delete(PAGES), caches.delete(STATIC)]);
    cache = await caches.open(PAGES);
  }
  if (JSON.stringify(owner) !== JSON.stringify(mine)) await cache.put(OWNER, Response.json(mine));
  const kept = new Headers(headers);
  for (const name of ["content-encoding", "content-length", "set-cookie"]) kept.delete(name);
  kept.set("x-kept", Date.now());
  kept.set("x-bytes", html.length);
  if (since !== turn) return;
  await cache.delete(address);
  await cache.put(address, new Response(html, { headers: kept }));
  await dropOldest(cache, MOST_PAGES);
}

function isPage(answer) {
  return answer.ok && !answer.redirected && (answer.headers.get("content-type") ?? "").startsWith("text/html");
}

/** A page from here: it says since when it is known, and by which number it may ask what became of the request. */
async function marked(known, number, why) {
  const html = await known.text();
  const said = `data-kept="${known.headers.get("x-kept")}" data-turn="${number}"${why ? ` data-why="${why}"` : ""}`;
  return new Response(html.replace("<html ", `<html ${said} `), { headers: known.headers });
}

/** What becomes of a request whose page is shown from here already. */
async function settle(answer, address, shown, since) {
  let found;
  try {
    found = await answer;
    // A server that is just waking says so, and knows to wait when it is asked again.
    if (isPage(found) && found.headers.get("cache-control") === "no-store") {
      found = await fetch(`${address}${address.includes("?") ? "&" : "?"}waking=1`);
    }
  } catch {
    return "offline";
  }
  if (found.status >= 500 || found.status === 429) return "trouble";
  if (!isPage(found)) {
    direct.add(address);
    return "moved";
  }
  const html = await found.text();
  if (since !== turn) return "moved";
  if (shown !== null && userOf(html) && essence(html) === essence(shown)) {
    await keepPage(address, html, found.headers, since);
    return "same";
  }
  if (KEPT.test(below(address))) await keepPage(address, html, found.headers, since);
  const headers = new Headers(found.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  ready.set(address, { html, headers, status: found.status, at: Date.now() });
  return "fresh";
}

/** Answers by the page that is known, while the request goes on. */
async function fromHere(event, address, known, answer, why) {
  const number = `${Date.now()}.${Math.random().toString(36).slice(2)}`;
  const shown = why === "shell" ? null : await known.clone().text();
  const outcome = settle(answer, address, shown, turn);
  outcomes.set(number, outcome);
  event.waitUntil(outcome.finally(() => wait(READY)).then(() => outcomes.delete(number)));
  return marked(known, number, why);
}

async function page(event) {
  const { request } = event;
  const url = new URL(request.url);
  const address = addressOf(request.url);
  // Only who isn't signed in, or no longer, is sent there with a way back.
  const path = below(url);
  if (path.startsWith("/auth/") || (path === "/signin" && url.searchParams.has("next"))) {
    await wipe();
    return fetch(request);
  }
  const came = ready.get(address);
  ready.delete(address);
  if (came && Date.now() - came.at < READY) return new Response(came.html, { headers: came.headers, status: came.status });
  const since = turn;
  const answer = fetch(request);
  if (direct.delete(address)) return answer;
  const mayKeep = KEPT.test(path);
  const keeping = answer.then(async (found) => {
    if (!mayKeep || !isPage(found) || found.headers.get("cache-control") === "no-store") return;
    await keepPage(address, await found.clone().text(), found.headers, since);
  });
  const pages = await caches.open(PAGES);
  const known = mayKeep ? await pages.match(address) : undefined;
  const shell = known ? undefined : await pages.match(SHELL);
  const isLate = (time) => Promise.race([answer.then(() => false, () => true), wait(time).then(() => true)]);
  const patience = known ? PATIENCE : PATIENCE_OF_SHELL;
  const isJustChanged = Date.now() - changed < AFTER_CHANGE;
  const mayStandIn = known || (mayKeep && shell);
  if (mayStandIn && await isLate(isJustChanged ? AFTER_CHANGE : patience)) {
    keeping.catch(() => {});
    return fromHere(event, address, known ?? shell, answer, known ? "" : "shell");
  }
  try {
    const found = await answer;
    event.waitUntil(keeping.catch(() => {}));
    if (known && found.status >= 500) return fromHere(event, address, known, answer, "");
    return found;
  } catch (fault) {
    keeping.catch(() => {});
    if (!shell) throw fault;
    return fromHere(event, address, shell, answer, "shell");
  }
}

/** A form that can't be sent: said kindly, and nothing is lost but the page. */
async function submitted(event) {
  changed = Date.now();
  try {
    return await fetch(event.request);
  } catch (fault) {
    const shell = await (await caches.open(PAGES)).match(SHELL);
    if (!shell) throw fault;
    return marked(shell, "", "unsent");
  }
}

/** An article for the pane of a list. */
async function part(request, url) {
  const id = below(url).slice("/article/".length);
  const answer = fetch(request);
  const known = await (await caches.open(ARTICLES)).match(`${ROOT}/article/${id}`);
  if (!known) return answer;
  const found = await Promise.race([answer.catch(() => null), wait(url.searchParams.has("text") ? 20_000 : PATIENCE_OF_PARTS)]);
  if (found && found.status < 500) return found;
  answer.catch(() => {});
  const { html } = await known.json();
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", "X-Kept": "1" } });
}

async function asset(request) {
  const cache = await caches.open(STATIC);
  const known = await cache.match(request, { ignoreVary: true });
  if (known) return known;
  const found = await fetch(request);
  if (found.ok) await cache.put(request, found.clone());
  return found;
}

async function picture(event) {
  const cache = await caches.open(PICTURES);
  const known = await cache.match(event.request, { ignoreVary: true });
  if (known) return known;
  const since = turn;
  const found = await fetch(event.request);
  if (found.ok && found.type === "basic") {
    const copy = found.clone();
    event.waitUntil((async () => {
      const bytes = await copy.arrayBuffer();
      if (since !== turn || bytes.byteLength > PICTURE_BYTES / 10) return;
      const headers = new Headers(copy.headers);
      headers.delete("content-encoding");
      headers.set("x-bytes", bytes.byteLength);
      await cache.put(event.request, new Response(bytes, { headers }));
      await trim(cache);
    })().catch(() => {}));
  }
  return found;
}

/** Keeps pictures within their bounds: those that came first go. */
async function trim(cache) {
  const all = await Promise.all((await cache.keys()).map(async (request) => ({
    request,
    bytes: Number((await cache.match(request))?.headers.get("x-bytes") ?? 0),
  })));
  let sum = all.reduce((sum, one) => sum + one.bytes, 0);
  let count = all.length;
  for (const { request, bytes } of all) {
    if (sum <= PICTURE_BYTES && count <= MOST_PICTURES) return;
    sum -= bytes;
    count -= 1;
    await cache.delete(request);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin || !url.pathname.startsWith(`${ROOT}/`)) return;
  const path = below(url);
  if (request.method !== "GET") {
    if (DOORS.test(path) && !QUIET.test(path)) event.respondWith(wipe().then(() => fetch(request)));
    else if (request.mode === "navigate") event.respondWith(submitted(event));
    else if (!QUIET.test(path)) changed = Date.now();
    return;
  }
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (VERSIONED.test(path)) event.respondWith(asset(request));
  else if (request.headers.get("x-fragment") === "article") event.respondWith(part(request, url));
  else if (request.destination === "image" && OWN_PICTURES.test(path)) event.respondWith(picture(event));
});

/** Keeps what a page is made of, and the page that stands in for others. */
async function prepare({ files, version, user }) {
  const since = turn;
  const statics = await caches.open(STATIC);
  const own = files.filter((file) => VERSIONED.test(below(file)));
  await Promise.all(own.map(async (file) => {
    if (!await statics.match(file, { ignoreVary: true })) await statics.add(file);
  }));
  const known = await (await caches.open(PAGES)).match(SHELL);
  const html = await known?.text();
  const isGood = html && userOf(html) === user && versionOf(html) === version;
  if (isGood && Date.now() - Number(known.headers.get("x-kept")) < SHELL_AGE) return;
  const found = await fetch(SHELL);
  if (isPage(found)) await keepPage(SHELL, await found.text(), found.headers, since);
}

self.addEventListener("message", (event) => {
  const { data, ports } = event;
  if (data.ask) {
    const outcome = outcomes.get(data.ask) ?? Promise.resolve("unknown");
    event.waitUntil(outcome.then((what) => ports[0].postMessage(what)));
  } else if (data.prepare) {
    event.waitUntil(prepare(data.prepare).catch(() => {}));
  } else if (data.wipe) {
    event.waitUntil(wipe().then(() => ports[0]?.postMessage("done")));
  }
});
