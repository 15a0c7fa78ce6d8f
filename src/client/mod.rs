//! HTTP requests to publishers.
//!
//! [`http`] sends them, after [`guard`] has checked the address and [`guarded_resolver`] the addresses it resolves to.
//! [`host_limiter`] spaces requests to one host, and [`retry_after`] remembers which hosts asked for a pause.

pub mod guard;
pub mod guarded_resolver;
pub mod host_limiter;
pub mod http;
pub mod retry_after;
