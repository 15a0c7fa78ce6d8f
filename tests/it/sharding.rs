//! The tick in shards: several callers work at once, and together do what one would.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

const PUBLISHERS: usize = 40;

/// A shelf of two feeds at each publisher, not fetched yet.
async fn imports(program: &Client<'_>, web: &FakeWeb) {
    let mut out = "<opml version=\"2.0\"><body>".to_owned();
    for host in 0..PUBLISHERS {
        for n in 0..2 {
            let path = format!("/{host}/{n}");
            let text = FeedText::monthly(&format!("F{host}x{n}"), 3, at(10, 0));
            web.put(&path, Page::feed(text.rss()));
            let url = web.url_at(host, &path);
            write!(out, "<outline type=\"rss\" text=\"x\" xmlUrl=\"{url}\"/>").unwrap();
        }
    }
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    let body = out + "</body></opml>";
    let done = ask.body("text/x-opml", body).send().await;
    assert_eq!(done.is(200).json()["refused"], 0);
}

/// How often each feed was asked since the last call.
fn asked(web: &FakeWeb) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for request in web.requests() {
        if request.path.matches('/').count() == 2 {
            *all.entry(request.path).or_default() += 1;
        }
    }
    web.forget();
    all
}

fn once_each(web: &FakeWeb) {
    let all = asked(web);
    let twice = all.iter().find(|(_, times)| **times != 1);
    assert_eq!((all.len(), twice), (2 * PUBLISHERS, None));
}

fn settings(shards: &'static str) -> [(&'static str, &'static str); 1] {
    [("TICK_SHARDS", shards)]
}

#[tokio::test]
async fn of_one_or_many_shards_each_feed_is_asked_once() {
    for shards in ["1", "8", "64"] {
        let app = TestApp::on_disk_with(&settings(shards)).await;
        let web = FakeWeb::with_addresses(PUBLISHERS);
        let ann = app.reader("ann").await;
        let program = app.program_of(&ann).await;
        imports(&program, &web).await;
        let report = app.refresh().await;
        assert_eq!(report["finished"], true, "{shards}: {report}");
        assert_eq!(report["fetched"], 2 * PUBLISHERS, "{shards}: {report}");
        once_each(&web);
        // Nobody is asked again until something is due.
        let declined = app.cron().await.json();
        assert!(
            declined["declined_until"].is_string(),
            "{shards}: {declined}"
        );
        app.minutes_pass(20);
        let report = app.refresh().await;
        assert_eq!(report["fetched"], 0, "{shards}: {report}");
        // Every feed is due once a week, and not before half of one is over.
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..14 {
            app.minutes_pass(24 * 60);
            ann.get("/unread").await;
            while app.refresh().await["finished"] != true {}
            for (path, count) in asked(&web) {
                *times.entry(path).or_default() += count;
            }
        }
        let wrong = times.iter().find(|(_, times)| !(1..=3).contains(*times));
        assert_eq!((times.len(), wrong), (2 * PUBLISHERS, None), "{shards}");
        app.is_sound().await;
    }
}

#[tokio::test]
async fn callers_at_the_same_time_share_the_work_and_no_publisher() {
    let app = TestApp::on_disk_with(&settings("8")).await;
    let others = [
        app.beside_with(&settings("8")).await,
        app.beside_with(&settings("8")).await,
    ];
    let web = FakeWeb::with_addresses(PUBLISHERS);
    let ann = app.reader("ann").await;
    imports(&app.program_of(&ann).await, &web).await;
    let [one, two] = &others;
    let (a, b, c) = tokio::join!(app.cron(), one.cron(), two.cron());
    let reports: Vec<Value> = [a, b, c].iter().map(|answer| answer.json()).collect();
    let fetched = |report: &Value| report["fetched"].as_u64().unwrap_or_default();
    let all: u64 = reports.iter().map(fetched).sum();
    assert_eq!(all, 2 * PUBLISHERS as u64, "{reports:?}");
    let working = reports.iter().filter(|one| fetched(one) > 0).count();
    assert!(working > 1, "one did it all: {reports:?}");
    assert_eq!(
        web.most_at_once(),
        1,
        "a publisher was asked by two at once"
    );
    once_each(&web);
    app.is_sound().await;
}

#[tokio::test]
async fn another_number_of_shards_goes_on_where_the_last_one_was() {
    let app = TestApp::on_disk_with(&settings("1")).await;
    let web = FakeWeb::with_addresses(PUBLISHERS);
    let ann = app.reader("ann").await;
    imports(&app.program_of(&ann).await, &web).await;
    app.refresh().await;
    once_each(&web);
    for shards in ["8", "64", "3", "1"] {
        let next = app.beside_with(&settings(shards)).await;
        next.minutes_pass(10);
        let report = next.refresh().await;
        assert_eq!(report["finished"], true, "{shards}: {report}");
        assert_eq!(report["fetched"], 0, "{shards}: {report}");
        assert!(asked(&web).is_empty(), "{shards}");
    }
    // What is due after all that is found.
    let last = app.beside_with(&settings("8")).await;
    let mut times = 0;
    for _ in 0..14 {
        last.minutes_pass(24 * 60);
        ann.at(&last).get("/unread").await;
        while last.refresh().await["finished"] != true {}
        times += asked(&web).len();
    }
    assert!(times >= 2 * PUBLISHERS, "{times}");
}

#[tokio::test]
async fn what_a_publisher_asked_for_is_in_its_shard() {
    let app = TestApp::on_disk_with(&settings("8")).await;
    let web = FakeWeb::with_addresses(PUBLISHERS);
    let ann = app.reader("ann").await;
    imports(&app.program_of(&ann).await, &web).await;
    let busy = Page::status(429).header("retry-after", "86400");
    for n in 0..2 {
        web.put(&format!("/7/{n}"), busy.clone());
    }
    let form = [("host", "127.0.1.10"), ("do", "block")];
    ann.post("/admin/hosts", &form).await.is(303);
    app.refresh().await;
    let all = asked(&web);
    let of = |host: &str| {
        all.keys()
            .filter(|path| path.starts_with(&format!("/{host}/")))
            .count()
    };
    assert_eq!(of("9"), 0, "a blocked host was asked");
    assert!(of("7") >= 1);
    // Another instance, which has met nobody.
    let other = app.beside_with(&settings("8")).await;
    for _ in 0..3 {
        other.minutes_pass(6 * 60);
        while other.refresh().await["finished"] != true {}
    }
    let all = asked(&web);
    assert!(!all.keys().any(|path| path.starts_with("/7/")), "{all:?}");
    assert!(!all.keys().any(|path| path.starts_with("/9/")), "{all:?}");
}
