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
    // What needs no escape is copied in runs: the only forbidden characters beyond ASCII begin with 0xEF.
    let is_odd = |byte: &u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | 0xef) || *byte < b' ';
    let mut rest = text;
    while let Some(at) = rest.as_bytes().iter().position(is_odd) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(character) = rest.chars().next() else {
            break;
        };
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other if is_forbidden(other) => {}
            other => out.push(other),
        }
        rest = &rest[character.len_utf8()..];
    }
    out.push_str(rest);
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
    let mut paragraphs = 0;
    let mut paragraph = Vec::new();
    for line in text.lines().map(str::trim).chain([""]) {
        if !line.is_empty() {
            paragraph.push(line);
            continue;
        }
        if paragraph.is_empty() {
            continue;
        }
        paragraphs += 1;
        out.push_str("<p>");
        for (index, line) in paragraph.drain(..).enumerate() {
            if index > 0 {
                out.push_str(if is_formatted { " " } else { "<br>" });
            }
            push_line(&mut out, line, film, &finder, &mut links);
        }
        out.push_str("</p>");
    }
    if paragraphs == 1 {
        // One paragraph is none.
        out = out["<p>".len()..out.len() - "</p>".len()].to_owned();
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
    if !line.contains("://") {
        return push_words(out, line, film);
    }
    for span in finder.spans(line) {
        let address = span.as_str();
        let is_web = address.starts_with("http://") || address.starts_with("https://");
        if span.kind().is_some() && is_web && *links < MAX_LINKS {
            *links += 1;
            push_link(out, address, address);
        } else {
            push_words(out, address, film);
        }
    }
}

/// Words without addresses. The time stamps among them lead into the film.
fn push_words(out: &mut String, words: &str, film: Option<&Url>) {
    let Some(film) = film.filter(|_| words.contains(':')) else {
        return push_escaped(out, words);
    };
    let mut rest = words;
    let mut before = None;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (text, on) = rest.split_at(at);
        push_escaped(out, text);
        before = text.chars().next_back().or(before);
        let end = on
            .find(|c: char| !c.is_ascii_digit() && c != ':')
            .unwrap_or(on.len());
        let (stamp, after) = on.split_at(end);
        let is_apart = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '/' | '-'));
        let is_of_day = ["am", "pm", " am", " pm"].iter().any(|half| {
            after
                .get(..half.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(half))
        });
        match seconds(stamp)
            .filter(|_| is_apart && !is_of_day && !after.starts_with(char::is_alphanumeric))
        {
            Some(seconds) => push_link(out, &moment(film, seconds), stamp),
            None => push_escaped(out, stamp),
        }
        before = stamp.chars().next_back();
        rest = after;
    }
    push_escaped(out, rest);
}

fn push_link(out: &mut String, address: &str, text: &str) {
    out.push_str("<a href=\"");
    push_escaped(out, address);
    out.push_str("\">");
    push_escaped(out, text);
    out.push_str("</a>");
}

/// The seconds that a time stamp stands for, such as `1:02:03`; `None` if it is none.
fn seconds(stamp: &str) -> Option<u32> {
    let parts: Vec<&str> = stamp.split(':').collect();
    let is_stamp = (2..=3).contains(&parts.len())
        && (1..=2).contains(&parts[0].len())
        && parts[1..].iter().all(|part| part.len() == 2);
    let mut seconds: u32 = 0;
    for part in parts {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    is_stamp.then_some(seconds)
}

/// The address of a moment in a film.
fn moment(film: &Url, seconds: u32) -> String {
    let mut moment = film.clone();
    if film
        .host_str()
        .is_some_and(|host| host.ends_with("vimeo.com"))
    {
        moment.set_fragment(Some(&format!("t={seconds}s")));
        return moment.into();
    }
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
    moment.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_paragraphs_and_links_come_out_as_such() {
        for (text, expected) in [
            ("", ""),
            ("One", "One"),
            (
                "One\nTwo\r\n\r\n\nThree & <b>",
                "<p>One<br>Two</p><p>Three &amp; &lt;b&gt;</p>",
            ),
            (
                "See https://a.example/x?a=1&b=2, or (http://b.example/).",
                "See <a href=\"https://a.example/x?a=1&amp;b=2\">https://a.example/x?a=1&amp;b=2</a>, \
                 or (<a href=\"http://b.example/\">http://b.example/</a>).",
            ),
            (
                "\n   Folded by\n   a program,\n\n   not by a person.\n ",
                "<p>Folded by a program,</p><p>not by a person.</p>",
            ),
            (
                "mailto:a@b.example ftp://c.example/",
                "mailto:a@b.example ftp://c.example/",
            ),
        ] {
            assert_eq!(to_html(text, None), expected, "{text}");
        }
    }

    #[test]
    fn time_stamps_lead_into_the_film() {
        let film = Url::parse("https://www.youtube.com/watch?v=a&t=5").expect("a fixed URL");
        let at = |seconds: u32, stamp: &str| {
            format!("<a href=\"https://www.youtube.com/watch?v=a&amp;t={seconds}s\">{stamp}</a>")
        };
        for (line, expected) in [
            ("0:00 Start", format!("{} Start", at(0, "0:00"))),
            (
                "(1:02:03) Later",
                format!("({}) Later", at(3_723, "1:02:03")),
            ),
            (
                "• 5:06 - 7:08 Both",
                format!("• {} - {} Both", at(306, "5:06"), at(428, "7:08")),
            ),
            ("Intro 9:10", format!("Intro {}", at(550, "9:10"))),
            (
                "12:30pm, 1:00 PM, 10.5:00, v1:20, 123:45",
                "12:30pm, 1:00 PM, 10.5:00, v1:20, 123:45".to_owned(),
            ),
        ] {
            assert_eq!(to_html(line, Some(&film)), expected, "{line}");
        }
        let vimeo = Url::parse("https://vimeo.com/1").expect("a fixed URL");
        assert_eq!(
            to_html("1:02", Some(&vimeo)),
            "<a href=\"https://vimeo.com/1#t=62s\">1:02</a>"
        );
        assert_eq!(to_html("1:02", None), "1:02");
    }
}
