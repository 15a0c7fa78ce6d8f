//! Signing up: the rules for new accounts, and the records of one.

use std::collections::{BTreeMap, BTreeSet};

use super::audit::{Act, By, Entry};
use super::mail_habits::MailHabits;
use super::own_quota::OwnQuota;
use super::preferences::Preferences;
use super::store::{entity, has_accounts, login_key};
use super::{ListOrder, Profile, User, UserError, card, day_of, email, normal_email, password};
use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError};
use crate::ids::{USER_IDS, UserId};
use crate::random::Random;
use crate::timestamp::Timestamp;

/// The rules for creating accounts.
#[derive(Clone, Copy, Debug)]
pub struct SignUpPolicy<'d> {
    /// Whether accounts after the first may be created.
    pub open: bool,
    /// The only address that may become the first account.
    pub admin_email: Option<&'d str>,
}

/// Creates an account. The first becomes the administrator: of two at once, one succeeds and the other is refused.
///
/// # Errors
/// [`UserError`] says why it wasn't created.
pub async fn create(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    policy: SignUpPolicy<'_>,
    email: &str,
    password: &str,
) -> Result<User, UserError> {
    let email = normal_email(email)?;
    password::check(password)?;
    let first = check_sign_up(store, policy, &email).await?;
    let hash = password::hash(password, random).await?;
    let user = newcomer(random, now, email, first);
    let line = welcome(random, now, user.id);
    insert(store, user, Some(hash), vec![line]).await
}

/// Creates an account for somebody by a command, whatever the rules of signing up: to run it takes a way to the store, and that allows everything.
///
/// # Errors
/// The same as [`create`], but for those of the rules.
pub async fn create_by_command(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    email: &str,
    password: &str,
) -> Result<User, UserError> {
    let email = normal_email(email)?;
    password::check(password)?;
    let policy = SignUpPolicy {
        open: true,
        admin_email: None,
    };
    let first = check_sign_up(store, policy, &email).await?;
    let hash = password::hash(password, random).await?;
    let user = newcomer(random, now, email, first);
    let line = welcome_by(By::Command, random, now, user.id);
    insert(store, user, Some(hash), vec![line]).await
}

/// Creates an account for an address that was proven by a letter, if it isn't the first: that one needs none. The rules were
/// asked before the letter was sent.
///
/// # Errors
/// The same as [`create`].
pub async fn create_proven(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    email: &str,
    password: &str,
) -> Result<User, UserError> {
    let email = normal_email(email)?;
    password::check(password)?;
    if !has_accounts(store).await? {
        return Err(UserError::Closed);
    }
    let hash = password::hash(password, random).await?;
    let mut user = newcomer(random, now, email, false);
    user.profile.is_verified = true;
    let line = welcome(random, now, user.id);
    insert(store, user, Some(hash), vec![line]).await
}

/// Creates an account without a password, for an address that somebody else vouches for.
///
/// # Errors
/// [`UserError::Taken`], [`UserError::Closed`], [`UserError::BadEmail`]; [`UserError::Store`] if the store can't be read or
/// written.
pub async fn create_vouched(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    policy: SignUpPolicy<'_>,
    email: &str,
) -> Result<User, UserError> {
    let email = normal_email(email)?;
    let first = check_sign_up(store, policy, &email).await?;
    let mut user = newcomer(random, now, email, first);
    user.profile.has_password = false;
    user.profile.is_verified = true;
    let line = welcome(random, now, user.id);
    insert(store, user, None, vec![line]).await
}

/// Checks whether an address may create an account, and returns whether that is the first. One read.
pub(super) async fn check_sign_up(
    store: &Datastore,
    policy: SignUpPolicy<'_>,
    email: &str,
) -> Result<bool, UserError> {
    let first = !has_accounts(store).await?;
    let open = match first {
        true => policy
            .admin_email
            .is_none_or(|admin| email::is_same_email(admin, email)),
        false => policy.open,
    };
    if open {
        Ok(first)
    } else {
        Err(UserError::Closed)
    }
}

/// The record of a new user.
pub(super) fn newcomer(random: &Random, now: Timestamp, email: String, first: bool) -> User {
    User {
        id: UserId(random.id(USER_IDS)),
        profile: Profile {
            email,
            admin: first,
            created: now.timestamp(),
            order: ListOrder::default(),
            epoch: 0,
            resting: BTreeSet::new(),
            paused: BTreeSet::new(),
            holiday: None,
            returning: BTreeMap::new(),
            has_password: true,
            connected: Vec::new(),
            passkeys: Vec::new(),
            passkey_after_password: false,
            codes: None,
            is_verified: false,
            links: Vec::new(),
            mail: MailHabits::default(),
            preferences: Preferences::default(),
            disabled: None,
            leaving: None,
            quota: OwnQuota::default(),
            house: None,
        },
        awake: true,
        last_seen_day: day_of(now),
        version: 0,
    }
}

/// Stores an account with its address, which no other account can have then. Three writes, and `more`.
pub(super) async fn insert(
    store: &Datastore,
    user: User,
    hash: Option<String>,
    more: Vec<Mutation>,
) -> Result<User, UserError> {
    // Under the address's present form the store itself refuses a second one.
    for form in email::forms(&user.profile.email).iter().skip(1) {
        if store.get(&login_key(form)).await?.is_some() {
            return Err(UserError::Taken);
        }
    }
    let login = Entity::new(login_key(&user.profile.email)).unindexed("user", user.id.0);
    let login = match hash {
        Some(hash) => login.unindexed("password", hash),
        None => login,
    };
    let mut changes = vec![Mutation::Insert(entity(&user)?), Mutation::Insert(login)];
    if user.profile.admin {
        let mark = Entity::new(first_account()).unindexed("user", user.id.0);
        changes.push(Mutation::Insert(mark));
        // No account is older than the list.
        changes.push(card::is_whole());
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

/// The line of the audit log about a new account, which its owner made.
pub(super) fn welcome(random: &Random, now: Timestamp, id: UserId) -> Mutation {
    welcome_by(By::User(id), random, now, id)
}

fn welcome_by(by: By, random: &Random, now: Timestamp, id: UserId) -> Mutation {
    let entry = Entry {
        act: Act::SignedUp,
        by,
        user: Some(id),
        about: "",
        network: "",
    };
    entry.write(random, now)
}

/// The key of the mark that there was a first account.
fn first_account() -> Key {
    Key::name(Kind::Setting, "first-account")
}

/// The write by which the mark of the first account names it no longer; `None` if it was another. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn unname_first(store: &Datastore, id: UserId) -> Result<Option<Mutation>, StoreError> {
    let mark = store.get(&first_account()).await?;
    let is_theirs = mark.is_some_and(|mark| mark.entity.int("user") == Some(id.0));
    let nobody = Entity::new(first_account()).unindexed("user", 0);
    Ok(is_theirs.then_some(Mutation::Upsert(nobody, None)))
}
