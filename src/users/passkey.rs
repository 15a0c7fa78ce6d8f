//! Passkeys (Web Authentication, W3C, level 3): several per account, which open it alone or after the password.
//!
//! A ceremony is begun by one request and finished by another; what is between them is sealed in a cookie, so that nothing
//! is stored for a ceremony that nobody finishes. The library reads the system's clock for how long one lasts (five
//! minutes); nothing else depends on it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use url::Url;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
    UserHandle, Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

use crate::ids::UserId;
use crate::timestamp::Timestamp;

/// Passkeys of one account.
pub const MAX_PASSKEYS: usize = 20;
/// Characters of a passkey's name.
pub const NAME_CHARS: usize = 60;
/// Bytes of a user handle: the account's number, which says nothing about its owner (section 14.6.1).
const HANDLE: usize = 8;

/// A key as the library keeps it.
type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// A passkey of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The credential's id, in base 64.
    pub id: String,
    /// The public key and what never changes, in base 64.
    fixed: String,
    /// The counter and what else may change, in base 64.
    state: String,
    /// What it is called, in its owner's words.
    pub name: String,
    /// Seconds since 1970.
    pub added: i64,
    /// The last day on which it was used, in days since 1970; `None` if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_day: Option<i64>,
}

/// Why a passkey wasn't taken.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// Browsers keep passkeys for a name, over TLS or on the same machine: there is none for this installation's address.
    #[error("Passkeys need an address with a name, such as https://reader.example.")]
    NoName,
    /// The account has as many as are allowed.
    #[error(
        "There are {MAX_PASSKEYS} passkeys already, which is the limit. Remove one that you don’t need."
    )]
    TooMany,
    /// The browser's answer isn't one to what was asked, or too late.
    #[error("The passkey wasn’t accepted. Try again.")]
    Refused,
}

/// What is asked of a browser, and what is kept until it answers.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// For the browser, as JSON.
    pub options: String,
    /// For the other half, in base 64.
    pub state: String,
}

/// The installation as the party that browsers keep passkeys for.
#[derive(Debug)]
pub struct Party {
    id: RpId,
    origin: String,
}

fn packed(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unpacked(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn handle(user: UserId) -> UserHandle<HANDLE> {
    // An array always becomes one.
    let Ok(handle) = UserHandle::decode(user.0.to_be_bytes());
    handle
}

impl Party {
    /// For the installation's address; `None` if browsers keep none for it.
    pub fn of(base_url: &Url) -> Option<Self> {
        let name = base_url.domain()?;
        let is_safe = base_url.scheme() == "https" || name == "localhost";
        let id = AsciiDomain::try_from(name.to_owned()).ok()?;
        is_safe.then(|| Self {
            id: RpId::Domain(id),
            origin: base_url.origin().ascii_serialization(),
        })
    }

    /// Begins to add a passkey to an account, with its address and the passkeys that it has.
    ///
    /// # Errors
    /// [`PasskeyError::TooMany`].
    pub fn begin_adding(
        &self,
        user: UserId,
        (email, passkeys): (&str, &[Passkey]),
    ) -> Result<Ceremony, PasskeyError> {
        if passkeys.len() >= MAX_PASSKEYS {
            return Err(PasskeyError::TooMany);
        }
        let id = handle(user);
        // The name is shown by the device. One that the specification doesn't allow there is replaced by a plain one.
        let name = Username::try_from(email).or_else(|_| Username::try_from("reader"));
        let entity = PublicKeyCredentialUserEntity {
            name: name.map_err(|_| PasskeyError::Refused)?,
            id: &id,
            display_name: Nickname::try_from(email).ok(),
        };
        let known = passkeys.iter().filter_map(|passkey| {
            Some(PublicKeyCredentialDescriptor {
                id: CredentialId::decode(unpacked(&passkey.id)?).ok()?,
                transports: AuthTransports::decode(0).ok()?,
            })
        });
        let mut options =
            PublicKeyCredentialCreationOptions::passkey(&self.id, entity, known.collect());
        // Enforced, as the library would have it, this keeps out every device that doesn't know the extension. The user is verified at
        // each sign-in anyway.
        options.extensions.cred_protect = CredProtect::None;
        let (server, client) = options
            .start_ceremony()
            .map_err(|_| PasskeyError::Refused)?;
        Ok(Ceremony {
            options: serde_json::to_string(&client).map_err(|_| PasskeyError::Refused)?,
            state: packed(server.encode().map_err(|_| PasskeyError::Refused)?),
        })
    }

    /// Finishes it: the passkey that a browser made for this account.
    ///
    /// # Errors
    /// [`PasskeyError::Refused`].
    pub fn finish_adding(
        &self,
        user: UserId,
        (state, answer): (&str, &[u8]),
        name: &str,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyError> {
        let refused = || PasskeyError::Refused;
        let state = unpacked(state).ok_or_else(refused)?;
        let server = RegistrationServerState::<HANDLE>::decode(&state).map_err(|_| refused())?;
        let answer = Registration::from_json_relaxed(answer).map_err(|_| refused())?;
        let origins = [self.origin.as_str()];
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = server
            .verify(&self.id, &answer, &options)
            .map_err(|_| refused())?;
        if *made.user_id() != handle(user) {
            return Err(refused());
        }
        let Ok(fixed) = made.static_state().encode();
        let Ok(state) = made.dynamic_state().encode();
        let Ok(id) = made.id().encode().map(packed);
        Ok(Passkey {
            id,
            fixed: packed(fixed),
            state: packed(state),
            name: short(name),
            added: now.timestamp(),
            used_day: None,
        })
    }

    /// Begins to sign in: the browser offers what it has.
    ///
    /// # Errors
    /// [`PasskeyError::Refused`] if the library fails.
    pub fn begin_sign_in(&self) -> Result<Ceremony, PasskeyError> {
        let options = DiscoverableCredentialRequestOptions::passkey(&self.id);
        let (server, client) = options
            .start_ceremony()
            .map_err(|_| PasskeyError::Refused)?;
        Ok(Ceremony {
            options: serde_json::to_string(&client).map_err(|_| PasskeyError::Refused)?,
            state: packed(server.encode().map_err(|_| PasskeyError::Refused)?),
        })
    }

    /// Finishes it with the account that the browser named: the passkey as it is to be stored.
    ///
    /// # Errors
    /// [`PasskeyError::Refused`] if it isn't one of the account's, or its signature is wrong.
    pub fn finish_sign_in(
        &self,
        passkeys: &[Passkey],
        state: &str,
        answer: &Answer,
        day: i64,
    ) -> Result<Passkey, PasskeyError> {
        let refused = || PasskeyError::Refused;
        let known = passkeys.iter().find(|one| one.id == answer.passkey);
        let mut known = known.ok_or_else(refused)?.clone();
        let state = unpacked(state).ok_or_else(refused)?;
        let server =
            DiscoverableAuthenticationServerState::decode(&state).map_err(|_| refused())?;
        let id = unpacked(&known.id).ok_or_else(refused)?;
        let id = CredentialId::<&[u8]>::decode(&id).map_err(|_| refused())?;
        let fixed = unpacked(&known.fixed).ok_or_else(refused)?;
        let fixed = StaticState::<Key>::decode(&fixed).map_err(|_| refused())?;
        let moving = unpacked(&known.state).and_then(|bytes| bytes.try_into().ok());
        let moving = DynamicState::decode(moving.ok_or_else(refused)?).map_err(|_| refused())?;
        let user = handle(answer.user);
        let mut credential =
            AuthenticatedCredential::new(id, &user, fixed, moving).map_err(|_| refused())?;
        let origins = [self.origin.as_str()];
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        server
            .verify(&self.id, &answer.read, &mut credential, &options)
            .map_err(|_| refused())?;
        let Ok(state) = credential.dynamic_state().encode();
        known.state = packed(state);
        known.used_day = Some(day);
        Ok(known)
    }
}

/// A browser's answer, before it is believed.
#[derive(Debug)]
pub struct Answer {
    /// The account that it names.
    pub user: UserId,
    passkey: String,
    read: DiscoverableAuthentication<HANDLE>,
}

impl Answer {
    /// Reads an answer; `None` if it isn't one.
    pub fn read(json: &[u8]) -> Option<Self> {
        let read = DiscoverableAuthentication::<HANDLE>::from_json_relaxed(json).ok()?;
        let user = read.response().user_handle().as_ref().try_into().ok()?;
        let Ok(passkey) = read.raw_id().encode().map(packed);
        Some(Self {
            user: UserId(i64::from_be_bytes(user)),
            passkey,
            read,
        })
    }
}

/// A name as it is kept.
pub fn short(name: &str) -> String {
    let plain = name.trim().chars().filter(|c| !c.is_control());
    plain.take(NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_names_over_tls_or_on_this_machine() {
        let party = |text| Party::of(&Url::parse(text).unwrap());
        for with in [
            "https://reader.example/",
            "http://localhost:8080/",
            "https://a.b.example:8443/reader/",
        ] {
            assert!(party(with).is_some(), "{with}");
        }
        for without in [
            "http://127.0.0.1:8080/",
            "https://192.0.2.1/",
            "http://reader.example/",
        ] {
            assert!(party(without).is_none(), "{without}");
        }
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in ["", "{}", "null", "{\"id\":\"AAAA\"}"] {
            assert!(Answer::read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
