//! Of each kind of entity: what an export takes along, or why it doesn't.

use crate::datastore::Kind;

/// What becomes of a kind in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is in these files.
    In(&'static str),
    /// It stays here, for this reason.
    Stays(&'static str),
    /// It is nobody's own.
    Shared,
}

/// What becomes of a kind in an export. A new kind doesn't compile before it has an answer, and a test compares `docs/data.md`.
pub const fn taken(kind: Kind) -> Taken {
    match kind {
        Kind::Subscription => Taken::In("feeds.opml, settings.json"),
        Kind::ReadState => Taken::In("read-state.jsonl, settings.json, journal.jsonl"),
        Kind::Star => Taken::In("starred.json, kept.json"),
        Kind::Journal => Taken::In("journal.jsonl, settings.json"),
        Kind::User => Taken::In("settings.json"),
        Kind::Words => Taken::Stays("made anew from what is kept"),
        Kind::Import => Taken::Stays("what the last import did here"),
        Kind::Session | Kind::Token | Kind::Login => {
            Taken::Stays("opens this account, and no other")
        }
        Kind::Share => Taken::Stays("an address of this installation"),
        Kind::Webhook => Taken::Stays("signed with a secret of this installation"),
        Kind::Invitation => Taken::Stays("invites to this installation"),
        Kind::Audit => Taken::Stays("what was done here, for who administers it"),
        Kind::Ledger | Kind::Tick => Taken::Stays("what this installation has spent"),
        Kind::Setting
        | Kind::Feed
        | Kind::FeedUrl
        | Kind::Article
        | Kind::Icon
        | Kind::Probe
        | Kind::Job => Taken::Shared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_stands_in_the_documents_with_what_becomes_of_it() {
        let text = include_str!("../../docs/data.md");
        for kind in Kind::ALL {
            let row = text
                .lines()
                .find(|line| line.contains(&format!("| `{kind}` |")));
            match taken(kind) {
                Taken::Shared => assert_eq!(row, None, "{kind}"),
                Taken::In(what) | Taken::Stays(what) => {
                    let row = row.unwrap_or_else(|| panic!("docs/data.md doesn’t name {kind}"));
                    assert!(row.replace('`', "").contains(what), "{row}: {what}");
                }
            }
        }
    }

    #[test]
    fn what_is_somebodys_has_an_answer() {
        use crate::accounts::{Owned, owned};
        for kind in Kind::ALL {
            // A feed behind a door goes along as a line of the list of feeds.
            let is_own = !matches!(owned(kind), Owned::Nobody | Owned::Named | Owned::Door);
            assert!(!is_own || taken(kind) != Taken::Shared, "{kind}");
        }
    }
}
