// The editor of rules: what a rule would have done is shown while it is typed. Without scripts a press does it.

import { at } from "./root.js";
import { parsed } from "./trusted.js";

/** Milliseconds without a press before a rule is tried. */
const AFTER = 300;

const form = document.querySelector("[data-rule]");
let waiting = 0;
let turn = 0;

async function attempt() {
  const own = ++turn;
  const answer = await fetch(at("/rules"), {
    method: "POST",
    headers: { "X-Fragment": "trial" },
    body: new URLSearchParams([...new FormData(form), ["do", "try"]]),
  }).catch(() => null);
  // What was typed since is tried by itself.
  if (own !== turn || !answer?.ok) return;
  const page = parsed(await answer.text());
  if (own !== turn) return;
  const place = document.getElementById("rule-trial");
  const remove = place.querySelector(".rule-delete");
  place.replaceChildren(...page.body.childNodes, ...(remove ? [remove] : []));
}

/** Tries the rule as it is typed. */
export function startRules() {
  form?.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(attempt, AFTER);
  });
}
