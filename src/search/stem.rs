//! Stems: “curlews” finds “curlew”. By the language of the article, of the large European ones; others have none.
//!
//! A list keeps words as they are written, so that their beginnings can be searched. Which of them share a stem with the
//! word that is asked for is found by looking at those that begin alike.

use rust_stemmers::{Algorithm, Stemmer};

/// A language with stems, as articles' records have it: 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(pub u8);

/// The languages in the order of their numbers, from 1 on. Numbers are stored: append only.
const LANGUAGES: [(&str, Algorithm); 15] = [
    ("en", Algorithm::English),
    ("de", Algorithm::German),
    ("fr", Algorithm::French),
    ("es", Algorithm::Spanish),
    ("it", Algorithm::Italian),
    ("pt", Algorithm::Portuguese),
    ("nl", Algorithm::Dutch),
    ("sv", Algorithm::Swedish),
    ("da", Algorithm::Danish),
    ("nb", Algorithm::Norwegian),
    ("fi", Algorithm::Finnish),
    ("hu", Algorithm::Hungarian),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("tr", Algorithm::Turkish),
];

impl Language {
    /// How many there are, with none.
    pub const COUNT: usize = LANGUAGES.len() + 1;

    /// The language with this code (ISO 639-1); none for those without stems.
    pub fn of(code: Option<&str>) -> Self {
        let code = match code {
            Some("no" | "nn") => Some("nb"),
            code => code,
        };
        let place = LANGUAGES.iter().position(|(known, _)| Some(*known) == code);
        Self(place.map_or(0, |place| place as u8 + 1))
    }

    /// The stem of a folded word.
    pub fn stem(self, word: &str) -> String {
        let Some((_, algorithm)) = usize::from(self.0)
            .checked_sub(1)
            .and_then(|place| LANGUAGES.get(place))
        else {
            return word.to_owned();
        };
        // Too short to have an ending, or a number.
        if word.chars().count() < 4 || word.bytes().any(|b| b.is_ascii_digit()) {
            return word.to_owned();
        }
        let stemmer = Stemmer::create(*algorithm);
        let stem = stemmer.stem(word);
        // What would be left of it is no word any more.
        match stem.chars().count() < 3 {
            true => word.to_owned(),
            false => stem.into_owned(),
        }
    }
}

/// The beginning that all words with this stem share, as far as they are looked for: stems change their last letters
/// ("happi" of "happy").
pub fn beginning(word: &str, stem: &str) -> String {
    let shared = word
        .chars()
        .zip(stem.chars())
        .take_while(|(one, other)| one == other)
        .count();
    let least = shared.min(3);
    let taken = shared.saturating_sub(1).max(least);
    word.chars().take(taken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (code, one, other) in [
            ("en", "curlews", "curlew"),
            ("en", "running", "runs"),
            ("de", "vogel", "vogels"),
            ("fr", "oiseaux", "oiseau"),
            ("es", "pajaros", "pajaro"),
            ("ru", "книга", "книги"),
            ("nn", "fuglene", "fugler"),
        ] {
            let language = Language::of(Some(code));
            assert_eq!(language.stem(one), language.stem(other), "{code}: {one}");
            let begin = beginning(one, &language.stem(one));
            assert!(
                other.starts_with(&begin),
                "{code}: {other} begins with {begin}"
            );
        }
        assert_eq!(Language::of(Some("ja")), Language::default());
        assert_eq!(Language::default().stem("curlews"), "curlews");
        assert_eq!(Language::of(Some("en")).stem("b2b2s"), "b2b2s");
    }
}
