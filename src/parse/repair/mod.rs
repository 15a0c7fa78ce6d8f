//! Reads any XML feed in one pass over its tags, so that one dialect remains.
//!
//! Whatever a publisher writes (RSS 0.9 to 2.0, RDF, CDF, Atom 0.3, with or without namespaces, well-formed or not) ends
//! in the same drafts. Unrecognized parts are left out; the pass never fails on a document that holds a feed.

mod keep;

use std::borrow::Cow;
use std::collections::BTreeSet;

use url::Url;

use super::capture::{Capture, Permalink, TextType};
use super::draft::{Draft, Gathered, link_rank};
use super::media::{Media, Role};
use super::names::{Field, Meaning, Ns, meaning};
use super::scope::{Mark, Scope};
use super::tokens::{Token, Tokens};
use super::{Found, Repair, hints};
use crate::feeds::polling_hints::PollingHints;
use crate::html::entities::Entities;
use crate::html::tags::attributes;

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

/// What one pass found.
pub(super) struct Scanned {
    pub(super) gathered: Gathered,
    pub(super) repairs: BTreeSet<Repair>,
    pub(super) hints: PollingHints,
}

/// The feed in a document, and the repairs that were needed.
pub(super) fn scan(text: &str, base: &Url) -> Result<Scanned, Found> {
    let mut rewriter = Rewriter::new(base);
    let mut tokens = Tokens::new(text);
    let (mut root_at, mut ends_at) = (None, None);
    loop {
        let at = tokens.at(text);
        let Some(token) = tokens.next() else { break };
        rewriter.token(token);
        if rewriter.is_page {
            return Err(Found::HtmlPage);
        }
        if rewriter.has_root && root_at.is_none() {
            // The text up to the root is a token of its own.
            root_at = Some(at);
        }
        if root_at.is_some() && ends_at.is_none() && rewriter.stack.is_empty() {
            ends_at = Some(tokens.at(text));
        }
    }
    let before = &text[..root_at.unwrap_or(0)];
    let after = ends_at.map(|end| &text[end..]);
    let is_written_about = root_at.is_some() && is_written_about(before, after);
    if is_written_about {
        return Err(if before.trim_start().starts_with('<') {
            Found::HtmlPage
        } else {
            Found::Text
        });
    }
    rewriter.finish()
}

/// Whether a feed's root stands in words about feeds, rather than at the beginning of one. `after` is what follows the
/// root's end; `None` if it never ends.
///
/// Programs print warnings before a document, but then its declaration follows, or the root on a line of its own with nothing
/// behind it.
fn is_written_about(before: &str, after: Option<&str>) -> bool {
    let mut rest = before.trim_start();
    let is_prolog = loop {
        let end = match rest {
            "" => break true,
            _ if rest.starts_with("<!--") => rest.find("-->").map(|at| at + 3),
            _ if rest.starts_with("<?") => rest.find('>').map(|at| at + 1),
            // With a subset in brackets.
            _ if rest.starts_with("<!") => Some(rest.len()),
            _ => None,
        };
        match end {
            Some(end) => rest = rest[end..].trim_start(),
            None => break false,
        }
    };
    if is_prolog || before.contains("<?xml") {
        return false;
    }
    let begins_a_line = before.trim_end_matches([' ', '\t']).ends_with(['\n', '\r']);
    let has_more = after.is_none_or(|after| {
        !after
            .trim_matches(|c: char| c.is_whitespace() || c == '\0')
            .is_empty()
    });
    !begins_a_line || has_more
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
    /// The feed that an entry was taken from.
    Source,
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
    /// Whether it is a feed: RDF may describe anything, and is one only if it speaks of RSS.
    is_feed: bool,
    /// Whether the root has a name that only feeds have.
    is_named_feed: bool,
    hints: hints::Found,
    capture: Option<Capture>,
    feed: Draft,
    entry: Option<Draft>,
    entries: Vec<Draft>,
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
            is_feed: false,
            is_named_feed: false,
            hints: hints::Found::default(),
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
        let is_in_line =
            |capture: &Capture| !matches!(capture.field, Field::Summary | Field::Content);
        if self.entry.is_some()
            && self.capture.as_ref().is_some_and(is_in_line)
            && self.starts_entry(name)
        {
            // No title holds an entry: neither it nor the previous entry was ever closed.
            self.close_entry();
            self.repairs.insert(Repair::UnclosedElements);
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
        match &*local {
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
        self.feed.lang = self.scope.lang();
        self.feed.dir = self.scope.dir();
        if local == "entry" {
            self.is_feed = true;
            self.entry = Some(Draft::default());
            return Some(Kind::Entry);
        }
        self.is_named_feed = local != "rdf";
        let speaks_rss = |(name, uri): &(&str, Cow<'_, str>)| {
            name.starts_with("xmlns") && !uri.trim().is_empty() && Ns::of_uri(uri) == Ns::Feed
        };
        // A root of a namespace that nobody knows is a feed's if what it holds is.
        let is_known = local != "rdf" && ns != Ns::Other;
        self.is_feed |= is_known || attributes.iter().any(speaks_rss);
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
                return self.capture_field(Field::Image, 1, attributes, &local);
            }
            Kind::Picture => return Kind::Skipped,
            Kind::Source if meaning(ns, &local, true) != Meaning::Text(Field::Author, 0) => {
                return Kind::Skipped;
            }
            _ => {}
        }
        let meaning = meaning(ns, &local, self.entry.is_some());
        self.is_feed |= ns == Ns::Feed
            && match meaning {
                Meaning::Entry => true,
                Meaning::Text(..) | Meaning::Link => self.is_named_feed,
                _ => local == "channel",
            };
        match meaning {
            Meaning::Entry => self.begin_entry(attributes),
            Meaning::Transparent => {
                self.channel_attributes(attributes);
                Kind::Transparent
            }
            Meaning::Picture => Kind::Picture,
            Meaning::Source => Kind::Source,
            Meaning::Text(field, rank) => {
                let term = value(attributes, &["term", "label"]);
                if field == Field::Category && !term.is_empty() {
                    self.add_category(term);
                    return Kind::Skipped;
                }
                let source = value(attributes, &["src"]);
                if field == Field::Content && !source.is_empty() {
                    self.put_link(link_rank::CONTENT, source);
                }
                let rank = if (field, rank) == (Field::Link, 0) {
                    link_rank::ORIGINAL
                } else {
                    rank
                };
                self.capture_field(field, rank, attributes, &local)
            }
            Meaning::Link => self.link(attributes, &local),
            Meaning::Enclosure => self.media(Role::File, attributes),
            Meaning::Thumbnail if self.entry.is_some() => {
                self.media(Role::Thumbnail, attributes);
                Kind::Skipped
            }
            Meaning::Thumbnail | Meaning::Cover => {
                self.put_image(1, value(attributes, &["url", "href"]));
                Kind::Skipped
            }
            Meaning::Chapters => {
                let chapters = self.absolute(value(attributes, &["url", "href"]));
                self.target().podcast.chapters = chapters.map(String::from);
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
        let permalink = match value(attributes, &["isPermaLink"])
            .trim()
            .to_ascii_lowercase()
            .as_str()
        {
            _ if local != "guid" => Permalink::No,
            "false" => Permalink::No,
            "true" => Permalink::Yes,
            _ => Permalink::Unsaid,
        };
        let name = if field == Field::Hint { local } else { "" };
        let mut capture = Capture::new(field, rank, text_type, name.to_owned());
        capture.permalink = permalink;
        self.capture = Some(capture);
        Kind::Text
    }

    /// What is added to the rank of a person: those of the feed that an entry was taken from come after its own.
    fn source_rank(&self) -> u8 {
        let is_in_source = self.stack.iter().any(|open| open.kind == Kind::Source);
        if is_in_source { 5 } else { 0 }
    }

    fn starts_entry(&self, name: &str) -> bool {
        let local = name.rsplit(':').next().unwrap_or(name);
        if !local.eq_ignore_ascii_case("item") && !local.eq_ignore_ascii_case("entry") {
            return false;
        }
        let (ns, local) = self.scope.resolve(name);
        ns == Ns::Feed && matches!(&*local, "item" | "entry")
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
            self.target().id.put(1, about.trim().to_owned());
            self.put_link(link_rank::ABOUT, about);
        }
        self.put_link(link_rank::PAGE, value(attributes, &["href"]));
        let changed = value(attributes, &["lastmod"]).to_owned();
        self.put_date(Field::Updated, 1, &changed);
    }

    fn link(&mut self, attributes: &[(&str, Cow<'a, str>)], local: &str) -> Kind {
        let href = value(attributes, &["href"]);
        if href.is_empty() {
            return self.capture_field(Field::Link, link_rank::ELEMENT, attributes, local);
        }
        let mime = value(attributes, &["type"]).to_ascii_lowercase();
        let rel = value(attributes, &["rel"]).to_ascii_lowercase();
        if self.entry.is_none() {
            self.named_for_pushing(&rel, href);
        }
        let is_page = mime.is_empty() || mime.contains("html");
        match rel.trim() {
            // In RSS the plain element takes precedence, in Atom the link to a page.
            "" | "alternate" if is_page => self.put_link(link_rank::PAGE, href),
            "" | "alternate" => self.put_link(link_rank::OTHER_TYPE, href),
            "enclosure" => return self.media(Role::File, attributes),
            "via" | "related" if self.entry.is_some() => {
                // What it was found through comes before what is like it.
                let rank = link_rank::RELATED + u8::from(rel.trim() == "related");
                self.put_link(rank, href);
            }
            _ => {}
        }
        Kind::Skipped
    }

    /// Records a hub, or the document's own address (WebSub, section 4). Only links outside entries count: those inside
    /// may be anyone's.
    fn named_for_pushing(&mut self, rel: &str, href: &str) {
        let is = |name: &str| rel.split_ascii_whitespace().any(|word| word == name);
        let (is_hub, is_own) = (is("hub"), is("self"));
        if !is_hub && !is_own {
            return;
        }
        let Some(url) = self.absolute(href).map(String::from) else {
            return;
        };
        if is_hub && self.feed.hubs.len() < MAX_PARTS {
            self.feed.hubs.push(url.clone());
        }
        if is_own && self.feed.own.is_none() {
            self.feed.own = Some(url);
        }
    }

    /// A file of the entry, described by its attributes.
    fn media(&mut self, role: Role, attributes: &[(&str, Cow<'a, str>)]) -> Kind {
        let of = |names: &[&str]| value(attributes, names);
        let pixels = |name: &str| {
            of(&[name])
                .trim()
                .trim_end_matches("px")
                .parse()
                .unwrap_or(0)
        };
        if let Some(url) = self.absolute(of(&["url", "href"])) {
            self.add_media(Media {
                role,
                url: url.into(),
                mime: of(&["type"]).trim().to_owned(),
                medium: of(&["medium"]).trim().to_owned(),
                width: pixels("width"),
                height: pixels("height"),
                length: of(&["length", "fileSize"]).trim().parse().ok(),
            });
        }
        let duration = of(&["duration"]);
        if let Some(entry) = self.entry.as_mut().filter(|_| !duration.is_empty()) {
            entry.podcast.duration = entry.podcast.duration.or(super::seconds(duration));
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

    fn finish(mut self) -> Result<Scanned, Found> {
        if !self.has_root {
            return Err(match self.first_tag {
                Some(name) => Found::Xml(name.chars().take(40).collect()),
                None => Found::Text,
            });
        }
        let was_complete = self.stack.is_empty();
        if !was_complete {
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
        if !self.is_feed {
            let root = self.first_tag.unwrap_or_default();
            return Err(Found::Xml(root.chars().take(40).collect()));
        }
        let slips = self.entities.slips();
        let noted = [
            (slips.bare_ampersand, Repair::Ampersands),
            (slips.undeclared, Repair::Names),
            (slips.control, Repair::Controls),
        ];
        let met = noted.into_iter().filter(|(slipped, _)| *slipped);
        self.repairs.extend(met.map(|(_, repair)| repair));
        Ok(Scanned {
            gathered: Gathered {
                feed: self.feed,
                entries: self.entries,
            },
            repairs: self.repairs,
            hints: self.hints.hints(),
        })
    }
}

/// The value of the first of these attributes that has one. Names are compared without case: some RSS has `HREF`.
fn value<'v>(attributes: &'v [(&str, Cow<'_, str>)], names: &[&str]) -> &'v str {
    let find = |wanted: &&str| {
        let mut all = attributes.iter();
        all.find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_empty())
    };
    names.iter().find_map(find).map_or("", |(_, value)| value)
}
