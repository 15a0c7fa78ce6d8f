//! Pages of shelves of several sizes, and below articles that were read, in a process with an embedded store on a disk.
//! Beside each stands a page of the same size from an axum router that does nothing else.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use dormouse::app::{App, AppState, Parts};
use dormouse::clock::Clock;
use dormouse::config::{Config, Env};
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::feeds::{self, unknown};
use dormouse::ids::{ArticleId, FeedId};
use dormouse::random::Random;
use dormouse::shelf::store as shelves;
use dormouse::shelf::subscription::{Extra, Subscription};
use dormouse::{users, web};
use http::Request;
use tower::ServiceExt;

use super::table::{median, ms, note};

/// Seconds since 1970 of all that is seeded.
const NOW: i64 = 1_790_000_000;

/// A reader's shelf.
pub(super) struct Shelf {
    pub(super) router: Router,
    pub(super) cookie: String,
    token: String,
    feeds: u32,
    articles: u32,
    _folder: tempfile::TempDir,
}

impl Shelf {
    /// Feeds of so many hourly articles, in folders of so many feeds.
    pub(super) async fn of(feeds: u32, articles: u32, in_folder: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
        let clock = Clock::fixed(dormouse::timestamp::from_micros(NOW * 1_000_000));
        let app = App::new(Parts {
            config: Config::from_env(&Env::of([
                ("CRON_SECRET", "bench-secret"),
                ("SIGNUP", "open"),
                // The same texts again and again are no reader's day.
                ("API_BODIES_A_DAY", "0"),
            ]))
            .unwrap(),
            store: Datastore::new(embedded, clock.clone()),
            clock: clock.clone(),
            random: Random::seeded(7),
            base_url: url::Url::parse("http://reader.example/").unwrap(),
            leaving: dormouse::refresh::leaving::Leaving::default(),
        });
        let app = AppState::new(app.await.unwrap());
        let who = users::openid::VerifiedIdentity {
            who: users::Connected {
                issuer: "https://accounts.example".to_owned(),
                subject: "1".to_owned(),
            },
            email: "ann@example.org".to_owned(),
        };
        let policy = app.policy("ann@example.org");
        let random = Random::seeded(8);
        let made = users::openid::create(&app.store, &random, clock.now(), policy, who);
        let user = made.await.unwrap();
        for number in 1..=feeds {
            let id = FeedId(number * 7_919);
            let mut changes = seeded(id, articles, number);
            let folder = vec![format!("Folder {}", number / in_folder)];
            let one = Subscription::new(id, folder, i64::from(number), Some(0));
            changes.push(shelves::stage(user.id, &one, &Extra::default()).unwrap());
            app.store.commit(changes).await.unwrap();
        }
        let cookie = super::marks::open_session(&app, &user).await;
        let new = users::token::NewToken {
            user: user.id,
            email: "ann@example.org",
            name: "bench",
            scope: users::token::Scope::Manage,
            lifetime: users::token::Lifetime::Endless,
        };
        let token = users::token::create(&app.store, &random, clock.now(), new);
        let token = format!("Bearer {}", token.await.unwrap());
        Self {
            router: web::router(app),
            cookie,
            token,
            feeds,
            articles,
            _folder: folder,
        }
    }

    /// Marks the newest `each` articles of every feed read.
    async fn read_above(&self, each: u32) {
        let ids = (1..=self.feeds).flat_map(|number| {
            let newest = self.articles + 1 - each..=self.articles;
            newest.map(move |seq| {
                ArticleId {
                    feed: FeedId(number * 7_919),
                    seq,
                }
                .to_string()
            })
        });
        let ids: Vec<String> = ids.collect();
        for ids in ids.chunks(300) {
            let body = serde_json::json!({ "read": ids }).to_string();
            let ask = Request::post("/marks").header("content-type", "application/json");
            let (status, _) = self.send(ask.header("cookie", &self.cookie), body).await;
            assert_eq!(status, 200);
        }
    }

    /// The token of a program.
    pub(super) fn token(&self) -> &str {
        self.token.trim_start_matches("Bearer ")
    }

    async fn send(&self, ask: http::request::Builder, body: String) -> (u16, usize) {
        let (status, body) = self.send_whole(ask, body).await;
        (status, body.len())
    }

    /// Sends a request; returns the whole answer.
    pub(super) async fn send_whole(
        &self,
        ask: http::request::Builder,
        body: String,
    ) -> (u16, Vec<u8>) {
        let ask = ask
            .header("host", "reader.example")
            .body(Body::from(body))
            .unwrap();
        let answer = self.router.clone().oneshot(ask).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, body.to_vec())
    }

    /// Bytes and median time of a page that is asked for again and again.
    async fn time(&self, path: &str) -> (usize, Duration) {
        let mut samples = Vec::new();
        let mut size = 0;
        for round in 0..220 {
            let began = Instant::now();
            let ask = match path.starts_with("/api/") {
                true => Request::get(path).header("authorization", &self.token),
                false => Request::get(path).header("cookie", &self.cookie),
            };
            let (status, bytes) = self.send(ask, String::new()).await;
            assert_eq!(status, 200, "{path}");
            size = bytes;
            if round >= 20 {
                samples.push(began.elapsed());
            }
        }
        (size, median(&mut samples))
    }

    /// Records a page over HTTP, on a connection that stays, beside an empty one of its size served likewise.
    fn row_over_http(&self, name: &str, path: &str) {
        let header = format!("Cookie: {}\r\n", self.cookie);
        let ours = served(self.router.clone());
        let (size, time) = asked(&ours, path, &header);
        let page = "x".repeat(size);
        let empty = Router::new().route("/", axum::routing::get(async move || page.clone()));
        let (_, empty) = asked(&served(empty), "/", "");
        note(
            name,
            ms(time),
            "ms",
            Some(("an empty page of its size", ms(empty))),
        );
    }

    /// Records a page beside an empty one of its size.
    async fn row(&self, name: &str, path: &str) -> f64 {
        let (size, time) = self.time(path).await;
        let empty = empty(size).await;
        let name = format!("{name}, {:.0} kB", size as f64 / 1e3);
        note(
            &name,
            ms(time),
            "ms",
            Some(("an empty page of its size", ms(empty))),
        );
        ms(time)
    }
}

/// Serves a router on loopback until the bench ends; returns the address.
fn served(router: Router) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    address
}

/// Bytes and median time of a page over one connection.
fn asked(address: &str, path: &str, header: &str) -> (usize, Duration) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut samples, mut size) = (Vec::new(), 0);
    for round in 0..520 {
        let began = Instant::now();
        let ask = format!("GET {path} HTTP/1.1\r\nHost: reader.example\r\n{header}\r\n");
        stream.write_all(ask.as_bytes()).unwrap();
        size = super::read_response(&mut reader).len();
        if round >= 20 {
            samples.push(began.elapsed());
        }
    }
    (size, median(&mut samples))
}

/// A feed with its articles.
pub(super) fn seeded(id: FeedId, articles: u32, number: u32) -> Vec<dormouse::datastore::Mutation> {
    let url = format!("https://blog{number}.example/feed.xml");
    let mut feed = unknown(id, url.parse().unwrap());
    (feed.summary.first, feed.summary.last) = (1, articles);
    feed.summary.subscribers = 1;
    feed.summary.title = format!("The blog of number {number}");
    feed.summary.tier = feeds::PollTier::Step(0);
    feed.summary.digest = "0123456789abcdef".to_owned();
    let mut changes = Vec::new();
    for seq in 1..=articles {
        let mut article = super::article(id, seq);
        let second = NOW - i64::from(articles - seq) * 3_600 - i64::from(number % 3_600);
        let order = dormouse::articles::timeline_key(article.id, second).timestamp_micros();
        (article.summary.order, article.summary.published) = (order, Some(second));
        feed.summary.newest = order;
        feed.summary.times.push(order);
        changes.push(dormouse::articles::store::put(&article).unwrap());
    }
    changes.extend(feeds::store::insert(&feed).unwrap());
    changes
}

/// A page of so many bytes from a router that has nothing else to do.
pub(super) async fn empty(size: usize) -> Duration {
    let page = "x".repeat(size);
    let router = Router::new().route("/", axum::routing::get(async move || page.clone()));
    let mut samples = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        let ask = Request::get("/").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(ask).await.unwrap();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body.len(), size);
        samples.push(began.elapsed());
    }
    median(&mut samples)
}

/// `cargo bench --bench figures -- shelves`
pub(super) async fn figures() {
    let plain = Shelf::of(300, 50, 30).await;
    plain.row("/unread, 300 x 50", "/unread").await;
    plain.row_over_http("/unread, 300 x 50, over HTTP", "/unread");
    plain
        .row("counts of 300 feeds", "/api/v1/subscriptions")
        .await;
    let article = format!("/api/v1/articles/{}-40", 7_919 * 150);
    plain.row("an article, 300 feeds", &article).await;
    plain.row("/all, 300 x 50", "/all").await;

    let mut first = None;
    for (each, name) in [
        (0, "nothing"),
        (10, "3,000"),
        (40, "12,000"),
        (49, "all but the oldest of each"),
    ] {
        let shelf = Shelf::of(300, 50, 30).await;
        shelf.read_above(each).await;
        let (size, time) = shelf.time("/unread").await;
        let base = *first.get_or_insert(ms(time));
        let name = format!("/unread below {name} read, {:.0} kB", size as f64 / 1e3);
        note(&name, ms(time), "ms", Some(("nothing read above", base)));
    }

    let large = Shelf::of(5_000, 4, 100).await;
    large
        .row("/unread, 5,000 feeds in 50 folders", "/unread")
        .await;
    large
        .row(
            "an article, 5,000 feeds",
            &format!("/api/v1/articles/{}-2", 7_919 * 150),
        )
        .await;
    large
        .row("a folder of 100 feeds for the rail", "/feeds/in/Folder%203")
        .await;
}
