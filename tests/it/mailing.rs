//! Email: what is sent to whom, what its links do, and what is said where it can't be sent.

use std::time::Duration;

use chrono::TimeDelta;
use dormouse::users::store::by_email;
use http::Method;
use tokio::time::Instant;

use crate::administering::page_of;
use crate::second_steps::sets_codes_up;
use crate::support::{
    AUTHORITY, Answer, Client, FakeWeb, FeedText, PASSWORD, Page, Relay, RelayMood, TestApp, at,
};

const ANN: &str = "ann@example.org";
const NEW: &str = "a new password";

/// The service with this relay.
pub(crate) async fn app(relay: &Relay, more: &[(&str, &str)]) -> TestApp {
    let url = relay.url();
    let ours = [
        ("SMTP_URL", url.as_str()),
        ("MAIL_FROM", "Dormouse <reader@example.org>"),
    ];
    TestApp::with(&[&ours, more].concat()).await
}

async fn signs_in(client: &Client<'_>, email: &str, password: &str) -> Answer {
    let form = [("email", email), ("password", password)];
    client.post("/signin", &form).await
}

async fn asks(client: &Client<'_>, email: &str) -> Answer {
    client.post("/reset", &[("email", email)]).await
}

async fn is_in(client: &Client<'_>) -> bool {
    client.get("/unread").await.status == 200
}

/// Confirms ann's address.
async fn confirms(ann: &Client<'_>, relay: &Relay) {
    ann.post("/settings/mail/verify", &[]).await.is(303);
    let link = relay.letter().link();
    ann.app.stranger().post(&link, &[]).await.is(200);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_that_opens_once() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    let (ann, eve) = (app.reader("ann").await, app.stranger());
    let token = ann.makes_token().await;
    assert!(eve.get("/signin").await.text().contains("href=\"/reset\""));
    eve.get("/reset").await.is(200);
    let sent = asks(&eve, " ANN@example.org").await;
    assert!(sent.is(200).words().contains("we wrote to it"));
    let letter = relay.letter();
    assert_eq!(letter.to, ANN);
    assert_eq!(letter.header("subject"), "New password for reader.example");
    assert_eq!(letter.header("auto-submitted"), "auto-generated");
    assert_eq!(letter.header("date"), "Mon, 02 Mar 2026 12:00:00 +0000");
    assert!(letter.header("message-id").ends_with("@reader.example>"));
    assert!(letter.html.contains(&letter.link()), "both say the same");
    let link = letter.link();

    // Looking uses nothing up, and a bad password neither.
    for _ in 0..2 {
        assert!(eve.get(&link).await.is(200).words().contains(ANN));
    }
    let short = eve.post(&link, &[("password", "short")]).await;
    assert!(short.is(422).words().contains("too short"));
    assert!(is_in(&ann).await);
    let set = eve.post(&link, &[("password", NEW), ("tokens", "1")]).await;
    assert!(set.is(200).words().contains("Your password is set"));
    assert!(!is_in(&ann).await, "all sessions end");
    assert!(!is_in(&eve).await, "and the link signs nobody in");
    let program = app.program(&token);
    assert_eq!(program.get("/api/v1/folders").await.status, 401);
    signs_in(&eve, ANN, PASSWORD).await.is(422);
    signs_in(&eve, ANN, NEW).await.is(303);
    for answer in [
        eve.get(&link).await,
        eve.post(&link, &[("password", NEW)]).await,
    ] {
        assert!(answer.is(410).words().contains("This link has expired"));
    }
    let store = &app.state.store;
    let user = by_email(store, ANN).await.unwrap().unwrap();
    assert!(user.profile.is_verified, "only the mailbox had the link");
    let secret = link.rsplit('-').next().unwrap();
    assert!(!format!("{user:?}").contains(secret));
    app.is_sound().await;
}

#[tokio::test]
async fn a_link_ends_after_an_hour_and_a_later_one_ends_it_at_once() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    app.reader("ann").await;
    let eve = app.stranger();
    asks(&eve, ANN).await.is(200);
    let first = relay.letter().link();
    asks(&eve, ANN).await.is(200);
    let second = relay.letter().link();
    eve.post(&first, &[("password", NEW)]).await.is(410);
    app.minutes_pass(59);
    eve.get(&second).await.is(200);
    app.minutes_pass(2);
    eve.post(&second, &[("password", NEW)]).await.is(410);
    let nobodys = format!("/reset/0-{}", "0".repeat(48));
    for wrong in ["/reset/1-00", "/reset/x", &nobodys, &format!("{second}0")] {
        assert_eq!(eve.get(wrong).await.is(410).cost.writes, 0, "{wrong}");
    }
    signs_in(&eve, ANN, PASSWORD).await.is(303);
}

#[tokio::test]
async fn whether_an_address_is_known_is_told_to_nobody() {
    let relay = Relay::start();
    let app = app(&relay, &[("SIGNUP", "open")]).await;
    app.reader("ann").await;
    let eve = app.stranger();
    let same = |one: &Answer, other: &Answer| {
        assert_eq!(one.status, other.status);
        assert_eq!(one.text().replace("ann@", "who@"), other.text());
    };
    for (mood, status) in [
        (RelayMood::Kind, 200),
        (RelayMood::KnowsNobody, 200),
        (RelayMood::Sulks, 503),
    ] {
        relay.is(mood);
        // The time tells nothing either: both take as long as the slower one.
        let least = Duration::from_secs(1);
        let began = Instant::now();
        let known = asks(&eve, ANN).await;
        assert!(began.elapsed() >= least);
        let began = Instant::now();
        let unknown = asks(&eve, "who@example.org").await;
        assert!(began.elapsed() >= least);
        assert_eq!(known.status, status, "{mood:?}");
        same(&known, &unknown);
    }
    relay.is(RelayMood::Kind);
    assert_eq!(relay.letters().len(), 1);

    let known = eve.post("/signup", &[("email", ANN)]).await;
    let unknown = eve.post("/signup", &[("email", "who@example.org")]).await;
    assert!(known.is(200).words().contains("Look into your mail"));
    same(&known, &unknown);
    let letters = relay.letters();
    assert_eq!(letters[0].header("subject"), letters[1].header("subject"));
    assert!(letters[0].text.contains("It has one already"));
    assert!(letters[1].link().starts_with("/signup/"));
    assert_eq!(app.count("User").await, 1, "nothing is stored for them");
}

#[tokio::test]
async fn one_address_is_sent_four_letters_an_hour_known_or_not() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    app.reader("ann").await;
    for email in [ANN, "who@example.org"] {
        let eve = app.stranger();
        for _ in 0..4 {
            asks(&eve, email).await.is(200);
        }
        let over = asks(&eve, email).await;
        assert!(over.is(429).words().contains("Try again in"), "{email}");
    }
    assert_eq!(relay.letters().len(), 4);
}

#[tokio::test]
async fn what_wasn_t_sent_is_said_and_nothing_is_queued() {
    let relay = Relay::start();
    let app = app(&relay, &[("SIGNUP", "open")]).await;
    let ann = app.reader("ann").await;
    let url = relay.url();
    drop(relay);
    let eve = app.stranger();
    for email in [ANN, "who@example.org"] {
        let failed = asks(&eve, email).await;
        let words = failed.is(503).words();
        assert!(words.contains("Nothing was sent"), "{words}");
        assert!(
            words.contains("The mail server can’t be reached."),
            "{words}"
        );
        eve.post("/signup", &[("email", email)]).await.is(503);
    }
    let failed = ann.post("/settings/mail/verify", &[]).await;
    assert!(failed.is(503).words().contains("can’t be reached"));

    // The password is wrong: that is the administrator's to know, and no password is said.
    let relay = Relay::start();
    let wrong = relay.url().replace("hush", "wrong");
    let from = ("MAIL_FROM", "reader@example.org");
    let beside = app.beside_with(&[("SMTP_URL", wrong.as_str()), from]).await;
    let failed = asks(&beside.stranger(), ANN).await;
    let words = failed.is(503).words();
    assert!(words.contains("refused the message"), "{words}");
    assert!(!words.contains("wrong"), "{words}");

    // Where TLS is required, nothing goes without.
    let secure = format!("{}?tls=required", relay.url());
    let beside = app
        .beside_with(&[("SMTP_URL", secure.as_str()), from])
        .await;
    asks(&beside.stranger(), ANN).await.is(503);
    assert_eq!(relay.letters().len(), 0);
    drop((relay, url));
}

#[tokio::test]
async fn a_letter_goes_by_starttls_to_a_relay_whose_certificate_is_believed() {
    let relay = Relay::secure();
    // Nobody that Mozilla knows signed it: neither a letter nor a password goes out.
    let strict = app(&relay, &[]).await;
    strict.reader("ann").await;
    let failed = asks(&strict.stranger(), ANN).await;
    let words = failed.is(503).words();
    assert!(words.contains("Nothing was sent"), "{words}");
    assert_eq!(relay.letters().len(), 0);

    let trusting = app(&relay, &[("SMTP_CA", AUTHORITY)]).await;
    trusting.reader("ann").await;
    asks(&trusting.stranger(), ANN).await.is(200);
    let letter = relay.letter();
    assert_eq!(letter.to, ANN);
    assert!(letter.link().starts_with("/reset/"), "{letter:?}");
}

#[tokio::test]
async fn a_relay_that_hangs_is_given_up() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    app.reader("ann").await;
    relay.is(RelayMood::Hangs);
    let began = Instant::now();
    let slow = asks(&app.stranger(), ANN).await;
    assert!(slow.is(503).words().contains("took too long"));
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn with_a_relay_an_account_begins_with_a_letter() {
    let relay = Relay::start();
    let app = app(&relay, &[("SIGNUP", "@example.com")]).await;
    // The first is made at once: a relay that is set up wrong shuts nobody out.
    app.reader("ann").await;
    assert!(relay.letters().is_empty());
    let bob = app.stranger();
    let page = bob.get("/signup").await;
    assert!(!page.is(200).text().contains("type=\"password\""));
    bob.post("/signup", &[("email", "bob@example.org")])
        .await
        .is(403);
    bob.post("/signup", &[("email", "nobody")]).await.is(422);
    bob.post("/signup", &[("email", "Bob@EXAMPLE.com")])
        .await
        .is(200);
    let letter = relay.letter();
    assert_eq!(letter.to, "bob@example.com");
    let link = letter.link();
    assert!(
        bob.get(&link)
            .await
            .is(200)
            .words()
            .contains("bob@example.com")
    );
    bob.post(&link, &[("password", "short")]).await.is(422);
    let made = bob.post(&link, &[("password", PASSWORD)]).await;
    assert_eq!(made.is(303).location(), "/unread");
    assert!(is_in(&bob).await);
    let store = &app.state.store;
    let user = by_email(store, "bob@example.com").await.unwrap().unwrap();
    assert!(user.profile.is_verified);
    bob.get(&link).await.is(410);
    let again = app.stranger().post(&link, &[("password", NEW)]).await;
    again.is(410);
    // A link that is too old, and one that was made up.
    app.stranger()
        .post("/signup", &[("email", "carl@example.com")])
        .await
        .is(200);
    let late = relay.letter().link();
    app.minutes_pass(24 * 60 + 1);
    bob.post(&late, &[("password", PASSWORD)]).await.is(410);
    bob.get("/signup/AAAA").await.is(410);
    assert_eq!(app.count("User").await, 2);
}

#[tokio::test]
async fn an_address_is_confirmed_by_a_press_not_by_a_look() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    let ann = app.reader("ann").await;
    let page = ann.get("/settings/mail").await;
    assert!(page.is(200).words().contains("Nobody has confirmed yet"));
    let early = ann.post("/settings/mail", &[("edition", "1")]).await;
    assert!(early.is(422).words().contains("Confirm your address first"));
    ann.post("/settings/mail/verify", &[]).await.is(303);
    let link = relay.letter().link();
    // The owner reads it on another device.
    let phone = app.stranger();
    phone.get(&link).await.is(200);
    assert!(
        ann.get("/settings/mail")
            .await
            .words()
            .contains("Nobody has confirmed yet")
    );
    assert!(
        phone
            .post(&link, &[])
            .await
            .is(200)
            .words()
            .contains("is confirmed")
    );
    phone.post(&link, &[]).await.is(410);
    assert!(
        ann.get("/settings/mail")
            .await
            .words()
            .contains("letters reach you here")
    );
    ann.post("/settings/mail", &[("edition", "1")])
        .await
        .is(303);
}

#[tokio::test]
async fn an_address_changes_when_both_agree() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    let ann = app.reader("ann").await;
    app.reader("bob").await;
    relay.letters();
    let change = [("email", "Ann@Bücher.example")];
    app.minutes_pass(20);
    let asked = ann.post("/settings/mail/address", &change).await;
    assert!(asked.is(303).location().starts_with("/confirm"));
    ann.post("/confirm", &[("password", PASSWORD)])
        .await
        .is(303);
    ann.post("/settings/mail/address", &[("email", ANN)])
        .await
        .is(422);
    ann.post("/settings/mail/address", &change).await.is(303);
    let letters = relay.letters();
    let [arrive, leave] = letters.as_slice() else {
        panic!("{letters:#?}")
    };
    assert_eq!(
        (arrive.to.as_str(), leave.to.as_str()),
        ("ann@xn--bcher-kva.example", ANN)
    );
    let page = ann.get("/settings/mail").await;
    assert!(page.words().contains("Your address becomes"));
    let press = async |link: &str| app.stranger().post(link, &[]).await;
    let half = press(&arrive.link()).await;
    assert!(half.is(200).words().contains("Now follow the link"));
    // Twice the same one is still half.
    press(&arrive.link()).await.is(200);
    signs_in(&app.stranger(), ANN, PASSWORD).await.is(303);
    relay.letters();
    assert!(
        press(&leave.link())
            .await
            .is(200)
            .words()
            .contains("Your address is")
    );
    press(&leave.link()).await.is(410);
    signs_in(&app.stranger(), ANN, PASSWORD).await.is(422);
    for typed in ["ann@bücher.example", "ANN@xn--bcher-kva.example"] {
        signs_in(&app.stranger(), typed, PASSWORD).await.is(303);
    }
    assert!(is_in(&ann).await);
    assert_eq!(app.count("Login").await, 2);
    app.is_sound().await;

    // One that has an account gets a letter without a link, and nothing changes.
    relay.letters();
    ann.post("/settings/mail/address", &[("email", "bob@example.org")])
        .await
        .is(303);
    let letters = relay.letters();
    assert!(
        letters[0].text.contains("account of its own"),
        "{letters:#?}"
    );
    assert!(!letters[0].text.contains("http"), "{letters:#?}");
    press(&letters[1].link()).await.is(200);
    // And what was begun can be given up.
    ann.post("/settings/mail/address", &[("email", "new@example.org")])
        .await
        .is(303);
    let letters = relay.letters();
    ann.post("/settings/mail/cancel", &[]).await.is(303);
    press(&letters[0].link()).await.is(410);
}

#[tokio::test]
async fn a_new_browser_is_told_of_and_a_known_one_isn_t() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    let ann = app.reader("ann").await;
    assert!(
        relay.letters().is_empty(),
        "nobody is told of their own account"
    );
    app.minutes_pass(5);
    let phone = app.stranger();
    let form = [("email", ANN), ("password", PASSWORD)];
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let ask = phone.ask(Method::POST, "/signin").form(&form);
    ask.header("user-agent", agent)
        .and_header("accept-language", "de")
        .send()
        .await
        .is(303);
    let letter = relay.letter();
    assert!(letter.text.contains("Firefox"), "{}", letter.text);
    assert!(
        letter.text.contains("2. März 2026, 12:05 (UTC)"),
        "{}",
        letter.text
    );
    // The browser is known from its first page on.
    phone.get("/unread").await.is(200);
    phone.post("/signout", &[]).await.is(303);
    signs_in(&phone, ANN, PASSWORD).await.is(303);
    assert!(relay.letters().is_empty());

    // If the letter can't be sent, signing in works all the same, and the page says so.
    relay.is(RelayMood::Sulks);
    let other = app.stranger();
    signs_in(&other, ANN, PASSWORD).await.is(303);
    let words = other.get("/unread").await.words();
    assert!(
        words.contains("the email about it couldn’t be sent"),
        "{words}"
    );
    relay.is(RelayMood::Kind);
    ann.post("/settings/mail", &[]).await.is(303);
    signs_in(&app.stranger(), ANN, PASSWORD).await.is(303);
    assert!(relay.letters().is_empty(), "they don’t want them");
}

#[tokio::test]
async fn a_new_password_doesn_t_take_the_second_step() {
    let relay = Relay::start();
    let app = app(&relay, &[]).await;
    let ann = app.reader("ann").await;
    sets_codes_up(&ann).await;
    asks(&app.stranger(), ANN).await.is(200);
    let link = relay.letter().link();
    let eve = app.stranger();
    eve.post(&link, &[("password", NEW)]).await.is(200);
    let first = signs_in(&eve, ANN, NEW).await;
    assert_eq!(first.is(303).location(), "/signin/second");
    assert!(!is_in(&eve).await);
}

/// Ann, with a feed whose articles arrive in time for tomorrow's edition.
async fn ann_reads<'a>(app: &'a TestApp, web: &FakeWeb, relay: &Relay) -> Client<'a> {
    let ann = app.reader("ann").await;
    confirms(&ann, relay).await;
    web.put(
        "/a",
        Page::feed(FeedText::hourly("Nature", 3, at(12, 0)).rss()),
    );
    ann.subscribes(&web.url("/a")).await;
    ann
}

#[tokio::test]
async fn the_edition_comes_once_at_its_hour() {
    let (relay, web) = (Relay::start(), FakeWeb::start());
    let app = app(&relay, &[]).await;
    let ann = ann_reads(&app, &web, &relay).await;
    ann.post("/settings/mail", &[("edition", "1"), ("notices", "1")])
        .await
        .is(303);
    let report = app.refresh().await;
    assert_eq!(report["mail"]["sent"], 0, "{report}");
    assert_eq!(report["mail"]["cost"]["reads"], 1, "nobody waits: {report}");
    // Seven o'clock of the next day, on two instances at once.
    app.clock.advance(TimeDelta::hours(19));
    app.minutes_pass(1);
    let beside = app
        .beside_with(&[
            ("SMTP_URL", relay.url().as_str()),
            ("MAIL_FROM", "reader@example.org"),
        ])
        .await;
    tokio::join!(app.calls(), beside.calls());
    app.calls().await;
    let letter = relay.letter();
    assert_eq!(letter.to, ANN);
    assert!(letter.text.contains("Title of nature-3"), "{}", letter.text);
    assert!(
        letter.html.contains("Title of nature-3</a>"),
        "{}",
        letter.html
    );
    assert!(
        letter.text.contains("/edition?day=2026-03-03"),
        "{}",
        letter.text
    );
    // A day without news has none.
    app.clock.advance(TimeDelta::hours(24));
    app.calls().await;
    assert!(relay.letters().is_empty());

    // One click of the mail program ends them, without a cookie and without an origin.
    let stop = letter.header("list-unsubscribe");
    let stop = stop
        .trim_matches(['<', '>'])
        .replace("http://reader.example", "");
    assert_eq!(
        letter.header("list-unsubscribe-post"),
        "List-Unsubscribe=One-Click"
    );
    let nobody = app.stranger();
    nobody.get(&stop).await.is(200);
    assert!(
        ann.get("/settings/mail")
            .await
            .text()
            .contains("name=\"edition\" value=\"1\" checked")
    );
    nobody
        .post(&stop, &[("List-Unsubscribe", "One-Click")])
        .await
        .is(200);
    assert!(
        !ann.get("/settings/mail")
            .await
            .text()
            .contains("name=\"edition\" value=\"1\" checked")
    );
    nobody.post(&stop, &[]).await.is(200);
    nobody.post(&format!("{stop}x"), &[]).await.is(410);
    web.put(
        "/a",
        Page::feed(FeedText::hourly("Nature", 9, at(12, 0)).rss()),
    );
    app.clock.advance(TimeDelta::hours(48));
    app.calls().await;
    assert!(relay.letters().is_empty());
}

#[tokio::test]
async fn an_edition_that_wasn_t_taken_is_tried_again_and_the_page_says_so() {
    let (relay, web) = (Relay::start(), FakeWeb::start());
    let app = app(&relay, &[]).await;
    let ann = ann_reads(&app, &web, &relay).await;
    ann.post("/settings/mail", &[("edition", "1"), ("notices", "1")])
        .await
        .is(303);
    app.clock.advance(TimeDelta::hours(19));
    relay.is(RelayMood::Sulks);
    let report = app.cron().await.json();
    assert_eq!(report["mail"]["failed"], 1, "{report}");
    let words = ann.get("/settings/mail").await.words();
    assert!(words.contains("Not everything could be sent"), "{words}");
    relay.is(RelayMood::Kind);
    assert_eq!(app.cron().await.json()["mail"]["sent"], 0, "not at once");
    app.minutes_pass(31);
    assert_eq!(app.cron().await.json()["mail"]["sent"], 1);
    assert!(relay.letter().text.contains("Nature"));
    let words = ann.get("/settings/mail").await.words();
    assert!(!words.contains("Not everything could be sent"), "{words}");

    // Three times, and not for ever.
    let newest = at(12, 0) + TimeDelta::days(1);
    let text = FeedText::hourly("Nature", 30, newest).rss();
    web.put("/a", Page::feed(text));
    app.clock.advance(TimeDelta::hours(6));
    let lines = ann.get("/all").await.lines();
    let (feed, _) = lines[0].id.split_once('-').unwrap();
    ann.post(&format!("/feed/{feed}/refresh"), &[])
        .await
        .is(303);
    assert!(ann.get("/all").await.lines().len() > lines.len(), "no news");
    relay.is(RelayMood::Sulks);
    app.clock.advance(TimeDelta::hours(18));
    let calls = relay.calls();
    for _ in 0..6 {
        app.minutes_pass(35);
        app.cron().await;
    }
    assert_eq!(relay.calls() - calls, 3);
}

#[tokio::test]
async fn one_call_serves_ten_readers_and_the_next_goes_on() {
    let (relay, web) = (Relay::start(), FakeWeb::start());
    let app = app(&relay, &[]).await;
    web.put(
        "/a",
        Page::feed(FeedText::hourly("Nature", 3, at(12, 0)).rss()),
    );
    for n in 0..12 {
        let name = format!("reader{n}");
        let client = app.reader(&name).await;
        client.subscribes(&web.url("/a")).await;
        let store = &app.state.store;
        let user = by_email(store, &format!("{name}@example.org"))
            .await
            .unwrap()
            .unwrap();
        let known = |user: &mut dormouse::users::User| user.profile.is_verified = true;
        dormouse::users::store::change(store, user.id, known)
            .await
            .unwrap();
        client
            .post("/settings/mail", &[("edition", "1")])
            .await
            .is(303);
    }
    relay.letters();
    app.clock.advance(TimeDelta::hours(19));
    let first = app.cron().await.json();
    assert_eq!(
        (&first["mail"]["sent"], &first["mail"]["finished"]),
        (&10.into(), &false.into())
    );
    let second = app.calls().await.json();
    assert_eq!(
        (&second["mail"]["sent"], &second["mail"]["finished"]),
        (&2.into(), &true.into())
    );
    let mut to: Vec<String> = relay
        .letters()
        .into_iter()
        .map(|letter| letter.to)
        .collect();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 12, "each has one");
}

#[tokio::test]
async fn the_digest_comes_on_mondays_in_the_readers_language() {
    let (relay, web) = (Relay::start(), FakeWeb::start());
    let app = app(&relay, &[]).await;
    let ann = ann_reads(&app, &web, &relay).await;
    let article = ann.whole_list("/unread").await.remove(0).id;
    ann.get(&format!("/article/{article}")).await.is(200);
    ann.post(&format!("/article/{article}/star"), &[])
        .await
        .is(303);
    ann.post("/settings/reading", &[("language", "de")])
        .await
        .is(303);
    ann.post("/settings/mail", &[("digest", "1"), ("notices", "1")])
        .await
        .is(303);
    for _ in 0..6 {
        app.clock.advance(TimeDelta::hours(24));
        app.cron().await;
        assert!(relay.letters().is_empty(), "not before Monday");
    }
    app.clock.advance(TimeDelta::hours(24));
    app.cron().await;
    let letter = relay.letter();
    assert_eq!(letter.header("content-language"), "de");
    assert!(letter.text.contains("In Dormouse lesen"), "{}", letter.text);
    assert!(
        letter.text.contains("/digest?week=2026-03-02"),
        "{}",
        letter.text
    );
    app.cron().await;
    assert!(relay.letters().is_empty(), "once a week");
}

#[tokio::test]
async fn who_is_disabled_gets_no_letter_of_any_kind() {
    let (relay, web) = (Relay::start(), FakeWeb::start());
    let app = app(&relay, &[]).await;
    let ann = ann_reads(&app, &web, &relay).await;
    let eve = app.reader("eve").await;
    let hers = page_of(&ann, "eve").await;
    ann.post(&format!("{hers}/admin"), &[]).await.is(303);
    let wanted = [("edition", "1"), ("digest", "1"), ("notices", "1")];
    ann.post("/settings/mail", &wanted).await.is(303);
    let article = ann.whole_list("/unread").await.remove(0).id;
    ann.get(&format!("/article/{article}")).await.is(200);
    let here = page_of(&eve, "ann").await;
    eve.post(&format!("{here}/disable"), &[]).await.is(303);
    relay.letters();
    // Neither editions nor the digest of Monday, nor a link for a new password.
    let sent = asks(&app.stranger(), ANN).await;
    assert!(sent.is(200).words().contains("we wrote to it"), "as of all");
    for _ in 0..8 {
        app.clock.advance(TimeDelta::hours(24));
        let report = app.cron().await.json();
        assert_eq!(report["mail"]["sent"], 0, "{report}");
        assert_eq!(relay.letters().len(), 0);
    }
    // Enabled again, the next edition comes.
    let form = [("password", PASSWORD), ("next", "/admin")];
    eve.post("/confirm", &form).await.is(303);
    eve.post(&format!("{here}/enable"), &[]).await.is(303);
    let newer = FeedText::hourly("Nature", 9, app.clock.now());
    web.put("/a", Page::feed(newer.rss()));
    for _ in 0..2 {
        app.clock.advance(TimeDelta::hours(24));
        app.cron().await;
        app.minutes_pass(10);
        app.cron().await;
    }
    let letters = relay.letters();
    assert!(letters.iter().any(|letter| letter.to == ANN), "{letters:?}");
}

#[tokio::test]
async fn without_a_relay_no_page_promises_email() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let page = app.stranger().get("/signin").await;
    assert!(!page.text().contains("href=\"/reset\""));
    let page = app.stranger().get("/reset").await;
    assert!(page.is(200).words().contains("Ask the administrator"));
    asks(&app.stranger(), ANN).await.is(200);
    let page = ann.get("/settings/mail").await;
    assert!(
        page.is(200)
            .words()
            .contains("This installation sends no email.")
    );
    ann.post("/settings/mail/verify", &[]).await.is(404);
    ann.post("/settings/mail/address", &[("email", "b@example.org")])
        .await
        .is(404);
    assert!(app.refresh().await.get("mail").is_none());
}
