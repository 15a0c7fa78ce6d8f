//! Offline analysis of the service: the estimated monthly cost, and a comparison of polling strategies.

pub mod bill;
pub mod simulate;
