//! Plain text from untrusted HTML.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::bounds;
use crate::html::references;

/// The text of a piece of HTML on one line: no tags, entities decoded, white space collapsed.
pub fn plain_text(html: &str) -> String {
    let html = bounds::cut(html, bounds::MAX_HTML_BYTES);
    if !html.contains(['<', '&']) {
        return collapse(html);
    }
    if bounds::is_hostile(html) {
        return collapse(&bounds::strip_tags(html));
    }
    let tokenizer = Tokenizer::new(TextSink::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(bounds::close_empty_frames(html).as_ref().into());
    // The sink never requests script execution, so one call reads everything.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    collapse(&tokenizer.sink.text.into_inner())
}

/// The same of HTML that the cleaner wrote, which needs no tokenizer: every `<` begins a tag, every attribute is quoted, and
/// nothing in it is raw text.
pub(super) fn text_of_clean(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let tag = &rest[at + 1..];
        let named = tag.strip_prefix('/').unwrap_or(tag);
        let end = named.bytes().position(|b| !b.is_ascii_alphanumeric());
        if !INLINE.contains(&&named[..end.unwrap_or(named.len())]) {
            text.push(' ');
        }
        rest = &tag[bounds::tag_end(tag)..];
    }
    text.push_str(rest);
    collapse(&references::unescape(&text))
}

/// The beginning of a piece of HTML as plain text; see [`shortened`].
pub fn snippet(html: &str, max_bytes: usize) -> String {
    shortened(&plain_text(html), max_bytes)
}

/// The beginning of a plain text, cut at the end of a word, with an ellipsis if something was cut.
///
/// Never longer than `max_bytes`, including the ellipsis.
pub fn shortened(text: &str, max_bytes: usize) -> String {
    const ELLIPSIS: &str = "…";
    if text.len() <= max_bytes {
        return text.to_owned();
    }
    let Some(room) = max_bytes.checked_sub(ELLIPSIS.len()) else {
        return String::new();
    };
    let cut = bounds::cut(text, room);
    let ends_a_word = text[cut.len()..].starts_with(' ');
    let words = match cut.rfind(' ') {
        // A single word that doesn't fit is cut at the limit.
        Some(space) if !ends_a_word && space > 0 => &cut[..space],
        _ => cut,
    };
    format!(
        "{}{ELLIPSIS}",
        words.trim_end_matches([' ', ',', ';', ':', '-', '–'])
    )
}

fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Keeps the text and drops the tags, except for a space where a block begins or ends.
#[derive(Default)]
struct TextSink {
    text: RefCell<String>,
    /// The element whose raw text is being skipped, such as a script.
    skipping: RefCell<Option<String>>,
}

impl TextSink {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let mut skipping = self.skipping.borrow_mut();
        if tag.kind == TagKind::EndTag {
            if skipping.as_deref() == Some(name) {
                *skipping = None;
            }
        } else if let "script" | "style" | "title" | "textarea" | "iframe" | "noframes" | "xmp" =
            name
            && !tag.self_closing
        {
            *skipping = Some(name.to_owned());
            let kind = if name == "script" {
                RawKind::ScriptData
            } else {
                RawKind::Rawtext
            };
            return TokenSinkResult::RawData(kind);
        }
        if !INLINE.contains(&name) {
            self.text.borrow_mut().push(' ');
        }
        TokenSinkResult::Continue
    }
}

/// Elements that do not separate words.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr",
];

impl TokenSink for TextSink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) if self.skipping.borrow().is_none() => {
                self.text.borrow_mut().push_str(&text);
            }
            Token::TagToken(tag) => return self.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use crate::html::sanitize::text::*;

    #[test]
    fn plain_text_is_one_line() {
        assert_eq!(
            plain_text("<p>a&nbsp;&eacute;</p><p>b<b>c</b>\n<script>x</script>"),
            "a é bc"
        );
        assert_eq!(plain_text("AT&T &amp; 1 < 2"), "AT&T & 1 < 2");
    }

    #[test]
    fn of_cleaned_html_the_short_way_finds_the_same() {
        for html in [
            "<p>a&nbsp;&eacute;</p><p>b<b>c</b>\n<script>x</script>",
            "AT&T &amp; 1 < 2 &amp;lt; &quot;x&quot; &#39; &copy;",
            "<a href='/a?b=1&c=\">\"' title='a > b'>one</a>two<br>three<img src=a.png alt='x < y'>four",
            "<ul><li>a<li>b</ul><table><tr><td>1<td>2</table><math><mi>x</mi><mo>&lt;</mo></math>",
            "<pre>a\n  b</pre><details open><summary>s</summary>t</details>",
            "<p title=\"&quot;>\">q</p>\u{a0}\u{2003}z",
        ] {
            let base = url::Url::parse("https://blog.example/").expect("a fixed URL");
            let clean = crate::html::sanitize::SafeHtml::clean(html, Some(&base)).into_string();
            assert_eq!(text_of_clean(&clean), plain_text(&clean), "{clean}");
        }
    }

    #[test]
    fn a_snippet_ends_with_a_word() {
        assert_eq!(snippet("one two three", 11), "one two…");
        assert_eq!(snippet("one two three", 10), "one two…");
        assert_eq!(snippet("one two three", 9), "one…");
        assert_eq!(snippet("one two three", 13), "one two three");
        assert_eq!(snippet("ééééé", 8), "éé…");
        assert_eq!(snippet("abcdef", 2), "");
    }
}
