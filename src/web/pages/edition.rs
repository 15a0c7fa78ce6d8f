//! The edition: its front page, its whole text, its book, and its hour.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;

use super::whole::whole_text;
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::edition::issue::Piece;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::minute_of;
use crate::users::preferences::EditionHabits;
use crate::web::actions::books::{self, as_book};
use crate::web::actions::edition::{self, Edition, bodies, byline, title_of};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::image::through;
use crate::web::problem::HandlerResult;
use crate::web::view::{
    Choice, EditionPage, EditionPiece, EditionReadPage, EditionSection, EditionText, Place,
};
use crate::web::words::{day_name, msg, t};

/// Which edition.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    /// The day on which it ended; the latest without one.
    day: Option<String>,
}

fn piece_view(app: &AppState, shelf: &Shelf, piece: &Piece) -> EditionPiece {
    let summary = &piece.row.summary;
    EditionPiece {
        title: title_of(&summary.title),
        href: format!("/article/{}", piece.row.id),
        anchor: piece.row.id.to_string(),
        snippet: summary.snippet.clone().unwrap_or_default(),
        image: summary.image.as_ref().map(|image| through(app, image)),
        byline: byline(shelf, piece),
        is_read: piece.is_read,
    }
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(which): Query<Which>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("edition-title"), Place::Edition).await?;
    let habits = current.user.profile.preferences.edition;
    let now = minute_of(current.now);
    let edition = Edition::of(&app, &shelf, &habits, which.day.as_deref(), now).await?;
    let issue = &edition.issue;
    let minutes = |n: u32| -> String { msg("edition-minutes").number("n", n).into() };
    let sections = issue.sections.iter().map(|section| EditionSection {
        name: match section.name.is_empty() {
            true => t("edition-other-feeds").to_owned(),
            false => section.name.clone(),
        },
        minutes: minutes(section.minutes()),
        pieces: section
            .pieces
            .iter()
            .map(|piece| piece_view(&app, &shelf, piece))
            .collect(),
    });
    let in_issue = issue.pieces().filter(|piece| !piece.is_read).count();
    let unread = usize::try_from(shelf.unread_in(&Scope::Everything)).unwrap_or_default();
    let others = unread.saturating_sub(in_issue);
    let mut frame = frame;
    frame.title = edition.title();
    let page = EditionPage {
        date: edition.date(),
        sum: edition.sum(),
        span: msg("edition-span")
            .text("from", edition.moment(edition.span.from))
            .text("to", edition.moment(edition.span.to))
            .into(),
        lead: issue
            .lead
            .as_ref()
            .map(|piece| piece_view(&app, &shelf, piece)),
        sections: sections.collect(),
        last: issue
            .last
            .as_ref()
            .map(|piece| piece_view(&app, &shelf, piece)),
        last_minutes: issue
            .last
            .as_ref()
            .map_or_else(String::new, |piece| minutes(piece.minutes)),
        end: msg("edition-others").number("n", others).into(),
        day: edition.day.to_string(),
        days: earlier(&edition, &habits, now),
        hours: (0..24)
            .map(|hour| (hour, format!("{hour:02}:00"), hour == habits.hour))
            .collect(),
        pictures: habits.pictures,
        next: edition.next_said(),
        is_empty: issue.is_empty(),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

/// The editions of the last week.
fn earlier(edition: &Edition, habits: &EditionHabits, now: i64) -> Vec<Choice> {
    let days = edition::days(edition, habits, now).into_iter();
    days.map(|day| Choice {
        label: day_name(day, edition.today),
        href: format!("/edition?day={day}"),
        current: day == edition.day,
        count: 0,
    })
    .collect()
}

pub(super) async fn read(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(which): Query<Which>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("edition-title"), Place::Edition).await?;
    let own = &current.user.profile.preferences;
    let now = minute_of(current.now);
    let edition = Edition::of(&app, &shelf, &own.edition, which.day.as_deref(), now).await?;
    let bodies = bodies(&app, &edition.issue).await?;
    let texts = edition
        .issue
        .pieces()
        .zip(&bodies)
        .filter_map(|(piece, article)| {
            let article = article.as_ref()?;
            let whole = whole_text(&app, article, own);
            Some(EditionText {
                anchor: piece.row.id.to_string(),
                title: title_of(&article.body.title),
                href: format!("/article/{}", piece.row.id),
                byline: byline(&shelf, piece),
                original: article.body.link.clone(),
                html: whole.html,
                dir: whole.dir,
                lang: whole.lang,
                is_read: piece.is_read,
            })
        });
    let texts: Vec<EditionText> = texts.collect();
    let unread: Vec<&str> = texts
        .iter()
        .filter(|text| !text.is_read)
        .map(|text| text.anchor.as_str())
        .collect();
    let unread = unread.join(" ");
    let mut frame = frame;
    frame.title = edition.title();
    let page = EditionReadPage {
        date: edition.date(),
        sum: edition.sum(),
        unread,
        texts,
        day: edition.day.to_string(),
        seen: shelf.seen(&Scope::Everything).to_text(),
        end: t("edition-end").to_owned(),
        next: edition.next_said(),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

pub(super) async fn book(
    State(app): State<AppState>,
    current: CurrentUser,
    Query(which): Query<Which>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let own = &current.user.profile.preferences;
    let now = minute_of(current.now);
    let edition = Edition::of(&app, &shelf, &own.edition, which.day.as_deref(), now).await?;
    let book = books::edition(&app, &current.user, &shelf, &edition).await?;
    as_book(&book, &format!("dormouse-{}", edition.day), current.now)
}

/// The hour, and whether the book has pictures.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Hour {
    hour: String,
    pictures: Option<String>,
}

pub(super) async fn settings(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(typed): Form<Hour>,
) -> HandlerResult<Response> {
    let hour = typed.hour.parse::<u8>().ok().filter(|hour| *hour < 24);
    let hour = hour.ok_or_else(|| super::choices::wrong("hour", &typed.hour))?;
    let wanted = (hour, typed.pictures.is_some());
    edition::set(&app, current.user.id, wanted, current.now).await?;
    Ok(flash::redirect("/edition", t("edition-saved"), None))
}
