//! The unread counts of a whole shelf, each computed once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rustc_hash::FxBuildHasher;

use super::subscription::Subscription;
use crate::ids::FeedId;

/// How many articles are unread: of each feed, of each folder, and in all.
#[derive(Debug)]
pub struct Tally {
    /// In the order of the shelf's subscriptions.
    feeds: Vec<u32>,
    /// What is in each folder and below it. The feeds outside folders are under the empty path.
    folders: BTreeMap<Vec<String>, u32>,
    total: u32,
}

impl Tally {
    /// Adds up what is unread of each subscription: `unread` gives a feed's.
    pub(super) fn of(subscriptions: &[Subscription], unread: impl Fn(FeedId) -> u32) -> Self {
        let mut sums: HashMap<&[String], u32, FxBuildHasher> = HashMap::default();
        // Neighbours are often of one folder: its sum is added when another one begins.
        let mut further: Vec<(&[String], u32)> = Vec::new();
        let (mut folder, mut sum): (&[String], u32) = (&[], 0);
        let feeds = subscriptions.iter().map(|one| {
            let unread = unread(one.feed);
            if one.folder != folder {
                *sums.entry(folder).or_default() += sum;
                (folder, sum) = (&one.folder, 0);
            }
            sum += unread;
            if unread > 0 && !one.also.is_empty() {
                further.extend(further_prefixes(one).map(|path| (path, unread)));
            }
            unread
        });
        let feeds: Vec<u32> = feeds.collect();
        *sums.entry(folder).or_default() += sum;
        let mut folders: BTreeMap<Vec<String>, u32> = BTreeMap::new();
        for (folder, sum) in sums {
            for length in folder.len().min(1)..=folder.len() {
                *folders.entry(folder[..length].to_vec()).or_default() += sum;
            }
        }
        for (folder, unread) in further {
            *folders.entry(folder.to_vec()).or_default() += unread;
        }
        Self {
            total: feeds.iter().sum(),
            feeds,
            folders,
        }
    }

    /// Of the whole shelf, in which each feed counts once.
    pub fn total(&self) -> u32 {
        self.total
    }

    /// Each of the subscriptions that it was made of with its count.
    pub fn each<'s>(
        &'s self,
        subscriptions: &'s [Subscription],
    ) -> impl Iterator<Item = (&'s Subscription, u32)> {
        subscriptions.iter().zip(self.feeds.iter().copied())
    }

    /// All folders, sorted, each after its parent.
    pub fn folders(&self) -> impl Iterator<Item = (&[String], u32)> {
        let named = self.folders.iter().filter(|(path, _)| !path.is_empty());
        named.map(|(path, unread)| (path.as_slice(), *unread))
    }

    /// Of one folder and those below it; of the feeds outside folders for the empty path.
    pub fn of_folder(&self, path: &[String]) -> u32 {
        self.folders.get(path).copied().unwrap_or_default()
    }
}

/// The folders that a subscription stands in or below because of its further ones alone, each once.
fn further_prefixes(one: &Subscription) -> impl Iterator<Item = &[String]> {
    let paths: BTreeSet<&[String]> = one
        .also
        .iter()
        .flat_map(|path| (1..=path.len()).map(|length| &path[..length]))
        .filter(|path| !one.folder.starts_with(path))
        .collect();
    paths.into_iter()
}
