//! All feeds: which are in trouble, which are paused for everybody; and the hosts that nothing is fetched from.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::Administrator;
use super::audit::bad_place;
use crate::app::AppState;
use crate::datastore::Cursor;
use crate::feeds::{self, FeedSummary, Head};
use crate::refresh::record;
use crate::timestamp::minute_of;
use crate::users::audit::By;
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::pages::with_flash;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Event};
use crate::web::view::{AdminFeedRow, AdminFeedsPage, AdminTab};
use crate::web::words::{self, hue, letter, segment, t, told};

/// How far one page looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    /// Feeds of one read.
    pub(super) feeds: u32,
    /// Reads at most.
    pub(super) looks: usize,
    /// No further read once so many were found.
    pub(super) enough: usize,
}

/// A page of all feeds.
const A_PAGE: Reach = Reach {
    feeds: 50,
    looks: 1,
    enough: 50,
};
/// A page of those that are looked for.
const A_SEARCH: Reach = Reach {
    feeds: 1_000,
    looks: 3,
    enough: 50,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `all` or `paused`; otherwise those in trouble.
    show: String,
    /// A part of a title or an address.
    q: String,
    /// Where the page begins.
    from: Option<String>,
}

/// Feeds that were looked through.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) found: Vec<Head>,
    /// Where the next look begins; `None` at the end.
    pub(super) next: Option<String>,
}

/// Looks through feeds, until enough fit or so many looks are over. One read a look.
pub(super) async fn look(
    app: &AppState,
    from: Option<&str>,
    reach: Reach,
    fits: impl Fn(&Head, &FeedSummary) -> bool,
) -> HandlerResult<Seen> {
    let mut cursor = from.map(Cursor::from_text).transpose().map_err(bad_place)?;
    let mut seen = Seen::default();
    for _ in 0..reach.looks {
        let page = feeds::store::all_heads(&app.store, cursor, reach.feeds).await;
        let (heads, next) = page.map_err(bad_place)?;
        let is_full = heads.len() == reach.feeds as usize;
        let fitting = heads.into_iter().filter(|head| fits(head, &head.summary));
        seen.found.extend(fitting);
        cursor = next.filter(|_| is_full);
        if cursor.is_none() || seen.found.len() >= reach.enough {
            break;
        }
    }
    seen.next = cursor.map(|cursor| cursor.to_text());
    Ok(seen)
}

/// One read for fifty feeds, or up to three through a thousand each, and one for the hosts, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let page = page(&app, &admin, asked, None).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(
    app: &AppState,
    admin: &Administrator,
    asked: Asked,
    error: Option<String>,
) -> HandlerResult<AdminFeedsPage> {
    let frame = admin.frame(app, t("admin-feeds")).await?;
    let show = match asked.show.as_str() {
        "all" => "all",
        "paused" => "paused",
        _ => "trouble",
    };
    let query = asked.q.trim().to_lowercase();
    let fits = |_: &Head, summary: &FeedSummary| {
        let is_one = match show {
            "all" => true,
            "paused" => summary.is_stopped,
            _ => summary.is_troubled(),
        };
        let named = || {
            let title = summary.title.to_lowercase();
            title.contains(&query) || summary.url.as_str().to_lowercase().contains(&query)
        };
        is_one && (query.is_empty() || named())
    };
    let reach = match show == "all" && query.is_empty() {
        true => A_PAGE,
        false => A_SEARCH,
    };
    let mut seen = look(app, asked.from.as_deref(), reach, fits).await?;
    seen.found.sort_by_cached_key(|head| {
        (
            !head.summary.is_troubled(),
            head.summary.title.to_lowercase(),
        )
    });
    let next = seen
        .next
        .map(|next| format!("/admin/feeds?show={show}&q={}&from={next}", segment(&query)));
    Ok(AdminFeedsPage {
        frame,
        tab: AdminTab::Feeds,
        query,
        show,
        feeds: seen.found.iter().map(row).collect(),
        next,
        hosts: record::blocked_hosts(&app.store).await?,
        error,
    })
}

/// A feed in a list.
pub(super) fn row(head: &Head) -> AdminFeedRow {
    let summary = &head.summary;
    let title = match summary.title.as_str() {
        "" => summary.url.to_string(),
        title => title.to_owned(),
    };
    AdminFeedRow {
        href: format!("/admin/feeds/{}", head.id),
        letter: letter(&title),
        hue: hue(head.id),
        state: state(summary),
        is_well: !summary.is_troubled(),
        readers: words::count(summary.subscribers.into(), "count-reader"),
        title,
    }
}

/// What is wrong with a feed, or that nothing is.
pub(super) fn state(summary: &FeedSummary) -> String {
    match &summary.error {
        _ if summary.is_stopped => t("feeds-is-paused").to_owned(),
        Some(error) if summary.is_troubled() => told(error).into_owned(),
        _ if summary.is_gone() => t("polling-gone").to_owned(),
        _ if summary.subscribers == 0 => t("feeds-nobodys").to_owned(),
        _ => t("feeds-well").to_owned(),
    }
}

/// The form about a host.
#[derive(Debug, Deserialize)]
pub(super) struct HostForm {
    #[serde(default)]
    host: String,
    #[serde(default, rename = "do")]
    act: String,
}

/// Blocks a host, or opens it again. One read and two writes.
pub(super) async fn hosts(
    State(app): State<AppState>,
    admin: Administrator,
    address: ClientAddress,
    Form(form): Form<HostForm>,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&admin.0, "/admin/feeds#hosts").await? {
        return Ok(question);
    }
    let Some(host) = record::host_as_typed(&form.host) else {
        return refused(&app, &admin, t("hosts-wrong")).await;
    };
    let is_blocked = match form.act.as_str() {
        "block" => true,
        "unblock" => false,
        _ => return refused(&app, &admin, t("hosts-wrong")).await,
    };
    let (event, said) = match is_blocked {
        true => (Event::HostBlocked, t("hosts-now-blocked")),
        false => (Event::HostUnblocked, t("hosts-now-open")),
    };
    let by = By::User(admin.user().id);
    let line = security::line(&app, event, address.0, (by, None, &host));
    let done = record::block_host(&app.store, &host, is_blocked, &line).await?;
    let Some(blocked) = done else {
        return refused(&app, &admin, t("hosts-full")).await;
    };
    let minute = minute_of(app.clock.now());
    app.in_flight.pauses().learn_blocked(&blocked, minute);
    security::note(event, address.0, Some(admin.user().id));
    Ok(flash::redirect("/admin/feeds#hosts", said, None))
}

async fn refused(app: &AppState, admin: &Administrator, error: &str) -> HandlerResult<Response> {
    let page = page(app, admin, Asked::default(), Some(error.to_owned())).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
