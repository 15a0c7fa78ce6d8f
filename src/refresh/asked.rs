//! What a feed's server answered.

use crate::feeds::{Feed, Sign};
use crate::update::outcome::Outcome;

/// What a feed's server answered, before anything of it is stored.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The feed's record, if it had to be read.
    pub(super) known: Option<Option<Feed>>,
    /// The outcome.
    pub(super) outcome: Outcome,
}

impl Asked {
    /// An outcome without a request.
    pub(super) fn of(outcome: Outcome) -> Self {
        Self {
            known: None,
            outcome,
        }
    }

    pub(super) fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Whether the server answered in any way.
    pub(super) fn has_answered(&self) -> bool {
        match &self.outcome {
            Outcome::Failed(failure) => failure.is_an_answer,
            Outcome::Paused(_) => false,
            _ => true,
        }
    }

    /// Whether it answered as a feed's server does.
    pub(super) fn is_success(&self) -> bool {
        matches!(self.outcome, Outcome::NotModified(_) | Outcome::Parsed(_))
    }

    /// Whether nothing was asked.
    pub(super) fn is_paused(&self) -> bool {
        matches!(self.outcome, Outcome::Paused(_))
    }

    /// Whether the host took so long that its other feeds needn't be asked.
    pub(super) fn has_hung(&self) -> bool {
        matches!(&self.outcome, Outcome::Failed(failure) if failure.sign == Sign::TIMED_OUT)
    }

    /// Whether the request got nowhere, for a reason that may be ours.
    pub(super) fn is_unreached(&self) -> bool {
        matches!(&self.outcome, Outcome::Failed(failure) if failure.is_unreached)
    }

    pub(super) fn failure_text(&self) -> String {
        match &self.outcome {
            Outcome::Failed(failure) => failure.text.clone(),
            _ => String::new(),
        }
    }
}
