//! Refreshing a feed on demand, within the reader's limit.

use http::StatusCode;

use crate::app::App;
use crate::ids::{FeedId, UserId};
use crate::refresh::feed::Refreshed;
use crate::refresh::on_demand::{self, Asked};
use crate::shelf::store;
use crate::web::problem::{Answer, Problem};
use crate::web::words;

/// Refreshes a feed of a reader's shelf now, unless its publisher's limits forbid it. Reads and writes as
/// [`on_demand::ask`], and a read to see that the feed is on the shelf.
///
/// # Errors
/// 404 where the feed isn't on the shelf; 429 where the reader has used up this hour's refreshes; the store's.
pub(crate) async fn refresh_feed(
    app: &App,
    user: UserId,
    is_admin: bool,
    feed: FeedId,
) -> Answer<Asked> {
    if store::get(&app.store, user, feed).await?.is_none() {
        return Err(Problem::not_found());
    }
    let max = app.config.quotas.of(is_admin).refreshes;
    let allowed = app.refresh_limit.refresh(user, max, app.clock.now());
    allowed.map_err(|wait| {
        let title =
            format!("You have refreshed {max} feeds within an hour, which is the limit here");
        let wait = words::span(i64::try_from(wait.minutes()).unwrap_or(60));
        let advice = format!("Feeds are also checked without you. Or try again in {wait}.");
        let status = StatusCode::TOO_MANY_REQUESTS;
        Problem::new(status, "too_many_refreshes", title, advice)
    })?;
    let asked = on_demand::ask(&app.tools()?, feed).await?;
    let asked = asked.ok_or_else(Problem::not_found)?;
    if let Asked::Done(Refreshed::News(count)) = &asked {
        app.news.note(app.clock.now(), &[(feed, *count)]);
    }
    Ok(asked)
}
