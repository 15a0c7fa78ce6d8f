//! `/api/v1`: the JSON API to a reader's shelf.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

/// Two readers with API clients, and a feed of three articles that the first reader subscribes to.
async fn scene<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, Client<'a>, String) {
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let text = FeedText::hourly("News", 3, at(10, 0)).atom();
    let url = web.put("/f", Page::feed(text));
    let feed = ann.subscribes(&url).await;
    (app.program_of(&ann).await, app.program_of(&bob).await, feed)
}

fn ids(list: &Value) -> Vec<String> {
    let articles = list["articles"].as_array().unwrap().iter();
    articles
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn nothing_goes_without_a_token() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    for route in dormouse::web::routes() {
        // The document is for everybody.
        if !route.path.starts_with("/api/") || route.path.ends_with("/openapi.json") {
            continue;
        }
        let path = route.path.replace("{feed}", "1").replace("{id}", "1-1");
        for method in route.methods.split(", ") {
            let method: Method = method.parse().unwrap();
            // A session cookie is no token: another site's page could send it.
            let refused = ann.ask(method.clone(), &path).send().await;
            assert_eq!(
                refused.error(),
                (401, "bad_token".into()),
                "{method} {path}"
            );
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
            for token in ["", "dm_", "dm_0000", "x"] {
                let refused = app.program(token).ask(method.clone(), &path).send().await;
                assert_eq!(refused.status, 401, "{method} {path} with {token:?}");
            }
        }
    }
}

#[tokio::test]
async fn subscriptions_are_listed_added_changed_and_removed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob, feed) = scene(&app, &web).await;
    let one = json!({
        "feed": feed, "title": "News", "url": web.url("/f"), "site": null, "folder": [],
        "folders": [], "paused": false, "paused_until": null, "trial_until": null, "order": null,
        "counts": null, "door": null, "view": null, "fresh_minutes": null, "rolled_up": false, "keeps_scrolled": false,
        "opens_site": false, "drips": false, "full_text": false, "unread_when_edited": false, "keep": null, "unread": 3, "articles": 3, "fetched": true, "error": null,
    });
    let mut listed = ann.get("/api/v1/subscriptions").await.is(200).json();
    listed["subscriptions"][0]["site"] = Value::Null;
    assert_eq!(listed, json!({ "subscriptions": [one] }));
    let path = format!("/api/v1/subscriptions/{feed}");
    assert_eq!(ann.get(&path).await.is(200).json()["title"], "News");

    let wanted = json!({ "url": web.url("/f"), "folder": ["A", "B"] });
    assert_eq!(
        ann.post_json("/api/v1/subscriptions", wanted.clone())
            .await
            .is(200)
            .json()["feed"],
        feed.as_str()
    );
    let added = bob.post_json("/api/v1/subscriptions", wanted).await;
    assert_eq!(added.is(201).json()["folder"], json!(["A", "B"]));

    let change = |body: Value| {
        let (bob, path) = (&bob, &path);
        async move {
            bob.ask(Method::PATCH, path)
                .json(&body)
                .send()
                .await
                .is(200)
                .json()
        }
    };
    assert_eq!(change(json!({ "title": " Mine " })).await["title"], "Mine");
    let moved = change(json!({ "folder": ["C"] })).await;
    assert_eq!(
        (&moved["title"], &moved["folder"]),
        (&json!("Mine"), &json!(["C"]))
    );
    assert_eq!(change(json!({ "title": "" })).await["title"], "News");
    assert_eq!(
        ann.get(&path).await.json()["folder"],
        json!([]),
        "hers stays"
    );

    bob.ask(Method::DELETE, &path).send().await.is(204);
    for method in [Method::GET, Method::DELETE, Method::PATCH] {
        let gone = bob.ask(method, &path).json(&json!({})).send().await;
        assert_eq!(gone.error(), (404, "not_found".into()));
    }
    assert_eq!(ann.get("/api/v1/subscriptions/x").await.error().0, 404);
    app.is_sound().await;
}

#[tokio::test]
async fn what_cant_be_added_has_a_stable_code() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let page = web.put("/page", Page::html("<!doctype html><html><p>x"));
    let links = r#"<link rel=alternate type="application/rss+xml" title=A href=/a><link rel=alternate type="application/rss+xml" title=B href=/b>"#;
    let several = web.put("/several", Page::html(links));
    for path in ["/a", "/b"] {
        web.put(path, Page::feed(FeedText::hourly(path, 1, at(9, 0)).rss()));
    }
    for (url, status, code) in [
        ("", 422, "bad_address"),
        ("mailto:x@y.example", 422, "bad_address"),
        ("http://169.254.169.254/", 422, "blocked_address"),
        ("http://127.0.0.1:9/", 422, "blocked_address"),
        ("http://127.0.0.1:6/", 422, "unreachable"),
        (&web.url("/missing"), 422, "unreachable"),
        (&page, 422, "not_a_feed"),
        (&several, 409, "several_feeds"),
    ] {
        let refused = program
            .post_json("/api/v1/subscriptions", json!({ "url": url }))
            .await;
        assert_eq!(refused.error(), (status, code.into()), "{url}");
        let error = refused.json()["error"].clone();
        assert!(!error["message"].as_str().unwrap().is_empty());
        assert!(!error["advice"].as_str().unwrap().is_empty(), "{error}");
    }
    let choice = program
        .post_json("/api/v1/subscriptions", json!({ "url": several }))
        .await;
    let expected =
        json!([{ "url": web.url("/a"), "title": "A" }, { "url": web.url("/b"), "title": "B" }]);
    assert_eq!(choice.json()["error"]["candidates"], expected);
    for body in ["", "{", "[]", r#"{"url": 5}"#] {
        let ask = program.ask(Method::POST, "/api/v1/subscriptions");
        let refused = ask.body("application/json", body).send().await;
        assert_eq!(refused.error(), (400, "bad_json".into()), "{body}");
    }
}

#[tokio::test]
async fn articles_are_listed_by_state_feed_folder_order_and_cursor() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob, feed) = scene(&app, &web).await;
    web.put(
        "/g",
        Page::feed(FeedText::hourly("Other", 4, at(10, 30)).rss()),
    );
    let other = json!({ "url": web.url("/g"), "folder": ["A/B", "C"] });
    ann.post_json("/api/v1/subscriptions", other).await.is(201);

    let list = |query: &str| {
        let (ann, path) = (&ann, format!("/api/v1/articles{query}"));
        async move { ann.get(&path).await.is(200).json() }
    };
    let all = list("").await;
    assert_eq!((ids(&all).len(), &all["cursor"]), (7, &Value::Null));
    let first = &all["articles"][1];
    assert_eq!(first["title"], "Title of news-3");
    assert_eq!(first["feed_title"], "News");
    assert_eq!(first["link"], "http://site.example/news-3");
    assert_eq!(first["at"].as_str().unwrap()[..19], *"2026-03-02T10:00:00");
    assert_eq!(first["published"], "2026-03-02T10:00:00Z");
    assert_eq!(
        (&first["read"], &first["snippet"]),
        (&json!(false), &json!("Text of news-3"))
    );

    assert_eq!(ids(&list(&format!("?feed={feed}")).await).len(), 3);
    assert_eq!(ids(&list("?folder=A%252FB/C").await).len(), 4);
    assert_eq!(ids(&list("?folder=A%252FB").await).len(), 4);
    let mut oldest = ids(&list("?order=oldest").await);
    oldest.reverse();
    assert_eq!(oldest, ids(&all));
    let mut paged = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = list(&query).await;
        paged.extend(ids(&page));
        let Some(cursor) = page["cursor"].as_str() else {
            break;
        };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(paged, ids(&all));

    let marks = json!({ "batch": "b1", "read": [paged[0], paged[1]] });
    let counts = ann.post_json("/api/v1/marks", marks).await.is(200).json();
    assert_eq!(counts["unread"]["total"], 5);
    assert_eq!(ids(&list("?state=unread").await), paged[2..]);
    assert_eq!(ids(&list("?state=all").await), paged);

    for (query, status, code) in [
        ("?limit=0", 400, "bad_limit"),
        ("?limit=201", 400, "bad_limit"),
        ("?limit=x", 400, "bad_query"),
        ("?state=some", 400, "bad_query"),
        ("?feed=1&folder=A", 400, "bad_query"),
        ("?cursor=x", 400, "bad_cursor"),
        ("?feed=4711", 404, "not_found"),
        ("?feed=x", 404, "not_found"),
        ("?folder=Nothing", 404, "not_found"),
    ] {
        let refused = ann.get(&format!("/api/v1/articles{query}")).await;
        assert_eq!(refused.error(), (status, code.into()), "{query}");
    }
    assert_eq!(
        bob.get(&format!("/api/v1/articles?feed={feed}"))
            .await
            .error()
            .0,
        404
    );
}

#[tokio::test]
async fn one_article_comes_whole_and_isnt_marked_by_that() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob, feed) = scene(&app, &web).await;
    let id = format!("{feed}-3");
    let article = ann
        .get(&format!("/api/v1/articles/{id}"))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&article["id"], &article["feed"]),
        (&json!(id), &json!(feed))
    );
    assert_eq!(article["content"], "<p>Text of news-3</p>");
    assert_eq!(
        (&article["read"], &article["enclosures"]),
        (&json!(false), &json!([]))
    );
    for (who, id) in [
        (&bob, id.as_str()),
        (&ann, "1-1"),
        (&ann, "x"),
        (&ann, &format!("{feed}-99")),
    ] {
        let gone = who.get(&format!("/api/v1/articles/{id}")).await;
        assert_eq!(gone.error(), (404, "not_found".into()));
    }
    assert_eq!(
        ann.get("/api/v1/nothing").await.error(),
        (404, "not_found".into())
    );
}

#[tokio::test]
async fn lists_go_in_and_out() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob, feed) = scene(&app, &web).await;
    let exported = ann.get("/api/v1/opml").await;
    assert!(
        exported
            .is(200)
            .header("content-type")
            .unwrap()
            .starts_with("text/x-opml")
    );
    let ask = bob.ask(Method::POST, "/api/v1/opml");
    let file = exported.text().replace(
        "</body>",
        "<outline text='M' xmlUrl='mailto:x@y.example'/></body>",
    );
    let imported = ask.body("text/x-opml", file).send().await.is(200).json();
    assert_eq!(
        (
            &imported["added"],
            &imported["already"],
            &imported["refused"]
        ),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(imported["lines"][0]["result"], "added");
    assert_eq!(imported["lines"][0]["feed"], feed.as_str());
    assert!(
        imported["lines"][1]["why"]
            .as_str()
            .unwrap()
            .contains("http")
    );
    assert_eq!(
        bob.get("/api/v1/articles").await.json()["articles"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn an_article_costs_what_its_feed_costs_however_many_others_there_are() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let web = FakeWeb::start();
    let text = FeedText::hourly("One", 5, at(11, 0)).rss();
    let feed = ann.subscribes(&web.put("/one", Page::feed(text))).await;
    let program = app.program_of(&ann).await;
    let cost = async || {
        let other = app.beside().await;
        let there = program.at(&other);
        let answer = there.get(&format!("/api/v1/articles/{feed}-2")).await;
        assert_eq!(answer.is(200).json()["feed_title"], "One");
        answer.cost
    };
    let alone = cost().await;
    let others: String = (0..150)
        .map(|n| format!("<outline xmlUrl='{}'/>", web.url(&format!("/other{n}"))))
        .collect();
    let opml = format!("<opml><body>{others}</body></opml>");
    let import = program.ask(Method::POST, "/api/v1/opml");
    import.body("text/x-opml", opml).send().await.is(200);
    assert_eq!(cost().await.reads, alone.reads);
}
