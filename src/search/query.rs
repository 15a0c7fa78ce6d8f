//! The language of queries.
//!
//! `curlew salt*` both, in any order · `"salt marsh"` exactly · `-drone` without · `tide OR ebb` either, closer than the space ·
//! `title:` `author:` `feed:` `folder:` `tag:` `links:` with a word or a phrase · `is:unread|read|starred` ·
//! `has:audio|video|image` · `before:2026-11` `after:2025` by the day of publication, in UTC.

use std::ops::Range;

use chrono::NaiveDate;

use super::links::Target;
use super::tokens;

/// Most terms of a query; the rest isn't searched, and the answer says so.
pub const TERMS: usize = 40;
/// Longest query, in bytes; likewise.
pub const QUERY_BYTES: usize = 2_000;
/// Most words of one phrase.
const PHRASE_WORDS: usize = 40;

/// A query, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// All of these must hold; of each, one.
    pub groups: Vec<Vec<Term>>,
    /// Whether it was longer than what is searched.
    pub is_cut: bool,
}

/// One thing that is asked for, or against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether it must not hold.
    pub not: bool,
    /// What it is.
    pub leaf: Leaf,
    /// As it was typed, without the minus.
    pub typed: String,
    /// Its bytes in the query, with the minus.
    pub at: Range<usize>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// Words, or a phrase.
    Words(Phrase),
    /// The feed's name has these words.
    Feed(Phrase),
    /// The feed stands in a folder whose path has these words.
    Folder(Phrase),
    /// The reader's own tag.
    Tag(String),
    /// Not read yet.
    Unread,
    /// Read.
    Read,
    /// Starred.
    Starred,
    /// Has these media, as bits.
    Has(u8),
    /// Published before this second.
    Before(i64),
    /// Published from this second on.
    After(i64),
    /// Links to a page or a host.
    Links(Target),
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Everywhere.
    Any,
    /// In the title.
    Title,
    /// In the author's name.
    Author,
}

/// Words one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Where.
    pub field: Field,
    /// At least one.
    pub words: Vec<Word>,
    /// Whether other forms of the words don't count: it stood in quotation marks.
    pub is_exact: bool,
}

/// A word of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// Its place after the first.
    pub place: u32,
    /// Whether words count that only begin like it.
    pub is_begin: bool,
    /// Whether it is of a dense script, which has no forms.
    pub is_dense: bool,
}

/// What can't be understood, in words for the reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// `before:` or `after:` without a date.
    #[error("“{0}” isn’t a date. Write 2026, 2026-11 or 2026-11-30.")]
    Date(String),
    /// `is:` with something else.
    #[error("“{0}” isn’t a state. Write is:unread, is:read or is:starred.")]
    State(String),
    /// `has:` with something else.
    #[error("“{0}” can’t be looked for. Write has:audio, has:video or has:image.")]
    Media(String),
    /// `links:` without an address.
    #[error("“{0}” isn’t a web address. Write links:example.org or links:example.org/page.")]
    Address(String),
    /// A field without a word.
    #[error("There is no word after “{0}”.")]
    Nothing(String),
}

impl Question {
    /// Reads a query. One without words asks for nothing.
    ///
    /// # Errors
    /// [`QuestionError`] for the first field that can't be understood.
    pub fn parse(text: &str) -> Result<Self, QuestionError> {
        let end = text.floor_char_boundary(QUERY_BYTES);
        let mut query = Self {
            groups: Vec::new(),
            is_cut: end < text.len(),
        };
        let text = &text[..end];
        let mut joins = false;
        let mut count = 0;
        for part in parts(text) {
            if part.is_or(text) {
                joins = !query.groups.is_empty();
                continue;
            }
            let Some(term) = part.term(text)? else {
                continue;
            };
            if count == TERMS {
                query.is_cut = true;
                break;
            }
            count += 1;
            match query.groups.last_mut().filter(|_| joins) {
                Some(group) => group.push(term),
                None => query.groups.push(vec![term]),
            }
            joins = false;
        }
        Ok(query)
    }

    /// The same, and this must hold, too.
    #[must_use]
    pub fn and(mut self, leaf: Leaf) -> Self {
        self.groups.push(vec![Term {
            not: false,
            leaf,
            typed: String::new(),
            at: 0..0,
        }]);
        self
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// All its terms.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.groups.iter().flatten()
    }

    /// Whether something must not be in the texts: then only they can say that it isn't.
    pub fn denies_text(&self) -> bool {
        let denied = self.terms().filter(|term| term.not);
        denied.map(|term| &term.leaf).any(|leaf| match leaf {
            Leaf::Words(phrase) => phrase.field == Field::Any,
            Leaf::Links(_) => true,
            _ => false,
        })
    }

    /// Whether it can be answered without the texts: it asks for titles, feeds, folders, tags and states alone.
    pub fn needs_text(&self) -> bool {
        self.terms().any(|term| match &term.leaf {
            Leaf::Words(phrase) => phrase.field == Field::Any,
            Leaf::Links(_) => true,
            _ => false,
        })
    }
}

/// A piece of a query between spaces, quotation marks counted.
#[derive(Debug)]
struct Part {
    at: Range<usize>,
    not: bool,
    /// The bytes of the field's name.
    field: Option<Range<usize>>,
    value: Range<usize>,
    is_quoted: bool,
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '＂')
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let begin = at;
        let not = matches!(c, '-' | '−' | '－')
            && text[at + c.len_utf8()..]
                .chars()
                .next()
                .is_some_and(|c| !c.is_whitespace());
        if not {
            at += c.len_utf8();
        }
        let rest = &text[at..];
        let named = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .filter(|&end| {
                end > 0 && (rest[end..].starts_with(':') || rest[end..].starts_with('：'))
            });
        let named =
            named.filter(|&end| FIELDS.contains(&rest[..end].to_ascii_lowercase().as_str()));
        let field = named.map(|end| at..at + end);
        if let Some(field) = &field {
            at = field.end + text[field.end..].chars().next().map_or(0, char::len_utf8);
        }
        let quote = text[at..].chars().next().filter(|c| is_quote(*c));
        let (value, end) = match quote {
            Some(quote) => {
                let inside = at + quote.len_utf8();
                match text[inside..].char_indices().find(|(_, c)| is_quote(*c)) {
                    Some((length, close)) => {
                        (inside..inside + length, inside + length + close.len_utf8())
                    }
                    None => (inside..text.len(), text.len()),
                }
            }
            None => {
                let stop = |c: char| c.is_whitespace() || is_quote(c);
                let length = text[at..].find(stop).unwrap_or(text.len() - at);
                (at..at + length, at + length)
            }
        };
        at = end.max(begin + c.len_utf8());
        parts.push(Part {
            at: begin..at,
            not,
            field,
            value,
            is_quoted: quote.is_some(),
        });
    }
    parts
}

/// The fields' names.
const FIELDS: [&str; 10] = [
    "title", "author", "feed", "folder", "tag", "is", "has", "before", "after", "links",
];

impl Part {
    fn is_or(&self, text: &str) -> bool {
        !self.not && !self.is_quoted && self.field.is_none() && &text[self.value.clone()] == "OR"
    }

    fn term(&self, text: &str) -> Result<Option<Term>, QuestionError> {
        let value = text[self.value.clone()].trim();
        let typed = text[self.at.clone()].trim_start_matches(['-', '−', '－']);
        let name = self
            .field
            .clone()
            .map(|field| text[field].to_ascii_lowercase());
        let bad = || value.to_owned();
        let phrase = |field| phrase(value, field, self.is_quoted);
        let leaf = match name.as_deref() {
            None => phrase(Field::Any).map(Leaf::Words),
            Some("title") => phrase(Field::Title).map(Leaf::Words),
            Some("author") => phrase(Field::Author).map(Leaf::Words),
            Some("feed") => phrase(Field::Any).map(Leaf::Feed),
            Some("folder") => phrase(Field::Any).map(Leaf::Folder),
            Some("tag") => Some(super::fold::folded(value.trim_start_matches('#')))
                .filter(|tag| !tag.is_empty())
                .map(Leaf::Tag),
            Some(_) if value.is_empty() => None,
            Some("is") => Some(match value.to_ascii_lowercase().as_str() {
                "unread" => Leaf::Unread,
                "read" => Leaf::Read,
                "starred" => Leaf::Starred,
                _ => return Err(QuestionError::State(bad())),
            }),
            Some("has") => Some(Leaf::Has(match value.to_ascii_lowercase().as_str() {
                "audio" => 1,
                "video" => 2,
                "image" => 4,
                _ => return Err(QuestionError::Media(bad())),
            })),
            Some("before") => Some(Leaf::Before(
                second_of(value).ok_or_else(|| QuestionError::Date(bad()))?,
            )),
            Some("after") => Some(Leaf::After(
                second_of(value).ok_or_else(|| QuestionError::Date(bad()))?,
            )),
            Some(_) => Some(Leaf::Links(
                Target::of(value).ok_or_else(|| QuestionError::Address(bad()))?,
            )),
        };
        match (leaf, name) {
            (Some(leaf), _) => Ok(Some(Term {
                not: self.not,
                leaf,
                typed: typed.to_owned(),
                at: self.at.clone(),
            })),
            (None, Some(name)) => Err(QuestionError::Nothing(format!("{name}:"))),
            // Nothing but signs.
            (None, None) => Ok(None),
        }
    }
}

/// The words of a text, as they are looked for; `None` if it has none.
pub fn phrase(text: &str, field: Field, is_exact: bool) -> Option<Phrase> {
    let is_begin = !is_exact && text.ends_with(['*', '＊']);
    let all = tokens::of(text);
    let mut words = Vec::new();
    let first = all.first()?.place;
    for (n, token) in all.iter().enumerate().take(PHRASE_WORDS) {
        let runs_on = |other: &tokens::Token| other.dense && other.at.end == token.at.start;
        let ends_run = token.dense && token.text.chars().count() == 1;
        let is_alone = ends_run && !n.checked_sub(1).is_some_and(|before| runs_on(&all[before]));
        // A run's last letter is in the pair before it.
        if ends_run && !is_alone {
            continue;
        }
        words.push(Word {
            text: token.text.clone(),
            place: token.place - first,
            is_begin: is_alone || is_begin && n + 1 == all.len(),
            is_dense: token.dense,
        });
    }
    Some(Phrase {
        field,
        words,
        is_exact,
    })
}

/// The first second of a year, a month or a day in UTC.
fn second_of(text: &str) -> Option<i64> {
    let mut parts = text.split(['-', '/', '.']);
    let year: i32 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let mut number = || match parts.next() {
        None => Some(1),
        Some(part) => part.parse::<u32>().ok(),
    };
    let (month, day) = (number()?, number()?);
    if parts.next().is_some() {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(query: &str) -> Vec<Vec<(bool, Vec<String>)>> {
        let query = Question::parse(query).unwrap();
        let term = |term: &Term| match &term.leaf {
            Leaf::Words(phrase) => (
                term.not,
                phrase.words.iter().map(|word| word.text.clone()).collect(),
            ),
            other => panic!("{other:?}"),
        };
        query
            .groups
            .iter()
            .map(|group| group.iter().map(term).collect())
            .collect()
    }

    fn one(not: bool, words: &[&str]) -> (bool, Vec<String>) {
        (not, words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn words_phrases_and_operators() {
        assert_eq!(
            words("Über curlew"),
            [vec![one(false, &["uber"])], vec![one(false, &["curlew"])]]
        );
        assert_eq!(
            words("a OR b c"),
            [
                vec![one(false, &["a"]), one(false, &["b"])],
                vec![one(false, &["c"])]
            ]
        );
        assert_eq!(
            words("“salt marsh” -drone"),
            [
                vec![one(false, &["salt", "marsh"])],
                vec![one(true, &["drone"])]
            ]
        );
        assert_eq!(words("OR a OR"), [vec![one(false, &["a"])]]);
        assert_eq!(words("e-mail"), [vec![one(false, &["e", "mail"])]]);
        assert_eq!(
            words("東京都 京"),
            [
                vec![one(false, &["東京", "京都"])],
                vec![one(false, &["京"])]
            ]
        );
        assert_eq!(words("(.*)+ $^ a"), [vec![one(false, &["a"])]]);
        assert_eq!(
            words("http://x.org"),
            [vec![one(false, &["http", "x", "org"])]]
        );
        assert!(Question::parse(" -- \"\" - ").unwrap().is_empty());
    }

    #[test]
    fn fields() {
        let leaf = |query: &str| Question::parse(query).unwrap().groups[0][0].leaf.clone();
        assert_eq!(leaf("is:Unread"), Leaf::Unread);
        assert_eq!(leaf("has:video"), Leaf::Has(2));
        assert_eq!(leaf("before:2026-11"), Leaf::Before(1_793_491_200));
        assert_eq!(leaf("after:2025"), Leaf::After(1_735_689_600));
        assert_eq!(leaf("tag:#Birds"), Leaf::Tag("birds".into()));
        assert!(matches!(
            leaf("-title:\"a b\""),
            Leaf::Words(Phrase {
                field: Field::Title,
                is_exact: true,
                ..
            })
        ));
        assert!(matches!(leaf("feed:tide*"), Leaf::Feed(phrase) if phrase.words[0].is_begin));
        assert!(matches!(
            leaf("links:https://example.org/a"),
            Leaf::Links(_)
        ));
        for (query, error) in [
            ("before:soon", QuestionError::Date("soon".into())),
            ("is:new", QuestionError::State("new".into())),
            ("has:legs", QuestionError::Media("legs".into())),
            ("links:word", QuestionError::Address("word".into())),
            ("title:", QuestionError::Nothing("title:".into())),
        ] {
            assert_eq!(Question::parse(query), Err(error), "{query}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_said() {
        let query = Question::parse(&"word ".repeat(1_000)).unwrap();
        assert!(query.is_cut && query.groups.len() == TERMS);
        assert!(Question::parse(&"é".repeat(5_000)).unwrap().is_cut);
        assert!(!Question::parse("short").unwrap().is_cut);
    }
}
