//! ID tokens: their claims, and whether to accept them.
//!
//! OpenID Connect Core 1.0, section 3.1.3.7. Checks that cost nothing come first: a token with wrong claims is refused
//! before any keys are fetched.

use chrono::TimeDelta;
use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::{Algorithm, TokenData, Validation};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::keys::{KeyError, Keys};
use crate::timestamp::Timestamp;

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 30;
/// Bytes of the longest token that is read.
const MAX_TOKEN_BYTES: usize = 16 * 1_024;
/// Bytes of the longest subject (Core, section 2).
const MAX_SUBJECT_BYTES: usize = 255;

/// Why a token isn't accepted. For the log: a stranger isn't told which.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64 and JSON, or unreadable.
    #[error("it isn’t a token")]
    Malformed,
    /// Unsigned, signed with a shared secret, or with an algorithm that we don't accept.
    #[error("its algorithm isn’t accepted")]
    Algorithm,
    /// Another issuer made it.
    #[error("its issuer is wrong")]
    Issuer,
    /// It is meant for another audience.
    #[error("its audience is wrong")]
    Audience,
    /// Its nonce isn't ours.
    #[error("its nonce is wrong")]
    Nonce,
    /// It has expired, or isn't valid yet.
    #[error("it has expired, or isn’t valid yet")]
    Time,
    /// It is about another account, or one whose address isn't verified.
    #[error("it is for another account")]
    Account,
    /// Its signature doesn't match its key.
    #[error("its signature is wrong")]
    Signature,
    /// There is no key for it.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What a token must claim.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Accepted issuers.
    pub issuers: Vec<String>,
    /// Accepted audiences.
    pub audiences: Vec<String>,
    /// Expected `azp`: checked if present, required with several audiences.
    pub party: Option<String>,
    /// Expected nonce, if one was sent.
    pub nonce: Option<String>,
    /// The verified email of the account that it must be about, if that matters.
    pub email: Option<String>,
}

/// The claims that we read.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    /// When they signed in at the issuer, in seconds since 1970.
    pub auth_time: Option<f64>,
    /// The subject, unique at the issuer: never given to another person.
    pub sub: String,
    /// Their email address, if the token has it.
    pub email: Option<String>,
    /// Whether the issuer has verified that the address is theirs.
    #[serde(default, deserialize_with = "yes")]
    pub email_verified: bool,
}

/// One, or several (RFC 7519, section 4.1.3).
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// True, or "true", which some providers send. Everything else is false.
pub(super) fn yes<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value == true || value == "true")
}

/// Where a token's signing keys come from.
#[derive(Clone, Copy, Debug)]
pub struct KeySet<'a> {
    /// The cache of keys, which fetches those it lacks.
    pub keys: &'a Keys,
    /// The JWK set's address.
    pub address: &'a Url,
}

/// Verifies a token. One request for the keys, unless they are cached.
///
/// # Errors
/// [`TokenError`] if the token isn't accepted.
pub async fn verify(
    token: &str,
    expected: &Expected,
    now: Timestamp,
    signed_with: KeySet<'_>,
) -> Result<Claims, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::Malformed);
    }
    // The header can't be decoded if it names an algorithm that the library doesn't know: "none" is one.
    let unproved: TokenData<Claims> = insecure_decode(token).map_err(|_| TokenError::Malformed)?;
    let header = unproved.header;
    if !matches!(
        header.alg,
        Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA
    ) {
        return Err(TokenError::Algorithm);
    }
    // RFC 7515, section 4.1.11: critical extensions must be understood, and we know none.
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    unproved.claims.check(expected, now)?;
    let KeySet { keys, address } = signed_with;
    let known = keys
        .find(address, header.kid.as_deref(), header.alg)
        .await?;
    let mut signature_alone = Validation::new(known.algorithm);
    signature_alone.required_spec_claims.clear();
    // The library would use the system clock.
    signature_alone.validate_exp = false;
    signature_alone.validate_aud = false;
    let proved = jsonwebtoken::decode::<Claims>(token, &known.key, &signature_alone);
    let claims = proved.map_err(|_| TokenError::Signature)?.claims;
    claims.check(expected, now)?;
    Ok(claims)
}

impl Claims {
    fn check(&self, expected: &Expected, now: Timestamp) -> Result<(), TokenError> {
        if !expected.issuers.contains(&self.iss) {
            return Err(TokenError::Issuer);
        }
        self.check_audience(expected)?;
        if expected.nonce.is_some() && expected.nonce != self.nonce {
            return Err(TokenError::Nonce);
        }
        self.check_time(now)?;
        if self.sub.is_empty() || self.sub.len() > MAX_SUBJECT_BYTES {
            return Err(TokenError::Malformed);
        }
        let about = self.email_verified && self.email == expected.email;
        if expected.email.is_some() && !about {
            return Err(TokenError::Account);
        }
        Ok(())
    }

    fn check_audience(&self, expected: &Expected) -> Result<(), TokenError> {
        let ours = |one: &String| expected.audiences.contains(one);
        let (meant, several) = match &self.aud {
            Audience::One(one) => (ours(one), false),
            Audience::Several(all) => (all.iter().any(ours), all.len() > 1),
        };
        // Without an expected party, as for Google's service accounts, whose party is a number, there must be one
        // audience.
        let party = match (&expected.party, &self.azp) {
            (Some(expected), Some(party)) => party == expected,
            _ => !several,
        };
        if meant && party {
            Ok(())
        } else {
            Err(TokenError::Audience)
        }
    }

    fn check_time(&self, now: Timestamp) -> Result<(), TokenError> {
        let seconds = |at: f64| {
            // Only values that calendars have: anything beyond isn't meant as a date.
            let whole = (0.0..1e11).contains(&at).then_some(at as i64);
            let at = whole.and_then(|whole| Timestamp::from_timestamp(whole, 0));
            at.ok_or(TokenError::Time)
        };
        let leeway = TimeDelta::seconds(LEEWAY);
        let over = seconds(self.exp)? + leeway <= now;
        let early = [self.iat, self.nbf].into_iter().flatten();
        for from in early {
            if seconds(from)? - leeway > now {
                return Err(TokenError::Time);
            }
        }
        if over { Err(TokenError::Time) } else { Ok(()) }
    }
}
