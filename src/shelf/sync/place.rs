//! A program's place as text: signed, so that it is one that we gave, to this user.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Part, Place};
use crate::codec::{put_varint, take_varint};
use crate::ids::{FeedId, UserId};
use crate::sealed::{SecretKeys, is_signed, signature};

/// The purpose of the signature.
const PURPOSE: &str = "sync place";
/// The form that is written.
const FORM: u64 = 2;
/// The form before it, which says nothing of what is hidden.
const FORM_BEFORE: u64 = 1;
/// Bytes of a signature.
const SIGNED: usize = 8;
/// Longest text that is read: some 5,000 feeds.
const LONGEST: usize = 160_000;

fn signed_text(user: UserId, bytes: &[u8]) -> Vec<u8> {
    [&user.0.to_be_bytes(), bytes].concat()
}

impl Place {
    /// The place as opaque text, for this user.
    pub fn to_text(&self, secret: &SecretKeys, user: UserId) -> String {
        let mut bytes = Vec::with_capacity(16 + self.parts.len() * 20);
        put_varint(&mut bytes, FORM);
        put_varint(&mut bytes, self.order.into());
        put_varint(&mut bytes, self.elsewhere.into());
        let mut before = 0;
        for part in &self.parts {
            let length = part.numbers.end.saturating_sub(part.numbers.start);
            let held = part.held.end.saturating_sub(part.held.start);
            put_varint(&mut bytes, u64::from(part.feed.0 - before));
            put_varint(&mut bytes, part.numbers.end.into());
            put_varint(&mut bytes, length.into());
            put_varint(&mut bytes, held.into());
            if held > 0 {
                put_varint(&mut bytes, part.held.start.into());
            }
            put_varint(&mut bytes, part.card.into());
            put_varint(&mut bytes, part.unread.into());
            put_varint(&mut bytes, part.stars.into());
            put_varint(&mut bytes, part.hidden.into());
            put_varint(&mut bytes, part.edited.max(0).cast_unsigned());
            before = part.feed.0;
        }
        let signed = signature(secret, PURPOSE, &signed_text(user, &bytes));
        bytes.extend_from_slice(&signed);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that [`to_text`](Self::to_text) wrote for this user; `None` for any other text.
    pub fn from_text(text: &str, secret: &SecretKeys, user: UserId) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (bytes, signed) = bytes.split_last_chunk::<SIGNED>()?;
        if !is_signed(secret, PURPOSE, &signed_text(user, bytes), signed) {
            return None;
        }
        let mut rest = bytes;
        let mut small = || -> Option<u32> { u32::try_from(take_varint(&mut rest)?).ok() };
        let form = u64::from(small()?);
        if ![FORM, FORM_BEFORE].contains(&form) {
            return None;
        }
        let mut place = Self {
            order: small()?,
            elsewhere: small()?,
            ..Self::default()
        };
        let mut before = 0_u32;
        while !rest.is_empty() {
            let mut small = || -> Option<u32> { u32::try_from(take_varint(&mut rest)?).ok() };
            let feed = FeedId(before.checked_add(small()?)?);
            let end = small()?;
            let numbers = end.checked_sub(small()?)?..end;
            let held = match small()? {
                0 => 0..0,
                length => {
                    let start = small()?;
                    start..start.checked_add(length)?
                }
            };
            place.parts.push(Part {
                feed,
                numbers,
                held,
                card: small()?,
                unread: small()?,
                stars: small()?,
                hidden: if form == FORM { small()? } else { 0 },
                edited: i64::try_from(take_varint(&mut rest)?).ok()?,
            });
            before = feed.0;
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_by_its_user_alone() {
        let part = |feed, held| Part {
            feed: FeedId(feed),
            numbers: 3..204,
            held,
            card: u32::MAX,
            unread: 0,
            stars: 7,
            hidden: 9,
            edited: 29_000_000,
        };
        let place = Place {
            parts: vec![
                part(7, 0..0),
                part(52_341_234, 10..20),
                part(u32::MAX, 0..0),
            ],
            order: 5,
            elsewhere: 0,
        };
        let text = place.to_text(&SecretKeys::one(b"secret"), UserId(9));
        assert_eq!(
            Place::from_text(&text, &SecretKeys::one(b"secret"), UserId(9)),
            Some(place)
        );
        assert_eq!(
            Place::from_text(&text, &SecretKeys::one(b"secret"), UserId(8)),
            None
        );
        assert_eq!(
            Place::from_text(&text, &SecretKeys::one(b"other"), UserId(9)),
            None
        );
        let cut = text.get(1..).unwrap_or_default();
        assert_eq!(
            Place::from_text(cut, &SecretKeys::one(b"secret"), UserId(9)),
            None
        );
        assert_eq!(
            Place::from_text("", &SecretKeys::one(b"secret"), UserId(9)),
            None
        );
    }
}
