//! Callback addresses that prove themselves, and the secrets that hubs sign with.

use ring::hmac::{self, HMAC_SHA256, Key};
use sha2::{Digest, Sha256};
use url::Url;

use crate::client::guard::check_text;
use crate::feeds::Hub;
use crate::ids::FeedId;
use crate::random::hex;
use crate::sealed::SecretKeys;

/// Bytes that identify a callback's hub and topic.
const NAME_BYTES: usize = 8;
/// Bytes of the unguessable proof.
const PROOF_BYTES: usize = 16;

/// Creates and verifies callbacks.
///
/// A callback is `/websub/{feed}/{token}`; the token names hub and topic and proves by an HMAC that we made it, so that
/// neither it nor the secret (section 5.1) is stored anywhere. It is unique per subscription (5.1.1) and stays the same
/// on renewal, which is then without interruption (5.1).
#[derive(Clone, Debug)]
pub struct Callbacks {
    base: Url,
    key: Key,
    /// Hubs that were asked before the secret key was replaced still call by it, until they are asked anew.
    older: Option<Key>,
    is_public: bool,
}

/// What a caller who knows one of our callbacks may send messages about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// The feed whose hub was given this callback.
    pub feed: FeedId,
    name: String,
    secret: String,
}

/// Identifies hub and topic in a few bytes.
fn name_of(hub: &Hub) -> String {
    let digest = Sha256::digest(format!("{}\0{}", hub.url, hub.topic));
    hex(&digest[..NAME_BYTES])
}

impl Callbacks {
    /// Callbacks below our own address; `None` if that is on a private network, unless those are permitted.
    pub fn new(base: &Url, secret: &SecretKeys, allow_private: bool) -> Option<Self> {
        check_text(base.as_str(), allow_private).ok()?;
        let derived = |secret: &[u8]| {
            let derived = hmac::sign(&Key::new(HMAC_SHA256, secret), b"websub");
            Key::new(HMAC_SHA256, derived.as_ref())
        };
        Some(Self {
            base: base.clone(),
            key: derived(secret.newest()),
            older: secret.older().map(derived),
            is_public: check_text(base.as_str(), false).is_ok(),
        })
    }

    /// Whether a hub at this address can reach us: a public one can't reach a reader at home.
    pub fn can_reach(&self, hub: &Url) -> bool {
        self.is_public || check_text(hub.as_str(), false).is_err()
    }

    /// The callback for a feed's hub and topic.
    pub fn url(&self, feed: FeedId, hub: &Hub) -> Option<Url> {
        let name = name_of(hub);
        let proof = derive(&self.key, "callback", feed, &name);
        let proof = hex(&proof.as_ref()[..PROOF_BYTES]);
        self.base.join(&format!("websub/{feed}/{name}{proof}")).ok()
    }

    /// The secret for a hub to sign with: 64 bytes, of the 200 allowed (5.1).
    pub fn secret(&self, feed: FeedId, hub: &Hub) -> String {
        secret_of(&self.key, feed, &name_of(hub))
    }

    /// Verifies a callback without reading the store; `None` if we didn't make it.
    pub fn check(&self, feed: FeedId, token: &str) -> Option<Capability> {
        let (name, proof) = token.split_at_checked(2 * NAME_BYTES)?;
        let proves = |key: &&Key| {
            let made = derive(key, "callback", feed, name);
            let made = hex(&made.as_ref()[..PROOF_BYTES]);
            // Compares digests, so that timing reveals nothing about the proof.
            Sha256::digest(made) == Sha256::digest(proof)
        };
        let mut keys = std::iter::once(&self.key).chain(&self.older);
        keys.find(proves).map(|key| Capability {
            feed,
            name: name.to_owned(),
            secret: secret_of(key, feed, name),
        })
    }
}

fn secret_of(key: &Key, feed: FeedId, name: &str) -> String {
    hex(derive(key, "secret", feed, name).as_ref())
}

fn derive(key: &Key, purpose: &str, feed: FeedId, name: &str) -> hmac::Tag {
    hmac::sign(key, format!("{purpose}/{feed}/{name}").as_bytes())
}

impl Capability {
    /// Whether it is for a feed's current hub and topic.
    pub fn is_for(&self, hub: &Hub) -> bool {
        self.name == name_of(hub)
    }

    /// What a body is checked against while it arrives, with our secret (section 7.1): `method=hexadecimal`. `None` for
    /// a method that isn't registered, or no hexadecimal.
    ///
    /// All registered methods are accepted, even SHA-1: as the Recommendation notes, most hubs have no other, and only
    /// its collision resistance is broken, which doesn't help to forge an HMAC.
    pub fn check(&self, signature: &str) -> Option<SignatureCheck> {
        let (method, digits) = signature.trim().split_once('=')?;
        let algorithm = match method.to_ascii_lowercase().as_str() {
            "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => HMAC_SHA256,
            "sha384" => hmac::HMAC_SHA384,
            "sha512" => hmac::HMAC_SHA512,
            _ => return None,
        };
        let key = Key::new(algorithm, self.secret.as_bytes());
        Some(SignatureCheck {
            context: hmac::Context::with_key(&key),
            claimed: unhex(digits)?,
        })
    }
}

/// A body's signature, checked part by part.
#[derive(Debug)]
pub struct SignatureCheck {
    context: hmac::Context,
    claimed: Vec<u8>,
}

impl SignatureCheck {
    /// Takes the body's next part.
    pub fn update(&mut self, part: &[u8]) {
        self.context.update(part);
    }

    /// Whether the whole body has the signature that was claimed. In constant time.
    pub fn is_good(self) -> bool {
        let tag = self.context.sign();
        // Compares digests, so that timing reveals nothing about the tag.
        Sha256::digest(tag.as_ref()) == Sha256::digest(&self.claimed)
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let pairs = digits.chunks(2).map(|pair| {
        let text = std::str::from_utf8(pair)
            .ok()
            .filter(|text| text.len() == 2)?;
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u8::from_str_radix(text, 16).ok()).flatten()
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use crate::websub::callback::*;

    fn callbacks(base: &str, allow_private: bool) -> Option<Callbacks> {
        Callbacks::new(
            &Url::parse(base).unwrap(),
            &SecretKeys::one(b"secret"),
            allow_private,
        )
    }

    #[test]
    fn a_callback_proves_itself_and_nothing_else() {
        let ours = callbacks("https://reader.example/", false).unwrap();
        let hub = Hub::new(
            "https://hub.example/".into(),
            "https://a.example/f".into(),
            0,
        );
        let other = Hub::new(
            "https://hub.example/".into(),
            "https://a.example/g".into(),
            0,
        );
        let url = ours.url(FeedId(7), &hub).unwrap();
        let token = url.path_segments().unwrap().next_back().unwrap();

        let known = ours.check(FeedId(7), token).unwrap();
        assert!(known.is_for(&hub) && !known.is_for(&other));
        assert_eq!(known.secret, ours.secret(FeedId(7), &hub));
        assert!(known.secret.len() < 200);
        assert_ne!(known.secret, ours.secret(FeedId(8), &hub));
        assert_ne!(ours.secret(FeedId(7), &hub), ours.secret(FeedId(7), &other));

        assert_eq!(ours.check(FeedId(8), token), None);
        for at in 0..token.len() {
            let mut bent = token.as_bytes().to_vec();
            bent[at] = if bent[at] == b'0' { b'1' } else { b'0' };
            let bent = String::from_utf8(bent).unwrap();
            assert_eq!(ours.check(FeedId(7), &bent), None, "{at}");
        }
        for short in ["", "ä", "0123456789abcdef", &token[..token.len() - 1]] {
            assert_eq!(ours.check(FeedId(7), short), None);
        }
    }

    #[test]
    fn a_private_site_has_no_callbacks_or_only_for_neighbours() {
        for private in [
            "http://127.0.0.1:8080/",
            "http://localhost/",
            "http://10.0.0.7/",
        ] {
            assert!(callbacks(private, false).is_none(), "{private}");
        }
        let at_home = callbacks("http://127.0.0.1:8080/", true).unwrap();
        assert!(at_home.can_reach(&Url::parse("http://127.0.0.1:9/").unwrap()));
        assert!(!at_home.can_reach(&Url::parse("https://hub.example/").unwrap()));
        let public = callbacks("https://reader.example/", false).unwrap();
        assert!(public.can_reach(&Url::parse("https://hub.example/").unwrap()));
    }
}
