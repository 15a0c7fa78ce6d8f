//! What the read state stores of rules and saved searches.

pub mod book;
pub mod follow;
pub mod json;
pub mod rule;
pub mod saved;

pub use book::{Book, Marks};
pub use rule::{Acts, BadRule, Condition, How, Rule, What, Where};
pub use saved::Saved;
