//! What every request works with.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use url::Url;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::config::{Config, CredentialsFrom, StoreAddress, StoreConfig};
use crate::datastore::cloud::{self, Cloud};
use crate::datastore::embedded::Embedded;
use crate::datastore::{Datastore, IndexSet, StoreError};
use crate::fetch::batch::Tools;
use crate::fetch::courtesy::Courtesy;
use crate::fetch::http::{FetchError, Web};
use crate::fetch::news::News;
use crate::google::{Credentials, Tokens};
use crate::users;
use crate::users::store::Door;
use crate::web::throttle::Throttle;

/// The parts, once for the process.
#[derive(Debug)]
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
    /// Failed attempts to sign in.
    pub throttle: Throttle,
    /// Which publishers are being asked just now.
    pub courtesy: Courtesy,
    /// What arrived lately.
    pub news: News,
    /// The minute before which a pulse has nothing to do, as far as this instance knows: a hint that saves a read.
    pub quiet_until: AtomicI64,
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
            let tokens = Tokens::new(credentials(&config.store)?, clock.clone());
            let cloud = Cloud::new(address, tokens, chance.clone())?;
            Ok(Datastore::in_cloud(cloud, indexes, clock.clone()))
        }
    }
}

/// Who we are to Google.
fn credentials(config: &StoreConfig) -> Result<Credentials, StoreError> {
    if config.emulator.is_some() {
        return Ok(Credentials::Anonymous);
    }
    let unusable = |problem: String| StoreError::Invalid(problem);
    let json = match &config.credentials {
        CredentialsFrom::Metadata(host) => return Ok(Credentials::Metadata(host.clone())),
        CredentialsFrom::Json(json) => json.clone(),
        CredentialsFrom::File(path) => std::fs::read_to_string(path)
            .map_err(|error| unusable(format!("{}: {error}", path.display())))?,
    };
    Credentials::from_json(&json).map_err(|error| unusable(error.to_string()))
}

impl App {
    /// Puts the parts together. The secret key is read from the store, or made, unless the settings have it.
    ///
    /// # Errors
    /// The store's.
    pub async fn new(parts: Parts) -> Result<Self, StoreError> {
        let Parts {
            config,
            store,
            clock,
            chance,
            base_url,
        } = parts;
        let secret = match &config.server.secret_key {
            Some(secret) => secret.clone(),
            None => users::store::secret_key(&store, &chance).await?,
        };
        Ok(Self {
            config,
            store,
            clock,
            chance,
            secret: secret.into_bytes(),
            base_url,
            throttle: Throttle::default(),
            courtesy: Courtesy::default(),
            news: News::default(),
            quiet_until: AtomicI64::new(0),
        })
    }

    /// What fetching works with, made anew for each piece of work and dropped with it.
    ///
    /// # Errors
    /// As [`Web::new`].
    pub fn tools(&self) -> Result<Tools, FetchError> {
        Ok(Tools {
            store: self.store.clone(),
            web: Web::new(self.config.fetch.allow_private, self.base_url.as_str())?,
            clock: self.clock.clone(),
            spacing: self.config.fetch.host_spacing,
            courtesy: self.courtesy.clone(),
        })
    }

    /// Who may make an account.
    pub fn door(&self) -> Door<'_> {
        Door {
            open: self.config.server.signup == crate::config::SignUp::Open,
            admin_email: self.config.server.admin_email.as_deref(),
        }
    }

    /// Remembers that nothing is to do before `minute`.
    pub fn be_quiet_until(&self, minute: i64) {
        self.quiet_until.store(minute, Relaxed);
    }

    /// Whether this instance knows that nothing is to do yet.
    pub fn is_quiet(&self) -> bool {
        crate::clock::minute_of(self.clock.now()) < self.quiet_until.load(Relaxed)
    }
}
