//! The one list of kinds.

use serde::{Deserialize, Serialize};

/// Generates the enum, the list of all kinds, and the names from one list, so that none can lack a kind.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident),* $(,)?) => {
        /// Every kind of entity that is stored. Keys and queries are made with these.
        ///
        /// Code that copies, bills, checks or deletes kinds goes through [`Kind::ALL`] and matches each by name: a new
        /// kind doesn't compile until all of it has a rule for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// All kinds; those that others refer to come first.
            pub const ALL: [Self; [$(Self::$kind),*].len()] = [$(Self::$kind),*];

            /// Its name in keys.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => stringify!($kind),)*
                }
            }
        }
    };
}

kinds! {
    /// Installation-wide settings: by name.
    Setting,
    /// A feed: by number.
    Feed,
    /// An address that leads to a feed: by its hash.
    FeedUrl,
    /// An article: below its feed, by number.
    Article,
    /// A site's icon, or that it has none: by its origin's hash.
    Icon,
    /// A host that was searched for feeds at the usual places: by its hash.
    Probe,
    /// An account: by number.
    User,
    /// An address or an OpenID identity that leads to an account: by its hash.
    Login,
    /// A browser's session: by the hash of its id.
    Session,
    /// An API token: by its hash.
    Token,
    /// An invitation to create an account: by its token's hash.
    Invitation,
    /// What a user has opened to others: by its token's hash.
    Share,
    /// A webhook: by its id; and one of what waits to be told.
    Webhook,
    /// A subscription to a feed: below its account.
    Subscription,
    /// What a user has read: below their account, one entity per shard.
    ReadState,
    /// A starred article, whole: below its account.
    Star,
    /// A month of a user's journal, or its sums: below their account.
    Journal,
    /// The words of what a user keeps: below their account, in parts.
    Words,
    /// The result of a user's last import: below their account.
    Import,
    /// The sweeps' state: one entity.
    Tick,
    /// The usage log, what requests have cost day by day: one entity.
    Ledger,
    /// A line of the audit log: by its time, the newest first.
    Audit,
    /// A scheduled job's last runs: by its name.
    Job,
}

impl Kind {
    /// The kind with this name; `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl AsRef<str> for Kind {
    fn as_ref(&self) -> &str {
        self.name()
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name())
    }
}

/// A key's kind, as [`Key::kind`](super::Key::kind) gives it.
impl PartialEq<Kind> for str {
    fn eq(&self, kind: &Kind) -> bool {
        self == kind.name()
    }
}

impl PartialEq<Kind> for &str {
    fn eq(&self, kind: &Kind) -> bool {
        *self == kind.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert!(kind.name() == kind);
        }
        assert_eq!(Kind::from_name("feed"), None);
    }
}
