//! Figures about the service that the service itself doesn't need: what a month would cost, and what a polling cadence does.

pub mod bill;
pub mod simulate;
