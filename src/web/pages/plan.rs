//! One feed's plan: what it posted, when it was checked and is checked next, and why. Nothing is stored for it.

use axum::extract::State;
use axum::response::Response;
use chrono::TimeDelta;
use http::HeaderMap;

use super::{frame_of, with_flash};
use crate::app::AppState;
use crate::feeds::phase::spread;
use crate::feeds::{FeedSummary, PollTier};
use crate::ids::FeedId;
use crate::shelf::{Scope, Shelf, Subscription};
use crate::timestamp::{Timestamp, from_micros};
use crate::update::schedule::{MIN_INTERVAL, Sweep, interval, min_interval};
use crate::web::actions::plan::{DAYS, Plan};
use crate::web::current_user::CurrentUser;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Place, PlanBar, PlanPage, PlanTick};
use crate::web::words::polling::check_times;
use crate::web::words::{self, msg, t};

/// Width of a day in the picture.
const DAY_WIDTH: usize = 10;
/// Height of the tallest bar.
const TALLEST: u32 = 70;

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    PathId(id): PathId<FeedId>,
) -> HandlerResult<Response> {
    let shelf = current.arrives(&app).await?;
    let one = shelf.subscription(id).ok_or_else(Problem::not_found)?;
    let summary = shelf.summary(id).ok_or_else(Problem::not_found)?;
    let (now, known) = (app.clock.now(), app.in_flight.known());
    let plan = Plan::of(one, summary, known.sweeps.of(&summary.url), now);
    let day = |place: usize| {
        let back = i64::try_from(DAYS - 1 - place).unwrap_or_default();
        words::day_of_month(now - TimeDelta::days(back))
    };
    let most = plan.posts.iter().copied().max().unwrap_or_default().max(1);
    let bars = plan
        .posts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0);
    let bars = bars.map(|(place, &count)| PlanBar {
        x: place * DAY_WIDTH + 2,
        height: (TALLEST * count / most).max(4),
        day: day(place),
        count,
    });
    let ticks = (0..DAYS).filter(|&place| plan.checks[place] > 0);
    let ticks = ticks.map(|place| PlanTick {
        x: place * DAY_WIDTH + 2,
        found: plan.posts[place] > 0,
        remembered: place >= plan.checks_from,
    });
    let page = PlanPage {
        frame: frame_of(
            &current,
            &shelf,
            &shelf.title(id),
            Place::Elsewhere,
            Some(&Scope::Feed(id)),
        ),
        href: feed_href(id),
        rhythm: rhythm(summary),
        checked: match one.pause {
            Some(_) => super::pausing::pause_said(one),
            None => check_times(id, summary, &known, now),
        },
        bars: bars.collect(),
        ticks: ticks.collect(),
        most,
        posts_from: (plan.posts_from > 0).then(|| {
            msg("plan-posts-from")
                .text("date", day(plan.posts_from))
                .into()
        }),
        checks_from: msg("plan-checks-from")
            .text("date", day(plan.checks_from))
            .into(),
        next: plan.next.map(|days| {
            let days = usize::try_from(days.min(2)).unwrap_or_default();
            (DAYS + days) * DAY_WIDTH + 6
        }),
        labels: [0, 30, 60]
            .map(|place| (place * DAY_WIDTH, day(place)))
            .to_vec(),
        posts: words::count(u64::from(plan.sum()), "count-article"),
        days: rows(&plan, &day),
        last: last_checks(one, summary, known.sweeps.of(&summary.url), now),
        why: why(&shelf, id, summary, now),
    };
    Ok(with_flash(Html(page), &headers))
}

/// "Posts about every 2 days."
fn rhythm(summary: &FeedSummary) -> String {
    match summary.gap {
        0 => t("plan-rhythm-unknown").to_owned(),
        gap => msg("plan-rhythm").text("every", words::every(gap)).into(),
    }
}

/// The days that had posts, newest first, for the table: the day and how many.
fn rows(plan: &Plan, day: &impl Fn(usize) -> String) -> Vec<(String, u32)> {
    let days = (0..DAYS).rev().filter(|&place| plan.posts[place] > 0);
    days.map(|place| (day(place), plan.posts[place])).collect()
}

/// The remembered checks, newest first.
fn last_checks(
    one: &Subscription,
    summary: &FeedSummary,
    sweeps: &[Sweep],
    now: Timestamp,
) -> Vec<String> {
    /// Most that are listed.
    const MOST: usize = 12;
    let own = spread(one.feed);
    let since = one.position.div_euclid(60_000_000);
    let pause = interval(summary, crate::timestamp::minute_of(now));
    let mut asked = i64::MIN / 2;
    let mut at: Vec<i64> = Vec::new();
    for &Sweep(from, to, minute) in sweeps {
        let due = own.next_due(summary.tier, from);
        // One that came too early was skipped.
        if due.is_some_and(|due| due <= to) && minute >= asked + pause && minute >= since {
            asked = minute;
            at.push(minute);
        }
    }
    at.extend(Some(summary.asked).filter(|&asked| asked > 0));
    at.sort_unstable();
    at.dedup();
    let past = at
        .into_iter()
        .rev()
        .map(|minute| from_micros(minute * 60_000_000));
    past.filter(|at| *at <= now)
        .take(MOST)
        .map(words::day_and_time)
        .collect()
}

/// What keeps the feed from being checked more often: only what is true of it.
fn why(shelf: &Shelf, id: FeedId, summary: &FeedSummary, now: Timestamp) -> Vec<String> {
    let mut why = vec![t("plan-why-hour").to_owned()];
    if summary.subscribers > 1 {
        why.push(
            msg("plan-why-others")
                .number("n", summary.subscribers)
                .into(),
        );
    }
    if !summary.has_validators() {
        why.push(t("plan-why-validators").to_owned());
    }
    let least = summary.hints.least();
    if least > MIN_INTERVAL && least >= min_interval(summary) {
        let span = words::span(least);
        why.push(msg("plan-why-wish").text("span", span).into());
    }
    match summary.is_pushed(crate::timestamp::minute_of(now)) {
        true => why.push(t("plan-why-pushed").to_owned()),
        false => why.push(t("plan-why-no-hub").to_owned()),
    }
    if summary.tier == PollTier::Off
        && shelf
            .subscription(id)
            .is_some_and(|one| one.pause.is_some())
    {
        why.push(t("plan-why-paused").to_owned());
    }
    why.push(t("plan-why-asleep").to_owned());
    why
}
