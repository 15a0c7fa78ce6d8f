//! Normalizes a JSON Feed for the feed library, which rejects small mistakes.

use serde_json::{Map, Value, json};
use url::Url;

/// Marks an entry's image on its way through the feed library, which has no place for it.
pub(super) const IMAGE_TYPE: &str = "x-dormouse/image";

/// The normalized feed and whether it needed repair, or `None` if this is some other JSON.
pub(super) fn normalised(feed: &Value) -> Option<(Value, bool)> {
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
    let mut out = Map::new();
    out.insert("version".into(), json!("https://jsonfeed.org/version/1.1"));
    out.insert(
        "title".into(),
        json!(text(feed, "title").unwrap_or_default()),
    );
    copy(
        feed,
        &mut out,
        &["home_page_url", "description", "icon", "favicon"],
    );
    out.insert("authors".into(), authors(feed));
    let entries = items.into_iter().flatten().filter(|item| item.is_object());
    out.insert("items".into(), entries.map(entry).collect());
    let clean = version.starts_with("https://jsonfeed.org/version/1")
        && items
            .into_iter()
            .flatten()
            .all(|item| item.get("id").is_none_or(Value::is_string));
    Some((Value::Object(out), !clean))
}

/// The WebSub hubs of a JSON Feed (1.1, `hubs`), and its own address.
pub(super) fn hubs(feed: &Value, base: &Url) -> (Vec<String>, Option<String>) {
    let absolute = |address: String| {
        let url = base.join(address.trim()).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| String::from(url))
    };
    let given = feed.get("hubs").and_then(Value::as_array);
    let speaks =
        |hub: &&Value| text(hub, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("WebSub"));
    let hubs = given.into_iter().flatten().filter(speaks);
    let hubs = hubs.filter_map(|hub| text(hub, "url").and_then(absolute));
    (hubs.collect(), text(feed, "feed_url").and_then(absolute))
}

fn entry(item: &Value) -> Value {
    let mut out = Map::new();
    copy(
        item,
        &mut out,
        &[
            "id",
            "url",
            "external_url",
            "title",
            "content_html",
            "content_text",
            "summary",
            "date_published",
            "date_modified",
        ],
    );
    out.insert("authors".into(), authors(item));
    let tags = item
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    out.insert(
        "tags".into(),
        tags.filter(|tag| tag.is_string()).cloned().collect(),
    );
    let given = item
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut attachments: Vec<Value> = given.filter_map(attachment).collect();
    if let Some(url) = text(item, "image").or_else(|| text(item, "banner_image")) {
        attachments.push(json!({ "url": url, "mime_type": IMAGE_TYPE }));
    }
    out.insert("attachments".into(), attachments.into());
    Value::Object(out)
}

fn attachment(given: &Value) -> Option<Value> {
    let size = given.get("size_in_bytes").and_then(Value::as_u64);
    Some(json!({
        "url": text(given, "url")?,
        "mime_type": text(given, "mime_type").unwrap_or_else(|| "application/octet-stream".to_owned()),
        "size_in_bytes": size,
    }))
}

fn authors(of: &Value) -> Value {
    let many = of
        .get("authors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let all = of.get("author").into_iter().chain(many);
    all.filter_map(|author| text(author, "name"))
        .map(|name| json!({ "name": name }))
        .collect()
}

fn copy(from: &Value, to: &mut Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = text(from, name) {
            to.insert((*name).to_owned(), value.into());
        }
    }
}

/// A member as text; some publishers write ids as numbers.
fn text(of: &Value, name: &str) -> Option<String> {
    match of.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
