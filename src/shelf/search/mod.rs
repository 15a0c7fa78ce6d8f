//! Searching what a reader has: all that is kept of the feeds on their shelf, and what they keep themselves.
//!
//! Cold, a search reads one record for each feed in scope, all in one round, the parts of what the reader keeps, and the bodies of
//! the hits that it shows. Warm, only bodies that aren't remembered. See decision 0050.

mod facts;
mod gather;
pub mod json;
pub mod linked;
pub mod own;
pub mod place;
pub mod snippet;

use std::collections::BTreeMap;

use facts::OwnFacts;
use gather::{Candidate, Gathered};
use place::Place;
pub use place::{BadCursor, Cursor, Order};
pub use snippet::Pieces;

use super::Shelf;
use super::kept::store as kepts;
use super::stars;
use crate::articles;
use crate::articles::words::{Searched, doc_of};
use crate::datastore::{Datastore, StoreError, Version};
use crate::ids::{ArticleId, FeedId};
use crate::search::{Doc, Question, Search};
use crate::timestamp::{Timestamp, from_micros};

/// Candidates of one page that may turn out to be none; then the page ends, and the next one goes on.
pub const MOST_FAILED: usize = 20;
/// Feeds and months that are counted for narrowing a search down.
const NARROWED: usize = 12;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The query.
    pub query: &'r Question,
    /// In which order.
    pub order: Order,
    /// Where the page begins, as the one before said; `None` for the first page.
    pub after: Option<Cursor>,
    /// How many hits.
    pub limit: usize,
    /// Now: newer hits are a little better.
    pub now: Timestamp,
}

/// What a hit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HitId {
    /// An article, of a feed on the shelf or starred.
    Article(ArticleId),
    /// Something that the reader keeps, by its name.
    Kept(String),
}

impl std::fmt::Display for HitId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Article(id) => id.fmt(out),
            Self::Kept(name) => out.write_str(name),
        }
    }
}

/// A hit, confirmed.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What it is.
    pub id: HitId,
    /// The title, with what was found in it.
    pub title: Pieces,
    /// The text around what was found.
    pub snippet: Pieces,
    /// Its feed, if that is on the shelf.
    pub feed: Option<FeedId>,
    /// The feed's title, or the page's host.
    pub source: String,
    /// The publisher's page.
    pub link: Option<String>,
    /// Its time in lists.
    pub at: Timestamp,
    /// Whether it is read.
    pub is_read: bool,
    /// Whether it is starred.
    pub is_starred: bool,
    /// The language of its text.
    pub lang: Option<String>,
}

/// What was found, and what was searched.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The hits of this page.
    pub hits: Vec<Hit>,
    /// How many articles are proposed in all; some of them may not be hits.
    pub proposed: usize,
    /// Whether all of these were looked at, so that the number is exact.
    pub is_exact: bool,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
    /// Articles that were searched.
    pub articles: usize,
    /// Feeds that were searched.
    pub feeds: usize,
    /// Articles in scope that aren't indexed yet.
    pub unindexed: usize,
    /// The feeds that these are of.
    pub unindexed_feeds: usize,
    /// Articles among those that were searched that are so long that only their titles and commoner words are.
    pub in_part: usize,
    /// The feeds that these are of; what the reader keeps has none.
    pub part_feeds: Vec<FeedId>,
    /// The feeds with most of what is proposed.
    pub by_feed: Vec<(FeedId, usize)>,
    /// How many are of each month, as `(year, month)`, the newest first.
    pub by_month: Vec<((i32, u32), usize)>,
}

/// Searches a shelf.
///
/// Reads: one for each feed in scope that isn't remembered, the parts of what the reader keeps, one for each body that is looked at
/// and isn't remembered. A write if something that the reader keeps is added to its list.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn search(
    store: &Datastore,
    shelf: &Shelf,
    request: Request<'_>,
) -> Result<Answer, StoreError> {
    if request.query.is_empty() {
        return Ok(Answer::default());
    }
    let search = Search::new(request.query);
    let gathered = gather::gather(store, shelf, &search, &request).await?;
    let Gathered {
        mut candidates,
        own,
        tags,
        mut answer,
    } = gathered;
    (answer.by_feed, answer.by_month) = narrowed(&candidates);
    answer.proposed = candidates.len();
    candidates.sort_unstable_by_key(|one| std::cmp::Reverse(one.place));
    let day = day_of(&request);
    let begin = request.after.map_or(0, |after| {
        candidates.partition_point(|one| one.place >= after.place)
    });
    let mut rest = &candidates[begin..];
    let mut failed = 0;
    let own_facts = OwnFacts::of(shelf, &own);
    while !rest.is_empty() && answer.hits.len() < request.limit && failed < MOST_FAILED {
        let most = (request.limit - answer.hits.len()).min(MOST_FAILED - failed);
        let (these, others) = rest.split_at(most.min(rest.len()));
        rest = others;
        let bodies = read(store, shelf, &own, these).await?;
        for one in these {
            let facts = facts::of(shelf, &tags, one.feed());
            let hit = bodies.get(&one.place).and_then(|body| match facts {
                Some(facts) => confirm(shelf, &search, body, &facts, one),
                None => confirm(shelf, &search, body, &own_facts.part(one.part()), one),
            });
            match hit {
                Some(hit) => answer.hits.push(hit),
                None => failed += 1,
            }
        }
        answer.next = these
            .last()
            .filter(|_| !rest.is_empty())
            .map(|one| Cursor::of(request.query, request.order, day, one.place));
    }
    answer.is_exact = rest.is_empty() && begin == 0;
    if answer.is_exact {
        answer.proposed = answer.hits.len();
    }
    Ok(answer)
}

/// The day since 1970 by which hits are ordered: the first page's.
fn day_of(request: &Request<'_>) -> i64 {
    let today = request.now.timestamp().div_euclid(24 * 60 * 60);
    request.after.map_or(today, |after| after.day)
}

/// What is looked at for confirming.
struct Looked {
    id: HitId,
    doc: Doc,
    searched: Searched,
    source: String,
    link: Option<String>,
    lang: Option<String>,
}

impl Looked {
    fn of_article(article: &articles::Article, source: String) -> Self {
        Self {
            id: HitId::Article(article.id),
            doc: doc_of(article),
            searched: Searched::of(&article.body),
            source,
            link: article.body.link.clone(),
            lang: article.summary.lang.clone(),
        }
    }
}

fn confirm(
    shelf: &Shelf,
    search: &Search,
    looked: &Looked,
    facts: &dyn crate::search::Facts,
    one: &Candidate,
) -> Option<Hit> {
    let doc = Doc {
        seq: one.place.seq,
        language: one.language,
        ..looked.doc
    };
    let found = search.confirm(&looked.searched.texts(), &doc, facts)?;
    let article = match &looked.id {
        HitId::Article(id) => Some(*id),
        HitId::Kept(_) => None,
    };
    Some(Hit {
        id: looked.id.clone(),
        title: snippet::marked(&looked.searched.title, &found.title),
        snippet: snippet::around(&looked.searched, &found),
        feed: article
            .map(|id| id.feed)
            .filter(|feed| shelf.subscription(*feed).is_some()),
        source: looked.source.clone(),
        link: looked.link.clone(),
        at: from_micros(one.place.at.saturating_mul(1_000_000)),
        is_read: article.is_none_or(|id| shelf.is_read(id)),
        is_starred: article.is_some_and(|id| shelf.is_starred(id)),
        lang: looked.lang.clone(),
    })
}

/// What these candidates are, by their places: bodies from the cache, or by one read each, in one round for each kind.
async fn read(
    store: &Datastore,
    shelf: &Shelf,
    own: &own::Own,
    these: &[Candidate],
) -> Result<BTreeMap<Place, Looked>, StoreError> {
    let mut looked = BTreeMap::new();
    let ids: Vec<ArticleId> = these.iter().filter_map(Candidate::article).collect();
    let found: Vec<(articles::Article, Version)> =
        articles::store::cached_many(store, &ids).await?;
    let by_id: BTreeMap<ArticleId, &articles::Article> =
        found.iter().map(|one| (one.0.id, &one.0)).collect();
    let mut starred = Vec::new();
    let mut kept = Vec::new();
    for one in these {
        match (one.article(), own.thing(one)) {
            (Some(id), _) => {
                if let Some(article) = by_id.get(&id) {
                    let source = shelf.title(id.feed);
                    looked.insert(one.place, Looked::of_article(article, source));
                }
            }
            (None, Some(thing)) => match own::star_of(&thing.name) {
                Some(id) => starred.push((id, one.place)),
                None => kept.push((thing.name.clone(), one.place)),
            },
            (None, None) => {}
        }
    }
    let ids: Vec<ArticleId> = starred.iter().map(|(id, _)| *id).collect();
    let places: BTreeMap<ArticleId, Place> = starred.into_iter().collect();
    for (article, source) in stars::get_many(store, shelf.user, &ids).await? {
        if let Some(place) = places.get(&article.id) {
            looked.insert(*place, Looked::of_article(&article, source));
        }
    }
    let names: Vec<String> = kept.iter().map(|(name, _)| name.clone()).collect();
    let places: BTreeMap<String, Place> = kept.into_iter().collect();
    for (name, kept) in kepts::get_many(store, shelf.user, &names).await? {
        if let Some(place) = places.get(&name) {
            let source = kept.card.source.clone();
            let link = kept.body.link.clone().or_else(|| kept.card.link.clone());
            let lang = kept.body.lang.clone();
            let (_, doc, searched) = own::page(name.clone(), &kept);
            let one = Looked {
                id: HitId::Kept(name),
                doc,
                searched,
                source,
                link,
                lang,
            };
            looked.insert(*place, one);
        }
    }
    Ok(looked)
}

type Narrowed = (Vec<(FeedId, usize)>, Vec<((i32, u32), usize)>);

/// How many candidates are of which feed, and of which month.
fn narrowed(candidates: &[Candidate]) -> Narrowed {
    use chrono::Datelike;
    let mut feeds: BTreeMap<FeedId, usize> = BTreeMap::new();
    let mut months: BTreeMap<(i32, u32), usize> = BTreeMap::new();
    for one in candidates {
        if let Some(feed) = one.feed() {
            *feeds.entry(feed).or_default() += 1;
        }
        let at = from_micros(one.published.saturating_mul(1_000_000));
        *months.entry((at.year(), at.month())).or_default() += 1;
    }
    let mut feeds: Vec<_> = feeds.into_iter().collect();
    feeds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    feeds.truncate(NARROWED);
    let months = months.into_iter().rev().take(NARROWED).collect();
    (feeds, months)
}
