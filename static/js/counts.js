// The unread counts in the rail, the tabs and the overview.

/** The feed of an article: the id up to its last hyphen. */
export function feedOf(id) {
  return id.slice(0, id.lastIndexOf("-"));
}

const exact = new Intl.NumberFormat("en");

function nodes(key) {
  return document.querySelectorAll(`[data-count="${CSS.escape(key)}"]`);
}

function write(node, n) {
  node.dataset.n = n;
  node.replaceChildren();
  if (n < 1) return;
  const words = `${exact.format(n)} unread`;
  const shown = document.createElement("span");
  shown.ariaHidden = "true";
  shown.title = words;
  shown.textContent = n > 999 ? "999+" : n;
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

function sumOf(section) {
  const feeds = section.querySelectorAll(".count:not([data-count=folder], [data-count=group])");
  return [...feeds].reduce((sum, node) => sum + Number(node.dataset.n), 0);
}

/** A folder counts what is in it and in the folders below it. */
function addUp() {
  const folders = [...document.querySelectorAll("[data-folder]")];
  // Of a large shelf the page doesn't have every feed: there the server counts the folders.
  const countable = document.querySelector("[data-feeds]") ? [] : folders;
  for (const folder of countable) {
    const inside = folders.filter((other) =>
      other === folder || other.dataset.folder.startsWith(`${folder.dataset.folder}/`));
    write(folder.querySelector("[data-count=folder]"), inside.reduce((n, f) => n + sumOf(f), 0));
  }
  for (const group of document.querySelectorAll("[data-group]")) {
    write(group.querySelector("[data-count=group]"), sumOf(group));
  }
  const overview = document.querySelector(".overview h2");
  if (overview) overview.textContent = overview.textContent.replace(/^[\d,]+(?= to read)/, exact.format(known("total")));
  const here = document.querySelector("#rail .rail-row[aria-current] .count") ?? nodes("total")[0];
  const sum = document.querySelector(".list-sum");
  if (here && sum) {
    sum.textContent = sum.textContent.replace(/^[\d,]+(?= unread)/, exact.format(here.dataset.n));
  }
}

/** Adjusts the folders that a feed is in, where the server counts them and the feed is in the page. */
function shiftFolders(feed, by) {
  if (!document.querySelector("[data-feeds]")) return;
  const row = document.querySelector(`#rail [data-count="${CSS.escape(feed)}"]`);
  const path = row?.closest("[data-folder]")?.dataset.folder;
  if (!path) return;
  for (const folder of document.querySelectorAll("[data-folder]")) {
    if (path !== folder.dataset.folder && !path.startsWith(`${folder.dataset.folder}/`)) continue;
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
  for (const folder of document.querySelectorAll("[data-folder]")) {
    const n = unread.folders?.[folder.dataset.folder];
    if (n !== undefined) write(folder.querySelector("[data-count=folder]"), n);
  }
  addUp();
}
