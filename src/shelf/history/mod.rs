//! Reading a journal, taking it along, and deleting from it.

pub mod erase;
pub mod export;
pub mod insights;
pub mod view;
