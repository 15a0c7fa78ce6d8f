//! Rate limits, each of which answers with how long to wait. Counted on each instance for itself.

mod counter;
mod pushes;
mod refreshes;
mod sign_in;

pub use counter::{Counter, Wait};
pub use pushes::PushLimit;
pub use refreshes::RefreshLimit;
pub use sign_in::SignInLimit;

/// Keys that one limit remembers.
const MAX_KEYS: u64 = 20_000;
