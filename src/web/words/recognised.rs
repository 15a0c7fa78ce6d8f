//! Sentences that were made in English below the pages, or stored so, in the reader's language.
//!
//! Why a feed fails is found out by the client and the parser, and stored with the feed, for readers of every language.
//! Such a sentence is its own name, as in gettext: `locales/en/told.ftl` has it, with arguments where its facts stand, and
//! the other languages have it under the same message. What isn't recognised is shown as it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::locale::{Piece, language, msg, t, told_patterns};
use crate::users::preferences::Language;

/// What can be recognised.
struct Known {
    /// The messages of whole sentences.
    plain: FxHashMap<String, String>,
    /// The messages with arguments, the ones with most words of their own first.
    patterns: Vec<(String, Vec<Piece>)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut plain = FxHashMap::default();
    let mut patterns = Vec::new();
    for (name, pieces) in told_patterns() {
        match pieces.as_slice() {
            [Piece::Words(words)] => {
                plain.insert(words.trim_end().to_owned(), name);
            }
            _ => patterns.push((name, pieces)),
        }
    }
    let own = |pieces: &[Piece]| {
        let lengths = pieces.iter().map(|piece| match piece {
            Piece::Words(words) => words.len(),
            Piece::Argument(_) => 0,
        });
        lengths.sum::<usize>()
    };
    patterns.sort_by_key(|(_, pieces)| std::cmp::Reverse(own(pieces)));
    Known { plain, patterns }
});

/// An English sentence of ours in the language of the request.
pub fn told(english: &str) -> Cow<'_, str> {
    if language() == Language::English {
        return Cow::Borrowed(english);
    }
    match in_own_words(english) {
        Some(text) => Cow::Owned(text),
        None => Cow::Borrowed(english),
    }
}

/// The message for a sentence, if there is one.
fn in_own_words(english: &str) -> Option<String> {
    if let Some(name) = KNOWN.plain.get(english) {
        return Some(t(name).to_owned());
    }
    let found = KNOWN
        .patterns
        .iter()
        .find_map(|(name, pieces)| Some((name, arguments(pieces, english)?)));
    let (name, arguments) = found?;
    let mut said = msg(name.clone());
    for (argument, value) in arguments {
        // A fact may be a sentence itself.
        said = said.text(argument.to_owned(), told(value));
    }
    Some(said.into())
}

/// What stands in the place of a pattern's arguments; `None` if the text isn't of this pattern.
fn arguments<'p, 't>(pieces: &'p [Piece], text: &'t str) -> Option<Vec<(&'p str, &'t str)>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut waiting: Option<&str> = None;
    for (place, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Argument(name) => waiting = Some(name),
            Piece::Words(words) => {
                let is_last = place + 1 == pieces.len();
                let words = if is_last { words.trim_end() } else { words };
                let at = match (waiting, is_last) {
                    (None, _) => rest.starts_with(words).then_some(0)?,
                    (Some(_), true) => rest.len().checked_sub(words.len())?,
                    (Some(_), false) => rest.find(words)?,
                };
                if !rest.get(at..)?.starts_with(words) {
                    return None;
                }
                if let Some(name) = waiting.take() {
                    found.push((name, rest.get(..at)?));
                }
                rest = rest.get(at + words.len()..)?;
            }
        }
    }
    match waiting {
        Some(name) => found.push((name, rest)),
        None if !rest.is_empty() => return None,
        None => {}
    }
    found
        .iter()
        .all(|(_, value)| !value.is_empty())
        .then_some(found)
}
