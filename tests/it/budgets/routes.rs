//! Runs each route of the route table.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use super::{Drive, SIZES, Sent, Table, admin, shelf};
use crate::openapi::Judge;
use crate::support::{FakeWeb, FeedText, Page, TestApp, at};

/// Runs every route of the route table with a shelf of one of the sizes.
pub(super) async fn drive(place: usize, measured: &mut Table) {
    let web = FakeWeb::with_hosts(8);
    let app = TestApp::in_memory(&[
        ("SIGNUP", "open"),
        ("TICK_SECONDS", "540"),
        ("OIDC_ISSUER", "https://id.example"),
        ("OIDC_CLIENT_ID", "a"),
        ("OIDC_CLIENT_SECRET", "b"),
    ])
    .await;
    let (ann, program) = shelf(&app, &web, SIZES[place]).await;
    let nobody = app.stranger();
    let mut d = Drive::of(&app, place, measured);
    // With the smallest shelf: the form is the same with any.
    if place == 0 {
        d.judge = Some(Judge::of(&app).await);
    }

    for route in [
        "/unread",
        "/all",
        "/loose",
        "/seldom",
        "/passed",
        "/feeds",
        "/feeds/loose",
        "/feeds/clean",
        "/starred",
        "/keep",
        "/manifest.webmanifest",
        "/sw.js",
        "/offline",
        "/settings/device",
        "/help",
        "/add",
        "/import",
        "/settings",
        "/export.opml",
        "/export/starred.json",
        "/admin/costs",
    ] {
        d.get(&ann, route, route).await;
    }
    // Ten whole articles a page.
    let styled = |list| [("list", list)];
    ann.post("/settings/reading", &styled("articles"))
        .await
        .is(303);
    for state in ["cold", "warm"] {
        if state == "cold" {
            app.forgets();
        }
        let page = ann.get("/unread").await;
        assert_eq!(page.is(200).text().matches("line-whole").count(), 10);
        d.note("GET /unread, whole articles", state, page.cost);
    }
    ann.post("/settings/reading", &styled("lines"))
        .await
        .is(303);
    let next = ann.get("/all").await.next_page().unwrap();
    for (turn, state) in ["cold", "warm"].into_iter().enumerate() {
        if turn == 1 {
            let cost = ann.get(&next).await.is(200).cost;
            d.note("GET /all, next page", state, cost);
        } else {
            let cost = ann.get(&next).await.is(200).cost;
            d.note("GET /all, next page", "first time", cost);
        }
    }
    d.route(&ann, ("GET", "/"), 303, |_| ("/".into(), Sent::Nothing))
        .await;
    let lines = ann.whole_list("/all").await;
    let ids: Vec<String> = lines.iter().map(|line| line.id.clone()).collect();
    let feed = |n: usize| ids[n].split_once('-').unwrap().0.to_owned();
    d.get(&ann, "/feed/{feed}", &format!("/feed/{}", feed(0)))
        .await;
    d.get(&ann, "/folder/{*path}", "/folder/Folder").await;
    d.get(&ann, "/feeds/in/{*path}", "/feeds/in/Folder").await;
    let settings = "/folders/settings/Folder";
    d.get(&ann, "/folders/settings/{*path}", settings).await;
    d.post(
        &ann,
        "/folders/settings/{*path}",
        [settings.to_owned(), settings.to_owned()],
        "order=oldest&counts=",
    )
    .await;
    let back = [("order", ""), ("counts", "")];
    ann.post(settings, &back).await.is(303);
    d.get(
        &ann,
        "/feed/{feed}/settings",
        &format!("/feed/{}/settings", feed(0)),
    )
    .await;
    d.get(
        &ann,
        "/feed/{feed}/icon",
        &format!("/feed/{}/icon", feed(0)),
    )
    .await;
    d.route(&nobody, ("GET", "/icon/{name}"), 404, |_| {
        ("/icon/0".into(), Sent::Nothing)
    })
    .await;
    d.route(&nobody, ("GET", "/image/{address}"), 404, |_| {
        ("/image/0".into(), Sent::Nothing)
    })
    .await;
    d.get(
        &nobody,
        "/.well-known/security.txt",
        "/.well-known/security.txt",
    )
    .await;
    d.get(&ann, "/confirm", "/confirm").await;
    d.route(&ann, ("POST", "/confirm"), 303, |_| {
        let form = "password=correct+horse&next=/settings";
        ("/confirm".into(), Sent::Form(form.into()))
    })
    .await;
    let article = |n: usize| ids[n].clone();
    // Opening an article also marks it as read.
    d.route(&ann, ("GET", "/article/{id}"), 200, |turn| {
        (format!("/article/{}?in=all", article(turn)), Sent::Nothing)
    })
    .await;
    for (what, from) in [("read", 4), ("unread", 4), ("star", 8), ("unstar", 8)] {
        let paths = [0, 1].map(|turn| format!("/article/{}/{what}", article(from + turn)));
        d.post(
            &ann,
            &format!("/article/{{id}}/{what}"),
            paths,
            "return=/all",
        )
        .await;
    }
    let full = [0, 1].map(|turn| format!("/article/{}/full-text", article(12 + turn)));
    d.post(&ann, "/article/{id}/full-text", full, "return=/all")
        .await;
    let batch = |turn: usize| {
        let read: Vec<String> = ids.iter().skip(20 + 30 * turn).take(30).cloned().collect();
        (
            "/marks".to_owned(),
            Sent::Json(json!({ "batch": format!("m{turn}"), "read": read })),
        )
    };
    d.route(&ann, ("POST", "/marks"), 200, batch).await;
    let pack = || Sent::Json(json!({ "most": 50 }));
    d.route(&ann, ("POST", "/pack"), 200, |_| ("/pack".into(), pack()))
        .await;
    // As it is taken: the page was seen a moment ago, and nobody has opened these articles.
    app.forgets();
    ann.get("/unread").await.is(200);
    for state in ["first time", "warm"] {
        let taken = d.send(&ann, &Method::POST, "/pack", pack()).await;
        d.note("POST /pack, after the list", state, taken.is(200).cost);
    }
    let acts = |turn: usize| {
        let star = json!({ "do": "star", "id": ids[14 + turn], "on": true });
        ("/acts".to_owned(), Sent::Json(json!({ "acts": [star] })))
    };
    d.route(&ann, ("POST", "/acts"), 200, acts).await;
    for id in &ids[14..16] {
        ann.post(&format!("/article/{id}/unstar"), &[])
            .await
            .is(303);
    }
    for (turn, state) in ["cold", "warm"].into_iter().enumerate() {
        if turn == 0 {
            app.forgets();
        }
        let played = json!({ "played": [{ "id": ids[turn], "at": 60 }] });
        let sent = d
            .send(&ann, &Method::POST, "/marks", Sent::Json(played))
            .await;
        d.note("POST /marks, a place", state, sent.is(200).cost);
    }
    d.route(&ann, ("GET", "/article/{id}/chapters"), 404, |turn| {
        (
            format!("/article/{}/chapters", article(turn)),
            Sent::Nothing,
        )
    })
    .await;
    let batch = |turn: usize| {
        let read: Vec<String> = ids.iter().skip(80 + 10 * turn).take(10).cloned().collect();
        (
            "/api/v1/marks".to_owned(),
            Sent::Json(json!({ "batch": format!("p{turn}"), "read": read })),
        )
    };
    d.route(&program, ("POST", "/api/v1/marks"), 200, batch)
        .await;
    // Bulk actions, each undone before the next.
    let page = ann.get("/unread").await;
    let (seen, order) = (page.seen().unwrap(), "newest");
    let place_of = crate::support::attribute(
        ann.get(&format!("/article/{}?in=unread", page.lines()[20].id))
            .await
            .text(),
        "name=\"what\" value=\"above",
        "value",
    )
    .unwrap();
    let below = place_of.replacen("above", "below", 1);
    for (name, what) in [
        ("all", "all"),
        ("above", place_of.as_str()),
        ("below", below.as_str()),
        ("older", "older.1"),
    ] {
        let form = format!("seen={seen}&what={what}&order={order}&return=/unread");
        let mut acts = Vec::new();
        for (turn, state) in ["cold", "warm"].into_iter().enumerate() {
            if turn == 0 {
                app.forgets();
            }
            let marked = d
                .send(&ann, &Method::POST, "/mark-all", Sent::Form(form.clone()))
                .await;
            marked.is(303);
            d.note(&format!("POST /mark-all, {name}"), state, marked.cost);
            let act =
                crate::support::attribute(ann.get("/unread").await.text(), "name=\"act\"", "value");
            if let Some(act) = act {
                let undone = d
                    .send(
                        &ann,
                        &Method::POST,
                        "/undo",
                        Sent::Form(format!("act={act}")),
                    )
                    .await;
                d.note("POST /undo", "warm", undone.is(303).cost);
                acts.push(act);
            }
        }
        assert!(!acts.is_empty(), "{name} marked nothing");
    }
    d.driven.insert(("POST".into(), "/mark-all".into()));
    d.driven.insert(("POST".into(), "/undo".into()));

    // The shelf itself.
    for n in 0..12 {
        let text = FeedText::hourly(&format!("New{n}"), 3, at(11, 0)).rss();
        web.put(&format!("/new{n}"), Page::feed(text));
    }
    let url = |n: usize| web.url(&format!("/new{n}"));
    d.route(&ann, ("POST", "/add"), 303, |turn| {
        ("/add".into(), Sent::Form(format!("url={}", url(turn))))
    })
    .await;
    d.route(&program, ("POST", "/api/v1/subscriptions"), 201, |turn| {
        (
            "/api/v1/subscriptions".into(),
            Sent::Json(json!({ "url": url(2 + turn) })),
        )
    })
    .await;
    let opml = |n: usize| format!("<opml><body><outline xmlUrl='{}'/></body></opml>", url(n));
    d.route(&program, ("POST", "/api/v1/opml"), 200, |turn| {
        ("/api/v1/opml".into(), Sent::Opml(opml(4 + turn)))
    })
    .await;
    d.route(&ann, ("POST", "/import"), 303, |turn| {
        ("/import".into(), Sent::File(opml(6 + turn)))
    })
    .await;
    d.get(&ann, "/import/last", "/import/last").await;
    d.post(
        &ann,
        "/import/step",
        ["/import/step".into(), "/import/step".into()],
        "",
    )
    .await;
    d.post(
        &ann,
        "/wake/step",
        ["/wake/step".into(), "/wake/step".into()],
        "return=/all",
    )
    .await;
    let one = [0, 1].map(|turn| format!("/feed/{}/settings", feed(turn)));
    d.post(&ann, "/feed/{feed}/settings", one, "title=T&folder=F")
        .await;
    let again = [0, 1].map(|turn| format!("/feed/{}/refresh", feed(turn)));
    d.post(&ann, "/feed/{feed}/refresh", again, "return=/all")
        .await;
    d.route(&ann, ("POST", "/feed/{feed}/replace"), 303, |_| {
        (format!("/feed/{}/replace", feed(0)), Sent::Nothing)
    })
    .await;
    let found = ann.post(&format!("/feed/{}/replace", feed(0)), &[]).await;
    let found = found.is(303).location().to_owned();
    d.get(&ann, "/feed/{feed}/replace", &found).await;
    d.route(&ann, ("POST", "/feed/{feed}/switch"), 422, |_| {
        (
            format!("/feed/{}/switch", feed(0)),
            Sent::Form("url=nothing".into()),
        )
    })
    .await;
    d.route(&ann, ("POST", "/feed/{feed}/door"), 422, |_| {
        (
            format!("/feed/{}/door", feed(0)),
            Sent::Form("door=bearer".into()),
        )
    })
    .await;
    let away = [0, 1].map(|turn| format!("/feed/{}/remove", feed(2 + turn)));
    d.post(&ann, "/feed/{feed}/remove", away, "").await;

    // API clients.
    for route in [
        "/api/v1/subscriptions",
        "/api/v1/articles",
        "/api/v1/stars",
        "/api/v1/counts",
        "/api/v1/opml",
    ] {
        d.get(&program, route, route).await;
    }
    let id = feed(0);
    let at_api = |id: &str| format!("/api/v1/subscriptions/{id}");
    d.get(&program, "/api/v1/subscriptions/{feed}", &at_api(&id))
        .await;
    d.route(
        &program,
        ("PATCH", "/api/v1/subscriptions/{feed}"),
        200,
        |turn| {
            (
                at_api(&id),
                Sent::Json(json!({ "title": format!("t{turn}") })),
            )
        },
    )
    .await;
    d.route(
        &program,
        ("POST", "/api/v1/subscriptions/{feed}/refresh"),
        200,
        |turn| {
            (
                format!("{}/refresh", at_api(&feed(4 + turn))),
                Sent::Nothing,
            )
        },
    )
    .await;
    d.get(
        &program,
        "/api/v1/articles/{id}",
        &format!("/api/v1/articles/{}", article(0)),
    )
    .await;
    d.route(
        &program,
        ("POST", "/api/v1/articles/{id}/full-text"),
        422,
        |turn| {
            (
                format!("/api/v1/articles/{}/full-text", article(14 + turn)),
                Sent::Nothing,
            )
        },
    )
    .await;
    for (method, from) in [("PUT", 16), ("DELETE", 16)] {
        d.route(&program, (method, "/api/v1/stars/{id}"), 204, |turn| {
            (
                format!("/api/v1/stars/{}", article(from + turn)),
                Sent::Nothing,
            )
        })
        .await;
    }
    d.route(
        &program,
        ("DELETE", "/api/v1/subscriptions/{feed}"),
        204,
        |turn| (at_api(&feed(6 + turn)), Sent::Nothing),
    )
    .await;

    for page in [
        "/settings/apps",
        "/settings/security",
        "/settings/security/codes",
    ] {
        d.get(&ann, page, page).await;
    }
    // The reader's own account.
    d.post(
        &ann,
        "/settings/reading",
        ["/settings/reading".into(), "/settings/reading".into()],
        "order=newest",
    )
    .await;
    d.route(&ann, ("POST", "/settings/tokens"), 303, |turn| {
        (
            "/settings/tokens".into(),
            Sent::Form(format!("name=n{turn}")),
        )
    })
    .await;
    let page = ann.get("/settings/apps").await;
    let tokens: Vec<String> = page
        .text()
        .split("/settings/tokens/")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('/')?.0.to_owned()))
        .filter(|id| id.len() == 64)
        .collect();
    let revoke = [1, 2].map(|n| format!("/settings/tokens/{}/revoke", tokens[n]));
    d.post(&ann, "/settings/tokens/{id}/revoke", revoke, "")
        .await;
    // While the password is still the first one.
    Box::pin(admin::drive(&mut d, &web, &ann)).await;
    let passwords = |turn: usize| {
        let word = |turn: usize| match turn {
            0 => crate::support::PASSWORD.replace(' ', "+"),
            n => format!("another+horse+{n}"),
        };
        (
            "/settings/password".to_owned(),
            Sent::Form(format!("current={}&new={}", word(turn), word(turn + 1))),
        )
    };
    d.route(&ann, ("POST", "/settings/password"), 303, passwords)
        .await;
    d.route(&nobody, ("GET", "/signin"), 200, |_| {
        ("/signin".into(), Sent::Nothing)
    })
    .await;
    d.route(&nobody, ("GET", "/signup"), 200, |_| {
        ("/signup".into(), Sent::Nothing)
    })
    .await;
    d.route(&nobody, ("POST", "/signin"), 303, |_| {
        (
            "/signin".into(),
            Sent::Form("email=ann@example.org&password=another+horse+2".into()),
        )
    })
    .await;
    d.route(&app.stranger(), ("POST", "/signup"), 303, |turn| {
        (
            "/signup".into(),
            Sent::Form(format!(
                "email=n{turn}{place}@example.org&password=correct+horse"
            )),
        )
    })
    .await;
    // The provider is unreachable, so this measures only the start of the sign-in.
    d.route(&nobody, ("GET", "/auth/openid"), 503, |_| {
        ("/auth/openid".into(), Sent::Nothing)
    })
    .await;
    d.route(&ann, ("GET", "/auth/openid/connect"), 503, |_| {
        ("/auth/openid/connect".into(), Sent::Nothing)
    })
    .await;
    d.route(&ann, ("GET", "/auth/openid/prove"), 503, |_| {
        ("/auth/openid/prove".into(), Sent::Nothing)
    })
    .await;
    d.route(&nobody, ("GET", "/auth/openid/callback"), 403, |_| {
        ("/auth/openid/callback?state=x&code=y".into(), Sent::Nothing)
    })
    .await;
    d.post(
        &ann,
        "/auth/openid/disconnect",
        [
            "/auth/openid/disconnect".into(),
            "/auth/openid/disconnect".into(),
        ],
        "",
    )
    .await;
    for path in ["/about/fetcher", "/api", "/api/v1/openapi.json"] {
        d.route(&nobody, ("GET", path), 200, |_| {
            (path.into(), Sent::Nothing)
        })
        .await;
    }
    d.route(&ann, ("GET", "/admin/backup"), 400, |_| {
        ("/admin/backup".into(), Sent::Nothing)
    })
    .await;
    let script =
        crate::support::attribute(ann.get("/help").await.text(), "type=\"module\"", "src").unwrap();
    d.get(&nobody, "/static/{version}/{*path}", &script).await;
    d.route(&nobody, ("GET", "/favicon.ico"), 307, |_| {
        ("/favicon.ico".into(), Sent::Nothing)
    })
    .await;
    for route in ["/robots.txt", "/healthz", "/health"] {
        d.get(&nobody, route, route).await;
    }
    // A request without a session is rejected without a read.
    for method in ["GET", "POST"] {
        d.route(&nobody, (method, "/websub/{feed}/{token}"), 404, |_| {
            ("/websub/7/abc".into(), Sent::Nothing)
        })
        .await;
    }
    d.route(&ann, ("POST", "/pulse"), 200, |_| {
        ("/pulse".into(), Sent::Nothing)
    })
    .await;
    for route in [
        "/cron/refresh",
        "/cron/daily",
        "/cron/sessions",
        "/cron/sleepers",
        "/cron/orphans",
        "/cron/accounts",
        "/cron/audit",
        "/cron/hubs",
    ] {
        d.get(&nobody, route, route).await;
    }
    let last = app.stranger();
    for (turn, state) in ["cold", "warm"].into_iter().enumerate() {
        last.post(
            "/signin",
            &[
                ("email", "ann@example.org"),
                ("password", "another horse 2"),
            ],
        )
        .await
        .is(303);
        if turn == 0 {
            app.forgets();
        } else {
            last.get("/help").await.is(200);
        }
        d.note(
            "POST /signout",
            state,
            last.post("/signout", &[]).await.is(303).cost,
        );
    }
    d.driven.insert(("POST".into(), "/signout".into()));

    // Last: what a pack adds to the shelf would be in all that comes after it.
    let packs = ["/packs/science".to_owned(), "/packs/slow".to_owned()];
    last.post(
        "/signin",
        &[
            ("email", "ann@example.org"),
            ("password", "another horse 2"),
        ],
    )
    .await
    .is(303);
    d.post(&last, "/packs/{pack}", packs, "").await;
    d.get(&last, "/packs/{pack}", "/packs/science").await;
    let late = app.program_of(&last).await;
    let listed = late.get("/api/v1/subscriptions").await.json();
    let listed = listed["subscriptions"].as_array().unwrap().iter();
    let full = listed.filter(|one| one["articles"].as_u64() == Some(6));
    let here: Vec<&str> = full.map(|one| one["feed"].as_str().unwrap()).collect();
    d.get(
        &last,
        "/feed/{feed}/plan",
        &format!("/feed/{}/plan", here[0]),
    )
    .await;
    for what in ["trial", "pause", "resume"] {
        let paths = [0, 1].map(|turn| format!("/feed/{}/{what}", here[turn]));
        let route = format!("/feed/{{feed}}/{what}");
        d.post(&last, &route, paths, "days=").await;
    }
    let many = |turn: usize, what: &str| {
        let feeds: Vec<String> = (2..12).map(|n| format!("feed={}", here[n])).collect();
        let form = format!("{}&do=move&folder={what}{turn}", feeds.join("&"));
        ("/feeds".to_owned(), Sent::Form(form))
    };
    d.route(&last, ("POST", "/feeds"), 303, |turn| many(turn, "Many"))
        .await;
    d.route(&last, ("POST", "/folders"), 303, |turn| {
        ("/folders".into(), Sent::Form(format!("name=Empty{turn}")))
    })
    .await;
    d.route(&last, ("POST", "/add/several"), 303, |turn| {
        let form = format!("url={}&url={}", url(8 + 2 * turn), url(9 + 2 * turn));
        ("/add/several".into(), Sent::Form(form))
    })
    .await;
    let looked = last.post("/add", &[("url", &url(0)), ("do", "look")]).await;
    d.note("POST /add, looking", "warm", looked.is(303).cost);
    // What is kept.
    let tags =
        [0, 1].map(|turn| format!("/article/{}/tags", format_args!("{}-{}", here[3], 1 + turn)));
    d.post(&last, "/article/{id}/tags", tags, "tags=one&note=two")
        .await;
    d.get(&last, "/tags/{*tag}", "/tags/one").await;
    let name = format!("a{}", format_args!("{}-1", here[3]));
    d.route(&last, ("GET", "/kept/{name}"), 303, |_| {
        (format!("/kept/{name}"), Sent::Nothing)
    })
    .await;
    let kept = [0, 1].map(|turn| format!("/kept/a{}", format_args!("{}-{}", here[3], 1 + turn)));
    d.post(&last, "/kept/{name}", kept, "tags=one").await;
    let words = "Words of a page that is long enough to be kept. ".repeat(40);
    for turn in 0..2 {
        let page = format!("<title>A page</title><article><p>{words}</p><p>{words}</p></article>");
        web.put(&format!("/page{turn}"), Page::html(&page));
    }
    d.route(&last, ("POST", "/keep"), 303, |turn| {
        let form = format!("url={}", web.url(&format!("/page{turn}")));
        ("/keep".into(), Sent::Form(form))
    })
    .await;
    d.route(&last, ("POST", "/kept/import"), 400, |_| {
        ("/kept/import".into(), Sent::File("nothing".into()))
    })
    .await;
    d.route(&late, ("PUT", "/api/v1/kept/{id}"), 204, |turn| {
        let path = format!("/api/v1/kept/{}", format_args!("{}-{}", here[3], 1 + turn));
        (path, Sent::Json(json!({ "tags": ["x"] })))
    })
    .await;
    d.route(&late, ("DELETE", "/api/v1/kept/{id}"), 204, |turn| {
        (
            format!("/api/v1/kept/{}", format_args!("{}-{}", here[3], 1 + turn)),
            Sent::Nothing,
        )
    })
    .await;
    // Sending on.
    d.route(&last, ("POST", "/settings/targets"), 303, |turn| {
        let form = format!(
            "name=T{turn}&service=webhook&secret=k&address={}",
            web.url("/hook")
        );
        ("/settings/targets".into(), Sent::Form(form))
    })
    .await;
    let sent =
        [0, 1].map(|turn| format!("/article/{}/send", format_args!("{}-{}", here[3], 1 + turn)));
    d.post(&last, "/article/{id}/send", sent, "to=0&return=/all")
        .await;
    for route in ["/kept", "/export/kept.json"] {
        d.get(&last, route, route).await;
    }
    d.get(&late, "/api/v1/kept", "/api/v1/kept").await;
    // The journal: what was done so far waits in the read state.
    let id = format!("{}-1", here[3]);
    d.route(&late, ("POST", "/api/v1/articles/{id}/open"), 204, |turn| {
        let path = format!("/api/v1/articles/{}-{}/open", here[3], 2 + turn);
        (path, Sent::Json(json!({})))
    })
    .await;
    for (route, path) in [
        ("/edition", "/edition"),
        ("/edition/read", "/edition/read"),
        ("/edition/book.epub", "/edition/book.epub"),
        ("/journal", "/journal"),
        ("/footprint", "/footprint"),
        ("/digest", "/digest"),
        ("/digest/book.epub", "/digest/book.epub"),
        ("/journal/recent", "/journal/recent"),
        ("/journal/export", "/journal/export"),
        ("/insights", "/insights"),
        ("/insights/year", "/insights/year"),
        ("/insights/{year}", "/insights/2026"),
        ("/export/{file}", "/export/journal.csv"),
    ] {
        d.get(&last, route, path).await;
    }
    // Boxed: this function is long enough for a test thread’s stack.
    Box::pin(super::own_data::drive(&mut d, &last)).await;
    // While there is something in them.
    for route in [
        "edition",
        "edition/book.epub",
        "digest",
        "digest/book.epub",
        "insights",
        "footprint",
        "kept/export",
        "stars/export",
        "journal/export",
    ] {
        let route = format!("/api/v1/{route}");
        d.get(&late, &route, &route).await;
    }
    let day = app.clock.now().date_naive();
    let erase = ["/journal/erase".into(), "/journal/erase".into()];
    let form = format!("what=line&day={day}&article={id}&return=/journal");
    d.post(&last, "/journal/erase", erase, &form).await;
    for (turn, keep) in [(0, "year"), (1, "ever")] {
        let form = [("keep", keep), ("zone", "UTC")];
        if turn == 0 {
            app.forgets();
        }
        let saved = last.post("/journal/settings", &form).await;
        let state = if turn == 0 { "cold" } else { "warm" };
        d.note("POST /journal/settings", state, saved.is(303).cost);
    }
    d.driven
        .insert(("POST".to_owned(), "/journal/settings".to_owned()));
    d.route(&last, ("POST", "/insights/leave-out"), 303, |turn| {
        let form = format!("feed={}&return=/insights", here[3 + turn]);
        ("/insights/leave-out".into(), Sent::Form(form))
    })
    .await;
    d.route(&last, ("POST", "/edition"), 303, |turn| {
        ("/edition".into(), Sent::Form(format!("hour={}", 8 + turn)))
    })
    .await;
    // A holiday reaches every feed, and its end wakes none by itself.
    d.post(
        &last,
        "/holiday",
        ["/holiday".into(), "/holiday".into()],
        "days=14",
    )
    .await;
    // Programs, on a shelf of their own.
    Box::pin(super::programs::drive(&mut d, &web, SIZES[place])).await;
    d.post(
        &last,
        "/holiday/end",
        ["/holiday/end".into(), "/holiday/end".into()],
        "",
    )
    .await;
    Box::pin(super::own_api::drive(&mut d, (&last, &late), &web, &here)).await;

    // Two pages are older than a day then.
    app.minutes_pass(2 * 24 * 60);
    last.get("/unread").await.is(200);
    d.post(
        &last,
        "/kept/let-go",
        ["/kept/let-go".into(), "/kept/let-go".into()],
        "days=1",
    )
    .await;

    // What is open to others: the stars, and a folder of ten feeds.
    let star = format!("/article/{}-1/star", here[3]);
    last.post(&star, &[]).await.is(303);
    d.get(&last, "/settings/shared", "/settings/shared").await;
    d.route(&last, ("POST", "/settings/shared"), 303, |turn| {
        let what = ["what=starred", "what=folder:Many1"][turn];
        ("/settings/shared".into(), Sent::Form(what.into()))
    })
    .await;
    let page = last.get("/settings/shared").await;
    let mut open: Vec<String> = page
        .text()
        .split("readonly value=\"http://reader.example")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    // They were opened in the same minute.
    open.sort_by_key(|path| page.text().contains(&format!("{path}.opml")));
    assert_eq!(open.len(), 2);
    d.get(&nobody, "/s/{name}", &open[0]).await;
    for state in ["cold", "warm"] {
        if state == "cold" {
            app.forgets();
        }
        let cost = nobody.get(&open[1]).await.is(200).cost;
        d.note("GET /s/{name}, ten feeds", state, cost);
    }
    let style = format!("/s{}", dormouse::web::assets::assets().css);
    d.get(&nobody, "/s/static/{version}/{*path}", &style).await;
    for what in ["renew", "close"] {
        let page = last.get("/settings/shared").await;
        let ids: Vec<String> = page
            .text()
            .split("action=\"/settings/shared/")
            .filter_map(|rest| Some(rest.split_once("/renew\"")?.0.to_owned()))
            .filter(|id| id.len() == 64)
            .collect();
        let route = format!("/settings/shared/{{id}}/{what}");
        d.route(&last, ("POST", &route), 303, |turn| {
            (
                format!("/settings/shared/{}/{what}", ids[turn]),
                Sent::Nothing,
            )
        })
        .await;
    }

    // Private feeds.
    last.post("/settings/shared", &[("what", "edition")])
        .await
        .is(303);
    let page = last.get("/settings/shared").await;
    let (_, rest) = page.text().split_once("http://reader.example/f/").unwrap();
    let path = format!("/f/{}", rest.split('"').next().unwrap());
    d.get(&nobody, "/f/{name}", &path).await;
    // Bringing a month of a journal.
    for (turn, state) in [(0, "cold"), (1, "warm")] {
        if turn == 0 {
            app.forgets();
        }
        let line = |n: i32| {
            json!({ "at": format!("2026-01-1{n}T08:00:00Z"), "act": "opened", "feed": "Old",
                "feed_url": "https://old.example/feed", "title": "T", "link": format!("https://old.example/{turn}{n}"),
                "article": format!("77-{}", turn * 10 + n + 1) })
            .to_string()
        };
        let file: Vec<String> = (0..9).map(line).collect();
        let ask = last.ask(http::Method::POST, "/journal/import");
        let brought = ask.file("history", file.join("\n").as_bytes()).send().await;
        d.note("POST /journal/import", state, brought.is(303).cost);
    }
    d.driven
        .insert(("POST".to_owned(), "/journal/import".to_owned()));

    Box::pin(super::searches::drive(&mut d, &web, &last, &late)).await;
    Box::pin(super::own_more::drive(&mut d, &late, &web, &here)).await;

    let all: BTreeSet<_> = dormouse::web::routes()
        .iter()
        .flat_map(|route| {
            route
                .methods
                .split(", ")
                .map(|method| (method.to_owned(), route.path.to_owned()))
        })
        .collect();
    let mut driven = std::mem::take(&mut d.driven);
    if let Some(judge) = &d.judge {
        judge.has_seen_every_call();
    }
    // Large, so they are boxed to stay off the stack.
    Box::pin(super::accounts::drive(place, measured, &mut driven)).await;
    Box::pin(super::mailed::drive(place, measured, &mut driven)).await;
    let missed: Vec<_> = all.difference(&driven).collect();
    assert!(missed.is_empty(), "not driven: {missed:?}");
}
