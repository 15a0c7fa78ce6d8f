//! Why a letter wasn't sent.

/// Why a letter wasn't sent. The words are for the one who waits; the rest is for the log.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No connection, or one that broke.
    #[error("The mail server can’t be reached. Try again later, or tell the administrator.")]
    Unreachable(String),
    /// It took longer than anybody waits.
    #[error("The mail server took too long. Try again later, or tell the administrator.")]
    Slow,
    /// The relay doesn't take letters from us: the settings, or its quota.
    #[error("The mail server refused the message. Tell the administrator.")]
    Refused(String),
    /// The relay doesn't take letters to this address.
    #[error("The mail server doesn’t take messages to this address.")]
    Recipient(String),
}

impl MailError {
    /// What happened, for the log.
    pub fn log(&self) -> &str {
        match self {
            Self::Unreachable(text) | Self::Refused(text) | Self::Recipient(text) => text,
            Self::Slow => "the mail server took too long",
        }
    }

    /// The same without line breaks: what a relay answers is its own.
    pub(super) fn in_one_line(&self) -> String {
        self.log().replace(char::is_control, " ")
    }

    /// Whether the fault is the address's, not the relay's.
    pub fn is_of_recipient(&self) -> bool {
        matches!(self, Self::Recipient(_))
    }
}
