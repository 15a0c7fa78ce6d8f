//! Names and titles as one sees them: without characters that can't be seen, or that make others look different.

/// Cleans a name; what has nothing visible left is empty.
///
/// Control characters go (line breaks become spaces), and so do marks that turn the direction of what follows or
/// overwrite it (UAX #9, section 2), which could make a name look like another, or swallow the page's own words.
/// Marks that only join or separate letters stay: Persian and emoji need them.
pub fn visible(text: &str) -> String {
    let spaced = text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
        c if c.is_control()
            || turns_direction(c)
            || matches!(c, '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}') =>
        {
            None
        }
        c => Some(c),
    });
    let text: String = spaced.collect();
    match text.chars().all(is_unseen) {
        true => String::new(),
        false => text
            .trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}')
            .to_owned(),
    }
}

/// Embeddings, overrides and isolates, and their ends.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character leaves nothing on the page: spaces, joiners, fillers, tags.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Text for a terminal, which obeys control characters: they are written as escapes.
pub fn for_terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() || turns_direction(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_goes_and_the_rest_stays() {
        for (text, seen) in [
            ("Plain", "Plain"),
            ("a\u{0}b\u{1b}[31mc\u{7f}\u{9b}d", "ab[31mcd"),
            ("two\r\nlines\tand", "two  lines and"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("\u{2067}a\u{2069}", "a"),
            ("\u{200b}\u{2800}\u{3164} \u{ad}\u{e0041}", ""),
            ("\u{feff}Title", "Title"),
            // Persian needs its joiner, families theirs, and a Hebrew mark only places a full stop.
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}👧", "👩\u{200d}👧"),
            ("שלום!\u{200f}", "שלום!\u{200f}"),
            ("", ""),
        ] {
            assert_eq!(visible(text), seen, "{text:?}");
        }
    }

    #[test]
    fn a_terminal_gets_no_orders() {
        assert_eq!(
            for_terminal("a\u{1b}[2Jb\u{202e}c\n\td"),
            "a\\u{1b}[2Jb\\u{202e}c\n\td"
        );
    }
}
