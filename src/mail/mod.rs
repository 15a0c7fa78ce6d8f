//! Email: letters, and the relay that takes them, within the request that sends them.

mod error;
mod letter;
mod relay;

pub use error::MailError;
pub use letter::Letter;
use lettre::Address;
use lettre::address::Envelope;
use tokio::time::{Duration, timeout};

use crate::clock::Clock;
use crate::config::{MailConfig, Relay};
use crate::google::SecretManager;
use crate::random::Random;
use relay::Line;

/// The longest that sending one letter may take, from the look-up of the relay's name to its receipt.
const SEND_TIME: Duration = Duration::from_secs(10);

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
            let mut line = self.connected(secrets).await?;
            line.offer(&self.config.from.email).await?;
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
        let authority = self.config.authority.as_ref();
        Line::open(&relay, authority, &self.host).await
    }
}

async fn within_time<T>(work: impl Future<Output = Result<T, MailError>>) -> Result<T, MailError> {
    let done = timeout(SEND_TIME, work).await;
    let done = done.unwrap_or(Err(MailError::Slow));
    if let Err(error) = &done {
        tracing::warn!(error = error.in_one_line(), "email wasn’t sent");
    }
    done
}
