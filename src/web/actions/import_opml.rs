//! Importing OPML for programs.

use axum::body::Bytes;

use super::asking::room_for_feeds;
use super::import::too_many_imports;
use crate::app::AppState;
use crate::ids::UserId;
use crate::shelf::import_report::ImportReport;
use crate::shelf::{import, opml, store as shelves};
use crate::timestamp::minute_of;
use crate::web::by_token::quota_of;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};

/// Imports an OPML file that a program sent. Feeds are added at once and fetched by the next ticks; every line gets a result.
///
/// # Errors
/// 400 if it is none; 429 after too many within a day; 422 or 503 if there is no room for more.
pub(crate) async fn import_opml(
    app: &AppState,
    user: UserId,
    body: Bytes,
) -> HandlerResult<ImportReport> {
    let parsed = tokio::task::spawn_blocking(move || opml::read(&body)).await;
    let parsed = parsed.map_err(|error| Problem::internal(&error))?;
    let opml = parsed.map_err(|error| {
        let advice = "Send an OPML file as the request’s body.";
        Problem::bad_request("bad_opml", error.to_string(), advice)
    })?;
    let private = app.config.fetch.allow_private;
    let quota = quota_of(app, user).await?;
    let minute = minute_of(app.clock.now());
    let last = shelves::last_import(&app.store, user)
        .await?
        .unwrap_or_default();
    let most = quota.imports;
    last.allows(most, minute)
        .map_err(|until| too_many_imports(most, until - minute))?;
    room_for_feeds(app, user, quota).await?;
    // It is many commits; none without its line.
    let line = security::own_line(app, Event::Imported, None, (user, ""));
    app.store.commit(vec![line]).await?;
    let (store, clock, random) = (&app.store, &app.clock, (&app.secret, &app.random));
    let imported = import::import(store, clock, random, user, &opml, private, quota.shelf());
    let mut report = imported.await?;
    report.follow(&last, minute);
    shelves::put_import(&app.store, user, &report).await?;
    Ok(report)
}
