//! What browsers keep for us: sealed, so that only we can read and write it, or signed, so that only we can write it.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac::{self, HMAC_SHA256, Key};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::random::Random;

/// Bytes of a signature as sent: enough for what is worth 2^64 guesses at most.
const SIGNATURE_BYTES: usize = 8;

/// The service's secret keys. Everything is signed and sealed with the newest; what an older one signed or sealed still
/// counts, so that a key is replaced without signing anybody out.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKeys {
    newest: Arc<[u8]>,
    older: Option<Arc<[u8]>>,
}

impl fmt::Debug for SecretKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecretKeys(…)")
    }
}

impl SecretKeys {
    /// The keys of a setting: one, or a new one and an old one with a comma between. A comma that doesn't stand between two
    /// keys of at least `least` bytes is a part of the one key. `None` if that is shorter, or there are more than two.
    pub fn read(text: &str, least: usize) -> Option<Self> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        match parts.as_slice() {
            [newest, older] if newest.len() >= least && older.len() >= least => Some(Self {
                newest: newest.as_bytes().into(),
                older: Some(older.as_bytes().into()),
            }),
            [_, _, ..] if parts.iter().all(|key| key.len() >= least) => None,
            _ => (text.len() >= least).then(|| Self::one(text.as_bytes())),
        }
    }

    /// One key.
    pub fn one(key: &[u8]) -> Self {
        Self {
            newest: key.into(),
            older: None,
        }
    }

    /// The same with another that counts as the older one, unless there is one already, or it is the newest itself.
    #[must_use]
    pub fn or_older(self, key: &[u8]) -> Self {
        let is_known = *self.newest == *key;
        let older = self.older.or_else(|| (!is_known).then(|| key.into()));
        Self { older, ..self }
    }

    /// The key that signs and seals.
    pub fn newest(&self) -> &[u8] {
        &self.newest
    }

    /// The key that signed and sealed before it, if it still counts.
    pub fn older(&self) -> Option<&[u8]> {
        self.older.as_deref()
    }

    /// All keys that count, the newest first.
    pub fn all(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(self.newest()).chain(self.older())
    }
}

/// Signs `text` for one purpose: the first 64 bits of an HMAC-SHA256 (RFC 2104).
pub fn signature(keys: &SecretKeys, purpose: &str, text: &[u8]) -> [u8; SIGNATURE_BYTES] {
    signed_with(keys.newest(), purpose, text)
}

fn signed_with(secret: &[u8], purpose: &str, text: &[u8]) -> [u8; SIGNATURE_BYTES] {
    let key = Key::new(HMAC_SHA256, secret);
    let tag = hmac::sign(&key, &[purpose.as_bytes(), text].concat());
    let first = tag.as_ref().first_chunk::<SIGNATURE_BYTES>().copied();
    // The tag has 32 bytes.
    first.unwrap_or_default()
}

/// Whether `signature` is [`signature`]'s, with any of the keys; compared in constant time.
pub fn is_signed(keys: &SecretKeys, purpose: &str, text: &[u8], signed: &[u8]) -> bool {
    keys.all()
        .any(|secret| is_same(signed_with(secret, purpose, text), signed))
}

fn is_same(expected: [u8; SIGNATURE_BYTES], signed: &[u8]) -> bool {
    let differ = expected
        .iter()
        .zip(signed)
        .fold(0, |all, (one, other)| all | (one ^ other));
    signed.len() == expected.len() && differ == 0
}

/// What became of something sealed that was looked at for its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The newest key sealed it.
    Fresh,
    /// An older one did; this is sealed with the newest.
    Renewed(String),
    /// None of the keys opens it.
    Lost,
}

/// Encrypts and authenticates with ChaCha20-Poly1305 (RFC 8439), with a separate key for each purpose.
///
/// Nonces are random: they have 96 bits, and each key seals a few records a minute at most.
#[derive(Clone, Debug)]
pub struct Seal {
    key: LessSafeKey,
    older: Option<LessSafeKey>,
    purpose: &'static str,
}

impl Seal {
    /// A seal for one purpose, from the service's secrets. `None` only if the library refuses a key of the right length,
    /// which it doesn't.
    pub fn new(keys: &SecretKeys, purpose: &'static str) -> Option<Self> {
        let derived = |secret| {
            let derived = hmac::sign(&Key::new(HMAC_SHA256, secret), purpose.as_bytes());
            let key = UnboundKey::new(&CHACHA20_POLY1305, derived.as_ref()).ok()?;
            Some(LessSafeKey::new(key))
        };
        Some(Self {
            key: derived(keys.newest())?,
            older: keys.older().and_then(derived),
            purpose,
        })
    }

    /// Seals a record, as text for a cookie.
    pub fn close<T: Serialize>(&self, record: &T, random: &Random) -> Option<String> {
        self.close_for("", record, random)
    }

    /// Seals a record for one place: it opens nowhere else. Where that is isn't in the text.
    pub fn close_for<T: Serialize>(
        &self,
        place: &str,
        record: &T,
        random: &Random,
    ) -> Option<String> {
        let nonce = random.bytes::<NONCE_LEN>();
        let mut bytes = serde_json::to_vec(record).ok()?;
        let aad = Aad::from(self.bound(place));
        let number = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(number, aad, &mut bytes)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat()))
    }

    /// Opens what [`close`](Self::close) made, with any of the keys; `None` for everything else.
    pub fn open<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        self.open_for("", text)
    }

    /// Opens what [`close_for`](Self::close_for) made for this place, with any of the keys; `None` for everything else.
    pub fn open_for<T: DeserializeOwned>(&self, place: &str, text: &str) -> Option<T> {
        let opened = self.opened_by(&self.key, place, text);
        opened.or_else(|| self.opened_by(self.older.as_ref()?, place, text))
    }

    /// Whether only the older key opens it: sealed anew, it would outlive that key.
    pub fn is_old(&self, text: &str) -> bool {
        use serde_json::Value;
        let older = || self.opened_by::<Value>(self.older.as_ref()?, "", text);
        self.opened_by::<Value>(&self.key, "", text).is_none() && older().is_some()
    }

    /// Looks whether something is sealed with the newest key, and seals it with that if it isn't.
    pub fn renew(&self, place: &str, text: &str, random: &Random) -> Renewal {
        use serde_json::Value;
        if self.opened_by::<Value>(&self.key, place, text).is_some() {
            return Renewal::Fresh;
        }
        let record = self.open_for::<Value>(place, text);
        let renewed = record.and_then(|record| self.close_for(place, &record, random));
        renewed.map_or(Renewal::Lost, Renewal::Renewed)
    }

    /// What is authenticated besides the record: the purpose and, after a character that none has, the place.
    fn bound(&self, place: &str) -> Vec<u8> {
        match place {
            "" => self.purpose.as_bytes().to_vec(),
            place => [self.purpose.as_bytes(), b"\0", place.as_bytes()].concat(),
        }
    }

    fn opened_by<T: DeserializeOwned>(
        &self,
        key: &LessSafeKey,
        place: &str,
        text: &str,
    ) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let open = key.open_in_place(nonce, Aad::from(self.bound(place)), &mut sealed);
        serde_json::from_slice(open.ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::sealed::*;

    #[test]
    fn a_signature_is_of_its_secret_purpose_and_text() {
        let secret = SecretKeys::one(b"secret");
        let signed = signature(&secret, "one", b"text");
        assert!(is_signed(&secret, "one", b"text", &signed));
        assert!(!is_signed(
            &SecretKeys::one(b"another"),
            "one",
            b"text",
            &signed
        ));
        assert!(!is_signed(&secret, "two", b"text", &signed));
        assert!(!is_signed(&secret, "one", b"texts", &signed));
        assert!(!is_signed(&secret, "one", b"text", &signed[..7]));
        assert!(!is_signed(&secret, "one", b"text", &[]));
    }

    #[test]
    fn what_the_older_key_made_still_counts_and_the_newest_makes_what_is_new() {
        let (old, new) = (SecretKeys::one(b"old key"), SecretKeys::one(b"new key"));
        let both = SecretKeys::read("new key, old key", 7).unwrap();
        let signed = signature(&old, "one", b"text");
        assert!(is_signed(&both, "one", b"text", &signed));
        assert!(!is_signed(&new, "one", b"text", &signed));
        assert_eq!(
            signature(&both, "one", b"text"),
            signature(&new, "one", b"text")
        );

        let random = Random::seeded(1);
        let seal = |keys| Seal::new(keys, "one").unwrap();
        let text = seal(&old).close(&7, &random).unwrap();
        assert_eq!(seal(&both).open(&text), Some(7));
        assert_eq!(seal(&new).open::<i32>(&text), None);
        assert!(seal(&both).is_old(&text) && !seal(&old).is_old(&text));
        assert_eq!(seal(&new).renew("", &text, &random), Renewal::Lost);
        let Renewal::Renewed(text) = seal(&both).renew("", &text, &random) else {
            panic!("the older key sealed it");
        };
        assert_eq!(seal(&new).open(&text), Some(7));
        assert!(!seal(&both).is_old(&text));
        assert_eq!(seal(&both).renew("", &text, &random), Renewal::Fresh);
    }

    #[test]
    fn two_keys_at_most_and_none_too_short() {
        assert_eq!(SecretKeys::read("long enough", 8).unwrap().older(), None);
        // A key that has a comma in it, as keys could before there were two.
        for one in ["long enough,", "long enough,short", "shrt,lon,g en,ough"] {
            let keys = SecretKeys::read(one, 8).unwrap();
            assert_eq!((keys.newest(), keys.older()), (one.as_bytes(), None));
        }
        for text in ["", "short", "long enough,long enough,long enough"] {
            assert_eq!(SecretKeys::read(text, 8), None, "{text}");
        }
        let shown = format!("{:?}", SecretKeys::one(b"hush"));
        assert!(!shown.contains("hush"));
    }

    #[test]
    fn what_is_sealed_for_a_place_opens_there_only() {
        let seal = Seal::new(&SecretKeys::one(b"secret"), "one").unwrap();
        let text = seal.close_for("here", &7, &Random::seeded(1)).unwrap();
        assert_eq!(seal.open_for("here", &text), Some(7));
        assert_eq!(seal.open_for::<i32>("there", &text), None);
        assert_eq!(seal.open::<i32>(&text), None);
    }

    #[test]
    fn only_the_same_seal_opens_and_only_what_is_whole() {
        let seal = Seal::new(&SecretKeys::one(b"secret"), "one").unwrap();
        let random = Random::seeded(1);
        let text = seal.close(&("state", 7), &random).unwrap();
        assert_eq!(seal.open(&text), Some(("state".to_owned(), 7)));
        assert!(!text.contains("state"));
        assert_ne!(Some(&text), seal.close(&("state", 7), &random).as_ref());

        let other = Seal::new(&SecretKeys::one(b"secret"), "two").unwrap();
        let foreign = Seal::new(&SecretKeys::one(b"another"), "one").unwrap();
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
