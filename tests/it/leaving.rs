//! The deletion of an account: whatever it has, and wherever it is cut off, nothing is left.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use chrono::TimeDelta;
use dormouse::accounts::deletion::{Deletion, Step};
use dormouse::accounts::holdings;
use dormouse::accounts::standing::{Change, change};
use dormouse::clock::Clock;
use dormouse::codec;
use dormouse::datastore::IndexSet;
use dormouse::datastore::embedded::{DiskTrial, Embedded, Options};
use dormouse::datastore::{Datastore, Entity, Key, Kind, Mutation, Property, Query, Value};
use dormouse::ids::UserId;
use dormouse::maintenance::{Budget, leavers};
use dormouse::timestamp::minute_of;
use dormouse::users::audit::{Act, By, Entry as AuditEntry};
use dormouse::users::openid::connect;
use dormouse::users::{Connected, store};
use serde_json::json;

use crate::administering::{log, page_of};
use crate::second_steps::sets_codes_up;
use crate::support::{
    Authenticator, CRON_SECRET, Client, FakeWeb, FeedText, PASSWORD, Page, Shell, TestApp, at,
    attribute,
};

const BOB: &str = "bob@example.org";
const SITE: &str = "https://reader.example";

async fn app() -> TestApp {
    let site = format!("{SITE}/");
    TestApp::with(&[("BASE_URL", site.as_str()), ("SIGNUP", "open")]).await
}

async fn id_of(app: &TestApp) -> UserId {
    let id = store::id_of(&app.state.store, BOB).await;
    id.unwrap().expect("Bob has an account")
}

/// Everything that is stored under a property, packed or not, as text.
fn text_of(property: &Property) -> String {
    match &property.value {
        Value::Blob(bytes) => match codec::unpack::<serde_json::Value>(bytes) {
            Ok(json) => json.to_string(),
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        },
        other => format!("{other:?}"),
    }
}

/// Entities that have something of somebody, by key and property, whatever the code under test thinks of them. Of lines of the audit
/// log only those with the address.
async fn traces(store: &Datastore, id: UserId, marks: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let number = id.to_string();
    for kind in Kind::ALL {
        let mut query = Query::kind(kind, 500);
        loop {
            let page = store.run_query(&query).await.unwrap();
            for row in &page.rows {
                let key = row.entity.key.to_string();
                let has = |text: &str| {
                    let named = kind != Kind::Audit && text.contains(&number);
                    named || marks.iter().any(|mark| text.contains(mark))
                };
                let inside = row.entity.properties.iter();
                let inside = inside.filter(|(_, property)| has(&text_of(property)));
                found.extend(inside.map(|(name, _)| format!("{key} {name}")));
                if has(&key) {
                    found.push(key);
                }
            }
            match page.next {
                Some(next) => query = query.after(Some(next)),
                None => break,
            }
        }
    }
    found
}

/// A feed that opens for `Bobs secret` alone, added with it; its id.
async fn opens_a_door(web: &FakeWeb, bob: &Client<'_>, path: &str) -> String {
    let text = FeedText::hourly(path, 3, at(11, 0)).rss();
    let page = Page::behind("x-key", "Bobs secret", Page::feed(text));
    let url = web.put(path, page);
    let form = [
        ("url", url.as_str()),
        ("door", "header"),
        ("door_name", "X-Key"),
        ("door_secret", "Bobs secret"),
    ];
    let added = bob.post("/add", &form).await;
    let feed = added.is(303).location().strip_prefix("/feed/");
    feed.unwrap().to_owned()
}

/// Bob has one of everything. Ann reads one of his two open feeds. The id of the one behind a door.
pub(crate) async fn one_of_everything(
    app: &TestApp,
    web: &FakeWeb,
    ann: &Client<'_>,
    bob: &Client<'_>,
) -> String {
    let state = &app.state;
    let feed = |path: &str| {
        let text = FeedText::hourly(path, 6, at(11, 0)).rss();
        web.put(path, Page::feed(text))
    };
    let shared = feed("/shared");
    ann.subscribes(&shared).await;
    bob.subscribes(&shared).await;
    let own = bob.subscribes_in(&feed("/own"), "Bobs secret folder").await;
    // Ways in.
    let mut device = Authenticator::new(SITE);
    let options = bob.post("/settings/security/passkeys/options", &[]).await;
    let made = device.makes(&options.is(200).json());
    let form = [("credential", made.as_str()), ("name", "Bobs secret key")];
    bob.post("/settings/security/passkeys", &form).await.is(303);
    sets_codes_up(bob).await;
    let id = id_of(app).await;
    let who = Connected {
        issuer: "https://id.example".into(),
        subject: "bob".into(),
    };
    let line = AuditEntry {
        act: Act::Connected,
        by: By::User(id),
        user: Some(id),
        about: "",
        network: "",
    };
    let line = line.write(&state.random, app.clock.now());
    connect(&state.store, id, &who, line).await.unwrap();
    let program = app.program_of(bob).await;
    let token = bob.makes_token().await;
    // What is read and kept.
    let lines = bob.get("/unread").await.lines();
    let article = lines[0].id.clone();
    bob.get(&format!("/article/{article}")).await.is(200);
    bob.post(&format!("/article/{article}/star"), &[])
        .await
        .is(303);
    let tags = [("tags", "bobs-secret-tag"), ("note", "Bobs secret note")];
    bob.post(&format!("/article/{}/tags", lines[1].id), &tags)
        .await
        .is(303);
    let text = "Some words of a page that is worth keeping, and a few more of them. ".repeat(20);
    let page = format!(
        "<html><head><title>A page</title></head><body><article><h1>A page</h1><p>{text}</p><p>{text}</p></article></body></html>"
    );
    let page = web.put("/page", Page::html(&page));
    bob.post("/keep", &[("url", &page), ("tags", "bobs-secret-tag")])
        .await
        .is(303);
    bob.get("/search?q=words").await.is(200);
    bob.post("/searches", &[("q", "title:bobssecret")])
        .await
        .is(303);
    let rule = [
        ("what.0", "title"),
        ("how.0", "words"),
        ("text.0", "bobssecret"),
        ("read", "1"),
        ("do", "save"),
    ];
    bob.post("/rules", &rule).await.is(303);
    bob.post("/edition", &[("hour", "7")]).await;
    bob.post(
        "/settings/shared",
        &[("what", "starred"), ("heading", "Bobs secret")],
    )
    .await
    .is(303);
    // Programs: a hook that isn't taken, and numbers for Fever.
    web.put("/hook", Page::status(500));
    let wanted = json!({ "feed": own, "address": web.url("/hook?bobssecret") });
    let hook = program.post_json("/api/v1/webhooks", wanted).await;
    hook.is(201);
    let key = dormouse::users::token::fever_password(BOB, &token);
    let fever = app.stranger();
    fever
        .post("/fever/?api&items&feeds&groups", &[("api_key", &key)])
        .await
        .is(200);
    let opml = format!("<opml><body><outline xmlUrl='{shared}'/></body></opml>");
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", opml).send().await.is(200);
    bob.post(
        "/feeds",
        &[("feed", &own), ("do", "pause"), ("return", "/feeds")],
    )
    .await;
    // News arrive, whose hook isn't taken; two days are counted, and a journal is moved.
    bob.post(&format!("/feed/{own}/resume"), &[]).await;
    for day in 0..2 {
        app.minutes_pass(25 * 60);
        let newer = FeedText::hourly("/own", 7 + day, app.clock.now() - TimeDelta::hours(1));
        web.put("/own", Page::feed(newer.rss()));
        app.cron().await;
        for one in bob.get("/unread").await.lines().iter().take(2) {
            bob.get(&format!("/article/{}", one.id)).await.is(200);
            bob.post(&format!("/article/{}/read", one.id), &[])
                .await
                .is(303);
        }
        bob.get("/journal").await.is(200);
    }
    app.minutes_pass(10);
    app.cron().await;
    opens_a_door(web, bob, "/door").await
}

/// Articles that are stored of a feed.
async fn of_feed(app: &TestApp, feed: &str) -> usize {
    let query = Query::kind(Kind::Article, 500)
        .within(key_of(feed))
        .keys_only();
    let page = app.state.store.run_query(&query).await.unwrap();
    page.rows.len()
}

fn key_of(feed: &str) -> Key {
    dormouse::feeds::store::key(feed.parse().unwrap())
}

/// Marks by which what is Bob's is found.
const MARKS: [&str; 4] = [BOB, "Bobs secret", "bobssecret", "bobs-secret"];

async fn orders(app: &TestApp) -> UserId {
    let state = &app.state;
    let id = id_of(app).await;
    let line = AuditEntry {
        act: Act::DeletionBegun,
        by: By::User(id),
        user: Some(id),
        about: "",
        network: "",
    };
    let line = line.write(&state.random, app.clock.now());
    let how = Change::Leave(minute_of(app.clock.now()));
    let changed = change(&state.store, id, how, &line).await.unwrap();
    assert!(changed.is_some());
    id
}

#[tokio::test]
async fn an_account_with_one_of_everything_leaves_nothing_wherever_its_deletion_is_cut_off() {
    let (app, web) = (app().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let door = one_of_everything(&app, &web, &ann, &bob).await;
    let state = &app.state;
    let id = id_of(&app).await;
    let held = holdings::of(&state.store, id).await.unwrap();
    let kinds: Vec<&str> = held.own.keys().copied().collect();
    assert_eq!(
        kinds,
        [
            "Feed",
            "Import",
            "Journal",
            "Ledger",
            "Login",
            "ReadState",
            "Session",
            "Share",
            "Star",
            "Subscription",
            "Tick",
            "Token",
            "User",
            "Webhook",
            "Words",
        ],
        "the account has one of everything that can be somebody's"
    );
    app.is_sound().await;
    orders(&app).await;
    // Nobody comes in any more, whatever is still there.
    bob.get("/unread").await.is(303);
    let form = [("email", BOB), ("password", PASSWORD)];
    let mut rounds = 0;
    loop {
        // The list's mark, the query for accounts that leave, and one step: then the process is killed.
        let mut budget = Budget::of(Duration::from_secs(60)).with_steps(3);
        let report = leavers::clean(&state.store, &app.clock, &mut budget).await;
        let report = report.unwrap();
        app.is_sound().await;
        rounds += 1;
        if report.done.accounts == 1 {
            break;
        }
        assert!(!report.finished);
        if rounds % 5 == 0 {
            let knock = app.stranger().post("/signin", &form).await;
            // With one-time codes, the second step comes first.
            assert!([303, 403].contains(&knock.status), "{}", knock.status);
        }
        assert!(rounds < 200, "it doesn't end");
    }
    assert!(rounds > 8, "{rounds}");
    assert_eq!(traces(&state.store, id, &MARKS).await, Vec::<String>::new());
    // Its articles went with it.
    assert_eq!(of_feed(&app, &door).await, 0);
    let held = holdings::of(&state.store, id).await.unwrap();
    assert!(held.is_nothing() && held.audit > 0, "{held:?}");
    // The shared feed stays with who reads it, and counts one less.
    let feeds = ann.titles("/unread").await;
    assert_eq!(feeds.len(), 6);
    app.is_sound().await;
    let said = log(&ann).await;
    // Two of the same moment stand in any order.
    let is_last = |line: &String| line.ends_with("is deleted; nothing is left");
    assert!(said.iter().take(2).any(is_last), "{said:?}");
    // The address is free.
    let again = app.reader("bob").await;
    again.get("/unread").await.is(200);
    assert_ne!(id_of(&app).await, id);
}

#[tokio::test]
async fn a_reader_deletes_their_account_after_a_proof_and_a_clear_yes() {
    let (app, web) = (app().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put("/f", Page::feed(FeedText::hourly("F", 3, at(11, 0)).rss()));
    ann.subscribes(&url).await;
    let feed = bob.subscribes(&url).await;
    let id = id_of(&app).await;
    let here = "/settings/delete-account";
    assert!(bob.get("/settings/security").await.text().contains(here));
    app.minutes_pass(11);
    let asked = bob.get(here).await;
    assert!(asked.is(303).location().starts_with("/confirm"));
    let asked = bob.post(here, &[("sure", "1")]).await;
    assert!(asked.is(303).location().starts_with("/confirm"));
    bob.post("/confirm", &[("password", PASSWORD), ("next", here)])
        .await
        .is(303);
    let page = bob.get(here).await.words();
    assert!(page.contains("1 feed") && page.contains("/export.opml"));
    let unsure = bob.post(here, &[]).await;
    assert!(unsure.is(422).words().contains("Tick the box"));
    assert_eq!(app.feed(&feed).await.summary.subscribers, 2);
    let gone = bob.post(here, &[("sure", "1")]).await;
    assert!(gone.is(200).words().contains("Nothing of it is left"));
    bob.get("/unread").await.is(303);
    assert_eq!(app.feed(&feed).await.summary.subscribers, 1);
    // What this very request has cost isn't counted for them either.
    app.minutes_pass(61);
    app.cron().await;
    assert_eq!(
        traces(&app.state.store, id, &[BOB]).await,
        Vec::<String>::new()
    );
    app.is_sound().await;
}

#[tokio::test]
async fn feeds_behind_a_door_go_with_their_reader_also_those_that_were_left_before() {
    let (app, web) = (app().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let mut his = Vec::new();
    for n in 0..25 {
        his.push(opens_a_door(&web, &bob, &format!("/{n}")).await);
    }
    // Ann's own at the same address, and one that nobody reads any more.
    let hers = opens_a_door(&web, &ann, "/0").await;
    let url = web.put("/f", Page::feed(FeedText::hourly("F", 3, at(11, 0)).rss()));
    let open = ann.subscribes(&url).await;
    ann.post(&format!("/feed/{open}/remove"), &[]).await.is(303);
    // What was left can be taken back for ten minutes, and opens as before.
    let left = &his[0];
    let gone = bob.post(&format!("/feed/{left}/remove"), &[]).await;
    let page = bob.get(gone.is(303).location()).await;
    let act = attribute(page.text(), "name=\"act\"", "value").unwrap();
    app.minutes_pass(9);
    let form = [("act", act.as_str()), ("return", "/feeds")];
    bob.post("/undo", &form).await.is(303);
    assert_eq!(bob.titles(&format!("/feed/{left}")).await.len(), 3);
    bob.post(&format!("/feed/{left}/remove"), &[]).await.is(303);
    assert_eq!(of_feed(&app, left).await, 3);
    let id = id_of(&app).await;
    let held = holdings::of(&app.state.store, id).await.unwrap();
    assert_eq!(held.own["Feed"], 25, "{held:?}");
    let gone = bob.post("/settings/delete-account", &[("sure", "1")]).await;
    assert!(gone.is(200).words().contains("Nothing of it is left"));
    for feed in &his {
        assert_eq!(of_feed(&app, feed).await, 0);
    }
    // Ann's two feeds, with their addresses, are all that is there.
    assert_eq!(
        (app.count("Feed").await, app.count("FeedUrl").await),
        (2, 2)
    );
    assert_eq!(ann.titles(&format!("/feed/{hers}")).await.len(), 3);
    let held = holdings::of(&app.state.store, id).await.unwrap();
    assert!(held.is_nothing(), "{held:?}");
    app.is_sound().await;
}

#[tokio::test]
async fn an_administrator_deletes_a_reader_and_not_themself() {
    let app = app().await;
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let (anns, bobs) = (page_of(&ann, "ann").await, page_of(&ann, "bob").await);
    ann.post(&format!("{anns}/delete"), &[("sure", "1")])
        .await
        .is(404);
    let question = ann.get(&format!("{bobs}/delete")).await.words();
    assert!(question.contains("This deletes bob@example.org"));
    ann.post(&format!("{bobs}/delete"), &[]).await.is(422);
    let done = ann.post(&format!("{bobs}/delete"), &[("sure", "1")]).await;
    assert_eq!(done.is(303).location(), "/admin/users");
    bob.get("/unread").await.is(303);
    ann.get(&bobs).await.is(404);
    let lines = log(&ann).await;
    assert!(
        lines
            .iter()
            .any(|line| line.contains("ordered the deletion"))
    );
    assert!(
        !ann.get("/admin/audit").await.words().contains(BOB),
        "lines have a number, no address"
    );
}

/// A disk so slow that the seconds of a request don't do: the scheduler's call goes on, and then a command finds nothing.
#[tokio::test]
async fn what_a_request_has_no_time_for_is_finished_by_the_scheduler() {
    let (folder, web) = (tempfile::tempdir().unwrap(), FakeWeb::start());
    let trial = Arc::new(DiskTrial::default());
    let options = Options {
        trial: Some(trial.clone()),
        ..Options::default()
    };
    let indexes = IndexSet::ours().unwrap();
    let embedded = Embedded::open_with(folder.path(), indexes, options).unwrap();
    let clock = Clock::fixed(at(12, 0));
    let embedded = Datastore::new(embedded, clock.clone());
    let site = format!("{SITE}/");
    let settings = [("BASE_URL", site.as_str()), ("SIGNUP", "open")];
    let app = TestApp::on_with(embedded, clock, &settings).await;
    let id = {
        let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
        one_of_everything(&app, &web, &ann, &bob).await;
        let (id, bobs) = (id_of(&app).await, page_of(&ann, "bob").await);
        let form = [("password", PASSWORD), ("next", "/admin")];
        ann.post("/confirm", &form).await.is(303);
        trial.sync_delay.store(1_500_000, Relaxed);
        let ordered = ann.post(&format!("{bobs}/delete"), &[("sure", "1")]).await;
        trial.sync_delay.store(0, Relaxed);
        let page = ann.get(ordered.is(303).location()).await.words();
        assert!(page.contains("The account is being deleted"), "{page}");
        let held = holdings::of(&app.state.store, id).await.unwrap();
        assert!(held.own.len() > 3, "{held:?}");
        assert!(held.own.contains_key("User"), "{held:?}");
        bob.get("/unread").await.is(303);
        let nobody = app.stranger();
        let bearer = format!("Bearer {CRON_SECRET}");
        let ask = nobody.ask(http::Method::GET, "/cron/accounts");
        let done = ask.header("authorization", &bearer).send().await;
        let done = done.is(200).json();
        assert_eq!(done["accounts"], 1, "{done}");
        assert!(done["removed"].as_u64() > Some(3), "{done}");
        assert_eq!(done["finished"], true, "{done}");
        let left = traces(&app.state.store, id, &MARKS).await;
        assert_eq!(left, Vec::<String>::new());
        app.is_sound().await;
        id
    };
    drop(app);
    let shell = Shell::new();
    let place = [("STORE", folder.path().to_str().unwrap())];
    let said = shell.run_with(&["doctor", "--user", &id.to_string()], &place, "");
    let said = said.is(0).out();
    assert!(said.starts_with("nothing\nAudit\t"), "{said}");
    shell.run_with(&["doctor"], &place, "").is(0);
}

/// A program that another instance still knows may write while the account is deleted.
#[tokio::test]
async fn what_is_written_meanwhile_goes_too() {
    let (app, web) = (app().await, FakeWeb::start());
    let (_ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put("/f", Page::feed(FeedText::hourly("F", 3, at(11, 0)).rss()));
    bob.subscribes(&url).await;
    let article = bob.get("/unread").await.lines()[0].id.clone();
    bob.post(&format!("/article/{article}/read"), &[])
        .await
        .is(303);
    let id = orders(&app).await;
    let state = &app.state;
    let user = store::get(&state.store, id).await.unwrap().unwrap();
    let before = app.count("ReadState").await;
    let mut deletion = Deletion::of(&state.store, user);
    let mut has_written = false;
    loop {
        let step = deletion.step(app.clock.now()).await.unwrap();
        if step == Step::Gone {
            break;
        }
        if !has_written && app.count("ReadState").await < before {
            has_written = true;
            let late = Entity::new(Key::int(Kind::ReadState, id.0)).unindexed("late", true);
            let late = Mutation::Upsert(late, None);
            state.store.commit(vec![late]).await.unwrap();
        }
    }
    assert!(has_written);
    assert_eq!(traces(&state.store, id, &[BOB]).await, Vec::<String>::new());
}
