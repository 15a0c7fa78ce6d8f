//! Saving what can still be read of a damaged file.
//!
//! A damaged page takes with it what lies in its part of the key space, and only that. So the table is read from both
//! ends up to the damage, and between the two points again from the middle, until what is left between two readable keys
//! is small. Where that isn't everything, or the file can't be opened at all, the file's pages are looked at one by one.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fs::File;
use std::ops::Bound;
use std::path::Path;

use redb::{Database, ReadableDatabase, ReadableTableMetadata};

use super::commit::Part;
use super::disk::guarded;
use super::folder::Folder;
use super::{ENTITIES, Embedded, codec, loose, overlay, record, unavailable};
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
    /// Those of them that lay on pages to which nothing leads.
    pub loose: u64,
    /// What couldn't be read, or is in doubt, in words.
    pub lost: Vec<String>,
}

type Bytes = Vec<u8>;

/// Copies what can be read of the store in `from` into a new store, which `to` makes once something can be read.
///
/// What `is_readable` doesn't know as a record of its kind is left out, and said. The damaged file stays as it is. Where its pages don't match their checksums, what was on them may have been changed,
/// which is said: it can't be told apart.
///
/// # Errors
/// [`StoreError::Damaged`] if nothing can be read; [`StoreError::Taken`] if a server has it open; errors of writing.
pub fn rescue(
    from: &Path,
    to: impl FnOnce() -> Result<Embedded, StoreError>,
    is_readable: fn(&Entity) -> bool,
) -> Result<Salvage, StoreError> {
    // A sound file leaves no doubt about anything in it. It is closed again: two can't have it open.
    let is_sound = overlay::check(from).is_ok();
    let file = Folder::look(from)?;
    let (database, why) = match overlay::open_cut(file.clone()) {
        Ok(database) => (Some(database), None),
        Err(error) => (None, Some(error)),
    };
    let places = match &why {
        // Before anything is made: there may be nothing in it.
        Some(_) => loose::find(&file, |_| true, is_readable),
        None => HashMap::new(),
    };
    if let Some(error) = why
        && places.is_empty()
    {
        return Err(error);
    }
    let to = to()?;
    let mut reader = Reader::new(&to, is_readable);
    let places = match &database {
        Some(database) => {
            reader.read_all(database)?;
            let is_all = reader.gaps.is_empty() && reader.missing(database) == Some(0);
            let is_new = |key: &[u8]| !reader.known.contains(key);
            match is_all {
                true => places,
                false => loose::find(&file, is_new, is_readable),
            }
        }
        None => places,
    };
    reader.read_loose(&file, places)?;
    reader.hand_on(true)?;
    let salvage = reader.report(database.as_ref(), is_sound);
    // A damaged database may panic when it is closed, too.
    drop(guarded(|| drop(database)));
    Ok(salvage)
}

struct Reader<'d> {
    to: &'d Embedded,
    found: Vec<Entity>,
    /// The keys of all that was found.
    known: HashSet<Bytes>,
    gaps: Vec<Gap>,
    salvage: Salvage,
    is_readable: fn(&Entity) -> bool,
}

/// What lies between two keys; `None` is an end of the table.
type Gap = (Option<Bytes>, Option<Bytes>);

/// How far reading in one direction came.
enum Reach {
    /// To the other end.
    All,
    /// As far as one step goes; the last key.
    More(Bytes),
    /// Up to damage; the last key before it.
    Until(Option<Bytes>),
}

impl<'d> Reader<'d> {
    fn new(to: &'d Embedded, is_readable: fn(&Entity) -> bool) -> Self {
        Self {
            to,
            found: Vec::new(),
            known: HashSet::new(),
            gaps: Vec::new(),
            salvage: Salvage::default(),
            is_readable,
        }
    }

    /// Reads everything: from both ends of each gap, the widest gaps first.
    fn read_all(&mut self, database: &Database) -> Result<(), StoreError> {
        let mut gaps = VecDeque::from([(None, None, HALVINGS)]);
        let mut probes = 0;
        while let Some((mut from, mut to, halvings)) = gaps.pop_front() {
            probes += 1;
            if probes > PROBES || halvings == 0 {
                self.gaps.push((from, to));
                continue;
            }
            if self.narrow(database, &mut from, &mut to)? {
                continue;
            }
            match middle(from.as_deref().unwrap_or_default(), to.as_deref()) {
                Some(middle) => {
                    gaps.push_back((from, Some(middle.clone()), halvings - 1));
                    gaps.push_back((Some(middle), to, halvings - 1));
                }
                None => self.gaps.push((from, to)),
            }
        }
        Ok(())
    }

    /// Reads a gap from both ends up to the damage, and moves the ends there; whether there was none.
    fn narrow(
        &mut self,
        database: &Database,
        from: &mut Option<Bytes>,
        to: &mut Option<Bytes>,
    ) -> Result<bool, StoreError> {
        for backward in [false, true] {
            loop {
                let reach = self.read(database, from, to, backward);
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

    /// How many more entities the table says it has; `None` if it can't say, or says less.
    fn missing(&self, database: &Database) -> Option<u64> {
        let counted = guarded(|| -> Option<u64> {
            let table = database.begin_read().ok()?.open_table(ENTITIES).ok()?;
            table.len().ok()
        });
        counted.ok()??.checked_sub(self.known.len() as u64)
    }

    /// Reads what was found on loose pages, in the order of the file.
    fn read_loose(
        &mut self,
        file: &File,
        places: HashMap<Bytes, loose::Place>,
    ) -> Result<(), StoreError> {
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_unstable_by_key(|(_, place)| place.at());
        for (key, place) in places {
            if let Some(entity) = loose::read(file, &key, place) {
                self.salvage.loose += 1;
                self.found.push(entity);
                self.hand_on(false)?;
            }
        }
        Ok(())
    }

    /// Puts into words what is lost, and what is in doubt.
    fn report(mut self, database: Option<&Database>, is_sound: bool) -> Salvage {
        let missing = database.map(|database| self.missing(database));
        let mut lost = std::mem::take(&mut self.salvage.lost);
        let gaps = joined(self.gaps);
        let unlisted = gaps.len().saturating_sub(MAX_GAPS);
        let some = match self.salvage.loose {
            0 => "what lies",
            _ => "perhaps something",
        };
        for (from, to) in gaps.iter().take(MAX_GAPS) {
            lost.push(match (from, to) {
                (None, None) => {
                    "perhaps anything: no part of the table could be read in order".into()
                }
                (from, to) if from == to => format!("{}, which can’t be read", name(from)),
                (from, to) => format!("{some} between {} and {}", name(from), name(to)),
            });
        }
        if unlisted > 0 {
            lost.push(format!("what lies in {unlisted} further gaps"));
        }
        match missing {
            None => lost.push(
                "the file’s upper pages: they say where everything is and how much there was, so nobody can say how much is \
                 missing"
                    .to_owned(),
            ),
            Some(Some(0)) | Some(None) if gaps.is_empty() => {}
            Some(Some(missing)) if missing > self.salvage.loose => {
                let more = missing - self.salvage.loose;
                lost.push(format!("{more} entities or more, by the table’s own count"));
            }
            Some(_) => {}
        }
        if !is_sound {
            lost.push(
                "certainty: some pages don’t match their checksums, so what was on them may have been changed. Look through \
                 the new store, and run dormouse doctor on it"
                    .to_owned(),
            );
        }
        if self.salvage.loose > 0 {
            lost.push(format!(
                "certainty: {} of those saved lay on pages to which nothing leads. They may be of an earlier moment, or \
                 deleted since. Sessions and tokens on such pages were left there, since they may have been ended",
                self.salvage.loose
            ));
        }
        self.salvage.lost = lost;
        self.salvage
    }

    /// Reads between two keys, both excluded, forward or backward, until the end or damage.
    fn read(
        &mut self,
        database: &Database,
        from: &Option<Bytes>,
        to: &Option<Bytes>,
        backward: bool,
    ) -> Reach {
        let mut last = None;
        let mut rows = Vec::new();
        let end = guarded(|| -> Result<bool, StoreError> {
            let read = database.begin_read().map_err(unavailable)?;
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
                Ok(entity) if (self.is_readable)(&entity) => {
                    self.found.push(entity);
                    self.known.insert(key);
                }
                // As a gap of one, so that its record is looked for on loose pages.
                _ => self.gaps.push((Some(key.clone()), Some(key))),
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
        let saved = self.salvage.saved.values().sum();
        let progress = &self.to.shared.options.progress;
        progress.at("saving records", saved, 0);
        Ok(())
    }
}

/// Gaps in order, with those that touch made one.
fn joined(mut gaps: Vec<Gap>) -> Vec<Gap> {
    gaps.sort_unstable();
    let mut joined: Vec<Gap> = Vec::new();
    for (from, to) in gaps {
        match joined.last_mut() {
            Some((_, end)) if from.is_some() && *end == from => *end = to,
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// A key for people: its path, as far as it makes sense, or the end of the table.
fn name(key: &Option<Bytes>) -> String {
    let Some(key) = key else {
        return "an end of the table".into();
    };
    let mut reader = codec::ByteReader::new(key);
    match (reader.key(), codec::ByteReader::new(key).start_of_key()) {
        (Ok(key), _) => key.to_string(),
        (Err(_), Some(start)) => format!("what is in {start}"),
        (Err(_), None) => format!("a key that begins with {}", key.escape_ascii()),
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
