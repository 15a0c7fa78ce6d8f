//! An OpenID provider on loopback with configured claims, signed with its own key.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dormouse::timestamp::Timestamp;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use url::Url;

use super::app::{TestApp, at};
use super::client::{Answer, Client};
use super::fake_web::{FakeWeb, Page};

/// Our client id.
pub(crate) const CLIENT: &str = "the-dormouse";
const SECRET: &str = "between us";

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The provider.
#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) web: FakeWeb,
    key: EcdsaKeyPair,
    name: &'static str,
}

/// The parameters of an authorization request.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) url: Url,
    pub(crate) asked: HashMap<String, String>,
}

impl Left {
    /// From the redirect to the provider.
    #[track_caller]
    pub(crate) fn by(answer: &Answer) -> Self {
        let url = Url::parse(answer.is(303).location()).unwrap();
        let asked = url.query_pairs().into_owned().collect();
        Self { url, asked }
    }

    /// The provider's redirect back to us, with a code.
    pub(crate) fn back(&self, code: &str) -> String {
        format!(
            "/auth/openid/callback?state={}&code={code}",
            self.asked["state"]
        )
    }
}

fn new_key() -> EcdsaKeyPair {
    let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
    let document = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).unwrap()
}

impl Issuer {
    pub(crate) fn start() -> Self {
        let web = FakeWeb::start();
        let issuer = Self {
            web,
            key: new_key(),
            name: "key-1",
        };
        let at = |path: &str| issuer.web.url(path);
        let description = json!({
            "issuer": issuer.url(),
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
            "userinfo_endpoint": at("/userinfo"),
        });
        issuer.says("/.well-known/openid-configuration", &description);
        issuer.publishes_its_key();
        issuer
    }

    /// Sets the response for a path.
    pub(crate) fn says(&self, path: &str, what: &Value) {
        let page = Page::of("application/json", what.to_string());
        self.web.put(path, page);
    }

    fn publishes_its_key(&self) {
        self.says("/keys", &json!({ "keys": [self.jwk()] }));
    }

    /// Signs with another key from now on, and publishes only that one.
    pub(crate) fn changes_its_key(&mut self, name: &'static str) {
        self.key = new_key();
        self.name = name;
        self.publishes_its_key();
    }

    fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (base64(&point[1..33]), base64(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "kid": self.name, "use": "sig", "alg": "ES256", "x": x, "y": y })
    }

    pub(crate) fn url(&self) -> String {
        self.web.url("")
    }

    /// The service's settings for a provider at this address.
    pub(crate) fn settings<'u>(&self, url: &'u str) -> [(&'static str, &'u str); 4] {
        [
            ("OIDC_ISSUER", url),
            ("OIDC_CLIENT_ID", CLIENT),
            ("OIDC_CLIENT_SECRET", SECRET),
            ("OIDC_NAME", "Oak Tree"),
        ]
    }

    /// The service with this provider and further settings.
    pub(crate) async fn app(&self, more: &[(&str, &str)]) -> TestApp {
        TestApp::with(&[&self.settings(&self.url()), more].concat()).await
    }

    /// A signed token.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(
            &json!({ "alg": "ES256", "kid": self.name, "typ": "JWT" }),
            claims,
        )
    }

    /// A token with another header, correctly signed.
    pub(crate) fn sign_as(&self, head: &Value, claims: &Value) -> String {
        let text = unsigned(head, claims);
        let signature = self
            .key
            .sign(&SystemRandom::new(), text.as_bytes())
            .unwrap();
        format!("{text}.{}", base64(signature))
    }

    /// A token signed by HMAC with the public key: accepted by a verifier that trusts the token's own `alg`.
    pub(crate) fn swap_algorithm(&self, claims: &Value) -> String {
        let head = json!({ "alg": "HS256", "kid": self.name, "typ": "JWT" });
        let text = unsigned(&head, claims);
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.public_key().as_ref());
        let tag = hmac::sign(&key, text.as_bytes());
        format!("{text}.{}", base64(tag.as_ref()))
    }

    /// An unsigned token.
    pub(crate) fn unsigned(claims: &Value) -> String {
        format!(
            "{}.",
            unsigned(&json!({ "alg": "none", "typ": "JWT" }), claims)
        )
    }

    /// The claims about a visitor from our service, at noon.
    pub(crate) fn claims(&self, left: &Left, subject: &str, email: &str) -> Value {
        self.claims_at(left, subject, email, at(12, 0))
    }

    /// The same at another time.
    pub(crate) fn claims_at(
        &self,
        left: &Left,
        subject: &str,
        email: &str,
        now: Timestamp,
    ) -> Value {
        let now = now.timestamp();
        json!({
            "iss": self.url(),
            "aud": CLIENT,
            "sub": subject,
            "email": email,
            "email_verified": true,
            "nonce": left.asked["nonce"],
            "iat": now,
            "exp": now + 3_600,
        })
    }

    /// Exchanges any code for this token from now on.
    pub(crate) fn gives(&self, token: &str) {
        let answer = json!({ "access_token": "open", "token_type": "Bearer", "id_token": token });
        self.says("/token", &answer);
    }

    /// Completes a sign-in with these claims.
    pub(crate) async fn vouches(&self, client: &Client<'_>, subject: &str, email: &str) -> Answer {
        self.vouches_with(client, |left| self.sign(&self.claims(left, subject, email)))
            .await
    }

    /// Completes a sign-in with this token.
    pub(crate) async fn vouches_with(
        &self,
        client: &Client<'_>,
        token: impl Fn(&Left) -> String,
    ) -> Answer {
        let left = Left::by(&client.get("/auth/openid").await);
        self.gives(&token(&left));
        client.get(&left.back("a-code")).await
    }
}

fn unsigned(head: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        base64(head.to_string()),
        base64(claims.to_string())
    )
}
