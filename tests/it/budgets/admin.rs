//! The administrator's pages and acts, and the deletion of an account.

use http::Method;

use super::{Drive, Sent};
use crate::administering::page_of;
use crate::support::{Client, PASSWORD};

async fn proves(who: &Client<'_>) {
    let form = [("password", PASSWORD), ("next", "/admin")];
    who.post("/confirm", &form).await.is(303);
}

/// Drives them: Ann administers, and has the shelf.
pub(super) async fn drive(d: &mut Drive<'_>, ann: &Client<'_>) {
    d.app.reader("dora").await;
    let doras = page_of(ann, "dora").await;
    for route in [
        "/admin",
        "/admin/users",
        "/admin/feeds",
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
    for (act, form) in [("sessions", ""), ("quota", "feeds=70")] {
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
