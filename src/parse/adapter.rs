//! Joins what the feed library read with the texts and files that went around it.

use feed_rs::model;
use url::Url;

use super::atom::{REL_HUB, REL_OWN};
use super::draft::{Draft, Text, Written};
use super::{ParsedEntry, ParsedFeed, media};
use crate::feeds::podcast::Podcast;
use crate::html::embeds;
use crate::html::plain;

/// The feed, from the library's model and the drafts it was written from: the same entries in the same order.
pub(super) fn feed(
    found: model::Feed,
    draft: Draft,
    entries: Vec<Draft>,
    base: &Url,
) -> ParsedFeed {
    let named = |rel: &'static str| {
        let links = found.links.iter();
        let links = links.filter(move |link| link.rel.as_deref() == Some(rel));
        links.filter_map(|link| absolute(&link.href, base))
    };
    let (hubs, own) = (named(REL_HUB).collect(), named(REL_OWN).next());
    let icon = found.icon.as_ref().map(|image| image.uri.as_str());
    let link = alternate(&found.links);
    let authors = names(&found.authors);
    let in_feed = InFeed {
        authors: authors.as_deref(),
        draft: &draft,
    };
    let entries = found.entries.into_iter().zip(entries);
    ParsedFeed {
        id: present(found.id),
        title: found.title.and_then(|title| present(title.content)),
        subtitle: found.description.and_then(|text| present(text.content)),
        updated: found.updated.or(found.published),
        icon: icon.and_then(|uri| absolute(uri, base)),
        hubs,
        own,
        entries: entries
            .map(|(found, draft)| entry(found, draft, &in_feed))
            .collect(),
        link,
        ..ParsedFeed::default()
    }
}

/// What entries take over from their feed.
struct InFeed<'f> {
    authors: Option<&'f str>,
    draft: &'f Draft,
}

fn entry(found: model::Entry, mut draft: Draft, feed: &InFeed<'_>) -> ParsedEntry {
    let link = alternate(&found.links);
    let (summary, content) = (draft.summary.take(), draft.content.take());
    let shown = content.as_ref().or(summary.as_ref());
    let lang = shown
        .and_then(|text| text.lang.clone())
        .or(draft.lang.take());
    let dir = shown.and_then(|text| text.dir).or(draft.dir);
    let base = shown.and_then(|text| text.base.clone());
    let film = link.as_deref().and_then(embeds::film);
    let html = |text: Option<Written>| {
        let html = match text?.text {
            Text::Html(html) => html,
            Text::Plain(words) => plain::to_html(&words, film.as_ref().map(|film| &film.page)),
        };
        present(html)
    };
    let (summary, content) = (html(summary), html(content));
    let image = media::picture(&draft.media);
    let text = content
        .as_deref()
        .or(summary.as_deref())
        .unwrap_or_default();
    let page = || Url::parse(link.as_deref()?).ok();
    let relative_to = base.clone().or_else(page);
    let enclosures = media::attachments(&draft.media, text, relative_to.as_ref());
    let title = found.title.and_then(|title| present(title.content));
    // A film's page is the film: the entry says only what it is about.
    let content = match &film {
        Some(film) if content.is_none() => {
            Some(film.with_text(title.as_deref(), image.as_deref(), text))
        }
        _ => content,
    };
    ParsedEntry {
        id: present(found.id),
        link,
        title,
        author: names(&found.authors).or_else(|| feed.authors.map(str::to_owned)),
        published: found.published,
        updated: found.updated,
        summary,
        content,
        base,
        enclosures,
        image,
        categories: found
            .categories
            .into_iter()
            .filter_map(|category| present(category.term))
            .collect(),
        comments: draft.comments,
        comment_count: draft.comment_count,
        podcast: Some(draft.podcast).filter(|podcast| *podcast != Podcast::default()),
        lang: lang.or_else(|| feed.draft.lang.clone()),
        dir: dir.or(feed.draft.dir),
    }
}

fn names(people: &[model::Person]) -> Option<String> {
    let names: Vec<&str> = people
        .iter()
        .filter_map(|person| person.name.as_deref())
        .collect();
    present(names.join(", "))
}

/// The web page: absolute already.
fn alternate(links: &[model::Link]) -> Option<String> {
    let pages = links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("alternate"));
    pages.map(|link| link.href.clone()).next()
}

/// An http or https address made absolute; `None` for any other.
pub(super) fn absolute(href: &str, base: &Url) -> Option<String> {
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
