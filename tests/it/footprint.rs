//! A reader's footprint: counted where it happens, carried by the tick's own record, told to each for their share.

use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

fn figures(page: &crate::support::Answer) -> Vec<String> {
    let pieces = page.text().split("<dd>").skip(1);
    pieces
        .map(|piece| piece.split_once("</dd>").unwrap().0.to_owned())
        .collect()
}

#[tokio::test]
async fn all_is_for_a_reader_who_is_alone() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = FeedText::wire("A", 9, at(10, 0)).rss();
    ann.subscribes(&web.put(
        "/a",
        Page::feed(feed).validated("\"1\"", "Tue, 03 Mar 2026 10:00:00 GMT"),
    ))
    .await;
    let asked = || web.requests().iter().filter(|one| one.path == "/a").count();
    let before = asked();
    app.minutes_pass(13 * 60);
    let first = app.refresh().await;
    assert_eq!(first["fetched"], 1, "{first}");
    assert_eq!(asked(), before + 1);
    // Coming back after a while writes, whatever page it is.
    ann.get("/help").await.is(200);
    let page = ann.get("/footprint").await;
    let words = page.is(200).words();
    assert!(
        words.contains("This month Dormouse woke once for you, sent one request, spared publishers one download, and cost "),
        "{words}"
    );
    assert!(words.contains("Nobody else reads here"), "{words}");
    assert_eq!(figures(&page)[..5], ["1", "1", "1", "0", "0"]);
    assert_eq!(page.cost.writes, 0);
    assert_eq!(ann.get("/footprint").await.cost.reads, 0, "remembered");
    // An instance that knows nothing says the same, by two reads more than a page without it.
    let beside = app.beside().await;
    let there = ann.at(&beside);
    there.get("/help").await.is(200);
    let page = there.get("/footprint").await;
    // But for the waking itself, which the next tick's record brings.
    assert_eq!(figures(page.is(200))[1..5], ["1", "1", "0", "0"]);
    assert_eq!(page.cost.reads, 2);
}

#[tokio::test]
async fn what_is_shared_is_spared_and_told_by_shares() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, ben) = (app.reader("ann").await, app.reader("ben").await);
    let text = |name: &str| {
        Page::feed(FeedText::wire(name, 9, at(10, 0)).rss())
            .validated(&format!("\"{name}\""), "Tue, 03 Mar 2026 10:00:00 GMT")
    };
    let shared = web.put("/both", text("Both"));
    ann.subscribes(&shared).await;
    ben.subscribes(&shared).await;
    for name in ["/b1", "/b2"] {
        ben.subscribes(&web.put(name, text(name))).await;
    }
    app.minutes_pass(11 * 60);
    let done = app.refresh().await;
    assert_eq!(done["fetched"], 3, "{done}");
    let words = ann.get("/footprint").await.is(200).words();
    assert!(
        words.contains("woke once for all who read here, sent 3 requests"),
        "no share before a day is over: {words}"
    );
    app.minutes_pass(3 * 60);
    let (page, other) = (ann.get("/footprint").await, ben.get("/footprint").await);
    let words = page.is(200).words();
    assert!(
        words.contains("% of all that was done here was for you"),
        "{words}"
    );
    let number = |page: &crate::support::Answer, place: usize| -> u64 {
        figures(page)[place].parse().unwrap()
    };
    // By the plan, of which the first day has but a part: Ben follows more.
    assert!(number(&page, 1) < number(&other, 1), "{words}");
    assert!(number(&other, 1) <= 3, "{}", other.words());
    let day = words.split("Downloads spared").last().unwrap();
    assert!(
        day.contains("2 March</th><td>1</td><td>3</td><td>4</td>"),
        "everybody’s: woke once, three requests, three unchanged and one shared: {day}"
    );
}

#[tokio::test]
async fn nothing_counted_is_said_so_and_counting_writes_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let words = ann.get("/footprint").await.is(200).words();
    assert!(
        words.contains("Nothing has been counted this month yet"),
        "{words}"
    );
    ann.subscribes(&web.put("/a", Page::feed(FeedText::wire("A", 9, at(10, 0)).rss())))
        .await;
    app.minutes_pass(13 * 60);
    let tick = app.refresh().await;
    // Its own record twice, the feed's once at most: as before anything was counted.
    assert!(tick["cost"]["writes"].as_u64().unwrap() <= 3, "{tick}");
    app.stranger().get("/footprint").await.is(303);
}
