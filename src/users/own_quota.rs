//! What of a reader's quota is their own: set by an administrator, never beyond what any reader may have at most.

use serde::{Deserialize, Serialize};

use crate::config::{Ceiling, Quota};

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

/// The most files that anybody may import in a day.
pub const MOST_IMPORTS: u32 = 1_000;
/// The most refreshes by hand that anybody may have in an hour.
pub const MOST_REFRESHES: u32 = 10_000;

impl OwnQuota {
    /// Whether nothing of it is their own.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// What of it is more than anybody may have, by its name and the most.
    pub fn beyond(&self, ceiling: &Ceiling) -> Option<(&'static str, u64)> {
        let most_mb = match ceiling.reader_mb {
            0 => u64::from(u32::MAX),
            most => most.into(),
        };
        // 0 is any number.
        let mb = self.reader_mb.map(|own| match own {
            0 if ceiling.reader_mb > 0 => u64::MAX,
            own => own.into(),
        });
        let limits = [
            ("feeds", self.feeds.map(u64::from), ceiling.feeds.into()),
            ("stars", self.stars.map(u64::from), ceiling.stars.into()),
            ("imports", self.imports.map(u64::from), MOST_IMPORTS.into()),
            (
                "refreshes",
                self.refreshes.map(u64::from),
                MOST_REFRESHES.into(),
            ),
            ("reader-mb", mb, most_mb),
        ];
        let mut beyond = limits
            .into_iter()
            .filter(|(_, own, most)| own.is_some_and(|own| own > *most));
        beyond.next().map(|(name, _, most)| (name, most))
    }

    /// Their quota, where this is their class's; never above the installation's ceiling, however it was when this was stored.
    #[must_use]
    pub fn over(&self, class: Quota, ceiling: &Ceiling) -> Quota {
        Quota {
            feeds: self
                .feeds
                .map_or(class.feeds, |own| own.min(ceiling.feeds).into()),
            stars: self
                .stars
                .map_or(class.stars, |own| own.min(ceiling.stars).into()),
            imports: self.imports.unwrap_or(class.imports),
            refreshes: self.refreshes.unwrap_or(class.refreshes),
            reader_mb: self
                .reader_mb
                .map_or(class.reader_mb, |own| ceiling.reader_mb(own.into())),
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
        let ceiling = Ceiling {
            reader_mb: 70,
            ..Ceiling::default()
        };
        assert_eq!(OwnQuota::default().over(class, &ceiling), class);
        let own = OwnQuota {
            feeds: Some(9_999_999),
            imports: Some(0),
            // Any number.
            reader_mb: Some(0),
            ..OwnQuota::default()
        };
        let quota = own.over(class, &ceiling);
        assert_eq!((quota.feeds, quota.imports), (5_000, 0));
        assert_eq!(quota.reader_mb, 70);
        assert_eq!(quota.stars, class.stars);
    }
}
