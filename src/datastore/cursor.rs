//! Cursors: where a page ended.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Query, StoreError};

/// Bytes of the fingerprint of query and position, in front of the backend's own position.
const FINGERPRINT: usize = 8;

/// The place behind the last result of a page: opaque, tied to its query, good across restarts.
///
/// Not signed and not secret (it holds index values): what goes to a browser is the page's own cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    /// The cursor for `position`, which only the backend understands, in the results of `query`.
    pub(super) fn new(query: &Query, position: &[u8]) -> Self {
        let mut bytes = fingerprint(query, position).to_vec();
        bytes.extend_from_slice(position);
        Self(bytes)
    }

    /// The backend's position, if this cursor belongs to `query`.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] where it belongs to another one.
    pub(super) fn position(&self, query: &Query) -> Result<&[u8], StoreError> {
        match self.0.split_at_checked(FINGERPRINT) {
            Some((mark, position)) if mark == fingerprint(query, position) => Ok(position),
            _ => Err(StoreError::BadCursor),
        }
    }

    /// As text that fits into a URL.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    /// From the text that [`to_text`](Self::to_text) made.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] for any other text.
    pub fn from_text(text: &str) -> Result<Self, StoreError> {
        let bytes = URL_SAFE_NO_PAD.decode(text);
        bytes.map(Self).map_err(|_| StoreError::BadCursor)
    }
}

/// What must be the same for a cursor to make sense: the query but for start and limit, and the position, which a backend
/// may understand even where it is damaged.
fn fingerprint(query: &Query, position: &[u8]) -> [u8; FINGERPRINT] {
    let Query {
        kind,
        ancestor,
        filters,
        orders,
        shape,
        start: _,
        limit: _,
    } = query;
    let shape = format!("{kind:?}{ancestor:?}{filters:?}{orders:?}{shape:?}");
    let digest = Sha256::new().chain_update(shape).chain_update(position);
    let digest = digest.finalize();
    let mut mark = [0; FINGERPRINT];
    mark.copy_from_slice(&digest[..FINGERPRINT]);
    mark
}
