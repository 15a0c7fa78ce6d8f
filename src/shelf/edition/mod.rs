//! The edition: what arrived since the last one, as one issue with an end. A view of what is stored, bounded by the times of
//! arrival: nothing is written for it.

pub mod epub;
pub mod hours;
pub mod issue;
