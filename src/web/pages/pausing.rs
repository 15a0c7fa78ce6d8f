//! Pauses: of one feed, for a time or until it is ended; a trial; and a holiday of the whole shelf.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::FeedId;
use crate::shelf::{Shelf, Subscription, pausing, store};
use crate::timestamp::{Timestamp, from_micros, minute_of};
use crate::users::User;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::HolidayNote;
use crate::web::words::{self, msg, t};

const DAY: i64 = 24 * 60;
/// Longest pause with an end, in days.
const MOST_DAYS: i64 = 366;
/// Most feeds that one request pauses for a holiday; the next one goes on.
const FEEDS_A_REQUEST: usize = 1_000;

/// How long, and where to go then.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// Empty until the user ends it.
    days: String,
    /// The day on which it ends, `2026-12-24`, in place of that.
    until: String,
    #[serde(rename = "return")]
    return_to: String,
}

impl Typed {
    /// The minute of the end; `None` for none.
    ///
    /// # Errors
    /// 422 unless it is empty or 1 to 366.
    pub(super) fn until(days: &str, now: Timestamp) -> HandlerResult<Option<i64>> {
        let days = days.trim();
        if days.is_empty() {
            return Ok(None);
        }
        let number = days.parse::<i64>().ok();
        let number = number.filter(|days| (1..=MOST_DAYS).contains(days));
        let number = number.ok_or_else(|| super::choices::wrong("days", days))?;
        Ok(Some(minute_of(now) + number * DAY))
    }

    /// The minute of the end, by its day or by the number of days; `None` for none.
    ///
    /// # Errors
    /// 422 for another day than one within a year.
    fn end(&self, now: Timestamp) -> HandlerResult<Option<i64>> {
        let day = self.until.trim();
        if day.is_empty() {
            return Self::until(&self.days, now);
        }
        let parsed = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").ok();
        let begins = parsed.and_then(|day| day.and_hms_opt(0, 0, 0));
        let minute = begins.map(|at| minute_of(at.and_utc()));
        let (from, to) = (minute_of(now), minute_of(now) + MOST_DAYS * DAY);
        let minute = minute.filter(|minute| (from + 1..=to).contains(minute));
        let minute = minute.ok_or_else(|| super::choices::wrong("until", day))?;
        Ok(Some(minute))
    }

    fn back(&self, id: FeedId) -> String {
        match self.return_to.as_str() {
            "" => format!("/feed/{id}/settings"),
            other => flash::local(other),
        }
    }
}

fn known(result: Result<(), StoreError>) -> HandlerResult<()> {
    match result {
        Err(StoreError::NotFound(_)) => Err(Problem::not_found()),
        other => Ok(other?),
    }
}

pub(super) async fn pause(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let until = typed.end(current.now)?;
    let user = current.user.id;
    known(pausing::pause(&app.store, user, id, until, current.now).await)?;
    let text = match until {
        Some(until) => msg("feeds-paused-until")
            .text("date", words::date(from_micros(until * 60_000_000)))
            .into(),
        None => t("feeds-paused").to_owned(),
    };
    Ok(flash::redirect(&typed.back(id), text, None))
}

pub(super) async fn resume(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let user = current.user.id;
    let resumed = pausing::resume(&app.store, user, id, current.now).await;
    known(resumed.map(drop))?;
    Ok(flash::redirect(&typed.back(id), t("feed-resumed"), None))
}

/// Begins a trial, or ends it: then the feed stays.
pub(super) async fn trial(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<FeedId>,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let until = Typed::until(&typed.days, current.now)?;
    let set = store::change(&app.store, current.user.id, id, |one| one.trial = until).await;
    known(set)?;
    let text = match until {
        Some(until) => msg("feed-trial-until")
            .text("date", words::date(from_micros(until * 60_000_000)))
            .into(),
        None => t("feed-stays").to_owned(),
    };
    Ok(flash::redirect(&typed.back(id), text, None))
}

/// "Paused until Sunday 22 November 2026."
pub(super) fn pause_said(one: &Subscription) -> String {
    match one.pause.and_then(|pause| pause.until) {
        Some(until) => msg("feeds-paused-until")
            .text("date", words::date(from_micros(until * 60_000_000)))
            .into(),
        None => t("feeds-paused").to_owned(),
    }
}

/// What pages say of a holiday; `None` if there is none.
pub(super) fn said(user: &User, now: Timestamp) -> Option<HolidayNote> {
    let holiday = user.profile.holiday.as_ref()?;
    let until = holiday.until.filter(|&until| until > minute_of(now));
    Some(HolidayNote {
        text: match until {
            Some(until) => msg("holiday-until")
                .text("date", words::date(from_micros(until * 60_000_000)))
                .into(),
            None => t("holiday-on").to_owned(),
        },
    })
}

/// Pauses the whole shelf.
pub(super) async fn holiday(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let until = typed.end(current.now)?;
    let user = current.user.id;
    let last = Shelf::load(&app.store, user).await?.newest();
    let (store, now) = (&app.store, current.now);
    let begun = pausing::begin_holiday(store, user, until, &last, now, FEEDS_A_REQUEST);
    let text = match begun.await? {
        0 => t("holiday-begun").to_owned(),
        left => msg("holiday-left").number("n", left).into(),
    };
    Ok(flash::redirect("/feeds", text, None))
}

/// Ends it. What came meanwhile is unread: the newest ten of each feed are offered alone.
pub(super) async fn end_holiday(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    pausing::end_holiday(&app.store, current.user.id).await?;
    Ok(flash::redirect("/unread", t("holiday-over"), None))
}
