//! The weekly digest: which weeks have one, what it says, and its book.

use askama::Template;
use chrono::{Datelike, Days, NaiveDate};

use crate::app::App;
use crate::shelf::Shelf;
use crate::shelf::edition::epub::{Book, Chapter};
use crate::shelf::history::digest::{self, Digest, last_week};
use crate::shelf::history::view::Journal;
use crate::shelf::journal::{Text, zone};
use crate::users::User;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{DigestPart, Told};
use crate::web::words::{self, day_name, msg, t};

/// Weeks that can be chosen.
const WEEKS: u64 = 8;

/// The Monday of the week that is asked for; of the last one that is over without any.
///
/// # Errors
/// 404 for what isn't a Monday, or of which nothing is kept.
pub(crate) fn monday(week: Option<&str>, journal: &Journal) -> HandlerResult<NaiveDate> {
    let last = last_week(journal.today);
    let Some(text) = week else {
        return Ok(last);
    };
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = day.filter(|day| (1970..=9999).contains(&day.year()));
    let day = day.filter(|day| day.weekday() == chrono::Weekday::Mon && *day <= last);
    day.filter(|day| is_kept(journal, *day))
        .ok_or_else(Problem::not_found)
}

/// Whether the journal has anything of a day's month, or of one before.
fn is_kept(journal: &Journal, day: NaiveDate) -> bool {
    let first = journal.months().last().copied();
    first.is_some_and(|first| zone::month_of_day(day) >= first)
}

/// The Mondays of the weeks that can be chosen, the newest first.
pub(crate) fn weeks(journal: &Journal) -> Vec<NaiveDate> {
    let last = last_week(journal.today);
    let weeks = (0..WEEKS).map(|back| last - Days::new(7 * back));
    weeks.filter(|day| is_kept(journal, *day)).collect()
}

/// The digest of a week.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn of(
    app: &App,
    shelf: &Shelf,
    journal: &Journal,
    monday: NaiveDate,
) -> HandlerResult<Digest> {
    let names = journal.names_on(shelf);
    Ok(digest::digest(&app.store, journal, &names, monday).await?)
}

/// `16 November to 22 November`.
pub(crate) fn span(digest: &Digest, today: NaiveDate) -> String {
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

/// What a week was, in three sentences.
pub(crate) fn sentences(digest: &Digest) -> Vec<String> {
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
    vec![opened.into(), change.into(), marked.into()]
}

/// The text of a digest: HTML without classes, for wherever it stands.
///
/// # Errors
/// A [`Problem`] if it can't be drawn.
pub(crate) fn html(digest: &Digest) -> HandlerResult<String> {
    let rows = |all: &[(String, usize)]| {
        let rows = all.iter();
        rows.map(|(name, count)| (name.clone(), words::thousands(*count as u64)))
            .collect()
    };
    let part = DigestPart {
        sentences: sentences(digest),
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

/// A digest as a book.
///
/// # Errors
/// A [`Problem`] if it can't be drawn.
pub(crate) fn book(user: &User, digest: &Digest) -> HandlerResult<Book> {
    let monday = digest.from;
    let title = format!("{} · {}", t("digest-title"), span(digest, NaiveDate::MIN));
    let language = words::locale::language().tag().to_owned();
    Ok(Book {
        end: t("digest-end").to_owned(),
        contents: t("edition-contents").to_owned(),
        original: t("article-original").to_owned(),
        id: format!("{}/digest/{monday}", user.id),
        chapters: vec![Chapter {
            title: title.clone(),
            byline: String::new(),
            link: String::new(),
            html: html(digest)?,
            lang: language.clone(),
        }],
        title,
        language,
        pictures: Vec::new(),
    })
}
