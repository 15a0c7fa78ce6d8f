//! The page for people: its words are those of the language in which it was opened.

use askama::Template;

use super::{Format, address};
use crate::app::App;
use crate::shelf::shared::{Line, Listing, MOST_LINES};
use crate::shelf::subscription::folder_text;
use crate::timestamp::Timestamp;
use crate::users::share::{Share, What};
use crate::web::assets::assets;
use crate::web::view::{FollowLink, SharedFeed, SharedGonePage, SharedLine, SharedPage};
use crate::web::words::locale::in_language;
use crate::web::words::{self, msg, t};

/// What stands over something that is open: its owner's heading, or what it is.
pub(in crate::web) fn heading(share: &Share) -> String {
    match share.manner.heading.as_str() {
        "" => in_language(share.manner.language, || name_of(&share.what)),
        own => own.to_owned(),
    }
}

/// What something is, in the language of the request.
pub(in crate::web) fn name_of(what: &What) -> String {
    match what {
        What::Starred => t("shared-starred").to_owned(),
        What::Tag(tag) => format!("#{tag}"),
        What::Folder(path) => folder_text(path),
        What::Edition => t("edition-title").to_owned(),
        What::Digest => t("digest-title").to_owned(),
    }
}

/// Static files are below the path of shared pages, too: an edge knows no other.
fn below(address: &str) -> String {
    format!("/s{address}")
}

pub(super) fn html(
    app: &App,
    share: &Share,
    token: &str,
    listing: &Listing,
) -> Result<String, askama::Error> {
    in_language(share.manner.language, || {
        let is_blogroll = matches!(share.what, What::Folder(_));
        let links = Format::of(&share.what).iter().skip(1).map(|format| {
            let (label, kind) = match format {
                Format::Atom => ("Atom", "application/atom+xml"),
                Format::Json => ("JSON Feed", "application/feed+json"),
                Format::Opml | Format::Html => ("OPML", "text/x-opml"),
            };
            FollowLink {
                label,
                kind,
                is_feed: *format != Format::Opml,
                href: address(app, token, *format),
            }
        });
        let mut feeds: Vec<SharedFeed> = Vec::new();
        for feed in &listing.feeds {
            // One that stands in several folders stands here once.
            if feeds.iter().any(|known| known.address == feed.xml_url) {
                continue;
            }
            feeds.push(SharedFeed {
                title: feed.title.clone().unwrap_or_default(),
                site: feed.html_url.clone(),
                address: feed.xml_url.clone(),
                folder: folder_text(&feed.folder),
            });
        }
        let sum = match is_blogroll {
            true => msg("shared-feeds").number("n", feeds.len()),
            false if listing.lines.len() >= MOST_LINES => {
                msg("shared-newest").number("n", listing.lines.len())
            }
            false => msg("shared-articles").number("n", listing.lines.len()),
        };
        let page = SharedPage {
            assets: crate::web::view::Assets {
                css: below(&assets().css),
                favicon: below(&assets().favicon),
                ..assets().clone()
            },
            title: heading(share),
            sum: sum.into(),
            links: links.collect(),
            is_empty: listing.lines.is_empty() && feeds.is_empty(),
            lines: listing.lines.iter().map(line).collect(),
            feeds,
            is_blogroll,
        };
        page.render()
    })
}

fn line(line: &Line) -> SharedLine {
    let at = Timestamp::from_timestamp(line.at, 0).unwrap_or_default();
    let title = match line.title.as_str() {
        "" => t("shared-untitled"),
        title => title,
    };
    SharedLine {
        title: title.to_owned(),
        link: line.link.clone(),
        source: line.source.clone(),
        date: words::date(at),
        machine_date: at.format("%Y-%m-%d").to_string(),
        note: line.note.clone(),
        excerpt: line.excerpt.clone(),
    }
}

/// The page of an address that opens nothing: in English, as it is the same for everybody.
pub(super) fn nothing() -> Result<String, askama::Error> {
    in_language(crate::users::preferences::Language::English, || {
        SharedGonePage {
            assets: crate::web::view::Assets {
                css: below(&assets().css),
                favicon: below(&assets().favicon),
                ..assets().clone()
            },
        }
        .render()
    })
}
