//! Email and invitations: what they cost depends on no shelf, so it is measured with an empty one, and a relay.

use std::collections::BTreeSet;

use super::{Drive, Sent, Table};
use crate::support::{Client, FakeWeb, FeedText, PASSWORD, Page, Relay, TestApp, at, attribute};

const STATES: [&str; 2] = ["cold", "warm"];

/// Runs what concerns email.
pub(super) async fn drive(
    place: usize,
    measured: &mut Table,
    driven: &mut BTreeSet<(String, String)>,
) {
    let relay = Relay::start();
    let url = relay.url();
    let settings = [
        ("SMTP_URL", url.as_str()),
        ("MAIL_FROM", "reader@example.org"),
        ("SIGNUP", "open"),
        ("INVITATIONS", "readers"),
    ];
    let app = TestApp::in_memory(&settings).await;
    let ann = app.reader("ann").await;
    let mut d = Drive::of(&app, place, measured);
    addresses(&mut d, &ann, &relay).await;
    changes(&mut d, &ann, &relay).await;
    invitations(&mut d, &ann).await;
    signing_up(&mut d, &relay).await;
    passwords(&mut d, &relay).await;
    editions(&mut d, &relay).await;
    driven.extend(d.driven);
}

/// Drops what one instance knows, for the first of two turns.
fn forgets(d: &Drive<'_>, turn: usize) {
    if turn == 0 {
        d.app.forgets();
    }
}

async fn addresses(d: &mut Drive<'_>, ann: &Client<'_>, relay: &Relay) {
    d.get(ann, "/settings/mail", "/settings/mail").await;
    let (verify, confirm) = ("/settings/mail/verify", "/mail/confirm/{link}");
    d.post(ann, verify, [verify.into(), verify.into()], "")
        .await;
    let nobody = d.app.stranger();
    let last = relay.letters().pop().unwrap().link();
    d.get(&nobody, confirm, &last).await;
    for (turn, state) in STATES.into_iter().enumerate() {
        let link = match turn {
            0 => last.clone(),
            _ => {
                ann.post(verify, &[]).await.is(303);
                relay.letter().link()
            }
        };
        forgets(d, turn);
        let answer = nobody.post(&link, &[]).await;
        d.note("POST /mail/confirm/{link}", state, answer.is(200).cost);
        d.driven.insert(("POST".into(), confirm.into()));
    }
    let save = "/settings/mail";
    d.post(ann, save, [save.into(), save.into()], "edition=1&digest=1")
        .await;
}

async fn changes(d: &mut Drive<'_>, ann: &Client<'_>, relay: &Relay) {
    let cancel = "/settings/mail/cancel";
    d.route(ann, ("POST", "/settings/mail/address"), 303, |turn| {
        let form = Sent::Form(format!("email=new{turn}@example.org"));
        ("/settings/mail/address".into(), form)
    })
    .await;
    d.post(ann, cancel, [cancel.into(), cancel.into()], "")
        .await;
    for (turn, state) in STATES.into_iter().enumerate() {
        relay.letters();
        let form = [("email", format!("other{turn}@example.org"))];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        ann.post("/settings/mail/address", &form).await.is(303);
        let letters = relay.letters();
        let nobody = d.app.stranger();
        for (letter, side) in letters.iter().zip(["one of both", "the other of both"]) {
            forgets(d, turn);
            let answer = nobody.post(&letter.link(), &[]).await;
            let name = format!("POST /mail/confirm/{{link}}, {side}");
            d.note(&name, state, answer.is(200).cost);
        }
    }
}

async fn invitations(d: &mut Drive<'_>, ann: &Client<'_>) {
    for here in ["/settings/invitations", "/admin/invitations"] {
        let form = "name=Bob&uses=2&days=7";
        d.post(ann, here, [here.into(), here.into()], form).await;
        d.get(ann, here, here).await;
        let page = ann.get(here).await;
        let mark = format!("{here}/");
        let ids = page.text().split(&mark).skip(1);
        let ids: Vec<&str> = ids.map(|rest| rest.split('/').next().unwrap()).collect();
        let revoke = [0, 1].map(|n| format!("{here}/{}/revoke", ids[n]));
        d.post(ann, &format!("{here}/{{id}}/revoke"), revoke, "")
            .await;
    }
    let here = "/settings/invitations";
    let form = [("uses", "5"), ("days", "7")];
    ann.post(here, &form).await.is(303);
    let page = ann.get(here).await;
    let link = attribute(page.text(), "id=\"new-link\"", "value").unwrap();
    let link = link.replace("http://reader.example", "");
    d.get(&d.app.stranger(), "/invite/{token}", &link).await;
    // Without a relay an account is created at once.
    let beside = d.app.beside_with(&[]).await;
    let token = link.rsplit('/').next().unwrap();
    for (turn, state) in STATES.into_iter().enumerate() {
        let email = format!("invited{turn}@example.org");
        let form = [
            ("email", email.as_str()),
            ("password", PASSWORD),
            ("invitation", token),
        ];
        if turn == 0 {
            beside.forgets();
        }
        let answer = beside.stranger().post("/signup", &form).await;
        d.note("POST /signup, invited", state, answer.is(303).cost);
    }
}

async fn signing_up(d: &mut Drive<'_>, relay: &Relay) {
    let finish = "/signup/{token}";
    relay.letters();
    for (turn, state) in STATES.into_iter().enumerate() {
        let bob = d.app.stranger();
        let email = format!("bob{turn}@example.org");
        forgets(d, turn);
        let asked = bob.post("/signup", &[("email", &email)]).await;
        d.note("POST /signup, by letter", state, asked.is(200).cost);
        let link = relay.letter().link();
        if turn == 0 {
            d.get(&bob, finish, &link).await;
        }
        forgets(d, turn);
        let made = bob.post(&link, &[("password", PASSWORD)]).await;
        d.note("POST /signup/{token}", state, made.is(303).cost);
        d.driven.insert(("POST".into(), finish.into()));
    }
}

async fn passwords(d: &mut Drive<'_>, relay: &Relay) {
    let nobody = d.app.stranger();
    let reset = "/reset/{link}";
    d.get(&nobody, "/reset", "/reset").await;
    d.route(&nobody, ("POST", "/reset"), 200, |_| {
        let form = Sent::Form("email=bob0@example.org".into());
        ("/reset".into(), form)
    })
    .await;
    let mut link = relay.letters().pop().unwrap().link();
    d.get(&nobody, reset, &link).await;
    for (turn, state) in STATES.into_iter().enumerate() {
        if turn == 1 {
            let form = [("email", "bob0@example.org")];
            nobody.post("/reset", &form).await.is(200);
            link = relay.letter().link();
        }
        let form = [("email", "bob0@example.org"), ("password", PASSWORD)];
        d.app.stranger().post("/signin", &form).await.is(303);
        relay.letters();
        forgets(d, turn);
        let form = [("password", PASSWORD), ("tokens", "1")];
        let answer = nobody.post(&link, &form).await;
        d.note("POST /reset/{link}", state, answer.is(200).cost);
        d.driven.insert(("POST".into(), reset.into()));
    }
}

/// An edition and a digest for one reader, and the link that ends them.
async fn editions(d: &mut Drive<'_>, relay: &Relay) {
    let web = FakeWeb::start();
    let bob = d.app.stranger();
    let form = [("email", "bob1@example.org"), ("password", PASSWORD)];
    bob.post("/signin", &form).await.is(303);
    web.put(
        "/a",
        Page::feed(FeedText::hourly("Nature", 3, at(15, 0)).rss()),
    );
    bob.subscribes(&web.url("/a")).await;
    bob.post("/settings/mail", &[("edition", "1")])
        .await
        .is(303);
    relay.letters();
    d.app.clock.advance(chrono::TimeDelta::hours(24));
    // The feed is fetched before, so that only the letter is left.
    d.app.tick(std::time::Duration::from_secs(60)).await;
    d.app.forgets();
    let sent = d.app.cron().await;
    d.note("GET /cron/refresh, an edition by email", "cold", sent.cost);
    let letter = relay
        .letters()
        .into_iter()
        .find(|one| one.to.starts_with("bob1"))
        .unwrap();
    let stop = letter.header("list-unsubscribe").trim_matches(['<', '>']);
    let stop = stop.replace("http://reader.example", "");
    let nobody = d.app.stranger();
    let route = "/mail/stop/{link}";
    d.get(&nobody, route, &stop).await;
    d.route(&nobody, ("POST", route), 200, |_| {
        (stop.clone(), Sent::Nothing)
    })
    .await;
}
