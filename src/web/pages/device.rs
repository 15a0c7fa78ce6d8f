//! What a device needs to be read on without a network: the page that stands in for others, packs of articles with their texts,
//! and the settings of what is kept there.

use std::collections::BTreeSet;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::article::own_words;
use super::list_address::{List, Text};
use super::list_lines::{load, pictures_through};
use super::pane::view;
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::articles::store as articles;
use crate::ids::ArticleId;
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};
use crate::users::ListOrder;
use crate::web::assets::assets;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{ArticleLine, ArticlePart, DevicePage, OfflinePage, PackLine, Place};
use crate::web::words::t;

/// Most articles that a device keeps because they are unread.
const MOST: usize = 200;
/// Most articles with their texts in one answer.
const AT_ONCE: usize = 50;
/// Most bytes of them; the one that exceeds it is the answer's last.
const BYTES: usize = 4 * 1_024 * 1_024;

/// The page that the device shows where it doesn't know the one that was asked for: its script fills it with what is there.
pub(super) async fn shell(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    let title = t("device-title");
    let (frame, _) = plain_frame(&app, &current, title, Place::Elsewhere).await?;
    Ok(Html(OfflinePage {
        frame,
        list_href: "/offline",
    })
    .into_response())
}

/// What is on this device: only its script knows.
pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let title = t("device-title");
    let (frame, _) = plain_frame(&app, &current, title, Place::Settings).await?;
    Ok(with_flash(Html(DevicePage { frame }), &headers))
}

/// What a device asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// How many of the newest unread articles it keeps: 1 to 200.
    most: usize,
    /// The ids of those that it has.
    have: Vec<String>,
}

/// What it gets.
#[derive(Debug, Serialize)]
struct Pack {
    /// The ids of the newest unread articles, in their order.
    ids: Vec<String>,
    /// How many are unread in all.
    unread: u32,
    /// Those that it doesn't have, as far as one answer has room for them.
    articles: Vec<Packed>,
    /// Whether there are more, to be asked for with these.
    more: bool,
}

/// An article as pages show it.
#[derive(Debug, Serialize)]
struct Packed {
    id: String,
    /// Its line in a list.
    line: String,
    /// The article's pane.
    html: String,
}

/// The newest unread articles with their texts, each given once. A read for each that nobody has opened yet, at most 50 in an
/// answer, beyond what the list costs.
pub(super) async fn pack(
    State(app): State<AppState>,
    current: CurrentUser,
    Json(wanted): Json<Wanted>,
) -> HandlerResult<Response> {
    let shelf = current.counted(&app).await?;
    let list = List {
        scope: Scope::Everything,
        filter: Filter::Unread,
        order: ListOrder::Newest,
        cursor: None,
        order_named: false,
        category: None,
        search: None,
    };
    let most = wanted.most.clamp(1, MOST);
    let loaded = load(&app, &shelf, &list, most).await?;
    let mut lines = loaded.lines(&shelf, &list, current.now);
    pictures_through(&app, &mut lines);
    let have: BTreeSet<&str> = wanted.have.iter().take(MOST).map(String::as_str).collect();
    let ids: Vec<String> = lines.iter().map(|line| line.id.clone()).collect();
    let is_new = |line: &ArticleLine| !have.contains(line.id.as_str());
    let new: Vec<ArticleLine> = lines.into_iter().filter(is_new).collect();
    let (articles, more) = packed(&app, &current, &shelf, &list, new).await?;
    let pack = Pack {
        ids,
        unread: shelf.unread_in(&Scope::Everything),
        articles,
        more,
    };
    Ok(Json(pack).into_response())
}

/// As many articles as one answer has room for, and whether there are more.
async fn packed(
    app: &AppState,
    current: &CurrentUser,
    shelf: &Shelf,
    list: &List,
    lines: Vec<ArticleLine>,
) -> HandlerResult<(Vec<Packed>, bool)> {
    let own = &current.user.profile.preferences;
    let named = lines.iter().take(AT_ONCE);
    let ids: Vec<ArticleId> = named.filter_map(|line| line.id.parse().ok()).collect();
    let known = articles::cached_many(&app.store, &ids).await?;
    let mut more = lines.len() > AT_ONCE;
    let mut bytes = 0;
    let mut packed = Vec::new();
    for line in lines.into_iter().take(AT_ONCE) {
        let id = line.id.clone();
        let found = known.iter().find(|known| known.0.id.to_string() == id);
        let Some(found) = found else { continue };
        if bytes > BYTES {
            more = true;
            break;
        }
        let text = Text::default();
        let mut article = view(app, shelf, list, &found.0, text, (current.now, own));
        own_words(app, shelf, found.0.id, &mut article).await?;
        let part = ArticlePart {
            assets: assets().clone(),
            article,
        };
        let line = PackLine {
            line,
            hides_feed: false,
            assets: assets().clone(),
        };
        let drawn = line.render().and_then(|line| Ok((line, part.render()?)));
        let (line, html) = drawn.map_err(|error| Problem::internal(&error))?;
        bytes += line.len() + html.len();
        packed.push(Packed { id, line, html });
    }
    Ok((packed, more))
}
