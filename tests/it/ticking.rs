//! The tick: which feeds are fetched, when, at what cost, and that interruptions are safe.

use std::fmt::Write;
use std::time::Duration;

use chrono::TimeDelta;
use dormouse::datastore::{Cost, metered};
use dormouse::feeds::{self, PollTier};
use dormouse::refresh::feed::{Refreshed, refresh};
use dormouse::timestamp::minute_of;
use serde_json::Value;

use crate::support::{Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

const WEEK: i64 = 7 * 24 * 60;
const ETAG: &str = "W/\"caf\u{e9} \\ 1\"";
const MODIFIED: &str = "Mon, 02 Mar 2026 10:00:00 GMT";

/// An OPML file with these addresses.
fn opml(urls: &[String]) -> String {
    let mut out = "<opml version=\"2.0\"><body>".to_owned();
    for url in urls {
        write!(out, "<outline type=\"rss\" text=\"x\" xmlUrl=\"{url}\"/>").unwrap();
    }
    out + "</body></opml>"
}

/// Subscribes to feeds without fetching them.
async fn imports(program: &Client<'_>, urls: &[String]) {
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    let done = ask.body("text/x-opml", opml(urls)).send().await;
    assert_eq!(done.is(200).json()["refused"], 0);
}

/// Publishes feeds on one of the publishers, each polled once a week, with validators.
fn publish(web: &FakeWeb, host: usize, count: usize, delay: Duration) -> Vec<String> {
    let feeds = (0..count).map(|n| {
        let path = format!("/host{host}/feed{n}");
        let text = FeedText::monthly(&format!("F{host}x{n}"), 3, at(10, 0)).rss();
        let page = Page::feed(text).validated(ETAG, MODIFIED).after(delay);
        web.put(&path, page);
        web.url_at(host, &path)
    });
    feeds.collect()
}

fn number(report: &Value, what: &str) -> u64 {
    report[what].as_u64().unwrap()
}

/// Refreshes one feed by itself and returns the cost.
async fn refresh_alone(app: &TestApp, id: &str) -> (Refreshed, Cost) {
    let id = id.parse().unwrap();
    let heads = feeds::store::heads(&app.state.store, &[id]).await.unwrap();
    let context = app.state.refresh_context().unwrap();
    let work = refresh(&context, &heads[0]);
    let (done, cost) = metered(work).await;
    (done.unwrap(), cost)
}

fn cost(reads: u64, writes: u64) -> (u64, u64, u64) {
    (reads, writes, 0)
}

fn billed(cost: Cost) -> (u64, u64, u64) {
    (cost.reads, cost.writes, cost.deletes)
}

#[tokio::test]
async fn the_first_tick_fetches_what_is_new() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 0, 5, Duration::ZERO)).await;
    assert_eq!((web.requests().len(), ann.unread().await), (0, 0));

    let report = app.refresh().await;

    assert_eq!(
        (number(&report, "fetched"), number(&report, "articles")),
        (5, 15)
    );
    assert_eq!(report["finished"], true);
    assert_eq!(ann.unread().await, 15);
    app.is_sound().await;
}

#[tokio::test]
async fn only_the_scheduler_may_call() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for bearer in ["Bearer wrong", "Bearer ", "the dormouse sleeps", ""] {
        let ask = ann.ask(http::Method::GET, "/cron/refresh");
        let refused = ask.header("authorization", bearer).send().await;
        assert_eq!(refused.error(), (403, "not_the_scheduler".into()));
        assert_eq!(refused.cost, Cost::default());
    }
}

#[tokio::test]
async fn within_five_minutes_a_second_sweep_is_declined_with_when_to_come() {
    let app = TestApp::start().await;
    app.refresh().await;
    app.minutes_pass(4);
    let declined = app.cron().await;
    assert_eq!(declined.json()["declined_until"], "2026-03-02T12:05:00Z");
    assert_eq!(billed(declined.cost), cost(1, 0));
    app.minutes_pass(1);
    app.refresh().await;
}

#[tokio::test]
async fn both_validators_are_sent_byte_for_byte_and_renewed_together() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let urls = publish(&web, 0, 1, Duration::ZERO);
    ann.subscribes(&urls[0]).await;
    app.refresh().await;
    app.minutes_pass(WEEK);
    let report = app.refresh().await;
    assert_eq!(
        (number(&report, "fetched"), number(&report, "unchanged")),
        (1, 1)
    );

    let requests = web.requests();
    assert_eq!(requests[0].header("if-none-match"), None);
    assert_eq!(requests[1].header("if-none-match"), Some(ETAG));
    assert_eq!(requests[1].header("if-modified-since"), Some(MODIFIED));

    let text = FeedText::monthly("F0x0", 4, at(10, 30)).rss();
    web.put("/host0/feed0", Page::feed(text).header("ETag", "\"2\""));
    app.minutes_pass(WEEK);
    app.refresh().await;
    app.minutes_pass(WEEK);
    app.refresh().await;
    let requests = web.requests();
    assert_eq!(requests[3].header("if-none-match"), Some("\"2\""));
    assert_eq!(
        requests[3].header("if-modified-since"),
        None,
        "replaced together"
    );
}

#[tokio::test]
async fn validators_too_long_for_a_card_are_sent_all_the_same() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let long = format!("\"{}\"", "e".repeat(700));
    let text = FeedText::monthly("Long", 1, at(10, 0)).rss();
    let url = web.put("/long", Page::feed(text).validated(&long, MODIFIED));
    let feed = ann.subscribes(&url).await;
    refresh_alone(&app, &feed).await;
    assert_eq!(
        web.requests()[1].header("if-none-match"),
        Some(long.as_str())
    );
    let (done, spent) = refresh_alone(&app, &feed).await;
    assert_eq!(
        (done, billed(spent)),
        (Refreshed::Unchanged, cost(1, 0)),
        "a read for them"
    );
}

#[tokio::test]
async fn validators_go_back_to_the_address_that_gave_them_and_to_no_other() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let urls = publish(&web, 0, 2, Duration::ZERO);
    let hop = web.put("/hop", Page::redirect(302, &urls[0]));
    let feed = ann.subscribes(&hop).await;
    refresh_alone(&app, &feed).await;
    assert_eq!(web.asked("/hop")[1].header("if-none-match"), None);
    let landed = web.asked("/host0/feed0");
    assert_eq!(landed[1].header("if-none-match"), Some(ETAG));

    web.put("/hop", Page::redirect(302, &urls[1]));
    refresh_alone(&app, &feed).await;
    assert_eq!(web.asked("/host0/feed1")[0].header("if-none-match"), None);
}

#[tokio::test]
async fn fifty_feeds_with_nothing_new_cost_a_dozen_reads_and_two_writes() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(50));
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let urls: Vec<_> = (0..50)
        .flat_map(|host| publish(&web, host, 1, Duration::ZERO))
        .collect();
    imports(&program, &urls).await;
    app.refresh().await;
    // Half of the publishers don't support validators, and send the same document again.
    for host in 0..25 {
        let text = FeedText::monthly(&format!("F{host}x0"), 3, at(10, 0)).rss();
        let page = Page::feed(text)
            .header("ETag", ETAG)
            .header("Last-Modified", MODIFIED);
        web.put(&format!("/host{host}/feed0"), page);
    }
    app.minutes_pass(WEEK);

    let report = app.refresh().await;

    assert_eq!(
        (number(&report, "fetched"), number(&report, "unchanged")),
        (50, 50)
    );
    let spent = &report["cost"];
    assert!(number(spent, "reads") <= 12, "{spent}");
    // It is the first of the day, so it writes the previous day to the ledger.
    assert!(number(spent, "writes") <= 3, "{spent}");
    assert_eq!(number(spent, "deletes"), 0);
    app.minutes_pass(5);
    let spent = &app.refresh().await["cost"];
    assert!(number(spent, "writes") <= 2, "{spent}");
}

#[tokio::test]
async fn one_feed_costs_nothing_with_nothing_new_and_a_write_for_each_article() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::monthly("News", 3, at(10, 0));
    let url = web.put("/feed", Page::feed(text.rss()).validated(ETAG, MODIFIED));
    let feed = ann.subscribes(&url).await;

    let unchanged = (Refreshed::Unchanged, cost(0, 0));
    let (done, spent) = refresh_alone(&app, &feed).await;
    assert_eq!((done, billed(spent)), unchanged, "304");
    let same = |text: &FeedText| {
        let page = Page::feed(text.rss()).header("ETag", ETAG);
        page.header("Last-Modified", MODIFIED)
    };
    web.put("/feed", same(&text));
    let (done, spent) = refresh_alone(&app, &feed).await;
    assert_eq!((done, billed(spent)), unchanged, "the same document");
    let moved = FeedText {
        built: Some(at(11, 59)),
        ..text.clone()
    };
    web.put("/feed", same(&moved));
    let (done, spent) = refresh_alone(&app, &feed).await;
    assert_eq!(
        (done, billed(spent)),
        unchanged,
        "a moving lastBuildDate is no news"
    );

    let more = (1..=4).fold(moved, |text, n| {
        text.and(Entry::new(&format!("new{n}"), at(10, n)))
    });
    web.put("/feed", same(&more));
    let (done, spent) = refresh_alone(&app, &feed).await;
    assert_eq!(
        (done, billed(spent)),
        (Refreshed::NewArticles(4), cost(1, 5))
    );
    assert_eq!(ann.unread().await, 7);
    app.is_sound().await;
}

#[tokio::test]
async fn an_edit_changes_the_article_in_place_and_it_stays_read() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let mut text = FeedText::hourly("News", 3, at(10, 0));
    let url = web.put("/feed", Page::feed(text.rss()));
    let feed = ann.subscribes(&url).await;
    let before = ann.get("/unread").await.lines();
    ann.post(&format!("/article/{}/read", before[1].id), &[])
        .await
        .is(303);

    text.entries[1].title = "Corrected".into();
    text.entries[1].content = "<p>Other text</p>".into();
    web.put("/feed", Page::feed(text.rss()));
    assert_eq!(
        refresh_alone(&app, &feed).await.0,
        Refreshed::NewArticles(0)
    );

    let after = ann.get("/all").await.lines();
    assert_eq!(after.len(), 3);
    assert_eq!(
        (after[1].title.as_str(), after[1].read),
        ("Corrected", true)
    );
    assert_eq!(after[1].id, before[1].id);
    assert_eq!(ann.unread().await, 2);
    let opened = ann.get(&after[1].href).await;
    assert!(opened.text().contains("<p>Other text</p>"));
    app.is_sound().await;
}

#[tokio::test]
async fn equal_or_missing_ids_lose_nothing_and_double_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let entry = |n: u32| Entry::new(&format!("e{n}"), at(9, n));
    let mut text = FeedText::new("Odd");
    // Three with the same id, two without an id, two with neither id nor link, one with only text.
    text.entries.extend((1..=3).map(|n| Entry {
        id: Some("urn:same".into()),
        ..entry(n)
    }));
    text.entries.extend((4..=5).map(|n| Entry {
        id: None,
        ..entry(n)
    }));
    text.entries.extend((6..=7).map(|n| Entry {
        id: None,
        link: None,
        title: "Weather".into(),
        ..entry(n)
    }));
    text.entries.push(Entry {
        content: "Just words".into(),
        ..Entry::default()
    });
    let url = web.put("/feed", Page::feed(text.rss()));
    let feed = ann.subscribes(&url).await;
    assert_eq!(ann.unread().await, 8);

    web.put("/feed", Page::feed(text.and(entry(8)).rss()));
    assert_eq!(
        refresh_alone(&app, &feed).await.0,
        Refreshed::NewArticles(1)
    );
    assert_eq!(ann.unread().await, 9);
    app.is_sound().await;
}

#[tokio::test]
async fn the_newest_two_hundred_are_kept_and_the_rest_goes_in_the_same_commit() {
    let app = TestApp::with(&[("QUOTA", "unread=200")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let url = web.put(
        "/feed",
        Page::feed(FeedText::hourly("News", 230, at(10, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    assert_eq!(ann.whole_list("/unread").await.len(), 200);
    app.is_sound().await;

    web.put(
        "/feed",
        Page::feed(FeedText::hourly("News", 240, at(20, 0)).rss()),
    );
    app.minutes_pass(10 * 60);
    let (done, spent) = refresh_alone(&app, &feed).await;

    assert_eq!(done, Refreshed::NewArticles(10));
    assert_eq!(billed(spent), (1, 11, 10));
    let list = ann.whole_list("/unread").await;
    assert_eq!(list.len(), 200);
    assert_eq!(list[0].title, "Title of news-240");
    assert_eq!(list[199].title, "Title of news-41");
    let gone = format!("/article/{feed}-35");
    ann.get(&gone).await.is(404);
    app.is_sound().await;
    // An article deleted by retention that is still in the document isn't new again.
    let (_, spent) = refresh_alone(&app, &feed).await;
    assert_eq!(spent.writes, 0);
}

#[tokio::test]
async fn a_tick_that_runs_out_of_time_is_resumed_and_fetches_nothing_twice() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 0, 12, Duration::from_millis(50))).await;
    for round in ["new feeds", "a week later"] {
        web.forget();
        let (mut calls, mut fetched) = (0, 0);
        loop {
            let report = app.tick(Duration::from_millis(180)).await;
            fetched += report.fetched;
            // What an earlier call has fetched is no longer due, and isn't passed over.
            assert_eq!(report.passed_over, 0, "{round}: {report:?}");
            assert_eq!(report.busy, 0, "{round}: {report:?}");
            assert_eq!(
                report.declined_until, None,
                "an unfinished sweep is resumed at once"
            );
            calls += 1;
            assert!(report.fetched <= 5, "{round}: {report:?}");
            if report.finished {
                break;
            }
        }
        assert!(calls > 2, "{round}: {calls} calls");
        assert_eq!(fetched, 12, "{round}");
        for n in 0..12 {
            let asked = web.asked(&format!("/host0/feed{n}")).len();
            assert_eq!(asked, 1, "{round}: feed {n}");
        }
        app.minutes_pass(WEEK);
    }
    assert_eq!(ann.unread().await, 36);
    app.is_sound().await;
}

/// A feed that a reader's own refresh is fetching isn't reported as unchanged.
#[tokio::test]
async fn a_feed_that_another_caller_is_fetching_counts_as_busy() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let urls = publish(&web, 0, 1, Duration::from_millis(400));
    imports(&program, &urls).await;
    app.refresh().await;
    app.minutes_pass(WEEK);
    web.forget();
    let subscriptions = program.ask(http::Method::GET, "/api/v1/subscriptions");
    let id = subscriptions.send().await.json()["subscriptions"][0]["feed"].clone();
    let path = format!("/feed/{}/refresh", id.as_str().unwrap());
    let own = ann.post(&path, &[]);
    let sweep = async {
        while web.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        app.tick(Duration::from_secs(5)).await
    };
    let (own, report) = tokio::join!(own, sweep);
    own.is(303);
    assert_eq!((report.due, report.busy), (1, 1), "{report:?}");
    assert_eq!((report.fetched, report.unchanged), (0, 0), "{report:?}");
    assert_eq!(web.requests().len(), 1, "one request for both");
}

#[tokio::test]
async fn a_tick_without_time_does_no_harm() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 0, 3, Duration::ZERO)).await;
    let report = app.tick(Duration::ZERO).await;
    assert_eq!((report.fetched, report.finished), (0, false));
    let report = app.refresh().await;
    assert_eq!(
        (number(&report, "fetched"), &report["finished"]),
        (3, &true.into())
    );
}

#[tokio::test]
async fn a_page_that_leaves_in_the_middle_of_its_pulse_spoils_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 0, 10, Duration::from_millis(60))).await;

    let pulse = ann.post_json("/pulse", Value::Null);
    let in_the_middle = async {
        while web.requests().len() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = pulse => panic!("the pulse was too fast to be left"),
        () = in_the_middle => {}
    }
    let asked = web.requests().len();
    assert!(asked < 10, "{asked}");
    // A transaction that was on its way is completed: it is over when a later one is.
    app.reader("bob").await;
    app.is_sound().await;

    // According to the record the disconnected sweep may still be running; a minute later its lease has expired.
    app.minutes_pass(1);
    let back = ann.post_json("/pulse", Value::Null).await;
    assert_eq!(back.is(200).json()["more"], false);
    assert_eq!(ann.unread().await, 30);
    let requests = web.requests().len();
    assert!(requests <= 12, "{requests} requests for 10 feeds");
    app.is_sound().await;
}

#[tokio::test]
async fn a_pulse_refreshes_and_says_what_is_new() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 0, 2, Duration::ZERO)).await;

    let pulse = ann.post_json("/pulse", Value::Null).await.is(200).json();
    assert_eq!((&pulse["new"], &pulse["more"]), (&6.into(), &false.into()));
    assert_eq!(pulse["unread"]["total"], 6);

    app.minutes_pass(1);
    let idle = ann.post_json("/pulse", Value::Null).await;
    assert_eq!(idle.is(200).json()["new"], 0);
    assert!(
        idle.cost.reads <= 2,
        "who is asking, and nothing else: {}",
        idle.cost
    );
    assert_eq!(web.requests().len(), 2);
}

#[tokio::test]
async fn after_a_long_sleep_one_sweep_fetches_all_and_the_next_ones_none() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(20));
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let mut urls = Vec::new();
    for host in 0..20 {
        let text = match host % 2 {
            0 => FeedText::hourly(&format!("H{host}"), 5, at(11, 0)),
            _ => FeedText::monthly(&format!("M{host}"), 5, at(11, 0)),
        };
        web.put(
            &format!("/{host}"),
            Page::feed(text.rss()).validated(ETAG, MODIFIED),
        );
        urls.push(web.url_at(host, &format!("/{host}")));
    }
    imports(&program, &urls).await;
    app.refresh().await;
    web.forget();
    app.minutes_pass(10 * 24 * 60);

    let report = app.refresh().await;

    assert_eq!(number(&report, "fetched"), 20);
    for _ in 0..11 {
        app.minutes_pass(5);
        let report = app.refresh().await;
        assert_eq!(number(&report, "fetched"), 0, "{report}");
    }
    assert!((0..20).all(|host| web.asked(&format!("/{host}")).len() == 1));
}

/// Ticks every few minutes for some hours, and returns the minutes at which a path was requested.
async fn asked_over(app: &TestApp, web: &FakeWeb, path: &str, hours: i64, step: i64) -> Vec<i64> {
    let began = minute_of(app.clock.now());
    let mut asked = Vec::new();
    let mut known = web.asked(path).len();
    for _ in 0..hours * 60 / step {
        app.minutes_pass(step);
        app.tick(Duration::from_secs(5)).await;
        let now = web.asked(path).len();
        asked.extend((known..now).map(|_| minute_of(app.clock.now()) - began));
        known = now;
    }
    asked
}

#[tokio::test]
async fn a_busy_feed_is_checked_hourly_and_a_failing_one_ever_less_often() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let news = |app: &TestApp| {
        let now = app.clock.now();
        let name = format!("Busy{}", minute_of(now));
        let text = FeedText::wire(&name, 20, now).rss();
        Page::feed(text).validated(&format!("\"{name}\""), &now.to_rfc2822())
    };
    let url = web.put("/feed", news(&app));
    let feed = ann.subscribes(&url).await;

    let mut asked = Vec::new();
    for hour in 0..4 {
        let minutes = asked_over(&app, &web, "/feed", 1, 5).await;
        asked.extend(minutes.iter().map(|minute| hour * 60 + minute));
        web.put("/feed", news(&app));
    }
    assert_eq!(
        asked.len(),
        3,
        "the first hour belongs to the subscription: {asked:?}"
    );
    assert!(
        asked.windows(2).all(|pair| pair[1] - pair[0] == 60),
        "{asked:?}"
    );

    web.put("/feed", Page::status(500));
    let asked = asked_over(&app, &web, "/feed", 19, 30).await;
    let gaps: Vec<_> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps.len(), 4, "{gaps:?}");
    for (gap, least) in gaps.iter().zip([60, 120, 240, 480]) {
        assert!((least..least + 90).contains(gap), "{gaps:?}");
    }
    let summary = app.feed(&feed).await.summary;
    assert!(
        summary
            .error
            .unwrap()
            .contains("having trouble (error 500)")
    );
    for page in [
        "/feeds",
        "/unread",
        &format!("/feed/{feed}"),
        &format!("/feed/{feed}/settings"),
    ] {
        let words = ann.get(page).await.words();
        assert!(words.contains("having trouble (error 500)"), "{page}");
    }
    let settings = ann.get(&format!("/feed/{feed}/settings")).await.words();
    assert!(settings.contains("We keep trying"), "{settings}");

    web.put("/feed", news(&app));
    let asked = asked_over(&app, &web, "/feed", 20, 120).await;
    assert!(!asked.is_empty());
    let summary = app.feed(&feed).await.summary;
    assert_eq!((summary.error, summary.failures), (None, 0));
    assert!(
        !ann.get("/feeds")
            .await
            .words()
            .contains("a fault of its own")
    );
    app.is_sound().await;
}

#[tokio::test]
async fn a_feed_gone_for_good_is_not_checked_again() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let urls = publish(&web, 0, 1, Duration::ZERO);
    let feed = ann.subscribes(&urls[0]).await;
    app.refresh().await;
    web.put("/host0/feed0", Page::status(410));
    app.minutes_pass(WEEK);
    let report = app.refresh().await;
    assert_eq!(number(&report, "failed"), 1);
    web.forget();
    for _ in 0..3 {
        app.minutes_pass(WEEK);
        app.refresh().await;
    }
    assert_eq!(web.requests().len(), 0);
    let words = ann.get(&format!("/feed/{feed}/settings")).await.words();
    assert!(words.contains("taken this feed down for good"), "{words}");
    assert_eq!(ann.unread().await, 3, "what it published stays");
}

#[tokio::test]
async fn a_pause_that_a_publisher_asks_for_is_kept() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("Busy", 20, at(12, 0)).rss();
    let url = web.put("/feed", Page::feed(text).validated(ETAG, MODIFIED));
    ann.subscribes(&url).await;
    app.refresh().await;
    for (status, wait, minutes) in [
        (429, "18000".to_owned(), 300),
        (503, "Wed, 04 Mar 2026 00:00:00 GMT".to_owned(), 1_000),
    ] {
        web.put("/feed", Page::status(status).header("Retry-After", &wait));
        let asked = asked_over(&app, &web, "/feed", 10, 30).await;
        let first = asked[0];
        assert!(
            asked.get(1).is_none_or(|second| second - first >= minutes),
            "{status}: {asked:?}"
        );
    }
}

#[tokio::test]
async fn a_feed_without_subscribers_is_not_checked_until_one_comes_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let urls = publish(&web, 0, 1, Duration::ZERO);
    let feed = ann.subscribes(&urls[0]).await;
    app.refresh().await;
    ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    web.forget();
    app.minutes_pass(WEEK);
    app.refresh().await;
    assert_eq!(web.requests().len(), 0);
    assert_eq!(app.feed(&feed).await.summary.tier, PollTier::Off);

    assert_eq!(ann.subscribes(&urls[0]).await, feed);
    app.minutes_pass(5);
    let report = app.refresh().await;
    assert_eq!(number(&report, "fetched"), 1, "it is fetched first thing");
    app.is_sound().await;
}

#[tokio::test]
async fn of_two_ticks_at_once_one_works() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 0, 3, Duration::from_millis(30))).await;

    let (one, two, pulse) =
        tokio::join!(app.cron(), app.cron(), ann.post_json("/pulse", Value::Null));

    let declined = [&one, &two]
        .iter()
        .filter(|answer| answer.json()["declined_until"].is_string())
        .count();
    assert!(declined >= 1);
    pulse.is(200);
    assert_eq!(web.requests().len(), 3);
    assert_eq!(ann.unread().await, 9);
}

#[tokio::test]
async fn a_publisher_gets_one_request_at_a_time_with_a_pause() {
    let app = TestApp::with(&[("HOST_SPACING_MS", "40")]).await;
    let web = FakeWeb::with_hosts(3);
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let pace = Duration::from_millis(20);
    let urls: Vec<_> = (0..3)
        .flat_map(|host| publish(&web, host, 6, pace))
        .collect();
    imports(&program, &urls).await;

    let began = tokio::time::Instant::now();
    app.refresh().await;
    let took = began.elapsed();

    assert_eq!(web.requests().len(), 18);
    assert_eq!(web.most_at_once(), 1);
    let one_host = 6 * pace + 5 * Duration::from_millis(40);
    assert!(took >= one_host, "{took:?}");
    let first_six = web.requests();
    let hosts: std::collections::HashSet<_> = first_six[..6].iter().map(|ask| ask.host).collect();
    assert_eq!(hosts.len(), 3, "hosts don't wait for one another");
    assert!(took < TimeDelta::seconds(5).to_std().unwrap());
}

/// Without a poll tier and with an error means permanently gone; a feed that had no readers when it failed isn't.
#[tokio::test]
async fn a_feed_that_failed_when_its_last_reader_left_comes_back_with_him() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let urls = publish(&web, 0, 1, Duration::ZERO);
    let feed = ann.subscribes(&urls[0]).await;
    let page = Page::status(500);
    web.put("/host0/feed0", page);
    app.refresh().await;
    app.minutes_pass(WEEK);
    assert_eq!(number(&app.refresh().await, "failed"), 1);
    ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);

    publish(&web, 0, 1, Duration::ZERO);
    ann.subscribes(&urls[0]).await;
    web.forget();
    app.minutes_pass(60);
    app.refresh().await;

    assert_eq!(web.requests().len(), 1, "it is asked again at once");
    assert_eq!(app.feed(&feed).await.summary.error, None);
    app.is_sound().await;
}

/// Two pages are open; one of them triggers a fetch, and both learn of the result.
#[tokio::test]
async fn every_open_page_hears_of_news() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 0, 2, Duration::ZERO)).await;
    let drawn = app.clock.now().timestamp_micros() - 1;
    assert_eq!(number(&app.refresh().await, "articles"), 6);

    let address = format!("/pulse?since={drawn}");
    let other = ann.post_json(&address, Value::Null).await.is(200).json();
    assert_eq!(
        (&other["new"], &other["unread"]["total"]),
        (&6.into(), &6.into())
    );
    app.minutes_pass(1);
    let address = format!("/pulse?since={}", app.clock.now().timestamp_micros());
    let again = ann.post_json(&address, Value::Null).await.is(200).json();
    assert_eq!(again["new"], 0);
}
