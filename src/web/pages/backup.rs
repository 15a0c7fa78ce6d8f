//! A backup of the whole store, while it is in use, for the administrator.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::header;

use crate::app::AppState;
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};

/// Bytes read at a time.
const CHUNK: usize = 256 * 1_024;

/// Copies a snapshot of the store to a file beside it, and sends that. The file is unlinked before it is sent, so
/// nothing is left behind, however the request ends.
pub(super) async fn download(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
) -> HandlerResult<Response> {
    if !current.user.profile.admin {
        return Err(Problem::forbidden(
            "not_admin",
            "Only the administrator can take a copy.",
        ));
    }
    if let Some(question) = proof::needed(&current, "/settings#admin").await? {
        return Ok(question);
    }
    let own = (current.user.id, "");
    let line = security::own_line(&app, Event::Backup, address.0, own);
    let name = format!("backup-{}.tmp", app.random.hex::<8>());
    let file = app.store.backup(&name).await?;
    app.store.commit(vec![line]).await?;
    security::note(Event::Backup, address.0, Some(current.user.id));
    let length = file
        .metadata()
        .map_err(|error| Problem::internal(&error))?
        .len();
    let date = app.clock.now().format("%Y-%m-%d");
    let disposition = format!("attachment; filename=\"dormouse-{date}.redb\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Body::from_stream(chunks(file))).into_response())
}

fn chunks(file: std::fs::File) -> impl stream::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            use std::io::Read;
            let mut buffer = vec![0; CHUNK];
            let length = file.read(&mut buffer)?;
            buffer.truncate(length);
            Ok::<_, std::io::Error>((buffer, file))
        });
        let (buffer, file) = read.await.map_err(std::io::Error::other)??;
        Ok((!buffer.is_empty()).then(|| (Bytes::from(buffer), file)))
    })
}
