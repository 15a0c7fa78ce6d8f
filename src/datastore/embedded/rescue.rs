//! Saving what can still be read of a damaged file.
//!
//! A damaged page takes with it what lies in its part of the key space, and only that. So the table is read from both
//! ends up to the damage, and between the two points again from the middle, until what is left between two readable keys
//! is small.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::path::Path;

use redb::{Database, ReadableDatabase};

use super::commit::Part;
use super::disk::guarded;
use super::{ENTITIES, Embedded, codec, overlay, record, unavailable};
use crate::datastore::{Entity, Mutation, StoreError};

/// How often a gap is halved.
const HALVINGS: u32 = 40;
/// Rows of one step.
const STEP_ROWS: usize = 500;
/// Gaps that are looked into, all together: a large part of the file may be gone.
const PROBES: u32 = 5_000;
/// Gaps that are reported; further ones are only counted.
const MAX_GAPS: usize = 100;

/// What a rescue found.
#[derive(Debug, Default)]
pub struct Salvage {
    /// Entities read, by kind.
    pub saved: BTreeMap<String, u64>,
    /// What couldn't be read, in words.
    pub lost: Vec<String>,
}

type Bytes = Vec<u8>;

/// Copies what can be read of the store in `from` into a new store, which `to` makes once something can be read.
///
/// The damaged file stays as it is. Where its pages don't match their checksums, what was on them may have been changed,
/// which is said: it can't be told apart.
///
/// # Errors
/// [`StoreError::Damaged`] if nothing can be read; [`StoreError::Taken`] if a server has it open; errors of writing.
pub fn rescue(
    from: &Path,
    to: impl FnOnce() -> Result<Embedded, StoreError>,
) -> Result<Salvage, StoreError> {
    // A sound file leaves no doubt about anything in it. It is closed again: two can't have it open.
    let is_sound = overlay::check(from).is_ok();
    let database = overlay::open_cut(from)?;
    let to = to()?;
    let mut reader = Reader {
        database: &database,
        to: &to,
        found: Vec::new(),
        salvage: Salvage::default(),
        unlisted: 0,
    };
    reader.read_all()?;
    reader.hand_on(true)?;
    let mut salvage = reader.salvage;
    if !is_sound {
        let doubt = "certainty: some pages don’t match their checksums, so what was on them may have been changed. Look \
                     through the new store, and run dormouse doctor on it";
        salvage.lost.push(doubt.to_owned());
    }
    if reader.unlisted > 0 {
        let more = format!("what lies in {} further gaps", reader.unlisted);
        salvage.lost.push(more);
    }
    // A damaged database may panic when it is closed, too.
    drop(guarded(|| drop(database)));
    Ok(salvage)
}

struct Reader<'d> {
    database: &'d Database,
    to: &'d Embedded,
    found: Vec<Entity>,
    salvage: Salvage,
    /// Gaps beyond those that are listed.
    unlisted: u64,
}

/// How far reading in one direction came.
enum Reach {
    /// To the other end.
    All,
    /// As far as one step goes; the last key.
    More(Bytes),
    /// Up to damage; the last key before it.
    Until(Option<Bytes>),
}

impl Reader<'_> {
    /// Reads everything: from both ends of each gap, the widest gaps first.
    fn read_all(&mut self) -> Result<(), StoreError> {
        let mut gaps = VecDeque::from([(None, None, HALVINGS)]);
        let mut probes = 0;
        while let Some((mut from, mut to, halvings)) = gaps.pop_front() {
            probes += 1;
            if probes > PROBES || halvings == 0 {
                self.lose(format!(
                    "what lies between {} and {}",
                    name(&from),
                    name(&to)
                ));
                continue;
            }
            if self.narrow(&mut from, &mut to)? {
                continue;
            }
            match middle(from.as_deref().unwrap_or_default(), to.as_deref()) {
                Some(middle) => {
                    gaps.push_back((from, Some(middle.clone()), halvings - 1));
                    gaps.push_back((Some(middle), to, halvings - 1));
                }
                None => self.lose(format!(
                    "what lies between {} and {}",
                    name(&from),
                    name(&to)
                )),
            }
        }
        Ok(())
    }

    /// Reads a gap from both ends up to the damage, and moves the ends there; whether there was none.
    fn narrow(
        &mut self,
        from: &mut Option<Bytes>,
        to: &mut Option<Bytes>,
    ) -> Result<bool, StoreError> {
        for backward in [false, true] {
            loop {
                let reach = self.read(from, to, backward);
                self.hand_on(false)?;
                let (reached, is_more) = match reach {
                    Reach::All => return Ok(true),
                    Reach::More(key) => (Some(key), true),
                    Reach::Until(key) => (key, false),
                };
                let end = if backward { &mut *to } else { &mut *from };
                *end = reached.or(end.take());
                if !is_more {
                    break;
                }
            }
        }
        Ok(false)
    }

    fn lose(&mut self, what: String) {
        let lost = &mut self.salvage.lost;
        if lost.last() == Some(&what) {
            return;
        }
        match lost.len() < MAX_GAPS {
            true => lost.push(what),
            false => self.unlisted += 1,
        }
    }

    /// Reads between two keys, both excluded, forward or backward, until the end or damage.
    fn read(&mut self, from: &Option<Bytes>, to: &Option<Bytes>, backward: bool) -> Reach {
        let mut last = None;
        let mut rows = Vec::new();
        let end = guarded(|| -> Result<bool, StoreError> {
            let read = self.database.begin_read().map_err(unavailable)?;
            let table = read.open_table(ENTITIES).map_err(unavailable)?;
            let bound = |key: &Option<Bytes>| match key {
                Some(key) => Bound::Excluded(key.clone()),
                None => Bound::Unbounded,
            };
            let (from_key, to_key) = (from.as_ref(), to.as_ref());
            let (from, to) = (bound(from), bound(to));
            let slices = (
                from.as_ref().map(Vec::as_slice),
                to.as_ref().map(Vec::as_slice),
            );
            let mut range = table.range::<&[u8]>(slices).map_err(unavailable)?;
            loop {
                let row = match backward {
                    true => range.next_back(),
                    false => range.next(),
                };
                let Some(row) = row else { return Ok(false) };
                let (key, value) = row.map_err(unavailable)?;
                let key = key.value().to_vec();
                // Where pages were exchanged, keys come in another order, perhaps for ever.
                let before = last.as_ref().or(if backward { to_key } else { from_key });
                let is_in_order = before.is_none_or(|before| (*before < key) != backward);
                if !is_in_order {
                    return Err(StoreError::Damaged("keys out of order".into()));
                }
                rows.push((key.clone(), value.value().to_vec()));
                last = Some(key);
                if rows.len() == STEP_ROWS {
                    return Ok(true);
                }
            }
        });
        for (key, value) in rows {
            let entity = codec::ByteReader::new(&key)
                .key()
                .and_then(|key| Ok(record::decode(key, &value)?.entity));
            match entity {
                Ok(entity) => self.found.push(entity),
                Err(_) => self.lose(format!("{}, which can’t be decoded", name(&Some(key)))),
            }
        }
        match (end, last) {
            (Ok(Ok(false)), _) => Reach::All,
            (Ok(Ok(true)), Some(last)) => Reach::More(last),
            (_, last) => Reach::Until(last),
        }
    }

    /// Writes what was found, if it is enough for a commit.
    fn hand_on(&mut self, even_few: bool) -> Result<(), StoreError> {
        if self.found.len() < STEP_ROWS && !even_few {
            return Ok(());
        }
        for entity in &self.found {
            let kind = entity.key.kind().to_owned();
            *self.salvage.saved.entry(kind).or_default() += 1;
        }
        let puts = self.found.drain(..);
        let puts: Vec<_> = puts.map(|entity| Mutation::Upsert(entity, None)).collect();
        let part = Part {
            bytes: puts
                .iter()
                .filter_map(|put| Some(put.entity()?.size()))
                .sum(),
            mutations: &puts,
            seen: &[],
        };
        for outcome in self.to.shared.commit(&[part]) {
            outcome?;
        }
        Ok(())
    }
}

/// A key for people: its kind and id, or the end of the table.
fn name(key: &Option<Bytes>) -> String {
    let Some(key) = key else {
        return "an end of the table".into();
    };
    match codec::ByteReader::new(key).key() {
        Ok(key) => key.to_string(),
        Err(_) => format!("a key that begins with {:02x?}", &key[..key.len().min(12)]),
    }
}

/// A byte string between two; `None` if there is none worth trying.
fn middle(from: &[u8], to: Option<&[u8]>) -> Option<Bytes> {
    let length = from.len().max(to.map_or(0, <[u8]>::len)) + 1;
    let digit = |key: &[u8], at: usize| u16::from(key.get(at).copied().unwrap_or_default());
    let mut sum = vec![0_u16; length];
    for (at, slot) in sum.iter_mut().enumerate() {
        let upper = match to {
            Some(to) => digit(to, at),
            None => 255,
        };
        *slot = digit(from, at) + upper;
    }
    // Carries upwards, then halves downwards.
    let mut carry = 0;
    for slot in sum.iter_mut().rev() {
        let whole = *slot + carry;
        *slot = whole % 256;
        carry = whole / 256;
    }
    let mut rest = carry;
    let mut half = Vec::with_capacity(length);
    for slot in sum {
        let whole = rest * 256 + slot;
        // At most 255: `rest` is 0 or 1, and the sum is below twice 256.
        half.push(u8::try_from(whole / 2).unwrap_or(u8::MAX));
        rest = whole % 2;
    }
    let is_between = half.as_slice() > from && to.is_none_or(|to| half.as_slice() < to);
    is_between.then_some(half)
}

#[cfg(test)]
mod tests {
    use super::middle;

    #[test]
    fn a_middle_lies_between() {
        for (from, to) in [
            (&b""[..], None),
            (b"a", Some(&b"b"[..])),
            (b"ab", Some(b"ac")),
            (b"\xff", None),
        ] {
            let half = middle(from, to).unwrap();
            assert!(half.as_slice() > from, "{half:?}");
            assert!(to.is_none_or(|to| half.as_slice() < to), "{half:?}");
        }
        assert_eq!(middle(b"a", Some(b"a\0")), None);
    }
}
