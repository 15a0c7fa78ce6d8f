//! What the embedded store takes on the disk, beside what it would take with every index that Google keeps.

use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::ids::FeedId;

use super::table::note;

const FEEDS: u32 = 300;
const ARTICLES: u32 = 50;

/// Bytes of the compact file, and index entries, of 300 feeds of 50 articles.
async fn of(indexes: IndexSet) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let embedded = Embedded::open(folder.path(), indexes).unwrap();
    let store = Datastore::new(embedded, Clock::System);
    for number in 1..=FEEDS {
        let changes = super::shelves::seeded(FeedId(number * 7_919), ARTICLES, number);
        store.commit(changes).await.unwrap();
    }
    let entries = store.check_indexes().await.unwrap().entries;
    let (_, after) = store.compact().await.unwrap();
    (after as f64 / 1e6, entries as f64)
}

/// `cargo bench --bench figures -- disk`
pub(super) async fn figures() {
    let (bytes, entries) = of(IndexSet::ours().unwrap()).await;
    // A list that isn't known to be ours keeps all.
    let whole = IndexSet::from_yaml(include_str!("../../index.yaml")).unwrap();
    let (whole_bytes, whole_entries) = of(whole).await;
    let beside = "with every index whole";
    note(
        "file of 300 x 50 articles",
        bytes,
        "MB",
        Some((beside, whole_bytes)),
    );
    note(
        "its index entries",
        entries,
        "",
        Some((beside, whole_entries)),
    );
}
