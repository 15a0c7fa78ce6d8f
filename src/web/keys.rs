//! The keys: one table, which the scripts press by and the help shows.

use std::collections::BTreeMap;

use super::words::t;
use crate::html::visible::visible;
use crate::users::preferences::{Keys, Preferences};

/// A row of the table: what is done, and by which keys in each set. Keys after one another are separated by a space,
/// alternatives by a line break; a capital is the key with Shift.
struct Row {
    action: &'static str,
    /// The message that says what it does.
    what: &'static str,
    dormouse: &'static str,
    /// Those of the other sets where they differ.
    miniflux: Option<&'static str>,
    feedly: Option<&'static str>,
}

const fn row(action: &'static str, what: &'static str, dormouse: &'static str) -> Row {
    Row {
        action,
        what,
        dormouse,
        miniflux: None,
        feedly: None,
    }
}

const fn differing(
    action: &'static str,
    what: &'static str,
    [dormouse, miniflux, feedly]: [&'static str; 3],
) -> Row {
    Row {
        action,
        what,
        dormouse,
        miniflux: Some(miniflux),
        feedly: Some(feedly),
    }
}

/// The groups of the table, each with the message of its title.
static GROUPS: &[(&str, &[Row])] = &[
    (
        "keys-read",
        &[
            differing("next", "key-next", ["j", "j\nn", "j"]),
            differing("previous", "key-previous", ["k", "k\np", "k"]),
            differing("select-next", "key-select-next", ["n", "", "n"]),
            differing("select-previous", "key-select-previous", ["p", "", "p"]),
            row("open", "key-open", "o\nEnter"),
            row("original", "key-original", "v"),
            differing("text", "key-text", ["d", "d", "d"]),
            row("scroll", "key-scroll", "Space"),
            differing("copy", "key-copy", ["y", "C", "y"]),
        ],
    ),
    (
        "keys-mark",
        &[
            row("read", "key-read", "m"),
            differing("star", "key-star", ["s", "f", "s"]),
            row("mark-all", "key-mark-all", "A"),
            differing("mark-page", "key-mark-page", ["P", "P", "P"]),
            row("mark-above", "key-mark-above", "Y"),
            row("mark-below", "key-mark-below", "B"),
        ],
    ),
    (
        "keys-go",
        &[
            differing("feed-next", "key-feed-next", ["J", "J", "J"]),
            differing("feed-previous", "key-feed-previous", ["K", "K", "K"]),
            row("top", "key-top", "g g"),
            row("bottom", "key-bottom", "G"),
            row("unread", "key-unread", "g u"),
            row("seldom", "key-seldom", "g l"),
            row("search", "key-search", "/"),
            differing("all", "key-all", ["g a", "g h", "g a"]),
            differing("starred", "key-starred", ["g s", "g b", "g s"]),
            differing("feeds", "key-feeds", ["g f", "g f", "g o"]),
            differing("settings", "key-settings", ["g ,", "g s", "g ,"]),
        ],
    ),
    (
        "keys-also",
        &[
            differing("add", "key-add", ["a", "+", "a"]),
            row("show-unread", "key-show-unread", "1"),
            row("show-all", "key-show-all", "2"),
            differing("reload", "key-reload", ["r", "R", "r"]),
            differing("palette", "key-palette", ["Ctrl+k", "Ctrl+k", "Ctrl+k"]),
            row("help", "key-help", "?"),
        ],
    ),
];

fn by_default(row: &Row, set: Keys) -> &'static str {
    let own = match set {
        Keys::Dormouse => None,
        Keys::Miniflux => row.miniflux,
        Keys::Feedly => row.feedly,
    };
    own.unwrap_or(row.dormouse)
}

/// The keys of an action, one entry for each way to press it.
fn keys_of<'k>(row: &'static Row, preferences: &'k Preferences) -> Vec<&'k str> {
    let own = preferences.own_keys.get(row.action).map(String::as_str);
    let keys = own.unwrap_or_else(|| by_default(row, preferences.keys));
    keys.split('\n').filter(|keys| !keys.is_empty()).collect()
}

/// A group of keys, for the help.
#[derive(Clone, Debug)]
pub struct KeyGroup {
    /// "Read".
    pub title: &'static str,
    /// Its keys, as they are shown.
    pub rows: Vec<KeyRow>,
}

/// What some keys do.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// The action's name in forms.
    pub action: &'static str,
    /// The keys one after another; alternatives beside one another.
    pub keys: Vec<String>,
    /// The same as it is typed into a field: `g u`.
    pub typed: String,
    /// "Next article".
    pub what: &'static str,
}

/// The table as a user has it.
pub fn table(preferences: &Preferences) -> Vec<KeyGroup> {
    let groups = GROUPS.iter().map(|(title, rows)| KeyGroup {
        title: t(title),
        rows: rows
            .iter()
            .map(|row| {
                let ways = keys_of(row, preferences);
                KeyRow {
                    action: row.action,
                    keys: ways
                        .iter()
                        .flat_map(|way| way.split(' '))
                        .map(str::to_owned)
                        .collect(),
                    typed: ways.join(", "),
                    what: t(row.what),
                }
            })
            .collect(),
    });
    groups.collect()
}

/// The same for the scripts: the action by its keys, as a JSON object.
pub fn map(preferences: &Preferences) -> String {
    let rows = GROUPS.iter().flat_map(|(_, rows)| rows.iter());
    let mut by_keys = BTreeMap::new();
    for row in rows {
        for way in keys_of(row, preferences) {
            by_keys.entry(way).or_insert(row.action);
        }
    }
    serde_json::to_string(&by_keys).unwrap_or_default()
}

/// Longest name of a key.
const KEY_CHARS: usize = 12;
/// Keys that browsers and screen readers need.
const TAKEN: [&str; 3] = ["Tab", "Escape", "Esc"];

/// What was typed for an action, one entry for each way to press it; `None` if it isn't keys: at most two ways of at most
/// two keys each. Of those with Ctrl there is one, which is nobody's else.
fn ways_of(text: &str) -> Option<Vec<&str>> {
    let ways: Vec<&str> = text
        .split(", ")
        .map(str::trim)
        .filter(|way| !way.is_empty())
        .collect();
    let is_key = |key: &str| {
        let is_short = (1..=KEY_CHARS).contains(&key.chars().count());
        let is_free = !TAKEN.contains(&key) && (key == "Ctrl+k" || !key.starts_with("Ctrl+"));
        is_short && is_free && visible(key) == key
    };
    let is_way = |way: &&str| {
        let keys: Vec<&str> = way.split(' ').collect();
        keys.len() <= 2 && keys.iter().all(|key| is_key(key))
    };
    (ways.len() <= 2 && ways.iter().all(is_way)).then_some(ways)
}

/// Why keys can't be as they were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadKeys {
    /// They aren't keys.
    NotKeys,
    /// These keys do something else already: the message that says what.
    Taken(&'static str),
}

/// Sets the keys that were typed for actions, over those of the user's set. Nothing is set if there is an error.
///
/// # Errors
/// The first action whose keys can't be, and why.
pub fn set(
    own: &mut Preferences,
    typed: &BTreeMap<&str, &str>,
) -> Result<(), (&'static str, BadKeys)> {
    let mut wanted = own.clone();
    for row in GROUPS.iter().flat_map(|(_, rows)| rows.iter()) {
        let Some(text) = typed.get(row.action) else {
            continue;
        };
        let ways = ways_of(text).ok_or((row.action, BadKeys::NotKeys))?;
        let ways = ways.join("\n");
        match ways == by_default(row, wanted.keys) {
            true => wanted.own_keys.remove(row.action),
            false => wanted.own_keys.insert(row.action.to_owned(), ways),
        };
    }
    // The first of two keys must not do something by itself.
    let mut known: BTreeMap<String, &'static Row> = BTreeMap::new();
    let mut first: BTreeMap<String, &'static Row> = BTreeMap::new();
    for row in GROUPS.iter().flat_map(|(_, rows)| rows.iter()) {
        for way in keys_of(row, &wanted) {
            let alone = way.split_once(' ').map(|(begin, _)| begin);
            let other = match alone {
                Some(begin) => known.get(way).or_else(|| known.get(begin)),
                None => known.get(way).or_else(|| first.get(way)),
            };
            if let Some(other) = other {
                // Whichever of the two was typed is the one to change.
                let (to_change, there) = match typed.contains_key(row.action) {
                    true => (row, *other),
                    false => (*other, row),
                };
                return Err((to_change.action, BadKeys::Taken(there.what)));
            }
            known.insert(way.to_owned(), row);
            if let Some(begin) = alone {
                first.insert(begin.to_owned(), row);
            }
        }
    }
    *own = wanted;
    Ok(())
}

/// What the fields of the settings show, by the action.
pub fn shown(preferences: &Preferences) -> BTreeMap<&'static str, String> {
    let rows = GROUPS.iter().flat_map(|(_, rows)| rows.iter());
    rows.map(|row| (row.action, keys_of(row, preferences).join(", ")))
        .collect()
}

/// What an action does, in words; empty for none of ours.
pub fn what(action: &str) -> &'static str {
    let mut rows = GROUPS.iter().flat_map(|(_, rows)| rows.iter());
    rows.find(|row| row.action == action)
        .map_or("", |row| t(row.what))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_actions_of_a_set_have_the_same_keys() {
        for &set in Keys::ALL {
            let preferences = Preferences {
                keys: set,
                ..Preferences::default()
            };
            let mut seen = BTreeSet::new();
            for row in GROUPS.iter().flat_map(|(_, rows)| rows.iter()) {
                for way in keys_of(row, &preferences) {
                    assert!(seen.insert(way), "{set:?} has {way:?} twice");
                }
            }
        }
    }

    fn typed(action: &str, text: &str) -> Result<Preferences, (&'static str, BadKeys)> {
        let mut preferences = Preferences::default();
        set(&mut preferences, &BTreeMap::from([(action, text)]))?;
        Ok(preferences)
    }

    #[test]
    fn own_keys_take_the_place_of_the_sets() {
        assert!(typed("next", "j").unwrap().own_keys.is_empty());
        let own = typed("next", "x, g n").unwrap();
        assert!(map(&own).contains(r#""g n":"next""#));
        assert!(!map(&own).contains(r#""j":"#));
        assert!(typed("next", "").unwrap().own_keys.contains_key("next"));
    }

    #[test]
    fn what_is_no_key_or_does_something_else_is_refused() {
        let bad = |text| typed("next", text).unwrap_err().1;
        for text in [
            "a b c",
            "x, z, w",
            "Tab",
            "Ctrl+w",
            "\u{202e}x",
            "averyverylongname",
        ] {
            assert_eq!(bad(text), BadKeys::NotKeys, "{text}");
        }
        assert_eq!(
            typed("star", "m"),
            Err(("star", BadKeys::Taken("key-read")))
        );
        assert!(
            matches!(bad("g"), BadKeys::Taken(_)),
            "others begin with it"
        );
        assert!(matches!(bad("s x"), BadKeys::Taken("key-star")));
    }
}
