// The lines of the list: which is selected, which are read.

import { shift } from "./counts.js";
import { madeSince, onMark, pending, queue } from "./marks.js";
import { at } from "./root.js";
import { word } from "./words.js";

const list = document.getElementById("lines");
/** Whether opening an article marks it as read. */
export const openingMarks = document.documentElement.dataset.opening !== "keeps";
/** Whether what is scrolled past becomes read. */
const scrollingMarks = document.documentElement.dataset.scrolling === "marks" && list?.dataset.scrolling !== "keeps";
/** Articles that the user has marked unread here: they stay so. */
const kept = new Set();

export function lines() {
  return list ? [...list.querySelectorAll(".line")] : [];
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
  const all = lines();
  if (!line) return by > 0 ? all[0] : undefined;
  return all[all.indexOf(line) + by];
}

export function select(line) {
  const before = selected();
  if (before) {
    before.classList.remove("is-selected");
    linkOf(before).removeAttribute("aria-current");
  }
  if (!line) return;
  // One of a day that is rolled up.
  const day = line.closest("details");
  if (day) day.open = true;
  line.classList.add("is-selected");
  linkOf(line).setAttribute("aria-current", "true");
  line.scrollIntoView({ block: "nearest" });
}

export function isRead(line) {
  return line.classList.contains("is-read");
}

/** Shows on a line whether it is read. */
export function show(line, read) {
  const words = word(read ? "mark-unread" : "mark-read");
  const button = line.querySelector(".line-mark");
  line.classList.toggle("is-read", read);
  button.title = words;
  const along = twins(line).length ? `?with=${twins(line).join(",")}` : "";
  button.formAction = at(`/article/${line.dataset.id}/${read ? "unread" : "read"}${along}`);
  const whole = word(read ? "mark-unread-of" : "mark-read-of");
  button.querySelector(".vh").textContent = whole.replace("{name}", () => linkOf(line).textContent);
}

/** Shows the state in the bar above the open article. */
export function showInBar(id, read) {
  const bar = document.querySelector(`.article-bar[data-article="${CSS.escape(id)}"]`);
  const form = bar?.querySelector("[data-toggle-read]");
  if (!form) return;
  const use = form.querySelector("use");
  form.setAttribute("action", at(`/article/${id}/${read ? "unread" : "read"}`));
  form.querySelector(".long").textContent = word(read ? "bar-unread" : "bar-read");
  form.querySelector(".short").textContent = word(read ? "bar-unread-short" : "bar-read-short");
  form.querySelector("button").title = `${word(read ? "bar-unread" : "bar-read")} (m)`;
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${read ? "circle" : "check"}`);
}

/** Marks an article on the page, and queues the mark for the server. */
export function mark(id, read) {
  const line = lineOf(id);
  if (read) kept.delete(id);
  else kept.add(id);
  showInBar(id, read);
  if (line) {
    if (isRead(line) === read) return;
    show(line, read);
  }
  // The same page in other feeds is read with it.
  for (const one of [id, ...twins(line)]) {
    shift(one, read ? -1 : 1);
    queue(one, read);
  }
}

/** The ids of the same page in other feeds. */
function twins(line) {
  return line?.dataset.twins?.split(" ") ?? [];
}

/** Shows marks that were made elsewhere, and are stored: nothing is sent. */
export function adopt(id, read) {
  const line = lineOf(id);
  if (!line || isRead(line) === read) return false;
  show(line, read);
  showInBar(id, read);
  return true;
}

/**
 * What leaves the list at its top while it is scrolled down becomes read: only what was seen here, so that neither a reload nor
 * a jump marks what nobody has looked at.
 */
function startScrolling() {
  const pane = list.closest(".pane");
  const where = () => pane.scrollTop + scrollY;
  const seen = new Set();
  let last = where();
  const observer = new IntersectionObserver((entries) => {
    const top = where();
    const isDown = top > last;
    last = top;
    for (const { target, isIntersecting, boundingClientRect, rootBounds } of entries) {
      const { id } = target.dataset;
      if (isIntersecting) seen.add(id);
      const isPast = !isIntersecting && boundingClientRect.bottom <= (rootBounds?.top ?? 0) + 1;
      if (isDown && isPast && seen.has(id) && !isRead(target) && !kept.has(id) && !("keeps" in target.dataset)) mark(id, true);
    }
  }, { root: null, rootMargin: "-96px 0px 0px 0px" });
  lines().forEach((line) => observer.observe(line));
}

export function startLines() {
  if (!list) return;
  // A page from this device doesn't know what was marked since.
  const { kept } = document.documentElement.dataset;
  for (const [id, read] of Object.entries(kept ? madeSince(Number(kept)) : pending())) {
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
  });
  // A picture that isn't there vanishes with its box.
  list.addEventListener("error", (event) => {
    if (event.target.matches?.(".line-image")) event.target.remove();
  }, true);
  for (const image of list.querySelectorAll(".line-image")) {
    if (image.complete && !image.naturalWidth && image.currentSrc) image.remove();
  }
  onMark((id, read) => {
    if (adopt(id, read)) shift(id, read ? -1 : 1);
  });
  if (scrollingMarks) startScrolling();
}
