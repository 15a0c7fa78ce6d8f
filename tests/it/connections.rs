//! Connections to the real server: how many, how slow, and how much they may hold.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{PASSWORD, Server, Shell};

const ANN: &str = "ann@example.org";
/// Longer than any limit of time that is tested here.
const PATIENCE: Duration = Duration::from_secs(45);

fn open(server: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// What comes until the other side closes; whatever it is, an error is an end.
fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[expect(clippy::disallowed_methods, reason = "what real waiting took")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = std::time::Instant::now();
    let done = work();
    (done, began.elapsed())
}

fn head(server: &Server, method: &str, path: &str, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\n{more}\r\n",
        server.address
    )
}

#[tokio::test]
async fn beyond_the_most_connections_a_request_is_told_when_to_come_back() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().route("/", axum::routing::get(|| async { "here" }));
    let (_leaving, told) = tokio::sync::watch::channel(false);
    let ask = async |close: &str| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let text = format!("GET / HTTP/1.1\r\nHost: {address}\r\n{close}\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut bytes = vec![0; 4_096];
        let length = stream.read(&mut bytes).await.unwrap();
        let said = String::from_utf8_lossy(&bytes[..length]).to_lowercase();
        (said, stream)
    };
    let visitors = async {
        let (said, first) = ask("").await;
        assert!(said.starts_with("http/1.1 200"), "{said}");
        let (said, _second) = ask("").await;
        assert!(said.starts_with("http/1.1 200"), "{said}");
        let (said, _) = ask("").await;
        assert!(said.starts_with("http/1.1 503"), "{said}");
        assert!(said.contains("\r\nretry-after: 5\r\n"), "{said}");
        assert!(said.contains("try again in some seconds."), "{said}");
        drop(first);
        let mut tries = 0;
        while !ask("Connection: close\r\n")
            .await
            .0
            .starts_with("http/1.1 200")
        {
            tries += 1;
            assert!(tries < 100, "one has gone, so there is room for one");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = dormouse::web::listen::listen(listener, router, 2, told, None) => panic!("it ended"),
        () = visitors => {}
    }
}

#[test]
fn what_is_idle_or_slow_is_ended() {
    let shell = Shell::new();
    let add = ["user", "add", ANN, "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let server = shell.serve(&[]);
    let small = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n";
    let slow_form = head(&server, "POST", "/signin", small) + "email=a";
    let whole = head(&server, "GET", "/healthz", "");
    let half = "GET /healthz HTTP/1.1\r\nHost: x";
    std::thread::scope(|scope| {
        let end = |text: &str| {
            let stream = open(server.address, text);
            scope.spawn(move || timed(|| rest(stream)))
        };
        let (slow, idle, half) = (end(&slow_form), end(&whole), end(half));
        let (said, took) = slow.join().unwrap();
        assert!(said.starts_with("HTTP/1.1 408"), "{said}");
        assert!(said.contains("took too long to arrive"), "{said}");
        assert!((15..30).contains(&took.as_secs()), "{took:?}");
        let (said, took) = idle.join().unwrap();
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert!((5..20).contains(&took.as_secs()), "idle: {took:?}");
        let (_, took) = half.join().unwrap();
        assert!((5..20).contains(&took.as_secs()), "half a head: {took:?}");
    });
}

#[test]
fn who_asks_and_takes_no_answer_is_ended() {
    let shell = Shell::new();
    let server = shell.serve(&[]);
    // More than the system keeps for a connection is asked for, and none of it is taken.
    let asking = head(&server, "GET", "/static/app.css", "").repeat(8_000);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let (sent, took) = timed(|| stream.write_all(asking.as_bytes()));
    let (answer, more) = timed(|| {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        if sent.is_ok() {
            std::thread::sleep(Duration::from_secs(30));
        }
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).map(|_| bytes.len())
    });
    assert!(
        sent.is_err() || answer.is_err(),
        "closed under it: {sent:?}, {answer:?}"
    );
    let took = (took + more).as_secs();
    assert!((15..45).contains(&took), "{took} s");
}

#[test]
fn only_so_much_is_held_of_what_is_being_sent() {
    const FILE: usize = 9_900_000;
    let shell = Shell::new();
    let add = ["user", "add", ANN, "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let token = shell.run(&["token", "add", "--user", ANN]).is(0).out();
    let server = shell.serve(&[]);
    let upload = |length: usize| {
        let more = format!(
            "Authorization: Bearer {}\r\nConnection: close\r\nContent-Type: text/x-opml\r\nContent-Length: {length}\r\n",
            token.trim()
        );
        head(&server, "POST", "/api/v1/opml", &more)
    };
    let most: Vec<u8> = vec![b' '; FILE - 1];
    // Five files, all but a byte, take nearly the 48 MiB.
    let mut held: Vec<TcpStream> = (0..5)
        .map(|_| {
            let mut stream = open(server.address, &upload(FILE));
            stream.write_all(&most).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    let mut one_more = open(server.address, &upload(FILE));
    // It may be refused before all is sent.
    let _ = one_more.write_all(&most);
    let said = rest(one_more);
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    assert!(said.contains("Too much is being sent"), "{said}");
    held.clear();
    std::thread::sleep(Duration::from_millis(500));
    let opml = "<opml><body><outline xmlUrl='http://127.0.0.1:1/f'/></body></opml>";
    let said = rest(open(server.address, &(upload(opml.len()) + opml)));
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}
