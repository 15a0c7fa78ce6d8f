//! Finds the feeds a web page links to, and guesses likely addresses when it links to none.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use url::Url;

use super::charset;
use super::sanitize::plain_text;

/// How many bytes of a page are read. Feed links are in the head.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// Most feeds offered for one page. Forums link one per topic; nobody picks from hundreds.
const MAX_CANDIDATES: usize = 20;

/// The kind of feed a link declares. What is really there may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedKind {
    /// RSS, any version.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
    /// Not declared.
    Unknown,
}

/// A feed linked from a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its address; always http or https.
    pub url: Url,
    /// The link's title.
    pub title: Option<String>,
    /// The declared kind.
    pub kind: FeedKind,
}

/// The feeds a page names: those of its head in page order, comment feeds after them, and last the ordinary links that look
/// like feeds.
pub fn candidates(html: &[u8], content_type: Option<&str>, base: &Url) -> Vec<Candidate> {
    let (base, links) = links(html, content_type, base);
    let mut found: Vec<(bool, Candidate)> = Vec::new();
    for link in &links {
        let Some(mut url) = absolute(&base, &link.href) else {
            continue;
        };
        let (kind, is_named) = match link.kind() {
            Some(kind) => (kind, true),
            None if link.looks_like_a_feed(&url) => (FeedKind::Unknown, false),
            None => continue,
        };
        url.set_fragment(None);
        if found.iter().any(|(_, other)| other.url == url) {
            continue;
        }
        let title = Some(plain_text(&link.title)).filter(|title| !title.is_empty());
        found.push((is_named, Candidate { url, title, kind }));
    }
    found.sort_by_key(|(is_named, candidate)| (!is_named, candidate.is_about_comments()));
    let found = found.into_iter().map(|(_, candidate)| candidate);
    found.take(MAX_CANDIDATES).collect()
}

/// An http or https address in a page. `http://` and `http:///feed` name no host, and `feed://` means http.
fn absolute(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    let lower = href.get(..7).unwrap_or(href).to_ascii_lowercase();
    let href: Cow<'_, str> = match href.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("feed") => {
            format!("http://{rest}").into()
        }
        _ => href.into(),
    };
    let after_scheme = href.split_once(':').filter(|_| lower.starts_with("http"));
    let has_host = after_scheme.is_none_or(|(_, rest)| {
        let host = rest.strip_prefix("//").unwrap_or_default();
        !host.is_empty() && !host.starts_with(['/', '?', '#'])
    });
    if href.is_empty() || !has_host || href.starts_with("///") {
        return None;
    }
    let url = base.join(&href).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Where a page sends its visitors by itself (`<meta http-equiv="refresh">`).
pub fn refresh(html: &[u8], content_type: Option<&str>, base: &Url) -> Option<Url> {
    let head = read_head(&decode(html, content_type));
    let (_, target) = head.refresh.as_deref()?.split_once([';', ','])?;
    let target = target.trim();
    let target = match target.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("url") => target[3..]
            .trim_start()
            .strip_prefix('=')
            .unwrap_or_default()
            .trim(),
        _ => target,
    };
    absolute(base, target.trim_matches(['"', '\'']))
}

/// The links of a page that have a `rel`, in page order, and the base address they are relative to.
pub(crate) fn links(html: &[u8], content_type: Option<&str>, base: &Url) -> (Url, Vec<Link>) {
    let head = read_head(&decode(html, content_type));
    let own = head.base.as_deref().and_then(|href| base.join(href).ok());
    (own.unwrap_or_else(|| base.clone()), head.links)
}

/// The page's own title on one line.
pub fn page_title(html: &[u8]) -> Option<String> {
    let title = read_head(&decode(html, None)).title;
    // Character references are already decoded, so only white space is left to tidy.
    Some(title.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|title| !title.is_empty())
}

/// Most addresses that are guessed at one site.
pub const MAX_GUESSES: usize = 4;

/// Addresses to try when a page names no feed that is there, likeliest first; at most [`MAX_GUESSES`].
///
/// Where the page says which program made it, that program's own address comes first; a page in a folder may belong to a
/// site in that folder.
pub fn guesses(html: &[u8], base: &Url) -> Vec<Url> {
    const USUAL: [&str; MAX_GUESSES] = ["/feed", "/feed.xml", "/rss.xml", "/atom.xml"];
    const PROGRAMS: [(&str, &str); 9] = [
        ("wordpress", "/feed/"),
        ("hugo", "/index.xml"),
        ("jekyll", "/feed.xml"),
        ("ghost", "/rss/"),
        ("blogger", "/feeds/posts/default"),
        ("eleventy", "/feed.xml"),
        ("drupal", "/rss.xml"),
        ("medium", "/feed"),
        ("squarespace", "/?format=rss"),
    ];
    let generator = read_head(&decode(html, None)).generator.to_lowercase();
    let is_own = |(name, _): &&(&str, &str)| generator.contains(name);
    let own = PROGRAMS
        .iter()
        .filter(is_own)
        .map(|(_, path)| base.join(path));
    let is_folder = base.path().len() > 1 && base.path().ends_with('/');
    let beside = is_folder.then(|| base.join("feed"));
    let usual = USUAL.iter().map(|path| base.join(path));
    let mut places: Vec<Url> = Vec::new();
    for place in own.chain(beside).chain(usual).flatten() {
        if !places.contains(&place) && place != *base && places.len() < MAX_GUESSES {
            places.push(place);
        }
    }
    places
}

impl Candidate {
    fn is_about_comments(&self) -> bool {
        let title = self.title.as_deref().unwrap_or_default().to_lowercase();
        title.contains("comment") || self.url.path().to_lowercase().contains("comments")
    }
}

/// The page as text, decoded by its byte order mark, the header's charset, its own `meta` charset, or as UTF-8 if valid.
/// Addresses and tags are ASCII, so a wrong guess costs no more than a garbled title.
fn decode(html: &[u8], content_type: Option<&str>) -> String {
    charset::decode_page(&html[..html.len().min(MAX_PAGE_BYTES)], content_type)
}

#[derive(Default)]
struct Head {
    base: Option<String>,
    title: String,
    links: Vec<Link>,
    /// The content of `<meta http-equiv="refresh">`.
    refresh: Option<String>,
    /// The program that made the page, as it says.
    generator: String,
}

/// A link as written in the page.
pub(crate) struct Link {
    rel: String,
    mime: String,
    pub(crate) href: String,
    pub(crate) sizes: String,
    title: String,
    /// Whether it is an `<a>`.
    is_anchor: bool,
}

impl Link {
    /// Whether an ordinary link leads to a feed, by its type or its address.
    fn looks_like_a_feed(&self, url: &Url) -> bool {
        const NAMES: [&str; 9] = [
            "feed",
            "feeds",
            "rss",
            "atom",
            "feed.xml",
            "rss.xml",
            "atom.xml",
            "index.xml",
            "feed.json",
        ];
        if !self.is_anchor {
            return false;
        }
        let mime = self.mime();
        let is_typed = ["rss+xml", "atom+xml", "feed+json", "rdf+xml"]
            .iter()
            .any(|kind| mime.ends_with(kind));
        let path = url.path().trim_end_matches('/').to_ascii_lowercase();
        let last = path.rsplit('/').next().unwrap_or_default();
        let has_ending = [".rss", ".atom", ".rdf"]
            .iter()
            .any(|ending| last.ends_with(ending));
        is_typed || has_ending || NAMES.contains(&last)
    }

    /// Whether `wanted` is one of the link's `rel` tokens.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        let mut words = self.rel.split_ascii_whitespace();
        words.any(|word| word.eq_ignore_ascii_case(wanted))
    }

    /// The declared media type, in lower case and without parameters.
    pub(crate) fn mime(&self) -> String {
        let mime = self.mime.split(';').next().unwrap_or_default();
        mime.trim().to_ascii_lowercase()
    }

    /// `None` when the link isn't to a feed.
    fn kind(&self) -> Option<FeedKind> {
        if self.href.trim().is_empty() || !(self.is("alternate") || self.is("feed")) {
            return None;
        }
        match self.mime().as_str() {
            "application/rss+xml"
            | "application/rdf+xml"
            | "application/x-rss+xml"
            | "text/rss+xml" => Some(FeedKind::Rss),
            "application/atom+xml" | "application/x-atom+xml" | "text/atom+xml" => {
                Some(FeedKind::Atom)
            }
            "application/feed+json" => Some(FeedKind::Json),
            // Sites also publish their API under this type.
            "application/json" => {
                let href = self.href.to_ascii_lowercase();
                (href.contains("feed") && !href.contains("wp-json")).then_some(FeedKind::Json)
            }
            "text/xml" | "application/xml" => Some(FeedKind::Unknown),
            _ => self.is("feed").then_some(FeedKind::Unknown),
        }
    }
}

/// Most links collected from one page before filtering.
const MAX_LINKS: usize = 1_000;

/// Most bytes in one tag. The tokenizer compares attributes pairwise, so longer tags, which no `<link>` needs, are
/// skipped.
const MAX_TAG_BYTES: usize = 8 * 1024;

fn read_head(html: &str) -> Head {
    let tokenizer = Tokenizer::new(HeadSink::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    for part in without_long_tags(html) {
        queue.push_back(part.into());
    }
    // The sink never requests script execution, so one call reads everything.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.head.into_inner()
}

fn without_long_tags(html: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = html;
    while let Some(end) = rest.find('>') {
        let (part, after) = rest.split_at(end + 1);
        // The text since the previous tag counts too: what is dropped by mistake is only text.
        let tag_at = part.rfind('<').unwrap_or(0);
        if part.len() - tag_at <= MAX_TAG_BYTES {
            parts.push(part);
        }
        rest = after;
    }
    parts
}

#[derive(Default)]
struct HeadSink {
    head: RefCell<Head>,
    in_title: RefCell<bool>,
}

impl TokenSink for HeadSink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CharacterTokens(text) => {
                if *self.in_title.borrow() {
                    self.head.borrow_mut().title.push_str(&text);
                }
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl HeadSink {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let mut head = self.head.borrow_mut();
        let value = |name: &str| {
            tag.attrs
                .iter()
                .find(|a| &*a.name.local == name)
                .map(|a| a.value.to_string())
        };
        match (&*tag.name, tag.kind) {
            ("title", TagKind::StartTag) if head.title.is_empty() => {
                self.in_title.replace(true);
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            ("title", TagKind::EndTag) => {
                self.in_title.replace(false);
            }
            ("script", TagKind::StartTag) => return TokenSinkResult::RawData(RawKind::ScriptData),
            ("style" | "xmp" | "noframes", TagKind::StartTag) => {
                return TokenSinkResult::RawData(RawKind::Rawtext);
            }
            ("textarea", TagKind::StartTag) => return TokenSinkResult::RawData(RawKind::Rcdata),
            ("meta", TagKind::StartTag) => {
                let is = |attribute: &str, wanted: &str| {
                    value(attribute).is_some_and(|value| value.eq_ignore_ascii_case(wanted))
                };
                if is("http-equiv", "refresh") && head.refresh.is_none() {
                    head.refresh = value("content");
                } else if is("name", "generator") {
                    head.generator = value("content").unwrap_or_default();
                }
            }
            ("base", TagKind::StartTag) if head.base.is_none() => head.base = value("href"),
            ("link" | "a", TagKind::StartTag) if head.links.len() < MAX_LINKS => {
                let all = |name| value(name).unwrap_or_default();
                let is_anchor = &*tag.name == "a";
                let rel = value("rel");
                if rel.is_some() || is_anchor {
                    let link = Link {
                        rel: rel.unwrap_or_default(),
                        is_anchor,
                        mime: all("type"),
                        href: all("href"),
                        sizes: all("sizes"),
                        title: all("title"),
                    };
                    head.links.push(link);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use crate::html::discover::*;

    fn base() -> Url {
        Url::parse("https://site.example/blog/post.html").expect("a fixed URL")
    }

    fn found(html: &str) -> Vec<(String, FeedKind)> {
        let all = candidates(html.as_bytes(), None, &base());
        all.into_iter()
            .map(|c| (c.url.to_string(), c.kind))
            .collect()
    }

    #[test]
    fn links_are_found_in_order_and_comments_come_last() {
        let html = r#"<head><base href="/x/"><title>A &amp;
            B</title>
            <link rel=alternate type="application/rss+xml" title="Comments" href=comments/feed>
            <LINK REL="Alternate" TYPE="application/atom+xml; charset=utf-8" HREF="atom.xml">
            <link rel="alternate" type="application/atom+xml" href="atom.xml#a">
            <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
            <link rel="alternate" type="application/feed+json" href="//other.example/feed.json">
            <link rel="alternate" type="text/html" href="/en"> <link rel="feed" href="javascript:x()">
            <script>"<link rel=feed href=no>"</script>"#;
        assert_eq!(
            found(html),
            [
                ("https://site.example/x/atom.xml".to_owned(), FeedKind::Atom),
                ("https://other.example/feed.json".to_owned(), FeedKind::Json),
                (
                    "https://site.example/x/comments/feed".to_owned(),
                    FeedKind::Rss
                ),
            ]
        );
        assert_eq!(page_title(html.as_bytes()).as_deref(), Some("A & B"));
    }

    #[test]
    fn guesses_are_few_and_begin_with_the_programs_own() {
        let paths = |html: &str| -> Vec<String> {
            let places = guesses(html.as_bytes(), &base());
            places.iter().map(|place| place.path().to_owned()).collect()
        };
        assert_eq!(paths(""), ["/feed", "/feed.xml", "/rss.xml", "/atom.xml"]);
        let hugo = r#"<meta name="generator" content="Hugo 0.120">"#;
        assert_eq!(
            paths(hugo),
            ["/index.xml", "/feed", "/feed.xml", "/rss.xml"]
        );
    }

    #[test]
    fn ordinary_links_count_last_and_nothing_is_a_host() {
        let html = r#"<a href="/blog/rss">RSS</a><a href="/about">x</a><a type="application/atom+xml" href="/x">y</a>
            <a href="/posts/feeding-cats">no</a><link rel=alternate type="application/rss+xml" href="/named">
            <link rel=alternate type="application/rss+xml" href=""><link rel=alternate type="application/rss+xml" href="http://">
            <link rel=alternate type="application/rss+xml" href="http:///feed"><a href="feed://other.example/feed">z</a>"#;
        let found: Vec<String> = found(html).into_iter().map(|(url, _)| url).collect();
        assert_eq!(
            found,
            [
                "https://site.example/named",
                "https://site.example/blog/rss",
                "https://site.example/x",
                "http://other.example/feed",
            ]
        );
    }

    #[test]
    fn a_page_may_send_its_visitors_on() {
        for (content, expected) in [
            ("0; url=/new/", Some("https://site.example/new/")),
            (
                "5;URL='https://other.example/'",
                Some("https://other.example/"),
            ),
            ("0;/x", Some("https://site.example/x")),
            ("30", None),
            ("0; url=javascript:x()", None),
        ] {
            let html = format!("<meta http-equiv=Refresh content=\"{content}\">");
            let target = refresh(html.as_bytes(), None, &base());
            assert_eq!(target.as_ref().map(Url::as_str), expected, "{content}");
        }
    }

    #[test]
    fn a_tag_of_thousands_of_attributes_is_left_out() {
        let attributes: String = (0..50_000).map(|n| format!(" a{n}")).collect();
        let html = format!("<a{attributes}><link rel=feed href=/f>");
        assert_eq!(
            found(&html),
            [("https://site.example/f".to_owned(), FeedKind::Unknown)]
        );
    }
}
