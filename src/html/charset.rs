//! Guessing the encoding of documents and pages, whatever they declare.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What is odd about a document's encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surprise {
    /// It was read as this one, and declares another.
    Encoding(&'static str),
    /// It was read as this one, and declares one that doesn't exist.
    UnknownLabel(&'static str),
}

/// How many bytes of a document are searched for its encoding declaration.
const DECLARATION_WITHIN: usize = 512;

/// The text, and a surprise if the encoding differs from the declared one or the declared one is unknown.
///
/// In this order: a byte order mark; the pattern of UTF-16 and UTF-32 without one; UTF-8 if the bytes are valid and not
/// all ASCII, since nothing else looks like it by chance; the document's declaration; the header's charset; UTF-8; and
/// windows-1252, in which every byte is a character. Only the first byte order mark is removed.
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> (String, Option<Surprise>) {
    if let Some(text) = utf_32(bytes) {
        return (text, Some(Surprise::Encoding("UTF-32")));
    }
    let label = declared(bytes);
    let declared = label.as_deref().and_then(of_label);
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None => (guess(bytes, declared, content_type), bytes),
    };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let surprising = declared.is_some_and(|declared| declared != encoding)
        || (declared.is_none() && encoding == WINDOWS_1252);
    if text.contains(is_c1) {
        let text = text.chars().map(from_c1).collect();
        return (text, Some(Surprise::Encoding(WINDOWS_1252.name())));
    }
    let is_unknown = label.is_some() && declared.is_none();
    let odd = if is_unknown {
        Some(Surprise::UnknownLabel(encoding.name()))
    } else {
        surprising.then(|| Surprise::Encoding(encoding.name()))
    };
    (text.into_owned(), odd)
}

/// Control characters that are always a mistake: windows-1252 taken for Latin 1 has them in place of quotes and dashes.
/// Five of its places are empty.
fn is_c1(character: char) -> bool {
    let is_empty = matches!(
        character,
        '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}'
    );
    !is_empty && matches!(character, '\u{80}'..='\u{9f}')
}

fn from_c1(character: char) -> char {
    let byte = u8::try_from(character).ok().filter(|_| is_c1(character));
    let meant = byte.and_then(|byte| WINDOWS_1252.decode(&[byte]).0.chars().next());
    meant.unwrap_or(character)
}

fn guess(
    bytes: &[u8],
    declared: Option<&'static Encoding>,
    content_type: Option<&str>,
) -> &'static Encoding {
    match bytes {
        [b'<', 0, ..] | [_, b'\n', 0, ..] => return UTF_16LE,
        [0, b'<', ..] | [0, b'\n', ..] => return UTF_16BE,
        _ => {}
    }
    let is_utf_8 = std::str::from_utf8(bytes).is_ok();
    if is_utf_8 && !bytes.is_ascii() {
        return UTF_8;
    }
    // 8-bit text that could be read this far isn't UTF-16, whatever is declared.
    let named = declared
        .or_else(|| content_type.and_then(charset))
        .filter(|e| e.is_ascii_compatible());
    match named {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if is_utf_8 => UTF_8,
        _ => WINDOWS_1252,
    }
}

/// The encoding named in the document itself.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = &bytes[..bytes.len().min(DECLARATION_WITHIN)];
    // UTF-16 is read here as ASCII with gaps.
    let start: String = start
        .iter()
        .filter(|b| **b != 0)
        .map(|b| char::from(*b))
        .collect();
    let declaration = start.split_once("<?xml")?.1.split("?>").next()?;
    let value = declaration
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let label = value
        .trim_start_matches(['"', '\''])
        .split(['"', '\'', ' '])
        .next()?;
    Some(label.to_owned())
}

fn of_label(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes())
}

fn charset(content_type: &str) -> Option<&'static Encoding> {
    let at = content_type.to_ascii_lowercase().find("charset=")?;
    let label = content_type[at + "charset=".len()..].split(';').next()?;
    of_label(label.trim_matches(['"', '\'', ' ']))
}

fn utf_32(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 4]) -> u32 = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [b'<', 0, 0, 0, ..] => u32::from_le_bytes,
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, b'<', ..] => u32::from_be_bytes,
        _ => return None,
    };
    let character =
        |four: &[u8; 4]| char::from_u32(read(*four)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let text: String = bytes.as_chunks::<4>().0.iter().map(character).collect();
    Some(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// Decodes a page of any length.
pub fn decode_page(html: &[u8], content_type: Option<&str>) -> String {
    let named = content_type
        .and_then(|value| value.split("charset=").nth(1))
        .map(|name| {
            name.split(';')
                .next()
                .unwrap_or_default()
                .trim_matches(['"', '\'', ' '])
        })
        .or_else(|| meta_charset(html));
    let unnamed = match std::str::from_utf8(html) {
        // An incomplete character at the end is just the cut; otherwise assume the legacy web encoding.
        Err(error) if error.error_len().is_some() => WINDOWS_1252,
        _ => UTF_8,
    };
    let encoding = named
        .and_then(|name| Encoding::for_label(name.as_bytes()))
        .unwrap_or(unnamed);
    encoding.decode(html).0.into_owned()
}

/// How many bytes of a page are searched for its charset, as in browsers.
const CHARSET_WITHIN: usize = 1024;

fn meta_charset(html: &[u8]) -> Option<&str> {
    let start = &html[..html.len().min(CHARSET_WITHIN)];
    let at = start
        .windows(8)
        .position(|bytes| bytes.eq_ignore_ascii_case(b"charset="))?
        + 8;
    let value = std::str::from_utf8(start.get(at..)?.split(|b| !b.is_ascii()).next()?).ok()?;
    let value = value.trim_start_matches(['"', '\'', ' ']);
    value
        .split(['"', '\'', ' ', '>', '/', ';'])
        .next()
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::html::charset::*;

    #[test]
    fn the_bytes_are_believed_before_the_label() {
        let wrong = "<?xml version='1.0' encoding='iso-8859-1'?>é".as_bytes();
        assert_eq!(decode(wrong, None).1, Some(Surprise::Encoding("UTF-8")));
        let unknown = b"<?xml version='1.0' encoding='klingon'?><a>";
        let repair = Some(Surprise::UnknownLabel("UTF-8"));
        assert_eq!(decode(unknown, None).1, repair);
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?>\xe9";
        assert!(decode(latin, None).0.ends_with('é'));
        assert!(decode(b"<a>\xe9", None).0.ends_with('é'));
        assert!(
            decode(b"<a>\xe9", Some("text/xml; charset=iso-8859-2"))
                .0
                .ends_with('é')
        );
        assert_eq!(decode(b"\xff\xfe<\0a\0", None).0, "<a");
        let smart = decode("<a>don\u{92}t".as_bytes(), None);
        let repair = Some(Surprise::Encoding("windows-1252"));
        assert_eq!(smart, ("<a>don’t".to_owned(), repair));
        assert_eq!(decode(b"<\0a\0", None).0, "<a");
        assert_eq!(decode(b"\0\0\0<\0\0\0a", None).0, "<a");
    }
}
