//! Programs from Debian that tests run: real ones, where a claim is about them.

use std::path::PathBuf;

use super::variable;

/// A program or file at one of these places. Where `CI` is set it must be there; elsewhere its test says what it skips.
pub(crate) fn installed(what: &str, places: &[&str]) -> Option<PathBuf> {
    let found = places.iter().find_map(|place| match place.split_once('*') {
        // One directory that is named by a version: the newest.
        Some((before, after)) => {
            let mut all: Vec<PathBuf> = std::fs::read_dir(before)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path().join(after.trim_start_matches('/')))
                .filter(|path| path.exists())
                .collect();
            all.sort();
            all.pop()
        }
        None => Some(PathBuf::from(place)).filter(|path| path.exists()),
    });
    if found.is_none() {
        assert!(variable("CI").is_none(), "{what} isn’t installed");
        eprintln!("skipped: {what} isn’t installed");
    }
    found
}
