//! The edition, and the weekly digest.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::articles::bad_query;
use super::call::{Call, get, patch};
use super::{Caller, arrives, bad_json, owner};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::edition::issue::Piece;
use crate::timestamp::{from_micros, minute_of, rfc3339};
use crate::users::preferences::EditionHabits;
use crate::web::actions::books::{self, as_book};
use crate::web::actions::edition::{self, Edition};
use crate::web::problem::{HandlerResult, Problem};

/// The content type of books.
pub(super) const BOOK: &str = "application/epub+zip";

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let settings = "/api/v1/edition/settings";
    let missing: &[&str] = &["not_found"];
    vec![
        get("/api/v1/edition", show, "An edition: what arrived in a day, and its end")
            .says("Without `day` it is the latest. Its articles are marked with `POST /api/v1/marks`, as all are.")
            .asks::<Which>()
            .gives::<Shown>()
            .fails(404, missing),
        get("/api/v1/edition/book.epub", book, "An edition as a book")
            .says("With pictures if its settings say so; that takes up to 20 seconds.")
            .asks::<Which>()
            .gives_kind(BOOK)
            .fails(404, missing),
        get(settings, habits, "When editions end").gives::<Habits>(),
        patch(settings, set_habits, "Change when editions end")
            .says("What is absent stays as it is.")
            .takes::<Habits>()
            .gives::<Habits>()
            .fails(422, &["bad_choice"]),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Which {
    /// The day on which it ended, such as `2026-03-02`; within the last 14 days.
    day: Option<String>,
}

/// An edition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Edition)]
struct Shown {
    /// The day on which it ended.
    day: String,
    /// It has what arrived from here on,
    from: String,
    /// and before this.
    to: String,
    /// When the next one ends.
    next: String,
    /// The zone of its days.
    zone: String,
    /// How many minutes it takes to read.
    minutes: u32,
    /// What stands on top.
    lead: Option<EditionPiece>,
    /// The rest by folder.
    sections: Vec<EditionSection>,
    /// The longest, which stands last.
    last: Option<EditionPiece>,
    /// How many more arrived in its time.
    others: usize,
    /// Days of the last week that have one, the newest first.
    days: Vec<String>,
}

/// A part of an edition.
#[derive(Debug, Serialize, ToSchema)]
struct EditionSection {
    /// The folder’s name; empty for feeds in none.
    name: String,
    minutes: u32,
    articles: Vec<EditionPiece>,
}

/// An article of an edition.
#[derive(Debug, Serialize, ToSchema)]
struct EditionPiece {
    id: String,
    feed: String,
    feed_title: String,
    title: String,
    link: Option<String>,
    author: Option<String>,
    snippet: Option<String>,
    image: Option<String>,
    at: String,
    read: bool,
    /// How many minutes it takes to read.
    minutes: u32,
    /// Other feeds that had the same page.
    also: Vec<String>,
}

fn piece(shelf: &Shelf, piece: &Piece) -> EditionPiece {
    let (id, card) = (piece.row.id, &piece.row.summary);
    EditionPiece {
        id: id.to_string(),
        feed: id.feed.to_string(),
        feed_title: shelf.title(id.feed),
        title: card.title.clone(),
        link: card.link.clone(),
        author: card.author.clone(),
        snippet: card.snippet.clone(),
        image: card.image.clone(),
        at: rfc3339(card.at()),
        read: piece.is_read,
        minutes: piece.minutes,
        also: piece.also.iter().map(ToString::to_string).collect(),
    }
}

fn moment(minute: i64) -> String {
    rfc3339(from_micros(minute * 60_000_000))
}

/// As the page of the same: the timeline's reads; none warm.
async fn show(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Which>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(which) = query.map_err(bad_query)?;
    let user = owner(&app, caller).await?;
    let shelf = arrives(&app, caller).await?;
    let habits = user.profile.preferences.edition;
    let now = minute_of(app.clock.now());
    let edition = Edition::of(&app, &shelf, &habits, which.day.as_deref(), now).await?;
    let issue = &edition.issue;
    let sections = issue.sections.iter().map(|section| EditionSection {
        name: section.name.clone(),
        minutes: section.minutes(),
        articles: section
            .pieces
            .iter()
            .map(|one| piece(&shelf, one))
            .collect(),
    });
    let days = edition::days(&edition, &habits, now).into_iter();
    let shown = Shown {
        day: edition.day.to_string(),
        from: moment(edition.span.from),
        to: moment(edition.span.to),
        next: moment(edition.next),
        zone: edition.zone.name().to_owned(),
        minutes: issue.minutes(),
        lead: issue.lead.as_ref().map(|one| piece(&shelf, one)),
        sections: sections.collect(),
        last: issue.last.as_ref().map(|one| piece(&shelf, one)),
        others: issue.others,
        days: days.map(|day| day.to_string()).collect(),
    };
    Ok(Json(shown).into_response())
}

/// One read for each article that isn't cached, and a request for each picture.
async fn book(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Which>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(which) = query.map_err(bad_query)?;
    let user = owner(&app, caller).await?;
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let habits = user.profile.preferences.edition;
    let now = minute_of(app.clock.now());
    let edition = Edition::of(&app, &shelf, &habits, which.day.as_deref(), now).await?;
    let book = books::edition(&app, &user, &shelf, &edition).await?;
    // Of the moment at which it ended, so that the same one is the same file.
    let made = from_micros(edition.span.to * 60_000_000);
    as_book(&book, &format!("dormouse-{}", edition.day), made)
}

/// When editions end, and what their book has. An answer has all of it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = EditionSettings)]
struct Habits {
    /// The hour in the owner’s zone, 0 to 23.
    hour: Option<u8>,
    /// Whether the book has pictures.
    pictures: Option<bool>,
}

impl Habits {
    fn of(habits: EditionHabits) -> Self {
        Self {
            hour: Some(habits.hour),
            pictures: Some(habits.pictures),
        }
    }
}

async fn habits(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let user = owner(&app, caller).await?;
    Ok(Json(Habits::of(user.profile.preferences.edition)).into_response())
}

async fn set_habits(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Habits>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    if let Some(hour) = wanted.hour.filter(|hour| *hour > 23) {
        let title = format!("{hour} isn’t an hour");
        let advice = "Nothing was changed. Send 0 to 23.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "bad_choice", title, advice));
    }
    let before = owner(&app, caller).await?.profile.preferences.edition;
    let wanted = (
        wanted.hour.unwrap_or(before.hour),
        wanted.pictures.unwrap_or(before.pictures),
    );
    let habits = edition::set(&app, caller.0, wanted, app.clock.now()).await?;
    Ok(Json(Habits::of(habits)).into_response())
}
