//! There and back: the authorisation code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636).

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
use super::token::{self, Expected, TokenError};
use crate::egress::{Direct, DirectError};
use crate::random::Chance;
use crate::timestamp::Timestamp;

/// Minutes that somebody has for signing in there.
pub const MINUTES: i64 = 10;

/// What is remembered while somebody is there. It belongs into his browser alone, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    /// Seconds since 1970.
    at: i64,
    /// Where he goes afterwards.
    pub next: String,
    /// Which reader wants to connect his account, if that is what this is about.
    pub connect: Option<i64>,
}

/// Somebody, on the provider's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Whose word.
    pub issuer: String,
    /// Who, to the issuer: for ever.
    pub subject: String,
    /// His address, only if the issuer has checked that it is his.
    pub verified_email: Option<String>,
}

/// Why nobody came back. For the log.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The provider doesn't work just now, or isn't set right.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// This attempt came back before, or its time is over.
    #[error("the attempt is over")]
    Over,
    /// The provider didn't take the code: it was used before, or made for somebody else.
    #[error("the provider refused the code: {0}")]
    Refused(String),
    /// It didn't send a token that can be believed.
    #[error("the token isn't believed: {0}")]
    Token(#[from] TokenError),
}

impl From<DirectError> for FlowError {
    fn from(error: DirectError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// The token that says who, beside those that we have no use for.
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
    /// Whether this state is the one that was sent along. Digests are compared, so that time says nothing about it.
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

    /// Where to send somebody, and what to remember until he is back.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn begin(
        &self,
        chance: &Chance,
        next: String,
        connect: Option<i64>,
    ) -> Result<(Url, Attempt), Unavailable> {
        let attempt = Attempt {
            state: chance.hex::<32>(),
            nonce: chance.hex::<32>(),
            verifier: chance.hex::<32>(),
            at: self.clock.now().timestamp(),
            next,
            connect,
        };
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let client = self.client(&self.description().await?);
        let (url, _) = client
            .authorize_url(|| CsrfToken::new(attempt.state.clone()))
            .add_scope(Scope::new("openid".into()))
            .add_scope(Scope::new("email".into()))
            .add_extra_param("nonce", &attempt.nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok((url, attempt))
    }

    /// Whether an answer may be this provider's: it needn't say whose it is, but mustn't say another's (RFC 9207).
    pub fn may_say(&self, issuer: Option<&str>) -> bool {
        issuer.is_none_or(|issuer| issuer == self.issuer)
    }

    /// Who came back with this code. Two requests, and one more where the token has no address.
    ///
    /// # Errors
    /// [`FlowError`].
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
        let keys = (&self.keys, &description.jwks_uri);
        let claims = token::verify(token, &expected, now, keys).await?;
        let mut person = Person {
            issuer: self.issuer.clone(),
            subject: claims.sub,
            verified_email: claims.email.clone().filter(|_| claims.email_verified),
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
            // What it sent may have tokens in it.
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
        .send(direct.post(&url).headers(parts.headers).body(body))
        .await
}

/// The verified address that the provider knows of a subject (Core, section 5.3). Some keep it out of their tokens.
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
    // About somebody else, it says nothing about him.
    let about = info.sub == subject && info.email_verified;
    Ok(info.email.filter(|_| about))
}
