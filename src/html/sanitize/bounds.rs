//! Keeps hostile HTML away from the parser.
//!
//! A tree builder's work grows with the square of some inputs: tags nested by the thousand, one tag with thousands of
//! attributes, long runs of `&`. One linear scan finds them first.

use std::borrow::Cow;

use super::active_formatting::Estimate;
use super::nesting::Nesting;
use super::tree;
use crate::html::{references, tags};

/// Longest HTML that is read, in bytes. The longest real articles we have seen are under half of that.
pub(super) const MAX_HTML_BYTES: usize = 1024 * 1024;

/// Deepest nesting passed to the tree builder. Browsers themselves flatten beyond 512, and pages written by people, old
/// mailing-list digests included, stay far below.
const MAX_DEPTH: usize = 256;

/// Most attributes on one tag; they are compared pairwise. Page builders write about 40.
const MAX_ATTRIBUTES: usize = 128;

/// Most tags between table cells. Each is moved out of the table, past all before it.
const MAX_MISPLACED: usize = 2_000;

/// The longest prefix of `text` that has at most `most` bytes and ends on a character boundary.
pub(super) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Most bytes that may be copied because text comes in pieces, see [`pieces`].
///
/// Copying that much takes about 20 ms; an article of 100 KB in one paragraph needs a hundredth of it.
const MAX_COPIED_BYTES: usize = 400_000_000;

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
        if attributes(&rest[..end]) > MAX_ATTRIBUTES {
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
        if copied > MAX_COPIED_BYTES || misplaced > MAX_MISPLACED {
            return true;
        }
        rest = &rest[end..];
    }
    copied.saturating_add((run + rest.len()) * (run_pieces + pieces(rest))) > MAX_COPIED_BYTES
        || ((nesting.deepest() > MAX_DEPTH || estimate.is_high())
            && tree::is_too_much(html, MAX_DEPTH))
}

/// Whether relative links can be resolved against this base, which is repeated in each.
pub(super) fn is_affordable(html: &str, base: &str) -> bool {
    /// Most bytes this may add. A thousand pictures with a base of a hundred bytes add a tenth of a megabyte.
    const MOST_ADDED: usize = 4 * 1024 * 1024;
    let links = html.bytes().filter(|byte| *byte == b'=').count();
    links.saturating_mul(base.len()) <= MOST_ADDED
}

/// How many pieces the tokenizer splits a text into. Each is appended to the text before it, which is copied every
/// time.
fn pieces(text: &str) -> usize {
    text.bytes()
        .filter(|byte| matches!(byte, b'&' | b'\r' | b'\n' | 0))
        .count()
}

/// Where the tag that `text` begins with is over: past its `>`, or at the text's end.
pub(super) fn tag_end(text: &str) -> usize {
    tags::end(text).unwrap_or(text.len())
}

/// Closes frames and similar elements written `<iframe …/>`, as XHTML allows. HTML does not, and would treat the rest
/// of the article as the frame's text.
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

/// An upper bound on the tag's attributes: every run of white space or `/` may start one.
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

/// The text outside the tags, with only the basic references decoded, in linear time.
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
    references::unescape(&text).into_owned()
}

/// The last resort: only the text, one paragraph per line, with nothing in it that could be markup.
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
