//! Hubs that are to be asked: for a first subscription, or again before a lease ends.
//!
//! What is due stands in the feeds' records, so each call goes on where the last stopped. A hub that can't be reached
//! isn't asked for its other feeds in the same call.

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

/// Feeds that one question brings: one read each.
const PAGE: u32 = 20;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Requests that hubs have taken note of.
    pub asked: usize,
    /// Feeds whose hub couldn't be asked, said no, or never confirmed.
    pub failed: usize,
}

/// Asks the hubs of feeds for which that is due. For each one read and one write, and another write where it fails; one
/// read where nothing is due.
///
/// # Errors
/// The store's.
pub async fn clean(
    tools: &RefreshContext,
    callbacks: &Callbacks,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let mut down = HashSet::new();
    let job = async |done: &mut Done| {
        while budget.step() {
            let minute = minute_of(tools.clock.now());
            let due = feeds::store::hub_due(&tools.store, minute, PAGE).await?;
            let was_last = due.len() < PAGE as usize;
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
                match ask(tools, callbacks, feed, is_down).await {
                    Ok(Asked::Noted) => done.asked += 1,
                    Ok(Asked::Refused) => done.failed += 1,
                    Ok(Asked::Down) => {
                        done.failed += 1;
                        down.insert(host);
                    }
                    Ok(Asked::PutOff) => put_off = true,
                    Err(error @ StoreError::Unavailable(_)) => return Err(error),
                    Err(error) => {
                        tracing::error!(feed.id = %id, %error, "a hub can't be asked");
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
