// Wakes a returning user's feeds step by step, while the list below can already be read.

import { say } from "./notices.js";
import { finishWith, takeSteps } from "./steps.js";
import { word } from "./words.js";

const form = document.getElementById("waking");

export async function startWaking() {
  if (!form) return;
  const button = form.querySelector("button");
  button.hidden = true;
  const finished = await takeSteps(form);
  button.hidden = false;
  if (!finished) return;
  const words = word("awake");
  form.querySelector("strong").textContent = words;
  form.classList.add("is-done");
  finishWith(form, form.elements.return.value, word("show-new"), "button-plain");
  say(words);
}
