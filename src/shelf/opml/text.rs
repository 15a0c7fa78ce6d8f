//! The letters of a list: their encoding, references and quotes.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use html5ever::data::NAMED_ENTITIES;

/// The text, by its byte order mark, its declaration, as UTF-8, or as windows-1252.
pub(super) fn decode(bytes: &[u8]) -> String {
    /// How far into the list its declaration is looked for, in bytes.
    const DECLARATION_WITHIN: usize = 200;
    let start: String = bytes
        .iter()
        .take(DECLARATION_WITHIN)
        .map(|byte| char::from(*byte))
        .collect();
    let label = start.split("?>").next().and_then(|declaration| {
        let value = declaration
            .split_once("encoding")?
            .1
            .trim_start_matches(['=', ' ', '"', '\'']);
        value.split(['"', '\'', ' ']).next()
    });
    let declared = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = match declared {
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        Some(declared) if declared != UTF_8 => declared,
        _ => WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

/// Resolves references, HTML's names included; whatever is none stays as it is.
pub(super) fn unescape(text: &str) -> String {
    /// HTML's longest name has 31 letters.
    const LONGEST_NAME: usize = 32;
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .bytes()
            .take(LONGEST_NAME + 1)
            .position(|byte| byte == b';');
        match end.and_then(|end| Some((resolve(&part[..end])?, &part[end + 1..]))) {
            Some((resolved, rest)) => {
                out.push_str(&resolved);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

fn resolve(name: &str) -> Option<String> {
    if let Some(digits) = name.strip_prefix('#') {
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => digits.parse().ok()?,
        };
        return char::from_u32(code).map(String::from);
    }
    let (first, second) = NAMED_ENTITIES.get(&format!("{name};"))?;
    Some(
        [*first, *second]
            .into_iter()
            .filter(|code| *code != 0)
            .filter_map(char::from_u32)
            .collect(),
    )
}

/// White space as XML would hand it on, and no control characters: they cannot be written back.
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

/// Whether the prefix of a name, if it has one, is declared by the list. A strict program refuses lists with others.
pub(super) fn is_declared(name: &str, namespaces: &[(String, String)]) -> bool {
    name.split_once(':').is_none_or(|(prefix, _)| {
        prefix == "xml" || namespaces.iter().any(|(known, _)| known == prefix)
    })
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

pub(super) fn escape(text: &str) -> String {
    let clean = tidy(text);
    clean
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Escapes the quotes that stand bare within an outline's values, as in `text="The "best" of"`.
///
/// A quote ends a value only where the tag ends or the next attribute begins after it.
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

/// Whether what follows a quote can follow a value: the next attribute, or the end of the tag and
/// another tag of such a list. A link within a description ends in `">` as well.
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
