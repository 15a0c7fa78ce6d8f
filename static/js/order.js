// The order of rules: by drag, by Alt and arrows, and by the buttons that work without scripts. The row moves at once, and is sent a
// moment later by the form that the buttons belong to.

import { hear, say } from "./notices.js";
import { word } from "./words.js";

/** Milliseconds after which a place is sent: several presses are one move. */
const AFTER = 400;

const list = document.querySelector("[data-rules]");
let moved = null;
let before = [];
let waiting = 0;

const rows = () => [...list.children];

/** Sends the place of the row that was moved last. */
async function send() {
  clearTimeout(waiting);
  const row = moved;
  if (!row) return;
  const was = before;
  moved = null;
  const answer = await fetch(row.querySelector("form").action, {
    method: "POST",
    headers: { "X-Fragment": "moved" },
    body: new URLSearchParams({ do: "place", place: rows().indexOf(row) }),
    keepalive: true,
  }).catch(() => null);
  if (answer?.ok) return;
  list.append(...was);
  say(word("rule-not-moved"));
}

/** Puts a row to a place; what had the focus in it keeps it. */
function put(row, place) {
  const all = rows();
  if (place < 0 || place >= all.length || all.indexOf(row) === place) return;
  if (moved && moved !== row) send();
  if (!moved) before = all;
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  const others = all.filter((one) => one !== row);
  list.insertBefore(row, others[place] ?? null);
  focused?.focus();
  // A button that has nowhere to go is hidden.
  if (focused && getComputedStyle(focused).visibility === "hidden") row.querySelector(".rule-open").focus();
  const name = row.querySelector(".rule-name").textContent;
  hear(word("rule-moved").replace("{name}", name).replace("{n}", place + 1).replace("{of}", all.length));
  moved = row;
  clearTimeout(waiting);
  waiting = setTimeout(send, AFTER);
}

function startDragging() {
  let dragged = null;
  const over = (row) => rows().forEach((one) => one.classList.toggle("is-over", one === row && one !== dragged));
  for (const row of rows()) {
    row.draggable = true;
    row.querySelector(".rule-grip").hidden = false;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.querySelector(".rule-name").textContent);
    });
    row.addEventListener("dragend", () => {
      dragged = null;
      over(null);
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      over(row);
    });
    row.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      over(null);
      put(dragged, rows().indexOf(row));
    });
  }
}

export function startOrder() {
  if (!list) return;
  document.querySelector("[data-order-hint]").hidden = list.children.length < 2;
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("li");
    if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    put(row, rows().indexOf(row) + (event.key === "ArrowDown" ? 1 : -1));
  });
  list.addEventListener("submit", (event) => {
    const by = { up: -1, down: 1 }[event.submitter?.value];
    if (!by) return;
    event.preventDefault();
    const row = event.target.closest("li");
    put(row, rows().indexOf(row) + by);
  });
  addEventListener("pagehide", send);
  startDragging();
}
