//! The installation's ceilings: no setting says more, and no door by which feeds come onto a shelf passes one, in whatever order and
//! however many at once.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use dormouse::config::{Config as Settings, Env, ShelfLimits};
use dormouse::datastore::{Kind, Query};
use dormouse::feeds;
use dormouse::feeds::PollTier;
use dormouse::ids::{FeedId, UserId};
use dormouse::shelf::opml::{Opml, Outline};
use dormouse::shelf::{import, store as shelves};
use dormouse::users;
use http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::json;

use crate::greader::Program;
use crate::my_data::{manifest, zipped};
use crate::support::{Answer, Client, Entry, FakeWeb, FeedText, Page, TestApp, at, attribute};

/// Lists the doors once, so that none is left out of [`Door::ALL`].
macro_rules! doors {
    ($($(#[$doc:meta])* $door:ident),* $(,)?) => {
        /// A way by which feeds come onto a shelf, or which might be one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        enum Door {
            $($(#[$doc])* $door,)*
        }

        impl Door {
            const ALL: [Self; [$(Self::$door),*].len()] = [$(Self::$door),*];
        }
    };
}

doors! {
    /// `POST /add`.
    Add,
    /// `POST /add/several`.
    AddSeveral,
    /// `POST /add` with a password.
    AddWithPassword,
    /// `POST /acts`: what a device added without a network.
    Queue,
    /// `POST /import`.
    Import,
    /// `POST /packs/…`.
    Pack,
    /// `POST /api/v1/subscriptions`.
    ApiAdd,
    /// `POST /settings/data/import`: everything of another installation.
    MyData,
    /// `POST /api/v1/opml`.
    ApiImport,
    /// `POST /api/v1/packs/…`.
    ApiPack,
    /// `subscription/quickadd`.
    QuickAdd,
    /// `subscription/edit`.
    GoogleEdit,
    /// `subscription/import`.
    GoogleImport,
    /// `dormouse import`.
    Command,
    /// `POST /undo` of a feed that was removed.
    Undo,
    /// `POST /undo` of several that were removed at once.
    UndoMany,
    /// `POST /feed/…/switch`.
    Switch,
    /// `POST /api/v1/subscriptions/…/replace`.
    ApiSwitch,
    /// `POST /feed/…/door`.
    ChangePassword,
    /// A feed that was merged into another: the reader follows at their next visit.
    Merge,
    /// `POST /house/copy`.
    HouseCopy,
    /// `POST /house/follow`.
    HouseFollow,
    /// A visit after the list has changed.
    HouseVisit,
    /// `POST /house/again`.
    HouseAgain,
    /// `POST /keep`: a page, which is no feed.
    Keep,
    /// `POST /journal/import`: a history, which brings none.
    History,
}

/// The calls that add feeds: where each stands, and the doors that lead there. A new one is found by
/// [`every_call_that_adds_feeds_is_behind_a_door_of_the_test`].
const CALLS: &[(&str, &str, &[Door])] = &[
    (
        "src/cli/import_export.rs",
        "import::import(",
        &[Door::Command],
    ),
    ("src/my_data/import.rs", "opml_in::import(", &[Door::MyData]),
    (
        "src/web/actions/gardening.rs",
        "put_back(&context,",
        &[Door::UndoMany],
    ),
    (
        "src/web/actions/house.rs",
        "follow::meet(",
        &[Door::HouseFollow, Door::HouseAgain],
    ),
    (
        "src/web/house_visit.rs",
        "follow::meet(",
        &[Door::HouseVisit],
    ),
    (
        "src/web/actions/house.rs",
        "import::import(",
        &[Door::HouseCopy],
    ),
    (
        "src/web/actions/import_opml.rs",
        "import::import(",
        &[Door::ApiImport, Door::GoogleImport],
    ),
    (
        "src/web/actions/packs.rs",
        "import::import(",
        &[Door::Pack, Door::ApiPack],
    ),
    (
        "src/web/actions/removal.rs",
        "put_back(&context,",
        &[Door::Undo],
    ),
    (
        "src/web/api/looking.rs",
        "replace::switch(",
        &[Door::ApiSwitch],
    ),
    (
        "src/web/api/subscriptions.rs",
        "change_door(",
        &[Door::ChangePassword],
    ),
    (
        "src/web/api/subscriptions.rs",
        "subscribe(",
        &[Door::ApiAdd],
    ),
    (
        "src/web/greader/subscriptions.rs",
        "subscribe(",
        &[Door::QuickAdd, Door::GoogleEdit],
    ),
    ("src/web/pages/acts.rs", "subscribe(", &[Door::Queue]),
    (
        "src/web/pages/add.rs",
        "subscribe(",
        &[Door::Add, Door::AddSeveral, Door::AddWithPassword],
    ),
    (
        "src/web/pages/feed_door.rs",
        "change_door(",
        &[Door::ChangePassword],
    ),
    (
        "src/web/pages/import.rs",
        "import::import(",
        &[Door::Import],
    ),
    (
        "src/web/pages/replace.rs",
        "replace::switch(",
        &[Door::Switch],
    ),
    // Below the doors: what the shelf does itself.
    (
        "src/shelf/arriving.rs",
        "follow_move::follow(",
        &[Door::Merge],
    ),
];

/// Where a place is taken, and by whom a subscription is stored: nowhere else.
const DEEPEST: [(&str, &str); 9] = [
    ("src/shelf/follow_move.rs", "store::insert("),
    ("src/shelf/house/follow.rs", "Room::of("),
    ("src/shelf/house/follow.rs", "store::insert("),
    ("src/shelf/import.rs", "Room::of("),
    ("src/shelf/import.rs", "store::insert("),
    ("src/shelf/replace.rs", "Room::of("),
    ("src/shelf/replace.rs", "store::insert("),
    ("src/shelf/subscribe.rs", "Room::of("),
    ("src/shelf/subscribe.rs", "store::insert("),
];

fn calls(text: &str, call: &str) -> bool {
    let begins = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':' && c != '.')
            && !text[..at].ends_with("fn ")
    };
    let mut found = text.match_indices(call);
    found.any(|(at, _)| begins(at))
}

fn sources(folder: &Path, all: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            all.push((name.to_owned(), code.collect::<Vec<_>>().join("\n")));
        }
    }
}

#[test]
fn every_call_that_adds_feeds_is_behind_a_door_of_the_test() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let found = |wanted: &[&str], is_shelf: bool| -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for (name, text) in &all {
            for call in wanted {
                if name.starts_with("src/shelf/") == is_shelf && calls(text, call) {
                    found.insert((name.clone(), (*call).to_owned()));
                }
            }
        }
        found
    };
    let owned = |file: &str, call: &str| (file.to_owned(), call.to_owned());
    let above = [
        "subscribe(",
        "put_back(&context,",
        "import::import(",
        "opml_in::import(",
        "replace::switch(",
        "change_door(",
        "follow::meet(",
    ];
    let is_above = |(file, ..): &&(&str, &str, &[Door])| !file.starts_with("src/shelf/");
    let known = CALLS.iter().filter(is_above);
    let known: BTreeSet<_> = known.map(|(file, call, _)| owned(file, call)).collect();
    assert_eq!(found(&above, false), known);
    let deepest = ["store::insert(", "Room::of("];
    let known = DEEPEST.iter().map(|(file, call)| owned(file, call));
    assert_eq!(found(&deepest, true), known.collect());
    // A stage is for tools, whose shelves no server has.
    let staged = found(&["Place::on_a_stage("], true);
    assert_eq!(
        staged,
        BTreeSet::from([owned("src/shelf/store.rs", "Place::on_a_stage(")])
    );
    assert_eq!(
        found(&["shelves::stage(", "store::stage("], false),
        BTreeSet::new()
    );
    // Each door is behind a call, or is known to add nothing.
    let behind: BTreeSet<Door> = CALLS
        .iter()
        .flat_map(|(_, _, doors)| doors.iter().copied())
        .collect();
    let nothing = BTreeSet::from([Door::Keep, Door::History]);
    let all: BTreeSet<Door> = Door::ALL.into_iter().collect();
    assert_eq!(&behind | &nothing, all);
}

/// The most feeds of the scene's shelf.
const MOST: usize = 4;
/// The most bytes of their articles: 1 MiB.
const BYTES: u64 = 1_024 * 1_024;
/// The most articles of a feed; each has more than that.
const ARTICLES: usize = 3;
/// Feeds that the other reader has, and that are known here.
const KNOWN: usize = 8;

/// One step: by which door, with which feed, and whether another goes by another door at the same time, at another instance.
type Step = (Door, usize, Option<(Door, usize)>, bool);

fn step() -> impl Strategy<Value = Step> {
    let door = || (0..Door::ALL.len()).prop_map(|n| Door::ALL[n]);
    let which = || 0..KNOWN + 4;
    let other = proptest::option::of((door(), which()));
    (door(), which(), other, proptest::bool::weighted(0.35))
}

/// Ann’s shelf at two instances; Bob, who administers, has all feeds that are known.
struct Scene<'a> {
    here: &'a TestApp,
    web: &'a FakeWeb,
    ann: Client<'a>,
    there: Client<'a>,
    program: Client<'a>,
    google: Program<'a>,
    user: UserId,
    /// Acts that can be undone.
    undos: std::sync::Mutex<Vec<String>>,
    /// How often something was too heavy.
    too_heavy: AtomicUsize,
    /// Feeds that others were merged into.
    merged: std::sync::Mutex<BTreeSet<FeedId>>,
}

impl Scene<'_> {
    fn url(&self, which: usize) -> String {
        self.web.url(&format!("/f{which}"))
    }

    /// The shelf, and the bytes of its feeds.
    async fn shelf(&self) -> (Vec<FeedId>, u64) {
        let store = &self.here.state.store;
        let listed = shelves::list(store, self.user).await.unwrap();
        let ids: Vec<FeedId> = listed.iter().map(|one| one.feed).collect();
        let heads = feeds::store::heads(store, &ids).await.unwrap();
        (ids, heads.iter().map(|head| head.summary.bytes).sum())
    }

    /// The most articles that are stored of a feed of the shelf.
    async fn longest(&self) -> usize {
        let (ids, _) = self.shelf().await;
        let mut longest = 0;
        for id in ids {
            let query = Query::kind(Kind::Article, 500).within(feeds::store::key(id));
            let page = self.here.state.store.run_query(&query.keys_only()).await;
            longest = longest.max(page.unwrap().rows.len());
        }
        longest
    }

    /// Removes a feed to make room, and notes what would undo that.
    async fn leaves_one(&self, at_once: usize) {
        let (ids, _) = self.shelf().await;
        let ids: Vec<String> = ids.iter().take(at_once).map(FeedId::to_string).collect();
        if ids.is_empty() {
            return;
        }
        let form: Vec<(&str, &str)> = ids.iter().map(|id| ("feed", id.as_str())).collect();
        let answer = match at_once {
            1 => {
                self.ann
                    .post(&format!("/feed/{}/remove", ids[0]), &[])
                    .await
            }
            _ => {
                let form = [&form[..], &[("do", "remove")]].concat();
                self.ann.post("/feeds", &form).await
            }
        };
        let page = self.ann.get(answer.is(303).location()).await;
        if let Some(act) = attribute(page.text(), "name=\"act\"", "value") {
            self.undos.lock().unwrap().push(act);
        }
    }

    async fn undoes(&self, client: &Client<'_>, is_many: bool) {
        let act = {
            let mut undos = self.undos.lock().unwrap();
            let place = undos
                .iter()
                .position(|act| act.starts_with("garden.") == is_many);
            place.map(|place| undos.remove(place))
        };
        if let Some(act) = act {
            let form = [("act", act.as_str()), ("return", "/feeds")];
            client.post("/undo", &form).await;
        }
    }

    fn opml(&self, which: usize) -> String {
        let lines =
            (which..which + 3).map(|n| format!("<outline text=\"f\" xmlUrl=\"{}\"/>", self.url(n)));
        format!(
            "<opml version=\"2.0\"><body>{}</body></opml>",
            lines.collect::<String>()
        )
    }

    async fn lists(&self, which: usize) {
        let url = self.url(which);
        let how = |house: &mut dormouse::shelf::house::House| house.add(&url, "", &[], true);
        let store = &self.here.state.store;
        dormouse::shelf::house::store::change(store, |_: &bool| None, how)
            .await
            .unwrap();
    }

    /// Goes by a door.
    async fn goes(&self, client: &Client<'_>, door: Door, which: usize) {
        let url = self.url(which);
        let (ids, _) = self.shelf().await;
        let one = ids.get(which % ids.len().max(1)).map(FeedId::to_string);
        let answer: Option<Answer> = match door {
            Door::Add => Some(client.post("/add", &[("url", &url)]).await),
            Door::AddSeveral => {
                let other = self.url(which + 1);
                Some(
                    client
                        .post("/add/several", &[("url", &url), ("url", &other)])
                        .await,
                )
            }
            Door::AddWithPassword => {
                let form = [
                    ("url", url.as_str()),
                    ("door", "bearer"),
                    ("door_secret", "x"),
                ];
                Some(client.post("/add", &form).await)
            }
            Door::Queue => {
                let acts = json!({ "acts": [{ "do": "add", "url": url }] });
                Some(client.post_json("/acts", acts).await)
            }
            Door::Import => {
                let ask = client.ask(Method::POST, "/import");
                Some(ask.file("opml", self.opml(which).as_bytes()).send().await)
            }
            Door::Pack => Some(client.post("/packs/science", &[]).await),
            Door::ApiAdd => {
                let wanted = json!({ "url": url });
                Some(
                    self.program
                        .post_json("/api/v1/subscriptions", wanted)
                        .await,
                )
            }
            Door::MyData => {
                let opml = self.opml(which);
                let manifest = manifest();
                let files = [
                    ("manifest.json", manifest.as_bytes()),
                    ("feeds.opml", opml.as_bytes()),
                ];
                let ask = client.ask(Method::POST, "/settings/data/import");
                Some(ask.file("data", &zipped(files)).send().await)
            }
            Door::ApiImport => {
                let ask = self.program.ask(Method::POST, "/api/v1/opml");
                Some(ask.body("text/x-opml", self.opml(which)).send().await)
            }
            Door::ApiPack => {
                let path = "/api/v1/packs/slow";
                Some(self.program.post_json(path, json!({})).await)
            }
            Door::QuickAdd => {
                let form = [("quickadd", url.as_str())];
                Some(self.google.post("subscription/quickadd", &form).await)
            }
            Door::GoogleEdit => {
                let stream = format!("feed/{url}");
                let form = [("ac", "subscribe"), ("s", stream.as_str())];
                Some(self.google.post("subscription/edit", &form).await)
            }
            Door::GoogleImport => Some(self.google.imports(&self.opml(which)).await),
            Door::Command => {
                let lines = (which..which + 2).map(|n| Outline {
                    xml_url: self.url(n),
                    ..Outline::default()
                });
                let opml = Opml {
                    outlines: lines.collect(),
                    ..Opml::default()
                };
                let state = &self.here.state;
                let (clock, keys) = (&state.clock, (&state.secret, &state.random));
                let most = ShelfLimits {
                    feeds: MOST as u64,
                    mb: 1,
                };
                let store = &state.store;
                let done = import::import(store, clock, keys, self.user, &opml, true, most);
                done.await.unwrap();
                None
            }
            Door::Undo => {
                self.undoes(client, false).await;
                None
            }
            Door::UndoMany => {
                self.undoes(client, true).await;
                None
            }
            Door::Switch => match one {
                Some(id) => Some(
                    client
                        .post(&format!("/feed/{id}/switch"), &[("url", &url)])
                        .await,
                ),
                None => None,
            },
            Door::ApiSwitch => match one {
                Some(id) => {
                    let path = format!("/api/v1/subscriptions/{id}/replace");
                    Some(self.program.post_json(&path, json!({ "url": url })).await)
                }
                None => None,
            },
            Door::ChangePassword => match one {
                Some(id) => {
                    let path = format!("/feed/{id}/door");
                    let kind = if which.is_multiple_of(2) {
                        "bearer"
                    } else {
                        "none"
                    };
                    let form = [("door", kind), ("door_secret", "x")];
                    Some(client.post(&path, &form).await)
                }
                None => None,
            },
            Door::Merge => {
                // A second feed at another address turns out to be one that is known.
                if let Some(id) = ids.first() {
                    let feed = self.here.feed(&id.to_string()).await;
                    let onto =
                        feeds::store::by_urls(&self.here.state.store, std::slice::from_ref(&url))
                            .await
                            .unwrap();
                    if let Some(onto) = onto[0].filter(|onto| onto != id)
                        && feed.summary.door.is_none()
                    {
                        let mut feed = feed;
                        self.merged.lock().unwrap().insert(onto);
                        feed.summary.onto = Some(onto);
                        feed.summary.tier = PollTier::Off;
                        let update = feeds::store::update(&feed).unwrap();
                        // Another may have written it at this moment.
                        let _ = self.here.state.store.commit(vec![update]).await;
                    }
                }
                Some(client.get("/unread").await)
            }
            Door::HouseCopy => Some(client.post("/house/copy", &[]).await),
            Door::HouseFollow => Some(client.post("/house/follow", &[]).await),
            Door::HouseVisit => {
                self.lists(which).await;
                Some(client.get("/unread").await)
            }
            Door::HouseAgain => Some(client.post("/house/again", &[]).await),
            Door::Keep => {
                let page = self.web.url("/page");
                Some(client.post("/keep", &[("url", &page)]).await)
            }
            Door::History => {
                let line = json!({ "at": "2026-03-01T08:00:00Z", "act": "opened", "feed": "F", "feed_url": url, "title": "T" });
                let ask = client.ask(Method::POST, "/journal/import");
                Some(
                    ask.file("history", line.to_string().as_bytes())
                        .send()
                        .await,
                )
            }
        };
        if let Some(answer) = answer {
            assert!(answer.status < 500, "{door:?}: {}", answer.words());
            let is_heavy = answer.text().contains("MB here, which is the limit");
            self.too_heavy.fetch_add(usize::from(is_heavy), Relaxed);
        }
    }
}

/// A few articles; of one feed that nobody has yet, more than half of what a shelf may have.
fn page(which: usize) -> Page {
    let mut text = FeedText::hourly(&format!("Feed {which}"), 5, at(11, 0));
    if which == KNOWN {
        text = text.and(Entry {
            content: format!("<p>{}</p>", "many words ".repeat(55_000)),
            ..Entry::new("large", at(11, 30))
        });
    }
    for entry in &mut text.entries {
        entry.link = entry.link.as_ref().map(|link| format!("{link}-{which}"));
        entry.id = entry.id.as_ref().map(|id| format!("{id}-{which}"));
    }
    Page::feed(text.rss())
}

/// Gives the feeds that are known here a size, as if their articles were long: two fit onto a shelf, or three.
async fn weighs(app: &TestApp, user: UserId) {
    let store = &app.state.store;
    for (n, one) in (0..).zip(shelves::list(store, user).await.unwrap()) {
        let mut feed = app.feed(&one.feed.to_string()).await;
        feed.summary.bytes = if n % 4 == 3 {
            1_000
        } else {
            350_000 + 50_000 * n
        };
        let update = feeds::store::update(&feed).unwrap();
        store.commit(vec![update]).await.unwrap();
    }
}

async fn plays(
    steps: Vec<Step>,
    taken: &std::cell::RefCell<[usize; 3]>,
) -> Result<(), TestCaseError> {
    let web = FakeWeb::start();
    web.put(
        "/page",
        Page::html("<html><body><article><p>A page.</p></article></body></html>"),
    );
    for which in 0..KNOWN + 8 {
        web.put(&format!("/f{which}"), page(which));
    }
    let settings = [
        ("CEILING", "feeds=4 reader_mb=1 articles=3"),
        ("QUOTA", "imports=1000 adds=100000 texts=100000"),
        ("QUOTA_ADMIN", "feeds=4"),
    ];
    let here = TestApp::in_memory(&settings).await;
    let beside = here.beside_with(&settings).await;
    let bob = here.reader("bob").await;
    let ann = here.reader("ann").await;
    let email = "ann@example.org";
    let google = Program::of(&here, &ann, email).await;
    let program = here.program_of(&ann).await;
    let user = users::store::by_email(&here.state.store, email)
        .await
        .unwrap()
        .unwrap();
    // So that the feeds' sizes are known here.
    let bobs = users::store::by_email(&here.state.store, "bob@example.org")
        .await
        .unwrap()
        .unwrap();
    let lines = (0..KNOWN).map(|n| Outline {
        xml_url: web.url(&format!("/f{n}")),
        ..Outline::default()
    });
    let opml = Opml {
        outlines: lines.collect(),
        ..Opml::default()
    };
    let state = &here.state;
    let keys = (&state.secret, &state.random);
    let any = ShelfLimits { feeds: 100, mb: 0 };
    import::import(&state.store, &state.clock, keys, bobs.id, &opml, true, any)
        .await
        .unwrap();
    here.refresh().await;
    weighs(&here, bobs.id).await;
    // Nothing that this instance remembers of them counts.
    here.forgets();
    drop(bob);
    let scene = Scene {
        there: ann.at(&beside),
        here: &here,
        web: &web,
        ann,
        program,
        google,
        user: user.id,
        undos: std::sync::Mutex::default(),
        too_heavy: AtomicUsize::new(0),
        merged: std::sync::Mutex::default(),
    };
    scene.lists(1).await;
    for (door, which, other, leaves) in steps {
        if leaves {
            scene.leaves_one(1 + which % 2).await;
        }
        let before = scene.shelf().await;
        match other {
            Some((second, with)) => {
                tokio::join!(
                    scene.goes(&scene.ann, door, which),
                    scene.goes(&scene.there, second, with)
                );
            }
            None => scene.goes(&scene.ann, door, which).await,
        }
        let after = scene.shelf().await;
        prop_assert!(
            after.0.len() <= MOST,
            "{door:?} with {other:?}: {} feeds",
            after.0.len()
        );
        let longest = scene.longest().await;
        prop_assert!(
            longest <= ARTICLES,
            "{door:?} with {other:?}: {longest} articles"
        );
        taken.borrow_mut()[2] += usize::from(longest == ARTICLES);
        let merged = scene.merged.lock().unwrap().clone();
        let mut new = after.0.iter().filter(|feed| !before.0.contains(feed));
        let came = new.any(|feed| !merged.contains(feed));
        // A merge is the publishers', and adds none.
        let is_merge = door == Door::Merge || other.is_some_and(|(door, _)| door == Door::Merge);
        if came && !is_merge {
            prop_assert!(
                after.1 <= BYTES,
                "{door:?} with {other:?}: {} bytes",
                after.1
            );
        }
        taken.borrow_mut()[0] += usize::from(after.0.len() == MOST);
        if matches!((door, other), (Door::Keep | Door::History, None)) {
            prop_assert_eq!(before.0, after.0);
        }
    }
    here.is_sound().await;
    taken.borrow_mut()[1] += scene.too_heavy.load(Relaxed);
    Ok(())
}

#[test]
fn no_interleaving_of_doors_passes_a_ceiling() {
    let config = Config {
        cases: 32,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(61),
        max_shrink_iters: 60,
        ..Config::default()
    };
    let taken = std::cell::RefCell::new([0, 0, 0]);
    let run = |steps: Vec<Step>| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(plays(steps, &taken))
    };
    let steps = proptest::collection::vec(step(), 1..24);
    TestRunner::new(config).run(&steps, run).unwrap();
    let [full, heavy, long] = *taken.borrow();
    assert!(
        full > 20 && heavy > 5 && long > 20,
        "the ceilings were hardly reached: {full}, {heavy}, {long}"
    );
}

/// What a start says to these settings.
fn refusal(settings: [(&'static str, &'static str); 2]) -> String {
    Settings::from_env(&Env::of(settings))
        .unwrap_err()
        .to_string()
}

#[test]
fn no_setting_says_more_than_the_ceiling() {
    let ceiling = ("CEILING", "feeds=50 reader_mb=20 articles=100 days=30");
    for (name, value, says) in [
        ("QUOTA", "feeds=51", "CEILING allows 50"),
        ("QUOTA_ADMIN", "feeds=5000", "CEILING allows 50"),
        ("QUOTA", "reader_mb=0", "CEILING allows 20"),
        ("KEEP", "101,30d", "CEILING allows 100 articles and 30 days"),
        ("KEEP", "100,31d", "CEILING allows 100 articles and 30 days"),
    ] {
        let error = refusal([ceiling, (name, value)]);
        assert!(error.starts_with(name) && error.contains(says), "{error}");
    }
    let config = Settings::from_env(&Env::of([ceiling])).unwrap();
    assert_eq!(
        (config.quotas.readers.feeds, config.quotas.admin.reader_mb),
        (50, 20)
    );
    assert_eq!(
        (config.fetch.keep.articles, config.fetch.keep.days),
        (100, 30)
    );
    let shown = config.in_force();
    let row = shown.iter().find(|(name, _)| *name == "CEILING").unwrap();
    assert!(row.1.starts_with("feeds=50 "), "{}", row.1);
}

/// Settings as they might be written: the ceilings, both quotas, what is kept, and what an administrator gave one reader. 0 is any number
/// of MiB.
#[derive(Clone, Debug)]
struct Said {
    /// Feeds, stars, MiB of a feed and of a shelf, articles, days.
    ceiling: [Option<u32>; 6],
    readers: [Option<u32>; 4],
    admin: [Option<u32>; 4],
    keep: Option<(u32, Option<u32>)>,
    own: [Option<u32>; 3],
}

fn said() -> impl Strategy<Value = Said> {
    let maybe = |least: u32| proptest::option::weighted(0.4, least..12_u32);
    let quota = || [maybe(0), maybe(0), maybe(0), maybe(0)];
    let ceiling = [maybe(0), maybe(0), maybe(0), maybe(0), maybe(1), maybe(1)];
    let keep = proptest::option::weighted(0.4, (1..12_u32, maybe(1)));
    let own = [maybe(0), maybe(0), maybe(0)];
    (ceiling, quota(), quota(), keep, own).prop_map(|(ceiling, readers, admin, keep, own)| Said {
        ceiling,
        readers,
        admin,
        keep,
        own,
    })
}

fn written<const N: usize>(names: [&str; N], numbers: [Option<u32>; N]) -> String {
    let all = names.into_iter().zip(numbers);
    let all = all.filter_map(|(name, number)| Some(format!("{name}={}", number?)));
    all.collect::<Vec<_>>().join(" ")
}

/// Whether a number is above a ceiling, of which 0 is none, as is no number.
fn is_above(mb: u64, ceiling: u32) -> bool {
    ceiling > 0 && (mb == 0 || mb > ceiling.into())
}

/// Whatever is written: either the server doesn't start and says which setting is too high, and then one is; or nothing in force is above
/// the ceiling, nor is the quota of a reader that has been given more.
#[test]
fn no_combination_of_settings_passes_the_ceiling() {
    let config = Config {
        cases: 3_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(62),
        ..Config::default()
    };
    let outcomes = std::cell::RefCell::new([0, 0, 0]);
    let judge = |said: Said| {
        const QUOTA: [&str; 4] = ["feeds", "stars", "feed_mb", "reader_mb"];
        let all = ["feeds", "stars", "feed_mb", "reader_mb", "articles", "days"];
        let ceiling = written(all, said.ceiling);
        let (readers, admin) = (written(QUOTA, said.readers), written(QUOTA, said.admin));
        // An empty setting is none.
        let keep = said.keep.map_or_else(String::new, |(articles, days)| {
            days.map_or_else(
                || articles.to_string(),
                |days| format!("{articles},{days}d"),
            )
        });
        let settings = [
            ("CEILING", ceiling.as_str()),
            ("QUOTA", readers.as_str()),
            ("QUOTA_ADMIN", admin.as_str()),
            ("KEEP", keep.as_str()),
        ];
        let [feeds, stars, feed_mb, reader_mb, articles, days] = said.ceiling;
        let over = |wanted: Option<u32>, most: Option<u32>| {
            most.is_some_and(|most| wanted.is_some_and(|wanted| wanted > most))
        };
        let over_mb = |wanted: Option<u32>, most: Option<u32>| {
            wanted.is_some_and(|wanted| is_above(wanted.into(), most.unwrap_or_default()))
        };
        let is_over = |quota: [Option<u32>; 4]| {
            let [own_feeds, own_stars, own_feed_mb, own_mb] = quota;
            over(own_feeds, feeds)
                || over(own_stars, stars)
                || over_mb(own_feed_mb, feed_mb)
                || over_mb(own_mb, reader_mb)
        };
        let keeps_too_much = said
            .keep
            .is_some_and(|(kept, kept_days)| over(Some(kept), articles) || over(kept_days, days));
        let wants_too_much = is_over(said.readers) || is_over(said.admin) || keeps_too_much;
        let config = match Settings::from_env(&Env::of(settings)) {
            Err(error) => {
                prop_assert!(wants_too_much, "{error}");
                let error = error.to_string();
                prop_assert!(error.contains("CEILING allows"), "{error}");
                outcomes.borrow_mut()[0] += 1;
                return Ok(());
            }
            Ok(config) => config,
        };
        prop_assert!(!wants_too_much, "{said:?} starts");
        let limits = config.quotas.ceiling;
        let [own_feeds, own_stars, own_mb] = said.own;
        let own = users::own_quota::OwnQuota {
            feeds: own_feeds,
            stars: own_stars,
            reader_mb: own_mb,
            ..users::own_quota::OwnQuota::default()
        };
        for class in [config.quotas.readers, config.quotas.admin] {
            for quota in [class, own.over(class, &limits)] {
                prop_assert!(quota.feeds <= feeds.unwrap_or(5_000).into());
                prop_assert!(quota.stars <= stars.unwrap_or(10_000).into());
                prop_assert!(!is_above(quota.feed_mb, feed_mb.unwrap_or_default()));
                prop_assert!(!is_above(quota.reader_mb, reader_mb.unwrap_or_default()));
            }
        }
        let kept = config.fetch.keep;
        prop_assert!(kept.articles <= articles.unwrap_or(200));
        prop_assert!(kept.days <= days.unwrap_or(3_650).into());
        outcomes.borrow_mut()[1] += 1;
        // What was given under a higher ceiling, and is cut.
        let gave_too_much = over(own_feeds, feeds) || over_mb(own_mb, reader_mb);
        outcomes.borrow_mut()[2] += usize::from(gave_too_much);
        Ok(())
    };
    TestRunner::new(config).run(&said(), judge).unwrap();
    let outcomes = *outcomes.borrow();
    assert!(outcomes.iter().all(|count| *count > 100), "{outcomes:?}");
}

/// The form refuses, and what was stored under a higher ceiling counts no longer.
#[tokio::test]
async fn no_number_of_an_administrator_passes_the_ceiling() {
    let (app, web) = (
        TestApp::with(&[("QUOTA", "feeds=2")]).await,
        FakeWeb::start(),
    );
    let admin = app.reader("ann").await;
    let bob = app.reader("bob").await;
    let page = crate::administering::page_of(&admin, "bob").await;
    let form = [("feeds", "4"), ("reader_mb", "0")];
    admin.post(&format!("{page}/quota"), &form).await.is(303);

    let low = app
        .beside_with(&[("CEILING", "feeds=3 reader_mb=9"), ("QUOTA", "feeds=2")])
        .await;
    let admin = admin.at(&low);
    for form in [
        [("feeds", "4")],
        [("reader_mb", "10")],
        [("reader_mb", "0")],
    ] {
        let refused = admin.post(&format!("{page}/quota"), &form).await;
        let words = refused.is(422).words();
        assert!(
            words.contains("above what anybody may have here: the most stands in CEILING"),
            "{words}"
        );
    }
    let bob = bob.at(&low);
    for n in 0..3 {
        let url = web.put(
            &format!("/{n}"),
            Page::feed(FeedText::hourly(&format!("{n}"), 2, at(9, 0)).rss()),
        );
        bob.subscribes(&url).await;
    }
    let url = web.put("/4", Page::feed(FeedText::hourly("4", 2, at(9, 0)).rss()));
    let refused = bob.post("/add", &[("url", &url)]).await;
    assert!(
        refused
            .is(422)
            .words()
            .contains("the limit here is 3 feeds"),
        "{}",
        refused.words()
    );
}

/// Each of these was a way past the limit of a shelf, before places were taken.
#[tokio::test]
async fn two_at_once_and_a_replacement_take_no_place_that_isnt_there() {
    let (app, web) = (
        TestApp::with(&[("QUOTA", "feeds=2")]).await,
        FakeWeb::start(),
    );
    let ann = app.reader("ann").await;
    let beside = app.beside_with(&[("QUOTA", "feeds=2")]).await;
    let there = ann.at(&beside);
    let url = |name: &str| {
        let text = FeedText::hourly(name, 3, at(11, 0));
        let text = text
            .rss()
            .replace("site.example", &format!("{name}.example"));
        web.put(&format!("/{name}"), Page::feed(text))
    };
    let first = ann.subscribes(&url("a")).await;
    let (b, c) = (url("b"), url("c"));
    let (b, c) = ([("url", b.as_str())], [("url", c.as_str())]);
    let (one, two) = tokio::join!(ann.post("/add", &b), there.post("/add", &c));
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [303, 422], "{} {}", one.words(), two.words());
    // Its unread articles would have it stay beside the new one.
    let switched = ann
        .post(&format!("/feed/{first}/switch"), &[("url", &url("d"))])
        .await;
    assert!(
        switched
            .is(422)
            .words()
            .contains("Your shelf is full: the limit here is 2 feeds"),
        "{}",
        switched.words()
    );
    assert_eq!(app.count("Subscription").await, 2);
    app.is_sound().await;
}
