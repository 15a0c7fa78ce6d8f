//! What others' exports say: which articles were read, and which were starred. And our own journal's lines.

use serde_json::Value;

use crate::ids::{ArticleId, FeedId, LAST_SEQ};
use crate::shelf::journal::{Act, Event, Name, Text};
use crate::timestamp::{Timestamp, minute_of};

/// Most lines of a journal, and most articles of another export, in one file.
pub const MOST_LINES: usize = 50_000;
/// See there.
pub const MOST_ENTRIES: usize = 5_000;
/// Most words of one article, and most that one line counts.
const MOST_WORDS: u32 = 1_000_000;
const MOST_COUNT: i64 = 1_000_000;
/// Longest address and text, in bytes; what is longer is left out.
const LINK_BYTES: usize = 2_000;
const HTML_BYTES: usize = 700_000;

/// A file that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is none of the known kinds.
    #[error("This is neither a journal as JSON Lines nor an export that is known here.")]
    Unknown,
    /// It is packed.
    #[error("This file is packed.")]
    Packed,
    /// It is known, and has nothing.
    #[error("Nothing in this file was read or starred.")]
    Nothing,
}

/// What a file brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Brought {
    /// A journal's lines, and how many can't be read.
    /// See [`Cut`] for what is beyond the most.
    Journal(Vec<Line>, usize, Cut),
    /// The state of articles, and how many have no address or aren't read or starred.
    States(Vec<Entry>, usize, Cut),
}

/// How many lines or articles a file has beyond the most that is taken.
pub type Cut = usize;

/// A line of a journal. The feed and the article of its event are as the file numbers them.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Whether it is of one article, and not only counted.
    pub is_single: bool,
    /// The event, with the numbers that it had where it was written.
    pub event: Event,
    /// What the feed was called there.
    pub name: Name,
}

/// An article as another reader exports it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The feed's address; empty if it isn't told.
    pub feed_url: String,
    /// The feed's title.
    pub feed_title: String,
    /// The article's page: http or https.
    pub link: String,
    /// Its title.
    pub title: String,
    /// Its author.
    pub author: String,
    /// Its text, not sanitized.
    pub html: String,
    /// When it was published, in seconds since 1970; 0 if unknown.
    pub published: i64,
    /// When it was starred, in seconds since 1970; 0 if unknown.
    pub starred_at: i64,
    /// Whether it is starred.
    pub is_starred: bool,
    /// Whether it is read.
    pub is_read: bool,
}

/// Reads a file: a journal of ours as JSON Lines; Google Takeout, Inoreader and FreshRSS in the form of Google Reader's
/// `stream/contents`; Miniflux's `/v1/entries`; Feedly's `/v3/streams/contents`.
///
/// # Errors
/// [`Unreadable`] says what is wrong with it.
pub fn read(bytes: &[u8], now: Timestamp) -> Result<Brought, Unreadable> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(Unreadable::Packed);
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    let first = text.lines().next().unwrap_or_default();
    if let Ok(head) = serde_json::from_str::<Value>(first)
        && (head["format"] == "dormouse-journal" || head["act"].is_string())
    {
        return journal(text, now);
    }
    let whole: Value = serde_json::from_str(text).map_err(|_| Unreadable::Unknown)?;
    states(&whole, now)
}

fn journal(text: &str, now: Timestamp) -> Result<Brought, Unreadable> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let (mut found, mut wrong) = (Vec::new(), 0);
    let mut cut = 0;
    for line in lines {
        if found.len() + wrong >= MOST_LINES {
            cut += 1;
            continue;
        }
        let value: Value = serde_json::from_str(line).unwrap_or_default();
        if value["format"].is_string() {
            continue;
        }
        match line_of(&value, now) {
            Some(line) => found.push(line),
            None => wrong += 1,
        }
    }
    match found.is_empty() {
        true => Err(Unreadable::Nothing),
        false => Ok(Brought::Journal(found, wrong, cut)),
    }
}

/// One line; `None` if it can't be read, or lies in the future.
fn line_of(value: &Value, now: Timestamp) -> Option<Line> {
    let text = |name: &str| value[name].as_str().unwrap_or_default();
    let at = chrono::DateTime::parse_from_rfc3339(text("at")).ok()?;
    let minute = minute_of(at.with_timezone(&chrono::Utc));
    let act = Act::from_word(text("act"))?;
    let count = value["count"].as_i64().unwrap_or(1);
    if minute > minute_of(now)
        || minute < 0
        || count == 0
        || !(-MOST_COUNT..=MOST_COUNT).contains(&count)
    {
        return None;
    }
    let id: Option<ArticleId> = value["article"].as_str().and_then(|id| id.parse().ok());
    let id = id.filter(|id| (1..=LAST_SEQ).contains(&id.seq));
    // What is only counted has its feed's number in its mark.
    let feed = id.map(|id| id.feed).or_else(|| {
        let number = text("ref").split('.').nth(2)?.parse().ok()?;
        FeedId::from_number(number)
    });
    let own = Text {
        title: crate::html::title::of_text(text("title")),
        link: web_address(text("link")),
        author: crate::html::title::of_text(text("author")),
        words: value["words"]
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or_default()
            .min(MOST_WORDS),
    };
    // What has a page of its own is one thing, and has a number; only what was counted has neither.
    let is_single =
        id.is_some() || (act.has_text() && !(own.link.is_empty() && own.title.is_empty()));
    let count = if is_single { 1 } else { count };
    Some(Line {
        is_single,
        event: Event {
            minute,
            act,
            feed: feed.unwrap_or(FeedId(0)),
            seq: id.map_or(0, |id| id.seq),
            count,
            bulk: String::new(),
            text: act.has_text().then(|| own.fitted()),
        },
        name: Name {
            title: crate::html::title::of_text(text("feed")),
            url: web_address(text("feed_url")),
        },
    })
}

fn web_address(text: &str) -> String {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    match is_web && text.len() <= LINK_BYTES {
        true => text.to_owned(),
        false => String::new(),
    }
}

fn states(whole: &Value, now: Timestamp) -> Result<Brought, Unreadable> {
    let items = match whole {
        Value::Array(items) => items,
        whole => ["items", "entries"]
            .iter()
            .find_map(|name| whole[*name].as_array())
            .ok_or(Unreadable::Unknown)?,
    };
    let stream = whole["id"].as_str().unwrap_or_default();
    let mut all = 0;
    let found: Vec<Entry> = items
        .iter()
        .take(MOST_ENTRIES)
        .inspect(|_| all += 1)
        .filter_map(|item| entry(item, stream, now))
        .collect();
    match found.is_empty() {
        true if items.iter().all(|item| link_of(item).is_none()) => Err(Unreadable::Unknown),
        true => Err(Unreadable::Nothing),
        false => {
            let without = all - found.len();
            Ok(Brought::States(found, without, items.len() - all))
        }
    }
}

/// The page of an article: Google Reader's `canonical` and `alternate`, Miniflux's `url`, Feedly's `canonicalUrl`.
fn link_of(item: &Value) -> Option<String> {
    let lists = ["canonical", "alternate"]
        .iter()
        .filter_map(|name| item[*name][0]["href"].as_str());
    let named = ["canonicalUrl", "url"]
        .iter()
        .filter_map(|name| item[*name].as_str());
    let origin = item["originId"].as_str().into_iter();
    let mut all = lists.chain(named).chain(origin).map(web_address);
    all.find(|link| !link.is_empty())
}

fn entry(item: &Value, stream: &str, now: Timestamp) -> Option<Entry> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let tags = ["categories", "tags"]
        .iter()
        .filter_map(|name| item[*name].as_array())
        .flatten()
        .filter_map(|tag| tag.as_str().or_else(|| tag["id"].as_str()));
    // `user/-/state/com.google/starred`, `user/…/tag/global.saved`.
    let tags: Vec<&str> = tags.chain([stream]).collect();
    // A label of the same name is no state.
    let is = |ends: &[&str]| {
        tags.iter()
            .any(|tag| ends.iter().any(|end| tag.ends_with(end)))
    };
    let starred = [
        "/state/com.google/starred",
        "/state/org.freshrss/starred",
        "/tag/global.saved",
    ];
    let is_starred = is(&starred) || item["starred"] == true;
    let read = [
        "/state/com.google/read",
        "/state/org.freshrss/read",
        "/tag/global.read",
    ];
    let is_read = is(&read) || item["status"] == "read" || item["unread"] == false;
    if !is_starred && !is_read {
        return None;
    }
    let origin = [&item["feed"]["feed_url"], &item["origin"]["feedUrl"]];
    let origin = origin.iter().find_map(|url| url.as_str());
    let stream_of = item["origin"]["streamId"].as_str().unwrap_or_default();
    let html = [
        &item["content"]["content"],
        &item["summary"]["content"],
        &item["content"],
    ];
    let html = html
        .iter()
        .find_map(|html| html.as_str())
        .unwrap_or_default();
    let titles = [&item["origin"]["title"], &item["feed"]["title"]];
    let believed = |at: i64| at.clamp(0, now.timestamp());
    Some(Entry {
        feed_url: web_address(
            origin.unwrap_or_else(|| stream_of.strip_prefix("feed/").unwrap_or(stream_of)),
        ),
        feed_title: titles
            .iter()
            .map(|title| text(title))
            .find(|title| !title.is_empty())
            .unwrap_or_default(),
        link: link_of(item)?,
        title: text(&item["title"]),
        author: text(&item["author"]),
        html: if html.len() <= HTML_BYTES {
            html.to_owned()
        } else {
            String::new()
        },
        published: believed(
            seconds(&item["published"])
                .or_else(|| seconds(&item["published_at"]))
                .unwrap_or(0),
        ),
        starred_at: believed(
            [
                "actionTimestamp",
                "starred_at",
                "changed_at",
                "timestampUsec",
                "crawlTimeMsec",
                "crawled",
            ]
            .iter()
            .find_map(|name| seconds(&item[*name]))
            .unwrap_or(0),
        ),
        is_starred,
        is_read,
    })
}

/// A time as seconds since 1970: in seconds, milliseconds or microseconds by its size, or as text (RFC 3339).
fn seconds(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    match number {
        Some(number) if number > 100_000_000_000_000 => Some(number / 1_000_000),
        Some(number) if number > 100_000_000_000 => Some(number / 1_000),
        Some(number) => Some(number).filter(|number| *number > 0),
        None => {
            let at = chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
            Some(at.timestamp()).filter(|at| *at > 0)
        }
    }
}
