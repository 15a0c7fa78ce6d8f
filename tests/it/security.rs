//! Security events, and ways to stay in an account that isn't one's own.

use http::Method;

use crate::support::{Client, Issuer, Left, PASSWORD, Shell, TestApp, at, browse, call, plain};

#[test]
fn security_events_are_lines_that_fail2ban_reads() {
    let shell = Shell::new();
    let server = shell.serve(&[
        ("LOG", "error"),
        ("CRON_SECRET", "a secret for this"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ]);
    let wrong = "email=ann%40example.org&password=wrong+horse";
    for _ in 0..2 {
        let (status, _, _) = browse(server.address, "/signin", "", Some(wrong)).unwrap();
        assert_eq!(status, 422);
    }
    let (status, _) = plain(server.address, "/cron/refresh").unwrap();
    assert_eq!(status, 403);
    let (status, _) = call(
        server.address,
        "dm_no_such_token",
        "GET",
        "/api/v1/stars",
        &serde_json::Value::Null,
    )
    .unwrap();
    assert_eq!(status, 401);
    let log = server.log();
    let events: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let named = |name: &str| {
        let of_this = events.iter().filter(|event| event["security"] == name);
        of_this.count()
    };
    assert_eq!(named("sign_in_failed"), 2, "{log}");
    assert!(log.contains("192.0.2.7"), "{log}");
    assert_eq!(named("scheduler_refused"), 1, "{log}");
    assert_eq!(named("token_refused"), 1, "{log}");
    // fail2ban itself, where it is installed.
    let file = shell.folder().join("log");
    std::fs::write(&file, &log).unwrap();
    let filter = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/fail2ban/dormouse.conf");
    let tried = std::process::Command::new("fail2ban-regex")
        .arg(&file)
        .arg(filter)
        .output();
    match tried {
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stdout);
            assert!(said.contains("2 matched"), "{said}");
        }
        Err(_) => eprintln!("skipped: fail2ban isn't installed"),
    }
}

#[tokio::test]
async fn an_open_page_alone_gives_an_account_no_first_password() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let ann = app.stranger();
    issuer.vouches(&ann, "1", "ann@example.org").await.is(303);
    app.minutes_pass(10);
    let asked = ann
        .post("/settings/password", &[("new", "a thief's horse")])
        .await;
    assert!(asked.is(303).location().starts_with("/confirm?next="));
    let form = [
        ("email", "ann@example.org"),
        ("password", "a thief's horse"),
    ];
    app.stranger().post("/signin", &form).await.is(422);
}

#[tokio::test]
async fn who_has_no_password_proves_it_at_their_provider() {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    let ann = app.stranger();
    issuer.vouches(&ann, "1", "ann@example.org").await.is(303);
    app.minutes_pass(10);
    let token = [("name", "Phone")];
    let asked = ann.post("/settings/tokens", &token).await;
    let page = ann.get(asked.is(303).location()).await;
    assert!(page.is(200).text().contains("/auth/openid/prove?next="));
    let noon = at(12, 0).timestamp();
    // An old session there, another account there, and the right one.
    for (subject, signed_in, is_proof) in [
        ("1", noon - 3_600, false),
        ("2", noon + 600, false),
        ("1", noon + 600, true),
    ] {
        let left = Left::by(&ann.get("/auth/openid/prove?next=%2Fsettings").await);
        assert_eq!(left.asked["prompt"], "login");
        let mut claims = issuer.claims_at(&left, subject, "ann@example.org", app.clock.now());
        claims["auth_time"] = signed_in.into();
        issuer.gives(&issuer.sign(&claims));
        let back = ann.get(&left.back("a-code")).await;
        let made = ann.post("/settings/tokens", &token).await;
        match is_proof {
            true => {
                assert_eq!(back.is(303).location(), "/settings");
                assert_eq!(made.is(303).location(), "/settings/apps?app=");
            }
            false => {
                assert_ne!(back.status, 303, "{subject} {signed_in}");
                assert!(made.is(303).location().starts_with("/confirm"));
            }
        }
    }
}

#[tokio::test]
async fn a_new_password_disconnects_the_provider_unless_it_is_kept() {
    for keeps in [false, true] {
        let issuer = Issuer::start();
        let app = issuer.app(&[("SIGNUP", "open")]).await;
        let ann = app.stranger();
        issuer.vouches(&ann, "1", "ann@example.org").await.is(303);
        ann.post(
            "/settings/password",
            &[("new", PASSWORD), ("keep", &kept(&ann).await)],
        )
        .await
        .is(303);
        let box_of_it = kept(&ann).await;
        let keep = if keeps { box_of_it.as_str() } else { "" };
        let form = [
            ("current", PASSWORD),
            ("new", "another horse"),
            ("keep", keep),
        ];
        ann.post("/settings/password", &form).await.is(303);
        let settings = ann.get("/settings").await;
        let settings = settings.text();
        assert_eq!(settings.contains("/auth/openid/disconnect"), keeps);
    }
}

/// The value of the box that keeps a provider.
async fn kept(client: &Client<'_>) -> String {
    let page = client.get("/settings").await;
    let rest = page
        .text()
        .split("value=\"openid:")
        .nth(1)
        .unwrap_or_default();
    format!("openid:{}", rest.split('"').next().unwrap_or_default())
}

#[tokio::test]
async fn an_article_without_a_number_is_not_there() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for id in ["1-0", "9-0", "0-0"] {
        for path in ["", "/read", "/unread", "/star", "/unstar", "/full-text"] {
            let path = format!("/article/{id}{path}");
            for answer in [ann.get(&path).await, ann.post(&path, &[]).await] {
                assert!(
                    matches!(answer.status, 404 | 405),
                    "{path}: {}",
                    answer.status
                );
            }
        }
    }
    let token = app.program_of(&ann).await;
    for id in ["1-0", "9-0"] {
        let path = format!("/api/v1/articles/{id}");
        assert_eq!(token.get(&path).await.status, 404);
        let path = format!("/api/v1/stars/{id}");
        assert_eq!(token.ask(Method::PUT, &path).send().await.status, 404);
    }
}

#[tokio::test]
async fn a_bad_limit_of_stars_is_said_as_one_of_articles() {
    let app = TestApp::start().await;
    let ann = app.program_of(&app.reader("ann").await).await;
    for limit in ["0", "201", "-1", "x", "99999999999"] {
        let stars = ann.get(&format!("/api/v1/stars?limit={limit}")).await;
        let articles = ann.get(&format!("/api/v1/articles?limit={limit}")).await;
        assert_eq!(stars.error(), articles.error(), "{limit}");
        assert_eq!(stars.status, 400, "{limit}");
    }
}
