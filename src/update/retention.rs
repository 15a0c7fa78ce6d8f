//! How much of a feed is kept.

/// What an installation keeps of each feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The newest articles.
    pub articles: u32,
    /// Days after which one of these goes that its publisher doesn't show any more.
    pub days: i64,
    /// Bytes of their texts, about; 0 for any number.
    pub bytes: u64,
}

/// Most articles that can be kept: their fingerprints must fit into the feed's record.
pub const MOST_ARTICLES: u32 = 200;
/// Days by default.
pub const USUAL_DAYS: i64 = 90;

impl Default for Retention {
    fn default() -> Self {
        Self {
            articles: MOST_ARTICLES,
            days: USUAL_DAYS,
            bytes: 0,
        }
    }
}

impl Retention {
    /// How many articles fit, if `count` of them have `bytes`: at least one.
    pub fn fitting(&self, count: u32, bytes: u64) -> u32 {
        if self.bytes == 0 || bytes <= self.bytes || count == 0 {
            return self.articles;
        }
        let each = (bytes / u64::from(count)).max(1);
        let fitting = u32::try_from(self.bytes / each).unwrap_or(u32::MAX);
        fitting.clamp(1, self.articles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_kept_as_fit() {
        let keeps = Retention {
            bytes: 1_000,
            ..Retention::default()
        };
        for (count, bytes, fitting) in [
            (10, 1_000, 200),
            (10, 2_000, 5),
            (1, 90_000, 1),
            (0, 0, 200),
        ] {
            assert_eq!(keeps.fitting(count, bytes), fitting, "{count} of {bytes}");
        }
        assert_eq!(Retention::default().fitting(200, u64::MAX), 200);
    }
}
