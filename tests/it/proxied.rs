//! Signing in by a proxy in front: it is believed, and nobody else.

use http::Method;

use crate::administering::log;
use crate::support::{Answer, Client, Relay, RelayMood, TestApp};

const PROXY: &str = "10.1.2.3:4711";
const STRANGER: &str = "203.0.113.9:4711";

async fn ask(client: &Client<'_>, from: &str, who: Option<&str>) -> Answer {
    let ask = client
        .ask(Method::GET, "/unread")
        .from(from.parse().unwrap());
    match who {
        Some(who) => ask.header("remote-user", who).send().await,
        None => ask.send().await,
    }
}

async fn app(more: &[(&str, &str)]) -> TestApp {
    let ours = [
        ("AUTH_HEADER", "Remote-User"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
    ];
    TestApp::with(&[&ours[..], more].concat()).await
}

#[tokio::test]
async fn a_trusted_proxy_signs_people_in_and_a_forged_header_does_not() {
    let app = app(&[]).await;
    let ann = app.reader("ann").await;
    ann.post("/signout", &[]).await;
    // From anybody else, the header says nothing.
    let forged = ask(&app.stranger(), STRANGER, Some("ann@example.org")).await;
    assert!(forged.is(303).location().starts_with("/signin"));
    let local = ask(&app.stranger(), "127.0.0.1:4711", Some("ann@example.org")).await;
    assert!(local.is(303).location().starts_with("/signin"));
    let named = app.stranger();
    let named = named
        .ask(Method::GET, "/unread")
        .from(STRANGER.parse().unwrap());
    let named = named.header("remote-user", "ann@example.org");
    let named = named.header("x-forwarded-for", "10.1.2.3").send().await;
    assert!(named.is(303).location().starts_with("/signin"));
    // Two of them: one may be the client's own.
    let two = app.stranger();
    let two = two.ask(Method::GET, "/unread").from(PROXY.parse().unwrap());
    let two = two.header("remote-user", "ann@example.org");
    let two = two
        .and_header("remote-user", "eve@example.org")
        .send()
        .await;
    assert!(two.is(303).location().starts_with("/signin"));

    let browser = app.stranger();
    let open = ask(&browser, PROXY, Some(" ANN@Example.org ")).await;
    assert!(open.is(200).header("set-cookie").is_some());
    let settings = browser
        .ask(Method::GET, "/settings")
        .from(PROXY.parse().unwrap());
    let settings = settings
        .header("remote-user", "ann@example.org")
        .send()
        .await;
    assert!(settings.text().contains("ann@example.org"));
    // Then it is a session as any other.
    let sessions = app.count("Session").await;
    ask(&browser, PROXY, Some("ann@example.org")).await.is(200);
    assert_eq!(app.count("Session").await, sessions);
    ask(&browser, STRANGER, None).await.is(200);
}

#[tokio::test]
async fn who_is_disabled_stays_out_whatever_the_proxy_says() {
    let app = app(&[]).await;
    let ann = app.reader("ann").await;
    app.reader("bob").await;
    let bob = app.stranger();
    ask(&bob, PROXY, Some("bob@example.org")).await.is(200);
    let page = crate::administering::page_of(&ann, "bob").await;
    ann.post(&format!("{page}/disable"), &[]).await.is(303);
    for browser in [&bob, &app.stranger()] {
        let refused = ask(browser, PROXY, Some("bob@example.org")).await;
        assert!(refused.is(403).words().contains("Your account is disabled"));
    }
    let lines = log(&ann).await;
    assert!(lines.contains(&"bob@example.org wasn’t let in".to_owned()));
}

#[tokio::test]
async fn the_session_is_whose_request_it_is() {
    let app = app(&[]).await;
    app.reader("ann").await;
    app.reader("bob").await;
    let browser = app.stranger();
    let settings = async |who: &str| {
        let ask = browser
            .ask(Method::GET, "/settings")
            .from(PROXY.parse().unwrap());
        ask.header("remote-user", who).send().await
    };
    let hers = settings("ann@example.org").await;
    assert!(hers.is(200).text().contains("ann@example.org"));
    let his = settings("bob@example.org").await;
    assert!(his.is(200).text().contains("bob@example.org"));
    assert!(!his.text().contains("ann@example.org"));
}

#[tokio::test]
async fn an_account_is_made_where_that_is_allowed() {
    let closed = app(&[]).await;
    closed.reader("ann").await;
    let answer = ask(&closed.stranger(), PROXY, Some("new@example.org")).await;
    assert!(
        answer
            .is(403)
            .words()
            .contains("no account for new@example.org")
    );
    for more in [("SIGNUP", "open"), ("AUTH_HEADER_SIGNUP", "1")] {
        let app = app(&[more]).await;
        app.reader("ann").await;
        let browser = app.stranger();
        ask(&browser, PROXY, Some("new@example.org")).await.is(200);
        assert_eq!(app.count("User").await, 2);
        // There is no password to prove anything by: the proxy's word is the proof.
        app.minutes_pass(11);
        let export = browser.ask(Method::GET, "/export.opml?passwords=1");
        let export = export.from(PROXY.parse().unwrap());
        let export = export.header("remote-user", "new@example.org").send().await;
        export.is(200);
        let form = [
            ("email", "new@example.org"),
            ("password", "anything at all"),
        ];
        app.stranger().post("/signin", &form).await.is(422);
    }
}

#[tokio::test]
async fn an_entry_by_the_proxy_is_a_line_of_the_log_and_a_letter() {
    let relay = Relay::start();
    let url = relay.url();
    let app = app(&[
        ("SMTP_URL", url.as_str()),
        ("MAIL_FROM", "Dormouse <reader@example.org>"),
    ])
    .await;
    let ann = app.reader("ann").await;
    let entries = async || {
        let lines = log(&ann).await;
        lines
            .into_iter()
            .filter(|line| line.contains("signed in from a new browser"))
            .count()
    };
    let before = (entries().await, relay.letters().len());
    let browser = app.stranger();
    ask(&browser, PROXY, Some("ann@example.org")).await.is(200);
    assert_eq!(entries().await, before.0 + 1);
    let letter = relay.letter();
    assert_eq!(letter.to, "ann@example.org");
    assert!(letter.text.contains("ann@example.org"), "{}", letter.text);
    let letters = relay.letters().len();
    // The session goes on, and a later one in the same browser is nothing new.
    ask(&browser, PROXY, Some("ann@example.org")).await.is(200);
    browser.post("/signout", &[]).await.is(303);
    ask(&browser, PROXY, Some("ann@example.org")).await.is(200);
    assert_eq!(entries().await, before.0 + 1);
    assert_eq!(relay.letters().len(), letters);
    // A relay that is away keeps nobody out.
    relay.is(RelayMood::Sulks);
    ask(&app.stranger(), PROXY, Some("ann@example.org"))
        .await
        .is(200);
    assert_eq!(entries().await, before.0 + 2);
}
