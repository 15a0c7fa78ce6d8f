//! The limits of what users have us ask sites for.

use http::StatusCode;

use crate::app::App;
use crate::config::Quota;
use crate::feeds;
use crate::ids::{FeedId, UserId};
use crate::limits::Wait;
use crate::refresh::record;
use crate::refresh::sweep::is_full;
use crate::shelf::store as shelves;
use crate::timestamp::minute_of;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words;

/// Counts a search for a feed, and sees that there is room for one more. One read per 30 feeds on the shelf that aren't
/// cached.
///
/// # Errors
/// 429 if there were too many within an hour; 422 if the articles of the user's feeds have the bytes that they may have;
/// 503 if all readers' have.
pub(crate) async fn for_a_feed(app: &App, user: UserId, quota: Quota) -> HandlerResult<()> {
    let allowed = app.asking_limit.feed(user, quota.adds, app.clock.now());
    allowed.map_err(|wait| too_often("You’ve looked for feeds", quota.adds, wait))?;
    room_for_feeds(app, user, quota).await
}

/// Whether there is room for another feed, or a file of them.
///
/// # Errors
/// 422 if the articles of the user's feeds have the bytes that they may have; 503 if all readers' have.
pub(crate) async fn room_for_feeds(app: &App, user: UserId, quota: Quota) -> HandlerResult<()> {
    has_room(app).await?;
    let listed = shelves::cached_list(&app.store, user).await?;
    let ids: Vec<FeedId> = listed.all.iter().map(|one| one.feed).collect();
    let heads = feeds::store::cached_heads(&app.store, &ids).await?;
    let bytes: u64 = heads.iter().map(|(_, summary)| summary.bytes).sum();
    if quota.reader_mb > 0 && bytes >= quota.reader_mb * 1_024 * 1_024 {
        let title = format!(
            "The articles of your feeds have {} MB here, which is the limit",
            quota.reader_mb
        );
        let advice = "Remove a feed with large articles, and try again.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "shelf_full", title, advice));
    }
    Ok(())
}

/// Whether everything here together has room for more. Also learns which hosts are blocked: one read, if that was read longer ago than ten
/// minutes.
async fn has_room(app: &App) -> HandlerResult<()> {
    let minute = minute_of(app.clock.now());
    record::learn_blocked(&app.store, &app.in_flight.pauses(), minute).await?;
    let most = app.config.fetch.store_bytes;
    if !is_full(&app.store, &app.in_flight, most).await? {
        return Ok(());
    }
    let advice = "Everything here together has reached its limit of size. The administrator can raise it; feeds that nobody reads go after 90 days.";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let title = "There is no room for more";
    Err(Problem::new(status, "store_full", title, advice))
}

/// Counts an article's page.
///
/// # Errors
/// 429 if there were too many within an hour; 503 if there is no room for more.
pub(crate) async fn for_a_text(app: &App, user: UserId, quota: Quota) -> HandlerResult<()> {
    has_room(app).await?;
    let max = quota.texts;
    let allowed = app.asking_limit.text(user, max, app.clock.now());
    allowed.map_err(|wait| too_often("You’ve fetched full texts", max, wait))
}

/// Counts an episode's chapters, with the articles' pages: nothing of them is stored.
///
/// # Errors
/// 429 if there were too many within an hour.
pub(crate) fn for_chapters(app: &App, user: UserId, quota: Quota) -> HandlerResult<()> {
    let max = quota.texts;
    let allowed = app.asking_limit.text(user, max, app.clock.now());
    allowed.map_err(|wait| too_often("You’ve fetched full texts", max, wait))
}

fn too_often(what: &str, max: u32, wait: Wait) -> Problem {
    let times = words::count(u64::from(max), "count-time");
    let title = format!("{what} {times} within an hour, which is the limit here");
    let advice = format!("Try again in {}.", words::wait(wait));
    Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_searches",
            title,
            advice,
        )
    }
}
