//! Subscribing: from the entered address to a feed on the shelf, and what is rejected on the way.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use http::Method;

use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, TestApp, at, corpus};

/// The page's message when nothing was added: what was found, and suggestions.
async fn refusal(reader: &Client<'_>, typed: &str) -> String {
    let answer: Answer = reader.post("/add", &[("url", typed)]).await;
    answer.is(422);
    assert_eq!(
        reader.app.count("Subscription").await,
        0,
        "{typed} was added"
    );
    answer.words()
}

fn says(text: &str, words: &[&str]) {
    let lower = text.to_lowercase();
    for word in words {
        assert!(
            lower.contains(&word.to_lowercase()),
            "{word:?} is missing in {text}"
        );
    }
}

#[tokio::test]
async fn a_feeds_own_address_is_enough() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/feed",
        Page::feed(FeedText::hourly("News", 3, at(11, 0)).rss()),
    );

    let added = ann.post("/add", &[("url", &url)]).await;

    assert!(added.is(303).location().starts_with("/feed/"));
    let page = ann.get(added.location()).await;
    assert!(page.words().contains("Added to your shelf"));
    let titles: Vec<_> = page.lines().into_iter().map(|line| line.title).collect();
    assert_eq!(
        titles,
        ["Title of news-3", "Title of news-2", "Title of news-1"]
    );
    assert_eq!(web.requests().len(), 1, "one request, which brought it all");
    app.is_sound().await;
}

#[tokio::test]
async fn a_site_leads_to_its_feed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let page =
        r#"<html><head><link rel="alternate" type="application/atom+xml" href="blog/atom"></head>"#;
    web.put("/site/", Page::html(page));
    web.put(
        "/site/blog/atom",
        Page::feed(FeedText::hourly("Blog", 2, at(9, 0)).atom()),
    );

    let feed = ann.subscribes(&web.url("/site/")).await;

    assert_eq!(
        app.feed(&feed).await.summary.url,
        web.url("/site/blog/atom")
    );
    assert_eq!(
        ann.titles("/unread").await,
        ["Title of blog-2", "Title of blog-1"]
    );
}

#[tokio::test]
async fn a_site_with_several_feeds_lets_the_reader_choose() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let site = web.put(
        "/",
        Page::html(
            r#"<link rel=alternate type="application/rss+xml" title="All posts" href=/all>
               <link rel=alternate type="application/rss+xml" title="Only cats" href=/cats>"#,
        ),
    );
    for (path, name) in [("/all", "All"), ("/cats", "Cats")] {
        web.put(path, Page::feed(FeedText::hourly(name, 1, at(9, 0)).rss()));
    }

    let choice = ann
        .post("/add", &[("url", &site), ("folder", "Pets")])
        .await;
    let choice = ann.get(choice.is(303).location()).await;
    says(
        &choice.is(200).words(),
        &["Which one?", "All posts", "Only cats", &web.url("/cats")],
    );
    assert_eq!(ann.unread().await, 0, "nothing is added before the choice");

    ann.subscribes_in(&web.url("/cats"), "Pets").await;
    assert_eq!(ann.titles("/folder/Pets").await, ["Title of cats-1"]);
}

#[tokio::test]
async fn a_site_that_names_no_feed_is_searched_at_the_usual_places() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    web.put("/", Page::html("<title>Plain</title><p>No links"));
    web.put(
        "/atom.xml",
        Page::feed(FeedText::hourly("Hidden", 1, at(9, 0)).atom()),
    );

    let feed = ann.subscribes(&web.url("/")).await;

    assert_eq!(app.feed(&feed).await.summary.url, web.url("/atom.xml"));
    assert!(
        web.requests().len() <= 11,
        "{} requests",
        web.requests().len()
    );
}

#[tokio::test]
async fn a_feed_added_before_is_shown_and_not_fetched_again() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put(
        "/feed",
        Page::feed(FeedText::hourly("News", 1, at(11, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;

    let again = ann.post("/add", &[("url", &url)]).await;
    assert_eq!(again.is(303).location(), format!("/feed/{feed}"));
    let page = ann.get(again.location()).await;
    assert!(page.words().contains("on your shelf already"));

    assert_eq!(
        bob.subscribes(&url).await,
        feed,
        "all readers share one feed"
    );
    assert_eq!(web.requests().len(), 1);
    app.is_sound().await;
}

#[tokio::test]
async fn what_is_no_feed_is_named_with_what_to_try() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for (path, page, found) in [
        (
            "/page",
            Page::html("<!doctype html><html><p>Only words"),
            "That’s a web page, and we found no feed on it",
        ),
        (
            "/data",
            Page::of("application/json", r#"{"a": 1}"#),
            "That’s JSON, but not a JSON Feed",
        ),
        (
            "/svg",
            Page::feed("<svg xmlns='http://www.w3.org/2000/svg'/>"),
            "another kind (“svg”), not a feed",
        ),
        ("/empty", Page::feed(""), "That document is empty"),
        (
            "/picture",
            Page::of("image/png", *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            "such as a picture",
        ),
    ] {
        let url = web.put(path, page);
        says(&refusal(&ann, &url).await, &[found, "Look on the site"]);
    }
    let missing = refusal(&ann, &web.url("/missing")).await;
    says(&missing, &["404", "Open the site in a browser"]);
}

#[tokio::test]
async fn invalid_addresses_are_told_apart() {
    let (app, ann) = (TestApp::start().await, "ann");
    let ann = app.reader(ann).await;
    for (typed, words) in [
        ("", "There is no address"),
        ("ftp://site.example/feed", "Only http and https addresses"),
        ("javascript:alert(1)", "Only http and https addresses"),
        ("file:///etc/passwd", "Only http and https addresses"),
        ("http://", "isn’t a web address"),
        ("http://site.example:25/feed", "port 25"),
        (
            &format!("http://site.example/{}", "x".repeat(1_000)),
            "longer than 1000 bytes",
        ),
    ] {
        says(&refusal(&ann, typed).await, &[words, "Check the address"]);
    }
}

#[tokio::test]
async fn private_addresses_are_refused_unless_the_settings_open_them() {
    let app = TestApp::with(&[("ALLOW_PRIVATE_NETWORKS", "0")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let feed = web.put("/feed", Page::feed(FeedText::new("Inside").rss()));
    let by_name = feed.replace("127.0.0.1", "localhost");
    for typed in [
        feed.as_str(),
        &by_name,
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
    ] {
        says(
            &refusal(&ann, typed).await,
            &["Give an address that everyone can reach"],
        );
    }
    assert_eq!(web.requests().len(), 0);

    let open = TestApp::start().await;
    let bob = open.reader("bob").await;
    bob.subscribes(&by_name).await;
    // Even then, a platform's metadata service is blocked, directly and by redirect.
    let metadata = "http://169.254.169.254/computeMetadata/v1/";
    let shelf = bob.post("/add", &[("url", metadata)]).await;
    says(&shelf.is(422).words(), &["metadata service"]);
    let lure = web.put("/lure", Page::redirect(302, metadata));
    says(
        &bob.post("/add", &[("url", &lure)]).await.is(422).words(),
        &["metadata service"],
    );
}

#[tokio::test]
async fn five_redirects_are_followed_and_a_sixth_is_not() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for hop in 1..=6 {
        web.put(
            &format!("/hop{hop}"),
            Page::redirect(302, &format!("/hop{}", hop - 1)),
        );
    }
    web.put(
        "/hop0",
        Page::feed(FeedText::hourly("Far", 1, at(9, 0)).rss()),
    );

    says(
        &refusal(&ann, &web.url("/hop6")).await,
        &["redirects more than 5 times"],
    );
    let feed = ann.subscribes(&web.url("/hop5")).await;
    assert_eq!(
        app.feed(&feed).await.summary.url,
        web.url("/hop5"),
        "a passing redirect isn't kept"
    );

    web.put("/old", Page::redirect(301, "/new"));
    web.put(
        "/new",
        Page::feed(FeedText::hourly("Moved", 1, at(9, 0)).rss()),
    );
    let feed = ann.subscribes(&web.url("/old")).await;
    assert_eq!(
        app.feed(&feed).await.summary.url,
        web.url("/new"),
        "a permanent one is"
    );
}

#[tokio::test]
async fn a_body_beyond_ten_mebibytes_is_refused_packed_or_not() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let endless = web.put("/endless", Page::endless());
    let packed = web.put(
        "/packed",
        Page::feed(vec![b' '; 11 * 1_024 * 1_024]).gzipped(),
    );
    for url in [endless, packed] {
        says(&refusal(&ann, &url).await, &["larger than 10 MB"]);
    }
}

#[tokio::test]
async fn packed_feeds_are_unpacked_and_a_wrong_type_is_forgiven() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("Packed", 2, at(9, 0)).atom();
    let url = web.put("/packed", Page::of("text/html", text).gzipped());
    ann.subscribes(&url).await;
    assert_eq!(ann.unread().await, 2);
    let json = FeedText::hourly("Json", 2, at(9, 0)).json();
    ann.subscribes(&web.put("/json", Page::of("text/plain", json)))
        .await;
    assert_eq!(ann.unread().await, 4);
    assert!(
        web.requests()[0]
            .header("accept-encoding")
            .unwrap()
            .contains("gzip")
    );
}

/// The one slow test: a publisher that accepts the request and never responds costs twenty seconds at most.
#[tokio::test]
async fn a_silent_publisher_times_out_with_an_error() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(3));
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let news = FeedText::hourly("Silent", 1, at(9, 0)).rss();
    let silent = web.put("/silent", Page::feed(news));
    let feed = ann.subscribes(&silent).await;
    let prompt = web.url_at(1, "/prompt");
    web.put(
        "/prompt",
        Page::feed(FeedText::hourly("Prompt", 1, at(9, 0)).rss()),
    );
    ann.subscribes(&prompt).await;
    app.refresh().await;
    web.put("/silent", Page::hangs());
    app.minutes_pass(8 * 24 * 60);

    let began = now();
    // On another host: on the same one, the requests would be serialized.
    let form = [("url", web.url_at(2, "/silent?other"))];
    web.put("/silent?other", Page::hangs());
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (report, refused) = tokio::join!(app.tick(Duration::from_secs(1)), bob.post("/add", &form));

    assert!(
        began.elapsed() < Duration::from_secs(24),
        "{:?}",
        began.elapsed()
    );
    says(
        &refused.is(422).words(),
        &["gives no answer that can be understood"],
    );
    assert_eq!((report.fetched, report.failed), (2, 1), "{report:?}");
    let summary = app.feed(&feed).await.summary;
    says(&summary.error.unwrap(), &["took longer than 20 seconds"]);
    app.is_sound().await;
}

#[expect(clippy::disallowed_methods, reason = "what real waiting took")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn titles_are_plain_text_and_html_is_clean() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let entry = Entry {
        title: "One &amp; <b>two</b>\n  three<script>alert(1)</script>".into(),
        link: Some("/posts/1".into()),
        content: r#"<p onclick="x()">Text<script>alert(1)</script>
            <a href="javascript:x()">bad</a> <a href="../about">good</a> <img src="cat.png"></p>
            <iframe src="https://evil.example/"></iframe><style>p{}</style>"#
            .into(),
        ..Entry::new("dirty", at(10, 0))
    };
    let text = FeedText::new("A &lt;i&gt;title&lt;/i&gt;").and(entry).rss();
    let url = web.put("/blog/feed", Page::feed(text));
    let feed = ann.subscribes(&url).await;

    let page = ann.get(&format!("/feed/{feed}")).await;
    let line = &page.lines()[0];
    says(&line.title, &["One & two three"]);
    assert_eq!(app.feed(&feed).await.summary.title, "A title");
    let program = app.program_of(&ann).await;
    let article = program
        .get(&format!("/api/v1/articles/{}", line.id))
        .await
        .json();
    let html = article["content"].as_str().unwrap();
    for bad in ["script", "onclick", "javascript:", "iframe", "<style"] {
        assert!(!html.contains(bad), "{bad} in {html}");
    }
    let link = article["link"].as_str().unwrap();
    assert!(
        link.starts_with("http://") && link.ends_with("/posts/1"),
        "{link}"
    );
    says(html, &["/about\"", "cat.png\"", "good"]);
    assert!(
        !html.contains("\"../about"),
        "relative links are resolved: {html}"
    );
    let opened = ann.get(&line.href).await;
    assert!(
        opened.text().contains(html),
        "the page prints what is stored"
    );
}

/// One small document of each kind, with one entry named First.
const FORMATS: [(&str, &str); 7] = [
    (
        "RSS 0.91",
        r#"<?xml version="1.0"?><rss version="0.91"><channel><title>Kind</title><link>http://s.example/</link>
        <description>d</description><language>en</language>
        <item><title>First</title><link>http://s.example/1</link><description>Text</description></item></channel></rss>"#,
    ),
    (
        "RSS 0.92",
        r#"<rss version="0.92"><channel><title>Kind</title><link>http://s.example/</link><description>d</description>
        <item><title>First</title><link>http://s.example/1</link>
        <enclosure url="http://s.example/a.mp3" length="5" type="audio/mpeg"/></item></channel></rss>"#,
    ),
    (
        "RSS 0.90",
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
        <channel><title>Kind</title><link>http://s.example/</link><description>d</description></channel>
        <item><title>First</title><link>http://s.example/1</link></item></rdf:RDF>"#,
    ),
    (
        "RSS 1.0",
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://s.example/"><title>Kind</title>
        <link>http://s.example/</link><description>d</description></channel>
        <item rdf:about="http://s.example/1"><title>First</title><link>http://s.example/1</link>
        <dc:date>2026-03-01T10:00:00Z</dc:date></item></rdf:RDF>"#,
    ),
    (
        "RSS 2.0",
        r#"<rss version="2.0"><channel><title>Kind</title><link>http://s.example/</link><description>d</description>
        <item><title>First</title><guid>http://s.example/1</guid><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>
        </channel></rss>"#,
    ),
    (
        "Atom",
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Kind</title><id>urn:k</id><updated>2026-03-01T10:00:00Z</updated>
        <entry><id>urn:1</id><title>First</title><updated>2026-03-01T10:00:00Z</updated>
        <link href="http://s.example/1"/></entry></feed>"#,
    ),
    (
        "JSON Feed",
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"Kind",
        "items":[{"id":"1","title":"First","url":"http://s.example/1","content_text":"Text"}]}"#,
    ),
];

#[tokio::test]
async fn every_format_is_read() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for (index, (name, text)) in FORMATS.iter().enumerate() {
        let url = web.put(&format!("/format{index}"), Page::feed(*text));
        let feed = ann.subscribes(&url).await;
        assert_eq!(app.feed(&feed).await.summary.title, "Kind", "{name}");
        assert_eq!(
            ann.titles(&format!("/feed/{feed}")).await,
            ["First"],
            "{name}"
        );
    }
    app.is_sound().await;
}

#[tokio::test]
async fn feeds_that_others_wrote_are_read() {
    let Some(folder) = corpus("feeds") else {
        return;
    };
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let files = [
        "rust-rss/tests/data/rss091.xml",
        "rust-rss/tests/data/rss092.xml",
        "rust-rss/tests/data/rss1.xml",
        "rust-rss/tests/data/rss2sample.xml",
        "feedjira/spec/sample_feeds/json_feed.json",
        "feedparser/tests/wellformed/atom10/entry_title_content_value.xml",
    ];
    for (index, file) in files.iter().enumerate() {
        let text = std::fs::read(folder.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        let url = web.put(&format!("/{index}"), Page::feed(text));
        let feed = ann.subscribes(&url).await;
        assert!(
            app.feed(&feed).await.summary.last > 0,
            "{file} has no articles"
        );
    }
    app.is_sound().await;
}

#[tokio::test]
async fn a_request_names_the_reader_and_nothing_else() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let page = Page::feed(FeedText::hourly("News", 1, at(11, 0)).rss());
    let url = web.put("/feed", page.header("Set-Cookie", "track=1"));
    ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    app.refresh().await;
    app.minutes_pass(TimeDelta::days(8).num_minutes());
    app.refresh().await;

    let requests = web.requests();
    assert_eq!(requests.len(), 2);
    let agent = requests[1].header("user-agent").unwrap();
    says(
        agent,
        &["Dormouse/", "+http://reader.example/", "2 subscribers"],
    );
    for request in &requests {
        for private in ["cookie", "referer", "authorization", "cache-control"] {
            assert_eq!(request.header(private), None, "{private}");
        }
    }
    let ask = ann.ask(Method::GET, "/feeds").send().await;
    assert!(ask.words().contains("1 feed"));
}
