//! Invitations: links that create accounts, also where sign-up is closed.

use dormouse::users::store::by_email;
use futures_util::future::join_all;

use crate::mailing;
use crate::support::{Client, PASSWORD, Relay, TestApp, attribute};

/// Makes an invitation on a page; returns the path of its link.
async fn invites(who: &Client<'_>, here: &str, uses: &str) -> String {
    let form = [("name", "For bob"), ("uses", uses), ("days", "7")];
    who.post(here, &form).await.is(303);
    let page = who.get(here).await;
    let link = attribute(page.is(200).text(), "id=\"new-link\"", "value").unwrap();
    link.replace("http://reader.example", "")
}

/// Creates an account by an invitation's link; returns the status.
async fn joins(app: &TestApp, link: &str, name: &str) -> u16 {
    let email = format!("{name}@example.org");
    let token = link.strip_prefix("/invite/").unwrap();
    let form = [
        ("email", email.as_str()),
        ("password", PASSWORD),
        ("invitation", token),
    ];
    app.stranger().post("/signup", &form).await.status
}

/// The id by which a page revokes its first invitation.
fn first_id(page: &str, here: &str) -> String {
    let (_, rest) = page.split_once(&format!("{here}/")).unwrap();
    rest.split("/revoke").next().unwrap().to_owned()
}

const ADMIN: &str = "/admin/invitations";

#[tokio::test]
async fn an_invitation_opens_a_closed_door_for_one() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let link = invites(&ann, ADMIN, "1").await;
    assert!(
        !ann.get(ADMIN).await.text().contains("new-link"),
        "shown once"
    );
    let bob = app.stranger();
    bob.get("/signup").await.is(403);
    let page = bob.get(&link).await;
    assert!(page.is(200).words().contains("You’re invited"));
    let token = attribute(page.text(), "name=\"invitation\"", "value").unwrap();
    let form = [
        ("email", "bob@example.org"),
        ("password", "short"),
        ("invitation", &token),
    ];
    let short = bob.post("/signup", &form).await;
    assert!(short.is(422).text().contains(&token), "the form keeps it");
    assert_eq!(
        joins(&app, &link, "ann").await,
        422,
        "taken, and not used up"
    );
    assert_eq!(joins(&app, &link, "bob").await, 303);
    assert_eq!(joins(&app, &link, "carl").await, 410);
    let over = bob.get(&link).await;
    assert!(over.is(410).words().contains("This invitation is over"));
    let words = ann.get(ADMIN).await.words();
    assert!(
        words.contains("For bob") && words.contains("1 of 1 used"),
        "{words}"
    );
    assert_eq!(app.count("User").await, 2);
    app.is_sound().await;
}

#[tokio::test]
async fn of_many_at_once_as_many_get_in_as_it_has_uses() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let link = invites(&ann, ADMIN, "3").await;
    let names: Vec<String> = (0..8).map(|n| format!("reader{n}")).collect();
    let all = join_all(names.iter().map(|name| joins(&app, &link, name))).await;
    let mut all = all;
    all.sort_unstable();
    assert_eq!(all, [303, 303, 303, 410, 410, 410, 410, 410]);
    assert_eq!(app.count("User").await, 4);
    let words = ann.get(ADMIN).await.words();
    assert!(words.contains("3 of 3 used"), "{words}");
}

#[tokio::test]
async fn an_invitation_ends_by_time_or_by_its_maker() {
    let app = TestApp::start().await;
    let ann = app.reader("ann").await;
    let link = invites(&ann, ADMIN, "5").await;
    let page = ann.get(ADMIN).await;
    let id = first_id(page.text(), ADMIN);
    let (_, token) = link.rsplit_once('/').unwrap();
    assert!(!page.text().contains(token), "only its hash is stored");
    ann.post(&format!("{ADMIN}/{id}/revoke"), &[]).await.is(303);
    assert_eq!(joins(&app, &link, "bob").await, 410);
    ann.post(&format!("{ADMIN}/{id}/revoke"), &[]).await.is(404);

    let link = invites(&ann, ADMIN, "5").await;
    app.minutes_pass(7 * 24 * 60 - 1);
    assert_eq!(joins(&app, &link, "bob").await, 303);
    app.minutes_pass(2);
    assert_eq!(joins(&app, &link, "carl").await, 410);
    // What is over goes when the next is made.
    let ann = app.stranger();
    let form = [("email", "ann@example.org"), ("password", PASSWORD)];
    ann.post("/signin", &form).await.is(303);
    invites(&ann, ADMIN, "1").await;
    assert_eq!(app.count("Invitation").await, 1);
    for (uses, days, status) in [
        ("0", "7", 422),
        ("1001", "7", 422),
        ("x", "7", 422),
        ("1", "8", 422),
    ] {
        let form = [("uses", uses), ("days", days)];
        assert_eq!(ann.post(ADMIN, &form).await.status, status);
    }
}

/// Whoever has a stolen session makes no link that outlives it.
#[tokio::test]
async fn an_invitation_asks_for_a_proof() {
    let app = TestApp::with(&[("INVITATIONS", "readers")]).await;
    let ann = app.reader("ann").await;
    app.minutes_pass(11);
    let form = [("uses", "1"), ("days", "7")];
    for here in [ADMIN, "/settings/invitations"] {
        ann.get(here).await.is(200);
        let asked = ann.post(here, &form).await;
        assert!(asked.is(303).location().starts_with("/confirm?next="));
    }
    assert_eq!(app.count("Invitation").await, 0);
    let form = [("password", PASSWORD), ("next", ADMIN)];
    ann.post("/confirm", &form).await.is(303);
    invites(&ann, ADMIN, "1").await;
    // Ending one takes nobody in, and asks for nothing.
    app.minutes_pass(11);
    let id = first_id(ann.get(ADMIN).await.text(), ADMIN);
    ann.post(&format!("{ADMIN}/{id}/revoke"), &[]).await.is(303);
}

#[tokio::test]
async fn readers_invite_where_the_setting_says_so() {
    let own = "/settings/invitations";
    let app = TestApp::start().await;
    app.reader("ann").await;
    let bob = app.reader("bob").await;
    bob.get(own).await.is(404);
    bob.post(own, &[("uses", "1"), ("days", "7")]).await.is(404);
    bob.get(ADMIN).await.is(404);
    assert!(!bob.get("/settings").await.text().contains(own));

    let app = TestApp::with(&[("INVITATIONS", "readers")]).await;
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    assert!(bob.get("/settings").await.text().contains(own));
    let link = invites(&bob, own, "2").await;
    bob.get(ADMIN).await.is(404);
    bob.post(ADMIN, &[("uses", "1"), ("days", "7")])
        .await
        .is(404);
    assert_eq!(joins(&app, &link, "carl").await, 303);
    // The administrator sees whose it is, and can end it; another reader can't.
    let page = ann.get(ADMIN).await;
    assert!(page.words().contains("bob@example.org"), "{}", page.words());
    let id = first_id(page.text(), ADMIN);
    let carl = app.reader("dora").await;
    carl.post(&format!("{own}/{id}/revoke"), &[]).await.is(404);
    ann.post(&format!("{ADMIN}/{id}/revoke"), &[]).await.is(303);
    assert_eq!(joins(&app, &link, "eve").await, 410);
}

#[tokio::test]
async fn with_a_relay_an_invitation_comes_with_a_letter_too() {
    let relay = Relay::start();
    let app = mailing::app(&relay, &[]).await;
    let ann = app.reader("ann").await;
    let link = invites(&ann, ADMIN, "1").await;
    let token = link.strip_prefix("/invite/").unwrap();
    let bob = app.stranger();
    let form = |email| [("email", email), ("invitation", token)];
    // Whoever is invited learns no more of who has an account than anybody.
    bob.post("/signup", &form("ann@example.org")).await.is(200);
    assert!(relay.letter().text.contains("It has one already"));
    bob.post("/signup", &form("bob@example.org")).await.is(200);
    bob.post("/signup", &form("carl@example.org")).await.is(200);
    let links: Vec<String> = relay.letters().iter().map(|one| one.link()).collect();
    let password = [("password", PASSWORD)];
    bob.post(&links[0], &password).await.is(303);
    let late = app.stranger().post(&links[1], &password).await;
    assert!(late.is(410).words().contains("This invitation is over"));
    let made_up = [("email", "x@example.org"), ("invitation", "00")];
    app.stranger().post("/signup", &made_up).await.is(410);
}

#[tokio::test]
async fn who_may_not_come_in_or_invite_any_more_lets_nobody_in() {
    let settings = [("SIGNUP", "closed"), ("INVITATIONS", "readers")];
    let app = TestApp::with(&settings).await;
    let ann = app.reader("ann").await;
    let bob = app.reader("bob").await;
    let link = invites(&bob, "/settings/invitations", "5").await;
    app.stranger().get(&link).await.is(200);
    let by_admin = invites(&ann, "/settings/invitations", "5").await;

    let store = &app.state.store;
    let id = by_email(store, "bob@example.org")
        .await
        .unwrap()
        .unwrap()
        .id;
    ann.post(&format!("/admin/users/{}/disable", id.0), &[])
        .await
        .is(303);
    app.stranger().get(&link).await.is(410);
    assert_eq!(joins(&app, &link, "eve").await, 410);
    ann.post(&format!("/admin/users/{}/enable", id.0), &[])
        .await
        .is(303);
    app.stranger().get(&link).await.is(200);

    // Where only administrators invite from now on, a reader's links end, too.
    let strict = app.beside_with(&[("SIGNUP", "closed")]).await;
    strict.stranger().get(&link).await.is(410);
    strict.stranger().get(&by_admin).await.is(200);
}
