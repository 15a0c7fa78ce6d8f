// Pages from this device: since when they are known, what waits to be sent, and which articles can be read. When the server has
// answered meanwhile, its page takes this one's place, unless somebody is at work on it.

import { waits } from "./box.js";
import { ids, taken } from "./device.js";
import { lines } from "./lines.js";
import { below } from "./root.js";
import { parsed } from "./trusted.js";
import { counted, locale, number, word } from "./words.js";

const root = document.documentElement;
/** When the page was kept, in milliseconds since 1970; 0 if it comes from the server. */
export const keptAt = Number(root.dataset.kept ?? 0);
/** "shell" for the page that stands in for others, "unsent" for one after a form that couldn't be sent. */
export const why = root.dataset.why ?? "";
/** Milliseconds before it is said that a page is from here while the server's is on its way. */
const QUIET = 1_200;

let isTouched = false;
let state = "";

function outcome() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker || !root.dataset.turn) return Promise.resolve("unknown");
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ ask: root.dataset.turn }, [port2]);
  return new Promise((done) => { port1.onmessage = ({ data }) => done(data); });
}

/** What became of the request whose page this is: "fresh", "same", "moved", "offline", "trouble", "unknown". */
export const became = keptAt ? outcome() : Promise.resolve("fresh");

/** Whether the server can't be asked, as far as is known: browsers say that they are online when only the next router answers. */
export function isAway() {
  return state === "offline" || !navigator.onLine;
}

/** A moment as its time of day, with its day if that is another. */
function timeOf(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...day }).format(at);
}

/** The strip under the title. */
function strip() {
  const known = document.getElementById("away");
  const top = document.querySelector(".list-top, .page-bar");
  if (known || !top) return known;
  const made = document.createElement("div");
  made.id = "away";
  made.className = "away";
  made.setAttribute("role", "status");
  const icon = document.querySelector("#offline svg")?.cloneNode(true);
  made.append(...(icon ? [icon] : []), document.createElement("p"));
  top.after(made);
  return made;
}

function draw() {
  const toast = document.getElementById("offline");
  if (!state) {
    document.getElementById("away")?.remove();
    return;
  }
  const box = strip();
  if (!box) return;
  if (toast) toast.hidden = true;
  const first = document.createElement("strong");
  first.textContent = state === "trouble" ? word("trouble") : word("away");
  const at = keptAt || Number(document.body.dataset.now) / 1_000;
  const since = word("saved-at").replace("{name}", () => timeOf(at));
  const text = state === "looking" ? [`${since} ${word("looking")}`] : [first, ` ${since}`];
  const use = box.querySelector("use");
  use?.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${state === "looking" ? "reload" : "offline"}`);
  const { sum } = waits();
  if (sum) text.push(document.createElement("br"), counted("changes-wait", sum));
  box.querySelector("p").replaceChildren(...text);
}

/** Lines whose texts aren't here say so, and those of the newest unread that the page doesn't have are added to it. */
async function annotate() {
  const list = document.getElementById("lines");
  if (!list) return;
  const [here, last] = [new Set(await ids()), await taken()];
  for (const line of lines()) {
    const isBare = !here.has(line.dataset.id);
    line.classList.toggle("is-bare", isBare);
    if (!isBare || line.querySelector(".line-bare")) continue;
    const said = document.createElement("span");
    said.className = "line-bare";
    said.textContent = word("title-only");
    line.querySelector(".line-meta").insertBefore(said, line.querySelector(".line-meta time, .line-meta .undated"));
  }
  const unread = Number(document.querySelector("[data-count=total]")?.dataset.n ?? 0);
  if (!last || below(location.pathname) !== "/unread" || why) return;
  const end = document.querySelector(".list-end") ?? document.createElement("p");
  end.className = "list-end";
  const readable = lines().filter((line) => !line.classList.contains("is-bare") && !line.classList.contains("is-read")).length;
  end.textContent = word("readable-here").replace("{n}", number(readable)).replace("{of}", number(Math.max(unread, readable)));
  if (!end.isConnected) list.after(end);
}

/** Says that there is no network, or that the server has trouble. */
export function sayAway(what) {
  state = what;
  draw();
  if (what === "offline" || what === "trouble") annotate();
}

/** The server's page is here. */
function renew() {
  if (!isTouched || why === "shell") return location.reload();
  const bar = document.getElementById("news");
  sayAway("");
  if (!bar) return undefined;
  bar.textContent = word("see-new");
  bar.setAttribute("href", location.href);
  bar.hidden = false;
  return undefined;
}

export async function startAway() {
  document.addEventListener("dormouse:box", draw);
  addEventListener("offline", () => sayAway("offline"));
  const back = () => {
    // A page from here is drawn anew; one of the server's goes on.
    if (state && keptAt && !isTouched) location.reload();
    else sayAway("");
  };
  addEventListener("online", back);
  document.addEventListener("dormouse:heard", back);
  if (!keptAt) {
    if (!navigator.onLine) sayAway("offline");
    return;
  }
  for (const kind of ["pointerdown", "keydown", "touchstart", "wheel"]) {
    addEventListener(kind, () => { isTouched = true; }, { once: true, passive: true, capture: true });
  }
  if (why === "unsent") return;
  const late = setTimeout(() => sayAway("looking"), QUIET);
  const what = await became;
  clearTimeout(late);
  if (what === "fresh" || what === "moved") renew();
  else if (what === "same") sayAway("");
  else sayAway(what === "trouble" ? "trouble" : navigator.onLine && what === "unknown" ? "" : "offline");
}

/** A line as it was kept, for a list of this page. */
export function lineFrom(html) {
  const line = parsed(html).querySelector(".line");
  line?.classList.remove("is-selected");
  line?.querySelector(".line-open")?.removeAttribute("aria-current");
  return line;
}
