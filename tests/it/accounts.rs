//! Accounts and access control: signing in, permissions, and that requests without a session get nothing.

use dormouse::datastore::embedded::{Embedded, FILE};
use dormouse::datastore::{Cost, Datastore, Entity, IndexSet, Key, Mutation};
use dormouse::doctor::examine;
use dormouse::users::store::by_email;
use http::Method;

use crate::support::{Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at};

fn form<'f>(email: &'f str, password: &'f str) -> [(&'f str, &'f str); 2] {
    [("email", email), ("password", password)]
}

/// Whether the client is signed in, judged by the Unread page.
async fn is_in(client: &Client<'_>) -> bool {
    client.get("/unread").await.status == 200
}

#[tokio::test]
async fn the_first_account_is_the_administrator_and_then_the_door_closes() {
    let app = TestApp::on_disk().await;
    let ann = app.stranger();
    assert_eq!(
        ann.get("/unread").await.is(303).location(),
        "/signin?next=%2Funread"
    );
    assert_eq!(ann.get("/signin").await.is(303).location(), "/signup");
    let made = ann
        .post("/signup", &form("Ann@Example.org ", PASSWORD))
        .await;
    assert_eq!(made.is(303).location(), "/unread");
    assert!(ann.get("/settings").await.words().contains("/admin/backup"));

    let bob = app.stranger();
    bob.get("/signup").await.is(403);
    let closed = bob
        .post("/signup", &form("bob@example.org", PASSWORD))
        .await;
    assert!(closed.is(403).words().contains("Sign-up is closed here"));
    assert_eq!(app.count("User").await, 1);

    let carol = app.reader("carol").await;
    assert!(
        !carol
            .get("/settings")
            .await
            .words()
            .contains("/admin/backup")
    );
}

#[tokio::test]
async fn of_two_first_visitors_one_becomes_the_administrator() {
    let app = TestApp::start().await;
    let (one, two) = (app.stranger(), app.stranger());
    let (ann, bob) = (
        form("ann@example.org", PASSWORD),
        form("bob@example.org", PASSWORD),
    );
    let (first, second) = tokio::join!(one.post("/signup", &ann), two.post("/signup", &bob));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 403]);
    assert_eq!((app.count("User").await, app.count("Login").await), (1, 1));
}

#[tokio::test]
async fn settings_open_the_door_or_name_the_administrator() {
    let app = TestApp::with(&[("SIGNUP", "open")]).await;
    let (ann, bob) = (app.reader("ann").await, app.stranger());
    bob.get("/signup").await.is(200);
    bob.post("/signup", &form("bob@example.org", PASSWORD))
        .await
        .is(303);
    assert!(is_in(&bob).await);
    let twice = app
        .stranger()
        .post("/signup", &form("ANN@example.org", PASSWORD))
        .await;
    assert!(
        twice
            .is(422)
            .words()
            .contains("There is an account for this address already")
    );
    for (email, password, words) in [
        ("nobody", PASSWORD, "isn’t an email address"),
        ("carol@example.org", "short", "too short"),
        ("carol@example.org", &"x".repeat(1_025), "too long"),
    ] {
        let refused = app.stranger().post("/signup", &form(email, password)).await;
        assert!(refused.is(422).words().contains(words));
    }
    drop(ann);

    let app = TestApp::with(&[("ADMIN_EMAIL", "Boss@example.org")]).await;
    let early = app.stranger();
    early
        .post("/signup", &form("eve@example.org", PASSWORD))
        .await
        .is(403);
    early
        .post("/signup", &form("boss@example.org", PASSWORD))
        .await
        .is(303);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_words() {
    let app = TestApp::start().await;
    app.reader("ann").await;
    let eve = app.stranger();
    let wrong = eve
        .post("/signin", &form("ann@example.org", "not the password"))
        .await;
    let unknown = eve
        .post("/signin", &form("who@example.org", "not the password"))
        .await;
    assert!(
        wrong
            .is(422)
            .words()
            .contains("The address or the password is wrong.")
    );
    let other = unknown.is(422).text().replace("who@", "ann@");
    assert_eq!(wrong.text(), other);
    assert!(!is_in(&eve).await);
}

#[tokio::test]
async fn after_eight_failures_even_the_right_password_waits() {
    let app = TestApp::start().await;
    app.reader("ann").await;
    let eve = app.stranger();
    for _ in 0..8 {
        eve.post("/signin", &form("ann@example.org", "guess"))
            .await
            .is(422);
    }
    let throttled = eve
        .post("/signin", &form("ANN@example.org", PASSWORD))
        .await;
    assert!(
        throttled
            .is(429)
            .words()
            .contains("too many failed attempts")
    );
    assert_eq!(throttled.header("retry-after"), Some("900"));
    assert_eq!(
        throttled.cost,
        Cost::default(),
        "nothing is looked up, nothing hashed"
    );
    // Eight failed attempts from this IP address; other accounts can still be tried from it.
    app.reader("bob").await;
    for n in 0..19 {
        let email = format!("guess{n}@example.org");
        eve.post("/signin", &form(&email, "guess")).await.is(422);
    }
    // After thirty attempts, successful or not, the IP address is rate limited.
    for n in 19..23 {
        let email = format!("guess{n}@example.org");
        eve.post("/signin", &form(&email, "guess")).await;
    }
    eve.post("/signin", &form("bob@example.org", PASSWORD))
        .await
        .is(429);
}

#[tokio::test]
async fn signing_in_leads_back_and_signing_out_ends_the_session() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let copy = ann.copy();
    assert_eq!(
        ann.post("/signout", &[]).await.is(303).location(),
        "/signin"
    );
    assert!(!is_in(&ann).await);
    assert!(
        !is_in(&copy).await,
        "a stolen cookie is worth nothing any more"
    );

    let typed = [
        ("email", "ann@example.org"),
        ("password", PASSWORD),
        ("next", "/feeds"),
    ];
    assert_eq!(
        ann.post("/signin", &typed).await.is(303).location(),
        "/feeds"
    );
    for evil in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let typed = [typed[0], typed[1], ("next", evil)];
        assert_eq!(
            ann.post("/signin", &typed).await.is(303).location(),
            "/unread"
        );
    }
}

#[tokio::test]
async fn a_session_cookie_is_for_our_server_alone_and_new_at_every_sign_in() {
    let app = TestApp::start().await;
    app.reader("ann").await;
    let ann = app.stranger();
    let signed_in = ann
        .post("/signin", &form("ann@example.org", PASSWORD))
        .await;
    let set = signed_in.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    let before = ann.copy();
    ann.post("/signin", &form("ann@example.org", PASSWORD))
        .await
        .is(303);
    assert_ne!(ann.cookies(), before.cookies());
    assert!(is_in(&ann).await);
    assert!(!is_in(&before).await, "a planted session isn't taken over");
}

#[tokio::test]
async fn a_forged_cookie_costs_no_read() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let real = ann.cookies()["dormouse"].clone();
    let (head, tail) = real.split_at(real.len() - 4);
    for forged in ["x", "AAAAAAAAAAAAAAAAAAAAAA", &format!("{head}AAAA"), tail] {
        let eve = app.stranger();
        eve.set_cookie("dormouse", forged);
        let refused = eve.get("/unread").await;
        assert!(refused.is(303).location().starts_with("/signin"));
        assert_eq!(refused.cost, Cost::default(), "{forged}");
    }
}

#[tokio::test]
async fn sessions_end_by_themselves_after_a_month_and_live_on_with_use() {
    let app = TestApp::start().await;
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    for _ in 0..6 {
        app.minutes_pass(10 * 24 * 60);
        assert!(is_in(&ann).await);
    }
    assert!(!is_in(&bob).await);
    let again = ann.get("/unread").await;
    assert_eq!(again.cost.writes, 0, "a visit is noted once a day");
    app.minutes_pass(24 * 60);
    let next_day = ann.get("/unread").await;
    assert!((1..=2).contains(&next_day.cost.writes), "{}", next_day.cost);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let phone = app.stranger();
    phone
        .post("/signin", &form("ann@example.org", PASSWORD))
        .await
        .is(303);

    let change = |current, new| [("current", current), ("new", new)];
    let wrong = ann
        .post("/settings/password", &change("wrong", "a new password"))
        .await;
    assert!(wrong.is(422).words().contains("Wrong current password"));
    let short = ann
        .post("/settings/password", &change(PASSWORD, "short"))
        .await;
    assert!(short.is(422).words().contains("too short"));
    assert!(is_in(&phone).await);

    ann.post("/settings/password", &change(PASSWORD, "a new password"))
        .await
        .is(303);
    assert!(is_in(&ann).await);
    assert!(!is_in(&phone).await);
    phone
        .post("/signin", &form("ann@example.org", PASSWORD))
        .await
        .is(422);
    phone
        .post("/signin", &form("ann@example.org", "a new password"))
        .await
        .is(303);
}

#[tokio::test]
async fn a_token_is_shown_once_and_works_until_it_is_revoked() {
    let app = TestApp::start().await;
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let token = ann.makes_token().await;
    let program = app.program(&token);
    program.get("/api/v1/subscriptions").await.is(200);
    let settings = ann.get("/settings/apps").await;
    assert!(settings.text().contains("a test") && !settings.text().contains(&token));

    let revoke = settings.text().split("/settings/tokens/").nth(1).unwrap();
    let revoke = format!("/settings/tokens/{}", revoke.split('"').next().unwrap());
    bob.post(&revoke, &[]).await.is(404);
    program.get("/api/v1/subscriptions").await.is(200);
    ann.post(&revoke, &[]).await.is(303);
    assert_eq!(
        program.get("/api/v1/subscriptions").await.error(),
        (401, "bad_token".into())
    );
    let nameless = ann.post("/settings/tokens", &[("name", " ")]).await;
    assert!(nameless.is(422).words().contains("Give it a name"));
}

/// Every route that changes a reader's data, with its parameters filled in.
fn writing_routes() -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for route in dormouse::web::routes() {
        let path = route.path.replace("{feed}", "1").replace("{id}", "1-1");
        for method in route.methods.split(", ").filter(|method| *method != "GET") {
            // What is judged by a token ignores cookies: see `doors`.
            let by_token = ["/api/", "/accounts/", "/reader/", "/fever"];
            if !by_token.iter().any(|prefix| path.starts_with(prefix)) {
                found.push((method.parse().unwrap(), path.clone()));
            }
        }
    }
    assert!(found.len() > 15, "{found:?}");
    found
}

#[tokio::test]
async fn other_sites_can_write_nothing_in_a_readers_name() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for (method, path) in writing_routes() {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://reader.example.evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let ask = ann
                .ask(method.clone(), &path)
                .form(&form("eve@example.org", PASSWORD));
            let refused = ask.header(name, value).send().await;
            refused.is(403);
            assert_eq!(
                refused.cost,
                Cost::default(),
                "{method} {path} with {name}: {value}"
            );
        }
    }
    for (name, value) in [
        ("origin", "http://reader.example"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
    ] {
        let ask = ann
            .ask(Method::POST, "/settings/reading")
            .form(&[("order", "newest")]);
        ask.header(name, value).send().await.is(303);
    }
}

#[tokio::test]
async fn strangers_get_nothing_from_any_route() {
    let app = TestApp::start().await;
    app.reader("ann").await;
    let open = [
        "/signin",
        "/signin/second",
        "/signin/passkey",
        "/signin/passkey/options",
        "/signup",
        "/signup/{token}",
        "/invite/{token}",
        "/reset",
        "/reset/{link}",
        "/mail/confirm/{link}",
        "/mail/stop/{link}",
        "/signout",
        "/robots.txt",
        "/healthz",
        "/health",
        "/favicon.ico",
        "/manifest.webmanifest",
        "/sw.js",
        "/static/{version}/{*path}",
        "/auth/openid",
        "/auth/openid/callback",
        "/about/fetcher",
        "/api",
        "/api/v1/openapi.json",
        "/.well-known/security.txt",
    ];
    for route in dormouse::web::routes() {
        if open.contains(&route.path) {
            continue;
        }
        let path = route
            .path
            .replace("{feed}", "1")
            .replace("{id}", "1-1")
            .replace("{*path}", "x");
        for method in route.methods.split(", ") {
            let method: Method = method.parse().unwrap();
            let stranger = app.stranger();
            let ask = stranger.ask(method.clone(), &path);
            let answer = ask
                .body("application/x-www-form-urlencoded", "a=b")
                .send()
                .await;
            let sent_away = answer.status == 303
                && matches!(answer.location(), place if place.starts_with("/signin") || place == "/unread");
            // For hubs, unknown subscriptions are 404.
            let not_there = (path.starts_with("/websub/")
                || path.starts_with("/icon/")
                || path.starts_with("/s/")
                || path.starts_with("/f/")
                || path.starts_with("/reader/icon/")
                || path.starts_with("/image/"))
                && answer.status == 404;
            // Fever says so in the answer.
            let unknown = path == "/fever" && answer.text().contains("\"auth\":0,");
            assert!(
                sent_away || not_there || unknown || [401, 403].contains(&answer.status),
                "{method} {path}: {answer:?}"
            );
            assert_eq!(answer.cost, Cost::default(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_page_has_a_strict_policy_and_nothing_inline() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let stranger = app.stranger();
    let signup = stranger.get("/signup").await;
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 2, at(10, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    let article = ann.get("/unread").await.lines()[0].href.clone();
    let mut pages = vec![signup, stranger.get("/signin").await];
    for path in [
        "/unread",
        "/all",
        "/feeds",
        "/add",
        "/import",
        "/settings",
        "/help",
        "/nothing",
        &article,
        &format!("/feed/{feed}"),
        &format!("/feed/{feed}/settings"),
        "/unread?cursor=x",
    ] {
        pages.push(ann.get(path).await);
    }
    let file = format!("<opml><body><outline text='x' xmlUrl='{url}'/></body></opml>");
    ann.ask(Method::POST, "/import")
        .file("opml", file.as_bytes())
        .send()
        .await
        .is(303);
    pages.push(ann.get("/import/last").await);
    for page in &pages {
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert!(["no-referrer", "same-origin"].contains(&page.header("referrer-policy").unwrap()));
        let cache = page.header("cache-control").unwrap();
        assert!(
            cache.contains("no-cache") || cache.contains("no-store"),
            "{cache}"
        );
        let text = page.text();
        assert!(text.contains("<html"), "{text}");
        for tag in text.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            let is_script = tag.starts_with("script");
            assert!(
                !is_script || tag.contains(" src=\"/static/"),
                "inline script: {tag}"
            );
            assert!(!tag.starts_with("style"), "inline style: {tag}");
            let names = tag
                .split_whitespace()
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, _)| name);
            for name in names {
                assert!(
                    name != "style" && !name.starts_with("on"),
                    "{name} in {tag}"
                );
            }
        }
    }
    // The scripts and styles that the pages link to exist.
    let script = crate::support::attribute(pages[2].text(), "type=\"module\"", "src").unwrap();
    let script = app.stranger().get(&script).await;
    assert!(
        script
            .is(200)
            .header("cache-control")
            .unwrap()
            .contains("immutable")
    );
}

#[tokio::test]
async fn an_internal_error_is_reported_without_its_text() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let user = by_email(&app.state.store, "ann@example.org")
        .await
        .unwrap()
        .unwrap();
    let damaged = Entity::new(Key::int("ReadState", user.id.0)).unindexed("body", vec![1_u8, 2, 3]);
    app.state
        .store
        .commit(vec![Mutation::Upsert(damaged, None)])
        .await
        .unwrap();

    let page = ann.get("/unread").await;
    assert!(
        page.is(500)
            .words()
            .contains("Something went wrong on our side")
    );
    let id = page.header("x-request-id").unwrap();
    assert!(
        page.text().contains(id),
        "the page names the line of the log"
    );
    let answer = program.get("/api/v1/articles").await;
    assert_eq!(answer.error(), (500, "internal".into()));
    for text in [page.text(), answer.text()] {
        for inside in [
            "ReadState",
            "zstd",
            "rror(",
            "corrupt",
            "Corrupt",
            "panick",
            "src/",
        ] {
            assert!(!text.contains(inside), "{inside} in {text}");
        }
    }
}

#[tokio::test]
async fn what_cant_be_read_is_refused_in_our_own_words() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let large = "x".repeat(2 * 1_024 * 1_024);
    for (method, path, body, status) in [
        (Method::POST, "/settings/reading", "order=sideways", 422),
        (Method::POST, "/settings/reading", "", 422),
        (Method::POST, "/signin", "email=x", 422),
        (Method::POST, "/add", large.as_str(), 413),
        (Method::GET, "/unread?order=sideways", "", 400),
        (Method::DELETE, "/unread", "", 405),
    ] {
        let ask = ann.ask(method, path);
        let refused = ask
            .body("application/x-www-form-urlencoded", body)
            .send()
            .await;
        let text = refused.is(status).text();
        assert!(
            text.contains("<html") && !text.contains("eserialize"),
            "{path}: {text}"
        );
    }
    let ask = program
        .ask(Method::POST, "/api/v1/marks")
        .body("text/plain", "{}");
    assert_eq!(ask.send().await.error(), (400, "bad_json".into()));
    let put = program.ask(Method::PUT, "/api/v1/marks").send().await;
    assert_eq!(put.error(), (405, "method_not_allowed".into()));
}

#[tokio::test]
async fn the_administrator_takes_a_copy_of_the_store_in_use() {
    let (app, web) = (TestApp::on_disk().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 20, at(10, 0)).rss()),
    );
    ann.subscribes(&url).await;
    assert!(
        bob.get("/admin/backup")
            .await
            .is(403)
            .words()
            .contains("Only the administrator")
    );

    let copy = ann.get("/admin/backup").await;
    let named = copy.is(200).header("content-disposition").unwrap();
    assert_eq!(named, "attachment; filename=\"dormouse-2026-03-02.redb\"");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), &copy.body).unwrap();
    let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
    let findings = examine(&Datastore::new(embedded, app.clock.clone()))
        .await
        .unwrap();
    assert_eq!(findings.faults, Vec::<String>::new());
    assert_eq!(
        (findings.entities["User"], findings.entities["Article"]),
        (2, 20)
    );

    let left: Vec<_> = std::fs::read_dir(app.folder())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(left, [FILE], "nothing is left behind");
}

/// A publisher can put any URL into an image, and the browser would send the reader's cookies with it.
#[tokio::test]
async fn a_picture_in_an_article_can_not_ask_for_our_pages() {
    let app = TestApp::on_disk().await;
    let ann = app.reader("ann").await;
    for path in ["/admin/backup", "/unread", "/export.opml"] {
        for purpose in ["image", "iframe", "audio"] {
            let asked = ann.ask(Method::GET, path).header("sec-fetch-dest", purpose);
            let answer = asked.send().await;
            answer.is(403);
        }
        let asked = ann
            .ask(Method::GET, path)
            .header("sec-fetch-dest", "document");
        asked.send().await.is(200);
    }
}

/// The sentence about the last action travels in a cookie: sealed, `Secure` where the site is, and shown once.
#[tokio::test]
async fn the_last_actions_sentence_is_sealed_secure_and_shown_once() {
    for (base, is_secure) in [
        ("https://reader.example/", true),
        ("http://reader.example/", false),
    ] {
        let app = TestApp::with(&[("BASE_URL", base)]).await;
        let ann = app.reader("ann").await;
        let saved = ann.post("/settings/reading", &[("order", "oldest")]).await;
        let mut cookies = saved.is(303).headers.get_all("set-cookie").iter();
        let cookie = cookies.find_map(|value| {
            let text = value.to_str().unwrap();
            text.trim_start_matches("__Host-")
                .starts_with("dormouse-flash=")
                .then_some(text)
        });
        let cookie = cookie.unwrap();
        assert_eq!(cookie.contains("; Secure"), is_secure, "{cookie}");
        assert!(
            cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"),
            "{cookie}"
        );
        assert!(!cookie.contains("Saved"), "{cookie}");
        let shown = ann.get("/settings").await;
        assert!(shown.is(200).words().contains("Saved"));
        let name = match is_secure {
            true => "__Host-dormouse-flash",
            false => "dormouse-flash",
        };
        assert!(cookie.starts_with(name), "{cookie}");
        assert!(!ann.cookies().contains_key(name));
        ann.set_cookie(name, "eyJ0ZXh0IjoiWW91IHdvbiEifQ");
        let forged = ann.get("/settings").await;
        assert!(!forged.is(200).words().contains("You won"));
    }
}

/// The cookie also holds the address that undoing returns to; a long one is replaced, and the sentence is shown.
#[tokio::test]
async fn the_last_actions_sentence_is_shown_however_long_the_address() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 3, at(10, 0));
    ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    let seen = ann.get("/unread").await.seen().unwrap();
    let back = format!("/unread?{}", "x".repeat(1_900));
    let marked = ann
        .post("/mark-all", &[("seen", &seen), ("return", &back)])
        .await;
    let page = ann.get(marked.is(303).location()).await;
    assert!(
        page.is(200).words().contains("Marked 3 articles as read"),
        "{}",
        page.words()
    );
}

/// The key of the record that leads from an address to its account, as it was before addresses had one form.
fn older_login(email: &str) -> Key {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(format!("email:{email}"));
    Key::name("Login", dormouse::random::hex(&digest[..16]))
}

#[tokio::test]
async fn an_address_in_any_script_is_one_address() {
    let app = TestApp::with(&[("SIGNUP", "open")]).await;
    app.reader("ann").await;
    let bob = app.stranger();
    let typed = form("Jos\u{e9}@BÜCHER.example", PASSWORD);
    bob.post("/signup", &typed).await.is(303);
    let store = &app.state.store;
    let user = by_email(store, "jose\u{301}@bücher.example").await.unwrap();
    let email = user.unwrap().profile.email;
    assert_eq!(email, "jos\u{e9}@xn--bcher-kva.example");
    for other in [
        "jose\u{301}@xn--bcher-kva.example",
        "JOS\u{c9}@bücher.EXAMPLE",
    ] {
        let twice = app.stranger().post("/signup", &form(other, PASSWORD)).await;
        assert!(
            twice
                .is(422)
                .words()
                .contains("There is an account for this address already")
        );
        app.stranger()
            .post("/signin", &form(other, PASSWORD))
            .await
            .is(303);
    }
    for wrong in [
        "a b@example.org",
        "x@[192.0.2.1]",
        "x@-example.org",
        "x@y@example.org",
    ] {
        let refused = app.stranger().post("/signup", &form(wrong, PASSWORD)).await;
        assert!(
            refused.is(422).words().contains("isn’t an email address"),
            "{wrong}"
        );
    }
}

/// An account from before stays found by what was typed then, and nobody takes its address by writing it in another way.
#[tokio::test]
async fn an_account_of_an_older_form_keeps_its_address() {
    let app = TestApp::with(&[("SIGNUP", "open")]).await;
    app.reader("ann").await;
    app.reader("bob").await;
    let store = &app.state.store;
    let user = by_email(store, "bob@example.org").await.unwrap().unwrap();
    let old = "bob@bücher.example";
    let login = store
        .get(&older_login("bob@example.org"))
        .await
        .unwrap()
        .unwrap();
    let mut moved = login.entity.clone();
    moved.key = older_login(old);
    let changes = vec![
        Mutation::Insert(moved),
        Mutation::Delete(login.entity.key, None),
    ];
    store.commit(changes).await.unwrap();
    let set = |user: &mut dormouse::users::User| user.profile.email = old.to_owned();
    dormouse::users::store::change(store, user.id, set)
        .await
        .unwrap();
    for typed in ["Bob@Bücher.example", "bob@xn--bcher-kva.example"] {
        app.stranger()
            .post("/signin", &form(typed, PASSWORD))
            .await
            .is(303);
        let twice = app.stranger().post("/signup", &form(typed, PASSWORD)).await;
        assert!(
            twice.is(422).words().contains("There is an account"),
            "{typed}"
        );
    }
}

#[tokio::test]
async fn a_closed_door_says_what_the_operator_wants_it_to() {
    let note = "Members of the club: write to <b>bob</b> at the desk.";
    let app = TestApp::with(&[("SIGNUP_NOTE", note)]).await;
    let ann = app.reader("ann").await;
    let plain = "write to &lt;b&gt;bob&lt;/b&gt; at the desk.";
    for path in ["/signup", "/signin"] {
        let page = app.stranger().get(path).await;
        assert!(
            page.text()
                .replace("&#60;", "&lt;")
                .replace("&#62;", "&gt;")
                .contains(plain),
            "{path}: {}",
            page.text()
        );
    }
    drop(ann);
}
