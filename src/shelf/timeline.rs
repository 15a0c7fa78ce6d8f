//! Rivers: one list out of many feeds, page by page.
//!
//! A page costs one read as a rule. Feeds are asked in groups of 30, those with the newest articles first, and the next
//! group only if one of its articles could still be on the page. Where few articles are unread they are asked by name,
//! so that an almost empty inbox costs no scan over read ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Scope, Shelf};
use crate::articles::store::Flow;
use crate::articles::{Card, store as articles};
use crate::datastore::{Datastore, IN_LIMIT, StoreError};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::timestamp::{Timestamp, from_micros};

/// Up to so many unread articles are asked by name: two reads.
const BY_NAME: u32 = 60;
/// More than so many aren't asked by name, however many read ones lie between: ten reads.
const MOST_NAMES: u32 = 300;
/// Cards that one query of a scan brings: they are free, but not for nothing.
const SCAN: u32 = 300;
/// Queries that one page may take beyond one for each group; then the page is short, and says that there is more.
const MOST_QUERIES: usize = 40;

/// Which articles of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Those that aren't read.
    Unread,
    /// All that are kept.
    All,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Which feeds.
    pub scope: Scope,
    /// Which articles of them.
    pub filter: Filter,
    /// Which way.
    pub flow: Flow,
    /// Only what lies beyond this moment in the river.
    pub beyond: Option<Timestamp>,
    /// At most so many; at least 1.
    pub limit: usize,
}

/// A page of a river.
#[derive(Clone, Debug, Default)]
pub struct Stretch {
    /// The articles, in the river's order.
    pub cards: Vec<Arc<Card>>,
    /// Where the next page begins; `None` where the river ends.
    pub next: Option<Timestamp>,
    /// Feeds of which more was found than the shelf knew: their heads are older than the store.
    pub newer: Vec<FeedId>,
}

/// Brings one page.
///
/// # Errors
/// The store's.
pub async fn page(store: &Datastore, shelf: &Shelf, wish: &Wish) -> Result<Stretch, StoreError> {
    let feeds = feeds_with_articles(shelf, wish);
    let unread: u32 = match wish.filter {
        Filter::Unread => feeds.iter().map(|&(feed, _)| shelf.unread(feed)).sum(),
        Filter::All => u32::MAX,
    };
    if feeds.is_empty() {
        return Ok(Stretch::default());
    }
    if unread <= BY_NAME || names_are_cheaper(shelf, wish, &feeds, unread) {
        return named(store, shelf, wish, &feeds).await;
    }
    let mut stretch = scan(store, shelf, wish, &feeds).await?;
    let ids = stretch.cards.iter().map(|card| card.id);
    let newer = ids.filter(|id| id.seq > shelf.numbers(id.feed).last);
    let newer: BTreeSet<FeedId> = newer.map(|id| id.feed).collect();
    stretch.newer = newer.into_iter().collect();
    Ok(stretch)
}

/// The scope's feeds that can have something on the page, with their newest article's moment, the newest first.
fn feeds_with_articles(shelf: &Shelf, wish: &Wish) -> Vec<(FeedId, i64)> {
    let feeds = shelf.feeds(&wish.scope).into_iter();
    let mut feeds: Vec<(FeedId, i64)> = feeds
        .filter_map(|feed| {
            let card = shelf.card(feed)?;
            let some = match wish.filter {
                Filter::Unread => shelf.unread(feed) > 0,
                Filter::All => card.last >= card.first,
            };
            some.then_some((feed, card.newest))
        })
        .collect();
    feeds.sort_by_key(|&(feed, newest)| (std::cmp::Reverse(newest), feed));
    feeds
}

/// Whether asking for unread articles by name takes no more reads than scanning over the read ones between them.
fn names_are_cheaper(shelf: &Shelf, wish: &Wish, feeds: &[(FeedId, i64)], unread: u32) -> bool {
    if wish.filter == Filter::All || unread > MOST_NAMES {
        return false;
    }
    let kept: u32 = feeds
        .iter()
        .map(|&(feed, _)| shelf.numbers(feed))
        .map(|numbers| (numbers.last + 1).saturating_sub(numbers.first))
        .sum();
    let page = u32::try_from(wish.limit).unwrap_or(u32::MAX);
    let passed = u64::from(page.min(unread)) * u64::from(kept) / u64::from(unread.max(1));
    u64::from(unread.div_ceil(30)) <= passed / u64::from(SCAN)
}

/// Few are unread: ask for them by name, and sort here.
async fn named(
    store: &Datastore,
    shelf: &Shelf,
    wish: &Wish,
    feeds: &[(FeedId, i64)],
) -> Result<Stretch, StoreError> {
    let ids: Vec<ArticleId> = feeds
        .iter()
        .flat_map(|&(feed, _)| {
            let numbers = shelf.read.unread(shelf.numbers(feed));
            numbers.into_iter().map(move |seq| ArticleId { feed, seq })
        })
        .collect();
    let mut cards = articles::known_by_name(store, &ids).await?;
    cards.retain(|card| is_beyond(card, wish));
    sort(&mut cards, wish.flow);
    let more = cut(&mut cards, wish.limit);
    let next = cards.last().filter(|_| more).map(|card| card.face.at());
    Ok(Stretch {
        cards,
        next,
        newer: Vec::new(),
    })
}

/// Shortens a page to its limit, or by a little less: a place in the river is a moment, so that articles of one moment
/// (two feeds can share one) stay together. Answers whether there was more.
fn cut(cards: &mut Vec<Arc<Card>>, limit: usize) -> bool {
    let Some(last) = limit.checked_sub(1).and_then(|last| cards.get(last)) else {
        return false;
    };
    let moment = last.face.order;
    let together = cards[limit..]
        .iter()
        .take_while(|card| card.face.order == moment)
        .count();
    let more = cards.len() > limit + together;
    cards.truncate(limit + together);
    more
}

/// A full query may have been cut within a moment: its last moment is asked for again.
fn without_last_moment(mut cards: Vec<Arc<Card>>) -> Vec<Arc<Card>> {
    let moment = cards.last().map(|card| card.face.order);
    let before = cards
        .iter()
        .position(|card| Some(card.face.order) == moment);
    if let Some(before) = before.filter(|&before| before > 0) {
        cards.truncate(before);
    }
    cards
}

/// One group's part of the river, and how far it was asked.
struct Group<'f> {
    feeds: &'f [(FeedId, i64)],
    /// Everything up to here was seen; `None` before the first query.
    reached: Option<Timestamp>,
    /// Whether there is nothing beyond.
    ended: bool,
}

async fn scan(
    store: &Datastore,
    shelf: &Shelf,
    wish: &Wish,
    feeds: &[(FeedId, i64)],
) -> Result<Stretch, StoreError> {
    let mut groups: Vec<Group<'_>> = feeds
        .chunks(IN_LIMIT)
        .map(|feeds| Group {
            feeds,
            reached: wish.beyond,
            ended: false,
        })
        .collect();
    let mut found: Vec<Arc<Card>> = Vec::new();
    let size = scan_size(shelf, wish, feeds);
    let most = groups.len() + MOST_QUERIES;
    let mut cut_short = None;
    for queries in 0.. {
        sort(&mut found, wish.flow);
        let edge = found.get(wish.limit).map(|card| card.face.at());
        let open = groups.iter_mut().filter(|group| !group.ended);
        // The group that has come least far could still have something for the page.
        let behind = open.min_by_key(|group| frontier(group, wish.flow));
        let Some(group) = behind else { break };
        if edge.is_some_and(|edge| frontier(group, wish.flow) > along(edge, wish.flow)) {
            break;
        }
        if queries == most {
            // Bounded: what is complete so far is the page.
            cut_short = group.reached;
            break;
        }
        let feeds = group.feeds.iter();
        let feeds: Vec<Numbers> = feeds.map(|&(feed, _)| shelf.numbers(feed)).collect();
        let cards = articles::known_river(store, &feeds, wish.flow, group.reached, size).await?;
        group.ended = cards.len() < size as usize;
        let cards = if group.ended {
            cards
        } else {
            without_last_moment(cards)
        };
        if let Some(last) = cards.last() {
            group.reached = Some(last.face.at());
        }
        let wanted = |card: &Arc<Card>| {
            card.id.seq >= shelf.numbers(card.id.feed).first
                && (wish.filter == Filter::All || !shelf.is_read(card.id))
        };
        found.extend(cards.into_iter().filter(wanted));
    }
    if let Some(reached) = cut_short {
        found.retain(|card| along(card.face.at(), wish.flow) <= along(reached, wish.flow));
    }
    let more = cut(&mut found, wish.limit);
    let last = found.last().map(|card| card.face.at());
    let next = if more { last } else { cut_short };
    Ok(Stretch {
        cards: found,
        next,
        newer: Vec::new(),
    })
}

/// How many cards a query should bring so that one is enough as a rule: a page, divided by the share of unread ones.
fn scan_size(shelf: &Shelf, wish: &Wish, feeds: &[(FeedId, i64)]) -> u32 {
    let page = u32::try_from(wish.limit + 1).unwrap_or(SCAN).min(1_000);
    if wish.filter == Filter::All {
        return page;
    }
    let kept = |feed| {
        let numbers = shelf.numbers(feed);
        u64::from((numbers.last + 1).saturating_sub(numbers.first))
    };
    let all: u64 = feeds.iter().map(|&(feed, _)| kept(feed)).sum();
    let unread: u64 = feeds
        .iter()
        .map(|&(feed, _)| u64::from(shelf.unread(feed)))
        .sum();
    if unread >= all {
        return page;
    }
    let scaled = u64::from(page) * all * 5 / (unread.max(1) * 4);
    // In steps, so that some marks more don't make another question of it, which memory doesn't know.
    let scaled = scaled.div_ceil(u64::from(page)).next_power_of_two() * u64::from(page);
    u32::try_from(scaled)
        .unwrap_or(SCAN)
        .clamp(page, SCAN.max(page))
}

/// A moment as distance along the flow: greater is further.
fn along(at: Timestamp, flow: Flow) -> i64 {
    match flow {
        Flow::NewestFirst => -at.timestamp_micros(),
        Flow::OldestFirst => at.timestamp_micros(),
    }
}

/// How far along the flow the next article of a group can be at the least.
fn frontier(group: &Group<'_>, flow: Flow) -> i64 {
    let newest = group.feeds.first().map_or(i64::MAX, |&(_, newest)| newest);
    let begins = match flow {
        Flow::NewestFirst => along(from_micros(newest), flow),
        Flow::OldestFirst => i64::MIN,
    };
    group
        .reached
        .map_or(begins, |reached| along(reached, flow).max(begins))
}

fn is_beyond(card: &Card, wish: &Wish) -> bool {
    wish.beyond
        .is_none_or(|beyond| along(card.face.at(), wish.flow) > along(beyond, wish.flow))
}

fn sort(cards: &mut [Arc<Card>], flow: Flow) {
    cards.sort_by_key(|card| (along(card.face.at(), flow), card.id));
}

/// Bytes of a page cursor's signature.
const SIGNATURE: usize = 8;

fn sign(secret: &[u8], place: &[u8], list: &str) -> [u8; SIGNATURE] {
    let mut signature = [0; SIGNATURE];
    // HMAC takes keys of any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
        mac.update(b"river cursor");
        mac.update(place);
        mac.update(list.as_bytes());
        signature.copy_from_slice(&mac.finalize().into_bytes()[..SIGNATURE]);
    }
    signature
}

/// A place in a river as opaque text, signed, good on every instance with the same key and across restarts. `list` says
/// which river: the cursor of another is refused.
pub fn to_cursor(secret: &[u8], list: &str, place: Timestamp) -> String {
    let place = place.timestamp_micros().to_be_bytes();
    let mut bytes = place.to_vec();
    bytes.extend_from_slice(&sign(secret, &place, list));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that [`to_cursor`] wrote; `None` for any other text, or the cursor of another list.
pub fn from_cursor(secret: &[u8], list: &str, text: &str) -> Option<Timestamp> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (place, signature) = bytes.split_first_chunk::<8>()?;
    // The comparison may leak time: what it protects is that nobody makes us scan from where he likes, not a secret.
    (signature == sign(secret, place, list)).then(|| from_micros(i64::from_be_bytes(*place)))
}
