//! Secrets in Google's Secret Manager, read on first use.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dormouse::clock::Clock;
use dormouse::config::Secret;
use dormouse::google::{Credentials, SecretManager, Tokens};
use serde_json::json;
use url::Url;

use crate::support::{FakeWeb, Page, at};

const TOKEN: &str = "/computeMetadata/v1/instance/service-accounts/default/token";
const NAME: &str = "projects/field/secrets/key/versions/latest";

fn google(secret: &[u8]) -> (FakeWeb, SecretManager, String) {
    let web = FakeWeb::start();
    let token = json!({ "access_token": "ya29.x", "token_type": "Bearer", "expires_in": 3_000 });
    web.put(TOKEN, Page::of("application/json", token.to_string()));
    let path = format!("/v1/{NAME}:access");
    let answer = json!({ "name": NAME, "payload": { "data": STANDARD.encode(secret) } });
    web.put(&path, Page::of("application/json", answer.to_string()));
    let address = Url::parse(&web.url("/")).unwrap();
    let host = format!("127.0.0.1:{}", address.port().unwrap());
    let tokens = Tokens::new(Credentials::Metadata(host), Clock::fixed(at(12, 0)));
    let manager = SecretManager::at(address, Ok(tokens));
    (web, manager, path)
}

fn named() -> Secret {
    Secret::Resource(NAME.into())
}

#[tokio::test]
async fn a_secret_is_read_once_however_many_need_it() {
    let (web, manager, path) = google(b"hush, hush\n");
    let plain = Secret::Plain("value".into());
    assert_eq!(manager.resolve(&plain).await.unwrap(), "value");
    assert_eq!(web.requests().len(), 0);

    let secret = named();
    let (one, two) = tokio::join!(manager.resolve(&secret), manager.resolve(&secret));
    assert_eq!(
        (one.unwrap(), two.unwrap()),
        ("hush, hush".into(), "hush, hush".into())
    );
    assert_eq!(
        manager.clone().resolve(&secret).await.unwrap(),
        "hush, hush"
    );
    let asked = web.asked(&path);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("authorization"), Some("Bearer ya29.x"));
    assert!(!format!("{manager:?}").contains("hush"));
}

#[tokio::test]
async fn an_unreadable_secret_is_named_and_fetched_again() {
    let (web, manager, path) = google(&[0xff, 0xfe]);
    let error = manager.resolve(&named()).await.unwrap_err().to_string();
    assert_eq!(error, format!("{NAME} isn’t UTF-8 text"));
    web.put(&path, Page::status(403));
    let error = manager.resolve(&named()).await.unwrap_err().to_string();
    assert!(error.contains(NAME) && error.contains("403"), "{error}");
    assert_eq!(web.asked(&path).len(), 2);

    let nobody = SecretManager::new(Err("there is no key file".into()));
    let error = nobody.resolve(&named()).await.unwrap_err().to_string();
    assert!(
        error.contains(NAME) && error.contains("no key file"),
        "{error}"
    );
}
