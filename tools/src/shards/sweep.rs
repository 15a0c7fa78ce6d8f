//! Ticks of a day: callers who take free shards, and what each shard's sweep takes.

use std::collections::BTreeMap;

use dormouse::tooling::feeds::PollTier;
use dormouse::tooling::feeds::phase::due_phases;

use super::{Feed, Report, Settings, cost};

/// Minutes between two ticks: with so many readers somebody's page always calls, and a sweep begins at most so often.
const EVERY: i64 = 5;
/// Minutes of the day.
const DAY: i64 = 24 * 60;
/// Feeds in a page of what is due.
const PAGE: usize = 1_000;
/// Publishers that a caller asks at once.
const AT_ONCE: u64 = 64;
/// Milliseconds between two requests to a host.
const SPACING_MS: u64 = 1_000;
/// Milliseconds of a read or a write of the store.
const STORE_MS: u64 = 20;
/// Shards that a caller asks for work before it goes away with nothing.
const ASKED: u32 = 8;

/// The feeds by rung and phase.
pub(super) struct Due {
    tiers: Vec<(PollTier, Vec<Vec<Feed>>)>,
}

impl Due {
    pub(super) fn of(feeds: &[Feed]) -> Self {
        let mut tiers: Vec<(PollTier, Vec<Vec<Feed>>)> = PollTier::polled()
            .filter_map(|tier| {
                let period = usize::try_from(tier.period()?).ok()?;
                Some((tier, vec![Vec::new(); period]))
            })
            .collect();
        for feed in feeds {
            let tier = tiers.iter_mut().find(|(tier, _)| *tier == feed.tier);
            let phase = usize::try_from(feed.phase).unwrap_or_default();
            if let Some(place) = tier.and_then(|(_, phases)| phases.get_mut(phase)) {
                place.push(*feed);
            }
        }
        Self { tiers }
    }

    /// What is due in a shard in some minutes, and how many pages are read to find it: of all shards' feeds.
    fn in_shard(&self, shard: u32, from: i64, to: i64) -> (Vec<Feed>, u64) {
        let (mut own, mut pages) = (Vec::new(), 0);
        for (tier, phases) in &self.tiers {
            let period = tier.period().unwrap_or(1);
            for (first, last) in due_phases(period, from, to) {
                let mut all = 0;
                for phase in first..=last {
                    let feeds = &phases[usize::try_from(phase).unwrap_or_default()];
                    all += feeds.len();
                    own.extend(feeds.iter().filter(|feed| feed.shard == shard));
                }
                pages += all.div_ceil(PAGE).max(1) as u64;
            }
        }
        (own, pages)
    }
}

/// A shard between its sweeps.
#[derive(Clone, Copy, Debug)]
struct Shard {
    /// Up to which minute everything was checked.
    swept: i64,
    /// Until which millisecond of the tick a caller is at work in it.
    busy: u64,
    /// Milliseconds of work that are left of an unfinished sweep.
    left: u64,
    /// Whether it was swept in this tick.
    is_done: bool,
}

/// The day, as far as it was played.
pub(super) struct Day {
    settings: Settings,
    minute: i64,
    end: i64,
    start: i64,
    shards: Vec<Shard>,
    report: Report,
}

impl Day {
    pub(super) fn new(settings: Settings, start: i64) -> Self {
        let shard = Shard {
            swept: start,
            busy: 0,
            left: 0,
            is_done: false,
        };
        Self {
            settings,
            minute: start,
            start,
            end: start + DAY,
            shards: vec![shard; settings.shards as usize],
            report: Report::default(),
        }
    }

    /// How long a caller is at it, in milliseconds: as its places allow, and as its publisher with most feeds does.
    fn takes(&self, feeds: &[Feed], pages: u64) -> u64 {
        let latency = u64::from(self.settings.latency_ms);
        let mut by_publisher: BTreeMap<u32, u64> = BTreeMap::new();
        for feed in feeds {
            *by_publisher.entry(feed.publisher).or_default() += 1;
        }
        let most = by_publisher.values().copied().max().unwrap_or_default();
        let by_places = (feeds.len() as u64).div_ceil(AT_ONCE) * latency;
        let by_host = most * latency + most.saturating_sub(1) * SPACING_MS;
        by_places.max(by_host) + (pages + 3) * STORE_MS
    }

    /// One tick, with a caller for each shard at about the same time; false once the day is over.
    pub(super) fn ticks(&mut self, due: &mut Due) -> bool {
        if self.minute >= self.end {
            return false;
        }
        self.minute += EVERY;
        for shard in &mut self.shards {
            (shard.busy, shard.is_done) = (0, false);
        }
        let count = self.settings.shards;
        let deadline = u64::from(self.settings.tick_seconds) * 1_000;
        // When each caller is free again, and where it is in its round.
        let mut callers: Vec<(u64, u32, u32, u32)> = (0..count)
            .map(|caller| {
                let at = u64::from(caller) * 7;
                // Where it begins follows from its time, as in the tick.
                let begins =
                    (self.minute.unsigned_abs() * 60_000 + at) * 2_654_435_761 % u64::from(count);
                (at, u32::try_from(begins).unwrap_or_default(), 0, 0)
            })
            .collect();
        while let Some(next) = callers.iter_mut().min_by_key(|caller| caller.0) {
            let (at, begins, tried, declined) = *next;
            let has_worked = tried > declined;
            if tried == count || at >= deadline || (!has_worked && declined >= ASKED) {
                *next = (u64::MAX, begins, tried, declined);
                if callers.iter().all(|caller| caller.0 == u64::MAX) {
                    break;
                }
                continue;
            }
            let place = ((begins + tried) % count) as usize;
            next.2 += 1;
            // Its record.
            self.report.record_reads += 1;
            if self.shards[place].busy > at || self.shards[place].is_done {
                next.0 = at + STORE_MS;
                next.3 += 1;
                self.report.declined += 1;
                continue;
            }
            next.0 = self.sweeps(place, due, at, deadline);
        }
        let late = self.shards.iter().filter(|shard| !shard.is_done).count();
        self.report.late_sweeps += late as u64;
        self.report.ticks += 1;
        true
    }

    /// A caller works on a shard from a millisecond on; returns when it is free again.
    fn sweeps(&mut self, place: usize, due: &Due, at: u64, deadline: u64) -> u64 {
        let shard = self.shards[place];
        let work = match shard.left {
            0 => {
                let number = u32::try_from(place).unwrap_or_default();
                let (feeds, pages) = due.in_shard(number, shard.swept, self.minute);
                self.report.checks += feeds.len() as u64;
                self.report.page_reads += pages;
                self.shards[place].swept = self.minute;
                self.takes(&feeds, pages)
            }
            left => left,
        };
        // Beginning and end, and its position every fifteen seconds.
        let until = deadline.min(at + work);
        self.report.record_writes += 2 + (until - at) / 15_000;
        let late = u64::try_from(self.minute - self.start).unwrap_or_default();
        let shard = &mut self.shards[place];
        shard.busy = until;
        shard.left = work - (until - at);
        shard.is_done = shard.left == 0;
        if shard.is_done {
            self.report.longest_seconds = self.report.longest_seconds.max(work / 1_000);
        } else {
            self.report.first_late_minute.get_or_insert(late);
        }
        until
    }

    pub(super) fn report(self, settings: Settings, feeds: &[Feed]) -> Report {
        let left: u64 = self.shards.iter().map(|shard| shard.left).sum();
        let mut sizes = vec![0_u64; settings.shards as usize];
        for feed in feeds {
            sizes[feed.shard as usize] += 1;
        }
        let mut report = self.report;
        report.settings = Some(settings);
        report.left_seconds = left / 1_000;
        report.smallest_shard = sizes.iter().copied().min().unwrap_or_default();
        report.largest_shard = sizes.iter().copied().max().unwrap_or_default();
        let ticks = cost(
            report.record_reads + report.page_reads,
            report.record_writes,
        );
        report.price(ticks)
    }
}
