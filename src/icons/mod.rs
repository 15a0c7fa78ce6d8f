//! Icons of sites, shared by all subscribers of a site's feeds: one record per origin, even if there is none.

pub mod fetch;
mod picture;
pub mod store;

pub use picture::{Picture, STORED_BYTES};

/// A site's icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// The minute of the last fetch.
    pub fetched: i64,
    /// The icon; `None` if the site has none that can be shown.
    pub picture: Option<Picture>,
}
