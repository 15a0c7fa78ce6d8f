//! Labels as programs give, rename and take them: whatever their number and case, none is lost, and a refusal changes nothing.

use http::Method;

use crate::greader::Program;
use crate::support::{Client, FakeWeb, FeedText, Page, TestApp, at};

const READ: &str = "user/-/state/com.google/read";

fn id(label: &str) -> String {
    format!("user/-/label/{label}")
}

/// A shelf with feeds of so many articles each, and a program with their ids.
async fn scene<'a>(
    app: &'a TestApp,
    web: &FakeWeb,
    (feeds, articles): (usize, i32),
) -> (Client<'a>, Program<'a>, Vec<String>) {
    let ann = app.reader("ann").await;
    for n in 0..feeds {
        let text = FeedText::hourly(&format!("News {n}"), articles, at(10, 0)).rss();
        let url = web.put(&format!("/news/{n}"), Page::feed(text));
        ann.subscribes_in(&url, "Town").await;
    }
    let google = Program::of(app, &ann, "ann@example.org").await;
    let ids = google.ids("").await;
    assert_eq!(ids.len(), feeds * usize::try_from(articles).unwrap());
    (ann, google, ids)
}

/// What a program sends with each call.
async fn header(ann: &Client<'_>) -> String {
    format!("GoogleLogin auth=dormouse/{}", ann.makes_token().await)
}

async fn labels(google: &Program<'_>, ids: &[String], key: &str, label: &str) {
    for some in ids.chunks(400) {
        let label = id(label);
        let mut form: Vec<(&str, &str)> = some.iter().map(|id| ("i", id.as_str())).collect();
        form.push((key, &label));
        google.does("edit-tag", &form).await;
    }
}

async fn labelled(google: &Program<'_>, label: &str) -> usize {
    google.ids(&format!("s={}", id(label))).await.len()
}

async fn renames(google: &Program<'_>, from: &str, to: &str) {
    let (from, to) = (id(from), id(to));
    let form = [("s", from.as_str()), ("dest", to.as_str())];
    google.does("rename-tag", &form).await;
}

#[tokio::test]
async fn a_label_may_be_renamed_by_its_case_alone() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, google, ids) = scene(&app, &web, (1, 5)).await;
    labels(&google, &ids[..3], "a", "work").await;
    // However it is written, it is the same one.
    assert_eq!(labelled(&google, "WORK").await, 3);
    renames(&google, "work", "Work").await;
    assert_eq!(labelled(&google, "Work").await, 3);
    let list = google.get("tag/list").await;
    let text = list.is(200).text();
    assert!(
        text.contains(&id("Work")) && !text.contains(&id("work")),
        "{text}"
    );
    let kept = app
        .program(&ann.makes_token().await)
        .get("/api/v1/kept")
        .await;
    assert_eq!(kept.is(200).text().matches("\"Work\"").count(), 3);
    // One that is there already takes the other in.
    labels(&google, &ids[2..], "a", "home").await;
    renames(&google, "home", "work").await;
    assert_eq!(labelled(&google, "work").await, 5);
    assert_eq!(labelled(&google, "home").await, 0);
    app.is_sound().await;
}

#[tokio::test]
async fn a_label_of_very_many_articles_is_renamed_and_taken_away() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (_ann, google, ids) = scene(&app, &web, (4, 155)).await;
    labels(&google, &ids, "a", "Town").await;
    // The folder and the tag of one name, together.
    renames(&google, "Town", "City").await;
    assert_eq!(labelled(&google, "Town").await, 0);
    assert_eq!(labelled(&google, "City").await, 620);
    let list = google.get("subscription/list").await.is(200).json();
    assert_eq!(list["subscriptions"][0]["categories"][0]["label"], "City");
    // Refused, it has changed nothing: neither the folder nor what is read.
    let long = id(&"x".repeat(50));
    let form = [("s", id("City")), ("dest", long)];
    let form = form.each_ref().map(|(key, value)| (*key, value.as_str()));
    google.post("rename-tag", &form).await.is(400);
    assert_eq!(labelled(&google, "City").await, 620);
    let city = id("City");
    let mut form: Vec<(&str, &str)> = ids.iter().map(|id| ("i", id.as_str())).collect();
    form.extend([("a", READ), ("r", city.as_str())]);
    let unread = google.ids(&format!("xt={READ}")).await;
    let refused = google.post("edit-tag", &form).await;
    assert!(refused.is(400).text().contains("Nothing was changed"));
    assert_eq!(google.ids(&format!("xt={READ}")).await, unread);
    google.does("disable-tag", &[("s", &city)]).await;
    assert_eq!(labelled(&google, "City").await, 0);
    let list = google.get("tag/list").await;
    assert!(!list.is(200).text().contains("City"));
    assert_eq!(google.ids("").await.len(), 620);
    app.is_sound().await;
}

#[tokio::test]
async fn an_article_with_as_many_labels_as_can_be_takes_another_name_for_one() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (_ann, google, ids) = scene(&app, &web, (1, 1)).await;
    for n in 0..10 {
        labels(&google, &ids, "a", &format!("l{n}")).await;
    }
    renames(&google, "l3", "three").await;
    assert_eq!(labelled(&google, "three").await, 1);
    assert_eq!(labelled(&google, "l3").await, 0);
    assert_eq!(labelled(&google, "l9").await, 1);
}

#[tokio::test]
async fn a_call_that_names_nothing_is_refused() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, google, ids) = scene(&app, &web, (1, 3)).await;
    for (call, form) in [
        ("stream/items/contents", vec![]),
        ("edit-tag", vec![("a", READ)]),
    ] {
        let answer = google.post(call, &form).await;
        assert!(
            answer.is(400).text().contains("Nothing was named"),
            "{call}"
        );
    }
    // Whoever has nothing to mark says so with an empty list.
    google.does("edit-tag", &[("i", ""), ("a", READ)]).await;
    // A body that isn't a form names nothing, too.
    let (stranger, header) = (app.stranger(), header(&ann).await);
    let path = "/reader/api/0/stream/items/contents";
    let ask = stranger.ask(Method::POST, path);
    let ask = ask
        .header("authorization", &header)
        .body("text/plain", format!("i={}", ids[0]));
    assert!(ask.send().await.is(400).text().contains("as a form"));
    // Of two feeds one of which isn't here, neither is changed.
    let feed = google.get("subscription/list").await.json();
    let feed = feed["subscriptions"][0]["id"].as_str().unwrap().to_owned();
    let form = [
        ("ac", "edit"),
        ("s", feed.as_str()),
        ("t", "Mine"),
        ("s", "feed/999999"),
        ("t", "Yours"),
    ];
    google.post("subscription/edit", &form).await.is(404);
    let list = google.get("subscription/list").await;
    assert!(!list.is(200).text().contains("Mine"));
}

#[tokio::test]
async fn streams_are_named_alone_and_times_are_before_all_times() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (_ann, google, ids) = scene(&app, &web, (1, 4)).await;
    let starred = "user/-/state/com.google/starred";
    google
        .does("edit-tag", &[("i", &ids[0]), ("a", starred)])
        .await;
    labels(&google, &ids[..2], "a", "later").await;
    for (stream, count) in [
        ("reading-list", 4),
        ("starred", 1),
        ("unread", 4),
        ("read", 0),
        ("label/later", 2),
        ("label/Town", 4),
    ] {
        let page = google.get(&format!("stream/contents/{stream}")).await;
        let items = page.is(200).json()["items"].as_array().unwrap().len();
        assert_eq!(items, count, "{stream}");
        let ids = google.ids(&format!("s={stream}")).await;
        assert_eq!(ids.len(), count, "{stream}");
    }
    google.get("stream/contents/nonsense").await.is(400);
    assert_eq!(google.ids("ot=-3217862419201000").await.len(), 4);
    let call = "stream/items/ids?ot=-x";
    google.get(call).await.is(400);
}

#[tokio::test]
async fn an_address_is_taken_as_apps_make_it_of_what_is_typed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, ..) = scene(&app, &web, (1, 1)).await;
    let token = ann.makes_token().await;
    let form = [("Email", "ann@example.org"), ("Passwd", token.as_str())];
    let stranger = app.stranger();
    for start in [
        "",
        "/",
        "/api/greader.php",
        "/api/greader.php/",
        "/api/greader.php/api/greader.php",
    ] {
        let path = format!("{start}/accounts/ClientLogin");
        let answer = stranger.post(&path, &form).await;
        assert!(answer.is(200).text().contains("Auth="), "{path}");
    }
    stranger.get("/api/greader.php/unread").await.is(404);
    // Those that add the rest themselves are told the address alone.
    for (app, address) in [
        ("rssguard", "http://reader.example"),
        ("readrops", "http://reader.example"),
        ("netnewswire", "http://reader.example/api/greader.php"),
    ] {
        let page = ann.get(&format!("/settings/apps?app={app}")).await;
        let text = page.is(200).text();
        assert!(
            text.contains(&format!("<code>{address}</code>"))
                || text.contains(&format!("value=\"{address}\"")),
            "{app}: {text}"
        );
    }
}

/// Curl says so of every file that it is given.
#[tokio::test]
async fn a_file_is_taken_whatever_it_is_said_to_be() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, ..) = scene(&app, &web, (1, 1)).await;
    let text = FeedText::hourly("More", 2, at(9, 0)).rss();
    let url = web.put("/more", Page::feed(text));
    let opml =
        format!("<opml version='2.0'><body><outline text='x' xmlUrl='{url}'/></body></opml>");
    let (stranger, header) = (app.stranger(), header(&ann).await);
    let ask = stranger.ask(Method::POST, "/reader/api/0/subscription/import");
    let kind = "application/x-www-form-urlencoded";
    let ask = ask.header("authorization", &header);
    let done = ask.body(kind, opml).send().await;
    assert_eq!(done.is(200).text(), "OK");
    let list = ann.get("/feeds").await.words();
    assert!(list.contains("More") || list.contains('x'), "{list}");
}

/// Who says since when asks for what is new: of each feed a new token may have as much as any other call gives.
#[tokio::test]
async fn a_first_sync_feed_by_feed_is_a_first_sync() {
    let settings = [("API_BODIES_A_DAY", "2")];
    let (app, web) = (TestApp::with(&settings).await, FakeWeb::start());
    let (_ann, google, _) = scene(&app, &web, (1, 6)).await;
    let list = google.get("subscription/list").await.json();
    let feed = list["subscriptions"][0]["id"]
        .as_str()
        .unwrap()
        .replace('/', "%2F");
    let since = format!("stream/contents/{feed}?n=3&ot=1");
    google.get(&since).await.is(200);
    google.get(&since).await.is(200);
    // The newest again and again is another matter.
    google
        .get(&format!("stream/contents/{feed}?n=3"))
        .await
        .is(429);
}
