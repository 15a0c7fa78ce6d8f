//! Links as words: an article is found by the host that it links to, and by the page.

use std::fmt::Write;

/// Most links of an article that are indexed, each once.
const LINKS: usize = 60;
/// What the words of hosts and of pages begin with: no text has these.
const HOST: char = '\u{3}';
const PAGE: char = '\u{4}';

/// An address as links are compared: host without `www.`, path and query, without scheme, fragment and trackers.
pub fn plain(address: &str) -> Option<String> {
    let rest = match address.split_once("://") {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") =>
        {
            rest
        }
        Some(_) => return None,
        None if address.to_ascii_lowercase().starts_with("mailto:") => return None,
        None => address,
    };
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host
        .rsplit('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let host = host
        .strip_suffix(":443")
        .or(host.strip_suffix(":80"))
        .unwrap_or(&host);
    let host = host.strip_prefix("www.").unwrap_or(host);
    if host.is_empty()
        || !host.contains('.')
            && !host.starts_with('[')
            && !host.contains(':')
            && host != "localhost"
    {
        return None;
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracker(pair))
        .collect();
    let path = path.trim_end_matches('/');
    let mut plain = format!("{host}{path}");
    if !kept.is_empty() {
        let _ = write!(plain, "?{}", kept.join("&"));
    }
    Some(plain)
}

fn is_tracker(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    name.starts_with("utm_")
        || matches!(
            name,
            "fbclid" | "gclid" | "mc_cid" | "mc_eid" | "ref" | "ref_src" | "igshid"
        )
}

fn host_of(plain: &str) -> &str {
    plain.split(['/', '?']).next().unwrap_or_default()
}

/// A page's word: twenty bits of a hash, in four letters. Confirming tells those apart that share it.
fn page_word(plain: &str) -> String {
    // FNV-1a.
    let mut hash: u32 = 0x811c_9dc5;
    for byte in plain.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    let hash = hash ^ hash >> 16;
    let letters = (0..4)
        .map(|n| char::from(b"0123456789abcdefghijklmnopqrstuv"[(hash >> (5 * n) & 31) as usize]));
    std::iter::once(PAGE).chain(letters).collect()
}

fn host_word(host: &str) -> String {
    let end = host.floor_char_boundary(super::tokens::WORD_BYTES);
    format!("{HOST}{}", &host[..end])
}

/// Whether a word of a list is one of a link.
pub fn is_word(word: &str) -> bool {
    word.starts_with([HOST, PAGE])
}

/// A host without its port.
fn bare(host: &str) -> &str {
    match host.rsplit_once(':') {
        // Not a part of an address in brackets.
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The words of an article's links.
pub fn words(links: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    let mut count = 0;
    let mut seen = std::collections::BTreeSet::new();
    for plain in links.iter().filter_map(|link| plain(link)) {
        if count >= LINKS {
            break;
        }
        if !seen.insert(plain.clone()) {
            continue;
        }
        count += 1;
        let host = host_of(&plain);
        words.push(host_word(host));
        if bare(host) != host {
            words.push(host_word(bare(host)));
        }
        if host_of(&plain) != plain {
            words.push(page_word(&plain));
        }
    }
    words
}

/// What `links:` asks for: a host, or one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    plain: String,
}

impl Target {
    /// Of an address as typed; `None` if it is none.
    pub fn of(typed: &str) -> Option<Self> {
        plain(typed.trim()).map(|plain| Self { plain })
    }

    /// The word by which it is found in a list.
    pub fn word(&self) -> String {
        match host_of(&self.plain) {
            host if host == self.plain => host_word(host),
            _ => page_word(&self.plain),
        }
    }

    /// Whether a link leads there.
    pub fn is(&self, link: &str) -> bool {
        let Some(link) = plain(link) else {
            return false;
        };
        let host = host_of(&link);
        // A host without a port is that host whatever its port.
        link == self.plain || host == self.plain || bare(host) == self.plain
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.plain
    }
}

/// The addresses that clean HTML links to, in order.
pub fn of_html(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for (at, _) in html.match_indices("<a ") {
        let tag = &html[at..];
        let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
        if let Some((_, rest)) = tag.split_once(" href=\"")
            && let Some((address, _)) = rest.split_once('"')
        {
            links.push(crate::html::references::unescape(address).into_owned());
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_compared_without_what_does_not_count() {
        for (one, other) in [
            (
                "https://www.example.org/a/?utm_source=x#top",
                "http://example.org/a",
            ),
            ("HTTPS://Example.org", "example.org/"),
            (
                "https://example.org/a?b=1&utm_x=2",
                "https://example.org/a?b=1",
            ),
        ] {
            assert_eq!(plain(one), plain(other), "{one}");
        }
        assert_eq!(plain("mailto:a@b.org"), None);
        assert!(Target::of("word").is_none());
        let page = Target::of("https://example.org/a").unwrap();
        assert!(page.is("http://www.example.org/a/") && !page.is("https://example.org/b"));
        let host = Target::of("example.org").unwrap();
        assert!(host.is("https://example.org/b") && !host.is("https://example.com/"));
        assert!(words(&["https://example.org/a".into()]).contains(&page.word()));
        assert!(words(&["https://example.org/a".into()]).contains(&host.word()));
        let ported = ["https://Ann:pw@Example.org:8080/a".to_owned()];
        for (typed, is_meant) in [
            ("example.org", true),
            ("EXAMPLE.org:8080", true),
            ("bob@example.org:8080/a", true),
            ("example.org:8080/a/", true),
            ("example.org:8081", false),
            ("example.org/a", false),
            ("org", false),
            ("[::1]:8080", false),
        ] {
            let target = Target::of(typed).filter(|target| target.is(&ported[0]));
            assert_eq!(target.is_some(), is_meant, "{typed}");
            let is_indexed = target.is_none_or(|target| words(&ported).contains(&target.word()));
            assert!(is_indexed, "{typed}");
        }
        let numbered = Target::of("http://[::1]:8080").unwrap();
        assert!(numbered.is("http://[::1]:8080/x") && !numbered.is("http://[::1]/x"));
        let any = Target::of("http://[::1]").unwrap();
        assert!(any.is("http://[::1]:8080/x") && any.is("http://[::1]/x"));
    }
}
