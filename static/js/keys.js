// Keyboard shortcuts. Which keys do what is the user's choice: the server puts the table into the page.

import { toggleHelp } from "./help.js";
import { switchText } from "./fulltext.js";
import { isRead, lineOf, mark, selected } from "./lines.js";
import { copyLink, say } from "./notices.js";
import { goToEnd, open, openId, scroll, step } from "./open.js";
import { togglePalette } from "./palette.js";
import { at } from "./root.js";
import { goToSearch } from "./search.js";
import { toggleStar } from "./stars.js";
import { keymap, word } from "./words.js";

/** How long a first key waits for its second one, in milliseconds. */
const CHORD = 1_500;

let first = "";
let until = 0;

function current() {
  return selected() ?? (openId() ? lineOf(openId()) : null);
}

function openSelected() {
  const line = current();
  if (line && line.dataset.id !== openId()) open(line);
}

/** The address of the selected article at its publisher. */
function originalOf() {
  const inPane = document.querySelector("#article [data-go=original]")?.href;
  const line = current();
  return line && openId() !== line.dataset.id ? line.dataset.original : inPane ?? line?.dataset.original;
}

function original() {
  const address = originalOf();
  if (address) window.open(address, "_blank", "noopener,noreferrer");
  else say(word("no-original"));
}

function copyOriginal() {
  const address = originalOf();
  if (address) copyLink(address);
  else say(word("no-original"));
}

function toggleRead() {
  const line = current();
  const id = line?.dataset.id ?? openId();
  if (!id) return say(word("select-first"));
  const read = line ? isRead(line) : !document.querySelector("[data-toggle-read]").action.endsWith("/read");
  mark(id, !read);
  say(word(read ? "unread" : "read"));
}

function star() {
  const id = current()?.dataset.id ?? openId();
  if (id) toggleStar(id);
  else say(word("select-first"));
}

function markAll() {
  const form = document.getElementById("mark-all");
  if (form) form.requestSubmit(form.querySelector("[value=all]"));
  else say(word("nothing-unread"));
}

/** Marks a part of the list by the form's own field: the page, or what is above or below the selected article. */
function part(what) {
  const form = document.getElementById("mark-all");
  if (!form) return say(word("nothing-unread"));
  const line = current();
  if (what !== "page" && !line) return say(word("select-first"));
  form.querySelector("[data-part]")?.remove();
  const button = document.createElement("button");
  // It stays: marks that wait are sent first.
  button.dataset.part = "";
  button.name = "what";
  button.value = what === "page" ? what : `${what}.${line.dataset.at}.${line.dataset.id}`;
  button.hidden = true;
  form.append(button);
  form.requestSubmit(button);
}

/** Sets the filter of a feed or folder; on other pages, goes to `elsewhere`. */
function showOnly(state, elsewhere) {
  location.assign(document.querySelector(`[data-show=${state}]`)?.href ?? at(elsewhere));
}

/** Goes to the feed above or below this one in the rail, to one with unread articles if there is one. */
function toFeed(by) {
  const rows = [...document.querySelectorAll("#rail-feeds li .rail-row")];
  const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const beyond = by > 0 ? rows.slice(here + 1) : rows.slice(0, Math.max(here, 0)).reverse();
  const unread = beyond.find((row) => Number(row.querySelector(".count")?.dataset.n) > 0);
  const to = unread ?? beyond[0];
  if (to) location.assign(to.href);
  else say(word("no-more-feeds"));
}

function go(path) {
  return () => location.assign(at(path));
}

const actions = {
  next: () => step(1),
  previous: () => step(-1),
  "select-next": () => step(1, false),
  "select-previous": () => step(-1, false),
  open: openSelected,
  original,
  text: switchText,
  scroll: (event) => scroll(event?.shiftKey ? -1 : 1),
  copy: copyOriginal,
  read: toggleRead,
  star,
  "mark-all": markAll,
  "mark-page": () => part("page"),
  "mark-above": () => part("above"),
  "mark-below": () => part("below"),
  "feed-next": () => toFeed(1),
  "feed-previous": () => toFeed(-1),
  top: () => goToEnd(-1),
  bottom: () => goToEnd(1),
  unread: go("/unread"),
  seldom: go("/seldom"),
  search: goToSearch,
  all: go("/all"),
  starred: go("/starred"),
  feeds: go("/feeds"),
  settings: go("/settings"),
  add: go("/add"),
  "show-unread": () => showOnly("unread", "/unread"),
  "show-all": () => showOnly("all", "/all"),
  reload: () => location.assign(document.getElementById("lines")?.dataset.list ?? location.href),
  palette: togglePalette,
  help: toggleHelp,
};

/** Does what a key does; for the palette. */
export function act(name) {
  actions[name]?.();
}

/** Whether the focused element handles the key itself. */
function taken(event) {
  const { target, key } = event;
  // A dialog that has just closed keeps the focus until the next frame.
  if (target.closest("dialog:not([open])")) return false;
  if (target.closest("input, textarea, select, [contenteditable], audio, video")) return true;
  if (key === "Enter" || key === " ") return Boolean(target.closest("button, summary, [role=button]") || (key === "Enter" && target.closest("a")));
  return key !== "?" && Boolean(target.closest("dialog"));
}

/** The key's name in the table, also on keyboard layouts without Latin letters. */
function nameOf({ key, code, ctrlKey, metaKey, shiftKey }) {
  if (key === " ") return "Space";
  const isForeign = key > "\u007f" && key.length === 1 && code.startsWith("Key");
  const letter = code.at(3)?.toLowerCase();
  const name = isForeign ? (shiftKey ? letter.toUpperCase() : letter) : key;
  return ctrlKey || metaKey ? `Ctrl+${name.toLowerCase()}` : name;
}

/** PageDown and PageUp scroll the article at once, wherever the focus is. */
function page(event) {
  const by = { PageDown: 1, PageUp: -1 }[event.key];
  if (!by || !openId()) return false;
  event.preventDefault();
  scroll(by);
  return true;
}

function press(event) {
  if (event.altKey || event.isComposing || event.defaultPrevented) return;
  const isCommand = event.ctrlKey || event.metaKey;
  const name = nameOf(event);
  if (isCommand && !Object.hasOwn(keymap, name)) return;
  if (!isCommand && (taken(event) || page(event))) return;
  const both = Date.now() < until ? `${first} ${name}` : "";
  const found = both && Object.hasOwn(keymap, both) ? keymap[both] : keymap[name];
  first = "";
  until = 0;
  if (found) {
    event.preventDefault();
    actions[found]?.(event);
  } else if (Object.keys(keymap).some((keys) => keys.startsWith(`${name} `))) {
    first = name;
    until = Date.now() + CHORD;
  }
}

export function startKeys() {
  document.addEventListener("keydown", press);
}
