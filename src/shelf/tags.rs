//! A user's own tags, as they are typed.

use crate::codec::cut;
use crate::html::visible::visible;

/// Most tags of one article.
pub const MAX_TAGS: usize = 10;
/// Longest tag, in bytes.
const TAG_BYTES: usize = 40;

/// Tags as typed, between commas: without white space around them, each once whatever its case. One more than [`MAX_TAGS`] at
/// most, by which it is seen that there were too many.
pub fn typed_tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for plain in plain_tags(text) {
        let tag = cut(&plain, TAG_BYTES);
        let is_new = !tags.iter().any(|known| is_same(known, &tag));
        if !tag.is_empty() && is_new && tags.len() <= MAX_TAGS {
            tags.push(tag);
        }
    }
    tags
}

/// What stands between commas, cleaned, whatever its length.
fn plain_tags(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split([',', '\n', '、', '，']).map(|part| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let plain = visible(&words.join(" "));
        let plain: String = plain.chars().filter(|c| !c.is_control()).collect();
        plain.trim_start_matches('#').trim().to_owned()
    })
}

/// Why a text isn't one tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadTag {
    /// It is several.
    Several,
    /// It is too long, or nothing of it is left.
    Unfit,
}

/// The one tag that a text is; empty for a blank one.
///
/// # Errors
/// [`BadTag`] if it isn't one that can be kept whole.
pub(super) fn one_tag(text: &str) -> Result<String, BadTag> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let mut all = typed_tags(text);
    match (all.pop(), all.is_empty()) {
        (Some(tag), true) if plain_tags(text).any(|plain| plain == tag) => Ok(tag),
        (Some(_), false) => Err(BadTag::Several),
        _ => Err(BadTag::Unfit),
    }
}

/// Whether two tags are the same: their case doesn't count.
pub fn is_same(one: &str, other: &str) -> bool {
    match one.is_ascii() && other.is_ascii() {
        true => one.eq_ignore_ascii_case(other),
        false => one.to_lowercase() == other.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_they_are_typed() {
        assert_eq!(
            typed_tags(" #Rust,  two  words, rust,, 中文，数"),
            ["Rust", "two words", "中文", "数"]
        );
        let many: Vec<String> = (0..30).map(|n| format!("tag{n}")).collect();
        assert_eq!(typed_tags(&many.join(",")).len(), MAX_TAGS + 1);
    }
}
