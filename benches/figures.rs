//! `make bench`: measures the figures of docs/figures.md on this machine.
//!
//! Macro-benchmarks: each figure is the median of a fixed number of runs, where possible beside a baseline of the same run, so
//! that the ratio holds on any machine. `--json` prints them for machines. All traffic stays on loopback.
#![expect(clippy::unwrap_used, reason = "a bench that can't go on stops")]
#![expect(
    clippy::disallowed_methods,
    reason = "it measures with the machine's clock, and serves the feeds it fetches"
)]

#[path = "figures/bare.rs"]
mod bare;
#[path = "figures/commits.rs"]
mod commits;
#[path = "figures/cpu.rs"]
mod cpu;
#[path = "figures/disk.rs"]
mod disk;
#[path = "figures/journal.rs"]
mod journal;
#[path = "figures/marks.rs"]
mod marks;
#[path = "figures/packed.rs"]
mod packed;
#[path = "figures/packing.rs"]
mod packing;
#[path = "figures/parsing.rs"]
mod parsing;
#[path = "figures/programs.rs"]
mod programs;
#[path = "figures/search.rs"]
mod search;
#[path = "figures/shelves.rs"]
mod shelves;
#[path = "figures/start.rs"]
mod start;
#[path = "figures/table.rs"]
mod table;
#[path = "figures/ticks.rs"]
mod ticks;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dormouse::articles::store::{ListDirection, put, timeline};
use dormouse::articles::{Article, ArticleSummary, Body};
use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, Entity, IndexSet, Key, Mutation};
use dormouse::ids::{ArticleId, FeedId};
use dormouse::random::Random;
use dormouse::timestamp::from_micros;

const PASSWORD: &str = "correct horse battery";
const EMAIL: &str = "bench@example.org";

fn main() {
    if !table::is_json() {
        println!("machine: {} cores, load {}", cores(), load());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // `cargo bench --bench figures -- ticks` runs only that group.
    let chosen = |name: &str| {
        let mut names = std::env::args()
            .skip(1)
            .filter(|arg| !arg.starts_with('-'))
            .peekable();
        names.peek().is_none() || names.any(|one| one == name)
    };
    if chosen("store") {
        runtime.block_on(store_figures());
    }
    if chosen("commits") {
        runtime.block_on(commits::figures());
    }
    if std::env::args().any(|arg| arg == "minute") {
        runtime.block_on(marks::minute());
    }
    if chosen("first") {
        runtime.block_on(ticks::first_fetch());
    }
    if chosen("disk") {
        runtime.block_on(disk::figures());
    }
    if chosen("search") {
        runtime.block_on(search::figures());
    }
    if chosen("journal") {
        runtime.block_on(journal::figures());
    }
    if chosen("shelves") {
        runtime.block_on(shelves::figures());
    }
    if chosen("packed") {
        packed::figures();
    }
    if chosen("packing") {
        runtime.block_on(packing::figures());
    }
    if chosen("programs") {
        runtime.block_on(programs::figures());
    }
    if chosen("start") {
        start::figures();
    }
    if chosen("page") {
        page_figure();
    }
    if chosen("reader") {
        marks::one_reader();
    }
    if chosen("readers") {
        runtime.block_on(marks::thousand_readers());
    }
    // Runs only when named: it takes minutes.
    if std::env::args().any(|arg| arg == "marks") {
        runtime.block_on(marks::figures());
    }
    if chosen("parse") {
        parsing::figures();
    }
    if chosen("ingest") {
        ingest_figure();
    }
    if chosen("ticks") {
        runtime.block_on(ticks::figures());
    }
    if chosen("cloud") {
        cloud_figures();
    }
    table::finish();
    if !table::is_json() {
        println!("load at the end: {}", load());
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn report(what: &str, samples: Vec<Duration>) {
    report_beside(what, samples, None);
}

/// The same beside a baseline: its name, and its own samples.
fn report_beside(what: &str, mut samples: Vec<Duration>, baseline: Option<(&str, Vec<Duration>)>) {
    let median = table::ms(table::median(&mut samples));
    let baseline = baseline.map(|(name, mut times)| (name, table::ms(table::median(&mut times))));
    table::note(what, median, "ms", baseline);
}

/// The quickest of some runs beside the quickest of a baseline: what a busy machine adds is in neither.
fn report_least(what: &str, samples: &[Duration], baseline: (&str, &[Duration])) {
    let least = |times: &[Duration]| times.iter().min().map_or(0.0, |time| table::ms(*time));
    table::note(
        what,
        least(samples),
        "ms",
        Some((baseline.0, least(baseline.1))),
    );
}

/// Point read, projection of 50 cards, durable commit.
async fn store_figures() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
    let store = Datastore::new(embedded, Clock::System);
    let feeds: Vec<FeedId> = (1..=30).map(FeedId).collect();
    for &feed in &feeds {
        let articles = (1..=100).map(|seq| put(&article(feed, seq)).unwrap());
        store.commit(articles.collect()).await.unwrap();
    }
    let key = Key::int("Feed", 7).child_int("Article", 50);
    let mut samples = Vec::new();
    for _ in 0..2_000 {
        let began = Instant::now();
        assert!(store.get(&key).await.unwrap().is_some());
        samples.push(began.elapsed());
    }
    let beside = Some(("redb alone", bare::point_reads()));
    report_beside("embedded store: point read", samples, beside);
    let mut samples = Vec::new();
    for _ in 0..500 {
        let began = Instant::now();
        let rows = timeline(&store, &feeds, ListDirection::NewestFirst, None, 50)
            .await
            .unwrap();
        assert_eq!(rows.len(), 50);
        samples.push(began.elapsed());
    }
    let beside = Some(("a range of 50 rows by redb alone", bare::ranges()));
    report_beside("embedded store: 50 cards out of 30 feeds", samples, beside);
    let mut samples = Vec::new();
    for number in 0..200_i64 {
        let entity =
            Entity::new(Key::int("Bench", number + 1)).unindexed("body", vec![7_u8; 1_000]);
        let began = Instant::now();
        store
            .commit(vec![Mutation::Upsert(entity, None)])
            .await
            .unwrap();
        samples.push(began.elapsed());
    }
    let beside = Some(("a page written, and fdatasync", bare::syncs()));
    report_beside(
        "embedded store: durable commit of one entity",
        samples,
        beside,
    );
}

fn article(feed: FeedId, seq: u32) -> Article {
    let id = ArticleId { feed, seq };
    let order = 1_790_000_000_000_000 + i64::from(seq) * 60_000_000 + i64::from(feed.0);
    Article {
        id,
        summary: ArticleSummary {
            title: format!("The {seq}th thing that happened at number {feed}"),
            link: Some(format!("https://news{feed}.example/{seq}")),
            author: Some("A. Writer".into()),
            snippet: Some("It began on a quiet morning, and nobody had expected it to ".repeat(3)),
            image: None,
            order: from_micros(order).timestamp_micros(),
            published: Some(order / 1_000_000),
            ..ArticleSummary::default()
        },
        body: Body {
            html: "<p>It began on a quiet morning.</p>".repeat(40),
            ..Body::default()
        },
    }
}

/// A Dormouse server with its own data folder; stopped on drop.
struct Server {
    child: Child,
    address: String,
    _folder: Option<tempfile::TempDir>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn binary() -> String {
    let release = concat!(env!("CARGO_MANIFEST_DIR"), "/target/release/dormouse");
    if std::path::Path::new(release).exists() {
        return release.to_owned();
    }
    env!("CARGO_BIN_EXE_dormouse").to_owned()
}

fn command(store: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Command {
    command_of(&binary(), store, args)
}

fn command_of(binary: &str, store: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command
        .args(args)
        .env("STORE", store)
        .env("PORT", "0")
        .env("ALLOW_PRIVATE_NETWORKS", "1")
        .env("HOST_SPACING_MS", "0")
        .env("CRON_SECRET", "bench-secret")
        .env("LOG", "error");
    command
}

fn run(store: impl AsRef<std::ffi::OsStr>, args: &[&str], input: &str) -> String {
    finish(command(store, args), input)
}

fn finish(mut command: Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn serve(store: impl AsRef<std::ffi::OsStr>) -> Server {
    listening(command(store, &["serve"]))
}

fn listening(mut command: Command) -> Server {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().rsplit("http://").next().unwrap().to_owned();
    Server {
        child,
        address,
        _folder: None,
    }
}

/// Sends one request on a new connection and returns the whole response.
fn request(address: &str, text: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    answer.push_str(&String::from_utf8_lossy(&bytes));
    answer
}

fn get(address: &str, path: &str, headers: &str) -> String {
    request(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"),
    )
}

fn resident_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Signs in and returns the cookie.
fn sign_in(address: &str) -> String {
    let body = format!(
        "email={}&password={}",
        EMAIL.replace('@', "%40"),
        PASSWORD.replace(' ', "+")
    );
    let answer = request(
        address,
        &format!(
            "POST /signin HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "));
    cookie.unwrap().split(';').next().unwrap().to_owned()
}

/// A page of 50 unread articles out of 120 feeds × 100 articles, over one keep-alive connection.
fn page_figure() {
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        &["user", "add", EMAIL, "--password-stdin"],
        PASSWORD,
    );
    let web = Publisher::start(100);
    let feeds = web.opml(folder.path(), 120);
    run(folder.path(), &["import", &feeds, "--user", EMAIL], "");
    run(folder.path(), &["tick"], "");
    let server = serve(folder.path());
    let cookie = sign_in(&server.address);
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let mut samples = Vec::new();
    let mut size = 0;
    for round in 0..330 {
        let began = Instant::now();
        write!(
            stream,
            "GET /unread HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
            server.address
        )
        .unwrap();
        let body = read_response(&mut reader);
        assert!(String::from_utf8_lossy(&body).contains("line-open"));
        size = body.len();
        if round >= 30 {
            samples.push(began.elapsed());
        }
    }
    report("page of 50 unread, 120 feeds x 100 articles", samples);
    table::note("its size, uncompressed", size as f64 / 1e3, "kB", None);
    let resident = resident_kb(server.child.id()) as f64 / 1e3;
    table::note("resident memory after 330 pages", resident, "MB", None);
}

/// Time from exec to the first page and to the first list, with Google's Datastore emulator as the store: a cold start
/// without TLS and network latency. `tests/emulators.sh` sets the emulator's address.
fn cloud_figures() {
    let Ok(emulator) = std::env::var("TEST_DATASTORE_EMULATOR") else {
        eprintln!("skipped: the cold start with a cloud store, for want of the emulator");
        return;
    };
    let store = format!("datastore://bench{}", Random::System.hex::<6>());
    let cloud = |args: &[&str]| {
        let mut command = command(&store, args);
        command.env("DATASTORE_EMULATOR_HOST", &emulator);
        command
    };
    let add = ["user", "add", EMAIL, "--password-stdin"];
    finish(cloud(&add), PASSWORD);
    let folder = tempfile::tempdir().unwrap();
    let web = Publisher::start(20);
    let feeds = web.opml(folder.path(), 120);
    finish(cloud(&["import", &feeds, "--user", EMAIL]), "");
    finish(cloud(&["tick"]), "");
    let cookie = sign_in(&listening(cloud(&["serve"])).address);
    let cookie = format!("Cookie: {cookie}\r\n");
    for (what, path, headers, shows) in [
        ("cloud store: exec to first page", "/signin", "", "password"),
        (
            "cloud store: exec to first list",
            "/unread",
            cookie.as_str(),
            "line-open",
        ),
    ] {
        let mut samples = Vec::new();
        for _ in 0..20 {
            let began = Instant::now();
            let server = listening(cloud(&["serve"]));
            let page = get(&server.address, path, headers);
            samples.push(began.elapsed());
            assert!(
                page.starts_with("HTTP/1.1 200") && page.contains(shows),
                "{page}"
            );
        }
        report(what, samples);
    }
}

/// Reads one response from a keep-alive connection and returns its body.
fn read_response(reader: &mut BufReader<TcpStream>) -> Vec<u8> {
    let mut length = None;
    let mut status = String::new();
    reader.read_line(&mut status).unwrap();
    assert!(status.starts_with("HTTP/1.1 200"), "{status}");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length.unwrap()];
    reader.read_exact(&mut body).unwrap();
    body
}

/// 500 feeds × 50 entries on loopback, imported and then fetched by one tick.
fn ingest_figure() {
    let mut samples = Vec::new();
    for _ in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        run(
            folder.path(),
            &["user", "add", EMAIL, "--password-stdin"],
            PASSWORD,
        );
        let web = Publisher::start(50);
        let feeds = web.opml(folder.path(), 500);
        run(folder.path(), &["import", &feeds, "--user", EMAIL], "");
        let began = Instant::now();
        let said = run(folder.path(), &["tick"], "");
        samples.push(began.elapsed());
        assert!(said.contains("\"articles\":25000"), "{said}");
    }
    report("ingesting 500 feeds x 50 entries (one tick)", samples);
}

/// A feed server on loopback: `/N` is a feed. One thread, one connection at a time, until the benchmark ends.
struct Publisher {
    address: String,
}

impl Publisher {
    fn start(entries: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut line = String::new();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let _ = reader.read_line(&mut line);
                let mut header = String::new();
                while reader.read_line(&mut header).is_ok_and(|read| read > 2) {
                    header.clear();
                }
                let name = line
                    .split_whitespace()
                    .nth(1)
                    .unwrap_or("/0")
                    .trim_start_matches('/')
                    .to_owned();
                let body = feed(&name, entries);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: \"{name}\"\r\n\
                     Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        Self { address }
    }

    fn opml(&self, folder: &std::path::Path, feeds: usize) -> String {
        let outlines: String = (1..=feeds)
            .map(|n| {
                format!(
                    "<outline type=\"rss\" text=\"Feed {n}\" xmlUrl=\"http://{}/{n}\"/>\n",
                    self.address
                )
            })
            .collect();
        let text = format!("<opml version=\"2.0\"><head/><body>{outlines}</body></opml>");
        let path = folder.join("feeds.opml");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// A feed with one article per hour, the newest an hour old.
fn feed(name: &str, entries: usize) -> String {
    let now = Clock::System.now();
    let salt = Random::seeded(1).hex::<4>();
    let items: String = (0..entries)
        .map(|n| {
            let date = now - chrono::TimeDelta::hours(1 + i64::try_from(n).unwrap());
            format!(
                "<item><title>Article {n} of {name}</title><link>http://site/{name}/{n}</link>\
                 <guid isPermaLink=\"false\">{salt}-{name}-{n}</guid><pubDate>{}</pubDate>\
                 <description>&lt;p&gt;{}&lt;/p&gt;</description></item>",
                date.to_rfc2822(),
                "Some words about something that has happened. ".repeat(20)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Feed {name}</title>\
         <link>http://site/{name}</link><description>d</description>{items}</channel></rss>"
    )
}
