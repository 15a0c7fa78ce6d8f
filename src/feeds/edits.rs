//! The articles that a publisher changed last: for readers who want changed articles unread again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::{put_varint, take_varint};

/// Most edits remembered per feed.
const MOST: usize = 50;

/// A feed's last edits, oldest first: the article's number and the minute, each article once.
///
/// Stored in the feed's summary, so that it is known wherever arrivals are met, as base64 of variable-length integers: about
/// five bytes an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(Vec<(u32, i64)>);

impl Edits {
    /// Whether nothing was ever edited.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Records an edit; the oldest beyond fifty is forgotten.
    pub fn note(&mut self, seq: u32, minute: i64) {
        self.0.retain(|(known, _)| *known != seq);
        self.0.push((seq, minute));
        let extra = self.0.len().saturating_sub(MOST);
        self.0.drain(..extra);
    }

    /// The edits after this minute: number and minute.
    pub fn after(&self, minute: i64) -> impl Iterator<Item = (u32, i64)> + '_ {
        self.0.iter().copied().filter(move |(_, at)| *at > minute)
    }

    /// The minute of the last one; `None` if there was none.
    pub fn last_minute(&self) -> Option<i64> {
        self.0.last().map(|(_, minute)| *minute)
    }

    /// Whether none after this minute were forgotten.
    pub fn knows_all_after(&self, minute: i64) -> bool {
        self.0.len() < MOST || self.0.first().is_some_and(|(_, first)| *first <= minute)
    }

    fn packed(&self) -> String {
        let mut bytes = Vec::new();
        let mut before = 0;
        for &(seq, minute) in &self.0 {
            put_varint(&mut bytes, u64::from(seq));
            // In order, so that the difference is never negative.
            put_varint(&mut bytes, u64::try_from(minute - before).unwrap_or(0));
            before = minute.max(before);
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn unpacked(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.as_slice();
        let mut edits = Vec::new();
        let mut minute = 0;
        while !rest.is_empty() && edits.len() < MOST {
            let seq = u32::try_from(take_varint(&mut rest)?).ok()?;
            minute += i64::try_from(take_varint(&mut rest)?).ok()?;
            edits.push((seq, minute));
        }
        Some(Self(edits))
    }
}

impl Serialize for Edits {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.packed())
    }
}

impl<'de> Deserialize<'de> for Edits {
    /// What can't be read is no edit: nobody's read state depends on it.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Ok(Self::unpacked(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fifty_are_kept_and_fit_the_summary() {
        let mut edits = Edits::default();
        for n in 0..80 {
            edits.note(4_000_000 + n, 30_000_000 + i64::from(n) * 1_440);
        }
        edits.note(4_000_050, 30_200_000);
        assert_eq!(edits.0.len(), MOST);
        assert_eq!(edits.0.last(), Some(&(4_000_050, 30_200_000)));
        let json = serde_json::to_string(&edits).expect("JSON");
        assert!(json.len() <= 500, "{} bytes", json.len());
        assert_eq!(serde_json::from_str::<Edits>(&json).expect("edits"), edits);
        assert_eq!(edits.after(30_000_000 + 78 * 1_440).count(), 2);
        assert_eq!(
            serde_json::from_str::<Edits>("\"_w\"").expect("none"),
            Edits::default()
        );
    }
}
