//! Keeps hostile HTML away from the parser.
//!
//! A tree builder's work grows with the square of some inputs: tags nested by the thousand, one
//! tag with thousands of attributes, long rows of `&`. One linear look finds them first.

use std::borrow::Cow;

use super::active_formatting::Estimate;
use super::nesting::Nesting;
use super::tree;

/// Longest HTML that is looked at, in bytes. The longest real articles we met stay below half.
pub(super) const LONGEST_HTML: usize = 1024 * 1024;

/// Deepest nesting left to the tree builder. Browsers themselves flatten beyond 512, and pages
/// written by people, old mailing-list digests included, stay far below.
const DEEPEST: usize = 256;

/// Most attributes on one tag, which are compared pair by pair. Page builders write about 40.
const MOST_ATTRIBUTES: usize = 128;

/// Most tags between the cells of tables. Each is moved out of the table, past all before it.
const MOST_MISPLACED: usize = 2_000;

/// The longest beginning of `text` of at most `most` bytes that ends between two characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Most bytes that may be copied for the sake of text that comes in pieces, see [`pieces`].
/// Copying as much takes some 20 ms; an article of 100 KB in one paragraph takes a hundredth.
const MOST_COPIED: usize = 400_000_000;

/// Whether a tree builder would need more than linear time or memory for this.
pub(super) fn is_hostile(html: &str) -> bool {
    let mut nesting = Nesting::default();
    let mut copied = 0_usize;
    let mut misplaced = 0_usize;
    let mut between_cells = false;
    let mut estimate = Estimate::default();
    let (mut run, mut run_pieces) = (0, 0);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        run += at;
        run_pieces += pieces(&rest[..at]);
        rest = &rest[at + 1..];
        let closes = rest.starts_with('/');
        let named = rest.strip_prefix('/').unwrap_or(rest);
        let name_len = named
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        if name_len == 0 {
            run += 1;
            run_pieces += 1;
            continue;
        }
        copied = copied.saturating_add(run * run_pieces);
        (run, run_pieces) = (0, 0);
        let name = &named[..name_len];
        let lower = name.to_ascii_lowercase();
        let end = tag_end(rest);
        if attributes(&rest[..end]) > MOST_ATTRIBUTES {
            return true;
        }
        estimate.tag(
            name,
            &lower,
            &named[name_len..end - (rest.len() - named.len())],
            closes,
        );
        nesting.tag(name, &lower, closes);
        match (lower.as_str(), closes) {
            ("table" | "tbody" | "thead" | "tfoot" | "tr", false) | ("td" | "th", true) => {
                between_cells = true;
            }
            ("td" | "th" | "caption", false) | ("table", true) => between_cells = false,
            _ => misplaced += usize::from(between_cells),
        }
        if copied > MOST_COPIED || misplaced > MOST_MISPLACED {
            return true;
        }
        rest = &rest[end..];
    }
    copied.saturating_add((run + rest.len()) * (run_pieces + pieces(rest))) > MOST_COPIED
        || ((nesting.deepest() > DEEPEST || estimate.is_high()) && tree::is_too_much(html, DEEPEST))
}

/// Whether relative links can be written out with this base: it is repeated before each.
pub(super) fn is_affordable(html: &str, base: &str) -> bool {
    /// Most bytes that this may add. A thousand pictures below an address of a hundred bytes are a tenth of one.
    const MOST_ADDED: usize = 4 * 1024 * 1024;
    let links = html.bytes().filter(|byte| *byte == b'=').count();
    links.saturating_mul(base.len()) <= MOST_ADDED
}

/// In how many pieces the tokenizer hands on a text. Each is added to the whole text before it,
/// which is copied each time.
fn pieces(text: &str) -> usize {
    text.bytes()
        .filter(|byte| matches!(byte, b'&' | b'\r' | b'\n' | 0))
        .count()
}

/// Where the tag that `text` begins with is over: past its `>`, quotes respected.
pub(super) fn tag_end(text: &str) -> usize {
    let mut quote = None;
    let mut previous = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if previous == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            previous = byte;
        }
    }
    text.len()
}

/// Closes frames and the like that are written `<iframe …/>`, as XHTML allows. HTML does not, and
/// would take the rest of the article for the frame's own text.
pub(super) fn close_empty_frames(html: &str) -> Cow<'_, str> {
    if !html.contains("/>") {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag_on) = rest.split_at(at);
        out.push_str(before);
        let (tag, after) = tag_on.split_at(1 + tag_end(&tag_on[1..]));
        let name = tag[1..]
            .split(|c: char| !c.is_ascii_alphabetic())
            .next()
            .unwrap_or_default();
        out.push_str(if name.is_empty() { "<" } else { tag });
        rest = if name.is_empty() { &tag_on[1..] } else { after };
        if tag.ends_with("/>") && TEXT_ONLY.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Elements whose content HTML reads as text up to their end tag.
const TEXT_ONLY: &[&str] = &[
    "iframe", "title", "textarea", "noembed", "noframes", "xmp", "script", "style",
];

/// At least as many attributes as the tag has: every run of white space or `/` may begin one.
fn attributes(tag: &str) -> usize {
    let mut quote = None;
    let mut count = 0;
    let mut in_name = true;
    for byte in tag.bytes() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                in_name = false;
            }
            (None, b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/') => in_name = false,
            (None, _) if !in_name => {
                in_name = true;
                count += 1;
            }
            (None, _) => {}
        }
    }
    count
}

/// The text outside the tags, references left as they are, in one pass.
pub(super) fn strip_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let tag = &rest[at..];
        let begins_tag =
            tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        if begins_tag {
            text.push('\n');
            rest = &tag[tag_end(tag)..];
        } else {
            text.push('<');
            rest = &tag[1..];
        }
    }
    text.push_str(rest);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The last resort: the text alone, a paragraph a line, with nothing in it that could be markup.
pub(super) fn paragraphs(html: &str) -> String {
    let mut out = String::new();
    for line in strip_tags(html)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        out.push_str("<p>");
        for character in line.chars() {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                other => out.push(other),
            }
        }
        out.push_str("</p>");
    }
    out
}
