//! Pictures: their addresses in a text, and what they are by their own bytes.

use super::tags::{Part, parts};

/// The addresses of the pictures in cleaned HTML, in order.
pub fn addresses(html: &str) -> Vec<String> {
    let images = parts(html).filter_map(|part| match part {
        Part::Tag(tag) if tag.is("img") && !tag.closes => Some(tag),
        _ => None,
    });
    images
        .flat_map(|tag| tag.attributes())
        .filter(|(name, _)| *name == "src")
        .map(|(_, value)| value.into_owned())
        .collect()
}

/// The media type of a PNG, JPEG, GIF, WebP or AVIF picture; `None` for everything else. What a server or an address claims
/// doesn't count.
///
/// <https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern>
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    const RIFF_SIZE: usize = 4;
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', rest @ ..] => {
            let format = rest.get(RIFF_SIZE..)?;
            format.starts_with(b"WEBPVP").then_some("image/webp")
        }
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'a',
            b'v',
            b'i',
            b'f' | b's',
            ..,
        ] => Some("image/avif"),
        _ => None,
    }
}
