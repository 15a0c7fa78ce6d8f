//! The pages about passkeys, one-time codes and sessions.

use askama::Template;

use super::said::*;
use super::{Frame, Place};

/// `/signin/second`: what is asked for after the password.
#[derive(Debug, Template)]
#[template(path = "pages/second.html")]
pub struct SecondStepPage {
    pub frame: Frame,
    pub email: String,
    pub has_codes: bool,
    pub has_passkeys: bool,
    /// Where to go afterwards.
    pub next: String,
    pub error: Option<String>,
}

/// `/settings/security`.
#[derive(Debug, Template)]
#[template(path = "pages/security.html")]
pub struct SecurityPage {
    pub frame: Frame,
    pub error: Option<String>,
    pub passkeys: Vec<PasskeyRow>,
    /// Whether browsers keep passkeys for this address.
    pub may_have_passkeys: bool,
    /// Whether the user proved lately that they are the owner.
    pub is_proven: bool,
    pub passkey_after_password: bool,
    pub has_password: bool,
    /// Whether something else opens the account.
    pub may_lose_password: bool,
    /// Recovery codes that are left; `None` while one-time codes are off.
    pub recovery_left: Option<usize>,
    pub sessions: Vec<SessionRow>,
}

impl SecurityPage {
    /// The recovery codes that were just made.
    pub fn new_codes(&self) -> Option<&str> {
        self.frame.flash.as_ref()?.secret.as_deref()
    }
}

/// A passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    pub id: String,
    pub name: String,
    /// "Added 2 October, last used today".
    pub about: String,
}

/// Where the user is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    pub id: String,
    /// "Firefox on Linux".
    pub name: String,
    /// "Since 2 October · 192.0.0.0/16".
    pub about: String,
    /// The last day: "today".
    pub used: String,
    pub is_handheld: bool,
    /// Whether it is the one that shows the page.
    pub is_this: bool,
}

/// `/settings/security/codes`: a secret for an app.
#[derive(Debug, Template)]
#[template(path = "pages/codes.html")]
pub struct CodesPage {
    pub frame: Frame,
    /// The path of a QR code, and its size with the quiet zone.
    pub picture: (String, i32),
    /// In groups of four.
    pub secret: String,
    /// The secret for the form, which only we can read.
    pub sealed: String,
    pub error: Option<String>,
}
