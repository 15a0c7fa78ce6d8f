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

/**
 * Plays scenarios one after another and says how each went; returns how many failed. `complaints` is the list that a scenario's pages
 * complain to, which has to be empty at its end.
 */
export async function playAll(scenarios, complaints) {
  let failed = 0;
  for (const { name, play } of scenarios) {
    const began = Date.now();
    complaints.length = 0;
    let fault = null;
    try {
      await play();
      check(!complaints.length, complaints.join("; "));
    } catch (error) {
      fault = error;
    }
    console.log(`${fault ? "FAILED" : "ok    "} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    if (!fault) continue;
    failed += 1;
    console.log(`    ${fault.message.split("\n").slice(0, 8).join("\n    ")}`);
  }
  console.log(`${scenarios.length - failed} passed, ${failed} failed`);
  return failed;
}
