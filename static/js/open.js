// Opens articles in the reading pane, with an address and a history entry for each.

import { isAway } from "./away.js";
import { parsed } from "./trusted.js";
import { showOutside } from "./counts.js";
import { remember } from "./device.js";
import { isRead, lineOf, lines, linkOf, mark, neighbour, openingMarks, select, selected } from "./lines.js";
import { note } from "./marks.js";
import { hear, say } from "./notices.js";
import { writeTimes } from "./times.js";
import { word } from "./words.js";

/** Milliseconds before a skeleton is shown. */
const SKELETON_AFTER = 200;
/** Milliseconds before the next article is fetched ahead. */
const AHEAD = 150;
/** Maximum cached articles. */
const KEPT = 30;
/** Where articles were left, by their address: kept for this tab. */
const PLACES = "dormouse.places";
/** Most of them. */
const MOST_PLACES = 60;
/** Where the list was left, by its address. */
const LIST_PLACE = "dormouse.list";
/** Set when stepping past the end of a page, so that the next page opens its first article. */
const WALKING = "dormouse.walking";

const pane = document.getElementById("article");
const list = document.getElementById("lines");
const nextPage = document.getElementById("next-page");
const kept = new Map();
/** Addresses whose articles came from this device. */
const fromHere = new Set();
const home = {
  address: location.pathname + location.search,
  title: document.title,
  nodes: pane ? [...pane.childNodes] : [],
  article: document.body.classList.contains("has-article"),
  selected: selected(),
  scroll: 0,
};
let turn = 0;

function addressOf(line) {
  const { pathname, search } = linkOf(line);
  return pathname + search;
}

/** The article in the pane, or null. */
export function openId() {
  return pane?.querySelector(".article-bar[data-article]")?.dataset.article ?? null;
}

/** What scrolls the article: its pane, or on phones the page. */
function scroller() {
  return getComputedStyle(pane).overflowY === "visible" ? document.scrollingElement : pane;
}

function places() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACES)) ?? {};
  } catch {
    return {};
  }
}

/** Remembers where the open article is left. */
function leave() {
  const id = openId();
  if (!id) return;
  const all = places();
  delete all[id];
  const top = Math.round(scroller().scrollTop);
  if (top > 0) all[id] = top;
  const kept = Object.entries(all).slice(-MOST_PLACES);
  sessionStorage.setItem(PLACES, JSON.stringify(Object.fromEntries(kept)));
}

/** Goes where the article was left; at its beginning if it is new. */
function resume() {
  scroller().scrollTop = places()[openId()] ?? 0;
}

function fill(nodes, article) {
  if (article && !document.body.classList.contains("has-article")) home.scroll = scrollY;
  pane.replaceChildren(...nodes);
  document.body.classList.toggle("has-article", article);
  pane.scrollTop = 0;
  if (article) scrollTo(0, 0);
}

function fromTemplate(id) {
  return document.getElementById(id).content.cloneNode(true).childNodes;
}

async function fetchArticle(address) {
  if (kept.has(address)) return kept.get(address);
  const answer = await fetch(address, { headers: { "X-Fragment": "article" } });
  if (answer.redirected || answer.status === 401) location.assign(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const html = await answer.text();
  kept.set(address, html);
  if (answer.headers.has("X-Kept")) fromHere.add(address);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  return html;
}

/** Replaces the open article by its other text, at the same scroll position. The cached copy is replaced too. */
export function replaceArticle(html) {
  const line = lineOf(openId());
  const scroll = [pane.scrollTop, scrollY];
  const focused = pane.contains(document.activeElement);
  kept.set(location.pathname + location.search, html);
  const page = parsed(html);
  fill([...page.body.childNodes], true);
  if (line) connect(line);
  reach();
  pane.scrollTop = scroll[0];
  scrollTo(0, scroll[1]);
  if (focused) pane.focus({ preventScroll: true });
}

/** Sets the links to the previous and next article of the list. */
function connect(line) {
  for (const link of pane.querySelectorAll("[data-go=next], [data-go=previous]")) {
    const to = neighbour(line, link.dataset.go === "next" ? 1 : -1);
    const more = link.dataset.go === "next" && !to ? nextPage : null;
    const href = to ? linkOf(to).getAttribute("href") : more?.getAttribute("href");
    const words = to ? linkOf(to).textContent : word("more");
    link.toggleAttribute("aria-disabled", !href);
    if (!href) link.removeAttribute("href");
    else link.setAttribute("href", href);
    if (link.classList.contains("next-card")) {
      link.hidden = !href;
      link.querySelector("strong").textContent = words;
    }
  }
}

/** Makes code and tables that are wider than the text focusable, so that keys can scroll them. */
function reach() {
  for (const wide of pane.querySelectorAll(".prose :is(pre, table)")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    else wide.removeAttribute("tabindex");
  }
}

function show(html, line, marking) {
  const page = parsed(html);
  leave();
  fill([...page.body.childNodes], true);
  const bar = pane.querySelector(".article-bar");
  const title = bar?.dataset.title ?? linkOf(line).textContent;
  document.title = `${title} · Dormouse`;
  showOutside();
  connect(line);
  reach();
  writeTimes(pane);
  resume();
  if (marking) note(line.dataset.id, "opened");
  // What a rule keeps unread is read by a press alone.
  if (marking && openingMarks && !("keeps" in line.dataset)) mark(line.dataset.id, true);
  pane.focus({ preventScroll: true });
  hear(title);
  if (!fromHere.has(addressOf(line))) remember(line.dataset.id, html, line).catch(() => {});
  fetchAhead(line);
  pane.dispatchEvent(new Event("dormouse:shown"));
}

/**
 * Shows an article in the pane. `travel` is false if the browser has navigated already: then the
 * article was open before, and its read state isn't changed.
 */
export async function open(line, travel = true) {
  const address = addressOf(line);
  const mine = ++turn;
  select(line);
  if (travel && address !== location.pathname + location.search) {
    const state = { opened: true };
    if (history.state?.opened) history.replaceState(state, "", address);
    else history.pushState(state, "", address);
  }
  const slow = setTimeout(() => {
    if (mine === turn) fill(fromTemplate("article-loading"), true);
  }, SKELETON_AFTER);
  try {
    const html = await fetchArticle(address);
    if (mine === turn) show(html, line, travel);
  } catch (fault) {
    if (mine !== turn) return;
    fill(fromTemplate("article-failed"), true);
    const retry = pane.querySelector("[data-retry]");
    retry.addEventListener("click", () => open(line));
    if (isAway()) {
      pane.querySelector(".failed h2").textContent = word("not-here");
      pane.querySelector(".failed h2 + p").textContent = word("not-here-text");
    } else if (fault.message === "404") {
      // The server was there: its feed has left the shelf meanwhile.
      pane.querySelector(".failed h2 + p").textContent = word("gone");
      retry.remove();
    }
  } finally {
    clearTimeout(slow);
  }
}

/** Fetches the next article while this one is read. It isn't opened by that: the server is told so. */
function fetchAhead(line) {
  const next = neighbour(line, 1);
  if (!next || navigator.connection?.saveData) return;
  const address = addressOf(next);
  setTimeout(() => {
    if (selected() === line) fetchArticle(address).catch(() => {});
  }, AHEAD);
}

/** Opens the next unread article, below the selected one or on the next page. */
export function nextUnread() {
  let line = neighbour(selected(), 1);
  while (line && isRead(line)) line = neighbour(line, 1);
  if (line) open(line);
  else if (nextPage) step(1);
  else say(word("end"));
}

/** Scrolls the open article by a page; past its end, goes on to the next unread one. */
export function scroll(by) {
  if (!openId()) return by > 0 ? nextUnread() : undefined;
  const box = scroller();
  const isAtEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
  if (by > 0 && isAtEnd) return nextUnread();
  const height = box.clientHeight - (pane.querySelector(".article-bar")?.offsetHeight ?? 0);
  box.scrollBy({ top: by * height * 0.9, behavior: "instant" });
}

/** Selects the first or the last line of the list. */
export function goToEnd(by) {
  const line = by > 0 ? lines().at(-1) : lines()[0];
  if (!line) return;
  select(line);
  linkOf(line).focus({ preventScroll: true });
  if (by < 0) line.closest(".pane").scrollTop = 0;
}

/** Selects the line above or below, and opens it if `opening`. */
export function step(by, opening = true) {
  const line = neighbour(selected(), by);
  if (line) {
    if (opening) open(line);
    else {
      select(line);
      linkOf(line).focus({ preventScroll: true });
    }
  } else if (by > 0 && nextPage) {
    if (opening) sessionStorage.setItem(WALKING, "1");
    location.assign(nextPage.href);
  } else {
    say(word(by > 0 ? "end" : "top"));
  }
}

function goHome() {
  turn += 1;
  const last = selected();
  leave();
  fill(home.nodes, home.article);
  document.title = home.title;
  showOutside();
  select(home.selected ?? last);
  if (home.article) return;
  scrollTo(0, home.scroll);
  if (last) linkOf(last).focus({ preventScroll: true });
}

function follow(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a");
  if (!link) return;
  const line = link.closest(".line");
  const { go } = link.dataset;
  if (line && link.classList.contains("line-open") && link.target === "_blank") {
    // The site's own page, in a tab of its own.
    note(line.dataset.id, "followed");
    mark(line.dataset.id, true);
    return;
  }
  if (link.matches(".text-title a, [data-go=original]")) note(openId(), "followed");
  if (line && link.classList.contains("line-open")) {
    event.preventDefault();
    open(line);
  } else if (go === "first" && lines().length) {
    event.preventDefault();
    open(lines()[0]);
  } else if ((go === "next" || go === "previous") && selected()) {
    event.preventDefault();
    step(go === "next" ? 1 : -1);
  } else if (go === "back" && history.state?.opened && !home.article) {
    event.preventDefault();
    history.back();
  }
}

function toggle(event) {
  const form = event.target.closest("[data-toggle-read]");
  if (!form) return;
  event.preventDefault();
  mark(openId(), form.getAttribute("action").endsWith("/read"));
}

/** How far a line is below the top of what is seen of the list. */
function below(line) {
  const box = list.closest(".pane");
  const scrolls = getComputedStyle(box).overflowY !== "visible";
  return line.getBoundingClientRect().top - (scrolls ? box.getBoundingClientRect().top : 0);
}

/** Remembers which line stands at the top of the list: others may be gone when it is seen again. */
function rememberList() {
  if (!list.getClientRects().length) return;
  const top = lines().find((line) => below(line) > 0);
  const at = { address: list.dataset.list, id: top?.dataset.id, below: top ? below(top) : 0 };
  sessionStorage.setItem(LIST_PLACE, JSON.stringify(at));
}

/** The list stands where it was left, if this is the same one again and its line is still there. */
function resumeList() {
  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (how !== "back_forward" && how !== "reload") return;
  try {
    const at = JSON.parse(sessionStorage.getItem(LIST_PLACE));
    const line = at?.address === list.dataset.list && at.id ? lineOf(at.id) : null;
    if (!line || !line.getClientRects().length) return;
    const by = below(line) - at.below;
    const box = list.closest(".pane");
    if (getComputedStyle(box).overflowY === "visible") scrollBy(0, by);
    else box.scrollTop += by;
  } catch {
    // Nothing is stored: the list begins at its top.
  }
}

export function startOpening() {
  if (!pane || !list) return;
  document.addEventListener("click", follow);
  // Where opening marks nothing, the server notes nothing either.
  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (!openingMarks && how === "navigate") note(openId(), "opened");
  pane.addEventListener("submit", toggle);
  addEventListener("popstate", () => {
    const here = location.pathname + location.search;
    const line = lines().find((each) => addressOf(each) === here);
    if (here === home.address) goHome();
    else if (line) open(line, false);
    else location.reload();
  });
  addEventListener("resize", reach);
  addEventListener("pagehide", () => {
    leave();
    rememberList();
  });
  resumeList();
  if (home.article) {
    reach();
    const line = lineOf(openId());
    if (line && !isRead(line) && openingMarks && !("keeps" in line.dataset)) mark(line.dataset.id, true);
    if (line) select(line);
    if (line && !document.documentElement.dataset.kept) remember(openId(), pane.innerHTML, line).catch(() => {});
    resume();
    if (line) fetchAhead(line);
  } else if (sessionStorage.getItem(WALKING) && lines().length) {
    open(lines()[0]);
  }
  sessionStorage.removeItem(WALKING);
}
