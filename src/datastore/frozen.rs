//! Work that may read and must not write: a HEAD request's.

use super::StoreError;

tokio::task_local! {
    static FROZEN: ();
}

/// Runs `work`, in which every commit fails with [`StoreError::Unsupported`].
pub async fn frozen<F: Future>(work: F) -> F::Output {
    FROZEN.scope((), work).await
}

/// Whether the current work must not write.
pub fn is_frozen() -> bool {
    FROZEN.try_with(|()| ()).is_ok()
}

pub(super) fn check() -> Result<(), StoreError> {
    match is_frozen() {
        true => Err(StoreError::Unsupported(
            "Asking only for the head of a page changes nothing.",
        )),
        false => Ok(()),
    }
}
