//! Index entries: which ones an entity has, and their bytes in the file.
//!
//! An entry is the index's mark (8 bytes), its columns in their directions, and the entity's key in the direction of
//! the last column. The mark is a hash of the index's definition, so indexes need no numbers.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, PoisonError, RwLock};

use sha2::{Digest, Sha256};

use super::codec;
use super::kept::{kept, key_direction};
use crate::datastore::query::{Direction, KEY};
use crate::datastore::{Entity, IndexDefinition, IndexSet, Value};

pub(super) const MARK: usize = 8;

pub(super) type Mark = [u8; MARK];

fn mark(parts: &[&str]) -> Mark {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut mark = [0; MARK];
    mark.copy_from_slice(&hash.finalize()[..MARK]);
    mark
}

/// The marks that were computed: of kinds, of their properties, and of composite indexes. As many as the code names.
#[derive(Debug, Default)]
struct Marks {
    properties: HashMap<String, HashMap<String, Mark>>,
    kinds: HashMap<String, Mark>,
    composites: HashMap<IndexDefinition, Mark>,
}

/// Most marks that are remembered, should names ever come from elsewhere.
const MOST_MARKS: usize = 10_000;
static MARKS: LazyLock<RwLock<Marks>> = LazyLock::new(RwLock::default);

/// A mark that is remembered, or `compute`d and remembered.
fn remembered(
    find: impl Fn(&Marks) -> Option<Mark>,
    compute: impl Fn() -> Mark,
    keep: impl Fn(&mut Marks, Mark),
) -> Mark {
    if let Some(mark) = find(&MARKS.read().unwrap_or_else(PoisonError::into_inner)) {
        return mark;
    }
    let mark = compute();
    let mut marks = MARKS.write().unwrap_or_else(PoisonError::into_inner);
    if marks.kinds.len() + marks.properties.len() + marks.composites.len() < MOST_MARKS {
        keep(&mut marks, mark);
    }
    mark
}

/// The mark of the index of a kind by key.
pub(super) fn kind_mark(kind: &str) -> Mark {
    remembered(
        |marks| marks.kinds.get(kind).copied(),
        || mark(&["kind", kind]),
        |marks, mark| {
            marks.kinds.insert(kind.to_owned(), mark);
        },
    )
}

/// The mark of the built-in index of one property.
pub(super) fn property_mark(kind: &str, property: &str) -> Mark {
    remembered(
        |marks| marks.properties.get(kind)?.get(property).copied(),
        || mark(&["property", kind, property]),
        |marks, mark| {
            let of_kind = marks.properties.entry(kind.to_owned()).or_default();
            of_kind.insert(property.to_owned(), mark);
        },
    )
}

/// The mark of a composite index.
pub(super) fn composite_mark(index: &IndexDefinition) -> Mark {
    remembered(
        |marks| marks.composites.get(index).copied(),
        || mark(&["composite", &index.to_string()]),
        |marks, mark| {
            marks.composites.insert(index.clone(), mark);
        },
    )
}

/// Every entry that an entity has.
pub(super) fn of(entity: &Entity, indexes: &IndexSet) -> BTreeSet<Vec<u8>> {
    let kind = entity.key.kind();
    let mut entries = BTreeSet::new();
    let mut own = kind_mark(kind).to_vec();
    codec::put_key(&entity.key, &mut own);
    entries.insert(own);
    for (name, property) in &entity.properties {
        if !property.indexed || !indexes.is_named_alone(kind, name) {
            continue;
        }
        let mark = property_mark(kind, name);
        for value in property.value.elements() {
            let mut entry = mark.to_vec();
            codec::put(value, &mut entry);
            codec::put_key(&entity.key, &mut entry);
            entries.insert(entry);
        }
    }
    for index in indexes.of_kind(kind) {
        let kept = kept(indexes, index);
        if !kept.backwards {
            composite(entity, index, kept.columns, &mut entries);
        }
    }
    entries
}

/// The entries in one composite index, with its first `kept` columns: every combination of the columns' values; none if a
/// column has no value.
fn composite(entity: &Entity, index: &IndexDefinition, kept: usize, out: &mut BTreeSet<Vec<u8>>) {
    let has_all = index.properties[kept..].iter().all(|column| {
        let property = entity.properties.get(&column.name);
        property.is_some_and(|property| property.indexed && !property.value.elements().is_empty())
    });
    if !has_all {
        return;
    }
    let columns = &index.properties[..kept];
    let mut entries = vec![composite_mark(index).to_vec()];
    if index.ancestor {
        let below = |entry: &Vec<u8>| {
            let entry = entry.clone();
            entity.key.lineage().map(move |ancestor| {
                let mut entry = entry.clone();
                codec::put_key(&ancestor, &mut entry);
                entry
            })
        };
        entries = entries.iter().flat_map(below).collect();
    }
    let key = Value::Key(entity.key.clone());
    for column in columns {
        let values = match entity.properties.get(&column.name) {
            _ if column.name == KEY => std::slice::from_ref(&key),
            Some(property) if property.indexed => property.value.elements(),
            _ => &[],
        };
        let longer = |entry: &Vec<u8>| {
            let entry = entry.clone();
            values.iter().map(move |value| {
                let mut entry = entry.clone();
                codec::put_directed(value, column.direction, &mut entry);
                entry
            })
        };
        entries = entries.iter().flat_map(longer).collect();
    }
    for mut entry in entries {
        put_entity_key(entity, key_direction(columns), &mut entry);
        out.insert(entry);
    }
}

fn put_entity_key(entity: &Entity, direction: Direction, out: &mut Vec<u8>) {
    let start = out.len();
    codec::put_key(&entity.key, out);
    if direction == Direction::Desc {
        codec::turn(&mut out[start..]);
    }
}
