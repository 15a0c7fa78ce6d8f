//! Recognises the walls that keep programs away. They are named, and never climbed.
//!
//! A protection service answers in a publisher's place with a challenge that only browsers solve. The publisher often doesn't
//! know, and can let feed readers in with one rule; so the reader is told which wall it is, and what to write to whom.

use http::{HeaderMap, StatusCode};

use super::unpack;
use crate::feeds::wall::Wall;

/// Most bytes of an answer that are searched for signs of a wall.
const LOOK_BYTES: usize = 64 * 1_024;

/// What only challenge pages contain: their scripts' addresses and elements' names, which aren't translated.
const SIGNS: [(&str, Wall); 11] = [
    ("_cf_chl_opt", Wall::Cloudflare),
    ("/orchestrate/chl_page/", Wall::Cloudflare),
    ("cf-browser-verification", Wall::Cloudflare),
    ("/.within.website/x/cmd/anubis/", Wall::Anubis),
    ("id=\"anubis_challenge\"", Wall::Anubis),
    ("id=\"anubis_version\"", Wall::Anubis),
    ("captcha-delivery.com", Wall::DataDome),
    ("errors.edgesuite.net", Wall::Akamai),
    ("/_sec/cp_challenge/", Wall::Akamai),
    ("sec-if-cpt-container", Wall::Akamai),
    ("triggerInterstitialChallenge", Wall::Akamai),
];

/// The wall that headers give away.
///
/// <https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/>
pub(super) fn in_headers(headers: &HeaderMap) -> Option<Wall> {
    let mitigated = headers
        .get("cf-mitigated")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"challenge"));
    if mitigated {
        return Some(Wall::Cloudflare);
    }
    (headers.contains_key("x-datadome") && headers.contains_key("x-dd-b")).then_some(Wall::DataDome)
}

/// Whether a wall may be behind a status.
pub(super) fn may_stand_behind(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403 | 405 | 429 | 503)
}

/// The wall that the body of a refusal gives away.
pub(super) async fn in_refusal(mut response: reqwest::Response, encoding: &str) -> Option<Wall> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = LOOK_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() >= LOOK_BYTES {
            break;
        }
    }
    in_page(&unpack::unpack(encoding, body, LOOK_BYTES).bytes)
}

/// The wall that a page gives away.
pub(super) fn in_page(body: &[u8]) -> Option<Wall> {
    let text = String::from_utf8_lossy(&body[..body.len().min(LOOK_BYTES)]);
    let found = SIGNS.iter().find(|(sign, _)| text.contains(sign));
    found.map(|(_, wall)| *wall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_are_known_by_what_only_they_have() {
        let page = |script: &str| format!("<html><script>{script}</script></html>");
        for (sign, wall) in SIGNS {
            assert_eq!(in_page(page(sign).as_bytes()), Some(wall), "{sign}");
        }
        // Cloudflare measures ordinary pages, too.
        assert_eq!(
            in_page(page("/cdn-cgi/challenge-platform/scripts/jsd/main.js").as_bytes()),
            None
        );
        let mut headers = HeaderMap::new();
        assert_eq!(in_headers(&headers), None);
        headers.insert("cf-mitigated", http::HeaderValue::from_static("challenge"));
        assert_eq!(in_headers(&headers), Some(Wall::Cloudflare));
    }
}
