//! HTML's character references: `&eacute;`, `&#233;`, `&#xE9;`.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state>

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use html5ever::data::NAMED_ENTITIES;

/// The longest name between `&` and `;`: HTML's longest has 31 letters.
const MAX_NAME_BYTES: usize = 32;

/// Splits the text behind an `&` into a reference's name and what follows its `;`. `None` where there is no `;` near enough.
pub fn split(text: &str) -> Option<(&str, &str)> {
    let mut start = text.bytes().take(MAX_NAME_BYTES + 1);
    let end = start.position(|byte| byte == b';')?;
    Some((&text[..end], &text[end + 1..]))
}

/// The character of a numeric reference, such as `#233` or `#xE9`; `None` for any other name. As in HTML, the numbers 128 to
/// 159 stand for the characters of windows-1252.
pub fn numeric(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    // Rust's own parser takes a sign, which is no digit.
    let only_digits = digits.chars().all(|c| c.is_digit(radix));
    let code = u32::from_str_radix(digits, radix)
        .ok()
        .filter(|_| only_digits)?;
    match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9f) => WINDOWS_1252.decode(&[byte]).0.chars().next(),
        _ => char::from_u32(code),
    }
}

/// The characters of a named reference, such as `eacute`; `None` for a name that HTML doesn't have.
pub fn named(name: &str) -> Option<String> {
    let (first, second) = NAMED_ENTITIES.get(&format!("{name};"))?;
    let codes = [*first, *second].into_iter().filter(|code| *code != 0);
    Some(codes.filter_map(char::from_u32).collect())
}

/// Resolves every reference in a text; unknown ones stay as they are.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        rest = after;
        let found = split(after).and_then(|(name, after)| {
            let resolved = numeric(name).map(String::from).or_else(|| named(name));
            Some((resolved?, after))
        });
        match found {
            Some((resolved, after)) => {
                out.push_str(&resolved);
                rest = after;
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_once() {
        for (text, expected) in [
            ("a", "a"),
            ("&eacute;&#233;&#xE9;&#Xe9;", "éééé"),
            ("&#146;&#x92;", "’’"),
            ("&amp;lt;", "&lt;"),
            ("AT&T & &nosuch; &#xzz; &", "AT&T & &nosuch; &#xzz; &"),
            ("&#+65;&#x+41;&#-1;", "&#+65;&#x+41;&#-1;"),
            ("&#xD800;&#99999999999;", "&#xD800;&#99999999999;"),
            ("&acE;", "\u{223e}\u{333}"),
        ] {
            assert_eq!(unescape(text), expected, "{text}");
        }
    }
}
