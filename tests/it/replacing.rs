//! Replacing a dead feed: its site is searched for another, and one button switches to it, keeping the reader's data.

use chrono::TimeDelta;

use crate::support::{Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

const DAY: i64 = 24 * 60;

/// A feed whose entries have links at the publisher, `count` of them.
fn feed(web: &FakeWeb, count: i32) -> FeedText {
    let mut text = FeedText::new("Harbour");
    for n in 1..=count {
        let mut entry = Entry::new(
            &format!("day-{n}"),
            at(10, 0) - TimeDelta::hours(i64::from(count - n)),
        );
        entry.link = Some(web.url(&format!("/day/{n}")));
        text = text.and(entry);
    }
    text
}

/// The site's title, in the dead feed and on its front page.
fn rss(web: &FakeWeb, text: &FeedText) -> String {
    text.rss()
        .replace("http://site.example/<", &format!("{}<", web.url("/home/")))
}

/// A reader whose feed, with a custom name, folder and option, has just returned 410.
async fn bereaved<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, String) {
    web.put("/blog/old.xml", Page::feed(rss(web, &feed(web, 4))));
    let ann = app.reader("ann").await;
    let id = ann.subscribes(&web.url("/blog/old.xml")).await;
    let form = [
        ("title", "My harbour"),
        ("folder", "Sea/Side"),
        ("full_text", "1"),
    ];
    ann.post(&format!("/feed/{id}/settings"), &form)
        .await
        .is(303);
    web.put("/blog/old.xml", Page::status(410));
    app.minutes_pass(3 * DAY);
    app.refresh().await;
    web.forget();
    (ann, id)
}

fn front_page(links: &str) -> Page {
    Page::html(&format!(
        "<html><head><title>Harbour</title>{links}</head><body></body></html>"
    ))
}

const LINK: &str = "<link rel=alternate type=application/rss+xml title=New href=/new.xml>";

#[tokio::test]
async fn one_button_takes_the_new_feed_with_all_that_belongs_to_the_old() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, old) = bereaved(&app, &web).await;
    ann.post(&format!("/article/{old}-2/read"), &[])
        .await
        .is(303);
    ann.post(&format!("/article/{old}-3/read"), &[])
        .await
        .is(303);
    web.put("/home/", front_page(LINK));
    web.put("/new.xml", Page::feed(rss(&web, &feed(&web, 5))));

    let settings = ann.get(&format!("/feed/{old}/settings")).await;
    assert!(
        settings
            .text()
            .contains(&format!("action=\"/feed/{old}/replace\""))
    );
    assert!(
        ann.get("/feeds")
            .await
            .text()
            .contains(&format!("action=\"/feed/{old}/replace\""))
    );
    let offered = ann.searches(&old).await;
    let text = offered.is(200).words();
    assert!(
        text.contains("Switch to this feed") && text.contains(&web.url("/new.xml")),
        "{text}"
    );
    assert!(
        text.contains("5 articles, the newest of 2 March 2026"),
        "{text}"
    );
    assert_eq!(offered.cost.writes, 0, "looking stores nothing");
    assert_eq!(
        web.asked("/blog/old.xml").len(),
        0,
        "the dead address isn't asked"
    );

    let url = web.url("/new.xml");
    let switched = ann
        .post(&format!("/feed/{old}/switch"), &[("url", &url)])
        .await;
    let new = switched
        .is(303)
        .location()
        .strip_prefix("/feed/")
        .unwrap()
        .to_owned();
    assert_ne!(new, old);
    let page = ann.get(&format!("/feed/{new}")).await;
    assert!(
        page.words().contains("The old one has left your shelf"),
        "{}",
        page.words()
    );
    let settings = ann.get(&format!("/feed/{new}/settings")).await;
    for kept in [
        "value=\"My harbour\"",
        "value=\"Sea / Side\"",
        "name=\"full_text\" value=\"1\" checked",
    ] {
        assert!(settings.text().contains(kept), "{kept}");
    }
    ann.get(&format!("/feed/{old}")).await.is(404);
    // Read articles stay read, and only the others are unread.
    assert_eq!(
        ann.titles("/unread").await,
        ["Title of day-5", "Title of day-4", "Title of day-1"]
    );
    assert_eq!(app.feed(&old).await.summary.subscribers, 0);
    assert_eq!(app.feed(&new).await.summary.subscribers, 1);
    app.is_sound().await;
}

#[tokio::test]
async fn nothing_unread_is_lost_with_the_old_feed() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, old) = bereaved(&app, &web).await;
    web.put("/home/", front_page(LINK));
    // The new feed has only the newest two.
    let mut short = feed(&web, 4);
    short.entries.truncate(2);
    web.put("/new.xml", Page::feed(rss(&web, &short)));
    let url = web.url("/new.xml");
    let switched = ann
        .post(&format!("/feed/{old}/switch"), &[("url", &url)])
        .await;
    let page = ann.get(switched.is(303).location()).await;
    assert!(
        page.words().contains("there are 2 unread articles of it"),
        "{}",
        page.words()
    );
    ann.get(&format!("/feed/{old}")).await.is(200);
    for seq in 1..=4 {
        ann.post(&format!("/article/{old}-{seq}/read"), &[])
            .await
            .is(303);
    }
    // Once read, it isn't kept any longer; the reader already has the new one.
    let again = ann
        .post(&format!("/feed/{old}/switch"), &[("url", &url)])
        .await;
    let page = ann.get(again.is(303).location()).await;
    assert!(
        page.words()
            .contains("You already had this feed. The old one has left")
    );
    ann.get(&format!("/feed/{old}")).await.is(404);
    assert_eq!(ann.unread().await, 0, "read there is read here");
    app.is_sound().await;
}

#[tokio::test]
async fn a_feed_that_others_read_is_taken_without_asking_its_publisher() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, old) = bereaved(&app, &web).await;
    web.put("/new.xml", Page::feed(rss(&web, &feed(&web, 5))));
    let bob = app.reader("bob").await;
    let new = bob.subscribes(&web.url("/new.xml")).await;
    web.put("/home/", front_page(LINK));
    web.forget();
    let url = web.url("/new.xml");
    let switched = ann
        .post(&format!("/feed/{old}/switch"), &[("url", &url)])
        .await;
    assert_eq!(switched.is(303).location(), format!("/feed/{new}"));
    assert_eq!(web.requests().len(), 0);
    assert_eq!(app.feed(&new).await.summary.subscribers, 2);
    // Already subscribed: the offer says so.
    let other = ann
        .subscribes(&web.put("/blog/other.xml", Page::feed(rss(&web, &feed(&web, 1)))))
        .await;
    let offered = ann.searches(&other).await;
    assert!(
        offered.words().contains("It is on your shelf already"),
        "{}",
        offered.words()
    );
    app.is_sound().await;
}

#[tokio::test]
async fn the_usual_places_are_tried_and_few() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, old) = bereaved(&app, &web).await;
    // The site is unreachable and no link is known: the URL's parent paths and usual feed names are tried.
    web.put("/blog/", Page::html("<p>Hello</p>"));
    web.put("/blog/feed", Page::feed(feed(&web, 2).atom()));
    let offered = ann.searches(&old).await;
    assert!(
        offered.words().contains(&web.url("/blog/feed")),
        "{}",
        offered.words()
    );

    web.put("/blog/feed", Page::status(404));
    web.put("/", Page::html("<p>Hello</p>"));
    web.put("/home/", Page::html("<p>Hello</p>"));
    web.forget();
    let nothing = ann.searches(&old).await;
    let text = nothing.is(200).words();
    assert!(
        text.contains("We found no other feed on the site") && text.contains("paste it below"),
        "{text}"
    );
    assert!(text.contains("The old feed’s articles stay here"));
    let asked = web.requests();
    assert!((3..=16).contains(&asked.len()), "{}", asked.len());
    let paths: std::collections::BTreeSet<_> = asked.iter().map(|one| &one.path).collect();
    assert_eq!(paths.len(), asked.len(), "none is asked twice");
    assert_eq!(web.most_at_once(), 1);
}

#[tokio::test]
async fn what_is_typed_is_judged_and_the_old_feed_stays() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, old) = bereaved(&app, &web).await;
    let path = format!("/feed/{old}/switch");
    ann.get("/feeds").await.is(200);
    let dead = web.url("/blog/old.xml");
    let plain = web.put("/plain", Page::html("<p>Hello</p>"));
    for (typed, words) in [
        ("", ""),
        ("not an address", ""),
        (dead.as_str(), "the address that the feed has already"),
        (plain.as_str(), "Your old feed is as it was"),
    ] {
        let refused = ann.post(&path, &[("url", typed)]).await;
        let text = refused.is(422).words();
        assert!(
            text.contains("class=\"trouble\"") && text.contains(words),
            "{typed}: {text}"
        );
        // The note that the usual places were tried.
        let noted = u64::from(typed == plain);
        assert_eq!(refused.cost.writes, noted, "{typed}");
    }
    // If the site links to several feeds, all are offered.
    for place in ["/new.xml", "/b.xml"] {
        web.put(place, Page::feed(rss(&web, &feed(&web, 5))));
    }
    web.put(
        "/several",
        front_page(&format!(
            "{LINK}<link rel=alternate type=application/atom+xml title=Other href=/b.xml>"
        )),
    );
    let several = ann.post(&path, &[("url", &web.url("/several"))]).await;
    assert_eq!(
        several
            .is(422)
            .text()
            .matches("Switch to this feed")
            .count(),
        2
    );
    // One feed is enough for an offer.
    web.put("/new.xml", Page::feed(rss(&web, &feed(&web, 5))));
    web.put("/home/", front_page(LINK));
    ann.post(&path, &[("url", &web.url("/home/"))])
        .await
        .is(303);
    ann.post(&path, &[("url", &web.url("/home/"))])
        .await
        .is(404);
    let eve = app.reader("eve").await;
    eve.post(&format!("/feed/{old}/replace"), &[]).await.is(404);
    app.is_sound().await;
}

#[tokio::test]
async fn a_feed_that_only_stumbles_isnt_given_up() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let ann = app.reader("ann").await;
    let id = ann
        .subscribes(&web.put("/a.xml", Page::feed(feed(&web, 4).rss())))
        .await;
    let offers = async || {
        let settings = ann.get(&format!("/feed/{id}/settings")).await;
        settings.is(200).text().contains("Find the new feed")
    };
    assert!(!offers().await);
    web.put("/a.xml", Page::status(500));
    let mut failures = 0;
    while failures < 3 {
        assert!(!offers().await, "after {failures}");
        app.minutes_pass(DAY / 2);
        app.cron().await;
        failures = app.feed(&id).await.summary.failures;
    }
    assert!(offers().await);
}
