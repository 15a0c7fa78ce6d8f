//! Google's limits, enforced above every backend, so that no backend accepts what another would refuse.
//!
//! Source: "Limits" in the Datastore documentation, and what Google's emulator returns.

use super::key::Id;
use super::mutation::Mutation;
use super::{Entity, IndexSet, Key, StoreError, Value};

/// The most keys of one lookup.
pub const LOOKUP_KEYS: usize = 1_000;
/// Bytes of an indexed string or blob, of a name in a key, of a kind or property name.
pub const INDEXED_BYTES: usize = 1_500;
/// The largest entity, in bytes.
pub const ENTITY_BYTES: usize = 1_048_572;
/// Bytes of one unindexed value.
pub const UNINDEXED_BYTES: usize = 1_048_487;
/// The largest key, in bytes.
pub const KEY_BYTES: usize = 6 * 1_024;
/// Elements in one key's path.
pub const KEY_STEPS: usize = 100;
/// Microseconds of a timestamp: the years 1 to 9999.
pub const TIMESTAMPS: std::ops::RangeInclusive<i64> =
    -62_135_596_800_000_000..=253_402_300_799_999_999;
/// Index entries of one entity, built-in and composite.
pub const INDEX_ENTRIES: usize = 20_000;
/// The largest commit, in bytes.
pub const COMMIT_BYTES: usize = 10 * 1_024 * 1_024;

type Checked = Result<(), StoreError>;

fn at_most(what: impl FnOnce() -> String, size: usize, limit: usize) -> Checked {
    if size > limit {
        let what = what();
        return Err(StoreError::TooLarge { what, size, limit });
    }
    Ok(())
}

fn invalid(text: String) -> Checked {
    Err(StoreError::Invalid(text))
}

/// Checks a key by itself: no empty or reserved parts, no number 0.
pub(super) fn check_key(key: &Key) -> Checked {
    for element in key.path() {
        check_name("a kind", &element.kind)?;
        match &element.id {
            Id::Int(0) => return invalid(format!("{key}: a key’s number isn’t 0")),
            Id::Int(_) => {}
            Id::Name(name) => check_name("a key’s name", name)?,
        }
    }
    at_most(
        || format!("the key {key} (steps)"),
        key.path().len(),
        KEY_STEPS,
    )?;
    at_most(|| format!("the key {key}"), key.size(), KEY_BYTES)
}

fn check_name(what: &str, name: &str) -> Checked {
    if name.is_empty() {
        return invalid(format!("{what} is empty"));
    }
    if name.len() >= 4 && name.starts_with("__") && name.ends_with("__") {
        return invalid(format!("{what} is reserved: {name}"));
    }
    at_most(|| what.to_owned(), name.len(), INDEXED_BYTES)
}

/// Checks the keys of one lookup.
pub(super) fn check_lookup(keys: &[Key]) -> Checked {
    at_most(|| "a lookup (keys)".into(), keys.len(), LOOKUP_KEYS)?;
    keys.iter().try_for_each(check_key)
}

/// Checks the mutations of one commit: each valid, no key twice, all together small enough.
pub(super) fn check_commit(mutations: &[Mutation], indexes: &IndexSet) -> Checked {
    let mut size = 0;
    let mut keys = std::collections::HashSet::new();
    for mutation in mutations {
        let key = mutation.key();
        check_key(key)?;
        if matches!(
            mutation,
            Mutation::Update(_, Some(0)) | Mutation::Delete(_, Some(0))
        ) {
            return invalid(format!("{key}: a change of what must not exist"));
        }
        if !keys.insert(key) {
            return invalid(format!("{key} is changed twice in one commit"));
        }
        match mutation.entity() {
            Some(entity) => {
                check_entity(entity, indexes)?;
                size += entity.size();
            }
            None => size += key.size(),
        }
    }
    at_most(|| "a commit".into(), size, COMMIT_BYTES)
}

fn check_entity(entity: &Entity, indexes: &IndexSet) -> Checked {
    let key = &entity.key;
    for (name, property) in &entity.properties {
        check_name("a property’s name", name)?;
        check_value(&format!("{key} {name}"), &property.value, property.indexed)?;
    }
    let of = || format!("{key}");
    at_most(of, entity.size(), ENTITY_BYTES)?;
    let entries = || format!("{key} (index entries)");
    at_most(entries, index_entries(entity, indexes), INDEX_ENTRIES)
}

fn check_value(what: &str, value: &Value, indexed: bool) -> Checked {
    let limit = if indexed {
        INDEXED_BYTES
    } else {
        UNINDEXED_BYTES
    };
    match value {
        Value::String(text) => at_most(|| what.into(), text.len(), limit),
        Value::Blob(bytes) => at_most(|| what.into(), bytes.len(), limit),
        Value::Key(key) => check_key(key),
        Value::Timestamp(micros) if !TIMESTAMPS.contains(micros) => {
            invalid(format!("{what}: a timestamp is in the years 1 to 9999"))
        }
        Value::Array(values) => {
            if values.iter().any(|value| matches!(value, Value::Array(_))) {
                return invalid(format!("{what}: an array can’t hold an array"));
            }
            values
                .iter()
                .try_for_each(|value| check_value(what, value, indexed))
        }
        _ => Ok(()),
    }
}

/// How many index entries an entity has: two built-in ones (ascending and descending) per indexed value, and in each
/// composite index the product of its columns' numbers of values.
pub fn index_entries(entity: &Entity, indexes: &IndexSet) -> usize {
    let values = |name: &str| match entity.properties.get(name) {
        Some(property) if property.indexed => property.value.elements().len(),
        _ => 0,
    };
    let names = entity.properties.keys();
    let builtin: usize = names.map(|name| 2 * values(name)).sum();
    let composite = indexes.of_kind(entity.key.kind()).map(|index| {
        let columns = index
            .properties
            .iter()
            .filter(|column| column.name != super::query::KEY);
        let product = columns
            .map(|column| values(&column.name))
            .fold(1, usize::saturating_mul);
        let ancestors = if index.ancestor {
            entity.key.path().len()
        } else {
            1
        };
        product.saturating_mul(ancestors)
    });
    composite.fold(builtin, usize::saturating_add)
}
