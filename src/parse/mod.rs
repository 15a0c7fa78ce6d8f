//! Parses a feed, however malformed.
//!
//! Bytes become text ([`charset`]), any dialect of XML or JSON becomes drafts in one pass (`repair`, `json`), and what a
//! feed library is for is given to it as Atom 1.0 (`atom`), while the articles' texts go around it; `adapter` joins the
//! two. The same bytes always give the same feed, and an id that the publisher did not write is never made up.

mod adapter;
mod atom;
mod bounded_json;
mod capture;
pub mod chapters;
mod date;
mod draft;
mod hints;
mod json;
mod media;
mod names;
mod person;
mod repair;
mod scope;
mod shown;
mod tokens;

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use thiserror::Error;
use url::Url;

use self::atom::Dates;
use self::date::Order;
use self::draft::{Draft, Gathered};
use self::names::Field;
use self::repair::{MAX_ENTRIES, Scanned};
use crate::feeds::podcast::Podcast;
use crate::feeds::polling_hints::PollingHints;
use crate::html::charset::{self, Surprise};
use crate::html::direction::Direction;
use crate::html::visible::visible;

pub use media::by_ending as media_type_by_ending;
pub use shown::{base_of, to_json};

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
    /// The authors' names, with commas between them; the feed's own where the entry has none.
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
    /// Where it is discussed: absolute, http or https.
    pub comments: Option<String>,
    /// How many comments there are.
    pub comment_count: Option<u32>,
    /// What a podcast's feed says of it.
    pub podcast: Option<Podcast>,
    /// The language of its text, as declared (BCP 47).
    pub lang: Option<String>,
    /// The direction of its text, as declared.
    pub dir: Option<Direction>,
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
            Surprise::BadBytes => Self::BadBytes,
        }
    }
}

/// A repair that was needed, worth telling the publisher.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Repair {
    /// The bytes are not in the declared encoding.
    #[error("the text was read as {0}, which is not what the document says")]
    Encoding(&'static str),
    /// Bytes that aren't UTF-8 in a document that otherwise is.
    #[error("bytes that aren’t UTF-8 were replaced, in a document that otherwise is")]
    BadBytes,
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
    /// A date whose time of day can't be parsed.
    #[error("a time of day that can’t be understood was read as midnight")]
    Clocks,
    /// An element is not closed.
    #[error("an element was never closed")]
    UnclosedElements,
    /// The document breaks off.
    #[error("the document breaks off; its last, incomplete entry was left out")]
    Truncated,
    /// The server ended its answer too early.
    #[error("the server broke off its answer before the end it had announced")]
    CutOff,
    /// The server's answer isn't compressed as it says.
    #[error("the answer is compressed in another way than the server says")]
    Compression,
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
    let mut feed = parse_as_written(bytes, content_type, base)?;
    let clean = |text: &mut Option<String>| {
        *text = text
            .take()
            .map(|text| visible(&text))
            .filter(|text| !text.is_empty());
    };
    clean(&mut feed.title);
    clean(&mut feed.subtitle);
    for entry in &mut feed.entries {
        clean(&mut entry.title);
        clean(&mut entry.author);
        for category in &mut entry.categories {
            *category = visible(category);
        }
        entry.categories.retain(|category| !category.is_empty());
    }
    Ok(feed)
}

/// The same, with names as they are written.
fn parse_as_written(
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
    let gathered = if start.is_empty() {
        return Err(not_a_feed(Found::Empty));
    } else if start.starts_with(['{', '[']) {
        let document = start.trim_end_matches('\0');
        repairs.extend((document != start).then_some(Repair::Controls));
        let (value, too_many) =
            bounded_json::read(document).map_err(|error| ParseError::Broken(error.to_string()))?;
        let found = json::gather(&value, base);
        let (gathered, had_slips) = found.ok_or_else(|| not_a_feed(Found::Json))?;
        repairs.extend(had_slips.then_some(Repair::JsonSlips));
        repairs.extend(too_many.then_some(Repair::TooMany));
        gathered
    } else {
        let is_html = content_type.is_some_and(|kind| kind.contains("html"));
        let scanned = xml(start, bytes, base).map_err(|found| match found {
            // A page without its outermost elements.
            Found::Xml(_) | Found::Text if is_html => not_a_feed(Found::HtmlPage),
            found => not_a_feed(found),
        })?;
        let has_junk = !start.starts_with('<')
            || !passed.trim_start().is_empty()
            || (!passed.is_empty() && start.starts_with("<?xml"));
        repairs.extend(has_junk.then_some(Repair::LeadingJunk));
        repairs.extend(scanned.repairs);
        hints = scanned.hints;
        scanned.gathered
    };
    let found_repairs = &mut repairs;
    let mut feed = publish(gathered, base, found_repairs)?;
    repairs.extend(content_type.and_then(other_type));
    repairs.sort_unstable();
    repairs.dedup();
    feed.repairs = repairs;
    feed.hints = hints;
    Ok(feed)
}

/// Scans a document that isn't JSON.
fn xml(start: &str, bytes: &[u8], base: &Url) -> Result<Scanned, Found> {
    let begins_with_tag = start.starts_with('<');
    let is_other = |found: &Found| match found {
        Found::Text => is_binary(bytes),
        Found::Xml(_) | Found::HtmlPage => !begins_with_tag && is_binary(bytes),
        _ => false,
    };
    let is_file = [
        "%PDF",
        "\u{89}PNG",
        "PK\u{3}",
        "GIF8",
        "ID3",
        "OggS",
        "RIFF",
        "ÿØÿ",
    ]
    .iter()
    .any(|magic| start.starts_with(magic));
    if is_file || (!begins_with_tag && is_binary(bytes) && !bytes.contains(&b'<')) {
        return Err(Found::Binary);
    }
    match repair::scan(start, base) {
        Err(found) if is_other(&found) => Err(Found::Binary),
        Err(Found::Xml(_)) if !begins_with_tag => Err(Found::Text),
        result => result,
    }
}

/// Has the feed library read what was gathered, and joins its model with the texts.
fn publish(
    gathered: Gathered,
    base: &Url,
    repairs: &mut Vec<Repair>,
) -> Result<ParsedFeed, ParseError> {
    let Gathered {
        mut feed,
        mut entries,
    } = gathered;
    let order = order_in(&feed, &entries);
    let dates = dates(&feed, order, repairs);
    let mut xml = atom::open(&mut feed, dates);
    for entry in &mut entries {
        let dates = self::dates(entry, order, repairs);
        atom::entry(&mut xml, entry, dates);
    }
    atom::close(&mut xml);
    let found = read(&xml, base)?;
    if found.entries.len() != entries.len() {
        return Err(ParseError::Broken(
            "its entries could not be told apart".to_owned(),
        ));
    }
    Ok(adapter::feed(found, feed, entries, base))
}

/// What comes first in the dates of a feed that are only numbers: as in those that can only be read one way, otherwise as its
/// language has it.
fn order_in(feed: &Draft, entries: &[Draft]) -> Order {
    let drafts = || std::iter::once(feed).chain(entries);
    let texts = drafts().flat_map(|draft| draft.dates.iter().map(|(_, _, text)| text));
    let orders: Vec<Order> = texts.filter_map(|text| date::order_of(text)).collect();
    let month_first = orders
        .iter()
        .filter(|order| **order == Order::MonthFirst)
        .count();
    let is_american = || {
        let lang = feed.lang.as_deref().unwrap_or_default();
        ["en-us", "en_us"]
            .iter()
            .any(|american| lang.eq_ignore_ascii_case(american))
    };
    match orders.len() {
        0 if is_american() => Order::MonthFirst,
        all if month_first * 2 > all => Order::MonthFirst,
        _ => Order::DayFirst,
    }
}

/// The dates of a draft: of each the best that can be understood.
fn dates(draft: &Draft, order: Order, repairs: &mut Vec<Repair>) -> Dates {
    let mut best = [None::<(u8, DateTime<Utc>)>; 2];
    for (field, rank, text) in &draft.dates {
        let Some(read) = date::parse(text, order) else {
            repairs.push(Repair::Dates);
            continue;
        };
        if read.has_lost_clock {
            repairs.push(Repair::Clocks);
        }
        let place = &mut best[usize::from(*field == Field::Updated)];
        // Of several the last: it corrects those before.
        if place.is_none_or(|(known, _)| *rank <= known) {
            *place = Some((*rank, read.date));
        }
    }
    let [published, updated] = best.map(|best| best.map(|(_, date)| date));
    Dates { published, updated }
}

/// A length of time in seconds, as `3723`, `62:03` or `1:02:03`.
fn seconds(text: &str) -> Option<u32> {
    let mut total: u32 = 0;
    for part in text.trim().split(':') {
        let whole = part.split('.').next().unwrap_or_default();
        total = total
            .checked_mul(60)?
            .checked_add(whole.trim().parse().ok()?)?;
    }
    (total > 0).then_some(total)
}

/// Whether a text may name a language (BCP 47): `de`, `pt-BR`, `zh_Hant_TW`.
fn is_language(text: &str) -> bool {
    let mut parts = text.trim().split(['-', '_']);
    let is_first = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
    });
    is_first
        && text.len() <= 35
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
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
        .timestamp_parser(|date| Some(DateTime::parse_from_rfc3339(date).ok()?.to_utc()))
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

/// An entry's date: published, otherwise updated.
pub fn date_of(entry: &ParsedEntry) -> Option<crate::timestamp::Timestamp> {
    entry.published.or(entry.updated)
}
