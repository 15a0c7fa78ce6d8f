//! Authorization of the cron routes: three kinds of scheduler, and no other caller.

use dormouse::datastore::Cost;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, CRON_SECRET, GOOGLES_KEYS, Issuer, TestApp, at};

const ACCOUNT: &str = "scheduler@field.iam.gserviceaccount.com";
const PATH: &str = "/cron/refresh";

async fn calls(app: &TestApp, headers: &[(&'static str, &str)]) -> Answer {
    let stranger = app.stranger();
    let mut ask = stranger.ask(Method::GET, PATH);
    for (name, value) in headers {
        ask = ask.header(name, value);
    }
    ask.send().await
}

/// Asserts 403 as JSON, and that nothing was done.
#[track_caller]
fn is_refused(answer: &Answer) {
    assert_eq!(answer.error(), (403, "not_the_scheduler".into()));
    assert_eq!(answer.cost, Cost::default());
}

#[tokio::test]
async fn a_secret_opens_and_nothing_like_it() {
    let app = TestApp::start().await;
    let bearer = format!("Bearer {CRON_SECRET}");
    calls(&app, &[("authorization", &bearer)]).await.is(200);
    let (less, more) = (&bearer[..bearer.len() - 1], format!("{bearer}x"));
    for wrong in [
        less,
        &more,
        "Bearer ",
        "Bearer",
        CRON_SECRET,
        "Basic eDp5",
        &bearer.to_uppercase(),
    ] {
        is_refused(&calls(&app, &[("authorization", wrong)]).await);
    }
    is_refused(&calls(&app, &[]).await);
    let app = TestApp::with(&[("CRON_SECRET", "")]).await;
    for wrong in ["Bearer ", "Bearer x", &bearer] {
        is_refused(&calls(&app, &[("authorization", wrong)]).await);
    }
}

#[tokio::test]
async fn app_engines_header_counts_on_app_engine_alone() {
    let elsewhere = [
        vec![],
        vec![
            ("K_SERVICE", "dormouse"),
            ("ADMIN_EMAIL", "ann@example.org"),
            ("BASE_URL", "https://reader.example"),
        ],
    ];
    for settings in elsewhere {
        let app = TestApp::with(&settings).await;
        for headers in [
            vec![("x-appengine-cron", "true")],
            vec![
                ("x-appengine-cron", "true"),
                ("x-appengine-queuename", "__cron"),
            ],
            vec![
                ("x-appengine-cron", "true"),
                ("x-appengine-user-ip", "0.1.0.1"),
            ],
        ] {
            is_refused(&calls(&app, &headers).await);
        }
    }
    let app = TestApp::with(&[
        ("GAE_ENV", "standard"),
        ("ADMIN_EMAIL", "ann@example.org"),
        ("BASE_URL", "https://reader.example"),
    ])
    .await;
    for wrong in ["false", "True", "1", "", "true, true"] {
        is_refused(&calls(&app, &[("x-appengine-cron", wrong)]).await);
    }
    is_refused(&calls(&app, &[]).await);
    calls(&app, &[("x-appengine-cron", "true")]).await.is(200);
}

/// The claims in Google's token for the scheduler.
fn claims() -> Value {
    let noon = at(12, 0).timestamp();
    json!({
        "iss": "https://accounts.google.com",
        "aud": "http://reader.example",
        "azp": "1029384756",
        "sub": "1029384756",
        "email": ACCOUNT,
        "email_verified": true,
        "iat": noon,
        "exp": noon + 3_600,
    })
}

async fn with_google(google: &Issuer, more: &[(&str, &str)]) -> TestApp {
    let keys = google.web.url("/keys");
    let ours = [("CRON_SERVICE_ACCOUNT", ACCOUNT), (GOOGLES_KEYS, &keys)];
    TestApp::with(&[&ours, more].concat()).await
}

async fn shows(app: &TestApp, token: &str) -> Answer {
    calls(app, &[("authorization", &format!("Bearer {token}"))]).await
}

#[tokio::test]
async fn cloud_schedulers_token_is_taken_for_each_of_our_names() {
    let google = Issuer::start();
    let app = with_google(&google, &[]).await;
    for audience in [
        "http://reader.example",
        "http://reader.example/",
        "http://reader.example/cron/refresh",
    ] {
        let mut claims = claims();
        claims["aud"] = json!(audience);
        shows(&app, &google.sign(&claims)).await.is(200);
    }
    let mut claims = claims();
    claims["iss"] = json!("accounts.google.com");
    shows(&app, &google.sign(&claims)).await.is(200);
    assert_eq!(google.web.asked("/keys").len(), 1);
    // The secret keeps working too.
    shows(&app, CRON_SECRET).await.is(200);

    let app = with_google(&google, &[("CRON_AUDIENCE", "the cron")]).await;
    is_refused(&shows(&app, &google.sign(&claims)).await);
    claims["aud"] = json!("the cron");
    shows(&app, &google.sign(&claims)).await.is(200);
}

/// A change to a token's claims.
type Twist = fn(&mut Value);

#[tokio::test]
async fn a_token_with_wrong_claims_is_rejected_before_keys_are_fetched() {
    let google = Issuer::start();
    let app = with_google(&google, &[]).await;
    let twists: [(&str, Twist); 13] = [
        ("another audience", |c| {
            c["aud"] = json!("https://evil.example")
        }),
        ("another address of ours", |c| {
            c["aud"] = json!("http://reader.example/cron/other")
        }),
        ("a longer host", |c| {
            c["aud"] = json!("http://reader.example.evil.example")
        }),
        ("several audiences", |c| {
            c["aud"] = json!(["http://reader.example", "https://evil.example"])
        }),
        ("another account", |c| {
            c["email"] = json!("eve@field.iam.gserviceaccount.com")
        }),
        ("an account in other letters", |c| {
            c["email"] = json!(ACCOUNT.to_uppercase())
        }),
        ("no account", |c| c["email"] = Value::Null),
        ("an account that nobody has checked", |c| {
            c["email_verified"] = json!(false)
        }),
        ("another issuer", |c| {
            c["iss"] = json!("https://accounts.google.com.evil.example")
        }),
        ("over", |c| c["exp"] = json!(at(11, 59).timestamp())),
        ("without an end", |c| c["exp"] = Value::Null),
        ("from the future", |c| {
            c["iat"] = json!(at(12, 1).timestamp())
        }),
        ("no subject", |c| c["sub"] = Value::Null),
    ];
    for (what, twist) in twists {
        let mut claims = claims();
        twist(&mut claims);
        eprintln!("{what}");
        is_refused(&shows(&app, &google.sign(&claims)).await);
    }
    let long = "x".repeat(20_000);
    for malformed in [
        "x",
        "a.b.c",
        "..",
        "e30.e30.e30",
        &long,
        &Issuer::unsigned(&claims()),
    ] {
        is_refused(&shows(&app, malformed).await);
    }
    is_refused(&shows(&app, &google.swap_algorithm(&claims())).await);
    assert_eq!(
        google.web.requests().len(),
        0,
        "nothing of this was worth a question"
    );
    app.minutes_pass(61);
    is_refused(&shows(&app, &google.sign(&claims())).await);
}

#[tokio::test]
async fn a_token_that_google_didnt_sign_is_refused() {
    let (google, eve) = (Issuer::start(), Issuer::start());
    let app = with_google(&google, &[]).await;
    is_refused(&shows(&app, &eve.sign(&claims())).await);
    let unknown = json!({ "alg": "ES256", "kid": "nobody's" });
    for _ in 0..5 {
        is_refused(&shows(&app, &eve.sign_as(&unknown, &claims())).await);
    }
    assert_eq!(
        google.web.asked("/keys").len(),
        1,
        "unknown keys are looked for twice a minute"
    );
    let pointing = json!({ "alg": "ES256", "jku": eve.web.url("/keys"), "kid": "key-1" });
    is_refused(&shows(&app, &eve.sign_as(&pointing, &claims())).await);
    assert_eq!(eve.web.requests().len(), 0);
    shows(&app, &google.sign(&claims())).await.is(200);

    // Without a configured service account, Google's tokens are rejected.
    let keys = google.web.url("/keys");
    let app = TestApp::with(&[(GOOGLES_KEYS, &keys)]).await;
    is_refused(&shows(&app, &google.sign(&claims())).await);
}
