// Polls for new articles once a minute while the page is visible. They are shown on request.

import { correct } from "./counts.js";
import { forget } from "./device.js";
import { pending } from "./marks.js";
import { adopt, lines } from "./lines.js";
import { hear } from "./notices.js";
import { renewRail } from "./rail.js";
import { at } from "./root.js";
import { writeTimes } from "./times.js";
import { counted, counting, word } from "./words.js";

/** Milliseconds between two polls. */
const EVERY = 60_000;
/** Milliseconds before the next poll if the server has more to do. */
const SOON = 2_000;
/** The key of the time of the last poll, shared by the pages of this tab. */
const LAST = "dormouse.pulse";

/** A page that comes to the front polls at once unless it just did, in milliseconds. */
const JUST = 3_000;

const bar = document.getElementById("news");
let news = 0;
let timer = 0;
/** The time up to which this page is current, by the server's clock. */
let since = document.body.dataset.now;
/** What this page knows the shelf by. */
let state = document.body.dataset.state;

function announce(count) {
  if (!count || !bar) return;
  news += count;
  bar.textContent = counting === "number" ? counted("new", news) : word("new-some");
  bar.hidden = false;
  hear(counting === "number" ? counted("said-new", news) : word("said-new-some"));
}

/** Takes over what was done elsewhere: in another tab, on another device. */
function takeOver(pulse) {
  const before = state;
  state = pulse.state ?? state;
  correct(pulse.unread, pending());
  if (!pulse.read) return;
  const read = new Set(pulse.read);
  const mine = pending();
  for (const line of lines()) {
    const { id } = line.dataset;
    if (!(id in mine)) adopt(id, read.has(id));
  }
  if (before?.split(".")[0] !== state?.split(".")[0]) renewRail();
}

/** `front` if the page has just come to the front: then what the server has to read is read. */
async function ask(front = false) {
  clearTimeout(timer);
  if (document.visibilityState !== "visible") return;
  writeTimes(document, true);
  sessionStorage.setItem(LAST, Date.now());
  let wait = EVERY;
  try {
    const ids = lines().map((line) => line.dataset.id);
    const headers = { Accept: "application/json", "Content-Type": "application/json" };
    const answer = await fetch(at(`/pulse?since=${since}`), { method: "POST", headers, body: JSON.stringify({ state, ids, front }) });
    // Signed out elsewhere: what is here is nobody's to see any more.
    if (answer.status === 401) {
      await forget();
      return location.reload();
    }
    if (answer.ok && !answer.redirected) {
      const pulse = await answer.json();
      since = pulse.at ?? since;
      document.dispatchEvent(new Event("dormouse:heard"));
      announce(pulse.new);
      takeOver(pulse);
      if (pulse.more) wait = SOON;
    }
  } catch {
    // No network: retried at the next poll.
  }
  timer = setTimeout(ask, wait, false);
}

/** How long ago this tab last polled, in milliseconds. */
function idle() {
  return Date.now() - Number(sessionStorage.getItem(LAST) ?? 0);
}

function plan() {
  clearTimeout(timer);
  timer = setTimeout(ask, Math.max(SOON, EVERY - idle()));
}

export function startPulse() {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") clearTimeout(timer);
    else if (idle() > JUST) ask(true);
    else plan();
  });
  addEventListener("pageshow", (event) => {
    // From the browser's memory: is the session still there, and what has changed?
    if (event.persisted) ask(true);
  });
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (isBack) ask(true);
  else if (document.visibilityState === "visible") plan();
}
