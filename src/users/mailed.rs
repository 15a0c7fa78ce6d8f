//! Links that prove something, because only one mailbox has them.
//!
//! They are for a new password, an address that is one's own, a change of address. Each opens once, for some time, and only
//! its hash is stored, with the account itself.

use sha2::{Digest, Sha256};

pub use super::mailed_link::{MailedLink, Purpose};
use super::store::{self, get, login_key, update, user_key};
use super::{User, UserError, email, normal_email, password};
use crate::datastore::{Attempt, Datastore, Entity, Mutation, StoreError, retry_on_conflict};
use crate::ids::UserId;
use crate::random::{Random, hex};
use crate::timestamp::{Timestamp, minute_of};

/// Minutes for which a link for a new password opens.
pub const RESET_MINUTES: i64 = 60;
/// The same of one that an administrator made.
pub const HANDED_RESET_MINUTES: i64 = 24 * 60;
/// Minutes for which a link that confirms an address opens.
pub const CONFIRM_MINUTES: i64 = 3 * 24 * 60;
/// Minutes for which both links of a change of address open.
pub const CHANGE_MINUTES: i64 = 24 * 60;

/// Bytes of a link's secret.
const SECRET_BYTES: usize = 24;

/// A link as it stands in an address: the account, and the secret.
struct Followed {
    user: UserId,
    hash: String,
}

fn hash_of(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

impl Followed {
    fn read(link: &str) -> Option<Self> {
        let (user, secret) = link.split_once('-')?;
        let is_hex = |text: &str| {
            text.bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let fits = secret.len() == 2 * SECRET_BYTES && is_hex(secret) && is_hex(user);
        let user = i64::from_str_radix(user, 16).ok();
        let user = user.filter(|id| fits && *id > 0)?;
        Some(Self {
            user: UserId(user),
            hash: hash_of(secret),
        })
    }

    fn find<'u>(
        &self,
        user: &'u User,
        purposes: &[Purpose],
        now: Timestamp,
    ) -> Option<&'u MailedLink> {
        let mut links = user.profile.links.iter();
        links.find(|link| {
            link.hash == self.hash && link.lasts(now) && purposes.contains(&link.purpose)
        })
    }
}

/// Makes a link's secret, and what is stored of it.
fn made(
    random: &Random,
    (user, purpose, address): (UserId, Purpose, &str),
    until: i64,
) -> (String, MailedLink) {
    let secret = random.hex::<SECRET_BYTES>();
    let link = MailedLink {
        purpose,
        hash: hash_of(&secret),
        until,
        address: address.to_owned(),
        is_followed: false,
    };
    (format!("{:x}-{secret}", user.0), link)
}

/// Makes a link for a user, in place of an earlier one of the purpose. Returns it, the only time that it is known. One read
/// and one write.
///
/// # Errors
/// [`StoreError::NotFound`] if the user is gone; the others of [`store::change`].
pub async fn make(
    store: &Datastore,
    random: &Random,
    id: UserId,
    what: (Purpose, i64),
    now: Timestamp,
) -> Result<String, StoreError> {
    make_with(store, random, id, what, now, &[]).await
}

/// The same, with further writes in its commit, such as a line of the audit log.
///
/// # Errors
/// Those of [`make`].
pub async fn make_with(
    store: &Datastore,
    random: &Random,
    id: UserId,
    (purpose, minutes): (Purpose, i64),
    now: Timestamp,
    also: &[Mutation],
) -> Result<String, StoreError> {
    let secret = random.hex::<SECRET_BYTES>();
    let set = |user: &mut User| {
        let address = user.profile.email.clone();
        let links = &mut user.profile.links;
        links.retain(|link| link.purpose != purpose && link.lasts(now));
        links.push(MailedLink {
            purpose,
            hash: hash_of(&secret),
            until: minute_of(now) + minutes,
            address,
            is_followed: false,
        });
    };
    store::change_with(store, id, also, set).await?;
    Ok(format!("{:x}-{secret}", id.0))
}

/// The account and the purpose of a link that still opens something. One read; none for what can't be one.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn find(
    store: &Datastore,
    link: &str,
    purposes: &[Purpose],
    now: Timestamp,
) -> Result<Option<(User, MailedLink)>, StoreError> {
    let Some(followed) = Followed::read(link) else {
        return Ok(None);
    };
    let user = get(store, followed.user).await?;
    let found = user.and_then(|user| {
        let link = followed.find(&user, purposes, now)?.clone();
        Some((user, link))
    });
    Ok(found)
}

/// Sets the password of the account that a link leads to, and ends all its sessions and all its links.
///
/// `None` if the link opens nothing any more. One read, three writes: one is `line`, of the audit log.
///
/// # Errors
/// What is wrong with the password; [`UserError::Store`] if the store can't be read or written.
pub async fn reset(
    store: &Datastore,
    random: &Random,
    (link, new): (&str, &str),
    now: Timestamp,
    line: &Mutation,
) -> Result<Option<User>, UserError> {
    let Some(followed) = Followed::read(link) else {
        return Ok(None);
    };
    let hash = password::hash(new, random).await?;
    retry_on_conflict!(user_key(followed.user), {
        let Some(mut user) = get(store, followed.user).await? else {
            return Ok(Attempt::Done(None));
        };
        let resets = [Purpose::Reset, Purpose::HandedReset];
        let Some(found) = followed.find(&user, &resets, now) else {
            return Ok(Attempt::Done(None));
        };
        let profile = &user.profile;
        let is_proven = found.purpose == Purpose::Reset && found.address == profile.email;
        let login = Entity::new(login_key(&profile.email))
            .unindexed("user", user.id.0)
            .unindexed("password", hash.clone());
        let profile = &mut user.profile;
        profile.is_verified |= is_proven;
        profile.links.clear();
        profile.epoch += 1;
        profile.has_password = true;
        let changes = vec![update(&user)?, Mutation::Upsert(login, None), line.clone()];
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|versions| {
            user.version = versions.first().copied().unwrap_or_default();
            Some(user)
        }))
    })
}

/// Notes that a user's address is theirs; `None` if the link opens nothing any more. One read and two writes: one is `line`, of the
/// audit log.
///
/// # Errors
/// The same as [`store::change_if_with`].
pub async fn confirm(
    store: &Datastore,
    link: &str,
    now: Timestamp,
    line: Mutation,
) -> Result<Option<User>, StoreError> {
    let Some(followed) = Followed::read(link) else {
        return Ok(None);
    };
    let set = |user: &mut User| {
        let found = followed.find(user, &[Purpose::Confirm], now)?;
        let is_present = found.address == user.profile.email;
        user.profile
            .links
            .retain(|link| link.purpose != Purpose::Confirm);
        user.profile.is_verified |= is_present;
        is_present.then_some(())
    };
    match store::change_if_with(store, followed.user, &[line], set).await {
        Err(StoreError::NotFound(_)) => Ok(None),
        changed => Ok(changed?.map(|(_, user)| user)),
    }
}

/// The two links of a change of address.
#[derive(Clone, Debug)]
pub struct ChangeLinks {
    /// For the present address.
    pub leave: String,
    /// For the new one.
    pub arrive: String,
    /// The new address, as accounts are found by it.
    pub address: String,
    /// Whether the new address has an account: it can't have this one, too, and nobody but its owner is told.
    pub is_taken: bool,
}

/// Begins a change of address, in place of one that was begun before. Two reads and two writes: one is `line`, of the audit log.
///
/// # Errors
/// [`UserError::BadEmail`]; [`UserError::Store`] if the store can't be read or written.
pub async fn begin_change(
    store: &Datastore,
    random: &Random,
    id: UserId,
    new: &str,
    now: Timestamp,
    line: Mutation,
) -> Result<ChangeLinks, UserError> {
    let address = normal_email(new)?;
    let is_taken = store::login_of(store, &address).await?.is_some();
    let until = minute_of(now) + CHANGE_MINUTES;
    let (leave, left) = made(random, (id, Purpose::Leave, &address), until);
    let (arrive, arrived) = made(random, (id, Purpose::Arrive, &address), until);
    let set = |user: &mut User| {
        let links = &mut user.profile.links;
        links.retain(|link| link.lasts(now) && !is_change(link));
        links.extend([left.clone(), arrived.clone()]);
    };
    store::change_with(store, id, &[line], set).await?;
    Ok(ChangeLinks {
        leave,
        arrive,
        address,
        is_taken,
    })
}

fn is_change(link: &MailedLink) -> bool {
    matches!(link.purpose, Purpose::Leave | Purpose::Arrive)
}

/// The address that a user is about to have, if they have begun a change that still lasts.
pub fn changing_to(user: &User, now: Timestamp) -> Option<&str> {
    let mut links = user.profile.links.iter();
    let link = links.find(|link| is_change(link) && link.lasts(now))?;
    Some(&link.address)
}

/// Gives up a change of address, with a line of the audit log; false if none was begun. One read and two writes.
///
/// # Errors
/// The same as [`store::change`].
pub async fn cancel_change(
    store: &Datastore,
    id: UserId,
    line: Mutation,
) -> Result<bool, StoreError> {
    let set = |user: &mut User| {
        let before = user.profile.links.len();
        user.profile.links.retain(|link| !is_change(link));
        (user.profile.links.len() < before).then_some(())
    };
    let done = store::change_if_with(store, id, &[line], set).await?;
    Ok(done.is_some())
}

/// What following one of the two links did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The link opens nothing any more.
    Gone,
    /// The other one has to be followed, too.
    Waits,
    /// The account has the new address.
    Done(UserId, String),
    /// The new address has got an account meanwhile.
    Taken,
}

/// Follows one of the two links; the second one changes the address, with `line` of the audit log.
///
/// Two reads; one write, or three and a delete.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn follow_change(
    store: &Datastore,
    link: &str,
    now: Timestamp,
    line: &Mutation,
) -> Result<Changed, StoreError> {
    let Some(followed) = Followed::read(link) else {
        return Ok(Changed::Gone);
    };
    let sides = [Purpose::Leave, Purpose::Arrive];
    retry_on_conflict!(user_key(followed.user), {
        let Some(mut user) = get(store, followed.user).await? else {
            return Ok(Attempt::Done(Changed::Gone));
        };
        if followed.find(&user, &sides, now).is_none() {
            return Ok(Attempt::Done(Changed::Gone));
        }
        for link in &mut user.profile.links {
            link.is_followed |= link.hash == followed.hash;
        }
        let both: Vec<&MailedLink> = user
            .profile
            .links
            .iter()
            .filter(|link| is_change(link))
            .collect();
        let is_agreed = both.len() == 2 && both.iter().all(|link| link.is_followed);
        let Some(new) = both
            .first()
            .filter(|_| is_agreed)
            .map(|link| link.address.clone())
        else {
            let committed = store.commit(vec![update(&user)?]).await;
            return Ok(Attempt::of(committed)?.map(|_| Changed::Waits));
        };
        if store::login_of(store, &new).await?.is_some() {
            return Ok(Attempt::Done(Changed::Taken));
        }
        let mut changes = moved(store, &mut user, &new).await?;
        changes.push(line.clone());
        match store.commit(changes).await {
            Err(StoreError::AlreadyExists(_)) => Ok(Attempt::Done(Changed::Taken)),
            committed => Ok(Attempt::of(committed)?.map(|_| Changed::Done(user.id, new.clone()))),
        }
    })
}

/// What gives a user another address: their password goes along.
async fn moved(store: &Datastore, user: &mut User, new: &str) -> Result<Vec<Mutation>, StoreError> {
    let old = login_key(&user.profile.email);
    let stored = store.get(&old).await?;
    let login = Entity::new(login_key(new)).unindexed("user", user.id.0);
    let hash = stored
        .as_ref()
        .and_then(|stored| stored.entity.text("password"));
    let login = match hash {
        Some(hash) => login.unindexed("password", hash.to_owned()),
        None => login,
    };
    let profile = &mut user.profile;
    new.clone_into(&mut profile.email);
    profile.is_verified = true;
    profile.links.clear();
    let version = stored.map(|stored| stored.version);
    Ok(vec![
        update(user)?,
        Mutation::Insert(login),
        // With the password that was read: one that is set meanwhile goes along, too.
        Mutation::Delete(old, version),
    ])
}

/// Whether an address is another one than the account's.
pub fn is_other(user: &User, typed: &str) -> bool {
    !email::is_same_email(&user.profile.email, typed)
}
