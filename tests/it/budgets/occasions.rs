//! Rare events: signing in through a provider, a hub's push, a dead feed, a reader's return after a month.

use super::{Drive, SIZES, Sent, Table, shelf};
use crate::support::{
    Client, Entry, FakeWeb, FeedText, Hub, Issuer, Left, Mood, Page, TestApp, at,
};

const DAY: i64 = 24 * 60;

/// Runs them with a shelf of one of the sizes.
pub(super) async fn drive(place: usize, measured: &mut Table) {
    by_a_provider(place, measured).await;
    a_push(place, measured).await;
    a_dead_feed(place, measured).await;
    back_after_a_month(place, measured).await;
    asked_and_marked(place, measured).await;
    a_publisher_and_a_guess(place, measured).await;
}

/// A publisher opens their desk, and a reader adds a site that names no feed: once with guesses, once without.
async fn a_publisher_and_a_guess(place: usize, measured: &mut Table) {
    let web = FakeWeb::with_hosts(8);
    let app = TestApp::in_memory(&[]).await;
    let (ann, _) = shelf(&app, &web, SIZES[place].min(20)).await;
    let requests = web.requests();
    let agent = requests[0].header("user-agent").unwrap();
    let (_, desk) = agent.split_once("(+http://reader.example").unwrap();
    let (desk, _) = desk
        .split_once(';')
        .unwrap_or((desk.trim_end_matches(')'), ""));
    let bare = web.put("/bare", Page::html("<p>a site"));
    let mut d = drive_of(&app, place, measured);
    app.forgets();
    let page = app.stranger().get(desk).await;
    d.note("GET /about/fetcher, with a key", "cold", page.is(200).cost);
    for name in ["searched", "not searched again"] {
        ann.get("/help").await;
        let refused = ann.post("/add", &[("url", &bare)]).await;
        let name = format!("POST /add, a site without a feed, {name}");
        d.note(&name, "warm", refused.is(422).cost);
    }
}

fn drive_of<'a>(app: &'a TestApp, place: usize, measured: &'a mut Table) -> Drive<'a> {
    Drive::of(app, place, measured)
}

async fn by_a_provider(place: usize, measured: &mut Table) {
    let issuer = Issuer::start();
    let app = issuer.app(&[("SIGNUP", "open")]).await;
    app.reader("ann").await;
    let mut d = drive_of(&app, place, measured);
    for (name, subject) in [("a new account", "1"), ("in again", "1")] {
        app.forgets();
        let email = "bob@example.org";
        let back = issuer.vouches(&app.stranger(), subject, email).await;
        d.note(
            &format!("GET /auth/openid/callback, {name}"),
            "cold",
            back.is(303).cost,
        );
    }
    let cat = app.reader("cat").await;
    app.forgets();
    let left = Left::by(&cat.get("/auth/openid/connect").await);
    let claims = issuer.claims_at(&left, "3", "cat@elsewhere.example", app.clock.now());
    issuer.gives(&issuer.sign(&claims));
    let back = cat.get(&left.back("a-code")).await;
    d.note(
        "GET /auth/openid/callback, connecting",
        "cold",
        back.is(303).cost,
    );
}

/// A hub verifies the subscription, and then pushes three articles.
async fn a_push(place: usize, measured: &mut Table) {
    TestApp::online(&[], async |app| {
        let (web, hub) = (FakeWeb::with_hosts(8), Hub::start());
        hub.is(Mood::Silent);
        let (ann, _) = shelf(app, &web, SIZES[place].min(20)).await;
        let text = FeedText::hourly("Pushed", 3, at(9, 0));
        let page = Page::feed(text.rss()).header("Link", &hub.link(&web.url("/pushed")));
        ann.subscribes(&web.put("/pushed", page)).await;
        app.daily().await;
        let asked = hub.asked().remove(0).form;
        let base = app.state.base_url.as_str();
        let callback = asked["hub.callback"].strip_prefix(base).unwrap();
        let topic = &asked["hub.topic"];
        let word = format!("/{callback}?hub.mode=subscribe&hub.challenge=x&hub.topic={topic}&hub.lease_seconds=900000");
        let mut d = drive_of(app, place, measured);
        app.forgets();
        let stranger = app.stranger();
        d.note("GET /websub/{feed}/{token}, confirming", "cold", stranger.get(&word).await.is(200).cost);
        let more = FeedText::hourly("Pushed", 6, at(12, 0)).rss();
        let push = stranger.ask(http::Method::POST, &format!("/{callback}"));
        let push = push.body("text/xml", more.clone());
        let push = push.header("x-hub-signature", &hub.signs(more.as_bytes()));
        d.note("POST /websub/{feed}/{token}, 3 articles", "cold", push.send().await.is(202).cost);
    })
    .await;
}

/// The site offers a replacement feed, and the reader accepts it.
async fn a_dead_feed(place: usize, measured: &mut Table) {
    let web = FakeWeb::with_hosts(8);
    let app = TestApp::in_memory(&[("TICK_SECONDS", "540")]).await;
    let (ann, _) = shelf(&app, &web, SIZES[place]).await;
    let mut text = FeedText::new("Harbour");
    for n in 1..=4 {
        text = text.and(Entry::new(&format!("day-{n}"), at(n, 0)));
    }
    let old = ann
        .subscribes(&web.put("/blog/old.xml", Page::feed(text.rss())))
        .await;
    web.put("/blog/old.xml", Page::status(410));
    let link = "<link rel=alternate type=application/rss+xml href=/new.xml>";
    web.put("/blog/", Page::html(&format!("<head>{link}</head>")));
    let new = web.put("/new.xml", Page::feed(text.rss()));
    app.minutes_pass(8 * DAY);
    while app.refresh().await["finished"] != true {}
    let mut d = drive_of(&app, place, measured);
    for (turn, state) in ["cold", "warm"].into_iter().enumerate() {
        match turn {
            0 => app.forgets(),
            _ => drop(ann.get("/help").await),
        }
        let offer = ann.post(&format!("/feed/{old}/replace"), &[]).await;
        let page = ann.get(offer.is(303).location()).await;
        assert!(page.is(200).text().contains("/new.xml"), "{}", page.words());
        d.note(
            "POST /feed/{feed}/replace, of a dead feed",
            state,
            offer.cost,
        );
    }
    app.forgets();
    let form = format!("url={new}");
    let path = format!("/feed/{old}/switch");
    let taken = d
        .send(&ann, &http::Method::POST, &path, Sent::Form(form))
        .await;
    d.note(
        "POST /feed/{feed}/switch, to a new one",
        "cold",
        taken.is(303).cost,
    );
    behind_a_door(&mut d, &ann, &web).await;
}

/// A feed that asks for a password: added, with another one, without one, and checked.
async fn behind_a_door(d: &mut Drive<'_>, ann: &Client<'_>, web: &FakeWeb) {
    let page = Page::feed(FeedText::hourly("Mine", 3, at(11, 0)).rss());
    let url = web.put(
        "/door",
        Page::behind("authorization", "Bearer abc", page.clone()),
    );
    let post = http::Method::POST;
    let key = "door=bearer&door_secret=abc";
    d.app.forgets();
    let added = d
        .send(ann, &post, "/add", Sent::Form(format!("url={url}&{key}")))
        .await;
    d.note("POST /add, behind a door", "cold", added.is(303).cost);
    let path = format!("{}/door", added.location());
    d.app.forgets();
    let changed = d.send(ann, &post, &path, Sent::Form(key.into())).await;
    d.note(
        "POST /feed/{feed}/door, another one",
        "cold",
        changed.is(303).cost,
    );
    d.app.forgets();
    let export = ann.get("/export.opml?passwords=1").await;
    assert!(export.is(303).location().starts_with("/confirm"));
    web.put("/door", page);
    d.app.forgets();
    let removed = d
        .send(ann, &post, &path, Sent::Form("door=none".into()))
        .await;
    d.note("POST /feed/{feed}/door, away", "cold", removed.is(303).cost);
}

/// "Refresh now" when the feed may be fetched, a pulse that starts a sweep, and a batch of the maximum number of marks.
async fn asked_and_marked(place: usize, measured: &mut Table) {
    let web = FakeWeb::with_hosts(8);
    let app = TestApp::in_memory(&[("TICK_SECONDS", "540")]).await;
    let (ann, _) = shelf(&app, &web, SIZES[place]).await;
    let page = |text: FeedText, etag| Page::feed(text.rss()).validated(etag, etag);
    let text = FeedText::hourly("Now", 180, at(9, 0));
    let feed = ann.subscribes(&web.put("/now", page(text, "\"1\""))).await;
    let refresh = format!("/feed/{feed}/refresh");
    let mut d = drive_of(&app, place, measured);
    for (name, news) in [("nothing new", false), ("3 new articles", true)] {
        if news {
            let text = FeedText::hourly("Later", 3, at(9, 0));
            web.put("/now", page(text, "\"2\""));
        }
        app.minutes_pass(61);
        ann.get("/help").await.is(200);
        let known = web.asked("/now").len();
        let sent = ann.post(&refresh, &[("return", "/help")]).await;
        assert_eq!(web.asked("/now").len(), known + 1, "{name}");
        let row = format!("POST /feed/{{feed}}/refresh, {name}");
        d.note(&row, "warm", sent.is(303).cost);
    }
    app.minutes_pass(5);
    ann.get("/help").await.is(200);
    let path = format!("/pulse?since={}", app.clock.now().timestamp_micros());
    let pulse = ann.post_json(&path, serde_json::Value::Null).await;
    d.note("POST /pulse, that sweeps", "warm", pulse.is(200).cost);
    let (mut ids, mut next) = (Vec::new(), Some("/all".to_owned()));
    while ids.len() < 300 {
        let page = ann.get(&next.unwrap()).await;
        ids.extend(page.lines().into_iter().map(|line| line.id));
        next = page.next_page();
    }
    ids.truncate(300);
    let batch = serde_json::json!({ "batch": "many", "read": ids });
    let sent = ann.post_json("/marks", batch).await;
    d.note("POST /marks, 300 of them", "warm", sent.is(200).cost);
}

async fn back_after_a_month(place: usize, measured: &mut Table) {
    let web = FakeWeb::with_hosts(8);
    let app = TestApp::in_memory(&[("TICK_SECONDS", "540")]).await;
    let (ann, _) = shelf(&app, &web, SIZES[place]).await;
    app.minutes_pass(31 * DAY);
    let mut d = drive_of(&app, place, measured);
    let fell = d
        .send(&ann, &http::Method::GET, "/cron/sleepers", Sent::Nothing)
        .await;
    d.note(
        "GET /cron/sleepers, one falls asleep",
        "cold",
        fell.is(200).cost,
    );
    let form = [
        ("email", "ann@example.org"),
        ("password", crate::support::PASSWORD),
    ];
    ann.post("/signin", &form).await.is(303);
    app.forgets();
    d.note(
        "GET /unread, after a month",
        "cold",
        ann.get("/unread").await.is(200).cost,
    );
    let step = ann.post("/wake/step", &[("return", "/unread")]).await;
    d.note("POST /wake/step, 50 feeds", "warm", step.is(303).cost);
}
