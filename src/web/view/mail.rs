//! Email, and invitations.

use askama::Template;

use super::said::*;
use super::{Frame, Place};

/// `/settings/mail`.
#[derive(Debug, Template)]
#[template(path = "pages/mail.html")]
pub struct MailPage {
    pub frame: Frame,
    pub error: Option<String>,
    pub email: String,
    pub is_verified: bool,
    /// Whether there is a relay; otherwise nothing can be sent.
    pub has_relay: bool,
    /// Whether a scheduler calls, which sends editions and digests.
    pub has_scheduler: bool,
    /// The new address, while its change waits to be confirmed.
    pub changing_to: Option<String>,
    /// What was typed as the new address.
    pub typed: String,
    pub edition: bool,
    pub digest: bool,
    pub notices: bool,
    /// "Editions end at 07:00".
    pub hour: String,
    /// What went wrong last, and when.
    pub trouble: Option<String>,
}

/// `/settings/invitations` and `/admin/invitations`.
#[derive(Debug, Template)]
#[template(path = "pages/invitations.html")]
pub struct InvitationsPage {
    pub frame: Frame,
    /// The page's own address.
    pub here: &'static str,
    pub error: Option<String>,
    /// Shown once, right after it was made.
    pub new_link: Option<String>,
    pub days: Vec<super::ChoiceOption>,
    /// What was typed.
    pub name: String,
    pub uses: String,
    pub rows: Vec<InvitationRow>,
}

/// An invitation.
#[derive(Clone, Debug, Default)]
pub struct InvitationRow {
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// "Made 3 November 2026 by ann@example.org".
    pub about: String,
    /// "2 of 5 used".
    pub used: String,
    /// "Until 3 December 2026".
    pub until: String,
    /// Whether it still lets somebody in.
    pub is_open: bool,
}
