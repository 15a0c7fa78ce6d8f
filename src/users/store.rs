//! Accounts in the store: `User` by id, `Login` by address or OpenID identity.

use sha2::{Digest, Sha256};

use super::{Connected, User, UserError, card, email, normal_email};
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, Query, RangeOp, StoreError, Stored,
    retry_on_conflict,
};
use crate::ids::UserId;
use crate::random::hex;

pub(crate) fn user_key(id: UserId) -> Key {
    Key::int(Kind::User, id.0)
}

/// Addresses are hashed in keys: keys turn up in logs and cursors.
pub(super) fn login_key(email: &str) -> Key {
    let digest = Sha256::digest(format!("email:{email}"));
    Key::name(Kind::Login, hex(&digest[..16]))
}

/// An issuer is an address and has no line breaks, so no two pairs look the same.
pub(super) fn provider_login_key(who: &Connected) -> Key {
    let digest = Sha256::digest(format!("openid:{}\n{}", who.issuer, who.subject));
    Key::name(Kind::Login, hex(&digest[..16]))
}

pub(super) fn entity(user: &User) -> Result<Entity, StoreError> {
    let profile = serde_json::to_string(&user.profile)
        .map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let entity = Entity::new(user_key(user.id))
        .indexed("awake", user.awake)
        .indexed("last_seen_day", user.last_seen_day)
        .indexed("card", card::text_of(user))
        .unindexed("profile", profile);
    let entity = match user.profile.mail.due {
        Some(minute) => entity.indexed("mail_due", minute),
        None => entity,
    };
    // Set only while it is deleted, so that the index holds nothing else.
    Ok(match user.profile.leaving {
        Some(minute) => entity.indexed("leaving", minute),
        None => entity,
    })
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    from_stored(stored).is_ok()
}

pub(super) fn from_stored(stored: &Stored) -> Result<User, StoreError> {
    let entity = &stored.entity;
    let damaged = || StoreError::Corrupt(entity.key.to_string());
    let profile = entity.text("profile").ok_or_else(damaged)?;
    Ok(User {
        id: UserId(entity.key.id().ok_or_else(damaged)?),
        profile: serde_json::from_str(profile).map_err(|_| damaged())?,
        awake: entity
            .get("awake")
            .and_then(|v| v.as_bool())
            .unwrap_or(true),
        last_seen_day: entity.int("last_seen_day").unwrap_or_default(),
        version: stored.version,
    })
}

/// Whether there are any accounts. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn has_accounts(store: &Datastore) -> Result<bool, StoreError> {
    let page = store
        .run_query(&Query::kind(Kind::User, 1).keys_only())
        .await?;
    Ok(!page.rows.is_empty())
}

/// The record that leads from an address to its account. One read; one more for each older form that the address had.
pub(super) async fn login_of(store: &Datastore, typed: &str) -> Result<Option<Stored>, StoreError> {
    for form in email::forms(typed) {
        let found = store.get(&login_key(&form)).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The writes that delete an account's record, on the version that was read, and what leads to it by an address or a provider.
pub fn remove(user: &User) -> Vec<Mutation> {
    let email = login_key(&user.profile.email);
    let logins = user.profile.connected.iter().map(provider_login_key);
    let logins = logins.chain([email]);
    let deletes = logins.map(|key| Mutation::Delete(key, None));
    std::iter::once(Mutation::Delete(user_key(user.id), Some(user.version)))
        .chain(deletes)
        .collect()
}

/// Accounts that are being deleted, the first ordered first: by the built-in index of `leaving`, which holds nothing else. One read
/// each, one at least.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn leaving(store: &Datastore, limit: u32) -> Result<Vec<User>, StoreError> {
    let query = Query::kind(Kind::User, limit).range("leaving", RangeOp::Greater, 0);
    let page = store.run_query(&query).await?;
    Ok(page.rows.iter().filter_map(readable).collect())
}

/// The number of the account with this address; `None` if there is none. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn id_of(store: &Datastore, email: &str) -> Result<Option<UserId>, StoreError> {
    let Ok(email) = normal_email(email) else {
        return Ok(None);
    };
    let login = store.get(&login_key(&email)).await?;
    Ok(login
        .and_then(|stored| stored.entity.int("user"))
        .map(UserId))
}

/// A user by id. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(store: &Datastore, id: UserId) -> Result<Option<User>, StoreError> {
    let stored = store.get(&user_key(id)).await?;
    stored.as_ref().map(from_stored).transpose()
}

/// A user by address. Two reads.
///
/// # Errors
/// [`UserError::BadEmail`]; [`UserError::Store`] if the store can't be read.
pub async fn by_email(store: &Datastore, email: &str) -> Result<Option<User>, UserError> {
    let login = login_of(store, email).await?;
    if login.is_none() {
        normal_email(email)?;
    }
    match login.and_then(|stored| stored.entity.int("user")) {
        Some(id) => Ok(get(store, UserId(id)).await?),
        None => Ok(None),
    }
}

/// Changes a user's record, deciding again on a conflict. One read and one write.
///
/// # Errors
/// [`StoreError::NotFound`] if the user is gone; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if the record can't be decoded; [`StoreError::Contention`] after many conflicts.
pub async fn change(
    store: &Datastore,
    id: UserId,
    how: impl Fn(&mut User),
) -> Result<User, StoreError> {
    change_with(store, id, &[], how).await
}

/// The same, with further writes in its commit, such as a line of the audit log.
///
/// # Errors
/// Those of [`change`].
pub async fn change_with(
    store: &Datastore,
    id: UserId,
    also: &[Mutation],
    how: impl Fn(&mut User),
) -> Result<User, StoreError> {
    retry_on_conflict!(user_key(id), {
        let stored = store.get(&user_key(id)).await?;
        let stored = stored.ok_or_else(|| StoreError::NotFound(user_key(id)))?;
        let mut user = from_stored(&stored)?;
        how(&mut user);
        let update = Mutation::Update(entity(&user)?, Some(stored.version));
        let committed = store.commit(with(update, also)).await;
        Ok(Attempt::of(committed)?.map(|versions| User {
            version: versions.first().copied().unwrap_or(user.version),
            ..user
        }))
    })
}

/// Changes a user's record if there is something to change, deciding again on a conflict. One read, and one write.
///
/// Returns what `how` returned, with the new record; `None` if it returned `None`, and then nothing is written.
///
/// # Errors
/// The same as [`change`].
pub async fn change_if<T>(
    store: &Datastore,
    id: UserId,
    how: impl Fn(&mut User) -> Option<T>,
) -> Result<Option<(T, User)>, StoreError> {
    change_if_with(store, id, &[], how).await
}

/// The same, with further writes in its commit.
///
/// # Errors
/// Those of [`change`].
pub async fn change_if_with<T>(
    store: &Datastore,
    id: UserId,
    also: &[Mutation],
    how: impl Fn(&mut User) -> Option<T>,
) -> Result<Option<(T, User)>, StoreError> {
    change_if_noting(store, id, |_| also.to_vec(), how).await
}

/// The same, where it depends on what was done which further writes there are.
///
/// # Errors
/// Those of [`change`].
pub async fn change_if_noting<T>(
    store: &Datastore,
    id: UserId,
    also: impl Fn(&T) -> Vec<Mutation>,
    how: impl Fn(&mut User) -> Option<T>,
) -> Result<Option<(T, User)>, StoreError> {
    retry_on_conflict!(user_key(id), {
        let stored = store.get(&user_key(id)).await?;
        let stored = stored.ok_or_else(|| StoreError::NotFound(user_key(id)))?;
        let mut user = from_stored(&stored)?;
        let Some(done) = how(&mut user) else {
            return Ok(Attempt::Done(None));
        };
        let update = Mutation::Update(entity(&user)?, Some(stored.version));
        let committed = store.commit(with(update, &also(&done))).await;
        Ok(Attempt::of(committed)?.map(|versions| {
            user.version = versions.first().copied().unwrap_or(user.version);
            Some((done, user))
        }))
    })
}

fn with(first: Mutation, also: &[Mutation]) -> Vec<Mutation> {
    std::iter::once(first).chain(also.iter().cloned()).collect()
}

/// The write of a user's record that was read before; it conflicts if the record was changed since.
///
/// # Errors
/// None in practice: a profile always serializes.
pub fn update(user: &User) -> Result<Mutation, StoreError> {
    Ok(Mutation::Update(entity(user)?, Some(user.version)))
}

/// Notes that a user, whose record was just read, was seen today, which wakes them. Returns their record; `None` if
/// they are gone. One write on the first visit of a day.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn seen(store: &Datastore, user: User, today: i64) -> Result<Option<User>, StoreError> {
    let id = user.id;
    let mut known = Some(user);
    retry_on_conflict!(user_key(id), {
        let known = match known.take() {
            Some(user) => Some(user),
            None => get(store, id).await?,
        };
        let Some(mut user) = known else {
            return Ok(Attempt::Done(None));
        };
        if user.awake && user.last_seen_day == today {
            return Ok(Attempt::Done(Some(user)));
        }
        user.awake = true;
        user.last_seen_day = today;
        match store.commit(vec![update(&user)?]).await {
            Err(StoreError::NotFound(_)) => Ok(Attempt::Done(None)),
            committed => Ok(Attempt::of(committed)?.map(|versions| {
                user.version = versions.first().copied().unwrap_or(user.version);
                Some(user)
            })),
        }
    })
}

/// Users who are awake and weren't seen since before `day`, longest absence first: index `User(awake, last_seen_day)`.
/// One read each, at least one.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn unseen_since(
    store: &Datastore,
    day: i64,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let query = Query::kind(Kind::User, limit).equal("awake", true).range(
        "last_seen_day",
        RangeOp::Less,
        day,
    );
    let page = store.run_query(&query).await?;
    Ok(page.rows.iter().filter_map(readable).collect())
}

/// Users to whom something is to be sent by a minute, those who wait longest first: index `User(mail_due)`. One read each, at
/// least one.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn mail_due_by(
    store: &Datastore,
    minute: i64,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let query = Query::kind(Kind::User, limit).range("mail_due", RangeOp::AtMost, minute);
    let page = store.run_query(&query).await?;
    Ok(page.rows.iter().filter_map(readable).collect())
}

/// Decodes a record; a damaged one is logged and skipped.
fn readable(stored: &Stored) -> Option<User> {
    let read = from_stored(stored);
    if let Err(error) = &read {
        tracing::error!(%error, "a user’s record can’t be read");
    }
    read.ok()
}

/// All users by id, read in pages of at most 1,000. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn list(store: &Datastore) -> Result<Vec<User>, StoreError> {
    let mut users = Vec::new();
    let mut cursor = None;
    loop {
        let page = store
            .run_query(&Query::kind(Kind::User, 1_000).after(cursor))
            .await?;
        for stored in &page.rows {
            users.push(from_stored(stored)?);
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(users),
        }
    }
}
