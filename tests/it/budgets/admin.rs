//! The administrator's pages and acts, and the deletion of an account.

use dormouse::accounts::standing::{Change, change};
use dormouse::timestamp::minute_of;
use dormouse::users::audit::{Act, By, Entry};
use dormouse::users::store::by_email;
use http::Method;

use super::{Drive, Sent};
use crate::administering::page_of;
use crate::support::{Client, FakeWeb, FeedText, PASSWORD, Page, TestApp, at};

const STATES: [&str; 2] = ["cold", "warm"];

async fn proves(who: &Client<'_>) {
    let form = [("password", PASSWORD), ("next", "/admin")];
    who.post("/confirm", &form).await.is(303);
}

/// The list of the house, of three feeds: kept, followed by somebody with none of their own, and met after two were added and one
/// removed.
async fn house(d: &mut Drive<'_>, ann: &Client<'_>) {
    let route = "/admin/house/{act}";
    let url = |n: usize| format!("url=https://house{n}.example/feed");
    for first in [0, 2] {
        let with = |turn: usize| ("/admin/house/add".to_owned(), Sent::Form(url(first + turn)));
        d.route(ann, ("POST", route), 303, with).await;
    }
    let with = |_| ("/admin/house/remove".to_owned(), Sent::Form(url(3)));
    d.route(ann, ("POST", route), 303, with).await;
    let gita = d.app.reader("gita").await;
    let with = |turn: usize| {
        let act = ["follow", "leave"][turn];
        (
            format!("/house/{act}"),
            Sent::Form("feeds=remove".to_owned()),
        )
    };
    d.route(&gita, ("POST", "/house/{act}"), 303, with).await;
    gita.post("/house/follow", &[]).await.is(303);
    let changed = async |adds: usize, removes: usize| {
        for n in [adds, adds + 1] {
            let url = format!("https://house{n}.example/feed");
            ann.post("/admin/house/add", &[("url", &url)]).await.is(303);
        }
        let url = format!("https://house{removes}.example/feed");
        ann.post("/admin/house/remove", &[("url", &url)])
            .await
            .is(303);
    };
    for (state, adds, removes) in [("cold", 10, 0), ("warm", 12, 1)] {
        changed(adds, removes).await;
        gita.get("/help").await;
        changed(adds + 10, adds).await;
        if state == "cold" {
            d.app.forgets();
        }
        let page = gita.get("/unread").await;
        d.note("GET /unread, the house list has changed", state, page.cost);
    }
    d.app.forgets();
    let page = gita.get("/unread").await;
    d.note("GET /unread, following the house list", "cold", page.cost);
    let page = gita.get("/unread").await;
    d.note("GET /unread, following the house list", "warm", page.cost);
}

/// Drives them: Ann administers, and has the shelf.
pub(super) async fn drive(d: &mut Drive<'_>, web: &FakeWeb, ann: &Client<'_>) {
    d.app.reader("dora").await;
    let doras = page_of(ann, "dora").await;
    for route in [
        "/admin",
        "/admin/users",
        "/admin/feeds",
        "/admin/house",
        "/house",
        "/admin/jobs",
        "/admin/audit",
        "/admin/settings",
        "/settings/delete-account",
    ] {
        proves(ann).await;
        d.get(ann, route, route).await;
    }
    d.get(ann, "/admin/users/{id}", &doras).await;
    proves(ann).await;
    d.get(ann, "/admin/users/{id}/{act}", &format!("{doras}/delete"))
        .await;
    let route = "/admin/users/{id}/{act}";
    for (act, undo) in [("admin", "reader"), ("disable", "enable")] {
        proves(ann).await;
        let paths = [format!("{doras}/{act}"), format!("{doras}/{undo}")];
        d.post(ann, route, paths, "").await;
    }
    for (act, form) in [("sessions", ""), ("quota", "feeds=70"), ("reset-link", "")] {
        proves(ann).await;
        let path = format!("{doras}/{act}");
        d.post(ann, route, [path.clone(), path], form).await;
    }
    let list = ann.get("/admin/feeds?show=all").await;
    let (_, rest) = list.is(200).text().split_once("\"/admin/feeds/").unwrap();
    let feed = format!("/admin/feeds/{}", rest.split('"').next().unwrap());
    d.get(ann, "/admin/feeds/{feed}", &feed).await;
    let route = "/admin/feeds/{feed}/{act}";
    let paths = [format!("{feed}/pause"), format!("{feed}/resume")];
    d.post(ann, route, paths, "").await;
    // Large, so they are boxed to stay off the stack.
    Box::pin(feeds(d, web, ann)).await;
    proves(ann).await;
    let route = "/admin/hosts";
    d.post(
        ann,
        route,
        [route.into(), route.into()],
        "host=blocked.example&do=block",
    )
    .await;
    Box::pin(house(d, ann)).await;
    Box::pin(departures(d, ann)).await;
    Box::pin(backup(d)).await;
    // A small account leaves within the request.
    let route = "/settings/delete-account";
    for state in ["cold", "warm"] {
        let leaver = d.app.reader(&format!("leaver-{state}")).await;
        if state == "cold" {
            d.app.forgets();
        }
        let sent = Sent::Form("sure=1".into());
        let answer = d.send(&leaver, &Method::POST, route, sent).await;
        answer.is(200);
        d.note(&format!("POST {route}"), state, answer.cost);
    }
    d.driven.insert(("POST".into(), route.into()));
}

/// A feed of one reader, with six articles, that is refreshed out of turn and removed from all shelves.
async fn feeds(d: &mut Drive<'_>, web: &FakeWeb, ann: &Client<'_>) {
    proves(ann).await;
    for state in STATES {
        let path = format!("/administered-{state}");
        let text = FeedText::hourly(&path, super::ARTICLES, at(11, 0));
        let feed = ann
            .subscribes(&web.put(&path, Page::feed(text.rss())))
            .await;
        for (act, form) in [("refresh", &[][..]), ("remove", &[("sure", "1")])] {
            match state {
                "cold" => d.app.forgets(),
                _ => drop(ann.get("/help").await),
            }
            let path = format!("/admin/feeds/{feed}/{act}");
            let done = ann.post(&path, form).await;
            let name = format!("POST /admin/feeds/{{feed}}/{{act}}, {act}");
            d.note(&name, state, done.is(303).cost);
        }
    }
}

/// A reader with Ann's whole shelf, and something read and kept; the page about them.
async fn settles<'a>(d: &Drive<'a>, ann: &Client<'_>, name: &str) -> (Client<'a>, String) {
    let app = d.app;
    let reader = app.reader(name).await;
    proves(ann).await;
    let page = page_of(ann, name).await;
    // So that their quota is Ann's.
    ann.post(&format!("{page}/admin"), &[]).await.is(303);
    let list = ann.get("/export.opml").await.is(200).text().to_owned();
    let program = app.program_of(&reader).await;
    let ask = program.ask(Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", list).send().await.is(200);
    let lines = reader.get("/all").await.lines();
    for line in &lines[..2] {
        reader.get(&format!("/article/{}", line.id)).await.is(200);
        let star = format!("/article/{}/star", line.id);
        reader.post(&star, &[]).await.is(303);
    }
    (reader, page)
}

/// Accounts with a whole shelf go: by themselves, by an administrator, and by the scheduler.
async fn departures(d: &mut Drive<'_>, ann: &Client<'_>) {
    let (own, _) = settles(d, ann, "own").await;
    d.app.forgets();
    let route = "/settings/delete-account";
    let gone = own.post(route, &[("sure", "1")]).await;
    let name = format!("POST {route}, with a shelf");
    d.note(&name, "cold", gone.is(200).cost);

    let (_, page) = settles(d, ann, "sent").await;
    d.app.forgets();
    let gone = ann.post(&format!("{page}/delete"), &[("sure", "1")]).await;
    let name = "POST /admin/users/{id}/{act}, delete, with a shelf";
    d.note(name, "cold", gone.is(303).cost);
    for state in STATES {
        let name = format!("empty-{state}");
        d.app.reader(&name).await;
        proves(ann).await;
        let page = page_of(ann, &name).await;
        if state == "cold" {
            d.app.forgets();
        }
        let gone = ann.post(&format!("{page}/delete"), &[("sure", "1")]).await;
        let name = "POST /admin/users/{id}/{act}, delete";
        d.note(name, state, gone.is(303).cost);
    }

    settles(d, ann, "ordered").await;
    let state = &d.app.state;
    let user = by_email(&state.store, "ordered@example.org").await;
    let id = user.unwrap().unwrap().id;
    let now = d.app.clock.now();
    let line = Entry {
        act: Act::DeletionBegun,
        by: By::User(id),
        user: Some(id),
        about: "",
        network: "",
    };
    let line = line.write(&state.random, now);
    let ordered = change(&state.store, id, Change::Leave(minute_of(now)), &line).await;
    assert!(ordered.unwrap().is_some());
    d.app.forgets();
    let nobody = d.app.stranger();
    loop {
        let done = d.send(&nobody, &Method::GET, "/cron/accounts", Sent::Nothing);
        let done = done.await;
        let name = "GET /cron/accounts, an account with a shelf";
        d.note(name, "cold", done.is(200).cost);
        if done.json()["accounts"] == 1 {
            break;
        }
    }
    proves(ann).await;
}

/// A store in memory has no backup: this one is on disk.
async fn backup(d: &mut Drive<'_>) {
    let app = TestApp::on_disk().await;
    let admin = app.reader("admin").await;
    for state in STATES {
        if state == "cold" {
            app.forgets();
        }
        let copy = admin.get("/admin/backup").await;
        assert!(copy.is(200).body.len() > 10_000);
        d.note("GET /admin/backup, a store on disk", state, copy.cost);
    }
}
