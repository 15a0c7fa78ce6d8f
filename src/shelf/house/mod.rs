//! The list of the house: feeds that the administrator recommends. New accounts start with it if they like, and readers
//! follow it if they like.

pub mod follow;
pub mod source;
pub mod store;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::opml::{Opml, Outline};
use super::subscription::{folder_path, typed_folder, typed_title};
use crate::client::guard::{self, Block};
use crate::datastore::StoreError;
use crate::feeds::address::BadAddress;
use crate::feeds::door::{self, BadPass};
use crate::feeds::{FeedAddress, Validators};
use crate::random::hex;

/// Most feeds of the list. With addresses, titles and folders at their longest it has some 500 kB, before it is packed.
pub const MOST: usize = 200;
/// Longest name of the list, in bytes: it is a folder's.
pub const NAME_BYTES: usize = super::subscription::FOLDER_BYTES;
/// Deepest folder within the list's own, so that it fits below that one.
const DEEPEST: usize = 4;

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct House {
    /// Grows with each change of the feeds; 0 for a list that never had any.
    pub version: u64,
    /// Its name, which the folder gets; empty for the usual one.
    pub name: String,
    /// In the administrator's order.
    pub feeds: Vec<Listed>,
    /// An OPML file that is read for it.
    pub source: Option<Source>,
}

/// One feed of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its address.
    #[serde(rename = "u")]
    pub address: String,
    /// Its title; empty for the publisher's.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The folder within the list's own, outermost first.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub folder: Vec<String>,
    /// Whether it stands in the list because it stands in the file of the address.
    #[serde(rename = "s", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_sourced: bool,
}

/// The address of a file that the list takes feeds from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The address.
    pub address: String,
    /// The server's validators, sent with the next request.
    pub validators: Validators,
    /// The minute at which it was last read, whatever came of it.
    pub read: Option<i64>,
    /// Why it couldn't be read then, in words.
    pub error: Option<String>,
}

/// Why something isn't in the list.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// A blocked address.
    #[error(transparent)]
    Blocked(#[from] Block),
    /// What stands before the host can't be sent.
    #[error(transparent)]
    Pass(#[from] BadPass),
    /// Everybody here would read with it.
    #[error("That address has a password in it. What everybody here reads is to be open.")]
    Closed,
    /// There is no room.
    #[error("The list has {MOST} feeds, which is the most that it holds.")]
    Full,
    /// It can't be the list's name.
    #[error("A name has room for {NAME_BYTES} bytes and no slash.")]
    Name,
    /// The file couldn't be read, or is none.
    #[error("{0}")]
    Source(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Listed {
    /// What tells it from others for those who follow: a part of its address's hash.
    pub fn name(&self) -> String {
        hex(&Sha256::digest(&self.address)[..8])
    }

    /// The title that is shown.
    pub fn title(&self) -> &str {
        match self.title.as_str() {
            "" => &self.address,
            title => title,
        }
    }
}

/// What adding did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Feeds that are new in the list.
    pub added: usize,
    /// Feeds that left it.
    pub removed: usize,
    /// Lines that were in the list already.
    pub already: usize,
    /// Lines that can't be in the list.
    pub refused: usize,
}

impl House {
    /// Names the list; an empty name is the usual one.
    ///
    /// # Errors
    /// [`HouseError::Name`] if it is too long, or would be several folders.
    pub fn rename(&mut self, typed: &str) -> Result<(), HouseError> {
        let path = typed_folder(typed);
        if path.len() > 1 || typed.trim().len() > NAME_BYTES {
            return Err(HouseError::Name);
        }
        self.name = path.into_iter().next().unwrap_or_default();
        Ok(())
    }

    /// Adds a feed at the end; `false` if its address is in the list already.
    ///
    /// # Errors
    /// [`HouseError`] says why it can't be in the list.
    pub fn add(
        &mut self,
        typed: &str,
        title: &str,
        folder: &[String],
        allow_private: bool,
    ) -> Result<bool, HouseError> {
        let one = listed(typed, title, folder, allow_private)?;
        let known = self
            .feeds
            .iter_mut()
            .find(|known| known.address == one.address);
        if let Some(known) = known {
            // By hand now: the file no longer decides about it.
            known.is_sourced = false;
            return Ok(false);
        }
        if self.feeds.len() >= MOST {
            return Err(HouseError::Full);
        }
        self.feeds.push(one);
        self.version += 1;
        Ok(true)
    }

    /// Removes a feed by its address; `false` if it isn't in the list.
    pub fn remove(&mut self, address: &str) -> bool {
        let before = self.feeds.len();
        self.feeds.retain(|one| one.address != address);
        let is_gone = self.feeds.len() < before;
        self.version += u64::from(is_gone);
        is_gone
    }

    /// Adds the feeds of a file, as far as they may be in the list and there is room.
    pub fn import(&mut self, opml: &Opml, allow_private: bool) -> Changed {
        let mut changed = Changed::default();
        for outline in &opml.outlines {
            let title = outline.title.as_deref().unwrap_or_default();
            match self.add(&outline.xml_url, title, &outline.folder, allow_private) {
                Ok(true) => changed.added += 1,
                Ok(false) => changed.already += 1,
                Err(_) => changed.refused += 1,
            }
        }
        changed
    }

    /// Makes the feeds of the address's file those that it has now; what was added by hand stays.
    pub fn take_from_source(&mut self, opml: &Opml, allow_private: bool) -> Changed {
        let before = self.feeds.clone();
        let mut changed = Changed::default();
        self.feeds.retain(|one| !one.is_sourced);
        for outline in &opml.outlines {
            let title = outline.title.as_deref().unwrap_or_default();
            let Ok(one) = listed(&outline.xml_url, title, &outline.folder, allow_private) else {
                changed.refused += 1;
                continue;
            };
            if self.feeds.iter().any(|known| known.address == one.address) {
                changed.already += 1;
            } else if self.feeds.len() >= MOST {
                changed.refused += 1;
            } else {
                self.feeds.push(Listed {
                    is_sourced: true,
                    ..one
                });
            }
        }
        let is_in = |all: &[Listed], one: &Listed| all.iter().any(|o| o.address == one.address);
        let now = self.feeds.iter();
        changed.added = now.filter(|one| !is_in(&before, one)).count();
        let then = before.iter();
        changed.removed = then.filter(|one| !is_in(&self.feeds, one)).count();
        self.version += u64::from(self.feeds != before);
        changed
    }

    /// The lines of a file with its feeds, in a folder of this name.
    pub fn outlines(&self, name: &str) -> Vec<Outline> {
        let lines = self.feeds.iter().map(|one| Outline {
            title: Some(one.title.clone()).filter(|title| !title.is_empty()),
            xml_url: one.address.clone(),
            folder: std::iter::once(name.to_owned())
                .chain(one.folder.iter().cloned())
                .collect(),
            ..Outline::default()
        });
        lines.collect()
    }
}

/// A line of the list, if it may be one.
fn listed(
    typed: &str,
    title: &str,
    folder: &[String],
    allow_private: bool,
) -> Result<Listed, HouseError> {
    let (bare, pass) = door::split(typed)?;
    if pass.is_some() {
        return Err(HouseError::Closed);
    }
    let address = FeedAddress::parse(&bare)?;
    guard::check_text(address.as_str(), allow_private)?;
    let mut folder = folder_path(folder.iter().map(String::as_str));
    folder.truncate(DEEPEST);
    Ok(Listed {
        address: address.to_string(),
        title: typed_title(title).unwrap_or_default(),
        folder,
        is_sourced: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opml(addresses: &[&str]) -> Opml {
        let outlines = addresses.iter().map(|url| Outline {
            xml_url: (*url).to_owned(),
            ..Outline::default()
        });
        Opml {
            outlines: outlines.collect(),
            ..Opml::default()
        }
    }

    #[test]
    fn a_list_knows_each_address_once_and_counts_its_changes() {
        let mut house = House::default();
        assert!(house.add("a.example/feed", " A  b ", &[], false).unwrap());
        assert!(
            !house
                .add("https://a.example/feed#x", "", &[], false)
                .unwrap()
        );
        assert_eq!((house.version, house.feeds[0].title()), (1, "A b"));
        assert!(!house.remove("https://b.example/"));
        assert!(house.remove("https://a.example/feed"));
        assert_eq!((house.version, house.feeds.len()), (2, 0));
    }

    #[test]
    fn what_isnt_for_everybody_is_refused_and_so_is_what_has_no_room() {
        let mut house = House::default();
        for wrong in ["", "http://127.0.0.1/", "https://me:secret@a.example/"] {
            assert!(house.add(wrong, "", &[], false).is_err(), "{wrong}");
        }
        for number in 0..MOST {
            house
                .add(&format!("a.example/{number}"), "", &[], false)
                .unwrap();
        }
        let full = house.add("b.example", "", &[], false).unwrap_err();
        assert_eq!(
            full.to_string(),
            "The list has 200 feeds, which is the most that it holds."
        );
        let changed = house.import(&opml(&["a.example/1", "c.example"]), false);
        assert_eq!((changed.already, changed.refused), (1, 1));
    }

    #[test]
    fn a_file_decides_about_its_own_feeds_only() {
        let mut house = House::default();
        house.add("hand.example", "", &[], false).unwrap();
        let changed = house.take_from_source(&opml(&["a.example", "b.example"]), false);
        assert_eq!((changed.added, changed.removed, house.version), (2, 0, 2));
        let same = house.take_from_source(&opml(&["a.example", "b.example"]), false);
        assert_eq!((same.added, same.removed, house.version), (0, 0, 2));
        let changed = house.take_from_source(&opml(&["b.example", "hand.example"]), false);
        assert_eq!(
            (changed.added, changed.removed, house.feeds.len()),
            (0, 1, 2)
        );
    }
}
