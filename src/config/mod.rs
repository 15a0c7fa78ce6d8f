//! The configuration: read once from the environment, here and nowhere else.
//!
//! One struct for each concern; a field's comment is its manual, and the README's table says the same. A wrong value
//! names its variable. Every command obeys the same settings.

mod cron;
mod env;
mod fetch;
mod openid;
mod quota;
mod secret;
mod server;
mod signup;
mod store;

pub use cron::CronConfig;
pub use env::{ConfigError, Env};
pub use fetch::FetchConfig;
pub use openid::OpenIdConfig;
pub use quota::{Quota, Quotas};
pub use secret::Secret;
pub use server::ServerConfig;
pub use signup::SignUp;
pub use store::{CredentialsFrom, StoreAddress, StoreConfig};

/// What stands in the files to deploy with, where an installation's own value belongs.
const PLACEHOLDER: &str = "CHANGE-ME";

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data is.
    pub store: StoreConfig,
    /// How we are reached, and by whom.
    pub server: ServerConfig,
    /// How we ask publishers.
    pub fetch: FetchConfig,
    /// Who may call `/cron/…`.
    pub cron: CronConfig,
    /// Whom people may sign in with, if anybody.
    pub openid: Option<OpenIdConfig>,
    /// How much one reader may take up.
    pub quotas: Quotas,
}

impl Config {
    /// Reads all of it.
    ///
    /// # Errors
    /// The first variable with a wrong value, by name, with what it takes.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        for name in ["ADMIN_EMAIL", "BASE_URL", "SECRET_KEY", "STORE"] {
            // Everybody knows what our own files say.
            if env
                .get(name)
                .is_some_and(|value| value.contains(PLACEHOLDER))
            {
                let left = format!("still has {PLACEHOLDER} in it; put your own value there");
                return Err(ConfigError::new(name, left));
            }
        }
        Ok(Self {
            store: StoreConfig::from_env(env)?,
            server: ServerConfig::from_env(env)?,
            fetch: FetchConfig::from_env(env)?,
            cron: CronConfig::from_env(env)?,
            openid: OpenIdConfig::from_env(env)?,
            quotas: Quotas::from_env(env)?,
        })
    }
}
