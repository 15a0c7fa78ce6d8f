//! The Google Reader API, call by call: what clients need of each answer, and what it costs.

use chrono::TimeDelta;
use http::Method;
use serde_json::Value;

use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, TestApp, at, judge};

/// A program that has logged in.
pub(crate) struct Program<'a> {
    client: Client<'a>,
    auth: String,
}

const API: &str = "/reader/api/0";

impl<'a> Program<'a> {
    pub(crate) async fn of(app: &'a TestApp, reader: &Client<'_>, email: &str) -> Program<'a> {
        let token = reader.makes_token().await;
        Self::with(app, email, &token).await
    }

    pub(crate) async fn with(app: &'a TestApp, email: &str, token: &str) -> Program<'a> {
        let client = app.stranger();
        let form = [("Email", email), ("Passwd", token)];
        let answer = client.post("/accounts/ClientLogin", &form).await;
        let lines: Vec<&str> = answer.is(200).text().lines().collect();
        let auth = lines[2].strip_prefix("Auth=").unwrap().to_owned();
        Program { client, auth }
    }

    /// Imports an OPML file.
    pub(crate) async fn imports(&self, opml: &str) -> Answer {
        let value = format!("GoogleLogin auth={}", self.auth);
        let ask = self
            .client
            .ask(Method::POST, "/reader/api/0/subscription/import");
        let ask = ask.header("authorization", &value);
        ask.body("text/x-opml", opml).send().await
    }

    async fn sends(&self, method: Method, path: &str, body: Option<&[(&str, &str)]>) -> Answer {
        let value = format!("GoogleLogin auth={}", self.auth);
        let ask = self
            .client
            .ask(method, path)
            .header("authorization", &value);
        let answer = match body {
            Some(form) => ask.form(form).send().await,
            None => ask.send().await,
        };
        let is_json = answer.header("content-type").unwrap_or_default();
        let is_json = is_json.starts_with("application/json");
        if let Some(call) = path.strip_prefix("/reader/api/0/")
            && answer.status == 200
            && is_json
        {
            judge(call, answer.text());
        }
        answer
    }

    pub(crate) async fn get(&self, call: &str) -> Answer {
        self.sends(Method::GET, &format!("{API}/{call}"), None)
            .await
    }

    pub(crate) async fn post(&self, call: &str, form: &[(&str, &str)]) -> Answer {
        let path = format!("{API}/{call}");
        self.sends(Method::POST, &path, Some(form)).await
    }

    pub(crate) async fn does(&self, call: &str, form: &[(&str, &str)]) {
        let answer = self.post(call, form).await;
        assert_eq!(answer.is(200).text(), "OK", "{call} {form:?}");
    }

    /// The ids of a stream, as they are in `itemRefs`.
    pub(crate) async fn ids(&self, query: &str) -> Vec<String> {
        let answer = self
            .get(&format!("stream/items/ids?n=50000&output=json&{query}"))
            .await;
        let json = answer.is(200).json();
        assert!(json.get("continuation").is_none(), "{json}");
        let all = json["itemRefs"].as_array().unwrap().iter();
        all.map(|one| {
            assert_eq!(one.as_object().unwrap().len(), 1, "the id alone: {one}");
            one["id"].as_str().unwrap().to_owned()
        })
        .collect()
    }
}

pub(crate) fn titles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

const READ: &str = "user/-/state/com.google/read";
const STARRED: &str = "user/-/state/com.google/starred";
const ALL: &str = "user/-/state/com.google/reading-list";

/// A reader with two feeds, one of them in a folder.
async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, [String; 2]) {
    let ann = app.reader("ann").await;
    let news = FeedText::hourly("News", 5, at(10, 0));
    let blog = FeedText::hourly("Blog", 3, at(9, 30));
    let one = ann
        .subscribes(&web.put("/news", Page::feed(news.rss())))
        .await;
    let url = web.put("/blog", Page::feed(blog.atom()));
    let other = ann.subscribes_in(&url, "Tech / Ä & B").await;
    (ann, [one, other])
}

#[tokio::test]
async fn whoever_logs_in_is_known_by_the_header_and_nobody_else_is() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let token = ann.makes_token().await;
    let stranger = app.stranger();
    let path = "/accounts/ClientLogin";
    let form = [("Email", "Ann@Example.org"), ("Passwd", token.as_str())];
    let answer = stranger.post(path, &form).await;
    let text = answer.is(200).text().to_owned();
    let auth = format!("dormouse/{token}");
    assert_eq!(text, format!("SID={auth}\nLSID={auth}\nAuth={auth}\n"));
    let secret = text.trim_end().rsplit('=').next().unwrap();
    assert!(
        secret
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_/-".contains(&byte))
    );
    assert_eq!(answer.cost.writes, 0);
    // In the address, and as a form of the other kind.
    let query = format!("{path}?Email=ann%40example.org&Passwd={token}");
    assert_eq!(
        stranger
            .ask(Method::POST, &query)
            .send()
            .await
            .is(200)
            .text(),
        text
    );
    assert_eq!(stranger.get(&query).await.is(200).text(), text);
    let parts = format!(
        "--b\r\nContent-Disposition: form-data; name=\"Email\"\r\n\r\nann@example.org\r\n\
         --b\r\nContent-Disposition: form-data; name=\"Passwd\"\r\n\r\n{token}\r\n--b--\r\n"
    );
    let ask = stranger.ask(Method::POST, path);
    let ask = ask.body("multipart/form-data; boundary=b", parts);
    assert_eq!(ask.send().await.is(200).text(), text);
    let json = stranger
        .get(&format!("{query}&output=json"))
        .await
        .is(200)
        .json();
    assert_eq!(json["Auth"], auth.as_str());

    // Somebody else's name, the account's own password, nothing.
    for (email, password) in [
        ("bob@example.org", token.as_str()),
        ("ann@example.org", crate::support::PASSWORD),
        ("ann@example.org", "dm_0000"),
        ("", ""),
    ] {
        let answer = stranger
            .post(path, &[("Email", email), ("Passwd", password)])
            .await;
        answer.is(401);
        assert_eq!(answer.header("x-reader-google-bad-token"), Some("true"));
        assert!(answer.header("set-cookie").is_none());
    }
    for value in [
        "GoogleLogin auth=dormouse/dm_00",
        "GoogleLogin auth=",
        "GoogleLogin",
        &format!("Bearer {token}"),
        &format!("GoogleLogin auth={token}"),
    ] {
        let ask = stranger.ask(Method::GET, "/reader/api/0/token");
        let answer = ask.header("authorization", value).send().await;
        assert_eq!(
            answer.is(401).header("x-reader-google-bad-token"),
            Some("true"),
            "{value}"
        );
        assert!(answer.header("location").is_none());
    }
    // Liferea's way: no header, and its value as T.
    let form = [("T", auth.as_str()), ("i", "1")];
    let path = "/reader/api/0/stream/items/contents";
    stranger.post(path, &form).await.is(200);
    stranger.post(path, &[("T", "dormouse/x")]).await.is(401);
    stranger.post(path, &[("T", token.as_str())]).await.is(401);
    // A session counts for nothing here.
    ann.get("/reader/api/0/token").await.is(401);
    let ask = stranger.ask(Method::GET, "/reader/api/0/user-info");
    let header = format!("googlelogin AUTH={auth} ");
    let who = ask.header("authorization", &header).send().await;
    let who = who.is(200).json();
    assert_eq!(who["userEmail"], "ann@example.org");
    assert!(who["userId"].is_string() && who["userProfileId"].is_string());

    let google = Program::with(&app, "ann@example.org", &token).await;
    let t = google.get("token").await;
    assert_eq!((t.is(200).text().len(), t.cost.reads), (57, 0));
    assert_eq!(google.get("token").await.text(), t.text());
    // Its last use is told; revoked, it is refused at once.
    let page = ann.get("/settings/apps").await;
    assert!(page.is(200).text().contains("<dd>today</dd>"));
    let revoke = crate::support::attribute(page.text(), "/revoke\"", "action").unwrap();
    ann.post(&revoke, &[]).await.is(303);
    google.get("token").await.is(401);
}

#[tokio::test]
async fn subscriptions_and_labels_are_listed_as_clients_need_them() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, blog]) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let answer = google.get("subscription/list?output=json").await;
    let list = answer.is(200).json();
    let all = list["subscriptions"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    let of = |feed: &str| {
        all.iter()
            .find(|one| one["id"] == format!("feed/{feed}"))
            .unwrap()
    };
    let one = of(&blog);
    assert_eq!(one["title"], "Blog");
    assert_eq!(one["categories"][0]["id"], "user/-/label/Tech/Ä & B");
    assert_eq!(one["categories"][0]["label"], "Tech/Ä & B");
    assert_eq!(one["url"], web.url("/blog"));
    assert_eq!(of(&news)["categories"], serde_json::json!([]));
    assert_eq!(of(&news)["htmlUrl"], "http://site.example/");
    assert!(one["iconUrl"].as_str().unwrap().contains("/reader/icon/"));
    // Conditional, which one client does.
    let tag = answer.header("etag").unwrap();
    let path = "/reader/api/0/subscription/list";
    let value = format!("GoogleLogin auth={}", google.auth);
    let ask = google
        .client
        .ask(Method::GET, path)
        .header("authorization", &value);
    ask.header("if-none-match", tag).send().await.is(304);

    ann.post(
        &format!("/article/{news}-1/tags"),
        &[("tags", "later, Tech/Ä & B")],
    )
    .await
    .is(303);
    let answer = google.get("tag/list").await;
    let tags = answer.is(200).json();
    let tags: Vec<(String, Option<String>)> = tags["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| {
            (
                tag["id"].as_str().unwrap().to_owned(),
                tag["type"].as_str().map(str::to_owned),
            )
        })
        .collect();
    let named = |id: &str, kind: Option<&str>| (id.to_owned(), kind.map(str::to_owned));
    assert_eq!(
        tags,
        [
            named(STARRED, None),
            named(ALL, None),
            named("user/-/label/Tech/Ä & B", Some("folder")),
            named("user/-/label/later", Some("tag")),
        ]
    );
    let counts = google.get("unread-count?output=json").await;
    let counts = counts.is(200).json();
    let count = |id: &str| {
        let all = counts["unreadcounts"].as_array().unwrap().iter();
        let one = all.clone().find(|one| one["id"] == id).unwrap().clone();
        let newest: i64 = one["newestItemTimestampUsec"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        (one["count"].as_u64().unwrap(), newest / 1_000_000)
    };
    assert_eq!(count(ALL), (8, at(10, 0).timestamp()));
    assert_eq!(count(&format!("feed/{blog}")), (3, at(9, 30).timestamp()));
    // What is in the folder, and what has a tag of its name.
    for (label, unread) in [("user/-/label/Tech/Ä & B", 4), ("user/-/label/later", 1)] {
        let (number, newest) = count(label);
        assert_eq!(number, unread, "{label}");
        let listed = format!("s={}&xt={READ}", label.replace(" & ", "%20%26%20"));
        let ids = google.ids(&listed).await;
        assert_eq!(ids.len() as u64, number, "{label}");
        assert!(newest > 0, "{label}");
    }
    // All of this costs nothing while the shelf is remembered.
    for call in [
        "subscription/list",
        "tag/list",
        "unread-count",
        "token",
        "user-info",
        "preference/list",
        "preference/stream/list",
        "friend/list",
        "stream/items/ids?n=1000",
        "stream/items/ids?n=1000&s=user/-/state/com.google/starred",
        "stream/items/ids?n=1000&ot=1",
        "stream/items/count",
    ] {
        let cost = google.get(call).await.is(200).cost;
        assert_eq!((cost.reads, cost.writes), (0, 0), "{call}");
    }
    for call in [
        "subscription/list",
        "tag/list",
        "unread-count",
        "stream/items/ids",
    ] {
        google.get(&format!("{call}?output=xml")).await.is(400);
        // Asked for by a form, it is the same.
        let by_form = google.post(call, &[("output", "json")]).await;
        let answer = google.get(&format!("{call}?output=json")).await;
        assert_eq!(by_form.is(200).json(), answer.json(), "{call}");
    }
    // A broken feed is listed as any other.
    web.put("/news", Page::status(500));
    app.minutes_pass(120);
    app.refresh().await;
    let list = google.get("subscription/list").await.is(200).json();
    assert_eq!(list["subscriptions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn items_have_what_each_client_demands() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let rss = r#"<rss version="2.0"><channel><title>Pods</title>
        <item><guid>1</guid><title></title><description>&lt;p dir="rtl"&gt;Words &amp;amp; more&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</description>
          <pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>
          <enclosure url="http://site.example/a.mp3" type="audio/mpeg" length="5"/></item>
        <item><guid>2</guid><title>A &amp;amp; C</title><link>http://site.example/2</link><author>Ada</author>
          <description>Text</description><pubDate>Mon, 02 Mar 2026 07:00:00 GMT</pubDate></item>
        </channel></rss>"#;
    let feed = ann.subscribes(&web.put("/pods", Page::feed(rss))).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let ids = google.ids("").await;
    assert_eq!(ids.len(), 2);
    assert!(
        ids.iter().all(|id| id.len() == 16 && id.starts_with('1')),
        "{ids:?}"
    );
    let hex: Vec<String> = ids
        .iter()
        .map(|id| format!("{:016x}", id.parse::<i64>().unwrap()))
        .collect();
    let forms = [
        format!("tag:google.com,2005:reader/item/{}", hex[0]),
        hex[1].clone(),
        "12345".to_owned(),
        "tag:google.com,2005:reader/item/ffffffffffffffff".to_owned(),
    ];
    let form: Vec<(&str, &str)> = forms.iter().map(|id| ("i", id.as_str())).collect();
    let answer = google.post("stream/items/contents", &form).await;
    let page = answer.is(200).json();
    assert!(page["id"].is_string() && page["updated"].is_i64());
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "what isn't known is passed over");
    for (item, hex) in items.iter().zip(&hex) {
        assert_eq!(item["id"], format!("tag:google.com,2005:reader/item/{hex}"));
        for key in ["crawlTimeMsec", "timestampUsec", "title"] {
            assert!(!item[key].as_str().unwrap().is_empty(), "{key}");
        }
        assert!(item["published"].is_i64() && item["updated"].is_i64());
        for key in ["canonical", "alternate"] {
            assert!(
                item[key][0]["href"].as_str().unwrap().starts_with("http"),
                "{key}"
            );
        }
        assert!(item["summary"]["content"].is_string());
        assert!(item["categories"].as_array().unwrap().contains(&ALL.into()));
        assert_eq!(item["origin"]["streamId"], format!("feed/{feed}"));
        assert_eq!(item["origin"]["title"], "Pods");
        assert!(item["origin"]["htmlUrl"].is_string());
    }
    assert_eq!(items[0]["title"], "Words & more");
    assert!(
        items[0]["summary"]["content"]
            .as_str()
            .unwrap()
            .contains("Words &amp; more")
    );
    assert!(
        !items[0]["summary"]["content"]
            .as_str()
            .unwrap()
            .contains("script")
    );
    let file = &items[0]["enclosure"][0];
    assert_eq!(
        (&file["href"], &file["url"]),
        (&file["url"], &"http://site.example/a.mp3".into())
    );
    assert_eq!(
        (&file["type"], &file["length"]),
        (&"audio/mpeg".into(), &5.into())
    );
    assert!(items[1].get("enclosure").is_none());
    assert_eq!(
        (&items[1]["title"], &items[1]["author"]),
        (&"A & C".into(), &"Ada".into())
    );
    assert!(items[0].get("author").is_none());
    // Once more, from memory.
    assert_eq!(
        google
            .post("stream/items/contents", &form)
            .await
            .is(200)
            .cost
            .reads,
        0
    );
    app.forgets();
    google.ids("").await;
    let cost = google
        .post("stream/items/contents", &form)
        .await
        .is(200)
        .cost;
    assert_eq!((cost.reads, cost.writes), (2, 0), "a read an article");

    // As Atom, for the oldest.
    let value = format!("GoogleLogin auth={}", google.auth);
    let path = format!("/reader/atom/feed%2F{feed}?n=20");
    let ask = google
        .client
        .ask(Method::GET, &path)
        .header("authorization", &value);
    let atom = ask.send().await;
    assert!(
        atom.is(200)
            .header("content-type")
            .unwrap()
            .starts_with("application/atom+xml")
    );
    let read = feed_rs::parser::parse(atom.text().as_bytes()).unwrap();
    assert_eq!(read.entries.len(), 2);
    assert_eq!(
        read.entries[0].id,
        format!("tag:google.com,2005:reader/item/{}", hex[0])
    );
    assert_eq!(read.entries[1].title.as_ref().unwrap().content, "A & C");
}

#[tokio::test]
async fn streams_are_found_filtered_and_paged() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, blog]) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let all = google.ids("").await;
    assert_eq!(all.len(), 8);
    assert_eq!(google.ids(&format!("s={ALL}")).await, all);
    assert_eq!(
        google
            .ids("s=user/0042/state/com.google/reading-list")
            .await,
        all
    );
    let mut oldest = google.ids("r=o").await;
    oldest.reverse();
    assert_eq!(oldest, all);
    let of_news = google.ids(&format!("s=feed/{news}")).await;
    assert_eq!(of_news.len(), 5);
    assert_eq!(google.ids(&format!("s=feed/feed/{news}")).await, of_news);
    let address = format!("s=feed%2F{}", web.url("/news").replace(':', "%3A"));
    assert_eq!(google.ids(&address).await, of_news);
    let label = "s=user%2F-%2Flabel%2FTech%2F%C3%84%20%26%20B";
    assert_eq!(
        google.ids(label).await,
        google.ids(&format!("s=feed/{blog}")).await
    );
    assert_eq!(
        google.ids(&format!("s=feed/{news}&s=feed/{blog}")).await,
        all
    );
    assert_eq!(google.ids("s=feed/1").await, Vec::<String>::new());
    assert_eq!(
        google.ids("s=user/-/state/com.google/broadcast").await,
        Vec::<String>::new()
    );
    google.get("stream/items/ids?s=nonsense").await.is(400);
    google.get("stream/items/ids?n=x").await.is(400);
    google.get("stream/items/ids?c=x").await.is(400);
    google.get("stream/items/ids?ot=x").await.is(400);

    // Read, unread, starred: each the others' complement.
    google
        .does("edit-tag", &[("i", &all[0]), ("i", &all[3]), ("a", READ)])
        .await;
    google
        .does("edit-tag", &[("i", &all[5]), ("a", STARRED)])
        .await;
    let read = google.ids(&format!("s={READ}")).await;
    assert_eq!(read, [all[0].clone(), all[3].clone()]);
    assert_eq!(google.ids(&format!("it={READ}")).await, read);
    assert_eq!(
        google
            .ids(&format!("s={ALL}&xt=user/-/state/com.google/unread"))
            .await,
        read
    );
    let unread = google.ids(&format!("xt={READ}")).await;
    assert_eq!(unread.len(), 6);
    assert!(unread.iter().all(|id| !read.contains(id)));
    assert_eq!(
        google.ids("s=user/-/state/com.google/kept-unread").await,
        unread
    );
    assert_eq!(google.ids(&format!("s={STARRED}")).await, [all[5].clone()]);
    assert_eq!(
        google.ids(&format!("xt={READ}&xt={STARRED}")).await.len(),
        5
    );
    assert_eq!(google.ids(&format!("s={STARRED}&xt={READ}")).await.len(), 1);

    // Page by page, while others arrive.
    let mut seen = Vec::new();
    let mut next = String::new();
    for turn in 0.. {
        let answer = google.get(&format!("stream/items/ids?n=3{next}")).await;
        let page = answer.is(200).json();
        let refs = page["itemRefs"].as_array().unwrap();
        seen.extend(
            refs.iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        if turn == 0 {
            let text = FeedText::hourly("News", 5, at(10, 0)).and(Entry::new("late", at(11, 0)));
            web.put("/news", Page::feed(text.rss()));
            app.minutes_pass(24 * 60);
            app.refresh().await;
        }
        match page["continuation"].as_str() {
            Some(c) => next = format!("&c={c}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    let page = google
        .get("stream/contents/user/-/state/com.google/reading-list?n=3")
        .await;
    let page = page.is(200).json();
    assert_eq!(titles(&page)[0], "Title of late");
    assert_eq!(page["direction"], "ltr");
    let next = page["continuation"].as_str().unwrap();
    let more = google
        .get(&format!("stream/contents?n=3&c={next}"))
        .await
        .is(200)
        .json();
    assert_eq!(titles(&more).len(), 3);
    assert!(
        titles(&more)
            .iter()
            .all(|title| !titles(&page).contains(title))
    );
    let by_query = google
        .get(&format!("stream/contents?s=feed/{blog}&r=o&n=1"))
        .await;
    assert_eq!(titles(&by_query.is(200).json()), ["Title of blog-1"]);
    assert_eq!(google.get("stream/items/count").await.text(), "9");
}

#[tokio::test]
async fn the_time_of_arrival_is_what_since_means() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, _]) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let synced = app.clock.now().timestamp();
    let before = google.ids("").await;
    // An article comes that is dated half a day before the last sync.
    app.minutes_pass(24 * 60);
    let late = Entry::new("late", at(0, 5));
    let text = FeedText::hourly("News", 5, at(10, 0)).and(late);
    web.put("/news", Page::feed(text.rss()));
    app.refresh().await;
    app.forgets();
    let since = google.ids(&format!("ot={synced}")).await;
    assert_eq!(since.len(), 1, "it came since");
    let page = google
        .get(&format!("stream/contents?ot={synced}"))
        .await
        .is(200)
        .json();
    let item = &page["items"][0];
    assert_eq!(item["title"], "Title of late");
    assert_eq!(item["published"], at(0, 5).timestamp());
    let crawl: i64 = item["crawlTimeMsec"].as_str().unwrap().parse().unwrap();
    let micros: i64 = item["timestampUsec"].as_str().unwrap().parse().unwrap();
    let now = app.clock.now().timestamp_millis();
    assert!(
        (now - 60_000..=now).contains(&crawl),
        "{crawl} is not {now}"
    );
    assert_eq!(micros / 1_000, crawl);
    // The newest first is what came last.
    assert_eq!(google.ids("").await[0], since[0]);
    // What came before and what came since is everything, and nothing twice.
    for pivot in [crawl / 1_000, crawl / 1_000 + 1, at(9, 0).timestamp()] {
        let mut both = google.ids(&format!("ot={pivot}")).await;
        both.extend(google.ids(&format!("nt={pivot}")).await);
        assert_eq!(both.len(), before.len() + 1, "{pivot}");
    }
    // Everything that a client knows by then is marked, and what came later stays.
    let ts = format!("{synced}");
    google
        .does(
            "mark-all-as-read",
            &[("s", &format!("feed/{news}")), ("ts", &ts)],
        )
        .await;
    let left = google.ids(&format!("s=feed/{news}&xt={READ}")).await;
    assert_eq!(left, since);
    let exactly = micros.to_string();
    google
        .does("mark-all-as-read", &[("s", ALL), ("ts", &exactly)])
        .await;
    assert_eq!(
        google.ids(&format!("xt={READ}")).await,
        Vec::<String>::new()
    );
    assert_eq!(ann.unread().await, 0);
}

#[tokio::test]
async fn marks_stars_and_labels_are_what_the_pages_show() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [_, blog]) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let all = google.ids("").await;
    // Many at once are one write.
    let mut form: Vec<(&str, &str)> = all.iter().map(|id| ("i", id.as_str())).collect();
    form.extend([
        ("a", READ),
        ("i", "99"),
        ("s", "feed/1"),
        ("async", "true"),
        ("T", ""),
    ]);
    let answer = google.post("edit-tag", &form).await;
    assert_eq!(
        (answer.is(200).text(), answer.cost.reads, answer.cost.writes),
        ("OK", 0, 1)
    );
    assert_eq!(ann.unread().await, 0);
    google
        .does(
            "edit-tag",
            &[
                ("i", &all[1]),
                ("r", READ),
                ("a", "user/-/state/com.google/kept-unread"),
            ],
        )
        .await;
    assert_eq!(ann.unread().await, 1);
    // A star on both sides.
    google
        .does("edit-tag", &[("i", &all[1]), ("a", STARRED)])
        .await;
    assert_eq!(ann.titles("/starred").await.len(), 1);
    ann.post(&format!("/article/{blog}-1/star"), &[])
        .await
        .is(303);
    assert_eq!(google.ids(&format!("s={STARRED}")).await.len(), 2);
    let three: Vec<(&str, &str)> = all[2..5].iter().map(|id| ("i", id.as_str())).collect();
    let mut form = three.clone();
    form.push(("a", STARRED));
    google.does("edit-tag", &form).await;
    assert_eq!(ann.titles("/starred").await.len(), 5);
    form = three;
    form.push(("r", STARRED));
    google.does("edit-tag", &form).await;
    assert_eq!(google.ids(&format!("s={STARRED}")).await.len(), 2);
    // Labels of articles are the reader's tags.
    let label = "user/-/label/to read";
    google
        .does("edit-tag", &[("i", &all[0]), ("i", &all[6]), ("a", label)])
        .await;
    assert!(
        ann.get("/tags/to%20read")
            .await
            .is(200)
            .words()
            .contains("Title of")
    );
    assert_eq!(
        google.ids("s=user/-/label/to%20read").await,
        [all[0].clone(), all[6].clone()]
    );
    let page = google
        .get("stream/contents/user/-/label/to%20read")
        .await
        .is(200)
        .json();
    assert!(
        page["items"][0]["categories"]
            .as_array()
            .unwrap()
            .contains(&label.into())
    );
    google
        .does(
            "rename-tag",
            &[("s", label), ("dest", "user/-/label/later")],
        )
        .await;
    assert_eq!(google.ids("s=user/-/label/later").await.len(), 2);
    assert_eq!(
        google.ids("s=user/-/label/to%20read").await,
        Vec::<String>::new()
    );
    google
        .does("edit-tag", &[("i", &all[0]), ("r", "user/-/label/later")])
        .await;
    assert_eq!(google.ids("s=user/-/label/later").await, [all[6].clone()]);
    google
        .does("disable-tag", &[("s", "user/-/label/later")])
        .await;
    let tags = google.get("tag/list").await.is(200).json();
    assert!(!tags.to_string().contains("later"), "{tags}");
    // A star survives its feed, and is found with its text.
    google
        .does(
            "subscription/edit",
            &[("ac", "unsubscribe"), ("s", &format!("feed/{blog}"))],
        )
        .await;
    let stars = google.ids(&format!("s={STARRED}")).await;
    assert_eq!(stars.len(), 2);
    let page = google
        .get(&format!("stream/contents/{STARRED}"))
        .await
        .is(200)
        .json();
    assert_eq!(titles(&page).len(), 2);
    let left = format!("feed/{blog}");
    let items = page["items"].as_array().unwrap();
    assert!(items.iter().any(|one| one["origin"]["streamId"] == left));
    assert_eq!(google.ids("").await.len(), 5);
    // What isn't the caller's isn't given.
    let bob = app.reader("bob").await;
    let his = Program::of(&app, &bob, "bob@example.org").await;
    let page = his
        .post("stream/items/contents", &[("i", &all[0])])
        .await
        .is(200)
        .json();
    assert_eq!(page["items"], serde_json::json!([]));
    his.does("edit-tag", &[("i", &all[0]), ("a", STARRED)])
        .await;
    assert_eq!(his.ids(&format!("s={STARRED}")).await, Vec::<String>::new());
    // What can't be kept as it is isn't kept as something else.
    for label in ["a, b", "#hash", &"long ".repeat(20)] {
        let label = format!("user/-/label/{label}");
        let form = [("i", all[5].as_str()), ("a", label.as_str())];
        google.post("edit-tag", &form).await.is(400);
    }
    google.post("edit-tag", &[("T", "x")]).await.is(400);
    google
        .post("subscription/edit", &[("ac", "edit")])
        .await
        .is(400);
    for form in [
        [("i", "1"), ("a", "nonsense")],
        [("i", "1"), ("r", "user/-/label/")],
    ] {
        his.post("edit-tag", &form).await.is(400);
    }
    app.is_sound().await;
}

#[tokio::test]
async fn subscriptions_are_changed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, blog]) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let text = FeedText::hourly("More", 2, at(9, 0));
    let url = web.put("/more", Page::feed(text.rss()));
    let added = google
        .post("subscription/quickadd", &[("quickadd", &url)])
        .await;
    let added = added.is(200).json();
    assert_eq!(
        (&added["numResults"], &added["streamName"]),
        (&1.into(), &"More".into())
    );
    let id = added["streamId"].as_str().unwrap().to_owned();
    let list = google.get("subscription/list").await.text().to_owned();
    assert!(list.contains(&format!("\"{id}\"")), "at once");
    web.put("/none", Page::html("<p>No feed</p>"));
    let none = web.url("/none");
    let none = google
        .get(&format!("subscription/quickadd?quickadd={none}"))
        .await;
    let none = none.is(200).json();
    assert_eq!(none["numResults"], 0);
    assert!(none["error"].as_str().unwrap().len() > 10, "{none}");

    let edit = [
        ("ac", "edit"),
        ("s", id.as_str()),
        ("t", "My <b>"),
        ("a", "user/-/label/New one"),
    ];
    google.does("subscription/edit", &edit).await;
    let list = google.get("subscription/list").await.is(200).json();
    let of = |list: &Value, id: &str| {
        let all = list["subscriptions"].as_array().unwrap().iter();
        all.clone().find(|one| one["id"] == id).cloned().unwrap()
    };
    assert_eq!(of(&list, &id)["title"], "My <b>");
    assert_eq!(of(&list, &id)["categories"][0]["label"], "New one");
    let edit = [
        ("ac", "edit"),
        ("s", id.as_str()),
        ("a", "user/-/label/Tech/Ä & B"),
        ("r", "user/-/label/New one"),
    ];
    google.does("subscription/edit", &edit).await;
    let list = google.get("subscription/list").await.is(200).json();
    assert_eq!(
        of(&list, &id)["categories"],
        of(&list, &format!("feed/{blog}"))["categories"]
    );
    google
        .does(
            "rename-tag",
            &[
                ("s", "user/-/label/Tech/Ä & B"),
                ("dest", "user/-/label/Science"),
            ],
        )
        .await;
    let list = google.get("subscription/list").await.is(200).json();
    assert_eq!(of(&list, &id)["categories"][0]["label"], "Science");
    google
        .does("disable-tag", &[("s", "user/-/label/Science")])
        .await;
    let list = google.get("subscription/list").await.is(200).json();
    assert_eq!(of(&list, &id)["categories"], serde_json::json!([]));
    // Folders of their own: three ways in which clients make one, and one in which they remove it.
    google
        .does(
            "subscription/edit",
            &[("ac", "edit"), ("s", ""), ("a", "user/-/label/Empty")],
        )
        .await;
    google
        .does("edit-tag", &[("a", "user/-/label/Empty too")])
        .await;
    let tags = google.get("tag/list").await.text().to_owned();
    assert!(
        tags.contains("label/Empty\"") && tags.contains("label/Empty too\""),
        "{tags}"
    );
    google
        .does("edit-tag", &[("s", "user/-/label/Empty")])
        .await;
    assert!(
        !google
            .get("tag/list")
            .await
            .text()
            .contains("label/Empty\"")
    );
    // Leaving twice is leaving.
    for _ in 0..2 {
        google
            .does("subscription/edit", &[("ac", "unsubscribe"), ("s", &id)])
            .await;
    }
    assert_eq!(
        google.get(&format!("subscribed?s={id}")).await.text(),
        "false"
    );
    assert_eq!(
        google
            .get(&format!("subscribed?s=feed/{news}"))
            .await
            .text(),
        "true"
    );
    let two = [
        ("ac", "subscribe"),
        ("s", &format!("feed/{url}")),
        ("t", "Again"),
        ("a", "user/-/label/F"),
    ];
    google.does("subscription/edit", &two).await;
    let list = google.get("subscription/list").await.is(200).json();
    assert_eq!(of(&list, &id)["title"], "Again");
    for form in [
        [("ac", "nonsense"), ("s", id.as_str())],
        [("ac", "edit"), ("s", "feed/1")],
    ] {
        let status = google.post("subscription/edit", &form).await.status;
        assert!(status == 400 || status == 404, "{status}");
    }
    let opml = google.get("subscription/export").await;
    assert!(opml.is(200).text().contains("title=\"Again\""));
    let bob = app.reader("bob").await;
    let his = Program::of(&app, &bob, "bob@example.org").await;
    for kind in ["text/xml", "application/octet-stream", ""] {
        let value = format!("GoogleLogin auth={}", his.auth);
        let ask = his
            .client
            .ask(Method::POST, "/reader/api/0/subscription/import");
        let ask = ask.header("authorization", &value);
        let ask = match kind {
            "" => ask.file("subscriptions_file", opml.text().as_bytes()),
            kind => ask.body(kind, opml.text().as_bytes()),
        };
        assert_eq!(ask.send().await.is(200).text(), "OK");
    }
    assert_eq!(
        his.get("subscription/list").await.json()["subscriptions"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    app.is_sound().await;
}

#[tokio::test]
async fn a_token_does_what_it_may() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, _]) = shelf(&app, &web).await;
    let scoped = async |scope: &str| {
        let form = [("name", "a phone"), ("scope", scope)];
        ann.post("/settings/tokens", &form).await.is(303);
        let page = ann.get("/settings/apps").await;
        crate::support::attribute(page.is(200).text(), "id=\"new-token\"", "value").unwrap()
    };
    let (read, mark) = (scoped("read").await, scoped("mark").await);
    let form = [("Email", "ann@example.org"), ("Passwd", read.as_str())];
    app.stranger()
        .post("/accounts/ClientLogin", &form)
        .await
        .is(401);
    let program = app.program(&read);
    program.get("/api/v1/subscriptions").await.is(200);
    let id = format!("{news}-1");
    let body = serde_json::json!({ "read": [id] });
    let (status, code) = program
        .post_json("/api/v1/marks", body.clone())
        .await
        .error();
    assert_eq!((status, code.as_str()), (403, "scope"));
    let program = app.program(&mark);
    program.post_json("/api/v1/marks", body).await.is(200);
    let add = serde_json::json!({ "url": web.url("/blog") });
    assert_eq!(
        program
            .post_json("/api/v1/subscriptions", add)
            .await
            .error()
            .0,
        403
    );
    let google = Program::with(&app, "ann@example.org", &mark).await;
    let ids = google.ids("").await;
    google
        .does("edit-tag", &[("i", &ids[0]), ("a", READ)])
        .await;
    let form = [("ac", "unsubscribe"), ("s", &format!("feed/{news}"))];
    let answer = google.post("subscription/edit", &form).await;
    // Not 401 or 403, on which clients would log in again and again.
    assert!(
        answer
            .is(400)
            .text()
            .contains("This token may read and mark")
    );
    assert_eq!(google.ids("").await.len(), 8);

    // A tag that it gave it may rename and take away, as article by article; a folder it may not, and then nothing is changed.
    let (tag, folder) = ("user/-/label/mine", "user/-/label/Tech/Ä & B");
    google.does("edit-tag", &[("i", &ids[0]), ("a", tag)]).await;
    let form = [("s", tag), ("dest", "user/-/label/own")];
    google.does("rename-tag", &form).await;
    assert_eq!(google.ids("s=user/-/label/own").await, [ids[0].clone()]);
    for (call, form) in [
        ("rename-tag", vec![("s", folder), ("dest", tag)]),
        (
            "disable-tag",
            vec![("s", "user/-/label/own"), ("s", folder)],
        ),
        ("edit-tag", vec![("s", "user/-/label/own"), ("s", folder)]),
    ] {
        let answer = google.post(call, &form).await;
        let says = answer.is(400).text();
        assert!(
            says.contains("This token may read and mark"),
            "{call}: {says}"
        );
    }
    assert_eq!(google.ids("s=user/-/label/own").await, [ids[0].clone()]);
    google
        .does("disable-tag", &[("s", "user/-/label/own")])
        .await;
    assert_eq!(google.ids("s=user/-/label/own").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_takes_everything_again_and_again_meets_its_budget() {
    let settings = [("API_BODIES_A_DAY", "600")];
    let (app, web) = (TestApp::with(&settings).await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let text = FeedText::hourly("Many", 100, at(10, 0));
    let feed = ann
        .subscribes(&web.put("/many", Page::feed(text.rss())))
        .await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let call = format!("stream/contents/feed/{feed}?n=100");
    google.get("tag/list").await.is(200);
    google.get(&call).await.is(200);
    let (mut reads, mut writes) = (0, 0);
    for _ in 0..5 {
        let answer = google.get(&call).await;
        assert_eq!(titles(&answer.is(200).json()).len(), 100);
        (reads, writes) = (reads + answer.cost.reads, writes + answer.cost.writes);
    }
    assert_eq!((reads, writes), (0, 1), "the count after 500");
    let refused = google.get(&call).await;
    let seconds: i64 = refused
        .is(429)
        .header("retry-after")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(seconds, 12 * 60 * 60, "until midnight, from noon");
    // What a program syncs by goes on: a new one fetches everything once.
    let ids = google.ids("").await;
    let form: Vec<(&str, &str)> = ids.iter().map(|id| ("i", id.as_str())).collect();
    google.post("stream/items/contents", &form).await.is(200);
    // It survives sleep.
    let other = app.beside_with(&settings).await;
    let again = Program {
        client: other.stranger(),
        auth: google.auth.clone(),
    };
    again.get(&call).await.is(200);
    again.get(&call).await.is(429);
    app.clock.advance(TimeDelta::hours(13));
    google.get(&call).await.is(200);
}

#[tokio::test]
async fn other_presets_and_other_origins_find_it() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let value = format!("GoogleLogin auth={}", google.auth);
    for path in [
        "/api/greader.php/reader/api/0/tag/list?output=json",
        "/reader/api/0/tag/list",
    ] {
        let ask = google
            .client
            .ask(Method::GET, path)
            .header("authorization", &value);
        let ask = ask
            .header("origin", "https://web.example")
            .header("sec-fetch-site", "cross-site");
        let answer = ask.send().await;
        assert_eq!(
            answer.is(200).header("access-control-allow-origin"),
            Some("*"),
            "{path}"
        );
        let ask = google.client.ask(Method::OPTIONS, path);
        ask.send().await.is(204);
    }
    let token = google.auth.strip_prefix("dormouse/").unwrap();
    let form = [("Email", "ann@example.org"), ("Passwd", token)];
    let path = "/api/greader.php/accounts/ClientLogin";
    app.stranger().post(path, &form).await.is(200);
    app.stranger().get("/api/greader.php").await.is(404);
    app.stranger()
        .ask(Method::HEAD, "/reader/api/0/token")
        .send()
        .await
        .is(401);
}

#[tokio::test]
async fn a_refused_edit_has_changed_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let phone = Program::of(&app, &ann, "ann@example.org").await;
    let unread = "s=user/-/state/com.google/reading-list&xt=user/-/state/com.google/read";
    let before = phone.ids(unread).await;
    let read = ("a", "user/-/state/com.google/read");
    let many: Vec<String> = (0..11).map(|n| format!("user/-/label/P{n}")).collect();
    let mut form = vec![("i", before[0].as_str()), read];
    form.extend(many.iter().map(|label| ("a", label.as_str())));
    for form in [
        form,
        vec![("i", before[0].as_str()), read, ("a", "user/-/label/a, b")],
    ] {
        let refused = phone.post("edit-tag", &form).await;
        assert!(matches!(refused.status, 400 | 422), "{}", refused.status);
        assert_eq!(phone.ids(unread).await, before);
        let tags = phone.get("tag/list?output=json").await;
        assert!(!tags.is(200).text().contains("label/P"), "{}", tags.text());
    }
}

#[tokio::test]
async fn programs_believe_heads_as_long_as_is_set() {
    let mut looked_up = Vec::new();
    for minutes in ["15", "40"] {
        let app = TestApp::in_memory(&[("API_HEADS_MINUTES", minutes)]).await;
        let web = FakeWeb::start();
        let (ann, _) = shelf(&app, &web).await;
        let phone = Program::of(&app, &ann, "ann@example.org").await;
        let ids = "stream/items/ids?n=100&output=json&s=user/-/state/com.google/reading-list";
        phone.get(ids).await.is(200);
        app.minutes_pass(30);
        let answer = phone.get(ids).await;
        looked_up.push(answer.is(200).cost.small);
    }
    // Each feed's head is a row of a projection.
    assert_eq!(looked_up[0], looked_up[1] + 2, "two feeds");
}

#[tokio::test]
async fn below_the_alias_stands_no_page() {
    let app = TestApp::start().await;
    for path in [
        "/api/greader.php/",
        "/api/greader.php/unread",
        "/api/greader.php",
    ] {
        let answer = app.stranger().get(path).await;
        assert!(
            [401, 404].contains(&answer.status),
            "{path}: {}",
            answer.status
        );
    }
}

/// What another program marked is seen for nothing by one whose instance did it.
#[tokio::test]
async fn a_sync_after_a_mark_elsewhere_reads_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let own = app.program_of(&ann).await;
    let listed = own.get("/api/v1/articles?state=all").await.is(200).json();
    let id = listed["articles"][0]["id"].as_str().unwrap().to_owned();
    let unread = format!("xt={READ}");
    assert_eq!(google.ids(&unread).await.len(), 8);
    let marks = serde_json::json!({ "read": [id] });
    own.post_json("/api/v1/marks", marks).await.is(200);
    let call = format!("stream/items/ids?n=1000&output=json&{unread}");
    let answer = google.get(&call).await;
    assert_eq!(
        answer.is(200).json()["itemRefs"].as_array().unwrap().len(),
        7
    );
    assert_eq!((answer.cost.reads, answer.cost.writes), (0, 0));
    for call in ["tag/list", "subscription/list", "unread-count"] {
        let answer = google.get(&format!("{call}?output=json")).await;
        let cost = answer.is(200).cost;
        assert_eq!((cost.reads, cost.writes), (0, 0), "{call}");
    }
}

/// Some programs end every path with a slash, and some name the stream beside it.
#[tokio::test]
async fn a_slash_at_the_end_leads_to_the_same() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, _]) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    for (path, other) in [
        ("stream/contents/", "stream/contents"),
        ("stream/contents/?n=3", "stream/contents?n=3"),
        ("stream/items/ids/?n=3", "stream/items/ids?n=3"),
        ("tag/list/", "tag/list"),
        (
            "stream/contents/user/-/state/com.google/reading-list/",
            "stream/contents",
        ),
    ] {
        let [one, same] = [google.get(path).await, google.get(other).await];
        let mut pages = [one.is(200).json(), same.is(200).json()];
        for page in &mut pages {
            // The stream as it was named.
            page.as_object_mut().unwrap().remove("id");
        }
        assert_eq!(pages[0], pages[1], "{path}");
    }
    let path = format!("stream/contents/?s=feed/{news}");
    let page = google.get(&path).await.is(200).json();
    assert_eq!(titles(&page).len(), 5);
    let value = format!("GoogleLogin auth={}", google.auth);
    for path in [
        "/reader/atom",
        "/reader/atom/",
        "/api/greader.php/reader/atom/",
    ] {
        let ask = google.client.ask(Method::GET, path);
        let atom = ask.header("authorization", &value).send().await;
        let read = feed_rs::parser::parse(atom.is(200).text().as_bytes()).unwrap();
        assert_eq!(read.entries.len(), 8, "{path}");
    }
}

/// Three megabytes of text in few articles.
fn long_texts(title: &str, count: i32, kilobytes: usize) -> FeedText {
    let mut text = FeedText::hourly(title, count, at(10, 0));
    for (n, entry) in text.entries.iter_mut().enumerate() {
        let words = format!("word{n} ").repeat(kilobytes * 1_024 / 7);
        entry.content = format!("<p>{words}</p>");
    }
    text
}

/// Some ask for everything that they lack at once, however much that is.
#[tokio::test]
async fn an_answer_is_as_long_as_its_texts() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for n in 0..2 {
        let text = long_texts(&format!("Long {n}"), 40, 200);
        let url = web.put(&format!("/{n}"), Page::feed(text.rss()));
        ann.subscribes(&url).await;
    }
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let ids = google.ids("").await;
    assert_eq!(ids.len(), 80);
    let form: Vec<(&str, &str)> = ids.iter().map(|id| ("i", id.as_str())).collect();
    let answer = google.post("stream/items/contents", &form).await;
    let length = answer.is(200).text().len();
    assert!(length > 15_000_000, "{length} bytes");
    assert_eq!(titles(&answer.json()).len(), 80);
    // A page of a stream ends within its bound, and the next one goes on.
    let mut all = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("stream/contents?n=1000{next}");
        let page = google.get(&path).await;
        let length = page.is(200).text().len();
        assert!(length < 9_000_000, "{length} bytes");
        let page = page.json();
        all.extend(titles(&page));
        match page["continuation"].as_str() {
            Some(at) => next = format!("&c={at}"),
            None => break,
        }
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 80);
}

/// What is read is read already: nothing else is meant.
#[tokio::test]
async fn to_mark_what_is_read_marks_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, [news, _]) = shelf(&app, &web).await;
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let ids = google.ids(&format!("s=feed/{news}")).await;
    let act = [("i", ids[0].as_str()), ("a", READ)];
    google.does("edit-tag", &act).await;
    google.does("mark-all-as-read", &[("s", READ)]).await;
    let other = "user/-/state/com.google/like";
    google.does("mark-all-as-read", &[("s", other)]).await;
    assert_eq!(ann.unread().await, 7);
    let star = [("i", ids[1].as_str()), ("a", STARRED)];
    google.does("edit-tag", &star).await;
    // As newsboat names its special feeds.
    for name in ["-/state/com.google/broadcast", "-/state/com.google/starred"] {
        google.does("mark-all-as-read", &[("s", name)]).await;
    }
    assert_eq!(ann.unread().await, 6);
    let label = "user/-/label/Tech/Ä & B";
    google.does("mark-all-as-read", &[("s", label)]).await;
    assert_eq!(ann.unread().await, 3);
}

/// A thousand marks are one write, whichever way they go.
#[tokio::test]
async fn a_thousand_marks_are_one_write() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    for n in 0..6 {
        let text = FeedText::hourly(&format!("F{n}"), 200, at(10, n));
        let url = web.put(&format!("/{n}"), Page::feed(text.rss()));
        ann.subscribes(&url).await;
    }
    let google = Program::of(&app, &ann, "ann@example.org").await;
    let ids = google.ids("").await;
    assert_eq!(ids.len(), 1_200);
    for key in ["r", "a", "r", "a"] {
        let mut form: Vec<(&str, &str)> = ids.iter().map(|id| ("i", id.as_str())).collect();
        form.truncate(1_000);
        form.push((key, READ));
        let answer = google.post("edit-tag", &form).await;
        let cost = answer.is(200).cost;
        assert_eq!((cost.reads, cost.writes), (0, 1), "{key}");
    }
}
