//! Tags in a text that nobody has parsed.

/// Where the tag that `text` begins with is over: past its `>`, quotes respected. `None` where it isn't.
pub fn end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut previous = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            // Anywhere else a quote is a slip: it begins no value.
            (None, b'"' | b'\'') if previous == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            previous = byte;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_ends_outside_quotes() {
        assert_eq!(end("<a b='>' c=\">\">d"), Some(15));
        assert_eq!(end("<a b = '>'>"), Some(11));
        assert_eq!(end("<a b\">c"), Some(6));
        assert_eq!(end("<a b='>"), None);
    }
}
