// Reads an article aloud, paragraph by paragraph, by a voice of the device's own: nothing is sent to anybody.

import { say } from "./notices.js";
import { pause } from "./sound.js";
import { word } from "./words.js";

const pane = document.getElementById("article");
const speech = window.speechSynthesis;
/** What is read as one. */
const BLOCKS = ":is(p, li, dt, dd, h1, h2, h3, h4, h5, h6, blockquote, figcaption, summary, td, th)";
/** How long voices may take to be known, in milliseconds. */
const VOICES = 1_000;
/** Which reading this is: an older one is over. */
let turn = 0;
let reading = false;
/** What is being said: held, because some browsers forget it otherwise. */
let saying = null;

/** The device's own voice for a language; null if there is none. */
function voiceOf(lang) {
  const base = (tag) => tag.toLowerCase().replace("_", "-").split("-")[0];
  const own = speech.getVoices().filter((voice) => voice.localService && base(voice.lang) === base(lang));
  const exact = own.filter((voice) => voice.lang.toLowerCase().replace("_", "-") === lang.toLowerCase());
  return exact.find((voice) => voice.default) ?? exact[0] ?? own.find((voice) => voice.default) ?? own[0] ?? null;
}

async function voices() {
  if (speech.getVoices().length) return;
  await new Promise((done) => {
    speech.addEventListener("voiceschanged", done, { once: true });
    setTimeout(done, VOICES);
  });
}

/** The paragraphs of the article, each with its language: none inside another. */
function paragraphs() {
  const prose = pane.querySelector(".prose");
  const blocks = [...prose.querySelectorAll(BLOCKS)].filter((block) => !block.querySelector(BLOCKS) && !block.closest("pre, .embed"));
  return [pane.querySelector(".text-title"), ...(blocks.length ? blocks : [prose])].map((block) => ({
    text: block.innerText.trim(),
    lang: block.closest("[lang]")?.lang || document.documentElement.lang,
  })).filter(({ text }) => text);
}

function show(is) {
  reading = is;
  for (const button of document.querySelectorAll("[data-aloud]")) {
    button.setAttribute("aria-pressed", is);
    button.querySelector("span").textContent = word(is ? "aloud-stop" : "aloud");
  }
}

function stop() {
  turn += 1;
  speech.cancel();
  if (reading) show(false);
}

async function read() {
  const mine = ++turn;
  pause();
  show(true);
  await voices();
  let spoken = false;
  for (const { text, lang } of paragraphs()) {
    if (mine !== turn) return;
    const voice = voiceOf(lang);
    if (!voice) continue;
    spoken = true;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = lang;
    saying = utterance;
    await new Promise((done) => {
      saying.addEventListener("end", done);
      saying.addEventListener("error", done);
      speech.speak(utterance);
    });
  }
  if (mine !== turn) return;
  show(false);
  if (!spoken) say(word("no-voice"));
}

function take() {
  for (const button of pane.querySelectorAll("[data-aloud]")) button.hidden = false;
}

export function startAloud() {
  if (!pane || !speech) return;
  pane.addEventListener("click", (event) => {
    if (!event.target.closest("[data-aloud]")) return;
    if (reading) stop();
    else read();
  });
  // Another article, or another text of this one.
  new MutationObserver(() => {
    stop();
    take();
  }).observe(pane, { childList: true });
  addEventListener("pagehide", stop);
  take();
}
