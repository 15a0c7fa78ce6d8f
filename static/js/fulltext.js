// The two texts of an article: the feed's own, and the full text of its page, which the server fetches.

import { hear, say } from "./notices.js";
import { openId, replaceArticle } from "./open.js";
import { word } from "./words.js";

const pane = document.getElementById("article");
const asArticle = { "X-Fragment": "article" };

async function ask(address, options, mine) {
  const answer = await fetch(address, options);
  if (answer.redirected || answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(`${answer.status}`);
  const html = await answer.text();
  // Discarded if another article has been opened meanwhile.
  if (openId() === mine) replaceArticle(html);
  return openId() === mine;
}

function note(words) {
  const line = pane.querySelector("[data-text-note]");
  if (!line) return;
  line.textContent = words;
  line.hidden = !words;
}

/** Fetches the full text. `wanted` if the user always wants it and pressed nothing. */
async function bring(form, wanted) {
  const button = form.querySelector("button");
  if (button.hasAttribute("aria-busy")) return;
  const mine = openId();
  const body = new URLSearchParams(new FormData(form));
  if (wanted) body.set("opened", "1");
  button.setAttribute("aria-busy", "true");
  note(word("fetching-text"));
  try {
    const options = { method: "POST", headers: asArticle, body };
    if (!(await ask(form.getAttribute("action"), options, mine))) return;
    const trouble = pane.querySelector(".text .trouble");
    hear(trouble ? trouble.textContent : word("full-text"));
  } catch {
    if (openId() !== mine) return;
    button.removeAttribute("aria-busy");
    note(word("text-offline"));
    say(word("text-offline"));
  }
}

async function turn(link) {
  const label = link.textContent;
  try {
    if (await ask(link.getAttribute("href"), { headers: asArticle }, openId())) hear(label);
  } catch {
    note(word("offline"));
    say(word("offline"));
  }
}

/** Switches to the other text, which is fetched if it isn't stored. */
export function switchText() {
  const link = pane?.querySelector("[data-go=text]");
  const form = pane?.querySelector(".actions [data-full-text]");
  if (link) turn(link);
  else if (form) bring(form, false);
  else say(word("no-full-text"));
}

function wanted() {
  const form = pane.querySelector('[data-full-text="wanted"]');
  if (form) bring(form, true);
}

export function startFullText() {
  if (!pane) return;
  pane.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-full-text]");
    if (!form) return;
    event.preventDefault();
    bring(form, false);
  });
  pane.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go=text]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    turn(link);
  });
  pane.addEventListener("dormouse:shown", wanted);
}
