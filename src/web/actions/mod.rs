//! What pages and every API share: each action once, whoever asks for it.

pub(crate) mod article;
pub(crate) mod import;
pub(crate) mod marks;
pub(crate) mod refresh;
pub(crate) mod star;
pub(crate) mod stored_text;
