//! Two instances over one store, and a store that is far away: nothing that was answered with success is missing, and
//! what doesn't depend on each other goes out together.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet, Journey};
use dormouse::random::Random;
use http::Method;
use serde_json::json;

use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

/// What the answers said that is stored.
#[derive(Debug, Default)]
struct Said {
    subscribed: BTreeMap<String, String>,
    read: BTreeSet<String>,
    unread: BTreeSet<String>,
    starred: BTreeSet<String>,
    unstarred: BTreeSet<String>,
    /// The last batch of marks, which may be sent again.
    batch: Option<serde_json::Value>,
}

/// Enough of everything for as many rounds.
const QUOTA: (&str, &str) = ("QUOTA", "imports=9000 refreshes=9000 adds=9000 texts=9000");

/// One write, by one instance's program. What it says is noted.
async fn write(
    program: &Client<'_>,
    said: &mut Said,
    urls: &[String],
    random: &Random,
    round: usize,
) {
    let pick = |most: usize| usize::try_from(random.id(most as u64)).unwrap() % most;
    let feeds: Vec<String> = said.subscribed.keys().cloned().collect();
    let what = if feeds.len() < 2 { 0 } else { pick(11) };
    match what {
        0 => {
            let url = &urls[pick(urls.len())];
            let answer = program
                .post_json("/api/v1/subscriptions", json!({ "url": url }))
                .await;
            assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
            let added = answer.json();
            assert!(added.is_object(), "round {round}: {added}");
            assert_eq!(added["url"].as_str(), Some(url.as_str()));
            said.subscribed
                .insert(added["feed"].as_str().unwrap().into(), url.clone());
        }
        1 => {
            let feed = &feeds[pick(feeds.len())];
            let path = format!("/api/v1/subscriptions/{feed}");
            program.ask(Method::DELETE, &path).send().await.is(204);
            said.subscribed.remove(feed);
            for set in [&mut said.read, &mut said.unread] {
                set.retain(|id| !id.starts_with(&format!("{feed}-")));
            }
        }
        2 => {
            let feed = &feeds[pick(feeds.len())];
            let path = format!("/api/v1/subscriptions/{feed}");
            let title = format!("Round {round}");
            let ask = program
                .ask(Method::PATCH, &path)
                .json(&json!({ "title": title }));
            assert_eq!(ask.send().await.is(200).json()["title"], title);
        }
        3 | 4 => {
            let feed = &feeds[pick(feeds.len())];
            let id = format!("{feed}-{}", 1 + pick(5));
            let is_read = what == 3;
            let key = if is_read { "read" } else { "unread" };
            let batch = format!("batch-{round}");
            let body = json!({ "batch": batch, key: [id, "999-1"] });
            said.batch = Some(body.clone());
            let answer = program.post_json("/api/v1/marks", body).await;
            let answer = answer.is(200).json();
            assert_eq!(
                answer["ignored"],
                json!(["999-1"]),
                "round {round}: {answer}"
            );
            let (into, from) = match is_read {
                true => (&mut said.read, &mut said.unread),
                false => (&mut said.unread, &mut said.read),
            };
            from.remove(&id);
            into.insert(id);
        }
        7 => {
            // It counts once, whatever was marked since.
            if let Some(body) = said.batch.clone() {
                let again = program.post_json("/api/v1/marks", body).await;
                again.is(200);
            }
        }
        8 => {
            let url = &urls[pick(urls.len())];
            let opml = format!("<opml><body><outline text='F' xmlUrl='{url}'/></body></opml>");
            let sent = program.ask(Method::POST, "/api/v1/opml");
            let report = sent.body("text/x-opml", opml).send().await.is(200).json();
            let line = &report["lines"][0];
            let feed = line["feed"].as_str();
            assert!(feed.is_some(), "round {round}: {report}");
            let feed = feed.unwrap().to_owned();
            // A file's feeds are fetched by the next tick, or now.
            let path = format!("/api/v1/subscriptions/{feed}/refresh");
            program.ask(Method::POST, &path).send().await.is(200);
            said.subscribed.insert(feed, url.clone());
        }
        9 => {
            let feed = &feeds[pick(feeds.len())];
            let path = format!("/api/v1/subscriptions/{feed}/refresh");
            program.ask(Method::POST, &path).send().await.is(200);
        }
        10 => {
            let feed = &feeds[pick(feeds.len())];
            let path = format!("/api/v1/articles/{feed}-{}/full-text", 1 + pick(5));
            let answer = program.ask(Method::POST, &path).send().await;
            // The article's page isn't there, which is an answer about that page: the feed and the article are known.
            assert_eq!(
                answer.error(),
                (422, "no_full_text".into()),
                "round {round}"
            );
        }
        what => {
            let feed = &feeds[pick(feeds.len())];
            let id = format!("{feed}-{}", 1 + pick(5));
            let path = format!("/api/v1/stars/{id}");
            let method = if what == 5 {
                Method::PUT
            } else {
                Method::DELETE
            };
            program.ask(method, &path).send().await.is(204);
            let (into, from) = match what {
                5 => (&mut said.starred, &mut said.unstarred),
                _ => (&mut said.unstarred, &mut said.starred),
            };
            from.remove(&id);
            into.insert(id);
        }
    }
}

async fn two_instances(app: &TestApp, rounds: usize) {
    let web = FakeWeb::start();
    let urls: Vec<String> = (0..6)
        .map(|n| {
            let text = FeedText::hourly(&format!("F{n}"), 5, at(11, 0)).rss();
            web.put(&format!("/f{n}"), Page::feed(text))
        })
        .collect();
    let other = app.beside_with(&[QUOTA]).await;
    let ann = app.reader("ann").await;
    let here = app.program_of(&ann).await;
    let there = here.at(&other);
    let random = Random::seeded(12);
    let mut said = Said::default();
    for round in 0..rounds {
        let program = if round % 2 == 0 { &here } else { &there };
        write(program, &mut said, &urls, &random, round).await;
    }
    // A third instance, which remembers nothing, shows what is stored.
    let third = app.beside().await;
    let fresh = here.at(&third);
    let list = fresh.get("/api/v1/subscriptions").await.json();
    let list = list["subscriptions"].as_array().unwrap().clone();
    let stored: BTreeSet<String> = list
        .iter()
        .map(|one| one["feed"].as_str().unwrap().into())
        .collect();
    assert_eq!(stored, said.subscribed.keys().cloned().collect());
    for (ids, is_read) in [(&said.read, true), (&said.unread, false)] {
        for id in ids {
            let article = fresh
                .get(&format!("/api/v1/articles/{id}"))
                .await
                .is(200)
                .json();
            assert_eq!(article["read"], is_read, "{id}");
        }
    }
    let stars = fresh.get("/api/v1/stars?limit=200").await.json();
    let stars: BTreeSet<String> = stars["articles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().into())
        .collect();
    assert_eq!(stars, said.starred);
}

#[tokio::test]
async fn nothing_said_by_one_of_two_instances_is_missing() {
    let app = TestApp::in_memory(&[QUOTA]).await;
    two_instances(&app, 500).await;
}

#[tokio::test]
async fn nothing_said_by_one_of_two_instances_is_missing_in_the_cloud() {
    if crate::support::Emulator::Firestore.host().is_none() {
        return;
    }
    let app = TestApp::in_cloud(&[QUOTA]).await;
    two_instances(&app, 500).await;
}

async fn listed(program: &Client<'_>, seen: &str) -> crate::support::Answer {
    let ask = program.ask(Method::GET, "/api/v1/subscriptions");
    ask.header("dormouse-seen", seen).send().await
}

#[tokio::test]
async fn a_program_that_echoes_its_header_reads_its_writes_at_once() {
    let app = TestApp::in_memory(&[]).await;
    let other = app.beside().await;
    let ann = app.reader("ann").await;
    let here = app.program_of(&ann).await;
    let there = here.at(&other);
    // Both remember an empty shelf.
    for program in [&here, &there] {
        let list = program.get("/api/v1/subscriptions").await.json();
        assert_eq!(list["subscriptions"], json!([]));
    }
    let web = FakeWeb::start();
    let url = web.put("/f", Page::feed(FeedText::hourly("F", 5, at(11, 0)).rss()));
    let added = here
        .post_json("/api/v1/subscriptions", json!({ "url": url }))
        .await;
    let seen = added.is(201).header("dormouse-seen").unwrap().to_owned();
    assert_eq!(
        listed(&there, &seen).await.json()["subscriptions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // A change there adds its stamp to the one from here; a bent one is not believed.
    let feed = added.json()["feed"].as_str().unwrap().to_owned();
    let ask = there.ask(Method::PATCH, &format!("/api/v1/subscriptions/{feed}"));
    let changed = ask
        .header("dormouse-seen", &seen)
        .json(&json!({ "title": "Mine" }))
        .send()
        .await;
    let both = changed.is(200).header("dormouse-seen").unwrap().to_owned();
    assert!(both.starts_with(&seen) && both.len() > seen.len(), "{both}");
    assert_eq!(
        listed(&here, &both).await.json()["subscriptions"][0]["title"],
        "Mine"
    );
    listed(&here, "1.2-3.AAAAAAAAAAA, nonsense").await.is(200);
}

#[tokio::test]
async fn three_writers_at_once_are_never_told_to_come_back() {
    let app = TestApp::in_memory(&[]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&web.put(
            "/f",
            Page::feed(FeedText::hourly("F", 100, at(11, 0)).rss()),
        ))
        .await;
    let programs = [
        app.program_of(&ann).await,
        app.program_of(&ann).await,
        app.program_of(&ann).await,
    ];
    let others = [app.beside().await, app.beside().await];
    let writers = [
        programs[0].copy(),
        programs[1].at(&others[0]),
        programs[2].at(&others[1]),
    ];
    // `make endurance` has them make 40,000 requests.
    let requests = crate::support::variable("CONTENDING_REQUESTS");
    let turns: usize = requests.map_or(900, |all| all.parse().unwrap()) / 3;
    let work = writers.iter().enumerate().map(|(writer, program)| {
        let feed = &feed;
        async move {
            for turn in 0..turns {
                let id = format!("{feed}-{}", 1 + (turn * 3 + writer) % 100);
                let key = if turn % 2 == 0 { "read" } else { "unread" };
                let answer = program
                    .post_json("/api/v1/marks", json!({ key: [id] }))
                    .await;
                assert_eq!(answer.status, 200, "{writer}/{turn}: {}", answer.text());
            }
        }
    });
    futures_util::future::join_all(work).await;
    // Overlapping ticks, too.
    for _ in 0..20 {
        app.minutes_pass(5);
        let calls = [
            app.calls(),
            others[0].calls(),
            others[1].calls(),
            app.calls(),
        ];
        for answer in futures_util::future::join_all(calls).await {
            answer.is(200);
        }
    }
}

/// The rounds of a first page: what waits for each other.
#[tokio::test]
async fn a_new_instance_shows_its_first_list_in_three_rounds() {
    for distance in [0, 100, 500] {
        first_list_at(Duration::from_millis(distance)).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "said, not judged")]
async fn first_list_at(distance: Duration) {
    let web = FakeWeb::start();
    let clock = Clock::fixed(at(12, 0));
    let embedded = Embedded::in_memory(IndexSet::ours().unwrap()).unwrap();
    let journey = Journey::of(Duration::ZERO);
    let store = Datastore::new(embedded, clock.clone()).at_the_end_of(journey.clone());
    let app = TestApp::on(store, clock).await;
    let ann = app.reader("ann").await;
    for n in 0..3 {
        let text = FeedText::hourly(&format!("F{n}"), 20, at(11, 0)).rss();
        ann.subscribes(&web.put(&format!("/f{n}"), Page::feed(text)))
            .await;
    }
    let page = ann.get("/unread").await;
    let id = page.lines()[0].id.clone();
    ann.post(&format!("/article/{id}/star"), &[]).await.is(303);
    ann.get("/unread").await.is(200);

    journey.rounds();
    journey.takes(distance);
    let other = app.beside().await;
    // The key that signs is a round of its own, when the instance starts.
    assert!(matches!(journey.rounds().as_slice(), [.., 1] | []));
    let there = ann.at(&other);
    let began = std::time::Instant::now();
    there.get("/unread").await.is(200);
    eprintln!(
        "the first list of a new instance, {distance:?} from its store: {:?}",
        began.elapsed()
    );
    let rounds = journey.rounds();
    if distance.is_zero() {
        // What doesn't wait for anything has no rounds.
        return;
    }
    assert_eq!(rounds.len(), 3, "{rounds:?}");
    assert_eq!(
        rounds[0], 5,
        "session, account, subscriptions, read state and stars: {rounds:?}"
    );
    there.get("/unread").await.is(200);
    assert_eq!(journey.rounds(), [0_usize; 0]);
}

#[tokio::test]
async fn sixteen_writers_of_one_reader_on_a_disk_all_get_through() {
    let app = TestApp::on_disk().await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("F", 100, at(11, 0)).rss();
    let feed = ann.subscribes(&web.put("/f", Page::feed(text))).await;
    let program = app.program_of(&ann).await;
    let writers = (0..16).map(|writer| {
        let (program, feed) = (program.copy(), &feed);
        async move {
            for turn in 0..20 {
                let id = format!("{feed}-{}", 1 + (turn * 16 + writer) % 100);
                let body = json!({ "read": [id] });
                let answer = program.post_json("/api/v1/marks", body).await;
                assert_eq!(answer.status, 200, "{writer}/{turn}: {}", answer.text());
            }
        }
    });
    futures_util::future::join_all(writers).await;
    assert_eq!(ann.unread().await, 0);
}
