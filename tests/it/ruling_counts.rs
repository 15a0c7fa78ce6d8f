//! Rules: counts whichever request comes first, what is never sent on, and mutes for what is there.

use serde_json::{Value, json};

use crate::fevers::Fever;
use crate::greader::Program;
use crate::ruling::{arrives, put, rule, sending};
use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at, attribute};

/// A request that says how many articles are unread.
async fn count(
    which: &str,
    ann: &Client<'_>,
    program: &Client<'_>,
    google: &Program<'_>,
    fever: &Fever<'_>,
    feed: &str,
) -> u64 {
    let none = json!({ "read": [], "unread": [] });
    match which {
        "a tile" => {
            let tile = program.get("/api/v1/counts").await.is(200).json();
            tile["unread"].as_u64().unwrap()
        }
        "marks of a page" => {
            let marked = ann.post_json("/marks", none).await.is(200).json();
            marked["unread"]["total"].as_u64().unwrap()
        }
        "marks of a program" => {
            let marked = program.post_json("/api/v1/marks", none).await;
            marked.is(200).json()["unread"]["total"].as_u64().unwrap()
        }
        "an open article" => {
            // Its own page opens what is read already.
            let page = ann.get(&format!("/article/{feed}-1")).await;
            let n = attribute(page.is(200).text(), "data-count=\"total\"", "data-n");
            n.unwrap().parse().unwrap()
        }
        "what the device keeps" => {
            let asked = json!({ "most": 1, "have": [] });
            let pack = ann.post_json("/pack", asked).await.is(200).json();
            pack["unread"].as_u64().unwrap()
        }
        "counts by Google's calls" => {
            let counts = google.get("unread-count?output=json").await.is(200).json();
            let all = counts["unreadcounts"].as_array().unwrap().iter();
            let id = format!("feed/{feed}");
            let one = all.clone().find(|one| one["id"] == id.as_str()).unwrap();
            one["count"].as_u64().unwrap()
        }
        "ids by Google's calls" => {
            let query = "s=user/-/state/com.google/reading-list&xt=user/-/state/com.google/read";
            google.ids(query).await.len() as u64
        }
        "Fever" => fever.unread().await.len() as u64,
        "a sync" => {
            let synced = program.get("/api/v1/sync").await.is(200).json();
            let unread = synced["marks"]["unread"].as_array().unwrap().iter();
            let spans = unread.flat_map(|one| one["numbers"].as_array().unwrap());
            let of = |span: &Value| span[1].as_u64().unwrap() + 1 - span[0].as_u64().unwrap();
            spans.map(of).sum()
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn counts_are_right_whichever_request_comes_first() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&put(&web, "/a", &["Birds"])).await;
    rule(&ann, "soap", &[("read", "1")]).await.is(303);
    rule(&ann, "advert", &[("hide", "1")]).await.is(303);
    let program = app.program_of(&ann).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    ann.post(&format!("/article/{feed}-1/read"), &[("return", "/all")])
        .await
        .is(303);
    let mut titles = vec!["Birds".to_owned()];
    for (n, which) in [
        "a tile",
        "marks of a page",
        "marks of a program",
        "an open article",
        "what the device keeps",
        "counts by Google's calls",
        "ids by Google's calls",
        "Fever",
        "a sync",
    ]
    .into_iter()
    .enumerate()
    {
        for title in ["Soap", "Advert", "Bread"] {
            titles.insert(0, format!("{title} {n}"));
        }
        let shown: Vec<&str> = titles.iter().map(String::as_str).collect();
        arrives(&app, &web, &ann, &shown).await;
        let unread = count(which, &ann, &program, &google, &fever, &feed).await;
        assert_eq!(unread, n as u64 + 1, "{which}");
        let page = ann.get("/unread").await;
        assert_eq!(page.is(200).cost.writes, 0, "{which} met it all");
        assert_eq!(page.lines().len(), n + 1, "{which}");
    }
    app.is_sound().await;
}

#[tokio::test]
async fn a_thousand_arrivals_are_met_before_the_first_page_is_drawn() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let put = |name: &str, count: i32| {
        let text = FeedText::hourly(name, count, app.clock.now());
        web.put(&format!("/{name}"), Page::feed(text.rss()))
    };
    for n in 0..5 {
        ann.subscribes(&put(&format!("wire{n}"), 1)).await;
    }
    rule(&ann, "title", &[("read", "1")]).await.is(303);
    let before = ann.unread().await;
    app.minutes_pass(24 * 60);
    for n in 0..5 {
        put(&format!("wire{n}"), 180);
    }
    ann.get("/help").await.is(200);
    app.refresh().await;
    let page = ann.get("/unread").await;
    assert_eq!(page.is(200).lines().len(), before, "only what was there");
    let words = ann.get("/rules").await.words();
    assert!(words.contains("Everywhere · 895 in 30 days"), "{words}");
}

#[tokio::test]
async fn what_is_never_sent_on_is_counted_and_said() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = sending(&app, &web, 500).await;
    let many: Vec<String> = (0..60).rev().map(|n| format!("Curlew {n}")).collect();
    let mut titles: Vec<&str> = many.iter().map(String::as_str).collect();
    titles.push("Birds");
    arrives(&app, &web, &ann, &titles).await;
    ann.get("/unread").await.is(200);
    let words = ann.get("/rules").await.words();
    assert!(words.contains("50 articles wait to be sent on."), "{words}");
    let said =
        "Given up: 10 articles for “Desk” (now). At most 50 wait, and each is tried three times.";
    assert!(words.contains(said), "{words}");
    let program = app.program_of(&ann).await;
    let book = program.get("/api/v1/rules").await.is(200).json();
    assert_eq!(book["waiting"], 50);
    let lost = json!([{ "send_to": "Desk", "articles": 10, "at": "2026-03-03T12:00:00Z" }]);
    assert_eq!(book["given_up"], lost);
    // A month later nothing is said of it.
    app.minutes_pass(30 * 24 * 60);
    let book = program.get("/api/v1/rules").await.is(200).json();
    assert_eq!(book["given_up"], json!([]));
    assert_eq!(book["rules"][0]["met_in_30_days"], 0);
}

#[tokio::test]
async fn what_a_service_refuses_three_times_is_given_up_in_plain_sight() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = sending(&app, &web, 500).await;
    arrives(&app, &web, &ann, &["Curlew", "Birds"]).await;
    ann.get("/unread").await.is(200);
    // Presses are as many as one likes: the three attempts are ten minutes apart.
    for _ in 0..4 {
        ann.post("/rules/send", &[]).await.is(303);
    }
    assert_eq!(web.asked("/hook").len(), 5);
    app.minutes_pass(10);
    ann.post("/rules/send", &[]).await.is(303);
    let words = ann.get("/rules").await.words();
    assert!(!words.contains("Given up"), "{words}");
    app.minutes_pass(10);
    ann.get("/unread").await.is(200);
    assert_eq!(web.asked("/hook").len(), 7);
    let words = ann.get("/rules").await.words();
    assert!(
        words.contains("Given up: one article for “Desk”"),
        "{words}"
    );
    assert!(!words.contains("to be sent on."), "{words}");
}

/// Mutes a word from an article's menu; what is said then, and how it is undone.
async fn mutes(ann: &Client<'_>, id: &str, words: &str) -> (String, String) {
    let form = [("words", words), ("for", "ever"), ("return", "/all")];
    let done = ann.post(&format!("/article/{id}/mute"), &form).await;
    let page = ann.get(done.is(303).location()).await;
    let act = attribute(page.is(200).text(), "name=\"act\"", "value").unwrap();
    (page.words(), act)
}

#[tokio::test]
async fn a_mute_hides_all_that_lists_show_and_undoing_brings_it_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let named: Vec<String> = (0..90)
        .map(|n| match n % 9 {
            0 => format!("Election {n}"),
            _ => format!("Bird {n}"),
        })
        .collect();
    let titles: Vec<&str> = named.iter().map(String::as_str).collect();
    ann.subscribes(&put(&web, "/a", &titles)).await;
    ann.subscribes(&put(&web, "/b", &["An election far away", "Bread"]))
        .await;
    let before = ann.whole_list("/all").await;
    assert_eq!(before.len(), 92);
    let one = before
        .iter()
        .find(|line| line.title == "Election 0")
        .unwrap();
    let (words, act) = mutes(&ann, &one.id, "election").await;
    assert!(words.contains("are hidden: 11 articles now."), "{words}");
    assert!(!words.contains("Looked at"), "{words}");
    let after = ann.whole_list("/all").await;
    assert!(
        after
            .iter()
            .all(|line| !line.title.to_lowercase().contains("election"))
    );
    assert_eq!(after.len(), 81);
    assert_eq!(ann.unread().await, 81, "what is hidden is read");
    ann.post("/undo", &[("act", &act), ("return", "/all")])
        .await
        .is(303);
    assert_eq!(ann.whole_list("/all").await.len(), 92);
    assert_eq!(ann.unread().await, 92);
    assert!(ann.get("/rules").await.words().contains("No rules yet"));
    app.is_sound().await;
}

#[tokio::test]
async fn a_mute_says_how_far_it_looked_on_a_large_shelf() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for n in 0..6 {
        let text = FeedText::hourly(&format!("Wire {n}"), 190, at(11, 0));
        ann.subscribes(&web.put(&format!("/{n}"), Page::feed(text.rss())))
            .await;
    }
    let newest = ann.get("/all").await.is(200).lines().remove(0).id;
    app.forgets();
    ann.get("/unread").await.is(200);
    let form = [("words", "title"), ("for", "ever"), ("return", "/feeds")];
    let done = ann.post(&format!("/article/{newest}/mute"), &form).await;
    assert!(done.is(303).cost.reads <= 1, "{}", done.cost);
    let words = ann.get(done.location()).await.words();
    assert!(
        words.contains("Looked at 1,000 of 1,140 articles, the newest"),
        "{words}"
    );
    assert_eq!(ann.whole_list("/all").await.len(), 140);
}

#[tokio::test]
async fn the_command_finds_what_the_page_finds() {
    let (app, web) = (TestApp::on_disk().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&put(
            &web,
            "/a",
            &["Curlew one", "Curlew two", "Curlew three"],
        ))
        .await;
    rule(&ann, "advert", &[("hide", "1")]).await.is(303);
    let tags = [("tags", "waders"), ("note", ""), ("return", "/all")];
    ann.post(&format!("/article/{feed}-1/tags"), &tags)
        .await
        .is(303);
    ann.post(&format!("/article/{feed}-2/star"), &[("return", "/all")])
        .await
        .is(303);
    ann.post(&format!("/article/{feed}-3/read"), &[("return", "/all")])
        .await
        .is(303);
    let all = [
        "Advert for a curlew",
        "Curlew four",
        "Curlew one",
        "Curlew two",
        "Curlew three",
    ];
    arrives(&app, &web, &ann, &all).await;
    // Nobody has come since: the command meets it as the page does.
    let shell = crate::support::Shell::new();
    let copy = shell.folder().join("data");
    std::fs::create_dir(&copy).unwrap();
    for file in std::fs::read_dir(app.folder()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    for (query, count) in [
        ("curlew", 4),
        ("curlew is:starred", 1),
        ("tag:waders", 1),
        ("waders", 1),
        ("curlew is:unread", 3),
        ("curlew -is:starred", 3),
        ("advert", 0),
    ] {
        let asked = ["search", "--user", "ann@example.org", query, "--json"];
        let told = shell.run(&asked).is(0).json();
        let titles = |hits: &Value| -> Vec<String> {
            let hits = hits.as_array().unwrap().iter();
            hits.map(|hit| hit["title"].as_str().unwrap().to_owned())
                .collect()
        };
        let page = ann
            .get(&format!("/search?q={}", query.replace(' ', "+")))
            .await;
        let plain = |title: String| title.replace("<mark>", "").replace("</mark>", "");
        let lines = page.is(200).lines().into_iter();
        let shown: Vec<String> = lines.map(|line| plain(line.title)).collect();
        assert_eq!(titles(&told["hits"]), shown, "{query}");
        assert_eq!(shown.len(), count, "{query}: {shown:?}");
    }
}

#[tokio::test]
async fn a_query_of_signs_alone_is_answered_in_words() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&put(&web, "/a", &["A duck 🦆"])).await;
    let page = ann.get("/search?q=%F0%9F%A6%86").await;
    let words = page.is(200).words();
    assert!(
        words.contains("There is no word to look for in “🦆”."),
        "{words}"
    );
    assert!(words.contains("signs and emoji can’t be searched for"));
    assert!(page.text().contains("value=\"🦆\""), "nothing is lost");
    let program = app.program_of(&ann).await;
    let refused = program.get("/api/v1/search?q=%F0%9F%A6%86").await;
    assert_eq!(refused.error(), (400, "bad_query".to_owned()));
    assert!(
        refused.text().contains("signs and emoji"),
        "{}",
        refused.text()
    );
    // Beside a word it is left out.
    let page = ann.get("/search?q=%F0%9F%A6%86+duck").await;
    assert_eq!(page.is(200).lines().len(), 1);
    let words = ann.get("/search").await.words();
    assert!(!words.contains("no word to look for"), "{words}");
}
