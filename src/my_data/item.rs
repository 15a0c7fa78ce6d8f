//! A star or something kept as an item of a JSON Feed (version 1.1), and back. What other readers don't know stands in `_dormouse`.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::articles::{Article, ArticleSummary, Attachment, Body, FullText, MediaKinds};
use crate::codec::cut;
use crate::feeds::podcast::Podcast;
use crate::html::direction::Direction;
use crate::html::sanitize::{SANITIZER_VERSION, SafeHtml, snippet};
use crate::html::title::of_text;
use crate::html::visible::visible;
use crate::ids::ArticleId;
use crate::shelf::kept::{Card, Kept, MAX_TAGS, NOTE_CHARS, typed_tags};
use crate::timestamp::{Timestamp, from_micros, rfc3339};
use crate::update::canonical;

/// Longest address, text and other words that are taken in, in bytes.
const LINK_BYTES: usize = 8_000;
const HTML_BYTES: usize = 8 * 1_024 * 1_024;
const WORDS_BYTES: usize = 4_000;
/// Most of anything that an item lists.
const MOST_LISTED: usize = 200;
/// Bytes of a snippet that is made anew.
const SNIPPET_BYTES: usize = 200;

/// A JSON Feed.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Feed {
    pub version: String,
    pub title: String,
    pub items: Vec<Item>,
}

/// An item.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Item {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub title: String,
    pub content_html: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// The publisher’s categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<File>,
    #[serde(rename = "_dormouse")]
    pub own: Own,
}

/// An author.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Author {
    pub name: String,
}

/// An attached file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_in_bytes: Option<u64>,
}

/// What only a Dormouse knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Own {
    /// The number or name that it had where it was exported.
    pub id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub feed_url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub feed_title: String,
    /// When it was starred, or kept, in microseconds since 1970.
    pub at: i64,
    /// The reader’s own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Its title in lists, if that isn’t `title`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_title: Option<String>,
    /// Its place in timelines, in microseconds since 1970, and the minutes after which it came.
    #[serde(skip_serializing_if = "is_zero")]
    pub order: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<u32>,
    /// The language that its text was found to be in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<u8>,
    /// Whether its feed stood behind a door.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_own: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub podcast: Option<Podcast>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full: Option<Full>,
}

/// The text of its own page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Full {
    pub html: String,
    /// The minute at which it was fetched.
    pub fetched: i64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_older: bool,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Stored HTML, cleaned by this version of the sanitizer.
fn clean(html: &str, sanitizer: u32) -> String {
    match sanitizer == SANITIZER_VERSION {
        true => html.to_owned(),
        false => SafeHtml::clean(html, None).into_string(),
    }
}

fn date(second: Option<i64>) -> Option<String> {
    Timestamp::from_timestamp(second?, 0).map(rfc3339)
}

fn second(date: Option<&str>, now: Timestamp) -> Option<i64> {
    let at = chrono::DateTime::parse_from_rfc3339(date?).ok()?;
    // Publishers may date into the future, but not beyond what a page can show.
    Some(at.timestamp()).filter(|at| (0..now.timestamp() + 4_000_000_000).contains(at))
}

/// What a page needs, as an item.
fn of_body(body: &Body) -> Item {
    let attachments = body.attachments.iter().map(|one| File {
        url: one.url.clone(),
        mime_type: one.mime.clone(),
        size_in_bytes: one.length,
    });
    Item {
        id: String::new(),
        url: body.link.clone(),
        title: body.title.clone(),
        content_html: clean(&body.html, body.sanitizer),
        date_published: date(body.published),
        date_modified: date(body.updated),
        authors: body
            .author
            .iter()
            .map(|name| Author { name: name.clone() })
            .collect(),
        tags: body.categories.clone(),
        language: body.lang.clone(),
        attachments: attachments.collect(),
        own: Own {
            comments: body.comments.clone(),
            comment_count: body.comment_count,
            podcast: body.podcast.clone(),
            direction: body.dir,
            full: body.full.as_ref().map(|full| Full {
                html: clean(&full.html, full.sanitizer),
                fetched: full.fetched,
                is_older: full.is_older,
            }),
            ..Own::default()
        },
        ..Item::default()
    }
}

/// A star as an item.
pub(super) fn of_star(article: &Article, (title, url): (&str, &str), at: Timestamp) -> Item {
    let summary = &article.summary;
    let mut item = of_body(&article.body);
    item.id = item.url.clone().unwrap_or_else(|| article.id.to_string());
    item.summary.clone_from(&summary.snippet);
    item.image.clone_from(&summary.image);
    item.own = Own {
        id: article.id.to_string(),
        feed_url: url.to_owned(),
        feed_title: title.to_owned(),
        at: at.timestamp_micros(),
        list_title: Some(&summary.title)
            .filter(|title| **title != item.title)
            .cloned(),
        order: summary.order,
        arrived: summary.arrived,
        words: summary.words,
        found_language: summary.lang.clone(),
        media: summary.media.map(|media| media.0),
        is_own: summary.is_own,
        ..item.own
    };
    item
}

/// What is kept as an item.
pub(super) fn of_kept(name: &str, kept: &Kept, url: &str) -> Item {
    let Card {
        title,
        link,
        snippet,
        source,
        tags,
        note,
        kept: at,
        words,
        is_own,
    } = &kept.card;
    let mut item = of_body(&kept.body);
    item.url = item.url.or_else(|| link.clone());
    item.id = item.url.clone().unwrap_or_else(|| name.to_owned());
    item.summary = Some(snippet).filter(|text| !text.is_empty()).cloned();
    item.own = Own {
        id: name.to_owned(),
        feed_url: url.to_owned(),
        feed_title: source.clone(),
        at: at * 1_000_000,
        tags: tags.clone(),
        note: note.clone(),
        list_title: Some(title).filter(|title| **title != item.title).cloned(),
        words: Some(*words).filter(|words| *words > 0),
        is_own: *is_own,
        ..item.own
    };
    item
}

/// An address that pages may lead to; `None` for another.
fn web(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (is_web && text.len() <= LINK_BYTES).then(|| text.trim().to_owned())
}

fn plain(text: &str, bytes: usize) -> String {
    cut(&of_text(text), bytes)
}

impl Item {
    /// The address of its page.
    pub(super) fn link(&self) -> Option<String> {
        self.url.as_deref().and_then(web)
    }

    /// When it was published, in seconds since 1970.
    pub(super) fn published(&self, now: Timestamp) -> Option<i64> {
        second(self.date_published.as_deref(), now)
    }

    /// Its title in lists.
    pub(super) fn listed(&self) -> String {
        let title = self.own.list_title.as_deref().unwrap_or(&self.title);
        let title = plain(title, WORDS_BYTES);
        match (title.is_empty(), self.link()) {
            (true, Some(link)) => link,
            _ => title,
        }
    }

    /// When it was starred or kept: never in the future.
    pub(super) fn at(&self, now: Timestamp) -> Timestamp {
        match self.own.at {
            at if at > 0 => from_micros(at).min(now),
            _ => now,
        }
    }

    /// Whether it is larger than anything of ours.
    pub(super) fn is_too_large(&self) -> bool {
        let full = self.own.full.as_ref().map_or(0, |full| full.html.len());
        self.content_html.len() + full > HTML_BYTES
    }

    /// Its tags, as if they were typed.
    pub(super) fn own_tags(&self) -> Vec<String> {
        let mut tags = typed_tags(&self.own.tags.join(","));
        tags.truncate(MAX_TAGS);
        tags
    }

    /// Its note, as if it were typed.
    pub(super) fn own_note(&self) -> String {
        let lines: Vec<String> = self.own.note.trim().lines().map(visible).collect();
        let kept = |c: &char| *c == '\n' || !c.is_control();
        lines
            .join("\n")
            .chars()
            .filter(kept)
            .take(NOTE_CHARS)
            .collect()
    }

    /// What its page needs. Takes a while: HTML is cleaned, whoever wrote it.
    fn body(&self, now: Timestamp) -> Body {
        let link = self.link();
        let base = link.as_deref().and_then(|link| Url::parse(link).ok());
        let clean = |html: &str| SafeHtml::clean(html, base.as_ref()).into_string();
        let own = &self.own;
        let attachments = self.attachments.iter().take(MOST_LISTED);
        let attachments = attachments.filter_map(|one| {
            Some(Attachment {
                url: web(&one.url)?,
                mime: one.mime_type.as_deref().map(|mime| cut(mime, 200)),
                length: one.size_in_bytes,
            })
        });
        let categories = self.tags.iter().take(MOST_LISTED);
        Body {
            title: plain(&self.title, WORDS_BYTES),
            link: link.clone(),
            author: self
                .authors
                .first()
                .map(|author| plain(&author.name, WORDS_BYTES))
                .filter(|name| !name.is_empty()),
            html: clean(&self.content_html),
            sanitizer: SANITIZER_VERSION,
            attachments: attachments.collect(),
            published: self.published(now),
            updated: second(self.date_modified.as_deref(), now),
            categories: categories.map(|one| plain(one, WORDS_BYTES)).collect(),
            comments: own.comments.as_deref().and_then(web),
            comment_count: own.comment_count,
            podcast: own.podcast.clone().map(|podcast| Podcast {
                chapters: podcast.chapters.as_deref().and_then(web),
                ..podcast
            }),
            lang: self.language.as_deref().map(|lang| cut(lang, 40)),
            dir: own.direction,
            full: own.full.as_ref().map(|full| FullText {
                html: clean(&full.html),
                sanitizer: SANITIZER_VERSION,
                fetched: full.fetched,
                is_older: full.is_older,
            }),
            refused: None,
        }
    }

    /// The article of a star.
    pub(super) fn article(&self, id: ArticleId, now: Timestamp) -> Article {
        let body = self.body(now);
        let own = &self.own;
        let latest = now.timestamp_micros();
        let published = body.published;
        let order = match own.order {
            order if (1..=latest).contains(&order) => order,
            _ => published.map_or(latest, |at| (at * 1_000_000).min(latest)),
        };
        let own_snippet = self.summary.as_deref().map(|text| plain(text, WORDS_BYTES));
        let snippet = own_snippet.unwrap_or_else(|| snippet(&body.html, SNIPPET_BYTES));
        let summary = ArticleSummary {
            title: self.listed(),
            link: body.link.clone(),
            author: body.author.clone(),
            snippet: Some(snippet).filter(|text| !text.is_empty()),
            image: self.image.as_deref().and_then(web),
            order,
            published,
            arrived: own.arrived.map(|minutes| minutes.min(1_440)),
            words: own.words,
            lang: own.found_language.as_deref().map(|lang| cut(lang, 10)),
            media: own.media.map(MediaKinds),
            canonical: body.link.as_deref().and_then(canonical::hash),
            categories: body.categories.iter().take(3).cloned().collect(),
            is_own: own.is_own,
        };
        Article { id, summary, body }
    }

    /// What is kept of it.
    pub(super) fn kept(&self, now: Timestamp) -> Kept {
        let body = self.body(now);
        let own = &self.own;
        let card = Card {
            title: self.listed(),
            link: body.link.clone(),
            snippet: self.summary.as_deref().map_or_else(String::new, of_text),
            source: plain(&own.feed_title, WORDS_BYTES),
            tags: self.own_tags(),
            note: self.own_note(),
            kept: self.at(now).timestamp(),
            words: own.words.unwrap_or_default(),
            is_own: own.is_own,
        };
        Kept {
            card: card.fitted(),
            body,
        }
    }
}

impl Item {
    /// The address of its feed; empty if it isn't told.
    pub(super) fn feed_url(&self) -> String {
        web(&self.own.feed_url).unwrap_or_default()
    }
}

/// What a file of stars or of what is kept has; `None` if it is none.
pub(super) fn feed_of(bytes: &[u8]) -> Option<Feed> {
    serde_json::from_slice(bytes).ok()
}
