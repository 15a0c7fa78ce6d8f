//! Replays 700,000 marks of 12,000 readers in simulated time through the real service: one by one, and in batches as
//! the page's script sends them. Also measures page latency with one reader and with a thousand.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use chrono::TimeDelta;
use dormouse::app::{App, AppState, Parts};
use dormouse::clock::Clock;
use dormouse::config::{Config, Env};
use dormouse::datastore::embedded::{DiskTrial, Embedded, Options};
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::feeds::{self, unknown};
use dormouse::ids::{ArticleId, FeedId};
use dormouse::random::Random;
use dormouse::shelf::store as shelves;
use dormouse::shelf::subscription::{Extra, Subscription};
use dormouse::users;
use dormouse::users::session::Sessions;
use dormouse::web::{self, session_cookie};
use http::Request;
use tower::ServiceExt;

use super::table::note;

const READERS: usize = 12_000;
const MARKS: usize = 700_000;
/// Milliseconds in an hour: all marks fall into the busiest hour of a day.
const HOUR: u64 = 3_600_000;
/// Delay in milliseconds and maximum batch size, as in `static/js/marks.js`.
const GATHER: u64 = 3_000;
const LARGEST: usize = 300;

/// One mark: milliseconds since the start of the hour, the reader and the article.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    at: u64,
    reader: usize,
    article: ArticleId,
}

/// The marks of the hour: each reader visits once or twice, skims most headlines and reads one article in five.
fn hour(random: &Random) -> Vec<Mark> {
    let draw = |low: u64, high: u64| low + random.id(high - low + 1) as u64 - 1;
    let mut marks = Vec::with_capacity(MARKS);
    for reader in 0..READERS {
        let wanted = MARKS / READERS + usize::from(reader < MARKS % READERS);
        let mut at = draw(0, HOUR - 1_200_000);
        for n in 0..wanted {
            at += match draw(1, 5) {
                1 => draw(5_000, 40_000),
                _ => draw(300, 1_500),
            };
            let feed = FeedId(u32::try_from((reader + n) % 10 + 1).unwrap());
            let seq = u32::try_from(n + 1).unwrap();
            let article = ArticleId { feed, seq };
            marks.push(Mark {
                at,
                reader,
                article,
            });
        }
    }
    marks.sort();
    marks
}

/// Batches the marks as the page's script does: a mark waits three seconds for more, and one batch is sent at a time.
fn batched(marks: &[Mark]) -> Vec<(u64, usize, Vec<ArticleId>)> {
    let mut open: BTreeMap<usize, (u64, Vec<ArticleId>)> = BTreeMap::new();
    let mut sent = Vec::new();
    for mark in marks {
        if let Some((due, waiting)) = open.get_mut(&mark.reader) {
            if mark.at < *due && waiting.len() < LARGEST {
                waiting.push(mark.article);
                continue;
            }
            sent.push((*due, mark.reader, std::mem::take(waiting)));
        }
        open.insert(mark.reader, (mark.at + GATHER, vec![mark.article]));
    }
    sent.extend(
        open.into_iter()
            .map(|(reader, (due, waiting))| (due, reader, waiting)),
    );
    sent.sort();
    sent
}

struct Service {
    app: AppState,
    router: Router,
    clock: Clock,
    cookies: Vec<String>,
}

/// A service with an in-memory store and a clock of its own.
async fn service(readers: usize, each: u32) -> Service {
    let clock = Clock::fixed(dormouse::timestamp::from_micros(1_790_000_000_000_000));
    let embedded = Embedded::in_memory(IndexSet::ours().unwrap()).unwrap();
    service_on(embedded, clock, readers, each).await
}

/// A service with 50 feeds with 200 articles each, and readers subscribed to `each` of the feeds.
async fn service_on(embedded: Embedded, clock: Clock, readers: usize, each: u32) -> Service {
    let random = Random::seeded(7);
    let app = App::new(Parts {
        config: Config::from_env(&Env::of([
            ("CRON_SECRET", "bench-secret"),
            ("CACHE_MB", "1024"),
            ("SIGNUP", "open"),
        ]))
        .unwrap(),
        store: Datastore::new(embedded, clock.clone()),
        clock: clock.clone(),
        random: random.clone(),
        base_url: url::Url::parse("http://reader.example/").unwrap(),
        leaving: dormouse::refresh::leaving::Leaving::default(),
    });
    let app = AppState::new(app.await.unwrap());
    for number in 1..=50 {
        let mut feed = unknown(
            FeedId(number),
            format!("https://blog{number}.example/feed")
                .parse()
                .unwrap(),
        );
        (
            feed.summary.first,
            feed.summary.last,
            feed.summary.subscribers,
        ) = (1, 200, 1);
        app.store
            .commit(feeds::store::insert(&feed).unwrap().into())
            .await
            .unwrap();
        let articles = (1..=200).map(|seq| {
            dormouse::articles::store::put(&super::article(FeedId(number), seq)).unwrap()
        });
        app.store.commit(articles.collect()).await.unwrap();
    }
    let mut cookies = Vec::with_capacity(readers);
    for reader in 0..readers {
        let email = format!("reader{reader}@example.org");
        let who = users::Connected {
            issuer: "https://accounts.example".to_owned(),
            subject: reader.to_string(),
        };
        let policy = app.policy(&email);
        let made = users::openid::create(
            &app.store,
            &random,
            clock.now(),
            policy,
            users::openid::VerifiedIdentity {
                who,
                email: email.clone(),
            },
        );
        let user = made.await.unwrap();
        let shelf = (1..=each).map(|number| {
            let place = i64::from(number);
            let one = Subscription::new(FeedId(number), Vec::new(), place, Some(0));
            shelves::stage(user.id, &one, &Extra::default()).unwrap()
        });
        app.store.commit(shelf.collect()).await.unwrap();
        cookies.push(open_session(&app, &user).await);
    }
    let router = web::router(app.clone());
    Service {
        app,
        router,
        clock,
        cookies,
    }
}

/// Sends the marks in order, at their simulated times. Returns the number of store commits, and the most within a
/// second.
async fn replay(
    service: &Service,
    sent: impl Iterator<Item = (u64, usize, Vec<ArticleId>)>,
) -> (u64, u64, u64, Duration) {
    let began = Instant::now();
    let start = service.clock.now();
    let (mut requests, mut commits, mut peak) = (0, 0, 0);
    let (mut second, mut in_second) = (0, 0);
    for (at, reader, articles) in sent {
        let now = start + TimeDelta::milliseconds(at as i64);
        let by = now - service.clock.now();
        if by > TimeDelta::zero() {
            service.clock.advance(by);
        }
        let ids: Vec<String> = articles.iter().map(ToString::to_string).collect();
        let body = format!(
            "{{\"batch\":\"{at}-{reader}\",\"read\":{}}}",
            serde_json::to_string(&ids).unwrap()
        );
        let request = Request::post("/marks")
            .header("host", "reader.example")
            .header("cookie", &service.cookies[reader])
            .header("content-type", "application/json");
        let before = service.app.store.total_cost().writes;
        let answer = service
            .router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        let wrote = service.app.store.total_cost().writes - before;
        requests += 1;
        commits += wrote;
        if at / 1_000 != second {
            (second, in_second) = (at / 1_000, 0);
        }
        in_second += wrote;
        peak = peak.max(in_second);
    }
    (requests, commits, peak, began.elapsed())
}

/// The busiest minute of the batches.
fn busiest_minute(sent: &[(u64, usize, Vec<ArticleId>)]) -> &[(u64, usize, Vec<ArticleId>)] {
    let (mut from, mut best) = (0, 0..0);
    for to in 0..sent.len() {
        while sent[to].0 - sent[from].0 > 60_000 {
            from += 1;
        }
        if to + 1 - from > best.len() {
            best = from..to + 1;
        }
    }
    &sent[best]
}

/// The busiest minute in real time, concurrently, with a file.
async fn real_minute(sent: &[(u64, usize, Vec<ArticleId>)]) {
    let minute = busiest_minute(sent);
    let folder = tempfile::tempdir().unwrap();
    let trial = std::sync::Arc::new(DiskTrial::default());
    let options = Options {
        trial: Some(trial.clone()),
        ..Options::default()
    };
    let embedded = Embedded::open_with(folder.path(), IndexSet::ours().unwrap(), options).unwrap();
    let service = service_on(embedded, Clock::System, READERS, 10).await;
    let syncs = || trial.syncs.load(std::sync::atomic::Ordering::Relaxed);
    let before = syncs();
    let entity = dormouse::datastore::Entity::new(dormouse::datastore::Key::int("Bench", 1));
    let one = vec![dormouse::datastore::Mutation::Upsert(entity, None)];
    service.app.store.commit(one).await.unwrap();
    let of_one = syncs() - before;

    let (syncs_before, writes_before) = (syncs(), service.app.store.total_cost().writes);
    let (start, first) = (Instant::now(), minute[0].0);
    let peak = std::cell::RefCell::new(BTreeMap::<u64, u64>::new());
    let requests = minute.iter().map(|(at, reader, articles)| {
        let (service, peak, syncs) = (&service, &peak, &syncs);
        async move {
            let due = start + Duration::from_millis(at - first);
            tokio::time::sleep_until(due.into()).await;
            let ids: Vec<String> = articles.iter().map(ToString::to_string).collect();
            let ids = serde_json::to_string(&ids).unwrap();
            let body = format!("{{\"batch\":\"{at}-{reader}\",\"read\":{ids}}}");
            let request = Request::post("/marks")
                .header("host", "reader.example")
                .header("cookie", &service.cookies[*reader])
                .header("content-type", "application/json");
            let request = request.body(Body::from(body)).unwrap();
            let answer = service.router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), 200);
            peak.borrow_mut().insert(start.elapsed().as_secs(), syncs());
            due.elapsed()
        }
    });
    let mut samples = futures_util::future::join_all(requests).await;
    samples.sort_unstable();
    let mut bare = super::bare::syncs();
    bare.sort_unstable();
    let at = |samples: &[Duration], share: usize| {
        samples[(samples.len() - 1) * share / 1_000].as_secs_f64() * 1e3
    };
    let seconds: Vec<u64> = peak.into_inner().into_values().collect();
    let most = seconds
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .max()
        .unwrap_or(0);
    let transactions = (syncs() - syncs_before) / of_one;
    let writes = service.app.store.total_cost().writes - writes_before;
    let beside = Some(("its requests, one commit each", samples.len() as f64));
    let name = "busiest minute of marks: commits of the disk";
    note(name, transactions as f64, "", beside);
    let beside = Some(("its requests", samples.len() as f64));
    let name = "– entity writes, which are billed";
    note(name, writes as f64, "", beside);
    let beside = Some(("the most requests in one", busiest_second(minute) as f64));
    let name = "– most commits within a second";
    note(name, (most / of_one) as f64, "/s", beside);
    for (share, name) in [(500, "p50"), (990, "p99"), (1_000, "the longest")] {
        let beside = Some(("a page written, and fdatasync", at(&bare, share)));
        let name = format!("– an answer, {name}");
        note(&name, at(&samples, share), "ms", beside);
    }
}

/// The most requests within one second of the clock.
fn busiest_second(sent: &[(u64, usize, Vec<ArticleId>)]) -> usize {
    let mut seconds = BTreeMap::<u64, usize>::new();
    for (at, ..) in sent {
        *seconds.entry(at / 1_000).or_default() += 1;
    }
    seconds.into_values().max().unwrap_or(0)
}

/// `cargo bench --bench figures -- minute`
pub(super) async fn minute() {
    real_minute(&batched(&hour(&Random::seeded(3)))).await;
}

/// `cargo bench --bench figures -- marks`
pub(super) async fn figures() {
    minute().await;
    let marks = hour(&Random::seeded(3));
    println!("{MARKS} marks of {READERS} readers within an hour, by the events' own clock");
    println!(
        "{:<12} {:>10} {:>10} {:>16} {:>14}",
        "", "requests", "commits", "peak commits/s", "replayed in"
    );
    for (name, sent) in [
        (
            "unbatched",
            marks
                .iter()
                .map(|mark| (mark.at, mark.reader, vec![mark.article]))
                .collect(),
        ),
        ("batched", batched(&marks)),
    ] {
        let service = service(READERS, 10).await;
        let (requests, commits, peak, took) = replay(&service, sent.into_iter()).await;
        println!(
            "{name:<12} {requests:>10} {commits:>10} {peak:>16} {:>12.1} s",
            took.as_secs_f64()
        );
    }
}

/// One reader with 300 feeds × 50 articles, sequential requests over one connection: the list, the counts, an article.
pub(super) fn one_reader() {
    let folder = tempfile::tempdir().unwrap();
    super::run(
        folder.path(),
        &["user", "add", super::EMAIL, "--password-stdin"],
        super::PASSWORD,
    );
    let web = super::Publisher::start(50);
    let feeds = web.opml(folder.path(), 300);
    super::run(
        folder.path(),
        &["import", &feeds, "--user", super::EMAIL],
        "",
    );
    super::run(folder.path(), &["tick"], "");
    let token = super::run(folder.path(), &["token", "add", "--user", super::EMAIL], "");
    let server = super::serve(folder.path());
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut ask = |path: &str| {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            server.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        super::read_response(&mut reader)
    };
    let list = String::from_utf8(ask("/api/v1/articles?limit=50")).unwrap();
    let ids: Vec<&str> = list
        .split("\"id\":\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(ids.len(), 50);
    let articles: Vec<String> = ids
        .iter()
        .map(|id| format!("/api/v1/articles/{id}"))
        .collect();
    for (what, paths) in [
        (
            "300 feeds x 50: list of 50 unread (JSON)",
            vec!["/api/v1/articles?limit=50".to_owned()],
        ),
        (
            "300 feeds x 50: counts of all feeds (JSON)",
            vec!["/api/v1/subscriptions".to_owned()],
        ),
        ("300 feeds x 50: one article (JSON)", articles),
    ] {
        let mut samples = Vec::new();
        for round in 0..1_050 {
            let began = Instant::now();
            ask(&paths[round % paths.len()]);
            if round >= 50 {
                samples.push(began.elapsed());
            }
        }
        super::report(what, samples);
    }
}

/// A thousand readers with a warm cache: 200 requests a second for 30 seconds. Latency counts from the scheduled send
/// time. The server runs on one core; this thread sends.
pub(super) async fn thousand_readers() {
    let service = service(1_000, 50).await;
    let paths = [
        "/unread",
        "/all",
        "/feed/7",
        "/article/9-120?in=unread",
        "/feeds",
    ];
    let ask = |n: usize| {
        Request::get(paths[n % paths.len()])
            .header("host", "reader.example")
            .header("cookie", &service.cookies[n % 1_000])
            .body(Body::empty())
            .unwrap()
    };
    for n in 0..1_000 {
        let answer = service
            .router
            .clone()
            .oneshot(ask(n * paths.len() % 1_000 + n))
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        service.router.clone().oneshot(ask(n)).await.unwrap();
    }
    let began = Instant::now();
    let mut samples = Vec::new();
    for n in 0..6_000_u64 {
        let due = began + Duration::from_micros(n * 5_000);
        if let Some(early) = due.checked_duration_since(Instant::now()) {
            std::thread::sleep(early);
        }
        let answer = service
            .router
            .clone()
            .oneshot(ask(n as usize))
            .await
            .unwrap();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX)
            .await
            .unwrap();
        assert!(!body.is_empty());
        samples.push(due.elapsed());
    }
    samples.sort_unstable();
    let at = |share: usize| samples[(samples.len() - 1) * share / 1_000].as_secs_f64() * 1e3;
    println!(
        "1,000 readers, 200 requests/s, one core: p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        at(500),
        at(990),
        at(1_000)
    );
    for hits in service.app.store.cache().unwrap().hits() {
        println!(
            "  {:<14} {:>6} entries {:>8.1} MiB",
            hits.region,
            hits.entries,
            hits.bytes as f64 / 1_048_576.0
        );
    }
    println!(
        "resident memory, store in memory included: {:.0} MB",
        super::resident_kb(std::process::id()) as f64 / 1e3
    );
}

/// Starts a session as signing in does, and returns its cookie.
pub(super) async fn open_session(app: &AppState, user: &users::User) -> String {
    let sessions = Sessions::new(app.store.clone(), app.clock.clone());
    let session = tower_sessions::Session::new(None, std::sync::Arc::new(sessions), None);
    let visitor = web::visitor::Visitor::default();
    web::current_user::begin(app, &session, user, &visitor)
        .await
        .unwrap();
    session.save().await.unwrap();
    let mut jar = tower_sessions::cookie::CookieJar::new();
    let id = session.id().unwrap().to_string();
    jar.signed_mut(&session_cookie::key(app))
        .add((session_cookie::COOKIE, id));
    let signed = jar.get(session_cookie::COOKIE).unwrap().value().to_owned();
    format!("{}={signed}", session_cookie::COOKIE)
}
