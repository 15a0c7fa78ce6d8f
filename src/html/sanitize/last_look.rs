//! The final check of cleaned HTML, before it is stored or shown.
//!
//! The cleaner works on a tree; this works on the characters that a browser will get. It assumes nothing about the
//! cleaner's intent, and keeps only listed tags, attributes and addresses. Anything the cleaner lets slip is stopped
//! here.

use std::borrow::Cow;
use std::collections::HashSet;

use url::Url;

use super::address::{ID_PREFIX, Purpose, prefixed_id};
use super::{ATTRIBUTES, FIXED, GENERIC_ATTRIBUTES, TAGS, bounds};
use crate::html::embeds;
use crate::html::references::unescape;

/// Keeps what is listed, writes the [`FIXED`] attributes, and removes tracking pixels.
///
/// These are pictures without a source or of at most one pixel. A link to an id that the article doesn't have is
/// pointed at its page, `base`. Expects the cleaner's own output: every attribute double-quoted, no `<` in text.
pub(super) fn look(html: &str, base: Option<&Url>) -> String {
    let ids = ids(html);
    let images =
        pieces(html).filter(|piece| matches!(piece, Piece::Tag(tag) if tag.starts_with("<img")));
    let is_only_image = images.take(2).count() == 1;
    let mut kept = String::with_capacity(html.len() + html.len() / 8);
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => kept.push_str(text),
            Piece::Tag(tag) => write_tag(&mut kept, tag, &ids, base, is_only_image),
        }
    }
    kept
}

enum Piece<'a> {
    Text(&'a str),
    Tag(&'a str),
}

/// The texts and tags of cleaned HTML, in order.
fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let at = match rest.find('<') {
            _ if rest.is_empty() => return None,
            Some(0) => {
                let (tag, after) = rest.split_at(bounds::tag_end(rest));
                rest = after;
                return Some(Piece::Tag(tag));
            }
            Some(at) => at,
            None => rest.len(),
        };
        let (text, after) = rest.split_at(at);
        rest = after;
        Some(Piece::Text(text))
    })
}

/// The ids in the article that links may point to.
fn ids(html: &str) -> HashSet<&str> {
    if !html.contains(ID_PREFIX) {
        return HashSet::new();
    }
    let tags = pieces(html).filter_map(|piece| match piece {
        Piece::Tag(tag) => Some(tag),
        Piece::Text(_) => None,
    });
    tags.filter_map(|tag| Tag::parse(tag)?.value("id"))
        .collect()
}

fn write_tag(
    out: &mut String,
    tag: &str,
    ids: &HashSet<&str>,
    base: Option<&Url>,
    is_only_image: bool,
) {
    let Some(tag) = Tag::parse(tag) else { return };
    if tag.closes {
        out.extend(["</", tag.name, ">"]);
        return;
    }
    let mut attributes: Vec<_> = tag
        .attributes
        .iter()
        .filter_map(|&(name, value)| Some((name, kept_value(tag.name, name, value, ids, base)?)))
        .collect();
    if tag.name == "img" {
        // The only picture of an article isn't there to count its readers: its sizes are for a script to set.
        if is_only_image && has_sizes(&attributes, "0") && names_a_file(&attributes) {
            attributes.retain(|(name, _)| !matches!(*name, "width" | "height"));
        }
        if is_pixel(&attributes) {
            return;
        }
    }
    out.extend(["<", tag.name]);
    for (name, value) in attributes {
        out.extend([" ", name, "=\"", &value, "\""]);
    }
    if let Some((_, fixed)) = FIXED.iter().find(|(fixed, _)| *fixed == tag.name) {
        out.push_str(fixed);
    }
    out.push('>');
}

/// A tag of cleaned HTML.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    /// Names and values, the values as written.
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    /// `None` if it isn't a tag, isn't written the way the cleaner writes, or isn't listed.
    fn parse(tag: &'a str) -> Option<Self> {
        let inner = tag.strip_prefix('<')?.strip_suffix('>')?;
        let (closes, inner) = match inner.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inner),
        };
        let (name, mut rest) = inner.split_at(inner.find(' ').unwrap_or(inner.len()));
        if !TAGS.contains(&name) || (closes && !rest.is_empty()) {
            return None;
        }
        let mut attributes = Vec::new();
        while !rest.is_empty() {
            let (name, value_on) = rest.strip_prefix(' ')?.split_once("=\"")?;
            let (value, after) = value_on.split_once('"')?;
            attributes.push((name, value));
            rest = after;
        }
        Some(Self {
            name,
            closes,
            attributes,
        })
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|&(_, value)| value)
    }
}

/// The attribute's value to keep; `None` if the attribute isn't listed.
fn kept_value<'a>(
    tag: &str,
    name: &str,
    value: &'a str,
    ids: &HashSet<&str>,
    base: Option<&Url>,
) -> Option<Cow<'a, str>> {
    let own = ATTRIBUTES.iter().find(|(known, _)| *known == tag);
    let is_named = GENERIC_ATTRIBUTES.contains(&name)
        || own.is_some_and(|(_, names)| names.contains(&name))
        || (tag, name) == ("a", "rel");
    if !is_named || value.contains(['<', '>']) {
        return None;
    }
    if name == "data-embed" {
        let is_known = value == "page" || embeds::is_key(value);
        return is_known.then_some(value.into());
    }
    if name == "id" {
        return (prefixed_id(&unescape(value)).as_deref() == Some(value)).then_some(value.into());
    }
    let Some(purpose) = Purpose::of(tag, name) else {
        return Some(value.into());
    };
    let address = unescape(value);
    if !purpose.allows(&address) {
        return None;
    }
    match value.strip_prefix('#') {
        Some(id) if !ids.contains(id) => elsewhere(id, base).map(Cow::Owned),
        Some(_) => Some(value.into()),
        None if purpose == Purpose::Link => {
            Some(within(&address, ids, base).unwrap_or(value.into()))
        }
        None => Some(value.into()),
    }
}

/// The link to a place in the article, if the address is that of its page and names one: some publishers write their
/// footnotes' whole addresses.
fn within<'a>(address: &str, ids: &HashSet<&str>, base: Option<&Url>) -> Option<Cow<'a, str>> {
    let (page, fragment) = address.split_once('#')?;
    let home = base?.as_str().split('#').next().unwrap_or_default();
    if ids.is_empty() || page.trim_end_matches('/') != home.trim_end_matches('/') {
        return None;
    }
    let local = Purpose::Link
        .written(&format!("#{fragment}"), None)?
        .replace('&', "&amp;");
    let is_there = ids.contains(local.strip_prefix('#')?);
    is_there.then_some(Cow::Owned(local))
}

/// The same fragment on the article's own page.
fn elsewhere(id: &str, base: Option<&Url>) -> Option<String> {
    let mut page = base?.clone();
    let fragment = unescape(id.strip_prefix(ID_PREFIX)?);
    page.set_fragment(Some(&fragment));
    Some(page.as_str().replace('&', "&amp;"))
}

/// Whether the source is a file or an inline picture, rather than a program that counts.
fn names_a_file(attributes: &[(&str, Cow<'_, str>)]) -> bool {
    const FILES: [&str; 6] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"];
    let source = attributes.iter().find(|(name, _)| *name == "src");
    source.is_some_and(|(_, source)| {
        let path = source
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        path.starts_with("data:") || FILES.iter().any(|ending| path.ends_with(ending))
    })
}

fn has_sizes(attributes: &[(&str, Cow<'_, str>)], size: &str) -> bool {
    let is = |wanted: &str| {
        attributes
            .iter()
            .any(|(name, value)| *name == wanted && value == size)
    };
    is("width") && is("height")
}

fn is_pixel(attributes: &[(&str, Cow<'_, str>)]) -> bool {
    let value = |name| attributes.iter().find(|(known, _)| *known == name);
    let tiny = |name| value(name).is_some_and(|(_, value)| is_tiny(value));
    value("src").is_none() || tiny("width") || tiny("height")
}

/// Whether a size, as browsers read it, is at most a pixel: `1`, `01`, ` 0px`, `1.0`.
pub(super) fn is_tiny(size: &str) -> bool {
    let digits = size.trim_start().trim_start_matches('+');
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.');
    let digits = &digits[..end.unwrap_or(digits.len())];
    // `50%` and `1em` are of something else.
    let unit = size.trim().trim_start_matches('+')[digits.len()..].trim();
    matches!(unit, "" | "px") && digits.parse::<f32>().is_ok_and(|pixels| pixels <= 1.0)
}

#[cfg(test)]
mod tests {
    use crate::html::sanitize::last_look::*;

    #[test]
    fn what_no_list_names_does_not_pass() {
        let planted = concat!(
            r#"<p onclick="x()" class="y">a</p><script>alert(1)</script><a href="javascript:x()" rel="noopener noreferrer">b</a>"#,
            r#"<img src="data:text/html,x"><a href="java&amp;#1;script:x">c</a><video poster="file:///x"></video>"#,
            r##"<a href="HTTPS://a.example">d</a><b id="menu">e</b><a href="#menu">f</a><i style=x>g</i>"##,
        );
        let seen = look(planted, None);
        assert_eq!(
            seen,
            concat!(
                r#"<p>a</p>alert(1)<a rel="noopener noreferrer">b</a><a>c</a>"#,
                r#"<video controls="" preload="none"></video><a>d</a><b>e</b><a>f</a>g</i>"#,
            )
        );
    }

    #[test]
    fn a_place_that_is_missing_is_looked_for_on_the_page() {
        let base = Url::parse("https://a.example/x?a=1&b=2").expect("a fixed URL");
        let html = r##"<a href="#user-content-a">1</a><a href="#user-content-b">2</a><p id="user-content-a">3</p>"##;
        assert_eq!(
            look(html, Some(&base)),
            r##"<a href="#user-content-a">1</a><a href="https://a.example/x?a=1&amp;b=2#b">2</a><p id="user-content-a">3</p>"##
        );
    }
}
