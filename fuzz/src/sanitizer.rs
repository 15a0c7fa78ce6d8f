//! Sanitized HTML contains nothing active, stays so when parsed again, and is proportional to the input.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use dormouse::html::sanitize::{SafeHtml, plain_text, snippet};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ExpandedName, LocalName, QualName, ns, parse_document};
use url::Url;

/// Maximum output bytes per input byte: `<a>` gets a `rel` and an end tag, `<img>` its privacy attributes.
const GROWTH: usize = 32;
/// Output bytes allowed for a short text: open formatting elements are reopened in each paragraph.
const ALLOWANCE: usize = 17 * 1_024 * 1_024;

/// Sanitizes `data` with and without a base URL.
///
/// # Panics
/// If sanitizing again changes the words, or changes the nesting of elements more than once; if any of these results,
/// parsed by a browser's rules, has an element or attribute that could run, frame, style or post, or a URL of a scheme
/// other than the web's; if it is disproportionately large; and if it takes too long.
pub fn check(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    let base = Url::parse("https://site.example/a/b").expect("a fixed URL");
    for base in [None, Some(&base)] {
        let clean = |html: &str| super::in_time(|| SafeHtml::clean(html, base).into_string());
        let once = clean(&html);
        assert!(
            once.len() <= html.len() * GROWTH + ALLOWANCE,
            "{} bytes",
            once.len()
        );
        assert_harmless(&once);
        // Mis-nested HTML may parse differently once serialized, so a second pass may still change the nesting.
        let twice = clean(&once);
        if twice != once {
            assert_harmless(&twice);
            assert_eq!(letters(&twice), letters(&once), "cleaning again lost words");
        }
    }
    let text = super::in_time(|| plain_text(&html));
    assert!(text.len() <= html.len() * 3, "{} bytes of text", text.len());
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(snippet(&html, 200).len() <= 200);
}

/// The text without spaces, since block elements add some.
fn letters(html: &str) -> String {
    plain_text(html).replace(' ', "")
}

/// The only attributes allowed on any element.
const ATTRIBUTES: &[&str] = &[
    "alt",
    "colspan",
    "controls",
    "datetime",
    "accent",
    "accentunder",
    "alttext",
    "columnspan",
    "data-embed",
    "decoding",
    "depth",
    "dir",
    "display",
    "fence",
    "largeop",
    "linethickness",
    "mathvariant",
    "movablelimits",
    "separator",
    "stretchy",
    "symmetric",
    "height",
    "href",
    "id",
    "lang",
    "loading",
    "open",
    "poster",
    "preload",
    "referrerpolicy",
    "rel",
    "reversed",
    "rowspan",
    "scope",
    "span",
    "src",
    "start",
    "title",
    "type",
    "value",
    "width",
];

/// Forbidden elements. The parser itself adds html, head and body.
const FORBIDDEN: &[&str] = &[
    "applet", "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link",
    "meta", "object", "script", "select", "style", "svg", "template", "textarea", "title",
];

/// The only foreign elements: MathML's presentation elements. Those that hold HTML or act are not among them.
const FORMULAS: &[&str] = &[
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "semantics",
];

fn assert_harmless(html: &str) {
    let parser = parse_document(Elements::default(), Default::default());
    for (name, attributes) in parser.one(html) {
        let is_formula = name.ns == ns!(mathml) && FORMULAS.contains(&&*name.local);
        let is_known = name.ns == ns!(html) || is_formula;
        assert!(is_known, "a foreign element {name:?} in {html:?}");
        assert!(!FORBIDDEN.contains(&&*name.local), "{name:?} in {html:?}");
        for Attribute {
            name: attribute,
            value,
        } in attributes
        {
            let known = ATTRIBUTES.contains(&&*attribute.local);
            assert!(known, "{attribute:?} of {name:?} in {html:?}");
            if &*attribute.local == "id" {
                assert!(
                    value.starts_with("user-content-"),
                    "the id {value:?} in {html:?}"
                );
            }
            if !matches!(&*attribute.local, "href" | "src" | "poster") {
                continue;
            }
            let is_fragment = &*attribute.local == "href" && value.starts_with("#user-content-");
            let scheme = Url::parse(&value).map(|url| url.scheme().to_owned());
            let allowed: &[&str] = match (&*name.local, &*attribute.local) {
                (_, "href") => &["http", "https", "mailto"],
                ("img", "src") => &["http", "https", "data"],
                _ => &["http", "https"],
            };
            let is_allowed = scheme.is_ok_and(|scheme| allowed.contains(&scheme.as_str()));
            let is_picture = ["png", "jpeg", "gif", "webp"]
                .iter()
                .any(|kind| value.starts_with(&format!("data:image/{kind};base64,")));
            assert!(
                is_fragment || (is_allowed && (is_picture || !value.starts_with("data:"))),
                "the address {value:?} of {name:?} in {html:?}"
            );
        }
    }
}

/// The elements that a browser would create, in creation order. Not a tree: the tree builder only needs their names.
#[derive(Default)]
struct Elements {
    made: RefCell<Vec<(QualName, Vec<Attribute>)>>,
}

impl TreeSink for Elements {
    type Handle = Rc<QualName>;
    type Output = Vec<(QualName, Vec<Attribute>)>;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self::Output {
        self.made.into_inner()
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        _: ElementFlags,
    ) -> Rc<QualName> {
        self.made.borrow_mut().push((name.clone(), attributes));
        Rc::new(name)
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<QualName>) -> ExpandedName<'a> {
        target.expanded()
    }

    fn same_node(&self, one: &Rc<QualName>, other: &Rc<QualName>) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn get_document(&self) -> Rc<QualName> {
        Rc::new(QualName::new(None, ns!(), LocalName::from("")))
    }

    fn get_template_contents(&self, target: &Rc<QualName>) -> Rc<QualName> {
        target.clone()
    }

    fn create_comment(&self, _: StrTendril) -> Rc<QualName> {
        self.get_document()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<QualName> {
        self.get_document()
    }

    fn add_attrs_if_missing(&self, target: &Rc<QualName>, attributes: Vec<Attribute>) {
        self.made
            .borrow_mut()
            .push(((**target).clone(), attributes));
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn append(&self, _: &Rc<QualName>, _: NodeOrText<Rc<QualName>>) {}
    fn append_based_on_parent_node(
        &self,
        _: &Rc<QualName>,
        _: &Rc<QualName>,
        _: NodeOrText<Rc<QualName>>,
    ) {
    }
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn append_before_sibling(&self, _: &Rc<QualName>, _: NodeOrText<Rc<QualName>>) {}
    fn remove_from_parent(&self, _: &Rc<QualName>) {}
    fn reparent_children(&self, _: &Rc<QualName>, _: &Rc<QualName>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
}
