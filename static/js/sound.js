// The one sound of the page: what plays, where it is, and how fast. It lives outside of the article, and so plays on when
// another is opened; its place is kept on the account, and for the next page of this tab.

import { placeOf, played } from "./marks.js";
import { say } from "./notices.js";
import { word } from "./words.js";

/** What plays, for this reader's next page in this tab. */
const KEPT = `dormouse.player.${document.body.dataset.user}`;
/** The speed of episodes that have none of their own yet, on this device. */
const SPEED = "dormouse.speed";
/** Milliseconds between two notes of a place while it plays. */
const NOTED = 60_000;
/** Seconds before the end at which an episode is over. */
const END = 15;

const sound = new Audio();
sound.preload = "none";
/** The episode: id, source, title, feed, href, letter, hue, chapters, at, speed. */
let episode = null;
let noted = 0;
/** The places of this page's episodes, by article. */
const places = new Map();
let tell = () => {};

export const current = () => episode;
export const isPlaying = () => !sound.paused;
export const speed = () => episode?.speed ?? 100;

/** Seconds from the beginning. Before the file is known, where it will begin. */
export function place() {
  return sound.readyState ? sound.currentTime : episode?.at ?? 0;
}

/** Seconds of the whole; 0 while that isn't known. */
export function length() {
  return Number.isFinite(sound.duration) ? sound.duration : 0;
}

/** Whether an episode that is at a place is over. */
export function isOver(at, whole) {
  return whole > 0 && at >= whole - Math.min(END, whole / 4);
}

/** Notes a place for the account: `left` if it won't play on. */
export function note(id, at, whole, hundredths, left) {
  const second = isOver(at, whole) ? 0 : Math.floor(at);
  places.set(id, { at: second, speed: hundredths });
  played(id, second, hundredths, left);
}

function keep(left) {
  if (!episode) return;
  // What was never begun has no place.
  if (sound.readyState) episode.at = sound.currentTime;
  noted = Date.now();
  sessionStorage.setItem(KEPT, JSON.stringify({ ...episode, whole: length() }));
  if (sound.readyState && sound.played.length) note(episode.id, place(), length(), episode.speed, left);
}

/** Where an episode was left: here, or by what its article says. */
export function left(id, said) {
  if (episode?.id === id) return { at: place(), speed: speed() };
  return places.get(id) ?? placeOf(id) ?? said;
}

function usual() {
  return Number(localStorage.getItem(SPEED)) || 100;
}

/** Takes an episode in, without playing it. */
export function load(next) {
  if (episode) keep(true);
  sound.pause();
  episode = { ...next, at: next.at ?? 0, speed: next.speed ?? usual() };
  sound.src = episode.source;
  sound.defaultPlaybackRate = episode.speed / 100;
  sound.playbackRate = episode.speed / 100;
  tell();
}

export async function play() {
  if (!episode) return;
  try {
    await sound.play();
  } catch (fault) {
    if (fault.name !== "AbortError") say(word("cannot-play"));
  }
}

export function pause() {
  sound.pause();
}

export function toggle() {
  if (sound.paused) play();
  else sound.pause();
}

export function seek(to) {
  if (!episode) return;
  const at = Math.max(0, length() ? Math.min(to, length()) : to);
  episode.at = at;
  if (sound.readyState) sound.currentTime = at;
  tell();
}

export const skip = (by) => seek(place() + by);

export function setSpeed(hundredths) {
  episode.speed = hundredths;
  sound.playbackRate = hundredths / 100;
  sound.defaultPlaybackRate = hundredths / 100;
  localStorage.setItem(SPEED, hundredths);
  keep(sound.paused);
  tell();
}

export function close() {
  sound.pause();
  keep(true);
  episode = null;
  sound.removeAttribute("src");
  sound.load();
  sessionStorage.removeItem(KEPT);
  tell();
}

/** What the page before this one played: paused, at its place. */
function resume() {
  try {
    const before = JSON.parse(sessionStorage.getItem(KEPT));
    if (before?.source) load(before);
  } catch {
    sessionStorage.removeItem(KEPT);
  }
}

export function startSound(changed) {
  tell = changed;
  sound.addEventListener("loadedmetadata", () => {
    if (episode?.at && !isOver(episode.at, length())) sound.currentTime = episode.at;
    tell();
  });
  for (const event of ["play", "timeupdate", "durationchange", "ratechange"]) sound.addEventListener(event, () => tell());
  sound.addEventListener("timeupdate", () => {
    if (!sound.paused && Date.now() - noted >= NOTED) keep(false);
  });
  sound.addEventListener("play", () => {
    noted = Date.now();
  });
  sound.addEventListener("pause", () => {
    keep(true);
    tell();
  });
  sound.addEventListener("seeked", () => {
    if (sound.paused) keep(true);
  });
  sound.addEventListener("ended", () => {
    keep(true);
    tell();
  });
  sound.addEventListener("error", () => {
    if (episode && sound.getAttribute("src")) say(word("cannot-play"));
  });
  resume();
}

/** Pauses, and keeps the place: the page is left. */
export function leaveSound() {
  if (!episode) return;
  if (!sound.paused) {
    keep(true);
    sound.pause();
  } else {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...episode, whole: length() }));
  }
}
