//! Doors that stood open: who is let in, who isn't, and what strangers learn.

use std::net::{IpAddr, SocketAddr};

use http::Method;
use serde_json::json;

use crate::support::{Client, FakeWeb, FeedText, NameServer, PASSWORD, Page, TestApp, at};

async fn tries(client: &Client<'_>, password: &str, from: Option<&str>, peer: IpAddr) -> u16 {
    let form = [("email", "ann@example.org"), ("password", password)];
    let mut ask = client.ask(Method::POST, "/signin").form(&form);
    if let Some(from) = from {
        ask = ask.header("x-forwarded-for", from);
    }
    ask.from(SocketAddr::new(peer, 4_711)).send().await.status
}

const PROXY: [u8; 4] = [127, 0, 0, 1];

#[tokio::test]
async fn behind_a_proxy_a_strangers_wrong_tries_shut_nobody_else_out() {
    for settings in [&[][..], &[("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")]] {
        let app = TestApp::with(settings).await;
        app.reader("ann").await;
        for n in 0..40 {
            let eve = format!("203.0.113.{n}, 198.51.100.9, 10.1.2.3");
            tries(&app.stranger(), "wrong", Some(&eve), PROXY.into()).await;
        }
        let anns = Some("192.0.2.50, 10.1.2.3");
        let status = tries(&app.stranger(), PASSWORD, anns, PROXY.into()).await;
        if settings.is_empty() {
            // Nobody told of the proxy: it isn't counted as one stranger, and the account is only counted from there.
            assert!(matches!(status, 303 | 429), "{status}");
            let bob = app.reader("bob").await;
            bob.get("/unread").await.is(200);
        } else {
            assert_eq!(status, 303);
            // Eve, whose last hop is the same, is shut out; a hop that she made up doesn't help her.
            let eve = Some("192.0.2.77, 198.51.100.9, 10.1.2.3");
            assert_eq!(
                tries(&app.stranger(), PASSWORD, eve, PROXY.into()).await,
                429
            );
        }
        // A header from somebody who isn't a proxy is not believed.
        let stranger: IpAddr = [203, 0, 113, 200].into();
        for _ in 0..31 {
            tries(&app.stranger(), "wrong", Some("192.0.2.99"), stranger).await;
        }
        assert_eq!(
            tries(&app.stranger(), PASSWORD, Some("192.0.2.98"), stranger).await,
            429
        );
    }
}

#[tokio::test]
async fn nobody_locks_an_account_for_its_owner() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    ann.get("/unread").await.is(200);
    let eve: IpAddr = [203, 0, 113, 1].into();
    for _ in 0..200 {
        tries(&app.stranger(), "wrong", None, eve).await;
    }
    assert_eq!(tries(&app.stranger(), PASSWORD, None, eve).await, 429);
    // From elsewhere, and even from there in a browser that was used before.
    let home: IpAddr = [192, 0, 2, 7].into();
    assert_eq!(tries(&app.stranger(), PASSWORD, None, home).await, 303);
    let browser = ann;
    browser.post("/signout", &[]).await.is(303);
    assert_eq!(tries(&browser, PASSWORD, None, eve).await, 303);
    // Refused tries don't make the wait longer.
    app.minutes_pass(15);
    assert_eq!(tries(&app.stranger(), PASSWORD, None, eve).await, 303);
    // Changing the password has its own count, too.
    let form = [("current", "wrong"), ("new", "another horse")];
    for _ in 0..8 {
        browser.post("/settings/password", &form).await.is(422);
    }
    let words = browser.post("/settings/password", &form).await.words();
    assert!(words.contains("Too many attempts"), "{words}");
    assert_eq!(tries(&app.stranger(), PASSWORD, None, home).await, 303);
}

#[tokio::test]
async fn a_thiefs_foothold_ends_with_the_password() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let kept = app.program_of(&ann).await;
    let thief = app.program_of(&ann).await;
    let page = ann.get("/settings").await;
    let words = page.is(200).words();
    assert!(words.contains("What else opens your account"), "{words}");
    let ids: Vec<String> = page
        .text()
        .split("value=\"token:")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let keep = format!("token:{}", ids[0]);
    let form = [
        ("current", PASSWORD),
        ("new", "another horse"),
        ("keep", keep.as_str()),
    ];
    ann.post("/settings/password", &form).await.is(303);
    let statuses = [
        kept.get("/api/v1/stars").await.status,
        thief.get("/api/v1/stars").await.status,
    ];
    let mut sorted = statuses;
    sorted.sort_unstable();
    assert_eq!(sorted, [200, 401], "one was kept on purpose");
    ann.get("/unread").await.is(200);
}

#[tokio::test]
async fn what_could_outlive_a_visit_asks_for_the_password_again() {
    let app = TestApp::on_disk().await;
    let ann = app.reader("ann").await;
    ann.get("/admin/backup").await.is(200);
    app.minutes_pass(10);
    for (method, path) in [
        (Method::GET, "/admin/backup"),
        (Method::POST, "/settings/tokens"),
    ] {
        let ask = ann.ask(method.clone(), path);
        let ask = if method == Method::POST {
            ask.form(&[("name", "Phone")])
        } else {
            ask
        };
        let answer = ask.send().await;
        assert!(
            answer.is(303).location().starts_with("/confirm?next="),
            "{path}"
        );
        let page = ann.get(answer.location()).await;
        assert!(page.is(200).words().contains("Is it you?"));
    }
    let wrong = ann
        .post("/confirm", &[("password", "wrong"), ("next", "/settings")])
        .await;
    assert!(wrong.is(422).words().contains("Wrong current password"));
    let right = [
        ("password", PASSWORD),
        ("next", "/settings/apps?app=capy&name=Phone#make"),
    ];
    let back = ann.post("/confirm", &right).await;
    let page = ann.get(back.is(303).location()).await;
    assert!(
        page.is(200).text().contains("value=\"Phone\""),
        "what was typed is there again"
    );
    let made = ann.post("/settings/tokens", &[("name", "Phone")]).await;
    assert_eq!(made.is(303).location(), "/settings/apps?app=");
    ann.get("/admin/backup").await.is(200);
    // Nowhere else.
    let away = [("password", PASSWORD), ("next", "https://evil.example/")];
    assert_eq!(
        ann.post("/confirm", &away).await.is(303).location(),
        "/unread"
    );
}

#[tokio::test]
async fn head_changes_nothing() {
    let app = TestApp::on_disk().await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&web.put("/f", Page::feed(FeedText::hourly("F", 5, at(11, 0)).rss())))
        .await;
    app.minutes_pass(24 * 60);
    web.forget();
    let stored = || app.state.store.total_cost();
    let before = stored();
    let mut paths = vec![
        format!("/article/{feed}-3"),
        "/unread".into(),
        "/".into(),
        "/settings".into(),
    ];
    paths.extend(
        [
            "/cron/refresh",
            "/cron/daily",
            "/auth/openid/callback?state=a&code=b",
            "/admin/backup",
            "/export.opml",
        ]
        .map(str::to_owned),
    );
    for path in &paths {
        let answer = ann
            .ask(Method::HEAD, path)
            .header(
                "authorization",
                &format!("Bearer {}", crate::support::CRON_SECRET),
            )
            .send()
            .await;
        assert!(answer.body.is_empty(), "{path}");
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
    let after = stored();
    assert_eq!(
        (after.writes, after.deletes),
        (before.writes, before.deletes)
    );
    assert!(web.requests().is_empty());
    assert_eq!(ann.unread().await, 5);
}

async fn asked_for(app: &TestApp, hosts: &[&str], path: &str) -> u16 {
    let stranger = app.stranger();
    let mut ask = stranger.ask(Method::GET, path).without("host");
    for host in hosts {
        ask = ask.and_header("host", host);
    }
    ask.send().await.status
}

#[tokio::test]
async fn only_our_own_names_lead_here() {
    let app = TestApp::with(&[
        ("BASE_URL", "https://reader.example"),
        ("ALSO_HOSTS", "pages.example, x.example:8443"),
    ])
    .await;
    app.reader("ann").await;
    for (hosts, path, status) in [
        (&["reader.example"][..], "/signin", 200),
        (&["Reader.Example:443"], "/signin", 200),
        (&["reader.example."], "/signin", 200),
        (&["reader.example:8080"], "/signin", 421),
        (&["evil.example"], "/signin", 421),
        (&["reader.example@evil.example"], "/signin", 421),
        (&["203.0.113.9"], "/signin", 421),
        // By its number, from this machine: who listens on loopback is asked there.
        (&["127.0.0.1:8080"], "/signin", 200),
        (&["localhost:8080"], "/signin", 200),
        (&["localhost:9"], "/signin", 421),
        (&["pages.example"], "/signin", 421),
        (&["pages.example"], "/s/none", 404),
        (&["evil.example"], "/s/none", 421),
        (&["reader.example", "evil.example"], "/signin", 400),
        (&[], "/signin", 400),
        (&[""], "/signin", 400),
        (&["10.0.0.7:8080"], "/healthz", 200),
    ] {
        assert_eq!(
            asked_for(&app, hosts, path).await,
            status,
            "{hosts:?} {path}"
        );
    }
    // An unclaimed instance at home is reached by a name that was made to lead to it: and not let in.
    let fresh = TestApp::with(&[("BASE_URL", "http://127.0.0.1:8080")]).await;
    assert_eq!(
        asked_for(&fresh, &["rebound.example:8080"], "/signup").await,
        421
    );
    assert_eq!(asked_for(&fresh, &["localhost:8080"], "/signup").await, 200);
}

#[tokio::test]
async fn another_scheme_is_another_origin() {
    let app = TestApp::with(&[("BASE_URL", "https://reader.example")]).await;
    let ann = app.reader("ann").await;
    for (origin, status) in [
        ("https://reader.example", 303),
        ("http://reader.example", 403),
        ("https://reader.example:8443", 403),
        ("null", 403),
    ] {
        let ask = ann
            .ask(Method::POST, "/settings/reading")
            .form(&[("order", "oldest")]);
        let answer = ask.header("origin", origin).send().await;
        assert_eq!(answer.status, status, "{origin}");
    }
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_and_cookies_are_this_hosts_own() {
    let app = TestApp::with(&[("BASE_URL", "https://reader.example")]).await;
    let ann = app.reader("ann").await;
    let page = ann.get("/unread").await;
    assert_eq!(
        page.is(200).header("strict-transport-security"),
        Some("max-age=31536000")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("require-trusted-types-for 'script'; trusted-types dormouse"),
        "{policy}"
    );
    for name in ann.cookies().keys() {
        assert!(name.starts_with("__Host-dormouse"), "{name}");
    }
    let told = app.stranger().get("/.well-known/security.txt").await;
    let text = told.is(200).text();
    assert!(
        text.contains("Contact: https://reader.example/about/fetcher\n")
            && text.contains("Expires: 2027-12-31"),
        "{text}"
    );
    let plain = TestApp::start().await;
    assert_eq!(
        plain
            .stranger()
            .get("/signin")
            .await
            .header("strict-transport-security"),
        None
    );
}

#[tokio::test]
async fn a_form_for_signing_in_is_small() {
    let app = TestApp::start().await;
    app.reader("ann").await;
    let long = "x".repeat(9_000);
    for path in ["/signin", "/signup", "/confirm"] {
        let form = [("email", "ann@example.org"), ("password", long.as_str())];
        let answer = app.stranger().post(path, &form).await;
        assert!(
            matches!(answer.status, 413 | 401 | 303),
            "{path}: {}",
            answer.status
        );
    }
    let form = [("email", "ann@example.org"), ("password", long.as_str())];
    app.stranger().post("/signin", &form).await.is(413);
}

#[tokio::test]
async fn what_cannot_be_seen_is_in_no_name() {
    let app = TestApp::start().await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let text = "<rss><channel><title>\u{202e}Evil\u{7} News</title>\
        <item><title>gpj.exe\u{202e}\u{2066}</title><guid>1</guid><author>Eve\u{9b}31m</author></item>\
        <item><title>\u{200b}\u{2800}\u{ad}</title><guid>2</guid><description>Words to see</description></item></channel></rss>";
    ann.subscribes(&web.put("/f", Page::feed(text))).await;
    let page = ann.get("/all").await;
    let lines = page.is(200).lines();
    let titles: Vec<&str> = lines.iter().map(|line| line.title.as_str()).collect();
    assert!(
        titles.contains(&"gpj.exe") && titles.contains(&"Words to see"),
        "{titles:?}"
    );
    for hidden in ['\u{202e}', '\u{2066}', '\u{7}', '\u{9b}', '\u{2800}'] {
        assert!(!page.text().contains(hidden), "{hidden:?}");
    }
    ann.subscribes_in(
        &web.put("/g", Page::feed(text.replace("News", "Olds"))),
        "\u{202e}Folder\u{1b}",
    )
    .await;
    assert!(ann.get("/feeds").await.text().contains(">Folder<"));
}

#[tokio::test]
async fn strange_ports_and_names_are_not_asked() {
    let names = NameServer::start();
    let app = TestApp::with(&[("NAME_SERVER", &names.setting())]).await;
    let ann = app.reader("ann").await;
    for url in [
        "http://example.org:6379/",
        "http://example.org:5432/",
        "http://example.org:27017/",
        "http://example.org:6667/",
        "http://example.org:10080/",
        "http://abcdefghijklmnop.onion/feed",
        "http://printer.local/feed",
        "http://wiki.internal/feed",
    ] {
        let refused = ann.post("/add", &[("url", url)]).await;
        let words = refused.is(422).words();
        assert!(
            words.contains("isn’t used for web sites")
                || words.contains("no public name server knows"),
            "{url}: {words}"
        );
    }
}

#[tokio::test]
async fn whoever_chooses_an_address_learns_nothing_of_what_is_there() {
    let names = NameServer::start();
    names.put("inside.example.com", &[[10, 0, 0, 7]]);
    let web = FakeWeb::start();
    let app = TestApp::with(&[("NAME_SERVER", &names.setting())]).await;
    let ann = app.reader("ann").await;
    // A port that is closed, one that hangs up, one that says something else.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let rude = web.put(
        "/rude",
        Page::wild(|stream| std::io::Write::write_all(stream, b"SSH-2.0-OpenSSH\r\n")),
    );
    let mut said = std::collections::BTreeSet::new();
    for url in [format!("http://{closed}/"), rude] {
        let words = ann.post("/add", &[("url", &url)]).await.is(422).words();
        let sentence = words
            .split("gives no answer")
            .nth(1)
            .unwrap_or(&words)
            .to_owned();
        let port = url
            .rsplit(':')
            .next()
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        let sentence = sentence.replace(&port, "PORT");
        said.insert(sentence.chars().take(60).collect::<String>());
    }
    assert_eq!(said.len(), 1, "{said:?}");
    let strict = TestApp::with(&[
        ("NAME_SERVER", &names.setting()),
        ("ALLOW_PRIVATE_NETWORKS", "0"),
    ])
    .await;
    let bob = strict.reader("bob").await;
    let words = bob
        .post("/add", &[("url", "http://inside.example.com/")])
        .await
        .is(422)
        .words();
    assert!(
        words.contains("leads to an address that not everyone can reach")
            && !words.contains("10.0.0.7"),
        "{words}"
    );
}

#[tokio::test]
async fn looking_for_feeds_and_texts_has_an_end() {
    let app = TestApp::with(&[("QUOTA", "adds=3 texts=2")]).await;
    let web = FakeWeb::start();
    let ann = app.reader("ann").await;
    let feed = ann
        .subscribes(&web.put("/f", Page::feed(FeedText::hourly("F", 5, at(11, 0)).rss())))
        .await;
    for n in 0..2 {
        ann.post("/add", &[("url", &web.url(&format!("/none{n}")))])
            .await
            .is(422);
    }
    let refused = ann.post("/add", &[("url", &web.url("/f"))]).await;
    assert!(
        refused
            .is(429)
            .words()
            .contains("You’ve looked for feeds 3 times within an hour")
    );
    let program = app.program_of(&ann).await;
    let body = json!({ "url": web.url("/f") });
    let (status, code) = {
        let answer = program.post_json("/api/v1/subscriptions", body).await;
        (answer.status, answer.json()["error"]["code"].clone())
    };
    assert_eq!((status, code), (429, json!("too_many_searches")));
    for n in 1..=2 {
        let path = format!("/api/v1/articles/{feed}-{n}/full-text");
        program.ask(Method::POST, &path).send().await.is(422);
    }
    let path = format!("/api/v1/articles/{feed}-3/full-text");
    program.ask(Method::POST, &path).send().await.is(429);
    app.minutes_pass(60);
    ann.post("/add", &[("url", &web.url("/f"))]).await.is(303);
}

#[tokio::test]
async fn pictures_come_by_way_of_us_where_the_operator_wants_it() {
    let png: &[u8] = b"\x89PNG\r\n\x1a\n and the rest of a picture";
    let web = FakeWeb::start();
    let picture = web.put("/p.png", Page::of("text/html", png));
    web.put("/p.png?a=1&b=2", Page::of("text/html", png));
    let svg = web.put(
        "/x.svg",
        Page::of(
            "image/png",
            "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        ),
    );
    let huge = web.put(
        "/huge.png",
        Page::of("image/png", [png, &vec![0; 11 * 1_024 * 1_024]].concat()),
    );
    let text = format!(
        "<rss><channel><title>F</title><item><title>A</title><guid>1</guid><description>&lt;p&gt;x&lt;img src='{picture}?a=1&amp;amp;b=2'&gt;\
         &lt;img src='{svg}'&gt;&lt;img src='{huge}' srcset='{picture} 1x, {picture}?2 2x'&gt;&lt;img src='http://t.example/t.gif' width=01 height=50&gt;\
         &lt;img src='http://t.example/u.gif' style='height:1px'&gt;</description></item></channel></rss>"
    );
    web.put("/f", Page::feed(text));
    for (settings, is_on) in [(&[][..], false), (&[("IMAGES", "proxy")], true)] {
        let app = TestApp::with(settings).await;
        let ann = app.reader("ann").await;
        let feed = ann.subscribes(&web.url("/f")).await;
        let page = ann.get(&format!("/article/{feed}-1")).await;
        let html = page.is(200).text();
        assert!(
            !html.contains("t.example"),
            "tracking pixels by any spelling"
        );
        let policy = page.header("content-security-policy").unwrap();
        assert_eq!(policy.contains("img-src 'self' data:;"), is_on);
        assert_eq!(html.contains(&picture), !is_on);
        let ours: Vec<&str> = html
            .split("src=\"/image/")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        if !is_on {
            assert!(ours.is_empty());
            ann.get("/image/AAAA").await.is(404);
            continue;
        }
        assert!(ours.len() >= 3, "{ours:?}");
        web.forget();
        let in_text: Vec<&str> = ours.iter().rev().take(3).rev().copied().collect();
        let shown = app.stranger().get(&format!("/image/{}", in_text[0])).await;
        assert_eq!(
            (
                shown.status,
                shown.header("content-type"),
                shown.body.as_slice()
            ),
            (200, Some("image/png"), png)
        );
        assert_eq!(shown.cost, dormouse::datastore::Cost::default());
        assert_eq!(web.requests()[0].path, "/p.png?a=1&b=2");
        app.stranger()
            .get(&format!("/image/{}", in_text[1]))
            .await
            .is(502);
        // What is too large breaks off at its limit.
        let cut = app.stranger().get(&format!("/image/{}", in_text[2])).await;
        assert!(!cut.is_whole, "{}", cut.status);
        assert!(cut.body.len() <= 10 * 1_024 * 1_024, "{}", cut.body.len());
        // Another address, with that signature.
        let bent = in_text[0].replacen(&in_text[0][20..22], "zz", 1);
        app.stranger().get(&format!("/image/{bent}")).await.is(404);
    }
}

#[tokio::test]
async fn slow_pictures_of_one_reader_leave_places_to_others_and_end() {
    let png: &[u8] = b"\x89PNG\r\n\x1a\n and the rest of a picture";
    let web = FakeWeb::with_hosts(2);
    let tags: String = (0..12)
        .map(|n| {
            let slow = web.put(&format!("/slow{n}.png"), Page::hangs());
            format!("&lt;img src='{slow}'&gt;")
        })
        .collect();
    let moved = web.put("/moved.png", Page::redirect(302, &web.url("/good.png")));
    web.put("/good.png", Page::of("image/png", png));
    let hidden = web.put(
        "/hidden.png",
        Page::redirect(302, "http://127.0.0.1:6379/p.png"),
    );
    let text = format!(
        "<rss><channel><title>F</title><item><title>A</title><guid>1</guid><description>&lt;p&gt;x{tags}&lt;img src='{moved}'&gt;\
         &lt;img src='{hidden}'&gt;</description></item></channel></rss>"
    );
    let app = TestApp::with(&[("IMAGES", "proxy")]).await;
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let feed = ann.subscribes(&web.put("/f", Page::feed(text))).await;
    let page = ann.get(&format!("/article/{feed}-1")).await;
    let mut ours: Vec<String> = page
        .text()
        .split("src=\"/image/")
        .skip(1)
        .map(|rest| format!("/image/{}", rest.split('"').next().unwrap()))
        .collect();
    let ours = ours.split_off(ours.len() - 14);
    let slow = futures_util::future::join_all(ours[..12].iter().map(|path| ann.get(path)));
    let others = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        assert_eq!(
            bob.get(&ours[12]).await.is(200).body,
            png,
            "a redirect is followed"
        );
        let refused = bob.get(&ours[13]).await;
        assert!(refused.is(502).words().contains("can’t be shown"));
        // Ann has eight on their way, and the others of hers wait.
        let begun = web
            .requests()
            .iter()
            .filter(|one| one.path.starts_with("/slow"))
            .count();
        assert_eq!(begun, 8);
    };
    let (slow, ()) = tokio::join!(slow, others);
    for answer in slow {
        answer.is(502);
    }
}
