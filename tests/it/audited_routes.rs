//! Every route that changes an account, or what belongs to all, writes its line of the audit log: walked over with the route table,
//! so that a new one is found. What changes only what somebody reads is listed with a reason.

use std::collections::{BTreeMap, BTreeSet};

use dormouse::users::audit::Act;
use http::Method;
use serde_json::json;

use crate::second_steps::{adds_passkey, signs_in_with};
use crate::support::{Asked, Client, FakeWeb, FeedText, PASSWORD, Page, Relay, TestApp, at};

/// Routes, and the acts of which each has written a line in the walk. An `{act}` stands with its name.
const LINES: &[(&str, &[Act])] = &[
    // Coming in.
    ("POST /signup", &[Act::SignedUp]),
    ("POST /signup/{token}", &[Act::SignedUp]),
    ("POST /signin", &[Act::SignInFailed, Act::SignedIn]),
    (
        "POST /signin/second",
        &[Act::SecondStepFailed, Act::RecoveryCodeUsed],
    ),
    ("POST /signin/passkey", &[Act::SignedIn]),
    (
        "POST /reset/{link}",
        &[Act::PasswordReset, Act::TokenRevoked],
    ),
    (
        "POST /mail/confirm/{link}",
        &[Act::AddressConfirmed, Act::AddressChanged],
    ),
    ("POST /mail/stop/{link}", &[Act::LettersChanged]),
    ("GET /auth/openid/callback", &[Act::Connected]),
    ("POST /auth/openid/disconnect", &[Act::Disconnected]),
    // One's own account.
    (
        "POST /settings/password",
        &[Act::PasswordChanged, Act::PasskeyRemoved],
    ),
    ("POST /settings/mail", &[Act::LettersChanged]),
    ("POST /settings/mail/address", &[Act::AddressChangeBegun]),
    ("POST /settings/mail/cancel", &[Act::AddressChangeCancelled]),
    ("POST /settings/invitations", &[Act::Invited]),
    (
        "POST /settings/invitations/{id}/revoke",
        &[Act::InvitationRevoked],
    ),
    (
        "POST /settings/security/sessions/end",
        &[Act::SessionsEnded],
    ),
    (
        "POST /settings/security/sessions/{id}/end",
        &[Act::SessionEnded],
    ),
    ("POST /settings/security/second", &[Act::SecondStepChanged]),
    (
        "POST /settings/security/password/remove",
        &[Act::PasswordRemoved],
    ),
    ("POST /settings/security/passkeys", &[Act::PasskeyAdded]),
    (
        "POST /settings/security/passkeys/{id}/rename",
        &[Act::PasskeyRenamed],
    ),
    (
        "POST /settings/security/passkeys/{id}/remove",
        &[Act::PasskeyRemoved],
    ),
    ("POST /settings/security/codes", &[Act::CodesOn]),
    (
        "POST /settings/security/codes/recovery",
        &[Act::RecoveryCodesMade],
    ),
    ("POST /settings/security/codes/off", &[Act::CodesOff]),
    (
        "POST /settings/delete-account",
        &[Act::DeletionBegun, Act::Deleted],
    ),
    ("POST /settings/tokens", &[Act::TokenMade]),
    ("POST /settings/tokens/{id}/revoke", &[Act::TokenRevoked]),
    ("DELETE /api/v1/tokens/{id}", &[Act::TokenRevoked]),
    ("POST /settings/shared", &[Act::ShareOpened]),
    ("POST /settings/shared/{id}/renew", &[Act::ShareRenewed]),
    ("POST /settings/shared/{id}/close", &[Act::ShareClosed]),
    ("POST /api/v1/shares", &[Act::ShareOpened]),
    ("POST /api/v1/shares/{id}/renew", &[Act::ShareRenewed]),
    ("DELETE /api/v1/shares/{id}", &[Act::ShareClosed]),
    (
        "POST /settings/targets",
        &[Act::ServiceAdded, Act::ServiceRemoved],
    ),
    ("POST /api/v1/services", &[Act::ServiceAdded]),
    ("DELETE /api/v1/services/{name}", &[Act::ServiceRemoved]),
    ("POST /feed/{feed}/webhooks", &[Act::WebhookMade]),
    (
        "POST /feed/{feed}/webhooks/{id}/remove",
        &[Act::WebhookRemoved],
    ),
    ("POST /api/v1/webhooks", &[Act::WebhookMade]),
    ("DELETE /api/v1/webhooks/{id}", &[Act::WebhookRemoved]),
    ("POST /add", &[Act::DoorChanged]),
    ("POST /feed/{feed}/door", &[Act::DoorChanged]),
    ("POST /api/v1/subscriptions", &[Act::DoorChanged]),
    ("PATCH /api/v1/subscriptions/{feed}", &[Act::DoorChanged]),
    // What is taken along and brought.
    ("GET /export.opml", &[Act::Exported, Act::PasswordsExported]),
    ("GET /export/data.zip", &[Act::Exported]),
    ("GET /export/starred.json", &[Act::Exported]),
    ("GET /export/kept.json", &[Act::Exported]),
    ("GET /export/searches.json", &[Act::Exported]),
    ("GET /export/{file}", &[Act::Exported]),
    ("GET /admin/backup", &[Act::Backup]),
    ("POST /settings/data/import", &[Act::DataImported]),
    ("POST /import", &[Act::Imported]),
    ("POST /api/v1/opml", &[Act::Imported]),
    ("POST /reader/api/0/subscription/import", &[Act::Imported]),
    ("POST /house/follow", &[Act::HouseFollowed]),
    ("POST /house/leave", &[Act::HouseLeft]),
    ("POST /house/copy", &[Act::Imported]),
    ("POST /house/again", &[Act::Imported]),
    // The administration.
    ("POST /admin/invitations", &[Act::Invited]),
    (
        "POST /admin/invitations/{id}/revoke",
        &[Act::InvitationRevoked],
    ),
    ("POST /admin/users/{id}/disable", &[Act::Disabled]),
    ("POST /admin/users/{id}/enable", &[Act::Enabled]),
    ("POST /admin/users/{id}/admin", &[Act::MadeAdmin]),
    ("POST /admin/users/{id}/reader", &[Act::UnmadeAdmin]),
    ("POST /admin/users/{id}/quota", &[Act::QuotaChanged]),
    ("POST /admin/users/{id}/reset-link", &[Act::ResetLinkMade]),
    ("POST /admin/users/{id}/sessions", &[Act::SessionsEnded]),
    (
        "POST /admin/users/{id}/delete",
        &[Act::DeletionBegun, Act::Deleted],
    ),
    ("POST /admin/feeds/{feed}/refresh", &[Act::FeedRefreshed]),
    ("POST /admin/feeds/{feed}/pause", &[Act::FeedPaused]),
    ("POST /admin/feeds/{feed}/resume", &[Act::FeedResumed]),
    ("POST /admin/feeds/{feed}/remove", &[Act::FeedRemoved]),
    ("POST /admin/hosts", &[Act::HostBlocked, Act::HostUnblocked]),
    ("POST /admin/house/add", &[Act::HouseAdded]),
    ("POST /admin/house/remove", &[Act::HouseRemoved]),
    ("POST /admin/house/paste", &[Act::HouseImported]),
    ("POST /admin/house/file", &[Act::HouseImported]),
    ("POST /admin/house/name", &[Act::HouseSet]),
    ("POST /admin/house/source", &[Act::HouseSet]),
    ("POST /admin/house/read", &[Act::HouseRead]),
];

/// Beginnings of routes that write no line, and why. What stands above goes first.
const NONE: &[(&str, &str)] = &[
    // They change nothing that outlives them.
    ("POST /signout", "the session ends that asks for it"),
    ("POST /signin/passkey/options", "it asks"),
    ("POST /settings/security/passkeys/options", "it asks"),
    ("POST /confirm", "a proof; what it is for has its own line"),
    ("POST /reset", "a letter; what its link does is a line"),
    ("POST /settings/mail/verify", "a letter, the same"),
    ("POST /accounts/ClientLogin", "a token of before"),
    ("POST /websub/", "a hub's"),
    // What somebody reads, keeps and sees, and how.
    ("POST /article/", "reading"),
    ("POST /mark-all", "reading"),
    ("POST /marks", "reading"),
    ("POST /undo", "reading"),
    ("POST /pulse", "reading"),
    ("POST /pack", "reading; and a pack of feeds, the shelf"),
    ("POST /acts", "what a device did without a network: reading"),
    ("POST /wake/step", "the shelf wakes"),
    ("POST /searches", "reading"),
    ("POST /rules", "reading"),
    ("POST /feeds", "the shelf"),
    ("POST /folders", "the shelf"),
    ("POST /feed/{feed}/", "the shelf"),
    ("POST /holiday", "the shelf"),
    ("POST /add/several", "the shelf"),
    ("POST /import/step", "fetches what an import added"),
    ("POST /house/seen", "a note was read"),
    ("POST /keep", "keeping"),
    ("POST /kept", "keeping"),
    ("POST /edition", "reading"),
    ("POST /journal/", "one's own journal"),
    ("POST /insights/", "one's own journal"),
    ("POST /settings/reading", "how pages look"),
    ("POST /reader/api/0/", "the same by a program"),
    ("POST /reader/atom/", "reads alone"),
    ("POST /fever", "the same by a program"),
    ("POST /api/v1/articles/", "reading"),
    ("POST /api/v1/marks", "reading"),
    ("POST /api/v1/sync", "it asks, with a body"),
    ("POST /api/v1/preview", "it asks"),
    ("PUT /api/v1/stars/", "keeping"),
    ("DELETE /api/v1/stars/", "keeping"),
    ("POST /api/v1/kept", "keeping"),
    ("PUT /api/v1/kept/", "keeping"),
    ("DELETE /api/v1/kept/", "keeping"),
    ("POST /api/v1/searches", "reading"),
    ("PATCH /api/v1/searches/", "reading"),
    ("DELETE /api/v1/searches/", "reading"),
    ("POST /api/v1/rules", "reading"),
    ("PATCH /api/v1/rules/", "reading"),
    ("DELETE /api/v1/rules/", "reading"),
    ("POST /api/v1/subscriptions/", "the shelf"),
    ("DELETE /api/v1/subscriptions/", "the shelf"),
    ("POST /api/v1/folders", "the shelf"),
    ("PUT /api/v1/folders", "the shelf"),
    ("PATCH /api/v1/folders", "the shelf"),
    ("DELETE /api/v1/folders", "the shelf"),
    ("POST /api/v1/garden", "the shelf"),
    ("PUT /api/v1/holiday", "the shelf"),
    ("DELETE /api/v1/holiday", "the shelf"),
    ("POST /api/v1/packs/", "the shelf"),
    ("PATCH /api/v1/edition", "reading"),
    ("PATCH /api/v1/preferences", "how pages look"),
    ("POST /api/v1/journal/", "one's own journal"),
    ("PATCH /api/v1/journal/", "one's own journal"),
    ("POST /api/v1/insights/", "one's own journal"),
];

/// The routes that have an `{act}` in their path, which is what they do.
fn acts_of(route: &str) -> bool {
    route.ends_with("/{act}")
}

/// How well a path is one of a route's: segments that are equal; `None` if it isn't.
fn fits(route: &str, path: &str) -> Option<usize> {
    let (mut own, mut asked) = (route.split('/'), path.split('/'));
    let mut equal = 0;
    loop {
        match (own.next(), asked.next()) {
            (None, None) => return Some(equal),
            (Some(part), Some(_)) if part.starts_with("{*") => return Some(equal),
            (Some(part), Some(given)) if part == given => equal += 1,
            (Some(part), Some(given)) if part.starts_with('{') && !given.is_empty() => {
                // `{name}.zip` and the like aren't in the table.
                assert!(part.ends_with('}'), "{route}");
            }
            _ => return None,
        }
    }
}

/// The route that a request went to, with its act.
fn route_of(all: &[(String, String)], asked: &Asked) -> Option<String> {
    let path = asked.path.split(['?', '#']).next().unwrap_or_default();
    let own = all.iter().filter(|(method, _)| *method == asked.method);
    let fitting = own.filter_map(|(_, route)| Some((fits(route, path)?, route)));
    let (_, route) = fitting.max_by_key(|(equal, _)| *equal)?;
    let route = match acts_of(route) {
        true => {
            let act = path.rsplit('/').next().unwrap_or_default();
            route.replace("{act}", act)
        }
        false => route.clone(),
    };
    Some(format!("{} {route}", asked.method))
}

fn reason(route: &str) -> Option<&'static str> {
    let found = NONE.iter().find(|(start, _)| route.starts_with(start));
    found.map(|(_, why)| *why)
}

/// All routes, by method and path.
fn all_routes() -> Vec<(String, String)> {
    let routes = dormouse::web::routes();
    let all = routes.iter().flat_map(|route| {
        let methods = route.methods.split(", ");
        methods.map(|method| (method.to_owned(), route.path.to_owned()))
    });
    all.collect()
}

/// Whether each route is in one of the two lists, and each of the first has written its lines.
pub(crate) fn all_have_their_lines(asked: &[Asked]) {
    let all = all_routes();
    let mut written: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for one in asked {
        let route = route_of(&all, one);
        let known = route.and_then(|route| {
            let known = LINES.iter().find(|(name, _)| *name == route);
            if known.is_none() && one.method != "GET" {
                assert!(reason(&route).is_some(), "{route} is in no list");
                assert!(one.acts.is_empty(), "{route} wrote {:?}", one.acts);
            }
            known
        });
        if let Some((route, _)) = known {
            let acts = one.acts.iter().map(String::as_str);
            written.entry((*route).to_owned()).or_default().extend(acts);
        }
    }
    let mut missing = Vec::new();
    for (route, acts) in LINES {
        for act in *acts {
            let has = written
                .get(*route)
                .is_some_and(|all| all.contains(act.name()));
            if !has {
                missing.push(format!("{route}: {}", act.name()));
            }
        }
    }
    assert!(missing.is_empty(), "without their lines: {missing:#?}");
}

/// A new route is put into one of the lists, and none is there for nothing.
#[test]
fn every_route_that_changes_something_is_in_a_list() {
    let all = all_routes();
    let is_listed = |method: &str, path: &str| {
        let route = format!("{method} {path}");
        let start = route.trim_end_matches("{act}");
        let has_lines = LINES.iter().any(|(name, _)| match acts_of(&route) {
            true => name.starts_with(start),
            false => *name == route,
        });
        has_lines || reason(&route).is_some()
    };
    let unknown: Vec<String> = all
        .iter()
        .filter(|(method, path)| method != "GET" && !is_listed(method, path))
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let is_of = |name: &str, is_start: bool| {
        all.iter().any(|(method, path)| {
            let route = format!("{method} {path}");
            let is_act = acts_of(&route) && name.starts_with(route.trim_end_matches("{act}"));
            is_act
                || if is_start {
                    route.starts_with(name)
                } else {
                    route == name
                }
        })
    };
    let starts = NONE.iter().filter(|(start, _)| !is_of(start, true));
    let lines = LINES.iter().filter(|(name, _)| !is_of(name, false));
    let unused: Vec<&str> = starts
        .map(|(start, _)| *start)
        .chain(lines.map(|(name, _)| *name))
        .collect();
    assert!(
        unknown.is_empty() && unused.is_empty(),
        "in no list: {unknown:#?}; of no route: {unused:#?}"
    );
}

/// What is left of the walk: Ann invites, and Carl comes, tries everything, and goes.
pub(crate) async fn the_rest(app: &TestApp, web: &FakeWeb, relay: &Relay, ann: &Client<'_>) {
    relay.letters();
    let form = [("uses", "5"), ("days", "7")];
    ann.post("/admin/invitations", &form).await.is(303);
    let page = ann.get("/admin/invitations").await;
    let link = crate::support::attribute(page.is(200).text(), "id=\"new-link\"", "value").unwrap();
    let token = link.rsplit('/').next().unwrap();
    let carl = app.stranger();
    let form = [("email", "carl@example.org"), ("invitation", token)];
    carl.post("/signup", &form).await.is(200);
    let link = relay.letter().link();
    carl.post(&link, &[("password", PASSWORD)]).await.is(303);
    ways_in(app, relay, &carl).await;
    let text = FeedText::hourly("carls", 3, at(11, 0)).rss();
    let url = web.put("/carls", Page::feed(text));
    let feed = carl.subscribes(&url).await;
    let program = app.program_of(&carl).await;
    on_pages(web, ann, &carl, &feed).await;
    by_programs(web, &carl, &program, &feed).await;

    // A letter, and the link in it that ends them.
    let wanted = [("edition", "1"), ("notices", "1")];
    carl.post("/settings/mail", &wanted).await.is(303);
    relay.letters();
    app.clock.advance(chrono::TimeDelta::hours(24));
    app.tick(std::time::Duration::from_secs(60)).await;
    app.cron().await;
    let letters = relay.letters();
    let letter = letters.iter().find(|one| one.to.starts_with("carl"));
    let stop = letter.unwrap().header("list-unsubscribe");
    let stop = stop.trim_matches(['<', '>']);
    let stop = stop.replace("https://reader.example", "");
    app.stranger().post(&stop, &[]).await.is(200);
    // A forgotten password; the tokens go with it.
    let form = [("email", "carl@example.org")];
    app.stranger().post("/reset", &form).await.is(200);
    let link = relay.letter().link();
    let form = [("password", PASSWORD), ("tokens", "1")];
    app.stranger().post(&link, &form).await.is(200);
    let form = [("email", "carl@example.org"), ("password", PASSWORD)];
    app.stranger().post("/signin", &form).await.is(303);
    carl.post("/signin", &form).await.is(303);
    let gone = carl.post("/settings/delete-account", &[("sure", "1")]);
    gone.await.is(200);
}

async fn ways_in(app: &TestApp, relay: &Relay, carl: &Client<'_>) {
    carl.post("/settings/mail/verify", &[]).await.is(303);
    let link = relay.letter().link();
    app.stranger().post(&link, &[]).await.is(200);
    let form = [("email", "charles@example.org")];
    carl.post("/settings/mail/address", &form).await.is(303);
    carl.post("/settings/mail/cancel", &[]).await.is(303);
    // Given up, there is nothing to give up: no line.
    carl.post("/settings/mail/cancel", &[]).await.is(303);
    let mut device = adds_passkey(carl, "Phone").await;
    let elsewhere = app.stranger();
    signs_in_with(&elsewhere, &mut device).await.is(303);
    let page = carl.get("/settings/security").await;
    let (_, rest) = page
        .is(200)
        .text()
        .split_once("/settings/security/passkeys/")
        .unwrap();
    let id = rest.split('/').next().unwrap();
    let path = format!("/settings/security/passkeys/{id}/rename");
    carl.post(&path, &[("name", "Blue")]).await.is(303);
    // What isn't kept on purpose ends with the old password.
    let form = [("current", PASSWORD), ("new", "another good one")];
    carl.post("/settings/password", &form).await.is(303);
    let form = [("current", "another good one"), ("new", PASSWORD)];
    carl.post("/settings/password", &form).await.is(303);
    let form = [("uses", "1"), ("days", "7")];
    carl.post("/settings/invitations", &form).await.is(303);
    let page = carl.get("/settings/invitations").await;
    let (_, rest) = page
        .is(200)
        .text()
        .split_once("action=\"/settings/invitations/")
        .unwrap();
    let id = rest.split('/').next().unwrap();
    let path = format!("/settings/invitations/{id}/revoke");
    carl.post(&path, &[]).await.is(303);
    relay.letters();
}

async fn on_pages(web: &FakeWeb, ann: &Client<'_>, carl: &Client<'_>, feed: &str) {
    let hooks = format!("/feed/{feed}/webhooks");
    let address = web.url("/hook");
    carl.post(&hooks, &[("address", &address)]).await.is(303);
    let page = carl.get(&format!("/feed/{feed}/settings")).await;
    let (_, rest) = page
        .is(200)
        .text()
        .split_once(&format!("{hooks}/"))
        .unwrap();
    let id = rest.split('/').next().unwrap();
    carl.post(&format!("{hooks}/{id}/remove"), &[])
        .await
        .is(303);
    let service = [
        ("name", "Mine"),
        ("service", "link"),
        ("address", "https://a.example/?u={url}"),
    ];
    carl.post("/settings/targets", &service).await.is(303);
    carl.post("/settings/targets", &[("remove", "0")])
        .await
        .is(303);
    for file in [
        "starred.json",
        "kept.json",
        "searches.json",
        "journal.jsonl",
    ] {
        carl.get(&format!("/export/{file}")).await.is(200);
    }
    let opml = "<opml version=\"2.0\"><body><outline text=\"t\" xmlUrl=\"https://late.example/feed\"/></body></opml>";
    let ask = ann.ask(Method::POST, "/admin/house/file");
    ask.file("opml", opml.as_bytes()).send().await.is(303);
    carl.post("/house/copy", &[]).await.is(303);
    carl.post("/house/follow", &[]).await.is(303);
    carl.post("/house/again", &[]).await.is(303);
    carl.post("/house/seen", &[]).await.is(303);
    let ask = carl.ask(Method::POST, "/import");
    ask.file("opml", opml.as_bytes()).send().await.is(303);
    carl.post("/signin/passkey/options", &[]).await.is(200);
}

async fn by_programs(web: &FakeWeb, carl: &Client<'_>, program: &Client<'_>, feed: &str) {
    let hook = json!({ "feed": feed, "address": web.url("/hook") });
    let made = program.post_json("/api/v1/webhooks", hook).await;
    let id = made.is(201).json()["webhook"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let deletes = async |path: String| {
        let gone = program.ask(Method::DELETE, &path).send().await;
        gone.is(204);
    };
    deletes(format!("/api/v1/webhooks/{id}")).await;
    let service =
        json!({ "name": "Mine", "service": "link", "address": "https://a.example/?u={url}" });
    program.post_json("/api/v1/services", service).await.is(201);
    deletes("/api/v1/services/Mine".to_owned()).await;
    let share = json!({ "what": "starred" });
    let open = program.post_json("/api/v1/shares", share).await;
    let id = |answer: &crate::support::Answer| {
        answer.json()["shares"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let path = format!("/api/v1/shares/{}/renew", id(open.is(201)));
    let renewed = program.post_json(&path, json!({})).await;
    deletes(format!("/api/v1/shares/{}", id(renewed.is(200)))).await;
    let door = json!({ "kind": "bearer", "secret": "one" });
    let text = FeedText::hourly("closed", 2, at(11, 0)).rss();
    let url = web.put(
        "/closed",
        Page::behind("authorization", "Bearer one", Page::feed(text)),
    );
    let wanted = json!({ "url": url, "door": door });
    let added = program.post_json("/api/v1/subscriptions", wanted).await;
    let closed = added.is(201).json()["feed"].as_str().unwrap().to_owned();
    let ask = program.ask(Method::PATCH, &format!("/api/v1/subscriptions/{closed}"));
    ask.json(&json!({ "door": door })).send().await.is(200);
    let opml = "<opml version=\"2.0\"><body><outline text=\"t\" xmlUrl=\"https://later.example/feed\"/></body></opml>";
    let ask = program.ask(Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", opml).send().await.is(200);
    // Another token, with which a program of the other kind imports, and which is revoked then.
    let token = carl.makes_token().await;
    let auth = format!("GoogleLogin auth=dormouse/{token}");
    let ask = carl.app.stranger();
    let ask = ask.ask(Method::POST, "/reader/api/0/subscription/import");
    let ask = ask.header("authorization", &auth).body("text/xml", opml);
    ask.send().await.is(200);
    let tokens = program.get("/api/v1/tokens").await.json();
    let all = tokens["tokens"].as_array().unwrap();
    let id = all.last().unwrap()["id"].as_str().unwrap();
    deletes(format!("/api/v1/tokens/{id}")).await;
    // So that one is left for the new password to revoke.
    carl.makes_token().await;
}
