//! A journal as files: CSV for people, JSON Lines for programs, and SQL for databases. Month by month, so that a large one can be
//! taken in several answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::json;

use super::view::Journal;
use crate::datastore::{Datastore, StoreError};
use crate::ids::FeedId;
use crate::shelf::journal::zone::{self, Month};
use crate::shelf::journal::{Event, Name, Text};
use crate::timestamp::{from_micros, rfc3339};

/// Most bytes of one file: App Engine answers with no more than 32 MB.
pub const MOST_BYTES: usize = 30 * 1_000 * 1_000;
/// Rows of one `INSERT`.
const ROWS: usize = 200;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, with guarded cells.
    Csv,
    /// One JSON object a line; it can be imported again.
    JsonLines,
    /// Statements that `SQLite` and `PostgreSQL` take.
    Sql,
}

impl Format {
    /// By the end of a file's name; `None` for another.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            "sql" => Some(Self::Sql),
            _ => None,
        }
    }

    /// Its media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl; charset=utf-8",
            Self::Sql => "application/sql; charset=utf-8",
        }
    }
}

/// Events that are written at once, so that a part ends soon after it is full.
const A_STEP: usize = 2_000;

/// Where a file begins: a month, and how many of its events are in the file before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The month.
    pub month: Month,
    /// How many of its events are skipped.
    pub skip: usize,
}

impl Start {
    /// The beginning of a month.
    pub fn of(month: Month) -> Self {
        Self { month, skip: 0 }
    }

    /// Of `2026-03`, or `2026-03.20000` for the rest of a month; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let (month, skip) = match text.split_once('.') {
            None => (text, 0),
            Some((month, skip)) => (month, skip.parse().ok()?),
        };
        let month = zone::month_from(month)?;
        Some(Self { month, skip })
    }

    /// The same as text.
    pub fn to_text(self) -> String {
        let month = zone::month_text(self.month);
        match self.skip {
            0 => month,
            skip => format!("{month}.{skip}"),
        }
    }
}

/// A file, or its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The text.
    pub text: String,
    /// Where the next file begins; `None` if this one is the last.
    pub next: Option<Start>,
}

/// Writes the months from `from` to `to`, oldest first, up to about [`MOST_BYTES`]. One read a month that isn't cached, and one for each
/// further part.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn export(
    store: &Datastore,
    journal: &Journal,
    format: Format,
    (from, to): (Start, Month),
) -> Result<Exported, StoreError> {
    let mut text = head(format, journal);
    let mut feeds = BTreeSet::new();
    let months = journal.months().into_iter().rev();
    for month in months.filter(|month| (from.month..=to).contains(month)) {
        let (events, names) = journal.month(store, month).await?;
        let skipped = if month == from.month { from.skip } else { 0 };
        let mut at = skipped.min(events.len());
        for some in events[at..].chunks(A_STEP) {
            let part = body(format, journal, some, &names, &mut feeds);
            // Each file brings something.
            let has_some = at > skipped || month != from.month;
            if has_some && text.len() + part.len() > MOST_BYTES {
                let next = Some(Start { month, skip: at });
                return Ok(Exported { text, next });
            }
            at += some.len();
            text.push_str(&part);
        }
    }
    Ok(Exported { text, next: None })
}

fn head(format: Format, journal: &Journal) -> String {
    match format {
        Format::Csv => {
            "at,local,act,count,feed_title,feed_url,title,link,author,words,article\r\n".to_owned()
        }
        Format::JsonLines => {
            let zone = journal.zone.name();
            format!(
                "{}\n",
                json!({ "format": "dormouse-journal", "version": 1, "zone": zone })
            )
        }
        Format::Sql => SCHEMA.to_owned(),
    }
}

/// The tables. Times are UTC. Running the file twice changes nothing.
const SCHEMA: &str = "\
CREATE TABLE IF NOT EXISTS feed (id BIGINT PRIMARY KEY, title TEXT NOT NULL, url TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS article (feed_id BIGINT NOT NULL, number BIGINT NOT NULL, title TEXT NOT NULL, link TEXT NOT NULL, \
author TEXT NOT NULL, words BIGINT NOT NULL, PRIMARY KEY (feed_id, number));
CREATE TABLE IF NOT EXISTS event (at TIMESTAMP NOT NULL, act TEXT NOT NULL, feed_id BIGINT NOT NULL, number BIGINT NOT NULL, \
count BIGINT NOT NULL, PRIMARY KEY (at, act, feed_id, number));
";

fn body(
    format: Format,
    journal: &Journal,
    events: &[Event],
    names: &BTreeMap<FeedId, Name>,
    feeds: &mut BTreeSet<FeedId>,
) -> String {
    match format {
        Format::Csv => events
            .iter()
            .map(|event| csv(journal, event, names))
            .collect(),
        Format::JsonLines => events.iter().map(|event| json_line(event, names)).collect(),
        Format::Sql => sql(events, names, feeds),
    }
}

/// A cell. Titles come from strangers: one that a spreadsheet would take for a formula gets an apostrophe.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = text.replace('\0', "");
    let text = match is_formula {
        true => format!("'{text}"),
        false => text,
    };
    match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

fn csv(journal: &Journal, event: &Event, names: &BTreeMap<FeedId, Name>) -> String {
    let none = (Text::default(), Name::default());
    let text = event.text.as_ref().unwrap_or(&none.0);
    let name = names.get(&event.feed).unwrap_or(&none.1);
    let article = event
        .article()
        .map_or_else(String::new, |id| id.to_string());
    format!(
        "{},{},{},{},{},{},{},{},{},{},{}\r\n",
        rfc3339(from_micros(event.minute * 60_000_000)),
        zone::local(event.minute, journal.zone).to_rfc3339(),
        event.act.word(),
        event.count,
        cell(&name.title),
        cell(&name.url),
        cell(&text.title),
        cell(&text.link),
        cell(&text.author),
        text.words,
        article,
    )
}

/// The line with which a journal as JSON Lines begins.
pub fn json_head(journal: &Journal) -> String {
    head(Format::JsonLines, journal)
}

/// An event as a line of that.
pub fn json_line(event: &Event, names: &BTreeMap<FeedId, Name>) -> String {
    let mut line = plain(event, names);
    line["ref"] = json!(event.mark());
    format!("{line}\n")
}

/// An event as programs get it.
pub fn plain(event: &Event, names: &BTreeMap<FeedId, Name>) -> serde_json::Value {
    let none = (Text::default(), Name::default());
    let text = event.text.as_ref().unwrap_or(&none.0);
    let name = names.get(&event.feed).unwrap_or(&none.1);
    json!({
        "at": rfc3339(from_micros(event.minute * 60_000_000)),
        "act": event.act.word(),
        "count": event.count,
        "feed": name.title,
        "feed_url": name.url,
        "title": text.title,
        "link": text.link,
        "author": text.author,
        "words": text.words,
        "article": event.article().map(|id| id.to_string()),
    })
}

/// A text for SQL: quotes doubled, nothing else is special. Line breaks become blanks, since `sqlite3` takes a line that begins with
/// a full stop for a command.
fn quoted(text: &str) -> String {
    let text = text.replace('\0', "").replace(['\r', '\n'], " ");
    format!("'{}'", text.replace('\'', "''"))
}

fn sql(events: &[Event], names: &BTreeMap<FeedId, Name>, known: &mut BTreeSet<FeedId>) -> String {
    let mut feeds = Vec::new();
    for event in events {
        if known.insert(event.feed) {
            let name = names.get(&event.feed).cloned().unwrap_or_default();
            feeds.push(format!(
                "({},{},{})",
                event.feed.0,
                quoted(&name.title),
                quoted(&name.url)
            ));
        }
    }
    let mut articles = BTreeMap::new();
    for event in events {
        if let (Some(id), Some(text)) = (event.article(), &event.text) {
            let row = format!(
                "({},{},{},{},{},{})",
                id.feed.0,
                id.seq,
                quoted(&text.title),
                quoted(&text.link),
                quoted(&text.author),
                text.words
            );
            articles.insert(id, row);
        }
    }
    let mut together: BTreeMap<(i64, &str, u32, u32), i64> = BTreeMap::new();
    for event in events {
        let key = (event.minute, event.act.word(), event.feed.0, event.seq);
        *together.entry(key).or_default() += event.count;
    }
    let rows = together
        .into_iter()
        .map(|((minute, act, feed, seq), count)| {
            let at = from_micros(minute * 60_000_000).format("%Y-%m-%d %H:%M:%S");
            format!("('{at}','{act}',{feed},{seq},{count})")
        });
    let mut text = String::from("BEGIN;\n");
    insert(&mut text, "feed", feeds);
    insert(&mut text, "article", articles.into_values().collect());
    insert(&mut text, "event", rows.collect());
    text.push_str("COMMIT;\n");
    text
}

fn insert(text: &mut String, table: &str, rows: Vec<String>) {
    for some in rows.chunks(ROWS) {
        let rows = some.join(",\n");
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "INSERT INTO {table} VALUES\n{rows}\nON CONFLICT DO NOTHING;"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("-x, \"y\""), "\"'-x, \"\"y\"\"\"");
        assert_eq!(cell("\tx"), "'\tx");
        assert_eq!(cell("plain"), "plain");
        assert_eq!(quoted("it's\n.shell ls\0"), "'it''s .shell ls'");
    }
}
