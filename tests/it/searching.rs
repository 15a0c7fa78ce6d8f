//! Searching: what is found, what it costs, and what is said of what isn't searched.

use chrono::TimeDelta;
use dormouse::web::words::segment;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, Shell, TestApp, at};

pub(crate) fn entry(name: &str, title: &str, text: &str, hours_ago: i64) -> Entry {
    let mut entry = Entry::new(name, at(11, 0) - TimeDelta::hours(hours_ago));
    entry.title = title.to_owned();
    entry.content = format!("<p>{text}</p>");
    entry
}

/// Two feeds about birds and bread.
pub(crate) async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, String, String) {
    let ann = app.reader("ann").await;
    let tide = FeedText::new("Tidewater Notes")
        .and(entry("a", "Counting curlews by ear", "You begin to tell one from the next over the salt marsh.", 30))
        .and(entry("b", "Über den Brachvogel", "Ein Vogel am Meer, mit langem Schnabel, der im Watt nach Würmern sucht und weit zu hören ist.", 20))
        .and(entry("c", "東京の水鳥", "隅田川で水鳥を数えた。冬の東京都には多い。", 10))
        .and(entry("d", "A drone above", "The curlew did not mind the drone. See <a href=\"https://example.org/post?utm_source=x\">this</a>.", 5));
    let bread = FeedText::new("Bread and Stone")
        .and(entry(
            "e",
            "Sourdough",
            "Marsh salt in the dough, said the baker’s curlew.",
            4,
        ))
        .and(entry(
            "f",
            "Rye",
            "Nothing but rye and water <img src=\"https://example.org/a.png\">",
            3,
        ));
    let birds = ann
        .subscribes_in(&web.put("/tide", Page::feed(tide.rss())), "Nature")
        .await;
    let bread = ann
        .subscribes(&web.put("/bread", Page::feed(bread.rss())))
        .await;
    (ann, birds, bread)
}

pub(crate) async fn found(program: &Client<'_>, query: &str) -> Vec<String> {
    let answer = program
        .get(&format!("/api/v1/search?q={}", segment(query)))
        .await;
    let json = answer.is(200).json();
    let hits = json["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_is_asked_for_is_found_and_nothing_else() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, birds, _) = shelf(&app, &web).await;
    let program = app.program_of(&ann).await;
    ann.post(
        &format!("/article/{birds}-1/star"),
        &[("return", "/unread")],
    )
    .await
    .is(303);
    ann.post(
        &format!("/article/{birds}-4/read"),
        &[("return", "/unread")],
    )
    .await
    .is(303);
    let tags = [("tags", "Field Work"), ("note", ""), ("return", "/unread")];
    ann.post(&format!("/article/{birds}-2/tags"), &tags)
        .await
        .is(303);
    let (curlews, vogel, tokyo, drone, dough, rye) = (
        "Counting curlews by ear",
        "Über den Brachvogel",
        "東京の水鳥",
        "A drone above",
        "Sourdough",
        "Rye",
    );
    for (query, titles) in [
        ("curlew", vec![dough, drone, curlews]),
        ("CURLEWS", vec![dough, drone, curlews]),
        ("curlew -drone", vec![dough, curlews]),
        ("\"salt marsh\"", vec![curlews]),
        ("marsh salt", vec![dough, curlews]),
        ("rye OR brachvogel", vec![rye, vogel]),
        ("uber", vec![vogel]),
        ("wurm*", vec![vogel]),
        ("wurmer", vec![vogel]),
        ("curl*", vec![dough, drone, curlews]),
        ("title:curlew", vec![curlews]),
        ("feed:tidewater curlew", vec![drone, curlews]),
        ("tidewater curlew", vec![drone, curlews]),
        ("folder:nature is:unread", vec![tokyo, vogel, curlews]),
        ("is:read", vec![drone]),
        ("is:starred", vec![curlews]),
        ("tag:\"field work\"", vec![vogel]),
        ("\"field work\"", vec![vogel]),
        ("has:image", vec![rye]),
        ("東京", vec![tokyo]),
        ("東京都", vec![tokyo]),
        ("京都", vec![tokyo]),
        ("都", vec![tokyo]),
        ("大阪", vec![]),
        ("before:2026-03-01 curlew", vec![]),
        ("before:2026-03-02 curlew", vec![curlews]),
        ("after:2026-03-02 curlew", vec![dough, drone]),
        ("links:example.org/post", vec![drone]),
        ("links:example.org", vec![drone]),
        ("links:example.org/other", vec![]),
        ("nothing-like-it", vec![]),
    ] {
        assert_eq!(found(&program, query).await, titles, "{query}");
    }
    app.is_sound().await;
}

#[tokio::test]
async fn a_warm_search_costs_nothing_and_a_cold_one_a_read_a_feed_and_a_hit() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, ..) = shelf(&app, &web).await;
    ann.get("/unread").await.is(200);
    app.forgets();
    ann.get("/unread").await.is(200);
    let cold = ann.get("/search?q=curlew").await;
    assert_eq!(cold.is(200).cost.reads, 2 + 3, "two feeds and three hits");
    assert!(cold.words().contains("3 articles"), "{}", cold.words());
    assert!(
        cold.words().contains("of 6 in 2 feeds · 5 reads"),
        "{}",
        cold.words()
    );
    let warm = ann.get("/search?q=curlew").await;
    assert_eq!(warm.is(200).cost.reads, 0);
    assert!(warm.words().contains("0 reads"));
    let other = ann.get("/search?q=curlew%20drone").await;
    assert_eq!(
        other.is(200).cost.reads,
        0,
        "a narrower query reads nothing"
    );
    let rye = ann.get("/search?q=rye").await;
    assert_eq!(rye.is(200).cost.reads, 1, "the body that is shown");
    // News comes: the list that is remembered is changed with it.
    app.minutes_pass(24 * 60);
    ann.get("/search?q=curlew").await.is(200);
    let tide = FeedText::new("Tidewater Notes").and(entry("z", "Late curlew", "It came late.", 0));
    web.put("/tide", Page::feed(tide.rss()));
    app.refresh().await;
    ann.get("/unread").await.is(200);
    let news = ann.get("/search?q=curlew").await;
    assert!(
        news.is(200).text().contains("Late <mark>curlew</mark>"),
        "{}",
        news.words()
    );
    assert_eq!(news.cost.reads, 0, "what has just come is remembered");
}

#[tokio::test]
async fn hits_are_marked_and_so_is_the_article() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, birds, _) = shelf(&app, &web).await;
    let page = ann.get("/search?q=curlew").await;
    let text = page.is(200).text();
    assert!(text.contains("Counting <mark>curlews</mark> by ear"));
    assert!(text.contains("The <mark>curlew</mark> did not mind the drone."));
    let line = page
        .lines()
        .into_iter()
        .find(|line| line.title.contains("drone"))
        .unwrap();
    assert_eq!(line.id, format!("{birds}-4"));
    let article = ann
        .get(&format!("/article/{birds}-4?in=search&q=curlew"))
        .await;
    let text = article.is(200).text();
    assert!(
        text.contains("<p>The <mark>curlew</mark> did not"),
        "{text}"
    );
    assert!(text.contains("Sourdough"), "its hits stand beside it");
    let bad = ann.get("/search?q=before:soon").await;
    let words = bad.is(200).words();
    assert!(words.contains("“soon” isn’t a date."), "{words}");
    assert!(
        words.contains("Write 2026, 2026-11 or 2026-11-30."),
        "{words}"
    );
    assert!(
        bad.text().contains("value=\"before:soon\""),
        "nothing is lost"
    );
}

#[tokio::test]
async fn pages_follow_one_another_in_both_orders() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    ann.subscribes(&web.put(
        "/f",
        Page::feed(FeedText::hourly("Wide", 60, at(11, 0)).rss()),
    ))
    .await;
    let program = app.program_of(&ann).await;
    for sort in ["newest", "best"] {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/search?q=wide&limit=25&sort={sort}&cursor={cursor}");
            let path = path.trim_end_matches("&cursor=").to_owned();
            let answer = program.get(&path).await.is(200).json();
            let hits = answer["hits"].as_array().unwrap().iter();
            all.extend(hits.map(|hit| hit["id"].as_str().unwrap().to_owned()));
            match &answer["cursor"] {
                Value::String(next) => cursor = next.clone(),
                _ => break,
            }
        }
        assert_eq!(all.len(), 60, "{sort}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 60, "{sort}: each once");
    }
    let page = ann.get("/search?q=wide").await;
    assert_eq!(page.is(200).lines().len(), 20);
    assert!(
        page.words().contains("about 60 articles"),
        "{}",
        page.words()
    );
    let (status, code) = program.get("/api/v1/search?q=wide&cursor=x").await.error();
    assert_eq!((status, code.as_str()), (400, "bad_cursor"));
    let (status, code) = program.get("/api/v1/search?q=is:new").await.error();
    assert_eq!((status, code.as_str()), (400, "bad_query"));
}

#[tokio::test]
async fn stars_and_kept_things_outlive_their_feeds() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, birds, _) = shelf(&app, &web).await;
    let program = app.program_of(&ann).await;
    ann.post(
        &format!("/article/{birds}-1/star"),
        &[("return", "/unread")],
    )
    .await
    .is(303);
    let tags = [("tags", "wader"), ("note", ""), ("return", "/unread")];
    ann.post(&format!("/article/{birds}-4/tags"), &tags)
        .await
        .is(303);
    ann.post(&format!("/feed/{birds}/remove"), &[])
        .await
        .is(303);
    assert_eq!(
        found(&program, "curlew").await,
        ["A drone above", "Sourdough", "Counting curlews by ear"]
    );
    assert_eq!(found(&program, "tag:wader").await, ["A drone above"]);
    assert_eq!(
        found(&program, "tidewater").await.len(),
        2,
        "by the feed that it had"
    );
    assert_eq!(
        found(&program, "is:starred curlew").await,
        ["Counting curlews by ear"]
    );
    let again = program.get("/api/v1/search?q=curlew").await;
    assert_eq!(again.is(200).cost.writes, 0, "they are indexed once");
    ann.post(
        &format!("/article/{birds}-1/unstar"),
        &[("return", "/starred")],
    )
    .await
    .is(303);
    assert_eq!(found(&program, "is:starred").await, Vec::<String>::new());
    app.is_sound().await;
}

#[tokio::test]
async fn a_full_text_and_an_edit_are_found() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let paragraph = "<p>It was a quiet day at the harbour, and nobody had asked the ferryman, who had been there, all along.</p>";
    web.put(
        "/day/1",
        Page::html(&format!(
            "<html><body><article><h1>A day</h1>{}</article></body></html>",
            paragraph.repeat(8)
        )),
    );
    let mut day = entry("day", "A day", "A quiet day", 2);
    day.link = Some(web.url("/day/1"));
    web.put(
        "/feed",
        Page::feed(FeedText::new("Harbour").and(day.clone()).rss()),
    );
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&web.url("/feed")).await;
    let program = app.program_of(&ann).await;
    assert!(found(&program, "ferryman").await.is_empty());
    let fetched = program
        .post_json(&format!("/api/v1/articles/{feed}-1/full-text"), Value::Null)
        .await;
    assert_eq!(fetched.is(200).cost.writes, 2, "the article and its feed");
    assert_eq!(found(&program, "ferryman").await, ["A day"]);
    day.content = "<p>An unquiet day</p>".to_owned();
    web.put("/feed", Page::feed(FeedText::new("Harbour").and(day).rss()));
    app.minutes_pass(24 * 60);
    app.refresh().await;
    assert_eq!(found(&program, "unquiet").await, ["A day"]);
    assert_eq!(
        found(&program, "ferryman").await,
        ["A day"],
        "the full text stays"
    );
}

#[tokio::test]
async fn hostile_queries_are_bounded_and_answered() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, ..) = shelf(&app, &web).await;
    let program = app.program_of(&ann).await;
    let ask = async |query: &str| -> Answer {
        program
            .get(&format!("/api/v1/search?q={}", segment(query)))
            .await
    };
    let long = ask(&"a".repeat(10_000)).await;
    assert_eq!(long.is(200).json()["searched"]["cut"], true);
    let many = ask(&"curlew ".repeat(1_000)).await;
    let json = many.is(200).json();
    assert_eq!(
        (
            &json["searched"]["cut"],
            json["hits"].as_array().unwrap().len()
        ),
        (&Value::Bool(true), 3)
    );
    for query in [
        "(a+)+$ .* curlew[",
        "\u{202e}welruc curlew",
        "שלום OR curlew",
        "مرحبا OR curlew",
        "\"curlew",
        "curlew\u{0}",
        "-x -y -z curlew OR OR curlew",
        "curlew AND'; DROP TABLE",
    ] {
        ask(query).await.is(200);
    }
    assert_eq!(found(&program, "שלום OR curlew").await.len(), 3);
    assert_eq!(found(&program, "(curlew)").await.len(), 3);
    let page = ann
        .get(&format!(
            "/search?q={}",
            segment("<script>alert(1)</script>")
        ))
        .await;
    assert!(!page.is(200).text().contains("<script>alert"));
    let said = ann
        .get(&format!("/search?q={}", segment(&"b ".repeat(1_000))))
        .await;
    assert!(said.is(200).words().contains("its end was left out"));
}

#[tokio::test]
async fn old_stores_are_indexed_day_by_day_and_what_is_missing_is_said() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, birds, _) = shelf(&app, &web).await;
    let program = app.program_of(&ann).await;
    // As it was before there was a search.
    let mut feed = app.feed(&birds).await;
    feed.words = std::sync::Arc::default();
    feed.summary.indexed = 0;
    let write = dormouse::feeds::store::update(&feed).unwrap();
    app.state.store.commit(vec![write]).await.unwrap();
    app.forgets();
    assert_eq!(found(&program, "curlew").await, ["Sourdough"]);
    let page = ann.get("/search?q=curlew").await;
    let words = page.is(200).words();
    assert!(
        words.contains("4 articles of one feed aren’t searched yet."),
        "{words}"
    );
    // News is indexed at once, what was there by the daily job.
    let tide = FeedText::new("Tidewater Notes").and(entry("z", "Late curlew", "It came late.", 0));
    web.put("/tide", Page::feed(tide.rss()));
    app.minutes_pass(24 * 60);
    app.refresh().await;
    ann.get("/unread").await.is(200);
    assert_eq!(
        found(&program, "curlew").await,
        ["Late curlew", "Sourdough"]
    );
    let report = app.daily().await.json();
    assert_eq!(
        (&report["words"]["feeds"], &report["words"]["articles"]),
        (&1.into(), &4.into()),
        "{report}"
    );
    assert_eq!(report["words"]["cost"]["writes"], 1);
    assert_eq!(found(&program, "curlew").await.len(), 4);
    let again = app.daily().await.json();
    assert_eq!(
        (&again["words"]["articles"], &again["finished"]),
        (&0.into(), &true.into())
    );
    app.is_sound().await;
}

#[tokio::test]
async fn who_links_here_is_said_for_its_price_and_at_once_where_it_has_none() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let mut one = entry("one", "Counting curlews", "By ear.", 3);
    one.link = Some("https://example.org/curlews".into());
    let one = ann
        .subscribes(&web.put("/a", Page::feed(FeedText::new("A").and(one).rss())))
        .await;
    let text = "As <a href=\"https://www.example.org/curlews?utm_source=b\">she</a> says.";
    let two = FeedText::new("B").and(entry("two", "An answer", text, 1));
    ann.subscribes(&web.put("/b", Page::feed(two.rss()))).await;
    app.forgets();
    let cold = ann.get(&format!("/article/{one}-1?in=all")).await;
    let text = cold.is(200).text();
    assert!(
        text.contains(
            "links here?</a> <span class=\"soft\">2 reads, and one for each article found"
        ),
        "{text}"
    );
    let asked = ann
        .get("/search?q=links:https%3A%2F%2Fexample.org%2Fcurlews")
        .await;
    assert_eq!(asked.lines().len(), 1);
    // The lists of two feeds, and the one article.
    assert_eq!(asked.cost.reads, 3, "{}", asked.cost);
    let known = ann.get(&format!("/article/{one}-1?in=all")).await;
    assert_eq!(known.is(200).cost.reads, 0);
    let text = known.text();
    assert!(
        text.contains("Articles of your feeds that link here") && text.contains(">An answer</a>"),
        "{text}"
    );
    // What a rule hides is no answer.
    let condition = json!({ "what": "title", "how": "contains", "text": "answer" });
    let rule =
        json!({ "name": "Answers", "conditions": [condition], "does": ["hide"], "apply": true });
    let own = app.program_of(&ann).await;
    own.post_json("/api/v1/rules", rule).await.is(201);
    let known = ann.get(&format!("/article/{one}-1?in=all")).await;
    assert!(!known.is(200).text().contains("An answer"));
}

#[test]
fn the_command_says_the_same() {
    let shell = Shell::new();
    let password = crate::support::PASSWORD;
    shell
        .run_with(
            &["user", "add", "ann@example.org", "--password-stdin"],
            &[],
            password,
        )
        .is(0);
    let asked = shell.run(&["search", "--user", "ann@example.org", "curlew", "--json"]);
    let json: Value = serde_json::from_str(&asked.is(0).out()).unwrap();
    assert_eq!(json["searched"]["articles"], 0);
    assert_eq!(json["searched"]["feeds"], 0);
    assert_eq!(json["hits"], Value::Array(Vec::new()));
    assert_eq!(json["cursor"], Value::Null);
    let bad = shell.run(&["search", "--user", "ann@example.org", "before:soon"]);
    assert!(bad.is(2).errors().contains("isn’t a date"));
}

#[test]
fn the_command_pages_through_hits_with_their_snippets() {
    let web = FakeWeb::start();
    let mut text = FeedText::new("Estuary");
    for n in 0..5 {
        let name = format!("curlew-{n}");
        text = text.and(entry(
            &name,
            &format!("Sighting {n}"),
            "A curlew called over the mud.",
            n,
        ));
    }
    text = text.and(entry("heron", "A heron", "It stood still.", 9));
    let shell = Shell::reading(&web.put("/estuary", Page::feed(text.rss())));

    let ask = [
        "search",
        "--user",
        "ann@example.org",
        "curlew",
        "--limit",
        "2",
    ];
    let (mut titles, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let mut asked = ask.to_vec();
        asked.push("--json");
        if let Some(after) = &cursor {
            asked.extend(["--cursor", after]);
        }
        let page = shell.run(&asked).is(0).json();
        assert_eq!(page["searched"]["articles"], 6);
        assert_eq!(page["searched"]["feeds"], 1);
        for hit in page["hits"].as_array().unwrap() {
            assert!(hit["id"].as_str().is_some_and(|id| !id.is_empty()), "{hit}");
            assert_eq!(hit["feed"], "Estuary");
            assert!(hit["link"].as_str().unwrap().contains("curlew-"), "{hit}");
            assert!(hit["snippet"].as_str().unwrap().contains("curlew"), "{hit}");
            titles.push(hit["title"].as_str().unwrap().to_owned());
        }
        pages += 1;
        cursor = page["cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
        assert!(pages < 5, "the cursor doesn't end");
    }
    let all: Vec<String> = (0..5).map(|n| format!("Sighting {n}")).collect();
    assert_eq!(titles, all, "newest first, none twice, none left out");

    let lines = shell.run(&ask);
    lines.is(0);
    assert!(lines.out().contains("Sighting 0") && lines.out().contains("curlew"));
    assert!(lines.errors().contains("searched: 6 articles in 1 feeds"));
    assert!(lines.errors().contains("more: --cursor"));
}
