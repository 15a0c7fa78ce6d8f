//! What a list proposes for a query, and whether an article is what the query asks for.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::fold::folded;
use super::links;
use super::packed::{ABOUT, TITLE};
use super::query::{Field, Leaf, Phrase, Question, Word};
use super::stem::{Language, beginning};
use super::tokens::{self, Token};
use super::words::{Doc, Words};

/// A set of a list's articles, by their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn all(count: usize) -> Self {
        let mut bits = Self(vec![u64::MAX; count.div_ceil(64)]);
        if let Some(last) = bits.0.last_mut().filter(|_| !count.is_multiple_of(64)) {
            *last = (1 << (count % 64)) - 1;
        }
        bits
    }

    fn set(&mut self, place: usize) {
        if let Some(part) = self.0.get_mut(place / 64) {
            *part |= 1 << (place % 64);
        }
    }

    /// Whether an article is in it.
    pub fn has(&self, place: usize) -> bool {
        self.0
            .get(place / 64)
            .is_some_and(|part| part >> (place % 64) & 1 == 1)
    }

    fn and(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(one, other)| *one &= other);
    }

    fn or(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(one, other)| *one |= other);
    }

    fn without(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(one, other)| *one &= !other);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|part| part.count_ones() as usize).sum()
    }

    /// Their places, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(n, part)| {
            let part = *part;
            (0..64)
                .filter(move |bit| part >> bit & 1 == 1)
                .map(move |bit| n * 64 + bit)
        })
    }
}

/// What is known of a feed's articles besides their words.
pub trait Facts {
    /// The words of the feed's name.
    fn feed(&self) -> &[Token];
    /// The words of the name of the feed that an article came from, where the list is of no one feed.
    fn source(&self, _: &Doc) -> Option<&[Token]> {
        None
    }
    /// The words of each folder that the feed stands in, its path's parts one after another.
    fn folders(&self) -> &[Vec<Token>];
    /// Whether an article is read.
    fn is_read(&self, doc: &Doc) -> bool;
    /// Whether it is starred.
    fn is_starred(&self, doc: &Doc) -> bool;
    /// The reader's own tags of it.
    fn tags(&self, doc: &Doc) -> &[String];
}

/// A word that is looked for, with which others are forms of it. One for a whole search: what was found out of a word in one
/// feed holds in the next.
#[derive(Debug)]
struct Form {
    word: Word,
    /// The word's stem by language, and the beginning that its forms share.
    stems: Vec<String>,
    begin: String,
    /// Of words seen: the languages that were looked at, and in which it is a form.
    known: Mutex<FxHashMap<Box<str>, (u32, u32)>>,
}

impl Form {
    fn new(word: &Word, is_exact: bool) -> Self {
        let has_forms = !is_exact && !word.is_begin && !word.is_dense;
        let stems: Vec<String> = match has_forms {
            true => (0..Language::COUNT)
                .map(|n| Language(n as u8).stem(&word.text))
                .collect(),
            false => Vec::new(),
        };
        let begins = stems.iter().skip(1).map(|stem| beginning(&word.text, stem));
        let begin = begins
            .min_by_key(String::len)
            .unwrap_or_else(|| word.text.clone());
        Self {
            word: word.clone(),
            stems,
            begin,
            known: Mutex::default(),
        }
    }

    /// In which of these languages, as bits, a word is a form of this one.
    fn is_form(&self, other: &str, languages: u32) -> u32 {
        if self.stems.is_empty() || !other.starts_with(&self.begin) {
            return 0;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (looked, same) = known.get(other).copied().unwrap_or_default();
        let missing = languages & !looked;
        if missing == 0 {
            return same & languages;
        }
        let mut same = same;
        for n in (1..Language::COUNT).filter(|n| missing >> n & 1 == 1) {
            if Language(n as u8).stem(other) == self.stems[n] {
                same |= 1 << n;
            }
        }
        known.insert(other.into(), (looked | missing, same));
        same & languages
    }

    /// Whether a word of a text in this language is what is looked for.
    fn is(&self, other: &str, language: Language) -> bool {
        match self.word.is_begin {
            true => other.starts_with(&self.word.text),
            false => other == self.word.text || self.is_form(other, 1 << language.0) != 0,
        }
    }
}

/// A query, ready to be put to many feeds.
#[derive(Debug)]
pub struct Search {
    groups: Vec<Vec<(bool, Ready)>>,
}

/// A leaf with what was found out of its words.
#[derive(Debug)]
struct Ready {
    leaf: Leaf,
    forms: Vec<Form>,
}

/// What a list proposes.
#[derive(Clone, Debug, Default)]
pub struct Proposed {
    /// The articles.
    pub docs: Bits,
    /// For each phrase that is asked for, not against: those that have its words, and those that have them in the title.
    pub phrases: Vec<(Bits, Bits)>,
}

/// What a leaf allows: those of which it may hold, and those of which it does for sure.
struct Allowed {
    may: Bits,
    does: Bits,
    title: Bits,
}

impl Search {
    /// Of a query.
    pub fn new(query: &Question) -> Self {
        let ready = |leaf: &Leaf| {
            let phrase = match leaf {
                Leaf::Words(phrase) | Leaf::Feed(phrase) | Leaf::Folder(phrase) => Some(phrase),
                _ => None,
            };
            let forms = phrase.map(|phrase| {
                let words = phrase.words.iter();
                words.map(|word| Form::new(word, phrase.is_exact)).collect()
            });
            Ready {
                leaf: leaf.clone(),
                forms: forms.unwrap_or_default(),
            }
        };
        let group = |group: &Vec<super::query::Term>| {
            group
                .iter()
                .map(|term| (term.not, ready(&term.leaf)))
                .collect()
        };
        Self {
            groups: query.groups.iter().map(group).collect(),
        }
    }

    /// Whether a feed can have hits at all, by its name and folders: otherwise its words needn't be read.
    pub fn may_be_in(&self, facts: &dyn Facts) -> bool {
        self.groups.iter().all(|group| {
            group.iter().any(|(not, ready)| match &ready.leaf {
                Leaf::Feed(_) => ready.is_in(facts.feed(), Language::default()) != *not,
                Leaf::Folder(_) => ready.is_in_any(facts.folders()) != *not,
                _ => true,
            })
        })
    }

    /// What a list proposes: all articles that the query can mean, and some that it doesn't.
    pub fn proposed(&self, words: &Words, facts: &dyn Facts) -> Proposed {
        let count = words.docs().len();
        let mut docs = Bits::all(count);
        let mut phrases = Vec::new();
        for group in &self.groups {
            let mut any = Bits::none(count);
            for (not, ready) in group {
                let allowed = ready.allowed(words, facts);
                match not {
                    true => {
                        let mut others = Bits::all(count);
                        others.without(&allowed.does);
                        any.or(&others);
                    }
                    false => {
                        any.or(&allowed.may);
                        if matches!(ready.leaf, Leaf::Words(_)) {
                            phrases.push((allowed.may, allowed.title));
                        }
                    }
                }
            }
            docs.and(&any);
        }
        Proposed { docs, phrases }
    }

    /// Where the words that are asked for stand in a text of this language.
    pub fn marks(&self, text: &str, language: Language) -> Vec<Range<usize>> {
        let all = tokens::of(text);
        let mut found = Found::default();
        for (_, ready) in self.groups.iter().flatten().filter(|(not, _)| !not) {
            let is_shown = |phrase: &Phrase| phrase.field != Field::Author;
            if let Leaf::Words(phrase) = &ready.leaf
                && is_shown(phrase)
            {
                ready.find(&all, language, |at| found.title.push(at));
            }
        }
        found.settle();
        found.title
    }

    /// Whether an article is what is asked for; where its words stand, if so.
    pub fn confirm(&self, texts: &Texts, doc: &Doc, facts: &dyn Facts) -> Option<Found> {
        let mut found = Found::default();
        for group in &self.groups {
            let mut holds = false;
            for (not, ready) in group {
                let marks = (!not).then_some(&mut found);
                holds |= ready.holds(texts, doc, facts, marks) != *not;
            }
            if !holds {
                return None;
            }
        }
        found.settle();
        Some(found)
    }
}

impl Ready {
    fn phrase(&self) -> Option<&Phrase> {
        match &self.leaf {
            Leaf::Words(phrase) | Leaf::Feed(phrase) | Leaf::Folder(phrase) => Some(phrase),
            _ => None,
        }
    }

    /// Where the phrase stands among words.
    fn find(&self, all: &[Token], language: Language, mut visit: impl FnMut(Range<usize>)) -> bool {
        let (Some(phrase), Some((first, rest))) = (self.phrase(), self.forms.split_first()) else {
            return false;
        };
        let last = phrase.words.last().map_or(0, |word| word.place) as usize;
        let mut is_found = false;
        for at in 0..all.len().saturating_sub(last) {
            if !first.is(&all[at].text, language) {
                continue;
            }
            let follows = |form: &Form| form.is(&all[at + form.word.place as usize].text, language);
            if !rest.iter().all(follows) {
                continue;
            }
            is_found = true;
            let end = &all[at + last];
            // A pair's bytes are those of its first letter.
            let second = all.get(at + last + 1).filter(|next| {
                end.dense && end.text.chars().count() == 2 && next.at.start == end.at.end
            });
            let second = second.filter(|_| !phrase.words.last().is_some_and(|word| word.is_begin));
            visit(all[at].at.start..second.map_or(end.at.end, |next| next.at.end));
        }
        is_found
    }

    fn is_in(&self, all: &[Token], language: Language) -> bool {
        self.find(all, language, |_| ())
    }

    fn is_in_any(&self, lists: &[Vec<Token>]) -> bool {
        lists.iter().any(|all| self.is_in(all, Language::default()))
    }

    /// Whether the feed's name or a tag of the reader's has the words: then they count for each of the articles.
    fn is_beside(&self, doc: &Doc, facts: &dyn Facts) -> bool {
        let is_tag = |tag: &String| self.is_in(&tokens::of(tag), Language::default());
        let feed = facts.source(doc).unwrap_or(facts.feed());
        self.is_in(feed, Language::default()) || facts.tags(doc).iter().any(is_tag)
    }

    fn allowed(&self, words: &Words, facts: &dyn Facts) -> Allowed {
        let docs = words.docs();
        let count = docs.len();
        let of = |holds: &dyn Fn(&Doc) -> bool| {
            let mut bits = Bits::none(count);
            for (place, _) in docs.iter().enumerate().filter(|(_, doc)| holds(doc)) {
                bits.set(place);
            }
            Allowed {
                does: bits.clone(),
                may: bits,
                title: Bits::none(count),
            }
        };
        match &self.leaf {
            Leaf::Words(phrase) => self.words(phrase, words, facts),
            Leaf::Links(target) => {
                let mut may = Bits::none(count);
                words.articles(&target.word(), |doc, _| may.set(usize::from(doc)));
                Allowed {
                    may,
                    does: Bits::none(count),
                    title: Bits::none(count),
                }
            }
            _ => of(&|doc| self.is_so(doc, facts)),
        }
    }

    /// What needs no text.
    fn is_so(&self, doc: &Doc, facts: &dyn Facts) -> bool {
        match &self.leaf {
            Leaf::Words(_) | Leaf::Links(_) => false,
            Leaf::Feed(_) => {
                let feed = facts.source(doc).unwrap_or(facts.feed());
                self.is_in(feed, Language::default())
            }
            Leaf::Folder(_) => self.is_in_any(facts.folders()),
            Leaf::Tag(tag) => facts.tags(doc).iter().any(|own| folded(own) == *tag),
            Leaf::Unread => !facts.is_read(doc),
            Leaf::Read => facts.is_read(doc),
            Leaf::Starred => facts.is_starred(doc),
            Leaf::Has(kind) => doc.media & kind != 0,
            Leaf::Before(second) => doc.published < *second,
            Leaf::After(second) => doc.published >= *second,
        }
    }

    fn words(&self, phrase: &Phrase, words: &Words, facts: &dyn Facts) -> Allowed {
        let docs = words.docs();
        let count = docs.len();
        let mut languages = 0_u32;
        if self.forms.iter().any(|form| !form.stems.is_empty()) {
            for doc in docs {
                languages |= 1 << words.language_of(doc).0;
            }
        }
        let mut may = Bits::all(count);
        let mut title = Bits::all(count);
        let mut is_doubtful = false;
        for form in &self.forms {
            let (mut any, mut in_title) = (Bits::none(count), Bits::none(count));
            let mut take = |doc: u16, place: u8| {
                let is_wanted = match phrase.field {
                    Field::Any => true,
                    Field::Title => place & TITLE != 0,
                    Field::Author => place & ABOUT != 0,
                };
                if is_wanted {
                    any.set(usize::from(doc));
                    if place & TITLE != 0 {
                        in_title.set(usize::from(doc));
                    }
                }
            };
            let indexed = tokens::cut(&form.word.text);
            is_doubtful |= tokens::is_cut(indexed);
            match (form.word.is_begin, languages) {
                (true, _) => words.beginning(indexed, |_, articles| {
                    let _ = articles.each(&mut take);
                }),
                // Nothing is indexed.
                (false, 0) => words.articles(indexed, take),
                (false, _) if form.stems.is_empty() => words.articles(indexed, take),
                (false, _) => words.beginning(tokens::cut(&form.begin), |word, articles| {
                    // One that was cut may be a form: the article's text decides.
                    is_doubtful |= tokens::is_cut(word);
                    if word == indexed || tokens::is_cut(word) {
                        let _ = articles.each(&mut take);
                        return;
                    }
                    let same = form.is_form(word, languages);
                    if same != 0 {
                        let _ = articles.each(|doc, place| {
                            let known = docs.get(usize::from(doc));
                            let language = known.map_or(0, |doc| words.language_of(doc).0);
                            if same >> language & 1 == 1 {
                                take(doc, place);
                            }
                        });
                    }
                }),
            }
            may.and(&any);
            title.and(&in_title);
        }
        let is_sure = self.forms.len() == 1 && !is_doubtful && phrase.field != Field::Author;
        let does = match is_sure {
            true => may.clone(),
            false => Bits::none(count),
        };
        let mut allowed = Allowed { may, does, title };
        if phrase.field == Field::Any {
            let beside = self.is_in(facts.feed(), Language::default());
            for (place, doc) in docs.iter().enumerate() {
                let may_be = !facts.tags(doc).is_empty() || facts.source(doc).is_some();
                if beside || may_be && self.is_beside(doc, facts) {
                    allowed.may.set(place);
                    allowed.does.set(place);
                }
            }
        }
        allowed
    }

    fn holds(
        &self,
        texts: &Texts,
        doc: &Doc,
        facts: &dyn Facts,
        marks: Option<&mut Found>,
    ) -> bool {
        let phrase = match &self.leaf {
            Leaf::Words(phrase) => phrase,
            Leaf::Links(target) => return texts.links.iter().any(|link| target.is(link)),
            _ => return self.is_so(doc, facts),
        };
        let mut none = Found::default();
        let found = marks.unwrap_or(&mut none);
        let language = doc.language;
        if phrase.field == Field::Author {
            return self.is_in(&texts.author, language);
        }
        let mut holds = self.find(&texts.title, language, |at| found.title.push(at));
        if phrase.field == Field::Title {
            return holds;
        }
        for (n, text) in texts.texts.iter().enumerate() {
            holds |= self.find(text, language, |at| found.text.push((n, at)));
        }
        let about = std::iter::once(&texts.author).chain(&texts.categories);
        for all in about {
            holds |= self.is_in(all, language);
        }
        holds || self.is_beside(doc, facts)
    }
}

/// An article's words, for confirming.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    title: Vec<Token>,
    author: Vec<Token>,
    categories: Vec<Vec<Token>>,
    texts: Vec<Vec<Token>>,
    links: Vec<String>,
}

impl Texts {
    /// Of what of it is searched.
    pub fn of(pieces: &super::words::Pieces<'_>) -> Self {
        Self {
            title: tokens::of(pieces.title),
            author: tokens::of(pieces.author),
            categories: pieces
                .categories
                .iter()
                .map(|name| tokens::of(name))
                .collect(),
            texts: pieces.texts.iter().map(|text| tokens::of(text)).collect(),
            links: pieces.links.to_vec(),
        }
    }
}

/// Where the words of a query stand in an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Bytes of the title.
    pub title: Vec<Range<usize>>,
    /// Bytes of one of the texts, by its number.
    pub text: Vec<(usize, Range<usize>)>,
}

impl Found {
    /// In order, those that touch as one.
    fn settle(&mut self) {
        self.title.sort_by_key(|at| (at.start, at.end));
        self.title.dedup_by(|next, before| {
            let touches = next.start <= before.end;
            if touches {
                before.end = before.end.max(next.end);
            }
            touches
        });
        self.text.sort_by_key(|(n, at)| (*n, at.start, at.end));
        self.text.dedup_by(|(n, next), (m, before)| {
            let touches = n == m && next.start <= before.end;
            if touches {
                before.end = before.end.max(next.end);
            }
            touches
        });
    }
}

/// The links of an article's texts: see [`links::of_html`].
pub fn links_of(html: &[&str]) -> Vec<String> {
    html.iter().flat_map(|html| links::of_html(html)).collect()
}
