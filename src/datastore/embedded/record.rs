//! An entity's bytes in the file: its version, then each property; compact, not ordered.

use std::collections::BTreeMap;

use super::codec;
use crate::datastore::{Entity, Key, Property, StoreError, Stored, Value, Version};

/// The bytes of an entity at a version. The key isn't included: the bytes are stored under it.
pub(super) fn encode(entity: &Entity, version: Version) -> Vec<u8> {
    let mut out = Vec::with_capacity(entity.size());
    out.extend_from_slice(&version.to_le_bytes());
    for (name, property) in &entity.properties {
        put_slice(name.as_bytes(), &mut out);
        // An empty array has no index entries either way; Google doesn't keep which was meant.
        let is_empty = property.value.elements().is_empty();
        out.push(u8::from(property.indexed || is_empty));
        put_value(&property.value, &mut out);
    }
    out
}

/// Whether two records differ in their version alone.
pub(super) fn is_same_but_for_version(one: &[u8], other: &[u8]) -> bool {
    one.get(8..) == other.get(8..)
}

/// Decodes only the version.
pub(super) fn version(bytes: &[u8]) -> Result<Version, StoreError> {
    let head = bytes.first_chunk::<8>().ok_or_else(damaged)?;
    Ok(Version::from_le_bytes(*head))
}

/// Decodes the entity.
pub(super) fn decode(key: Key, bytes: &[u8]) -> Result<Stored, StoreError> {
    let version = version(bytes)?;
    let mut rest = &bytes[8..];
    let mut properties = BTreeMap::new();
    while !rest.is_empty() {
        let name = String::from_utf8(take_slice(&mut rest)?.to_vec()).map_err(|_| damaged())?;
        let indexed = take(&mut rest, 1)?[0] == 1;
        let value = take_value(&mut rest)?;
        properties.insert(name, Property { value, indexed });
    }
    let entity = Entity { key, properties };
    Ok(Stored { entity, version })
}

/// Decodes some properties; what the others hold is passed over.
pub(super) fn decode_some(key: Key, bytes: &[u8], names: &[String]) -> Result<Entity, StoreError> {
    let mut rest = bytes.get(8..).ok_or_else(damaged)?;
    let mut properties = BTreeMap::new();
    while !rest.is_empty() {
        let name = take_slice(&mut rest)?;
        let indexed = take(&mut rest, 1)?[0] == 1;
        match names.iter().find(|wanted| wanted.as_bytes() == name) {
            Some(name) => {
                let value = take_value(&mut rest)?;
                properties.insert(name.clone(), Property { value, indexed });
            }
            None => pass_value(&mut rest)?,
        }
    }
    Ok(Entity { key, properties })
}

const NULL: u8 = 0;
const BOOL: u8 = 1;
const INT: u8 = 2;
const DOUBLE: u8 = 3;
const TIMESTAMP: u8 = 4;
const STRING: u8 = 5;
const BLOB: u8 = 6;
const ARRAY: u8 = 7;
const KEY: u8 = 8;

fn put_slice(bytes: &[u8], out: &mut Vec<u8>) {
    // An entity is at most 1 MiB, so a length fits into 32 bits.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
}

fn put_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(yes) => out.extend_from_slice(&[BOOL, u8::from(*yes)]),
        Value::Int(number) => {
            out.push(INT);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Value::Double(number) => {
            out.push(DOUBLE);
            out.extend_from_slice(&number.to_bits().to_le_bytes());
        }
        Value::Timestamp(micros) => {
            out.push(TIMESTAMP);
            out.extend_from_slice(&micros.to_le_bytes());
        }
        Value::String(text) => {
            out.push(STRING);
            put_slice(text.as_bytes(), out);
        }
        Value::Blob(bytes) => {
            out.push(BLOB);
            put_slice(bytes, out);
        }
        Value::Array(values) => {
            out.push(ARRAY);
            let length = u32::try_from(values.len()).unwrap_or(u32::MAX);
            out.extend_from_slice(&length.to_le_bytes());
            values.iter().for_each(|value| put_value(value, out));
        }
        Value::Key(key) => {
            out.push(KEY);
            let mut path = Vec::new();
            codec::put_key(key, &mut path);
            put_slice(&path, out);
        }
    }
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Result<&'b [u8], StoreError> {
    let (head, tail) = rest.split_at_checked(length).ok_or_else(damaged)?;
    *rest = tail;
    Ok(head)
}

fn take_length(rest: &mut &[u8]) -> Result<usize, StoreError> {
    let head = take(rest, 4)?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
    usize::try_from(length).map_err(|_| damaged())
}

fn take_slice<'b>(rest: &mut &'b [u8]) -> Result<&'b [u8], StoreError> {
    let length = take_length(rest)?;
    take(rest, length)
}

fn take_u64(rest: &mut &[u8]) -> Result<u64, StoreError> {
    let head = take(rest, 8)?.first_chunk::<8>().ok_or_else(damaged)?;
    Ok(u64::from_le_bytes(*head))
}

fn take_value(rest: &mut &[u8]) -> Result<Value, StoreError> {
    Ok(match take(rest, 1)?[0] {
        NULL => Value::Null,
        BOOL => Value::Bool(take(rest, 1)?[0] == 1),
        INT => Value::Int(take_u64(rest)?.cast_signed()),
        DOUBLE => Value::Double(f64::from_bits(take_u64(rest)?)),
        TIMESTAMP => Value::Timestamp(take_u64(rest)?.cast_signed()),
        STRING => {
            let text = String::from_utf8(take_slice(rest)?.to_vec());
            Value::String(text.map_err(|_| damaged())?)
        }
        BLOB => Value::Blob(take_slice(rest)?.to_vec()),
        ARRAY => {
            let length = take_length(rest)?;
            let values = (0..length).map(|_| take_value(rest));
            Value::Array(values.collect::<Result<_, _>>()?)
        }
        KEY => Value::Key(codec::ByteReader::new(take_slice(rest)?).key()?),
        _ => return Err(damaged()),
    })
}

/// Passes over a value.
fn pass_value(rest: &mut &[u8]) -> Result<(), StoreError> {
    match take(rest, 1)?[0] {
        NULL => Ok(()),
        BOOL => take(rest, 1).map(drop),
        INT | DOUBLE | TIMESTAMP => take(rest, 8).map(drop),
        STRING | BLOB | KEY => take_slice(rest).map(drop),
        ARRAY => {
            let length = take_length(rest)?;
            (0..length).try_for_each(|_| pass_value(rest))
        }
        _ => Err(damaged()),
    }
}

fn damaged() -> StoreError {
    StoreError::Corrupt("an entity".into())
}
