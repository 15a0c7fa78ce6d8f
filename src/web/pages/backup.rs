//! A copy of the whole store, for the administrator, while it is in use.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::header;

use crate::app::AppState;
use crate::config::StoreAddress;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;

/// Bytes that are read at a time.
const CHUNK: usize = 256 * 1_024;

/// Copies one moment's store into a file of its own beside it, and sends that. The file loses its name before it is sent, so
/// nothing is left behind, however the request ends.
pub(super) async fn download(State(app): State<AppState>, reader: Reader) -> Answer<Response> {
    if !reader.user.profile.admin {
        return Err(Problem::forbidden(
            "not_admin",
            "Only the administrator can take a copy.",
        ));
    }
    let name = format!("backup-{}.tmp", app.chance.hex::<8>());
    let folder = match &app.config.store.address {
        StoreAddress::Folder(folder) => folder.as_path(),
        // Refused below, by the store itself.
        StoreAddress::Cloud { .. } => std::path::Path::new("."),
    };
    let path = folder.join(name);
    let file = app.store.backup(path).await?;
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
