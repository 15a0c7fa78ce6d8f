//! HTML: cleaned for our pages, searched for feeds, reduced to its article. Uses neither the store nor the network.

pub mod charset;
pub mod discover;
pub mod extract;
pub mod pictures;
pub mod references;
pub mod sanitize;
pub mod tags;
