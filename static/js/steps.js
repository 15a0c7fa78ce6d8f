// Work that a page asks for step by step, with a bar that shows how far it is: an import, a return.

/** How often an answer may bring nothing before the button is left to the reader. */
const PATIENCE = 15;
const PAUSE = 2_000;

function progress(form, done, total) {
  const bar = form.querySelector("progress");
  bar.max = total;
  bar.value = done;
  document.getElementById(`${form.id}-done`).textContent = done;
  document.getElementById(`${form.id}-total`).textContent = total;
}

/** Asks for steps until all is done, which it answers, or until nothing moves any more. */
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

/** Puts a link where the button was. */
export function finishWith(form, href, words, look) {
  const link = document.createElement("a");
  link.className = look;
  link.href = href;
  link.textContent = words;
  form.querySelector("button")?.replaceWith(link);
}
