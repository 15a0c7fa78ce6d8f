//! What hasn't been met: which articles, their cards, and the words of their feeds.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::coming::Coming;
use super::hits::Searching;
use super::matching::Ready;
use crate::articles::ArticleRow;
use crate::articles::store::{self as articles, ListDirection};
use crate::datastore::{Datastore, IN_LIMIT, StoreError};
use crate::feeds;
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::search::Words;
use crate::shelf::Shelf;

/// Articles that one visit meets; the others are met by the next.
const MOST_MET: usize = 4_000;
/// Most of them of thirty feeds: as many as one query brings.
const OF_A_GROUP: usize = 950;
/// Most rows of a query.
const ROWS: usize = 1_000;
/// Rows that a query brings besides those that are wanted: articles that are dated back stand among older ones.
const SLACK: usize = 30;

/// What hasn't been met of a feed.
pub(super) struct News {
    pub numbers: Numbers,
    pub from: u32,
    pub upto: u32,
    /// Which thirty it is of: one query is for them.
    group: usize,
}

/// The feeds with news that rules or saved searches are for. No read.
pub(super) fn news(
    shelf: &Shelf,
    rules: &[Ready<'_>],
    searches: &[Searching],
    coming: &Coming,
) -> Vec<News> {
    let (mut room, mut of_group) = (MOST_MET, OF_A_GROUP);
    let mut seen = 0;
    let mut all = Vec::new();
    for one in shelf.subscriptions.iter() {
        let numbers = shelf.numbers(one.feed);
        let Some(from) = coming.from(shelf, one.feed) else {
            continue;
        };
        let is_met = rules.iter().any(|rule| coming.meets(shelf, rule.rule, one));
        if !is_met && searches.is_empty() {
            continue;
        }
        if seen % IN_LIMIT == 0 {
            of_group = OF_A_GROUP;
        }
        let group = seen / IN_LIMIT;
        seen += 1;
        let count = (numbers.last + 1).saturating_sub(from) as usize;
        let taken = count.min(of_group).min(room);
        // A part would stand below what is newer, out of the query's reach.
        if taken < count && of_group < OF_A_GROUP || taken == 0 && count > 0 {
            continue;
        }
        room -= taken;
        of_group -= taken;
        let upto = from + u32::try_from(taken).unwrap_or(0);
        all.push(News {
            numbers,
            from,
            upto: upto.saturating_sub(1).max(from.saturating_sub(1)),
            group,
        });
    }
    all
}

/// The cards of what is wanted: from the cache, else by one query for each 30 feeds; by name what stands too far below.
pub(super) async fn cards(
    store: &Datastore,
    news: &[News],
    wanted: &[ArticleId],
) -> Result<BTreeMap<ArticleId, Arc<ArticleRow>>, StoreError> {
    let missing = articles::uncached(store, wanted);
    let mut found: BTreeMap<ArticleId, Arc<ArticleRow>> = BTreeMap::new();
    let mut counts: BTreeMap<FeedId, usize> = BTreeMap::new();
    for id in &missing {
        *counts.entry(id.feed).or_default() += 1;
    }
    let these: Vec<&News> = news
        .iter()
        .filter(|one| counts.contains_key(&one.numbers.feed))
        .collect();
    for group in these.chunk_by(|one, next| one.group == next.group) {
        let feeds: Vec<Numbers> = group.iter().map(|one| one.numbers).collect();
        let rows: usize = feeds.iter().map(|one| counts[&one.feed]).sum();
        let limit = u32::try_from((rows + SLACK).min(ROWS)).unwrap_or_default();
        let newest = ListDirection::NewestFirst;
        let rows = articles::cached_timeline(store, &feeds, newest, None, limit).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let rest: Vec<ArticleId> = wanted
        .iter()
        .copied()
        .filter(|id| !found.contains_key(id))
        .collect();
    let named = articles::cached_by_name(store, &rest).await?;
    found.extend(named.into_iter().map(|row| (row.id, row)));
    Ok(found)
}

/// The words of the feeds whose texts are asked for: read for rules; for saved searches only as far as they are remembered.
pub(super) async fn texts(
    store: &Datastore,
    news: &[News],
    rules: &[Ready<'_>],
    searches: &[Searching],
) -> Result<HashMap<FeedId, Arc<Words>>, StoreError> {
    let all = news.iter().map(|one| one.numbers.feed);
    let is_needed = rules.iter().any(|rule| rule.rule.needs_text());
    let is_welcome = searches.iter().any(|one| one.needs_text);
    let wanted: Vec<FeedId> = match (is_needed, is_welcome) {
        (true, _) => all.collect(),
        (false, true) => all
            .filter(|feed| feeds::store::words_to_read(store, &[*feed]) == 0)
            .collect(),
        (false, false) => Vec::new(),
    };
    let found = feeds::store::cached_words(store, &wanted).await?;
    Ok(found.into_iter().collect())
}
