//! A reader's articles, numbered 1, 2, 3 … in the order in which they came: what programs that speak Fever page by.
//!
//! An article's own number is of its feed, so it doesn't grow with arrival. The log of a reader, one record, gives each article they can
//! see a number of its own; it is begun when their first such program comes, and grows by what came since, whenever one asks. A number is
//! never given twice. `docs/decisions/0052` has why.

mod packed;
pub mod store;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::streams::{Library, label_of};
use super::sync::print;
use crate::ids::{ArticleId, FeedId};

/// Most articles that are numbered; of more, the last that came. A record has room for that.
const MOST: usize = 50_000;
/// Most folders that are numbered.
const MOST_GROUPS: usize = 1_000;
/// The number of the group of feeds outside folders; folders follow.
pub const LOOSE_GROUP: u32 = 1;

/// Articles of one feed that follow each other in both orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The number of the first one.
    number: u32,
    feed: FeedId,
    /// Its place in its feed.
    seq: u32,
    count: u32,
}

impl Run {
    fn article(&self, number: u32) -> Option<ArticleId> {
        let at = number.checked_sub(self.number)?;
        (at < self.count).then_some(ArticleId {
            feed: self.feed,
            seq: self.seq + at,
        })
    }

    /// The runs of what stays.
    fn parts(self, stays: impl Fn(ArticleId) -> bool) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for at in 0..self.count {
            let (number, seq) = (self.number + at, self.seq + at);
            let feed = self.feed;
            if !stays(ArticleId { feed, seq }) {
                continue;
            }
            match parts.last_mut() {
                Some(last) if last.number + last.count == number => last.count += 1,
                _ => parts.push(Self {
                    number,
                    feed,
                    seq,
                    count: 1,
                }),
            }
        }
        parts
    }
}

/// A folder that has a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Group {
    label: String,
    /// A print of its feeds, by which it is known under another name; 0 if it isn't known.
    feeds: u32,
}

/// A print of feeds, in whatever order.
fn print_of(feeds: &[FeedId]) -> u32 {
    let mut all: Vec<u32> = feeds.iter().map(|feed| feed.0).collect();
    all.sort_unstable();
    print(all)
}

/// A reader's numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The last number that was given.
    last: u32,
    /// Ascending.
    runs: Vec<Run>,
    /// The newest article of each feed that was met.
    met: BTreeMap<FeedId, u32>,
    /// Articles below those that hadn't come yet.
    later: BTreeSet<ArticleId>,
    /// The folders, by their numbers.
    groups: Vec<Group>,
    /// The runs of each feed, by their place there.
    places: HashMap<FeedId, Vec<usize>>,
}

impl Numbers {
    fn index(mut self) -> Self {
        self.places.clear();
        for (at, run) in self.runs.iter().enumerate() {
            self.places.entry(run.feed).or_default().push(at);
        }
        for places in self.places.values_mut() {
            places.sort_unstable_by_key(|&at| self.runs.get(at).map(|run| run.seq));
        }
        self
    }

    /// What they take in memory, in bytes.
    fn weight(&self) -> usize {
        self.runs.len() * (size_of::<Run>() + 16) + self.met.len() * 100 + self.groups.len() * 60
    }

    /// An article's number; `None` if it has none.
    pub fn number(&self, id: ArticleId) -> Option<u32> {
        let places = self.places.get(&id.feed)?;
        let run = |at: &usize| self.runs.get(*at);
        let after = places.partition_point(|at| run(at).is_some_and(|run| run.seq <= id.seq));
        // Older logs have some twice, after their feed was left: the last number counts.
        let found = places.get(..after)?.iter().filter_map(run);
        let holding = found.filter(|run| id.seq - run.seq < run.count);
        holding.map(|run| run.number + (id.seq - run.seq)).max()
    }

    /// The article of a number; `None` if there is none.
    pub fn article(&self, number: u32) -> Option<ArticleId> {
        let after = self.runs.partition_point(|run| run.number <= number);
        self.runs.get(after.checked_sub(1)?)?.article(number)
    }

    /// The numbers above one with their articles, ascending.
    pub fn above(&self, number: u32) -> impl Iterator<Item = (u32, ArticleId)> + '_ {
        let from = number.saturating_add(1);
        let first = self
            .runs
            .partition_point(|run| run.number + (run.count - 1) < from);
        let runs = self.runs.iter().skip(first);
        runs.flat_map(move |run| {
            let begin = from.max(run.number);
            let numbers = begin..run.number + run.count;
            numbers.filter_map(|number| self.with_number(run, number))
        })
    }

    /// The numbers below one with their articles, descending.
    pub fn below(&self, number: u32) -> impl Iterator<Item = (u32, ArticleId)> + '_ {
        let after = self.runs.partition_point(|run| run.number < number);
        let runs = self.runs.iter().take(after).rev();
        runs.flat_map(move |run| {
            let end = number.min(run.number + run.count);
            let numbers = (run.number..end).rev();
            numbers.filter_map(|number| self.with_number(run, number))
        })
    }

    /// The article of a number in its run, unless it has a later one.
    fn with_number(&self, run: &Run, number: u32) -> Option<(u32, ArticleId)> {
        let id = run.article(number)?;
        (self.number(id) == Some(number)).then_some((number, id))
    }

    /// The number of a folder; [`LOOSE_GROUP`] for none.
    pub fn group(&self, label: &str) -> Option<u32> {
        let at = self.groups.iter().position(|known| known.label == label)?;
        u32::try_from(at).ok().map(|at| LOOSE_GROUP + 1 + at)
    }

    /// The label of a folder's number.
    pub fn label(&self, group: u32) -> Option<&str> {
        let at = group.checked_sub(LOOSE_GROUP + 1)?;
        let at = usize::try_from(at).ok()?;
        self.groups.get(at).map(|known| known.label.as_str())
    }

    /// Numbers what came since, and the folders that are new; `None` if nothing did.
    pub fn meet(&self, library: &Library) -> Option<Self> {
        let mut came: Vec<(i64, ArticleId)> = Vec::new();
        let (mut later, mut met_now) = (Vec::new(), Vec::new());
        for one in library.shelf.subscriptions.iter() {
            let numbers = library.shelf.numbers(one.feed);
            let met = self.met.get(&one.feed).copied().unwrap_or_default();
            for seq in numbers.first.max(met.saturating_add(1))..=numbers.last {
                let id = ArticleId {
                    feed: one.feed,
                    seq,
                };
                match library.is_here(id) {
                    // A star of a feed that was left keeps its number.
                    true if self.number(id).is_some() => {}
                    true => came.push((library.arrival(id), id)),
                    false => later.push(id),
                }
            }
            if numbers.last > met {
                met_now.push((one.feed, numbers.last));
            }
        }
        let at_last = self.later.iter().filter(|id| library.is_here(**id));
        let at_last: Vec<ArticleId> = at_last.copied().collect();
        // They come now, whatever their dates.
        came.extend(at_last.iter().map(|id| (i64::MAX, *id)));
        let copies = library.stars().filter(|id| !library.is_here(*id));
        let copies = copies.filter(|id| self.number(*id).is_none());
        came.extend(copies.map(|id| (library.arrival(id), id)));
        let folders = library.folders();
        let mut groups = folders.iter();
        let is_new_group = groups.any(|(label, feeds)| !self.knows(label, feeds));
        // Whoever comes back to a feed sees its articles as new ones.
        let has_left = |feed: &FeedId| library.shelf.subscription(*feed).is_none();
        if came.is_empty() && !is_new_group && !self.met.keys().any(has_left) {
            return None;
        }
        // Only where something is new: the numbers of a whole shelf are many.
        let mut next = self.clone();
        next.later.retain(|id| !at_last.contains(id));
        next.later.extend(later);
        next.met.extend(met_now);
        came.sort_unstable();
        came.dedup_by_key(|(_, id)| *id);
        let over = came.len().saturating_sub(MOST);
        for (_, id) in came.drain(..).skip(over) {
            next.add(id);
        }
        next.add_groups(&folders);
        next.drop_gone(library);
        Some(next.index())
    }

    fn add(&mut self, id: ArticleId) {
        self.last += 1;
        if let Some(run) = self.runs.last_mut()
            && (run.feed, run.seq + run.count) == (id.feed, id.seq)
            && run.number + run.count == self.last
        {
            run.count += 1;
            return;
        }
        self.runs.push(Run {
            number: self.last,
            feed: id.feed,
            seq: id.seq,
            count: 1,
        });
    }

    /// Whether a folder has its number, and is known by the feeds that it has now.
    fn knows(&self, label: &str, feeds: &[FeedId]) -> bool {
        let mut known = self.groups.iter();
        known.any(|one| one.label == label && one.feeds == print_of(feeds))
    }

    fn add_groups(&mut self, folders: &BTreeMap<String, Vec<FeedId>>) {
        let is_gone = |known: &Group| !folders.contains_key(&known.label);
        for (label, feeds) in folders {
            let feeds = print_of(feeds);
            let known = self.groups.iter().position(|known| known.label == *label);
            // One that has the feeds of one that is gone is that one, renamed.
            let renamed = || {
                let mut all = self.groups.iter();
                all.position(|known| known.feeds == feeds && is_gone(known))
            };
            // A number of a folder that is gone is given anew only where there is no room for more.
            let place = known.or_else(renamed).or_else(|| {
                let is_full = self.groups.len() >= MOST_GROUPS;
                let gone = is_full.then(|| self.groups.iter().position(is_gone));
                gone.flatten()
            });
            let group = Group {
                label: label.clone(),
                feeds,
            };
            let is_full = self.groups.len() >= MOST_GROUPS;
            match place.and_then(|at| self.groups.get_mut(at)) {
                Some(known) => *known = group,
                None if !is_full => self.groups.push(group),
                None => {}
            }
        }
    }

    /// Forgets what nobody can see any more, and what there is no room for. What is held back or hidden may come back, and then has the
    /// number by which programs know it. After somebody leaves a feed, only the articles they keep have numbers; if they come back, the others
    /// get new ones.
    fn drop_gone(&mut self, library: &Library) {
        let has_feed = |feed: &FeedId| library.shelf.subscription(*feed).is_some();
        let runs = std::mem::take(&mut self.runs).into_iter();
        let parts = runs.flat_map(|run| match has_feed(&run.feed) {
            true => vec![run],
            false => run.parts(|id| library.has(id)),
        });
        self.runs = parts.collect();
        let is_there = |run: &Run| {
            let there = library.shelf.numbers(run.feed);
            let mut all = (0..run.count).map(|at| ArticleId {
                feed: run.feed,
                seq: run.seq + at,
            });
            all.any(|id| (there.first..=there.last).contains(&id.seq) || library.has(id))
        };
        self.runs.retain(is_there);
        self.met.retain(|feed, _| has_feed(feed));
        self.later.retain(|id| {
            let numbers = library.shelf.numbers(id.feed);
            has_feed(&id.feed) && id.seq >= numbers.first
        });
        let mut room = MOST;
        let kept = self.runs.iter().rev().take_while(|run| {
            room = room.saturating_sub(run.count as usize);
            room > 0
        });
        let kept = kept.count();
        self.runs.drain(..self.runs.len() - kept);
    }

    /// The feeds' groups: each folder's number and label with its feeds, and of the feeds outside folders, which programs can't do
    /// without a group, `loose`.
    pub fn groups(&self, library: &Library, loose: &str) -> Vec<(u32, String, Vec<FeedId>)> {
        let outside = library.shelf.subscriptions.iter();
        let outside = outside.filter(|one| one.folders().next().is_none());
        let outside: Vec<FeedId> = outside.map(|one| one.feed).collect();
        let first = (!outside.is_empty()).then(|| (LOOSE_GROUP, loose.to_owned(), outside));
        let folders = library.folders().into_iter();
        let folders =
            folders.filter_map(|(label, feeds)| Some((self.group(&label)?, label, feeds)));
        first.into_iter().chain(folders).collect()
    }

    /// The feeds of a group.
    pub fn feeds_of(&self, library: &Library, group: u32) -> Vec<FeedId> {
        let all = self.groups(library, &label_of(&[])).into_iter();
        let mut of_it = all.filter(|(number, ..)| *number == group);
        of_it.next().map(|(.., feeds)| feeds).unwrap_or_default()
    }
}
