//! Decompression bombs and endless responses from publishers: the real server fetches them, and its memory and time are
//! measured from outside.
#![expect(
    clippy::disallowed_methods,
    reason = "what real waiting took, and threads of publishers"
)]

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Entry, FakeWeb, FeedText, PASSWORD, Page, Server, Shell, TestApp, at, call};

const ANN: &str = "ann@example.org";
/// Maximum memory that one response may add to the server, in megabytes: twice its limit of ten, plus the decoder.
const ROOM_MB: u64 = 60;
/// The same for small documents.
const SMALL_ROOM_MB: u64 = 40;
/// The timeout per publisher plus a margin for busy machines.
const PATIENCE: Duration = Duration::from_secs(20 + 8);
const HEAD: &str = "HTTP/1.1 200 As told\r\nConnection: close\r\nContent-Type: application/xml\r\n";

/// Writes a response, starting with its status line.
type Writes = fn(&mut TcpStream) -> std::io::Result<()>;

/// A server, and an API token for it.
struct Target {
    _shell: Shell,
    server: Server,
    token: String,
}

impl Target {
    fn start() -> Self {
        let shell = Shell::new();
        let add = ["user", "add", ANN, "--password-stdin"];
        shell.run_with(&add, &[], PASSWORD).is(0);
        let token = shell.run(&["token", "add", "--user", ANN]);
        let token = token.is(0).out().trim().to_owned();
        let server = shell.serve(&[]);
        let target = Self {
            _shell: shell,
            server,
            token,
        };
        // Warm-up: the first fetch has one-time costs (TLS, the parser's tables).
        let web = FakeWeb::start();
        let (status, _) = target.subscribe(&web.put("/", Page::feed(FeedText::new("First").rss())));
        assert_eq!(status, 201);
        target
    }

    fn subscribe(&self, url: &str) -> (u16, Value) {
        let path = "/api/v1/subscriptions";
        let body = json!({ "url": url });
        call(self.server.address, &self.token, "POST", path, &body).expect("an answer")
    }

    /// Subscribes; fails if that takes too much memory or time. Returns the message shown to the reader.
    fn endures(&self, name: &str, page: Page, room_mb: u64) -> (u16, String) {
        let web = FakeWeb::start();
        let url = web.put("/bomb", page);
        let before = self.server.forget_peak();
        let began = Instant::now();
        let (status, said) = self.subscribe(&url);
        let took = began.elapsed();
        let grown = self.server.peak_kb().saturating_sub(before) / 1_024;
        println!("{name:<28} {status} {grown:>5} MB {took:>10.1?}");
        assert!(grown < room_mb, "{name} took {grown} MB");
        assert!(took < PATIENCE, "{name} took {took:?}");
        (
            status,
            said["error"]["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    }
}

/// 64 MiB of spaces.
const BROTLI: &[u8] = &[
    0xcb, 0xff, 0xff, 0x3f, 0xf8, 0x25, 0x40, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x8f, 0xff, 0xff,
    0x7f, 0xf0, 0x4b, 0x00, 0xc4, 0x61, 0x11, 0x80, 0xee, 0xfd, 0x1f, 0xff, 0xff, 0xff, 0xe0, 0x97,
    0x00, 0x88, 0xc3, 0x02, 0x00, 0xdd, 0xfb, 0x3f, 0xfe, 0xff, 0xff, 0xc1, 0x2f, 0x01, 0x10, 0x87,
    0x05, 0x00, 0xba, 0xf7, 0x7f, 0xfc, 0xff, 0xff, 0x83, 0x5f, 0x02, 0x20, 0x0e, 0x0b, 0x00, 0x74,
    0xef, 0xff, 0xf8, 0xff, 0xff, 0x07, 0xbf, 0x04, 0x40, 0x1c, 0x16, 0x00, 0xe8, 0xde, 0xff, 0xf1,
    0xff, 0xff, 0x0f, 0x7e, 0x09, 0x80, 0x38, 0x2c, 0x00, 0xd0, 0xbd, 0xff, 0xe3, 0xff, 0xff, 0x1f,
    0xfc, 0x12, 0x00, 0x71, 0x58, 0x00, 0xa0, 0x7b, 0xff, 0x37,
];

/// A frame with a window of the given number of bits, and one byte repeated endlessly: four bytes decode to 128 KiB.
fn zstd(stream: &mut TcpStream, window: u8) -> std::io::Result<()> {
    write!(stream, "{HEAD}Content-Encoding: zstd\r\n\r\n")?;
    stream.write_all(&[0x28, 0xb5, 0x2f, 0xfd, 0x00, (window - 10) << 3])?;
    let blocks = [0x02, 0x00, 0x10, b' '].repeat(1_024);
    loop {
        stream.write_all(&blocks)?;
    }
}

/// A window of 1 GiB, which only "large window" brotli allows, and endless stored blocks of 64 KiB.
fn wide_brotli(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "{HEAD}Content-Encoding: br\r\n\r\n")?;
    let first: u64 = 0x11 | (30 << 8) | (0xffff << 17) | (1 << 33);
    stream.write_all(&first.to_le_bytes()[..5])?;
    loop {
        stream.write_all(&[b' '; 65_536])?;
        stream.write_all(&[0xf8, 0xff, 0x0f])?;
    }
}

/// Endless empty stored blocks: input without output.
fn hollow_gzip(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "{HEAD}Content-Encoding: gzip\r\n\r\n")?;
    stream.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])?;
    let blocks = [0, 0, 0, 0xff, 0xff].repeat(4_096);
    loop {
        stream.write_all(&blocks)?;
    }
}

fn endless_headers(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(HEAD.as_bytes())?;
    loop {
        stream.write_all(&b"X-More: and more\r\n".repeat(1_000))?;
    }
}

fn one_endless_header(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(HEAD.as_bytes())?;
    stream.write_all(b"ETag: ")?;
    loop {
        stream.write_all(&[b'e'; 16_384])?;
    }
}

/// Chunks of one byte, each with a long chunk extension.
fn small_chunks(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "{HEAD}Transfer-Encoding: chunked\r\n\r\n")?;
    let chunks = b"1\r\n \r\n".repeat(4_096);
    loop {
        stream.write_all(&chunks)?;
    }
}

fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    loop {
        stream.write_all(bytes)?;
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn slow_headers(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "{HEAD}X-Slow: ")?;
    drip(stream, b"s")
}

fn slow_body(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "{HEAD}\r\n<rss version='2.0'><channel><title>")?;
    drip(stream, b"s")
}

/// Compressed, so that one byte a second doesn't even yield text.
fn slow_gzip(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "{HEAD}Content-Encoding: gzip\r\n\r\n")?;
    stream.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])?;
    drip(stream, &[0, 0, 0, 0xff, 0xff])
}

#[test]
fn what_unpacks_or_goes_on_without_end_is_cut() {
    let target = Target::start();
    let spaces = || Page::feed(vec![b' '; 32 * 1_024 * 1_024]);
    for (name, page) in [
        ("gzip of 32 MiB", spaces().gzipped()),
        (
            "brotli of 64 MiB",
            Page::feed(BROTLI).header("Content-Encoding", "br"),
        ),
        ("brotli, window of 1 GiB", Page::wild(wide_brotli)),
        (
            "zstd, window of 128 MiB",
            Page::wild(|stream| zstd(stream, 27)),
        ),
        (
            "zstd, window of 2 GiB",
            Page::wild(|stream| zstd(stream, 31)),
        ),
        ("a packed body of nothing", Page::wild(hollow_gzip)),
        ("an endless body", Page::endless()),
    ] {
        let (status, said) = target.endures(name, page, ROOM_MB);
        assert_eq!(status, 422, "{name}: {said}");
        assert!(said.contains("larger than 10 MB"), "{name}: {said}");
    }
    for (name, page) in [
        ("endless headers", Page::wild(endless_headers)),
        ("one endless header", Page::wild(one_endless_header)),
    ] {
        let (status, said) = target.endures(name, page, ROOM_MB);
        assert_eq!(status, 422, "{name}: {said}");
        assert!(
            said.contains("no answer that can be understood"),
            "{name}: {said}"
        );
    }
    let (status, said) = target.endures(
        "a redirect to itself",
        Page::redirect(302, "/bomb"),
        ROOM_MB,
    );
    assert_eq!(status, 422);
    assert!(said.contains("redirects more than 5 times"), "{said}");
    let long = format!("/{}", "x".repeat(3_000));
    let (status, said) = target.endures(
        "a redirect to a long name",
        Page::redirect(302, &long),
        ROOM_MB,
    );
    assert_eq!(status, 422);
    assert!(said.contains("or nowhere"), "{said}");
}

/// All at the same time, so that the whole test takes only one timeout.
#[test]
fn a_dripping_publisher_times_out() {
    let target = Target::start();
    let began = Instant::now();
    let pages: [(&str, Writes); 4] = [
        ("endless small chunks", small_chunks),
        ("slow headers", slow_headers),
        ("a slow body", slow_body),
        ("a slow packed body", slow_gzip),
    ];
    std::thread::scope(|scope| {
        for (name, write) in pages {
            let target = &target;
            scope.spawn(move || {
                let (status, said) = target.endures(name, Page::wild(write), ROOM_MB);
                assert_eq!(status, 422, "{name}: {said}");
                assert!(
                    said.contains("no answer that can be understood"),
                    "{name}: {said}"
                );
            });
        }
    });
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}

/// `start`, as many `unit`s as make two thirds of a megabyte, and `end`.
fn row(start: &str, unit: &str, end: &str) -> String {
    format!("{start}{}{end}", unit.repeat(700_000 / unit.len()))
}

#[test]
fn documents_grow_to_no_more_than_there_is_room_for() {
    let target = Target::start();
    let rss = "<rss version='2.0'><channel><title>T</title>";
    let json = r#"{"version":"https://jsonfeed.org/version/1","title":"T","items":["#;
    let far = format!("http://s.example/{}/", "b".repeat(1_900));
    let deep = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='{far}'><title>T</title><entry><id>1</id>"
    );
    let declared = format!(
        "<!DOCTYPE rss [<!ENTITY a '{}'>]>{rss}<item><title>",
        "x".repeat(1_000)
    );
    let laughs = "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>";
    let open: String = (0..200).map(|n| format!("<b title={n}>")).collect();
    let reopened = format!("{rss}<item><description><![CDATA[<p>{open}");
    for (name, text) in [
        (
            "links with a long base",
            row(
                &format!("{deep}<content type='xhtml'>"),
                "<a href='x'/>",
                "</content></entry></feed>",
            ),
        ),
        (
            "enclosures with a long base",
            row(&deep, "<link rel='enclosure' href='x'/>", "</entry></feed>"),
        ),
        ("empty items", row(rss, "<item/>", "")),
        (
            "categories",
            row(&format!("{rss}<item>"), "<category>a</category>", ""),
        ),
        (
            "a declared entity",
            row(&declared, "&a;", "</title></item></channel></rss>"),
        ),
        (
            "a million laughs",
            row(
                &format!("{laughs}{rss}<item><title>"),
                "&c;",
                "</title></item></channel></rss>",
            ),
        ),
        ("a tower of elements", row(rss, "<a>", "")),
        (
            "a tower of tags",
            row(
                &format!("{rss}<item><description><![CDATA["),
                "<b></i>",
                "]]></description></item>",
            ),
        ),
        (
            "what is opened again",
            row(
                &reopened,
                "<p>x",
                "]]></description></item></channel></rss>",
            ),
        ),
        ("JSON objects", row(json, r#"{"":0},"#, "{}]}")),
        ("JSON items", row(json, r#"{"id":1},"#, "{}]}")),
        (
            "JSON tags",
            row(&format!(r#"{json}{{"tags":["#), r#""a","#, r#""a"]}]}"#),
        ),
        ("JSON arrays", row(json, "[", "")),
    ] {
        let (status, said) = target.endures(name, Page::feed(text), SMALL_ROOM_MB);
        // An empty feed or an error: both are acceptable.
        assert!(matches!(status, 201 | 422), "{name}: {status} {said}");
    }
}

fn large(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(stream, "{HEAD}\r\n")?;
    stream.write_all(&vec![b' '; 5 * 1_024 * 1_024])?;
    std::thread::sleep(Duration::from_millis(500));
    Ok(())
}

/// Many at once: each response may be large, but not all together.
#[test]
fn large_bodies_wait_for_room() {
    let target = Target::start();
    let web = FakeWeb::with_hosts(30);
    web.put("/large", Page::wild(large));
    let before = target.server.forget_peak();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for host in 0..30 {
            let (target, url) = (&target, web.url_at(host, "/large"));
            scope.spawn(move || assert_eq!(target.subscribe(&url).0, 422));
        }
    });
    let took = began.elapsed();
    let grown = target.server.peak_kb().saturating_sub(before) / 1_024;
    println!("30 large bodies at once: {grown} MB, {took:?}");
    assert!(grown < 160, "{grown} MB");
    assert!(took < PATIENCE, "{took:?}");
}

#[tokio::test]
async fn a_slow_publisher_delays_no_others() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(51));
    let ann = app.reader("ann").await;
    let text = |entries: u32| {
        let feed = FeedText::new("Feed");
        (0..entries)
            .fold(feed, |feed, n| {
                feed.and(Entry::new(&format!("n{n}"), at(9, n)))
            })
            .rss()
    };
    let path = |host: usize| {
        if host == 0 {
            "/slow".to_owned()
        } else {
            format!("/{host}")
        }
    };
    for host in 0..51 {
        web.put(&path(host), Page::feed(text(1)));
        ann.subscribes(&web.url_at(host, &path(host))).await;
    }
    assert_eq!(ann.unread().await, 51);
    for host in 0..51 {
        web.put(&path(host), Page::feed(text(2)));
    }
    web.put("/slow", Page::wild(slow_body));
    app.minutes_pass(8 * 24 * 60);

    let began = Instant::now();
    let report = app.tick(Duration::from_secs(60)).await;
    let took = began.elapsed();

    assert_eq!((report.fetched, report.failed), (51, 1), "{report:?}");
    assert_eq!(ann.unread().await, 51 + 50, "the others' news came in");
    assert!(took < PATIENCE, "{took:?}");
    app.is_sound().await;
}
