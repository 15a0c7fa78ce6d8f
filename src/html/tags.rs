//! Tags in a text that nobody has parsed.

use std::borrow::Cow;

use super::references::unescape;

/// Where the tag that `text` begins with is over: past its `>`, quotes respected. `None` where it isn't.
pub fn end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut previous = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            // Anywhere else a quote is a slip: it begins no value.
            (None, b'"' | b'\'') if previous == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            previous = byte;
        }
    }
    None
}

/// Most attributes read from one tag. Real feeds declare up to 25 namespaces on their root.
const MAX_ATTRIBUTES: usize = 64;

/// The attributes of a tag, values as written: `text` is what follows its name. Quotes and even values may be missing.
pub fn attributes(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && found.len() < MAX_ATTRIBUTES {
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            found.push((name, ""));
            rest = after;
            continue;
        };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(
                value
                    .find(|c: char| c.is_ascii_whitespace())
                    .unwrap_or(value.len()),
            ),
        };
        found.push((name, value));
        rest = after.trim_start();
    }
    found
}

/// A part of some HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'h> {
    /// Anything that is no tag, comments included, as written.
    Text(&'h str),
    /// A tag.
    Tag(Tag<'h>),
}

/// A tag in HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'h> {
    /// As written, brackets included.
    pub whole: &'h str,
    /// As written.
    pub name: &'h str,
    /// Whether it is an end tag.
    pub closes: bool,
}

impl<'h> Tag<'h> {
    /// Whether it is a tag of this element.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Its attributes, references decoded.
    pub fn attributes(&self) -> Vec<(&'h str, Cow<'h, str>)> {
        let from = 1 + usize::from(self.closes) + self.name.len();
        let inner = self.whole.get(from..).unwrap_or_default();
        let inner = inner.strip_suffix('>').unwrap_or(inner);
        // The slash of `<br />` is no part of a value, as that of `href=/a/` is.
        let is_apart = |inner: &&str| !inner.ends_with(|c: char| c.is_alphanumeric() || c == '/');
        let inner = inner.strip_suffix('/').filter(is_apart).unwrap_or(inner);
        let found = attributes(inner).into_iter();
        found.map(|(name, value)| (name, unescape(value))).collect()
    }
}

/// Splits HTML into tags and everything else. It never fails, and loses nothing: the parts in order are the input.
pub fn parts(html: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(tag) = tag(rest) {
            rest = &rest[tag.whole.len()..];
            return Some(Part::Tag(tag));
        }
        let end = text_end(rest);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Part::Text(text))
    })
}

/// Where the text that `html` begins with ends: at the next tag.
fn text_end(html: &str) -> usize {
    if let Some(empty) = ["<!-->", "<!--->"]
        .into_iter()
        .find(|empty| html.starts_with(empty))
    {
        return empty.len();
    }
    let mut at = match html.strip_prefix("<!--").map(|comment| comment.find("-->")) {
        Some(end) => end.map_or(html.len(), |end| end + "<!---->".len()),
        None => html.chars().next().map_or(0, char::len_utf8),
    };
    while let Some(next) = html[at..].find('<') {
        at += next;
        let begins =
            html[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        if begins {
            return at;
        }
        at += 1;
    }
    html.len()
}

fn tag(html: &str) -> Option<Tag<'_>> {
    let inner = html.strip_prefix('<')?;
    let (closes, named) = match inner.strip_prefix('/') {
        Some(named) => (true, named),
        None => (false, inner),
    };
    if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let is_over = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let length = named.bytes().position(is_over).unwrap_or(named.len());
    let whole = &html[..end(html).unwrap_or(html.len())];
    Some(Tag {
        whole,
        name: &named[..length],
        closes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_ends_outside_quotes() {
        assert_eq!(end("<a b='>' c=\">\">d"), Some(15));
        assert_eq!(end("<a b = '>'>"), Some(11));
        assert_eq!(end("<a b\">c"), Some(6));
        assert_eq!(end("<a b='>"), None);
    }

    #[test]
    fn html_is_its_parts() {
        let html = "a < b<!-- <p> --><P Class=x>c</P\n><br/><img alt='>' src=a?b&amp;c>d<";
        let all: Vec<Part<'_>> = parts(html).collect();
        let written = |part: &Part<'_>| match *part {
            Part::Text(text) => text.to_owned(),
            Part::Tag(tag) => tag.whole.to_owned(),
        };
        assert_eq!(all.iter().map(written).collect::<String>(), html);
        let names = |part: &Part<'_>| match *part {
            Part::Tag(tag) => Some((tag.name.to_owned(), tag.closes)),
            Part::Text(_) => None,
        };
        let found: Vec<_> = all.iter().filter_map(names).collect();
        let expected = [("P", false), ("P", true), ("br", false), ("img", false)];
        assert_eq!(
            found,
            expected.map(|(name, closes)| (name.to_owned(), closes))
        );
        let Some(Part::Tag(image)) = all.iter().rev().nth(1) else {
            panic!("{all:?}")
        };
        let values: Vec<_> = image.attributes();
        assert_eq!(values, [("alt", ">".into()), ("src", "a?b&c".into())]);
    }
}
