//! The doctor: checks the store's invariants one by one.
//!
//! Every entity's index entries; every feed's articles, whose numbers are complete from first to last with none beyond;
//! every window, which has each of them once; every subscription's feed and its counts of subscribers, all and asleep;
//! that exactly the feeds with an active subscriber are scheduled; every read state; and that no address and no article is left of
//! a feed that isn't there. What follows from the rest of the store can be mended (`mend.rs`).

mod mend;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::articles::store as articles;
use crate::datastore::{Datastore, Kind, StoreError};
use crate::feeds::{self, Feed, PollTier};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::refresh::shards::MOST_SHARDS;
use crate::shelf::{read_store, store as shelves};
use crate::users::{self, User};

pub use self::mend::{Mend, Readers, mend, recount};

/// Feeds per query.
const FEEDS_A_PAGE: u32 = 200;

/// The result of a check.
#[derive(Debug, Default)]
pub struct Findings {
    /// Entities by kind.
    pub entities: BTreeMap<String, u64>,
    /// Inconsistencies; empty in a sound store.
    pub faults: Vec<String>,
    /// What helps against each of them, in their order.
    pub cures: Vec<Cure>,
}

/// What helps against a fault.
#[derive(Clone, Debug)]
pub enum Cure {
    /// What is wrong follows from the rest of the store, and can be written anew.
    Mend(Mend),
    /// It doesn't: what an operator can do.
    Advice(&'static str),
}

impl Findings {
    fn fault(&mut self, text: String, cure: Cure) {
        self.faults.push(text);
        self.cures.push(cure);
    }
}

/// The advice where records are missing or contradict each other.
const FROM_BACKUP: &str = "put a backup in the store’s place (dormouse restore FILE), or save what fits together into a new store (dormouse rescue)";
/// The advice on kinds that we don't know.
const NEWER: &str = "a newer version may have written them: use that one";
/// The advice on a second record of what there is one of.
const ONE_TOO_MANY: &str =
    "the server works with the first of them; nothing has to be done before there is a new version";
/// The advice on what a feed remembers of its articles.
const AFTER_FETCHES: &str = "articles may come twice or be taken for others; delete the feed on /admin/feeds and subscribe again, or put a backup in the store’s place";
/// The advice on a subscription that leads nowhere.
const UNSUBSCRIBE: &str = "put a backup in the store’s place, or let its reader unsubscribe and subscribe again: what they called it would be lost with it";
/// The advice on an address with which another feed is found.
const TWO_FEEDS: &str = "another feed has the address: the reader of this one subscribes again, and it is deleted when nobody reads it";
/// The advice on a feed behind a door with several readers.
const ONES_OWN: &str =
    "let all but one of its readers unsubscribe, and subscribe with their own password";

/// Checks the whole store. Reads all of it: for an operator, not for a request.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn examine(store: &Datastore) -> Result<Findings, StoreError> {
    let floor = store.check_indexes().await?;
    let mut findings = Findings {
        entities: floor.entities,
        ..Findings::default()
    };
    for fault in floor.faults {
        findings.fault(fault, Cure::Mend(Mend::Indexes));
    }
    examine_kinds(&mut findings);
    let mut readers: HashMap<FeedId, Readers> = HashMap::new();
    for user in users::store::list(store).await? {
        let shelf = shelves::list(store, user.id).await?;
        let shelf: HashSet<FeedId> = shelf.into_iter().map(|one| one.feed).collect();
        for feed in &shelf {
            let counted = readers.entry(*feed).or_default();
            counted.all += 1;
            counted.asleep += u32::from(user.profile.resting.contains(feed));
        }
        examine_sleep(&user, &shelf, &mut findings);
    }
    let numbers = examine_feeds(store, &mut readers, &mut findings).await?;
    for id in readers.keys() {
        let text = format!("a subscription to feed {id}, which isn’t there");
        findings.fault(text, Cure::Advice(UNSUBSCRIBE));
    }
    examine_addresses(store, &numbers, &mut findings).await?;
    examine_articles(store, &numbers, &mut findings).await?;
    examine_read_states(store, &numbers, &mut findings).await?;
    Ok(findings)
}

fn examine_kinds(findings: &mut Findings) {
    let mut wrong = Vec::new();
    for (name, count) in &findings.entities {
        match Kind::from_name(name).map(check_of) {
            Some(Check::Related | Check::Alone) => {}
            Some(Check::One) if *count <= 1 => {}
            Some(Check::Shards) if *count <= u64::from(MOST_SHARDS) => {}
            Some(Check::Shards) => {
                let fault =
                    format!("{count} entities of kind {name}, of which there is one a shard");
                wrong.push((fault, ONE_TOO_MANY));
            }
            Some(Check::One) => {
                let fault = format!("{count} entities of kind {name}, of which there is one");
                wrong.push((fault, ONE_TOO_MANY));
            }
            None => {
                let fault = format!("{count} entities of the kind {name}, which isn’t ours");
                wrong.push((fault, NEWER));
            }
        }
    }
    for (fault, advice) in wrong {
        findings.fault(fault, Cure::Advice(advice));
    }
}

/// Each feed by itself, and with its readers, which are taken out; the numbers of all.
async fn examine_feeds(
    store: &Datastore,
    readers: &mut HashMap<FeedId, Readers>,
    findings: &mut Findings,
) -> Result<HashMap<FeedId, Numbers>, StoreError> {
    let all = findings.entities.get(Kind::Feed.name()).copied();
    let mut numbers = HashMap::new();
    let mut cursor = None;
    loop {
        let (page, next) = feeds::store::all(store, cursor, FEEDS_A_PAGE).await?;
        for feed in &page {
            let done = numbers.len() as u64;
            store
                .progress()
                .at("checking feeds", done, all.unwrap_or_default());
            numbers.insert(feed.id, feed.summary.numbers(feed.id));
            let readers = readers.remove(&feed.id).unwrap_or_default();
            examine_feed(store, feed, readers, findings).await?;
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(numbers),
        }
    }
}

/// Every address leads to a feed.
async fn examine_addresses(
    store: &Datastore,
    known: &HashMap<FeedId, Numbers>,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let mut cursor = None;
    loop {
        let (page, next) = feeds::store::all_addresses(store, cursor).await?;
        for one in page {
            if one.feed.is_some_and(|feed| known.contains_key(&feed)) {
                continue;
            }
            let to = one.feed.map(|feed| feed.to_string()).unwrap_or_default();
            let text = format!("an address that leads to feed {to}, which isn’t there");
            findings.fault(text, Cure::Mend(Mend::Delete(vec![one.delete])));
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

/// No article is left of a feed that isn't there.
async fn examine_articles(
    store: &Datastore,
    known: &HashMap<FeedId, Numbers>,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let mut left: BTreeMap<FeedId, Vec<ArticleId>> = BTreeMap::new();
    let mut cursor = None;
    loop {
        let (page, next) = articles::all_ids(store, cursor).await?;
        for id in page.into_iter().filter(|id| !known.contains_key(&id.feed)) {
            left.entry(id.feed).or_default().push(id);
        }
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    for (feed, ids) in left {
        let text = format!("{} articles of feed {feed}, which isn’t there", ids.len());
        findings.fault(text, Cure::Mend(Mend::articles(&ids)));
    }
    Ok(())
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
    /// There is at most one entity for each shard of the tick.
    Shards,
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
        Kind::Ledger => Check::One,
        Kind::Tick => Check::Shards,
    }
}

fn examine_sleep(user: &User, shelf: &HashSet<FeedId>, findings: &mut Findings) {
    let resting = &user.profile.resting;
    let id = user.id;
    let gone = resting.iter().copied().filter(|feed| !shelf.contains(feed));
    let gone: Vec<FeedId> = gone.collect();
    if !gone.is_empty() {
        let text = format!("reader {id}: sleeps for a feed that isn’t on the shelf");
        findings.fault(text, Cure::Mend(Mend::Wake(id, gone)));
    }
    if !user.awake && !shelf.iter().all(|feed| resting.contains(feed)) {
        let text = format!("reader {id}: sleeps, and a feed counts as if awake");
        let all = shelf.iter().copied().collect();
        findings.fault(text, Cure::Mend(Mend::Rest(id, all)));
    }
}

/// What is wrong with how a feed counts its readers, and what follows from that.
fn miscounted(feed: &Feed, readers: Readers) -> Vec<String> {
    let summary = &feed.summary;
    let mut wrong = Vec::new();
    for (what, counted, real) in [
        ("readers", summary.subscribers, readers.all),
        ("sleeping readers", summary.asleep, readers.asleep),
    ] {
        if counted != real {
            wrong.push(format!("it counts {counted} {what}, and has {real}"));
        }
    }
    match (summary.awake() > 0, summary.tier) {
        (true, PollTier::Off) if !summary.is_over() => {
            wrong.push("it has an active subscriber, and is not scheduled".into());
        }
        (false, tier) if tier != PollTier::Off => {
            wrong.push("it has no active subscriber, and is scheduled".into());
        }
        _ => {}
    }
    if summary.onto.is_some() && summary.tier != PollTier::Off {
        wrong.push("it moved onto another, and is still scheduled".into());
    }
    if (summary.subscribers == 0) != (summary.orphaned_day > 0) {
        wrong.push("the day of its last subscriber is wrong".into());
    }
    wrong
}

async fn examine_feed(
    store: &Datastore,
    feed: &Feed,
    readers: Readers,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let Numbers { first, last, .. } = feed.summary.numbers(feed.id);
    let id = feed.id;
    let mut fault = |text: String, cure| findings.fault(format!("feed {id}: {text}"), cure);
    let stored = articles::numbers(store, id).await?;
    let (within, beyond): (Vec<u32>, Vec<u32>) =
        stored.iter().partition(|seq| (first..=last).contains(*seq));
    if !beyond.is_empty() {
        let ids = beyond.iter().map(|&seq| ArticleId { feed: id, seq });
        let ids: Vec<ArticleId> = ids.collect();
        fault(
            format!(
                "articles {first} to {last} should be there, and {} beyond them are",
                ids.len()
            ),
            Cure::Mend(Mend::articles(&ids)),
        );
    }
    if !within.iter().copied().eq(first..=last) {
        let text = format!(
            "articles {first} to {last} should be there, and {} are",
            within.len()
        );
        fault(text, Cure::Advice(FROM_BACKUP));
    }
    let mut known: Vec<u32> = feed.body.window.iter().map(|print| print.seq).collect();
    known.sort_unstable();
    if known.windows(2).any(|pair| pair[0] == pair[1]) {
        let text = "its window has a number twice".into();
        fault(text, Cure::Advice(AFTER_FETCHES));
    }
    if !known
        .iter()
        .copied()
        .filter(|&seq| seq >= first)
        .eq(first..=last)
    {
        let text = "its window doesn’t know each article once".into();
        fault(text, Cure::Advice(AFTER_FETCHES));
    }
    for text in miscounted(feed, readers) {
        let recount = Mend::Recount(Box::new(feed.clone()), readers);
        fault(text, Cure::Mend(recount));
    }
    if feed.summary.door.is_some() && (readers.all > 1 || feed.summary.onto.is_some()) {
        let text = "it is behind a door, and isn’t one reader’s own".into();
        fault(text, Cure::Advice(ONES_OWN));
    }
    let own = feed.summary.door.as_ref().map(|door| door.of);
    let address = (feed.summary.url.as_str(), own);
    let found = feeds::store::by_addresses(store, &[address]).await?;
    match found.as_slice() {
        [Some(found)] if *found == id => {}
        [Some(_)] => fault(
            "its address leads to another feed".into(),
            Cure::Advice(TWO_FEEDS),
        ),
        _ => fault(
            "its address doesn’t lead to it".into(),
            Cure::Mend(Mend::Insert(feeds::store::address_of(feed))),
        ),
    }
    Ok(())
}

async fn examine_read_states(
    store: &Datastore,
    numbers: &HashMap<FeedId, Numbers>,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    for user in users::store::list(store).await? {
        let state = read_store::fresh(store, user.id).await?;
        for fault in state.faults(|feed| numbers.get(&feed).copied()) {
            let text = format!("reader {}: {fault}", user.id);
            let marks = Mend::Marks(user.id, numbers.clone());
            findings.fault(text, Cure::Mend(marks));
        }
    }
    Ok(())
}
