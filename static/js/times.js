// Times in the reader's own zone and language. The zone is told to the server, for pages without scripts.

import { at } from "./root.js";
import { locale } from "./words.js";

const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
// "24 m" would be metres in German.
const relative = new Intl.RelativeTimeFormat(locale, { style: locale === "de" ? "short" : "narrow", numeric: "auto" });

/** Seconds. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "3h ago", then the date. */
function age(at, now) {
  const seconds = (now - at) / 1000;
  if (seconds < HOUR) return relative.format(-Math.floor(Math.max(seconds, 0) / MINUTE), "minute");
  if (seconds < DAY) return relative.format(-Math.floor(seconds / HOUR), "hour");
  if (seconds < 7 * DAY) return relative.format(-Math.floor(seconds / DAY), "day");
  return at.getFullYear() === now.getFullYear() ? day.format(at) : dayAndYear.format(at);
}

/**
 * Writes the times in a part of the page: the exact ones on hover, and those that the server didn't know the zone for.
 * Ages are the server's until the page has stood for a while, so that nothing moves as it appears.
 */
export function writeTimes(part = document, isOld = false) {
  const now = new Date();
  for (const time of part.querySelectorAll("time[data-time]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = exact.format(at);
    if (time.dataset.time === "age") {
      if (isOld) time.textContent = age(at, now);
    } else if (time.textContent.endsWith(" UTC")) {
      time.textContent = exact.format(at);
    }
  }
}

export function startTimes() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  if (zone) document.cookie = `dormouse-zone=${zone}; Path=${at("/")}; Max-Age=31536000; SameSite=Lax${secure}`;
  writeTimes();
}
