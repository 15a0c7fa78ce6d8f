//! What one reader may take up, and what the administrator sees of what everything costs.

use chrono::TimeDelta;

use crate::support::{Entry, FakeWeb, FeedText, Page, TestApp, at};

const DAY: i64 = 24 * 60;

#[tokio::test]
async fn the_ledger_costs_no_write_but_one_a_day_and_the_page_shows_it() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 5, at(10, 0)).rss();
    let page = Page::feed(text).validated("\"1\"", "Mon, 02 Mar 2026 10:00:00 GMT");
    ann.subscribes(&web.put("/f", page)).await;
    for _ in 0..3 {
        ann.get("/unread").await.is(200);
        app.minutes_pass(5);
        let tick = app.cron().await;
        assert_eq!(
            tick.cost.writes, 2,
            "with all that was tallied: {:?}",
            tick.cost
        );
    }
    ann.get("/help").await.is(200);
    let costs = ann.get("/admin/costs").await;
    let words = costs.is(200).words();
    assert!(
        words.contains("GET /unread") && words.contains("GET /cron/refresh"),
        "{words}"
    );
    assert!(words.contains("$0.00 for a month of 30 days like today so far"));
    assert!(words.contains("Of these, 3 ticks"), "{words}");
    // The chart has two bars for each of 31 days, and today's stand on it.
    assert_eq!(costs.text().matches("<rect").count(), 62);
    let tall = |bar: &&str| !bar.contains("height=\"0.0\"");
    let bars: Vec<&str> = costs.text().split("<rect").skip(1).filter(tall).collect();
    assert_eq!(bars.len(), 2, "{bars:?}");
    assert!(bars[0].contains("2 March: "), "{bars:?}");
    // The free quota, and who cost most: by number, not by name.
    assert!(words.contains("of 50,000 (1 %)") && words.contains("of 20,000 (1 %)"));
    let rows = costs.text().split("Dearest readers").nth(1).unwrap();
    assert_eq!(rows.matches("<th scope=\"row\">").count(), 1, "{rows}");
    assert!(!rows.contains("ann@"), "{rows}");
    assert!(
        costs.cost.reads <= 2,
        "the record and the ledger: {:?}",
        costs.cost
    );
    // A day later the first tick puts the day before among those that are over.
    app.minutes_pass(DAY);
    assert!(app.cron().await.cost.writes >= 3);
    app.minutes_pass(5);
    assert_eq!(app.cron().await.cost.writes, 2);
    app.forgets();
    let words = ann.get("/admin/costs").await.words();
    assert!(
        words.contains("2 March") && words.contains("3 March"),
        "{words}"
    );
    assert!(words.contains("like the last days"));
    // An instance that starts anew knows it from the store.
    let other = app.beside().await;
    let there = ann.at(&other);
    assert!(
        there
            .get("/admin/costs?region=nam5")
            .await
            .is(200)
            .words()
            .contains("2 March")
    );
    let bob = app.reader("bob").await;
    bob.get("/admin/costs").await.is(403);
    app.is_sound().await;
}

#[tokio::test]
async fn sums_of_two_instances_come_together() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let other = app.beside().await;
    let there = ann.at(&other);
    for _ in 0..4 {
        ann.get("/help").await.is(200);
        there.get("/help").await.is(200);
    }
    app.cron().await;
    app.minutes_pass(5);
    other.cron().await;
    app.minutes_pass(5);
    // A tick is counted when it is over, and carried by the next.
    app.cron().await;
    let known = dormouse::refresh::sweep::today(&app.state.store)
        .await
        .unwrap();
    assert_eq!(known[0].routes["GET /help"].count, 8);
    assert_eq!(known[0].ticks.count, 1);
}

#[tokio::test]
async fn a_full_shelf_and_too_many_files_and_too_much_impatience_are_told() {
    let web = FakeWeb::start();
    let quota = [
        ("QUOTA", "feeds=2 imports=2 refreshes=3"),
        ("QUOTA_ADMIN", "feeds=3"),
    ];
    let app = TestApp::with(&quota).await;
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = |n: u32| {
        let text = FeedText::hourly(&format!("F{n}"), 3, at(10, 0));
        web.put(&format!("/{n}"), Page::feed(text.rss()))
    };
    for (reader, most) in [(&bob, 2), (&ann, 3)] {
        for n in 0..most {
            reader.subscribes(&url(n)).await;
        }
        let full = reader.post("/add", &[("url", &url(9))]).await;
        let said = format!("There are {most} feeds on your shelf already, which is the limit here");
        assert!(full.is(422).words().contains(&said), "{}", full.words());
    }
    let program = app.program_of(&bob).await;
    let refused = program
        .post_json(
            "/api/v1/subscriptions",
            serde_json::json!({ "url": url(9) }),
        )
        .await;
    assert_eq!(refused.is(422).json()["error"]["code"], "shelf_full");

    let file = format!("<opml><body><outline xmlUrl='{}'/></body></opml>", url(9));
    let import = || async {
        let ask = program.ask(http::Method::POST, "/api/v1/opml");
        ask.body("text/x-opml", file.clone()).send().await
    };
    let first = import().await.is(200).json();
    assert!(
        first["lines"][0]["why"]
            .as_str()
            .unwrap()
            .contains("2 feeds on your shelf")
    );
    import().await.is(200);
    let third = import().await;
    assert_eq!(third.is(429).json()["error"]["code"], "too_many_imports");
    let page = bob
        .ask(http::Method::POST, "/import")
        .file("opml", file.as_bytes())
        .send()
        .await;
    assert!(
        page.is(422).words().contains("2 files within a day"),
        "{}",
        page.words()
    );
    app.minutes_pass(DAY);
    import().await.is(200);

    let feed = bob.get("/unread").await.lines()[0].id.clone();
    let (feed, _) = feed.split_once('-').unwrap();
    let refresh = format!("/api/v1/subscriptions/{feed}/refresh");
    for _ in 0..3 {
        program
            .post_json(&refresh, serde_json::Value::Null)
            .await
            .is(200);
    }
    let refused = program.post_json(&refresh, serde_json::Value::Null).await;
    assert_eq!(
        refused.is(429).json()["error"]["code"],
        "too_many_refreshes"
    );
    bob.post(&format!("/feed/{feed}/refresh"), &[("return", "/feeds")])
        .await
        .is(303);
    assert!(
        bob.get("/feeds")
            .await
            .words()
            .contains("3 feeds within an hour")
    );
    app.minutes_pass(60);
    program
        .post_json(&refresh, serde_json::Value::Null)
        .await
        .is(200);
}

#[tokio::test]
async fn of_a_new_feed_the_newest_hundred_are_unread() {
    let web = FakeWeb::start();
    for (setting, most) in [("", 100), ("unread=30", 30), ("unread=1000", 180)] {
        let app = TestApp::with(&[("QUOTA", setting)]).await;
        let (ann, bob, cat) = (
            app.reader("ann").await,
            app.reader("bob").await,
            app.reader("cat").await,
        );
        let text = FeedText::hourly("News", 180, at(10, 0));
        let url = web.put("/many", Page::feed(text.rss()));
        ann.subscribes(&url).await;
        bob.subscribes(&url).await;
        let file = format!("<opml><body><outline xmlUrl='{url}'/></body></opml>");
        cat.ask(http::Method::POST, "/import")
            .file("opml", file.as_bytes())
            .send()
            .await
            .is(303);
        for (name, reader) in [("ann", &ann), ("bob", &bob), ("cat", &cat)] {
            assert_eq!(reader.unread().await, most, "{name}, {setting}");
        }
        // What counts as read can be unread again.
        let oldest = ann.whole_list("/all?order=oldest").await[0].clone();
        assert_eq!(oldest.read, most < 180);
        ann.post(&format!("/article/{}/unread", oldest.id), &[])
            .await
            .is(303);
        assert_eq!(ann.unread().await, if most < 180 { most + 1 } else { most });
        // One that had everything read before keeps it so.
        app.clock.advance(TimeDelta::minutes(1));
        app.is_sound().await;
    }
}

#[tokio::test]
async fn what_comes_after_a_reader_is_news_however_much_it_is() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("QUOTA", "unread=30")]).await;
    let now = app.clock.now();
    // Three ways to come to a feed: the first, one of many, and before it was ever fetched.
    let first = Page::feed(FeedText::hourly("News", 80, now).rss());
    let url = web.put(
        "/busy",
        first.validated("\"1\"", "Mon, 02 Mar 2026 12:00:00 GMT"),
    );
    let (ann, bob, cat) = (
        app.reader("ann").await,
        app.reader("bob").await,
        app.reader("cat").await,
    );
    let file = format!("<opml><body><outline xmlUrl='{url}'/></body></opml>");
    let program = app.program_of(&cat).await;
    let sent = program.ask(http::Method::POST, "/api/v1/opml");
    let sent = sent.body("text/x-opml", file).send().await;
    sent.is(200);
    app.refresh().await;
    ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    // Before anybody looks, and before the day is over, twice as much has come.
    app.minutes_pass(8 * 60);
    let mut all = FeedText::wire("Late", 160, now + TimeDelta::hours(8));
    all.entries
        .extend(FeedText::hourly("News", 80, now).entries);
    let second = Page::feed(all.rss());
    web.put(
        "/busy",
        second.validated("\"2\"", "Mon, 02 Mar 2026 20:00:00 GMT"),
    );
    app.refresh().await;
    for (name, reader) in [("ann", &ann), ("bob", &bob), ("cat", &cat)] {
        let kept = app.count("Article").await;
        let unread = reader.unread().await;
        assert_eq!((kept, unread), (200, 160 + 30), "{name}");
    }
    // Nor does it matter how late somebody looks for the first time.
    let dan = app.reader("dan").await;
    dan.subscribes(&url).await;
    app.minutes_pass(3 * 24 * 60);
    app.forgets();
    assert_eq!(dan.unread().await, 30);
    app.is_sound().await;
}

#[tokio::test]
async fn a_method_that_somebody_made_up_fills_no_ledger() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for n in 0..40 {
        let method = http::Method::from_bytes(format!("ODD{n}").as_bytes()).unwrap();
        app.stranger().ask(method, "/signin").send().await.is(405);
    }
    let page = ann.get("/admin/costs").await.words();
    assert!(
        page.contains("other /signin") && !page.contains("ODD"),
        "{page}"
    );
    let day = &app.state.tally.so_far()[0];
    assert!(day.routes.len() < 20, "{:?}", day.routes.keys());
}

#[tokio::test]
async fn who_was_away_for_a_month_finds_unread_what_he_left_unread() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("QUOTA", "unread=30")]).await;
    let ann = app.reader("ann").await;
    let now = app.clock.now();
    let page = |text: FeedText, etag| Page::feed(text.rss()).validated(etag, etag);
    let few = FeedText::hourly("News", 20, now);
    let url = web.put("/f", page(few.clone(), "\"1\""));
    let file = format!("<opml><body><outline xmlUrl='{url}'/></body></opml>");
    let program = app.program_of(&ann).await;
    let sent = program.ask(http::Method::POST, "/api/v1/opml");
    sent.body("text/x-opml", file).send().await.is(200);
    app.refresh().await;
    assert_eq!(ann.unread().await, 20);
    // More comes than a new feed may bring, and he leaves it for later.
    let mut all = FeedText::wire("Late", 120, now + TimeDelta::hours(8));
    all.entries.extend(few.entries);
    web.put("/f", page(all.clone(), "\"2\""));
    app.minutes_pass(8 * 60);
    app.refresh().await;
    assert_eq!(ann.unread().await, 140);
    app.minutes_pass(31 * DAY);
    app.daily().await;
    app.forgets();
    let form = [
        ("email", "ann@example.org"),
        ("password", crate::support::PASSWORD),
    ];
    ann.post("/signin", &form).await.is(303);
    assert_eq!(ann.unread().await, 140);
    let newest = Entry::new("newest", app.clock.now());
    web.put("/f", page(all.and(newest), "\"3\""));
    ann.post("/wake/step", &[("return", "/unread")])
        .await
        .is(303);
    app.forgets();
    assert_eq!(ann.unread().await, 141);
    app.is_sound().await;
}
