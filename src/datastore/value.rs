//! Values, properties, entities.

use std::collections::BTreeMap;

use super::Key;
use crate::timestamp::{Timestamp, from_micros};

/// What a property can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Present but null: queries find it, unlike an absent property.
    Null,
    /// True or false.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// IEEE 754, 64 bits.
    Double(f64),
    /// Microseconds since 1970, UTC.
    Timestamp(i64),
    /// UTF-8; at most 1,500 bytes if indexed. Sorts by bytes.
    String(String),
    /// Bytes; at most 1,500 if indexed.
    Blob(Vec<u8>),
    /// Several values, none of them an array, each indexed separately. An empty array always comes back as indexed.
    Array(Vec<Value>),
    /// Another entity's key.
    Key(Key),
}

impl Value {
    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is an integer.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes, if this is a blob.
    pub fn as_blob(&self) -> Option<&[u8]> {
        match self {
            Self::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The time, if this is a timestamp or the integer that a projection returns for one.
    pub fn as_time(&self) -> Option<Timestamp> {
        match self {
            Self::Timestamp(micros) | Self::Int(micros) => Some(from_micros(*micros)),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(yes) => Some(*yes),
            _ => None,
        }
    }

    /// The values that an index holds for this one: the distinct elements of an array, or the value itself.
    pub fn elements(&self) -> &[Value] {
        match self {
            Self::Array(values) => values,
            single => std::slice::from_ref(single),
        }
    }

    /// Size in bytes as Google bills it.
    pub fn size(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) => 1,
            Self::Int(_) | Self::Double(_) | Self::Timestamp(_) => 8,
            Self::String(text) => text.len() + 1,
            Self::Blob(bytes) => bytes.len() + 1,
            Self::Array(values) => values.iter().map(Self::size).sum(),
            Self::Key(key) => key.size(),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        Self::Key(key)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Timestamp(at.timestamp_micros())
    }
}

/// A value, and whether queries see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// What it holds.
    pub value: Value,
    /// Whether it has index entries: built-in ones, and a part in composite ones.
    pub indexed: bool,
}

/// A key with properties: what is stored and returned.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// Where it lives.
    pub key: Key,
    /// By name, sorted.
    pub properties: BTreeMap<String, Property>,
}

impl Entity {
    /// An entity without properties.
    pub fn new(key: Key) -> Self {
        let properties = BTreeMap::new();
        Self { key, properties }
    }

    /// Adds a property that queries see.
    #[must_use]
    pub fn indexed(self, name: &str, value: impl Into<Value>) -> Self {
        self.with(name, value.into(), true)
    }

    /// Adds a property that only a lookup or an ordinary query returns.
    #[must_use]
    pub fn unindexed(self, name: &str, value: impl Into<Value>) -> Self {
        self.with(name, value.into(), false)
    }

    fn with(mut self, name: &str, value: Value, indexed: bool) -> Self {
        let property = Property { value, indexed };
        self.properties.insert(name.to_owned(), property);
        self
    }

    /// A property's value; `None` if absent.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.properties.get(name).map(|property| &property.value)
    }

    /// A property's text; `None` if absent or not a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// A property's integer; `None` if absent or not an integer.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_int)
    }

    /// A property's bytes; `None` if absent or not a blob.
    pub fn blob(&self, name: &str) -> Option<&[u8]> {
        self.get(name).and_then(Value::as_blob)
    }

    /// A property's timestamp; `None` if absent or not a timestamp.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        self.get(name).and_then(Value::as_time)
    }

    /// Size in bytes as Google bills and limits it: key, names plus 1 each, values, plus 32.
    pub fn size(&self) -> usize {
        let properties = self.properties.iter();
        let properties = properties.map(|(name, property)| name.len() + 1 + property.value.size());
        32 + self.key.size() + properties.sum::<usize>()
    }
}
