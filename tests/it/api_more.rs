//! `/api/v1`, second half of what pages can do: the edition and the weeks, insights, files, feeds looked at and replaced, packs,
//! services, rules, searches and tokens. Each answer has the form that the document says.

use http::Method;
use serde_json::{Value, json};

use crate::openapi::Judge;
use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at};

/// A reader's program, whose every answer is judged.
struct Scene<'a> {
    app: &'a TestApp,
    web: FakeWeb,
    ann: Client<'a>,
    program: Client<'a>,
    feeds: Vec<String>,
    judge: Judge,
}

impl<'a> Scene<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let web = FakeWeb::start();
        let ann = app.reader("ann").await;
        let mut feeds = Vec::new();
        for n in 0..3 {
            let text = FeedText::hourly(&format!("F{n}"), 4, at(10, n));
            let url = web.put(&format!("/{n}"), Page::feed(text.rss()));
            feeds.push(ann.subscribes(&url).await);
        }
        let program = app.program_of(&ann).await;
        let judge = Judge::of(app).await;
        Self {
            app,
            web,
            ann,
            program,
            feeds,
            judge,
        }
    }

    async fn send(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let body = (!body.is_null()).then_some(body);
        let path = format!("/api/v1/{path}");
        self.judge.send(&self.program, method, &path, body).await
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Value::Null).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// A file as a request's body.
    async fn brings(&mut self, path: &str, file: &str) -> Answer {
        let path = format!("/api/v1/{path}");
        let ask = self.program.ask(Method::POST, &path);
        let kind = "application/octet-stream";
        let answer = ask.body(kind, file.as_bytes()).send().await;
        self.judge.judges(&Method::POST, &path, &answer);
        answer
    }
}

fn names(list: &Value, name: &str) -> Vec<String> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one[name].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_edition_has_what_its_page_has_and_an_end() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    app.minutes_pass(24 * 60);
    let edition = scene.get("edition").await.is(200).json();
    let mut pieces = names(&edition["sections"][0]["articles"], "id");
    pieces.extend(edition["lead"]["id"].as_str().map(str::to_owned));
    pieces.extend(edition["last"]["id"].as_str().map(str::to_owned));
    assert_eq!(pieces.len(), 12, "{edition}");
    assert_eq!(edition["day"], "2026-03-03");
    let page = scene.ann.get("/edition").await;
    for id in &pieces {
        assert!(page.is(200).text().contains(id), "{}", page.words());
    }
    // Who is done with it marks its articles.
    let marks = json!({ "read": pieces });
    let counts = scene.post("marks", marks).await.is(200).json();
    assert_eq!(counts["unread"]["total"], 0);
    let again = scene.get("edition?day=2026-03-03").await.is(200).json();
    assert_eq!(again["sections"][0]["articles"][0]["read"], true);
    assert!(
        edition["days"]
            .as_array()
            .unwrap()
            .contains(&edition["day"])
    );
    for day in ["1999-01-01", "soon"] {
        let none = scene.get(&format!("edition?day={day}")).await;
        assert_eq!(none.error(), (404, "not_found".into()), "{day}");
    }
    let book = scene.get("edition/book.epub").await;
    assert!(book.is(200).body.starts_with(b"PK"));
    assert!(
        book.header("content-disposition")
            .unwrap()
            .contains(".epub")
    );
    let own = scene.get("edition/settings").await.is(200).json();
    assert_eq!(own, json!({ "hour": 7, "pictures": false }));
    let way = Method::PATCH;
    let set = json!({ "hour": 19 });
    let own = scene.send(way.clone(), "edition/settings", set).await;
    assert_eq!(own.is(200).json(), json!({ "hour": 19, "pictures": false }));
    let bad = json!({ "hour": 24 });
    let bad = scene.send(way, "edition/settings", bad).await;
    assert_eq!(bad.error(), (422, "bad_choice".into()));
    app.is_sound().await;
}

#[tokio::test]
async fn weeks_years_and_rankings_are_told_as_the_pages_tell_them() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let feed = scene.feeds[0].clone();
    for n in 1..=3 {
        let open = format!("articles/{feed}-{n}/open");
        scene.post(&open, Value::Null).await.is(204);
    }
    let now = scene.get("insights").await.is(200).json();
    assert_eq!((&now["opened"], &now["of_feeds"]), (&json!(3), &json!(1)));
    assert_eq!(
        (&now["feeds"][0]["key"], &now["feeds"][0]["rank"]),
        (&json!(feed), &json!(1))
    );
    assert_eq!(now["days"][0]["when"], "2026-03-02");
    let hours = now["hours"].as_array().unwrap();
    assert_eq!((hours.len(), &hours[0][12]), (7, &json!(3)));
    let worth = now["worth"].as_array().unwrap();
    let ours = worth.iter().find(|one| one["feed"] == feed.as_str());
    assert_eq!(ours.unwrap()["opened"], 3);
    for range in ["half-year", "all"] {
        let told = scene.get(&format!("insights?range={range}")).await;
        assert_eq!(told.is(200).json()["opened"], 3, "{range}");
    }
    let odd = scene.get("insights?range=day").await;
    assert_eq!(odd.error(), (400, "bad_query".into()));
    let year = scene.get("insights/2026").await.is(200).json();
    assert_eq!((&year["year"], &year["opened"]), (&json!(2026), &json!(3)));
    assert_eq!(year["months"].as_array().unwrap().len(), 3);
    assert_eq!(scene.get("insights/x").await.error().0, 404);
    assert_eq!(scene.get("insights/2025").await.is(200).json()["opened"], 0);

    let leave = json!({ "feed": feed });
    scene.post("insights/leave-out", leave).await.is(204);
    let now = scene.get("insights").await.is(200).json();
    assert_eq!(now["feeds"], json!([]));
    assert_eq!(
        (&now["opened"], &now["left_out"]["feeds"]),
        (&json!(3), &json!([feed]))
    );
    let back = json!({ "feed": feed, "back": true });
    scene.post("insights/leave-out", back).await.is(204);
    let now = scene.get("insights").await.is(200).json();
    assert_eq!(now["feeds"][0]["key"], feed.as_str());
    for body in [json!({}), json!({ "feed": "x" }), json!({ "author": " " })] {
        let bad = scene.post("insights/leave-out", body).await;
        assert_eq!(bad.error(), (400, "bad_what".into()));
    }

    app.minutes_pass(7 * 24 * 60);
    let week = scene.get("digest").await.is(200).json();
    assert_eq!(
        (&week["from"], &week["to"], &week["opened"]),
        (&json!("2026-03-02"), &json!("2026-03-08"), &json!(3))
    );
    assert_eq!(week["top_feeds"], json!([{ "name": "F0", "opened": 3 }]));
    let same = scene.get("digest?week=2026-03-02").await.is(200).json();
    assert_eq!(same, week);
    for monday in ["2026-03-03", "2026-03-09", "x"] {
        let none = scene.get(&format!("digest?week={monday}")).await;
        assert_eq!(none.error().0, 404, "{monday}");
    }
    let book = scene.get("digest/book.epub").await;
    assert!(book.is(200).body.starts_with(b"PK"));
    let month = scene.get("footprint").await.is(200).json();
    assert!(
        month["sent"].is_u64() && month["dollars"].is_number(),
        "{month}"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn a_journal_goes_away_and_comes_back_as_a_file() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let open = format!("articles/{}-1/open", scene.feeds[0]);
    scene.post(&open, Value::Null).await.is(204);
    let file = scene.get("journal/export").await;
    let text = file.is(200).text().to_owned();
    assert!(
        text.contains("opened") && text.lines().count() == 2,
        "{text}"
    );
    for (format, kind) in [("csv", "text/csv"), ("sql", "application/sql")] {
        let path = format!("/api/v1/journal/export?format={format}&from=2026-03&to=2026-03");
        let file = scene.program.get(&path).await;
        let told = file.is(200).header("content-type").unwrap();
        assert!(told.starts_with(kind), "{told}");
    }
    for (query, code) in [("format=pdf", "bad_format"), ("from=May", "bad_month")] {
        let bad = scene.get(&format!("journal/export?{query}")).await;
        assert_eq!(bad.error(), (400, code.into()));
    }
    let known = scene.brings("journal/import", &text).await.is(200).json();
    assert_eq!(
        (
            &known["journal"]["added"],
            &known["journal"]["known"],
            &known["states"]
        ),
        (&json!(0), &json!(1), &Value::Null)
    );
    let all = json!({ "what": "all" });
    scene.post("journal/erase", all).await.is(204);
    let back = scene.brings("journal/import", &text).await.is(200).json();
    assert_eq!(back["journal"]["added"], 1);
    let journal = scene.get("journal").await.is(200).json();
    assert_eq!(journal["lines"].as_array().unwrap().len(), 1);
    for file in ["", "what is this", "PK\u{3}\u{4}packed"] {
        let bad = scene.brings("journal/import", file).await;
        assert_eq!(bad.error(), (400, "bad_file".into()), "{file}");
    }
    app.is_sound().await;
}

#[tokio::test]
async fn what_is_kept_comes_goes_and_is_taken_along() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let list = "title,url,time_added,tags,status\nA,https://a.example/a,1500000000,x,unread\n\
                B,https://a.example/b,1500000001,,unread\nC,,1500000002,,unread\n";
    let done = scene.brings("kept/import", list).await.is(200).json();
    assert_eq!(
        done,
        json!({ "added": 2, "without_address": 1, "cut": false })
    );
    let again = scene.brings("kept/import", list).await.is(200).json();
    assert_eq!(again["added"], 0);
    for file in ["", "nothing"] {
        let bad = scene.brings("kept/import", file).await;
        assert_eq!(bad.error(), (400, "bad_file".into()), "{file}");
    }
    let all = scene.get("kept").await.is(200).json();
    let id = all["kept"][0]["id"].as_str().unwrap().to_owned();
    let one = scene.get(&format!("kept/{id}")).await.is(200).json();
    assert_eq!((&one["id"], &one["article"]), (&json!(id), &Value::Null));
    assert_eq!(scene.get("kept/x").await.error().0, 404);
    let article = format!("{}-2", scene.feeds[0]);
    let said = json!({ "tags": ["t"], "note": "n" });
    let path = format!("kept/{article}");
    scene.send(Method::PUT, &path, said).await.is(204);
    let one = scene.get(&path).await.is(200).json();
    assert_eq!(
        (&one["article"], &one["note"]),
        (&json!(article), &json!("n"))
    );
    assert!(!one["content"].as_str().unwrap().is_empty());
    let export = scene.get("kept/export").await.is(200).json();
    assert_eq!(export["items"].as_array().unwrap().len(), 3);
    let rest = scene.get("kept/export?from=2").await.is(200).json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let star = format!("stars/{article}");
    scene.send(Method::PUT, &star, Value::Null).await.is(204);
    let export = scene.get("stars/export").await.is(200).json();
    assert_eq!(export["items"][0]["_dormouse"]["note"], "n");
    let bad = scene.get("stars/export?cursor=x").await;
    assert_eq!(bad.error(), (400, "bad_cursor".into()));

    // Only what has neither tag nor note goes.
    let older = json!({ "days": 1_000 });
    let gone = scene.post("kept/let-go", older).await.is(200).json();
    assert_eq!((&gone["gone"], &gone["left"]), (&json!(1), &json!(0)));
    let count = async |scene: &mut Scene<'_>| {
        let all = scene.get("kept").await.is(200).json();
        all["kept"].as_array().unwrap().len()
    };
    assert_eq!(count(&mut scene).await, 2);
    let undo = json!({ "act": gone["act"] });
    let back = scene.post("kept/let-go/undo", undo).await.is(200).json();
    assert_eq!((&back["undone"], count(&mut scene).await), (&json!(1), 3));
    // The same again, within ten minutes.
    let older = json!({ "days": 1_000 });
    let gone = scene.post("kept/let-go", older).await.is(200).json();
    let undo = json!({ "act": gone["act"] });
    let back = scene.post("kept/let-go/undo", undo).await.is(200).json();
    assert_eq!((&back["undone"], count(&mut scene).await), (&json!(1), 3));
    let late = json!({ "act": "let-go.0" });
    let late = scene.post("kept/let-go/undo", late).await.is(200).json();
    assert_eq!(late["undone"], Value::Null);
    let bad = scene.post("kept/let-go", json!({ "days": 0 })).await;
    assert_eq!(bad.error(), (422, "bad_days".into()));
    app.is_sound().await;
}

#[tokio::test]
async fn feeds_are_looked_at_replaced_and_taken_by_the_pack() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let text = FeedText::hourly("Look", 3, at(9, 0));
    let url = scene.web.put("/look", Page::feed(text.rss()));
    let seen = scene.post("preview", json!({ "url": url })).await;
    let seen = seen.is(200).json()["feeds"][0].clone();
    assert_eq!(
        (&seen["title"], &seen["feed"]),
        (&json!("Look"), &Value::Null)
    );
    assert_eq!(seen["newest"].as_array().unwrap().len(), 3);
    let mine = json!({ "url": scene.web.url("/0") });
    let mine = scene.post("preview", mine).await.is(200).json();
    assert_eq!(mine["feeds"][0]["feed"], scene.feeds[0].as_str());
    let links = r#"<link rel=alternate type="application/rss+xml" title=A href=/0><link rel=alternate type="application/rss+xml" title=B href=/look>"#;
    let site = scene.web.put("/site", Page::html(links));
    let several = scene.post("preview", json!({ "url": site })).await;
    let several = several.is(200).json();
    assert_eq!(names(&several["feeds"], "title"), ["A", "B"]);
    let bad = scene.post("preview", json!({ "url": "no address" })).await;
    assert_eq!(bad.error(), (422, "bad_address".into()));
    let all = scene.get("subscriptions").await.is(200).json();
    assert_eq!(
        all["subscriptions"].as_array().unwrap().len(),
        3,
        "nothing is stored"
    );

    let plan = format!("subscriptions/{}/plan", scene.feeds[0]);
    let plan = scene.get(&plan).await.is(200).json();
    let posts = plan["days"].as_array().unwrap().iter();
    assert_eq!(
        posts.map(|day| day["posts"].as_u64().unwrap()).sum::<u64>(),
        4
    );

    let dead = FeedText::hourly("Harbour", 4, at(9, 0));
    let old = scene.web.put("/blog/old.xml", Page::feed(dead.rss()));
    let old = scene.ann.subscribes(&old).await;
    let title = json!({ "title": "My harbour", "folder": ["Sea"] });
    let path = format!("subscriptions/{old}");
    scene.send(Method::PATCH, &path, title).await.is(200);
    let link = "<link rel=alternate type=application/rss+xml title=New href=/new.xml>";
    scene
        .web
        .put("/blog/", Page::html(&format!("<head>{link}</head>")));
    let new = scene.web.put("/new.xml", Page::feed(dead.rss()));
    let found = scene
        .post(&format!("{path}/replacements"), Value::Null)
        .await;
    let offers = found.is(200).json();
    assert_eq!(offers["offers"][0]["url"], new.as_str(), "{offers}");
    let switch = format!("{path}/replace");
    let several = scene.post(&switch, json!({ "url": site })).await;
    assert_eq!(several.is(409).json()["error"]["code"], "several_feeds");
    let same = json!({ "url": scene.web.url("/blog/old.xml") });
    let same = scene.post(&switch, same).await;
    assert_eq!(same.error(), (422, "not_a_feed".into()));
    let done = scene
        .post(&switch, json!({ "url": new }))
        .await
        .is(200)
        .json();
    assert_eq!(done["left_unread"], 0);
    let now = format!("subscriptions/{}", done["feed"].as_str().unwrap());
    let now = scene.get(&now).await.is(200).json();
    assert_eq!(
        (&now["title"], &now["folder"]),
        (&json!("My harbour"), &json!(["Sea"]))
    );
    assert_eq!(scene.get(&path).await.status, 404);
    assert_eq!(
        scene.post(&switch, json!({ "url": new })).await.error().0,
        404
    );
    for call in ["replacements", "plan"] {
        let method = if call == "plan" {
            Method::GET
        } else {
            Method::POST
        };
        let none = scene
            .send(method, &format!("{path}/{call}"), Value::Null)
            .await;
        assert_eq!(none.error().0, 404, "{call}");
    }

    let packs = scene.get("packs").await.is(200).json();
    assert_eq!(packs["packs"][0]["id"], "science");
    let taken = scene.post("packs/slow", Value::Null).await.is(200).json();
    let count = packs["packs"].as_array().unwrap().iter();
    let slow = count.into_iter().find(|one| one["id"] == "slow").unwrap();
    assert_eq!(taken["added"], slow["feeds"].as_array().unwrap().len());
    assert_eq!(scene.get("import").await.is(200).json(), taken);
    assert_eq!(scene.post("packs/none", Value::Null).await.error().0, 404);
}

#[tokio::test]
async fn articles_go_to_services_whose_keys_nobody_sees() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let hook = scene.web.put("/service", Page::status(204));
    let added =
        json!({ "name": "Mine", "service": "webhook", "address": hook, "secret": "se-cret" });
    let all = scene.post("services", added.clone()).await.is(201).json();
    assert_eq!(all["services"][0]["name"], "Mine");
    let link =
        json!({ "name": "Open", "service": "link", "address": "https://x.example/?u={url}" });
    scene.post("services", link).await.is(201);
    let all = scene.get("services").await;
    assert!(!all.is(200).text().contains("secret") && !all.text().contains("se-cret"));
    for (body, code) in [
        (added, "bad_target"),
        (
            json!({ "name": "", "service": "link", "address": "https://x.example/{url}" }),
            "bad_target",
        ),
        (
            json!({ "name": "N", "service": "link", "address": "https://x.example/" }),
            "bad_target",
        ),
        (
            json!({ "name": "N", "service": "readeck", "address": "https://x.example/" }),
            "bad_target",
        ),
    ] {
        let bad = scene.post("services", body).await;
        assert_eq!(bad.error(), (422, code.into()));
    }
    let odd = json!({ "name": "N", "service": "pigeon", "address": "https://x.example/" });
    assert_eq!(
        scene.post("services", odd).await.error(),
        (400, "bad_json".into())
    );
    let send = format!("articles/{}-1/send", scene.feeds[0]);
    let sent = scene.post(&send, json!({ "to": "Mine" })).await;
    assert_eq!(sent.is(200).json(), json!({ "sent": true, "why": null }));
    assert_eq!(scene.web.asked("/service").len(), 1);
    scene.web.put("/service", Page::status(500));
    let sent = scene
        .post(&send, json!({ "to": "Mine" }))
        .await
        .is(200)
        .json();
    assert_eq!(sent["sent"], false);
    assert!(sent["why"].as_str().unwrap().contains("500"), "{sent}");
    // A link is for the owner's own browser.
    for name in ["Open", "None"] {
        let none = scene.post(&send, json!({ "to": name })).await;
        assert_eq!(none.error().0, 404, "{name}");
    }
    let path = "services/Mine";
    scene.send(Method::DELETE, path, Value::Null).await.is(204);
    let gone = scene.send(Method::DELETE, path, Value::Null).await;
    assert_eq!(gone.error().0, 404);
    app.is_sound().await;
}

#[tokio::test]
async fn rules_are_tried_kept_switched_moved_and_undone() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let feed = scene.feeds[0].clone();
    let article = |words: &str| json!([{ "what": "title", "how": "contains", "text": words }]);
    let wanted = json!({ "name": "All of F0", "feed": feed, "conditions": article("t"), "does": ["read", "star"], "tag": "seen" });
    let tried = scene.post("rules/try", wanted.clone()).await.is(200).json();
    assert_eq!(tried["met"].as_array().unwrap().len(), 4, "{tried}");
    assert_eq!(scene.get("rules").await.is(200).json()["rules"], json!([]));
    let mut with = wanted.clone();
    with["apply"] = json!(true);
    let saved = scene.post("rules", with).await.is(201).json();
    assert_eq!(saved["applied"], 4);
    let rule = saved["rule"].clone();
    assert_eq!(
        (&rule["feed"], &rule["does"], &rule["tag"], &rule["match"]),
        (
            &json!(feed),
            &json!(["read", "star"]),
            &json!("seen"),
            &json!("all")
        )
    );
    assert_eq!(scene.get("counts").await.is(200).json()["unread"], 8);
    let page = scene.ann.get("/rules").await;
    assert!(page.is(200).words().contains("All of F0"));
    let undo = json!({ "act": saved["act"] });
    let undone = scene.post("rules/undo", undo.clone()).await.is(200).json();
    assert_eq!(undone["undone"], 4);
    let late = scene.post("rules/undo", undo).await.is(200).json();
    assert_eq!(late["undone"], Value::Null);
    assert_eq!(scene.get("counts").await.is(200).json()["unread"], 12);
    assert_eq!(scene.get("rules").await.is(200).json()["rules"], json!([]));

    // For a day, everywhere.
    let mute =
        json!({ "conditions": article("soap"), "does": ["hide"], "days": 1, "match": "any" });
    let muted = scene.post("rules", mute).await.is(201).json();
    assert_eq!(muted["rule"]["until"], "2026-03-03T12:00:00Z");
    let second = scene.post("rules", wanted).await.is(201).json();
    assert_eq!(second["applied"], 0);
    let one = format!("rules/{}", second["rule"]["id"]);
    let patch = Method::PATCH;
    let moved = scene
        .send(patch.clone(), &one, json!({ "position": 0, "on": false }))
        .await;
    let moved = moved.is(200).json();
    assert_eq!(
        (&moved["act"], &moved["rule"]["on"]),
        (&Value::Null, &json!(false))
    );
    let all = scene.get("rules").await.is(200).json();
    assert_eq!(all["rules"][0]["id"], second["rule"]["id"]);
    let into = format!("subscriptions/{}", scene.feeds[1]);
    let into = scene.send(patch.clone(), &into, json!({ "folder": ["News"] }));
    into.await.is(200);
    let changed = json!({ "folder": ["News"], "feed": null, "name": "News", "tag": "" });
    let changed = scene
        .send(patch.clone(), &one, changed)
        .await
        .is(200)
        .json();
    let rule = &changed["rule"];
    assert_eq!(
        (
            &rule["folder"],
            &rule["feed"],
            &rule["tag"],
            &rule["on"],
            &rule["conditions"]
        ),
        (
            &json!(["News"]),
            &Value::Null,
            &Value::Null,
            &json!(false),
            &article("t")
        )
    );
    for (body, why) in [
        (json!({ "conditions": [] }), "no condition"),
        (json!({ "does": [] }), "does nothing"),
        (
            json!({ "conditions": [{ "what": "title", "how": "matches", "text": "(" }] }),
            "expression",
        ),
        (json!({ "feed": "x" }), "feed"),
        (json!({ "feed": "1", "folder": ["A"] }), "not for both"),
        (json!({ "folder": [] }), "no name"),
        (json!({ "send_to": "Nobody" }), "service"),
        (
            json!({ "conditions": vec![article("a")[0].clone(); 11] }),
            "ten",
        ),
    ] {
        let bad = scene.send(patch.clone(), &one, body.clone()).await;
        assert_eq!(bad.error(), (422, "bad_rule".into()), "{body}");
        assert!(bad.text().contains(why), "{}", bad.text());
    }
    let bad = scene
        .send(patch.clone(), &one, json!({ "days": 400 }))
        .await;
    assert_eq!(bad.error(), (422, "bad_days".into()));
    let odd = json!({ "conditions": [{ "what": "colour", "how": "is", "text": "x" }] });
    assert_eq!(
        scene.post("rules", odd).await.error(),
        (400, "bad_json".into())
    );
    for id in ["0", "x"] {
        let none = scene
            .send(patch.clone(), &format!("rules/{id}"), json!({}))
            .await;
        assert_eq!(none.error().0, 404);
    }
    scene.send(Method::DELETE, &one, Value::Null).await.is(204);
    let gone = scene.send(Method::DELETE, &one, Value::Null).await;
    assert_eq!(gone.error().0, 404);
    app.is_sound().await;
}

#[tokio::test]
async fn what_rules_send_waits_and_can_be_sent() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let hook = scene.web.put("/service", Page::status(503));
    let service = json!({ "name": "Mine", "service": "webhook", "address": hook, "secret": "k" });
    scene.post("services", service).await.is(201);
    let rule = json!({ "feed": scene.feeds[0], "send_to": "Mine", "conditions": [{ "what": "title", "how": "contains", "text": "t" }] });
    let saved = scene.post("rules", rule).await.is(201).json();
    assert_eq!(saved["rule"]["send_to"], "Mine");
    let text = FeedText::hourly("F0", 6, at(12, 0));
    scene.web.put("/0", Page::feed(text.rss()));
    app.minutes_pass(25 * 60);
    app.cron().await.is(200);
    // Each call sends what waits; a service that refuses is asked again later, or when somebody says so.
    let waiting = scene.get("rules").await.is(200).json()["waiting"].clone();
    let refused = scene.web.asked("/service").len();
    scene.web.put("/service", Page::status(204));
    let left = scene.post("rules/send", Value::Null).await.is(200).json();
    assert_eq!((&waiting, &left["waiting"]), (&json!(2), &json!(0)));
    assert_eq!(scene.web.asked("/service").len(), refused + 2);
    let all = scene.get("rules").await.is(200).json();
    assert_eq!(all["rules"][0]["met_in_30_days"], 2);
}

#[tokio::test]
async fn searches_are_saved_named_moved_and_forgotten() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let wanted = json!({ "query": "title", "name": "Titles" });
    let saved = scene.post("searches", wanted.clone()).await.is(201).json();
    assert_eq!(
        (&saved["name"], &saved["query"]),
        (&json!("Titles"), &json!("title"))
    );
    assert_eq!(saved["unread"], 12);
    let same = scene.post("searches", wanted).await.is(200).json();
    assert_eq!(same["id"], saved["id"]);
    let other = json!({ "query": "soap" });
    let other = scene.post("searches", other).await.is(201).json();
    assert_eq!(other["name"], "soap");
    let path = format!("searches/{}", other["id"]);
    let change = json!({ "name": "Soap", "position": 0 });
    let all = scene
        .send(Method::PATCH, &path, change)
        .await
        .is(200)
        .json();
    assert_eq!(names(&all["searches"], "name"), ["Soap", "Titles"]);
    assert_eq!(scene.get("searches").await.is(200).json(), all);
    let page = scene.ann.get("/search?q=title").await;
    assert!(page.is(200).words().contains("Soap"));
    for body in [json!({ "query": "" }), json!({ "query": "x".repeat(301) })] {
        let bad = scene.post("searches", body).await;
        assert_eq!(bad.error(), (422, "bad_search".into()));
    }
    let bad = scene
        .send(Method::PATCH, &path, json!({ "name": " " }))
        .await;
    assert_eq!(bad.error(), (422, "bad_search".into()));
    scene.send(Method::DELETE, &path, Value::Null).await.is(204);
    for method in [Method::DELETE, Method::PATCH] {
        let gone = scene.send(method, &path, json!({})).await;
        assert_eq!(gone.error().0, 404);
    }
    app.is_sound().await;
}

#[tokio::test]
async fn tokens_are_listed_and_revoked_but_never_made() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let other = scene.ann.makes_token().await;
    let all = scene.get("tokens").await;
    assert!(!all.is(200).text().contains(&other));
    let all = all.json()["tokens"].as_array().unwrap().clone();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|one| one["scope"] == "manage"), "{all:?}");
    let ask = scene.program.ask(Method::POST, "/api/v1/tokens");
    assert_eq!(ask.json(&json!({ "name": "x" })).send().await.status, 405);
    let bob = app.reader("bob").await;
    let bob = app.program_of(&bob).await;
    let path = |one: &Value| format!("tokens/{}", one["id"].as_str().unwrap());
    let foreign = bob
        .ask(Method::DELETE, &format!("/api/v1/{}", path(&all[0])))
        .send()
        .await;
    assert_eq!(foreign.error().0, 404);
    // The last to go is the one that asks.
    for one in &all {
        let works = app.program(&other).get("/api/v1/counts").await.status;
        let gone = scene.send(Method::DELETE, &path(one), Value::Null).await;
        assert!([204, 401].contains(&gone.status), "{works}");
    }
    assert_eq!(scene.program.get("/api/v1/counts").await.status, 401);
}

#[tokio::test]
async fn a_token_does_no_more_than_its_scope_says() {
    let app = TestApp::start().await;
    let scene = Scene::of(&app).await;
    let store = &scene.app.state.store;
    let user = dormouse::users::store::by_email(store, "ann@example.org").await;
    let user = user.unwrap().unwrap().id;
    use dormouse::users::token::{Lifetime, NewToken, Scope, create};
    for (scope, marks) in [(Scope::Read, 403), (Scope::Mark, 200)] {
        let new = NewToken {
            user,
            email: "ann@example.org",
            name: "n",
            scope,
            lifetime: Lifetime::Endless,
        };
        let (random, now) = (&app.state.random, app.clock.now());
        let token = create(store, random, now, new).await.unwrap();
        let program = app.program(&token);
        for path in [
            "edition", "insights", "rules", "searches", "services", "tokens",
        ] {
            program.get(&format!("/api/v1/{path}")).await.is(200);
        }
        for path in [
            "rules",
            "searches",
            "services",
            "preview",
            "packs/slow",
            "journal/import",
        ] {
            let refused = program
                .post_json(&format!("/api/v1/{path}"), json!({}))
                .await;
            assert_eq!(refused.error(), (403, "scope".into()), "{path}");
        }
        let gone = json!({ "days": 1 });
        let gone = program.post_json("/api/v1/kept/let-go", gone).await;
        assert_eq!(gone.status, marks);
    }
}
