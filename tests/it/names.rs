//! Publishers by host name: which requests a pause applies to, and which addresses a name may resolve to. Uses a real
//! DNS server.

use std::time::Duration;

use dormouse::client::guarded_resolver::{Refused, permitted, resolve};
use dormouse::egress::Names;
use url::Url;

use crate::support::{FakeWeb, FeedText, NameServer, Page, TestApp};

/// The URL of a page at a host name, with the publisher's port.
fn at_name(web: &FakeWeb, name: &str, path: &str) -> String {
    let mut url = Url::parse(&web.url(path)).unwrap();
    url.set_host(Some(name)).unwrap();
    url.into()
}

/// Check 10 of `docs/manners-tests.md`, for names.
#[tokio::test]
async fn m10_a_pause_is_good_for_the_registrable_domain_and_for_every_instance() {
    let (names, web) = (NameServer::start(), FakeWeb::start());
    let settings = [("NAME_SERVER", &*names.setting())];
    let app = TestApp::with(&settings).await;
    let other = app.beside_with(&settings).await;
    let ann = app.reader("ann").await;
    for (name, path) in [
        ("a.news.co.uk", "/a"),
        ("b.news.co.uk", "/b"),
        ("other.co.uk", "/other"),
    ] {
        let text = FeedText::wire(path, 12, app.clock.now()).rss();
        web.put(path, Page::feed(text).validated("\"1\"", "x"));
        ann.subscribes(&at_name(&web, name, path)).await;
    }
    web.put("/a", Page::status(429).header("Retry-After", "7200"));
    web.forget();
    while web.asked("/a").is_empty() {
        app.minutes_pass(5);
        app.tick(Duration::from_secs(5)).await;
    }
    let seen = app.clock.now();
    web.forget();
    // Instances alternate; they share only the store.
    for round in 0..23 {
        app.minutes_pass(5);
        let instance = if round % 2 == 0 { &other } else { &app };
        instance.tick(Duration::from_secs(5)).await;
    }
    assert_eq!((app.clock.now() - seen).num_minutes(), 115);
    let asked = |path| web.asked(path).len();
    assert_eq!((asked("/a"), asked("/b")), (0, 0));
    assert!(asked("/other") >= 1, "a neighbour below co.uk is another");
    // Fetched first, it would pause the others again.
    let text = FeedText::wire("/a", 12, app.clock.now()).rss();
    web.put("/a", Page::feed(text));
    for _ in 0..14 {
        app.minutes_pass(5);
        other.tick(Duration::from_secs(5)).await;
    }
    assert!(asked("/b") >= 1, "the pause is over");
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    let (names, web) = (NameServer::start(), FakeWeb::start());
    names.put("inside.example.com", &[[10, 0, 0, 7], [192, 168, 1, 1]]);
    names.put("metadata.example.com", &[[169, 254, 169, 254]]);
    names.put("nobody.example.com", &[]);
    web.put(
        "/feed",
        Page::feed(FeedText::monthly("A", 1, chrono::DateTime::UNIX_EPOCH).rss()),
    );
    for (private, name, words) in [
        (
            "0",
            "inside.example.com",
            "leads to an address that not everyone can reach",
        ),
        ("0", "loopback.example.com", "leads to an address"),
        ("0", "metadata.example.com", "leads to an address"),
        ("1", "metadata.example.com", "leads to an address"),
        (
            "0",
            "nobody.example.com",
            "no server named nobody.example.com",
        ),
    ] {
        let server = names.setting();
        let settings = [
            ("NAME_SERVER", &*server),
            ("ALLOW_PRIVATE_NETWORKS", private),
        ];
        let app = TestApp::with(&settings).await;
        let ann = app.reader("ann").await;
        let url = at_name(&web, name, "/feed");
        let refused = ann.post("/add", &[("url", &url)]).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(
            refused.words().contains(words),
            "{name}: {}",
            refused.words()
        );
    }
    assert!(web.requests().is_empty());
    // With private networks allowed the same name is fetched: only the guard blocked it.
    let server = names.setting();
    let app = TestApp::with(&[("NAME_SERVER", &server)]).await;
    let ann = app.reader("ann").await;
    ann.subscribes(&at_name(&web, "loopback.example.com", "/feed"))
        .await;
    assert_eq!(web.asked("/feed").len(), 1);
}

#[tokio::test]
async fn of_several_addresses_only_the_public_ones_are_dialled() {
    let server = NameServer::start();
    let both = [[10, 0, 0, 7], [93, 184, 216, 34], [127, 0, 0, 1]];
    server.put("both.example.com", &both);
    server.put("inside.example.com", &both[..1]);
    let names = Names::by(Some(server.address()));
    let found = permitted(&names, "both.example.com", false).await.unwrap();
    assert_eq!(found, [([93, 184, 216, 34], 0).into()]);
    let found = permitted(&names, "both.example.com", true).await.unwrap();
    assert_eq!(found.len(), 3);
    let refused = permitted(&names, "inside.example.com", false).await;
    assert!(matches!(refused, Err(Refused::Blocked(_))), "{refused:?}");
    // As `check-url` resolves: all addresses, unfiltered.
    let all = resolve("both.example.com", Some(server.address())).await;
    assert_eq!(all.len(), 3);
}
