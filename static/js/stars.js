// Stars: shown at once, and sent to the server, which stores a copy of the article.

import { act } from "./acts.js";
import { lineOf } from "./lines.js";
import { hear, say } from "./notices.js";
import { at } from "./root.js";
import { word } from "./words.js";

const pane = document.getElementById("article");
/** The ids of articles whose stars are being sent. */
const busy = new Set();

function isStarred(id) {
  const form = barOf(id);
  if (form) return form.getAttribute("action").endsWith("/unstar");
  return lineOf(id)?.querySelector(".line-star")?.hidden === false;
}

function barOf(id) {
  return pane?.querySelector(`.article-bar[data-article="${CSS.escape(id)}"] [data-toggle-star]`);
}

/** The star of a line, which is in the page only if the article was starred then. */
function starOf(line) {
  const star = line.querySelector(".line-star");
  const template = document.getElementById("line-star")?.content.firstElementChild;
  const after = line.querySelector(".line-reading, .line-meta time, .undated");
  if (star || !template || !after) return star;
  after.before(template.cloneNode(true));
  return line.querySelector(".line-star");
}

function show(id, starred) {
  const line = lineOf(id);
  const star = line && starOf(line);
  if (star) star.hidden = !starred;
  const form = barOf(id);
  if (!form) return;
  const button = form.querySelector("button");
  form.setAttribute("action", at(`/article/${id}/${starred ? "unstar" : "star"}`));
  button.classList.toggle("is-starred", starred);
  button.setAttribute("aria-pressed", starred);
  const use = button.querySelector("use");
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${starred ? "star-full" : "star"}`);
  button.querySelector("span").textContent = word(starred ? "starred" : "star");
}

/** Stars or unstars an article; without a network that waits, and it is reverted if the server refuses. */
export async function toggleStar(id) {
  if (!id || busy.has(id)) return;
  const starred = !isStarred(id);
  busy.add(id);
  show(id, starred);
  hear(word(starred ? "starred" : "unstarred"));
  const what = await act({ do: "star", id, on: starred });
  if (what === "waits") {
    say(word("waits-star"));
  } else if (what !== "done") {
    show(id, !starred);
    say(what);
  }
  busy.delete(id);
}

export function startStars() {
  pane?.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-toggle-star]");
    if (!form) return;
    event.preventDefault();
    toggleStar(form.closest("[data-article]").dataset.article);
  });
}
