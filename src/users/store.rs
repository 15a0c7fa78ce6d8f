//! Accounts in the store: `User` by id, `Login` by address (or by what an OpenID provider says), `Setting` for what the installation knows of itself.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::{ListOrder, Profile, User, UserError, day_of, normal_email, password};
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, Query, RangeOp, StoreError, Stored,
    retry_on_conflict,
};
use crate::ids::{USER_IDS, UserId};
use crate::random::{Chance, hex};
use crate::timestamp::Timestamp;

pub(crate) fn user_key(id: UserId) -> Key {
    Key::int(Kind::User, id.0)
}

/// Addresses stand hashed in keys: keys turn up in logs and cursors.
fn login_key(email: &str) -> Key {
    let digest = Sha256::digest(format!("email:{email}"));
    Key::name(Kind::Login, hex(&digest[..16]))
}

pub(super) fn entity(user: &User) -> Result<Entity, StoreError> {
    let profile = serde_json::to_string(&user.profile)
        .map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(Entity::new(user_key(user.id))
        .indexed("awake", user.awake)
        .indexed("last_seen_day", user.last_seen_day)
        .unindexed("profile", profile))
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

/// Who may become the first account.
#[derive(Clone, Copy, Debug)]
pub struct Door<'d> {
    /// Whether later accounts may be made too.
    pub open: bool,
    /// The only address that may become the first.
    pub admin_email: Option<&'d str>,
}

/// Whether anybody has an account. One read.
///
/// # Errors
/// The store's.
pub async fn anybody(store: &Datastore) -> Result<bool, StoreError> {
    let page = store
        .run_query(&Query::kind(Kind::User, 1).keys_only())
        .await?;
    Ok(!page.rows.is_empty())
}

/// Makes an account. The first becomes the administrator: of two at once, one gets there and the other is refused.
///
/// # Errors
/// [`UserError`] says why not.
pub async fn create(
    store: &Datastore,
    chance: &Chance,
    now: Timestamp,
    door: Door<'_>,
    email: &str,
    password: &str,
) -> Result<User, UserError> {
    let email = normal_email(email)?;
    password::check(password)?;
    let first = enter(store, door, &email).await?;
    let hash = password::hash(password, chance).await?;
    let user = newcomer(chance, now, email, first);
    insert(store, user, Some(hash), Vec::new()).await
}

/// Whether somebody who may make an account makes the first. One read.
pub(super) async fn enter(
    store: &Datastore,
    door: Door<'_>,
    email: &str,
) -> Result<bool, UserError> {
    let first = !anybody(store).await?;
    let open = match first {
        true => door.admin_email.is_none_or(|admin| admin == email),
        false => door.open,
    };
    if open {
        Ok(first)
    } else {
        Err(UserError::Closed)
    }
}

/// Somebody whom we don't know yet.
pub(super) fn newcomer(chance: &Chance, now: Timestamp, email: String, first: bool) -> User {
    User {
        id: UserId(chance.id(USER_IDS)),
        profile: Profile {
            email,
            admin: first,
            created: now.timestamp(),
            order: ListOrder::default(),
            epoch: 0,
            resting: BTreeSet::new(),
            has_password: true,
            connected: Vec::new(),
        },
        awake: true,
        last_seen_day: day_of(now),
        version: 0,
    }
}

/// Puts an account into the store, with its address, which nobody else can have then. Three writes or four.
pub(super) async fn insert(
    store: &Datastore,
    user: User,
    hash: Option<String>,
    more: Vec<Mutation>,
) -> Result<User, UserError> {
    let login = Entity::new(login_key(&user.profile.email)).unindexed("user", user.id.0);
    let login = match hash {
        Some(hash) => login.unindexed("password", hash),
        None => login,
    };
    let mut changes = vec![Mutation::Insert(entity(&user)?), Mutation::Insert(login)];
    if user.profile.admin {
        let mark =
            Entity::new(Key::name(Kind::Setting, "first-account")).unindexed("user", user.id.0);
        changes.push(Mutation::Insert(mark));
    }
    changes.extend(more);
    match store.commit(changes).await {
        Ok(versions) => Ok(User {
            version: versions.first().copied().unwrap_or_default(),
            ..user
        }),
        Err(StoreError::AlreadyExists(key)) if key.kind() == Kind::Login => Err(UserError::Taken),
        Err(StoreError::AlreadyExists(key)) if key.kind() == Kind::Setting => {
            Err(UserError::Closed)
        }
        Err(error) => Err(error.into()),
    }
}

/// The account of an address and its password. Two reads.
///
/// # Errors
/// [`UserError::WrongPassword`]; the store's.
pub async fn sign_in(store: &Datastore, email: &str, typed: &str) -> Result<User, UserError> {
    let login = match normal_email(email) {
        Ok(email) => store.get(&login_key(&email)).await?,
        Err(_) => None,
    };
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

/// A reader by id. One read.
///
/// # Errors
/// The store's.
pub async fn get(store: &Datastore, id: UserId) -> Result<Option<User>, StoreError> {
    let stored = store.get(&user_key(id)).await?;
    stored.as_ref().map(from_stored).transpose()
}

/// A reader by address. Two reads.
///
/// # Errors
/// The store's; [`UserError::BadEmail`].
pub async fn by_email(store: &Datastore, email: &str) -> Result<Option<User>, UserError> {
    let login = store.get(&login_key(&normal_email(email)?)).await?;
    match login.and_then(|stored| stored.entity.int("user")) {
        Some(id) => Ok(get(store, UserId(id)).await?),
        None => Ok(None),
    }
}

/// Changes a reader's record, deciding anew when somebody else was faster. One read and one write.
///
/// # Errors
/// The store's; [`StoreError::NotFound`] where the reader is gone.
pub async fn change(
    store: &Datastore,
    id: UserId,
    how: impl Fn(&mut User),
) -> Result<User, StoreError> {
    retry_on_conflict!(user_key(id), {
        let stored = store.get(&user_key(id)).await?;
        let stored = stored.ok_or_else(|| StoreError::NotFound(user_key(id)))?;
        let mut user = from_stored(&stored)?;
        how(&mut user);
        let update = Mutation::Update(entity(&user)?, Some(stored.version));
        let committed = store.commit(vec![update]).await;
        Ok(Attempt::of(committed)?.map(|versions| User {
            version: versions.first().copied().unwrap_or(user.version),
            ..user
        }))
    })
}

/// The write of a reader's record that was read before; fails with contention if somebody else wrote it since.
///
/// # Errors
/// None that is known.
pub fn update(user: &User) -> Result<Mutation, StoreError> {
    Ok(Mutation::Update(entity(user)?, Some(user.version)))
}

/// Notes that a reader, whose record was just read, was seen today; that wakes him. Answers with his record; `None` where
/// he is gone. One write on the first visit of a day.
///
/// # Errors
/// The store's.
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

/// Readers who are awake and weren't seen since before `day`, who was away longest first: index
/// `User(awake, last_seen_day)`. One read each, at least one.
///
/// # Errors
/// The store's.
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

/// A record; one that is damaged is logged, and keeps no other from its turn.
fn readable(stored: &Stored) -> Option<User> {
    let read = from_stored(stored);
    if let Err(error) = &read {
        tracing::error!(%error, "a reader's record can't be read");
    }
    read.ok()
}

/// Sets a new password, and with it ends all other sessions. Answers with the new record. One read, two writes.
///
/// # Errors
/// [`UserError::ShortPassword`], [`UserError::LongPassword`]; the store's.
pub async fn set_password(
    store: &Datastore,
    chance: &Chance,
    user: &User,
    new: &str,
) -> Result<User, UserError> {
    let hash = password::hash(new, chance).await?;
    retry_on_conflict!(user_key(user.id), {
        let found = get(store, user.id).await?;
        let mut changed = found.ok_or_else(|| StoreError::NotFound(user_key(user.id)))?;
        let login = Entity::new(login_key(&changed.profile.email))
            .unindexed("user", user.id.0)
            .unindexed("password", hash.clone());
        changed.profile.epoch += 1;
        changed.profile.has_password = true;
        let changes = vec![update(&changed)?, Mutation::Upsert(login, None)];
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|versions| User {
            version: versions.first().copied().unwrap_or_default(),
            ..changed
        }))
    })
}

/// All readers, by id, a page of at most 1,000 at a time. One read each.
///
/// # Errors
/// The store's.
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
