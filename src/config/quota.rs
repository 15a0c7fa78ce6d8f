//! Quotas: how much one user may have or do.

use super::{ConfigError, Env};

/// The quota of one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Feeds on their shelf. `feeds`, at most 5000, which is the default.
    pub feeds: u64,
    /// OPML files that they may import in a day. `imports`, default 20.
    pub imports: u32,
    /// Uses of “Refresh now” in an hour, declined ones included. `refreshes`, default 60.
    pub refreshes: u32,
    /// Articles of a new feed that are unread for them, the newest; older ones count as read. `unread`, default 100.
    pub unread: u32,
    /// Articles that they may keep starred. `stars`, at most 10000, which is the default.
    pub stars: u64,
    /// Searches for feeds in an hour: adding one, or looking for a replacement. `adds`, default 300.
    pub adds: u32,
    /// Articles' pages fetched in an hour. `texts`, default 300.
    pub texts: u32,
    /// MiB that the articles of one feed may have, about: of a larger one only the newest are kept. `feed_mb`, default
    /// 20; 0 for any number. Everyone's counts.
    pub feed_mb: u64,
    /// MiB that the articles of all feeds on a shelf may have, about, before no more are added. `reader_mb`, default 500;
    /// 0 for any number.
    pub reader_mb: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            feeds: 5_000,
            imports: 20,
            refreshes: 60,
            unread: 100,
            stars: 10_000,
            adds: 300,
            texts: 300,
            feed_mb: 20,
            reader_mb: 500,
        }
    }
}

impl Quota {
    /// What one shelf may hold.
    pub fn shelf(&self) -> ShelfLimits {
        ShelfLimits {
            feeds: self.feeds,
            mb: self.reader_mb,
        }
    }
}

/// What one shelf may hold before no more feeds are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShelfLimits {
    /// Feeds.
    pub feeds: u64,
    /// MiB of their articles, about; 0 for any number.
    pub mb: u64,
}

/// What nobody's quota and no other setting exceeds.
///
/// `CEILING`, such as `feeds=1000 reader_mb=200 days=60`; an omitted one is the most that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Feeds on a shelf. `feeds`, at most 5000.
    pub feeds: u32,
    /// Starred articles. `stars`, at most 10000.
    pub stars: u32,
    /// MiB of the articles of one feed. `feed_mb`; 0 for none.
    pub feed_mb: u32,
    /// MiB of the articles of all feeds on a shelf. `reader_mb`; 0 for none.
    pub reader_mb: u32,
    /// Articles kept of a feed. `articles`, at most 200.
    pub articles: u32,
    /// Days for which they are kept. `days`, at most 3650.
    pub days: u32,
}

impl Default for Ceiling {
    fn default() -> Self {
        Self {
            feeds: 5_000,
            stars: 10_000,
            feed_mb: 0,
            reader_mb: 0,
            articles: 200,
            days: 3_650,
        }
    }
}

impl Ceiling {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let mut ceiling = Self::default();
        let most = Self::default();
        for part in parts(env.get("CEILING")) {
            let wrong = |takes: &str| ConfigError::new("CEILING", format!("has {part:?}; {takes}"));
            let known = "it takes feeds=, stars=, feed_mb=, reader_mb=, articles= and days=, each with a number";
            let (what, number) = part.split_once('=').ok_or_else(|| wrong(known))?;
            let number: u32 = number.parse().map_err(|_| wrong(known))?;
            let (place, least, most) = match what {
                "feeds" => (&mut ceiling.feeds, 0, most.feeds),
                "stars" => (&mut ceiling.stars, 0, most.stars),
                "feed_mb" => (&mut ceiling.feed_mb, 0, 1_024),
                "reader_mb" => (&mut ceiling.reader_mb, 0, 1_000_000),
                "articles" => (&mut ceiling.articles, 1, most.articles),
                "days" => (&mut ceiling.days, 1, most.days),
                _ => return Err(wrong(known)),
            };
            if !(least..=most).contains(&number) {
                return Err(wrong(&format!("that is {least} to {most}")));
            }
            *place = number;
        }
        Ok(ceiling)
    }

    /// So many MiB for a shelf, and no more than all may have; 0 is any number where there is no ceiling.
    pub fn reader_mb(&self, wanted: u64) -> u64 {
        below(wanted, self.reader_mb)
    }
}

/// The lesser of two, of which 0 is any number.
fn below(wanted: u64, ceiling: u32) -> u64 {
    match (wanted, u64::from(ceiling)) {
        (wanted, 0) => wanted,
        (0, ceiling) => ceiling,
        (wanted, ceiling) => wanted.min(ceiling),
    }
}

/// What a list of settings has.
fn parts(text: Option<&str>) -> impl Iterator<Item = &str> {
    let parts = text.unwrap_or_default().split([',', ' ']);
    parts.filter(|part| !part.is_empty())
}

/// The quotas of the two classes of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// What none of them exceeds, nor anybody's own.
    pub ceiling: Ceiling,
    /// Everyone's. `QUOTA`, such as `feeds=500 imports=5 refreshes=20 unread=50 stars=1000`; omitted values are the
    /// defaults.
    pub readers: Quota,
    /// The administrator's. `QUOTA_ADMIN`; omitted values are everyone's.
    pub admin: Quota,
}

impl Quotas {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let ceiling = Ceiling::from_env(env)?;
        let usual = Quota::default();
        let usual = Quota {
            feeds: usual.feeds.min(ceiling.feeds.into()),
            stars: usual.stars.min(ceiling.stars.into()),
            feed_mb: below(usual.feed_mb, ceiling.feed_mb),
            reader_mb: below(usual.reader_mb, ceiling.reader_mb),
            ..usual
        };
        let readers = read(env, "QUOTA", usual, &ceiling)?;
        let admin = read(env, "QUOTA_ADMIN", readers, &ceiling)?;
        Ok(Self {
            ceiling,
            readers,
            admin,
        })
    }

    /// The quota of a user's class.
    pub fn of(&self, admin: bool) -> Quota {
        if admin { self.admin } else { self.readers }
    }
}

fn read(
    env: &Env,
    name: &'static str,
    mut quota: Quota,
    ceiling: &Ceiling,
) -> Result<Quota, ConfigError> {
    for part in parts(env.get(name)) {
        let wrong = |takes: &str| ConfigError::new(name, format!("has {part:?}; {takes}"));
        let known = "it takes feeds=, imports=, refreshes=, unread=, stars=, adds=, texts=, feed_mb= and reader_mb=, each with a number";
        let (what, number) = part.split_once('=').ok_or_else(|| wrong(known))?;
        let number: u32 = number.parse().map_err(|_| wrong(known))?;
        let at_most = |most: u32, ceiling: u32| match number {
            number if number > most => Err(wrong(&format!("that is at most {most}"))),
            number if number > ceiling => Err(wrong(&format!("CEILING allows {ceiling}"))),
            number => Ok(u64::from(number)),
        };
        // 0 is any number, which is more than a ceiling has.
        let any_below = |most: u32, ceiling: u32| match (number, ceiling) {
            (0, 1..) => Err(wrong(&format!("CEILING allows {ceiling}"))),
            (_, 0) => at_most(most, most),
            (_, ceiling) => at_most(most, ceiling),
        };
        match what {
            "feeds" => quota.feeds = at_most(5_000, ceiling.feeds)?,
            "imports" => quota.imports = number,
            "refreshes" => quota.refreshes = number,
            "unread" => quota.unread = number,
            "stars" => quota.stars = at_most(10_000, ceiling.stars)?,
            "adds" => quota.adds = number,
            "texts" => quota.texts = number,
            "feed_mb" => quota.feed_mb = any_below(1_024, ceiling.feed_mb)?,
            "reader_mb" => quota.reader_mb = any_below(u32::MAX, ceiling.reader_mb)?,
            _ => return Err(wrong(known)),
        }
    }
    Ok(quota)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_names_what_differs() {
        let env = Env::of([
            ("QUOTA", "feeds=50, unread=10"),
            ("QUOTA_ADMIN", "feeds=500"),
        ]);
        let quotas = Quotas::from_env(&env).unwrap();
        assert_eq!((quotas.readers.feeds, quotas.readers.unread), (50, 10));
        assert_eq!((quotas.admin.feeds, quotas.admin.unread), (500, 10));
        assert_eq!(quotas.of(false).imports, Quota::default().imports);
    }

    #[test]
    fn a_wrong_quota_names_itself() {
        for wrong in ["feeds", "feeds=many", "feeds=6000", "coffee=3"] {
            let error = Quotas::from_env(&Env::of([("QUOTA", wrong)])).unwrap_err();
            assert!(error.to_string().starts_with("QUOTA has \""), "{error}");
        }
    }

    #[test]
    fn no_quota_says_more_than_the_ceiling() {
        let of = |more: (&'static str, &'static str)| {
            let ceiling = ("CEILING", "feeds=100 stars=50 reader_mb=30 feed_mb=5");
            Quotas::from_env(&Env::of([ceiling, more]))
        };
        let quotas = of(("QUOTA", "imports=9")).unwrap();
        let usual = quotas.readers;
        assert_eq!((usual.feeds, usual.stars), (100, 50));
        assert_eq!((usual.reader_mb, usual.feed_mb), (30, 5));
        assert_eq!(of(("QUOTA", "feeds=99")).unwrap().admin.feeds, 99);
        for (name, more) in [
            ("QUOTA", "feeds=101"),
            ("QUOTA_ADMIN", "stars=51"),
            ("QUOTA", "reader_mb=0"),
            ("QUOTA", "reader_mb=31"),
            ("QUOTA_ADMIN", "feed_mb=0"),
        ] {
            let error = of((name, more)).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("CEILING"), "{error}");
        }
        for wrong in ["feeds=5001", "days=0", "coffee=1", "articles"] {
            let error = Quotas::from_env(&Env::of([("CEILING", wrong)])).unwrap_err();
            assert!(error.to_string().contains("CEILING"), "{wrong}: {error}");
        }
    }
}
