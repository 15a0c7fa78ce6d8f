//! Clean-ups: readers become inactive and return, orphaned data is deleted, within a cost budget, and safely if
//! interrupted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use dormouse::datastore::{Cost, metered};
use dormouse::feeds::{self, PollTier};
use dormouse::ids::{FeedId, UserId};
use dormouse::maintenance::{self, Budget, daily, orphans, sessions, sleepers};
use dormouse::shelf::sleep::{FEEDS_A_STEP, Falling, wake};
use dormouse::shelf::subscribe::{Added, Wish, subscribe, unsubscribe};
use dormouse::shelf::{Shelf, store as shelves};
use dormouse::users::{self, User, day_of};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

use crate::support::{
    Answer, CRON_SECRET, Client, Entry, FakeWeb, FeedText, PASSWORD, Page, Shell, TestApp, at,
    attribute,
};

/// More than any shelf here needs.
const ANY: dormouse::config::ShelfLimits = dormouse::config::ShelfLimits {
    feeds: 5_000,
    mb: 0,
};

const DAY: i64 = 24 * 60;

/// Publishes feeds on one publisher, each polled once a week and with three articles.
fn publish(web: &FakeWeb, count: usize) -> Vec<String> {
    let feeds = (0..count).map(|n| {
        let path = format!("/feed{n}");
        let text = FeedText::monthly(&format!("F{n}"), 3, at(10, 0)).rss();
        let page = Page::feed(text).validated(&format!("\"{n}\""), "Mon, 02 Mar 2026 10:00:00 GMT");
        web.put(&path, page);
        web.url(&path)
    });
    feeds.collect()
}

/// Subscribes to feeds without fetching them.
async fn imports(program: &Client<'_>, urls: &[String]) {
    let mut opml = "<opml version=\"2.0\"><body>".to_owned();
    for url in urls {
        write!(opml, "<outline type=\"rss\" text=\"x\" xmlUrl=\"{url}\"/>").unwrap();
    }
    opml.push_str("</body></opml>");
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    let done = ask.body("text/x-opml", opml).send().await;
    assert_eq!(done.is(200).json()["refused"], 0);
}

/// One scheduler request.
async fn cron(app: &TestApp, job: &str) -> Answer {
    let bearer = format!("Bearer {CRON_SECRET}");
    let path = format!("/cron/{job}");
    let someone = app.stranger();
    let ask = someone.ask(http::Method::GET, &path);
    let answer = ask.header("authorization", &bearer).send().await;
    answer.is(200);
    answer
}

async fn job(app: &TestApp, name: &str) -> Value {
    cron(app, name).await.json()
}

fn billed(cost: Cost) -> (u64, u64, u64) {
    (cost.reads, cost.writes, cost.deletes)
}

fn reported(report: &Value) -> (u64, u64, u64) {
    let number = |what: &str| report["cost"][what].as_u64().unwrap();
    (number("reads"), number("writes"), number("deletes"))
}

async fn user(app: &TestApp, name: &str) -> User {
    let email = format!("{name}@example.org");
    let user = users::store::by_email(&app.state.store, &email).await;
    user.unwrap().unwrap()
}

async fn signs_in(client: &Client<'_>, name: &str) {
    let email = format!("{name}@example.org");
    let form = [("email", email.as_str()), ("password", PASSWORD)];
    client.post("/signin", &form).await.is(303);
}

/// A feed's subscribers, those of them who are active, and its poll tier.
async fn stand(app: &TestApp, feed: &str) -> (u32, u32, PollTier) {
    let summary = app.feed(feed).await.summary;
    (summary.subscribers, summary.awake(), summary.tier)
}

/// Progress of the waking, as shown by the page's progress bar.
fn bar(page: &Answer) -> Option<(u32, u32)> {
    let part = |name: &str| attribute(page.text(), "id=\"waking\"", name)?.parse().ok();
    Some((part("data-done")?, part("data-total")?))
}

/// A step requested by the page's script.
async fn wakes_some(client: &Client<'_>) -> Value {
    let ask = client.ask(http::Method::POST, "/wake/step");
    let ask = ask.form(&[("return", "/all")]);
    let answer = ask.header("accept", "application/json").send().await;
    answer.is(200).json()
}

#[tokio::test]
async fn a_reader_falls_asleep_after_thirty_days_and_not_before() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let mut feeds = Vec::new();
    for url in publish(&web, 2) {
        feeds.push(ann.subscribes(&url).await);
    }
    app.refresh().await;

    app.minutes_pass(30 * DAY);
    let report = job(&app, "sleepers").await;
    assert_eq!(
        (&report["fell_asleep"], &report["finished"]),
        (&0.into(), &true.into())
    );
    assert_eq!(reported(&report), (1, 0, 0));
    assert!(user(&app, "ann").await.awake);

    app.minutes_pass(DAY);
    let report = job(&app, "sleepers").await;
    assert_eq!(
        (&report["fell_asleep"], &report["feeds"]),
        (&1.into(), &2.into())
    );
    // Reads: the user, the shelf twice, two feeds. Writes: two feeds and the user.
    assert_eq!(reported(&report), (5, 3, 0));
    assert!(!user(&app, "ann").await.awake);
    for feed in &feeds {
        assert_eq!(stand(&app, feed).await, (1, 0, PollTier::Off));
        let summary = app.feed(feed).await.summary;
        assert!(!summary.is_gone() && summary.has_validators() && !summary.digest.is_empty());
    }
    app.is_sound().await;

    web.forget();
    app.minutes_pass(30 * DAY);
    app.refresh().await;
    assert_eq!(
        web.requests().len(),
        0,
        "nobody is asked for feeds of sleepers"
    );
    let again = job(&app, "sleepers").await;
    assert_eq!(
        (&again["fell_asleep"], reported(&again)),
        (&0.into(), (1, 0, 0))
    );
}

#[tokio::test]
async fn a_feed_rests_only_when_the_last_of_its_readers_sleeps() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let urls = publish(&web, 2);
    let shared = ann.subscribes(&urls[0]).await;
    let own = ann.subscribes(&urls[1]).await;
    assert_eq!(bob.subscribes(&urls[0]).await, shared);
    app.refresh().await;
    app.minutes_pass(20 * DAY);
    bob.get("/all").await.is(200);
    app.minutes_pass(15 * DAY);

    let report = job(&app, "sleepers").await;
    assert_eq!(report["fell_asleep"], 1);
    assert_eq!(stand(&app, &own).await, (1, 0, PollTier::Off));
    let (readers, awake, tier) = stand(&app, &shared).await;
    assert_eq!((readers, awake), (2, 1));
    assert_ne!(tier, PollTier::Off);
    app.is_sound().await;
    web.forget();
    app.refresh().await;
    let asked: Vec<_> = web.requests().into_iter().map(|one| one.path).collect();
    assert_eq!(asked, ["/feed0"], "for Bob");

    app.minutes_pass(30 * DAY);
    job(&app, "sleepers").await;
    assert_eq!(stand(&app, &shared).await, (2, 0, PollTier::Off));
    web.forget();
    app.minutes_pass(8 * DAY);
    app.refresh().await;
    assert_eq!(web.requests().len(), 0);
    app.is_sound().await;
}

#[tokio::test]
async fn a_returning_user_sees_their_feeds_wake_and_keeps_what_was_read() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 3)).await;
    app.refresh().await;
    let first = ann.whole_list("/all").await.remove(0);
    ann.post(&format!("/article/{}/read", first.id), &[])
        .await
        .is(303);
    assert_eq!(ann.unread().await, 8);
    app.minutes_pass(40 * DAY);
    job(&app, "daily").await;
    let news = FeedText::monthly("F1", 3, at(10, 0)).and(Entry::new("late", at(11, 0)));
    web.put("/feed1", Page::feed(news.rss()));
    web.forget();

    signs_in(&ann, "ann").await;
    let page = ann.get("/unread").await;
    assert_eq!(bar(page.is(200)), Some((0, 3)));
    assert!(page.text().contains("Welcome back"));
    let back = user(&app, "ann").await;
    assert!(back.is_waking() && back.last_seen_day == day_of(app.clock.now()));
    assert_eq!(web.requests().len(), 0, "nothing yet: the page asks for it");

    let step = wakes_some(&ann).await;
    assert_eq!((&step["done"], &step["total"]), (&3.into(), &3.into()));
    let asked = web.requests();
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .all(|one| one.header("if-none-match").is_some()),
        "conditionally"
    );
    app.is_sound().await;
    let page = ann.get("/unread").await;
    assert_eq!(bar(&page), None);
    assert_eq!(ann.unread().await, 9, "one was read, and one is new");
    let titles = ann.titles("/unread").await;
    assert!(titles.contains(&"Title of late".to_owned()) && !titles.contains(&first.title));
    assert_eq!(user(&app, "ann").await.profile.resting, BTreeSet::new());

    let step = ann.post("/wake/step", &[("return", "/all")]).await;
    assert_eq!(
        step.is(303).location(),
        "/all",
        "without scripts, and with nothing to do"
    );
}

#[tokio::test]
async fn a_visit_is_noted_once_a_day_by_page_and_by_program() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    app.minutes_pass(DAY);
    assert_eq!(
        ann.get("/help").await.is(200).cost.writes,
        2,
        "her record and her session"
    );
    assert_eq!(ann.get("/help").await.is(200).cost.writes, 0);
    // The page wrote the user's record, but not the token's last-used day.
    let list = "/api/v1/subscriptions";
    assert_eq!(program.get(list).await.is(200).cost.writes, 1);
    app.forgets();
    let plain = program.get(list).await.is(200).cost;
    assert_eq!(plain.writes, 0);
    app.minutes_pass(DAY);
    app.forgets();
    let first = program.get(list).await.is(200).cost;
    assert_eq!((first.reads, first.writes), (plain.reads + 1, 2));
    assert_eq!(
        user(&app, "ann").await.last_seen_day,
        day_of(app.clock.now())
    );
    app.forgets();
    assert_eq!(program.get(list).await.is(200).cost, plain);

    app.minutes_pass(29 * DAY);
    program.get(list).await.is(200);
    app.minutes_pass(29 * DAY);
    assert_eq!(
        job(&app, "sleepers").await["fell_asleep"],
        0,
        "programs keep their owners awake"
    );
}

#[tokio::test]
async fn a_program_wakes_its_owner_in_bounded_requests() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 230)).await;
    app.minutes_pass(31 * DAY);
    assert_eq!(job(&app, "sleepers").await["feeds"], 230);
    let list = "/api/v1/subscriptions";
    program.get(list).await.is(200);
    assert_eq!(user(&app, "ann").await.profile.resting.len(), 30);
    program.get(list).await.is(200);
    assert!(!user(&app, "ann").await.is_waking());
    let calm = program.get(list).await.is(200).cost;
    assert_eq!(calm.writes, 0);
    app.is_sound().await;
    assert_eq!(
        app.refresh().await["fetched"],
        230,
        "they are the next tick's"
    );
}

#[tokio::test]
async fn a_new_reader_wakes_a_feed_that_slept() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = publish(&web, 1).remove(0);
    let feed = ann.subscribes(&url).await;
    app.minutes_pass(31 * DAY);
    job(&app, "sleepers").await;
    let bob = app.reader("bob").await;
    assert_eq!(bob.subscribes(&url).await, feed);
    assert_eq!(stand(&app, &feed).await, (2, 1, PollTier::New));
    let page = bob.get("/unread").await;
    assert_eq!(bar(page.is(200)), Some((0, 1)));
    assert!(!page.text().contains("Welcome back"), "they weren't away");
    web.forget();
    assert_eq!(app.refresh().await["fetched"], 1);
    bob.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    assert_eq!(stand(&app, &feed).await, (1, 0, PollTier::Off));
    app.is_sound().await;
}

#[tokio::test]
async fn a_feed_that_its_publisher_took_down_is_not_woken() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = publish(&web, 1).remove(0);
    let feed = ann.subscribes(&url).await;
    web.put("/feed0", Page::status(410));
    app.minutes_pass(8 * DAY);
    app.refresh().await;
    assert!(app.feed(&feed).await.summary.is_gone());
    app.minutes_pass(32 * DAY);
    job(&app, "sleepers").await;
    assert_eq!(stand(&app, &feed).await, (1, 0, PollTier::Off));
    signs_in(&ann, "ann").await;
    web.forget();
    assert_eq!(wakes_some(&ann).await["done"], 1);
    assert!(app.feed(&feed).await.summary.is_gone());
    assert_eq!((stand(&app, &feed).await.1, web.requests().len()), (1, 0));
    app.is_sound().await;
}

#[tokio::test]
async fn sleeping_and_waking_with_120_feeds_costs_what_it_must() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 120)).await;
    app.refresh().await;
    app.minutes_pass(31 * DAY);

    // Reads: one user, four for the shelf, 120 feeds. Writes: 120 feeds, and the user three times.
    assert_eq!(reported(&job(&app, "sleepers").await), (125, 123, 0));
    app.is_sound().await;

    signs_in(&ann, "ann").await;
    app.forgets();
    let page = ann.get("/unread").await;
    // Reads: two for session and account, six for the shelf, two for the page. Writes: the user's record.
    assert_eq!((page.is(200).cost.reads, page.cost.writes), (10, 1));
    let store = &app.state.store;
    let mut reader = user(&app, "ann").await;
    let mut costs = Vec::new();
    while reader.is_waking() {
        let (woken, cost) = metered(wake(store, &reader, app.clock.now(), FEEDS_A_STEP)).await;
        reader = woken.unwrap();
        costs.push(billed(cost));
    }
    assert_eq!(costs, [(50, 51, 0), (50, 51, 0), (20, 21, 0)]);
    app.is_sound().await;
    let calm = metered(wake(store, &reader, app.clock.now(), FEEDS_A_STEP)).await;
    assert_eq!(billed(calm.1), (0, 0, 0));
}

#[tokio::test]
async fn each_step_of_a_stopped_job_is_kept_and_the_next_goes_on() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let program = app.program_of(&ann).await;
    let urls = publish(&web, 120);
    imports(&program, &urls).await;
    imports(&app.program_of(&bob).await, &urls[..70]).await;
    app.minutes_pass(31 * DAY);
    let (store, clock) = (&app.state.store, &app.clock);

    let none = &mut Budget::of(Duration::ZERO);
    let (report, cost) = metered(sleepers::clean(store, clock, none)).await;
    assert_eq!((report.unwrap().finished, billed(cost)), (false, (0, 0, 0)));

    // A query and one commit per call: 120 feeds take three commits, 70 take two.
    let mut calls = Vec::new();
    loop {
        let budget = &mut Budget::of(Duration::from_secs(60)).with_steps(2);
        let report = sleepers::clean(store, clock, budget).await.unwrap();
        app.is_sound().await;
        calls.push((report.done.feeds, report.done.fell_asleep));
        if report.finished {
            break;
        }
    }
    let feeds: usize = calls.iter().map(|call| call.0).sum();
    assert_eq!((feeds, calls.len()), (190, 5), "{calls:?}");

    // The reader leaves half-way through waking, becomes inactive again, and returns once more.
    let mut back = users::store::seen(store, user(&app, "ann").await, day_of(clock.now()));
    let reader = back.await.unwrap().unwrap();
    wake(store, &reader, clock.now(), FEEDS_A_STEP)
        .await
        .unwrap();
    app.is_sound().await;
    app.minutes_pass(31 * DAY);
    let report = job(&app, "sleepers").await;
    assert_eq!(
        (&report["feeds"], &report["fell_asleep"]),
        (&50.into(), &1.into())
    );
    app.is_sound().await;
    back = users::store::seen(store, user(&app, "ann").await, day_of(clock.now()));
    let mut reader = back.await.unwrap().unwrap();
    while reader.is_waking() {
        reader = wake(store, &reader, clock.now(), 7).await.unwrap();
    }
    app.is_sound().await;
    let feed = &ann_feeds(&app, reader.id).await[0];
    assert_eq!(stand(&app, &feed.to_string()).await.1, 1);
}

async fn ann_feeds(app: &TestApp, id: UserId) -> Vec<FeedId> {
    let list = shelves::list(&app.state.store, id).await.unwrap();
    list.into_iter().map(|one| one.feed).collect()
}

#[tokio::test]
async fn a_user_seen_while_falling_asleep_stays_awake() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    imports(&program, &publish(&web, 60)).await;
    app.minutes_pass(31 * DAY);
    let (store, now) = (&app.state.store, app.clock.now());
    let reader = user(&app, "ann").await;
    let mut falling = Falling::begin(store, reader.clone()).await.unwrap();
    assert_eq!(falling.step(now, FEEDS_A_STEP).await.unwrap(), (50, false));

    signs_in(&ann, "ann").await;
    assert_eq!(
        bar(&ann.get("/unread").await),
        Some((0, 60)),
        "ten wait, and fifty sleep"
    );
    let stopped = falling.step(now, FEEDS_A_STEP).await;
    assert!(stopped.unwrap_err().is_contention());
    assert_eq!(job(&app, "sleepers").await["fell_asleep"], 0);
    app.is_sound().await;
    while wakes_some(&ann).await["done"] != 60 {}
    app.is_sound().await;
}

#[tokio::test]
async fn orphans_go_after_ninety_days_and_not_before() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let urls = publish(&web, 3);
    let mut feeds = Vec::new();
    for url in &urls {
        feeds.push(ann.subscribes(url).await);
    }
    let kept = &feeds[2];
    let read = format!("/article/{}-1/read", feeds[0]);
    ann.post(&read, &[]).await.is(303);
    for feed in &feeds[..2] {
        ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    }
    app.minutes_pass(90 * DAY);
    let report = job(&app, "orphans").await;
    assert_eq!(
        (&report["feeds"], reported(&report)),
        (&0.into(), (1, 0, 0))
    );

    // One of the two feeds gets a subscriber again on the last day.
    signs_in(&ann, "ann").await;
    assert_eq!(ann.subscribes(&urls[1]).await, feeds[1]);
    app.minutes_pass(DAY);
    let report = job(&app, "orphans").await;
    assert_eq!(
        (&report["feeds"], &report["articles"]),
        (&1.into(), &3.into())
    );
    assert_eq!(
        (&report["finished"], reported(&report)),
        (&true.into(), (1, 0, 5))
    );
    app.is_sound().await;
    for (kind, count) in [("Feed", 2), ("FeedUrl", 2), ("Article", 6)] {
        assert_eq!(app.count(kind).await, count, "{kind}");
    }
    assert_eq!(stand(&app, kept).await.0, 1);
    let again = job(&app, "orphans").await;
    assert_eq!((&again["feeds"], reported(&again)), (&0.into(), (1, 0, 0)));

    // Subscribing now fetches it again.
    web.forget();
    let anew = ann.subscribes(&urls[0]).await;
    assert_ne!(anew, feeds[0]);
    assert_eq!((web.requests().len(), app.count("Article").await), (1, 9));
    app.is_sound().await;
}

#[tokio::test]
async fn orphans_go_one_by_one_and_a_stop_leaves_whole_feeds() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for url in publish(&web, 25) {
        let feed = ann.subscribes(&url).await;
        ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    }
    app.minutes_pass(91 * DAY);
    let (store, clock) = (&app.state.store, &app.clock);
    for left in (0..25).rev() {
        let budget = &mut Budget::of(Duration::from_secs(60)).with_steps(2);
        let report = orphans::clean(store, clock, budget).await.unwrap();
        assert_eq!((report.done.feeds, report.done.articles), (1, 3));
        assert_eq!(report.finished, left == 0);
        assert_eq!(app.count("Feed").await, left);
        app.is_sound().await;
    }
}

/// A clean-up and a concurrent subscription are serialized; either order leaves a complete feed.
#[tokio::test]
async fn a_subscription_in_the_middle_finds_a_feed_whole_or_brings_it_anew() {
    let mut kept = 0;
    for delay in 0..12 {
        let (app, web) = (TestApp::start().await, FakeWeb::start());
        let ann = app.reader("ann").await;
        let url = publish(&web, 1).remove(0);
        let feed = ann.subscribes(&url).await;
        ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
        app.minutes_pass(91 * DAY);
        let id = user(&app, "ann").await.id;
        let context = app.state.refresh_context().unwrap();
        let late = async {
            for _ in 0..delay {
                tokio::task::yield_now().await;
            }
            let random = &app.state.random;
            subscribe(&context, random, id, Wish::of(&url), ANY)
                .await
                .unwrap()
        };
        let budget = &mut Budget::of(Duration::from_secs(60));
        let clean = orphans::clean(&app.state.store, &app.clock, budget);
        let (added, cleaned) = tokio::join!(late, clean);
        let Added::New(now) = added else {
            panic!("{added:?}")
        };
        let was_kept = now.to_string() == feed;
        assert_eq!(cleaned.unwrap().done.feeds, usize::from(!was_kept));
        kept += u32::from(was_kept);
        assert_eq!(
            (app.count("Feed").await, app.count("Article").await),
            (1, 3)
        );
        app.is_sound().await;
    }
    assert!(kept < 12, "the clean-up was never first");
}

#[tokio::test]
async fn sessions_that_are_over_are_deleted_in_batches() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for _ in 0..3 {
        signs_in(&app.stranger(), "ann").await;
    }
    app.minutes_pass(20 * DAY);
    ann.get("/help").await.is(200);
    app.minutes_pass(11 * DAY);
    let report = job(&app, "sessions").await;
    assert_eq!(
        (&report["deleted"], &report["finished"]),
        (&3.into(), &true.into())
    );
    assert_eq!(reported(&report), (1, 0, 3));
    ann.get("/help").await.is(200);
    let none = &mut Budget::of(Duration::ZERO);
    let report = sessions::clean(&app.state.store, &app.clock, none)
        .await
        .unwrap();
    assert_eq!((report.done.deleted, report.finished), (0, false));
}

#[tokio::test]
async fn a_daily_call_without_anything_to_do_costs_eleven_reads_and_the_note_of_its_run() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let urls = publish(&web, 3);
    let left = ann.subscribes(&urls[0]).await;
    imports(&app.program_of(&ann).await, &urls[1..]).await;
    ann.post(&format!("/feed/{left}/remove"), &[]).await.is(303);
    let calm = cron(&app, "daily").await;
    assert_eq!(
        (calm.json()["finished"].clone(), billed(calm.cost)),
        (true.into(), (11, 1, 0))
    );

    app.minutes_pass(91 * DAY);
    let report = job(&app, "daily").await;
    assert_eq!(report["sessions"]["deleted"], 1);
    assert_eq!(
        (
            &report["sleepers"]["fell_asleep"],
            &report["orphans"]["feeds"]
        ),
        (&1.into(), &1.into())
    );
    // Reads: sessions 1; sleepers 1 + 2 + 2; leavers 2; orphans 1; icons 1; the audit log 1; words 1; hubs 1. Writes: two feeds and their
    // reader.
    // Deletes: a session; a feed, its address, three articles.
    assert_eq!(reported(&report), (13, 3, 6));
    app.is_sound().await;
    let again = cron(&app, "daily").await;
    assert_eq!(
        billed(again.cost),
        (10, 1, 0),
        "the second has nothing to do, and remembers the list of the house"
    );

    for job in ["daily", "sessions", "sleepers", "orphans", "hubs"] {
        let path = format!("/cron/{job}");
        let refused = ann.get(&path).await;
        assert_eq!((refused.status, refused.cost), (403, Cost::default()));
    }
    let short = daily(&app.state.store, &app.clock, Budget::of(Duration::ZERO))
        .await
        .unwrap();
    assert_eq!((short.finished, short.cost), (false, Cost::default()));
    assert!(!short.sessions.finished && !short.sleepers.finished && !short.orphans.finished);
}

/// Without a scheduler, readers' requests run the clean-ups, once a day.
#[tokio::test]
async fn without_a_scheduler_the_first_visit_of_a_day_cleans() {
    let (app, web) = (
        TestApp::with(&[("CRON_SECRET", "")]).await,
        FakeWeb::start(),
    );
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let urls = publish(&web, 2);
    let (one, two) = (
        ann.subscribes(&urls[0]).await,
        bob.subscribes(&urls[1]).await,
    );
    app.minutes_pass(20 * DAY);
    bob.get("/help").await.is(200);
    app.minutes_pass(11 * DAY);
    let first = bob.get("/help").await.is(200).cost;
    assert!(!user(&app, "ann").await.awake);
    assert_eq!(stand(&app, &one).await, (1, 0, PollTier::Off));
    assert_eq!(stand(&app, &two).await.1, 1);
    app.is_sound().await;
    assert!(
        first.reads > 5 && bob.get("/help").await.cost.writes == 0,
        "not twice a day"
    );
    app.minutes_pass(DAY);
    app.forgets();
    let calm = bob.get("/help").await.is(200).cost;
    app.forgets();
    let usual = bob.get("/help").await.is(200).cost;
    assert_eq!((calm.reads - usual.reads, calm.writes), (8, 2));
}

#[test]
fn the_command_does_what_the_scheduler_would() {
    let shell = Shell::new();
    let done = shell.run(&["clean"]);
    let report = done.is(0).json();
    assert_eq!(
        (&report["finished"], &report["cost"]["reads"]),
        (&true.into(), &9.into())
    );
    let server = shell.serve(&[]);
    let taken = shell.run(&["clean"]);
    assert!(taken.is(2).errors().contains("GET /cron/daily"));
    drop(server);
}

/// One step of the random history.
#[derive(Clone, Debug)]
enum Event {
    Subscribe(usize, usize),
    Unsubscribe(usize, usize),
    /// A number of putting-to-sleep steps, a few feeds each; the last may be killed.
    Doze(usize, usize, bool),
    Return(usize),
    Wake(usize, usize, bool),
    /// All of these concurrently.
    Together(Vec<Event>),
}

const READERS: usize = 3;
const FEEDS: usize = 6;
const CHUNK: usize = 2;

fn event() -> impl Strategy<Value = Event> {
    let (who, what) = (0..READERS, 0..FEEDS);
    let one = prop_oneof![
        4 => (who.clone(), what.clone()).prop_map(|(who, feed)| Event::Subscribe(who, feed)),
        2 => (who.clone(), what).prop_map(|(who, feed)| Event::Unsubscribe(who, feed)),
        4 => (who.clone(), 1..5_usize, any::<bool>()).prop_map(|(who, n, kill)| Event::Doze(who, n, kill)),
        2 => who.clone().prop_map(Event::Return),
        3 => (who, 1..4_usize, any::<bool>()).prop_map(|(who, n, kill)| Event::Wake(who, n, kill)),
    ];
    let together = proptest::collection::vec(one.clone(), 2..4).prop_map(Event::Together);
    prop_oneof![3 => one, 1 => together]
}

/// Some readers and feeds, and a simple model of them.
struct World {
    app: TestApp,
    urls: Vec<String>,
    readers: Vec<UserId>,
    ids: BTreeMap<usize, FeedId>,
    _web: FakeWeb,
}

impl World {
    async fn new() -> Self {
        let (app, web) = (TestApp::start().await, FakeWeb::start());
        let urls = publish(&web, FEEDS);
        let mut readers = Vec::new();
        for name in ["ann", "bob", "eve"] {
            app.reader(name).await;
            readers.push(user(&app, name).await.id);
        }
        // One reader who is always active keeps every feed in the store; the history doesn't touch them.
        app.reader("owl").await;
        let owl = user(&app, "owl").await.id;
        let mut ids = BTreeMap::new();
        let context = app.state.refresh_context().unwrap();
        for (n, url) in urls.iter().enumerate() {
            let added = subscribe(&context, &app.state.random, owl, Wish::of(url), ANY).await;
            let Added::New(id) = added.unwrap() else {
                panic!("{url}")
            };
            unsubscribe(&context.store, owl, id, app.clock.now())
                .await
                .unwrap();
            ids.insert(n, id);
        }
        Self {
            app,
            urls,
            readers,
            ids,
            _web: web,
        }
    }

    async fn reader(&self, who: usize) -> User {
        let user = users::store::get(&self.app.state.store, self.readers[who]).await;
        user.unwrap().unwrap()
    }

    /// Records an action: the reader was seen on that day.
    async fn is_seen(&self, who: usize) -> User {
        let store = &self.app.state.store;
        let today = day_of(self.app.clock.now());
        let seen = users::store::seen(store, self.reader(who).await, today).await;
        seen.unwrap().unwrap()
    }

    async fn happens(&self, event: &Event) {
        let store = &self.app.state.store;
        let now = self.app.clock.now();
        match event {
            Event::Subscribe(who, feed) => {
                self.is_seen(*who).await;
                let context = self.app.state.refresh_context().unwrap();
                let (random, url) = (&self.app.state.random, &self.urls[*feed]);
                let added =
                    subscribe(&context, random, self.readers[*who], Wish::of(url), ANY).await;
                added.unwrap();
            }
            Event::Unsubscribe(who, feed) => {
                self.is_seen(*who).await;
                let left = unsubscribe(store, self.readers[*who], self.ids[feed], now).await;
                left.unwrap();
            }
            Event::Return(who) => {
                self.is_seen(*who).await;
            }
            Event::Doze(who, steps, kill) => {
                let reader = self.reader(*who).await;
                // As in the clean-up's query: readers seen since aren't found.
                if !reader.awake || reader.last_seen_day >= day_of(now) - sleepers::DAYS_UNTIL_SLEEP
                {
                    return;
                }
                let mut falling = Falling::begin(store, reader).await.unwrap();
                for step in 1..=*steps {
                    let work = falling.step(now, CHUNK);
                    match cut_short(work, *kill && step == *steps).await {
                        Some(Ok((_, false))) => {}
                        Some(Ok((_, true))) | None => break,
                        Some(Err(error)) if error.is_contention() => break,
                        Some(Err(error)) => panic!("{error}"),
                    }
                }
            }
            Event::Wake(who, steps, kill) => {
                let mut reader = self.is_seen(*who).await;
                for step in 1..=*steps {
                    let work = wake(store, &reader, now, CHUNK);
                    match cut_short(work, *kill && step == *steps).await {
                        Some(woken) => reader = woken.unwrap(),
                        None => break,
                    }
                }
            }
            Event::Together(events) => {
                let all = events.iter().map(|one| Box::pin(self.happens(one)));
                futures_util::future::join_all(all).await;
            }
        }
    }

    /// Counts subscriptions and inactive readers from the model, and compares every feed.
    async fn is_counted(&self) {
        let store = &self.app.state.store;
        let mut expected: BTreeMap<FeedId, (u32, u32)> = BTreeMap::new();
        for who in 0..READERS {
            let reader = self.reader(who).await;
            let shelf = Shelf::load(store, reader.id).await.unwrap();
            for one in shelf.subscriptions.iter() {
                let counts = expected.entry(one.feed).or_default();
                counts.0 += 1;
                counts.1 += u32::from(!reader.profile.resting.contains(&one.feed));
            }
        }
        for &id in self.ids.values() {
            let (readers, awake) = expected.get(&id).copied().unwrap_or_default();
            let Some(feed) = feeds::store::get(store, id).await.unwrap() else {
                assert_eq!(readers, 0, "an orphan");
                continue;
            };
            assert_eq!(
                (feed.summary.subscribers, feed.summary.awake()),
                (readers, awake)
            );
            assert_eq!(feed.summary.tier != PollTier::Off, awake > 0);
        }
        self.app.is_sound().await;
    }
}

/// Runs some work, or drops it at an arbitrary point, like a client that disconnects or a kill.
async fn cut_short<T>(work: impl Future<Output = T>, kill: bool) -> Option<T> {
    if !kill {
        return Some(work.await);
    }
    let done = tokio::select! {
        biased;
        done = work => Some(done),
        () = tokio::task::yield_now() => None,
    };
    // A dropped commit may still be in progress on the store's writer thread.
    tokio::task::spawn_blocking(|| ()).await.unwrap();
    done
}

/// Compares with the model: in any order, concurrent or interrupted, no reader is counted twice or lost.
#[test]
fn counts_are_exact_however_sleep_and_shelves_interleave() {
    let config = Config {
        cases: 16,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(5),
        ..Config::default()
    };
    let run = |events: Vec<Event>| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            for event in &events {
                // No reader was seen for a month, unless right now.
                world.app.minutes_pass(31 * DAY);
                world.happens(event).await;
            }
            world.is_counted().await;
            // In the end every reader is either fully active or fully asleep.
            for who in 0..READERS {
                while world.is_seen(who).await.is_waking() {
                    world.happens(&Event::Wake(who, 1, false)).await;
                }
            }
            world.is_counted().await;
            world.app.minutes_pass(31 * DAY);
            let budget = Budget::of(Duration::from_secs(60));
            let done = maintenance::daily(&world.app.state.store, &world.app.clock, budget).await;
            assert_eq!(done.unwrap().sleepers.done.fell_asleep, READERS + 1);
            world.is_counted().await;
        });
        Ok(())
    };
    let events = proptest::collection::vec(event(), 1..25);
    TestRunner::new(config).run(&events, run).unwrap();
}
