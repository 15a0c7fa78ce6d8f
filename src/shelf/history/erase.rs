//! Deleting from a journal, and changing how it is kept.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::datastore::{Attempt, Datastore, Mutation, StoreError, retry_on_conflict};
use crate::ids::{ArticleId, UserId};
use crate::shelf::journal::Event;
use crate::shelf::journal::Habits;
use crate::shelf::journal::MonthSum;
use crate::shelf::journal::moving::fall_out;
use crate::shelf::journal::store;
use crate::shelf::journal::zone::{self, Month};
use crate::shelf::journal::{LeftOut, Sums};
use crate::shelf::{ReadShards, read_store};
use crate::timestamp::{Timestamp, minute_of};

/// Most deletes of one commit.
const DELETES: usize = 400;

/// What is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    /// An article's line of one day.
    Line(NaiveDate, ArticleId),
    /// A day.
    Day(NaiveDate),
    /// A month.
    Month(Month),
    /// All of it.
    All,
}

impl Erase {
    fn has(self, event: &Event, zone: chrono_tz::Tz) -> bool {
        let day = zone::day_of(event.minute, zone);
        match self {
            Self::Line(of, id) => of == day && event.article() == Some(id),
            Self::Day(of) => of == day,
            Self::Month(of) => of == zone::month_of_day(day),
            Self::All => true,
        }
    }
}

/// Deletes a part of a journal, from what waits, from its month and from the sums. A month costs a read and a write, or deletes,
/// and a read and a write for the sums if it is closed.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn erase(
    store: &Datastore,
    user: UserId,
    what: Erase,
    now: Timestamp,
) -> Result<(), StoreError> {
    let answer = retry_on_conflict!(format!("the journal of {user}"), {
        let before = read_store::fresh(store, user).await?;
        let mut after = before.clone();
        let habits = before.habits();
        let zone = habits.zone();
        after.forget_events(|event| what.has(event, zone));
        let mut writes = read_store::mutations(user, &mut after, &before, now)?.0;
        match what {
            Erase::Line(day, _) | Erase::Day(day) => {
                let month = zone::month_of_day(day);
                writes.extend(thin(store, user, month, |event| what.has(event, zone), zone).await?);
            }
            Erase::Month(month) => {
                let parts = store::month(store, user, month, true).await?.0.parts.len();
                writes.extend(store::delete_month(user, month, parts));
                let known = store::sums(store, user, true).await?;
                let (mut sums, version) = (*known).clone();
                if sums.months.remove(&month).is_some() {
                    sums.tidy();
                    writes.push(store::write_sums(user, &sums, version)?);
                }
            }
            Erase::All => {
                let months = known_months(store, user, &before, now).await?;
                let deletes: Vec<Mutation> = months
                    .into_iter()
                    .flat_map(|(month, parts)| store::delete_month(user, month, parts))
                    .collect();
                // Those first: if this ends half-way, the sums still name what is left.
                for some in deletes.chunks(DELETES) {
                    store.commit(some.to_vec()).await?;
                }
                let known = store::sums(store, user, true).await?;
                let left = Sums {
                    left_out: known.0.left_out.clone(),
                    ..Sums::default()
                };
                if left != known.0 {
                    writes.push(store::write_sums(user, &left, known.1)?);
                }
            }
        }
        if writes.is_empty() {
            return Ok(Attempt::Done(()));
        }
        Attempt::of(store.commit(writes).await.map(drop))
    });
    read_store::invalidate(store, user);
    answer
}

/// The writes that leave out of a month what `goes` selects.
async fn thin(
    store: &Datastore,
    user: UserId,
    month: Month,
    goes: impl Fn(&Event) -> bool,
    zone: chrono_tz::Tz,
) -> Result<Vec<Mutation>, StoreError> {
    let known = store::month(store, user, month, true).await?;
    let (mut parts, versions) = (*known).clone();
    if parts.retain(|event| !goes(event)) == 0 {
        return Ok(Vec::new());
    }
    let mut writes = store::write_month(user, month, &parts, &versions)?;
    let known = store::sums(store, user, true).await?;
    let (mut sums, version) = (*known).clone();
    if sums.months.contains_key(&month) {
        let mut sum = MonthSum::of(parts.events(), zone);
        sum.parts = parts.parts.len();
        sums.fold(month, sum, &parts.names());
        sums.tidy();
        writes.push(store::write_sums(user, &sums, version)?);
    }
    Ok(writes)
}

/// The months that have a record, with how many parts.
async fn known_months(
    store: &Datastore,
    user: UserId,
    read: &ReadShards,
    now: Timestamp,
) -> Result<Vec<(Month, usize)>, StoreError> {
    let sums = store::sums(store, user, true).await?;
    let mut months: Vec<(Month, usize)> = sums
        .0
        .months
        .iter()
        .map(|(month, sum)| (*month, sum.parts))
        .collect();
    let moved = read.parts().map(|(state, _)| state.journal.month);
    let this = zone::month_of(minute_of(now), read.habits().zone());
    let open: BTreeSet<Month> = moved.chain([this]).filter(|month| *month != 0).collect();
    for month in open
        .into_iter()
        .filter(|month| !sums.0.months.contains_key(month))
    {
        let parts = store::month(store, user, month, true).await?.0.parts.len();
        months.push((month, parts));
    }
    Ok(months)
}

/// Sets how a journal is kept. Months that are kept no longer are deleted at once. One write, and a read; more where months go.
///
/// # Errors
/// The same as [`erase`].
pub async fn set_habits(
    store: &Datastore,
    user: UserId,
    habits: &Habits,
    now: Timestamp,
) -> Result<(), StoreError> {
    read_store::change(store, user, now, |reading| reading.set_habits(habits)).await?;
    let first = habits
        .keep
        .first(zone::month_of(minute_of(now), habits.zone()));
    retry_on_conflict!(format!("the journal of {user}"), {
        let known = store::sums(store, user, true).await?;
        let (mut sums, version) = (*known).clone();
        let deletes = fall_out(&mut sums, user, first);
        if sums == known.0 {
            return Ok(Attempt::Done(()));
        }
        for some in deletes.chunks(DELETES) {
            store.commit(some.to_vec()).await?;
        }
        let write = store::write_sums(user, &sums, version)?;
        Attempt::of(store.commit(vec![write]).await.map(drop))
    })
}

/// Sets what rankings leave out. A read and a write.
///
/// # Errors
/// The same as [`erase`].
pub async fn leave_out(
    store: &Datastore,
    user: UserId,
    how: impl Fn(&mut LeftOut),
) -> Result<(), StoreError> {
    retry_on_conflict!(format!("the journal of {user}"), {
        let known = store::sums(store, user, true).await?;
        let (mut sums, version) = (*known).clone();
        how(&mut sums.left_out);
        if sums == known.0 {
            return Ok(Attempt::Done(()));
        }
        let write = store::write_sums(user, &sums, version)?;
        Attempt::of(store.commit(vec![write]).await.map(drop))
    })
}
