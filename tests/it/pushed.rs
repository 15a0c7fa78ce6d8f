//! WebSub: our guarantees beyond the Recommendation. Pushes only add articles, cost little, and are relied on only
//! while the hub works.

use chrono::TimeDelta;
use dormouse::datastore::Cost;
use dormouse::feeds::{Feed, PollTier};
use dormouse::refresh::feed::Refreshed;
use http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::pushing::{DAY, HOUR, Scene, newest, news, publish};
use crate::support::{Entry, FakeWeb, FeedText, Hub, Mood, PASSWORD, Page, Signed, TestApp, at};

#[tokio::test]
async fn guessing_at_an_address_costs_nothing() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let callback = scene.hub.asked()[0].form["hub.callback"].clone();
        let path = callback.strip_prefix(app.state.base_url.as_str()).unwrap();
        let (rest, last) = path.split_at(path.len() - 1);
        let other = if last == "0" { "1" } else { "0" };
        let stranger = app.stranger();
        for path in [
            format!("/{rest}{other}"),
            format!("/websub/{}/x", scene.feed),
            "/websub/x/y".into(),
        ] {
            for method in [Method::GET, Method::POST] {
                let asked = format!("{path}?hub.mode=subscribe&hub.topic=x&hub.challenge=y");
                let answer = stranger.ask(method, &asked).send().await;
                assert_eq!(
                    (answer.is(404).cost, path.len() > 3),
                    (Cost::default(), true)
                );
            }
        }
    })
    .await;
}

/// The central rule: a hub sends only new entries, so entries missing from a push aren't removed.
#[tokio::test]
async fn what_a_push_leaves_out_has_not_left_and_the_next_poll_neither_doubles_nor_misses() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let before = scene.record().await;
        app.minutes_pass(5);
        let spent = scene.spent(async {
            assert_eq!(
                scene
                    .hub
                    .pushes(&newest(&["a", "b"], at(12, 3)).rss())
                    .await,
                202
            );
        });
        assert_eq!(
            spent.await,
            (1, 3, 0),
            "a read, and a write for each article and the feed"
        );

        let after = scene.record().await;
        assert!(
            after.body.window.iter().all(|print| print.present),
            "{:?}",
            after.body.window
        );
        assert_eq!(after.body.window.len(), 5);
        let kept = |feed: &Feed| {
            let summary = feed.summary.clone();
            (
                summary.digest,
                summary.validators,
                summary.gap,
                summary.title,
                summary.site,
                summary.failures,
                summary.not_before,
                feed.body.subtitle.clone(),
            )
        };
        assert_eq!(kept(&after), kept(&before), "what a part can't say");

        // The publisher's own document, with both, and one more that wasn't pushed.
        let whole = news(3)
            .and(Entry::new("a", at(12, 3)))
            .and(Entry::new("b", at(12, 3)));
        publish(&scene.web, &scene.hub, &whole, "\"2\"");
        app.minutes_pass(DAY);
        assert_eq!(scene.poll().await, (Refreshed::NewArticles(0), (1, 1, 0)));
        assert_eq!(scene.poll().await, (Refreshed::Unchanged, (0, 0, 0)), "304");
        publish(
            &scene.web,
            &scene.hub,
            &whole.and(Entry::new("c", at(12, 4))),
            "\"3\"",
        );
        assert_eq!(scene.poll().await, (Refreshed::NewArticles(1), (1, 2, 0)));
        assert_eq!(scene.ann.unread().await, 6);
        app.is_sound().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_document_shows_stays_however_old_it_is_when_news_is_pushed() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        app.minutes_pass(100 * DAY);
        let text = newest(&["spring"], app.clock.now()).rss();
        assert_eq!(scene.hub.pushes(&text).await, 202);
        assert_eq!(
            app.count("Article").await,
            4,
            "retention takes only what has left the document"
        );
        assert_eq!(scene.record().await.summary.first, 1);
        app.is_sound().await;
    })
    .await;
}

#[tokio::test]
async fn an_edit_is_taken_if_it_says_that_it_is_one_and_never_an_older_text() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let version = |text: &str, date| {
            let entry = Entry {
                content: format!("<p>{text}</p>"),
                ..Entry::new("news-3", date)
            };
            FeedText::new("News").and(entry).atom()
        };
        let shown = async || {
            let page = scene.ann.get(&format!("/article/{}-3", scene.feed)).await;
            page.is(200).text().to_owned()
        };
        app.minutes_pass(HOUR);
        // A hub that is late with entries from before our poll.
        assert_eq!(scene.hub.pushes(&version("stale", at(11, 0))).await, 202);
        assert!(shown().await.contains("Text of news-3"));
        assert_eq!(
            scene.hub.pushes(&version("corrected", at(12, 30))).await,
            202
        );
        assert!(shown().await.contains("corrected"));
        assert_eq!(scene.ann.unread().await, 2, "what was read stays read");
        // In either case the poll has the last word.
        let mut whole = news(3);
        whole.entries[0].content = "<p>final</p>".into();
        publish(&scene.web, &scene.hub, &whole, "\"2\"");
        app.minutes_pass(2 * DAY);
        scene.poll().await;
        assert!(shown().await.contains("final"));
        app.is_sound().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_that_is_pushed_makes_a_feed_fail() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let before = scene.record().await;
        let huge = vec![b' '; 10 * 1_024 * 1_024 + 1];
        for (kind, body) in [
            ("application/xml", &b""[..]),
            ("text/html", b"<html><p>no feed"),
            ("application/json", b"{"),
            ("application/xml", b"\x89PNG\0\0"),
            ("application/xml", &huge),
        ] {
            let spent = scene.spent(async {
                assert_eq!(
                    scene.hub.pushes_so(Signed::Sha256, kind, body).await,
                    202,
                    "{} bytes",
                    body.len()
                );
            });
            assert!(spent.await <= (1, 0, 0));
        }
        assert_eq!(scene.record().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_push_does_not_wake_a_publishers_pause() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        scene
            .web
            .put("/feed", Page::status(503).header("Retry-After", "90000"));
        app.minutes_pass(DAY);
        scene.poll().await;
        let failing = scene.record().await.summary;
        assert_eq!(
            (failing.failures, failing.not_before),
            (1, scene.minute() + 1_500)
        );
        assert_eq!(
            scene
                .hub
                .pushes(&newest(&["a"], app.clock.now()).rss())
                .await,
            202
        );
        let after = scene.record().await.summary;
        assert_eq!(
            (after.last, after.failures, after.not_before, after.error),
            (4, 1, failing.not_before, failing.error)
        );
    })
    .await;
}

#[tokio::test]
async fn pushes_are_counted_by_the_hour() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let text = news(3).rss();
        for n in 0..60 {
            assert_eq!(scene.hub.pushes(&text).await, 202, "{n}");
        }
        let spent = scene.spent(async { assert_eq!(scene.hub.pushes(&text).await, 429) });
        assert_eq!(spent.await, (0, 0, 0));
        // Before a byte of the body has come: this one announces more than it sends.
        let form = &scene.hub.asked()[0].form;
        let callback = url::Url::parse(&form["hub.callback"]).unwrap();
        let address = (callback.host_str().unwrap(), callback.port().unwrap());
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let signature = scene.hub.signs(text.as_bytes());
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}:{}\r\nX-Hub-Signature: {signature}\r\nContent-Type: application/rss+xml\r\n\
             Content-Length: 9000000\r\n\r\n<rss>",
            callback.path(), address.0, address.1
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut said = [0; 12];
        stream.read_exact(&mut said).await.unwrap();
        assert_eq!(&said, b"HTTP/1.1 429");
        app.minutes_pass(HOUR);
        assert_eq!(scene.hub.pushes(&text).await, 202);
    })
    .await;
}

#[tokio::test]
async fn a_pushed_feed_that_is_quiet_is_polled_daily_and_costs_nothing() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        app.minutes_pass(7 * HOUR);
        app.refresh().await;
        scene.web.forget();
        let mut spent = Cost::default();
        for _ in 0..(4 * 24) {
            app.minutes_pass(HOUR);
            let report = app.refresh().await;
            assert_eq!(report["hubs"], serde_json::Value::Null);
            let cost = |what: &str| report["cost"][what].as_u64().unwrap();
            // The first tick of a day writes the previous day to the ledger.
            let ledger = u64::from(app.clock.now().timestamp() % 86_400 < 3_600);
            assert!(
                cost("reads") <= 21 && cost("writes") <= 2 + ledger,
                "{report}"
            );
            spent.writes += cost("writes").saturating_sub(2 + ledger);
        }
        assert_eq!(
            scene.web.requests().len(),
            4,
            "once a day, and not once an hour"
        );
        assert_eq!(spent, Cost::default(), "beyond the ticks' own");
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_is_not_renewed_ends_and_the_feed_is_polled_as_before() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        scene.hub.is(Mood::Silent);
        scene.days_pass(8).await;
        assert!(scene.hub.asked().len() >= 2, "it was asked for more");
        assert_eq!(scene.period().await, Some(DAY), "and the lease lasts");
        app.minutes_pass(3 * DAY);
        // Whatever the hub does, the next poll finds the article.
        scene.poll().await;
        // After eleven days without posts, the feed's own schedule is every second day.
        assert_eq!(scene.period().await, Some(2 * DAY));
        assert!(!scene.record().await.is_pushed(scene.minute()));
        assert!(
            scene
                .page()
                .await
                .contains("Until then the feed is polled.")
        );
    })
    .await;
}

#[tokio::test]
async fn a_silent_hub_gets_ever_fewer_requests() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        scene.hub.is(Mood::Silent);
        let mut asked = Vec::new();
        for day in 0..90 {
            scene.ann.get("/help").await.is(200);
            app.daily().await;
            if scene.hub.asked().len() > asked.len() {
                asked.push(day);
            }
            app.minutes_pass(DAY);
        }
        assert!((4..=8).contains(&asked.len()), "{asked:?}");
        assert!(
            asked
                .windows(2)
                .last()
                .is_some_and(|two| two[1] - two[0] >= 16),
            "{asked:?}"
        );
        assert!(
            scene.period().await.is_some_and(|period| period < DAY),
            "polled on its own cadence all the while"
        );
        assert!(
            scene
                .page()
                .await
                .contains("It hasn’t confirmed our request.")
        );
    })
    .await;
}

#[tokio::test]
async fn a_hub_that_is_down_gets_one_request_for_all_its_feeds() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        for name in ["/b", "/c"] {
            let own = scene.web.url(name);
            let page = Page::feed(FeedText::hourly(&name[1..], 1, at(11, 0)).rss());
            scene
                .web
                .put(name, page.header("Link", &scene.hub.link(&own)));
            scene.ann.subscribes(&own).await;
        }
        scene.hub.is(Mood::Refuses(500));
        let daily = app.daily().await.json();
        assert_eq!(
            (&daily["hubs"]["failed"], scene.hub.asked().len()),
            (&3.into(), 1)
        );
        scene.hub.is(Mood::Follows);
        scene.days_pass(1).await;
        assert_eq!(
            scene.hub.verdicts().await.len(),
            3,
            "and the next day it's asked again"
        );
    })
    .await;
}

#[tokio::test]
async fn a_hub_that_misses_news_twice_is_not_relied_on() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let mut text = news(3);
        for (n, pushed) in [(1, true), (2, false)] {
            app.minutes_pass(DAY);
            text = text.and(Entry::new(
                &format!("missed{n}"),
                app.clock.now() - TimeDelta::hours(5),
            ));
            publish(&scene.web, &scene.hub, &text, &format!("\"m{n}\""));
            assert_eq!(scene.poll().await.0, Refreshed::NewArticles(1));
            assert_eq!(
                scene.record().await.is_pushed(scene.minute()),
                pushed,
                "after {n}"
            );
        }
        let hub = scene.hub_record().await;
        assert!(hub.due >= scene.minute() + 2 * DAY, "not soon again");
        assert_eq!(
            hub.reason.as_deref(),
            Some("It missed new articles that polling found.")
        );
        let own = scene.period().await.unwrap();
        assert!(own < DAY, "on its own cadence: {own}");

        // It is trusted again, with half the tolerance; one push with new articles resets that.
        scene.days_pass(3).await;
        assert!(scene.record().await.is_pushed(scene.minute()));
        assert_eq!(
            scene
                .hub
                .pushes(&newest(&["kept"], app.clock.now()).rss())
                .await,
            202
        );
        let hub = scene.hub_record().await;
        assert_eq!(
            (hub.missed, hub.failures, hub.pushed),
            (0, 0, scene.minute())
        );
        assert!(scene.page().await.contains("The last push came"));
    })
    .await;
}

#[tokio::test]
async fn what_is_young_may_still_be_pushed() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        app.minutes_pass(DAY);
        let text = news(3).and(Entry::new("young", app.clock.now() - TimeDelta::minutes(5)));
        publish(&scene.web, &scene.hub, &text, "\"2\"");
        assert_eq!(scene.poll().await.0, Refreshed::NewArticles(1));
        assert_eq!(scene.hub_record().await.missed, 0);
    })
    .await;
}

#[tokio::test]
async fn a_feed_that_leaves_its_hub_is_polled_and_the_old_hub_is_ignored() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        let old = scene.hub.asked().remove(0);
        let other = Hub::start();
        app.minutes_pass(DAY);
        publish(&scene.web, &other, &news(4), "\"2\"");
        scene.poll().await;
        assert!(!scene.record().await.is_pushed(scene.minute()));
        let text = newest(&["from the old"], app.clock.now()).rss();
        let status = scene
            .hub
            .pushes_to(&old, Signed::Sha256, "application/xml", text.as_bytes());
        assert_eq!(status.await, 410);
        app.daily().await;
        assert!(other.verdicts().await[0].echoed);
        assert!(scene.record().await.is_pushed(scene.minute()));

        let page = Page::feed(news(5).rss()).header("ETag", "\"3\"");
        scene.web.put("/feed", page);
        scene.poll().await;
        let record = scene.record().await;
        assert_eq!(
            (record.body.hub.as_ref(), record.summary.pushed_until),
            (None, 0)
        );
        app.daily().await;
        assert_eq!(other.asked().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_address_on_another_host_is_not_subscribed_to() {
    TestApp::online(&[], async |app| {
        let (web, hub) = (FakeWeb::start(), Hub::start());
        let page =
            Page::feed(news(1).rss()).header("Link", &hub.link("http://original.example/feed"));
        let feed = app
            .reader("ann")
            .await
            .subscribes(&web.put("/copy", page))
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
async fn a_hub_gets_no_request_while_all_subscribers_sleep_and_one_when_they_wake() {
    TestApp::online(&[], async |app| {
        let scene = Scene::pushed(app).await;
        app.minutes_pass(31 * DAY);
        app.daily().await;
        assert_eq!(scene.record().await.summary.tier, PollTier::Off);
        let asked = scene.hub.asked().len();
        for _ in 0..20 {
            app.minutes_pass(DAY);
            assert_eq!(
                app.daily().await.json()["hubs"]["cost"]["reads"],
                1,
                "one question, no answer"
            );
        }
        assert_eq!(scene.hub.asked().len(), asked, "no renewals while asleep");
        assert_eq!(
            scene
                .hub
                .pushes(&newest(&["unheard"], app.clock.now()).rss())
                .await,
            410
        );

        let form = [("email", "ann@example.org"), ("password", PASSWORD)];
        scene.ann.post("/signin", &form).await.is(303);
        scene.ann.get("/unread").await.is(200);
        scene.ann.post("/wake/step", &[("return", "/unread")]).await;
        assert_eq!(
            scene.record().await.summary.pushed_until,
            0,
            "the old lease isn't believed"
        );
        app.daily().await;
        scene.hub.verdicts().await;
        assert_eq!(scene.hub.asked().len(), asked + 1);
        assert!(scene.record().await.is_pushed(scene.minute()));
    })
    .await;
}

#[tokio::test]
async fn a_hub_that_hangs_holds_nothing_up_for_long() {
    TestApp::online(&[], async |app| {
        let scene = Scene::before(app).await;
        scene.hub.is(Mood::Hangs);
        let began = tokio::time::Instant::now();
        app.daily().await;
        assert!(began.elapsed().as_secs() <= 12);
        assert_eq!(
            scene.hub_record().await.reason.as_deref(),
            Some("It took too long to answer.")
        );
    })
    .await;
}

#[tokio::test]
async fn it_can_be_switched_off_and_is_off_without_a_scheduler_or_a_public_address() {
    for (name, value) in [
        ("WEBSUB", "0"),
        ("CRON_SECRET", ""),
        ("ALLOW_PRIVATE_NETWORKS", "0"),
    ] {
        TestApp::online(&[(name, value)], async |app| {
            assert!(app.state.callbacks.is_none(), "{name}");
        })
        .await;
    }
    TestApp::online(&[("WEBSUB", "0")], async |app| {
        let scene = Scene::before(app).await;
        let daily = app.daily().await;
        assert_eq!(
            (scene.hub.asked().len(), &daily.json()["finished"]),
            (0, &true.into())
        );
        assert!(!scene.page().await.contains("push"));
        let page = app
            .stranger()
            .get(&format!("/websub/{}/x?hub.mode=x&hub.topic=y", scene.feed))
            .await;
        page.is(404);
    })
    .await;
}
