//! What counts as a picture: decided by its first bytes, never by its name or content type.

use sha2::{Digest, Sha256};

use crate::html::pictures;
use crate::random::hex;

/// Largest stored icon, in bytes.
pub const STORED_BYTES: usize = 32 * 1_024;
/// The width in pixels to which a multi-size icon is reduced, or the next above: a small square on a dense screen.
const WIDTH: u16 = 48;
/// Most sizes of one ICO considered.
const MAX_SIZES: u16 = 64;

/// An image in a format that browsers show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// PNG, ICO, GIF, JPEG, WebP or SVG.
    bytes: Vec<u8>,
    mime: &'static str,
}

impl Picture {
    /// Accepts an icon file; `None` if its format is unknown or it exceeds 32 KiB. A larger ICO is reduced to one of
    /// its sizes.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let mime = sniff(&bytes)?;
        let bytes = match mime {
            "image/x-icon" if bytes.len() > STORED_BYTES => one_size(&bytes)?,
            _ => bytes,
        };
        (bytes.len() <= STORED_BYTES).then_some(Self { bytes, mime })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its name, by its content: half of its SHA-256 in hexadecimal.
    pub fn name(&self) -> String {
        hex(&Sha256::digest(&self.bytes)[..16])
    }

    /// The media type by its own bytes: `image/png` and so on.
    pub fn mime(&self) -> &'static str {
        self.mime
    }
}

/// The format by its first bytes, as in the MIME Sniffing Standard (section 6.1); SVG by its first element.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, 0, 1, 0, count, more, ..] if (*count, *more) != (0, 0) => Some("image/x-icon"),
        _ => pictures::sniff(bytes).or_else(|| is_svg(bytes).then_some("image/svg+xml")),
    }
}

/// Whether the first element is `svg`. Another document type is rejected, and so is one with an internal subset:
/// entities can expand.
fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        let Some((before, after)) = rest.split_once(end) else {
            return false;
        };
        let is_svgs = || {
            let name = before.split_ascii_whitespace().nth(1);
            name.is_some_and(|name| name.eq_ignore_ascii_case("svg")) && !before.contains('[')
        };
        if end == ">" && !is_svgs() {
            return false;
        }
        rest = after.trim_start();
    }
    let element = rest.strip_prefix("<svg");
    element.is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '>', '/']))
}

/// An ICO reduced to one of its images: the smallest that is wide enough, otherwise the widest.
///
/// The format: six bytes with the count at the fourth, then 16 bytes per image, with its width (0 for 256) at the
/// first, its length at the eighth and its offset in the file at the twelfth, all little-endian.
fn one_size(bytes: &[u8]) -> Option<Vec<u8>> {
    let number = |at: usize| -> Option<usize> {
        let four = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(four)).ok()
    };
    let count = u16::from_le_bytes(bytes.get(4..6)?.try_into().ok()?).min(MAX_SIZES);
    let entries = (0..usize::from(count)).filter_map(|nth| {
        let at = 6 + 16 * nth;
        let width = match *bytes.get(at)? {
            0 => 256,
            width => u16::from(width),
        };
        let start = number(at + 12)?;
        let picture = bytes.get(start..start.checked_add(number(at + 8)?)?)?;
        let fits = !picture.is_empty() && picture.len() + 22 <= STORED_BYTES;
        fits.then_some((width, bytes.get(at..at + 12)?, picture))
    });
    let best = |width: u16| match width {
        0..WIDTH => (1, WIDTH - width),
        _ => (0, width),
    };
    let (_, entry, picture) = entries.min_by_key(|(width, _, _)| best(*width))?;
    let head: [u8; 6] = [0, 0, 1, 0, 1, 0];
    Some([&head, entry, &22_u32.to_le_bytes(), picture].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        for (bytes, mime) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"GIF89a......", Some("image/gif")),
            (b"\xff\xd8\xff\xe0....", Some("image/jpeg")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"\0\0\x01\0\x01\0........", Some("image/x-icon")),
            (b"\0\0\x01\0\0\0", None),
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                Some("image/svg+xml"),
            ),
            (
                b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE svg PUBLIC 'a' 'b'>\n<svg\n>",
                Some("image/svg+xml"),
            ),
            (b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg>&a;</svg>", None),
            (b"<!DOCTYPE html><svg></svg>", None),
            (
                b"<!DOCTYPE html><html><body><svg></svg></body></html>",
                None,
            ),
            (b"<svgx>", None),
            (b"<!--", None),
            (b"BM....", None),
            (b"", None),
        ] {
            let found = Picture::new(bytes.to_vec());
            assert_eq!(
                found.map(|picture| picture.mime()),
                mime,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    /// An ICO of images with these widths and lengths.
    fn ico(sizes: &[(u8, usize)]) -> Vec<u8> {
        let mut file = vec![0, 0, 1, 0, u8::try_from(sizes.len()).unwrap(), 0];
        let mut start = 6 + 16 * sizes.len();
        for (width, length) in sizes {
            file.extend([*width, *width, 0, 0, 1, 0, 32, 0]);
            file.extend(u32::try_from(*length).unwrap().to_le_bytes());
            file.extend(u32::try_from(start).unwrap().to_le_bytes());
            start += length;
        }
        for (width, length) in sizes {
            file.extend(std::iter::repeat_n(*width, *length));
        }
        file
    }

    #[test]
    fn a_large_ico_is_reduced_to_one_size() {
        let small = ico(&[(16, 1_000), (32, 4_000)]);
        assert_eq!(Picture::new(small.clone()).unwrap().bytes(), small);
        for (sizes, kept) in [
            (
                &[(16, 1_000), (64, 9_000), (48, 8_000), (0, 70_000)][..],
                48,
            ),
            (&[(16, 1_000), (32, 4_000), (0, 70_000)], 32),
            (&[(0, 20_000), (128, 20_000)], 128),
        ] {
            let reduced = Picture::new(ico(sizes)).unwrap();
            let length = sizes.iter().find(|(width, _)| *width == kept).unwrap().1;
            assert_eq!(reduced.bytes(), ico(&[(kept, length)]));
        }
        assert_eq!(Picture::new(ico(&[(0, 70_000)])), None);
        // One that refers to bytes beyond its end.
        let mut lies = ico(&[(48, 40_000)]);
        lies.truncate(35_000);
        assert_eq!(Picture::new(lies), None);
        assert_eq!(
            Picture::new([b"GIF89a".to_vec(), vec![0; 40_000]].concat()),
            None
        );
    }
}
