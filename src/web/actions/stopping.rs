//! Links that end a kind of letter with one press, without signing in (RFC 8058): signed, so that nobody makes one for
//! somebody else, and nothing is stored for them.

use crate::app::App;
use crate::ids::UserId;
use crate::users::mail_habits::MailHabits;
use crate::web::cookies::{signed, verified};

/// The purpose of the signature.
const PURPOSE: &str = "letters end";

/// A kind of letter that can be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The edition.
    Edition,
    /// The weekly digest.
    Digest,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Edition => "edition",
            Self::Digest => "digest",
        }
    }

    fn of(name: &str) -> Option<Self> {
        let all = [Self::Edition, Self::Digest];
        all.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is wanted.
    pub(crate) fn is_wanted(self, mail: &MailHabits) -> bool {
        match self {
            Self::Edition => mail.edition,
            Self::Digest => mail.digest,
        }
    }

    /// Has it not be wanted any more.
    pub(crate) fn end(self, mail: &mut MailHabits) {
        match self {
            Self::Edition => mail.edition = false,
            Self::Digest => mail.digest = false,
        }
    }
}

/// The path of the link for a user and a kind.
pub(crate) fn path(app: &App, user: UserId, kind: Kind) -> String {
    let text = format!("{user}-{}", kind.name());
    format!("/mail/stop/{}", signed(&app.secret, PURPOSE, &text))
}

/// Whose letters of which kind a link ends; `None` for one that isn't ours.
pub(crate) fn read(app: &App, link: &str) -> Option<(UserId, Kind)> {
    let (user, kind) = verified(&app.secret, PURPOSE, link)?.split_once('-')?;
    Some((UserId(user.parse().ok()?), Kind::of(kind)?))
}
