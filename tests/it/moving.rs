//! Migrating a store from this machine to the cloud and back, with and without interruption.

use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet, Kind};
use dormouse::doctor::examine;
use dormouse::feeds::probe;
use dormouse::icons::{self, Icon};
use dormouse::store_copy::{Copied, CopyError, StoreCopy};
use serde_json::json;
use tokio::sync::Notify;

use crate::support::{Emulator, FakeWeb, FeedText, Page, Shell, TestApp, at};

fn in_memory() -> Datastore {
    let indexes = IndexSet::ours().unwrap();
    Datastore::new(Embedded::in_memory(indexes).unwrap(), Clock::System)
}

/// A store in use: two readers, forty feeds, marks, an imported list, a token.
async fn lived_in() -> TestApp {
    let (app, web) = (TestApp::in_memory(&[]).await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for n in 0..40 {
        let text = FeedText::hourly(&format!("F{n}"), 12, at(11, 0));
        let url = web.put(&format!("/{n}"), Page::feed(text.rss()));
        ann.subscribes(&url).await;
    }
    app.cron().await;
    let lines = ann.get("/unread").await.lines();
    let read: Vec<_> = lines[..9].iter().map(|line| line.id.clone()).collect();
    let marks = json!({ "batch": "b", "read": read });
    ann.post_json("/marks", marks).await.is(200);
    for line in &lines[..3] {
        ann.post(&format!("/article/{}/star", line.id), &[])
            .await
            .is(303);
    }
    // What is starred is listed for the first search that looks there.
    ann.get("/search?q=title").await.is(200);
    ann.makes_token().await;
    let invited = [("name", "Ben"), ("uses", "1"), ("days", "7")];
    ann.post("/admin/invitations", &invited).await.is(303);
    ann.post("/settings/shared", &[("what", "starred")])
        .await
        .is(303);
    let icon = Icon {
        picture: None,
        fetched: 0,
    };
    let origin = "https://site.example";
    icons::store::put(&app.state.store, origin, &icon)
        .await
        .unwrap();
    let may = probe::store::begin(&app.state.store, "site.example", 0).await;
    assert!(may.unwrap(), "nobody has guessed there yet");
    // A day's costs go into the ledger when the next day begins.
    app.minutes_pass(24 * 60);
    app.cron().await;
    // Yesterday goes into the journal with the first mark of today.
    let feed = lines[10].id.split_once('-').unwrap().0;
    let hooks = format!("/feed/{feed}/webhooks");
    let address = [("address", "http://127.0.0.1:6/")];
    ann.post(&hooks, &address).await.is(303);
    let marks = json!({ "batch": "c", "read": [lines[10].id] });
    ann.post_json("/marks", marks).await.is(200);
    let list = ann.get("/export.opml").await;
    let ben = app.reader("ben").await;
    let upload = ben
        .ask(http::Method::POST, "/import")
        .file("opml", &list.body);
    upload.send().await.is(303);
    let listed = [("url", "https://house.example/feed")];
    ann.post("/admin/house/add", &listed).await.is(303);
    ben.post("/house/follow", &[]).await.is(303);
    app
}

async fn copy(source: &Datastore, target: &Datastore) -> Result<Copied, CopyError> {
    let moving = StoreCopy {
        source,
        from: "one".into(),
        target,
        to: "other".into(),
    };
    moving.run(|_| {}).await
}

#[tokio::test]
async fn every_kind_moves() {
    let app = lived_in().await;
    let there = app.state.store.check_indexes().await.unwrap().entities;
    for kind in Kind::ALL {
        assert!(
            there.contains_key(kind.name()),
            "there is no {kind} to copy"
        );
    }
    let target = in_memory();
    copy(&app.state.store, &target).await.unwrap();
    let arrived = target.check_indexes().await.unwrap().entities;
    assert_eq!(arrived, there);
}

#[tokio::test]
async fn to_the_cloud_and_back_nothing_changes() {
    if Emulator::Firestore.host().is_none() {
        return;
    }
    let app = lived_in().await;
    let here = &app.state.store;
    let cloud = Emulator::Firestore.store(IndexSet::ours().unwrap(), Clock::System);
    let out = copy(here, &cloud).await.unwrap();
    let faults = examine(&cloud).await.unwrap().faults;
    assert_eq!(faults, Vec::<String>::new());
    let home = in_memory();
    let back = copy(&cloud, &home).await.unwrap();
    assert_eq!(out.tallies, back.tallies);
    let (before, after) = (here.check_indexes().await, home.check_indexes().await);
    let (before, after) = (before.unwrap(), after.unwrap());
    assert_eq!(
        (before.entities, before.entries),
        (after.entities, after.entries)
    );
    assert_eq!(after.faults, Vec::<String>::new());
    println!("there: {}; back: {}", out.cost, back.cost);
}

#[tokio::test]
async fn an_interrupted_copy_goes_on_where_it_was() {
    let app = lived_in().await;
    let (source, target) = (&app.state.store, in_memory());
    let moving = || StoreCopy {
        source,
        from: "one".into(),
        target: &target,
        to: "other".into(),
    };
    let whole = moving().plan().await.unwrap();
    for stop_after in [1, 2, 3, 1] {
        let stop = Notify::new();
        let mut steps = 0;
        let work = moving();
        let work = work.run(|_| {
            steps += 1;
            if steps == stop_after {
                stop.notify_one();
            }
        });
        tokio::select! {
            biased;
            () = stop.notified() => {}
            done = work => panic!("not interrupted: {done:?}"),
        }
    }
    let plan = moving().plan().await.unwrap();
    assert!(
        plan.done > 0 && plan.entities() < whole.entities(),
        "{plan:?}"
    );
    assert_eq!(plan.done + plan.entities(), whole.entities());
    let expected = plan.cost_of_target();
    let moved = moving().run(|_| {}).await.unwrap();
    assert!(
        moved.cost.writes <= expected.writes,
        "{} {expected}",
        moved.cost
    );
    let fresh = in_memory();
    let at_once = copy(source, &fresh).await.unwrap();
    assert_eq!(moved.tallies, at_once.tallies);
}

#[tokio::test]
async fn only_an_empty_store_is_moved_into() {
    let app = lived_in().await;
    let source = &app.state.store;
    let answer = copy(source, source).await;
    assert!(matches!(answer, Err(CopyError::NotEmpty(_))), "{answer:?}");

    let target = in_memory();
    let begun = StoreCopy {
        source,
        from: "elsewhere".into(),
        target: &target,
        to: "other".into(),
    };
    let stop = Notify::new();
    tokio::select! {
        biased;
        () = stop.notified() => {}
        _ = begun.run(|_| stop.notify_one()) => panic!("not interrupted"),
    }
    let answer = copy(source, &target).await;
    assert!(matches!(answer, Err(CopyError::Other { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_source_that_changes_meanwhile_is_noticed() {
    let app = lived_in().await;
    let (source, target) = (&app.state.store, in_memory());
    let moving = StoreCopy {
        source,
        from: "one".into(),
        target: &target,
        to: "other".into(),
    };
    // After the interruption the old server runs for a while: marks, a deleted feed, a new reader.
    let stop = Notify::new();
    let mut steps = 0;
    tokio::select! {
        biased;
        () = stop.notified() => {}
        _ = moving.run(|_| { steps += 1; if steps == 6 { stop.notify_one(); } }) => panic!("not interrupted"),
    }
    let query = dormouse::datastore::Query::kind("Feed", 1);
    let mut feed = source
        .run_query(&query)
        .await
        .unwrap()
        .rows
        .remove(0)
        .entity;
    feed.properties.remove("body");
    let change = dormouse::datastore::Mutation::Upsert(feed, None);
    source.commit(vec![change]).await.unwrap();
    app.reader("carol").await;
    let answer = moving.run(|_| {}).await;
    let Err(CopyError::Differs(kinds)) = answer else {
        panic!("{answer:?}");
    };
    assert!(kinds.contains(&Kind::Feed), "{kinds:?}");
    // Repeating the command completes the copy, and deletes what only the target has.
    let surplus = dormouse::datastore::Entity::new(dormouse::datastore::Key::int("Feed", 1 << 26));
    target
        .commit(vec![dormouse::datastore::Mutation::Upsert(surplus, None)])
        .await
        .unwrap();
    let moved = moving.run(|_| {}).await.unwrap();
    let fresh = in_memory();
    assert_eq!(moved.tallies, copy(source, &fresh).await.unwrap().tallies);
}

#[test]
fn the_command_says_what_it_costs_and_does_it() {
    let shell = Shell::new();
    let add = ["user", "add", "ann@example.org", "--password-stdin"];
    shell.run_with(&add, &[], "correct horse\n").is(0);
    let copy = ["copy", "--from", "./data", "--to", "./new"];
    let dry = shell.run(&[&copy[..], &["--dry-run"]].concat());
    assert!(dry.is(0).out().contains("1  User"), "{}", dry.out());
    let done = shell.run(&copy);
    assert!(
        done.is(0).out().contains("the same on both sides"),
        "{}",
        done.out()
    );
    let again = shell.run(&copy);
    assert!(
        again.is(2).errors().contains("isn’t empty"),
        "{}",
        again.errors()
    );
    let listed = shell.run_with(&["user", "list"], &[("STORE", "./new")], "");
    assert!(listed.is(0).out().contains("ann@example.org"));
    let same = shell.run(&["copy", "--from", "./data", "--to", "./data"]);
    same.is(2);
    let wrong = shell.run(&["copy", "--from", "redis://x", "--to", "./y"]);
    assert!(
        wrong.is(2).errors().contains("--from is"),
        "{}",
        wrong.errors()
    );
}
