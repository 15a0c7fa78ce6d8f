// What is on this device: articles in a cache that the worker (sw.js) answers from. They are taken while a page is open and
// seen, several at once and each once, and belong to the account that is signed in.

import { at, below, root } from "./root.js";

// Two at one host know nothing of each other.
const PAGES = `dormouse-pages${root}`;
const ARTICLES = `dormouse-articles${root}`;
const PICTURES = `dormouse-pictures${root}`;
const OWNER = at("/-/owner");
/** When the newest unread were last taken, and which they are. */
const TAKEN = at("/-/taken");
/** How many the reader wants, chosen for this device. */
const CHOICE = "dormouse.keep";

/** How many are taken where the app is installed and nothing was chosen. */
const USUAL = 50;
/** Milliseconds between two times. */
const EVERY = 10 * 60_000;
/** Calls at a time: the server gives up to 50 articles each. */
const MOST_CALLS = 6;
/** Articles that were opened lately, and stay. */
const MOST_SEEN = 100;
/** Most bytes of articles. */
const MOST_BYTES = 25 * 1024 * 1024;

/** Whether this browser keeps anything here. */
export const mayKeep = "caches" in window && "serviceWorker" in navigator;

/** How many of the newest unread articles are wanted. */
export function wanted() {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen !== null) return Number(chosen);
  return matchMedia("(display-mode: standalone)").matches ? USUAL : 0;
}

export function choose(most) {
  localStorage.setItem(CHOICE, most);
}

/** Whether what is here belongs to the page's account. */
async function isMine() {
  if (!mayKeep) return false;
  const owner = await (await caches.match(OWNER, { cacheName: PAGES }))?.json();
  return owner?.user === document.body.dataset.user;
}

/** What was taken last: its time, the ids in their order, and how many were unread. */
export async function taken() {
  if (!await isMine()) return null;
  return await (await caches.match(TAKEN, { cacheName: ARTICLES }))?.json() ?? null;
}

const idOf = (request) => /^\/article\/(\d+-\d+)$/.exec(below(new URL(request.url).pathname))?.[1];

/** The ids of the articles that are here. */
export async function ids() {
  if (!await isMine()) return [];
  const keys = await (await caches.open(ARTICLES)).keys();
  return keys.map(idOf).filter(Boolean);
}

/** An article: `{ id, line, html, packed, seen }`, or null. */
export async function article(id) {
  if (!await isMine()) return null;
  return await (await caches.match(at(`/article/${id}`), { cacheName: ARTICLES }))?.json() ?? null;
}

async function put(cache, one) {
  const text = JSON.stringify(one);
  const headers = { "Content-Type": "application/json", "x-bytes": text.length, "x-seen": one.seen ?? 0, "x-packed": one.packed ? 1 : 0 };
  await cache.put(at(`/article/${one.id}`), new Response(text, { headers }));
}

/** Keeps an article that is opened. */
export async function remember(id, html, line) {
  if (!id || !await isMine()) return;
  const cache = await caches.open(ARTICLES);
  const known = await article(id);
  await put(cache, { id, html, line: known?.line ?? line.outerHTML, packed: known?.packed ?? false, seen: Date.now() });
}

/** Drops what is neither among the newest unread nor opened lately, and what is too much. */
async function tidy(cache, newest) {
  const isWanted = new Set(newest);
  const all = [];
  for (const request of await cache.keys()) {
    const id = idOf(request);
    const { headers } = id ? await cache.match(request) : {};
    if (id) all.push({ request, isWanted: isWanted.has(id), seen: Number(headers.get("x-seen")), bytes: Number(headers.get("x-bytes")) });
  }
  const seen = all.filter((one) => one.seen).sort((one, other) => other.seen - one.seen).slice(0, MOST_SEEN);
  const staying = all.filter((one) => one.isWanted || seen.includes(one));
  // What was opened longest ago goes first, then the oldest of the unread.
  staying.sort((one, other) => other.isWanted - one.isWanted || other.seen - one.seen);
  let sum = 0;
  const fits = staying.filter((one) => {
    sum += one.bytes;
    return sum <= MOST_BYTES;
  });
  await Promise.all(all.filter((one) => !fits.includes(one)).map((one) => cache.delete(one.request)));
}

async function takeAll(most) {
  const cache = await caches.open(ARTICLES);
  let last = null;
  for (let call = 0; call < MOST_CALLS && most > 0; call += 1) {
    const answer = await fetch(at("/pack"), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ most, have: await ids() }),
    });
    if (!answer.ok || answer.redirected) return null;
    last = await answer.json();
    // Somebody else may have signed in meanwhile.
    if (!await isMine()) return null;
    for (const one of last.articles) await put(cache, { ...one, packed: true });
    if (!last.more) break;
  }
  const newest = last?.ids ?? [];
  await tidy(cache, newest);
  const known = { at: Date.now(), ids: newest, unread: last?.unread ?? 0 };
  await cache.put(TAKEN, Response.json(known));
  document.dispatchEvent(new Event("dormouse:taken"));
  return known;
}

/** Takes the newest unread articles that aren't here yet, if it is time; `now` whenever it was last. */
export async function take(now = false) {
  const most = wanted();
  if (document.visibilityState !== "visible" || !navigator.onLine || !await isMine()) return null;
  const before = await taken();
  if (!now && (most === 0 || (before && Date.now() - before.at < EVERY) || navigator.connection?.saveData)) return null;
  const work = () => takeAll(most).catch(() => null);
  return navigator.locks ? navigator.locks.request("dormouse-pack", { ifAvailable: true }, (lock) => (lock ? work() : null)) : work();
}

async function bytesOf(name) {
  const cache = await caches.open(name);
  let sum = 0;
  for (const request of await cache.keys()) sum += Number((await cache.match(request))?.headers.get("x-bytes") ?? 0);
  return sum;
}

/** How much is here, in bytes by kind, and the most that may be. */
export async function sizes() {
  const [articles, pictures, pages] = await Promise.all([ARTICLES, PICTURES, PAGES].map(bytesOf));
  return { articles, pictures, pages, most: 50 * 1024 * 1024 };
}

/** Removes everything that is anybody's from this device. */
export async function forget() {
  if (!mayKeep) return;
  const worker = navigator.serviceWorker.controller;
  if (worker) {
    const { port1, port2 } = new MessageChannel();
    const told = new Promise((done) => {
      port1.onmessage = done;
      setTimeout(done, 1_000);
    });
    worker.postMessage({ wipe: true }, [port2]);
    await told;
  }
  await Promise.all([PAGES, ARTICLES, PICTURES].map((name) => caches.delete(name)));
}
