//! How long the current request may still wait for the store.

use std::time::Duration;

use tokio::time::Instant;

/// The time for each call in a request, command or test that sets none.
const DEFAULT: Duration = Duration::from_secs(30);

tokio::task_local! {
    static UNTIL: Instant;
}

/// Runs `work`, whose calls to the store end within `time`, retries included: with
/// [`StoreError::Unavailable`](super::StoreError::Unavailable) if there is no response by then.
pub async fn within<F: Future>(time: Duration, work: F) -> F::Output {
    UNTIL.scope(Instant::now() + time, work).await
}

/// The time left.
pub(super) fn left() -> Duration {
    let until = UNTIL.try_with(|until| *until);
    until.map_or(DEFAULT, |until| until.duration_since(Instant::now()))
}
