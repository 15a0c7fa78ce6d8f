//! Words out of a text, folded, with where they stand.
//!
//! Scripts with spaces give words. Of Chinese, Japanese, Korean and Thai each pair of neighbours is a word, and the last
//! letter of a run by itself, so that every letter begins one: no dictionary is needed, and none can be wrong.

use std::ops::Range;

use super::fold::{Class, class_of, push};

/// Longest word, in bytes; the rest of a longer one is left out, in texts and queries alike.
pub const WORD_BYTES: usize = 48;

/// A word, where it begins among the words of its text, and its bytes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Folded.
    pub text: String,
    /// The place among the text's words; of dense scripts, among its letters.
    pub place: u32,
    /// Its bytes in the text.
    pub at: Range<usize>,
    /// Whether it is of a dense script.
    pub dense: bool,
}

/// Visits the words of a text in order. `visit` gets the folded word, its place, its bytes, and whether it is dense.
pub fn each(text: &str, mut visit: impl FnMut(&str, u32, Range<usize>, bool)) {
    let mut place = 0;
    let mut word = String::new();
    let mut begin = 0;
    // The last dense letter: folded, and its bytes.
    let mut letter = String::new();
    let mut pair = String::new();
    let mut letter_at: Option<Range<usize>> = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let end = at + c.len_utf8();
        match class_of(c) {
            Class::Letter => {
                if let Some(at) = letter_at.take() {
                    visit(&letter, place, at, true);
                    place += 1;
                }
                if word.is_empty() {
                    begin = at;
                }
                push(&mut word, c);
            }
            Class::Unseen => {
                push(word_or(&mut word, &mut letter, letter_at.is_some()), c);
            }
            Class::Dense => {
                finish(&mut word, begin, at, &mut place, &mut visit);
                let mut next = String::with_capacity(4);
                push(&mut next, c);
                // A mark of voice belongs to the letter before it.
                while let Some((_, mark)) = rest.peek()
                    && matches!(mark, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}')
                {
                    push(&mut next, *mark);
                    rest.next();
                }
                let end = rest.peek().map_or(text.len(), |(at, _)| *at);
                if let Some(before) = letter_at.take() {
                    pair.clear();
                    pair.push_str(&letter);
                    pair.push_str(&next);
                    visit(&pair, place, before, true);
                    place += 1;
                }
                letter = next;
                letter_at = Some(at..end);
            }
            Class::Between => {
                finish(&mut word, begin, at, &mut place, &mut visit);
                if let Some(at) = letter_at.take() {
                    visit(&letter, place, at, true);
                    place += 1;
                }
            }
        }
        if rest.peek().is_none() {
            finish(&mut word, begin, end, &mut place, &mut visit);
            if let Some(at) = letter_at.take() {
                visit(&letter, place, at, true);
            }
        }
    }
}

/// Where an unseen mark goes: into the word that is being read.
fn word_or<'w>(word: &'w mut String, letter: &'w mut String, is_dense: bool) -> &'w mut String {
    match is_dense {
        true => letter,
        false => word,
    }
}

fn finish(
    word: &mut String,
    begin: usize,
    end: usize,
    place: &mut u32,
    visit: &mut impl FnMut(&str, u32, Range<usize>, bool),
) {
    if word.is_empty() {
        return;
    }
    visit(word, *place, begin..end, false);
    *place += 1;
    word.clear();
}

/// A word as a list has it: without what is too long of it.
pub fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(WORD_BYTES)]
}

/// Whether a word of a list may be one that was cut: it stands for all that begin so.
pub fn is_cut(word: &str) -> bool {
    // A letter has four bytes at most.
    word.len() + 3 >= WORD_BYTES
}

/// The words of a text, as a list.
pub fn of(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    each(text, |word, place, at, dense| {
        tokens.push(Token {
            text: word.to_owned(),
            place,
            at,
            dense,
        });
    });
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        of(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_and_pairs() {
        assert_eq!(
            words("The Über-curlew’s 3.5 km"),
            ["the", "uber", "curlew", "s", "3", "5", "km"]
        );
        assert_eq!(words("東京都"), ["東京", "京都", "都"]);
        assert_eq!(words("AI技術の本"), ["ai", "技術", "術の", "の本", "本"]);
        assert_eq!(words("한국어 책"), ["한국", "국어", "어", "책"]);
        assert_eq!(words("ｶﾞｲﾄﾞ"), ["ガイ", "イド", "ド"]);
        assert_eq!(words("می\u{200c}خواهم שלום"), ["میخواهم", "שלום"]);
        assert_eq!(words(" … — "), Vec::<String>::new());
        assert_eq!(
            of("a 東京 b")
                .iter()
                .map(|token| token.place)
                .collect::<Vec<_>>(),
            [0, 1, 2, 3]
        );
    }

    #[test]
    fn bytes_lead_back_into_the_text() {
        for text in ["Grüße aus 東京都, ok", "x\u{301}y z", "ไทย ab", "a", "本"] {
            for token in of(text) {
                assert!(text.get(token.at.clone()).is_some(), "{text}: {token:?}");
                assert!(!token.at.is_empty());
            }
        }
    }

    #[test]
    fn long_words_are_cut_between_letters() {
        for long in ["é".repeat(100), "пример".repeat(30)] {
            assert!(words(&long)[0].len() > WORD_BYTES);
            assert!(cut(&long).len() <= WORD_BYTES && is_cut(cut(&long)));
        }
        assert!(!is_cut("short"));
    }
}
