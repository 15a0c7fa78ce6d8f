//! Makes untrusted HTML safe to show on our pages, and derives plain text from it.
//!
//! Everything a publisher sends goes through [`SafeHtml::clean`] once, before it is stored; the type is the proof. What
//! remains can't run scripts, embed frames, set styles or submit forms, and loads nothing but pictures, audio and video
//! over http or https.

mod active_formatting;
mod address;
mod bounds;
mod last_look;
mod nesting;
mod prepare;
mod srcset;
mod text;
mod tree;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::LazyLock;

use address::Purpose;
use ammonia::{Builder, UrlRelative};
use serde::Serialize;
use url::Url;

use crate::html::embeds;

pub use text::{plain_text, shortened, snippet};

/// Raised whenever [`SafeHtml::clean`] would return something different for the same input.
///
/// Stored articles carry the version they were cleaned with, so that old ones can be recognized.
pub const SANITIZER_VERSION: u32 = 5;

/// Longest HTML that is cleaned, in bytes; the rest is cut off.
pub const MAX_HTML_BYTES: usize = bounds::MAX_HTML_BYTES;

/// HTML that can be put on a page as it is. Only [`SafeHtml::clean`] creates it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Cleans one article body. Links are resolved against `base`; without one, relative links are removed.
    ///
    /// Bounded: input beyond 1 MiB is cut, and input built to make a parser slow (or nested deeper than any page a
    /// person wrote) keeps its text but loses its markup. Cleaning again removes nothing more. It may nest elements
    /// differently where they aren't allowed as written (`<rp>(<li>a</rp>`), as a browser does.
    pub fn clean(html: &str, base: Option<&Url>) -> SafeHtml {
        let html = bounds::cut(html, bounds::MAX_HTML_BYTES);
        let (html, own_base) = prepare::prepare(html);
        // A card is longer than the frame that it stands for.
        let html = bounds::cut(&html, 2 * bounds::MAX_HTML_BYTES).to_owned();
        if bounds::is_hostile(&html) {
            return SafeHtml(bounds::paragraphs(&html));
        }
        let html = bounds::close_empty_frames(&html);
        let own_base = own_base.and_then(|own| Url::options().base_url(base).parse(&own).ok());
        let own_base = own_base.filter(|own| matches!(own.scheme(), "http" | "https"));
        let base = own_base.as_ref().or(base);
        let base = base.filter(|base| matches!(base.scheme(), "http" | "https"));
        let base = base.filter(|base| bounds::is_affordable(&html, base.as_str()));
        let cleaned = against(base, || RULES.clean(&html).to_string());
        SafeHtml(last_look::look(&cleaned, base))
    }

    /// Wraps HTML read from the store. Only for text that [`SafeHtml::clean`] made.
    pub fn from_store(html: String) -> SafeHtml {
        SafeHtml(html)
    }

    /// Whether there is nothing to see: neither words nor a picture, a sound or a film.
    pub fn is_blank(&self) -> bool {
        let has_source = |tag: &str| {
            self.0.match_indices(tag).any(|(at, _)| {
                let rest = &self.0[at..];
                rest[..crate::html::tags::end(rest).unwrap_or(rest.len())].contains(" src=")
            })
        };
        let is_shown = ["<img", "<audio", "<video", "<source"]
            .into_iter()
            .any(has_source)
            || self.0.contains("data-embed=");
        let is_invisible = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
                )
        };
        !is_shown && self.text().chars().all(is_invisible)
    }

    /// The text on one line: no tags, entities decoded, white space collapsed.
    pub fn text(&self) -> String {
        text::text_of_clean(&self.0)
    }

    /// The markup, ready for a page.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, ready for the store.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Built once: it takes longer than to clean a short article.
static RULES: LazyLock<Builder<'static>> = LazyLock::new(rules);

thread_local! {
    /// What relative addresses are resolved against while [`RULES`] are at work on this thread.
    static BASE: RefCell<Option<Url>> = const { RefCell::new(None) };
}

/// Runs the cleaner with this base, which its rules can't be handed.
fn against<T>(base: Option<&Url>, clean: impl FnOnce() -> T) -> T {
    /// Forgets it, even if the cleaner panics.
    struct Forgets;
    impl Drop for Forgets {
        fn drop(&mut self) {
            BASE.set(None);
        }
    }
    BASE.set(base.cloned());
    let _forgets = Forgets;
    clean()
}

const TAGS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    // MathML Core's presentation elements: https://www.w3.org/TR/mathml-core/
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "semantics",
];

/// Elements removed with all their content, which was never meant to be read as text.
const DROPPED_WHOLE: &[&str] = &[
    "script",
    "style",
    "iframe",
    "object",
    "svg",
    "template",
    "title",
    "textarea",
    "select",
    "noembed",
    "noframes",
    "xmp",
    "canvas",
    "annotation",
    "annotation-xml",
];

/// Attributes allowed on every element.
const GENERIC_ATTRIBUTES: &[&str] = &["title", "lang", "dir", "id"];

const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "data-embed"]),
    ("audio", &["src"]),
    ("bdo", &["dir"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("del", &["datetime"]),
    ("details", &["open"]),
    ("img", &["src", "alt", "width", "height"]),
    ("ins", &["datetime"]),
    ("li", &["value"]),
    ("math", &["display", "alttext"]),
    (
        "mo",
        &[
            "fence",
            "separator",
            "stretchy",
            "symmetric",
            "largeop",
            "movablelimits",
        ],
    ),
    ("mi", &["mathvariant"]),
    ("mfrac", &["linethickness"]),
    ("mover", &["accent"]),
    ("munder", &["accentunder"]),
    ("munderover", &["accent", "accentunder"]),
    ("mspace", &["width", "height", "depth"]),
    ("mtd", &["columnspan", "rowspan"]),
    ("ol", &["start", "reversed", "type"]),
    ("source", &["src", "type"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("time", &["datetime"]),
    ("video", &["src", "poster", "width", "height"]),
];

/// Attributes written into these tags whatever the publisher wrote: nothing loads before it is scrolled to, nothing
/// plays by itself, and no picture's host learns which page it was shown on.
const FIXED: &[(&str, &str)] = &[
    (
        "img",
        r#" loading="lazy" decoding="async" referrerpolicy="no-referrer""#,
    ),
    ("audio", r#" controls="" preload="none""#),
    ("video", r#" controls="" preload="none""#),
];

/// The cleaner's rules. Relative addresses are resolved against [`BASE`], and removed if there is none.
fn rules() -> Builder<'static> {
    let mut rules = Builder::empty();
    let attributes: HashMap<&str, HashSet<&str>> = ATTRIBUTES
        .iter()
        .map(|(tag, names)| (*tag, names.iter().copied().collect()))
        .collect();
    rules
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(DROPPED_WHOLE.iter().copied().collect())
        .generic_attributes(GENERIC_ATTRIBUTES.iter().copied().collect())
        .tag_attributes(attributes)
        .url_schemes(["http", "https", "mailto", "data"].into())
        // Only fragments are left of these after the filter below.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true)
        .attribute_filter(|tag, name, value| {
            BASE.with_borrow(|base| kept_value(tag, name, value, base.as_ref()))
        });
    rules
}

/// What the tables above can't express: which addresses an attribute may have, and that sizes are numbers.
fn kept_value<'u>(
    tag: &str,
    name: &str,
    value: &'u str,
    base: Option<&Url>,
) -> Option<Cow<'u, str>> {
    if let Some(purpose) = Purpose::of(tag, name) {
        return purpose.written(value, base).map(Cow::Owned);
    }
    match name {
        "id" => address::prefixed_id(value).map(Cow::Owned),
        "dir" => matches!(value.to_ascii_lowercase().as_str(), "ltr" | "rtl" | "auto")
            .then_some(Cow::Borrowed(value)),
        "width" | "height" if value.ends_with("px") && tag != "mspace" => {
            let bare = value.trim_end_matches("px");
            is_small_number(bare).then(|| Cow::Owned(bare.to_owned()))
        }
        "data-embed" => (value == "page" || embeds::is_key(value)).then_some(Cow::Borrowed(value)),
        "width" | "height" | "depth" if tag == "mspace" => {
            is_length(value).then_some(Cow::Borrowed(value))
        }
        "width" | "height" | "colspan" | "rowspan" | "columnspan" | "span" | "start" | "value" => {
            is_small_number(value).then_some(Cow::Borrowed(value))
        }
        _ => Some(Cow::Borrowed(value)),
    }
}

fn is_small_number(value: &str) -> bool {
    value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// A length of MathML's, such as `0.278em`.
fn is_length(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'%');
    value.len() <= 10 && value.bytes().all(is_part)
}

/// Whether a tree builder would need more than linear time for this, or would nest too deep.
pub fn is_hostile(html: &str) -> bool {
    bounds::is_hostile(html)
}

#[cfg(test)]
mod tests {
    use crate::html::sanitize::*;

    fn clean(html: &str) -> String {
        let base = Url::parse("https://blog.example/posts/1").expect("a fixed URL");
        SafeHtml::clean(html, Some(&base)).into_string()
    }

    #[test]
    fn links_become_absolute_and_tell_no_one() {
        assert_eq!(
            clean(r#"<a href="../a" onclick="x()" style="top:0">a</a>"#),
            r#"<a href="https://blog.example/a" rel="noopener noreferrer">a</a>"#
        );
        assert_eq!(
            clean(r#"<a href="javascript:x()">a</a>"#),
            r#"<a rel="noopener noreferrer">a</a>"#
        );
    }

    #[test]
    fn no_scheme_hides_behind_a_control_character() {
        for hidden in [
            "java&#1;script:alert(1)",
            "java&#11;script:x",
            "java&#12;script:x",
            "java&#127;script:x",
            "\u{1}javascript:x",
            "&#1;data:text/html,x",
            "&Tab;vbscript:x",
            "fi&#2;le:///etc/passwd",
        ] {
            for html in [
                format!(r#"<a href="{hidden}">a</a>"#),
                format!(r#"<img src="{hidden}" alt=a>"#),
                format!(
                    r#"<video poster="{hidden}" src="{hidden}">a</video><audio src="{hidden}">a</audio>"#
                ),
            ] {
                let without_base = SafeHtml::clean(&html, None).into_string();
                assert!(
                    !without_base.contains(['=', ':']) || !without_base.contains("script:"),
                    "{without_base}"
                );
                for part in [without_base, clean(&html)] {
                    for scheme in ["\"javascript:", "\"data:", "\"file:", "\"vbscript:"] {
                        assert!(!part.contains(scheme), "{html} became {part}");
                    }
                }
            }
        }
    }

    #[test]
    fn footnotes_lead_within_the_article() {
        assert_eq!(
            clean(r##"<a href="#1" id=r1>1</a><p id=1>note <a href="#nowhere">b</a></p>"##),
            r##"<a href="#user-content-1" id="user-content-r1" rel="noopener noreferrer">1</a><p id="user-content-1">note <a href="https://blog.example/posts/1#nowhere" rel="noopener noreferrer">b</a></p>"##
        );
    }

    #[test]
    fn pictures_are_lazy_and_pixels_go() {
        assert_eq!(
            clean(r#"<img src=a.png width=10 height="2em">"#),
            r#"<img src="https://blog.example/posts/a.png" width="10" loading="lazy" decoding="async" referrerpolicy="no-referrer">"#
        );
        assert_eq!(
            clean(r#"a<img src=a.png width=1 height=1>b<img alt=x>"#),
            "ab"
        );
    }

    #[test]
    fn no_citation_smuggles_a_script() {
        assert_eq!(clean(r#"<q cite="javascript:x()">a</q>"#), "<q>a</q>");
    }

    #[test]
    fn an_empty_frame_takes_nothing_with_it() {
        assert_eq!(
            clean(r#"a<iframe src="https://v.example/"/> b < c"#),
            r#"a<a href="https://v.example/" rel="noopener noreferrer">v.example</a> b &lt; c"#
        );
    }

    #[test]
    fn what_is_opened_again_is_bounded() {
        let open: String = (0..200).map(|n| format!("<b title={n}>")).collect();
        let html = format!("<p>{open}{}", "<p>x".repeat(50_000));
        let cleaned = clean(&html);
        assert!(
            cleaned.starts_with("<p>x</p><p>x</p>"),
            "{}",
            &cleaned[..80]
        );
        assert!(cleaned.len() < html.len() * 3, "{} bytes", cleaned.len());
        // Elements people forget to close are reopened, as in browsers.
        let forgotten = clean("<p><font color=red><b>a<p>b<p>c");
        assert_eq!(forgotten, "<p><b>a</b></p><p><b>b</b></p><p><b>c</b></p>");
        let long = format!("<p><b><i><u><a href=/x>a{}", "<p>x".repeat(20_000));
        assert!(
            clean(&long).contains("<p><b><i><u><a href="),
            "a long page keeps its markup"
        );
    }

    #[test]
    fn a_long_base_is_repeated_only_so_often() {
        let base = format!("https://blog.example/{}/", "b".repeat(1_900));
        let base = Url::parse(&base).expect("a fixed URL");
        let html = "<a href=x>y</a>".repeat(50_000);
        let cleaned = SafeHtml::clean(&html, Some(&base)).into_string();
        assert!(cleaned.len() < html.len() * 4, "{} bytes", cleaned.len());
        assert!(cleaned.starts_with(r#"<a rel="noopener noreferrer">y</a>"#));
    }

    #[test]
    fn a_tower_of_tags_keeps_only_its_text() {
        let html = format!("{}a &lt; b", "<div>".repeat(50_000));
        assert_eq!(clean(&html), "<p>a &lt; b</p>");
    }
}
