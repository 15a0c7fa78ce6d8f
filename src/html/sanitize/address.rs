//! Addresses in a stranger's HTML: parsed once, and written from what the parser understood.
//!
//! Judging the publisher's own characters would be judging something that no browser follows: browsers drop control characters
//! before they look for a scheme. So the scheme is read from the parsed address, and nothing but the parsed form is written.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use url::Url;

/// Stands before each `id` in an article and before each fragment that leads to one, so that neither can name a part of our
/// own page.
pub(super) const ID_PREFIX: &str = "user-content-";

/// Longest `id` that is kept, in bytes.
const LONGEST_ID: usize = 200;

/// Largest picture inside an address, in bytes once decoded.
const LARGEST_INLINE: usize = 256 * 1024;

/// What an address is for, which decides the schemes that it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// `href`: http, https, mailto, and fragments.
    Link,
    /// `src` of a picture: http, https, and small inline pictures.
    Picture,
    /// `src` and `poster` of sound and film: http and https.
    Media,
}

impl Purpose {
    /// What the attribute `name` of the element `tag` is for; `None` where it holds no address.
    pub(super) fn of(tag: &str, name: &str) -> Option<Self> {
        match (tag, name) {
            (_, "href") => Some(Self::Link),
            ("img", "src") => Some(Self::Picture),
            (_, "src" | "poster") => Some(Self::Media),
            _ => None,
        }
    }

    /// The address as it is written; `None` where it may not be. Relative addresses need `base`.
    pub(super) fn written(self, value: &str, base: Option<&Url>) -> Option<String> {
        let trimmed = value.trim_matches(|c: char| c <= ' ');
        if let Some(fragment) = trimmed.strip_prefix('#') {
            return (self == Self::Link).then(|| local(fragment)).flatten();
        }
        let url = Url::options().base_url(base).parse(value).ok()?;
        match (url.scheme(), self) {
            ("http" | "https", _) if url.has_host() => Some(url.into()),
            ("mailto", Self::Link) => Some(url.into()),
            ("data", Self::Picture) => inline_picture(&url),
            _ => None,
        }
    }

    /// Whether an address may stand in finished HTML just as it is: whether writing it again changes nothing.
    pub(super) fn allows(self, written: &str) -> bool {
        self.written(written, None).as_deref() == Some(written)
    }
}

/// A link to a place within the article.
fn local(fragment: &str) -> Option<String> {
    let name = fragment.strip_prefix(ID_PREFIX).unwrap_or(fragment);
    let name: String = name.chars().filter(|c| !c.is_ascii_control()).collect();
    let decoded = percent_encoding::percent_decode_str(&name).decode_utf8();
    let id = prefixed_id(decoded.as_deref().unwrap_or(&name))?;
    Some(format!("#{id}"))
}

/// An `id` with our prefix; `None` where HTML would not take it for one, or it is too long.
pub(super) fn prefixed_id(id: &str) -> Option<String> {
    let name = id.strip_prefix(ID_PREFIX).unwrap_or(id);
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '%');
    let fits = !name.is_empty() && name.len() <= LONGEST_ID && !name.contains(is_odd);
    fits.then(|| format!("{ID_PREFIX}{name}"))
}

/// A picture that its address holds, if it is small and its bytes are what a picture's are. Its type is written from the bytes.
fn inline_picture(url: &Url) -> Option<String> {
    let (kind, data) = url.path().split_once(',')?;
    let named_picture = kind
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("image/"));
    let is_base64 = kind
        .rsplit(';')
        .next()?
        .trim()
        .eq_ignore_ascii_case("base64");
    if !named_picture || !is_base64 || data.len() > LARGEST_INLINE * 3 {
        return None;
    }
    let mut data: Vec<u8> = percent_encoding::percent_decode_str(data).collect();
    data.retain(|byte| !byte.is_ascii_whitespace());
    let bytes = STANDARD
        .decode(&data)
        .or_else(|_| STANDARD_NO_PAD.decode(&data))
        .ok()?;
    if bytes.len() > LARGEST_INLINE {
        return None;
    }
    let sniffed = sniff(&bytes)?;
    Some(format!("data:{sniffed};base64,{}", STANDARD.encode(&bytes)))
}

/// The media type of a picture, by its first bytes.
///
/// <https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern>
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            b'V',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::html::sanitize::address::*;

    fn base() -> Url {
        Url::parse("https://blog.example/posts/1").expect("a fixed URL")
    }

    #[test]
    fn the_parsed_scheme_decides() {
        let base = base();
        for hidden in [
            "java\tscript:x",
            "\u{1}javascript:x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://a/b",
        ] {
            for purpose in [Purpose::Link, Purpose::Picture, Purpose::Media] {
                assert_eq!(purpose.written(hidden, Some(&base)), None, "{hidden:?}");
                assert_eq!(purpose.written(hidden, None), None, "{hidden:?}");
            }
        }
        let within = Purpose::Link.written("java\u{1}script:x", Some(&base));
        assert_eq!(
            within.as_deref(),
            Some("https://blog.example/posts/java%01script:x")
        );
        assert_eq!(Purpose::Link.written("java\u{1}script:x", None), None);
        assert_eq!(Purpose::Media.written("mailto:a@b.example", None), None);
    }

    #[test]
    fn fragments_stay_in_the_article() {
        let written = |value| Purpose::Link.written(value, Some(&base()));
        assert_eq!(written(" #fn1").as_deref(), Some("#user-content-fn1"));
        assert_eq!(
            written("#user-content-fn1").as_deref(),
            Some("#user-content-fn1")
        );
        assert_eq!(written("#caf%C3%A9").as_deref(), Some("#user-content-café"));
        assert_eq!(written("#"), None);
        assert_eq!(Purpose::Picture.written("#a", Some(&base())), None);
    }

    #[test]
    fn an_inline_picture_is_what_its_bytes_are() {
        let written = |value: &str| Purpose::Picture.written(value, None);
        let gif = format!(
            "data:image/gif;base64,{}",
            STANDARD.encode(b"GIF89a and so on")
        );
        assert_eq!(written(&gif).as_deref(), Some(&*gif));
        assert_eq!(
            written(&gif.replace("image/gif", "IMAGE/PNG; charset=x")).as_deref(),
            Some(&*gif)
        );
        assert_eq!(Purpose::Link.written(&gif, None), None);
        assert_eq!(Purpose::Media.written(&gif, None), None);
        let lie = format!(
            "data:image/png;base64,{}",
            STANDARD.encode(b"<svg onload=x>")
        );
        assert_eq!(written(&lie), None);
        assert_eq!(written("data:text/html,<script>x</script>"), None);
        assert_eq!(written(&gif.replace("image/gif", "text/html")), None);
        let large = [b"GIF89a".to_vec(), vec![0; LARGEST_INLINE]].concat();
        assert_eq!(
            written(&format!("data:image/gif;base64,{}", STANDARD.encode(large))),
            None
        );
    }
}
