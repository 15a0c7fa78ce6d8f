//! Feed addresses in normal form.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

/// Longest address, in bytes: it must fit into the summary.
pub const MAX_ADDRESS_BYTES: usize = 1_000;

/// Why an address is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Nothing was entered.
    #[error("There is no address. Paste the address of a site or of its feed.")]
    Empty,
    /// Longer than [`MAX_ADDRESS_BYTES`].
    #[error(
        "The address is longer than {MAX_ADDRESS_BYTES} bytes. Ask the publisher for a shorter one."
    )]
    TooLong,
    /// Not http or https.
    #[error("Only http and https addresses can be read, not {0}.")]
    Scheme(String),
    /// Not a URL.
    #[error("That isn’t a web address. It looks like https://example.org/feed.xml.")]
    Malformed,
}

/// The address of a feed or a site: http or https, with a host, without a fragment, of at most [`MAX_ADDRESS_BYTES`].
///
/// Parsed once, where it enters; whatever handles one needs no second look. Stored and shown as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedAddress(Url);

impl FeedAddress {
    /// Parses an address as typed: `feed:`, `rss:` and a missing scheme are accepted, and what people copy along with an
    /// address is left out; so is the fragment.
    ///
    /// # Errors
    /// [`BadAddress`] if it isn't a valid http or https address, with advice for the user.
    pub fn parse(typed: &str) -> Result<Self, BadAddress> {
        let text = cleaned(typed);
        if text.is_empty() {
            return Err(BadAddress::Empty);
        }
        let text = if text.contains("://") {
            text.into_owned()
        } else {
            with_scheme(&text)
        };
        Url::parse(&text)
            .map_err(|_| BadAddress::Malformed)?
            .try_into()
    }

    /// The same address over http, if it was typed without a scheme: https was only assumed.
    pub fn without_tls(typed: &str) -> Option<Self> {
        let text = cleaned(typed);
        let address = Self::parse(typed).ok()?;
        if text.contains("://") || address.0.scheme() != "https" || text.starts_with("https:") {
            return None;
        }
        let mut url = address.0;
        url.set_scheme("http").ok()?;
        Some(Self(url))
    }

    /// The address as a URL.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl TryFrom<Url> for FeedAddress {
    type Error = BadAddress;

    fn try_from(mut url: Url) -> Result<Self, BadAddress> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadAddress::Scheme(url.scheme().to_owned()));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(BadAddress::Malformed);
        }
        url.set_fragment(None);
        if url.as_str().len() > MAX_ADDRESS_BYTES {
            return Err(BadAddress::TooLong);
        }
        Ok(Self(url))
    }
}

impl std::str::FromStr for FeedAddress {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        Self::parse(text)
    }
}

impl std::ops::Deref for FeedAddress {
    type Target = Url;

    fn deref(&self) -> &Url {
        &self.0
    }
}

impl std::fmt::Display for FeedAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0.as_str())
    }
}

impl From<FeedAddress> for String {
    fn from(address: FeedAddress) -> Self {
        address.0.into()
    }
}

impl PartialEq<str> for FeedAddress {
    fn eq(&self, text: &str) -> bool {
        self.0.as_str() == text
    }
}

impl PartialEq<String> for FeedAddress {
    fn eq(&self, text: &String) -> bool {
        self.0.as_str() == text
    }
}

impl Serialize for FeedAddress {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for FeedAddress {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Url::deserialize(from).map(Self)
    }
}

/// The address in what was typed: without quotes, brackets and invisible characters around it, and without the schemes that
/// only say what is there.
pub fn cleaned(typed: &str) -> Cow<'_, str> {
    const AROUND: &[char] = &[
        '"', '\'', '<', '>', '“', '”', '‘', '’', '„', '«', '»', '`', '\u{feff}', '\u{200b}',
        '\u{200e}', '\u{200f}',
    ];
    const SCHEMES: [&str; 7] = [
        "feed",
        "rss",
        "atom",
        "itpc",
        "pcast",
        "podcast",
        "view-source",
    ];
    let mut text = typed.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(&c));
    let mut is_plain = false;
    while let Some((scheme, rest)) = text.split_once(':')
        && SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        // `feed:https://example.org` names its scheme, `feed://example.org` means http.
        text = rest.trim_start_matches('/');
        is_plain = !scheme.eq_ignore_ascii_case("view-source");
    }
    match is_plain && !text.is_empty() && !text.contains("://") {
        true => format!("http://{text}").into(),
        false => text.into(),
    }
}

/// `example.org/feed` becomes https; an address with another scheme (`mailto:x`) stays as it is.
fn with_scheme(text: &str) -> String {
    let scheme = text.split_once(':');
    match scheme {
        Some((scheme, rest))
            if !scheme.contains(['.', '/', '[', '@'])
                && scheme != "localhost"
                && !rest.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            text.to_owned()
        }
        _ => format!("https://{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_understood() {
        for (typed, meant) in [
            ("example.org", "https://example.org/"),
            (" HTTP://Example.ORG:80/a#b ", "http://example.org/a"),
            ("feed://example.org/x", "http://example.org/x"),
            ("FEED://example.org/x", "http://example.org/x"),
            ("rss://example.org/x", "http://example.org/x"),
            ("feed:feed://example.org/x", "http://example.org/x"),
            ("view-source:https://example.org/x", "https://example.org/x"),
            ("<http://example.org/x>", "http://example.org/x"),
            ("“example.org”", "https://example.org/"),
            ("\u{200b}'example.org/x' ", "https://example.org/x"),
            ("feed:https://example.org/x", "https://example.org/x"),
            ("localhost:8080/x", "https://localhost:8080/x"),
            ("example.org:8080/x", "https://example.org:8080/x"),
        ] {
            assert_eq!(
                FeedAddress::parse(typed).map(String::from).as_deref(),
                Ok(meant),
                "{typed}"
            );
        }
    }

    #[test]
    fn invalid_addresses_are_told_apart() {
        assert_eq!(FeedAddress::parse("  "), Err(BadAddress::Empty));
        assert_eq!(
            FeedAddress::parse("mailto:a@b.org"),
            Err(BadAddress::Scheme("mailto".into()))
        );
        assert_eq!(
            FeedAddress::parse("ftp://example.org"),
            Err(BadAddress::Scheme("ftp".into()))
        );
        assert_eq!(FeedAddress::parse("https://"), Err(BadAddress::Malformed));
        let long = format!("https://example.org/{}", "x".repeat(MAX_ADDRESS_BYTES));
        assert_eq!(FeedAddress::parse(&long), Err(BadAddress::TooLong));
    }
}
