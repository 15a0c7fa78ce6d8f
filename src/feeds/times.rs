//! When a feed's articles stand in timelines: a list's page is chosen by it, without reading the articles that aren't on it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::{put_varint, take_varint};

/// Most articles whose times are known.
const MOST: usize = 2_000;

/// The timeline keys of a feed's newest articles in whole seconds since 1970, without gaps up to its last one.
///
/// The fraction of a key follows from feed and number; the room of articles has the rule. Stored in the feed's summary as base64 of variable-length differences, two or three bytes each. Of more articles than
/// fit there, the newest are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// Oldest number first.
    seconds: Vec<u32>,
    /// No article with a lower number is newer than this; `u32::MAX` if nobody knows, 0 if there is none.
    older: u32,
    /// The latest that was ever among them.
    latest: u32,
    /// By how much one may be earlier than another with a lower number: 0 as a rule.
    slack: u32,
}

impl Default for Times {
    /// Of an older summary, which knows no times.
    fn default() -> Self {
        Self {
            older: u32::MAX,
            ..Self::EMPTY
        }
    }
}

impl Times {
    /// Of a feed without articles.
    pub const EMPTY: Self = Self {
        seconds: Vec::new(),
        older: 0,
        latest: 0,
        slack: 0,
    };

    /// The keys of stored articles, in microseconds by number, of a feed that keeps `first..=last`.
    pub fn of(first: u32, last: u32, orders: &BTreeMap<u32, i64>) -> Self {
        let mut times = Self::EMPTY;
        let mut order = 0;
        for seq in first..=last {
            // One that isn't there has no place; its neighbour's does no harm.
            order = orders.get(&seq).copied().unwrap_or(order);
            times.push(order);
        }
        times
    }

    /// Whether they say nothing.
    pub fn are_unknown(&self) -> bool {
        self.seconds.is_empty() && self.older == u32::MAX
    }

    /// Adds the next article's key, in microseconds.
    pub fn push(&mut self, order: i64) {
        let second = u32::try_from(order.div_euclid(1_000_000)).unwrap_or(0);
        self.note(second);
    }

    fn note(&mut self, second: u32) {
        self.latest = self.latest.max(second);
        self.slack = self.slack.max(self.latest - second);
        self.seconds.push(second);
    }

    /// By how many seconds an article may at most be earlier than one with a lower number.
    pub fn slack(&self) -> u32 {
        self.slack
    }

    /// The next number is of no article that is kept, and neither is any before it.
    pub fn skip(&mut self) {
        *self = Self::EMPTY;
    }

    /// Forgets what is no longer kept: all but the newest `kept` articles.
    pub fn keep(&mut self, kept: usize) {
        if self.seconds.len() >= kept {
            self.seconds.drain(..self.seconds.len() - kept);
            self.older = 0;
        }
    }

    /// Forgets the newest `count` articles.
    pub fn drop_newest(&mut self, count: usize) {
        let left = self.seconds.len().saturating_sub(count);
        self.seconds.truncate(left);
    }

    /// The second of the article `seq` of a feed whose last one is `last`.
    pub fn second(&self, last: u32, seq: u32) -> Option<u32> {
        let behind = usize::try_from(last.checked_sub(seq)?).ok()?;
        let at = self.seconds.len().checked_sub(behind + 1)?;
        self.seconds.get(at).copied()
    }

    /// The lowest number of which the second is known, of a feed whose last one is `last`.
    pub fn known_from(&self, last: u32) -> u32 {
        let known = u32::try_from(self.seconds.len()).unwrap_or(u32::MAX);
        last.saturating_add(1).saturating_sub(known)
    }

    /// The latest second that an article may have of which [`second`](Self::second) knows none.
    pub fn older(&self) -> u32 {
        self.older
    }

    /// What they take in memory, in bytes.
    pub fn weight(&self) -> usize {
        self.seconds.capacity() * size_of::<u32>()
    }

    /// With as many of the newest as fit into so many bytes of text.
    pub fn fitted(&self, bytes: usize) -> Self {
        let room = bytes / 4 * 3;
        let mut packed = self.packed();
        let mut fitted = self.clone();
        while packed.len() > room && !fitted.seconds.is_empty() {
            // A difference takes a byte at least.
            let over = (packed.len() - room).div_ceil(3).min(fitted.seconds.len());
            let gone = fitted.seconds.drain(..over);
            fitted.older = gone.fold(fitted.older, u32::max);
            packed = fitted.packed();
        }
        fitted
    }

    fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.seconds.len() * 3 + 5);
        put_varint(&mut bytes, u64::from(self.older));
        let mut before = 0;
        for &second in &self.seconds {
            let step = i64::from(second) - before;
            // Differences of both signs, small ones in few bits.
            put_varint(&mut bytes, ((step << 1) ^ (step >> 63)).cast_unsigned());
            before = i64::from(second);
        }
        bytes
    }

    fn unpacked(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let mut rest = bytes.as_slice();
        let older = u32::try_from(take_varint(&mut rest)?).ok()?;
        let mut times = Self {
            seconds: Vec::with_capacity(rest.len().min(MOST)),
            older,
            ..Self::EMPTY
        };
        let mut second = 0_i64;
        while !rest.is_empty() && times.seconds.len() < MOST {
            let step = take_varint(&mut rest)?;
            let step = (step >> 1).cast_signed() ^ -((step & 1).cast_signed());
            second = second.checked_add(step)?;
            times.note(u32::try_from(second).ok()?);
        }
        Some(times)
    }
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&URL_SAFE_NO_PAD.encode(self.packed()))
    }
}

impl<'de> Deserialize<'de> for Times {
    /// What can't be read is unknown: then pages are found by reading articles.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        Ok(Self::unpacked(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hourly(count: u32) -> Times {
        let mut times = Times::EMPTY;
        for n in 0..count {
            times.push(i64::from(1_700_000_000 + n * 3_600) * 1_000_000 + 123);
        }
        times
    }

    #[test]
    fn two_hundred_articles_fit_a_summary() {
        let times = hourly(200);
        let json = serde_json::to_string(&times).expect("JSON");
        assert!(json.len() < 560, "{} bytes", json.len());
        assert_eq!(serde_json::from_str::<Times>(&json).expect("times"), times);
        let damaged = serde_json::from_str::<Times>("\"_w\"").expect("unknown");
        assert!(damaged.are_unknown());
    }

    #[test]
    fn numbers_lead_to_seconds() {
        let mut times = hourly(5);
        // The feed's last article is number 9, so these are 5 to 9.
        assert_eq!(times.second(9, 9), Some(1_700_000_000 + 4 * 3_600));
        assert_eq!(times.second(9, 5), Some(1_700_000_000));
        assert_eq!(times.second(9, 4), None);
        assert_eq!(times.second(9, 10), None);
        times.drop_newest(2);
        assert_eq!(times.second(7, 7), Some(1_700_000_000 + 2 * 3_600));
        times.keep(1);
        assert_eq!(
            (times.second(7, 7).is_some(), times.second(7, 6)),
            (true, None)
        );
    }

    #[test]
    fn what_does_not_fit_is_bounded_by_its_newest() {
        let mut times = hourly(50);
        // One is dated late among early numbers.
        times.seconds[3] = 1_800_000_000;
        let fitted = times.fitted(60);
        let json = serde_json::to_string(&fitted).expect("JSON");
        assert!(json.len() <= 62, "{} bytes", json.len());
        assert!(fitted.seconds.len() >= 10, "{fitted:?}");
        assert_eq!(fitted.older, 1_800_000_000);
        assert_eq!(fitted.second(50, 50), times.second(50, 50));
        let none = times.fitted(0);
        assert_eq!((none.seconds.len(), none.older), (0, 1_800_000_000));
        // Once only known ones are kept, nothing is left of that bound.
        let mut fitted = fitted;
        fitted.keep(10);
        assert_eq!(fitted.older, 0);
    }
}
