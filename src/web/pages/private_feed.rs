//! `GET /f/TOKEN.atom`: the edition or the weekly digest as a feed (RFC 4287), for its owner's own programs.
//!
//! Not for caches between us and the program: it is one person's. What hasn't changed is said by a tag, before anything of it is read.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest as _, Sha256};

use crate::app::AppState;
use crate::ids::UserId;
use crate::random::hex;
use crate::shelf::Shelf;
use crate::shelf::edition::hours;
use crate::shelf::history::digest::last_week;
use crate::shelf::history::view::Journal;
use crate::shelf::journal::zone::{self, day_of};
use crate::shelf::opml::escape;
use crate::timestamp::{Timestamp, from_micros, minute_of, rfc3339};
use crate::users;
use crate::users::preferences::{EditionHabits, Language};
use crate::users::share::{self, Share, What};
use crate::web::actions::digest;
use crate::web::actions::edition::{Edition, entry_lines, zone_of};
use crate::web::edge::{AsItIs, Tag};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::shared::private_address;
use crate::web::view::EditionEntry;
use crate::web::words::locale::in_language;
use crate::web::words::{msg, t};

/// How many editions and weeks a feed has.
const EDITIONS: u64 = 3;
const WEEKS: u64 = 4;
/// For how long a program needn't ask again.
const KEEP: &str = "private, max-age=1800";

/// One entry.
struct Entry {
    /// What tells it from others of the same feed.
    name: String,
    title: String,
    href: String,
    at: Timestamp,
    html: String,
}

/// A private feed. Cold as many reads as the page of the same; two or three where nothing is new, and none where those are cached.
pub(super) async fn show(
    State(app): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let Some(token) = name.strip_suffix(".atom") else {
        return Ok(nothing());
    };
    let share = share::find(&app.store, &app.secret, token).await?;
    let Some(share) = share.filter(|one| matches!(one.what, What::Edition | What::Digest)) else {
        return Ok(nothing());
    };
    let Some(user) = users::cached::cached(&app.store, share.user).await? else {
        return Ok(nothing());
    };
    let shelf = Shelf::load(&app.store, share.user).await?;
    let (now, habits) = (app.clock.now(), user.profile.preferences.edition);
    let newest = newest(&share, &shelf, &habits, now);
    let print = hex(&Sha256::digest(format!("{}{newest}{}", share.id, app.base_url))[..16]);
    let tag = Tag::weak(&print);
    let mut response = match tag.is_known(&headers) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let language = share.manner.language;
            let entries = match share.what {
                What::Edition => editions(&app, &shelf, &habits, language, now).await?,
                _ => digests(&app, &shelf, share.user, language, now).await?,
            };
            let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
            (kind, atom(&app, &share, token, &entries)).into_response()
        }
    };
    response.headers_mut().extend(tag.header());
    Ok(for_one(response))
}

/// What the newest entry is of: the day of the edition, with its hour, or of the week.
fn newest(share: &Share, shelf: &Shelf, habits: &EditionHabits, now: Timestamp) -> String {
    let (zone, minute) = (zone_of(shelf), minute_of(now));
    match share.what {
        What::Edition => hours::latest(habits, zone, minute).to.to_string(),
        _ => last_week(day_of(minute, zone)).to_string(),
    }
}

async fn editions(
    app: &AppState,
    shelf: &Shelf,
    habits: &EditionHabits,
    language: Language,
    now: Timestamp,
) -> HandlerResult<Vec<Entry>> {
    let minute = minute_of(now);
    let today = day_of(minute, zone_of(shelf));
    let mut entries = Vec::new();
    for back in 0..=EDITIONS {
        let day = today - Days::new(back);
        if hours::of_day(habits, zone_of(shelf), day, minute).is_none() {
            continue;
        }
        let day = day.to_string();
        let one = Edition::of(app, shelf, habits, Some(&day), minute).await?;
        let entry = in_language(language, || -> HandlerResult<Entry> {
            let sections = entry_lines(app, shelf, &one);
            let part = EditionEntry {
                sum: match one.issue.is_empty() {
                    true => t("edition-empty").to_owned(),
                    false => one.sum(),
                },
                sections,
                end: t("edition-end"),
            };
            Ok(Entry {
                title: format!("{} · {}", one.title(), one.date()),
                href: format!("edition?day={day}"),
                at: from_micros(one.span.to * 60_000_000),
                html: part.render().map_err(|error| Problem::internal(&error))?,
                name: day.clone(),
            })
        });
        entries.push(entry?);
        if entries.len() as u64 == EDITIONS {
            break;
        }
    }
    Ok(entries)
}

async fn digests(
    app: &AppState,
    shelf: &Shelf,
    user: UserId,
    language: Language,
    now: Timestamp,
) -> HandlerResult<Vec<Entry>> {
    let journal = Journal::open(&app.store, user, &shelf.read, now).await?;
    let last = last_week(journal.today);
    let mut entries = Vec::new();
    for back in 0..WEEKS {
        let monday = last - Days::new(7 * back);
        let one = digest::of(app, shelf, &journal, monday).await?;
        // The last week is told even if there is nothing to tell.
        if one.is_empty() && back > 0 {
            continue;
        }
        let next = zone::first_minute(monday + Days::new(7), journal.zone);
        let entry = in_language(language, || -> HandlerResult<Entry> {
            Ok(Entry {
                title: format!(
                    "{} · {}",
                    t("digest-title"),
                    digest::span(&one, NaiveDate::MIN)
                ),
                href: format!("digest?week={monday}"),
                at: from_micros(next * 60_000_000),
                html: match one.is_empty() {
                    true => format!("<p>{}</p>", escape(t("digest-empty"))),
                    false => digest::html(&one)?,
                },
                name: monday.to_string(),
            })
        });
        entries.push(entry?);
    }
    Ok(entries)
}

fn atom(app: &AppState, share: &Share, token: &str, entries: &[Entry]) -> String {
    let (title, page) = in_language(share.manner.language, || match share.what {
        What::Edition => (msg("private-edition"), "edition"),
        _ => (msg("private-digest"), "digest"),
    });
    let title: String = in_language(share.manner.language, || title.into());
    let at = |path: &str| {
        let joined = app.base_url.join(path);
        joined.map_or_else(|_| app.base_url.to_string(), |url| url.to_string())
    };
    let newest = entries.iter().map(|entry| entry.at).max();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    // The name of an entry is that of its owner and its day: a renewed address makes nothing new.
    let name = |what: &str| {
        let text = format!("{}/{page}/{what}", share.user);
        let digest = hex(&Sha256::digest(text)[..16]);
        format!("urn:dormouse:{digest}")
    };
    // Writing to a string cannot fail.
    let _ = write!(
        xml,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{}</title>\n<id>{}</id>\n<updated>{}</updated>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
         <author><name>Dormouse</name></author>\n",
        share.manner.language.tag(),
        escape(&title),
        name("feed"),
        rfc3339(newest.unwrap_or(share.since)),
        escape(&private_address(app, token)),
        escape(&at(page)),
    );
    for entry in entries {
        let _ = writeln!(
            xml,
            "<entry><title>{}</title><id>{}</id><updated>{}</updated><link rel=\"alternate\" href=\"{}\"/>\
             <content type=\"html\">{}</content></entry>",
            escape(&entry.title),
            name(&entry.name),
            rfc3339(entry.at),
            escape(&at(&entry.href)),
            escape(&entry.html),
        );
    }
    xml.push_str("</feed>\n");
    xml
}

/// The answer to an address that opens nothing, or nothing any more.
fn nothing() -> Response {
    let problem = Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no feed at this address, or it was closed",
        "Whoever it belongs to finds its new address in their settings.",
    );
    for_one(problem.into_response())
}

fn for_one(mut response: Response) -> Response {
    if response.status() == StatusCode::NOT_MODIFIED {
        response.extensions_mut().insert(AsItIs);
    }
    let headers = [
        (header::CACHE_CONTROL.as_str(), KEEP),
        ("x-robots-tag", "noindex"),
        (header::REFERRER_POLICY.as_str(), "no-referrer"),
    ];
    (headers, response).into_response()
}
