// What the scenarios check with: each throws with words that say what was seen.

export function check(truth, words) {
  if (!truth) throw new Error(words);
}

export function same(found, wanted, words) {
  check(Object.is(found, wanted), `${words}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

/** Asks until the answer is yes; a page has a few seconds for what it does by itself. */
export async function until(ask, words, patience = 6_000) {
  const end = Date.now() + patience;
  while (!(await ask())) {
    check(Date.now() < end, words);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}
