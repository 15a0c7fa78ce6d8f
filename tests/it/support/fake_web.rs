//! Fake publishers on loopback: real HTTP with configured responses and recorded requests.
//!
//! They run on their own threads, so that their tasks aren't counted as the service's.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often a silent publisher checks whether the test has ended.
const LOOK: Duration = Duration::from_millis(50);

/// Some publishers, each on its own port, with the same pages.
#[derive(Debug)]
pub(crate) struct FakeWeb {
    hosts: Vec<SocketAddr>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    pages: Mutex<HashMap<String, Page>>,
    requests: Mutex<Vec<Request>>,
    /// Requests in progress and their maximum, by host.
    busy: Mutex<HashMap<SocketAddr, (usize, usize)>>,
    over: AtomicBool,
}

/// A recorded request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) host: SocketAddr,
    pub(crate) path: String,
    pub(crate) body: String,
    /// When it arrived.
    pub(crate) at: std::time::Instant,
    headers: Vec<(String, String)>,
}

impl Request {
    /// A header's value, each byte as one character.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

#[derive(Clone, Debug)]
enum Body {
    Whole(Vec<u8>),
    /// Continues until the client disconnects.
    Endless,
    /// Sends nothing, not even a status, until the client disconnects.
    Silence,
    /// Whatever this function writes, including status and headers.
    Wild(fn(&mut TcpStream) -> std::io::Result<()>),
}

/// A configured response.
#[derive(Clone, Debug)]
#[must_use]
pub(crate) struct Page {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
    /// Whether a request with the page's own validators gets 304.
    conditional: bool,
    delay: Duration,
    /// What is behind it for requests with one of these headers: a name in lower case, and a value.
    keys: Vec<(String, String, Page)>,
}

impl Page {
    fn new(status: u16, kind: &str, body: Body) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), kind.into())],
            body,
            conditional: false,
            delay: Duration::ZERO,
            keys: Vec::new(),
        }
    }

    /// A page that only requests with a header see; without one of such headers, others get 401.
    pub(crate) fn behind(name: &str, value: &str, page: Self) -> Self {
        Self::status(401).or_behind(name, value, page)
    }

    /// The same for one more header.
    pub(crate) fn or_behind(mut self, name: &str, value: &str, page: Self) -> Self {
        self.keys.push((name.into(), value.into(), page));
        self
    }

    fn for_request(&self, request: &Request) -> &Self {
        let mut keys = self.keys.iter();
        let found = keys.find(|(name, value, _)| request.header(name) == Some(value));
        found.map_or(self, |(_, _, page)| page)
    }

    /// A document of a type.
    pub(crate) fn of(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, kind, Body::Whole(body.into()))
    }

    /// A feed in XML.
    pub(crate) fn feed(text: impl Into<Vec<u8>>) -> Self {
        Self::of("application/xml", text)
    }

    /// An HTML page.
    pub(crate) fn html(text: &str) -> Self {
        Self::of("text/html; charset=utf-8", text)
    }

    /// A status without a document.
    pub(crate) fn status(status: u16) -> Self {
        Self::new(status, "text/plain", Body::Whole(b"no".to_vec()))
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).header("Location", to)
    }

    /// Accepts the request, and never responds.
    pub(crate) fn hangs() -> Self {
        Self::new(200, "text/plain", Body::Silence)
    }

    /// Raw bytes, starting with the status line.
    pub(crate) fn wild(write: fn(&mut TcpStream) -> std::io::Result<()>) -> Self {
        Self::new(200, "application/xml", Body::Wild(write))
    }

    /// A body without an end.
    pub(crate) fn endless() -> Self {
        Self::new(200, "application/xml", Body::Endless)
    }

    /// With another status.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With an additional header; the value's characters are its bytes.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With validators, and 304 for requests that match them.
    pub(crate) fn validated(mut self, etag: &str, last_modified: &str) -> Self {
        self.conditional = true;
        self.header("ETag", etag)
            .header("Last-Modified", last_modified)
    }

    /// Compressed with gzip.
    pub(crate) fn gzipped(mut self) -> Self {
        if let Body::Whole(body) = &self.body {
            let mut packed =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packed.write_all(body).unwrap();
            self.body = Body::Whole(packed.finish().unwrap());
        }
        self.header("Content-Encoding", "gzip")
    }

    /// Brotli (RFC 7932) with stored blocks; at most 64 KiB.
    pub(crate) fn brotli(mut self) -> Self {
        if let Body::Whole(body) = &self.body {
            // A window of 64 KiB; one block that isn't the last, of so many bytes, stored; and an empty last one.
            let length = u32::try_from(body.len() - 1).unwrap();
            assert!(length < 1 << 16);
            let head = &(length << 4 | 1 << 20).to_le_bytes()[..3];
            self.body = Body::Whole([head, body, &[3]].concat());
        }
        self.header("Content-Encoding", "br")
    }

    /// Zstandard (RFC 8878) with a raw block; 256 bytes to 64 KiB.
    pub(crate) fn zstd(mut self) -> Self {
        if let Body::Whole(body) = &self.body {
            // One segment whose length has two bytes, and one block, the last.
            let length = u16::try_from(body.len() - 256).unwrap();
            let block = u32::try_from(body.len()).unwrap() << 3 | 1;
            self.body = Body::Whole(
                [
                    &[0x28, 0xb5, 0x2f, 0xfd, 0x60],
                    &length.to_le_bytes()[..],
                    &block.to_le_bytes()[..3],
                    body,
                ]
                .concat(),
            );
        }
        self.header("Content-Encoding", "zstd")
    }

    /// Responds after a delay.
    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    fn own(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn is_known_to(&self, request: &Request) -> bool {
        let same = |asked: &str, own: &str| {
            request.header(asked).is_some() && request.header(asked) == self.own(own)
        };
        self.conditional
            && (same("if-none-match", "ETag") || same("if-modified-since", "Last-Modified"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeWeb {
    /// One publisher.
    pub(crate) fn start() -> Self {
        Self::with_hosts(1)
    }

    /// Several publishers.
    pub(crate) fn with_hosts(count: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let hosts = (0..count).map(|_| listen(&shared, "127.0.0.1:0")).collect();
        Self { hosts, shared }
    }

    /// Several publishers, each at an address of its own.
    pub(crate) fn with_addresses(count: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let hosts = (0..count)
            .map(|n| listen(&shared, &format!("127.0.{}.{}:0", 1 + n / 200, 1 + n % 200)));
        let hosts = hosts.collect();
        Self { hosts, shared }
    }

    /// The address of a page at the first publisher.
    pub(crate) fn url(&self, path: &str) -> String {
        self.url_at(0, path)
    }

    /// The address of a page at one of the publishers.
    pub(crate) fn url_at(&self, host: usize, path: &str) -> String {
        format!("http://{}{path}", self.hosts[host])
    }

    /// Publishes or changes a page. Returns its address.
    pub(crate) fn put(&self, path: &str, page: Page) -> String {
        lock(&self.shared.pages).insert(path.to_owned(), page);
        self.url(path)
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// The requests for one path.
    pub(crate) fn asked(&self, path: &str) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.path == path);
        requests
    }

    /// Clears the recorded requests.
    pub(crate) fn forget(&self) {
        lock(&self.shared.requests).clear();
    }

    /// The maximum number of concurrent requests at one publisher.
    pub(crate) fn most_at_once(&self) -> usize {
        let busy = lock(&self.shared.busy);
        busy.values().map(|(_, most)| *most).max().unwrap_or(0)
    }
}

impl Drop for FakeWeb {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        for host in &self.hosts {
            // Wakes the listener, which then sees the flag and ends.
            let _ = TcpStream::connect(host);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the publishers are another machine's threads, as it were"
)]
pub(super) fn on_a_thread(work: impl FnOnce() + Send + 'static) {
    std::thread::spawn(work);
}

fn listen(shared: &Arc<Shared>, at: &str) -> SocketAddr {
    let listener = TcpListener::bind(at).unwrap();
    let host = listener.local_addr().unwrap();
    let shared = shared.clone();
    on_a_thread(move || {
        for stream in listener.incoming() {
            if shared.over.load(Ordering::Relaxed) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let shared = shared.clone();
            // A client that disconnects half-way isn't an error.
            on_a_thread(move || drop(converse(stream, host, &shared)));
        }
    });
    host
}

fn converse(mut stream: TcpStream, host: SocketAddr, shared: &Shared) -> std::io::Result<()> {
    let Some(request) = read_request(&mut stream, host)? else {
        return Ok(());
    };
    let busy = Busy::begin(host, shared);
    let page = lock(&shared.pages).get(&request.path).cloned();
    let page = page.unwrap_or_else(|| Page::status(404));
    lock(&shared.requests).push(request.clone());
    answer(&mut stream, &request, page.for_request(&request), busy)
}

/// Counts a request as in progress until dropped.
struct Busy<'s> {
    host: SocketAddr,
    shared: &'s Shared,
}

impl<'s> Busy<'s> {
    fn begin(host: SocketAddr, shared: &'s Shared) -> Self {
        let mut busy = lock(&shared.busy);
        let (now, most) = busy.entry(host).or_default();
        *now += 1;
        *most = (*most).max(*now);
        Self { host, shared }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        lock(&self.shared.busy).entry(self.host).or_default().0 -= 1;
    }
}

/// Writes a response. The request stops counting before its last byte is sent: a client may send the next request as
/// soon as it has that byte.
fn write_whole(stream: &mut TcpStream, answer: &[u8], busy: Busy<'_>) -> std::io::Result<()> {
    let (last, before) = answer.split_last().expect("an answer has a head");
    stream.write_all(before)?;
    drop(busy);
    stream.write_all(&[*last])
}

#[expect(clippy::disallowed_methods, reason = "a publisher has its own clock")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

pub(super) fn read_request(
    stream: &mut TcpStream,
    host: SocketAddr,
) -> std::io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        bytes.push(byte[0]);
    }
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    let mut lines = text.lines();
    let path = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(": "));
    let mut request = Request {
        host,
        path: path.unwrap_or_default().to_owned(),
        body: String::new(),
        at: now(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
    };
    let length = request.header("content-length");
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(request))
}

fn answer(
    stream: &mut TcpStream,
    request: &Request,
    page: &Page,
    busy: Busy<'_>,
) -> std::io::Result<()> {
    std::thread::sleep(page.delay);
    let mut head = Vec::new();
    let known = page.is_known_to(request);
    let status = if known { 304 } else { page.status };
    write!(head, "HTTP/1.1 {status} As told\r\nConnection: close\r\n")?;
    for (name, value) in &page.headers {
        if known && name.starts_with("Content-") {
            continue;
        }
        write!(head, "{name}: ")?;
        // Characters are bytes here, also those beyond ASCII.
        head.extend(value.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
        head.extend(b"\r\n");
    }
    match &page.body {
        Body::Silence => wait_until_gone(stream, busy.shared),
        Body::Wild(write) => write(stream),
        _ if known => {
            head.extend(b"\r\n");
            write_whole(stream, &head, busy)
        }
        Body::Whole(body) => {
            write!(head, "Content-Length: {}\r\n\r\n", body.len())?;
            head.extend(body);
            write_whole(stream, &head, busy)
        }
        Body::Endless => {
            head.extend(b"\r\n");
            stream.write_all(&head)?;
            loop {
                stream.write_all(&[b' '; 65_536])?;
            }
        }
    }
}

fn wait_until_gone(stream: &mut TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(LOOK))?;
    let mut byte = [0];
    while !shared.over.load(Ordering::Relaxed) {
        match stream.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
