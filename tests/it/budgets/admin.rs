//! The administrator's pages and acts, and the deletion of an account.

use http::Method;

use super::{Drive, Sent};
use crate::administering::page_of;
use crate::support::{Client, PASSWORD};

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
pub(super) async fn drive(d: &mut Drive<'_>, ann: &Client<'_>) {
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
    let route = "/admin/hosts";
    d.post(
        ann,
        route,
        [route.into(), route.into()],
        "host=blocked.example&do=block",
    )
    .await;
    house(d, ann).await;
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
