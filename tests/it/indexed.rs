//! Checks the index list with Google's emulator: every query of the product has its index, and every index its query.
//!
//! The queries are recorded by the store during a run through the whole product. Google's older emulator runs with our
//! `index.yaml` and rejects a query without its index. It doesn't support `In` with several values: the equality form
//! needs the same index.

use std::collections::BTreeSet;

use dormouse::clock::Clock;
use dormouse::datastore::{Choice, Direction, IndexSet, Query, QueryLog, StoreError};

use crate::journey::journey;
use crate::support::{Emulator, FakeWeb, FeedText, Page, TestApp, at};

/// Every form of query that the product runs.
async fn asked() -> Vec<Query> {
    let query_log = QueryLog::default();
    let (web, app) = (
        FakeWeb::start(),
        TestApp::with_query_log(query_log.clone()).await,
    );
    journey(&app, &web).await;
    let ann = app.stranger();
    let form = [
        ("email", "ann@example.org"),
        ("password", crate::support::PASSWORD),
    ];
    ann.post("/signin", &form).await.is(303);
    // A large feed, almost entirely read, and the lists in reverse order.
    let large = web.put(
        "/large",
        Page::feed(FeedText::hourly("Large", 150, at(11, 0)).rss()),
    );
    ann.subscribes(&large).await;
    for path in ["/unread", "/all"] {
        let page = ann.get(path).await;
        if let Some(seen) = page.is(200).seen() {
            ann.post("/mark-all", &[("seen", &seen)]).await.is(303);
        }
    }
    let lines = ann.get("/all").await.lines();
    let star = format!("/article/{}/star", lines[20].id);
    ann.post(&star, &[]).await.is(303);
    ann.get("/starred").await.is(200);
    let seen = ann.get("/unread").await.seen();
    for what in ["older.1", "older.30"] {
        if let Some(seen) = &seen {
            let form = [("seen", seen.as_str()), ("what", what)];
            ann.post("/mark-all", &form).await.is(303);
        }
    }
    let unread = format!("/article/{}/unread", lines[30].id);
    ann.post(&unread, &[]).await.is(303);
    ann.post("/settings/reading", &[("order", "oldest")])
        .await
        .is(303);
    for path in ["/unread", "/all", "/feeds"] {
        ann.get(path).await.is(200);
    }
    // A publisher looks at their desk, and a site that names no feed is searched.
    let requests = web.requests();
    let agent = requests[0].header("user-agent").unwrap();
    let (_, desk) = agent.split_once("(+http://reader.example").unwrap();
    let (desk, _) = desk
        .split_once(';')
        .unwrap_or((desk.trim_end_matches(')'), ""));
    ann.get(desk).await.is(200);
    let bare = web.put("/bare", Page::html("<p>a site"));
    ann.post("/add", &[("url", &bare)]).await.is(422);
    // A site's icon, as pages name it: by its content.
    let icon = dormouse::icons::store::by_content(&app.state.store, "0");
    assert_eq!(icon.await.unwrap(), None);
    // All readers become inactive, and orphaned feeds are deleted.
    app.minutes_pass(40 * 24 * 60);
    app.daily().await;
    query_log.forms()
}

#[tokio::test]
async fn every_index_has_its_query() {
    let ours = IndexSet::ours().unwrap();
    let mut used = BTreeSet::new();
    for query in asked().await {
        if let Choice::Composite(index) = ours.choose(&query).unwrap() {
            used.insert(index.to_string());
        }
    }
    let all: BTreeSet<String> = ours.all().iter().map(ToString::to_string).collect();
    let unused: Vec<&String> = all.difference(&used).collect();
    assert!(unused.is_empty(), "no query needs {unused:#?}");
}

/// What no query names has no entry in the embedded store; what one names has.
#[tokio::test]
async fn every_property_that_is_indexed_alone_has_its_query() {
    let ours = IndexSet::ours().unwrap();
    let mut named = BTreeSet::new();
    for query in asked().await {
        // A property that isn't in the list is refused here.
        match ours.choose(&query).unwrap() {
            Choice::ByProperty(order) => named.insert((query.kind_name(), order.property)),
            Choice::ByKey => match query.first_equality() {
                Some(name) => named.insert((query.kind_name(), name)),
                None => false,
            },
            Choice::Composite(_) => false,
        };
    }
    let listed = IndexSet::named_alone().map(|(kind, name)| (kind.to_owned(), name.to_owned()));
    let listed: BTreeSet<(String, String)> = listed.collect();
    let unused: Vec<_> = listed.difference(&named).collect();
    assert!(unused.is_empty(), "no query names {unused:?}");
}

#[tokio::test]
async fn by_googles_own_check_every_query_has_its_index() {
    if Emulator::Legacy.host().is_none() {
        return;
    }
    let store = Emulator::Legacy.store(IndexSet::ours().unwrap(), Clock::System);
    let forms = asked().await;
    assert!(forms.len() > 10, "{forms:?}");
    for query in forms {
        if let Err(error) = store.run_query(&query).await {
            panic!("{query:?}: {error}");
        }
    }
}

/// Checks the check: the emulator itself rejects a query without an index, not only our store.
#[tokio::test]
async fn googles_check_refuses_what_has_no_index() {
    if Emulator::Legacy.host().is_none() {
        return;
    }
    let generous = "indexes: [{kind: Article, properties: [{name: feed}, {name: link}]}]";
    let generous = IndexSet::from_yaml(generous).unwrap();
    let store = Emulator::Legacy.store(generous, Clock::System);
    let query = Query::kind("Article", 10)
        .equal("feed", 1)
        .order("link", Direction::Asc);
    let answer = store.run_query(&query).await;
    assert!(
        matches!(answer, Err(StoreError::MissingIndex { .. })),
        "{answer:?}"
    );
}
