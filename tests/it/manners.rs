//! Polite fetching: one test for each numbered check in `docs/manners-tests.md`, against publishers that record every
//! request. Number 22, WebSub, is in `pushing` and `pushed`.

use std::time::Duration;

use chrono::TimeDelta;
use dormouse::feeds::PollTier;
use dormouse::timestamp::{Timestamp, minute_of};
use dormouse::update::redirects::BELIEVED;

use crate::support::{
    Answer, Client, Emulator, Entry, FakeWeb, FeedText, LineState as Line, Page, Proxy, TestApp, at,
};

const ETAG: &str = "W/\"caf\u{e9} \\ 1\"";
const MODIFIED: &str = "mon, 2 mar 2026 10:00:00 +0000 (about)";
const DAY: i64 = 24 * 60;

/// A feed that posts so often that our own schedule is hourly.
fn busy(name: &str, now: Timestamp) -> String {
    FeedText::wire(name, 12, now).rss()
}

struct Scene {
    app: TestApp,
    web: FakeWeb,
}

impl Scene {
    async fn new() -> Self {
        Self {
            app: TestApp::start().await,
            web: FakeWeb::start(),
        }
    }

    fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// A reader who subscribes to a page.
    async fn reads(&self, page: Page) -> (Client<'_>, String) {
        let url = self.web.put("/feed", page);
        let ann = self.app.reader("ann").await;
        let feed = ann.subscribes(&url).await;
        (ann, feed)
    }

    /// Sweeps every five minutes for the given number of minutes. Returns the minutes from now at which a path was
    /// requested.
    async fn sweeps(&self, path: &str, minutes: i64) -> Vec<i64> {
        self.sweeps_by(path, minutes, 5).await
    }

    async fn sweeps_by(&self, path: &str, minutes: i64, step: i64) -> Vec<i64> {
        let began = minute_of(self.now());
        let mut asked = Vec::new();
        let mut known = self.web.asked(path).len();
        while minute_of(self.now()) - began < minutes {
            self.app.minutes_pass(step);
            self.app.tick(Duration::from_secs(5)).await;
            let now = self.web.asked(path).len();
            asked.extend((known..now).map(|_| minute_of(self.now()) - began));
            known = now;
        }
        asked
    }

    /// Sweeps until a path is requested again. Returns the minutes elapsed.
    async fn until_asked(&self, path: &str) -> i64 {
        for round in 1..2_000 {
            if !self.sweeps_by(path, 10, 10).await.is_empty() {
                return round * 10;
            }
        }
        panic!("{path} is never asked");
    }

    async fn refresh_now(&self, ann: &Client<'_>, feed: &str) -> String {
        let to = format!("/feed/{feed}/refresh");
        let sent = ann.post(&to, &[("return", "")]).await;
        sent.is(303);
        said(ann, &sent).await
    }
}

async fn said(ann: &Client<'_>, sent: &Answer) -> String {
    ann.get(sent.location()).await.words()
}

#[tokio::test]
async fn m01_only_the_first_request_is_unconditional() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    scene.reads(page).await;
    scene.sweeps_by("/feed", DAY, 20).await;
    let requests = scene.web.asked("/feed");
    assert!(requests.len() > 4, "{}", requests.len());
    for (n, request) in requests.iter().enumerate() {
        assert_eq!(
            request.header("if-none-match").is_some(),
            n > 0,
            "request {n}"
        );
    }
}

#[tokio::test]
async fn m02_both_validators_come_back_byte_for_byte() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    scene.reads(page).await;
    scene.sweeps("/feed", 125).await;
    let requests = scene.web.asked("/feed");
    let last = requests.last().unwrap();
    assert_eq!(last.header("if-none-match"), Some(ETAG));
    assert_eq!(last.header("if-modified-since"), Some(MODIFIED));
}

#[tokio::test]
async fn m03_the_pair_is_replaced_together_and_belongs_to_one_address() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated("\"1\"", MODIFIED);
    scene.reads(page).await;
    // The next response has only one of the two validators: the other is dropped.
    let news = Page::feed(busy("B", scene.now()));
    scene.web.put("/feed", news.header("ETag", "\"2\""));
    scene.sweeps("/feed", 125).await;
    scene.web.forget();
    scene.sweeps("/feed", 125).await;
    let request = &scene.web.asked("/feed")[0];
    assert_eq!(request.header("if-none-match"), Some("\"2\""));
    assert_eq!(request.header("if-modified-since"), None);
    // After a redirect to another address, no validators are sent there.
    let both = Page::feed(busy("B", scene.now())).validated("\"both\"", MODIFIED);
    scene.web.put("/feed", both);
    scene.until_asked("/feed").await;
    scene.web.forget();
    let there = Page::feed(busy("C", scene.now())).validated("\"3\"", MODIFIED);
    let url = scene.web.put("/elsewhere", there);
    scene.web.put("/feed", Page::redirect(302, &url));
    scene.sweeps("/feed", 125).await;
    let home = &scene.web.asked("/feed")[0];
    assert_eq!(home.header("if-none-match"), Some("\"both\""));
    assert_eq!(home.header("if-modified-since"), Some(MODIFIED));
    let first = &scene.web.asked("/elsewhere")[0];
    assert_eq!(first.header("if-none-match"), None);
    assert_eq!(first.header("if-modified-since"), None);
    scene.web.forget();
    scene.sweeps("/feed", 185).await;
    let last = &scene.web.asked("/elsewhere")[0];
    assert_eq!(last.header("if-none-match"), Some("\"3\""));
    assert_eq!(last.header("if-modified-since"), Some(MODIFIED));
    let home = &scene.web.asked("/feed")[0];
    assert_eq!(home.header("if-none-match"), None);
    assert_eq!(home.header("if-modified-since"), None);
}

#[tokio::test]
async fn m04_what_could_not_be_read_leaves_no_validators() {
    let scene = Scene::new().await;
    let good = Page::feed(busy("A", scene.now())).validated("\"good\"", MODIFIED);
    let (_, feed) = scene.reads(good).await;
    let broken = Page::html("<p>Maintenance</p>");
    scene
        .web
        .put("/feed", broken.validated("\"broken\"", "another day"));
    scene.until_asked("/feed").await;
    let summary = scene.app.feed(&feed).await.summary;
    assert!(summary.error.is_some());
    assert_eq!(summary.validators.etag.as_deref(), Some("\"good\""));
    scene.web.forget();
    scene.until_asked("/feed").await;
    let request = &scene.web.asked("/feed")[0];
    assert_eq!(request.header("if-none-match"), Some("\"good\""));
}

#[tokio::test]
async fn m04_what_could_not_be_committed_leaves_no_validators() {
    let Some(host) = Emulator::Firestore.host() else {
        return;
    };
    let (proxy, web) = (Proxy::start(&host), FakeWeb::start());
    let app = TestApp::in_cloud_by(proxy.host()).await;
    let ann = app.reader("ann").await;
    let page = Page::feed(busy("A", app.clock.now())).validated("\"1\"", MODIFIED);
    let feed = ann.subscribes(&web.put("/feed", page)).await;
    let known = app.count("Article").await;

    // The store fails while the publisher responds.
    app.minutes_pass(125);
    let news = busy("B", app.clock.now());
    let news = Page::feed(&*news).validated("\"2\"", "another day");
    web.put("/feed", news.after(Duration::from_secs(1)));
    web.forget();
    let goes_away = async {
        while web.asked("/feed").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        proxy.is(Line::Refuses, u32::MAX);
    };
    let (answer, ()) = tokio::join!(app.calls(), goes_away);
    answer.is(503);
    proxy.is(Line::Good, 0);
    assert_eq!(app.count("Article").await, known);
    let summary = app.feed(&feed).await.summary;
    assert_eq!(summary.validators.etag.as_deref(), Some("\"1\""));

    // The article arrives with the next request, which is independent of the lost one.
    web.forget();
    for _ in 0..24 {
        app.minutes_pass(20);
        app.tick(Duration::from_secs(5)).await;
    }
    let requests = web.asked("/feed");
    assert_eq!(requests[0].header("if-none-match"), Some("\"1\""));
    assert_eq!(requests[1].header("if-none-match"), Some("\"2\""));
    assert!(app.count("Article").await > known);
}

#[tokio::test]
async fn m05_a_304_is_a_success() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (_, feed) = scene.reads(page).await;
    scene.web.put("/feed", Page::status(500));
    scene.sweeps("/feed", 125).await;
    assert!(scene.app.feed(&feed).await.summary.failures > 0);
    let page = Page::feed("nobody reads this").validated(ETAG, MODIFIED);
    scene.web.put("/feed", page);
    scene.sweeps("/feed", 6 * 60).await;
    let summary = scene.app.feed(&feed).await.summary;
    assert_eq!((summary.failures, summary.error), (0, None));
    assert_eq!(scene.app.count("Article").await, 12);
}

#[tokio::test]
async fn m06_the_same_document_again_is_no_news_and_costs_nothing() {
    let scene = Scene::new().await;
    let text = FeedText::monthly("A", 3, at(10, 0));
    let (_, feed) = scene.reads(Page::feed(text.rss())).await;
    let before = scene.app.feed(&feed).await.version;
    let mut text = text;
    text.built = Some(at(11, 0));
    scene.web.put("/feed", Page::feed(text.rss()));
    let asked = scene.sweeps_by("/feed", 15 * DAY, 60).await;
    assert!(!asked.is_empty());
    assert_eq!(scene.app.feed(&feed).await.version, before);
}

#[tokio::test]
async fn m07_an_hour_is_the_least_and_a_day_without_validators() {
    for (validated, least) in [(true, 60), (false, DAY)] {
        let scene = Scene::new().await;
        let mut page = Page::feed(busy("A", scene.now()));
        if validated {
            page = page.validated(ETAG, MODIFIED);
        }
        scene.reads(page).await;
        let mut asked = vec![0];
        for day in 0..3 {
            let news = Page::feed(busy(&format!("A{day}"), scene.now()));
            let news = match validated {
                true => news.validated(&format!("\"{day}\""), MODIFIED),
                false => news,
            };
            scene.web.put("/feed", news);
            let minutes = scene.sweeps_by("/feed", DAY, 20).await;
            asked.extend(minutes.iter().map(|minute| day * DAY + minute));
        }
        let gaps: Vec<i64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(
            gaps.len() >= 2 && gaps.iter().all(|&gap| gap >= least),
            "{gaps:?}"
        );
    }
}

#[tokio::test]
async fn m08_no_request_before_the_answer_is_stale() {
    for (name, value, fresh) in [
        ("Cache-Control", "public, max-age=21600", 361),
        ("Expires", "Mon, 02 Mar 2026 18:00:00 GMT", 361),
        // A year is implausible, so it is capped at a day.
        ("Cache-Control", "max-age=31536000", DAY + 1),
    ] {
        let scene = Scene::new().await;
        let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
        let page = page.header("Date", "Mon, 02 Mar 2026 12:00:00 GMT");
        let (_, feed) = scene.reads(page.header(name, value)).await;
        assert!(
            scene.app.feed(&feed).await.summary.hints.fresh > 0,
            "{name}"
        );
        // A 304 without the header keeps the known value.
        let same = Page::feed("x").validated(ETAG, MODIFIED);
        scene.web.put("/feed", same);
        for round in 0..2 {
            let waited = scene.until_asked("/feed").await;
            assert!(waited >= fresh, "{name}, round {round}: {waited}");
        }
    }
}

#[tokio::test]
async fn m09_ttl_and_periods_and_hours_and_days_are_heeded() {
    let text = |now, asks: &str| {
        let channel = "<description>About</description>";
        busy("A", now).replace(channel, &format!("{channel}{asks}"))
    };
    for (asks, least) in [
        ("<ttl>360</ttl>", 360),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
            720,
        ),
    ] {
        let scene = Scene::new().await;
        let page = Page::feed(text(scene.now(), asks)).validated(ETAG, MODIFIED);
        scene.reads(page).await;
        let mut asked = vec![0];
        asked.extend(scene.sweeps("/feed", 2 * DAY).await);
        let gaps: Vec<i64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(
            gaps.len() >= 2 && gaps.iter().all(|&gap| gap >= least),
            "{asks}: {gaps:?}"
        );
    }
    // From 18:00 to midnight, and on Wednesdays. It is noon, on a Monday.
    let hours: String = (18..24)
        .map(|hour| format!("<hour>{hour}</hour>"))
        .collect();
    let asks = format!("<skipHours>{hours}</skipHours><skipDays><day>Wednesday</day></skipDays>");
    let scene = Scene::new().await;
    let page = Page::feed(text(scene.now(), &asks)).validated(ETAG, MODIFIED);
    let (ann, feed) = scene.reads(page).await;
    let asked = scene.sweeps_by("/feed", 4 * DAY, 20).await;
    assert!(asked.len() >= 4, "{asked:?}");
    for minute in asked {
        let when = at(12, 0) + TimeDelta::minutes(minute);
        let (day, hour) = (when.format("%a").to_string(), when.format("%H").to_string());
        assert!(day != "Wed" && hour.as_str() < "18", "{when}");
    }
    let page = ann.get(&format!("/feed/{feed}")).await.words();
    assert!(
        page.contains("names hours or days without checks"),
        "{page}"
    );
}

#[tokio::test]
async fn m10_a_requested_pause_is_kept() {
    for (status, header, pause) in [
        (429, Some("7200"), 120),
        (503, Some("Mon, 02 Mar 2026 20:00:00 GMT"), 240),
        (429, None, 240),
        // The maximum is two days.
        (503, Some("999999"), 2 * DAY),
    ] {
        let scene = Scene::new().await;
        let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
        let (ann, feed) = scene.reads(page).await;
        let mut later = Page::status(status);
        if let Some(value) = header {
            later = later.header("Retry-After", value);
        }
        scene.web.put("/feed", later);
        scene.until_asked("/feed").await;
        let since = minute_of(scene.now());
        let summary = scene.app.feed(&feed).await.summary;
        let until = match header {
            Some(value) if value.contains(':') => minute_of(at(20, 0)),
            _ => since + pause,
        };
        assert!(
            summary.not_before >= until,
            "{status} {header:?}: {}",
            summary.not_before - since
        );
        assert!(summary.not_before <= until + 60, "{status} {header:?}");
        let refused = scene.refresh_now(&ann, &feed).await;
        assert!(refused.contains("again in"), "{refused}");
        scene.web.forget();
        let waited = scene.until_asked("/feed").await;
        assert!(since + waited >= until, "{status} {header:?}: {waited}");
    }
}

#[tokio::test]
async fn m10_a_waiting_request_heeds_the_pause_of_the_one_before() {
    let scene = Scene::new().await;
    let busy_page = Page::status(429).header("Retry-After", "7200");
    let link = scene
        .web
        .put("/page", busy_page.after(Duration::from_millis(300)));
    let mut text = FeedText::wire("A", 2, scene.now());
    for entry in &mut text.entries {
        entry.link = Some(link.clone());
    }
    let (ann, feed) = scene.reads(Page::feed(text.rss())).await;
    let wants = async |n: u32| {
        let to = format!("/article/{feed}-{n}/full-text");
        let sent = ann.post(&to, &[("in", "all")]).await;
        sent.status
    };
    tokio::join!(wants(1), wants(2));
    assert_eq!(scene.web.asked("/page").len(), 1);
}

#[tokio::test]
async fn m10_hubs_that_say_later_are_left_alone_too() {
    TestApp::online(&[], async |app| {
        let web = FakeWeb::start();
        let later = Page::status(429).header("Retry-After", "7200");
        let hub = web.put("/hub", later);
        let ann = app.reader("ann").await;
        for name in ["one", "two"] {
            let own = web.url(&format!("/{name}"));
            let link = format!("<{hub}>; rel=\"hub\", <{own}>; rel=\"self\"");
            let page = Page::feed(busy(name, app.clock.now())).header("Link", &link);
            ann.subscribes(&web.put(&format!("/{name}"), page)).await;
        }
        app.daily().await;
        assert_eq!(web.asked("/hub").len(), 1);
        app.minutes_pass(60);
        app.daily().await;
        assert_eq!(web.asked("/hub").len(), 1, "within two hours");
        app.minutes_pass(3 * DAY);
        app.daily().await;
        assert!(web.asked("/hub").len() > 1, "it isn't given up");
    })
    .await;
}

#[tokio::test]
async fn m11_a_move_is_believed_after_a_fortnight_and_no_passing_redirect_ever() {
    for (status, moves) in [
        (301, true),
        (308, true),
        (302, false),
        (303, false),
        (307, false),
    ] {
        let scene = Scene::new().await;
        let text = FeedText::monthly("A", 3, at(10, 0)).rss();
        let (_, feed) = scene
            .reads(Page::feed(&*text).validated(ETAG, MODIFIED))
            .await;
        let target = scene
            .web
            .put("/new", Page::feed(&*text).validated(ETAG, MODIFIED));
        scene.web.put("/feed", Page::redirect(status, &target));
        let asked = scene.sweeps_by("/feed", BELIEVED, 6 * 60).await;
        assert!(!asked.is_empty(), "{status}: {asked:?}");
        let url = scene.app.feed(&feed).await.summary.url;
        assert!(
            url.as_str().ends_with("/feed"),
            "{status}: too early at {url}"
        );
        scene.sweeps_by("/feed", 16 * DAY, 6 * 60).await;
        let feed_now = scene.app.feed(&feed).await;
        assert_eq!(
            feed_now.summary.url.as_str().ends_with("/new"),
            moves,
            "{status}: {}",
            feed_now.summary.url
        );
        scene.web.forget();
        scene.sweeps_by("/feed", 8 * DAY, 6 * 60).await;
        assert_eq!(scene.web.asked("/feed").is_empty(), moves, "{status}");
        let direct = &scene.web.asked("/new")[0];
        assert_eq!(direct.header("if-none-match"), Some(ETAG), "{status}");
        assert_eq!(scene.app.count("Article").await, 3, "{status}");
        // Both addresses resolve to the same feed.
        let old = scene.web.url("/feed");
        let bob = scene.app.reader("bob").await;
        for url in [old.as_str(), target.as_str()]
            .into_iter()
            .take(1 + usize::from(moves))
        {
            assert_eq!(bob.subscribes(url).await, feed, "{status}: {url}");
        }
        scene.app.is_sound().await;
    }
}

#[tokio::test]
async fn m11_a_fortnight_is_counted_anew_for_each_target() {
    let scene = Scene::new().await;
    let text = FeedText::monthly("A", 3, at(10, 0)).rss();
    let (_, feed) = scene.reads(Page::feed(&*text)).await;
    // First one target, then another, each for less than two weeks, with one request without a redirect in between.
    let [here, there] = ["/here", "/there"].map(|path| scene.web.put(path, Page::feed(&*text)));
    for target in [&here, &there, &here] {
        scene.web.put("/feed", Page::redirect(301, target));
        scene.sweeps_by("/feed", BELIEVED - DAY, 6 * 60).await;
    }
    scene.web.put("/feed", Page::feed(&*text));
    scene.until_asked("/feed").await;
    scene.web.put("/feed", Page::redirect(301, &here));
    scene.sweeps_by("/feed", BELIEVED - DAY, 6 * 60).await;
    let summary = scene.app.feed(&feed).await.summary;
    assert!(summary.url.as_str().ends_with("/feed"), "{}", summary.url);
    scene.sweeps_by("/feed", 10 * DAY, 6 * 60).await;
    let summary = scene.app.feed(&feed).await.summary;
    assert!(summary.url.as_str().ends_with("/here"), "{}", summary.url);
}

#[tokio::test]
async fn m12_gone_ends_it_and_not_found_does_not() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (ann, feed) = scene.reads(page).await;
    scene.web.put("/feed", Page::status(404));
    let asked = scene.sweeps_by("/feed", DAY, 20).await;
    assert!((2..=6).contains(&asked.len()), "{asked:?}");
    scene.web.put("/feed", Page::status(410));
    assert_eq!(scene.sweeps_by("/feed", 2 * DAY, 20).await.len(), 1);
    assert_eq!(scene.sweeps_by("/feed", 10 * DAY, 240).await.len(), 0);
    assert_eq!(
        ann.titles(&format!("/feed/{feed}?state=all")).await.len(),
        12
    );
    let page = ann.get(&format!("/feed/{feed}")).await.words();
    assert!(page.contains("taken this feed down for good"), "{page}");
}

#[tokio::test]
async fn m13_failures_back_off_to_a_week_and_never_end() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (ann, feed) = scene.reads(page).await;
    scene.web.put("/feed", Page::status(500));
    let asked = scene.sweeps_by("/feed", 26 * DAY, 120).await;
    let gaps: Vec<i64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        gaps.windows(2).all(|pair| pair[1] + 240 >= pair[0]),
        "{gaps:?}"
    );
    let longest = gaps.last().copied().unwrap();
    assert!((7 * DAY..7 * DAY + 240).contains(&longest), "{gaps:?}");
    // After a month without a visit readers are inactive, but feeds keep their state: the page still shows it.
    let page = ann.get(&format!("/feed/{feed}/settings")).await.words();
    assert!(
        page.contains("checks failed") && page.contains("Next check in"),
        "{page}"
    );
}

#[tokio::test]
async fn pages_say_when_a_feed_was_checked_as_far_as_the_instance_knows() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (ann, feed) = scene.reads(page).await;
    scene.sweeps_by("/feed", 2 * DAY, 20).await;
    // Until a response was 304 and changed nothing in the feed's record, not even how often it is asked.
    for turn in 0.. {
        let before = scene.app.feed(&feed).await.version;
        scene.until_asked("/feed").await;
        if scene.app.feed(&feed).await.version == before {
            break;
        }
        assert!(turn < 9, "each response changes its record");
    }
    let path = format!("/feed/{feed}");
    let words = ann.get(&path).await.words();
    assert!(words.contains("Checked just now. Next check in"), "{words}");
    let other = scene.app.beside().await;
    let there = ann.at(&other);
    let words = there.get(&path).await.words();
    assert!(!words.contains("Checked "), "{words}");
    assert!(words.contains("Next check in"), "{words}");
    other.tick(Duration::from_secs(5)).await;
    let words = there.get(&path).await.words();
    assert!(words.contains("Checked just now. Next check in"), "{words}");
}

#[tokio::test]
async fn m14_one_request_serves_all_readers() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    scene.reads(page).await;
    for name in ["bob", "cid", "dan"] {
        let other = scene.app.reader(name).await;
        other.subscribes(&scene.web.url("/feed")).await;
    }
    assert_eq!(scene.web.asked("/feed").len(), 1);
    let asked = scene.sweeps("/feed", 125).await;
    assert!(asked.len() <= 2, "{asked:?}");
}

#[tokio::test]
async fn m15_the_agent_names_a_contact_and_how_many_read() {
    for (contact, named) in [
        ("", "+http://reader.example/about/fetcher"),
        ("mailto:ann@example.org", "+mailto:ann@example.org"),
    ] {
        let app = TestApp::with(&[("FETCH_CONTACT", contact)]).await;
        let web = FakeWeb::start();
        let page = Page::feed(busy("A", app.clock.now())).validated(ETAG, MODIFIED);
        let url = web.put("/feed", page);
        for name in ["ann", "bob"] {
            app.reader(name).await.subscribes(&url).await;
        }
        for _ in 0..30 {
            app.minutes_pass(5);
            app.tick(Duration::from_secs(5)).await;
        }
        let requests = web.asked("/feed");
        let agent = requests.last().unwrap().header("user-agent").unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let begins = agent.strip_prefix(&*format!("Dormouse/{version} ({named}"));
        let key = begins.and_then(|rest| rest.strip_suffix("; 2 subscribers)"));
        // Our own page's address carries a key for this host; see `arriving`.
        let key = key.unwrap_or_else(|| panic!("{agent}"));
        let is_keyed = key.starts_with("?site=127.0.0.1&key=");
        assert_eq!(is_keyed, contact.is_empty(), "{agent}");
        assert!(is_keyed || key.is_empty(), "{agent}");
    }
    let app = TestApp::start().await;
    let page = app.stranger().get("/about/fetcher").await;
    assert_eq!(
        (page.status, page.cost),
        (200, dormouse::datastore::Cost::default())
    );
    for word in [
        "410",
        "Retry-After",
        "skipHours",
        "fourteen days",
        "robots.txt",
    ] {
        assert!(page.text().contains(word), "{word}");
    }
}

#[tokio::test]
async fn m16_feeds_first_and_packed() {
    let scene = Scene::new().await;
    let gzipped = Page::feed(busy("A", scene.now())).gzipped();
    let (ann, _) = scene.reads(gzipped).await;
    let requests = scene.web.asked("/feed");
    let accept = requests[0].header("accept").unwrap();
    assert!(
        accept.starts_with("application/atom+xml, application/rss+xml"),
        "{accept}"
    );
    let packed = requests[0].header("accept-encoding").unwrap();
    for kind in ["gzip", "br", "zstd"] {
        assert!(packed.contains(kind), "{packed}");
    }
    // Every encoding in `Accept-Encoding` is supported.
    let feed = |name| Page::feed(busy(name, scene.now()));
    for (path, page) in [("/br", feed("B").brotli()), ("/zstd", feed("C").zstd())] {
        let id = ann.subscribes(&scene.web.put(path, page)).await;
        assert_eq!(ann.titles(&format!("/feed/{id}")).await.len(), 12, "{path}");
    }
}

#[tokio::test]
async fn m17_no_cookies_no_referer_and_nothing_appended() {
    let scene = Scene::new().await;
    let elsewhere = Page::feed(busy("A", scene.now())).header("Set-Cookie", "b=2");
    let url = scene.web.put("/real?x=1", elsewhere);
    let page = Page::redirect(302, &url).header("Set-Cookie", "a=1; Path=/");
    scene.reads(page).await;
    scene.sweeps_by("/feed", 4 * DAY, 60).await;
    let requests = scene.web.requests();
    assert!(requests.len() >= 4, "{}", requests.len());
    for request in requests {
        assert!(
            ["/feed", "/real?x=1"].contains(&request.path.as_str()),
            "{}",
            request.path
        );
        for header in ["cookie", "referer", "cache-control", "pragma", "origin"] {
            assert_eq!(request.header(header), None, "{header}");
        }
    }
}

#[tokio::test]
async fn m18_one_at_a_time_with_a_pause_and_each_at_its_own_minute() {
    let app = TestApp::with(&[("HOST_SPACING_MS", "30")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let mut feeds = Vec::new();
    for n in 0..12 {
        let text = FeedText::wire(&format!("F{n}"), 12, app.clock.now()).rss();
        let page = Page::feed(text).validated(ETAG, MODIFIED);
        let slow = page.after(Duration::from_millis(20));
        feeds.push(ann.subscribes(&web.put(&format!("/f{n}"), slow)).await);
    }
    let mut slots = std::collections::BTreeSet::new();
    for slot in 0..24 {
        web.forget();
        app.minutes_pass(5);
        app.tick(Duration::from_secs(5)).await;
        if !web.requests().is_empty() {
            slots.insert(slot % 12);
        }
    }
    assert_eq!(web.most_at_once(), 1);
    assert!(
        slots.len() >= 5,
        "twelve hourly feeds in {slots:?} of twelve slots"
    );
}

/// All kinds of requests: discovered feeds, redirect targets, other tiers' feeds, manual refreshes, full texts.
#[tokio::test]
async fn m18_the_pause_holds_across_all_requests_to_a_host() {
    let app = TestApp::with(&[("HOST_SPACING_MS", "60")]).await;
    let web = FakeWeb::with_hosts(2);
    let ann = app.reader("ann").await;
    let here = |path: &str| web.url_at(1, path);
    let wire = |name: &str| FeedText::wire(name, 12, app.clock.now()).rss();
    web.put(
        "/site",
        Page::html("<link rel=alternate type=application/rss+xml href=/feed>"),
    );
    web.put("/feed", Page::feed(wire("A")).validated(ETAG, MODIFIED));
    web.put(
        "/slow",
        Page::feed(FeedText::monthly("B", 3, app.clock.now()).rss()),
    );
    web.put("/there", Page::feed(wire("C")));
    web.put("/from-elsewhere", Page::redirect(302, &here("/there")));
    ann.subscribes(&here("/site")).await;
    let slow = ann.subscribes(&here("/slow")).await;
    ann.subscribes(&web.url_at(0, "/from-elsewhere")).await;
    app.minutes_pass(8 * DAY);
    app.tick(Duration::from_secs(5)).await;
    ann.get(&format!("/feed/{slow}/icon")).await.is(200);
    app.minutes_pass(2 * DAY);
    let form = [("return", "/all")];
    let again = format!("/feed/{slow}/refresh");
    tokio::join!(ann.post(&again, &form), app.tick(Duration::from_secs(5)));
    let mut moments: Vec<_> = web.requests().into_iter().collect();
    moments.retain(|request| here("/").contains(&request.host.to_string()));
    assert!(moments.len() >= 9, "{moments:?}");
    assert_eq!(web.most_at_once(), 1);
    for two in moments.windows(2) {
        let pause = two[1].at - two[0].at;
        assert!(
            pause >= Duration::from_millis(55),
            "{pause:?} before {}",
            two[1].path
        );
    }
}

#[tokio::test]
async fn m12_a_410_behind_a_passing_redirect_ends_nothing() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (_, feed) = scene.reads(page).await;
    scene.web.put("/maintenance", Page::status(410));
    for (status, ends) in [(302, false), (308, true)] {
        let away = Page::redirect(status, &scene.web.url("/maintenance"));
        scene.web.put("/feed", away);
        scene.app.minutes_pass(8 * DAY);
        scene.app.tick(Duration::from_secs(5)).await;
        let summary = scene.app.feed(&feed).await.summary;
        assert!(summary.error.is_some());
        assert_eq!(summary.is_gone(), ends, "{status}");
    }
}

#[tokio::test]
async fn m19_an_icon_is_fetched_weekly_with_misses_remembered() {
    for (name, there) in [
        ("/favicon.ico", true),
        ("/favicon.ico", false),
        ("/i.png", true),
        ("/i.png", false),
    ] {
        let scene = Scene::new().await;
        let site = Page::html(&format!("<link rel=icon href={name}>"));
        let site = if name == "/i.png" {
            site
        } else {
            Page::status(404)
        };
        scene.web.put("/", site);
        if there {
            scene
                .web
                .put(name, Page::of("image/png", &b"\x89PNG\r\n\x1a\n"[..]));
        }
        let text = busy("A", scene.now()).replace("http://site.example/", &scene.web.url("/"));
        let (ann, feed) = scene
            .reads(Page::feed(text).validated(ETAG, MODIFIED))
            .await;
        let icon = format!("/feed/{feed}/icon");
        let bob = scene.app.reader("bob").await;
        bob.subscribes(&scene.web.url("/feed")).await;
        let mut began = minute_of(scene.now());
        for week in 1..=3 {
            let mut looked = 0;
            while minute_of(scene.now()) - began < 7 * DAY {
                let found = ann.get(&icon).await.status;
                assert!(matches!(found, 200 | 302), "{found}");
                assert_eq!(bob.get(&icon).await.status, found);
                // A restart loses whatever isn't stored.
                let other = scene.app.beside().await;
                assert_eq!(ann.at(&other).get(&icon).await.status, found);
                scene.app.minutes_pass(DAY / 2);
                looked += 1;
            }
            assert!(looked >= 13, "{looked}");
            assert_eq!(scene.web.asked("/").len(), week, "{name} {there}");
            assert_eq!(scene.web.asked(name).len(), week, "{name} {there}");
            began = minute_of(scene.now());
        }
        // Neither sweeps nor anything else fetches icons.
        scene.web.forget();
        scene.sweeps_by("/feed", 8 * DAY, 60).await;
        ann.get("/unread").await.is(200);
        assert!(scene.web.asked(name).is_empty());
    }
}

#[tokio::test]
async fn m20_a_restart_repeats_no_request() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (_, feed) = scene.reads(page).await;
    scene.sweeps("/feed", 125).await;
    scene.web.forget();
    // Another instance shares only the store.
    let other = scene.app.beside().await;
    for _ in 0..2 {
        // After the lease, and within the feed's hour.
        scene.app.minutes_pass(6);
        let report = other.tick(Duration::from_secs(5)).await;
        assert!(report.finished && report.declined_until.is_none());
    }
    let since = minute_of(scene.now()) - scene.app.feed(&feed).await.summary.asked;
    assert!(since < 120, "{since}");
    assert!(scene.web.asked("/feed").is_empty());
}

#[tokio::test]
async fn m21_a_readers_own_refresh_is_as_polite_and_says_why() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (ann, feed) = scene.reads(page).await;
    let refused = scene.refresh_now(&ann, &feed).await;
    assert!(
        refused.contains("Already checked this hour. You can refresh again in 60 min."),
        "{refused}"
    );
    scene.app.minutes_pass(60);
    let done = scene.refresh_now(&ann, &feed).await;
    assert!(done.contains("Checked just now. Nothing new."), "{done}");
    let again = scene.refresh_now(&ann, &feed).await;
    assert!(again.contains("Already checked this hour"), "{again}");
    assert_eq!(scene.web.asked("/feed").len(), 2);
    // The sweep respects it too.
    assert!(scene.sweeps("/feed", 55).await.is_empty());
    let more = FeedText::wire("A", 12, at(12, 0)).and(Entry::new("late", scene.now()));
    let more = Page::feed(more.rss()).validated("\"2\"", "x");
    scene
        .web
        .put("/feed", more.header("Cache-Control", "max-age=14400"));
    scene.app.minutes_pass(5);
    let news = scene.refresh_now(&ann, &feed).await;
    assert!(news.contains("1 new article"), "{news}");
    scene.app.minutes_pass(65);
    let refused = scene.refresh_now(&ann, &feed).await;
    assert!(refused.contains("asks for at least 4 hours"), "{refused}");
    let program = scene.app.program_of(&ann).await;
    let to = format!("/api/v1/subscriptions/{feed}/refresh");
    let sent = program.ask(http::Method::POST, &to).send().await;
    assert_eq!(sent.is(200).json()["asked"], false);
    assert!(sent.json()["said"].as_str().unwrap().contains("4 hours"));
}

#[tokio::test]
async fn m23_robots_txt_is_not_fetched_and_a_refusal_is_accepted() {
    let scene = Scene::new().await;
    let page = Page::feed(busy("A", scene.now())).validated(ETAG, MODIFIED);
    let (_, feed) = scene.reads(page).await;
    scene.web.put("/feed", Page::status(403));
    let asked = scene.sweeps_by("/feed", 2 * DAY, 20).await;
    assert!((3..=7).contains(&asked.len()), "{asked:?}");
    let agents: std::collections::BTreeSet<_> = scene
        .web
        .requests()
        .iter()
        .map(|request| request.header("user-agent").unwrap()[..9].to_owned())
        .collect();
    assert_eq!(agents.into_iter().collect::<Vec<_>>(), ["Dormouse/"]);
    assert!(scene.web.asked("/robots.txt").is_empty());
    assert_ne!(scene.app.feed(&feed).await.summary.tier, PollTier::Off);
}
