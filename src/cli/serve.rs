//! `dormouse serve`

use std::net::SocketAddr;

use tokio::net::TcpListener;
use url::Url;

use super::{Context, done};
use crate::app::{App, AppState};
use crate::web;

/// Listens first, then opens the rest, then answers until a signal comes. What is under way is finished.
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
    let Context {
        config,
        clock,
        chance,
    } = context;
    let app = App::new(config, store, clock, chance, base_url.clone()).await?;
    let router = web::router(AppState::new(app));
    super::print(&format!("Dormouse is awake at http://{address}"));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(goodbye())
        .await?;
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
