//! After a success at a host, what its other feeds suffered from it is forgiven.

use crate::datastore::{Datastore, StoreError};
use crate::feeds::{self, Head, Sign};
use crate::ids::FeedId;
use crate::update::decide::succeed;
use crate::update::host_health::Spell;

/// Feeds of a host that are looked at: one read.
const LOOKED_AT: u32 = 1_000;
/// Feeds forgiven at once; the next success goes on.
const FORGIVEN: usize = 50;

/// Forgives the failures of a host's other feeds that were the host's, so that they are due again within the hour.
///
/// Costs nothing if the host had no spell and the feed that succeeded was well; otherwise one read, and a read and a
/// write for each feed that is forgiven.
///
/// # Errors
/// An outage of the store.
pub(super) async fn forgive(
    store: &Datastore,
    head: &Head,
    spell: Option<&Spell>,
) -> Result<(), StoreError> {
    let was_ours = |sign: Sign| sign.is_of_a_host() || sign == Sign::UNREACHED;
    let others = spell.is_some_and(|spell| spell.feeds.iter().any(|feed| *feed != head.id));
    let was_failing = head.summary.failures > 0 && was_ours(head.summary.sign);
    if !others && !was_failing {
        return Ok(());
    }
    let of_spell = |feed: FeedId| spell.is_some_and(|spell| spell.feeds.contains(&feed));
    let host = head.summary.url.host_str().unwrap_or_default();
    let heads = feeds::store::of_host(store, host, LOOKED_AT).await?;
    let port = head.summary.url.port_or_known_default();
    let ill = heads.into_iter().filter(|other| {
        let sign = other.summary.sign;
        let is_the_hosts = match sign.0 {
            // There may really be nothing at its address.
            404 => of_spell(other.id),
            _ => was_ours(sign),
        };
        other.id != head.id
            && other.summary.failures > 0
            && other.summary.url.port_or_known_default() == port
            && is_the_hosts
    });
    for other in ill.take(FORGIVEN) {
        match forgive_one(store, other.id).await {
            Err(error) if error.is_outage() => return Err(error),
            Err(error) => tracing::info!(feed.id = %other.id, %error, "not forgiven"),
            Ok(()) => {}
        }
    }
    Ok(())
}

async fn forgive_one(store: &Datastore, id: FeedId) -> Result<(), StoreError> {
    let Some(mut feed) = feeds::store::get(store, id).await? else {
        return Ok(());
    };
    succeed(&mut feed);
    let write = feeds::store::update(&feed)?;
    store.commit(vec![write]).await.map(drop)
}
