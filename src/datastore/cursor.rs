//! Cursors: where a page ended.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::StoreError;

/// Bytes of a [`Fingerprint`].
pub(super) const FINGERPRINT_BYTES: usize = 8;

/// A hash of query and position, in front of the backend's own position.
pub(super) type Fingerprint = [u8; FINGERPRINT_BYTES];

/// The place after the last result of a page: opaque, tied to its query, valid across restarts.
///
/// Not signed and not secret (it holds index values): a browser gets the page's own cursor instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    /// A cursor for `position`, which only the backend understands; `mark` is its fingerprint.
    pub(super) fn new(mark: Fingerprint, position: &[u8]) -> Self {
        let mut bytes = mark.to_vec();
        bytes.extend_from_slice(position);
        Self(bytes)
    }

    /// The fingerprint of query and position, and the backend's position.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] if it is too short to be one.
    pub(super) fn parts(&self) -> Result<(&[u8], &[u8]), StoreError> {
        let parts = self.0.split_at_checked(FINGERPRINT_BYTES);
        parts.ok_or(StoreError::BadCursor)
    }

    /// As URL-safe text.
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
