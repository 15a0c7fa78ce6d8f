//! Answers that are the same for everybody: their tags, and what a cache between us and the browser may do with them.
//!
//! <https://www.rfc-editor.org/rfc/rfc9110.html#name-conditional-requests>

use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};

use crate::timestamp::Timestamp;

/// Seconds for which an edge shows a copy without asking, and for which it may show it while it asks.
pub(super) const AT_THE_EDGE: [u32; 2] = [600, 600];
/// The header that says so. A browser or a feed reader asks again after five minutes.
pub(super) const SHARED: &str = "public, max-age=300, s-maxage=600, stale-while-revalidate=600";
/// The same for an address that leads nowhere.
pub(super) const SHARED_NOTHING: &str = "public, max-age=60";

/// What the addresses of private feeds begin with.
pub(super) const PRIVATE: &str = "/f/";

/// Marks an answer that is sent as it is: its tag is that of these very bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct AsItIs;

/// Whether an answer may be packed on its way out.
pub(super) fn is_to_be_packed(
    _: StatusCode,
    _: Version,
    _: &HeaderMap,
    extensions: &Extensions,
) -> bool {
    extensions.get::<AsItIs>().is_none()
}

/// The tag of a representation.
#[derive(Clone, Debug)]
pub(super) struct Tag(String);

impl Tag {
    /// Of bytes that are sent as they are.
    pub(super) fn of_plain(print: &str) -> Self {
        Self(format!("\"{print}\""))
    }

    /// Of the same, packed: these are other bytes.
    pub(super) fn of_packed(print: &str, packing: &str) -> Self {
        Self(format!("\"{print}-{packing}\""))
    }

    /// Of something that is packed on its way out: it means the same, whatever its bytes.
    pub(super) fn weak(print: &str) -> Self {
        Self(format!("W/\"{print}\""))
    }

    /// As a header.
    pub(super) fn header(&self) -> [(HeaderName, HeaderValue); 1] {
        // Hexadecimal digits and names of encodings.
        let value = HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("\"\""));
        [(header::ETAG, value)]
    }

    /// Whether the asker has this one: compared weakly, as caches may make a tag weak.
    pub(super) fn is_known(&self, headers: &HeaderMap) -> bool {
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let own = bare(&self.0);
        let lines = headers.get_all(header::IF_NONE_MATCH).into_iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        let mut known = lines.flat_map(|line| line.split(','));
        known.any(|tag| tag.trim() == "*" || bare(tag) == own)
    }
}

/// Whether nothing changed since the date that the asker has; a tag, if they have one, decides instead.
pub(super) fn is_since(headers: &HeaderMap, since: Timestamp) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    let asked = headers.get(header::IF_MODIFIED_SINCE);
    let asked =
        asked.and_then(|date| chrono::DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
    asked.is_some_and(|asked| asked.timestamp() >= since.timestamp())
}

/// A moment as HTTP writes it.
pub(super) fn http_date(at: Timestamp) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Whether a client takes this encoding (RFC 9110, 12.5.3): it is named, and not with a weight of 0.
pub(super) fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut named = lines.flat_map(|line| line.split(',')).map(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        (name.trim(), weight.parse::<f32>().unwrap_or(0.0))
    });
    named.any(|(name, weight)| name.eq_ignore_ascii_case(encoding) && weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_tag_is_known_by_itself_alone_and_weakly() {
        let tag = Tag::of_packed("ab12", "gzip");
        for (sent, known) in [
            ("\"ab12-gzip\"", true),
            ("W/\"ab12-gzip\"", true),
            ("\"x\", W/\"ab12-gzip\"", true),
            ("*", true),
            ("\"ab12\"", false),
            ("ab12-gzip", false),
            ("", false),
        ] {
            let headers = with(header::IF_NONE_MATCH, sent);
            assert_eq!(tag.is_known(&headers), known, "{sent}");
        }
        assert!(!tag.is_known(&HeaderMap::new()));
    }

    #[test]
    fn a_date_counts_without_a_tag_only() {
        let since = Timestamp::from_timestamp(1_800_000_000, 900_000).unwrap();
        let date = http_date(since);
        let mut headers = with(header::IF_MODIFIED_SINCE, &date);
        assert!(is_since(&headers, since));
        assert!(!is_since(&headers, since + chrono::TimeDelta::seconds(1)));
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"x\""));
        assert!(!is_since(&headers, since));
        assert!(!is_since(
            &with(header::IF_MODIFIED_SINCE, "yesterday"),
            since
        ));
    }
}
