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

/// How long after the signal requests may still be finished: App Engine kills after two seconds.
const FAREWELL: Duration = Duration::from_millis(1_700);

/// Listens, then answers until a signal comes. What is under way is finished, within [`FAREWELL`]. A store in the cloud is
/// opened by the first request; one on this machine at once, so that a mistake shows now.
pub(super) async fn serve(context: Context) -> anyhow::Result<std::process::ExitCode> {
    let server = &context.config.server;
    let wanted = SocketAddr::new(server.host, server.port);
    let listener = TcpListener::bind(wanted).await.map_err(|error| {
        anyhow::anyhow!("can't listen at {wanted}: {error}. Set PORT to another.")
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
        chance: context.chance,
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
            // Whoever is cut off after that comes again: marks are kept by the page, ticks have saved their place.
            if let Ok(ended) = tokio::time::timeout(FAREWELL, serving).await {
                ended?;
            }
        }
    }
    done()
}

/// Ends on Ctrl-C, or when the platform says so.
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
