//! The edition: which one a day has, what is said of it, and its articles.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use futures_util::future::try_join_all;

use crate::app::App;
use crate::articles::{Article, store as articles};
use crate::datastore::StoreError;
use crate::ids::UserId;
use crate::shelf::Shelf;
use crate::shelf::edition::hours::{self, DAYS_BACK, Span};
use crate::shelf::edition::issue::{self, Issue, Piece};
use crate::shelf::journal::zone;
use crate::timestamp::{Timestamp, minute_of};
use crate::users;
use crate::users::preferences::EditionHabits;
use crate::web::actions::posting;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::EditionLine;
use crate::web::words::{self, day_name, msg, t};

/// An edition and what it was made from.
pub(crate) struct Edition {
    pub issue: Issue,
    pub zone: Tz,
    /// The day on which it ended.
    pub day: NaiveDate,
    pub today: NaiveDate,
    pub span: Span,
    /// The minute at which the next one ends.
    pub next: i64,
}

/// The reader's zone: their own, otherwise their browser's.
pub(crate) fn zone_of(shelf: &Shelf) -> Tz {
    let own = shelf.read.habits().zone;
    match own.is_empty() {
        true => zone::named(words::locale::zone_name()),
        false => zone::named(&own),
    }
}

impl Edition {
    /// The edition of a span, for a reader in a zone.
    ///
    /// # Errors
    /// [`StoreError`] if the store can't be read.
    pub(crate) async fn of_span(
        app: &App,
        shelf: &Shelf,
        habits: &EditionHabits,
        (span, zone): (Span, Tz),
        now: i64,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            issue: issue::issue(&app.store, shelf, span).await?,
            zone,
            day: zone::day_of(span.to, zone),
            today: zone::day_of(now, zone),
            span,
            next: hours::next(habits, zone, now),
        })
    }

    /// The edition of a day; the latest for `None`.
    ///
    /// # Errors
    /// 404 for a day without one; a [`Problem`] if the store can't be read.
    pub(crate) async fn of(
        app: &App,
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
        Ok(Self::of_span(app, shelf, habits, (span, zone), now).await?)
    }

    /// `Saturday’s edition`.
    pub(crate) fn title(&self) -> String {
        let weekday = t(&format!(
            "date-weekday-{}",
            self.day.weekday().number_from_monday()
        ));
        msg("edition-of").text("weekday", weekday).into()
    }

    /// `Saturday, 28 November 2026`.
    pub(crate) fn date(&self) -> String {
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
    pub(crate) fn sum(&self) -> String {
        let articles = words::count(self.issue.count() as u64, "count-article");
        let minutes = words::count(u64::from(self.issue.minutes()), "count-minute");
        msg("edition-sum")
            .text("articles", articles)
            .text("minutes", minutes)
            .into()
    }

    /// `today, 07:00`.
    pub(crate) fn moment(&self, minute: i64) -> String {
        let at = zone::local(minute, self.zone);
        msg("edition-moment")
            .text("date", day_name(at.date_naive(), self.today))
            .text("time", at.format("%H:%M"))
            .into()
    }

    /// When the next one comes.
    pub(crate) fn next_said(&self) -> String {
        msg("edition-next")
            .text("when", self.moment(self.next))
            .into()
    }
}

/// Which feeds an article is of, and how long it takes.
pub(crate) fn byline(shelf: &Shelf, piece: &Piece) -> String {
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

/// A title, or what is said in place of one.
pub(crate) fn title_of(title: &str) -> String {
    match title.is_empty() {
        true => t("list-untitled").to_owned(),
        false => title.to_owned(),
    }
}

/// An edition's sections with their articles, as a feed lists them: the first and the longest in a section of their own.
pub(crate) fn entry_lines(
    app: &App,
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

/// The bodies of an edition's articles. One read each that isn't cached.
pub(crate) async fn bodies(app: &App, issue: &Issue) -> HandlerResult<Vec<Option<Article>>> {
    let loads = issue.pieces().map(|piece| async {
        let found = articles::cached(&app.store, piece.row.id).await?;
        HandlerResult::Ok(found.map(|found| found.0.clone()))
    });
    try_join_all(loads).await
}

/// The days of the last week that have an edition, the newest first.
pub(crate) fn days(edition: &Edition, habits: &EditionHabits, now: i64) -> Vec<NaiveDate> {
    let days = (0..7).map(|back| edition.today - chrono::TimeDelta::days(back));
    days.filter(|day| hours::of_day(habits, edition.zone, *day, now).is_some())
        .collect()
}

/// Sets the hour at which it ends, and whether its book takes pictures along. One read and one write.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(crate) async fn set(
    app: &App,
    user: UserId,
    (hour, pictures): (u8, bool),
    now: Timestamp,
) -> HandlerResult<EditionHabits> {
    let now = minute_of(now);
    let changed = users::store::change(&app.store, user, |user| {
        let edition = &mut user.profile.preferences.edition;
        edition.pictures = pictures;
        if edition.hour != hour {
            // Who changes it twice in a day keeps the hour of the edition that they have.
            if edition.changed + 24 * 60 < now {
                edition.before = edition.hour;
            }
            edition.hour = hour;
            edition.changed = now;
        }
        posting::reckon(&mut user.profile, now);
    });
    Ok(changed.await?.profile.preferences.edition)
}
