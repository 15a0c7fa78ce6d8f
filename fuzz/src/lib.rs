//! What must hold for whatever a stranger sends. Each `check` panics where it doesn't.
//!
//! The fuzz targets look for an input that breaks it; `tests/it/fuzzed.rs` puts the inputs that are kept in `corpus/` to
//! the same checks with every run of the tests.

pub mod opml;
pub mod parser;
pub mod sanitizer;

use std::time::{Duration, Instant};

/// The most time for one input. Generous, since a fuzzer shares its machine and is slowed by what it measures; what is
/// worse than linear is beyond it all the same.
const PATIENCE: Duration = Duration::from_secs(5);

/// Does a piece of work, and panics if it took too long.
#[expect(clippy::disallowed_methods, reason = "what real work took")]
fn in_time<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    let took = began.elapsed();
    assert!(took < PATIENCE, "it took {took:?}");
    done
}
