// Where text becomes HTML, or a script's address: only here, and only what our own server sent.

import { at } from "./root.js";

const policy = window.trustedTypes?.createPolicy("dormouse", { createHTML: (html) => html, createScriptURL: () => at("/sw.js") });

// A document from a page of ours.
export const parsed = (html) =>
  new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");

// The address of the worker.
export const workerAddress = () => (policy ? policy.createScriptURL("/sw.js") : at("/sw.js"));
