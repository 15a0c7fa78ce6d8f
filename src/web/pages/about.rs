//! The page for publishers, whose address is in our user agent.

use std::sync::LazyLock;

use axum::extract::{Query, State};
use http::StatusCode;
use serde::Deserialize;
use url::Url;

use crate::app::AppState;
use crate::client::http::introduction::opens_desk;
use crate::feeds;
use crate::web::assets::assets;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{AboutPage, Desk, DeskFeed, Frame};
use crate::web::words::polling::check_times_apart;
use crate::web::words::{self, t, told};

/// `docs/manners.md` as HTML. It is our own text, so it isn't sanitized.
static MANNERS: LazyLock<String> = LazyLock::new(|| {
    let text = include_str!("../../../docs/manners.md");
    let parser = pulldown_cmark::Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES);
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, parser);
    // A wide table scrolls by itself, not the page.
    html.replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>")
});

/// The key to one host's desk, as our user agent carries it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Key {
    #[serde(default)]
    site: String,
    #[serde(default)]
    key: String,
}

/// Most feeds of one host that are shown.
const MAX_FEEDS: u32 = 50;

pub(super) async fn fetcher(
    State(app): State<AppState>,
    Query(key): Query<Key>,
) -> HandlerResult<Html<AboutPage>> {
    let desk = match opens_desk(&app.secret, &key.site, &key.key) {
        true => Some(desk(&app, &key.site).await?),
        // Without a key nobody learns whom we read.
        false => None,
    };
    Ok(Html(AboutPage {
        frame: Frame::signed_out(t("desk-title"), assets().clone()),
        html: MANNERS.clone(),
        desk,
    }))
}

/// What is known of a host's feeds, and planned with them. One read.
async fn desk(app: &AppState, host: &str) -> HandlerResult<Desk> {
    let now = app.clock.now();
    app.desk_limit.look(host, now).map_err(|wait| Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "throttled",
            "Too many requests",
            format!("Try again in {}.", words::wait(wait)),
        )
    })?;
    let heads = feeds::store::of_host(&app.store, host, MAX_FEEDS).await?;
    let sweeps = app.in_flight.sweeps();
    let feeds = heads.iter().map(|head| {
        let summary = &head.summary;
        let (last, next) = check_times_apart(head.id, summary, sweeps.of(&summary.url), now);
        let planned = match summary.awake() {
            0 => t("desk-nobody-active").to_owned(),
            _ => next.unwrap_or_else(|| t("desk-none").to_owned()),
        };
        DeskFeed {
            address: bare(summary.url.url()),
            readers: words::count(summary.subscribers.into(), "count-reader"),
            last: last.unwrap_or_else(|| t("desk-not-stored").to_owned()),
            result: match (&summary.error, summary.is_read()) {
                (Some(error), _) => told(error).into_owned(),
                (None, true) => t("desk-could-be-read").to_owned(),
                (None, false) => t("desk-never-read").to_owned(),
            },
            validators: summary.has_validators(),
            planned,
        }
    });
    Ok(Desk {
        host: host.to_owned(),
        feeds: feeds.collect(),
    })
}

/// An address without what may be a reader's secret: user, password and query.
fn bare(url: &Url) -> String {
    let mut bare = url.clone();
    let has_query = bare.query().is_some();
    bare.set_query(None);
    // Both succeed for addresses with a host.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    format!("{bare}{}", if has_query { "?…" } else { "" })
}
