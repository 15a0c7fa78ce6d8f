//! One feed of everybody, and what an administrator can do about it.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use http::HeaderMap;

use super::Administrator;
use super::feeds::state;
use crate::app::AppState;
use crate::feeds::{self, Feed};
use crate::ids::FeedId;
use crate::maintenance::orphans;
use crate::refresh::on_demand::refresh_now;
use crate::shelf::stopping;
use crate::users::audit::By;
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::pages::with_flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{AdminFeedPage, AdminTab};
use crate::web::words::polling::{check_times, check_times_apart, describe_result};
use crate::web::words::{self, msg, t};

/// Steps of removing a feed from shelves that one request takes: 50 shelves each.
const STEPS: usize = 10;

fn href(id: FeedId) -> String {
    format!("/admin/feeds/{id}")
}

async fn found(app: &AppState, id: FeedId) -> HandlerResult<Feed> {
    let feed = feeds::store::get(&app.store, id).await?;
    feed.ok_or_else(Problem::not_found)
}

fn title(feed: &Feed) -> String {
    match feed.summary.title.as_str() {
        "" => feed.summary.url.to_string(),
        title => title.to_owned(),
    }
}

/// One read, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
    headers: HeaderMap,
    PathId(id): PathId<FeedId>,
) -> HandlerResult<Response> {
    let feed = found(&app, id).await?;
    let summary = &feed.summary;
    let title = title(&feed);
    let numbers = summary.numbers(id);
    let count = (numbers.first..=numbers.last).count() as u64;
    let known = app.in_flight.known();
    let checks = match summary.is_gone() && summary.is_troubled() {
        // Why there is no next check is said before.
        true => check_times_apart(id, summary, known.sweeps.of(&summary.url), admin.0.now)
            .0
            .unwrap_or_default(),
        false => check_times(id, summary, &known, admin.0.now),
    };
    let page = AdminFeedPage {
        frame: admin.frame(&app, &title).await?,
        tab: AdminTab::Feeds,
        href: href(id),
        url: summary.url.to_string(),
        state: words::sentence(&state(summary)),
        is_well: !summary.is_troubled(),
        is_paused: summary.is_stopped,
        readers: words::count(summary.subscribers.into(), "count-reader"),
        checks,
        articles: msg("feed-articles")
            .number("n", count)
            .text("size", words::thousands(summary.bytes / 1_024))
            .into(),
        host: summary.url.host_str().unwrap_or_default().to_owned(),
        title,
    };
    Ok(with_flash(Html(page), &headers))
}

/// An act on a feed, by its name in the address.
pub(super) async fn act(
    State(app): State<AppState>,
    admin: Administrator,
    address: ClientAddress,
    Path((id, act)): Path<(String, String)>,
    RawForm(form): RawForm,
) -> HandlerResult<Response> {
    let id: FeedId = id.parse().map_err(|_| Problem::not_found())?;
    let (event, said) = match act.as_str() {
        "pause" => (Event::FeedPaused, "feed-now-paused"),
        "resume" => (Event::FeedResumed, "feed-now-resumed"),
        "refresh" => (Event::FeedRefreshed, ""),
        "remove" => (Event::FeedRemoved, "feed-now-removed"),
        _ => return Err(Problem::not_found()),
    };
    // What can't be taken back asks who it is.
    if event == Event::FeedRemoved
        && let Some(question) = proof::needed(&admin.0, &href(id)).await?
    {
        return Ok(question);
    }
    let feed = found(&app, id).await?;
    let by = By::User(admin.user().id);
    let about = feed.summary.url.as_str();
    let line = security::line(&app, event, address.0, (by, None, about));
    let now = admin.0.now;
    let text = match event {
        Event::FeedRefreshed => {
            let context = app.refresh_context()?;
            // It is many commits; none without its line.
            app.store.commit(vec![line]).await?;
            let done = refresh_now(&context, id).await?;
            describe_result(&done.ok_or_else(Problem::not_found)?, now)
        }
        Event::FeedRemoved => {
            let sure = url::form_urlencoded::parse(&form).any(|(name, _)| name == "sure");
            if !sure {
                return Ok(flash::redirect(&href(id), t("feed-remove-unsure"), None));
            }
            // Nobody fetches it meanwhile.
            stopping::set(&app.store, id, true, now, &line).await?;
            security::note(event, address.0, Some(admin.user().id));
            let mut is_gone = false;
            for _ in 0..STEPS {
                if stopping::remove_some(&app.store, id, now).await? {
                    is_gone = orphans::delete(&app.store, id, line.clone()).await?;
                    break;
                }
            }
            if !is_gone {
                return Ok(flash::redirect(&href(id), t("feed-remove-more"), None));
            }
            return Ok(flash::redirect("/admin/feeds", t(said), None));
        }
        _ => {
            let is_stopped = event == Event::FeedPaused;
            stopping::set(&app.store, id, is_stopped, now, &line).await?;
            t(said).to_owned()
        }
    };
    security::note(event, address.0, Some(admin.user().id));
    Ok(flash::redirect(&href(id), text, None))
}
