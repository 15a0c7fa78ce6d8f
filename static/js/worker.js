// Starts the worker, tells it what pages are made of, takes articles along, and cleans up at sign-out.

import { sendActs } from "./acts.js";
import { dropBox, dropOthers, waits } from "./box.js";
import { forget, mayKeep, take } from "./device.js";
import { sendAll } from "./marks.js";
import { say } from "./notices.js";
import { at } from "./root.js";
import { workerAddress } from "./trusted.js";
import { word } from "./words.js";

/** Milliseconds after which a page that is open takes articles: not while it is still being drawn. */
const CALM = 2_000;

async function prepare() {
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  const linked = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src);
  const icons = document.querySelector("use")?.getAttribute("href").split("#")[0];
  const files = [...new Set([...loaded, ...linked, ...(icons ? [new URL(icons, location.href).href] : [])])];
  const version = /\/static\/([0-9a-f]{12})\//.exec(document.querySelector("script[src]").src)?.[1] ?? "";
  const own = files.filter((file) => file.startsWith(`${location.origin}${at("/static/")}`));
  active?.postMessage({ prepare: { files: own, version, user: document.body.dataset.user } });
  setTimeout(take, CALM);
}

/** Signing out sends what waits, and removes everything from this device. */
async function leave(form) {
  await Promise.all([sendAll(), sendActs()]);
  if (waits().sum && !("warned" in form.dataset)) {
    form.dataset.warned = "";
    say(word("unsent-out"));
    return;
  }
  await forget();
  dropBox();
  form.dataset.left = "";
  form.requestSubmit();
}

export function startWorker() {
  dropOthers();
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== at("/signout") || "left" in event.target.dataset) return;
    event.preventDefault();
    leave(event.target);
  });
  if (!mayKeep) return;
  // Asked for once a day at most, so that a page wakes nobody for it.
  const how = { type: "module", updateViaCache: "all" };
  const start = navigator.serviceWorker.register(workerAddress(), how);
  start.catch(() => navigator.serviceWorker.register(workerAddress(), { ...how, type: "classic" })).then(prepare).catch(() => {
    // Without a worker, pages come from the server alone.
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") setTimeout(take, CALM);
  });
  addEventListener("online", () => setTimeout(take, CALM));
}
