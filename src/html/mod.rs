//! HTML: cleaned for our pages, searched for feeds, reduced to its article. Knows neither the store nor the network.

pub mod discover;
pub mod extract;
pub mod sanitize;
