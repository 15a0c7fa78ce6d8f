//! `BASE_URL` with a path: everything is below it, whether a proxy takes it off or not.

use std::collections::{BTreeSet, VecDeque};

use http::Method;
use serde_json::json;

use crate::support::{
    Client, FakeWeb, FeedText, PASSWORD, Page, Shell, TestApp, at, attribute, plain, unescape,
};

const BASE: &str = "http://reader.example/news/reader";
const ROOT: &str = "/news/reader";

/// What pages need not lead to in a test: it ends the session, or asks other servers.
const NOT_FOLLOWED: [&str; 3] = ["/auth/", "/admin/backup", "/cron/"];

/// Attributes that hold our paths as the server takes them back, or text.
const INSIDE: [&str; 6] = [
    "value",
    "placeholder",
    "data-path",
    "data-folder",
    "content",
    "data-root",
];

/// All attributes of a page's tags with a value that begins like a path.
fn paths(html: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for piece in html.split('<').skip(1) {
        let Some(tag) = piece.split_once('>').map(|(tag, _)| tag) else {
            continue;
        };
        for (at, _) in tag.match_indices("=\"/") {
            let name = tag[..at].rsplit([' ', '\n']).next().unwrap();
            let value = tag[at + 2..].split('"').next().unwrap();
            found.push((name.to_owned(), unescape(value)));
        }
    }
    found
}

/// Signs somebody in below the path, with two feeds and some marks.
async fn reader<'a>(app: &'a TestApp, web: &FakeWeb) -> Client<'a> {
    let ann = app.stranger();
    let page = ann.get("/news/reader/").await;
    assert!(page.is(303).location().starts_with("/news/reader/"));
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    let made = ann.post("/news/reader/signup", &form).await;
    assert!(made.is(303).location().starts_with(ROOT));
    let cookie = made.header("set-cookie").unwrap();
    assert!(cookie.contains("Path=/news/reader;"), "{cookie}");
    for name in ["one", "two"] {
        let mut text = FeedText::hourly(name, 5, at(10, 0)).rss();
        if name == "two" {
            // What looks like an address of ours and isn't one.
            let body = "&lt;p&gt;write &lt;code&gt;href=&amp;quot;/here&amp;quot;&lt;/code&gt; \
                        &lt;a href=&quot;/there&quot;&gt;x&lt;/a&gt;&lt;/p&gt;";
            text = text.replacen("<description>", &format!("<description>{body}"), 2);
        }
        let url = web.put(&format!("/{name}"), Page::feed(text));
        let added = ann
            .post(
                "/news/reader/add",
                &[("url", &url), ("folder", "Some / Inner")],
            )
            .await;
        assert!(added.is(303).location().starts_with("/news/reader/feed/"));
    }
    ann
}

#[tokio::test]
async fn whatever_a_page_leads_to_is_below_the_path_and_there() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("BASE_URL", BASE)]).await;
    let ann = reader(&app, &web).await;
    let list = ann.get("/news/reader/unread").await;
    let lines = list.is(200).lines();
    for (act, id) in [("star", &lines[0].id), ("keep", &lines[1].id)] {
        ann.post(&format!("/news/reader/article/{id}/{act}"), &[])
            .await;
    }
    let mut seen = BTreeSet::new();
    let mut next = VecDeque::from(["/news/reader/".to_owned(), lines[0].href.clone()]);
    let mut pages = 0;
    let mut shapes = std::collections::BTreeMap::<String, usize>::new();
    while let Some(path) = next.pop_front() {
        let path = path.split('#').next().unwrap().to_owned();
        if !seen.insert(path.clone()) {
            continue;
        }
        let below = path
            .strip_prefix(ROOT)
            .unwrap_or_else(|| panic!("{path} is outside"));
        if NOT_FOLLOWED.iter().any(|not| below.starts_with(not)) {
            continue;
        }
        // Of pages that differ by a number or a day alone, some.
        let shape: String = below
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        let met = shapes.entry(shape).or_default();
        *met += 1;
        if *met > 3 {
            continue;
        }
        let answer = ann.ask(Method::GET, &path);
        let answer = answer.header("accept", "text/html").send().await;
        if (300..400).contains(&answer.status) {
            let to = answer.location().to_owned();
            // The publisher's own page, or ours.
            if !to.starts_with("http") {
                next.push_back(to);
            }
            continue;
        }
        // A feed without an icon says so.
        if below.ends_with("/icon") && answer.status == 404 {
            continue;
        }
        answer.is(200);
        let kind = answer.header("content-type").unwrap_or_default().to_owned();
        if !kind.starts_with("text/html") {
            continue;
        }
        pages += 1;
        for (name, value) in paths(answer.text()) {
            if INSIDE.contains(&name.as_str()) {
                continue;
            }
            assert!(
                value.starts_with("/news/reader/"),
                "{name}=\"{value}\" on {path}"
            );
            // Forms are sent elsewhere in these tests: that they lead below is what counts.
            if ["href", "src", "data-list", "data-feeds"].contains(&name.as_str()) {
                next.push_back(value);
            }
        }
    }
    assert!(pages > 40, "{pages} pages");
}

#[tokio::test]
async fn forms_lead_back_below_the_path() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("BASE_URL", BASE)]).await;
    let ann = reader(&app, &web).await;
    let list = ann.get("/news/reader/unread").await;
    let lines = list.is(200).lines();
    assert!(lines[0].href.starts_with("/news/reader/article/"));
    let html = list.text();
    assert!(html.contains("<html data-root=\"/news/reader\""));
    // Every form of a page that a press sends leads back below.
    let read = format!("/news/reader/article/{}/read", lines[0].id);
    let marked = ann.post(&read, &[]).await;
    assert!(marked.is(303).location().starts_with("/news/reader/"));
    let seen = list.seen().unwrap();
    let all = ann.post("/news/reader/mark-all", &[("seen", &seen)]).await;
    assert!(all.is(303).location().starts_with("/news/reader/"));
    let out = ann.post("/news/reader/signout", &[]).await;
    assert!(out.is(303).location().starts_with("/news/reader/"));
    // Somebody who isn't signed in is led back to where they wanted to go.
    let stranger = app.stranger();
    let asked = stranger.get("/news/reader/starred?order=oldest").await;
    let to = asked.is(303).location().to_owned();
    assert!(
        to.starts_with("/news/reader/signin?next=%2Fstarred"),
        "{to}"
    );
    let page = stranger.get(&to).await;
    let next = page.is(200).text().split("name=\"next\" value=\"").nth(1);
    let next = unescape(next.unwrap().split('"').next().unwrap());
    let form = [
        ("email", "ann@example.org"),
        ("password", PASSWORD),
        ("next", next.as_str()),
    ];
    let signed_in = stranger.post("/news/reader/signin", &form).await;
    assert_eq!(
        signed_in.is(303).location(),
        "/news/reader/starred?order=oldest"
    );
}

#[tokio::test]
async fn texts_of_articles_stay_as_they_are() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("BASE_URL", BASE)]).await;
    let ann = reader(&app, &web).await;
    let lines = ann.get("/news/reader/unread").await.lines();
    let at_home = TestApp::on(app.state.store.clone(), app.clock.clone()).await;
    let mut with_code = 0;
    for line in &lines {
        let here = ann.get(&line.href).await;
        let here = here.is(200).words();
        let root = ann
            .at(&at_home)
            .get(line.href.strip_prefix(ROOT).unwrap())
            .await;
        let root = root.is(200).words();
        let body = |html: &str| {
            let (_, rest) = html.split_once("class=\"prose").unwrap();
            rest.split_once("</div>").unwrap().0.to_owned()
        };
        with_code += usize::from(here.contains("href=\"/here\""));
        assert_eq!(body(&here), body(&root), "{}", line.id);
    }
    assert!(with_code > 0);
}

#[tokio::test]
async fn programs_and_devices_are_below_it_too() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("BASE_URL", BASE), ("IMAGES", "proxy")]).await;
    let ann = reader(&app, &web).await;
    let manifest = ann
        .get("/news/reader/manifest.webmanifest")
        .await
        .is(200)
        .json();
    assert_eq!(manifest["scope"], "/news/reader/");
    assert_eq!(manifest["start_url"], "/news/reader/unread");
    assert_eq!(manifest["share_target"]["action"], "/news/reader/add");
    let icon = manifest["icons"][0]["src"].as_str().unwrap();
    ann.get(icon).await.is(200);
    ann.get("/news/reader/sw.js").await.is(200);
    let pack = ann.post_json("/news/reader/pack", json!({ "most": 5, "have": [] }));
    let pack = pack.await.is(200).json();
    let html = pack["articles"][0]["html"].as_str().unwrap();
    for (name, value) in paths(html) {
        let inside = INSIDE.contains(&name.as_str());
        assert!(inside || value.starts_with(ROOT), "{name}={value}");
    }
    // The API, Google's and Fever's, as programs make addresses of the one that is typed.
    let page = ann.get("/news/reader/settings/apps").await;
    assert!(page.is(200).text().contains(BASE), "the address for apps");
    let token = app.stranger();
    let made = ann.post("/news/reader/settings/tokens", &[("name", "phone")]);
    let made = made.await;
    let page = ann.get(made.is(303).location()).await;
    let shown = attribute(page.is(200).text(), "id=\"new-token\"", "value").unwrap();
    let program = app.program(&shown);
    let api = program.get("/news/reader/api/v1/subscriptions").await;
    assert_eq!(
        api.is(200).json()["subscriptions"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let form = [("Email", "ann@example.org"), ("Passwd", shown.as_str())];
    let signed_in = token.post("/news/reader/accounts/ClientLogin", &form).await;
    let auth = signed_in.is(200).text().split("Auth=").nth(1).unwrap();
    let google = app.program(&format!("GoogleLogin auth={}", auth.trim()));
    let list = google
        .get("/news/reader/reader/api/0/subscription/list?output=json")
        .await;
    let icon = list.is(200).json()["subscriptions"][0]["iconUrl"].clone();
    assert!(
        icon.as_str()
            .unwrap()
            .starts_with("http://reader.example/news/reader/")
    );
    let fever = token.post("/news/reader/fever/?api", &[]).await;
    assert_eq!(fever.is(200).json()["auth"], 0);
    let document = token.get("/news/reader/api/v1/openapi.json").await;
    assert_eq!(
        document.is(200).json()["servers"][0]["url"],
        "/news/reader/"
    );
}

/// What is open to others names itself by its whole address, and so does what is mailed.
#[tokio::test]
async fn shared_pages_are_below_it() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("BASE_URL", BASE)]).await;
    let ann = reader(&app, &web).await;
    let opened = ann
        .post("/news/reader/settings/shared", &[("what", "starred")])
        .await;
    let html = match opened.status {
        303 => ann.get(opened.location()).await.words(),
        _ => opened.words(),
    };
    let address = html.split("http://reader.example/").find_map(|rest| {
        let path = rest.split(['"', '<', ' ', '\n']).next()?;
        path.contains("/s/").then(|| format!("/{path}"))
    });
    let address = address.unwrap_or_else(|| panic!("{html}"));
    assert!(address.starts_with("/news/reader/s/"), "{address}");
    let stranger = app.stranger();
    let packed = stranger.ask(Method::GET, &address);
    let page = packed.header("accept-encoding", "zstd, br").send().await;
    for (name, value) in paths(page.is(200).text()) {
        assert!(value.starts_with(ROOT), "{name}={value}");
    }
}

/// A proxy may take the path off. What is asked for without it then is the same.
#[tokio::test]
async fn a_proxy_may_take_the_path_off() {
    let web = FakeWeb::start();
    let app = TestApp::with(&[("BASE_URL", BASE)]).await;
    let ann = reader(&app, &web).await;
    let page = ann.get("/unread").await;
    assert!(page.is(200).lines()[0].href.starts_with(ROOT));
    let bare = app.stranger().get("/news/reader").await;
    assert_eq!(bare.is(308).location(), "/news/reader/");
    app.stranger().get("/news/reader/nowhere").await.is(404);
    app.stranger().get("/news/readers").await.is(404);
}

/// The real server, from its first request on, when the store isn't open yet.
#[test]
fn the_server_is_below_its_path_from_the_first_request_on() {
    let shell = Shell::new();
    let server = shell.serve(&[("BASE_URL", "http://127.0.0.1/reader/")]);
    let get = |path: &str| plain(server.address, path).unwrap();
    let (status, manifest) = get("/reader/manifest.webmanifest");
    assert_eq!(status, 200);
    assert!(manifest.contains("\"/reader/static/0/icons/192.png\""));
    assert_eq!(get("/reader").0, 308);
    assert_eq!(get("/reader/healthz").0, 200);
    assert_eq!(get("/healthz").0, 200);
    let (status, page) = get("/reader/signup");
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("action=\"/reader/signup\""), "{page}");
    let script = page.split("src=\"").find(|rest| rest.contains("main.js"));
    let script = script.unwrap().split('"').next().unwrap();
    assert!(script.starts_with("/reader/static/"), "{script}");
    assert_eq!(get(script).0, 200);
    let link = shell.run_with(
        &["user", "invite"],
        &[("BASE_URL", "https://a.example/reader"), ("STORE", "other")],
        "",
    );
    let link = link.is(0).out();
    assert!(
        link.starts_with("https://a.example/reader/invite/"),
        "{link}"
    );
}

/// Cookies for a path can't have the name of those for a host.
#[tokio::test]
async fn over_tls_cookies_have_a_name_that_browsers_take() {
    let app = TestApp::with(&[("BASE_URL", "https://reader.example/r")]).await;
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    let made = app.stranger().post("/r/signup", &form).await;
    let cookies = made.is(303).headers.get_all("set-cookie");
    for cookie in cookies {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Secure-"), "{cookie}");
        assert!(
            cookie.contains("Path=/r;") && cookie.contains("Secure"),
            "{cookie}"
        );
    }
    assert_eq!(app.stranger().get("/r").await.is(308).location(), "/r/");
}
