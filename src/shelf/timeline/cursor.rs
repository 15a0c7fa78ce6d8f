//! A position in a timeline as text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::sealed::{SecretKeys, is_signed, signature};
use crate::timestamp::{Timestamp, from_micros};

/// The purpose that a cursor's signature is bound to.
const CURSOR_PURPOSE: &str = "timeline cursor";

fn cursor_text(place: &[u8], list: &str) -> Vec<u8> {
    [place, list.as_bytes()].concat()
}

/// A position in a timeline as opaque, signed text, valid on every instance with the same key and across restarts.
///
/// `list` names the timeline: the cursor of another is rejected.
pub fn to_cursor(secret: &SecretKeys, list: &str, place: Timestamp) -> String {
    let place = place.timestamp_micros().to_be_bytes();
    let mut bytes = place.to_vec();
    let text = cursor_text(&place, list);
    bytes.extend_from_slice(&signature(secret, CURSOR_PURPOSE, &text));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position that [`to_cursor`] wrote; `None` for any other text, or the cursor of another list.
pub fn from_cursor(secret: &SecretKeys, list: &str, text: &str) -> Option<Timestamp> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (place, signed) = bytes.split_first_chunk::<8>()?;
    let is_ours = is_signed(secret, CURSOR_PURPOSE, &cursor_text(place, list), signed);
    is_ours.then(|| from_micros(i64::from_be_bytes(*place)))
}
