//! The edition: what arrived since the last one, once, with an end.

use std::io::{Cursor, Read};

use crate::support::{Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at, installed};

async fn signs_in(ann: &Client<'_>) {
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    ann.post("/signin", &form).await.is(303);
}

/// A book's files by name.
fn files(book: &[u8]) -> std::collections::BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let read = |name: String| {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, String::from_utf8_lossy(&bytes).into_owned())
    };
    names.into_iter().map(read).collect()
}

#[tokio::test]
async fn what_arrived_since_the_last_stands_in_one_issue() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    // It is eleven o’clock; the last edition ended at seven.
    let before = at(6, 0);
    web.put(
        "/a",
        Page::feed(FeedText::hourly("Nature", 3, before).rss()).validated("\"3\"", ""),
    );
    let feed = ann.subscribes_in(&web.url("/a"), "Green").await;
    let page = ann.get("/edition").await;
    let words = page.is(200).words();
    assert!(words.contains("3 articles, about 3 minutes"), "{words}");
    assert!(words.contains("What arrived between"), "{words}");
    // What arrives now belongs to tomorrow’s.
    web.put(
        "/a",
        Page::feed(FeedText::hourly("Nature", 5, at(15, 0)).rss()),
    );
    app.minutes_pass(13 * 60);
    app.refresh().await;
    assert!(
        ann.get("/edition").await.words().contains("3 articles"),
        "today’s stays as it was"
    );
    let read = ann.get("/edition/read").await;
    let words = read.is(200).words();
    assert!(
        words.contains("That was today’s. The dormouse sleeps."),
        "{words}"
    );
    assert_eq!(read.text().matches("class=\"edition-text").count(), 3);
    assert_eq!(ann.get("/edition/read").await.cost.reads, 0);
    assert_eq!(read.cost.writes, 0, "reading the edition writes nothing");
    // What was read already is faded.
    let id = ann.get("/unread").await.lines().last().unwrap().id.clone();
    ann.get(&format!("/article/{id}")).await.is(200);
    assert!(ann.get("/edition").await.text().contains("is-faded"));
    // A day later they are two others.
    app.minutes_pass(24 * 60);
    signs_in(&ann).await;
    let words = ann.get("/edition").await.is(200).words();
    assert!(words.contains("2 articles"), "{words}");
    let yesterday = at(11, 0).date_naive();
    assert!(
        ann.get(&format!("/edition?day={yesterday}"))
            .await
            .words()
            .contains("3 articles")
    );
    // And then none.
    app.minutes_pass(24 * 60);
    signs_in(&ann).await;
    let words = ann.get("/edition").await.is(200).words();
    assert!(
        words.contains("Nothing arrived. The dormouse sleeps on."),
        "{words}"
    );
    for wrong in ["2031-01-01", "1999-01-01", "yesterday"] {
        ann.get(&format!("/edition?day={wrong}")).await.is(404);
    }
    drop(feed);
}

#[tokio::test]
async fn a_changed_hour_counts_from_the_next_edition() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&web.put("/a", Page::feed(FeedText::hourly("A", 3, at(6, 0)).rss())))
        .await;
    assert!(ann.get("/edition").await.words().contains("3 articles"));
    ann.post("/edition", &[("hour", "20")]).await.is(303);
    let words = ann.get("/edition").await.words();
    assert!(words.contains("3 articles"), "today’s stays: {words}");
    assert!(words.contains("20:00"), "when the next one comes: {words}");
    for wrong in ["24", "-1", "noon", ""] {
        ann.post("/edition", &[("hour", wrong)]).await.is(422);
    }
}

#[tokio::test]
async fn the_same_page_in_two_feeds_stands_once_and_busy_feeds_leave_room() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let one = FeedText::hourly("Quiet", 1, at(6, 30)).rss();
    ann.subscribes(&web.put("/one", Page::feed(one.as_str())))
        .await;
    ann.subscribes(&web.put("/two", Page::feed(one.as_str())))
        .await;
    let many = FeedText::wire("Wire", 90, at(6, 0)).rss();
    ann.subscribes(&web.put("/wire", Page::feed(many))).await;
    let page = ann.get("/edition").await;
    let words = page.is(200).words();
    assert!(words.contains("50 articles"), "{words}");
    assert!(words.contains("also in"), "{words}");
    let quiet = page.text().matches("Title of quiet").count();
    assert_eq!(quiet, 1, "one piece, whatever the wire brings");
}

#[tokio::test]
async fn it_is_a_book_for_e_readers() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let png: &[u8] = &[
        0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 0,
    ];
    web.put("/p.png", Page::of("image/png", png));
    let picture = web.url("/p.png");
    let items: String = (0..60)
        .map(|n| {
            format!(
                "<item><guid>{n}</guid><title>Tom &amp; Jerry &lt;{n}&gt;</title><link>http://s.example/{n}</link>\
                 <pubDate>Mon, 02 Mar 2026 06:{:02}:00 GMT</pubDate>\
                 <description><![CDATA[<p>A&nbsp;b<br>c &amp; d <img src=\"{picture}\" alt=\"a picture\"></p><hr><p>End</p>]]></description></item>",
                n % 60
            )
        })
        .collect();
    let feed = format!("<rss version=\"2.0\"><channel><title>Book</title>{items}</channel></rss>");
    ann.subscribes(&web.put("/f", Page::feed(feed))).await;
    let book = ann.get("/edition/book.epub").await;
    assert_eq!(
        book.is(200).header("content-type"),
        Some("application/epub+zip")
    );
    assert_eq!(
        &book.body[30..58],
        b"mimetypeapplication/epub+zip",
        "first, and not packed"
    );
    let all = files(&book.body);
    let chapters = all
        .keys()
        .filter(|name| name.starts_with("OEBPS/c") && name.ends_with(".xhtml"));
    assert_eq!(chapters.count(), 50, "at most fifty articles");
    for (name, text) in all
        .iter()
        .filter(|(name, _)| name.ends_with("ml") || name.ends_with("opf") || name.ends_with("ncx"))
    {
        let mut reader = quick_xml::Reader::from_str(text);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
    let first = &all["OEBPS/c0.xhtml"];
    assert!(
        first.contains("<br/>") && first.contains("A&#160;b"),
        "{first}"
    );
    assert!(
        first.contains("a picture") && !first.contains("<img"),
        "without pictures their words stay"
    );
    assert!(all["OEBPS/end.xhtml"].contains("The dormouse sleeps"));
    // With pictures, by the reader's own wish.
    ann.post("/edition", &[("hour", "7"), ("pictures", "on")])
        .await
        .is(303);
    let with = ann.get("/edition/book.epub").await;
    let all = files(&with.is(200).body);
    assert!(all.contains_key("OEBPS/p0.png"), "{:?}", all.keys());
    assert!(all["OEBPS/c0.xhtml"].contains("<img src=\"p0.png\" alt=\"a picture\"/>"));
    assert!(with.body.len() < 25_000_000);
    if let Some(judge) = installed("epubcheck", &["/usr/share/java/epubcheck.jar"]) {
        let path = std::env::temp_dir().join(format!("dormouse-{}.epub", std::process::id()));
        std::fs::write(&path, &with.body).unwrap();
        let said = std::process::Command::new("java")
            .arg("-jar")
            .arg(judge)
            .arg(&path)
            .output()
            .unwrap();
        std::fs::remove_file(&path).unwrap();
        let words = String::from_utf8_lossy(&said.stderr);
        let errors = words.lines().filter(|line| line.contains("ERROR"));
        // The test’s picture is no whole PNG, which the judge sees.
        let errors: Vec<&str> = errors.filter(|line| !line.contains("PKG-021")).collect();
        assert!(errors.is_empty(), "{words}");
        assert!(
            words.contains("EPUB") || !said.stdout.is_empty(),
            "{said:?}"
        );
    }
}
