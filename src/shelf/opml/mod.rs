//! OPML, the format in which readers exchange lists of feeds.
//!
//! Parsing is lenient, because fifteen years of lists are not well-formed: a bare `&`, unclosed tags, names in any
//! case. Everything is kept, attributes of other programs included, so that an imported list can be exported without
//! loss.

mod pass;
mod read;
mod text;
mod write;

use thiserror::Error;

pub use pass::{attribute_of, is_pass, pass_of};
pub use read::read;
pub use text::escape;
pub use write::write;

/// Largest list accepted, in bytes. One with 10,000 feeds has about 3 MB.
const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// Deepest nesting accepted. Programs that show folders stop at a handful.
const DEEPEST: usize = 50;

/// Most attributes kept of one outline.
const MAX_ATTRIBUTES: usize = 64;

/// One feed in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Its folders, the outermost first.
    pub folder: Vec<String>,
    /// Its `title`, otherwise its `text`.
    pub title: Option<String>,
    /// Its address, as written.
    pub xml_url: String,
    /// Its site, as written.
    pub html_url: Option<String>,
    /// Every other attribute in order, names as written; `text` and `type` only if they differ from what [`write()`]
    /// would write itself.
    pub attributes: Vec<(String, String)>,
    /// Its position among the feeds, from 1.
    pub line: u32,
}

/// A list of feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opml {
    /// The title of the list.
    pub title: Option<String>,
    /// The prefixes declared on the root, with their namespaces.
    pub namespaces: Vec<(String, String)>,
    /// The feeds in order.
    pub outlines: Vec<Outline>,
    /// What the user should know about problems in the file.
    pub notes: Vec<String>,
}

/// Why a list was rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpmlError {
    /// Not a list of feeds.
    #[error("this is not a list of feeds (OPML): it {0}")]
    NotOpml(String),
    /// Larger than the limit.
    #[error("the list is larger than 10 MiB. Split it, and import the parts")]
    TooLarge,
    /// Folders nested deeper than the limit.
    #[error("the list nests its folders more than 50 deep. Flatten it, and try again")]
    TooDeep,
    /// More feeds than the limit.
    #[error("The file lists more than 6,000 feeds. Split it, and import the parts.")]
    TooMany,
    /// A list without a single feed.
    #[error("the list holds no feeds: none of its lines has an “xmlUrl”")]
    NoFeeds,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const LIST: &str = r#"<OPML xmlns:x="urn:x"><head><title>A & B</title></head><body>
        <outline text="News & more"><outline TEXT="One" XMLURL="http://a.example/?a=1&b=2" x:n="1" type="rss"/>
        <outline text="t" title="Two" xmlUrl="http://b.example/" htmlUrl="http://b.example/"></outline>
        </outline><outline xmlurl='http://c.example/'/></body></OPML>"#;

    #[test]
    fn a_sloppy_list_is_read_whole() {
        let list = read(LIST.as_bytes()).expect("a list");
        assert_eq!(list.title.as_deref(), Some("A & B"));
        assert_eq!(list.namespaces, [("x".to_owned(), "urn:x".to_owned())]);
        let [one, two, three] = list.outlines.as_slice() else {
            panic!("{:?}", list.outlines)
        };
        assert_eq!(
            (one.folder.as_slice(), one.title.as_deref()),
            (&["News & more".to_owned()][..], Some("One"))
        );
        assert_eq!(one.xml_url, "http://a.example/?a=1&b=2");
        assert_eq!(one.attributes, [("x:n".to_owned(), "1".to_owned())]);
        assert_eq!(two.attributes, [("text".to_owned(), "t".to_owned())]);
        assert_eq!(
            (three.folder.len(), three.title.as_deref(), three.line),
            (0, None, 3)
        );
    }

    #[test]
    fn a_bare_quote_ends_no_value() {
        let list = r#"<opml><outline text="The 3.5" disk" xmlUrl="http://a/"/><outline xmlUrl="http://b/"/>"#;
        let list = read(list.as_bytes()).expect("a list");
        assert_eq!(list.outlines.len(), 2);
        assert_eq!(list.outlines[0].title.as_deref(), Some("The 3.5\" disk"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let list = read(LIST.as_bytes()).expect("a list");
        let again = write(
            "A & B",
            &list.namespaces,
            &list.outlines,
            DateTime::UNIX_EPOCH,
        );
        assert_eq!(read(again.as_bytes()), Ok(list));
    }

    #[test]
    fn an_attribute_of_no_namespace_is_left_out() {
        let list = r#"<opml><outline xmlUrl="http://a/" x:n="1" xml:lang="de"/></opml>"#;
        let list = read(list.as_bytes()).expect("a list");
        let kept = [("xml:lang".to_owned(), "de".to_owned())];
        assert_eq!(list.outlines[0].attributes, kept);
        let again = write("", &list.namespaces, &list.outlines, DateTime::UNIX_EPOCH);
        assert_eq!(read(again.as_bytes()), Ok(list));
    }

    #[test]
    fn a_prefix_that_is_none_is_not_kept() {
        let list = r#"<opml xmlns:="v" xmlns:a:b="w" xmlns:x="urn:x"><outline xmlUrl="http://a/"/></opml>"#;
        let list = read(list.as_bytes()).expect("a list");
        assert_eq!(list.namespaces, [("x".to_owned(), "urn:x".to_owned())]);
    }

    #[test]
    fn other_files_are_refused_by_name() {
        let refusal = read(b"<html><body>").unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "this is not a list of feeds (OPML): it begins with “<html>”"
        );
        assert_eq!(read(b"<opml><body/></opml>"), Err(OpmlError::NoFeeds));
        let deep = format!("<opml>{}", "<outline text='a'>".repeat(60));
        assert_eq!(read(deep.as_bytes()), Err(OpmlError::TooDeep));
    }

    #[test]
    fn lines_are_counted_once() {
        let long = format!(
            "<opml><body>{}<outline xmlUrl=\"http://a/\"/></body></opml>",
            "<outline/>\n".repeat(100_000)
        );
        assert_eq!(read(long.as_bytes()).expect("a list").outlines.len(), 1);
    }

    #[test]
    fn folders_that_nobody_closes_are_no_nesting() {
        let folders: String = (0..60)
            .map(|n| format!("<outline text=\"F{n}\"><outline xmlUrl=\"http://a/{n}\"/>"))
            .collect();
        let list = read(format!("<opml><body>{folders}").as_bytes()).expect("a list");
        assert_eq!(list.outlines.len(), 60);
        assert_eq!(list.outlines[59].folder, ["F59"]);
    }
}
