//! Titles: one line of text, in which only inline formatting is markup.
//!
//! Publishers write about code: `Vec<T>`, `<script> tags considered harmful`, `if a<b then c`. An HTML parser would
//! make elements of them, and a `<title>` would swallow the rest. So here everything in angle brackets is words, except for
//! the few elements that people use to format a title.

use super::references::unescape;
use super::tags;

/// The elements that count as markup in a title.
const INLINE: &[&str] = &[
    "b", "i", "em", "strong", "code", "sub", "sup", "a", "span", "br", "u", "s", "small", "mark",
];

/// Elements that may wrap a whole title.
const WRAPPERS: &[&str] = &["p", "div", "h1", "h2", "h3", "h4", "h5", "h6"];

/// Longest title that is read, in bytes: thirty lines.
const MAX_TITLE_BYTES: usize = 4 * 1024;

/// Longest tag that is taken for one, in bytes.
const MAX_TAG_BYTES: usize = 2_000;

/// The text of a title given as HTML, on one line. References are decoded once.
pub fn of_html(html: &str) -> String {
    one_line(&unescape(&without_formatting(unwrapped(cut(html)))))
}

/// The text of a title given as text, on one line: nothing in it is markup.
pub fn of_text(text: &str) -> String {
    one_line(cut(text))
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TITLE_BYTES)]
}

/// The text of a title whose tags are the document's own elements, so that each of them is markup. Its text is escaped.
pub fn of_elements(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = cut(markup);
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tag = &rest[at..];
        let end = tags::end(tag).unwrap_or(tag.len());
        let named = tag[1..].strip_prefix('/').unwrap_or(&tag[1..]);
        let is_inline = name(named).is_some_and(|name| is_one_of(INLINE, name) && !is_break(name));
        out.push_str(if is_inline { "" } else { " " });
        rest = &tag[end..];
    }
    out.push_str(rest);
    one_line(&unescape(&out))
}

fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The title without CDATA sections or a block element around all of it.
fn unwrapped(html: &str) -> &str {
    let mut html = html.trim();
    while let Some(inside) = html.strip_prefix("<![CDATA[") {
        let inside = inside.trim();
        html = inside.strip_suffix("]]>").unwrap_or(inside).trim();
    }
    let within = name(html.strip_prefix('<').unwrap_or_default()).and_then(|name| {
        let inside = html.get(tags::end(html)?..)?;
        let close = inside.len().checked_sub(name.len() + 3)?;
        let is_close = inside
            .get(close..)?
            .eq_ignore_ascii_case(&format!("</{name}>"));
        let inside = &inside[..close];
        let is_whole = is_one_of(WRAPPERS, name) && is_close && !inside.contains("</p>");
        is_whole.then_some(inside)
    });
    within.unwrap_or(html)
}

fn without_formatting(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tag = &rest[at..];
        match formatting(tag, out.chars().next_back()) {
            Some((end, is_break)) => {
                out.push_str(if is_break { " " } else { "" });
                rest = &tag[end..];
            }
            None => {
                out.push('<');
                rest = &tag[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Where the formatting tag that `text` begins with ends, and whether it breaks the line; `None` if it is words.
fn formatting(text: &str, before: Option<char>) -> Option<(usize, bool)> {
    let inner = text.strip_prefix('<')?;
    let closes = inner.starts_with('/');
    let name = name(inner.strip_prefix('/').unwrap_or(inner))?;
    if !is_one_of(INLINE, name) {
        return None;
    }
    let limit = text.floor_char_boundary(MAX_TAG_BYTES);
    let end = tags::end(&text[..limit])?;
    let attributes = text[1 + usize::from(closes) + name.len()..end - 1]
        .trim_end_matches('/')
        .trim();
    // `a<b and c>d` compares; an attribute has a value.
    if !(attributes.is_empty() || attributes.contains('=') && !closes) {
        return None;
    }
    // `Vec<i>` is a type, unless the element is closed.
    let is_glued = before.is_some_and(char::is_alphanumeric) && attributes.is_empty();
    if is_glued && !closes && !is_break(name) {
        let close = format!("</{}", name.to_ascii_lowercase());
        if !text[end..].to_ascii_lowercase().contains(&close) {
            return None;
        }
    }
    Some((end, is_break(name)))
}

fn is_break(name: &str) -> bool {
    name.eq_ignore_ascii_case("br")
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// The name at the beginning of a tag, if what follows it can follow a name.
fn name(tag: &str) -> Option<&str> {
    let end = tag.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (name, after) = tag.split_at(end);
    let is_over = after.starts_with(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace());
    (end > 0 && is_over).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_formatting_is_markup() {
        for (html, expected) in [
            (
                "Why Vec<T> beats std::list<int>",
                "Why Vec<T> beats std::list<int>",
            ),
            (
                "<script> tags considered harmful",
                "<script> tags considered harmful",
            ),
            ("if a<b then c", "if a<b then c"),
            ("if a<b and c>d", "if a<b and c>d"),
            ("#include <stdio.h>", "#include <stdio.h>"),
            (
                "The <title> element and the rest",
                "The <title> element and the rest",
            ),
            ("<!-- is a comment", "<!-- is a comment"),
            ("Use <iframe src='x'> well", "Use <iframe src='x'> well"),
            ("Map<i> and Map<i, u>", "Map<i> and Map<i, u>"),
            ("<b>Bold</b> &amp; <EM class=\"x\">more</EM>", "Bold & more"),
            ("H<sub>2</sub>O<br/>again", "H2O again"),
            ("<a href=\"http://a.example/?a>b\">A</a> link", "A link"),
            ("AT&amp;amp;T &lt;3 &#8217;", "AT&amp;T <3 ’"),
            ("<![CDATA[ Twice <i>wrapped</i> ]]>", "Twice wrapped"),
            ("<p>All of it</p>", "All of it"),
            (
                "<p> is an element </p>, it says",
                "<p> is an element </p>, it says",
            ),
            ("<", "<"),
            ("a <b", "a <b"),
            (" two\n lines\t", "two lines"),
            ("", ""),
        ] {
            assert_eq!(of_html(html), expected, "{html}");
        }
    }

    #[test]
    fn elements_of_the_document_are_all_markup() {
        assert_eq!(
            of_elements("<div>A <b>b</b>c<p>d</p> &lt;e&gt;</div>"),
            "A bc d <e>"
        );
        assert_eq!(of_text("<b>&amp;</b>\n"), "<b>&amp;</b>");
    }

    #[test]
    fn a_long_title_takes_no_long_time() {
        let nested = "<![CDATA[".repeat(100_000);
        assert!(of_html(&nested).len() <= MAX_TITLE_BYTES);
        let types = "a<i>".repeat(500_000);
        assert!(of_html(&types).len() <= MAX_TITLE_BYTES);
    }
}
