//! One-time codes: an app on one's phone shows another one every thirty seconds (TOTP, RFC 6238), and recovery codes stand
//! in for it once each.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Totp};

use crate::ids::UserId;
use crate::random::{Random, hex};
use crate::sealed::{Renewal, Seal, SecretKeys};
use crate::timestamp::Timestamp;

/// Bytes of a secret: the length of an HMAC-SHA1, as RFC 4226 recommends (section 4).
const SECRET_BYTES: usize = 20;
/// Recovery codes of an account.
pub const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: 80 bits.
const RECOVERY_CHARS: usize = 16;
/// The purpose of the seal.
const PURPOSE: &str = "one-time codes";

/// What an account keeps of its one-time codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeCodes {
    /// The secret, sealed.
    secret: String,
    /// The step of the last code that was taken: each is taken once (RFC 6238, section 5.2).
    #[serde(default)]
    used: u64,
    /// The hashes of the recovery codes that are left.
    recovery: Vec<String>,
}

/// A secret that isn't an account's yet, for the app to learn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSecret {
    /// In base 32, as people type it.
    pub text: String,
}

fn totp(secret: &str) -> Option<Totp> {
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    let secret = totp_rs::Secret::new(bytes.into());
    Builder::new().with_secret(secret).build().ok()
}

impl NewSecret {
    /// A new one.
    pub fn drawn(random: &Random) -> Self {
        let bytes = random.bytes::<SECRET_BYTES>();
        Self {
            text: data_encoding::BASE32_NOPAD.encode(&bytes),
        }
    }

    /// The address that apps read from a picture (the Key Uri Format of Google Authenticator).
    pub fn address(&self, issuer: &str, account: &str) -> String {
        let part = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        let (issuer, account) = (part(issuer), part(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}",
            self.text
        )
    }

    /// Whether this is the code that an app shows now, or showed one step before or after.
    pub fn fits(&self, code: &str, now: Timestamp) -> bool {
        step_of(&self.text, code, now).is_some()
    }

    /// Has an account use it from now on; returns also the recovery codes, which are shown once. `None` if it can't be
    /// sealed, which doesn't happen.
    pub fn begin(
        &self,
        (keys, random): (&SecretKeys, &Random),
        user: UserId,
        (code, now): (&str, Timestamp),
    ) -> Option<(OneTimeCodes, Vec<String>)> {
        let secret = Seal::new(keys, PURPOSE)?.close(&self.text, random)?;
        let (recovery, shown) = recovery(random, user);
        let codes = OneTimeCodes {
            secret,
            used: step_of(&self.text, code, now).unwrap_or_default(),
            recovery,
        };
        Some((codes, shown))
    }
}

/// The step of a code that counts now, with one step of patience on either side (RFC 6238, section 5.2).
fn step_of(secret: &str, code: &str, now: Timestamp) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(now.timestamp()).ok()?;
    // In constant time, by the library.
    totp(secret)?.check(&digits, now)
}

fn recovery(random: &Random, user: UserId) -> (Vec<String>, Vec<String>) {
    let drawn = (0..RECOVERY_CODES).map(|_| {
        let bytes = random.bytes::<10>();
        data_encoding::BASE32_NOPAD.encode(&bytes).to_lowercase()
    });
    let drawn: Vec<String> = drawn.collect();
    let hashes = drawn.iter().map(|code| hash(user, code)).collect();
    let shown = drawn
        .iter()
        .map(|code| format!("{}-{}", &code[..8], &code[8..]));
    (hashes, shown.collect())
}

/// They have 80 bits, so that a plain hash of them tells nothing.
fn hash(user: UserId, code: &str) -> String {
    hex(&Sha256::digest(format!("recovery code {user} {code}"))[..16])
}

/// How a code was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fits {
    /// The app's.
    App,
    /// A recovery code, of which so many are left.
    Recovery(usize),
}

impl OneTimeCodes {
    /// Takes a code, which doesn't count again; `None` if it is wrong, or was taken before. A secret under an older key is
    /// sealed anew.
    pub fn take(
        &mut self,
        (keys, random): (&SecretKeys, &Random),
        user: UserId,
        (code, now): (&str, Timestamp),
    ) -> Option<Fits> {
        let bare: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        if bare.len() == RECOVERY_CHARS {
            let hash = hash(user, &bare.to_lowercase());
            let place = self.recovery.iter().position(|one| *one == hash)?;
            self.recovery.remove(place);
            return Some(Fits::Recovery(self.recovery.len()));
        }
        let seal = Seal::new(keys, PURPOSE)?;
        let secret: String = seal.open(&self.secret)?;
        let step = step_of(&secret, code, now).filter(|step| *step > self.used)?;
        self.used = step;
        if seal.is_old(&self.secret) {
            self.secret = seal.close(&secret, random)?;
        }
        Some(Fits::App)
    }

    /// Replaces the recovery codes, and returns the new ones, which are shown once.
    pub fn renew(&mut self, random: &Random, user: UserId) -> Vec<String> {
        let (recovery, shown) = recovery(random, user);
        self.recovery = recovery;
        shown
    }

    /// Seals the secret with the newest key, if an older one did.
    pub fn reseal(&mut self, (keys, random): (&SecretKeys, &Random)) -> Renewal {
        let seal = Seal::new(keys, PURPOSE);
        let renewal = seal.map_or(Renewal::Lost, |seal| seal.renew("", &self.secret, random));
        if let Renewal::Renewed(secret) = &renewal {
            self.secret.clone_from(secret);
        }
        renewal
    }

    /// How many recovery codes are left.
    pub fn left(&self) -> usize {
        self.recovery.len()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_specification() {
        // RFC 6238, appendix B, with SHA-1, shortened to six digits.
        let secret = NewSecret {
            text: data_encoding::BASE32_NOPAD.encode(b"12345678901234567890"),
        };
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            assert!(secret.fits(code, at(second)), "{second}");
            assert!(secret.fits(&format!("{} {}", &code[..3], &code[3..]), at(second)));
            assert!(secret.fits(code, at(second) + TimeDelta::seconds(30)));
            assert!(!secret.fits(code, at(second) + TimeDelta::seconds(90)));
        }
        for wrong in ["", "287083", "28708", "2870822", "ab"] {
            assert!(!secret.fits(wrong, at(59)), "{wrong}");
        }
    }

    #[test]
    fn a_code_counts_once_and_a_recovery_code_too() {
        let (random, user) = (Random::seeded(3), UserId(7));
        let old = SecretKeys::one(b"an old key");
        let keys = (&old, &random);
        let secret = NewSecret::drawn(&random);
        let now = at(1_800_000_000);
        let code = |at: Timestamp| {
            let totp = totp(&secret.text).unwrap();
            totp.generate(at.timestamp().cast_unsigned()).to_string()
        };
        let (mut codes, shown) = secret.begin(keys, user, (&code(now), now)).unwrap();
        assert_eq!(
            codes.take(keys, user, (&code(now), now)),
            None,
            "taken by the set-up"
        );
        let later = now + TimeDelta::seconds(60);
        assert_eq!(
            codes.take(keys, user, (&code(later), later)),
            Some(Fits::App)
        );
        assert_eq!(codes.take(keys, user, (&code(later), later)), None);
        assert_eq!(shown.len(), RECOVERY_CODES);
        let typed = shown[4].to_uppercase().replace('-', " ");
        assert_eq!(codes.take(keys, UserId(8), (&typed, later)), None);
        assert_eq!(
            codes.take(keys, user, (&typed, later)),
            Some(Fits::Recovery(9))
        );
        assert_eq!(codes.take(keys, user, (&typed, later)), None);
        let renewed = codes.renew(&random, user);
        assert_eq!(codes.take(keys, user, (&shown[5], later)), None);
        assert_eq!(
            codes.take(keys, user, (&renewed[0], later)),
            Some(Fits::Recovery(9))
        );

        // A new key opens it, and it is sealed anew.
        let both = SecretKeys::read("a new key,an old key", 8).unwrap();
        let later = later + TimeDelta::seconds(60);
        assert_eq!(
            codes.take((&both, &random), user, (&code(later), later)),
            Some(Fits::App)
        );
        let new = SecretKeys::one(b"a new key");
        let later = later + TimeDelta::seconds(60);
        assert_eq!(
            codes.take((&new, &random), user, (&code(later), later)),
            Some(Fits::App)
        );
    }
}
