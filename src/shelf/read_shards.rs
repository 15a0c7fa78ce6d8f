//! Everything one user has read: one [`ReadState`], or several if one would grow too large.
//!
//! A feed belongs to one shard, by a hash of its id. Each shard is complete in itself: a bulk action is kept in every
//! shard whose articles it changed, a batch's id in every shard that it wrote. Almost all users have only one.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::journal::{Event, Habits, Notebook, Pending};
use super::played::{MAX_EPISODES, Played};
use super::read_state::{ACTS, ReadState, Shown};
use super::rulebook::{Book, Marks};
use crate::codec;
use crate::datastore::{StoreError, Version};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::timestamp::Timestamp;

/// Size of a packed shard beyond which the number of shards doubles, in bytes. Far below the entity limit, since every
/// mark writes a shard.
pub const SPLIT_BYTES: usize = 256 * 1_024;
/// Most shards: together they fit into one commit.
const MAX_SHARDS: usize = 32;

/// Everything one user has read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadShards {
    /// Their number is a power of two.
    shards: Vec<Shard>,
}

/// One record and its version; 0 if it isn't stored yet.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shard {
    state: Arc<ReadState>,
    version: Version,
}

/// A shard to write: its position, its packed state, and the version it is based on.
#[derive(Debug)]
pub(super) struct Write {
    pub place: usize,
    pub body: Vec<u8>,
    pub base: Version,
}

impl Default for ReadShards {
    /// Nothing read, in one shard.
    fn default() -> Self {
        Self {
            shards: vec![Shard::default()],
        }
    }
}

/// The shard of a feed, of `count` shards, a power of two.
fn place_of(feed: FeedId, count: usize) -> usize {
    let mixed = feed.0.wrapping_mul(0x9E37_79B1) >> 16;
    mixed as usize & (count - 1)
}

/// One article to mark.
#[derive(Clone, Copy, Debug)]
pub struct ArticleMark {
    /// Its feed, with the articles it has.
    pub numbers: Numbers,
    /// The article's number within the feed.
    pub seq: u32,
    /// Read, or unread.
    pub read: bool,
}

impl ReadShards {
    /// Creates it from its shards in order, adding empty ones up to a power of two.
    pub(super) fn of(shards: Vec<(Arc<ReadState>, Version)>) -> Self {
        let shards = shards.into_iter();
        let mut shards: Vec<Shard> = shards
            .map(|(state, version)| Shard { state, version })
            .collect();
        let count = shards.len().next_power_of_two();
        shards.resize_with(count, Shard::default);
        Self { shards }
    }

    /// The shards with their versions.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&Arc<ReadState>, Version)> {
        self.shards
            .iter()
            .map(|shard| (&shard.state, shard.version))
    }

    fn shard(&self, feed: FeedId) -> &ReadState {
        &self.shards[place_of(feed, self.shards.len())].state
    }

    fn shard_mut(&mut self, feed: FeedId) -> &mut ReadState {
        let place = place_of(feed, self.shards.len());
        Arc::make_mut(&mut self.shards[place].state)
    }

    /// Whether anything is known of a feed: it was marked, or initialized.
    pub fn knows(&self, feed: FeedId) -> bool {
        self.shard(feed).knows(feed)
    }

    /// Whether an article is read.
    pub fn is_read(&self, id: ArticleId) -> bool {
        self.shard(id.feed).is_read(id)
    }

    /// How many of a feed's articles are unread.
    pub fn unread_count(&self, numbers: Numbers) -> u32 {
        self.shard(numbers.feed).unread_count(numbers)
    }

    /// The numbers of a feed's unread articles, ascending.
    pub fn unread(&self, numbers: Numbers) -> Vec<u32> {
        self.shard(numbers.feed).unread(numbers)
    }

    /// Visits a feed's unread articles; see [`ReadState::each_unread`].
    pub(super) fn each_unread(
        &self,
        numbers: Numbers,
        is_newest_first: bool,
        visit: impl FnMut(u32) -> ControlFlow<()>,
    ) {
        let shard = self.shard(numbers.feed);
        shard.each_unread(numbers, is_newest_first, visit);
    }

    /// Marks one article read or unread. Numbers that the feed doesn't have are ignored.
    pub fn mark(&mut self, numbers: Numbers, seq: u32, read: bool) {
        self.shard_mut(numbers.feed).mark(numbers, seq, read);
    }

    /// How many articles of a feed went unread; see [`ReadState::departed`].
    pub(super) fn departed(&self, numbers: Numbers, base: u32) -> u32 {
        self.shard(numbers.feed).departed(numbers, base)
    }

    /// Forgets what [`departed`](Self::departed) counts.
    pub(super) fn meet_departed(&mut self, numbers: Numbers) {
        self.shard_mut(numbers.feed).meet_departed(numbers);
    }

    /// The minute up to which a feed's edits have been met.
    pub(super) fn edits_met(&self, feed: FeedId) -> i64 {
        self.shard(feed).edits_met(feed)
    }

    /// Makes edited articles unread again: each as `(seq, minute)`.
    pub(super) fn meet_edits(&mut self, numbers: Numbers, edits: &[(u32, i64)]) {
        self.shard_mut(numbers.feed).meet_edits(numbers, edits);
    }

    /// Marks several articles, unless that was done before under the same batch id.
    pub fn mark_batch(&mut self, batch: Option<&str>, marks: &[ArticleMark]) {
        self.apply_batch(batch, marks, &[], Timestamp::UNIX_EPOCH);
    }

    /// The same, with how far episodes were played: kept in the shards of their feeds.
    pub fn apply_batch(
        &mut self,
        batch: Option<&str>,
        marks: &[ArticleMark],
        played: &[Played],
        now: Timestamp,
    ) {
        self.apply_noted(batch, marks, played, now, &Notebook::default());
    }

    /// The same, with what the journal notes of it: in the shards of the feeds. What a batch tells is noted once, as its marks
    /// are applied once.
    pub(super) fn apply_noted(
        &mut self,
        batch: Option<&str>,
        marks: &[ArticleMark],
        played: &[Played],
        now: Timestamp,
        book: &Notebook,
    ) {
        type Batch<'b> = (Vec<&'b ArticleMark>, Vec<&'b Played>);
        let mut by_place: BTreeMap<usize, Batch<'_>> = BTreeMap::new();
        let place = |feed| place_of(feed, self.shards.len());
        for told in &book.told {
            by_place.entry(place(told.id.feed)).or_default();
        }
        for mark in marks {
            let batch = by_place.entry(place(mark.numbers.feed)).or_default();
            batch.0.push(mark);
        }
        for one in played {
            by_place.entry(place(one.id.feed)).or_default().1.push(one);
        }
        let count = self.shards.len();
        for (place, (marks, played)) in by_place {
            let state = Arc::make_mut(&mut self.shards[place].state);
            if batch.is_some_and(|batch| !state.begin_batch(batch)) {
                continue;
            }
            book.settle_zone(&mut state.journal);
            let mut became_read = Vec::new();
            for mark in &marks {
                let id = ArticleId {
                    feed: mark.numbers.feed,
                    seq: mark.seq,
                };
                let was_read = id.seq < mark.numbers.first || state.is_read(id);
                state.mark(mark.numbers, mark.seq, mark.read);
                match mark.read {
                    true if !was_read => became_read.push(id),
                    false if was_read => book.mark(&mut state.journal, id, false),
                    _ => {}
                }
            }
            book.became_read(&mut state.journal, batch.unwrap_or_default(), &became_read);
            for told in &book.told {
                if place_of(told.id.feed, count) == place {
                    book.tell(&mut state.journal, told);
                }
            }
            for &&one in &played {
                state.played.keep(one, now);
            }
        }
        self.forget_episodes();
    }

    /// Drops the places touched least recently, beyond what is kept. Rarely, that is in another shard.
    fn forget_episodes(&mut self) {
        let kept = |shards: &[Shard]| shards.iter().map(|one| one.state.played.len()).sum();
        let mut extra = usize::saturating_sub(kept(&self.shards), MAX_EPISODES);
        while extra > 0 {
            extra -= 1;
            let ages = self.shards.iter_mut();
            let ages = ages.filter_map(|one| Some((one.state.played.oldest()?, one)));
            if let Some((_, shard)) = ages.min_by_key(|(age, _)| *age) {
                Arc::make_mut(&mut shard.state).played.drop_oldest();
            }
        }
    }

    /// How far an episode was played; `None` if it wasn't, or is over.
    pub fn played(&self, id: ArticleId) -> Option<Played> {
        self.shard(id.feed).played(id)
    }

    /// Drops the oldest bulk action, in every shard that has it: none is ever undone partially.
    fn forget_oldest(&mut self) {
        let acts = self.shards.iter().flat_map(|shard| shard.state.acts());
        let Some((_, oldest)) = acts.min_by_key(|(at, _)| *at) else {
            return;
        };
        let oldest = oldest.to_owned();
        for shard in &mut self.shards {
            if shard.state.acts().any(|(_, id)| id == oldest) {
                Arc::make_mut(&mut shard.state).forget_act(&oldest);
            }
        }
    }

    /// Marks the articles a page showed; see [`ReadState::mark_all`].
    pub fn mark_all(&mut self, id: &str, now: Timestamp, shown: &[Shown]) -> u64 {
        let acts = self.shards.iter().flat_map(|shard| shard.state.acts());
        let known: std::collections::BTreeSet<&str> = acts.map(|(_, id)| id).collect();
        if known.len() >= ACTS {
            self.forget_oldest();
        }
        let mut by_place: BTreeMap<usize, Vec<Shown>> = BTreeMap::new();
        for one in shown {
            let place = place_of(one.numbers.feed, self.shards.len());
            by_place.entry(place).or_default().push(one.clone());
        }
        let marked = by_place.into_iter().map(|(place, shown)| {
            let state = Arc::make_mut(&mut self.shards[place].state);
            state.mark_all(id, now, &shown)
        });
        marked.sum()
    }

    /// The same, as the journal notes it: so many of each feed.
    pub(super) fn clear_all(
        &mut self,
        id: &str,
        now: Timestamp,
        shown: &[Shown],
        book: &Notebook,
    ) -> u64 {
        let count = self.mark_all(id, now, shown);
        for shard in &mut self.shards {
            let counts = shard.state.marked_by(id);
            if !counts.is_empty() {
                let journal = &mut Arc::make_mut(&mut shard.state).journal;
                book.settle_zone(journal);
                book.clear(journal, id, &counts);
            }
        }
        count
    }

    /// Undoes a bulk action, and takes back what the journal noted of it.
    pub(super) fn undo_noted(
        &mut self,
        id: &str,
        now: Timestamp,
        first: impl Fn(FeedId) -> u32,
        book: &Notebook,
    ) -> Option<u64> {
        let marked: Vec<_> = self.parts().map(|(state, _)| state.marked_by(id)).collect();
        let undone = self.undo(id, now, first)?;
        for (shard, counts) in self.shards.iter_mut().zip(marked) {
            if !counts.is_empty() {
                let journal = &mut Arc::make_mut(&mut shard.state).journal;
                book.unclear(journal, id, &counts);
            }
        }
        Some(undone)
    }

    /// Notes what was done with articles, without a mark.
    pub(super) fn note(&mut self, book: &Notebook) {
        for told in &book.told {
            let journal = &mut self.shard_mut(told.id.feed).journal;
            book.settle_zone(journal);
            book.tell(journal, told);
        }
    }

    /// Which shards differ from `before`.
    pub(super) fn touched(&self, before: &Self) -> Vec<usize> {
        let same = |place: usize, shard: &Shard| {
            before
                .shards
                .get(place)
                .is_some_and(|known| Arc::ptr_eq(&known.state, &shard.state))
        };
        let all = self.shards.iter().enumerate();
        all.filter(|(place, shard)| !same(*place, shard))
            .map(|(place, _)| place)
            .collect()
    }

    /// What waits for the journal in one shard.
    pub(super) fn journal(&self, place: usize) -> &Pending {
        &self.shards[place].state.journal
    }

    /// The same, to change it.
    pub(super) fn journal_mut(&mut self, place: usize) -> &mut Pending {
        &mut Arc::make_mut(&mut self.shards[place].state).journal
    }

    /// How the journal is kept.
    pub fn habits(&self) -> Habits {
        let mut habits = self.shards[0].state.journal.habits.clone();
        let zones = self.parts().map(|(state, _)| &state.journal.habits.zone);
        if let Some(zone) = zones
            .filter(|zone| !zone.is_empty())
            .max()
            .filter(|_| habits.zone.is_empty())
        {
            habits.zone.clone_from(zone);
        }
        habits
    }

    /// Forgets what waits for the journal, as far as `goes` selects it.
    pub(super) fn forget_events(&mut self, goes: impl Fn(&Event) -> bool) {
        for shard in &mut self.shards {
            if shard.state.journal.events.iter().any(&goes) {
                let journal = &mut Arc::make_mut(&mut shard.state).journal;
                journal.events.retain(|event| !goes(event));
            }
        }
    }

    /// Sets how the journal is kept, in every shard.
    pub(super) fn set_habits(&mut self, habits: &Habits) {
        for shard in &mut self.shards {
            if shard.state.journal.habits != *habits {
                Arc::make_mut(&mut shard.state)
                    .journal
                    .habits
                    .clone_from(habits);
            }
        }
    }

    /// Undoes a bulk action; see [`ReadState::undo`].
    pub fn undo(&mut self, id: &str, now: Timestamp, first: impl Fn(FeedId) -> u32) -> Option<u64> {
        let mut undone = None;
        for shard in &mut self.shards {
            let state = Arc::make_mut(&mut shard.state);
            if let Some(count) = state.undo(id, now, &first) {
                undone = Some(undone.unwrap_or(0) + count);
            }
        }
        undone
    }

    /// The last bulk action that can be undone, and how many articles it marked.
    pub fn last_act(&self, now: Timestamp) -> Option<(String, u64)> {
        let mut acts: BTreeMap<(i64, &str), u64> = BTreeMap::new();
        for shard in &self.shards {
            for (at, id, marked) in shard.state.undoable(now) {
                *acts.entry((at, id)).or_default() += marked;
            }
        }
        let ((_, id), marked) = acts.pop_last()?;
        Some((id.to_owned(), marked))
    }

    /// Marks everything up to a number read, as if it had been before the user subscribed.
    pub fn begin_at(&mut self, numbers: Numbers, upto: u32) {
        self.shard_mut(numbers.feed).begin_at(numbers, upto);
    }

    /// Whether this user has ever starred anything.
    pub fn has_stars(&self) -> bool {
        self.shards[0].state.has_stars
    }

    /// Records that they have.
    pub fn note_stars(&mut self) {
        Arc::make_mut(&mut self.shards[0].state).has_stars = true;
    }

    /// Whether this user has ever kept anything besides stars.
    pub fn has_kept(&self) -> bool {
        self.shards[0].state.has_kept
    }

    /// Records that they have.
    pub fn note_kept(&mut self) {
        Arc::make_mut(&mut self.shards[0].state).has_kept = true;
    }

    /// Rules and saved searches.
    pub fn book(&self) -> &Book {
        &self.shards[0].state.book
    }

    /// The same, to change them.
    pub(super) fn book_mut(&mut self) -> &mut Book {
        &mut Arc::make_mut(&mut self.shards[0].state).book
    }

    /// What rules did with a feed's articles; `None` if they have met none.
    pub fn marks(&self, feed: FeedId) -> Option<&Marks> {
        self.shard(feed).marks.get(&feed)
    }

    /// The same, to change it.
    pub(super) fn marks_mut(&mut self, feed: FeedId) -> &mut Marks {
        self.shard_mut(feed).marks.entry(feed).or_default()
    }

    /// Whether a rule hides an article from lists.
    pub fn is_hidden(&self, id: ArticleId) -> bool {
        self.marks(id.feed)
            .is_some_and(|marks| marks.hidden.0.contains(id.seq))
    }

    /// Whether a rule keeps an article unread until it is marked by hand.
    pub fn keeps_unread(&self, id: ArticleId) -> bool {
        self.marks(id.feed)
            .is_some_and(|marks| marks.kept.0.contains(id.seq))
    }

    /// Whether a rule has an article stand out.
    pub fn is_lit(&self, id: ArticleId) -> bool {
        self.marks(id.feed)
            .is_some_and(|marks| marks.lit.0.contains(id.seq))
    }

    /// Approximate size in memory, in bytes.
    pub fn weight(&self) -> usize {
        let states = self.shards.iter().map(|shard| shard.state.weight());
        states.sum()
    }

    /// Takes away the marks of which [`faults`](Self::faults) are told.
    pub fn mend(&mut self, numbers: impl Fn(FeedId) -> Option<Numbers>) {
        for shard in &mut self.shards {
            if !shard.state.faults(&numbers).is_empty() {
                Arc::make_mut(&mut shard.state).mend(&numbers);
            }
        }
    }

    /// Inconsistencies, for checks.
    pub fn faults(&self, numbers: impl Fn(FeedId) -> Option<Numbers>) -> Vec<String> {
        let states = self.shards.iter().map(|shard| &shard.state);
        states.flat_map(|state| state.faults(&numbers)).collect()
    }

    /// The writes that lead here from `before`; if a shard would grow too large, all of them, in twice the number.
    ///
    /// # Errors
    /// Never in practice: a state always serializes.
    pub(super) fn writes(
        &mut self,
        before: &Self,
        now: Timestamp,
        split: usize,
    ) -> Result<Vec<Write>, StoreError> {
        let changed = |place: usize, shard: &Shard| {
            let known = before.shards.get(place);
            let same = |known: &Shard| {
                Arc::ptr_eq(&known.state, &shard.state) || known.state == shard.state
            };
            before.shards.len() != self.shards.len() || !known.is_some_and(same)
        };
        let places: Vec<usize> = self
            .shards
            .iter()
            .enumerate()
            .filter(|(place, shard)| changed(*place, shard))
            .map(|(place, _)| place)
            .collect();
        let mut writes = Vec::with_capacity(places.len());
        for place in places {
            let shard = &mut self.shards[place];
            let base = shard.version;
            let state = Arc::make_mut(&mut shard.state);
            state.forget(now);
            let body = codec::pack(state)?;
            if body.len() > split && self.shards.len() < MAX_SHARDS {
                self.split();
                return self.writes(before, now, split);
            }
            if body.len() > split && self.shards[place].state.acts().count() > 1 {
                self.forget_oldest();
                return self.writes(before, now, split);
            }
            writes.push(Write { place, body, base });
        }
        Ok(writes)
    }

    fn split(&mut self) {
        let count = self.shards.len() * 2;
        let half = count / 2;
        let parts = (0..count).map(|place| {
            let old = &self.shards[place % half];
            let mut state = old.state.part(|feed| place_of(feed, count) == place);
            if place > 0 {
                state.book = Book::default();
            }
            state.shards = u32::try_from(count).unwrap_or(u32::MAX);
            Shard {
                state: Arc::new(state),
                version: if place < half { old.version } else { 0 },
            }
        });
        self.shards = parts.collect();
    }

    /// Stores the versions returned by a commit of the writes.
    pub(super) fn written(&mut self, writes: &[(usize, Version)]) {
        for &(place, version) in writes {
            if let Some(shard) = self.shards.get_mut(place) {
                shard.version = version;
            }
        }
    }

    /// Number of shards.
    pub fn shards(&self) -> usize {
        self.shards.len()
    }
}

/// A state written and read back, with shards of at most `split` bytes: for tests.
///
/// # Errors
/// Never in practice: a state always serializes.
#[doc(hidden)]
pub fn stored(state: &ReadShards, now: Timestamp, split: usize) -> Result<ReadShards, StoreError> {
    let mut after = state.clone();
    after.writes(&ReadShards::default(), now, split)?;
    let shards = after.parts().map(|(state, version)| {
        let body = codec::pack(&**state)?;
        Ok((Arc::new(codec::unpack(&body)?), version))
    });
    Ok(ReadShards::of(shards.collect::<Result<_, StoreError>>()?))
}

#[cfg(test)]
mod tests {
    use crate::shelf::read_shards::*;
    use crate::timestamp::from_micros;

    fn numbers(feed: u32, last: u32) -> Numbers {
        let feed = FeedId(feed);
        let first = 1;
        Numbers { feed, first, last }
    }

    #[test]
    fn what_grows_too_large_is_split_and_says_the_same() {
        let now = from_micros(0);
        let mut reading = ReadShards::default();
        let before = reading.clone();
        for feed in 1..=300 {
            let odd = |seq: &u32| seq.wrapping_mul(feed).wrapping_mul(0x9E37_79B1) >> 31 == 1;
            for seq in (1..=200).filter(odd) {
                reading.mark(numbers(feed, 200), seq, true);
            }
        }
        let shown: Vec<Shown> = (1..=300)
            .map(|feed| Shown::all(numbers(feed, 100)))
            .collect();
        let marked = reading.mark_all("act", now, &shown);
        let whole = reading.clone();
        let writes = reading.writes(&before, now, 8 * 1_024).unwrap();
        assert!(reading.shards() >= 4 && writes.len() == reading.shards());
        assert!(writes.iter().all(|write| write.body.len() <= 8 * 1_024));
        for feed in 1..=300 {
            assert_eq!(
                reading.unread(numbers(feed, 210)),
                whole.unread(numbers(feed, 210))
            );
        }
        let mut undone = reading.clone();
        assert_eq!(undone.undo("act", now, |_| 1), Some(marked));
        // One mark writes one shard.
        let before = undone.clone();
        undone.mark(numbers(9, 210), 209, true);
        assert_eq!(undone.writes(&before, now, 8 * 1_024).unwrap().len(), 1);
    }
}
