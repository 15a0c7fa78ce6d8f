//! `dormouse costs`

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::{Value, json};

use super::{Context, done, print, print_json};
use crate::datastore::Datastore;
use crate::pricing::{MONTH, Prices};
use crate::refresh::record;
use crate::usage_log::{self, Day, Sum};

/// Routes that are named: the most expensive.
const ROUTES: usize = 25;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Prints what was counted in the last days, by day and by route, and what a month like the last seven would cost.
pub(super) async fn run(
    context: &Context,
    region: &str,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let prices = Prices::ours()?;
    if !prices.regions().contains(&region) {
        let known = prices.regions().join(", ");
        anyhow::bail!("no prices are known of {region}; there are those of {known}");
    }
    let store = context.store("the page /admin/costs")?;
    let days = days(&store).await?;
    let today = context.clock.now().timestamp().div_euclid(DAY_SECONDS);
    let forecast = prices.forecast(&days, today, region);
    let routes = routes(&days);
    if json {
        let days = days.iter().map(|day| told("day", &date(day), day.total()));
        let routes = routes.iter().map(|(route, sum)| told("route", route, *sum));
        print_json(&json!({
            "days": days.collect::<Vec<_>>(),
            "routes": routes.collect::<Vec<_>>(),
            "usd_a_month": (forecast.usd * 100.0).round() / 100.0,
            "region": region,
        }))?;
        return done();
    }
    let row = |name: &str, sum: Sum| {
        let (reads, writes, deletes) = (sum.reads, sum.writes, sum.deletes);
        print(&format!(
            "{name}\t{}\t{reads}\t{writes}\t{deletes}",
            sum.count
        ));
    };
    for day in &days {
        row(&date(day), day.total());
    }
    for (route, sum) in routes {
        row(route, sum);
    }
    let like = match forecast.is_of_days {
        true => "the last complete days",
        false => "today so far",
    };
    let usd = forecast.usd;
    print(&format!(
        "${usd:.2} for a month of {MONTH} days like {like}, without storage and servers"
    ));
    done()
}

/// All days that are known. Two reads.
async fn days(store: &Datastore) -> anyhow::Result<Vec<Day>> {
    let mut days = usage_log::days(store).await?;
    usage_log::put(&mut days, &record::today(store).await?);
    Ok(days)
}

fn date(day: &Day) -> String {
    let at = DateTime::from_timestamp(day.day * DAY_SECONDS, 0).unwrap_or_default();
    at.format("%Y-%m-%d").to_string()
}

/// The most expensive ones, the most expensive first.
fn routes(days: &[Day]) -> Vec<(&str, Sum)> {
    let mut all: BTreeMap<&str, Sum> = BTreeMap::new();
    for (route, sum) in days.iter().flat_map(|day| &day.routes) {
        let one = all.entry(route).or_default();
        *one = one.and(*sum);
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(_, sum)| std::cmp::Reverse((sum.weight(), sum.count)));
    all.truncate(ROUTES);
    all
}

fn told(what: &str, name: &str, sum: Sum) -> Value {
    json!({
        what: name,
        "count": sum.count,
        "reads": sum.reads,
        "writes": sum.writes,
        "deletes": sum.deletes,
    })
}
