// Polls for new articles once a minute while the page is visible. They are shown on request.

import { correct } from "./counts.js";
import { pending } from "./marks.js";
import { say } from "./notices.js";

/** Milliseconds between two polls. */
const EVERY = 60_000;
/** Milliseconds before the next poll if the server has more to do. */
const SOON = 2_000;
/** The key of the time of the last poll, shared by the pages of this tab. */
const LAST = "dormouse.pulse";

const bar = document.getElementById("news");
let news = 0;
let timer = 0;
/** The time up to which this page is current, by the server's clock. */
let since = document.body.dataset.now;

function announce(count) {
  if (!count || !bar) return;
  news += count;
  const words = `${news} new ${news === 1 ? "article" : "articles"}`;
  bar.textContent = `${words} — show`;
  bar.hidden = false;
  say(words);
}

async function ask() {
  clearTimeout(timer);
  if (document.visibilityState !== "visible") return;
  sessionStorage.setItem(LAST, Date.now());
  let wait = EVERY;
  try {
    const answer = await fetch(`/pulse?since=${since}`, { method: "POST", headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) {
      const pulse = await answer.json();
      since = pulse.at ?? since;
      announce(pulse.new);
      correct(pulse.unread, pending());
      if (pulse.more) wait = SOON;
    }
  } catch {
    // No network: retried at the next poll.
  }
  timer = setTimeout(ask, wait);
}

function plan() {
  clearTimeout(timer);
  const since = Date.now() - Number(sessionStorage.getItem(LAST) ?? 0);
  timer = setTimeout(ask, Math.max(SOON, EVERY - since));
}

export function startPulse() {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") plan();
    else clearTimeout(timer);
  });
  if (document.visibilityState === "visible") plan();
}
