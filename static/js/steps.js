// Work that a page requests step by step, with a progress bar: an import, or waking feeds.

import { at } from "./root.js";

/** Maximum consecutive steps without progress; after that, the button stays for the user. */
const PATIENCE = 15;
const PAUSE = 2_000;

function progress(form, done, total) {
  const bar = form.querySelector("progress");
  bar.max = total;
  bar.value = done;
  document.getElementById(`${form.id}-done`).textContent = done;
  document.getElementById(`${form.id}-total`).textContent = total;
}

/** Requests steps until all is done, or there is no more progress. Returns whether all is done. */
export async function takeSteps(form, onStep = () => {}) {
  let done = Number(form.dataset.done);
  let total = Number(form.dataset.total);
  let idle = 0;
  while (done < total && idle < PATIENCE) {
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
      if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
      const step = await answer.json();
      idle = step.done > done ? 0 : idle + 1;
      ({ done, total } = step);
      onStep(step);
      progress(form, done, total);
    } catch {
      idle += 1;
    }
    if (idle) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return done >= total;
}

/** Replaces the button with a link. */
export function finishWith(form, href, words, look) {
  const link = document.createElement("a");
  link.className = look;
  link.href = at(href);
  link.textContent = words;
  form.querySelector("button")?.replaceWith(link);
}
