//! How we ask publishers.

use std::time::Duration;

use super::{ConfigError, Env};

/// Settings of fetching.
#[derive(Clone, Debug)]
pub struct FetchConfig {
    /// Whether loopback and private addresses may be asked: for tests, and feeds at home. `ALLOW_PRIVATE_NETWORKS`,
    /// default 0.
    pub allow_private: bool,
    /// Pause between two requests to one host. `HOST_SPACING_MS`, default 1000, at most 60000.
    pub host_spacing: Duration,
    /// How long one tick may work before it stores its place. `TICK_SECONDS`, default 240, at most 540.
    pub tick_time: Duration,
}

impl FetchConfig {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let spacing = env.number("HOST_SPACING_MS", 1_000, 0..=60_000)?;
        let seconds = env.number("TICK_SECONDS", 240, 1..=540)?;
        Ok(Self {
            allow_private: env.boolean("ALLOW_PRIVATE_NETWORKS", false)?,
            host_spacing: Duration::from_millis(spacing),
            tick_time: Duration::from_secs(seconds),
        })
    }
}
