//! `dormouse doctor --fix`: what follows from the rest of the store is mended, what doesn't is said, and a sound store stays as it
//! is, byte for byte.

use dormouse::clock::Clock;
use dormouse::datastore::Mutation::{self, Delete, Upsert};
use dormouse::datastore::embedded::{Embedded, FILE};
use dormouse::datastore::{Datastore, Entity, IndexSet, Key, Kind, Query, Stored};
use dormouse::feeds::{self, Feed, PollTier};
use dormouse::shelf::read_store;
use dormouse::{articles, users};

use crate::support::{FakeWeb, FeedText, PASSWORD, Page, Shell, at};

const ANN: &str = "ann@example.org";

/// A store with a reader, two feeds and their articles.
struct Sick {
    shell: Shell,
    _web: FakeWeb,
}

impl Sick {
    fn new() -> Self {
        let (shell, web) = (Shell::new(), FakeWeb::start());
        let add = ["user", "add", ANN, "--password-stdin"];
        shell.run_with(&add, &[], PASSWORD).is(0);
        let feeds = ["a", "b"].map(|name| {
            let text = FeedText::hourly(name, 5, at(10, 0)).rss();
            let url = web.put(&format!("/{name}"), Page::feed(text));
            format!("<outline text=\"{name}\" xmlUrl=\"{url}\"/>")
        });
        let list = format!("<opml><body>{}</body></opml>", feeds.concat());
        std::fs::write(shell.folder().join("list.opml"), list).unwrap();
        shell.run(&["import", "list.opml", "--user", ANN]).is(0);
        shell.run(&["tick"]).is(0);
        Self { shell, _web: web }
    }

    /// Changes the store behind everybody's back.
    fn hurt(&self, how: impl AsyncFnOnce(&Datastore, Feed) -> Vec<Mutation>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let folder = self.shell.folder().join("data");
            let embedded = Embedded::open(&folder, IndexSet::ours().unwrap()).unwrap();
            let store = Datastore::new(embedded, Clock::System);
            let (mut all, _) = feeds::store::all(&store, None, 10).await.unwrap();
            let changes = how(&store, all.remove(0)).await;
            if !changes.is_empty() {
                store.commit(changes).await.unwrap();
            }
        });
    }

    /// The doctor finds this, mends it, and is content.
    fn is_mended(&self, fault: &str) {
        let found = self.shell.run(&["doctor"]);
        let words = found.is(1).out();
        assert!(words.contains(fault), "{words}");
        assert!(words.contains("dormouse doctor --fix mends it"), "{words}");
        let mended = self.shell.run(&["doctor", "--fix"]);
        let words = mended.is(0).out();
        let line = format!("mended: {fault}");
        let is_said = words
            .lines()
            .any(|said| said.starts_with("mended: ") && said.contains(fault));
        assert!(is_said, "{line}: {words}");
        assert!(words.ends_with("sound\n"), "{words}");
        assert!(self.shell.run(&["doctor"]).is(0).out().ends_with("sound\n"));
    }

    /// Every record with its version.
    fn records(&self) -> Vec<Stored> {
        let mut all = Vec::new();
        self.hurt(async |store, _| {
            for kind in Kind::ALL {
                let page = store.run_query(&Query::kind(kind, 1_000)).await.unwrap();
                all.extend(page.rows);
            }
            Vec::new()
        });
        all
    }

    /// The bytes of the store's file after the doctor has looked at a copy. Opening a file and closing it writes into it: the same
    /// bytes each time.
    fn bytes_after(&self, arguments: &[&str]) -> Vec<u8> {
        let folder = self.shell.folder();
        let copy = folder.join("copy");
        std::fs::create_dir_all(&copy).unwrap();
        std::fs::copy(folder.join("data").join(FILE), copy.join(FILE)).unwrap();
        let settings = [("STORE", "copy")];
        self.shell.run_with(arguments, &settings, "").is(0);
        std::fs::read(copy.join(FILE)).unwrap()
    }
}

#[test]
fn counts_and_what_follows_from_them_are_mended() {
    let sick = Sick::new();
    sick.hurt(async |_, mut feed| {
        feed.summary.subscribers = 7;
        vec![feeds::store::update(&feed).unwrap()]
    });
    sick.is_mended("it counts 7 readers, and has 1");
    sick.hurt(async |_, mut feed| {
        feed.summary.asleep = 1;
        vec![feeds::store::update(&feed).unwrap()]
    });
    sick.is_mended("it counts 1 sleeping readers, and has 0");
    sick.hurt(async |_, mut feed| {
        feed.summary.tier = PollTier::Off;
        vec![feeds::store::update(&feed).unwrap()]
    });
    sick.is_mended("it has an active subscriber, and is not scheduled");
    sick.hurt(async |_, mut feed| {
        feed.summary.orphaned_day = 20_000;
        vec![feeds::store::update(&feed).unwrap()]
    });
    sick.is_mended("the day of its last subscriber is wrong");
}

#[test]
fn addresses_and_what_belongs_to_nothing_are_mended() {
    let sick = Sick::new();
    sick.hurt(async |_, feed| feeds::store::remove_addresses(&feed));
    sick.is_mended("its address doesn’t lead to it");
    sick.hurt(async |_, _| {
        let address = Entity::new(Key::name("FeedUrl", "dead")).unindexed("feed", 4_711);
        vec![Upsert(address, None)]
    });
    sick.is_mended("an address that leads to feed");
    // An article beyond the last, with which the next one would collide; and those of a feed that has gone.
    let copies = async |store: &Datastore, feed: &Feed, to: Key| {
        let mut rows = store.run_query(&Query::kind("Article", 100)).await.unwrap();
        let own = feeds::store::key(feed.id);
        rows.rows
            .retain(|row| row.entity.key.parent().as_ref() == Some(&own));
        let mut copy = rows.rows[0].entity.clone();
        copy.key = to;
        vec![Upsert(copy, None)]
    };
    sick.hurt(async |store, feed| {
        let beyond = feeds::store::key(feed.id).child_int("Article", 99);
        copies(store, &feed, beyond).await
    });
    sick.is_mended("should be there, and 1 beyond them are");
    sick.hurt(async |store, feed| {
        let nobodys = Key::int("Feed", 4_711).child_int("Article", 1);
        copies(store, &feed, nobodys).await
    });
    sick.is_mended("1 articles of feed");
    let doctor = sick.shell.run(&["doctor"]);
    assert!(doctor.is(0).out().contains("Article\t10\n"), "{doctor:?}");
}

#[test]
fn sleep_and_marks_are_mended() {
    let sick = Sick::new();
    let of_ann = async |store: &Datastore| {
        let all = users::store::list(store).await.unwrap();
        all.into_iter().next().unwrap()
    };
    sick.hurt(async |store, _| {
        let mut ann = of_ann(store).await;
        ann.profile.resting.insert(dormouse::ids::FeedId(4_711));
        vec![users::store::update(&ann).unwrap()]
    });
    sick.is_mended("sleeps for a feed that isn’t on the shelf");
    sick.hurt(async |store, _| {
        let mut ann = of_ann(store).await;
        ann.awake = false;
        vec![users::store::update(&ann).unwrap()]
    });
    // Their feeds rest then, and count it.
    sick.is_mended("sleeps, and a feed counts as if awake");
    sick.hurt(async |store, feed| {
        let ann = of_ann(store).await.id;
        let id = dormouse::ids::ArticleId {
            feed: feed.id,
            seq: feed.summary.last + 5,
        };
        let numbers = dormouse::ids::Numbers {
            last: id.seq,
            ..feed.summary.numbers(feed.id)
        };
        let read = |state: &mut dormouse::shelf::ReadShards| {
            state.mark(numbers, id.seq, true);
        };
        read_store::change(store, ann, at(12, 0), read)
            .await
            .unwrap();
        Vec::new()
    });
    sick.is_mended("is read, and the last is");
}

#[test]
fn what_cant_be_mended_is_said_and_left_alone() {
    let sick = Sick::new();
    sick.hurt(async |_, feed| {
        let lost = dormouse::ids::ArticleId {
            feed: feed.id,
            seq: feed.summary.last,
        };
        vec![
            articles::store::remove(lost),
            Upsert(Entity::new(Key::int("Toy", 1)), None),
        ]
    });
    let before = sick.records();
    let left = sick.shell.run(&["doctor", "--fix"]);
    let words = left.is(1).out();
    for part in [
        "1 entities of the kind Toy, which isn’t ours (a newer version",
        "should be there, and 4 are (put a backup",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(!words.contains("mended:") && !words.contains("sound"));
    let told = sick.shell.run(&["doctor", "--json"]).is(1).json();
    assert_eq!(told["sound"], false);
    assert_eq!(told["faults"][0]["mendable"], false);
    assert!(told["faults"][0]["advice"].is_string());
    assert_eq!(sick.records(), before, "something was written");
    // A feed whose subscription leads nowhere.
    sick.hurt(async |_, feed| vec![Delete(feeds::store::key(feed.id), None)]);
    let left = sick.shell.run(&["doctor", "--fix"]);
    let words = left.is(1).out();
    assert!(words.contains("a subscription to feed"), "{words}");
}

#[test]
fn a_sound_store_stays_as_it_is() {
    let sick = Sick::new();
    let before = sick.records();
    assert!(before.len() > 10);
    let looked = sick.shell.run(&["doctor", "--fix"]);
    let words = looked.is(0).out();
    assert!(!words.contains("mended"), "{words}");
    let told = sick.shell.run(&["doctor", "--fix", "--json"]).is(0).json();
    assert_eq!(told["mended"].as_array().unwrap().len(), 0);
    assert_eq!(sick.records(), before);
    let [looked, mended] = [&["doctor"][..], &["doctor", "--fix"]].map(|one| sick.bytes_after(one));
    assert!(looked == mended, "other bytes than after a look");
}
