// Where text becomes HTML: only here, and only what our own server sent.

const policy = window.trustedTypes?.createPolicy("dormouse", { createHTML: (html) => html });

// A document from a page of ours.
export const parsed = (html) =>
  new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
