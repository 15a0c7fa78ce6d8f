//! Guessing where a site's feed may be: rude, so it happens at most once a month at any host, no matter who asks.
//!
//! A publisher sees requests for addresses that don't exist, which is what an attack looks like.

pub mod store;

/// Days after which a host may be searched again.
pub const PROBE_DAYS: i64 = 30;
