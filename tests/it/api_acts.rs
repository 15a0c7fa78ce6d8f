//! `/api/v1`: what pages can do, programs can do; each answer has the form that the document says.

use http::Method;
use serde_json::{Value, json};

use crate::openapi::Judge;
use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

async fn scene<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, Vec<String>) {
    let ann = app.reader("ann").await;
    let mut feeds = Vec::new();
    for n in 0..3 {
        let text = FeedText::hourly(&format!("F{n}"), 4, at(10, n));
        let url = web.put(&format!("/{n}"), Page::feed(text.rss()));
        feeds.push(ann.subscribes(&url).await);
    }
    (app.program_of(&ann).await, feeds)
}

#[tokio::test]
async fn all_is_marked_and_taken_back_but_not_what_came_since() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (program, feeds) = scene(&app, &web).await;
    let mut judge = Judge::of(&app).await;
    let mut all = async |body: Value| {
        let path = "/api/v1/marks/all";
        judge
            .send(&program, Method::POST, path, Some(body))
            .await
            .is(200)
            .json()
    };
    let one = all(json!({ "feed": feeds[0] })).await;
    assert_eq!(
        (&one["marked"], &one["counts"]["unread"]["total"]),
        (&json!(4), &json!(8))
    );
    assert_eq!(all(json!({ "feed": feeds[0] })).await["act"], Value::Null);
    // What came since the last sync stays.
    let synced = program.get("/api/v1/sync").await.is(200).json();
    let text = FeedText::hourly("F1", 6, at(12, 1));
    web.put("/1", Page::feed(text.rss()));
    app.minutes_pass(25 * 60);
    app.cron().await.is(200);
    let rest = all(json!({ "since": synced["cursor"] })).await;
    assert_eq!(
        (&rest["marked"], &rest["counts"]["unread"]["total"]),
        (&json!(8), &json!(2))
    );
    let undo = |act: &Value| json!({ "act": act });
    let path = "/api/v1/marks/undo";
    let back = program
        .post_json(path, undo(&rest["act"]))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&back["undone"], &back["counts"]["unread"]["total"]),
        (&json!(8), &json!(10))
    );
    let back = program
        .post_json(path, json!({ "act": "nothing" }))
        .await
        .is(200)
        .json();
    assert_eq!(back["undone"], Value::Null);
    for (body, status, code) in [
        (json!({ "feed": feeds[0], "folder": "x" }), 400, "bad_query"),
        (json!({ "feed": "1" }), 404, "not_found"),
        (json!({ "older_days": 0 }), 400, "bad_days"),
        (json!({ "since": "x" }), 400, "bad_cursor"),
    ] {
        let refused = program.post_json("/api/v1/marks/all", body).await;
        assert_eq!(refused.error(), (status, code.into()));
    }
}

#[tokio::test]
async fn feeds_move_pause_and_go_together_and_come_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (program, feeds) = scene(&app, &web).await;
    let mut judge = Judge::of(&app).await;
    let some = json!(feeds[..2]);
    let folders = async || {
        let all = program.get("/api/v1/subscriptions").await.json();
        let all = all["subscriptions"].as_array().unwrap().clone();
        all.iter()
            .map(|one| one["folder"].clone())
            .collect::<Vec<_>>()
    };
    let before = folders().await;
    for (body, path) in [
        (
            json!({ "do": "move", "feeds": some, "folder": ["A", "B"] }),
            "/folders",
        ),
        (json!({ "do": "leave", "feeds": some }), "/subscriptions"),
        (
            json!({ "do": "pause", "feeds": some, "days": 7 }),
            "/subscriptions",
        ),
    ] {
        let done = judge
            .send(&program, Method::POST, "/api/v1/garden", Some(body.clone()))
            .await;
        let done = done.is(200).json();
        assert_eq!(done["changed"], 2, "{body}");
        let shown = program.get(&format!("/api/v1{path}")).await.is(200).json();
        assert_ne!(folders().await.len() + shown.to_string().len(), 0);
        let undo = Some(json!({ "act": done["act"] }));
        let undone = judge
            .send(&program, Method::POST, "/api/v1/garden/undo", undo)
            .await;
        assert_eq!(
            undone.is(200).json(),
            json!({ "undone": 2, "lost": 0 }),
            "{body}"
        );
        let mut after = folders().await;
        after.sort_by_key(Value::to_string);
        let mut same = before.clone();
        same.sort_by_key(Value::to_string);
        assert_eq!(after, same, "{body}");
    }
    for (body, code) in [
        (json!({ "do": "leave", "feeds": [] }), "bad_choice"),
        (json!({ "do": "leave", "feeds": ["x"] }), "bad_choice"),
        (json!({ "do": "also", "feeds": some }), "bad_choice"),
        (
            json!({ "do": "move", "feeds": some, "folder": ["x".repeat(200)] }),
            "bad_choice",
        ),
        (json!({ "do": "burn", "feeds": some }), "bad_json"),
    ] {
        let refused = program.post_json("/api/v1/garden", body.clone()).await;
        assert_eq!(refused.error(), (400, code.into()), "{body}");
    }
    let days = json!({ "do": "pause", "feeds": some, "days": 400 });
    let refused = program.post_json("/api/v1/garden", days).await;
    assert_eq!(refused.error(), (422, "bad_days".into()));
    app.is_sound().await;
}

#[tokio::test]
async fn folders_are_made_ordered_renamed_and_dissolved() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (program, feeds) = scene(&app, &web).await;
    let mut judge = Judge::of(&app).await;
    let mut send = async |method: Method, path: &str, body: Value| {
        let body = (!body.is_null()).then_some(body);
        judge.send(&program, method, path, body).await
    };
    let all = "/api/v1/folders";
    let paths = |answer: &Value| -> Vec<String> {
        let all = answer["folders"].as_array().unwrap().iter();
        all.map(|one| {
            one["path"]
                .as_array()
                .unwrap()
                .iter()
                .map(|name| name.as_str().unwrap())
                .collect::<Vec<_>>()
                .join("/")
        })
        .collect()
    };
    for name in ["B", "A/C"] {
        let made = send(Method::POST, all, json!({ "path": [name] })).await;
        assert!(made.is(201).json().to_string().contains(name));
    }
    send(Method::POST, all, json!({ "path": ["B"] }))
        .await
        .is(200);
    let ordered = send(Method::PUT, all, json!({ "paths": [["B"], ["A/C"]] })).await;
    assert_eq!(paths(&ordered.is(200).json()), ["B", "A/C"]);
    let wrong = send(Method::PUT, all, json!({ "paths": [["nowhere"]] })).await;
    assert_eq!(wrong.error(), (400, "bad_choice".into()));
    let body = json!({ "do": "move", "feeds": [feeds[0]], "folder": ["B", "Deep"] });
    program.post_json("/api/v1/garden", body).await.is(200);
    let changed = json!({ "path": ["News"], "order": "oldest", "counts": "dot" });
    let renamed = send(Method::PATCH, "/api/v1/folders/B", changed).await;
    let renamed = renamed.is(200).json();
    assert_eq!(renamed["changed"], 1);
    let now = send(Method::GET, all, Value::Null).await.is(200).json();
    assert!(paths(&now).contains(&"News/Deep".to_owned()), "{now}");
    let news = now["folders"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["path"] == json!(["News"]));
    assert_eq!(
        (&news.unwrap()["order"], &news.unwrap()["counts"]),
        (&json!("oldest"), &json!("dot"))
    );
    let undo = json!({ "act": renamed["act"] });
    program.post_json("/api/v1/garden/undo", undo).await.is(200);
    let gone = send(Method::DELETE, "/api/v1/folders/A%252FC", Value::Null).await;
    gone.is(200);
    let now = send(Method::GET, all, Value::Null).await.is(200).json();
    assert!(!paths(&now).contains(&"A/C".to_owned()), "{now}");
    assert_eq!(
        send(Method::DELETE, "/api/v1/folders/nowhere", Value::Null)
            .await
            .error()
            .0,
        404
    );
    app.is_sound().await;
}

#[tokio::test]
async fn a_feed_is_read_as_its_reader_says() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (program, feeds) = scene(&app, &web).await;
    let mut judge = Judge::of(&app).await;
    let path = format!("/api/v1/subscriptions/{}", feeds[0]);
    let wanted = json!({
        "order": "oldest", "counts": "none", "view": "cards", "fresh_minutes": 1_440, "rolled_up": true,
        "keeps_scrolled": true, "opens_site": true, "trial_days": 14, "paused": true, "paused_days": 3,
    });
    let set = judge
        .send(&program, Method::PATCH, &path, Some(wanted.clone()))
        .await;
    let set = set.is(200).json();
    for name in [
        "order",
        "counts",
        "view",
        "fresh_minutes",
        "rolled_up",
        "keeps_scrolled",
        "opens_site",
    ] {
        assert_eq!(set[name], wanted[name], "{name}");
    }
    assert_eq!(set["paused_until"], "2026-03-05T12:00:00Z");
    assert_eq!(set["trial_until"], "2026-03-16T12:00:00Z");
    let back = json!({ "order": null, "fresh_minutes": null, "trial_days": 0, "paused": false });
    let set = judge
        .send(&program, Method::PATCH, &path, Some(back))
        .await
        .is(200)
        .json();
    for name in ["order", "fresh_minutes", "trial_until", "paused_until"] {
        assert_eq!(set[name], Value::Null, "{name}");
    }
    assert_eq!(set["view"], "cards", "what is absent stays");
    for (body, code) in [
        (json!({ "fresh_minutes": 7 }), "bad_term"),
        (json!({ "trial_days": 367 }), "bad_days"),
    ] {
        let refused = judge.send(&program, Method::PATCH, &path, Some(body)).await;
        assert_eq!(refused.error(), (422, code.into()));
    }
    // Its older articles come one by one.
    let text = FeedText::hourly("F0", 20, at(11, 0));
    web.put("/0", Page::feed(text.rss()));
    app.minutes_pass(25 * 60);
    app.cron().await.is(200);
    let count = async || {
        let page = program
            .get(&format!("/api/v1/articles?state=all&feed={}", feeds[0]))
            .await;
        page.is(200).json()["articles"].as_array().unwrap().len()
    };
    let before = count().await;
    let set = judge
        .send(
            &program,
            Method::PATCH,
            &path,
            Some(json!({ "drips": true })),
        )
        .await;
    assert_eq!(set.is(200).json()["drips"], true);
    assert!(count().await < before);
    // A program that syncs is told what went, and what comes day by day.
    let judged = judge
        .send(
            &program,
            Method::PATCH,
            &path,
            Some(json!({ "drips": false })),
        )
        .await;
    assert_eq!(
        (judged.is(200).json()["drips"].clone(), count().await),
        (json!(false), before)
    );
    app.is_sound().await;
}

#[tokio::test]
async fn preferences_holidays_shares_and_reports() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (program, feeds) = scene(&app, &web).await;
    let mut judge = Judge::of(&app).await;
    let mut send = async |method: Method, path: &str, body: Value| {
        let body = (!body.is_null()).then_some(body);
        judge
            .send(&program, method, &format!("/api/v1/{path}"), body)
            .await
    };
    let own = send(Method::GET, "preferences", Value::Null)
        .await
        .is(200)
        .json();
    assert_eq!(
        (&own["theme"], &own["language"]),
        (&json!("system"), &Value::Null)
    );
    let wanted = json!({ "theme": "sepia", "language": "de", "opening_marks": false });
    let own = send(Method::PATCH, "preferences", wanted)
        .await
        .is(200)
        .json();
    assert_eq!(
        (&own["theme"], &own["language"], &own["opening_marks"]),
        (&json!("sepia"), &json!("de"), &json!(false))
    );
    let own = send(Method::PATCH, "preferences", json!({ "language": null }))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&own["theme"], &own["language"]),
        (&json!("sepia"), &Value::Null)
    );
    let bad = send(Method::PATCH, "preferences", json!({ "theme": "pink" })).await;
    assert_eq!(bad.error(), (400, "bad_json".into()));

    assert_eq!(
        send(Method::GET, "holiday", Value::Null).await.json()["on"],
        false
    );
    let on = send(Method::PUT, "holiday", json!({ "days": 14 }))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&on["on"], &on["until"], &on["left"]),
        (&json!(true), &json!("2026-03-16T12:00:00Z"), &json!(0))
    );
    send(Method::DELETE, "holiday", Value::Null).await.is(204);
    assert_eq!(
        send(Method::GET, "holiday", Value::Null).await.json()["on"],
        false
    );

    let star = format!("stars/{}-1", feeds[0]);
    send(Method::PUT, &star, Value::Null).await.is(204);
    let open = send(
        Method::POST,
        "shares",
        json!({ "what": "starred", "heading": "Mine" }),
    )
    .await;
    let open = open.is(201).json()["shares"][0].clone();
    let address = open["address"].as_str().unwrap();
    let at = address.find("/s/").unwrap();
    let page = app.stranger().get(&address[at..]).await;
    assert!(page.is(200).text().contains("Mine"));
    let renew = format!("shares/{}/renew", open["id"].as_str().unwrap());
    let renewed = send(Method::POST, &renew, Value::Null).await.is(200).json()["shares"][0].clone();
    assert_ne!(renewed["address"], open["address"]);
    assert_eq!(app.stranger().get(&address[at..]).await.status, 404);
    let close = format!("shares/{}", renewed["id"].as_str().unwrap());
    send(Method::DELETE, &close, Value::Null).await.is(204);
    assert_eq!(
        send(Method::GET, "shares", Value::Null).await.json()["shares"],
        json!([])
    );
    for what in [
        json!({ "what": "tag", "tag": "none" }),
        json!({ "what": "folder", "folder": ["none"] }),
    ] {
        let refused = send(Method::POST, "shares", what).await;
        assert_eq!(refused.error(), (422, "bad_share".into()));
    }

    assert_eq!(
        send(Method::GET, "import", Value::Null).await.error().0,
        404
    );
    let opml = "<opml><body><outline text='x' xmlUrl='https://x.example/f'/></body></opml>";
    let ask = program.ask(Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", opml).send().await.is(200);
    assert_eq!(
        send(Method::GET, "import", Value::Null)
            .await
            .is(200)
            .json()["added"],
        1
    );
    app.is_sound().await;
}

#[tokio::test]
async fn pages_are_kept_and_the_journal_is_read_set_and_erased() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (program, feeds) = scene(&app, &web).await;
    let mut judge = Judge::of(&app).await;
    let mut send = async |method: Method, path: &str, body: Value| {
        let body = (!body.is_null()).then_some(body);
        judge
            .send(&program, method, &format!("/api/v1/{path}"), body)
            .await
    };
    let words = "<p>A long enough paragraph about one thing, with commas, and more of it.</p>";
    let html = format!(
        "<html><title>T</title><article>{}</article></html>",
        words.repeat(30)
    );
    let url = web.put("/page", Page::html(&html));
    let wanted = json!({ "url": url, "tags": ["a"], "note": "n" });
    let kept = send(Method::POST, "kept", wanted).await.is(201).json();
    let path = format!("kept/{}", kept["id"].as_str().unwrap());
    let said = json!({ "tags": ["b"], "note": "" });
    send(Method::PUT, &path, said).await.is(204);
    let all = send(Method::GET, "kept", Value::Null).await.is(200).json();
    assert_eq!(all["kept"][0]["tags"], json!(["b"]));
    assert_eq!(all["kept"][0]["article"], Value::Null);
    send(Method::DELETE, &path, Value::Null).await.is(204);
    assert_eq!(send(Method::DELETE, &path, Value::Null).await.status, 404);
    let bad = send(Method::POST, "kept", json!({ "url": "no page" })).await;
    assert_eq!(bad.error(), (422, "not_kept".into()));

    let open = format!("articles/{}-1/open", feeds[0]);
    send(Method::POST, &open, Value::Null).await.is(204);
    let journal = send(Method::GET, "journal", Value::Null)
        .await
        .is(200)
        .json();
    assert_eq!(journal["lines"][0]["acts"], json!(["opened"]));
    assert_eq!(journal["lines"][0]["article"], format!("{}-1", feeds[0]));
    let none = send(Method::GET, "journal?q=nothing", Value::Null)
        .await
        .json();
    assert_eq!(none["lines"], json!([]));
    let line = json!({ "what": "line", "day": "2026-03-02", "article": format!("{}-1", feeds[0]) });
    send(Method::POST, "journal/erase", line).await.is(204);
    let journal = send(Method::GET, "journal", Value::Null)
        .await
        .is(200)
        .json();
    assert_eq!(journal["lines"], json!([]));
    let bad = send(Method::POST, "journal/erase", json!({ "what": "day" })).await;
    assert_eq!(bad.error(), (400, "bad_what".into()));
    let set = json!({ "paused": true, "keep": "year", "zone": "Europe/Berlin" });
    let now = send(Method::PATCH, "journal/settings", set.clone()).await;
    assert_eq!(now.is(200).json(), set);
    let now = send(Method::GET, "journal/settings", Value::Null).await;
    assert_eq!(now.is(200).json(), set);
    let bad = send(Method::PATCH, "journal/settings", json!({ "zone": "Moon" })).await;
    assert_eq!(bad.error(), (422, "bad_zone".into()));
    app.is_sound().await;
}
