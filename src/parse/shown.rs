//! What is shown of an entry: the text that has something to show, with its links resolved.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{ParsedEntry, ParsedFeed};
use crate::html::direction::Direction;
use crate::html::sanitize::SafeHtml;

/// Longest base address for relative links, in bytes: it is repeated in each of them.
const MAX_BASE_BYTES: usize = 2_000;

/// The base of an entry's relative links: as the document declares it, otherwise its own page.
///
/// A linkblog's entries lead to other sites, but their links were written for its own. So where the page is elsewhere,
/// `site` is the base, and `feed`, the address of the document, where no site is known.
pub fn base_of(entry: &ParsedEntry, site: Option<&str>, feed: &Url) -> Url {
    let is_short = |base: &Url| base.as_str().len() <= MAX_BASE_BYTES;
    let parsed = |address: Option<&str>| {
        address
            .and_then(|address| Url::parse(address).ok())
            .filter(is_short)
    };
    let site = parsed(site);
    let home = site.as_ref().unwrap_or(feed);
    let page = parsed(entry.link.as_deref()).filter(|page| is_same_site(page, home));
    let declared = entry.base.clone().filter(is_short);
    declared
        .or(page)
        .or(site.clone())
        .unwrap_or_else(|| feed.clone())
}

/// Whether two addresses belong to one registrable domain, or to one host where there is none.
fn is_same_site(one: &Url, other: &Url) -> bool {
    let site = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        psl::domain_str(&host).map(str::to_owned).unwrap_or(host)
    };
    site(one) == site(other)
}

impl ParsedEntry {
    /// Its text, cleaned: the content, or the summary where nothing of the content can be shown.
    pub fn shown(&self, base: &Url) -> SafeHtml {
        let clean = |html: &Option<String>| {
            SafeHtml::clean(html.as_deref().unwrap_or_default(), Some(base))
        };
        let content = clean(&self.content);
        if !content.is_blank() {
            return content;
        }
        clean(&self.summary)
    }
}

/// The feed as `dormouse parse` prints it: texts sanitized, dates in UTC, missing values `null`. Relative links are resolved as
/// in the product; `feed` is the document's address.
pub fn to_json(parsed: &ParsedFeed, feed: &Url) -> Value {
    let entries = parsed
        .entries
        .iter()
        .map(|entry| entry_json(entry, parsed, feed));
    json!({
        "id": parsed.id,
        "title": parsed.title,
        "subtitle": parsed.subtitle,
        "link": parsed.link,
        "updated": date_text(parsed.updated),
        "entries": entries.collect::<Vec<_>>(),
        "repairs": parsed.repairs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn entry_json(entry: &ParsedEntry, parsed: &ParsedFeed, feed: &Url) -> Value {
    let base = base_of(entry, parsed.link.as_deref(), feed);
    let clean = |html: &Option<String>| {
        html.as_deref()
            .map(|html| SafeHtml::clean(html, Some(&base)))
    };
    let content = entry.content.is_some().then(|| entry.shown(&base));
    let enclosures = entry.enclosures.iter();
    let podcast = entry.podcast.clone().unwrap_or_default();
    json!({
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": date_text(entry.published),
        "updated": date_text(entry.updated),
        // Without a summary, the content takes its place, as in other readers.
        "summary": if entry.summary.is_some() { clean(&entry.summary) } else { content.clone() },
        "content": content,
        "author": entry.author,
        "categories": entry.categories,
        "enclosures": enclosures
            .map(|file| json!({ "url": file.url, "type": file.mime, "length": file.length }))
            .collect::<Vec<_>>(),
        "image": entry.image,
        "lang": entry.lang,
        "dir": entry.dir.map(Direction::as_str),
        "duration": podcast.duration,
        "episode": podcast.episode,
        "season": podcast.season,
        "chapters": podcast.chapters,
    })
}

fn date_text(date: Option<DateTime<Utc>>) -> Option<String> {
    date.map(|date| date.to_rfc3339_opts(SecondsFormat::Secs, true))
}
