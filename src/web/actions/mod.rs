//! The actions that pages and the API share.

pub(crate) mod article;
pub(crate) mod asking;
pub(crate) mod ceremony;
pub(crate) mod findings;
pub(crate) mod gardening;
pub(crate) mod hooks;
pub(crate) mod import;
pub(crate) mod import_opml;
pub(crate) mod keep;
pub(crate) mod keeping;
pub(crate) mod labels;
pub(crate) mod marks;
pub(crate) mod proof;
pub(crate) mod refresh;
pub(crate) mod removal;
pub(crate) mod star;
pub(crate) mod stored_text;
pub(crate) mod tagging;
pub(crate) mod terms;
pub(crate) mod texts;
