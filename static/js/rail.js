// The rail: stores its folded folders and its scroll position, and filters feeds by name.

const FOLDED = "dormouse.folded";
const SCROLL = "dormouse.rail";

function folded() {
  try {
    return new Set(JSON.parse(localStorage.getItem(FOLDED)));
  } catch {
    return new Set();
  }
}

function show(section, closed) {
  section.classList.toggle("folded", closed);
  section.querySelector(".fold").setAttribute("aria-expanded", !closed);
}

function startFolds(rail) {
  const closed = folded();
  for (const section of rail.querySelectorAll("[data-folder]")) {
    const path = section.dataset.folder;
    const button = section.querySelector(".fold");
    button.hidden = false;
    show(section, closed.has(path));
    button.addEventListener("click", () => {
      const now = folded();
      if (!now.delete(path)) now.add(path);
      localStorage.setItem(FOLDED, JSON.stringify([...now]));
      show(section, now.has(path));
    });
  }
}

function startScroll(rail) {
  rail.scrollTop = Number(sessionStorage.getItem(SCROLL) ?? 0);
  rail.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  addEventListener("pagehide", () => sessionStorage.setItem(SCROLL, rail.scrollTop));
}

function startFilter() {
  const field = document.getElementById("filter");
  if (!field) return;
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("[data-find]")) {
      row.hidden = !row.dataset.find.toLowerCase().includes(wanted);
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-find]:not([hidden])");
    }
  });
}

export function startRail() {
  const rail = document.getElementById("rail-feeds");
  if (rail) {
    startFolds(rail);
    startScroll(rail);
  }
  startFilter();
}
