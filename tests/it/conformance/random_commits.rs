//! Random commits: the store behaves like a map, and its indexes stay consistent.

use std::collections::BTreeMap;

use dormouse::datastore::{Datastore, Entity, Key, Mutation, StoreError, Value, Version};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

use super::Backend;
use super::random_queries::entity;
use super::support::{for_all, rows, toys};

/// Histories to try.
const HISTORIES: u32 = 60;

/// What a mutation is based on.
#[derive(Clone, Copy, Debug)]
enum Base {
    Nothing,
    Current,
    Stale,
    Absent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Insert,
    Update,
    Upsert,
    Delete,
}

type Change = (Verb, Base, Entity);
type Model = BTreeMap<Key, (Entity, Version)>;

fn change() -> impl Strategy<Value = Change> {
    let verb = select(vec![
        Verb::Insert,
        Verb::Update,
        Verb::Upsert,
        Verb::Upsert,
        Verb::Delete,
    ]);
    let base = prop_oneof![
        6 => Just(Base::Nothing),
        3 => Just(Base::Current),
        1 => Just(Base::Stale),
        1 => Just(Base::Absent),
    ];
    (verb, base, entity())
}

fn mutation((verb, base, entity): Change, model: &Model) -> Mutation {
    let current = model.get(&entity.key).map_or(0, |(_, version)| *version);
    let base = match base {
        Base::Nothing => None,
        Base::Current => Some(current),
        Base::Stale => Some(current + 1),
        Base::Absent => Some(0),
    };
    // A change of what must not exist is refused whatever there is.
    let base = base.filter(|base| !matches!(verb, Verb::Update | Verb::Delete) || *base != 0);
    match verb {
        Verb::Insert => Mutation::Insert(entity),
        Verb::Update => Mutation::Update(entity, base),
        Verb::Upsert => Mutation::Upsert(entity, base),
        Verb::Delete => Mutation::Delete(entity.key, base),
    }
}

/// Why the map rejects a mutation.
fn refusal(mutation: &Mutation, model: &Model) -> Option<&'static str> {
    let current = model.get(mutation.key()).map(|(_, version)| *version);
    match (mutation, mutation.base_version()) {
        (_, Some(base)) if base != current.unwrap_or(0) => Some("contention"),
        (Mutation::Insert(_), _) if current.is_some() => Some("taken"),
        (Mutation::Update(..), _) if current.is_none() => Some("missing"),
        _ => None,
    }
}

fn said(answer: &Result<Vec<Version>, StoreError>) -> Option<&'static str> {
    match answer {
        Ok(_) => None,
        Err(StoreError::Contention { .. }) => Some("contention"),
        Err(StoreError::AlreadyExists(_)) => Some("taken"),
        Err(StoreError::NotFound(_)) => Some("missing"),
        Err(_) => Some("something else"),
    }
}

/// The map after the mutations, with the versions that the store gave.
fn applied(mut model: Model, mutations: &[Mutation], versions: &[Version]) -> Model {
    for (mutation, version) in mutations.iter().zip(versions) {
        match mutation.entity() {
            Some(entity) => model.insert(mutation.key().clone(), (entity.clone(), *version)),
            None => model.remove(mutation.key()),
        };
    }
    model
}

async fn assert_same(store: &Datastore, model: &Model) -> Result<(), TestCaseError> {
    let toys_of = |held: &dyn Fn(&Entity) -> bool| -> Vec<String> {
        let toys = model
            .values()
            .filter(|(entity, _)| entity.key.kind() == "Toy");
        toys.filter(|(entity, _)| held(entity))
            .map(|held| format!("{held:?}"))
            .collect()
    };
    let zero = |entity: &Entity| {
        let property = entity
            .properties
            .get("a")
            .filter(|property| property.indexed);
        property.is_some_and(|property| property.value.elements().contains(&Value::Int(0)))
    };
    for (query, expected) in [
        (toys(), toys_of(&|_| true)),
        (toys().equal("a", Value::Int(0)), toys_of(&zero)),
    ] {
        let found = rows(store, &query).await;
        let found = found
            .iter()
            .map(|row| format!("{:?}", (&row.entity, row.version)));
        prop_assert_eq!(found.collect::<Vec<_>>(), expected);
    }
    let keys: Vec<Key> = model.keys().cloned().collect();
    let found = store.lookup(&keys).await.expect("a look-up");
    for (stored, expected) in found.iter().zip(model.values()) {
        let stored = stored
            .as_ref()
            .map(|stored| (&stored.entity, stored.version));
        prop_assert_eq!(format!("{stored:?}"), format!("{:?}", Some(expected)));
    }
    Ok(())
}

async fn holds(backend: Backend, history: Vec<Vec<Change>>) -> Result<(), TestCaseError> {
    let store = backend.fresh().await;
    let mut model = Model::new();
    for changes in history {
        let mut mutations: Vec<Mutation> = Vec::new();
        for change in changes {
            let mutation = mutation(change, &model);
            if mutations
                .iter()
                .all(|earlier| earlier.key() != mutation.key())
            {
                mutations.push(mutation);
            }
        }
        let expected = mutations
            .iter()
            .find_map(|mutation| refusal(mutation, &model));
        let answer = store.commit(mutations.clone()).await;
        prop_assert_eq!(said(&answer), expected, "{:?}: {:?}", mutations, answer);
        if let Ok(versions) = answer {
            let latest = model
                .values()
                .map(|(_, version)| *version)
                .max()
                .unwrap_or(0);
            let written = mutations.iter().zip(&versions);
            // The version returned for a delete belongs to no entity.
            for (mutation, version) in written.filter(|(mutation, _)| mutation.entity().is_some()) {
                let unchanged = mutation.entity().is_some_and(|entity| {
                    let held = model.get(mutation.key()).map(|held| format!("{held:?}"));
                    held == Some(format!("{:?}", (entity, *version)))
                });
                prop_assert!(
                    unchanged || *version > latest,
                    "{} after {}",
                    version,
                    latest
                );
            }
            model = applied(model, &mutations, &versions);
        }
        assert_same(&store, &model).await?;
        let faults = store.check_indexes().await.expect("a check").faults;
        prop_assert_eq!(faults, Vec::<String>::new());
    }
    Ok(())
}

pub(super) async fn the_store_does_what_a_map_would_do(backend: Backend) {
    let history = vec(vec(change(), 1..4), 1..16);
    for_all(HISTORIES, history, move |history| holds(backend, history)).await;
}
