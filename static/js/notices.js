// Notices: toasts, which screen readers hear too; messages after an action; and the state of the network.

import { word } from "./words.js";

const voice = document.getElementById("voice");
const toasts = document.getElementById("toasts");
/** How long a toast without an action stays, in milliseconds. */
const STAYS = 6_000;
/** Most toasts at once. */
const MOST = 2;

/** Announces a text to screen readers alone: for what is seen anyway. */
export function hear(words) {
  if (voice) voice.textContent = words;
}

/** Says something: a toast that can be seen, and heard. */
export function say(words) {
  hear(words);
  if (!toasts) return;
  const toast = document.createElement("div");
  toast.className = "toast toast-said";
  const text = document.createElement("p");
  text.textContent = words;
  toast.append(text);
  // The same again takes the place of the first.
  const said = [...toasts.querySelectorAll(".toast-said")];
  said.filter((other) => other.textContent === words).forEach((other) => other.remove());
  toasts.append(toast);
  [...toasts.querySelectorAll(".toast-said")].slice(0, -MOST).forEach((other) => other.remove());
  setTimeout(() => toast.remove(), STAYS);
}

function startFlash() {
  const flash = document.getElementById("flash");
  const close = flash?.querySelector("[data-dismiss]");
  if (!close) return;
  close.hidden = false;
  close.addEventListener("click", () => flash.remove());
  if (!flash.querySelector("form")) setTimeout(() => flash.remove(), STAYS);
}

function startNetwork() {
  const strip = document.getElementById("offline");
  if (!strip) return;
  const show = () => {
    strip.hidden = navigator.onLine;
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

export function startNotices() {
  startFlash();
  startNetwork();
}

/** Copies a text; whether the browser let us. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copies the address of an article, and says so. */
export async function copyLink(address) {
  say(await copy(address) ? word("link-copied") : word("link-not-copied"));
}
