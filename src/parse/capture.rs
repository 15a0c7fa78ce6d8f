//! Collects the text of one element, in any of a dozen notations.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::atom::escape;
use super::names::Field;
use super::scope::Scope;

/// Most bytes kept of one text, give or take a tag: the sanitizer reads no more.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// How an element declares its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextType {
    Plain,
    Html,
    /// HTML as elements of the document itself.
    Xhtml,
    Base64,
    /// Not declared, in Atom: plain by the specification, HTML in common practice.
    Unsaid,
}

impl TextType {
    pub(super) fn of(kind: &str, mode: &str, is_atom: bool) -> TextType {
        let kind = kind.trim().to_ascii_lowercase();
        match (mode, kind.as_str()) {
            ("base64", _) => TextType::Base64,
            ("xml", _) | (_, "xhtml" | "application/xhtml+xml") => TextType::Xhtml,
            (_, "text" | "text/plain" | "plain") => TextType::Plain,
            ("escaped", "") => TextType::Html,
            (_, "") if is_atom => TextType::Unsaid,
            (_, "") => TextType::Html,
            (_, other)
                if is_atom
                    && other.contains('/')
                    && !other.starts_with("text/")
                    && !other.ends_with("xml") =>
            {
                TextType::Base64
            }
            _ => TextType::Html,
        }
    }
}

pub(super) struct Capture {
    pub(super) field: Field,
    pub(super) rank: u8,
    pub(super) is_permalink: bool,
    text_type: TextType,
    /// The text unescaped, with the document's own tags among it.
    raw: String,
    /// The same with the text escaped, so that only the document's own tags are markup.
    marked_up: String,
    has_tags: bool,
    /// For a person: the child being read, and the values so far.
    child: Option<String>,
    name: String,
    email: String,
}

impl Capture {
    pub(super) fn new(field: Field, rank: u8, text_type: TextType) -> Capture {
        Capture {
            field,
            rank,
            is_permalink: false,
            text_type,
            raw: String::new(),
            marked_up: String::new(),
            has_tags: false,
            child: None,
            name: String::new(),
            email: String::new(),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.child.as_deref() {
            Some("name") => self.name.push_str(text),
            Some("email") => self.email.push_str(text),
            Some(_) if self.field == Field::Author => {}
            _ => {
                let room = MAX_TEXT_BYTES.saturating_sub(self.raw.len());
                let text = &text[..text.floor_char_boundary(room)];
                self.raw.push_str(text);
                if self.holds_markup() {
                    self.marked_up.push_str(&escape(text));
                }
            }
        }
    }

    fn holds_markup(&self) -> bool {
        matches!(
            self.field,
            Field::Title | Field::Subtitle | Field::Summary | Field::Content
        )
    }

    /// A tag within the text. Its prefix is dropped, since HTML has none; its addresses are resolved, since only here
    /// is their base known.
    pub(super) fn open(
        &mut self,
        name: &str,
        attributes: &[(&str, Cow<'_, str>)],
        scope: &Scope<'_>,
    ) {
        let local = local(name);
        if self.field == Field::Author {
            self.child = Some(local.to_ascii_lowercase());
        }
        if !self.holds_markup() || self.raw.len() >= MAX_TEXT_BYTES {
            return;
        }
        self.has_tags = true;
        let mut tag = format!("<{local}");
        for (name, value) in attributes
            .iter()
            .filter(|(name, _)| !name.starts_with("xml"))
        {
            let resolved = match *name {
                "href" | "src" => scope.join(value.trim()).map(String::from),
                _ => None,
            };
            tag.push_str(&format!(
                " {name}=\"{}\"",
                escape(resolved.as_deref().unwrap_or(value))
            ));
        }
        tag.push('>');
        self.raw.push_str(&tag);
        self.marked_up.push_str(&tag);
    }

    pub(super) fn close(&mut self, name: &str) {
        const VOID: &[&str] = &[
            "area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr",
        ];
        self.child = None;
        let local = local(name);
        if self.holds_markup()
            && self.raw.len() < MAX_TEXT_BYTES
            && !VOID.contains(&local.to_ascii_lowercase().as_str())
        {
            let tag = format!("</{local}>");
            self.raw.push_str(&tag);
            self.marked_up.push_str(&tag);
        }
    }

    /// The text as HTML.
    pub(super) fn html(&self) -> String {
        let decoded = || {
            let packed: String = self.raw.split_whitespace().collect();
            BASE64_STANDARD
                .decode(packed)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
        };
        match self.text_type {
            TextType::Base64 => decoded().unwrap_or_else(|| self.raw.clone()),
            TextType::Xhtml => self.marked_up.clone(),
            _ if self.has_tags => self.marked_up.clone(),
            TextType::Plain => escape(&self.raw),
            TextType::Unsaid if !looks_like_html(&self.raw) => escape(&self.raw),
            TextType::Html | TextType::Unsaid => self.raw.clone(),
        }
    }

    /// The text as it is.
    pub(super) fn plain(&self) -> String {
        self.raw.clone()
    }

    /// A person's name: the `name` child, the name in `a@b.example (Name)`, or whatever text there is.
    pub(super) fn person(&self) -> String {
        if !self.name.trim().is_empty() {
            return self.name.clone();
        }
        let raw = self.raw.trim();
        let named = match raw.split_once('(') {
            Some((address, rest)) if address.contains('@') => rest.trim_end_matches(')'),
            _ => raw,
        };
        if named.is_empty() {
            self.email.clone()
        } else {
            named.to_owned()
        }
    }
}

fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

fn looks_like_html(text: &str) -> bool {
    text.contains("</")
        || text.contains("/>")
        || text.contains("<br")
        || text.contains("<p>")
        || text
            .split('&')
            .skip(1)
            .any(|part| part.find(';').is_some_and(|at| at > 1 && at < 9))
}
