//! Work that takes a processor for long: parsing, cleaning, packing. It gives way to those who read.

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Pieces of such work at the same time: at most two, since a large document takes many times its size.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(*COUNT as usize));
static COUNT: LazyLock<u32> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores > 1 { 2 } else { 1 }
});
/// After a request of a reader, one piece of work at a time is done for so long: a processor is left to those who read.
const READING: Duration = Duration::from_secs(1);

/// When the first piece of work or request came, and how many milliseconds later the last request of a reader, plus one.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);
static LAST_REQUEST: AtomicU64 = AtomicU64::new(0);

fn elapsed() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Notes that somebody reads.
pub(crate) fn note_reader() {
    LAST_REQUEST.store(elapsed() + 1, Relaxed);
}

/// Whether somebody has read just now.
fn is_being_read() -> bool {
    let last = LAST_REQUEST.load(Relaxed);
    last > 0 && Duration::from_millis(elapsed().saturating_sub(last - 1)) < READING
}

/// Runs such work on another thread when there is a place for it, and awaits it. `None` if it panicked.
pub(crate) async fn heavy<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let places = if is_being_read() { *COUNT } else { 1 };
    // Never closed.
    let place = PLACES.acquire_many(places).await.ok()?;
    let done = tokio::task::spawn_blocking(move || {
        // Held to the end of the work, even if its caller has gone.
        let _place = place;
        let done = work();
        // Where there is one processor for all, this thread would keep it to the end of its slice.
        std::thread::yield_now();
        done
    });
    done.await.ok()
}
