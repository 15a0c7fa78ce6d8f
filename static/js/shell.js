// The page that stands in for one that isn't on this device: it finds what is, by the address that was asked for.

import { became, isAway, lineFrom, why } from "./away.js";
import { article, ids, taken } from "./device.js";
import { show } from "./lines.js";
import { madeSince } from "./marks.js";
import { open } from "./open.js";
import { below } from "./root.js";
import { parsed } from "./trusted.js";
import { counted, word } from "./words.js";

const list = document.getElementById("lines");
const note = document.getElementById("shell-note");

function tell(words) {
  note.textContent = words;
  note.hidden = !words;
}

/** All articles that are here, the newest unread first in their order, then those that were opened. */
async function everything() {
  const last = await taken();
  const order = new Map((last?.ids ?? []).map((id, place) => [id, place]));
  const all = await Promise.all((await ids()).map(article));
  const known = all.filter((one) => one?.line);
  const place = (one) => order.get(one.id) ?? 1_000_000 - (one.seen ?? 0) / 1e13;
  return known.sort((one, other) => place(one) - place(other));
}

function fill(all) {
  list.replaceChildren(...all.map((one) => lineFrom(one.line)).filter(Boolean));
  for (const [id, read] of Object.entries(madeSince(0))) {
    const line = list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (line && line.classList.contains("is-read") !== read) show(line, read);
  }
}

/** Letters without case, width and accents. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The articles that have all the words, those with them in the title first. */
function found(all, query) {
  const words = (folded(query).match(/"[^"]+"|\S+/gu) ?? []).map((one) => one.replaceAll('"', ""));
  const hits = all.map((one) => {
    const page = parsed(one.html);
    const title = folded(page.querySelector("[data-title]")?.dataset.title ?? lineFrom(one.line)?.querySelector(".line-open")?.textContent ?? "");
    const feed = folded(lineFrom(one.line)?.querySelector(".line-feed")?.textContent ?? "");
    const text = folded(page.querySelector(".prose")?.textContent ?? "");
    const isHit = words.every((word) => title.includes(word) || feed.includes(word) || text.includes(word));
    return isHit ? { one, isFirst: words.every((word) => title.includes(word)) } : null;
  });
  const kept = hits.filter(Boolean);
  return [...kept.filter((hit) => hit.isFirst), ...kept.filter((hit) => !hit.isFirst)].map((hit) => hit.one);
}

function search(all) {
  const form = document.getElementById("shell-search");
  form.hidden = false;
  const run = () => {
    const query = form.elements.q.value.trim();
    const hits = query ? found(all, query) : all;
    fill(hits);
    tell(query && !hits.length ? `${word("no-hits")} ${counted("searched", all.length)}` : counted("searched", all.length));
  };
  form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
  form.addEventListener("submit", (event) => {
    // Here only: with a network, the server searches everything.
    if (!isAway()) return;
    event.preventDefault();
    run();
  });
  form.elements.q.addEventListener("input", run);
  run();
}

/** The first address in what a device shares. */
function shared() {
  const asked = new URLSearchParams(location.search);
  const texts = ["url", "text", "title"].map((name) => asked.get(name) ?? "");
  return texts.join(" ").split(/\s+/).find((part) => /^https?:\/\//.test(part)) ?? "";
}

const isOf = (path, one) => {
  const feed = /^\/feed\/(\d+)$/.exec(path)?.[1];
  if (feed) return one.id.startsWith(`${feed}-`);
  if (path === "/starred") return Boolean(lineFrom(one.line)?.querySelector(".line-star:not([hidden])"));
  return ["/", "/unread", "/all", "/offline"].includes(path);
};

export async function startShell() {
  if (!document.body.classList.contains("is-shell")) return;
  const path = below(location.pathname);
  const all = await everything();
  if (why === "unsent") {
    tell(word("not-sent"));
    fill(all);
    return;
  }
  const id = /^\/article\/(\d+-\d+)$/.exec(path)?.[1];
  if (path === "/search") {
    search(all);
    return;
  }
  if (path === "/add") {
    const form = document.getElementById("shell-add");
    form.hidden = false;
    form.elements.url.value = shared();
    return;
  }
  const here = all.filter((one) => isOf(path, one));
  fill(here.length ? here : all);
  const line = id && list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  if (line) {
    open(line);
    return;
  }
  if (here.length) return;
  tell(word("on-its-way"));
  const what = await became;
  if (what !== "fresh" && what !== "moved") tell(word(all.length ? "page-not-here" : "nothing-here"));
}
