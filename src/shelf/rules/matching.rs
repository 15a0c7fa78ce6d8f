//! Whether a rule is met by an article, from its card alone.

use std::ops::Range;

use regex::Regex;

use crate::articles::{ArticleSummary, MediaKinds};
use crate::ids::FeedId;
use crate::search::fold::folded;
use crate::search::query::{Field, Phrase, Word, phrase};
use crate::search::tokens::{self, Token};
use crate::search::{Question, Search};
use crate::shelf::rulebook::rule::{Condition, How, Rule, What, Where, compiled};
use crate::shelf::subscription::folder_text;

/// An article as rules see it.
#[derive(Clone, Copy, Debug)]
pub struct Card<'c> {
    /// Its feed.
    pub feed: FeedId,
    /// Its card.
    pub summary: &'c ArticleSummary,
    /// The feed's name.
    pub title: &'c str,
    /// The folders that the feed stands in.
    pub folders: &'c [Vec<String>],
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// A rule with what it looks for made ready.
#[derive(Debug)]
pub struct Ready<'r> {
    /// The rule.
    pub rule: &'r Rule,
    conditions: Vec<(&'r Condition, Sought)>,
}

/// What a condition looks for.
#[derive(Debug)]
enum Sought {
    Folded(String),
    Phrase(Phrase),
    Expression(Regex),
    Days(i64),
    Media(u8),
    /// Words of the whole text.
    Words(Box<Search>),
    /// Nothing can be it.
    Never,
}

impl<'r> Ready<'r> {
    /// Of a rule. An expression that can't be compiled is never found.
    pub fn of(rule: &'r Rule) -> Self {
        let ready = |one: &'r Condition| (one, sought(one));
        Self {
            rule,
            conditions: rule.conditions.iter().map(ready).collect(),
        }
    }

    /// Whether the rule is for this feed.
    pub fn is_for(&self, feed: FeedId, folders: &[Vec<String>]) -> bool {
        match &self.rule.place {
            Where::Everywhere => true,
            Where::Folder(path) => folders.iter().any(|folder| folder.starts_with(path)),
            Where::Feed(only) => *only == feed,
        }
    }

    /// Whether an article meets it. `has` says whether its whole text has some words.
    pub fn is_met(&self, card: &Card<'_>, has: &dyn Fn(&Search) -> bool) -> bool {
        let mut each = self
            .conditions
            .iter()
            .map(|(one, sought)| holds(one, sought, card, has));
        match self.rule.any {
            true => each.any(|holds| holds),
            false => each.all(|holds| holds),
        }
    }

    /// Where a title has what the conditions look for in it.
    pub fn marks(&self, title: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for (one, sought) in &self.conditions {
            match (one.what, one.how, sought) {
                (What::Title, How::Words, Sought::Phrase(wanted)) => {
                    let all = tokens::of(title);
                    for at in places(&all, wanted) {
                        let last = wanted.words.last().map_or(0, |word| {
                            // A pair of a dense script has the bytes of its first letter alone.
                            let is_pair = word.is_dense && word.text.chars().count() > 1;
                            word.place + u32::from(is_pair)
                        });
                        let last = all[at].place + last;
                        let end = all.iter().filter(|token| token.place == last);
                        let end = end.map(|token| token.at.end).max();
                        found.push(all[at].at.start..end.unwrap_or(all[at].at.end));
                    }
                }
                (What::Title, How::Contains, _) | (What::Title, How::Words, Sought::Folded(_)) => {
                    let wanted = compiled(&regex::escape(&one.text)).ok();
                    let all = wanted.iter().flat_map(|wanted| wanted.find_iter(title));
                    found.extend(all.map(|one| one.range()));
                }
                (What::Title, How::Matches, Sought::Expression(wanted)) => {
                    found.extend(wanted.find_iter(title).map(|one| one.range()));
                }
                _ => {}
            }
        }
        found.retain(|one| !one.is_empty());
        found.sort_unstable_by_key(|one| (one.start, one.end));
        found.dedup_by(|next, one| {
            let runs_on = next.start <= one.end;
            if runs_on {
                one.end = one.end.max(next.end);
            }
            runs_on
        });
        found
    }
}

fn sought(one: &Condition) -> Sought {
    match (one.what, one.how) {
        (What::Age, _) => one.text.parse().map_or(Sought::Never, Sought::Days),
        (What::Media, _) => Sought::Media(match one.text.to_lowercase().as_str() {
            "audio" => MediaKinds::AUDIO,
            "video" => MediaKinds::VIDEO,
            _ => MediaKinds::IMAGE,
        }),
        (What::Text, _) => {
            let words = one.text.replace('"', " ");
            let asked = phrase(&words, Field::Any, false)
                .and(Question::parse(&format!("\"{words}\"")).ok());
            let asked = asked.filter(|asked| !asked.is_empty());
            asked.map_or(Sought::Never, |asked| {
                Sought::Words(Box::new(Search::new(&asked)))
            })
        }
        (_, How::Words | How::Without) => {
            // Signs are no words: they are looked for as they stand.
            let plain = || Sought::Folded(folded(&one.text));
            phrase(&one.text, Field::Any, true).map_or_else(plain, Sought::Phrase)
        }
        (_, How::Matches) => compiled(&one.text).map_or(Sought::Never, Sought::Expression),
        _ => Sought::Folded(folded(&one.text)),
    }
}

fn holds(one: &Condition, sought: &Sought, card: &Card<'_>, has: &dyn Fn(&Search) -> bool) -> bool {
    let is_not = matches!(one.how, How::Without | How::Lacks | How::Isnt);
    let summary = card.summary;
    let found = match sought {
        Sought::Never => return false,
        Sought::Days(days) => {
            let at = summary
                .published
                .unwrap_or(summary.order.div_euclid(1_000_000));
            (card.now - at).div_euclid(24 * 60 * 60) >= *days
        }
        Sought::Media(kind) => summary.media.unwrap_or_default().has(*kind),
        Sought::Words(search) => has(search),
        Sought::Folded(_) | Sought::Phrase(_) | Sought::Expression(_) => {
            let is = |text: &str| match sought {
                Sought::Phrase(wanted) => has_words(text, wanted),
                Sought::Expression(expression) => expression.is_match(text),
                Sought::Folded(wanted) if matches!(one.how, How::Is | How::Isnt) => {
                    folded(text.trim()) == *wanted
                }
                Sought::Folded(wanted) => folded(text).contains(wanted.as_str()),
                _ => false,
            };
            match one.what {
                What::Title => is(&summary.title),
                What::Author => is(summary.author.as_deref().unwrap_or_default()),
                What::Snippet => is(summary.snippet.as_deref().unwrap_or_default()),
                What::Link => is(summary.link.as_deref().unwrap_or_default()),
                What::Category => summary.categories.iter().any(|name| is(name)),
                What::Feed => is(card.title),
                What::Folder => card.folders.iter().any(|path| is(&folder_text(path))),
                What::Language => is(summary.lang.as_deref().unwrap_or_default()),
                What::Text | What::Age | What::Media => false,
            }
        }
    };
    found != is_not
}

/// Whether a text has words one after another.
fn has_words(text: &str, wanted: &Phrase) -> bool {
    places(&tokens::of(text), wanted).next().is_some()
}

/// Where words stand one after another: the first one's number.
fn places<'t>(all: &'t [Token], wanted: &'t Phrase) -> impl Iterator<Item = usize> + 't {
    let is = |word: &Word, token: &Token| match word.is_begin {
        true => token.text.starts_with(&word.text),
        false => token.text == word.text,
    };
    let stands = move |word: &Word, place: u32| {
        let mut there = all.iter().filter(move |token| token.place == place);
        there.any(|token| is(word, token))
    };
    (0..all.len()).filter(move |&at| {
        let mut rest = wanted.words.iter();
        rest.next().is_some_and(|first| is(first, &all[at]))
            && rest.all(|word| stands(word, all[at].place + word.place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shelf::rulebook::Acts;

    fn is_met(any: bool, conditions: &[(What, How, &str)]) -> bool {
        let rule = Rule {
            id: 1,
            name: "r".into(),
            is_off: false,
            place: Where::Everywhere,
            any,
            conditions: conditions
                .iter()
                .map(|(what, how, text)| Condition {
                    what: *what,
                    how: *how,
                    text: (*text).into(),
                })
                .collect(),
            acts: Acts::default(),
            until: 0,
        };
        let summary = ArticleSummary {
            title: "We are Hiring: Über-Ingenieur".into(),
            author: Some("Ann".into()),
            snippet: Some("A job in the harbour".into()),
            link: Some("https://example.org/jobs/1".into()),
            lang: Some("en".into()),
            media: Some(MediaKinds(MediaKinds::AUDIO)),
            categories: vec!["Jobs".into()],
            published: Some(1_000_000),
            ..ArticleSummary::default()
        };
        let folders = [vec!["News".to_owned(), "Work".to_owned()]];
        let card = Card {
            feed: FeedId(1),
            summary: &summary,
            title: "The Letterpress Club",
            folders: &folders,
            now: 1_000_000 + 3 * 86_400,
        };
        Ready::of(&rule).is_met(&card, &|_| true)
    }

    #[test]
    fn each_field_is_looked_at_in_each_way() {
        for condition in [
            (What::Title, How::Words, "are hiring"),
            (What::Title, How::Without, "hir"),
            (What::Title, How::Contains, "hiring"),
            (What::Title, How::Contains, "UBER"),
            (What::Title, How::Lacks, "drone"),
            (What::Title, How::Matches, "^we are \\w+:"),
            (What::Author, How::Is, "ann"),
            (What::Author, How::Isnt, "bob"),
            (What::Snippet, How::Contains, "harbour"),
            (What::Link, How::Contains, "/jobs/"),
            (What::Category, How::Is, "jobs"),
            (What::Feed, How::Is, "the letterpress club"),
            (What::Folder, How::Contains, "work"),
            (What::Language, How::Is, "en"),
            (What::Media, How::Is, "audio"),
            (What::Media, How::Isnt, "video"),
            (What::Age, How::Is, "3"),
            (What::Age, How::Isnt, "4"),
            (What::Text, How::Contains, "ferryman"),
        ] {
            assert!(is_met(false, &[condition]), "{condition:?}");
            let against = [condition, (What::Title, How::Is, "no")];
            assert!(!is_met(false, &against), "all of them");
            assert!(is_met(true, &against), "any of them");
        }
        assert!(!is_met(false, &[(What::Title, How::Matches, "(")]));
    }

    #[test]
    fn what_is_looked_for_in_titles_is_marked() {
        for (how, text, title, marked) in [
            (
                How::Words,
                "hiring now",
                "Über: Hiring now! hiring",
                vec!["Hiring now"],
            ),
            (How::Words, "京都", "東京都の水鳥", vec!["京都"]),
            (How::Contains, "hir", "Hire the shire", vec!["Hir", "hir"]),
            (How::Words, "🦊", "The 🦊 again", vec!["🦊"]),
            (How::Matches, "b.?d|d", "a bird, bd", vec!["d", "bd"]),
            (How::Without, "bird", "a bird", vec![]),
        ] {
            let rule = Rule {
                id: 1,
                name: String::new(),
                is_off: false,
                place: Where::Everywhere,
                any: false,
                conditions: vec![Condition {
                    what: What::Title,
                    how,
                    text: text.into(),
                }],
                acts: Acts::default(),
                until: 0,
            };
            let marks = Ready::of(&rule).marks(title);
            let found: Vec<&str> = marks.into_iter().map(|at| &title[at]).collect();
            assert_eq!(found, marked, "{text}");
        }
    }
}
