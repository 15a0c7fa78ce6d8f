//! `dormouse serve`

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::SignalKind;
use url::Url;

use super::{Context, done};
use crate::app::Parts;
use crate::config::{ServerConfig, inherited};
use crate::refresh::leaving::Leaving;
use crate::web::cold_start;
use crate::web::listen::{listen, make_room};

/// How long requests may take to finish after the signal: App Engine kills the process after two seconds.
const FAREWELL: Duration = Duration::from_millis(1_700);

/// Serves until a signal arrives, or nobody came for as long as is set; then finishes the requests in progress within [`FAREWELL`]. A cloud store is opened
/// by the first request; a local one at once, so that mistakes show at start.
pub(super) async fn serve(context: Context) -> anyhow::Result<std::process::ExitCode> {
    let server = &context.config.server;
    let listener = listener(server).await?;
    let idle = server.idle_exit;
    let address = listener.local_addr()?;
    let base_url = match &server.base_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{address}/"))?,
    };
    let store = context.store("that server")?;
    context.line.end();
    let leaving = Leaving::default();
    let service = cold_start::service(Parts {
        config: context.config,
        store,
        clock: context.clock,
        random: context.random,
        base_url,
        leaving: leaving.clone(),
    });
    let _file_size = tokio::signal::unix::signal(SignalKind::from_raw(FILE_SIZE_SIGNAL));
    super::print(&format!("Dormouse is awake at http://{address}"));
    let mut serving = std::pin::pin!(listen(
        listener,
        service,
        make_room(),
        leaving.subscribe(),
        idle,
    ));
    tokio::select! {
        () = &mut serving => {}
        () = goodbye() => {
            // Ticks save their position and give their lease back.
            leaving.tell();
            // Requests cut off after that are repeated: pages keep their marks.
            let _ = tokio::time::timeout(FAREWELL, serving).await;
        }
    }
    done()
}

/// The socket that was handed over, or a new one at the address of the settings.
async fn listener(server: &ServerConfig) -> anyhow::Result<TcpListener> {
    if let Some(listener) = inherited()? {
        return Ok(TcpListener::from_std(listener)?);
    }
    let wanted = SocketAddr::new(server.host, server.port);
    TcpListener::bind(wanted)
        .await
        .map_err(|error| anyhow::anyhow!("can’t listen at {wanted}: {error}. Set PORT to another."))
}

/// The signal of a file that may not grow: 25 on Linux, but for MIPS. Without a handler it ends the process, with one the
/// write fails, which the store can deal with.
const FILE_SIZE_SIGNAL: i32 = 25;

/// Waits for Ctrl-C or SIGTERM.
async fn goodbye() {
    let terminated = async {
        let signal = tokio::signal::unix::signal(SignalKind::terminate());
        match signal {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
