//! Tokens that end, and wrong ones that are sent too often.

use std::net::SocketAddr;

use chrono::TimeDelta;
use dormouse::users::token::fever_password;
use http::Method;

use crate::support::{Client, PASSWORD, TestApp, attribute};

const ANN: &str = "ann@example.org";

/// Makes a token that lasts so long.
async fn makes(ann: &Client<'_>, lasts: &str) -> String {
    let form = [("name", "Phone"), ("scope", "manage"), ("lasts", lasts)];
    ann.post("/settings/tokens", &form).await.is(303);
    let page = ann.get("/settings/apps").await;
    attribute(page.is(200).text(), "id=\"new-token\"", "value").unwrap()
}

#[tokio::test]
async fn a_token_ends_when_it_was_said_to_and_every_surface_says_so() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let page = ann.get("/settings/apps").await;
    for lasts in ["never", "30", "90", "365"] {
        assert!(
            page.text().contains(&format!("<option value=\"{lasts}\"")),
            "{lasts}"
        );
    }
    let token = makes(&ann, "30").await;
    let words = ann.get("/settings/apps").await.words();
    assert!(
        words.contains("<dt>Expires</dt><dd>1 April 2026</dd>"),
        "{words}"
    );
    let other = [("name", "Phone"), ("scope", "mark"), ("lasts", "31")];
    ann.post("/settings/tokens", &other).await.is(404);
    app.minutes_pass(1);
    let endless = makes(&ann, "never").await;

    let program = app.program(&token);
    let listed = program.get("/api/v1/tokens").await.json();
    assert_eq!(listed["tokens"][0]["expires"], "2026-04-01T12:00:00Z");
    assert_eq!(listed["tokens"][1]["expires"], serde_json::Value::Null);
    let stranger = app.stranger();
    let login = [("Email", ANN), ("Passwd", token.as_str())];
    let auth = format!("GoogleLogin auth=dormouse/{token}");
    let key = fever_password(ANN, &token);
    let reader = async || {
        let ask = stranger.ask(Method::GET, "/reader/api/0/user-info");
        ask.header("authorization", &auth).send().await
    };
    app.clock
        .advance(TimeDelta::days(30) - TimeDelta::minutes(2));
    program.get("/api/v1/folders").await.is(200);
    reader().await.is(200);
    stranger.post("/accounts/ClientLogin", &login).await.is(200);
    let fever = stranger.post("/fever/?api", &[("api_key", &key)]).await;
    assert!(fever.text().contains("\"auth\":1"));

    app.minutes_pass(1);
    let over = program.get("/api/v1/folders").await;
    assert_eq!(over.error(), (401, "token_expired".into()));
    assert!(
        over.text().contains("This token has expired"),
        "{}",
        over.text()
    );
    for over in [
        reader().await,
        stranger.post("/accounts/ClientLogin", &login).await,
    ] {
        assert!(over.is(401).text().contains("This token has expired"));
        assert_eq!(over.header("google-bad-token"), Some("true"));
    }
    let fever = stranger.post("/fever/?api", &[("api_key", &key)]).await;
    assert!(fever.text().contains("\"auth\":0"));
    app.program(&endless).get("/api/v1/folders").await.is(200);
    let again = app.stranger();
    let form = [("email", ANN), ("password", PASSWORD)];
    again.post("/signin", &form).await.is(303);
    let words = again.get("/settings/apps").await.words();
    assert!(words.contains("expired on 1 April 2026"), "{words}");
}

#[tokio::test]
async fn wrong_tokens_are_throttled_as_wrong_passwords_are() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let token = ann.makes_token().await;
    let eve: SocketAddr = "203.0.113.7:4711".parse().unwrap();
    let home: SocketAddr = "192.0.2.1:4711".parse().unwrap();
    let stranger = app.stranger();
    let login = async |from: SocketAddr, token: &str| {
        let ask = stranger
            .ask(Method::POST, "/accounts/ClientLogin")
            .from(from);
        ask.form(&[("Email", ANN), ("Passwd", token)]).send().await
    };
    let wrong = format!("dm_{}", "0".repeat(64));
    for _ in 0..8 {
        login(eve, &wrong).await.is(401);
    }
    let refused = login(eve, &token).await;
    assert_eq!(refused.is(429).text(), "Error=ServiceUnavailable\n");
    assert_eq!(refused.header("retry-after"), Some("900"));
    assert_eq!(refused.cost.reads, 0);
    // The owner isn't shut out, and signs in as often as they like.
    for _ in 0..40 {
        login(home, &token).await.is(200);
    }

    let fever = async |from: SocketAddr, key: &str| {
        let ask = stranger.ask(Method::POST, "/fever/?api").from(from);
        ask.form(&[("api_key", key)]).send().await
    };
    let key = fever_password(ANN, &token);
    for n in 0..30 {
        let made_up = format!("{n:032x}");
        let answer = fever(eve, &made_up).await;
        assert!(answer.is(200).text().contains("\"auth\":0"));
        assert!(answer.cost.reads > 0, "{n} was looked up");
    }
    // An error, and not what a wrong key gets: another program behind the same address would forget its own.
    let refused = fever(eve, &key).await;
    assert!(!refused.is(429).text().contains("auth"));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(refused.cost.reads, 0);
    for _ in 0..40 {
        assert!(fever(home, &key).await.text().contains("\"auth\":1"));
    }
    app.minutes_pass(15);
    assert!(fever(eve, &key).await.text().contains("\"auth\":1"));
    login(eve, &token).await.is(200);
}
