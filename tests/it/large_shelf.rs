//! A shelf of more than a hundred feeds: the rail has its folders, and a folder's feeds where it is opened.

use http::Method;
use serde_json::json;

use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

/// A reader with `loose` feeds outside folders, and `inside` in the folder “News / World”.
async fn reader<'a>(app: &'a TestApp, web: &FakeWeb, loose: usize, inside: usize) -> Client<'a> {
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let outlines = |range: std::ops::Range<usize>| -> String {
        let outline = |n: usize| {
            let text = FeedText::hourly(&format!("F{n}"), 2, at(9, 0)).rss();
            let url = web.put(&format!("/{n}"), Page::feed(text));
            format!("<outline text='Feed {n}' xmlUrl='{url}'/>")
        };
        range.map(outline).collect()
    };
    let opml = format!(
        "<opml><body>{}<outline text='News'><outline text='World'>{}</outline></outline></body></opml>",
        outlines(0..loose),
        outlines(loose..loose + inside)
    );
    let ask = program.ask(Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", opml).send().await.is(200);
    while app.refresh().await["finished"] != true {}
    ann
}

/// The rail of a page.
fn rail(page: &str) -> &str {
    let (_, rest) = page.split_once("id=\"rail-feeds\"").unwrap();
    rest.split_once("class=\"rail-foot\"").unwrap().0
}

fn feeds_of(html: &str) -> Vec<String> {
    let links = html.split("href=\"/feed/").skip(1);
    let ids = links.map(|rest| rest.split('"').next().unwrap().to_owned());
    ids.collect()
}

#[tokio::test]
async fn a_small_shelf_has_its_feeds_on_every_page() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(8));
    let ann = reader(&app, &web, 3, 4).await;
    for path in ["/unread", "/settings", "/help", "/feeds"] {
        let page = ann.get(path).await;
        assert_eq!(feeds_of(rail(page.is(200).text())).len(), 7, "{path}");
    }
}

#[tokio::test]
async fn a_large_shelf_has_its_folders_and_a_folders_feeds_when_it_is_opened() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(8));
    let ann = reader(&app, &web, 105, 20).await;
    for path in ["/unread", "/all", "/starred", "/settings", "/help", "/add"] {
        let page = ann.get(path).await;
        let rail = rail(page.is(200).text());
        assert_eq!(feeds_of(rail), [""; 0], "{path}");
        for part in [
            "Outside folders",
            "data-feeds=\"/feeds/loose\"",
            "href=\"/loose\"",
            "data-feeds=\"/feeds/in/News/World\"",
            "210 unread",
            "40 unread",
        ] {
            assert!(rail.contains(part), "{path}: {part}: {rail}");
        }
        // A folder without feeds of its own has nothing to load.
        assert!(!rail.contains("data-feeds=\"/feeds/in/News\""));
    }

    // Without scripts, a page of its own; with them, the list alone.
    for (path, count) in [("/feeds/in/News/World", 20), ("/feeds/loose", 105)] {
        let page = ann.get(path).await;
        let main = page
            .is(200)
            .text()
            .split_once("<main")
            .unwrap()
            .1
            .to_owned();
        assert_eq!(main.matches("class=\"feed-open\"").count(), count);
        let part = ann
            .ask(Method::GET, path)
            .header("x-fragment", "rail")
            .send()
            .await;
        let part = part.is(200).text();
        assert_eq!(feeds_of(part).len(), count);
        assert!(
            part.contains("2 unread") && !part.contains("<html"),
            "{part}"
        );
    }
    ann.get("/feeds/in/Nowhere").await.is(404);

    // The list of the loose ones is one like a folder's: shown, marked, undone.
    let loose = ann.get("/loose").await;
    assert!(
        loose.is(200).words().contains("210 unread"),
        "{}",
        loose.words()
    );
    assert!(rail(loose.text()).contains("href=\"/loose\" aria-current=\"page\""));
    assert_eq!(ann.whole_list("/loose").await.len(), 210);
    let seen = loose.seen().unwrap();
    ann.post("/mark-all", &[("seen", &seen)]).await.is(303);
    assert!(ann.get("/loose").await.words().contains("0 unread"));
    assert_eq!(ann.unread().await, 40, "the folder's are untouched");

    // The page of a feed has its row, under its folder.
    let feed = &feeds_of(
        ann.ask(Method::GET, "/feeds/in/News/World")
            .header("x-fragment", "rail")
            .send()
            .await
            .text(),
    )[0];
    let page = ann.get(&format!("/feed/{feed}")).await;
    assert_eq!(
        &feeds_of(rail(page.is(200).text()))[..],
        std::slice::from_ref(feed)
    );

    // A mark answers with what the page can't add up itself.
    let id = format!("{feed}-1");
    let counts = ann.post_json("/marks", json!({ "read": [id] })).await;
    let counts = counts.is(200).json();
    assert_eq!(
        counts["unread"],
        json!({
            "total": 39, "feeds": { feed.clone(): 1 },
            "folders": { "/folder/News": 39, "/folder/News/World": 39, "/loose": 0 },
        })
    );
}
