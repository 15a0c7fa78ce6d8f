//! What lists of words propose and bodies confirm, judged against a scan that knows neither lists nor stems' beginnings.

use dormouse::search::query::{Field, Leaf, Term};
use dormouse::search::stem::Language;
use dormouse::search::tokens::{self, Token};
use dormouse::search::{Doc, Entry, Facts, Pieces, Question, Search, Texts, Words};
use proptest::prelude::*;

/// Words that look alike, so that beginnings, stems and pairs get into each other's way.
const WORDS: [&str; 24] = [
    "curlew",
    "curlews",
    "curl",
    "running",
    "run",
    "runs",
    "runner",
    "Über",
    "uber",
    "naïve",
    "东京",
    "東京都",
    "京都",
    "水鳥",
    "한국어",
    "한국",
    "ไทย",
    "שלום",
    "книга",
    "книги",
    "e-mail",
    "mail",
    "2026",
    "salt",
];

struct Nothing(Vec<Token>);

impl Facts for Nothing {
    fn feed(&self) -> &[Token] {
        &self.0
    }
    fn folders(&self) -> &[Vec<Token>] {
        &[]
    }
    fn is_read(&self, doc: &Doc) -> bool {
        doc.seq % 2 == 0
    }
    fn is_starred(&self, doc: &Doc) -> bool {
        doc.seq % 3 == 0
    }
    fn tags(&self, _: &Doc) -> &[String] {
        &[]
    }
}

#[derive(Clone, Debug)]
struct Text {
    title: String,
    body: String,
    lang: u8,
}

fn text() -> impl Strategy<Value = Text> {
    let words = || proptest::collection::vec(0..WORDS.len(), 0..8);
    (words(), words(), 1..4_u8).prop_map(|(title, body, lang)| {
        let of = |all: Vec<usize>| {
            all.into_iter()
                .map(|n| WORDS[n])
                .collect::<Vec<_>>()
                .join(" ")
        };
        Text {
            title: of(title),
            body: of(body),
            lang,
        }
    })
}

fn query() -> impl Strategy<Value = String> {
    let word = (0..WORDS.len(), 0..6_u8).prop_map(|(n, how)| match how {
        0 => format!("-{}", WORDS[n]),
        1 => format!("{}*", WORDS[n].chars().take(2).collect::<String>()),
        2 => format!("\"{} {}\"", WORDS[n], WORDS[(n + 1) % WORDS.len()]),
        3 => format!("title:{}", WORDS[n]),
        4 => ["is:read", "is:starred", "is:unread", "OR"][n % 4].to_owned(),
        _ => WORDS[n].to_owned(),
    });
    proptest::collection::vec(word, 1..5).prop_map(|words| words.join(" "))
}

/// Whether a word of a text is what is looked for, from the words alone.
fn is_word(
    word: &dormouse::search::query::Word,
    token: &Token,
    is_exact: bool,
    language: Language,
) -> bool {
    if word.is_begin {
        return token.text.starts_with(&word.text);
    }
    let same = token.text == word.text;
    same || !is_exact && !word.is_dense && language.stem(&token.text) == language.stem(&word.text)
}

fn holds(term: &Term, text: &Text, seq: u32) -> bool {
    let language = Language(text.lang);
    let is_in = |text: &str| {
        let Leaf::Words(phrase) = &term.leaf else {
            return false;
        };
        let all = tokens::of(text);
        (0..all.len()).any(|at| {
            phrase.words.iter().all(|word| {
                let place = all[at].place + word.place;
                all.iter().any(|token| {
                    token.place == place && is_word(word, token, phrase.is_exact, language)
                })
            })
        })
    };
    let does = match &term.leaf {
        Leaf::Words(phrase) if phrase.field == Field::Title => is_in(&text.title),
        Leaf::Words(_) => is_in(&text.title) || is_in(&text.body),
        Leaf::Read => seq % 2 == 0,
        Leaf::Unread => seq % 2 == 1,
        Leaf::Starred => seq % 3 == 0,
        other => panic!("{other:?}"),
    };
    does != term.not
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_a_scan_finds(texts in proptest::collection::vec(text(), 1..40), asked in query(), gone in 0..5_u32) {
        let query = Question::parse(&asked).unwrap();
        prop_assume!(!query.is_empty());
        let doc = |n: usize| Doc {
            seq: n as u32 + 1,
            language: Language(texts[n].lang),
            ..Doc::default()
        };
        let entries: Vec<Entry> = (0..texts.len()).map(|n| {
            let pieces = Pieces { title: &texts[n].title, texts: &[texts[n].body.as_str()], ..Pieces::default() };
            Entry::of(doc(n), &pieces)
        }).collect();
        // In two steps, as news comes, and with what retention takes.
        let half = entries.len() / 2;
        let first = Words::default().changed(|_| true, &entries[..half]);
        let first = Words::open(first.into()).unwrap_or_default();
        let words = first.changed(|seq| seq > gone, &entries[half..]);
        let words = Words::open(words.into()).unwrap_or_default();
        let search = Search::new(&query);
        let facts = Nothing(Vec::new());
        let proposed = search.proposed(&words, &facts).docs;
        let mut found = Vec::new();
        for place in proposed.iter() {
            let doc = words.docs()[place];
            let text = &texts[doc.seq as usize - 1];
            let pieces = Pieces { title: &text.title, texts: &[text.body.as_str()], ..Pieces::default() };
            if search.confirm(&Texts::of(&pieces), &doc, &facts).is_some() {
                found.push(doc.seq);
            }
        }
        let scanned: Vec<u32> = (1..=texts.len() as u32).filter(|&seq| seq > gone).filter(|&seq| {
            query.groups.iter().all(|group| group.iter().any(|term| holds(term, &texts[seq as usize - 1], seq)))
        }).collect();
        prop_assert_eq!(found, scanned, "{}", asked);
    }
}
