//! The usage log: what was done, by route, tick and user, day by day; counted in memory, stored by the tick.
//!
//! An instance tallies what its requests cost. The tick's own record carries today's sums, so that they cost no extra
//! write; when a day is over, one write adds it to the last thirty. What an instance that never ticks has tallied is
//! lost with it: this is for information, not for billing.

mod fetches;
pub mod jobs;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

pub use fetches::Fetches;
pub use store::{days, forget_reader, names_reader, read_days, write_days};

use crate::datastore::Cost;
use crate::timestamp::{Timestamp, minute_of};

/// Days that are kept, besides today.
pub const DAYS_KEPT: usize = 30;
/// Users who are listed, the most expensive.
const READERS: usize = 20;
/// Routes that are listed, the most expensive: more than there are.
const ROUTES: usize = 250;
/// The name for all others together.
const OTHERS: &str = "others";
/// Users that an instance tallies between two ticks.
const TALLIED: usize = 5_000;

/// How often something was done, and what it cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How often.
    #[serde(rename = "n")]
    pub count: u64,
    /// Entities read, as Datastore bills them.
    #[serde(rename = "r")]
    pub reads: u64,
    /// Small operations.
    #[serde(rename = "s", default)]
    pub small: u64,
    /// Entities written.
    #[serde(rename = "w")]
    pub writes: u64,
    /// Entities deleted.
    #[serde(rename = "d", default)]
    pub deletes: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.reads += other.reads;
        self.small += other.small;
        self.writes += other.writes;
        self.deletes += other.deletes;
    }

    /// All together.
    pub fn of(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), Self::and)
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.add(other);
        self
    }

    fn once(cost: Cost) -> Self {
        Self {
            count: 1,
            reads: cost.reads,
            small: cost.small,
            writes: cost.writes,
            deletes: cost.deletes,
        }
    }

    /// Its billed cost, roughly: a write costs three reads, a delete a third of one.
    pub fn weight(&self) -> u64 {
        self.reads * 3 + self.writes * 9 + self.deletes
    }
}

/// The usage of one day in UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Day {
    /// Days since 1970.
    pub day: i64,
    /// By method and path, as in the table of routes.
    pub routes: BTreeMap<String, Sum>,
    /// Ticks, which are also counted in the routes that called them.
    pub ticks: Sum,
    /// The most expensive users, by id.
    pub readers: BTreeMap<i64, Sum>,
    /// What was asked of publishers.
    #[serde(skip_serializing_if = "Fetches::is_nothing")]
    pub fetches: Fetches,
}

impl Day {
    /// The sum of all routes.
    pub fn total(&self) -> Sum {
        let mut total = Sum::default();
        for sum in self.routes.values() {
            total.add(*sum);
        }
        total
    }

    /// Adds what was done elsewhere on the same day.
    pub fn add(&mut self, other: &Self) {
        for (route, sum) in &other.routes {
            self.routes.entry(route.clone()).or_default().add(*sum);
        }
        self.ticks.add(other.ticks);
        self.fetches.add(other.fetches);
        for (reader, sum) in &other.readers {
            self.readers.entry(*reader).or_default().add(*sum);
        }
    }

    /// Keeps only the most expensive users, at most `readers`, and the most expensive routes.
    fn cut(&mut self, readers: usize) {
        most_expensive(&mut self.readers, readers);
        let others = most_expensive(&mut self.routes, ROUTES);
        if others.count > 0 {
            self.routes
                .entry(OTHERS.to_owned())
                .or_default()
                .add(others);
        }
    }
}

/// Keeps only the most expensive. Returns the sum of the others.
fn most_expensive<K: Ord>(sums: &mut BTreeMap<K, Sum>, most: usize) -> Sum {
    let mut others = Sum::default();
    if sums.len() > most {
        let mut all: Vec<(K, Sum)> = std::mem::take(sums).into_iter().collect();
        all.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.weight()));
        for (_, sum) in all.drain(most..) {
            others.add(sum);
        }
        *sums = all.into_iter().collect();
    }
    others
}

/// What an instance has tallied that isn't in a record yet. Cheap to clone; all clones share it.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<i64, Day>>>, Remembered);

/// What is in the records, as last read for a page, and in which minute.
type Remembered = Arc<Mutex<Option<(i64, Arc<[Day]>)>>>;

/// Minutes for which the records' days are remembered.
const REMEMBERED_MINUTES: i64 = 10;

/// Days since 1970, the key of every tally.
fn day_of(at: Timestamp) -> i64 {
    at.timestamp().div_euclid(24 * 60 * 60)
}

impl Tally {
    fn days(&self) -> MutexGuard<'_, BTreeMap<i64, Day>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request: its route, its user if there is one, and what it cost.
    pub fn request(&self, at: Timestamp, route: &str, reader: Option<i64>, cost: Cost) {
        let day = day_of(at);
        let mut days = self.days();
        let tally = days.entry(day).or_default();
        tally.day = day;
        let sum = Sum::once(cost);
        match tally.routes.get_mut(route) {
            Some(known) => known.add(sum),
            None => {
                tally.routes.insert(route.to_owned(), sum);
            }
        }
        if let Some(reader) = reader.filter(|_| cost != Cost::default()) {
            tally.readers.entry(reader).or_default().add(sum);
            if tally.readers.len() > TALLIED {
                tally.cut(TALLIED / 2);
            }
        }
    }

    /// Forgets what a reader's requests have cost: their account is deleted.
    pub fn forget_reader(&self, reader: i64) {
        for day in self.days().values_mut() {
            day.readers.remove(&reader);
        }
        *self.1.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Counts a tick.
    pub fn tick(&self, at: Timestamp, cost: Cost) {
        let day = day_of(at);
        let mut days = self.days();
        let tally = days.entry(day).or_default();
        tally.day = day;
        tally.ticks.add(Sum::once(cost));
    }

    /// Counts what was asked of a publisher, or came without being asked for.
    pub fn fetched(&self, at: Timestamp, fetches: Fetches) {
        let day = day_of(at);
        let mut days = self.days();
        let tally = days.entry(day).or_default();
        tally.day = day;
        tally.fetches.add(fetches);
    }

    /// The tally so far, for display.
    pub fn so_far(&self) -> Vec<Day> {
        self.days().values().cloned().collect()
    }

    /// The records' days, if they were read lately and no tick of this instance has written them since.
    pub fn remembered(&self, at: Timestamp) -> Option<Arc<[Day]>> {
        let known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        let (minute, days) = known.as_ref()?;
        let age = minute_of(at) - minute;
        (0..REMEMBERED_MINUTES).contains(&age).then(|| days.clone())
    }

    /// Remembers the records' days for a while.
    pub fn remember(&self, at: Timestamp, days: Vec<Day>) {
        let mut known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((minute_of(at), days.into()));
    }

    /// Takes the tally, to put it into a record.
    pub fn take(&self) -> Vec<Day> {
        *self.1.lock().unwrap_or_else(PoisonError::into_inner) = None;
        std::mem::take(&mut *self.days()).into_values().collect()
    }

    /// Gives back what couldn't be recorded.
    pub fn give_back(&self, taken: &[Day]) {
        let mut days = self.days();
        for day in taken {
            let known = days.entry(day.day).or_default();
            known.day = day.day;
            known.add(day);
        }
    }
}

/// Adds a tally to a record's days, oldest first. All days but the last are over.
pub fn put(known: &mut Vec<Day>, taken: &[Day]) {
    for day in taken {
        match known.iter_mut().find(|one| one.day == day.day) {
            Some(one) => one.add(day),
            None => known.push(day.clone()),
        }
    }
    known.sort_by_key(|day| day.day);
    for day in known {
        day.cut(READERS);
    }
}

#[cfg(test)]
mod tests {
    use crate::timestamp::from_micros;
    use crate::usage_log::*;

    #[test]
    fn what_is_taken_and_given_back_is_counted_once() {
        let tally = Tally::default();
        let at = from_micros(1_000_000);
        tally.request(at, "GET /unread", Some(7), Cost::reads(3));
        tally.request(at, "GET /unread", None, Cost::reads(1));
        tally.tick(at, Cost::reads(9));
        let taken = tally.take();
        assert!(tally.so_far().is_empty());
        tally.request(at, "GET /all", Some(7), Cost::reads(1));
        tally.give_back(&taken);
        let days = tally.so_far();
        assert_eq!((days[0].total().count, days[0].total().reads), (3, 5));
        assert_eq!((days[0].ticks.reads, days[0].readers[&7].reads), (9, 4));
    }

    #[test]
    fn no_more_routes_are_named_than_there_are() {
        let mut known = Vec::new();
        for round in 0..3 {
            let tally = Tally::default();
            for route in 0..1_000 {
                let name = format!("GET /{round}/{route}");
                tally.request(from_micros(0), &name, None, Cost::reads(route));
            }
            put(&mut known, &tally.take());
        }
        assert!(known[0].routes.len() <= ROUTES + 1);
        assert_eq!(known[0].total().count, 3_000);
    }

    #[test]
    fn only_the_most_expensive_readers_are_named() {
        let tally = Tally::default();
        let at = from_micros(0);
        for reader in 0..50 {
            tally.request(at, "GET /", Some(reader), Cost::reads(reader as usize));
        }
        let mut known = Vec::new();
        put(&mut known, &tally.take());
        assert_eq!(known[0].readers.len(), READERS);
        assert!(known[0].readers.contains_key(&49) && !known[0].readers.contains_key(&29));
        assert_eq!(known[0].total().count, 50);
    }
}
