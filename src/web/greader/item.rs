//! An article as clients take it.

use serde::Serialize;

use super::{lists, names};
use crate::app::App;
use crate::articles::Article;
use crate::codec::cut;
use crate::html::direction::Direction;
use crate::html::sanitize::snippet;
use crate::shelf::streams::{Library, label_of};
use crate::web::actions::stored_text::clean;

/// Longest title that is made of a text, in bytes.
const MADE_TITLE_BYTES: usize = 120;

#[derive(Debug, Serialize)]
struct Link {
    href: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Text {
    direction: &'static str,
    content: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Origin {
    stream_id: String,
    title: String,
    html_url: String,
}

/// Clients read its address from either name.
#[derive(Debug, Serialize)]
struct Enclosure {
    href: String,
    url: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    id: String,
    crawl_time_msec: String,
    timestamp_usec: String,
    pub published: i64,
    pub updated: i64,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    canonical: Vec<Link>,
    alternate: Vec<Link>,
    summary: Text,
    categories: Vec<String>,
    origin: Origin,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enclosure: Vec<Enclosure>,
}

impl Item {
    /// An article, and the title of its feed where that isn't on the shelf.
    pub(super) fn of(
        app: &App,
        library: &Library,
        article: &Article,
        feed_title: Option<&str>,
    ) -> Self {
        let id = article.id;
        let shelf = &library.shelf;
        let body = &article.body;
        let arrival = library.arrival(id);
        let is_on_shelf = shelf.subscription(id.feed).is_some();
        let feed_title = match is_on_shelf {
            true => lists::title_of(shelf, id.feed),
            false => feed_title.unwrap_or_default().to_owned(),
        };
        let base = app.base_url.as_str();
        let site = match is_on_shelf {
            true => lists::site_of(shelf, id.feed),
            false => body.link.clone().unwrap_or_else(|| base.to_owned()),
        };
        let link = body.link.clone().or_else(|| article.summary.link.clone());
        let link = link.unwrap_or_else(|| site.clone());
        let published = body.published.or(article.summary.published);
        let published = published.unwrap_or(arrival / 1_000_000);
        let enclosure = body.attachments.iter().map(|file| Enclosure {
            href: file.url.clone(),
            url: file.url.clone(),
            kind: file.mime.clone().unwrap_or_default(),
            length: file.length,
        });
        Self {
            id: names::item(id),
            crawl_time_msec: (arrival / 1_000).to_string(),
            timestamp_usec: arrival.to_string(),
            published,
            updated: body.updated.unwrap_or(published),
            title: title(article, &link),
            author: body.author.clone().filter(|author| !author.is_empty()),
            canonical: vec![Link {
                href: link.clone(),
                kind: None,
            }],
            alternate: vec![Link {
                href: link,
                kind: Some("text/html"),
            }],
            summary: text(library, article),
            categories: categories(library, article),
            origin: Origin {
                stream_id: names::feed(id.feed),
                title: match feed_title.is_empty() {
                    true => site.clone(),
                    false => feed_title,
                },
                html_url: site,
            },
            enclosure: enclosure.collect(),
        }
    }

    /// About how many bytes it has.
    pub(super) fn weight(&self) -> usize {
        self.summary.content.len() + self.title.len() + 1_000
    }

    /// Its text.
    pub(super) fn html(&self) -> &str {
        &self.summary.content
    }

    /// Its page.
    pub(super) fn link(&self) -> &str {
        self.alternate.first().map_or("", |link| &link.href)
    }

    /// Its feed: its id, its title, its site.
    pub(super) fn source(&self) -> [&str; 3] {
        [
            &self.origin.stream_id,
            &self.origin.title,
            &self.origin.html_url,
        ]
    }

    /// Its attached files: addresses and types.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.enclosure.iter();
        all.map(|file| (file.href.as_str(), file.kind.as_str()))
    }

    /// Whether it is read.
    pub(super) fn is_read(&self) -> bool {
        self.categories.contains(&names::state("read"))
    }

    /// The streams that it belongs to.
    pub(super) fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Its long id.
    pub(super) fn name(&self) -> &str {
        &self.id
    }
}

/// Never empty: of an article without one, its beginning, or where it stands.
pub(in crate::web) fn title(article: &Article, link: &str) -> String {
    let body = &article.body;
    let titles = [&body.title, &article.summary.title];
    let title = titles.into_iter().find(|title| !title.trim().is_empty());
    if let Some(title) = title {
        return title.clone();
    }
    let known = article.summary.snippet.clone();
    let words = known.unwrap_or_else(|| snippet(&body.html, MADE_TITLE_BYTES));
    match words.trim() {
        "" => link.to_owned(),
        words => cut(words, MADE_TITLE_BYTES),
    }
}

/// The whole text, where the reader wants that and it is there, else the publisher's.
pub(in crate::web) fn html(library: &Library, article: &Article) -> String {
    let body = &article.body;
    let one = library.shelf.subscription(article.id.feed);
    let whole = body
        .full
        .as_ref()
        .filter(|_| one.is_some_and(|one| one.full_text));
    match whole {
        Some(full) => clean(&full.html, full.sanitizer).into_string(),
        None => clean(&body.html, body.sanitizer).into_string(),
    }
}

fn text(library: &Library, article: &Article) -> Text {
    Text {
        direction: match article.body.dir {
            Some(Direction::Rtl) => "rtl",
            _ => "ltr",
        },
        content: html(library, article),
    }
}

/// One client looks at the first alone to see whether it is read.
fn categories(library: &Library, article: &Article) -> Vec<String> {
    let id = article.id;
    let states = [
        ("read", library.is_read(id)),
        ("reading-list", true),
        ("starred", library.shelf.is_starred(id)),
    ];
    let states = states.into_iter().filter(|(_, holds)| *holds);
    let states = states.map(|(name, _)| names::state(name));
    let one = library.shelf.subscription(id.feed);
    let folders = one.into_iter().flat_map(|one| one.folders().map(label_of));
    let labels = folders.chain(library.tags(id).iter().cloned());
    let mut labels: Vec<String> = labels.map(|label| names::label(&label)).collect();
    labels.sort();
    labels.dedup();
    states.chain(labels).collect()
}
