//! What of a reader's quota is their own: set by an administrator, never beyond what any reader may have at most.

use serde::{Deserialize, Serialize};

use crate::config::Quota;

/// The limits that are theirs; the others are everyone's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnQuota {
    /// Feeds on their shelf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feeds: Option<u32>,
    /// Articles that they may keep starred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stars: Option<u32>,
    /// OPML files that they may import in a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imports: Option<u32>,
    /// Uses of “Refresh now” in an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refreshes: Option<u32>,
    /// MiB that the articles of all feeds on their shelf may have; 0 for any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader_mb: Option<u32>,
}

/// The most feeds that anybody may have.
pub const MOST_FEEDS: u32 = 5_000;
/// The most stars that anybody may have.
pub const MOST_STARS: u32 = 10_000;
/// The most files that anybody may import in a day.
pub const MOST_IMPORTS: u32 = 1_000;
/// The most refreshes by hand that anybody may have in an hour.
pub const MOST_REFRESHES: u32 = 10_000;
/// The most MiB of articles that a limit may name.
pub const MOST_MB: u32 = 1_000_000;

impl OwnQuota {
    /// Whether nothing of it is their own.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Their quota, where this is their class's.
    #[must_use]
    pub fn over(&self, class: Quota) -> Quota {
        Quota {
            feeds: self
                .feeds
                .map_or(class.feeds, |own| own.min(MOST_FEEDS).into()),
            stars: self
                .stars
                .map_or(class.stars, |own| own.min(MOST_STARS).into()),
            imports: self.imports.unwrap_or(class.imports),
            refreshes: self.refreshes.unwrap_or(class.refreshes),
            reader_mb: self.reader_mb.map_or(class.reader_mb, u64::from),
            ..class
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_theirs_and_no_more_than_anybody_may_have() {
        let class = Quota::default();
        assert_eq!(OwnQuota::default().over(class), class);
        let own = OwnQuota {
            feeds: Some(9_999_999),
            imports: Some(0),
            ..OwnQuota::default()
        };
        let quota = own.over(class);
        assert_eq!((quota.feeds, quota.imports), (5_000, 0));
        assert_eq!(quota.stars, class.stars);
    }
}
