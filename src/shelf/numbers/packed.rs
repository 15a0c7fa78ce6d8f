//! A reader's numbers as they are stored: four small numbers a run, and those mostly of one byte.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Group, Numbers, Run};
use crate::codec::{put_varint, take_varint};
use crate::ids::{ArticleId, FeedId};

/// The record's body.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Packed {
    /// The last number that was given.
    #[serde(rename = "n")]
    last: u32,
    /// The feeds that runs name by their place here, with the newest article that was met; 0 for none.
    #[serde(rename = "f")]
    feeds: Vec<(u32, u32)>,
    /// For each run: the gap to the number after the last one, the feed's place, the step of the place in the feed (zigzag), and the
    /// count less one, as variable-length numbers.
    #[serde(rename = "r")]
    runs: String,
    /// Articles that hadn't come yet, as their numbers.
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    later: Vec<i64>,
    /// The labels of folders.
    #[serde(rename = "g", skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
    /// The prints of their feeds; older records have none.
    #[serde(rename = "p", skip_serializing_if = "Vec::is_empty")]
    prints: Vec<u32>,
}

impl Packed {
    pub(super) fn of(numbers: &Numbers) -> Self {
        let named = numbers.runs.iter().map(|run| run.feed);
        let feeds: BTreeSet<FeedId> = named.chain(numbers.met.keys().copied()).collect();
        let places: BTreeMap<FeedId, u64> = feeds.iter().copied().zip(0..).collect();
        let mut bytes = Vec::with_capacity(numbers.runs.len() * 5);
        let mut expected = 0_u32;
        let mut seqs: BTreeMap<FeedId, u32> = BTreeMap::new();
        for run in &numbers.runs {
            put_varint(&mut bytes, u64::from(run.number.saturating_sub(expected)));
            put_varint(
                &mut bytes,
                places.get(&run.feed).copied().unwrap_or_default(),
            );
            let before = seqs.get(&run.feed).copied().unwrap_or_default();
            let step = i64::from(run.seq) - i64::from(before);
            put_varint(&mut bytes, ((step << 1) ^ (step >> 63)).cast_unsigned());
            put_varint(&mut bytes, u64::from(run.count - 1));
            expected = run.number + run.count;
            seqs.insert(run.feed, run.seq + run.count);
        }
        let met = |feed: &FeedId| numbers.met.get(feed).copied().unwrap_or_default();
        Self {
            last: numbers.last,
            feeds: feeds.iter().map(|feed| (feed.0, met(feed))).collect(),
            runs: STANDARD_NO_PAD.encode(bytes),
            later: numbers.later.iter().map(|id| id.number()).collect(),
            groups: numbers.groups.iter().map(|one| one.label.clone()).collect(),
            prints: numbers.groups.iter().map(|one| one.feeds).collect(),
        }
    }

    /// `None` if it is damaged.
    pub(super) fn numbers(self) -> Option<Numbers> {
        let bytes = STANDARD_NO_PAD.decode(&self.runs).ok()?;
        let mut rest = bytes.as_slice();
        let mut take = || u32::try_from(take_varint(&mut rest)?).ok();
        let mut runs = Vec::new();
        let mut expected = 0_u32;
        let mut seqs: BTreeMap<FeedId, u32> = BTreeMap::new();
        while let Some(gap) = take() {
            let place = usize::try_from(take()?).ok()?;
            let feed = FeedId(self.feeds.get(place)?.0);
            let step = i64::from(take()?);
            let step = (step >> 1) ^ -(step & 1);
            let before = seqs.get(&feed).copied().unwrap_or_default();
            let run = Run {
                number: expected.checked_add(gap)?,
                feed,
                seq: u32::try_from(i64::from(before) + step).ok()?,
                count: take()?.checked_add(1)?,
            };
            expected = run.number.checked_add(run.count)?;
            seqs.insert(feed, run.seq.checked_add(run.count)?);
            runs.push(run);
        }
        let later = self.later.into_iter().filter_map(ArticleId::from_number);
        let met = self.feeds.into_iter().filter(|(_, met)| *met > 0);
        let prints = self.prints.into_iter().chain(std::iter::repeat(0));
        let groups = self.groups.into_iter().zip(prints);
        let groups = groups.map(|(label, feeds)| Group { label, feeds });
        let numbers = Numbers {
            last: self.last,
            runs,
            met: met.map(|(feed, met)| (FeedId(feed), met)).collect(),
            later: later.collect(),
            groups: groups.collect(),
            places: Default::default(),
        };
        Some(numbers.index())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written_and_lead_both_ways() {
        let mut numbers = Numbers::default();
        let id = |feed, seq| ArticleId {
            feed: FeedId(feed),
            seq,
        };
        let all = [
            id(7, 1),
            id(7, 2),
            id(9, 40),
            id(7, 3),
            id(9, 41),
            id(9, 42),
            id(9, 39),
        ];
        all.iter().for_each(|one| numbers.add(*one));
        numbers.runs.remove(2);
        numbers.met = BTreeMap::from([(FeedId(7), 3), (FeedId(11), 5)]);
        numbers.later = BTreeSet::from([id(11, 4)]);
        numbers.groups = [("A/B", 7), ("ä", 0)]
            .map(|(label, feeds)| Group {
                label: label.into(),
                feeds,
            })
            .into();
        let numbers = numbers.index();
        let json = serde_json::to_string(&Packed::of(&numbers)).expect("JSON");
        let read: Packed = serde_json::from_str(&json).expect("packed");
        assert_eq!(read.numbers().expect("numbers"), numbers);
        for (number, one) in (1..).zip(all) {
            let is_there = number != 4;
            assert_eq!(numbers.article(number), is_there.then_some(one), "{number}");
            assert_eq!(numbers.number(one), is_there.then_some(number), "{one}");
        }
        let above: Vec<u32> = numbers.above(2).map(|(number, _)| number).collect();
        let below: Vec<u32> = numbers.below(7).map(|(number, _)| number).collect();
        assert_eq!((above, below), (vec![3, 5, 6, 7], vec![6, 5, 3, 2, 1]));
        assert_eq!(numbers.above(7).count() + numbers.below(1).count(), 0);
        assert_eq!((numbers.group("ä"), numbers.label(3)), (Some(3), Some("ä")));
    }

    #[test]
    fn a_full_log_fits_one_record() {
        let mut numbers = Numbers::default();
        for at in 0..50_000_u32 {
            let feed = FeedId(1 + at.wrapping_mul(2_654_435_761) % 1_000);
            numbers.add(ArticleId {
                feed,
                seq: 1 + at / 10,
            });
        }
        let packed = crate::codec::pack(&Packed::of(&numbers)).expect("packed");
        assert!(packed.len() < 500_000, "{} bytes", packed.len());
    }
}
