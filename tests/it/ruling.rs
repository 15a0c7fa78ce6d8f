//! Rules: what they do when an article arrives, what that costs, trying, undoing, muting; and saved searches, which are counted
//! likewise.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, Shell, TestApp, at};

fn entry(name: &str, title: &str) -> Entry {
    let mut entry = Entry::new(name, at(11, 0));
    entry.title = title.to_owned();
    // Beyond what a card has room for.
    let long = "and so on ".repeat(40);
    entry.content = format!("<p>About {title} {long} with a ferryman in {name}.</p>");
    entry
}

/// A feed at this path, with these titles, the first the newest.
pub(crate) fn put(web: &FakeWeb, path: &str, titles: &[&str]) -> String {
    let mut feed = FeedText::new(&format!("Feed {path}"));
    for (n, title) in titles.iter().rev().enumerate() {
        let mut entry = entry(&format!("{path}-{n}"), title);
        entry.published = Some(at(8, 0) + TimeDelta::minutes(n as i64));
        feed = feed.and(entry);
    }
    web.put(path, Page::feed(feed.rss()))
}

/// A rule about titles, with what it does.
pub(crate) async fn rule(ann: &Client<'_>, words: &str, more: &[(&str, &str)]) -> Answer {
    let form = [
        &[
            ("id", "0"),
            ("name", words),
            ("what.0", "title"),
            ("how.0", "words"),
            ("text.0", words),
            ("do", "save"),
        ],
        more,
    ]
    .concat();
    ann.post("/rules", &form).await
}

/// New articles arrive: an hour passes, and a tick runs.
pub(crate) async fn arrives(app: &TestApp, web: &FakeWeb, ann: &Client<'_>, titles: &[&str]) {
    put(web, "/a", titles);
    app.minutes_pass(24 * 60);
    // A day's first visit notes that they were there.
    ann.get("/unread").await.is(200);
    app.refresh().await;
}

#[tokio::test]
async fn what_arrives_is_met_once_and_only_what_arrives() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&put(&web, "/a", &["We are hiring", "Birds"]))
        .await;
    for (words, more) in [
        ("hiring", vec![("read", "1")]),
        ("sponsored", vec![("hide", "1")]),
        (
            "curlew",
            vec![("star", "1"), ("light", "1"), ("tag", "waders")],
        ),
        ("round-up", vec![("keep", "1")]),
    ] {
        rule(&ann, words, &more).await.is(303);
    }
    assert_eq!(
        ann.titles("/unread").await,
        ["We are hiring", "Birds"],
        "what was there is no arrival"
    );
    let all = [
        "Round-up",
        "Curlew",
        "Sponsored: soap",
        "Hiring again",
        "We are hiring",
        "Birds",
    ];
    arrives(&app, &web, &ann, &all).await;

    let first = ann.get("/unread").await;
    assert_eq!(
        first.is(200).cost.writes,
        3,
        "the read state, the star, the tag: {}",
        first.cost
    );
    assert_eq!(
        ann.titles("/unread").await,
        ["Round-up", "Curlew", "We are hiring", "Birds"]
    );
    assert_eq!(
        ann.titles("/all").await,
        [
            "Round-up",
            "Curlew",
            "Hiring again",
            "We are hiring",
            "Birds"
        ]
    );
    assert_eq!(ann.titles("/starred").await, ["Curlew"]);
    assert!(
        ann.get("/tags/waders")
            .await
            .is(200)
            .text()
            .contains("Curlew")
    );
    assert!(first.text().contains("is-lit"));
    assert_eq!(ann.unread().await, 4);
    let again = ann.get("/unread").await;
    assert_eq!(again.is(200).cost.writes, 0, "each is met once");
    // What stays unread is read by no bulk act, but by a press.
    let seen = again.seen().unwrap();
    ann.post("/mark-all", &[("seen", &seen), ("return", "/unread")])
        .await
        .is(303);
    assert_eq!(ann.titles("/unread").await, ["Round-up"]);
    ann.get(&format!("/article/{feed}-6")).await.is(200);
    assert_eq!(
        ann.titles("/unread").await,
        ["Round-up"],
        "opening leaves it"
    );
    ann.post(&format!("/article/{feed}-6/read"), &[("return", "/unread")])
        .await
        .is(303);
    assert_eq!(ann.unread().await, 0);
    let page = ann.get("/rules").await;
    assert!(
        page.is(200).words().contains("Everywhere · 1 in 30 days"),
        "{}",
        page.words()
    );
    app.is_sound().await;
}

#[tokio::test]
async fn readers_without_rules_pay_nothing_and_programs_see_what_rules_did() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = put(&web, "/a", &["Birds"]);
    ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    let (program, other) = (app.program_of(&ann).await, app.program_of(&bob).await);
    rule(&ann, "soap", &[("read", "1")]).await.is(303);
    for client in [&program, &other] {
        client.get("/api/v1/articles").await.is(200);
    }
    arrives(&app, &web, &ann, &["Soap", "Birds"]).await;
    program.get("/api/v1/subscriptions").await.is(200);
    other.get("/api/v1/subscriptions").await.is(200);
    arrives(&app, &web, &ann, &["More soap", "Soap", "Birds"]).await;
    let ruled = program.get("/api/v1/subscriptions").await.is(200).cost;
    let plain = other.get("/api/v1/subscriptions").await.is(200).cost;
    // What rules do is in the write that settles what arrived anyway.
    assert_eq!(ruled.writes, plain.writes);
    assert!(ruled.reads <= plain.reads + 1, "{ruled} after {plain}");
    arrives(
        &app,
        &web,
        &ann,
        &["Yet more soap", "More soap", "Soap", "Birds"],
    )
    .await;
    let titles = |answer: &Answer| -> Vec<String> {
        let json = answer.is(200).json();
        let all = json["articles"].as_array().unwrap().iter();
        all.map(|one| one["title"].as_str().unwrap().to_owned())
            .collect()
    };
    // The day's first call notes the visit.
    for client in [&program, &other] {
        client.get("/api/v1/counts").await.is(200);
    }
    let plain = other.get("/api/v1/articles?limit=1").await;
    let ruled = program.get("/api/v1/articles?limit=1").await;
    assert_eq!(titles(&plain), ["Yet more soap"]);
    assert_eq!(titles(&ruled), ["Birds"]);
}

#[tokio::test]
async fn a_rule_is_tried_saved_applied_and_undone() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&put(&web, "/a", &["We are hiring", "Birds", "Hiring"]))
        .await;
    let tried = ann
        .post(
            "/rules",
            &[
                ("what.0", "title"),
                ("how.0", "contains"),
                ("text.0", "hir"),
                ("do", "try"),
            ],
        )
        .await;
    assert_eq!(tried.is(200).cost.writes, 0);
    assert!(
        tried
            .words()
            .contains("would have matched 2 of the last 3 articles"),
        "{}",
        tried.words()
    );
    assert!(tried.words().contains("Show the one it leaves alone"));
    assert!(tried.text().contains("value=\"hir\""), "nothing is lost");
    let acts = [("read", "1"), ("star", "1"), ("applies", "1")];
    let saved = rule(&ann, "hiring", &acts).await;
    assert_eq!(saved.is(303).location(), "/rules");
    assert_eq!(ann.titles("/unread").await, ["Birds"]);
    assert_eq!(ann.titles("/starred").await.len(), 2);
    let page = ann.get("/rules").await;
    let act = page.text().split("name=\"act\" value=\"").nth(1).unwrap();
    let act = act.split('"').next().unwrap().to_owned();
    assert!(act.starts_with("rule."));
    // What arrives within the ten minutes is undone, too: nothing did here, and the rest is.
    ann.post("/undo", &[("act", &act), ("return", "/unread")])
        .await
        .is(303);
    assert_eq!(ann.unread().await, 3);
    assert!(ann.titles("/starred").await.is_empty());
    assert!(ann.get("/rules").await.words().contains("No rules yet"));
    rule(&ann, "hiring", &[("read", "1"), ("applies", "1")])
        .await
        .is(303);
    ann.get("/rules").await.is(200);
    app.minutes_pass(11);
    let page = ann.get("/rules").await;
    assert!(
        !page.is(200).text().contains("name=\"act\""),
        "after ten minutes it stands"
    );
    let _ = feed;
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_said_and_nothing_is_lost() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    for (form, words) in [
        (
            vec![("text.0", ""), ("read", "1")],
            "The rule has no condition.",
        ),
        (
            vec![("text.0", "a"), ("what.0", "title")],
            "The rule does nothing.",
        ),
        (
            vec![
                ("text.0", "(a"),
                ("what.0", "title"),
                ("how.0", "matches"),
                ("read", "1"),
            ],
            "isn’t a regular expression",
        ),
        (
            vec![
                ("text.0", "((a{1000}){1000}){1000}"),
                ("what.0", "title"),
                ("how.0", "matches"),
                ("read", "1"),
            ],
            "isn’t a regular expression",
        ),
        (
            vec![("text.0", "soon"), ("what.0", "age"), ("read", "1")],
            "isn’t a number of days",
        ),
        (
            vec![("text.0", "smell"), ("what.0", "media"), ("read", "1")],
            "isn’t a kind of media",
        ),
    ] {
        let form = [form, vec![("name", "Mine"), ("do", "save")]].concat();
        let answer = ann.post("/rules", &form).await;
        assert!(
            answer.is(422).words().contains(words),
            "{words}: {}",
            answer.words()
        );
        assert!(answer.text().contains("value=\"Mine\""));
    }
}

#[tokio::test]
async fn titles_are_muted_in_two_presses_for_a_while() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&put(&web, "/a", &["The election is near", "Birds"]))
        .await;
    let page = ann.get(&format!("/article/{feed}-2")).await;
    assert!(
        page.is(200).text().contains("value=\"election\""),
        "the word is suggested"
    );
    let form = [("words", "election"), ("for", "week"), ("return", "/all")];
    ann.post(&format!("/article/{feed}-2/mute"), &form)
        .await
        .is(303);
    assert_eq!(ann.titles("/all").await, ["Birds"]);
    arrives(
        &app,
        &web,
        &ann,
        &["Election night", "The election is near", "Birds"],
    )
    .await;
    assert_eq!(ann.titles("/all").await, ["Birds"]);
    app.minutes_pass(6 * 24 * 60);
    arrives(
        &app,
        &web,
        &ann,
        &[
            "Election again",
            "Election night",
            "The election is near",
            "Birds",
        ],
    )
    .await;
    assert_eq!(
        ann.titles("/all").await,
        ["Election again", "Birds"],
        "a week is over"
    );
}

#[tokio::test]
async fn a_title_is_muted_for_a_day_or_for_ever_and_for_nothing_else() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let titles = ["Derby today", "Gossip today", "Birds"];
    let feed = ann.subscribes(&put(&web, "/a", &titles)).await;
    let mute = |words: &'static str, span: &'static str| {
        let form = [("words", words), ("for", span), ("return", "/all")];
        let (ann, path) = (&ann, format!("/article/{feed}-2/mute"));
        async move { ann.post(&path, &form).await }
    };
    // What is no span mutes nothing, and says so.
    let unknown = mute("birds", "fortnight").await;
    assert!(unknown.is(422).text().contains("a day, a week or ever"));
    assert_eq!(ann.titles("/all").await, titles);

    mute("derby", "day").await.is(303);
    mute("gossip", "ever").await.is(303);
    assert_eq!(ann.titles("/all").await, ["Birds"]);
    let titles = ["Derby night", "Derby today", "Gossip today", "Birds"];
    put(&web, "/a", &titles);
    app.minutes_pass(20 * 60);
    ann.get("/unread").await.is(200);
    app.refresh().await;
    assert_eq!(ann.titles("/all").await, ["Birds"], "the day isn't over");
    let titles = [
        "Derby again",
        "Derby night",
        "Derby today",
        "Gossip today",
        "Birds",
    ];
    arrives(&app, &web, &ann, &titles).await;
    let shown = ann.titles("/all").await;
    let has = |title: &str| shown.iter().any(|one| one == title);
    assert!(has("Derby again") && !has("Derby today"), "{shown:?}");
    app.minutes_pass(20 * 24 * 60);
    let titles = [
        "Gossip again",
        "Derby again",
        "Derby night",
        "Derby today",
        "Gossip today",
        "Birds",
    ];
    arrives(&app, &web, &ann, &titles).await;
    assert!(
        !ann.titles("/all")
            .await
            .contains(&"Gossip again".to_owned())
    );
}

#[tokio::test]
async fn what_is_muted_in_front_of_one_goes_however_old_it_is() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let birds: Vec<String> = (0..60).map(|n| format!("Bird {n}")).collect();
    let mut titles: Vec<&str> = birds.iter().map(String::as_str).collect();
    titles.push("The election is near");
    let feed = ann.subscribes(&put(&web, "/a", &titles)).await;
    let oldest = ann.whole_list("/all").await.pop().unwrap();
    assert_eq!(oldest.title, "The election is near");
    assert!(oldest.id.starts_with(&feed));
    let form = [("words", "election"), ("for", "ever"), ("return", "/all")];
    let path = format!("/article/{}/mute", oldest.id);
    ann.post(&path, &form).await.is(303);
    let page = ann.get("/all").await;
    assert!(page.words().contains("are hidden: one article now."));
    let left = ann.whole_list("/all").await;
    assert_eq!(left.len(), 60);
}

#[tokio::test]
async fn a_rule_about_the_text_uses_the_feeds_words() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    let form = [
        ("name", "f"),
        ("what.0", "text"),
        ("how.0", "words"),
        ("text.0", "ferryman"),
        ("read", "1"),
        ("do", "save"),
    ];
    ann.post("/rules", &form).await.is(303);
    let page = ann.get("/rules?edit=1").await;
    assert!(
        page.is(200)
            .words()
            .contains("one read more for each feed with news")
    );
    arrives(&app, &web, &ann, &["More birds", "Birds"]).await;
    assert_eq!(ann.titles("/unread").await, ["Birds"]);
}

#[tokio::test]
async fn rules_are_switched_moved_deleted_and_exported() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    rule(&ann, "first", &[("read", "1")]).await.is(303);
    rule(&ann, "second", &[("star", "1")]).await.is(303);
    let order = async || {
        let file = ann.get("/export/searches.json").await.is(200).json();
        let rules = file["rules"].as_array().unwrap().iter();
        let names = rules.map(|rule| rule["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>().join(" ")
    };
    rule(&ann, "third", &[("star", "1")]).await.is(303);
    ann.post("/rules/3", &[("do", "place"), ("place", "0")])
        .await
        .is(303);
    assert_eq!(order().await, "third first second");
    let far = [("do", "place"), ("place", "99")];
    assert_eq!(ann.post("/rules/3", &far).await.is(303).cost.writes, 1);
    ann.post("/rules/1", &[("do", "down")]).await.is(303);
    assert_eq!(order().await, "second first third");
    ann.post("/rules/3", &[("do", "delete")]).await.is(303);
    ann.post("/rules/1", &[("do", "up")]).await.is(303);
    ann.post("/rules/2", &[("do", "up")]).await.is(303);
    ann.post("/rules/1", &[("do", "off")]).await.is(303);
    let file = ann.get("/export/searches.json").await.is(200).json();
    let rules = file["rules"].as_array().unwrap();
    assert_eq!(
        (&rules[0]["name"], &rules[1]["name"], &rules[1]["on"]),
        (&json!("second"), &json!("first"), &json!(false))
    );
    arrives(&app, &web, &ann, &["The first", "Birds"]).await;
    assert_eq!(ann.unread().await, 2, "it is off");
    ann.post("/rules/1", &[("do", "delete")]).await.is(303);
    ann.post("/rules/1", &[("do", "on")]).await.is(404);
}

#[tokio::test]
async fn a_saved_search_is_counted_and_marks_lower_it() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&put(&web, "/a", &["A curlew", "Birds"]))
        .await;
    let saved = ann.post("/searches", &[("q", "title:curlew")]).await;
    assert_eq!(saved.is(303).location(), "/search?q=title%3Acurlew&saved=1");
    let rail = |answer: &Answer| -> String {
        let text = answer.is(200).text();
        let text = text.split("rail-searches").nth(1).unwrap_or_default();
        text.split("</ul>").next().unwrap().to_owned()
    };
    let count = |answer: &Answer| -> String {
        let rail = rail(answer);
        let count = rail
            .split("class=\"count\"><span aria-hidden=\"true\">")
            .nth(1)
            .unwrap_or_default();
        count.split('<').next().unwrap().to_owned()
    };
    let page = ann.get("/unread").await;
    assert!(rail(&page).contains("title:curlew"));
    assert_eq!(count(&page), "1", "{}", rail(&page));
    arrives(
        &app,
        &web,
        &ann,
        &["Two curlews", "Nothing", "A curlew", "Birds"],
    )
    .await;
    let met = ann.get("/unread").await;
    assert_eq!((count(&met).as_str(), met.cost.writes), ("2", 1));
    ann.post(&format!("/article/{feed}-4/read"), &[("return", "/unread")])
        .await
        .is(303);
    assert_eq!(count(&ann.get("/unread").await), "1");
    // One that asks for the text has a dot until it is opened.
    ann.post("/searches", &[("q", "ferryman")]).await.is(303);
    app.forgets();
    arrives(
        &app,
        &web,
        &ann,
        &["Text", "Two curlews", "Nothing", "A curlew", "Birds"],
    )
    .await;
    app.forgets();
    let dotted = ann.get("/unread").await;
    assert!(rail(&dotted).contains("count-dot"), "{}", rail(&dotted));
    ann.get("/search?q=ferryman&saved=2").await.is(200);
    let opened = ann.get("/unread").await;
    assert!(!rail(&opened).contains("count-dot"));
    ann.post("/searches/2", &[("do", "name"), ("name", "Ferries")])
        .await
        .is(303);
    let file = ann.get("/export/searches.json").await.is(200).json();
    assert_eq!(
        file["searches"][1],
        json!({ "name": "Ferries", "query": "ferryman" })
    );
    ann.post("/searches/2", &[("do", "delete"), ("name", "")])
        .await
        .is(303);
    assert!(!rail(&ann.get("/unread").await).contains("Ferries"));
    app.is_sound().await;
}

/// A shelf whose rule sends articles about curlews to a service of this status.
pub(crate) async fn sending<'a>(app: &'a TestApp, web: &FakeWeb, status: u16) -> Client<'a> {
    let ann = app.reader("ann").await;
    ann.subscribes(&put(web, "/a", &["Birds"])).await;
    let hook = web.put("/hook", Page::status(status));
    let target = [
        ("name", "Desk"),
        ("service", "webhook"),
        ("address", hook.as_str()),
        ("secret", "s"),
    ];
    ann.post("/settings/targets", &target).await.is(303);
    rule(&ann, "curlew", &[("hook", "Desk")]).await.is(303);
    ann
}

#[tokio::test]
async fn a_webhook_is_sent_by_a_visit_and_what_fails_is_said_and_tried_again() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = sending(&app, &web, 500).await;
    arrives(&app, &web, &ann, &["Curlew", "Birds"]).await;
    let visit = ann.get("/unread").await;
    assert_eq!(
        visit.is(200).cost.writes,
        2,
        "what the rule did, and what was sent: {}",
        visit.cost
    );
    assert_eq!(web.asked("/hook").len(), 1);
    let said = ann.get("/rules").await.words();
    assert!(said.contains("One article waits to be sent on."), "{said}");
    assert!(said.contains("Sending failed"), "{said}");
    assert_eq!(web.asked("/hook").len(), 1, "the service rests");
    // A press doesn't wait, and once only.
    ann.post("/rules/send", &[]).await.is(303);
    assert_eq!(web.asked("/hook").len(), 2);
    web.put("/hook", Page::status(200));
    app.minutes_pass(10);
    let late = ann.get("/unread").await;
    assert_eq!((late.is(200).cost.writes, web.asked("/hook").len()), (1, 3));
    let said = ann.get("/rules").await.words();
    assert!(!said.contains("One article waits"), "{said}");
    let body: Value = serde_json::from_str(&web.asked("/hook")[2].body).unwrap();
    assert_eq!(body["title"], "Curlew");
    let idle = ann.get("/unread").await;
    assert_eq!((idle.is(200).cost.writes, web.asked("/hook").len()), (0, 3));
}

#[tokio::test]
async fn a_sync_of_a_program_sends_on_what_rules_ask_for() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = sending(&app, &web, 200).await;
    let own = app.program_of(&ann).await;
    let google = crate::greader::Program::of(&app, &ann, "ann@example.org").await;
    let fever = crate::fevers::Fever::of(&app, &ann, "ann@example.org").await;
    let mut titles = vec!["Birds"];
    for (n, title) in ["Curlew one", "Curlew two", "Curlew three"]
        .iter()
        .enumerate()
    {
        titles.insert(0, title);
        put(&web, "/a", &titles);
        app.minutes_pass(24 * 60);
        app.refresh().await;
        match n {
            0 => drop(own.get("/api/v1/sync").await.is(200)),
            1 => drop(
                google
                    .get("stream/items/ids?s=user/-/state/com.google/reading-list")
                    .await
                    .is(200),
            ),
            _ => drop(fever.all().await),
        }
        let asked = web.asked("/hook");
        assert_eq!(asked.len(), n + 1, "{title}");
        let body: Value = serde_json::from_str(&asked[n].body).unwrap();
        assert_eq!(body["title"], *title);
    }
    let said = ann.get("/rules").await.words();
    assert!(!said.contains("to be sent on."), "{said}");
}

#[tokio::test]
async fn a_rule_and_a_saved_search_follow_their_folder() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes_in(&put(&web, "/a", &["Birds"]), "Field work")
        .await;
    ann.subscribes_in(&put(&web, "/b", &["Bread"]), "Home")
        .await;
    let place = [("place", "folder:Field%20work"), ("read", "1")];
    rule(&ann, "soap", &place).await.is(303);
    let q = "-folder:home folder:\"field work\"";
    ann.post("/searches", &[("q", q)]).await.is(303);
    let queries = async || {
        let file = ann.get("/export/searches.json").await.is(200).json();
        file["searches"][0]["query"].as_str().unwrap().to_owned()
    };
    let rename = [("do", "rename"), ("name", "Home/Out")];
    let renamed = ann.post("/folders/settings/Field%20work", &rename).await;
    assert_eq!(
        renamed.is(303).cost.writes,
        4,
        "the feed, the act, the account, and the rules: {}",
        renamed.cost
    );
    let words = ann.get("/rules").await.words();
    assert!(words.contains("Home / Out · 0 in 30 days"), "{words}");
    assert_eq!(queries().await, "-folder:home folder:\"Home / Out\"");
    arrives(&app, &web, &ann, &["Soap", "Birds"]).await;
    assert_eq!(ann.unread().await, 2, "it is met there");
    // The other folder has no rule: as many writes as ever.
    let other = ann
        .post("/folders/settings/Home/Out", &[("do", "dissolve")])
        .await;
    assert_eq!(other.is(303).cost.writes, 3);
    let words = ann.get("/rules").await.words();
    assert!(words.contains("a folder that is gone"), "{words}");
    app.is_sound().await;
}

#[tokio::test]
async fn undoing_a_folders_new_name_takes_its_rules_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes_in(&put(&web, "/a", &["Birds"]), "Nature")
        .await;
    let form = [
        ("place", "folder:Nature"),
        ("what.1", "folder"),
        ("how.1", "is"),
        ("text.1", "nature"),
        ("read", "1"),
    ];
    rule(&ann, "soap", &form).await.is(303);
    let rename = [("do", "rename"), ("name", "Outside")];
    let renamed = ann.post("/folders/settings/Nature", &rename).await;
    let said = ann.get(renamed.is(303).location()).await;
    let page = ann.get("/rules?edit=1").await;
    assert!(
        page.is(200).text().contains("value=\"Outside\""),
        "the condition, too"
    );
    let act = crate::support::attribute(said.is(200).text(), "name=\"act\"", "value").unwrap();
    ann.post("/undo", &[("act", &act), ("return", "/feeds")])
        .await
        .is(303);
    let words = ann.get("/rules").await.words();
    assert!(words.contains("Nature · 0 in 30 days"), "{words}");
}

#[test]
fn the_command_lists_rules() {
    let shell = Shell::new();
    let password = crate::support::PASSWORD;
    shell
        .run_with(
            &["user", "add", "ann@example.org", "--password-stdin"],
            &[],
            password,
        )
        .is(0);
    let listed = shell.run(&["rules", "--user", "ann@example.org", "--json"]);
    let json: Value = serde_json::from_str(&listed.is(0).out()).unwrap();
    assert_eq!(
        json,
        json!({ "rules": [], "waiting": 0, "failed": null, "given_up": [], "act": null })
    );
}
