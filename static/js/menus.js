// Menus: <details> that open without scripts, and with them close on Escape, on a press outside, and when the focus leaves.

function openMenus() {
  return document.querySelectorAll("details.menu[open]");
}

export function closeMenus(except) {
  for (const menu of openMenus()) {
    if (menu !== except) menu.open = false;
  }
}

export function startMenus() {
  document.addEventListener("click", (event) => {
    const inside = event.target.closest("details.menu");
    closeMenus(inside);
    // What was chosen is done; the menu has served.
    if (inside?.open && event.target.closest(".menu-box :is(a, button)")) inside.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = [...openMenus()].at(-1);
    if (!menu) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  }, true);
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
}
