//! Runs every call of the Google Reader and Fever APIs.

use serde_json::Value;

use super::{Drive, Sent};
use crate::support::{Client, FakeWeb, FeedText, Page, at};

const API: &str = "/reader/api/0";
const ALL: &str = "user/-/state/com.google/reading-list";
const READ: &str = "user/-/state/com.google/read";
const STARRED: &str = "user/-/state/com.google/starred";
const LABEL: &str = "user/-/label/later";

/// Calls with a shelf of one of the sizes.
pub(super) async fn drive(d: &mut Drive<'_>, web: &FakeWeb, feeds: usize) {
    let bob = d.app.reader("bob").await;
    let token = bob.makes_token().await;
    let mut opml = "<opml><body><outline text='Folder'>".to_owned();
    for n in 0..feeds {
        let url = web.url_at(n % 8, &format!("/{n}"));
        opml.push_str(&format!("<outline text='x' xmlUrl='{url}'/>"));
    }
    opml.push_str("</outline></body></opml>");
    let program = d.app.program(&token);
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", opml).send().await.is(200);
    let google = d.app.program(&format!("GoogleLogin auth=dormouse/{token}"));
    // A token's first use is noted once a day.
    google.get(&format!("{API}/token")).await.is(200);
    let nobody = d.app.stranger();
    for method in ["GET", "POST"] {
        d.route(&nobody, (method, "/accounts/ClientLogin"), 200, |_| {
            let form = format!("Email=bob%40example.org&Passwd={token}");
            match method {
                "GET" => (format!("/accounts/ClientLogin?{form}"), Sent::Nothing),
                _ => ("/accounts/ClientLogin".into(), Sent::Form(form)),
            }
        })
        .await;
    }
    for call in [
        "token",
        "user-info",
        "tag/list",
        "subscription/list",
        "subscription/export",
        "subscribed",
        "unread-count",
        "preference/list",
        "preference/stream/list",
        "friend/list",
    ] {
        let path = format!("{API}/{call}");
        d.get(&google, &path, &path).await;
        d.route(&google, ("POST", &path), 200, |_| {
            (path.clone(), Sent::Form("output=json".into()))
        })
        .await;
    }
    let ids = google.get(&format!("{API}/stream/items/ids?n=50000")).await;
    let ids: Vec<String> = ids.is(200).json()["itemRefs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    for (call, query) in [
        ("stream/items/ids", "n=50000&ot=1"),
        ("stream/items/count", ""),
    ] {
        let route = format!("{API}/{call}");
        d.get(&google, &route, &format!("{route}?{query}")).await;
        d.route(&google, ("POST", &route), 200, |_| {
            (route.clone(), Sent::Form(query.to_owned()))
        })
        .await;
    }
    // Twenty texts, once read and once remembered.
    let named = |from: usize| -> String {
        let some = ids.iter().skip(from).take(20);
        some.map(|id| format!("i={id}&")).collect()
    };
    let route = format!("{API}/stream/items/contents");
    for (turn, method) in ["GET", "POST"].into_iter().enumerate() {
        d.route(&google, (method, &route), 200, |_| match method {
            "GET" => (format!("{route}?{}", named(20 * turn)), Sent::Nothing),
            _ => (route.clone(), Sent::Form(named(20 * turn))),
        })
        .await;
    }
    let feed = first_feed(&google).await;
    for (route, path) in [
        (
            format!("{API}/stream/contents"),
            format!("{API}/stream/contents?n=20"),
        ),
        (
            format!("{API}/stream/contents/{{*stream}}"),
            format!("{API}/stream/contents/feed%2F{feed}?n=20"),
        ),
    ] {
        d.get(&google, &route, &path).await;
        d.route(&google, ("POST", &route), 200, |_| {
            (path.clone(), Sent::Form(String::new()))
        })
        .await;
    }
    let path = format!("/reader/atom/feed%2F{feed}?n=20");
    d.get(&google, "/reader/atom/{*stream}", &path).await;
    d.route(&google, ("POST", "/reader/atom/{*stream}"), 200, |_| {
        (path.clone(), Sent::Nothing)
    })
    .await;
    let list = google.get(&format!("{API}/subscription/list")).await.json();
    let icon = list["subscriptions"][0]["iconUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, icon) = icon.split_once("/reader/").unwrap();
    d.route(&nobody, ("GET", "/reader/icon/{name}"), 404, |_| {
        (format!("/reader/{icon}"), Sent::Nothing)
    })
    .await;
    // A thousand marks, and as many as there are.
    let route = format!("{API}/edit-tag");
    d.route(&google, ("POST", &route), 200, |turn| {
        let some: String = ids
            .iter()
            .skip(60)
            .take(1_000)
            .map(|id| format!("i={id}&"))
            .collect();
        let tag = if turn == 0 { "a" } else { "r" };
        (route.clone(), Sent::Form(format!("{some}{tag}={READ}")))
    })
    .await;
    let route = format!("{API}/mark-all-as-read");
    d.route(&google, ("POST", &route), 200, |turn| {
        let ts = at(12, 0).timestamp() - if turn == 0 { 30 * 60 * 60 } else { 0 };
        (route.clone(), Sent::Form(format!("s={ALL}&ts={ts}")))
    })
    .await;
    changes(d, &google, web, &feed).await;
    fever(d, &token).await;
    // Twenty stars and twenty labels, given and taken away.
    let route = format!("{API}/edit-tag");
    for (what, tag) in [("stars", STARRED), ("labels", LABEL)] {
        for (does, key) in [("", "a"), (", taken away", "r")] {
            let form: Vec<(&str, &str)> = ids
                .iter()
                .take(20)
                .map(|id| ("i", id.as_str()))
                .chain([(key, tag)])
                .collect();
            let cost = google.post(&route, &form).await.is(200).cost;
            d.note(&format!("POST {route}, 20 {what}{does}"), "warm", cost);
        }
    }
}

async fn first_feed(google: &Client<'_>) -> String {
    let list: Value = google.get(&format!("{API}/subscription/list")).await.json();
    let id = list["subscriptions"][0]["id"].as_str().unwrap();
    id.strip_prefix("feed/").unwrap().to_owned()
}

/// What changes a single feed; a folder costs what its feeds cost.
async fn changes(d: &mut Drive<'_>, google: &Client<'_>, web: &FakeWeb, feed: &str) {
    let url = |n: usize| {
        let text = FeedText::hourly(&format!("G{n}"), 6, at(9, 0)).rss();
        web.put(&format!("/google/{n}"), Page::feed(text))
    };
    let route = format!("{API}/subscription/quickadd");
    for (turn, method) in ["GET", "POST"].into_iter().enumerate() {
        d.route(google, (method, &route), 200, |at| {
            let form = format!("quickadd={}", url(2 * turn + at));
            match method {
                "GET" => (format!("{route}?{form}"), Sent::Nothing),
                _ => (route.clone(), Sent::Form(form)),
            }
        })
        .await;
    }
    let route = format!("{API}/subscription/edit");
    d.route(google, ("POST", &route), 200, |turn| {
        let form = format!("ac=edit&s=feed/{feed}&a=user/-/label/Own{turn}");
        (route.clone(), Sent::Form(form))
    })
    .await;
    let route = format!("{API}/rename-tag");
    d.route(google, ("POST", &route), 200, |turn| {
        let form = format!("s=user/-/label/Own{turn}&dest=user/-/label/New{turn}");
        (route.clone(), Sent::Form(form))
    })
    .await;
    let route = format!("{API}/disable-tag");
    d.route(google, ("POST", &route), 200, |turn| {
        (
            route.clone(),
            Sent::Form(format!("s=user/-/label/New{turn}")),
        )
    })
    .await;
    let route = format!("{API}/subscription/import");
    d.route(google, ("POST", &route), 200, |turn| {
        let opml = format!(
            "<opml><body><outline xmlUrl='{}'/></body></opml>",
            url(6 + turn)
        );
        (route.clone(), Sent::Opml(opml))
    })
    .await;
}

async fn fever(d: &mut Drive<'_>, token: &str) {
    let key = dormouse::users::token::fever_password("bob@example.org", token);
    let nobody = d.app.stranger();
    let first = nobody
        .post("/fever?api&items&since_id=0", &[("api_key", &key)])
        .await;
    d.note("POST /fever, first sync", "cold", first.is(200).cost);
    let sync =
        "/fever?api&groups&feeds&favicons&unread_item_ids&saved_item_ids&items&since_id=2000000000";
    for method in ["GET", "POST"] {
        d.route(&nobody, (method, "/fever"), 200, |_| match method {
            "GET" => (format!("{sync}&api_key={key}"), Sent::Nothing),
            _ => (sync.to_owned(), Sent::Form(format!("api_key={key}"))),
        })
        .await;
    }
    let (mut costs, path) = (Vec::new(), "/fever?api");
    for id in ["1", "2"] {
        if costs.is_empty() {
            d.app.forgets();
        }
        let form = [
            ("api_key", key.as_str()),
            ("mark", "item"),
            ("as", "read"),
            ("id", id),
        ];
        costs.push(nobody.post(path, &form).await.is(200).cost);
    }
    for (state, cost) in ["cold", "warm"].into_iter().zip(costs) {
        d.note("POST /fever, a mark", state, cost);
    }
}
