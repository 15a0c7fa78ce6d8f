//! Google access tokens: fetched on demand, once for concurrent callers, and renewed only when necessary.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use dormouse::clock::Clock;
use dormouse::google::{Credentials, Tokens};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::support::{FakeWeb, Page, at};

const METADATA: &str = "/computeMetadata/v1/instance/service-accounts/default/token";

fn page(token: &str, seconds: i64) -> Page {
    let answer = json!({ "access_token": token, "expires_in": seconds, "token_type": "Bearer" });
    Page::of("application/json", answer.to_string())
}

/// A metadata server with tokens valid for an hour, and its client.
fn metadata() -> (FakeWeb, Clock, Tokens) {
    let (web, clock) = (FakeWeb::start(), Clock::fixed(at(12, 0)));
    let host = web.put(METADATA, page("first", 3_600));
    let host = host.strip_prefix("http://").unwrap();
    let host = host.split('/').next().unwrap().to_owned();
    let tokens = Tokens::new(Credentials::Metadata(host), clock.clone());
    (web, clock, tokens)
}

#[tokio::test]
async fn of_a_hundred_at_once_one_sends_a_request() {
    let (web, _, tokens) = metadata();
    web.put(
        METADATA,
        page("first", 3_600).after(std::time::Duration::from_millis(50)),
    );
    assert_eq!(web.requests().len(), 0, "nothing before it is needed");
    let all = (0..100).map(|_| tokens.bearer());
    for token in futures_util::future::join_all(all).await {
        assert_eq!(token.unwrap().as_deref(), Some("first"));
    }
    let asked = web.asked(METADATA);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("metadata-flavor"), Some("Google"));
}

#[tokio::test]
async fn a_token_serves_until_shortly_before_its_end() {
    let (web, clock, tokens) = metadata();
    tokens.bearer().await.unwrap();
    web.put(METADATA, page("second", 3_600));
    clock.advance(TimeDelta::minutes(55));
    assert_eq!(tokens.bearer().await.unwrap().as_deref(), Some("first"));
    clock.advance(TimeDelta::minutes(2));
    assert_eq!(tokens.bearer().await.unwrap().as_deref(), Some("second"));
    assert_eq!(web.asked(METADATA).len(), 2);
}

#[tokio::test]
async fn a_server_that_is_away_for_a_moment_isn_t_noticed() {
    let (web, clock, tokens) = metadata();
    tokens.bearer().await.unwrap();
    web.put(METADATA, Page::status(503));
    clock.advance(TimeDelta::minutes(58));
    assert_eq!(tokens.bearer().await.unwrap().as_deref(), Some("first"));
    clock.advance(TimeDelta::minutes(3));
    let error = tokens.bearer().await.unwrap_err().to_string();
    assert!(error.contains("503"), "{error}");
    web.put(METADATA, page("third", 3_600));
    assert_eq!(tokens.bearer().await.unwrap().as_deref(), Some("third"));
}

#[tokio::test]
async fn a_service_account_signs_for_its_token() {
    let web = FakeWeb::start();
    let token_uri = web.put("/token", page("signed for", 3_600));
    let made = std::process::Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
        ])
        .output()
        .unwrap();
    let pem = String::from_utf8(made.stdout).unwrap();
    let file = json!({
        "type": "service_account", "client_email": "reader@field.example", "private_key_id": "k1",
        "private_key": pem, "token_uri": token_uri,
    });
    let credentials = Credentials::from_json(&file.to_string()).unwrap();
    assert!(!format!("{credentials:?}").contains("PRIVATE"));
    let tokens = Tokens::new(credentials, Clock::fixed(at(12, 0)));
    assert_eq!(
        tokens.bearer().await.unwrap().as_deref(),
        Some("signed for")
    );

    let asked = web.asked("/token").remove(0);
    let form: std::collections::BTreeMap<String, String> =
        url::form_urlencoded::parse(asked.body.as_bytes())
            .into_owned()
            .collect();
    assert_eq!(
        form["grant_type"],
        "urn:ietf:params:oauth:grant-type:jwt-bearer"
    );
    let (text, signature) = form["assertion"].rsplit_once('.').unwrap();
    let (header, claims) = text.split_once('.').unwrap();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(
        read(header),
        json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" })
    );
    let claims = read(claims);
    assert_eq!(claims["iss"], "reader@field.example");
    assert_eq!(claims["aud"], token_uri.as_str());
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3_600
    );
    let public = {
        use rustls::pki_types::pem::PemObject;
        let der = rustls::pki_types::PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap();
        let pair = ring::signature::RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
        pair.public().as_ref().to_vec()
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
        .verify(text.as_bytes(), &signature)
        .unwrap();
}

#[tokio::test]
async fn a_developers_permission_is_changed_for_a_token() {
    let web = FakeWeb::start();
    let token_uri = web.put("/token", page("a developer’s", 3_600));
    let file = json!({
        "type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r",
        "token_uri": token_uri,
    });
    let credentials = Credentials::from_json(&file.to_string()).unwrap();
    let tokens = Tokens::new(credentials, Clock::fixed(at(12, 0)));
    assert_eq!(
        tokens.bearer().await.unwrap().as_deref(),
        Some("a developer’s")
    );
    let body = web.asked("/token")[0].body.clone();
    assert!(
        body.contains("grant_type=refresh_token") && body.contains("refresh_token=r"),
        "{body}"
    );
}
