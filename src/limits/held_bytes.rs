//! How much of requests' bodies the process holds at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of all requests' bodies that are held at the same time.
const HELD_BYTES: usize = 48 * 1_024 * 1_024;

/// The bytes that requests in progress hold.
#[derive(Debug, Default)]
pub struct HeldBytes(AtomicUsize);

/// One request's share of them, given back when it ends.
#[derive(Debug)]
pub struct HeldShare {
    all: Arc<HeldBytes>,
    mine: AtomicUsize,
}

impl HeldShare {
    /// A request's share, with nothing in it.
    pub fn of(all: &Arc<HeldBytes>) -> Self {
        Self {
            all: all.clone(),
            mine: AtomicUsize::new(0),
        }
    }

    /// Takes some more; false if that is too much for all together.
    pub fn take(&self, bytes: usize) -> bool {
        let held = self.all.0.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.mine.fetch_add(bytes, Ordering::Relaxed);
        held <= HELD_BYTES
    }
}

impl Drop for HeldShare {
    fn drop(&mut self) {
        let mine = self.mine.load(Ordering::Relaxed);
        self.all.0.fetch_sub(mine, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_given_back() {
        let all = Arc::default();
        let first = HeldShare::of(&all);
        assert!(first.take(HELD_BYTES));
        assert!(!HeldShare::of(&all).take(1));
        drop(first);
        assert!(HeldShare::of(&all).take(HELD_BYTES));
    }
}
