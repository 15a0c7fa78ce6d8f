//! What applies at a point in a document: namespaces and the base of its links.

use std::borrow::Cow;
use std::cell::Cell;

use url::Url;

use super::is_language;
use super::names::Ns;
use crate::html::direction::Direction;

/// Longest `xml:base` accepted, in bytes: it is repeated before every relative link.
const MAX_BASE_BYTES: usize = 2_000;
/// Most namespace declarations in scope at once. Real roots declare up to 25.
const MAX_NAMESPACES: usize = 256;
/// How many bytes the bases of one document may add to its relative links. A one-letter link is written out with its
/// whole base: without a limit, ten megabytes of them would become gigabytes.
const MAX_RESOLVED_BYTES: usize = 8 * 1024 * 1024;

pub(super) struct Scope<'a> {
    namespaces: Vec<(&'a str, Ns, Cow<'a, str>)>,
    bases: Vec<Url>,
    /// The languages and directions declared so far, innermost last.
    tongues: Vec<(Option<String>, Option<Direction>)>,
    /// The root's namespace, if it isn't a known one: some publishers invent their own.
    own_uri: Option<Cow<'a, str>>,
    /// Bytes the bases have added so far.
    resolved: Cell<usize>,
}

/// The state to restore when an element ends.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    namespaces: usize,
    bases: usize,
    tongues: usize,
}

impl<'a> Scope<'a> {
    pub(super) fn new(base: &Url) -> Scope<'a> {
        Scope {
            namespaces: Vec::new(),
            bases: vec![base.clone()],
            tongues: Vec::new(),
            own_uri: None,
            resolved: Cell::new(0),
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            namespaces: self.namespaces.len(),
            bases: self.bases.len(),
            tongues: self.tongues.len(),
        }
    }

    pub(super) fn leave_to(&mut self, mark: Mark) {
        self.namespaces.truncate(mark.namespaces);
        self.bases.truncate(mark.bases);
        self.tongues.truncate(mark.tongues);
    }

    /// Applies the declarations in an element's attributes.
    pub(super) fn enter(&mut self, attributes: &[(&'a str, Cow<'a, str>)]) {
        for (name, value) in attributes {
            let prefix = if *name == "xmlns" {
                Some("")
            } else {
                name.strip_prefix("xmlns:")
            };
            if let Some(prefix) = prefix.filter(|_| self.namespaces.len() < MAX_NAMESPACES) {
                let own = self.own_uri.as_ref() == Some(value);
                let ns = if own { Ns::Feed } else { Ns::of_uri(value) };
                self.namespaces.push((prefix, ns, value.clone()));
            } else if *name == "xml:base"
                && let Some(base) = self.base().and_then(|base| base.join(value.trim()).ok())
                && base.as_str().len() <= MAX_BASE_BYTES
            {
                self.bases.push(base);
            } else if *name == "xml:lang" && is_language(value) {
                self.tongues.push((Some(value.trim().to_owned()), None));
            } else if *name == "dir"
                && let Some(direction) = Direction::of(value)
            {
                self.tongues.push((None, Some(direction)));
            }
        }
    }

    /// The language here, if the document declares one.
    pub(super) fn lang(&self) -> Option<String> {
        self.tongues.iter().rev().find_map(|(lang, _)| lang.clone())
    }

    /// The direction here, if the document declares one.
    pub(super) fn dir(&self) -> Option<Direction> {
        self.tongues.iter().rev().find_map(|(_, dir)| *dir)
    }

    /// The namespace of a name, and the name without its prefix in lower case.
    pub(super) fn resolve<'n>(&self, name: &'n str) -> (Ns, Cow<'n, str>) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let declared = self
            .namespaces
            .iter()
            .rev()
            .find(|(known, ..)| known.eq_ignore_ascii_case(prefix));
        let ns = declared.map_or_else(|| Ns::of_prefix(prefix), |(_, ns, _)| *ns);
        let is_lower = !local.bytes().any(|byte| byte.is_ascii_uppercase());
        let local = match is_lower {
            true => Cow::Borrowed(local),
            false => Cow::Owned(local.to_ascii_lowercase()),
        };
        (ns, local)
    }

    /// Treats the namespace of the root, which has a feed's name, as a feed's namespace.
    pub(super) fn adopt(&mut self, root: &str) {
        let prefix = root.split_once(':').map_or("", |(prefix, _)| prefix);
        let declared = self
            .namespaces
            .iter()
            .rev()
            .find(|(known, ..)| *known == prefix);
        self.own_uri = declared.map(|(_, _, uri)| uri.clone());
        for (_, ns, uri) in &mut self.namespaces {
            if Some(&*uri) == self.own_uri.as_ref() {
                *ns = Ns::Feed;
            }
        }
    }

    /// The link made absolute; `None` if it can't be, or if the bases have reached their limit in this document.
    pub(super) fn join(&self, link: &str) -> Option<Url> {
        let url = self.base()?.join(link).ok()?;
        let added = url.as_str().len().saturating_sub(link.len());
        let resolved = self.resolved.get() + added;
        if resolved > MAX_RESOLVED_BYTES {
            return None;
        }
        self.resolved.set(resolved);
        Some(url)
    }

    /// The base of links here.
    pub(super) fn base(&self) -> Option<&Url> {
        self.bases.last()
    }

    /// Whether the document itself declares the base.
    pub(super) fn has_own_base(&self) -> bool {
        self.bases.len() > 1
    }
}
