//! Sign-in with an account at an OpenID provider.

use url::Url;

use super::{ConfigError, Env, Secret};

/// Google's issuer, as its discovery document names itself.
const GOOGLE: &str = "https://accounts.google.com";

/// An OpenID Connect provider. It has to know the address that it may send people back to: `BASE_URL` with
/// `auth/openid/callback`.
#[derive(Clone, Debug)]
pub struct OpenIdConfig {
    /// The issuer, exactly as its tokens name it. `OIDC_ISSUER`, such as `https://id.example.org`: https, or http on
    /// this machine. Its description is at `OIDC_ISSUER/.well-known/openid-configuration`.
    pub issuer: String,
    /// Our client id. `OIDC_CLIENT_ID`; or `GOOGLE_CLIENT_ID`, which implies Google's issuer and name.
    pub client_id: String,
    /// Our client secret. `OIDC_CLIENT_SECRET`, or `GOOGLE_CLIENT_SECRET`: the value, or its name in Secret Manager
    /// (`projects/PROJECT/secrets/NAME`).
    pub client_secret: Secret,
    /// What the button says after "Continue with". `OIDC_NAME`, default the issuer's host; "Google" for Google.
    pub name: String,
}

impl OpenIdConfig {
    /// The configured provider, if any.
    pub(super) fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        let google = ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"];
        let other = ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"];
        let set =
            |names: &[&'static str]| names.iter().copied().find(|name| env.get(name).is_some());
        match (set(&google), set(&["OIDC_ISSUER"]).or(set(&other))) {
            (None, None) => Ok(None),
            (Some(_), None) => Self::read(env, (GOOGLE.into(), "Google".into()), google).map(Some),
            (None, Some(_)) => Self::read(env, issuer(env)?, other).map(Some),
            (Some(_), Some(name)) => {
                let twice =
                    "is set beside GOOGLE_CLIENT_ID: set Google’s variables, or another provider’s";
                Err(ConfigError::new(name, twice))
            }
        }
    }

    fn read(
        env: &Env,
        (issuer, name): (String, String),
        [id, secret]: [&'static str; 2],
    ) -> Result<Self, ConfigError> {
        let missing =
            |name, other| ConfigError::new(name, format!("must be set too, beside {other}"));
        Ok(Self {
            client_id: env.get(id).ok_or_else(|| missing(id, secret))?.to_owned(),
            client_secret: Secret::from_env(env, secret, 1)?.ok_or_else(|| missing(secret, id))?,
            issuer,
            name,
        })
    }
}

/// The issuer and its name. The text stays as typed: it is compared exactly.
fn issuer(env: &Env) -> Result<(String, String), ConfigError> {
    let name = "OIDC_ISSUER";
    let Some(text) = env.get(name) else {
        return Err(ConfigError::new(
            name,
            "must be set too, beside OIDC_CLIENT_ID",
        ));
    };
    let fits = |url: &Url| {
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
        safe && url.has_host() && url.query().is_none() && url.fragment().is_none()
    };
    match Url::parse(text).ok().filter(fits) {
        Some(url) => {
            let host = url.host_str().unwrap_or_default().to_owned();
            let called = env.get("OIDC_NAME").map_or(host, str::to_owned);
            Ok((text.to_owned(), called))
        }
        None => {
            let takes = "it takes an https address without a query, such as https://id.example.org";
            Err(ConfigError::new(name, format!("is {text:?}; {takes}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<const N: usize>(set: [(&str, &str); N]) -> Result<Option<OpenIdConfig>, String> {
        OpenIdConfig::from_env(&Env::of(set)).map_err(|error| error.to_string())
    }

    #[test]
    fn google_is_two_variables_and_any_other_provider_three() {
        assert!(read([]).unwrap().is_none());
        let google = read([("GOOGLE_CLIENT_ID", "us"), ("GOOGLE_CLIENT_SECRET", "hush")]);
        let google = google.unwrap().unwrap();
        assert_eq!(
            (google.issuer.as_str(), google.name.as_str()),
            (GOOGLE, "Google")
        );
        assert!(!format!("{google:?}").contains("hush"));
        let other = read([
            ("OIDC_ISSUER", "https://id.example.org/realms/us"),
            ("OIDC_CLIENT_ID", "us"),
            ("OIDC_CLIENT_SECRET", "projects/p/secrets/s"),
        ]);
        let other = other.unwrap().unwrap();
        assert_eq!(other.issuer, "https://id.example.org/realms/us");
        assert_eq!(other.name, "id.example.org");
        assert!(matches!(other.client_secret, Secret::Resource(_)));
    }

    #[test]
    fn half_a_configuration_names_the_other_half() {
        let id = ("OIDC_CLIENT_ID", "us");
        let secret = ("OIDC_CLIENT_SECRET", "hush");
        let issuer = ("OIDC_ISSUER", "https://id.example.org");
        let google = ("GOOGLE_CLIENT_ID", "us");
        for (error, name) in [
            (read([id, secret]), "OIDC_ISSUER "),
            (read([issuer, secret]), "OIDC_CLIENT_ID "),
            (read([issuer, id]), "OIDC_CLIENT_SECRET "),
            (read([google]), "GOOGLE_CLIENT_SECRET "),
            (
                read([("GOOGLE_CLIENT_SECRET", "hush")]),
                "GOOGLE_CLIENT_ID ",
            ),
            (read([issuer, google]), "OIDC_ISSUER "),
            (
                read([("OIDC_ISSUER", "http://id.example.org"), id, secret]),
                "OIDC_ISSUER is",
            ),
            (
                read([("OIDC_ISSUER", "id.example.org"), id, secret]),
                "OIDC_ISSUER is",
            ),
        ] {
            let error = error.unwrap_err();
            assert!(error.starts_with(name), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
