//! Invariants that must hold for any untrusted input. Each `check` panics if one is violated.
//!
//! The fuzz targets search for violating inputs; `tests/it/fuzzed.rs` runs the same checks on the inputs kept in
//! `corpus/` with every test run.

pub mod opml;
pub mod parser;
pub mod sanitizer;

use std::time::{Duration, Instant};

/// Time limit for one input. Generous, since fuzzing shares the machine and instrumentation is slow; work that is worse
/// than linear exceeds it anyway.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs `work`, and panics if it took longer than [`PATIENCE`].
#[expect(clippy::disallowed_methods, reason = "what real work took")]
fn in_time<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    let took = began.elapsed();
    assert!(took < PATIENCE, "it took {took:?}");
    done
}
