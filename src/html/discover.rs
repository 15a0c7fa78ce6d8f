//! Finds the feeds a web page links to, and guesses likely addresses when it links to none.

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

/// The feeds a page links to, in page order, with comment feeds last.
pub fn candidates(html: &[u8], content_type: Option<&str>, base: &Url) -> Vec<Candidate> {
    let (base, links) = links(html, content_type, base);
    let mut found: Vec<Candidate> = Vec::new();
    for link in &links {
        let Some(kind) = link.kind() else { continue };
        let Ok(mut url) = base.join(link.href.trim()) else {
            continue;
        };
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") || found.iter().any(|other| other.url == url) {
            continue;
        }
        let title = Some(plain_text(&link.title)).filter(|title| !title.is_empty());
        found.push(Candidate { url, title, kind });
    }
    found.sort_by_key(Candidate::is_about_comments);
    found.truncate(MAX_CANDIDATES);
    found
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

/// Addresses to try when a page links to no feed, likeliest first; at most ten.
pub fn well_known(base: &Url) -> Vec<Url> {
    const AT_ROOT: &[&str] = &[
        "/feed",
        "/feed.xml",
        "/rss.xml",
        "/atom.xml",
        "/index.xml",
        "/rss",
        "/feed.json",
        "/feeds/posts/default",
    ];
    const BESIDE: &[&str] = &["feed", "feed.xml"];
    let mut places: Vec<Url> = Vec::new();
    if base.path() != "/" {
        let mut folder = base.clone();
        folder.set_query(None);
        folder.set_path(&format!("{}/", base.path().trim_end_matches('/')));
        places.extend(BESIDE.iter().filter_map(|name| folder.join(name).ok()));
    }
    for place in AT_ROOT.iter().filter_map(|path| base.join(path).ok()) {
        if !places.contains(&place) {
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
}

/// A link as written in the page.
pub(crate) struct Link {
    rel: String,
    mime: String,
    pub(crate) href: String,
    pub(crate) sizes: String,
    title: String,
}

impl Link {
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
            ("base", TagKind::StartTag) if head.base.is_none() => head.base = value("href"),
            ("link" | "a", TagKind::StartTag) if head.links.len() < MAX_LINKS => {
                let all = |name| value(name).unwrap_or_default();
                if let Some(rel) = value("rel") {
                    let link = Link {
                        rel,
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
    fn guesses_are_few_and_begin_nearby() {
        let places = well_known(&base());
        assert_eq!(places.len(), 10);
        assert_eq!(
            places[0].as_str(),
            "https://site.example/blog/post.html/feed"
        );
        assert_eq!(places[2].as_str(), "https://site.example/feed");
        let root = Url::parse("https://site.example/?a=b").expect("a fixed URL");
        assert_eq!(well_known(&root).len(), 8);
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
