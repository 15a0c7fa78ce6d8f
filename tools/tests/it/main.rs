//! Runs the commands of the built binary.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, and says where"
)]

mod billing;
mod command;
mod simulating;
