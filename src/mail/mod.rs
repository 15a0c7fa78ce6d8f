//! Email: letters, and the relay that takes them, within the request that sends them.

mod letter;
mod relay;

pub use letter::Letter;
use lettre::Address;
use lettre::address::Envelope;
use tokio::time::{Duration, timeout};

use crate::clock::Clock;
use crate::config::{MailConfig, Relay};
use crate::google::SecretManager;
use crate::random::Random;
use relay::{Line, log};

/// The longest that sending one letter may take, from the look-up of the relay's name to its receipt.
const SEND_TIME: Duration = Duration::from_secs(10);

/// Why a letter wasn't sent. The words are for the one who waits; the rest is for the log.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No connection, or one that broke.
    #[error("The mail server can’t be reached. Try again later, or tell the administrator.")]
    Unreachable(String),
    /// It took longer than [`SEND_TIME`].
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

    /// Whether the fault is the address's, not the relay's.
    pub fn is_of_recipient(&self) -> bool {
        matches!(self, Self::Recipient(_))
    }
}

/// Sends letters. Nothing is kept between two: each has a connection of its own.
#[derive(Clone, Debug)]
pub struct Mailer {
    config: MailConfig,
    clock: Clock,
    random: Random,
    /// The name by which we introduce ourselves, and which ends our letters' ids.
    host: String,
}

impl Mailer {
    /// A sender by this relay; `host` is the service's name.
    pub fn new(config: MailConfig, clock: Clock, random: Random, host: &str) -> Self {
        Self {
            config,
            clock,
            random,
            host: host.to_owned(),
        }
    }

    /// Sends a letter, and returns when the relay has it.
    ///
    /// # Errors
    /// [`MailError`] says why it wasn't sent.
    pub async fn send(&self, secrets: &SecretManager, letter: &Letter) -> Result<(), MailError> {
        let refused =
            |error: lettre::address::AddressError| MailError::Recipient(error.to_string());
        let to: Address = letter.to.parse().map_err(refused)?;
        let text = letter.written(
            (&self.config.from, &to),
            &self.host,
            &self.clock,
            &self.random,
        )?;
        let envelope = Envelope::new(Some(self.config.from.email.clone()), vec![to]);
        let envelope = envelope.map_err(|error| MailError::Refused(error.to_string()))?;
        let sending = async {
            let mut line = self.connected(secrets).await?;
            line.send(&envelope, &text).await?;
            line.end().await;
            Ok(())
        };
        within_time(sending).await
    }

    /// Goes to the relay as [`send`](Self::send) does, without a letter: where a page mustn't tell whether there was one, it
    /// takes about as long and fails for the same reasons.
    ///
    /// # Errors
    /// [`MailError`] if nothing could be sent.
    pub async fn knock(&self, secrets: &SecretManager) -> Result<(), MailError> {
        let knocking = async {
            let line = self.connected(secrets).await?;
            line.end().await;
            Ok(())
        };
        within_time(knocking).await
    }

    async fn connected(&self, secrets: &SecretManager) -> Result<Line, MailError> {
        let text = secrets.resolve(&self.config.relay).await;
        let text = text.map_err(|error| MailError::Unreachable(format!("SMTP_URL: {error}")))?;
        let relay = Relay::parse(&text);
        let relay = relay.map_err(|wrong| MailError::Refused(format!("SMTP_URL {wrong}")))?;
        Line::open(&relay, &self.host).await
    }
}

async fn within_time<T>(work: impl Future<Output = Result<T, MailError>>) -> Result<T, MailError> {
    let done = timeout(SEND_TIME, work).await;
    let done = done.unwrap_or(Err(MailError::Slow));
    if let Err(error) = &done {
        tracing::warn!(error = log(error), "email wasn’t sent");
    }
    done
}
