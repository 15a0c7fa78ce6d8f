//! Looking at feeds before subscribing, and several at once.

use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

#[tokio::test]
async fn several_feeds_are_looked_at_and_the_chosen_ones_added() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = |name: &str| {
        web.put(
            &format!("/{name}"),
            Page::feed(FeedText::hourly(name, 8, at(11, 0)).rss()),
        )
    };
    let (one, two, three) = (url("one"), url("two"), url("three"));
    ann.subscribes(&three).await;
    let typed = format!("{one} {two}, {three} {}", web.url("/nothing"));

    let looked = ann.post("/add", &[("url", &typed)]).await;

    assert_eq!(looked.cost.writes, 0, "looking writes nothing");
    web.forget();
    let page = ann.get(looked.is(303).location()).await;
    assert_eq!(web.requests().len(), 0, "reloading asks for nothing");
    let words = page.is(200).words();
    assert_eq!(page.text().matches("class=\"preview\"").count(), 4);
    assert_eq!(
        page.text().matches("<ol class=\"preview-list\">").count(),
        2
    );
    assert_eq!(
        page.text().matches("name=\"url\"").count(),
        2,
        "only what isn't there can be chosen"
    );
    for said in [
        "It posts about every hour",
        "You have this one",
        "404",
        "Title of",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let folder = format!("folder {one}");
    let form = [
        ("url", one.as_str()),
        ("url", two.as_str()),
        (folder.as_str(), "News"),
        ("trial", "1"),
    ];
    let added = ann.post("/add/several", &form).await;
    let said = ann.get(added.is(303).location()).await.words();
    assert!(said.contains("2 feeds were added"), "{said}");
    assert_eq!(ann.get("/folder/News").await.is(200).lines().len(), 8);
    assert_eq!(ann.unread().await, 24);
    assert!(
        ann.get("/feeds?show=paused").await.words().contains("one"),
        "on trial"
    );
    // One that is stored here costs its publisher nothing.
    let bob = app.reader("bob").await;
    web.forget();
    let look = bob.post("/add", &[("url", &one), ("do", "look")]).await;
    let page = bob.get(look.is(303).location()).await.words();
    assert!(page.contains("One check serves 2 readers here"), "{page}");
    assert_eq!(web.requests().len(), 0);
}

#[tokio::test]
async fn an_address_is_brought_along_from_anywhere_and_asks_first() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let shared = ann
        .get("/add?title=A+page&text=See+https://site.example/page+now")
        .await;
    assert!(
        shared
            .is(200)
            .text()
            .contains("value=\"https://site.example/page\"")
    );
    assert_eq!(web.requests().len(), 0);
    let manifest = app.stranger().get("/manifest.webmanifest").await;
    assert_eq!(
        manifest.is(200).header("content-type"),
        Some("application/manifest+json")
    );
    assert_eq!(manifest.json()["share_target"]["action"], "/add");
    let page = ann.get("/add").await;
    assert!(
        page.words()
            .contains("javascript:location.href='http://reader.example/add?url='")
    );
    assert!(page.words().contains("last looked through on"));
    let pack = ann.get("/packs/science").await;
    assert!(pack.is(200).text().contains("<opml version=\"2.0\">"));
    ann.get("/packs/nothing").await.is(404);
}

#[tokio::test]
async fn another_feed_of_a_site_on_the_shelf_is_said() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = |name: &str| {
        let text = FeedText::hourly(name, 2, at(11, 0)).rss();
        let text = text.replacen(
            "</title>",
            "</title><link>https://www.site.example/</link>",
            1,
        );
        web.put(&format!("/{name}"), Page::feed(text))
    };
    ann.subscribes(&feed("first")).await;
    let look = ann
        .post("/add", &[("url", &feed("second")), ("do", "look")])
        .await;
    let page = ann.get(look.is(303).location()).await.words();
    assert!(
        page.contains("You have another feed of this site: first"),
        "{page}"
    );
}
