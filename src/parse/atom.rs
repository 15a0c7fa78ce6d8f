//! Writes the only dialect the feed library is given: plain, well-formed Atom 1.0.

use std::fmt::Write as _;

use url::Url;

use super::names::Field;
use super::tokens::is_forbidden;

/// Our own link relations, which carry what Atom has no place for through the feed library to [`super::adapter`].
///
/// No publisher's relation can be confused with them: theirs are not copied.
pub(super) const REL_IMAGE: &str = "dormouse:image";
pub(super) const REL_BASE: &str = "dormouse:base";
pub(super) const REL_HUB: &str = "dormouse:hub";
pub(super) const REL_OWN: &str = "dormouse:own";

/// The output for a feed or an entry while it is read.
#[derive(Default)]
pub(super) struct Draft {
    xml: String,
    seen: Vec<Field>,
    /// Second-best sources, by rank, for fields that may be missing.
    spare: Vec<(u8, Field, String)>,
    /// The base of the text that will be shown, if the document declares one.
    pub(super) base: Option<Url>,
}

impl Draft {
    /// Adds a field at its rank. Rank 0 is written at once; of the others only the best is kept.
    pub(super) fn put(&mut self, field: Field, rank: u8, xml: String) {
        if rank == 0 {
            self.xml.push_str(&xml);
            if !self.seen.contains(&field) {
                self.seen.push(field);
            }
            return;
        }
        match self.spare.iter_mut().find(|(_, known, _)| *known == field) {
            Some(spare) if spare.0 <= rank => {}
            Some(spare) => *spare = (rank, field, xml),
            None => self.spare.push((rank, field, xml)),
        }
    }

    /// Adds an element that may occur many times.
    pub(super) fn add(&mut self, xml: &str) {
        self.xml.push_str(xml);
    }

    /// Fills the gaps and returns everything added.
    pub(super) fn finish(mut self) -> String {
        for (_, field, xml) in self.spare {
            if !self.seen.contains(&field) {
                self.seen.push(field);
                self.xml.push_str(&xml);
            }
        }
        if let Some(base) = &self.base {
            self.xml.push_str(&link(REL_BASE, base.as_str(), &[]));
        }
        self.xml
    }
}

/// The element for a field. `value` is HTML in a text field, and plain in all others.
pub(super) fn element(field: Field, value: &str) -> String {
    let name = match field {
        Field::Title => return text("title", value),
        Field::Subtitle => return text("subtitle", value),
        Field::Summary => return text("summary", value),
        Field::Content => return text("content", value),
        Field::Author => return format!("<author><name>{}</name></author>", escape(value)),
        Field::Category => return format!("<category term=\"{}\"/>", escape(value)),
        Field::Link => return link("alternate", value, &[]),
        Field::Image => return link(REL_IMAGE, value, &[]),
        Field::Id => "id",
        Field::Published => "published",
        Field::Updated => "updated",
        Field::Icon => "icon",
    };
    format!("<{name}>{}</{name}>", escape(value))
}

fn text(name: &str, html: &str) -> String {
    format!("<{name} type=\"html\">{}</{name}>", escape(html))
}

/// A link with those of the attributes that have a value.
pub(super) fn link(rel: &str, href: &str, attributes: &[(&str, &str)]) -> String {
    let mut xml = format!("<link rel=\"{rel}\" href=\"{}\"", escape(href));
    for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
        // Writing to a string cannot fail.
        let _ = write!(xml, " {name}=\"{}\"", escape(value));
    }
    xml.push_str("/>");
    xml
}

/// Escapes text for XML and HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other if is_forbidden(other) => {}
            other => out.push(other),
        }
    }
    out
}
