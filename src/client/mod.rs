//! One polite HTTP request to a publisher.
//!
//! [`http`] sends it, after [`guard`] has judged its address and [`guarded_resolver`] the addresses that its name stands for.
//! [`host_limiter`] keeps requests to one host apart, and [`retry_after`] remembers which hosts asked for a pause.

pub mod guard;
pub mod guarded_resolver;
pub mod host_limiter;
pub mod http;
pub mod retry_after;
