//! The calls of our own API that do what pages do.

use http::Method;
use serde_json::{Value, json};

use super::{Drive, Sent};
use crate::support::{Client, FakeWeb, Page};

/// What a call gives under this name, for the call after it.
async fn given(who: &Client<'_>, method: Method, path: &str, body: Value, name: &str) -> String {
    let answer = who.ask(method, path).json(&body).send().await;
    let answer = answer.json();
    let value = answer.pointer(name).and_then(Value::as_str);
    value
        .unwrap_or_else(|| panic!("{path}: {answer}"))
        .to_owned()
}

/// Runs each, cold and warm.
pub(super) async fn drive(
    d: &mut Drive<'_>,
    (last, late): (&Client<'_>, &Client<'_>),
    web: &FakeWeb,
    here: &[&str],
) {
    // One that is there: the rows of others stay what they are.
    let known = late.get("/api/v1/subscriptions").await.json();
    let known = known["subscriptions"][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let opml = format!("<opml><body><outline text='x' xmlUrl='{known}'/></body></opml>");
    let ask = late.ask(Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", opml).send().await.is(200);
    for route in [
        "folders",
        "holiday",
        "preferences",
        "shares",
        "import",
        "webhooks",
        "journal",
        "journal/settings",
        "sync",
    ] {
        let route = format!("/api/v1/{route}");
        d.get(late, &route, &route).await;
    }
    syncs(d, late).await;
    let json = |d: &Value, turn: usize| Sent::Json(d[turn].clone());
    let all = json!([{}, { "older_days": 1 }]);
    d.route(late, ("POST", "/api/v1/marks/all"), 200, |turn| {
        ("/api/v1/marks/all".into(), json(&all, turn))
    })
    .await;
    let mut acts = Vec::new();
    for id in [1, 2] {
        let unread = json!({ "unread": [format!("{}-{id}", here[4])] });
        late.post_json("/api/v1/marks", unread).await.is(200);
        let path = "/api/v1/marks/all";
        let act = given(late, Method::POST, path, json!({}), "/act").await;
        acts.push(json!({ "act": act }));
    }
    d.route(late, ("POST", "/api/v1/marks/undo"), 200, |turn| {
        ("/api/v1/marks/undo".into(), Sent::Json(acts[turn].clone()))
    })
    .await;
    gardens(d, late, here).await;
    let way = ("PATCH", "/api/v1/preferences");
    d.route(late, way, 200, |turn| {
        let theme = ["dark", "light"][turn];
        (
            "/api/v1/preferences".into(),
            Sent::Json(json!({ "theme": theme })),
        )
    })
    .await;
    d.route(late, ("PUT", "/api/v1/holiday"), 200, |turn| {
        (
            "/api/v1/holiday".into(),
            Sent::Json(json!({ "days": 7 + turn })),
        )
    })
    .await;
    d.route(late, ("DELETE", "/api/v1/holiday"), 204, |_| {
        ("/api/v1/holiday".into(), Sent::Nothing)
    })
    .await;
    d.route(late, ("PATCH", "/api/v1/journal/settings"), 200, |turn| {
        let keep = ["year", "ever"][turn];
        let path = "/api/v1/journal/settings".to_owned();
        (path, Sent::Json(json!({ "keep": keep })))
    })
    .await;
    d.route(late, ("POST", "/api/v1/journal/erase"), 204, |turn| {
        let day = format!("2026-02-0{}", 1 + turn);
        let path = "/api/v1/journal/erase".to_owned();
        (path, Sent::Json(json!({ "what": "day", "day": day })))
    })
    .await;
    let words = "<p>A long enough paragraph about one thing, with commas, and more of it.</p>";
    let html = format!(
        "<html><title>T</title><article>{}</article></html>",
        words.repeat(30)
    );
    d.route(late, ("POST", "/api/v1/kept"), 201, |turn| {
        let url = web.put(&format!("/kept-{turn}"), Page::html(&html));
        ("/api/v1/kept".into(), Sent::Json(json!({ "url": url })))
    })
    .await;
    let kept = late.get("/api/v1/kept").await.json();
    for one in kept["kept"].as_array().unwrap() {
        let is_ours = one["link"]
            .as_str()
            .is_some_and(|link| link.contains("/kept-"));
        if is_ours {
            let path = format!("/api/v1/kept/{}", one["id"].as_str().unwrap());
            late.ask(Method::DELETE, &path).send().await.is(204);
        }
    }
    opens(d, late).await;
    hooks(d, (last, late), web, here).await;
}

async fn syncs(d: &mut Drive<'_>, late: &Client<'_>) {
    d.route(late, ("POST", "/api/v1/sync"), 200, |_| {
        ("/api/v1/sync".into(), Sent::Json(json!({ "limit": 200 })))
    })
    .await;
    d.app.minutes_pass(2);
    let mut cursor = String::new();
    loop {
        let asked = json!({ "since": cursor, "limit": 1_000 });
        let answer = late.post_json("/api/v1/sync", asked).await.is(200).json();
        answer["cursor"].as_str().unwrap().clone_into(&mut cursor);
        if answer["more"] == false {
            break;
        }
    }
    for state in ["warm", "cold"] {
        if state == "cold" {
            d.app.forgets();
        }
        let same = late.get(&format!("/api/v1/sync?since={cursor}")).await;
        assert_eq!(same.is(200).json()["articles"]["arrived"], json!([]));
        d.note("GET /api/v1/sync, nothing new", state, same.cost);
    }
}

async fn gardens(d: &mut Drive<'_>, late: &Client<'_>, here: &[&str]) {
    let feeds = [here[4], here[5]];
    d.route(late, ("POST", "/api/v1/garden"), 200, |turn| {
        let body = json!({ "do": "also", "feeds": feeds, "folder": [format!("G{turn}")] });
        ("/api/v1/garden".into(), Sent::Json(body))
    })
    .await;
    for state in ["cold", "warm"] {
        let body = json!({ "do": "move", "feeds": feeds, "folder": [state] });
        let act = given(late, Method::POST, "/api/v1/garden", body, "/act").await;
        if state == "cold" {
            d.app.forgets();
        }
        let undone = late
            .post_json("/api/v1/garden/undo", json!({ "act": act }))
            .await;
        assert_eq!(undone.is(200).json()["undone"], 2);
        d.judges(&Method::POST, "/api/v1/garden/undo", &undone);
        d.note("POST /api/v1/garden/undo", state, undone.cost);
    }
    d.driven
        .insert(("POST".into(), "/api/v1/garden/undo".into()));
    d.route(late, ("POST", "/api/v1/folders"), 201, |turn| {
        let body = json!({ "path": [format!("N{turn}")] });
        ("/api/v1/folders".into(), Sent::Json(body))
    })
    .await;
    d.route(late, ("PUT", "/api/v1/folders"), 200, |turn| {
        let paths = [[["N0"], ["N1"]], [["N1"], ["N0"]]];
        (
            "/api/v1/folders".into(),
            Sent::Json(json!({ "paths": paths[turn] })),
        )
    })
    .await;
    let way = ("PATCH", "/api/v1/folders/{*path}");
    d.route(late, way, 200, |turn| {
        let path = format!("/api/v1/folders/N{turn}");
        (path, Sent::Json(json!({ "order": "oldest" })))
    })
    .await;
    let way = ("DELETE", "/api/v1/folders/{*path}");
    d.route(late, way, 200, |turn| {
        (format!("/api/v1/folders/N{turn}"), Sent::Nothing)
    })
    .await;
}

async fn opens(d: &mut Drive<'_>, late: &Client<'_>) {
    let all = "/api/v1/shares";
    d.route(late, ("POST", all), 201, |turn| {
        let what = ["starred", "edition"][turn];
        (all.into(), Sent::Json(json!({ "what": what })))
    })
    .await;
    let ids = async || -> Vec<String> {
        let open = late.get(all).await.json();
        let open = open["shares"].as_array().unwrap().iter();
        open.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let open = ids().await;
    d.route(late, ("POST", "/api/v1/shares/{id}/renew"), 200, |turn| {
        (format!("{all}/{}/renew", open[turn]), Sent::Nothing)
    })
    .await;
    let open = ids().await;
    d.route(late, ("DELETE", "/api/v1/shares/{id}"), 204, |turn| {
        (format!("{all}/{}", open[turn]), Sent::Nothing)
    })
    .await;
}

async fn hooks(
    d: &mut Drive<'_>,
    (last, late): (&Client<'_>, &Client<'_>),
    web: &FakeWeb,
    here: &[&str],
) {
    let all = "/api/v1/webhooks";
    let address = web.url("/hook");
    d.route(late, ("POST", all), 201, |turn| {
        let body = json!({ "feed": here[4 + turn], "address": address });
        (all.into(), Sent::Json(body))
    })
    .await;
    let ids = async || -> Vec<(String, String)> {
        let known = late.get(all).await.json();
        let known = known["webhooks"].as_array().unwrap().clone();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        known
            .iter()
            .map(|one| (text(one, "id"), text(one, "feed")))
            .collect()
    };
    let made = ids().await;
    d.route(late, ("DELETE", "/api/v1/webhooks/{id}"), 204, |turn| {
        (format!("{all}/{}", made[turn].0), Sent::Nothing)
    })
    .await;
    let form = format!("address={address}");
    let paths = [4, 5].map(|at| format!("/feed/{}/webhooks", here[at]));
    d.post(last, "/feed/{feed}/webhooks", paths, &form).await;
    let made = ids().await;
    let paths = [0, 1].map(|at| format!("/feed/{}/webhooks/{}/remove", made[at].1, made[at].0));
    d.post(last, "/feed/{feed}/webhooks/{id}/remove", paths, "")
        .await;
}
