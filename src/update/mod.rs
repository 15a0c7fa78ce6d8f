//! What a fetch changes, as pure functions: no store, no network, no clock.
//!
//! [`decide`] turns a feed and the outcome of one fetch into a plan of what to write. Entries are told apart by
//! [`entry_id`], [`matching`] and [`window`]; [`schedule`] says when a feed is next due and [`reason`] why;
//! [`redirects`], [`lease`] and [`hubs`] track moved feeds and WebSub subscriptions.

pub mod believed;
pub mod canonical;
pub mod decide;
pub mod entry_id;
pub mod host_health;
pub mod hubs;
pub mod lease;
pub mod matching;
pub mod normalize;
pub mod outcome;
pub mod plan;
pub mod pushed;
pub mod reason;
pub mod redirects;
pub mod retention;
pub mod schedule;
pub mod window;
