//! Plain text as HTML: its paragraphs, line breaks and links.

use linkify::{LinkFinder, LinkKind};
use url::Url;

/// Escapes text for HTML and XML; control characters that neither may contain are left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    push_escaped(&mut out, text);
    out
}

fn push_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other if is_forbidden(other) => {}
            other => out.push(other),
        }
    }
}

/// Characters that XML 1.0 forbids (section 2.2).
pub fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Most links made in one text.
const MAX_LINKS: usize = 500;

/// A plain text as HTML. Empty lines separate paragraphs, single ones are line breaks, and addresses become links.
///
/// `film` is the address of a film that the text describes: a time stamp at the beginning of a line, such as `1:02:03`,
/// leads into it. Lines that are all indented were broken by whoever formatted the document, so they are joined.
pub fn to_html(text: &str, film: Option<&Url>) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_matches('\n');
    let is_formatted = is_formatted(text);
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut links = 0;
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut paragraph = Vec::new();
    for line in text.lines().map(str::trim).chain([""]) {
        if !line.is_empty() {
            paragraph.push(line);
            continue;
        }
        if paragraph.is_empty() {
            continue;
        }
        out.push_str("<p>");
        for (index, line) in paragraph.drain(..).enumerate() {
            if index > 0 {
                out.push_str(if is_formatted { " " } else { "<br>" });
            }
            push_line(&mut out, line, film, &finder, &mut links);
        }
        out.push_str("</p>");
    }
    out
}

/// Whether every line but the first is indented.
fn is_formatted(text: &str) -> bool {
    let mut lines = text
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .peekable();
    lines.peek().is_some() && lines.all(|line| line.starts_with("  ") || line.starts_with('\t'))
}

fn push_line(
    out: &mut String,
    line: &str,
    film: Option<&Url>,
    finder: &LinkFinder,
    links: &mut usize,
) {
    let line = match film.and_then(|film| time_stamp(line, film)) {
        Some((stamp, address, rest)) => {
            push_link(out, &address, stamp);
            rest
        }
        None => line,
    };
    for span in finder.spans(line) {
        let address = span.as_str();
        let is_web = address.starts_with("http://") || address.starts_with("https://");
        if span.kind().is_some() && is_web && *links < MAX_LINKS {
            *links += 1;
            push_link(out, address, address);
        } else {
            push_escaped(out, address);
        }
    }
}

fn push_link(out: &mut String, address: &str, text: &str) {
    out.push_str("<a href=\"");
    push_escaped(out, address);
    out.push_str("\">");
    push_escaped(out, text);
    out.push_str("</a>");
}

/// The time stamp at the beginning of a line, the address of that moment in the film, and the rest of the line.
fn time_stamp<'l>(line: &'l str, film: &Url) -> Option<(&'l str, String, &'l str)> {
    let bare = line.trim_start_matches(['(', '[']);
    if bare.len() < line.len() {
        // Brackets would have to be closed again.
        return None;
    }
    let end = line
        .find(|c: char| !c.is_ascii_digit() && c != ':')
        .unwrap_or(line.len());
    let (stamp, rest) = line.split_at(end);
    let parts: Vec<&str> = stamp.split(':').collect();
    let is_stamp = (2..=3).contains(&parts.len())
        && (1..=2).contains(&parts[0].len())
        && parts[1..].iter().all(|part| part.len() == 2)
        && !rest.starts_with(char::is_alphanumeric);
    if !is_stamp {
        return None;
    }
    let mut seconds: u32 = 0;
    for part in parts {
        seconds = seconds * 60 + part.parse::<u32>().ok()?;
    }
    let mut moment = film.clone();
    let others: Vec<(String, String)> = film
        .query_pairs()
        .filter(|(name, _)| name != "t")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    moment
        .query_pairs_mut()
        .clear()
        .extend_pairs(others)
        .append_pair("t", &format!("{seconds}s"));
    Some((stamp, moment.into(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_paragraphs_and_links_come_out_as_such() {
        for (text, expected) in [
            ("", ""),
            ("One", "<p>One</p>"),
            (
                "One\nTwo\r\n\r\n\nThree & <b>",
                "<p>One<br>Two</p><p>Three &amp; &lt;b&gt;</p>",
            ),
            (
                "See https://a.example/x?a=1&b=2, or (http://b.example/).",
                "<p>See <a href=\"https://a.example/x?a=1&amp;b=2\">https://a.example/x?a=1&amp;b=2</a>, \
                 or (<a href=\"http://b.example/\">http://b.example/</a>).</p>",
            ),
            (
                "\n   Folded by\n   a program,\n\n   not by a person.\n ",
                "<p>Folded by a program,</p><p>not by a person.</p>",
            ),
            (
                "mailto:a@b.example ftp://c.example/",
                "<p>mailto:a@b.example ftp://c.example/</p>",
            ),
        ] {
            assert_eq!(to_html(text, None), expected, "{text}");
        }
    }

    #[test]
    fn time_stamps_lead_into_the_film() {
        let film = Url::parse("https://www.youtube.com/watch?v=a&t=5").expect("a fixed URL");
        let html = to_html(
            "0:00 Start\n1:02:03 - Later\n12:30pm no\nat 1:00",
            Some(&film),
        );
        assert_eq!(
            html,
            "<p><a href=\"https://www.youtube.com/watch?v=a&amp;t=0s\">0:00</a> Start<br>\
             <a href=\"https://www.youtube.com/watch?v=a&amp;t=3723s\">1:02:03</a> - Later<br>12:30pm no<br>at 1:00</p>"
        );
    }
}
