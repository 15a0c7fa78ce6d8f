//! Random entities, random queries: the store and the model return the same, as a whole and page by page.

use std::collections::{BTreeMap, BTreeSet};

use dormouse::clock::Clock;
use dormouse::datastore::{
    Direction, Entity, IndexSet, KEY, Key, RangeOp, Shape, StoreError, Value,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestCaseError;

use super::Backend;
use super::model::Question;
use super::support::{for_all, key, paged, put, text};

/// Number of worlds; each has its own entities and queries.
const WORLDS: u32 = 150;
/// Up to this many results, a query is paged with every limit; above, only with selected ones.
const PAGED_FULLY: usize = 12;

const NAMES: [&str; 3] = ["a", "b", "c"];

/// Few enough values that most are shared and many are equal across types.
fn value() -> impl Strategy<Value = Value> {
    let values = [
        Value::Null,
        Value::Int(0),
        Value::Int(1),
        Value::Int(2),
        Value::Timestamp(1),
        Value::Bool(true),
        text("a"),
        text("a\0"),
        Value::Blob(b"a".to_vec()),
        Value::Blob(vec![0xFF]),
        Value::Double(-0.0),
        Value::Double(0.0),
        Value::Double(f64::NAN),
        key(1).into(),
    ];
    prop_oneof![3 => select(vec![Value::Int(0), Value::Int(1)]), 1 => select(values.to_vec())]
}

fn keys() -> Vec<Key> {
    let within = [key(1), Key::name("Toy", "n")];
    let children = within.iter().flat_map(|key| {
        [
            key.clone().child_int("Toy", 1),
            key.clone().child_name("Toy", "1"),
        ]
    });
    let boxed = (1..=3).map(|id| Key::int("Box", 1).child_int("Toy", id));
    let strangers = [Key::int("Toys", 1), key(1).child_int("Box", 1)];
    let roots = (1..=4)
        .map(key)
        .chain([Key::name("Toy", "n"), Key::name("Toy", "n\0")]);
    roots
        .chain(children)
        .chain(boxed)
        .chain(strangers)
        .collect()
}

/// A property in one of the ways that it can be there, or absent.
fn property() -> impl Strategy<Value = Option<(Value, bool)>> {
    prop_oneof![
        1 => Just(None),
        1 => value().prop_map(|value| Some((value, false))),
        6 => value().prop_map(|value| Some((value, true))),
        2 => vec(value(), 0..4).prop_map(|values| Some((Value::Array(values), true))),
    ]
}

pub(super) fn entity() -> impl Strategy<Value = Entity> {
    (select(keys()), [property(), property(), property()]).prop_map(|(key, properties)| {
        let properties = NAMES.into_iter().zip(properties);
        properties.fold(
            Entity::new(key),
            |entity, (name, property)| match property {
                Some((value, true)) => entity.indexed(name, value),
                Some((value, false)) => entity.unindexed(name, value),
                None => entity,
            },
        )
    })
}

fn direction() -> impl Strategy<Value = Direction> {
    select(vec![Direction::Asc, Direction::Desc])
}

fn shape() -> impl Strategy<Value = Shape> {
    let names = subsequence(NAMES.to_vec(), 1..=3).prop_shuffle();
    prop_oneof![
        2 => Just(Shape::Entities),
        1 => Just(Shape::KeysOnly),
        2 => names.prop_map(|names| Shape::Projection(names.into_iter().map(str::to_owned).collect())),
    ]
}

fn question() -> impl Strategy<Value = Question> {
    let columns = || select(vec![NAMES[0], NAMES[1], NAMES[2], KEY]);
    let one_of = vec((select(NAMES.to_vec()), vec(value(), 1..4)), 0..3);
    let op = select(vec![
        RangeOp::Less,
        RangeOp::AtMost,
        RangeOp::Greater,
        RangeOp::AtLeast,
    ]);
    let ranges = (columns(), vec((op, value(), select(keys())), 1..3));
    let orders = vec((columns(), direction()), 0..3);
    let ancestor = prop_oneof![3 => Just(None), 1 => select(keys()).prop_map(Some)];
    let range = proptest::option::weighted(0.4, ranges);
    (ancestor, one_of, range, orders, shape()).prop_map(
        |(ancestor, one_of, range, orders, shape)| {
            let (on, bounds) = range.unzip();
            let bounds = bounds.unwrap_or_default().into_iter();
            let ranges = bounds.filter_map(|(op, value, key)| {
                let value = if on == Some(KEY) { key.into() } else { value };
                on.map(|on| (on, op, value))
            });
            let ranges = ranges.collect();
            valid(Question {
                ancestor,
                one_of,
                ranges,
                orders,
                shape,
            })
        },
    )
}

/// The nearest query that both Google and our store accept.
fn valid(mut question: Question) -> Question {
    let equal: BTreeSet<&str> = question.one_of.iter().map(|(name, _)| *name).collect();
    question.ranges.retain(|(name, ..)| !equal.contains(name));
    let mut seen = equal.clone();
    question.orders.retain(|(name, _)| seen.insert(name));
    if let Some((name, ..)) = question.ranges.first()
        && let Some((_, way)) = question.orders.first().copied()
    {
        question.orders.retain(|(other, _)| other != name);
        question.orders.insert(0, (name, way));
    }
    if let Some(at) = question.orders.iter().position(|(name, _)| *name == KEY) {
        question.orders.truncate(at + 1);
    }
    if let Shape::Projection(names) = &mut question.shape {
        names.retain(|name| !equal.contains(name.as_str()));
        question.ranges.retain(|(name, ..)| *name != KEY);
        question.orders.retain(|(name, _)| *name != KEY);
        if names.is_empty() {
            question.shape = Shape::KeysOnly;
        } else if let Some((_, last)) = question.orders.last_mut() {
            // What is only projected sorts behind the orders, ascending in the index that the error names.
            *last = Direction::Asc;
        }
    }
    question
}

/// The index list that the queries need, collected from the errors that name the missing ones.
fn needed(questions: &[Question]) -> IndexSet {
    let none = IndexSet::default();
    let entries: BTreeSet<String> = questions
        .iter()
        .filter_map(|question| match none.choose(&question.whole()) {
            Err(StoreError::MissingIndex { entry }) => Some(entry),
            _ => None,
        })
        .collect();
    let entries = entries.into_iter().collect::<String>();
    let list = if entries.is_empty() { " []" } else { &entries };
    IndexSet::from_yaml(&format!("indexes:\n{list}")).expect("entries as the errors named them")
}

/// As text, where NaN equals itself.
fn shown<'e>(entities: impl IntoIterator<Item = &'e Entity>) -> Vec<String> {
    entities
        .into_iter()
        .map(|entity| format!("{entity:?}"))
        .collect()
}

async fn holds(
    backend: Backend,
    (entities, questions): (Vec<Entity>, Vec<Question>),
) -> Result<(), TestCaseError> {
    let entities: BTreeMap<Key, Entity> = entities
        .into_iter()
        .map(|entity| (entity.key.clone(), entity))
        .collect();
    let entities: Vec<Entity> = entities.into_values().collect();
    let store = backend.open(needed(&questions), Clock::System).await;
    put(&store, entities.clone()).await;
    for question in questions {
        let expected = shown(&question.answer(&entities));
        let whole = store.run_query(&question.whole()).await;
        let whole = whole.map_err(|error| TestCaseError::fail(format!("{question:?}: {error}")))?;
        let found = shown(whole.rows.iter().map(|row| &row.entity));
        prop_assert_eq!(&found, &expected, "{:?}", question);
        let counted = store.count(&question.whole()).await.expect("a count");
        prop_assert_eq!(counted, expected.len() as u64, "{:?}", question);
        let every = expected.len() + 1;
        let limits = (1..=every)
            .filter(|limit| every <= PAGED_FULLY || [1, 3, 7, every - 1, every].contains(limit));
        for limit in limits {
            let limit = u32::try_from(limit).expect("a small number");
            let rows = paged(&store, limit, |limit| question.query(limit)).await;
            let found = shown(rows.iter().map(|row| &row.entity));
            prop_assert_eq!(&found, &expected, "by {}: {:?}", limit, question);
        }
    }
    Ok(())
}

pub(super) async fn every_query_finds_what_the_model_finds(backend: Backend) {
    let world = (vec(entity(), 0..18), vec(question(), 8));
    for_all(WORLDS, world, move |world| holds(backend, world)).await;
}

/// Worlds in which the two stores are compared, with eight queries each: 2,080 queries.
const COMPARED: u32 = 260;

/// Runs one query on two stores: the same results in the same order, as a whole and in pages of every selected size,
/// and the same count.
async fn agree(
    backend: Backend,
    (entities, questions): (Vec<Entity>, Vec<(Question, u32)>),
) -> Result<(), TestCaseError> {
    let entities: BTreeMap<Key, Entity> = entities
        .into_iter()
        .map(|entity| (entity.key.clone(), entity))
        .collect();
    let all: Vec<Question> = questions.iter().map(|(one, _)| one.clone()).collect();
    let ours = Backend::Embedded.open(needed(&all), Clock::System).await;
    let theirs = backend.open(needed(&all), Clock::System).await;
    put(&ours, entities.values().cloned()).await;
    put(&theirs, entities.into_values()).await;
    for (question, limit) in questions {
        let mut answers = Vec::new();
        for store in [&ours, &theirs] {
            let whole = store.run_query(&question.whole()).await;
            let whole =
                whole.map_err(|error| TestCaseError::fail(format!("{question:?}: {error}")))?;
            let paged = paged(store, limit, |limit| question.query(limit)).await;
            let counted = store.count(&question.whole()).await.expect("a count");
            answers.push((
                shown(whole.rows.iter().map(|row| &row.entity)),
                shown(paged.iter().map(|row| &row.entity)),
                counted,
            ));
        }
        prop_assert_eq!(&answers[0], &answers[1], "by {}: {:?}", limit, question);
        prop_assert_eq!(&answers[0].0, &answers[0].1, "by {}: {:?}", limit, question);
    }
    Ok(())
}

pub(super) async fn every_query_finds_what_the_embedded_store_finds(backend: Backend) {
    let limit = prop_oneof![1 => Just(1_u32), 5 => 3_u32..9];
    let world = (vec(entity(), 0..18), vec((question(), limit), 8));
    for_all(COMPARED, world, move |world| agree(backend, world)).await;
}
