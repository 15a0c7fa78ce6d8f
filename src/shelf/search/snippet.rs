//! The text around a hit, with the words that were found marked.

use std::ops::Range;

use crate::articles::words::Searched;
use crate::search::Found;

/// Bytes of a snippet, about.
const SNIPPET_BYTES: usize = 220;
/// Bytes before the first word that was found.
const BEFORE_BYTES: usize = 60;
/// Most marks in a title or a snippet.
const MARKS: usize = 20;

/// Text in pieces, each with whether it is marked.
pub type Pieces = Vec<(String, bool)>;

/// A text with these bytes marked.
pub fn marked(text: &str, marks: &[Range<usize>]) -> Pieces {
    let mut pieces = Vec::new();
    let mut at = 0;
    for mark in marks.iter().take(MARKS) {
        let (Some(before), Some(inside)) = (text.get(at..mark.start), text.get(mark.clone()))
        else {
            continue;
        };
        if !before.is_empty() {
            pieces.push((before.to_owned(), false));
        }
        pieces.push((inside.to_owned(), true));
        at = mark.end;
    }
    if let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        pieces.push((rest.to_owned(), false));
    }
    pieces
}

/// The pieces without their marks.
pub fn plain(pieces: &Pieces) -> String {
    pieces.iter().map(|(text, _)| text.as_str()).collect()
}

/// The text around the first words that were found; the beginning of the text if none of it was.
pub fn around(searched: &Searched, found: &Found) -> Pieces {
    let (n, first) = found.text.first().cloned().unwrap_or((0, 0..0));
    let Some(text) = searched.texts.get(n).filter(|text| !text.is_empty()) else {
        return Vec::new();
    };
    let mut begin = text.floor_char_boundary(first.start.saturating_sub(BEFORE_BYTES));
    if begin > 0
        && let Some(space) = text[begin..first.start].find(' ')
    {
        begin += space + 1;
    }
    let end = text.floor_char_boundary((begin + SNIPPET_BYTES).max(first.end));
    let end = match text[..end].rfind(' ') {
        Some(space) if end < text.len() && space > first.end => space,
        _ => end,
    };
    let inside = found.text.iter().filter(|(m, at)| *m == n && at.end <= end);
    let marks: Vec<Range<usize>> = inside
        .map(|(_, at)| at.start - begin..at.end - begin)
        .collect();
    let mut pieces = marked(&text[begin..end], &marks);
    if begin > 0 {
        pieces.insert(0, ("…".to_owned(), false));
    }
    if end < text.len() {
        pieces.push(("…".to_owned(), false));
    }
    pieces
}
