//! What a publisher wrote arrives, whole: the slips with their right values, and what servers, name servers and walls answer.

use std::io::Write as _;
use std::net::TcpStream;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Client, FakeWeb, FeedText, NameServer, Page, TestApp, at, corpus};

/// Reads a file as `dormouse parse` prints it.
fn parsed(name: &str) -> Option<Value> {
    let folder = corpus("slips")?;
    let bytes = std::fs::read(folder.join(name)).expect("a slip");
    let base = url::Url::parse("http://s.example/feed").expect("a fixed URL");
    let feed = dormouse::parse::parse(&bytes, None, &base).ok();
    Some(feed.map_or(Value::Null, |feed| dormouse::parse::to_json(&feed, &base)))
}

#[test]
fn every_slip_has_its_right_value() {
    let Some(folder) = corpus("slips") else {
        return;
    };
    let cases = std::fs::read_to_string(folder.join("expected.jsonl")).expect("the right values");
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("one object a line");
        let Some(feed) = case["file"].as_str().and_then(parsed) else {
            continue;
        };
        tried += 1;
        let path = case["field"].as_str().unwrap_or_default().replace('.', "/");
        let pointer = format!("/entries/{}/{path}", case["entry"]);
        let value = feed.pointer(&pointer).cloned().unwrap_or_default();
        let text = value.as_str().unwrap_or_default();
        let expects = |name: &str| case[name].as_str();
        let is_right = if case["no_feed"] == true {
            feed.is_null()
        } else if let Some(count) = case["count"].as_u64() {
            value
                .as_array()
                .is_some_and(|all| all.len() as u64 == count)
        } else {
            !feed.is_null()
                && expects("equals").is_none_or(|equal| text == equal)
                && expects("contains").is_none_or(|part| text.contains(part))
                && expects("starts").is_none_or(|start| text.starts_with(start))
                && expects("lacks").is_none_or(|part| !text.contains(part))
        };
        if !is_right {
            wrong.push(format!("{line}: {value}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried >= 33, "only {tried} were tried");
}

/// The reason shown when an address can't be added.
async fn refusal(reader: &Client<'_>, typed: &str) -> String {
    let answer = reader.post("/add", &[("url", typed)]).await;
    answer.is(422).words()
}

const RSS: &str = "<rss version=\"2.0\"><channel><title>T</title><item><title>One</title><guid>1</guid></item></channel></rss>";

fn oddly(stream: &mut TcpStream, headers: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n\r\n"
    )?;
    stream.write_all(body)
}

fn folded(stream: &mut TcpStream) -> std::io::Result<()> {
    oddly(
        stream,
        "X-Long: one\r\n  two\r\nContent-Type : application/rss+xml",
        RSS.as_bytes(),
    )
}

fn many_headers(stream: &mut TcpStream) -> std::io::Result<()> {
    let cookies: Vec<String> = (0..200).map(|n| format!("Set-Cookie: c{n}=1")).collect();
    oddly(stream, &cookies.join("\r\n"), RSS.as_bytes())
}

fn no_last_chunk(stream: &mut TcpStream) -> std::io::Result<()> {
    let body = format!("{:x}\r\n{RSS}\r\n", RSS.len());
    oddly(
        stream,
        "Transfer-Encoding: chunked\r\nETag: \"1\"",
        body.as_bytes(),
    )
}

fn short(stream: &mut TcpStream) -> std::io::Result<()> {
    let cut = RSS.replace("</item></channel></rss>", "</item><item><title>Tw");
    oddly(
        stream,
        "Content-Length: 9999\r\nETag: \"1\"",
        cut.as_bytes(),
    )
}

fn nothing_of_it(stream: &mut TcpStream) -> std::io::Result<()> {
    oddly(stream, "Content-Length: 9999", b"<ht")
}

fn gibberish(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"220 mail.example ESMTP\r\n")
}

#[tokio::test]
async fn answers_that_browsers_take_are_taken() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let gzipped = |encoding: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(RSS.as_bytes()).expect("memory");
        let page = Page::feed(packed.finish().expect("memory"));
        match encoding {
            "" => page,
            encoding => page.header("Content-Encoding", encoding),
        }
    };
    for (path, page, repair) in [
        ("/x-gzip", gzipped("x-gzip"), ""),
        ("/loud", gzipped("GZIP"), ""),
        ("/unlabelled", gzipped(""), "compressed in another way"),
        ("/folded", Page::wild(folded), ""),
        ("/many", Page::wild(many_headers), ""),
        (
            "/unfinished",
            Page::wild(no_last_chunk),
            "broke off its answer",
        ),
        ("/short", Page::wild(short), "broke off its answer"),
    ] {
        let feed = ann.subscribes(&web.put(path, page)).await;
        assert_eq!(
            ann.titles(&format!("/feed/{feed}")).await,
            ["One"],
            "{path}"
        );
        let settings = ann.get(&format!("/feed/{feed}/settings")).await.words();
        assert!(settings.contains(repair), "{path}: {settings}");
        if repair.is_empty() {
            assert!(
                !settings.contains("Fixed automatically"),
                "{path}: {settings}"
            );
        }
        // What broke off is asked for whole again; a whole document that was only badly ended isn't.
        let has_validators = app.feed(&feed).await.summary.has_validators();
        assert_eq!(has_validators, path == "/unfinished", "{path}");
    }
    let said = refusal(&ann, &web.put("/nothing", Page::wild(nothing_of_it))).await;
    assert!(!said.contains("can’t be reached"), "{said}");
    let said = refusal(&ann, &web.put("/gibberish", Page::wild(gibberish))).await;
    assert!(
        said.contains("gives no answer that can be understood"),
        "{said}"
    );
    let said = refusal(&ann, "http://127.0.0.1:6/").await;
    // Whether a port is open isn't told to whoever asks for it.
    assert!(
        said.contains("gives no answer that can be understood"),
        "{said}"
    );
}

#[tokio::test]
async fn what_the_name_server_says_is_told_truly() {
    let names = NameServer::start();
    let app = TestApp::with(&[("NAME_SERVER", &names.setting())]).await;
    let ann = app.reader("ann").await;
    for (host, code, words) in [
        ("gone.example", 3, "There is no server named gone.example"),
        (
            "broken.example",
            2,
            "The name servers of broken.example have a fault",
        ),
        (
            "closed.example",
            5,
            "refuses to say where closed.example is",
        ),
    ] {
        names.put_code(host, code);
        let said = refusal(&ann, &format!("http://{host}/feed")).await;
        assert!(said.contains(words), "{host}: {said}");
    }
}

/// What Cloudflare answers instead of the publisher, as far as it is told by.
fn challenge() -> Page {
    Page::html("<html><title>Just a moment...</title><script>window._cf_chl_opt = {};</script>")
        .with_status(403)
        .header("cf-mitigated", "challenge")
}

#[tokio::test]
async fn a_wall_has_a_name_and_a_letter() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let said = ann
        .post("/add", &[("url", &web.put("/walled", challenge()))])
        .await;
    let words = said.is(422).words();
    for part in [
        "Cloudflare stands in front of this site",
        "/walled",
        "Dormouse/",
        "http.request.uri.path eq",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(
        said.text().contains("data-copy"),
        "the letter is copied in one press"
    );

    let url = web.put(
        "/feed",
        Page::feed(FeedText::hourly("News", 1, at(9, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    app.refresh().await;
    let anubis = "<script id=\"anubis_challenge\" type=\"application/json\">{}</script>";
    for (page, name) in [
        (challenge(), "Cloudflare"),
        (Page::html(anubis), "Anubis"),
        (
            Page::html("<script src=https://ct.captcha-delivery.com/c.js>").with_status(403),
            "DataDome",
        ),
        (
            Page::html("Reference https://errors.edgesuite.net/18").with_status(403),
            "Akamai",
        ),
    ] {
        web.put("/feed", page);
        app.minutes_pass(8 * 24 * 60);
        app.refresh().await;
        let settings = ann.get(&format!("/feed/{feed}/settings")).await;
        let words = settings.words();
        assert!(
            words.contains(&format!("{name} stands in front")),
            "{name}: {words}"
        );
        assert!(words.contains("Your feed at"), "{name}: {words}");
    }
    web.put(
        "/feed",
        Page::feed(FeedText::hourly("News", 1, at(9, 0)).rss()),
    );
    app.minutes_pass(8 * 24 * 60);
    app.refresh().await;
    let words = ann.get(&format!("/feed/{feed}/settings")).await.words();
    assert!(!words.contains("stands in front"), "{words}");
    app.is_sound().await;
}

#[tokio::test]
async fn dead_feeds_are_not_offered_and_guesses_are_few() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let live = || Page::feed(FeedText::hourly("Live", 1, at(9, 0)).rss());
    let link = |href: &str| {
        format!(
            "<link rel=alternate type=\"application/rss+xml\" title=\"{href}\" href=\"{href}\">"
        )
    };
    // One of three is dead: the others are offered.
    web.put(
        "/three/",
        Page::html(&[link("/dead"), link("/b"), link("/c")].concat()),
    );
    web.put("/b", live());
    web.put("/c", live());
    let offered = ann.post("/add", &[("url", &web.url("/three/"))]).await;
    let offered = ann.get(offered.is(303).location()).await;
    let words = offered.is(200).words();
    assert!(
        words.contains("/b") && words.contains("/c") && !words.contains("/dead"),
        "{words}"
    );
    // The only one is dead: the guesses are tried, four at most, and once a month.
    web.put("/site/", Page::html(&link("/dead")));
    let before = web.requests().len();
    let said = refusal(&ann, &web.url("/site/")).await;
    assert!(
        said.contains("names a feed, but it can’t be read"),
        "{said}"
    );
    assert_eq!(
        web.requests().len() - before,
        2 + 4,
        "the page, what it names, four guesses"
    );
    let before = web.requests().len();
    refusal(&bob, &web.url("/site/")).await;
    assert_eq!(web.requests().len() - before, 2, "no guesses, whoever asks");
    app.minutes_pass(29 * 24 * 60);
    let before = web.requests().len();
    refusal(&bob, &web.url("/site/")).await;
    assert_eq!(web.requests().len() - before, 2, "nor within thirty days");
    app.minutes_pass(2 * 24 * 60);
    web.put("/feed.xml", live());
    let feed = bob.subscribes(&web.url("/site/")).await;
    assert_eq!(app.feed(&feed).await.summary.url, web.url("/feed.xml"));
    assert_eq!(app.count("Probe").await, 1, "what is over was replaced");
    app.is_sound().await;
}

#[tokio::test]
async fn a_page_leads_on_and_a_soft_404_is_no_feed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    web.put(
        "/old/",
        Page::html("<meta http-equiv=refresh content=\"0; url=/new/\">"),
    );
    web.put("/new/", Page::html("<a href=\"/posts.rss\">RSS</a>"));
    web.put(
        "/posts.rss",
        Page::feed(FeedText::hourly("Posts", 1, at(9, 0)).rss()),
    );
    let feed = ann.subscribes(&web.url("/old/")).await;
    assert_eq!(app.feed(&feed).await.summary.url, web.url("/posts.rss"));
    for path in ["/feed", "/feed.xml", "/rss.xml", "/atom.xml"] {
        web.put(path, Page::html("<title>Nothing here</title>"));
    }
    web.put("/soft/", Page::html("<p>a site"));
    let said = refusal(&ann, &web.url("/soft/")).await;
    assert!(said.contains("we found no feed on it"), "{said}");
}

#[tokio::test]
async fn without_a_scheme_http_is_tried_where_https_does_not_answer() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/feed",
        Page::feed(FeedText::hourly("Plain", 1, at(9, 0)).rss()),
    );
    let bare = url.trim_start_matches("http://").to_owned();
    let feed = ann.subscribes(&format!("“{bare}”")).await;
    assert_eq!(app.feed(&feed).await.summary.url, url);
    // A scheme that was typed is meant.
    let said = refusal(&ann, &format!("https://{bare}?x")).await;
    assert!(!said.is_empty());
}

#[tokio::test]
async fn a_repository_offers_its_releases_and_commits() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let offered = ann.post("/add", &[("url", "github.com/ann/tool")]).await;
    let offered = ann.get(offered.is(303).location()).await;
    let words = offered.is(200).words();
    for part in [
        "ann/tool: releases",
        "ann/tool: commits",
        "https://github.com/ann/tool/releases.atom",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[tokio::test]
async fn only_a_hosts_own_logs_lead_to_its_desk() {
    let app = TestApp::with(&[("OPERATOR", "Ann's Library")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let page = Page::feed(FeedText::hourly("News", 1, at(9, 0)).rss());
    let url = web.put("/feed", page.clone());
    let feed = ann.subscribes(&url).await;
    ann.subscribes(&web.put("/private?token=secret", page))
        .await;
    app.minutes_pass(120);
    app.refresh().await;
    let agent = web.requests()[0]
        .header("user-agent")
        .expect("an agent")
        .to_owned();
    assert!(agent.contains("; run by Ann's Library"), "{agent}");
    let (_, address) = agent
        .split_once("(+http://reader.example")
        .expect("our page");
    let (path, _) = address.split_once(';').expect("more");
    let desk = app.stranger().get(path).await.is(200).words();
    for part in [
        "Your desk: 127.0.0.1",
        &url,
        "1 reader",
        "Last check, as stored",
        "Next check, as planned",
    ] {
        assert!(desk.contains(part), "{part}: {desk}");
    }
    assert!(
        desk.contains("/private?…") && !desk.contains("secret"),
        "{desk}"
    );
    for other in [
        "/about/fetcher".to_owned(),
        path.replace("127.0.0.1", "other.example"),
        format!("{}0", &path[..path.len() - 1]),
        format!("{}1", &path[..path.len() - 1]),
        "/about/fetcher?site=127.0.0.1&key=".to_owned(),
    ] {
        if other == path {
            continue;
        }
        let page = app.stranger().get(&other).await.is(200).words();
        assert!(
            !page.contains("Your desk") && !page.contains(&url),
            "{other}: {page}"
        );
        assert!(page.contains("training"), "{page}");
    }
    assert!(!feed.is_empty());
    for _ in 0..40 {
        app.stranger().get(path).await;
    }
    app.stranger().get(path).await.is(429);
}

#[tokio::test]
async fn undated_entries_sink_and_never_claim_to_be_new() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let item = |title: &str, date: &str| {
        format!("<item><title>{title}</title><guid>{title}</guid>{date}</item>")
    };
    let feed = |own: &str, items: &str| {
        format!("<rss version=\"2.0\"><channel><title>Old</title>{own}{items}</channel></rss>")
    };
    let dated = "<pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate>";
    let mixed = feed(
        "",
        &[item("A", ""), item("B", dated), item("C", "")].concat(),
    );
    let old = feed(
        "<lastBuildDate>Wed, 01 Mar 2017 10:00:00 GMT</lastBuildDate>",
        &[item("D", ""), item("E", "")].concat(),
    );
    let id = ann
        .subscribes(&web.put("/mixed", Page::feed(mixed.clone())))
        .await;
    ann.subscribes(&web.put("/old", Page::feed(old))).await;
    assert_eq!(ann.titles("/unread").await, ["B", "A", "C", "D", "E"]);
    let page = ann.get("/unread").await;
    assert!(page.words().contains("undated"), "{}", page.words());
    // What arrives later without a date is new.
    app.refresh().await;
    app.minutes_pass(8 * 24 * 60);
    web.put(
        "/mixed",
        Page::feed(mixed.replace(
            "<item><title>A",
            &format!("{}<item><title>A", item("F", "")),
        )),
    );
    app.refresh().await;
    assert_eq!(ann.titles(&format!("/feed/{id}")).await[0], "F");
    app.is_sound().await;
}

#[tokio::test]
async fn changed_articles_become_unread_again_where_that_is_wished() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let text = |body: &str| {
        format!(
            "<rss version=\"2.0\"><channel><title>T</title><item><title>One</title><guid>1</guid>\
             <pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate><description>{body}</description></item></channel></rss>"
        )
    };
    let url = web.put("/feed", Page::feed(text("first")));
    let feed = ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    let settings = format!("/feed/{feed}/settings");
    ann.post(&settings, &[("unread_when_edited", "1")])
        .await
        .is(303);
    let program = app.program_of(&ann).await;
    let path = format!("/api/v1/subscriptions/{feed}");
    assert_eq!(program.get(&path).await.json()["unread_when_edited"], true);
    for reader in [&ann, &bob] {
        reader
            .post(&format!("/article/{feed}-1/read"), &[])
            .await
            .is(303);
        assert_eq!(reader.unread().await, 0);
    }
    app.refresh().await;
    app.minutes_pass(2 * 24 * 60);
    web.put("/feed", Page::feed(text("second, and better")));
    app.refresh().await;
    assert_eq!((ann.unread().await, bob.unread().await), (1, 0));
    // Once: reading it again is enough.
    ann.post(&format!("/article/{feed}-1/read"), &[])
        .await
        .is(303);
    assert_eq!(ann.unread().await, 0);
    let off = json!({ "unread_when_edited": false });
    program
        .ask(http::Method::PATCH, &path)
        .json(&off)
        .send()
        .await
        .is(200);
    app.minutes_pass(2 * 24 * 60);
    web.put("/feed", Page::feed(text("third")));
    app.refresh().await;
    assert_eq!(ann.unread().await, 0);
    app.is_sound().await;
}

#[tokio::test]
async fn an_article_says_what_its_card_knows() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let words =
        "Der schnelle braune Fuchs springt über den faulen Hund, und niemand hat es gesehen. "
            .repeat(3);
    let item = format!(
        "<item><title>Folge</title><guid>1</guid><link>http://m.s.example/1?utm_source=x</link>\
         <pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate><description>{words}</description>\
         <category>A &amp;amp; B</category><category>C</category><category>D</category><category>E</category>\
         <enclosure url=\"http://s.example/a.mp3\" length=\"9\"/><itunes:duration>1:02:03</itunes:duration>\
         <itunes:episode>5</itunes:episode><itunes:season>2</itunes:season>\
         <podcast:chapters url=\"http://s.example/chapters.json\" type=\"application/json+chapters\"/></item>"
    );
    let text = |items: &str| {
        format!(
            "<rss version=\"2.0\"><channel><title>T</title><language>de-AT</language>{items}</channel></rss>"
        )
    };
    let feed = ann
        .subscribes(&web.put("/feed", Page::feed(text(&item))))
        .await;
    let program = app.program_of(&ann).await;
    let article = program
        .get(&format!("/api/v1/articles/{feed}-1"))
        .await
        .json();
    assert_eq!(article["lang"], "de");
    assert_eq!(article["words"], 42);
    assert_eq!(article["media"], json!(["audio"]));
    assert_eq!(
        article["arrived"], article["at"],
        "a first import counts as arrived when published"
    );
    assert_eq!(article["categories"][0], "A & B");
    assert_eq!(
        article["podcast"],
        json!({ "duration": 3723, "episode": 5, "season": 2, "chapters": "http://s.example/chapters.json" })
    );
    let page = ann.get(&format!("/article/{feed}-1")).await;
    for part in ["Season 2", "Episode 5", "1 h 3 min", "Chapters"] {
        assert!(page.words().contains(part), "{part}: {}", page.words());
    }
    assert!(page.text().contains("lang=\"de-AT\""));
    app.refresh().await;
    app.minutes_pass(24 * 60);
    let later = item
        .replace("<guid>1<", "<guid>2<")
        .replace("Folge", "Zwei")
        .replace("02 Mar 2026 09:00", "03 Mar 2026 10:30");
    web.put("/feed", Page::feed(text(&[later, item].concat())));
    app.refresh().await;
    let id = dormouse::ids::ArticleId {
        feed: feed.parse().expect("an id"),
        seq: 2,
    };
    let stored = dormouse::articles::store::get(&app.state.store, id)
        .await
        .expect("the store")
        .expect("it");
    let summary = &stored.summary;
    let waited = app.clock.now() - summary.at();
    assert_eq!(summary.arrived.map(i64::from), Some(waited.num_minutes()));
    assert!(waited > TimeDelta::minutes(60), "{waited}");
    assert_eq!(summary.categories, ["A & B", "C", "D"]);
    let other = dormouse::update::canonical::hash("https://s.example/1");
    assert_eq!(summary.canonical, other, "the same page under another name");
}

#[tokio::test]
async fn lists_of_feeds_are_read_and_written_whole() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for path in ["/a", "/b", "/c", "/d"] {
        web.put(path, Page::feed(FeedText::hourly(path, 1, at(9, 0)).rss()));
    }
    let (a, b, c, d) = (web.url("/a"), web.url("/b"), web.url("/c"), web.url("/d"));
    let list = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE opml [<!ENTITY own \"Own &amp; good\">]>\n<opml><body>\n\
         <outline text=\"One\">\n<outline text=\"t\" title=\"&own;\" xmlUrl=\"{a}\">\n<outline text=Bare xmlUrl={b}>\n</outline>\n\
         <outline text=\"Two\"><outline title=\"C\" xmlUrl=\"{c}\"><outline title=\"A again\" xmlUrl=\"{a}\"></outline>\n\
         <outline xmlUrl=\"{d}\">\n</body></opml>"
    );
    ann.ask(http::Method::POST, "/import")
        .file("opml", list.as_bytes())
        .send()
        .await;
    let report = ann.get("/import/last").await.words();
    assert!(
        report.contains("Line 6") && report.contains("isn’t well-formed"),
        "{report}"
    );
    let program = app.program_of(&ann).await;
    let listed = program.get("/api/v1/subscriptions").await.json();
    let of = |url: &str| {
        let all = listed["subscriptions"].as_array().expect("a list");
        all.iter()
            .find(|one| one["url"] == url)
            .cloned()
            .unwrap_or_else(|| panic!("{url} in {listed}"))
    };
    assert_eq!(of(&a)["title"], "Own & good");
    assert_eq!(
        (
            &of(&a)["folder"],
            &of(&b)["folder"],
            &of(&c)["folder"],
            &of(&d)["folder"]
        ),
        (
            &json!(["One"]),
            &json!(["One"]),
            &json!(["Two"]),
            &json!([])
        )
    );
    assert_eq!(of(&a)["folders"], json!([["One"], ["Two"]]), "in both");
    let feed = of(&a)["feed"].as_str().expect("an id").to_owned();
    ann.post(&format!("/feed/{feed}/settings"), &[("title", "Renamed")])
        .await
        .is(303);
    let written = ann.get("/export.opml").await.text().to_owned();
    assert!(
        written.contains("text=\"Renamed\" title=\"Renamed\""),
        "{written}"
    );
    assert!(!written.contains("text=\"\""), "{written}");
}
