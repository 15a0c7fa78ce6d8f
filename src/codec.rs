//! Bodies: JSON, compressed with zstd, in an unindexed blob.
//!
//! JSON, so that newer code can read an older body (fields have defaults); zstd, because a body is stored and moved
//! more often than it is read.

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zstd::bulk::Compressor;

use crate::datastore::StoreError;

/// zstd's own default: a higher level costs time and gains little on texts of this size.
const LEVEL: i32 = 3;
/// No body of ours decompresses to more: an entity is 1 MiB, and bodies are bounded before they are written.
const MAX_UNPACKED_BYTES: usize = 64 * 1_024 * 1_024;

thread_local! {
    /// One for each thread that packs: to make one takes longer than to pack a short text.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// Packs a body.
///
/// # Errors
/// Never for the types of this project, whose maps have text keys.
pub fn pack(body: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(body).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    compress(&json)
}

/// Unpacks a body.
///
/// # Errors
/// [`StoreError::Corrupt`] if it isn't one.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    let json = decompress(bytes)?;
    serde_json::from_slice(&json).map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// Compresses bytes.
///
/// # Errors
/// None in practice: compressing a slice fails only without memory.
pub fn compress(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let failed = |error: std::io::Error| StoreError::Corrupt(error.to_string());
    PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(Compressor::new(LEVEL).map_err(failed)?),
        };
        packer.compress(bytes).map_err(failed)
    })
}

/// Decompresses bytes.
///
/// # Errors
/// [`StoreError::Corrupt`] if they weren't compressed by us.
pub fn decompress(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    use std::io::Read;
    let damaged = |error: std::io::Error| StoreError::Corrupt(error.to_string());
    let decoder = zstd::stream::read::Decoder::new(bytes).map_err(damaged)?;
    let mut out = Vec::new();
    decoder
        .take(MAX_UNPACKED_BYTES as u64)
        .read_to_end(&mut out)
        .map_err(damaged)?;
    Ok(out)
}

/// The longest prefix of `text` that has at most `limit` bytes and ends between characters, with an ellipsis if
/// something was cut.
pub fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit.saturating_sub('…'.len_utf8()));
    format!("{}…", text[..end].trim_end())
}

/// The limit of an indexed string in bytes, and so of a summary (the property `card`).
pub const CARD_BYTES: usize = 1_500;

/// Appends a number in as few bytes as it needs: seven bits each, the lowest first, the high bit set on all but the last
/// (LEB128).
pub fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        // Only the low seven bits are kept.
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number that [`put_varint`] wrote, of at most 63 bits; `None` if there is none.
pub fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number: u64 = 0;
    for place in 0..9 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
