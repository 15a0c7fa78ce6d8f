//! What is open to others: what it says and never says, who may keep it for how long, and what that costs.

use futures_util::future::join_all;
use http::Method;

use crate::support::{Answer, Client, FakeWeb, Page, TestApp, at};

/// Markup that a stranger's feed would run on others' pages.
const EVIL: &str = "<script>alert(1)</script>&\"'";
/// What only the whole text says.
const LAST_WORDS: &str = "the very last words";

fn rss(titles: &[&str]) -> String {
    let items: String = titles
        .iter()
        .enumerate()
        .map(|(n, title)| {
            let text = "Word after word. ".repeat(60) + LAST_WORDS;
            let title = title
                .replace('&', "&amp;amp;")
                .replace('<', "&amp;lt;")
                .replace('>', "&amp;gt;");
            format!(
                "<item><title>{title}</title><link>https://blog.example/{n}?a=1&amp;b=2</link><guid>g{n}</guid>\
                 <pubDate>Mon, 02 Mar 2026 0{n}:00:00 GMT</pubDate><description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Blog &amp;amp; Co</title><link>https://blog.example/</link>{items}</channel></rss>"
    )
}

async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, String) {
    let ann = app.reader("ann").await;
    let text = rss(&["Plain", EVIL, "Third"]);
    let feed = ann
        .subscribes_in(&web.put("/f", Page::feed(text)), "Reading / Good")
        .await;
    (ann, feed)
}

/// The ids of the articles in the order of their titles.
async fn ids(ann: &Client<'_>) -> Vec<String> {
    let mut lines = ann.whole_list("/all").await;
    lines.reverse();
    lines.into_iter().map(|line| line.id).collect()
}

/// Opens something, and returns the path of its page.
async fn opens_as(ann: &Client<'_>, what: &str, heading: &str) -> String {
    let before = addresses(ann).await;
    let form = [("what", what), ("heading", heading)];
    ann.post("/settings/shared", &form).await.is(303);
    let after = addresses(ann).await;
    let mut new = after.iter().filter(|path| !before.contains(path));
    new.next().unwrap().clone()
}

async fn opens(ann: &Client<'_>, what: &str) -> String {
    opens_as(ann, what, "").await
}

/// The paths of the pages that are open, the oldest first.
async fn addresses(ann: &Client<'_>) -> Vec<String> {
    let page = ann.get("/settings/shared").await;
    let parts = page.is(200).text().split("readonly value=\"").skip(1);
    let paths = parts.map(|part| {
        let url = part.split('"').next().unwrap();
        url.strip_prefix("http://reader.example")
            .unwrap()
            .to_owned()
    });
    paths.collect()
}

/// The ids by which they are renewed and closed.
async fn handles(ann: &Client<'_>) -> Vec<String> {
    let page = ann.get("/settings/shared").await;
    let parts = page.text().split("action=\"/settings/shared/").skip(1);
    let ids = parts.filter_map(|part| Some(part.split_once("/renew\"")?.0.to_owned()));
    ids.filter(|id| id.len() == 64).collect()
}

fn renders(app: &TestApp) -> u64 {
    let hits = app.state.store.cache().unwrap().hits();
    hits.iter()
        .find(|one| one.region == "shared pages")
        .unwrap()
        .misses
}

/// What all answers of these routes have, whoever asks.
fn is_for_everybody(answer: &Answer, keep: &str) {
    assert_eq!(answer.header("cache-control"), Some(keep));
    assert_eq!(answer.header("vary"), Some("accept-encoding"));
    assert_eq!(answer.headers.get_all("vary").iter().count(), 1);
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
}

const KEEP: &str = "public, max-age=300, s-maxage=600, stale-while-revalidate=600";

#[tokio::test]
async fn stars_are_a_page_and_two_feeds_and_never_a_whole_text() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let ids = ids(&ann).await;
    // Nothing is open by default.
    let page = ann.get("/settings/shared").await;
    assert!(page.is(200).words().contains("Nothing is shared."));
    assert_eq!(app.count("Share").await, 0);
    for id in &ids[..2] {
        ann.post(&format!("/article/{id}/star"), &[]).await.is(303);
        app.minutes_pass(1);
    }
    let note = [("tags", "rust"), ("note", "Worth <b>it</b> & more")];
    ann.post(&format!("/article/{}/tags", ids[0]), &note)
        .await
        .is(303);
    let path = opens(&ann, "starred").await;
    let token = path.strip_prefix("/s/").unwrap();
    assert_eq!(token.len(), 48, "128 random bits and a signature: {token}");
    let stranger = app.stranger();
    for (ending, kind) in [
        ("", "text/html; charset=utf-8"),
        (".atom", "application/atom+xml; charset=utf-8"),
        (".json", "application/feed+json; charset=utf-8"),
    ] {
        let answer = stranger.get(&format!("{path}{ending}")).await;
        answer.is(200);
        is_for_everybody(&answer, KEEP);
        assert_eq!(answer.header("content-type"), Some(kind));
        let text = answer.text();
        assert!(!text.contains("<script>"), "escaped: {text}");
        assert!(!text.contains("<b>it</b>"), "escaped: {text}");
        assert!(!text.contains(LAST_WORDS), "no whole text: {text}");
        let excerpt = "Word after word. ".repeat(13);
        assert!(!text.contains(&excerpt), "at most 200 bytes: {text}");
        assert!(text.contains("Word after word."), "its beginning: {text}");
        assert!(!text.contains("ann@") && !text.contains("Third"), "{text}");
        assert!(!text.contains(&ids[0]), "nor our ids: {text}");
        stranger.get(&format!("{path}{ending}x")).await.is(404);
    }
    let page = stranger.get(&path).await;
    let words = page.words();
    for said in [
        "Starred articles",
        "2 articles",
        "Plain",
        "Blog & Co",
        "Worth <b>it</b> & more",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(page.text().contains("https://blog.example/0?a=1&#38;b=2"));
    let alternate = format!(
        "rel=\"alternate\" type=\"application/atom+xml\" title=\"Starred articles (Atom)\" href=\"http://reader.example{path}.atom\""
    );
    assert!(page.text().contains(&alternate), "{}", page.text());
    stranger.get(&format!("{path}.opml")).await.is(404);

    // Programs take both feeds: our own parser does.
    let now = app.clock.now();
    for ending in [".atom", ".json"] {
        let answer = stranger.get(&format!("{path}{ending}")).await;
        let feed = feed_rs::parser::parse(answer.body.as_slice()).unwrap();
        assert_eq!(feed.entries.len(), 2, "{ending}");
        let titles: Vec<String> = feed
            .entries
            .iter()
            .map(|entry| entry.title.clone().unwrap().content)
            .collect();
        assert!(
            titles[0].contains("alert(1)"),
            "the newest first: {titles:?}"
        );
        assert_eq!(titles[1], "Plain");
        let entry = &feed.entries[1];
        assert_eq!(entry.links[0].href, "https://blog.example/0?a=1&b=2");
        let body = format!("{:?}", (&entry.content, &entry.summary));
        assert!(
            body.contains("Worth &lt;b&gt;it&lt;/b&gt; &amp; more"),
            "{body}"
        );
        assert_eq!(entry.authors[0].name.as_deref(), Some("Blog & Co"));
        let date = entry.updated.or(entry.published).unwrap();
        assert!(
            date < now && date > at(11, 0),
            "when it was starred: {date}"
        );
    }
    // They are followed as any feed, here too.
    let feed = web.put(
        "/followed",
        Page::feed(stranger.get(&format!("{path}.atom")).await.text()),
    );
    let bob = app.reader("bob").await;
    bob.subscribes(&feed).await;
    let titles = bob.titles("/unread").await;
    assert_eq!(titles.len(), 2, "{titles:?}");
}

#[tokio::test]
async fn a_tag_and_a_folder_are_open_and_nothing_beside_them() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = shelf(&app, &web).await;
    let secret = web.put("/private?token=hush", Page::feed(rss(&["Secret"])));
    ann.subscribes_in(&secret, "Reading").await;
    let other = web.put("/other", Page::feed(rss(&["Other"])));
    ann.subscribes_in(&other, "Elsewhere").await;
    let ids = ids(&ann).await;
    let tag = |id: &str, tags: &str| (format!("/article/{id}/tags"), tags.to_owned());
    for (path, tags) in [tag(&ids[0], "Rust, both"), tag(&ids[1], "other")] {
        ann.post(&path, &[("tags", &tags), ("note", "mine")])
            .await
            .is(303);
    }
    let path = opens(&ann, "tag:rust").await;
    let stranger = app.stranger();
    let answer = stranger.get(&path).await;
    let words = answer.is(200).words();
    assert!(
        words.contains("#Rust") && words.contains("One article"),
        "{words}"
    );
    assert!(words.contains("mine") && !words.contains("both"), "{words}");
    for ending in [".atom", ".json"] {
        stranger.get(&format!("{path}{ending}")).await.is(200);
    }
    // The tag's last article loses it: the page is empty, and no error.
    ann.post(
        &format!("/article/{}/tags", ids[0]),
        &[("tags", ""), ("note", "")],
    )
    .await
    .is(303);
    let empty = stranger.get(&path).await;
    assert!(
        empty
            .is(200)
            .words()
            .contains("Nothing is here at the moment.")
    );
    for ending in [".atom", ".json"] {
        let answer = stranger.get(&format!("{path}{ending}")).await;
        let feed = feed_rs::parser::parse(answer.is(200).text().as_bytes()).unwrap();
        assert!(feed.entries.is_empty());
    }
    // A blogroll has the folders below, and no address with a key in it.
    let path = opens_as(&ann, "folder:Reading", "What Ann <reads>").await;
    let page = stranger.get(&path).await;
    let words = page.is(200).words();
    assert!(
        words.contains("What Ann <reads>") && words.contains("One feed"),
        "{words}"
    );
    assert!(
        words.contains("Blog & Co") && words.contains("Good"),
        "{words}"
    );
    for ending in ["", ".opml"] {
        let answer = stranger.get(&format!("{path}{ending}")).await;
        is_for_everybody(&answer, KEEP);
        let text = answer.is(200).text();
        assert!(!text.contains("hush") && !text.contains("/other"), "{text}");
        assert!(!text.contains("<reads>"), "escaped: {text}");
        assert!(
            !text.contains("Reading"),
            "the folder's own name isn't said: {text}"
        );
    }
    for ending in [".atom", ".json"] {
        stranger.get(&format!("{path}{ending}")).await.is(404);
    }
    let opml = stranger.get(&format!("{path}.opml")).await;
    assert_eq!(
        opml.header("content-type"),
        Some("text/x-opml; charset=utf-8")
    );
    // Another reader imports it.
    let bob = app.reader("bob").await;
    let ask = bob.ask(Method::POST, "/import");
    ask.file("opml", &opml.body).send().await.is(303);
    let words = bob.get("/feeds").await.words();
    assert!(
        words.contains("Good") && words.contains("Blog & Co"),
        "{words}"
    );
    // The folder is gone: the list is empty.
    let form = [("feed", feed.as_str()), ("do", "move"), ("folder", "New")];
    ann.post("/feeds", &form).await.is(303);
    let empty = stranger.get(&path).await;
    assert!(
        empty
            .is(200)
            .words()
            .contains("No feeds are here at the moment.")
    );
}

#[tokio::test]
async fn a_renewed_or_closed_address_opens_nothing_and_trying_costs_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let bob = app.reader("bob").await;
    let old = opens(&ann, "starred").await;
    let stranger = app.stranger();
    let words = stranger.get(&old).await.is(200).words();
    assert!(words.contains("Nothing is here at the moment."), "{words}");
    let again = ann.post("/settings/shared", &[("what", "starred")]).await;
    again.is(303);
    let all = addresses(&ann).await;
    assert!(all.len() == 1 && all[0] == old, "it is open already");
    let id = handles(&ann).await.pop().unwrap();
    // Nobody else renews or closes it.
    for what in ["renew", "close"] {
        let path = format!("/settings/shared/{id}/{what}");
        bob.post(&path, &[]).await.is(404);
        ann.post(&format!("/settings/shared/0/{what}"), &[])
            .await
            .is(404);
    }
    let page = ann.get("/settings/shared").await.words();
    assert!(page.contains("for up to 20 minutes"), "it says so: {page}");
    ann.post(&format!("/settings/shared/{id}/renew"), &[])
        .await
        .is(303);
    let new = addresses(&ann).await.pop().unwrap();
    assert_ne!(new, old);
    let dead = stranger.get(&old).await;
    is_for_everybody(dead.is(404), "public, max-age=60");
    assert!(dead.words().contains("This page isn’t shared"));
    stranger.get(&new).await.is(200);
    let id = handles(&ann).await.pop().unwrap();
    ann.post(&format!("/settings/shared/{id}/close"), &[])
        .await
        .is(303);
    assert_eq!(app.count("Share").await, 0);
    stranger.get(&new).await.is(404);
    // A dead one is remembered, and a made-up one isn't looked for.
    app.forgets();
    assert_eq!(stranger.get(&old).await.is(404).cost.reads, 1);
    for _ in 0..3 {
        assert_eq!(stranger.get(&old).await.is(404).cost.reads, 0);
    }
    for n in 0..40 {
        let made_up = [
            format!("/s/{n:048x}"),
            format!("/s/{n}"),
            format!("/s/{old}.{n}"),
        ];
        for path in made_up {
            let answer = stranger.get(&path).await;
            if answer.header("x-robots-tag").is_some() {
                is_for_everybody(answer.is(404), "public, max-age=60");
            }
            assert_eq!(answer.is(404).cost.reads, 0, "{path}");
        }
    }
}

#[tokio::test]
async fn twenty_are_the_most() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let ids = ids(&ann).await;
    let tags: Vec<String> = (0..20).map(|n| format!("tag{n}")).collect();
    for (id, tags) in ids.iter().zip(tags.chunks(10)) {
        let form = [("tags", tags.join(",")), ("note", String::new())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        ann.post(&format!("/article/{id}/tags"), &form)
            .await
            .is(303);
    }
    for tag in &tags {
        let form = [("what", format!("tag:{tag}"))];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        ann.post("/settings/shared", &form).await.is(303);
    }
    let refused = ann.post("/settings/shared", &[("what", "starred")]).await;
    let words = refused.is(422).words();
    assert!(
        words.contains("20 shared pages, which is the limit"),
        "{words}"
    );
    assert_eq!(app.count("Share").await, 20);
    for wrong in ["", "tag:none", "folder:None", "everything", "journal"] {
        let refused = ann.post("/settings/shared", &[("what", wrong)]).await;
        assert!(refused.is(422).words().contains("Choose what to share"));
    }
    let long = "x".repeat(81);
    let form = [
        ("what", "folder:Reading / Good"),
        ("heading", long.as_str()),
    ];
    let refused = ann.post("/settings/shared", &form).await;
    assert!(refused.is(422).words().contains("80 characters"));
}

#[tokio::test]
async fn a_tag_says_what_is_known_and_a_warm_answer_costs_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let ids = ids(&ann).await;
    ann.post(&format!("/article/{}/star", ids[0]), &[])
        .await
        .is(303);
    let path = opens(&ann, "starred").await;
    let stranger = app.stranger();
    for ending in ["", ".atom", ".json"] {
        let path = format!("{path}{ending}");
        app.forgets();
        let cold = stranger.get(&path).await;
        assert!(cold.is(200).cost.reads <= 3, "{:?}", cold.cost);
        let tag = cold.header("etag").unwrap().to_owned();
        let date = cold.header("last-modified").unwrap().to_owned();
        assert!(tag.starts_with('"'), "strong: {tag}");
        let warm = stranger.get(&path).await;
        assert_eq!(warm.is(200).cost.reads, 0);
        assert_eq!(warm.header("etag"), Some(tag.as_str()));
        assert_eq!(warm.body, cold.body);
        let head = stranger.ask(Method::HEAD, &path).send().await;
        assert_eq!(head.is(200).body.len(), 0);
        assert_eq!(head.header("etag"), Some(tag.as_str()));
        is_for_everybody(&head, KEEP);
        let asks = |name, value: &str| {
            let value = value.to_owned();
            let ask = stranger.ask(Method::GET, &path).header(name, &value);
            ask.send()
        };
        for (name, value, status) in [
            ("if-none-match", tag.clone(), 304),
            ("if-none-match", format!("\"x\", W/{tag}"), 304),
            ("if-none-match", "\"x\"".to_owned(), 200),
            ("if-modified-since", date.clone(), 304),
            (
                "if-modified-since",
                "Mon, 02 Mar 2026 00:00:00 GMT".to_owned(),
                200,
            ),
        ] {
            let answer = asks(name, &value).await;
            assert_eq!(answer.is(status).cost.reads, 0, "{name}: {value}");
            is_for_everybody(&answer, KEEP);
            assert_eq!(answer.header("etag"), Some(tag.as_str()));
            assert_eq!(answer.body.is_empty(), status == 304);
        }
        // Packed it is other bytes, with a tag of their own.
        for packing in ["gzip", "zstd"] {
            let ask = stranger.ask(Method::GET, &path);
            let packed = ask.header("accept-encoding", packing).send().await;
            is_for_everybody(&packed, KEEP);
            assert_eq!(packed.is(200).header("content-encoding"), Some(packing));
            let other = packed.header("etag").unwrap();
            assert_eq!(other, format!("{}-{packing}\"", tag.trim_end_matches('"')));
            assert_eq!(packed.cost.reads, 0);
            let unpacked = match packing {
                "zstd" => zstd::decode_all(packed.body.as_slice()).unwrap(),
                _ => {
                    let mut out = Vec::new();
                    let mut from = flate2::read::GzDecoder::new(packed.body.as_slice());
                    std::io::Read::read_to_end(&mut from, &mut out).unwrap();
                    out
                }
            };
            assert_eq!(unpacked, cold.body);
        }
        // What nobody packed beforehand isn't packed on the way out: the tag would lie.
        let ask = stranger.ask(Method::GET, &path);
        let plain = ask.header("accept-encoding", "br").send().await;
        assert_eq!(plain.is(200).header("content-encoding"), None);
        assert_eq!(plain.body, cold.body);
    }
    // A star, a note and a missing star are each another page.
    let mut tags = vec![stranger.get(&path).await.header("etag").unwrap().to_owned()];
    let mut dates = vec![String::new()];
    let steps: [(String, &[(&str, &str)]); 4] = [
        (format!("/article/{}/star", ids[1]), &[]),
        (
            format!("/article/{}/tags", ids[0]),
            &[("tags", ""), ("note", "one")],
        ),
        (
            format!("/article/{}/tags", ids[0]),
            &[("tags", ""), ("note", "two")],
        ),
        (format!("/article/{}/unstar", ids[1]), &[]),
    ];
    for (step, form) in steps {
        app.minutes_pass(1);
        ann.post(&step, form).await.is(303);
        let answer = stranger.get(&path).await;
        let tag = answer.header("etag").unwrap().to_owned();
        assert!(!tags.contains(&tag), "{step}: another page");
        tags.push(tag);
        let date = answer.header("last-modified").unwrap().to_owned();
        assert!(!dates.contains(&date), "{step}: a later date");
        dates.push(date);
    }
    // What is the same after ten minutes has the same tag and date.
    let before = stranger.get(&path).await;
    app.minutes_pass(11);
    let after = stranger.get(&path).await;
    for name in ["etag", "last-modified"] {
        assert_eq!(before.header(name), after.header(name));
    }
}

#[tokio::test]
async fn a_flood_of_one_page_is_one_render() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let ids = ids(&ann).await;
    ann.post(&format!("/article/{}/star", ids[0]), &[])
        .await
        .is(303);
    let path = opens(&ann, "starred").await;
    app.forgets();
    let before = renders(&app);
    let reads = app.state.store.total_cost().reads;
    let all = join_all((0..300).map(|_| async {
        let stranger = app.stranger();
        stranger.get(&path).await.is(200).body.clone()
    }));
    let all = all.await;
    assert!(all.iter().all(|body| *body == all[0]));
    assert_eq!(renders(&app) - before, 1, "one render for all");
    let reads = app.state.store.total_cost().reads - reads;
    assert!(reads <= 3, "and one reading: {reads}");
}

#[tokio::test]
async fn whoever_asks_gets_the_same_and_no_cookie() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, _) = shelf(&app, &web).await;
    let path = opens(&ann, "starred").await;
    let stranger = app.stranger().get(&path).await;
    // Ann's browser brings a session, stamps and a zone; she speaks German.
    let hers = ann
        .ask(Method::GET, &path)
        .header("accept-language", "de")
        .send()
        .await;
    assert_eq!(hers.is(200).header("set-cookie"), None);
    assert_eq!(hers.body, stranger.body);
    assert_eq!(hers.header("etag"), stranger.header("etag"));
    // It speaks the language in which it was opened.
    ann.post("/settings/reading", &[("language", "de")])
        .await
        .is(303);
    let german = opens(&ann, "folder:Reading / Good").await;
    let words = app.stranger().get(&german).await.words();
    assert!(words.contains("Ein Feed"), "{words}");
    // With a second name, addresses are under that, and so are the files that pages need.
    let other = app
        .beside_with(&[("ALSO_HOSTS", "pages.example.org")])
        .await;
    let page = ann.at(&other).get("/settings/shared").await;
    let shown = format!("value=\"http://pages.example.org{path}\"");
    assert!(page.is(200).text().contains(&shown), "{}", page.text());
    let stranger = other.stranger();
    let ask = |path: &str| {
        stranger
            .ask(Method::GET, path)
            .header("host", "pages.example.org")
    };
    let shared = ask(&path).send().await;
    let css = shared
        .is(200)
        .text()
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .unwrap();
    let css = css.split('"').next().unwrap();
    let style = ask(css).send().await;
    assert_eq!(
        style.is(200).header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert_eq!(style.header("set-cookie"), None);
    let keep = "public, max-age=31536000, immutable";
    assert_eq!(style.header("cache-control"), Some(keep));
    ask("/signin").send().await.is(421);
}

#[tokio::test]
async fn static_files_and_icons_say_whether_they_changed() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let page = stranger.get("/about/fetcher").await;
    let css = page
        .text()
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .unwrap();
    let css = css.split('"').next().unwrap();
    let old = "/static/0a0a0a/app.css";
    for (path, packing) in [
        (css, "zstd"),
        (css, "br"),
        (css, "gzip"),
        (css, ""),
        (old, "br"),
    ] {
        let ask = || {
            stranger
                .ask(Method::GET, path)
                .header("accept-encoding", packing)
        };
        let first = ask().send().await;
        let tag = first.is(200).header("etag").unwrap();
        match packing {
            "zstd" | "br" => assert!(tag.ends_with(&format!("-{packing}\"")), "{tag}"),
            _ => assert!(tag.starts_with("W/"), "packed on its way out: {tag}"),
        }
        let again = ask().header("if-none-match", tag).send().await;
        assert_eq!(again.is(304).header("etag"), Some(tag));
        assert!(again.body.is_empty());
        assert_eq!(again.header("vary"), Some("accept-encoding"));
        assert_eq!(again.header("cache-control"), first.header("cache-control"));
        ask().header("if-none-match", "\"x\"").send().await.is(200);
    }
}
