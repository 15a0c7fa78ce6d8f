//! The relay that email goes out by, and who may invite.

use std::net::IpAddr;

use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;
use percent_encoding::percent_decode_str;
use url::Url;

use super::{ConfigError, Env, Secret};

/// How email goes out. Without a relay there is none: administrators make links for new passwords instead.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The relay, with its user and password. `SMTP_URL`: `smtps://user:password@host` (TLS from the first byte, port 465),
    /// `smtp://user:password@host` (STARTTLS, which is required, port 587), or its name in Secret Manager.
    pub relay: Secret,
    /// Who the email is from. `MAIL_FROM`: an address, or a name and an address, such as
    /// `Dormouse <reader@example.org>`.
    pub from: Mailbox,
    /// An authority that certificates of the relay may be from, besides Mozilla's. `SMTP_CA`: a file with its certificate (PEM).
    pub authority: Option<Certificate>,
}

/// What a PEM file of a certificate has in it (RFC 7468).
const PEM_MARK: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A relay.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Its name, or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// User and password.
    pub login: Option<(String, String)>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Relay({}:{})", self.host, self.port)
    }
}

/// How the connection to a relay is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayTls {
    /// From the first byte (RFC 8314).
    Implicit,
    /// By STARTTLS (RFC 3207), without which nothing is sent.
    StartTls,
    /// Not at all: on this machine, or where the operator says so.
    Plain,
}

impl Relay {
    /// Reads the text of `SMTP_URL`.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let takes = "isn’t a relay’s address; it takes smtps://user:password@host or smtp://user:password@host";
        let url = Url::parse(text).map_err(|_| takes.to_owned())?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| takes.to_owned())?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let address = host.parse::<IpAddr>();
        let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        let asked = url.query_pairs().find(|(name, _)| name == "tls");
        let asked = asked.map(|(_, value)| value.into_owned());
        let tls = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => RelayTls::Implicit,
            ("smtp", Some("required")) => RelayTls::StartTls,
            ("smtp", Some("none")) => RelayTls::Plain,
            ("smtp", None) if is_here => RelayTls::Plain,
            ("smtp", None) => RelayTls::StartTls,
            ("smtp" | "smtps", Some(_)) => {
                return Err("has an unknown tls; smtp takes tls=required or tls=none".to_owned());
            }
            _ => return Err(takes.to_owned()),
        };
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let login = (!url.username().is_empty()).then(|| {
            let password = url.password().unwrap_or_default();
            (decoded(url.username()), decoded(password))
        });
        if login.is_some() && tls == RelayTls::Plain && !is_here {
            return Err("would send a password without TLS; leave out tls=none".to_owned());
        }
        let usual = match tls {
            RelayTls::Implicit => 465,
            RelayTls::StartTls => 587,
            RelayTls::Plain => 25,
        };
        Ok(Self {
            port: url.port().unwrap_or(usual),
            host,
            tls,
            login,
        })
    }
}

impl MailConfig {
    /// The configured relay, if any.
    pub(super) fn from_env(env: &Env) -> Result<Option<Self>, ConfigError> {
        let relay = Secret::from_env(env, "SMTP_URL", 1)?;
        let from = env.get("MAIL_FROM");
        let (relay, from) = match (relay, from) {
            (None, None) => return Ok(None),
            (Some(relay), Some(from)) => (relay, from),
            (Some(_), None) => {
                let needed = "must be set too, beside SMTP_URL: the address that email comes from";
                return Err(ConfigError::new("MAIL_FROM", needed));
            }
            (None, Some(_)) => {
                let needed = "must be set too, beside MAIL_FROM: the relay that sends it";
                return Err(ConfigError::new("SMTP_URL", needed));
            }
        };
        if let Secret::Plain(text) = &relay {
            // The value has a password, and isn't said.
            Relay::parse(text).map_err(|wrong| ConfigError::new("SMTP_URL", wrong))?;
        }
        let wrong = || {
            let takes = "it takes an address, or a name and one: Dormouse <reader@example.org>";
            ConfigError::new("MAIL_FROM", format!("is {from:?}; {takes}"))
        };
        let from = from.parse::<Mailbox>().map_err(|_| wrong())?;
        if !from.email.to_string().is_ascii() {
            return Err(wrong());
        }
        let authority = env.get("SMTP_CA").map(authority).transpose()?;
        Ok(Some(Self {
            relay,
            from,
            authority,
        }))
    }
}

/// The certificate in a file.
fn authority(path: &str) -> Result<Certificate, ConfigError> {
    let wrong = |why: String| ConfigError::new("SMTP_CA", format!("is {path:?}, {why}"));
    let bytes =
        std::fs::read(path).map_err(|error| wrong(format!("which can’t be read: {error}")))?;
    let no_certificate = || wrong("which has no certificate in it; it takes a PEM file".to_owned());
    let is_marked = bytes.windows(PEM_MARK.len()).any(|part| part == PEM_MARK);
    if !is_marked {
        return Err(no_certificate());
    }
    Certificate::from_pem(&bytes).map_err(|_| no_certificate())
}

/// Who may invite others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inviting {
    /// Administrators.
    #[default]
    Administrators,
    /// Every reader.
    Readers,
}

impl Inviting {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        match env.get("INVITATIONS") {
            None | Some("admin") => Ok(Self::Administrators),
            Some("readers") => Ok(Self::Readers),
            Some(other) => {
                let takes = format!("is {other:?}; it takes admin or readers");
                Err(ConfigError::new("INVITATIONS", takes))
            }
        }
    }
}

/// Most characters of the operator's line about closed sign-up.
const NOTE_CHARS: usize = 300;

/// `SIGNUP_NOTE`.
pub(super) fn sign_up_note(env: &Env) -> Result<Option<String>, ConfigError> {
    let note = env.get("SIGNUP_NOTE").map(str::to_owned);
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > NOTE_CHARS)
    {
        let takes = format!("is too long; it takes at most {NOTE_CHARS} characters");
        return Err(ConfigError::new("SIGNUP_NOTE", takes));
    }
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<const N: usize>(set: [(&str, &str); N]) -> Result<Option<MailConfig>, String> {
        MailConfig::from_env(&Env::of(set)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_relay_is_secure_unless_it_is_here_or_somebody_says_so() {
        for (text, port, tls) in [
            ("smtps://relay.example.org", 465, RelayTls::Implicit),
            ("smtp://relay.example.org", 587, RelayTls::StartTls),
            (
                "smtp://relay.example.org:2525?tls=none",
                2525,
                RelayTls::Plain,
            ),
            ("smtp://127.0.0.1:1025", 1025, RelayTls::Plain),
            ("smtp://localhost?tls=required", 587, RelayTls::StartTls),
            ("smtp://[::1]", 25, RelayTls::Plain),
        ] {
            let relay = Relay::parse(text).unwrap();
            assert_eq!((relay.port, relay.tls), (port, tls), "{text}");
        }
        let relay = Relay::parse("smtps://ann%40example.org:p%3Aw@relay.example.org").unwrap();
        let login = ("ann@example.org".to_owned(), "p:w".to_owned());
        assert_eq!(relay.login, Some(login));
        assert!(!format!("{relay:?}").contains("p:w"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_and_no_password_is_said() {
        assert!(read([]).unwrap().is_none());
        let from = ("MAIL_FROM", "Dormouse <reader@example.org>");
        let known = read([from, ("SMTP_URL", "smtps://ann:hush@relay.example.org")]);
        let known = known.unwrap().unwrap();
        assert_eq!(known.from.email.to_string(), "reader@example.org");
        assert!(!format!("{known:?}").contains("hush"));
        for (error, name) in [
            (read([from]), "SMTP_URL must"),
            (
                read([("SMTP_URL", "smtps://relay.example.org")]),
                "MAIL_FROM must",
            ),
            (
                read([from, ("SMTP_URL", "relay.example.org")]),
                "SMTP_URL isn’t",
            ),
            (
                read([from, ("SMTP_URL", "https://ann:hush@relay.example.org")]),
                "SMTP_URL isn’t",
            ),
            (
                read([
                    from,
                    ("SMTP_URL", "smtp://ann:hush@relay.example.org?tls=none"),
                ]),
                "SMTP_URL would",
            ),
            (
                read([
                    from,
                    ("SMTP_URL", "smtps://relay.example.org"),
                    ("SMTP_CA", "/no/such.pem"),
                ]),
                "SMTP_CA is \"/no/such.pem\", which can’t be read",
            ),
            (
                read([
                    from,
                    ("SMTP_URL", "smtps://relay.example.org"),
                    ("SMTP_CA", "Cargo.toml"),
                ]),
                "SMTP_CA is \"Cargo.toml\", which has no certificate",
            ),
            (
                read([
                    ("MAIL_FROM", "nobody"),
                    ("SMTP_URL", "smtps://relay.example.org"),
                ]),
                "MAIL_FROM is",
            ),
        ] {
            let error = error.unwrap_err();
            assert!(error.starts_with(name), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
