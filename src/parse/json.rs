//! Reads a JSON Feed (<https://www.jsonfeed.org/version/1.1/>), with the small mistakes that publishers make.

use serde_json::Value;
use url::Url;

use super::adapter::absolute;
use super::draft::{Draft, Gathered, Text, Written, link_rank};
use super::media::{Media, Role};
use super::names::Field;
use super::repair::{MAX_PARTS, MAX_PARTS_IN_ALL};
use super::{is_language, person};
use crate::html::references::unescape;
use crate::html::title;

/// The feed and whether it has slips, or `None` if this is some other JSON.
pub(super) fn gather(feed: &Value, base: &Url) -> Option<(Gathered, bool)> {
    let version = feed
        .get("version")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let items = feed.get("items").and_then(Value::as_array);
    let is_feed =
        version.contains("jsonfeed.org") || (items.is_some() && feed.get("title").is_some());
    if !is_feed {
        return None;
    }
    let mut out = Draft {
        lang: text(feed, "language").filter(|lang| is_language(lang)),
        own: text(feed, "feed_url").and_then(|url| absolute(&url, base)),
        hubs: hubs(feed, base),
        ..Draft::default()
    };
    if let Some(title) = line(feed, "title") {
        out.title.put(0, title);
    }
    if let Some(about) = line(feed, "description") {
        out.subtitle.put(0, about);
    }
    let address = |name: &str| text(feed, name).and_then(|url| absolute(&url, base));
    if let Some(page) = address("home_page_url") {
        out.link.put(link_rank::PAGE, page);
    }
    for (rank, name) in [(0, "icon"), (1, "favicon")] {
        if let Some(url) = address(name) {
            out.icon.put(rank, url);
        }
    }
    add_authors(&mut out, feed);
    let mut parts = 0;
    let entries = items.into_iter().flatten().filter(|item| item.is_object());
    let entries = entries.map(|item| entry(item, base, &mut parts)).collect();
    let is_clean = version.starts_with("https://jsonfeed.org/version/1")
        && items
            .into_iter()
            .flatten()
            .all(|item| item.get("id").is_none_or(Value::is_string));
    Some((Gathered { feed: out, entries }, !is_clean))
}

/// The WebSub hubs (1.1, `hubs`).
fn hubs(feed: &Value, base: &Url) -> Vec<String> {
    let speaks =
        |hub: &&Value| text(hub, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("WebSub"));
    let hubs = list(feed, "hubs").filter(speaks);
    hubs.filter_map(|hub| absolute(&text(hub, "url")?, base))
        .collect()
}

fn entry(item: &Value, base: &Url, parts: &mut usize) -> Draft {
    let mut out = Draft {
        lang: text(item, "language").filter(|lang| is_language(lang)),
        ..Draft::default()
    };
    if let Some(id) = text(item, "id") {
        if Url::parse(&id).is_ok()
            && let Some(page) = absolute(&id, base)
        {
            out.link.put(link_rank::ID, page);
        }
        out.id.put(0, id);
    }
    for (rank, name) in [
        (link_rank::ELEMENT, "url"),
        (link_rank::RELATED, "external_url"),
    ] {
        if let Some(page) = text(item, name).and_then(|url| absolute(&url, base)) {
            out.link.put(rank, page);
        }
    }
    if let Some(title) = line(item, "title") {
        out.title.put(0, title);
    }
    let written = |text| Written {
        text,
        base: None,
        lang: None,
        dir: None,
    };
    if let Some(html) = words(item, "content_html") {
        out.content.put(0, written(Text::Html(html)));
    }
    if let Some(plain) = words(item, "content_text") {
        out.content.put(1, written(Text::Plain(plain)));
    }
    if let Some(summary) = words(item, "summary") {
        out.summary
            .put(0, written(Text::Plain(unescape(&summary).into_owned())));
    }
    for (field, name) in [
        (Field::Published, "date_published"),
        (Field::Updated, "date_modified"),
    ] {
        if let Some(date) = text(item, name) {
            out.dates.push((field, 0, date));
        }
    }
    add_authors(&mut out, item);
    let mut has_room = || {
        *parts += 1;
        *parts <= MAX_PARTS_IN_ALL
    };
    for tag in list(item, "tags").filter_map(Value::as_str).take(MAX_PARTS) {
        let name = title::of_text(&unescape(tag));
        if !name.is_empty() && !out.categories.contains(&name) && has_room() {
            out.categories.push(name);
        }
    }
    let attached = list(item, "attachments").take(MAX_PARTS);
    for file in attached.filter_map(|file| attachment(file, base)) {
        if has_room() {
            out.media.push(file);
        }
    }
    out.podcast.duration = list(item, "attachments").find_map(|file| {
        let seconds = file.get("duration_in_seconds")?.as_f64()?;
        // The cast saturates.
        (seconds > 0.0).then_some(seconds as u32)
    });
    for name in ["image", "banner_image"] {
        let url = text(item, name).and_then(|url| absolute(&url, base));
        out.media.extend(url.map(|url| file(Role::Cover, url)));
    }
    out
}

fn file(role: Role, url: String) -> Media {
    Media {
        role,
        url,
        mime: String::new(),
        medium: String::new(),
        width: 0,
        height: 0,
        length: None,
    }
}

fn attachment(given: &Value, base: &Url) -> Option<Media> {
    let url = absolute(&text(given, "url")?, base)?;
    Some(Media {
        mime: text(given, "mime_type").unwrap_or_default(),
        length: given.get("size_in_bytes").and_then(Value::as_u64),
        ..file(Role::File, url)
    })
}

fn add_authors(out: &mut Draft, of: &Value) {
    let all = list(of, "authors").chain(of.get("author"));
    for written in all.filter_map(|author| text(author, "name")) {
        if let Some((name, _)) = person::name(&written) {
            out.add_person(0, name);
        }
    }
}

fn list<'v>(of: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// A member as one line of text. It is text by definition: tags in it are words, and references are a publisher's mistake.
fn line(of: &Value, name: &str) -> Option<String> {
    let line = title::of_text(&unescape(&text(of, name)?));
    Some(line).filter(|line| !line.is_empty())
}

/// A member that isn't blank.
fn words(of: &Value, name: &str) -> Option<String> {
    text(of, name).filter(|text| !text.trim().is_empty())
}

/// A member as text; some publishers write ids and dates as numbers.
fn text(of: &Value, name: &str) -> Option<String> {
    match of.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
