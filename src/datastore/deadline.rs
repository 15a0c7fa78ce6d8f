//! How long the current request may still wait for the store.

use std::time::Duration;

use tokio::time::Instant;

/// What a request, command or test that says nothing has for each call.
const DEFAULT: Duration = Duration::from_secs(30);

tokio::task_local! {
    static UNTIL: Instant;
}

/// Runs `work`, whose calls of the store end within `time`, retries included: with
/// [`StoreError::Unavailable`](super::StoreError::Unavailable) where they aren't answered by then.
pub async fn within<F: Future>(time: Duration, work: F) -> F::Output {
    UNTIL.scope(Instant::now() + time, work).await
}

/// What is left.
pub(super) fn left() -> Duration {
    let until = UNTIL.try_with(|until| *until);
    until.map_or(DEFAULT, |until| until.duration_since(Instant::now()))
}
