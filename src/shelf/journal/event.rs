//! What a journal is made of.

use serde::{Deserialize, Serialize};

use crate::articles::{Article, ArticleSummary};
use crate::codec::cut;
use crate::ids::{ArticleId, FeedId};

/// Longest title, author and address, in bytes.
const TITLE_BYTES: usize = 300;
const AUTHOR_BYTES: usize = 100;
const LINK_BYTES: usize = 600;

/// What a reader did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Act {
    /// Opened an article here; once an article and month.
    Opened,
    /// Went on to the publisher's page.
    Followed,
    /// Starred an article.
    Starred,
    /// Gave an article tags or a note.
    Tagged,
    /// Marked one article as read, or scrolled past it.
    Marked,
    /// Marked many at once: a number a feed.
    Cleared,
}

impl Act {
    /// All of them; the place is the number in the store.
    pub const ALL: [Self; 6] = [
        Self::Opened,
        Self::Followed,
        Self::Starred,
        Self::Tagged,
        Self::Marked,
        Self::Cleared,
    ];

    /// Its word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Followed => "followed",
            Self::Starred => "starred",
            Self::Tagged => "tagged",
            Self::Marked => "marked",
            Self::Cleared => "cleared",
        }
    }

    /// The act with this word; `None` if there is none.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }

    /// Whether its article's title is kept.
    pub fn has_text(self) -> bool {
        !matches!(self, Self::Marked | Self::Cleared)
    }
}

impl From<Act> for u8 {
    fn from(act: Act) -> Self {
        act as Self
    }
}

impl TryFrom<u8> for Act {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        let act = Self::ALL.get(usize::from(number)).copied();
        act.ok_or_else(|| format!("{number} is no act of a journal"))
    }
}

/// What is kept of an article, so that its line outlives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Text {
    /// Plain text; empty if the publisher gave none.
    #[serde(rename = "t", skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The publisher's page; empty for none.
    #[serde(rename = "l", skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// Plain text; empty for none.
    #[serde(rename = "a", skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// How many words its text has; 0 if unknown.
    #[serde(rename = "w", skip_serializing_if = "is_none")]
    pub words: u32,
}

fn is_none(number: &u32) -> bool {
    *number == 0
}

impl Text {
    /// Of a summary.
    pub fn of(summary: &ArticleSummary) -> Self {
        let link = summary.link.clone().unwrap_or_default();
        Self {
            title: cut(&summary.title, TITLE_BYTES),
            link: if link.len() <= LINK_BYTES {
                link
            } else {
                String::new()
            },
            author: cut(summary.author.as_deref().unwrap_or_default(), AUTHOR_BYTES),
            words: summary.words.unwrap_or_default(),
        }
    }

    /// Of a whole article, whose body knows more than the summary.
    pub fn of_article(article: &Article) -> Self {
        let mut text = Self::of(&article.summary);
        if let Some(link) = article
            .body
            .link
            .as_ref()
            .filter(|link| link.len() <= LINK_BYTES)
        {
            text.link.clone_from(link);
        }
        text
    }

    /// The same within its bounds, as an import brings it.
    #[must_use]
    pub fn fitted(mut self) -> Self {
        self.title = cut(&self.title, TITLE_BYTES);
        self.author = cut(&self.author, AUTHOR_BYTES);
        if self.link.len() > LINK_BYTES {
            self.link.clear();
        }
        self
    }

    /// Approximate bytes.
    pub fn weight(&self) -> usize {
        self.title.len() + self.link.len() + self.author.len()
    }
}

/// What a feed was called, and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Name {
    /// The title on the shelf.
    #[serde(rename = "t")]
    pub title: String,
    /// The feed's address.
    #[serde(rename = "u", skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Minutes since 1970.
    #[serde(rename = "m")]
    pub minute: i64,
    /// What was done.
    #[serde(rename = "a")]
    pub act: Act,
    /// With an article of which feed.
    #[serde(rename = "f")]
    pub feed: FeedId,
    /// The article's number; 0 for what is only counted.
    #[serde(rename = "n", default, skip_serializing_if = "is_none")]
    pub seq: u32,
    /// How many, of what is only counted; below 0 where an act was undone later. Otherwise 1.
    #[serde(rename = "c", default = "one", skip_serializing_if = "is_one")]
    pub count: i64,
    /// The bulk act, as long as it can be undone.
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub bulk: String,
    /// What is kept of the article.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

fn one() -> i64 {
    1
}

fn is_one(number: &i64) -> bool {
    *number == 1
}

impl Event {
    /// The article; `None` for what is only counted.
    pub fn article(&self) -> Option<ArticleId> {
        let (feed, seq) = (self.feed, self.seq);
        (seq > 0).then_some(ArticleId { feed, seq })
    }

    /// By what one line is told from another.
    pub fn mark(&self) -> String {
        format!(
            "{}.{}.{}.{}",
            self.minute, self.act as u8, self.feed.0, self.seq
        )
    }

    /// Approximate bytes.
    pub fn weight(&self) -> usize {
        24 + self.bulk.len() + self.text.as_ref().map_or(0, Text::weight)
    }
}
