//! What browsers keep for us: sealed, so that only we can read and write it, or signed, so that only we can write it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac::{self, HMAC_SHA256, Key};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::random::Random;

/// Bytes of a signature as sent: enough for what is worth 2^64 guesses at most.
const SIGNATURE_BYTES: usize = 8;

/// Signs `text` for one purpose: the first 64 bits of an HMAC-SHA256 (RFC 2104).
pub fn signature(secret: &[u8], purpose: &str, text: &[u8]) -> [u8; SIGNATURE_BYTES] {
    let key = Key::new(HMAC_SHA256, secret);
    let tag = hmac::sign(&key, &[purpose.as_bytes(), text].concat());
    let first = tag.as_ref().first_chunk::<SIGNATURE_BYTES>().copied();
    // The tag has 32 bytes.
    first.unwrap_or_default()
}

/// Whether `signature` is [`signature`]'s, compared in constant time.
pub fn is_signed(secret: &[u8], purpose: &str, text: &[u8], signed: &[u8]) -> bool {
    let expected = signature(secret, purpose, text);
    let differ = expected
        .iter()
        .zip(signed)
        .fold(0, |all, (one, other)| all | (one ^ other));
    signed.len() == expected.len() && differ == 0
}

/// Encrypts and authenticates with ChaCha20-Poly1305 (RFC 8439), with a separate key for each purpose.
///
/// Nonces are random: they have 96 bits, and each key seals a few records a minute at most.
#[derive(Clone, Debug)]
pub struct Seal {
    key: LessSafeKey,
    purpose: &'static str,
}

impl Seal {
    /// A seal for one purpose, from the service's secret. `None` only if the library refuses a key of the right length,
    /// which it doesn't.
    pub fn new(secret: &[u8], purpose: &'static str) -> Option<Self> {
        let derived = hmac::sign(&Key::new(HMAC_SHA256, secret), purpose.as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, derived.as_ref()).ok()?;
        let key = LessSafeKey::new(key);
        Some(Self { key, purpose })
    }

    /// Seals a record, as text for a cookie.
    pub fn close<T: Serialize>(&self, record: &T, random: &Random) -> Option<String> {
        let nonce = random.bytes::<NONCE_LEN>();
        let mut bytes = serde_json::to_vec(record).ok()?;
        let aad = Aad::from(self.purpose);
        let number = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(number, aad, &mut bytes)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat()))
    }

    /// Opens what [`close`](Self::close) made; `None` for everything else.
    pub fn open<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let open = self
            .key
            .open_in_place(nonce, Aad::from(self.purpose), &mut sealed);
        serde_json::from_slice(open.ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::sealed::*;

    #[test]
    fn a_signature_is_of_its_secret_purpose_and_text() {
        let signed = signature(b"secret", "one", b"text");
        assert!(is_signed(b"secret", "one", b"text", &signed));
        assert!(!is_signed(b"another", "one", b"text", &signed));
        assert!(!is_signed(b"secret", "two", b"text", &signed));
        assert!(!is_signed(b"secret", "one", b"texts", &signed));
        assert!(!is_signed(b"secret", "one", b"text", &signed[..7]));
        assert!(!is_signed(b"secret", "one", b"text", &[]));
    }

    #[test]
    fn only_the_same_seal_opens_and_only_what_is_whole() {
        let seal = Seal::new(b"secret", "one").unwrap();
        let random = Random::seeded(1);
        let text = seal.close(&("state", 7), &random).unwrap();
        assert_eq!(seal.open(&text), Some(("state".to_owned(), 7)));
        assert!(!text.contains("state"));
        assert_ne!(Some(&text), seal.close(&("state", 7), &random).as_ref());

        let other = Seal::new(b"secret", "two").unwrap();
        let foreign = Seal::new(b"another", "one").unwrap();
        assert_eq!(other.open::<(String, i32)>(&text), None);
        assert_eq!(foreign.open::<(String, i32)>(&text), None);
        for at in 0..text.len() {
            let mut bent = text.clone().into_bytes();
            bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            assert_eq!(seal.open::<(String, i32)>(&bent), None, "{at}");
        }
        for short in ["", "A", "AAAAAAAAAAAAAAAA"] {
            assert_eq!(seal.open::<(String, i32)>(short), None);
        }
    }
}
