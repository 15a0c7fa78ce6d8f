//! What a user has read: two small values per feed, and arithmetic. One record, or a shard of it.
//!
//! Everything up to the watermark `upto` is read; a bitmap holds the read articles above it. So what is unread follows
//! from the feed's own first and last number, marking a whole feed is one number, and counts need no query.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::TimeDelta;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::bits::{Bits, put_bits, take_bits};
use super::journal::Pending;
use super::played::{Places, Played};
use super::rulebook::{Book, Marks};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::timestamp::{Timestamp, from_micros};

/// How long a bulk action can be undone.
pub const UNDO: TimeDelta = TimeDelta::minutes(10);
/// Most bulk actions remembered within that time.
pub(super) const ACTS: usize = 30;
/// Most batches remembered, so that one sent twice counts once.
const MAX_BATCHES: usize = 64;

/// The read state of one feed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FeedRead {
    /// Everything up to here is read.
    #[serde(rename = "u")]
    upto: u32,
    /// What else is read; always above `upto`.
    #[serde(rename = "b", default, skip_serializing_if = "RoaringBitmap::is_empty")]
    #[serde(serialize_with = "put_bits", deserialize_with = "take_bits")]
    above: RoaringBitmap,
    /// The minute of the last edit that made an article unread again; 0 for none.
    #[serde(rename = "e", default, skip_serializing_if = "is_zero_minute")]
    edited: i64,
}

/// A bulk action, as exactly the numbers that it changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Act {
    id: String,
    /// Microseconds since 1970.
    at: i64,
    marked: BTreeMap<FeedId, Bits>,
}

/// Articles of a bulk action.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The numbers the page knew of a feed.
    pub numbers: Numbers,
    /// Which of them; `None` for all.
    pub only: Option<RoaringBitmap>,
}

impl Shown {
    /// All that the page knew of a feed.
    pub fn all(numbers: Numbers) -> Self {
        let only = None;
        Self { numbers, only }
    }
}

/// What one user has read: all of it, or one of several shards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadState {
    feeds: BTreeMap<FeedId, FeedRead>,
    acts: Vec<Act>,
    batches: Vec<String>,
    /// Number of shards; 0 for one.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) shards: u32,
    /// Whether this user has ever starred anything; otherwise stars aren't read. In the first shard.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) has_stars: bool,
    /// Whether this user has ever kept anything else. In the first shard.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) has_kept: bool,
    /// Where episodes were left, of the feeds in this shard.
    #[serde(rename = "p", skip_serializing_if = "Places::is_empty")]
    pub(super) played: Places,
    /// What waits to be moved into the journal, of the feeds in this shard.
    #[serde(rename = "j", skip_serializing_if = "Pending::is_empty")]
    pub(super) journal: Pending,
    /// What rules did with the articles of the feeds in this shard.
    #[serde(rename = "m", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) marks: BTreeMap<FeedId, Marks>,
    /// Rules and saved searches. In the first shard.
    #[serde(rename = "k", skip_serializing_if = "Book::is_empty")]
    pub(super) book: Book,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_zero_minute(minute: &i64) -> bool {
    *minute == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl FeedRead {
    fn is_read(&self, seq: u32) -> bool {
        seq <= self.upto || self.above.contains(seq)
    }

    fn mark(&mut self, seq: u32, first: u32) {
        if seq > self.upto {
            self.above.insert(seq);
        }
        self.settle(first);
    }

    /// Below the watermark, the watermark moves down and what stays read goes into the bitmap: at most the feed's kept
    /// articles, since nothing below `first` needs to be remembered.
    fn unmark(&mut self, seq: u32, first: u32) {
        if seq <= self.upto {
            self.above.insert_range(seq.max(first)..=self.upto);
            self.upto = seq.saturating_sub(1);
        }
        self.above.remove(seq);
        self.settle(first);
    }

    /// Raises the watermark as far as possible: over retired articles, below `first`, and adjacent read ones.
    fn settle(&mut self, first: u32) {
        self.upto = self.upto.max(first.saturating_sub(1));
        while self.above.contains(self.upto.saturating_add(1)) {
            self.upto += 1;
        }
        self.above.remove_range(0..=self.upto);
    }

    fn unread(&self, numbers: Numbers) -> RoaringBitmap {
        let low = self.upto.saturating_add(1).max(numbers.first);
        let mut all = RoaringBitmap::new();
        if low <= numbers.last {
            all.insert_range(low..=numbers.last);
        }
        all - &self.above
    }
}

impl ReadState {
    /// Whether anything is known of a feed.
    pub(super) fn knows(&self, feed: FeedId) -> bool {
        self.feeds.contains_key(&feed)
    }

    /// Whether an article is read.
    pub fn is_read(&self, id: ArticleId) -> bool {
        self.feeds
            .get(&id.feed)
            .is_some_and(|feed| feed.is_read(id.seq))
    }

    /// How many of a feed's articles are unread.
    pub fn unread_count(&self, numbers: Numbers) -> u32 {
        let Some(feed) = self.feeds.get(&numbers.feed) else {
            return (numbers.last + 1).saturating_sub(numbers.first);
        };
        let low = feed.upto.saturating_add(1).max(numbers.first);
        if low > numbers.last {
            return 0;
        }
        let read = feed.above.range_cardinality(low..=numbers.last);
        numbers.last - low + 1 - u32::try_from(read).unwrap_or(u32::MAX)
    }

    /// The numbers of a feed's unread articles, ascending.
    pub fn unread(&self, numbers: Numbers) -> Vec<u32> {
        let none = FeedRead::default();
        let feed = self.feeds.get(&numbers.feed).unwrap_or(&none);
        feed.unread(numbers).iter().collect()
    }

    /// Visits the numbers of a feed's unread articles, from the newest or from the oldest on, until `visit` breaks off.
    pub(super) fn each_unread(
        &self,
        numbers: Numbers,
        is_newest_first: bool,
        mut visit: impl FnMut(u32) -> ControlFlow<()>,
    ) {
        let none = FeedRead::default();
        let feed = self.feeds.get(&numbers.feed).unwrap_or(&none);
        let low = numbers.first.max(feed.upto.saturating_add(1));
        // From one run of read numbers to the next: however many are read in a row, they are one step.
        let mut read = feed.above.iter();
        let _ = match is_newest_first {
            true => {
                let mut high = numbers.last;
                loop {
                    let run = read.next_range_back();
                    let from = run.as_ref().map_or(low, |run| low.max(run.end() + 1));
                    let all = (from..=high).rev().try_for_each(&mut visit);
                    match run {
                        Some(run) if *run.start() > low && all.is_continue() => {
                            high = high.min(run.start() - 1);
                        }
                        _ => break all,
                    }
                }
            }
            false => {
                let mut low = low;
                loop {
                    let run = read.next_range();
                    let (last, end) = (numbers.last, numbers.last.saturating_add(1));
                    let to = run.as_ref().map_or(end, |run| end.min(*run.start()));
                    let all = (low..to).try_for_each(&mut visit);
                    match run {
                        Some(run) if *run.end() < last && all.is_continue() => {
                            low = low.max(run.end() + 1);
                        }
                        _ => break all,
                    }
                }
            }
        };
    }

    /// Marks one article read or unread. Numbers that the feed doesn't have are ignored.
    pub fn mark(&mut self, numbers: Numbers, seq: u32, read: bool) {
        if !(numbers.first..=numbers.last).contains(&seq) {
            return;
        }
        // What was to stay unread until it is marked by hand was.
        if read && let Some(marks) = self.marks.get_mut(&numbers.feed) {
            marks.kept.0.remove(seq);
        }
        let feed = self.feeds.entry(numbers.feed).or_default();
        if read {
            feed.mark(seq, numbers.first);
        } else {
            feed.unmark(seq, numbers.first);
        }
    }

    /// How many articles above the watermark went unread: those below the feed's first that weren't read. `base` is the
    /// watermark of a feed of which nothing is known.
    pub(super) fn departed(&self, numbers: Numbers, base: u32) -> u32 {
        let none = FeedRead {
            upto: base,
            ..FeedRead::default()
        };
        let feed = self.feeds.get(&numbers.feed).unwrap_or(&none);
        let low = feed.upto.saturating_add(1);
        if low >= numbers.first {
            return 0;
        }
        let read = feed.above.range_cardinality(low..numbers.first);
        (numbers.first - low).saturating_sub(u32::try_from(read).unwrap_or(u32::MAX))
    }

    /// Forgets what [`departed`](Self::departed) counts of a feed: it was said.
    pub(super) fn meet_departed(&mut self, numbers: Numbers) {
        let feed = self.feeds.entry(numbers.feed).or_default();
        feed.settle(numbers.first);
    }

    /// The minute up to which a feed's edits have been met.
    pub(super) fn edits_met(&self, feed: FeedId) -> i64 {
        self.feeds.get(&feed).map_or(0, |feed| feed.edited)
    }

    /// Makes edited articles unread again: each as `(seq, minute)`. Later calls with the same edits change nothing.
    pub(super) fn meet_edits(&mut self, numbers: Numbers, edits: &[(u32, i64)]) {
        let met = self.edits_met(numbers.feed);
        for &(seq, minute) in edits.iter().filter(|(_, minute)| *minute > met) {
            self.mark(numbers, seq, false);
            if let Some(feed) = self.feeds.get_mut(&numbers.feed) {
                feed.edited = feed.edited.max(minute);
            }
        }
    }

    /// Marks everything a page showed, feed by feed up to the last number it knew, and returns how many articles
    /// changed.
    ///
    /// Later articles stay unread. `id` names the bulk action for [`undo`](Self::undo).
    pub fn mark_all(&mut self, id: &str, now: Timestamp, shown: &[Shown]) -> u64 {
        let mut marked = BTreeMap::new();
        let mut count = 0;
        for Shown { numbers, only } in shown {
            let mut unread = match self.feeds.get(&numbers.feed) {
                Some(feed) => feed.unread(*numbers),
                None => FeedRead::default().unread(*numbers),
            };
            if let Some(only) = only {
                unread &= only;
            }
            if let Some(marks) = self.marks.get(&numbers.feed) {
                unread -= &marks.kept.0;
            }
            if unread.is_empty() {
                continue;
            }
            let feed = self.feeds.entry(numbers.feed).or_default();
            count += unread.len();
            feed.above |= &unread;
            feed.settle(numbers.first);
            marked.insert(numbers.feed, Bits(unread));
        }
        if count > 0 {
            self.forget(now);
            self.acts.push(Act {
                id: id.to_owned(),
                at: now.timestamp_micros(),
                marked,
            });
            let extra = self.acts.len().saturating_sub(ACTS);
            self.acts.drain(..extra);
        }
        count
    }

    /// Undoes a bulk action, and returns how many articles changed; `None` if it is unknown or too old.
    ///
    /// Exactly the numbers it changed are unread again, and marks made since stay. `first` gives the oldest number a
    /// feed keeps.
    pub fn undo(&mut self, id: &str, now: Timestamp, first: impl Fn(FeedId) -> u32) -> Option<u64> {
        let place = self.acts.iter().position(|act| act.id == id)?;
        if now - from_micros(self.acts[place].at) > UNDO {
            return None;
        }
        let act = self.acts.remove(place);
        let mut count = 0;
        for (feed_id, Bits(marked)) in act.marked {
            let feed = self.feeds.entry(feed_id).or_default();
            let first = first(feed_id);
            for seq in marked.iter().rev().filter(|&seq| seq >= first) {
                feed.unmark(seq, first);
                count += 1;
            }
        }
        Some(count)
    }

    /// Records a batch; false if it was already.
    pub fn begin_batch(&mut self, id: &str) -> bool {
        if self.batches.iter().any(|known| known == id) {
            return false;
        }
        self.batches.push(id.to_owned());
        let extra = self.batches.len().saturating_sub(MAX_BATCHES);
        self.batches.drain(..extra);
        true
    }

    /// Drops what can no longer be undone: before a write, which should be small.
    pub(super) fn forget(&mut self, now: Timestamp) {
        self.acts.retain(|act| now - from_micros(act.at) <= UNDO);
    }

    /// The bulk actions remembered, with their times.
    pub(super) fn acts(&self) -> impl Iterator<Item = (i64, &str)> {
        self.acts.iter().map(|act| (act.at, act.id.as_str()))
    }

    /// The bulk actions that can be undone, with time, id and number of articles.
    pub(super) fn undoable(&self, now: Timestamp) -> impl Iterator<Item = (i64, &str, u64)> {
        let fresh = move |act: &&Act| now - from_micros(act.at) <= UNDO;
        self.acts.iter().filter(fresh).map(|act| {
            let marked = act.marked.values().map(|Bits(marked)| marked.len()).sum();
            (act.at, act.id.as_str(), marked)
        })
    }

    /// How many articles of each feed a bulk action marked.
    pub(super) fn marked_by(&self, id: &str) -> Vec<(FeedId, u64)> {
        let act = self.acts.iter().find(|act| act.id == id);
        let marked = act.into_iter().flat_map(|act| &act.marked);
        marked
            .map(|(feed, Bits(bits))| (*feed, bits.len()))
            .collect()
    }

    /// Drops one bulk action.
    pub(super) fn forget_act(&mut self, id: &str) {
        self.acts.retain(|act| act.id != id);
    }

    /// The part for the feeds that `belongs` selects; every part keeps all batches.
    pub(super) fn part(&self, belongs: impl Fn(FeedId) -> bool + Copy) -> Self {
        let feeds = self.feeds.iter().filter(|(id, _)| belongs(**id));
        let acts = self.acts.iter().map(|act| Act {
            id: act.id.clone(),
            at: act.at,
            marked: act
                .marked
                .iter()
                .filter(|(id, _)| belongs(**id))
                .map(|(id, bits)| (*id, bits.clone()))
                .collect(),
        });
        Self {
            feeds: feeds.map(|(id, feed)| (*id, feed.clone())).collect(),
            acts: acts.filter(|act| !act.marked.is_empty()).collect(),
            batches: self.batches.clone(),
            shards: self.shards,
            has_stars: self.has_stars,
            has_kept: self.has_kept,
            played: self.played.part(belongs),
            journal: self.journal.part(belongs),
            marks: self
                .marks
                .iter()
                .filter(|(id, _)| belongs(**id))
                .map(|(id, marks)| (*id, marks.clone()))
                .collect(),
            // Of the first part alone: see `ReadShards::split`.
            book: self.book.clone(),
        }
    }

    /// How far an episode was played; `None` if it wasn't, or is over.
    pub fn played(&self, id: ArticleId) -> Option<Played> {
        self.played.of(id)
    }

    /// Approximate size in memory, in bytes.
    pub(super) fn weight(&self) -> usize {
        let bits = |bits: &RoaringBitmap| 60 + bits.serialized_size();
        let feeds = self.feeds.values().map(|feed| 60 + bits(&feed.above));
        let acts = self.acts.iter().flat_map(|act| act.marked.values());
        let acts = acts.map(|Bits(marked)| 40 + bits(marked));
        let played = 32 * self.played.len();
        let waiting = self.journal.weight();
        let marks = self.marks.len() * 200 + self.book.weight();
        marks
            + feeds.sum::<usize>()
            + acts.sum::<usize>()
            + 60 * self.batches.len()
            + played
            + waiting
    }

    /// Marks everything up to a number read, as if it had been before the user subscribed.
    pub(super) fn begin_at(&mut self, numbers: Numbers, upto: u32) {
        let feed = self.feeds.entry(numbers.feed).or_default();
        feed.upto = feed.upto.max(upto);
        feed.settle(numbers.first);
    }

    /// Takes away the marks of which [`faults`](Self::faults) are told: those of articles that aren't there yet, which would be read
    /// when they come, and those that the watermark has already.
    pub fn mend(&mut self, numbers: impl Fn(FeedId) -> Option<Numbers>) {
        for (id, feed) in &mut self.feeds {
            let Some(numbers) = numbers(*id) else {
                continue;
            };
            let last = numbers.last.max(numbers.first.saturating_sub(1));
            feed.upto = feed.upto.min(last);
            feed.above.remove_range(last.saturating_add(1)..);
            feed.above.remove_range(..=feed.upto);
        }
    }

    /// Inconsistencies, for checks. `numbers` gives a feed's numbers, `None` for an unknown feed.
    pub fn faults(&self, numbers: impl Fn(FeedId) -> Option<Numbers>) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, feed) in &self.feeds {
            // A feed that this user left, and that was deleted since. In practice its id is never assigned again.
            let Some(numbers) = numbers(*id) else {
                continue;
            };
            let highest = feed.above.max().unwrap_or(feed.upto);
            if highest > numbers.last.max(numbers.first.saturating_sub(1)) {
                faults.push(format!(
                    "feed {id}: {highest} is read, and the last is {}",
                    numbers.last
                ));
            }
            if feed.above.min().is_some_and(|lowest| lowest <= feed.upto) {
                faults.push(format!("feed {id}: read numbers below the watermark"));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: FeedId = FeedId(1);

    fn numbers(first: u32, last: u32) -> Numbers {
        Numbers {
            feed: FEED,
            first,
            last,
        }
    }

    fn at(minute: i64) -> Timestamp {
        from_micros(minute * 60_000_000)
    }

    #[test]
    fn marking_all_leaves_what_came_later() {
        let mut state = ReadState::default();
        assert_eq!(
            state.mark_all("a", at(0), &[Shown::all(numbers(1, 50))]),
            50
        );
        assert_eq!(state.unread(numbers(1, 52)), [51, 52]);
        assert_eq!(state.unread_count(numbers(1, 52)), 2);
    }

    /// Whatever is read, in runs or alone, below the first number or above the last: both walks meet what is unread, in order,
    /// and end where they are told to.
    #[test]
    fn walks_meet_what_is_unread_and_nothing_else() {
        let runs: [&[std::ops::RangeInclusive<u32>]; 6] = [
            &[],
            &[1..=40],
            &[11..=40],
            &[3..=3, 5..=5, 7..=9, 20..=39],
            &[2..=4, 30..=60],
            &[1..=2, 41..=50],
        ];
        for (runs, window) in runs
            .iter()
            .flat_map(|runs| [(runs, (1, 40)), (runs, (4, 30))])
        {
            let mut state = ReadState::default();
            for seq in runs.iter().cloned().flatten() {
                state.mark(numbers(1, 100), seq, true);
            }
            let numbers = numbers(window.0, window.1);
            let unread = state.unread(numbers);
            let met = |is_newest_first: bool, most: usize| {
                let mut met = Vec::new();
                state.each_unread(numbers, is_newest_first, |seq| {
                    met.push(seq);
                    match met.len() < most {
                        true => ControlFlow::Continue(()),
                        false => ControlFlow::Break(()),
                    }
                });
                met
            };
            assert_eq!(met(false, 100), unread, "{runs:?}");
            let backwards: Vec<u32> = unread.iter().rev().copied().collect();
            assert_eq!(met(true, 100), backwards, "{runs:?}");
            for is_newest_first in [false, true] {
                assert_eq!(met(is_newest_first, 2).len(), unread.len().min(2));
            }
        }
    }

    #[test]
    fn undo_takes_back_the_act_and_not_what_was_marked_since() {
        let mut state = ReadState::default();
        state.mark(numbers(1, 10), 3, true);
        state.mark_all("a", at(0), &[Shown::all(numbers(1, 10))]);
        state.mark(numbers(1, 12), 11, true);
        assert_eq!(state.undo("a", at(5), |_| 1), Some(9));
        assert_eq!(
            state.unread(numbers(1, 12)),
            [1, 2, 4, 5, 6, 7, 8, 9, 10, 12]
        );
        assert_eq!(state.undo("a", at(5), |_| 1), None);
    }

    #[test]
    fn after_ten_minutes_an_act_stands() {
        let mut state = ReadState::default();
        state.mark_all("a", at(0), &[Shown::all(numbers(1, 10))]);
        assert_eq!(state.undo("a", at(11), |_| 1), None);
        assert_eq!(state.unread_count(numbers(1, 10)), 0);
    }

    #[test]
    fn one_below_the_watermark_can_be_unread_again() {
        let mut state = ReadState::default();
        state.mark_all("a", at(0), &[Shown::all(numbers(1, 10))]);
        state.mark(numbers(4, 10), 5, false);
        assert_eq!(state.unread(numbers(4, 10)), [5]);
        assert_eq!(state.unread_count(numbers(6, 10)), 0);
    }

    #[test]
    fn a_state_survives_packing() {
        let mut state = ReadState::default();
        state.mark(numbers(1, 10), 7, true);
        state.mark_all("a", at(0), &[Shown::all(numbers(1, 3))]);
        state.begin_batch("b");
        let packed = crate::codec::pack(&state).unwrap();
        assert_eq!(crate::codec::unpack::<ReadState>(&packed).unwrap(), state);
    }
}
