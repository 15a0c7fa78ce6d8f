//! Hub discovery (WebSub, section 4): which hubs push a document's updates, and its topic URL. Pure.

use url::Url;

use crate::feeds::address;
use crate::parse::ParsedFeed;

/// Most hubs considered; only one is used.
const HUBS: usize = 5;
/// Most bytes of `Link` headers read.
const HEADER_BYTES: usize = 16 * 1_024;

/// Hubs and topic, as advertised by the publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advertised {
    /// The hubs in the publisher's order, absolute. Never empty.
    pub hubs: Vec<String>,
    /// The document's own address (`rel="self"`), which hubs know it by.
    pub topic: String,
    /// The final address of the document, after redirects.
    pub found_at: String,
}

impl Advertised {
    /// Whether a feed at `address` may subscribe to this topic: it is on the requested or the final host, `www.` aside.
    ///
    /// The Recommendation makes the document's own address its topic, whatever address was requested, and we follow it.
    /// But a copy of a document names the original, which may contain more than the copy; such a feed is polled.
    pub fn is_of(&self, address: &str) -> bool {
        let topic = site(&self.topic);
        topic.is_some() && (topic == site(address) || topic == site(&self.found_at))
    }
}

fn site(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// What a document and its headers advertise; `None` unless both a hub and the document's own address are given.
///
/// For each of the two, headers take precedence over the document. Our topics are feeds, so the third place, an HTML
/// page's head, isn't read.
pub fn advertised(headers: &[String], feed: &ParsedFeed, found_at: &Url) -> Option<Advertised> {
    let links = parse(headers, found_at);
    let of = |wanted: &'static str| {
        let has = move |link: &&(Url, Vec<String>)| link.1.iter().any(|rel| rel == wanted);
        links.iter().filter(has).map(|(url, _)| url.to_string())
    };
    let mut hubs: Vec<String> = of("hub").collect();
    if hubs.is_empty() {
        hubs.clone_from(&feed.hubs);
    }
    hubs.retain(|url| is_fit(url));
    hubs.truncate(HUBS);
    let topic = of("self").next().or_else(|| feed.own.clone());
    let topic = topic.filter(|url| is_fit(url))?;
    (!hubs.is_empty()).then(|| Advertised {
        hubs,
        topic,
        found_at: found_at.to_string(),
    })
}

fn is_fit(url: &str) -> bool {
    let has_scheme = url.starts_with("http://") || url.starts_with("https://");
    has_scheme && url.len() <= address::MAX_ADDRESS_BYTES
}

/// Parses `Link` headers (RFC 8288, section 3) into each link's resolved target and its relations in lower case.
///
/// A link with an `anchor` is about another document and is left out. Invalid syntax ends its header.
fn parse(headers: &[String], base: &Url) -> Vec<(Url, Vec<String>)> {
    let mut links = Vec::new();
    let mut room = HEADER_BYTES;
    for header in headers {
        let Some(left) = room.checked_sub(header.len()) else {
            break;
        };
        room = left;
        let mut rest = header.as_str();
        while let Some((target, after)) = next_target(rest) {
            let (parameters, after) = parameters(after);
            rest = after;
            let has = |name: &str| parameters.iter().find(|(known, _)| known == name);
            let (Some((_, rel)), None, Ok(url)) = (has("rel"), has("anchor"), base.join(target))
            else {
                continue;
            };
            let rels = rel.split_ascii_whitespace().map(str::to_ascii_lowercase);
            links.push((url, rels.collect()));
        }
    }
    links
}

fn next_target(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches([' ', '\t', ',']);
    let (target, rest) = text.strip_prefix('<')?.split_once('>')?;
    Some((target.trim(), rest))
}

/// The parameters up to the next link's comma: names in lower case; of duplicates, the first counts.
fn parameters(text: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(';') {
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        let name = name.trim().to_ascii_lowercase();
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => (String::new(), after),
        };
        found.push((name, value));
        rest = after.trim_start();
    }
    (found, rest)
}

/// A value, quoted or not.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use crate::update::hubs::*;

    fn found(headers: &[&str], hubs: &[&str], own: Option<&str>) -> Option<(Vec<String>, String)> {
        let headers: Vec<String> = headers.iter().map(|&text| text.to_owned()).collect();
        let feed = ParsedFeed {
            hubs: hubs.iter().map(|&text| text.to_owned()).collect(),
            own: own.map(str::to_owned),
            ..ParsedFeed::default()
        };
        let at = Url::parse("https://a.example/blog/feed").unwrap();
        advertised(&headers, &feed, &at).map(|found| (found.hubs, found.topic))
    }

    fn is(hub: &str, topic: &str) -> Option<(Vec<String>, String)> {
        Some((vec![hub.to_owned()], topic.to_owned()))
    }

    #[test]
    fn link_headers_are_read_as_they_are_written() {
        let both = is("https://hub.example/", "https://a.example/feed");
        for headers in [
            &[
                r#"<https://hub.example/>; rel="hub""#,
                r#"</feed>; rel="self""#,
            ][..],
            &[r#"<https://hub.example/>; rel=hub, <../feed>;rel=self"#],
            &[r#"<https://hub.example/>;title="a, \"b\"; c" ; REL="HUB x",</feed>; rel="self""#],
            &[
                r#"<https://other.example/>; rel="next", <https://hub.example/>; rel="hub", </feed>; rel="first self""#,
            ],
            &[r#"<https://hub.example/>; rel=hub; crossorigin , </feed>; rel=self, broken <x"#],
            &[r#"</x>; rel=self; anchor="/y", <https://hub.example/>; rel=hub, </feed>; rel=self"#],
        ] {
            assert_eq!(found(headers, &[], None), both, "{headers:?}");
        }
        for headers in [
            &[][..],
            &["<https://hub.example/>; rel=hub"],
            &["</feed>; rel=self"],
            &["<ftp://hub.example/>; rel=hub, </feed>; rel=self"],
            &["https://hub.example/; rel=hub, </feed>; rel=self"],
            &[r#"<https://hub.example/>; rel="hub, </feed>; rel=self"#],
        ] {
            assert_eq!(found(headers, &[], None), None, "{headers:?}");
        }
    }

    #[test]
    fn headers_go_before_the_document_and_the_document_fills_the_gap() {
        let (hub, own) = (["https://doc.example/"], Some("https://a.example/doc"));
        let header = r#"<https://hub.example/>; rel="hub", </feed>; rel="self""#;
        let from_header = is("https://hub.example/", "https://a.example/feed");
        assert_eq!(found(&[header], &hub, own), from_header);
        let from_document = is("https://doc.example/", "https://a.example/doc");
        assert_eq!(found(&[], &hub, own), from_document);
        let mixed = is("https://doc.example/", "https://a.example/feed");
        assert_eq!(found(&["</feed>; rel=self"], &hub, own), mixed);
    }

    #[test]
    fn a_topic_is_on_the_requested_or_the_responding_host() {
        let named = |topic: &str, found_at: &str| Advertised {
            hubs: vec!["https://hub.example/".into()],
            topic: topic.into(),
            found_at: found_at.into(),
        };
        let asked = "https://a.example/feed";
        for (topic, found_at, fits) in [
            ("https://a.example/other", asked, true),
            ("http://www.a.example/feed", asked, true),
            ("https://burner.example/f", "https://burner.example/f", true),
            ("https://a.example/feed", "https://cdn.example/f", true),
            ("https://original.example/feed", asked, false),
        ] {
            assert_eq!(named(topic, found_at).is_of(asked), fits, "{topic}");
        }
    }
}
