//! Turns at publishers' hosts: one request at a time to each, and a pause between two, whoever of this instance asks and for
//! whatever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use url::Url;

/// When a host was asked last; nobody else asks it while this is locked.
type Host = Arc<tokio::sync::Mutex<Option<Instant>>>;

/// Whose turn it is, at each host. Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<Mutex<HashMap<String, Host>>>);

/// The right to ask a host for one thing. Over when it is dropped.
#[derive(Debug)]
pub struct Turn(OwnedMutexGuard<Option<Instant>>);

impl Turns {
    /// Waits until nobody else is asking the host of an address, and until the last request to it is `spacing` ago. Whoever
    /// drops this hasn't asked; a [`Turn`] made of it has.
    pub(crate) async fn wait(
        &self,
        url: &Url,
        spacing: Duration,
    ) -> OwnedMutexGuard<Option<Instant>> {
        let host = {
            let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Who was asked long ago, and is awaited by nobody, may be asked at once like anybody.
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || is_recent(host, spacing));
            hosts.entry(host_of(url.as_str())).or_default().clone()
        };
        let turn = host.lock_owned().await;
        if let Some(last) = *turn {
            tokio::time::sleep_until(last + spacing).await;
        }
        turn
    }
}

fn is_recent(host: &Host, spacing: Duration) -> bool {
    let last = host.try_lock().ok().and_then(|last| *last);
    last.is_some_and(|last| last.elapsed() < spacing)
}

impl From<OwnedMutexGuard<Option<Instant>>> for Turn {
    /// Takes the turn that was waited for.
    fn from(waited: OwnedMutexGuard<Option<Instant>>) -> Self {
        Self(waited)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

/// The name that a publisher is asked by, one request at a time: host:port.
pub fn host_of(url: &str) -> String {
    let Ok(url) = Url::parse(url) else {
        return String::new();
    };
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use crate::client::host_limiter::*;

    async fn take(turns: &Turns, url: &Url, spacing: Duration) -> Turn {
        turns.wait(url, spacing).await.into()
    }

    #[tokio::test]
    async fn one_at_a_time_with_a_pause_at_each_host() {
        let turns = Turns::default();
        let url = |text: &str| Url::parse(text).unwrap();
        let spacing = Duration::from_millis(40);
        let began = Instant::now();
        let first = take(&turns, &url("http://a.example/1"), spacing).await;
        drop(take(&turns, &url("http://b.example/"), spacing).await);
        assert!(began.elapsed() < spacing, "another host waits for nobody");
        let second = turns.clone();
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
