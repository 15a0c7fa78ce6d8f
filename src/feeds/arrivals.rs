//! How long after their place in timelines a feed's articles came, so that programs can be told what came since.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::{put_varint, take_varint};

/// Most articles of which it is known.
const MOST: usize = 2_000;
/// Most minutes between an article's place and its arrival: a late one stands at most a day back.
pub const MOST_MINUTES: u16 = 24 * 60;

/// For a feed's newest articles, without gaps up to its last one: the minutes between the timeline key and the arrival.
///
/// 0 for articles of a first import, which count as arrived when they were published, and for those of which it is unknown. Stored in
/// the feed's summary as base64 of variable-length numbers, with the length of each run of zeros after its zero; what has no room
/// there is forgotten, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrivals {
    /// Oldest number first.
    minutes: Vec<u16>,
}

impl Arrivals {
    /// Whether they say nothing.
    pub fn are_unknown(&self) -> bool {
        self.minutes.iter().all(|&minutes| minutes == 0)
    }

    /// Whether they are known of so many articles.
    pub fn knows(&self, kept: usize) -> bool {
        self.minutes.len() >= kept.min(MOST)
    }

    /// Adds the next article's.
    pub fn push(&mut self, minutes: u16) {
        self.minutes.push(minutes.min(MOST_MINUTES));
    }

    /// The next number is of no article that is kept, and neither is any before it.
    pub fn skip(&mut self) {
        self.minutes.clear();
    }

    /// Forgets all but the newest `kept` articles.
    pub fn keep(&mut self, kept: usize) {
        let over = self.minutes.len().saturating_sub(kept);
        self.minutes.drain(..over);
    }

    /// Forgets the newest `count` articles.
    pub fn drop_newest(&mut self, count: usize) {
        let left = self.minutes.len().saturating_sub(count);
        self.minutes.truncate(left);
    }

    /// The minutes of the article `seq` of a feed whose last one is `last`; 0 if they aren't known.
    pub fn minutes(&self, last: u32, seq: u32) -> u16 {
        let behind = last.checked_sub(seq).map(|behind| behind as usize);
        let at = behind.and_then(|behind| self.minutes.len().checked_sub(behind + 1));
        at.and_then(|at| self.minutes.get(at).copied())
            .unwrap_or_default()
    }

    /// Learns those of older articles, up to `kept` in all: `of` has the minutes of a number.
    pub fn complete(&mut self, last: u32, kept: usize, of: impl Fn(u32) -> u16) {
        let missing = kept.min(MOST).saturating_sub(self.minutes.len());
        if missing == 0 {
            return;
        }
        let known = u32::try_from(self.minutes.len()).unwrap_or(u32::MAX);
        let first_known = last.saturating_add(1).saturating_sub(known);
        let from = first_known.saturating_sub(u32::try_from(missing).unwrap_or(u32::MAX));
        let older: Vec<u16> = (from.max(1)..first_known)
            .map(|seq| of(seq).min(MOST_MINUTES))
            .collect();
        self.minutes.splice(..0, older);
    }

    /// What they take in memory, in bytes.
    pub fn weight(&self) -> usize {
        self.minutes.capacity() * size_of::<u16>()
    }

    /// With as many of the newest as fit into so many bytes of text.
    pub fn fitted(&self, bytes: usize) -> Self {
        let room = bytes / 4 * 3;
        let mut fitted = self.clone();
        // What isn't known is 0, so zeros at the beginning needn't be said.
        let told = fitted.minutes.iter().position(|&minutes| minutes > 0);
        fitted.minutes.drain(..told.unwrap_or(fitted.minutes.len()));
        let mut packed = fitted.packed();
        while packed.len() > room && !fitted.minutes.is_empty() {
            // A number takes two bytes at most.
            let over = (packed.len() - room).div_ceil(2).min(fitted.minutes.len());
            fitted.minutes.drain(..over);
            packed = fitted.packed();
        }
        fitted
    }

    fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.minutes.len() * 2);
        for run in self.minutes.chunk_by(|one, other| *one == 0 && *other == 0) {
            put_varint(&mut bytes, run.first().copied().unwrap_or_default().into());
            if run.first() == Some(&0) {
                put_varint(&mut bytes, run.len() as u64);
            }
        }
        bytes
    }

    fn unpacked(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.as_slice();
        let mut minutes = Vec::new();
        while !rest.is_empty() && minutes.len() < MOST {
            match u16::try_from(take_varint(&mut rest)?).ok()? {
                0 => {
                    let run = usize::try_from(take_varint(&mut rest)?).ok()?;
                    let run = run.min(MOST - minutes.len());
                    minutes.resize(minutes.len() + run, 0);
                }
                one => minutes.push(one.min(MOST_MINUTES)),
            }
        }
        Some(Self { minutes })
    }
}

impl Serialize for Arrivals {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&URL_SAFE_NO_PAD.encode(self.packed()))
    }
}

impl<'de> Deserialize<'de> for Arrivals {
    /// What can't be read is unknown.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        Ok(Self::unpacked(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(minutes: &[u16]) -> Arrivals {
        let mut arrivals = Arrivals::default();
        minutes.iter().for_each(|&one| arrivals.push(one));
        arrivals
    }

    #[test]
    fn they_are_read_as_they_were_written() {
        for minutes in [&[][..], &[5], &[0, 0, 0, 7, 0, 1_440, 3, 0, 0], &[1; 200]] {
            let arrivals = of(minutes);
            let json = serde_json::to_string(&arrivals).expect("JSON");
            let read = serde_json::from_str::<Arrivals>(&json).expect("arrivals");
            assert_eq!(read, arrivals, "{minutes:?}");
        }
        let json = serde_json::to_string(&of(&[45; 200])).expect("JSON");
        assert!(json.len() < 270, "{} bytes", json.len());
        let damaged = serde_json::from_str::<Arrivals>("\"_w\"").expect("unknown");
        assert!(damaged.are_unknown());
    }

    #[test]
    fn numbers_lead_to_minutes_and_what_is_unknown_is_none() {
        let mut arrivals = of(&[10, 0, 30]);
        let all = |arrivals: &Arrivals, last| -> Vec<u16> {
            (1..=last).map(|seq| arrivals.minutes(last, seq)).collect()
        };
        assert_eq!(all(&arrivals, 5), [0, 0, 10, 0, 30]);
        arrivals.complete(5, 4, |seq| seq as u16 * 100);
        assert_eq!(all(&arrivals, 5), [0, 200, 10, 0, 30]);
        assert_eq!(all(&arrivals.fitted(4), 5), [0, 0, 0, 0, 30]);
        arrivals.drop_newest(1);
        assert_eq!(all(&arrivals, 4), [0, 200, 10, 0]);
        arrivals.keep(1);
        assert_eq!(all(&arrivals, 4), [0; 4]);
    }
}
