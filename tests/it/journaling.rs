//! The journal: what is noted, when it is moved, what it says, and that it is its reader's.

use chrono::{Datelike, TimeDelta};
use serde_json::{Value, json};

use crate::support::{Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at};

/// A feed of so many articles; the newest first.
async fn feed(ann: &Client<'_>, web: &FakeWeb, path: &str, title: &str, count: i32) -> Vec<String> {
    let text = FeedText::hourly(title, count, at(11, 0)).rss();
    let id = ann.subscribes(&web.put(path, Page::feed(text))).await;
    let lines = ann.whole_list(&format!("/feed/{id}")).await;
    lines.into_iter().map(|line| line.id).collect()
}

async fn signs_in(ann: &Client<'_>) {
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    ann.post("/signin", &form).await.is(303);
}

/// The lines of a file of JSON Lines, without its first.
async fn noted(ann: &Client<'_>) -> Vec<Value> {
    let file = ann.get("/export/journal.jsonl").await;
    let lines = file.is(200).text().lines().skip(1);
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn acts(lines: &[Value], act: &str) -> Vec<String> {
    let ours = lines.iter().filter(|line| line["act"] == act);
    ours.map(|line| line["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_is_done_is_noted_and_costs_no_write_more() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "/f", "Feed", 9).await;
    let opened = ann.get(&format!("/article/{}", ids[0])).await;
    assert_eq!(
        opened.is(200).cost.writes,
        1,
        "the mark and its line are one write"
    );
    let batch = json!({
        "batch": "b-1", "read": [ids[1], ids[2]], "opened": [ids[1]], "followed": [ids[1]],
    });
    let marked = ann.post_json("/marks", batch.clone()).await;
    assert_eq!(marked.is(200).cost.writes, 1);
    let again = ann.post_json("/marks", batch).await;
    assert_eq!(
        again.is(200).cost.writes,
        0,
        "a batch that comes twice is noted once"
    );
    ann.post(
        &format!("/article/{}/star", ids[3]),
        &[("return", "/unread")],
    )
    .await
    .is(303);
    let tags = [("tags", "garden"), ("note", ""), ("return", "/unread")];
    ann.post(&format!("/article/{}/tags", ids[4]), &tags)
        .await
        .is(303);
    let list = ann.get("/unread").await;
    let seen = list.seen().unwrap();
    ann.post("/mark-all", &[("seen", &seen), ("return", "/unread")])
        .await
        .is(303);

    let lines = noted(&ann).await;

    assert_eq!(acts(&lines, "opened").len(), 2);
    assert_eq!(acts(&lines, "followed").len(), 1);
    assert_eq!(acts(&lines, "starred").len(), 1);
    assert_eq!(acts(&lines, "tagged").len(), 1);
    assert_eq!(acts(&lines, "marked"), [""], "single marks have no text");
    let cleared: Vec<&Value> = lines
        .iter()
        .filter(|line| line["act"] == "cleared")
        .collect();
    assert_eq!((cleared.len(), &cleared[0]["count"]), (1, &json!(6)));
    assert!(lines[0]["link"].as_str().unwrap().starts_with("http"));
    let page = ann.get("/journal").await;
    let words = page.is(200).words();
    assert!(
        words.contains("2 opened, 1 followed, 1 starred, 1 tagged"),
        "{words}"
    );
    assert!(
        words.contains("6 cleared in bulk, without being opened"),
        "{words}"
    );
    assert_eq!(app.count("Journal").await, 0, "it waits in the read state");
    // Undone, they aren't cleared any more.
    let undo = page_act(&ann).await;
    ann.post("/undo", &[("act", &undo), ("return", "/unread")])
        .await
        .is(303);
    assert!(acts(&noted(&ann).await, "cleared").is_empty());
    app.is_sound().await;
}

/// The act that the last answer offers to undo.
async fn page_act(ann: &Client<'_>) -> String {
    let list = ann.get("/unread").await;
    let seen = list.seen();
    assert!(seen.is_none() || !list.text().is_empty());
    let page = ann.get("/all").await;
    let text = page.text();
    let place = text.find("name=\"act\" value=\"").unwrap() + "name=\"act\" value=\"".len();
    text[place..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_head_a_prefetch_and_a_304_open_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "/f", "Feed", 3).await;
    let path = format!("/article/{}", ids[0]);
    ann.ask(http::Method::HEAD, &path).send().await.is(200);
    ann.ask(http::Method::GET, &path)
        .header("sec-purpose", "prefetch")
        .send()
        .await;
    ann.ask(http::Method::GET, &path)
        .header("x-fragment", "article")
        .send()
        .await;
    assert!(noted(&ann).await.is_empty());
    let program = app.program_of(&ann).await;
    program
        .get(&format!("/api/v1/articles/{}", ids[0]))
        .await
        .is(200);
    assert!(
        noted(&ann).await.is_empty(),
        "a program that looks opens nothing"
    );
    let opened = program
        .post_json(&format!("/api/v1/articles/{}/open", ids[0]), json!({}))
        .await;
    assert_eq!(opened.is(204).cost.writes, 1);
    let again = program
        .post_json(&format!("/api/v1/articles/{}/open", ids[0]), json!({}))
        .await;
    assert_eq!(again.is(204).cost.writes, 0);
    assert_eq!(acts(&noted(&ann).await, "opened").len(), 1);
    program
        .post_json("/api/v1/articles/123-4/open", json!({}))
        .await
        .is(404);
    let bob = app.reader("bob").await;
    let others = app.program_of(&bob).await;
    others
        .post_json(&format!("/api/v1/articles/{}/open", ids[1]), json!({}))
        .await
        .is(404);
}

#[tokio::test]
async fn a_day_that_is_over_is_moved_with_the_next_batch() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "/f", "Feed", 40).await;
    let mut moves = 0;
    for (place, id) in ids.iter().enumerate() {
        let opened = ann.get(&format!("/article/{id}")).await;
        assert!(opened.is(200).cost.writes <= 3, "{}", opened.cost.writes);
        moves += u32::from(opened.cost.writes > 1);
        if place % 4 == 3 {
            app.minutes_pass(24 * 60);
            signs_in(&ann).await;
        }
    }
    assert_eq!(moves, 9, "once a day, in the first batch of the next");
    assert_eq!(acts(&noted(&ann).await, "opened").len(), 40);
    // Title, link and author outlive the feed.
    let feed = ids[0].split('-').next().unwrap().to_owned();
    ann.post(&format!("/feed/{feed}/remove"), &[]).await.is(303);
    app.minutes_pass(40 * 24 * 60);
    app.daily().await;
    signs_in(&ann).await;
    let lines = noted(&ann).await;
    assert_eq!(acts(&lines, "opened").len(), 40);
    assert!(lines.iter().all(|line| line["feed"] == "Feed"));
    let page = ann.get("/journal?q=feed").await;
    assert!(page.is(200).words().contains("Feed"), "{}", page.words());
    assert!(
        ann.get("/journal?q=nothing-like-it")
            .await
            .words()
            .contains("Nothing like that")
    );
    app.is_sound().await;
}

#[tokio::test]
async fn months_are_folded_and_a_long_absence_loses_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "/f", "Feed", 30).await;
    ann.get(&format!("/article/{}", ids[0])).await.is(200);
    // Away over New Year: what waits is moved into its own month, and that is folded.
    app.minutes_pass(92 * 24 * 60);
    signs_in(&ann).await;
    ann.get(&format!("/article/{}", ids[1])).await.is(200);
    app.minutes_pass(24 * 60);
    let moved = ann.get(&format!("/article/{}", ids[2])).await;
    moved.is(200);
    let page = ann.get("/insights?range=all").await;
    let words = page.is(200).words();
    assert!(
        words.contains("In all you opened 3 articles of 1 feed"),
        "{words}"
    );
    let lines = noted(&ann).await;
    let months: std::collections::BTreeSet<String> = lines
        .iter()
        .map(|line| line["at"].as_str().unwrap()[..7].to_owned())
        .collect();
    assert_eq!((lines.len(), months.len()), (3, 2));
    app.forgets();
    let cold = ann.get("/insights").await;
    let warm = ann.get("/insights").await;
    assert!(warm.is(200).cost.reads == 0, "{:?}", warm.cost);
    let plain = {
        app.forgets();
        ann.get("/help").await.cost.reads
    };
    assert!(
        cold.cost.reads <= plain + 2,
        "{} and {plain}",
        cold.cost.reads
    );
    app.is_sound().await;
}

#[tokio::test]
async fn it_is_mine() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "/f", "Feed", 12).await;
    for id in &ids[..3] {
        ann.get(&format!("/article/{id}")).await.is(200);
    }
    app.minutes_pass(24 * 60);
    signs_in(&ann).await;
    for id in &ids[3..6] {
        ann.get(&format!("/article/{id}")).await.is(200);
    }
    assert_eq!(noted(&ann).await.len(), 6);
    // One line, moved or not.
    let today = at(11, 0).date_naive();
    let (first, second) = (today.to_string(), (today + TimeDelta::days(1)).to_string());
    for (day, id) in [(&first, &ids[0]), (&second, &ids[3])] {
        let form = [
            ("what", "line"),
            ("day", day),
            ("article", id),
            ("return", "/journal"),
        ];
        ann.post("/journal/erase", &form).await.is(303);
    }
    assert_eq!(noted(&ann).await.len(), 4);
    // A day.
    ann.post("/journal/erase", &[("what", "day"), ("day", &first)])
        .await
        .is(303);
    assert_eq!(noted(&ann).await.len(), 2);
    // Paused, nothing is noted, and what is there stays.
    ann.post("/journal/settings", &[("do", "pause")])
        .await
        .is(303);
    let paused = ann.get(&format!("/article/{}", ids[7])).await;
    assert_eq!(paused.is(200).cost.writes, 1);
    assert!(
        ann.get("/journal")
            .await
            .words()
            .contains("The journal is paused")
    );
    assert_eq!(noted(&ann).await.len(), 2);
    ann.post("/journal/settings", &[("do", "resume")])
        .await
        .is(303);
    // For three months.
    let keep = [("keep", "3-months"), ("zone", "Asia/Tokyo"), ("do", "save")];
    ann.post("/journal/settings", &keep).await.is(303);
    app.minutes_pass(24 * 60 * 35);
    signs_in(&ann).await;
    ann.get(&format!("/article/{}", ids[8])).await.is(200);
    app.minutes_pass(24 * 60 * 140);
    signs_in(&ann).await;
    ann.get(&format!("/article/{}", ids[9])).await.is(200);
    app.minutes_pass(24 * 60);
    ann.get(&format!("/article/{}", ids[10])).await.is(200);
    let lines = noted(&ann).await;
    assert_eq!(acts(&lines, "opened").len(), 2, "{lines:?}");
    assert_eq!(app.count("Journal").await, 2, "this month and the sums");
    for wrong in [("keep", "for a bit"), ("zone", "Mars/Olympus")] {
        let form = [("keep", "ever"), ("zone", "UTC"), wrong];
        let form: Vec<(&str, &str)> = form.into_iter().rev().collect();
        ann.post("/journal/settings", &form).await.is(422);
    }
    // All of it.
    ann.post("/journal/erase", &[("what", "all")]).await.is(303);
    assert!(noted(&ann).await.is_empty());
    assert!(
        ann.get("/journal")
            .await
            .words()
            .contains("Nothing here yet")
    );
    // Nobody else's.
    let bob = app.reader("bob").await;
    assert!(noted(&bob).await.is_empty());
    let costs = ann.get("/admin/costs").await.is(200).words();
    assert!(!costs.contains("Title of"), "{costs}");
    app.is_sound().await;
}

#[tokio::test]
async fn a_month_is_deleted_and_its_sums_with_it() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "/f", "Feed", 6).await;
    ann.get(&format!("/article/{}", ids[0])).await.is(200);
    app.minutes_pass(35 * 24 * 60);
    signs_in(&ann).await;
    ann.get(&format!("/article/{}", ids[1])).await.is(200);
    app.minutes_pass(24 * 60);
    ann.get(&format!("/article/{}", ids[2])).await.is(200);
    let now = at(11, 0);
    let month = format!("{}-{:02}", now.year(), now.month());
    ann.post("/journal/erase", &[("what", "month"), ("month", &month)])
        .await
        .is(303);
    assert_eq!(acts(&noted(&ann).await, "opened").len(), 2);
    let words = ann.get("/insights?range=all").await.words();
    assert!(words.contains("In all you opened 2 articles"), "{words}");
    ann.post("/journal/erase", &[("what", "month"), ("month", "2026-13")])
        .await
        .is(422);
}

#[tokio::test]
async fn rankings_leave_out_what_their_reader_wants() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let one = feed(&ann, &web, "/one", "Tidewater", 5).await;
    let two = feed(&ann, &web, "/two", "Kernel", 5).await;
    for id in one.iter().take(4).chain(two.iter().take(2)) {
        ann.get(&format!("/article/{id}")).await.is(200);
    }
    let words = ann.get("/insights").await.is(200).words();
    assert!(
        words.contains("In the last 30 days you opened 6 articles of 2 feeds, 6 more than before."),
        "{words}"
    );
    let id = one[0].split('-').next().unwrap();
    ann.post(
        "/insights/leave-out",
        &[("feed", id), ("return", "/insights")],
    )
    .await
    .is(303);
    let page = ann.get("/insights").await;
    let words = page.is(200).words();
    assert!(words.contains("Left out of rankings"), "{words}");
    let text = page.text();
    let first = text
        .find("<th scope=\"row\"><a href=\"/journal?feed=")
        .unwrap();
    assert!(
        text[first..first + 500].contains("Kernel"),
        "the first place is the next one's"
    );
    ann.post(
        "/insights/leave-out",
        &[("feed", id), ("back", "true"), ("return", "/insights")],
    )
    .await
    .is(303);
    assert!(
        !ann.get("/insights")
            .await
            .words()
            .contains("Left out of rankings")
    );
    // Pages of one feed, of a year, and a picture of it.
    assert!(
        ann.get(&format!("/journal?feed={id}"))
            .await
            .words()
            .contains("you opened 4 in all")
    );
    ann.get("/journal/recent").await.is(200);
    ann.get("/insights/year").await.is(200);
    let picture = ann
        .get(&format!("/insights/{}.svg", at(11, 0).year()))
        .await;
    assert_eq!(
        picture.is(200).header("content-type"),
        Some("image/svg+xml")
    );
    assert!(picture.text().contains("Tidewater"));
    ann.get("/insights/0").await.is(404);
    ann.get("/insights/2026.png").await.is(404);
}

#[tokio::test]
async fn two_instances_note_everything_once() {
    let app = TestApp::start().await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "/f", "Feed", 60).await;
    let other = app.beside().await;
    let there = ann.at(&other);
    for (place, pair) in ids.chunks(2).enumerate() {
        let (here, path) = (
            format!("/article/{}", pair[0]),
            format!("/article/{}", pair[1]),
        );
        let (one, two) = tokio::join!(ann.get(&here), there.get(&path));
        one.is(200);
        two.is(200);
        if place % 5 == 4 {
            app.minutes_pass(24 * 60);
            other.minutes_pass(0);
            signs_in(&ann).await;
            for (name, value) in ann.cookies() {
                there.set_cookie(&name, &value);
            }
        }
    }
    let mut opened: Vec<String> = noted(&ann)
        .await
        .iter()
        .map(|line| line["article"].as_str().unwrap().to_owned())
        .collect();
    opened.sort();
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(opened, expected);
    app.is_sound().await;
}
