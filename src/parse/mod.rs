//! Parses a feed, however malformed.
//!
//! Bytes become text (`encoding`), any dialect of XML becomes Atom 1.0 (`repair`), and only that is given to the feed
//! library, whose model is converted to ours (`adapter`). The same bytes always give the same feed, and an id that the
//! publisher did not write is never made up.

mod adapter;
mod atom;
mod bounded_json;
mod capture;
mod date;
mod hints;
mod json;
mod names;
mod repair;
mod scope;
mod tokens;

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use thiserror::Error;
use url::Url;

use self::repair::MAX_ENTRIES;
use crate::feeds::polling_hints::PollingHints;
use crate::html::charset::{self, Surprise};
use crate::html::sanitize::SafeHtml;

/// A feed as published. Only its plain texts are safe to show, once escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedFeed {
    /// The publisher's own id.
    pub id: Option<String>,
    /// Plain text on one line.
    pub title: Option<String>,
    /// Plain text on one line.
    pub subtitle: Option<String>,
    /// The website, absolute.
    pub link: Option<String>,
    /// When it last changed, according to the publisher.
    pub updated: Option<DateTime<Utc>>,
    /// An image for the whole feed, absolute.
    pub icon: Option<String>,
    /// Hubs that push its updates, absolute (WebSub, section 4).
    pub hubs: Vec<String>,
    /// The document's own address as it declares it, absolute.
    pub own: Option<String>,
    /// In document order.
    pub entries: Vec<ParsedEntry>,
    /// The repairs needed to read it.
    pub repairs: Vec<Repair>,
    /// When the publisher wishes to be polled; empty if it says nothing.
    pub hints: PollingHints,
}

/// One entry as published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedEntry {
    /// The publisher's own id, as written; `None` when there is none.
    pub id: Option<String>,
    /// The article's page, absolute, http or https.
    pub link: Option<String>,
    /// Plain text on one line.
    pub title: Option<String>,
    /// The first author's name.
    pub author: Option<String>,
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated: Option<DateTime<Utc>>,
    /// HTML, not sanitized yet.
    pub summary: Option<String>,
    /// HTML, not sanitized yet.
    pub content: Option<String>,
    /// The base of relative links in the HTML, if the document declares one.
    pub base: Option<Url>,
    /// Attached files, such as a podcast's audio.
    pub enclosures: Vec<Enclosure>,
    /// An image, absolute, http or https.
    pub image: Option<String>,
    /// The names of its categories; empty if it has none.
    pub categories: Vec<String>,
}

/// A file attached to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    /// Absolute, http or https.
    pub url: String,
    /// The media type, according to the publisher.
    pub mime: Option<String>,
    /// The size in bytes, according to the publisher.
    pub length: Option<u64>,
}

/// Why a feed couldn't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// It isn't a feed.
    #[error("{found}")]
    NotAFeed {
        /// What it looks like instead.
        found: Found,
    },
    /// A feed too broken to read.
    #[error("The feed is broken: {0}.")]
    Broken(String),
}

/// What was found instead of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Found {
    /// A web page.
    #[error("That’s a web page, and we found no feed on it.")]
    HtmlPage,
    /// JSON of another kind.
    #[error("That’s JSON, but not a JSON Feed.")]
    Json,
    /// XML with another root element, named here.
    #[error("That’s an XML document of another kind (“{0}”), not a feed.")]
    Xml(String),
    /// No content.
    #[error("That document is empty.")]
    Empty,
    /// An image, an archive or the like.
    #[error("That’s a file of another kind, such as a picture or an archive, not a feed.")]
    Binary,
    /// Plain text.
    #[error("That’s plain text, not a feed.")]
    Text,
}

impl From<Surprise> for Repair {
    fn from(surprise: Surprise) -> Self {
        match surprise {
            Surprise::Encoding(name) => Self::Encoding(name),
            Surprise::UnknownLabel(name) => Self::UnknownEncoding(name),
        }
    }
}

/// A repair that was needed, worth telling the publisher.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Repair {
    /// The bytes are not in the declared encoding.
    #[error("the text was read as {0}, which is not what the document says")]
    Encoding(&'static str),
    /// The declared encoding doesn't exist.
    #[error("the document names an encoding that doesn’t exist; its text was read as {0}")]
    UnknownEncoding(&'static str),
    /// The document's version or namespace is undefined, or missing where required.
    #[error(
        "the document names no version, or one that doesn’t exist; it was read like the others"
    )]
    Version,
    /// The document is preceded by text, a second byte order mark, or white space before `<?xml`.
    #[error("there was text before the beginning of the document")]
    LeadingJunk,
    /// The server's content type is not that of a feed.
    #[error("the server declares it as {0}, which isn’t a feed’s type")]
    ContentType(String),
    /// An unescaped `&`.
    #[error("an “&” that should be written “&amp;” was read as an “&”")]
    Ampersands,
    /// An entity that only HTML defines, or nothing does.
    #[error("an entity that the document doesn’t declare was kept as text")]
    Names,
    /// Characters that XML forbids.
    #[error("control characters were left out")]
    Controls,
    /// A date that can't be parsed.
    #[error("a date that can’t be understood was left out")]
    Dates,
    /// An element is not closed.
    #[error("an element was never closed")]
    UnclosedElements,
    /// The document breaks off.
    #[error("the document breaks off; its last, incomplete entry was left out")]
    Truncated,
    /// Nested deeper than any feed needs.
    #[error("elements nested too deeply were left out")]
    TooDeep,
    /// More entries than we read.
    #[error("only the first {MAX_ENTRIES} entries were read")]
    TooMany,
    /// A JSON Feed with an unknown version, or ids that are not text.
    #[error("the JSON Feed has an unknown version or ids that are not text")]
    JsonSlips,
}

/// Parses a feed. Links are resolved against `base`, the address it was read from.
///
/// Time and memory grow in proportion to the input: entities expand to no more than their declared value, and nesting
/// is limited.
pub fn parse(
    bytes: &[u8],
    content_type: Option<&str>,
    base: &Url,
) -> Result<ParsedFeed, ParseError> {
    let (text, surprise) = charset::decode(bytes, content_type);
    let is_passed = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let start = text.trim_start_matches(is_passed);
    let passed = &text[..text.len() - start.len()];
    let mut repairs: Vec<Repair> = surprise.map(Repair::from).into_iter().collect();
    let mut hints = PollingHints::default();
    let not_a_feed = |found| ParseError::NotAFeed { found };
    let mut pushed = (Vec::new(), None);
    let canonical = if start.is_empty() {
        return Err(not_a_feed(Found::Empty));
    } else if start.starts_with(['{', '[']) {
        let document = start.trim_end_matches('\0');
        repairs.extend((document != start).then_some(Repair::Controls));
        let (value, too_many) =
            bounded_json::read(document).map_err(|error| ParseError::Broken(error.to_string()))?;
        let (feed, had_slips) = json::normalised(&value).ok_or_else(|| not_a_feed(Found::Json))?;
        repairs.extend(had_slips.then_some(Repair::JsonSlips));
        pushed = json::hubs(&value, base);
        repairs.extend(too_many.then_some(Repair::TooMany));
        feed.to_string()
    } else {
        let (atom, found) = repair::to_atom(start, base).map_err(|found| match found {
            Found::Text if is_binary(bytes) => not_a_feed(Found::Binary),
            Found::Xml(_) | Found::HtmlPage if !start.starts_with('<') && is_binary(bytes) => {
                not_a_feed(Found::Binary)
            }
            found => not_a_feed(found),
        })?;
        let has_junk = !start.starts_with('<')
            || !passed.trim_start().is_empty()
            || (!passed.is_empty() && start.starts_with("<?xml"));
        repairs.extend(has_junk.then_some(Repair::LeadingJunk));
        repairs.extend(found);
        hints = hints::of_xml(start);
        atom
    };
    repairs.extend(content_type.and_then(other_type));
    let mut feed = adapter::feed(read(&canonical, base)?, base);
    feed.repairs = repairs;
    feed.hints = hints;
    feed.hubs.extend(pushed.0);
    feed.own = feed.own.or(pushed.1);
    Ok(feed)
}

/// The content type, if it belongs to something other than a feed: many servers know no type for feeds.
fn other_type(content_type: &str) -> Option<Repair> {
    let name = content_type.split(';').next().unwrap_or_default().trim();
    let name = name.to_ascii_lowercase();
    let kinds = ["xml", "json", "rss", "atom"];
    let is_feeds = kinds.iter().any(|kind| name.contains(kind));
    let is_name = name.contains('/') && name.len() <= 60;
    (is_name && !is_feeds).then_some(Repair::ContentType(name))
}

/// Has the feed library parse the normalized document.
///
/// The library makes up random ids where the publisher gave none, so every fetch would find all entries new; ours are
/// empty, and become `None`. It has been seen to panic, which must not end the process: it shares no state with us.
fn read(canonical: &str, base: &Url) -> Result<feed_rs::model::Feed, ParseError> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(base.as_str()))
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(date::parse)
        .sanitize_content(false)
        .build();
    match catch_unwind(AssertUnwindSafe(|| parser.parse(canonical.as_bytes()))) {
        Ok(Ok(feed)) => Ok(feed),
        Ok(Err(error)) => Err(ParseError::Broken(error.to_string())),
        Err(_) => Err(ParseError::Broken("it could not be read at all".to_owned())),
    }
}

/// Whether the bytes aren't text: text in any encoding has few control characters.
fn is_binary(bytes: &[u8]) -> bool {
    /// How many bytes are checked.
    const LOOK: usize = 1024;
    let start = &bytes[..bytes.len().min(LOOK)];
    let odd = start
        .iter()
        .filter(|b| **b < 32 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c))
        .count();
    odd * 20 > start.len()
}

/// The feed as `dormouse parse` prints it: texts sanitized, dates in UTC, missing values `null`.
pub fn to_json(feed: &ParsedFeed) -> Value {
    json!({
        "id": feed.id,
        "title": feed.title,
        "subtitle": feed.subtitle,
        "link": feed.link,
        "updated": date_text(feed.updated),
        "entries": feed.entries.iter().map(|entry| entry_json(entry, feed)).collect::<Vec<_>>(),
        "repairs": feed.repairs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn entry_json(entry: &ParsedEntry, feed: &ParsedFeed) -> Value {
    let base = entry
        .base
        .clone()
        .or_else(|| Url::parse(entry.link.as_ref().or(feed.link.as_ref())?).ok());
    let clean = |html: &Option<String>| {
        html.as_deref()
            .map(|html| SafeHtml::clean(html, base.as_ref()))
    };
    let enclosures = entry.enclosures.iter();
    json!({
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": date_text(entry.published),
        "updated": date_text(entry.updated),
        // Without a summary, the content takes its place, as in other readers.
        "summary": clean(if entry.summary.is_some() { &entry.summary } else { &entry.content }),
        "content": clean(&entry.content),
        "author": entry.author,
        "categories": entry.categories,
        "enclosures": enclosures
            .map(|file| json!({ "url": file.url, "type": file.mime, "length": file.length }))
            .collect::<Vec<_>>(),
    })
}

fn date_text(date: Option<DateTime<Utc>>) -> Option<String> {
    date.map(|date| date.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// An entry's date: published, otherwise updated.
pub fn date_of(entry: &ParsedEntry) -> Option<crate::timestamp::Timestamp> {
    entry.published.or(entry.updated)
}
