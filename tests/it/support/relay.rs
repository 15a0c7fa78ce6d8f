//! A mail relay on loopback: takes letters, and keeps them for the test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

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
        let (_, rest) = self.text.split_once("http://reader.example").unwrap();
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
    over: AtomicBool,
    calls: AtomicUsize,
}

/// The relay. Its user is "dormouse", and its password "hush".
#[derive(Debug)]
pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Relay {
    #[expect(
        clippy::disallowed_methods,
        reason = "a relay of its own beside the service that is tested"
    )]
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let known = shared.clone();
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                if known.over.load(Ordering::Relaxed) {
                    return;
                }
                let known = known.clone();
                std::thread::spawn(move || talk(&line, &known));
            }
        });
        Self { address, shared }
    }

    /// The text of `SMTP_URL`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://dormouse:hush@{}", self.address)
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

/// One conversation (RFC 5321), until the line is closed.
fn talk(stream: &TcpStream, shared: &Shared) {
    shared.calls.fetch_add(1, Ordering::Relaxed);
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mood = *shared.mood.lock().unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut out = stream;
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes());
    if mood == RelayMood::Hangs {
        let _ = lines.next();
        return;
    }
    let _ = say("220 relay.example ESMTP");
    let mut to = String::new();
    let mut is_known = false;
    while let Some(line) = lines.next() {
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let said = match verb.as_str() {
            "EHLO" => say("250-relay.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN"),
            "AUTH" => {
                let sent = line.split(' ').nth(2).unwrap_or_default();
                is_known = STANDARD
                    .decode(sent)
                    .is_ok_and(|bytes| bytes == b"\0dormouse\0hush");
                say(if is_known {
                    "235 2.7.0 Welcome"
                } else {
                    "535 5.7.8 No"
                })
            }
            "MAIL" if !is_known => say("530 5.7.0 Log in first"),
            "MAIL" if mood == RelayMood::Sulks => say("550 5.7.1 Not from you"),
            "RCPT" if mood == RelayMood::KnowsNobody => say("550 5.1.1 Nobody of that name"),
            "RCPT" => {
                let address = line.split('<').nth(1).unwrap_or_default();
                address.trim_end_matches('>').clone_into(&mut to);
                say("250 2.1.5 Fine")
            }
            "DATA" => {
                let _ = say("354 Go on");
                let body = lines.by_ref().take_while(|line| line != ".");
                let unstuffed =
                    body.map(|line| line.strip_prefix('.').map_or(line.clone(), str::to_owned));
                let raw = unstuffed.collect::<Vec<_>>().join("\r\n");
                shared.letters.lock().unwrap().push(Post::read(&to, &raw));
                say("250 2.0.0 Taken")
            }
            "QUIT" => {
                let _ = say("221 2.0.0 Bye");
                return;
            }
            _ => say("250 2.0.0 Fine"),
        };
        if said.is_err() {
            return;
        }
    }
}
