//! Durable commits a second, with writers that each wait for their own, beside what the disk does alone.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use dormouse::clock::Clock;
use dormouse::datastore::embedded::{DiskTrial, Embedded, Options};
use dormouse::datastore::{Datastore, Entity, IndexSet, Key, Mutation};

use super::table::note;

/// How long each row is measured.
const TIME: Duration = Duration::from_secs(2);

/// `cargo bench --bench figures -- commits`
pub(super) async fn figures() {
    for extra in [0, 3] {
        let delay = Duration::from_millis(extra);
        let bare = bare(delay);
        let beside = Some(("bare writes of a page with fdatasync", bare));
        let mut one = 0.0;
        for writers in [1, 16, 64] {
            let rate = rate(writers, delay).await;
            let name = format!("durable commits, {writers} writers, {extra} ms more a sync");
            note(&name, rate, "/s", beside);
            if writers == 1 {
                one = rate;
            } else {
                let name = format!("– {writers} writers beside one");
                note(&name, rate, "/s", Some(("one writer", one)));
            }
        }
    }
}

/// Writes of a page with a sync each, a second.
fn bare(delay: Duration) -> f64 {
    let mut file = tempfile::tempfile().unwrap();
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < TIME {
        file.write_all(&[7; 4_096]).unwrap();
        std::thread::sleep(delay);
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

async fn rate(writers: i64, delay: Duration) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let trial = Arc::new(DiskTrial::default());
    let options = Options {
        trial: Some(trial.clone()),
        ..Options::default()
    };
    let embedded = Embedded::open_with(folder.path(), IndexSet::ours().unwrap(), options).unwrap();
    trial
        .sync_delay
        .store(u64::try_from(delay.as_micros()).unwrap(), Relaxed);
    let store = Datastore::new(embedded, Clock::System);
    let began = Instant::now();
    let write = async |writer: i64| {
        let mut count = 0;
        while began.elapsed() < TIME {
            let key = Key::int("Bench", writer * 1_000_000 + i64::from(count) + 1);
            let entity = Entity::new(key).unindexed("body", vec![7_u8; 1_000]);
            let commit = store.commit(vec![Mutation::Insert(entity)]);
            commit.await.unwrap();
            count += 1;
        }
        count
    };
    let counts: Vec<i32> = futures_util::future::join_all((0..writers).map(write)).await;
    f64::from(counts.iter().sum::<i32>()) / began.elapsed().as_secs_f64()
}
