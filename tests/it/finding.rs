//! What lists of words propose and bodies confirm, judged against a scan of the texts that was written without either: it has its own
//! folding, its own words and its own places, and it evaluates what was asked for before that was written as a query.

use dormouse::search::stem::Language;
use dormouse::search::tokens::{self, Token};
use dormouse::search::{Doc, Entry, Facts, Pieces, Question, Search, Texts, Words};
use proptest::prelude::*;

/// Words that look alike, so that beginnings, stems and pairs get into each other's way.
pub(crate) const WORDS: [&str; 24] = [
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
/// Addresses that articles link to.
pub(crate) const LINKS: [&str; 4] = [
    "https://example.org/a",
    "http://www.Example.org:8080/b?utm_source=x",
    "https://other.example/a",
    "https://example.org/a/c",
];
/// What is asked of them, with those that it means.
const ASKED_LINKS: [(&str, [bool; 4]); 5] = [
    ("example.org", [true, true, false, true]),
    ("https://EXAMPLE.org/a", [true, false, false, false]),
    ("example.org:8080", [false, true, false, false]),
    ("example.org:8080/b", [false, true, false, false]),
    ("other.example", [false, false, true, false]),
];
/// The beginning of 2026, and a day, in seconds.
pub(crate) const YEAR: i64 = 1_767_225_600;
pub(crate) const DAY: i64 = 86_400;

/// An article, and what its reader did with it.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) categories: Vec<String>,
    pub(crate) body: String,
    pub(crate) lang: u8,
    pub(crate) day: i64,
    pub(crate) media: u8,
    pub(crate) tags: Vec<String>,
    pub(crate) is_read: bool,
    pub(crate) is_starred: bool,
    pub(crate) link: usize,
}

/// A feed, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub(crate) title: String,
    pub(crate) folders: Vec<Vec<String>>,
}

/// One thing that is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Words(Place, String, How),
    Tag(String),
    Read,
    Unread,
    Starred,
    Has(u8),
    Before(i64),
    After(i64),
    Link(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Anywhere,
    Title,
    Author,
    Feed,
    Folder,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Plain,
    Quoted,
    Begin,
}

pub(crate) type Asked = Vec<Vec<(bool, Ask)>>;

fn some(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(0..WORDS.len(), 0..most).prop_map(|all| {
        let words: Vec<&str> = all.into_iter().map(|n| WORDS[n]).collect();
        words.join(" ")
    })
}

pub(crate) fn text() -> impl Strategy<Value = Text> {
    let words = (some(7), some(3), proptest::collection::vec(some(3), 0..3));
    let about = (some(8), 1..4_u8, 0..60_i64, 0..8_u8);
    let own = (
        proptest::collection::vec(some(3), 0..2),
        any::<bool>(),
        any::<bool>(),
        0..LINKS.len(),
    );
    (words, about, own).prop_map(|(words, about, own)| Text {
        title: words.0,
        author: words.1,
        categories: words.2,
        body: about.0,
        lang: about.1,
        day: about.2,
        media: about.3,
        tags: own.0.into_iter().filter(|tag| !tag.is_empty()).collect(),
        is_read: own.1,
        is_starred: own.2,
        link: own.3,
    })
}

pub(crate) fn feed() -> impl Strategy<Value = Feed> {
    let path = proptest::collection::vec(some(3), 1..3);
    (some(4), proptest::collection::vec(path, 0..3))
        .prop_map(|(title, folders)| Feed { title, folders })
}

fn ask() -> impl Strategy<Value = Ask> {
    let place = prop_oneof![
        4 => Just(Place::Anywhere),
        2 => Just(Place::Title),
        2 => Just(Place::Author),
        1 => Just(Place::Feed),
        1 => Just(Place::Folder),
    ];
    let word = || (0..WORDS.len()).prop_map(|n| WORDS[n].to_owned());
    let begin = (0..WORDS.len(), 1..4_usize).prop_map(|(n, count)| {
        let begin: String = WORDS[n].chars().take(count).collect();
        (begin, How::Begin)
    });
    let quoted = proptest::collection::vec(0..WORDS.len(), 1..4).prop_map(|all| {
        let words: Vec<&str> = all.into_iter().map(|n| WORDS[n]).collect();
        (words.join(" "), How::Quoted)
    });
    let phrase = prop_oneof![
        3 => word().prop_map(|word| (word, How::Plain)),
        1 => begin,
        1 => quoted,
    ];
    prop_oneof![
        8 => (place, phrase).prop_map(|(place, (words, how))| Ask::Words(place, words, how)),
        1 => some(3).prop_filter("a tag has a name", |tag| !tag.is_empty()).prop_map(Ask::Tag),
        1 => prop_oneof![Just(Ask::Read), Just(Ask::Unread), Just(Ask::Starred)],
        1 => prop_oneof![Just(1), Just(2), Just(4)].prop_map(Ask::Has),
        1 => (0..60_i64).prop_map(Ask::Before),
        1 => (0..60_i64).prop_map(Ask::After),
        1 => (0..ASKED_LINKS.len()).prop_map(Ask::Link),
    ]
}

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let term = (proptest::bool::weighted(0.25), ask());
    let group = proptest::collection::vec(term, 1..3);
    proptest::collection::vec(group, 1..4)
}

/// The day as people write it.
fn day(day: i64) -> String {
    match day {
        0..31 => format!("2026-01-{:02}", day + 1),
        31..59 => format!("2026-02-{:02}", day - 30),
        _ => "2026-03".to_owned(),
    }
}

/// As somebody types it.
pub(crate) fn typed(asked: &Asked) -> String {
    let term = |(not, ask): &(bool, Ask)| {
        let plain = match ask {
            Ask::Words(place, words, how) => {
                let field = match place {
                    Place::Anywhere => "",
                    Place::Title => "title:",
                    Place::Author => "author:",
                    Place::Feed => "feed:",
                    Place::Folder => "folder:",
                };
                match how {
                    How::Plain => format!("{field}{words}"),
                    How::Quoted => format!("{field}\"{words}\""),
                    How::Begin => format!("{field}{words}*"),
                }
            }
            Ask::Tag(tag) => format!("tag:\"{tag}\""),
            Ask::Read => "is:read".to_owned(),
            Ask::Unread => "is:unread".to_owned(),
            Ask::Starred => "is:starred".to_owned(),
            Ask::Has(1) => "has:audio".to_owned(),
            Ask::Has(2) => "has:video".to_owned(),
            Ask::Has(_) => "has:image".to_owned(),
            Ask::Before(at) => format!("before:{}", day(*at)),
            Ask::After(at) => format!("after:{}", day(*at)),
            Ask::Link(n) => format!("links:{}", ASKED_LINKS[*n].0),
        };
        if *not { format!("-{plain}") } else { plain }
    };
    let group = |group: &Vec<(bool, Ask)>| {
        let terms: Vec<String> = group.iter().map(term).collect();
        terms.join(" OR ")
    };
    let groups: Vec<String> = asked.iter().map(group).collect();
    groups.join(" ")
}

/// A text as the scan sees it: a word, or a letter of a script without spaces, with the run that it is of.
fn places(text: &str) -> Vec<(String, Option<usize>)> {
    let mut places = Vec::new();
    for (run, word) in text.split([' ', '-']).enumerate() {
        let folded: String = word
            .to_lowercase()
            .chars()
            .map(|c| match c {
                'ü' => 'u',
                'ï' => 'i',
                c => c,
            })
            .collect();
        let is_dense = folded.chars().any(|c| {
            matches!(c, '\u{e00}'..='\u{e7f}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
        });
        match is_dense {
            true => places.extend(folded.chars().map(|c| (c.to_string(), Some(run)))),
            false if folded.is_empty() => {}
            false => places.push((folded, None)),
        }
    }
    places
}

/// Whether a text has some words one after another; in a language, other forms of them count, too.
pub(crate) fn has(text: &str, words: &str, how: How, language: Option<u8>) -> bool {
    let (all, wanted) = (places(text), places(words));
    let language = language.filter(|_| how == How::Plain).map(Language);
    let is = |n: usize, at: usize| {
        let ((word, run), (other, other_run)) = (&wanted[n], &all[at]);
        if run.is_some() || other_run.is_some() {
            let follows = n > 0 && wanted[n - 1].1 == *run;
            let is_one_run = !follows || at > 0 && all[at - 1].1 == *other_run;
            return run.is_some() == other_run.is_some() && word == other && is_one_run;
        }
        if how == How::Begin && n + 1 == wanted.len() {
            return other.starts_with(word.as_str());
        }
        let is_form = |language: Language| language.stem(word) == language.stem(other);
        word == other || language.is_some_and(is_form)
    };
    let room = (all.len() + 1).saturating_sub(wanted.len());
    let begins = |begin: usize| (0..wanted.len()).all(|n| is(n, begin + n));
    !wanted.is_empty() && (0..room).any(begins)
}

fn same_tag(one: &str, other: &str) -> bool {
    let plain = |tag: &str| {
        let lower = tag.to_lowercase();
        lower.replace('ü', "u").replace('ï', "i")
    };
    plain(one) == plain(other)
}

/// Whether an article is what one term asks for, by looking at all of it.
pub(crate) fn holds(ask: &Ask, text: &Text, feed: &Feed) -> bool {
    match ask {
        Ask::Words(place, words, how) => {
            let inside = |text: &str, language| has(text, words, *how, language);
            let lang = Some(text.lang);
            let is_titled = inside(&text.title, lang);
            let is_by = inside(&text.author, lang);
            match place {
                Place::Title => is_titled,
                Place::Author => is_by,
                Place::Feed => inside(&feed.title, None),
                Place::Folder => {
                    let mut paths = feed.folders.iter();
                    paths.any(|path| inside(&path.join(" "), None))
                }
                Place::Anywhere => {
                    is_titled
                        || is_by
                        || inside(&text.body, lang)
                        || text.categories.iter().any(|name| inside(name, lang))
                        || inside(&feed.title, None)
                        || text.tags.iter().any(|tag| inside(tag, None))
                }
            }
        }
        Ask::Tag(tag) => text.tags.iter().any(|own| same_tag(own, tag)),
        Ask::Read => text.is_read,
        Ask::Unread => !text.is_read,
        Ask::Starred => text.is_starred,
        Ask::Has(kind) => text.media & kind != 0,
        Ask::Before(day) => text.day < *day,
        Ask::After(day) => text.day >= *day,
        Ask::Link(n) => ASKED_LINKS[*n].1[text.link],
    }
}

/// What is known of the articles besides their words.
struct Known<'t> {
    texts: &'t [Text],
    title: Vec<Token>,
    folders: Vec<Vec<Token>>,
}

impl Known<'_> {
    fn text(&self, doc: &Doc) -> &Text {
        &self.texts[doc.seq as usize - 1]
    }
}

impl Facts for Known<'_> {
    fn feed(&self) -> &[Token] {
        &self.title
    }
    fn folders(&self) -> &[Vec<Token>] {
        &self.folders
    }
    fn is_read(&self, doc: &Doc) -> bool {
        self.text(doc).is_read
    }
    fn is_starred(&self, doc: &Doc) -> bool {
        self.text(doc).is_starred
    }
    fn tags(&self, doc: &Doc) -> &[String] {
        &self.text(doc).tags
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_a_scan_finds(texts in proptest::collection::vec(text(), 1..30), feed in feed(), asked in asked(), gone in 0..5_u32) {
        let typed = typed(&asked);
        let query = Question::parse(&typed).unwrap();
        prop_assert_eq!(query.groups.len(), asked.len(), "{}", typed);
        let doc = |n: usize| Doc {
            seq: n as u32 + 1,
            language: Language(texts[n].lang),
            published: YEAR + texts[n].day * DAY + 3_600,
            media: texts[n].media,
            ..Doc::default()
        };
        let with = |n: usize, look: &mut dyn FnMut(&Pieces<'_>)| {
            let text = &texts[n];
            look(&Pieces {
                title: &text.title,
                author: &text.author,
                categories: &text.categories,
                texts: &[text.body.as_str()],
                links: &[LINKS[text.link].to_owned()],
            });
        };
        let mut entries = Vec::new();
        for n in 0..texts.len() {
            with(n, &mut |pieces| entries.push(Entry::of(doc(n), pieces)));
        }
        // In two steps, as news comes, and with what retention takes.
        let half = entries.len() / 2;
        let first = Words::default().changed(|_| true, &entries[..half]);
        let first = Words::open(first.into()).unwrap_or_default();
        let words = first.changed(|seq| seq > gone, &entries[half..]);
        let words = Words::open(words.into()).unwrap_or_default();
        let search = Search::new(&query);
        let facts = Known {
            texts: &texts,
            title: tokens::of(&feed.title),
            folders: feed.folders.iter().map(|path| tokens::of(&path.join(" "))).collect(),
        };
        let mut found = Vec::new();
        if search.may_be_in(&facts) {
            for place in search.proposed(&words, &facts).docs.iter() {
                let doc = words.docs()[place];
                with(doc.seq as usize - 1, &mut |pieces| {
                    if search.confirm(&Texts::of(pieces), &doc, &facts).is_some() {
                        found.push(doc.seq);
                    }
                });
            }
        }
        let is_hit = |text: &Text| {
            let holds = |(not, ask): &(bool, Ask)| holds(ask, text, &feed) != *not;
            asked.iter().all(|group| group.iter().any(holds))
        };
        let scanned: Vec<u32> = (1..=texts.len() as u32)
            .filter(|&seq| seq > gone && is_hit(&texts[seq as usize - 1]))
            .collect();
        prop_assert_eq!(found, scanned, "{}", typed);
    }
}
