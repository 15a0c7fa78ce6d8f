//! Durability: the server is killed under load repeatedly, in the middle of backups too, and `dormouse compact` is; every
//! acknowledged write must survive. `KILLS` is how often, 50 by default.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use dormouse::random::Random;
use serde_json::{Value, json};

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at, browse, call};

const MARKERS: usize = 3;
const SUBSCRIBERS: usize = 3;
/// A compaction is killed once in so many rounds.
const COMPACTIONS: usize = 5;
/// Feeds to subscribe to, in all rounds.
const SMALL_FEEDS: usize = 3_000;
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

/// Signs in; returns the cookie.
fn signed_in(server: SocketAddr) -> String {
    let form = format!(
        "email={}&password={}",
        ANN.replace('@', "%40"),
        PASSWORD.replace(' ', "+")
    );
    let (status, cookie, _) = browse(server, "/signin", "", Some(&form)).unwrap();
    assert_eq!(status, 303);
    cookie.unwrap()
}

/// Takes backups until the server is killed. Returns how many were complete, and whether one was under way.
fn back_up(server: SocketAddr, cookie: &str) -> (usize, bool) {
    for done in 0.. {
        match browse(server, "/admin/backup", cookie, None) {
            Some((200, _, true)) => {}
            Some((200, _, false)) => return (done, true),
            Some((status, _, _)) => panic!("a backup: {status}"),
            None => return (done, true),
        }
    }
    unreachable!("backups are taken until the server is gone")
}

/// Files in the store's folder that don't belong there.
fn left_over(shell: &Shell) -> Vec<String> {
    let files = std::fs::read_dir(shell.folder().join("data")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.contains("backup") || name.ends_with(".next") || name.ends_with(".tmp"))
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
    #[expect(clippy::disallowed_methods, reason = "how long the campaign is")]
    let kills = std::env::var("KILLS");
    let rounds = kills.map_or(50, |kills| kills.parse().unwrap());
    let a_round = (SMALL_FEEDS / rounds).clamp(SUBSCRIBERS, 60);
    let many = [(
        "QUOTA",
        "adds=1000000 feeds=5000 imports=20 refreshes=60 unread=100 stars=10000",
    )];
    let small: Vec<String> = (0..rounds * a_round)
        .map(|n| {
            web.put(
                &format!("/small{n}"),
                Page::feed(FeedText::hourly("Small", 2, at(10, 0)).rss()),
            )
        })
        .collect();
    let random = Random::seeded(1_865);

    let mut server = shell.serve(&many);
    let mut cookie = String::new();
    let (mut backups, mut cut_off, mut compactions) = (0, 0, 0);
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

    for round in 0..rounds {
        let (at, offered) = (server.address, &small[round * a_round..][..a_round]);
        if round % 100 == 0 {
            cookie = signed_in(at);
        }
        let done = std::thread::scope(|threads| {
            for marker in &mut markers {
                let random = random.clone();
                threads.spawn(move || marker.work(at, token, round, &random));
            }
            let shares = offered.chunks(a_round / SUBSCRIBERS);
            let subscribers: Vec<_> = shares
                .map(|share| threads.spawn(move || subscribe(at, token, share)))
                .collect();
            let saver = threads.spawn(|| back_up(at, &cookie));
            let life = u64::try_from(random.id(350)).unwrap();
            std::thread::sleep(Duration::from_millis(50 + life));
            server.kill();
            let (complete, is_cut_off) = saver.join().unwrap();
            backups += complete;
            cut_off += usize::from(is_cut_off);
            let done = subscribers.into_iter().map(|one| one.join().unwrap());
            done.flatten().collect::<Vec<_>>()
        });
        subscribed.extend(done);
        if round % COMPACTIONS == 0 {
            let time = Duration::from_millis(u64::try_from(random.id(120)).unwrap());
            compactions += usize::from(!shell.run_for(&["compact"], time));
        }
        if round % 10 == 9 {
            assert!(shell.run(&["doctor"]).is(0).out().ends_with("sound\n"));
        }

        server = shell.serve(&many);
        let there = addresses(server.address, token);
        assert_eq!(left_over(&shell), Vec::<String>::new(), "round {round}");
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
        marks > rounds && subscribed.len() > rounds,
        "{marks} batches, {} feeds",
        subscribed.len()
    );
    eprintln!(
        "{rounds} kills: {marks} batches of marks and {} subscriptions were acknowledged, {backups} backups complete and \
         {cut_off} cut off, {compactions} compactions cut off",
        subscribed.len()
    );
}
