//! The packs of feeds for those who begin.

use crate::app::App;
use crate::config::Quota;
use crate::ids::UserId;
use crate::shelf::import_report::ImportReport;
use crate::shelf::opml::{Opml, Outline};
use crate::shelf::{import, store};
use crate::web::actions::asking::room_for_feeds;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::t;

/// A pack: a name, the message of its title, and its feeds. Chosen because they are old, kept, whole and polite.
pub(crate) type Known = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The packs.
pub(crate) static PACKS: [Known; 4] = [
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

/// A pack's lines, in a folder of their own; `None` if there is no such pack.
pub(crate) fn outlines(name: &str) -> Option<Vec<Outline>> {
    let (_, title, feeds) = PACKS.iter().find(|(known, _, _)| *known == name)?;
    let lines = feeds.iter().map(|(feed, url)| Outline {
        title: Some((*feed).to_owned()),
        xml_url: (*url).to_owned(),
        folder: vec![t(title).to_owned()],
        ..Outline::default()
    });
    Some(lines.collect())
}

/// Puts a pack's feeds on a shelf, in a folder of their own; what came of it stands where the last import's result does.
///
/// # Errors
/// 404 if there is no such pack; 422 or 503 if there is no room.
pub(crate) async fn take(
    app: &App,
    user: UserId,
    quota: Quota,
    name: &str,
) -> HandlerResult<ImportReport> {
    let outlines = outlines(name).ok_or_else(Problem::not_found)?;
    room_for_feeds(app, user, quota).await?;
    let opml = Opml {
        outlines,
        ..Opml::default()
    };
    let most = quota.shelf();
    let private = app.config.fetch.allow_private;
    let (clock, random) = (&app.clock, &app.random);
    let random = (&app.secret, random);
    let report = import::import(&app.store, clock, random, user, &opml, private, most).await?;
    store::put_import(&app.store, user, &report).await?;
    Ok(report)
}
