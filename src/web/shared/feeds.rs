//! What is open as a feed (RFC 4287, JSON Feed 1.1), and as an OPML list.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::page::heading;
use super::{Format, address};
use crate::app::App;
use crate::shelf::opml::{self, escape};
use crate::shelf::shared::{Line, Listing};
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::share::Share;

fn time(second: i64) -> String {
    rfc3339(Timestamp::from_timestamp(second, 0).unwrap_or_default())
}

/// The title that a line has in lists: readers show nothing for an empty one.
fn title(line: &Line) -> &str {
    let others = [&line.title, &line.excerpt, &line.source];
    let found = others.into_iter().find(|text| !text.is_empty());
    found.map_or("–", String::as_str)
}

/// The note, then the beginning of the text.
fn summary(line: &Line) -> String {
    let parts = [line.note.as_str(), line.excerpt.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// The same as HTML, in which the two are told apart.
fn html(line: &Line) -> String {
    let mut html = String::new();
    if !line.note.is_empty() {
        let _ = write!(
            html,
            "<blockquote><p>{}</p></blockquote>",
            lines(&line.note)
        );
    }
    if !line.excerpt.is_empty() {
        let _ = write!(html, "<p>{}</p>", escape(&line.excerpt));
    }
    html
}

/// Text whose lines stay lines.
fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape).collect();
    lines.join("<br>")
}

/// When something of it last changed, as far as its lines tell.
fn updated(share: &Share, listing: &Listing) -> i64 {
    let newest = listing.lines.iter().map(|line| line.at).max();
    newest.unwrap_or_default().max(share.since.timestamp())
}

pub(super) fn atom(app: &App, share: &Share, token: &str, listing: &Listing) -> String {
    let page = address(app, token, Format::Html);
    let own = address(app, token, Format::Atom);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = write!(
        xml,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{}</title>\n<id>{}</id>\n\
         <updated>{}</updated>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<author><name>Dormouse</name></author>\n\
         <generator>Dormouse</generator>\n",
        share.manner.language.tag(),
        escape(&heading(share)),
        escape(&page),
        time(updated(share, listing)),
        escape(&own),
        escape(&page),
    );
    for line in &listing.lines {
        let _ = write!(
            xml,
            "<entry><title>{}</title><id>urn:uuid:{}</id><updated>{}</updated>",
            escape(title(line)),
            line.id,
            time(line.at)
        );
        if let Some(link) = &line.link {
            let _ = write!(xml, "<link rel=\"alternate\" href=\"{}\"/>", escape(link));
        }
        if !line.source.is_empty() {
            let source = escape(&line.source);
            let _ = write!(xml, "<author><name>{source}</name></author>");
        }
        // The content is never the publisher's: their page has it.
        let _ = writeln!(
            xml,
            "<content type=\"html\">{}</content></entry>",
            escape(&html(line))
        );
    }
    xml.push_str("</feed>\n");
    xml
}

pub(super) fn json(app: &App, share: &Share, token: &str, listing: &Listing) -> String {
    let items: Vec<Value> = listing.lines.iter().map(item).collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": heading(share),
        "home_page_url": address(app, token, Format::Html),
        "feed_url": address(app, token, Format::Json),
        "language": share.manner.language.tag(),
        "items": items,
    });
    // Whoever takes it for a page finds no markup in it. The character stands in texts only, so this says the same.
    feed.to_string().replace('<', "\\u003c")
}

fn item(line: &Line) -> Value {
    let mut item = json!({
        "id": format!("urn:uuid:{}", line.id),
        "title": title(line),
        "content_html": html(line),
        "summary": summary(line),
        "date_published": time(line.at),
    });
    if let Some(link) = &line.link {
        item["url"] = json!(link);
    }
    if !line.source.is_empty() {
        item["authors"] = json!([{ "name": line.source }]);
    }
    item
}

pub(super) fn opml(_: &App, share: &Share, listing: &Listing) -> String {
    // Its date is the share's: a list that says the same is the same.
    opml::write(&heading(share), &[], &listing.feeds, share.since)
}
