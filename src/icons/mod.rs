//! Sites' icons, for everybody who reads one of a site's feeds: one record for each origin, also where there is none.

pub mod fetch;
mod picture;
pub mod store;

pub use picture::{Picture, STORED_BYTES};

/// What is known of a site's icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// The minute at which its site was asked last.
    pub fetched: i64,
    /// The icon; `None` where the site has none that can be shown.
    pub picture: Option<Picture>,
}
