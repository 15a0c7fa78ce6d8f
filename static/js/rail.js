// The rail: stores which folders are open and its scroll position, loads a folder's feeds when it is opened, and filters
// feeds by name.

import { parsed } from "./trusted.js";

/** Folders of a small shelf that were folded. */
const FOLDED = "dormouse.folded";
/** Folders of a large shelf that were opened: their feeds aren't in the page. */
const OPENED = "dormouse.opened";
const SCROLL = "dormouse.rail";

function stored(key) {
  try {
    return new Set(JSON.parse(localStorage.getItem(key)));
  } catch {
    return new Set();
  }
}

/** Puts a path into a stored set, or takes it out. */
function store(key, path, isIn) {
  const paths = stored(key);
  if (isIn) paths.add(path);
  else paths.delete(path);
  try {
    localStorage.setItem(key, JSON.stringify([...paths]));
  } catch {
    // Without storage it holds for this page.
  }
}

function show(section, closed) {
  section.classList.toggle("folded", closed);
  section.querySelector(".fold").setAttribute("aria-expanded", !closed);
}

/** A folder whose feeds are in the page. */
function startFold(section) {
  const path = section.dataset.folder;
  const button = section.querySelector(".fold");
  button.hidden = false;
  show(section, stored(FOLDED).has(path));
  button.addEventListener("click", () => {
    const closed = !section.classList.contains("folded");
    store(FOLDED, path, closed);
    show(section, closed);
  });
}

/** Puts a folder's feeds into its section; whether that worked. */
async function load(section) {
  if (section.dataset.loaded) return true;
  try {
    const answer = await fetch(section.dataset.feeds, { headers: { "X-Fragment": "rail" } });
    if (!answer.ok || answer.redirected) return false;
    const feeds = parsed(await answer.text()).querySelector("ul");
    const here = section.querySelector("ul [aria-current]")?.getAttribute("href");
    section.querySelector("ul").replaceWith(feeds);
    if (here) feeds.querySelector(`[href="${CSS.escape(here)}"]`)?.setAttribute("aria-current", "page");
    section.dataset.loaded = "yes";
    return true;
  } catch {
    return false;
  }
}

/** A folder whose feeds are loaded when it is opened. Without scripts the link leads to a page of them. */
function startLoad(section) {
  const path = section.dataset.folder;
  const link = section.querySelector(".fold");
  link.setAttribute("role", "button");
  const open = async () => {
    link.ariaBusy = true;
    const isThere = await load(section);
    link.ariaBusy = false;
    if (isThere) show(section, false);
    return isThere;
  };
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const closing = link.getAttribute("aria-expanded") === "true";
    store(OPENED, path, !closing);
    if (closing) show(section, true);
    // Its own page says what is wrong.
    else if (!await open()) location.assign(link.href);
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    link.click();
  });
  if (stored(OPENED).has(path)) return open();
}

async function startFolds(rail) {
  const opened = [];
  for (const section of rail.querySelectorAll("[data-folder]")) {
    if (section.dataset.feeds) opened.push(startLoad(section));
    else startFold(section);
  }
  await Promise.all(opened);
}

async function startScroll(rail, filled) {
  const place = () => {
    rail.scrollTop = Number(sessionStorage.getItem(SCROLL) ?? 0);
    rail.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  };
  addEventListener("pagehide", () => sessionStorage.setItem(SCROLL, rail.scrollTop));
  place();
  await filled;
  place();
}

function startFilter() {
  const field = document.getElementById("filter");
  if (!field) return;
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("[data-find]")) {
      row.hidden = !row.dataset.find.toLowerCase().includes(wanted);
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-find]:not([hidden])");
    }
    const none = document.getElementById("filter-none");
    if (none) none.hidden = Boolean(document.querySelector("[data-find]:not([hidden])"));
  });
}

/** Feeds were added, removed or moved elsewhere: the rail is drawn anew from this very page. */
export async function renewRail() {
  const rail = document.getElementById("rail-feeds");
  if (!rail) return;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    const fresh = parsed(await answer.text()).getElementById("rail-feeds");
    if (!fresh) return;
    const top = rail.scrollTop;
    rail.replaceChildren(...fresh.childNodes);
    await startFolds(rail);
    rail.scrollTop = top;
  } catch {
    // The next page has it.
  }
}

export function startRail() {
  const rail = document.getElementById("rail-feeds");
  if (rail) startScroll(rail, startFolds(rail));
  startFilter();
}
