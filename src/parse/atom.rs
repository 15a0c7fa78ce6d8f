//! Writes the only dialect the feed library is given: plain, well-formed Atom 1.0.
//!
//! It has what the library is for: ids, titles, links, dates, people, categories. The articles' texts go around it: printed and
//! read again, they would be most of its work, and they are HTML, which it only passes on.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::draft::Draft;
use crate::html::plain::escape;

/// Our own link relations, which carry what Atom has no place for through the feed library to [`super::adapter`].
///
/// No publisher's relation can be confused with them: theirs are not copied.
pub(super) const REL_HUB: &str = "dormouse:hub";
pub(super) const REL_OWN: &str = "dormouse:own";

/// The dates of a draft, understood.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dates {
    pub(super) published: Option<DateTime<Utc>>,
    pub(super) updated: Option<DateTime<Utc>>,
}

/// The beginning of the document, up to its first entry.
pub(super) fn open(feed: &mut Draft, dates: Dates) -> String {
    let mut xml = String::from("<feed xmlns=\"http://www.w3.org/2005/Atom\">");
    common(&mut xml, feed, dates);
    if let Some(subtitle) = feed.subtitle.take() {
        element(&mut xml, "subtitle", &subtitle);
    }
    if let Some(icon) = feed.icon.take() {
        element(&mut xml, "icon", &icon);
    }
    for hub in feed.hubs.drain(..) {
        link(&mut xml, REL_HUB, &hub);
    }
    if let Some(own) = feed.own.take() {
        link(&mut xml, REL_OWN, &own);
    }
    xml
}

pub(super) fn entry(xml: &mut String, entry: &mut Draft, dates: Dates) {
    xml.push_str("<entry>");
    common(xml, entry, dates);
    for category in entry.categories.drain(..) {
        // Writing to a string cannot fail.
        let _ = write!(xml, "<category term=\"{}\"/>", escape(&category));
    }
    xml.push_str("</entry>");
}

pub(super) fn close(xml: &mut String) {
    xml.push_str("</feed>");
}

fn common(xml: &mut String, draft: &mut Draft, dates: Dates) {
    if let Some(id) = draft.id.take() {
        element(xml, "id", &id);
    }
    if let Some(title) = draft.title.take() {
        element(xml, "title", &title);
    }
    if let Some(href) = draft.link.take() {
        link(xml, "alternate", &href);
    }
    for name in draft.people() {
        let _ = write!(xml, "<author><name>{}</name></author>", escape(name));
    }
    for (name, date) in [("published", dates.published), ("updated", dates.updated)] {
        if let Some(date) = date {
            element(xml, name, &date.to_rfc3339());
        }
    }
}

fn element(xml: &mut String, name: &str, text: &str) {
    let _ = write!(xml, "<{name}>{}</{name}>", escape(text));
}

fn link(xml: &mut String, rel: &str, href: &str) {
    let _ = write!(xml, "<link rel=\"{rel}\" href=\"{}\"/>", escape(href));
}
