//! Tags of answers: a program that has one asks whether anything changed, and is sent nothing if not.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::random::hex;
use crate::web::edge::Tag;
use crate::web::problem::Problem;

/// Gives an answer its tag, and sends no more than that to whom has it. It is read all the same: the tag is of what it says.
pub(super) async fn layer(request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // As large as the handlers make them, each within bounds of its own.
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let tag = Tag::weak(&hex(&Sha256::digest(&bytes)[..12]));
    for (name, value) in tag.header() {
        parts.headers.insert(name, value);
    }
    parts
        .headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-cache"));
    // What is sent depends on the token.
    parts
        .headers
        .append(header::VARY, HeaderValue::from_static("authorization"));
    if tag.is_known(&asked) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
