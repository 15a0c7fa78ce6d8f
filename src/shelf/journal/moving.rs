//! Moving what waits into the record of its month, in the commit that finds it due; and folding months that are over.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Event, Name};
use super::month::MonthSum;
use super::pending::{Keep, Pending};
use super::store;
use super::sums::Sums;
use super::zone::{self, Month};
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::ids::{FeedId, UserId};
use crate::timestamp::{Timestamp, minute_of};

/// Most months that one commit touches: who changes their zone may have events of several.
const MOST_MONTHS: usize = 6;

/// What is moved.
#[derive(Debug, Default)]
pub(in crate::shelf) struct Taken {
    events: Vec<Event>,
    names: BTreeMap<FeedId, Name>,
    /// The month that it is now, for the reader.
    this: Month,
    /// Those into which these shards' events were moved before.
    earlier: BTreeSet<Month>,
    zone: Option<chrono_tz::Tz>,
    keep: Keep,
}

impl Taken {
    /// Takes what waits in a shard, whose list is empty then.
    pub(in crate::shelf) fn take(&mut self, pending: &mut Pending, now: Timestamp) {
        let zone = pending.habits.zone();
        self.this = zone::month_of(minute_of(now), zone);
        self.zone = Some(zone);
        self.keep = pending.habits.keep;
        self.events.append(&mut pending.events);
        self.names.append(&mut pending.names);
        if pending.month != 0 && pending.month != self.this {
            self.earlier.insert(pending.month);
        }
        pending.month = self.this;
    }
}

/// The writes that put what was taken into its months, and fold those that are over.
///
/// About once a day one write, and a read if the month isn't cached; once a month two writes and two reads more. The commit that
/// they go with fails if the month was written meanwhile.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub(in crate::shelf) async fn write(
    store: &Datastore,
    user: UserId,
    taken: Taken,
    is_fresh: bool,
) -> Result<Vec<Mutation>, StoreError> {
    let zone = taken.zone.unwrap_or_default();
    let mut by_month: BTreeMap<Month, Vec<Event>> = BTreeMap::new();
    for event in taken.events {
        let month = zone::month_of(event.minute, zone).min(taken.this);
        by_month.entry(month).or_default().push(event);
    }
    // Beyond a handful, which only changed clocks or zones can bring, the oldest go with the next.
    while by_month.len() > MOST_MONTHS {
        let oldest = by_month.pop_first();
        if let (Some((_, events)), Some(mut next)) = (oldest, by_month.first_entry()) {
            next.get_mut().extend(events);
        }
    }
    let mut writes = Vec::new();
    let mut closed = BTreeMap::new();
    for (month, events) in by_month {
        let known = store::month(store, user, month, is_fresh).await?;
        let (mut parts, versions) = (*known).clone();
        parts.append(events, &taken.names)?;
        writes.extend(store::write_month(user, month, &parts, &versions)?);
        if month < taken.this {
            closed.insert(month, parts);
        }
    }
    for month in taken
        .earlier
        .into_iter()
        .filter(|month| *month < taken.this)
    {
        if let std::collections::btree_map::Entry::Vacant(place) = closed.entry(month) {
            place.insert(store::month(store, user, month, is_fresh).await?.0.clone());
        }
    }
    if closed.is_empty() {
        return Ok(writes);
    }
    let known = store::sums(store, user, is_fresh).await?;
    let (mut sums, version) = (*known).clone();
    for (month, parts) in closed {
        let mut sum = MonthSum::of(parts.events(), zone);
        sum.parts = parts.parts.len();
        sums.fold(month, sum, &parts.names());
    }
    writes.extend(fall_out(&mut sums, user, taken.keep.first(taken.this)));
    if sums != known.0 {
        writes.push(store::write_sums(user, &sums, version)?);
    }
    Ok(writes)
}

/// The deletes of months before the first one that is kept; their sums go too.
pub(in crate::shelf) fn fall_out(sums: &mut Sums, user: UserId, first: Month) -> Vec<Mutation> {
    let kept = sums.months.split_off(&first);
    let gone = std::mem::replace(&mut sums.months, kept);
    if gone.is_empty() {
        return Vec::new();
    }
    sums.tidy();
    let deletes = gone
        .iter()
        .flat_map(|(month, sum)| store::delete_month(user, *month, sum.parts));
    deletes.collect()
}
