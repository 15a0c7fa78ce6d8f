//! Does everything fit together? The invariants of the store, looked at one by one.
//!
//! Every entity's index entries; every feed's articles, whose numbers are all there from first to last and none beyond;
//! every window, which knows each of them once; every subscription's feed and its count of readers; every read state.

use std::collections::{BTreeMap, HashMap};

use crate::articles::Numbers;
use crate::articles::store as articles;
use crate::datastore::{Datastore, StoreError};
use crate::feeds::{self, Feed};
use crate::ids::FeedId;
use crate::shelf::store as shelves;
use crate::users;

/// Feeds that are read at a time.
const PAGE: u32 = 200;

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Entities by kind.
    pub entities: BTreeMap<String, u64>,
    /// What doesn't fit; empty in a sound store.
    pub faults: Vec<String>,
}

/// Examines the whole store. Reads all of it: for an installation's own hands, not for a request.
///
/// # Errors
/// The store's.
pub async fn examine(store: &Datastore) -> Result<Findings, StoreError> {
    let floor = store.check_indexes().await?;
    let mut findings = Findings {
        entities: floor.entities,
        faults: floor.faults,
    };
    let mut numbers = HashMap::new();
    let mut readers: HashMap<FeedId, u32> = HashMap::new();
    for user in users::store::list(store).await? {
        for one in shelves::list(store, user.id).await? {
            *readers.entry(one.feed).or_default() += 1;
        }
    }
    let mut cursor = None;
    loop {
        let (page, next) = feeds::store::all(store, cursor, PAGE).await?;
        for feed in &page {
            numbers.insert(feed.id, feed.card.numbers(feed.id));
            examine_feed(
                store,
                feed,
                readers.remove(&feed.id).unwrap_or(0),
                &mut findings.faults,
            )
            .await?;
        }
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let unknown = readers
        .keys()
        .map(|id| format!("a subscription to feed {id}, which isn't there"));
    findings.faults.extend(unknown);
    examine_read_states(store, &numbers, &mut findings.faults).await?;
    Ok(findings)
}

async fn examine_feed(
    store: &Datastore,
    feed: &Feed,
    readers: u32,
    faults: &mut Vec<String>,
) -> Result<(), StoreError> {
    let Numbers { first, last, .. } = feed.card.numbers(feed.id);
    let mut fault = |text: String| faults.push(format!("feed {}: {text}", feed.id));
    let stored = articles::numbers(store, feed.id).await?;
    if !stored.iter().copied().eq(first..=last) {
        fault(format!(
            "articles {first} to {last} should be there, and {} are",
            stored.len()
        ));
    }
    let mut known: Vec<u32> = feed.body.window.iter().map(|print| print.seq).collect();
    known.sort_unstable();
    if known.windows(2).any(|pair| pair[0] == pair[1]) {
        fault("its window has a number twice".into());
    }
    if !known
        .iter()
        .copied()
        .filter(|&seq| seq >= first)
        .eq(first..=last)
    {
        fault("its window doesn't know each article once".into());
    }
    if feed.card.subscribers != readers {
        fault(format!(
            "it counts {} readers, and has {readers}",
            feed.card.subscribers
        ));
    }
    let by_url = feeds::store::by_urls(store, std::slice::from_ref(&feed.card.url)).await?;
    if by_url != [Some(feed.id)] {
        fault("its address doesn't lead to it".into());
    }
    Ok(())
}

async fn examine_read_states(
    store: &Datastore,
    numbers: &HashMap<FeedId, Numbers>,
    faults: &mut Vec<String>,
) -> Result<(), StoreError> {
    for user in users::store::list(store).await? {
        let (state, _) = shelves::read_state(store, user.id).await?;
        let wrong = state.faults(|feed| numbers.get(&feed).copied());
        faults.extend(
            wrong
                .into_iter()
                .map(|fault| format!("reader {}: {fault}", user.id)),
        );
    }
    Ok(())
}
