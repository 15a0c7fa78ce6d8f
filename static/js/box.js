// What waits to be sent: one box for an account, kept in localStorage, so that nothing is lost when a page is closed or the
// network fails. Marks, places of episodes, stars, tags and feeds to add all stand in it; its owners are marks.js and acts.js.

const BOXES = "dormouse.marks.";
const key = BOXES + document.body.dataset.user;

/** The box's name, which tabs share. */
export const boxName = key;

const empty = () => ({ waiting: {}, at: {}, played: {}, opened: [], followed: [], sent: null, acts: [], refused: [], done: {} });

export function load() {
  try {
    return { ...empty(), ...JSON.parse(localStorage.getItem(key)) };
  } catch {
    return empty();
  }
}

/** Whether it could be stored. */
export function save(box) {
  try {
    localStorage.setItem(key, JSON.stringify(box));
    document.dispatchEvent(new Event("dormouse:box"));
    return true;
  } catch {
    return false;
  }
}

/** What waits, by kind, as numbers. */
export function waits() {
  const { waiting, sent, acts } = load();
  const of = (kind) => acts.filter((act) => act.do === kind).length;
  const marks = Object.keys(waiting).length + (sent?.read.length ?? 0) + (sent?.unread.length ?? 0);
  return { marks, stars: of("star"), tags: of("tag"), adds: of("add"), sum: marks + acts.length };
}

/** Drops the box of this account. */
export function dropBox() {
  localStorage.removeItem(key);
}

/** Drops those of others, who used this browser before. */
export function dropOthers() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(BOXES) && name !== key);
  names.forEach((name) => localStorage.removeItem(name));
}
