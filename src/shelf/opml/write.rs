//! Writes a list.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::text::{escape, is_declared, is_name};
use super::{DEEPEST, Outline};

/// Writes a list as OPML 2.0. Folders are in the order of their first appearance.
///
/// Parsing the output returns what [`read`](super::read()) gave.
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

/// A folder to write: feeds and folders, each in the order of first appearance.
#[derive(Default)]
struct Folder<'a> {
    children: Vec<Child<'a>>,
    folders: Vec<Folder<'a>>,
    /// Places in `folders`.
    by_name: HashMap<&'a str, usize>,
}

enum Child<'a> {
    Feed(&'a Outline),
    /// A name, and its place in `folders`.
    Folder(&'a str, usize),
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
        let next = self.folders.len();
        let at = *self.by_name.entry(name).or_insert(next);
        if at == next {
            self.children.push(Child::Folder(name, at));
            self.folders.push(Folder::default());
        }
        &mut self.folders[at]
    }

    fn write(&self, xml: &mut String, namespaces: &[(String, String)], depth: usize) {
        let indent = "  ".repeat(depth);
        for child in &self.children {
            xml.push_str(&indent);
            match child {
                Child::Feed(outline) => feed(xml, outline, namespaces),
                Child::Folder(name, at) => {
                    xml.push_str("<outline");
                    attribute(xml, "text", name);
                    attribute(xml, "title", name);
                    xml.push_str(">\n");
                    self.folders[*at].write(xml, namespaces, depth + 1);
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
            .any(|(known, value)| known.eq_ignore_ascii_case(name) && !value.is_empty())
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
        // Programs show the text: an empty one is the title.
        let is_replaced = name.eq_ignore_ascii_case("text") && value.is_empty();
        if is_name(name) && is_declared(name, namespaces) && !is_replaced {
            attribute(xml, name, value);
        }
    }
    xml.push_str("/>\n");
}

fn attribute(xml: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = write!(xml, " {name}=\"{}\"", escape(value));
}
