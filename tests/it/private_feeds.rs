//! The weekly digest, and the edition and the digest as private feeds.

use serde_json::json;

use crate::support::{
    Answer, Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at, attribute, installed,
};

/// Lines of a journal: so many openings on these days of February and March 2026.
fn lines(days: &[(&str, usize)]) -> String {
    let mut lines = Vec::new();
    for (day, count) in days {
        for n in 0..*count {
            lines.push(
                json!({
                    "at": format!("{day}T08:{n:02}:00Z"), "act": "opened", "feed": format!("Feed {}", n % 3),
                    "feed_url": format!("https://f{}.example/feed", n % 3), "title": format!("<b>{day}</b> & {n}"),
                    "link": format!("https://f.example/{day}/{n}"), "author": "Ada & Co", "words": 440 + n,
                    "article": format!("77-{}", 1 + lines.len()),
                })
                .to_string(),
            );
        }
    }
    lines.push(
        json!({ "at": "2026-02-25T09:00:00Z", "act": "starred", "feed": "Feed 0", "feed_url": "https://f0.example/feed",
            "title": "Starred <i>one</i>", "link": "https://f.example/star?a=1&b=2", "article": "77-99" })
        .to_string(),
    );
    lines.join("\n")
}

async fn brings(ann: &Client<'_>, file: &str) {
    let ask = ann.ask(http::Method::POST, "/journal/import");
    ask.file("history", file.as_bytes()).send().await.is(303);
}

/// Opens a private feed, and returns its path.
async fn opens(ann: &Client<'_>, what: &str) -> String {
    let form = [("what", what), ("heading", "")];
    ann.post("/settings/shared", &form).await.is(303);
    let page = ann.get("/settings/shared").await;
    let address = attribute(page.is(200).text(), "id=\"page-1\"", "value").unwrap();
    let (_, path) = address.split_once("//").unwrap().1.split_once('/').unwrap();
    format!("/{path}")
}

fn parsed(answer: &Answer) -> feed_rs::model::Feed {
    feed_rs::parser::parse(answer.is(200).text().as_bytes()).unwrap()
}

#[tokio::test]
async fn a_week_is_told_on_a_page_in_a_book_and_in_a_feed() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    // It is Monday, 2 March: the week from 23 February is over.
    let file = lines(&[
        ("2026-02-16", 2),
        ("2026-02-23", 3),
        ("2026-02-25", 4),
        ("2026-03-02", 1),
    ]);
    brings(&ann, &file).await;
    let page = ann.get("/digest").await;
    let words = page.is(200).words();
    assert!(words.contains("23 February to 1 March"), "{words}");
    assert!(
        words.contains("You opened 7 articles of 3 feeds, about 19 minutes of reading, on 2 days."),
        "{words}"
    );
    assert!(
        words.contains("That is 5 more than in the week before."),
        "{words}"
    );
    assert!(words.contains("Ada & Co</span> (7)"), "{words}");
    assert!(page.text().contains("https://f.example/star?a=1&#38;b=2"));
    assert!(!page.text().contains("<b>2026") && !page.text().contains("<i>one"));
    assert_eq!(page.cost.writes, 0);
    let before = ann.get("/digest?week=2026-02-16").await;
    assert!(
        before.is(200).words().contains("You opened 2 articles"),
        "{}",
        before.words()
    );
    let none = ann.get("/digest?week=2026-02-09").await;
    assert!(
        none.is(200)
            .words()
            .contains("Nothing was opened in this week")
    );
    for wrong in ["2026-02-24", "2026-03-02", "1999-01-04", "x"] {
        ann.get(&format!("/digest?week={wrong}")).await.is(404);
    }
    let book = ann.get("/digest/book.epub").await;
    assert!(book.is(200).body.starts_with(b"PK"));
    if let Some(judge) = installed("epubcheck", &["/usr/share/java/epubcheck.jar"]) {
        let path = std::env::temp_dir().join(format!("digest-{}.epub", std::process::id()));
        std::fs::write(&path, &book.body).unwrap();
        let mut java = std::process::Command::new("java");
        let said = java.arg("-jar").arg(judge).arg(&path).output().unwrap();
        std::fs::remove_file(&path).unwrap();
        let words = String::from_utf8_lossy(&said.stderr);
        assert!(!words.contains("ERROR"), "{words}");
    }

    let path = opens(&ann, "digest").await;
    let answer = app.stranger().get(&path).await;
    let feed = parsed(&answer);
    assert_eq!(
        feed.entries.len(),
        2,
        "weeks with nothing in them are left out"
    );
    let newest = &feed.entries[0];
    assert!(
        newest
            .title
            .as_ref()
            .unwrap()
            .content
            .contains("23 February"),
        "{newest:?}"
    );
    let html = newest.content.as_ref().unwrap().body.clone().unwrap();
    assert!(html.contains("You opened 7 articles"), "{html}");
    assert_eq!(
        newest.links[0].href,
        "http://reader.example/digest?week=2026-02-23"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn the_edition_comes_as_a_feed_that_only_its_owner_knows() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let evil = FeedText::hourly("Wild <script>alert(1)</script>", 3, at(6, 0)).rss();
    ann.subscribes_in(&web.put("/a", Page::feed(evil)), "Green")
        .await;
    let path = opens(&ann, "edition").await;
    assert!(path.starts_with("/f/") && path.ends_with(".atom"), "{path}");
    let program = app.stranger();
    let answer = program.get(&path).await;
    let feed = parsed(&answer);
    let newest = &feed.entries[0];
    let html = newest.content.as_ref().unwrap().body.clone().unwrap();
    assert_eq!(html.matches("http://site.example/").count(), 3, "{html}");
    assert!(
        html.contains("That was today’s. The dormouse sleeps."),
        "{html}"
    );
    assert!(!html.contains("<script"), "{html}");
    // It is one person's: no cache between us keeps it, no search engine lists it, nobody is told its address.
    assert_eq!(
        answer.header("cache-control"),
        Some("private, max-age=1800")
    );
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.cost.writes, 0);
    let tag = answer.header("etag").unwrap().to_owned();
    let asks = || {
        program
            .ask(http::Method::GET, &path)
            .header("if-none-match", &tag)
            .send()
    };
    let again = asks().await;
    assert_eq!((again.status, again.cost.reads), (304, 0));
    // The next edition is another.
    app.minutes_pass(24 * 60);
    asks().await.is(200);
    assert_eq!(parsed(&program.get(&path).await).entries.len(), 3);
    // A dead address says nothing, and neither does one that is made up or has another ending.
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    ann.post("/signin", &form).await.is(303);
    let page = ann.get("/settings/shared").await;
    let renew = attribute(page.text(), "action=\"/settings/shared/", "action");
    ann.post(&renew.unwrap(), &[]).await.is(303);
    let gone = program.get(&path).await;
    assert_eq!(gone.status, 404);
    assert!(gone.text().contains("it was closed"));
    for wrong in [
        "/f/x.atom",
        &path.replace(".atom", ".json"),
        &path.replace(".atom", ""),
    ] {
        program.get(wrong).await.is(404);
    }
    // A private address opens no shared page.
    let page = ann.get("/settings/shared").await;
    let now = attribute(page.text(), "id=\"page-1\"", "value").unwrap();
    let token = now.rsplit('/').next().unwrap();
    program.get(&format!("/s/{token}")).await.is(404);
}
