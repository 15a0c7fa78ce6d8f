//! Editions and digests by email: what is due to whom, sent by the scheduler's call after their hour.
//!
//! Who waits is indexed in the accounts themselves (`mail_due`), so that a call with nobody waiting costs one read. An account
//! is claimed before it is served, on the version that was read: two calls at once send nothing twice. What a relay doesn't
//! take is tried again half an hour later, twice.

use askama::Template;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use tokio::time::{Duration, Instant};

use super::letters::{address, drawn, language_of, send, site};
use crate::app::App;
use crate::datastore::{Cost, StoreError, metered, within};
use crate::mail::{Letter, MailError};
use crate::shelf::Shelf;
use crate::shelf::edition::hours;
use crate::shelf::history::digest::last_week;
use crate::shelf::history::view::Journal;
use crate::shelf::journal::zone;
use crate::timestamp::minute_of;
use crate::users::mail_habits::{MailHabits, MailTrouble};
use crate::users::{self, User};
use crate::web::actions::edition::{Edition, entry_lines};
use crate::web::actions::{digest, posting, stopping};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{EditionEntry, EditionLetter, Says};
use crate::web::words::{locale, msg, t};

/// Readers that one call serves at most.
const READERS_A_CALL: u32 = 10;
/// The time after which a call serves nobody else.
const CALL_TIME: Duration = Duration::from_secs(30);
/// The time after which a call waits for the store no more: the last reader's two letters take twenty seconds at most.
const STORE_TIME: Duration = Duration::from_secs(60);
/// Minutes after which what failed is tried again.
const AGAIN: i64 = 30;
/// How often it is tried in all.
const TRIES: u8 = 3;

/// What a call did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    /// Letters that the relay took.
    sent: u32,
    /// Letters that it didn't.
    failed: u32,
    /// Whether nobody is waiting any more.
    finished: bool,
    /// What it cost.
    cost: Cost,
}

/// Days since 1970.
fn day_number(day: NaiveDate) -> i64 {
    day.signed_duration_since(NaiveDate::default()).num_days()
}

/// What a reader is to be sent.
struct Work {
    edition: Option<hours::Span>,
    digest: Option<NaiveDate>,
    zone: Tz,
}

/// The last edition that is over, and the last week whose digest is due, in a reader's zone.
fn over(user: &User, now: i64) -> (hours::Span, NaiveDate, Tz) {
    let zone = zone::named(&user.profile.mail.zone);
    let latest = hours::latest(&user.profile.preferences.edition, zone, now);
    // A digest comes with the hour of the edition, not at midnight.
    (latest, last_week(zone::day_of(latest.to, zone)), zone)
}

/// What is due to a reader, noted as sent.
fn claim(user: &mut User, now: i64) -> Work {
    let (latest, week, zone) = over(user, now);
    // Whoever may not come in is sent nothing either.
    let is_awake = user.awake && user.profile.is_verified && user.profile.barred().is_none();
    let mail = &mut user.profile.mail;
    let has_edition = mail.edition && is_awake && latest.to > mail.edition_sent;
    let has_digest = mail.digest && is_awake && day_number(week) > mail.digest_sent;
    mail.edition_sent = mail.edition_sent.max(latest.to);
    mail.digest_sent = mail.digest_sent.max(day_number(week));
    mail.due = None;
    posting::reckon(&mut user.profile, now);
    Work {
        edition: has_edition.then_some(latest),
        digest: has_digest.then_some(week),
        zone,
    }
}

/// Sets what a reader wants. What was over before they wanted it isn't sent.
pub(super) fn want(user: &mut User, (edition, digest): (bool, bool), now: i64) {
    let (latest, week, _) = over(user, now);
    let mail = &mut user.profile.mail;
    if edition && !mail.edition {
        mail.edition_sent = latest.to;
    }
    if digest && !mail.digest {
        mail.digest_sent = day_number(week);
    }
    (mail.edition, mail.digest) = (edition, digest);
    posting::reckon(&mut user.profile, now);
}

/// Serves those who wait, for a while. One read if nobody does; for each, what an edition costs, and a write.
///
/// # Errors
/// A [`Problem`] if the store can't be read or written.
pub(super) async fn serve(app: &App) -> HandlerResult<Report> {
    let began = Instant::now();
    let work = async {
        let mut report = Report::default();
        let now = minute_of(app.clock.now());
        let waiting = users::store::mail_due_by(&app.store, now, READERS_A_CALL).await?;
        let is_all = waiting.len() < READERS_A_CALL as usize;
        for user in waiting {
            if began.elapsed() > CALL_TIME {
                return Ok(report);
            }
            serve_one(app, user, now, &mut report).await?;
        }
        report.finished = is_all;
        HandlerResult::Ok(report)
    };
    let (report, cost) = metered(within(STORE_TIME, work)).await;
    Ok(Report { cost, ..report? })
}

async fn serve_one(app: &App, mut user: User, now: i64, report: &mut Report) -> HandlerResult<()> {
    let before = user.profile.mail.clone();
    let work = claim(&mut user, now);
    match app.store.commit(vec![users::store::update(&user)?]).await {
        Ok(_) => {}
        // Another call serves them, or they are changing their settings: the next call sees.
        Err(error) if error.is_contention() => return Ok(()),
        Err(StoreError::NotFound(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    if work.edition.is_none() && work.digest.is_none() {
        return Ok(());
    }
    let shelf = Shelf::load(&app.store, user.id).await?;
    let mut failed = None;
    if let Some(span) = work.edition {
        let done = edition(app, &user, &shelf, (span, work.zone), now).await?;
        failed = count(done, report);
    }
    if let (Some(week), None) = (work.digest, &failed) {
        let done = weekly(app, &user, &shelf, week).await?;
        failed = count(done, report);
    }
    if failed.is_none() && before.trouble.is_none() {
        return Ok(());
    }
    settle(app, &user, &before, (failed, now)).await
}

/// Counts a letter: sent, failed, or not written because there was nothing to say.
fn count(done: Option<Result<(), MailError>>, report: &mut Report) -> Option<MailError> {
    match done {
        None => None,
        Some(Ok(())) => {
            report.sent += 1;
            None
        }
        Some(Err(error)) => {
            report.failed += 1;
            Some(error)
        }
    }
}

/// Notes what went wrong, for the reader's page, and when it is tried again; or that it went well after all.
async fn settle(
    app: &App,
    user: &User,
    before: &MailHabits,
    (failed, now): (Option<MailError>, i64),
) -> HandlerResult<()> {
    let tries = before.trouble.as_ref().map_or(0, |trouble| trouble.tries) + 1;
    let set = |user: &mut User| {
        let mail = &mut user.profile.mail;
        mail.trouble = failed.as_ref().map(|error| MailTrouble {
            minute: now,
            why: error.to_string(),
            tries: if tries < TRIES { tries } else { 0 },
        });
        if failed.is_some() && tries < TRIES {
            mail.edition_sent = before.edition_sent;
            mail.digest_sent = before.digest_sent;
            mail.due = mail.due.map(|due| due.min(now + AGAIN));
        }
    };
    match users::store::change(&app.store, user.id, set).await {
        Err(StoreError::NotFound(_)) => Ok(()),
        changed => Ok(changed.map(drop)?),
    }
}

/// Sends an edition; `None` if nothing arrived.
async fn edition(
    app: &App,
    user: &User,
    shelf: &Shelf,
    (span, zone): (hours::Span, Tz),
    now: i64,
) -> HandlerResult<Option<Result<(), MailError>>> {
    let habits = user.profile.preferences.edition;
    let edition = Edition::of_span(app, shelf, &habits, (span, zone), now).await?;
    if edition.issue.is_empty() {
        return Ok(None);
    }
    let letter = locale::in_language(language_of(user), || -> HandlerResult<_> {
        let sections = entry_lines(app, shelf, &edition);
        let html = EditionEntry {
            sum: edition.sum(),
            sections: sections.clone(),
            end: t("edition-end"),
        };
        let text = EditionLetter { sections };
        let says = Says {
            subject: format!("{} · {}", edition.title(), edition.date()),
            link: Some((
                t("letter-edition-link").to_owned(),
                address(app, &format!("/edition?day={}", edition.day)),
            )),
            text: format!(
                "{}\n\n{}",
                edition.sum(),
                text.render().map_err(|e| Problem::internal(&e))?
            ),
            html: html.render().map_err(|error| Problem::internal(&error))?,
            foot: msg("letter-edition-foot").text("site", site(app)).into(),
            stop: Some(address(
                app,
                &stopping::path(app, user.id, stopping::Kind::Edition),
            )),
            ..Says::default()
        };
        Ok(drawn(&user.profile.email, &says))
    });
    deliver(app, letter?).await
}

/// Sends a digest; `None` if nothing was read in the week.
async fn weekly(
    app: &App,
    user: &User,
    shelf: &Shelf,
    week: NaiveDate,
) -> HandlerResult<Option<Result<(), MailError>>> {
    let now = app.clock.now();
    let journal = Journal::open(&app.store, user.id, &shelf.read, now).await?;
    let found = digest::of(app, shelf, &journal, week).await?;
    if found.is_empty() {
        return Ok(None);
    }
    let letter = locale::in_language(language_of(user), || -> HandlerResult<_> {
        let span = digest::span(&found, journal.today);
        let says = Says {
            subject: format!("{} · {span}", t("digest-title")),
            link: Some((
                t("letter-digest-link").to_owned(),
                address(app, &format!("/digest?week={week}")),
            )),
            text: digest::sentences(&found).join("\n\n"),
            html: digest::html(&found)?,
            foot: msg("letter-digest-foot").text("site", site(app)).into(),
            stop: Some(address(
                app,
                &stopping::path(app, user.id, stopping::Kind::Digest),
            )),
            ..Says::default()
        };
        Ok(drawn(&user.profile.email, &says))
    });
    deliver(app, letter?).await
}

async fn deliver(
    app: &App,
    letter: Result<Letter, MailError>,
) -> HandlerResult<Option<Result<(), MailError>>> {
    Ok(Some(send(app, letter).await))
}
