//! How much older than usual the values may be that a request accepts.

tokio::task_local! {
    /// Minutes.
    static PATIENCE: i64;
}

/// The longest that any request accepts, in minutes.
pub(super) const MOST_PATIENCE: i64 = 60;

/// Runs a request's work, for which values of [patient](super::Region::is_patient) regions are young for so many minutes.
///
/// A program that asks every half hour is well served with what was known a quarter of an hour ago.
pub async fn patiently<F: Future>(minutes: i64, work: F) -> F::Output {
    PATIENCE.scope(minutes.min(MOST_PATIENCE), work).await
}

/// The current request's patience in minutes; 0 for the usual.
pub fn patience() -> i64 {
    PATIENCE.try_with(|minutes| *minutes).unwrap_or_default()
}
