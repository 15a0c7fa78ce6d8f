//! Articles: a card for lists, a body for the page.

mod body;
pub mod full_text;
pub mod store;

use crate::codec::CARD_BYTES;
pub use body::{Attachment, Body};
pub use full_text::{FullText, Refusal};
use serde::{Deserialize, Serialize};

use crate::codec::cut;
use crate::ids::ArticleId;
use crate::timestamp::{Timestamp, from_micros};

/// The most bytes of a title on a card; the whole one is in the body.
const TITLE_BYTES: usize = 500;
/// The most bytes of a link or a picture's address on a card; a longer one is in the body alone.
const LINK_BYTES: usize = 600;
/// The most bytes of an author on a card.
const AUTHOR_BYTES: usize = 100;
/// The most bytes of a snippet: what is indexed is stored about five times.
pub const SNIPPET_BYTES: usize = 200;

/// What lists show of an article: always read by projection, fifty for one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Which article.
    pub id: ArticleId,
    /// What the page says.
    pub face: Face,
}

/// A card's text, as it is stored. Names are short because they are stored with each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Face {
    /// Plain text; empty where the publisher gives none.
    #[serde(rename = "t")]
    pub title: String,
    /// Absolute, http or https.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Plain text.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The text's beginning, plain.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// A picture's address, absolute.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The river's order, in microseconds since 1970; see [`river_time`].
    #[serde(rename = "o")]
    pub order: i64,
    /// The publication date as the publisher gave it, in seconds since 1970.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub published: Option<i64>,
}

impl Face {
    /// The moment that lists are ordered by.
    pub fn at(&self) -> Timestamp {
        from_micros(self.order)
    }

    /// The JSON of the card, at most [`CARD_BYTES`] long. What is too long gives up the snippet, then the author, then
    /// the picture, and never the title or the link.
    pub fn to_card(&self) -> String {
        self.fitted(|face| serde_json::to_string(face).unwrap_or_default())
    }

    /// The same for a card that says more than the face: `json` makes it of a face that fits.
    pub fn fitted(&self, json: impl Fn(&Self) -> String) -> String {
        let mut face = self.clone();
        face.title = cut(&face.title, TITLE_BYTES);
        face.author = face.author.map(|author| cut(&author, AUTHOR_BYTES));
        face.snippet = face.snippet.map(|snippet| cut(&snippet, SNIPPET_BYTES));
        face.link = face.link.filter(|link| link.len() <= LINK_BYTES);
        face.image = face.image.filter(|image| image.len() <= LINK_BYTES);
        let drops: [fn(&mut Self); 4] = [
            |_| {},
            |face| face.snippet = None,
            |face| face.author = None,
            |face| face.image = None,
        ];
        for drop in drops {
            drop(&mut face);
            let card = json(&face);
            if card.len() <= CARD_BYTES {
                return card;
            }
        }
        // Only escapes can make a title and a link this long: control characters, six bytes each.
        face.title = cut(&face.title, TITLE_BYTES / 8);
        json(&face)
    }
}

/// An article as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Which.
    pub id: ArticleId,
    /// For lists.
    pub face: Face,
    /// For its page.
    pub body: Body,
}

/// How far back an article that arrives late may be dated, so that it isn't buried below what was read long ago.
const LATE: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// The river's key: the publication date, never in the future.
///
/// For what arrives after a feed's first import it is at most a day before its arrival. Whole seconds are the date's; the fraction is made of the feed and the number, so that articles
/// of one second have an order, and those of one feed never the same key.
pub fn river_time(
    id: ArticleId,
    published: Option<Timestamp>,
    now: Timestamp,
    first_import: bool,
) -> Timestamp {
    let date = published.unwrap_or(now).min(now);
    let date = if first_import {
        date
    } else {
        date.max(now - LATE)
    };
    let fraction = i64::from(id.feed.0 % 1_000) * 1_000 + i64::from(id.seq % 1_000);
    from_micros(date.timestamp() * 1_000_000 + fraction)
}
