//! What is stored for one account, by kind and number: the whole store is looked through, for an operator.

use std::collections::BTreeMap;

use super::store;
use crate::datastore::{Datastore, Kind, StoreError};
use crate::ids::UserId;
use crate::refresh::record;
use crate::{usage_log, webhooks};

/// What is stored for an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// How many entities, by kind; records of the whole installation that name the account count one each.
    pub own: BTreeMap<&'static str, u64>,
    /// Lines of the audit log with its number.
    pub audit: u64,
}

impl Holdings {
    /// Whether there is nothing, besides lines of the audit log.
    pub fn is_nothing(&self) -> bool {
        self.own.is_empty()
    }
}

/// Counts what is stored for an account. Reads all entities of the kinds that may be somebody's, but for those that stand below it.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn of(datastore: &Datastore, id: UserId) -> Result<Holdings, StoreError> {
    let mut found = Holdings::default();
    for kind in Kind::ALL {
        let mut count = store::count(datastore, kind, id).await?;
        count += match kind {
            Kind::Ledger => u64::from(usage_log::names_reader(datastore, id).await?),
            Kind::Tick => u64::from(record::names_reader(datastore, id).await?),
            Kind::Webhook => u64::from(webhooks::store::waits_for(datastore, id).await?),
            _ => 0,
        };
        match (kind, count) {
            (_, 0) => {}
            (Kind::Audit, count) => found.audit = count,
            (kind, count) => drop(found.own.insert(kind.name(), count)),
        }
    }
    Ok(found)
}

/// How many feeds somebody has. One read for each thousand.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn feeds(datastore: &Datastore, id: UserId) -> Result<u64, StoreError> {
    store::count(datastore, Kind::Subscription, id).await
}

/// How many articles and pages somebody keeps: starred, with tags or a note, or by their address. One read for each thousand.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn kept(datastore: &Datastore, id: UserId) -> Result<u64, StoreError> {
    store::count(datastore, Kind::Star, id).await
}
