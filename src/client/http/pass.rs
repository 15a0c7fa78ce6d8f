//! The header that lets one in at a door.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::feeds::door::{Kind, Pass};

/// Adds a pass to a request's headers, marked so that no log prints it.
pub(super) fn add(headers: &mut HeaderMap, pass: &Pass) {
    let (name, value) = match pass.kind() {
        Kind::Basic => {
            let both = STANDARD.encode(format!("{}:{}", pass.name(), pass.secret()));
            (Some(AUTHORIZATION), format!("Basic {both}"))
        }
        Kind::Bearer => (Some(AUTHORIZATION), format!("Bearer {}", pass.secret())),
        Kind::Header => {
            let name = HeaderName::from_bytes(pass.name().as_bytes()).ok();
            (name, pass.secret().to_owned())
        }
    };
    // Both are checked where a pass is made.
    if let (Some(name), Ok(mut value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
        value.set_sensitive(true);
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_sent_as_its_standard_says() {
        for (kind, name, secret, header, sent) in [
            // The example of RFC 7617, section 2.
            (
                Kind::Basic,
                "Aladdin",
                "open sesame",
                "authorization",
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ),
            // And of its section 2.1, in UTF-8.
            (
                Kind::Basic,
                "test",
                "123£",
                "authorization",
                "Basic dGVzdDoxMjPCow==",
            ),
            (Kind::Bearer, "", "abc", "authorization", "Bearer abc"),
            (Kind::Header, "X-Feed-Key", "abc", "x-feed-key", "abc"),
        ] {
            let mut headers = HeaderMap::new();
            add(&mut headers, &Pass::new(kind, name, secret).unwrap());
            assert_eq!(headers[header], sent);
            assert!(!format!("{headers:?}").contains(sent));
        }
    }
}
