//! Reading a journal, taking it along, bringing one, and deleting from it.

pub mod bring;
pub mod brought;
pub mod digest;
pub mod erase;
pub mod export;
pub mod insights;
pub mod view;
