//! Chance in the shapes that a simulation draws.

use dormouse::tooling::random::Chance;

/// A seeded source of numbers.
#[derive(Clone, Debug)]
pub(super) struct Dice(Chance);

impl Dice {
    /// The same draws for the same seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(Chance::seeded(seed))
    }

    /// Evenly in `0..1`.
    pub(super) fn share(&self) -> f64 {
        f64::from(u32::from_le_bytes(self.0.bytes())) / (f64::from(u32::MAX) + 1.0)
    }

    /// Evenly in `low..=high`; `low` where that is nothing.
    pub(super) fn between(&self, low: i64, high: i64) -> i64 {
        let most = u64::try_from(high - low + 1).unwrap_or(1);
        low - 1 + self.0.id(most)
    }

    /// From the normal distribution of mean 0 and deviation 1 (Box and Muller's way).
    pub(super) fn normal(&self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }
}
