//! The text of a list: its encoding, references and quotes.

/// Normalizes white space as XML does, and drops control characters, which can't be written back.
pub(super) fn tidy(text: &str) -> String {
    let spaced = text.chars().map(|c| {
        if matches!(c, '\t' | '\n' | '\r') {
            ' '
        } else {
            c
        }
    });
    spaced
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Whether XML allows this as an attribute's name.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(is_name_character)
        && !name.ends_with(':')
}

/// Whether the prefix of a name, if any, is declared by the list. A strict program rejects lists with undeclared ones.
pub(super) fn is_declared(name: &str, namespaces: &[(String, String)]) -> bool {
    name.split_once(':').is_none_or(|(prefix, _)| {
        prefix == "xml" || namespaces.iter().any(|(known, _)| known == prefix)
    })
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

/// Text as XML has it between tags and between double quotes.
pub fn escape(text: &str) -> String {
    let clean = tidy(text);
    clean
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Escapes bare quotes within an outline's values, as in `text="The "best" of"`.
///
/// A quote ends a value only if the end of the tag or the next attribute follows.
pub(super) fn mend_quotes(text: &str) -> String {
    const TAG: &str = "<outline";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        if !tag
            .get(..TAG.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(TAG))
        {
            out.push('<');
            rest = &tag[1..];
            continue;
        }
        let mut quote = None;
        let mut previous = ' ';
        let mut end = tag.len();
        for (at, character) in tag.char_indices() {
            match quote {
                None if character == '>' => {
                    end = at;
                    break;
                }
                None if matches!(character, '"' | '\'') && previous == '=' => {
                    quote = Some(character)
                }
                Some(open) if open == character && ends_value(&tag[at + 1..]) => quote = None,
                Some('"') if character == '"' => {
                    out.push_str("&quot;");
                    continue;
                }
                Some('\'') if character == '\'' => {
                    out.push_str("&#39;");
                    continue;
                }
                _ => {}
            }
            out.push(character);
            if !character.is_whitespace() {
                previous = character;
            }
        }
        rest = &tag[end..];
    }
    out.push_str(rest);
    out
}

/// Whether the text after a quote can follow a value: the next attribute, or the end of the tag and another tag of a
/// list. A link within a description ends in `">` as well.
fn ends_value(after: &str) -> bool {
    const FOLLOWERS: &[&str] = &["<outline", "</outline", "</body", "</opml", "<!--"];
    let after = after.trim_start();
    if let Some(beyond) = after.strip_prefix('/').unwrap_or(after).strip_prefix('>') {
        let beyond = beyond.trim_start();
        let follows = |tag: &&str| {
            beyond
                .get(..tag.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(tag))
        };
        return beyond.is_empty() || FOLLOWERS.iter().any(follows);
    }
    let end = after
        .find(|c: char| !is_name_character(c))
        .unwrap_or(after.len());
    let value = after[end..].trim_start().strip_prefix('=');
    end > 0 && value.is_some_and(|value| value.trim_start().starts_with(['"', '\'']))
}
