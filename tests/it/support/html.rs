//! Extracts the visible content of pages.

/// One article in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) read: bool,
}

/// The text between two marks, the first time.
pub(super) fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// An attribute's value in the first tag that has `mark` in it.
pub(crate) fn attribute(html: &str, mark: &str, name: &str) -> Option<String> {
    let place = html.find(mark)?;
    let start = html[..place].rfind('<')?;
    let tag = &html[start..start + html[start..].find('>')?];
    between(tag, &format!(" {name}=\"{}", ""), "\"").map(unescape)
}

/// The list's lines.
pub(super) fn lines(html: &str) -> Vec<Line> {
    let pieces = html.split("<li class=\"line").skip(1);
    pieces
        .map(|piece| {
            let open = between(piece, "<a class=\"line-open\"", "</a>").unwrap();
            Line {
                id: between(piece, "data-id=\"", "\"").unwrap().to_owned(),
                href: unescape(between(open, "href=\"", "\"").unwrap()),
                title: unescape(open.split_once('>').unwrap().1),
                read: piece.starts_with(" is-read"),
            }
        })
        .collect()
}

/// Text without its character references: those that the templates write.
pub(crate) fn unescape(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
