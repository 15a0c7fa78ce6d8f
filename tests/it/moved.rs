//! A feed that moved to the address of another stored feed: polling stops, and each subscriber is migrated with all
//! their data on their next visit.

use std::time::Duration;

use chrono::TimeDelta;
use dormouse::datastore::metered;
use dormouse::feeds::{self, PollTier};
use dormouse::ids::{FeedId, UserId};
use dormouse::shelf::{Shelf, follow_move};
use dormouse::update::redirects::BELIEVED;
use dormouse::users;
use futures_util::future::join_all;

use crate::support::{Client, Entry, FakeWeb, FeedText, PASSWORD, Page, TestApp, at};

const DAY: i64 = 24 * 60;

/// A feed with the entries `days`, newest first.
fn text(days: std::ops::RangeInclusive<i64>) -> String {
    let mut text = FeedText::new("Harbour");
    for n in days {
        let name = format!("day-{n}");
        text = text.and(Entry::new(&name, at(10, 0) - TimeDelta::hours(100 - n)));
    }
    text.rss()
}

fn page(days: std::ops::RangeInclusive<i64>) -> Page {
    let name = format!("\"{}-{}\"", days.start(), days.end());
    Page::feed(text(days)).validated(&name, "Mon, 02 Mar 2026 10:00:00 GMT")
}

struct Scene {
    app: TestApp,
    web: FakeWeb,
}

impl Scene {
    async fn new() -> Self {
        let (app, web) = (TestApp::start().await, FakeWeb::start());
        web.put("/old", page(1..=6));
        web.put("/new", page(1..=8));
        Self { app, web }
    }

    /// Sweeps four times a day until the feed's record says that it moved, or for the given number of days. Returns the
    /// minutes.
    async fn sweeps_until_moved(&self, feed: &str, days: i64) -> Option<i64> {
        for round in 1..=days * 4 {
            self.app.minutes_pass(DAY / 4);
            self.app.tick(Duration::from_secs(5)).await;
            if self.app.feed(feed).await.summary.onto.is_some() {
                return Some(round * DAY / 4);
            }
        }
        None
    }

    /// Records in a feed that it moved, as the tick would.
    async fn is_moved(&self, feed: &str, onto: &str) {
        let mut feed = self.app.feed(feed).await;
        feed.summary.onto = Some(id(onto));
        feed.summary.tier = PollTier::Off;
        let update = feeds::store::update(&feed).unwrap();
        self.app.state.store.commit(vec![update]).await.unwrap();
    }

    async fn readers_of(&self, feed: &str) -> (u32, u32, PollTier) {
        let summary = self.app.feed(feed).await.summary;
        (summary.subscribers, summary.asleep, summary.tier)
    }

    async fn user(&self, name: &str) -> UserId {
        let email = format!("{name}@example.org");
        let found = users::store::by_email(&self.app.state.store, &email).await;
        found.unwrap().unwrap().id
    }

    async fn arrives(&self, name: &str) -> Shelf {
        let (store, now) = (&self.app.state.store, self.app.clock.now());
        let user = self.user(name).await;
        Shelf::arrive(store, user, now, 100).await.unwrap()
    }
}

fn id(text: &str) -> FeedId {
    text.parse().unwrap()
}

async fn signs_in(client: &Client<'_>, name: &str) {
    let email = format!("{name}@example.org");
    let form = [("email", email.as_str()), ("password", PASSWORD)];
    client.post("/signin", &form).await.is(303);
}

#[tokio::test]
async fn it_rests_on_the_other_and_its_readers_follow_with_all_that_is_theirs() {
    let scene = Scene::new().await;
    let (app, web) = (&scene.app, &scene.web);
    let ann = app.reader("ann").await;
    let old = ann.subscribes(&web.url("/old")).await;
    let form = [
        ("title", "My harbour"),
        ("folder", "Sea/Side"),
        ("full_text", "1"),
    ];
    let settings = format!("/feed/{old}/settings");
    ann.post(&settings, &form).await.is(303);
    for seq in [2, 3] {
        let path = format!("/article/{old}-{seq}/read");
        ann.post(&path, &[]).await.is(303);
    }
    let bob = app.reader("bob").await;
    let new = bob.subscribes(&web.url("/new")).await;
    assert_ne!(old, new);

    let to = web.url("/new");
    web.put("/old", Page::redirect(301, &to));
    let took = scene.sweeps_until_moved(&old, 29).await.unwrap();
    assert!(took >= BELIEVED, "believed after {took} minutes");
    let summary = app.feed(&old).await.summary;
    assert_eq!(
        (summary.onto, summary.error.clone()),
        (Some(id(&new)), None)
    );
    assert!(
        summary.tier == PollTier::Off
            && !summary.is_gone()
            && summary.url.as_str().ends_with("/old")
    );
    app.is_sound().await;
    web.forget();
    scene.sweeps_until_moved(&new, 8).await;
    assert!(web.asked("/old").is_empty() && !web.asked("/new").is_empty());
    assert_eq!(scene.readers_of(&old).await.0, 1, "nobody came yet");

    signs_in(&ann, "ann").await;
    let titles = ann.titles("/unread").await;
    let unread = [8, 7, 6, 5, 4, 1].map(|n| format!("Title of day-{n}"));
    assert_eq!(titles, unread);
    let settings = ann.get(&format!("/feed/{new}/settings")).await;
    for kept in [
        "value=\"My harbour\"",
        "value=\"Sea / Side\"",
        "name=\"full_text\" value=\"1\" checked",
    ] {
        assert!(settings.text().contains(kept), "{kept}");
    }
    let kept = ann.get(&format!("/feed/{old}")).await;
    assert_eq!(kept.is(303).location(), format!("/feed/{new}"));
    bob.get(&format!("/feed/{old}")).await;
    assert_eq!(scene.readers_of(&old).await, (0, 0, PollTier::Off));
    assert_eq!(scene.readers_of(&new).await.0, 2);
    app.is_sound().await;

    // Subscribing to the old address gives the new feed, only once.
    let cid = app.reader("cid").await;
    assert_eq!(cid.subscribes(&web.url("/old")).await, new);
    let program = app.program_of(&app.reader("dan").await).await;
    let (a, b) = (web.url("/old"), web.url("/new"));
    let file = format!(
        "<opml><body><outline text='a' xmlUrl='{a}'/><outline text='b' xmlUrl='{b}'/></body></opml>"
    );
    let ask = program.ask(http::Method::POST, "/api/v1/opml");
    let done = ask.body("text/x-opml", file).send().await.is(200).json();
    assert_eq!((&done["added"], &done["already"]), (&1.into(), &1.into()));
    assert_eq!(scene.readers_of(&new).await.0, 4);
    assert_eq!(web.asked("/old").len(), 0);
    app.is_sound().await;

    // The old feed's articles stay until the clean-up, including those fetched through the redirect.
    assert_eq!(app.count("Article").await, 16);
    app.minutes_pass(92 * DAY);
    signs_in(&bob, "bob").await;
    app.daily().await;
    assert_eq!(
        (app.count("Feed").await, app.count("FeedUrl").await),
        (1, 1)
    );
    assert_eq!(app.count("Article").await, 8);
    app.is_sound().await;
}

#[tokio::test]
async fn following_costs_what_it_must_and_once() {
    let scene = Scene::new().await;
    let (app, web) = (&scene.app, &scene.web);
    let ann = app.reader("ann").await;
    let old = ann.subscribes(&web.url("/old")).await;
    ann.post(&format!("/article/{old}-2/read"), &[])
        .await
        .is(303);
    let bob = app.reader("bob").await;
    let new = bob.subscribes(&web.url("/new")).await;
    app.forgets();
    let load = metered(scene.arrives("ann")).await.1;
    scene.is_moved(&old, &new).await;

    app.forgets();
    let (shelf, spent) = metered(scene.arrives("ann")).await;
    assert_eq!(shelf.subscriptions.len(), 1);
    assert_eq!(shelf.subscriptions[0].feed, id(&new));
    // Two reads, and one commit: the new subscription, both feeds, the read state, and the deletion of the old
    // subscription. The test itself looks up the reader's id twice.
    let by_name = 2;
    let most = 2 * (load.reads - by_name) + by_name + 5;
    assert!(spent.reads <= most, "{spent:?}, at most {most}");
    assert_eq!((spent.writes, spent.deletes), (4, 1));
    app.forgets();
    let again = metered(scene.arrives("ann")).await.1;
    assert_eq!(again, load);
    app.is_sound().await;
}

#[tokio::test]
async fn of_many_tabs_at_two_instances_one_follows() {
    let scene = Scene::new().await;
    let (app, web) = (&scene.app, &scene.web);
    let ann = app.reader("ann").await;
    let bob = app.reader("bob").await;
    let new = bob.subscribes(&web.url("/new")).await;
    let mut olds = Vec::new();
    for n in 0..follow_move::FEEDS_A_LOAD + 2 {
        let url = web.put(&format!("/old{n}"), page(1..=3));
        olds.push(ann.subscribes(&url).await);
    }
    for old in &olds {
        scene.is_moved(old, &new).await;
    }
    let other = app.beside().await;
    let also_ann = ann.at(&other);
    let tabs = (0..8).map(|n| [&ann, &also_ann][n % 2].get("/unread"));
    for page in join_all(tabs).await {
        page.is(200);
    }
    app.is_sound().await;
    for _ in 0..3 {
        ann.get("/unread").await.is(200);
    }
    let shelf = scene.arrives("ann").await;
    assert_eq!(shelf.feeds(&dormouse::shelf::Scope::Everything), [id(&new)]);
    assert_eq!(scene.readers_of(&new).await.0, 2);
    app.is_sound().await;
}

#[tokio::test]
async fn a_load_follows_a_few_and_the_next_goes_on() {
    let scene = Scene::new().await;
    let (app, web) = (&scene.app, &scene.web);
    let ann = app.reader("ann").await;
    let new = ann.subscribes(&web.url("/new")).await;
    for n in 0..follow_move::FEEDS_A_LOAD + 2 {
        let url = web.put(&format!("/old{n}"), page(1..=3));
        let old = ann.subscribes(&url).await;
        scene.is_moved(&old, &new).await;
    }
    assert_eq!(scene.arrives("ann").await.subscriptions.len(), 3);
    app.is_sound().await;
    let shelf = scene.arrives("ann").await;
    assert_eq!(shelf.feeds(&dormouse::shelf::Scope::Everything), [id(&new)]);
    assert_eq!(scene.readers_of(&new).await.0, 1, "she had it already");
    app.is_sound().await;
}

#[tokio::test]
async fn a_subscriber_of_both_keeps_one_and_a_sleeper_follows_on_waking() {
    let scene = Scene::new().await;
    let (app, web) = (&scene.app, &scene.web);
    let ann = app.reader("ann").await;
    let old = ann.subscribes(&web.url("/old")).await;
    let bob = app.reader("bob").await;
    assert_eq!(bob.subscribes(&web.url("/old")).await, old);
    let new = bob.subscribes(&web.url("/new")).await;
    let title = [("title", "Mine"), ("folder", "")];
    let settings = format!("/feed/{new}/settings");
    bob.post(&settings, &title).await.is(303);
    bob.post(&format!("/article/{old}-5/read"), &[])
        .await
        .is(303);
    app.minutes_pass(31 * DAY);
    signs_in(&bob, "bob").await;
    bob.get("/unread").await.is(200);
    app.daily().await;
    assert_eq!(scene.readers_of(&old).await.1, 1, "ann sleeps");
    scene.is_moved(&old, &new).await;
    app.is_sound().await;

    let titles = bob.titles("/unread").await;
    assert_eq!(titles.len(), 7, "{titles:?}");
    assert!(!titles.contains(&"Title of day-5".to_owned()));
    let page = bob.get(&settings).await;
    assert!(page.text().contains("value=\"Mine\""));
    assert_eq!(scene.readers_of(&old).await, (1, 1, PollTier::Off));
    app.is_sound().await;

    signs_in(&ann, "ann").await;
    ann.get("/unread").await.is(200);
    assert_eq!(scene.readers_of(&old).await, (0, 0, PollTier::Off));
    assert_eq!(scene.readers_of(&new).await.0, 2);
    ann.post("/wake/step", &[("return", "/unread")]).await;
    assert_eq!(ann.unread().await, 8);
    app.is_sound().await;
}

#[tokio::test]
async fn chains_are_followed_to_their_end_and_circles_are_taken_back() {
    let scene = Scene::new().await;
    let (app, web) = (&scene.app, &scene.web);
    let ann = app.reader("ann").await;
    let bob = app.reader("bob").await;
    let mut feeds = Vec::new();
    for n in 0..6 {
        let url = web.put(&format!("/f{n}"), page(1..=3));
        feeds.push(ann.subscribes(&url).await);
    }
    // A chain of three; two pointing to each other; one pointing to itself.
    for (from, to) in [(0, 1), (1, 2), (3, 4), (4, 3), (5, 5)] {
        scene.is_moved(&feeds[from], &feeds[to]).await;
    }
    assert_eq!(bob.subscribes(&web.url("/f0")).await, feeds[2]);
    ann.get("/unread").await.is(200);
    let left = scene.arrives("ann").await;
    let left = left.feeds(&dormouse::shelf::Scope::Everything);
    assert!(left.contains(&id(&feeds[2])) && left.contains(&id(&feeds[5])));
    assert!(!left.contains(&id(&feeds[0])) && !left.contains(&id(&feeds[1])));
    for feed in &left {
        let feed = app.feed(&feed.to_string()).await;
        assert_eq!(feed.summary.onto, None);
        assert_ne!(feed.summary.tier, PollTier::Off);
    }
    app.is_sound().await;

    // Moved to a feed that was deleted since: the old address is polled again.
    let url = web.put("/lost", page(1..=3));
    let lost = ann.subscribes(&url).await;
    let nowhere = FeedId(4_711).to_string();
    scene.is_moved(&lost, &nowhere).await;
    ann.get("/unread").await.is(200);
    assert_eq!(scene.readers_of(&lost).await, (1, 0, PollTier::New));
    app.is_sound().await;
}

#[tokio::test]
async fn a_feed_that_would_move_onto_its_own_follower_stays_and_one_that_comes_back_is_itself() {
    let scene = Scene::new().await;
    let (app, web) = (&scene.app, &scene.web);
    let ann = app.reader("ann").await;
    let bob = app.reader("bob").await;
    let one = ann.subscribes(&web.url("/old")).await;
    let two = bob.subscribes(&web.url("/new")).await;
    scene.is_moved(&two, &one).await;
    web.put("/old", Page::redirect(301, &web.url("/new")));
    assert_eq!(scene.sweeps_until_moved(&one, 29).await, None);
    let summary = app.feed(&one).await.summary;
    assert!(
        summary.url.as_str().ends_with("/old")
            && summary.error.is_none()
            && summary.tier != PollTier::Off
    );
    app.is_sound().await;

    // To an address that no stored feed has, and back again.
    let there = web.put("/there", page(1..=6));
    web.put("/back", page(1..=6));
    let cid = app.reader("cid").await;
    let feed = cid.subscribes(&web.url("/back")).await;
    web.put("/back", Page::redirect(301, &there));
    assert_eq!(scene.sweeps_until_moved(&feed, 29).await, None);
    assert_eq!(app.feed(&feed).await.summary.url, there);
    web.put("/back", page(1..=6));
    web.put("/there", Page::redirect(301, &web.url("/back")));
    assert_eq!(scene.sweeps_until_moved(&feed, 29).await, None);
    let back = app.feed(&feed).await;
    assert_eq!(back.summary.url, web.url("/back"));
    assert_eq!(
        (back.body.aliases, back.summary.error),
        (vec![there.parse().unwrap()], None)
    );
    app.is_sound().await;
}
