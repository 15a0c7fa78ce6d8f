//! Pauses, trials, holidays, and articles that come one by one.

use chrono::TimeDelta;

use crate::support::{FakeWeb, FeedText, Page, TestApp, at, attribute};

const DAY: i64 = 24 * 60;

/// The feed with so many hourly articles, the newest of now.
fn put(web: &FakeWeb, app: &TestApp, count: i32) -> String {
    let newest = app.clock.now() - TimeDelta::minutes(5);
    web.put(
        "/f",
        Page::feed(FeedText::hourly("Feed", count, newest).rss()),
    )
}

#[tokio::test]
async fn a_paused_feed_is_not_asked_and_brings_the_newest_ten_afterwards() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, &app, 3)).await;
    assert_eq!(ann.unread().await, 3);

    let paused = ann
        .post(&format!("/feed/{feed}/pause"), &[("days", "")])
        .await;
    let said = ann.get(paused.is(303).location()).await.words();
    assert!(said.contains("Paused"), "{said}");
    assert_eq!(ann.unread().await, 3, "what has come stays");
    app.is_sound().await;
    web.forget();
    for _ in 0..3 {
        app.minutes_pass(2 * DAY);
        put(&web, &app, 30);
        app.refresh().await;
        ann.get("/unread").await.is(200);
    }
    assert_eq!(web.asked("/f").len(), 0, "nobody asks for it");
    assert!(!ann.get("/unread").await.text().contains("id=\"waking\""));

    // Another reader asks for it: what comes isn't this one's.
    let bob = app.reader("bob").await;
    bob.subscribes(&web.url("/f")).await;
    app.minutes_pass(2 * DAY);
    put(&web, &app, 40);
    app.refresh().await;
    assert!(bob.unread().await > 20);
    assert_eq!(ann.unread().await, 3, "nothing newer has come");
    assert_eq!(ann.get("/all").await.lines().len(), 3);
    let program = app.program_of(&ann).await;
    let all = program.get("/api/v1/articles").await.json();
    assert_eq!(all["articles"].as_array().unwrap().len(), 3);
    app.is_sound().await;

    let resumed = ann.post(&format!("/feed/{feed}/resume"), &[]).await;
    let page = ann.get(resumed.is(303).location()).await;
    assert!(
        page.words().contains("the newest ten will be unread"),
        "{}",
        page.words()
    );
    assert_eq!(
        ann.unread().await,
        3 + 10,
        "what was there, and the newest ten of what came"
    );
    let page = ann.get("/unread").await;
    let act = attribute(page.text(), "name=\"act\"", "value").unwrap();
    ann.post("/undo", &[("act", &act)]).await.is(303);
    assert!(ann.unread().await > 20, "the pile is there if it is wanted");
    app.is_sound().await;
    ann.post("/feed/99/pause", &[("days", "")]).await.is(404);
    ann.post(&format!("/feed/{feed}/pause"), &[("days", "9999")])
        .await
        .is(422);
}

#[tokio::test]
async fn the_only_reader_comes_back_to_the_newest_ten_once_the_feed_is_fetched() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, &app, 3)).await;
    ann.post(&format!("/feed/{feed}/pause"), &[("days", "")])
        .await
        .is(303);
    app.minutes_pass(10 * DAY);
    put(&web, &app, 40);
    ann.post(&format!("/feed/{feed}/resume"), &[]).await.is(303);
    assert_eq!(
        ann.unread().await,
        3,
        "nothing was fetched yet, and nothing is marked"
    );
    app.refresh().await;
    assert_eq!(ann.unread().await, 3 + 10);
    // What comes afterwards is all unread.
    app.minutes_pass(3 * DAY);
    put(&web, &app, 60);
    app.refresh().await;
    let unread = ann.unread().await;
    assert!(unread >= 3 + 10 + 20, "{unread}");
    app.is_sound().await;
}

#[tokio::test]
async fn a_holiday_ends_with_the_first_visit_after_its_day() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, &app, 3)).await;
    ann.post("/holiday", &[("days", "4")]).await.is(303);
    app.minutes_pass(3 * DAY);
    assert!(
        ann.get("/feeds")
            .await
            .words()
            .contains("Your whole shelf is paused until")
    );
    app.minutes_pass(2 * DAY);
    put(&web, &app, 40);
    ann.get("/unread").await.is(200);
    assert!(
        !ann.get("/feeds")
            .await
            .words()
            .contains("Your whole shelf is paused")
    );
    ann.post("/wake/step", &[("return", "/unread")])
        .await
        .is(303);
    app.minutes_pass(10);
    app.refresh().await;
    assert_eq!(ann.unread().await, 3 + 10);
    app.is_sound().await;
}

#[tokio::test]
async fn an_archive_that_counted_as_read_comes_unread() {
    let (app, web) = (
        TestApp::with(&[("QUOTA", "unread=10")]).await,
        FakeWeb::start(),
    );
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, &app, 40)).await;
    let before = ann.unread().await;
    assert!(before < 40, "{before}");
    let form = [("title", ""), ("folder", ""), ("more", "1"), ("drips", "1")];
    ann.post(&format!("/feed/{feed}/settings"), &form)
        .await
        .is(303);
    assert_eq!(ann.unread().await, 6);
    app.minutes_pass(DAY);
    assert_eq!(ann.unread().await, 7);
}

#[tokio::test]
async fn a_pause_ends_with_the_first_visit_after() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, &app, 3)).await;
    ann.post(&format!("/feed/{feed}/pause"), &[("days", "7")])
        .await
        .is(303);
    app.minutes_pass(6 * DAY);
    assert!(
        ann.get("/feeds?show=paused")
            .await
            .words()
            .contains("Paused until")
    );
    app.minutes_pass(DAY + 1);
    assert!(!ann.get("/feeds").await.words().contains("Paused until"));
    put(&web, &app, 60);
    web.forget();
    app.refresh().await;
    assert_eq!(web.asked("/f").len(), 1, "it is asked for again");
    app.is_sound().await;
    // Until a day.
    let until = [("until", "2026-03-20")];
    ann.post(&format!("/feed/{feed}/pause"), &until)
        .await
        .is(303);
    assert!(
        ann.get("/feeds")
            .await
            .words()
            .contains("Paused until 20 March 2026")
    );
    for bad in ["2020-01-01", "2099-01-01", "soon"] {
        ann.post(&format!("/feed/{feed}/pause"), &[("until", bad)])
            .await
            .is(422);
    }
    ann.post(&format!("/feed/{feed}/resume"), &[]).await.is(303);
    // Left while paused, and put back: it is paused as before.
    ann.post(&format!("/feed/{feed}/pause"), &[("days", "7")])
        .await
        .is(303);
    let left = ann.post(&format!("/feed/{feed}/remove"), &[]).await;
    app.is_sound().await;
    let page = ann.get(left.is(303).location()).await;
    let act = attribute(page.text(), "name=\"act\"", "value").unwrap();
    ann.post("/undo", &[("act", &act)]).await.is(303);
    assert!(ann.get("/feeds").await.words().contains("Paused until"));
    app.is_sound().await;
}

#[tokio::test]
async fn on_holiday_nobody_is_asked_and_the_pile_stays_away() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, &app, 3)).await;
    let other = web.put(
        "/g",
        Page::feed(FeedText::hourly("Other", 3, at(11, 0)).rss()),
    );
    ann.subscribes(&other).await;

    ann.post("/holiday", &[("days", "14")]).await.is(303);

    app.is_sound().await;
    web.forget();
    app.minutes_pass(5 * DAY);
    let page = ann.get("/feeds").await.words();
    assert!(page.contains("Your whole shelf is paused until"), "{page}");
    put(&web, &app, 50);
    app.minutes_pass(10);
    app.refresh().await;
    app.daily().await;
    assert_eq!(web.requests().len(), 0, "nobody is asked");
    assert!(!ann.get("/unread").await.text().contains("id=\"waking\""));
    app.is_sound().await;

    let back = ann.post("/holiday/end", &[]).await;
    assert!(
        ann.get(back.is(303).location())
            .await
            .words()
            .contains("Welcome back")
    );
    ann.post("/wake/step", &[("return", "/unread")])
        .await
        .is(303);
    app.minutes_pass(10);
    app.refresh().await;
    assert!(!web.asked("/f").is_empty(), "it is asked for again");
    app.is_sound().await;
}

#[tokio::test]
async fn a_trial_asks_whether_the_feed_stays() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, &app, 3)).await;
    let trial = format!("/feed/{feed}/trial");
    ann.post(&trial, &[("days", "14")]).await.is(303);
    assert!(!ann.get("/feeds").await.words().contains("Does it stay?"));
    app.minutes_pass(15 * DAY);
    let asked = ann.get("/feeds").await.words();
    assert!(
        asked.contains("The trial of Feed is over. Does it stay?"),
        "{asked}"
    );
    let list = ann.get("/unread").await.words();
    assert!(list.contains("The trial of Feed is over"), "{list}");
    ann.post(&trial, &[("days", "")]).await.is(303);
    assert!(!ann.get("/feeds").await.words().contains("Does it stay?"));
}

#[tokio::test]
async fn an_archive_comes_one_by_one_without_a_write() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, &app, 20)).await;
    let form = [("title", ""), ("folder", ""), ("more", "1"), ("drips", "1")];
    let settings = format!("/feed/{feed}/settings");
    ann.post(&settings, &form).await.is(303);
    assert_eq!(ann.unread().await, 6, "the newest five and the oldest");
    let said = ann.get(&settings).await.words();
    assert!(said.contains("14 articles are still to come"), "{said}");
    let titles = ann.titles("/unread").await;
    assert_eq!(titles.len(), 6);
    assert_eq!(ann.titles("/all").await.len(), 6);
    // Marking all marks what has come.
    let seen = ann.get("/unread").await.seen().unwrap();
    ann.post("/mark-all", &[("seen", &seen)]).await.is(303);
    assert_eq!(ann.unread().await, 0);

    for day in 1..=3 {
        app.minutes_pass(DAY);
        app.forgets();
        let page = ann.get("/unread").await;
        assert_eq!(page.is(200).lines().len(), day, "day {day}");
        assert_eq!(
            page.cost.writes - page.cost.writes.min(2),
            0,
            "only the visit is noted"
        );
    }
    let without = [("title", ""), ("folder", ""), ("more", "1")];
    ann.post(&settings, &without).await.is(303);
    assert_eq!(ann.unread().await, 14, "all the rest at once");
}
