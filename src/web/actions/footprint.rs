//! A reader's footprint: what this month took for them, from what was counted anyway.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use crate::app::App;
use crate::datastore::{Cost, StoreError};
use crate::ids::UserId;
use crate::pricing::Prices;
use crate::refresh::record;
use crate::shelf::Shelf;
use crate::timestamp::Timestamp;
use crate::update::schedule::min_interval;
use crate::usage_log::{self, Day, Fetches, Sum};
use crate::web::problem::{HandlerResult, Problem};

/// The region whose list prices are taken.
const REGION: &str = "us-central1";

/// What this month took for a reader.
#[derive(Clone, Debug)]
pub(crate) struct Footprint {
    pub month: Month,
    pub share: Share,
    /// This month's days, the oldest first.
    pub days: Vec<Day>,
    /// By the list prices.
    pub dollars: f64,
    /// The day of those prices.
    pub priced: String,
}

impl Footprint {
    /// Two reads; none where the records were read in the last ten minutes.
    ///
    /// # Errors
    /// A [`Problem`] from the store's error.
    pub(crate) async fn of(
        app: &App,
        shelf: &Shelf,
        user: UserId,
        now: Timestamp,
    ) -> HandlerResult<Self> {
        let mut days = counted(app, now).await?.to_vec();
        usage_log::put(&mut days, &app.tally.so_far());
        let today = now.date_naive();
        let this_month = |day: &Day| {
            date_of(day.day)
                .is_some_and(|on| (on.year(), on.month()) == (today.year(), today.month()))
        };
        let share = Share::of(shelf, &days, user.0, today);
        days.retain(this_month);
        let month = Month::of(&days, share, user.0);
        let prices = Prices::ours().map_err(|error| Problem::internal(&error))?;
        Ok(Self {
            month,
            share,
            days,
            dollars: prices.list_price(month.cost, REGION).unwrap_or_default(),
            priced: prices.date.to_string(),
        })
    }
}

/// The days in the records.
async fn counted(app: &App, now: Timestamp) -> Result<Arc<[Day]>, StoreError> {
    if let Some(days) = app.tally.remembered(now) {
        return Ok(days);
    }
    let mut days = usage_log::days(&app.store).await?;
    usage_log::put(&mut days, &record::today(&app.store).await?);
    app.tally.remember(now, days.clone());
    Ok(days.into())
}

fn date_of(day: i64) -> Option<NaiveDate> {
    chrono::DateTime::from_timestamp(day * 24 * 60 * 60, 0).map(|at| at.date_naive())
}

/// Which part of what was done was done for one reader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Share {
    /// All: nobody else was here.
    All,
    /// About so much, by the plans of their feeds, each divided by its readers.
    About(f64),
    /// Not known until a day is over.
    Later,
}

impl Share {
    fn of(shelf: &Shelf, days: &[Day], user: i64, today: NaiveDate) -> Self {
        if days
            .iter()
            .all(|day| day.readers.keys().all(|&reader| reader == user))
        {
            return Self::All;
        }
        let planned: f64 = shelf
            .subscriptions
            .iter()
            .filter(|one| one.pause.is_none())
            .filter_map(|one| {
                let summary = shelf.summary(one.feed)?;
                let every = summary.tier.period()?.max(min_interval(summary));
                let a_day = 24.0 * 60.0 / every.max(1) as f64;
                Some(a_day / f64::from(summary.subscribers.max(1)))
            })
            .sum();
        let over = days.iter().filter(|day| date_of(day.day) != Some(today));
        let over: Vec<u64> = over
            .map(|day| day.fetches.sent)
            .filter(|&sent| sent > 0)
            .collect();
        if over.is_empty() {
            return Self::Later;
        }
        let sent = over.iter().sum::<u64>() as f64 / over.len() as f64;
        Self::About((planned / sent.max(planned).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0))
    }

    fn part(self, number: u64) -> u64 {
        match self {
            Self::All | Self::Later => number,
            Self::About(share) => (number as f64 * share).round() as u64,
        }
    }
}

/// A reader's month.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Month {
    /// How often the service woke for them.
    pub woke: u64,
    pub fetches: Fetches,
    pub cost: Cost,
    /// Whether what their own pages cost is known: only the most expensive readers' is counted.
    pub is_own_known: bool,
}

impl Month {
    fn of(days: &[Day], share: Share, user: i64) -> Self {
        let mut all = Fetches::default();
        let (mut ticks, mut own) = (Sum::default(), None);
        for day in days {
            all.add(day.fetches);
            ticks = ticks.and(day.ticks);
            if let Some(sum) = day.readers.get(&user) {
                own = Some(own.unwrap_or(Sum::default()).and(*sum));
            }
        }
        let theirs = own.unwrap_or_default();
        Self {
            woke: share.part(ticks.count),
            fetches: Fetches {
                sent: share.part(all.sent),
                unchanged: share.part(all.unchanged),
                shared: share.part(all.shared),
                pushed: share.part(all.pushed),
            },
            cost: Cost {
                reads: share.part(ticks.reads) + theirs.reads,
                small: 0,
                writes: share.part(ticks.writes) + theirs.writes,
                deletes: share.part(ticks.deletes) + theirs.deletes,
            },
            is_own_known: own.is_some(),
        }
    }
}
