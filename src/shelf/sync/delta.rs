//! The difference between what a program has and what there is.

use std::ops::Range;

use roaring::RoaringBitmap;

use super::{Part, Place, print};
use crate::articles;
use crate::feeds::FeedSummary;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::{Shelf, Subscription};

/// What changed.
#[derive(Clone, Debug, Default)]
pub struct Delta {
    /// Subscriptions that are new or changed, in the shelf's order.
    pub subscriptions: Vec<FeedId>,
    /// Feeds that are on the shelf no longer.
    pub removed: Vec<FeedId>,
    /// Whether the order of the feeds is another one.
    pub is_reordered: bool,
    /// Articles that came, at most so many as were asked for.
    pub arrived: Vec<ArticleId>,
    /// Articles that their publisher changed.
    pub edited: Vec<ArticleId>,
    /// Articles that are there no longer.
    pub gone: Vec<Gone>,
    /// Feeds of which other articles are unread.
    pub unread: Vec<FeedId>,
    /// Feeds of which other articles are starred.
    pub stars: Vec<FeedId>,
    /// Feeds of which rules hide other articles.
    pub hidden: Vec<FeedId>,
    /// Whether other articles of feeds that aren't on the shelf are starred.
    pub is_elsewhere: bool,
    /// What the program has once it was given all that.
    pub place: Place,
    /// Whether there is more at once.
    pub more: bool,
}

/// Articles of a feed that are there no longer.
#[derive(Clone, Debug)]
pub struct Gone {
    /// The feed.
    pub feed: FeedId,
    /// Their numbers.
    pub numbers: RoaringBitmap,
}

/// An article to give: what comes first, how far back it stands, the feed's place on the shelf, its place among the feed's own.
type Wanted = (u8, i64, usize, usize);

/// The numbers of a range without some.
fn without(numbers: &Range<u32>, held: &Range<u32>) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    all.insert_range(numbers.clone());
    all.remove_range(held.clone());
    all
}

/// A feed whose articles differ from those that the program has.
struct Moved<'s> {
    at: usize,
    summary: &'s FeedSummary,
    /// What there is.
    now: Range<u32>,
    held: Range<u32>,
    /// What of it the program has, as a range.
    known: Range<u32>,
    /// What it hasn't, in the order in which it is given.
    wanted: Vec<u32>,
    /// How many of them were held back, and come all at once.
    released: usize,
}

/// Compares a shelf with what a program has, and gives at most `limit` articles. `card` is a print of a subscription. From what is
/// loaded: no read.
pub fn delta(
    shelf: &Shelf,
    known: &Place,
    limit: usize,
    minute: i64,
    card: impl Fn(&Subscription) -> u32,
) -> Delta {
    let mut found = Delta::default();
    let mut moved: Vec<Moved<'_>> = Vec::new();
    for one in shelf.subscriptions.iter() {
        let feed = one.feed;
        let Some(summary) = shelf.summary(feed) else {
            continue;
        };
        let part = known.part(feed).cloned();
        let is_new = part.is_none();
        let mut part = part.unwrap_or_else(|| Part::none(feed));
        let own = card(one);
        if part.card != own {
            found.subscriptions.push(feed);
        }
        let unread = print(shelf.unread_numbers(feed));
        if part.unread != unread {
            found.unread.push(feed);
        }
        let stars = print(shelf.starred_numbers(feed));
        if part.stars != stars {
            found.stars.push(feed);
        }
        let hidden = print(shelf.hidden_numbers(feed));
        if part.hidden != hidden {
            found.hidden.push(feed);
        }
        (part.card, part.unread, part.stars, part.hidden) = (own, unread, stars, hidden);
        found.place.parts.push(part);
        let at = found.place.parts.len() - 1;
        let part = &mut found.place.parts[at];
        let there = shelf.numbers(feed);
        let now = there.first..(there.last + 1).max(there.first);
        let held = shelf.held.later(feed).unwrap_or(0..0);
        let mut has = None;
        if part.numbers != now || part.held != held {
            let had = without(&part.numbers, &part.held);
            let all = without(&now, &held);
            let numbers = &had - &all;
            if !numbers.is_empty() {
                found.gone.push(Gone { feed, numbers });
            }
            has = Some(&had & &all);
            moved.extend(moving(at, summary, (now, held), part, &had, &all));
        }
        let Some(upto) = edits_upto(part, summary, is_new, minute) else {
            continue;
        };
        if found.edited.len() >= limit {
            found.more = true;
            continue;
        }
        let has = has.unwrap_or_else(|| without(&part.numbers, &part.held));
        found.edited.extend(edited(part, summary, &has));
        part.edited = upto;
    }
    give(moved, limit, &mut found);
    let is_left = |part: &&Part| shelf.subscription(part.feed).is_none();
    let left = known.parts.iter().filter(is_left);
    found.removed = left.map(|part| part.feed).collect();
    found.place.order = print(shelf.subscriptions.iter().map(|one| one.feed.0));
    found.is_reordered = found.place.order != known.order;
    let elsewhere = shelf.stars_elsewhere();
    let numbers = elsewhere.iter().flat_map(|id| [id.feed.0, id.seq]);
    found.place.elsewhere = print(numbers);
    found.is_elsewhere = found.place.elsewhere != known.elsewhere;
    found.place.parts.sort_unstable_by_key(|part| part.feed);
    found
}

/// What a feed has that a program hasn't. What it has stays a range without what is held back, whatever it is given of this: so those
/// that were held come first and all at once, then the newer ones in their order, then the older ones, the newest first.
fn moving<'s>(
    at: usize,
    summary: &'s FeedSummary,
    (now, held): (Range<u32>, Range<u32>),
    part: &mut Part,
    had: &RoaringBitmap,
    has: &RoaringBitmap,
) -> Option<Moved<'s>> {
    let known = part.numbers.start.max(now.start)..part.numbers.end.min(now.end);
    let known = match known.is_empty() {
        true => now.end..now.end,
        false => known,
    };
    let new = has - had;
    let between = new.iter().filter(|seq| known.contains(seq));
    let mut wanted: Vec<u32> = between.collect();
    let released = wanted.len();
    wanted.extend(new.iter().filter(|seq| *seq >= known.end));
    wanted.extend(new.iter().rev().filter(|seq| *seq < known.start));
    if wanted.is_empty() {
        (part.numbers, part.held) = (now, held);
        return None;
    }
    Some(Moved {
        at,
        summary,
        now,
        held,
        known,
        wanted,
        released,
    })
}

/// Gives as many articles as may be, the newest first, and notes what the program then has.
fn give(moved: Vec<Moved<'_>>, limit: usize, found: &mut Delta) {
    let mut wanted: Vec<Wanted> = Vec::new();
    for (place, one) in moved.iter().enumerate() {
        let feed = found.place.parts[one.at].feed;
        let mut farthest = i64::MAX;
        for (at, &seq) in one.wanted.iter().enumerate() {
            let rank = match seq {
                _ if at < one.released => 0,
                seq if seq >= one.known.end => 1,
                _ => 2,
            };
            if rank == 2 {
                // Never nearer than the one before it, so that each feed's keep their order.
                let time = articles::arrival(one.summary, ArticleId { feed, seq });
                farthest = farthest.min(time);
            }
            let back = if rank == 2 { -farthest } else { 0 };
            wanted.push((rank, back, place, at));
        }
    }
    wanted.sort_unstable();
    let must = wanted.iter().take_while(|one| one.0 == 0).count();
    let limit = limit.saturating_sub(found.edited.len()).max(must).max(1);
    found.more |= wanted.len() > limit;
    wanted.truncate(limit);
    let mut given = vec![0; moved.len()];
    for &(_, _, place, at) in &wanted {
        let feed = found.place.parts[moved[place].at].feed;
        let seq = moved[place].wanted[at];
        found.arrived.push(ArticleId { feed, seq });
        given[place] += 1;
    }
    for (one, given) in moved.into_iter().zip(given) {
        let part = &mut found.place.parts[one.at];
        part.numbers = match given == one.wanted.len() {
            // All that there is: what is held back at an end counts as given, as long as it is held.
            true => one.now,
            false => {
                let all = one.wanted.iter().take(given).copied();
                let mut has = one.known;
                for seq in all {
                    has.end = has.end.max(seq + 1);
                    has.start = has.start.min(seq);
                }
                has
            }
        };
        part.held = one.held;
    }
}

/// Up to which minute a program is told of edits now; `None` if there are none to tell.
fn edits_upto(part: &mut Part, summary: &FeedSummary, is_new: bool, minute: i64) -> Option<i64> {
    let last = summary.edits.last_minute()?;
    // More may come in this very minute: they are told again after it.
    let upto = last.min(minute - 1);
    if is_new {
        part.edited = upto;
        return None;
    }
    (last > part.edited).then_some(upto.max(part.edited))
}

/// What was edited of the articles that a program has.
fn edited(part: &Part, summary: &FeedSummary, has: &RoaringBitmap) -> Vec<ArticleId> {
    let feed = part.feed;
    let id = |seq| ArticleId { feed, seq };
    match summary.edits.knows_all_after(part.edited) {
        true => {
            let known = summary.edits.after(part.edited).map(|(seq, _)| seq);
            known.filter(|seq| has.contains(*seq)).map(id).collect()
        }
        // Some were forgotten: any may have changed.
        false => has.iter().map(id).collect(),
    }
}
