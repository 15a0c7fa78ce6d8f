//! What is deleted with a feed.

use super::store;
use crate::datastore::{Kind, Mutation};
use crate::feeds::{self, Feed};
use crate::ids::ArticleId;

/// The deletes of a feed without subscribers, and of all that is its own: its addresses and its articles. They belong in one commit,
/// which fails with a conflict if the feed was written since it was read.
pub fn with_feed(feed: &Feed) -> Vec<Mutation> {
    let of_kind = |kind| match kind {
        Kind::Article => {
            let numbers = feed.summary.numbers(feed.id);
            let articles = (numbers.first..=numbers.last).map(|seq| {
                let feed = feed.id;
                store::remove(ArticleId { feed, seq })
            });
            articles.collect()
        }
        Kind::Feed => vec![feeds::store::remove(feed)],
        Kind::FeedUrl => feeds::store::remove_addresses(feed),
        // A site may have other feeds; what is known of it is deleted when it is old.
        Kind::Icon | Kind::Probe => Vec::new(),
        // A user's own, which outlive the feed: a star is a copy, read marks take few bytes,
        // and a journal keeps the titles.
        Kind::Star | Kind::ReadState | Kind::Journal | Kind::Words => Vec::new(),
        // There are none: the feed has no subscribers.
        Kind::Subscription => Vec::new(),
        Kind::Setting
        | Kind::User
        | Kind::Login
        | Kind::Session
        | Kind::Token
        | Kind::Invitation
        | Kind::Share
        | Kind::Webhook
        | Kind::Import
        | Kind::Tick
        | Kind::Ledger
        | Kind::Audit
        | Kind::Job => Vec::new(),
    };
    Kind::ALL.into_iter().flat_map(of_kind).collect()
}
