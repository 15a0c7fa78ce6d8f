//! Bringing a history: a journal of ours, and what other readers export.

use serde_json::{Value, json};

use crate::support::{Answer, Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at};

async fn brings(ann: &Client<'_>, file: &str) -> Answer {
    let ask = ann.ask(http::Method::POST, "/journal/import");
    ask.file("history", file.as_bytes()).send().await
}

/// What is said of it, on the page that follows.
async fn said(ann: &Client<'_>, file: &str) -> String {
    brings(ann, file).await.is(303);
    ann.get("/journal/export").await.is(200).words()
}

async fn exported(ann: &Client<'_>) -> Vec<Value> {
    let file = ann.get("/export/journal.jsonl").await;
    let lines = file.is(200).text().lines().skip(1);
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What makes a line the same, wherever it stands.
fn plain(lines: &[Value]) -> Vec<Value> {
    let names = [
        "at", "act", "count", "feed", "feed_url", "title", "link", "author",
    ];
    let of = |line: &Value| -> Value {
        names
            .iter()
            .map(|name| ((*name).to_owned(), line[*name].clone()))
            .collect()
    };
    let mut lines: Vec<Value> = lines.iter().map(of).collect();
    lines.sort_by_key(Value::to_string);
    lines
}

#[tokio::test]
async fn a_journal_comes_back_whole_and_once() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, ben) = (app.reader("ann").await, app.reader("ben").await);
    let url = web.put("/a", Page::feed(FeedText::hourly("A", 5, at(11, 0)).rss()));
    let feed = ann.subscribes(&url).await;
    let ids: Vec<String> = ann
        .whole_list(&format!("/feed/{feed}"))
        .await
        .into_iter()
        .map(|line| line.id)
        .collect();
    ann.get(&format!("/article/{}", ids[0])).await.is(200);
    let star = format!("/article/{}/star", ids[1]);
    ann.post(&star, &[("return", "/unread")]).await.is(303);
    let batch = json!({ "batch": "b-1", "read": [ids[2]] });
    ann.post_json("/marks", batch).await.is(200);
    let seen = ann.get("/unread").await.seen().unwrap();
    ann.post("/mark-all", &[("seen", &seen), ("return", "/unread")])
        .await
        .is(303);
    let file = ann.get("/export/journal.jsonl").await.text().to_owned();
    let before = exported(&ann).await;
    assert!(before.len() >= 4, "{before:?}");

    // What is there already stays as it is.
    let words = said(&ann, &file).await;
    assert!(words.contains("0 lines came into the journal"), "{words}");
    assert_eq!(exported(&ann).await, before);

    // Someone who doesn’t follow that feed gets the same lines, once.
    let words = said(&ben, &file).await;
    let all = format!("{} lines came into the journal", before.len());
    assert!(words.contains(&all), "{words}");
    assert_eq!(plain(&exported(&ben).await), plain(&before));
    let words = said(&ben, &file).await;
    assert!(words.contains("0 lines came into the journal"), "{words}");
    assert!(
        words.contains(&format!("{} were there already", before.len())),
        "{words}"
    );
    assert_eq!(exported(&ben).await.len(), before.len());
    let page = ben.get("/journal").await;
    assert!(
        page.is(200).words().contains("Title of a-5"),
        "{}",
        page.words()
    );
    app.is_sound().await;
}

#[tokio::test]
async fn months_that_are_over_are_summed_and_what_is_too_old_is_said() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let line = |at: &str, n: usize| {
        json!({
            "at": at, "act": "opened", "count": 1, "feed": "Old feed", "feed_url": "https://old.example/feed",
            "title": format!("Title {n}"), "link": format!("https://old.example/{n}"), "author": "Ada",
            "words": 300, "article": format!("77-{}", n + 1),
        })
        .to_string()
    };
    let mut lines: Vec<String> = (0..40).map(|n| line("2025-11-03T08:00:00Z", n)).collect();
    lines.push(line("2039-01-01T00:00:00Z", 90));
    lines.push("{\"at\": \"yesterday\", \"act\": \"opened\"}".to_owned());
    let file = lines.join("\n");
    let words = said(&ann, &file).await;
    assert!(words.contains("40 lines came into the journal"), "{words}");
    assert!(
        words.contains("2 can’t be read, or lie in the future"),
        "{words}"
    );
    let insights = ann.get("/insights?range=all").await;
    let words = insights.is(200).words();
    assert!(
        words.contains("Old feed") && words.contains("Ada"),
        "{words}"
    );
    let year = ann.get("/insights/2025").await;
    assert!(year.is(200).words().contains("40"), "{}", year.words());
    // With a journal of three months there is no place for them.
    let ben = app.reader("ben").await;
    let settings = [("keep", "3-months"), ("zone", "UTC")];
    ben.post("/journal/settings", &settings).await.is(303);
    let words = said(&ben, &file).await;
    assert!(
        words.contains("40 are older than your journal is kept"),
        "{words}"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn another_time_zone_makes_no_line_come_twice() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let line = |at: &str, n: usize| {
        json!({ "at": at, "act": "opened", "feed": "Old feed", "feed_url": "https://old.example/feed",
            "title": format!("Title {n}"), "link": format!("https://old.example/{n}"), "article": format!("77-{n}") })
        .to_string()
    };
    let file = [
        line("2025-10-31T23:30:00Z", 1),
        line("2025-11-01T00:30:00Z", 2),
    ]
    .join("\n");
    let words = said(&ann, &file).await;
    assert!(words.contains("2 lines came into the journal"), "{words}");
    for zone in ["Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"] {
        let settings = [("keep", "ever"), ("zone", zone)];
        ann.post("/journal/settings", &settings).await.is(303);
        let words = said(&ann, &file).await;
        assert!(
            words.contains("0 lines came into the journal"),
            "{zone}: {words}"
        );
    }
    assert_eq!(exported(&ann).await.len(), 2);
}

/// A feed of three articles on a shelf, and its address.
async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, String) {
    let ann = app.reader("ann").await;
    let url = web.put("/a", Page::feed(FeedText::hourly("A", 3, at(11, 0)).rss()));
    ann.subscribes(&url).await;
    (ann, url)
}

/// The publisher’s page of an article, as the feed gives it.
fn link(name: &str) -> String {
    crate::support::Entry::new(name, at(11, 0)).link.unwrap()
}

#[tokio::test]
async fn google_readers_form_marks_and_stars() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, url) = shelf(&app, &web).await;
    let file = json!({
        "id": "user/-/state/com.google/starred",
        "items": [
            { "id": "tag:google.com,2005:reader/item/1", "title": "On the shelf", "published": 1_262_304_000,
              "crawlTimeMsec": "1262304000000", "canonical": [{ "href": link("a-3") }],
              "categories": ["user/1/state/com.google/read", "user/1/state/com.google/starred"],
              "origin": { "streamId": format!("feed/{url}"), "title": "A" } },
            { "title": "Long gone", "published": 1_262_304_000, "author": "Bo",
              "alternate": [{ "href": "https://gone.example/post?utm_source=x", "type": "text/html" }],
              "summary": { "content": "<p>Kept words <script>alert(1)</script></p>" },
              "origin": { "streamId": "feed/https://gone.example/rss", "title": "Gone blog" } },
            { "title": "No address", "categories": [] },
        ],
    })
    .to_string();
    let words = said(&ann, &file).await;
    assert!(
        words.contains("1 article on your shelf was marked as read"),
        "{words}"
    );
    assert!(words.contains("1 on your shelf was starred"), "{words}");
    assert!(
        words.contains("1 starred article that isn’t on your shelf became a star"),
        "{words}"
    );
    assert!(
        words.contains("1 is neither read nor starred, or has no address"),
        "{words}"
    );
    assert_eq!(ann.unread().await, 2);
    let starred = ann.get("/starred").await;
    let lines = starred.lines();
    assert_eq!(lines.len(), 2);
    let own = lines.iter().find(|line| line.title == "Long gone").unwrap();
    let page = ann.get(&own.href).await;
    assert!(
        page.is(200).words().contains("Kept words"),
        "{}",
        page.words()
    );
    assert!(page.words().contains("Gone blog"), "{}", page.words());
    assert!(!page.text().contains("alert(1)"));
    // An import that arrives as read isn’t reading.
    assert_eq!(exported(&ann).await, [] as [Value; 0]);
    // Again, and nothing is there twice.
    let words = said(&ann, &file).await;
    assert!(
        words.contains("0 articles on your shelf were marked"),
        "{words}"
    );
    assert!(words.contains("2 were starred already"), "{words}");
    assert_eq!(ann.get("/starred").await.lines().len(), 2);
    app.is_sound().await;
}

#[tokio::test]
async fn minifluxs_and_feedlys_forms_are_read_as_documented() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, url) = shelf(&app, &web).await;
    let miniflux = json!({ "total": 2, "entries": [
        { "id": 1, "status": "read", "starred": false, "title": "a-1", "url": link("a-1"),
          "published_at": "2026-03-03T09:00:00Z", "changed_at": "2026-03-03T10:00:00Z", "content": "x",
          "feed": { "feed_url": url, "title": "A" } },
        { "id": 2, "status": "unread", "starred": true, "title": "a-2", "url": link("a-2"), "feed": { "feed_url": url } },
        { "id": 3, "status": "read", "starred": false, "title": "?", "url": "https://else.example/1",
          "feed": { "feed_url": "https://else.example/feed" } },
    ]});
    let words = said(&ann, &miniflux.to_string()).await;
    assert!(
        words.contains("1 article on your shelf was marked as read"),
        "{words}"
    );
    assert!(words.contains("1 on your shelf was starred"), "{words}");
    assert!(
        words.contains("1 read article isn’t on your shelf"),
        "{words}"
    );
    let feedly = json!({ "id": "user/9/tag/global.saved", "items": [
        { "id": "x=", "originId": "https://blog.example/1", "title": "Saved", "published": 1_700_000_000_000_i64,
          "actionTimestamp": 1_700_000_001_000_i64, "unread": true, "content": { "content": "<p>Text</p>" },
          "origin": { "streamId": "feed/https://blog.example/rss", "title": "Blog" } },
    ]});
    let words = said(&ann, &feedly.to_string()).await;
    assert!(
        words.contains("1 starred article that isn’t on your shelf"),
        "{words}"
    );
    let titles: Vec<String> = ann
        .get("/starred")
        .await
        .lines()
        .into_iter()
        .map(|line| line.title)
        .collect();
    assert_eq!(titles.len(), 2);
    assert!(titles.contains(&"Saved".to_owned()), "{titles:?}");
}

#[tokio::test]
async fn other_files_are_refused_and_change_nothing() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for (file, wanted) in [
        ("PK\u{3}\u{4}whatever", "This file is packed"),
        ("<opml/>", "neither a journal"),
        ("{\"items\": 3}", "neither a journal"),
        (
            "{\"format\": \"dormouse-journal\", \"version\": 1}",
            "Nothing in this file",
        ),
        ("", "No file arrived"),
    ] {
        let answer = brings(&ann, file).await;
        assert_eq!(answer.status, 400, "{file}");
        assert!(
            answer.words().contains(wanted),
            "{file}: {}",
            answer.words()
        );
        assert_eq!(answer.cost.writes, 0);
    }
    assert!(exported(&ann).await.is_empty());
}

/// A line of a journal as someone may have changed it.
fn odd(at: &str, n: usize, more: Value) -> String {
    let mut line = json!({
        "at": at, "act": "opened", "feed": format!("Feed {n}"), "feed_url": format!("https://f{n}.example/feed"),
        "title": format!("Title {n}"), "link": format!("https://f{n}.example/1"), "author": format!("Author {n}"),
        "article": format!("{}-{}", 1_000 + n, n + 1),
    });
    for (name, value) in more.as_object().unwrap() {
        line[name] = value.clone();
    }
    line.to_string()
}

async fn signs_in(ann: &Client<'_>) {
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    ann.post("/signin", &form).await.is(303);
}

#[tokio::test]
async fn numbers_that_no_journal_has_are_not_believed() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let at = "2026-02-25T08:00:00Z";
    let lines = [
        odd(at, 1, json!({ "words": 4_294_967_295_u32 })),
        odd(at, 2, json!({ "words": 4_294_967_295_u32 })),
        odd(at, 3, json!({ "count": 10_000_000 })),
        odd(at, 4, json!({ "count": -500 })),
        odd(at, 5, json!({ "count": i64::MIN })),
        odd(at, 6, json!({ "article": "4294967295-4294967295" })),
        odd(at, 7, json!({ "article": null })),
        odd(
            at,
            8,
            json!({ "article": "1-0", "title": "", "link": "javascript:alert(1)" }),
        ),
    ];
    said(&ann, &lines.join("\n")).await;
    let words = ann.get("/digest").await.is(200).words();
    assert!(
        words.contains("You opened 6 articles of 6 feeds"),
        "{words}"
    );
    let page = ann.get("/journal").await;
    assert!(
        page.is(200).words().contains("Title 7"),
        "what has no number gets one"
    );
    assert!(!page.text().contains("javascript:"));
    let insights = ann.get("/insights?range=all").await;
    assert!(
        insights.is(200).words().contains("you opened 6 articles"),
        "{}",
        insights.words()
    );
    for path in [
        "/journal?before=-9223372036854775808",
        "/journal?before=9223372036854775807",
        "/insights/year",
    ] {
        ann.get(path).await.is(200);
    }
    for path in [
        "/edition?day=%2B262142-12-31",
        "/edition/read?day=-262143-01-01",
        "/digest?week=-262143-01-04",
    ] {
        ann.get(path).await.is(404);
    }
}

#[tokio::test]
async fn thousands_of_feeds_have_room_in_months_and_sums() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    for month in ["2026-01", "2026-02"] {
        let noise = |n: usize| {
            let text = (0..60).map(|step| {
                let mixed = (n * 60 + step).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
                format!("{mixed:x}")
            });
            text.collect::<String>()
        };
        let line = |n: usize| {
            let feed = format!("{month} {}", noise(n));
            let url = format!("https://f{n}.example/{month}/{}", noise(n + 7));
            odd(
                &format!("{month}-03T08:00:00Z"),
                n,
                json!({ "feed": feed, "feed_url": url }),
            )
        };
        let lines: Vec<String> = (0..6_500).map(line).collect();
        let words = said(&ann, &lines.join("\n")).await;
        assert!(
            words.contains("6,500 lines") || words.contains("6500 lines"),
            "{words}"
        );
    }
    // What waits is moved, and months are folded, as ever.
    let ids: Vec<String> = ann
        .whole_list("/all")
        .await
        .into_iter()
        .map(|line| line.id)
        .collect();
    ann.get(&format!("/article/{}", ids[0])).await.is(200);
    app.minutes_pass(40 * 24 * 60);
    signs_in(&ann).await;
    ann.get(&format!("/article/{}", ids[1])).await.is(200);
    let words = ann.get("/insights?range=all").await.is(200).words();
    assert!(
        words.contains("13,002") || words.contains("13002"),
        "{words}"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn what_was_brought_into_this_month_outlives_it_and_goes_with_all() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let lines: Vec<String> = (0..5)
        .map(|n| odd("2026-03-01T08:00:00Z", n, json!({})))
        .collect();
    said(&ann, &lines.join("\n")).await;
    app.minutes_pass(40 * 24 * 60);
    app.forgets();
    signs_in(&ann).await;
    assert_eq!(exported(&ann).await.len(), 5);
    let words = ann.get("/insights?range=all").await.is(200).words();
    assert!(words.contains("you opened 5 articles"), "{words}");
    ann.post("/journal/erase", &[("what", "all"), ("sure", "on")])
        .await;
    assert_eq!(exported(&ann).await, [] as [Value; 0]);
    assert_eq!(
        app.count("Journal").await,
        app.count("Journal").await.min(1),
        "no month is left"
    );
}

#[tokio::test]
async fn a_label_is_no_state_and_what_is_too_much_is_said() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let item = |n: usize, categories: Value| {
        json!({ "title": format!("{n}"), "alternate": [{ "href": format!("https://b.example/{n}") }], "categories": categories,
            "origin": { "streamId": "feed/https://b.example/rss", "title": "B" } })
    };
    let labels = json!(["user/1/label/starred", "user/-/label/to/read"]);
    let file = json!({ "items": [item(1, labels)] }).to_string();
    assert_eq!(brings(&ann, &file).await.status, 400);
    let starred = || json!(["user/-/state/com.google/starred"]);
    let items: Vec<Value> = (0..5_200).map(|n| item(n, starred())).collect();
    let words = said(&ann, &json!({ "items": items }).to_string()).await;
    assert!(words.contains("200 more are in the file"), "{words}");
}

#[tokio::test]
async fn a_month_that_is_too_much_for_one_file_comes_in_parts() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for part in 0..3 {
        let line = |n: usize| {
            let n = part * 15_000 + n;
            let more = json!({ "feed": "One", "feed_url": "https://one.example/feed", "article": format!("9-{}", n + 1),
                "title": format!("{n} ").repeat(40), "link": format!("https://one.example/{n}/{}", "a".repeat(200)) });
            odd("2026-01-03T08:00:00Z", n, more)
        };
        let lines: Vec<String> = (0..15_000).map(line).collect();
        brings(&ann, &lines.join("\n")).await.is(303);
    }
    let (mut path, mut lines, mut files) = ("/export/journal.jsonl".to_owned(), 0, 0);
    loop {
        let file = ann.get(&path).await;
        assert!(file.is(200).body.len() <= 30_500_000, "{}", file.body.len());
        lines += file.text().lines().count() - 1;
        files += 1;
        let Some(next) = file.header("link") else {
            break;
        };
        path = next
            .trim_start_matches('<')
            .split('>')
            .next()
            .unwrap()
            .to_owned();
    }
    assert_eq!((lines, files), (45_000, 2));
}
