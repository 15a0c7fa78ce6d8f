// The player's bar, and the files of the open article.

import { lineOf } from "./lines.js";
import { open, openId } from "./open.js";
import { at } from "./root.js";
import { close, current, isPlaying, leaveSound, left, length, load, note, pause, place, play, seek, setSpeed, skip, speed, startSound, toggle } from "./sound.js";
import { number, word } from "./words.js";

const bar = document.getElementById("player");
const pane = document.getElementById("article");
const part = (name) => bar.querySelector(`[data-player="${name}"]`);
/** The chapters of what plays: null until they are asked for. */
let chapters = null;
let shown = null;

/** A time as players show it. */
function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function setIcon(button, name, words) {
  const use = button.querySelector("use");
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${name}`);
  if (!button.querySelector("span")) {
    button.ariaLabel = words;
    button.title = words;
  } else {
    button.querySelector("span").textContent = words;
  }
}

/** What stays the same while an episode plays. */
function showEpisode(episode) {
  shown = episode.id;
  chapters = null;
  part("letter").textContent = episode.letter;
  part("letter").className = `letter hue-${episode.hue}`;
  part("title").textContent = episode.title;
  part("title").href = episode.href;
  part("source").textContent = episode.feed;
  part("save").href = episode.source;
  part("chapters").hidden = !episode.chapters;
  part("chapters").open = false;
  part("note").textContent = "";
  bar.querySelectorAll("[data-chapter]").forEach((one) => one.remove());
  part("ticks").replaceChildren();
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: episode.title, artist: episode.feed });
}

function showSpeed() {
  const select = part("speed");
  const value = String(speed());
  if (![...select.options].some((one) => one.value === value)) select.add(new Option(`${number(speed() / 100)}×`, value));
  select.value = value;
}

function showPlace() {
  const [at, whole] = [place(), length() || current().whole || 0];
  const slot = part("seek");
  slot.max = Math.max(1, Math.floor(whole));
  slot.disabled = !whole;
  slot.value = Math.floor(at);
  slot.setAttribute("aria-valuetext", whole ? `${clock(at)} / ${clock(whole)}` : clock(at));
  bar.style.setProperty("--done", whole ? `${Math.min(100, (at / whole) * 100)}%` : "0%");
  part("at").textContent = clock(at);
  part("length").textContent = whole ? clock(whole) : "";
  const minutes = Math.ceil((whole - at) / (speed() / 100) / 60);
  part("left").textContent = whole ? `${word("played-left").replace("{n}", number(minutes))} · ${number(speed() / 100)}×` : "";
  for (const one of bar.querySelectorAll("[data-chapter]")) {
    const next = one.nextElementSibling?.dataset.chapter ?? Infinity;
    if (at >= Number(one.dataset.chapter) && at < Number(next)) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.playbackState = isPlaying() ? "playing" : "paused";
  if (length() && at <= length()) navigator.mediaSession.setPositionState({ duration: length(), position: at, playbackRate: speed() / 100 });
}

function show() {
  const episode = current();
  const was = bar.contains(document.activeElement);
  bar.hidden = !episode;
  document.body.classList.toggle("has-player", Boolean(episode));
  if (!episode) {
    shown = null;
    bar.classList.remove("is-open");
    if (was) pane?.focus({ preventScroll: true });
  } else {
    if (shown !== episode.id) showEpisode(episode);
    setIcon(part("toggle"), isPlaying() ? "pause" : "play", word(isPlaying() ? "pause" : "play"));
    showSpeed();
    showPlace();
  }
  showFiles();
}

/** The whole player, on phones. */
function unfold(open) {
  bar.classList.toggle("is-open", open);
  part("open").setAttribute("aria-expanded", open);
}

/** Asks our own server for the chapters, which asks the publisher: only when they are wanted. */
async function askChapters() {
  const episode = current();
  if (!part("chapters").open || !episode || chapters) return;
  part("note").textContent = word("fetching-chapters");
  try {
    const answer = await fetch(at(`/article/${episode.id}/chapters`), { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const found = (await answer.json()).chapters;
    if (current()?.id !== episode.id) return;
    chapters = found;
    part("note").textContent = found.length ? "" : word("no-chapters");
    showChapters();
  } catch {
    if (current()?.id === episode.id) part("note").textContent = word("no-chapters");
  }
}

function showChapters() {
  const box = bar.querySelector(".player-chapters .menu-box");
  chapters.forEach(({ start, title }, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.chapter = start;
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = title || word("chapter").replace("{n}", number(at + 1));
    const time = document.createElement("kbd");
    time.textContent = clock(start);
    button.append(name, time);
    box.append(button);
    const whole = length() || current().whole;
    if (!whole || start <= 0 || start >= whole) return;
    const tick = document.createElement("i");
    tick.style.insetInlineStart = `${(start / whole) * 100}%`;
    part("ticks").append(tick);
  });
  showPlace();
}

/** What the open article says of one of its files. */
function episodeOf(file) {
  const { article, title, feed, letter, hue, chapters } = pane.querySelector(".article-bar").dataset;
  const said = file.dataset.position ? { at: Number(file.dataset.position), speed: Number(file.dataset.speed) } : {};
  const href = location.pathname + location.search;
  const known = left(article, said);
  return { id: article, source: file.src, title, feed, href, letter, hue, chapters: chapters !== undefined, ...known };
}

function isCurrent(file) {
  return current()?.id === openId() && current()?.source === file.src;
}

function pressFile(file) {
  file.pause();
  if (isCurrent(file)) return toggle();
  load(episodeOf(file));
  play();
}

/** The buttons of the article's files say what a press does. */
function showFiles() {
  for (const file of pane?.querySelectorAll("[data-listen]") ?? []) {
    const button = file.closest(".enclosure").querySelector("[data-play-file]");
    if (isCurrent(file)) setIcon(button, isPlaying() ? "pause" : "play", word(isPlaying() ? "pause" : "go-on"));
    else if (button.dataset.was) setIcon(button, "play", word("go-on"));
    button.dataset.was = isCurrent(file) ? "1" : button.dataset.was ?? "";
  }
}

/** A film plays where it stands, from its place; what is only heard plays in the bar. */
function takeFiles() {
  for (const file of pane.querySelectorAll("[data-listen]:not([data-taken])")) {
    file.dataset.taken = "";
    file.closest(".enclosure").querySelector("[data-play-file]").hidden = false;
    if (file.localName === "audio") file.hidden = true;
    else takeFilm(file);
  }
  showFiles();
}

function takeFilm(film) {
  const { id, at, speed: hundredths = 100 } = episodeOf(film);
  film.addEventListener("loadedmetadata", () => {
    if (at) film.currentTime = at;
    film.playbackRate = hundredths / 100;
  });
  film.addEventListener("play", pause);
  film.addEventListener("pause", () => note(id, film.currentTime, film.duration || 0, Math.round(film.playbackRate * 100), true));
}

function keys() {
  if (!("mediaSession" in navigator)) return;
  const actions = {
    play,
    pause,
    stop: pause,
    seekbackward: ({ seekOffset }) => skip(-(seekOffset ?? 15)),
    seekforward: ({ seekOffset }) => skip(seekOffset ?? 30),
    seekto: ({ seekTime }) => seek(seekTime),
  };
  for (const [name, does] of Object.entries(actions)) {
    try {
      navigator.mediaSession.setActionHandler(name, does);
    } catch {
      // A browser that doesn't know this key.
    }
  }
}

export function startPlayer() {
  if (!bar) return;
  startSound(show);
  keys();
  const does = {
    back: () => skip(-15),
    on: () => skip(30),
    toggle,
    close,
    open: () => unfold(!bar.classList.contains("is-open")),
  };
  bar.addEventListener("click", (event) => {
    const chapter = event.target.closest("[data-chapter]");
    if (chapter) seek(Number(chapter.dataset.chapter));
    does[event.target.closest("button[data-player]")?.dataset.player]?.();
    const line = event.target.closest(".player-title") && lineOf(current().id);
    if (!line || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    unfold(false);
    open(line);
  });
  part("seek").addEventListener("input", ({ target }) => seek(Number(target.value)));
  part("speed").addEventListener("change", ({ target }) => setSpeed(Number(target.value)));
  part("chapters").addEventListener("toggle", askChapters);
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !bar.classList.contains("is-open")) return;
    unfold(false);
    part("open").focus();
  });
  // Before the marks are sent, so that the place goes along.
  addEventListener("pagehide", leaveSound, { capture: true });
  document.addEventListener("click", ({ target }) => {
    if (target.isConnected && !bar.contains(target)) unfold(false);
  });
  if (!pane) return;
  pane.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play-file]");
    if (button) pressFile(button.closest(".enclosure").querySelector("[data-listen]"));
  });
  new MutationObserver(takeFiles).observe(pane, { childList: true });
  takeFiles();
}
