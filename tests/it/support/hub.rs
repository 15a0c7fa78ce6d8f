//! A WebSub hub on loopback that follows the W3C Recommendation, or misbehaves as configured. Real HTTP on its own
//! threads: it may call back while its client waits, as hubs do.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dormouse::random::{Random, hex};
use ring::hmac;
use url::{Url, form_urlencoded};

use super::fake_web::{on_a_thread, read_request};

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As in the Recommendation: 202, then the verification.
    Follows,
    /// Responds to the request only after verifying it.
    VerifiesFirst,
    /// 202, and nothing more.
    Silent,
    /// 202, then a refusal with this reason.
    Denies(&'static str),
    /// This status, and nothing more.
    Refuses(u16),
    /// To another hub, by this status.
    Redirects(u16),
    /// Verifies a topic that wasn't requested.
    WrongTopic,
    /// Verifies an unsubscription instead.
    WrongMode,
    /// Verifies without a lease.
    WithoutLease,
    /// Accepts the request, and never responds.
    Hangs,
}

/// How a push is signed (7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    /// With another secret.
    Wrongly,
    /// By a method that isn't registered.
    Oddly,
    /// Not at all.
    Not,
}

/// A request of a subscriber.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) form: HashMap<String, String>,
}

/// What a subscriber answered to a verification or a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: u16,
    /// Whether the body was the challenge.
    pub(crate) echoed: bool,
    pub(crate) content_type: String,
}

#[derive(Debug)]
struct Shared {
    mood: Mutex<Mood>,
    lease: AtomicI64,
    asked: Mutex<Vec<Asked>>,
    verdicts: Mutex<Vec<Verdict>>,
    settled: AtomicUsize,
    over: AtomicBool,
}

/// The hub.
#[derive(Debug)]
pub(crate) struct Hub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// One that follows the Recommendation, and gives leases of ten days.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            mood: Mutex::new(Mood::Follows),
            lease: AtomicI64::new(10 * 24 * 60 * 60),
            asked: Mutex::default(),
            verdicts: Mutex::default(),
            settled: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        });
        let known = shared.clone();
        on_a_thread(move || {
            for stream in listener.incoming() {
                if known.over.load(Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let shared = known.clone();
                on_a_thread(move || serve(stream, address, &shared));
            }
        });
        Self { address, shared }
    }

    /// The hub's address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// A `Link` header that names it, and what a document calls its own address.
    pub(crate) fn link(&self, own: &str) -> String {
        format!("<{}>; rel=\"hub\", <{own}>; rel=\"self\"", self.url())
    }

    /// Sets the behaviour from now on.
    pub(crate) fn is(&self, mood: Mood) {
        *lock(&self.shared.mood) = mood;
    }

    /// Sets the lease in seconds from now on.
    pub(crate) fn leases(&self, seconds: i64) {
        self.shared.lease.store(seconds, Relaxed);
    }

    /// All requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        lock(&self.shared.asked).clone()
    }

    /// The results of all requests so far, once they are complete.
    pub(crate) async fn verdicts(&self) -> Vec<Verdict> {
        while self.shared.settled.load(Relaxed) < lock(&self.shared.asked).len() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        lock(&self.shared.verdicts).clone()
    }

    /// Sends a request to the last subscriber's callback, independent of the configured behaviour.
    pub(crate) async fn says(&self, parameters: &[(&str, &str)]) -> Verdict {
        let last = self.asked().pop().unwrap();
        let callback = last.form["hub.callback"].clone();
        let parameters: Vec<(String, String)> = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        elsewhere(move || say(&callback, &parameters)).await
    }

    /// The signature that its last subscriber expects of a body.
    pub(crate) fn signs(&self, body: &[u8]) -> String {
        let last = self.asked().pop().unwrap();
        signature(Signed::Sha512, &last.form["hub.secret"], body).unwrap()
    }

    /// Distributes a document to the last subscriber, signed with SHA-1, as most hubs do. Returns the status.
    pub(crate) async fn pushes(&self, document: &str) -> u16 {
        self.pushes_so(Signed::Sha1, "application/xml", document.as_bytes())
            .await
    }

    /// Distributes a body with the given signature.
    pub(crate) async fn pushes_so(&self, signed: Signed, kind: &str, body: &[u8]) -> u16 {
        let last = self.asked().pop().unwrap();
        self.pushes_to(&last, signed, kind, body).await
    }

    /// Distributes a body to the subscriber of a given request.
    pub(crate) async fn pushes_to(
        &self,
        subscriber: &Asked,
        signed: Signed,
        kind: &str,
        body: &[u8],
    ) -> u16 {
        let form = &subscriber.form;
        let mut headers = vec![
            ("Content-Type".to_owned(), kind.to_owned()),
            // Another address than the topic's, which section 7 allows.
            ("Link".into(), self.link("http://elsewhere.example/feed")),
        ];
        if let Some(signature) = signature(signed, &form["hub.secret"], body) {
            headers.push(("X-Hub-Signature".into(), signature));
        }
        let (callback, body) = (form["hub.callback"].clone(), body.to_vec());
        elsewhere(move || call("POST", &callback, &headers, &body).0).await
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.shared.over.store(true, Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// Runs on a thread, while the service goes on with its own.
async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, waiting) = tokio::sync::oneshot::channel();
    on_a_thread(move || drop(done.send(work())));
    waiting.await.unwrap()
}

fn signature(signed: Signed, secret: &str, body: &[u8]) -> Option<String> {
    let (method, algorithm) = match signed {
        Signed::Sha1 => ("sha1", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        Signed::Sha256 | Signed::Wrongly => ("sha256", hmac::HMAC_SHA256),
        Signed::Sha384 => ("sha384", hmac::HMAC_SHA384),
        Signed::Sha512 => ("sha512", hmac::HMAC_SHA512),
        Signed::Oddly => ("md5", hmac::HMAC_SHA256),
        Signed::Not => return None,
    };
    let secret = match signed {
        Signed::Wrongly => "another secret",
        _ => secret,
    };
    let key = hmac::Key::new(algorithm, secret.as_bytes());
    Some(format!("{method}={}", hex(hmac::sign(&key, body).as_ref())))
}

fn serve(mut stream: TcpStream, address: SocketAddr, shared: &Shared) {
    let Ok(Some(request)) = read_request(&mut stream, address) else {
        return;
    };
    let pairs = form_urlencoded::parse(request.body.as_bytes()).into_owned();
    let asked = Asked {
        path: request.path.clone(),
        content_type: request.header("content-type").unwrap_or_default().into(),
        form: pairs.collect(),
    };
    let mood = *lock(&shared.mood);
    let redirected = matches!(mood, Mood::Redirects(_)) && asked.path == "/";
    if !redirected {
        lock(&shared.asked).push(asked.clone());
    }
    let mut answer = |status: u16, more: &str| {
        let head = format!(
            "HTTP/1.1 {status} As told\r\nConnection: close\r\n{more}Content-Length: 0\r\n\r\n"
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
    };
    let lease = shared.lease.load(Relaxed);
    match mood {
        Mood::Follows => {
            answer(202, "");
            verify(shared, &asked, "subscribe", None, Some(lease));
        }
        Mood::VerifiesFirst => {
            verify(shared, &asked, "subscribe", None, Some(lease));
            answer(202, "");
        }
        Mood::Silent => answer(202, ""),
        Mood::Denies(reason) => {
            answer(202, "");
            let parameters = [
                ("hub.mode", "denied"),
                ("hub.topic", &asked.form["hub.topic"]),
                ("hub.reason", reason),
            ];
            let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let verdict = say(&asked.form["hub.callback"], &parameters);
            lock(&shared.verdicts).push(verdict);
        }
        Mood::Refuses(status) => answer(status, ""),
        Mood::Redirects(status) if redirected => answer(status, "Location: /moved\r\n"),
        Mood::Redirects(_) => {
            answer(202, "");
            verify(shared, &asked, "subscribe", None, Some(lease));
        }
        Mood::WrongTopic => {
            answer(202, "");
            let topic = Some("http://other.example/feed");
            verify(shared, &asked, "subscribe", topic, Some(lease));
        }
        Mood::WrongMode => {
            answer(202, "");
            verify(shared, &asked, "unsubscribe", None, Some(lease));
        }
        Mood::WithoutLease => {
            answer(202, "");
            verify(shared, &asked, "subscribe", None, None);
        }
        Mood::Hangs => {
            while !shared.over.load(Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
    if !redirected {
        shared.settled.fetch_add(1, Relaxed);
    }
}

/// Verification of intent (5.3), with a random challenge.
fn verify(shared: &Shared, asked: &Asked, mode: &str, topic: Option<&str>, lease: Option<i64>) {
    let challenge = Random::System.hex::<16>();
    let topic = topic.unwrap_or(&asked.form["hub.topic"]);
    let mut parameters = vec![
        ("hub.mode".to_owned(), mode.to_owned()),
        ("hub.topic".into(), topic.to_owned()),
        ("hub.challenge".into(), challenge),
    ];
    if let Some(lease) = lease {
        parameters.push(("hub.lease_seconds".into(), lease.to_string()));
    }
    let verdict = say(&asked.form["hub.callback"], &parameters);
    lock(&shared.verdicts).push(verdict);
}

fn say(callback: &str, parameters: &[(String, String)]) -> Verdict {
    let mut url = Url::parse(callback).unwrap();
    url.query_pairs_mut().extend_pairs(parameters);
    let (status, headers, body) = call("GET", url.as_str(), &[], b"");
    let sent = parameters.iter().find(|(name, _)| name == "hub.challenge");
    let kind = headers
        .lines()
        .find_map(|line| line.strip_prefix("content-type: "));
    Verdict {
        status,
        echoed: sent.is_some_and(|(_, challenge)| challenge.as_bytes() == body),
        content_type: kind.unwrap_or_default().to_owned(),
    }
}

/// Sends one request; returns status, head and body of the response, even if the subscriber disconnects early.
fn call(
    method: &str,
    url: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> (u16, String, Vec<u8>) {
    let url = Url::parse(url).unwrap();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(&host).unwrap();
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("an answer");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, bytes[end + 4..].to_vec())
}
