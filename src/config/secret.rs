//! Secrets: the value itself, or where Google's Secret Manager keeps it.

use std::fmt;

use super::{ConfigError, Env};

/// A secret as configured. It is never shown in a log.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The value.
    Plain(String),
    /// `projects/P/secrets/S/versions/V`: read from Secret Manager when first needed.
    Resource(String),
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => write!(out, "Plain(…)"),
            Self::Resource(name) => write!(out, "Resource({name})"),
        }
    }
}

impl Secret {
    /// A variable that holds a secret of at least `least` bytes, or a resource name.
    pub(super) fn from_env(
        env: &Env,
        name: &'static str,
        least: usize,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(text) = env.get(name) else {
            return Ok(None);
        };
        if text.starts_with("projects/") {
            let resource = resource(text).ok_or_else(|| {
                let takes = "begins like the name of a secret in Secret Manager; such a name is \
                     projects/PROJECT/secrets/NAME or projects/PROJECT/secrets/NAME/versions/VERSION";
                ConfigError::new(name, takes)
            })?;
            return Ok(Some(Self::Resource(resource)));
        }
        if text.len() < least {
            let takes = format!("is too short; it takes at least {least} characters");
            return Err(ConfigError::new(name, takes));
        }
        Ok(Some(Self::Plain(text.to_owned())))
    }
}

/// The full name of a version; without one, the latest. Its parts go into a URL as they are, so only the characters
/// that Google allows in names are accepted.
fn resource(text: &str) -> Option<String> {
    let pieces: Vec<&str> = text.split('/').collect();
    let (project, secret, version) = match pieces.as_slice() {
        ["projects", project, "secrets", secret] => (project, secret, &"latest"),
        ["projects", project, "secrets", secret, "versions", version] => (project, secret, version),
        _ => return None,
    };
    let plain = |piece: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':');
        !piece.is_empty() && piece.chars().all(known)
    };
    // A project of an organisation is named like "example.com:name".
    let dotted = |piece: &str| plain(&piece.replace('.', "-")) && !piece.starts_with('.');
    let fits = dotted(project) && plain(secret) && plain(version);
    fits.then(|| format!("projects/{project}/secrets/{secret}/versions/{version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Secret>, ConfigError> {
        Secret::from_env(&Env::of([("S", text)]), "S", 8)
    }

    #[test]
    fn a_value_or_a_name_and_neither_is_shown() {
        assert_eq!(read(""), Ok(None));
        let plain = read("hush, hush").unwrap().unwrap();
        assert!(!format!("{plain:?}").contains("hush"));
        let latest = Secret::Resource("projects/p/secrets/s/versions/latest".into());
        assert_eq!(read("projects/p/secrets/s"), Ok(Some(latest)));
        let third = Secret::Resource("projects/example.com:p/secrets/s/versions/3".into());
        assert_eq!(
            read("projects/example.com:p/secrets/s/versions/3"),
            Ok(Some(third))
        );
    }

    #[test]
    fn what_only_looks_like_a_name_is_refused() {
        for text in [
            "projects/p",
            "projects/p/secrets/",
            "projects/p/secrets/s/versions",
            "projects/p/secrets/../versions/1",
            "projects/../secrets/s",
            "projects/p/secrets/s?x/versions/1",
            "short",
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with("S "), "{error}");
        }
    }
}
