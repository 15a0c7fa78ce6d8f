//! Who may come in, and who administers. One commit changes all that says so: the account, its tokens, what is open of it to others, its
//! webhooks, and the list of administrators.

use crate::datastore::{Attempt, Datastore, Mutation, StoreError, retry_on_conflict};
use crate::ids::UserId;
use crate::users::administrators::{Administrators, LastOne};
use crate::users::{self, User, share, token};
use crate::webhooks;

/// A change of an account's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// They can't come in any more, from this minute on; what they have stays.
    Disable(i64),
    /// They can come in again, after a new sign-in.
    Enable,
    /// They administer.
    MakeAdmin,
    /// They no longer administer.
    UnmakeAdmin,
    /// Their account is deleted, from this minute on; they can't come in any more.
    Leave(i64),
}

/// Why a standing wasn't changed.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    /// Nobody would administer then.
    #[error("This is the only administrator. Make somebody else an administrator first.")]
    LastAdmin,
    /// Nothing about it can be changed any more.
    #[error("This account is being deleted.")]
    Leaving,
    /// There is no such account.
    #[error("There is no such account any more.")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Change {
    /// Changes a record; `None` if it says so already.
    fn apply(self, user: &mut User) -> Option<()> {
        let profile = &mut user.profile;
        match self {
            Self::Disable(minute) if profile.disabled.is_none() => {
                profile.disabled = Some(minute);
            }
            Self::Enable if profile.disabled.is_some() => {
                profile.disabled = None;
                // Whoever was signed in then isn't again by itself.
                profile.epoch += 1;
            }
            Self::MakeAdmin if !profile.admin => profile.admin = true,
            Self::UnmakeAdmin if profile.admin => profile.admin = false,
            Self::Leave(minute) => {
                profile.leaving = Some(minute);
                profile.epoch += 1;
            }
            _ => return None,
        }
        Some(())
    }

    /// Whether the account's tokens and open pages are closed then; `None` if that stays as it is.
    fn bars(self) -> Option<bool> {
        match self {
            Self::Disable(_) | Self::Leave(_) => Some(true),
            Self::Enable => Some(false),
            Self::MakeAdmin | Self::UnmakeAdmin => None,
        }
    }
}

/// Changes an account's standing, with a line of the audit log in the commit. Returns its record; `None` if it was so already, and then
/// nothing is written.
///
/// Two reads and two writes. Where it bars or lets in, three reads and a read and a write for each token, shared page and webhook. For
/// an administrator one write more, and the first time a read for each account.
///
/// # Errors
/// [`StandingError`] says why it wasn't changed.
pub async fn change(
    store: &Datastore,
    id: UserId,
    change: Change,
    line: &Mutation,
) -> Result<Option<User>, StandingError> {
    retry_on_conflict!(format!("account {id}"), {
        let user = users::store::get(store, id).await?;
        let mut user = user.ok_or(StandingError::Gone)?;
        if user.profile.leaving.is_some() {
            return match change {
                Change::Leave(_) => Ok(Attempt::Done(None)),
                _ => Err(StandingError::Leaving),
            };
        }
        let administered = user.profile.administers();
        if change.apply(&mut user).is_none() {
            return Ok(Attempt::Done(None));
        }
        let mut changes = vec![users::store::update(&user)?];
        if administered != user.profile.administers() {
            let all = Administrators::load(store).await?;
            changes.extend(
                all.with(&user)
                    .map_err(|LastOne| StandingError::LastAdmin)?,
            );
        }
        if let Some(is_barred) = change.bars() {
            changes.extend(token::bar(store, id, is_barred).await?);
            changes.extend(share::bar(store, id, is_barred).await?);
            changes.extend(webhooks::store::bar(store, id, is_barred).await?);
        }
        changes.push(line.clone());
        match store.commit(changes).await {
            // A token was revoked meanwhile.
            Err(StoreError::NotFound(_)) => Ok(Attempt::Conflict),
            committed => Ok(Attempt::of(committed)?.map(|versions| {
                user.version = versions.first().copied().unwrap_or_default();
                Some(user)
            })),
        }
    })
}
