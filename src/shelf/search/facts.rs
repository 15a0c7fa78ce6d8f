//! What is known of articles besides their words: whether they are read, starred, tagged, and where their feeds stand.

use std::collections::HashMap;

use super::own::{Own, Part, star_of};
use crate::ids::{ArticleId, FeedId};
use crate::search::tokens::{self, Token};
use crate::search::{Doc, Facts};
use crate::shelf::Shelf;
use crate::shelf::kept::store::article_of;

/// The reader's tags, by article.
pub(super) type Tags = HashMap<ArticleId, Vec<String>>;

/// Of one feed's articles.
pub(super) struct FeedFacts<'s> {
    shelf: &'s Shelf,
    feed: FeedId,
    tags: &'s Tags,
    title: Vec<Token>,
    folders: Vec<Vec<Token>>,
}

/// What is known of a feed on the shelf; `None` for what the reader keeps.
pub(super) fn of<'s>(
    shelf: &'s Shelf,
    tags: &'s Tags,
    feed: Option<FeedId>,
) -> Option<FeedFacts<'s>> {
    let one = shelf.subscription(feed?)?;
    Some(FeedFacts {
        shelf,
        feed: one.feed,
        tags,
        title: tokens::of(shelf.title_of(one)),
        folders: one
            .folders()
            .map(|path| tokens::of(&path.join(" ")))
            .collect(),
    })
}

impl FeedFacts<'_> {
    fn id(&self, doc: &Doc) -> ArticleId {
        ArticleId {
            feed: self.feed,
            seq: doc.seq,
        }
    }
}

impl Facts for FeedFacts<'_> {
    fn feed(&self) -> &[Token] {
        &self.title
    }

    fn folders(&self) -> &[Vec<Token>] {
        &self.folders
    }

    fn is_read(&self, doc: &Doc) -> bool {
        self.shelf.is_read(self.id(doc))
    }

    fn is_starred(&self, doc: &Doc) -> bool {
        self.shelf.is_starred(self.id(doc))
    }

    fn tags(&self, doc: &Doc) -> &[String] {
        match self.tags.is_empty() {
            true => &[],
            false => self.tags.get(&self.id(doc)).map_or(&[], Vec::as_slice),
        }
    }
}

/// Of what the reader keeps.
pub(super) struct OwnFacts<'s> {
    shelf: &'s Shelf,
    own: &'s Own,
    tags: HashMap<&'s str, &'s [String]>,
}

/// The same, of one part.
pub(super) struct PartFacts<'s> {
    all: &'s OwnFacts<'s>,
    part: Option<&'s Part>,
}

impl<'s> OwnFacts<'s> {
    pub(super) fn of(shelf: &'s Shelf, own: &'s Own) -> Self {
        let tags = own.cards.iter();
        let tags = tags.map(|(name, card)| (name.as_str(), card.tags.as_slice()));
        Self {
            shelf,
            own,
            tags: tags.collect(),
        }
    }

    pub(super) fn part(&'s self, place: usize) -> PartFacts<'s> {
        PartFacts {
            all: self,
            part: self.own.parts.get(place),
        }
    }
}

impl PartFacts<'_> {
    fn name(&self, doc: &Doc) -> &str {
        let thing = self.part.and_then(|part| part.things.get(&doc.seq));
        thing.map_or("", |thing| thing.name.as_str())
    }

    fn article(&self, doc: &Doc) -> Option<ArticleId> {
        let name = self.name(doc);
        star_of(name).or_else(|| article_of(name))
    }
}

impl Facts for PartFacts<'_> {
    fn feed(&self) -> &[Token] {
        &[]
    }

    fn source(&self, doc: &Doc) -> Option<&[Token]> {
        let thing = self.part?.things.get(&doc.seq)?;
        Some(&thing.named)
    }

    fn folders(&self) -> &[Vec<Token>] {
        &[]
    }

    fn is_read(&self, doc: &Doc) -> bool {
        self.article(doc)
            .is_none_or(|id| self.all.shelf.is_read(id))
    }

    fn is_starred(&self, doc: &Doc) -> bool {
        let id = self.article(doc);
        id.is_some_and(|id| self.all.shelf.is_starred(id))
    }

    fn tags(&self, doc: &Doc) -> &[String] {
        let name = self.name(doc);
        let tags = self.all.tags.get(name).copied().unwrap_or_default();
        match (tags, star_of(name)) {
            // A star may have tags by its other name.
            ([], Some(id)) => {
                let name = crate::shelf::kept::store::name_of(id);
                self.all
                    .tags
                    .get(name.as_str())
                    .copied()
                    .unwrap_or_default()
            }
            (tags, _) => tags,
        }
    }
}

/// The reader's tags, by article.
pub(super) fn tags_of(own: &Own) -> Tags {
    let tagged = own.cards.iter().filter(|(_, card)| !card.tags.is_empty());
    tagged
        .filter_map(|(name, card)| Some((article_of(name)?, card.tags.clone())))
        .collect()
}
