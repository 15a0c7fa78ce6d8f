//! Writing a list.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::text::{escape, is_declared, is_name};
use super::{DEEPEST, Outline};

/// Writes a list as OPML 2.0. Folders come in the order in which they first appear.
///
/// What [`read`](super::read()) gave comes back the same from reading it again.
pub fn write(
    title: &str,
    namespaces: &[(String, String)],
    outlines: &[Outline],
    now: DateTime<Utc>,
) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\"");
    for (prefix, uri) in namespaces.iter().filter(|(prefix, _)| is_name(prefix)) {
        attribute(&mut xml, &format!("xmlns:{prefix}"), uri);
    }
    // Writing to a string cannot fail.
    let _ = write!(
        xml,
        ">\n  <head>\n    <title>{}</title>\n    <dateCreated>{}</dateCreated>\n  </head>\n  <body>\n",
        escape(title),
        now.format("%a, %d %b %Y %H:%M:%S GMT"),
    );
    Folder::of(outlines).write(&mut xml, namespaces, 2);
    xml.push_str("  </body>\n</opml>\n");
    xml
}

/// A folder on its way out: feeds and folders, each in the order of first appearance.
#[derive(Default)]
struct Folder<'a> {
    children: Vec<Child<'a>>,
    by_name: HashMap<&'a str, usize>,
}

enum Child<'a> {
    Feed(&'a Outline),
    Folder(&'a str, Folder<'a>),
}

impl<'a> Folder<'a> {
    fn of(outlines: &'a [Outline]) -> Folder<'a> {
        let mut root = Folder::default();
        for outline in outlines {
            let mut folder = &mut root;
            for name in outline.folder.iter().take(DEEPEST) {
                folder = folder.child(name);
            }
            folder.children.push(Child::Feed(outline));
        }
        root
    }

    fn child(&mut self, name: &'a str) -> &mut Folder<'a> {
        let next = self.children.len();
        let at = *self.by_name.entry(name).or_insert(next);
        if at == next {
            self.children.push(Child::Folder(name, Folder::default()));
        }
        match &mut self.children[at] {
            Child::Folder(_, folder) => folder,
            // `by_name` holds the places of folders only.
            Child::Feed(_) => unreachable!("a feed in the place of a folder"),
        }
    }

    fn write(&self, xml: &mut String, namespaces: &[(String, String)], depth: usize) {
        let indent = "  ".repeat(depth);
        for child in &self.children {
            xml.push_str(&indent);
            match child {
                Child::Feed(outline) => feed(xml, outline, namespaces),
                Child::Folder(name, folder) => {
                    xml.push_str("<outline");
                    attribute(xml, "text", name);
                    attribute(xml, "title", name);
                    xml.push_str(">\n");
                    folder.write(xml, namespaces, depth + 1);
                    xml.push_str(&indent);
                    xml.push_str("</outline>\n");
                }
            }
        }
    }
}

fn feed(xml: &mut String, outline: &Outline, namespaces: &[(String, String)]) {
    xml.push_str("<outline");
    let own = |name: &str| {
        outline
            .attributes
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    if !own("type") {
        attribute(xml, "type", "rss");
    }
    let title = outline.title.as_deref();
    if !own("text") {
        attribute(xml, "text", title.unwrap_or_default());
    }
    if let Some(title) = title {
        attribute(xml, "title", title);
    }
    attribute(xml, "xmlUrl", &outline.xml_url);
    if let Some(url) = &outline.html_url {
        attribute(xml, "htmlUrl", url);
    }
    for (name, value) in &outline.attributes {
        if is_name(name) && is_declared(name, namespaces) {
            attribute(xml, name, value);
        }
    }
    xml.push_str("/>\n");
}

fn attribute(xml: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = write!(xml, " {name}=\"{}\"", escape(value));
}
