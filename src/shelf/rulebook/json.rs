//! A rule for programs: the same from the API, the command and the file of searches and rules.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::book::{Book, Failed};
use super::rule::{Acts, How, Rule, What, Where};
use crate::timestamp::{from_micros, rfc3339};

const DAY_MINUTES: i64 = 24 * 60;

/// A rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Rule)]
pub struct JsonRule {
    /// Its number, which is never given again.
    pub id: u32,
    /// What the reader calls it.
    pub name: String,
    /// Whether it is on: neither switched off nor over.
    pub on: bool,
    /// The one feed that it is for; null if it is for more.
    pub feed: Option<String>,
    /// The folder that it is for, with those in it; null if it is for one feed or for all.
    pub folder: Option<Vec<String>>,
    /// How many conditions have to be met.
    #[serde(rename = "match")]
    pub matching: JsonMatch,
    /// When it is met.
    pub conditions: Vec<JsonCondition>,
    /// What it does besides tagging and sending.
    pub does: Vec<JsonDoes>,
    /// The tag that it gives.
    pub tag: Option<String>,
    /// The name of the service that it sends to.
    pub send_to: Option<String>,
    /// When it ends.
    pub until: Option<String>,
    /// How many articles it met in the last 30 days.
    pub met_in_30_days: u32,
}

/// How many conditions have to be met.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RuleMatch)]
pub enum JsonMatch {
    /// All of them.
    All,
    /// One is enough.
    Any,
}

/// What a rule looks at.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RuleCondition)]
pub struct JsonCondition {
    /// Of an article.
    pub what: What,
    /// How that must look.
    pub how: How,
    /// Words, letters, an expression; of `age` a number of days, of `media` its kind, of `language` its code.
    pub text: String,
}

/// What a rule does besides tagging and sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RuleDoes)]
pub enum JsonDoes {
    /// It counts as read.
    Read,
    /// It is starred.
    Star,
    /// No list shows it.
    Hide,
    /// It stays unread until it is marked by hand.
    KeepUnread,
    /// It stands out in lists.
    Highlight,
}

fn does(acts: &Acts) -> Vec<JsonDoes> {
    let all = [
        (acts.read, JsonDoes::Read),
        (acts.star, JsonDoes::Star),
        (acts.hide, JsonDoes::Hide),
        (acts.keep, JsonDoes::KeepUnread),
        (acts.light, JsonDoes::Highlight),
    ];
    let all = all.into_iter().filter(|(is_done, _)| *is_done);
    all.map(|(_, what)| what).collect()
}

/// The rules, and what waits to be sent on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Rules)]
pub struct JsonBook {
    /// In their order.
    pub rules: Vec<JsonRule>,
    /// How many articles wait to be sent to services.
    pub waiting: usize,
    /// Why services didn’t take the last article; null if they all did.
    pub failed: Option<JsonFailed>,
    /// What was given up in 30 days, because too many waited or the service didn’t take it.
    pub given_up: Vec<JsonGivenUp>,
    /// What undoes the last saving; null if it is too late.
    pub act: Option<String>,
}

/// What couldn’t be sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RuleFailed)]
pub struct JsonFailed {
    /// When the last one failed.
    pub at: String,
    /// In words, of each service.
    pub why: String,
}

/// Articles that were never sent to a service.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RuleGivenUp)]
pub struct JsonGivenUp {
    /// The name of the service.
    pub send_to: String,
    /// How many.
    pub articles: u32,
    /// When the last one was.
    pub at: String,
}

impl JsonBook {
    /// Of a book at this minute.
    pub fn of(book: &Book, minute: i64) -> Self {
        let at = |minute: i64| rfc3339(from_micros(minute.saturating_mul(60_000_000)));
        let failures: Vec<&Failed> = book.failures(minute).collect();
        let why: Vec<&str> = failures.iter().map(|one| one.why.as_str()).collect();
        let last = failures.iter().map(|one| one.at).max();
        let failed = last.map(|minute| JsonFailed {
            at: at(minute),
            why: why.join(" "),
        });
        let given_up = book.lost(minute).map(|one| JsonGivenUp {
            send_to: one.hook.clone(),
            articles: one.count,
            at: at(one.at),
        });
        Self {
            rules: JsonRule::all(book, minute),
            waiting: book.waiting.len(),
            failed,
            given_up: given_up.collect(),
            act: book.undoable(minute).next_back().map(|act| act.id.clone()),
        }
    }
}

impl JsonRule {
    /// Of a rule at this minute.
    pub fn of(book: &Book, rule: &Rule, minute: i64) -> Self {
        let conditions = rule.conditions.iter().map(|one| JsonCondition {
            what: one.what,
            how: one.how,
            text: one.text.clone(),
        });
        let (feed, folder) = match &rule.place {
            Where::Everywhere => (None, None),
            Where::Folder(path) => (None, Some(path.clone())),
            Where::Feed(feed) => (Some(feed.to_string()), None),
        };
        let named = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let until = Some(rule.until).filter(|until| *until > 0);
        Self {
            id: rule.id,
            name: rule.name.clone(),
            on: rule.is_on(minute),
            feed,
            folder,
            matching: match rule.any {
                true => JsonMatch::Any,
                false => JsonMatch::All,
            },
            conditions: conditions.collect(),
            does: does(&rule.acts),
            tag: named(&rule.acts.tag),
            send_to: named(&rule.acts.hook),
            until: until.map(|minute| rfc3339(from_micros(minute.saturating_mul(60_000_000)))),
            met_in_30_days: book.counted(rule.id, minute.div_euclid(DAY_MINUTES)),
        }
    }

    /// All rules of a book, in their order.
    pub fn all(book: &Book, minute: i64) -> Vec<Self> {
        let rules = book.rules.iter();
        rules.map(|rule| Self::of(book, rule, minute)).collect()
    }
}
