//! An article's own text out of the page that it stands on.
//!
//! A page is many times its article: menus, offers, scripts. What can't be text goes first, in one linear pass; then the
//! bounds of the sanitiser are held against the rest; then `dom_smoothie` finds the article, and the sanitiser has the last
//! word. Hostile pages get as far as the bounds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_smoothie::{Config, Readability};
use url::Url;

use super::discover::to_text;
use super::sanitize::{self, LONGEST_HTML, SafeHtml};

/// The most elements that are taken apart: the extractor walks over them several times. Long real articles have some 5,000.
const MOST_ELEMENTS: usize = 20_000;
/// Characters below which there is no article, unless there is a picture.
const SHORTEST: usize = 140;

/// What has no text for a reader in it, and goes with all that it holds.
const WITHOUT_TEXT: &[&str] = &[
    "script", "style", "svg", "template", "iframe", "object", "canvas", "select", "textarea",
    "math",
];

/// Why a page gave no article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// There is none that could be told from what is around it.
    #[error("No article could be made out on the page.")]
    NoArticle,
    /// Taking it apart would take too long, or was tried and failed.
    #[error("The page is built in a way that can't be taken apart safely.")]
    Unsafe,
    /// The article alone is beyond what is kept.
    #[error("The article on the page is too long to be kept here.")]
    TooLong,
}

/// The article of a page, cleaned, with its links resolved against the page's address (or what the page itself says that they
/// start from). Takes some milliseconds for each 100 KB; never panics.
///
/// # Errors
/// [`ExtractError`].
pub fn extract(page: &[u8], kind: Option<&str>, url: &Url) -> Result<SafeHtml, ExtractError> {
    let html = lighten(&to_text(page, kind));
    let elements = html.matches('<').count() / 2;
    if elements > MOST_ELEMENTS || sanitize::is_hostile(&html) {
        return Err(ExtractError::Unsafe);
    }
    // A page that makes the extractor panic must not take the process along: nothing is shared with it.
    let found = catch_unwind(AssertUnwindSafe(|| article_of(&html, url)));
    let content = found.map_err(|_| ExtractError::Unsafe)?;
    let content = content.ok_or(ExtractError::NoArticle)?;
    if content.len() > LONGEST_HTML {
        return Err(ExtractError::TooLong);
    }
    let clean = SafeHtml::clean(&content, Some(url));
    if measure(clean.as_str()) < SHORTEST && !clean.as_str().contains("<img") {
        return Err(ExtractError::NoArticle);
    }
    Ok(clean)
}

/// How much there is to read: the characters outside the tags, white space not counted, so that it holds for any script.
pub fn measure(html: &str) -> usize {
    let text = sanitize::plain_text(html);
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn article_of(html: &str, url: &Url) -> Option<String> {
    let config = Config {
        disable_json_ld: true,
        max_elements_to_parse: MOST_ELEMENTS * 2,
        ..Config::default()
    };
    let mut reader = Readability::new(html, Some(url.as_str()), Some(config)).ok()?;
    Some(reader.parse().ok()?.content.to_string())
}

/// Takes out comments and everything [`WITHOUT_TEXT`]: most of a page's bytes, and what its markup can't be judged by, since
/// scripts are full of what looks like tags.
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

/// Where what begins at `tag` is over, if it is a comment or has no text in it.
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
