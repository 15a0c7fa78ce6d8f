//! The list of the house: kept by the administrator, begun with, followed live, never beyond what a shelf may hold.

use http::Method;
use serde_json::{Value, json};

use crate::administering::log;
use crate::support::{
    Answer, CRON_SECRET, Client, FakeWeb, FeedText, Page, Shell, TestApp, at, attribute,
};

/// Ann administers, Bob reads.
async fn both(app: &TestApp) -> (Client<'_>, Client<'_>) {
    (app.reader("ann").await, app.reader("bob").await)
}

/// A feed with three articles.
fn feed(web: &FakeWeb, name: &str) -> String {
    let text = FeedText::hourly(name, 3, at(11, 0));
    web.put(&format!("/{name}"), Page::feed(text.rss()))
}

/// Puts feeds into the list, with their titles.
async fn lists(admin: &Client<'_>, web: &FakeWeb, names: &[&str]) {
    for name in names {
        let url = feed(web, name);
        let form = [("url", url.as_str()), ("title", *name)];
        admin.post("/admin/house/add", &form).await.is(303);
    }
}

async fn unlists(admin: &Client<'_>, web: &FakeWeb, name: &str) {
    let url = web.url(&format!("/{name}"));
    admin
        .post("/admin/house/remove", &[("url", &url)])
        .await
        .is(303);
}

/// Title and folder of each feed on a shelf.
async fn shelf(app: &TestApp, reader: &Client<'_>) -> Vec<(String, String)> {
    let program = app.program_of(reader).await;
    let all = program.get("/api/v1/subscriptions").await.is(200).json();
    let all = all["subscriptions"].as_array().unwrap().iter();
    let of = |one: &Value| {
        let folder = one["folder"].as_array().unwrap().iter();
        let folder: Vec<&str> = folder.map(|name| name.as_str().unwrap()).collect();
        (one["title"].as_str().unwrap().to_owned(), folder.join("/"))
    };
    let mut found: Vec<(String, String)> = all.map(of).collect();
    found.sort();
    found
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
    owned.collect()
}

/// The id of a feed on a shelf, by its title.
async fn id_of(app: &TestApp, reader: &Client<'_>, title: &str) -> String {
    let program = app.program_of(reader).await;
    let all = program.get("/api/v1/subscriptions").await.is(200).json();
    let all = all["subscriptions"].as_array().unwrap();
    let one = all.iter().find(|one| one["title"] == title).unwrap();
    one["feed"].as_str().unwrap().to_owned()
}

/// What the page says after an act.
async fn says(reader: &Client<'_>, path: &str, form: &[(&str, &str)]) -> String {
    let done = reader.post(path, form).await;
    reader.get(done.is(303).location()).await.is(200).words()
}

/// What the note above the list says, if there is one.
fn note(page: &Answer) -> Option<String> {
    let words = page.is(200).words();
    let (_, rest) = words.split_once("house-note\"")?;
    let (_, rest) = rest.split_once("<p>")?;
    Some(rest.split(" <a").next()?.to_owned())
}

async fn cron(app: &TestApp, path: &str) -> Value {
    let bearer = format!("Bearer {CRON_SECRET}");
    let nobody = app.stranger();
    let ask = nobody
        .ask(Method::GET, path)
        .header("authorization", &bearer);
    ask.send().await.is(200).json()
}

#[tokio::test]
async fn the_administrator_keeps_the_list_by_hand_and_each_act_is_a_line() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    bob.get("/admin/house").await.is(403);
    bob.post("/admin/house/add", &[("url", "https://a.example")])
        .await
        .is(403);
    assert!(
        ann.get("/admin/house")
            .await
            .is(200)
            .words()
            .contains("The list is empty.")
    );
    let tabs = ann.get("/admin").await;
    assert!(tabs.is(200).text().contains("href=\"/admin/house\""));

    let url = feed(&web, "news");
    let form = [
        ("url", url.as_str()),
        ("title", "The News"),
        ("folder", "World / Daily"),
    ];
    let page = says(&ann, "/admin/house/add", &form).await;
    for said in [
        "The list has one more feed",
        "1 feed of 200",
        "The News",
        "World / Daily",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(
        web.requests().len(),
        0,
        "a list is no reason to ask a publisher"
    );
    let again = says(&ann, "/admin/house/add", &form).await;
    assert!(
        again.contains("That feed is in the list already"),
        "{again}"
    );
    for (typed, why) in [
        (
            "https://me:secret@a.example/feed",
            "What everybody here reads is to be open.",
        ),
        ("", "There is no address."),
    ] {
        let refused = ann.post("/admin/house/add", &[("url", typed)]).await;
        let words = refused.is(422).words();
        assert!(
            words.contains("That can’t be in the list") && words.contains(why),
            "{words}"
        );
    }
    let long = "x".repeat(101);
    ann.post("/admin/house/name", &[("name", &long)])
        .await
        .is(422);
    ann.post("/admin/house/name", &[("name", "a/b")])
        .await
        .is(422);
    ann.post("/admin/house/name", &[("name", "Library")])
        .await
        .is(303);
    let page = says(&ann, "/admin/house/remove", &[("url", &url)]).await;
    assert!(page.contains("The list has one feed less") && page.contains("The list is empty."));
    let lines = log(&ann).await;
    let said = |line: &str| lines.iter().filter(|said| said.contains(line)).count();
    assert_eq!(said("put a feed into the house list"), 1, "{lines:?}");
    assert_eq!(said("took a feed out of the house list"), 1);
    assert_eq!(
        said("changed the name or the file’s address of the house list"),
        1
    );
    ann.post("/admin/house/nonsense", &[]).await.is(404);
}

#[tokio::test]
async fn a_file_is_uploaded_or_pasted_and_what_has_no_room_is_said() {
    let app = TestApp::start().await;
    let (ann, _) = both(&app).await;
    let line = |n: usize| format!("<outline text=\"F{n}\" xmlUrl=\"https://f{n}.example/\"/>");
    let file = |range: std::ops::Range<usize>| {
        let lines: String = range.map(line).collect();
        format!("<opml version=\"2.0\"><body><outline text=\"In\">{lines}</outline></body></opml>")
    };
    let ask = ann.ask(Method::POST, "/admin/house/file");
    let done = ask.file("opml", file(0..3).as_bytes()).send().await;
    let page = ann.get(done.is(303).location()).await.words();
    assert!(
        page.contains("3 feeds were added, 0 in the list already, 0 left out"),
        "{page}"
    );
    assert!(page.contains("3 feeds of 200") && page.contains("F2"));
    let page = says(&ann, "/admin/house/paste", &[("opml", &file(1..300))]).await;
    assert!(
        page.contains("197 feeds were added, 2 in the list already, 100 left out"),
        "{page}"
    );
    assert!(page.contains("200 feeds of 200"));
    let full = ann
        .post("/admin/house/add", &[("url", "https://z.example")])
        .await;
    assert!(
        full.is(422)
            .words()
            .contains("The list has 200 feeds, which is the most that it holds.")
    );
    for (text, why) in [
        ("", "Choose a file, or paste its text"),
        ("hello", "This is not a list of feeds"),
    ] {
        let refused = ann.post("/admin/house/paste", &[("opml", text)]).await;
        assert!(refused.is(422).words().contains(why), "{}", refused.words());
    }
    assert!(
        log(&ann)
            .await
            .iter()
            .any(|line| line.contains("imported a file into the house list"))
    );
}

#[tokio::test]
async fn an_address_is_read_when_pressed_and_by_the_daily_call_and_politely() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = both(&app).await;
    let (a, b) = (feed(&web, "a"), feed(&web, "b"));
    let opml = |urls: &[&str]| {
        let lines = urls
            .iter()
            .map(|url| format!("<outline text=\"t\" xmlUrl=\"{url}\"/>"));
        let lines: String = lines.collect();
        Page::of(
            "text/x-opml",
            format!("<opml version=\"2.0\"><body>{lines}</body></opml>"),
        )
    };
    let none = ann.post("/admin/house/read", &[]).await;
    assert!(
        none.is(422)
            .words()
            .contains("Save the address of a file first")
    );
    let hand = feed(&web, "hand");
    ann.post("/admin/house/add", &[("url", &hand)])
        .await
        .is(303);
    let date = "Mon, 02 Mar 2026 08:00:00 GMT";
    let url = web.put("/list", opml(&[&a, &b]).validated("\"1\"", date));
    let page = says(&ann, "/admin/house/source", &[("source", &url)]).await;
    assert!(page.contains("Not read yet."), "{page}");
    assert_eq!(web.asked("/list").len(), 0);
    let page = says(&ann, "/admin/house/read", &[]).await;
    assert!(
        page.contains("2 added, 0 removed") && page.contains("3 feeds of 200"),
        "{page}"
    );
    let page = says(&ann, "/admin/house/read", &[]).await;
    assert!(
        page.contains("It was read less than five minutes ago."),
        "{page}"
    );
    assert_eq!(web.asked("/list").len(), 1);

    // Within the day, the clean-up leaves it alone; then it asks whether anything is new.
    assert_eq!(cron(&app, "/cron/daily").await["house"], Value::Null);
    app.minutes_pass(24 * 60);
    assert_eq!(
        cron(&app, "/cron/daily").await["house"],
        json!({ "added": 0, "removed": 0 })
    );
    let asked = web.asked("/list");
    assert_eq!(
        (asked.len(), asked[1].header("if-none-match")),
        (2, Some("\"1\""))
    );
    let later = "Tue, 03 Mar 2026 20:00:00 GMT";
    web.put("/list", opml(&[&b]).validated("\"2\"", later));
    app.minutes_pass(24 * 60);
    assert_eq!(
        cron(&app, "/cron/daily").await["house"],
        json!({ "added": 0, "removed": 1 })
    );
    let page = ann.get("/admin/house").await.words();
    assert!(
        page.contains("2 feeds of 200") && page.contains(&hand) && !page.contains(&a),
        "{page}"
    );
    let lines = log(&ann).await;
    let read = lines
        .iter()
        .filter(|line| line.contains("read the file of the house list"));
    assert_eq!(
        read.count(),
        2,
        "the press, and the clean-up that changed something: {lines:?}"
    );

    // What fails is said, and changes nothing.
    web.put("/list", Page::status(500));
    app.minutes_pass(24 * 60);
    let failed = cron(&app, "/cron/daily").await;
    assert!(
        failed["house"]["error"].as_str().unwrap().contains("500"),
        "{failed}"
    );
    let page = ann.get("/admin/house").await.words();
    assert!(
        page.contains("It couldn’t be read") && page.contains("2 feeds of 200"),
        "{page}"
    );
    // Taken away, its feeds stay.
    let page = says(&ann, "/admin/house/source", &[("source", "")]).await;
    assert!(
        page.contains("2 feeds of 200") && !page.contains("from the file"),
        "{page}"
    );
}

/// The guard stands before this request as before all.
#[tokio::test]
async fn an_address_at_home_is_asked_only_where_that_is_allowed() {
    let app = TestApp::with(&[("ALLOW_PRIVATE_NETWORKS", "0")]).await;
    let ann = app.reader("ann").await;
    for url in [
        "http://127.0.0.1/list",
        "http://10.0.0.1/list",
        "http://localhost/list",
    ] {
        ann.post("/admin/house/source", &[("source", url)])
            .await
            .is(422);
        ann.post("/admin/house/add", &[("url", url)]).await.is(422);
    }
}

#[tokio::test]
async fn new_accounts_start_with_it_if_they_like() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    assert!(
        !bob.get("/unread")
            .await
            .is(200)
            .words()
            .contains("this house")
    );
    lists(&ann, &web, &["a", "b"]).await;
    let first = bob.get("/unread").await;
    let words = first.is(200).words();
    for said in [
        "Start with this house’s feeds",
        "2 feeds",
        "Follow House",
        "Add these 2 once",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    // A form, which works without scripts.
    assert!(
        first
            .text()
            .contains("<form method=\"post\" action=\"/house/copy\">")
    );
    let page = says(&bob, "/house/copy", &[]).await;
    assert!(page.contains("2 feeds are on your shelf."), "{page}");
    assert_eq!(
        shelf(&app, &bob).await,
        pairs(&[("a", "House"), ("b", "House")])
    );
    // They are his own: the list changes nothing about them.
    unlists(&ann, &web, "a").await;
    app.minutes_pass(15);
    assert_eq!(note(&bob.get("/unread").await), None);
    assert_eq!(shelf(&app, &bob).await.len(), 2);
    assert!(
        !bob.get("/unread")
            .await
            .words()
            .contains("Start with this house’s feeds")
    );
    app.is_sound().await;
}

#[tokio::test]
async fn who_follows_gets_what_is_added_and_loses_what_is_removed_with_a_note() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    lists(&ann, &web, &["a", "b"]).await;
    ann.post("/admin/house/name", &[("name", "Library")])
        .await
        .is(303);
    let page = says(&bob, "/house/follow", &[]).await;
    assert!(page.contains("2 feeds are on your shelf."), "{page}");
    assert_eq!(
        shelf(&app, &bob).await,
        pairs(&[("a", "Library"), ("b", "Library")])
    );
    app.refresh().await;
    // A read state of their own.
    let a = id_of(&app, &bob, "a").await;
    bob.post(&format!("/article/{a}-3/read"), &[]).await.is(303);
    assert_eq!(bob.unread().await, 5);
    assert_eq!(
        note(&bob.get("/unread").await),
        None,
        "what one begins with is no news"
    );

    let url = feed(&web, "c");
    let form = [("url", url.as_str()), ("title", "c"), ("folder", "New")];
    ann.post("/admin/house/add", &form).await.is(303);
    lists(&ann, &web, &["d"]).await;
    unlists(&ann, &web, "b").await;
    let page = bob.get("/unread").await;
    assert_eq!(
        note(&page).unwrap(),
        "2 feeds were added to Library, 1 was removed: c, d, b."
    );
    let now = pairs(&[("a", "Library"), ("c", "Library/New"), ("d", "Library")]);
    assert_eq!(shelf(&app, &bob).await, now);
    assert_eq!(
        bob.unread().await,
        2,
        "a’s, as they were; the new ones aren’t fetched yet"
    );
    app.minutes_pass(10);
    app.refresh().await;
    assert_eq!(bob.unread().await, 8);
    // The note stays until it is dismissed.
    assert!(note(&bob.get("/all").await).is_some());
    let back = bob.post("/house/seen", &[("return", "/all")]).await;
    assert_eq!(back.is(303).location(), "/all");
    assert_eq!(note(&bob.get("/all").await), None);
    let lines = log(&ann).await;
    assert!(
        lines
            .iter()
            .any(|line| line.contains("bob@example.org follows the house list")),
        "{lines:?}"
    );
    app.is_sound().await;
}

#[tokio::test]
async fn what_is_the_readers_stays_theirs_and_what_they_removed_doesnt_come_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    // He has one of them already, elsewhere.
    let a = feed(&web, "a");
    bob.subscribes_in(&a, "Mine").await;
    lists(&ann, &web, &["a", "b", "c", "d"]).await;
    bob.post("/house/follow", &[]).await.is(303);
    let all = pairs(&[
        ("a", "Mine"),
        ("b", "House"),
        ("c", "House"),
        ("d", "House"),
    ]);
    assert_eq!(shelf(&app, &bob).await, all);
    // One he removes, one he takes for himself.
    let b = id_of(&app, &bob, "b").await;
    bob.post(&format!("/feed/{b}/remove"), &[]).await.is(303);
    let c = id_of(&app, &bob, "c").await;
    let form = [("title", "c"), ("folder", "Mine")];
    bob.post(&format!("/feed/{c}/settings"), &form)
        .await
        .is(303);
    for name in ["a", "c", "d"] {
        unlists(&ann, &web, name).await;
    }
    lists(&ann, &web, &["e"]).await;
    let page = bob.get("/unread").await;
    assert_eq!(
        note(&page).unwrap(),
        "1 feed was added to House, 1 was removed: e, d."
    );
    let left = pairs(&[("a", "Mine"), ("c", "Mine"), ("e", "House")]);
    assert_eq!(shelf(&app, &bob).await, left);
    let words = bob.get("/house").await.is(200).words();
    assert!(
        words.contains("removed by you") && words.contains("on your shelf"),
        "{words}"
    );
    // Also with a further change, and by the press.
    lists(&ann, &web, &["f"]).await;
    bob.get("/unread").await.is(200);
    bob.post("/house/again", &[]).await.is(303);
    assert!(
        shelf(&app, &bob)
            .await
            .iter()
            .all(|(title, _)| title != "b")
    );
    // A folder that is renamed is still the list’s.
    let form = [("do", "rename"), ("name", "Reading room")];
    bob.post("/folders/settings/House", &form).await.is(303);
    lists(&ann, &web, &["g"]).await;
    unlists(&ann, &web, "e").await;
    bob.get("/unread").await.is(200);
    let now = shelf(&app, &bob).await;
    assert!(
        now.contains(&("g".to_owned(), "Reading room".to_owned())),
        "{now:?}"
    );
    assert!(now.iter().all(|(title, _)| title != "e"), "{now:?}");
    app.is_sound().await;
}

#[tokio::test]
async fn never_beyond_the_quota_and_what_doesnt_fit_is_said() {
    let (app, web) = (
        TestApp::with(&[("QUOTA", "feeds=3")]).await,
        FakeWeb::start(),
    );
    let (ann, bob) = both(&app).await;
    let own = bob.subscribes(&feed(&web, "own")).await;
    lists(&ann, &web, &["a"]).await;
    bob.post("/house/follow", &[]).await.is(303);
    lists(&ann, &web, &["b", "c", "d"]).await;
    let page = bob.get("/unread").await;
    let said = note(&page).unwrap();
    assert_eq!(
        said,
        "1 feed was added to House: b. There was no room for 2 feeds."
    );
    assert_eq!(shelf(&app, &bob).await.len(), 3);
    let words = bob.get("/house").await.words();
    assert!(
        words.contains("2 feeds of the list aren’t on your shelf"),
        "{words}"
    );
    // Once there is room, a press brings them.
    bob.post(&format!("/feed/{own}/remove"), &[]).await.is(303);
    let words = says(&bob, "/house/again", &[]).await;
    assert!(
        words.contains("1 feed was added") && words.contains("1 feed of the list isn’t"),
        "{words}"
    );
    let titles = shelf(&app, &bob).await;
    assert_eq!(
        titles,
        pairs(&[("a", "House"), ("b", "House"), ("c", "House")])
    );
    app.is_sound().await;
}

#[tokio::test]
async fn who_no_longer_follows_keeps_the_feeds_or_removes_them() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    lists(&ann, &web, &["a", "b"]).await;
    bob.post("/house/follow", &[]).await.is(303);
    let words = bob.get("/house").await.words();
    assert!(
        words.contains("You follow this list, in the folder House."),
        "{words}"
    );
    let words = says(&bob, "/house/leave", &[("feeds", "keep")]).await;
    assert!(words.contains("Its feeds are yours now."), "{words}");
    unlists(&ann, &web, "a").await;
    bob.get("/unread").await.is(200);
    assert_eq!(shelf(&app, &bob).await.len(), 2);

    // Whoever follows anew has the feeds that are there as their own.
    lists(&ann, &web, &["c"]).await;
    bob.post("/house/follow", &[]).await.is(303);
    let done = bob.post("/house/leave", &[("feeds", "remove")]).await;
    let page = bob.get(done.is(303).location()).await;
    assert!(
        page.is(200).words().contains("1 feed was removed."),
        "{}",
        page.words()
    );
    assert_eq!(
        shelf(&app, &bob).await,
        pairs(&[("a", "House"), ("b", "House")])
    );
    let act = attribute(page.text(), "name=\"act\"", "value").unwrap();
    bob.post("/undo", &[("act", &act), ("return", "/feeds")])
        .await
        .is(303);
    assert_eq!(shelf(&app, &bob).await.len(), 3);
    let lines = log(&ann).await;
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.contains("no longer follows the house list"))
            .count(),
        2
    );
    app.is_sound().await;
}

/// Two windows and another instance, at the same moment, and one that knows an older list.
#[tokio::test]
async fn a_change_is_met_once_by_however_many_windows() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let beside = app.beside().await;
    let (ann, bob) = both(&app).await;
    lists(&ann, &web, &["a"]).await;
    bob.post("/house/follow", &[]).await.is(303);
    // The other instance remembers this list.
    let there = bob.at(&beside);
    there.get("/unread").await.is(200);
    lists(&ann, &web, &["b", "c", "d"]).await;
    unlists(&ann, &web, "a").await;
    let copy = bob.copy();
    let (one, two, three) =
        tokio::join!(bob.get("/unread"), copy.get("/all"), there.get("/unread"));
    for page in [&one, &two, &three] {
        page.is(200);
    }
    assert_eq!(
        shelf(&app, &bob).await,
        pairs(&[("b", "House"), ("c", "House"), ("d", "House")])
    );
    let said = note(&bob.get("/unread").await).unwrap();
    assert_eq!(
        said,
        "3 feeds were added to House, 1 was removed: b, c, d, a."
    );
    there.get("/unread").await.is(200);
    assert_eq!(
        shelf(&app, &bob).await.len(),
        3,
        "an older list takes nothing back"
    );
    app.is_sound().await;
}

/// Whoever doesn’t follow pays nothing for the list, and whoever does pays nothing more once it is met.
#[tokio::test]
async fn a_list_that_is_met_costs_no_read_more() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    bob.subscribes(&feed(&web, "own")).await;
    app.forgets();
    let before = bob.get("/unread").await.cost;
    lists(&ann, &web, &["a"]).await;
    app.forgets();
    assert_eq!(bob.get("/unread").await.cost, before);
    bob.post("/house/follow", &[]).await.is(303);
    app.refresh().await;
    bob.get("/unread").await.is(200);
    bob.get("/unread").await.is(200);
    let warm = bob.get("/unread").await.cost;
    assert_eq!((warm.reads, warm.writes), (0, 0));
}

/// A phone that syncs meets the list once a day.
#[tokio::test]
async fn programs_meet_it_once_a_day() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    lists(&ann, &web, &["a"]).await;
    bob.post("/house/follow", &[]).await.is(303);
    let program = app.program_of(&bob).await;
    program.get("/api/v1/subscriptions").await.is(200);
    lists(&ann, &web, &["b"]).await;
    app.minutes_pass(24 * 60);
    let all = program.get("/api/v1/subscriptions").await.is(200).json();
    assert_eq!(all["subscriptions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_is_left_of_a_follower_who_is_deleted() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, bob) = both(&app).await;
    lists(&ann, &web, &["a"]).await;
    bob.post("/house/follow", &[]).await.is(303);
    let page = crate::administering::page_of(&ann, "bob").await;
    ann.post(&format!("{page}/delete"), &[("sure", "1")])
        .await
        .is(303);
    assert_eq!(app.count("Subscription").await, 0);
    assert_eq!(app.count("Import").await, 0);
    assert_eq!(app.count("User").await, 1);
    assert!(
        ann.get("/admin/house")
            .await
            .words()
            .contains("1 feed of 200")
    );
    app.is_sound().await;
}

#[test]
fn the_list_is_kept_by_commands_too() {
    let (shell, web) = (Shell::new(), FakeWeb::start());
    let url = feed(&web, "a");
    let added = shell.run(&[
        "house",
        "add",
        &url,
        "--title",
        "A",
        "--folder",
        "News / World",
    ]);
    assert_eq!(added.is(0).out().trim(), "added");
    assert_eq!(
        shell.run(&["house", "add", &url]).is(0).out().trim(),
        "in the list already"
    );
    std::fs::write(
        shell.folder().join("list.opml"),
        "<opml version=\"2.0\"><body><outline text=\"B\" xmlUrl=\"https://b.example/\"/></body></opml>",
    )
    .unwrap();
    let imported = shell.run(&["house", "import", "list.opml"]);
    assert_eq!(
        imported.is(0).out().trim(),
        "1 added, 0 in the list already, 0 left out"
    );
    let listed = shell.run(&["house", "list", "--json"]);
    let listed = listed.is(0).json();
    let lines = listed["feeds"].as_array().unwrap();
    assert_eq!(
        lines[0],
        json!({ "address": url, "title": "A", "folder": ["News", "World"], "from_file": false })
    );
    assert_eq!(lines.len(), 2);
    assert_eq!(
        shell.run(&["house", "remove", &url]).is(0).out().trim(),
        "removed"
    );
    shell.run(&["house", "remove", &url]).is(2);
    shell.run(&["house", "read"]).is(2);
    let listed = shell.run(&["house", "list"]);
    assert_eq!(listed.is(0).out().trim(), "https://b.example/\tB");
    let audit = shell.run(&["audit"]);
    for act in ["house_added", "house_removed", "house_imported"] {
        assert!(audit.is(0).out().contains(act), "{act}: {}", audit.out());
    }
}
