//! What one article's page shows.

use serde::{Deserialize, Serialize};

use super::full_text::{FullText, Refusal};

/// What one article's page shows: read by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// The whole title.
    pub title: String,
    /// The link, however long.
    pub link: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// HTML, sanitised before it was stored.
    pub html: String,
    /// The sanitiser's version that made `html`.
    pub sanitizer: u32,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The publisher's dates, in seconds since 1970.
    pub published: Option<i64>,
    /// When the publisher says that it was changed last.
    pub updated: Option<i64>,
    /// The publisher's words for what it is about.
    pub categories: Vec<String>,
    /// The text of its own page, once somebody asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full: Option<FullText>,
    /// Why the last attempt to get that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

/// A file that belongs to an article: a podcast's sound, a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Absolute, http or https.
    pub url: String,
    /// The media type, as the publisher gave it.
    #[serde(default)]
    pub mime: Option<String>,
    /// Bytes, as the publisher gave it.
    #[serde(default)]
    pub length: Option<u64>,
}

impl Body {
    /// Takes over the full text of the article as it was before its publisher changed it: marked as older where the words
    /// differ, so that readers are told and can fetch it anew. It doesn't follow to another address, whose page is another; and
    /// what was refused may be tried again.
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
