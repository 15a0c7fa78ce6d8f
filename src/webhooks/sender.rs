//! One request to a program of a reader's own: JSON with a signature, bounded in bytes and time.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ring::hmac::{self, HMAC_SHA256, Key};
use url::Url;

use super::{TIME, Told};
use crate::client::guard;
use crate::client::http::Web;
use crate::random::hex;
use crate::timestamp::Timestamp;

/// The header with the signature: `sha256=` and the HMAC of the body.
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-dormouse-signature");

/// The signature of a body.
pub fn signed(secret: &str, body: &str) -> String {
    let tag = hmac::sign(&Key::new(HMAC_SHA256, secret.as_bytes()), body.as_bytes());
    format!("sha256={}", hex(tag.as_ref()))
}

/// Posts a body to an address, signed. Redirects aren't followed; an address that isn't of the open web is refused, unless the
/// installation allows private ones.
pub async fn post(web: &Web, address: &str, secret: &str, body: String, now: Timestamp) -> Told {
    let url = match guard::check_text(address, web.allows_private()) {
        Ok(url) => url,
        Err(block) => return Told::Over(block.to_string()),
    };
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("application/json");
    headers.insert(CONTENT_TYPE, kind);
    // Hexadecimal digits.
    if let Ok(signature) = HeaderValue::from_str(&signed(secret, &body)) {
        headers.insert(SIGNATURE, signature);
    }
    let sent = web.post(&url, headers, body.into_bytes(), now);
    match tokio::time::timeout(TIME, sent).await {
        Ok(Ok((status, _))) => judged(status),
        Ok(Err(error)) => Told::Refused(error.for_a_stranger(&url).to_string()),
        Err(_) => Told::Refused("It took longer than five seconds to answer.".into()),
    }
}

fn judged(status: StatusCode) -> Told {
    match status {
        status if status.is_success() => Told::Taken,
        StatusCode::GONE => Told::Over("It answered that it is gone (410).".into()),
        status => Told::Refused(format!("It answered with the status {}.", status.as_u16())),
    }
}

/// Whether an address may be a hook's.
///
/// # Errors
/// Why not, in plain words.
pub fn check(address: &str, allows_private: bool) -> Result<Url, String> {
    let checked = guard::check_text(address, allows_private);
    checked.map_err(|block| block.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_everybody_computes() {
        // RFC 4231, case 2.
        let signature = signed("Jefe", "what do ya want for nothing?");
        let known = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature, known);
    }
}
