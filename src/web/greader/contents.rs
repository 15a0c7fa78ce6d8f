//! Articles with their texts: by id, or a page of a stream. A read for each text that isn't in memory.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Serialize;

use super::caller::{Call, Caller};
use super::item::Item;
use super::question::{self, continuation, wants_json};
use super::{atom as feed, json, names};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::streams::{Library, Pick, Stream};
use crate::web::actions::texts::{Hungry, Texts};
use crate::web::params::Params;
use crate::web::problem::{HandlerResult, Problem};

/// Most articles in one answer; there is a continuation.
const MOST: usize = 1_000;
/// Most ids that are asked for at once.
const MOST_IDS: usize = 10_000;
/// Bytes of articles after which an answer ends.
const ANSWER_BYTES: usize = 8 * 1_024 * 1_024;
/// Texts that are read in one round.
const AT_ONCE: usize = 100;

#[derive(Debug, Serialize)]
struct Page {
    direction: &'static str,
    id: String,
    title: String,
    /// A number: clients refuse another type.
    updated: i64,
    items: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation: Option<String>,
}

/// `stream/items/contents`: the articles of these ids, in their order. Unknown ones, and those that aren't the caller's, are left out.
pub(super) async fn by_id(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    let mut ids: Vec<ArticleId> = params.all("i").filter_map(names::item_of).collect();
    if ids.len() > MOST_IDS {
        let title = format!("At most {MOST_IDS} articles can be asked for at once");
        let advice = "Ask for fewer.";
        return Err(Problem::bad_request("too_many_ids", title, advice));
    }
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let library = caller.library(&app).await?;
    ids.retain(|id| library.has(*id));
    let hungry = Hungry::of(&app, &caller.owner, false)?;
    let mut texts = Texts::of(&app, &library);
    let mut items = Vec::new();
    let mut bytes = 0;
    let mut count = 0;
    for ids in ids.chunks(AT_ONCE) {
        let found = texts.read(ids).await?;
        count += found.len();
        for (article, title) in found {
            let item = Item::of(&app, &library, &article, title.as_deref());
            bytes += item.weight();
            items.push(item);
        }
        if bytes > ANSWER_BYTES && count < seen.len() {
            // A short list would say that the others are gone.
            hungry.ate(&app, count).await?;
            let title = "These articles are too large for one answer";
            let advice = "Ask for fewer at once.";
            return Err(Problem {
                status: http::StatusCode::PAYLOAD_TOO_LARGE,
                ..Problem::bad_request("too_large", title, advice)
            });
        }
    }
    hungry.ate(&app, count).await?;
    json(&Page {
        direction: "ltr",
        id: names::state("reading-list"),
        title: "Dormouse".to_owned(),
        updated: app.clock.now().timestamp(),
        items,
        continuation: None,
    })
}

/// `stream/contents` without a stream in its path: that of `s`, or everything.
pub(super) async fn all(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    let streams: Vec<&str> = params.all("s").collect();
    page(&app, &caller, &params, &streams).await
}

/// `stream/contents/STREAM`.
pub(super) async fn of_stream(
    State(app): State<AppState>,
    Path(stream): Path<String>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    page(&app, &caller, &params, &[&stream]).await
}

async fn page(
    app: &AppState,
    caller: &Caller,
    params: &Params,
    streams: &[&str],
) -> HandlerResult<Response> {
    let library = caller.library(app).await?;
    let (items, next) = some(app, caller, params, &library, streams).await?;
    let (id, title) = name_of(&library, streams);
    json(&Page {
        direction: "ltr",
        id,
        title,
        updated: app.clock.now().timestamp(),
        items,
        continuation: next,
    })
}

/// What a stream is called.
fn name_of(library: &Library, streams: &[&str]) -> (String, String) {
    let id = streams.first().copied().filter(|id| !id.is_empty());
    let id = id.map_or_else(|| names::state("reading-list"), str::to_owned);
    let title = match names::stream_of(&library.shelf, &id) {
        Some(Stream::Feed(feed)) => super::lists::title_of(&library.shelf, feed),
        Some(Stream::Label(label)) => label,
        Some(Stream::Starred) => "Starred".to_owned(),
        _ => "Dormouse".to_owned(),
    };
    (id, title)
}

/// A page of streams, and where the next one begins.
async fn some(
    app: &AppState,
    caller: &Caller,
    params: &Params,
    library: &Library,
    streams: &[&str],
) -> HandlerResult<(Vec<Item>, Option<String>)> {
    let question = question::of(params, library, streams, MOST)?;
    let of_one_feed = question.of.iter().all(|one| matches!(one, Stream::Feed(_)));
    let hungry = Hungry::of(app, &caller.owner, of_one_feed)?;
    let choice = library.choose(&question);
    let mut texts = Texts::of(app, library);
    let (mut items, mut bytes) = (Vec::new(), 0);
    let mut last: Option<Pick> = None;
    for picks in choice.picks.chunks(AT_ONCE) {
        if bytes > ANSWER_BYTES {
            break;
        }
        let ids: Vec<ArticleId> = picks.iter().map(|pick| pick.id).collect();
        for (article, title) in texts.read(&ids).await? {
            let item = Item::of(app, library, &article, title.as_deref());
            bytes += item.weight();
            items.push(item);
        }
        last = picks.last().copied();
    }
    hungry.ate(app, items.len()).await?;
    let is_whole = !choice.more && last == choice.picks.last().copied();
    let next = last.filter(|_| !is_whole);
    Ok((items, next.as_ref().map(continuation)))
}

/// `/reader/atom/STREAM`: the same page as Atom 1.0.
pub(super) async fn atom(
    State(app): State<AppState>,
    Path(stream): Path<String>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    let library = caller.library(&app).await?;
    let streams = [stream.as_str()];
    let (items, next) = some(&app, &caller, &params, &library, &streams).await?;
    let (id, title) = name_of(&library, &streams);
    let now = app.clock.now();
    let text = feed::write(&id, &title, &items, next.as_deref(), now);
    let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    Ok((kind, text).into_response())
}
