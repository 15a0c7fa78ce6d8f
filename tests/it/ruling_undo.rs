//! Rules: what undoing takes away and what it leaves, what waits to be met, and what is refused in clear words.

use http::Method;
use serde_json::{Value, json};

use crate::ruling::{arrives, put, rule, sending};
use crate::support::{Client, FakeWeb, Page, TestApp};

/// What is kept of an article: its tags and its note.
async fn kept(program: &Client<'_>, id: &str) -> Value {
    let all = program.get("/api/v1/kept").await.is(200).json();
    let all = all["kept"].as_array().or(all.as_array()).unwrap().clone();
    let one = all.into_iter().find(|one| one["article"] == id);
    one.map_or(Value::Null, |one| json!([one["tags"], one["note"]]))
}

async fn keeps(program: &Client<'_>, id: &str, tags: &[&str], note: &str) {
    let body = json!({ "tags": tags, "note": note });
    let put = program.ask(Method::PUT, &format!("/api/v1/kept/{id}"));
    let answer = put.json(&body).send().await;
    assert!(answer.status < 300, "{}", answer.words());
}

/// Makes a rule about titles; what undoes it.
async fn made(program: &Client<'_>, words: &str, more: Value) -> String {
    let mut body = json!({
        "conditions": [{ "what": "title", "how": "words", "text": words }], "apply": true,
    });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    let made = program.post_json("/api/v1/rules", body).await;
    made.is(201).json()["act"].as_str().unwrap().to_owned()
}

async fn undoes(program: &Client<'_>, act: &str) -> Value {
    let body = json!({ "act": act });
    let undone = program.post_json("/api/v1/rules/undo", body).await;
    undone.is(200).json()["undone"].clone()
}

async fn patch(program: &Client<'_>, path: &str, body: Value) -> crate::support::Answer {
    program.ask(Method::PATCH, path).json(&body).send().await
}

#[tokio::test]
async fn undoing_leaves_what_the_reader_gave() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let titles = ["Curlew four", "Curlew three", "Curlew two", "Curlew one"];
    let feed = ann.subscribes(&put(&web, "/a", &titles)).await;
    let program = app.program_of(&ann).await;
    let id = |n: u32| format!("{feed}-{n}");
    let star = format!("/article/{}/star", id(1));
    ann.post(&star, &[("return", "/all")]).await.is(303);
    assert_eq!(ann.titles("/starred").await, ["Curlew one"]);
    keeps(&program, &id(2), &["mine", "own"], "A note of mine").await;
    let ten: Vec<String> = (0..10).map(|n| format!("tag{n}")).collect();
    let ten: Vec<&str> = ten.iter().map(String::as_str).collect();
    keeps(&program, &id(4), &ten, "").await;

    let does = json!({ "does": ["star"], "tag": "auto2" });
    let act = made(&program, "curlew", does).await;
    assert_eq!(ann.titles("/starred").await.len(), 4);
    let two = json!([["mine", "own", "auto2"], "A note of mine"]);
    assert_eq!(kept(&program, &id(2)).await, two, "a kept one gets the tag");
    assert_eq!(kept(&program, &id(4)).await, json!([ten, ""]), "no room");
    assert_eq!(kept(&program, &id(1)).await, json!([["auto2"], ""]));
    // The reader adds to what the rule kept.
    keeps(&program, &id(3), &["auto2", "later"], "").await;
    keeps(&program, &id(1), &["auto2"], "Read again").await;

    assert_eq!(undoes(&program, &act).await, 4);
    assert_eq!(ann.titles("/starred").await, ["Curlew one"]);
    let two = json!([["mine", "own"], "A note of mine"]);
    assert_eq!(kept(&program, &id(2)).await, two);
    assert_eq!(kept(&program, &id(3)).await, json!([["later"], ""]));
    assert_eq!(kept(&program, &id(1)).await, json!([[], "Read again"]));
    assert_eq!(kept(&program, &id(4)).await, json!([ten, ""]));

    // What has nothing of the reader's goes.
    let act = made(&program, "three", json!({ "tag": "later2" })).await;
    keeps(&program, &id(3), &["later2"], "").await;
    undoes(&program, &act).await;
    assert_eq!(kept(&program, &id(3)).await, Value::Null);
    app.is_sound().await;
}

#[tokio::test]
async fn undoing_one_rule_leaves_what_another_did() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Curlew", "Birds"])).await;
    let program = app.program_of(&ann).await;
    made(
        &program,
        "curlew",
        json!({ "does": ["highlight", "star"], "tag": "w" }),
    )
    .await;
    app.minutes_pass(11);
    let again = json!({ "does": ["highlight", "star", "read"], "tag": "w" });
    let act = made(&program, "curlew", again).await;
    assert_eq!(ann.titles("/unread").await, ["Birds"]);
    undoes(&program, &act).await;
    assert_eq!(ann.titles("/unread").await, ["Curlew", "Birds"]);
    assert_eq!(ann.titles("/starred").await, ["Curlew"]);
    let page = ann.get("/all").await;
    assert!(page.is(200).text().contains("is-lit"));
    assert!(ann.get("/tags/w").await.text().contains("Curlew"));
}

#[tokio::test]
async fn undoing_keep_unread_gives_the_mark_of_read_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&put(&web, "/a", &["Curlew", "Curlew again", "Birds"]))
        .await;
    let program = app.program_of(&ann).await;
    let marks = json!({ "read": [format!("{feed}-3")], "unread": [] });
    program.post_json("/api/v1/marks", marks).await.is(200);
    assert_eq!(ann.unread().await, 2);
    let act = made(&program, "curlew", json!({ "does": ["keep_unread"] })).await;
    assert_eq!(ann.unread().await, 3);
    undoes(&program, &act).await;
    assert_eq!(ann.titles("/unread").await, ["Curlew again", "Birds"]);
    // And the other way: what one rule keeps unread, and another marks read.
    made(&program, "curlew", json!({ "does": ["keep_unread"] })).await;
    let act = made(&program, "curlew", json!({ "does": ["read"] })).await;
    assert_eq!(ann.unread().await, 1);
    undoes(&program, &act).await;
    let seen = ann.get("/unread").await.seen().unwrap();
    let form = [("seen", seen.as_str()), ("return", "/unread")];
    ann.post("/mark-all", &form).await.is(303);
    assert_eq!(ann.titles("/unread").await, ["Curlew", "Curlew again"]);
}

#[tokio::test]
async fn what_waits_to_be_met_is_met_whatever_is_saved_meanwhile() {
    for which in ["rules", "searches"] {
        let (app, web) = (TestApp::start().await, FakeWeb::start());
        let ann = app.reader("ann").await;
        ann.subscribes(&put(&web, "/a", &["Birds"])).await;
        ann.subscribes(&put(&web, "/b", &["Zebra of old"])).await;
        let program = app.program_of(&ann).await;
        rule(&ann, "starme", &[("star", "1")]).await.is(303);
        let many: Vec<String> = (0..45).rev().map(|n| format!("Starme {n}")).collect();
        let mut titles: Vec<&str> = many.iter().map(String::as_str).collect();
        titles.push("Birds");
        arrives(&app, &web, &ann, &titles).await;
        let wanted = match which {
            "rules" => json!({
                "conditions": [{ "what": "title", "how": "words", "text": "zebra" }],
                "does": ["read"],
            }),
            _ => json!({ "query": "title:zebra" }),
        };
        let saved = program.post_json(&format!("/api/v1/{which}"), wanted).await;
        saved.is(201);
        for _ in 0..4 {
            ann.get("/unread").await.is(200);
        }
        let starred = ann.whole_list("/starred").await;
        assert_eq!(starred.len(), 45, "{which}");
        let unread = ann.whole_list("/unread").await;
        let has = |title: &str| unread.iter().any(|one| one.title == title);
        assert!(has("Zebra of old"), "what was there is no arrival: {which}");
        app.is_sound().await;
    }
}

#[tokio::test]
async fn a_rule_that_is_switched_on_again_is_for_what_comes_then() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    rule(&ann, "soap", &[("read", "1")]).await.is(303);
    ann.post("/rules/1", &[("do", "off")]).await.is(303);
    arrives(&app, &web, &ann, &["Soap", "Birds"]).await;
    ann.get("/unread").await.is(200);
    ann.post("/rules/1", &[("do", "on")]).await.is(303);
    assert_eq!(ann.unread().await, 2, "it came while the rule was off");
    arrives(&app, &web, &ann, &["More soap", "Soap", "Birds"]).await;
    assert_eq!(ann.titles("/unread").await, ["Soap", "Birds"]);
}

#[tokio::test]
async fn signs_are_looked_for_as_they_stand() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let titles = ["A 🦊 came", "Now!!!", "He said \"so\"", "Birds"];
    let feed = ann.subscribes(&put(&web, "/a", &titles)).await;
    let program = app.program_of(&ann).await;
    for (words, title) in [("🦊", "A 🦊 came"), ("!!!", "Now!!!")] {
        let form = [("words", words), ("for", "ever"), ("return", "/all")];
        let mute = ann.post(&format!("/article/{feed}-1/mute"), &form).await;
        mute.is(303);
        let left = ann.titles("/all").await;
        assert!(!left.iter().any(|one| one == title), "{words}: {left:?}");
    }
    made(&program, "\"", json!({ "does": ["read"] })).await;
    assert_eq!(ann.titles("/unread").await, ["Birds"]);
    let form = [("words", " "), ("for", "ever"), ("return", "/all")];
    let blank = ann.post(&format!("/article/{feed}-1/mute"), &form).await;
    let words = blank.is(422).words();
    assert!(
        words.contains("Write the words that titles are hidden by"),
        "{words}"
    );
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_its_name() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    let program = app.program_of(&ann).await;
    let one = |what: &str, how: &str, text: &str| json!({ "what": what, "how": how, "text": text });
    let birds = one("title", "words", "birds");
    let long = "a".repeat(41);
    for (body, said) in [
        (
            json!({ "conditions": [birds, one("author", "is", " ")] }),
            "Condition 2, about the author, has no text",
        ),
        (
            json!({ "conditions": [birds], "tag": long }),
            "can’t be a tag",
        ),
        (
            json!({ "conditions": [birds], "tag": "a,b" }),
            "A rule gives one tag",
        ),
        (
            json!({ "conditions": [birds], "does": ["read", "keep_unread"] }),
            "can’t keep unread",
        ),
        (
            json!({ "conditions": [one("age", "contains", "3")] }),
            "choose “is” or “isn’t”",
        ),
        (
            json!({ "conditions": [one("text", "words", "!!!")] }),
            "words of letters or digits",
        ),
        (
            json!({ "conditions": [one("title", "contains", "\u{301}")] }),
            "nothing that can be looked for",
        ),
    ] {
        let mut body = body;
        body["does"] = body.get("does").cloned().unwrap_or(json!(["star"]));
        let refused = program.post_json("/api/v1/rules", body.clone()).await;
        let problem = refused.is(422).json();
        assert_eq!(
            problem["code"].as_str().or(Some("bad_rule")),
            Some("bad_rule")
        );
        assert!(problem.to_string().contains(said), "{body}: {problem}");
    }
    // On the page, too; a row that was offered and left alone is none.
    let form = [
        ("text.0", "birds"),
        ("what.1", "author"),
        ("how.1", "is"),
        ("text.1", ""),
        ("blank.1", "1"),
    ];
    let refused = ann
        .post(
            "/rules",
            &[&form[..], &[("read", "1"), ("do", "save")]].concat(),
        )
        .await;
    let words = refused.is(422).words();
    assert!(
        words.contains("Condition 2 (Author) has no text"),
        "{words}"
    );
    let form = [
        ("text.0", "birds"),
        ("what.1", "title"),
        ("text.1", ""),
        ("blank.1", "1"),
    ];
    let saved = ann
        .post(
            "/rules",
            &[&form[..], &[("read", "1"), ("do", "save")]].concat(),
        )
        .await;
    saved.is(303);
    let page = ann.get("/rules?edit=new").await;
    assert!(page.is(200).text().contains("name=\"blank.0\""));
    // While it is typed, before anything is chosen that it does.
    let form = [("text.0", "(a"), ("how.0", "matches"), ("do", "try")];
    let tried = ann.post("/rules", &form).await;
    let words = tried.is(200).words();
    assert!(words.contains("isn’t a regular expression"), "{words}");
    assert!(!words.contains("would have matched"), "{words}");
}

#[tokio::test]
async fn a_saved_searchs_dot_goes_when_its_first_page_is_opened() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    let program = app.program_of(&ann).await;
    let query = json!({ "query": "ferryman" });
    program.post_json("/api/v1/searches", query).await.is(201);
    let many: Vec<String> = (0..30).rev().map(|n| format!("Text {n}")).collect();
    let mut titles: Vec<&str> = many.iter().map(String::as_str).collect();
    titles.push("Birds");
    put(&web, "/a", &titles);
    app.minutes_pass(24 * 60);
    ann.get("/unread").await.is(200);
    app.refresh().await;
    app.forgets();
    let more = async || {
        let all = program.get("/api/v1/searches").await.is(200).json();
        all["searches"][0]["more"].clone()
    };
    assert_eq!(more().await, true);
    ann.get("/search?q=ferryman&saved=1&after=zzz")
        .await
        .is(400);
    assert_eq!(more().await, true, "a refused page opens nothing");
    let opened = ann.get("/search?q=ferryman&saved=1").await;
    assert!(opened.is(200).text().contains("after="), "there are more");
    assert_eq!(more().await, false);
}

#[tokio::test]
async fn a_saved_search_asks_for_something_else() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Curlew", "Birds", "More birds"]))
        .await;
    let program = app.program_of(&ann).await;
    for query in ["title:curlew", "title:zebra"] {
        let body = json!({ "query": query });
        program.post_json("/api/v1/searches", body).await.is(201);
    }
    let path = "/api/v1/searches/1";
    let changed = patch(&program, path, json!({ "query": "title:birds" })).await;
    let one = changed.is(200).json()["searches"][0].clone();
    assert_eq!(
        one,
        json!({
            "id": 1, "name": "title:birds", "query": "title:birds", "unread": 2, "more": false,
        })
    );
    for query in ["title:zebra", "🦊", "before:soon"] {
        let refused = patch(&program, path, json!({ "query": query })).await;
        refused.is(422);
    }
    let first = program.get("/api/v1/search?q=birds&cursor=").await;
    assert_eq!(first.is(200).json()["hits"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn names_are_offered_without_their_accents() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = crate::support::FeedText::new("Küstenblatt");
    let text = text.and(crate::support::Entry::new("one", crate::support::at(11, 0)));
    let feed = ann.subscribes(&web.put("/k", Page::feed(text.rss()))).await;
    for typed in ["kus", "KÜS", "stenbl"] {
        let page = ann
            .get(&format!("/search?q={}", typed.replace('Ü', "%C3%9C")))
            .await;
        let text = page
            .is(200)
            .text()
            .split("<main")
            .nth(1)
            .unwrap()
            .to_owned();
        let offered = format!("href=\"/feed/{feed}\"");
        assert!(text.contains(&offered), "{typed}");
    }
}

#[tokio::test]
async fn each_service_that_fails_is_named() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = sending(&app, &web, 500).await;
    let address = web.put("/other", Page::status(500));
    let target = [
        ("name", "Shed"),
        ("service", "webhook"),
        ("address", address.as_str()),
        ("secret", "s"),
    ];
    ann.post("/settings/targets", &target).await.is(303);
    rule(&ann, "curlew", &[("hook", "Shed")]).await.is(303);
    arrives(&app, &web, &ann, &["Curlew", "Birds"]).await;
    ann.get("/unread").await.is(200);
    let program = app.program_of(&ann).await;
    let book = program.get("/api/v1/rules").await.is(200).json();
    let why = book["failed"]["why"].as_str().unwrap();
    assert!(why.contains("Desk") && why.contains("Shed"), "{why}");
    let words = ann.get("/rules").await.words();
    assert!(
        words.contains("Desk didn’t take it") && words.contains("Shed didn’t take it"),
        "{words}"
    );
    // What takes one again isn't named any more.
    web.put("/other", Page::status(200));
    ann.post("/rules/send", &[]).await.is(303);
    let words = ann.get("/rules").await.words();
    assert!(
        words.contains("Desk didn’t take it") && !words.contains("Shed didn’t"),
        "{words}"
    );
    app.is_sound().await;
}
