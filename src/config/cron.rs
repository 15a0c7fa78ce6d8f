//! Who may call `/cron/…`.

use url::Url;

use super::{ConfigError, Env, Secret};

/// Where Google publishes the keys for its tokens.
const GOOGLES_KEYS: &str = "https://www.googleapis.com/oauth2/v3/certs";

/// How schedulers authenticate. If nothing is set and we aren't on App Engine, every call is refused.
#[derive(Clone, Debug)]
pub struct CronConfig {
    /// The secret in `Authorization: Bearer`: at least 8 characters, or its name in Secret Manager. `CRON_SECRET`.
    pub secret: Option<Secret>,
    /// The service account with which Cloud Scheduler calls, with an OIDC token. `CRON_SERVICE_ACCOUNT`, such as
    /// `scheduler@project.iam.gserviceaccount.com`.
    pub service_account: Option<String>,
    /// The token's expected audience. `CRON_AUDIENCE`; default `BASE_URL`, with or without the slash, or the address
    /// that is called, which Cloud Scheduler puts there by default.
    pub audience: Option<String>,
    /// Whether we run on App Engine: its front end removes `X-Appengine-Cron` from all requests but its own cron's.
    /// Follows from `GAE_ENV`.
    pub on_app_engine: bool,
    /// Google's keys. Not a setting: tests use others.
    pub keys: Url,
}

impl CronConfig {
    /// Whether any scheduler may call.
    pub fn has_scheduler(&self) -> bool {
        self.on_app_engine || self.service_account.is_some() || self.secret.is_some()
    }

    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let service_account = env.get("CRON_SERVICE_ACCOUNT").map(str::to_owned);
        if service_account
            .as_ref()
            .is_some_and(|account| !account.contains('@'))
        {
            let takes = "takes the address of a service account, such as \
                 scheduler@project.iam.gserviceaccount.com";
            return Err(ConfigError::new("CRON_SERVICE_ACCOUNT", takes));
        }
        let audience = env.get("CRON_AUDIENCE").map(str::to_owned);
        if audience.is_some() && service_account.is_none() {
            let needs = "does nothing without CRON_SERVICE_ACCOUNT: set that too";
            return Err(ConfigError::new("CRON_AUDIENCE", needs));
        }
        let unusable =
            |error: url::ParseError| ConfigError::new("CRON_SERVICE_ACCOUNT", error.to_string());
        Ok(Self {
            secret: Secret::from_env(env, "CRON_SECRET", 8)?,
            service_account,
            audience,
            on_app_engine: env.get("GAE_ENV").is_some(),
            keys: Url::parse(GOOGLES_KEYS).map_err(unusable)?,
        })
    }
}
