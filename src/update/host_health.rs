//! How publishers' hosts are: which one is ill, so that its feeds aren't blamed, and which one doesn't answer, so that
//! the others don't wait behind it.
//!
//! One host, one illness: where three feeds in a row that were well get the same failure, without a success between,
//! the host has it and not they. Then one of its feeds an hour is asked, whichever is due, until one succeeds; the
//! others are passed over, and nobody's failures are counted. A pure state machine; the sweep's record keeps it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::feeds::Sign;
use crate::ids::FeedId;

/// Hosts remembered; beyond that, the one whose spell began first is forgotten.
const MAX_HOSTS: usize = 200;
/// Feeds that fail alike in a row before their host counts as ill.
const EVIDENCE: usize = 3;
/// Minutes between two requests to a host that is ill.
const PROBE_INTERVAL: i64 = 60;
/// Minutes within which a sweep has stored what it knows.
const UNSAVED: i64 = 2;
/// Minutes for which a host that hung is suspected to hang again.
const SUSPICION: i64 = 24 * 60;
/// Feeds of a spell that are remembered, to be forgiven.
const MAX_FEEDS: usize = 20;

/// A run of failures at a host, without a success between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// The host, with its port.
    pub host: String,
    /// What all of them got.
    pub sign: Sign,
    /// The minute of the first.
    pub since: i64,
    /// Feeds that were well before and failed in it.
    pub feeds: Vec<FeedId>,
    /// Whether the host counts as ill.
    pub is_ill: bool,
    /// The minute of the last request to it.
    pub probed: i64,
}

/// Whether a feed may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It may.
    Ask,
    /// Its host is ill, or didn't answer in this sweep.
    Leave(Spell),
}

/// Whose failure it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The feed's.
    Feed,
    /// The host's.
    Host(Spell),
}

/// What is known of hosts that fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hosts(
    Vec<Spell>,
    /// Hosts that have got well, and when: a record from before that doesn't make them ill again. Not stored.
    #[serde(skip)]
    VecDeque<(String, i64)>,
);

impl Hosts {
    /// Whether nothing is known of any host.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A host's spell, if it is in one.
    pub fn of(&self, host: &str) -> Option<&Spell> {
        self.0.iter().find(|spell| spell.host == host)
    }

    /// The hosts that are ill.
    pub fn ill(&self) -> impl Iterator<Item = &Spell> {
        self.0.iter().filter(|spell| spell.is_ill)
    }

    /// Whether a host is suspected to hang.
    pub fn is_suspect(&self, host: &str, minute: i64) -> bool {
        self.of(host)
            .is_some_and(|spell| spell.sign == Sign::TIMED_OUT && minute - spell.probed < SUSPICION)
    }

    /// Whether a feed of a host may be asked, in a sweep that began at the minute `began`.
    pub fn turn(&self, host: &str, minute: i64, began: i64) -> Turn {
        match self.of(host) {
            Some(spell) if spell.is_ill && minute - spell.probed < PROBE_INTERVAL => {
                Turn::Leave(spell.clone())
            }
            // It hung in this sweep.
            Some(spell) if spell.sign == Sign::TIMED_OUT && spell.probed >= began => {
                Turn::Leave(spell.clone())
            }
            _ => Turn::Ask,
        }
    }

    /// Takes over what is stored, without losing what was noted here since: failures that weren't stored yet, and hosts
    /// that have got well.
    pub fn learn(&mut self, stored: Self, minute: i64) {
        let mut spells = stored.0;
        spells.retain(|spell| {
            let is_well =
                |(host, since): &(String, i64)| *host == spell.host && *since >= spell.probed;
            !self.1.iter().any(is_well)
        });
        for own in std::mem::take(&mut self.0) {
            match spells.iter_mut().find(|spell| spell.host == own.host) {
                Some(spell) if own.probed >= spell.probed => *spell = own,
                Some(_) => {}
                // What another instance has ended was stored some seconds ago; what isn't stored yet is newer.
                None if own.probed >= minute - UNSAVED => spells.push(own),
                None => {}
            }
        }
        if spells.len() > MAX_HOSTS {
            // Those that were last probed longest ago are forgotten.
            spells.sort_by_key(|spell| std::cmp::Reverse(spell.probed));
            spells.truncate(MAX_HOSTS);
        }
        self.0 = spells;
    }

    /// Notes a success, which ends the host's spell. Returns that, so that its feeds can be forgiven.
    pub fn succeeded(&mut self, host: &str, minute: i64) -> Option<Spell> {
        let at = self.0.iter().position(|spell| spell.host == host)?;
        self.1.retain(|(other, _)| other != host);
        self.1.push_back((host.to_owned(), minute));
        if self.1.len() > MAX_HOSTS {
            self.1.pop_front();
        }
        Some(self.0.remove(at))
    }

    /// Notes a failure of a feed, which was well before or not.
    pub fn failed(
        &mut self,
        host: &str,
        sign: Sign,
        (feed, was_well): (FeedId, bool),
        minute: i64,
    ) -> Blame {
        if !sign.is_of_a_host() {
            return Blame::Feed;
        }
        let known = self.0.iter_mut().find(|spell| spell.host == host);
        let spell = match known {
            // An ill host may be ill in another way today.
            Some(spell) if spell.sign == sign || spell.is_ill => spell,
            // A feed that fails for long says nothing about its host, unless the host hangs.
            _ if !was_well && sign != Sign::TIMED_OUT => return Blame::Feed,
            Some(spell) => {
                *spell = Spell::begin(host, sign, minute);
                spell
            }
            None => {
                if self.0.len() >= MAX_HOSTS
                    && let Some(oldest) =
                        (0..self.0.len()).min_by_key(|&at| (self.0[at].is_ill, self.0[at].since))
                {
                    self.0.remove(oldest);
                }
                self.0.push(Spell::begin(host, sign, minute));
                let last = self.0.len() - 1;
                &mut self.0[last]
            }
        };
        spell.probed = minute;
        spell.sign = sign;
        if was_well && !spell.feeds.contains(&feed) && spell.feeds.len() < MAX_FEEDS {
            spell.feeds.push(feed);
        }
        spell.is_ill |= spell.feeds.len() >= EVIDENCE;
        match spell.is_ill {
            true => Blame::Host(spell.clone()),
            false => Blame::Feed,
        }
    }

    /// Together with what another record knows, which is of other hosts.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The same, of some hosts alone.
    #[must_use]
    pub fn only(&self, is_meant: impl Fn(&str) -> bool) -> Self {
        let mut some = self.clone();
        some.0.retain(|spell| is_meant(&spell.host));
        some
    }

    /// What isn't believed: a minute that lies in the future.
    pub fn come_back_to(&mut self, minute: i64) {
        for spell in &mut self.0 {
            spell.since = spell.since.min(minute);
            spell.probed = spell.probed.min(minute);
        }
    }
}

impl Spell {
    fn begin(host: &str, sign: Sign, minute: i64) -> Self {
        Self {
            host: host.to_owned(),
            sign,
            since: minute,
            feeds: Vec::new(),
            is_ill: false,
            probed: minute,
        }
    }
}

/// The order in which hosts get their turns: every host one before any has its second, and those that may hang share a
/// quarter of the places.
#[derive(Debug)]
pub struct Rounds<T> {
    hosts: VecDeque<HostQueue<T>>,
    suspects: VecDeque<HostQueue<T>>,
    places: usize,
    taken: usize,
    taken_by_suspects: usize,
}

/// What is to be asked of one host.
#[derive(Debug)]
pub struct HostQueue<T> {
    /// The host, with its port.
    pub host: String,
    /// Whether it may hang.
    pub is_suspect: bool,
    /// In order.
    pub feeds: VecDeque<T>,
}

impl<T> Rounds<T> {
    /// Rounds with so many places.
    pub fn new(queues: impl IntoIterator<Item = HostQueue<T>>, places: usize) -> Self {
        let (suspects, hosts) = queues.into_iter().partition(|queue| queue.is_suspect);
        Self {
            hosts,
            suspects,
            places,
            taken: 0,
            taken_by_suspects: 0,
        }
    }

    /// The host whose turn it is, which takes a place; `None` if there is no place, or nobody to take it.
    pub fn take_turn(&mut self) -> Option<HostQueue<T>> {
        if self.taken >= self.places {
            return None;
        }
        let queue = match self.hosts.pop_front() {
            Some(queue) => queue,
            None if self.taken_by_suspects < (self.places / 4).max(1) => {
                self.suspects.pop_front()?
            }
            None => return None,
        };
        self.taken += 1;
        self.taken_by_suspects += usize::from(queue.is_suspect);
        Some(queue)
    }

    /// Gives a host's place back; it comes up again after all others if it has more.
    pub fn over(&mut self, queue: HostQueue<T>) {
        self.taken -= 1;
        self.taken_by_suspects -= usize::from(queue.is_suspect);
        if queue.feeds.is_empty() {
            return;
        }
        match queue.is_suspect {
            true => self.suspects.push_back(queue),
            false => self.hosts.push_back(queue),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::{BTreeMap, BinaryHeap};

    use proptest::prelude::*;

    use super::*;

    const H: &str = "www.example.org:443";

    fn fail(hosts: &mut Hosts, feed: u32, sign: u16, was_well: bool, minute: i64) -> bool {
        let blame = hosts.failed(H, Sign(sign), (FeedId(feed), was_well), minute);
        matches!(blame, Blame::Host(_))
    }

    #[test]
    fn three_well_feeds_in_a_row_make_a_host_ill_and_one_success_well() {
        let mut hosts = Hosts::default();
        assert!(!fail(&mut hosts, 1, 404, true, 0));
        assert!(!fail(&mut hosts, 1, 404, false, 5), "the same feed again");
        assert!(
            !fail(&mut hosts, 9, 404, false, 5),
            "one that was failing before"
        );
        assert!(!fail(&mut hosts, 2, 404, true, 6));
        assert!(fail(&mut hosts, 3, 404, true, 7));
        assert!(matches!(hosts.turn(H, 60, 60), Turn::Leave(_)));
        assert_eq!(hosts.turn(H, 67, 67), Turn::Ask, "one an hour");
        assert!(fail(&mut hosts, 4, 500, true, 67), "ill in another way");
        let spell = hosts.succeeded(H, 60).unwrap();
        assert_eq!((spell.since, spell.feeds.len()), (0, 4));
        assert_eq!(hosts.turn(H, 68, 68), Turn::Ask);
    }

    #[test]
    fn a_success_between_or_another_failure_begins_anew() {
        let mut hosts = Hosts::default();
        fail(&mut hosts, 1, 404, true, 0);
        fail(&mut hosts, 2, 404, true, 1);
        hosts.succeeded(H, 60);
        assert!(!fail(&mut hosts, 3, 404, true, 2));
        assert!(!fail(&mut hosts, 4, 500, true, 3));
        assert!(!fail(&mut hosts, 5, 404, true, 4));
        assert!(!fail(&mut hosts, 6, 0, true, 5), "no sign of a host");
    }

    #[test]
    fn a_host_that_hung_is_left_for_the_rest_of_the_sweep_only() {
        let mut hosts = Hosts::default();
        assert!(!fail(&mut hosts, 1, 2, true, 100));
        assert!(matches!(hosts.turn(H, 101, 100), Turn::Leave(_)));
        assert_eq!(hosts.turn(H, 105, 105), Turn::Ask);
        assert!(hosts.is_suspect(H, 105) && !hosts.is_suspect(H, 100 + SUSPICION));
        assert!(!hosts.is_suspect("other:80", 105));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut hosts = Hosts::default();
        for n in 0..3_000 {
            let host = format!("h{n}:80");
            hosts.failed(&host, Sign(500), (FeedId(n), true), i64::from(n));
        }
        assert_eq!(hosts.0.len(), MAX_HOSTS);
        assert!(hosts.of("h2999:80").is_some());
        for n in 0..3_000 {
            hosts.failed(H, Sign(500), (FeedId(n), true), 9_000);
        }
        assert_eq!(hosts.of(H).unwrap().feeds.len(), MAX_FEEDS);
    }

    /// Plays rounds on a clock of its own, in tenths of a second. Returns when each host's feeds were asked.
    fn play(
        sizes: &[usize],
        hang: impl Fn(usize) -> bool,
        known: bool,
    ) -> BTreeMap<usize, Vec<u64>> {
        const PLACES: usize = 64;
        let queues = sizes.iter().enumerate().map(|(host, size)| HostQueue {
            host: host.to_string(),
            is_suspect: known && hang(host),
            feeds: (0..*size).collect(),
        });
        let mut rounds = Rounds::new(queues, PLACES);
        let mut asked: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        let mut running = BinaryHeap::new();
        let mut queues = BTreeMap::new();
        let (mut now, mut suspects) = (0, 0);
        loop {
            while let Some(mut queue) = rounds.take_turn() {
                let host: usize = queue.host.parse().unwrap();
                queue.feeds.pop_front();
                suspects += usize::from(queue.is_suspect);
                assert!(suspects <= PLACES / 4);
                let took = match hang(host) {
                    true => 200,
                    false => {
                        asked.entry(host).or_default().push(now);
                        12
                    }
                };
                running.push(Reverse((now + took, host)));
                queues.insert(host, queue);
            }
            let Some(Reverse((then, host))) = running.pop() else {
                return asked;
            };
            now = then;
            let mut queue = queues.remove(&host).unwrap();
            suspects -= usize::from(queue.is_suspect);
            if hang(host) {
                queue.feeds.clear();
            }
            rounds.over(queue);
        }
    }

    proptest! {
        #[test]
        fn every_feed_of_a_host_that_answers_is_asked_within_one_call(
            sizes in proptest::collection::vec(1_usize..30, 1..300),
            hanging in 0_usize..300,
            known: bool,
        ) {
            // The default TICK_SECONDS, in tenths.
            const CALL: u64 = 2_400;
            let hang = |host: usize| host < hanging;
            let asked = play(&sizes, hang, known);
            for (host, size) in sizes.iter().enumerate().skip(hanging) {
                let times = &asked[&host];
                prop_assert_eq!(times.len(), *size);
                prop_assert!(times.iter().all(|&at| at < CALL), "host {} at {:?}", host, times.last());
            }
        }

        #[test]
        fn every_host_has_a_turn_before_any_has_its_second(
            sizes in proptest::collection::vec(1_usize..10, 1..200),
        ) {
            let asked = play(&sizes, |_| false, false);
            let last_first = asked.values().map(|times| times[0]).max().unwrap_or_default();
            for times in asked.values() {
                if let Some(&second) = times.get(1) {
                    prop_assert!(second >= last_first);
                }
            }
        }
    }
}
