//! Billed storage size: each entity, two built-in index entries for each indexed property, and one for each composite
//! index that contains it (Datastore's "storage size calculations").

use std::collections::BTreeMap;

use dormouse::tooling::datastore::{Cursor, Datastore, Entity, IndexSet, Kind, Query, StoreError};

/// Fixed overhead of an index entry in bytes.
const ENTRY: usize = 32;
/// What a kind's number of entities grows with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GrowsWith {
    /// The number of articles that feeds keep.
    Articles,
    /// The number of feeds.
    Feeds,
    /// The number of readers.
    Readers,
    /// Nothing: a few entities per installation.
    Nothing,
}

/// What a kind grows with.
pub(super) const fn grows_with(kind: Kind) -> GrowsWith {
    match kind {
        Kind::Article => GrowsWith::Articles,
        Kind::Feed | Kind::FeedUrl | Kind::Icon | Kind::Probe => GrowsWith::Feeds,
        Kind::User
        | Kind::Login
        | Kind::Session
        | Kind::Token
        | Kind::Invitation
        | Kind::Share
        | Kind::Subscription
        | Kind::ReadState
        | Kind::Star
        | Kind::Journal
        | Kind::Words
        | Kind::Webhook
        | Kind::Import
        | Kind::Audit => GrowsWith::Readers,
        Kind::Setting | Kind::Tick | Kind::Ledger | Kind::Job => GrowsWith::Nothing,
    }
}

/// Number of entities of one kind, and their size in bytes including index entries.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(super) struct Stored {
    pub entities: u64,
    pub bytes: u64,
}

/// Size of an entity in bytes, including all its index entries.
pub(super) fn bytes(entity: &Entity, indexes: &IndexSet) -> usize {
    let kind = entity.key.kind();
    let key = entity.key.size();
    let indexed = entity.properties.iter().filter(|(_, one)| one.indexed);
    // Ascending and descending.
    let built_in = indexed
        .map(|(name, one)| 2 * (key + kind.len() + 1 + name.len() + 1 + one.value.size() + ENTRY));
    let composite = indexes.all().iter().filter(|index| index.kind == kind);
    let composite = composite.filter_map(|index| {
        let values = index.properties.iter().map(|column| {
            let property = entity.properties.get(&column.name);
            property
                .filter(|one| one.indexed)
                .map(|one| one.value.size())
        });
        let values = values.collect::<Option<Vec<usize>>>()?;
        Some(key + values.iter().sum::<usize>() + ENTRY)
    });
    entity.size() + built_in.sum::<usize>() + composite.sum::<usize>()
}

/// The size of everything stored, by kind.
pub(super) async fn all(store: &Datastore) -> Result<BTreeMap<Kind, Stored>, StoreError> {
    let mut kinds = BTreeMap::new();
    for kind in Kind::ALL {
        let mut stored = Stored::default();
        let mut cursor: Option<Cursor> = None;
        loop {
            let page = store
                .run_query(&Query::kind(kind, 1_000).after(cursor))
                .await?;
            for row in &page.rows {
                stored.entities += 1;
                stored.bytes += bytes(&row.entity, store.indexes()) as u64;
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        kinds.insert(kind, stored);
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dormouse::tooling::datastore::Key;

    #[test]
    fn every_index_entry_counts() {
        let entity = Entity::new(Key::int(Kind::Star, 1))
            .indexed("user", 7_i64)
            .unindexed("body", vec![0_u8; 100]);
        let ours = IndexSet::ours().unwrap();
        let key = entity.key.size();
        let plain = entity.size() + 2 * (key + 5 + 5 + 8 + 32);
        assert_eq!(
            bytes(&entity, &ours),
            plain,
            "not in the composite index: it lacks two columns"
        );
        let whole = entity
            .clone()
            .indexed("starred_at", 1_i64)
            .indexed("card", "x");
        let more =
            whole.size() - entity.size() + 2 * (key + 5 + 11 + 8 + 32) + 2 * (key + 5 + 5 + 2 + 32);
        assert_eq!(bytes(&whole, &ours), plain + more + key + 8 + 8 + 2 + 32);
    }
}
