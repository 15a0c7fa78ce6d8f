//! What every request works with.

use std::ops::Deref;
use std::sync::Arc;

use url::Url;

use crate::client::http::{FetchError, Web};
use crate::clock::Clock;
use crate::config::{Config, CredentialsFrom, SignUp, StoreAddress, StoreConfig};
use crate::datastore::cache::Rule;
use crate::datastore::cloud::{self, Cloud};
use crate::datastore::embedded::Embedded;
use crate::datastore::{Datastore, IndexSet, Memory, Region, StoreError};
use crate::google::{Credentials, SecretError, SecretManager, Tokens};
use crate::limits::{PushLimit, RefreshLimit, SignInLimit};
use crate::oidc::{Keys, Provider};
use crate::random::Chance;
use crate::refresh::context::RefreshContext;
use crate::refresh::gate::Latch;
use crate::refresh::in_flight::Courtesy;
use crate::refresh::recent_arrivals::News;
use crate::shelf::{read_store, stars, store as shelves};
use crate::usage_log::Tally;
use crate::users::store::Door;
use crate::users::{self, session, token};
use crate::websub::Callbacks;
use crate::{articles, feeds};

/// The parts, once for the process.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The store.
    pub store: Datastore,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub chance: Chance,
    /// Signs cookies and cursors.
    pub secret: Vec<u8>,
    /// The address that readers and publishers know.
    pub base_url: Url,
    /// Secrets that Google keeps for us.
    pub secrets: SecretManager,
    /// Whom people may sign in with.
    pub provider: Option<Provider>,
    /// The keys that Google signs its scheduler's tokens with.
    pub google_keys: Keys,
    /// Attempts to sign in.
    pub sign_in_limit: SignInLimit,
    /// Refreshes on demand.
    pub refresh_limit: RefreshLimit,
    /// Which publishers are being asked just now.
    pub courtesy: Courtesy,
    /// Where hubs find us; `None` where none is asked: by the setting, without a scheduler who would have leases renewed, or on a
    /// private network.
    pub callbacks: Option<Callbacks>,
    /// Hubs' pushes.
    pub push_limit: PushLimit,
    /// What requests have cost since the last tick.
    pub tally: Tally,
    /// What arrived lately.
    pub news: News,
    /// Which pulse looks whether anything is to do.
    pub latch: Latch,
}

/// What an app is made of, before anything is opened.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The store.
    pub store: Datastore,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub chance: Chance,
    /// The address that readers and publishers know.
    pub base_url: Url,
}

impl std::fmt::Debug for App {
    /// Without the secret, and so without anything.
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
    /// Shares an app.
    pub fn new(app: App) -> Self {
        Self(Arc::new(app))
    }
}

/// Opens the store that the settings name. One in the cloud is only prepared: its first call connects.
///
/// # Errors
/// The store's; [`StoreError::Invalid`] for credentials that can't be used.
pub fn open_store(
    config: &Config,
    clock: &Clock,
    chance: &Chance,
) -> Result<Datastore, StoreError> {
    open_store_at(&config.store.address, config, clock, chance)
}

/// Opens a store at another address than the settings', with their credentials.
///
/// # Errors
/// As [`open_store`].
pub fn open_store_at(
    address: &StoreAddress,
    config: &Config,
    clock: &Clock,
    chance: &Chance,
) -> Result<Datastore, StoreError> {
    let indexes = IndexSet::ours()?;
    match address {
        StoreAddress::Folder(folder) => {
            let embedded = Embedded::open(folder, indexes)?;
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
            let cloud = Cloud::new(address, tokens, chance.clone())?;
            Ok(Datastore::in_cloud(cloud, indexes, clock.clone()))
        }
    }
}

/// Who we are to Google.
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

/// The secrets that Google keeps for us. Credentials that can't be used are reported when one is needed.
pub fn secrets(config: &Config, clock: &Clock) -> SecretManager {
    let tokens = credentials(&config.store).map(|who| Tokens::new(who, clock.clone()));
    SecretManager::new(tokens.map_err(|error| error.to_string()))
}

/// Why the parts can't be put together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store doesn't open, or has no key and takes none.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key isn't where the settings say.
    #[error("SECRET_KEY: {0}")]
    Secret(#[from] SecretError),
    /// What is there is no key.
    #[error("SECRET_KEY is too short; it takes at least {LEAST_KEY} characters")]
    ShortKey,
}

/// Bytes of the shortest secret key.
const LEAST_KEY: usize = 32;

/// What an instance remembers: the parts' regions, whose shares make a hundred.
static REGIONS: [&Region; 10] = [
    &session::SESSIONS,
    &users::remembered::USERS,
    &token::TOKENS,
    &shelves::SUBSCRIPTIONS,
    &read_store::READ,
    &stars::STARS,
    &feeds::store::HEADS,
    &articles::store::CARDS,
    &articles::store::RIVERS,
    &articles::store::BODIES,
];

/// What commits mean for it.
static RULES: [Rule; 8] = [
    session::remember,
    users::remembered::remember,
    token::remember,
    shelves::remember,
    read_store::remember,
    stars::remember,
    feeds::store::remember,
    articles::store::remember,
];

/// An instance's memory of at most so many MiB; `None` for none.
fn memory(mib: u64, clock: &Clock, chance: &Chance) -> Option<Memory> {
    let instance = u32::try_from(chance.id(u64::from(u32::MAX))).unwrap_or(1);
    let memory = || {
        Memory::new(
            mib * 1_024 * 1_024,
            clock.clone(),
            instance,
            &REGIONS,
            &RULES,
        )
    };
    (mib > 0).then(memory)
}

/// The key that signs cookies and cursors: from the settings, from Secret Manager, or from the store.
///
/// # Errors
/// [`StartError`].
pub async fn secret_key(
    config: &Config,
    secrets: &SecretManager,
    store: &Datastore,
    chance: &Chance,
) -> Result<String, StartError> {
    let key = match &config.server.secret_key {
        Some(secret) => secrets.resolve(secret).await?,
        None => users::setting::secret_key(store, chance).await?,
    };
    if key.len() < LEAST_KEY {
        return Err(StartError::ShortKey);
    }
    Ok(key)
}

/// The provider that is set, which sends people back to our own address.
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

fn callbacks(config: &Config, base_url: &Url, secret: &str) -> Option<Callbacks> {
    let wanted = config.fetch.websub && config.cron.has_scheduler();
    let found = || Callbacks::new(base_url, secret.as_bytes(), config.fetch.allow_private);
    wanted.then(found).flatten()
}

impl App {
    /// Puts the parts together. The secret key is read from where the settings say; if they don't, from the store.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn new(parts: Parts) -> Result<Self, StartError> {
        let Parts {
            config,
            store,
            clock,
            chance,
            base_url,
        } = parts;
        let store = match memory(config.server.cache_mb, &clock, &chance) {
            Some(memory) => store.remembering(memory),
            None => store,
        };
        let secrets = secrets(&config, &clock);
        let secret = secret_key(&config, &secrets, &store, &chance).await?;
        Ok(Self {
            provider: provider(&config, &base_url, &clock),
            callbacks: callbacks(&config, &base_url, &secret),
            push_limit: PushLimit::default(),
            google_keys: Keys::new(clock.clone()),
            secrets,
            config,
            store,
            clock,
            chance,
            secret: secret.into_bytes(),
            base_url,
            sign_in_limit: SignInLimit::default(),
            refresh_limit: RefreshLimit::default(),
            courtesy: Courtesy::default(),
            tally: Tally::default(),
            news: News::default(),
            latch: Latch::default(),
        })
    }

    /// What fetching works with, made anew for each piece of work and dropped with it.
    ///
    /// # Errors
    /// As [`Web::new`].
    pub fn tools(&self) -> Result<RefreshContext, FetchError> {
        let contact = self.config.fetch.contact(Some(&self.base_url));
        Ok(RefreshContext {
            store: self.store.clone(),
            web: Web::new(self.config.fetch.allow_private, &contact)?
                .named_by(self.config.fetch.name_server)?
                .heeding(self.courtesy.pauses())
                .in_turn(self.courtesy.turns(), self.config.fetch.host_spacing),
            clock: self.clock.clone(),
            courtesy: self.courtesy.clone(),
            tally: self.tally.clone(),
        })
    }

    /// Whether browsers are to send cookies over TLS alone.
    pub fn is_secure(&self) -> bool {
        self.base_url.scheme() == "https" || self.config.server.behind_proxy
    }

    /// Whether somebody with this address may make an account, and the first.
    pub fn door(&self, email: &str) -> Door<'_> {
        Door {
            open: self.config.server.signup.allows(email),
            admin_email: self.config.server.admin_email.as_deref(),
        }
    }

    /// Whether anybody may make an account, once there is one.
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
