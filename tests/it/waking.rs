//! An instance's first and last request: cold start, health checks, the log, and shutdown on a signal.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use dormouse::app::Parts;
use dormouse::clock::Clock;
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::random::Random;
use dormouse::web::cold_start;
use http::{Request, header};
use serde_json::Value;
use tower::ServiceExt;

use crate::support::{
    CRON_SECRET, Emulator, FakeWeb, FeedText, LineState as Line, PASSWORD, Page, Proxy, Shell, at,
    call, config, fresh_project,
};

/// A service whose store is behind a proxy, and hasn't been used yet.
fn asleep() -> Option<(Proxy, Datastore, Router)> {
    let proxy = Proxy::start(&Emulator::Firestore.host()?);
    let indexes = IndexSet::ours().unwrap();
    let clock = Clock::fixed(at(12, 0));
    let store =
        Emulator::Firestore.database(proxy.host(), &fresh_project(), indexes, clock.clone());
    let service = cold_start::service(Parts {
        config: config(&[]),
        store: store.clone(),
        clock,
        random: Random::seeded(1),
        base_url: "http://reader.example/".parse().unwrap(),
        leaving: dormouse::refresh::leaving::Leaving::default(),
    });
    Some((proxy, store, service))
}

/// A response as a browser sees it: status, redirect target and page.
async fn browse(service: &Router, path: &str) -> (u16, Option<String>, String) {
    let request = Request::get(path)
        .header(header::HOST, "reader.example")
        .header(header::ACCEPT, "text/html")
        .body(Body::empty());
    let answer = service.clone().oneshot(request.unwrap()).await.unwrap();
    let location = answer.headers().get(header::LOCATION);
    let location = location.map(|to| to.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX)
        .await
        .unwrap();
    (status, location, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_first_page_is_served_while_the_store_connects() {
    let Some((_, store, service)) = asleep() else {
        return;
    };
    let before = store.total_cost();
    let mut answer = browse(&service, "/unread").await;
    // A busy machine may be slow: then the waiting page is shown, and its follow-up request succeeds.
    if answer.0 == 200 {
        assert!(answer.2.contains("waking=1"), "{}", answer.2);
        answer = browse(&service, "/unread?waking=1").await;
    }
    let (status, location, _) = answer;
    assert_eq!(
        (status, location.as_deref()),
        (303, Some("/signin?next=%2Funread"))
    );
    let reads = (store.total_cost() - before).reads;
    assert!(
        reads <= 3,
        "{reads}: the key that signs, sought, made and found"
    );
}

#[tokio::test]
async fn a_page_that_waits_longer_than_a_blink_says_so_and_reloads_once() {
    let Some((proxy, _, service)) = asleep() else {
        return;
    };
    proxy.is(Line::Silent, 1);
    let (status, _, page) = browse(&service, "/feed/7?order=oldest").await;
    assert_eq!(status, 200);
    assert!(page.contains("Waking up"), "{page}");
    let again = "content=\"0; url=/feed/7?order=oldest&#38;waking=1\"";
    assert!(page.contains(again), "{page}");
    // Paths that look like another host's stay on ours.
    let (_, _, page) = browse(&service, "//evil.example/x").await;
    assert!(page.contains("url=/evil.example/x?waking=1"), "{page}");
    // Its style comes without the store.
    let style = crate::support::attribute(&page, "rel=\"stylesheet\"", "href").unwrap();
    let (status, _, css) = browse(&service, &style).await;
    assert!(status == 200 && css.contains("{"), "{status}");

    // The second request waits as long as needed, and its marker parameter is removed in the end.
    let mended = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        proxy.is(Line::Good, 0);
    };
    let second = browse(&service, "/feed/7?order=oldest&waking=1");
    let ((status, location, _), ()) = tokio::join!(second, mended);
    let to = "/signin?next=%2Ffeed%2F7%3Forder%3Doldest";
    assert_eq!((status, location.as_deref()), (303, Some(to)));
}

#[tokio::test]
async fn a_store_that_never_opens_is_a_polite_page_and_no_loop() {
    let Some((proxy, _, service)) = asleep() else {
        return;
    };
    proxy.is(Line::Refuses, 10_000);
    let (status, _, page) = browse(&service, "/unread?waking=1").await;
    assert_eq!(status, 503);
    assert!(
        page.contains("Nothing is lost") && !page.contains("waking=1"),
        "{page}"
    );
}

#[tokio::test]
async fn health_touches_nothing() {
    let Some((proxy, store, service)) = asleep() else {
        return;
    };
    proxy.is(Line::Refuses, 10_000);
    for path in ["/healthz", "/health"] {
        let (status, _, said) = browse(&service, path).await;
        assert_eq!((status, said.as_str()), (200, "ok\n"));
    }
    assert_eq!(store.total_cost().reads, 0);
}

/// A server with a reader, whose API client has a token.
fn at_work(shell: &Shell, settings: &[(&str, &str)]) -> (crate::support::Server, String) {
    let add = ["user", "add", "ann@example.org", "--password-stdin"];
    shell.run_with(&add, settings, PASSWORD).is(0);
    let token = shell.run_with(&["token", "add", "--user", "ann@example.org"], settings, "");
    let token = token.is(0).out().trim().to_owned();
    (shell.serve(settings), token)
}

#[test]
fn told_to_go_it_finishes_what_runs_and_goes() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let text = FeedText::hourly("Slow", 3, at(11, 0)).rss();
    let slow = web.put("/slow", Page::feed(text).after(Duration::from_millis(600)));
    let (mut server, token) = at_work(&shell, &[]);
    let address = server.address;
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let body = serde_json::json!({ "url": slow });
            call(address, &token, "POST", "/api/v1/subscriptions", &body)
        });
        while web.requests().is_empty() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let (code, took) = server.terminate();
        assert_eq!(code, Some(0));
        assert!(took < Duration::from_secs(2), "{took:?}");
        let (status, _) = asking.join().unwrap().expect("a whole answer");
        assert_eq!(status, 201);
    });
    shell.run(&["doctor"]).is(0);
}

#[test]
fn told_to_go_it_doesn_t_wait_for_a_publisher_that_says_nothing() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let silent = web.put("/silent", Page::hangs());
    let (mut server, token) = at_work(&shell, &[]);
    let address = server.address;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let body = serde_json::json!({ "url": silent });
            call(address, &token, "POST", "/api/v1/subscriptions", &body)
        });
        while web.requests().is_empty() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let (code, took) = server.terminate();
        assert_eq!(code, Some(0));
        assert!(took < Duration::from_millis(2_500), "{took:?}");
    });
    shell.run(&["doctor"]).is(0);
}

#[test]
fn the_log_is_cloud_loggings_and_names_no_address() {
    let shell = Shell::new();
    let settings = [
        ("LOG", "info"),
        ("GOOGLE_CLOUD_PROJECT", "field"),
        ("CRON_SECRET", CRON_SECRET),
    ];
    let (server, token) = at_work(&shell, &settings);
    let url = "http://user:hush@127.0.0.1:9/secret-feed";
    let body = serde_json::json!({ "url": url });
    call(
        server.address,
        &token,
        "POST",
        "/api/v1/subscriptions",
        &body,
    );
    call(
        server.address,
        &token,
        "GET",
        "/api/v1/articles/12345-6?x=hush",
        &Value::Null,
    );
    let log = server.log();
    let lines: Vec<Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert_eq!(lines.len(), log.lines().count(), "{log}");
    let one = lines
        .iter()
        .find(|line| line["httpRequest"]["requestUrl"] == "/api/v1/articles/{id}");
    let one = one.unwrap_or_else(|| panic!("{log}"));
    assert_eq!(one["severity"], "INFO");
    assert_eq!(one["httpRequest"]["requestMethod"], "GET");
    assert_eq!(one["httpRequest"]["status"], 404);
    assert!(
        one["httpRequest"]["latency"]
            .as_str()
            .unwrap()
            .ends_with('s')
    );
    assert!(one["operations"]["reads"].as_u64().unwrap() >= 1);
    assert!(one["time"].as_str().unwrap().ends_with('Z'));
    for secret in ["hush", "secret-feed", "12345", &token, "ann@"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
