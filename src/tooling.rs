//! The internals that `dormouse-tools` uses. Not a public interface: it may change at any time.

pub use crate::web::session_cookie;
pub use crate::{
    app, clock, config, datastore, feeds, icons, ids, parse, pricing, random, refresh, shelf,
    timestamp, update, usage_log, users, web,
};
