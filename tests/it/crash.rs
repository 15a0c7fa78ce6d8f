//! Durability: the server is killed under load repeatedly, and every acknowledged write must survive.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use dormouse::random::Random;
use serde_json::{Value, json};

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at, call};

const ROUNDS: usize = 50;
const MARKERS: usize = 3;
const SUBSCRIBERS: usize = 3;
/// Feeds available for subscribing in one round.
const A_ROUND: usize = 60;
const ANN: &str = "ann@example.org";

/// One client's articles, which no other client marks, and their acknowledged states.
#[derive(Debug)]
struct Marker {
    articles: Vec<String>,
    /// The acknowledged state; `None` while a response is outstanding.
    known: BTreeMap<String, Option<bool>>,
    acknowledged: usize,
}

impl Marker {
    /// Sends marks until the server is killed.
    fn work(&mut self, server: SocketAddr, token: &str, round: usize, random: &Random) {
        for turn in 0.. {
            let first = usize::try_from(random.id(90)).unwrap();
            let chosen = &self.articles[first..first + 8];
            let (read, unread) = chosen.split_at(usize::try_from(random.id(8)).unwrap());
            for id in chosen {
                self.known.insert(id.clone(), None);
            }
            let batch = format!("{}-{round}-{turn}", self.articles[0]);
            let body = json!({ "batch": batch, "read": read, "unread": unread });
            let Some((200, _)) = call(server, token, "POST", "/api/v1/marks", &body) else {
                return;
            };
            self.known
                .extend(read.iter().map(|id| (id.clone(), Some(true))));
            self.known
                .extend(unread.iter().map(|id| (id.clone(), Some(false))));
            self.acknowledged += 1;
        }
    }

    /// Fails if the server lost an acknowledged mark.
    fn verify(&mut self, server: SocketAddr, token: &str, round: usize) {
        let feed = self.articles[0].split('-').next().unwrap();
        let path = format!("/api/v1/articles?state=all&limit=200&feed={feed}");
        let (status, list) = call(server, token, "GET", &path, &Value::Null).unwrap();
        assert_eq!(status, 200, "{list}");
        for article in list["articles"].as_array().unwrap() {
            let (id, read) = (
                article["id"].as_str().unwrap(),
                article["read"].as_bool().unwrap(),
            );
            let known = self.known.entry(id.to_owned()).or_insert(Some(false));
            // An unacknowledged mark may be in either state; adopt the server's.
            let expected = *known.get_or_insert(read);
            assert_eq!(read, expected, "round {round}: {id}");
        }
    }
}

/// Subscribes until the server is killed. Returns the acknowledged addresses.
fn subscribe(server: SocketAddr, token: &str, urls: &[String]) -> Vec<String> {
    let mut done = Vec::new();
    for url in urls {
        match call(
            server,
            token,
            "POST",
            "/api/v1/subscriptions",
            &json!({ "url": url }),
        ) {
            Some((201, _)) => done.push(url.clone()),
            Some(other) => panic!("{url}: {other:?}"),
            None => break,
        }
    }
    done
}

fn addresses(server: SocketAddr, token: &str) -> BTreeSet<String> {
    let (status, list) = call(server, token, "GET", "/api/v1/subscriptions", &Value::Null).unwrap();
    assert_eq!(status, 200, "{list}");
    let list = list["subscriptions"].as_array().unwrap().iter();
    list.map(|one| one["url"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn killed_fifty_times_under_load_it_keeps_all_that_it_acknowledged() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    shell
        .run_with(&["user", "add", ANN, "--password-stdin"], &[], PASSWORD)
        .is(0);
    let token = shell.run(&["token", "add", "--user", ANN]).is(0).out();
    let token = token.trim();
    let small: Vec<String> = (0..ROUNDS * A_ROUND)
        .map(|n| {
            web.put(
                &format!("/small{n}"),
                Page::feed(FeedText::hourly("Small", 2, at(10, 0)).rss()),
            )
        })
        .collect();
    let random = Random::seeded(1_865);

    let mut server = shell.serve(&[]);
    let mut markers: Vec<Marker> = (0..MARKERS)
        .map(|n| {
            let text = FeedText::hourly(&format!("Large{n}"), 100, at(10, 0)).rss();
            let url = web.put(&format!("/large{n}"), Page::feed(text));
            let added = call(
                server.address,
                token,
                "POST",
                "/api/v1/subscriptions",
                &json!({ "url": url }),
            );
            let (status, added) = added.unwrap();
            assert_eq!(status, 201, "{added}");
            let feed = added["feed"].as_str().unwrap();
            Marker {
                articles: (1..=100).map(|seq| format!("{feed}-{seq}")).collect(),
                known: BTreeMap::new(),
                acknowledged: 0,
            }
        })
        .collect();
    let mut subscribed = addresses(server.address, token);
    assert_eq!(subscribed.len(), MARKERS);

    for round in 0..ROUNDS {
        let (at, offered) = (server.address, &small[round * A_ROUND..][..A_ROUND]);
        let done = std::thread::scope(|threads| {
            for marker in &mut markers {
                let random = random.clone();
                threads.spawn(move || marker.work(at, token, round, &random));
            }
            let shares = offered.chunks(A_ROUND / SUBSCRIBERS);
            let subscribers: Vec<_> = shares
                .map(|share| threads.spawn(move || subscribe(at, token, share)))
                .collect();
            let life = u64::try_from(random.id(350)).unwrap();
            std::thread::sleep(Duration::from_millis(50 + life));
            server.kill();
            let done = subscribers.into_iter().map(|one| one.join().unwrap());
            done.flatten().collect::<Vec<_>>()
        });
        subscribed.extend(done);
        if round % 10 == 9 {
            assert!(shell.run(&["doctor"]).is(0).out().ends_with("sound\n"));
        }

        server = shell.serve(&[]);
        let there = addresses(server.address, token);
        let lost: Vec<_> = subscribed.difference(&there).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        subscribed = there;
        for marker in &mut markers {
            marker.verify(server.address, token, round);
        }
    }
    server.kill();
    shell.run(&["doctor"]).is(0);
    let marks: usize = markers.iter().map(|marker| marker.acknowledged).sum();
    assert!(
        marks > ROUNDS && subscribed.len() > ROUNDS,
        "{marks} batches, {} feeds",
        subscribed.len()
    );
    eprintln!(
        "{marks} batches of marks and {} subscriptions were acknowledged",
        subscribed.len()
    );
}
