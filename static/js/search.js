// The search box: `/` goes there, and feeds and saved searches are offered as one types. Nothing is requested for it.

import { at } from "./root.js";
import { word } from "./words.js";

/** Most that are offered. */
const MOST = 6;

const box = document.getElementById("q");
let offers = null;
let active = -1;

/** Goes to the search box, or to its page. */
export function goToSearch() {
  if (!box) return location.assign(at("/search"));
  box.focus();
  box.select();
}

/** A text without case, width and accents. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");

/** What the rail has of this name: saved searches first, then feeds and folders. */
function fitting(wanted) {
  const rows = [...document.querySelectorAll("#rail .rail-searches .rail-row, #rail-feeds .rail-row")];
  const found = rows.map((row) => ({
    name: row.querySelector(".rail-name").textContent,
    group: row.closest(".rail-searches") ? word("search-saved") : word("search-feed"),
    href: row.href,
  }));
  const text = folded(wanted);
  if (!text) return [];
  const starts = (one) => (folded(one.name).startsWith(text) ? 0 : 1);
  return found
    .filter((one) => folded(one.name).includes(text))
    .sort((one, other) => starts(one) - starts(other))
    .slice(0, MOST);
}

function close() {
  offers?.remove();
  offers = null;
  active = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function choose(place) {
  const rows = [...offers.children];
  active = (place + rows.length + 1) % (rows.length + 1);
  if (active === rows.length) active = -1;
  rows.forEach((row, n) => row.setAttribute("aria-selected", String(n === active)));
  if (active < 0) box.removeAttribute("aria-activedescendant");
  else box.setAttribute("aria-activedescendant", rows[active].id);
}

function offer() {
  const wanted = box.value.trim();
  const found = wanted.length < 2 ? [] : fitting(wanted);
  close();
  if (!found.length) return;
  offers = document.createElement("ul");
  offers.className = "search-offers";
  offers.id = "search-offers";
  offers.role = "listbox";
  offers.ariaLabel = word("search-offers");
  found.forEach((one, place) => {
    const row = document.createElement("li");
    row.role = "option";
    row.id = `search-offer-${place}`;
    row.setAttribute("aria-selected", "false");
    row.dataset.href = one.href;
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = one.name;
    const group = document.createElement("span");
    group.textContent = one.group;
    row.append(name, group);
    // The box keeps its focus until the press is over.
    row.addEventListener("mousedown", (event) => event.preventDefault());
    row.addEventListener("click", () => location.assign(one.href));
    offers.append(row);
  });
  box.closest("form").append(offers);
  box.setAttribute("aria-expanded", "true");
}

function press(event) {
  if (event.key === "Escape" && offers) {
    event.preventDefault();
    return close();
  }
  if (!offers || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? active + 1 : active < 0 ? offers.children.length - 1 : active - 1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    location.assign(offers.children[active].dataset.href);
  }
}

/** Offers what fits while somebody types. */
export function startSearch() {
  if (!box) return;
  box.role = "combobox";
  box.setAttribute("aria-controls", "search-offers");
  box.setAttribute("aria-expanded", "false");
  box.addEventListener("input", offer);
  box.addEventListener("keydown", press);
  box.addEventListener("blur", close);
  // At the end of what is there, so that one goes on typing.
  if (document.activeElement === box) box.setSelectionRange(box.value.length, box.value.length);
}
