//! Rewrites any XML feed as Atom 1.0, so that only one well-formed dialect remains.
//!
//! Whatever a publisher writes (RSS 0.9 to 2.0, RDF, CDF, Atom 0.3, with or without namespaces, well-formed or not)
//! goes through one pass over its tags. Unrecognized parts are left out; the pass never fails on a document with a
//! feed's root.

mod keep;

use std::borrow::Cow;
use std::collections::BTreeSet;

use url::Url;

use super::atom::{self, Draft};
use super::capture::{Capture, TextType};
use super::names::{Field, Meaning, Ns, meaning};
use super::scope::{Mark, Scope};
use super::tokens::{Entities, Token, Tokens, attributes};
use super::{Found, Repair};

/// Deepest nesting followed; deeper elements are skipped. Feeds use ten levels, and the unescaped HTML in some a few
/// dozen.
const DEEPEST: usize = 200;

/// Most entries read from one document, from the top. The longest archives have a few thousand; a document of only
/// empty entries would take a hundred times its size.
pub(super) const MAX_ENTRIES: usize = 10_000;

/// Most enclosures and categories per entry, and in total. Each is little more than a tag, and takes many times its
/// size.
pub(super) const MAX_PARTS: usize = 200;
pub(super) const MAX_PARTS_IN_ALL: usize = 50_000;

/// The published RSS versions that have the root `rss`.
const VERSIONS: &[&str] = &["0.91", "0.92", "0.93", "0.94", "2.0"];

/// The feed as Atom, and the repairs that were needed.
pub(super) fn to_atom(text: &str, base: &Url) -> Result<(String, BTreeSet<Repair>), Found> {
    let mut rewriter = Rewriter::new(base);
    for token in Tokens::new(text) {
        rewriter.token(token);
        if rewriter.is_page {
            return Err(Found::HtmlPage);
        }
    }
    rewriter.finish()
}

struct Open<'a> {
    name: &'a str,
    kind: Kind,
    outside: Mark,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Entry,
    Transparent,
    Picture,
    /// The element whose text is being read.
    Text,
    /// Markup inside such a text.
    Inline,
    Skipped,
}

struct Rewriter<'a> {
    stack: Vec<Open<'a>>,
    scope: Scope<'a>,
    entities: Entities<'a>,
    first_tag: Option<&'a str>,
    is_page: bool,
    is_atom: bool,
    has_root: bool,
    capture: Option<Capture>,
    feed: Draft,
    entry: Option<Draft>,
    entries: Vec<String>,
    repairs: BTreeSet<Repair>,
    /// Enclosures and categories of the open entry.
    entry_parts: usize,
    /// Enclosures and categories in total.
    all_parts: usize,
}

impl<'a> Rewriter<'a> {
    fn new(base: &Url) -> Rewriter<'a> {
        Rewriter {
            stack: Vec::new(),
            scope: Scope::new(base),
            entities: Entities::default(),
            first_tag: None,
            is_page: false,
            is_atom: false,
            has_root: false,
            capture: None,
            feed: Draft::default(),
            entry: None,
            entries: Vec::new(),
            repairs: BTreeSet::new(),
            entry_parts: 0,
            all_parts: 0,
        }
    }

    fn token(&mut self, token: Token<'a>) {
        match token {
            Token::Doctype(doctype) => self.entities.declare(doctype),
            Token::Start {
                name,
                attributes: raw,
                empty,
            } => {
                self.start(name, raw);
                if empty {
                    self.end(name);
                }
            }
            Token::End(name) => self.end(name),
            Token::Text(text) => {
                if let Some(capture) = &mut self.capture {
                    capture.text(&self.entities.decode(text));
                }
            }
            Token::Cdata(text) => {
                if let Some(capture) = &mut self.capture {
                    capture.text(text);
                }
            }
        }
    }

    fn start(&mut self, name: &'a str, raw: &'a str) {
        if self.stack.len() >= DEEPEST {
            self.repairs.insert(Repair::TooDeep);
            return;
        }
        let attributes: Vec<(&str, Cow<'a, str>)> = attributes(raw)
            .into_iter()
            .map(|(name, value)| (name, self.decoded(value)))
            .collect();
        let outside = self.scope.mark();
        self.scope.enter(&attributes);
        if self.has_root && self.entry.is_none() && self.starts_entry(name) {
            self.close_up_to_entries();
        }
        let kind = if !self.has_root {
            self.root(name, &attributes)
        } else if let Some(capture) = &mut self.capture {
            capture.open(name, &attributes, &self.scope);
            Some(Kind::Inline)
        } else {
            Some(self.child(name, &attributes))
        };
        match kind {
            Some(kind) => self.stack.push(Open {
                name,
                kind,
                outside,
            }),
            None => self.scope.leave_to(outside),
        }
    }

    fn decoded(&self, value: &'a str) -> Cow<'a, str> {
        self.entities.decode(value)
    }

    /// Checks whether a feed begins here. Anything before its root is skipped.
    fn root(&mut self, name: &'a str, attributes: &[(&'a str, Cow<'a, str>)]) -> Option<Kind> {
        let first = self.first_tag.is_none();
        self.first_tag.get_or_insert(name);
        let (ns, local) = self.scope.resolve(name);
        match local.as_str() {
            "html" | "body" | "head" => self.is_page = true,
            "rss" | "rdf" => self.has_root = true,
            "feed" => (self.has_root, self.is_atom) = (true, true),
            "entry" if first => (self.has_root, self.is_atom) = (true, true),
            "channel" if first => self.has_root = true,
            _ => {}
        }
        if !self.has_root {
            return None;
        }
        if ns == Ns::Other {
            self.scope.adopt(name);
        }
        let is_rss = local == "rss" && !VERSIONS.contains(&value(attributes, &["version"]).trim());
        if ns == Ns::Other || is_rss {
            self.repairs.insert(Repair::Version);
        }
        if local == "entry" {
            self.entry = Some(Draft::default());
            return Some(Kind::Entry);
        }
        self.channel_attributes(attributes);
        Some(Kind::Root)
    }

    fn child(&mut self, name: &'a str, attributes: &[(&'a str, Cow<'a, str>)]) -> Kind {
        let (ns, local) = self.scope.resolve(name);
        let innermost = self.stack.last().map_or(Kind::Root, |open| open.kind);
        if innermost == Kind::Entry && self.starts_entry(name) {
            // The previous entry was never closed.
            self.close_entry();
            self.repairs.insert(Repair::UnclosedElements);
        }
        match innermost {
            Kind::Skipped => return Kind::Skipped,
            Kind::Picture if local == "url" => {
                return self.capture_field(Field::Image, 2, attributes, &local);
            }
            Kind::Picture => return Kind::Skipped,
            _ => {}
        }
        match meaning(ns, &local, self.entry.is_some()) {
            Meaning::Entry => self.begin_entry(attributes),
            Meaning::Transparent => {
                self.channel_attributes(attributes);
                Kind::Transparent
            }
            Meaning::Picture => Kind::Picture,
            Meaning::Text(field, rank) => {
                let term = value(attributes, &["term", "label"]);
                if field == Field::Category && !term.is_empty() {
                    self.add_part(atom::element(Field::Category, term));
                    return Kind::Skipped;
                }
                self.capture_field(field, rank, attributes, &local)
            }
            Meaning::Link => self.link(attributes, &local),
            Meaning::Enclosure => self.enclosure(attributes),
            Meaning::Thumbnail => {
                let rank = u8::from(self.entry.is_some()) + 1;
                self.put_url(Field::Image, rank, value(attributes, &["url", "href"]));
                Kind::Skipped
            }
            Meaning::Nothing => Kind::Skipped,
        }
    }

    fn capture_field(
        &mut self,
        field: Field,
        rank: u8,
        attributes: &[(&str, Cow<'a, str>)],
        local: &str,
    ) -> Kind {
        let text_type = TextType::of(
            value(attributes, &["type"]),
            value(attributes, &["mode"]),
            self.is_atom,
        );
        let mut capture = Capture::new(field, rank, text_type);
        capture.is_permalink = local == "guid"
            && !value(attributes, &["isPermaLink", "ispermalink"]).eq_ignore_ascii_case("false");
        self.capture = Some(capture);
        Kind::Text
    }

    fn starts_entry(&self, name: &str) -> bool {
        let (ns, local) = self.scope.resolve(name);
        ns == Ns::Feed && matches!(local.as_str(), "item" | "entry")
    }

    /// Closes the feed's own open elements: none of them can contain an entry.
    fn close_up_to_entries(&mut self) {
        let holds_entries = |open: &Open| matches!(open.kind, Kind::Root | Kind::Transparent);
        while self.stack.last().is_some_and(|open| !holds_entries(open)) {
            self.repairs.insert(Repair::UnclosedElements);
            self.close();
        }
    }

    fn begin_entry(&mut self, attributes: &[(&str, Cow<'a, str>)]) -> Kind {
        self.entry = Some(Draft::default());
        self.entry_parts = 0;
        self.channel_attributes(attributes);
        Kind::Entry
    }

    /// Values that RDF and CDF put in attributes of a channel or an item.
    fn channel_attributes(&mut self, attributes: &[(&str, Cow<'a, str>)]) {
        let about = value(attributes, &["rdf:about"]);
        if self.entry.is_some() && !about.is_empty() {
            self.target()
                .put(Field::Id, 1, atom::element(Field::Id, about.trim()));
            self.put_url(Field::Link, 3, about);
        }
        self.put_url(Field::Link, 1, value(attributes, &["href", "HREF"]));
        self.put_date(
            Field::Updated,
            1,
            value(attributes, &["lastmod", "LASTMOD"]),
        );
    }

    fn link(&mut self, attributes: &[(&str, Cow<'a, str>)], local: &str) -> Kind {
        let href = value(attributes, &["href"]);
        if href.is_empty() {
            return self.capture_field(Field::Link, 0, attributes, local);
        }
        let mime = value(attributes, &["type"]).to_ascii_lowercase();
        if self.entry.is_none() {
            self.named_for_pushing(value(attributes, &["rel"]), href);
        }
        match value(attributes, &["rel"]).to_ascii_lowercase().as_str() {
            "" | "alternate" => {
                let is_page = mime.is_empty() || mime.contains("html");
                // In RSS the plain element takes precedence, in Atom the link to a page.
                let rank = match (self.is_atom, is_page) {
                    (true, true) => 1,
                    (false, true) => 2,
                    (_, false) => 4,
                };
                self.put_url(Field::Link, rank, href);
            }
            "enclosure" => return self.enclosure(attributes),
            _ => {}
        }
        Kind::Skipped
    }

    /// Records a hub, or the document's own address (WebSub, section 4). Only links outside entries count: those inside
    /// may be anyone's.
    fn named_for_pushing(&mut self, rel: &str, href: &str) {
        for (name, ours) in [("hub", atom::REL_HUB), ("self", atom::REL_OWN)] {
            let is_it = |word: &str| word.eq_ignore_ascii_case(name);
            if rel.split_ascii_whitespace().any(is_it)
                && let Some(url) = self.absolute(href)
            {
                self.feed.add(&atom::link(ours, url.as_str(), &[]));
            }
        }
    }

    fn enclosure(&mut self, attributes: &[(&str, Cow<'a, str>)]) -> Kind {
        let mime = value(attributes, &["type"]);
        let is_picture = value(attributes, &["medium"]) == "image" || mime.starts_with("image/");
        let is_media = value(attributes, &["medium", "isDefault", "fileSize"]).is_empty();
        let address = value(attributes, &["url", "href"]);
        if is_picture {
            self.put_url(Field::Image, 1, address);
        }
        if let Some(url) = self.absolute(address)
            && !(is_picture && is_media)
        {
            let length = value(attributes, &["length", "fileSize"]);
            let length = if length.parse::<u64>().is_ok() {
                length
            } else {
                ""
            };
            let xml = atom::link(
                "enclosure",
                url.as_str(),
                &[("type", mime), ("length", length)],
            );
            self.add_part(xml);
        }
        // Media elements are described by their children.
        Kind::Transparent
    }

    fn end(&mut self, name: &str) {
        let same = |open: &Open| open.name == name || open.name.eq_ignore_ascii_case(name);
        let Some(at) = self.stack.iter().rposition(same) else {
            return;
        };
        if at + 1 < self.stack.len()
            && self.stack[at + 1..]
                .iter()
                .any(|open| open.kind != Kind::Inline)
        {
            self.repairs.insert(Repair::UnclosedElements);
        }
        while self.stack.len() > at {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        match open.kind {
            Kind::Inline => {
                if let Some(capture) = &mut self.capture {
                    capture.close(open.name);
                }
            }
            Kind::Text => self.keep_captured(),
            Kind::Entry => self.keep_entry(),
            _ => {}
        }
        self.scope.leave_to(open.outside);
    }

    fn close_entry(&mut self) {
        while self.entry.is_some() && !self.stack.is_empty() {
            self.close();
        }
    }

    fn finish(mut self) -> Result<(String, BTreeSet<Repair>), Found> {
        if !self.has_root {
            return Err(match self.first_tag {
                Some(name) => Found::Xml(name.chars().take(40).collect()),
                None => Found::Text,
            });
        }
        if !self.stack.is_empty() {
            self.repairs.insert(Repair::Truncated);
            // An incomplete last entry would look edited when the rest arrives.
            if !self.entries.is_empty() {
                self.entry = None;
                self.capture = None;
            }
            while !self.stack.is_empty() {
                self.close();
            }
        }
        let slips = self.entities.slips();
        let noted = [
            (slips.bare_ampersand, Repair::Ampersands),
            (slips.undeclared, Repair::Names),
            (slips.control, Repair::Controls),
        ];
        let met = noted.into_iter().filter(|(slipped, _)| *slipped);
        self.repairs.extend(met.map(|(_, repair)| repair));
        let mut xml = String::from("<feed xmlns=\"http://www.w3.org/2005/Atom\">");
        xml.push_str(&self.feed.finish());
        for entry in self.entries {
            xml.push_str("<entry>");
            xml.push_str(&entry);
            xml.push_str("</entry>");
        }
        xml.push_str("</feed>");
        Ok((xml, self.repairs))
    }
}

/// The value of the first of these attributes that has one.
fn value<'v>(attributes: &'v [(&str, Cow<'_, str>)], names: &[&str]) -> &'v str {
    let find = |wanted: &&str| {
        attributes
            .iter()
            .find(|(name, value)| name == wanted && !value.is_empty())
    };
    names.iter().find_map(find).map_or("", |(_, value)| value)
}
