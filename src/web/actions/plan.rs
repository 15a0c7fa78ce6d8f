//! The picture of a feed's plan: its posts of 90 days above, its checks below. From the summary and the sweeps that this
//! instance remembers: nothing is read or written for it.

use std::fmt::Write as _;

use chrono::Datelike;

use crate::feeds::FeedSummary;
use crate::feeds::phase::spread;
use crate::shelf::Subscription;
use crate::timestamp::{Timestamp, from_micros, minute_of};
use crate::update::schedule::{Sweep, interval, next_check};
use crate::web::words;

/// Days that the picture shows.
pub(crate) const DAYS: usize = 90;
const DAY: i64 = 24 * 60;

/// The day of a moment in the reader's zone, counted from some day on.
fn day_of(at: Timestamp) -> i64 {
    words::local(at).date_naive().num_days_from_ce().into()
}

/// What is known of a feed's last 90 days; the last day is today.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Posts of each day.
    pub posts: [u32; DAYS],
    /// Checks of each day.
    pub checks: [u32; DAYS],
    /// The first day whose posts are all known: older ones aren't kept.
    pub posts_from: usize,
    /// The first day whose checks are remembered; those before are drawn from the plan.
    pub checks_from: usize,
    /// How many days from today the next check is; `None` if there is none.
    pub next: Option<i64>,
}

impl Plan {
    /// The plan of a feed at a moment.
    pub(crate) fn of(
        one: &Subscription,
        summary: &FeedSummary,
        sweeps: &[Sweep],
        now: Timestamp,
    ) -> Self {
        let today = day_of(now);
        let place = |day: i64| {
            let back = usize::try_from(today - day).ok()?;
            (DAYS - 1).checked_sub(back)
        };
        let mut posts = [0; DAYS];
        let mut oldest = i64::MAX;
        for seq in summary.first..=summary.last {
            let Some(second) = summary.times.second(summary.last, seq) else {
                continue;
            };
            oldest = oldest.min(i64::from(second));
            let at = Timestamp::from_timestamp(i64::from(second), 0).unwrap_or(now);
            if let Some(at) = place(day_of(at)) {
                posts[at] += 1;
            }
        }
        // What came before the oldest kept article isn't known, unless that is the feed's first.
        let is_whole = summary.first <= 1 || oldest == i64::MAX;
        let posts_from = match is_whole {
            true => 0,
            false => {
                let at = Timestamp::from_timestamp(oldest, 0).unwrap_or(now);
                place(day_of(at)).unwrap_or(0)
            }
        };
        let minute = minute_of(now);
        let own = spread(one.feed);
        // What was before it came onto this shelf isn't known.
        let since = one.position.div_euclid(60_000_000);
        let of_minute = |minute: i64| day_of(from_micros(minute * 60_000_000));
        let remembered = sweeps.first().map_or(minute, |sweep| sweep.0);
        let mut checks = [0; DAYS];
        let mut note = |at: i64| {
            if let Some(at) = place(of_minute(at)) {
                checks[at] += 1;
            }
        };
        let mut asked = i64::MIN / 2;
        let pause = interval(summary, minute);
        for &Sweep(from, to, at) in sweeps {
            let due = own.next_due(summary.tier, from);
            if due.is_some_and(|due| due <= to) && at >= asked + pause && at >= since {
                asked = at;
                note(at);
            }
        }
        let begin = since.max(minute - DAYS as i64 * DAY);
        let mut at = begin;
        while let Some(due) = own
            .next_due(summary.tier, at)
            .filter(|&due| due < remembered)
        {
            note(due);
            at = due;
        }
        Self {
            posts,
            checks,
            posts_from,
            checks_from: place(of_minute(remembered.max(since))).unwrap_or(0),
            next: next_check(own, summary, sweeps, minute).map(|at| (of_minute(at) - today).max(0)),
        }
    }

    /// Posts of the days that are known.
    pub(crate) fn sum(&self) -> u32 {
        self.posts.iter().sum()
    }

    /// The bars of the small picture, 184 by 30, as a path: one a day that had posts, 1.9 wide.
    pub(crate) fn bars(&self) -> String {
        let mut path = String::new();
        for (day, &count) in self
            .posts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            let x = 1.0 + day as f32 * 1.9;
            let height = (3.0 + 5.0 * (1.0 + count as f32).log2()).min(20.0);
            // Writing to a string cannot fail.
            let _ = write!(path, "M{x:.1} 21v-{height:.0}");
        }
        path
    }

    /// The ticks of the small picture.
    pub(crate) fn ticks(&self) -> String {
        let mut path = String::new();
        for (day, _) in self
            .checks
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            let x = 1.0 + day as f32 * 1.9;
            let _ = write!(path, "M{x:.1} 24v3");
        }
        path
    }

    /// Where the next check's ring stands in the small picture.
    pub(crate) fn ring(&self) -> Option<f32> {
        let days = self.next?.min(4);
        Some((DAYS as f32 + days as f32).mul_add(1.9, 4.0).min(179.0))
    }
}
