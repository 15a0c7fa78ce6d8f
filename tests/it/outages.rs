//! A disk that is full, a file that is damaged, a folder that is open to others: what the store does, and says.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use dormouse::clock::Clock;
use dormouse::datastore::embedded::{DiskTrial, Embedded, FILE, Options};
use dormouse::datastore::{Datastore, Entity, IndexSet, Key, Mutation, StoreError};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Server, Shell, at, call};

fn toy(id: i64, bytes: usize) -> Mutation {
    let entity = Entity::new(Key::int("Toy", id)).indexed("n", id);
    Mutation::Upsert(entity.unindexed("text", "x".repeat(bytes)), None)
}

async fn has(store: &Datastore, id: i64) -> bool {
    store.get(&Key::int("Toy", id)).await.unwrap().is_some()
}

#[tokio::test]
async fn a_full_disk_ends_with_room_and_not_with_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let trial = Arc::new(DiskTrial::default());
    let options = Options {
        trial: Some(trial.clone()),
        ..Options::default()
    };
    let indexes = IndexSet::ours().unwrap();
    let embedded = Embedded::open_with(folder.path(), indexes.clone(), options).unwrap();
    let store = Datastore::new(embedded, Clock::System);
    store.commit(vec![toy(1, 10)]).await.unwrap();
    store.health().await.unwrap();

    trial.full.store(true, Relaxed);
    for id in 2..5 {
        let refused = store.commit(vec![toy(id, 2_000_000 / 4)]).await;
        assert!(matches!(refused, Err(StoreError::Full(_))), "{refused:?}");
        assert!(
            has(&store, 1).await && !has(&store, id).await,
            "reading goes on"
        );
        let health = store.health().await;
        assert!(matches!(health, Err(StoreError::Full(_))), "{health:?}");
    }
    // Many at once: whoever only waited for the one that failed is told the same.
    let all = (10..20).map(|id| store.commit(vec![toy(id, 300_000)]));
    for refused in futures_util::future::join_all(all).await {
        assert!(matches!(refused, Err(StoreError::Full(_))), "{refused:?}");
    }

    trial.full.store(false, Relaxed);
    // Attempts at opening it again are that far apart.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let all = (20..30).map(|id| store.commit(vec![toy(id, 300_000)]));
    for kept in futures_util::future::join_all(all).await {
        kept.unwrap();
    }
    store.health().await.unwrap();
    for id in 20..30 {
        assert!(has(&store, id).await);
    }
    drop(store);
    let again = Embedded::open(folder.path(), indexes).unwrap();
    let again = Datastore::new(again, Clock::System);
    for id in [1, 20, 29] {
        assert!(has(&again, id).await);
    }
    assert!(!has(&again, 2).await && !has(&again, 15).await);
    assert_eq!(again.check_indexes().await.unwrap().faults, [""; 0]);
}

const ANN: &str = "ann@example.org";

/// A folder with an account and a token.
fn home() -> (Shell, String) {
    let shell = Shell::new();
    let add = ["user", "add", ANN, "--password-stdin"];
    shell.run_with(&add, &[], PASSWORD).is(0);
    let token = shell.run(&["token", "add", "--user", ANN]).is(0).out();
    (shell, token.trim().to_owned())
}

fn limit_files_of(server: &Server, most: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap());
    let limit = Rlimit {
        current: most,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, limit).unwrap();
}

fn get(server: &Server, path: &str) -> (u16, String) {
    crate::support::plain(server.address, path).unwrap()
}

#[test]
fn a_server_whose_file_may_not_grow_says_so_and_goes_on_when_it_may() {
    let (shell, token) = home();
    let web = FakeWeb::start();
    let urls: Vec<String> = (0..40)
        .map(|n| {
            let text = FeedText::hourly(&format!("Long{n}"), 100, at(10, 0)).rss();
            let long = text.replace("</description>", &format!("{}</description>", noise(n)));
            web.put(&format!("/long{n}"), Page::feed(long))
        })
        .collect();
    let server = shell.serve(&[]);
    let add = |url: &str| {
        let body = json!({ "url": url });
        call(
            server.address,
            &token,
            "POST",
            "/api/v1/subscriptions",
            &body,
        )
        .unwrap()
    };
    assert_eq!(add(&urls[0]).0, 201);
    assert_eq!(get(&server, "/healthz"), (200, "ok\n".into()));

    let length = shell
        .folder()
        .join("data")
        .join(FILE)
        .metadata()
        .unwrap()
        .len();
    limit_files_of(&server, Some(length));
    let mut kept = vec![urls[0].clone()];
    let refused = urls[1..].iter().find_map(|url| match add(url) {
        (201, _) => {
            kept.push(url.clone());
            None
        }
        other => Some(other),
    });
    let (status, said) = refused.expect("the file filled up");
    assert_eq!(
        (status, said["error"]["code"].as_str()),
        (503, Some("disk_full")),
        "{said}"
    );
    let advice = said["error"]["advice"].as_str().unwrap();
    assert!(
        advice.contains("Nothing that was kept before is lost"),
        "{advice}"
    );
    let (status, why) = get(&server, "/healthz");
    assert!(
        status == 503 && why.contains("disk is full"),
        "{status} {why}"
    );
    // Reading goes on.
    let (status, list) = call(
        server.address,
        &token,
        "GET",
        "/api/v1/subscriptions",
        &Value::Null,
    )
    .unwrap();
    assert_eq!(status, 200, "{list}");

    limit_files_of(&server, None);
    let (status, said) = add(&urls[39]);
    assert_eq!(status, 201, "{said}");
    kept.push(urls[39].clone());
    assert_eq!(get(&server, "/healthz").0, 200);
    let (_, list) = call(
        server.address,
        &token,
        "GET",
        "/api/v1/subscriptions",
        &Value::Null,
    )
    .unwrap();
    let list: Vec<_> = list["subscriptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["url"].as_str().unwrap().to_owned())
        .collect();
    for url in kept {
        assert!(list.contains(&url), "{url}");
    }
    drop(server);
    shell.run(&["doctor", "--deep"]).is(0);
}

/// Text that doesn't shrink when it is packed.
fn noise(seed: u64) -> String {
    let random = dormouse::random::Random::seeded(seed);
    (0..40).map(|_| random.hex::<32>()).collect()
}

#[test]
fn without_room_for_it_nothing_is_imported_or_backed_up() {
    let (shell, token) = home();
    let server = shell.serve(&[("DISK_RESERVE_MB", "1048576")]);
    let opml = "<opml><body><outline xmlUrl=\"http://127.0.0.1:9/f\"/></body></opml>";
    let body = Value::String(opml.into());
    let (status, said) = call(server.address, &token, "POST", "/api/v1/opml", &body).unwrap();
    assert_eq!(
        (status, said["error"]["code"].as_str()),
        (503, Some("disk_full")),
        "{said}"
    );
    drop(server);
    let settings = [("DISK_RESERVE_MB", "1048576")];
    let file = shell.folder().join("list.opml");
    std::fs::write(&file, opml).unwrap();
    let refused = shell.run_with(&["import", "list.opml", "--user", ANN], &settings, "");
    assert!(
        refused.is(2).errors().contains("disk is full"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_backup_without_room_is_refused_and_leaves_nothing() {
    let app = crate::support::TestApp::on_disk_with(&[("DISK_RESERVE_MB", "1048576")]).await;
    let ann = app.reader("ann").await;
    let refused = ann.get("/admin/backup").await;
    refused.is(503);
    assert!(
        refused.words().contains("The disk is full"),
        "{}",
        refused.words()
    );
    let left: Vec<_> = std::fs::read_dir(app.folder())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(left, [FILE]);
    // Writing goes on: the reserve is for this.
    ann.post("/settings/reading", &[("order", "oldest")])
        .await
        .is(303);
}

#[test]
fn what_a_kill_left_behind_goes_at_the_next_start() {
    let (shell, _) = home();
    let data = shell.folder().join("data");
    for name in ["backup-0123.tmp", "dormouse.redb.next"] {
        std::fs::write(data.join(name), b"half").unwrap();
    }
    std::fs::write(data.join("notes.txt"), b"mine").unwrap();
    shell.run(&["doctor"]).is(0);
    let mut left: Vec<_> = std::fs::read_dir(&data)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, [FILE, "notes.txt"]);
}

#[test]
fn the_folder_and_its_file_are_their_owners() {
    let (shell, _) = home();
    let data = shell.folder().join("data");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join(FILE))), (0o700, 0o600));
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(data.join(FILE), std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = shell.run(&["doctor"]);
    assert!(
        told.is(0).errors().contains("open to others"),
        "{}",
        told.errors()
    );
    assert_eq!((mode(&data), mode(&data.join(FILE))), (0o700, 0o600));
    // A folder with other things in it isn't ours to close.
    std::fs::write(data.join("notes.txt"), b"mine").unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(
        shell
            .run(&["doctor"])
            .is(0)
            .errors()
            .contains("open to others")
    );
    assert_eq!(mode(&data), 0o755);
}

#[test]
fn an_empty_file_where_a_store_was_is_refused_with_words() {
    let (shell, _) = home();
    let file = shell.folder().join("data").join(FILE);
    std::fs::write(&file, b"").unwrap();
    for command in [&["serve"][..], &["doctor"]] {
        let refused = shell.run(command);
        assert_ne!(refused.code(), 0);
        let said = refused.out() + &refused.errors();
        assert!(
            said.contains("is empty, and was a store once") && said.contains(FILE),
            "{said}"
        );
    }
    assert_eq!(file.metadata().unwrap().len(), 0, "and left as it is");
}

/// A store with some articles, in several pages.
fn full_home() -> Shell {
    let (shell, token) = home();
    let web = FakeWeb::start();
    let server = shell.serve(&[]);
    for n in 0..12 {
        let text = FeedText::hourly(&format!("Long{n}"), 100, at(10, 0)).rss();
        let long = text.replace("</description>", &format!("{}</description>", noise(n)));
        let url = web.put(&format!("/long{n}"), Page::feed(long));
        let added = call(
            server.address,
            &token,
            "POST",
            "/api/v1/subscriptions",
            &json!({ "url": url }),
        );
        assert_eq!(added.unwrap().0, 201);
    }
    shell
}

#[test]
fn a_damaged_file_is_named_and_what_can_be_read_is_saved() {
    let shell = full_home();
    let file = shell.folder().join("data").join(FILE);
    let good = std::fs::read(&file).unwrap();
    shell.run(&["doctor", "--deep"]).is(0);
    let whole = shell.run(&["doctor"]).is(0).out();
    let articles = |text: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix("Article\t"));
        line.map_or(0, |count| count.parse().unwrap())
    };
    assert_eq!(articles(&whole), 1_200);

    // Nothing is lost of a sound one, and nothing else is said.
    let all = shell.run(&["rescue", "data", "all"]);
    assert!(!all.is(0).out().contains("lost"), "{all:?}");
    shell.run(&["rescue", "all", "again"]).is(0);

    let random = dormouse::random::Random::seeded(7);
    let pages = good.len() as u64 / 4_096;
    let (mut saved_some, mut found) = (0, 0);
    for round in 0..16 {
        let mut bad = good.clone();
        match round % 4 {
            // A page of noise, two pages exchanged, the end cut off.
            0 => {
                let at = usize::try_from(1 + random.id(pages - 2)).unwrap() * 4_096;
                let noise = random.hex::<2048>();
                bad[at..at + 4_096].copy_from_slice(noise.as_bytes());
            }
            1 => {
                let a = usize::try_from(1 + random.id(pages - 2)).unwrap() * 4_096;
                let b = usize::try_from(1 + random.id(pages - 2)).unwrap() * 4_096;
                let page = bad[a..a + 4_096].to_vec();
                bad.copy_within(b..b + 4_096, a);
                bad[b..b + 4_096].copy_from_slice(&page);
            }
            2 => bad.truncate(bad.len() / 2 + 4_096 * round),
            // A page is missing at its end, or a part of one.
            _ => bad.truncate(bad.len() - 4_096 / (round / 3 + 1)),
        }
        std::fs::write(&file, &bad).unwrap();
        let deep = shell.run(&["doctor", "--deep"]);
        let said = deep.out() + &deep.errors();
        assert!(!said.contains("panicked"), "{said}");
        if deep.code() != 0 {
            found += 1;
            assert!(said.contains("fault:") && said.contains(FILE), "{said}");
            // A sound one is opened as a store, which may give back its free end.
            assert!(
                std::fs::read(&file).unwrap() == bad,
                "it is left as it is: {said}"
            );
        }
        let plain = shell.run(&["doctor"]);
        let said = plain.out() + &plain.errors();
        assert!(!said.contains("panicked"), "{said}");
        std::fs::write(&file, &bad).unwrap();
        let to = format!("saved{round}");
        let rescued = shell.run(&["rescue", "data", &to]);
        let said = rescued.out() + &rescued.errors();
        assert!(!said.contains("panicked"), "{said}");
        let saved = articles(&rescued.out());
        if round % 4 == 3 {
            assert!(saved >= 1_100, "only an end is missing: {said}");
        }
        if saved > 0 {
            saved_some += 1;
            let again = shell.run_with(&["doctor", "--deep"], &[("STORE", &to)], "");
            let said = again.out() + &again.errors();
            assert!(said.contains("pages\tsound"), "{said}");
        }
    }
    assert!(found >= 6, "{found} of 16 found");
    assert!(saved_some >= 12, "{saved_some} of 16 gave something");
}

#[test]
fn what_no_page_leads_to_any_more_is_saved_too() {
    let shell = full_home();
    let file = shell.folder().join("data").join(FILE);
    let good = std::fs::read(&file).unwrap();
    let rows = |text: &str, kind: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(kind));
        line.map_or(0, |count| count.trim().parse().unwrap())
    };
    let is_branch = |page: &[u8]| page[0] == 2 && page[1] == 0;
    let pages = || (1..good.len() / 4_096).map(|page| page * 4_096);
    let branches: Vec<usize> = pages().filter(|&at| is_branch(&good[at..])).collect();
    assert!(branches.len() >= 4, "{branches:?}");
    type Damage<'d> = Box<dyn Fn(&mut Vec<u8>) + 'd>;
    // What redb finds everything by: its header's two states, and its trees' inner pages.
    let mut kinds: Vec<(String, Damage<'_>)> = vec![
        (
            "no inner page".into(),
            Box::new(|bad| {
                for &at in &branches {
                    bad[at..at + 4_096].fill(0);
                }
            }),
        ),
        ("no header".into(), Box::new(|bad| bad[..4_096].fill(0))),
        (
            "inner pages exchanged".into(),
            Box::new(|bad| {
                let (a, b) = (branches[0], branches[branches.len() - 1]);
                bad.copy_within(b..b + 4_096, a);
                bad[b..b + 4_096].copy_from_slice(&good[a..a + 4_096]);
            }),
        ),
    ];
    for at in (64..320).step_by(32) {
        let flip = move |bad: &mut Vec<u8>| bad[at] ^= 0x10;
        kinds.push((format!("byte {at}"), Box::new(flip)));
    }
    for (number, (name, damage)) in kinds.iter().enumerate() {
        let mut bad = good.clone();
        damage(&mut bad);
        std::fs::write(&file, &bad).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let to = format!("saved{number}");
        let rescued = shell.run(&["rescue", "data", &to]);
        let said = rescued.out() + &rescued.errors();
        assert!(!said.contains("panicked"), "{name}: {said}");
        assert!(
            std::fs::read(&file).unwrap() == bad,
            "{name}: left as it is"
        );
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "{name}: its rights too");
        for (kind, least) in [
            ("Article", 1_190),
            ("Feed", 12),
            ("Subscription", 12),
            ("User", 1),
        ] {
            assert!(
                rows(&said, &format!("{kind}\t")) >= least,
                "{name}: {kind}: {said}"
            );
        }
        if number < 2 {
            assert!(said.contains("to which nothing leads"), "{name}: {said}");
            // What may have been ended lets nobody in.
            assert_eq!(
                rows(&said, "Token\t") + rows(&said, "Session\t"),
                0,
                "{name}: {said}"
            );
            assert!(!said.contains("\\x"), "keys are named: {said}");
        }
        let again = shell.run_with(&["doctor", "--deep"], &[("STORE", &to)], "");
        let said = again.out() + &again.errors();
        assert!(said.contains("pages\tsound"), "{name}: {said}");
    }
}

#[test]
fn what_was_saved_can_be_read_and_fits_together() {
    let shell = full_home();
    let file = shell.folder().join("data").join(FILE);
    let good = std::fs::read(&file).unwrap();
    let random = dormouse::random::Random::seeded(11);
    let below = |most: usize| usize::try_from(random.id(most as u64)).unwrap() - 1;
    // Where feeds' records lie: what is changed there is in a record as a rule.
    let marks: Vec<usize> = (4_096..good.len() - 7)
        .filter(|&at| &good[at..at + 7] == b"cadence")
        .collect();
    let mut lost_feeds = 0;
    for round in 0..10 {
        let mut bad = good.clone();
        match round % 3 {
            0 => bad[marks[below(marks.len())] + 40 + below(900)] ^= 1 << below(8),
            1 => bad[4_096 + below(good.len() - 4_096)] ^= 1 << below(8),
            _ => {
                let page = marks[below(marks.len())] / 4_096 * 4_096;
                bad[page..page + 4_096].fill(0);
            }
        }
        std::fs::write(&file, &bad).unwrap();
        let to = format!("fit{round}");
        let rescued = shell.run(&["rescue", "data", &to]);
        let said = rescued.out() + &rescued.errors();
        lost_feeds += usize::from(!said.contains("Feed\t12\n"));
        let settings = [("STORE", to.as_str())];
        for command in [
            &["user", "list"][..],
            &["articles", "--user", ANN],
            &["export", "--user", ANN],
        ] {
            shell.run_with(command, &settings, "").is(0);
        }
        let doctor = shell.run_with(&["doctor"], &settings, "");
        let found = doctor.out() + &doctor.errors();
        for wrong in [
            "damaged",
            "which isn’t there",
            "readers, and has",
            "doesn’t lead to it",
            "is not scheduled",
            "is scheduled",
        ] {
            assert!(!found.contains(wrong), "{round}: {wrong}: {found}\n{said}");
        }
        // Once it fits, another rescue finds nothing to say.
        let again = format!("{to}again");
        let again = shell.run(&["rescue", &to, &again]);
        assert!(again.is(0).out().contains("everything was saved"));
    }
    assert!(
        lost_feeds >= 2,
        "{lost_feeds} of 10 lost a feed: the test looks elsewhere"
    );
}

#[test]
fn a_rescue_needs_a_folder_of_its_own() {
    let (shell, _) = home();
    for (to, words) in [
        ("data/sub", "can’t be in the damaged one"),
        ("datastore://project", "is a folder on this machine"),
        ("data", "isn’t empty"),
    ] {
        let refused = shell.run(&["rescue", "data", to]);
        assert!(refused.is(2).errors().contains(words), "{to}: {refused:?}");
    }
    // What isn't a page at the file's end is passed over.
    let file = shell.folder().join("data").join(FILE);
    let mut longer = std::fs::read(&file).unwrap();
    longer.extend_from_slice(b"xyz");
    std::fs::write(&file, &longer).unwrap();
    let said = shell.run(&["rescue", "data", "whole"]).out();
    assert!(
        said.contains("Token\t3") && !said.contains("upper pages"),
        "{said}"
    );
}

#[test]
fn a_server_does_not_start_on_a_damaged_file_and_says_what_to_do() {
    let shell = full_home();
    let file = shell.folder().join("data").join(FILE);
    let good = std::fs::read(&file).unwrap();
    let noise = dormouse::random::Random::seeded(3).hex::<2048>();
    type Damage = fn(&mut Vec<u8>, &[u8]);
    let kinds: [(&str, Damage); 3] = [
        ("its header", |bad, noise| {
            bad[9..320].copy_from_slice(&noise[9..320]);
        }),
        ("another file's content", |bad, noise| *bad = noise.to_vec()),
        ("its end", |bad, _| bad.truncate(bad.len() / 3)),
    ];
    for (what, damage) in kinds {
        let mut bad = good.clone();
        damage(&mut bad, noise.as_bytes());
        std::fs::write(&file, &bad).unwrap();
        let tried = shell.run_with(&["serve"], &[("PORT", "0")], "");
        let said = tried.is(2).errors();
        assert!(!said.contains("panicked"), "{what}: {said}");
        assert!(
            said.contains(FILE) && said.contains("rescue"),
            "{what}: {said}"
        );
        assert!(!tried.out().contains("awake"), "{what}");
        assert_eq!(std::fs::read(&file).unwrap(), bad, "{what}: left as it is");
    }
}

#[tokio::test]
async fn the_daily_work_gives_room_back() {
    let app = crate::support::TestApp::on_disk().await;
    let store = &app.state.store;
    for id in 1..150 {
        store.commit(vec![toy(id, 100_000)]).await.unwrap();
    }
    let before = store.file_bytes();
    assert_eq!(app.daily().await.json()["given_back"], 0, "it is full");
    for id in 1..148 {
        let gone = Mutation::Delete(Key::int("Toy", id), None);
        store.commit(vec![gone]).await.unwrap();
    }
    let given_back = app.daily().await.json()["given_back"].as_u64().unwrap();
    assert_eq!(store.file_bytes(), before - given_back);
    assert!(given_back > before / 2, "{given_back} of {before}");
    assert!(has(store, 149).await && !has(store, 1).await);
    assert_eq!(app.daily().await.json()["given_back"], 0);
}

#[test]
fn a_file_that_was_emptied_gives_its_room_back() {
    let shell = full_home();
    let file = shell.folder().join("data").join(FILE);
    {
        let embedded =
            Embedded::open(&shell.folder().join("data"), IndexSet::ours().unwrap()).unwrap();
        let store = Datastore::new(embedded, Clock::System);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            for id in 1..100 {
                store.commit(vec![toy(id, 100_000)]).await.unwrap();
            }
            for id in 1..100 {
                let gone = Mutation::Delete(Key::int("Toy", id), None);
                store.commit(vec![gone]).await.unwrap();
            }
        });
    }
    let before = file.metadata().unwrap().len();
    let told = shell.run(&["compact"]);
    assert!(told.is(0).out().contains("MiB before"), "{told:?}");
    let after = file.metadata().unwrap().len();
    assert!(after < before * 9 / 10, "{before} → {after}");
    shell.run(&["doctor", "--deep"]).is(0);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_store_is_compacted_while_it_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
    let store = Datastore::new(embedded, Clock::System);
    for id in 1..200 {
        store.commit(vec![toy(id, 100_000)]).await.unwrap();
    }
    for id in 1..190 {
        let key = Key::int("Toy", id);
        store
            .commit(vec![Mutation::Delete(key, None)])
            .await
            .unwrap();
    }
    assert!(store.slack().await.unwrap() > 0.5);
    let before = store.file_bytes();
    let commits = (300..320).map(|id| store.commit(vec![toy(id, 10)]));
    let (compacted, commits) =
        tokio::join!(store.compact(), futures_util::future::join_all(commits));
    compacted.unwrap();
    commits.into_iter().for_each(|commit| {
        commit.unwrap();
    });
    let after = store.file_bytes();
    assert!(after < before / 3, "{before} → {after}");
    drop(store);
    let again = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
    let again = Datastore::new(again, Clock::System);
    for id in [190, 199, 300, 319] {
        assert!(has(&again, id).await, "{id}");
    }
    assert!(!has(&again, 5).await);
}

#[test]
fn silent_connections_keep_nobody_out_for_long() {
    // Where the system lets us have more, all are held; elsewhere those beyond are turned away.
    for (kind, longest) in [('S', 10), ('H', 15)] {
        silent_connections(kind, Duration::from_secs(longest));
    }
}

fn silent_connections(kind: char, longest: Duration) {
    let shell = Shell::new();
    let server = shell.serve_limited(kind, 256);
    let held: Vec<_> = (0..256)
        .map(|_| std::net::TcpStream::connect(server.address).unwrap())
        .collect();
    #[expect(clippy::disallowed_methods, reason = "what real waiting took")]
    let began = std::time::Instant::now();
    // Whoever is turned away tries again.
    let answered = loop {
        match crate::support::plain(server.address, "/healthz") {
            Some((200, _)) => break began.elapsed(),
            _ if began.elapsed() > Duration::from_secs(40) => panic!("kept out"),
            _ => std::thread::sleep(Duration::from_millis(200)),
        }
    };
    assert!(answered < longest, "{kind}: {answered:?}");
    drop(held);
}
