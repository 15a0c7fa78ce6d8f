//! Why a request failed.

use std::io;

use url::Url;

use super::{CONNECT_TIMEOUT, FETCH_TIMEOUT, MAX_REDIRECTS};
use crate::client::guard::Block;
use crate::client::guarded_resolver::Refused;
use crate::egress::UnknownHost;
use crate::feeds::Sign;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address, or one it redirects to, is blocked.
    #[error("{0}")]
    Blocked(#[from] Block),
    /// The name has no address.
    #[error("There is no server named {0}. Check the spelling, or try again later.")]
    NoSuchHost(String),
    /// Its name servers have a fault.
    #[error(
        "The name servers of {0} have a fault, so nobody can find out where it is (SERVFAIL). Try again later."
    )]
    NameServerFailed(String),
    /// A name server refuses to answer.
    #[error("A name server refuses to say where {0} is (REFUSED). Try again later.")]
    NameServerRefused(String),
    /// No name server responded.
    #[error("No name server said in time where {0} is. Try again later.")]
    NameServerSilent(String),
    /// The connection was refused.
    #[error("The server at {0} refuses connections. It may be down; try again later.")]
    Refused(String),
    /// The connection was broken off.
    #[error("The server at {0} broke off the connection. Try again later.")]
    Reset(String),
    /// TLS failed: what is wrong, in words.
    #[error("The server at {host} can’t be trusted: {why}. Its owner has to mend that.")]
    Tls {
        /// The server's host.
        host: String,
        /// Completes “can’t be trusted:”.
        why: &'static str,
    },
    /// The answer broke off, and what there is of it can't be read.
    #[error(
        "The answer of the server at {0} breaks off too early to be read. Its owner has to mend that."
    )]
    CutOff(String),
    /// It doesn't speak HTTP, or not so that it can be understood.
    #[error(
        "The server at {0} answers in a way that can’t be understood. Its owner has to mend that."
    )]
    BadAnswer(String),
    /// No connection was made in time.
    #[error("No connection to the server at {0} came about within {secs} seconds. It may be down; try again later.", secs = CONNECT_TIMEOUT.as_secs())]
    NoConnection(String),
    /// This machine has no network that leads there.
    #[error(
        "There is no way from here to the server at {0}. The network may be down; try again later."
    )]
    NoRoute(String),
    /// Nothing that can be read is at a port: why isn't told.
    #[error(
        "Port {port} of {host} gives no answer that can be understood. Check the address, or try again later."
    )]
    NothingThere {
        /// The server's host.
        host: String,
        /// The port.
        port: u16,
        /// What happened.
        really: Box<Self>,
    },
    /// There is no way to it.
    #[error("The server at {0} can’t be reached. It may be down; try again later.")]
    Unreachable(String),
    /// The whole request took too long.
    #[error("The server at {0} took longer than {secs} seconds to respond.", secs = FETCH_TIMEOUT.as_secs())]
    TooSlow(String),
    /// The body exceeds the limit.
    #[error("The document at {0} is larger than 10 MB, too large for a feed.")]
    TooLarge(String),
    /// Not sent: the server asked us to wait.
    #[error("The server at {host} asked us to come back later.")]
    Paused {
        /// The server's host.
        host: String,
        /// The minute from which requests are allowed again.
        until: i64,
    },
    /// Not sent: an administrator has blocked the host.
    #[error("Nothing is fetched from {0} here: the administrator has blocked it.")]
    BlockedHost(String),
    /// A page exceeds the limit.
    #[error("The page is larger than 3 MB, too large to extract its text.")]
    PageTooLarge,
    /// An icon exceeds the limit.
    #[error("The icon is larger than 100 kB.")]
    IconTooLarge,
    /// Too many redirects, or an invalid one.
    #[error("The address {0} redirects more than {MAX_REDIRECTS} times, or nowhere.")]
    Redirects(String),
}

impl FetchError {
    /// The same for somebody who chose the address: at a port of its own, whether it is open isn't told.
    #[must_use]
    pub fn for_a_stranger(self, url: &Url) -> Self {
        let Some(port) = url.port() else {
            return self;
        };
        match &self {
            Self::Refused(host)
            | Self::Reset(host)
            | Self::Tls { host, .. }
            | Self::CutOff(host)
            | Self::BadAnswer(host)
            | Self::NoConnection(host)
            | Self::NoRoute(host)
            | Self::Unreachable(host)
            | Self::TooSlow(host) => Self::NothingThere {
                host: host.clone(),
                port,
                really: Box::new(self),
            },
            _ => self,
        }
    }

    /// What it is a sign of.
    pub fn sign(&self) -> Sign {
        match self {
            Self::NameServerFailed(_)
            | Self::NameServerRefused(_)
            | Self::NameServerSilent(_)
            | Self::NoRoute(_) => Sign::UNREACHED,
            Self::TooSlow(_) | Self::NoConnection(_) => Sign::TIMED_OUT,
            Self::NothingThere { really, .. } => really.sign(),
            _ => Sign::NONE,
        }
    }

    /// Whether there was no connection at all, for a reason that may lie on this side: no name server answers, there is no
    /// route, or packets vanish.
    pub fn is_unreached(&self) -> bool {
        match self {
            Self::NothingThere { really, .. } => really.is_unreached(),
            _ => self.sign() == Sign::UNREACHED || matches!(self, Self::NoConnection(_)),
        }
    }

    /// Whether the host answered in some way, so that this machine's network works.
    pub fn is_an_answer(&self) -> bool {
        if let Self::NothingThere { really, .. } = self {
            return really.is_an_answer();
        }
        matches!(
            self,
            Self::Reset(_)
                | Self::Tls { .. }
                | Self::CutOff(_)
                | Self::BadAnswer(_)
                | Self::TooLarge(_)
                | Self::PageTooLarge
                | Self::IconTooLarge
                | Self::Redirects(_)
        )
    }
}

/// A client error in plain words. What happened is somewhere in the chain of causes.
pub(crate) fn explain(error: &reqwest::Error, url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut told = None;
    while let Some(at) = cause {
        told = meaning(at, &host).or(told);
        // An `io::Error` may hold the cause without naming it as its source.
        let held = at.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(held) = held {
            told = meaning(held, &host).or(told);
        }
        cause = at.source();
    }
    match told {
        None | Some(FetchError::TooSlow(_)) if error.is_connect() && error.is_timeout() => {
            FetchError::NoConnection(host)
        }
        Some(told) => told,
        None if error.is_timeout() => FetchError::TooSlow(host),
        None => FetchError::Unreachable(host),
    }
}

/// What one cause means, if it says.
fn meaning(cause: &(dyn std::error::Error + 'static), host: &str) -> Option<FetchError> {
    let host = || host.to_owned();
    if let Some(refused) = cause.downcast_ref::<Refused>() {
        return Some(match refused {
            // The address itself would tell what a name server says of an inner name.
            Refused::Blocked(Block::Address { .. }) => {
                FetchError::Blocked(Block::LeadsInside(host()))
            }
            Refused::Blocked(block) => FetchError::Blocked(block.clone()),
            Refused::Unknown(UnknownHost::Unknown) => FetchError::NoSuchHost(host()),
            Refused::Unknown(UnknownHost::Failed) => FetchError::NameServerFailed(host()),
            Refused::Unknown(UnknownHost::Refused) => FetchError::NameServerRefused(host()),
            Refused::Unknown(UnknownHost::Silent) => FetchError::NameServerSilent(host()),
        });
    }
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        return Some(FetchError::Tls {
            host: host(),
            why: tls_words(error),
        });
    }
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        let is_odd = error.is_parse() || error.is_parse_too_large() || error.is_parse_status();
        return match () {
            () if is_odd => Some(FetchError::BadAnswer(host())),
            () if error.is_incomplete_message() => Some(FetchError::Reset(host())),
            () => None,
        };
    }
    let kind = cause.downcast_ref::<io::Error>()?.kind();
    match kind {
        io::ErrorKind::ConnectionRefused => Some(FetchError::Refused(host())),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(FetchError::Reset(host())),
        io::ErrorKind::TimedOut => Some(FetchError::TooSlow(host())),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Some(FetchError::NoRoute(host())),
        _ => None,
    }
}

/// What is wrong with a server's TLS, completing “can’t be trusted:”.
fn tls_words(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "its certificate has expired",
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => "its certificate isn’t valid yet",
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            Bad::UnknownIssuer => "nobody known vouches for its certificate",
            Bad::Revoked => "its certificate was revoked",
            _ => "its certificate is damaged",
        },
        rustls::Error::InvalidMessage(_) => "it doesn’t speak TLS at this address",
        _ => "no secure connection could be agreed on (TLS)",
    }
}
