//! The application state that every request handler receives.

use std::ops::Deref;
use std::sync::Arc;

use url::Url;

use crate::client::http::FetchError;
use crate::clock::Clock;
use crate::config::{Config, CredentialsFrom, Quota, SignUp, StoreAddress, StoreConfig};
use crate::datastore::cache::Rule;
use crate::datastore::cloud::{self, Cloud};
use crate::datastore::embedded::{self, Embedded};
use crate::datastore::{Cache, Datastore, IndexSet, Progress, Region, StoreError};
use crate::google::{Credentials, SecretError, SecretManager, Tokens};
use crate::limits::{
    AskingLimit, AuditLimit, Bodies, DeskLimit, HeldBytes, MailLimit, PictureTurns, PushLimit,
    RefreshLimit, SignInLimit,
};
use crate::mail::{Letter, MailError, Mailer};
use crate::oidc::{Keys, Provider};
use crate::random::Random;
use crate::refresh::context::RefreshContext;
use crate::refresh::gate::Gate;
use crate::refresh::in_flight::InFlight;
use crate::refresh::leaving::Leaving;
use crate::refresh::recent_arrivals::RecentArrivals;
use crate::refresh::shards::Shards;
use crate::sealed::SecretKeys;
use crate::shelf::{
    heads as shelf_heads, house, journal, kept, numbers, read_store, search, shared, stars,
    store as shelves,
};
use crate::usage_log::Tally;
use crate::users::sign_up::SignUpPolicy;
use crate::users::{self, User, session, share, token};
use crate::websub::Callbacks;
use crate::{articles, feeds, icons};

/// The application state, one per process.
pub struct App {
    /// The settings, read once at start.
    pub config: Config,
    /// The store, with its cache unless that is disabled.
    pub store: Datastore,
    /// The time source: the system's, or a test's.
    pub clock: Clock,
    /// The source of randomness.
    pub random: Random,
    /// The key that seals and signs cookies, and signs cursors.
    pub secret: SecretKeys,
    /// The public address of this installation.
    pub base_url: Url,
    /// The client of Google's Secret Manager.
    pub secrets: SecretManager,
    /// The OpenID Connect provider for sign-in; `None` if none is configured.
    pub provider: Option<Provider>,
    /// What sends email; `None` without a relay.
    pub mailer: Option<Mailer>,
    /// The keys with which Google signs its scheduler's tokens.
    pub google_keys: Keys,
    /// The rate limit of sign-in attempts, by account and by address.
    pub sign_in_limit: SignInLimit,
    /// How many letters addresses are sent that somebody else may ask for.
    pub mail_limit: MailLimit,
    /// How often users have us ask sites for them.
    pub asking_limit: AskingLimit,
    /// How many failed sign-ins become lines of the audit log.
    pub audit_limit: AuditLimit,
    /// How many articles' texts each token is given on a day.
    pub bodies: Bodies,
    /// How often a publisher looks at their desk.
    pub desk_limit: DeskLimit,
    /// The rate limit of refreshes on demand, by user.
    pub refresh_limit: RefreshLimit,
    /// This instance's requests to publishers in progress.
    pub in_flight: InFlight,
    /// The callback addresses for WebSub hubs; `None` if WebSub is disabled, no scheduler is configured that would
    /// renew leases, or the base address is on a private network.
    pub callbacks: Option<Callbacks>,
    /// The rate limit of hubs' pushes, by feed.
    pub push_limit: PushLimit,
    /// What requests have cost since the last tick.
    pub tally: Tally,
    /// The articles that arrived recently, for the pulses of open pages.
    pub recent_arrivals: RecentArrivals,
    /// Whether the process is about to end.
    pub leaving: Leaving,
    /// The bytes of requests' bodies that are held now.
    pub held_bytes: Arc<HeldBytes>,
    /// Pictures that come by way of us at the same time.
    pub pictures: PictureTurns,
    /// Hubs' pushes that are read and stored at the same time.
    pub pushes: tokio::sync::Semaphore,
    /// Lets one pulse at a time through to the sweep, and none before something is due.
    pub gate: Gate,
}

/// What an [`App`] is built from, before the store is first used.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The store, without a cache.
    pub store: Datastore,
    /// The time source: the system's, or a test's.
    pub clock: Clock,
    /// The source of randomness.
    pub random: Random,
    /// The public address of this installation.
    pub base_url: Url,
    /// Whether the process is about to end.
    pub leaving: Leaving,
}

impl std::fmt::Debug for App {
    /// Prints only the base address, since other fields hold secrets.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "App at {}", self.base_url)
    }
}

/// [`App`], shared: the state of the router.
#[derive(Clone, Debug)]
pub struct AppState(Arc<App>);

impl Deref for AppState {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

impl AppState {
    /// Wraps an app, so that requests can share it.
    pub fn new(app: App) -> Self {
        Self(Arc::new(app))
    }
}

/// Opens the store named in the settings. A cloud store is only prepared: its first call connects.
///
/// # Errors
/// [`StoreError`] if an embedded store can't be opened, such as [`StoreError::Taken`] while another process has it
/// open; [`StoreError::Invalid`] for unusable credentials.
pub fn open_store(
    config: &Config,
    clock: &Clock,
    random: &Random,
) -> Result<Datastore, StoreError> {
    let progress = Progress::default();
    open_store_at(&config.store.address, config, clock, random, progress)
}

/// Opens the store at the given address, with the credentials from the settings. Its long work tells `progress`.
///
/// # Errors
/// The same as [`open_store`].
pub fn open_store_at(
    address: &StoreAddress,
    config: &Config,
    clock: &Clock,
    random: &Random,
    progress: Progress,
) -> Result<Datastore, StoreError> {
    let indexes = IndexSet::ours()?;
    match address {
        StoreAddress::Folder(folder) => {
            let options = embedded_options(&config.store, progress);
            let embedded = Embedded::open_with(folder, indexes, options)?;
            Ok(Datastore::new(embedded, clock.clone()))
        }
        StoreAddress::Cloud { project, database } => {
            let address = cloud::Address {
                project: project.clone(),
                database: database.clone(),
                emulator: config.store.emulator.clone(),
            };
            let who = match &config.store.emulator {
                Some(_) => Credentials::Anonymous,
                None => credentials(&config.store)?,
            };
            let tokens = Tokens::new(who, clock.clone());
            let cloud = Cloud::new(address, tokens, random.clone())?;
            Ok(Datastore::in_cloud(cloud, indexes, clock.clone()).telling(progress))
        }
    }
}

/// How the embedded store is opened.
pub fn embedded_options(config: &StoreConfig, progress: Progress) -> embedded::Options {
    const MIB: u64 = 1_024 * 1_024;
    embedded::Options {
        // At most 4 GiB, by the setting's range.
        cache_bytes: usize::try_from(config.cache_mb * MIB).unwrap_or(usize::MAX),
        reserve_bytes: config.reserve_mb * MIB,
        trial: None,
        progress,
    }
}

/// The credentials for Google's APIs.
fn credentials(config: &StoreConfig) -> Result<Credentials, StoreError> {
    let unusable = |problem: String| StoreError::Invalid(problem);
    let json = match &config.credentials {
        CredentialsFrom::Metadata(host) => return Ok(Credentials::Metadata(host.clone())),
        CredentialsFrom::Json(json) => json.clone(),
        CredentialsFrom::File(path) => std::fs::read_to_string(path)
            .map_err(|error| unusable(format!("{}: {error}", path.display())))?,
    };
    Credentials::from_json(&json).map_err(|error| unusable(error.to_string()))
}

/// The client of Secret Manager. Unusable credentials are reported when a secret is resolved.
pub fn secrets(config: &Config, clock: &Clock) -> SecretManager {
    let tokens = credentials(&config.store).map(|who| Tokens::new(who, clock.clone()));
    SecretManager::new(tokens.map_err(|error| error.to_string()))
}

/// Why an [`App`] can't be built.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store can't be opened, or the secret key can't be read from it or written to it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret key named in the settings can't be resolved.
    #[error("SECRET_KEY: {0}")]
    Secret(#[from] SecretError),
    /// A secret key is too short, or there are more than two.
    #[error(
        "SECRET_KEY takes one key of at least {MIN_KEY_CHARS} characters, or a new one and an old one, with a comma between"
    )]
    ShortKey,
}

/// Hubs' documents in memory at the same time, of at most 10 MiB each.
const PUSHES: usize = 2;
/// Minimum length of the secret key, in bytes.
const MIN_KEY_CHARS: usize = 32;

/// The regions of an instance's cache. Their shares add up to 100 percent.
static REGIONS: [&Region; 25] = [
    &session::SESSIONS,
    &users::cached::USERS,
    &token::TOKENS,
    &share::SHARES,
    &shelves::SUBSCRIPTIONS,
    &read_store::READ,
    &stars::STARS,
    &kept::store::KEPT,
    &stars::NEWEST,
    &stars::STAR_ARRIVALS,
    &numbers::store::NUMBERS,
    &shared::LISTINGS,
    &shared::PAGES,
    &journal::store::JOURNALS,
    &house::store::HOUSE,
    &search::own::OWN_WORDS,
    &feeds::store::HEADS,
    &feeds::store::WORDS,
    &shelf_heads::SHELF_HEADS,
    &articles::store::CARDS,
    &articles::store::TIMELINES,
    &articles::store::BODIES,
    &articles::store::OPENED,
    &icons::store::PICTURES,
    &icons::store::ICONS,
];

/// How commits update the cache.
static RULES: [Rule; 14] = [
    session::remember,
    users::cached::remember,
    token::remember,
    share::remember,
    shelves::remember,
    read_store::remember,
    stars::remember,
    kept::store::remember,
    numbers::store::remember,
    journal::store::remember,
    house::store::remember,
    search::own::remember,
    feeds::store::remember,
    articles::store::remember,
];

/// An instance's cache of at most `mib` MiB; `None` for 0.
fn cache(mib: u64, clock: &Clock, random: &Random) -> Option<Cache> {
    let instance = u32::try_from(random.id(u64::from(u32::MAX))).unwrap_or(1);
    let cache = || {
        Cache::new(
            mib * 1_024 * 1_024,
            clock.clone(),
            instance,
            &REGIONS,
            &RULES,
        )
    };
    (mib > 0).then(cache)
}

/// The keys that sign cookies and cursors: from the settings, from Secret Manager, or from the store.
///
/// One that was generated, and lies in the store, counts as the older one beside a setting: nobody knows it, so nobody could name both.
/// One read where the setting is missing or has one key.
///
/// # Errors
/// [`StartError`] if the key can't be read, or is too short.
pub async fn secret_key(
    config: &Config,
    secrets: &SecretManager,
    store: &Datastore,
    random: &Random,
) -> Result<SecretKeys, StartError> {
    let text = match &config.server.secret_key {
        Some(secret) => secrets.resolve(secret).await?,
        None => users::setting::secret_key(store, random).await?,
    };
    let keys = SecretKeys::read(&text, MIN_KEY_CHARS).ok_or(StartError::ShortKey)?;
    if config.server.secret_key.is_none() || keys.older().is_some() {
        return Ok(keys);
    }
    Ok(match users::setting::generated_key(store).await? {
        Some(generated) => keys.or_older(generated.as_bytes()),
        None => keys,
    })
}

/// The configured OpenID Connect provider, which redirects back to our own address.
fn provider(config: &Config, base_url: &Url, clock: &Clock) -> Option<Provider> {
    let set = config.openid.as_ref()?;
    let redirect = base_url.join("auth/openid/callback").ok()?;
    let client_id = &set.client_id;
    Some(Provider::new(
        &set.issuer,
        client_id,
        redirect,
        clock.clone(),
    ))
}

fn callbacks(config: &Config, base_url: &Url, secret: &SecretKeys) -> Option<Callbacks> {
    let wanted = config.fetch.websub && config.cron.has_scheduler();
    let found = || Callbacks::new(base_url, secret, config.fetch.allow_private);
    wanted.then(found).flatten()
}

fn mailer(config: &Config, base_url: &Url, clock: &Clock, random: &Random) -> Option<Mailer> {
    let set = config.mail.clone()?;
    let host = base_url.host_str().unwrap_or("localhost");
    Some(Mailer::new(set, clock.clone(), random.clone(), host))
}

impl App {
    /// The path below which the service is, with a slash before it and none after it; empty as a rule.
    pub fn root(&self) -> &str {
        self.base_url.path().trim_end_matches('/')
    }

    /// One of our paths as browsers know it.
    pub fn path_of(&self, path: &str) -> String {
        match (self.root(), path) {
            ("", path) => path.to_owned(),
            (root, "/") => root.to_owned(),
            (root, path) => format!("{root}{path}"),
        }
    }

    /// Builds the application. The secret key comes from the settings or, if they don't name one, from the store.
    ///
    /// # Errors
    /// [`StartError`] if the secret key can't be read, or is too short.
    pub async fn new(parts: Parts) -> Result<Self, StartError> {
        let Parts {
            config,
            store,
            clock,
            random,
            base_url,
            leaving,
        } = parts;
        let store = match cache(config.server.cache_mb, &clock, &random) {
            Some(cache) => store.with_cache(cache),
            None => store,
        };
        let shards = Shards::new(config.fetch.tick_shards);
        let secrets = secrets(&config, &clock);
        let secret = secret_key(&config, &secrets, &store, &random).await?;
        Ok(Self {
            provider: provider(&config, &base_url, &clock),
            callbacks: callbacks(&config, &base_url, &secret),
            mailer: mailer(&config, &base_url, &clock, &random),
            push_limit: PushLimit::default(),
            google_keys: Keys::new(clock.clone()),
            secrets,
            config,
            store,
            clock,
            random,
            secret,
            base_url,
            sign_in_limit: SignInLimit::default(),
            mail_limit: MailLimit::default(),
            asking_limit: AskingLimit::default(),
            audit_limit: AuditLimit::default(),
            bodies: Bodies::default(),
            desk_limit: DeskLimit::default(),
            refresh_limit: RefreshLimit::default(),
            in_flight: InFlight::of(shards),
            tally: Tally::default(),
            recent_arrivals: RecentArrivals::default(),
            gate: Gate::default(),
            leaving,
            held_bytes: Arc::default(),
            pictures: PictureTurns::default(),
            pushes: tokio::sync::Semaphore::new(PUSHES),
        })
    }

    /// Creates the context of one fetching task, which is dropped with the task.
    ///
    /// # Errors
    /// The same as [`RefreshContext::new`].
    pub fn refresh_context(&self) -> Result<RefreshContext, FetchError> {
        RefreshContext::new(
            self.store.clone(),
            self.clock.clone(),
            &self.config.fetch,
            Some(&self.base_url),
            Some(&self.secret),
            self.in_flight.clone(),
            self.tally.clone(),
        )
        .map(|context| context.until(self.leaving.clone()))
    }

    /// Sends a letter. `None` without a relay.
    ///
    /// # Errors
    /// [`MailError`] says why it wasn't sent.
    pub async fn send(&self, letter: &Letter) -> Option<Result<(), MailError>> {
        let mailer = self.mailer.as_ref()?;
        // Large, so it is boxed to stay out of every caller's future.
        Some(Box::pin(mailer.send(&self.secrets, letter)).await)
    }

    /// Whether cookies are marked `Secure`, so that browsers send them over TLS only.
    pub fn is_secure(&self) -> bool {
        self.base_url.scheme() == "https" || self.config.server.behind_proxy
    }

    /// A user's quota: their own limits over their class's.
    pub fn quota_of(&self, user: &User) -> Quota {
        let class = self.config.quotas.of(user.profile.admin);
        user.profile.quota.over(class, &self.config.quotas.ceiling)
    }

    /// The rules for creating an account with this email address.
    pub fn policy(&self, email: &str) -> SignUpPolicy<'_> {
        SignUpPolicy {
            open: self.config.server.signup.allows(email),
            admin_email: self.config.server.admin_email.as_deref(),
        }
    }

    /// Whether sign-up is open, to all or to some addresses, once there is an account.
    pub fn may_sign_up(&self) -> bool {
        self.config.server.signup != SignUp::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regions_shares_make_a_hundred() {
        let shares: u64 = REGIONS.iter().map(|region| region.share).sum();
        assert_eq!(shares, 100);
    }
}
