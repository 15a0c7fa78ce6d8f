//! What is kept: limits of size, how many articles of a feed, and what is said of those that go.

use dormouse::timestamp::minute_of;
use http::Method;
use serde_json::{Value, json};

use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

#[tokio::test]
async fn a_feed_a_reader_and_everything_have_their_limits_of_size() {
    let file = |settings: &'static [(&'static str, &'static str)]| TestApp::on_disk_with(settings);
    let web = FakeWeb::start();
    let long = |name: &str, count: i32| {
        let text = FeedText::wire(name, count, at(11, 0)).rss();
        text.replace(
            "</description>",
            &format!("{}</description>", "word ".repeat(20_000)),
        )
    };
    let app = file(&[("QUOTA", "feed_mb=1 reader_mb=1")]).await;
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&web.put("/long", Page::feed(long("Long", 40))))
        .await;
    let kept = app.feed(&feed).await;
    let count = kept.summary.last + 1 - kept.summary.first;
    assert!((5..=15).contains(&count), "{count} of 100 kB each");
    let words = ann.get(&format!("/feed/{feed}/settings")).await.words();
    assert!(
        words.contains(&format!("the {count} newest articles are kept")),
        "{words}"
    );
    let mut refused = None;
    for n in 0..4 {
        let url = web.put(&format!("/other{n}"), Page::feed(long("Other", 12)));
        let answer = ann.post("/add", &[("url", &url)]).await;
        if answer.status == 422 {
            refused = Some(answer.words());
        }
    }
    let words = refused.expect("the shelf fills up");
    assert!(
        words.contains("would have more than 1 MB here, which is the limit"),
        "{words}"
    );
    app.is_sound().await;

    let app = file(&[("STORE_MAX_MB", "4")]).await;
    let ann = app.reader("ann").await;
    let random = dormouse::random::Random::seeded(1);
    let noise: String = (0..2_500).map(|_| random.hex::<32>()).collect();
    let text = FeedText::wire("Noise", 40, at(11, 0)).rss();
    let text = text.replace("</description>", &format!("{noise}</description>"));
    let noisy = ann.subscribes(&web.put("/noise", Page::feed(text))).await;
    app.minutes_pass(120);
    web.forget();
    let report = app.refresh().await;
    assert_eq!(
        (&report["full"], &report["fetched"]),
        (&json!(true), &json!(0)),
        "{report}"
    );
    assert!(web.requests().is_empty());
    let words = ann.get("/feeds").await.words();
    assert!(
        words.contains("everything here together has reached its limit of size"),
        "{words}"
    );
    ann.post("/add", &[("url", &web.url("/other0"))])
        .await
        .is(503);
    // Marking and reading go on.
    ann.post("/settings/reading", &[("order", "oldest")])
        .await
        .is(303);
    // So they do on an instance that has seen nothing of this but the record.
    let other = app.beside_with(&[("STORE_MAX_MB", "4")]).await;
    let there = ann.at(&other);
    there
        .post("/add", &[("url", &web.url("/other0"))])
        .await
        .is(503);
    // With the feed's articles gone there is room again, whatever the file's length.
    ann.post(&format!("/feed/{noisy}/remove"), &[])
        .await
        .is(303);
    app.minutes_pass(91 * 24 * 60);
    app.daily().await.is(200);
    app.minutes_pass(10);
    assert_eq!(app.refresh().await["full"], false);
    let bob = app.reader("bob").await;
    bob.subscribes(&web.url("/other0")).await;
}

#[tokio::test]
async fn a_first_fetch_stops_at_the_limit_of_everything() {
    let app = TestApp::with(&[("STORE_MAX_MB", "1")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let long = "word ".repeat(20_000);
    let outlines: String = (0..30)
        .map(|n| {
            let text = FeedText::wire(&format!("F{n}"), 5, at(11, 0)).rss();
            let text = text.replace("</description>", &format!("{long}</description>"));
            let url = web.put(&format!("/f{n}"), Page::feed(text));
            format!("<outline xmlUrl='{url}'/>")
        })
        .collect();
    let opml = format!("<opml><body>{outlines}</body></opml>");
    let program = app.program_of(&ann).await;
    let import = program.ask(Method::POST, "/api/v1/opml");
    import.body("text/x-opml", opml).send().await.is(200);
    let report = app.refresh().await;
    let fetched = report["fetched"].as_u64().unwrap();
    assert!((2..30).contains(&fetched), "{report}");
    app.minutes_pass(10);
    let report = app.refresh().await;
    assert_eq!(
        (&report["full"], &report["fetched"]),
        (&json!(true), &json!(0))
    );
    app.is_sound().await;
}

#[tokio::test]
async fn a_feed_may_keep_less_than_the_installation() {
    let app = TestApp::with(&[("KEEP", "50,90d")]).await;
    let web = FakeWeb::start();
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put(
        "/f",
        Page::feed(FeedText::wire("Wire", 40, at(11, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    ann.post(&format!("/article/{feed}-1/star"), &[])
        .await
        .is(303);
    let settings = format!("/feed/{feed}/settings");
    let page = ann.get(&settings).await;
    assert!(
        page.words()
            .contains("Empty for all that are kept here, 50 at most")
    );
    for wrong in ["none", "-1", "51", "201", "1.5"] {
        let refused = ann
            .post(&settings, &[("title", "Lost"), ("keep", wrong)])
            .await;
        assert_eq!(refused.status, 422, "{wrong}");
        let words = refused.words();
        assert!(words.contains("Nothing was changed"), "{wrong}");
        assert!(words.contains("from 1 to 50,"), "{wrong}: {words}");
    }
    assert!(!ann.get("/unread").await.words().contains("Lost"));
    ann.post(&settings, &[("keep", "10")]).await.is(303);
    assert!(
        ann.get(&settings).await.text().contains(
            r#"name="keep" type="number" inputmode="numeric" min="1" max="50" value="10""#
        )
    );
    assert_eq!((ann.unread().await, bob.unread().await), (10, 40));
    let list = format!("/feed/{feed}");
    let all = ann.whole_list(&format!("{list}?show=all")).await;
    assert_eq!(all.len(), 10);
    let words = ann.get(&list).await.words();
    assert!(
        words.contains("30 older unread articles of this feed are gone"),
        "{words}"
    );
    assert_eq!(ann.titles("/starred").await.len(), 1);

    // New ones push old ones out; the API says and changes the same.
    web.put(
        "/f",
        Page::feed(FeedText::wire("Wire", 45, at(13, 0)).rss()),
    );
    app.minutes_pass(24 * 60);
    app.refresh().await;
    assert_eq!(ann.unread().await, 10);
    let program = app.program_of(&ann).await;
    let path = format!("/api/v1/subscriptions/{feed}");
    let shown = program.get(&path).await.json();
    assert_eq!(
        (&shown["keep"], &shown["articles"], &shown["unread"]),
        (&json!(10), &json!(10), &json!(10))
    );
    let patch = |keep: u32| {
        program
            .ask(Method::PATCH, &path)
            .json(&json!({ "keep": keep }))
    };
    for much in [51, 999] {
        let refused = patch(much).send().await;
        assert_eq!(refused.error(), (422, "bad_keep".into()));
        assert!(
            refused.text().contains("from 1 to 50,"),
            "{}",
            refused.text()
        );
    }
    let changed = patch(0).send().await;
    assert_eq!(changed.is(200).json()["keep"], Value::Null);
    // A form without the field, as an older page has it, leaves it alone.
    patch(5).send().await.is(200);
    ann.post(&settings, &[("title", "Mine")]).await.is(303);
    assert_eq!(program.get(&path).await.json()["keep"], 5);
    assert_eq!(
        bob.unread().await,
        app.feed(&feed).await.summary.last as usize
    );
}

#[tokio::test]
async fn what_falls_off_is_said_until_the_next_mark() {
    let app = TestApp::with(&[("KEEP", "20,90d")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&web.put(
            "/f",
            Page::feed(FeedText::wire("Wire", 20, at(11, 0)).rss()),
        ))
        .await;
    let list = format!("/feed/{feed}");
    assert!(!ann.get(&list).await.words().contains("are gone"));
    // Away: 12 new articles push 12 unread ones out.
    app.minutes_pass(150);
    let news = FeedText::wire("Wire", 32, at(13, 0)).rss();
    web.put("/f", Page::feed(news));
    app.minutes_pass(24 * 60);
    app.refresh().await;
    let kept = app.feed(&feed).await.summary;
    assert_eq!(kept.last + 1 - kept.first, 20, "{kept:?}");
    let gone = kept.first - 1;
    let says = format!(
        "{gone} older unread articles of this feed are gone: only the newest of each feed are kept."
    );
    let words = ann.get(&list).await.words();
    let said = words
        .find("gone")
        .map(|at| &words[at.saturating_sub(80)..at + 5]);
    assert!(words.contains(&says), "{said:?} {says}");
    assert!(
        ann.get("/unread")
            .await
            .words()
            .contains("older unread articles of “Wire” are gone")
    );
    ann.post(&format!("/article/{feed}-{}/read", kept.last), &[])
        .await
        .is(303);
    assert!(!ann.get(&list).await.words().contains("are gone"));
    assert!(minute_of(app.clock.now()) > 0);
}
