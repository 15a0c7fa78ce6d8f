//! OPML: whatever can be read can be written, and reads back as the same list.

use std::collections::BTreeSet;

use chrono::DateTime;
use dormouse::shelf::opml::{Opml, Outline, read, write};

/// Maximum output bytes per input byte: each feed repeats the folders that contain it.
const GROWTH: usize = 64;
/// Output bytes allowed for any list, however short.
const ALLOWANCE: usize = 2 * 1_024 * 1_024;

/// Reads `data` as OPML, writes the list and reads it back.
///
/// # Panics
/// If the second reading gives different feeds, folders, titles or namespaces, or reports damage in our own output; if
/// the output is disproportionately large; and if it takes too long.
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
    // Duplicate folders are merged when written, so the order is only stable from the first writing on.
    let written = write(
        &title,
        &again.namespaces,
        &again.outlines,
        DateTime::UNIX_EPOCH,
    );
    assert_eq!(read(written.as_bytes()), Ok(again));
}

/// The list's feeds with all their properties, unordered.
fn feeds(list: &Opml) -> BTreeSet<String> {
    let unnumbered = |outline: &Outline| Outline {
        line: 0,
        ..outline.clone()
    };
    let feeds = list.outlines.iter().map(unnumbered);
    feeds.map(|outline| format!("{outline:?}")).collect()
}
