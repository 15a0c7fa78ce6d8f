// Copies what a text field holds. Without scripts the field can be selected by hand.

export function startCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = button.parentElement.querySelector("textarea");
    if (!field || !navigator.clipboard) continue;
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = "Copied";
      } catch {
        // The browser refuses: select it, so that one key copies it.
        field.select();
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { button.textContent = label; }, 3000);
    });
  }
}
