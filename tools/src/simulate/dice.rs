//! Random numbers in the distributions that the simulation needs.

use dormouse::tooling::random::Random;

/// A seeded source of numbers.
#[derive(Clone, Debug)]
pub(super) struct Dice(Random);

impl Dice {
    /// A generator; the same seed gives the same numbers.
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// Uniform in `0..1`.
    pub(super) fn share(&self) -> f64 {
        f64::from(u32::from_le_bytes(self.0.bytes())) / (f64::from(u32::MAX) + 1.0)
    }

    /// Uniform in `low..=high`; `low` if the range is empty.
    pub(super) fn between(&self, low: i64, high: i64) -> i64 {
        let most = u64::try_from(high - low + 1).unwrap_or(1);
        low - 1 + self.0.id(most)
    }

    /// Standard normal (Box–Muller transform).
    pub(super) fn normal(&self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}
