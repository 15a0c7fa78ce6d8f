//! Invitations: links that let somebody create an account, also where sign-up is closed. Stored hashed, with the uses that
//! are left.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::{User, UserError, normal_email, password, sign_up};
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, Query, StoreError, Stored, Version,
    retry_on_conflict,
};
use crate::html::visible::visible;
use crate::ids::UserId;
use crate::random::{Random, hex};
use crate::timestamp::Timestamp;

/// Invitations that one user can have made: what is over counts until the next is made.
pub const MAX_INVITATIONS: u32 = 50;
/// Invitations that an administrator is shown: the newest of more.
pub const MAX_SHOWN: u32 = 100;
/// The most uses of one.
pub const MAX_USES: u32 = 1_000;
/// The most days that one lasts.
pub const MAX_DAYS: u32 = 365;
/// Bytes of an invitation's secret.
const SECRET_BYTES: usize = 16;
/// Characters of what it is called.
const NAME_CHARS: usize = 100;

/// Who an invitation is by that was made on the command line.
pub const BY_COMMAND: UserId = UserId(0);

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// For revoking: the hash, which opens nothing.
    pub id: String,
    /// Who made it.
    pub maker: UserId,
    /// What its maker calls it; may be empty.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// How many accounts it may still create.
    pub left: u32,
    /// How many it could at first.
    pub uses: u32,
    version: Version,
}

impl Invitation {
    /// Whether it still lets somebody in.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.left > 0 && self.expires > now
    }

    fn entity(&self) -> Entity {
        Entity::new(Key::name(Kind::Invitation, self.id.as_str()))
            .indexed("user", self.maker.0)
            .unindexed("name", self.name.clone())
            .unindexed("created", self.created)
            .unindexed("expires", self.expires)
            .unindexed("left", i64::from(self.left))
            .unindexed("uses", i64::from(self.uses))
    }
}

/// One to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewInvitation<'n> {
    /// Who makes it.
    pub maker: UserId,
    /// What they call it; may be empty.
    pub name: &'n str,
    /// How many accounts it may create.
    pub uses: u32,
    /// How many days it lasts.
    pub days: u32,
}

/// Why there is no invitation.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// The user has as many as are allowed.
    #[error("There are {MAX_INVITATIONS} invitations already. Revoke one that isn’t needed.")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn key_of(token: &str) -> Key {
    Key::name(Kind::Invitation, hex(&Sha256::digest(token)))
}

fn from_stored(stored: &Stored) -> Result<Invitation, StoreError> {
    let entity = &stored.entity;
    let damaged = || StoreError::Corrupt(entity.key.to_string());
    let count = |name| {
        let number = entity.int(name).ok_or_else(damaged)?;
        u32::try_from(number).map_err(|_| damaged())
    };
    Ok(Invitation {
        id: entity.key.id_name().ok_or_else(damaged)?.to_owned(),
        maker: UserId(entity.int("user").ok_or_else(damaged)?),
        name: entity.text("name").unwrap_or_default().to_owned(),
        created: entity.time("created").unwrap_or_default(),
        expires: entity.time("expires").ok_or_else(damaged)?,
        left: count("left")?,
        uses: count("uses")?,
        version: stored.version,
    })
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    from_stored(stored).is_ok()
}

fn is_token(token: &str) -> bool {
    token.len() == 2 * SECRET_BYTES
        && token
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Makes an invitation and returns its token, the only time that it is known.
///
/// The maker's that are over are deleted, and `line` of the audit log is written, in the same commit. One read for each of theirs, two
/// writes, and a delete for each that is over.
///
/// # Errors
/// [`InvitationError::TooMany`] at the limit; [`InvitationError::Store`] if the store can't be read or written.
pub async fn make(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    new: NewInvitation<'_>,
    line: Mutation,
) -> Result<String, InvitationError> {
    let all = of_user(store, new.maker).await?;
    let (open, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.is_open(now));
    if open.len() >= MAX_INVITATIONS as usize {
        return Err(InvitationError::TooMany);
    }
    let token = random.hex::<SECRET_BYTES>();
    let uses = new.uses.clamp(1, MAX_USES);
    let made = Invitation {
        id: key_of(&token).id_name().unwrap_or_default().to_owned(),
        maker: new.maker,
        name: visible(new.name).chars().take(NAME_CHARS).collect(),
        created: now,
        expires: now + TimeDelta::days(new.days.clamp(1, MAX_DAYS).into()),
        left: uses,
        uses,
        version: 0,
    };
    let over = over.into_iter().map(|one| {
        let key = Key::name(Kind::Invitation, one.id);
        Mutation::Delete(key, None)
    });
    let changes = over
        .chain([Mutation::Insert(made.entity()), line])
        .collect();
    store.commit(changes).await?;
    Ok(token)
}

/// The invitation of a token, if it still lets somebody in. One read; none for what can't be a token.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn find(
    store: &Datastore,
    token: &str,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    if !is_token(token) {
        return Ok(None);
    }
    let found = store.get(&key_of(token)).await?;
    let found = found.as_ref().map(from_stored).transpose()?;
    Ok(found.filter(|one| one.is_open(now)))
}

/// A user's invitations, the newest first. One read each, one at least.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn of_user(store: &Datastore, user: UserId) -> Result<Vec<Invitation>, StoreError> {
    let query = Query::kind(Kind::Invitation, 4 * MAX_INVITATIONS).equal("user", user.0);
    run(store, &query).await
}

/// Everybody's invitations, the newest first. One read each, one at least.
///
/// # Errors
/// The same as [`of_user`].
pub async fn all(store: &Datastore) -> Result<Vec<Invitation>, StoreError> {
    run(store, &Query::kind(Kind::Invitation, MAX_SHOWN)).await
}

async fn run(store: &Datastore, query: &Query) -> Result<Vec<Invitation>, StoreError> {
    let page = store.run_query(query).await?;
    let all = page.rows.iter().map(from_stored);
    let mut all: Vec<Invitation> = all.collect::<Result<_, _>>()?;
    all.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    Ok(all)
}

/// Revokes an invitation, of this maker or, for `None`, of anybody. Returns whether there was one.
///
/// `line` of the audit log is in the commit. One read, one delete and one write.
///
/// # Errors
/// The same as [`find`].
pub async fn revoke(
    store: &Datastore,
    maker: Option<UserId>,
    id: &str,
    line: Mutation,
) -> Result<bool, StoreError> {
    if id.len() != 64 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(false);
    }
    let key = Key::name(Kind::Invitation, id);
    let Some(stored) = store.get(&key).await? else {
        return Ok(false);
    };
    let made_by = UserId(stored.entity.int("user").unwrap_or_default());
    if maker.is_some_and(|maker| maker != made_by) {
        return Ok(false);
    }
    store
        .commit(vec![Mutation::Delete(key, None), line])
        .await?;
    Ok(true)
}

/// Creates an account by an invitation, of which one use is taken in the same commit: of several at once, no more get in than
/// it has uses. Two reads and three writes.
///
/// # Errors
/// [`UserError::NotInvited`] if it lets nobody in any more; [`UserError::Taken`], and what is wrong with address and password;
/// [`UserError::Store`] if the store can't be read or written.
pub async fn redeem(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    token: &str,
    (email, password, is_verified): (&str, &str, bool),
) -> Result<User, UserError> {
    let email = normal_email(email)?;
    password::check(password)?;
    if find(store, token, now).await?.is_none() {
        return Err(UserError::NotInvited);
    }
    let hash = password::hash(password, random).await?;
    let mut user = sign_up::newcomer(random, now, email, false);
    user.profile.is_verified = is_verified;
    let line = sign_up::welcome(random, now, user.id);
    with_use(store, now, token, |taken| {
        let also = vec![taken, line.clone()];
        sign_up::insert(store, user.clone(), Some(hash.clone()), also)
    })
    .await
}

/// Does what takes a use of an invitation, with the change to its record; again if others took one meanwhile.
///
/// # Errors
/// [`UserError::NotInvited`] if none is left; what `work` returns.
pub(super) async fn with_use<W>(
    store: &Datastore,
    now: Timestamp,
    token: &str,
    work: impl Fn(Mutation) -> W,
) -> Result<User, UserError>
where
    W: Future<Output = Result<User, UserError>>,
{
    let key = key_of(token);
    retry_on_conflict!(&key, {
        let Some(mut known) = find(store, token, now).await? else {
            return Err(UserError::NotInvited);
        };
        known.left -= 1;
        let taken = Mutation::Update(known.entity(), Some(known.version));
        match work(taken).await {
            Err(UserError::Store(StoreError::NotFound(_))) => Err(UserError::NotInvited),
            Err(UserError::Store(error)) if error.is_contention() => Ok(Attempt::Conflict),
            made => Ok(Attempt::Done(made?)),
        }
    })
}
