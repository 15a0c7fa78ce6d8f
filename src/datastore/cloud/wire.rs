//! Conversion between our types and Google's messages.

use std::collections::BTreeMap;

use gcloud_sdk::google::datastore::v1 as proto;
use proto::key::path_element::IdType;
use proto::value::ValueType;

use crate::datastore::{
    Entity, Id, Key, Mutation, PathElement, Property, Shape, StoreError, Stored, Value,
};

/// The project and database that keys and queries belong to.
#[derive(Clone, Debug)]
pub(super) struct DatabasePath {
    /// The project's id.
    pub(super) project: String,
    /// The database's id; empty for the default one.
    pub(super) database: String,
}

impl DatabasePath {
    pub(super) fn partition(&self) -> proto::PartitionId {
        proto::PartitionId {
            project_id: self.project.clone(),
            database_id: self.database.clone(),
            namespace_id: String::new(),
        }
    }

    pub(super) fn key(&self, key: &Key) -> proto::Key {
        let path = key.path().iter().map(|element| proto::key::PathElement {
            kind: element.kind.clone(),
            id_type: Some(match &element.id {
                Id::Int(id) => IdType::Id(*id),
                Id::Name(name) => IdType::Name(name.clone()),
            }),
        });
        proto::Key {
            partition_id: Some(self.partition()),
            path: path.collect(),
        }
    }

    pub(super) fn value(&self, value: &Value, indexed: bool) -> proto::Value {
        let value_type = match value {
            Value::Null => ValueType::NullValue(0),
            Value::Bool(yes) => ValueType::BooleanValue(*yes),
            Value::Int(number) => ValueType::IntegerValue(*number),
            Value::Double(number) => ValueType::DoubleValue(*number),
            Value::Timestamp(micros) => ValueType::TimestampValue(timestamp(*micros)),
            Value::String(text) => ValueType::StringValue(text.clone()),
            Value::Blob(bytes) => ValueType::BlobValue(bytes.clone()),
            Value::Key(key) => ValueType::KeyValue(self.key(key)),
            Value::Array(values) => {
                let values = values.iter().map(|value| self.value(value, indexed));
                ValueType::ArrayValue(proto::ArrayValue {
                    values: values.collect(),
                })
            }
        };
        proto::Value {
            meaning: 0,
            // In an array each element says so; the array itself may not.
            exclude_from_indexes: !indexed && !matches!(value, Value::Array(_)),
            value_type: Some(value_type),
        }
    }

    pub(super) fn entity(&self, entity: &Entity) -> proto::Entity {
        let properties = entity.properties.iter().map(|(name, property)| {
            let value = self.value(&property.value, property.indexed);
            (name.clone(), value)
        });
        proto::Entity {
            key: Some(self.key(&entity.key)),
            properties: properties.collect(),
        }
    }

    /// A mutation that fails the whole commit if its base version isn't the stored one: by default, the server keeps
    /// what it has and reports success.
    pub(super) fn mutation(&self, mutation: &Mutation) -> proto::Mutation {
        use proto::mutation::{ConflictDetectionStrategy, ConflictResolutionStrategy, Operation};
        let operation = match mutation {
            // On the server a recently deleted entity has the version of its deletion, not 0.
            Mutation::Insert(entity) | Mutation::Upsert(entity, Some(0)) => {
                Operation::Insert(self.entity(entity))
            }
            Mutation::Update(entity, _) => Operation::Update(self.entity(entity)),
            Mutation::Upsert(entity, _) => Operation::Upsert(self.entity(entity)),
            Mutation::Delete(key, _) => Operation::Delete(self.key(key)),
        };
        let base = mutation.base_version().filter(|base| *base != 0);
        let resolution = match base {
            Some(_) => ConflictResolutionStrategy::Fail,
            None => ConflictResolutionStrategy::StrategyUnspecified,
        };
        proto::Mutation {
            operation: Some(operation),
            conflict_detection_strategy: base.map(ConflictDetectionStrategy::BaseVersion),
            conflict_resolution_strategy: resolution.into(),
            ..proto::Mutation::default()
        }
    }
}

fn timestamp(micros: i64) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: micros.div_euclid(1_000_000),
        // Below 10⁹, since the remainder is below 10⁶.
        nanos: i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default(),
    }
}

fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(format!("an answer of Datastore without {what}"))
}

pub(super) fn key_of(key: proto::Key) -> Result<Key, StoreError> {
    let mut path = Vec::with_capacity(key.path.len());
    for element in key.path {
        let id = match element.id_type {
            Some(IdType::Id(id)) => Id::Int(id),
            Some(IdType::Name(name)) => Id::Name(name),
            None => return Err(damaged("a complete key")),
        };
        let kind = element.kind;
        path.push(PathElement { kind, id });
    }
    Key::from_path(path).ok_or_else(|| damaged("a key"))
}

/// A value, and whether queries see it.
fn property_of(value: proto::Value) -> Result<Property, StoreError> {
    let mut indexed = !value.exclude_from_indexes;
    let value = match value.value_type {
        Some(ValueType::NullValue(_)) => Value::Null,
        Some(ValueType::BooleanValue(yes)) => Value::Bool(yes),
        Some(ValueType::IntegerValue(number)) => Value::Int(number),
        Some(ValueType::DoubleValue(number)) => Value::Double(number),
        Some(ValueType::TimestampValue(at)) => {
            let micros = at.seconds.checked_mul(1_000_000);
            let micros = micros.and_then(|micros| micros.checked_add(i64::from(at.nanos) / 1_000));
            Value::Timestamp(micros.ok_or_else(|| damaged("a timestamp in range"))?)
        }
        Some(ValueType::StringValue(text)) => Value::String(text),
        Some(ValueType::BlobValue(bytes)) => Value::Blob(bytes),
        Some(ValueType::KeyValue(key)) => Value::Key(key_of(key)?),
        Some(ValueType::ArrayValue(array)) => {
            let elements = array.values.into_iter().map(property_of);
            let elements: Vec<Property> = elements.collect::<Result<_, _>>()?;
            indexed = elements.first().is_none_or(|first| first.indexed);
            Value::Array(elements.into_iter().map(|element| element.value).collect())
        }
        Some(ValueType::GeoPointValue(_) | ValueType::EntityValue(_)) | None => {
            return Err(damaged("a value of a kind that we write"));
        }
    };
    Ok(Property { value, indexed })
}

/// A result in the requested shape: what comes from an index has no version.
pub(super) fn stored_of(result: proto::EntityResult, shape: &Shape) -> Result<Stored, StoreError> {
    let entity = result.entity.ok_or_else(|| damaged("an entity"))?;
    let mut properties = BTreeMap::new();
    for (name, value) in entity.properties {
        let mut property = property_of(value)?;
        // Google marks what comes from an index by a meaning, not as indexed.
        property.indexed |= *shape != Shape::Entities;
        properties.insert(name, property);
    }
    let key = key_of(entity.key.ok_or_else(|| damaged("a key"))?)?;
    Ok(Stored {
        entity: Entity { key, properties },
        version: match shape {
            Shape::Entities => result.version,
            Shape::KeysOnly | Shape::Projection(_) => 0,
        },
    })
}
