//! Accounts that are opened by an account elsewhere.
//!
//! What opens one is the provider's subject, never an address: who has an address today needn't be who had it when the
//! account was made. So nothing here looks an account up by address, and none is ever merged with another.

use sha2::{Digest, Sha256};

use super::store::{self, Door, entity, from_stored, user_key};
use super::{Connected, User, UserError, normal_email};
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, StoreError, retry_on_conflict,
};
use crate::ids::UserId;
use crate::random::{Chance, hex};
use crate::timestamp::Timestamp;

/// An issuer is an address, and has no line breaks: no two pairs look the same.
fn login_key(who: &Connected) -> Key {
    let digest = Sha256::digest(format!("openid:{}\n{}", who.issuer, who.subject));
    Key::name(Kind::Login, hex(&digest[..16]))
}

fn login(who: &Connected, user: UserId) -> Entity {
    Entity::new(login_key(who)).unindexed("user", user.0)
}

/// The account that somebody's account elsewhere opens. Two reads; one where there is none.
///
/// # Errors
/// The store's.
pub async fn find(store: &Datastore, who: &Connected) -> Result<Option<User>, StoreError> {
    let login = store.get(&login_key(who)).await?;
    match login.and_then(|stored| stored.entity.int("user")) {
        Some(id) => store::get(store, UserId(id)).await,
        None => Ok(None),
    }
}

/// Makes an account without a password, for an address that the provider has verified.
///
/// # Errors
/// [`UserError::Taken`] where the address has an account, whoever made that; [`UserError::Closed`]; the store's.
pub async fn create(
    store: &Datastore,
    chance: &Chance,
    now: Timestamp,
    door: Door<'_>,
    (who, verified_email): (Connected, &str),
) -> Result<User, UserError> {
    let email = normal_email(verified_email)?;
    let first = store::enter(store, door, &email).await?;
    let mut user = store::newcomer(chance, now, email, first);
    let login = Mutation::Insert(login(&who, user.id));
    user.profile.has_password = false;
    user.profile.connected = vec![who];
    store::insert(store, user, None, vec![login]).await
}

/// Lets an account elsewhere open this reader's; he is known by his session, so its address says nothing. One of each
/// provider. Two reads and two writes.
///
/// # Errors
/// [`UserError::Connected`] where it opens an account already, or this reader has another there; the store's.
pub async fn connect(store: &Datastore, id: UserId, who: &Connected) -> Result<(), UserError> {
    let opened = store.get(&login_key(who)).await?;
    let opened = opened.and_then(|stored| stored.entity.int("user"));
    if opened.is_some_and(|other| other != id.0) {
        return Err(UserError::Connected);
    }
    let add = |user: &mut User| {
        let known = &mut user.profile.connected;
        if known.iter().any(|one| one.issuer == who.issuer) {
            return Err(UserError::Connected);
        }
        known.push(who.clone());
        Ok(match opened {
            Some(_) => Vec::new(),
            None => vec![Mutation::Insert(login(who, id))],
        })
    };
    change(store, id, add).await
}

/// Takes that back. A read and two writes.
///
/// # Errors
/// [`UserError::NoOtherWay`] where the reader has no password; the store's.
pub async fn disconnect(store: &Datastore, id: UserId, issuer: &str) -> Result<(), UserError> {
    let remove = |user: &mut User| {
        if !user.profile.has_password {
            return Err(UserError::NoOtherWay);
        }
        let known = std::mem::take(&mut user.profile.connected);
        let (gone, left): (Vec<_>, _) = known.into_iter().partition(|one| one.issuer == issuer);
        user.profile.connected = left;
        let deletes = gone
            .iter()
            .map(|one| Mutation::Delete(login_key(one), None));
        Ok(deletes.collect())
    };
    change(store, id, remove).await
}

/// Changes a reader's record, with logins in the same commit; decides anew when somebody else was faster.
async fn change(
    store: &Datastore,
    id: UserId,
    how: impl Fn(&mut User) -> Result<Vec<Mutation>, UserError>,
) -> Result<(), UserError> {
    let key = user_key(id);
    retry_on_conflict!(&key, {
        let stored = store.get(&key).await?;
        let stored = stored.ok_or_else(|| StoreError::NotFound(key.clone()))?;
        let mut user = from_stored(&stored)?;
        let mut changes = how(&mut user)?;
        changes.push(Mutation::Update(entity(&user)?, Some(stored.version)));
        match store.commit(changes).await {
            Err(StoreError::AlreadyExists(_)) => Err(UserError::Connected),
            committed => Ok(Attempt::of(committed)?.map(drop)),
        }
    })
}
