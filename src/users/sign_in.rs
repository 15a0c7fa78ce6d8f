//! The password of an account: signing in with it, setting it, and taking it away.

use super::store::{get, login_key, login_of, update, user_key};
use super::{User, UserError, password};
use crate::datastore::{Attempt, Datastore, Entity, Mutation, StoreError, retry_on_conflict};
use crate::ids::UserId;
use crate::random::Random;

/// The account with this address and password. Two reads.
///
/// # Errors
/// [`UserError::WrongPassword`]; [`UserError::Store`] if the store can't be read.
pub async fn sign_in(store: &Datastore, email: &str, typed: &str) -> Result<User, UserError> {
    let login = login_of(store, email).await?;
    let hash = login
        .as_ref()
        .and_then(|stored| stored.entity.text("password"));
    if !password::verify(typed, hash.map(str::to_owned)).await? {
        return Err(UserError::WrongPassword);
    }
    let id = login.and_then(|stored| stored.entity.int("user"));
    let id = id.ok_or(UserError::WrongPassword)?;
    get(store, UserId(id))
        .await?
        .ok_or(UserError::WrongPassword)
}

/// Sets a new password, which ends all other sessions. Returns the new record. One read, three writes: one is a line of the audit log.
///
/// # Errors
/// [`UserError::ShortPassword`], [`UserError::LongPassword`]; [`UserError::Store`] if the store can't be read or
/// written.
pub async fn set_password(
    store: &Datastore,
    random: &Random,
    user: &User,
    new: &str,
    line: Mutation,
) -> Result<User, UserError> {
    let hash = password::hash(new, random).await?;
    retry_on_conflict!(user_key(user.id), {
        let found = get(store, user.id).await?;
        let mut changed = found.ok_or_else(|| StoreError::NotFound(user_key(user.id)))?;
        let login = Entity::new(login_key(&changed.profile.email))
            .unindexed("user", user.id.0)
            .unindexed("password", hash.clone());
        changed.profile.epoch += 1;
        changed.profile.has_password = true;
        let changes = vec![
            update(&changed)?,
            Mutation::Upsert(login, None),
            line.clone(),
        ];
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|versions| User {
            version: versions.first().copied().unwrap_or_default(),
            ..changed
        }))
    })
}

/// Takes the password away, which ends all sessions: then only what else opens the account does. Returns the new record.
/// One read, three writes: one is a line of the audit log.
///
/// # Errors
/// [`UserError::NoOtherWay`] if nothing else does; [`UserError::Store`] if the store can't be read or written.
pub async fn remove_password(
    store: &Datastore,
    id: UserId,
    line: Mutation,
) -> Result<User, UserError> {
    retry_on_conflict!(user_key(id), {
        let found = get(store, id).await?;
        let mut changed = found.ok_or_else(|| StoreError::NotFound(user_key(id)))?;
        if changed.profile.passkeys.is_empty() && changed.profile.connected.is_empty() {
            return Err(UserError::NoOtherWay);
        }
        let login = Entity::new(login_key(&changed.profile.email)).unindexed("user", id.0);
        changed.profile.epoch += 1;
        changed.profile.has_password = false;
        let changes = vec![
            update(&changed)?,
            Mutation::Upsert(login, None),
            line.clone(),
        ];
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|versions| User {
            version: versions.first().copied().unwrap_or_default(),
            ..changed
        }))
    })
}
