//! What is noted of the use of sessions and tokens: the first and the last, by the day, written at most once a day.

use std::net::SocketAddr;

use chrono::TimeDelta;
use dormouse::users::token::fever_password;
use http::Method;

use crate::support::{Answer, Client, PASSWORD, TestApp};

const HERE: &str = "/settings/security";

/// Days and words of the other session, as a page says them.
fn others(page: &Answer) -> (String, String) {
    let text = page.is(200).text();
    let (_, list) = text.split_once("id=\"sessions\"").unwrap();
    let rows: Vec<&str> = list.split("<li>").skip(1).collect();
    assert_eq!(rows.len(), 2);
    let row = rows
        .into_iter()
        .find(|row| !row.contains("own-this"))
        .unwrap();
    let after = |mark: &str| {
        let (_, rest) = row.split_once(mark).unwrap();
        rest.split("</small>").next().unwrap().to_owned()
    };
    (after("</strong><small>"), after("class=\"own-used\">"))
}

#[tokio::test]
async fn a_session_shows_its_first_and_last_day_and_is_written_once_a_day() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    app.clock.advance(TimeDelta::days(1));
    let phone = app.stranger();
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    let peer: SocketAddr = "203.0.113.9:4711".parse().unwrap();
    let ask = phone.ask(Method::POST, "/signin").form(&form).from(peer);
    ask.send().await.is(303);
    // The first look of a day is written with the account's day, and nothing after it.
    let looks = async |who: &Client<'_>| {
        assert_eq!(who.get(HERE).await.is(200).cost.writes, 2);
        for _ in 0..9 {
            app.clock.advance(TimeDelta::hours(1));
            assert_eq!(who.get(HERE).await.is(200).cost.writes, 0);
        }
        app.clock.advance(TimeDelta::hours(15));
    };
    looks(&ann).await;
    looks(&ann).await;
    let (about, used) = others(&ann.get(HERE).await);
    assert_eq!(about, "Since 3 March 2026 · 203.0.0.0/16");
    assert_eq!(used, "3 March 2026", "signing in was its last use");
    let (about, used) = others(&phone.get(HERE).await);
    assert_eq!(about, "Since 2 March 2026 · 192.0.0.0/16");
    assert_eq!(used, "today", "the first stays as it was");
    assert_eq!(others(&ann.get(HERE).await).1, "today");
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(others(&ann.get(HERE).await).1, "yesterday");
    // The day is in the store, not in this instance's memory.
    app.forgets();
    assert_eq!(others(&ann.get(HERE).await).1, "yesterday");
}

#[tokio::test]
async fn a_token_shows_its_last_day_and_is_written_once_a_day_by_every_kind_of_program() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let used = async || {
        let page = ann.get("/settings/apps").await;
        let (_, list) = page
            .is(200)
            .text()
            .split_once("<dt>Last used</dt><dd>")
            .unwrap();
        list.split("</dd>").next().unwrap().to_owned()
    };
    let token = ann.makes_token().await;
    assert_eq!(used().await, "never");
    let (program, stranger) = (app.program(&token), app.stranger());
    let auth = format!("GoogleLogin auth=dormouse/{token}");
    let key = fever_password("ann@example.org", &token);
    let own = async || program.get("/api/v1/tokens").await;
    let google = async || {
        let ask = stranger.ask(Method::GET, "/reader/api/0/user-info");
        ask.header("authorization", &auth).send().await
    };
    let fever = async || stranger.post("/fever/?api", &[("api_key", &key)]).await;
    let mut days = Vec::new();
    for kind in 0..3 {
        let asks = async || match kind {
            0 => own().await,
            1 => google().await,
            _ => fever().await,
        };
        app.forgets();
        let first = asks().await;
        assert!(first.is(200).cost.writes > 0, "{kind}: the day isn’t noted");
        assert_eq!(used().await, "today");
        for _ in 0..9 {
            app.clock.advance(TimeDelta::hours(1));
            for answer in [own().await, google().await, fever().await] {
                let cost = answer.is(200).cost;
                assert_eq!((cost.writes, cost.deletes), (0, 0), "{kind}");
            }
        }
        let listed = own().await.json()["tokens"][0]["used"].clone();
        days.push(listed.as_str().unwrap()[..10].to_owned());
        app.clock.advance(TimeDelta::hours(15));
        assert_eq!(used().await, "yesterday");
        // An instance that knows nothing of the day before.
        app.forgets();
    }
    assert_eq!(days, ["2026-03-02", "2026-03-03", "2026-03-04"]);
}
