//! Webhooks: a program is told of a feed's news inside the request that finds them, signed; what it doesn't take is tried again, and
//! given up in plain sight.

use dormouse::webhooks::sender::signed;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

struct Scene<'a> {
    app: &'a TestApp,
    web: FakeWeb,
    ann: Client<'a>,
    program: Client<'a>,
    feed: String,
    text: FeedText,
}

impl<'a> Scene<'a> {
    async fn of(app: &'a TestApp) -> Self {
        let web = FakeWeb::start();
        let ann = app.reader("ann").await;
        let text = FeedText::hourly("News", 3, at(10, 0));
        let url = web.put("/f", Page::feed(text.rss()));
        web.put("/hook", Page::status(204));
        let feed = ann.subscribes(&url).await;
        let program = app.program_of(&ann).await;
        Self {
            app,
            web,
            ann,
            program,
            feed,
            text,
        }
    }

    async fn makes(&self) -> (String, String) {
        let wanted = json!({ "feed": self.feed, "address": self.web.url("/hook") });
        let made = self.program.post_json("/api/v1/webhooks", wanted).await;
        let made = made.is(201).json();
        let text = |place: &str| made.pointer(place).unwrap().as_str().unwrap().to_owned();
        (text("/webhook/id"), text("/secret"))
    }

    async fn listed(&self) -> Value {
        self.program.get("/api/v1/webhooks").await.is(200).json()["webhooks"].clone()
    }

    /// Something new is published, and the cron calls a day later.
    async fn publishes(&mut self, names: &[&str]) -> Answer {
        let now = self.app.clock.now();
        for name in names {
            self.text = self.text.clone().and(Entry::new(name, now));
        }
        self.web.put("/f", Page::feed(self.text.rss()));
        self.app.minutes_pass(25 * 60);
        self.app.cron().await
    }

    /// What the program was told.
    fn told(&self) -> Vec<Value> {
        let asked = self.web.asked("/hook");
        asked
            .iter()
            .map(|one| serde_json::from_str(&one.body).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn a_program_is_told_of_news_and_can_judge_that_it_was_us() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    scene.publishes(&["first"]).await;
    let quiet = scene.publishes(&["before"]).await.cost;
    let (id, secret) = scene.makes().await;
    assert_eq!(app.feed(&scene.feed).await.summary.hooks, 1);
    // The sweep that finds the news tells of them: a query and the articles more.
    let loud = scene.publishes(&["one", "two"]).await.cost;
    let told = scene.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["event"], "articles");
    assert_eq!(
        (&told[0]["webhook"], &told[0]["feed"]),
        (&json!(id), &json!(scene.feed))
    );
    let titles: Vec<&str> = told[0]["articles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Title of one", "Title of two"]);
    assert_eq!(told[0]["count"], 2);
    assert_eq!(
        told[0]["sent"],
        dormouse::timestamp::rfc3339(app.clock.now())
    );
    let asked = scene.web.asked("/hook");
    let signature = asked[0].header("x-dormouse-signature").unwrap();
    assert_eq!(signature, signed(&secret, &asked[0].body));
    // One query of the hooks, one of the articles, and once on this instance what waits; an article more is written.
    let more = loud.reads - quiet.reads;
    assert!((2..=3).contains(&more), "{quiet:?} {loud:?}");
    assert_eq!(loud.writes, quiet.writes + 1, "{quiet:?} {loud:?}");
    assert_eq!(scene.listed().await[0]["given_up"], Value::Null);
    // Nothing new tells nobody, and costs nothing more.
    app.minutes_pass(25 * 60);
    let still = app.cron().await;
    assert_eq!(
        (still.json()["articles"].as_u64(), scene.told().len()),
        (Some(0), 1)
    );
    // Removed, it is told no more.
    let path = format!("/api/v1/webhooks/{id}");
    scene
        .program
        .ask(Method::DELETE, &path)
        .send()
        .await
        .is(204);
    scene.publishes(&["three"]).await;
    assert_eq!(scene.told().len(), 1);
    assert_eq!(app.feed(&scene.feed).await.summary.hooks, 0);
    app.is_sound().await;
}

#[tokio::test]
async fn a_refresh_by_hand_and_a_push_of_another_reader_tell_too() {
    let app = TestApp::start().await;
    let scene = Scene::of(&app).await;
    scene.makes().await;
    let bob = app.reader("bob").await;
    bob.subscribes(&scene.web.url("/f")).await;
    let text = scene.text.clone().and(Entry::new("by-hand", at(12, 30)));
    scene.web.put("/f", Page::feed(text.rss()));
    app.minutes_pass(25 * 60);
    let path = format!("/feed/{}/refresh", scene.feed);
    bob.post(&path, &[("return", "/unread")]).await.is(303);
    assert_eq!(scene.told().len(), 1);
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_and_given_up_in_plain_sight() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let (id, _) = scene.makes().await;
    scene.web.put("/hook", Page::status(500));
    scene.publishes(&["one"]).await;
    let listed = scene.listed().await;
    let waiting = listed[0]["waiting"][0].clone();
    assert_eq!(
        (&waiting["tries"], &listed[0]["given_up"]),
        (&json!(1), &Value::Null)
    );
    assert!(
        waiting["why"].as_str().unwrap().contains("500"),
        "{waiting}"
    );
    let settings = format!("/feed/{}/settings", scene.feed);
    let page = scene.ann.get(&settings).await;
    assert!(
        page.is(200).words().contains("not taken yet"),
        "{}",
        page.words()
    );
    // Well again: the next tick that is due tells the same, once.
    scene.web.put("/hook", Page::status(200));
    app.minutes_pass(6);
    app.cron().await.is(200);
    let told = scene.told();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["delivery"], told[1]["delivery"]);
    assert_eq!(told[0]["articles"], told[1]["articles"]);
    assert_eq!(scene.listed().await[0]["waiting"], json!([]));
    app.minutes_pass(25 * 60);
    app.cron().await.is(200);
    assert_eq!(scene.told().len(), 2);

    // It never answers well again.
    scene.web.put("/hook", Page::status(503));
    scene.publishes(&["two"]).await;
    // An instance that starts then learns of it when it meets a feed with webhooks.
    for minutes in [6, 40, 3 * 60, 9 * 60, 25 * 60, 60, 60] {
        app.minutes_pass(minutes);
        app.cron().await.is(200);
    }
    let count = scene.told().len();
    assert_eq!(count, 2 + 6);
    let listed = scene.listed().await;
    assert_eq!(listed[0]["waiting"], json!([]));
    assert!(
        listed[0]["given_up"]["why"]
            .as_str()
            .unwrap()
            .contains("503"),
        "{listed}"
    );
    let page = scene.ann.get(&settings).await;
    assert!(
        page.is(200).words().contains("Given up on"),
        "{}",
        page.words()
    );
    // Later news are told all the same, and then all is well.
    scene.web.put("/hook", Page::status(200));
    scene.publishes(&["three"]).await;
    assert_eq!(scene.listed().await[0]["given_up"], Value::Null);
    // Gone for good is given up at once.
    scene.web.put("/hook", Page::status(410));
    scene.publishes(&["four"]).await;
    let listed = scene.listed().await;
    assert_eq!(listed[0]["waiting"], json!([]));
    assert!(
        listed[0]["given_up"]["why"]
            .as_str()
            .unwrap()
            .contains("410")
    );
    assert_eq!(listed[0]["id"], id.as_str());
    app.is_sound().await;
}

#[tokio::test]
async fn another_instance_tries_again() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    scene.makes().await;
    scene.web.put("/hook", Page::status(500));
    scene.publishes(&["one"]).await;
    let other = app.beside().await;
    scene.web.put("/hook", Page::status(200));
    app.minutes_pass(25 * 60);
    other.cron().await.is(200);
    assert_eq!(scene.told().len(), 2);
}

#[tokio::test]
async fn webhooks_are_bounded_guarded_and_their_owners_alone() {
    let app = TestApp::start().await;
    let scene = Scene::of(&app).await;
    let make = async |who: &Client<'_>, feed: &str, address: &str| {
        let wanted = json!({ "feed": feed, "address": address });
        who.post_json("/api/v1/webhooks", wanted).await
    };
    for (address, code) in [
        ("", "blocked_address"),
        ("ftp://x.example/", "blocked_address"),
        ("http://169.254.169.254/", "blocked_address"),
        ("https://a:b@x.example/", "blocked_address"),
        (
            &format!("https://x.example/{}", "x".repeat(1_000)),
            "bad_address",
        ),
    ] {
        let refused = make(&scene.program, &scene.feed, address).await;
        assert_eq!(refused.error(), (422, code.into()), "{address}");
    }
    let bob = app.reader("bob").await;
    let other = app.program_of(&bob).await;
    let address = scene.web.url("/hook");
    assert_eq!(make(&other, &scene.feed, &address).await.error().0, 404);
    assert_eq!(make(&scene.program, "x", &address).await.error().0, 404);
    for _ in 0..10 {
        make(&scene.program, &scene.feed, &address).await.is(201);
    }
    let refused = make(&scene.program, &scene.feed, &address).await;
    assert_eq!(refused.error(), (422, "too_many_webhooks".into()));
    let listed = scene.listed().await;
    assert_eq!(listed.as_array().unwrap().len(), 10);
    assert!(!listed.to_string().contains("secret"));
    let id = listed[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/webhooks/{id}");
    let foreign = other.ask(Method::DELETE, &path).send().await;
    assert_eq!(foreign.error().0, 404);
    assert_eq!(
        other.get("/api/v1/webhooks").await.json()["webhooks"],
        json!([])
    );
    // Who leaves the feed takes them along.
    let path = format!("/api/v1/subscriptions/{}", scene.feed);
    scene
        .program
        .ask(Method::DELETE, &path)
        .send()
        .await
        .is(204);
    assert_eq!(scene.listed().await, json!([]));
    assert_eq!(app.count("Webhook").await, 0);
    app.is_sound().await;
}

#[tokio::test]
async fn the_page_makes_one_shows_its_secret_once_and_removes_it() {
    let app = TestApp::start().await;
    let mut scene = Scene::of(&app).await;
    let settings = format!("/feed/{}/settings", scene.feed);
    let address = scene.web.url("/hook");
    let path = format!("/feed/{}/webhooks", scene.feed);
    let made = scene.ann.post(&path, &[("address", &address)]).await;
    assert_eq!(made.is(303).location(), format!("{settings}#webhooks"));
    let page = scene.ann.get(&settings).await;
    let secret = crate::support::attribute(page.is(200).text(), "id=\"hook-secret\"", "value");
    let secret = secret.unwrap();
    assert!(page.text().contains(&address));
    let again = scene.ann.get(&settings).await;
    assert!(!again.text().contains(&secret) && again.text().contains(&address));
    scene.publishes(&["one"]).await;
    let asked = scene.web.asked("/hook");
    let signature = asked[0].header("x-dormouse-signature").unwrap();
    assert_eq!(signature, signed(&secret, &asked[0].body));
    let id = scene.listed().await[0]["id"].as_str().unwrap().to_owned();
    let away = format!("{path}/{id}/remove");
    scene.ann.post(&away, &[]).await.is(303);
    assert_eq!(scene.listed().await, json!([]));
    app.is_sound().await;
}

#[tokio::test]
async fn a_hubs_push_tells_too_and_the_next_poll_tells_nothing_twice() {
    TestApp::online(&[], async |app| {
        let scene = crate::pushing::Scene::pushed(app).await;
        let program = app.program_of(&scene.ann).await;
        let address = scene.web.put("/hook", Page::status(204));
        let wanted = json!({ "feed": scene.feed, "address": address });
        program.post_json("/api/v1/webhooks", wanted).await.is(201);
        app.minutes_pass(5);
        let text = crate::pushing::newest(&["a", "b"], at(12, 3));
        assert_eq!(scene.hub.pushes(&text.rss()).await, 202);
        let asked = scene.web.asked("/hook");
        assert_eq!(asked.len(), 1, "told within the push");
        let told: Value = serde_json::from_str(&asked[0].body).unwrap();
        assert_eq!(
            (&told["feed"], &told["count"]),
            (&json!(scene.feed), &json!(2))
        );
        // The same again, and the poll that finds what was pushed, tell of nothing.
        assert_eq!(scene.hub.pushes(&text.rss()).await, 202);
        app.minutes_pass(25 * 60);
        app.cron().await.is(200);
        assert_eq!(scene.web.asked("/hook").len(), 1);
    })
    .await;
}

/// Records in a feed that it moved to another, as the tick would.
async fn is_merged(app: &TestApp, feed: &str, onto: &str) {
    let mut feed = app.feed(feed).await;
    feed.summary.onto = Some(onto.parse().unwrap());
    feed.summary.tier = dormouse::feeds::PollTier::Off;
    let update = dormouse::feeds::store::update(&feed).unwrap();
    app.state.store.commit(vec![update]).await.unwrap();
}

#[tokio::test]
async fn a_feed_that_is_merged_into_another_takes_its_webhooks_along() {
    for was_there in [false, true] {
        let app = TestApp::start().await;
        let scene = Scene::of(&app).await;
        let (id, secret) = scene.makes().await;
        // Another reader's stays theirs.
        let bob = app.reader("bob").await;
        let other = app.program_of(&bob).await;
        bob.subscribes(&scene.web.url("/f")).await;
        let address = scene.web.put("/bobs", Page::status(204));
        let wanted = json!({ "feed": scene.feed, "address": address });
        other.post_json("/api/v1/webhooks", wanted).await.is(201);
        let newer = scene.web.put("/g", Page::feed(scene.text.rss()));
        let new = match was_there {
            true => scene.ann.subscribes(&newer).await,
            false => app.reader("cid").await.subscribes(&newer).await,
        };
        is_merged(&app, &scene.feed, &new).await;
        scene.program.get("/api/v1/subscriptions").await.is(200);
        let listed = scene.listed().await;
        assert_eq!(
            (
                &listed[0]["id"],
                &listed[0]["feed"],
                listed.as_array().unwrap().len()
            ),
            (&json!(id), &json!(new), 1)
        );
        assert_eq!(app.feed(&new).await.summary.hooks, 1);
        assert_eq!(app.feed(&scene.feed).await.summary.hooks, 1, "bob’s");
        app.is_sound().await;

        let text = scene.text.clone().and(Entry::new("later", app.clock.now()));
        scene.web.put("/g", Page::feed(text.rss()));
        app.minutes_pass(25 * 60);
        app.cron().await.is(200);
        let told = scene.told();
        assert_eq!((told.len(), &told[0]["feed"]), (1, &json!(new)));
        let asked = scene.web.asked("/hook");
        let signature = asked[0].header("x-dormouse-signature").unwrap();
        assert_eq!(signature, signed(&secret, &asked[0].body));
        assert!(scene.web.asked("/bobs").is_empty(), "he wasn’t here since");
        other.get("/api/v1/subscriptions").await.is(200);
        assert_eq!(app.feed(&new).await.summary.hooks, 2);
        assert_eq!(app.feed(&scene.feed).await.summary.hooks, 0);
        app.is_sound().await;
    }
}

#[tokio::test]
async fn who_replaces_a_feed_keeps_its_webhooks() {
    for all_read in [true, false] {
        let app = TestApp::start().await;
        let scene = Scene::of(&app).await;
        let (id, _) = scene.makes().await;
        if all_read {
            let all = json!({ "feed": scene.feed });
            let marked = scene.program.post_json("/api/v1/marks/all", all).await;
            marked.is(200);
        }
        let text = FeedText::hourly("Other", 2, at(9, 0));
        let newer = scene.web.put("/g", Page::feed(text.rss()));
        let path = format!("/feed/{}/switch", scene.feed);
        scene.ann.post(&path, &[("url", &newer)]).await.is(303);
        let listed = scene.listed().await;
        let new = listed[0]["feed"].as_str().unwrap().to_owned();
        assert_eq!(listed[0]["id"], id.as_str());
        assert_ne!(new, scene.feed);
        assert_eq!(app.feed(&new).await.summary.hooks, 1);
        assert_eq!(app.feed(&scene.feed).await.summary.hooks, 0);
        assert_eq!(scene.told().len(), 0, "what it has already is no news");
        app.is_sound().await;
        let text = text.and(Entry::new("later", app.clock.now()));
        scene.web.put("/g", Page::feed(text.rss()));
        app.minutes_pass(25 * 60);
        app.cron().await.is(200);
        assert_eq!(scene.told().len(), 1);
        app.is_sound().await;
    }
}
