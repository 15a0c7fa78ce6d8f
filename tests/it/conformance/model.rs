//! A naive reference implementation of queries: filter, expand arrays, sort. It has no encoding, indexes or cursors;
//! the random cases compare the store with it.

use std::cmp::Ordering;

use dormouse::datastore::{
    Direction, Entity, KEY, Key, Query, RESULT_LIMIT, RangeOp, Shape, Value,
};

/// A query as data.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) ancestor: Option<Key>,
    /// Each property must hold one of the values; a single one is asked as an equality.
    pub(super) one_of: Vec<(&'static str, Vec<Value>)>,
    pub(super) ranges: Vec<(&'static str, RangeOp, Value)>,
    pub(super) orders: Vec<(&'static str, Direction)>,
    pub(super) shape: Shape,
}

/// Identity of a result: its key, and the values of its sort columns.
#[derive(Clone, Debug)]
struct Row {
    entity: Entity,
    columns: Vec<Value>,
}

impl Question {
    /// The same as a query, with this limit.
    pub(super) fn query(&self, limit: u32) -> Query {
        let mut query = Query::kind("Toy", limit);
        if let Some(ancestor) = &self.ancestor {
            query = query.within(ancestor.clone());
        }
        for (name, values) in &self.one_of {
            query = match values.as_slice() {
                [only] => query.equal(name, only.clone()),
                several => query.any_of(name, several.to_vec()),
            };
        }
        for (name, op, value) in &self.ranges {
            query = query.range(name, *op, value.clone());
        }
        for (name, direction) in &self.orders {
            query = query.order(name, *direction);
        }
        match &self.shape {
            Shape::Entities => query,
            Shape::KeysOnly => query.keys_only(),
            Shape::Projection(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                query.project(&names)
            }
        }
    }

    /// The same as a query with the greatest limit.
    pub(super) fn whole(&self) -> Query {
        self.query(RESULT_LIMIT)
    }

    /// The expected results.
    pub(super) fn answer(&self, entities: &[Entity]) -> Vec<Entity> {
        let columns = self.columns();
        let last = columns
            .last()
            .map_or(Direction::Asc, |(_, direction)| *direction);
        let matching = entities.iter().filter(|entity| self.matches(entity));
        let mut rows: Vec<Row> = matching
            .flat_map(|entity| self.rows(entity, &columns))
            .collect();
        rows.sort_by(|one, other| {
            let values = one.columns.iter().zip(&other.columns).zip(&columns);
            let by_column =
                values.map(|((one, other), (_, way))| turned(compare(one, other), *way));
            let by_key = turned(one.entity.key.cmp(&other.entity.key), last);
            by_column.fold(Ordering::Equal, Ordering::then).then(by_key)
        });
        rows.into_iter()
            .map(|row| self.result(row, &columns))
            .collect()
    }

    /// What the results are sorted by, before the key.
    fn columns(&self) -> Vec<(&str, Direction)> {
        let mut columns: Vec<(&str, Direction)> = self.orders.clone();
        if let (true, Some((name, ..))) = (columns.is_empty(), self.ranges.first()) {
            columns.push((name, Direction::Asc));
        }
        if let Shape::Projection(names) = &self.shape {
            let mut only: Vec<&str> = names.iter().map(String::as_str).collect();
            only.retain(|name| columns.iter().all(|(column, _)| column != name));
            only.sort_unstable();
            columns.extend(only.into_iter().map(|name| (name, Direction::Asc)));
        }
        columns
    }

    fn matches(&self, entity: &Entity) -> bool {
        let ancestor = self.ancestor.as_ref();
        let within = ancestor.is_none_or(|ancestor| entity.key.path().starts_with(ancestor.path()));
        within
            && entity.key.kind() == "Toy"
            && self.one_of.iter().all(|(name, wanted)| {
                let held = held(entity, name);
                held.iter()
                    .any(|held| wanted.iter().any(|wanted| compare(held, wanted).is_eq()))
            })
    }

    /// Every combination of the columns' values.
    fn rows(&self, entity: &Entity, columns: &[(&str, Direction)]) -> Vec<Row> {
        let start = Row {
            entity: entity.clone(),
            columns: Vec::new(),
        };
        columns.iter().fold(vec![start], |rows, (name, _)| {
            let values: Vec<Value> = held(entity, name)
                .into_iter()
                .filter(|value| self.in_range(name, value))
                .collect();
            let longer = |row: Row| {
                values.clone().into_iter().map(move |value| {
                    let mut row = row.clone();
                    row.columns.push(value);
                    row
                })
            };
            rows.into_iter().flat_map(longer).collect()
        })
    }

    fn in_range(&self, name: &str, value: &Value) -> bool {
        let mut ranges = self.ranges.iter().filter(|(on, ..)| *on == name);
        ranges.all(|(_, op, bound)| match op {
            RangeOp::Less => compare(value, bound).is_lt(),
            RangeOp::AtMost => compare(value, bound).is_le(),
            RangeOp::Greater => compare(value, bound).is_gt(),
            RangeOp::AtLeast => compare(value, bound).is_ge(),
        })
    }

    fn result(&self, row: Row, columns: &[(&str, Direction)]) -> Entity {
        let bare = Entity::new(row.entity.key.clone());
        match &self.shape {
            Shape::Entities => row.entity,
            Shape::KeysOnly => bare,
            Shape::Projection(names) => {
                let values = columns.iter().zip(row.columns);
                let named =
                    values.filter(|((name, _), _)| names.iter().any(|wanted| wanted == name));
                named.fold(bare, |entity, ((name, _), value)| {
                    entity.indexed(name, projected(value))
                })
            }
        }
    }
}

fn turned(ordering: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Asc => ordering,
        Direction::Desc => ordering.reverse(),
    }
}

/// The distinct values that queries see of a property.
fn held(entity: &Entity, name: &str) -> Vec<Value> {
    if name == KEY {
        return vec![entity.key.clone().into()];
    }
    let mut values = match entity.properties.get(name) {
        Some(property) if property.indexed => match &property.value {
            Value::Array(values) => values.clone(),
            single => vec![single.clone()],
        },
        _ => Vec::new(),
    };
    values.sort_by(compare);
    values.dedup_by(|one, other| compare(one, other).is_eq());
    values
}

/// What a projection makes of a value.
fn projected(value: Value) -> Value {
    match value {
        Value::Timestamp(micros) => Value::Int(micros),
        Value::Blob(bytes) => String::from_utf8(bytes)
            .map_or_else(|error| Value::Blob(error.into_bytes()), Value::String),
        other => other,
    }
}

/// Google's order of values.
fn compare(one: &Value, other: &Value) -> Ordering {
    fn rank(value: &Value) -> u8 {
        match value {
            Value::Null => 0,
            Value::Int(_) | Value::Timestamp(_) => 1,
            Value::Bool(_) => 2,
            Value::String(_) | Value::Blob(_) => 3,
            Value::Double(_) => 4,
            Value::Key(_) => 5,
            Value::Array(_) => unreachable!("an array is compared by element"),
        }
    }
    fn bytes(value: &Value) -> &[u8] {
        match value {
            Value::String(text) => text.as_bytes(),
            Value::Blob(bytes) => bytes,
            _ => &[],
        }
    }
    let within = match (one, other) {
        (Value::Int(a) | Value::Timestamp(a), Value::Int(b) | Value::Timestamp(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => match (a.is_nan(), b.is_nan()) {
            (false, false) => a.total_cmp(b),
            (a, b) => a.cmp(&b),
        },
        (Value::Key(a), Value::Key(b)) => a.cmp(b),
        (a, b) => bytes(a).cmp(bytes(b)),
    };
    rank(one).cmp(&rank(other)).then(within)
}
