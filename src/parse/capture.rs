//! Collects the text of one element, in any of a dozen notations.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::draft::Text;
use super::names::Field;
use super::scope::Scope;
use crate::html::plain::escape;
use crate::html::references::unescape;
use crate::html::sanitize::plain_text;
use crate::html::{tags, title};

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
    /// A file in base64, which may be a text.
    File,
    /// Not declared, in Atom: plain by the specification, HTML in common practice.
    Unsaid,
    /// A picture, a sound or the like: no text at all.
    Binary,
}

impl TextType {
    pub(super) fn of(kind: &str, mode: &str, is_atom: bool) -> TextType {
        let kind = kind
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let is_one_of = |families: &[&str]| families.iter().any(|family| kind.starts_with(family));
        let is_markup = kind.starts_with("text/")
            || (kind.ends_with("xml") && kind != "image/svg+xml")
            || kind.ends_with("html");
        match (mode, kind.as_str()) {
            _ if !is_markup && is_one_of(&["image/", "audio/", "video/", "font/"]) => {
                if mode.is_empty() && !is_atom {
                    TextType::Html
                } else {
                    TextType::Binary
                }
            }
            ("base64", _) => TextType::Base64,
            ("xml", _) | (_, "xhtml" | "application/xhtml+xml") => TextType::Xhtml,
            (_, "text" | "text/plain" | "plain") => TextType::Plain,
            ("escaped", "") => TextType::Html,
            (_, "") if is_atom => TextType::Unsaid,
            (_, "") => TextType::Html,
            _ if is_atom && kind.contains('/') && !is_markup => TextType::File,
            _ => TextType::Html,
        }
    }
}

pub(super) struct Capture {
    pub(super) field: Field,
    pub(super) rank: u8,
    pub(super) permalink: Permalink,
    /// The name of a polling hint.
    pub(super) name: String,
    text_type: TextType,
    /// The text unescaped, with the document's own tags among it.
    raw: String,
    /// The same with the text escaped, so that only the document's own tags are markup; empty until there is one.
    marked_up: String,
    has_tags: bool,
    /// For a person: the child being read, and the values so far.
    child: Option<String>,
    names: Vec<String>,
    email: String,
}

/// What an element says about its id being the entry's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Permalink {
    /// It isn't, or the element has no such meaning.
    #[default]
    No,
    /// It doesn't say, which means yes.
    Unsaid,
    Yes,
}

impl Capture {
    pub(super) fn new(field: Field, rank: u8, text_type: TextType, name: String) -> Capture {
        Capture {
            field,
            rank,
            permalink: Permalink::No,
            name,
            text_type,
            raw: String::new(),
            marked_up: String::new(),
            has_tags: false,
            child: None,
            names: Vec::new(),
            email: String::new(),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.child.as_deref() {
            Some("name") => {
                if let Some(name) = self.names.last_mut() {
                    name.push_str(text);
                }
            }
            Some("email") => self.email.push_str(text),
            Some(_) if self.field == Field::Author => {}
            _ => {
                let room = MAX_TEXT_BYTES.saturating_sub(self.raw.len());
                let text = &text[..text.floor_char_boundary(room)];
                self.raw.push_str(text);
                if self.has_tags {
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
            let child = local.to_ascii_lowercase();
            if child == "name" {
                self.names.push(String::new());
            }
            self.child = Some(child);
        }
        if matches!(self.field, Field::Published | Field::Updated)
            && let Some((_, date)) = attributes
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("datetime"))
        {
            self.raw = format!("datetime=\"{date}\"");
        }
        if !self.holds_markup() || self.raw.len() >= MAX_TEXT_BYTES {
            return;
        }
        if !self.has_tags {
            self.has_tags = true;
            self.marked_up = escape(&self.raw);
        }
        let mut tag = format!("<{local}");
        for (name, value) in attributes
            .iter()
            .filter(|(name, _)| !name.starts_with("xmlns"))
        {
            let resolved = match *name {
                "href" | "src" => scope.join(value.trim()).map(String::from),
                _ => None,
            };
            let name = if *name == "xml:lang" { "lang" } else { name };
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

    /// The text, as markup or as words; `None` if it is neither, or empty.
    pub(super) fn written(self) -> Option<Text> {
        let text = match self.text_type {
            TextType::Binary => return None,
            TextType::Base64 => of_html(decoded(&self.raw).unwrap_or(self.raw)),
            TextType::File => of_html(decoded(&self.raw)?),
            TextType::Xhtml if self.has_tags => Text::Html(self.marked_up),
            _ if self.has_tags => Text::Html(self.marked_up),
            TextType::Xhtml => Text::Plain(self.raw),
            TextType::Plain => Text::Plain(self.raw),
            TextType::Unsaid if !looks_like_html(&self.raw) => Text::Plain(self.raw),
            TextType::Html | TextType::Unsaid => of_html(self.raw),
        };
        let is_empty = match &text {
            Text::Html(text) | Text::Plain(text) => text.trim().is_empty(),
        };
        (!is_empty).then_some(text)
    }

    /// The text on one line. In a title only inline formatting is markup; a subtitle is like any other text.
    pub(super) fn line(&self) -> String {
        let of_html = |html: &str| match self.field {
            Field::Title => title::of_html(html),
            _ => plain_text(html),
        };
        match self.text_type {
            TextType::Binary => String::new(),
            TextType::Base64 => {
                decoded(&self.raw).map_or_else(|| title::of_text(&self.raw), |html| of_html(&html))
            }
            TextType::File => decoded(&self.raw).map_or_else(String::new, |html| of_html(&html)),
            _ if self.has_tags && self.field == Field::Title => title::of_elements(&self.marked_up),
            _ if self.has_tags => plain_text(&self.marked_up),
            TextType::Plain | TextType::Xhtml => title::of_text(&self.raw),
            TextType::Unsaid if !looks_like_html(&self.raw) => title::of_text(&self.raw),
            TextType::Html | TextType::Unsaid => of_html(&self.raw),
        }
    }

    /// The text as it is.
    pub(super) fn plain(&self) -> &str {
        &self.raw
    }

    /// A person's names as written: the `name` children, otherwise whatever text there is, otherwise the address.
    pub(super) fn people(&self) -> Vec<&str> {
        let named: Vec<&str> = self
            .names
            .iter()
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
            .collect();
        if !named.is_empty() {
            return named;
        }
        let raw = self.raw.trim();
        vec![if raw.is_empty() { &self.email } else { raw }]
    }
}

/// HTML, or words if it has no tag of HTML's: then its line breaks are all the structure it has.
fn of_html(html: String) -> Text {
    let is_markup = |part: tags::Part<'_>| match part {
        tags::Part::Tag(tag) => is_element(tag.name),
        tags::Part::Text(text) => text.starts_with("<!"),
    };
    if tags::parts(&html).any(is_markup) {
        Text::Html(html)
    } else {
        Text::Plain(unescape(&html).into_owned())
    }
}

/// Whether a name is one of HTML's, of MathML's or of a component's. `Vec<T>` and `<stdio.h>` are words.
fn is_element(name: &str) -> bool {
    const ELEMENTS: &str = " a abbr acronym address amp-img applet area article aside audio b base basefont bdi bdo big \
        blink blockquote body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog \
        dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup \
        hr html i iframe image img input ins kbd label legend li link main map mark marquee math menu meta meter nav nobr \
        noembed noframes noscript object ol optgroup option output p param picture plaintext pre progress q rb rp rt rtc \
        ruby s samp script section select slot small source span strike strong style sub summary sup svg table tbody td \
        template textarea tfoot th thead time title tr track tt u ul var video wbr xmp ";
    let lower = name.to_ascii_lowercase();
    name.contains('-') || name.contains(':') || ELEMENTS.contains(&format!(" {lower} "))
}

fn decoded(base64: &str) -> Option<String> {
    let packed: String = base64.split_whitespace().collect();
    let bytes = BASE64_STANDARD.decode(packed).ok()?;
    String::from_utf8(bytes).ok()
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
