// The settings' sample: choices are shown at once, on the whole page, and kept when they are saved.

const root = document.documentElement;
const SHOWN = ["theme", "face", "size", "width", "spacing", "density"];

export function startLook() {
  const form = document.getElementById("preferences");
  if (!form) return;
  const note = form.querySelector("[data-with-scripts]");
  if (note) note.textContent = note.dataset.withScripts;
  form.addEventListener("change", ({ target }) => {
    if (SHOWN.includes(target.name)) root.dataset[target.name] = target.value;
  });
}
