//! Lists: whatever is read can be written, and is then read as the same.

use std::collections::BTreeSet;

use chrono::DateTime;
use dormouse::shelf::opml::{Opml, Outline, read, write};

/// What each byte may become: a feed repeats the folders that it stands in.
const GROWTH: usize = 64;
/// What any list may become.
const ALLOWANCE: usize = 2 * 1_024 * 1_024;

/// Reads `data` as a list, writes it and reads that.
///
/// # Panics
/// Where the second reading gives other feeds, folders, titles or namespaces, or finds damage in what we wrote; where the
/// list grows out of proportion; and where it takes too long.
pub fn check(data: &[u8]) {
    let Ok(list) = super::in_time(|| read(data)) else {
        return;
    };
    let title = list.title.clone().unwrap_or_default();
    let export = || {
        write(
            &title,
            &list.namespaces,
            &list.outlines,
            DateTime::UNIX_EPOCH,
        )
    };
    let written = super::in_time(export);
    assert!(
        written.len() <= data.len() * GROWTH + ALLOWANCE,
        "{} bytes",
        written.len()
    );
    let again = super::in_time(|| read(written.as_bytes())).expect("our own list");
    assert_eq!(feeds(&again), feeds(&list));
    assert_eq!(again.title, list.title);
    assert_eq!(again.namespaces, list.namespaces);
    assert!(again.notes.is_empty(), "{:?}", again.notes);
    // A folder that appears twice is written once, so only from then on does the order stay too.
    let written = write(
        &title,
        &again.namespaces,
        &again.outlines,
        DateTime::UNIX_EPOCH,
    );
    assert_eq!(read(written.as_bytes()), Ok(again));
}

/// Its feeds with all that is known of them, in no order.
fn feeds(list: &Opml) -> BTreeSet<String> {
    let unnumbered = |outline: &Outline| Outline {
        line: 0,
        ..outline.clone()
    };
    let feeds = list.outlines.iter().map(unnumbered);
    feeds.map(|outline| format!("{outline:?}")).collect()
}
