//! The cache: concurrent requests share one load, writes aren't bypassed, readers see their own changes, and memory is
//! limited.

use std::sync::Arc;

use dormouse::clock::Clock;
use dormouse::datastore::cache::{Cache, Loaded, Region};
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

/// A feed of some articles that Ann subscribes to, and her API client.
async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb, articles: i32) -> (Client<'a>, String) {
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", articles, at(10, 0));
    let feed = ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    (ann, feed)
}

/// The browser continues at the other instance, with all its cookies.
fn goes_on(from: &Client<'_>, to: &Client<'_>) {
    for (name, value) in from.cookies() {
        to.set_cookie(&name, &value);
    }
}

/// An in-memory store that caches one region, and its clock.
fn with_cache(region: &'static Region, ceiling: u64) -> (Datastore, Clock) {
    let clock = Clock::fixed(at(12, 0));
    let embedded = Embedded::in_memory(IndexSet::ours().unwrap()).unwrap();
    let cache = Cache::new(ceiling, clock.clone(), 1, &[region], &[]);
    let store = Datastore::new(embedded, clock.clone());
    (store.with_cache(cache), clock)
}

#[tokio::test]
async fn a_hundred_at_once_on_a_cold_key_are_one_load() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web, 20).await;
    app.forgets();
    let one = ann.get("/unread").await.is(200).cost;
    app.forgets();
    let before = app.state.store.total_cost();
    let all = join_all((0..100).map(|_| ann.get("/unread"))).await;
    let spent = app.state.store.total_cost() - before;
    assert!(all.iter().all(|page| page.status == 200));
    assert_eq!(spent.reads, one.reads, "{spent:?}");
    assert!(one.reads > 0);
    assert_eq!(ann.get("/unread").await.cost.reads, 0, "warm");
}

#[tokio::test]
async fn a_load_that_fails_or_is_cancelled_lets_the_next_one_load() {
    static REGION: Region = Region {
        name: "test",
        minutes: 10,
        share: 100,
        class: None,
        is_patient: false,
        keeps_latest: false,
    };
    let (store, clock) = with_cache(&REGION, 1_000_000);
    let fails = async { Err(dormouse::datastore::StoreError::Unavailable("no".into())) };
    assert!(store.get_or_load::<u32>(&REGION, 7, fails).await.is_err());
    let never = store.get_or_load::<u32>(&REGION, 7, std::future::pending());
    let left = tokio::time::timeout(std::time::Duration::from_millis(5), never).await;
    assert!(left.is_err());
    let load = || async { Ok(Loaded::new(3_u32, 100)) };
    assert_eq!(
        store.get_or_load(&REGION, 7, load()).await.unwrap(),
        Arc::new(3)
    );
    let other = async { Ok(Loaded::new(4_u32, 100)) };
    assert_eq!(
        store.get_or_load(&REGION, 7, other).await.unwrap(),
        Arc::new(3)
    );
    clock.advance(chrono::TimeDelta::minutes(10));
    let other = async { Ok(Loaded::new(4_u32, 100)) };
    assert_eq!(
        store.get_or_load(&REGION, 7, other).await.unwrap(),
        Arc::new(4),
        "too old"
    );
}

#[tokio::test]
async fn memory_has_a_ceiling() {
    static REGION: Region = Region {
        name: "test",
        minutes: 10,
        share: 50,
        class: None,
        is_patient: false,
        keeps_latest: false,
    };
    let (store, _) = with_cache(&REGION, 2_000_000);
    for key in 0..1_000 {
        let load = async { Ok(Loaded::new(vec![0_u8; 10_000], 10_000)) };
        store.get_or_load(&REGION, key, load).await.unwrap();
    }
    let held = store.cache().unwrap().hits()[0];
    assert!(held.bytes <= 1_000_000 && held.entries > 50, "{held:?}");
    assert_eq!((held.hits, held.misses), (0, 1_000));
}

#[tokio::test]
async fn what_comes_last_finds_room_beside_what_was_popular() {
    static REGION: Region = Region {
        name: "test",
        minutes: 60,
        share: 100,
        class: None,
        is_patient: false,
        keeps_latest: true,
    };
    const BYTES: usize = 10_000;
    // Room for fifty.
    let (store, _) = with_cache(&REGION, 50 * BYTES as u64);
    let load = async |key: u128| {
        let value = async { Ok(Loaded::new(key, BYTES)) };
        let _: Arc<u128> = store.get_or_load(&REGION, key, value).await.unwrap();
    };
    for _ in 0..20 {
        for key in 0..50 {
            load(key).await;
        }
    }
    for key in 100..140 {
        load(key).await;
    }
    let cache = store.cache().unwrap();
    cache.hits();
    let kept = (100..140).filter(|key| cache.recall::<u128>(&REGION, *key).is_some());
    // An entry takes a little more than its value.
    let kept = kept.count();
    assert!(kept >= 35, "{kept} of 40");
}

#[tokio::test]
async fn of_two_instances_none_undoes_what_a_reader_did_at_the_other() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web, 30).await;
    let other = app.beside().await;
    let there = ann.at(&other);
    // Both caches are warm.
    let lines = ann.get("/unread").await.lines();
    there.get("/unread").await.is(200);
    let mut read = std::collections::BTreeSet::new();
    for (step, line) in lines.iter().take(24).enumerate() {
        let (does, looks) = match step % 2 {
            0 => (&ann, &there),
            _ => (&there, &ann),
        };
        // Every third mark is taken back, by a batch.
        let path = format!("/article/{}/read", line.id);
        does.post(&path, &[]).await.is(303);
        read.insert(line.id.clone());
        if step % 3 == 2 {
            let marks = json!({ "batch": format!("b{step}"), "unread": [line.id] });
            does.post_json("/marks", marks).await.is(200);
            read.remove(&line.id);
        }
        // The browser moves to the other instance, with its cookies.
        goes_on(does, looks);
        let page = looks.get("/all").await;
        let shown: std::collections::BTreeSet<_> = page
            .is(200)
            .lines()
            .into_iter()
            .filter(|line| line.read)
            .map(|line| line.id)
            .collect();
        assert_eq!(shown, read, "step {step}");
        assert!(page.cost.reads <= 2, "step {step}: {:?}", page.cost);
        assert_eq!(
            looks.get("/all").await.cost.reads,
            0,
            "what was told is known now"
        );
    }
    // Stars and subscriptions too.
    let star = format!("/article/{}/star", lines[3].id);
    ann.post(&star, &[]).await.is(303);
    goes_on(&ann, &there);
    assert_eq!(there.titles("/starred").await, [lines[3].title.clone()]);
    let second = web.put(
        "/g",
        Page::feed(FeedText::hourly("More", 3, at(11, 0)).rss()),
    );
    there.subscribes(&second).await;
    goes_on(&there, &ann);
    assert!(
        ann.titles("/unread")
            .await
            .contains(&"Title of more-1".to_owned())
    );
}

#[tokio::test]
async fn what_another_does_arrives_within_the_time_that_is_believed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = shelf(&app, &web, 5).await;
    let other = app.beside().await;
    let there = ann.at(&other);
    assert_eq!(there.get("/unread").await.lines().len(), 5);
    // New articles from a sweep of the first instance: the second isn't notified.
    web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 7, at(12, 0)).rss()),
    );
    app.minutes_pass(24 * 60);
    there.get("/unread").await.is(200);
    app.refresh().await;
    assert!(app.feed(&feed).await.summary.last > 5);
    assert_eq!(there.get("/unread").await.lines().len(), 5, "remembered");
    app.minutes_pass(5);
    assert!(there.get("/unread").await.lines().len() > 5);
}

/// Ending the other sessions, for readers who suspect a stolen cookie: it is invalid at once on this instance, and
/// after ten minutes on others.
async fn ends_other_sessions(how: impl AsyncFnOnce(&Client<'_>)) {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web, 5).await;
    let stolen = ann.copy();
    let other = app.beside().await;
    let there = ann.at(&other);
    stolen.get("/unread").await.is(200);
    there.get("/unread").await.is(200);
    how(&ann).await;
    stolen.get("/unread").await.is(303);
    // This instance wasn't notified.
    there.get("/unread").await.is(200);
    app.minutes_pass(10);
    there.get("/unread").await.is(303);
}

#[tokio::test]
async fn signing_out_takes_effect_here_at_once_and_elsewhere_in_ten_minutes() {
    ends_other_sessions(async |ann| {
        ann.post("/signout", &[]).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_sessions_here_at_once_and_elsewhere_in_ten_minutes() {
    ends_other_sessions(async |ann| {
        let form = [
            ("current", crate::support::PASSWORD),
            ("new", "another horse, correct"),
        ];
        ann.post("/settings/password", &form).await.is(303);
        ann.get("/unread").await.is(200);
    })
    .await;
}

#[tokio::test]
async fn without_a_memory_everything_is_read_and_says_the_same() {
    let (app, web) = (TestApp::with(&[("CACHE_MB", "0")]).await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web, 5).await;
    let first = ann.get("/unread").await;
    let second = ann.get("/unread").await;
    assert_eq!(first.is(200).cost, second.cost);
    assert!(second.cost.reads >= 5 && second.lines().len() == 5);
}

#[tokio::test]
async fn a_mark_of_what_only_the_other_instance_knows_is_kept() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = shelf(&app, &web, 5).await;
    let other = app.beside().await;
    let there = ann.at(&other);
    web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 8, at(12, 0)).rss()),
    );
    app.minutes_pass(24 * 60);
    there.get("/unread").await.is(200);
    app.refresh().await;
    let newest = format!("{feed}-{}", app.feed(&feed).await.summary.last);
    let marks = json!({ "batch": "b", "read": [newest] });
    there.post_json("/marks", marks).await.is(200);
    let page = app.stranger();
    goes_on(&there, &page);
    let lines = page.get("/all").await.lines();
    assert!(
        lines.iter().any(|line| line.id == newest && line.read),
        "{lines:?}"
    );
}

#[tokio::test]
async fn each_response_states_its_cost_if_the_setting_is_on() {
    let web = FakeWeb::start();
    for (setting, expected) in [("1", true), ("0", false)] {
        let app = TestApp::with(&[("SERVER_TIMING", setting)]).await;
        let (ann, _) = shelf(&app, &web, 5).await;
        app.forgets();
        let page = ann.get("/unread").await;
        let reads = format!("reads;desc={}, ", page.is(200).cost.reads);
        let said = page.header("server-timing").unwrap_or_default();
        assert_eq!(
            said.starts_with(&reads) && said.contains("writes;desc=0"),
            expected,
            "{said}"
        );
        assert_eq!(said.contains("total;dur="), expected);
    }
}
