//! WebSub: the W3C Recommendation's requirements on subscribers. A test's name begins with its section's number. Our
//! further guarantees are in `pushed`.

use std::collections::HashSet;

use dormouse::datastore::{Cost, metered};
use dormouse::feeds::{self, Feed};
use dormouse::refresh::feed::{Refreshed, refresh};
use dormouse::timestamp::{Timestamp, minute_of};

use crate::support::{Client, Entry, FakeWeb, FeedText, Hub, Mood, Page, Signed, TestApp, at};

pub(crate) const HOUR: i64 = 60;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A publisher whose feed names a hub, as of this version.
pub(crate) fn publish(web: &FakeWeb, hub: &Hub, text: &FeedText, etag: &str) -> String {
    let own = web.url("/feed");
    let page = Page::feed(text.rss()).validated(etag, &format!("as of {etag}"));
    web.put("/feed", page.header("Link", &hub.link(&own)))
}

pub(crate) fn news(count: i32) -> FeedText {
    FeedText::hourly("News", count, at(11, 0))
}

/// A hub's push: only the newest entries.
pub(crate) fn newest(names: &[&str], date: Timestamp) -> FeedText {
    let entries = names.iter().map(|name| Entry::new(name, date));
    FeedText {
        entries: entries.collect(),
        ..FeedText::new("Another title, by the hub")
    }
}

/// A reader with one pushed feed: it has three articles, and its hub has verified the subscription.
pub(crate) struct Scene<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) web: FakeWeb,
    pub(crate) hub: Hub,
    pub(crate) ann: Client<'a>,
    pub(crate) feed: String,
}

impl<'a> Scene<'a> {
    /// The hub hasn't been contacted yet.
    pub(crate) async fn before(app: &'a TestApp) -> Self {
        let (web, hub) = (FakeWeb::start(), Hub::start());
        let ann = app.reader("ann").await;
        let feed = ann
            .subscribes(&publish(&web, &hub, &news(3), "\"1\""))
            .await;
        Self {
            app,
            web,
            hub,
            ann,
            feed,
        }
    }

    pub(crate) async fn pushed(app: &'a TestApp) -> Self {
        let scene = Self::before(app).await;
        scene.app.daily().await;
        assert!(scene.hub.verdicts().await.iter().all(|one| one.echoed));
        assert!(scene.record().await.is_pushed(scene.minute()));
        scene
    }

    pub(crate) async fn record(&self) -> Feed {
        self.app.feed(&self.feed).await
    }

    pub(crate) async fn hub_record(&self) -> feeds::Hub {
        self.record().await.body.hub.unwrap()
    }

    pub(crate) async fn period(&self) -> Option<i64> {
        self.record().await.summary.tier.period()
    }

    pub(crate) fn minute(&self) -> i64 {
        minute_of(self.app.clock.now())
    }

    /// The cost of some work: reads, writes, deletes.
    pub(crate) async fn spent(&self, work: impl Future) -> (u64, u64, u64) {
        let before = self.app.state.store.total_cost();
        work.await;
        billed(self.app.state.store.total_cost() - before)
    }

    /// Polls the feed by itself.
    pub(crate) async fn poll(&self) -> (Refreshed, (u64, u64, u64)) {
        let id = self.feed.parse().unwrap();
        let store = &self.app.state.store;
        let heads = feeds::store::heads(store, &[id]).await.unwrap();
        let context = self.app.state.refresh_context().unwrap();
        let work = refresh(&context, &heads[0]);
        let (done, cost) = metered(work).await;
        (done.unwrap(), billed(cost))
    }

    /// The feed's settings, in words.
    pub(crate) async fn page(&self) -> String {
        let path = format!("/feed/{}/settings", self.feed);
        self.ann.get(&path).await.is(200).words()
    }

    pub(crate) async fn days_pass(&self, days: i64) {
        for _ in 0..days {
            self.app.minutes_pass(DAY);
            self.ann.get("/help").await.is(200);
            self.app.daily().await;
            self.hub.verdicts().await;
        }
    }
}

fn billed(cost: Cost) -> (u64, u64, u64) {
    (cost.reads, cost.writes, cost.deletes)
}

#[tokio::test]
async fn s4_link_headers_go_before_what_the_document_says() {
    TestApp::online(&[], async |app| {
        let (web, hub) = (FakeWeb::start(), Hub::start());
        let inside = "<link rel=\"hub\" href=\"http://127.0.0.1:1/\"/><link rel=\"self\" href=\"/inside\"/><id>";
        let text = news(1).atom().replacen("<id>", inside, 1);
        let own = web.url("/header");
        let page = Page::feed(text).header("Link", &hub.link(&own));
        app.reader("ann").await.subscribes(&web.put("/feed", page)).await;
        app.daily().await;
        assert_eq!(hub.asked()[0].form["hub.topic"], own);
    })
    .await;
}

#[tokio::test]
async fn s4_without_headers_the_documents_links_count() {
    TestApp::online(&[], async |app| {
        let (web, hub) = (FakeWeb::start(), Hub::start());
        let ann = app.reader("ann").await;
        let url = hub.url();
        let links = |prefix: &str| {
            format!(
                "<{prefix}link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"/own\"/>\
                 <{prefix}link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"{url}\"/>"
            )
        };
        let atom = news(1).atom().replacen("<id>", &format!("{}<id>", links("")), 1);
        let rss = news(1).rss().replacen("<link>", &format!("{}<link>", links("atom:")), 1);
        let hubs = format!("\"feed_url\":\"/own\",\"hubs\":[{{\"type\":\"rssCloud\",\"url\":\"http://127.0.0.1:1/\"}},{{\"type\":\"WebSub\",\"url\":\"{url}\"}}],\"items\"");
        let json = news(1).json().replacen("\"items\"", &hubs, 1);
        for (path, text) in [("/atom", atom), ("/rss", rss), ("/json", json)] {
            let kind = if path == "/json" { "application/feed+json" } else { "application/xml" };
            ann.subscribes(&web.put(path, Page::of(kind, text))).await;
        }
        app.daily().await;
        let topics: Vec<_> = hub.asked().iter().map(|one| one.form["hub.topic"].clone()).collect();
        assert_eq!(topics, vec![web.url("/own"); 3]);
    })
    .await;
}

#[tokio::test]
async fn s4_a_link_inside_an_entry_names_no_hub() {
    TestApp::online(&[], async |app| {
        let (web, hub) = (FakeWeb::start(), Hub::start());
        let links = format!(
            "<entry><link rel=\"self\" href=\"/own\"/><link rel=\"hub\" href=\"{}\"/>",
            hub.url()
        );
        let text = news(1).atom().replacen("<entry>", &links, 1);
        let feed = app
            .reader("ann")
            .await
            .subscribes(&web.put("/feed", Page::feed(text)))
            .await;
        app.daily().await;
        assert_eq!(
            (hub.asked().len(), app.feed(&feed).await.body.hub),
            (0, None)
        );
    })
    .await;
}

#[tokio::test]
async fn s5_1_the_request_is_a_form_with_all_that_a_hub_needs() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        let more = scene.web.url("/more");
        let page = Page::feed(FeedText::hourly("More", 1, at(11, 0)).rss());
        scene
            .web
            .put("/more", page.header("Link", &scene.hub.link(&more)));
        scene.ann.subscribes(&more).await;
        app.daily().await;

        let asked = scene.hub.asked();
        assert_eq!(asked.len(), 2);
        for one in &asked {
            assert_eq!(one.content_type, "application/x-www-form-urlencoded");
            assert_eq!(one.form["hub.mode"], "subscribe");
            assert_eq!(one.form["hub.lease_seconds"], "864000");
            let secret = one.form["hub.secret"].len();
            assert!((32..200).contains(&secret), "{secret} bytes");
            let base = app.state.base_url.as_str();
            let callback = one.form["hub.callback"].strip_prefix(base).unwrap();
            assert!(callback.len() > 40, "unguessable: {callback}");
        }
        for name in ["hub.callback", "hub.secret", "hub.topic"] {
            let all: HashSet<_> = asked.iter().map(|one| &one.form[name]).collect();
            assert_eq!(all.len(), 2, "{name} is unique for each subscription");
        }
    })
    .await;
}

#[tokio::test]
async fn s5_1_the_topic_is_the_documents_own_address_whatever_was_requested() {
    TestApp::online(&[], async |app| {
        let (web, hub) = (FakeWeb::start(), Hub::start());
        let ann = app.reader("ann").await;
        let own = web.url("/canonical?a=b&c=ü");
        let page = Page::feed(news(1).rss()).header("Link", &hub.link("/canonical?a=b&c=%C3%BC"));
        web.put("/feed?utm=1", page);
        ann.subscribes(&web.put("/hop", Page::redirect(302, "/feed?utm=1")))
            .await;
        app.daily().await;
        assert_eq!(
            hub.asked()[0].form["hub.topic"],
            url::Url::parse(&own).unwrap().as_str()
        );
        assert!(hub.verdicts().await[0].echoed);
    })
    .await;
}

#[tokio::test]
async fn s5_1_2_a_redirect_of_the_request_is_followed_with_its_body() {
    for status in [307, 308] {
        TestApp::online(&[], async |app| {
            let scene = Scene::before(app).await;
            scene.hub.is(Mood::Redirects(status));
            app.daily().await;
            assert!(scene.hub.verdicts().await[0].echoed, "{status}");
            assert_eq!(scene.hub.asked()[0].path, "/moved");
            assert_eq!(scene.period().await, Some(DAY));
        })
        .await;
    }
}

#[tokio::test]
async fn s5_1_2_an_error_is_taken_as_one_and_the_feed_is_polled_as_before() {
    for mood in [Mood::Refuses(400), Mood::Refuses(503), Mood::Redirects(302)] {
        TestApp::online(&[], async |app| {
            let scene = Scene::before(app).await;
            let before = scene.record().await.summary;
            scene.hub.is(mood);
            let daily = app.daily().await;
            assert_eq!((&daily.json()["hubs"]["failed"], &daily.json()["hubs"]["asked"]), (&1.into(), &0.into()), "{mood:?}");
            assert_eq!(scene.record().await.summary, before);
            let page = scene.page().await;
            assert!(page.contains("127.0.0.1 doesn’t push to us, so the feed is polled. It answered our request with"), "{page}");
        })
        .await;
    }
}

#[tokio::test]
async fn s5_2_a_denial_ends_the_subscription_and_is_shown() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        assert_eq!(scene.period().await, Some(DAY));
        let topic = scene.web.url("/feed");
        let no = |topic: &str| {
            [
                ("hub.mode".to_owned(), "denied".to_owned()),
                ("hub.topic".into(), topic.into()),
                ("hub.reason".into(), "<b>no</b> more".into()),
            ]
        };
        let of = |pairs: &[(String, String); 3]| -> Vec<(String, String)> { pairs.to_vec() };
        let wrong = of(&no("http://other.example/"));
        let wrong: Vec<_> = wrong
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(scene.hub.says(&wrong).await.status, 404);
        assert!(
            scene.record().await.is_pushed(scene.minute()),
            "another topic's refusal"
        );

        let right = of(&no(&topic));
        let right: Vec<_> = right
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(scene.hub.says(&right).await.status, 200);
        assert!(!scene.record().await.is_pushed(scene.minute()));
        assert!(
            scene
                .period()
                .await
                .is_some_and(|period| period < 24 * HOUR),
            "at once on its own cadence"
        );
        assert!(
            scene
                .page()
                .await
                .contains("<b>no</b> more. We try again in 12 hours.")
        );
    })
    .await;
}

#[tokio::test]
async fn s5_2_a_refusal_instead_of_a_verification_is_believed() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        scene.hub.is(Mood::Denies("for friends only"));
        app.daily().await;
        assert_eq!(scene.hub.verdicts().await[0].status, 200);
        let hub = scene.hub_record().await;
        assert_eq!((hub.asked, hub.until, hub.failures), (0, 0, 1));
        assert_eq!(hub.reason.as_deref(), Some("for friends only"));
    })
    .await;
}

#[tokio::test]
async fn s5_3_1_the_challenge_is_echoed_and_the_lease_is_the_hubs() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        scene.hub.leases(5 * 24 * 60 * 60);
        app.daily().await;
        let verdicts = scene.hub.verdicts().await;
        assert_eq!((verdicts[0].status, verdicts[0].echoed), (200, true));
        assert_eq!(verdicts[0].content_type, "text/plain; charset=utf-8");
        let summary = scene.record().await.summary;
        assert_eq!(summary.pushed_until, scene.minute() + 5 * DAY);
        assert_eq!(summary.tier.period(), Some(DAY));
        let page = scene.page().await;
        assert!(
            page.contains("Updates are pushed by 127.0.0.1 until 7 March 2026"),
            "{page}"
        );
    })
    .await;
}

#[tokio::test]
async fn s5_3_1_a_hub_may_verify_during_the_subscription_request() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        scene.hub.is(Mood::VerifiesFirst);
        // A tick that fetches new articles and subscribes at the feeds' hubs, all within one request.
        publish(&scene.web, &scene.hub, &news(4), "\"2\"");
        app.minutes_pass(7 * DAY);
        let tick = app.refresh().await;
        assert_eq!(
            (&tick["articles"], &tick["hubs"]["asked"]),
            (&1.into(), &1.into()),
            "{tick}"
        );
        assert!(scene.hub.verdicts().await[0].echoed);
        assert!(scene.record().await.is_pushed(scene.minute()));
    })
    .await;
}

#[tokio::test]
async fn s5_3_1_an_intent_without_our_request_gets_404() {
    for mood in [Mood::WrongTopic, Mood::WrongMode] {
        TestApp::online(&[], async |app| {
            let scene = Scene::before(app).await;
            scene.hub.is(mood);
            app.daily().await;
            let verdict = scene.hub.verdicts().await.remove(0);
            assert_eq!((verdict.status, verdict.echoed), (404, false), "{mood:?}");
            assert!(!scene.record().await.is_pushed(scene.minute()));
        })
        .await;
    }
}

#[tokio::test]
async fn s5_3_1_a_question_that_comes_out_of_the_blue_gets_404() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        scene.hub.is(Mood::Denies("no"));
        app.daily().await;
        scene.hub.verdicts().await;
        let topic = scene.web.url("/feed");
        let ask = |mode: &'static str| {
            [
                ("hub.mode", mode),
                ("hub.topic", topic.as_str()),
                ("hub.challenge", "x"),
                ("hub.lease_seconds", "9999"),
            ]
        };
        assert_eq!(scene.hub.says(&ask("subscribe")).await.status, 404);
        assert_eq!(scene.hub.says(&ask("dance")).await.status, 404);
        assert_eq!(
            scene.hub.says(&ask("subscribe")[..2]).await.status,
            404,
            "no challenge"
        );
        assert!(!scene.record().await.is_pushed(scene.minute()));
    })
    .await;
}

#[tokio::test]
async fn s5_3_1_a_question_that_is_repeated_gets_the_same_answer() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let topic = scene.web.url("/feed");
        let again = [
            ("hub.mode", "subscribe"),
            ("hub.topic", topic.as_str()),
            ("hub.challenge", "a&b=c"),
            ("hub.lease_seconds", "864000"),
        ];
        let spent = scene.spent(async {
            let verdict = scene.hub.says(&again).await;
            assert_eq!((verdict.status, verdict.echoed), (200, true));
        });
        assert_eq!(spent.await, (1, 0, 0), "nothing new, nothing written");
    })
    .await;
}

#[tokio::test]
async fn s5_3_1_a_hub_that_names_no_lease_gets_another_request_the_next_day() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        scene.hub.is(Mood::WithoutLease);
        app.daily().await;
        scene.hub.verdicts().await;
        assert_eq!(
            scene.record().await.summary.pushed_until,
            scene.minute() + DAY
        );
        scene.days_pass(1).await;
        assert_eq!(scene.hub.asked().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn s5_3_1_a_lease_is_renewed_before_it_ends() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        scene.days_pass(6).await;
        assert_eq!(
            scene.hub.asked().len(),
            1,
            "a third of ten days and more is left"
        );
        scene.days_pass(24).await;
        let asked = scene.hub.asked();
        assert!(
            (3..=6).contains(&asked.len()),
            "{} requests in a month",
            asked.len()
        );
        let callbacks: HashSet<_> = asked.iter().map(|one| &one.form["hub.callback"]).collect();
        assert_eq!(
            callbacks.len(),
            1,
            "renewing overrides, without an interruption"
        );
        assert!(scene.record().await.summary.pushed_until > scene.minute() + 2 * DAY);
        assert!(scene.period().await >= Some(DAY));
        assert_eq!(
            scene
                .hub
                .pushes(&newest(&["late"], app.clock.now()).rss())
                .await,
            202
        );
        assert_eq!(scene.ann.unread().await, 4);
    })
    .await;
}

#[tokio::test]
async fn s5_3_1_an_unsubscription_is_confirmed_only_if_wanted() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let topic = scene.web.url("/feed");
        let end = [
            ("hub.mode", "unsubscribe"),
            ("hub.topic", topic.as_str()),
            ("hub.challenge", "bye"),
        ];
        assert_eq!(scene.hub.says(&end).await.status, 404);
        scene
            .ann
            .post(&format!("/feed/{}/remove", scene.feed), &[])
            .await
            .is(303);
        let verdict = scene.hub.says(&end).await;
        assert_eq!((verdict.status, verdict.echoed), (200, true));
    })
    .await;
}

#[tokio::test]
async fn s7_what_is_pushed_is_acknowledged_and_can_be_read_at_once() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let since = app.clock.now().timestamp_micros() - 1;
        app.minutes_pass(5);
        assert_eq!(
            scene
                .hub
                .pushes(&newest(&["a", "b"], at(12, 3)).rss())
                .await,
            202
        );
        let titles = scene.ann.titles("/unread").await;
        assert_eq!(
            (titles.len(), titles.contains(&"Title of a".to_owned())),
            (5, true)
        );
        // An open page learns of it with its next pulse, as with articles from a tick.
        let pulse = scene
            .ann
            .post(&format!("/pulse?since={since}"), &[])
            .await
            .json();
        assert_eq!(
            (&pulse["new"], &pulse["unread"]["total"]),
            (&2.into(), &5.into()),
            "{pulse}"
        );
        app.is_sound().await;
    })
    .await;
}

#[tokio::test]
async fn s7_all_of_a_document_or_only_its_news_and_twice_come_to_the_same() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let whole = news(3).and(Entry::new("x", at(11, 30)));
        for text in [newest(&["x"], at(11, 30)).rss(), whole.rss(), whole.rss()] {
            assert_eq!(scene.hub.pushes(&text).await, 202);
        }
        assert_eq!(scene.ann.unread().await, 4);
        for (kind, text) in [
            ("application/atom+xml", newest(&["y"], at(11, 31)).atom()),
            ("application/feed+json", newest(&["z"], at(11, 32)).json()),
        ] {
            assert_eq!(
                scene
                    .hub
                    .pushes_so(Signed::Sha256, kind, text.as_bytes())
                    .await,
                202
            );
        }
        assert_eq!(scene.ann.unread().await, 6);
        app.is_sound().await;
    })
    .await;
}

#[tokio::test]
async fn s7_without_active_subscribers_the_response_is_410() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        scene
            .ann
            .post(&format!("/feed/{}/remove", scene.feed), &[])
            .await
            .is(303);
        let spent = scene.spent(async {
            assert_eq!(
                scene.hub.pushes(&newest(&["a"], at(12, 0)).rss()).await,
                410
            );
        });
        assert_eq!(spent.await, (1, 0, 0));
        assert_eq!(app.count("Article").await, 3);
    })
    .await;
}

#[tokio::test]
async fn s7_1_every_registered_method_is_verified_and_nothing_else_is_taken() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let before = scene.record().await;
        for signed in [Signed::Wrongly, Signed::Oddly, Signed::Not] {
            let text = newest(&["forged"], at(12, 0)).rss();
            let spent = scene.spent(async {
                let status = scene
                    .hub
                    .pushes_so(signed, "application/xml", text.as_bytes())
                    .await;
                assert_eq!(
                    status, 202,
                    "{signed:?}: acknowledged, so that nobody learns by guessing"
                );
            });
            assert_eq!(spent.await, (0, 0, 0), "{signed:?}");
        }
        assert_eq!(scene.record().await, before, "ignored");
        for (signed, name) in [
            (Signed::Sha1, "1"),
            (Signed::Sha256, "2"),
            (Signed::Sha384, "3"),
            (Signed::Sha512, "4"),
        ] {
            let text = newest(&[name], at(12, 0)).rss();
            assert_eq!(
                scene
                    .hub
                    .pushes_so(signed, "application/xml", text.as_bytes())
                    .await,
                202
            );
        }
        assert_eq!(scene.ann.unread().await, 7);
    })
    .await;
}
