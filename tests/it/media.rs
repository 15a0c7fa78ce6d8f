//! Films, songs and chapters: where an episode was left is kept, and nobody is asked of what wasn't pressed.

use std::cell::Cell;
use std::collections::BTreeMap;

use dormouse::ids::{ArticleId, FeedId};
use dormouse::shelf::played::{LAST_SECOND, MAX_EPISODES};
use dormouse::shelf::read_shards::stored;
use dormouse::shelf::{Played, ReadShards, ReadState};
use http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::support::{Answer, Client, FakeWeb, PASSWORD, Page, TestApp, at, attribute};

/// A podcast with episodes 1 to `count`, the first of which names chapters, and a film of somebody else's in the last.
fn podcast(web: &FakeWeb, count: u32) -> String {
    let chapters = web.url("/chapters.json");
    let item = |n: u32| {
        let more = match n {
            1 => {
                format!("<podcast:chapters url=\"{chapters}\" type=\"application/json+chapters\"/>")
            }
            _ => String::new(),
        };
        let film = "<![CDATA[<p>See</p><iframe src=\"https://www.youtube.com/embed/abc\" title=\"A walk\"></iframe>]]>";
        let text = if n == count { film } else { "Listen." };
        format!(
            "<item><title>Episode {n}</title><guid>urn:e:{n}</guid><pubDate>Mon, 02 Mar 2026 0{n}:00:00 GMT</pubDate>\
             <description>{text}</description><enclosure url=\"https://media.example/{n}.mp3\" type=\"audio/mpeg\" length=\"9\"/>{more}</item>"
        )
    };
    let items: String = (1..=count).rev().map(item).collect();
    format!(
        "<rss version=\"2.0\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>Two Lanterns</title>\
         <link>https://media.example/</link><description>d</description>{items}</channel></rss>"
    )
}

async fn listener<'a>(app: &'a TestApp, web: &FakeWeb) -> (Client<'a>, String) {
    web.put("/podcast", Page::feed(podcast(web, 5)));
    let ann = app.reader("ann").await;
    let feed = ann.subscribes(&web.url("/podcast")).await;
    (ann, feed)
}

async fn sends(client: &Client<'_>, batch: &Value) -> Answer {
    client.ask(Method::POST, "/marks").json(batch).send().await
}

/// The place and the speed that an article's page and its fragment say.
async fn place_of(client: &Client<'_>, article: &str) -> Option<(String, String)> {
    let path = format!("/article/{article}?in=all");
    let page = client.get(&path).await;
    let ask = client.ask(Method::GET, &path);
    let part = ask.header("x-fragment", "article").send().await;
    let [page, part] = [page, part].map(|answer| {
        let of = |name| attribute(answer.is(200).text(), "audio controls", name);
        of("data-position").zip(of("data-speed"))
    });
    assert_eq!(page, part);
    page
}

fn place(at: &str, speed: &str) -> Option<(String, String)> {
    Some((at.to_owned(), speed.to_owned()))
}

#[tokio::test]
async fn a_place_is_kept_rides_with_marks_and_ends_with_the_episode() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = listener(&app, &web).await;
    let [one, two] = [1, 2].map(|n| format!("{feed}-{n}"));
    assert_eq!(place_of(&ann, &one).await, None);
    let alone = json!({ "batch": "a", "played": [{ "id": one, "at": 734, "speed": 120 }] });
    let first = sends(&ann, &alone).await;
    assert_eq!(first.is(200).cost.writes, 1, "{}", first.cost);
    assert_eq!(place_of(&ann, &one).await, place("734", "120"));

    // With marks it is no further write, and the same batch counts once.
    let both = json!({ "batch": "b", "read": [two], "played": [{ "id": two, "at": 60 }] });
    let together = sends(&ann, &both).await;
    assert_eq!(together.is(200).cost.writes, 1, "{}", together.cost);
    assert_eq!(place_of(&ann, &two).await, place("60", "100"));
    let later = json!({ "played": [{ "id": two, "at": 90, "speed": 150 }] });
    sends(&ann, &later).await.is(200);
    let again = sends(&ann, &both).await;
    assert_eq!(again.is(200).cost.writes, 0, "{}", again.cost);
    assert_eq!(place_of(&ann, &two).await, place("90", "150"));
    let list = ann.get("/unread").await;
    assert!(
        !list.lines().iter().any(|line| line.id == two),
        "it is read"
    );

    // Another instance, another reader; and the end.
    let other = app.beside().await;
    let there = other.stranger();
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    there.post("/signin", &form).await.is(303);
    assert_eq!(place_of(&there, &one).await, place("734", "120"));
    let bob = app.reader("bob").await;
    bob.subscribes(&web.url("/podcast")).await;
    assert_eq!(place_of(&bob, &one).await, None);
    let over = json!({ "played": [{ "id": one, "at": 0 }] });
    sends(&ann, &over).await.is(200);
    assert_eq!(place_of(&ann, &one).await, None);
    app.is_sound().await;
}

#[tokio::test]
async fn programs_keep_places_too() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = listener(&app, &web).await;
    let one = format!("{feed}-1");
    let program = app.program_of(&ann).await;
    let batch = json!({ "played": [{ "id": one, "at": 5, "speed": 80 }] });
    let ask = program.ask(Method::POST, "/api/v1/marks").json(&batch);
    ask.send().await.is(200);
    assert_eq!(place_of(&ann, &one).await, place("5", "80"));
}

#[tokio::test]
async fn what_is_no_place_is_said_and_changes_nothing() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = listener(&app, &web).await;
    let [one, two] = [1, 2].map(|n| format!("{feed}-{n}"));
    let good = json!({ "played": [{ "id": one, "at": 734 }] });
    sends(&ann, &good).await.is(200);
    let many = vec![json!({ "id": one, "at": 1 }); MAX_EPISODES + 1];
    for (played, code) in [
        (json!([{ "id": one, "at": -1 }]), "bad_place"),
        (json!([{ "id": one, "at": LAST_SECOND + 1 }]), "bad_place"),
        (json!([{ "id": one, "at": 1, "speed": 49 }]), "bad_place"),
        (json!([{ "id": one, "at": 1, "speed": 301 }]), "bad_place"),
        (json!([{ "id": one, "at": 1, "speed": -100 }]), "bad_place"),
        (json!([{ "id": "one", "at": 1 }]), "bad_id"),
        (json!(many), "too_many_marks"),
    ] {
        let batch = json!({ "batch": "x", "read": [two], "played": played });
        let ask = ann.ask(Method::POST, "/marks").json(&batch);
        let refused = ask.header("accept", "application/json").send().await;
        assert_eq!(refused.is(400).json()["error"]["code"], code, "{played}");
        assert_eq!(refused.cost.writes, 0);
    }
    for played in [
        json!([{ "id": one }]),
        json!([{ "id": one, "at": "a" }]),
        json!(7),
    ] {
        let refused = sends(&ann, &json!({ "read": [two], "played": played })).await;
        assert!((400..500).contains(&refused.status), "{}", refused.status);
    }
    assert_eq!(place_of(&ann, &one).await, place("734", "100"));
    assert!(
        ann.get("/unread")
            .await
            .lines()
            .iter()
            .any(|line| line.id == two)
    );

    // Somebody else's feed, and an episode that isn't there: as marks of what isn't there, they are named and lose nothing.
    let strange = ["7-1".to_owned(), format!("{feed}-99")];
    let played = strange.clone().map(|id| json!({ "id": id, "at": 9 }));
    let batch = json!({ "read": [two], "played": played });
    let taken = sends(&ann, &batch).await;
    assert_eq!(taken.is(200).json()["ignored"], json!(strange));
    assert!(
        !ann.get("/unread")
            .await
            .lines()
            .iter()
            .any(|line| line.id == two)
    );
    app.is_sound().await;
}

#[tokio::test]
async fn chapters_are_fetched_for_those_who_may_see_the_article() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = listener(&app, &web).await;
    let path = format!("/article/{feed}-1/chapters");
    let asked = || web.asked("/chapters.json").len();
    ann.get(&format!("/article/{feed}-1?in=all")).await.is(200);
    assert_eq!(asked(), 0, "nobody asked for them");
    let document = json!({ "version": "1.2.0", "chapters": [
        { "startTime": 90.5, "title": "<b>The</b> lamp" }, { "startTime": 0, "title": "Hello" }] });
    let page = |body: String| Page::of("application/json+chapters", body);
    web.put("/chapters.json", page(document.to_string()));
    let found = ann.get(&path).await;
    let expected = json!({ "chapters": [
        { "start": 0.0, "title": "Hello" }, { "start": 90.5, "title": "<b>The</b> lamp" }] });
    assert_eq!(found.is(200).json(), expected);
    assert_eq!(found.cost.writes, 0);
    assert_eq!(found.header("content-type"), Some("application/json"));
    let request = &web.asked("/chapters.json")[0];
    assert!(
        request
            .header("accept")
            .unwrap()
            .starts_with("application/json+chapters")
    );
    assert_eq!(request.header("cookie"), None);

    for bad in [
        page("<html>".into()),
        page(json!({ "version": "3", "chapters": [] }).to_string()),
        page(format!(
            "{{\"version\":\"1\",\"chapters\":[]{}}}",
            " ".repeat(300 * 1_024)
        )),
        Page::status(404),
        Page::redirect(302, "http://169.254.169.254/latest"),
    ] {
        web.put("/chapters.json", bad);
        let ask = ann.ask(Method::GET, &path);
        let refused = ask.header("accept", "application/json").send().await;
        assert_eq!(refused.is(422).json()["error"]["code"], "no_chapters");
    }
    ann.get(&format!("/article/{feed}-2/chapters"))
        .await
        .is(404);
    let (before, eve) = (asked(), app.reader("eve").await);
    eve.get(&path).await.is(404);
    let stranger = app.stranger().get(&path).await;
    assert!(stranger.is(303).location().starts_with("/signin"));
    // An installation that is open to the world asks no machine of its own network.
    let strict = app.beside_with(&[("ALLOW_PRIVATE_NETWORKS", "0")]).await;
    let there = strict.stranger();
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    there.post("/signin", &form).await.is(303);
    there.get(&path).await.is(422);
    assert_eq!(asked(), before, "asked by somebody who may not");
}

#[tokio::test]
async fn chapters_have_the_limit_of_full_texts() {
    let (app, web) = (
        TestApp::with(&[("QUOTA", "texts=2"), ("QUOTA_ADMIN", "texts=2")]).await,
        FakeWeb::start(),
    );
    let (ann, feed) = listener(&app, &web).await;
    let document = json!({ "version": "1.2.0", "chapters": [] }).to_string();
    web.put("/chapters.json", Page::of("application/json", document));
    let path = format!("/article/{feed}-1/chapters");
    for status in [200, 200, 429] {
        ann.get(&path).await.is(status);
    }
    assert_eq!(web.asked("/chapters.json").len(), 2);
}

#[tokio::test]
async fn a_film_is_a_card_and_frames_are_those_of_five_sites() {
    let (app, web) = (TestApp::start().await, FakeWeb::start());
    let (ann, feed) = listener(&app, &web).await;
    let page = ann.get(&format!("/article/{feed}-5?in=all")).await;
    let text = page.is(200).text();
    assert!(!text.contains("<iframe"), "a player before the press");
    let frame = attribute(text, "class=\"embed\"", "data-frame").unwrap();
    assert_eq!(
        frame,
        "https://www.youtube-nocookie.com/embed/abc?autoplay=1"
    );
    let link = attribute(text, "class=\"embed-press\"", "href").unwrap();
    assert_eq!(link, "https://www.youtube.com/watch?v=abc");
    for words in [
        "Open there",
        "contacted only when you press play",
        "<b dir=\"auto\">A walk</b>",
    ] {
        assert!(text.contains(words), "{words}");
    }
    let policy = page.header("content-security-policy").unwrap();
    let of = |name: &str| {
        let mut parts = policy.split("; ");
        parts
            .find_map(|part| part.strip_prefix(name))
            .unwrap()
            .trim()
    };
    assert_eq!(
        of("frame-src"),
        "https://www.youtube-nocookie.com https://player.vimeo.com https://w.soundcloud.com \
         https://open.spotify.com https://bandcamp.com"
    );
    assert_eq!(of("media-src"), "https: http:");
    assert_eq!(of("connect-src"), "'self'");
    // Programs get what the publisher wrote, cleaned.
    let program = app.program_of(&ann).await;
    let own = program.get(&format!("/api/v1/articles/{feed}-5")).await;
    assert!(
        own.is(200).json()["content"]
            .as_str()
            .unwrap()
            .contains("data-embed")
    );
}

#[test]
fn records_from_before_are_read_and_written_as_before() {
    let old = json!({ "feeds": { "7": { "u": 3 } }, "acts": [], "batches": ["a"] });
    let state: ReadState = serde_json::from_value(old.clone()).unwrap();
    assert_eq!(state.played(id(7, 1)), None);
    assert_eq!(serde_json::to_value(&state).unwrap(), old);
}

fn id(feed: u32, seq: u32) -> ArticleId {
    let feed = FeedId(feed);
    ArticleId { feed, seq }
}

/// Places are those of a plain map of the 64 touched last, however the record is split. `marking.rs` plays beside marks.
#[test]
fn places_are_as_in_a_plain_map() {
    let config = Config {
        cases: 60,
        rng_seed: RngSeed::Fixed(9),
        ..Config::default()
    };
    let play = (
        1..=40_u32,
        1..=5_u32,
        0..6_u32,
        prop_oneof![4 => Just(100_000), 1 => Just(700), 1 => Just(1)],
    );
    let events = proptest::collection::vec(play, 1..200);
    let mut runner = TestRunner::new(config);
    let (full, split) = (Cell::new(0), Cell::new(0));
    let run = |events: Vec<(u32, u32, u32, usize)>| {
        let mut reading = ReadShards::default();
        let mut model: BTreeMap<ArticleId, (usize, u32)> = BTreeMap::new();
        for (step, (feed, seq, at, bytes)) in events.into_iter().enumerate() {
            let now = at_second(step);
            let (batch, id) = (step.to_string(), id(feed, seq));
            let played = Played { id, at, speed: 120 };
            reading.apply_batch(Some(&batch), &[], &[played], now);
            // The same batch again counts once.
            let again = Played { at: 7, ..played };
            reading.apply_batch(Some(&batch), &[], &[again], now);
            model.remove(&id);
            if at > 0 {
                model.insert(id, (step, at));
            }
            if model.len() > MAX_EPISODES {
                full.set(full.get() + 1);
                let oldest = model.iter().min_by_key(|(_, (step, _))| *step);
                let oldest = *oldest.unwrap().0;
                model.remove(&oldest);
            }
            reading = stored(&reading, now, bytes).unwrap();
            split.set(split.get().max(reading.shards()));
            prop_assert!(reading.weight() >= 32 * model.len());
        }
        for feed in 1..=40 {
            for seq in 1..=5 {
                let kept = reading.played(id(feed, seq)).map(|one| one.at);
                let known = model.get(&id(feed, seq)).map(|(_, at)| *at);
                prop_assert_eq!(kept, known, "{}-{}", feed, seq);
            }
        }
        Ok(())
    };
    runner.run(&events, run).unwrap();
    assert!(
        full.get() > 50 && split.get() == 32,
        "{} {}",
        full.get(),
        split.get()
    );
}

fn at_second(step: usize) -> dormouse::timestamp::Timestamp {
    at(12, 0) + chrono::TimeDelta::seconds(i64::try_from(step).unwrap())
}
