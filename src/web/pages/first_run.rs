//! How to begin: what stands beside an empty shelf, and the packs of feeds that can be taken from there.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;

use super::choices;
use crate::app::AppState;
use crate::shelf::opml::{self, Opml, Outline};
use crate::shelf::{import, store};
use crate::timestamp::Timestamp;
use crate::users::Profile;
use crate::web::actions::asking::room_for_feeds;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{FirstRun, Pack};
use crate::web::words::{self, msg, t};

/// The packs: a name, the message of its title, and its feeds. Chosen because they are old, kept, whole and polite.
type Known = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

static PACKS: [Known; 4] = [
    (
        "science",
        "pack-science",
        &[
            ("Quanta Magazine", "https://www.quantamagazine.org/feed/"),
            ("NASA", "https://www.nasa.gov/feed/"),
            (
                "ESA",
                "https://www.esa.int/rssfeed/Our_Activities/Space_News",
            ),
            ("Knowable Magazine", "https://knowablemagazine.org/rss"),
        ],
    ),
    (
        "software",
        "pack-software",
        &[
            ("Rust Blog", "https://blog.rust-lang.org/feed.xml"),
            ("Julia Evans", "https://jvns.ca/atom.xml"),
            ("LWN.net", "https://lwn.net/headlines/rss"),
            (
                "Simon Willison",
                "https://simonwillison.net/atom/everything/",
            ),
        ],
    ),
    (
        "world",
        "pack-world",
        &[
            ("BBC World", "https://feeds.bbci.co.uk/news/world/rss.xml"),
            ("Global Voices", "https://globalvoices.org/feed/"),
            (
                "The Conversation",
                "https://theconversation.com/global/articles.atom",
            ),
        ],
    ),
    (
        "slow",
        "pack-slow",
        &[
            ("xkcd", "https://xkcd.com/atom.xml"),
            ("Colossal", "https://www.thisiscolossal.com/feed/"),
            (
                "The Public Domain Review",
                "https://publicdomainreview.org/rss.xml",
            ),
            ("Letters of Note", "https://lettersofnote.com/feed/"),
        ],
    ),
];

/// What stands beside an empty shelf.
pub(super) fn first_run(profile: &Profile) -> FirstRun {
    FirstRun {
        packs: packs(),
        counts: choices::counts_first(&profile.preferences),
    }
}

/// The second at which the packs were last looked through: 28 November 2026.
const LOOKED_THROUGH: i64 = 1_795_824_000;

/// When the packs were last looked through, in a sentence.
pub(super) fn looked_through() -> String {
    let at = Timestamp::from_timestamp(LOOKED_THROUGH, 0).unwrap_or_default();
    msg("pack-checked").text("date", words::date(at)).into()
}

/// The packs.
pub(super) fn packs() -> Vec<Pack> {
    let packs = PACKS.iter().map(|(name, title, feeds)| Pack {
        name,
        title: t(title),
        feeds,
    });
    packs.collect()
}

/// A pack as OPML, for any reader.
pub(super) async fn file(
    State(app): State<AppState>,
    _: CurrentUser,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    let opml = outlines(&name).ok_or_else(Problem::not_found)?;
    let text = opml::write("Dormouse", &[], &opml, app.clock.now());
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/x-opml; charset=utf-8".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.opml\""),
        ),
    ];
    Ok((headers, text).into_response())
}

/// A pack's lines, in a folder of their own; `None` if there is no such pack.
fn outlines(name: &str) -> Option<Vec<Outline>> {
    let (_, title, feeds) = PACKS.iter().find(|(known, _, _)| *known == name)?;
    let lines = feeds.iter().map(|(feed, url)| Outline {
        title: Some((*feed).to_owned()),
        xml_url: (*url).to_owned(),
        folder: vec![t(title).to_owned()],
        ..Outline::default()
    });
    Some(lines.collect())
}

/// Puts a pack's feeds on the shelf, in a folder of their own. They are fetched by the page that shows them.
pub(super) async fn take(
    State(app): State<AppState>,
    current: CurrentUser,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    let outlines = outlines(&name).ok_or_else(Problem::not_found)?;
    let is_admin = current.user.profile.admin;
    room_for_feeds(&app, current.user.id, is_admin).await?;
    let opml = Opml {
        outlines,
        ..Opml::default()
    };
    let (user, most) = (current.user.id, app.config.quotas.of(is_admin).feeds);
    let private = app.config.fetch.allow_private;
    let (clock, random) = (&app.clock, &app.random);
    let report = import::import(&app.store, clock, random, user, &opml, private, most).await?;
    let (added, _, _) = report.counts();
    store::put_import(&app.store, user, &report).await?;
    let text = msg("first-pack-added").number("n", added);
    Ok(flash::redirect("/import/last", text, None))
}
