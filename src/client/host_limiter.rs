//! Limits requests to publishers' hosts: one at a time per host, with a pause between two, across the whole instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use url::Url;

/// When the last request to a host was made; locked while one is running.
type HostSlot = Arc<tokio::sync::Mutex<Option<Instant>>>;

/// The permits of all hosts. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct HostLimiter(Arc<Mutex<HashMap<String, HostSlot>>>);

/// The right to send one request to a host, released on drop.
#[derive(Debug)]
pub struct HostPermit(OwnedMutexGuard<Option<Instant>>);

impl HostLimiter {
    /// Waits until no other request to the address's host is running, and the last one is at least `spacing` ago.
    ///
    /// Dropping the returned guard doesn't count as a request; dropping a [`HostPermit`] made from it does.
    pub(crate) async fn wait(
        &self,
        url: &Url,
        spacing: Duration,
    ) -> OwnedMutexGuard<Option<Instant>> {
        let host = {
            let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // A host not used recently, and not being waited for, has nothing to remember.
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || is_recent(host, spacing));
            hosts.entry(host_of(url)).or_default().clone()
        };
        let turn = host.lock_owned().await;
        if let Some(last) = *turn {
            tokio::time::sleep_until(last + spacing).await;
        }
        turn
    }
}

fn is_recent(host: &HostSlot, spacing: Duration) -> bool {
    let last = host.try_lock().ok().and_then(|last| *last);
    last.is_some_and(|last| last.elapsed() < spacing)
}

impl From<OwnedMutexGuard<Option<Instant>>> for HostPermit {
    /// Turns the awaited guard into a permit.
    fn from(waited: OwnedMutexGuard<Option<Instant>>) -> Self {
        Self(waited)
    }
}

impl Drop for HostPermit {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

/// The key of a host in the limiter: host:port.
pub fn host_of(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use crate::client::host_limiter::*;

    async fn take(limiter: &HostLimiter, url: &Url, spacing: Duration) -> HostPermit {
        limiter.wait(url, spacing).await.into()
    }

    #[tokio::test]
    async fn one_at_a_time_with_a_pause_at_each_host() {
        let limiter = HostLimiter::default();
        let url = |text: &str| Url::parse(text).unwrap();
        let spacing = Duration::from_millis(40);
        let began = Instant::now();
        let first = take(&limiter, &url("http://a.example/1"), spacing).await;
        drop(take(&limiter, &url("http://b.example/"), spacing).await);
        assert!(began.elapsed() < spacing, "another host waits for nobody");
        let second = limiter.clone();
        let same = url("http://a.example/2");
        let second = take(&second, &same, spacing);
        let late = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            drop(first);
        };
        let (_second, ()) = tokio::join!(second, late);
        assert!(began.elapsed() >= Duration::from_millis(60));
    }
}
