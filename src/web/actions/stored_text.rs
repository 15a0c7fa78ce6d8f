//! Stored HTML on its way out: what older rules cleaned is cleaned again.

use crate::articles::Body;
use crate::html::sanitize::{SANITIZER_VERSION, SafeHtml};

/// A stored text, ready for a page. One that was cleaned by older rules is cleaned again on its way out.
pub(crate) fn clean(html: &str, sanitizer: u32) -> SafeHtml {
    if sanitizer == SANITIZER_VERSION {
        SafeHtml::from_store(html.to_owned())
    } else {
        SafeHtml::clean(html, None)
    }
}

/// An article's full text for a program, if it is there.
pub(crate) fn clean_full_text(body: &Body) -> Option<String> {
    let full = body.full.as_ref()?;
    Some(clean(&full.html, full.sanitizer).into_string())
}
