//! Converts the feed library's model into ours.

use feed_rs::model;
use url::Url;

use super::atom::{REL_BASE, REL_HUB, REL_IMAGE, REL_OWN, escape};
use super::json::IMAGE_TYPE;
use super::{Enclosure, ParsedEntry, ParsedFeed};
use crate::html::sanitize::plain_text;

pub(super) fn feed(feed: model::Feed, base: &Url) -> ParsedFeed {
    let image = feed
        .links
        .iter()
        .find(|link| link.rel.as_deref() == Some(REL_IMAGE));
    let image = image.map(|link| link.href.as_str());
    let named = |rel: &'static str| {
        let found = feed.links.iter();
        let found = found.filter(move |link| link.rel.as_deref() == Some(rel));
        found.filter_map(|link| absolute(&link.href, base))
    };
    let (hubs, own) = (named(REL_HUB).collect(), named(REL_OWN).next());
    let icon = feed
        .icon
        .as_ref()
        .or(feed.logo.as_ref())
        .map(|image| image.uri.as_str());
    ParsedFeed {
        id: present(feed.id),
        title: feed.title.as_ref().and_then(one_line),
        subtitle: feed.description.as_ref().and_then(one_line),
        link: alternate(&feed.links, base),
        updated: feed.updated,
        icon: icon.or(image).and_then(|uri| absolute(uri, base)),
        hubs,
        own,
        entries: feed
            .entries
            .into_iter()
            .map(|found| entry(found, base))
            .collect(),
        ..ParsedFeed::default()
    }
}

fn entry(entry: model::Entry, base: &Url) -> ParsedEntry {
    let mut out = ParsedEntry {
        id: present(entry.id),
        link: alternate(&entry.links, base),
        title: entry.title.as_ref().and_then(one_line),
        author: entry
            .authors
            .iter()
            .find_map(|person| person.name.clone())
            .and_then(present),
        published: entry.published,
        updated: entry.updated,
        summary: entry
            .summary
            .map(|text| html(text.content, text.content_type.as_str()))
            .and_then(present),
        content: entry.content.and_then(body),
        categories: entry
            .categories
            .into_iter()
            .filter_map(|category| present(category.term))
            .collect(),
        ..ParsedEntry::default()
    };
    for link in &entry.links {
        let Some(url) = absolute(&link.href, base) else {
            continue;
        };
        let mime = link.media_type.clone().filter(|mime| !mime.is_empty());
        match (link.rel.as_deref(), mime.as_deref()) {
            (Some(REL_IMAGE), _) | (None, Some(IMAGE_TYPE)) => out.image = Some(url),
            (Some(REL_BASE), _) => out.base = Url::parse(&url).ok(),
            (Some("enclosure"), _) | (None, Some(_)) => {
                out.enclosures.push(Enclosure {
                    url,
                    mime,
                    length: link.length,
                });
            }
            _ => {}
        }
    }
    out
}

fn body(content: model::Content) -> Option<String> {
    present(html(content.body?, content.content_type.as_str()))
}

fn html(text: String, content_type: &str) -> String {
    if content_type == "text/plain" {
        escape(&text)
    } else {
        text
    }
}

fn one_line(text: &model::Text) -> Option<String> {
    let line = if text.content_type.as_str() == "text/plain" {
        text.content
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        plain_text(&text.content)
    };
    present(line)
}

/// The web page: a link without a relation in JSON, the alternate in Atom.
fn alternate(links: &[model::Link], base: &Url) -> Option<String> {
    let is_page = |link: &&model::Link| match link.rel.as_deref() {
        None => link.media_type.is_none(),
        Some(rel) => rel == "alternate",
    };
    links
        .iter()
        .filter(is_page)
        .find_map(|link| absolute(&link.href, base))
}

fn absolute(href: &str, base: &Url) -> Option<String> {
    let href = href.trim();
    let url = base.join(href).ok().filter(|_| !href.is_empty())?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

fn present(text: String) -> Option<String> {
    if text.trim().is_empty() {
        None
    } else {
        Some(text)
    }
}
