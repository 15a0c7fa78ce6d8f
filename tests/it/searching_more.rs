//! Searching: cursors that belong to their query, stars that a rule hides, addresses in every spelling, and what a warm shelf
//! costs.

use dormouse::articles::{Article, ArticleSummary, Body};
use dormouse::feeds::{self, unknown};
use dormouse::ids::{ArticleId, FeedId};
use dormouse::search::{Doc, Entry as Words, Pieces, Words as List};
use dormouse::shelf::store as shelves;
use dormouse::shelf::subscription::{Extra, Subscription};
use dormouse::web::words::segment;

use crate::ruling::rule;
use crate::searching::{entry, found, shelf};
use crate::support::{FakeWeb, FeedText, Page, Shell, TestApp, at};

#[tokio::test]
async fn a_cursor_belongs_to_its_query_and_its_order() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feed = FeedText::hourly("Wide", 60, at(11, 0)).rss();
    ann.subscribes(&web.put("/f", Page::feed(feed))).await;
    let program = app.program_of(&ann).await;
    let first = program.get("/api/v1/search?q=wide&limit=5").await;
    let cursor = first.is(200).json()["cursor"].as_str().unwrap().to_owned();
    let with = |query: &str| format!("/api/v1/search?q={query}&limit=5&cursor={cursor}");
    program.get(&with("wide")).await.is(200);
    program.get(&with("%20wide%20")).await.is(200);
    for other in ["title", "wide%20-zebra", "title:wide", "wide&sort=best"] {
        let refused = program.get(&with(other)).await;
        assert_eq!(refused.error(), (400, "bad_cursor".to_owned()), "{other}");
        let advice = &refused.json()["error"]["advice"];
        assert_eq!(advice, "Start again without a cursor.");
    }
    // A page says so, too, and keeps what was typed.
    let page = ann.get("/search?q=wide").await;
    let next = page.is(200).next_page().unwrap();
    assert_eq!(ann.get(&next).await.is(200).lines().len(), 20);
    for other in [
        next.replace("q=wide", "q=title%3Awide"),
        next.replace("q=wide", "q=wide&sort=best"),
        next.replace("after=", "after=x"),
    ] {
        let refused = ann.get(&other).await;
        let words = refused.is(400).words();
        assert!(
            words.contains("This page belongs to another search.")
                && words.contains("Search again to begin with its first page."),
            "{words}"
        );
        let back = refused
            .text()
            .split("data-list=\"/search?q=")
            .nth(1)
            .unwrap();
        let back = back.split('"').next().unwrap();
        assert!(!back.contains("after"), "{back}");
        assert!(refused.lines().is_empty());
        assert!(refused.text().contains("wide\" placeholder"), "{words}");
    }
}

#[test]
fn the_command_refuses_a_cursor_of_another_query() {
    let web = FakeWeb::start();
    let feed = FeedText::hourly("Wide", 5, at(11, 0)).rss();
    let shell = Shell::reading(&web.put("/f", Page::feed(feed)));
    let ask = |query: &str, more: &[&str]| {
        let all = ["search", "--user", "ann@example.org", "--limit", "2", query];
        shell.run(&[&all, more].concat())
    };
    let first = ask("wide", &["--json"]).is(0).json();
    let cursor = first["cursor"].as_str().unwrap();
    ask("wide", &["--cursor", cursor]).is(0);
    for (query, more) in [("title", &["--json"][..]), ("wide", &["--best"])] {
        let refused = ask(query, &[&["--cursor", cursor], more].concat());
        let said = refused.is(2).errors();
        assert!(
            said.contains(
                "this cursor belongs to another search; leave out --cursor to start again"
            ),
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_is_starred_or_kept_is_found_though_a_rule_hides_it() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, birds, _) = shelf(&app, &web).await;
    let program = app.program_of(&ann).await;
    let back = [("return", "/unread")];
    ann.post(&format!("/article/{birds}-1/star"), &back)
        .await
        .is(303);
    let tags = [("tags", "wader"), ("note", ""), ("return", "/unread")];
    ann.post(&format!("/article/{birds}-4/tags"), &tags)
        .await
        .is(303);
    for words in ["curlews", "drone", "rye"] {
        rule(&ann, words, &[("hide", "1"), ("applies", "1")])
            .await
            .is(303);
    }
    let listed = ann.titles("/all").await;
    assert_eq!(
        listed,
        ["Sourdough", "東京の水鳥", "Über den Brachvogel"],
        "they are hidden"
    );
    let (curlews, drone) = ("Counting curlews by ear", "A drone above");
    assert_eq!(found(&program, "is:starred").await, [curlews]);
    assert_eq!(found(&program, "tag:wader").await, [drone]);
    assert_eq!(
        found(&program, "curlew").await,
        ["Sourdough", drone, curlews]
    );
    assert_eq!(found(&program, "rye").await, Vec::<String>::new());
    let words = ann.get("/search?q=curlew").await.is(200).words();
    assert!(words.contains("of 5 in 2 feeds"), "{words}");
    assert!(!words.contains("searched yet"), "{words}");
    // Without its star it is hidden again.
    ann.post(&format!("/article/{birds}-1/unstar"), &back)
        .await
        .is(303);
    assert_eq!(found(&program, "is:starred").await, Vec::<String>::new());
    assert_eq!(found(&program, "curlew").await, ["Sourdough", drone]);
}

#[tokio::test]
async fn links_are_found_in_every_spelling_of_their_address() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let link = |address: &str| format!("As <a href=\"{address}\">she</a> says.");
    let text = FeedText::new("Linking")
        .and(entry(
            "a",
            "Port",
            &link("https://example.org:8443/post"),
            3,
        ))
        .and(entry("b", "Plain", &link("https://example.org/post"), 2))
        .and(entry(
            "c",
            "Loud",
            &link("HTTPS://WWW.Example.COM/Post?A=b"),
            1,
        ));
    ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    let program = app.program_of(&ann).await;
    let (port, plain, loud) = ("Port", "Plain", "Loud");
    for (query, titles) in [
        ("links:example.org:8443", vec![port]),
        ("links:example.org:8443/post", vec![port]),
        ("links:https://example.org:8443/post", vec![port]),
        ("links:\"https://EXAMPLE.org:8443/post#top\"", vec![port]),
        ("links:example.org:9000", vec![]),
        ("links:example.org:9000/post", vec![]),
        // A host is a host, whatever its port; a page is one page.
        ("links:example.org", vec![plain, port]),
        ("links:EXAMPLE.ORG", vec![plain, port]),
        ("LINKS:Example.org/post", vec![plain]),
        ("links:example.org:443/post", vec![plain]),
        ("links:ann@example.org/post", vec![plain]),
        ("links:https://ann:secret@Example.org:8443/post", vec![port]),
        ("links:ann@example.org", vec![plain, port]),
        ("links:example.com/Post?A=b", vec![loud]),
        ("links:www.EXAMPLE.com/Post?A=b", vec![loud]),
        ("links:example.com/post?A=b", vec![]),
        ("links:example.com", vec![loud]),
    ] {
        assert_eq!(found(&program, query).await, titles, "{query}");
    }
}

/// Words that fill a list, and none of which is asked for.
fn filling(n: u32, count: u32) -> String {
    let one = |k: u32| format!("w{:x} ", (n * 7_919 + k * 104_729 + k * k) % 19_997);
    (0..count).map(one).collect()
}

/// How many lists differ; further feeds have the same ones again.
const DIFFERENT: u32 = 14;

/// A list of 200 articles and its newest one, whose title has the word that is asked for; of every second list, its text has another.
fn full_list(kind: u32) -> (Vec<u8>, ArticleSummary, Body) {
    let mut entries = Vec::new();
    let mut newest = (ArticleSummary::default(), Body::default());
    for seq in 1..=200 {
        let at = at(11, 0).timestamp() - i64::from(200 - seq) * 3_600 - i64::from(kind);
        let doc = Doc {
            seq,
            at,
            published: at,
            ..Doc::default()
        };
        let title = if seq == 200 { "A needle" } else { "Hay" };
        let mut text = filling(kind * 200 + seq, 480);
        if kind.is_multiple_of(2) && seq == 200 {
            text.push_str("thread");
        }
        let pieces = Pieces {
            title,
            texts: &[&text],
            ..Pieces::default()
        };
        entries.push(Words::of(doc, &pieces));
        newest.0 = ArticleSummary {
            title: title.into(),
            order: at * 1_000_000,
            ..ArticleSummary::default()
        };
        newest.1 = Body {
            title: title.into(),
            html: format!("<p>{text}</p>"),
            published: Some(at),
            ..Body::default()
        };
    }
    let list = List::default().changed(|_| true, &entries);
    (list, newest.0, newest.1)
}

/// 120 feeds of 200 articles whose lists are as large as lists may be, in a cache of the usual size.
#[tokio::test]
async fn a_full_shelf_is_searched_warm_without_a_read_besides_what_is_shown() {
    let app = TestApp::in_memory(&[]).await;
    let ann = app.reader("ann").await;
    let user = dormouse::users::store::by_email(&app.state.store, "ann@example.org").await;
    let user = user.unwrap().unwrap().id;
    let lists: Vec<_> = (0..DIFFERENT).map(full_list).collect();
    let feeds = 120;
    let mut bytes = 0;
    for number in 1..=feeds {
        let id = FeedId(number * 7_919);
        let (list, summary, body) = &lists[(number % DIFFERENT) as usize];
        let mut feed = unknown(
            id,
            format!("https://{number}.example/feed").parse().unwrap(),
        );
        feed.summary.last = 200;
        feed.summary.digest = "d".into();
        feed.summary.title = format!("Feed {number}");
        feed.summary.indexed = 1;
        feed.words = list.as_slice().into();
        bytes += feed.words.len();
        let article = Article {
            id: ArticleId { feed: id, seq: 200 },
            summary: summary.clone(),
            body: body.clone(),
        };
        let mut changes = vec![dormouse::articles::store::put(&article).unwrap()];
        changes.extend(feeds::store::insert(&feed).unwrap());
        let one = Subscription::new(id, Vec::new(), i64::from(number), Some(0));
        changes.push(shelves::stage(user, &one, &Extra::default()).unwrap());
        app.state.store.commit(changes).await.unwrap();
    }
    println!("{} bytes a feed", bytes / feeds as usize);
    assert!(bytes / feeds as usize > 70_000, "the lists are large");
    app.forgets();
    ann.get("/unread").await.is(200);
    let cold = ann.get("/search?q=needle").await;
    assert_eq!(cold.is(200).lines().len(), 20);
    assert_eq!(cold.cost.reads, 120 + 20, "{}", cold.cost);
    let words = cold.words();
    assert!(words.contains("of 24,000 in 120 feeds"), "{words}");
    app.minutes_pass(9);
    // What every page needs, asked by one that searches nothing.
    ann.get("/unread").await.is(200);
    let again = ann.get("/search?q=needle").await;
    assert_eq!(again.is(200).cost.reads, 0, "a second search");
    let next = again.next_page().unwrap();
    let next = ann.get(&next).await;
    assert_eq!(next.is(200).lines().len(), 20);
    assert_eq!(next.cost.reads, 20, "the next page: what it shows");
    let narrower = ann.get("/search?q=needle%20thread").await;
    assert_eq!(narrower.is(200).lines().len(), 20);
    assert!(
        narrower.cost.reads <= 20,
        "a narrower one: what it shows, less what is remembered: {}",
        narrower.cost
    );
    let narrower = ann.get("/search?q=needle%20thread").await;
    assert_eq!(narrower.is(200).cost.reads, 0);
    let other = ann.get(&format!("/search?q={}", segment("nothing*"))).await;
    assert_eq!(other.is(200).cost.reads, 0, "another one without hits");
}

#[tokio::test]
async fn authors_categories_and_media_are_found() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let item = |name: &str, more: &str| {
        format!(
            "<item><title>{name}</title><guid>{name}</guid><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>\
             <description>Some text.</description>{more}</item>"
        )
    };
    let rss = format!(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Mixed</title>{}{}{}{}</channel></rss>",
        item("By her", "<dc:creator>Zoë Wader</dc:creator>"),
        item(
            "About",
            "<category>Wader</category><category>Rivers and Seas</category>"
        ),
        item(
            "Sound",
            "<enclosure url=\"https://example.org/a.mp3\" type=\"audio/mpeg\" length=\"9\"/>"
        ),
        item(
            "Film",
            "<enclosure url=\"https://example.org/a.mp4\" type=\"video/mp4\" length=\"9\"/>"
        ),
    );
    ann.subscribes(&web.put("/f", Page::feed(rss))).await;
    let program = app.program_of(&ann).await;
    for (query, titles) in [
        ("author:wader", vec!["By her"]),
        ("author:zoe", vec!["By her"]),
        ("author:\"zoë wader\"", vec!["By her"]),
        ("-author:wader wader", vec!["About"]),
        ("wader", vec!["About", "By her"]),
        ("\"rivers and seas\"", vec!["About"]),
        ("has:audio", vec!["Sound"]),
        ("has:video", vec!["Film"]),
        ("has:audio OR has:video", vec!["Film", "Sound"]),
    ] {
        let mut all = found(&program, query).await;
        all.sort();
        assert_eq!(all, titles, "{query}");
    }
}

#[tokio::test]
async fn a_page_ends_after_twenty_candidates_that_are_none() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let mut text = FeedText::new("Far apart");
    for n in 0..50 {
        let words = match n {
            // The oldest has the phrase.
            49 => "A salt marsh.",
            _ => "A marsh without salt.",
        };
        text = text.and(entry(&format!("e{n}"), &format!("Walk {n}"), words, n));
    }
    ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    ann.get("/unread").await.is(200);
    app.forgets();
    ann.get("/unread").await.is(200);
    let mut page = ann.get("/search?q=%22salt+marsh%22").await;
    assert_eq!(page.is(200).cost.reads, 1 + 20, "{}", page.cost);
    let mut pages = 1;
    while page.lines().is_empty() {
        let next = page.next_page().expect("a way on");
        page = ann.get(&next).await;
        assert!(page.is(200).cost.reads <= 20, "{}", page.cost);
        pages += 1;
    }
    assert_eq!((pages, page.lines().len()), (3, 1));
    assert_eq!(page.lines()[0].title, "Walk 49");
    assert_eq!(page.next_page(), None);
}
