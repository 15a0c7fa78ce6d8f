//! How long something lasts, as it is asked for; and how a feed's older articles come one by one.

use http::StatusCode;

use crate::app::App;
use crate::feeds;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::Shelf;
use crate::shelf::subscription::Drip;
use crate::timestamp::{Timestamp, minute_of};
use crate::web::problem::{HandlerResult, Problem};

const DAY: i64 = 24 * 60;
/// Longest pause with an end, in days.
pub(crate) const MOST_DAYS: i64 = 366;

/// The minute after so many days; `None` for none, which is 0.
///
/// # Errors
/// 422 unless there are 0 to 366.
pub(crate) fn days_from(days: i64, now: Timestamp) -> HandlerResult<Option<i64>> {
    match days {
        0 => Ok(None),
        1..=MOST_DAYS => Ok(Some(minute_of(now) + days * DAY)),
        _ => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_days",
            format!("“{days}” isn’t a number of days that can be chosen"),
            "Nothing was changed. Choose 1 to 366, or 0 for no end.",
        )),
    }
}

/// Begins to let a feed's older articles come one by one; `None` if it has no more than come at once. One read, and a write where
/// some of them counted as read without having been.
///
/// # Errors
/// 404 if the feed isn't there.
pub(crate) async fn begin_drip(
    app: &App,
    shelf: &mut Shelf,
    id: FeedId,
    now: Timestamp,
) -> HandlerResult<Option<Drip>> {
    let feed = feeds::store::get(&app.store, id).await?;
    let summary = feed.ok_or_else(Problem::not_found)?.summary;
    let minute = minute_of(now);
    let drip = Drip {
        since: minute,
        first: summary.first,
        last: summary.last,
    };
    if drip.held(minute).is_empty() {
        return Ok(None);
    }
    // What was there before counts as read without having been.
    let known = shelf.subscription(id).filter(|one| one.drip.is_none());
    let never = known.map(|one| drip.first..shelf.offered_from(one).min(drip.last + 1));
    if let Some(never) = never.filter(|never| !never.is_empty()) {
        let ids: Vec<ArticleId> = never.map(|seq| ArticleId { feed: id, seq }).collect();
        shelf.mark(&app.store, now, None, &[], &ids).await?;
    }
    Ok(Some(drip))
}
