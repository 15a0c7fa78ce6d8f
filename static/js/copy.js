// Copies what a text field holds. Without scripts the field can be selected by hand.

import { copy, copyLink, say } from "./notices.js";
import { word } from "./words.js";

function fieldOf(button) {
  const id = button.dataset.copy;
  return id ? document.getElementById(id) : button.parentElement.querySelector("textarea");
}

function startField(button) {
  const field = fieldOf(button);
  if (!field) return;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const done = await copy(field.value);
    // The browser refuses: select it, so that one key copies it.
    if (!done) field.select();
    button.textContent = done ? word("copied") : word("press-copy");
    say(done ? word("copied") : word("selected"));
    setTimeout(() => { button.textContent = label; }, 3000);
  });
}

/** Where the device has a menu for sharing, there is a button that opens it. */
function startSharing() {
  if (!navigator.share) return;
  const reveal = () => document.querySelectorAll("[data-share]").forEach((one) => {
    one.hidden = false;
  });
  reveal();
  document.getElementById("article")?.addEventListener("dormouse:shown", reveal);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-share]");
    if (!button) return;
    navigator.share({ title: button.dataset.shareTitle, url: button.dataset.share }).catch(() => {
      // Nothing was chosen.
    });
  });
}

export function startCopying() {
  startSharing();
  document.querySelectorAll("[data-copy]").forEach(startField);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-text]");
    if (button) copyLink(button.dataset.copyText);
  });
}
