//! Bitmaps of articles' numbers, as records have them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use roaring::RoaringBitmap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A serializable bitmap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Bits(
    #[serde(serialize_with = "put_bits", deserialize_with = "take_bits")] pub RoaringBitmap,
);

impl Bits {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes a bitmap as text.
pub(super) fn put_bits<S: Serializer>(bits: &RoaringBitmap, out: S) -> Result<S::Ok, S::Error> {
    // As runs: what is marked together is contiguous.
    let mut bits = bits.clone();
    bits.optimize();
    let mut bytes = Vec::with_capacity(bits.serialized_size());
    bits.serialize_into(&mut bytes)
        .map_err(serde::ser::Error::custom)?;
    STANDARD_NO_PAD.encode(bytes).serialize(out)
}

/// Reads one.
pub(super) fn take_bits<'de, D: Deserializer<'de>>(from: D) -> Result<RoaringBitmap, D::Error> {
    let text = String::deserialize(from)?;
    let bytes = STANDARD_NO_PAD
        .decode(text)
        .map_err(serde::de::Error::custom)?;
    RoaringBitmap::deserialize_from(bytes.as_slice()).map_err(serde::de::Error::custom)
}
