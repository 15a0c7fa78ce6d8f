//! What only we can read and only we could have written, though somebody else keeps it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::random::Chance;

/// Encrypts and authenticates with ChaCha20-Poly1305 (RFC 8439), under a key of its own for each purpose. The number used
/// once is drawn: of 96 bits, and each key seals a few records a minute at most.
#[derive(Clone, Debug)]
pub struct Seal {
    key: LessSafeKey,
    purpose: &'static str,
}

impl Seal {
    /// A seal for one purpose, from the secret of the whole service. `None` only where the library refuses a key of the
    /// right length, which it doesn't.
    pub fn new(secret: &[u8], purpose: &'static str) -> Option<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(purpose.as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, &mac.finalize().into_bytes()).ok()?;
        let key = LessSafeKey::new(key);
        Some(Self { key, purpose })
    }

    /// Seals a record, as text fit for a cookie.
    pub fn close<T: Serialize>(&self, record: &T, chance: &Chance) -> Option<String> {
        let nonce = chance.bytes::<NONCE_LEN>();
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
    use crate::oidc::seal::*;

    #[test]
    fn only_the_same_seal_opens_and_only_what_is_whole() {
        let seal = Seal::new(b"secret", "one").unwrap();
        let chance = Chance::seeded(1);
        let text = seal.close(&("state", 7), &chance).unwrap();
        assert_eq!(seal.open(&text), Some(("state".to_owned(), 7)));
        assert!(!text.contains("state"));
        assert_ne!(Some(&text), seal.close(&("state", 7), &chance).as_ref());

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
