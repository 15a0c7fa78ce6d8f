//! Queries over the index table: one range scan for each branch of the `In` filters, merged.
//!
//! In every index that serves a query, what follows the fixed part of an entry (the *suffix*: order columns, projected
//! columns, key) sorts as the results do. So branches are merged by comparing suffixes, equal suffixes are one result,
//! and the last suffix of a page is its cursor.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Bound;

use redb::ReadableTable;

use super::codec::{self, ByteReader};
use super::kept::{kept, key_direction};
use super::{entries, record, unavailable};
use crate::datastore::index::Choice;
use crate::datastore::query::{Direction, KEY, Query, RangeOp, Shape};
use crate::datastore::{Entity, Filter, IndexSet, Key, Page, StoreError, Stored, Value};

/// A branch's next result: the suffix, inverted if the scan goes backwards, and the branch's number.
type Head = Reverse<(Vec<u8>, usize)>;

/// A decoded suffix: its columns by name, and the key.
type Suffix<'s> = (Vec<(&'s String, Value)>, Key);

/// The layout of a chosen index's entries.
struct Layout {
    /// Hashed once per query, not once per branch.
    mark: Vec<u8>,
    /// The suffix's columns, as stored in the file.
    columns: Vec<(String, Direction)>,
    /// The direction of the key after them, as stored in the file.
    key: Direction,
    /// Whether the index is read from its end.
    backwards: bool,
    /// Whether what is projected is in the entity and not in the entries.
    is_fetched: bool,
}

/// One range of entries.
struct Branch<'q> {
    prefix: Vec<u8>,
    /// Conditions that the index doesn't settle, to be checked on the entity.
    residual: Vec<(&'q str, &'q Value)>,
}

/// Runs a query on the two tables.
pub(super) fn run(
    query: &Query,
    indexes: &IndexSet,
    index: &impl ReadableTable<&'static [u8], ()>,
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
) -> Result<Page, StoreError> {
    let choice = indexes.choose(query)?;
    let layout = Layout::of(&choice, query, indexes);
    let branches = layout.branches(query, &choice);
    let after = match query.start_position()? {
        Some(position) => {
            let read = layout.read(position);
            read.map_err(|_| StoreError::BadCursor)?;
            Some(position.to_vec())
        }
        None => None,
    };
    let mut scans = Vec::with_capacity(branches.len());
    let mut heads: BinaryHeap<Head> = BinaryHeap::with_capacity(branches.len());
    for branch in &branches {
        let (low, high) = layout.bounds(query, &branch.prefix, after.as_deref());
        if is_empty(&low, &high) {
            scans.push(None);
            continue;
        }
        let range = index
            .range::<&[u8]>((as_ref(&low), as_ref(&high)))
            .map_err(unavailable)?;
        scans.push(Some(range));
    }
    let mut advance = |number: usize| -> Result<Option<Vec<u8>>, StoreError> {
        let Some(range) = &mut scans[number] else {
            return Ok(None);
        };
        let entry = if layout.backwards {
            range.next_back()
        } else {
            range.next()
        };
        let Some(entry) = entry else { return Ok(None) };
        let (entry, ()) = entry.map(|(key, _)| (key, ())).map_err(unavailable)?;
        let mut suffix = entry.value()[branches[number].prefix.len()..].to_vec();
        if layout.backwards {
            codec::turn(&mut suffix);
        }
        Ok(Some(suffix))
    };
    for number in 0..branches.len() {
        if let Some(suffix) = advance(number)? {
            heads.push(Reverse((suffix, number)));
        }
    }
    let limit = query.limit as usize;
    let mut page = Page::default();
    let mut last: Option<Vec<u8>> = None;
    while let Some(Reverse((suffix, number))) = heads.pop() {
        if let Some(next) = advance(number)? {
            heads.push(Reverse((next, number)));
        }
        if last.as_ref() == Some(&suffix) {
            continue;
        }
        // Another branch may still accept what this one rejects.
        let Some(row) = layout.row(query, &suffix, &branches[number], table)? else {
            continue;
        };
        page.rows.push(row);
        last = Some(suffix);
        if page.rows.len() == limit {
            page.next = last.as_ref().map(|suffix| query.cursor_at(suffix));
            break;
        }
    }
    Ok(page)
}

impl Layout {
    fn of(choice: &Choice<'_>, query: &Query, indexes: &IndexSet) -> Self {
        match choice {
            Choice::ByKey => Self {
                mark: match query.equal_properties().first() {
                    Some(name) => entries::property_mark(&query.kind, name).to_vec(),
                    None => entries::kind_mark(&query.kind).to_vec(),
                },
                columns: Vec::new(),
                key: Direction::Asc,
                backwards: false,
                is_fetched: false,
            },
            Choice::ByProperty(order) => Self {
                mark: entries::property_mark(&query.kind, &order.property).to_vec(),
                columns: vec![(order.property.clone(), Direction::Asc)],
                key: Direction::Asc,
                backwards: order.direction == Direction::Desc,
                is_fetched: false,
            },
            Choice::Composite(index) => {
                let kept = kept(indexes, index);
                let columns = &kept.index.properties[..kept.columns];
                let suffix = columns.iter().skip(query.equal_properties().len());
                Self {
                    mark: entries::composite_mark(kept.index).to_vec(),
                    columns: suffix
                        .map(|column| (column.name.clone(), column.direction))
                        .collect(),
                    key: key_direction(columns),
                    backwards: kept.backwards,
                    is_fetched: kept.columns < kept.index.properties.len(),
                }
            }
        }
    }

    /// The fixed prefixes of the entries that can match.
    fn branches<'q>(&self, query: &'q Query, choice: &Choice<'_>) -> Vec<Branch<'q>> {
        let fixed = query.equal_properties().len();
        let branches = query.branches().into_iter().map(|mut residual| {
            let mut prefix = self.mark.clone();
            match choice {
                Choice::ByProperty(_) => {}
                Choice::ByKey => {
                    // The first equality picks the range; the others are checked on the entity.
                    if !residual.is_empty() {
                        let (_, value) = residual.remove(0);
                        codec::put(value, &mut prefix);
                    }
                }
                Choice::Composite(index) => {
                    if let Some(ancestor) = &query.ancestor {
                        codec::put_key(ancestor, &mut prefix);
                    }
                    for column in &index.properties[..fixed] {
                        let found = residual.iter().position(|(name, _)| *name == column.name);
                        if let Some(position) = found {
                            let (_, value) = residual.remove(position);
                            codec::put_directed(value, column.direction, &mut prefix);
                        }
                    }
                }
            }
            Branch { prefix, residual }
        });
        branches.collect()
    }

    /// The bounds of a branch's scan, from the range filters, the ancestor and the cursor.
    fn bounds(&self, query: &Query, prefix: &[u8], after: Option<&[u8]>) -> Bounds {
        let mut low = Bound::Included(prefix.to_vec());
        let mut high = past(prefix.to_vec());
        let columns = &self.columns;
        if columns.is_empty()
            && let Some(ancestor) = &query.ancestor
        {
            let mut within = prefix.to_vec();
            codec::put_key_open(ancestor, &mut within);
            low = Bound::Included(within.clone());
            high = past(within);
        }
        for filter in &query.filters {
            let Filter::Range(name, op, value) = filter else {
                continue;
            };
            let mut at = prefix.to_vec();
            let direction = match (columns.first(), value) {
                (Some((_, direction)), _) => {
                    codec::put_directed(value, *direction, &mut at);
                    *direction
                }
                (None, Value::Key(key)) if name == KEY => {
                    codec::put_key(key, &mut at);
                    self.key
                }
                (None, _) => continue,
            };
            let upwards = direction == Direction::Asc;
            match (op, upwards) {
                (RangeOp::Less, true) | (RangeOp::Greater, false) => {
                    high = tighter(high, Bound::Excluded(at), true);
                }
                (RangeOp::AtMost, true) | (RangeOp::AtLeast, false) => {
                    high = tighter(high, past(at), true);
                }
                (RangeOp::Greater, true) | (RangeOp::Less, false) => {
                    low = tighter(low, turned(past(at)), false);
                }
                (RangeOp::AtLeast, true) | (RangeOp::AtMost, false) => {
                    low = tighter(low, Bound::Included(at), false);
                }
            }
        }
        if let Some(after) = after {
            let mut at = prefix.to_vec();
            at.extend_from_slice(after);
            if self.backwards {
                codec::turn(&mut at[prefix.len()..]);
                high = tighter(high, Bound::Excluded(at), true);
            } else {
                low = tighter(low, Bound::Excluded(at), false);
            }
        }
        (low, high)
    }

    /// Decodes a suffix: its columns and the key after them.
    fn read<'s>(&'s self, suffix: &[u8]) -> Result<Suffix<'s>, StoreError> {
        let turn = |direction| match (direction, self.backwards) {
            (Direction::Asc, false) | (Direction::Desc, true) => Direction::Asc,
            _ => Direction::Desc,
        };
        let mut reader = ByteReader::new(suffix);
        let mut columns = Vec::new();
        for (name, direction) in &self.columns {
            columns.push((name, reader.direction(turn(*direction)).value()?));
        }
        let key = reader.direction(turn(self.key)).key()?;
        if !reader.is_at_end() {
            return Err(StoreError::Corrupt("an index entry".into()));
        }
        Ok((columns, key))
    }

    /// The result for a suffix; `None` if the entity fails a condition that the index didn't settle.
    fn row(
        &self,
        query: &Query,
        suffix: &[u8],
        branch: &Branch<'_>,
        table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    ) -> Result<Option<Stored>, StoreError> {
        let (columns, key) = self.read(suffix)?;
        if query
            .ancestor
            .as_ref()
            .is_some_and(|top| !key.is_within(top))
        {
            return Ok(None);
        }
        let must_load = query.shape == Shape::Entities || !branch.residual.is_empty();
        let loaded = if must_load {
            let Some(stored) = load(table, &key)? else {
                return Err(StoreError::Corrupt(format!("{key} is indexed and absent")));
            };
            if !branch
                .residual
                .iter()
                .all(|(n, v)| matches(&stored.entity, n, v))
            {
                return Ok(None);
            }
            Some(stored)
        } else {
            None
        };
        Ok(Some(match (&query.shape, loaded) {
            (Shape::Entities, Some(stored)) => stored,
            (Shape::Projection(names), _) => {
                let mut entity = match self.is_fetched {
                    true => load_some(table, &key, names)?,
                    false => Entity::new(key),
                };
                for (name, value) in columns {
                    if names.contains(name) {
                        entity = entity.indexed(name, value);
                    }
                }
                Stored { entity, version: 0 }
            }
            _ => Stored {
                entity: Entity::new(key),
                version: 0,
            },
        }))
    }
}

/// Whether an entity's indexed property holds the value.
fn matches(entity: &Entity, name: &str, value: &Value) -> bool {
    let encoded = |value: &Value| {
        let mut bytes = Vec::new();
        codec::put(value, &mut bytes);
        bytes
    };
    let wanted = encoded(value);
    let property = entity.properties.get(name);
    property.is_some_and(|property| {
        let mut elements = property.value.elements().iter();
        property.indexed && elements.any(|element| encoded(element) == wanted)
    })
}

/// Reads one entity.
pub(super) fn load(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &Key,
) -> Result<Option<Stored>, StoreError> {
    let mut bytes = Vec::new();
    codec::put_key(key, &mut bytes);
    let found = table.get(bytes.as_slice()).map_err(unavailable)?;
    found
        .map(|found| record::decode(key.clone(), found.value()))
        .transpose()
}

/// Reads some properties of an entity that is indexed.
fn load_some(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &Key,
    names: &[String],
) -> Result<Entity, StoreError> {
    let mut bytes = Vec::new();
    codec::put_key(key, &mut bytes);
    let found = table.get(bytes.as_slice()).map_err(unavailable)?;
    let found = found.ok_or_else(|| StoreError::Corrupt(format!("{key} is indexed and absent")))?;
    record::decode_some(key.clone(), found.value(), names)
}

type Bounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// The upper bound of everything that starts with these bytes.
fn past(mut bytes: Vec<u8>) -> Bound<Vec<u8>> {
    while let Some(last) = bytes.pop() {
        if last < 0xFF {
            bytes.push(last + 1);
            return Bound::Excluded(bytes);
        }
    }
    Bound::Unbounded
}

/// An upper bound, as the lower bound of what comes after it.
fn turned(end: Bound<Vec<u8>>) -> Bound<Vec<u8>> {
    match end {
        Bound::Excluded(at) => Bound::Included(at),
        other => other,
    }
}

/// The narrower of two bounds on the same side.
fn tighter(one: Bound<Vec<u8>>, other: Bound<Vec<u8>>, upper: bool) -> Bound<Vec<u8>> {
    let rank = |bound: &Bound<Vec<u8>>| match bound {
        Bound::Included(at) => Some((at.clone(), if upper { 1 } else { 0 })),
        Bound::Excluded(at) => Some((at.clone(), if upper { 0 } else { 1 })),
        Bound::Unbounded => None,
    };
    match (rank(&one), rank(&other)) {
        (None, _) => other,
        (_, None) => one,
        (Some(a), Some(b)) if (a < b) == upper => one,
        _ => other,
    }
}

fn is_empty(low: &Bound<Vec<u8>>, high: &Bound<Vec<u8>>) -> bool {
    match (low, high) {
        (Bound::Included(low), Bound::Included(high)) => low > high,
        (
            Bound::Included(low) | Bound::Excluded(low),
            Bound::Included(high) | Bound::Excluded(high),
        ) => low >= high,
        _ => false,
    }
}

fn as_ref(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    match bound {
        Bound::Included(at) => Bound::Included(at.as_slice()),
        Bound::Excluded(at) => Bound::Excluded(at.as_slice()),
        Bound::Unbounded => Bound::Unbounded,
    }
}
