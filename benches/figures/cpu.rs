//! Processor time of this process, without that of what it plays besides the reader.

use std::time::Duration;

/// What the threads of a bench's publishers are called.
pub(crate) const PUBLISHER: &str = "publisher";
/// Ticks of the system's clock in a second: what Linux has told programs for decades.
const TICKS: u64 = 100;

/// Processor time of the whole process so far, ended threads included, but for its publishers. Good to a hundredth of a second.
pub(crate) fn of_reader() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // The name in brackets may hold spaces; the times are the 12th and 13th field after it.
    let fields = stat.rsplit_once(") ").unwrap().1;
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 1_000 / TICKS).saturating_sub(of_publishers())
}

/// Processor time of this thread so far, to the nanosecond.
pub(crate) fn of_this_thread() -> Duration {
    // The system counts what ran when something else may run.
    std::thread::yield_now();
    running("/proc/thread-self")
}

fn of_publishers() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let own = threads.filter(|thread| {
        let name = std::fs::read_to_string(thread.path().join("comm"));
        name.is_ok_and(|name| name.trim() == PUBLISHER)
    });
    own.map(|thread| running(thread.path())).sum()
}

fn running(thread: impl AsRef<std::path::Path>) -> Duration {
    let stat = std::fs::read_to_string(thread.as_ref().join("schedstat")).unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}
