//! Rules: when a mute ends, what names something that isn't there, and one shape for all programs.

use serde_json::{Value, json};

use crate::ruling::{put, rule};
use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, TestApp, at};

#[tokio::test]
async fn a_mute_ends_by_when_articles_came_and_not_by_when_they_are_met() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&put(&web, "/a", &["Derby today", "Birds"]))
        .await;
    // The feed is asked once a day: an hour after this.
    app.minutes_pass(23 * 60);
    let form = [("words", "derby"), ("for", "day"), ("return", "/all")];
    ann.post(&format!("/article/{feed}-2/mute"), &form)
        .await
        .is(303);
    // It comes within the day, and is met after it.
    put(&web, "/a", &["Derby night", "Derby today", "Birds"]);
    app.minutes_pass(60);
    ann.get("/unread").await.is(200);
    app.refresh().await;
    assert_eq!(app.feed(&feed).await.summary.last, 3, "it came");
    app.minutes_pass(24 * 60);
    assert_eq!(ann.titles("/all").await, ["Birds"]);
    assert_eq!(ann.unread().await, 1);
    // What comes after the day isn't muted.
    let titles = ["Derby again", "Derby night", "Derby today", "Birds"];
    put(&web, "/a", &titles);
    app.refresh().await;
    assert_eq!(app.feed(&feed).await.summary.last, 4, "it came");
    app.minutes_pass(4 * 24 * 60);
    assert_eq!(ann.titles("/all").await, ["Derby again", "Birds"]);
    assert_eq!(ann.unread().await, 2);
    // What was there in a feed that is new on the shelf comes now, however old it is.
    let mut old = FeedText::new("Old");
    old = old.and(crate::searching::entry("o", "Derby of old", "Long ago.", 4));
    ann.subscribes(&web.put("/old", Page::feed(old.rss())))
        .await;
    let shown = ann.titles("/all").await;
    assert!(shown.contains(&"Derby of old".to_owned()), "{shown:?}");
    // A mute that is over costs nothing where nothing came in its time.
    put(
        &web,
        "/a",
        &[
            "Derby late",
            "Derby again",
            "Derby night",
            "Derby today",
            "Birds",
        ],
    );
    app.minutes_pass(24 * 60);
    ann.get("/help").await.is(200);
    app.refresh().await;
    let visit = ann.get("/all").await;
    let titles: Vec<String> = visit.is(200).lines().into_iter().map(|l| l.title).collect();
    assert!(titles.contains(&"Derby late".to_owned()), "{titles:?}");
    assert_eq!(visit.cost.writes, 0, "nothing is met");
    app.is_sound().await;
}

fn wanted(more: Value) -> Value {
    let mut rule = json!({
        "conditions": [{ "what": "title", "how": "words", "text": "soap" }],
        "does": ["read"],
    });
    let own = rule.as_object_mut().unwrap();
    own.extend(more.as_object().unwrap().clone());
    rule
}

#[tokio::test]
async fn a_rule_for_what_is_not_there_is_refused_by_its_name() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes_in(&put(&web, "/a", &["Birds"]), "Nature")
        .await;
    let program = app.program_of(&ann).await;
    let language =
        |text: &str| json!({ "conditions": [{ "what": "language", "how": "is", "text": text }] });
    for (more, named) in [
        (json!({ "feed": "4123456" }), "“4123456”"),
        (json!({ "folder": ["Nowhere", "Else"] }), "“Nowhere / Else”"),
        (json!({ "folder": ["nature", "birds"] }), "“nature / birds”"),
        (language("english"), "“english”"),
        (language("xx"), "“xx”"),
    ] {
        for path in ["/api/v1/rules", "/api/v1/rules/try"] {
            let refused = program.post_json(path, wanted(more.clone())).await;
            assert_eq!(refused.error(), (422, "bad_rule".to_owned()), "{more}");
            let said = refused.json()["error"]["message"].to_string();
            assert!(said.contains(named), "{said}");
        }
    }
    let rules = program.get("/api/v1/rules").await.is(200).json();
    assert_eq!(rules["rules"], json!([]), "nothing was kept");
    for more in [
        json!({ "feed": feed }),
        json!({ "folder": ["Nature"] }),
        language("EN"),
        language("pt-BR"),
        json!({ "conditions": [{ "what": "language", "how": "contains", "text": "e" }] }),
    ] {
        let kept = program.post_json("/api/v1/rules", wanted(more)).await;
        kept.is(201);
    }
    let change = async |id: u32, what: Value| {
        let ask = program.ask(http::Method::PATCH, &format!("/api/v1/rules/{id}"));
        ask.json(&what).send().await
    };
    assert_eq!(change(1, json!({ "feed": "4123456" })).await.error().0, 422);
    // One whose feed has left the shelf stays, and can be changed and switched.
    ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    let renamed = change(1, json!({ "name": "Mine" })).await.is(200).json();
    assert_eq!(renamed["rule"]["feed"], feed.as_str());
    change(1, json!({ "on": false })).await.is(200);
    change(1, json!({ "feed": null })).await.is(200);
    assert_eq!(change(1, json!({ "feed": feed })).await.error().0, 422);

    // The page's form, likewise.
    for (place, said) in [
        (
            "feed:4123456",
            "The feed that this rule names isn’t on your shelf.",
        ),
        ("folder:Nowhere", "There is no folder “Nowhere”."),
    ] {
        for act in ["save", "try"] {
            let form = [
                ("id", "0"),
                ("name", "Mine"),
                ("text.0", "soap"),
                ("read", "1"),
                ("place", place),
                ("do", act),
            ];
            let refused = ann.post("/rules", &form).await;
            let status = if act == "save" { 422 } else { 200 };
            assert!(
                refused.is(status).words().contains(said),
                "{place}: {}",
                refused.words()
            );
            assert!(refused.text().contains("value=\"Mine\""), "nothing is lost");
        }
    }
    let spoken = [
        ("what.0", "language"),
        ("how.0", "is"),
        ("place", "folder:Nature"),
    ];
    let refused = rule(&ann, "english", &spoken).await;
    assert_eq!(refused.status, 422);
}

#[tokio::test]
async fn one_rule_has_one_shape_for_all_programs() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    let program = app.program_of(&ann).await;
    let asked = wanted(json!({
        "name": "Mine", "feed": feed, "match": "any", "does": ["star", "highlight"], "tag": "waders", "days": 3,
    }));
    let saved = program.post_json("/api/v1/rules", asked).await;
    let shape = saved.is(201).json()["rule"].clone();
    assert_eq!(
        shape,
        json!({
            "id": 1, "name": "Mine", "on": true, "feed": feed, "folder": null, "match": "any",
            "conditions": [{ "what": "title", "how": "words", "text": "soap" }],
            "does": ["star", "highlight"], "tag": "waders", "send_to": null,
            "until": "2026-03-05T12:00:00Z", "met_in_30_days": 0,
        })
    );
    let listed = program.get("/api/v1/rules").await.is(200).json();
    assert_eq!(listed["rules"], json!([shape]));
    let file = ann.get("/export/searches.json").await.is(200).json();
    assert_eq!(file["rules"], json!([shape]));
}

#[test]
fn the_command_lists_rules_in_that_shape() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let who = ["--user", "ann@example.org"];
    let add = ["user", "add", "ann@example.org", "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let feed = FeedText::hourly("Wide", 2, at(11, 0)).rss();
    let feed = web.put("/f", Page::feed(feed));
    let opml = format!(
        "<opml version=\"2.0\"><body><outline text=\"Nature\"><outline xmlUrl=\"{feed}\"/></outline></body></opml>"
    );
    std::fs::write(shell.folder().join("feeds.opml"), opml).unwrap();
    shell
        .run(&[&["import", "feeds.opml"], &who[..]].concat())
        .is(0);
    let settings = json!({
        "format": "dormouse-settings", "version": 1,
        "rules": [
            { "name": "Mine", "place": { "folder": ["Nature"] }, "read": true, "keep_unread": false,
              "conditions": [{ "what": "title", "how": "words", "text": "soap" }], "until": 31_000_000 },
            { "name": "Of nobody", "place": { "feed": "https://gone.example/feed" }, "hide": true,
              "conditions": [{ "what": "title", "how": "words", "text": "soap" }] },
            { "name": "In no tongue", "hide": true,
              "conditions": [{ "what": "language", "how": "is", "text": "english" }] },
        ],
    });
    let manifest = crate::my_data::manifest();
    let zip = crate::my_data::zipped([
        ("manifest.json", manifest.as_bytes()),
        ("settings.json", settings.to_string().as_bytes()),
    ]);
    std::fs::write(shell.folder().join("all.zip"), zip).unwrap();
    let brought = shell.run(&[&["data", "import", "all.zip"], &who[..]].concat());
    // What couldn't be taken is said by its name.
    let said = format!("{}{}", brought.out(), brought.errors());
    assert!(said.contains("Of nobody, In no tongue"), "{said}");
    let listed = shell.run(&[&["rules", "--json"], &who[..]].concat());
    let json = listed.is(0).json();
    assert_eq!(
        json["rules"],
        json!([{
            "id": 1, "name": "Mine", "on": true, "feed": null, "folder": ["Nature"], "match": "all",
            "conditions": [{ "what": "title", "how": "words", "text": "soap" }],
            "does": ["read"], "tag": null, "send_to": null, "until": "2028-12-09T18:40:00Z", "met_in_30_days": 0,
        }])
    );
}

#[tokio::test]
async fn rules_are_for_their_feed_or_folder_and_the_upper_one_decides() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let one = ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    ann.subscribes_in(&put(&web, "/b", &["Bread"]), "Nature")
        .await;
    ann.subscribes_in(&put(&web, "/c", &["Cheese"]), "Nature/Far")
        .await;
    let place = format!("feed:{one}");
    rule(&ann, "soap", &[("keep", "1"), ("place", &place)])
        .await
        .is(303);
    rule(
        &ann,
        "soap",
        &[("read", "1"), ("place", "folder:Nature"), ("light", "1")],
    )
    .await
    .is(303);
    rule(&ann, "soap", &[("read", "1"), ("star", "1")])
        .await
        .is(303);
    rule(
        &ann,
        "soap",
        &[("keep", "1"), ("place", "folder:Nature/Far")],
    )
    .await
    .is(303);
    for (path, title) in [("/a", "Soap a"), ("/b", "Soap b"), ("/c", "Soap c")] {
        put(&web, path, &[title, "Before"]);
    }
    app.minutes_pass(24 * 60);
    ann.get("/help").await.is(200);
    app.refresh().await;
    let page = ann.get("/unread").await;
    let unread: Vec<String> = page.is(200).lines().into_iter().map(|l| l.title).collect();
    // The first rule keeps it unread, though the third would mark it; the second marks what the fourth would keep.
    assert!(unread.contains(&"Soap a".to_owned()), "{unread:?}");
    assert!(!unread.contains(&"Soap b".to_owned()), "{unread:?}");
    assert!(!unread.contains(&"Soap c".to_owned()), "{unread:?}");
    let mut starred = ann.titles("/starred").await;
    starred.sort();
    assert_eq!(starred, ["Soap a", "Soap b", "Soap c"]);
    let words = ann.get("/rules").await.words();
    for counted in [
        "Feed /a · 1 in 30 days",
        "Nature · 2 in 30 days",
        "Everywhere · 3 in 30 days",
        "Nature / Far · 1 in 30 days",
    ] {
        assert!(words.contains(counted), "{counted}: {words}");
    }
}

#[tokio::test]
async fn a_pulse_counts_what_rules_leave_unread() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    rule(&ann, "soap", &[("read", "1")]).await.is(303);
    put(&web, "/a", &["Soap", "Bread", "Birds"]);
    app.minutes_pass(24 * 60);
    ann.get("/unread").await.is(200);
    let pulse = ann.post_json("/pulse", Value::Null).await.is(200).json();
    assert_eq!(
        (&pulse["new"], &pulse["unread"]["total"]),
        (&json!(2), &json!(2)),
        "bread and birds: {pulse}"
    );
    let mut unread = ann.titles("/unread").await;
    unread.sort();
    assert_eq!(unread, ["Birds", "Bread"]);
}
