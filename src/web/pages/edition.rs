//! The edition: its front page, its whole text, its book, and its hour.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use tokio::time::{Duration, Instant};

use super::journal::day_name;
use super::whole::whole_text;
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::articles::{Article, store as articles};
use crate::html::pictures;
use crate::shelf::edition::epub::{Book, Chapter, MOST_BYTES, Picture};
use crate::shelf::edition::hours::{self, DAYS_BACK, Span};
use crate::shelf::edition::issue::{self, Issue, Piece};
use crate::shelf::journal::zone;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::{Timestamp, minute_of};
use crate::users;
use crate::users::preferences::EditionHabits;
use crate::web::actions::stored_text;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::image::{taken, through};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{
    Choice, EditionLine, EditionPage, EditionPiece, EditionReadPage, EditionSection, EditionText,
    Place,
};
use crate::web::words::{self, msg, t};

/// Most pictures of a book, the largest of one, and how long all of them may take.
const PICTURES: usize = 100;
const PICTURE_BYTES: usize = 2_000_000;
const PICTURES_TIME: Duration = Duration::from_secs(20);
/// Pictures that are taken at the same time.
const AT_ONCE: usize = 4;

/// Which edition.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    /// The day on which it ended; the latest without one.
    day: Option<String>,
}

/// An edition and what it was made from.
pub(super) struct Edition {
    pub issue: Issue,
    pub zone: Tz,
    /// The day on which it ended.
    pub day: NaiveDate,
    pub today: NaiveDate,
    pub span: Span,
    next: i64,
}

/// The reader's zone: their own, otherwise their browser's.
pub(super) fn zone_of(shelf: &Shelf) -> Tz {
    let own = shelf.read.habits().zone;
    match own.is_empty() {
        true => zone::named(words::locale::zone_name()),
        false => zone::named(&own),
    }
}

impl Edition {
    /// The edition of a day; the latest for `None`.
    ///
    /// # Errors
    /// 404 for a day without one; a [`Problem`] if the store can't be read.
    pub(super) async fn of(
        app: &AppState,
        shelf: &Shelf,
        habits: &EditionHabits,
        day: Option<&str>,
        now: i64,
    ) -> HandlerResult<Self> {
        let zone = zone_of(shelf);
        let span = match day {
            None => hours::latest(habits, zone, now),
            Some(day) => {
                let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok();
                let day = day.filter(|day| (1970..=9999).contains(&day.year()));
                let span = day.and_then(|day| hours::of_day(habits, zone, day, now));
                span.filter(|span| now - span.to < DAYS_BACK * 24 * 60)
                    .ok_or_else(Problem::not_found)?
            }
        };
        let issue = issue::issue(&app.store, shelf, span).await?;
        Ok(Self {
            issue,
            zone,
            day: zone::day_of(span.to, zone),
            today: zone::day_of(now, zone),
            span,
            next: hours::next(habits, zone, now),
        })
    }

    /// `Saturday’s edition`.
    pub(super) fn title(&self) -> String {
        let weekday = t(&format!(
            "date-weekday-{}",
            self.day.weekday().number_from_monday()
        ));
        msg("edition-of").text("weekday", weekday).into()
    }

    /// `Saturday, 28 November 2026`.
    pub(super) fn date(&self) -> String {
        let weekday = t(&format!(
            "date-weekday-{}",
            self.day.weekday().number_from_monday()
        ));
        let never = NaiveDate::MIN;
        msg("journal-day")
            .text("weekday", weekday)
            .text("date", day_name(self.day, never))
            .into()
    }

    /// `10 articles, about 38 minutes`.
    pub(super) fn sum(&self) -> String {
        let articles = words::count(self.issue.count() as u64, "count-article");
        let minutes = words::count(u64::from(self.issue.minutes()), "count-minute");
        msg("edition-sum")
            .text("articles", articles)
            .text("minutes", minutes)
            .into()
    }

    fn moment(&self, minute: i64) -> String {
        let at = zone::local(minute, self.zone);
        msg("edition-moment")
            .text("date", day_name(at.date_naive(), self.today))
            .text("time", at.format("%H:%M"))
            .into()
    }

    fn next_said(&self) -> String {
        msg("edition-next")
            .text("when", self.moment(self.next))
            .into()
    }
}

fn byline(shelf: &Shelf, piece: &Piece) -> String {
    let mut parts = vec![shelf.title(piece.row.id.feed)];
    parts.push(msg("edition-minutes").number("n", piece.minutes).into());
    let also: Vec<String> = piece.also.iter().map(|feed| shelf.title(*feed)).collect();
    if !also.is_empty() {
        parts.push(
            msg("edition-also")
                .text("feeds", also.join(t("journal-comma")))
                .into(),
        );
    }
    parts.join(" · ")
}

fn title_of(title: &str) -> String {
    match title.is_empty() {
        true => t("list-untitled").to_owned(),
        false => title.to_owned(),
    }
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
    let days = (0..7).map(|back| edition.today - chrono::TimeDelta::days(back));
    let days = days.filter(|day| hours::of_day(habits, edition.zone, *day, now).is_some());
    days.map(|day| Choice {
        label: day_name(day, edition.today),
        href: format!("/edition?day={day}"),
        current: day == edition.day,
        count: 0,
    })
    .collect()
}

/// The bodies of an edition's articles. One read each that isn't cached.
async fn bodies(app: &AppState, issue: &Issue) -> HandlerResult<Vec<Option<Article>>> {
    let loads = issue.pieces().map(|piece| async {
        let found = articles::cached(&app.store, piece.row.id).await?;
        HandlerResult::Ok(found.map(|found| found.0.clone()))
    });
    try_join_all(loads).await
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
    let bodies = bodies(&app, &edition.issue).await?;
    let mut book = book_of(&shelf, &edition, &bodies);
    book.id = format!("{}/{}", current.user.id, edition.day);
    if own.edition.pictures {
        book.pictures = pictures_of(&app, current.user.id.0, &book).await;
    }
    as_book(&book, &format!("dormouse-{}", edition.day), current.now)
}

/// A book as a file.
pub(super) fn as_book(book: &Book, name: &str, now: Timestamp) -> HandlerResult<Response> {
    let packed = book.to_epub(now);
    let packed = packed.map_err(|error| Problem::internal(&error))?;
    let mut response = packed.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/epub+zip"),
    );
    let name = format!("attachment; filename=\"{name}.epub\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// An edition's sections with their articles, as a feed lists them: the first and the longest in a section of their own.
pub(super) fn entry_lines(
    app: &AppState,
    shelf: &Shelf,
    edition: &Edition,
) -> Vec<(String, Vec<EditionLine>)> {
    let line = |piece: &Piece| {
        let own = app.base_url.join(&format!("article/{}", piece.row.id));
        let own = own.map_or_else(|_| String::new(), |url| url.to_string());
        let summary = &piece.row.summary;
        EditionLine {
            title: title_of(&summary.title),
            href: summary.link.clone().unwrap_or(own),
            byline: byline(shelf, piece),
            snippet: summary.snippet.clone().unwrap_or_default(),
        }
    };
    let issue = &edition.issue;
    let lead = issue
        .lead
        .iter()
        .map(|piece| (edition.title(), vec![line(piece)]));
    let sections = issue.sections.iter().map(|section| {
        let name = match section.name.is_empty() {
            true => t("edition-other-feeds").to_owned(),
            false => section.name.clone(),
        };
        (name, section.pieces.iter().map(line).collect())
    });
    let last = issue.last.iter();
    let last = last.map(|piece| (t("edition-long").to_owned(), vec![line(piece)]));
    lead.chain(sections).chain(last).collect()
}

/// The edition as a book, without pictures.
pub(super) fn book_of(shelf: &Shelf, edition: &Edition, bodies: &[Option<Article>]) -> Book {
    let chapters = edition
        .issue
        .pieces()
        .zip(bodies)
        .filter_map(|(piece, article)| {
            let body = &article.as_ref()?.body;
            let html = match &body.full {
                Some(full) => stored_text::clean(&full.html, full.sanitizer),
                None => stored_text::clean(&body.html, body.sanitizer),
            };
            let author = body
                .author
                .clone()
                .map(|author| format!(" · {author}"))
                .unwrap_or_default();
            Some(Chapter {
                title: title_of(&body.title),
                byline: byline(shelf, piece) + &author,
                link: body.link.clone().unwrap_or_default(),
                html: html.into_string(),
                lang: body.lang.clone().unwrap_or_default(),
            })
        });
    Book {
        title: format!("{} · {}", edition.title(), edition.date()),
        end: t("edition-end").to_owned(),
        contents: t("edition-contents").to_owned(),
        original: t("article-original").to_owned(),
        language: words::language().tag().to_owned(),
        id: edition.day.to_string(),
        chapters: chapters.collect(),
        pictures: Vec::new(),
    }
}

/// The pictures of a book, as far as they can be had in time and have room.
async fn pictures_of(app: &AppState, user: i64, book: &Book) -> Vec<Picture> {
    let deadline = Instant::now() + PICTURES_TIME;
    let mut addresses: Vec<String> = Vec::new();
    for chapter in &book.chapters {
        for address in pictures::addresses(&chapter.html) {
            if addresses.len() < PICTURES && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    let loads = addresses.into_iter().map(|address| async move {
        let (mime, bytes) = taken(app, user, &address, PICTURE_BYTES, deadline).await?;
        // Not every reading device shows others (EPUB 3.3, 3.2).
        (mime != "image/avif").then_some(Picture {
            address,
            mime,
            bytes,
        })
    });
    let mut left = MOST_BYTES - 5_000_000;
    let mut kept = Vec::new();
    let mut loads = stream::iter(loads).buffered(AT_ONCE);
    while let Some(picture) = loads.next().await {
        if let Some(picture) = picture.filter(|picture| picture.bytes.len() <= left) {
            left -= picture.bytes.len();
            kept.push(picture);
        }
    }
    kept
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
    let now = minute_of(current.now);
    let changed = users::store::change(&app.store, current.user.id, |user| {
        let edition = &mut user.profile.preferences.edition;
        edition.pictures = typed.pictures.is_some();
        if edition.hour != hour {
            // Who changes it twice in a day keeps the hour of the edition that they have.
            if edition.changed + 24 * 60 < now {
                edition.before = edition.hour;
            }
            edition.hour = hour;
            edition.changed = now;
        }
    });
    changed.await?;
    Ok(flash::redirect("/edition", t("edition-saved"), None))
}
