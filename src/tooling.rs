//! What `dormouse-tools` needs of the inside. Not an interface: it changes with the product.

pub use crate::web::session_cookie;
pub use crate::{
    app, clock, config, datastore, feeds, icons, ids, parse, pricing, random, refresh, shelf,
    timestamp, update, usage_log, users, web,
};
