//! On the device: what installs Dormouse there, the worker, packs of articles, and what a device did without a network.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at};

/// The moment of the tests, in milliseconds since 1970.
fn now() -> i64 {
    at(12, 0).timestamp_millis()
}

async fn feed(ann: &Client<'_>, web: &FakeWeb, name: &str, count: i32) -> Vec<String> {
    let text = FeedText::hourly(name, count, at(11, 0)).rss();
    let id = ann
        .subscribes(&web.put(&format!("/{name}"), Page::feed(text)))
        .await;
    let lines = ann.whole_list(&format!("/feed/{id}")).await;
    lines.into_iter().map(|line| line.id).collect()
}

/// The journal's lines of one act: title and time.
async fn noted(ann: &Client<'_>, act: &str) -> Vec<(String, String)> {
    let file = ann.get("/export/journal.jsonl").await;
    let lines = file.is(200).text().lines().skip(1);
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ours = lines.filter(|line| line["act"] == act);
    ours.map(|line| {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        (text("title"), text("at"))
    })
    .collect()
}

async fn pack(ann: &Client<'_>, most: usize, have: &[String]) -> Answer {
    let asked = json!({ "most": most, "have": have });
    ann.post_json("/pack", asked).await
}

fn texts(list: &Value, field: Option<&str>) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    let text = |one: &Value| match field {
        Some(field) => one[field].as_str().unwrap().to_owned(),
        None => one.as_str().unwrap().to_owned(),
    };
    list.map(text).collect()
}

#[tokio::test]
async fn a_device_can_install_it() {
    let app = TestApp::start().await;
    let nobody = app.stranger();
    let ask = |path: &str, purpose: &str| {
        let ask = nobody.ask(Method::GET, path);
        ask.header("sec-fetch-dest", purpose).send()
    };
    let manifest = ask("/manifest.webmanifest", "manifest").await;
    let manifest = manifest.is(200).json();
    assert_eq!(manifest["display"], "standalone");
    assert_eq!(manifest["start_url"], "/unread");
    assert!(manifest["shortcuts"].as_array().unwrap().len() >= 3);
    let mut sizes = Vec::new();
    for icon in manifest["icons"].as_array().unwrap() {
        let answer = ask(icon["src"].as_str().unwrap(), "image").await;
        assert_eq!(
            answer.is(200).header("content-type"),
            icon["type"].as_str(),
            "{icon}"
        );
        if icon["type"] == "image/png" {
            // The header of a PNG says how wide and high it is.
            let side = |from: usize| {
                let four: [u8; 4] = answer.body[from..from + 4].try_into().unwrap();
                u32::from_be_bytes(four)
            };
            let said = format!("{}x{}", side(16), side(20));
            assert_eq!(icon["sizes"], said.as_str());
            sizes.push((said, icon["purpose"].as_str().unwrap().to_owned()));
        }
    }
    for (size, purpose) in [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ] {
        assert!(
            sizes.contains(&(size.into(), purpose.into())),
            "{size} {purpose}"
        );
    }
    let worker = ask("/sw.js", "serviceworker").await;
    assert_eq!(
        worker.is(200).header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert_eq!(
        worker.header("content-security-policy"),
        Some("default-src 'none'; connect-src 'self'")
    );
    assert_eq!(
        worker.header("cache-control"),
        Some("public, max-age=86400")
    );
    let page = app.reader("ann").await.get("/unread").await;
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "worker-src 'self'",
        "manifest-src 'self'",
        "script-src 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(page.text().contains("rel=\"apple-touch-icon\""));
}

#[tokio::test]
async fn each_text_is_taken_once_and_read_once_for_everybody() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for name in ["one", "two", "three"] {
        feed(&ann, &web, name, 40).await;
    }
    app.forgets();
    let list = ann.get("/unread").await.lines();

    let first = pack(&ann, 50, &[]).await;

    let taken = first.is(200).json();
    assert!(
        first.cost.reads <= 50 && first.cost.writes == 0,
        "{:?}",
        first.cost
    );
    let ids = texts(&taken["ids"], None);
    let shown: Vec<String> = list.into_iter().map(|line| line.id).collect();
    assert_eq!(ids, shown, "the newest unread, as the page has them");
    assert_eq!(texts(&taken["articles"], Some("id")), ids);
    assert_eq!(
        (&taken["unread"], &taken["more"]),
        (&json!(120), &json!(false))
    );
    let one = &taken["articles"][0];
    let (line, html) = (one["line"].as_str().unwrap(), one["html"].as_str().unwrap());
    assert!(
        line.contains("class=\"line-open\"") && line.contains("Title of"),
        "{line}"
    );
    assert!(
        html.contains("<p>Text of") && html.contains("article-bar"),
        "{html}"
    );
    assert_eq!(ann.unread().await, 120, "taking isn't reading");
    // Whoever comes next.
    let bob = app.reader("bob").await;
    bob.subscribes(&web.url("/one")).await;
    bob.get("/unread").await.is(200);
    assert_eq!(pack(&bob, 16, &[]).await.is(200).cost.reads, 0);
    assert_eq!(
        pack(&ann, 50, &ids).await.is(200).json()["articles"],
        json!([])
    );
    // More than one answer has room for.
    let second = pack(&ann, 120, &ids).await.is(200).json();
    assert_eq!(
        (
            texts(&second["articles"], Some("id")).len(),
            &second["more"]
        ),
        (50, &json!(true))
    );
    let have: Vec<String> = [ids, texts(&second["articles"], Some("id"))].concat();
    let third = pack(&ann, 120, &have).await.is(200).json();
    assert_eq!(
        (texts(&third["articles"], Some("id")).len(), &third["more"]),
        (20, &json!(false))
    );
    let many = pack(&ann, 9_999, &have).await.is(200).json();
    assert_eq!(texts(&many["ids"], None).len(), 120);
    let stranger = app
        .stranger()
        .post_json("/pack", json!({ "most": 50 }))
        .await;
    stranger.is(401);
}

#[tokio::test]
async fn marks_keep_their_own_time_within_a_month() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "feed", 8).await;
    let (minute, day) = (60_000, 24 * 60 * 60_000);
    // A device whose clock is a year late; so only what lies between counts.
    let its_now = now() - 365 * day;
    let batch = json!({
        "batch": "b-1", "read": [ids[0], ids[1], ids[2], ids[3]], "opened": [ids[0], ids[1], ids[2], ids[3]],
        "now": its_now,
        "at": { &ids[0]: its_now - 90 * minute, &ids[1]: its_now - 3 * day, &ids[2]: its_now - 400 * day, &ids[3]: its_now + day },
    });

    let marked = ann.post_json("/marks", batch).await;

    assert_eq!(marked.is(200).json()["unread"]["total"], 4);
    let opened = noted(&ann, "opened").await;
    let time = |n: usize| {
        let place = 8 - n;
        let title = format!("Title of feed-{place}");
        let found = opened.iter().find(|(known, _)| *known == title);
        found
            .unwrap_or_else(|| panic!("{title}: {opened:?}"))
            .1
            .clone()
    };
    let of = |millis: i64| {
        let at = dormouse::timestamp::from_second(millis / 1_000);
        dormouse::timestamp::rfc3339(at)[..16].to_owned()
    };
    assert_eq!(time(0)[..16], of(now() - 90 * minute));
    assert_eq!(time(1)[..16], of(now() - 3 * day));
    assert_eq!(time(2)[..16], of(now() - 31 * day), "no further back");
    assert_eq!(time(3)[..16], of(now()), "never to come");
    // What is of other days is moved with the next mark, and stays what it is.
    app.minutes_pass(24 * 60);
    ann.post_json("/marks", json!({ "read": [ids[4]] }))
        .await
        .is(200);
    assert_eq!(noted(&ann, "opened").await.len(), 4);
    app.is_sound().await;
}

#[tokio::test]
async fn acts_are_applied_in_order_and_twice_is_once() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "feed", 5).await;
    let new = web.put(
        "/new",
        Page::feed(FeedText::hourly("new", 3, at(11, 0)).rss()),
    );
    let hour = 60 * 60_000;
    let acts = json!({ "now": now(), "acts": [
        { "do": "star", "id": ids[0], "on": true, "at": now() - 50 * hour },
        { "do": "star", "id": ids[1], "on": true, "at": now() - 49 * hour },
        { "do": "star", "id": ids[1], "on": false, "at": now() - 48 * hour },
        { "do": "tag", "id": ids[2], "add": ["Garden", "two"], "note": "mine", "at": now() - 30 * hour },
        { "do": "star", "id": "1-1", "on": true },
        { "do": "add", "url": new },
        { "do": "star", "id": ids[3], "on": true },
    ]});

    let done = ann.post_json("/acts", acts.clone()).await.is(200).json();

    let done = done["done"].as_array().unwrap().clone();
    assert_eq!(done.len(), 6, "a feed is fetched, so it is a call's last");
    assert_eq!(done[4]["code"], "not_found");
    assert!(done[4]["message"].as_str().unwrap().len() > 10);
    let others: Vec<&Value> = done
        .iter()
        .enumerate()
        .filter(|(n, _)| *n != 4)
        .map(|(_, one)| one)
        .collect();
    assert_eq!(others, [&Value::Null; 5]);
    assert_eq!(ann.titles("/starred").await, ["Title of feed-5"]);
    assert_eq!(ann.unread().await, 8);
    let rest = json!({ "now": now(), "acts": [acts["acts"][6]] });
    ann.post_json("/acts", rest).await.is(200);
    let again = ann.post_json("/acts", acts).await.is(200).json();
    assert_eq!(again["done"].as_array().unwrap().len(), 6);
    let starred = ann.titles("/starred").await;
    assert_eq!(starred.len(), 2, "{starred:?}");
    let noted_at = noted(&ann, "starred").await;
    let first = noted_at
        .iter()
        .find(|(title, _)| title == "Title of feed-5")
        .unwrap();
    let wanted = dormouse::timestamp::rfc3339(dormouse::timestamp::from_second(
        (now() - 50 * hour) / 1_000,
    ));
    assert_eq!(first.1[..16], wanted[..16]);
    let page = ann.get("/tags/Garden").await;
    assert!(page.is(200).words().contains("mine"));
    app.is_sound().await;
}

#[tokio::test]
async fn tags_and_notes_of_two_devices_are_merged() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let ids = feed(&ann, &web, "feed", 3).await;
    let form = [
        ("tags", "old, gone"),
        ("note", "before"),
        ("return", "/unread"),
    ];
    ann.post(&format!("/article/{}/tags", ids[0]), &form)
        .await
        .is(303);
    let act = |add: &str, drop: &[&str], note: &str| {
        json!({ "now": now(), "acts": [{
            "do": "tag", "id": ids[0], "add": [add], "drop": drop, "note": note, "was": "before",
        }]})
    };
    ann.post_json("/acts", act("phone", &["GONE"], "from the phone"))
        .await
        .is(200);
    ann.post_json("/acts", act("laptop", &[], "from the laptop"))
        .await
        .is(200);
    // The phone didn't hear that it was done.
    ann.post_json("/acts", act("phone", &["GONE"], "from the phone"))
        .await
        .is(200);

    let article = ann.get(&format!("/article/{}", ids[0])).await;

    let words = article.is(200).words();
    for text in [
        "from the phone",
        "from the laptop",
        "old",
        "phone",
        "laptop",
    ] {
        assert!(words.contains(text), "{text}: {words}");
    }
    assert_eq!(
        words.matches("from the phone").count(),
        words.matches("from the laptop").count()
    );
    // Where there is no room for a third, that is said, and its tags stay.
    let long = "n".repeat(500);
    let third = ann
        .post_json("/acts", act("third", &[], &long))
        .await
        .is(200)
        .json();
    assert_eq!(third["done"][0]["code"], "note_too_long");
    ann.get("/tags/third").await.is(200);
    let article = ann.get(&format!("/article/{}", ids[0])).await;
    assert!(article.words().contains("from the laptop"));
    ann.get("/tags/gone").await.is(404);
    ann.get("/tags/old").await.is(200);
}

#[tokio::test]
async fn the_device_has_its_pages() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let page = ann.get("/settings/device").await;
    let words = page.is(200).words();
    for text in [
        "On this device",
        "Keep the newest unread",
        "Remove from this device",
    ] {
        assert!(words.contains(text), "{words}");
    }
    let settings = ann.get("/settings").await;
    assert!(settings.text().contains("href=\"/settings/device\""));
    let shell = ann.get("/offline").await;
    assert!(shell.is(200).text().contains("is-shell"));
    assert_eq!(shell.cost.reads, 0, "it costs what any page costs");
    let out = app.stranger().get("/offline").await;
    assert_eq!(out.is(303).location(), "/signin?next=%2Foffline");
}
