//! The sweep latch: many open pages start no more sweeps than one, and clients that disconnect lose nothing.

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

use dormouse::datastore::Cost;
use dormouse::refresh::sweep;
use dormouse::timestamp::minute_of;
use dormouse::update::schedule::{MIN_INTERVAL, Sweep};
use futures_util::future::join_all;
use serde_json::Value;

use crate::support::{Client, Emulator, FakeWeb, FeedText, Page, TestApp};

const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;
const ETAG: &str = "\"1\"";
const MODIFIED: &str = "Mon, 02 Mar 2026 10:00:00 GMT";

/// Publishes feeds with validators on each host, posting as often as `text` does, and subscribes to them.
async fn publish(
    ann: &Client<'_>,
    web: &FakeWeb,
    (hosts, feeds): (usize, usize),
    delay: Duration,
    text: impl Fn(&str) -> FeedText,
) -> Vec<String> {
    let mut paths = Vec::new();
    let mut opml = "<opml version=\"2.0\"><body>".to_owned();
    for (host, n) in (0..hosts).flat_map(|host| (0..feeds).map(move |n| (host, n))) {
        let path = format!("/{host}/{n}");
        let page = Page::feed(text(&format!("F{host}x{n}")).rss());
        web.put(&path, page.validated(ETAG, MODIFIED).after(delay));
        let url = web.url_at(host, &path);
        write!(opml, "<outline type=\"rss\" text=\"x\" xmlUrl=\"{url}\"/>").unwrap();
        paths.push(path);
    }
    let program = ann.app.program_of(ann).await;
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    let body = opml + "</body></opml>";
    let done = ask.body("text/x-opml", body).send().await;
    assert_eq!(done.is(200).json()["refused"], 0);
    paths
}

/// A pulse of an up-to-date page. Returns whether it should be repeated at once.
async fn pulse(page: &Client<'_>) -> bool {
    let since = page.app.clock.now().timestamp_micros();
    let path = format!("/pulse?since={since}");
    let sent = page.post_json(&path, Value::Null).await;
    sent.is(200).json()["more"] == true
}

async fn sweeps(app: &TestApp) -> Vec<Sweep> {
    // One shard has all publishers.
    let anybody = app.state.base_url.clone();
    sweep::sweeps(&app.state.refresh_context().unwrap(), &anybody)
        .await
        .unwrap()
}

/// The minutes at which each feed was fetched.
#[derive(Default)]
struct Asked(HashMap<String, Vec<i64>>);

impl Asked {
    /// Records the requests since the last call.
    fn note(&mut self, web: &FakeWeb, minute: i64) {
        for request in web.requests() {
            self.0.entry(request.path).or_default().push(minute);
        }
        web.forget();
    }

    fn all_within_their_floor(&self) -> bool {
        let apart = |minutes: &Vec<i64>| {
            minutes
                .windows(2)
                .all(|two| two[1] - two[0] >= MIN_INTERVAL)
        };
        self.0.values().all(apart)
    }

    fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

const MINUTES: usize = 125;
const PULSES_A_MINUTE: usize = 80;

/// Ten thousand pulses at two instances over one store, in waves of concurrent requests.
async fn ten_thousand_pulses(app: TestApp) {
    let web = FakeWeb::with_hosts(4);
    let ann = app.reader("ann").await;
    let now = app.clock.now();
    let often = |name: &str| FeedText::wire(name, 12, now);
    // Slow enough that concurrent sweeps would be noticed.
    publish(&ann, &web, (4, 6), Duration::from_millis(3), often).await;
    app.refresh().await;
    web.forget();
    let other = app.beside().await;
    let also_ann = ann.at(&other);
    let (before, known) = (app.state.store.total_cost(), sweeps(&app).await.len());

    let mut asked = Asked::default();
    for _ in 0..MINUTES {
        app.minutes_pass(1);
        let pages = [&ann, &also_ann];
        let wave = (0..PULSES_A_MINUTE).map(|n| pulse(pages[n % 2]));
        let more = join_all(wave).await;
        assert!(!more.contains(&true), "ten seconds are enough for 24 feeds");
        asked.note(&web, minute_of(app.clock.now()));
    }

    let spent = app.state.store.total_cost() - before;
    let made = sweeps(&app).await.split_off(known);
    assert_eq!(made.len(), MINUTES / 5);
    let apart = made.windows(2).all(|two| two[1].2 - two[0].2 >= 5);
    assert!(apart, "{made:?}");
    assert!(asked.all_within_their_floor(), "{:?}", asked.0);
    assert_eq!(asked.0.len(), 24, "in two hours each has its turn");
    assert_eq!(web.most_at_once(), 1);
    // The tick record, the poll tiers, the changed summaries; once per sweep, a check by the other instance.
    let pulses = (MINUTES * PULSES_A_MINUTE) as u64;
    let Cost { reads, writes, .. } = spent;
    // Session and account are read once in ten minutes on each instance; each sweep may change heads.
    let who = 2 * 2 * (MINUTES as u64 / 10 + 1);
    assert!(
        reads <= 25 * 18 + who + asked.count() as u64 + 2 * 25,
        "{reads} reads for 25 sweeps and {pulses} pulses"
    );
    assert!(
        writes <= 25 * 2 + asked.count() as u64,
        "{writes} writes for 25 sweeps"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn ten_thousand_pulses_make_one_sweep_each_five_minutes() {
    ten_thousand_pulses(TestApp::in_memory(&[]).await).await;
}

#[tokio::test]
async fn in_the_cloud_ten_thousand_pulses_make_one_sweep_each_five_minutes() {
    if Emulator::Firestore.host().is_some() {
        ten_thousand_pulses(TestApp::in_cloud(&[]).await).await;
    }
}

/// Feeds that are due, all unchanged, at slow publishers: a fetch writes nothing.
async fn due_feeds(app: &TestApp, web: &FakeWeb, ann: &Client<'_>, each: usize) -> Vec<String> {
    let now = app.clock.now();
    let seldom = |name: &str| FeedText::monthly(name, 3, now);
    let delay = Duration::from_millis(40);
    let paths = publish(ann, web, (3, each), delay, seldom).await;
    app.refresh().await;
    app.minutes_pass(WEEK);
    web.forget();
    paths
}

/// A pulse whose client disconnects after the given number of further requests has reached publishers.
async fn left_after(page: &Client<'_>, web: &FakeWeb, requests: usize) {
    // Requests of a disconnected client may still be in flight; they aren't counted for this one.
    let mut known = usize::MAX;
    while known != web.requests().len() {
        known = web.requests().len();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let until = known + requests;
    let leaves = async {
        while web.requests().len() < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = pulse(page) => panic!("the pulse was too fast to be left"),
        () = leaves => {}
    }
}

#[tokio::test]
async fn requests_cancelled_in_the_middle_starve_no_feed() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(3));
    let ann = app.reader("ann").await;
    let paths = due_feeds(&app, &web, &ann, 12).await;

    // Every client disconnects before its sweep ends, and each sweep continues where the previous one stopped.
    let visits = [4, 1, 6, 2, 5, 3];
    let mut reached = 0;
    for requests in visits {
        left_after(&ann, &web, requests).await;
        let distinct: std::collections::HashSet<_> =
            web.requests().into_iter().map(|r| r.path).collect();
        assert!(distinct.len() >= reached, "{requests}");
        reached = distinct.len();
        app.minutes_pass(1);
    }
    assert!(reached < paths.len(), "all was done before anybody stayed");
    assert!(!pulse(&ann).await);

    assert_eq!(
        sweeps(&app).await.len(),
        1,
        "that of last week is forgotten"
    );
    for path in &paths {
        assert!(!web.asked(path).is_empty(), "{path} was starved");
    }
    // Fetches in flight at the disconnect are repeated, one feed per host; completed ones aren't.
    let cut = visits.len() * 3;
    let requests = web.requests().len();
    assert!(requests <= paths.len() + cut, "{requests}");
    let twice = paths.iter().filter(|path| web.asked(path).len() > 1);
    assert!(twice.count() <= cut);
    web.forget();
    for _ in 0..MIN_INTERVAL {
        app.minutes_pass(1);
        pulse(&ann).await;
    }
    assert_eq!(web.requests().len(), 0, "none again within its floor");
    app.is_sound().await;
}

#[tokio::test]
async fn leaving_one_instance_leaves_the_sweep_to_the_other() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(3));
    let ann = app.reader("ann").await;
    let paths = due_feeds(&app, &web, &ann, 4).await;
    let other = app.beside().await;
    let also_ann = ann.at(&other);
    left_after(&ann, &web, 4).await;
    // According to the record, the first client's sweep is still running.
    assert!(!pulse(&also_ann).await && web.requests().len() <= 6);
    app.minutes_pass(1);
    assert!(!pulse(&also_ann).await);
    assert!(paths.iter().all(|path| !web.asked(path).is_empty()));
    // Unsaved progress is repeated: at most three seconds of fetches.
    assert!(web.requests().len() <= paths.len() + 6);
    app.is_sound().await;
}

#[tokio::test]
async fn of_pulses_that_come_at_once_one_works_and_the_others_read_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(3));
    let ann = app.reader("ann").await;
    due_feeds(&app, &web, &ann, 2).await;
    // Today's visit is recorded beforehand.
    ann.get("/unread").await.is(200);
    let before = app.state.store.total_cost();
    pulse(&ann).await;
    let alone = app.state.store.total_cost() - before;
    app.minutes_pass(WEEK);
    ann.get("/unread").await.is(200);
    let before = app.state.store.total_cost();
    join_all((0..40).map(|_| pulse(&ann))).await;
    let spent = app.state.store.total_cost() - before;
    assert!(
        spent.reads <= alone.reads + 39 && spent.writes <= alone.writes,
        "{alone} alone, {spent} for 40"
    );
    assert_eq!(web.requests().len(), 12);
}

#[tokio::test]
async fn without_readers_nothing_happens_and_after_the_night_no_feed_is_fetched_twice() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(4));
    let ann = app.reader("ann").await;
    let now = app.clock.now();
    let often = |name: &str| FeedText::wire(name, 12, now);
    let paths = publish(&ann, &web, (4, 5), Duration::ZERO, often).await;
    while sweeps(&app).await.len() < 3 {
        pulse(&ann).await;
        app.minutes_pass(5);
    }
    web.forget();
    let known = sweeps(&app).await;
    let before = app.state.store.total_cost();

    // The last page is closed. Opening and reading pages doesn't start a sweep either.
    app.minutes_pass(10 * 60);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(app.state.store.total_cost() - before, Cost::default());
    for path in ["/unread", "/feeds", "/settings"] {
        ann.get(path).await.is(200);
    }
    assert_eq!(
        (web.requests().len(), sweeps(&app).await),
        (0, known.clone())
    );

    // In the morning one sweep fetches every due feed once, and the sweeps of the next hour fetch none.
    let mut asked = Asked::default();
    assert!(!pulse(&ann).await);
    asked.note(&web, minute_of(app.clock.now()));
    assert_eq!(sweeps(&app).await.len(), known.len() + 1);
    assert_eq!((asked.0.len(), asked.count()), (paths.len(), paths.len()));
    for _ in 1..MIN_INTERVAL {
        app.minutes_pass(1);
        pulse(&ann).await;
    }
    asked.note(&web, minute_of(app.clock.now()));
    assert_eq!(asked.count(), paths.len(), "{:?}", asked.0);
    assert_eq!(sweeps(&app).await.len(), known.len() + 12);
    app.is_sound().await;
}
