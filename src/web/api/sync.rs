//! What changed since a program asked last, in one request.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::articles::bad_query;
use super::call::{Call, get, post};
use super::subscriptions::{self, Shown};
use super::{Caller, arrives, bad_json};
use crate::app::AppState;
use crate::articles::store as articles;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::json_list::{ListedArticle, listed};
use crate::shelf::sync::{self, Delta, Place};
use crate::shelf::{Shelf, Subscription};
use crate::timestamp::minute_of;
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    const TEXT: &str = "Without `since` everything comes, the newest articles first. Ask again with the `cursor` of the answer: at once while \
        `more` is true, later otherwise. Apply the parts in this order: `subscriptions.removed` (drop all that you have of these feeds), \
        `articles.gone`, `articles.arrived` and `articles.edited` (both replace what you have of the same id), `marks`, `stars`.";
    let path = "/api/v1/sync";
    vec![
        get(path, show, "What changed since a program asked last")
            .says(TEXT)
            .asks::<Asked>()
            .gives::<Synced<'_>>()
            .fails(400, &["bad_cursor", "bad_limit"]),
        post(
            path,
            show_posted,
            "The same, with a long cursor in the body",
        )
        .says(
            "A cursor takes some 20 bytes a feed, and what stands between may cut long addresses.",
        )
        .takes::<Asked>()
        .gives::<Synced<'_>>()
        .fails(400, &["bad_cursor", "bad_limit"]),
    ]
}

/// What is asked for.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[schema(as = SyncQuestion)]
pub(super) struct Asked {
    /// The `cursor` of the answer before; nothing at first.
    since: Option<String>,
    /// Most articles of the answer: 1 to 1,000, 200 by default.
    #[param(minimum = 1, maximum = 1_000)]
    #[schema(minimum = 1, maximum = 1_000)]
    limit: Option<usize>,
}

/// What changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sync)]
struct Synced<'s> {
    /// For the next request.
    cursor: String,
    /// Whether there is more at once.
    more: bool,
    subscriptions: SubscriptionChanges<'s>,
    articles: ArticleChanges,
    marks: MarkChanges,
    stars: StarChanges,
}

/// Changes of subscriptions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncedSubscriptions)]
struct SubscriptionChanges<'s> {
    /// New and changed ones, whole. Their counts aren’t a reason to be here: they follow from the rest.
    changed: Vec<Shown<'s>>,
    /// Ids of feeds that are on the shelf no longer: nothing of them is, but stars.
    removed: Vec<String>,
    /// The ids of all feeds in their order, if that changed; otherwise null.
    order: Option<Vec<String>>,
}

/// Changes of articles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncedArticles)]
struct ArticleChanges {
    arrived: Vec<ListedArticle>,
    /// Whom their publishers changed.
    edited: Vec<ListedArticle>,
    /// By feed, the numbers of articles that are there no longer.
    gone: Vec<Numbers>,
}

/// Some of a feed’s articles. An article’s number is what follows the dash in its id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArticleNumbers)]
struct Numbers {
    feed: String,
    /// Ascending, both ends included.
    numbers: Vec<[u32; 2]>,
}

/// Changes of what is read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncedMarks)]
struct MarkChanges {
    /// Always true: of each feed below, everything that is unread now is there. What isn’t, is read.
    complete: bool,
    /// Feeds of which other articles are unread than before.
    unread: Vec<Numbers>,
    /// Feeds of which the reader’s rules hide other articles than before: of each, everything that lists shall not show is there. It
    /// is read, unless something else is said of it.
    hidden: Vec<Numbers>,
}

/// Changes of stars.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncedStars)]
struct StarChanges {
    /// Always true: of each feed below, everything that is starred now is there.
    complete: bool,
    /// Feeds of which other articles are starred than before; some may be gone from their feeds.
    starred: Vec<Numbers>,
    /// The ids of all starred articles of feeds that aren’t on the shelf, if they changed; otherwise null.
    elsewhere: Option<Vec<String>>,
}

async fn show(
    state: State<AppState>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(asked) = query.map_err(bad_query)?;
    answer(state, caller, asked).await
}

async fn show_posted(
    state: State<AppState>,
    caller: Caller,
    body: Result<Json<Asked>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(asked) = body.map_err(bad_json)?;
    answer(state, caller, asked).await
}

/// No read if the shelf is cached and nothing changed; one for 30 articles that aren't cached.
async fn answer(
    State(app): State<AppState>,
    caller: Caller,
    asked: Asked,
) -> HandlerResult<Response> {
    let limit = asked.limit.unwrap_or(200);
    if !(1..=1_000).contains(&limit) {
        let title = "The limit is 1 to 1,000";
        let advice = "Ask again with the cursor to get more.";
        return Err(Problem::bad_request("bad_limit", title, advice));
    }
    let known = match asked.since.as_deref().filter(|since| !since.is_empty()) {
        None => Place::default(),
        Some(text) => Place::from_text(text, &app.secret, caller.0).ok_or_else(|| {
            let title = "This cursor isn’t one that was given here";
            let advice = "Start again without one, and drop what you have.";
            Problem::bad_request("bad_cursor", title, advice)
        })?,
    };
    let mut shelf = arrives(&app, caller).await?;
    shelf.catch_up(&app.store, &known.ahead_of(&shelf)).await?;
    let minute = minute_of(app.clock.now());
    let card = |one: &Subscription| subscriptions::print(&shelf, one);
    let delta = sync::delta(&shelf, &known, limit, minute, card);
    let named: Vec<ArticleId> = delta.arrived.iter().chain(&delta.edited).copied().collect();
    let rows = articles::cached_by_name(&app.store, &named).await?;
    let mut cards = listed(&app.store, &shelf, rows.iter().map(AsRef::as_ref)).await?;
    let mut cards: HashMap<String, ListedArticle> = cards
        .drain(..)
        .map(|card| (card.id.clone(), card))
        .collect();
    let mut taken = |ids: &[ArticleId]| -> Vec<ListedArticle> {
        let found = ids.iter().filter_map(|id| cards.remove(&id.to_string()));
        found.collect()
    };
    let (arrived, edited) = (taken(&delta.arrived), taken(&delta.edited));
    let synced = shown(&app, &shelf, &delta, arrived, edited);
    Ok(Json(synced).into_response())
}

fn shown<'s>(
    app: &AppState,
    shelf: &'s Shelf,
    delta: &Delta,
    arrived: Vec<ListedArticle>,
    edited: Vec<ListedArticle>,
) -> Synced<'s> {
    let numbers = |feed: FeedId, numbers: Vec<u32>| Numbers {
        feed: feed.to_string(),
        numbers: sync::ranges(numbers),
    };
    let ids = |feeds: &[FeedId]| feeds.iter().map(FeedId::to_string).collect();
    let gone = delta.gone.iter();
    let unread = delta.unread.iter().copied();
    let starred = delta.stars.iter().copied();
    let hidden = delta.hidden.iter().copied();
    let changed = delta.subscriptions.iter();
    let order = shelf.subscriptions.iter().map(|one| one.feed.to_string());
    let elsewhere = shelf.stars_elsewhere();
    let elsewhere = elsewhere.iter().map(ArticleId::to_string);
    Synced {
        cursor: delta.place.to_text(&app.secret, shelf.user),
        more: delta.more,
        subscriptions: SubscriptionChanges {
            changed: changed
                .filter_map(|feed| subscriptions::shown(shelf, *feed))
                .collect(),
            removed: ids(&delta.removed),
            order: delta.is_reordered.then(|| order.collect()),
        },
        articles: ArticleChanges {
            arrived,
            edited,
            gone: gone
                .map(|gone| numbers(gone.feed, gone.numbers.iter().collect()))
                .collect(),
        },
        marks: MarkChanges {
            complete: true,
            unread: unread
                .map(|feed| numbers(feed, shelf.unread_numbers(feed)))
                .collect(),
            hidden: hidden
                .map(|feed| numbers(feed, shelf.hidden_numbers(feed)))
                .collect(),
        },
        stars: StarChanges {
            complete: true,
            starred: starred
                .map(|feed| numbers(feed, shelf.starred_numbers(feed)))
                .collect(),
            elsewhere: delta.is_elsewhere.then(|| elsewhere.collect()),
        },
    }
}
