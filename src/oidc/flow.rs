//! The authorisation code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636).

use chrono::TimeDelta;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::provider::{Description, Provider, Unavailable};
use super::token::{self, Expected, KeySet, TokenError};
use crate::egress::{Direct, DirectError};
use crate::random::Random;
use crate::timestamp::Timestamp;

/// Minutes that people have to sign in at the provider.
pub const MINUTES: i64 = 10;

/// What is remembered while a person is at the provider. It belongs in their browser only, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    /// Seconds since 1970.
    at: i64,
    /// Where they go afterwards.
    pub next: String,
    /// What it is about.
    pub purpose: Purpose,
}

/// What a person goes to the provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// This user connects their account there.
    Connect(i64),
    /// This user proves that they are the owner, and so has to sign in there again.
    Prove(i64),
}

/// A person, as identified by the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider's issuer.
    pub issuer: String,
    /// The subject: the person's permanent id at the issuer.
    pub subject: String,
    /// Their email address, only if the issuer has verified that it is theirs.
    pub verified_email: Option<String>,
    /// When they signed in there, in seconds since 1970, if the provider says.
    pub signed_in_at: Option<i64>,
}

impl Person {
    /// Whether they have signed in there within the time of an attempt. A provider that doesn't say was asked to see to it.
    pub fn has_just_signed_in(&self, now: Timestamp) -> bool {
        let limit = TimeDelta::minutes(MINUTES).num_seconds();
        self.signed_in_at
            .is_none_or(|at| now.timestamp() - at <= limit)
    }
}

/// Why a sign-in failed. For the log.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The provider doesn't work now, or isn't configured correctly.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// This attempt came back before, or has expired.
    #[error("the sign-in attempt has expired")]
    Over,
    /// The provider refused the code: it was used before, or issued to another client.
    #[error("the provider refused the code: {0}")]
    Refused(String),
    /// It didn't send an acceptable token.
    #[error("the token was rejected: {0}")]
    Token(#[from] TokenError),
}

impl From<DirectError> for FlowError {
    fn from(error: DirectError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// The ID token; the other tokens aren't used.
#[derive(Debug, Deserialize, Serialize)]
struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

type Client = oauth2::Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Attempt {
    /// Whether this state is the one that was sent along. Digests are compared, so that timing reveals nothing about
    /// it.
    pub fn is_answered_by(&self, state: &str) -> bool {
        Sha256::digest(&self.state) == Sha256::digest(state)
    }

    fn is_over(&self, now: Timestamp) -> bool {
        let age = now.timestamp() - self.at;
        !(0..TimeDelta::minutes(MINUTES).num_seconds()).contains(&age)
    }
}

impl Provider {
    fn client(&self, description: &Description) -> Client {
        let auth = AuthUrl::from_url(description.authorization_endpoint.clone());
        let methods = &description.token_endpoint_auth_methods_supported;
        let takes = |method: &str| methods.iter().any(|known| known == method);
        let how = match takes("client_secret_post") && !takes("client_secret_basic") {
            true => AuthType::RequestBody,
            false => AuthType::BasicAuth,
        };
        oauth2::Client::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(auth)
            .set_token_uri(TokenUrl::from_url(description.token_endpoint.clone()))
            .set_redirect_uri(RedirectUrl::from_url(self.redirect.clone()))
            .set_auth_type(how)
    }

    /// Where to send the person, and what to remember until they are back.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider can't be used.
    pub async fn begin(
        &self,
        random: &Random,
        next: String,
        purpose: Purpose,
    ) -> Result<(Url, Attempt), Unavailable> {
        let attempt = Attempt {
            state: random.hex::<32>(),
            nonce: random.hex::<32>(),
            verifier: random.hex::<32>(),
            at: self.clock.now().timestamp(),
            next,
            purpose,
        };
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let client = self.client(&self.description().await?);
        let mut request = client
            .authorize_url(|| CsrfToken::new(attempt.state.clone()))
            .add_scope(Scope::new("openid".into()))
            .add_scope(Scope::new("email".into()))
            .add_extra_param("nonce", &attempt.nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Purpose::Prove(_) = purpose {
            // Core, section 3.1.2.1: the person is asked even if they are signed in there.
            request = request
                .add_extra_param("prompt", "login")
                .add_extra_param("max_age", "0");
        }
        let (url, _) = request.url();
        Ok((url, attempt))
    }

    /// Whether a response may be this provider's: it needn't name its issuer, but mustn't name another (RFC 9207).
    pub fn may_say(&self, issuer: Option<&str>) -> bool {
        issuer.is_none_or(|issuer| issuer == self.issuer)
    }

    /// The person who came back with this code. Two requests, and one more if the token has no address.
    ///
    /// # Errors
    /// [`FlowError`] if the sign-in failed.
    pub async fn finish(
        &self,
        attempt: &Attempt,
        code: &str,
        secret: String,
    ) -> Result<Person, FlowError> {
        let now = self.clock.now();
        if attempt.is_over(now) || self.used.contains_key(&attempt.state) {
            return Err(FlowError::Over);
        }
        self.used.insert(attempt.state.clone(), ());
        let description = self.description().await?;
        let answer = self.exchange(&description, attempt, code, secret).await?;
        let token = answer.extra_fields().id_token.as_deref();
        let token = token.ok_or_else(|| FlowError::Refused("it sent no ID token".into()))?;
        let expected = Expected {
            issuers: self.issuers(),
            audiences: vec![self.client_id.clone()],
            party: Some(self.client_id.clone()),
            nonce: Some(attempt.nonce.clone()),
            email: None,
        };
        let keys = KeySet {
            keys: &self.keys,
            address: &description.jwks_uri,
        };
        let claims = token::verify(token, &expected, now, keys).await?;
        let mut person = Person {
            issuer: self.issuer.clone(),
            subject: claims.sub,
            verified_email: claims.email.clone().filter(|_| claims.email_verified),
            signed_in_at: claims.auth_time.map(|at| at as i64),
        };
        if let (None, Some(address)) = (&claims.email, &description.userinfo_endpoint) {
            let access = answer.access_token().secret();
            person.verified_email = userinfo(address, access, &person.subject).await?;
        }
        Ok(person)
    }

    async fn exchange(
        &self,
        description: &Description,
        attempt: &Attempt,
        code: &str,
        secret: String,
    ) -> Result<StandardTokenResponse<IdToken, BasicTokenType>, FlowError> {
        let direct = Direct::new()?;
        let http = move |request: HttpRequest| send(direct.clone(), request);
        let client = self
            .client(description)
            .set_client_secret(ClientSecret::new(secret));
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&http)
            .await;
        answer.map_err(|error| match error {
            RequestTokenError::Request(error) => error.into(),
            RequestTokenError::ServerResponse(said) => FlowError::Refused(said.to_string()),
            // Its response may contain tokens.
            _ => FlowError::Refused("it sent something else than tokens".into()),
        })
    }
}

async fn send(direct: Direct, request: HttpRequest) -> Result<oauth2::HttpResponse, DirectError> {
    let (parts, body) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string()).map_err(|error| DirectError::Unexpected {
        host: parts.uri.to_string(),
        reason: error.to_string(),
    })?;
    direct
        .send(direct.post(url.as_str()).headers(parts.headers).body(body))
        .await
}

/// The verified address that the provider has for a subject (Core, section 5.3). Some keep it out of their tokens.
async fn userinfo(
    address: &Url,
    access: &str,
    subject: &str,
) -> Result<Option<String>, DirectError> {
    #[derive(Deserialize)]
    struct Info {
        sub: String,
        email: Option<String>,
        #[serde(default, deserialize_with = "token::yes")]
        email_verified: bool,
    }
    let direct = Direct::new()?;
    let info: Info = direct.json(direct.get(address).bearer_auth(access)).await?;
    // A response about another subject says nothing about this one.
    let about = info.sub == subject && info.email_verified;
    Ok(info.email.filter(|_| about))
}
