//! Cleaned HTML as XHTML, for e-readers.
//!
//! What the sanitizer lets through is closed and nested already; what XML wants besides is that elements without content say so, that attributes have values, and that no name of HTML's stands in a reference.

use super::tags::{Part, Tag, parts};

/// Elements without content (HTML Living Standard, 13.1.2).
const VOID: [&str; 7] = ["br", "hr", "img", "wbr", "col", "source", "track"];
/// What an e-reader doesn't play.
const PLAYED: [&str; 5] = ["audio", "video", "source", "track", "iframe"];

/// Writes HTML as XHTML. `picture` gives the place of a picture by its address; pictures without one are left out, and their
/// description stays.
pub fn xhtml(html: &str, mut picture: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    for part in parts(html) {
        match part {
            Part::Text(text) if text.starts_with("<!--") => {}
            Part::Text(text) => out.push_str(&plain(text)),
            Part::Tag(tag) => write(&mut out, &tag, &mut picture),
        }
    }
    out
}

/// Text whose references are XML's: by number.
fn plain(text: &str) -> String {
    text.replace("&nbsp;", "&#160;")
        .chars()
        .filter(|c| is_char(*c))
        .collect()
}

/// Whether XML 1.0 has this character.
fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A text as XML: for content and for attributes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| is_char(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

fn write(out: &mut String, tag: &Tag<'_>, picture: &mut impl FnMut(&str) -> Option<String>) {
    let name = tag.name.to_ascii_lowercase();
    if PLAYED.contains(&name.as_str()) || (tag.closes && VOID.contains(&name.as_str())) {
        return;
    }
    if tag.closes {
        out.push_str(&format!("</{name}>"));
        return;
    }
    let attributes = tag.attributes();
    if name == "img" {
        let value = |wanted: &str| {
            let found = attributes.iter().find(|(name, _)| *name == wanted);
            found.map_or("", |(_, value)| value.as_ref())
        };
        match picture(value("src")) {
            Some(place) => out.push_str(&format!(
                "<img src=\"{}\" alt=\"{}\"/>",
                escaped(&place),
                escaped(value("alt"))
            )),
            None => out.push_str(&escaped(value("alt"))),
        }
        return;
    }
    out.push('<');
    out.push_str(&name);
    if name == "math" {
        out.push_str(" xmlns=\"http://www.w3.org/1998/Math/MathML\"");
    }
    let mut known: Vec<&str> = Vec::new();
    for (attribute, value) in &attributes {
        let is_name = attribute
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && attribute.starts_with(|c: char| c.is_ascii_alphabetic());
        let stays = match *attribute {
            "href" | "title" | "lang" | "dir" | "colspan" | "rowspan" | "start" | "value"
            | "datetime" => true,
            // Names may stand twice in an issue of many articles, and nothing here leads to them.
            "id" | "class" | "xmlns" => false,
            _ => name == "math" || attribute.starts_with("m"),
        };
        if is_name && stays && !known.contains(attribute) && is_sound(attribute, value) {
            known.push(attribute);
            out.push_str(&format!(" {attribute}=\"{}\"", escaped(value)));
        }
    }
    out.push_str(if VOID.contains(&name.as_str()) {
        "/>"
    } else {
        ">"
    });
}

/// Whether an attribute's value may stand: a link must lead somewhere outside.
fn is_sound(attribute: &str, value: &str) -> bool {
    match attribute {
        "href" => {
            value.starts_with("http://")
                || value.starts_with("https://")
                || value.starts_with("mailto:")
        }
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "colspan" | "rowspan" | "start" | "value" => value.parse::<u32>().is_ok(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_leaves_open_is_closed() {
        let html = "<p id=\"x\">A&nbsp;b<br>c &amp; d<img src=\"https://e.org/p.png\" alt=\"a &lt;b&gt;\"></p><hr><video controls src=\"https://e.org/v\"></video>";
        assert_eq!(
            xhtml(html, |_| None),
            "<p>A&#160;b<br/>c &amp; da &lt;b&gt;</p><hr/>"
        );
        let shown = xhtml(html, |address| Some(format!("pictures/{}", address.len())));
        assert!(
            shown.contains("<img src=\"pictures/19\" alt=\"a &lt;b&gt;\"/>"),
            "{shown}"
        );
    }

    #[test]
    fn what_xml_has_not_is_left_out() {
        assert_eq!(xhtml("a\u{b}b\u{ffff}<!-- c -->", |_| None), "ab");
        assert_eq!(escaped("<\u{0}\"&>"), "&lt;&quot;&amp;&gt;");
        assert_eq!(
            xhtml("<a href=\"/inside\" download>x</a>", |_| None),
            "<a>x</a>"
        );
    }
}
