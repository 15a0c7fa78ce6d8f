//! The content of an article's page.

use serde::{Deserialize, Serialize};

use super::full_text::{FullText, Refusal};
use crate::feeds::podcast::Podcast;
use crate::html::direction::Direction;

/// The content of an article's page: read by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// The whole title.
    pub title: String,
    /// The link, however long.
    pub link: Option<String>,
    /// The author's name as the feed gives it; `None` if it gives none.
    pub author: Option<String>,
    /// HTML, sanitized before it was stored.
    pub html: String,
    /// The sanitizer version that made `html`.
    pub sanitizer: u32,
    /// Attached files.
    pub attachments: Vec<Attachment>,
    /// The publication date, in seconds since 1970.
    pub published: Option<i64>,
    /// When the publisher last changed it, in seconds since 1970.
    pub updated: Option<i64>,
    /// The publisher's categories.
    pub categories: Vec<String>,
    /// Where it is discussed: absolute, http or https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    /// How many comments there were when it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_count: Option<u32>,
    /// What a podcast's feed says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub podcast: Option<Podcast>,
    /// The language of its text as declared (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The direction of its text as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<Direction>,
    /// The full text from its own page, once a user has requested it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full: Option<FullText>,
    /// Why the last attempt to fetch the full text failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

/// A file attached to an article: a podcast's audio, an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Absolute, http or https.
    pub url: String,
    /// The media type, according to the publisher.
    #[serde(default)]
    pub mime: Option<String>,
    /// The size in bytes, according to the publisher.
    #[serde(default)]
    pub length: Option<u64>,
}

impl Body {
    /// Keeps the full text when the publisher edits the article, marked as older if title or text differ.
    ///
    /// The user can then fetch it again. A new link is another page, so nothing is kept. A failed attempt may be retried.
    pub fn inherit(&mut self, before: Self) {
        let same_words = (&before.title, &before.html) == (&self.title, &self.html);
        if before.link == self.link {
            self.full = before.full.map(|full| FullText {
                is_older: full.is_older || !same_words,
                ..full
            });
        }
    }
}
