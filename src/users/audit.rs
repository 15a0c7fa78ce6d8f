//! The audit log: who did what, and when. Lines are added, shown, and deleted after a year; none is ever changed.
//!
//! A line has accounts' numbers, not their addresses: when an account is deleted, nothing in it leads to the person any more. It is
//! written in the commit of its act where there is one, so that neither is there without the other: one write.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::datastore::{
    Cursor, Datastore, Entity, Key, Kind, Mutation, Query, RangeOp, StoreError, Stored,
};
use crate::ids::UserId;
use crate::random::Random;
use crate::timestamp::{Timestamp, from_micros};

/// Days for which a line is kept.
pub const AUDIT_DAYS: i64 = 365;
/// Longest remark of a line, in characters.
const ABOUT_CHARS: usize = 200;

/// Generates the acts with their names, so that none lacks one.
macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident $name:literal),* $(,)?) => {
        /// What somebody did. The log of security events has the same names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Act {
            $($(#[$doc])* $act,)*
        }

        impl Act {
            /// All acts.
            pub const ALL: [Self; [$(Self::$act),*].len()] = [$(Self::$act),*];

            /// Its name in the store and in logs.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$act => $name,)*
                }
            }
        }
    };
}

acts! {
    /// A wrong password, or an unknown account.
    SignInFailed "sign_in_failed",
    /// An attempt that wasn't made, because there were too many.
    SignInThrottled "sign_in_throttled",
    /// Somebody signed in.
    SignedIn "signed_in",
    /// Somebody signed out.
    SignedOut "signed_out",
    /// An account was created.
    SignedUp "signed_up",
    /// A token that isn't one.
    TokenRefused "token_refused",
    /// A token was made.
    TokenMade "token_made",
    /// A token was revoked.
    TokenRevoked "token_revoked",
    /// A password was changed or set.
    PasswordChanged "password_changed",
    /// Somebody proved again that they are the owner.
    Confirmed "confirmed",
    /// An OpenID account was connected.
    Connected "connected",
    /// An OpenID account was disconnected.
    Disconnected "disconnected",
    /// A backup was taken.
    Backup "backup",
    /// A scheduler's call without its secret.
    SchedulerRefused "scheduler_refused",
    /// A host that isn't ours was asked for.
    HostRefused "host_refused",
    /// A wrong one-time or recovery code.
    SecondStepFailed "second_step_failed",
    /// A recovery code was used.
    RecoveryCodeUsed "recovery_code_used",
    /// Whether a passkey is asked for after the password was changed.
    SecondStepChanged "second_step_changed",
    /// One-time codes were set up.
    CodesOn "codes_on",
    /// One-time codes were switched off.
    CodesOff "codes_off",
    /// New recovery codes were made.
    RecoveryCodesMade "recovery_codes_made",
    /// A passkey was added.
    PasskeyAdded "passkey_added",
    /// A passkey got another name.
    PasskeyRenamed "passkey_renamed",
    /// A passkey was removed.
    PasskeyRemoved "passkey_removed",
    /// A password was taken away.
    PasswordRemoved "password_removed",
    /// One session was ended from another.
    SessionEnded "session_ended",
    /// All sessions but one were ended.
    SessionsEnded "sessions_ended",
    /// A link for a new password was asked for.
    ResetAsked "reset_asked",
    /// An administrator made a link for a new password.
    ResetLinkMade "reset_link_made",
    /// A new password was set by a link.
    PasswordReset "password_reset",
    /// An address was confirmed.
    AddressConfirmed "address_confirmed",
    /// A change of address was begun.
    AddressChangeBegun "address_change_begun",
    /// A change of address was given up.
    AddressChangeCancelled "address_change_cancelled",
    /// Which letters an account is sent was changed.
    LettersChanged "letters_changed",
    /// An account got another address.
    AddressChanged "address_changed",
    /// An invitation was made.
    Invited "invited",
    /// An invitation was revoked.
    InvitationRevoked "invitation_revoked",
    /// The passwords of feeds were exported.
    PasswordsExported "passwords_exported",
    /// The password of a feed was given, changed or taken away: the line says which kind it is then.
    DoorChanged "door_changed",
    /// A program was named that is told of a feed's news.
    WebhookMade "webhook_made",
    /// A program is told of a feed's news no longer.
    WebhookRemoved "webhook_removed",
    /// A service was added that articles are sent to: the line says of which kind.
    ServiceAdded "service_added",
    /// Such a service was removed.
    ServiceRemoved "service_removed",
    /// What is sealed was sealed with the newest key.
    Rekeyed "rekeyed",
    /// Feeds were imported from a file.
    Imported "imported",
    /// What is somebody's own was exported: all of it, or the file that the line names.
    Exported "exported",
    /// Data of another installation was imported.
    DataImported "data_imported",
    /// An account was disabled.
    Disabled "disabled",
    /// An account was enabled again.
    Enabled "enabled",
    /// An account became an administrator's.
    MadeAdmin "made_admin",
    /// An administrator became an ordinary reader.
    UnmadeAdmin "unmade_admin",
    /// An account's quota was changed.
    QuotaChanged "quota_changed",
    /// The deletion of an account was ordered.
    DeletionBegun "deletion_begun",
    /// An account was deleted, with all that was its own.
    Deleted "deleted",
    /// Somebody who may not come in, because their account is disabled or being deleted, tried to.
    EntryRefused "entry_refused",
    /// A feed was paused for everybody.
    FeedPaused "feed_paused",
    /// A feed that was paused goes on.
    FeedResumed "feed_resumed",
    /// A feed was refreshed out of turn by an administrator.
    FeedRefreshed "feed_refreshed",
    /// A feed was removed from all shelves, and deleted.
    FeedRemoved "feed_removed",
    /// A host was blocked.
    HostBlocked "host_blocked",
    /// A blocked host is open again.
    HostUnblocked "host_unblocked",
    /// Something of an account was opened to others.
    ShareOpened "share_opened",
    /// What is open to others got another address.
    ShareRenewed "share_renewed",
    /// Something was closed to others again.
    ShareClosed "share_closed",
    /// A feed was put into the list of the house.
    HouseAdded "house_added",
    /// A feed was taken out of the list of the house.
    HouseRemoved "house_removed",
    /// A file was put into the list of the house.
    HouseImported "house_imported",
    /// The list of the house was changed by the file at its address.
    HouseRead "house_read",
    /// The name of the list of the house, or the address of its file, was changed.
    HouseSet "house_set",
    /// Somebody follows the list of the house.
    HouseFollowed "house_followed",
    /// Somebody follows it no longer.
    HouseLeft "house_left",
}

impl Act {
    /// The act of a name; `None` if there is no such act.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// A user.
    User(UserId),
    /// Somebody who isn't signed in.
    Stranger,
    /// Whoever runs the commands on the machine.
    Command,
    /// The clean-up.
    CleanUp,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Stranger => "stranger",
            Self::Command => "command",
            Self::CleanUp => "clean_up",
        }
    }
}

/// What is written down.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'e> {
    /// What was done.
    pub act: Act,
    /// By whom.
    pub by: By,
    /// To whose account; `None` if it was to none, or an unknown one.
    pub user: Option<UserId>,
    /// What else is to be known: a device, what a token may do, a feed's address. Never what was typed at a door, which may be a password,
    /// nor a person's own words or address, which would outlive their account here.
    pub about: &'e str,
    /// The network that it was done from, never a whole address; empty if it isn't known.
    pub network: &'e str,
}

impl Entry<'_> {
    /// The write of the line. Given twice, in a commit that is tried again, it is one line.
    pub fn write(&self, random: &Random, now: Timestamp) -> Mutation {
        self.named(&random.hex::<4>(), now)
    }

    /// The same for an act of which each account has one: of two callers that do it at the same moment, it is one line.
    pub fn write_once(&self, now: Timestamp) -> Mutation {
        let number = self.user.map_or(0, |user| user.0);
        self.named(&format!("{number:x}"), now)
    }

    fn named(&self, name: &str, now: Timestamp) -> Mutation {
        // A line stays one line, wherever it is printed.
        let one_line = |c: char| if c.is_control() { ' ' } else { c };
        let about: String = self.about.chars().take(ABOUT_CHARS).map(one_line).collect();
        let name = format!("{}-{name}", place_of(now));
        let entity = Entity::new(Key::name(Kind::Audit, name))
            .unindexed("act", self.act.name())
            .unindexed("by", self.by.name())
            .unindexed("about", about)
            .unindexed("network", self.network);
        let entity = match self.by {
            By::User(id) => entity.unindexed("by_user", id.0),
            _ => entity,
        };
        Mutation::Upsert(
            match self.user {
                Some(id) => entity.unindexed("user", id.0),
                None => entity,
            },
            None,
        )
    }
}

/// Where a moment stands among keys: the newest first, so that no index is needed.
fn place_of(at: Timestamp) -> String {
    format!("{:016x}", i64::MAX - at.timestamp_micros())
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// The act's name; a newer version's may be one that [`Act::of`] doesn't know.
    pub act: String,
    /// By whom.
    pub by: By,
    /// To whose account.
    pub user: Option<UserId>,
    /// What else is to be known.
    pub about: String,
    /// The network that it was done from.
    pub network: String,
}

fn from_stored(stored: &Stored) -> Option<Line> {
    let entity = &stored.entity;
    let (place, _) = entity.key.id_name()?.split_once('-')?;
    let at = i64::MAX - i64::from_str_radix(place, 16).ok()?;
    let id = |name| entity.int(name).map(UserId);
    let text = |name| entity.text(name).unwrap_or_default().to_owned();
    Some(Line {
        at: from_micros(at),
        act: text("act"),
        by: match entity.text("by")? {
            "user" => By::User(id("by_user")?),
            "command" => By::Command,
            "clean_up" => By::CleanUp,
            _ => By::Stranger,
        },
        user: id("user"),
        about: text("about"),
        network: text("network"),
    })
}

/// A page of the log, and where the next one begins.
#[derive(Debug, Default)]
pub struct Page {
    /// The newest first.
    pub lines: Vec<Line>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// A page of at most `limit` lines, the newest first. One read each, one at least.
///
/// # Errors
/// [`StoreError::BadCursor`] if the place isn't one of ours; [`StoreError::Unavailable`] if the store can't be reached.
pub async fn page(store: &Datastore, from: Option<&str>, limit: u32) -> Result<Page, StoreError> {
    let from = from.map(Cursor::from_text).transpose()?;
    let query = Query::kind(Kind::Audit, limit).after(from);
    let page = store.run_query(&query).await?;
    let is_full = page.rows.len() >= limit as usize;
    Ok(Page {
        lines: page.rows.iter().filter_map(from_stored).collect(),
        next: page.next.filter(|_| is_full).map(|cursor| cursor.to_text()),
    })
}

/// Deletes at most `limit` lines that are older than a year, and returns how many. One read, and a delete for each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn delete_old(
    store: &Datastore,
    now: Timestamp,
    limit: u32,
) -> Result<usize, StoreError> {
    let oldest = place_of(now - TimeDelta::days(AUDIT_DAYS));
    let from = Key::name(Kind::Audit, oldest);
    let query = Query::kind(Kind::Audit, limit)
        .range(crate::datastore::KEY, RangeOp::Greater, from)
        .keys_only();
    let old = store.run_query(&query).await?.rows.into_iter();
    let deletes: Vec<Mutation> = old
        .map(|row| Mutation::Delete(row.entity.key, None))
        .collect();
    let count = deletes.len();
    if count > 0 {
        store.commit(deletes).await?;
    }
    Ok(count)
}

/// A line as programs read it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    /// When, by RFC 3339.
    pub at: String,
    /// The act's name.
    pub act: String,
    /// `user`, `stranger`, `command` or `clean_up`.
    pub by: String,
    /// The number of the account that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_user: Option<i64>,
    /// The number of the account that it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<i64>,
    /// What else is to be known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The network that it was done from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub network: String,
}

impl From<&Line> for Told {
    fn from(line: &Line) -> Self {
        Self {
            at: crate::timestamp::rfc3339(line.at),
            act: line.act.clone(),
            by: line.by.name().to_owned(),
            by_user: match line.by {
                By::User(id) => Some(id.0),
                _ => None,
            },
            user: line.user.map(|id| id.0),
            about: line.about.clone(),
            network: line.network.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_lines_stand_first() {
        let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        assert!(place_of(at(2_000_000_000)) < place_of(at(1_999_999_999)));
        assert_eq!(place_of(at(1)).len(), 16);
    }

    #[test]
    fn names_lead_back() {
        for act in Act::ALL {
            assert_eq!(Act::of(act.name()), Some(act));
        }
    }
}
