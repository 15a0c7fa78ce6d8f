// Notices: announcements for screen readers, messages after an action, and the state of the network.

const voice = document.getElementById("voice");

/** Announces a text to screen readers. */
export function say(words) {
  if (voice) voice.textContent = words;
}

function startFlash() {
  const flash = document.getElementById("flash");
  const close = flash?.querySelector("[data-dismiss]");
  if (!close) return;
  close.hidden = false;
  close.addEventListener("click", () => flash.remove());
}

function startNetwork() {
  const strip = document.getElementById("offline");
  if (!strip) return;
  const show = () => {
    strip.hidden = navigator.onLine;
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

function startCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = "Copied";
        say("Copied");
      } catch {
        say("Selected. Copy it with your keyboard.");
      }
    });
  }
}

export function startNotices() {
  startFlash();
  startNetwork();
  startCopying();
}
