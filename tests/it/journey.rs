//! Runs one user journey on both stores: the pages and the individual operations must be the same.

use dormouse::datastore::Cost;
use serde_json::json;

use crate::support::{Emulator, FakeWeb, FeedText, Page, TestApp, at};

/// The requests, and their costs.
pub(crate) type Log = Vec<(&'static str, Cost)>;

/// From signing up to reading: a tick with new articles, marks, an undo, and OPML export and import.
pub(crate) async fn journey(app: &TestApp, web: &FakeWeb) -> (Log, Vec<String>) {
    let mut log = Log::new();
    let start = app.state.store.total_cost();
    let ann = app.reader("ann").await;
    log.push(("sign up", app.state.store.total_cost() - start));
    let mut note = |what: &'static str, answer: &crate::support::Answer| {
        log.push((what, answer.cost));
    };
    let mut feeds = Vec::new();
    for n in 0..35 {
        let path = format!("/{n}");
        let newest = at(11, 0) - chrono::TimeDelta::minutes(n);
        let text = FeedText::hourly(&format!("F{n}"), 4, newest);
        web.put(&path, Page::feed(text.rss()));
        let url = web.url(&path);
        let folder = if n % 2 == 0 { "Even" } else { "" };
        let form = [("url", url.as_str()), ("folder", folder)];
        let added = ann.post("/add", &form).await;
        note("subscribe", added.is(303));
        feeds.push(added.location().to_owned());
    }
    note("tick without news", &app.cron().await);
    let page = ann.get("/unread").await;
    note("first page", page.is(200));
    let next = ann.get(&page.next_page().unwrap()).await;
    note("next page", next.is(200));
    note("a feed's page", ann.get(&feeds[3]).await.is(200));
    note("all articles", ann.get("/all").await.is(200));
    let lines = page.lines();
    note("an article", ann.get(&lines[0].href).await.is(200));
    let read: Vec<_> = lines[1..8].iter().map(|line| line.id.clone()).collect();
    let marks = json!({ "batch": "b1", "read": read });
    note(
        "a batch of marks",
        ann.post_json("/marks", marks).await.is(200),
    );
    let seen = page.seen().unwrap();
    note(
        "mark all",
        ann.post("/mark-all", &[("seen", &seen)]).await.is(303),
    );
    for n in 0..5 {
        let text = FeedText::hourly(&format!("F{n}"), 6, at(13, 0));
        web.put(&format!("/{n}"), Page::feed(text.rss()));
    }
    app.minutes_pass(24 * 60);
    note("tick with news", &app.cron().await);
    note("clean-ups without work", &app.daily().await);
    note("pulse", ann.post("/pulse", &[]).await.is(200));
    let page = ann.get("/unread").await;
    note("page with news", page.is(200));
    let exported = ann.get("/export.opml").await;
    note("export", exported.is(200));
    let ben = app.reader("ben").await;
    let upload = ben
        .ask(http::Method::POST, "/import")
        .file("opml", &exported.body);
    note("import", upload.send().await.is(303));
    note("import step", ben.post("/import/step", &[]).await.is(303));
    note(
        "unsubscribe",
        ann.post(&format!("{}/remove", feeds[5]), &[]).await.is(303),
    );
    note("settings", ann.get("/settings").await.is(200));
    note("sign out", ann.post("/signout", &[]).await.is(303));
    let form = [
        ("email", "ann@example.org"),
        ("password", crate::support::PASSWORD),
    ];
    note("sign in", ann.post("/signin", &form).await.is(303));
    let titles = ann.titles("/unread").await;
    app.is_sound().await;
    (log, titles)
}

#[tokio::test]
async fn both_stores_take_the_same_operations() {
    if Emulator::Firestore.host().is_none() {
        return;
    }
    let (web, here) = (FakeWeb::start(), TestApp::in_memory(&[]).await);
    let (log_here, titles_here) = journey(&here, &web).await;
    let (web, there) = (FakeWeb::start(), TestApp::in_cloud(&[]).await);
    let (log_there, titles_there) = journey(&there, &web).await;
    let sum = |log: &Log| {
        log.iter()
            .fold(Cost::default(), |sum, (_, cost)| sum + *cost)
    };
    println!(
        "embedded: {}; emulator: {}",
        sum(&log_here),
        sum(&log_there)
    );
    assert_eq!(titles_here, titles_there);
    assert!(!titles_here.is_empty());
    for (here, there) in log_here.iter().zip(&log_there) {
        assert_eq!(here, there);
    }
    assert_eq!(log_here.len(), log_there.len());
}
