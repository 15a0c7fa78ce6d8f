//! Extracts an article's text from its web page.
//!
//! A page is many times its article: menus, offers, scripts. First, elements without text are dropped in one linear
//! pass; then the sanitizer's limits are checked; then `dom_smoothie` finds the article, and the sanitizer cleans it.
//! Hostile pages stop at the limits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_smoothie::{Config, Readability};
use url::Url;

use super::charset::decode_page;
use super::sanitize::{self, MAX_HTML_BYTES, SafeHtml};

/// Most elements parsed: the extractor walks over them several times. Long real articles have about 5,000.
const MAX_ELEMENTS: usize = 20_000;
/// Minimum length of an article without a picture, in characters.
const MIN_TEXT_CHARS: usize = 140;

/// Elements without readable text, dropped with all their content.
const WITHOUT_TEXT: &[&str] = &[
    "script", "style", "svg", "template", "iframe", "object", "canvas", "select", "textarea",
    "math",
];

/// Why no article could be extracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// No article could be told apart from the rest of the page.
    #[error("We couldn’t find an article on the page.")]
    NoArticle,
    /// Parsing would take too long, or panicked.
    #[error("The page’s HTML is too complex to be read safely.")]
    Unsafe,
    /// The article alone exceeds what we store.
    #[error("The article on the page is too long to be kept here.")]
    TooLong,
}

/// The page's article, cleaned, with links resolved against the page's address or its own base.
///
/// Takes a few milliseconds per 100 KB; never panics.
///
/// # Errors
/// [`ExtractError`] if there is no article, or it is too long or unsafe to parse.
pub fn extract(page: &[u8], kind: Option<&str>, url: &Url) -> Result<SafeHtml, ExtractError> {
    let html = lighten(&decode_page(page, kind));
    let elements = html.matches('<').count() / 2;
    if elements > MAX_ELEMENTS || sanitize::is_hostile(&html) {
        return Err(ExtractError::Unsafe);
    }
    // A page that makes the extractor panic must not end the process; it shares no state with us.
    let found = catch_unwind(AssertUnwindSafe(|| article_of(&html, url)));
    let content = found.map_err(|_| ExtractError::Unsafe)?;
    let content = content.ok_or(ExtractError::NoArticle)?;
    if content.len() > MAX_HTML_BYTES {
        return Err(ExtractError::TooLong);
    }
    let clean = SafeHtml::clean(&content, Some(url));
    if measure(clean.as_str()) < MIN_TEXT_CHARS && !clean.as_str().contains("<img") {
        return Err(ExtractError::NoArticle);
    }
    Ok(clean)
}

/// Number of readable characters: those outside tags, without white space, so that it works for any script.
pub fn measure(html: &str) -> usize {
    let text = sanitize::plain_text(html);
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn article_of(html: &str, url: &Url) -> Option<String> {
    let config = Config {
        disable_json_ld: true,
        max_elements_to_parse: MAX_ELEMENTS * 2,
        ..Config::default()
    };
    let mut reader = Readability::new(html, Some(url.as_str()), Some(config)).ok()?;
    Some(reader.parse().ok()?.content.to_string())
}

/// Removes comments and every [`WITHOUT_TEXT`] element: most of a page's bytes. They would also distort the estimates,
/// since scripts are full of what looks like tags.
fn lighten(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let mut out = String::with_capacity(html.len() / 2);
    let mut at = 0;
    while let Some(found) = lower[at..].find('<') {
        let tag = at + found;
        out.push_str(&html[at..tag]);
        at = match end_of_silence(&lower, tag) {
            Some(end) => end,
            None => {
                out.push('<');
                tag + 1
            }
        };
    }
    out.push_str(&html[at..]);
    out
}

/// The end of the comment or text-free element that starts at `tag`; `None` if it is neither.
fn end_of_silence(lower: &str, tag: usize) -> Option<usize> {
    let rest = &lower[tag..];
    let after = |mark: &str| match rest.find(mark) {
        Some(place) => tag + place + mark.len(),
        // Never closed: browsers read it to the end.
        None => lower.len(),
    };
    if rest.starts_with("<!--") {
        return Some(after("-->"));
    }
    let name = rest[1..]
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()?;
    if !WITHOUT_TEXT.contains(&name) {
        return None;
    }
    let opened = rest.find('>')? + 1;
    if rest[..opened].ends_with("/>") {
        return Some(tag + opened);
    }
    let closing = after(&format!("</{name}"));
    let end = lower[closing..].find('>');
    Some(end.map_or(lower.len(), |end| closing + end + 1))
}

#[cfg(test)]
mod tests {
    use crate::html::extract::*;

    #[test]
    fn what_has_no_text_goes() {
        let html = "a<script>if (a<b) '<p>'</script>b<!-- <div> -->c<SVG><path/></SVG>d<iframe/>e < f<style>g";
        assert_eq!(lighten(html), "abcde < f");
    }

    #[test]
    fn a_script_that_looks_like_a_tower_is_no_reason_to_refuse() {
        let url = Url::parse("https://a.example/x/y").unwrap();
        let script = format!("<script>{}</script>", "x<div;".repeat(5_000));
        let text = "<p>A sentence of some length, which says something, and then says it again, differently.</p>".repeat(9);
        let page = format!(
            "<html><body>{script}<nav><a href=/>Home</a></nav><article>{text}<p><a href=z>On</a></p></article>"
        );
        let found = extract(page.as_bytes(), None, &url).unwrap();
        assert!(found.as_str().contains("https://a.example/x/z"), "{found}");
        assert!(!found.as_str().contains("Home"), "{found}");
    }

    #[test]
    fn towers_and_crowds_are_refused_before_they_are_built() {
        let url = Url::parse("https://a.example/").unwrap();
        for page in ["<div>".repeat(100_000), "<p>a</p>".repeat(200_000)] {
            let refused = extract(page.as_bytes(), None, &url);
            assert_eq!(refused, Err(ExtractError::Unsafe));
        }
        assert_eq!(extract(b"", None, &url), Err(ExtractError::NoArticle));
        assert_eq!(
            extract(b"\0\xff<", None, &url),
            Err(ExtractError::NoArticle)
        );
    }
}
