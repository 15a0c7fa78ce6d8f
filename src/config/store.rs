//! Where the data is.

use std::path::PathBuf;

use super::{ConfigError, Env};

/// Settings of the store.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The folder of the embedded store. `STORE`, default `./data`.
    pub folder: PathBuf,
}

impl StoreConfig {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text = env.get("STORE").unwrap_or("./data");
        if text.contains("://") {
            let takes = format!("is {text:?}; it takes the path of a folder, such as ./data");
            return Err(ConfigError::new("STORE", takes));
        }
        let folder = PathBuf::from(text);
        Ok(Self { folder })
    }
}
