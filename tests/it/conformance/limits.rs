//! Google's limits: at the limit is fine, beyond it isn't.
//!
//! Where the emulator's limit is lower than production's (5,000 indexed values, requests of 4 MiB), a case stays below
//! the emulator's.

use dormouse::datastore::Value::{self, Array, Blob, Int, Timestamp};
use dormouse::datastore::rules::{
    ENTITY_BYTES, INDEX_ENTRIES, INDEXED_BYTES, KEY_BYTES, UNINDEXED_BYTES, index_entries,
};
use dormouse::datastore::{Datastore, Entity, IndexSet, Key, Mutation, StoreError};

use super::support::{assert_refused, ids, ints, key, put, text, toy, toys, with};

async fn try_put(store: &Datastore, entity: Entity) -> Result<(), StoreError> {
    store
        .commit(vec![Mutation::Upsert(entity, None)])
        .await
        .map(drop)
}

async fn assert_taken(store: &Datastore, entity: Entity) {
    let key = entity.key.clone();
    try_put(store, entity.clone())
        .await
        .expect("within the limits");
    assert_eq!(store.get(&key).await.unwrap().unwrap().entity, entity);
}

fn long(bytes: usize) -> String {
    "x".repeat(bytes)
}

pub(super) async fn an_indexed_text_or_blob_has_at_most_1500_bytes(store: &Datastore) {
    let two_byte_letters = "é".repeat(INDEXED_BYTES / 2);
    let most = [
        Value::from(long(INDEXED_BYTES)),
        Blob(vec![0; INDEXED_BYTES]),
        text(&two_byte_letters),
    ];
    for value in most {
        assert_taken(store, toy(1, [("a", value.clone())])).await;
        assert_eq!(ids(store, &toys().equal("a", value.clone())).await, [1]);
        assert_taken(store, toy(1, [("a", Array(vec![Int(1), value]))])).await;
    }
    let letter_more = text(&(two_byte_letters + "é"));
    let more = [
        Value::from(long(INDEXED_BYTES + 1)),
        Blob(vec![0; INDEXED_BYTES + 1]),
        letter_more,
    ];
    for value in more {
        assert_refused(try_put(store, toy(1, [("a", value.clone())])).await);
        assert_refused(try_put(store, toy(1, [("a", Array(vec![Int(1), value]))])).await);
    }
}

pub(super) async fn an_unindexed_value_may_be_nearly_as_large_as_an_entity(store: &Datastore) {
    let entity = |bytes| Entity::new(key(1)).unindexed("a", long(bytes));
    assert_taken(store, entity(UNINDEXED_BYTES)).await;
    assert_refused(try_put(store, entity(UNINDEXED_BYTES + 1)).await);
    let in_array = Array(vec![long(2_000).into(), Blob(vec![1; 2_000])]);
    assert_taken(store, Entity::new(key(1)).unindexed("a", in_array)).await;
}

pub(super) async fn an_entity_has_at_most_1048572_bytes(store: &Datastore) {
    let two = |bytes| {
        let first = Entity::new(key(1)).unindexed("a", Blob(vec![7; 500_000]));
        let used = first.size() + "b".len() + 1 + 1;
        first.unindexed("b", Blob(vec![7; bytes - used]))
    };
    assert_eq!(two(ENTITY_BYTES).size(), ENTITY_BYTES);
    assert_taken(store, two(ENTITY_BYTES)).await;
    // The emulator's limit is 4 bytes higher.
    assert_refused(try_put(store, two(ENTITY_BYTES + 5)).await);
}

pub(super) async fn a_key_has_at_most_six_kilobytes(store: &Datastore) {
    let deep = |last| {
        let above = (0..4).fold(key(1), |key, _| key.child_name("Toy", long(1_450)));
        above.child_name("Toy", long(last))
    };
    let rest = KEY_BYTES - deep(1).size() + 1;
    assert_eq!(deep(rest).size(), KEY_BYTES);
    assert_taken(store, Entity::new(deep(rest))).await;
    assert_refused(try_put(store, Entity::new(deep(rest + 1))).await);
    assert_refused(store.get(&deep(rest + 1)).await);
    assert_refused(try_put(store, toy(1, [("a", deep(rest + 1).into())])).await);
}

pub(super) async fn a_path_has_at_most_a_hundred_steps(store: &Datastore) {
    let deep = |steps| (1..steps).fold(key(1), |key, _| key.child_int("Toy", 1));
    assert_taken(store, Entity::new(deep(100))).await;
    assert_refused(try_put(store, Entity::new(deep(101))).await);
}

pub(super) async fn names_have_1_to_1500_bytes(store: &Datastore) {
    let longest = long(INDEXED_BYTES);
    assert_taken(store, Entity::new(Key::name("Toy", &longest))).await;
    assert_taken(store, Entity::new(Key::int(&longest, 1))).await;
    assert_taken(store, Entity::new(key(1)).unindexed(&longest, true)).await;
    for name in [String::new(), long(INDEXED_BYTES + 1)] {
        assert_refused(try_put(store, Entity::new(Key::name("Toy", &name))).await);
        assert_refused(try_put(store, Entity::new(Key::int(&name, 1))).await);
        assert_refused(try_put(store, Entity::new(key(1)).unindexed(&name, true)).await);
    }
}

pub(super) async fn names_between_two_underscores_each_are_googles(store: &Datastore) {
    for name in ["__x__", "__key__", "__id5__", "____"] {
        assert_refused(try_put(store, Entity::new(Key::name("Toy", name))).await);
        assert_refused(try_put(store, Entity::new(Key::int(name, 1))).await);
        assert_refused(try_put(store, toy(1, [(name, Int(1))])).await);
    }
    for name in ["__x", "x__", "__", "_", "a.b", "é", "a b"] {
        assert_taken(store, with(Key::name("Toy", name), [(name, Int(1))])).await;
        assert_taken(store, Entity::new(Key::int(name, 1))).await;
    }
}

pub(super) async fn a_keys_number_isn_t_zero(store: &Datastore) {
    assert_refused(try_put(store, toy(0, [])).await);
    assert_refused(try_put(store, Entity::new(key(0).child_int("Toy", 1))).await);
    assert_refused(try_put(store, toy(1, [("a", key(0).into())])).await);
    assert_refused(store.commit(vec![Mutation::Delete(key(0), None)]).await);
    assert_taken(store, toy(-1, [])).await;
    assert_taken(store, toy(i64::MIN, [])).await;
}

pub(super) async fn an_array_holds_no_array(store: &Datastore) {
    let nested = Array(vec![ints([1])]);
    assert_refused(try_put(store, toy(1, [("a", nested.clone())])).await);
    assert_refused(try_put(store, Entity::new(key(1)).unindexed("a", nested)).await);
}

/// Years 1 to 9999.
pub(super) async fn a_timestamp_has_a_year_of_four_digits(store: &Datastore) {
    let (first, last) = (-62_135_596_800_000_000, 253_402_300_799_999_999);
    for micros in [first, last] {
        assert_taken(store, toy(1, [("a", Timestamp(micros))])).await;
    }
    for micros in [first - 1, last + 1] {
        assert_refused(try_put(store, toy(1, [("a", Timestamp(micros))])).await);
        let hidden = Entity::new(key(1)).unindexed("a", Array(vec![Timestamp(micros)]));
        assert_refused(try_put(store, hidden).await);
    }
}

pub(super) async fn an_entity_has_at_most_20000_index_entries(store: &Datastore) {
    let many = |name, count| toy(1, [(name, Array((0..count).map(Int).collect()))]);
    assert_taken(store, many("e", 5_000)).await;
    assert_refused(try_put(store, many("e", 10_001)).await);
    assert_eq!(
        index_entries(&many("e", 10_000), &IndexSet::default()),
        INDEX_ENTRIES
    );
    let hidden = Array((0..30_000).map(Int).collect());
    assert_taken(store, Entity::new(key(1)).unindexed("e", hidden)).await;

    let pairs = |count| {
        let numbers: Vec<Value> = (0..count).map(Int).collect();
        toy(1, [("e", Array(numbers.clone())), ("f", Array(numbers))])
    };
    let list = "indexes:\n- {kind: Toy, properties: [{name: e}, {name: f}]}\n\
                - {kind: Toy, ancestor: true, properties: [{name: e}, {name: __key__}]}";
    let indexes = IndexSet::from_yaml(list).unwrap();
    assert_eq!(index_entries(&pairs(10), &indexes), 2 * 20 + 100 + 10);
    let mut deep = pairs(10);
    deep.key = key(2).child_int("Toy", 1);
    assert_eq!(index_entries(&deep, &indexes), 2 * 20 + 100 + 2 * 10);
}

pub(super) async fn a_commit_has_at_most_ten_megabytes(store: &Datastore) {
    let large = |id| Mutation::Upsert(Entity::new(key(id)).unindexed("a", long(1_000_000)), None);
    store.commit((1..=3).map(large).collect()).await.unwrap();
    assert_refused(store.commit((4..=14).map(large).collect()).await);
    assert_eq!(ids(store, &toys().keys_only()).await, [1, 2, 3]);
}

pub(super) async fn a_refused_commit_writes_nothing(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1))])]).await;
    let mutations = vec![
        Mutation::Upsert(toy(1, [("a", Int(2))]), None),
        Mutation::Upsert(toy(2, [("a", Value::from(long(1_501)))]), None),
    ];
    assert_refused(store.commit(mutations).await);
    assert_eq!(ids(store, &toys().equal("a", Int(1))).await, [1]);
}
