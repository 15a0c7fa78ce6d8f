//! Signing up, signing in, and everything a person can set.

use askama::Template;

use super::{Frame, Link, Place};

/// A token for other programs.
#[derive(Clone, Debug, Default)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// "Made 3 November 2026".
    pub created: String,
}

/// Everything a person can set.
#[derive(Debug, Template)]
#[template(path = "pages/settings.html")]
pub struct SettingsPage {
    pub frame: Frame,
    /// The remembered order.
    pub oldest_first: bool,
    /// Whether the account has one; who came by OpenID needs none.
    pub has_password: bool,
    pub current_password_error: Option<String>,
    pub new_password_error: Option<String>,
    pub tokens: Vec<TokenRow>,
    /// What was typed.
    pub token_name: String,
    pub token_error: Option<String>,
    /// Shown once, right after it was made.
    pub new_token: Option<String>,
    pub openid: Option<OpenIdView>,
    /// Whether the store is a file on this machine, of which there can be a copy.
    pub has_file: bool,
}

/// The account elsewhere that opens this one, or could.
#[derive(Debug)]
pub struct OpenIdView {
    /// Whose: "Google".
    pub name: String,
    pub connected: bool,
    pub error: Option<String>,
}

/// Signing in.
#[derive(Debug, Template)]
#[template(path = "pages/signin.html")]
pub struct SignInPage {
    pub frame: Frame,
    /// What was typed.
    pub email: String,
    /// Where to go afterwards.
    pub next: String,
    pub error: Option<String>,
    /// Whether strangers may sign up.
    pub may_sign_up: bool,
    /// "Continue with Google", where that is possible.
    pub openid: Option<Link>,
}

/// Signing up.
#[derive(Debug, Template)]
#[template(path = "pages/signup.html")]
pub struct SignUpPage {
    pub frame: Frame,
    /// Whether nobody has an account yet.
    pub first: bool,
    /// What was typed.
    pub email: String,
    pub email_error: Option<String>,
    pub password_error: Option<String>,
    /// "Continue with Google", where that is possible.
    pub openid: Option<Link>,
}
