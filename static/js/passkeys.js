// Passkeys: asks the server what to ask, and the browser for the answer, and sends that with the form. Where the browser
// has no passkeys, the forms stay hidden.

import { at, below } from "./root.js";

/** The answer of the browser to what the server asks, as JSON; null if there is none, or none was chosen. */
async function answerTo(form) {
  const begun = await fetch(form.dataset.passkey, { method: "POST", headers: { Accept: "application/json" } });
  if (begun.status === 403) {
    location.assign(at(`/confirm?next=${encodeURIComponent(below(location.pathname))}`));
    return null;
  }
  if (!begun.ok) return null;
  const options = await begun.json();
  const key = "passkeyMakes" in form.dataset
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return key ? JSON.stringify(key.toJSON()) : null;
}

function startForm(form) {
  const field = form.elements.namedItem("credential");
  const error = form.querySelector("[data-passkey-error]");
  const button = form.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (field.value) return;
    event.preventDefault();
    error.hidden = true;
    button.disabled = true;
    // Refused by the browser, or by who holds it.
    field.value = (await answerTo(form).catch(() => null)) ?? "";
    button.disabled = false;
    if (field.value) form.requestSubmit();
    else error.hidden = false;
  });
}

export function startPasskeys() {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  document.querySelectorAll("form[data-passkey]").forEach(startForm);
}
