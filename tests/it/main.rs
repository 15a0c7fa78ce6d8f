//! The one integration binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that can't go on fails, and says where"
)]

mod conformance;
mod corpora;
mod samples;
