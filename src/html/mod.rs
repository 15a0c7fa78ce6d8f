//! HTML: cleaned for our pages, searched for feeds, reduced to its article. Uses neither the store nor the network.

pub mod charset;
pub mod direction;
pub mod discover;
pub mod embeds;
pub mod entities;
pub mod extract;
pub mod language;
pub mod pictures;
pub mod plain;
pub mod references;
pub mod sanitize;
pub mod tags;
pub mod title;
pub mod visible;
pub mod xhtml;
