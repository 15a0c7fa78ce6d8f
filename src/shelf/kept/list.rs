//! Reading lists that other services export: Pocket, Instapaper, Omnivore and Wallabag.

use serde_json::Value;

use super::{Card, Kept, typed_tags};
use crate::articles::Body;
use crate::html::sanitize::{SANITIZER_VERSION, SafeHtml};
use crate::timestamp::Timestamp;

/// Most lines of one file.
pub const MAX_LINES: usize = 5_000;

/// Longest address, in bytes; a longer one counts as none.
const LINK_BYTES: usize = 2_000;
/// Longest text, in bytes; of a longer one only the address is kept.
const HTML_BYTES: usize = 700_000;

/// A file that is none of those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This isn’t an export of Pocket, Instapaper, Omnivore or Wallabag.")]
pub struct Unknown;

/// The pages of an exported list, and how many lines have no address.
///
/// # Errors
/// [`Unknown`] if no page is found in it.
pub fn read(bytes: &[u8], now: Timestamp) -> Result<(Vec<Kept>, usize), Unknown> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let lines: Vec<Option<Kept>> = match text.as_bytes().first() {
        Some(b'[' | b'{') => json(text, now)?,
        Some(b'<') => html(text, now),
        _ => csv(text, now)?,
    };
    let total = lines.len();
    let found: Vec<Kept> = lines.into_iter().flatten().take(MAX_LINES).collect();
    match found.is_empty() {
        true => Err(Unknown),
        false => Ok((found.clone(), total - found.len())),
    }
}

fn page(url: &str, title: &str, tags: &str, at: Option<i64>, now: Timestamp) -> Option<Kept> {
    let url = url::Url::parse(url.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let title = match title.trim() {
        "" => url.as_str(),
        title => title,
    };
    if url.as_str().len() > LINK_BYTES {
        return None;
    }
    let link = Some(url.to_string());
    let title = &crate::codec::cut(title, 500);
    Some(Kept {
        card: Card {
            title: crate::html::title::of_text(title),
            link: link.clone(),
            source: url.host_str().unwrap_or_default().to_owned(),
            tags: typed_tags(tags).into_iter().take(super::MAX_TAGS).collect(),
            // What lies in the future isn't believed.
            kept: at
                .filter(|&at| at > 0)
                .unwrap_or(i64::MAX)
                .min(now.timestamp()),
            ..Card::default()
        }
        .fitted(),
        body: Body {
            title: title.to_owned(),
            link,
            ..Body::default()
        },
    })
}

/// Pocket (`title,url,time_added,tags,status`) and Instapaper (`URL,Title,Selection,Folder,Timestamp,Tags`).
fn csv(text: &str, now: Timestamp) -> Result<Vec<Option<Kept>>, Unknown> {
    let mut rows = rows(text).into_iter();
    let head: Vec<String> = rows.next().unwrap_or_default();
    let head: Vec<String> = head.iter().map(|name| name.trim().to_lowercase()).collect();
    let place = |names: &[&str]| {
        let mut known = names.iter();
        known.find_map(|name| head.iter().position(|one| one == name))
    };
    let url = place(&["url"]).ok_or(Unknown)?;
    let (title, time) = (place(&["title"]), place(&["time_added", "timestamp"]));
    let (tags, folder) = (place(&["tags"]), place(&["folder"]));
    let lines = rows.map(|row| {
        let of = |place: Option<usize>| {
            let cell = place.and_then(|place| row.get(place));
            cell.map_or("", String::as_str)
        };
        // Pocket writes `a|b`, Instapaper `["a","b"]`.
        let mut own = of(tags).replace(['|', '[', ']', '"'], ",");
        let shelf = of(folder).trim().to_owned();
        if !matches!(
            shelf.to_lowercase().as_str(),
            "" | "unread" | "archive" | "starred"
        ) {
            own = format!("{own},{shelf}");
        }
        page(
            of(Some(url)),
            of(title),
            &own,
            of(time).trim().parse().ok(),
            now,
        )
    });
    Ok(lines.collect())
}

/// The rows of comma-separated values (RFC 4180).
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                if rows.len() > MAX_LINES {
                    return rows;
                }
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

/// Wallabag's entries, Omnivore's metadata; also a JSON Feed of ours.
fn json(text: &str, now: Timestamp) -> Result<Vec<Option<Kept>>, Unknown> {
    let whole: Value = serde_json::from_str(text).map_err(|_| Unknown)?;
    let items = match &whole {
        Value::Array(items) => items,
        other => {
            let known = ["items", "entries", "links"].iter();
            let mut known = known.filter_map(|name| other[*name].as_array());
            known.next().ok_or(Unknown)?
        }
    };
    Ok(items
        .iter()
        .take(MAX_LINES)
        .map(|item| entry(item, now))
        .collect())
}

fn entry(item: &Value, now: Timestamp) -> Option<Kept> {
    let text = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| item[*name].as_str());
        found.next().unwrap_or_default().to_owned()
    };
    let names = ["tags", "labels"]
        .iter()
        .filter_map(|name| item[*name].as_array());
    let tags = names.flatten().filter_map(|tag| {
        let name = tag.as_str().or_else(|| tag["label"].as_str());
        name.or_else(|| tag["name"].as_str())
    });
    let tags: Vec<&str> = tags.collect();
    let at = text(&["created_at", "savedAt", "saved_at", "date_published"]);
    let at = chrono::DateTime::parse_from_rfc3339(&at)
        .or_else(|_| chrono::DateTime::parse_from_str(&at, "%Y-%m-%dT%H:%M:%S%z"));
    let url = text(&["url", "given_url", "originalArticleUrl"]);
    let mut kept = page(
        &url,
        &text(&["title"]),
        &tags.join(","),
        at.ok().map(|at| at.timestamp()),
        now,
    )?;
    let html = text(&["content", "content_html"]);
    if !html.trim().is_empty() && html.len() <= HTML_BYTES {
        let base = url::Url::parse(&url).ok();
        kept.body.html = SafeHtml::clean(&html, base.as_ref()).into_string();
        kept.body.sanitizer = SANITIZER_VERSION;
        kept.card.snippet = crate::html::sanitize::snippet(&kept.body.html, super::SNIPPET_BYTES);
    }
    Some(kept)
}

/// Pocket's older file: a list of links with `time_added` and `tags`.
fn html(text: &str, now: Timestamp) -> Vec<Option<Kept>> {
    let links = text.split("<a ").skip(1).take(MAX_LINES);
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        let (value, _) = rest.split_once('"')?;
        Some(crate::html::references::unescape(value).into_owned())
    };
    links
        .map(|link| {
            let (tag, rest) = link.split_once('>')?;
            let (title, _) = rest.split_once("</a>").unwrap_or((rest, ""));
            let title = crate::html::references::unescape(title).into_owned();
            let at = value(tag, "time_added").and_then(|at| at.parse().ok());
            let tags = value(tag, "tags").unwrap_or_default();
            page(&value(tag, "href")?, &title, &tags, at, now)
        })
        .collect()
}
