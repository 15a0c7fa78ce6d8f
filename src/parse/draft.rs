//! What one pass over a document gathers of the feed and of each entry, whatever the dialect.

use url::Url;

use super::media::Media;
use super::names::Field;
use crate::feeds::podcast::Podcast;
use crate::html::direction::Direction;
use crate::html::sanitize::SafeHtml;

/// Ranks of a link's sources: where the publisher says where the page is comes before what may be a page.
pub(super) mod link_rank {
    pub(crate) const ORIGINAL: u8 = 0;
    pub(crate) const ELEMENT: u8 = 1;
    pub(crate) const PAGE: u8 = 2;
    pub(crate) const PERMALINK: u8 = 3;
    pub(crate) const ABOUT: u8 = 4;
    pub(crate) const OTHER_TYPE: u8 = 5;
    pub(crate) const ID: u8 = 6;
    pub(crate) const CONTENT: u8 = 7;
    pub(crate) const RELATED: u8 = 8;
}

/// A text as the document gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// Markup.
    Html(String),
    /// Words, with line breaks that mean something.
    Plain(String),
}

/// A text with what applies to it where it stands.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) text: Text,
    /// The base of its links, if the document declares one.
    pub(super) base: Option<Url>,
    pub(super) lang: Option<String>,
    pub(super) dir: Option<Direction>,
}

/// Sources of one field, of which the best counts: rank 0 is the field itself. Of two alike the first counts.
#[derive(Clone, Debug)]
pub(super) struct Ranked<T>(Option<(u8, T)>);

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Ranked<T> {
    pub(super) fn put(&mut self, rank: u8, value: T) {
        if self.0.as_ref().is_none_or(|(known, _)| rank < *known) {
            self.0 = Some((rank, value));
        }
    }

    pub(super) fn take(&mut self) -> Option<T> {
        self.0.take().map(|(_, value)| value)
    }
}

/// The texts that may be one field, with their ranks.
#[derive(Debug, Default)]
pub(super) struct Texts(Vec<(u8, Written)>);

/// Most texts kept for one field.
const MAX_TEXTS: usize = 6;

impl Texts {
    pub(super) fn put(&mut self, rank: u8, written: Written) {
        if self.0.len() < MAX_TEXTS {
            self.0.push((rank, written));
        }
    }

    /// The best that shows something; if none does, the best. Of two alike the first.
    pub(super) fn take(&mut self) -> Option<Written> {
        self.0.sort_by_key(|(rank, _)| *rank);
        let has_choice = self.0.len() > 1;
        let shows = |(_, written): &(u8, Written)| written.text.shows_something();
        let best = if has_choice {
            self.0.iter().position(shows).unwrap_or(0)
        } else {
            0
        };
        (!self.0.is_empty()).then(|| self.0.swap_remove(best).1)
    }
}

impl Text {
    fn shows_something(&self) -> bool {
        match self {
            Self::Plain(words) => !words.trim().is_empty(),
            Self::Html(html) => {
                // Any base will do: the addresses are only looked for.
                let base = Url::parse("http://any.invalid/").ok();
                !SafeHtml::clean(html, base.as_ref()).is_blank()
            }
        }
    }
}

/// A feed or an entry while it is read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) id: Ranked<String>,
    /// One line of text.
    pub(super) title: Ranked<String>,
    /// One line of text.
    pub(super) subtitle: Ranked<String>,
    /// Absolute.
    pub(super) link: Ranked<String>,
    /// Absolute.
    pub(super) icon: Ranked<String>,
    /// All there are, since the best may show nothing.
    pub(super) summary: Texts,
    pub(super) content: Texts,
    /// As written, with the rank: which of them are dates, and in which order their numbers stand, is decided when all are known.
    pub(super) dates: Vec<(Field, u8, String)>,
    /// Names with their rank; only those of the best count.
    pub(super) people: Vec<(u8, String)>,
    pub(super) categories: Vec<String>,
    pub(super) media: Vec<Media>,
    pub(super) podcast: Podcast,
    /// Where it is discussed, absolute, and how many comments there are.
    pub(super) comments: Option<String>,
    pub(super) comment_count: Option<u32>,
    pub(super) lang: Option<String>,
    pub(super) dir: Option<Direction>,
    /// The hubs of a feed, and its own address; absolute.
    pub(super) hubs: Vec<String>,
    pub(super) own: Option<String>,
}

/// Most names of one entry.
const MAX_PEOPLE: usize = 50;

impl Draft {
    /// Adds a person's name, once.
    pub(super) fn add_person(&mut self, rank: u8, name: String) {
        let is_new = !self.people.contains(&(rank, name.clone()));
        if is_new && self.people.len() < MAX_PEOPLE {
            self.people.push((rank, name));
        }
    }

    /// The names of the best rank, in document order.
    pub(super) fn people(&self) -> Vec<&str> {
        let best = self.people.iter().map(|(rank, _)| *rank).min();
        let of_best = self.people.iter().filter(|(rank, _)| Some(*rank) == best);
        of_best.map(|(_, name)| name.as_str()).collect()
    }
}

/// A whole document while it is read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) feed: Draft,
    pub(super) entries: Vec<Draft>,
}
