//! Refreshing a feed on demand, within the user's rate limit.

use http::StatusCode;

use crate::app::App;
use crate::config::Quota;
use crate::ids::{FeedId, UserId};
use crate::refresh::feed::Refreshed;
use crate::refresh::on_demand::{self, OnDemandResult};
use crate::shelf::store;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words;

/// Refreshes a feed on the user's shelf now, unless its publisher's limits forbid it. Costs as
/// [`on_demand::refresh_now`], and one read to check that the feed is on the shelf.
///
/// # Errors
/// 404 if the feed isn't on the shelf; 429 if the user has used up this hour's refreshes; a [`Problem`] from the
/// store's error if the store can't be read or written.
pub(crate) async fn refresh_feed(
    app: &App,
    user: UserId,
    quota: Quota,
    feed: FeedId,
) -> HandlerResult<OnDemandResult> {
    let Some((one, _, _)) = store::get(&app.store, user, feed).await? else {
        return Err(Problem::not_found());
    };
    if one.pause.is_some() {
        let advice = "Go on with it first, in its settings.";
        let status = StatusCode::CONFLICT;
        return Err(Problem::new(
            status,
            "paused",
            "You have paused this feed",
            advice,
        ));
    }
    let max = quota.refreshes;
    let allowed = app.refresh_limit.refresh(user, max, app.clock.now());
    allowed.map_err(|wait| {
        let times = words::count(u64::from(max), "count-time");
        let title =
            format!("You’ve used “Refresh now” {times} within an hour, which is the limit here");
        let wait = words::span(i64::try_from(wait.minutes()).unwrap_or(60));
        let advice = format!("Feeds are checked automatically. You can refresh again in {wait}.");
        let status = StatusCode::TOO_MANY_REQUESTS;
        Problem::new(status, "too_many_refreshes", title, advice)
    })?;
    let asked = on_demand::refresh_now(&app.refresh_context()?, feed).await?;
    let asked = asked.ok_or_else(Problem::not_found)?;
    if let OnDemandResult::Done(Refreshed::NewArticles(count)) = &asked {
        app.recent_arrivals.note(app.clock.now(), &[(feed, *count)]);
    }
    Ok(asked)
}
