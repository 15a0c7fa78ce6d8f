//! Site icons: what is shown, what is rejected, and the cost.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dormouse::datastore::Cost;

use crate::support::{Answer, Client, FakeWeb, FeedText, Page, TestApp, at};

const DAY: i64 = 24 * 60;
/// The smallest PNG that is recognised by its signature.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

struct Scene {
    app: TestApp,
    web: FakeWeb,
}

impl Scene {
    async fn new() -> Self {
        Self {
            app: TestApp::start().await,
            web: FakeWeb::with_hosts(2),
        }
    }

    /// A reader of a feed of the first publisher's site, whose page links to an icon.
    async fn reader(&self, icon: &str) -> (Client<'_>, String) {
        let page = format!("<title>A</title><link rel=icon href='{icon}'><p>Text");
        self.web.put("/", Page::html(&page));
        let text = FeedText::monthly("A", 3, at(10, 0)).rss();
        let text = text.replace("http://site.example/", &self.web.url("/"));
        let url = self.web.put("/feed", Page::feed(text));
        let ann = self.app.reader("ann").await;
        let feed = ann.subscribes(&url).await;
        self.web.forget();
        (ann, format!("/feed/{feed}/icon"))
    }

    fn asked(&self) -> Vec<String> {
        let requests = self.web.requests();
        requests.into_iter().map(|request| request.path).collect()
    }
}

/// What a feed's icon is, and where it leads.
async fn look(client: &Client<'_>, icon: &str) -> (Answer, Answer) {
    let first = client.get(icon).await;
    match first.status {
        302 => {
            let picture = client.get(first.location()).await;
            let keep = "public, max-age=31536000, immutable";
            assert_eq!(picture.is(200).header("cache-control"), Some(keep));
            (first, picture)
        }
        _ => (client.get(icon).await, first),
    }
}

async fn shows(client: &Client<'_>, icon: &str, kind: &str, bytes: &[u8]) -> bool {
    let (_, picture) = look(client, icon).await;
    is_this(&picture, kind, bytes)
}

fn is_this(answer: &Answer, kind: &str, bytes: &[u8]) -> bool {
    let data = format!("href=\"data:{kind};base64,{}\"", STANDARD.encode(bytes));
    answer.is(200).text().contains(&data)
}

/// The fallback letter is visible: the image is one transparent pixel.
fn is_blank(answer: &Answer) -> bool {
    answer.status == 200 && !answer.text().contains("<image")
}

fn is_a_harmless_picture(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("image/svg+xml"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"));
    assert!(!answer.text().contains("<script") && !answer.text().contains("onload"));
}

#[tokio::test]
async fn an_icon_is_fetched_once_for_everybody_and_kept_by_browsers() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    scene.web.put("/i.png", Page::of("text/plain", PNG));
    let bob = scene.app.reader("bob").await;
    for page in ["/unread", "/all", "/feeds"] {
        let text = ann.get(page).await;
        assert!(
            text.is(200).text().contains(&format!("src=\"{icon}\"")),
            "{page}"
        );
    }
    assert!(scene.asked().is_empty(), "pages don't fetch");

    scene.app.forgets();
    let first = ann.get(&icon).await;
    assert_eq!(first.status, 302);
    let keep = "private, max-age=604800, immutable";
    assert_eq!(first.header("cache-control"), Some(keep));
    let cost = Cost {
        reads: 5,
        small: 2,
        writes: 1,
        deletes: 0,
    };
    assert_eq!(first.cost, cost, "who asks, the shelf, the card, the icon");
    // Addressed by its content: the same for everybody, signed in or not.
    let place = first.location().to_owned();
    let picture = scene.app.stranger().get(&place).await;
    assert!(is_this(&picture, "image/png", PNG));
    is_a_harmless_picture(&picture);
    let keep = "public, max-age=31536000, immutable";
    assert_eq!(picture.header("cache-control"), Some(keep));
    assert_eq!((picture.cost.reads, picture.cost.writes), (1, 0));
    // Once for everybody, and whoever has it already costs nothing even on a new instance.
    let again = scene.app.stranger().get(&place).await;
    assert_eq!((again.is(200).cost.reads, &again.body), (0, &picture.body));
    scene.app.forgets();
    let tag = picture.header("etag").unwrap();
    let stranger = scene.app.stranger();
    let ask = stranger.ask(http::Method::GET, &place);
    let known = ask.header("if-none-match", tag).send().await;
    assert_eq!((known.is(304).cost.reads, known.body.len()), (0, 0));
    assert_eq!(known.header("cache-control"), Some(keep));
    assert_eq!(known.header("set-cookie"), None);
    assert_eq!(scene.asked(), ["/", "/i.png"]);
    let accept = scene.web.asked("/i.png")[0].clone();
    // Bob doesn't have the feed, and learns nothing of it.
    bob.get(&icon).await.is(404);
    bob.subscribes(&scene.web.url("/feed")).await;
    scene.web.forget();
    let as_picture = bob
        .ask(http::Method::GET, &icon)
        .header("sec-fetch-dest", "image");
    scene.app.forgets();
    let second = as_picture.send().await;
    assert_eq!(second.location(), place);
    assert_eq!(second.cost, Cost { writes: 0, ..cost });
    assert!(scene.asked().is_empty());
    let accepted = accept.header("accept").unwrap().to_owned();
    assert!(accepted.starts_with("image/"), "{accepted}");
    scene.app.is_sound().await;
}

#[tokio::test]
async fn strangers_get_nothing_and_cause_nothing() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    let stranger = scene.app.stranger().get(&icon).await;
    assert_eq!(stranger.status, 401);
    assert!(!stranger.text().contains("<image"));
    assert_eq!(stranger.cost, Cost::default());
    ann.get("/feed/1/icon").await.is(404);
    for made_up in [
        "/icon/1",
        "/icon/nothing",
        &format!("/icon/{}", "0".repeat(48)),
    ] {
        let answer = ann.get(made_up).await;
        assert_eq!(
            (answer.status, answer.cost),
            (404, Cost::default()),
            "{made_up}"
        );
    }
    assert!(scene.asked().is_empty());
}

#[tokio::test]
async fn a_picture_of_any_kind_is_shown_and_can_do_nothing() {
    for (bytes, kind) in [
        (&b"GIF89a and so on"[..], "image/gif"),
        (b"\0\0\x01\0\x01\0 and so on", "image/x-icon"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script><g onload='x()'/></svg>", "image/svg+xml"),
    ] {
        let scene = Scene::new().await;
        let (ann, icon) = scene.reader("").await;
        // No icon is linked, so the default `/favicon.ico` is used.
        scene.web.put("/favicon.ico", Page::of("image/x-icon", bytes));
        let (_, answer) = look(&ann, &icon).await;
        assert!(is_this(&answer, kind, bytes), "{kind}");
        is_a_harmless_picture(&answer);
    }
}

#[tokio::test]
async fn what_is_no_icon_leaves_the_letter_and_is_remembered() {
    let huge = [PNG, &vec![0; 100_001]].concat();
    let too_large_to_keep = [PNG, &vec![0; 40_000]].concat();
    let pages = [
        Page::html("<!doctype html><svg></svg><p>Not found, says nobody"),
        Page::of("image/png", huge),
        Page::of("image/png", too_large_to_keep),
        Page::endless(),
        Page::status(404),
        Page::of("image/png", ""),
    ];
    for (n, page) in pages.into_iter().enumerate() {
        let scene = Scene::new().await;
        let (ann, icon) = scene.reader("/favicon.ico").await;
        scene.web.put("/favicon.ico", page);
        for _ in 0..2 {
            let answer = ann.get(&icon).await;
            assert!(is_blank(&answer), "{n}");
            is_a_harmless_picture(&answer);
            let keep = "private, max-age=604800, immutable";
            assert_eq!(answer.header("cache-control"), Some(keep), "{n}");
        }
        assert_eq!(scene.asked().len(), 2, "{n}");
    }
}

#[tokio::test]
async fn a_silent_site_times_out_after_five_seconds_and_one_request() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    scene.web.put("/", Page::hangs());
    let began = tokio::time::Instant::now();
    assert!(is_blank(&ann.get(&icon).await));
    let took = began.elapsed();
    assert!((4..8).contains(&took.as_secs()), "{took:?}");
    assert!(is_blank(&ann.get(&icon).await));
    assert_eq!(scene.asked(), ["/"]);
}

#[tokio::test]
async fn two_readers_at_once_cause_one_fetch() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    let slow = Page::of("image/png", PNG).after(Duration::from_millis(100));
    scene.web.put("/i.png", slow);
    let bob = scene.app.reader("bob").await;
    bob.subscribes(&scene.web.url("/feed")).await;
    scene.web.forget();
    let (one, two, three) = tokio::join!(ann.get(&icon), bob.get(&icon), ann.get(&icon));
    for answer in [one, two, three] {
        assert_eq!(answer.status, 302);
    }
    assert_eq!(scene.asked(), ["/", "/i.png"]);
}

/// A reader who navigates away aborts an icon request in progress.
#[tokio::test]
async fn a_try_that_is_cut_off_is_not_repeated_with_every_page() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    scene.web.put("/i.png", Page::of("image/png", PNG));
    let page = Page::html("<link rel=icon href=/i.png>").after(Duration::from_millis(300));
    scene.web.put("/", page);
    let left = tokio::time::timeout(Duration::from_millis(100), ann.get(&icon)).await;
    assert!(left.is_err());
    for _ in 0..3 {
        let answer = ann.get(&icon).await;
        assert!(is_blank(&answer));
        assert_eq!(answer.header("cache-control"), Some("private, max-age=600"));
    }
    assert_eq!(scene.asked().len(), 1);
    scene.app.minutes_pass(DAY);
    assert!(shows(&ann, &icon, "image/png", PNG).await);
}

#[tokio::test]
async fn a_bad_day_takes_no_icon_away_and_a_redirect_may_lead_elsewhere() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    let elsewhere = scene.web.url_at(1, "/j.png");
    scene.web.put("/j.png", Page::of("image/png", PNG));
    scene.web.put("/i.png", Page::redirect(302, &elsewhere));
    assert!(shows(&ann, &icon, "image/png", PNG).await);
    for trouble in [
        Page::status(500),
        Page::redirect(302, "http://169.254.169.254/"),
    ] {
        scene.web.put("/i.png", trouble);
        scene.app.minutes_pass(7 * DAY);
        assert!(shows(&ann, &icon, "image/png", PNG).await);
    }
    // The icon is permanently gone.
    scene.web.put("/i.png", Page::status(410));
    scene.app.minutes_pass(7 * DAY);
    assert!(is_blank(&ann.get(&icon).await));
}

#[tokio::test]
async fn a_site_that_asks_for_a_pause_is_tried_later() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    scene.web.put("/i.png", Page::of("image/png", PNG));
    let site = url::Url::parse(&scene.web.url("/")).unwrap();
    let until = dormouse::timestamp::minute_of(scene.app.clock.now()) + 60;
    scene.app.state.in_flight.pauses().note(&site, until);
    let answer = ann.get(&icon).await;
    assert!(is_blank(&answer) && scene.asked().is_empty());
    assert_eq!(answer.header("cache-control"), Some("private, max-age=600"));
    assert_eq!(scene.app.count("Icon").await, 0);
    scene.app.minutes_pass(61);
    assert!(shows(&ann, &icon, "image/png", PNG).await);
}

#[tokio::test]
async fn icons_that_are_not_shown_are_deleted() {
    let scene = Scene::new().await;
    let (ann, icon) = scene.reader("/i.png").await;
    scene.web.put("/i.png", Page::of("image/png", PNG));
    ann.get(&icon).await.is(302);
    scene.app.minutes_pass(90 * DAY);
    let early = scene.app.daily().await.json();
    assert_eq!(
        (&early["icons"]["icons"], scene.app.count("Icon").await),
        (&0.into(), 1)
    );
    scene.app.minutes_pass(DAY);
    let report = scene.app.daily().await.json();
    assert_eq!(report["icons"]["icons"], 1);
    assert_eq!(scene.app.count("Icon").await, 0);
    scene.app.is_sound().await;
}

/// A feed's site is only known after its first fetch; icons may be requested before that, during an import.
#[tokio::test]
async fn a_feed_that_was_not_fetched_yet_has_no_icon_yet() {
    let scene = Scene::new().await;
    let home = scene.web.url_at(1, "/");
    let text = FeedText::monthly("A", 3, at(10, 0)).rss();
    let text = text.replace("http://site.example/", &home);
    let url = scene.web.put("/feed", Page::feed(text));
    scene
        .web
        .put("/", Page::html("<link rel=icon href=/i.png>"));
    scene.web.put("/i.png", Page::of("image/png", PNG));
    let ann = scene.app.reader("ann").await;
    let list = format!("<opml><body><outline text='x' xmlUrl='{url}'/></body></opml>");
    let import = scene.app.program_of(&ann).await;
    let import = import.ask(http::Method::POST, "/api/v1/opml");
    import.body("text/x-opml", list).send().await.is(200);
    let page = ann.get("/unread").await;
    let icon = crate::support::attribute(page.text(), "class=\"site-icon\"", "src").unwrap();
    let answer = ann.get(&icon).await;
    assert!(is_blank(&answer) && scene.asked().is_empty());
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    scene.app.refresh().await;
    assert!(shows(&ann, &icon, "image/png", PNG).await);
    let home = scene.web.asked("/")[0].host;
    assert!(scene.web.url_at(1, "/").contains(&home.to_string()));
}
