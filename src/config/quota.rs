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

/// The quotas of the two classes of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// Everyone's. `QUOTA`, such as `feeds=500 imports=5 refreshes=20 unread=50 stars=1000`; omitted values are the
    /// defaults.
    pub readers: Quota,
    /// The administrator's. `QUOTA_ADMIN`; omitted values are everyone's.
    pub admin: Quota,
}

impl Quotas {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let readers = read(env, "QUOTA", Quota::default())?;
        let admin = read(env, "QUOTA_ADMIN", readers)?;
        Ok(Self { readers, admin })
    }

    /// The quota of a user's class.
    pub fn of(&self, admin: bool) -> Quota {
        if admin { self.admin } else { self.readers }
    }
}

fn read(env: &Env, name: &'static str, mut quota: Quota) -> Result<Quota, ConfigError> {
    let text = env.get(name).unwrap_or_default();
    for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
        let wrong = |takes: &str| ConfigError::new(name, format!("has {part:?}; {takes}"));
        let known = "it takes feeds=, imports=, refreshes=, unread=, stars=, adds=, texts=, feed_mb= and reader_mb=, each with a number";
        let (what, number) = part.split_once('=').ok_or_else(|| wrong(known))?;
        let number: u32 = number.parse().map_err(|_| wrong(known))?;
        let at_most = |most: u32| match number <= most {
            true => Ok(u64::from(number)),
            false => Err(wrong(&format!("that is at most {most}"))),
        };
        match what {
            "feeds" => quota.feeds = at_most(5_000)?,
            "imports" => quota.imports = number,
            "refreshes" => quota.refreshes = number,
            "unread" => quota.unread = number,
            "stars" => quota.stars = at_most(10_000)?,
            "adds" => quota.adds = number,
            "texts" => quota.texts = number,
            "feed_mb" => quota.feed_mb = at_most(1_024)?,
            "reader_mb" => quota.reader_mb = number.into(),
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
}
