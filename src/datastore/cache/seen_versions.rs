//! What a reader's browser tells an instance of his changes at others.
//!
//! Each instance gives the changes that it carries out stamps, which only grow, and the answer carries the last one of each
//! [`Class`]. The browser sends back what every instance gave it; so an instance knows, without asking anybody, that its
//! copy is older than something this reader has seen, and reads that again: once, since a copy remembers what it covers.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use super::region::Class;

/// Instances that are listened to at once; a browser keeps no more, and nobody has more to tell for long.
const MOST: usize = 16;

/// The last change of each class at each of some instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told(Arc<[(u32, Stamps)]>);

type Stamps = [i64; Class::COUNT];

impl Told {
    /// From what a browser sent. Of one instance, the last word counts.
    pub fn new(instances: impl IntoIterator<Item = (u32, Vec<i64>)>) -> Self {
        let known = instances.into_iter().take(MOST).map(|(instance, given)| {
            let mut stamps = Stamps::default();
            for (stamp, given) in stamps.iter_mut().zip(given) {
                *stamp = given;
            }
            (instance, stamps)
        });
        Self(known.collect())
    }

    /// What an instance told, class by class; zeros where it told nothing.
    pub fn of(&self, instance: u32) -> Vec<i64> {
        self.stamps(instance).to_vec()
    }

    fn stamps(&self, instance: u32) -> Stamps {
        let found = self.0.iter().rev().find(|(known, _)| *known == instance);
        found.map(|(_, stamps)| *stamps).unwrap_or_default()
    }

    /// Whether what was known here takes in all that `asked` tells of a class. Our own changes are always known to us.
    pub(super) fn covers(&self, asked: &Self, class: Class, own: u32) -> bool {
        let others = asked.0.iter().filter(|(instance, _)| *instance != own);
        let mut stamps = others.map(|(instance, stamps)| (*instance, stamps[class.place()]));
        stamps.all(|(instance, stamp)| self.stamps(instance)[class.place()] >= stamp)
    }
}

/// What a request has changed, class by class: the last stamp, 0 for nothing.
pub type Changed = Vec<i64>;

#[derive(Debug, Default)]
struct Scope {
    told: Told,
    changed: [AtomicI64; Class::COUNT],
}

tokio::task_local! {
    /// The request that is being answered.
    static CURRENT: Arc<Scope>;
}

/// Runs a request's work knowing what its browser told. Answers with what it changed too.
pub async fn telling<F: Future>(told: Told, work: F) -> (F::Output, Changed) {
    let scope = Arc::new(Scope {
        told,
        changed: Default::default(),
    });
    let output = CURRENT.scope(scope.clone(), work).await;
    let changed = scope.changed.iter().map(|stamp| stamp.load(Relaxed));
    (output, changed.collect())
}

/// What the current request was told; nothing outside of one.
pub(super) fn current() -> Told {
    CURRENT
        .try_with(|scope| scope.told.clone())
        .unwrap_or_default()
}

/// Notes a change for the current request; outside of one nobody waits for it.
pub(super) fn note(class: Class, stamp: impl FnOnce() -> i64) {
    let _ = CURRENT.try_with(|scope| {
        scope.changed[class.place()].fetch_max(stamp(), Relaxed);
    });
}

#[cfg(test)]
mod tests {
    use crate::datastore::cache::seen_versions::*;

    fn told(instances: &[(u32, i64)]) -> Told {
        let read = |&(instance, stamp)| (instance, vec![0, 0, stamp]);
        Told::new(instances.iter().map(read))
    }

    #[test]
    fn a_copy_covers_what_was_told_when_it_was_read_and_nothing_later() {
        let copy = told(&[(1, 10)]);
        for (asked, covered) in [
            (told(&[]), true),
            (told(&[(1, 10)]), true),
            (told(&[(1, 11)]), false),
            (told(&[(2, 1)]), false),
            (told(&[(1, 9), (9, 99)]), true),
        ] {
            assert_eq!(copy.covers(&asked, Class::Read, 9), covered, "{asked:?}");
        }
        assert!(copy.covers(&told(&[(1, 11)]), Class::Shelf, 9));
    }

    #[tokio::test]
    async fn a_request_hears_what_it_changed() {
        let work = async {
            note(Class::Read, || 7);
            note(Class::Read, || 6);
            current()
        };
        let (heard, changed) = telling(told(&[(1, 2)]), work).await;
        assert_eq!((heard, changed), (told(&[(1, 2)]), vec![0, 0, 7, 0, 0]));
        assert_eq!(current(), Told::default());
    }
}
