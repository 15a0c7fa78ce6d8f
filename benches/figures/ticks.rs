//! Ticks over many feeds: first without new articles, then with a new article in each.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use dormouse::client::http::Web;
use dormouse::clock::Clock;
use dormouse::datastore::embedded::{DiskTrial, Embedded, Options};
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::refresh::context::RefreshContext;
use dormouse::refresh::in_flight::InFlight;
use dormouse::refresh::sweep::{Budget, tick};

use super::table::{median, ms, note};
use super::{PASSWORD, cpu, run};

/// Number of feeds; few in debug builds, which only check that the benchmark runs.
const FEEDS: usize = if cfg!(debug_assertions) { 600 } else { 10_000 };
/// Feeds of one reader, below the subscription limit.
const SHELF: usize = 5_000;
/// Number of hosts that serve the feeds: more than are fetched concurrently.
const HOSTS: usize = 200;

pub(super) async fn figures() {
    let folder = tempfile::tempdir().unwrap();
    let publisher = Publisher::start();
    for first in (0..FEEDS).step_by(SHELF) {
        let email = format!("bench{first}@example.org");
        run(
            folder.path(),
            &["user", "add", &email, "--password-stdin"],
            PASSWORD,
        );
        let list = publisher.opml(folder.path(), first..FEEDS.min(first + SHELF));
        run(folder.path(), &["import", &list, "--user", &email], "");
    }
    let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
    let clock = Clock::fixed(Clock::System.now());
    let context = context_of(embedded, clock.clone());
    for (what, new) in [
        ("first fetch", true),
        ("unchanged", false),
        ("changed", true),
    ] {
        clock.advance(TimeDelta::days(8));
        publisher
            .news
            .fetch_add(usize::from(new), Ordering::Relaxed);
        let bare = publisher.copied(FEEDS / 10, !new);
        sweep(&context, what, new, bare).await;
    }
}

/// Feeds and entries of the first fetch.
const FIRST: (usize, usize) = (300, 50);

/// A first fetch of 300 feeds of 50 entries, with a disk whose syncs are as they are and one that takes 3 ms more, beside
/// fetching the same documents and copying them to a file; and the processor time that a feed takes.
pub(super) async fn first_fetch() {
    let publisher = Publisher::start();
    publisher.news.store(FIRST.1, Ordering::Relaxed);
    let (mut copies, mut quick, mut slow) = (Vec::new(), Vec::new(), Vec::new());
    // In turn, so that what else the machine does meets all alike.
    for _ in 0..3 {
        copies.push(publisher.copied(FIRST.0, false));
        quick.push(fetched_first(&publisher, Duration::ZERO).await);
        slow.push(fetched_first(&publisher, Duration::from_millis(3)).await);
    }
    let least = |runs: &[Took]| runs.iter().map(|took| took.processor).min().unwrap();
    let a_feed = |runs: &[Took]| ms(least(runs)) / FIRST.0 as f64;
    let processor = (a_feed(&quick), a_feed(&copies));
    let times = [copies, quick, slow].map(|runs| {
        let mut times: Vec<Duration> = runs.iter().map(|took| took.time).collect();
        ms(median(&mut times))
    });
    let [copies, quick, slow] = times;
    let beside = Some(("fetched and copied to a file", copies));
    note("first fetch of 300 x 50", quick, "ms", beside);
    let beside = Some(("fetched and copied to a file", processor.1));
    let name = "– processor time of a feed, the least of 3";
    note(name, processor.0, "ms", beside);
    let beside = Some(("without", quick));
    note("– with 3 ms more for each sync", slow, "ms", beside);
}

/// How long something took: by the clock, and of the processor besides the publishers.
#[derive(Clone, Copy)]
struct Took {
    time: Duration,
    processor: Duration,
}

/// Begins to measure; what it returns ends that.
fn stopwatch() -> impl FnOnce() -> Took {
    let (began, before) = (Instant::now(), cpu::of_reader());
    move || Took {
        time: began.elapsed(),
        processor: cpu::of_reader().saturating_sub(before),
    }
}

async fn fetched_first(publisher: &Publisher, delay: Duration) -> Took {
    let folder = tempfile::tempdir().unwrap();
    let email = "bench@example.org";
    let add = ["user", "add", email, "--password-stdin"];
    run(folder.path(), &add, PASSWORD);
    let list = publisher.opml(folder.path(), 0..FIRST.0);
    run(folder.path(), &["import", &list, "--user", email], "");
    let trial = Arc::new(DiskTrial::default());
    let options = Options {
        trial: Some(trial.clone()),
        ..Options::default()
    };
    let embedded = Embedded::open_with(folder.path(), IndexSet::ours().unwrap(), options).unwrap();
    let micros = u64::try_from(delay.as_micros()).unwrap();
    trial.sync_delay.store(micros, Ordering::Relaxed);
    let context = context_of(embedded, Clock::fixed(Clock::System.now()));
    let stop = stopwatch();
    let time = Duration::from_secs(540);
    let report = tick(&context, Budget { time }).await.unwrap();
    let took = stop();
    assert_eq!(
        (report.fetched, report.articles),
        (FIRST.0, FIRST.0 * FIRST.1)
    );
    took
}

fn context_of(embedded: Embedded, clock: Clock) -> RefreshContext {
    let introduction = dormouse::client::http::Introduction::new("http://bench.example/");
    RefreshContext {
        tally: dormouse::usage_log::Tally::default(),
        store: Datastore::new(embedded, clock.clone()),
        web: Web::new(true, introduction).unwrap(),
        clock,
        in_flight: InFlight::default(),
        keeps: dormouse::update::retention::Retention::default(),
        store_bytes: 0,
        network: dormouse::refresh::network::Network::default(),
        leaving: dormouse::refresh::leaving::Leaving::default(),
        secret: None,
    }
}

/// Runs one sweep to completion, over as many ticks as needed. `bare` is what a tenth of the same requests took, one after
/// another, with their answers copied to a file.
async fn sweep(context: &RefreshContext, what: &str, new: bool, bare: Took) {
    let before = resident(true);
    let stop = stopwatch();
    let (mut fetched, mut articles, mut ticks) = (0, 0, 0_u32);
    let (mut reads, mut writes) = (0, 0);
    loop {
        let time = Duration::from_secs(540);
        let report = tick(context, Budget { time }).await.unwrap();
        assert_eq!(
            (report.failed, report.declined_until.is_some()),
            (0, false),
            "{report:?}"
        );
        ticks += 1;
        fetched += report.fetched;
        articles += report.articles;
        reads += report.cost.reads;
        writes += report.cost.writes;
        if report.finished {
            break;
        }
    }
    let took = stop();
    assert_eq!(
        (fetched, articles),
        (FEEDS, if new { FEEDS } else { 0 }),
        "{what}"
    );
    let feeds = FEEDS as f64;
    let beside = "the same requests, copied to a file";
    let rate = |feeds: f64, took: Took| feeds / took.time.as_secs_f64();
    let name = format!("tick over {FEEDS} feeds, {what}");
    let bare_rate = Some((beside, rate(feeds / 10.0, bare)));
    note(&name, rate(feeds, took), "/s", bare_rate);
    let bare_time = Some((beside, ms(bare.processor) / (feeds / 10.0)));
    let name = "– processor time of a feed";
    note(name, ms(took.processor) / feeds, "ms", bare_time);
    let of_feeds = Some(("the feeds", feeds));
    note("– reads", reads as f64, "", of_feeds);
    note("– writes", writes as f64, "", of_feeds);
    note("– ticks", f64::from(ticks), "", Some(("the sweep", 1.0)));
    let beside = Some(("before", before as f64 / 1e3));
    let most = resident(false) as f64 / 1e3;
    note("– resident at most", most, "MB", beside);
}

/// Peak resident memory of this process in kilobytes; `anew` resets the peak first.
fn resident(anew: bool) -> u64 {
    if anew {
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Publishers on many loopback addresses: each feed has as many entries as the news counter, and returns 304 if the
/// client's entity tag is current.
struct Publisher {
    port: u16,
    news: Arc<AtomicUsize>,
}

impl Publisher {
    fn start() -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let news = Arc::new(AtomicUsize::new(0));
        for _ in 0..4 {
            let (listener, news) = (listener.try_clone().unwrap(), news.clone());
            let serve = move || {
                for stream in listener.incoming().flatten() {
                    // A client that disconnects half-way is ignored.
                    let _ = answer(stream, news.load(Ordering::Relaxed));
                }
            };
            let named = std::thread::Builder::new().name(cpu::PUBLISHER.to_owned());
            named.spawn(serve).unwrap();
        }
        Self { port, news }
    }

    /// Fetches each of the first feeds once, or asks whether it has changed, and copies the answers to a file, with one sync
    /// at the end.
    fn copied(&self, feeds: usize, known: bool) -> Took {
        use std::io::Read;
        let news = self.news.load(Ordering::Relaxed);
        let known = match known {
            true => format!("If-None-Match: \"{news}\"\r\n"),
            false => String::new(),
        };
        let mut file = tempfile::tempfile().unwrap();
        let stop = stopwatch();
        for n in 0..feeds {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
            let ask = format!("GET /{n} HTTP/1.1\r\nHost: x\r\n{known}Connection: close\r\n\r\n");
            stream.write_all(ask.as_bytes()).unwrap();
            let mut document = Vec::new();
            stream.read_to_end(&mut document).unwrap();
            file.write_all(&document).unwrap();
        }
        file.sync_data().unwrap();
        stop()
    }

    fn opml(&self, folder: &std::path::Path, feeds: std::ops::Range<usize>) -> String {
        let outline = |n: usize| {
            let (host, port) = (n % HOSTS, self.port);
            format!(
                "<outline xmlUrl=\"http://127.0.{}.{}:{port}/{n}\"/>",
                1 + host / 250,
                1 + host % 250
            )
        };
        let path = folder.join(format!("{}.opml", feeds.start));
        let outlines: String = feeds.map(outline).collect();
        std::fs::write(
            &path,
            format!("<opml version=\"2.0\"><body>{outlines}</body></opml>"),
        )
        .unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn answer(mut stream: TcpStream, news: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let etag = format!("\"{news}\"");
    let mut known = false;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        known |= line.to_ascii_lowercase().starts_with("if-none-match") && line.contains(&etag);
    }
    if known {
        return write!(
            stream,
            "HTTP/1.1 304 Known\r\nETag: {etag}\r\nConnection: close\r\n\r\n"
        );
    }
    let name = first
        .split_whitespace()
        .nth(1)
        .unwrap_or("/")
        .trim_start_matches('/');
    let text = "Some words about something that has happened. ".repeat(20);
    let items: String = (1..=news)
        .rev()
        .map(|n| format!("<item><title>Article {n} of {name}</title><link>http://site/{name}/{n}</link><description>{text}</description></item>"))
        .collect();
    let body =
        format!("<rss version=\"2.0\"><channel><title>Feed {name}</title>{items}</channel></rss>");
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: {etag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
