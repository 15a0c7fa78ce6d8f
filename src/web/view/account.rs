//! Signing up, signing in, and the user's settings.

use askama::Template;

use super::said::*;
use super::{Frame, Link, Place};
use crate::users::preferences::Preferences;

/// A token for other programs.
#[derive(Clone, Debug, Default)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// "Made 3 November 2026".
    pub created: String,
    /// "Read and mark".
    pub may: &'static str,
    /// "today".
    pub used: String,
    /// "3 November 2026", "never".
    pub ends: String,
    pub has_expired: bool,
    /// "143 of 5,000".
    pub bodies: String,
}

/// An app that can be chosen.
#[derive(Clone, Debug)]
pub struct AppChoice {
    pub key: &'static str,
    pub name: &'static str,
    pub is_chosen: bool,
}

/// What a token may do.
#[derive(Clone, Debug)]
pub struct ScopeChoice {
    pub value: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub is_chosen: bool,
}

/// `/settings/apps`: what to type into an app, and the tokens of all.
#[derive(Debug, Template)]
#[template(path = "pages/apps.html")]
pub struct AppsPage {
    pub frame: Frame,
    pub apps: Vec<AppChoice>,
    /// The chosen one.
    pub app: &'static str,
    pub app_name: &'static str,
    /// What to choose in it.
    pub hint: String,
    pub address: String,
    pub email: String,
    /// What the token shall be called, as typed.
    pub name: String,
    pub scopes: Vec<ScopeChoice>,
    /// How long it may last.
    pub lifetimes: Vec<ChoiceOption>,
    pub error: Option<String>,
    /// Shown once, right after it was created.
    pub new_token: Option<String>,
    pub tokens: Vec<TokenRow>,
    /// How many articles an app is given a day; `None` for any number.
    pub budget: Option<String>,
}

/// The user's settings.
#[derive(Debug, Template)]
#[template(path = "pages/settings.html")]
pub struct SettingsPage {
    pub frame: Frame,
    pub preferences: Preferences,
    /// While the whole shelf is paused.
    pub holiday: Option<super::HolidayNote>,
    pub languages: Vec<ChoiceOption>,
    /// How pages and articles look.
    pub appearance: Vec<ChoiceGroup>,
    /// How lists behave.
    pub habits: Vec<ChoiceGroup>,
    pub key_fields: Vec<KeyField>,
    /// Whether the account has a password; one created with OpenID Connect needs none.
    pub has_password: bool,
    pub current_password_error: Option<String>,
    pub new_password_error: Option<String>,
    /// What else opens the account.
    pub other_ways: Vec<OtherWay>,
    pub openid: Option<OpenIdView>,
    /// Whether the store is a file on this machine, which can be backed up.
    pub has_file: bool,
    /// Whether every reader may invite.
    pub may_invite: bool,
}

/// The field of one action's keys.
#[derive(Clone, Debug)]
pub struct KeyField {
    pub action: &'static str,
    /// "Next article".
    pub what: &'static str,
    /// What it is, or what was typed.
    pub typed: String,
    pub error: Option<String>,
}

impl SettingsPage {
    /// Whether a key that was typed can't be.
    pub fn has_bad_keys(&self) -> bool {
        self.key_fields.iter().any(|field| field.error.is_some())
    }
}

/// Choices of which one holds.
#[derive(Clone, Debug)]
pub struct ChoiceGroup {
    /// Its field in the form.
    pub name: &'static str,
    pub legend: &'static str,
    /// What else is to be said; may be empty.
    pub hint: &'static str,
    pub options: Vec<ChoiceOption>,
}

/// One of several choices.
#[derive(Clone, Debug)]
pub struct ChoiceOption {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// The account's connection to the OpenID Connect provider.
#[derive(Debug)]
pub struct OpenIdView {
    /// The provider's name: "Google".
    pub name: String,
    pub connected: bool,
    pub error: Option<String>,
}

/// `/signin`: the form, and why the last attempt failed.
#[derive(Debug, Template)]
#[template(path = "pages/signin.html")]
pub struct SignInPage {
    pub frame: Frame,
    /// What was typed.
    pub email: String,
    /// Where to go afterwards.
    pub next: String,
    pub error: Option<String>,
    /// Whether sign-up is open.
    pub may_sign_up: bool,
    /// Whether browsers keep passkeys for this address.
    pub has_passkeys: bool,
    /// Whether a forgotten password is replaced by email.
    pub may_reset: bool,
    /// The operator's line, where sign-up is closed.
    pub note: Option<String>,
    /// "Continue with Google", if a provider is configured.
    pub openid: Option<Link>,
}

/// `/confirm`: the password, or the provider, once more.
#[derive(Debug, Template)]
#[template(path = "pages/confirm.html")]
pub struct ConfirmPage {
    pub frame: Frame,
    pub why: &'static str,
    pub email: String,
    /// Where to go afterwards.
    pub next: String,
    pub error: Option<String>,
    /// Whether the password proves it; with a code, where there are any.
    pub has_password: bool,
    pub has_codes: bool,
    /// "Continue with Google", if the account is connected.
    pub openid: Option<Link>,
    /// Whether a passkey proves it, too.
    pub has_passkeys: bool,
}

/// What else opens an account, and may be kept when the password changes.
#[derive(Clone, Debug)]
pub struct OtherWay {
    /// `token:ID`, `passkey:ID` or `openid:ISSUER`.
    pub value: String,
    pub name: String,
    /// "A token, made 3 November 2026".
    pub what: String,
}

/// `/signup`: the form, with an error at each field that was wrong.
#[derive(Debug, Template)]
#[template(path = "pages/signup.html")]
pub struct SignUpPage {
    pub frame: Frame,
    /// Whether there is no account yet.
    pub first: bool,
    /// The form's address.
    pub action: String,
    /// The token of an invitation; empty without one.
    pub invitation: String,
    pub is_invited: bool,
    /// Whether the address was proven by a letter: only the password is missing.
    pub is_proven: bool,
    /// Whether a letter comes before the password.
    pub by_mail: bool,
    /// What was typed.
    pub email: String,
    pub email_error: Option<String>,
    pub password_error: Option<String>,
    /// "Continue with Google", if a provider is configured.
    pub openid: Option<Link>,
}
