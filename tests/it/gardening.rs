//! Many feeds at once, folders, several folders a feed, plans and the spring clean.

use http::Method;

use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, TestApp, at, attribute};

/// A reader with feeds of these names, each with three articles.
async fn shelf_of<'a>(
    app: &'a TestApp,
    web: &FakeWeb,
    names: &[&str],
) -> (Client<'a>, Vec<String>) {
    let ann = app.reader("ann").await;
    let mut feeds = Vec::new();
    for name in names {
        let text = FeedText::hourly(name, 3, at(11, 0)).rss();
        let url = web.put(&format!("/{name}"), Page::feed(text));
        feeds.push(ann.subscribes(&url).await);
    }
    (ann, feeds)
}

/// What the account's subscriptions are: title and folders.
async fn folders(app: &TestApp, ann: &Client<'_>) -> Vec<(String, Vec<String>)> {
    let program = app.program_of(ann).await;
    let all = program.get("/api/v1/subscriptions").await.is(200).json();
    let mut found: Vec<(String, Vec<String>)> = all["subscriptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let paths = one["folders"].as_array().unwrap().iter();
            let paths = paths.map(|path| {
                let names = path.as_array().unwrap().iter();
                let names: Vec<&str> = names.map(|name| name.as_str().unwrap()).collect();
                names.join("/")
            });
            (one["title"].as_str().unwrap().to_owned(), paths.collect())
        })
        .collect();
    found.sort();
    found
}

/// Does something with the feeds, and returns the page that says so.
async fn does(ann: &Client<'_>, path: &str, form: &[(&str, &str)]) -> Answer {
    let done = ann.post(path, form).await;
    ann.get(done.is(303).location()).await
}

/// Presses Undo on a page; returns what is said then.
async fn undoes(ann: &Client<'_>, page: &Answer) -> String {
    let act = attribute(page.is(200).text(), "name=\"act\"", "value").unwrap();
    let undone = ann
        .post("/undo", &[("act", &act), ("return", "/feeds")])
        .await;
    ann.get(undone.is(303).location()).await.words()
}

#[tokio::test]
async fn chosen_feeds_are_moved_and_left_and_it_is_undone() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feeds) = shelf_of(&app, &web, &["a", "b", "c"]).await;
    let before = folders(&app, &ann).await;
    let chosen = [("feed", feeds[0].as_str()), ("feed", feeds[1].as_str())];
    let with = |more: &[(&'static str, &'static str)]| [&chosen[..], more].concat();

    let moved = does(
        &ann,
        "/feeds",
        &with(&[("do", "move"), ("folder", "News/World")]),
    )
    .await;
    let now = folders(&app, &ann).await;
    assert_eq!(now[0].1, ["News/World"]);
    assert_eq!(now[2].1, [""; 0]);
    let page = moved.words();
    assert!(page.contains("Moved 2 feeds to News / World"), "{page}");
    let said = undoes(&ann, &moved).await;
    assert!(said.contains("2 feeds as before"), "{said}");
    assert_eq!(folders(&app, &ann).await, before);

    let left = does(&ann, "/feeds", &with(&[("do", "remove")])).await;
    assert_eq!(folders(&app, &ann).await.len(), 1);
    assert_eq!(ann.unread().await, 3);
    undoes(&ann, &left).await;
    assert_eq!(folders(&app, &ann).await, before);
    assert_eq!(
        ann.unread().await,
        9,
        "what was read and unread is as it was"
    );
    app.is_sound().await;

    // Eleven minutes later it stands.
    let left = does(&ann, "/feeds", &with(&[("do", "remove")])).await;
    app.minutes_pass(11);
    let said = undoes(&ann, &left).await;
    assert!(
        said.contains("late") || said.contains("ten minutes"),
        "{said}"
    );
    assert_eq!(folders(&app, &ann).await.len(), 1);

    // Paused, and undone; one that was left meanwhile is passed over.
    let chosen = [
        ("feed", feeds[2].as_str()),
        ("feed", "12345"),
        ("do", "pause"),
    ];
    let paused = does(&ann, "/feeds", &chosen).await;
    assert!(
        paused.words().contains("Paused 1 feed"),
        "{}",
        paused.words()
    );
    let said = undoes(&ann, &paused).await;
    assert!(said.contains("1 feed as before"), "{said}");
    assert!(!ann.get("/feeds").await.text().contains("is-paused"));
    app.is_sound().await;

    for wrong in [
        vec![("do", "move")],
        vec![("feed", feeds[2].as_str()), ("do", "burn")],
    ] {
        ann.post("/feeds", &wrong).await.is(400);
    }
    assert_eq!(folders(&app, &ann).await.len(), 1, "nothing was lost");
}

#[tokio::test]
async fn a_feed_in_several_folders_counts_once_in_the_whole() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feeds) = shelf_of(&app, &web, &["a", "b"]).await;
    let form = [
        ("title", ""),
        ("folder", "News/World"),
        ("also", "Work\nNews"),
    ];
    ann.post(&format!("/feed/{}/settings", feeds[0]), &form)
        .await
        .is(303);
    assert_eq!(
        folders(&app, &ann).await[0].1,
        ["News/World", "Work", "News"]
    );
    assert_eq!(ann.unread().await, 6);
    for (folder, count) in [
        ("/folder/News", 3),
        ("/folder/News/World", 3),
        ("/folder/Work", 3),
    ] {
        assert_eq!(
            ann.get(folder).await.is(200).lines().len(),
            count,
            "{folder}"
        );
    }
    let program = app.program_of(&ann).await;
    let counts = program.get("/api/v1/counts").await;
    assert_eq!(
        counts.is(200).header("cache-control"),
        Some("private, max-age=900")
    );
    let counts = counts.json();
    assert_eq!(counts["unread"], 6);
    assert_eq!(
        (&counts["feeds"], &counts["failing"]),
        (&2.into(), &0.into())
    );
    let of = |name: &str| {
        let all = counts["folders"].as_array().unwrap().iter();
        all.filter(|one| one["path"][0] == name)
            .map(|one| one["unread"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!((of("News"), of("Work")), (vec![3, 3], vec![3]));
    // Written in each of them, and read again as it was.
    let written = ann.get("/export.opml").await.text().to_owned();
    assert_eq!(written.matches("/a\"").count(), 3, "{written}");
    let bob = app.reader("bob").await;
    let import = bob
        .ask(Method::POST, "/import")
        .file("opml", written.as_bytes());
    import.send().await.is(303);
    let both = (folders(&app, &bob).await, folders(&app, &ann).await);
    let sorted = |mut all: Vec<(String, Vec<String>)>| {
        all.iter_mut().for_each(|one| one.1.sort());
        all
    };
    assert_eq!(sorted(both.0), sorted(both.1));
    // Marking one folder's articles reads them everywhere.
    let seen = ann.get("/folder/Work").await.seen().unwrap();
    ann.post("/mark-all", &[("seen", &seen)]).await.is(303);
    assert_eq!(ann.unread().await, 3);
    // Put there too, and out of all.
    let also = [
        ("feed", feeds[1].as_str()),
        ("do", "also"),
        ("folder", "Work"),
    ];
    ann.post("/feeds", &also).await.is(303);
    assert_eq!(folders(&app, &ann).await[1].1, ["Work"]);
    app.is_sound().await;
}

#[tokio::test]
async fn folders_are_made_renamed_nested_sorted_and_dissolved() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feeds) = shelf_of(&app, &web, &["a", "b"]).await;
    let rail = async || {
        let page = ann.get("/feeds").await;
        let rail = page
            .text()
            .split("id=\"rail-feeds\"")
            .nth(1)
            .unwrap()
            .to_owned();
        let names = rail.split("data-folder=\"/folder/").skip(1);
        names
            .map(|name| name.split('"').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for name in ["Zoo", "Art", "Mail"] {
        ann.post("/folders", &[("name", name)]).await.is(303);
    }
    assert_eq!(rail().await, ["Art", "Mail", "Zoo"], "empty ones stand");
    ann.get("/folder/Zoo").await.is(200);
    assert!(ann.get("/feeds").await.words().contains("Zoo"));
    ann.post("/folders", &[("name", " / ")]).await.is(400);
    // Sorted by hand.
    let act = async |folder: &str, form: &[(&str, &str)]| {
        ann.post(&format!("/folders/settings/{folder}"), form).await
    };
    act("Zoo", &[("do", "up")]).await.is(303);
    act("Zoo", &[("do", "up")]).await.is(303);
    assert_eq!(rail().await, ["Zoo", "Art", "Mail"]);
    // Renamed and nested, with its feeds and its own habits.
    let form = [
        ("feed", feeds[0].as_str()),
        ("do", "move"),
        ("folder", "Art"),
    ];
    ann.post("/feeds", &form).await.is(303);
    act("Art", &[("order", "oldest"), ("counts", "dot")])
        .await
        .is(303);
    let rename = [("do", "rename"), ("name", "Zoo/Paintings")];
    let renamed = does(&ann, "/folders/settings/Art", &rename).await;
    assert_eq!(rail().await, ["Zoo", "Zoo/Paintings", "Mail"]);
    let list = ann.get("/folder/Zoo/Paintings").await;
    assert_eq!(list.is(200).lines().len(), 3);
    assert!(
        ann.get("/folders/settings/Zoo/Paintings")
            .await
            .text()
            .contains("value=\"oldest\" selected"),
        "its own order moved along"
    );
    undoes(&ann, &renamed).await;
    assert_eq!(rail().await, ["Zoo", "Art", "Mail"]);
    act("Zoo", &[("do", "rename"), ("name", "Zoo/Inside")])
        .await
        .is(400);
    // Dissolved: nothing is unsubscribed.
    let gone = does(&ann, "/folders/settings/Art", &[("do", "dissolve")]).await;
    assert_eq!(rail().await, ["Zoo", "Mail"]);
    assert_eq!(ann.unread().await, 6);
    undoes(&ann, &gone).await;
    assert_eq!(rail().await, ["Zoo", "Art", "Mail"]);
    app.is_sound().await;
}

#[tokio::test]
async fn feeds_are_filtered_sorted_and_cleaned() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(4));
    let (ann, feeds) = shelf_of(&app, &web, &["Well"]).await;
    let old =
        FeedText::new("Silent").and(Entry::new("old", at(11, 0) - chrono::TimeDelta::days(500)));
    let silent = web.put("/silent", Page::feed(old.rss()));
    ann.subscribes(&silent).await;
    web.put(
        "/broken",
        Page::feed(FeedText::hourly("Broken", 2, at(11, 0)).rss()),
    );
    ann.subscribes(&web.url_at(1, "/broken")).await;
    let wire = web.put(
        "/wire",
        Page::feed(FeedText::wire("Wire", 40, at(11, 50)).rss()),
    );
    ann.subscribes(&wire).await;
    web.put("/broken", Page::status(404));
    app.minutes_pass(26 * 60);
    assert!(
        !ann.get("/feeds/clean")
            .await
            .words()
            .contains("More than you read"),
        "too early to say"
    );
    app.minutes_pass(14 * 24 * 60);
    web.put(
        "/wire",
        Page::feed(FeedText::wire("Wire", 80, app.clock.now()).rss()),
    );
    for _ in 0..3 {
        app.refresh().await;
        app.minutes_pass(10);
    }
    let rows = async |query: &str| {
        let page = ann.get(&format!("/feeds{query}")).await;
        let rows = page.is(200).text().split("data-find=\"").skip(1);
        rows.map(|row| row.split('"').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(rows("?show=trouble").await, ["Broken"]);
    assert_eq!(rows("?show=silent").await, ["Silent"]);
    assert_eq!(rows("?show=busy").await, ["Wire"]);
    assert_eq!(rows("?q=we").await, ["Well"]);
    assert_eq!(rows("?sort=posts").await[0], "Wire");
    assert_eq!(rows("?sort=attention").await[0], "Broken");
    assert_eq!(rows("").await.len(), 4);
    assert_eq!(rows("?show=own").await.len(), 0);
    ann.post(
        &format!("/feed/{}/settings", feeds[0]),
        &[("title", "Mine"), ("folder", "")],
    )
    .await
    .is(303);
    assert_eq!(rows("?show=own").await, ["Mine"]);
    let none = ann.get("/feeds?show=paused").await.words();
    assert!(none.contains("No feed is like that"), "{none}");

    let clean = ann.get("/feeds/clean").await.words();
    for said in [
        "In trouble",
        "Broken",
        "Silent for a year",
        "More than you read",
        "Wire",
    ] {
        assert!(clean.contains(said), "{said}: {clean}");
    }
    // A picture of what is known, and nothing more.
    let page = ann.get(&format!("/feed/{}/plan", feeds[0])).await;
    let words = page.is(200).words();
    assert!(
        words.contains("Posts about every hour") || words.contains("Posts every"),
        "{words}"
    );
    assert!(words.contains("Why not more often?"), "{words}");
    assert!(
        words.contains("No feed is asked for more than once an hour"),
        "{words}"
    );
    assert!(page.text().contains("class=\"plan-bar\""));
    assert_eq!(page.cost.reads, 0, "nothing is read for it");
    ann.get("/feed/123/plan").await.is(404);
}

#[tokio::test]
async fn the_same_page_in_several_feeds_stands_once_and_is_read_once() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for (name, hour) in [("one", 9), ("two", 10)] {
        let mut both = Entry::new(&format!("both-{name}"), at(hour, 0));
        both.link = Some(format!("https://site.example/both?utm_source={name}"));
        let text = FeedText::new(name)
            .and(both)
            .and(Entry::new(name, at(8, 0)));
        ann.subscribes(&web.put(&format!("/{name}"), Page::feed(text.rss())))
            .await;
    }
    let page = ann.get("/unread").await;
    assert_eq!(page.is(200).lines().len(), 3, "{}", page.words());
    assert!(page.text().contains(">also in <a"), "{}", page.words());
    let line = &page.lines()[0];
    assert!(line.href.contains("with="), "{}", line.href);

    ann.get(&line.href).await.is(200);

    assert_eq!(ann.unread().await, 2, "both are read");
    let text = page.text();
    let form = text
        .split("formaction=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let back = form.replace("/read?", "/unread?").replace("&#38;", "&");
    ann.post(&back, &[("return", "/unread")]).await.is(303);
    assert_eq!(ann.unread().await, 3 + 1, "and both unread again");
    // Off, both stand.
    ann.post(
        "/settings/reading",
        &[("boxes", "1"), ("opening_marks", "1")],
    )
    .await
    .is(303);
    assert_eq!(ann.get("/unread").await.lines().len(), 4);
}

#[tokio::test]
async fn titles_lead_to_the_site_where_that_is_wanted() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feeds) = shelf_of(&app, &web, &["a"]).await;
    let form = [
        ("title", ""),
        ("folder", ""),
        ("more", "1"),
        ("opens_site", "1"),
        ("view", "titles"),
    ];
    ann.post(&format!("/feed/{}/settings", feeds[0]), &form)
        .await
        .is(303);
    let page = ann.get(&format!("/feed/{}", feeds[0])).await;
    assert!(page.text().contains("data-list=\"titles\""), "its own look");
    let line = &page.lines()[0];
    let gone = ann.get(&line.href).await;
    assert!(gone.is(303).location().starts_with("http://site.example/"));
    assert_eq!(ann.unread().await, 2, "it is read");
    ann.ask(Method::HEAD, &page.lines()[1].href).send().await;
    assert_eq!(ann.unread().await, 2, "a look ahead isn't");
}

#[tokio::test]
async fn what_a_stranger_found_stays_mended() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feeds) = shelf_of(&app, &web, &["a", "b", "c"]).await;
    // A second press doesn't take the undo away.
    let remove = [("feed", feeds[0].as_str()), ("do", "remove")];
    let left = does(&ann, "/feeds", &remove).await;
    ann.post("/feeds", &remove).await.is(303);
    undoes(&ann, &left).await;
    assert_eq!(folders(&app, &ann).await.len(), 3);
    // A list of one category marks nothing that it doesn't show.
    let none = ann.get(&format!("/feed/{}?category=nope", feeds[0])).await;
    assert!(none.is(200).seen().is_none(), "there is no form");
    // Folders made after a rename stay when that is undone.
    let into = [
        ("feed", feeds[0].as_str()),
        ("do", "move"),
        ("folder", "Alpha"),
    ];
    ann.post("/feeds", &into).await.is(303);
    let renamed = does(
        &ann,
        "/folders/settings/Alpha",
        &[("do", "rename"), ("name", "Beta")],
    )
    .await;
    ann.post("/folders", &[("name", "Fresh")]).await.is(303);
    undoes(&ann, &renamed).await;
    ann.get("/folder/Fresh").await.is(200);
    ann.get("/folder/Alpha").await.is(200);
    // Names that are long once they are stored are refused, and lose nothing.
    let quotes = vec!["\"".repeat(100); 8].join("/");
    let long = [
        ("feed", feeds[0].as_str()),
        ("do", "move"),
        ("folder", quotes.as_str()),
    ];
    ann.post("/feeds", &long).await.is(400);
    let many: Vec<String> = (0..9).map(|n| format!("F{n}")).collect();
    let form = [
        ("title", ""),
        ("folder", "Alpha"),
        ("also", &many.join("\n")),
    ];
    ann.post(&format!("/feed/{}/settings", feeds[0]), &form)
        .await
        .is(422);
    let program = app.program_of(&ann).await;
    let paths: Vec<Vec<String>> = many.iter().map(|name| vec![name.repeat(40)]).collect();
    let change = program
        .ask(
            Method::PATCH,
            &format!("/api/v1/subscriptions/{}", feeds[0]),
        )
        .json(&serde_json::json!({ "folders": paths }));
    assert_eq!(change.send().await.error().0, 422);
    assert_eq!(folders(&app, &ann).await[0].1, ["Alpha"]);
    // Paused, left and put back, it is no audience still.
    ann.post(&format!("/feed/{}/pause", feeds[1]), &[("days", "")])
        .await
        .is(303);
    let left = ann.post(&format!("/feed/{}/remove", feeds[1]), &[]).await;
    let page = ann.get(left.is(303).location()).await;
    undoes(&ann, &page).await;
    app.minutes_pass(3 * 24 * 60);
    web.forget();
    app.refresh().await;
    assert_eq!(web.asked("/b").len(), 0);
    assert!(!web.asked("/a").is_empty());
    let again = program.ask(
        Method::POST,
        &format!("/api/v1/subscriptions/{}/refresh", feeds[1]),
    );
    assert_eq!(again.send().await.error(), (409, "paused".into()));
    // Going on at once asks nobody a second time.
    ann.post(&format!("/feed/{}/pause", feeds[0]), &[("days", "")])
        .await
        .is(303);
    ann.post(&format!("/feed/{}/resume", feeds[0]), &[])
        .await
        .is(303);
    web.forget();
    app.minutes_pass(10);
    app.refresh().await;
    assert_eq!(web.asked("/a").len(), 0);
    app.is_sound().await;
    // Adding a feed during a holiday keeps the store sound.
    ann.post("/holiday", &[("days", "")]).await.is(303);
    let late = web.put(
        "/late",
        Page::feed(FeedText::hourly("late", 2, at(11, 0)).rss()),
    );
    ann.subscribes(&late).await;
    app.is_sound().await;
}
