//! Passkeys, one-time codes and sessions: what they cost depends on no shelf, so it is measured with an empty one, at an
//! address that browsers keep passkeys for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Drive, Sent, Table};
use crate::second_steps::{code, sets_codes_up};
use crate::support::{Authenticator, Client, PASSWORD, TestApp};

const STATES: [(usize, &str); 2] = [(0, "cold"), (1, "warm")];

/// Runs what concerns accounts alone.
pub(super) async fn drive(
    place: usize,
    measured: &mut Table,
    driven: &mut BTreeSet<(String, String)>,
) {
    let site = [("BASE_URL", "https://reader.example/"), ("SIGNUP", "open")];
    let app = TestApp::in_memory(&site).await;
    let ann = app.reader("ann").await;
    let mut d = Drive::of(&app, place, measured);
    let mut device = passkeys(&mut d, &ann).await;
    signing_in(&mut d, &ann, &mut device).await;
    codes(&mut d, &ann).await;
    sessions(&mut d, &ann).await;
    Box::pin(vouched(&mut d)).await;
    driven.extend(d.driven);
}

/// Measures a request that needs preparations, cold and warm.
async fn measured(
    d: &mut Drive<'_>,
    who: &Client<'_>,
    route: &str,
    path: &str,
    turn: usize,
    form: &[(&str, &str)],
) {
    if turn == 0 {
        d.app.forgets();
    } else {
        who.get("/help").await;
    }
    let answer = who.post(path, form).await;
    answer.is(303);
    d.note(&format!("POST {route}"), STATES[turn].1, answer.cost);
    d.driven.insert(("POST".into(), route.into()));
}

async fn options(who: &Client<'_>, path: &str) -> Value {
    let answer = who.post(path, &[]).await;
    serde_json::from_str(answer.is(200).text()).unwrap()
}

async fn passkeys(d: &mut Drive<'_>, ann: &Client<'_>) -> Authenticator {
    let route = "/settings/security/passkeys/options";
    d.route(ann, ("POST", route), 200, |_| (route.into(), Sent::Nothing))
        .await;
    let mut devices = Vec::new();
    for (turn, _) in STATES {
        let mut device = Authenticator::new("https://reader.example");
        let made = device.makes(&options(ann, route).await);
        let here = "/settings/security/passkeys";
        let form = [("credential", made.as_str()), ("name", "One")];
        measured(d, ann, here, here, turn, &form).await;
        devices.push(device);
    }
    let page = ann.get("/settings/security").await;
    let ids: Vec<String> = page
        .text()
        .split("/settings/security/passkeys/")
        .filter_map(|rest| Some(rest.split_once("/rename\"")?.0.to_owned()))
        .collect();
    let path = |act: &str, turn: usize| format!("/settings/security/passkeys/{}/{act}", ids[turn]);
    d.post(
        ann,
        "/settings/security/passkeys/{id}/rename",
        [path("rename", 0), path("rename", 1)],
        "name=Two",
    )
    .await;
    // Only the first is removed: the other signs in below.
    let third = Authenticator::new("https://reader.example").makes(&options(ann, route).await);
    let form = [("credential", third.as_str()), ("name", "Three")];
    ann.post("/settings/security/passkeys", &form).await.is(303);
    let page = ann.get("/settings/security").await;
    let (before, _) = page.text().rsplit_once("/rename\"").unwrap();
    let third = before.rsplit('/').next().unwrap();
    let remove = format!("/settings/security/passkeys/{third}/remove");
    d.post(
        ann,
        "/settings/security/passkeys/{id}/remove",
        [path("remove", 0), remove],
        "",
    )
    .await;
    devices.remove(1)
}

async fn signing_in(d: &mut Drive<'_>, ann: &Client<'_>, device: &mut Authenticator) {
    let route = "/signin/passkey/options";
    let nobody = d.app.stranger();
    d.route(&nobody, ("POST", route), 200, |_| {
        (route.into(), Sent::Nothing)
    })
    .await;
    for (turn, _) in STATES {
        let who = d.app.stranger();
        let answer = device.answers(&options(&who, route).await);
        let form = [("credential", answer.as_str()), ("next", "/all")];
        measured(d, &who, "/signin/passkey", "/signin/passkey", turn, &form).await;
        let answer = device.answers(&options(ann, route).await);
        let form = [("credential", answer.as_str()), ("next", "/all")];
        measured(d, ann, "/confirm/passkey", "/confirm/passkey", turn, &form).await;
    }
    let route = "/settings/security/second";
    d.post(ann, route, [route.into(), route.into()], "passkey=1")
        .await;
    d.post(ann, route, [route.into(), route.into()], "").await;
}

async fn codes(d: &mut Drive<'_>, ann: &Client<'_>) {
    let here = "/settings/security/codes";
    for (turn, _) in STATES {
        let page = ann.get(here).await;
        let field = |mark| crate::support::attribute(page.is(200).text(), mark, "value").unwrap();
        let (secret, sealed) = (field("id=\"secret\""), field("name=\"sealed\""));
        let code = code(d.app, &secret);
        let form = [("sealed", sealed.as_str()), ("code", code.as_str())];
        measured(d, ann, here, here, turn, &form).await;
    }
    let (_, recovery) = sets_codes_up(ann).await;
    let who = d.app.stranger();
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    for (turn, code) in recovery.iter().take(2).enumerate() {
        who.post("/signin", &form).await.is(303);
        if turn == 0 {
            d.route(&who, ("GET", "/signin/second"), 200, |_| {
                ("/signin/second".into(), Sent::Nothing)
            })
            .await;
        }
        let here = "/signin/second";
        measured(d, &who, here, here, turn, &[("code", code.as_str())]).await;
    }
    let renew = "/settings/security/codes/recovery";
    d.post(ann, renew, [renew.into(), renew.into()], "").await;
    for (turn, _) in STATES {
        if turn == 1 {
            sets_codes_up(ann).await;
        }
        let off = "/settings/security/codes/off";
        measured(d, ann, off, off, turn, &[]).await;
    }
}

async fn sessions(d: &mut Drive<'_>, ann: &Client<'_>) {
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    let page = ann.get("/settings/security").await;
    let ids: Vec<String> = page
        .text()
        .split("/settings/security/sessions/")
        .filter_map(|rest| Some(rest.split_once("/end\"")?.0.to_owned()))
        .filter(|id| id.len() == 32)
        .collect();
    let end = [0, 1].map(|turn| format!("/settings/security/sessions/{}/end", ids[turn]));
    d.post(ann, "/settings/security/sessions/{id}/end", end, "")
        .await;
    for (turn, _) in STATES {
        // Two others, each time.
        for _ in 0..2 - ids.len().saturating_sub(2 + turn).min(2) {
            d.app.stranger().post("/signin", &form).await.is(303);
        }
        let here = "/settings/security/sessions/end";
        measured(d, ann, here, here, turn, &[]).await;
    }
    for (turn, _) in STATES {
        let here = "/settings/security/password/remove";
        measured(d, ann, here, here, turn, &[]).await;
        // A new password ends all other ways in, but what is kept.
        let form = [("new", PASSWORD)];
        ann.post("/settings/password", &form).await.is(303);
        let asked = options(ann, "/settings/security/passkeys/options").await;
        let made = Authenticator::new("https://reader.example").makes(&asked);
        let form = [("credential", made.as_str()), ("name", "Last")];
        ann.post("/settings/security/passkeys", &form).await.is(303);
    }
}

/// Whom a proxy in front vouches for: known, and new here. Their second request costs nothing more than anybody's.
async fn vouched(d: &mut Drive<'_>) {
    let app = TestApp::in_memory(&[
        ("AUTH_HEADER", "Remote-User"),
        ("AUTH_HEADER_SIGNUP", "1"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
    ])
    .await;
    app.reader("ann").await;
    let asks = async |who: &Client<'_>, email: &str| {
        let ask = who.ask(http::Method::GET, "/unread");
        let ask = ask.from("10.1.2.3:4711".parse().unwrap());
        ask.header("remote-user", email).send().await
    };
    for (turn, state) in STATES {
        for (what, email) in [
            ("known to a proxy", "ann@example.org".to_owned()),
            ("new by a proxy", format!("new{turn}@example.org")),
        ] {
            if turn == 0 {
                app.forgets();
            }
            let browser = app.stranger();
            let first = asks(&browser, &email).await;
            d.note(&format!("GET /unread, {what}"), state, first.is(200).cost);
            let second = asks(&browser, &email).await;
            let name = format!("GET /unread, {what}, again");
            d.note(&name, state, second.is(200).cost);
        }
    }
}
