// Who signs out of this browser sees none of its pages again by going back: neither from its memory nor from its cache.

import { at, below } from "./root.js";

const OUT = "dormouse.out";

function isBack(event) {
  return event?.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

/** Hides a page that is seen again after its owner has signed out here. */
function leave(event) {
  if (!isBack(event) || !localStorage.getItem(OUT)) return;
  document.documentElement.hidden = true;
  location.replace(at("/signin"));
}

export function startSession() {
  document.addEventListener("submit", (event) => {
    const to = below(event.target.getAttribute("action"));
    if (to === "/signout") localStorage.setItem(OUT, "1");
    else if (to === "/signin" || to === "/signup") localStorage.removeItem(OUT);
  });
  if (!document.body.dataset.user) return;
  leave();
  addEventListener("pageshow", leave);
  if (!isBack()) localStorage.removeItem(OUT);
}
