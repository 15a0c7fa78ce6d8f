//! Signing in with OpenID Connect: which ID tokens are accepted, and which are rejected.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dormouse::datastore::Cost;
use dormouse::users::store::by_email;
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Answer, CLIENT, Client, Issuer, Left, PASSWORD, Page, TestApp, attribute};

const ANN: &str = "ann@example.org";

async fn is_in(client: &Client<'_>) -> bool {
    client.get("/unread").await.status == 200
}

/// Fails unless the sign-in was rejected with a page containing these words, and had no effect.
#[track_caller]
fn is_refused(answer: &Answer, status: u16, words: &str) {
    assert!(
        answer.is(status).words().contains(words),
        "{}",
        answer.words()
    );
    let cookies = answer.headers.get_all("set-cookie").iter();
    // A browser in which somebody is signed in is known from then on.
    let cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let cookies: Vec<_> = cookies
        .filter(|cookie| !cookie.starts_with("dormouse-browser="))
        .collect();
    let gone = "dormouse-attempt=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";
    assert_eq!(
        cookies,
        [gone],
        "the sign-in attempt has expired, and no session began"
    );
    assert_eq!(answer.cost.writes, 0);
}

#[tokio::test]
async fn without_a_provider_there_is_neither_a_button_nor_a_way() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    assert!(
        !stranger
            .get("/signup")
            .await
            .words()
            .contains("Continue with")
    );
    let ann = app.reader("ann").await;
    assert!(
        !stranger
            .get("/signin")
            .await
            .words()
            .contains("Continue with")
    );
    assert!(!ann.get("/settings").await.text().contains("/auth/openid"));
    for path in [
        "/auth/openid",
        "/auth/openid/callback?state=x&code=y",
        "/auth/openid/connect",
    ] {
        ann.get(path).await.is(404);
    }
    ann.post("/auth/openid/disconnect", &[]).await.is(404);
}

#[tokio::test]
async fn a_newcomer_goes_there_and_comes_back_with_an_account() {
    let issuer = Issuer::start();
    let app = issuer.app(&[]).await;
    let ann = app.stranger();
    let signup = ann.get("/signup").await;
    assert!(signup.is(200).words().contains("Continue with Oak Tree"));
    let href = attribute(signup.text(), "/auth/openid", "href").unwrap();

    let there = ann.get(&href).await;
    assert_eq!(there.cost, Cost::default(), "nothing is stored");
    let set = there.header("set-cookie").unwrap().to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/;", "Max-Age=600"] {
        assert!(set.contains(attribute), "{set}");
    }
    let left = Left::by(&there);
    assert!(
        left.url
            .as_str()
            .starts_with(&issuer.web.url("/authorize?"))
    );
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "http://reader.example/auth/openid/callback"),
        ("scope", "openid email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(left.asked[name], value);
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(left.asked[name].len() >= 43, "{name} can be guessed");
        assert!(
            !set.contains(&left.asked[name]),
            "{name} is to be read in the cookie"
        );
    }

    issuer.gives(&issuer.sign(&issuer.claims(&left, "1", "Ann@Example.org")));
    let back = ann.get(&left.back("a-code")).await;
    assert_eq!(back.is(303).location(), "/unread");
    assert!(is_in(&ann).await);
    assert!(!ann.cookies().contains_key("dormouse-attempt"));
    ann.get("/admin/costs").await.is(200);

    let asked = issuer.web.asked("/token").pop().unwrap();
    let client = base64::engine::general_purpose::STANDARD.encode("the-dormouse:between+us");
    assert_eq!(
        asked.header("authorization"),
        Some(format!("Basic {client}").as_str())
    );
    let form: Vec<(String, String)> = url::form_urlencoded::parse(asked.body.as_bytes())
        .into_owned()
        .collect();
    let of = |name: &str| {
        form.iter()
            .find(|(known, _)| known == name)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(
        (of("grant_type"), of("code")),
        ("authorization_code".into(), "a-code".into())
    );
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier")));
    assert_eq!(challenge, left.asked["code_challenge"]);

    // The next sign-in leads to the same account, whatever email the provider reports by then.
    let again = app.stranger();
    issuer
        .vouches(&again, "1", "ann.new@example.org")
        .await
        .is(303);
    assert!(again.get("/settings").await.words().contains(ANN));
    assert_eq!((app.count("User").await, app.count("Login").await), (1, 2));
    app.is_sound().await;
}

#[tokio::test]
async fn the_way_leads_back_to_where_it_began_and_never_elsewhere() {
    let issuer = Issuer::start();
    let app = issuer.app(&[]).await;
    issuer.vouches(&app.stranger(), "1", ANN).await.is(303);
    for (next, expected) in [
        ("/feeds", "/feeds"),
        ("https%3A%2F%2Fevil.example%2F", "/unread"),
        ("%2F%2Fevil.example", "/unread"),
        ("%2F%5Cevil.example", "/unread"),
    ] {
        let ann = app.stranger();
        let page = ann.get(&format!("/signin?next={next}")).await;
        let href = attribute(page.text(), "/auth/openid", "href").unwrap();
        for start in [href, format!("/auth/openid?next={next}")] {
            let left = Left::by(&ann.get(&start).await);
            issuer.gives(&issuer.sign(&issuer.claims(&left, "1", ANN)));
            let back = ann.get(&left.back("a-code")).await;
            assert_eq!(back.is(303).location(), expected, "{next}");
        }
    }
}

/// A change to a token's claims.
type Twist = fn(&mut Value);

#[tokio::test]
async fn a_token_with_wrong_claims_is_rejected() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let eve = app.stranger();
    let twists: [(&str, Twist); 18] = [
        ("another's audience", |c| c["aud"] = json!("another")),
        ("no audience", |c| c["aud"] = Value::Null),
        ("many audiences, for another", |c| {
            c["aud"] = json!([CLIENT, "another"]);
            c["azp"] = json!("another");
        }),
        ("many audiences, for nobody", |c| {
            c["aud"] = json!([CLIENT, "another"])
        }),
        ("made for another", |c| c["azp"] = json!("another")),
        ("another issuer", |c| {
            c["iss"] = json!("https://evil.example")
        }),
        ("an issuer with a slash", |c| {
            c["iss"] = json!(format!("{}/", c["iss"].as_str().unwrap()))
        }),
        ("no issuer", |c| c["iss"] = Value::Null),
        ("another nonce", |c| c["nonce"] = json!("another")),
        ("no nonce", |c| c["nonce"] = Value::Null),
        ("over", |c| {
            c["exp"] = json!(c["iat"].as_i64().unwrap() - 31)
        }),
        ("without an end", |c| c["exp"] = Value::Null),
        ("from the future", |c| {
            c["iat"] = json!(c["iat"].as_i64().unwrap() + 31)
        }),
        ("not yet", |c| {
            c["nbf"] = json!(c["iat"].as_i64().unwrap() + 31)
        }),
        ("an end beyond all calendars", |c| c["exp"] = json!(1e300)),
        ("nobody", |c| c["sub"] = json!("")),
        ("no subject", |c| c["sub"] = Value::Null),
        ("a long subject", |c| c["sub"] = json!("x".repeat(256))),
    ];
    for (what, twist) in twists {
        let answer = issuer.vouches_with(&eve, |left| {
            let mut claims = issuer.claims(left, "1", ANN);
            twist(&mut claims);
            issuer.sign(&claims)
        });
        eprintln!("{what}");
        is_refused(&answer.await, 403, "Oak Tree didn’t confirm who you are");
    }
    assert_eq!(
        (app.count("User").await, app.count("Session").await),
        (0, 0)
    );

    // Accepted: within the leeway, and with several audiences where `azp` is ours.
    let fine = issuer.vouches_with(&eve, |left| {
        let mut claims = issuer.claims(left, "1", ANN);
        claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 29);
        claims["nbf"] = json!(claims["iat"].as_f64().unwrap() + 29.5);
        claims["aud"] = json!(["another", CLIENT]);
        claims["azp"] = json!(CLIENT);
        issuer.sign(&claims)
    });
    fine.await.is(303);
}

#[tokio::test]
async fn a_token_not_signed_by_the_providers_key_is_rejected() {
    let issuer = Issuer::start();
    let other = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let eve = app.stranger();
    type Forge = fn(&Issuer, &Issuer, &Value) -> String;
    let forgeries: [(&str, Forge); 9] = [
        ("unsigned", |_, _, claims| Issuer::unsigned(claims)),
        ("the public key as a secret", |issuer, _, claims| {
            issuer.swap_algorithm(claims)
        }),
        ("another key of the same name", |_, other, claims| {
            other.sign(claims)
        }),
        ("changed after it was signed", |issuer, _, claims| {
            let mut before = claims.clone();
            before["sub"] = json!("2");
            let (signed, meant) = (issuer.sign(&before), issuer.sign(claims));
            let head_and_claims = meant.rsplit_once('.').unwrap().0;
            format!("{head_and_claims}.{}", signed.rsplit_once('.').unwrap().1)
        }),
        ("a key that nobody knows", |issuer, _, claims| {
            issuer.sign_as(&json!({ "alg": "ES256", "kid": "key-9" }), claims)
        }),
        ("a key's name for another algorithm", |issuer, _, claims| {
            issuer.sign_as(&json!({ "alg": "RS256", "kid": "key-1" }), claims)
        }),
        ("its own key along", |_, other, claims| {
            let head =
                json!({ "alg": "ES256", "jwk": { "kty": "EC" }, "jku": other.web.url("/keys") });
            other.sign_as(&head, claims)
        }),
        ("critical extensions", |issuer, _, claims| {
            issuer.sign_as(
                &json!({ "alg": "ES256", "kid": "key-1", "crit": ["b64"], "b64": true }),
                claims,
            )
        }),
        ("no token at all", |_, _, _| "a.b.c".into()),
    ];
    for (what, forge) in forgeries {
        let answer = issuer.vouches_with(&eve, |left| {
            forge(&issuer, &other, &issuer.claims(left, "1", ANN))
        });
        eprintln!("{what}");
        is_refused(&answer.await, 403, "Oak Tree didn’t confirm who you are");
    }
    assert_eq!(
        (app.count("User").await, other.web.requests().len()),
        (0, 0)
    );
    issuer.vouches(&eve, "1", ANN).await.is(303);
}

#[tokio::test]
async fn an_attempt_ends_once_in_its_own_browser_within_ten_minutes() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let (ann, eve) = (app.stranger(), app.stranger());
    let foreign = "We couldn’t finish this sign-in";
    let begin = async |client: &Client<'_>| {
        let left = Left::by(&client.get("/auth/openid").await);
        issuer.gives(&issuer.sign(&issuer.claims(&left, "1", ANN)));
        left
    };

    // Login CSRF: Eve sends Ann her own callback, so that Ann would be signed in as Eve.
    let left = begin(&eve).await;
    is_refused(&ann.get(&left.back("a-code")).await, 403, foreign);
    begin(&ann).await;
    is_refused(&ann.get(&left.back("a-code")).await, 403, foreign);
    let forged = left.back("a-code").replace("state=", "state=0");
    is_refused(&eve.get(&forged).await, 403, foreign);

    let cookie = |client: &Client<'_>| client.cookies()["dormouse-attempt"].clone();
    for bent in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let left = begin(&ann).await;
        ann.set_cookie("dormouse-attempt", bent);
        is_refused(&ann.get(&left.back("a-code")).await, 403, foreign);
    }
    let left = begin(&ann).await;
    app.minutes_pass(10);
    is_refused(&ann.get(&left.back("a-code")).await, 403, foreign);
    assert_eq!(
        issuer.web.asked("/token").len(),
        0,
        "nobody was asked about any of these"
    );

    let left = begin(&ann).await;
    let kept = cookie(&ann);
    ann.get(&left.back("a-code")).await.is(303);
    eve.set_cookie("dormouse-attempt", &kept);
    is_refused(&eve.get(&left.back("a-code")).await, 403, foreign);

    // Another attempt with a code that was already exchanged for a token.
    let left = begin(&eve).await;
    issuer.web.put(
        "/token",
        Page::of("application/json", r#"{"error":"invalid_grant"}"#).with_status(400),
    );
    let refused = eve.get(&left.back("a-code")).await;
    is_refused(&refused, 403, "Oak Tree didn’t confirm who you are");
    assert!(!is_in(&eve).await);
}

#[tokio::test]
async fn other_provider_responses_are_explained() {
    let issuer = Issuer::start();
    let app = issuer.app(&[]).await;
    let ann = app.stranger();
    let left = Left::by(&ann.get("/auth/openid").await);
    let state = &left.asked["state"];
    let declined = format!(
        "/auth/openid/callback?state={state}&error=access_denied&error_description=%3Cb%3Eevil"
    );
    let answer = ann.get(&declined).await;
    is_refused(&answer, 403, "the sign-in was cancelled");
    assert!(!answer.words().contains("evil"));

    let left = Left::by(&ann.get("/auth/openid").await);
    let mixed_up = format!("{}&iss=https%3A%2F%2Fevil.example", left.back("a-code"));
    is_refused(&ann.get(&mixed_up).await, 403, "didn’t confirm who you are");
    let left = Left::by(&ann.get("/auth/openid").await);
    let nothing = format!("/auth/openid/callback?state={}", left.asked["state"]);
    is_refused(&ann.get(&nothing).await, 403, "didn’t confirm who you are");

    for (status, text) in [
        (200, "<html>"),
        (200, r#"{"access_token":"a","token_type":"Bearer"}"#),
        (302, "{}"),
    ] {
        let left = Left::by(&ann.get("/auth/openid").await);
        issuer.web.put(
            "/token",
            Page::of("application/json", text).with_status(status),
        );
        is_refused(
            &ann.get(&left.back("a-code")).await,
            403,
            "didn’t confirm who you are",
        );
    }
    ann.get("/auth/openid/callback?state=a&state=b")
        .await
        .is(400);
}

#[tokio::test]
async fn an_unusable_provider_gets_few_requests_and_is_named() {
    let issuer = Issuer::start();
    let app = issuer.app(&[]).await;
    let ann = app.stranger();
    let description = "/.well-known/openid-configuration";
    let ours = issuer.web.url("");
    let at = |path: &str| format!("{ours}{path}");
    for wrong in [
        json!({ "issuer": "https://evil.example", "authorization_endpoint": at("/a"), "token_endpoint": at("/t"), "jwks_uri": at("/k") }),
        json!({ "issuer": ours, "token_endpoint": at("/t"), "jwks_uri": at("/k") }),
        json!("no"),
    ] {
        issuer.says(description, &wrong);
        let answer = ann.get("/auth/openid").await;
        assert!(
            answer
                .is(503)
                .words()
                .contains("Oak Tree can’t be reached just now")
        );
        assert!(answer.header("set-cookie").is_none());
        assert!(!answer.words().contains("evil"));
        let asked = issuer.web.asked(description).len();
        ann.get("/auth/openid").await.is(503);
        assert_eq!(
            issuer.web.asked(description).len(),
            asked,
            "not within five seconds"
        );
        app.minutes_pass(1);
    }
}

#[tokio::test]
async fn keys_are_fetched_when_needed_and_no_more() {
    let mut issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let ann = app.stranger();
    let asked = |issuer: &Issuer| issuer.web.asked("/keys").len();
    for _ in 0..3 {
        issuer.vouches(&ann, "1", ANN).await.is(303);
    }
    assert_eq!(asked(&issuer), 1);

    // An unknown key id triggers one immediate refetch of the keys, and then none for half a minute.
    app.clock.advance(chrono::TimeDelta::seconds(31));
    issuer.changes_its_key("key-2");
    issuer.vouches(&ann, "1", ANN).await.is(303);
    assert_eq!(asked(&issuer), 2);
    let unknown = json!({ "alg": "ES256", "kid": "key-3" });
    for _ in 0..5 {
        let token = |left: &Left| issuer.sign_as(&unknown, &issuer.claims(left, "1", ANN));
        issuer.vouches_with(&ann, token).await.is(403);
    }
    assert_eq!(asked(&issuer), 2);

    app.minutes_pass(10);
    issuer.vouches(&ann, "1", ANN).await.is(303);
    assert_eq!(
        asked(&issuer),
        3,
        "a key that was withdrawn is believed for ten minutes at most"
    );

    app.minutes_pass(10);
    issuer.web.put("/keys", Page::status(500));
    let token = |left: &Left| issuer.sign(&issuer.claims(left, "1", ANN));
    is_refused(
        &issuer.vouches_with(&ann, token).await,
        403,
        "didn’t confirm",
    );
}

#[tokio::test]
async fn an_account_needs_an_address_that_the_provider_has_verified() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let ann = app.stranger();
    for unverified in [
        json!(false),
        Value::Null,
        json!("false"),
        json!(1),
        json!("yes"),
    ] {
        let answer = issuer.vouches_with(&ann, |left| {
            let mut claims = issuer.claims(left, "1", ANN);
            claims["email_verified"] = unverified.clone();
            issuer.sign(&claims)
        });
        is_refused(&answer.await, 403, "Your address isn’t verified");
    }
    assert_eq!(issuer.web.asked("/userinfo").len(), 0);

    // Some providers return the email from the userinfo endpoint; with another subject it is ignored.
    let silent = |left: &Left| {
        let mut claims = issuer.claims(left, "1", ANN);
        claims["email"] = Value::Null;
        issuer.sign(&claims)
    };
    for (info, status) in [
        (
            json!({ "sub": "2", "email": ANN, "email_verified": true }),
            403,
        ),
        (
            json!({ "sub": "1", "email": ANN, "email_verified": false }),
            403,
        ),
        (json!({ "sub": "1" }), 403),
        (
            json!({ "sub": "1", "email": ANN, "email_verified": "true" }),
            303,
        ),
    ] {
        issuer.says("/userinfo", &info);
        issuer.vouches_with(&ann, silent).await.is(status);
    }
    let bearer = issuer.web.asked("/userinfo").pop().unwrap();
    assert_eq!(bearer.header("authorization"), Some("Bearer open"));
    assert_eq!(app.count("User").await, 1);

    // A connected account is identified by its subject; the email is irrelevant.
    let later = issuer.vouches_with(&ann, |left| {
        let mut claims = issuer.claims(left, "1", "other@example.org");
        claims["email_verified"] = json!(false);
        issuer.sign(&claims)
    });
    later.await.is(303);
}

#[tokio::test]
async fn sign_up_is_as_open_as_for_passwords() {
    for (signup, email, allowed) in [
        ("closed", "bob@example.org", false),
        ("open", "bob@example.org", true),
        ("bob@example.org, example.com", "Bob@Example.org", true),
        ("bob@example.org, example.com", "any@example.com", true),
        ("bob@example.org, example.com", "eve@example.org", false),
        (
            "bob@example.org, @example.com",
            "eve@sub.example.com",
            false,
        ),
    ] {
        let issuer = Issuer::start();
        let app = issuer
            .app(&[("SIGNUP", signup), ("ADMIN_EMAIL", ANN)])
            .await;
        let words = if signup == "closed" {
            "Sign-up is closed here"
        } else {
            "can’t create an account"
        };
        // Only the administrator can create the first account.
        let early = issuer
            .vouches(&app.stranger(), "0", "early@example.org")
            .await;
        assert_eq!(early.status, 403, "{signup}");
        issuer.vouches(&app.stranger(), "1", ANN).await.is(303);

        let bob = app.stranger();
        let answer = issuer.vouches(&bob, "2", email).await;
        let typed = [("email", email), ("password", PASSWORD)];
        if allowed {
            answer.is(303);
            assert!(bob.get("/signin").await.words().contains("Create account"));
        } else {
            is_refused(&answer, 403, words);
            let form = app.stranger().post("/signup", &typed).await;
            assert!(form.is(403).words().contains(words), "{}", form.words());
        }
        let other = issuer.app(&[("SIGNUP", signup)]).await;
        other.reader("ann").await;
        let status = if allowed { 303 } else { 403 };
        other.stranger().post("/signup", &typed).await.is(status);
    }
}

#[tokio::test]
async fn a_session_is_new_at_every_sign_in() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let ann = app.stranger();
    issuer.vouches(&ann, "1", ANN).await.is(303);
    let before = ann.copy();
    assert!(is_in(&before).await);
    issuer.vouches(&ann, "1", ANN).await.is(303);
    assert_ne!(ann.cookies()["dormouse"], before.cookies()["dormouse"]);
    assert!(is_in(&ann).await);
    assert!(!is_in(&before).await, "a planted session isn't taken over");

    // Another person in the same browser gets their own session.
    issuer.vouches(&ann, "2", "bob@example.org").await.is(303);
    assert!(
        ann.get("/settings")
            .await
            .words()
            .contains("bob@example.org")
    );
}

#[tokio::test]
async fn an_account_isnt_taken_over_by_its_address_but_connected_by_its_owner() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    // Anyone can create an account for an email address, without owning it.
    let ann = app.reader("ann").await;
    let other = app.stranger();
    let taken = issuer.vouches(&other, "1", ANN).await;
    is_refused(
        &taken,
        409,
        "There is an account for ann@example.org already",
    );
    assert!(taken.words().contains("Connect Oak Tree"));
    assert!(taken.text().contains("href=\"/signin?next=/settings\""));
    assert!(!is_in(&other).await);

    // A signed-in reader can connect the provider account, whatever its email.
    let settings = ann.get("/settings").await;
    assert!(settings.words().contains("Connect Oak Tree"));
    let connect = "/auth/openid/connect";
    let left = Left::by(&ann.get(connect).await);
    issuer.gives(&issuer.sign(&issuer.claims(&left, "1", "ann@elsewhere.example")));
    let back = ann.get(&left.back("a-code")).await;
    assert_eq!(back.is(303).location(), "/settings");
    let settings = ann.get("/settings").await.words();
    assert!(settings.contains("You can sign in with Oak Tree now"));
    assert!(settings.contains("Disconnect Oak Tree"));
    issuer.vouches(&other, "1", ANN).await.is(303);
    assert!(other.get("/settings").await.words().contains(ANN));
    assert_eq!(app.count("User").await, 1);

    // Neither a second provider account for her, nor the same one for another reader.
    let bob = app.reader("bob").await;
    for (reader, subject) in [(&ann, "9"), (&bob, "1")] {
        let left = Left::by(&reader.get(connect).await);
        issuer.gives(&issuer.sign(&issuer.claims(&left, subject, ANN)));
        is_refused(
            &reader.get(&left.back("a-code")).await,
            409,
            "Oak Tree isn’t connected",
        );
    }
    ann.post("/auth/openid/disconnect", &[]).await.is(303);
    is_refused(
        &issuer.vouches(&app.stranger(), "1", ANN).await,
        409,
        "already",
    );
    app.is_sound().await;
}

#[tokio::test]
async fn only_the_user_that_began_it_connects_an_account() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let (ann, eve) = (app.reader("ann").await, app.reader("eve").await);
    let connect = "/auth/openid/connect";
    assert!(
        app.stranger()
            .get(connect)
            .await
            .is(303)
            .location()
            .starts_with("/signin")
    );
    let ask = ann
        .ask(Method::GET, connect)
        .header("sec-fetch-site", "cross-site");
    ask.send().await.is(403);

    // The browser still has her attempt, but by now another reader's session.
    let left = Left::by(&ann.get(connect).await);
    issuer.gives(&issuer.sign(&issuer.claims(&left, "1", ANN)));
    ann.set_cookie("dormouse", &eve.cookies()["dormouse"]);
    is_refused(
        &ann.get(&left.back("a-code")).await,
        403,
        "We couldn’t finish this sign-in",
    );
    ann.post("/signout", &[]).await.is(303);
    let left = Left::by(&eve.get("/auth/openid").await);
    issuer.gives(&issuer.sign(&issuer.claims(&left, "1", "new@example.org")));
    eve.get(&left.back("a-code")).await.is(303);
    assert_eq!(app.count("User").await, 3, "nothing was connected before");
}

#[tokio::test]
async fn an_account_without_a_password_can_get_one() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let ann = app.stranger();
    issuer.vouches(&ann, "1", ANN).await.is(303);
    for typed in ["", PASSWORD] {
        let form = [("email", ANN), ("password", typed)];
        let wrong = app.stranger().post("/signin", &form).await;
        assert!(
            wrong
                .is(422)
                .words()
                .contains("The address or the password is wrong.")
        );
    }
    let settings = ann.get("/settings").await.words();
    assert!(settings.contains("Set a password") && !settings.contains("Current password"));
    let stays = ann.post("/auth/openid/disconnect", &[]).await;
    assert!(stays.is(422).words().contains("Set a password first"));

    let short = ann.post("/settings/password", &[("new", "short")]).await;
    assert!(short.is(422).words().contains("too short"));
    ann.post("/settings/password", &[("new", PASSWORD)])
        .await
        .is(303);
    let phone = app.stranger();
    phone
        .post("/signin", &[("email", ANN), ("password", PASSWORD)])
        .await
        .is(303);
    // From now on the old password is required.
    let again = phone
        .post("/settings/password", &[("new", "another one")])
        .await;
    assert!(again.is(422).words().contains("Wrong current password"));
    ann.post("/auth/openid/disconnect", &[]).await.is(303);
    let known = by_email(&app.state.store, ANN).await.unwrap().unwrap();
    assert!(known.profile.has_password && known.profile.connected.is_empty());
    assert_eq!(app.count("Login").await, 1);
}

#[tokio::test]
async fn thirty_attempts_and_an_address_waits() {
    let issuer = Issuer::start();
    let app = issuer.app(&[]).await;
    let eve = app.stranger();
    for _ in 0..30 {
        issuer.vouches_with(&eve, |_| "x".into()).await.is(403);
    }
    issuer.web.forget();
    let waits = issuer.vouches(&eve, "1", ANN).await;
    assert!(waits.is(429).words().contains("Too many attempts"));
    assert_eq!(waits.header("retry-after"), Some("900"));
    assert_eq!(issuer.web.requests().len(), 0);
}

#[tokio::test]
async fn behind_tls_the_attempt_travels_over_tls_alone() {
    let issuer = Issuer::start();
    let app = issuer
        .app(&[
            ("K_SERVICE", "dormouse"),
            ("ADMIN_EMAIL", ANN),
            ("BASE_URL", "https://reader.example"),
        ])
        .await;
    let there = app.stranger().get("/auth/openid").await;
    assert!(there.header("set-cookie").unwrap().contains("; Secure"));
}
