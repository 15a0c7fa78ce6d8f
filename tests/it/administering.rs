//! The administration: the audit log, who may come in, who administers, quotas, feeds of everybody, jobs, settings.

use std::net::SocketAddr;

use chrono::TimeDelta;
use dormouse::datastore::{Key, Kind, Mutation, Query};
use dormouse::users::openid::{VerifiedIdentity, create};
use dormouse::users::sign_up::SignUpPolicy;
use dormouse::users::{Connected, User};
use http::Method;

use crate::support::{Answer, CRON_SECRET, Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at};

/// Ann, who administers, and Bob, who reads.
async fn both(app: &TestApp) -> (Client<'_>, Client<'_>) {
    (app.reader("ann").await, app.reader("bob").await)
}

/// The address of the page about somebody.
pub(crate) async fn page_of(admin: &Client<'_>, name: &str) -> String {
    let list = admin.get(&format!("/admin/users?q={name}%40")).await;
    let text = list.is(200).text();
    let (_, rest) = text.split_once("href=\"/admin/users/").unwrap();
    format!("/admin/users/{}", rest.split('"').next().unwrap())
}

/// What the log's lines say, the newest first.
pub(crate) async fn log(admin: &Client<'_>) -> Vec<String> {
    let (mut all, mut path) = (Vec::new(), "/admin/audit".to_owned());
    loop {
        let page = admin.get(&path).await;
        let words = page.is(200).words();
        let (_, list) = words.split_once("<ol class=\"audit\">").unwrap();
        let (list, rest) = list.split_once("</ol>").unwrap();
        let lines = list.split("<p dir=\"auto\">").skip(1);
        all.extend(lines.map(|line| line.split("</p>").next().unwrap().to_owned()));
        match rest.split_once("href=\"/admin/audit?from=") {
            Some((_, next)) => {
                let next = next.split('"').next().unwrap();
                path = format!("/admin/audit?from={next}");
            }
            None => return all,
        }
        assert!(all.len() < 5_000, "the log has no end");
    }
}

async fn cron(app: &TestApp, path: &str) -> Answer {
    let bearer = format!("Bearer {CRON_SECRET}");
    let nobody = app.stranger();
    let ask = nobody.ask(Method::GET, path);
    ask.header("authorization", &bearer).send().await
}

async fn proves(admin: &Client<'_>) {
    let form = [("password", PASSWORD), ("next", "/admin")];
    admin.post("/confirm", &form).await.is(303);
}

/// An account without a password, which takes no time to make.
async fn quick(app: &TestApp, email: &str) -> User {
    let state = &app.state;
    let policy = SignUpPolicy {
        open: true,
        admin_email: None,
    };
    let identity = VerifiedIdentity {
        who: Connected {
            issuer: "https://id.example".into(),
            subject: email.into(),
        },
        email: email.into(),
    };
    let made = create(
        &state.store,
        &state.random,
        app.clock.now(),
        policy,
        identity,
    );
    made.await.unwrap()
}

#[tokio::test]
async fn each_act_is_a_line_in_the_commit_of_the_act() {
    let app = TestApp::with(&[("SIGNUP", "open")]).await;
    let (ann, bob) = both(&app).await;
    app.minutes_pass(1);
    let token = bob.makes_token().await;
    assert!(token.starts_with("dm_"));
    app.minutes_pass(1);
    let page = bob.get("/settings/apps").await;
    let (_, rest) = page.text().split_once("/settings/tokens/").unwrap();
    let id = rest.split('/').next().unwrap();
    let revoked = bob
        .post(&format!("/settings/tokens/{id}/revoke"), &[])
        .await;
    // A write for the line, beside the three deletes.
    assert_eq!((revoked.is(303).cost.writes, revoked.cost.deletes), (1, 3));
    app.minutes_pass(1);
    let change = [("current", PASSWORD), ("new", "another good one")];
    bob.post("/settings/password", &change).await.is(303);
    app.minutes_pass(1);
    bob.post("/settings/security/sessions/end", &[])
        .await
        .is(303);
    app.minutes_pass(1);
    ann.get("/admin/backup").await;
    let lines = log(&ann).await;
    assert_eq!(
        lines[..4],
        [
            "bob@example.org ended sessions of bob@example.org",
            "bob@example.org changed the password of bob@example.org",
            "bob@example.org revoked a token of bob@example.org",
            "bob@example.org made a token for bob@example.org",
        ]
    );
    assert!(lines.contains(&"ann@example.org created an account".to_owned()));
    let words = ann.get("/admin/audit").await.words();
    assert!(words.contains("manage · 192.0.0.0/16"), "what it may do");
    assert!(!words.contains("a test"), "what it is called is Bob’s own");
    assert!(words.contains("192.0.0.0/16") && !words.contains("192.0.2.7"));
    // Readers don't see it, nor any other page of the administration.
    for path in [
        "/admin",
        "/admin/audit",
        "/admin/users",
        "/admin/feeds",
        "/admin/jobs",
        "/admin/costs",
        "/admin/settings",
    ] {
        let refused = bob.get(path).await;
        assert!(refused.is(403).words().contains("Only administrators"));
    }
}

#[tokio::test]
async fn a_known_browser_is_no_line_and_a_new_one_is() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let count = async || {
        let lines = log(&ann).await;
        let signed = lines.iter().filter(|line| line.contains("new browser"));
        signed.count()
    };
    let before = count().await;
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    ann.get("/unread").await.is(200);
    ann.post("/signin", &form).await.is(303);
    assert_eq!(count().await, before);
    app.stranger().post("/signin", &form).await.is(303);
    assert_eq!(count().await, before + 1);
}

#[tokio::test]
async fn the_log_is_paged_and_lines_go_after_a_year() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let page = page_of(&ann, "ann").await;
    for _ in 0..60 {
        app.minutes_pass(1);
        ann.post(&format!("{page}/quota"), &[("feeds", "70")])
            .await
            .is(303);
        if log(&ann).await.len() > 60 {
            break;
        }
        let form = [("password", PASSWORD), ("next", "/admin")];
        ann.post("/confirm", &form).await.is(303);
    }
    let lines = log(&ann).await;
    let changed = "ann@example.org changed the quota of ann@example.org";
    let changes = lines.iter().filter(|line| *line == changed).count();
    assert!(changes > 50, "{lines:?}");
    assert_eq!(lines.last().unwrap(), "ann@example.org created an account");
    // A page costs its lines, and what the frame costs.
    app.forgets();
    let cold = ann.get("/admin/audit").await.cost;
    assert!(cold.reads <= 50 + 8, "{cold:?}");
    assert_eq!(ann.get("/admin/audit?from=abc").await.status, 404);
    assert_eq!(ann.get("/admin/audit?from=%F0").await.status / 100, 4);

    let before = app.count("Audit").await;
    app.clock.advance(TimeDelta::days(366));
    let done = cron(&app, "/cron/audit").await;
    assert_eq!(done.is(200).json()["lines"], before);
    assert_eq!(done.json()["finished"], true);
    assert_eq!(app.count("Audit").await, 0);
}

#[tokio::test]
async fn failed_sign_ins_are_lines_but_only_so_many() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let before = app.count("Audit").await;
    let knocks = async |n: u8| {
        // No account so often that strangers are slowed down.
        let email = match n % 10 {
            0 => "ann@example.org".to_owned(),
            _ => format!("nobody{n}@example.org"),
        };
        let nobody = app.stranger();
        let form = [("email", email.as_str()), ("password", "a wrong one, here")];
        let peer = SocketAddr::from(([10, n, 0, 1], 4_711));
        let ask = nobody.ask(Method::POST, "/signin").form(&form).from(peer);
        ask.send().await.is(422);
    };
    for n in 0..70 {
        knocks(n).await;
    }
    let noted = async || app.count("Audit").await - before;
    assert_eq!(noted().await, 60, "sixty in an hour");
    let lines = log(&ann).await;
    let of = |text: &str| lines.iter().filter(|line| *line == text).count();
    assert_eq!(of("Somebody failed to sign in to ann@example.org"), 2);
    assert_eq!(of("Somebody failed to sign in to no account"), 58);
    // In the next one there are lines again.
    app.minutes_pass(61);
    knocks(70).await;
    assert_eq!(noted().await, 61);
    let all = ann.get("/admin/audit").await.words();
    assert!(!all.contains("nobody1@"), "what was typed isn't kept");
}

#[tokio::test]
async fn who_is_disabled_is_kept_out_everywhere_and_told_so() {
    let app = TestApp::with(&[("SIGNUP", "open")]).await;
    let (ann, bob) = both(&app).await;
    let token = bob.makes_token().await;
    let program = app.program(&token);
    program.get("/api/v1/subscriptions").await.is(200);
    bob.post("/settings/shared", &[("what", "starred"), ("heading", "")])
        .await
        .is(303);
    let shared = bob.get("/settings/shared").await;
    let (_, rest) = shared
        .text()
        .split_once("https://reader.example/s/")
        .unwrap_or_else(|| {
            shared
                .text()
                .split_once("http://reader.example/s/")
                .unwrap()
        });
    let shared = format!("/s/{}", rest.split(['"', '<']).next().unwrap());
    app.stranger().get(&shared).await.is(200);
    let other = app.beside().await;
    let elsewhere = bob.at(&other);
    elsewhere.get("/unread").await.is(200);

    let page = page_of(&ann, "bob").await;
    let done = ann.post(&format!("{page}/disable"), &[]).await;
    assert_eq!(done.is(303).location(), page);
    let out = bob.get("/unread").await;
    assert!(out.is(403).words().contains("Your account is disabled"));
    assert!(out.words().contains("Ask the administrator"));
    assert!(out.words().contains("Sign in as somebody else"));
    let (status, code) = program.get("/api/v1/subscriptions").await.error();
    assert_eq!((status, code.as_str()), (403, "account_disabled"));
    let (status, code) = program.get("/api/v1/counts").await.error();
    assert_eq!((status, code.as_str()), (403, "account_disabled"));
    let login = [("Email", "bob@example.org"), ("Passwd", token.as_str())];
    let nobody = app.stranger();
    nobody.post("/accounts/ClientLogin", &login).await.is(401);
    let google = app.program(&format!("GoogleLogin auth=dormouse/{token}"));
    let refused = google.get("/reader/api/0/user-info").await;
    assert_eq!(
        refused.is(401).header("x-reader-google-bad-token"),
        Some("true")
    );
    nobody.get(&shared).await.is(404);
    // Another instance forgets them within ten minutes.
    app.minutes_pass(11);
    elsewhere.get("/unread").await.is(403);
    app.program(&token)
        .at(&other)
        .get("/api/v1/subscriptions")
        .await
        .is(403);
    // The right password leads to the reason, a wrong one to no more than anybody's.
    let form = [("email", "bob@example.org"), ("password", PASSWORD)];
    let knock = app.stranger().post("/signin", &form).await;
    assert!(knock.is(403).words().contains("Your account is disabled"));
    let wrong = [
        ("email", "bob@example.org"),
        ("password", "a wrong one, here"),
    ];
    let knock = app.stranger().post("/signin", &wrong).await;
    assert!(!knock.is(422).words().contains("disabled"));
    let listed = ann.get("/admin/users").await.words();
    assert!(listed.contains("Disabled"));
    let lines = log(&ann).await;
    assert!(lines.contains(&"ann@example.org disabled bob@example.org".to_owned()));
    assert!(lines.contains(&"bob@example.org wasn’t let in".to_owned()));

    // What they have is there again, and only their session isn't.
    let form_of = [("password", PASSWORD), ("next", "/admin")];
    ann.post("/confirm", &form_of).await.is(303);
    ann.post(&format!("{page}/enable"), &[]).await.is(303);
    bob.get("/unread").await.is(303);
    bob.post("/signin", &form).await.is(303);
    bob.get("/unread").await.is(200);
    program.get("/api/v1/subscriptions").await.is(200);
    app.stranger().get(&shared).await.is(200);
    app.is_sound().await;
}

#[tokio::test]
async fn the_last_administrator_stays_one_whatever_happens_at_once() {
    let app = TestApp::with(&[("SIGNUP", "open")]).await;
    let (ann, bob) = both(&app).await;
    let (anns, bobs) = (page_of(&ann, "ann").await, page_of(&ann, "bob").await);
    for act in ["disable", "reader"] {
        let refused = ann.post(&format!("{anns}/{act}"), &[]).await;
        assert!(refused.is(409).words().contains("the only administrator"));
    }
    ann.get("/settings/delete-account").await.is(200);
    let refused = ann.post("/settings/delete-account", &[("sure", "1")]).await;
    assert!(refused.is(422).words().contains("the only administrator"));
    // Of two, each may go, and not both.
    ann.post(&format!("{bobs}/admin"), &[]).await.is(303);
    bob.get("/admin").await.is(200);
    let (one, other) = tokio::join!(
        async { ann.post(&format!("{bobs}/reader"), &[]).await.status },
        async { bob.post(&format!("{anns}/disable"), &[]).await.status },
    );
    assert!([one, other].contains(&303), "{one} {other}");
    let admins = [
        ann.get("/admin").await.status,
        bob.get("/admin").await.status,
    ];
    assert_eq!(
        admins.iter().filter(|status| **status == 200).count(),
        1,
        "{admins:?}"
    );
}

#[tokio::test]
async fn readers_are_listed_by_address_searched_and_paged_for_one_read() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for n in 0..120 {
        quick(&app, &format!("reader{n:03}@example.org")).await;
    }
    app.forgets();
    let first = ann.get("/admin/users").await;
    assert!(first.is(200).words().contains("reader048@example.org"));
    assert!(!first.words().contains("reader049@example.org"));
    // The session, the account, the frame, the mark, and a page of fifty.
    assert!(first.cost.reads <= 7, "{:?}", first.cost);
    let mut seen = first.text().matches("/admin/users/").count();
    let mut page = first;
    while let Some((_, rest)) = page.text().split_once("href=\"/admin/users?q=") {
        let next = rest.split('"').next().unwrap().replace("&#38;", "&");
        page = ann.get(&format!("/admin/users?q={next}")).await;
        page.is(200);
        seen += page.text().matches("/admin/users/").count();
    }
    assert_eq!(seen, 121);
    let found = ann.get("/admin/users?q=ER07").await;
    assert_eq!(found.is(200).text().matches("/admin/users/").count(), 10);
    let none = ann.get("/admin/users?q=nobody").await.words();
    assert!(none.contains("No account has such an address"));
}

/// Accounts from before there was a list of them.
#[tokio::test]
async fn older_accounts_get_their_place_in_the_list() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for n in 0..7 {
        quick(&app, &format!("reader{n}@example.org")).await;
    }
    let store = &app.state.store;
    let all = store
        .run_query(&Query::kind(Kind::User, 100))
        .await
        .unwrap();
    let mut writes = vec![Mutation::Delete(
        Key::name(Kind::Setting, "accounts-listed"),
        None,
    )];
    for row in all.rows {
        let mut entity = row.entity;
        entity.properties.remove("card");
        writes.push(Mutation::Upsert(entity, None));
    }
    store.commit(writes).await.unwrap();
    let page = ann.get("/admin/users").await;
    assert_eq!(page.is(200).text().matches("/admin/users/").count(), 8);
    let again = ann.get("/admin/users").await;
    assert_eq!(again.is(200).cost.writes, 0);
}

#[tokio::test]
async fn a_readers_own_quota_counts_and_has_a_ceiling() {
    let (app, web) = (TestApp::with(&[("SIGNUP", "open")]).await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    let feed = |path: &str| {
        let text = FeedText::hourly(path, 2, at(11, 0)).rss();
        web.put(path, Page::feed(text))
    };
    let page = page_of(&ann, "bob").await;
    for wrong in [("feeds", "5001"), ("stars", "-1"), ("imports", "many")] {
        let refused = ann.post(&format!("{page}/quota"), &[wrong]).await;
        assert!(refused.is(422).words().contains("whole number"));
    }
    ann.post(&format!("{page}/quota"), &[("feeds", "1"), ("stars", "")])
        .await
        .is(303);
    bob.subscribes(&feed("/one")).await;
    let second = [("url", feed("/two")), ("folder", String::new())];
    let second: Vec<(&str, &str)> = second.iter().map(|(n, v)| (*n, v.as_str())).collect();
    bob.post("/add", &second).await.is(422);
    assert!(ann.get(&page).await.words().contains("value=\"1\""));
    ann.post(&format!("{page}/quota"), &[("feeds", "")])
        .await
        .is(303);
    bob.post("/add", &second).await.is(303);
}

#[tokio::test]
async fn an_administrator_ends_the_sessions_of_a_reader() {
    let app = TestApp::with(&[("SIGNUP", "open")]).await;
    let (ann, bob) = both(&app).await;
    let page = page_of(&ann, "bob").await;
    let sessions = app.count("Session").await;
    ann.post(&format!("{page}/sessions"), &[]).await.is(303);
    bob.get("/unread").await.is(303);
    assert_eq!(app.count("Session").await, sessions - 1);
    assert!(ann.get(&page).await.words().contains("Nowhere."));
    // Acts ask for a proof that is ten minutes old at most.
    app.minutes_pass(11);
    let asked = ann.post(&format!("{page}/disable"), &[]).await;
    assert!(asked.is(303).location().starts_with("/confirm"));
    ann.post("/admin/users/7/disable", &[]).await.is(303);
    ann.get("/admin/users/7").await.is(404);
    ann.get(&format!("{page}/coffee")).await.is(404);
}

#[tokio::test]
async fn a_feed_is_paused_for_everybody_and_goes_on() {
    let (app, web) = (TestApp::with(&[("SIGNUP", "open")]).await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 3, at(10, 0)).rss()),
    );
    let feed = bob.subscribes(&url).await;
    let page = format!("/admin/feeds/{feed}");
    assert!(ann.get(&page).await.words().contains("1 reader"));
    let list = ann.get("/admin/feeds?show=all&q=NEWS").await;
    assert!(list.is(200).text().contains(&page));
    ann.post(&format!("{page}/pause"), &[]).await.is(303);
    let paused = ann.get("/admin/feeds?show=paused").await;
    assert!(paused.is(200).text().contains(&page));
    app.is_sound().await;
    web.forget();
    app.minutes_pass(25 * 60);
    app.cron().await;
    let refused = bob.post(&format!("/feed/{feed}/refresh"), &[]).await;
    let said = bob.get(refused.is(303).location()).await.words();
    assert!(said.contains("paused this feed for everybody"), "{said}");
    assert_eq!(web.asked("/f").len(), 0, "nobody asks its publisher");
    // A reader who comes new doesn't start it again.
    ann.subscribes(&url).await;
    app.cron().await;
    assert_eq!(web.asked("/f").len(), 0);
    app.is_sound().await;

    ann.post("/confirm", &[("password", PASSWORD), ("next", "/admin")])
        .await
        .is(303);
    ann.post(&format!("{page}/resume"), &[]).await.is(303);
    app.minutes_pass(60);
    app.cron().await;
    assert_eq!(web.asked("/f").len(), 1);
    let lines = log(&ann).await;
    for line in ["paused a feed for everybody", "let a feed go on"] {
        assert!(lines.contains(&format!("ann@example.org {line}")));
    }
}

#[tokio::test]
async fn nothing_is_fetched_from_a_blocked_host() {
    let (app, web) = (TestApp::with(&[("SIGNUP", "open")]).await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    let text = FeedText::hourly("News", 3, at(10, 0)).rss();
    let (one, two) = (
        web.put("/one", Page::feed(text.clone())),
        web.put("/two", Page::feed(text)),
    );
    bob.subscribes(&one).await;
    let host = url::Url::parse(&one)
        .unwrap()
        .host_str()
        .unwrap()
        .to_owned();
    let wrong = ann
        .post("/admin/hosts", &[("host", "a b"), ("do", "block")])
        .await;
    assert!(wrong.is(422).words().contains("isn’t a host"));
    // An address is taken for its host.
    ann.post("/admin/hosts", &[("host", &one), ("do", "block")])
        .await
        .is(303);
    assert!(ann.get("/admin/feeds").await.text().contains(&host));
    web.forget();
    app.minutes_pass(25 * 60);
    app.cron().await;
    let refused = bob.post("/add", &[("url", &two), ("folder", "")]).await;
    assert!(
        refused
            .is(422)
            .words()
            .contains("the administrator has blocked it"),
        "{}",
        refused.words()
    );
    assert_eq!(web.requests().len(), 0);
    // Another instance learns it, too.
    let other = app.beside().await;
    let elsewhere = bob.at(&other);
    elsewhere
        .post("/add", &[("url", &two), ("folder", "")])
        .await
        .is(422);
    let open = [("host", host.as_str()), ("do", "unblock")];
    // Both ask who it is, after a day.
    for form in [open, [("host", "other.example"), ("do", "block")]] {
        let asked = ann.post("/admin/hosts", &form).await;
        assert!(asked.is(303).location().starts_with("/confirm"));
    }
    bob.post("/add", &[("url", &two), ("folder", "")])
        .await
        .is(422);
    proves(&ann).await;
    ann.post("/admin/hosts", &open).await.is(303);
    bob.subscribes(&two).await;
}

#[tokio::test]
async fn a_feed_is_removed_from_all_shelves() {
    let (app, web) = (TestApp::with(&[("SIGNUP", "open")]).await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 3, at(10, 0)).rss()),
    );
    let feed = bob.subscribes(&url).await;
    ann.subscribes(&url).await;
    let article = bob.get("/unread").await.lines()[0].id.clone();
    bob.post(&format!("/article/{article}/star"), &[])
        .await
        .is(303);
    let path = format!("/admin/feeds/{feed}/remove");
    ann.post(&path, &[]).await.is(303);
    assert_eq!(app.count("Feed").await, 1, "the box wasn't ticked");
    app.minutes_pass(11);
    let asked = ann.post(&path, &[("sure", "1")]).await;
    assert!(asked.is(303).location().starts_with("/confirm"));
    assert_eq!(app.count("Feed").await, 1, "without a proof");
    proves(&ann).await;
    ann.post(&path, &[("sure", "1")]).await.is(303);
    for kind in ["Feed", "FeedUrl", "Article", "Subscription"] {
        assert_eq!(app.count(kind).await, 0, "{kind}");
    }
    assert_eq!(bob.titles("/starred").await.len(), 1, "a star is a copy");
    app.is_sound().await;
}

#[tokio::test]
async fn jobs_say_what_they_did_at_their_last_runs() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let never = ann.get("/admin").await.words();
    assert!(never.contains("Refresh has never run"), "{never}");
    ann.subscribes(&web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 3, at(10, 0)).rss()),
    ))
    .await;
    for _ in 0..25 {
        app.minutes_pass(61);
        app.cron().await;
    }
    app.minutes_pass(25 * 60);
    app.cron().await;
    app.daily().await;
    // A call that comes too early is no run.
    app.calls().await.is(200);
    app.calls().await.is(200);
    let page = ann.get("/admin/jobs").await;
    let words = page.is(200).words();
    let (_, refresh) = words.split_once("/cron/refresh").unwrap();
    let (refresh, daily) = refresh.split_once("/cron/daily").unwrap();
    assert_eq!(refresh.matches("<tr role=\"row\">").count(), 1 + 20);
    assert!(refresh.contains("feed checked"), "{refresh}");
    assert_eq!(
        daily
            .split("</table>")
            .next()
            .unwrap()
            .matches("<tr role=\"row\">")
            .count(),
        2
    );
    let overview = ann.get("/admin").await.words();
    assert!(overview.contains("All jobs ran on time."), "{overview}");
    assert!(overview.contains("1 reader follow") || overview.contains("1 reader"));
    app.minutes_pass(4 * 60);
    let late = ann.get("/admin").await.words();
    assert!(late.contains("Refresh is late"), "{late}");
    assert!(app.count("Job").await <= 8);
}

#[tokio::test]
async fn the_settings_in_force_mask_what_is_secret() {
    let app = TestApp::with(&[("QUOTA", "feeds=77")]).await;
    let ann = app.reader("ann").await;
    let words = ann.get("/admin/settings").await.words();
    // Names may break at their underlines.
    let words = words.replace("<wbr>", "");
    assert!(words.contains("CRON_SECRET") && words.contains("feeds=77"));
    assert!(!words.contains(CRON_SECRET));
}
