//! Security events: log lines of their own, with the address, in a documented form that other programs can read.
//!
//! `docs/security-log.md` has the events and their fields. What was typed isn't logged: it may be a password in the
//! wrong field.

use std::net::IpAddr;

use crate::ids::UserId;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A wrong password, or an unknown account.
    SignInFailed,
    /// An attempt that wasn't made, because there were too many.
    SignInThrottled,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// An account was created.
    SignedUp,
    /// A token that isn't one.
    TokenRefused,
    /// A token was made.
    TokenMade,
    /// A token was revoked.
    TokenRevoked,
    /// A password was changed or set.
    PasswordChanged,
    /// Somebody proved again that they are the owner.
    Confirmed,
    /// An OpenID account was connected.
    Connected,
    /// An OpenID account was disconnected.
    Disconnected,
    /// A backup was taken.
    Backup,
    /// A scheduler's call without its secret.
    SchedulerRefused,
    /// A host that isn't ours was asked for.
    HostRefused,
    /// A wrong one-time or recovery code.
    SecondStepFailed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Whether a passkey is asked for after the password was changed.
    SecondStepChanged,
    /// One-time codes were set up.
    CodesOn,
    /// One-time codes were switched off.
    CodesOff,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A password was taken away.
    PasswordRemoved,
    /// One session was ended from another.
    SessionEnded,
    /// All sessions but one were ended.
    SessionsEnded,
    /// A link for a new password was asked for.
    ResetAsked,
    /// A new password was set by a link.
    PasswordReset,
    /// An address was confirmed.
    AddressConfirmed,
    /// A change of address was begun.
    AddressChangeBegun,
    /// An account got another address.
    AddressChanged,
    /// An invitation was made.
    Invited,
    /// An invitation was revoked.
    InvitationRevoked,
    /// The passwords of feeds were exported.
    PasswordsExported,
}

impl Event {
    const fn name(self) -> &'static str {
        match self {
            Self::SignInFailed => "sign_in_failed",
            Self::SignInThrottled => "sign_in_throttled",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::SignedUp => "signed_up",
            Self::TokenRefused => "token_refused",
            Self::TokenMade => "token_made",
            Self::TokenRevoked => "token_revoked",
            Self::PasswordChanged => "password_changed",
            Self::Confirmed => "confirmed",
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Backup => "backup",
            Self::SchedulerRefused => "scheduler_refused",
            Self::HostRefused => "host_refused",
            Self::SecondStepFailed => "second_step_failed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::SecondStepChanged => "second_step_changed",
            Self::CodesOn => "codes_on",
            Self::CodesOff => "codes_off",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasswordRemoved => "password_removed",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
            Self::ResetAsked => "reset_asked",
            Self::PasswordReset => "password_reset",
            Self::AddressConfirmed => "address_confirmed",
            Self::AddressChangeBegun => "address_change_begun",
            Self::AddressChanged => "address_changed",
            Self::Invited => "invited",
            Self::InvitationRevoked => "invitation_revoked",
            Self::PasswordsExported => "passwords_exported",
        }
    }
}

/// Logs an event, with the client's address where it is known, and the account if it is.
pub(super) fn note(event: Event, address: Option<IpAddr>, user: Option<UserId>) {
    let address = address.map_or_else(|| "-".to_owned(), |address| address.to_string());
    let user = user.map_or_else(|| "-".to_owned(), |user| user.to_string());
    tracing::info!(
        target: "security",
        security = event.name(),
        address = address.as_str(),
        user = user.as_str(),
        "security"
    );
}
