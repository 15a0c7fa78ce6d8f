//! Tags, notes, and pages that are kept.

use http::Method;
use serde_json::json;

use crate::support::{Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at, attribute};

fn page_of(title: &str) -> Page {
    let text = "Some words of a page that is worth keeping, and a few more of them. ".repeat(20);
    Page::html(&format!(
        "<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article></body></html>"
    ))
}

async fn signs_in(ann: &Client<'_>) {
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    ann.post("/signin", &form).await.is(303);
}

#[tokio::test]
async fn a_tagged_article_outlives_its_feed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&web.put(
            "/f",
            Page::feed(FeedText::hourly("Feed", 3, at(11, 0)).rss()),
        ))
        .await;
    let id = ann.get("/unread").await.lines()[0].id.clone();
    let form = [
        ("tags", "Rust, two  words"),
        ("note", "mine & yours"),
        ("return", "/unread"),
    ];

    let tagged = ann.post(&format!("/article/{id}/tags"), &form).await;

    tagged.is(303);
    assert_eq!(
        tagged.cost.writes, 2,
        "the article and, the first time, that there is one"
    );
    let again = ann.post(&format!("/article/{id}/tags"), &form).await;
    assert_eq!(again.is(303).cost.writes, 1);
    let list = ann.get("/unread").await;
    assert!(list.text().contains("href=\"/tags/Rust\""), "in lists");
    let article = ann.get(&format!("/article/{id}")).await;
    assert!(article.words().contains("mine & yours"), "on its page");
    for path in ["/kept", "/tags/Rust", "/tags/rust", "/tags/two%20words"] {
        let page = ann.get(path).await;
        assert!(page.is(200).words().contains("mine & yours"), "{path}");
    }
    ann.get("/tags/nothing").await.is(404);
    let many: Vec<String> = (0..11).map(|n| format!("tag{n}")).collect();
    let too_many = [("tags", many.join(",")), ("note", "x".into())];
    let too_many: Vec<(&str, &str)> = too_many.iter().map(|(a, b)| (*a, b.as_str())).collect();
    ann.post(&format!("/article/{id}/tags"), &too_many)
        .await
        .is(422);
    let long = "数".repeat(201);
    ann.post(&format!("/article/{id}/tags"), &[("note", &long)])
        .await
        .is(422);
    let program = app.program_of(&ann).await;
    let kept = program.get("/api/v1/kept").await.is(200).json();
    assert_eq!(kept["kept"][0]["tags"], json!(["Rust", "two words"]));
    assert_eq!(kept["kept"][0]["article"], id.as_str());
    let listed = program
        .get("/api/v1/articles?state=all")
        .await
        .is(200)
        .json();
    let listed = listed["articles"].as_array().unwrap();
    let tagged = listed.iter().find(|one| one["id"] == id.as_str()).unwrap();
    assert_eq!(tagged["tags"], json!(["Rust", "two words"]));
    assert!(
        listed.iter().any(|one| one.get("tags").is_none()),
        "only where there are some"
    );
    // A star of it knows them, too.
    ann.post(&format!("/article/{id}/star"), &[("return", "/unread")])
        .await
        .is(303);
    let stars = program.get("/api/v1/stars").await.is(200).json();
    assert_eq!(stars["articles"][0]["tags"], json!(["Rust", "two words"]));
    let starred = ann.get("/export/starred.json").await.is(200).json();
    assert_eq!(starred["items"][0]["_dormouse"]["note"], "mine & yours");
    ann.post(&format!("/article/{id}/unstar"), &[("return", "/unread")])
        .await
        .is(303);
    // The feed goes, and with it the article.
    ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    app.minutes_pass(100 * 24 * 60);
    app.daily().await;
    assert_eq!(app.count("Article").await, 0, "it is gone with its feed");
    signs_in(&ann).await;
    let kept = ann.get(&format!("/kept/a{id}")).await;
    assert!(
        kept.is(200).words().contains("Text of"),
        "its text is there: {}",
        kept.words()
    );
    let export = ann.get("/export/kept.json").await.is(200).json();
    assert_eq!(export["items"][0]["tags"], json!(["Rust", "two words"]));
    assert_eq!(export["items"][0]["_dormouse"]["note"], "mine & yours");
    assert!(
        export["items"][0]["content_html"]
            .as_str()
            .unwrap()
            .contains("Text of")
    );
    ann.post(&format!("/kept/a{id}"), &[("do", "remove")])
        .await
        .is(303);
    ann.get(&format!("/kept/a{id}")).await.is(404);
    let bob = app.reader("bob").await;
    bob.get(&format!("/kept/a{id}")).await.is(404);
    bob.post(&format!("/article/{id}/tags"), &[("tags", "x")])
        .await
        .is(404);
    app.is_sound().await;
}

#[tokio::test]
async fn any_page_is_kept_by_one_fetch_and_let_go_of() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put("/page", page_of("Worth it"));
    let ask = ann.get(&format!("/keep?url={url}")).await;
    assert!(ask.is(200).text().contains(&url));
    assert_eq!(web.requests().len(), 0, "an address alone fetches nothing");

    let kept = ann.post("/keep", &[("url", &url), ("tags", "later")]).await;

    let place = kept.is(303).location().to_owned();
    assert_eq!(kept.cost.writes, 2);
    assert_eq!(web.asked("/page").len(), 1);
    let page = ann.get(&place).await.words();
    assert!(
        page.contains("Worth it") && page.contains("worth keeping"),
        "{page}"
    );
    assert!(ann.get("/kept").await.words().contains("Worth it"));
    for (bad, why) in [
        ("nothing at all", "isn’t the address"),
        (web.url("/gone").as_str(), "404"),
    ] {
        let refused = ann.post("/keep", &[("url", bad)]).await;
        assert!(refused.is(422).words().contains(why), "{}", refused.words());
    }
    let inside = ann.post("/keep", &[("url", "file:///etc/passwd")]).await;
    inside.is(422);
    // Only what has no tag goes.
    let plain = web.put("/plain", page_of("Plain"));
    ann.post("/keep", &[("url", &plain)]).await.is(303);
    app.minutes_pass(100 * 24 * 60);
    signs_in(&ann).await;
    let gone = ann.post("/kept/let-go", &[("days", "90")]).await;
    let page = ann.get(gone.is(303).location()).await;
    assert!(
        page.words().contains("Let go of 1 page"),
        "{}",
        page.words()
    );
    let titles = page.text().matches("class=\"kept-line\"").count();
    assert_eq!(titles, 1, "the one with a tag stays");
    let act = attribute(page.text(), "name=\"act\"", "value").unwrap();
    ann.post("/undo", &[("act", &act)]).await.is(303);
    assert!(ann.get("/kept").await.words().contains("Plain"));
    ann.post("/kept/let-go", &[("days", "0")]).await.is(422);
    app.is_sound().await;
}

#[tokio::test]
async fn lists_of_other_services_are_brought_along() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let files = [
        "title,url,time_added,tags,status\n\"A, with comma\",https://a.example/1,1600000000,one|two,unread\n,https://a.example/2,1600000001,,archive\nno address,,1,,\n",
        "URL,Title,Selection,Folder,Timestamp,Tags\nhttps://b.example/1,B,,Cooking,1600000002,\"[\"\"x\"\"]\"\n",
        r#"[{"slug":"c","title":"C","url":"https://c.example/1","labels":["o"],"savedAt":"2024-01-02T03:04:05.000Z"}]"#,
        r#"[{"title":"D","url":"https://d.example/1","tags":["w"],"created_at":"2024-01-02T03:04:05+0000","content":"<p>Words<script>alert(1)</script></p>"}]"#,
        "<!DOCTYPE html><ul><li><a href=\"https://e.example/?a=1&amp;b=2\" time_added=\"1600000003\" tags=\"p,q\">E &amp; F</a></li></ul>",
    ];
    let mut said = Vec::new();
    for file in files {
        let sent = ann
            .ask(Method::POST, "/kept/import")
            .file("list", file.as_bytes())
            .send()
            .await;
        said.push(ann.get(sent.is(303).location()).await.words());
    }
    assert!(
        said[0].contains("2 pages are kept now") && said[0].contains("1 lines had no address"),
        "{}",
        said[0]
    );
    let program = app.program_of(&ann).await;
    let kept = program.get("/api/v1/kept").await.json();
    let of = |link: &str| {
        let all = kept["kept"].as_array().unwrap().iter();
        all.clone()
            .find(|one| one["link"] == link)
            .unwrap_or_else(|| panic!("{link} in {kept}"))
            .clone()
    };
    assert_eq!(of("https://a.example/1")["title"], "A, with comma");
    assert_eq!(of("https://a.example/1")["tags"], json!(["one", "two"]));
    assert_eq!(of("https://a.example/1")["kept"], "2020-09-13T12:26:40Z");
    assert_eq!(of("https://b.example/1")["tags"], json!(["x", "Cooking"]));
    assert_eq!(of("https://c.example/1")["tags"], json!(["o"]));
    assert_eq!(of("https://e.example/?a=1&b=2")["tags"], json!(["p", "q"]));
    let d = ann
        .get(&format!(
            "/kept/{}",
            of("https://d.example/1")["id"].as_str().unwrap()
        ))
        .await;
    assert!(d.text().contains("<p>Words</p>") && !d.text().contains("alert(1)"));
    let junk = ann
        .ask(Method::POST, "/kept/import")
        .file("list", b"just words")
        .send()
        .await;
    junk.is(400);
    let again = ann
        .ask(Method::POST, "/kept/import")
        .file("list", files[0].as_bytes())
        .send()
        .await;
    assert!(
        ann.get(again.is(303).location())
            .await
            .words()
            .contains("0 pages")
    );
    app.is_sound().await;
}

#[tokio::test]
async fn what_is_kept_is_neither_overwritten_nor_lost() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put("/page", page_of("Mine"));
    let first = [
        ("url", url.as_str()),
        ("tags", "one"),
        ("note", "my\u{202e} note\u{7}"),
    ];
    let place = ann
        .post("/keep", &first)
        .await
        .is(303)
        .location()
        .to_owned();
    ann.post("/keep", &[("url", &url)]).await.is(303);
    let page = ann.get(&place).await;
    assert!(page.words().contains("my note") && page.text().contains("value=\"one\""));
    assert!(!page.text().contains('\u{202e}') && !page.text().contains('\u{7}'));
    for name in [
        "A".repeat(2_000),
        "__x__".into(),
        "p00".into(),
        "a0-0".into(),
    ] {
        ann.get(&format!("/kept/{name}")).await.is(404);
        ann.post(&format!("/kept/{name}"), &[("do", "remove")])
            .await
            .is(404);
    }
    ann.get("/kept?from=18446744073709551615").await.is(200);
    ann.get("/export/kept.json?from=18446744073709551615")
        .await
        .is(200);
    // Twice at once, and both can be brought back.
    for name in ["/x", "/y"] {
        let url = web.put(name, page_of(name));
        ann.post("/keep", &[("url", &url)]).await.is(303);
    }
    app.minutes_pass(100 * 24 * 60);
    signs_in(&ann).await;
    ann.post("/kept/let-go", &[("days", "90")]).await.is(303);
    let again = web.put("/z", page_of("/z"));
    ann.post("/keep", &[("url", &again)]).await.is(303);
    app.minutes_pass(5);
    let csv = "url,title,time_added\nhttps://old.example/,Old,1\n";
    ann.ask(Method::POST, "/kept/import")
        .file("list", csv.as_bytes())
        .send()
        .await;
    let second = ann.post("/kept/let-go", &[("days", "90")]).await;
    let page = ann.get(second.is(303).location()).await;
    let act = attribute(page.text(), "name=\"act\"", "value").unwrap();
    ann.post("/undo", &[("act", &act)]).await.is(303);
    let kept = ann.get("/kept").await;
    assert_eq!(
        kept.text().matches("class=\"kept-line\"").count(),
        5,
        "{}",
        kept.words()
    );
    // A line that is too long for a record takes nothing else with it.
    let csv = format!(
        "url,title\nhttps://ok.example/,{}\nhttps://long.example/{},x\n",
        "t".repeat(9_000),
        "a".repeat(3_000)
    );
    let sent = ann
        .ask(Method::POST, "/kept/import")
        .file("list", csv.as_bytes())
        .send()
        .await;
    assert!(
        ann.get(sent.is(303).location())
            .await
            .words()
            .contains("1 page is kept now")
    );
}
