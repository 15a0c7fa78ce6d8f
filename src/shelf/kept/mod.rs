//! What a user keeps besides stars: articles with tags or a note, and pages from anywhere. Card and body are copied, as a star's
//! are, so they outlive the article, its feed and the subscription.

pub mod list;
pub mod store;

pub use super::tags::{MAX_TAGS, is_same, typed_tags};

use serde::{Deserialize, Serialize};

use crate::articles::{Article, ArticleSummary, Body};
use crate::codec::cut;
use crate::ids::ArticleId;
use crate::shelf::journal::{Name, Text};
use crate::timestamp::Timestamp;

/// Most that a user keeps.
pub const MAX_KEPT: usize = 10_000;
/// Longest note, in characters.
pub const NOTE_CHARS: usize = 200;
/// Longest note in a card, in bytes: enough for that in any script but the rarest.
const NOTE_BYTES: usize = 600;
/// Longest title, feed's title, snippet and address in a card, in bytes.
const TITLE_BYTES: usize = 200;
const FEED_BYTES: usize = 60;
const SNIPPET_BYTES: usize = 120;
const LINK_BYTES: usize = 450;

/// What is kept, as lists show it. Names are short because they are stored with each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    #[serde(rename = "t")]
    /// Plain text; the address if there is no other.
    pub title: String,
    /// Absolute, http or https.
    #[serde(rename = "l", skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The beginning of the text.
    #[serde(rename = "s", skip_serializing_if = "String::is_empty")]
    pub snippet: String,
    /// The feed's title when it was kept; the host of a page.
    #[serde(rename = "f", skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Its tags, each once, as the user writes them.
    #[serde(rename = "g", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The user's own note.
    #[serde(rename = "y", skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The second at which it was kept.
    #[serde(rename = "k")]
    pub kept: i64,
    /// How many words its text has.
    #[serde(rename = "w", skip_serializing_if = "is_zero")]
    pub words: u32,
    /// Whether its feed is the user's own: then no page for others says anything of it.
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub is_own: bool,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Card {
    /// The card of an article.
    pub fn of(article: &Article, source: &str, now: Timestamp) -> Self {
        let summary = &article.summary;
        let link = article.body.link.clone().or_else(|| summary.link.clone());
        Self {
            title: summary.title.clone(),
            link,
            snippet: summary.snippet.clone().unwrap_or_default(),
            source: source.to_owned(),
            kept: now.timestamp(),
            words: summary.words.unwrap_or_default(),
            is_own: summary.is_own,
            ..Self::default()
        }
        .fitted()
    }

    /// The same, short enough for an indexed text.
    #[must_use]
    pub fn fitted(mut self) -> Self {
        self.title = cut(&self.title, TITLE_BYTES);
        self.source = cut(&self.source, FEED_BYTES);
        self.snippet = cut(&self.snippet, SNIPPET_BYTES);
        self.note = cut(&self.note, NOTE_BYTES);
        self.link = self.link.filter(|link| link.len() <= LINK_BYTES);
        self
    }

    /// What the journal keeps of it.
    pub(super) fn noted(&self) -> Text {
        Text {
            title: self.title.clone(),
            link: self.link.clone().unwrap_or_default(),
            author: String::new(),
            words: self.words,
        }
    }

    /// What the journal calls its feed.
    pub(super) fn named(&self) -> Name {
        Name {
            title: self.source.clone(),
            url: String::new(),
        }
    }

    /// As lists have it: at most what an indexed text has room for. The whole card is with the body.
    fn to_text(&self) -> String {
        let mut card = self.clone();
        let drops: [fn(&mut Self); 5] = [
            |_| {},
            |card| card.snippet.clear(),
            |card| card.link = None,
            |card| card.title = cut(&card.title, TITLE_BYTES / 6),
            // Only escapes can be that long.
            |card| {
                card.note = cut(&card.note, NOTE_BYTES / 6);
                card.source.clear();
            },
        ];
        for drop in drops {
            drop(&mut card);
            let text = serde_json::to_string(&card).unwrap_or_default();
            if text.len() <= crate::codec::CARD_BYTES {
                return text;
            }
        }
        card.tags.truncate(MAX_TAGS / 2);
        serde_json::to_string(&card).unwrap_or_default()
    }
}

/// Something that is kept, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// For lists.
    pub card: Card,
    /// For its page.
    pub body: Body,
}

impl Kept {
    /// What is kept of an article, as one.
    pub fn article(&self, id: ArticleId) -> Article {
        let summary = ArticleSummary {
            title: self.card.title.clone(),
            link: self.card.link.clone(),
            snippet: Some(self.card.snippet.clone()).filter(|text| !text.is_empty()),
            order: self.card.kept * 1_000_000,
            published: self.body.published,
            words: Some(self.card.words).filter(|words| *words > 0),
            ..ArticleSummary::default()
        };
        Article {
            id,
            summary,
            body: self.body.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_fits_whatever_is_in_it() {
        let long = "\u{7f}\"".repeat(2_000);
        let card = Card {
            title: long.clone(),
            link: Some(format!("https://example.org/{}", "a".repeat(400))),
            snippet: long.clone(),
            source: long.clone(),
            tags: (0..10).map(|n| format!("{n}{}", "\"".repeat(39))).collect(),
            note: long,
            ..Card::default()
        };
        assert!(card.fitted().to_text().len() <= crate::codec::CARD_BYTES);
    }
}
