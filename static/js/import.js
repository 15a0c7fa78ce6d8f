// Fetches imported feeds step by step, and updates the table.

import { finishWith, takeSteps } from "./steps.js";
import { word } from "./words.js";

const form = document.getElementById("import");
const results = { ok: "result-ok", failed: "result-failed", waiting: "result-waiting" };

function fill(line) {
  const row = document.querySelector(`tr[data-feed="${CSS.escape(line.feed)}"]`);
  const cell = row?.querySelector("[data-result]");
  if (!cell) return;
  cell.className = results[line.status] ?? "result-skipped";
  cell.textContent = line.text;
}

export async function startImport() {
  if (!form || Number(form.dataset.done) >= Number(form.dataset.total)) return;
  const finished = await takeSteps(form, (step) => step.lines.forEach(fill));
  if (finished) finishWith(form, "/unread", word("start-reading"), "button");
}
