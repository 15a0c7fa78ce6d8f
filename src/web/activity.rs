//! Who came last: from this the accept loop decides when a server that may sleep ends itself.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Requests of the scheduler begin with it. They are errands, not activity: nobody reads.
const ERRANDS: &str = "/cron/";

/// What has come so far.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// When the last request of somebody's came or was answered; before the first one, when the server started.
    last: Instant,
    /// Whether somebody was here.
    was_asked: bool,
    /// Whether the scheduler was.
    ran_errand: bool,
    /// Requests that aren't answered yet.
    busy: usize,
}

/// A request that is being answered; dropped when that is over, whatever the outcome.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    activity: &'a Activity,
    is_errand: bool,
}

impl Activity {
    pub(super) fn new(now: Instant) -> Self {
        Self(Mutex::new(State {
            last: now,
            was_asked: false,
            ran_errand: false,
            busy: 0,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request for a path.
    pub(super) fn begins(&self, path: &str, now: Instant) -> Visit<'_> {
        let is_errand = path.starts_with(ERRANDS);
        let mut state = self.state();
        state.busy += 1;
        if !is_errand {
            state.was_asked = true;
            state.last = now;
        }
        Visit {
            activity: self,
            is_errand,
        }
    }

    /// When the server may end itself if nothing else comes; `None` while a request is being answered. One that only the
    /// scheduler has woken may at once.
    pub(super) fn over(&self, idle: Duration) -> Option<Instant> {
        let state = self.state();
        match (state.busy, state.was_asked, state.ran_errand) {
            (0, false, true) => Some(state.last),
            (0, ..) => Some(state.last + idle),
            _ => None,
        }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.busy = state.busy.saturating_sub(1);
        match self.is_errand {
            true => state.ran_errand = true,
            false => state.last = Instant::now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::web::activity::*;

    const IDLE: Duration = Duration::from_secs(60);

    #[test]
    fn it_is_over_a_while_after_the_last_answer() {
        let start = Instant::now();
        let activity = Activity::new(start);
        assert_eq!(activity.over(IDLE), Some(start + IDLE));
        let visit = activity.begins("/unread", start + IDLE);
        assert_eq!(activity.over(IDLE), None, "while it is being answered");
        drop(visit);
        let over = activity.over(IDLE).unwrap();
        assert!((start + IDLE..Instant::now() + IDLE).contains(&over));
        drop(activity.begins("/cron/refresh", start));
        assert_eq!(activity.over(IDLE), Some(over), "no activity");
    }

    #[test]
    fn who_was_woken_by_the_scheduler_alone_goes_at_once() {
        let start = Instant::now();
        let activity = Activity::new(start);
        let errand = activity.begins("/cron/refresh", start);
        assert_eq!(activity.over(IDLE), None);
        drop(errand);
        assert_eq!(activity.over(IDLE), Some(start));
        drop(activity.begins("/", start));
        assert!(
            activity.over(IDLE).unwrap() >= start + IDLE,
            "somebody reads"
        );
    }
}
