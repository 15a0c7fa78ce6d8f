//! Saved searches whose hits are many, denied or written oddly, and searches by programs before any page is opened.

use serde_json::{Value, json};

use crate::searching::entry;
use crate::support::{Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

async fn saved(program: &Client<'_>, query: &str) -> Value {
    let wanted = json!({ "query": query });
    let answer = program.post_json("/api/v1/searches", wanted).await;
    assert!([200, 201].contains(&answer.status), "{}", answer.words());
    answer.json()
}

async fn count(program: &Client<'_>, query: &str) -> Value {
    let all = program.get("/api/v1/searches").await.is(200).json();
    let all = all["searches"].as_array().unwrap().clone();
    let one = all.into_iter().find(|one| one["query"] == query).unwrap();
    json!([one["unread"], one["more"]])
}

#[tokio::test]
async fn a_saved_search_counts_hundreds() {
    let (app, web) = (
        TestApp::with(&[("QUOTA", "unread=200")]).await,
        FakeWeb::start(),
    );
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("Waders", 150, at(10, 0));
    let feed = ann.subscribes(&web.put("/a", Page::feed(text.rss()))).await;
    let program = app.program_of(&ann).await;
    saved(&program, "title:waders").await;
    assert_eq!(count(&program, "title:waders").await, json!([150, false]));
    let ids: Vec<String> = (1..=60).map(|n| format!("{feed}-{n}")).collect();
    let marks = json!({ "read": ids });
    program.post_json("/api/v1/marks", marks).await.is(200);
    assert_eq!(count(&program, "title:waders").await, json!([90, false]));
    // As it is typed, though it ends in the middle.
    for (query, hits) in [
        ("title:curlews OR", 0),
        ("title:\"waders", 90),
        ("waders OR", 90),
    ] {
        saved(&program, query).await;
        assert_eq!(count(&program, query).await[0], hits, "{query}");
    }
}

#[tokio::test]
async fn what_only_a_text_can_deny_is_no_hit_before_it_is_looked_at() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let long = "Far away. ".repeat(100);
    let text = FeedText::new("Zoo").and(entry("one", "Zebra one", "Stripes.", 3));
    ann.subscribes(&web.put("/a", Page::feed(text.rss()))).await;
    let program = app.program_of(&ann).await;
    let query = "title:zebra -\"salt marsh\"";
    saved(&program, query).await;
    assert_eq!(count(&program, query).await, json!([1, false]));
    let text = text.and(entry(
        "two",
        "Zebra two",
        &format!("{long} The salt marsh."),
        1,
    ));
    web.put("/a", Page::feed(text.rss()));
    app.minutes_pass(24 * 60);
    ann.get("/unread").await.is(200);
    app.refresh().await;
    ann.get("/unread").await.is(200);
    // It isn't known whether the new one is a hit: a dot says so, until it is opened.
    assert_eq!(count(&program, query).await, json!([1, true]));
    let path = "/search?q=title%3Azebra%20-%22salt%20marsh%22";
    assert_eq!(ann.get(path).await.is(200).lines().len(), 1);
    assert_eq!(count(&program, query).await, json!([1, false]));
}

#[tokio::test]
async fn a_program_that_searches_sees_what_rules_did() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::new("News").and(entry("one", "Soap one", "Clean.", 3));
    ann.subscribes(&web.put("/a", Page::feed(text.rss()))).await;
    let program = app.program_of(&ann).await;
    let condition = json!({ "what": "title", "how": "contains", "text": "soap" });
    let rule = json!({ "name": "Soap", "conditions": [condition], "does": ["hide"] });
    program.post_json("/api/v1/rules", rule).await.is(201);
    let text = text.and(Entry::new("Soap two", app.clock.now()));
    web.put("/a", Page::feed(text.rss()));
    app.minutes_pass(24 * 60);
    program.get("/api/v1/subscriptions").await.is(200);
    app.refresh().await;
    let found = program.get("/api/v1/search?q=soap").await.is(200).json();
    let titles: Vec<&str> = { found["hits"].as_array().unwrap().iter() }
        .map(|hit| hit["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Soap one"], "the other came after the rule");
}

#[tokio::test]
async fn a_star_that_its_feed_still_has_is_searched() {
    let (app, web) = (
        TestApp::with(&[("QUOTA", "unread=200")]).await,
        FakeWeb::start(),
    );
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("Waders", 130, at(10, 0));
    let feed = ann.subscribes(&web.put("/a", Page::feed(text.rss()))).await;
    let program = app.program_of(&ann).await;
    for n in 1..=120 {
        let path = format!("/api/v1/stars/{feed}-{n}");
        program.ask(http::Method::PUT, &path).send().await.is(204);
    }
    let found = program.get("/api/v1/search?q=waders").await.is(200).json();
    assert_eq!(
        found["searched"].get("unindexed"),
        None,
        "{}",
        found["searched"]
    );
}
