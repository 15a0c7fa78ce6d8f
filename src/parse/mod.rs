//! Reads a feed, whatever its publisher made of it.
//!
//! Bytes become text (`encoding`), any dialect of XML becomes Atom 1.0 (`repair`), and only
//! that is given to the feed library, whose model becomes ours (`adapter`). The same bytes
//! always give the same feed, and an id that the publisher did not write is never made up.

mod adapter;
mod atom;
mod bounded_json;
mod capture;
mod date;
mod encoding;
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

use self::repair::MOST_ENTRIES;
use crate::feeds::polling_hints::Wishes;
use crate::html::sanitize::SafeHtml;

/// A feed as it was published. Nothing in it is safe to show yet but its plain texts, escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedFeed {
    /// The publisher's own id.
    pub id: Option<String>,
    /// Plain text on one line.
    pub title: Option<String>,
    /// Plain text on one line.
    pub subtitle: Option<String>,
    /// The site, absolute.
    pub link: Option<String>,
    /// When the publisher says that it last changed.
    pub updated: Option<DateTime<Utc>>,
    /// A picture for the whole feed, absolute.
    pub icon: Option<String>,
    /// Hubs that push its news, absolute (WebSub, section 4).
    pub hubs: Vec<String>,
    /// What the document calls its own address, absolute.
    pub own: Option<String>,
    /// In the document's order.
    pub entries: Vec<ParsedEntry>,
    /// What had to be done to read it.
    pub repairs: Vec<Repair>,
    /// What it asks of those who fetch it.
    pub wishes: Wishes,
}

/// One entry as it was published.
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
    /// When it came out.
    pub published: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated: Option<DateTime<Utc>>,
    /// HTML that is not clean yet.
    pub summary: Option<String>,
    /// HTML that is not clean yet.
    pub content: Option<String>,
    /// What relative links in the HTML are relative to, where the document says so.
    pub base: Option<Url>,
    /// What comes with it, such as a podcast's sound.
    pub enclosures: Vec<Enclosure>,
    /// A picture, absolute, http or https.
    pub image: Option<String>,
    /// What it is filed under.
    pub categories: Vec<String>,
}

/// A file that comes with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    /// Absolute, http or https.
    pub url: String,
    /// What the publisher says that it is.
    pub mime: Option<String>,
    /// Its size in bytes, as the publisher says.
    pub length: Option<u64>,
}

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Something, but no feed.
    #[error("This is no feed but {found}.")]
    NotAFeed {
        /// What it looks like instead.
        found: Found,
    },
    /// A feed too broken to read.
    #[error("The feed is broken: {0}.")]
    Broken(String),
}

/// What was found in place of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Found {
    /// A page for people.
    #[error("a web page; the address of its feed may be linked there")]
    HtmlPage,
    /// JSON of another kind.
    #[error("JSON of another kind")]
    Json,
    /// XML with another root, which is named.
    #[error("an XML document of another kind (“{0}”)")]
    Xml(String),
    /// Nothing at all.
    #[error("an empty document")]
    Empty,
    /// A picture, an archive and the like.
    #[error("a file of another kind, such as a picture or an archive")]
    Binary,
    /// Words.
    #[error("plain text")]
    Text,
}

/// Something that had to be put right, worth telling the publisher.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Repair {
    /// The bytes are not in the encoding that the document names.
    #[error("the text was read as {0}, which is not what the document says")]
    Encoding(&'static str),
    /// The document names an encoding that there isn't.
    #[error("the document names an encoding that doesn't exist; its text was read as {0}")]
    UnknownEncoding(&'static str),
    /// The document names a version or a namespace that nobody defined, or none where there must be one.
    #[error("the document is of a version that doesn't exist, and was read like the others")]
    Version,
    /// Something stands before the document's beginning: text, a second byte order mark, or white space before `<?xml`.
    #[error("there was something before the beginning of the document")]
    LeadingJunk,
    /// The server calls it something else.
    #[error("the server calls it {0}, which is no type of a feed")]
    ContentType(String),
    /// An `&` stands alone.
    #[error("an “&” that should be written “&amp;” was taken for what it looks like")]
    Ampersands,
    /// A name for a character that only HTML knows, or nobody.
    #[error("a character is written by a name that the document doesn't declare")]
    Names,
    /// Characters that no XML may hold.
    #[error("control characters were left out")]
    Controls,
    /// A date that is none.
    #[error("a date that can't be understood was left out")]
    Dates,
    /// An element has no end.
    #[error("an element was never closed")]
    UnclosedElements,
    /// The document breaks off.
    #[error("the document breaks off; its last, incomplete entry was left out")]
    Truncated,
    /// Deeper than anything a feed needs.
    #[error("elements nested too deeply were left out")]
    TooDeep,
    /// More entries than anybody reads.
    #[error("only the first {MOST_ENTRIES} entries were read")]
    TooMany,
    /// A JSON Feed with an odd version or ids that are not text.
    #[error("the JSON Feed has an unknown version or ids that are not text")]
    JsonSlips,
}

/// Reads a feed. Links are resolved against `base`, the address it was read from.
///
/// Time and memory grow in proportion to the input; entities expand to nothing longer than what
/// they are declared as, and nesting is followed only so far.
pub fn parse(
    bytes: &[u8],
    content_type: Option<&str>,
    base: &Url,
) -> Result<ParsedFeed, ParseError> {
    let (text, odd_encoding) = encoding::decode(bytes, content_type);
    let is_passed = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let start = text.trim_start_matches(is_passed);
    let passed = &text[..text.len() - start.len()];
    let mut repairs: Vec<Repair> = odd_encoding.into_iter().collect();
    let mut wishes = Wishes::default();
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
        wishes = hints::of_xml(start);
        atom
    };
    repairs.extend(content_type.and_then(other_type));
    let mut feed = adapter::feed(read(&canonical, base)?, base);
    feed.repairs = repairs;
    feed.wishes = wishes;
    feed.hubs.extend(pushed.0);
    feed.own = feed.own.or(pushed.1);
    Ok(feed)
}

/// What a server calls a feed, where that is the name of something else: many know no type for feeds.
fn other_type(content_type: &str) -> Option<Repair> {
    let name = content_type.split(';').next().unwrap_or_default().trim();
    let name = name.to_ascii_lowercase();
    let kinds = ["xml", "json", "rss", "atom"];
    let is_feeds = kinds.iter().any(|kind| name.contains(kind));
    let is_name = name.contains('/') && name.len() <= 60;
    (is_name && !is_feeds).then_some(Repair::ContentType(name))
}

/// Has the feed library read what was made ready for it.
///
/// Its own ids are random where a publisher gave none, so that each reading would find all
/// entries new; ours are empty, and become `None`. It has been seen to panic, which must not
/// take the process along: nothing is shared with it that a panic could leave half done.
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

/// Text in any encoding has few control characters.
fn is_binary(bytes: &[u8]) -> bool {
    /// How much is looked at, in bytes.
    const LOOK: usize = 1024;
    let start = &bytes[..bytes.len().min(LOOK)];
    let odd = start
        .iter()
        .filter(|b| **b < 32 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c))
        .count();
    odd * 20 > start.len()
}

/// The feed as `dormouse parse` prints it: texts cleaned, dates in UTC, what is absent `null`.
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
        // Where the publisher gives none, the text stands in, as other readers do it.
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

/// An entry's date: published, else changed.
pub fn date_of(entry: &ParsedEntry) -> Option<crate::timestamp::Timestamp> {
    entry.published.or(entry.updated)
}
