// Touch: a row swept aside is marked, an article swept aside gives way to its neighbour, and a list pulled down reloads.
// What begins at the screen's edge is the browser's own way back.

import { isRead, mark } from "./lines.js";
import { openId, step } from "./open.js";
import { toggleStar } from "./stars.js";
import { word } from "./words.js";

/** Pixels from the edge that are the browser's. */
const EDGE = 32;
/** Pixels after which a sweep counts. */
const FAR = 72;
/** How far a list is pulled before it reloads. */
const PULL = 90;

let start = null;

function begin(event) {
  const touch = event.touches[0];
  start = null;
  if (event.touches.length > 1 || touch.clientX < EDGE || touch.clientX > innerWidth - EDGE) return;
  const inside = event.target.closest("pre, table, audio, video, input, textarea, .menu, dialog");
  if (inside) return;
  start = {
    x: touch.clientX,
    y: touch.clientY,
    line: event.target.closest(".line"),
    inArticle: Boolean(event.target.closest(".pane-article")) && Boolean(openId()),
    top: scrollY,
  };
}

function move(event) {
  if (!start) return;
  const x = event.touches[0].clientX - start.x;
  const y = event.touches[0].clientY - start.y;
  if (!start.way && Math.hypot(x, y) > 12) start.way = Math.abs(x) > Math.abs(y) * 1.5 ? "aside" : "along";
  if (start.way !== "aside" || !start.line) return;
  const shown = Math.max(-FAR * 1.5, Math.min(FAR * 1.5, x));
  start.line.style.setProperty("--swept", `${shown}px`);
  start.line.classList.add("is-swept");
}

function finish(event) {
  if (!start) return;
  const touch = event.changedTouches[0];
  const [x, y] = [touch.clientX - start.x, touch.clientY - start.y];
  const { line, way, inArticle, top } = start;
  start = null;
  line?.classList.remove("is-swept");
  line?.style.removeProperty("--swept");
  if (way === "aside" && Math.abs(x) >= FAR) {
    if (line && x > 0) mark(line.dataset.id, !isRead(line));
    else if (line) toggleStar(line.dataset.id);
    else if (inArticle) step(x < 0 ? 1 : -1);
  } else if (way === "along" && y > PULL && top <= 0 && scrollY <= 0 && line) {
    location.assign(document.getElementById("lines").dataset.list);
  }
}

export function startSwipes() {
  if (!matchMedia("(pointer: coarse)").matches) return;
  const options = { passive: true };
  document.addEventListener("touchstart", begin, options);
  document.addEventListener("touchmove", move, options);
  document.addEventListener("touchend", finish, options);
  document.addEventListener("touchcancel", () => { start = null; }, options);
  document.documentElement.dataset.pull = word("pull");
}
