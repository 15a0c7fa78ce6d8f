//! Ways into an account: common passwords, one-time codes, passkeys, one's sessions, and a secret key that is replaced.

use chrono::TimeDelta;
use http::Method;
use serde_json::Value;

use crate::support::{Answer, Authenticator, Client, PASSWORD, TestApp, attribute};

const SITE: &str = "https://reader.example/";
const ORIGIN: &str = "https://reader.example";

async fn app() -> TestApp {
    TestApp::with(&[("BASE_URL", SITE), ("SIGNUP", "open")]).await
}

fn ann_types(password: &str) -> [(&str, &str); 2] {
    [("email", "ann@example.org"), ("password", password)]
}

/// The code that an app shows for a secret, in groups of four letters, at the service's time.
pub(crate) fn code(app: &TestApp, secret: &str) -> String {
    let secret = secret.replace(' ', "");
    let bytes = data_encoding::BASE32_NOPAD
        .decode(secret.as_bytes())
        .unwrap();
    let secret = totp_rs::Secret::new(bytes.into());
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = app.clock.now().timestamp();
    totp.generate(u64::try_from(now).unwrap()).to_string()
}

/// Switches one-time codes on; returns the secret and the recovery codes.
pub(crate) async fn sets_codes_up(ann: &Client<'_>) -> (String, Vec<String>) {
    let page = ann.get("/settings/security/codes").await;
    let text = page.is(200).text();
    let secret = attribute(text, "id=\"secret\"", "value").unwrap();
    let sealed = attribute(text, "name=\"sealed\"", "value").unwrap();
    let code = code(ann.app, &secret);
    let form = [("sealed", sealed.as_str()), ("code", code.as_str())];
    let on = ann.post("/settings/security/codes", &form).await;
    assert_eq!(on.is(303).location(), "/settings/security");
    let shown = ann.get("/settings/security").await;
    let (_, rest) = shown.is(200).text().split_once("recovery-codes").unwrap();
    let (_, rest) = rest.split_once('>').unwrap();
    let codes = rest.split("</textarea>").next().unwrap().lines();
    (secret, codes.map(str::to_owned).collect())
}

/// Types the password, which leads to the second step.
pub(crate) async fn takes_the_first_step(client: &Client<'_>) {
    let first = client.post("/signin", &ann_types(PASSWORD)).await;
    assert_eq!(first.is(303).location(), "/signin/second");
    assert_eq!(client.get("/unread").await.status, 303, "not signed in yet");
}

pub(crate) async fn types_code(client: &Client<'_>, code: &str) -> Answer {
    client.post("/signin/second", &[("code", code)]).await
}

async fn asked(client: &Client<'_>, path: &str) -> Value {
    let answer = client.post(path, &[]).await;
    serde_json::from_str(answer.is(200).text()).unwrap()
}

pub(crate) async fn adds_passkey(ann: &Client<'_>, name: &str) -> Authenticator {
    let mut device = Authenticator::new(ORIGIN);
    let options = asked(ann, "/settings/security/passkeys/options").await;
    let made = device.makes(&options);
    let form = [("credential", made.as_str()), ("name", name)];
    let added = ann.post("/settings/security/passkeys", &form).await;
    assert_eq!(added.is(303).location(), "/settings/security");
    device
}

pub(crate) async fn signs_in_with(client: &Client<'_>, device: &mut Authenticator) -> Answer {
    let options = asked(client, "/signin/passkey/options").await;
    let answer = device.answers(&options);
    let form = [("credential", answer.as_str()), ("next", "/all")];
    client.post("/signin/passkey", &form).await
}

#[tokio::test]
async fn passwords_are_ten_characters_and_not_everybodys() {
    let app = app().await;
    let nobody = app.stranger();
    for (password, said) in [
        ("nine char", "too short: use at least 10 characters"),
        ("P@ssw0rd2026", "one of the most common"),
        ("qwertyuiop", "one of the most common"),
    ] {
        let answer = nobody.post("/signup", &ann_types(password)).await;
        assert!(answer.is(422).words().contains(said), "{password}");
    }
    nobody.post("/signup", &ann_types(PASSWORD)).await.is(303);
    let form = [("current", PASSWORD), ("new", "iloveyou123")];
    let answer = nobody.post("/settings/password", &form).await;
    assert!(answer.is(422).words().contains("one of the most common"));
}

#[tokio::test]
async fn a_code_is_asked_for_after_the_password_and_counts_once() {
    let app = app().await;
    let ann = app.reader("ann").await;
    let (secret, recovery) = sets_codes_up(&ann).await;
    assert_eq!(recovery.len(), 10);
    let again = ann.get("/settings/security").await;
    assert!(!again.text().contains(&recovery[0]), "shown once");
    assert!(again.words().contains("On. 10 recovery codes are left."));

    let elsewhere = app.stranger();
    takes_the_first_step(&elsewhere).await;
    let page = elsewhere.get("/signin/second").await;
    assert!(
        page.is(200)
            .words()
            .contains("The password for ann@example.org was right.")
    );
    assert!(
        types_code(&elsewhere, "123456")
            .await
            .is(422)
            .words()
            .contains("wrong")
    );
    // The code that set it up was used.
    let used = code(&app, &secret);
    types_code(&elsewhere, &used).await.is(422);
    app.clock.advance(TimeDelta::seconds(60));
    let fresh = code(&app, &secret);
    assert_eq!(
        types_code(&elsewhere, &fresh).await.is(303).location(),
        "/unread"
    );
    elsewhere.get("/unread").await.is(200);
    let third = app.stranger();
    takes_the_first_step(&third).await;
    types_code(&third, &fresh).await.is(422);

    let in_by_paper = types_code(&third, &recovery[3]).await;
    in_by_paper.is(303);
    let page = third.get("/unread").await;
    assert!(
        page.is(200)
            .words()
            .contains("You used a recovery code. 9 are left.")
    );
    let fourth = app.stranger();
    takes_the_first_step(&fourth).await;
    types_code(&fourth, &recovery[3]).await.is(422);

    // New recovery codes take the place of the old ones; off, the password is enough.
    third
        .post("/settings/security/codes/recovery", &[])
        .await
        .is(303);
    types_code(&fourth, &recovery[4]).await.is(422);
    third
        .post("/settings/security/codes/off", &[])
        .await
        .is(303);
    let plain = app.stranger();
    let first = plain.post("/signin", &ann_types(PASSWORD)).await;
    assert_eq!(first.is(303).location(), "/unread");
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let app = app().await;
    let ann = app.reader("ann").await;
    let (secret, _) = sets_codes_up(&ann).await;
    let thief = app.stranger();
    let mut refused = 0;
    for n in 0..12 {
        takes_the_first_step(&thief).await;
        let tried = types_code(&thief, &format!("{n:06}")).await;
        assert!(matches!(tried.status, 422 | 429), "{}", tried.status);
        refused += usize::from(tried.status == 429);
    }
    assert_eq!(
        refused, 4,
        "eight attempts, however often the password is typed"
    );
    app.minutes_pass(16);
    let owner = app.stranger();
    takes_the_first_step(&owner).await;
    types_code(&owner, &code(&app, &secret)).await.is(303);

    // The first step holds for ten minutes, and not beyond a changed password.
    let late = app.stranger();
    takes_the_first_step(&late).await;
    app.minutes_pass(11);
    let answer = types_code(&late, &code(&app, &secret)).await;
    assert_eq!(answer.is(303).location(), "/signin");
    // Without the first step there is none.
    let nobody = app.stranger();
    assert_eq!(
        nobody.get("/signin/second").await.is(303).location(),
        "/signin"
    );
    let answer = types_code(&nobody, &code(&app, &secret)).await;
    assert_eq!(answer.is(303).location(), "/signin");
}

#[tokio::test]
async fn a_passkey_opens_its_account_alone() {
    let app = app().await;
    let ann = app.reader("ann").await;
    let mut device = adds_passkey(&ann, "Blue key").await;
    let page = ann.get("/settings/security").await;
    let words = page.is(200).words();
    assert!(
        words.contains("Blue key") && words.contains("not used yet"),
        "{words}"
    );

    let elsewhere = app.stranger();
    let signed_in = signs_in_with(&elsewhere, &mut device).await;
    assert_eq!(signed_in.is(303).location(), "/all");
    elsewhere.get("/unread").await.is(200);
    let words = ann.get("/settings/security").await.words();
    assert!(words.contains("last used today"), "{words}");

    // An answer counts for what was asked, in the browser that asked, and once.
    let (one, other) = (app.stranger(), app.stranger());
    let options = asked(&one, "/signin/passkey/options").await;
    let answer = device.answers(&options);
    let form = [("credential", answer.as_str()), ("next", "")];
    asked(&other, "/signin/passkey/options").await;
    let refused = other.post("/signin/passkey", &form).await;
    assert!(
        refused
            .is(422)
            .words()
            .contains("The passkey wasn’t accepted. Try again.")
    );
    one.post("/signin/passkey", &form).await.is(303);
    one.post("/signout", &[]).await.is(303);
    one.post("/signin/passkey", &form).await.is(422);
    // Somebody else's site, somebody else's key, and no answer at all.
    let mut elsewhere_made = Authenticator::new("https://reader.example.evil");
    let options = asked(&ann, "/settings/security/passkeys/options").await;
    let made = elsewhere_made.makes(&options);
    let form = [("credential", made.as_str()), ("name", "Evil")];
    ann.post("/settings/security/passkeys", &form).await.is(422);
    let bob = app.reader("bob").await;
    let mut his = adds_passkey(&bob, "His").await;
    his.pretends(&device);
    signs_in_with(&app.stranger(), &mut his).await.is(422);
    for nonsense in ["", "{}", "[]", "\u{0}"] {
        let form = [("credential", nonsense)];
        app.stranger().post("/signin/passkey", &form).await.is(422);
    }
}

#[tokio::test]
async fn passkeys_prove_follow_the_password_and_replace_it() {
    let app = app().await;
    let ann = app.reader("ann").await;
    let mut device = adds_passkey(&ann, "Phone").await;
    // After the password.
    let asks = [("passkey", "1")];
    ann.post("/settings/security/second", &asks).await.is(303);
    let elsewhere = app.stranger();
    takes_the_first_step(&elsewhere).await;
    let page = elsewhere.get("/signin/second").await;
    assert!(page.is(200).text().contains("action=\"/signin/passkey\""));
    signs_in_with(&elsewhere, &mut device).await.is(303);

    // Instead of it.
    let gone = ann.post("/settings/security/password/remove", &[]).await;
    assert_eq!(gone.is(303).location(), "/settings/security");
    ann.get("/unread").await.is(200);
    assert_eq!(elsewhere.get("/unread").await.status, 303, "ended");
    let answer = app.stranger().post("/signin", &ann_types(PASSWORD)).await;
    answer.is(422);
    signs_in_with(&elsewhere, &mut device).await.is(303);

    // A proof later on.
    app.minutes_pass(20);
    let needed = ann.get("/settings/security/codes").await;
    assert!(needed.is(303).location().starts_with("/confirm"));
    let unproven = ann.post("/settings/security/passkeys/options", &[]).await;
    unproven.is(403);
    let options = asked(&ann, "/signin/passkey/options").await;
    let answer = device.answers(&options);
    let form = [
        ("credential", answer.as_str()),
        ("next", "/settings/security/codes"),
    ];
    let proven = ann.post("/confirm/passkey", &form).await;
    assert_eq!(proven.is(303).location(), "/settings/security/codes");
    ann.get("/settings/security/codes").await.is(200);

    // The only way in can't be removed; another one can.
    let page = ann.get("/settings/security").await;
    let path = attribute(page.text(), "/remove\"", "action");
    let path = path.unwrap_or_else(|| {
        let (before, _) = page.text().split_once("/remove\"").unwrap();
        format!("{}/remove", before.rsplit_once('"').unwrap().1)
    });
    let refused = ann.post(&path, &[]).await;
    assert!(
        refused
            .is(422)
            .words()
            .contains("you couldn’t sign in any more")
    );
    adds_passkey(&ann, "Second").await;
    ann.post(&path, &[]).await.is(303);
    signs_in_with(&app.stranger(), &mut device).await.is(422);
    let page = ann.get("/settings/security").await;
    assert!(page.words().contains("Second") && !page.words().contains("Phone"));
}

#[tokio::test]
async fn where_one_is_signed_in_is_seen_and_ended() {
    let app = app().await;
    let ann = app.reader("ann").await;
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let phone =
        "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/150.0.0.0 Mobile Safari/537.36";
    let (one, other) = (app.stranger(), app.stranger());
    for (client, agent, peer) in [
        (&one, firefox, "192.0.2.77:5000"),
        (&other, phone, "[2001:db8:7:8::9]:5000"),
    ] {
        let ask = client
            .ask(Method::POST, "/signin")
            .header("user-agent", agent);
        let ask = ask.from(peer.parse().unwrap()).form(&ann_types(PASSWORD));
        ask.send().await.is(303);
    }
    let page = one.get("/settings/security").await;
    let words = page.is(200).words();
    for said in [
        "Firefox on Linux",
        "192.0.0.0/16",
        "Chrome on Android",
        "2001:db8:7::/48",
        "This device",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!words.contains("192.0.2.77"));
    // One of them, from another.
    let ends: Vec<&str> = page
        .text()
        .split("/settings/security/sessions/")
        .skip(1)
        .filter_map(|rest| rest.split_once("/end\"").map(|(id, _)| id))
        .filter(|id| id.len() == 32)
        .collect();
    assert_eq!(ends.len(), 2, "its own isn't offered");
    let bob = app.reader("bob").await;
    for id in &ends {
        let path = format!("/settings/security/sessions/{id}/end");
        bob.post(&path, &[]).await.is(404);
        one.post(&path, &[]).await.is(303);
    }
    assert_eq!(other.get("/unread").await.status, 303);
    assert_eq!(ann.get("/unread").await.status, 303);
    one.get("/unread").await.is(200);

    // All but one; and it isn't a new proof of who one is, nor does it prolong the last.
    let third = app.stranger();
    third.post("/signin", &ann_types(PASSWORD)).await.is(303);
    app.minutes_pass(8);
    one.post("/settings/security/sessions/end", &[])
        .await
        .is(303);
    one.get("/settings/security/codes").await.is(200);
    app.minutes_pass(3);
    let asks = one.get("/settings/security/codes").await;
    assert!(asks.is(303).location().starts_with("/confirm"));
    third.post("/signin", &ann_types(PASSWORD)).await.is(303);
    app.minutes_pass(20);
    one.post("/settings/security/sessions/end", &[])
        .await
        .is(303);
    one.get("/unread").await.is(200);
    assert_eq!(third.get("/unread").await.status, 303);
    let asks = one.get("/settings/security/codes").await;
    assert!(asks.is(303).location().starts_with("/confirm"));
    assert_eq!(app.count("Session").await, 2, "hers and bob's");
}

#[tokio::test]
async fn a_secret_key_is_replaced_without_signing_anybody_out() {
    let old = "an old key of thirty-two letters and more";
    let new = "a new key of thirty-two letters and more!";
    let app = TestApp::with(&[("BASE_URL", SITE), ("SECRET_KEY", old)]).await;
    let ann = app.reader("ann").await;
    let (secret, _) = sets_codes_up(&ann).await;
    ann.post("/settings/shared", &[("what", "starred")])
        .await
        .is(303);

    let both = format!("{new},{old}");
    let settings = [("BASE_URL", SITE), ("SECRET_KEY", both.as_str())];
    let during = app.beside_with(&settings).await;
    let there = ann.at(&during);
    there.get("/unread").await.is(200);
    let shared = there.get("/settings/shared").await;
    assert!(
        shared
            .is(200)
            .text()
            .contains("readonly value=\"https://reader.example/")
    );
    // A code renews the seal around its secret; the next day renews the cookie.
    let elsewhere = during.stranger();
    takes_the_first_step(&elsewhere).await;
    during.clock.advance(TimeDelta::seconds(60));
    types_code(&elsewhere, &code(&during, &secret))
        .await
        .is(303);
    during.minutes_pass(24 * 60);
    there.get("/unread").await.is(200);

    let settings = [("BASE_URL", SITE), ("SECRET_KEY", new)];
    let after = during.beside_with(&settings).await;
    there.at(&after).get("/unread").await.is(200);
    assert_eq!(
        ann.at(&after).get("/unread").await.status,
        303,
        "the old cookie"
    );
    let last = after.stranger();
    takes_the_first_step(&last).await;
    after.clock.advance(TimeDelta::seconds(60));
    types_code(&last, &code(&after, &secret)).await.is(303);
}

#[tokio::test]
async fn a_proof_takes_as_many_steps_as_signing_in() {
    let app = app().await;
    let ann = app.reader("ann").await;
    let (_, recovery) = sets_codes_up(&ann).await;
    app.minutes_pass(20);
    let codes = "/settings/security/codes";
    let needed = ann.get(codes).await;
    assert!(needed.is(303).location().starts_with("/confirm"));
    let page = ann.get("/confirm").await;
    assert!(page.is(200).text().contains("name=\"code\""));
    // The password alone, and with a wrong code.
    for code in ["", "000000"] {
        let form = [("password", PASSWORD), ("code", code)];
        let half = ann.post("/confirm", &form).await;
        assert!(
            half.is(422).words().contains("That code is wrong"),
            "{code}"
        );
        ann.get(codes).await.is(303);
    }
    let form = [("password", "another password"), ("code", &recovery[0])];
    ann.post("/confirm", &form).await.is(422);
    let form = [
        ("password", PASSWORD),
        ("code", &recovery[0]),
        ("next", codes),
    ];
    let proven = ann.post("/confirm", &form).await;
    assert_eq!(proven.is(303).location(), codes);
    ann.get(codes).await.is(200);
    app.minutes_pass(20);
    let again = ann.post("/confirm", &form).await;
    assert!(
        again.is(422).words().contains("That code is wrong"),
        "it counts once"
    );
    // Guessing ends as at sign-in.
    for _ in 0..8 {
        let form = [("password", PASSWORD), ("code", "000000")];
        ann.post("/confirm", &form).await.is(422);
    }
    let form = [("password", PASSWORD), ("code", &recovery[1])];
    let throttled = ann.post("/confirm", &form).await;
    assert!(
        throttled
            .is(422)
            .words()
            .contains("too many failed attempts")
    );
}

#[tokio::test]
async fn where_a_passkey_is_the_second_step_only_it_proves() {
    let app = app().await;
    let ann = app.reader("ann").await;
    let mut device = adds_passkey(&ann, "Key").await;
    ann.post("/settings/security/second", &[("passkey", "1")])
        .await
        .is(303);
    app.minutes_pass(20);
    let page = ann.get("/confirm").await;
    assert!(!page.is(200).text().contains("type=\"password\""));
    assert!(page.text().contains("/confirm/passkey"));
    let typed = ann.post("/confirm", &[("password", PASSWORD)]).await;
    assert!(typed.is(422).words().contains("asks for a passkey"));
    let options = asked(&ann, "/signin/passkey/options").await;
    let answer = device.answers(&options);
    let form = [("credential", answer.as_str()), ("next", "/all")];
    ann.post("/confirm/passkey", &form).await.is(303);
    ann.get("/settings/security/codes").await.is(200);
}
