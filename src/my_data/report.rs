//! What an import did: shown until the next one.

use serde::{Deserialize, Serialize};

use crate::codec;
use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError};
use crate::ids::UserId;

/// What one step of an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// The minute since 1970.
    pub minute: i64,
    /// Which part of how many it was, and when it was made (RFC 3339).
    pub part: u32,
    /// See there.
    pub parts: u32,
    /// See there.
    pub made: String,
    /// Whether this brought the beginning of an export, with feeds and settings.
    pub has_beginning: bool,
    /// Feeds that came, were there, and were refused.
    pub feeds: (usize, usize, usize),
    /// Stars that came, were there, found no room, and are too large or have nothing in them.
    pub starred: (usize, usize, usize, usize),
    /// Stars that now belong to the article itself, which has come meanwhile.
    pub joined: usize,
    /// The same as for stars of what is kept.
    pub kept: (usize, usize, usize, usize),
    /// Tags and notes beside ones that were there, for which there was no room.
    pub kept_left: usize,
    /// Articles that are read now, and that were already.
    pub read: usize,
    /// See there.
    pub read_known: usize,
    /// Feeds whose articles haven’t come yet, and feeds that aren’t on the shelf.
    pub waiting_feeds: usize,
    /// See there.
    pub unread_feeds: usize,
    /// Lines of the journal that came, were there, are too old or can’t be read.
    pub journal: (usize, usize, usize),
    /// Settings that are as in the file now, and that had been changed here and stay.
    pub settings: (usize, usize),
    /// Rules that came, were there, and were left out: for want of room, of their feed, or of sense.
    pub rules: (usize, usize, usize),
    /// What the first of those that were left out are called.
    pub rules_left: Vec<String>,
    /// The same of saved searches.
    pub searches: (usize, usize, usize),
    /// Services that need their key.
    pub services: usize,
    /// Whether editions or digests by email were wanted there, and aren’t here.
    pub wants_mail: bool,
    /// Files in the ZIP that aren’t ours.
    pub foreign: usize,
    /// Where the same file goes on: which of its files is next, of how many, and by what the ZIP is known. `None` at its end.
    pub next: Option<(usize, usize, String)>,
}

/// Names of rules that a report has room for.
const NAMES: usize = 20;
/// Longest of these names, in bytes.
const NAME_BYTES: usize = 80;

impl Report {
    /// Notes that a rule was left out.
    pub(super) fn left_rule(&mut self, name: String) {
        self.rules.2 += 1;
        if self.rules_left.len() < NAMES {
            let name = crate::html::visible::visible(&name);
            self.rules_left.push(codec::cut(name.trim(), NAME_BYTES));
        }
    }

    /// Adds what a further step did.
    #[must_use]
    pub fn then(mut self, more: Self) -> Self {
        let three =
            |a: (usize, usize, usize), b: (usize, usize, usize)| (a.0 + b.0, a.1 + b.1, a.2 + b.2);
        let four = |a: (usize, usize, usize, usize), b: (usize, usize, usize, usize)| {
            (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3)
        };
        self.feeds = three(self.feeds, more.feeds);
        self.starred = four(self.starred, more.starred);
        self.kept = four(self.kept, more.kept);
        self.journal = three(self.journal, more.journal);
        self.rules = three(self.rules, more.rules);
        self.rules_left.extend(more.rules_left);
        self.rules_left.truncate(NAMES);
        self.searches = three(self.searches, more.searches);
        self.settings.0 += more.settings.0;
        self.settings.1 += more.settings.1;
        self.joined += more.joined;
        self.kept_left += more.kept_left;
        self.read += more.read;
        self.read_known += more.read_known;
        self.waiting_feeds += more.waiting_feeds;
        self.unread_feeds += more.unread_feeds;
        self.services += more.services;
        self.wants_mail |= more.wants_mail;
        self.has_beginning |= more.has_beginning;
        self.foreign = self.foreign.max(more.foreign);
        (self.minute, self.next) = (more.minute, more.next);
        (self.part, self.parts, self.made) = (more.part, more.parts, more.made);
        self
    }
}

fn key(user: UserId) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Import, "data")
}

/// Stores what an import did, with its line of the audit log. Two writes.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn put_report(
    store: &Datastore,
    user: UserId,
    report: &Report,
) -> Result<(), StoreError> {
    let entity = Entity::new(key(user)).unindexed("body", codec::pack(report)?);
    let write = Mutation::Upsert(entity, None);
    store.commit(vec![write]).await.map(drop)
}

/// What the last import did; `None` if there was none. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn last_report(store: &Datastore, user: UserId) -> Result<Option<Report>, StoreError> {
    let stored = store.get(&key(user)).await?;
    let body = stored
        .as_ref()
        .and_then(|stored| stored.entity.blob("body"));
    body.map(codec::unpack).transpose()
}
