//! Rules: what is done with an article when it arrives for a reader. And saved searches, which are counted likewise.
//!
//! Both stand in the first shard of the read state ([`rulebook`](super::rulebook)), which every list reads and which settling
//! arrivals writes: who has none pays nothing, and who has some pays a read for each 30 feeds with news and one write. See decision
//! 0051.

mod around;
pub mod change;
mod coming;
mod copies;
mod effect;
mod hits;
pub mod matching;
pub mod meeting;
mod met;
mod muting;
mod news;
mod undoing;

pub use matching::{Card, Ready};
pub use muting::Reach;
