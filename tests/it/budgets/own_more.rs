//! The calls of our own API that do what pages do, and change what others' rows would know of: driven after all others.

use dormouse::users::token::{Lifetime, NewToken, Scope, create};
use http::Method;
use serde_json::{Value, json};

use super::{Drive, Sent};
use crate::support::{Client, FakeWeb, FeedText, Page, at};

/// Runs each, cold and warm. `here` are feeds on the shelf.
pub(super) async fn drive(d: &mut Drive<'_>, late: &Client<'_>, web: &FakeWeb, here: &[&str]) {
    // A program's first calls of a day wake the feeds of a reader who was away.
    for _ in 0..12 {
        late.get("/api/v1/subscriptions").await.is(200);
    }
    for route in [
        "edition",
        "edition/book.epub",
        "edition/settings",
        "digest",
        "digest/book.epub",
        "insights",
        "footprint",
        "packs",
        "services",
        "rules",
        "searches",
        "tokens",
        "kept/export",
        "stars/export",
        "journal/export",
    ] {
        let route = format!("/api/v1/{route}");
        d.get(late, &route, &route).await;
    }
    d.get(late, "/api/v1/insights/{year}", "/api/v1/insights/2026")
        .await;
    let plan = format!("/api/v1/subscriptions/{}/plan", here[4]);
    d.get(late, "/api/v1/subscriptions/{feed}/plan", &plan)
        .await;
    let way = ("PATCH", "/api/v1/edition/settings");
    d.route(late, way, 200, |turn| {
        let body = json!({ "pictures": turn == 0 });
        (way.1.into(), Sent::Json(body))
    })
    .await;
    let way = ("POST", "/api/v1/insights/leave-out");
    d.route(late, way, 204, |turn| {
        (
            way.1.into(),
            Sent::Json(json!({ "author": format!("A{turn}") })),
        )
    })
    .await;
    kept(d, late, here).await;
    services(d, late, web, here).await;
    rules(d, late).await;
    searches(d, late).await;
    // Bringing a month of a journal.
    let way = ("POST", "/api/v1/journal/import");
    d.route(late, way, 200, |turn| {
        let line = |n: usize| {
            json!({ "at": format!("2026-01-2{n}T08:00:00Z"), "act": "opened", "feed": "Older",
                "feed_url": "https://older.example/feed", "title": "T",
                "link": format!("https://older.example/{turn}{n}"), "article": format!("78-{}", turn * 10 + n + 1) })
            .to_string()
        };
        let file: Vec<String> = (0..9).map(line).collect();
        (way.1.into(), Sent::Opml(file.join("\n")))
    })
    .await;
    let chapters = format!("/api/v1/articles/{}-3/chapters", here[4]);
    d.route(late, ("GET", "/api/v1/articles/{id}/chapters"), 404, |_| {
        (chapters.clone(), Sent::Nothing)
    })
    .await;
    let way = ("DELETE", "/api/v1/tokens/{id}");
    let email = "ann@example.org";
    let store = &d.app.state.store;
    let ann = dormouse::users::store::by_email(store, email).await;
    let user = ann.unwrap().unwrap().id;
    for name in ["one", "two"] {
        d.app.minutes_pass(1);
        let scope = Scope::Read;
        let new = NewToken {
            user,
            email,
            name,
            scope,
            lifetime: Lifetime::Endless,
        };
        let (random, now) = (&d.app.state.random, d.app.clock.now());
        create(store, random, now, new).await.unwrap();
    }
    let tokens = late.get("/api/v1/tokens").await.json();
    let tokens = tokens["tokens"].as_array().unwrap().iter().rev().take(2);
    let ids = tokens.map(|one| one["id"].as_str().unwrap().to_owned());
    let ids: Vec<String> = ids.collect();
    d.route(late, way, 204, |turn| {
        (format!("/api/v1/tokens/{}", ids[turn]), Sent::Nothing)
    })
    .await;
    looks(d, late, web).await;
    let packs = ["software", "world"];
    d.route(late, ("POST", "/api/v1/packs/{id}"), 200, |turn| {
        (format!("/api/v1/packs/{}", packs[turn]), Sent::Nothing)
    })
    .await;
}

async fn kept(d: &mut Drive<'_>, late: &Client<'_>, here: &[&str]) {
    let one = format!("/api/v1/kept/{}-2", here[4]);
    let said = json!({ "tags": ["x"] });
    late.ask(Method::PUT, &one).json(&said).send().await.is(204);
    d.get(late, "/api/v1/kept/{id}", &one).await;
    let list = |name: &str| {
        format!("title,url,time_added,tags,status\nA,https://{name}.example/a,1500000000,,unread\n")
    };
    let way = ("POST", "/api/v1/kept/import");
    d.route(late, way, 200, |turn| {
        (way.1.into(), Sent::Opml(list(["one", "two"][turn])))
    })
    .await;
    let (away, back) = ("/api/v1/kept/let-go", "/api/v1/kept/let-go/undo");
    for state in ["cold", "warm"] {
        let cool = || (state == "cold").then(|| d.app.forgets());
        cool();
        let gone = late.post_json(away, json!({ "days": 1_000 })).await;
        let act = gone.is(200).json()["act"].clone();
        cool();
        let undone = late.post_json(back, json!({ "act": act })).await;
        assert_eq!(undone.is(200).json()["undone"], 2);
        d.judges(&Method::POST, away, &gone);
        d.judges(&Method::POST, back, &undone);
        d.note(&format!("POST {away}"), state, gone.cost);
        d.note(&format!("POST {back}"), state, undone.cost);
    }
    d.driven.insert(("POST".into(), away.into()));
    d.driven.insert(("POST".into(), back.into()));
}

async fn services(d: &mut Drive<'_>, late: &Client<'_>, web: &FakeWeb, here: &[&str]) {
    let address = web.put("/service", Page::status(204));
    let way = ("POST", "/api/v1/services");
    d.route(late, way, 201, |turn| {
        let body = json!({ "name": format!("S{turn}"), "service": "webhook", "address": address, "secret": "k" });
        (way.1.into(), Sent::Json(body))
    })
    .await;
    d.route(late, ("POST", "/api/v1/articles/{id}/send"), 200, |turn| {
        let path = format!("/api/v1/articles/{}-{}/send", here[4], 1 + turn);
        (path, Sent::Json(json!({ "to": "S0" })))
    })
    .await;
    d.route(late, ("DELETE", "/api/v1/services/{name}"), 204, |turn| {
        (format!("/api/v1/services/S{turn}"), Sent::Nothing)
    })
    .await;
}

fn rule(words: &str) -> Value {
    json!({ "conditions": [{ "what": "title", "how": "words", "text": words }], "does": ["read"] })
}

async fn ids(late: &Client<'_>, path: &str, list: &str) -> Vec<u64> {
    let all = late.get(path).await.json();
    let all = all[list].as_array().unwrap().iter().rev().take(2);
    all.map(|one| one["id"].as_u64().unwrap()).collect()
}

async fn rules(d: &mut Drive<'_>, late: &Client<'_>) {
    let all = "/api/v1/rules";
    d.route(late, ("POST", all), 201, |turn| {
        (all.into(), Sent::Json(rule(&format!("soap{turn}"))))
    })
    .await;
    let attempt = "/api/v1/rules/try";
    d.route(late, ("POST", attempt), 200, |_| {
        (attempt.into(), Sent::Json(rule("title")))
    })
    .await;
    let send = "/api/v1/rules/send";
    d.route(late, ("POST", send), 200, |_| (send.into(), Sent::Nothing))
        .await;
    let undo = "/api/v1/rules/undo";
    for state in ["cold", "warm"] {
        let saved = late.post_json(all, rule("undone")).await.is(201).json();
        if state == "cold" {
            d.app.forgets();
        }
        let undone = late.post_json(undo, json!({ "act": saved["act"] })).await;
        assert!(undone.is(200).json()["undone"].is_u64());
        d.judges(&Method::POST, undo, &undone);
        d.note(&format!("POST {undo}"), state, undone.cost);
    }
    d.driven.insert(("POST".into(), undo.into()));
    let ours = ids(late, all, "rules").await;
    let one = "/api/v1/rules/{id}";
    d.route(late, ("PATCH", one), 200, |turn| {
        let path = format!("/api/v1/rules/{}", ours[turn]);
        (path, Sent::Json(json!({ "on": false })))
    })
    .await;
    d.route(late, ("DELETE", one), 204, |turn| {
        (format!("/api/v1/rules/{}", ours[turn]), Sent::Nothing)
    })
    .await;
}

async fn searches(d: &mut Drive<'_>, late: &Client<'_>) {
    let all = "/api/v1/searches";
    let queries = ["title:f3*", "title:f4*"];
    d.route(late, ("POST", all), 201, |turn| {
        (all.into(), Sent::Json(json!({ "query": queries[turn] })))
    })
    .await;
    let ours = ids(late, all, "searches").await;
    let one = "/api/v1/searches/{id}";
    d.route(late, ("PATCH", one), 200, |turn| {
        let path = format!("/api/v1/searches/{}", ours[turn]);
        (path, Sent::Json(json!({ "name": "Mine" })))
    })
    .await;
    d.route(late, ("DELETE", one), 204, |turn| {
        (format!("/api/v1/searches/{}", ours[turn]), Sent::Nothing)
    })
    .await;
}

/// Looks at feeds that nobody has, searches a dead one's site, and switches.
async fn looks(d: &mut Drive<'_>, late: &Client<'_>, web: &FakeWeb) {
    let look = "/api/v1/preview";
    let urls = [0, 1].map(|turn| {
        let text = FeedText::hourly("Look", 3, at(9, 0)).rss();
        web.put(&format!("/look-{turn}"), Page::feed(text))
    });
    d.route(late, ("POST", look), 200, |turn| {
        (look.into(), Sent::Json(json!({ "url": urls[turn] })))
    })
    .await;
    let text = FeedText::hourly("Dead", 4, at(9, 0)).rss();
    let mut dead = Vec::new();
    for turn in 0..2 {
        let url = web.put(&format!("/dead-{turn}/old.xml"), Page::feed(text.clone()));
        let added = late
            .post_json("/api/v1/subscriptions", json!({ "url": url }))
            .await;
        dead.push(added.is(201).json()["feed"].as_str().unwrap().to_owned());
        let link = "<link rel=alternate type=application/rss+xml href=new.xml>";
        web.put(
            &format!("/dead-{turn}/"),
            Page::html(&format!("<head>{link}</head>")),
        );
        web.put(&format!("/dead-{turn}/new.xml"), Page::feed(text.clone()));
    }
    let route = "/api/v1/subscriptions/{feed}/replacements";
    d.route(late, ("POST", route), 200, |turn| {
        let path = format!("/api/v1/subscriptions/{}/replacements", dead[turn]);
        (path, Sent::Nothing)
    })
    .await;
    let route = "/api/v1/subscriptions/{feed}/replace";
    d.route(late, ("POST", route), 200, |turn| {
        let path = format!("/api/v1/subscriptions/{}/replace", dead[turn]);
        let url = web.url(&format!("/dead-{turn}/new.xml"));
        (path, Sent::Json(json!({ "url": url })))
    })
    .await;
}
