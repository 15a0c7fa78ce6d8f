//! Which part of an index the file keeps.
//!
//! Google keeps a card in every index that projects it, and needs both directions of an order. Here an order is read from
//! either end, so of two indexes that differ in direction alone only the first is kept. And where a query names its only
//! column by equality, every result is looked up anyway: there the entry leads to the entity, which has the card.
//!
//! Both hold for the product's own kinds, of whose queries all are known. Entries of others are kept whole.

use crate::datastore::query::Direction;
use crate::datastore::{IndexColumn, IndexDefinition, IndexSet};

/// The property that is only ever projected.
const CARD: &str = "card";

/// How an index is kept.
#[derive(Debug)]
pub(super) struct Kept<'s> {
    /// Whose entries serve it.
    pub(super) index: &'s IndexDefinition,
    /// How many of its columns are in them.
    pub(super) columns: usize,
    /// Whether they are read from the end.
    pub(super) backwards: bool,
}

/// How the file keeps an index of the list.
pub(super) fn kept<'s>(indexes: &'s IndexSet, index: &'s IndexDefinition) -> Kept<'s> {
    let whole = Kept {
        index,
        columns: index.properties.len(),
        backwards: false,
    };
    if !indexes.knows_all_of(&index.kind) {
        return whole;
    }
    if let [_, card] = index.properties.as_slice()
        && card.name == CARD
        && !index.ancestor
    {
        return Kept {
            columns: 1,
            ..whole
        };
    }
    let before = indexes.all().iter().take_while(|one| *one != index);
    match before.into_iter().find(|one| is_mirror(one, index)) {
        Some(first) => Kept {
            index: first,
            backwards: true,
            ..whole
        },
        None => whole,
    }
}

/// Whether two indexes differ in one direction alone: that of the last column before the card.
fn is_mirror(one: &IndexDefinition, other: &IndexDefinition) -> bool {
    let is_projected =
        |columns: &[IndexColumn]| columns.last().is_some_and(|last| last.name == CARD);
    let turned = one.properties.len().wrapping_sub(2);
    let mut pairs = one.properties.iter().zip(&other.properties).enumerate();
    let is_same = |(at, (a, b)): (usize, (&IndexColumn, &IndexColumn))| {
        let is_turned = a.direction != b.direction;
        a.name == b.name && is_turned == (at == turned)
    };
    one.kind == other.kind
        && !one.ancestor
        && !other.ancestor
        && one.properties.len() == other.properties.len()
        && is_projected(&one.properties)
        && pairs.all(is_same)
}

/// What the file's entries were built by: another text, and they are built anew.
pub(super) fn plan(indexes: &IndexSet) -> Vec<String> {
    let composite = indexes.all().iter().map(|index| {
        let kept = kept(indexes, index);
        let part = match (kept.columns < index.properties.len(), kept.backwards) {
            (true, _) => "without its card",
            (_, true) => "by its mirror",
            _ => "whole",
        };
        format!("{index}{part}")
    });
    let alone = IndexSet::named_alone().map(|(kind, name)| format!("{kind}.{name}"));
    let mut plan: Vec<String> = composite.collect();
    if indexes
        .all()
        .iter()
        .any(|index| indexes.knows_all_of(&index.kind))
    {
        plan.extend(alone);
    }
    plan
}

/// The direction of the key after an entry's columns: the last one's.
pub(super) fn key_direction(columns: &[IndexColumn]) -> Direction {
    columns
        .last()
        .map_or(Direction::Asc, |column| column.direction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_kept_where_rows_are_read_in_order_and_once() {
        let indexes = IndexSet::ours().expect("index.yaml");
        let mut plans = plan(&indexes);
        plans.retain(|one| one.contains("kind: Article"));
        let ends: Vec<&str> = plans
            .iter()
            .map(|plan| plan.lines().last().unwrap_or_default())
            .collect();
        assert_eq!(ends, ["whole", "by its mirror", "without its card"]);
    }
}
