//! The latch before the tick, for open pages: most pulses find nothing to do, and of those that come at once one looks.
//!
//! What an instance knows here only saves reads. The tick's own record decides who works, among callers of all instances;
//! so a latch that is wrong, or gone with its process, costs a read.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::{Mutex, MutexGuard};

/// One instance's latch.
#[derive(Debug, Default)]
pub struct Latch {
    /// The minute before which nothing is to do.
    closed_until: AtomicI64,
    at_work: Mutex<()>,
}

impl Latch {
    /// The right to call the tick at a minute; `None` where nothing is to do yet, or another pulse of this instance is
    /// at it. Given back when dropped, also by a reader who leaves: then the next pulse has it.
    pub fn open(&self, minute: i64) -> Option<MutexGuard<'_, ()>> {
        if minute < self.closed_until.load(Relaxed) {
            return None;
        }
        self.at_work.try_lock().ok()
    }

    /// Remembers that nothing is to do before a minute.
    pub fn close_until(&self, minute: i64) {
        self.closed_until.store(minute, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use crate::refresh::gate::*;

    #[test]
    fn one_at_a_time_has_it_and_nobody_before_its_minute() {
        let latch = Latch::default();
        let turn = latch.open(7);
        assert!(turn.is_some() && latch.open(7).is_none());
        drop(turn);
        assert!(latch.open(7).is_some(), "whoever left gives it back");
        latch.close_until(9);
        assert!(latch.open(8).is_none() && latch.open(9).is_some());
    }
}
