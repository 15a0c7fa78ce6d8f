//! Looking at feeds before they are on the shelf, and replacing one by another.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, post};
use super::subscriptions::{REFUSED, Several, several};
use super::{Caller, bad_json, quota_of};
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::FeedId;
use crate::shelf::find::SubscribeError;
use crate::shelf::find_replacement::find_replacement;
use crate::shelf::preview::{Preview, look};
use crate::shelf::{Shelf, replace};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::asking::for_a_feed;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};

/// Most feeds of a site that are named.
const MOST: usize = 8;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let often: &[&str] = &["too_many_searches"];
    let full: &[&str] = &["store_full"];
    vec![
        post("/api/v1/preview", preview, "Look at a feed before subscribing")
            .says("The address may be a feed’s, or a site’s. Of a site with several feeds only their names and addresses are known. Nothing is stored.")
            .takes::<Wanted>()
            .gives::<Looked>()
            .fails(422, &REFUSED)
            .fails(429, often)
            .fails(503, full),
        post(
            "/api/v1/subscriptions/{feed}/replacements",
            find,
            "Search a feed’s site for another that works",
        )
        .says("At most 16 requests within 25 seconds. Nothing is stored.")
        .gives::<Offers>()
        .fails(422, &["shelf_full"])
        .fails(429, often)
        .fails(503, full),
        post("/api/v1/subscriptions/{feed}/replace", switch, "Replace a feed by another")
            .says("Its title, folders, settings, webhooks and what was read are carried over. It leaves the shelf unless something of it is unread that the other one doesn’t have.")
            .takes::<Wanted>()
            .gives::<Replaced>()
            .gives_when::<Several>(409, "The site has several feeds: `several_feeds`")
            .fails(422, &REFUSED)
            .fails(429, often)
            .fails(503, full),
    ]
}

/// An address.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WantedAddress)]
struct Wanted {
    url: String,
}

/// What is behind an address.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Previews)]
struct Looked {
    feeds: Vec<Seen>,
}

/// A feed as it is seen from outside.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview)]
struct Seen {
    url: String,
    title: String,
    /// Its newest articles.
    newest: Vec<SeenArticle>,
    /// The typical minutes between two of them; null if unknown.
    every_minutes: Option<i64>,
    /// Whether its articles come with little more than a summary.
    short: bool,
    /// How many have it here.
    readers: u32,
    /// Its id, if it is on the shelf.
    feed: Option<String>,
    /// The id of another feed of the same site on the shelf.
    sibling: Option<String>,
}

/// An article of a feed that is looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewArticle)]
struct SeenArticle {
    title: String,
    at: Option<String>,
}

fn seen(found: Preview) -> Seen {
    let newest = found.newest.into_iter().map(|(title, at)| SeenArticle {
        title,
        at: at
            .and_then(|at| Timestamp::from_timestamp(at, 0))
            .map(rfc3339),
    });
    Seen {
        newest: newest.collect(),
        url: found.url,
        title: found.title,
        every_minutes: Some(found.gap).filter(|gap| *gap > 0),
        short: found.is_short,
        readers: found.subscribers,
        feed: found.mine.map(|feed| feed.to_string()),
        sibling: found.sibling.map(|feed| feed.to_string()),
    }
}

/// Some requests to one site; none if the feed is stored here. See [`look`].
async fn preview(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    for_a_feed(&app, caller.0, quota_of(&app, caller).await?).await?;
    let feeds = match look(&app.refresh_context()?, caller.0, &wanted.url).await {
        Ok(found) => vec![seen(found)],
        Err(SubscribeError::Several(found)) => {
            let named = found.into_iter().take(MOST).map(|found| Preview {
                title: found.title.unwrap_or_else(|| found.url.to_string()),
                url: found.url.into(),
                ..Preview::default()
            });
            named.map(seen).collect()
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Json(Looked { feeds }).into_response())
}

/// Feeds that may replace another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replacements)]
struct Offers {
    /// None if none was found.
    offers: Vec<Offer>,
}

/// A feed that may replace another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replacement)]
struct Offer {
    url: String,
    title: String,
    /// The date of its newest article.
    newest: Option<String>,
    articles: usize,
    /// Whether it is on the shelf.
    mine: bool,
}

async fn find(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, caller.0).await?;
    shelf.subscription(feed).ok_or_else(Problem::not_found)?;
    let dead = shelf.summary(feed).ok_or_else(Problem::not_found)?;
    for_a_feed(&app, caller.0, quota_of(&app, caller).await?).await?;
    let found = find_replacement(&app.refresh_context()?, dead).await?;
    let is_mine = |feed: FeedId| shelf.subscription(feed).is_some();
    let offers = found.into_iter().map(|one| Offer {
        url: one.url.into(),
        title: one.title,
        newest: one.newest.map(rfc3339),
        articles: one.articles,
        mine: one.feed.is_some_and(is_mine),
    });
    let offers = offers.collect();
    Ok(Json(Offers { offers }).into_response())
}

/// What came of a replacement.
#[derive(Debug, Serialize, ToSchema)]
struct Replaced {
    /// The id of the feed that is read now.
    feed: String,
    /// Whether it was on the shelf before.
    was_there: bool,
    /// Unread articles of the old feed that it doesn’t have; if there are any, the old one stays, too.
    left_unread: u32,
}

async fn switch(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let quota = quota_of(&app, caller).await?;
    for_a_feed(&app, caller.0, quota).await?;
    let context = app.refresh_context()?;
    let (random, most) = (&app.random, quota.shelf());
    match replace::switch(&context, random, caller.0, feed, &wanted.url, most).await {
        Ok(done) => {
            let replaced = Replaced {
                feed: done.feed.to_string(),
                was_there: done.was_there,
                left_unread: done.left_unread,
            };
            Ok(Json(replaced).into_response())
        }
        Err(SubscribeError::Several(found)) => Ok(several(&found)),
        Err(SubscribeError::Store(StoreError::NotFound(_))) => Err(Problem::not_found()),
        Err(error) => Err(error.into()),
    }
}
