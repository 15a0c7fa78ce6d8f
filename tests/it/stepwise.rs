//! Backups in steps: whatever is written between them, and whenever a step is killed, what is called a backup is the store as it
//! was at one moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dormouse::clock::Clock;
use dormouse::datastore::Mutation::{Delete, Upsert};
use dormouse::datastore::embedded::{BackupStep, Embedded, FILE};
use dormouse::datastore::{Datastore, Entity, IndexSet, Key, Query};
use dormouse::maintenance::{Budget, backups};
use proptest::prelude::*;

use crate::support::{PASSWORD, Shell, TestApp, at};

/// What is in a store: numbers by id.
type Toys = BTreeMap<i64, i64>;

fn key(id: i64) -> Key {
    Key::int("Toy", id)
}

/// With some bytes, so that a step has few of them.
fn toy(id: i64, number: i64) -> Entity {
    let stuffing = vec![7_u8; 300];
    Entity::new(key(id))
        .indexed("n", number)
        .unindexed("stuffing", stuffing)
}

fn open(folder: &Path) -> Datastore {
    let embedded = Embedded::open(folder, IndexSet::ours().unwrap()).unwrap();
    Datastore::new(embedded, Clock::fixed(at(4, 0)))
}

async fn put(store: &Datastore, id: i64, number: i64) {
    store
        .commit(vec![Upsert(toy(id, number), None)])
        .await
        .unwrap();
}

async fn remove(store: &Datastore, id: i64) {
    store.commit(vec![Delete(key(id), None)]).await.unwrap();
}

/// All of it, by its index, so that the entries are looked at, too.
async fn toys(store: &Datastore) -> Toys {
    let query = Query::kind("Toy", 1_000).order("n", dormouse::datastore::Direction::Asc);
    let page = store.run_query(&query).await.unwrap();
    let toy = |row: &dormouse::datastore::Stored| {
        let id = row.entity.key.id().unwrap();
        (id, row.entity.int("n").unwrap())
    };
    page.rows.iter().map(toy).collect()
}

/// A store, and where its backup is made.
struct Place {
    folder: tempfile::TempDir,
    store: Option<Datastore>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Some(open(&folder.path().join("store")));
        Self { folder, store }
    }

    fn store(&self) -> &Datastore {
        self.store.as_ref().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn unfinished(&self) -> PathBuf {
        self.path("unfinished")
    }

    fn reopens(&mut self) {
        self.store = None;
        self.store = Some(open(&self.path("store")));
    }

    /// One step towards a backup of this name.
    async fn step(&self, name: &str, bytes: u64) -> BackupStep {
        let folder = self.path(name);
        std::fs::create_dir_all(&folder).unwrap();
        let (unfinished, whole) = (self.unfinished(), folder.join(FILE));
        let step = self.store().backup_step(&unfinished, &whole, bytes).await;
        let step = step.unwrap();
        assert_eq!(whole.exists(), step.finished);
        step
    }

    async fn finishes(&self, name: &str, bytes: u64) {
        for _ in 0..10_000 {
            if self.step(name, bytes).await.finished {
                return;
            }
        }
        panic!("it never ends");
    }

    /// What a backup has.
    async fn restored(&self, name: &str) -> Toys {
        let copy = open(&self.path(name));
        let findings = copy.check_indexes().await.unwrap();
        assert_eq!(findings.faults, Vec::<String>::new());
        toys(&copy).await
    }
}

#[derive(Clone, Debug)]
enum Act {
    Put(i64, i64),
    Remove(i64),
    Step(u64),
    Reopen,
    Compact,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (1..40_i64, 0..1_000_i64).prop_map(|(id, number)| Act::Put(id, number)),
        3 => (1..40_i64).prop_map(Act::Remove),
        8 => (1..6_000_u64).prop_map(Act::Step),
        1 => Just(Act::Reopen),
        1 => Just(Act::Compact),
    ];
    proptest::collection::vec(act, 30..160)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_backup_is_the_store_at_the_moment_of_its_last_step(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut place = Place::new();
            let mut model = Toys::new();
            for id in 1..26 {
                put(place.store(), id, id).await;
                model.insert(id, id);
            }
            let mut whole: Vec<(String, Toys)> = Vec::new();
            for act in acts {
                match act {
                    Act::Put(id, number) => {
                        put(place.store(), id, number).await;
                        model.insert(id, number);
                    }
                    Act::Remove(id) => {
                        remove(place.store(), id).await;
                        model.remove(&id);
                    }
                    Act::Step(bytes) => {
                        let name = whole.len().to_string();
                        if place.step(&name, bytes).await.finished {
                            whole.push((name, model.clone()));
                        }
                    }
                    Act::Reopen => place.reopens(),
                    Act::Compact => drop(place.store().compact().await.unwrap()),
                }
            }
            let name = whole.len().to_string();
            place.finishes(&name, 2_000).await;
            whole.push((name, model.clone()));
            for (name, expected) in whole {
                assert_eq!(place.restored(&name).await, expected, "backup {name}");
            }
            assert_eq!(toys(place.store()).await, model);
        });
    }
}

/// Seven, as many as are kept, with writes between all steps: what is behind the place, before it, and what goes.
#[tokio::test]
async fn each_of_seven_can_be_restored_though_writes_went_on() {
    let place = Place::new();
    for id in 1..100 {
        put(place.store(), id, id).await;
    }
    let mut expected = Vec::new();
    let mut turn = 0;
    for day in 0..7 {
        let name = format!("day {day}");
        let mut steps = 0;
        loop {
            let step = place.step(&name, 9_000).await;
            if step.finished {
                expected.push(toys(place.store()).await);
                break;
            }
            steps += 1;
            turn += 1;
            put(place.store(), 1 + turn % 99, 1_000 + turn).await;
            put(place.store(), 99 - turn % 50, 2_000 + turn).await;
            put(place.store(), 100 + turn, turn).await;
            remove(place.store(), 1 + (turn * 7) % 99).await;
        }
        assert!(steps > 3, "{steps} steps");
    }
    for (day, expected) in expected.into_iter().enumerate() {
        assert_eq!(place.restored(&format!("day {day}")).await, expected);
    }
}

#[tokio::test]
async fn a_store_that_was_put_back_or_exchanged_is_copied_from_the_beginning() {
    let mut place = Place::new();
    for id in 1..100 {
        put(place.store(), id, 1).await;
    }
    assert!(!place.step("whole", 9_000).await.finished);
    // As it is now, in the middle of a backup.
    let (file, aside) = (place.path("store").join(FILE), place.path("aside"));
    place.store = None;
    std::fs::copy(&file, &aside).unwrap();
    place.reopens();
    // What only the later store has, at the beginning of the keys.
    for id in 1..20 {
        put(place.store(), id, 2).await;
    }
    for _ in 0..2 {
        assert!(!place.step("whole", 9_000).await.finished);
    }
    place.store = None;
    std::fs::copy(&aside, &file).unwrap();
    place.reopens();
    put(place.store(), 50, 3).await;
    place.finishes("whole", 9_000).await;
    assert_eq!(place.restored("whole").await, toys(place.store()).await);

    // What another store has begun, and what is no store at all.
    let other = Place::new();
    for id in 200..300 {
        put(other.store(), id, 1).await;
    }
    assert!(!other.step("whole", 9_000).await.finished);
    std::fs::copy(other.unfinished(), place.unfinished()).unwrap();
    place.finishes("second", 9_000).await;
    assert_eq!(place.restored("second").await, toys(place.store()).await);
    std::fs::write(place.unfinished(), vec![0x5a; 30_000]).unwrap();
    let whole = place.path("third").join(FILE);
    std::fs::create_dir_all(place.path("third")).unwrap();
    // It says so, and begins anew with the next.
    let unfinished = place.unfinished();
    let first = place.store().backup_step(&unfinished, &whole, 9_000).await;
    if first.is_err() {
        assert!(!place.unfinished().exists() && !whole.exists());
    }
    place.finishes("third", 9_000).await;
    assert_eq!(place.restored("third").await, toys(place.store()).await);
}

#[tokio::test]
async fn a_store_with_nothing_and_one_that_ends_a_backup() {
    let place = Place::new();
    place.finishes("nothing", 1).await;
    assert_eq!(place.restored("nothing").await, Toys::new());
    // What nobody goes on with is forgotten; nothing is written where there is nothing to forget.
    for id in 1..50 {
        put(place.store(), id, 1).await;
    }
    assert!(!place.step("ended", 2_000).await.finished);
    place.store().end_backup().await.unwrap();
    let file = place.path("store").join(FILE);
    let before = std::fs::read(&file).unwrap();
    place.store().end_backup().await.unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), before);
    put(place.store(), 3, 9).await;
    place.finishes("ended", 2_000).await;
    assert_eq!(place.restored("ended").await, toys(place.store()).await);
}

/// The scheduler's calls go on with what the daily one has begun, and only then is it called a backup.
#[tokio::test]
async fn a_call_takes_one_step_at_least_and_the_next_ones_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let app = TestApp::on_disk_with(&[("BACKUP_DIR", path)]).await;
    app.reader("ann").await;
    for n in 0..30_u8 {
        let big = Entity::new(Key::int("Probe", 1 + i64::from(n)));
        let big = big.unindexed("bytes", vec![n; 900_000]);
        let put = vec![Upsert(big, None)];
        app.state.store.commit(put).await.unwrap();
    }
    let names = || {
        let all = std::fs::read_dir(folder.path()).unwrap();
        let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<Vec<_>>()
    };
    let refreshed = app.refresh().await;
    assert!(refreshed.get("backup").is_none(), "{refreshed}");
    let mut nothing_left = Budget::of(Duration::ZERO);
    let store = &app.state.store;
    let first = backups::take(store, folder.path(), 7, at(23, 0), &mut nothing_left).await;
    assert!(!first.finished && first.taken.is_none() && first.bytes > 0);
    assert!(first.bytes < 12_000_000, "{}", first.bytes);
    assert_eq!(names(), ["dormouse.redb.unfinished"]);
    app.reader("ben").await;
    app.minutes_pass(30);
    let refreshed = app.refresh().await;
    let taken = refreshed["backup"]["taken"].as_str().unwrap().to_owned();
    assert_eq!(refreshed["backup"]["finished"], true);
    assert_eq!(names(), [taken.as_str()]);
    // Of today there is one, and the daily call is content.
    let daily = app.daily().await.json();
    assert_eq!(daily["backup"]["finished"], true, "{daily}");
    assert!(daily["backup"]["taken"].is_null());
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::rename(folder.path().join(&taken), copy.join(FILE)).unwrap();
    let users = dormouse::users::store::list(&open(&copy)).await.unwrap();
    assert_eq!(users.len(), 2);
}

#[test]
fn one_that_is_killed_again_and_again_is_never_half() {
    let shell = Shell::new();
    let add = |email: &str| {
        let args = ["user", "add", "--password-stdin", email];
        shell.run_with(&args, &[], PASSWORD).is(0);
    };
    add("ann@example.org");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = open(&shell.folder().join("data"));
        for n in 0..60_u8 {
            let big = Entity::new(Key::int("Probe", 1 + i64::from(n)));
            let big = big.unindexed("bytes", vec![n; 900_000]);
            store.commit(vec![Upsert(big, None)]).await.unwrap();
        }
    });
    let settings = [("BACKUP_DIR", "safe")];
    let backups = || {
        let all = std::fs::read_dir(shell.folder().join("safe"));
        let all = all.into_iter().flatten().map(|entry| entry.unwrap().path());
        let whole = all.filter(|path| path.to_string_lossy().ends_with(".redb"));
        whole.collect::<Vec<_>>()
    };
    let mut readers = 1;
    for turn in 0..12 {
        let time = Duration::from_millis(30 + 200 * turn);
        if shell.run_with_for(&["clean"], &settings, time) || !backups().is_empty() {
            break;
        }
        add(&format!("reader{turn}@example.org"));
        readers += 1;
    }
    shell.run_with(&["clean"], &settings, "").is(0);
    let [backup] = backups().try_into().unwrap();
    let restored = shell.run(&["restore", backup.to_str().unwrap()]);
    let words = format!("{readers} accounts");
    assert!(restored.is(0).out().contains(&words), "{restored:?}");
    shell.run(&["doctor"]).is(0);
}
