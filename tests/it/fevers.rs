//! The Fever API: a replay of every call that its clients make, and what each of them demands of the answers.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::greader::Program;
use crate::support::{Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

/// What clients read: a type that refuses everything else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    api_version: u8,
    auth: u8,
    last_refreshed_on_time: i64,
    groups: Option<Vec<Group>>,
    feeds: Option<Vec<Feed>>,
    feeds_groups: Option<Vec<FeedsGroup>>,
    favicons: Option<Vec<Favicon>>,
    links: Option<Vec<Value>>,
    unread_item_ids: Option<String>,
    saved_item_ids: Option<String>,
    total_items: Option<i64>,
    items: Option<Vec<Item>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    id: i32,
    title: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedsGroup {
    group_id: i32,
    feed_ids: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Feed {
    id: i32,
    favicon_id: i32,
    title: String,
    url: String,
    site_url: String,
    is_spark: u8,
    last_updated_on_time: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Favicon {
    id: i32,
    data: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) id: i32,
    feed_id: i32,
    pub(crate) title: String,
    author: String,
    html: String,
    url: String,
    is_saved: u8,
    pub(crate) is_read: u8,
    created_on_time: i64,
}

/// A program with its key.
pub(crate) struct Fever<'a> {
    client: Client<'a>,
    key: String,
}

impl<'a> Fever<'a> {
    pub(crate) async fn of(app: &'a TestApp, reader: &Client<'_>, email: &str) -> Fever<'a> {
        Self::with(app, email, &reader.makes_token().await)
    }

    pub(crate) fn with(app: &'a TestApp, email: &str, token: &str) -> Fever<'a> {
        Self {
            client: app.stranger(),
            key: dormouse::users::token::fever_password(email, token),
        }
    }

    /// Everything, page by page.
    pub(crate) async fn all(&self) -> Vec<Item> {
        let mut all = Vec::new();
        loop {
            let last = all.last().map_or(0, |item: &Item| item.id);
            let page = self.items(&format!("&since_id={last}")).await;
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    async fn answer(&self, query: &str, form: &[(&str, &str)]) -> crate::support::Answer {
        let mut all = vec![("api_key", self.key.as_str())];
        all.extend_from_slice(form);
        self.client.post(&format!("/fever/?api{query}"), &all).await
    }

    async fn calls(&self, query: &str) -> Envelope {
        let answer = self.answer(query, &[]).await;
        let text = answer.is(200).text();
        let envelope: Envelope =
            serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"));
        assert_eq!((envelope.api_version, envelope.auth), (3, 1), "{text}");
        envelope
    }

    async fn items(&self, query: &str) -> Vec<Item> {
        self.calls(&format!("&items{query}")).await.items.unwrap()
    }

    pub(crate) async fn unread(&self) -> Vec<i32> {
        numbers(
            &self
                .calls("&unread_item_ids")
                .await
                .unread_item_ids
                .unwrap(),
        )
    }

    pub(crate) async fn saved(&self) -> Vec<i32> {
        numbers(&self.calls("&saved_item_ids").await.saved_item_ids.unwrap())
    }

    pub(crate) async fn marks(&self, form: &[(&str, &str)]) {
        self.answer("", form).await.is(200);
    }
}

fn numbers(text: &str) -> Vec<i32> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap()).collect()
}

fn ids(items: &[Item]) -> Vec<i32> {
    items.iter().map(|item| item.id).collect()
}

async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, [String; 2]) {
    let ann = app.reader("ann").await;
    let news = FeedText::hourly("News", 60, at(10, 0));
    let blog = FeedText::hourly("Blog", 3, at(9, 30));
    let one = ann
        .subscribes(&web.put("/news", Page::feed(news.rss())))
        .await;
    let url = web.put("/blog", Page::feed(blog.atom()));
    let other = ann.subscribes_in(&url, "Tech").await;
    (ann, [one, other])
}

#[tokio::test]
async fn whoever_isn_t_known_is_told_so_with_200() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let stranger = app.stranger();
    let refused = r#"{"api_version":3,"auth":0,"last_refreshed_on_time":0}"#;
    for path in [
        "/fever/?api",
        "/fever?api&items",
        "/api/fever.php?api",
        "/fever/index.php?api&feeds",
    ] {
        assert_eq!(stranger.get(path).await.is(200).text(), refused, "{path}");
        let form = [("api_key", "00000000000000000000000000000000")];
        assert_eq!(
            stranger.post(path, &form).await.is(200).text(),
            refused,
            "{path}"
        );
    }
    let known = r#"{"api_version":3,"auth":1,"last_refreshed_on_time":0}"#;
    // In the form, of either kind, or in the address; with GET, too; in capitals.
    let key = &fever.key;
    assert_eq!(fever.answer("", &[]).await.is(200).text(), known);
    assert_eq!(
        stranger
            .get(&format!("/fever/?api&api_key={key}"))
            .await
            .text(),
        known
    );
    let upper = [("api_key", key.to_uppercase())];
    let upper = [("api_key", upper[0].1.as_str())];
    assert_eq!(
        stranger.post("/api/fever.php?api", &upper).await.text(),
        known
    );
    let parts = format!(
        "--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n{key}\r\n--b--\r\n"
    );
    let ask = stranger.ask(http::Method::POST, "/fever/?api");
    let answer = ask
        .body("multipart/form-data; boundary=b", parts)
        .send()
        .await;
    assert_eq!(answer.is(200).text(), known);
    assert!(answer.header("set-cookie").is_none());
    // A token that is revoked opens nothing.
    let page = ann.get("/settings/apps").await;
    let revoke = crate::support::attribute(page.is(200).text(), "/revoke\"", "action").unwrap();
    ann.post(&revoke, &[]).await.is(303);
    assert_eq!(fever.answer("", &[]).await.is(200).text(), refused);
}

#[tokio::test]
async fn numbers_are_dense_and_grow_with_arrival() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [_, blog]) = shelf(&app, &web).await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    // Read You: from the beginning, by what came last, until fewer than 50.
    let first = fever.items("&since_id=").await;
    assert_eq!(ids(&first), (1..=50).collect::<Vec<_>>());
    let second = fever.items("&since_id=50").await;
    assert_eq!(ids(&second), (51..=63).collect::<Vec<_>>());
    let times: Vec<i64> = first
        .iter()
        .chain(&second)
        .map(|item| item.created_on_time)
        .collect();
    assert!(times.is_sorted(), "as they came: {times:?}");
    for beyond in ["63", "99999999999999999999"] {
        let items = fever.items(&format!("&since_id={beyond}")).await;
        assert_eq!(items.len(), 0, "{beyond}");
    }
    assert_eq!(ids(&fever.items("&since_id=-1").await), ids(&first));
    // An empty page would say that nothing is new, and the first one would never end.
    for query in ["since_id=abc", "max_id=1e3", "since_id=-"] {
        let answer = fever.answer(&format!("&items&{query}"), &[]).await;
        assert!(answer.is(400).text().contains("isn’t a number"), "{query}");
    }
    // Fluent Reader: downward from beyond the end. Readrops: from 0.
    for from in ["9007199254740991", "2147483647", "0", "64"] {
        let newest = fever.items(&format!("&max_id={from}")).await;
        assert_eq!(ids(&newest), (14..=63).rev().collect::<Vec<_>>(), "{from}");
    }
    assert_eq!(
        ids(&fever.items("&max_id=14").await),
        (1..=13).rev().collect::<Vec<_>>()
    );
    // NewsFlash: by name. elfeed: with nothing, and those that may come.
    assert_eq!(
        ids(&fever.items("&with_ids=3,62,64,7000000").await),
        [3, 62]
    );
    assert_eq!(fever.items("&with_ids=").await.len(), 0);
    let next: Vec<String> = (64..114).map(|number: i32| number.to_string()).collect();
    assert_eq!(
        fever
            .items(&format!("&with_ids={}", next.join(",")))
            .await
            .len(),
        0
    );
    let of_blog = fever.items(&format!("&feed_ids={blog}")).await;
    assert_eq!(of_blog.len(), 3);
    assert!(of_blog.iter().all(|item| item.feed_id.to_string() == blog && item.title.starts_with("Title of blog")));
    // A late one comes, dated before most: its number is the next.
    app.minutes_pass(24 * 60);
    let text = FeedText::hourly("News", 60, at(10, 0)).and(Entry::new("late", at(0, 30)));
    web.put("/news", Page::feed(text.rss()));
    app.refresh().await;
    app.forgets();
    let came = fever.items("&since_id=63").await;
    assert_eq!(
        (came.len(), came[0].id, came[0].title.as_str()),
        (1, 64, "Title of late")
    );
    assert_eq!(came[0].created_on_time, at(0, 30).timestamp());
    // Leaving a feed gives its numbers to nobody, and coming back gives new ones.
    ann.post(&format!("/feed/{blog}/remove"), &[]).await.is(303);
    assert_eq!(fever.calls("&items&since_id=0").await.total_items, Some(61));
    ann.subscribes(&web.url("/blog")).await;
    let again = fever.items("&since_id=64").await;
    assert_eq!(again.len(), 3);
    assert!(again.iter().all(|item| item.id > 64), "{again:?}");
    app.is_sound().await;
}

/// What is kept of a feed that was left keeps its number, and has no other when the feed comes back.
#[tokio::test]
async fn a_star_has_one_number_when_its_feed_is_left_and_comes_back() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [_, blog]) = shelf(&app, &web).await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let last = fever.calls("&items&since_id=0").await.total_items.unwrap();
    ann.post(&format!("/article/{blog}-2/star"), &[])
        .await
        .is(303);
    let saved = fever.calls("&saved_item_ids").await.saved_item_ids.unwrap();
    assert!(saved.parse::<i32>().is_ok(), "{saved}");
    for turn in 1..=2 {
        ann.post(&format!("/feed/{blog}/remove"), &[]).await.is(303);
        let left = fever.calls("&items&since_id=0&saved_item_ids").await;
        assert_eq!(left.saved_item_ids.as_ref(), Some(&saved), "{turn}");
        ann.subscribes(&web.url("/blog")).await;
        let all = fever.calls("&items&since_id=0&saved_item_ids").await;
        assert_eq!(all.saved_item_ids.as_ref(), Some(&saved), "{turn}");
        assert_eq!(all.total_items, Some(last), "{turn}");
        // By pages up and down, each once, in order.
        let mut up: Vec<i32> = Vec::new();
        loop {
            let since = up.last().copied().unwrap_or_default();
            let page = fever.items(&format!("&since_id={since}")).await;
            if page.is_empty() {
                break;
            }
            assert!(page.is_sorted_by_key(|item| item.id));
            assert!(page.iter().all(|item| item.id > since));
            up.extend(page.iter().map(|item| item.id));
        }
        assert_eq!(up.len() as i64, last, "{turn}");
        let mut down: Vec<i32> = Vec::new();
        loop {
            let below = down.last().copied().unwrap_or_default();
            let page = fever.items(&format!("&max_id={below}")).await;
            if page.is_empty() {
                break;
            }
            down.extend(page.iter().map(|item| item.id));
        }
        down.reverse();
        assert_eq!(down, up, "{turn}");
    }
    app.is_sound().await;
}

#[tokio::test]
async fn sections_are_combined_and_every_feed_is_in_a_group() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, blog]) = shelf(&app, &web).await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let all = fever
        .calls("&groups&feeds&favicons&links&unread_item_ids&saved_item_ids&items")
        .await;
    let groups = all.groups.unwrap();
    assert_eq!((groups[0].id, groups[0].title.as_str()), (1, "Feeds"));
    assert_eq!(groups[1].title, "Tech");
    let together = all.feeds_groups.unwrap();
    assert_eq!(
        (together[0].group_id, together[0].feed_ids.as_str()),
        (1, news.as_str())
    );
    assert_eq!(
        (together[1].group_id, together[1].feed_ids.as_str()),
        (groups[1].id, blog.as_str())
    );
    let feeds = all.feeds.unwrap();
    assert_eq!(feeds.len(), 2);
    let one = feeds
        .iter()
        .find(|feed| feed.id.to_string() == news)
        .unwrap();
    assert_eq!(
        (one.title.as_str(), one.url.as_str(), one.is_spark),
        ("News", web.url("/news").as_str(), 0)
    );
    assert_eq!(
        (one.site_url.as_str(), one.favicon_id),
        ("http://site.example/", one.id)
    );
    assert_eq!(one.last_updated_on_time, at(10, 0).timestamp());
    assert!(all.last_refreshed_on_time >= at(10, 0).timestamp());
    assert_eq!(
        all.links.unwrap().len() + all.favicons.as_ref().unwrap().len(),
        0
    );
    assert!(
        all.favicons
            .unwrap()
            .iter()
            .all(|one| one.id > 0 && one.data.contains(";base64,"))
    );
    assert_eq!(all.unread_item_ids.unwrap(), numbers_text(1..=63));
    assert_eq!(all.saved_item_ids.unwrap(), "");
    assert_eq!((all.total_items, all.items.unwrap().len()), (Some(63), 50));
    // In the order in which one client reads them as they come.
    let text = fever.answer("&items&feeds&unread_item_ids", &[]).await;
    let places = [
        "api_version",
        "auth\"",
        "last_refreshed",
        "\"feeds\"",
        "feeds_groups",
        "total_items",
        "\"items\"",
    ];
    let places: Vec<usize> = places
        .iter()
        .map(|key| text.text().find(key).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    // What is asked for in the form counts as well.
    let answer = fever.answer("", &[("items", ""), ("since_id", "62")]).await;
    assert_eq!(answer.is(200).json()["items"].as_array().unwrap().len(), 1);
    let item = &answer.json()["items"][0];
    assert_eq!((&item["author"], &item["is_read"]), (&"".into(), &0.into()));
}

fn numbers_text(range: std::ops::RangeInclusive<i32>) -> String {
    let all: Vec<String> = range.map(|number| number.to_string()).collect();
    all.join(",")
}

#[tokio::test]
async fn marks_are_what_the_pages_show() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, blog]) = shelf(&app, &web).await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    fever.items("").await;
    // In the form, and in the address with an empty parameter, as NewsFlash sends it.
    let answer = fever
        .answer("", &[("mark", "item"), ("as", "read"), ("id", "63")])
        .await;
    let told = answer.is(200).json();
    assert_eq!(told["unread_item_ids"], numbers_text(1..=62));
    assert_eq!(answer.cost.writes, 1);
    fever.answer("&&mark=item&as=read&id=62", &[]).await.is(200);
    assert_eq!(ann.unread().await, 61);
    fever
        .marks(&[("mark", "item"), ("as", "unread"), ("id", "63")])
        .await;
    assert_eq!(fever.unread().await.len(), 62);
    let saved = fever
        .answer("", &[("mark", "item"), ("as", "saved"), ("id", "5")])
        .await;
    assert_eq!(saved.is(200).json()["saved_item_ids"], "5");
    assert_eq!(ann.titles("/starred").await.len(), 1);
    fever
        .marks(&[("mark", "item"), ("as", "unsaved"), ("id", "5")])
        .await;
    assert_eq!(fever.saved().await, Vec::<i32>::new());
    ann.post(&format!("/article/{blog}-2/star"), &[])
        .await
        .is(303);
    let star = fever.saved().await;
    let item = &fever.items(&format!("&with_ids={}", star[0])).await[0];
    assert_eq!((item.title.as_str(), item.is_saved), ("Title of blog-2", 1));
    // A feed, a group, everything: what had come by then.
    // What can't be read marks nothing, and not everything.
    let unread = fever.unread().await;
    for odd in ["abc", "-1", "1e9"] {
        let form = [
            ("mark", "group"),
            ("as", "read"),
            ("id", "0"),
            ("before", odd),
        ];
        fever.marks(&form).await;
        assert_eq!(fever.unread().await, unread, "{odd}");
    }
    let before = at(9, 0).timestamp().to_string();
    fever
        .marks(&[
            ("mark", "feed"),
            ("as", "read"),
            ("id", &news),
            ("before", &before),
        ])
        .await;
    let left = fever.unread().await;
    assert_eq!(
        left.len(),
        1 + 2,
        "what came at 10, and what is left of the blog"
    );
    let groups = fever.calls("&groups").await.groups.unwrap();
    let tech = groups
        .iter()
        .find(|group| group.title == "Tech")
        .unwrap()
        .id
        .to_string();
    let now = (app.clock.now().timestamp() + 1).to_string();
    fever
        .marks(&[
            ("mark", "group"),
            ("as", "read"),
            ("id", "-1"),
            ("before", &now),
        ])
        .await;
    assert_eq!(fever.unread().await.len(), 3, "there are no sparks");
    fever
        .marks(&[
            ("mark", "group"),
            ("as", "read"),
            ("id", &tech),
            ("before", &now),
        ])
        .await;
    assert_eq!(fever.unread().await.len(), 1);
    fever
        .marks(&[
            ("mark", "group"),
            ("as", "read"),
            ("id", "0"),
            ("before", &now),
        ])
        .await;
    assert_eq!((fever.unread().await.len(), ann.unread().await), (0, 0));
    fever.marks(&[("unread_recently_read", "1")]).await;
    fever
        .marks(&[("mark", "item"), ("as", "read"), ("id", "x,-5,99999999999")])
        .await;
    app.is_sound().await;
}

#[tokio::test]
async fn a_sync_with_nothing_new_costs_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let first = fever.answer("&items&since_id=0", &[]).await.is(200).cost;
    assert_eq!(first.writes, 2, "the log, and the token's first use");
    let sync = "&groups&feeds&favicons&unread_item_ids&saved_item_ids&items&since_id=63";
    fever.answer(sync, &[]).await.is(200);
    let idle = fever.answer(sync, &[]).await.is(200).cost;
    assert_eq!((idle.reads, idle.writes), (0, 0));
    // A quarter of an hour later, on the same instance, what is known of feeds is good enough.
    app.minutes_pass(9);
    let idle = fever.answer(sync, &[]).await.is(200).cost;
    assert_eq!(
        (idle.reads, idle.writes),
        (0, 0),
        "pages would have asked again after 5 minutes"
    );
    let text = FeedText::hourly("Blog", 3, at(9, 30)).and(Entry::new("new", at(12, 5)));
    web.put("/blog", Page::feed(text.atom()));
    app.minutes_pass(24 * 60);
    // Another day: that the token was used is noted once.
    fever.answer("", &[]).await.is(200);
    app.refresh().await;
    let news = fever.answer("&items&since_id=63", &[]).await;
    assert_eq!(news.is(200).json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(news.cost.writes, 1, "one write where a sync finds news");
}

#[tokio::test]
async fn two_devices_that_sync_at_once_get_the_same_numbers() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let other = app.beside().await;
    let elsewhere = Fever {
        client: other.stranger(),
        key: fever.key.clone(),
    };
    let (one, two) = tokio::join!(fever.items("&since_id=0"), elsewhere.items("&since_id=0"));
    let named = |items: &[Item]| -> Vec<(i32, String)> {
        items
            .iter()
            .map(|item| (item.id, item.title.clone()))
            .collect()
    };
    assert_eq!(named(&one), named(&two));
    assert!(
        one.iter()
            .all(|item| !item.url.is_empty() && item.html.contains("Text of"))
    );
    assert_eq!(
        (one[0].is_saved + one[0].is_read, one[0].author.as_str()),
        (0, "")
    );
}

/// What a rule hides from lists no program lists either; a star stays.
#[tokio::test]
async fn what_a_rule_hides_is_hidden_from_programs() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 60, at(10, 0));
    ann.subscribes(&web.put("/news", Page::feed(text.rss())))
        .await;
    let own = app.program_of(&ann).await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let before = fever.all().await;
    assert_eq!(before.len(), 60);
    let (title, newest) = (before[59].title.clone(), before[59].id);
    let saved = [
        ("mark", "item"),
        ("as", "saved"),
        ("id", &newest.to_string()),
    ];
    fever.marks(&saved).await;
    let condition = serde_json::json!({ "what": "title", "how": "contains", "text": "news" });
    let rule = serde_json::json!({ "name": "All", "conditions": [condition], "does": ["hide"], "apply": true });
    let saved = own.post_json("/api/v1/rules", rule).await;
    assert_eq!(saved.is(201).json()["applied"], 50, "the newest");

    let left: Vec<i32> = fever.all().await.iter().map(|item| item.id).collect();
    let unread = fever.unread().await;
    let starred = fever.saved().await;
    assert_eq!(
        (left.len(), unread.len(), starred.len()),
        (10 + starred.len(), 10, 1)
    );
    assert!(starred.iter().all(|id| left.contains(id)), "{title}");
    assert_eq!(google.ids("").await.len(), 10);
    assert_eq!(
        google.ids("xt=user/-/state/com.google/read").await.len(),
        10
    );
    let listed = own.get("/api/v1/articles?state=all&limit=200").await;
    assert_eq!(
        listed.is(200).json()["articles"].as_array().unwrap().len(),
        10
    );
    let sync = own.get("/api/v1/sync?limit=1000").await.is(200).json();
    assert_eq!(sync["articles"]["arrived"].as_array().unwrap().len(), 60);
    let hidden = sync["marks"]["hidden"].as_array().unwrap();
    assert_eq!(hidden.len(), 1, "{hidden:?}");
    let undo = serde_json::json!({ "act": saved.json()["act"] });
    // Something comes meanwhile, which is numbered.
    ann.subscribes(&web.put(
        "/one",
        Page::feed(FeedText::hourly("One", 1, at(10, 0)).rss()),
    ))
    .await;
    assert_eq!(fever.all().await.len(), 12);
    own.post_json("/api/v1/rules/undo", undo).await.is(200);
    let after = fever.all().await;
    let known: Vec<i32> = after.iter().map(|item| item.id).take(60).collect();
    let numbers: Vec<i32> = before.iter().map(|item| item.id).collect();
    assert_eq!(
        (after.len(), known),
        (61, numbers),
        "the numbers that they had"
    );
    let since = sync["cursor"].as_str().unwrap();
    let sync = own.get(&format!("/api/v1/sync?since={since}")).await;
    let hidden = &sync.is(200).json()["marks"]["hidden"][0];
    assert_eq!(hidden["numbers"], serde_json::json!([]));
}

/// A group is a folder's feeds, whatever else has its name as a tag, and whatever it is called later.
#[tokio::test]
async fn a_group_is_its_feeds_and_keeps_its_number() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("News", 3, at(10, 0));
    let news = ann
        .subscribes(&web.put("/news", Page::feed(text.rss())))
        .await;
    let text = FeedText::hourly("Birds", 2, at(10, 0));
    let birds = web.put("/birds", Page::feed(text.rss()));
    let birds = ann.subscribes_in(&birds, "Z").await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let ids = google.ids(&format!("s=feed/{news}")).await;
    let form = [("i", ids[0].as_str()), ("a", "user/-/label/Z")];
    google.does("edit-tag", &form).await;
    let groups = async || {
        let all = fever.calls("&groups").await;
        let all = all.groups.unwrap().into_iter();
        all.map(|one| (one.title, one.id)).collect::<Vec<_>>()
    };
    let before = groups().await;
    let number = before.iter().find(|(title, _)| title == "Z").unwrap().1;
    let form = [
        ("mark", "group"),
        ("as", "read"),
        ("id", &number.to_string()),
    ];
    fever.marks(&form).await;
    assert_eq!(
        ann.unread().await,
        3,
        "the tagged article is of another group"
    );

    let own = app.program_of(&ann).await;
    let renamed = json!({ "path": ["Birds of prey"] });
    let ask = own.ask(http::Method::PATCH, "/api/v1/folders/Z");
    ask.json(&renamed).send().await.is(200);
    let after = groups().await;
    assert!(
        after.contains(&("Birds of prey".to_owned(), number)),
        "{after:?}"
    );
    // Another feed in it, and another name: still the same.
    let text = FeedText::hourly("Owls", 2, at(10, 0));
    let owls = web.put("/owls", Page::feed(text.rss()));
    ann.subscribes_in(&owls, "Birds of prey").await;
    groups().await;
    let ask = own.ask(http::Method::PATCH, "/api/v1/folders/Birds%20of%20prey");
    ask.json(&json!({ "path": ["Raptors"] }))
        .send()
        .await
        .is(200);
    let after = groups().await;
    assert!(after.contains(&("Raptors".to_owned(), number)), "{after:?}");
    assert_ne!(birds, news);
}

/// Fifty, however long: programs take fewer for the end.
#[tokio::test]
async fn a_page_has_fifty_articles_however_long() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for feed in 0..2 {
        let mut text = FeedText::hourly(&format!("Long {feed}"), 30, at(10, feed));
        for (n, entry) in text.entries.iter_mut().enumerate() {
            entry.content = format!("<p>{}</p>", format!("word{n} ").repeat(30_000));
        }
        let url = web.put(&format!("/{feed}"), Page::feed(text.rss()));
        ann.subscribes(&url).await;
    }
    let fever = Fever::of(&app, &ann, "ann@example.org").await;
    let page = fever.items("&since_id=0").await;
    assert_eq!(page.len(), 50);
    let bytes: usize = page.iter().map(|item| item.html.len()).sum();
    assert!(bytes > 9_000_000, "{bytes}");
    assert_eq!(fever.all().await.len(), 60);
}
