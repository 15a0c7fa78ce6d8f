// The lines of the list: which is selected, which are read.

import { shift } from "./counts.js";
import { pending, queue } from "./marks.js";
import { say } from "./notices.js";

const list = document.getElementById("lines");

export function lines() {
  return list ? [...list.children] : [];
}

export function selected() {
  return list?.querySelector(".is-selected") ?? null;
}

export function lineOf(id) {
  return list?.querySelector(`[data-id="${CSS.escape(id)}"]`) ?? null;
}

export function linkOf(line) {
  return line.querySelector(".line-open");
}

/** The line above or below another. Without a starting line, the first if going down. */
export function neighbour(line, by) {
  if (!line) return by > 0 ? lines()[0] : undefined;
  return (by > 0 ? line.nextElementSibling : line.previousElementSibling) ?? undefined;
}

export function select(line) {
  const before = selected();
  if (before) {
    before.classList.remove("is-selected");
    linkOf(before).removeAttribute("aria-current");
  }
  if (!line) return;
  line.classList.add("is-selected");
  linkOf(line).setAttribute("aria-current", "true");
  line.scrollIntoView({ block: "nearest" });
}

export function isRead(line) {
  return line.classList.contains("is-read");
}

function show(line, read) {
  const words = read ? "Mark as unread" : "Mark as read";
  const button = line.querySelector(".line-mark");
  line.classList.toggle("is-read", read);
  button.title = words;
  button.formAction = `/article/${line.dataset.id}/${read ? "unread" : "read"}`;
  button.querySelector(".vh").textContent = `${words}: ${linkOf(line).textContent}`;
}

/** Shows the state in the bar above the open article. */
function showInBar(id, read) {
  const bar = document.querySelector(`.article-bar[data-article="${CSS.escape(id)}"]`);
  const form = bar?.querySelector("[data-toggle-read]");
  if (!form) return;
  const use = form.querySelector("use");
  form.setAttribute("action", `/article/${id}/${read ? "unread" : "read"}`);
  form.querySelector("span").textContent = read ? "Mark unread" : "Mark read";
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${read ? "circle" : "check"}`);
}

/** Marks an article on the page, and queues the mark for the server. */
export function mark(id, read) {
  const line = lineOf(id);
  showInBar(id, read);
  if (line) {
    if (isRead(line) === read) return;
    show(line, read);
  }
  shift(id, read ? -1 : 1);
  queue(id, read);
}

export function startLines() {
  if (!list) return;
  for (const [id, read] of Object.entries(pending())) {
    const line = lineOf(id);
    if (!line || isRead(line) === read) continue;
    show(line, read);
    shift(id, read ? -1 : 1);
  }
  list.addEventListener("click", (event) => {
    const button = event.target.closest(".line-mark");
    if (!button) return;
    event.preventDefault();
    const line = button.closest(".line");
    mark(line.dataset.id, !isRead(line));
    say(isRead(line) ? "Read" : "Unread");
  });
}
