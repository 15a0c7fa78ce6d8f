//! Stored HTML for output. Text cleaned by an older version of the sanitizer is cleaned again.

use crate::articles::Body;
use crate::html::sanitize::{SANITIZER_VERSION, SafeHtml};

/// Stored HTML that was cleaned by this version of the sanitizer, as HTML that is safe to output.
pub(crate) fn clean(html: &str, sanitizer: u32) -> SafeHtml {
    if sanitizer == SANITIZER_VERSION {
        SafeHtml::from_store(html.to_owned())
    } else {
        SafeHtml::clean(html, None)
    }
}

/// An article's full text for the API; `None` if it isn't stored.
pub(crate) fn clean_full_text(body: &Body) -> Option<String> {
    let full = body.full.as_ref()?;
    Some(clean(&full.html, full.sanitizer).into_string())
}
