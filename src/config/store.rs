//! Where the data is.

use std::path::PathBuf;

use super::{ConfigError, Env};

/// Google's metadata server, as every instance reaches it.
const METADATA_SERVER: &str = "169.254.169.254";
/// Where gcloud keeps a developer's credentials, below the home folder.
const DEVELOPER: &str = ".config/gcloud/application_default_credentials.json";
/// The variable with the project's name, set on App Engine and by convention elsewhere.
const PROJECT: &str = "GOOGLE_CLOUD_PROJECT";

/// A store: the value of `STORE`, or an end of `dormouse copy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreAddress {
    /// A folder for the embedded store: any path.
    Folder(PathBuf),
    /// A database in Datastore mode: `datastore://PROJECT[/DATABASE]`.
    Cloud {
        /// The project's id.
        project: String,
        /// The database's id; empty for `(default)`.
        database: String,
    },
}

impl std::fmt::Display for StoreAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(out, "{}", folder.display()),
            Self::Cloud { project, database } if database.is_empty() => {
                write!(out, "datastore://{project}")
            }
            Self::Cloud { project, database } => write!(out, "datastore://{project}/{database}"),
        }
    }
}

/// Where credentials for Google come from.
#[derive(Clone, PartialEq, Eq)]
pub enum CredentialsFrom {
    /// The platform's metadata server, at this host.
    Metadata(String),
    /// A key file.
    File(PathBuf),
    /// A key file's contents.
    Json(String),
}

impl std::fmt::Debug for CredentialsFrom {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Metadata(host) => write!(out, "Metadata({host})"),
            Self::File(path) => write!(out, "File({})", path.display()),
            Self::Json(_) => write!(out, "Json"),
        }
    }
}

/// Backups that the daily call takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// Their folder: created if it isn't there.
    pub folder: PathBuf,
    /// How many stay: the newest.
    pub keep: usize,
}

fn backups(env: &Env) -> Result<Option<Backups>, ConfigError> {
    // In range by the bounds in this line.
    let keep = usize::try_from(env.number("BACKUP_KEEP", 7, 1..=1_000)?).unwrap_or(7);
    let folder = env.get("BACKUP_DIR").map(PathBuf::from);
    Ok(folder.map(|folder| Backups { folder, keep }))
}

/// Settings of the store.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// Where the data is: a folder, or `datastore://PROJECT[/DATABASE]`, whose project defaults to
    /// `GOOGLE_CLOUD_PROJECT`. `STORE`, default `./data`.
    pub address: StoreAddress,
    /// Google's emulator, instead of Google: host and port. `DATASTORE_EMULATOR_HOST`.
    pub emulator: Option<String>,
    /// Credentials for Google: `GOOGLE_APPLICATION_CREDENTIALS_JSON`, the contents of a key file, or
    /// `GOOGLE_APPLICATION_CREDENTIALS`, its path; otherwise what `gcloud auth application-default login` has left;
    /// otherwise the metadata server (`GCE_METADATA_HOST`).
    pub credentials: CredentialsFrom,
    /// MiB of the embedded store's file that are kept in memory. `STORE_CACHE_MB`, default 32, 4 to 4096.
    pub cache_mb: u64,
    /// MiB on the disk that imports and backups leave free. `DISK_RESERVE_MB`, default 64, at most 1048576.
    pub reserve_mb: u64,
    /// MiB that the texts of all articles may have, about, before nothing more is fetched; 0 for any. `STORE_MAX_MB`,
    /// default 0.
    pub max_mb: u64,
    /// Where the daily call puts a backup of the embedded store, and how many stay. `BACKUP_DIR`, default none; `BACKUP_KEEP`,
    /// default 7, 1 to 1000.
    pub backups: Option<Backups>,
    /// The project that `datastore://` without one means. `GOOGLE_CLOUD_PROJECT`.
    pub(super) project: Option<String>,
}

impl StoreConfig {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let project = env.get(PROJECT).map(str::to_owned);
        let text = env.get("STORE").unwrap_or("./data");
        let address = address(text, project.as_deref())
            .map_err(|problem| ConfigError::new("STORE", problem))?;
        Ok(Self {
            address,
            emulator: emulator(env)?,
            credentials: credentials(env),
            cache_mb: env.number("STORE_CACHE_MB", 32, 4..=4_096)?,
            reserve_mb: env.number("DISK_RESERVE_MB", 64, 0..=1_048_576)?,
            max_mb: env.number("STORE_MAX_MB", 0, 0..=1_048_576)?,
            backups: backups(env)?,
            project,
        })
    }

    /// The project, if one is known: the store's own, or the environment's.
    pub fn project(&self) -> Option<&str> {
        match &self.address {
            StoreAddress::Cloud { project, .. } => Some(project),
            StoreAddress::Folder(_) => self.project.as_deref(),
        }
    }

    /// Parses an address, as in `STORE` and the ends of `dormouse copy`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(&self, text: &str) -> Result<StoreAddress, String> {
        address(text, self.project.as_deref())
    }
}

fn address(text: &str, project: Option<&str>) -> Result<StoreAddress, String> {
    let Some(rest) = text.strip_prefix("datastore://") else {
        if text.contains("://") {
            let takes = "it takes a folder, such as ./data, or datastore://PROJECT[/DATABASE]";
            return Err(format!("is {text:?}; {takes}"));
        }
        return Ok(StoreAddress::Folder(PathBuf::from(text)));
    };
    let (named, database) = rest.split_once('/').unwrap_or((rest, ""));
    let project = match (named, project) {
        ("", Some(project)) => project,
        ("", None) => {
            return Err(format!(
                "names no project; write datastore://PROJECT, or set {PROJECT}"
            ));
        }
        (named, _) => named,
    };
    let database = database.trim_end_matches('/');
    let database = if database == "(default)" {
        ""
    } else {
        database
    };
    let fits = |id: &str| {
        id.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'))
    };
    if !fits(project) || !fits(database) {
        return Err(format!(
            "is {text:?}; a project’s and a database’s id have letters, digits and hyphens"
        ));
    }
    Ok(StoreAddress::Cloud {
        project: project.to_owned(),
        database: database.to_owned(),
    })
}

fn emulator(env: &Env) -> Result<Option<String>, ConfigError> {
    let Some(text) = env.get("DATASTORE_EMULATOR_HOST") else {
        return Ok(None);
    };
    let bare = text.strip_prefix("http://").unwrap_or(text);
    let bare = bare.trim_end_matches('/');
    if bare
        .rsplit_once(':')
        .is_none_or(|(_, port)| port.parse::<u16>().is_err())
    {
        let takes = format!("is {text:?}; it takes host and port, such as 127.0.0.1:8081");
        return Err(ConfigError::new("DATASTORE_EMULATOR_HOST", takes));
    }
    Ok(Some(bare.to_owned()))
}

fn credentials(env: &Env) -> CredentialsFrom {
    if let Some(json) = env.get("GOOGLE_APPLICATION_CREDENTIALS_JSON") {
        return CredentialsFrom::Json(json.to_owned());
    }
    if let Some(path) = env.get("GOOGLE_APPLICATION_CREDENTIALS") {
        return CredentialsFrom::File(PathBuf::from(path));
    }
    let of_developer = env
        .get("HOME")
        .map(|home| PathBuf::from(home).join(DEVELOPER));
    if let Some(path) = of_developer.filter(|path| path.exists()) {
        return CredentialsFrom::File(path);
    }
    let host = env.get("GCE_METADATA_HOST").unwrap_or(METADATA_SERVER);
    CredentialsFrom::Metadata(host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(env: &Env) -> Result<StoreAddress, ConfigError> {
        StoreConfig::from_env(env).map(|config| config.address)
    }

    fn cloud(project: &str, database: &str) -> StoreAddress {
        StoreAddress::Cloud {
            project: project.to_owned(),
            database: database.to_owned(),
        }
    }

    #[test]
    fn a_store_is_a_folder_or_a_database() {
        let folder = |path: &str| StoreAddress::Folder(path.into());
        assert_eq!(store(&Env::default()), Ok(folder("./data")));
        for (text, expected) in [
            ("/srv/dormouse", folder("/srv/dormouse")),
            ("datastore://field-1", cloud("field-1", "")),
            ("datastore://field-1/", cloud("field-1", "")),
            ("datastore://field-1/(default)", cloud("field-1", "")),
            ("datastore://field-1/feeds", cloud("field-1", "feeds")),
        ] {
            assert_eq!(store(&Env::of([("STORE", text)])), Ok(expected), "{text}");
        }
        let here = Env::of([("STORE", "datastore://"), (PROJECT, "field-2")]);
        assert_eq!(store(&here), Ok(cloud("field-2", "")));
    }

    #[test]
    fn a_wrong_store_is_refused_with_what_is_taken() {
        for text in [
            "datastore://",
            "redis://here",
            "datastore://a b",
            "datastore://a/b/c",
        ] {
            let error = store(&Env::of([("STORE", text)])).unwrap_err().to_string();
            assert!(error.starts_with("STORE "), "{error}");
        }
        let env = Env::of([("DATASTORE_EMULATOR_HOST", "nowhere")]);
        assert!(
            store(&env)
                .unwrap_err()
                .to_string()
                .contains("127.0.0.1:8081")
        );
    }
}
