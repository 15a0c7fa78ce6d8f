// The page about what is on this device.

import { load, waits } from "./box.js";
import { choose, forget, ids, mayKeep, sizes, take, taken, wanted } from "./device.js";
import { say } from "./notices.js";
import { counted, locale, number, word } from "./words.js";

const part = (name) => document.getElementById(`device-${name}`);

const megabytes = (bytes) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(bytes / 1024 / 1024);

const moment = (at) => {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...day }).format(at);
};

function drawWaiting() {
  const { sum, marks, stars, tags, adds } = waits();
  part("waiting").textContent = word("device-waiting").replace("{n}", number(sum));
  const said = [];
  if (marks) said.push(counted("wait-marks", marks));
  if (stars) said.push(counted("wait-stars", stars));
  if (tags) said.push(counted("wait-tags", tags));
  if (adds) said.push(counted("wait-adds", adds));
  part("waits").textContent = sum ? `${said.join(", ")}. ${word("device-waits")}` : word("device-waits-none");
  const { refused } = load();
  part("refused").hidden = !refused.length;
  part("refused").replaceChildren(...refused.map((one) => {
    const row = document.createElement("li");
    row.textContent = word("refused").replace("{name}", () => [one.about, one.message].filter(Boolean).join(" – "));
    return row;
  }));
}

async function draw() {
  const [all, last, bytes] = [await ids(), await taken(), await sizes()];
  const first = document.createElement("strong");
  first.textContent = counted("device-sum", all.length);
  const since = last ? word("device-since").replace("{name}", () => moment(last.at)) : word("device-never");
  part("sum").replaceChildren(first, ` ${since}`);
  const sum = bytes.articles + bytes.pictures + bytes.pages;
  const most = number(bytes.most / 1024 / 1024);
  part("stored").textContent = word("device-stored").replace("{n}", megabytes(sum)).replace("{of}", most);
  part("bar").value = (100 * sum) / bytes.most;
  for (const cell of document.querySelectorAll("[data-part]")) cell.textContent = `${megabytes(bytes[cell.dataset.part])} MB`;
  drawWaiting();
}

export async function startDevicePage() {
  const page = document.getElementById("device");
  if (!page) return;
  if (!mayKeep) {
    part("none").hidden = false;
    return;
  }
  const form = part("keep");
  form.elements.keep.value = String(wanted());
  form.addEventListener("change", async () => {
    choose(Number(form.elements.keep.value));
    part("sum").textContent = word("device-taking");
    await take(true);
    await draw();
  });
  part("remove").addEventListener("click", async () => {
    await forget();
    choose(0);
    form.elements.keep.value = "0";
    say(word("device-removed"));
    await draw();
  });
  document.addEventListener("dormouse:taken", draw);
  document.addEventListener("dormouse:box", drawWaiting);
  await draw();
  page.hidden = false;
}
