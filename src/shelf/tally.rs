//! The unread counts of a whole shelf, each computed once.

use std::collections::BTreeMap;

use super::{Shelf, Subscription};

/// How many articles are unread: of each feed, of each folder, and in all.
#[derive(Debug)]
pub struct Tally {
    /// In the order of the shelf's subscriptions.
    feeds: Vec<u32>,
    /// What is in each folder and below it. The feeds outside folders are under the empty path.
    folders: BTreeMap<Vec<String>, u32>,
    total: u32,
}

impl Shelf {
    /// Counts everything that is unread.
    pub fn tally(&self) -> Tally {
        let mut folders: BTreeMap<Vec<String>, u32> = BTreeMap::new();
        let feeds = self.subscriptions.iter().map(|one| {
            let unread = self.unread(one.feed);
            for length in one.folder.len().min(1)..=one.folder.len() {
                match folders.get_mut(&one.folder[..length]) {
                    Some(sum) => *sum += unread,
                    None => drop(folders.insert(one.folder[..length].to_vec(), unread)),
                }
            }
            unread
        });
        let feeds: Vec<u32> = feeds.collect();
        Tally {
            total: feeds.iter().sum(),
            feeds,
            folders,
        }
    }
}

impl Tally {
    /// Of the whole shelf.
    pub fn total(&self) -> u32 {
        self.total
    }

    /// Each of the shelf's subscriptions with its count.
    pub fn each<'s>(&'s self, shelf: &'s Shelf) -> impl Iterator<Item = (&'s Subscription, u32)> {
        shelf.subscriptions.iter().zip(self.feeds.iter().copied())
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
