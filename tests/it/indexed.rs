//! Checks the index list with Google's emulator: every query of the product has its index, and every index its query.
//!
//! The queries are recorded by the store during a run through the whole product. Google's older emulator runs with our
//! `index.yaml` and rejects a query without its index. It doesn't support `In` with several values: the equality form
//! needs the same index.

use std::collections::BTreeSet;

use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{
    Choice, Datastore, Direction, Entity, IndexSet, Key, Mutation, Query, QueryLog, StoreError,
    Value,
};

use crate::journey::journey;
use crate::support::{Emulator, FakeWeb, FeedText, PASSWORD, Page, Shell, TestApp, at};

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
    let tags = format!("/article/{}/tags", lines[20].id);
    ann.post(&tags, &[("tags", "one")]).await.is(303);
    ann.get("/kept").await.is(200);
    // A webhook, which is told of nothing yet.
    let large = lines[20].id.split_once('-').unwrap().0.to_owned();
    let hooks = format!("/feed/{large}/webhooks");
    let address = [("address", "http://127.0.0.1:6/")];
    ann.post(&hooks, &address).await.is(303);
    ann.get(&format!("/feed/{large}/settings")).await.is(200);
    ann.get("/settings/security").await.is(200);
    ann.post("/settings/security/sessions/end", &[])
        .await
        .is(303);
    // What is open to others.
    ann.post("/settings/shared", &[("what", "starred")])
        .await
        .is(303);
    let shared = ann.get("/settings/shared").await;
    let page = shared
        .text()
        .split("<a href=\"http://reader.example")
        .nth(1);
    let page = page.unwrap().split('"').next().unwrap();
    assert!(ann.get(page).await.is(200).words().contains("One article"));
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
    let next = ann.get("/all").await.next_page();
    ann.get(&next.unwrap()).await.is(200);
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
    // The administrator's list of readers, and a feed that leaves all shelves.
    ann.get("/admin/users").await.is(200);
    let invited = [("name", "Bob"), ("uses", "1"), ("days", "7")];
    ann.post("/admin/invitations", &invited).await.is(303);
    // Who waits for a letter: asked where there is a relay.
    let waiting = dormouse::users::store::mail_due_by(&app.state.store, 0, 10).await;
    assert!(waiting.unwrap().is_empty());
    let remove = format!("/admin/feeds/{large}/remove");
    ann.post(&remove, &[("sure", "1")]).await.is(303);
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

/// A file that was written with every index whole is indexed anew when it is opened, and smaller once it is compact.
#[tokio::test]
async fn an_older_file_is_indexed_anew_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let open = |indexes: IndexSet| {
        let embedded = Embedded::open(folder.path(), indexes).unwrap();
        Datastore::new(embedded, Clock::System)
    };
    let whole = IndexSet::from_yaml(include_str!("../../index.yaml")).unwrap();
    let card = "{\"t\":\"A title\",\"o\":1}".to_owned() + &" ".repeat(400);
    let article = |feed: i64, seq: i64| {
        let key = Key::int("Feed", feed).child_int("Article", seq);
        let entity = Entity::new(key)
            .indexed("feed", feed)
            .indexed("at", Value::Timestamp(seq * 1_000_000))
            .indexed("ref", feed << 22 | seq)
            .indexed("card", card.as_str());
        Mutation::Upsert(entity, None)
    };
    let (entries, before) = {
        let store = open(whole);
        for feed in 1..=20 {
            let articles = (1..=50).map(|seq| article(feed, seq)).collect();
            store.commit(articles).await.unwrap();
        }
        let entries = store.check_indexes().await.unwrap().entries;
        store.compact().await.unwrap();
        (entries, store.file_bytes())
    };
    let store = open(IndexSet::ours().unwrap());
    let found = store.check_indexes().await.unwrap();
    assert_eq!((found.faults, found.entities["Article"]), (vec![], 1_000));
    assert!(
        found.entries * 2 < entries,
        "{} of {entries}",
        found.entries
    );
    store.compact().await.unwrap();
    let after = store.file_bytes();
    assert!(after * 10 < before * 6, "{before} → {after}");
    for (way, first) in [(Direction::Asc, 1), (Direction::Desc, 50)] {
        let query = Query::kind("Article", 3)
            .any_of("feed", vec![Value::Int(7)])
            .order("at", way)
            .project(&["card"]);
        let rows = store.run_query(&query).await.unwrap().rows;
        assert_eq!(rows[0].entity.key.id(), Some(first));
        assert_eq!(rows[0].entity.text("card"), Some(card.as_str()));
    }
    let by_name = Query::kind("Article", 3)
        .any_of(
            "ref",
            vec![Value::Int(7 << 22 | 9), Value::Int(8 << 22 | 10)],
        )
        .project(&["card"]);
    let rows = store.run_query(&by_name).await.unwrap().rows;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].entity.text("card"), Some(card.as_str()));
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

/// Forms of query that neither a page nor a tick makes, so that `dormouse explain` leaves them out: each with what makes it.
const ELSEWHERE: [(&str, &str); 18] = [
    ("Invitation where user =: whole", "making an invitation"),
    ("User where mail_due ≤: whole", "letters that are due"),
    ("Session where user =: whole", "the list of one’s sessions"),
    ("Session where user =: keys", "signing out everywhere else"),
    ("Webhook where user =: whole", "the list of webhooks"),
    (
        "Webhook where feed =: whole",
        "news of a feed that has webhooks",
    ),
    ("Feed: whole", "doctor, over the whole store"),
    ("FeedUrl: whole", "doctor"),
    ("Article: keys", "doctor"),
    ("User: whole", "doctor"),
    ("User where leaving >: whole", "the daily cleaning"),
    ("User, by card up: card", "the administrator’s list"),
    ("Audit where __key__ >: keys", "the daily cleaning"),
    (
        "Subscription where feed =: keys",
        "removing a feed from all shelves",
    ),
    ("Icon where fetched <: keys", "the daily cleaning"),
    ("Session where expires <: keys", "the daily cleaning"),
    ("Probe where minute ≤: keys", "a search for a site’s feed"),
    (
        "Feed where id ≥, by id up: card",
        "the daily indexing of older feeds",
    ),
];

/// `dormouse explain` asks what pages and ticks ask, and nothing else: by the forms that a run through the whole product records.
#[tokio::test]
async fn explain_asks_every_form_of_a_page_and_a_tick() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let add = ["user", "add", "ann@example.org", "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let feed = web.put("/f", Page::feed(FeedText::hourly("F", 80, at(9, 0)).rss()));
    let list = format!("<opml><body><outline xmlUrl=\"{feed}\"/></body></opml>");
    std::fs::write(shell.folder().join("feeds.opml"), list).unwrap();
    let import = ["import", "feeds.opml", "--user", "ann@example.org"];
    shell.run(&import).is(0);
    shell.run(&["tick"]).is(0);
    let said = shell
        .run(&["explain", "--user", "ann@example.org"])
        .is(0)
        .out();
    let rows = said.lines().filter(|line| line.contains('\t')).skip(1);
    let explained: BTreeSet<String> = rows
        .map(|row| form_of(row.split('\t').next().unwrap_or_default()))
        .collect();
    let recorded: BTreeSet<String> = asked()
        .await
        .iter()
        .map(|query| form_of(&query.to_string()))
        .collect();
    let elsewhere: BTreeSet<String> = ELSEWHERE.iter().map(|(form, _)| (*form).into()).collect();
    let unknown: Vec<_> = explained.difference(&recorded).collect();
    assert!(unknown.is_empty(), "nothing but explain asks {unknown:#?}");
    let expected: BTreeSet<String> = recorded.difference(&elsewhere).cloned().collect();
    assert_eq!(explained, expected);
    let stale: Vec<_> = elsewhere.difference(&recorded).collect();
    assert!(stale.is_empty(), "nothing asks {stale:#?} any more");
}

/// A query's form whether it asks for one value or one of several: “feed one of 30” is “feed =”.
fn form_of(query: &str) -> String {
    let mut parts = query.split(" one of ");
    let mut form = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        form += " =";
        form += part.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    form
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
