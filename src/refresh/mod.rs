//! Refreshes feeds: from those that are due to what is stored.
//!
//! [`sweep`] finds the feeds that are due, [`batch`] fetches them host by host, and [`feed`] is the pipeline of one:
//! fetch, parse, decide, [`apply`]. Called by the cron, by an open page, and by a user who subscribes or refreshes a
//! feed [`on_demand`]; all work is done within that request.

pub mod apply;
mod asked;
pub mod batch;
pub mod context;
pub mod feed;
mod forgive;
pub mod gate;
pub(crate) mod heavy;
pub(crate) mod hooks;
pub mod in_flight;
pub mod leaving;
mod merge;
pub mod network;
pub mod on_demand;
pub mod recent_arrivals;
pub mod record;
mod report;
pub mod shards;
pub mod stored;
pub mod sweep;
