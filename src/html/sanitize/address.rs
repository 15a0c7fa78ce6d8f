//! Addresses in untrusted HTML: parsed once, and written from the parsed form.
//!
//! Checking the publisher's own characters would check something no browser follows: browsers drop control characters
//! before they look for a scheme. So the scheme is read from the parsed address, and only the parsed form is written.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use url::Url;

use crate::html::pictures;

/// Prefix of every `id` in an article and of every fragment link, so that neither can refer to a part of our own page.
pub(super) const ID_PREFIX: &str = "user-content-";

/// Longest `id` that is kept, in bytes.
const MAX_ID_BYTES: usize = 200;

/// Largest inline picture, in bytes once decoded.
const MAX_INLINE_BYTES: usize = 256 * 1024;

/// What an address is used for, which decides the schemes it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// `href`: http, https, mailto, and fragments.
    Link,
    /// `src` of a picture: http, https, and small inline pictures.
    Picture,
    /// `src` and `poster` of audio and video: http and https.
    Media,
}

impl Purpose {
    /// The purpose of attribute `name` on element `tag`; `None` if it holds no address.
    pub(super) fn of(tag: &str, name: &str) -> Option<Self> {
        match (tag, name) {
            (_, "href") => Some(Self::Link),
            ("img", "src") => Some(Self::Picture),
            (_, "src" | "poster") => Some(Self::Media),
            _ => None,
        }
    }

    /// The address to write; `None` if it isn't allowed. Relative addresses need `base`.
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

    /// Whether an address may stay in cleaned HTML as it is: writing it again would change nothing.
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

/// The `id` with our prefix; `None` if it isn't a valid HTML id or is too long.
pub(super) fn prefixed_id(id: &str) -> Option<String> {
    let name = id.strip_prefix(ID_PREFIX).unwrap_or(id);
    let is_odd =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '%');
    let fits = !name.is_empty() && name.len() <= MAX_ID_BYTES && !name.contains(is_odd);
    fits.then(|| format!("{ID_PREFIX}{name}"))
}

/// A `data:` picture, if it is small and its bytes are those of a picture. The type is taken from the bytes.
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
    if !named_picture || !is_base64 || data.len() > MAX_INLINE_BYTES * 3 {
        return None;
    }
    let mut data: Vec<u8> = percent_encoding::percent_decode_str(data).collect();
    data.retain(|byte| !byte.is_ascii_whitespace());
    let bytes = STANDARD
        .decode(&data)
        .or_else(|_| STANDARD_NO_PAD.decode(&data))
        .ok()?;
    if bytes.len() > MAX_INLINE_BYTES {
        return None;
    }
    let sniffed = pictures::sniff(&bytes)?;
    Some(format!("data:{sniffed};base64,{}", STANDARD.encode(&bytes)))
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
        let large = [b"GIF89a".to_vec(), vec![0; MAX_INLINE_BYTES]].concat();
        assert_eq!(
            written(&format!("data:image/gif;base64,{}", STANDARD.encode(large))),
            None
        );
    }
}
