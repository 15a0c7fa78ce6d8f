//! A reader's footprint: what this month took for them, from what was counted anyway.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};

use super::plain_frame;
use crate::app::AppState;
use crate::datastore::{Cost, StoreError};
use crate::pricing::Prices;
use crate::refresh::record;
use crate::shelf::Shelf;
use crate::update::schedule::min_interval;
use crate::usage_log::{self, Day, Fetches, Sum};
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{FootprintDay, FootprintPage, JournalTab, Place};
use crate::web::words::{self, msg, t, thousands};

/// The region whose list prices are taken.
const REGION: &str = "us-central1";

/// Two reads besides the frame's; none where the records were read in the last ten minutes.
pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    let title = t("footprint-title");
    let (frame, shelf) = plain_frame(&app, &current, title, Place::Journal).await?;
    let mut days = counted(&app, current.now).await?.to_vec();
    usage_log::put(&mut days, &app.tally.so_far());
    let today = current.now.date_naive();
    let this_month = |day: &Day| {
        date_of(day.day).is_some_and(|on| (on.year(), on.month()) == (today.year(), today.month()))
    };
    let share = Share::of(&shelf, &days, current.user.id.0, today);
    days.retain(this_month);
    let month = Month::of(&days, share, current.user.id.0);
    let prices = Prices::ours().map_err(|error| Problem::internal(&error))?;
    let cents = prices.list_price(month.cost, REGION).unwrap_or_default();
    let money = money(cents);
    let is_empty = month.woke == 0 && month.fetches.is_nothing();
    let sentence = match is_empty {
        true => t("footprint-empty").to_owned(),
        false => msg(match share {
            Share::Later => "footprint-sentence-all",
            _ => "footprint-sentence",
        })
        .text("woke", words::count(month.woke, "footprint-times"))
        .text(
            "sent",
            words::count(month.fetches.sent, "footprint-requests"),
        )
        .text(
            "spared",
            words::count(month.fetches.spared(), "footprint-downloads"),
        )
        .text("money", &money)
        .into(),
    };
    let figures = [
        (month.woke, "footprint-woke"),
        (month.fetches.sent, "footprint-sent"),
        (month.fetches.unchanged, "footprint-unchanged"),
        (month.fetches.shared, "footprint-shared"),
        (month.fetches.pushed, "footprint-pushed"),
    ];
    let figures = figures.map(|(number, what)| (thousands(number), t(what).to_owned()));
    let mut figures = figures.to_vec();
    figures.push((money, t("footprint-cost").to_owned()));
    let page = FootprintPage {
        tab: JournalTab::Footprint,
        sentence,
        figures,
        notes: notes(share, month.is_own_known, &prices.date),
        days: days.iter().rev().map(day_row).collect(),
        is_empty,
        frame,
    };
    Ok(Html(page).into_response())
}

/// The days in the records.
async fn counted(
    app: &AppState,
    now: crate::timestamp::Timestamp,
) -> Result<Arc<[Day]>, StoreError> {
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
enum Share {
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
struct Month {
    woke: u64,
    fetches: Fetches,
    cost: Cost,
    /// Whether what their own pages cost is known: only the most expensive readers' is counted.
    is_own_known: bool,
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

/// `$0.0042`: as many digits as show that it isn't nothing.
fn money(dollars: f64) -> String {
    match dollars {
        dollars if dollars >= 0.1 => format!("${dollars:.2}"),
        dollars if dollars < 0.000_05 && dollars > 0.0 => "< $0.0001".to_owned(),
        dollars => format!("${dollars:.4}"),
    }
}

fn notes(share: Share, is_own_known: bool, date: &str) -> Vec<String> {
    let mut notes = Vec::new();
    notes.push(match share {
        Share::All => t("footprint-all").to_owned(),
        Share::Later => t("footprint-later").to_owned(),
        Share::About(share) => {
            let percent = format!("{:.1}", share * 100.0);
            msg("footprint-share").text("percent", percent).into()
        }
    });
    notes.push(msg("footprint-price").text("date", date).into());
    if !is_own_known {
        notes.push(t("footprint-own-unknown").to_owned());
    }
    notes
}

fn day_row(day: &Day) -> FootprintDay {
    let at = chrono::DateTime::from_timestamp(day.day * 24 * 60 * 60, 0).unwrap_or_default();
    FootprintDay {
        day: words::day_of_month(at),
        woke: thousands(day.ticks.count),
        sent: thousands(day.fetches.sent),
        spared: thousands(day.fetches.spared()),
    }
}
