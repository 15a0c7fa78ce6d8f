// Queues read and unread marks, and sends them to the server in batches.
//
// Marks stay in localStorage until the server has acknowledged them, so none is lost when the
// page is closed or the network fails. A batch keeps its id until then, so that sending it twice
// has no further effect.

import { correct } from "./counts.js";

/** How long marks are collected before they are sent, and the minimum between two batches, in milliseconds. */
const GATHER = 3_000;
/** Milliseconds before a retry after a failed request. */
const PATIENCE = 15_000;
/** Maximum marks in one batch. */
const LARGEST = 300;

const key = `dormouse.marks.${document.body.dataset.user}`;
let timer = 0;
let sending = false;

function load() {
  try {
    return { waiting: {}, sent: null, ...JSON.parse(localStorage.getItem(key)) };
  } catch {
    return { waiting: {}, sent: null };
  }
}

function save(box) {
  try {
    localStorage.setItem(key, JSON.stringify(box));
  } catch {
    // Without storage, marks are sent at once.
    post(pack(box));
  }
}

function batchId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Moves waiting marks into a batch; null if there are none. */
function pack(box) {
  const ids = Object.keys(box.waiting).slice(0, LARGEST);
  if (!ids.length) return null;
  const batch = { batch: batchId(), read: [], unread: [] };
  for (const id of ids) {
    (box.waiting[id] ? batch.read : batch.unread).push(id);
    delete box.waiting[id];
  }
  return batch;
}

function post(batch) {
  if (!batch) return Promise.resolve(null);
  return fetch("/marks", {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(batch),
  });
}

function later(delay) {
  timer ||= setTimeout(send, delay);
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
  save(box);
  sending = true;
  let again = PATIENCE;
  try {
    const answer = await post(box.sent);
    if (answer.ok || refused(answer.status)) {
      const now = load();
      if (now.sent?.batch === box.sent.batch) now.sent = null;
      save(now);
      again = GATHER;
      if (answer.ok && !answer.redirected) correct((await answer.json()).unread, now.waiting);
    }
  } catch {
    // No network: the batch stays in storage.
  }
  sending = false;
  if (load().sent || Object.keys(load().waiting).length) later(again);
}

/** Tells the other tabs of this browser, and is told by them. */
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(key) : null;

/** Calls back for each mark that is made in another tab. */
export function onMark(listen) {
  tabs?.addEventListener("message", ({ data }) => listen(data.id, data.read));
}

/** Queues a mark. A later mark of the same article replaces it. */
export function queue(id, read) {
  tabs?.postMessage({ id, read });
  const box = load();
  box.waiting[id] = read;
  save(box);
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

/** Submits a form after the queued marks have been sent, which takes two seconds at most. */
async function settle(form, button) {
  for (let tries = 0; tries < 20 && Object.keys(pending()).length; tries += 1) {
    if (!sending) await send();
    if (Object.keys(pending()).length) await new Promise((done) => setTimeout(done, 100));
  }
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
  addEventListener("pagehide", send);
  addEventListener("online", send);
  if (Object.keys(pending()).length) later(500);
}
