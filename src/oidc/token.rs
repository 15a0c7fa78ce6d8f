//! ID tokens: what one says, and whether to believe it.
//!
//! OpenID Connect Core 1.0, section 3.1.3.7. What costs nothing comes first: a token that says the wrong thing is refused
//! before anybody is asked for keys.

use chrono::TimeDelta;
use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::{Algorithm, TokenData, Validation};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::keys::{KeyError, Keys};
use crate::timestamp::Timestamp;

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 30;
/// Bytes of the longest token that is looked at.
const LONGEST: usize = 16 * 1_024;
/// Bytes of the longest subject (Core, section 2).
const LONGEST_SUBJECT: usize = 255;

/// Why a token isn't believed. For the log: a stranger isn't told which.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64 and JSON, or none that we can read.
    #[error("it isn't a token")]
    Malformed,
    /// Unsigned, signed with a shared secret, or with what we don't take.
    #[error("its algorithm isn't accepted")]
    Algorithm,
    /// Somebody else made it.
    #[error("its issuer is another")]
    Issuer,
    /// It is meant for somebody else.
    #[error("its audience is another")]
    Audience,
    /// It answers another question than ours.
    #[error("its nonce is another")]
    Nonce,
    /// Its time is over, or hasn't come.
    #[error("it isn't valid now")]
    Time,
    /// It is about another account, or one whose address nobody has checked.
    #[error("it is about another account")]
    Account,
    /// Its signature isn't that of its key.
    #[error("its signature is wrong")]
    Signature,
    /// There is no key for it.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What a token must say.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Who made it: any of these.
    pub issuers: Vec<String>,
    /// Whom it is meant for: any of these.
    pub audiences: Vec<String>,
    /// For whom it was made: what `azp` must be where a token has one, which it must where it is meant for several.
    pub party: Option<String>,
    /// The question that it answers, if it answers one.
    pub nonce: Option<String>,
    /// The verified address of the account that it is about, if that matters.
    pub email: Option<String>,
}

/// What a token says, as far as we look.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    /// Who, for the issuer: never given to anybody else.
    pub sub: String,
    /// His address, if it says.
    pub email: Option<String>,
    /// Whether the issuer has checked that the address is his.
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

/// True, or "true", which some providers write. Everything else is a no.
pub(super) fn yes<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value == true || value == "true")
}

/// Believes a token, or says why not. One request for the keys, unless they are known.
///
/// # Errors
/// [`TokenError`].
pub async fn verify(
    token: &str,
    expected: &Expected,
    now: Timestamp,
    (keys, address): (&Keys, &Url),
) -> Result<Claims, TokenError> {
    if token.len() > LONGEST {
        return Err(TokenError::Malformed);
    }
    // Its header can't be read where it names an algorithm that the library has no word for: "none" is one.
    let unproved: TokenData<Claims> = insecure_decode(token).map_err(|_| TokenError::Malformed)?;
    let header = unproved.header;
    if !matches!(
        header.alg,
        Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA
    ) {
        return Err(TokenError::Algorithm);
    }
    // RFC 7515, section 4.1.11: what is critical must be understood, and we understand nothing beyond the rule.
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    unproved.claims.check(expected, now)?;
    let known = keys
        .find(address, header.kid.as_deref(), header.alg)
        .await?;
    let mut signature_alone = Validation::new(known.algorithm);
    signature_alone.required_spec_claims.clear();
    // The library would ask the machine's clock.
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
        if self.sub.is_empty() || self.sub.len() > LONGEST_SUBJECT {
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
        // Without an expectation, such as of Google's service accounts, whose party is a number, one audience must do.
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
            // Only where it is a date that calendars have: what is beyond isn't meant as one.
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
