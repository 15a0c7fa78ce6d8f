//! `GET /api/v1/sync`: a program that applies what it is told has what it would be given afresh.

use std::collections::{BTreeMap, BTreeSet};

use dormouse::datastore::Cost;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

/// What a program keeps.
#[derive(Clone, Debug, Default, PartialEq)]
struct Copy {
    subscriptions: BTreeMap<String, Value>,
    order: Vec<String>,
    articles: BTreeMap<String, Value>,
    unread: BTreeSet<String>,
    starred: BTreeSet<String>,
    /// What a rule hides from lists.
    hidden: BTreeSet<String>,
}

fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().into_iter().flatten();
    all.map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// The ids of numbers as the answer has them.
fn ids(one: &Value) -> Vec<String> {
    let feed = one["feed"].as_str().unwrap();
    let ranges = one["numbers"].as_array().unwrap().iter();
    let numbers = ranges.flat_map(|range| range[0].as_u64().unwrap()..=range[1].as_u64().unwrap());
    numbers.map(|number| format!("{feed}-{number}")).collect()
}

fn is_of(id: &str, feed: &str) -> bool {
    id.split_once('-').unwrap().0 == feed
}

impl Copy {
    /// Applies an answer, in the order that the document gives.
    fn apply(&mut self, answer: &Value) {
        for feed in texts(&answer["subscriptions"]["removed"]) {
            self.subscriptions.remove(&feed);
            self.articles.retain(|id, _| !is_of(id, &feed));
            self.unread.retain(|id| !is_of(id, &feed));
            self.starred.retain(|id| !is_of(id, &feed));
            self.hidden.retain(|id| !is_of(id, &feed));
        }
        for one in answer["subscriptions"]["changed"].as_array().unwrap() {
            let mut one = one.clone();
            // They follow from the rest.
            one.as_object_mut()
                .unwrap()
                .retain(|name, _| !["unread", "articles"].contains(&name.as_str()));
            let feed = one["feed"].as_str().unwrap().to_owned();
            self.subscriptions.insert(feed, one);
        }
        if answer["subscriptions"]["order"].is_array() {
            self.order = texts(&answer["subscriptions"]["order"]);
        }
        for gone in answer["articles"]["gone"].as_array().unwrap() {
            ids(gone)
                .iter()
                .for_each(|id| drop(self.articles.remove(id)));
        }
        for kind in ["arrived", "edited"] {
            for card in answer["articles"][kind].as_array().unwrap() {
                let mut card = card.clone();
                card.as_object_mut().unwrap().retain(|name, _| {
                    !["read", "starred", "tags", "note", "feed_title"].contains(&name.as_str())
                });
                let id = card["id"].as_str().unwrap().to_owned();
                let known = self.articles.insert(id.clone(), card);
                assert_eq!(known.is_some(), kind == "edited", "{kind} {id}");
            }
        }
        let parts = [
            ("marks", "unread"),
            ("marks", "hidden"),
            ("stars", "starred"),
        ];
        for (part, name) in parts {
            assert_eq!(answer[part]["complete"], true);
            let own = match name {
                "unread" => &mut self.unread,
                "hidden" => &mut self.hidden,
                _ => &mut self.starred,
            };
            for one in answer[part][name].as_array().unwrap() {
                own.retain(|id| !is_of(id, one["feed"].as_str().unwrap()));
                own.extend(ids(one));
            }
        }
        if answer["stars"]["elsewhere"].is_array() {
            let subscriptions = &self.subscriptions;
            let is_here = |id: &String| subscriptions.contains_key(id.split_once('-').unwrap().0);
            self.starred.retain(is_here);
            self.starred.extend(texts(&answer["stars"]["elsewhere"]));
        }
    }
}

/// Asks until there is no more; returns how often.
async fn catches_up(
    program: &Client<'_>,
    copy: &mut Copy,
    cursor: &mut String,
    limit: usize,
) -> usize {
    for turn in 1.. {
        let answer = match turn % 2 {
            1 => {
                let path = format!("/api/v1/sync?limit={limit}&since={cursor}");
                program.get(&path).await.is(200).json()
            }
            _ => {
                let body = json!({ "since": cursor, "limit": limit });
                program.post_json("/api/v1/sync", body).await.is(200).json()
            }
        };
        copy.apply(&answer);
        answer["cursor"].as_str().unwrap().clone_into(cursor);
        if answer["more"] != true {
            return turn;
        }
        assert!(turn < 500, "there is always more");
    }
    unreachable!()
}

/// A sequence of numbers that looks random, and is the same each time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A publisher's feed, as the test changes it.
struct Source {
    path: String,
    text: FeedText,
    id: Option<String>,
}

/// Any interleaving of marks, stars, arrivals, edits, pauses, new feeds, feeds that are left, and syncs of any size.
#[tokio::test]
async fn deltas_lead_to_what_there_is() {
    for seed in [1, 2, 3] {
        walk(seed).await;
    }
}

async fn walk(seed: u64) {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let mut dice = Dice(seed);
    let mut sources: Vec<Source> = (0..4)
        .map(|n| Source {
            path: format!("/{n}"),
            text: FeedText::hourly(&format!("F{n}"), 3 + n, at(9, n.unsigned_abs())),
            id: None,
        })
        .collect();
    let mut made = 0;
    let mut acts = Vec::new();
    let (mut copy, mut cursor) = (Copy::default(), String::new());
    for step in 0..70 {
        let which = dice.throw(sources.len());
        let known = || copy.articles.keys().cloned().collect::<Vec<String>>();
        match dice.throw(10) {
            0 | 1 => {
                let source = &mut sources[which];
                for _ in 0..=dice.throw(3) {
                    made += 1;
                    let name = format!("new-{seed}-{made}");
                    let now = app.clock.now();
                    source.text = source.text.clone().and(Entry::new(&name, now));
                }
                web.put(&source.path, Page::feed(source.text.rss()));
                app.minutes_pass(120);
                while app.refresh().await["finished"] != true {}
            }
            2 => {
                let source = &mut sources[which];
                let entry = dice.throw(source.text.entries.len());
                source.text.entries[entry].title = format!("Changed {step}");
                source.text.entries[entry].content = format!("<p>Other words of {step}.</p>");
                web.put(&source.path, Page::feed(source.text.rss()));
                app.minutes_pass(120);
                while app.refresh().await["finished"] != true {}
            }
            3 => {
                let ids: Vec<String> = known().into_iter().filter(|_| dice.throw(3) == 0).collect();
                let kind = ["read", "unread"][dice.throw(2)];
                let marks = json!({ kind: ids });
                program.post_json("/api/v1/marks", marks).await.is(200);
            }
            4 => {
                if let Some(id) = known().into_iter().find(|_| dice.throw(4) == 0) {
                    let method = [Method::PUT, Method::PUT, Method::DELETE][dice.throw(3)].clone();
                    let path = format!("/api/v1/stars/{id}");
                    let starred = program.ask(method, &path).send().await;
                    assert!([204, 404].contains(&starred.status), "{}", starred.words());
                }
            }
            5 => {
                let source = &mut sources[which];
                match source.id.take() {
                    Some(id) if dice.throw(3) == 0 => {
                        let path = format!("/api/v1/subscriptions/{id}");
                        program.ask(Method::DELETE, &path).send().await.is(204);
                    }
                    id => source.id = id,
                }
            }
            6 => {
                let source = &mut sources[which];
                let url = web.put(&source.path, Page::feed(source.text.rss()));
                let wanted = json!({ "url": url });
                let added = program.post_json("/api/v1/subscriptions", wanted).await;
                source.id = Some(added.json()["feed"].as_str().unwrap().to_owned());
            }
            7 => {
                if let Some(id) = &sources[which].id {
                    let path = format!("/api/v1/subscriptions/{id}");
                    let change = [
                        json!({ "title": format!("Mine {step}") }),
                        json!({ "paused": true }),
                        json!({ "paused": false }),
                        json!({ "keep": 1 + dice.throw(4) }),
                        json!({ "keep": 0 }),
                    ][dice.throw(5)]
                    .clone();
                    program
                        .ask(Method::PATCH, &path)
                        .json(&change)
                        .send()
                        .await
                        .is(200);
                }
            }
            8 => match acts.pop() {
                Some(act) if dice.throw(3) == 0 => {
                    let undo = json!({ "act": act });
                    program.post_json("/api/v1/rules/undo", undo).await.is(200);
                }
                _ => {
                    let words = ["new", "Changed", "-1", "-2", "t"][dice.throw(5)];
                    let condition = json!({ "what": "title", "how": "contains", "text": words });
                    let rule = json!({ "name": format!("Rule {step}"), "conditions": [condition], "does": ["hide"], "apply": true });
                    let saved = program.post_json("/api/v1/rules", rule).await;
                    acts.push(saved.is(201).json()["act"].clone());
                }
            },
            _ => {
                // Sometimes only a part of what there is.
                let limit = 1 + dice.throw(9);
                let path = format!("/api/v1/sync?limit={limit}&since={cursor}");
                let answer = program.get(&path).await.is(200).json();
                copy.apply(&answer);
                answer["cursor"].as_str().unwrap().clone_into(&mut cursor);
            }
        }
        if step % 10 == 9 {
            // Past the minute in which something may be told twice.
            app.minutes_pass(2);
            catches_up(&program, &mut copy, &mut cursor, 5).await;
            let (mut afresh, mut begin) = (Copy::default(), String::new());
            catches_up(&program, &mut afresh, &mut begin, 1_000).await;
            assert_eq!(copy, afresh, "seed {seed}, step {step}");
            is_as_listed(&program, &copy).await;
            let same = program.get(&format!("/api/v1/sync?since={cursor}")).await;
            assert_eq!(same.cost, Cost::default());
            assert!(is_nothing(&same.is(200).json()), "{}", same.words());
        }
    }
    assert!(!copy.articles.is_empty() && made > 10, "seed {seed}");
    assert!(!copy.hidden.is_empty(), "seed {seed}: nothing was hidden");
    app.is_sound().await;
}

fn is_nothing(answer: &Value) -> bool {
    let empty = [
        "/subscriptions/changed",
        "/subscriptions/removed",
        "/articles/arrived",
        "/articles/edited",
        "/articles/gone",
        "/marks/unread",
        "/marks/hidden",
        "/stars/starred",
    ];
    let absent = ["/subscriptions/order", "/stars/elsewhere"];
    let is_empty = |place: &&str| answer.pointer(place).unwrap() == &json!([]);
    empty.iter().all(is_empty)
        && absent
            .iter()
            .all(|place| answer.pointer(place).unwrap().is_null())
        && answer["more"] == false
}

/// The lists of the API say the same.
async fn is_as_listed(program: &Client<'_>, copy: &Copy) {
    let listed = async |path: &str| -> BTreeSet<String> {
        let page = program.get(path).await.is(200).json();
        assert_eq!(page["cursor"], Value::Null, "{path}");
        let all = page["articles"].as_array().unwrap().iter();
        all.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = listed("/api/v1/articles?state=all&limit=200").await;
    let known: BTreeSet<String> = copy.articles.keys().cloned().collect();
    assert_eq!(all, &known - &copy.hidden);
    assert_eq!(listed("/api/v1/articles?limit=200").await, copy.unread);
    assert_eq!(listed("/api/v1/stars?limit=200").await, copy.starred);
}

#[tokio::test]
async fn the_newest_come_first_and_a_foreign_cursor_is_refused() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    for n in 0..3 {
        let text = FeedText::hourly(&format!("F{n}"), 20, at(10, n));
        let url = web.put(&format!("/{n}"), Page::feed(text.rss()));
        ann.subscribes(&url).await;
    }
    let (program, other) = (app.program_of(&ann).await, app.program_of(&bob).await);
    let first = program.get("/api/v1/sync?limit=7").await.is(200).json();
    let mut times: Vec<String> = Vec::new();
    for card in first["articles"]["arrived"].as_array().unwrap() {
        times.push(card["at"].as_str().unwrap().to_owned());
    }
    let newest = program.get("/api/v1/articles?limit=7").await.json();
    let newest: Vec<String> = newest["articles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["at"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(times, newest);
    let (mut copy, mut cursor) = (
        Copy::default(),
        first["cursor"].as_str().unwrap().to_owned(),
    );
    copy.apply(&first);
    assert_eq!(first["more"], true);
    assert_eq!(catches_up(&program, &mut copy, &mut cursor, 7).await, 8);
    assert_eq!(copy.articles.len(), 60);

    for path in [
        format!("/api/v1/sync?since={cursor}x"),
        "/api/v1/sync?since=x".to_owned(),
    ] {
        assert_eq!(program.get(&path).await.error(), (400, "bad_cursor".into()));
    }
    let path = format!("/api/v1/sync?since={cursor}");
    assert_eq!(other.get(&path).await.error(), (400, "bad_cursor".into()));
    for limit in ["0", "1001"] {
        let path = format!("/api/v1/sync?limit={limit}");
        assert_eq!(program.get(&path).await.error(), (400, "bad_limit".into()));
    }
    // Nothing new is not even sent.
    let same = program.get(&path).await;
    let tag = same.is(200).header("etag").unwrap().to_owned();
    let ask = program
        .ask(Method::GET, &path)
        .header("if-none-match", &tag);
    assert_eq!(ask.send().await.status, 304);
}
