// The cards of films and songs at other sites: a press puts the site's player into the card. Until then nothing is asked of
// the site. Without scripts a card leads there.

import { pause } from "./sound.js";

/** What the player may do, of all that a page may. */
const BOX = "allow-scripts allow-same-origin allow-presentation";

function put(card) {
  const frame = document.createElement("iframe");
  frame.className = "embed-frame";
  frame.title = card.dataset.name;
  frame.setAttribute("sandbox", BOX);
  frame.setAttribute("allow", "autoplay; encrypted-media; fullscreen; picture-in-picture");
  // YouTube plays only for a page that it knows; it gets the host and no more.
  frame.referrerPolicy = "strict-origin";
  if ("credentialless" in HTMLIFrameElement.prototype) frame.credentialless = true;
  frame.src = card.dataset.frame;
  card.querySelector(".embed-press").replaceWith(frame);
  frame.focus();
}

export function startEmbeds() {
  document.addEventListener("click", (event) => {
    const press = event.target.closest(".embed-press");
    if (!press || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    pause();
    put(press.closest(".embed"));
  });
  // A picture that isn't there leaves its box.
  document.addEventListener("error", ({ target }) => {
    if (target.matches?.(".embed-press > img")) target.remove();
  }, true);
}
