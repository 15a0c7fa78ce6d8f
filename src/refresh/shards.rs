//! The tick in shards, so that several callers can work on it at the same time.
//!
//! A shard has the feeds of some publishers: all of a registrable domain are in one, so that a publisher is asked by one caller at a time,
//! and what it asked for (a pause) stands in one record. Each shard has a record of its own, with its own lease, position and past
//! sweeps. `docs/decisions/0064` has why, and `docs/scale.md` what it moves.

use std::sync::Arc;

use url::{Host, Url};

use crate::client::retry_after::domain_of;
use crate::update::schedule::Sweep;

/// Most shards.
pub const MOST_SHARDS: u32 = 64;

/// One shard of the tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard(u32);

impl Shard {
    /// The first, which also has what isn't of a publisher: blocked hosts, and what is stored.
    pub const FIRST: Self = Self(0);

    /// Its number, from 0.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// How many shards the tick has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shards(u32);

impl Default for Shards {
    fn default() -> Self {
        Self(1)
    }
}

impl Shards {
    /// So many, 1 to [`MOST_SHARDS`].
    pub fn new(count: u32) -> Self {
        Self(count.clamp(1, MOST_SHARDS))
    }

    /// How many.
    pub fn count(self) -> u32 {
        self.0
    }

    /// All of them, beginning somewhere: callers that come at different times begin with different ones.
    pub fn beginning_at(self, somewhere: u64) -> impl Iterator<Item = Shard> {
        let first = u32::try_from(somewhere % u64::from(self.0)).unwrap_or_default();
        (0..self.0).map(move |next| Shard((first + next) % self.0))
    }

    /// The shard of a page's publisher.
    pub fn of(self, url: &Url) -> Shard {
        if self.0 == 1 {
            return Shard::FIRST;
        }
        match (domain_of(url), url.host()) {
            (Some(domain), _) => self.of_name(&domain),
            (None, Some(Host::Domain(name))) => self.of_name(&name.to_ascii_lowercase()),
            (None, host) => self.of_name(&host.map(|host| host.to_string()).unwrap_or_default()),
        }
    }

    /// The shard of a pause's scope: a domain, or a page of a host without one.
    pub(super) fn of_scope(self, scope: &str) -> Shard {
        match Url::parse(scope) {
            Ok(page) if page.has_host() => self.of(&page),
            _ => self.of_name(scope),
        }
    }

    /// The shard of a host with its port.
    pub(super) fn of_host(self, host: &str) -> Shard {
        self.of_scope(&format!("http://{host}/"))
    }

    /// FNV-1a (draft-eastlake-fnv): spread evenly, the same everywhere, and quick enough for every feed that is due.
    fn of_name(self, name: &str) -> Shard {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        // The upper half is mixed better.
        let spread = (hash >> 32) % u64::from(self.0);
        Shard(u32::try_from(spread).unwrap_or_default())
    }
}

/// The past sweeps of each shard, as an instance last read them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sweeps {
    shards: Shards,
    by_shard: Arc<[Arc<[Sweep]>]>,
}

impl Sweeps {
    pub(super) fn none(shards: Shards) -> Self {
        Self {
            shards,
            by_shard: (0..shards.0).map(|_| Arc::default()).collect(),
        }
    }

    /// Those in which a page's feeds were checked; none if this instance hasn't read them.
    pub fn of(&self, url: &Url) -> &[Sweep] {
        self.in_shard(self.shards.of(url))
    }

    fn in_shard(&self, shard: Shard) -> &[Sweep] {
        let place = usize::try_from(shard.0).unwrap_or_default();
        self.by_shard.get(place).map_or(&[], |sweeps| sweeps)
    }

    /// The same with those of one shard as they were read now.
    pub(super) fn with(&self, shard: Shard, sweeps: &[Sweep]) -> Self {
        let place = usize::try_from(shard.0).unwrap_or_default();
        let mut by_shard = self.by_shard.to_vec();
        if let Some(known) = by_shard.get_mut(place) {
            *known = sweeps.into();
        }
        Self {
            shards: self.shards,
            by_shard: by_shard.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_publisher_is_in_one_shard_whatever_its_hosts() {
        let shards = Shards::new(64);
        let one = shards.of(&url("https://blog.example.com/feed"));
        for same in ["http://www.example.com:8080/", "https://EXAMPLE.com/other"] {
            assert_eq!(shards.of(&url(same)), one, "{same}");
        }
        assert_eq!(shards.of_scope("example.com"), one);
        assert_eq!(shards.of_host("blog.example.com:443"), one);
        let page = "http://192.0.2.7:8080/feed";
        assert_eq!(shards.of_scope(page), shards.of(&url(page)));
        assert_eq!(shards.of_host("192.0.2.7:8080"), shards.of(&url(page)));
        let private = shards.of(&url("http://nas/feed"));
        assert_eq!(private, shards.of(&url("http://nas/other")));
    }

    #[test]
    fn publishers_are_spread_evenly() {
        for count in [1, 8, 64] {
            let shards = Shards::new(count);
            let mut found = vec![0_u32; count as usize];
            let most = 200 * count;
            for n in 0..most {
                let shard = shards.of(&url(&format!("https://blog{n}.com/")));
                found[shard.number() as usize] += 1;
            }
            assert!(found.iter().all(|&n| (130..=280).contains(&n)), "{found:?}");
        }
    }

    #[test]
    fn every_shard_has_its_turn_once() {
        let shards = Shards::new(8);
        let mut all: Vec<u32> = shards.beginning_at(13).map(Shard::number).collect();
        assert_eq!(all[0], 5);
        all.sort_unstable();
        assert_eq!(all, (0..8).collect::<Vec<_>>());
        assert_eq!(Shards::new(0).count(), 1);
        assert_eq!(Shards::new(1_000).count(), MOST_SHARDS);
    }
}
