//! WebSub, the subscriber's side: a publisher names a hub, and the hub pushes what is new instead of being polled for it.
//!
//! Section numbers here are those of the W3C's Recommendation (<https://www.w3.org/TR/websub/>, 2018).
//!
//! | step | where | who calls |
//! |---|---|---|
//! | a document names its hub and itself (4) | [`hubs`](crate::update::hubs) | whoever fetched it |
//! | what follows for the feed's record | [`lease`](crate::update::lease), pure | `decide`, and the steps below |
//! | the hub is asked, and asked again before its lease ends (5.1) | [`subscribe`] | the daily call, and a tick that brought news |
//! | it makes sure that it was us (5.3), or refuses (5.2) | [`verify`] | the hub, by GET |
//! | it distributes (7) | [`receive`] | the hub, by POST |
//!
//! Nothing is known of a subscription but what the feed's record says, and what its callback's address says of itself
//! ([`callback`]), so that whoever doesn't know that address costs us nothing.
//!
//! **What falls back by itself.** The card has the minute until which the hub pushes, and the cadence is a pure function of card
//! and clock: a lease that isn't renewed ends, and the next daily poll puts the feed back on its own cadence. The same
//! follows where the hub refuses, and where polling finds twice what should have been pushed.

pub mod callback;
pub mod receive;
pub mod subscribe;
pub mod verify;

pub use callback::{Callbacks, Capability};
