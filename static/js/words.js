// What the scripts say, in the page's language: the server puts it into the page.

function stored(id) {
  return JSON.parse(document.getElementById(id)?.content.textContent || "{}");
}

const words = stored("words");
const plurals = new Intl.PluralRules(words.locale);
const numbers = new Intl.NumberFormat(words.locale);

/** The keys of the user: the action by its keys. */
export const keymap = stored("keymap");

/** The language of the page, as a tag. */
export const locale = words.locale ?? "en";

/** How unread articles are counted: "number", "dot" or "none". */
export const counting = document.documentElement.dataset.counts ?? "number";

export function number(n) {
  return numbers.format(n);
}

export function word(name) {
  return words[name] ?? "";
}

/** A text about a number of things. */
export function counted(name, n) {
  const text = words[`${name}-${plurals.select(n)}`] ?? words[`${name}-other`] ?? "";
  return text.replace("{n}", number(n));
}
