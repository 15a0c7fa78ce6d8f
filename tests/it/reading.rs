//! Lists, their pages, and the read state: one reader's view, independent of other readers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use dormouse::articles::store::ListDirection;
use dormouse::datastore::{Datastore, Key, Mutation};
use dormouse::feeds::Times;
use dormouse::ids::{ArticleId, FeedId, Numbers};
use dormouse::shelf::read_state::UNDO;
use dormouse::shelf::timeline::{self, Filter, PageRequest};
use dormouse::shelf::{ReadShards, ReadState, Scope, Shelf, Shown};
use dormouse::timestamp::Timestamp;
use dormouse::users::store::by_email;
use http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::support::{Client, Entry, FakeWeb, FeedText, Line, Page, TestApp, at};

/// A reader with `feeds` feeds of `articles` articles each, whose dates interleave.
async fn shelf_of(client: &Client<'_>, web: &FakeWeb, feeds: i64, articles: i32) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..feeds {
        let newest = at(11, 0) - TimeDelta::minutes(n);
        let text = FeedText::hourly(&format!("F{n}"), articles, newest).rss();
        let url = web.put(&format!("/{n}"), Page::feed(text));
        ids.push(client.subscribes(&url).await);
    }
    ids
}

/// Publishes more articles of a feed, and fetches them.
async fn arrive(app: &TestApp, web: &FakeWeb, feed: &str, path: &str, text: &FeedText) {
    web.put(path, Page::feed(text.rss()));
    let id = feed.parse().unwrap();
    let store = &app.state.store;
    let heads = dormouse::feeds::store::heads(store, &[id]).await.unwrap();
    let context = app.state.refresh_context().unwrap();
    let work = dormouse::refresh::feed::refresh(&context, &heads[0]);
    work.await.unwrap();
}

fn sorted_desc(lines: &[Line]) -> bool {
    // Titles are "Title of fN-M": later M of the same feed is newer.
    let number = |line: &Line| {
        line.title
            .rsplit('-')
            .next()
            .unwrap()
            .parse::<u32>()
            .unwrap()
    };
    let mut last: BTreeMap<String, u32> = BTreeMap::new();
    lines.iter().all(|line| {
        let feed = line.id.split('-').next().unwrap().to_owned();
        let this = number(line);
        last.insert(feed, this).is_none_or(|before| before > this)
    })
}

#[tokio::test]
async fn the_four_lists_show_what_they_say() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = |name| Page::feed(FeedText::hourly(name, 2, at(10, 0)).rss());
    let one = ann.subscribes(&web.put("/a", text("A"))).await;
    ann.subscribes_in(&web.put("/b", text("B")), "News").await;
    ann.subscribes_in(&web.put("/c", text("C")), "News/World & more")
        .await;
    let first = ann.get("/unread").await.lines();
    ann.post(&format!("/article/{}/read", first[0].id), &[])
        .await
        .is(303);

    assert_eq!(ann.titles("/unread").await.len(), 5);
    assert_eq!(ann.titles("/all").await.len(), 6);
    assert_eq!(
        ann.titles(&format!("/feed/{one}?state=all")).await,
        ["Title of a-2", "Title of a-1"]
    );
    let folder = ann.titles("/folder/News?state=all").await;
    assert_eq!(
        folder.len(),
        4,
        "a folder shows those inside it: {folder:?}"
    );
    let inner = ann
        .titles("/folder/News/World%20%26%20more?state=all")
        .await;
    assert_eq!(inner, ["Title of c-2", "Title of c-1"]);
    let oldest = ann.titles("/all?order=oldest").await;
    let mut newest = ann.titles("/all?order=newest").await;
    newest.reverse();
    assert_eq!(oldest[0].rsplit('-').next(), newest[0].rsplit('-').next());
    for missing in [
        "/folder/Nothing",
        "/feed/4711",
        "/feed/x",
        "/article/1-1",
        "/article/x",
        "/nothing",
    ] {
        ann.get(missing).await.is(404);
    }
    assert_eq!(ann.get("/").await.is(303).location(), "/unread");
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_double() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let feeds = shelf_of(&ann, &web, 40, 5).await;
    for path in [
        "/unread",
        "/all",
        "/unread?order=oldest",
        "/all?order=oldest",
    ] {
        let whole = ann.whole_list(path).await;
        assert_eq!(whole.len(), 200, "{path}");
        let forward: Vec<_> = if path.contains("oldest") {
            whole.into_iter().rev().collect()
        } else {
            whole
        };
        assert!(sorted_desc(&forward), "{path}");
    }
    assert_eq!(ann.get("/unread").await.lines().len(), 50);

    // Articles that arrive between two page loads neither shift the later pages nor appear on them.
    let first = ann.get("/unread").await;
    let newer = FeedText::hourly("F3", 5, at(10, 57)).and(Entry::new("f3-6", at(11, 59)));
    arrive(&app, &web, &feeds[3], "/3", &newer).await;
    let rest = ann.whole_list(&first.next_page().unwrap()).await;
    let mut all: BTreeSet<String> = first.lines().into_iter().map(|line| line.id).collect();
    all.extend(rest.into_iter().map(|line| line.id));
    assert_eq!(all.len(), 200);
    assert_eq!(ann.unread().await, 201);
}

#[tokio::test]
async fn a_page_of_any_list_costs_one_or_two_reads_beside_the_shelf() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    shelf_of(&ann, &web, 40, 3).await;
    // Session, account, subscriptions, read state, two groups of heads; then the timeline.
    let page = ann.get("/unread").await;
    assert!(page.cost.reads <= 8, "{}", page.cost);
    assert_eq!(page.cost.writes, 0);
    let next = ann.get(&page.next_page().unwrap()).await;
    assert!(next.cost.reads <= 8, "{}", next.cost);
    // Few are unread: they are fetched by key.
    let seen = page.seen().unwrap();
    ann.post("/mark-all", &[("seen", &seen)]).await.is(303);
    let lines = ann.get("/all").await.lines();
    ann.post(&format!("/article/{}/unread", lines[7].id), &[])
        .await
        .is(303);
    let almost_empty = ann.get("/unread").await;
    assert_eq!(almost_empty.lines().len(), 1);
    assert!(almost_empty.cost.reads <= 7, "{}", almost_empty.cost);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused_in_words() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    shelf_of(&ann, &web, 30, 2).await;
    let next = ann.get("/unread").await.next_page().unwrap();
    ann.get(&next).await.is(200);
    let cursor = next.split("cursor=").nth(1).unwrap();
    for other in ["/all?", "/unread?order=oldest&"] {
        let refused = ann.get(&format!("{other}cursor={cursor}")).await;
        assert!(
            refused
                .is(400)
                .words()
                .contains("Go back to the start of the list")
        );
    }
    let forged = format!("{}AAAA", &cursor[..cursor.len() - 4]);
    for nonsense in ["", "x", "%00", &forged] {
        ann.get(&format!("/unread?cursor={nonsense}")).await.is(400);
    }
}

#[tokio::test]
async fn marking_by_form_goes_both_ways() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 3, at(10, 0)).rss()),
    );
    ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    let id = ann.get("/unread").await.lines()[1].id.clone();

    let back = ann
        .post(&format!("/article/{id}/read"), &[("return", "/all")])
        .await;
    assert_eq!(back.is(303).location(), "/all");
    assert_eq!((ann.unread().await, bob.unread().await), (2, 3));
    assert!(back.cost.writes <= 1, "{}", back.cost);
    ann.post(&format!("/article/{id}/read"), &[]).await.is(303);
    assert_eq!(ann.unread().await, 2);
    ann.post(&format!("/article/{id}/unread"), &[])
        .await
        .is(303);
    assert_eq!((ann.unread().await, bob.unread().await), (3, 3));

    let elsewhere = [("return", "https://evil.example/")];
    let back = ann.post(&format!("/article/{id}/read"), &elsewhere).await;
    assert_eq!(
        back.is(303).location(),
        "/unread",
        "only our own pages are gone back to"
    );
}

#[tokio::test]
async fn opening_is_reading_if_the_reader_himself_did_it() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 6, at(10, 0)).rss()),
    );
    ann.subscribes(&url).await;
    let lines = ann.get("/unread").await.lines();

    for (name, value) in [
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("sec-fetch-site", "cross-site"),
        ("x-fragment", "article"),
    ] {
        let ask = ann.ask(Method::GET, &lines[0].href).header(name, value);
        let opened = ask.send().await;
        assert!(opened.is(200).text().contains("<p>Text of news-6</p>"));
        assert_eq!(opened.cost.writes, 0, "{name}");
        assert_eq!(opened.text().contains("<html"), name != "x-fragment");
        assert_eq!(ann.unread().await, 6, "{name}");
    }
    let opened = ann.get(&lines[2].href).await;
    assert_eq!(ann.unread().await, 5);
    assert_eq!(opened.cost.writes, 1);
    let beside = opened.lines();
    assert_eq!(beside.len(), 6, "the list stays beside the article");
    assert!(opened.words().contains(&lines[1].title) && opened.words().contains(&lines[3].title));
    assert_eq!(ann.get(&lines[2].href).await.cost.writes, 0, "once");
}

#[tokio::test]
async fn marking_all_is_bounded_by_what_the_page_showed_and_undone_exactly() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let text = FeedText::hourly("News", 5, at(10, 0));
    let url = web.put("/f", Page::feed(text.rss()));
    let feed = ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    let page = ann.get("/unread").await;
    ann.post(&format!("/article/{}/read", page.lines()[0].id), &[])
        .await
        .is(303);
    let later = text
        .and(Entry::new("late1", at(11, 0)))
        .and(Entry::new("late2", at(11, 1)));
    arrive(&app, &web, &feed, "/f", &later).await;

    let form = [
        ("seen", page.seen().unwrap()),
        ("return", "/unread".to_owned()),
    ];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    let marked = ann.post("/mark-all", &form).await;
    assert_eq!(marked.is(303).location(), "/unread");
    assert_eq!(marked.cost.writes, 1);
    let after = ann.get("/unread").await;
    let titles: Vec<_> = after.lines().into_iter().map(|line| line.title).collect();
    assert_eq!(
        titles,
        ["Title of late2", "Title of late1"],
        "arrivals stay unread"
    );
    assert!(after.words().contains("Marked 4 articles as read"));
    let act = crate::support::attribute(after.text(), "name=\"act\"", "value").unwrap();
    // The message is shown once; undo stays available for ten minutes.
    let later = ann.get("/all").await;
    assert!(!later.words().contains("Marked 4 articles"));
    assert!(later.text().contains(&act));

    // Marks made since stay.
    ann.post(&format!("/article/{}/read", after.lines()[0].id), &[])
        .await
        .is(303);
    ann.post("/undo", &[("act", &act)]).await.is(303);
    let titles = ann.titles("/unread").await;
    assert_eq!(
        titles,
        [
            "Title of late1",
            "Title of news-4",
            "Title of news-3",
            "Title of news-2",
            "Title of news-1"
        ]
    );
    let again = ann.post("/undo", &[("act", &act)]).await;
    again.is(303);
    assert_eq!(ann.unread().await, 5);
    assert!(!ann.get("/all").await.text().contains("name=\"act\""));
    assert_eq!(bob.unread().await, 7);

    // A list's marks are validated: malformed input is rejected, another reader's feed is ignored.
    ann.post("/mark-all", &[("seen", "zzz")]).await.is(400);
    let carol = app.reader("carol").await;
    carol
        .post("/mark-all", &[("seen", &page.seen().unwrap())])
        .await
        .is(303);
    assert_eq!(
        app.count("ReadState").await,
        1,
        "only Ann has read anything"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn a_batch_counts_once_and_holds_three_hundred() {
    let app = TestApp::with(&[("QUOTA", "unread=200")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let feeds = shelf_of(&ann, &web, 3, 200).await;
    let ids: Vec<String> = ann
        .whole_list("/unread")
        .await
        .into_iter()
        .map(|line| line.id)
        .collect();

    let batch = json!({ "batch": "one", "read": ids[..300], "unread": [] });
    let sent = ann.post_json("/marks", batch.clone()).await;
    assert_eq!(sent.is(200).json()["unread"]["total"], 300);
    assert_eq!(sent.json()["unread"]["feeds"].as_object().unwrap().len(), 3);
    // Of so many the journal notes each feed's number, as of a bulk act.
    assert_eq!(sent.cost.writes, 1, "{}", sent.cost);

    // Meanwhile one is unread again; the repeated batch must not touch it.
    ann.post(&format!("/article/{}/unread", ids[5]), &[])
        .await
        .is(303);
    let repeated = ann.post_json("/marks", batch).await;
    assert_eq!(repeated.is(200).json()["unread"]["total"], 301);
    assert_eq!(repeated.cost.writes, 0);

    let many = json!({ "read": ids[..301] });
    assert_eq!(
        ann.post_json("/marks", many).await.error(),
        (400, "too_many_marks".into())
    );
    let bad = json!({ "read": ["x"] });
    assert_eq!(
        ann.post_json("/marks", bad).await.error(),
        (400, "bad_id".into())
    );
    let bad = json!({ "batch": "", "read": [] });
    assert_eq!(
        ann.post_json("/marks", bad).await.error(),
        (400, "bad_batch".into())
    );
    // Unknown articles are ignored: those of other feeds, and numbers beyond the last.
    let strange = json!({ "read": ["99-1", format!("{}-4000", feeds[0])] });
    assert_eq!(
        ann.post_json("/marks", strange).await.is(200).json()["unread"]["total"],
        301
    );
    app.is_sound().await;
}

#[tokio::test]
async fn two_windows_at_once_lose_no_mark() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    shelf_of(&ann, &web, 1, 40).await;
    let ids: Vec<String> = ann
        .whole_list("/unread")
        .await
        .into_iter()
        .map(|line| line.id)
        .collect();
    let windows: Vec<_> = (0..4).map(|_| ann.copy()).collect();
    let marks = windows.iter().enumerate().map(|(n, window)| {
        let read = ids[n * 10..n * 10 + 10].to_vec();
        window.post_json("/marks", json!({ "batch": n.to_string(), "read": read }))
    });
    for answer in futures_util::future::join_all(marks).await {
        answer.is(200);
    }
    assert_eq!(ann.unread().await, 0);
}

#[tokio::test]
async fn feeds_of_others_are_not_there() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 1, at(10, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    let line = ann.get("/unread").await.lines()[0].clone();
    for path in [
        line.href.clone(),
        format!("/feed/{feed}"),
        format!("/feed/{feed}/settings"),
    ] {
        bob.get(&path).await.is(404);
    }
    for path in ["read", "unread"] {
        bob.post(&format!("/article/{}/{path}", line.id), &[])
            .await
            .is(404);
    }
    bob.post(&format!("/feed/{feed}/remove"), &[]).await.is(404);
    bob.post(&format!("/feed/{feed}/settings"), &[("title", "x")])
        .await
        .is(404);
    assert_eq!(ann.unread().await, 1);
}

#[tokio::test]
async fn a_feed_is_renamed_moved_removed_and_remembered() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 3, at(10, 0)).rss()),
    );
    let feed = ann.subscribes(&url).await;
    let settings = format!("/feed/{feed}/settings");
    let form = [("title", "My <own> name"), ("folder", "A/B")];
    ann.post(&settings, &form).await.is(303);
    let page = ann.get("/folder/A/B").await;
    assert_eq!(page.lines().len(), 3);
    assert!(page.words().contains("My <own> name") && !page.text().contains("<own>"));
    ann.post(&settings, &[("title", ""), ("folder", "")])
        .await
        .is(303);
    ann.get("/folder/A/B").await.is(404);

    let first = ann.get("/unread").await.lines()[0].id.clone();
    ann.post(&format!("/article/{first}/read"), &[])
        .await
        .is(303);
    ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    assert!(
        ann.get("/unread")
            .await
            .words()
            .contains("Your shelf is empty")
    );
    ann.subscribes(&url).await;
    assert_eq!(ann.unread().await, 2, "what was read of it is remembered");
    app.is_sound().await;
}

#[tokio::test]
async fn the_order_is_remembered() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::feed(FeedText::hourly("News", 3, at(10, 0)).rss()),
    );
    ann.subscribes(&url).await;
    ann.post("/settings/reading", &[("order", "oldest")])
        .await
        .is(303);
    assert_eq!(ann.titles("/unread").await[0], "Title of news-1");
    assert_eq!(
        ann.titles("/unread?order=newest").await[0],
        "Title of news-3"
    );
    ann.post("/settings/reading", &[("order", "sideways")])
        .await
        .is(422);
}

/// The expected timeline: everything wanted, ordered by time.
fn model(
    articles: &[(Timestamp, ArticleId)],
    read: &BTreeSet<ArticleId>,
    wish: &PageRequest,
) -> Vec<ArticleId> {
    let mut list: Vec<_> = articles
        .iter()
        .filter(|(_, id)| wish.filter == Filter::All || !read.contains(id))
        .copied()
        .collect();
    list.sort_by_key(|&(at, id)| match wish.flow {
        ListDirection::NewestFirst => (-at.timestamp_micros(), id),
        ListDirection::OldestFirst => (at.timestamp_micros(), id),
    });
    list.into_iter().map(|(_, id)| id).collect()
}

/// Rewrites a feed's card as if it knew the times of its newest articles only, or of none.
async fn forget_times(store: &Datastore, feed: FeedId, how: u32) {
    let mut entity = store
        .get(&Key::int("Feed", feed.number()))
        .await
        .unwrap()
        .unwrap()
        .entity;
    let mut card: Value = serde_json::from_str(entity.text("card").unwrap()).unwrap();
    match how {
        0 => drop(card.as_object_mut().unwrap().remove("T")),
        1 => {
            let mut times: Times = serde_json::from_value(card["T"].clone()).unwrap();
            times = times.fitted(20);
            card["T"] = serde_json::to_value(times).unwrap();
        }
        _ => return,
    }
    entity = entity.indexed("card", card.to_string());
    store
        .commit(vec![Mutation::Upsert(entity, None)])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_folder_of_dots_can_be_opened() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for (n, folder) in ["..", ".", "../deep", "Sub/.."].into_iter().enumerate() {
        let text = FeedText::hourly(&format!("F{n}"), 1, at(9, 0)).rss();
        let url = web.put(&format!("/{n}"), Page::feed(text));
        ann.subscribes_in(&url, folder).await;
    }
    let page = ann.get("/unread").await;
    let links: BTreeSet<&str> = page
        .text()
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.starts_with("/folder/"))
        .collect();
    assert_eq!(links.len(), 5, "{links:?}");
    let base = url::Url::parse("http://reader.example/unread").unwrap();
    for link in links {
        // As a browser resolves it.
        let resolved = base.join(link).unwrap();
        assert_eq!(resolved.path(), link);
        assert!(!ann.get(link).await.is(200).lines().is_empty(), "{link}");
    }
}

#[tokio::test]
async fn a_feed_that_was_lost_can_be_added_again() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put("/f", Page::feed(FeedText::hourly("F", 2, at(9, 0)).rss()));
    let lost = ann.subscribes(&url).await;
    let id: FeedId = lost.parse().unwrap();
    let gone = vec![Mutation::Delete(Key::int("Feed", id.number()), None)];
    app.state.store.commit(gone).await.unwrap();
    app.forgets();
    ann.post(&format!("/feed/{lost}/remove"), &[]).await.is(303);
    let again = ann.subscribes(&url).await;
    assert_ne!(again, lost);
    assert_eq!(ann.whole_list("/unread").await.len(), 2);
}

#[tokio::test]
async fn a_feed_of_before_places_were_known_learns_them_with_its_next_news() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("F", 6, at(9, 0));
    let feed = ann.subscribes(&web.put("/f", Page::feed(text.rss()))).await;
    let store = &app.state.store;
    let id: FeedId = feed.parse().unwrap();
    let card = async || {
        let stored = store.get(&Key::int("Feed", id.number())).await.unwrap();
        let entity = stored.unwrap().entity;
        let card: Value = serde_json::from_str(entity.text("card").unwrap()).unwrap();
        (entity, card)
    };
    let (entity, mut old) = card().await;
    let places = old.as_object_mut().unwrap().remove("T").unwrap();
    let entity = entity.indexed("card", old.to_string());
    store
        .commit(vec![Mutation::Upsert(entity, None)])
        .await
        .unwrap();
    app.forgets();

    let text = FeedText::hourly("F", 7, at(10, 0));
    arrive(&app, &web, &feed, "/f", &text).await;
    let known: Times = serde_json::from_value(card().await.1["T"].clone()).unwrap();
    let before: Times = serde_json::from_value(places).unwrap();
    for seq in 1..=6 {
        assert_eq!(known.second(7, seq), before.second(6, seq), "{seq}");
        assert!(known.second(7, seq).is_some());
    }
    assert!(known.second(7, 7) > known.second(7, 6));
    assert_eq!(known.older(), 0);
}

/// Fetched by key or by scan, in pages of any size, in both directions: always equal to the naive list.
#[test]
fn rivers_are_what_a_naive_list_would_be() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (app, web) = (runtime.block_on(TestApp::start()), FakeWeb::start());
    let (user, late) = runtime.block_on(async {
        let ann = app.reader("ann").await;
        shelf_of(&ann, &web, 34, 4).await;
        // One large feed, and two whose articles have equal times.
        for (name, count) in [("F100", 90), ("F101", 6), ("F102", 6)] {
            let text = FeedText::hourly(name, count, at(11, 30)).rss();
            ann.subscribes(&web.put(&format!("/{name}"), Page::feed(text)))
                .await;
        }
        // One whose later articles are dated before its earlier ones.
        let text = FeedText::hourly("F103", 8, at(11, 30));
        let late = ann
            .subscribes(&web.put("/F103", Page::feed(text.rss())))
            .await;
        let mut more = FeedText::hourly("F103late", 8, at(3, 15));
        more.entries.extend(text.entries);
        arrive(&app, &web, &late, "/F103", &more).await;
        let user = by_email(&app.state.store, "ann@example.org").await.unwrap();
        (user.unwrap().id, late.parse::<FeedId>().unwrap())
    });
    let store = &app.state.store;
    let shelf = runtime.block_on(Shelf::load(store, user)).unwrap();
    let mut articles = Vec::new();
    for one in shelf.subscriptions.iter() {
        let numbers = shelf.numbers(one.feed);
        for seq in numbers.first..=numbers.last {
            let id = ArticleId {
                feed: one.feed,
                seq,
            };
            let article = runtime.block_on(dormouse::articles::store::get(store, id));
            articles.push((article.unwrap().unwrap().summary.at(), id));
        }
    }
    // The same with summaries from before they knew times, or without room for all of them.
    let older = runtime.block_on(async {
        for one in shelf.subscriptions.iter() {
            let how = if one.feed == late { 1 } else { one.feed.0 % 3 };
            forget_times(store, one.feed, how).await;
        }
        app.forgets();
        Shelf::load(store, user).await.unwrap()
    });
    let shelves = [shelf, older];
    let strategy = (
        // The read articles: from all but a few to none.
        proptest::collection::vec(any::<u16>(), 0..400),
        0..3_u8,
        1..60_usize,
        any::<bool>(),
        any::<bool>(),
        0..2_usize,
    );
    // On the emulator each page costs milliseconds.
    let in_cloud = crate::support::variable("TEST_STORE").is_some();
    let config = Config {
        cases: if in_cloud { 12 } else { 80 },
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..Config::default()
    };
    let run =
        |(marks, most, limit, oldest, all, which): (Vec<u16>, u8, usize, bool, bool, usize)| {
            // Not yet counted: what is counted is remembered.
            let shelf = &mut shelves[which].clone();
            let mut read: BTreeSet<ArticleId> = marks
                .iter()
                .map(|&n| articles[usize::from(n) % articles.len()].1)
                .collect();
            if most == 0 {
                // Almost everything is read: the few others are fetched by key.
                let all: BTreeSet<ArticleId> = articles.iter().map(|&(_, id)| id).collect();
                read = all.difference(&read).take(200).copied().collect();
            }
            shelf.read = ReadShards::default();
            for id in &read {
                shelf.read.mark(shelf.numbers(id.feed), id.seq, true);
            }
            let mut wish = PageRequest {
                scope: Scope::Everything,
                filter: if all { Filter::All } else { Filter::Unread },
                flow: if oldest {
                    ListDirection::OldestFirst
                } else {
                    ListDirection::NewestFirst
                },
                after: None,
                limit,
            };
            let mut found = Vec::new();
            loop {
                let stretch = runtime
                    .block_on(timeline::page(store, shelf, &wish))
                    .unwrap();
                prop_assert!(
                    stretch.rows.len() <= limit + 3,
                    "a page far beyond its limit"
                );
                found.extend(stretch.rows.iter().map(|summary| summary.id));
                match stretch.next {
                    Some(next) => wish.after = Some(next),
                    None => break,
                }
            }
            prop_assert_eq!(found, model(&articles, &read, &wish));
            Ok(())
        };
    let run = std::cell::RefCell::new(run);
    TestRunner::new(config)
        .run(&strategy, |case| (run.borrow_mut())(case))
        .unwrap();
}

/// One step that changes the read state.
#[derive(Clone, Debug)]
enum Event {
    Arrive(u32),
    Retire(u32),
    Mark(u32, bool),
    MarkAll(u32),
    Undo(usize),
    Wait(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1..20_u32).prop_map(Event::Arrive),
        (1..15_u32).prop_map(Event::Retire),
        (1..150_u32, any::<bool>()).prop_map(|(seq, read)| Event::Mark(seq, read)),
        (0..20_u32).prop_map(Event::MarkAll),
        (0..4_usize).prop_map(Event::Undo),
        (1..6_i64).prop_map(Event::Wait),
    ]
}

/// Compares with the model: a plain set of the read numbers.
#[test]
fn read_state_is_what_a_set_would_be() {
    let feed = FeedId(7);
    let config = Config {
        cases: 400,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..Config::default()
    };
    let run = |events: Vec<Event>| {
        let (mut first, mut last) = (1_u32, 0_u32);
        let mut now = at(12, 0);
        let mut state = ReadState::default();
        let mut read: BTreeSet<u32> = BTreeSet::new();
        let mut acts: Vec<(String, Timestamp, Vec<u32>)> = Vec::new();
        for (step, event) in events.into_iter().enumerate() {
            let numbers = Numbers { feed, first, last };
            match event {
                Event::Arrive(count) => last += count,
                Event::Retire(count) => first = (first + count).min(last + 1),
                Event::Wait(minutes) => now += TimeDelta::minutes(minutes),
                Event::Mark(seq, is_read) => {
                    state.mark(numbers, seq, is_read);
                    if (first..=last).contains(&seq) {
                        if is_read {
                            read.insert(seq);
                        } else {
                            read.remove(&seq);
                        }
                    }
                }
                Event::MarkAll(before) => {
                    // The page was loaded before the latest articles arrived.
                    let seen = last.saturating_sub(before);
                    let changed: Vec<u32> =
                        (first..=seen).filter(|seq| !read.contains(seq)).collect();
                    let shown = Shown::all(Numbers {
                        last: seen,
                        ..numbers
                    });
                    let id = step.to_string();
                    prop_assert_eq!(state.mark_all(&id, now, &[shown]), changed.len() as u64);
                    read.extend(&changed);
                    if !changed.is_empty() {
                        acts.push((id, now, changed));
                    }
                }
                Event::Undo(back) => {
                    let Some(place) = acts.len().checked_sub(back + 1) else {
                        continue;
                    };
                    let (id, made, changed) = acts.remove(place);
                    let undone = state.undo(&id, now, |_| first);
                    if now - made > UNDO || place + 10 < acts.len() + 1 {
                        prop_assert_eq!(undone, None);
                    } else {
                        let kept = changed.iter().filter(|&&seq| seq >= first);
                        prop_assert_eq!(undone, Some(kept.clone().count() as u64));
                        for seq in kept {
                            read.remove(seq);
                        }
                    }
                }
            }
            let numbers = Numbers { feed, first, last };
            let unread: Vec<u32> = (first..=last).filter(|seq| !read.contains(seq)).collect();
            prop_assert_eq!(state.unread(numbers), unread.clone());
            prop_assert_eq!(state.unread_count(numbers) as usize, unread.len());
            for seq in first..=last {
                let id = ArticleId { feed, seq };
                prop_assert_eq!(state.is_read(id), read.contains(&seq), "{}", seq);
            }
            prop_assert_eq!(state.faults(|_| Some(numbers)), Vec::<String>::new());
        }
        Ok(())
    };
    let events = proptest::collection::vec(event(), 1..40);
    TestRunner::new(config).run(&events, run).unwrap();
}
