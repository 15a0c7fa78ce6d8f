//! What searches and rules promise, kind by kind: fields, media, scripts, orders, and what a rule is tried on and counted for.

use chrono::TimeDelta;
use dormouse::web::words::segment;
use serde_json::Value;

use crate::support::{Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

async fn found(program: &Client<'_>, query: &str) -> Vec<String> {
    let path = format!("/api/v1/search?q={}", segment(query));
    let json = program.get(&path).await.is(200).json();
    let hits = json["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["title"].as_str().unwrap().to_owned())
        .collect()
}

fn item(name: &str, hours_ago: i64, more: &str) -> String {
    let when = (at(11, 0) - TimeDelta::hours(hours_ago)).to_rfc2822();
    format!(
        "<item><title>{name}</title><link>http://site.example/{name}</link><guid>urn:{name}</guid><pubDate>{when}</pubDate>{more}</item>"
    )
}

fn sound(kind: &str) -> String {
    format!("<enclosure url=\"http://site.example/a\" type=\"{kind}\" length=\"9000\"/>")
}

fn says(text: &str) -> String {
    format!("<description>{text}</description>")
}

#[tokio::test]
async fn each_field_each_kind_of_media_and_each_script_is_found() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let signed = "<dc:creator>Maren Holloway</dc:creator><category>Ornithology</category>";
    let items = [
        item("Sound", 1, &sound("audio/mpeg")),
        item("Film", 2, &sound("video/mp4")),
        item(
            "Picture",
            3,
            &says("&lt;img src=\"http://site.example/a.png\"&gt;"),
        ),
        item(
            "Signed",
            4,
            &format!("{signed}{}", says("ｃｕｒｌｅｗ in wide letters")),
        ),
        item("Thai", 5, &says("นกชายเลนอพยพมาทุกปี")),
        item("Hebrew", 6, &says("ציפורים נודדות בחוף")),
        item("Arabic", 7, &says("الطيور المهاجرة على الشاطئ")),
        item("Korean", 8, &says("도요새가 갯벌에 왔다")),
    ];
    let feed = format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Kinds</title><link>http://site.example/</link><description>d</description>{}</channel></rss>",
        items.concat()
    );
    let ann = app.reader("ann").await;
    ann.subscribes(&web.put("/kinds", Page::feed(feed))).await;
    let program = app.program_of(&ann).await;
    for (query, titles) in [
        ("has:audio", vec!["Sound"]),
        ("has:video", vec!["Film"]),
        ("has:image", vec!["Picture"]),
        ("has:audio OR has:video", vec!["Sound", "Film"]),
        ("author:holloway", vec!["Signed"]),
        ("author:\"maren holloway\"", vec!["Signed"]),
        ("maren", vec!["Signed"]),
        ("title:maren", vec![]),
        ("ornithology", vec!["Signed"]),
        ("ＣＵＲＬＥＷ", vec!["Signed"]),
        ("curlew", vec!["Signed"]),
        ("ชายเลน", vec!["Thai"]),
        ("ציפורים", vec!["Hebrew"]),
        ("الطيور", vec!["Arabic"]),
        ("갯벌", vec!["Korean"]),
        ("after:2026-03-03 has:audio", vec![]),
        ("before:2999 has:audio", vec!["Sound"]),
    ] {
        assert_eq!(found(&program, query).await, titles, "{query}");
    }
}

/// A feed of so many articles, the newest first, and what each says.
fn articles(count: usize, text: impl Fn(usize) -> (String, String)) -> Page {
    let mut feed = FeedText::new("Many");
    for n in 0..count {
        let mut entry = Entry::new(&n.to_string(), at(11, 0) - TimeDelta::minutes(n as i64));
        let (title, text) = text(n);
        (entry.title, entry.content) = (title, format!("<p>{text}</p>"));
        feed = feed.and(entry);
    }
    Page::feed(feed.rss())
}

#[tokio::test]
async fn twenty_that_are_none_end_a_page_and_the_next_goes_on() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = |n| match n {
        59 => ("The one".to_owned(), "A salt marsh".to_owned()),
        n => (format!("Other {n}"), "A marsh, and then salt".to_owned()),
    };
    ann.subscribes(&web.put("/many", articles(60, text))).await;
    app.forgets();
    ann.get("/unread").await.is(200);
    let page = ann.get("/search?q=%22salt%20marsh%22").await;
    assert!(page.is(200).cost.reads <= 1 + 20, "{}", page.cost);
    assert!(page.lines().is_empty(), "nothing that is none is shown");
    assert!(page.text().contains("id=\"next-page\""), "it goes on");
    let program = app.program_of(&ann).await;
    let mut path = "/api/v1/search?q=%22salt%20marsh%22".to_owned();
    let mut hits = Vec::new();
    for _ in 0..4 {
        let json = program.get(&path).await.is(200).json();
        let these = json["hits"].as_array().unwrap().iter();
        hits.extend(these.map(|hit| hit["title"].clone()));
        match &json["cursor"] {
            Value::String(next) => {
                path = format!("/api/v1/search?q=%22salt%20marsh%22&cursor={next}");
            }
            _ => break,
        }
    }
    assert_eq!(hits, ["The one"]);
}

#[tokio::test]
async fn the_best_hit_has_the_word_in_its_title() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = |n| match n {
        2 => ("A curlew".to_owned(), "Curlew after curlew.".to_owned()),
        n => (format!("Other {n}"), "It saw a curlew once.".to_owned()),
    };
    ann.subscribes(&web.put("/many", articles(4, text))).await;
    let program = app.program_of(&ann).await;
    let first = async |sort: &str| {
        let path = format!("/api/v1/search?q=curlew&sort={sort}");
        let json = program.get(&path).await.is(200).json();
        json["hits"][0]["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(first("newest").await, "Other 0");
    assert_eq!(first("best").await, "A curlew");
}

/// Saves a rule about titles.
async fn rule(ann: &Client<'_>, words: &str, more: &[(&str, &str)]) {
    let form = [
        ("name", words),
        ("what.0", "title"),
        ("how.0", "words"),
        ("text.0", words),
        ("read", "1"),
        ("do", "save"),
    ];
    ann.post("/rules", &[&form, more].concat()).await.is(303);
}

#[tokio::test]
async fn a_rule_is_tried_on_the_last_fifty_of_its_feeds() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = |n: usize| {
        let kind = if n.is_multiple_of(5) { "Soap" } else { "Birds" };
        (format!("{kind} {n}"), "Text".to_owned())
    };
    let feed = ann.subscribes(&web.put("/many", articles(60, text))).await;
    let other = |n| (format!("Soap {n}"), "Text".to_owned());
    ann.subscribes(&web.put("/other", articles(9, other))).await;
    let place = format!("feed:{feed}");
    let form = [
        ("place", place.as_str()),
        ("what.0", "title"),
        ("how.0", "words"),
        ("text.0", "soap"),
        ("do", "try"),
    ];
    let tried = ann.post("/rules", &form).await;
    let words = tried.is(200).words();
    assert!(
        words.contains("would have matched 10 of the last 50 articles"),
        "{words}"
    );
    assert!(tried.text().contains("<mark>Soap</mark> 5"));
    assert_eq!(tried.cost.writes, 0);
}

#[tokio::test]
async fn a_rule_for_a_feed_leaves_others_alone_and_is_counted_for_thirty_days() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let named = |names: &'static [&'static str]| {
        articles(names.len(), move |n| {
            (names[n].to_owned(), "Text".to_owned())
        })
    };
    let one = |path: &str, title: &str| {
        let mut entry = Entry::new(&format!("{path}{title}"), at(12, 0));
        entry.title = title.to_owned();
        web.put(path, Page::feed(FeedText::new(path).and(entry).rss()))
    };
    web.put("/a", named(&["Birds"]));
    let (a, _) = (
        ann.subscribes(&web.url("/a")).await,
        ann.subscribes(&one("/b", "Bread")).await,
    );
    rule(&ann, "soap", &[("place", &format!("feed:{a}"))]).await;
    one("/a", "Soap of a");
    one("/b", "Soap of b");
    app.minutes_pass(24 * 60);
    let since = app.state.clock.now().timestamp_micros() - 1;
    app.refresh().await;
    // An open page's pulse meets them, before any page is drawn.
    let pulse = ann
        .post_json(&format!("/pulse?since={since}"), Value::Null)
        .await;
    assert_eq!(pulse.is(200).json()["new"], 2);
    assert!(
        !ann.titles("/unread")
            .await
            .contains(&"Soap of a".to_owned())
    );
    assert!(
        ann.titles("/unread")
            .await
            .contains(&"Soap of b".to_owned())
    );
    let said = ann.get("/rules").await.words();
    assert!(said.contains("1 in 30 days"), "{said}");
    for _ in 0..4 {
        app.minutes_pass(10 * 24 * 60);
        ann.get("/unread").await.is(200);
    }
    let said = ann.get("/rules").await.words();
    assert!(said.contains("0 in 30 days"), "{said}");
}
