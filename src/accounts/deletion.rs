//! Deletes an account with all that is its own, in steps.
//!
//! The order is one commit ([`Change::Leave`](super::standing::Change::Leave)), after which nobody comes in by it. From then on each
//! step looks for what is left of one kind and deletes some of it; no progress is stored. So it can be killed, repeated and run twice at
//! once. The account's record goes last, once a whole round has found nothing, and with it the address, which can be used again.
//!
//! Where several instances share a store, another one may know a token of the account for ten minutes, and write in its name: there the
//! record goes no earlier than a quarter of an hour after the order, after one more round.

use super::store as own;
use crate::datastore::{Attempt, Datastore, Kind, StoreError, retry_on_conflict};
use crate::refresh::record;
use crate::shelf::leaving;
use crate::timestamp::{Timestamp, minute_of};
use crate::users::audit::{Act, By, Entry};
use crate::users::{self, User, token};
use crate::{usage_log, webhooks};

/// Minutes after the order before which an account's record doesn't go, where several instances share the store: longer than any of them
/// remembers a token.
const SETTLED_MINUTES: i64 = 15;

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So much is gone, and more may be left.
    Did(usize),
    /// Nothing is left but the account's record, which waits for other instances to forget it.
    Waits,
    /// It is gone.
    Gone,
}

/// The deletion of one account, as far as one call knows it.
#[derive(Debug)]
pub struct Deletion<'d> {
    store: &'d Datastore,
    user: User,
    /// The next kind to look for, in the order of [`Kind::ALL`].
    place: usize,
    /// Whether this round has found anything.
    is_clean: bool,
}

impl<'d> Deletion<'d> {
    /// Goes on with the deletion of an account that was ordered to leave.
    pub fn of(store: &'d Datastore, user: User) -> Self {
        Self {
            store,
            user,
            place: 0,
            is_clean: true,
        }
    }

    /// One step: one read for each kind of which nothing is left; otherwise at most 400 deletes, or 50 subscriptions with two reads and
    /// two writes each, or 20 feeds behind a door with their articles.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
    /// [`StoreError::Contention`] after many conflicts. The next step continues.
    pub async fn step(&mut self, now: Timestamp) -> Result<Step, StoreError> {
        loop {
            let Some(&kind) = Kind::ALL.get(self.place) else {
                if !self.is_clean {
                    // Once more from the beginning: something may have come meanwhile.
                    (self.place, self.is_clean) = (0, true);
                    continue;
                }
                return self.finish(now).await;
            };
            let count = self.remove_some(kind, now).await?;
            if count > 0 {
                self.is_clean = false;
                return Ok(Step::Did(count));
            }
            self.place += 1;
        }
    }

    /// Deletes some entities of one kind, and returns how many; 0 if none was left.
    async fn remove_some(&self, kind: Kind, now: Timestamp) -> Result<usize, StoreError> {
        let (store, id) = (self.store, self.user.id);
        match kind {
            // The feeds' counts fall with them.
            Kind::Subscription => leaving::leave_some(store, id, now).await,
            // Those that are on the shelf still, are found by the next round.
            Kind::Feed => leaving::remove_doors(store, id, now).await,
            Kind::Token => own::commit(store, token::removals(store, id).await?).await,
            Kind::Webhook => webhooks::store::remove_some(store, id).await,
            Kind::Ledger => usage_log::forget_reader(store, id).await,
            Kind::Tick => record::forget_reader(store, id).await,
            kind => own::delete_some(store, kind, id).await,
        }
    }

    /// Deletes the account's record and what leads to it: then the address can be used again.
    async fn finish(&mut self, now: Timestamp) -> Result<Step, StoreError> {
        let since = self.user.profile.leaving.unwrap_or_default();
        let is_shared = self.store.is_shared();
        if is_shared && minute_of(now) - since < SETTLED_MINUTES {
            return Ok(Step::Waits);
        }
        let id = self.user.id;
        let entry = Entry {
            act: Act::Deleted,
            by: By::CleanUp,
            user: Some(id),
            about: &masked(&self.user.profile.email),
            network: "",
        };
        let line = entry.write_once(now);
        retry_on_conflict!(format!("account {id}"), {
            let Some(user) = users::store::get(self.store, id).await? else {
                return Ok(Attempt::Done(Step::Gone));
            };
            let mut changes = users::store::remove(&user);
            changes.extend(users::sign_up::unname_first(self.store, id).await?);
            changes.push(line.clone());
            match self.store.commit(changes).await {
                Err(StoreError::NotFound(_)) => Ok(Attempt::Done(Step::Gone)),
                committed => Ok(Attempt::of(committed)?.map(|_| Step::Gone)),
            }
        })
    }
}

/// An address of which only those know whose it was who knew it before: `t…@example.org`.
fn masked(email: &str) -> String {
    let (name, host) = email.split_once('@').unwrap_or((email, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}…@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked() {
        assert_eq!(masked("tern@example.org"), "t…@example.org");
        assert_eq!(masked("é@example.org"), "é…@example.org");
    }
}
