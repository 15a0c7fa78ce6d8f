//! No work outlives its request: after every route has been requested, none of our tasks is still running.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::support::{
    CRON_SECRET, Emulator, FakeWeb, FeedText, Hub, Issuer, Left, Mood, PASSWORD, Page, Relay,
    TestApp, at, attribute,
};

/// Requests one route after another, and records them.
struct Drive<'a> {
    app: &'a TestApp,
    driven: BTreeSet<(String, String)>,
}

impl Drive<'_> {
    /// One request; the answer must be this.
    async fn to(
        &mut self,
        client: &crate::support::Client<'_>,
        method: Method,
        (route, path): (&str, &str),
        body: (&str, Vec<u8>),
        status: u16,
    ) -> crate::support::Answer {
        let ask = client
            .ask(method.clone(), path)
            .header("accept", "application/json");
        let bearer = format!("Bearer {CRON_SECRET}");
        let ask = if route.starts_with("/cron/") {
            ask.header("authorization", &bearer)
        } else {
            ask
        };
        let ask = if body.0.is_empty() {
            ask
        } else {
            ask.body(body.0, body.1)
        };
        let answer = ask.send().await;
        answer.is(status);
        self.driven.insert((method.to_string(), route.to_owned()));
        answer
    }
}

const NOTHING: (&str, Vec<u8>) = ("", Vec::new());

fn form(text: &str) -> (&'static str, Vec<u8>) {
    ("application/x-www-form-urlencoded", text.into())
}

fn alive() -> usize {
    tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks()
}

/// Waits until an answered request's remains are gone: a closed connection's task ends when it is next polled.
async fn still(baseline: usize) {
    for _ in 0..200 {
        if alive() == baseline {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{} tasks are alive, and {baseline} were", alive());
}

/// Tasks of the open cloud channel: the worker that dispatches calls, the connection, and HTTP/2's state machine. All
/// of them wait to be woken by us or by the socket; none has a timer.
const CHANNEL: usize = 3;

#[tokio::test]
async fn after_every_route_was_driven_nothing_is_at_work() {
    let (issuer, web) = (Issuer::start(), FakeWeb::with_hosts(50));
    let relay = Relay::start();
    let (there, by) = (issuer.url(), relay.url());
    let settings = [&issuer.settings(&there)[..], &with_relay(&by)].concat();
    let app = TestApp::on_disk_with(&settings).await;
    drive_every_route(app, (web, issuer, relay), alive(), 200).await;
}

#[tokio::test]
async fn in_the_cloud_the_channel_is_all_that_stays() {
    if Emulator::Firestore.host().is_none() {
        return;
    }
    let (issuer, web) = (Issuer::start(), FakeWeb::with_hosts(50));
    let before = alive();
    let relay = Relay::start();
    let (there, by) = (issuer.url(), relay.url());
    let settings = [&issuer.settings(&there)[..], &with_relay(&by)].concat();
    let app = TestApp::in_cloud(&settings).await;
    app.state.store.connect().await.unwrap();
    assert_eq!(alive(), before + CHANNEL);
    drive_every_route(app, (web, issuer, relay), before + CHANNEL, 400).await;
}

/// Requests each route of the table and checks, in between and at the end, that only `baseline` tasks are alive.
/// `backup` is the expected status of the backup route.
async fn drive_every_route(
    app: TestApp,
    (web, issuer, relay): (FakeWeb, Issuer, Relay),
    baseline: usize,
    backup: u16,
) {
    let mut list = "<opml><body>".to_owned();
    for host in 0..50 {
        let path = format!("/{host}");
        web.put(
            &path,
            Page::feed(FeedText::hourly(&format!("F{host}"), 3, at(10, 0)).rss()),
        );
        list.push_str(&format!(
            "<outline text='x' xmlUrl='{}'/>",
            web.url_at(host, &path)
        ));
    }
    list.push_str("</body></opml>");
    let hub = Hub::start();
    hub.is(Mood::Silent);
    let one = Page::feed(FeedText::hourly("One", 3, at(10, 0)).rss());
    web.put("/one", one.header("Link", &hub.link(&web.url("/one"))));
    web.put(
        "/two",
        Page::feed(FeedText::hourly("Two", 3, at(10, 0)).rss()),
    );
    web.put("/silent", Page::hangs());

    let (get, post) = (Method::GET, Method::POST);
    let mut drive = Drive {
        app: &app,
        driven: BTreeSet::new(),
    };
    let ann = drive.app.stranger();
    let d = &mut drive;
    let plain = |route| (route, route);

    d.to(&ann, get.clone(), plain("/signup"), NOTHING, 200)
        .await;
    let account = format!("email=ann@example.org&password={PASSWORD}");
    d.to(&ann, post.clone(), plain("/signup"), form(&account), 303)
        .await;
    d.to(&ann, post.clone(), plain("/signout"), NOTHING, 303)
        .await;
    d.to(&ann, get.clone(), plain("/signin"), NOTHING, 200)
        .await;
    d.to(&ann, post.clone(), plain("/signin"), form(&account), 303)
        .await;

    d.to(
        &ann,
        post.clone(),
        plain("/settings/tokens"),
        form("name=test"),
        303,
    )
    .await;
    let made = ann.get("/settings/apps").await;
    // None of ours: its feeds are elsewhere.
    d.to(
        &ann,
        post.clone(),
        ("/packs/{pack}", "/packs/none"),
        NOTHING,
        404,
    )
    .await;
    let program = app.program(&attribute(made.text(), "id=\"new-token\"", "value").unwrap());
    let opml = ("text/x-opml", list.clone().into_bytes());
    d.to(&program, post.clone(), plain("/api/v1/opml"), opml, 200)
        .await;
    let tick = d
        .to(&ann, get.clone(), plain("/cron/refresh"), NOTHING, 200)
        .await
        .json();
    assert_eq!(
        (&tick["fetched"], &tick["finished"]),
        (&json!(50), &json!(true))
    );
    still(baseline).await;

    d.to(&ann, get.clone(), plain("/add"), NOTHING, 200).await;
    let one = form(&format!("url={}", web.url("/one")));
    let added = d.to(&ann, post.clone(), plain("/add"), one, 303).await;
    let feed = added.location().strip_prefix("/feed/").unwrap().to_owned();
    let file = format!(
        "<opml><body><outline text='x' xmlUrl='{}'/></body></opml>",
        web.url("/two")
    );
    let multipart = format!(
        "--f\r\nContent-Disposition: form-data; name=\"opml\"; filename=\"a\"\r\n\r\n{file}\r\n--f--\r\n"
    );
    let multipart = ("multipart/form-data; boundary=f", multipart.into_bytes());
    d.to(&ann, get.clone(), plain("/import"), NOTHING, 200)
        .await;
    d.to(&ann, post.clone(), plain("/import"), multipart, 303)
        .await;
    let step = d
        .to(&ann, post.clone(), plain("/import/step"), NOTHING, 200)
        .await
        .json();
    assert_eq!(step["done"], 1);
    d.to(&ann, get.clone(), plain("/import/last"), NOTHING, 200)
        .await;
    app.minutes_pass(7 * 24 * 60);
    d.to(&ann, post.clone(), plain("/pulse"), NOTHING, 200)
        .await;
    for path in ["/offline", "/settings/device"] {
        d.to(&ann, get.clone(), plain(path), NOTHING, 200).await;
    }
    let json = |text: &str| ("application/json", text.into());
    for (path, body) in [
        ("/pack", json("{\"most\":50}")),
        ("/acts", json("{\"acts\":[]}")),
    ] {
        d.to(&ann, post.clone(), plain(path), body, 200).await;
    }
    for route in [
        "/cron/daily",
        "/cron/sessions",
        "/cron/sleepers",
        "/cron/orphans",
        "/cron/accounts",
        "/cron/audit",
        "/cron/hubs",
    ] {
        let done = d.to(&ann, get.clone(), plain(route), NOTHING, 200).await;
        assert_eq!(done.json()["finished"], true, "{route}");
    }
    let asked = hub.asked().remove(0).form;
    let base = app.state.base_url.as_str();
    let callback = asked["hub.callback"].strip_prefix(base).unwrap();
    let (route, callback) = ("/websub/{feed}/{token}", format!("/{callback}"));
    let topic = &asked["hub.topic"];
    let word = format!("{callback}?hub.mode=subscribe&hub.challenge=x&hub.topic={topic}");
    d.to(&ann, get.clone(), (route, &word), NOTHING, 200).await;
    let text = FeedText::hourly("One", 4, at(11, 0)).rss();
    let push = ann
        .ask(post.clone(), &callback)
        .body("text/xml", text.clone());
    let push = push.header("x-hub-signature", &hub.signs(text.as_bytes()));
    push.send().await.is(202);
    d.driven.insert(("POST".into(), route.into()));
    d.to(
        &ann,
        post.clone(),
        plain("/wake/step"),
        form("return=/all"),
        200,
    )
    .await;
    still(baseline).await;
    d.to(&ann, get.clone(), plain("/confirm"), NOTHING, 200)
        .await;
    let proof = format!("password={}&next=/settings", PASSWORD.replace(' ', "+"));
    d.to(&ann, post.clone(), plain("/confirm"), form(&proof), 303)
        .await;

    for (route, status) in [
        ("/", 303),
        ("/unread", 200),
        ("/all", 200),
        ("/starred", 200),
        ("/export/starred.json", 200),
        ("/feeds", 200),
        ("/export.opml", 200),
        ("/settings/data", 200),
        ("/export/data.zip", 200),
        ("/settings", 200),
        ("/help", 200),
        ("/admin/costs", 200),
        ("/admin", 200),
        ("/admin/users", 200),
        ("/admin/feeds", 200),
        ("/admin/house", 200),
        ("/house", 200),
        ("/admin/jobs", 200),
        ("/admin/audit", 200),
        ("/admin/settings", 200),
        ("/admin/backup", backup),
        ("/favicon.ico", 307),
        ("/robots.txt", 200),
        ("/.well-known/security.txt", 200),
        ("/healthz", 200),
        ("/health", 200),
        ("/api/v1/subscriptions", 200),
        ("/api/v1/articles", 200),
        ("/api/v1/opml", 200),
    ] {
        let who = if route.starts_with("/api/") {
            &program
        } else {
            &ann
        };
        d.to(who, get.clone(), plain(route), NOTHING, status).await;
    }
    let article = format!("{feed}-1");
    let at_feed = |tail: &str| format!("/feed/{feed}{tail}");
    let settings = at_feed("/settings");
    let script = attribute(ann.get("/help").await.text(), "type=\"module\"", "src").unwrap();
    let icon = at_feed("/icon");
    d.to(
        &ann,
        get.clone(),
        ("/feed/{feed}/icon", &icon),
        NOTHING,
        200,
    )
    .await;
    for (route, path) in [
        ("/icon/{name}", "/icon/0"),
        ("/image/{address}", "/image/0"),
        (
            "/article/{id}/chapters",
            &*format!("/article/{article}/chapters"),
        ),
    ] {
        d.to(&ann, get.clone(), (route, path), NOTHING, 404).await;
    }
    for (route, path) in [
        ("/feed/{feed}", at_feed("")),
        ("/feed/{feed}/settings", settings.clone()),
        ("/article/{id}", format!("/article/{article}")),
        ("/static/{version}/{*path}", script),
    ] {
        d.to(&ann, get.clone(), (route, &path), NOTHING, 200).await;
    }
    d.to(
        &ann,
        post.clone(),
        ("/feed/{feed}/settings", &settings),
        form("title=T&folder=F"),
        303,
    )
    .await;
    for place in [
        ("/folder/{*path}", "/folder/F"),
        ("/loose", "/loose"),
        ("/seldom", "/seldom"),
        ("/passed", "/passed"),
        ("/feeds/in/{*path}", "/feeds/in/F"),
        ("/feeds/loose", "/feeds/loose"),
        ("/folders/settings/{*path}", "/folders/settings/F"),
    ] {
        d.to(&ann, get.clone(), place, NOTHING, 200).await;
    }
    d.to(
        &ann,
        post.clone(),
        ("/folders/settings/{*path}", "/folders/settings/F"),
        form("order=&counts="),
        303,
    )
    .await;
    for (route, path, status) in [
        ("/feeds/clean", "/feeds/clean".to_owned(), 200),
        ("/feed/{feed}/plan", at_feed("/plan"), 200),
        ("/kept", "/kept".to_owned(), 200),
        ("/keep", "/keep?url=x".to_owned(), 200),
        ("/kept/{name}", "/kept/a7-7".to_owned(), 404),
        ("/tags/{*tag}", "/tags/none".to_owned(), 404),
        ("/export/kept.json", "/export/kept.json".to_owned(), 200),
        (
            "/manifest.webmanifest",
            "/manifest.webmanifest".to_owned(),
            200,
        ),
        ("/sw.js", "/sw.js".to_owned(), 200),
        ("/packs/{pack}", "/packs/science".to_owned(), 200),
        ("/settings/shared", "/settings/shared".to_owned(), 200),
        ("/s/{name}", "/s/none".to_owned(), 404),
        ("/f/{name}", "/f/none.atom".to_owned(), 404),
        ("/edition", "/edition".to_owned(), 200),
        ("/edition/read", "/edition/read".to_owned(), 200),
        ("/edition/book.epub", "/edition/book.epub".to_owned(), 200),
        ("/digest", "/digest".to_owned(), 200),
        ("/digest/book.epub", "/digest/book.epub".to_owned(), 200),
        ("/footprint", "/footprint".to_owned(), 200),
        ("/journal", "/journal".to_owned(), 200),
        ("/journal/recent", "/journal/recent".to_owned(), 200),
        ("/journal/export", "/journal/export".to_owned(), 200),
        ("/insights", "/insights".to_owned(), 200),
        ("/insights/year", "/insights/year".to_owned(), 200),
        ("/insights/{year}", "/insights/2026.svg".to_owned(), 200),
        ("/export/{file}", "/export/journal.sql".to_owned(), 200),
        (
            "/s/static/{version}/{*path}",
            "/s/static/0/app.css".to_owned(),
            200,
        ),
    ] {
        d.to(&ann, get.clone(), (route, &path), NOTHING, status)
            .await;
    }
    for path in ["/api/v1/counts", "/api/v1/kept"] {
        d.to(&program, get.clone(), plain(path), NOTHING, 200).await;
    }
    let hook = format!(
        "name=x&service=webhook&secret=k&address={}",
        web.url("/hook")
    );
    let page = format!("url={}", web.url("/nothing"));
    let move_it = format!("feed={feed}&do=move&folder=F");
    for (route, path, text, status) in [
        ("/feeds", "/feeds".to_owned(), move_it.as_str(), 303),
        ("/folders", "/folders".to_owned(), "name=G", 303),
        ("/add/several", "/add/several".to_owned(), "", 303),
        ("/feed/{feed}/pause", at_feed("/pause"), "days=", 303),
        ("/feed/{feed}/door", at_feed("/door"), "door=none", 303),
        ("/feed/{feed}/resume", at_feed("/resume"), "", 303),
        ("/feed/{feed}/trial", at_feed("/trial"), "days=14", 303),
        ("/holiday", "/holiday".to_owned(), "days=", 303),
        ("/holiday/end", "/holiday/end".to_owned(), "", 303),
        (
            "/article/{id}/tags",
            format!("/article/{article}/tags"),
            "tags=a",
            303,
        ),
        ("/kept/{name}", format!("/kept/a{article}"), "tags=b", 303),
        ("/keep", "/keep".to_owned(), page.as_str(), 422),
        ("/kept/let-go", "/kept/let-go".to_owned(), "days=90", 303),
        (
            "/settings/shared",
            "/settings/shared".to_owned(),
            "what=starred",
            303,
        ),
        (
            "/settings/shared/{id}/renew",
            "/settings/shared/0/renew".to_owned(),
            "",
            404,
        ),
        (
            "/settings/shared/{id}/close",
            "/settings/shared/0/close".to_owned(),
            "",
            404,
        ),
        ("/edition", "/edition".to_owned(), "hour=8", 303),
        (
            "/journal/settings",
            "/journal/settings".to_owned(),
            "keep=ever&zone=UTC",
            303,
        ),
        (
            "/insights/leave-out",
            "/insights/leave-out".to_owned(),
            "author=Ada&return=/insights",
            303,
        ),
        (
            "/journal/erase",
            "/journal/erase".to_owned(),
            "what=all&sure=on&return=/journal",
            303,
        ),
        (
            "/settings/targets",
            "/settings/targets".to_owned(),
            hook.as_str(),
            303,
        ),
        (
            "/article/{id}/send",
            format!("/article/{article}/send"),
            "to=0",
            303,
        ),
    ] {
        d.to(&ann, post.clone(), (route, &path), form(text), status)
            .await;
    }
    d.to(&ann, post.clone(), plain("/kept/import"), NOTHING, 400)
        .await;
    d.to(&ann, post.clone(), plain("/journal/import"), NOTHING, 400)
        .await;
    let open = format!("/api/v1/articles/{article}/open");
    let route = ("/api/v1/articles/{id}/open", open.as_str());
    d.to(&program, post.clone(), route, NOTHING, 204).await;
    let kept = format!("/api/v1/kept/{article}");
    let tags = ("application/json", br#"{"tags":["x"]}"#.to_vec());
    let route = "/api/v1/kept/{id}";
    d.to(&program, Method::PUT, (route, &kept), tags, 204).await;
    d.to(&program, Method::DELETE, (route, &kept), NOTHING, 204)
        .await;
    for verb in ["read", "unread"] {
        let (route, path) = (
            format!("/article/{{id}}/{verb}"),
            format!("/article/{article}/{verb}"),
        );
        d.to(
            &ann,
            post.clone(),
            (&route, &path),
            form("return=/all"),
            303,
        )
        .await;
    }
    let full = format!("/article/{article}/full-text");
    d.to(
        &ann,
        post.clone(),
        ("/article/{id}/full-text", &full),
        form("return=/all"),
        303,
    )
    .await;
    for (route, star) in [
        ("/article/{id}/star", format!("/article/{article}/star")),
        ("/article/{id}/unstar", format!("/article/{article}/unstar")),
    ] {
        // The drive says that it takes JSON.
        d.to(&ann, post.clone(), (route, &star), form("return=/all"), 204)
            .await;
    }
    let star = format!("/api/v1/stars/{article}");
    for method in [Method::PUT, Method::DELETE] {
        d.to(
            &program,
            method,
            ("/api/v1/stars/{id}", &star),
            NOTHING,
            204,
        )
        .await;
    }
    d.to(&program, get.clone(), plain("/api/v1/stars"), NOTHING, 200)
        .await;
    let replace = at_feed("/replace");
    d.to(
        &ann,
        post.clone(),
        ("/feed/{feed}/replace", &replace),
        NOTHING,
        303,
    )
    .await;
    // Without anything found, the page leads back to where a search begins.
    d.to(
        &ann,
        get.clone(),
        ("/feed/{feed}/replace", &replace),
        NOTHING,
        303,
    )
    .await;
    let seen = ann.get("/unread").await.seen().unwrap();
    d.to(
        &ann,
        post.clone(),
        plain("/mark-all"),
        form(&format!("seen={seen}")),
        303,
    )
    .await;
    d.to(&ann, post.clone(), plain("/undo"), form("act=x"), 303)
        .await;
    let marks = (
        "application/json",
        json!({ "read": [article] }).to_string().into_bytes(),
    );
    d.to(&ann, post.clone(), plain("/marks"), marks.clone(), 200)
        .await;
    d.to(&program, post.clone(), plain("/api/v1/marks"), marks, 200)
        .await;
    d.to(
        &program,
        get.clone(),
        (
            "/api/v1/articles/{id}",
            &format!("/api/v1/articles/{article}"),
        ),
        NOTHING,
        200,
    )
    .await;
    let full = format!("/api/v1/articles/{article}/full-text");
    d.to(
        &program,
        post.clone(),
        ("/api/v1/articles/{id}/full-text", &full),
        NOTHING,
        422,
    )
    .await;
    let url = (
        "application/json",
        json!({ "url": web.url("/two") }).to_string().into_bytes(),
    );
    d.to(
        &program,
        post.clone(),
        plain("/api/v1/subscriptions"),
        url,
        200,
    )
    .await;
    let at_api = format!("/api/v1/subscriptions/{feed}");
    let route = "/api/v1/subscriptions/{feed}";
    d.to(&program, get.clone(), (route, &at_api), NOTHING, 200)
        .await;
    let title = ("application/json", br#"{"title":"x"}"#.to_vec());
    d.to(&program, Method::PATCH, (route, &at_api), title, 200)
        .await;
    let (again, at_again) = (format!("{route}/refresh"), format!("{at_api}/refresh"));
    d.to(&program, post.clone(), (&again, &at_again), NOTHING, 200)
        .await;
    let again = ("/feed/{feed}/refresh", &*at_feed("/refresh"));
    d.to(&ann, post.clone(), again, form("return="), 303).await;
    for path in ["/about/fetcher", "/api", "/api/v1/openapi.json"] {
        d.to(&ann, get.clone(), plain(path), NOTHING, 200).await;
    }
    for path in [
        "/api/v1/sync",
        "/api/v1/folders",
        "/api/v1/holiday",
        "/api/v1/preferences",
        "/api/v1/shares",
        "/api/v1/import",
        "/api/v1/webhooks",
        "/api/v1/journal",
        "/api/v1/journal/settings",
        "/api/v1/edition",
        "/api/v1/edition/book.epub",
        "/api/v1/edition/settings",
        "/api/v1/digest",
        "/api/v1/digest/book.epub",
        "/api/v1/insights",
        "/api/v1/footprint",
        "/api/v1/packs",
        "/api/v1/services",
        "/api/v1/rules",
        "/api/v1/searches",
        "/api/v1/tokens",
        "/api/v1/kept/export",
        "/api/v1/stars/export",
        "/api/v1/journal/export",
    ] {
        d.to(&program, get.clone(), plain(path), NOTHING, 200).await;
    }
    for (route, path, status) in [
        (
            "/api/v1/insights/{year}",
            "/api/v1/insights/2026".to_owned(),
            200,
        ),
        ("/api/v1/kept/{id}", "/api/v1/kept/x".into(), 404),
        (
            "/api/v1/subscriptions/{feed}/plan",
            format!("/api/v1/subscriptions/{feed}/plan"),
            200,
        ),
        (
            "/api/v1/articles/{id}/chapters",
            format!("/api/v1/articles/{article}/chapters"),
            404,
        ),
    ] {
        d.to(&program, get.clone(), (route, &path), NOTHING, status)
            .await;
    }
    more_of_the_api(d, &program, (&feed, &article), &web).await;
    let hook = json!({ "feed": feed, "address": "http://127.0.0.1:6/" });
    let folder = "/api/v1/folders/{*path}";
    let away = at_feed("/webhooks/0a/remove");
    let all = [
        (
            "POST",
            "/api/v1/kept",
            "/api/v1/kept",
            json!({ "url": "no page" }),
            422,
        ),
        (
            "POST",
            "/api/v1/journal/erase",
            "/api/v1/journal/erase",
            json!({ "what": "all" }),
            204,
        ),
        (
            "PATCH",
            "/api/v1/journal/settings",
            "/api/v1/journal/settings",
            json!({}),
            200,
        ),
        ("POST", "/api/v1/sync", "/api/v1/sync", json!({}), 200),
        (
            "POST",
            "/api/v1/marks/all",
            "/api/v1/marks/all",
            json!({}),
            200,
        ),
        (
            "POST",
            "/api/v1/marks/undo",
            "/api/v1/marks/undo",
            json!({ "act": "x" }),
            200,
        ),
        (
            "POST",
            "/api/v1/garden",
            "/api/v1/garden",
            json!({ "do": "resume", "feeds": [feed] }),
            200,
        ),
        (
            "POST",
            "/api/v1/garden/undo",
            "/api/v1/garden/undo",
            json!({ "act": "x" }),
            200,
        ),
        (
            "POST",
            "/api/v1/folders",
            "/api/v1/folders",
            json!({ "path": ["Made"] }),
            201,
        ),
        (
            "PUT",
            "/api/v1/folders",
            "/api/v1/folders",
            json!({ "paths": [["Made"]] }),
            200,
        ),
        (
            "PATCH",
            folder,
            "/api/v1/folders/Made",
            json!({ "order": "oldest" }),
            200,
        ),
        ("DELETE", folder, "/api/v1/folders/Made", json!({}), 200),
        (
            "PUT",
            "/api/v1/holiday",
            "/api/v1/holiday",
            json!({ "days": 1 }),
            200,
        ),
        (
            "DELETE",
            "/api/v1/holiday",
            "/api/v1/holiday",
            json!({}),
            204,
        ),
        (
            "PATCH",
            "/api/v1/preferences",
            "/api/v1/preferences",
            json!({}),
            200,
        ),
        (
            "POST",
            "/api/v1/shares",
            "/api/v1/shares",
            json!({ "what": "starred" }),
            201,
        ),
        (
            "POST",
            "/api/v1/shares/{id}/renew",
            "/api/v1/shares/x/renew",
            json!({}),
            404,
        ),
        (
            "DELETE",
            "/api/v1/shares/{id}",
            "/api/v1/shares/x",
            json!({}),
            404,
        ),
        ("POST", "/api/v1/webhooks", "/api/v1/webhooks", hook, 201),
        (
            "DELETE",
            "/api/v1/webhooks/{id}",
            "/api/v1/webhooks/x",
            json!({}),
            404,
        ),
    ];
    for (method, route, path, body, status) in all {
        let body = ("application/json", body.to_string().into_bytes());
        let method = method.parse().unwrap();
        d.to(&program, method, (route, path), body, status).await;
    }
    let hooks = at_feed("/webhooks");
    let typed = form("address=http://127.0.0.1:6/");
    d.to(
        &ann,
        post.clone(),
        ("/feed/{feed}/webhooks", &hooks),
        typed,
        303,
    )
    .await;
    let gone = ("/feed/{feed}/webhooks/{id}/remove", away.as_str());
    d.to(&ann, post.clone(), gone, form(""), 404).await;
    d.to(
        &ann,
        post.clone(),
        ("/feed/{feed}/switch", &at_feed("/switch")),
        form("url=nothing"),
        422,
    )
    .await;
    d.to(
        &ann,
        post.clone(),
        ("/feed/{feed}/remove", &at_feed("/remove")),
        NOTHING,
        303,
    )
    .await;
    ann.subscribes(&web.url("/one")).await;
    d.to(&program, Method::DELETE, (route, &at_api), NOTHING, 204)
        .await;
    d.to(
        &ann,
        post.clone(),
        plain("/settings/reading"),
        form("order=oldest"),
        303,
    )
    .await;
    let revoke = ann
        .get("/settings/apps")
        .await
        .text()
        .split("/settings/tokens/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let revoke = format!("/settings/tokens/{revoke}");
    d.to(
        &ann,
        post.clone(),
        ("/settings/tokens/{id}/revoke", &revoke),
        NOTHING,
        303,
    )
    .await;
    let passwords = format!("current={PASSWORD}&new=another password");
    administration(d, &ann, &feed).await;
    d.to(
        &ann,
        post.clone(),
        plain("/settings/password"),
        form(&passwords),
        303,
    )
    .await;

    let there = "/auth/openid/connect";
    let left = d.to(&ann, get.clone(), plain(there), NOTHING, 303).await;
    let left = Left::by(&left);
    issuer.gives(&issuer.sign(&issuer.claims_at(&left, "1", "x@example.org", app.clock.now())));
    let back = left.back("a-code");
    let callback = ("/auth/openid/callback", back.as_str());
    d.to(&ann, get.clone(), callback, NOTHING, 303).await;
    d.to(&ann, get.clone(), plain("/auth/openid"), NOTHING, 303)
        .await;
    let prove = plain("/auth/openid/prove");
    d.to(&ann, get.clone(), prove, NOTHING, 303).await;
    let away = plain("/auth/openid/disconnect");
    d.to(&ann, post.clone(), away, NOTHING, 303).await;
    still(baseline).await;

    programs_and_searches(d, &ann, &web).await;
    still(baseline).await;
    ways_in(d, &ann).await;
    still(baseline).await;
    Box::pin(letters_and_invitations(d, &ann, &relay)).await;
    still(baseline).await;

    // Dropping a request half-way also drops its fetch.
    let silent = web.url("/silent");
    let typed = [("url", silent.as_str())];
    let dropped = tokio::time::timeout(Duration::from_millis(200), ann.post("/add", &typed)).await;
    assert!(dropped.is_err());
    still(baseline).await;

    let all: BTreeSet<_> = dormouse::web::routes()
        .iter()
        .flat_map(|route| {
            let methods = route.methods.split(", ");
            methods.map(|method| (method.to_owned(), route.path.to_owned()))
        })
        .collect();
    let missed: Vec<_> = all.difference(&drive.driven).collect();
    assert!(missed.is_empty(), "not driven: {missed:?}");
    let unknown: Vec<_> = drive.driven.difference(&all).collect();
    assert!(unknown.is_empty(), "no such route: {unknown:?}");
    app.is_sound().await;
}

/// Calls of our own API, most of which do nothing here.
async fn more_of_the_api(
    d: &mut Drive<'_>,
    program: &crate::support::Client<'_>,
    (feed, article): (&str, &str),
    web: &FakeWeb,
) {
    let link = json!({ "name": "L", "service": "link", "address": "https://x.example/?u={url}" });
    let (of_feed, of_article) = (
        format!("/api/v1/subscriptions/{feed}"),
        format!("/api/v1/articles/{article}"),
    );
    for (method, route, path, body, status) in [
        ("PATCH", "edition/settings", "", json!({}), 200),
        (
            "POST",
            "insights/leave-out",
            "",
            json!({ "author": "x" }),
            204,
        ),
        (
            "POST",
            "preview",
            "",
            json!({ "url": web.url("/two") }),
            200,
        ),
        (
            "POST",
            "subscriptions/{feed}/replacements",
            &*format!("{of_feed}/replacements"),
            json!({}),
            200,
        ),
        (
            "POST",
            "subscriptions/{feed}/replace",
            &format!("{of_feed}/replace"),
            json!({ "url": "nothing" }),
            422,
        ),
        ("POST", "packs/{id}", "/api/v1/packs/x", json!({}), 404),
        ("POST", "journal/import", "", json!({}), 400),
        ("POST", "kept/import", "", json!({}), 400),
        ("POST", "kept/let-go", "", json!({ "days": 30 }), 200),
        ("POST", "kept/let-go/undo", "", json!({ "act": "x" }), 200),
        ("POST", "services", "", link, 201),
        (
            "DELETE",
            "services/{name}",
            "/api/v1/services/L",
            json!({}),
            204,
        ),
        (
            "POST",
            "articles/{id}/send",
            &format!("{of_article}/send"),
            json!({ "to": "nobody" }),
            404,
        ),
        // None is made, since others know the numbers of theirs.
        ("POST", "rules", "", json!({}), 422),
        ("POST", "rules/try", "", json!({}), 422),
        ("POST", "rules/undo", "", json!({ "act": "x" }), 200),
        ("POST", "rules/send", "", json!({}), 200),
        ("PATCH", "rules/{id}", "/api/v1/rules/x", json!({}), 404),
        ("DELETE", "rules/{id}", "/api/v1/rules/x", json!({}), 404),
        ("POST", "searches", "", json!({ "query": "" }), 422),
        (
            "PATCH",
            "searches/{id}",
            "/api/v1/searches/x",
            json!({}),
            404,
        ),
        (
            "DELETE",
            "searches/{id}",
            "/api/v1/searches/x",
            json!({}),
            404,
        ),
        ("DELETE", "tokens/{id}", "/api/v1/tokens/x", json!({}), 404),
    ] {
        let route = format!("/api/v1/{route}");
        let path = if path.is_empty() { &route } else { path };
        let body = ("application/json", body.to_string().into_bytes());
        let method = method.parse().unwrap();
        d.to(program, method, (&route, path), body, status).await;
    }
}

/// The routes of apps, of searches and of rules.
/// Passkeys, one-time codes and sessions. Browsers keep no passkeys for this address: what they answer is driven in
/// `second_steps.rs`.
/// What an administrator does, and the question before an account goes.
async fn administration(d: &mut Drive<'_>, ann: &crate::support::Client<'_>, feed: &str) {
    let (get, post) = (Method::GET, Method::POST);
    let proof = format!("password={}&next=/admin", PASSWORD.replace(' ', "+"));
    let plain = |route| (route, route);
    d.to(ann, post.clone(), plain("/confirm"), form(&proof), 303)
        .await;
    let page = crate::administering::page_of(ann, "ann").await;
    d.to(ann, get.clone(), ("/admin/users/{id}", &page), NOTHING, 200)
        .await;
    let act = "/admin/users/{id}/{act}";
    let question = format!("{page}/delete");
    d.to(ann, get.clone(), (act, &question), NOTHING, 200).await;
    let quota = format!("{page}/quota");
    d.to(ann, post.clone(), (act, &quota), form("imports=20"), 303)
        .await;
    let page = format!("/admin/feeds/{feed}");
    d.to(
        ann,
        get.clone(),
        ("/admin/feeds/{feed}", &page),
        NOTHING,
        200,
    )
    .await;
    for act in ["pause", "resume"] {
        let path = format!("{page}/{act}");
        let route = ("/admin/feeds/{feed}/{act}", path.as_str());
        d.to(ann, post.clone(), route, form(""), 303).await;
    }
    let host = form("host=blocked.example&do=block");
    d.to(ann, post.clone(), plain("/admin/hosts"), host, 303)
        .await;
    let act = "/admin/house/{act}";
    let list = form("url=https://house.example/feed");
    d.to(ann, post.clone(), (act, "/admin/house/add"), list, 303)
        .await;
    let act = "/house/{act}";
    for path in ["/house/follow", "/house/leave"] {
        d.to(ann, post.clone(), (act, path), form("feeds=remove"), 303)
            .await;
    }
    let route = plain("/settings/delete-account");
    d.to(ann, get.clone(), route, NOTHING, 200).await;
    d.to(ann, post, route, form(""), 422).await;
}

async fn ways_in(d: &mut Drive<'_>, ann: &crate::support::Client<'_>) {
    let (get, post) = (Method::GET, Method::POST);
    let plain = |route| (route, route);
    let nobody = d.app.stranger();
    let here = "/settings/security";
    d.to(ann, get.clone(), plain(here), NOTHING, 200).await;
    let codes = "/settings/security/codes";
    d.to(ann, get.clone(), plain(codes), NOTHING, 200).await;
    for (route, status) in [
        (codes, 404),
        ("/settings/security/codes/recovery", 404),
        ("/settings/security/codes/off", 404),
        ("/settings/security/passkeys", 422),
        ("/settings/security/passkeys/options", 404),
        ("/settings/security/second", 303),
        ("/settings/security/password/remove", 422),
        ("/settings/security/sessions/end", 303),
        ("/confirm/passkey", 422),
    ] {
        d.to(ann, post.clone(), plain(route), form(""), status)
            .await;
    }
    for (route, path) in [
        ("/settings/security/sessions/{id}/end", "sessions/0/end"),
        (
            "/settings/security/passkeys/{id}/rename",
            "passkeys/0/rename",
        ),
        (
            "/settings/security/passkeys/{id}/remove",
            "passkeys/0/remove",
        ),
    ] {
        let path = format!("/settings/security/{path}");
        d.to(ann, post.clone(), (route, &path), form("name=x"), 404)
            .await;
    }
    let second = plain("/signin/second");
    d.to(&nobody, get.clone(), second, NOTHING, 303).await;
    d.to(&nobody, post.clone(), second, form("code=1"), 303)
        .await;
    let options = plain("/signin/passkey/options");
    d.to(&nobody, post.clone(), options, form(""), 404).await;
    let passkey = plain("/signin/passkey");
    d.to(&nobody, post.clone(), passkey, form(""), 422).await;
}

/// The settings of a relay.
fn with_relay(url: &str) -> [(&'static str, &str); 2] {
    [("SMTP_URL", url), ("MAIL_FROM", "reader@example.org")]
}

async fn letters_and_invitations(
    d: &mut Drive<'_>,
    ann: &crate::support::Client<'_>,
    relay: &Relay,
) {
    let (get, post) = (Method::GET, Method::POST);
    let plain = |route| (route, route);
    let nobody = d.app.stranger();
    relay.letters();
    d.to(&nobody, get.clone(), plain("/reset"), NOTHING, 200)
        .await;
    let email = form("email=ann@example.org");
    d.to(&nobody, post.clone(), plain("/reset"), email, 200)
        .await;
    assert_eq!(relay.letters().len(), 1);
    for (route, path) in [
        ("/reset/{link}", "/reset/1-0"),
        ("/mail/confirm/{link}", "/mail/confirm/1-0"),
        ("/mail/stop/{link}", "/mail/stop/1-0"),
        ("/signup/{token}", "/signup/0"),
    ] {
        d.to(&nobody, get.clone(), (route, path), NOTHING, 410)
            .await;
        let body = form("password=x");
        d.to(&nobody, post.clone(), (route, path), body, 410).await;
    }
    let invited = ("/invite/{token}", "/invite/0");
    d.to(&nobody, get.clone(), invited, NOTHING, 410).await;
    let mail = plain("/settings/mail");
    d.to(ann, get.clone(), mail, NOTHING, 200).await;
    d.to(ann, post.clone(), mail, form("notices=1"), 303).await;
    for (route, body) in [
        ("/settings/mail/verify", ""),
        ("/settings/mail/address", "email=new@example.org"),
        ("/settings/mail/cancel", ""),
    ] {
        d.to(ann, post.clone(), plain(route), form(body), 303).await;
    }
    assert!(!relay.letters().is_empty());
    for (here, revoke) in [
        ("/settings/invitations", "/settings/invitations/{id}/revoke"),
        ("/admin/invitations", "/admin/invitations/{id}/revoke"),
    ] {
        d.to(ann, get.clone(), plain(here), NOTHING, 200).await;
        d.to(ann, post.clone(), plain(here), form("uses=1&days=7"), 303)
            .await;
        let path = format!("{here}/0/revoke");
        d.to(ann, post.clone(), (revoke, &path), form(""), 404)
            .await;
    }
}

async fn programs_and_searches(d: &mut Drive<'_>, ann: &crate::support::Client<'_>, web: &FakeWeb) {
    let (get, post) = (Method::GET, Method::POST);
    let plain = |route| (route, route);
    let token = ann.makes_token().await;
    let nobody = d.app.stranger();
    let login = format!("Email=ann@example.org&Passwd={token}");
    let there = "/accounts/ClientLogin";
    d.to(&nobody, post.clone(), plain(there), form(&login), 200)
        .await;
    let address = format!("{there}?{login}");
    d.to(&nobody, get.clone(), (there, &address), NOTHING, 200)
        .await;
    let key = dormouse::users::token::fever_password("ann@example.org", &token);
    let address = format!("/fever?api&groups&items&api_key={key}");
    d.to(&nobody, get.clone(), ("/fever", &address), NOTHING, 200)
        .await;
    let body = form(&format!("api_key={key}"));
    d.to(
        &nobody,
        post.clone(),
        ("/fever", "/fever?api&feeds"),
        body,
        200,
    )
    .await;

    let google = d.app.program(&format!("GoogleLogin auth=dormouse/{token}"));
    let api = |call: &str| format!("/reader/api/0/{call}");
    for call in [
        "friend/list",
        "preference/list",
        "preference/stream/list",
        "stream/contents",
        "stream/items/contents",
        "stream/items/count",
        "stream/items/ids",
        "subscribed",
        "subscription/export",
        "subscription/list",
        "tag/list",
        "token",
        "unread-count",
        "user-info",
    ] {
        let route = api(call);
        let path = format!("{route}?i=1");
        d.to(&google, get.clone(), (&route, &path), NOTHING, 200)
            .await;
        let asked = form("n=5&i=1");
        d.to(&google, post.clone(), (&route, &route), asked, 200)
            .await;
    }
    let list = google.get(&api("subscription/list")).await.json();
    let stream = list["subscriptions"][0]["id"].as_str().unwrap().to_owned();
    let icon = list["subscriptions"][0]["iconUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    let of = api(&format!("stream/contents/{stream}"));
    let route = api("stream/contents/{*stream}");
    d.to(&google, get.clone(), (&route, &of), NOTHING, 200)
        .await;
    d.to(&google, post.clone(), (&route, &of), form("n=5"), 200)
        .await;
    let of = format!("/reader/atom/{stream}");
    for method in [&get, &post] {
        let route = ("/reader/atom/{*stream}", of.as_str());
        d.to(&google, method.clone(), route, NOTHING, 200).await;
    }
    let (_, icon) = icon.split_once("/reader/icon/").unwrap();
    let icon = format!("/reader/icon/{icon}");
    d.to(
        &nobody,
        get.clone(),
        ("/reader/icon/{name}", &icon),
        NOTHING,
        404,
    )
    .await;
    let two = web.url("/two");
    let edit = format!("ac=edit&s={stream}&a=user/-/label/Own");
    for (call, body) in [
        ("edit-tag", "i=1&a=user/-/state/com.google/read".to_owned()),
        (
            "mark-all-as-read",
            "s=user/-/state/com.google/reading-list".into(),
        ),
        ("subscription/edit", edit),
        (
            "rename-tag",
            "s=user/-/label/Own&dest=user/-/label/New".into(),
        ),
        ("disable-tag", "s=user/-/label/New".into()),
        ("subscription/quickadd", format!("quickadd={two}")),
    ] {
        let route = api(call);
        d.to(&google, post.clone(), (&route, &route), form(&body), 200)
            .await;
    }
    let route = api("subscription/quickadd");
    let add = format!("{route}?quickadd={two}");
    d.to(&google, get.clone(), (&route, &add), NOTHING, 200)
        .await;
    let opml = format!("<opml><body><outline xmlUrl='{two}'/></body></opml>");
    let route = api("subscription/import");
    let opml = ("text/xml", opml.into_bytes());
    d.to(&google, post.clone(), (&route, &route), opml, 200)
        .await;

    let route = "/settings/data/import";
    let file = crate::my_data::form_of(&[], &ann.get("/export/data.zip").await.body);
    d.to(ann, post.clone(), plain(route), file, 303).await;
    for route in [
        "/settings/apps",
        "/search",
        "/rules",
        "/export/searches.json",
    ] {
        d.to(ann, get.clone(), plain(route), NOTHING, 200).await;
    }
    let program = d.app.program(&token);
    let search = ("/api/v1/search", "/api/v1/search?q=title");
    d.to(&program, get.clone(), search, NOTHING, 200).await;
    let saved = form("q=title:f1*");
    d.to(ann, post.clone(), plain("/searches"), saved, 303)
        .await;
    let name = form("do=name&name=Mine");
    d.to(
        ann,
        post.clone(),
        ("/searches/{id}", "/searches/1"),
        name,
        303,
    )
    .await;
    let rule = form("what.0=title&how.0=words&text.0=soap&read=1&do=save");
    d.to(ann, post.clone(), plain("/rules"), rule, 303).await;
    d.to(
        ann,
        post.clone(),
        ("/rules/{id}", "/rules/2"),
        form("do=off"),
        303,
    )
    .await;
    d.to(ann, post.clone(), plain("/rules/send"), NOTHING, 303)
        .await;
    let ids = google.get(&api("stream/items/ids?n=1")).await.json();
    let number: i64 = ids["itemRefs"][0]["id"].as_str().unwrap().parse().unwrap();
    let own = number - 1_000_000_000_000_000;
    let mute = format!("/article/{}-{}/mute", own >> 22, own & ((1 << 22) - 1));
    let words = form("words=nothing&for=day&return=%2Fall");
    d.to(ann, post.clone(), ("/article/{id}/mute", &mute), words, 303)
        .await;
}
