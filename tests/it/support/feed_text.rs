//! Feed documents as publishers write them.

use std::fmt::Write;

use chrono::TimeDelta;
use dormouse::timestamp::{Timestamp, rfc3339};
use serde_json::json;

/// One entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) id: Option<String>,
    pub(crate) title: String,
    pub(crate) link: Option<String>,
    pub(crate) published: Option<Timestamp>,
    /// HTML.
    pub(crate) content: String,
}

impl Entry {
    /// An entry with its own id and link.
    pub(crate) fn new(name: &str, published: Timestamp) -> Self {
        Self {
            id: Some(format!("urn:entry:{name}")),
            title: format!("Title of {name}"),
            link: Some(format!("http://site.example/{name}")),
            published: Some(published),
            content: format!("<p>Text of {name}</p>"),
        }
    }
}

/// A feed that can be written in several formats.
#[derive(Clone, Debug)]
pub(crate) struct FeedText {
    pub(crate) title: String,
    /// In the document's order.
    pub(crate) entries: Vec<Entry>,
    /// `lastBuildDate`, which many publishing tools update with every request.
    pub(crate) built: Option<Timestamp>,
}

impl FeedText {
    /// A feed without entries.
    pub(crate) fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            entries: Vec::new(),
            built: None,
        }
    }

    /// A feed with `count` hourly entries, newest first, starting at `newest`.
    pub(crate) fn hourly(title: &str, count: i32, newest: Timestamp) -> Self {
        Self::every(TimeDelta::hours(1), title, count, newest)
    }

    /// A feed that posts so often that it is polled hourly, as long as that lasts.
    pub(crate) fn wire(title: &str, count: i32, newest: Timestamp) -> Self {
        Self::every(TimeDelta::minutes(10), title, count, newest)
    }

    /// A feed that posts so rarely that it is polled once a week, however long its last entry is ago.
    pub(crate) fn monthly(title: &str, count: i32, newest: Timestamp) -> Self {
        Self::every(TimeDelta::days(30), title, count, newest)
    }

    fn every(gap: TimeDelta, title: &str, count: i32, newest: Timestamp) -> Self {
        let entries = (0..count).map(|back| {
            let name = format!("{}-{}", title.to_lowercase(), count - back);
            Entry::new(&name, newest - gap * back)
        });
        Self {
            entries: entries.collect(),
            ..Self::new(title)
        }
    }

    /// With one entry on top.
    #[must_use]
    pub(crate) fn and(mut self, entry: Entry) -> Self {
        self.entries.insert(0, entry);
        self
    }

    /// As RSS 2.0.
    pub(crate) fn rss(&self) -> String {
        let mut out = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{}</title>\
             <link>http://site.example/</link><description>About</description>",
            self.title
        );
        if let Some(built) = self.built {
            write!(out, "<lastBuildDate>{}</lastBuildDate>", built.to_rfc2822()).unwrap();
        }
        for entry in &self.entries {
            write!(out, "<item><title>{}</title>", escape(&entry.title)).unwrap();
            if let Some(id) = &entry.id {
                write!(out, "<guid isPermaLink=\"false\">{id}</guid>").unwrap();
            }
            if let Some(link) = &entry.link {
                write!(out, "<link>{link}</link>").unwrap();
            }
            if let Some(published) = entry.published {
                write!(out, "<pubDate>{}</pubDate>", published.to_rfc2822()).unwrap();
            }
            let content = escape(&entry.content);
            write!(out, "<description>{content}</description></item>").unwrap();
        }
        out.push_str("</channel></rss>");
        out
    }

    /// As Atom.
    pub(crate) fn atom(&self) -> String {
        let mut out = format!(
            "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title>\
             <id>urn:feed</id><updated>2026-01-01T00:00:00Z</updated>",
            self.title
        );
        for entry in &self.entries {
            let id = entry.id.as_deref().unwrap_or_default();
            let link = entry.link.as_deref().unwrap_or_default();
            let date = entry.published.map(rfc3339).unwrap_or_default();
            write!(
                out,
                "<entry><id>{id}</id><title>{}</title><link href=\"{link}\"/><published>{date}</published>\
                 <updated>{date}</updated><content type=\"html\">{}</content></entry>",
                escape(&entry.title),
                escape(&entry.content)
            )
            .unwrap();
        }
        out.push_str("</feed>");
        out
    }

    /// As JSON Feed.
    pub(crate) fn json(&self) -> String {
        let items: Vec<_> = self
            .entries
            .iter()
            .map(|entry| {
                json!({ "id": entry.id, "title": entry.title, "url": entry.link,
                    "content_html": entry.content, "date_published": entry.published.map(rfc3339) })
            })
            .collect();
        json!({ "version": "https://jsonfeed.org/version/1.1", "title": self.title, "items": items })
            .to_string()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
