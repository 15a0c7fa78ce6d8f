//! The configuration: read once from the environment, here and nowhere else.
//!
//! One struct per concern; a field's comment is its manual, and `docs/settings.md` says the same. An error about a
//! wrong value names its variable. Every command uses the same settings.

mod cron;
mod env;
mod fetch;
mod in_force;
mod inherited;
mod mail;
mod network;
mod openid;
mod proxy_sign_in;
mod quota;
mod secret;
mod server;
mod signup;
mod store;

pub use cron::CronConfig;
pub use env::{ConfigError, Env};
pub use fetch::{FetchConfig, Keep};
pub use inherited::{Inherited, inherited};
pub use mail::{Inviting, MailConfig, Relay, RelayTls};
pub use network::IpRange;
pub use openid::OpenIdConfig;
pub use proxy_sign_in::ProxySignIn;
pub use quota::{Ceiling, Quota, Quotas, ShelfLimits};
pub use secret::Secret;
pub use server::{Images, ServerConfig};
pub use signup::SignUp;
pub use store::{Backups, CredentialsFrom, StoreAddress, StoreConfig};

/// The placeholder for an installation's own value in the deploy files.
const PLACEHOLDER: &str = "CHANGE-ME";

/// Bytes.
const MIB: u64 = 1_024 * 1_024;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data is.
    pub store: StoreConfig,
    /// The server: its addresses, its keys, and who may sign up.
    pub server: ServerConfig,
    /// How we fetch feeds.
    pub fetch: FetchConfig,
    /// Who may call `/cron/…`.
    pub cron: CronConfig,
    /// The OpenID provider that people may sign in with, if any.
    pub openid: Option<OpenIdConfig>,
    /// How email goes out, if it does.
    pub mail: Option<MailConfig>,
    /// Quotas for users.
    pub quotas: Quotas,
}

impl Config {
    /// Reads all settings.
    ///
    /// # Errors
    /// [`ConfigError`] for the first variable with a wrong value, by name, with what it takes.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        for name in ["ADMIN_EMAIL", "BASE_URL", "SECRET_KEY", "STORE"] {
            // The values in our own files are public.
            if env
                .get(name)
                .is_some_and(|value| value.contains(PLACEHOLDER))
            {
                let left = format!("still has {PLACEHOLDER} in it; put your own value there");
                return Err(ConfigError::new(name, left));
            }
        }
        let quotas = Quotas::from_env(env)?;
        let store = StoreConfig::from_env(env)?;
        Ok(Self {
            server: ServerConfig::from_env(env)?,
            fetch: FetchConfig {
                feed_bytes: quotas.readers.feed_mb * MIB,
                store_bytes: store.max_mb * MIB,
                ..FetchConfig::from_env(env, &quotas.ceiling)?
            },
            cron: CronConfig::from_env(env)?,
            openid: OpenIdConfig::from_env(env)?,
            mail: MailConfig::from_env(env)?,
            quotas,
            store,
        })
    }
}
