//! WebSub, the subscriber's side: a publisher names a hub, which pushes updates instead of being polled for them.
//!
//! Section numbers here are those of the W3C Recommendation (<https://www.w3.org/TR/websub/>, 2018).
//!
//! | step | where | called by |
//! |---|---|---|
//! | a document names its hub and itself (4) | [`hubs`](crate::update::hubs) | the fetch of that document |
//! | what follows for the feed's record | [`lease`](crate::update::lease), pure | `decide`, and the steps below |
//! | a subscription request is sent, and again before the lease ends (5.1) | [`subscribe`] | the daily call, and a sweep with new articles |
//! | the hub verifies our intent (5.3), or denies (5.2) | [`verify`] | the hub, by GET |
//! | the hub distributes content (7) | [`receive`] | the hub, by POST |
//!
//! All we know of a subscription is in the feed's record and in its callback's address ([`callback`]), so a caller who
//! doesn't know that address costs us nothing.
//!
//! **Falling back to polling.** The summary holds the minute until which the hub pushes, and the cadence is a pure
//! function of summary and clock: a lease that isn't renewed ends, and the next daily poll returns the feed to its own
//! cadence. The same happens if the hub refuses, or if polling twice finds articles that should have been pushed.

pub mod callback;
pub mod receive;
pub mod subscribe;
pub mod verify;

pub use callback::{Callbacks, Capability, SignatureCheck};
