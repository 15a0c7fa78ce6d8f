//! Hosts that hang or are ill, a network that is down, a clock that was wrong: who is blamed, and who waits.

use std::time::Duration;

use chrono::TimeDelta;
use dormouse::feeds::Sign;
use serde_json::json;
use url::Url;

use crate::support::{
    CRON_SECRET, Client, FakeWeb, FeedText, NameServer, PASSWORD, Page, Shell, TestApp, at, call,
};

fn hourly(name: &str) -> Page {
    Page::feed(FeedText::wire(name, 20, at(12, 0)).rss()).validated("\"1\"", "x")
}

async fn failures(app: &TestApp, feeds: &[String]) -> Vec<u32> {
    let mut all = Vec::new();
    for feed in feeds {
        all.push(app.feed(feed).await.summary.failures);
    }
    all
}

/// Ticks every five minutes.
async fn hours_pass(app: &TestApp, hours: u32) {
    for _ in 0..hours * 12 {
        app.minutes_pass(5);
        app.tick(Duration::from_secs(240)).await;
    }
}

#[tokio::test]
async fn one_host_that_hangs_keeps_nobody_waiting() {
    let web = FakeWeb::with_hosts(9);
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for n in 0..30 {
        let path = format!("/dead{n}");
        web.put(&path, hourly(&path));
        ann.subscribes(&web.url_at(0, &path)).await;
    }
    for n in 0..40 {
        let path = format!("/live{n}");
        web.put(&path, hourly(&path));
        ann.subscribes(&web.url_at(1 + n % 8, &path)).await;
    }
    for n in 0..30 {
        web.put(&format!("/dead{n}"), Page::hangs());
    }
    app.minutes_pass(70);
    web.forget();
    let report = app.tick(Duration::from_secs(240)).await;
    assert!(report.finished, "{report:?}");
    assert_eq!((report.due, report.fetched), (70, 41), "{report:?}");
    assert_eq!((report.failed, report.passed_over), (1, 29), "{report:?}");
    let dead = web.requests();
    let dead = dead
        .iter()
        .filter(|one| one.path.starts_with("/dead"))
        .count();
    assert_eq!(dead, 1, "it was asked once");
    for n in 0..40 {
        assert_eq!(web.asked(&format!("/live{n}")).len(), 1, "{n}");
    }
}

#[tokio::test]
async fn a_network_that_is_down_is_nobody_elses_failure() {
    let (names, web) = (NameServer::start(), FakeWeb::start());
    let app = TestApp::with(&[("NAME_SERVER", &names.setting())]).await;
    let ann = app.reader("ann").await;
    let mut feeds = Vec::new();
    for n in 0..12 {
        let path = format!("/f{n}");
        web.put(&path, hourly(&path));
        let mut url = Url::parse(&web.url(&path)).unwrap();
        url.set_host(Some(&format!("host{n}.example{n}.net")))
            .unwrap();
        feeds.push(ann.subscribes(url.as_str()).await);
    }
    for (code, name) in [
        (5, "REFUSED"),
        (2, "SERVFAIL"),
        (NameServer::SILENCE, "silence"),
    ] {
        names.put_code_for_all(Some(code));
        web.forget();
        // Long enough for every cadence that a day of silence leads to.
        app.minutes_pass(24 * 60);
        let report = app.tick(Duration::from_secs(240)).await;
        assert!(report.offline && !report.finished, "{name}: {report:?}");
        // Each tick of silence takes some seconds.
        if code != NameServer::SILENCE {
            hours_pass(&app, 12).await;
        }
        assert!(web.requests().is_empty());
        assert_eq!(failures(&app, &feeds).await, [0; 12], "{name}");
        let said = ann.get("/feeds").await;
        let said = said.is(200).words();
        assert!(
            said.contains("Offline: this server can’t reach anybody since"),
            "{said}"
        );
        let asked = ann.post(&format!("/feed/{}/refresh", feeds[0]), &[]).await;
        asked.is(303);
        let words = ann.get(asked.location()).await.words();
        assert!(words.contains("isn’t counted against this feed"), "{words}");
        assert_eq!(failures(&app, &feeds).await, [0; 12]);

        names.put_code_for_all(None);
        app.minutes_pass(5);
        let report = app.tick(Duration::from_secs(240)).await;
        assert!(report.finished && !report.offline, "{report:?}");
        assert_eq!(report.fetched, 12, "{report:?}");
        let said = ann.get("/feeds").await.words();
        assert!(!said.contains("Offline: this server"), "{said}");
    }
}

#[tokio::test]
async fn what_cannot_be_reached_while_others_answer_is_its_own_failure() {
    let (names, web) = (NameServer::start(), FakeWeb::start());
    let app = TestApp::with(&[("NAME_SERVER", &names.setting())]).await;
    let ann = app.reader("ann").await;
    let mut feeds = Vec::new();
    for name in ["gone.example.net", "well.example.com"] {
        let path = format!("/{name}");
        web.put(&path, hourly(&path));
        let mut url = Url::parse(&web.url(&path)).unwrap();
        url.set_host(Some(name)).unwrap();
        feeds.push(ann.subscribes(url.as_str()).await);
    }
    names.put_code("gone.example.net", 2);
    hours_pass(&app, 3).await;
    let found = failures(&app, &feeds).await;
    assert!(found[0] >= 1 && found[1] == 0, "{found:?}");
    let error = app.feed(&feeds[0]).await.summary;
    assert_eq!(error.sign, Sign::UNREACHED);
    assert!(error.error.unwrap().contains("SERVFAIL"));
}

struct Tube<'a> {
    app: &'a TestApp,
    web: &'a FakeWeb,
    ann: &'a Client<'a>,
    feeds: Vec<String>,
}

impl Tube<'_> {
    /// All channels answer this.
    fn answers(&self, status: Option<u16>) {
        for n in 0..40 {
            let path = format!("/channel{n}");
            let page = match status {
                Some(status) => Page::status(status),
                None if n == 39 => Page::status(404),
                None => hourly(&path),
            };
            self.web.put(&path, page);
        }
    }

    /// The failures of all channels but the one that is gone.
    async fn worst(&self) -> u32 {
        let found = failures(self.app, &self.feeds[..39]).await;
        found.into_iter().max().unwrap()
    }
}

#[tokio::test]
async fn a_host_that_is_ill_in_waves_costs_its_feeds_nothing() {
    let web = FakeWeb::start();
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let mut tube = Tube {
        app: &app,
        web: &web,
        ann: &ann,
        feeds: Vec::new(),
    };
    for n in 0..40 {
        let path = format!("/channel{n}");
        tube.feeds
            .push(ann.subscribes(&web.put(&path, hourly(&path))).await);
    }
    tube.answers(None);
    hours_pass(&app, 2).await;
    assert_eq!(tube.worst().await, 0);

    for status in [404, 500] {
        tube.answers(Some(status));
        web.forget();
        hours_pass(&app, 9).await;
        let asked = web.requests().len();
        assert!(
            (3..=16).contains(&asked),
            "{status}: asked {asked} times in 9 hours"
        );
        assert_eq!(tube.worst().await, 1, "{status}: the first ones, once");
        let page = tube.ann.get("/feeds").await.words();
        let says = format!("answers {status} for all its feeds since");
        assert!(page.contains(&says), "{page}");
        // Whoever asks by hand may always try.
        web.forget();
        let now = format!("/feed/{}/refresh", tube.feeds[5]);
        let asked = ann.post(&now, &[]).await;
        let words = ann.get(asked.is(303).location()).await.words();
        assert!(words.contains("isn’t counted against this feed"), "{words}");
        assert_eq!(web.requests().len(), 1);

        tube.answers(None);
        web.forget();
        hours_pass(&app, 3).await;
        assert_eq!(tube.worst().await, 0, "{status}: forgiven");
        for n in 0..39 {
            assert!(
                !web.asked(&format!("/channel{n}")).is_empty(),
                "{status}: {n}"
            );
        }
        let page = tube.ann.get("/feeds").await.words();
        assert!(!page.contains("for all its feeds"), "{page}");
    }
    let gone = app.feed(&tube.feeds[39]).await.summary;
    assert!(
        gone.failures >= 1,
        "what is really gone is found out: {gone:?}"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn a_sweep_with_a_clock_a_year_ahead_stops_nobody() {
    let web = FakeWeb::start();
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let mut feeds = Vec::new();
    for n in 0..10 {
        let path = format!("/f{n}");
        feeds.push(ann.subscribes(&web.put(&path, hourly(&path))).await);
    }
    // Some fail and some have news, so that the wrong time is written.
    app.clock.advance(TimeDelta::days(365));
    web.put("/f0", Page::status(500));
    web.put("/f1", hourly("/f1 again"));
    app.tick(Duration::from_secs(240)).await;
    app.clock.advance(TimeDelta::days(-365));
    for n in 0..10 {
        web.put(&format!("/f{n}"), hourly("back"));
    }
    web.forget();
    hours_pass(&app, 3).await;
    for n in 0..10 {
        let asked = web.asked(&format!("/f{n}")).len();
        assert!(asked >= 1, "/f{n} wasn’t asked");
    }
    assert_eq!(failures(&app, &feeds).await, [0; 10]);
}

#[tokio::test]
async fn a_tick_that_was_killed_is_continued_after_half_a_minute() {
    let web = FakeWeb::start();
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    ann.subscribes(&web.put("/slow", hourly("slow"))).await;
    web.put("/slow", Page::hangs());
    app.minutes_pass(70);
    let killed = tokio::time::timeout(
        Duration::from_millis(500),
        app.tick(Duration::from_secs(540)),
    );
    assert!(killed.await.is_err());
    web.put("/slow", hourly("slow"));
    let early = app.tick(Duration::from_secs(10)).await;
    assert!(early.declined_until.is_some());
    app.clock.advance(TimeDelta::seconds(31));
    let report = app.tick(Duration::from_secs(10)).await;
    assert!(
        report.declined_until.is_none() && report.finished,
        "{report:?}"
    );
}

#[test]
fn a_server_that_is_told_to_end_gives_its_lease_back() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let ann = "ann@example.org";
    let add = ["user", "add", ann, "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let token = shell.run(&["token", "add", "--user", ann]).is(0).out();
    let opml = format!(
        "<opml><body><outline xmlUrl=\"{}\"/></body></opml>",
        web.put("/slow", Page::hangs())
    );
    std::fs::write(shell.folder().join("list.opml"), opml).unwrap();
    shell.run(&["import", "list.opml", "--user", ann]).is(0);
    let settings = [("CRON_SECRET", CRON_SECRET)];
    let mut server = shell.serve(&settings);
    let address = server.address;
    let asked = |path: &str| call(address, CRON_SECRET, "GET", path, &serde_json::Value::Null);
    std::thread::scope(|scope| {
        let working = scope.spawn(|| asked("/cron/refresh"));
        while web.asked("/slow").is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let (code, _) = server.terminate();
        assert_eq!(code, Some(0));
        let _ = working.join();
    });
    web.put("/slow", hourly("slow"));
    let server = shell.serve(&settings);
    let report = call(
        server.address,
        CRON_SECRET,
        "GET",
        "/cron/refresh",
        &json!(null),
    );
    let (status, report) = report.unwrap();
    assert_eq!(
        (status, &report["declined_until"]),
        (200, &json!(null)),
        "{report}"
    );
    assert_eq!(report["articles"], 20, "{report}");
    drop((token, server));
}

#[tokio::test]
async fn addresses_that_never_were_feeds_say_nothing_of_their_host() {
    let (web, app) = (FakeWeb::start(), TestApp::start().await);
    let ann = app.reader("ann").await;
    web.put("/live", hourly("/live"));
    ann.subscribes(&web.url("/live")).await;
    let lines: String = (0..4)
        .map(|n| {
            format!(
                "<outline type='rss' text='{n}' xmlUrl='{}'/>",
                web.url(&format!("/lost{n}"))
            )
        })
        .collect();
    let program = app.program_of(&ann).await;
    let file = format!("<opml version='2.0'><body>{lines}</body></opml>");
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", file).send().await.is(200);
    app.minutes_pass(5);
    let report = app.tick(Duration::from_secs(240)).await;
    assert_eq!(report.failed, 4, "{report:?}");
    let words = ann.get("/feeds").await.words();
    assert!(!words.contains("for all its feeds"), "{words}");
}
