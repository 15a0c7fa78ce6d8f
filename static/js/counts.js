// The unread counts in the rail, the tabs, the overview, the title, the page's icon and the app's badge.

import { counted, counting, word } from "./words.js";

/** The feed of an article: the id up to its last hyphen. */
export function feedOf(id) {
  return id.slice(0, id.lastIndexOf("-"));
}

function nodes(key) {
  return document.querySelectorAll(`[data-count="${CSS.escape(key)}"]`);
}

function write(node, n) {
  node.dataset.n = n;
  node.replaceChildren();
  const way = node.dataset.way ?? counting;
  if (n < 1 || way === "none") return;
  const words = way === "number" ? counted("unread", n) : word("unread-some");
  const shown = document.createElement("span");
  shown.ariaHidden = "true";
  if (way === "number") {
    shown.title = words;
    shown.textContent = n > 999 ? "999+" : n;
  } else {
    shown.className = "count-dot";
  }
  const heard = document.createElement("span");
  heard.className = "vh";
  heard.textContent = words;
  node.append(shown, heard);
}

function set(key, n) {
  for (const node of nodes(key)) write(node, Math.max(0, n));
}

/** The exact count last written for a key; 0 when it is not on the page. */
function known(key) {
  return Number(nodes(key)[0]?.dataset.n ?? 0);
}

/** What is unread in some sections; a feed that stands in several of them counts once. */
function sumOf(...sections) {
  const feeds = new Map();
  for (const section of sections) {
    for (const node of section.querySelectorAll(".count:not([data-count=folder], [data-count=group])")) {
      feeds.set(node.dataset.count, Number(node.dataset.n));
    }
  }
  return [...feeds.values()].reduce((sum, n) => sum + n, 0);
}

/** A folder counts what is in it and in the folders below it. */
function addUp() {
  const folders = [...document.querySelectorAll("[data-folder]")];
  // Of a large shelf the page doesn't have every feed: there the server counts the folders.
  const countable = document.querySelector("[data-feeds]") ? [] : folders;
  for (const folder of countable) {
    const inside = folders.filter((other) =>
      other === folder || other.dataset.folder.startsWith(`${folder.dataset.folder}/`));
    write(folder.querySelector("[data-count=folder]"), sumOf(...inside));
  }
  for (const group of document.querySelectorAll("[data-group]")) {
    write(group.querySelector("[data-count=group]"), sumOf(group));
  }
  const here = document.querySelector("#rail .rail-row[aria-current] .count") ?? nodes("total")[0];
  const n = Number(here?.dataset.n ?? 0);
  const sum = document.querySelector(".list-sum[data-n]");
  if (sum && here) {
    sum.dataset.n = n;
    sum.textContent = counted("unread", n);
  }
  const overview = document.querySelector(".overview h2[data-n]");
  if (overview && here) {
    overview.dataset.n = n;
    overview.textContent = n > 0 ? counted("to-read", n) : word("done");
  }
  showOutside();
}

/** The title without what is said of counts. */
function plainTitle() {
  return document.title.replace(/^(\([\d.,+]+\)|•) /, "");
}

/** Shows the count in the title, the icon and the badge, as the user wants them. */
export function showOutside() {
  if (!nodes("total").length) return;
  const n = counting === "none" ? 0 : known("total");
  const mark = counting === "number" ? `(${n > 999 ? "999+" : n}) ` : "• ";
  // An article's title is its own.
  const isList = !document.body.classList.contains("has-article");
  document.title = `${n > 0 && isList ? mark : ""}${plainTitle()}`;
  const icon = document.querySelector("link[rel=icon]");
  if (icon) {
    const shown = n > 0 ? "favicon-unread.svg" : "favicon.svg";
    const address = icon.getAttribute("href").replace(/favicon(-unread)?\.svg/, shown);
    if (address !== icon.getAttribute("href")) icon.setAttribute("href", address);
  }
  if (!navigator.setAppBadge) return;
  const badge = n < 1 ? navigator.clearAppBadge() : navigator.setAppBadge(...(counting === "number" ? [n] : []));
  badge.catch(() => {
    // Only installed apps have one.
  });
}

/** Adjusts the folders that a feed is in, where the server counts them and the feed is in the page. */
function shiftFolders(feed, by) {
  if (!document.querySelector("[data-feeds]")) return;
  const rows = [...document.querySelectorAll(`#rail [data-count="${CSS.escape(feed)}"]`)];
  const paths = rows.map((row) => row.closest("[data-folder]")?.dataset.folder).filter(Boolean);
  for (const folder of document.querySelectorAll("[data-folder]")) {
    const own = folder.dataset.folder;
    if (!paths.some((path) => path === own || path.startsWith(`${own}/`))) continue;
    const count = folder.querySelector("[data-count=folder]");
    write(count, Math.max(0, Number(count.dataset.n) + by));
  }
}

/** Adjusts the counts for a mark that hasn't been sent yet. */
export function shift(id, by) {
  const feed = feedOf(id);
  shiftFolders(feed, by);
  set(feed, known(feed) + by);
  set("total", known("total") + by);
  addUp();
}

/**
 * Adopts the server's counts, adjusted for marks that it doesn't have yet.
 * Feeds that it doesn't list keep their counts.
 */
export function correct(unread, waiting) {
  if (!unread) return;
  const feeds = new Map(Object.entries(unread.feeds ?? {}));
  let total = unread.total;
  for (const [id, read] of Object.entries(waiting)) {
    const feed = feedOf(id);
    const by = read ? -1 : 1;
    if (feeds.has(feed)) feeds.set(feed, feeds.get(feed) + by);
    total += by;
  }
  for (const [feed, n] of feeds) set(feed, n);
  set("total", total);
  set("seldom", unread.seldom ?? 0);
  for (const folder of document.querySelectorAll("[data-folder]")) {
    const n = unread.folders?.[folder.dataset.folder];
    if (n !== undefined) write(folder.querySelector("[data-count=folder]"), n);
  }
  addUp();
}
