// Below which path Dormouse is: as a rule the host is its own. Pages say it (src/web/below.rs); what they link to has it already.

/** With a slash before it and none after it; empty as a rule. */
export const root = document.documentElement.dataset.root ?? "";

/** One of our paths as the browser asks for it. */
export const at = (path) => root + path;

/** One of our paths out of an address that has the root. */
export const below = (path) => (root && path?.startsWith(`${root}/`) ? path.slice(root.length) : path);
