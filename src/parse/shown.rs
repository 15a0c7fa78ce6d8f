//! What is shown of an entry: the text that has something to show, with its links resolved.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{ParsedEntry, ParsedFeed};
use crate::html::direction::Direction;
use crate::html::sanitize::SafeHtml;

/// Longest base address for relative links, in bytes: it is repeated in each of them.
const MAX_BASE_BYTES: usize = 2_000;

/// The base of an entry's relative links: as the document declares it, otherwise its own page.
///
/// A linkblog's entries lead to other sites, but their links were written for its own. So where the page is elsewhere,
/// `site` is the base, and `feed`, the address of the document, where no site is known.
pub fn base_of(entry: &ParsedEntry, site: Option<&str>, feed: &Url) -> Url {
    let is_short = |base: &Url| base.as_str().len() <= MAX_BASE_BYTES;
    let parsed = |address: Option<&str>| {
        address
            .and_then(|address| Url::parse(address).ok())
            .filter(is_short)
    };
    let site = parsed(site);
    let home = site.as_ref().unwrap_or(feed);
    let page = parsed(entry.link.as_deref()).filter(|page| is_same_site(page, home));
    let declared = entry.base.clone().filter(is_short);
    declared
        .or(page)
        .or(site.clone())
        .unwrap_or_else(|| feed.clone())
}

/// Whether two addresses belong to one registrable domain, or to one host where there is none.
fn is_same_site(one: &Url, other: &Url) -> bool {
    let site = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        psl::domain_str(&host).map(str::to_owned).unwrap_or(host)
    };
    site(one) == site(other)
}

impl ParsedEntry {
    /// Its text, cleaned: the content, or the summary where nothing of the content can be shown.
    pub fn shown(&self, base: &Url) -> SafeHtml {
        let clean = |html: &Option<String>| {
            SafeHtml::clean(html.as_deref().unwrap_or_default(), Some(base))
        };
        let content = clean(&self.content);
        if !content.is_blank() {
            return content;
        }
        clean(&self.summary)
    }
}

/// The feed as `dormouse parse` prints it: texts sanitized, dates in UTC, missing values `null`. Relative links are resolved as
/// in the product; `feed` is the document's address.
pub fn to_json(parsed: &ParsedFeed, feed: &Url) -> Value {
    let entries = parsed
        .entries
        .iter()
        .map(|entry| entry_json(entry, parsed, feed));
    json!({
        "id": parsed.id,
        "title": parsed.title,
        "subtitle": parsed.subtitle,
        "link": parsed.link,
        "updated": date_text(parsed.updated),
        "entries": entries.collect::<Vec<_>>(),
        "repairs": parsed.repairs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn entry_json(entry: &ParsedEntry, parsed: &ParsedFeed, feed: &Url) -> Value {
    let base = base_of(entry, parsed.link.as_deref(), feed);
    let clean = |html: &Option<String>| {
        html.as_deref()
            .map(|html| SafeHtml::clean(html, Some(&base)))
    };
    let content = entry.content.is_some().then(|| entry.shown(&base));
    let enclosures = entry.enclosures.iter();
    let podcast = entry.podcast.clone().unwrap_or_default();
    json!({
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": date_text(entry.published),
        "updated": date_text(entry.updated),
        // Without a summary, the content takes its place, as in other readers.
        "summary": if entry.summary.is_some() { clean(&entry.summary) } else { content.clone() },
        "content": content,
        "author": entry.author,
        "categories": entry.categories,
        "enclosures": enclosures
            .map(|file| json!({ "url": file.url, "type": file.mime, "length": file.length }))
            .collect::<Vec<_>>(),
        "image": entry.image,
        "lang": entry.lang,
        "dir": entry.dir.map(Direction::as_str),
        "duration": podcast.duration,
        "episode": podcast.episode,
        "season": podcast.season,
        "chapters": podcast.chapters,
    })
}

fn date_text(date: Option<DateTime<Utc>>) -> Option<String> {
    date.map(|date| date.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    fn url(address: &str) -> Url {
        Url::parse(address).expect("a fixed URL")
    }

    /// The first entry of an RSS channel, as it is printed.
    fn first(channel: &str) -> Value {
        let namespaces = "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"";
        let text = format!(
            "<rss version=\"2.0\" {namespaces}><channel><title>T</title>{channel}</channel></rss>"
        );
        let feed = url("http://feeds.example/x");
        let parsed = parse(text.as_bytes(), None, &feed).expect("a feed");
        to_json(&parsed, &feed)["entries"][0].clone()
    }

    #[test]
    fn the_summary_stands_in_for_content_that_shows_nothing() {
        for blank in [
            "<p> </p>",
            "<script>x</script>",
            "&amp;nbsp;",
            "<img width=1 height=1 src=http://t.example/>",
        ] {
            let blank = blank.replace('<', "&lt;");
            let entry = first(&format!(
                "<item><description>Words</description><content:encoded>{blank}</content:encoded></item>"
            ));
            let is_right = entry["content"] == "Words" || entry["content"].is_null();
            assert!(is_right && entry["summary"] == "Words", "{blank}: {entry}");
        }
        let shown = first(
            "<item><description>Words</description><content:encoded>&lt;img src=http://s.example/a.jpg&gt;</content:encoded></item>",
        );
        assert!(
            shown["content"]
                .as_str()
                .is_some_and(|html| html.contains("a.jpg"))
        );
        let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>1</id><summary>Words</summary>\
            <content type=\"image/png\">iVBORw0KGgo=</content></entry></feed>";
        let feed = url("http://s.example/");
        let parsed = parse(atom.as_bytes(), None, &feed).expect("a feed");
        assert_eq!(
            to_json(&parsed, &feed)["entries"][0]["content"],
            Value::Null
        );
        assert_eq!(to_json(&parsed, &feed)["entries"][0]["summary"], "Words");
    }

    #[test]
    fn a_linkblogs_pictures_are_its_own() {
        let item = |link: &str| {
            format!(
                "<link>http://blog.example/</link><item><link>{link}</link><description>&lt;img src=\"/a.png\"&gt;</description></item>"
            )
        };
        for (link, source) in [
            ("http://elsewhere.example/post", "http://blog.example/a.png"),
            (
                "http://www.blog.example/2026/post",
                "http://www.blog.example/a.png",
            ),
        ] {
            let summary = first(&item(link))["summary"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            assert!(
                summary.contains(&format!("src=\"{source}\"")),
                "{link}: {summary}"
            );
        }
        let own = first(
            "<item><description>&lt;base href=\"http://cdn.example/\"&gt;&lt;img src=\"a.png\"&gt;</description></item>",
        );
        assert!(
            own["summary"]
                .as_str()
                .is_some_and(|html| html.contains("http://cdn.example/a.png")),
            "{own}"
        );
    }

    #[test]
    fn plain_texts_keep_their_lines() {
        let summary =
            first("<item><itunes:summary>One\nhttp://a.example/\n\nThree</itunes:summary></item>");
        let expected = "<p>One<br><a href=\"http://a.example/\" rel=\"noopener noreferrer\">http://a.example/</a></p><p>Three</p>";
        assert_eq!(summary["summary"], expected);
        // What is given as HTML and has a tag is HTML.
        assert_eq!(
            first("<item><description>One\n&lt;b&gt;two&lt;/b&gt;</description></item>")["summary"],
            "One\n<b>two</b>"
        );
    }

    #[test]
    fn links_have_many_sources() {
        for (item, link) in [
            ("<LINK>http://s.example/1</LINK>", "http://s.example/1"),
            (
                "<guid isPermaLink=\"TRUE\">/blog/one</guid>",
                "http://feeds.example/blog/one",
            ),
            (
                "<guid ispermalink='false'>http://s.example/g</guid>",
                "http://s.example/g",
            ),
            (
                "<guid isPermaLink='false'>http://s.example/g</guid><link>/x</link>",
                "http://feeds.example/x",
            ),
            (
                "<link>http://feedproxy.example/~r/1</link><feedburner:origLink>http://s.example/real</feedburner:origLink>",
                "http://s.example/real",
            ),
            (
                "<atom:link rel='via' href='http://s.example/via'/><atom:link rel='related' href='http://s.example/r'/>",
                "http://s.example/via",
            ),
        ] {
            assert_eq!(
                first(&format!("<item><title>t</title>{item}</item>"))["link"],
                link,
                "{item}"
            );
        }
    }

    #[test]
    fn people_are_several_and_inherited() {
        let atom = |inside: &str| {
            let text = format!(
                "<feed xmlns=\"http://www.w3.org/2005/Atom\"><author><name>Feed</name></author><entry><id>1</id>{inside}</entry></feed>"
            );
            let feed = url("http://s.example/");
            let parsed = parse(text.as_bytes(), None, &feed).expect("a feed");
            to_json(&parsed, &feed)["entries"][0]["author"].clone()
        };
        for (inside, author) in [
            ("", "Feed"),
            (
                "<author><name>Ann</name></author><author><name>Bob</name></author>",
                "Ann, Bob",
            ),
            (
                "<source><author><name>Other</name></author><title>x</title></source>",
                "Other",
            ),
            (
                "<author><name>Ann</name></author><source><author><name>Other</name></author></source>",
                "Ann",
            ),
        ] {
            assert_eq!(atom(inside), author, "{inside}");
        }
        let both = "<item><author>a@b.example</author><dc:creator>Ann</dc:creator></item>";
        assert_eq!(first(both)["author"], "Ann");
    }

    #[test]
    fn dates_of_one_feed_agree() {
        let items = "<item><pubDate>3/4/2024 10:00</pubDate></item><item><pubDate>3/25/2024 10:00</pubDate></item>";
        assert_eq!(first(items)["published"], "2024-03-04T10:00:00Z");
        let items = items.replace("3/25/2024", "25/3/2024");
        assert_eq!(first(&items)["published"], "2024-04-03T10:00:00Z");
        let json = "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"T\",\"items\":[{\"id\":\"1\",\"date_published\":1700000000}]}";
        let feed = url("http://s.example/");
        let parsed = parse(json.as_bytes(), None, &feed).expect("a feed");
        assert_eq!(
            to_json(&parsed, &feed)["entries"][0]["published"],
            "2023-11-14T22:13:20Z"
        );
        let lost = "<rss version=\"2.0\"><channel><title>T</title><item><pubDate>2024-03-04T25:61</pubDate></item></channel></rss>";
        let parsed = parse(lost.as_bytes(), None, &feed).expect("a feed");
        assert!(
            parsed
                .repairs
                .iter()
                .any(|repair| repair.to_string().contains("midnight")),
            "{:?}",
            parsed.repairs
        );
    }

    #[test]
    fn what_is_no_feed_is_refused() {
        let feed = url("http://s.example/");
        let xmp = b"\xff\xd8\xff\xe1\0\0http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description/></rdf:RDF></x:xmpmeta>\0\0\x01\x02\x03\x04\x05\x06\0\0\0\0\0\0\0\0\0\0";
        let doap = b"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://usefulinc.com/ns/doap#\"><Project><name>x</name></Project></rdf:RDF>";
        for (what, bytes) in [
            ("XMP", &xmp[..]),
            ("DOAP", doap),
            (
                "words",
                b"A feed starts with <rss version=\"2.0\"><channel><title> and so on.",
            ),
            ("more words", b"Use <feed> in Atom"),
        ] {
            assert!(parse(bytes, None, &feed).is_err(), "{what}");
        }
    }
}
