//! Articles that are fresh for a while only: then they pass by, neither read nor unread.

use chrono::TimeDelta;

use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

#[tokio::test]
async fn what_passes_by_is_neither_read_nor_unread_and_comes_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("Fast", 6, at(11, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    let before = ann.unread().await;
    assert_eq!(before, 6);
    let settings = format!("/feed/{feed}/settings");
    let keep = |fresh| [("title", ""), ("folder", ""), ("fresh", fresh)];

    ann.post(&settings, &keep("180")).await.is(303);

    let fresh = ann.unread().await;
    assert!(fresh > 0 && fresh < before, "{fresh} of {before}");
    let unread = ann.get("/unread").await;
    assert_eq!(unread.is(200).lines().len(), fresh);
    assert!(
        unread.text().contains("href=\"/passed\""),
        "{}",
        unread.words()
    );
    let passed = ann.get("/passed").await;
    assert_eq!(passed.is(200).lines().len(), before - fresh);
    let all = ann.get("/all").await;
    assert_eq!(all.is(200).lines().len(), before, "nothing is gone");
    // A program sees them as read.
    let program = app.program_of(&ann).await;
    let said = program.get("/api/v1/articles?state=unread").await.json();
    assert_eq!(said["articles"].as_array().unwrap().len(), fresh);
    let both = [("boxes", "1"), ("programs_see_passed", "1")];
    ann.post("/settings/reading", &both).await.is(303);
    let said = program.get("/api/v1/articles?state=unread").await.json();
    assert_eq!(said["articles"].as_array().unwrap().len(), before);
    assert_eq!(ann.unread().await, fresh, "pages stay as they are");
    // Marking all marks what is unread, and not what has passed by.
    let seen = ann.get("/unread").await.seen().unwrap();
    let marked = ann
        .post("/mark-all", &[("seen", &seen), ("return", "/unread")])
        .await;
    let told = ann.get(marked.is(303).location()).await;
    assert!(
        told.words().contains(&format!("Marked {fresh} article")),
        "{}",
        told.words()
    );
    assert_eq!(ann.unread().await, 0);

    ann.post(&settings, &keep("")).await.is(303);

    let back = ann.get("/passed").await;
    assert_eq!(back.is(200).lines().len(), 0);
    assert_eq!(ann.unread().await, before - fresh, "they are unread again");
    ann.post(&settings, &keep("77")).await.is(422);
    assert_eq!(
        ann.unread().await,
        before - fresh,
        "a term that isn’t offered is none"
    );
}

#[tokio::test]
async fn time_passes_without_a_write() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("Fast", 3, at(11, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    let day = [("title", ""), ("folder", ""), ("fresh", "1440")];
    ann.post(&format!("/feed/{feed}/settings"), &day)
        .await
        .is(303);
    assert_eq!(ann.unread().await, 3);
    app.clock.advance(TimeDelta::days(2));
    let page = ann.get("/unread").await;
    assert_eq!(page.is(200).lines().len(), 0);
    assert_eq!(ann.get("/passed").await.is(200).lines().len(), 3);
}
