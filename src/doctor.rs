//! The doctor: checks the store's invariants one by one.
//!
//! Every entity's index entries; every feed's articles, whose numbers are complete from first to last with none beyond;
//! every window, which has each of them once; every subscription's feed and its counts of subscribers, all and asleep;
//! that exactly the feeds with an active subscriber are scheduled; every read state.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::articles::store as articles;
use crate::datastore::{Datastore, Kind, StoreError};
use crate::feeds::{self, Feed, PollTier};
use crate::ids::{FeedId, Numbers};
use crate::shelf::{read_store, store as shelves};
use crate::users::{self, User};

/// Feeds per query.
const FEEDS_A_PAGE: u32 = 200;

/// The result of a check.
#[derive(Debug, Default)]
pub struct Findings {
    /// Entities by kind.
    pub entities: BTreeMap<String, u64>,
    /// Inconsistencies; empty in a sound store.
    pub faults: Vec<String>,
}

/// Checks the whole store. Reads all of it: for an operator, not for a request.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn examine(store: &Datastore) -> Result<Findings, StoreError> {
    let floor = store.check_indexes().await?;
    let mut findings = Findings {
        entities: floor.entities,
        faults: floor.faults,
    };
    for (name, count) in &findings.entities {
        match Kind::from_name(name).map(check_of) {
            Some(Check::Related | Check::Alone) => {}
            Some(Check::One) if *count <= 1 => {}
            Some(Check::One) => {
                let fault = format!("{count} entities of kind {name}, of which there is one");
                findings.faults.push(fault);
            }
            None => {
                let fault = format!("{count} entities of the kind {name}, which isn’t ours");
                findings.faults.push(fault);
            }
        }
    }
    let mut numbers = HashMap::new();
    let mut readers: HashMap<FeedId, Readers> = HashMap::new();
    for user in users::store::list(store).await? {
        let shelf = shelves::list(store, user.id).await?;
        let shelf: HashSet<FeedId> = shelf.into_iter().map(|one| one.feed).collect();
        for feed in &shelf {
            let counted = readers.entry(*feed).or_default();
            counted.all += 1;
            counted.asleep += u32::from(user.profile.resting.contains(feed));
        }
        examine_sleep(&user, &shelf, &mut findings.faults);
    }
    let mut cursor = None;
    loop {
        let (page, next) = feeds::store::all(store, cursor, FEEDS_A_PAGE).await?;
        for feed in &page {
            numbers.insert(feed.id, feed.summary.numbers(feed.id));
            examine_feed(
                store,
                feed,
                readers.remove(&feed.id).unwrap_or_default(),
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
        .map(|id| format!("a subscription to feed {id}, which isn’t there"));
    findings.faults.extend(unknown);
    examine_read_states(store, &numbers, &mut findings.faults).await?;
    Ok(findings)
}

/// How a kind is checked, besides its index entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// Together with what it refers to, and what refers to it.
    Related,
    /// Nothing else depends on it.
    Alone,
    /// There is at most one entity.
    One,
}

/// The check of each kind. Every entity's index entries are checked, whatever its kind.
const fn check_of(kind: Kind) -> Check {
    match kind {
        // Each feed with its address, articles, window and subscribers.
        Kind::Feed | Kind::FeedUrl | Kind::Article => Check::Related,
        // Each account with its shelf, whether it sleeps, and its read state.
        Kind::User | Kind::Subscription | Kind::ReadState => Check::Related,
        Kind::Login | Kind::Session | Kind::Token | Kind::Star | Kind::Import => Check::Alone,
        Kind::Invitation | Kind::Journal | Kind::Share | Kind::Webhook | Kind::Words => {
            Check::Alone
        }
        Kind::Setting | Kind::Icon | Kind::Probe => Check::Alone,
        Kind::Audit | Kind::Job => Check::Alone,
        Kind::Tick | Kind::Ledger => Check::One,
    }
}

/// A feed's subscribers, according to the shelves.
#[derive(Clone, Copy, Debug, Default)]
struct Readers {
    all: u32,
    asleep: u32,
}

fn examine_sleep(user: &User, shelf: &HashSet<FeedId>, faults: &mut Vec<String>) {
    let resting = &user.profile.resting;
    let mut fault = |text: &str| faults.push(format!("reader {}: {text}", user.id));
    if !resting.iter().all(|feed| shelf.contains(feed)) {
        fault("sleeps for a feed that isn’t on the shelf");
    }
    if !user.awake && !shelf.iter().all(|feed| resting.contains(feed)) {
        fault("sleeps, and a feed counts as if awake");
    }
}

fn examine_readers(feed: &Feed, readers: Readers, mut fault: impl FnMut(String)) {
    let summary = &feed.summary;
    for (what, counted, real) in [
        ("readers", summary.subscribers, readers.all),
        ("sleeping readers", summary.asleep, readers.asleep),
    ] {
        if counted != real {
            fault(format!("it counts {counted} {what}, and has {real}"));
        }
    }
    match (summary.awake() > 0, summary.tier) {
        (true, PollTier::Off) if !summary.is_over() => {
            fault("it has an active subscriber, and is not scheduled".into());
        }
        (false, tier) if tier != PollTier::Off => {
            fault("it has no active subscriber, and is scheduled".into());
        }
        _ => {}
    }
    if summary.door.is_some() && (readers.all > 1 || summary.onto.is_some()) {
        fault("it is behind a door, and isn’t one reader’s own".into());
    }
    if summary.onto.is_some() && summary.tier != PollTier::Off {
        fault("it moved onto another, and is still scheduled".into());
    }
    if (summary.subscribers == 0) != (summary.orphaned_day > 0) {
        fault("the day of its last subscriber is wrong".into());
    }
}

async fn examine_feed(
    store: &Datastore,
    feed: &Feed,
    readers: Readers,
    faults: &mut Vec<String>,
) -> Result<(), StoreError> {
    let Numbers { first, last, .. } = feed.summary.numbers(feed.id);
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
        fault("its window doesn’t know each article once".into());
    }
    examine_readers(feed, readers, &mut fault);
    let own = feed.summary.door.as_ref().map(|door| door.of);
    let address = (feed.summary.url.as_str(), own);
    let found = feeds::store::by_addresses(store, &[address]).await?;
    if found != [Some(feed.id)] {
        fault("its address doesn’t lead to it".into());
    }
    Ok(())
}

async fn examine_read_states(
    store: &Datastore,
    numbers: &HashMap<FeedId, Numbers>,
    faults: &mut Vec<String>,
) -> Result<(), StoreError> {
    for user in users::store::list(store).await? {
        let state = read_store::fresh(store, user.id).await?;
        let wrong = state.faults(|feed| numbers.get(&feed).copied());
        faults.extend(
            wrong
                .into_iter()
                .map(|fault| format!("reader {}: {fault}", user.id)),
        );
    }
    Ok(())
}
