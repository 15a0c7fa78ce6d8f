//! Offline analysis of the service: the estimated monthly cost, a comparison of polling strategies, and the tick in shards.

pub mod bill;
pub mod shards;
pub mod simulate;
