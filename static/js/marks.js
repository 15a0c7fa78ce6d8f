// Queues read and unread marks, and sends them to the server in batches.
//
// Marks stay in localStorage until the server has acknowledged them, so none is lost when the
// page is closed or the network fails. A batch keeps its id until then, so that sending it twice
// has no further effect.
//
// How far episodes were played waits beside them, and goes along with the next batch. Alone it is sent when it is due: on a
// pause, when the page is left, and after a while.

import { boxName, load, save } from "./box.js";
import { correct } from "./counts.js";
import { at } from "./root.js";

/** How long marks are collected before they are sent, and the minimum between two batches, in milliseconds. */
const GATHER = 3_000;
/** Milliseconds before a retry after a failed request. */
const PATIENCE = 15_000;
/** Maximum marks in one batch. */
const LARGEST = 300;
/** Most articles in one batch that were opened, or gone on from. */
const MOST_TOLD = 100;
/** Most places in one batch. */
const MOST_PLACES = 64;
/** How long the place of what plays waits for a batch to go along with, in milliseconds. */
const ALONE = 300_000;

/** Most articles that wait as opened, or gone on from. */
const MOST_WAITING = 1_000;
/** Marks that were sent, and are remembered for pages from this device that don't know them. */
const MOST_DONE = 500;

let timer = 0;
let timerAt = 0;
let sending = false;
/** When places that wait are sent alone; 0 if none wait. */
let due = 0;

/** Stores the box; without storage, marks are sent at once. */
function keep(box) {
  if (!save(box)) post(pack(box));
}

function batchId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Moves waiting marks into a batch, and places with them; null if there are none, and no place is due. */
function pack(box) {
  const told = Math.min(box.opened.length, MOST_TOLD) + Math.min(box.followed.length, MOST_TOLD);
  const ids = Object.keys(box.waiting).slice(0, LARGEST - told);
  const places = Object.keys(box.played).slice(0, MOST_PLACES);
  if (!ids.length && !(places.length && due <= Date.now())) return null;
  const batch = { batch: batchId(), read: [], unread: [] };
  if (places.length) batch.played = places.map((id) => ({ id, ...box.played[id] }));
  for (const id of places) delete box.played[id];
  for (const act of ["opened", "followed"]) {
    if (box[act].length) batch[act] = box[act].splice(0, MOST_TOLD);
  }
  due = Object.keys(box.played).length ? due : 0;
  for (const id of ids) {
    (box.waiting[id] ? batch.read : batch.unread).push(id);
    delete box.waiting[id];
  }
  const at = [...ids, ...(batch.opened ?? []), ...(batch.followed ?? [])].filter((id) => box.at[id]);
  batch.at = Object.fromEntries(at.map((id) => [id, box.at[id]]));
  for (const id of at) delete box.at[id];
  return batch;
}

function post(batch) {
  if (!batch) return Promise.resolve(null);
  return fetch(at("/marks"), {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    // Both by this device's clock: what lies between counts.
    body: JSON.stringify({ ...batch, now: Date.now() }),
  });
}

function later(delay) {
  const at = Date.now() + delay;
  if (timer && timerAt <= at) return;
  clearTimeout(timer);
  timerAt = at;
  timer = setTimeout(send, delay);
}

/** Whether the server has rejected the batch for good, so that a retry is pointless. */
function refused(status) {
  return status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

async function send() {
  clearTimeout(timer);
  timer = 0;
  if (sending) return;
  const box = load();
  box.sent ??= pack(box);
  if (!box.sent) return;
  keep(box);
  sending = true;
  let again = PATIENCE;
  try {
    const answer = await post(box.sent);
    if (answer.ok || refused(answer.status)) {
      const now = load();
      const marked = box.sent.read.length + box.sent.unread.length;
      const isOurs = now.sent?.batch === box.sent.batch;
      // A place that is refused takes no marks with it.
      if (isOurs && !answer.ok && now.sent.played && marked) delete now.sent.played;
      else if (isOurs) now.sent = null;
      keep(now);
      again = GATHER;
      if (answer.ok && !answer.redirected) correct((await answer.json()).unread, now.waiting);
    }
  } catch {
    // No network: the batch stays in storage.
  }
  sending = false;
  const left = load();
  if (left.sent || Object.keys(left.waiting).length) later(again);
  else if (due) later(Math.max(due - Date.now(), again));
}

/** Keeps how far an episode was played, in hundredths of speed: 0 when it is over. `now` if it won't play on. */
export function played(id, at, speed, now) {
  const box = load();
  box.played[id] = { at, speed };
  keep(box);
  if (now) due = Date.now();
  else due ||= Date.now() + ALONE;
  later(now ? GATHER : due - Date.now());
}

/** Notes that an article was "opened", or its publisher's page "followed". It waits for a batch to go along with. */
export function note(id, act) {
  if (!id) return;
  const box = load();
  if (!box[act].includes(id)) box[act].push(id);
  box[act] = box[act].slice(-MOST_WAITING);
  box.at[id] = Date.now();
  // Without storage, the mark alone is sent.
  save(box);
}

/** Sends what waits at once, places too: the page is left. */
function flush() {
  if (due || Object.keys(load().played).length) due = Date.now();
  send();
}

/** How far an episode was played here, if the server may not know yet. */
export function placeOf(id) {
  const { played, sent } = load();
  return played[id] ?? sent?.played?.find((one) => one.id === id) ?? null;
}

/** Tells the other tabs of this browser, and is told by them. */
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(boxName) : null;

/** Calls back for each mark that is made in another tab. */
export function onMark(listen) {
  tabs?.addEventListener("message", ({ data }) => listen(data.id, data.read));
}

/** Queues a mark. A later mark of the same article replaces it. */
export function queue(id, read) {
  tabs?.postMessage({ id, read });
  const box = load();
  box.waiting[id] = read;
  box.at[id] = Date.now();
  box.done[id] = [read, Date.now()];
  const done = Object.entries(box.done);
  if (done.length > MOST_DONE) box.done = Object.fromEntries(done.sort((one, other) => one[1][1] - other[1][1]).slice(-MOST_DONE));
  keep(box);
  later(GATHER);
}

/** The marks that the server may not have yet, by article id: true for read. */
export function pending() {
  const { waiting, sent } = load();
  const marks = {};
  for (const id of sent?.read ?? []) marks[id] = true;
  for (const id of sent?.unread ?? []) marks[id] = false;
  return { ...marks, ...waiting };
}

/** The marks that were made here since a time, sent or not: a page from this device may not know them. */
export function madeSince(time) {
  const made = Object.entries(load().done).filter(([, [, at]]) => at > time);
  return { ...Object.fromEntries(made.map(([id, [read]]) => [id, read])), ...pending() };
}

/** Sends what waits now; whether nothing waits any more. */
export async function sendAll() {
  for (let tries = 0; tries < 20 && Object.keys(pending()).length; tries += 1) {
    if (!sending) await send();
    if (Object.keys(pending()).length) await new Promise((done) => setTimeout(done, 100));
  }
  return !Object.keys(pending()).length;
}

/** Submits a form after the queued marks have been sent, which takes two seconds at most. */
async function settle(form, button) {
  await sendAll();
  form.dataset.settled = "";
  form.requestSubmit(button);
}

export function startMarks() {
  document.getElementById("mark-all")?.addEventListener("submit", (event) => {
    if ("settled" in event.target.dataset || !Object.keys(pending()).length) return;
    event.preventDefault();
    settle(event.target, event.submitter ?? undefined);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send();
  });
  addEventListener("pagehide", flush);
  addEventListener("online", send);
  const box = load();
  if (Object.keys(box.played).length) due = Date.now();
  if (box.sent || due || Object.keys(box.waiting).length) later(500);
}
