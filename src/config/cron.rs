//! Who may call `/cron/…`.

use url::Url;

use super::{ConfigError, Env, Secret};

/// Where Google publishes the keys that it signs tokens with.
const GOOGLES_KEYS: &str = "https://www.googleapis.com/oauth2/v3/certs";

/// How schedulers show who they are. Where nothing is set and App Engine isn't around us, everybody is refused.
#[derive(Clone, Debug)]
pub struct CronConfig {
    /// What is sent as `Authorization: Bearer`: at least 8 characters, or their name in Secret Manager. `CRON_SECRET`.
    pub secret: Option<Secret>,
    /// The service account in whose name Cloud Scheduler calls, with an OIDC token. `CRON_SERVICE_ACCOUNT`, such as
    /// `scheduler@project.iam.gserviceaccount.com`.
    pub service_account: Option<String>,
    /// What the token must be meant for. `CRON_AUDIENCE`; without it `BASE_URL`, with or without the slash, or the
    /// address that is called, which is what Cloud Scheduler puts there by itself.
    pub audience: Option<String>,
    /// Whether App Engine is around us: its front end takes `X-Appengine-Cron` from everybody but its own cron. Follows
    /// from `GAE_ENV`.
    pub on_app_engine: bool,
    /// Google's keys. Not a setting: tests have others.
    pub keys: Url,
}

impl CronConfig {
    /// Whether anybody may call.
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
