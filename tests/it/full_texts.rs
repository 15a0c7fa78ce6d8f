//! Full texts from articles' own pages: fetched once, stored for all readers, and never replacing better text.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

/// Text that only the page has.
const REST: &str = "and nobody had asked the ferryman";

/// A typical publisher's page: the article among navigation and other content.
fn page(text: &str) -> Page {
    let paragraph = format!(
        "<p>It was a quiet day at the harbour, {text}, who had been there, as it turned out, all along, watching the boats come in.</p>"
    );
    Page::html(&format!(
        "<html><head><title>A day</title><script>if (a<b) document.write('<div><div>')</script></head><body>\
         <nav><a href=/>Home</a> <a href=/about>About us</a></nav><main><article><h1>A day</h1>{}\
         <p>See <a href=\"../elsewhere\">elsewhere</a>, <img src=\"pier.png\" alt=Pier> and <a href=\"javascript:x()\">not there</a>.</p>\
         <script>alert(1)</script><iframe src=https://ads.example/></iframe></article></main>\
         <footer>Buy our newspaper</footer></body></html>",
        paragraph.repeat(6)
    ))
}

/// A reader of a feed with one article, whose page is at `/day/1`.
async fn subscribed<'a>(app: &'a TestApp, web: &FakeWeb, text: &str) -> (Client<'a>, String) {
    web.put("/feed", Page::feed(feed(web, text)));
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&web.url("/feed")).await;
    (ann, feed)
}

fn feed(web: &FakeWeb, text: &str) -> String {
    let mut entry = Entry::new("day", at(10, 0));
    entry.link = Some(web.url("/day/1"));
    entry.content = format!("<p>{text}</p>");
    FeedText::new("Harbour").and(entry).rss()
}

/// The pane's request for the full text.
async fn pane(client: &Client<'_>, article: &str) -> Answer {
    let ask = client.ask(
        Method::POST,
        &format!("/article/{article}/full-text?in=all"),
    );
    ask.header("x-fragment", "article").form(&[]).send().await
}

async fn always(client: &Client<'_>, feed: &str) {
    let form = [("title", ""), ("folder", ""), ("full_text", "1")];
    client
        .post(&format!("/feed/{feed}/settings"), &form)
        .await
        .is(303);
}

#[tokio::test]
async fn a_page_is_fetched_once_and_serves_everybody() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    web.put("/day/1", page(REST));
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    let bob = app.reader("bob").await;
    bob.subscribes(&web.url("/feed")).await;
    let article = format!("/article/{feed}-1?in=all");
    let before = ann.titles("/all").await;
    assert!(ann.get(&article).await.text().contains("Full text"));
    assert_eq!(web.asked("/day/1").len(), 0, "nobody asked for it");

    let form = [("return", article.as_str())];
    let fetched = ann
        .post(&format!("/article/{feed}-1/full-text"), &form)
        .await;
    assert_eq!(fetched.is(303).location(), article);
    assert_eq!(fetched.cost.writes, 2, "{}", fetched.cost);
    let request = &web.asked("/day/1")[0];
    assert!(request.header("accept").unwrap().starts_with("text/html"));
    assert!(!request.header("user-agent").unwrap().contains("subscriber"));

    let shown = ann.get(&article).await;
    let text = shown.is(200).text();
    assert!(
        text.contains(REST) && text.contains("From the publisher"),
        "{text}"
    );
    let link = web.url("/elsewhere");
    assert!(
        text.contains(&format!("href=\"{link}\"")),
        "links start from the page"
    );
    assert!(text.contains(&web.url("/day/pier.png")));
    for gone in [
        "Buy our newspaper",
        "About us",
        "javascript:x",
        "alert(1)",
        "ads.example",
    ] {
        assert!(!text.contains(gone), "{gone}");
    }
    // The feed's own text is one click away, and the list is unchanged.
    let own = ann.get(&format!("{article}&text=feed")).await;
    assert!(!own.text().contains(REST) && own.text().contains("<p>It was a quiet day</p>"));
    assert_eq!(ann.titles("/all").await, before);

    // The second reader's request for the full text costs no fetch and no write.
    let again = pane(&bob, &format!("{feed}-1")).await;
    assert!(again.is(200).text().contains(REST));
    assert_eq!((again.cost.writes, web.asked("/day/1").len()), (0, 1));
    let stranger = app.reader("eve").await;
    pane(&stranger, &format!("{feed}-1")).await.is(404);
    app.is_sound().await;
}

#[tokio::test]
async fn whatever_goes_wrong_is_reported_and_loses_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    let pdf = Page::of("application/pdf", "%PDF-1.7");
    let large = Page::html(&"<p>word</p>".repeat(400_000));
    let tower = Page::html(&"<div>".repeat(50_000));
    let crowd = Page::html(&"<b>a</b>".repeat(100_000));
    let cases = [
        (Page::status(404), "isn’t there any more (404)"),
        (Page::status(403), "only to its own subscribers (403)"),
        (Page::status(500), "having trouble (error 500)"),
        (Page::redirect(302, "/day/1"), "redirects more than 5 times"),
        (Page::redirect(302, "ftp://a.example/"), ""),
        (pdf, "a PDF file"),
        (large, "larger than 3 MB"),
        (Page::endless(), "larger than 3 MB"),
        (tower, "too complex to be read safely"),
        (crowd, "too complex to be read safely"),
        (Page::html("<p>Sign in</p>"), "We couldn’t find an article"),
        (Page::html(""), "We couldn’t find an article"),
        (
            Page::html("\u{0}\u{1}<<<>>&#0;<!--"),
            "We couldn’t find an article",
        ),
    ];
    for (page, words) in cases {
        web.put("/day/1", page);
        app.minutes_pass(2);
        let refused = pane(&ann, &format!("{feed}-1")).await;
        let said = refused.is(200).words();
        assert!(said.contains(words), "{words}: {said}");
        assert!(said.contains("class=\"trouble\"") && said.contains("It was a quiet day"));
    }
    // Requested again at once, the page isn't fetched again; without scripts the text comes with the article.
    web.forget();
    let article = format!("/article/{feed}-1?in=all");
    let form = [("return", article.as_str())];
    let refused = ann
        .post(&format!("/article/{feed}-1/full-text"), &form)
        .await;
    assert_eq!(refused.is(303).location(), article);
    assert!(
        ann.get(&article)
            .await
            .words()
            .contains("We couldn’t find an article")
    );
    assert_eq!((refused.cost.writes, web.asked("/day/1").len()), (0, 0));
    // Later the page has more text.
    web.put("/day/1", page(REST));
    app.minutes_pass(2);
    assert!(pane(&ann, &format!("{feed}-1")).await.text().contains(REST));
    app.is_sound().await;
}

#[tokio::test]
async fn a_page_that_says_less_than_the_feed_isnt_kept() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    web.put("/day/1", page(REST));
    let long = "The feed says it all, from the first word to the last, at length. ".repeat(80);
    let (ann, feed) =
        subscribed(&app, &web, &format!("{long}<img src=a.png><img src=b.png>")).await;
    let refused = pane(&ann, &format!("{feed}-1")).await;
    assert!(
        refused.words().contains("no more text than the feed"),
        "{}",
        refused.words()
    );
    assert!(refused.text().contains("The feed says it all"));
}

#[tokio::test]
async fn links_start_from_where_redirects_lead() {
    let (app, web) = (TestApp::start().await, FakeWeb::with_hosts(2));
    web.put(
        "/day/1",
        Page::redirect(301, &web.url_at(1, "/moved/deep/2")),
    );
    web.put("/moved/deep/2", page(REST));
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    let text = pane(&ann, &format!("{feed}-1")).await;
    assert!(
        text.text().contains(&web.url_at(1, "/moved/elsewhere")),
        "{}",
        text.text()
    );
}

#[tokio::test]
async fn full_text_is_not_fetched_from_private_addresses_either() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    // The same store behind an app that blocks private networks, as public installations do.
    let strict = dormouse::client::http::Web::new(
        false,
        dormouse::client::http::Introduction::new("http://reader.example/"),
    )
    .unwrap();
    let mut context = app.state.refresh_context().unwrap();
    context.web = strict;
    let id = format!("{feed}-1").parse().unwrap();
    let known = dormouse::articles::store::get_version(&app.state.store, id).await;
    let wish = dormouse::full_text::FetchMode::Asked;
    let refused =
        dormouse::full_text::fetch_or_cached(&context, known.unwrap().unwrap(), wish).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(web.asked("/day/1").len(), 0);
    drop(ann);
}

#[tokio::test]
async fn an_edit_in_the_feed_keeps_the_full_text_and_says_so() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    web.put("/day/1", page(REST));
    let (ann, id) = subscribed(&app, &web, "It was a quiet day").await;
    pane(&ann, &format!("{id}-1")).await.is(200);
    web.put("/feed", Page::feed(feed(&web, "It was a loud day")));
    app.minutes_pass(26 * 60);
    app.refresh().await;

    let article = format!("/article/{id}-1?in=all");
    let shown = ann.get(&article).await;
    assert!(
        shown.text().contains(REST) && shown.words().contains("has changed this article since")
    );
    let own = ann.get(&format!("{article}&text=feed")).await;
    assert!(
        own.text().contains("It was a loud day"),
        "the feed's own text follows the feed"
    );
    // Requested again, it is fetched again, and the notice disappears.
    web.put("/day/1", page("and now everybody asks the ferryman"));
    let form = [("anew", "1"), ("return", article.as_str())];
    ann.post(&format!("/article/{id}-1/full-text"), &form)
        .await
        .is(303);
    let shown = ann.get(&article).await;
    assert!(shown.text().contains("everybody asks the ferryman"));
    assert!(!shown.words().contains("has changed this article since"));
    // If the page is gone meanwhile, its fetched text is kept.
    web.put("/day/1", Page::status(404));
    app.minutes_pass(2);
    ann.post(&format!("/article/{id}-1/full-text"), &form)
        .await
        .is(303);
    assert!(
        ann.get(&article)
            .await
            .text()
            .contains("everybody asks the ferryman")
    );
    // An article with a new address isn't shown with the old page's text.
    let moved = feed(&web, "It was a loud day").replace("/day/1", "/day/2");
    web.put("/feed", Page::feed(moved));
    app.minutes_pass(26 * 60);
    app.refresh().await;
    let shown = ann.get(&article).await;
    assert!(!shown.text().contains("ferryman") && shown.text().contains("Full text"));
    app.is_sound().await;
}

#[tokio::test]
async fn with_the_setting_opening_an_article_is_enough() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    web.put("/day/1", page(REST));
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    always(&ann, &feed).await;
    let settings = ann.get(&format!("/feed/{feed}/settings")).await;
    assert!(
        settings
            .text()
            .contains("name=\"full_text\" value=\"1\" checked")
    );
    let article = format!("/article/{feed}-1?in=all");
    // Neither a prefetch, nor another site's link, nor the pane's preview fetches anything.
    for (name, value) in [
        ("sec-purpose", "prefetch"),
        ("sec-fetch-site", "cross-site"),
        ("x-fragment", "article"),
    ] {
        let page = ann
            .ask(Method::GET, &article)
            .header(name, value)
            .send()
            .await;
        assert!(
            page.is(200).text().contains("data-full-text=\"wanted\""),
            "{name}"
        );
    }
    ann.ask(Method::HEAD, &article).send().await.is(200);
    ann.get(&format!("{article}&text=feed")).await.is(200);
    assert_eq!(web.asked("/day/1").len(), 0);

    let opened = ann.get(&article).await;
    assert!(opened.text().contains(REST));
    assert_eq!(opened.cost.writes, 2, "{}", opened.cost);
    assert_eq!(ann.get(&article).await.cost.writes, 0);
    assert_eq!(web.asked("/day/1").len(), 1);
    // Saving the settings with the box unchecked turns full texts off.
    let form = [("title", ""), ("folder", "")];
    ann.post(&format!("/feed/{feed}/settings"), &form)
        .await
        .is(303);
    let settings = ann.get(&format!("/feed/{feed}/settings")).await;
    assert!(!settings.text().contains("checked"));
}

#[tokio::test]
async fn opening_waits_some_seconds_at_most_and_tries_once_a_day() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    web.put("/day/1", Page::hangs());
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    always(&ann, &feed).await;
    let article = format!("/article/{feed}-1?in=all");
    let begun = tokio::time::Instant::now();
    let opened = ann.get(&article).await;
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert!(
        opened.text().contains("It was a quiet day")
            && opened.words().contains("no answer that can be understood")
    );
    // Opened again, nothing is fetched; the text is kept.
    let again = ann.get(&article).await;
    assert!(again.words().contains("no answer that can be understood"));
    assert_eq!((again.cost.writes, web.asked("/day/1").len()), (0, 1));
    web.put("/day/1", page(REST));
    app.minutes_pass(25 * 60);
    assert!(ann.get(&article).await.text().contains(REST));
}

#[tokio::test]
async fn two_callers_at_once_cause_one_request() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    web.put("/day/1", page(REST).after(Duration::from_millis(300)));
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    let article = format!("{feed}-1");
    let other = ann.copy();
    let (one, two) = tokio::join!(pane(&ann, &article), pane(&other, &article));
    assert!(one.text().contains(REST) && two.text().contains(REST));
    assert_eq!(web.asked("/day/1").len(), 1);
}

#[tokio::test]
async fn programs_ask_too() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    web.put("/day/1", page(REST));
    let (ann, feed) = subscribed(&app, &web, "It was a quiet day").await;
    let program = app.program_of(&ann).await;
    let at_api = format!("/api/v1/articles/{feed}-1");
    assert_eq!(program.get(&at_api).await.json()["full_text"], Value::Null);
    let brought = program
        .post_json(&format!("{at_api}/full-text"), json!({}))
        .await;
    let brought = brought.is(200).json();
    assert!(brought["full_text"].as_str().unwrap().contains(REST));
    assert_eq!(brought["content"], "<p>It was a quiet day</p>");
    assert_eq!(program.get(&at_api).await.json(), brought);
    let wish = program.ask(Method::PATCH, &format!("/api/v1/subscriptions/{feed}"));
    let changed = wish.json(&json!({ "full_text": true })).send().await;
    assert_eq!(changed.is(200).json()["full_text"], true);
    let kept = program.ask(Method::PATCH, &format!("/api/v1/subscriptions/{feed}"));
    let kept = kept.json(&json!({ "title": "x" })).send().await;
    assert_eq!(kept.json()["full_text"], true);
    web.put("/day/2", Page::status(404));
    let mut entry = Entry::new("two", at(11, 0));
    entry.link = Some(web.url("/day/2"));
    web.put(
        "/other",
        Page::feed(FeedText::new("Other").and(entry).rss()),
    );
    let other = ann.subscribes(&web.url("/other")).await;
    let refused = program
        .post_json(&format!("/api/v1/articles/{other}-1/full-text"), json!({}))
        .await;
    assert_eq!(refused.error(), (422, "no_full_text".into()));
}
