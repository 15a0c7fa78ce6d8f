//! Hub subscriptions that are due: a first one, or a renewal before a lease ends.
//!
//! Due times are in the feeds' records, so each call continues where the last stopped. If a hub can't be reached, its
//! other feeds are skipped in the same call.

use std::collections::HashSet;

use serde::Serialize;
use url::Url;

use super::{Budget, Report, reported};
use crate::datastore::StoreError;
use crate::feeds;
use crate::refresh::context::RefreshContext;
use crate::timestamp::minute_of;
use crate::websub::Callbacks;
use crate::websub::subscribe::{Asked, ask};

/// Feeds per query: one read each.
const HUBS_A_PAGE: u32 = 20;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Requests that hubs have accepted.
    pub asked: usize,
    /// Feeds whose hub couldn't be reached, refused, or never confirmed.
    pub failed: usize,
}

/// Sends subscription requests to hubs for the feeds that are due. One read and one write for each, and another write
/// if it fails; one read if nothing is due.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded. Any
/// other error puts off its feed.
pub async fn clean(
    context: &RefreshContext,
    callbacks: &Callbacks,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let mut down = HashSet::new();
    let job = async |done: &mut Done| {
        while budget.step() {
            let minute = minute_of(context.clock.now());
            let due = feeds::store::hub_due(&context.store, minute, HUBS_A_PAGE).await?;
            let was_last = due.len() < HUBS_A_PAGE as usize;
            let mut put_off = false;
            for feed in due {
                if !budget.step() {
                    return Ok(false);
                }
                let hub = feed.body.hub.as_ref();
                let host = hub.and_then(|hub| Url::parse(&hub.url).ok());
                let host = host.map(|url| url.origin().ascii_serialization());
                let host = host.unwrap_or_default();
                let is_down = down.contains(&host);
                let id = feed.id;
                match ask(context, callbacks, feed, is_down).await {
                    Ok(Asked::Noted) => done.asked += 1,
                    Ok(Asked::Refused) => done.failed += 1,
                    Ok(Asked::Down) => {
                        done.failed += 1;
                        down.insert(host);
                    }
                    Ok(Asked::PutOff) => put_off = true,
                    Err(error) if error.is_outage() => return Err(error),
                    Err(error) => {
                        tracing::error!(feed.id = %id, %error, "hub subscription can’t be stored");
                        put_off = true;
                    }
                }
            }
            if was_last || put_off {
                return Ok(!put_off);
            }
        }
        Ok(false)
    };
    reported(job).await
}
