//! Feeds that ask for a password: they open for whom they belong to, and for nobody else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dormouse::datastore::{Kind, Query};
use dormouse::users::audit;
use http::Method;
use serde_json::json;

use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at};

/// A secret that must turn up nowhere.
const SECRET: &str = "quite-a-secret-9f3a";

fn basic(name: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")))
}

fn feed(title: &str) -> Page {
    Page::feed(FeedText::hourly(title, 2, at(11, 0)).rss())
}

/// Adds a feed with what opens it.
async fn opens(reader: &Client<'_>, url: &str, kind: &str, name: &str, secret: &str) -> Answer {
    let form = [
        ("url", url),
        ("door", kind),
        ("door_name", name),
        ("door_secret", secret),
    ];
    reader.post("/add", &form).await
}

async fn opened(reader: &Client<'_>, url: &str, kind: &str, name: &str, secret: &str) -> String {
    let added = opens(reader, url, kind, name, secret).await;
    let feed = added.is(303).location().strip_prefix("/feed/").unwrap();
    feed.to_owned()
}

/// Everything in the store, as text.
async fn stored(app: &TestApp) -> String {
    let mut all = String::new();
    for kind in Kind::ALL {
        let mut query = Query::kind(kind, 1_000);
        loop {
            let page = app.state.store.run_query(&query).await.unwrap();
            for row in &page.rows {
                all.push_str(&format!("{:?}", row.entity));
                for name in ["body", "report"] {
                    let packed = row.entity.blob(name).unwrap_or_default();
                    let plain = zstd::stream::decode_all(packed).unwrap_or_default();
                    all.push_str(&String::from_utf8_lossy(&plain));
                }
            }
            if page.next.is_none() {
                break;
            }
            query = query.after(page.next);
        }
    }
    all
}

#[tokio::test]
async fn each_kind_of_door_opens_and_what_opens_it_is_never_shown() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let doors = [
        ("basic", "ann", "authorization", basic("ann", SECRET)),
        ("bearer", "", "authorization", format!("Bearer {SECRET}")),
        ("header", "X-Feed-Key", "x-feed-key", SECRET.to_owned()),
    ];
    for (kind, name, header, value) in &doors {
        let path = format!("/{kind}");
        let url = web.put(&path, Page::behind(header, value, feed(kind)));
        let closed = ann.post("/add", &[("url", &url)]).await;
        let said = closed.is(422).words();
        assert!(
            said.contains("asks for a password before it shows"),
            "{said}"
        );
        assert!(closed.text().contains("<details class=\"door\" open>"));
        let wrong = opens(&ann, &url, kind, name, "wrong").await;
        let said = wrong.is(422).words();
        assert!(said.contains("doesn’t accept the password"), "{said}");
        assert!(!wrong.text().contains("value=\"wrong\""));

        let id = opened(&ann, &url, kind, name, SECRET).await;
        assert_eq!(ann.titles(&format!("/feed/{id}")).await.len(), 2);
        let settings = ann.get(&format!("/feed/{id}/settings")).await;
        assert!(!settings.text().contains(SECRET));
        assert!(
            settings.words().contains("yours alone"),
            "{}",
            settings.words()
        );
        // It is fetched again, with the same.
        web.put(
            &path,
            Page::behind(
                header,
                value,
                Page::feed(FeedText::hourly(kind, 4, at(13, 0)).rss()),
            ),
        );
    }
    app.minutes_pass(24 * 60);
    app.refresh().await;
    assert_eq!(ann.titles("/all").await.len(), 12);
    assert!(!stored(&app).await.contains(SECRET));
    for page in ["/feeds", "/export.opml", "/settings", "/unread", "/add"] {
        assert!(!ann.get(page).await.text().contains(SECRET), "{page}");
    }
    app.is_sound().await;
}

#[tokio::test]
async fn two_readers_of_one_address_never_see_each_others() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob, eve) = (
        app.reader("ann").await,
        app.reader("bob").await,
        app.reader("eve").await,
    );
    let page = Page::behind("authorization", &basic("ann", "a"), feed("ForAnn"));
    let url = web.put(
        "/f",
        page.or_behind("authorization", &basic("bob", "b"), feed("ForBob")),
    );
    let hers = opened(&ann, &url, "basic", "ann", "a").await;
    let his = opened(&bob, &url, "basic", "bob", "b").await;
    assert_ne!(hers, his);
    let of_ann = ann.titles("/all").await;
    let of_bob = bob.titles("/all").await;
    assert!(
        of_ann.iter().all(|title| title.contains("forann")),
        "{of_ann:?}"
    );
    assert!(
        of_bob.iter().all(|title| title.contains("forbob")),
        "{of_bob:?}"
    );

    // Neither the address nor the id lets anybody else in.
    eve.post("/add", &[("url", &url)]).await.is(422);
    let id = ann.get("/all").await.lines()[0].id.clone();
    for reader in [&bob, &eve] {
        reader.get(&format!("/article/{id}")).await.is(404);
        reader.get(&format!("/feed/{hers}")).await.is(404);
        reader.get(&format!("/feed/{hers}/settings")).await.is(404);
        reader.get(&format!("/feed/{hers}/icon")).await.is(404);
        let form = [("door", "basic"), ("door_name", "x"), ("door_secret", "y")];
        reader
            .post(&format!("/feed/{hers}/door"), &form)
            .await
            .is(404);
    }
    let program = app.program_of(&eve).await;
    program.get(&format!("/api/v1/articles/{id}")).await.is(404);
    program
        .get(&format!("/api/v1/subscriptions/{hers}"))
        .await
        .is(404);
    // Whoever has it already, and types the address again, comes to it.
    let again = ann.post("/add", &[("url", &url)]).await;
    assert_eq!(again.is(303).location(), format!("/feed/{hers}"));

    // What everybody may read at the same address is another feed.
    web.put("/f", feed("ForAll"));
    let open = eve.subscribes(&url).await;
    assert!(open != hers && open != his);
    assert_eq!(app.feed(&open).await.summary.subscribers, 1);
    app.is_sound().await;
}

#[tokio::test]
async fn a_password_in_an_address_is_sealed_and_the_address_has_none() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::behind("authorization", &basic("ann", SECRET), feed("Mine")),
    );
    let typed = url.replace("http://", &format!("http://ann:{SECRET}@"));
    let id = ann.subscribes(&typed).await;
    assert_eq!(app.feed(&id).await.summary.url, url);
    assert!(!stored(&app).await.contains(SECRET));
    // Several at once aren't carried about.
    let two = format!("{typed} {url}");
    let looked = ann.post("/add", &[("url", &two)]).await;
    let shown = ann.get(looked.is(303).location()).await;
    assert!(!shown.text().contains(SECRET));
    assert!(
        shown.words().contains("has a password in it"),
        "{}",
        shown.words()
    );
    // A wrong one isn't shown again either.
    let wrong = typed.replace(SECRET, "wrong-one");
    let answer = ann.post("/add", &[("url", &wrong)]).await;
    assert!(!answer.is(422).text().contains("wrong-one"));
    assert!(answer.text().contains(&url));
}

#[tokio::test]
async fn a_redirect_to_another_origin_gets_no_password() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(2));
    let ann = app.reader("ann").await;
    let key = basic("ann", SECRET);
    let behind = |page: Page| Page::behind("authorization", &key, page);
    // Within its origin it goes along.
    let home = web.put("/home", behind(Page::redirect(302, "/f")));
    web.put("/f", behind(feed("Mine")));
    opened(&ann, &home, "basic", "ann", SECRET).await;
    // To another, and back from there, it doesn't.
    let there = web.url_at(1, "/there");
    let away = web.put("/away", behind(Page::redirect(301, &there)));
    web.put("/there", Page::redirect(302, &web.url("/f")));
    web.forget();
    let refused = opens(&ann, &away, "basic", "ann", SECRET).await;
    refused.is(422);
    assert_eq!(
        web.asked("/away")[0].header("authorization"),
        Some(key.as_str())
    );
    assert_eq!(web.asked("/there").len(), 1);
    assert_eq!(web.asked("/there")[0].header("authorization"), None);
    assert_eq!(web.asked("/f")[0].header("authorization"), None);
    web.put("/there", Page::status(401));
    let said = opens(&ann, &away, "basic", "ann", SECRET).await.words();
    assert!(said.contains("isn’t sent there"), "{said}");

    // A feed that moves stays at its address: the password is for no other.
    web.put("/there", feed("Elsewhere"));
    let id = opened(&ann, &away, "basic", "ann", SECRET).await;
    for _ in 0..20 {
        app.minutes_pass(24 * 60);
        app.refresh().await;
    }
    let feed = app.feed(&id).await;
    assert_eq!(feed.summary.url, away);
    assert!(feed.body.aliases.is_empty() && feed.summary.onto.is_none());
    for asked in web.asked("/there") {
        assert_eq!(asked.header("authorization"), None);
    }
}

#[tokio::test]
async fn what_is_changed_opens_it_again_and_what_is_lost_is_said() {
    let (app, web) = (
        TestApp::with(&[("SECRET_KEY", "a first key that is long enough to be one")]).await,
        FakeWeb::start(),
    );
    let ann = app.reader("ann").await;
    let url = web.put(
        "/f",
        Page::behind("authorization", &basic("ann", "one"), feed("Mine")),
    );
    let id = opened(&ann, &url, "basic", "ann", "one").await;
    web.put(
        "/f",
        Page::behind("authorization", &basic("ann", "two"), feed("Mine")),
    );
    app.minutes_pass(24 * 60);
    app.refresh().await;
    let settings = format!("/feed/{id}/settings");
    let page = ann.get(&settings).await;
    assert!(
        page.words().contains("doesn’t accept the password"),
        "{}",
        page.words()
    );
    assert!(page.text().contains("<details class=\"door\" open>"));
    let form = |secret: &'static str| {
        [
            ("door", "basic"),
            ("door_name", "ann"),
            ("door_secret", secret),
        ]
    };
    ann.post(&format!("/feed/{id}/door"), &[("door", "bearer")])
        .await
        .is(422);
    ann.post(&format!("/feed/{id}/door"), &form("two"))
        .await
        .is(303);
    app.minutes_pass(10);
    app.refresh().await;
    assert_eq!(app.feed(&id).await.summary.error, None);

    // Another secret key: nobody is asked, and the page says what to do.
    let other = "another key that is long enough to be one";
    let later = app.beside_with(&[("SECRET_KEY", other)]).await;
    web.forget();
    app.minutes_pass(24 * 60);
    later.refresh().await;
    assert_eq!(web.asked("/f").len(), 0);
    let error = app.feed(&id).await.summary.error.unwrap();
    assert!(error.contains("Enter it again"), "{error}");
    assert!(!error.contains("two"));
}

#[tokio::test]
async fn a_feed_gets_a_password_and_loses_it_with_what_was_read() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let url = web.put("/f", feed("All"));
    let open = ann.subscribes(&url).await;
    bob.subscribes(&url).await;
    let read = ann.get("/all").await.lines()[0].id.clone();
    ann.post(&format!("/article/{read}/read"), &[("read", "1")])
        .await
        .is(303);
    assert_eq!(ann.unread().await, 1);
    web.put(
        "/f",
        Page::behind("authorization", &basic("ann", "one"), feed("All")),
    );
    let form = [
        ("door", "basic"),
        ("door_name", "ann"),
        ("door_secret", "one"),
    ];
    let done = ann.post(&format!("/feed/{open}/door"), &form).await;
    let to = done.is(303).location().to_owned();
    let own = to
        .strip_prefix("/feed/")
        .and_then(|rest| rest.strip_suffix("/settings#door"));
    let own = own.unwrap().to_owned();
    assert_ne!(own, open);
    assert_eq!(ann.unread().await, 1, "what was read stays so");
    assert_eq!(
        app.feed(&open).await.summary.subscribers,
        1,
        "Bob keeps his"
    );
    // What nobody else has is asked for without a password first, and stays if that fails.
    let none = [("door", "none")];
    let key = basic("ann", "one");
    let alone = web.put("/alone", Page::behind("authorization", &key, feed("Alone")));
    let alone = opened(&ann, &alone, "basic", "ann", "one").await;
    let refused = ann.post(&format!("/feed/{alone}/door"), &none).await;
    assert!(refused.is(422).words().contains("asks for a password"));
    assert!(app.feed(&alone).await.summary.door.is_some());
    let done = ann.post(&format!("/feed/{own}/door"), &none).await;
    assert_eq!(
        done.is(303).location(),
        format!("/feed/{open}/settings#door")
    );
    // Nobody has the other one any more: it goes soon, and what opened it.
    app.minutes_pass(2 * 24 * 60);
    app.daily().await;
    app.is_sound().await;
    let left = ann.get(&format!("/feed/{own}")).await;
    left.is(404);
    assert_eq!(app.count("Feed").await, 2);
}

#[tokio::test]
async fn no_page_for_others_says_anything_of_it_and_no_hub_is_asked() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let rss = FeedText::hourly("Mine", 2, at(11, 0)).rss();
    let rss = rss.replace(
        "<channel>",
        "<channel><link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"http://hub.example/\"/>\
         <link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"http://127.0.0.1/f\"/>",
    );
    let url = web.put("/f", Page::behind("x-key", SECRET, Page::feed(rss.clone())));
    let open = rss.replace("Mine", "Open").replace("mine-", "open-");
    let everybodys = ann
        .subscribes_in(&web.put("/open", Page::feed(open)), "Reading")
        .await;
    let form = [
        ("url", url.as_str()),
        ("folder", "Reading"),
        ("door", "header"),
        ("door_name", "X-Key"),
        ("door_secret", SECRET),
    ];
    let added = ann.post("/add", &form).await;
    let id = added
        .is(303)
        .location()
        .strip_prefix("/feed/")
        .unwrap()
        .to_owned();
    assert!(app.feed(&everybodys).await.body.hub.is_some());
    assert_eq!(app.feed(&id).await.body.hub, None);

    for feed in [&id, &everybodys] {
        let article = ann.get(&format!("/feed/{feed}")).await.lines()[0]
            .id
            .clone();
        let at = |what: &str| format!("/article/{article}/{what}");
        ann.post(&at("star"), &[]).await.is(303);
        ann.post(&at("tags"), &[("tags", "news")]).await.is(303);
    }
    for what in ["starred", "tag:news", "folder:Reading"] {
        ann.post("/settings/shared", &[("what", what)])
            .await
            .is(303);
    }
    let page = ann.get("/settings/shared").await;
    let stranger = app.stranger();
    let mut seen = 0;
    for part in page
        .text()
        .split("readonly value=\"http://reader.example")
        .skip(1)
    {
        let path = part.split('"').next().unwrap();
        let shared = stranger.get(path).await;
        let text = shared.is(200).text();
        assert!(text.contains("Open") || text.contains("open-"), "{path}");
        let said = ["Mine", "mine-", url.as_str()];
        assert!(!said.iter().any(|word| text.contains(word)), "{path}");
        seen += 1;
    }
    assert_eq!(seen, 3);
    // Nor is it among its host's feeds, which its publisher sees.
    let on_desk = dormouse::feeds::store::of_host(&app.state.store, "127.0.0.1", 10).await;
    let on_desk: Vec<_> = on_desk
        .unwrap()
        .into_iter()
        .map(|head| head.id.to_string())
        .collect();
    assert_eq!(on_desk, [everybodys]);
}

#[tokio::test]
async fn an_export_has_no_password_unless_it_is_asked_for_by_its_owner() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    for (kind, name, header, value) in [
        ("basic", "ann", "authorization", basic("ann", SECRET)),
        ("bearer", "", "authorization", format!("Bearer {SECRET}")),
        ("header", "X-Feed-Key", "x-feed-key", SECRET.to_owned()),
    ] {
        let url = web.put(
            &format!("/{kind}"),
            Page::behind(header, &value, feed(kind)),
        );
        opened(&ann, &url, kind, name, SECRET).await;
    }
    // A long token has no room on the card.
    let long = format!("{SECRET}{}", "x".repeat(2_000));
    let url = web.put("/long", Page::behind("x-key", &long, feed("long")));
    let id = opened(&ann, &url, "header", "X-Key", &long).await;
    let card = dormouse::feeds::store::heads(&app.state.store, &[id.parse().unwrap()]).await;
    assert_eq!(card.unwrap()[0].summary.door.as_ref().unwrap().sealed, "");

    let plain = ann.get("/export.opml").await;
    assert!(!plain.is(200).text().contains(SECRET));
    app.minutes_pass(11);
    let asked = ann.get("/export.opml?passwords=1").await;
    assert!(asked.is(303).location().starts_with("/confirm?next="));
    let form = [
        ("password", crate::support::PASSWORD),
        ("next", "/export.opml?passwords=1"),
    ];
    ann.post("/confirm", &form).await.is(303);
    let file = ann.get("/export.opml?passwords=1").await;
    let file = file.is(200).text().to_owned();
    assert_eq!(file.matches(SECRET).count(), 4, "{file}");
    // A program has proven nothing.
    let program = app.program_of(&ann).await;
    let theirs = program.get("/api/v1/opml?passwords=1").await;
    assert!(!theirs.text().contains(SECRET));

    // Read back, it opens the same doors.
    let sent = bob
        .ask(Method::POST, "/import")
        .file("opml", file.as_bytes());
    assert_eq!(sent.send().await.is(303).location(), "/import/last");
    let report = bob.get("/import/last").await;
    assert!(!report.text().contains(SECRET));
    app.refresh().await;
    assert_eq!(bob.titles("/all").await.len(), 8);
    assert!(!stored(&app).await.contains(SECRET));
    assert!(!bob.get("/export.opml").await.text().contains(SECRET));
    // The same file again adds nothing.
    let again = bob
        .ask(Method::POST, "/import")
        .file("opml", file.as_bytes());
    again.send().await.is(303);
    let said = bob.get("/import/last").await.words();
    assert!(said.contains("4 already"), "{said}");
    app.is_sound().await;
}

#[tokio::test]
async fn programs_open_doors_and_are_never_told_what_opens_them() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let key = format!("Bearer {SECRET}");
    let url = web.put("/f", Page::behind("authorization", &key, feed("Mine")));
    let all = "/api/v1/subscriptions";
    let closed = program.post_json(all, json!({ "url": url })).await;
    assert_eq!(closed.error(), (422, "needs_password".into()));
    for door in [
        json!({ "kind": "header", "name": "Host", "secret": "x" }),
        json!({ "kind": "bearer", "secret": "" }),
        json!({ "kind": "key", "secret": "x" }),
    ] {
        let bad = program
            .post_json(all, json!({ "url": url, "door": door }))
            .await;
        assert_eq!(bad.error(), (422, "bad_password".into()));
    }
    let door = json!({ "kind": "bearer", "secret": SECRET });
    let added = program
        .post_json(all, json!({ "url": url, "door": door }))
        .await;
    let shown = added.is(201).json();
    assert_eq!(shown["door"], "bearer");
    assert!(!added.text().contains(SECRET));
    let id = shown["feed"].as_str().unwrap();
    let one = format!("{all}/{id}");
    let patch =
        async |body: serde_json::Value| program.ask(Method::PATCH, &one).json(&body).send().await;
    let renewed = patch(json!({ "door": { "kind": "bearer", "secret": "other" } })).await;
    assert_eq!(renewed.is(200).json()["feed"], id);
    let untouched = patch(json!({ "title": "Hers" })).await;
    assert_eq!(untouched.is(200).json()["door"], "bearer");
    web.put("/f", feed("All"));
    let open = patch(json!({ "door": null })).await;
    let open = open.is(200).json();
    assert_eq!(open["door"], serde_json::Value::Null);
    assert_ne!(open["feed"], id);
    assert_eq!(open["title"], "Hers");
    let document = app.stranger().get("/api/v1/openapi.json").await;
    assert!(document.text().contains("DoorKey"));
}

#[tokio::test]
async fn each_change_of_a_password_is_a_line_of_the_log_without_it() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let key = basic("ann", SECRET);
    let url = web.put("/f", Page::behind("authorization", &key, feed("Mine")));
    let id = opened(&ann, &url, "basic", "ann", SECRET).await;
    let lines = async || {
        let page = audit::page(&app.state.store, None, 100).await.unwrap();
        let lines = page.lines.into_iter();
        let lines = lines.filter(|line| line.act == "door_changed");
        lines
            .map(|line| {
                assert_eq!(line.by, audit::By::User(line.user.unwrap()));
                line.about
            })
            .collect::<Vec<String>>()
    };
    assert_eq!(lines().await, ["basic"], "given with the feed");
    app.minutes_pass(1);
    let path = format!("/feed/{id}/door");
    let form = [("door", "bearer"), ("door_secret", SECRET)];
    ann.post(&path, &form).await.is(303);
    assert_eq!(lines().await, ["bearer", "basic"]);
    // Lines of one moment stand in any order.
    app.minutes_pass(1);
    let door = json!({ "door": { "kind": "basic", "name": "ann", "secret": SECRET } });
    let patch = program.ask(Method::PATCH, &format!("/api/v1/subscriptions/{id}"));
    patch.json(&door).send().await.is(200);
    assert_eq!(lines().await, ["basic", "bearer", "basic"]);
    // What is refused changes nothing.
    ann.post(&path, &[("door", "none")]).await.is(422);
    ann.post(&path, &[("door", "bearer")]).await.is(422);
    assert_eq!(lines().await.len(), 3);
    app.minutes_pass(1);
    web.put("/f", feed("Mine"));
    let open = ann.post(&path, &[("door", "none")]).await;
    assert_eq!(lines().await, ["none", "basic", "bearer", "basic"]);
    let path = open.is(303).location().replace("settings#", "");
    ann.post(&path, &[("door", "none")]).await.is(303);
    assert_eq!(lines().await.len(), 4, "nothing was changed");
    app.minutes_pass(1);
    let page = Page::behind("x-key", SECRET, feed("Mine"));
    web.put("/f", page);
    let form = [
        ("door", "header"),
        ("door_name", "X-Key"),
        ("door_secret", SECRET),
    ];
    ann.post(&path, &form).await.is(303);
    assert_eq!(
        lines().await,
        ["header", "none", "basic", "bearer", "basic"]
    );
    assert!(!stored(&app).await.contains(SECRET));
}
