//! The actions that pages and the API share.

pub(crate) mod article;
pub(crate) mod import;
pub(crate) mod marks;
pub(crate) mod refresh;
pub(crate) mod star;
pub(crate) mod stored_text;
