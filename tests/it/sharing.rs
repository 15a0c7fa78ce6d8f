//! Sending an article on, and what an article's page says besides its text.

use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

#[tokio::test]
async fn an_article_goes_to_services_of_ones_own_and_the_result_is_said() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&web.put(
        "/f",
        Page::feed(FeedText::hourly("Feed", 2, at(11, 0)).rss()),
    ))
    .await;
    let id = ann.get("/unread").await.lines()[0].id.clone();
    for path in [
        "/hook",
        "/readeck/api/bookmarks",
        "/linkding/api/bookmarks/",
        "/wallabag/api/entries.json",
    ] {
        web.put(path, Page::of("application/json", "{}"));
    }
    web.put(
        "/wallabag/oauth/v2/token",
        Page::of("application/json", r#"{"access_token":"T"}"#),
    );
    let add = async |service: &str, path: &str, secret: &str| {
        let address = web.url(path);
        let form = [
            ("name", service),
            ("service", service),
            ("address", &address),
            ("secret", secret),
        ];
        ann.post("/settings/targets", &form).await
    };
    add("webhook", "/hook", "a key").await.is(303);
    add("readeck", "/readeck", "abc").await.is(303);
    add("linkding", "/linkding/", "def").await.is(303);
    add("wallabag", "/wallabag", "id sec user pass")
        .await
        .is(303);
    add("link", "/open?u={url}&t={title}", "").await.is(303);
    let settings = ann.get("/settings").await;
    assert!(
        !settings.text().contains("a key") && !settings.text().contains("abc"),
        "no secret is shown"
    );
    web.forget();
    for to in ["0", "1", "2", "3"] {
        let sent = ann
            .post(
                &format!("/article/{id}/send"),
                &[("to", to), ("return", "/unread")],
            )
            .await;
        let said = ann.get(sent.is(303).location()).await.words();
        assert!(said.contains("Sent to"), "{to}: {said}");
    }
    let body = |path: &str| web.asked(path)[0].body.clone();
    let hook = &web.asked("/hook")[0];
    let text = body("/hook");
    assert!(
        text.contains("http://site.example/") && text.contains("\"feed\":\"Feed\""),
        "{text}"
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"a key");
    let tag = ring::hmac::sign(&key, text.as_bytes());
    let tag: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hook.header("x-dormouse-signature"),
        Some(format!("sha256={tag}").as_str())
    );
    assert_eq!(
        web.asked("/readeck/api/bookmarks")[0].header("authorization"),
        Some("Bearer abc")
    );
    assert_eq!(
        web.asked("/linkding/api/bookmarks/")[0].header("authorization"),
        Some("Token def")
    );
    assert_eq!(
        web.asked("/wallabag/api/entries.json")[0].header("authorization"),
        Some("Bearer T")
    );
    assert!(body("/wallabag/oauth/v2/token").contains("grant_type=password"));
    let article = ann.get(&format!("/article/{id}")).await;
    assert!(
        article
            .words()
            .contains("/open?u=http%3A%2F%2Fsite.example%2F"),
        "a link of one's own"
    );
    // What fails is said.
    web.put("/hook", Page::status(500));
    let sent = ann
        .post(
            &format!("/article/{id}/send"),
            &[("to", "0"), ("return", "/unread")],
        )
        .await;
    let said = ann.get(sent.is(303).location()).await.words();
    assert!(
        said.contains("webhook didn’t take it. It answered 500."),
        "{said}"
    );
    ann.post(&format!("/article/{id}/send"), &[("to", "9")])
        .await
        .is(404);
    for (service, path, secret) in [
        ("link", "/no-place", ""),
        ("readeck", "/r", ""),
        ("burn", "/r", "x"),
    ] {
        add(service, path, secret).await.is(422);
    }
    ann.post("/settings/targets", &[("remove", "0")])
        .await
        .is(303);
    assert!(!ann.get("/settings").await.text().contains("/hook"));
}

#[tokio::test]
async fn services_on_a_private_network_are_refused() {
    let app = TestApp::with(&[("ALLOW_PRIVATE_NETWORKS", "0")]).await;
    let ann = app.reader("ann").await;
    let form = [
        ("name", "x"),
        ("service", "webhook"),
        ("address", "http://127.0.0.1:9/"),
        ("secret", "k"),
    ];
    ann.post("/settings/targets", &form).await.is(303);
    // Without an article nothing is sent at all.
    ann.post("/article/7-1/send", &[("to", "0")]).await.is(404);
}

#[tokio::test]
async fn comments_categories_and_reading_time_stand_beside_the_text() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let words = "word ".repeat(1_400);
    let feed = format!(
        "<rss version=\"2.0\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\"><channel><title>F</title><link>https://s.example/</link>\
         <item><title>T</title><guid>1</guid><link>https://s.example/1</link><category>Science</category>\
         <comments>/1#talk</comments><slash:comments>12</slash:comments><description>&lt;p&gt;{words}&lt;/p&gt;</description></item></channel></rss>"
    );
    ann.subscribes(&web.put("/f", Page::feed(feed))).await;
    let id = ann.get("/all").await.lines()[0].id.clone();
    let page = ann.get(&format!("/article/{id}")).await;
    let text = page.is(200).text();
    assert!(
        text.contains("12 comments</a>") && text.contains("#talk\""),
        "{text}"
    );
    let feed = id.split_once('-').unwrap().0;
    assert!(
        text.contains(&format!("/feed/{feed}?state=all&#38;category=Science")),
        "{text}"
    );
    let only = ann
        .get(&format!("/feed/{feed}?state=all&category=science"))
        .await;
    assert_eq!(only.is(200).lines().len(), 1);
    assert!(only.words().contains("Only “science”"));
    let none = ann
        .get(&format!("/feed/{feed}?state=all&category=Art"))
        .await;
    assert_eq!(none.is(200).lines().len(), 0);
    assert!(text.contains("<span>7 min</span>"), "reading time");
    assert!(text.contains("href=\"mailto:?subject=T&"), "by email");
}
