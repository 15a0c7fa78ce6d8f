//! Guessing the encoding of documents and pages, whatever they declare.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What is odd about a document's encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surprise {
    /// It was read as this one, and declares another.
    Encoding(&'static str),
    /// It was read as this one, and declares one that doesn't exist.
    UnknownLabel(&'static str),
    /// It is UTF-8 but for some bytes, which were replaced one by one.
    BadBytes,
}

/// How many bytes of a document are searched for its encoding declaration.
const DECLARATION_WITHIN: usize = 512;

/// The text, and a surprise if the encoding differs from the declared one or the declared one is unknown.
///
/// In this order: a byte order mark; the pattern of UTF-16 and UTF-32 without one; UTF-8 if the bytes are valid and not
/// all ASCII, since nothing else looks like it by chance, or if its characters outnumber the bytes that aren't valid;
/// the document's declaration; the header's charset; the escapes of ISO-2022-JP; UTF-8; and windows-1252, in which every
/// byte is a character. Only the first byte order mark is removed.
pub fn decode<'b>(bytes: &'b [u8], content_type: Option<&str>) -> (Cow<'b, str>, Option<Surprise>) {
    if let Some(text) = utf_32(bytes) {
        return (text.into(), Some(Surprise::Encoding("UTF-32")));
    }
    let label = declared(bytes);
    let declared = label.as_deref().and_then(of_label);
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Guess::Is(encoding), &bytes[length..]),
        None => (guess(bytes, declared, content_type), bytes),
    };
    let (text, encoding) = match encoding {
        Guess::Mixed(text) => return (text.into(), Some(Surprise::BadBytes)),
        Guess::Is(encoding) if encoding == UTF_8 => match mixed_utf_8(bytes) {
            Some(mixed) => return (mixed.text.into(), Some(Surprise::BadBytes)),
            None => (encoding.decode_without_bom_handling(bytes).0, encoding),
        },
        Guess::Is(encoding) => (encoding.decode_without_bom_handling(bytes).0, encoding),
    };
    let surprising = declared.is_some_and(|declared| declared != encoding)
        || (declared.is_none() && encoding == WINDOWS_1252);
    if has_c1(&text) {
        let text: String = text.chars().map(from_c1).collect();
        return (text.into(), Some(Surprise::Encoding(WINDOWS_1252.name())));
    }
    let is_unknown = label.is_some() && declared.is_none();
    let odd = if is_unknown {
        Some(Surprise::UnknownLabel(encoding.name()))
    } else {
        surprising.then(|| Surprise::Encoding(encoding.name()))
    };
    (text, odd)
}

/// What the bytes are.
enum Guess {
    Is(&'static Encoding),
    /// UTF-8 but for some bytes, already decoded.
    Mixed(String),
}

/// Text that is UTF-8 but for some bytes.
struct Mixed {
    text: String,
    /// Characters of more than one byte.
    characters: usize,
    /// Runs of bytes that belong to none: a character cut off is one, however many bytes are left of it.
    bad: usize,
}

/// Decodes UTF-8 with bytes that don't belong; `None` if every byte does.
///
/// A surrogate pair in two sequences of three bytes (CESU-8) is its character. A bad byte is the windows-1252 character
/// that it would be, or U+FFFD where there is none; of a character cut off where its text ends, only U+FFFD is left.
fn mixed_utf_8(bytes: &[u8]) -> Option<Mixed> {
    let mut rest = bytes;
    let mut mixed: Option<Mixed> = None;
    loop {
        let (valid, length) = match std::str::from_utf8(rest) {
            Ok(text) if mixed.is_none() => {
                debug_assert_eq!(text.len(), bytes.len());
                return None;
            }
            Ok(text) => (text, None),
            Err(error) => {
                let valid = std::str::from_utf8(&rest[..error.valid_up_to()]);
                (valid.unwrap_or_default(), Some(error.error_len()))
            }
        };
        let mixed = mixed.get_or_insert_with(|| Mixed {
            text: String::with_capacity(bytes.len()),
            characters: 0,
            bad: 0,
        });
        let is_valid_before = !valid.is_empty() || mixed.text.is_empty();
        mixed.text.push_str(valid);
        mixed.characters += valid.chars().filter(|c| !c.is_ascii()).count();
        rest = &rest[valid.len()..];
        let Some(length) = length else {
            break;
        };
        if let Some(character) = surrogate_pair(rest) {
            mixed.text.push(character);
            mixed.characters += 1;
            rest = &rest[6..];
            continue;
        }
        let (bad, after) = rest.split_at(length.unwrap_or(rest.len()).clamp(1, rest.len()));
        mixed.bad += usize::from(is_valid_before);
        if bad.len() > 1 && ends_a_text(after) {
            mixed.text.push(char::REPLACEMENT_CHARACTER);
        } else {
            mixed.text.extend(bad.iter().map(|&byte| of_byte(byte)));
        }
        rest = after;
    }
    mixed
}

/// Whether a text is over here, so that a character before it was cut off.
fn ends_a_text(after: &[u8]) -> bool {
    let after = after.trim_ascii_start();
    let ends: [&[u8]; 5] = [b"<", b"]]>", b"...", b"[", "…".as_bytes()];
    after.is_empty() || ends.iter().any(|end| after.starts_with(end))
}

fn of_byte(byte: u8) -> char {
    let character = WINDOWS_1252
        .decode_without_bom_handling(&[byte])
        .0
        .chars()
        .next();
    let is_one = |character: &char| !('\u{80}'..='\u{9f}').contains(character);
    character
        .filter(is_one)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The character of a surrogate pair written as two sequences of three bytes.
///
/// <https://www.unicode.org/reports/tr26/>
fn surrogate_pair(bytes: &[u8]) -> Option<char> {
    let &[
        0xed,
        high @ 0xa0..=0xaf,
        high_low @ 0x80..=0xbf,
        0xed,
        low @ 0xb0..=0xbf,
        low_low @ 0x80..=0xbf,
        ..,
    ] = bytes
    else {
        return None;
    };
    let unit =
        |middle: u8, last: u8| 0xd000 | u16::from(middle & 0x3f) << 6 | u16::from(last & 0x3f);
    let pair = [unit(high, high_low), unit(low, low_low)];
    char::decode_utf16(pair).next()?.ok()
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

fn has_c1(text: &str) -> bool {
    // All of them are written as 0xC2 and a byte that is the character's number.
    let mut pairs = text.as_bytes().windows(2);
    pairs.any(|pair| pair[0] == 0xc2 && pair[1] < 0xa0 && is_c1(char::from(pair[1])))
}

fn guess(bytes: &[u8], declared: Option<&'static Encoding>, content_type: Option<&str>) -> Guess {
    if let Some(encoding) = utf_16(bytes) {
        return Guess::Is(encoding);
    }
    if !bytes.is_ascii() {
        match mixed_utf_8(bytes) {
            None => return Guess::Is(UTF_8),
            Some(mixed) if mixed.characters > mixed.bad => return Guess::Mixed(mixed.text),
            Some(_) => {}
        }
    }
    // 8-bit text that could be read this far isn't UTF-16, whatever is declared.
    let is_possible =
        |encoding: &&'static Encoding| encoding.is_ascii_compatible() || *encoding == ISO_2022_JP;
    let named = declared.or_else(|| content_type.and_then(charset));
    let named = named.filter(|encoding| is_possible(encoding) && *encoding != REPLACEMENT);
    Guess::Is(match named {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if shifts_to_japanese(bytes) => ISO_2022_JP,
        _ if bytes.is_ascii() => UTF_8,
        _ => WINDOWS_1252,
    })
}

/// The byte order of UTF-16 without a mark: in its markup, every other byte is 0.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    /// How many bytes are looked at.
    const LOOK: usize = 256;
    let (pairs, _) = bytes[..bytes.len().min(LOOK)].as_chunks::<2>();
    let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let is_most = |zeros: usize| zeros * 2 > pairs.len();
    match () {
        () if is_most(second) && first == 0 => Some(UTF_16LE),
        () if is_most(first) && second == 0 => Some(UTF_16BE),
        () => None,
    }
}

/// Whether the bytes are ASCII with ISO-2022-JP's escapes to JIS X 0208 (RFC 1468).
fn shifts_to_japanese(bytes: &[u8]) -> bool {
    let begins = |escape: &[u8]| escape[0] == 0x1b && matches!(&escape[1..], b"$B" | b"$@");
    bytes.is_ascii() && bytes.contains(&0x1b) && bytes.windows(3).any(begins)
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
    if let Some(mixed) = mixed_utf_8(html)
        && mixed.characters > mixed.bad
    {
        return mixed.text.trim_start_matches('\u{feff}').to_owned();
    }
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
        assert_eq!(smart, ("<a>don’t".into(), repair));
        assert_eq!(decode(b"<\0a\0", None).0, "<a");
        assert_eq!(decode(b"\0\0\0<\0\0\0a", None).0, "<a");
    }
    #[test]
    fn a_bad_byte_spoils_only_itself() {
        let label =
            |name: &str| format!("<?xml version='1.0' encoding='{name}'?><a>Grüße aus 東京 ");
        for name in ["utf-8", "iso-8859-1", "shift_jis", "klingon"] {
            for (bytes, expected) in [
                (&b"caf\xe9"[..], "café"),
                (b"\x81", "\u{fffd}"),
                (b"\x93so\x94", "“so”"),
                (b"cut \xe2\x80</a>", "cut \u{fffd}</a>"),
                (b"cut \xf0\x9f\x98", "cut \u{fffd}"),
                (b"\xc0\xaf", "À¯"),
                (b"\xed\xa0\xbd\xed\xb8\x80", "😀"),
                (b"\xed\xa0\xbd", "í\u{a0}½"),
            ] {
                let head = label(name);
                let all = [head.as_bytes(), bytes].concat();
                let (text, surprise) = decode(&all, None);
                assert_eq!(text, format!("{head}{expected}"), "{name}");
                assert_eq!(surprise, Some(Surprise::BadBytes));
                assert!(
                    decode_page(&all, Some("text/html; charset=iso-8859-1")).ends_with(expected)
                );
            }
        }
        let marked = [b"\xef\xbb\xbf", "é".as_bytes(), b"\xe9"].concat();
        assert_eq!(decode(&marked, None).0, "éé");
        // More bad bytes than characters: it was another encoding all along.
        assert_eq!(decode(b"<a>\xc3\xa9 \xe9 \xe8 \xe7", None).0, "<a>Ã© é è ç");
    }

    #[test]
    fn what_shifts_its_meaning_is_read() {
        let shifted = b"<a>\x1b$BF|K\\\x1b(B";
        for label in ["iso-2022-jp", "utf-8", "csISO2022JP"] {
            let document = [format!("<?xml encoding='{label}'?>").as_bytes(), shifted].concat();
            assert!(decode(&document, None).0.ends_with("<a>日本"), "{label}");
        }
        let typed = decode(shifted, Some("text/xml; charset=iso-2022-jp"));
        assert_eq!(typed, ("<a>日本".into(), None));
    }

    #[test]
    fn utf_16_needs_no_mark() {
        for text in ["<opml><body/>", " \n <rss>日本</rss>", "\u{feff}<a>"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let text = text.trim_start_matches('\u{feff}');
            assert_eq!(decode(&little, None).0, text);
            assert_eq!(decode(&big, None).0, text);
        }
    }
}
