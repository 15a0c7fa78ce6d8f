//! OPML import and export.

use std::fmt::Write;

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at, corpus};

async fn upload(reader: &Client<'_>, file: &str) -> Answer {
    let ask = reader.ask(Method::POST, "/import");
    ask.file("opml", file.as_bytes()).send().await
}

/// A list with nested folders, other programs' attributes, a duplicate feed, and invalid outlines.
fn list(web: &FakeWeb) -> String {
    format!(
        r#"<?xml version="1.0"?><opml version="1.0" xmlns:other="urn:other"><head><title>Mine</title></head><body>
        <outline text="Loose" type="rss" xmlUrl="{0}"/>
        <outline text="News">
          <outline text="World &amp; more">
            <outline text="Far" title="Far away" type="rss" xmlUrl="{1}" htmlUrl="http://site.example/" other:stars="5" category="a,b"/>
          </outline>
          <outline text="Near" xmlUrl="{2}"/>
        </outline>
        <outline text="Again" xmlUrl="{0}"/>
        <outline text="Mail" xmlUrl="mailto:ann@example.org"/>
        </body></opml>"#,
        web.url("/0"),
        web.url("/1"),
        web.url("/2"),
    )
}

#[tokio::test]
async fn a_file_is_inserted_first_and_fetched_in_steps_with_a_result_a_line() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for n in 0..2 {
        web.put(
            &format!("/{n}"),
            Page::feed(FeedText::hourly(&format!("F{n}"), 3, at(10, 0)).rss()),
        );
    }
    web.put("/2", Page::html("<p>Not any more"));

    assert_eq!(
        upload(&ann, &list(&web)).await.is(303).location(),
        "/import/last"
    );
    assert_eq!(web.requests().len(), 0, "nobody is asked yet");
    let result = ann.get("/import/last").await.words();
    assert!(
        result.contains("5 lines: 3 feeds added, 1 already there, 1 rejected"),
        "{result}"
    );
    assert!(result.contains(
        "Fetched <span id=\"import-done\">0</span> of <span id=\"import-total\">3</span>"
    ));
    assert!(result.contains("Only http and https addresses"));
    assert!(ann.get("/unread").await.words().contains("Still fetching"));

    let ask = ann
        .ask(Method::POST, "/import/step")
        .header("accept", "application/json");
    let step = ask.send().await.is(200).json();
    assert_eq!((&step["done"], &step["total"]), (&json!(3), &json!(3)));
    assert_eq!(step["lines"][0]["text"], "3 articles");
    assert_eq!(step["lines"][2]["status"], "failed");
    let result = ann.get("/import/last").await.words();
    assert!(result.contains("3 articles") && result.contains("found no feed on it"));
    assert!(result.contains("Start reading"));

    assert_eq!(
        ann.post("/import/step", &[]).await.is(303).location(),
        "/import/last"
    );
    assert_eq!(web.requests().len(), 3, "each once");
    let folder = ann.get("/folder/News/World%20%26%20more").await;
    assert_eq!(folder.lines().len(), 3);
    assert!(
        folder.words().contains("Far away"),
        "the file's title is the reader's own"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn many_feeds_take_several_bounded_steps() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let mut file = "<opml><body>".to_owned();
    for n in 0..100 {
        web.put(
            &format!("/{n}"),
            Page::feed(FeedText::hourly(&format!("F{n}"), 1, at(10, 0)).rss()),
        );
        write!(
            file,
            "<outline text=\"{n}\" xmlUrl=\"{}\"/>",
            web.url(&format!("/{n}"))
        )
        .unwrap();
    }
    upload(&ann, &(file + "</body></opml>")).await.is(303);
    let mut done = Vec::new();
    while done.last() != Some(&100) {
        let ask = ann
            .ask(Method::POST, "/import/step")
            .header("accept", "application/json");
        let step: Value = ask.send().await.is(200).json();
        done.push(step["done"].as_u64().unwrap());
        assert!(done.len() < 20, "{done:?}");
    }
    assert_eq!(done, [40, 80, 100]);
    assert_eq!(web.requests().len(), 100);
    assert_eq!(ann.unread().await, 100);
}

#[tokio::test]
async fn importing_again_adds_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    upload(&ann, &list(&web)).await.is(303);
    let before = ann.get("/export.opml").await;
    upload(&ann, &list(&web)).await.is(303);
    assert!(
        ann.get("/import/last")
            .await
            .words()
            .contains("0 feeds added, 4 already there, 1 rejected")
    );
    assert_eq!(ann.get("/export.opml").await.text(), before.text());
    app.is_sound().await;
}

#[tokio::test]
async fn what_is_exported_comes_back_as_it_was() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    upload(&ann, &list(&web)).await.is(303);
    let exported = ann.get("/export.opml").await;
    let text = exported.is(200).text();
    assert_eq!(
        exported.header("content-disposition"),
        Some("attachment; filename=\"dormouse.opml\"")
    );
    for kept in [
        "other:stars=\"5\"",
        "xmlns:other=\"urn:other\"",
        "category=\"a,b\"",
        "World &amp; more",
        "Far away",
        "htmlUrl=\"http://site.example/\"",
    ] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    let lines = text.lines().filter(|line| line.contains("xmlUrl="));
    assert!(
        lines
            .clone()
            .all(|line| line.matches("<outline").count() == 1),
        "one a line"
    );
    assert_eq!(lines.count(), 3);

    upload(&bob, text).await.is(303);
    assert_eq!(bob.get("/export.opml").await.text(), text);
    assert_eq!(web.requests().len(), 0);
    app.is_sound().await;
}

#[tokio::test]
async fn what_is_no_list_is_refused_in_words() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let large = format!("<opml><body>{}", " ".repeat(10 * 1_024 * 1_024 + 1));
    let deep = format!("<opml><body>{}", "<outline text='x'>".repeat(60));
    for (file, words) in [
        ("", "No file was chosen"),
        ("Dear reader", "not a list of feeds"),
        ("<html><body>x</body></html>", "not a list of feeds"),
        (
            "<opml><body><outline text='x'/></body></opml>",
            "holds no feeds",
        ),
        (&deep, "50 deep"),
        (&large, "larger than 10 M"),
    ] {
        let refused = upload(&ann, file).await;
        let text = refused.is(422).words();
        assert!(text.contains(words), "{words} in {text}");
        let ask = program.ask(Method::POST, "/api/v1/opml");
        let refused = ask.body("text/x-opml", file).send().await;
        assert!([400, 413].contains(&refused.status), "{}", refused.status);
        assert!(refused.json()["error"]["code"].is_string());
    }
    let huge = " ".repeat(12 * 1_024 * 1_024);
    assert!(
        upload(&ann, &huge)
            .await
            .is(422)
            .words()
            .contains("too large")
    );
    let formless = ann.post("/import", &[]).await;
    assert!(formless.is(422).words().contains("No file was sent"));
    assert_eq!(ann.get("/import/last").await.is(303).location(), "/import");
    assert_eq!(app.count("Feed").await, 0);
}

#[tokio::test]
async fn thirteen_hundred_feeds_are_taken_without_asking_anybody() {
    let Some(folder) = corpus("opml") else { return };
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let file = std::fs::read_to_string(folder.join("timqian-chinese-independent-blogs/feed.opml"))
        .unwrap();
    let taken = upload(&ann, &file).await;
    taken.is(303);
    assert!(app.count("Subscription").await > 1_250);
    // And the shelf’s latch, once for 150 lines.
    assert!(taken.cost.writes <= 3 * 1_326 + 2 + 9, "{}", taken.cost);
    let shelf = ann.get("/unread").await;
    assert!(
        shelf.is(200).cost.reads <= 52,
        "two pages of subscriptions, a read for 30 heads: {}",
        shelf.cost
    );
    app.is_sound().await;
}
