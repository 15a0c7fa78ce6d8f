//! The weekly digest: its page, and its book. As a feed it is in `private_feed`.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Days, NaiveDate};
use http::HeaderMap;
use serde::Deserialize;

use super::edition::as_book;
use super::journal::day_name;
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::edition::epub::{Book, Chapter};
use crate::shelf::history::digest::{self, Digest, last_week};
use crate::shelf::history::view::Journal;
use crate::shelf::journal::{Text, zone};
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Choice, DigestPage, DigestPart, JournalTab, Place, Told};
use crate::web::words::{self, msg, t};

/// Weeks that can be chosen.
const WEEKS: u64 = 8;

/// Which week: its Monday; the last one that is over without one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    week: Option<String>,
}

impl Which {
    fn monday(&self, journal: &Journal) -> HandlerResult<NaiveDate> {
        let last = last_week(journal.today);
        let Some(text) = &self.week else {
            return Ok(last);
        };
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let day = day.filter(|day| (1970..=9999).contains(&day.year()));
        let day = day.filter(|day| day.weekday() == chrono::Weekday::Mon && *day <= last);
        let first = journal.months().last().copied();
        let is_kept =
            |day: &NaiveDate| first.is_some_and(|first| zone::month_of_day(*day) >= first);
        day.filter(is_kept).ok_or_else(Problem::not_found)
    }
}

/// The digest of a week.
pub(super) async fn of(
    app: &AppState,
    shelf: &Shelf,
    journal: &Journal,
    monday: NaiveDate,
) -> HandlerResult<Digest> {
    let names = journal.names_on(shelf);
    Ok(digest::digest(&app.store, journal, &names, monday).await?)
}

/// `16 November to 22 November`.
pub(super) fn span(digest: &Digest, today: NaiveDate) -> String {
    msg("digest-span")
        .text("from", day_name(digest.from, today))
        .text("to", day_name(digest.to(), today))
        .into()
}

fn told(text: &Text) -> Told {
    Told {
        title: match text.title.is_empty() {
            true => t("list-untitled").to_owned(),
            false => text.title.clone(),
        },
        href: Some(text.link.clone()).filter(|link| !link.is_empty()),
    }
}

/// The text of a digest: HTML without classes, for wherever it stands.
pub(super) fn html(digest: &Digest) -> HandlerResult<String> {
    let count = |number: usize, name| words::count(number as u64, name);
    let opened = msg("digest-opened")
        .text("articles", count(digest.opened, "count-article"))
        .text("feeds", count(digest.feeds, "count-feed"))
        .text("minutes", count(digest.minutes as usize, "count-minute"))
        .number("days", digest.days);
    let change = match digest.opened.cmp(&digest.before) {
        std::cmp::Ordering::Greater => {
            msg("digest-more").number("n", digest.opened - digest.before)
        }
        std::cmp::Ordering::Less => msg("digest-fewer").number("n", digest.before - digest.opened),
        std::cmp::Ordering::Equal => msg("digest-same"),
    };
    let marked = msg("digest-marked")
        .number("marked", digest.marked)
        .number("cleared", digest.cleared);
    let rows = |all: &[(String, usize)]| {
        let rows = all.iter();
        rows.map(|(name, count)| (name.clone(), words::thousands(*count as u64)))
            .collect()
    };
    let part = DigestPart {
        sentences: vec![opened.into(), change.into(), marked.into()],
        tops: vec![
            ("digest-feeds", rows(&digest.top_feeds)),
            ("digest-authors", rows(&digest.top_authors)),
        ],
        starred: digest.starred.iter().map(told).collect(),
        longest: digest.longest.as_ref().map(told),
        end: t("digest-end"),
    };
    part.render().map_err(|error| Problem::internal(&error))
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(which): Query<Which>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("digest-title"), Place::Journal).await?;
    let journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let monday = which.monday(&journal)?;
    let digest = of(&app, &shelf, &journal, monday).await?;
    let last = last_week(journal.today);
    let weeks = (0..WEEKS).map(|back| last - Days::new(7 * back));
    let first = journal.months().last().copied();
    let weeks = weeks.filter(|day| first.is_some_and(|first| zone::month_of_day(*day) >= first));
    let page = DigestPage {
        tab: JournalTab::Digest,
        span: span(&digest, journal.today),
        week: monday.to_string(),
        weeks: weeks
            .map(|day| Choice {
                label: day_name(day, journal.today),
                href: format!("/digest?week={day}"),
                current: day == monday,
                count: 0,
            })
            .collect(),
        html: html(&digest)?,
        is_empty: digest.is_empty(),
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
    let journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let monday = which.monday(&journal)?;
    let digest = of(&app, &shelf, &journal, monday).await?;
    let title = format!("{} · {}", t("digest-title"), span(&digest, NaiveDate::MIN));
    let language = words::locale::language().tag().to_owned();
    let book = Book {
        end: t("digest-end").to_owned(),
        contents: t("edition-contents").to_owned(),
        original: t("article-original").to_owned(),
        id: format!("{}/digest/{monday}", current.user.id),
        chapters: vec![Chapter {
            title: title.clone(),
            byline: String::new(),
            link: String::new(),
            html: html(&digest)?,
            lang: language.clone(),
        }],
        title,
        language,
        pictures: Vec::new(),
    };
    Ok(as_book(&book, &format!("dormouse-week-{monday}"), current.now)?.into_response())
}
