//! The read-your-writes token: what a browser has seen of its user's changes on other instances.
//!
//! Each instance stamps the changes that it makes; its stamps only grow. A response carries the latest stamp of each
//! [`Class`], and the browser sends back the stamps of every instance. So an instance knows, without a request to
//! another, that its copy is older than something this user has seen, and reads that again: once, since a copy records
//! what it covers.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use super::region::Class;

/// Instances whose stamps are accepted at once; a browser keeps no more, and more wouldn't matter for long.
const MAX_INSTANCES: usize = 16;

/// The latest stamp of each class from each of several instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenVersions(Arc<[(u32, Stamps)]>);

type Stamps = [i64; Class::COUNT];

impl SeenVersions {
    /// From what a browser sent. If an instance occurs twice, its last entry counts.
    pub fn new(instances: impl IntoIterator<Item = (u32, Vec<i64>)>) -> Self {
        let known = instances
            .into_iter()
            .take(MAX_INSTANCES)
            .map(|(instance, given)| {
                let mut stamps = Stamps::default();
                for (stamp, given) in stamps.iter_mut().zip(given) {
                    *stamp = given;
                }
                (instance, stamps)
            });
        Self(known.collect())
    }

    /// An instance's stamps, class by class; zeros if it has none.
    pub fn of(&self, instance: u32) -> Vec<i64> {
        self.stamps(instance).to_vec()
    }

    fn stamps(&self, instance: u32) -> Stamps {
        let found = self.0.iter().rev().find(|(known, _)| *known == instance);
        found.map(|(_, stamps)| *stamps).unwrap_or_default()
    }

    /// Whether these versions include all that `asked` has of a class. This instance's own changes are always included.
    pub(super) fn covers(&self, asked: &Self, class: Class, own: u32) -> bool {
        let others = asked.0.iter().filter(|(instance, _)| *instance != own);
        let mut stamps = others.map(|(instance, stamps)| (*instance, stamps[class.place()]));
        stamps.all(|(instance, stamp)| self.stamps(instance)[class.place()] >= stamp)
    }
}

/// What a request has changed: the last stamp of each class, 0 for no change.
pub type Changed = Vec<i64>;

#[derive(Debug, Default)]
struct Scope {
    seen: SeenVersions,
    changed: [AtomicI64; Class::COUNT],
}

tokio::task_local! {
    /// The request that is being handled.
    static CURRENT: Arc<Scope>;
}

/// Runs a request's work with what its browser has seen. Also returns what the request changed.
pub async fn telling<F: Future>(seen: SeenVersions, work: F) -> (F::Output, Changed) {
    let scope = Arc::new(Scope {
        seen,
        changed: Default::default(),
    });
    let output = CURRENT.scope(scope.clone(), work).await;
    let changed = scope.changed.iter().map(|stamp| stamp.load(Relaxed));
    (output, changed.collect())
}

/// What the current request's browser has seen; empty outside a request.
pub(super) fn current() -> SeenVersions {
    CURRENT
        .try_with(|scope| scope.seen.clone())
        .unwrap_or_default()
}

/// Notes a change for the current request; does nothing outside a request.
pub(super) fn note(class: Class, stamp: impl FnOnce() -> i64) {
    let _ = CURRENT.try_with(|scope| {
        scope.changed[class.place()].fetch_max(stamp(), Relaxed);
    });
}

#[cfg(test)]
mod tests {
    use crate::datastore::cache::seen_versions::*;

    fn seen(instances: &[(u32, i64)]) -> SeenVersions {
        let read = |&(instance, stamp)| (instance, vec![0, 0, stamp]);
        SeenVersions::new(instances.iter().map(read))
    }

    #[test]
    fn a_copy_covers_what_was_invalidated_before_its_read_and_nothing_later() {
        let copy = seen(&[(1, 10)]);
        for (asked, covered) in [
            (seen(&[]), true),
            (seen(&[(1, 10)]), true),
            (seen(&[(1, 11)]), false),
            (seen(&[(2, 1)]), false),
            (seen(&[(1, 9), (9, 99)]), true),
        ] {
            assert_eq!(copy.covers(&asked, Class::Read, 9), covered, "{asked:?}");
        }
        assert!(copy.covers(&seen(&[(1, 11)]), Class::Shelf, 9));
    }

    #[tokio::test]
    async fn a_request_hears_what_it_changed() {
        let work = async {
            note(Class::Read, || 7);
            note(Class::Read, || 6);
            current()
        };
        let (heard, changed) = telling(seen(&[(1, 2)]), work).await;
        assert_eq!((heard, changed), (seen(&[(1, 2)]), vec![0, 0, 7, 0, 0]));
        assert_eq!(current(), SeenVersions::default());
    }
}
