//! Feed addresses in the form that they are known by.

use url::Url;

/// The longest address in bytes: it must fit onto a card.
pub const LONGEST: usize = 1_000;

/// Why an address isn't taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Nothing there.
    #[error("There is no address. Paste the address of a site or of its feed.")]
    Empty,
    /// Above the limit.
    #[error("The address is longer than {LONGEST} bytes. Ask the publisher for a shorter one.")]
    TooLong,
    /// Not http or https.
    #[error("Only addresses with http or https can be read, not {0}.")]
    Scheme(String),
    /// No URL at all.
    #[error("That isn't a web address. It looks like https://example.org/feed.xml.")]
    Malformed,
}

/// Reads what somebody typed: `feed:` and a missing scheme are forgiven, the fragment is dropped.
///
/// # Errors
/// [`BadAddress`] says what to do.
pub fn parse(typed: &str) -> Result<Url, BadAddress> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(BadAddress::Empty);
    }
    let text = match text.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("http://") || rest.starts_with("https://") => {
            rest.to_owned()
        }
        Some(rest) => format!("http:{rest}"),
        None if text.contains("://") => text.to_owned(),
        None => with_scheme(text),
    };
    let mut url = Url::parse(&text).map_err(|_| BadAddress::Malformed)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BadAddress::Scheme(url.scheme().to_owned()));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(BadAddress::Malformed);
    }
    url.set_fragment(None);
    if url.as_str().len() > LONGEST {
        return Err(BadAddress::TooLong);
    }
    Ok(url)
}

/// `example.org/feed` is meant as https; another scheme's address (`mailto:x`) stays what it is.
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
            ("feed:https://example.org/x", "https://example.org/x"),
            ("localhost:8080/x", "https://localhost:8080/x"),
            ("example.org:8080/x", "https://example.org:8080/x"),
        ] {
            assert_eq!(
                parse(typed).map(String::from).as_deref(),
                Ok(meant),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_told_apart() {
        assert_eq!(parse("  "), Err(BadAddress::Empty));
        assert_eq!(
            parse("mailto:a@b.org"),
            Err(BadAddress::Scheme("mailto".into()))
        );
        assert_eq!(
            parse("ftp://example.org"),
            Err(BadAddress::Scheme("ftp".into()))
        );
        assert_eq!(parse("https://"), Err(BadAddress::Malformed));
        let long = format!("https://example.org/{}", "x".repeat(LONGEST));
        assert_eq!(parse(&long), Err(BadAddress::TooLong));
    }
}
