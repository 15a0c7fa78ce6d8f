//! People's names, in the notations that feeds have for them.

use crate::html::references::unescape;

/// A person's name, and whether it is one: where there is nothing else, the address stands in. `None` for no words at all.
///
/// `a@b.example (Ann)`, `Ann (a@b.example)`, `Ann <a@b.example>` and `"Ann" a@b.example` are Ann. References left by an
/// encoding too many are decoded once.
pub(super) fn name(written: &str) -> Option<(String, bool)> {
    let text = unescape(written);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let line = line.join(" ");
    if line.is_empty() {
        return None;
    }
    if !line.contains('@') {
        return Some((line, true));
    }
    let bare = line.replace("mailto:", "");
    let is_separator = |c: char| matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | '"');
    let parts = bare
        .split(is_separator)
        .map(|part| without_addresses(part).trim().to_owned());
    let named: Vec<String> = parts
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect();
    match named.is_empty() {
        false => Some((named.join(", "), true)),
        true => Some((bare.trim_matches(is_separator).trim().to_owned(), false)),
    }
}

/// The words that aren't mail addresses. A name that itself begins with `@` is a handle.
fn without_addresses(text: &str) -> String {
    let is_address = |word: &&str| {
        let parts = word.split_once('@');
        parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
    };
    let words = text.split(' ').filter(|word| !is_address(word));
    words
        .collect::<Vec<_>>()
        .join(" ")
        .trim_matches([',', ';', '-', ' '])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_goes_where_a_name_is() {
        for (written, expected) in [
            ("Ann Lee", Some(("Ann Lee", true))),
            ("ann@s.example (Ann Lee)", Some(("Ann Lee", true))),
            ("Ann Lee (ann@s.example)", Some(("Ann Lee", true))),
            ("Ann Lee <ann@s.example>", Some(("Ann Lee", true))),
            ("\"Ann Lee\" <ann@s.example>", Some(("Ann Lee", true))),
            ("ann@s.example Ann Lee", Some(("Ann Lee", true))),
            ("<ann@s.example>", Some(("ann@s.example", false))),
            ("mailto:ann@s.example", Some(("ann@s.example", false))),
            ("a@b (Ann)", Some(("Ann", true))),
            (
                "Ann Lee (ann@b.example), Bob Ray (bob@b.example)",
                Some(("Ann Lee, Bob Ray", true)),
            ),
            ("@ann", Some(("@ann", true))),
            ("Zo&#235; O&#8217;Neil", Some(("Zoë O’Neil", true))),
            ("Tom &amp;amp; Co", Some(("Tom &amp; Co", true))),
            (" \n ", None),
        ] {
            let found = name(written);
            let found = found
                .as_ref()
                .map(|(name, is_name)| (name.as_str(), *is_name));
            assert_eq!(found, expected, "{written}");
        }
    }
}
