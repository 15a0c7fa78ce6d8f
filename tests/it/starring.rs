//! Stars: their cost, what they survive, and their export.

use futures_util::future::join_all;
use http::Method;
use serde_json::Value;

use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, String) {
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 8, at(10, 0));
    let feed = ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    (ann, feed)
}

#[tokio::test]
async fn a_star_costs_two_writes_and_taking_it_a_delete() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = shelf(&app, &web).await;
    let path = |seq: u32, what: &str| format!("/article/{feed}-{seq}/{what}");
    ann.get("/unread").await.is(200);
    let cost = ann.post(&path(1, "star"), &[]).await.is(303).cost;
    // The star, and the read state: its line in the journal, and with the first one that the reader has stars.
    assert_eq!((cost.reads, cost.writes), (0, 2), "it has just come");
    ann.get(&format!("/article/{feed}-2")).await.is(200);
    let cost = ann.post(&path(2, "star"), &[]).await.is(303).cost;
    assert_eq!((cost.reads, cost.writes), (0, 2), "it was open");
    app.minutes_pass(1);
    app.forgets();
    let cold = ann.post(&path(3, "star"), &[]).await.is(303).cost;
    assert_eq!(cold.writes, 2);
    let again = ann.post(&path(3, "star"), &[]).await.is(303).cost;
    assert_eq!((again.reads, again.writes, again.deletes), (0, 0, 0));
    let taken = ann.post(&path(2, "unstar"), &[]).await.is(303).cost;
    assert_eq!((taken.reads, taken.writes, taken.deletes), (0, 0, 1));
    assert_eq!(
        ann.titles("/starred").await,
        ["Title of news-3", "Title of news-1"]
    );
    let page = ann.get("/starred").await;
    assert!(page.words().contains("2 starred"));
    assert_eq!(page.cost.reads, 1, "a page of them, however many");
    // The article page shows it, with and without the list.
    let opened = ann.get(&format!("/article/{feed}-3?in=starred")).await;
    assert!(
        opened
            .is(200)
            .text()
            .contains(&format!("/article/{feed}-3/unstar"))
    );
    let other = ann.get(&format!("/article/{feed}-4")).await;
    assert!(
        other
            .is(200)
            .text()
            .contains(&format!("/article/{feed}-4/star\""))
    );
    // Articles that the reader can't see can't be starred.
    let bob = app.reader("bob").await;
    bob.post(&path(4, "star"), &[]).await.is(404);
    assert_eq!(app.count("Star").await, 2);
    app.is_sound().await;
}

#[tokio::test]
async fn a_star_outlives_its_article_and_its_feed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = shelf(&app, &web).await;
    ann.post(&format!("/article/{feed}-1/star"), &[])
        .await
        .is(303);
    // So many articles arrive that retention deletes the article.
    let many = FeedText::hourly("News", 230, at(10, 0) + chrono::TimeDelta::days(20));
    web.put("/f", Page::feed(many.rss()));
    app.minutes_pass(21 * 24 * 60);
    app.refresh().await;
    assert!(app.feed(&feed).await.summary.first > 1, "it is gone");
    let open = format!("/article/{feed}-1?in=starred");
    for step in ["retention", "unsubscribed"] {
        app.forgets();
        let page = ann.get(&open).await;
        assert!(page.is(200).text().contains("Text of news-1"), "{step}");
        assert!(!page.text().contains("data-toggle-read"), "{step}");
        assert_eq!(ann.titles("/starred").await, ["Title of news-1"], "{step}");
        let lines = ann.get("/starred").await;
        assert!(
            lines.words().contains("News"),
            "the feed's name stays: {step}"
        );
        ann.post(&format!("/feed/{feed}/remove"), &[]).await;
    }
    let star = ann.get(&open).await;
    assert!(star.words().contains("News"));
    ann.post(&format!("/article/{feed}-1/unstar"), &[])
        .await
        .is(303);
    ann.get(&open).await.is(404);
    app.is_sound().await;
}

#[tokio::test]
async fn stars_go_on_by_cursor_and_out_as_a_json_feed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 120, at(10, 0));
    let feed = ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    let program = app.program_of(&ann).await;
    for seq in 1..=70 {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        let star = format!("/api/v1/stars/{feed}-{seq}");
        program.ask(Method::PUT, &star).send().await.is(204);
    }
    let all = ann.whole_list("/starred").await;
    assert_eq!(all.len(), 70);
    assert_eq!(
        (&*all[0].title, &*all[69].title),
        ("Title of news-70", "Title of news-1")
    );
    let mut titles = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = program
            .get(&format!("/api/v1/stars?limit=30{cursor}"))
            .await
            .is(200)
            .json();
        for article in page["articles"].as_array().unwrap() {
            assert_eq!(article["starred"], true);
            titles.push(article["title"].as_str().unwrap().to_owned());
        }
        match page["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(titles.len(), 70);
    let listed = program
        .get("/api/v1/articles?state=all&limit=200")
        .await
        .is(200)
        .json();
    let starred = |article: &&Value| article["starred"] == true;
    assert_eq!(
        listed["articles"]
            .as_array()
            .unwrap()
            .iter()
            .filter(starred)
            .count(),
        70
    );
    program
        .ask(Method::DELETE, &format!("/api/v1/stars/{feed}-7"))
        .send()
        .await
        .is(204);
    program.get("/api/v1/stars?cursor=nonsense").await.is(400);

    let file = ann.get("/export/starred.json").await;
    let exported = file.is(200).json();
    assert_eq!(exported["version"], "https://jsonfeed.org/version/1.1");
    let items = exported["items"].as_array().unwrap();
    assert_eq!(items.len(), 69);
    assert!(
        items[0]["content_html"]
            .as_str()
            .unwrap()
            .contains("Text of news-70")
    );
    assert_eq!(items[0]["_dormouse"]["feed_title"], "News");
    assert_eq!(file.cost.reads, 1 + 69, "each is a read");
    // The export is itself a feed, which our parser reads.
    let parsed = dormouse::parse::parse(
        &file.body,
        None,
        &url::Url::parse("https://a.example/").unwrap(),
    );
    assert_eq!(parsed.unwrap().entries.len(), 69);
}

#[tokio::test]
async fn there_is_a_limit_and_it_says_what_to_do() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("QUOTA", "stars=2")]).await;
    let (ann, feed) = shelf(&app, &web).await;
    for seq in 1..=2 {
        ann.post(&format!("/article/{feed}-{seq}/star"), &[])
            .await
            .is(303);
    }
    let refused = ann.post(&format!("/article/{feed}-3/star"), &[]).await;
    assert!(
        refused
            .is(422)
            .words()
            .contains("You have 2 stars, which is the limit here")
    );
    assert!(refused.words().contains("export"));
}

/// Eight requests at once create the same entity seven times too often; each of them has its star.
#[tokio::test]
async fn starring_from_eight_requests_at_once_succeeds_for_all() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 40, at(10, 0));
    let feed = ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    for seq in 1..=40 {
        let path = format!("/article/{feed}-{seq}/star");
        let posts = join_all((0..8).map(|_| ann.post(&path, &[]))).await;
        let statuses: Vec<u16> = posts.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [303; 8], "article {seq}");
    }
    assert_eq!(app.count("Star").await, 40);
    app.is_sound().await;
}

/// The same through the API.
#[tokio::test]
async fn the_api_stars_from_eight_requests_at_once() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = shelf(&app, &web).await;
    let program = app.program_of(&ann).await;
    for seq in 1..=8 {
        let path = format!("/api/v1/stars/{feed}-{seq}");
        let puts = join_all((0..8).map(|_| program.ask(Method::PUT, &path).send())).await;
        let statuses: Vec<u16> = puts.iter().map(|answer| answer.status).collect();
        assert!(
            statuses.iter().all(|status| (200..300).contains(status)),
            "{statuses:?}"
        );
    }
    assert_eq!(app.count("Star").await, 8);
}
