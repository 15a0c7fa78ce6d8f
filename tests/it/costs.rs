//! Per-reader limits, and the administrator's cost page.

use chrono::TimeDelta;
use futures_util::future::join_all;

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
            tick.cost.writes, 3,
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
    // The chart has two bars for each of 31 days, including today.
    assert_eq!(costs.text().matches("<rect").count(), 62);
    let tall = |bar: &&str| !bar.contains("height=\"0.0\"");
    let bars: Vec<&str> = costs.text().split("<rect").skip(1).filter(tall).collect();
    assert_eq!(bars.len(), 2, "{bars:?}");
    assert!(bars[0].contains("2 March: "), "{bars:?}");
    // The free quota, and the most expensive readers, by their addresses.
    assert!(words.contains("of 50,000 (1 %)") && words.contains("of 20,000 (1 %)"));
    let rows = costs.text().split("Most expensive readers").last().unwrap();
    assert_eq!(rows.matches("<th scope=\"row\">").count(), 1, "{rows}");
    assert!(rows.contains("ann@example.org"), "{rows}");
    assert!(
        costs.cost.reads <= 2,
        "the record and the ledger: {:?}",
        costs.cost
    );
    // The next day's first tick moves the previous day to the completed ones.
    app.minutes_pass(DAY);
    assert!(app.cron().await.cost.writes >= 4);
    app.minutes_pass(5);
    assert_eq!(app.cron().await.cost.writes, 3);
    app.forgets();
    let words = ann.get("/admin/costs").await.words();
    assert!(
        words.contains("2 March") && words.contains("3 March"),
        "{words}"
    );
    assert!(words.contains("like recent days"));
    // A new instance reads it from the store.
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
    // A tick's cost is counted when it ends, and stored by the next tick.
    app.cron().await;
    let known = dormouse::refresh::record::today(&app.state.store)
        .await
        .unwrap();
    assert_eq!(known[0].routes["GET /help"].count, 8);
    assert_eq!(known[0].ticks.count, 1);
}

#[tokio::test]
async fn a_full_shelf_and_too_many_imports_and_refreshes_are_reported() {
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
        let said = format!("Your shelf is full: the limit here is {most} feeds");
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
            .contains("the limit here is 2 feeds")
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
            .contains("3 times within an hour")
    );
    // After an hour they may again: as many, of requests at once too.
    app.minutes_pass(60);
    let at_once = (0..8).map(|_| program.post_json(&refresh, serde_json::Value::Null));
    let mut statuses: Vec<u16> = join_all(at_once)
        .await
        .iter()
        .map(|one| one.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 429, 429, 429, 429, 429]);
}

/// One is one, in all sentences that count.
#[tokio::test]
async fn a_single_feed_is_spoken_of_in_the_singular() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("QUOTA", "feeds=1 refreshes=1")]).await;
    let (_ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let program = app.program_of(&bob).await;
    let url = web.put("/1", Page::feed(FeedText::hourly("F1", 1, at(10, 0)).rss()));
    let file = format!("<opml><body><outline xmlUrl='{url}'/></body></opml>");
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", file).send().await.is(200);
    let waiting = bob.get("/unread").await.words();
    assert!(
        waiting.contains("1 feed is waiting to be fetched."),
        "{waiting}"
    );
    let other = web.put("/2", Page::feed(FeedText::hourly("F2", 1, at(10, 0)).rss()));
    let full = bob.post("/add", &[("url", &other)]).await;
    assert!(
        full.is(422)
            .words()
            .contains("Your shelf is full: the limit here is 1 feed."),
        "{}",
        full.words()
    );
    app.refresh().await;
    app.minutes_pass(DAY);
    web.put("/1", Page::status(404));
    app.refresh().await;
    let page = bob.get("/feeds").await.words();
    assert!(
        page.contains("1 feed") && !page.contains("1 feeds"),
        "{page}"
    );
    let list = bob.get("/unread").await.words();
    assert!(list.contains("1 feed has trouble"), "{list}");
    let feed = bob.get("/unread").await.lines()[0].id.clone();
    let (feed, _) = feed.split_once('-').unwrap();
    let refresh = format!("/api/v1/subscriptions/{feed}/refresh");
    program
        .post_json(&refresh, serde_json::Value::Null)
        .await
        .is(200);
    let refused = program.post_json(&refresh, serde_json::Value::Null).await;
    let said = refused.is(429).json().to_string();
    assert!(said.contains("1 time within an hour"), "{said}");
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
        // Articles that count as read can be marked unread again.
        let oldest = ann.whole_list("/all?order=oldest").await[0].clone();
        assert_eq!(oldest.read, most < 180);
        ann.post(&format!("/article/{}/unread", oldest.id), &[])
            .await
            .is(303);
        assert_eq!(ann.unread().await, if most < 180 { most + 1 } else { most });
        // A feed whose articles were all read stays so.
        app.clock.advance(TimeDelta::minutes(1));
        app.is_sound().await;
    }
}

#[tokio::test]
async fn what_comes_after_a_reader_is_news_however_much_it_is() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("QUOTA", "unread=30")]).await;
    let now = app.clock.now();
    // Three ways to subscribe: as the first subscriber, as one of many, and before the first fetch.
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
    // Before the first visit and within the day, twice as many articles have arrived.
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
    // The time of the first visit doesn't matter either.
    let dan = app.reader("dan").await;
    dan.subscribes(&url).await;
    app.minutes_pass(3 * 24 * 60);
    app.forgets();
    assert_eq!(dan.unread().await, 30);
    app.is_sound().await;
}

#[tokio::test]
async fn an_invented_method_fills_no_usage_log() {
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
async fn after_a_month_away_what_was_unread_is_unread() {
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
    // More articles arrive than a new feed shows, and the reader leaves them unread.
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
