// Fetches imported feeds step by step and fills in the table as they come.

/** How often an answer may bring nothing before the button is left to the reader. */
const PATIENCE = 15;
const PAUSE = 2_000;

const form = document.getElementById("import");
const results = { ok: "result-ok", failed: "result-failed", waiting: "result-waiting" };

function fill(line) {
  const row = document.querySelector(`tr[data-feed="${CSS.escape(line.feed)}"]`);
  const cell = row?.querySelector("[data-result]");
  if (!cell) return;
  cell.className = results[line.status] ?? "result-skipped";
  cell.textContent = line.text;
}

function progress(done, total) {
  const bar = document.getElementById("import-progress");
  bar.max = total;
  bar.value = done;
  document.getElementById("import-done").textContent = done;
  document.getElementById("import-total").textContent = total;
}

function finish() {
  const link = document.createElement("a");
  link.className = "button";
  link.href = "/unread";
  link.textContent = "Start reading";
  form.querySelector("button")?.replaceWith(link);
}

async function run() {
  let done = Number(form.dataset.done);
  let total = Number(form.dataset.total);
  let idle = 0;
  while (done < total && idle < PATIENCE) {
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
      const step = await answer.json();
      idle = step.done > done ? 0 : idle + 1;
      ({ done, total } = step);
      step.lines.forEach(fill);
      progress(done, total);
    } catch {
      idle += 1;
    }
    if (idle) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  if (done >= total) finish();
}

export function startImport() {
  if (form && Number(form.dataset.done) < Number(form.dataset.total)) run();
}
