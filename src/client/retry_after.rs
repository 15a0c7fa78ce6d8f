//! Hosts that asked for a pause.
//!
//! After a 429, or a 503 with `Retry-After`, no request is sent to any host of the same registrable domain until the
//! pause is over. All callers of an instance share the pauses; the sweep record carries them to other instances.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use url::{Host, Url};

/// Most pauses remembered; beyond that, those that end soonest are forgotten.
const MAX_PAUSES: usize = 500;

/// The pauses, in minutes, and the hosts that an administrator has blocked. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct HostPauses(Arc<Mutex<HashMap<String, i64>>>, Arc<Mutex<Blocked>>);

/// Hosts that nothing is asked of, and the minute at which the list was read.
#[derive(Debug, Default)]
struct Blocked {
    hosts: Vec<String>,
    read: i64,
}

/// Minutes for which the list of blocked hosts is believed.
const BLOCKED_MINUTES: i64 = 10;

impl HostPauses {
    /// Whether a page's host is blocked, or is below one that is.
    pub fn is_blocked(&self, url: &Url) -> bool {
        let known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        known.hosts.iter().any(|blocked| {
            let above = host.strip_suffix(blocked.as_str());
            above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
        })
    }

    /// Learns which hosts are blocked, as was read at this minute.
    pub fn learn_blocked(&self, hosts: &[String], minute: i64) {
        let mut known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        known.hosts = hosts.to_vec();
        known.read = minute;
    }

    /// Whether it was read lately which hosts are blocked.
    pub fn knows_blocked(&self, minute: i64) -> bool {
        let known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        (known.read..known.read + BLOCKED_MINUTES).contains(&minute)
    }

    /// The minute until which requests to a page are paused; `None` if they aren't.
    pub fn until(&self, url: &Url, minute: i64) -> Option<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return None;
        }
        let until = known.get(&scope(url)).copied();
        until.filter(|&until| until > minute)
    }

    /// Records that a page's server asked for a pause until a minute.
    pub fn note(&self, url: &Url, until: i64) {
        self.learn([(scope(url), until)]);
    }

    /// Adds the pauses recorded by another instance.
    pub fn learn(&self, others: impl IntoIterator<Item = (String, i64)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (scope, until) in others {
            let at = known.entry(scope).or_default();
            *at = until.max(*at);
        }
        while known.len() > MAX_PAUSES {
            let soonest = known.iter().min_by_key(|(_, until)| **until);
            let Some(soonest) = soonest.map(|(scope, _)| scope.clone()) else {
                break;
            };
            known.remove(&soonest);
        }
    }

    /// All pauses that end after a minute, sorted.
    pub fn lasting(&self, minute: i64) -> Vec<(String, i64)> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, until| *until > minute);
        let mut all: Vec<_> = known.iter().map(|(s, u)| (s.clone(), *u)).collect();
        all.sort();
        all
    }
}

/// What a pause applies to: the registrable domain by the public suffix list, which has one owner. A host without one
/// (an IP address, a private name) says nothing about its neighbors: only the page.
fn scope(url: &Url) -> String {
    if let Some(domain) = domain_of(url) {
        return domain;
    }
    let mut page = url.clone();
    page.set_fragment(None);
    page.into()
}

/// The registrable domain of a page's host; `None` if it has none.
pub fn domain_of(url: &Url) -> Option<String> {
    let Some(Host::Domain(name)) = url.host() else {
        return None;
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_public = psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known());
    let domain = psl::domain_str(&name).filter(|_| is_public);
    domain.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::client::retry_after::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_blocked_host_is_blocked_with_all_below_it_and_no_other() {
        let pauses = HostPauses::default();
        pauses.learn_blocked(&["news.example".to_owned()], 100);
        for (address, is_blocked) in [
            ("https://news.example/feed", true),
            ("http://NEWS.example.:8080/", true),
            ("https://www.news.example/", true),
            ("https://oldnews.example/", false),
            ("https://example/", false),
        ] {
            assert_eq!(pauses.is_blocked(&url(address)), is_blocked, "{address}");
        }
        assert!(pauses.knows_blocked(109) && !pauses.knows_blocked(110));
    }

    #[test]
    fn a_pause_holds_for_the_registrable_domain_and_no_further() {
        let pauses = HostPauses::default();
        pauses.note(&url("https://feeds.news.co.uk/a"), 100);
        for (other, until) in [
            ("https://feeds.news.co.uk/b", Some(100)),
            ("http://www.news.co.uk:8080/", Some(100)),
            ("https://NEWS.co.uk./", Some(100)),
            ("https://other.co.uk/", None),
        ] {
            assert_eq!(pauses.until(&url(other), 99), until, "{other}");
        }
        assert_eq!(pauses.until(&url("https://news.co.uk/"), 100), None);
        // Each blog of a blog host is a publisher of its own.
        pauses.note(&url("https://ann.github.io/feed"), 100);
        assert_eq!(pauses.until(&url("https://bob.github.io/feed"), 1), None);
    }

    #[test]
    fn at_a_private_host_it_holds_for_the_page_alone() {
        let pauses = HostPauses::default();
        for host in ["127.0.0.1:8000", "nas", "nas.lan", "[::1]", "a.localhost"] {
            let page = url(&format!("http://{host}/feed"));
            pauses.note(&page, 50);
            assert_eq!(pauses.until(&page, 1), Some(50), "{host}");
            let beside = url(&format!("http://{host}/other"));
            assert_eq!(pauses.until(&beside, 1), None, "{host}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_and_can_be_carried_over() {
        let (one, other) = (HostPauses::default(), HostPauses::default());
        for n in 0..600 {
            one.note(&url(&format!("https://a{n}.example.com.br/")), 10);
            one.note(&url(&format!("https://site{n}.com/")), 1_000 + n);
        }
        let lasting = one.lasting(0);
        assert_eq!(lasting.len(), MAX_PAUSES);
        assert!(lasting.contains(&("site599.com".to_owned(), 1_599)));
        other.learn(one.lasting(1_598));
        assert_eq!(other.lasting(0), vec![("site599.com".to_owned(), 1_599)]);
    }
}
