//! `dormouse serve`

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Notify;
use url::Url;

use super::{Context, done};
use crate::app::Parts;
use crate::web::cold_start;

/// How long requests may take to finish after the signal: App Engine kills the process after two seconds.
const FAREWELL: Duration = Duration::from_millis(1_700);

/// Serves until a signal arrives, then finishes the requests in progress within [`FAREWELL`]. A cloud store is opened
/// by the first request; a local one at once, so that mistakes show at start.
pub(super) async fn serve(context: Context) -> anyhow::Result<std::process::ExitCode> {
    let server = &context.config.server;
    let wanted = SocketAddr::new(server.host, server.port);
    let listener = TcpListener::bind(wanted).await.map_err(|error| {
        anyhow::anyhow!("can’t listen at {wanted}: {error}. Set PORT to another.")
    })?;
    let address = listener.local_addr()?;
    let base_url = match &server.base_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{address}/"))?,
    };
    let store = context.store("that server")?;
    let service = cold_start::service(Parts {
        config: context.config,
        store,
        clock: context.clock,
        random: context.random,
        base_url,
    });
    super::print(&format!("Dormouse is awake at http://{address}"));
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let leaving = Arc::new(Notify::new());
    let told = leaving.clone();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(async move { told.notified().await });
    let mut serving = std::pin::pin!(serving.into_future());
    tokio::select! {
        ended = &mut serving => ended?,
        () = goodbye() => {
            leaving.notify_one();
            // Requests cut off after that are repeated: pages keep their marks, and ticks have saved their position.
            if let Ok(ended) = tokio::time::timeout(FAREWELL, serving).await {
                ended?;
            }
        }
    }
    done()
}

/// Waits for Ctrl-C or SIGTERM.
async fn goodbye() {
    let terminated = async {
        let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
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
