//! The connection: opened by the first call that needs it, with a token on every call.
//!
//! A connection is two tasks of the library's, which wait for the socket and for us and do nothing by themselves: there
//! are no keep-alive pings. One that was idle for minutes may be dead without our knowing, since an instance without
//! requests is frozen; it is dropped and another one opened.

use std::sync::Arc;
use std::time::Duration;

use gcloud_sdk::google::datastore::v1::datastore_client::DatastoreClient;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint, Uri};

use crate::datastore::StoreError;
use crate::egress::Names;
use crate::google::Tokens;

/// Google's address.
const GOOGLE: &str = "https://datastore.googleapis.com";
/// After being idle for this long, a connection isn't trusted any more.
const IDLE: Duration = Duration::from_secs(120);
/// The time limit for connecting.
const CONNECT: Duration = Duration::from_secs(5);
/// The most bytes of one response: a page of 1,000 large entities; the library's own limit is 4 MiB.
const ANSWER_BYTES: usize = 128 * 1_024 * 1_024;

/// The generated client on one connection.
pub(super) type Client = DatastoreClient<Channel>;

/// A connection to Datastore that is opened when needed.
#[derive(Debug)]
pub(super) struct LazyChannel {
    address: String,
    encrypted: bool,
    tokens: Tokens,
    open: Mutex<Open>,
}

/// The open connection, when it was last used, and how many there were before it.
#[derive(Debug, Default)]
struct Open {
    channel: Option<(Channel, Instant)>,
    number: u64,
}

impl LazyChannel {
    /// A connection to Google, or to an emulator at `host:port`. Nothing is opened yet.
    pub(super) fn new(emulator: Option<&str>, tokens: Tokens) -> Self {
        Self {
            address: emulator.map_or(GOOGLE.to_owned(), |host| format!("http://{host}")),
            encrypted: emulator.is_none(),
            tokens,
            open: Mutex::default(),
        }
    }

    /// A client on the open connection, or on a new one; the token to send; and the connection's number.
    pub(super) async fn client(&self) -> Result<(Client, Option<Arc<str>>, u64), StoreError> {
        let token = self.tokens.bearer().await;
        let token = token.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        // Held while connecting: of many concurrent callers, one connects.
        let mut open = self.open.lock().await;
        let now = Instant::now();
        let channel = match open.channel.take() {
            Some((channel, used)) if now.duration_since(used) < IDLE => channel,
            _ => {
                open.number += 1;
                self.connect().await?
            }
        };
        open.channel = Some((channel.clone(), now));
        let client = DatastoreClient::new(channel)
            .max_decoding_message_size(ANSWER_BYTES)
            .max_encoding_message_size(ANSWER_BYTES);
        Ok((client, token, open.number))
    }

    /// Drops a connection after a call on it broke, unless there is a newer one.
    pub(super) async fn hang_up(&self, number: u64) {
        let mut open = self.open.lock().await;
        if open.number == number {
            open.channel = None;
        }
    }

    async fn connect(&self) -> Result<Channel, StoreError> {
        let failed = |error: tonic::transport::Error| {
            let mut cause: &dyn std::error::Error = &error;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            StoreError::Unavailable(format!("{}: {cause}", self.address))
        };
        let mut endpoint = Endpoint::from_shared(self.address.clone()).map_err(failed)?;
        if self.encrypted {
            let tls = ClientTlsConfig::new().with_webpki_roots();
            endpoint = endpoint.tls_config(tls).map_err(failed)?;
        }
        let endpoint = endpoint.connect_timeout(CONNECT).tcp_nodelay(true);
        let dial = tower::service_fn(dial);
        let connecting = endpoint.connect_with_connector(dial);
        match tokio::time::timeout(CONNECT, connecting).await {
            Ok(connected) => connected.map_err(failed),
            Err(_) => {
                let text = format!("{} doesn’t answer", self.address);
                Err(StoreError::Unavailable(text))
            }
        }
    }
}

/// Opens a socket without the system's resolver, which would leave a thread behind.
async fn dial(uri: Uri) -> std::io::Result<TokioIo<TcpStream>> {
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(443);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = match bare.parse::<std::net::IpAddr>() {
        Ok(ip) => vec![(ip, port).into()],
        Err(_) => {
            let found = Names::default().addresses(host).await;
            let mut found = found.map_err(std::io::Error::other)?;
            found.iter_mut().for_each(|address| address.set_port(port));
            found
        }
    };
    let stream = TcpStream::connect(addresses.as_slice()).await?;
    stream.set_nodelay(true)?;
    Ok(TokioIo::new(stream))
}
