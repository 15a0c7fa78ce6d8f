// Shows the keys in a dialog instead of on a page.

import { at } from "./root.js";

const dialog = document.getElementById("keys");

export function toggleHelp() {
  if (!dialog) location.assign(at("/help"));
  else if (dialog.open) dialog.close();
  else dialog.showModal();
}

export function startHelp() {
  if (!dialog) return;
  document.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    if (event.metaKey || event.ctrlKey || event.shiftKey || !event.target.closest("[data-help]")) return;
    event.preventDefault();
    document.querySelector("#rail:popover-open")?.hidePopover();
    toggleHelp();
  });
}
