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
use crate::web::actions::flow::{ANSWER_BYTES, Around, Flow, Pace};
use crate::web::actions::texts::{Hungry, Texts};
use crate::web::params::Params;
use crate::web::problem::{HandlerResult, Problem};

/// Most articles in one answer; there is a continuation.
const MOST: usize = 1_000;
/// Most ids that are asked for at once.
const MOST_IDS: usize = 10_000;

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

/// `stream/items/contents`: the articles of these ids, in their order, however long they are. Unknown ones, and those that aren't the
/// caller's, are left out.
pub(super) async fn by_id(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    if params.one("i").is_none() {
        return Err(nothing_named());
    }
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
    let page = Page {
        direction: "ltr",
        id: names::state("reading-list"),
        title: "Dormouse".to_owned(),
        updated: app.clock.now().timestamp(),
        items: Vec::new(),
        continuation: None,
    };
    let page = serde_json::to_string(&page).map_err(|error| Problem::internal(&error))?;
    let around = Around::items(&page)?;
    let of = app.clone();
    let writes = Box::new(move |library: &Library, article: &_, title: Option<&str>| {
        serde_json::to_string(&Item::of(&of, library, article, title)).ok()
    });
    let body = Flow::body(&app, library, hungry, ids, around, writes).await?;
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    Ok((kind, body).into_response())
}

/// The answer to a call that should name articles, and whose body wasn't understood or is empty.
fn nothing_named() -> Problem {
    let advice = "Name articles in i, as a form or in the address.";
    Problem::bad_request("bad_parameter", "Nothing was named", advice)
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
    let of_feeds = question.of.iter().all(|one| matches!(one, Stream::Feed(_)));
    // Who says since when asks for what is new, and not for the same again.
    let again = of_feeds && question.from.is_none();
    let hungry = Hungry::of(app, &caller.owner, again)?;
    let choice = library.choose(&question);
    let mut texts = Texts::of(app, library);
    let (mut items, mut bytes) = (Vec::new(), 0);
    let mut pace = Pace::default();
    let mut rest = choice.picks.as_slice();
    let mut last: Option<Pick> = None;
    while !rest.is_empty() && bytes <= ANSWER_BYTES {
        let (picks, others) = rest.split_at(pace.next().min(rest.len()));
        let ids: Vec<ArticleId> = picks.iter().map(|pick| pick.id).collect();
        let before = bytes;
        for (article, title) in texts.read(&ids).await? {
            let item = Item::of(app, library, &article, title.as_deref());
            bytes += item.weight();
            items.push(item);
        }
        let room = ANSWER_BYTES.saturating_sub(bytes);
        pace.after(ids.len(), bytes - before, room);
        last = picks.last().copied();
        rest = others;
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
