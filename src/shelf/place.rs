//! What one feed takes on a shelf.

use crate::datastore::{Kind, Mutation};

/// What one feed takes on a shelf: used up by the write of the subscription, which there is no other way to make.
#[derive(Debug)]
pub struct Place(());

impl Place {
    /// A place that was counted: for [`Room::take`](super::room::Room::take) alone.
    pub(super) const fn counted() -> Self {
        Self(())
    }

    /// The place of a feed that leaves the shelf in the same commit, on the version that was read; `None` if that isn't what the
    /// write does.
    pub(super) fn instead_of(removal: &Mutation) -> Option<Self> {
        let leaves =
            matches!(removal, Mutation::Delete(key, Some(_)) if key.kind() == Kind::Subscription);
        leaves.then_some(Self(()))
    }

    /// A place that nobody counted, for [`stage`](super::store::stage) alone.
    pub(super) const fn on_a_stage() -> Self {
        Self(())
    }
}
