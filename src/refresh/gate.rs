//! The gate before the sweep, for open pages: most polls find nothing to do, and of simultaneous ones only one checks.
//!
//! What an instance knows here only saves reads. The sweep's own record decides who works, among callers of all
//! instances; so a gate that is wrong, or lost with its process, costs a read.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::{Mutex, MutexGuard};

/// One instance's gate.
#[derive(Debug, Default)]
pub struct Gate {
    /// The minute before which there is nothing to do.
    closed_until: AtomicI64,
    at_work: Mutex<()>,
}

impl Gate {
    /// The right to call the sweep at a minute; `None` if there is nothing to do yet, or another poll of this instance
    /// is at it.
    ///
    /// Released on drop, also if the client disconnects: then the next poll gets it.
    pub fn open(&self, minute: i64) -> Option<MutexGuard<'_, ()>> {
        if minute < self.closed_until.load(Relaxed) {
            return None;
        }
        self.at_work.try_lock().ok()
    }

    /// Records that there is nothing to do before a minute.
    pub fn close_until(&self, minute: i64) {
        self.closed_until.store(minute, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use crate::refresh::gate::*;

    #[test]
    fn one_at_a_time_passes_and_none_before_its_minute() {
        let gate = Gate::default();
        let turn = gate.open(7);
        assert!(turn.is_some() && gate.open(7).is_none());
        drop(turn);
        assert!(gate.open(7).is_some(), "a dropped ticket is returned");
        gate.close_until(9);
        assert!(gate.open(8).is_none() && gate.open(9).is_some());
    }
}
