//! Small pages of somebody who isn't signed in, or needn't be.

use askama::Template;

use super::said::*;
use super::{Frame, Link, Place};

/// A few sentences, and what to do next.
#[derive(Debug, Default, Template)]
#[template(path = "pages/card.html")]
pub struct CardPage {
    pub frame: Frame,
    pub lines: Vec<String>,
    pub error: Option<String>,
    /// What a press does: the form's address, and its button.
    pub act: Option<(String, &'static str)>,
    pub links: Vec<Link>,
}

/// `/reset`: where a link for a new password is sent to.
#[derive(Debug, Template)]
#[template(path = "pages/reset.html")]
pub struct ResetPage {
    pub frame: Frame,
    /// What was typed.
    pub email: String,
    pub error: Option<String>,
}

/// `/reset/…`: the new password.
#[derive(Debug, Template)]
#[template(path = "pages/new_password.html")]
pub struct NewPasswordPage {
    pub frame: Frame,
    pub email: String,
    /// The form's address.
    pub action: String,
    pub error: Option<String>,
}
