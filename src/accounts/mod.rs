//! What is done to whole accounts: who may come in and who administers ([`standing`]), what is stored for somebody ([`holdings`]), and
//! that nothing of it is left ([`deletion`]).

pub mod deletion;
pub mod holdings;
pub mod standing;
mod store;

use crate::datastore::Kind;

/// How entities of a kind are somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owned {
    /// By the property `user`, which is indexed.
    ByUser,
    /// They stand below the account's record.
    Below,
    /// They stand below a record of the same kind with the account's number.
    ReadState,
    /// It is the account's record itself.
    Account,
    /// They lead to the account, by the property `user`.
    Login,
    /// Records of the whole installation, in which somebody is named.
    Named,
    /// The audit log, which has numbers only and is kept for a year.
    Audit,
    /// Feeds are nobody's, but those behind a door are: by the door.
    Door,
    /// Nobody's, or their feed's.
    Nobody,
}

/// How entities of each kind are somebody's. A new kind doesn't compile before it has an answer.
pub(crate) const fn owned(kind: Kind) -> Owned {
    match kind {
        Kind::Session | Kind::Token | Kind::Share | Kind::Webhook | Kind::Invitation => {
            Owned::ByUser
        }
        Kind::Subscription | Kind::Star | Kind::Journal | Kind::Words | Kind::Import => {
            Owned::Below
        }
        Kind::ReadState => Owned::ReadState,
        Kind::User => Owned::Account,
        Kind::Login => Owned::Login,
        Kind::Setting | Kind::Ledger | Kind::Tick => Owned::Named,
        Kind::Audit => Owned::Audit,
        Kind::Feed => Owned::Door,
        Kind::FeedUrl | Kind::Article | Kind::Icon | Kind::Probe | Kind::Job => Owned::Nobody,
    }
}
