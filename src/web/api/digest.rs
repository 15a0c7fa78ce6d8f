//! The weekly digest.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::articles::bad_query;
use super::call::{Call, get};
use super::edition::BOOK;
use super::{Caller, arrives, owner};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::history::digest::Digest;
use crate::shelf::history::view::Journal;
use crate::shelf::journal::Text;
use crate::web::actions::books::as_book;
use crate::web::actions::digest;
use crate::web::problem::HandlerResult;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let missing: &[&str] = &["not_found"];
    vec![
        get("/api/v1/digest", show, "A week of the journal in short")
            .says("Without `week` it is the last one that is over.")
            .asks::<Which>()
            .gives::<Shown>()
            .fails(404, missing),
        get("/api/v1/digest/book.epub", book, "A week as a book")
            .asks::<Which>()
            .gives_kind(BOOK)
            .fails(404, missing),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Which {
    /// Its Monday, such as `2026-03-02`.
    week: Option<String>,
}

/// A week.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Digest)]
struct Shown {
    /// Its Monday.
    from: String,
    /// Its Sunday.
    to: String,
    /// How many articles were opened.
    opened: usize,
    /// How many were in the week before.
    before: usize,
    /// Of how many feeds.
    feeds: usize,
    /// On how many days.
    days: usize,
    /// How many minutes that takes to read.
    minutes: u32,
    /// How many were marked one by one.
    marked: i64,
    /// How many were marked in bulk.
    cleared: i64,
    /// The feeds of which most was opened.
    top_feeds: Vec<DigestTop>,
    top_authors: Vec<DigestTop>,
    starred: Vec<DigestArticle>,
    /// The longest that was opened.
    longest: Option<DigestArticle>,
    /// The Mondays of the weeks that can be asked for, the newest first.
    weeks: Vec<String>,
}

/// How much was opened of a feed or an author.
#[derive(Debug, Serialize, ToSchema)]
struct DigestTop {
    name: String,
    opened: usize,
}

/// An article of a week.
#[derive(Debug, Serialize, ToSchema)]
struct DigestArticle {
    title: String,
    link: String,
    author: String,
}

fn article(text: &Text) -> DigestArticle {
    DigestArticle {
        title: text.title.clone(),
        link: text.link.clone(),
        author: text.author.clone(),
    }
}

fn tops(all: &[(String, usize)]) -> Vec<DigestTop> {
    let tops = all.iter().map(|(name, opened)| DigestTop {
        name: name.clone(),
        opened: *opened,
    });
    tops.collect()
}

/// The digest of a week, with the journal that it is of. A read for each month that isn't cached.
async fn asked(
    app: &AppState,
    caller: Caller,
    shelf: &Shelf,
    query: Result<Query<Which>, QueryRejection>,
) -> HandlerResult<(Digest, Journal)> {
    let Query(which) = query.map_err(bad_query)?;
    let now = app.clock.now();
    let journal = Journal::open(&app.store, caller.0, &shelf.read, now).await?;
    let monday = digest::monday(which.week.as_deref(), &journal)?;
    let digest = digest::of(app, shelf, &journal, monday).await?;
    Ok((digest, journal))
}

async fn show(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Which>, QueryRejection>,
) -> HandlerResult<Response> {
    let shelf = arrives(&app, caller).await?;
    let (digest, journal) = asked(&app, caller, &shelf, query).await?;
    let weeks = digest::weeks(&journal).into_iter();
    let shown = Shown {
        from: digest.from.to_string(),
        to: digest.to().to_string(),
        opened: digest.opened,
        before: digest.before,
        feeds: digest.feeds,
        days: digest.days,
        minutes: digest.minutes,
        marked: digest.marked,
        cleared: digest.cleared,
        top_feeds: tops(&digest.top_feeds),
        top_authors: tops(&digest.top_authors),
        starred: digest.starred.iter().map(article).collect(),
        longest: digest.longest.as_ref().map(article),
        weeks: weeks.map(|day| day.to_string()).collect(),
    };
    Ok(Json(shown).into_response())
}

async fn book(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Which>, QueryRejection>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let (digest, _) = asked(&app, caller, &shelf, query).await?;
    let user = owner(&app, caller).await?;
    let book = digest::book(&user, &digest)?;
    // Of the moment at which the week ended, so that the same one is the same file.
    let made = (digest.to() + Days::new(1))
        .and_time(NaiveTime::MIN)
        .and_utc();
    as_book(&book, &format!("dormouse-week-{}", digest.from), made)
}
