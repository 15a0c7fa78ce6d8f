//! Feeds behind a door: what their publisher asks for before it lets anybody in, sealed.
//!
//! Such a feed is its reader's own: its address leads to it for them alone (`store.rs`), also where others read the same one.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use super::address::cleaned;
use crate::ids::UserId;
use crate::random::Random;
use crate::sealed::{Renewal, Seal, SecretKeys};

/// The purpose of the seal.
const PURPOSE: &str = "feed door";
/// Longest name, of a user or a header, in bytes.
pub const NAME_BYTES: usize = 200;
/// Longest password, token or value of a header, in bytes: the longest tokens are signed ones, of some hundred.
pub const SECRET_BYTES: usize = 4_000;

/// Headers that can't be a pass: they steer the connection or the message, are our own to write, or say things of the network
/// to whoever stands in it. The names of cloud platforms' metadata services are among the last.
const RESERVED: [&str; 25] = [
    "host",
    "connection",
    "keep-alive",
    "content-length",
    "content-type",
    "content-encoding",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "range",
    "accept",
    "accept-encoding",
    "accept-charset",
    "user-agent",
    "referer",
    "origin",
    "from",
    "via",
    "forwarded",
    "date",
    "cache-control",
    "pragma",
    "metadata",
];
/// The beginnings of further such names.
const RESERVED_BEGINNINGS: [&str; 8] = [
    "if-",
    "proxy-",
    "sec-",
    "x-forwarded",
    "x-real-ip",
    "metadata-",
    "x-google-",
    "x-aws-",
];

/// How one is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A name and a password (RFC 7617).
    #[serde(rename = "b")]
    Basic,
    /// A token (RFC 6750).
    #[serde(rename = "t")]
    Bearer,
    /// A header of the publisher's own.
    #[serde(rename = "h")]
    Header,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Bearer, Self::Header];

    /// Its name in forms, files and the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::Header => "header",
        }
    }

    /// By that name.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Why something can't be a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPass {
    /// Neither a name nor a secret.
    #[error("The password is missing.")]
    Missing,
    /// A header without a name.
    #[error("The header’s name is missing.")]
    Nameless,
    /// A name with a colon, which can't be sent.
    #[error("The name can’t have a colon in it.")]
    Colon,
    /// Characters that can't be sent.
    #[error("The name or password has characters in it that can’t be sent, such as line breaks.")]
    Characters,
    /// Too long.
    #[error("The name or password is too long.")]
    TooLong,
    /// A header's name that isn't one, or that can't be a pass.
    #[error("A header of this name can’t be sent.")]
    Reserved,
}

/// What lets one in. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    #[serde(rename = "k")]
    kind: Kind,
    /// The user's name, or the header's; empty for a token.
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    secret: String,
}

impl fmt::Debug for Pass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pass({})", self.kind.word())
    }
}

impl Pass {
    /// A pass as typed.
    ///
    /// # Errors
    /// [`BadPass`], in words, if it can't be one.
    pub fn new(kind: Kind, name: &str, secret: &str) -> Result<Self, BadPass> {
        // A password may begin with a space; a token or a header can't.
        let (name, secret) = match kind {
            Kind::Basic => (name, secret),
            Kind::Bearer => ("", secret.trim()),
            Kind::Header => (name.trim(), secret.trim()),
        };
        if name.len() > NAME_BYTES || secret.len() > SECRET_BYTES {
            return Err(BadPass::TooLong);
        }
        if name.chars().chain(secret.chars()).any(char::is_control) {
            return Err(BadPass::Characters);
        }
        match kind {
            Kind::Basic if name.contains(':') => return Err(BadPass::Colon),
            Kind::Basic if name.is_empty() && secret.is_empty() => return Err(BadPass::Missing),
            Kind::Bearer | Kind::Header if secret.is_empty() => return Err(BadPass::Missing),
            Kind::Bearer if !secret.bytes().all(|byte| byte.is_ascii_graphic()) => {
                return Err(BadPass::Characters);
            }
            Kind::Header if name.is_empty() => return Err(BadPass::Nameless),
            Kind::Header if !may_be_sent(name) => return Err(BadPass::Reserved),
            _ => {}
        }
        Ok(Self {
            kind,
            name: name.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The user's name, or the header's; empty for a token.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What must never be shown: the password, the token or the header's value.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

/// Whether a header of this name may be sent: a token of RFC 9110 that isn't reserved.
fn may_be_sent(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_reserved = RESERVED.contains(&name.as_str())
        || RESERVED_BEGINNINGS
            .iter()
            .any(|begin| name.starts_with(begin));
    name.bytes().all(is_token) && !is_reserved
}

/// The door of a feed, as its record has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Whose the feed is.
    #[serde(rename = "r")]
    pub of: UserId,
    /// How one is let in.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// The pass, sealed for this reader and the feed's address. Empty on a card that has no room for it: then it is with the
    /// body.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub sealed: String,
}

/// Where a pass opens: sealed for this, it is of no use with another feed.
fn place(of: UserId, address: &str) -> String {
    format!("{of} {address}")
}

impl Door {
    /// Seals a pass for a reader's feed. `None` if it can't be, which doesn't happen.
    pub fn new(
        (keys, random): (&SecretKeys, &Random),
        of: UserId,
        address: &str,
        pass: &Pass,
    ) -> Option<Self> {
        let seal = Seal::new(keys, PURPOSE)?;
        Some(Self {
            of,
            kind: pass.kind,
            sealed: seal.close_for(&place(of, address), pass, random)?,
        })
    }

    /// The pass; `None` if the key that sealed it is gone, or it was sealed for another reader or address.
    pub fn pass(&self, keys: &SecretKeys, address: &str) -> Option<Pass> {
        let seal = Seal::new(keys, PURPOSE)?;
        seal.open_for(&place(self.of, address), &self.sealed)
    }

    /// Seals the pass with the newest key, if an older one did.
    pub fn renew(&mut self, (keys, random): (&SecretKeys, &Random), address: &str) -> Renewal {
        let seal = Seal::new(keys, PURPOSE);
        let place = place(self.of, address);
        let renewal = seal.map_or(Renewal::Lost, |seal| {
            seal.renew(&place, &self.sealed, random)
        });
        if let Renewal::Renewed(sealed) = &renewal {
            self.sealed.clone_from(sealed);
        }
        renewal
    }
}

/// An address as typed without the name and password in it, and those.
///
/// # Errors
/// [`BadPass`] if they can't be sent.
pub fn split(typed: &str) -> Result<(Cow<'_, str>, Option<Pass>), BadPass> {
    let text = cleaned(typed);
    let Some(mut url) = url_with_pass(&text) else {
        return Ok((Cow::Borrowed(typed), None));
    };
    let plain = |part: &str| {
        let decoded = percent_decode_str(part).decode_utf8();
        decoded
            .map(Cow::into_owned)
            .map_err(|_| BadPass::Characters)
    };
    let name = plain(url.username())?;
    let secret = plain(url.password().unwrap_or_default())?;
    let pass = Pass::new(Kind::Basic, &name, &secret)?;
    // Both succeed for addresses with a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok((Cow::Owned(url.into()), Some(pass)))
}

fn url_with_pass(text: &str) -> Option<Url> {
    if !text.contains("://") || !text.contains('@') {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let has_pass = !url.username().is_empty() || url.password().is_some();
    let is_web = matches!(url.scheme(), "http" | "https");
    (has_pass && is_web).then_some(url)
}

/// A text without the name and password of an address in it, whether or not the rest of it is one: for what is shown and kept.
pub fn bare(text: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Cow::Borrowed(text);
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => Cow::Owned(format!("{scheme}://{host}{path}")),
        None => Cow::Borrowed(text),
    }
}

/// An address with the name and password in it, for a list that is to be imported elsewhere.
pub fn with_pass(address: &Url, pass: &Pass) -> String {
    let mut url = address.clone();
    // Both succeed for addresses with a host.
    let _ = url.set_username(&pass.name);
    let _ = url.set_password(
        Some(&pass.secret)
            .filter(|text| !text.is_empty())
            .map(String::as_str),
    );
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(name: &str, secret: &str) -> Pass {
        Pass::new(Kind::Basic, name, secret).unwrap()
    }

    #[test]
    fn a_name_and_a_password_are_taken_out_of_an_address() {
        for (typed, address, name, secret) in [
            (
                "https://ann:pw@news.example/f",
                "https://news.example/f",
                "ann",
                "pw",
            ),
            (
                "feed:https://ann:pw@news.example/",
                "https://news.example/",
                "ann",
                "pw",
            ),
            (
                "http://k%40y@news.example:81/?a@b",
                "http://news.example:81/?a@b",
                "k@y",
                "",
            ),
            ("https://a%3Ab:c@news.example/", "", "", ""),
            ("https://ann:p%0Aw@news.example/", "", "", ""),
        ] {
            match split(typed) {
                Ok((found, pass)) => {
                    assert_eq!(found, address, "{typed}");
                    assert_eq!(pass, Some(basic(name, secret)), "{typed}");
                    let again = with_pass(&Url::parse(&found).unwrap(), &basic(name, secret));
                    assert_eq!(split(&again).unwrap().1, Some(basic(name, secret)));
                }
                Err(_) => assert_eq!(address, "", "{typed}"),
            }
        }
        for open in [
            "news.example",
            "https://medium.com/@ann",
            "@ann@social.example",
            "",
        ] {
            assert_eq!(split(open).unwrap(), (Cow::Borrowed(open), None));
        }
    }

    #[test]
    fn no_secret_is_left_in_what_is_shown() {
        for (text, shown) in [
            ("https://ann:p@ss@news.example/f", "https://news.example/f"),
            ("http://ann:pw@[bad", "http://[bad"),
            ("https://medium.com/@ann", "https://medium.com/@ann"),
            ("plain words", "plain words"),
        ] {
            assert_eq!(bare(text), shown);
        }
        assert_eq!(format!("{:?}", basic("ann", "hush")), "Pass(basic)");
    }

    #[test]
    fn only_what_can_be_sent_is_a_pass() {
        for (kind, name, secret, why) in [
            (Kind::Basic, "", "", BadPass::Missing),
            (Kind::Basic, "a:b", "c", BadPass::Colon),
            (Kind::Basic, "ann", "a\r\nHost: b", BadPass::Characters),
            (Kind::Bearer, "", "  ", BadPass::Missing),
            (Kind::Bearer, "", "a b", BadPass::Characters),
            (Kind::Header, "", "x", BadPass::Nameless),
            (Kind::Header, "Host", "x", BadPass::Reserved),
            (Kind::Header, "content-LENGTH", "1", BadPass::Reserved),
            (Kind::Header, "Metadata-Flavor", "Google", BadPass::Reserved),
            (Kind::Header, "X-Forwarded-For", "::1", BadPass::Reserved),
            (Kind::Header, "a b", "x", BadPass::Reserved),
            (Kind::Header, "X-Key", "a\nb", BadPass::Characters),
        ] {
            assert_eq!(Pass::new(kind, name, secret), Err(why), "{name} {secret}");
        }
        let long = "x".repeat(SECRET_BYTES + 1);
        assert_eq!(Pass::new(Kind::Bearer, "", &long), Err(BadPass::TooLong));
        assert!(Pass::new(Kind::Header, "Cookie", "id=1; b=2").is_ok());
        assert!(Pass::new(Kind::Header, "Authorization", "Token abc").is_ok());
    }

    #[test]
    fn a_door_opens_for_its_reader_and_address_only() {
        let (old, random) = (SecretKeys::one(b"old key"), Random::seeded(1));
        let address = "https://news.example/f";
        let mut door = Door::new((&old, &random), UserId(7), address, &basic("ann", "pw")).unwrap();
        assert_eq!(door.pass(&old, address), Some(basic("ann", "pw")));
        assert_eq!(door.pass(&old, "https://news.example/g"), None);
        let stolen = Door {
            of: UserId(8),
            ..door.clone()
        };
        assert_eq!(stolen.pass(&old, address), None);
        assert!(!serde_json::to_string(&door).unwrap().contains("pw"));

        let both = SecretKeys::read("new key,old key", 7).unwrap();
        let new = SecretKeys::one(b"new key");
        let keys = (&both, &random);
        assert!(matches!(door.renew(keys, address), Renewal::Renewed(_)));
        assert_eq!(door.pass(&new, address), Some(basic("ann", "pw")));
        assert_eq!(door.renew(keys, address), Renewal::Fresh);
    }
}
