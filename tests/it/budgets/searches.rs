//! Searches and rules: driven last, so that no other row knows of them.

use super::{Drive, Sent};
use crate::support::{Client, Entry, FakeWeb, FeedText, Page, at};

/// Runs the routes of searches and rules for a reader and their program.
pub(super) async fn drive(
    d: &mut Drive<'_>,
    web: &FakeWeb,
    ann: &Client<'_>,
    program: &Client<'_>,
) {
    // Titles of the first ten articles of each feed begin alike, so that each search has hits to show.
    d.get(ann, "/search", "/search?q=title").await;
    // A program's first calls of a day wake the feeds of a reader who was away.
    for _ in 0..12 {
        program.get("/api/v1/subscriptions").await.is(200);
    }
    d.get(program, "/api/v1/search", "/api/v1/search?q=title&limit=20")
        .await;
    for (turn, state) in [(0, "cold"), (1, "warm")] {
        if turn == 0 {
            d.app.forgets();
        }
        let narrower = ann.get("/search?q=title+f1*").await;
        d.note(
            "GET /search, a narrower query",
            state,
            narrower.is(200).cost,
        );
    }
    let searches = ["title:f1*", "title:f2*"];
    d.route(ann, ("POST", "/searches"), 303, |turn| {
        let form = format!("q={}", searches[turn]);
        ("/searches".into(), Sent::Form(form))
    })
    .await;
    let rename = "do=name&name=Mine";
    d.route(ann, ("POST", "/searches/{id}"), 303, |turn| {
        (format!("/searches/{}", turn + 1), Sent::Form(rename.into()))
    })
    .await;
    d.route(ann, ("POST", "/rules"), 303, |turn| {
        let form = format!("what.0=title&how.0=words&text.0=soap{turn}&read=1&do=save");
        ("/rules".into(), Sent::Form(form))
    })
    .await;
    d.get(ann, "/rules", "/rules?edit=3").await;
    d.route(ann, ("POST", "/rules/{id}"), 303, |turn| {
        (format!("/rules/{}", turn + 3), Sent::Form("do=off".into()))
    })
    .await;
    d.route(ann, ("POST", "/rules/send"), 303, |_| {
        ("/rules/send".into(), Sent::Form(String::new()))
    })
    .await;
    d.get(ann, "/export/searches.json", "/export/searches.json")
        .await;
    let lines = ann.whole_list("/all").await;
    d.route(ann, ("POST", "/article/{id}/mute"), 303, |turn| {
        let form = format!("words=nothing{turn}&for=day&return=%2Fall");
        (
            format!("/article/{}/mute", lines[turn].id),
            Sent::Form(form),
        )
    })
    .await;
    d.driven.insert(("POST".into(), "/rules".into()));
    // News for a reader with rules: three articles in each of twenty feeds.
    for n in 0..20 {
        let text = FeedText::hourly(
            &format!("News{n}"),
            3,
            at(11, 0) + chrono::TimeDelta::days(400),
        )
        .rss();
        let page = Page::feed(text).validated("\"9\"", "Mon, 02 Mar 2026 11:00:00 GMT");
        web.put(&format!("/{n}"), page);
    }
    d.app.minutes_pass(8 * 24 * 60);
    ann.get("/help").await.is(200);
    while d.app.refresh().await["finished"] != true {}
    d.app.forgets();
    let met = ann.get("/unread").await;
    d.note(
        "GET /unread, rules meet news in 20 feeds",
        "cold",
        met.is(200).cost,
    );
    let again = ann.get("/unread").await;
    d.note(
        "GET /unread, rules meet news in 20 feeds",
        "warm",
        again.is(200).cost,
    );
    all_have_news(d, ann, web).await;
    sends_on(d, ann, web).await;
    follows(d, ann, lines[0].id.split('-').next().unwrap()).await;
    // A full text that is fetched: the article, and its words with the feed.
    let mut entry = Entry::new("page", at(12, 0));
    entry.link = Some(web.url("/page"));
    let text = "<p>It was a quiet day at the harbour, and nobody had asked the ferryman, who had been there.</p>";
    let page = format!(
        "<html><body><article><h1>A day</h1>{}</article></body></html>",
        text.repeat(8)
    );
    web.put("/page", Page::html(&page));
    let feed = web.put(
        "/paged",
        Page::feed(FeedText::new("Paged").and(entry).rss()),
    );
    let feed = ann.subscribes(&feed).await;
    let path = format!("/article/{feed}-1/full-text");
    let fetched = ann.post(&path, &[("return", "/unread")]).await;
    d.note(
        "POST /article/{id}/full-text, fetched",
        "warm",
        fetched.is(303).cost,
    );
}

/// One article in each of at most 120 feeds, for a reader with rules: a read for each 30 of them.
async fn all_have_news(d: &mut Drive<'_>, ann: &Client<'_>, web: &FakeWeb) {
    let feeds = super::SIZES[d.place].min(120);
    let newest = at(11, 0) + chrono::TimeDelta::days(450);
    for n in 0..feeds {
        let text = FeedText::hourly(&format!("All{n}"), 1, newest).rss();
        let page = Page::feed(text).validated("\"12\"", "Mon, 02 Mar 2026 11:30:00 GMT");
        web.put(&format!("/{n}"), page);
    }
    d.app.minutes_pass(8 * 24 * 60);
    ann.get("/help").await.is(200);
    while d.app.refresh().await["finished"] != true {}
    let what = "GET /unread, rules meet news in up to 120 feeds";
    let met = ann.get("/unread").await;
    d.note(what, "warm", met.is(200).cost);
}

/// A rule sends three articles on, to a service that takes them.
async fn sends_on(d: &mut Drive<'_>, ann: &Client<'_>, web: &FakeWeb) {
    let hook = web.put("/hook", Page::status(200));
    let target = [
        ("name", "Desk"),
        ("service", "webhook"),
        ("address", hook.as_str()),
        ("secret", "s"),
    ];
    ann.post("/settings/targets", &target).await.is(303);
    let form = [
        ("what.0", "link"),
        ("how.0", "contains"),
        ("text.0", "http"),
        ("hook", "Desk"),
        ("do", "save"),
    ];
    ann.post("/rules", &form).await.is(303);
    let newest = at(11, 0) + chrono::TimeDelta::days(500);
    let text = FeedText::hourly("Sent", 3, newest).rss();
    let page = Page::feed(text).validated("\"10\"", "Tue, 03 Mar 2026 11:00:00 GMT");
    web.put("/0", page);
    d.app.minutes_pass(8 * 24 * 60);
    ann.get("/help").await.is(200);
    while d.app.refresh().await["finished"] != true {}
    d.app.forgets();
    web.forget();
    let what = "GET /unread, a rule sends three articles on";
    let sent = ann.get("/unread").await;
    assert_eq!(web.asked("/hook").len(), 3);
    d.note(what, "cold", sent.is(200).cost);
    d.note(what, "warm", ann.get("/unread").await.is(200).cost);
}

/// A folder of one feed gets another name, and a rule follows it.
async fn follows(d: &mut Drive<'_>, ann: &Client<'_>, feed: &str) {
    let into = [("feed", feed), ("do", "move"), ("folder", "Out")];
    ann.post("/feeds", &into).await.is(303);
    let form = [
        ("place", "folder:Out"),
        ("what.0", "title"),
        ("text.0", "nothing"),
        ("read", "1"),
        ("do", "save"),
    ];
    ann.post("/rules", &form).await.is(303);
    let rename = [("do", "rename"), ("name", "Outside")];
    let what = "POST /folders/settings/{path}, a rule follows";
    let renamed = ann.post("/folders/settings/Out", &rename).await;
    d.note(what, "warm", renamed.is(303).cost);
}
