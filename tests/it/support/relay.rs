//! A mail relay on loopback: takes letters, and keeps them for the test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The certificate of an authority for tests, and what it signed for 127.0.0.1. Both are good for a hundred years.
pub(crate) const AUTHORITY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/it/support/authority.pem"
);
const CERTIFICATE: &[u8] = include_bytes!("relay.pem");
const KEY: &[u8] = include_bytes!("relay.key");

/// How a relay behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RelayMood {
    /// Takes every letter.
    #[default]
    Kind,
    /// Knows none of the recipients.
    KnowsNobody,
    /// Takes nothing from us.
    Sulks,
    /// Says nothing at all.
    Hangs,
}

/// A letter that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) to: String,
    pub(crate) headers: BTreeMap<String, String>,
    /// The plain text, decoded.
    pub(crate) text: String,
    /// The HTML, decoded.
    pub(crate) html: String,
}

impl Post {
    fn read(to: &str, raw: &str) -> Self {
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let headers = headers(head);
        let kind = &headers["content-type"];
        let (_, boundary) = kind.split_once("boundary=\"").unwrap();
        let boundary = format!("--{}", boundary.trim_end_matches('"'));
        let mut parts = body.split(&boundary).skip(1).map(decoded);
        Self {
            to: to.to_owned(),
            text: parts.next().unwrap(),
            html: parts.next().unwrap(),
            headers,
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The path of the first of our links in the text.
    #[track_caller]
    pub(crate) fn link(&self) -> String {
        let (_, rest) = self.text.split_once("://reader.example").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

fn headers(head: &str) -> BTreeMap<String, String> {
    let lines = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let pairs = lines.split("\r\n").filter_map(|line| line.split_once(": "));
    pairs
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect()
}

/// A part's text, whatever way it was encoded.
fn decoded(part: &str) -> String {
    let (head, body) = part.trim_start().split_once("\r\n\r\n").unwrap();
    let way = headers(head).remove("content-transfer-encoding");
    match way.as_deref() {
        Some("base64") => {
            let bare: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(bare).unwrap()).unwrap()
        }
        Some("quoted-printable") => {
            let whole = body.replace("=\r\n", "");
            let mut bytes = Vec::new();
            let mut rest = whole.as_bytes();
            while let Some((first, more)) = rest.split_first() {
                if *first == b'=' {
                    let hex = std::str::from_utf8(&more[..2]).unwrap();
                    bytes.push(u8::from_str_radix(hex, 16).unwrap());
                    rest = &more[2..];
                } else {
                    bytes.push(*first);
                    rest = more;
                }
            }
            String::from_utf8(bytes).unwrap()
        }
        _ => body.to_owned(),
    }
}

#[derive(Debug, Default)]
struct Shared {
    letters: Mutex<Vec<Post>>,
    mood: Mutex<RelayMood>,
    /// Set if it offers STARTTLS, and knows nobody without.
    tls: Option<Arc<ServerConfig>>,
    over: AtomicBool,
    calls: AtomicUsize,
}

/// The relay. Its user is "dormouse", and its password "hush".
#[derive(Debug)]
pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What the authority's certificate stands for.
fn secured() -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        );
    Arc::new(config.unwrap())
}

/// A line, before and after STARTTLS.
enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Read for Wire {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(line) => line.read(bytes),
            Self::Tls(line) => line.read(bytes),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(line) => line.write(bytes),
            Self::Tls(line) => line.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(line) => line.flush(),
            Self::Tls(line) => line.flush(),
        }
    }
}

impl Relay {
    pub(crate) fn start() -> Self {
        Self::over(Shared::default())
    }

    /// One that takes nothing before STARTTLS (RFC 3207). Its certificate is from [`AUTHORITY`].
    pub(crate) fn secure() -> Self {
        Self::over(Shared {
            tls: Some(secured()),
            ..Shared::default()
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a relay of its own beside the service that is tested"
    )]
    fn over(shared: Shared) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(shared);
        let known = shared.clone();
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                if known.over.load(Ordering::Relaxed) {
                    return;
                }
                let known = known.clone();
                std::thread::spawn(move || talk(line, &known));
            }
        });
        Self { address, shared }
    }

    /// The text of `SMTP_URL`.
    pub(crate) fn url(&self) -> String {
        let end = if self.shared.tls.is_some() {
            "?tls=required"
        } else {
            ""
        };
        format!("smtp://dormouse:hush@{}{end}", self.address)
    }

    pub(crate) fn is(&self, mood: RelayMood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// Connections so far.
    pub(crate) fn calls(&self) -> usize {
        self.shared.calls.load(Ordering::Relaxed)
    }

    /// What has come since the last time.
    pub(crate) fn letters(&self) -> Vec<Post> {
        std::mem::take(&mut self.shared.letters.lock().unwrap())
    }

    /// The only one that has.
    #[track_caller]
    pub(crate) fn letter(&self) -> Post {
        let mut all = self.letters();
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        // Wakes the thread, which then sees the flag and ends.
        let _ = TcpStream::connect(self.address);
    }
}

/// One line of the other side, without its end; `None` if it has hung up.
fn line_of(wire: &mut BufReader<Wire>) -> Option<String> {
    let mut line = String::new();
    let read = wire.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

fn say(wire: &mut BufReader<Wire>, text: &str) -> std::io::Result<()> {
    let wire = wire.get_mut();
    wire.write_all(format!("{text}\r\n").as_bytes())?;
    wire.flush()
}

/// One conversation (RFC 5321), until the line is closed.
fn talk(stream: TcpStream, shared: &Shared) {
    shared.calls.fetch_add(1, Ordering::Relaxed);
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mood = *shared.mood.lock().unwrap();
    let mut wire = BufReader::new(Wire::Plain(stream));
    if mood == RelayMood::Hangs {
        let _ = line_of(&mut wire);
        return;
    }
    let _ = say(&mut wire, "220 relay.example ESMTP");
    let mut to = String::new();
    let (mut is_known, mut is_open) = (false, shared.tls.is_some());
    while let Some(line) = line_of(&mut wire) {
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" if is_open => "250-relay.example\r\n250-8BITMIME\r\n250 STARTTLS",
            "EHLO" => "250-relay.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN",
            "STARTTLS" => {
                let _ = say(&mut wire, "220 2.0.0 Go on");
                let (Some(config), Wire::Plain(stream)) = (&shared.tls, wire.into_inner()) else {
                    return;
                };
                let server = ServerConnection::new(config.clone()).unwrap();
                wire = BufReader::new(Wire::Tls(Box::new(StreamOwned::new(server, stream))));
                is_open = false;
                continue;
            }
            _ if is_open => "530 5.7.0 STARTTLS first",
            "AUTH" => {
                let sent = line.split(' ').nth(2).unwrap_or_default();
                is_known = STANDARD
                    .decode(sent)
                    .is_ok_and(|bytes| bytes == b"\0dormouse\0hush");
                match is_known {
                    true => "235 2.7.0 Welcome",
                    false => "535 5.7.8 No",
                }
            }
            "MAIL" if !is_known => "530 5.7.0 Log in first",
            "MAIL" if mood == RelayMood::Sulks => "550 5.7.1 Not from you",
            "RCPT" if mood == RelayMood::KnowsNobody => "550 5.1.1 Nobody of that name",
            "RCPT" => {
                let address = line.split('<').nth(1).unwrap_or_default();
                address.trim_end_matches('>').clone_into(&mut to);
                "250 2.1.5 Fine"
            }
            "DATA" => {
                let _ = say(&mut wire, "354 Go on");
                let mut raw = Vec::new();
                while let Some(line) = line_of(&mut wire).filter(|line| line != ".") {
                    raw.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned));
                }
                let post = Post::read(&to, &raw.join("\r\n"));
                shared.letters.lock().unwrap().push(post);
                "250 2.0.0 Taken"
            }
            "QUIT" => {
                let _ = say(&mut wire, "221 2.0.0 Bye");
                return;
            }
            _ => "250 2.0.0 Fine",
        };
        if say(&mut wire, answer).is_err() {
            return;
        }
    }
}
