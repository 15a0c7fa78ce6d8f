// The page of all feeds: how many are chosen, ranges of them, and feeds that are dragged into a folder.

import { hear } from "./notices.js";
import { counted } from "./words.js";

const form = document.getElementById("garden");

function boxes() {
  return [...document.querySelectorAll(".feed-box input")].filter((box) => !box.closest("[hidden]"));
}

function chosen() {
  return boxes().filter((box) => box.checked);
}

/** Shows the bar with the first box that is ticked; the focus stays where it is. */
function show(says) {
  const n = chosen().length;
  const sum = form.querySelector(".bulk-sum");
  form.hidden = n === 0;
  sum.textContent = n ? counted("chosen", n) : sum.dataset.none;
  for (const box of boxes()) box.closest(".feed-row").classList.toggle("is-chosen", box.checked);
  if (says) hear(sum.textContent);
}

function startRanges() {
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".feed-box input");
    if (!box) return;
    if (event.shiftKey && last) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const one of all.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    show(true);
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".feed-box input");
    if (!box || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const all = boxes();
    const next = all[all.indexOf(box) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey) next.checked = box.checked;
    next.focus();
    show(event.shiftKey);
  });
}

/** A row, or all chosen ones if it is among them, can be dragged onto another folder. */
function startDragging() {
  let dragged = [];
  for (const row of document.querySelectorAll(".feed-row")) {
    const box = row.querySelector(".feed-box input");
    if (!box) continue;
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = box.checked ? chosen() : [box];
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.find);
    });
    row.addEventListener("dragend", () => {
      dragged = [];
    });
  }
  for (const group of document.querySelectorAll(".feed-group[data-path]")) {
    if (!group.querySelector("h2")) continue;
    const over = (is) => group.classList.toggle("is-over", is);
    group.addEventListener("dragover", (event) => {
      if (!dragged.length) return;
      event.preventDefault();
      over(true);
    });
    group.addEventListener("dragleave", (event) => {
      if (!group.contains(event.relatedTarget)) over(false);
    });
    group.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      for (const box of boxes()) box.checked = dragged.includes(box);
      form.querySelector("[name=folder]").value = group.dataset.path;
      form.requestSubmit(form.querySelector("[value=move]"));
    });
  }
}

export function startGarden() {
  if (!form) return;
  form.querySelector("[data-unselect]").hidden = false;
  form.querySelector("[data-unselect]").addEventListener("click", () => {
    const first = chosen()[0];
    for (const box of boxes()) box.checked = false;
    show(true);
    first?.focus();
  });
  form.querySelector("[data-select-all]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes()) box.checked = true;
    show(true);
  });
  form.addEventListener("submit", (event) => {
    if (chosen().length) return;
    event.preventDefault();
    show(true);
  });
  startRanges();
  startDragging();
  show(false);
}
