//! Accounts that are opened by an OpenID account.
//!
//! An account is found by the provider's subject, never by an address: the holder of an address today needn't be the
//! one who had it when the account was created. So nothing here looks an account up by address, and accounts aren't
//! merged.

use super::sign_up::{self, SignUpPolicy};
use super::store::{self, entity, from_stored, provider_login_key as login_key, user_key};
use super::{Connected, User, UserError, invitation, normal_email};
use crate::datastore::{Attempt, Datastore, Entity, Mutation, StoreError, retry_on_conflict};
use crate::ids::UserId;
use crate::random::Random;
use crate::timestamp::Timestamp;

fn login(who: &Connected, user: UserId) -> Entity {
    Entity::new(login_key(who)).unindexed("user", user.0)
}

/// The account that an OpenID account opens. Two reads; one if there is none.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn find(store: &Datastore, who: &Connected) -> Result<Option<User>, StoreError> {
    let login = store.get(&login_key(who)).await?;
    match login.and_then(|stored| stored.entity.int("user")) {
        Some(id) => store::get(store, UserId(id)).await,
        None => Ok(None),
    }
}

/// Who a provider says is signing in.
#[derive(Clone, Debug)]
pub struct VerifiedIdentity {
    /// The account at the provider.
    pub who: Connected,
    /// Its email address, which the provider has verified.
    pub email: String,
}

/// Creates an account without a password, for an address that the provider has verified.
///
/// # Errors
/// [`UserError::Taken`] if the address has an account, however created; [`UserError::Closed`]; [`UserError::Store`] if
/// the store can't be read or written.
pub async fn create(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    policy: SignUpPolicy<'_>,
    identity: VerifiedIdentity,
) -> Result<User, UserError> {
    let VerifiedIdentity { who, email } = identity;
    let email = normal_email(&email)?;
    let first = sign_up::check_sign_up(store, policy, &email).await?;
    let mut user = sign_up::newcomer(random, now, email, first);
    let login = Mutation::Insert(login(&who, user.id));
    user.profile.has_password = false;
    user.profile.is_verified = true;
    user.profile.connected = vec![who];
    let line = sign_up::welcome(random, now, user.id);
    sign_up::insert(store, user, None, vec![login, line]).await
}

/// The same by an invitation, of which a use is taken.
///
/// # Errors
/// [`UserError::NotInvited`] if it lets nobody in any more; the others of [`create`].
pub async fn create_invited(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    token: &str,
    identity: VerifiedIdentity,
) -> Result<User, UserError> {
    let VerifiedIdentity { who, email } = identity;
    let email = normal_email(&email)?;
    let mut user = sign_up::newcomer(random, now, email, false);
    let login = Mutation::Insert(login(&who, user.id));
    user.profile.has_password = false;
    user.profile.is_verified = true;
    user.profile.connected = vec![who];
    let line = sign_up::welcome(random, now, user.id);
    invitation::with_use(store, now, token, |taken| {
        let also = vec![login.clone(), taken, line.clone()];
        sign_up::insert(store, user.clone(), None, also)
    })
    .await
}

/// Lets an OpenID account open this user's, one per provider, with a line of the audit log. The session identifies the user, so its
/// address doesn't matter. Two reads and three writes.
///
/// # Errors
/// [`UserError::Connected`] if it already opens an account, or this user has another there; [`UserError::Store`] if the
/// store can't be read or written.
pub async fn connect(
    store: &Datastore,
    id: UserId,
    who: &Connected,
    line: Mutation,
) -> Result<(), UserError> {
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
        let opens = opened.is_none().then(|| Mutation::Insert(login(who, id)));
        Ok(opens.into_iter().chain([line.clone()]).collect())
    };
    change(store, id, add).await
}

/// Disconnects it, with a line of the audit log. One read, two writes and a delete.
///
/// # Errors
/// [`UserError::NoOtherWay`] if the user has no password; [`UserError::Store`] if the store can't be read or written.
pub async fn disconnect(
    store: &Datastore,
    id: UserId,
    issuer: &str,
    line: Mutation,
) -> Result<(), UserError> {
    let remove = |user: &mut User| {
        if !user.profile.has_password && user.profile.passkeys.is_empty() {
            return Err(UserError::NoOtherWay);
        }
        let known = std::mem::take(&mut user.profile.connected);
        let (gone, left): (Vec<_>, _) = known.into_iter().partition(|one| one.issuer == issuer);
        user.profile.connected = left;
        let deletes = gone
            .iter()
            .map(|one| Mutation::Delete(login_key(one), None));
        Ok(deletes.chain([line.clone()]).collect())
    };
    change(store, id, remove).await
}

/// Changes a user's record, with logins in the same commit; decides again on a conflict.
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
