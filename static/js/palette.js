// The palette: goes to any feed, folder or page, and does any command, by its name. Nothing is requested for it.

import { keymap, word } from "./words.js";

/** Most hits. */
const MOST = 8;
/** Actions that need more than a name. */
const NOT_HERE = new Set(["palette", "open", "scroll"]);

let act = () => {};
let dialog = null;
let active = 0;
let hits = [];

/** Everything that can be found: its name, its group, and what it does. */
function all() {
  const found = [];
  for (const row of document.querySelectorAll("#rail .rail-row")) {
    const group = row.closest("#rail-feeds") ? "palette-feeds" : "palette-pages";
    const name = row.querySelector(".rail-name").textContent;
    found.push({ name, group, keys: "", run: () => location.assign(row.href) });
  }
  for (const link of document.querySelectorAll("#rail .rail-foot a, #rail .rail-top [href$='/add']")) {
    found.push({ name: link.textContent.trim(), group: "palette-pages", keys: "", run: () => location.assign(link.href) });
  }
  const titles = new Map([...document.querySelectorAll("#keys [data-action]")].map((row) => [row.dataset.action, row.textContent]));
  for (const [keys, action] of Object.entries(keymap)) {
    const name = titles.get(action);
    const isThere = found.some((other) => other.action === action || other.name === name);
    if (name && !isThere && !NOT_HERE.has(action)) {
      found.push({ name, group: "palette-commands", keys, action, run: () => act(action) });
    }
  }
  return found;
}

/** How well a name fits: the start of a word before the middle of one; nothing if it doesn't. */
function rank(name, wanted) {
  const text = name.toLowerCase();
  if (!wanted) return 1;
  if (text.startsWith(wanted)) return 3;
  const at = text.indexOf(wanted);
  if (at < 0) return 0;
  return /[\s\p{P}]/u.test(text[at - 1]) ? 2 : 1;
}

function choose(index) {
  const options = dialog.querySelectorAll("[role=option]");
  active = Math.max(0, Math.min(index, options.length - 1));
  options.forEach((option, place) => option.setAttribute("aria-selected", place === active));
  const input = dialog.querySelector("input");
  if (options[active]) input.setAttribute("aria-activedescendant", options[active].id);
  else input.removeAttribute("aria-activedescendant");
}

function draw(entries, wanted) {
  const ranked = entries.map((entry) => ({ entry, rank: rank(entry.name, wanted) })).filter((one) => one.rank > 0);
  ranked.sort((one, other) => other.rank - one.rank);
  hits = ranked.slice(0, MOST).map((one) => one.entry);
  const list = dialog.querySelector("[role=listbox]");
  list.replaceChildren();
  let group = "";
  // Those of a group stand together, the best group first.
  const groups = [...new Set(hits.map((hit) => hit.group))];
  hits = groups.flatMap((name) => hits.filter((hit) => hit.group === name));
  hits.forEach((hit, place) => {
    if (hit.group !== group) {
      group = hit.group;
      const title = document.createElement("li");
      title.className = "palette-group";
      title.role = "presentation";
      title.textContent = word(group);
      list.append(title);
    }
    const option = document.createElement("li");
    option.role = "option";
    option.id = `palette-${place}`;
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = hit.name;
    option.append(name);
    for (const key of hit.keys ? hit.keys.split(" ") : []) {
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      option.append(kbd);
    }
    option.addEventListener("click", () => run(hit));
    list.append(option);
  });
  if (!hits.length) {
    const none = document.createElement("li");
    none.className = "palette-none";
    none.role = "presentation";
    none.textContent = word("palette-none");
    list.append(none);
  }
  choose(0);
}

function run(hit) {
  dialog.close();
  hit?.run();
}

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.ariaLabel = word("palette");
  const input = document.createElement("input");
  input.type = "text";
  input.role = "combobox";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.placeholder = word("palette-hint");
  input.ariaLabel = word("palette");
  input.ariaExpanded = "true";
  input.setAttribute("aria-controls", "palette-list");
  const list = document.createElement("ul");
  list.id = "palette-list";
  list.role = "listbox";
  list.ariaLabel = word("palette");
  dialog.append(input, list);
  document.body.append(dialog);
  input.addEventListener("input", () => draw(dialog.entries, input.value.trim().toLowerCase()));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) choose(active + by);
    else if (event.key === "Enter") run(hits[active]);
    else return;
    event.preventDefault();
  });
}

export function togglePalette() {
  if (!dialog) build();
  if (dialog.open) return dialog.close();
  dialog.entries = all();
  dialog.querySelector("input").value = "";
  dialog.showModal();
  draw(dialog.entries, "");
}

/** `does` does an action of the key table. */
export function startPalette(does) {
  act = does;
  document.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || !event.target.closest("[data-palette]")) return;
    event.preventDefault();
    togglePalette();
  });
}
