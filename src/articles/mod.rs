//! Articles: a summary for lists, a body for the page.

mod body;
pub mod full_text;
pub mod removal;
pub mod store;
pub mod words;

use crate::codec::CARD_BYTES;
pub use body::{Attachment, Body};
pub use full_text::{FullText, Refusal};
use serde::{Deserialize, Serialize};

use crate::codec::cut;
use crate::feeds::FeedSummary;
use crate::ids::ArticleId;
use crate::timestamp::{Timestamp, from_micros};

/// Longest title in a summary, in bytes; the whole one is in the body.
const TITLE_BYTES: usize = 500;
/// Longest link or image address in a summary, in bytes; a longer one is only in the body.
const LINK_BYTES: usize = 600;
/// Longest author in a summary, in bytes.
const AUTHOR_BYTES: usize = 100;
/// Most categories in a summary; all are in the body.
const CATEGORIES: usize = 3;
/// Longest category in a summary, in bytes.
const CATEGORY_BYTES: usize = 50;
/// Longest snippet, in bytes: indexed text is stored about five times.
pub const SNIPPET_BYTES: usize = 200;

/// An article in a list: always read by projection, fifty for one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleRow {
    /// Its feed and its number in it; also the key of the full record.
    pub id: ArticleId,
    /// What lists show and filter by, without the body.
    pub summary: ArticleSummary,
}

/// The summary as it is stored. Names are short because they are stored with each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleSummary {
    /// Plain text; empty if the publisher gives none.
    #[serde(rename = "t")]
    pub title: String,
    /// Absolute, http or https.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Plain text.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The beginning of the text, plain.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// An image's address, absolute.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The timeline key, in microseconds since 1970; see [`timeline_time`].
    #[serde(rename = "o")]
    pub order: i64,
    /// The publication date according to the publisher, in seconds since 1970.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub published: Option<i64>,
    /// When it arrived, in minutes after `order`: 0 to 1,440, and 0 for a feed's first import, whose articles count as arrived
    /// when they were published. `None` in older summaries, whose arrival is unknown.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<u16>,
    /// How many words its text has; `None` if unknown.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u32>,
    /// The language of its text, two or three letters (ISO 639); `None` if unknown.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// What else than text it has; `None` if unknown.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaKinds>,
    /// A hash of its canonical link, equal for the same page under other names; `None` if it has no link, or it is unknown.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<u64>,
    /// Its first three categories.
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whether its feed is one reader's own: then no page for others says anything of it.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_own: bool,
}

/// The kinds of media in an article, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaKinds(pub u8);

impl MediaKinds {
    /// A sound, in the text or attached.
    pub const AUDIO: u8 = 1;
    /// A film, in the text, attached or as a card.
    pub const VIDEO: u8 = 2;
    /// A picture, in the text or attached.
    pub const IMAGE: u8 = 4;

    /// Adds a kind.
    pub fn add(&mut self, kind: u8) {
        self.0 |= kind;
    }

    /// Whether the article has this kind.
    pub fn has(self, kind: u8) -> bool {
        self.0 & kind != 0
    }

    /// The names of its kinds.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            (Self::AUDIO, "audio"),
            (Self::VIDEO, "video"),
            (Self::IMAGE, "image"),
        ];
        all.into_iter()
            .filter(|(kind, _)| self.has(*kind))
            .map(|(_, name)| name)
            .collect()
    }
}

impl ArticleSummary {
    /// The time by which lists are ordered.
    pub fn at(&self) -> Timestamp {
        from_micros(self.order)
    }

    /// When it arrived; `None` if unknown.
    pub fn arrived_at(&self) -> Option<Timestamp> {
        Some(self.at() + chrono::TimeDelta::minutes(self.arrived?.into()))
    }

    /// The summary as JSON, at most [`CARD_BYTES`] long. If it is too long, the categories are dropped first, then what is
    /// known of its text, then the snippet, the author and the image; never the title, the link or the arrival.
    pub fn to_card(&self) -> String {
        self.fitted(|summary| serde_json::to_string(summary).unwrap_or_default())
    }

    /// The same for JSON that contains more than the summary: `json` builds it from a summary that fits.
    pub fn fitted(&self, json: impl Fn(&Self) -> String) -> String {
        let mut summary = self.clone();
        summary.title = cut(&summary.title, TITLE_BYTES);
        summary.author = summary.author.map(|author| cut(&author, AUTHOR_BYTES));
        summary.snippet = summary.snippet.map(|snippet| cut(&snippet, SNIPPET_BYTES));
        summary.link = summary.link.filter(|link| link.len() <= LINK_BYTES);
        summary.image = summary.image.filter(|image| image.len() <= LINK_BYTES);
        summary.categories.truncate(CATEGORIES);
        for category in &mut summary.categories {
            *category = cut(category, CATEGORY_BYTES);
        }
        let drops: [fn(&mut Self); 6] = [
            |_| {},
            |summary| summary.categories.clear(),
            |summary| {
                (summary.words, summary.lang, summary.media) = (None, None, None);
                summary.canonical = None;
            },
            |summary| summary.snippet = None,
            |summary| summary.author = None,
            |summary| summary.image = None,
        ];
        for drop in drops {
            drop(&mut summary);
            let summary = json(&summary);
            if summary.len() <= CARD_BYTES {
                return summary;
            }
        }
        // Only escapes can make a title and a link this long: control characters, six bytes each.
        summary.title = cut(&summary.title, TITLE_BYTES / 8);
        json(&summary)
    }
}

/// An article as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its feed and its number in it.
    pub id: ArticleId,
    /// For lists.
    pub summary: ArticleSummary,
    /// For its page.
    pub body: Body,
}

/// How far back a late article may be dated, so that it isn't buried below articles read long ago.
const MAX_BACKDATING: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// The timeline key: the publication date, never in the future.
///
/// For articles after a feed's first import it is at most a day before arrival. The whole seconds are the date's; the
/// fraction is derived from feed and number, so that articles of the same second have an order, and two of one feed
/// never the same key.
pub fn timeline_time(
    id: ArticleId,
    published: Option<Timestamp>,
    now: Timestamp,
    first_import: bool,
) -> Timestamp {
    let date = published.unwrap_or(now).min(now);
    let date = if first_import {
        date
    } else {
        date.max(now - MAX_BACKDATING)
    };
    timeline_key(id, date.timestamp())
}

/// The timeline key of an article in this second.
pub fn timeline_key(id: ArticleId, second: i64) -> Timestamp {
    let fraction = i64::from(id.feed.0 % 1_000) * 1_000 + i64::from(id.seq % 1_000);
    from_micros(second * 1_000_000 + fraction)
}

/// When an article came, in microseconds since 1970, as its feed's summary knows it: its timeline key, and the minutes after it. Of
/// one whose place isn't known, as late as it can have been.
pub fn arrival(summary: &FeedSummary, id: ArticleId) -> i64 {
    let second = summary.times.second(summary.last, id.seq).map(i64::from);
    let second = second.unwrap_or_else(|| {
        let newest = summary.newest.div_euclid(1_000_000);
        newest.min(summary.times.older().into())
    });
    let minutes = i64::from(summary.arrivals.minutes(summary.last, id.seq));
    timeline_key(id, second).timestamp_micros() + minutes * 60_000_000
}
