//! Randomness, as a dependency that is passed in.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A source of random bytes: the system's, or a seeded one that repeats itself in tests.
#[derive(Clone, Debug)]
pub enum Random {
    /// Unpredictable: fit for secrets.
    System,
    /// The same bytes for the same seed: fit for tests and simulations only.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    /// A source that repeats itself for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that asks the system"
            )]
            Self::System => rand::rng().fill_bytes(&mut bytes),
            Self::Seeded(rng) => rng
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A random number in `1..=most`, uniform (the bias of `u64 % most` is below 2⁻¹¹ for what we draw).
    pub fn id(&self, most: u64) -> i64 {
        let drawn = u64::from_le_bytes(self.bytes()) % most.max(1) + 1;
        i64::try_from(drawn).unwrap_or(1)
    }

    /// `N` random bytes in hexadecimal: tokens, batch ids.
    pub fn hex<const N: usize>(&self) -> String {
        hex(&self.bytes::<N>())
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
