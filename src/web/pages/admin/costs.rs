//! What the service costs, for administrators: by route and by tick, today and the last thirty days.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Administrator;
use crate::app::AppState;
use crate::datastore::Cost;
use crate::ids::UserId;
use crate::pricing::{MONTH, Prices};
use crate::refresh::record;
use crate::usage_log::{self, Day, Sum};
use crate::users;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{AdminTab, Bar, CostRow, CostsPage, QuotaRow};
use crate::web::words::{self, msg, t, thousands};

/// Maximum rows of a table.
const ROWS: usize = 25;
/// The chart's height, and the width of a day in it.
const HEIGHT: f64 = 120.0;
const DAY_WIDTH: u32 = 20;

/// Which region's prices to use.
#[derive(Debug, Deserialize)]
pub(super) struct Where {
    region: Option<String>,
}

/// Two reads, plus those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
    Query(chosen): Query<Where>,
) -> HandlerResult<Response> {
    let frame = admin.frame(&app, t("costs-title")).await?;
    let days = days(&app).await?;
    let prices = Prices::ours().map_err(|error| Problem::internal(&error))?;
    let regions: Vec<String> = prices.regions().into_iter().map(str::to_owned).collect();
    let region = chosen.region.filter(|region| regions.contains(region));
    let region = region.unwrap_or_else(|| "us-central1".into());
    let now = app.clock.now();
    let today = now.timestamp().div_euclid(24 * 60 * 60);
    let quota = prices.free_quota();
    let this = this_day(&days, today);
    let page = CostsPage {
        frame,
        tab: AdminTab::Costs,
        forecast: forecast(&days, today, &prices, &region),
        prices_of: prices.date.clone(),
        quotas: quota_rows(this.total(), quota),
        bars: bars(&days, today, quota),
        width: DAY_WIDTH * 31,
        today: routes(std::iter::once(&this)),
        month: routes(days.iter()),
        ticks_today: cost_row("Ticks", this.ticks),
        ticks_month: cost_row("Ticks", Sum::of(days.iter().map(|day| day.ticks))),
        readers: readers(&app, &days).await?,
        days: day_rows(&days),
        region,
        regions,
    };
    Ok(Html(page).into_response())
}

/// All days that are known, today included. Two reads.
pub(super) async fn days(app: &AppState) -> HandlerResult<Vec<Day>> {
    let mut days = usage_log::days(&app.store).await?;
    usage_log::put(&mut days, &record::today(&app.store).await?);
    usage_log::put(&mut days, &app.tally.so_far());
    Ok(days)
}

/// What was counted on one of them.
pub(super) fn this_day(days: &[Day], today: i64) -> Day {
    let found = days.iter().find(|day| day.day == today);
    found.cloned().unwrap_or_default()
}

fn cost_row(name: impl Into<String>, sum: Sum) -> CostRow {
    CostRow {
        name: name.into(),
        count: thousands(sum.count),
        reads: thousands(sum.reads),
        writes: thousands(sum.writes),
        deletes: thousands(sum.deletes),
    }
}

fn most_expensive<K>(sums: impl Iterator<Item = (K, Sum)>) -> Vec<(K, Sum)> {
    let mut sums: Vec<(K, Sum)> = sums.collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse((sum.weight(), sum.count)));
    sums.truncate(ROWS);
    sums
}

fn routes<'d>(days: impl Iterator<Item = &'d Day>) -> Vec<CostRow> {
    let mut all: BTreeMap<&str, Vec<Sum>> = BTreeMap::new();
    for day in days {
        for (route, one) in &day.routes {
            all.entry(route).or_default().push(*one);
        }
    }
    let sums = all.into_iter().map(|(route, sums)| (route, Sum::of(sums)));
    most_expensive(sums)
        .into_iter()
        .map(|(route, sum)| cost_row(route, sum))
        .collect()
}

/// The most expensive readers, by their addresses. A read for each whose account isn't cached.
async fn readers(app: &AppState, days: &[Day]) -> HandlerResult<Vec<CostRow>> {
    let mut all: BTreeMap<i64, Vec<Sum>> = BTreeMap::new();
    for day in days {
        for (current, one) in &day.readers {
            all.entry(*current).or_default().push(*one);
        }
    }
    let sums = all
        .into_iter()
        .map(|(current, sums)| (current, Sum::of(sums)));
    let mut rows = Vec::new();
    for (id, sum) in most_expensive(sums) {
        let user = users::cached::cached(&app.store, UserId(id)).await?;
        let name = match user {
            Some(user) => user.profile.email.clone(),
            None => msg("costs-former").text("id", id).into(),
        };
        rows.push(cost_row(name, sum));
    }
    Ok(rows)
}

fn date(day: i64) -> String {
    let at = chrono::DateTime::from_timestamp(day * 24 * 60 * 60, 0).unwrap_or_default();
    words::day_of_month(at)
}

fn day_rows(days: &[Day]) -> Vec<CostRow> {
    let rows = days.iter().rev();
    rows.map(|day| cost_row(date(day.day), day.total()))
        .collect()
}

/// The cost of a month's database operations, like the last seven complete days; on the first day, like today so far.
pub(super) fn forecast(days: &[Day], today: i64, prices: &Prices, region: &str) -> String {
    let forecast = prices.forecast(days, today, region);
    let what = match forecast.is_of_days {
        true => "costs-like-days",
        false => "costs-like-today",
    };
    let money = format!("${:.2}", forecast.usd);
    msg(what).text("money", money).text("days", MONTH).into()
}

pub(super) fn quota_rows(today: Sum, quota: Cost) -> Vec<QuotaRow> {
    let row = |name: &'static str, used: u64, free: u64| QuotaRow {
        name,
        used: thousands(used),
        free: thousands(free),
        percent: (used * 100).div_ceil(free.max(1)),
    };
    vec![
        row(t("costs-reads"), today.reads, quota.reads),
        row(t("costs-writes"), today.writes, quota.writes),
        row(t("costs-deletes"), today.deletes, quota.deletes),
    ]
}

/// Two bars for each of the last 31 days: reads and writes as shares of the free quota, up to twice the quota.
fn bars(days: &[Day], today: i64, quota: Cost) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (place, day) in (0..31_u32).zip(today - 30..) {
        let total = days
            .iter()
            .find(|one| one.day == day)
            .map(Day::total)
            .unwrap_or_default();
        let x = place * DAY_WIDTH;
        for (offset, kind, said, used, free) in [
            (2, "reads", "costs-reads", total.reads, quota.reads),
            (10, "writes", "costs-writes", total.writes, quota.writes),
        ] {
            let share = used as f64 / free.max(1) as f64;
            let height = (share.min(2.0) * HEIGHT / 2.0).max(if used > 0 { 2.0 } else { 0.0 });
            bars.push(Bar {
                x: x + offset,
                y: format!("{:.1}", HEIGHT - height),
                height: format!("{height:.1}"),
                kind,
                title: format!("{}: {} {}", date(day), thousands(used), t(said)),
            });
        }
    }
    bars
}
