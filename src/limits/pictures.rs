//! How many pictures are on their way by way of us at the same time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pictures on their way at the same time, for everybody.
const AT_ONCE: usize = 32;
/// Pictures on their way for one caller, so that slow ones of theirs hold up nobody else. Browsers ask for six.
const AT_ONCE_FOR_ONE: usize = 8;

/// Who has pictures fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureCaller {
    /// An account, by its browser's cookie.
    User(i64),
    /// An address, if it is known.
    Address(Option<IpAddr>),
}

/// The pictures on their way.
#[derive(Debug)]
pub struct PictureTurns {
    all: Arc<Semaphore>,
    each: Mutex<HashMap<PictureCaller, Arc<Semaphore>>>,
}

/// A turn for one picture, over when it is dropped.
#[derive(Debug)]
pub struct PictureTurn {
    _mine: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Default for PictureTurns {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            each: Mutex::default(),
        }
    }
}

impl PictureTurns {
    /// Waits for a turn: first among the caller's own pictures, then among all. `None` never comes while the process runs.
    pub async fn wait(&self, caller: PictureCaller) -> Option<PictureTurn> {
        let own = {
            let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody holds or awaits a turn of these: only the map has them.
            each.retain(|_, turns| Arc::strong_count(turns) > 1);
            each.entry(caller)
                .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE_FOR_ONE)))
                .clone()
        };
        let mine = own.acquire_owned().await.ok()?;
        let of_all = self.all.clone().acquire_owned().await.ok()?;
        Some(PictureTurn {
            _mine: mine,
            _of_all: of_all,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn one_caller_leaves_turns_to_the_others() {
        let turns = PictureTurns::default();
        let ann = PictureCaller::User(1);
        let mut held = Vec::new();
        for _ in 0..AT_ONCE_FOR_ONE {
            held.push(turns.wait(ann).await.expect("a turn"));
        }
        let soon = Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, turns.wait(ann)).await.is_err());
        let other = turns.wait(PictureCaller::Address(None)).await;
        assert!(other.is_some());
        held.pop();
        assert!(turns.wait(ann).await.is_some());
        drop((held, other));
        let _last = turns.wait(PictureCaller::User(2)).await;
        let kept = turns.each.lock().expect("not poisoned").len();
        assert_eq!(kept, 1, "what is over is forgotten");
    }
}
