//! The entities that an XML document declares, and references in general.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use super::plain::is_forbidden;
use super::references;

/// The entities declared by a document, in addition to HTML's.
#[derive(Default)]
pub struct Entities<'a> {
    known: HashMap<&'a str, &'a str>,
    /// Bytes that declared entities have expanded to so far, in the whole document.
    expanded: Cell<usize>,
    slips: Cell<Slips>,
}

/// Mistakes in the text that XML forbids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slips {
    /// An `&` that begins no reference.
    pub bare_ampersand: bool,
    /// A reference that XML doesn't define and the document doesn't declare; HTML's are resolved all the same.
    pub undeclared: bool,
    /// A control character.
    pub control: bool,
}

impl<'a> Entities<'a> {
    /// Most entities kept, and the longest value, in bytes. A value is only text: references in it are decoded once and
    /// never looked up here, so that nothing can grow.
    const MOST: usize = 256;
    const LONGEST_VALUE: usize = 1024;
    /// Most bytes a document's own entities may expand to; beyond that, references stay as written. Otherwise a few
    /// bytes could stand for a thousand each.
    const EXPANSION: usize = 1024 * 1024;

    /// Takes the entities that a document type declaration declares.
    pub fn declare(&mut self, doctype: &'a str) {
        for declaration in doctype.split("<!ENTITY").skip(1).take(Self::MOST) {
            let mut parts = declaration.trim_start().splitn(2, char::is_whitespace);
            let (Some(name), Some(rest)) = (parts.next(), parts.next()) else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote @ ('"' | '\'')) = rest.chars().next() else {
                continue;
            };
            let value = rest[1..].split(quote).next().unwrap_or_default();
            if value.len() <= Self::LONGEST_VALUE && self.known.len() < Self::MOST {
                self.known.insert(name, value);
            }
        }
    }

    /// The mistakes found so far.
    pub fn slips(&self) -> Slips {
        self.slips.get()
    }

    fn slipped(&self, note: impl FnOnce(&mut Slips)) {
        let mut slips = self.slips.get();
        note(&mut slips);
        self.slips.set(slips);
    }

    /// Resolves references and drops forbidden control characters.
    pub fn decode<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !needs_decoding(text) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match references::split(rest) {
                Some((name, after)) if self.push(name, &mut out) => rest = after,
                found => {
                    let is_name = |(name, _): (&str, &str)| {
                        !name.is_empty() && name.chars().all(char::is_alphanumeric)
                    };
                    let undeclared = found.is_some_and(is_name);
                    self.slipped(|slips| {
                        slips.undeclared |= undeclared;
                        slips.bare_ampersand |= !undeclared;
                    });
                    out.push('&');
                }
            }
        }
        out.push_str(rest);
        let length = out.len();
        out.retain(|c| !is_forbidden(c));
        if out.len() < length {
            self.slipped(|slips| slips.control = true);
        }
        Cow::Owned(out)
    }

    fn push(&self, name: &str, out: &mut String) -> bool {
        if let Some(character) = references::numeric(name) {
            out.push(character);
        } else if let Some(value) = self.known.get(name) {
            let expanded = self.expanded.get() + value.len();
            if expanded > Self::EXPANSION {
                return false;
            }
            self.expanded.set(expanded);
            out.push_str(&Entities::default().decode(value));
        } else if let Some(characters) = references::named(name) {
            out.push_str(&characters);
            let is_xmls = matches!(name, "amp" | "lt" | "gt" | "quot" | "apos");
            self.slipped(|slips| slips.undeclared |= !is_xmls);
        } else {
            return false;
        }
        true
    }
}

/// Whether a text may hold a reference or a forbidden character. Bytes tell: the only forbidden characters beyond ASCII begin
/// with 0xEF 0xBF.
fn needs_decoding(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_odd = |byte: &u8| {
        *byte == b'&' || *byte == 0xef || (*byte < b' ' && !matches!(*byte, b'\t' | b'\n' | b'\r'))
    };
    bytes.iter().any(is_odd) && text.contains(|c: char| c == '&' || is_forbidden(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded_once() {
        let mut entities = Entities::default();
        entities.declare(r#" rss [<!ENTITY att "AT&amp;T"><!ENTITY lol "&lol;&lol;">"#);
        let text = "&att; &lol; &eacute; &amp;amp; a&b &#146; &#x41;\u{8} &#1;";
        assert_eq!(entities.decode(text), "AT&T &lol;&lol; é &amp; a&b ’ A ");
    }

    #[test]
    fn what_no_xml_may_hold_is_noted() {
        let slips = |text: &str| {
            let mut entities = Entities::default();
            entities.declare(r#" rss [<!ENTITY own "x">"#);
            entities.decode(text);
            let Slips {
                bare_ampersand,
                undeclared,
                control,
            } = entities.slips();
            (bare_ampersand, undeclared, control)
        };
        assert_eq!(slips("&amp; &lt; &#65; &own;"), (false, false, false));
        assert_eq!(slips("AT&T; x"), (false, true, false));
        assert_eq!(slips("a & b; R&D"), (true, false, false));
        assert_eq!(slips("&nbsp;"), (false, true, false));
        assert_eq!(slips("a\u{8}&#1;"), (false, false, true));
    }

    #[test]
    fn what_a_document_declares_can_not_multiply() {
        let value = "x".repeat(1_000);
        let doctype = format!("<!ENTITY a \"{value}\">");
        let mut entities = Entities::default();
        entities.declare(&doctype);
        let text = "&a;".repeat(100_000);
        let decoded = entities.decode(&text);
        assert!(decoded.len() < 2_000_000, "{} bytes", decoded.len());
        assert!(decoded.starts_with(&value));
    }
}
