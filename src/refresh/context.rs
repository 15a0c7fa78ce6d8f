//! What refreshing needs.

use url::Url;

use super::in_flight::InFlight;
use super::leaving::Leaving;
use super::network::Network;
use crate::client::http::{FetchError, Introduction, Web};
use crate::clock::Clock;
use crate::config::FetchConfig;
use crate::datastore::Datastore;
use crate::feeds::Door;
use crate::feeds::door::Pass;
use crate::sealed::SecretKeys;
use crate::update::retention::Retention;
use crate::usage_log::Tally;

/// What refreshing needs.
#[derive(Clone, Debug)]
pub struct RefreshContext {
    /// Where feeds and articles are read and written.
    pub store: Datastore,
    /// The HTTP client.
    pub web: Web,
    /// The time source: the system's, or a test's.
    pub clock: Clock,
    /// The requests in progress in this instance.
    pub in_flight: InFlight,
    /// What this instance's requests have cost since the last sweep.
    pub tally: Tally,
    /// What is kept of each feed.
    pub keeps: Retention,
    /// Bytes of all articles' texts, about, above which nothing is fetched; 0 for any number.
    pub store_bytes: u64,
    /// Whether this caller's requests get anywhere.
    pub network: Network,
    /// Whether the process is about to end.
    pub leaving: Leaving,
    /// What opens webhooks' secrets and feeds' doors; `None` without one.
    pub secret: Option<SecretKeys>,
}

impl RefreshContext {
    /// The one way to make one: whatever fetches heeds the same name server, hosts' pauses and limits.
    ///
    /// Publishers are told `FETCH_CONTACT` or, without that setting, our own page below `base_url`, with a key made with
    /// `secret` if there is one.
    ///
    /// # Errors
    /// [`FetchError`] if the HTTP client can't be built, or the setting of the name server can't be used.
    pub fn new(
        store: Datastore,
        clock: Clock,
        config: &FetchConfig,
        base_url: Option<&Url>,
        secret: Option<&SecretKeys>,
        in_flight: InFlight,
        tally: Tally,
    ) -> Result<Self, FetchError> {
        let own_page = secret.filter(|_| config.contact.is_none() && base_url.is_some());
        let introduction = Introduction::new(&config.contact(base_url))
            .by(config.operator.as_deref())
            .with_desk(own_page);
        let web = Web::new(config.allow_private, introduction)?
            .with_name_server(config.name_server)?
            .with_host_pauses(in_flight.pauses())
            .with_host_limiter(in_flight.host_limiter(), config.host_spacing);
        Ok(Self {
            store,
            web,
            clock,
            in_flight,
            tally,
            keeps: Retention {
                articles: config.keep.articles,
                days: config.keep.days,
                bytes: config.feed_bytes,
            },
            store_bytes: config.store_bytes,
            network: Network::default(),
            leaving: Leaving::default(),
            secret: secret.cloned(),
        })
    }

    /// The pass of a feed's door; `None` if it can't be opened.
    pub fn pass(&self, door: &Door, address: &Url) -> Option<Pass> {
        door.pass(self.secret.as_ref()?, address.as_str())
    }

    /// Whether what is stored has reached the installation's limit, as far as this instance knows.
    pub(super) fn is_known_full(&self) -> bool {
        let stored = self.in_flight.stored().bytes().unwrap_or_default();
        self.store_bytes > 0 && stored >= self.store_bytes
    }

    /// The same, which stops when the process is about to end.
    #[must_use]
    pub fn until(self, leaving: Leaving) -> Self {
        Self { leaving, ..self }
    }
}
