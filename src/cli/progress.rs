//! The line of long commands that says how far they are.
//!
//! It is on standard error, and only where that is a terminal. The loop that works writes it, at most ten times a second by the
//! clock that is handed in, and each time over the last one; what is printed meanwhile takes its place.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::datastore::Progress;

/// Microseconds for which a line stays.
const STAYS: i64 = 100_000;
/// Back to the beginning of the line, and empties it.
const WIPE: &str = "\r\x1b[K";

/// The line, which is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Line {
    shown: Arc<Mutex<Shown>>,
    progress: Progress,
}

#[derive(Debug, Default)]
struct Shown {
    /// When it was last written; `None` while there is none.
    at: Option<i64>,
    is_there: bool,
    is_over: bool,
}

impl Line {
    /// A line for this command; none where standard error is no terminal.
    pub(super) fn new(clock: &Clock) -> Self {
        let shown = Arc::<Mutex<Shown>>::default();
        let progress = match std::io::stderr().is_terminal() {
            true => {
                let (shown, clock) = (shown.clone(), clock.clone());
                Progress::to(move |what, done, all| {
                    let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
                    shown.say(&clock, &text(what, done, all));
                })
            }
            false => Progress::default(),
        };
        Self { shown, progress }
    }

    /// Whom the work tells.
    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Takes the line away for good: what goes on is no command that somebody waits for.
    pub(super) fn end(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.wipe();
        shown.is_over = true;
    }

    /// Takes the line away, before something else is written.
    pub(super) fn wipe(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.wipe();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl Shown {
    fn say(&mut self, clock: &Clock, text: &str) {
        let now = clock.now().timestamp_micros();
        if self.is_over || self.at.is_some_and(|at| now - at < STAYS) {
            return;
        }
        (self.at, self.is_there) = (Some(now), true);
        let mut out = std::io::stderr().lock();
        // A terminal that has gone needs no line.
        let _ = write!(out, "{WIPE}{text}").and_then(|()| out.flush());
    }

    fn wipe(&mut self) {
        if std::mem::take(&mut self.is_there) {
            let mut out = std::io::stderr().lock();
            let _ = write!(out, "{WIPE}").and_then(|()| out.flush());
        }
    }
}

fn text(what: &str, done: u64, all: u64) -> String {
    match done.saturating_mul(100).checked_div(all) {
        Some(percent) => format!("{what}: {} %, {done} of {all}", percent.min(100)),
        None => format!("{what}: {done}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::timestamp::from_second;

    #[test]
    fn a_line_says_how_much_of_how_much() {
        assert_eq!(text("checking", 50, 200), "checking: 25 %, 50 of 200");
        assert_eq!(text("checking", 300, 200), "checking: 100 %, 300 of 200");
        assert_eq!(text("reading", 7, 0), "reading: 7");
    }

    #[test]
    fn a_line_stays_for_a_while_by_the_clock() {
        let clock = Clock::fixed(from_second(1_000_000));
        let mut shown = Shown::default();
        shown.say(&clock, "one");
        let first = shown.at;
        clock.advance(TimeDelta::milliseconds(99));
        shown.say(&clock, "two");
        assert_eq!(shown.at, first);
        clock.advance(TimeDelta::milliseconds(1));
        shown.say(&clock, "three");
        assert!(shown.at > first);
        shown.wipe();
        assert!(!shown.is_there);
    }
}
