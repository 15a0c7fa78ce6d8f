// Keyboard shortcuts, documented for users in parts/keys.html.

import { toggleHelp } from "./help.js";
import { switchText } from "./fulltext.js";
import { isRead, lineOf, mark, selected } from "./lines.js";
import { say } from "./notices.js";
import { open, openId, step } from "./open.js";
import { toggleStar } from "./stars.js";

/** How long a `g` waits for its second key, in milliseconds. */
const CHORD = 1_500;

const places = { u: "/unread", a: "/all", s: "/starred", f: "/feeds" };
let chord = 0;

function current() {
  return selected() ?? (openId() ? lineOf(openId()) : null);
}

function openSelected() {
  const line = current();
  if (line && line.dataset.id !== openId()) open(line);
}

function original() {
  const inPane = document.querySelector("#article [data-go=original]")?.href;
  const line = current();
  const shown = line && openId() !== line.dataset.id ? line.dataset.original : inPane ?? line?.dataset.original;
  if (shown) window.open(shown, "_blank", "noopener,noreferrer");
  else say("No original");
}

function toggleRead() {
  const line = current();
  const id = line?.dataset.id ?? openId();
  if (!id) return;
  const read = line ? isRead(line) : !document.querySelector("[data-toggle-read]").action.endsWith("/read");
  mark(id, !read);
  say(read ? "Unread" : "Read");
}

/** Marks a part of the list by its button: the page, or what is above or below the open article. */
function part(what) {
  const button = document.querySelector(`button[form=mark-all][value^="${what}"]`);
  if (button && document.getElementById("mark-all")) button.click();
  else say(what === "page" ? "Nothing here is unread" : "Open an article first");
}

/** Sets the filter of a feed or folder; on other pages, goes to `elsewhere`. */
function showOnly(state, elsewhere) {
  location.assign(document.querySelector(`[data-show=${state}]`)?.href ?? elsewhere);
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  n: () => step(1, false),
  p: () => step(-1, false),
  o: openSelected,
  Enter: openSelected,
  v: original,
  d: switchText,
  m: toggleRead,
  s: () => toggleStar(current()?.dataset.id ?? openId()),
  a: () => document.getElementById("mark-all")?.requestSubmit(),
  A: () => part("page"),
  Y: () => part("above"),
  B: () => part("below"),
  r: () => location.assign(document.getElementById("lines")?.dataset.list ?? location.href),
  1: () => showOnly("unread", "/unread"),
  2: () => showOnly("all", "/all"),
  "?": toggleHelp,
};

/** Whether the focused element handles the key itself. */
function taken(event) {
  const { target } = event;
  if (target.closest("input, textarea, select, [contenteditable], audio, video")) return true;
  if (event.key === "Enter") return Boolean(target.closest("a, button, summary"));
  return event.key !== "?" && Boolean(target.closest("dialog"));
}

/** The key's name in the tables here, also on keyboard layouts without Latin letters. */
function nameOf({ key, code }) {
  return key > "\u007f" && key.length === 1 && code.startsWith("Key") ? code.at(3).toLowerCase() : key;
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || taken(event)) return;
  const key = nameOf(event);
  const second = Date.now() < chord ? places[key] : undefined;
  chord = 0;
  if (second) {
    event.preventDefault();
    location.assign(second);
  } else if (key === "g") {
    chord = Date.now() + CHORD;
  } else if (Object.hasOwn(keys, key)) {
    event.preventDefault();
    keys[key]();
  }
}

export function startKeys() {
  document.addEventListener("keydown", press);
}
