// What is done besides marks: stars, tags, notes and feeds to add. Each waits in the box until the server has answered, and is
// sent at once if there is a network; the server merges what several devices did.

import { isAway } from "./away.js";
import { load, save } from "./box.js";
import { say } from "./notices.js";
import { at, below } from "./root.js";
import { word } from "./words.js";

/** Most acts of one call; the server takes no more. */
const MOST = 20;
/** Milliseconds before another try. */
const PATIENCE = 30_000;
/** Most that is remembered of what couldn't be done. */
const MOST_REFUSED = 10;

let sending = null;
let timer = 0;
/** Why acts couldn't be done, by their keys. */
const refusals = new Map();

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (document.visibilityState === "visible") sendActs();
  }, PATIENCE);
}

function settle(acts, done) {
  const box = load();
  const keys = new Set(acts.slice(0, done.length).map((act) => act.key));
  box.acts = box.acts.filter((act) => !keys.has(act.key));
  done.forEach((why, place) => {
    const act = acts[place];
    if (why) {
      refusals.set(act.key, why.message);
      box.refused = [...box.refused, { about: act.url ?? act.note, message: why.message }].slice(-MOST_REFUSED);
    } else if (act.do === "add") {
      say(word("added-later"));
    }
  });
  save(box);
}

async function work() {
  try {
    for (let acts = load().acts; acts.length; acts = load().acts) {
      const sent = acts.slice(0, MOST);
      const answer = await fetch(at("/acts"), {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ now: Date.now(), acts: sent }),
      });
      if (!answer.ok || answer.redirected) break;
      const { done } = await answer.json();
      if (!done.length) break;
      settle(sent, done);
    }
  } catch {
    // No network: they stay in the box.
  }
  if (load().acts.length) later();
}

/** Sends what waits, in its order. */
export function sendActs() {
  sending ??= work().finally(() => { sending = null; });
  return sending;
}

/** Does something: says "done", "waits", or why it can't be. */
export async function act(one) {
  const key = `${Date.now()}.${Math.random()}`;
  const box = load();
  // A later star of the same article takes the place of one that waits.
  if (one.do === "star" && !sending) box.acts = box.acts.filter((other) => other.do !== "star" || other.id !== one.id);
  box.acts.push({ ...one, key, at: Date.now() });
  save(box);
  await sending;
  await sendActs();
  const why = refusals.get(key);
  refusals.delete(key);
  if (why) return why;
  return load().acts.some((other) => other.key === key) ? "waits" : "done";
}

const names = (text) => text.split(/[,\n、，]/).map((name) => name.trim().replace(/^#+/, "").trim()).filter(Boolean);

/** Keeps tags and a note for later: what they changed, so that nothing is lost of what another device did. */
async function tag(form) {
  const { tags, note } = form.elements;
  const [before, after] = [names(tags.defaultValue), names(tags.value)];
  const has = (all, name) => all.some((other) => other.toLowerCase() === name.toLowerCase());
  const one = {
    do: "tag",
    id: /\/article\/([\d-]+)\/tags$/.exec(form.getAttribute("action"))[1],
    add: after.filter((name) => !has(before, name)),
    drop: before.filter((name) => !has(after, name)),
  };
  if (note && note.value !== note.defaultValue) Object.assign(one, { note: note.value, was: note.defaultValue });
  tags.defaultValue = tags.value;
  if (note) note.defaultValue = note.value;
  const what = await act(one);
  if (what === "waits") say(word("tags-wait"));
  else if (what !== "done") say(word("refused").replace("{name}", () => what));
}

/** Keeps an address for later. */
async function add(form) {
  const url = form.elements.url.value.trim();
  if (!url) return;
  form.reset();
  form.elements.url.value = "";
  const what = await act({ do: "add", url });
  if (what === "waits") say(word("add-waits"));
  else if (what !== "done") say(word("refused").replace("{name}", () => what));
}

export function startActs() {
  document.addEventListener("submit", (event) => {
    const to = below(event.target.getAttribute("action") ?? "");
    // With a network, the server's own pages say what came of it.
    if (!isAway() && event.target.id !== "shell-add") return;
    if (/^\/article\/[\d-]+\/tags$/.test(to)) {
      event.preventDefault();
      tag(event.target);
    } else if (to === "/add" && event.target.elements.url) {
      event.preventDefault();
      add(event.target);
    }
  });
  addEventListener("online", sendActs);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && load().acts.length) sendActs();
  });
  if (load().acts.length) sendActs();
}
