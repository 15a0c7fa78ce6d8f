//! The commands, run as anybody would.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, and says where"
)]

mod billing;
mod command;
mod simulating;
