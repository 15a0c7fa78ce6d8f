//! Order-preserving bytes: comparing two encodings compares the values.
//!
//! A value is a tag and a self-delimiting body, so that columns can be concatenated. Tags follow Google's order of
//! types. A descending column has every bit inverted. Integers and timestamps share a tag, as do strings and blobs:
//! they are one type to the index, and a projection returns integers, and text wherever the bytes are UTF-8.

use crate::datastore::query::Direction;
use crate::datastore::{Id, Key, PathElement, StoreError, Value};

const NULL: u8 = 0x10;
const FIXED: u8 = 0x20;
const FALSE: u8 = 0x30;
const TRUE: u8 = 0x31;
const BYTES: u8 = 0x40;
const DOUBLE: u8 = 0x50;
const KEY: u8 = 0x60;

const KEY_END: u8 = 0x00;
const KEY_ELEMENT: u8 = 0x01;
const ID_INT: u8 = 0x10;
const ID_NAME: u8 = 0x20;

const SIGN: u64 = 1 << 63;

/// Appends a value.
pub(super) fn put(value: &Value, out: &mut Vec<u8>) {
    match value {
        // An array has no index entry of its own; its elements do.
        Value::Null | Value::Array(_) => out.push(NULL),
        Value::Int(number) | Value::Timestamp(number) => {
            out.push(FIXED);
            put_int(*number, out);
        }
        Value::Bool(yes) => out.push(if *yes { TRUE } else { FALSE }),
        Value::String(text) => {
            out.push(BYTES);
            put_bytes(text.as_bytes(), out);
        }
        Value::Blob(bytes) => {
            out.push(BYTES);
            put_bytes(bytes, out);
        }
        Value::Double(number) => {
            out.push(DOUBLE);
            // All NaNs are one value, and it sorts last.
            let bits = if number.is_nan() {
                f64::NAN.to_bits() & !SIGN
            } else {
                number.to_bits()
            };
            let ordered = if bits & SIGN == 0 { bits | SIGN } else { !bits };
            out.extend_from_slice(&ordered.to_be_bytes());
        }
        Value::Key(key) => {
            out.push(KEY);
            put_key(key, out);
        }
    }
}

/// Appends a value in a direction: descending inverts the order.
pub(super) fn put_directed(value: &Value, direction: Direction, out: &mut Vec<u8>) {
    let start = out.len();
    put(value, out);
    if direction == Direction::Desc {
        turn(&mut out[start..]);
    }
}

/// Inverts every bit, and so the order.
pub(super) fn turn(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = !*byte;
    }
}

fn put_int(number: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(&(number.cast_unsigned() ^ SIGN).to_be_bytes());
}

/// Zero bytes become `00 FF`, and `00 01` is the end: a string sorts before any longer one that it is a prefix of.
fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        out.push(byte);
        if byte == 0 {
            out.push(0xFF);
        }
    }
    out.extend_from_slice(&[0, 1]);
}

/// Appends a key's path: a parent sorts before its children.
pub(super) fn put_key(key: &Key, out: &mut Vec<u8>) {
    put_key_open(key, out);
    out.push(KEY_END);
}

/// Appends a key's path without its end: the prefix that all keys within it share.
pub(super) fn put_key_open(key: &Key, out: &mut Vec<u8>) {
    for element in key.path() {
        out.push(KEY_ELEMENT);
        put_bytes(element.kind.as_bytes(), out);
        match &element.id {
            Id::Int(id) => {
                out.push(ID_INT);
                put_int(*id, out);
            }
            Id::Name(name) => {
                out.push(ID_NAME);
                put_bytes(name.as_bytes(), out);
            }
        }
    }
}

/// Decodes what the functions above encode.
pub(super) struct ByteReader<'b> {
    bytes: &'b [u8],
    /// 0xFF while reading a descending column.
    mask: u8,
}

impl<'b> ByteReader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, mask: 0 }
    }

    /// From here on, reads columns of this direction.
    pub(super) fn direction(&mut self, direction: Direction) -> &mut Self {
        self.mask = match direction {
            Direction::Asc => 0,
            Direction::Desc => 0xFF,
        };
        self
    }

    /// Whether everything has been read.
    pub(super) fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    fn byte(&mut self) -> Result<u8, StoreError> {
        let (&first, rest) = self.bytes.split_first().ok_or_else(damaged)?;
        self.bytes = rest;
        Ok(first ^ self.mask)
    }

    fn array(&mut self) -> Result<[u8; 8], StoreError> {
        let (first, rest) = self.bytes.split_first_chunk::<8>().ok_or_else(damaged)?;
        self.bytes = rest;
        Ok(first.map(|byte| byte ^ self.mask))
    }

    fn int(&mut self) -> Result<i64, StoreError> {
        Ok((u64::from_be_bytes(self.array()?) ^ SIGN).cast_signed())
    }

    fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        let mut out = Vec::new();
        loop {
            match self.byte()? {
                0 => match self.byte()? {
                    0xFF => out.push(0),
                    1 => return Ok(out),
                    _ => return Err(damaged()),
                },
                byte => out.push(byte),
            }
        }
    }

    fn text(&mut self) -> Result<String, StoreError> {
        String::from_utf8(self.bytes()?).map_err(|_| damaged())
    }

    pub(super) fn value(&mut self) -> Result<Value, StoreError> {
        Ok(match self.byte()? {
            NULL => Value::Null,
            FIXED => Value::Int(self.int()?),
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            BYTES => match String::from_utf8(self.bytes()?) {
                Ok(text) => Value::String(text),
                Err(error) => Value::Blob(error.into_bytes()),
            },
            DOUBLE => {
                let ordered = u64::from_be_bytes(self.array()?);
                let bits = if ordered & SIGN == 0 {
                    !ordered
                } else {
                    ordered & !SIGN
                };
                Value::Double(f64::from_bits(bits))
            }
            KEY => Value::Key(self.key()?),
            _ => return Err(damaged()),
        })
    }

    pub(super) fn key(&mut self) -> Result<Key, StoreError> {
        let mut path = Vec::new();
        while self.byte()? == KEY_ELEMENT {
            path.push(self.element()?);
        }
        Key::from_path(path).ok_or_else(damaged)
    }

    /// The elements of a key that are whole.
    pub(super) fn start_of_key(&mut self) -> Option<Key> {
        let mut path = Vec::new();
        while self.byte().ok() == Some(KEY_ELEMENT)
            && let Ok(element) = self.element()
        {
            path.push(element);
        }
        Key::from_path(path)
    }

    fn element(&mut self) -> Result<PathElement, StoreError> {
        let kind = self.text()?;
        let id = match self.byte()? {
            ID_INT => Id::Int(self.int()?),
            ID_NAME => Id::Name(self.text()?),
            _ => return Err(damaged()),
        };
        Ok(PathElement { kind, id })
    }
}

fn damaged() -> StoreError {
    StoreError::Corrupt("an index entry".into())
}
