//! One conversation with the relay (RFC 5321).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::Mail;
use lettre::transport::smtp::extension::ClientId;

use super::error::MailError;
use crate::config::{Relay, RelayTls};
use crate::egress::Names;

/// The longest that one address of the relay may take to accept a connection.
const CONNECT_TIME: Duration = Duration::from_secs(4);

type SmtpError = lettre::transport::smtp::Error;

/// The line to a relay that knows us.
pub(super) struct Line(AsyncSmtpConnection);

/// Lettre's errors say what they are, and their causes why.
fn said(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        let more = deeper.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = deeper.source();
    }
    text
}

fn unreachable(error: &SmtpError) -> MailError {
    match error.is_response() || error.is_permanent() || error.is_transient() || error.is_tls() {
        true => MailError::Refused(said(error)),
        false => MailError::Unreachable(said(error)),
    }
}

fn tls(host: &str, authority: Option<&Certificate>) -> Result<TlsParameters, MailError> {
    let mut made =
        TlsParametersBuilder::new(host.to_owned()).certificate_store(CertificateStore::WebpkiRoots);
    if let Some(authority) = authority {
        made = made.add_root_certificate(authority.clone());
    }
    made.build_rustls()
        .map_err(|error| MailError::Refused(said(&error)))
}

/// The relay's addresses. Our own resolver leaves no thread behind.
async fn addresses(relay: &Relay) -> Result<Vec<SocketAddr>, MailError> {
    if let Ok(address) = relay.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, relay.port)]);
    }
    let found = Names::default().addresses(&relay.host).await;
    let found =
        found.map_err(|error| MailError::Unreachable(format!("{}: {error}", relay.host)))?;
    let with_port = |address: SocketAddr| SocketAddr::new(address.ip(), relay.port);
    Ok(found.into_iter().map(with_port).collect())
}

impl Line {
    /// Connects, secures the line as the settings say, and logs in. `authority` is believed besides Mozilla's.
    pub(super) async fn open(
        relay: &Relay,
        authority: Option<&Certificate>,
        host: &str,
    ) -> Result<Self, MailError> {
        let us = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(host.to_owned()),
        };
        let mut failed = MailError::Unreachable(format!("{} has no address", relay.host));
        for address in addresses(relay).await? {
            let secured = match relay.tls {
                RelayTls::Implicit => Some(tls(&relay.host, authority)?),
                RelayTls::StartTls | RelayTls::Plain => None,
            };
            let time = Some(CONNECT_TIME);
            match AsyncSmtpConnection::connect_tokio1(address, time, &us, secured, None).await {
                Ok(line) => return Self(line).ready(relay, authority, &us).await,
                Err(error) => failed = unreachable(&error),
            }
        }
        Err(failed)
    }

    async fn ready(
        mut self,
        relay: &Relay,
        authority: Option<&Certificate>,
        us: &ClientId,
    ) -> Result<Self, MailError> {
        if relay.tls == RelayTls::StartTls {
            let secured = self.0.starttls(tls(&relay.host, authority)?, us).await;
            secured.map_err(|error| MailError::Refused(said(&error)))?;
        }
        if let Some((user, password)) = &relay.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            let known = self.0.auth(DEFAULT_MECHANISMS, &credentials).await;
            known.map_err(|error| unreachable(&error))?;
        }
        Ok(self)
    }

    /// Hands over a letter. A refusal that is about the recipient is told apart from one that is about us: by the enhanced
    /// status code (RFC 3463: X.1.X, addressing; X.2.X, mailbox), and by 550 to 553 where there is none.
    pub(super) async fn send(&mut self, envelope: &Envelope, text: &[u8]) -> Result<(), MailError> {
        let sent = self.0.send(envelope, text).await;
        sent.map(drop).map_err(|error| {
            let log = said(&error);
            let enhanced = |class: &str| log.contains(&format!("5.{class}."));
            let code = error.status().map(u16::from);
            let is_address = enhanced("1") || enhanced("2");
            let is_ours = enhanced("3") || enhanced("5") || enhanced("7");
            match code {
                Some(550..=553) if is_address || !is_ours => MailError::Recipient(log),
                None if log.contains("SMTPUTF8") => MailError::Recipient(log),
                _ => unreachable(&error),
            }
        })
    }

    /// Says who a letter would be from, and no more.
    pub(super) async fn offer(&mut self, from: &Address) -> Result<(), MailError> {
        let mail = Mail::new(Some(from.clone()), Vec::new());
        let taken = self.0.command(mail).await;
        taken.map(drop).map_err(|error| unreachable(&error))
    }

    /// Says goodbye. The letter is the relay's by then: whether it answers doesn't matter.
    pub(super) async fn end(mut self) {
        let _ = self.0.quit().await;
    }
}
