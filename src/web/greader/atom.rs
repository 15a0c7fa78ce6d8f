//! A page of a stream as Atom (RFC 4287), which is how the oldest clients fetch feeds.

use std::fmt::Write as _;

use super::item::Item;
use super::names;
use crate::shelf::opml::escape;
use crate::timestamp::{Timestamp, rfc3339};

/// The scheme of categories that are states and labels.
const SCHEME: &str = "http://www.google.com/reader/";

fn time(second: i64) -> String {
    rfc3339(Timestamp::from_timestamp(second, 0).unwrap_or_default())
}

/// The feed's text.
pub(super) fn write(
    id: &str,
    title: &str,
    items: &[Item],
    next: Option<&str>,
    now: Timestamp,
) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        xml,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:gr=\"http://www.google.com/schemas/reader/atom/\">\n\
         <id>tag:google.com,2005:reader/{}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
         <author><name>Dormouse</name></author>\n<generator>Dormouse</generator>",
        escape(id),
        escape(title),
        rfc3339(now),
    );
    if let Some(next) = next {
        let _ = writeln!(xml, "<gr:continuation>{}</gr:continuation>", escape(next));
    }
    for item in items {
        entry(&mut xml, item);
    }
    xml.push_str("</feed>\n");
    xml
}

fn entry(xml: &mut String, item: &Item) {
    let _ = write!(
        xml,
        "<entry><id>{}</id><title type=\"text\">{}</title><published>{}</published><updated>{}</updated>\
         <link rel=\"alternate\" href=\"{}\" type=\"text/html\"/>",
        escape(item.name()),
        escape(&item.title),
        time(item.published),
        time(item.updated),
        escape(item.link()),
    );
    for (url, kind) in item.files() {
        let _ = write!(
            xml,
            "<link rel=\"enclosure\" href=\"{}\" type=\"{}\"/>",
            escape(url),
            escape(kind)
        );
    }
    for category in item.categories() {
        // Old clients read states by their labels in this scheme.
        let _ = write!(
            xml,
            "<category term=\"{}\" scheme=\"{SCHEME}\" label=\"{}\"/>",
            escape(category),
            escape(names::short(category))
        );
    }
    if !item.is_read() {
        let term = names::state("fresh");
        let _ = write!(
            xml,
            "<category term=\"{term}\" scheme=\"{SCHEME}\" label=\"fresh\"/>"
        );
    }
    if let Some(author) = &item.author {
        let _ = write!(xml, "<author><name>{}</name></author>", escape(author));
    }
    let [stream, title, site] = item.source();
    let _ = writeln!(
        xml,
        "<source gr:stream-id=\"{0}\"><id>tag:google.com,2005:reader/{0}</id><title>{1}</title>\
         <link rel=\"alternate\" href=\"{2}\"/></source><content type=\"html\">{3}</content></entry>",
        escape(stream),
        escape(title),
        escape(site),
        escape(item.html()),
    );
}
