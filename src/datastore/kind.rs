//! The one list of kinds.

use serde::{Deserialize, Serialize};

/// Makes the enum, the list of all, and the names from one list, so that none can lack a kind.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident),* $(,)?) => {
        /// Every kind of entity that the product stores. Its keys and queries are made with these.
        ///
        /// Whatever copies, bills, checks or deletes kinds goes through [`Kind::ALL`] and matches each by name: a new kind
        /// doesn't compile before it has a rule in all of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// All kinds; what others refer to comes first.
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
    /// A site's icon, or that there is none: by its origin's hash.
    Icon,
    /// An account: by number.
    User,
    /// An address or an OpenID identity that leads to an account: by its hash.
    Login,
    /// A browser's session: by its id's hash.
    Session,
    /// A program's token: by its hash.
    Token,
    /// A feed on a shelf: below its account.
    Subscription,
    /// What a reader has read: below their account, one entity a shard.
    ReadState,
    /// A starred article, whole: below its account.
    Star,
    /// What became of a reader's last import: below their account.
    Import,
    /// The sweeps' state: one entity.
    Tick,
    /// What requests have cost, day by day: one entity.
    Ledger,
}

impl Kind {
    /// The kind of this name; `None` for a name that no kind has.
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
