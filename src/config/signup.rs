//! Who may create an account.

use super::{ConfigError, Env};

/// Who may create an account after the first, whichever sign-in method they use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// No one.
    Closed,
    /// Everyone.
    Open,
    /// These addresses (`anna@example.org`), and all of these domains (`@example.com`), in lower case.
    Listed(Vec<String>),
}

impl SignUp {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text = env.get("SIGNUP").unwrap_or("closed");
        match text {
            "closed" => return Ok(Self::Closed),
            "open" => return Ok(Self::Open),
            _ => {}
        }
        let entries = text.split(',').map(str::trim).filter(|e| !e.is_empty());
        let entries: Option<Vec<String>> = entries.map(entry).collect();
        match entries.filter(|entries| !entries.is_empty()) {
            Some(entries) => Ok(Self::Listed(entries)),
            None => Err(ConfigError::new(
                "SIGNUP",
                format!(
                    "is {text:?}; it takes closed, open, or a list such as anna@example.org, @example.com"
                ),
            )),
        }
    }

    /// Whether someone with this address may create one.
    pub fn allows(&self, email: &str) -> bool {
        match self {
            Self::Closed => false,
            Self::Open => true,
            Self::Listed(entries) => {
                let email = email.trim().to_lowercase();
                // The domain from the last "@" on, as domains are listed.
                let Some((name, domain)) = email.rsplit_once('@') else {
                    return false;
                };
                let domain = format!("@{}", in_ascii(domain));
                entries
                    .iter()
                    .any(|entry| *entry == format!("{name}{domain}") || *entry == domain)
            }
        }
    }
}

/// A domain as name servers know it; one that they can't know stays as it is.
fn in_ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned())
}

/// An address, or a domain with "@" before it. A word without a dot is a mistyped "open" rather than a domain.
fn entry(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let (name, domain) = text.split_once('@').unwrap_or(("", &text));
    let known = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let fits = domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && domain.chars().all(known)
        && !name.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then(|| format!("{name}@{}", in_ascii(domain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SignUp, ConfigError> {
        SignUp::from_env(&Env::of([("SIGNUP", text)]))
    }

    #[test]
    fn a_list_names_addresses_and_whole_domains() {
        let list = read(
            "Anna@example.org, @example.com example.net @bücher.example"
                .replace(' ', ",")
                .as_str(),
        );
        let list = list.unwrap();
        for allowed in [
            "anna@example.org",
            " ANNA@example.org",
            "x@example.com",
            "y@Example.net",
            "z@Bücher.example",
            "z@xn--bcher-kva.example",
        ] {
            assert!(list.allows(allowed), "{allowed}");
        }
        for refused in [
            "bob@example.org",
            "x@mail.example.com",
            "x@notexample.com",
            "x@example.com@evil.example",
            "@example.org",
            "anna@example.org.evil.example",
            "",
        ] {
            assert!(!list.allows(refused), "{refused}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(read(""), Ok(SignUp::Closed));
        assert_eq!(read("open"), Ok(SignUp::Open));
        for wrong in [
            "opne",
            ",",
            "anna@",
            "a b@example.org",
            "anna@example.org, nobody",
            "@",
        ] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.starts_with("SIGNUP is"), "{error}");
        }
    }
}
