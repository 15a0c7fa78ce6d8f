//! The audit log as a whole: each act has its words and a door that writes it, and none is there without its line, whatever fails.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use dormouse::clock::Clock;
use dormouse::datastore::embedded::{DiskTrial, Embedded, Options};
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::users::audit::{Act, By, Entry, page};
use dormouse::users::mailed::{Changed, begin_change, follow_change};
use dormouse::users::store::by_email;
use http::Method;

use crate::administering::{log, page_of};
use crate::audited_routes::{all_have_their_lines, the_rest};
use crate::my_data::form_of;
use crate::second_steps::{adds_passkey, code, sets_codes_up, signs_in_with, types_code};
use crate::support::{
    Answer, Asked, Client, FakeWeb, FeedText, Issuer, Left, PASSWORD, Page, Relay, TestApp, at,
    attribute,
};

/// Acts that are events of the security log only: they change nothing that outlives them.
const NO_LINES: [Act; 7] = [
    Act::SignInThrottled,
    Act::SignedOut,
    Act::TokenRefused,
    Act::Confirmed,
    Act::ResetAsked,
    Act::SchedulerRefused,
    Act::HostRefused,
];

const SITE: &str = "https://reader.example/";
const NEW: &str = "beech and birch and elm";

/// The acts of all lines, with how often each is there.
async fn written(app: &TestApp) -> Vec<String> {
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let page = page(&app.state.store, from.as_deref(), 100).await.unwrap();
        all.extend(page.lines.into_iter().map(|line| line.act));
        match page.next {
            Some(next) => from = Some(next),
            None => return all,
        }
    }
}

async fn lines_of(app: &TestApp, act: Act) -> usize {
    let all = written(app).await.into_iter();
    all.filter(|name| name == act.name()).count()
}

async fn signs_in(client: &Client<'_>, name: &str, password: &str) -> Answer {
    let email = format!("{name}@example.org");
    let form = [("email", email.as_str()), ("password", password)];
    client.post("/signin", &form).await
}

/// What stands between `before` and the next quotation mark or slash.
#[track_caller]
fn id_after(text: &str, before: &str) -> String {
    let found = text.split_once(before);
    let (_, rest) = found.unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(['"', '/']).next().unwrap().to_owned()
}

/// A link that a page shows once.
fn link_on(page: &Answer) -> String {
    let link = attribute(page.is(200).text(), "id=\"new-link\"", "value").unwrap();
    link.replace("https://reader.example", "")
}

/// Bob's passkey, one-time codes, recovery codes, sessions and passwords.
async fn ways_in(app: &TestApp, bob: &Client<'_>) {
    signs_in(&app.stranger(), "bob", "a wrong password")
        .await
        .is(422);
    let (secret, recovery) = sets_codes_up(bob).await;
    let second = app.stranger();
    signs_in(&second, "bob", PASSWORD).await.is(303);
    types_code(&second, "000000").await.is(422);
    types_code(&second, &recovery[0]).await.is(303);
    app.minutes_pass(1);
    let third = app.stranger();
    signs_in(&third, "bob", PASSWORD).await.is(303);
    types_code(&third, &code(app, &secret)).await.is(303);
    bob.post("/settings/security/codes/recovery", &[])
        .await
        .is(303);
    bob.post("/settings/security/codes/off", &[]).await.is(303);
    let page = bob.get("/settings/security").await;
    let ends = page.text().split("/settings/security/sessions/").skip(1);
    let id = ends
        .filter_map(|rest| rest.split_once("/end\"").map(|(id, _)| id))
        .find(|id| id.len() == 32);
    let path = format!("/settings/security/sessions/{}/end", id.unwrap());
    bob.post(&path, &[]).await.is(303);
    bob.post("/settings/security/sessions/end", &[])
        .await
        .is(303);

    let mut device = adds_passkey(bob, "Phone").await;
    bob.post("/settings/security/second", &[("passkey", "1")])
        .await
        .is(303);
    bob.post("/settings/security/password/remove", &[])
        .await
        .is(303);
    signs_in_with(bob, &mut device).await.is(303);
    let set = bob.post("/settings/password", &[("new", PASSWORD)]).await;
    set.is(303);
    // That ended the other ways in.
    adds_passkey(bob, "Second").await;
    let page = bob.get("/settings/security").await;
    let (_, list) = page.is(200).text().split_once("id=\"passkeys\"").unwrap();
    let id = id_after(list, "action=\"/settings/security/passkeys/");
    let path = format!("/settings/security/passkeys/{id}/remove");
    bob.post(&path, &[]).await.is(303);
    bob.makes_token().await;
    let page = bob.get("/settings/apps").await;
    let id = id_after(page.is(200).text(), "/settings/tokens/");
    let path = format!("/settings/tokens/{id}/revoke");
    bob.post(&path, &[]).await.is(303);
}

/// What Bob takes along, brings, opens to others and follows.
async fn own_things(web: &FakeWeb, ann: &Client<'_>, bob: &Client<'_>) {
    bob.get("/export.opml").await.is(200);
    bob.get("/export.opml?passwords=1").await.is(200);
    let all = bob.get("/export/data.zip").await;
    let (kind, body) = form_of(&[], &all.is(200).body);
    let ask = bob.ask(Method::POST, "/settings/data/import");
    ask.body(kind, body).send().await.is(303);
    bob.post("/settings/shared", &[("what", "starred")])
        .await
        .is(303);
    let page = bob.get("/settings/shared").await;
    let id = id_after(page.is(200).text(), "action=\"/settings/shared/");
    bob.post(&format!("/settings/shared/{id}/renew"), &[])
        .await
        .is(303);
    let page = bob.get("/settings/shared").await;
    let id = id_after(page.is(200).text(), "action=\"/settings/shared/");
    bob.post(&format!("/settings/shared/{id}/close"), &[])
        .await
        .is(303);

    let feed = |name: &str| {
        let text = FeedText::hourly(name, 2, at(11, 0));
        web.put(&format!("/{name}"), Page::feed(text.rss()))
    };
    let text = FeedText::hourly("door", 2, at(11, 0)).rss();
    let url = web.put("/door", Page::behind("x-key", "one", Page::feed(text)));
    let door = [
        ("url", url.as_str()),
        ("door", "header"),
        ("door_name", "X-Key"),
        ("door_secret", "one"),
    ];
    let added = bob.post("/add", &door).await;
    let path = format!("{}/door", added.is(303).location());
    bob.post(&path, &door[1..]).await.is(303);
    let (one, two) = (feed("one"), feed("two"));
    let opml = |url: &str| {
        let line = format!("<outline text=\"t\" xmlUrl=\"{url}\"/>");
        format!("<opml version=\"2.0\"><body>{line}</body></opml>")
    };
    for (act, form) in [
        ("add", ("url", one.clone())),
        ("paste", ("opml", opml(&two))),
        ("remove", ("url", two.clone())),
        ("name", ("name", "Ours".to_owned())),
    ] {
        let path = format!("/admin/house/{act}");
        ann.post(&path, &[(form.0, form.1.as_str())]).await.is(303);
    }
    let list = web.put("/list", Page::of("text/x-opml", opml(&two)));
    ann.post("/admin/house/source", &[("source", &list)])
        .await
        .is(303);
    ann.post("/admin/house/read", &[]).await.is(303);
    bob.post("/house/follow", &[]).await.is(303);
    bob.post("/house/leave", &[("feeds", "keep")]).await.is(303);
}

/// What Ann does to feeds and hosts.
async fn feeds(web: &FakeWeb, ann: &Client<'_>) {
    let text = FeedText::hourly("all", 2, at(11, 0));
    let feed = ann
        .subscribes(&web.put("/all", Page::feed(text.rss())))
        .await;
    for act in ["refresh", "pause", "resume"] {
        let path = format!("/admin/feeds/{feed}/{act}");
        ann.post(&path, &[]).await.is(303);
    }
    for act in ["block", "unblock"] {
        let form = [("host", "news.example.org"), ("do", act)];
        ann.post("/admin/hosts", &form).await.is(303);
    }
    let path = format!("/admin/feeds/{feed}/remove");
    ann.post(&path, &[("sure", "1")]).await.is(303);
    ann.get("/admin/backup").await.is(200);
}

/// What Ann does to Bob's account, in which he is no longer at the end.
async fn standing(app: &TestApp, relay: &Relay, ann: &Client<'_>, bob: &Client<'_>) {
    let here = page_of(ann, "bob").await;
    for (act, form) in [
        ("admin", &[][..]),
        ("reader", &[]),
        ("quota", &[("feeds", "7")]),
        ("disable", &[]),
    ] {
        ann.post(&format!("{here}/{act}"), form).await.is(303);
    }
    signs_in(&app.stranger(), "bob", PASSWORD).await.is(403);
    ann.post(&format!("{here}/enable"), &[]).await.is(303);
    signs_in(bob, "bob", PASSWORD).await.is(303);
    let form = [("email", "robert@example.org")];
    bob.post("/settings/mail/address", &form).await.is(303);
    for letter in relay.letters().into_iter().rev().take(2) {
        app.stranger().post(&letter.link(), &[]).await.is(200);
    }
    ann.post(&format!("{here}/reset-link"), &[]).await.is(303);
    let link = link_on(&ann.get(&here).await);
    assert!(
        !ann.get(&here).await.text().contains("new-link"),
        "it is shown once"
    );
    let set = app.stranger().post(&link, &[("password", NEW)]).await;
    assert!(set.is(200).words().contains("Your password is set"));
    ann.post(&format!("{here}/sessions"), &[]).await.is(303);

    let form = [("uses", "1"), ("days", "7")];
    ann.post("/admin/invitations", &form).await.is(303);
    let page = ann.get("/admin/invitations").await;
    let id = id_after(page.is(200).text(), "action=\"/admin/invitations/");
    let path = format!("/admin/invitations/{id}/revoke");
    ann.post(&path, &[]).await.is(303);
    let path = format!("{here}/delete");
    ann.post(&path, &[("sure", "1")]).await.is(303);
}

/// A reader connects a provider, and disconnects it.
async fn connects(issuer: &Issuer) -> (BTreeSet<String>, Vec<Asked>) {
    let app = issuer.app(&[]).await;
    app.watches();
    let ann = app.reader("ann").await;
    let left = Left::by(&ann.get("/auth/openid/connect").await);
    issuer.gives(&issuer.sign(&issuer.claims(&left, "1", "ann@elsewhere.example")));
    ann.get(&left.back("a-code")).await.is(303);
    ann.post("/auth/openid/disconnect", &[]).await.is(303);
    (have_words(&app, &ann).await, app.asked())
}

/// The acts of the lines, each of which the page says in words.
async fn have_words(app: &TestApp, admin: &Client<'_>) -> BTreeSet<String> {
    let (written, said) = (written(app).await, log(admin).await);
    assert_eq!(written.len(), said.len());
    for (act, words) in written.iter().zip(&said) {
        assert!(Act::of(act).is_some(), "{act}");
        // What an act without words would look like.
        let is_raw = words.ends_with(&format!(": {act}")) || words.contains("audit-");
        assert!(!is_raw && words.contains(' '), "{act}: {words}");
    }
    written.into_iter().collect()
}

#[tokio::test]
async fn every_act_has_its_words_and_every_route_that_changes_something_its_line() {
    let (relay, issuer, web) = (Relay::start(), Issuer::start(), FakeWeb::start());
    let url = relay.url();
    let app = TestApp::on_disk_with(&[
        ("BASE_URL", SITE),
        ("SMTP_URL", &url),
        ("MAIL_FROM", "Dormouse <reader@example.org>"),
        ("INVITATIONS", "readers"),
    ])
    .await;
    app.watches();
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    ways_in(&app, &bob).await;
    own_things(&web, &ann, &bob).await;
    feeds(&web, &ann).await;
    standing(&app, &relay, &ann, &bob).await;
    the_rest(&app, &web, &relay, &ann).await;
    let form = [("password", PASSWORD), ("next", "/admin")];
    ann.post("/confirm", &form).await;
    // What only a command does; `account_commands.rs` has it do that.
    let line = Entry {
        act: Act::Rekeyed,
        by: By::Command,
        user: None,
        about: "",
        network: "",
    };
    let line = line.write(&app.state.random, app.clock.now());
    app.state.store.commit(vec![line]).await.unwrap();
    let mut done = have_words(&app, &ann).await;
    let mut asked = app.asked();
    let (connecting, asked_there) = connects(&issuer).await;
    done.extend(connecting);
    asked.extend(asked_there);
    all_have_their_lines(&asked);
    let wanted = Act::ALL.iter().filter(|act| !NO_LINES.contains(act));
    let wanted: BTreeSet<String> = wanted.map(|act| act.name().to_owned()).collect();
    let missing: Vec<_> = wanted.difference(&done).collect();
    assert!(missing.is_empty(), "no door was tried for {missing:?}");
    let more: Vec<_> = done.difference(&wanted).collect();
    assert!(more.is_empty(), "these are lines after all: {more:?}");
}

/// A service whose disk fails after so many writes.
struct Failing {
    app: TestApp,
    trial: Arc<DiskTrial>,
    _folder: tempfile::TempDir,
}

impl Failing {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let trial = Arc::new(DiskTrial::default());
        let options = Options {
            trial: Some(trial.clone()),
            ..Options::default()
        };
        let indexes = IndexSet::ours().unwrap();
        let embedded = Embedded::open_with(folder.path(), indexes, options).unwrap();
        let clock = Clock::fixed(at(12, 0));
        let store = Datastore::new(embedded, clock.clone());
        let app = TestApp::on_with(store, clock, &[("SIGNUP", "open")]).await;
        Self {
            app,
            trial,
            _folder: folder,
        }
    }

    /// Does something while the disk takes only so many syncs more; afterwards it takes all again.
    async fn within(&self, syncs: u64, work: impl AsyncFnOnce()) {
        let last = self.trial.syncs.load(Relaxed) + syncs;
        self.trial.last_sync.store(last, Relaxed);
        work().await;
        self.trial.last_sync.store(0, Relaxed);
        while self.app.state.store.health().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Does an act again and again, with a disk that fails a little later each time: what it did and its lines are as many. Until it
    /// succeeds; before that it has failed at least once.
    async fn agrees(&self, act: Act, effect: impl AsyncFn() -> usize, work: impl AsyncFn(u64)) {
        let mut failed = 0;
        for syncs in 1..40 {
            let before = (effect().await, lines_of(&self.app, act).await);
            self.within(syncs, async || work(syncs).await).await;
            let after = (effect().await, lines_of(&self.app, act).await);
            let did = after.0 - before.0;
            assert_eq!(did, after.1 - before.1, "{act:?} with {syncs} syncs");
            match did {
                0 => failed += 1,
                _ => {
                    assert!(failed > 0, "{act:?} never failed");
                    return;
                }
            }
        }
        panic!("{act:?} never succeeded");
    }
}

#[tokio::test]
async fn no_act_is_there_without_its_line_whatever_fails() {
    let failing = Failing::start().await;
    let app = &failing.app;
    let (ann, bob) = (app.reader("ann").await, app.reader("bob").await);
    let store = &app.state.store;
    let here = page_of(&ann, "bob").await;
    let form = [("uses", "1"), ("days", "7")];
    let made = async || app.count("Invitation").await as usize;
    failing
        .agrees(Act::Invited, made, async |_| {
            ann.post("/admin/invitations", &form).await;
        })
        .await;

    let page = ann.get("/admin/invitations").await;
    let id = id_after(page.is(200).text(), "action=\"/admin/invitations/");
    let path = format!("/admin/invitations/{id}/revoke");
    let revoked = async || 1 - app.count("Invitation").await as usize;
    failing
        .agrees(Act::InvitationRevoked, revoked, async |_| {
            ann.post(&path, &[]).await;
        })
        .await;

    let account = async || by_email(store, "bob@example.org").await.unwrap().unwrap();
    let links = async || account().await.profile.links.len();
    failing
        .agrees(Act::ResetLinkMade, links, async |_| {
            ann.post(&format!("{here}/reset-link"), &[]).await;
        })
        .await;

    // By the link.
    ann.post(&format!("{here}/reset-link"), &[]).await.is(303);
    let page = ann.get(&here).await;
    let link = attribute(page.is(200).text(), "id=\"new-link\"", "value").unwrap();
    let link = link.split_once("/reset/").unwrap().1.to_owned();
    let used = async || usize::from(account().await.profile.links.is_empty());
    failing
        .agrees(Act::PasswordReset, used, async |_| {
            let path = format!("/reset/{link}");
            app.stranger().post(&path, &[("password", NEW)]).await;
        })
        .await;

    // A file is handed out with its line only.
    signs_in(&bob, "bob", NEW).await.is(303);
    let (mut whole, mut refused) = (0, 0);
    for syncs in 1..6 {
        let before = lines_of(app, Act::Exported).await;
        let mut status = 0;
        failing
            .within(syncs, async || {
                status = bob.get("/export/data.zip").await.status;
            })
            .await;
        let noted = lines_of(app, Act::Exported).await - before;
        match status {
            200 => whole += noted,
            _ => refused += 1,
        }
        assert!(status != 200 || noted == 1, "{status} and {noted} lines");
    }
    assert!(whole > 0 && refused > 0, "{whole} files, {refused} refused");
    app.is_sound().await;
}

#[tokio::test]
async fn an_address_changes_with_its_line_or_not_at_all() {
    let failing = Failing::start().await;
    let app = &failing.app;
    app.reader("ann").await;
    let (store, random) = (&app.state.store, &app.state.random);
    let ann = by_email(store, "ann@example.org").await.unwrap().unwrap();
    let now = app.clock.now();
    let line = |act| {
        let entry = Entry {
            act,
            by: By::User(ann.id),
            user: Some(ann.id),
            about: "",
            network: "",
        };
        entry.write(random, now)
    };
    let begun = line(Act::AddressChangeBegun);
    let begun = begin_change(store, random, ann.id, "anna@example.org", now, begun);
    let links = begun.await.unwrap();
    let line = line(Act::AddressChanged);
    let one = follow_change(store, &links.leave, now, &line).await;
    assert_eq!(one.unwrap(), Changed::Waits);
    assert_eq!(lines_of(app, Act::AddressChanged).await, 0);
    let changed = async || {
        let found = by_email(store, "anna@example.org").await.unwrap();
        usize::from(found.is_some())
    };
    failing
        .agrees(Act::AddressChanged, changed, async |_| {
            let _ = follow_change(store, &links.arrive, now, &line).await;
        })
        .await;
    app.is_sound().await;
}
