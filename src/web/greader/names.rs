//! The names of the protocol: of streams, of items, of times.

use crate::ids::{ArticleId, FeedId};
use crate::shelf::Shelf;
use crate::shelf::streams::Stream;

/// The states that streams are named by.
const STATE: &str = "user/-/state/com.google/";
const LABEL: &str = "user/-/label/";
/// What stands before an item's number in its long form.
const ITEM: &str = "tag:google.com,2005:reader/item/";
/// Added to an article's number: so it has 16 decimal digits, as one client needs, stays below 2^53, as JavaScript needs, and its 16
/// hexadecimal digits begin with zeros, which tells them apart.
const ITEM_BASE: i64 = 1_000_000_000_000_000;

/// A state's id.
pub(super) fn state(name: &str) -> String {
    format!("{STATE}{name}")
}

/// A label's id.
pub(super) fn label(name: &str) -> String {
    format!("{LABEL}{name}")
}

/// What stands behind the beginnings that all states and labels have.
pub(super) fn short(category: &str) -> &str {
    let state = category.strip_prefix(STATE);
    state.or(category.strip_prefix(LABEL)).unwrap_or(category)
}

/// A feed's id.
pub(super) fn feed(feed: FeedId) -> String {
    format!("feed/{feed}")
}

/// An item's number.
pub(super) fn number(id: ArticleId) -> i64 {
    ITEM_BASE + id.number()
}

/// An item's long id.
pub(super) fn item(id: ArticleId) -> String {
    format!("{ITEM}{:016x}", number(id))
}

/// The article of an item's id in any form; `None` for one that can't be ours.
pub(super) fn item_of(text: &str) -> Option<ArticleId> {
    let text = text.trim();
    let digits = text.strip_prefix(ITEM).unwrap_or(text);
    let hex = || i64::from_str_radix(digits, 16).ok();
    let number = match digits.len() {
        // Decimal ones begin with another digit than 0.
        16 if digits.starts_with('0') => hex(),
        16 => digits.parse().ok(),
        // Without the zeros at its beginning.
        13 => hex(),
        _ => None,
    };
    let number = number?
        .checked_sub(ITEM_BASE)
        .filter(|&number| number > 0)?;
    let id = ArticleId::from_number(number)?;
    (id.seq > 0).then_some(id)
}

/// A tag as changes name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Read,
    Unread,
    Starred,
    Label(String),
    /// One that others have and we don't: nothing comes of it.
    Other,
}

/// Without a user's id: `user/-/…`, or with any other in its place.
fn of_user(text: &str) -> Option<&str> {
    let (_, rest) = text.strip_prefix("user/")?.split_once('/')?;
    Some(rest)
}

/// The tag of an id; `None` if it is none.
pub(super) fn tag_of(text: &str) -> Option<Tag> {
    let rest = of_user(text)?;
    if let Some(name) = rest.strip_prefix("label/") {
        return (!name.is_empty()).then(|| Tag::Label(name.to_owned()));
    }
    Some(match rest.strip_prefix("state/com.google/")? {
        "read" => Tag::Read,
        "unread" => Tag::Unread,
        "starred" => Tag::Starred,
        _ => Tag::Other,
    })
}

/// The name of a label: of its id, or bare.
pub(super) fn label_name(text: &str) -> Option<&str> {
    let name = of_user(text).map_or(text, |rest| rest.strip_prefix("label/").unwrap_or_default());
    Some(name.trim()).filter(|name| !name.is_empty())
}

/// The stream of an id; `None` if it can't be read.
pub(super) fn stream_of(shelf: &Shelf, text: &str) -> Option<Stream> {
    let text = text.trim();
    if let Some(feed) = text.strip_prefix("feed/") {
        return Some(feed_of(shelf, feed).map_or(Stream::Nothing, Stream::Feed));
    }
    // newsboat takes the first five characters off, whatever they are; scripts for FreshRSS name a state or a label alone.
    let rest = text.strip_prefix("-/").or_else(|| of_user(text));
    let rest = rest.unwrap_or(text);
    if let Some(name) = rest.strip_prefix("label/") {
        return Some(Stream::Label(name.to_owned()));
    }
    let state = rest.strip_prefix("state/com.google/");
    Some(match state.unwrap_or(rest).trim_end_matches('/') {
        "reading-list" => Stream::All,
        "read" => Stream::Read,
        "unread" | "kept-unread" | "tracking-kept-unread" | "fresh" => Stream::Unread,
        "starred" => Stream::Starred,
        _ => return state.map(|_| Stream::Nothing),
    })
}

/// The feed of what follows `feed/`: its number, its address, or either once more behind another `feed/`.
pub(super) fn feed_of(shelf: &Shelf, text: &str) -> Option<FeedId> {
    let text = text.strip_prefix("feed/").unwrap_or(text);
    if let Ok(feed) = text.parse::<FeedId>() {
        return shelf.subscription(feed).map(|one| one.feed);
    }
    let mut all = shelf.subscriptions.iter().map(|one| one.feed);
    all.find(|feed| {
        let summary = shelf.summary(*feed);
        summary.is_some_and(|summary| summary.url.as_str() == text)
    })
}

/// How exact a time was given.
fn unit(digits: usize) -> i64 {
    match digits {
        0..=11 => 1_000_000,
        12..=14 => 1_000,
        _ => 1,
    }
}

/// A time in seconds, milliseconds, microseconds or nanoseconds by its length, as the first and the last microsecond that it can
/// mean; `None` if it is none.
pub(super) fn time_of(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits != text.len() || digits == 0 {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    if digits > 17 {
        let micros = number / 1_000;
        return Some((micros, micros));
    }
    let unit = unit(digits);
    let first = number.checked_mul(unit)?;
    Some((first, first + unit - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_found_by_every_form_of_its_id() {
        let id = ArticleId {
            feed: FeedId(5_003),
            seq: 1,
        };
        let number = number(id);
        assert_eq!(number.to_string().len(), 16);
        let long = item(id);
        let hex = long.rsplit('/').next().unwrap().to_owned();
        for form in [
            long.clone(),
            hex.clone(),
            hex.trim_start_matches('0').to_owned(),
            number.to_string(),
            format!(" {number} "),
        ] {
            assert_eq!(item_of(&form), Some(id), "{form}");
        }
        for form in [
            "",
            "1",
            "-5",
            "feed/1",
            "0000000000000001",
            "9999999999999999x",
        ] {
            assert_eq!(item_of(form), None, "{form}");
        }
    }

    #[test]
    fn any_users_tags_are_the_callers() {
        assert_eq!(tag_of("user/-/state/com.google/read"), Some(Tag::Read));
        assert_eq!(
            tag_of("user/1234/state/com.google/starred"),
            Some(Tag::Starred)
        );
        let label = Some(Tag::Label("A/B — ä".into()));
        assert_eq!(tag_of("user/-/label/A/B — ä"), label);
        assert_eq!(tag_of("user/-/state/com.google/like"), Some(Tag::Other));
        assert_eq!(tag_of("user/-/label/"), None);
        assert_eq!(tag_of("label/x"), None);
        assert_eq!(label_name("user/-/label/x"), Some("x"));
        assert_eq!(label_name("x"), Some("x"));
        assert_eq!(label_name("user/-/state/com.google/read"), None);
    }

    #[test]
    fn a_times_unit_follows_from_its_length() {
        let second = 1_800_000_000;
        let micros = second * 1_000_000;
        assert_eq!(time_of("1800000000"), Some((micros, micros + 999_999)));
        assert_eq!(
            time_of("1800000000123"),
            Some((micros + 123_000, micros + 123_999))
        );
        assert_eq!(
            time_of("1800000000123456"),
            Some((micros + 123_456, micros + 123_456))
        );
        assert_eq!(
            time_of("1800000000123456789"),
            Some((micros + 123_456, micros + 123_456))
        );
        assert_eq!(time_of("0"), Some((0, 999_999)));
        for text in ["", "x", "-1", "1e9", "99999999999999999999999"] {
            assert_eq!(time_of(text), None, "{text}");
        }
    }
}
