//! Estimates from the tags alone how deep elements nest.
//!
//! An end tag closes less than it seems: `</i>` closes no `<b>`, and `</span>` none outside the paragraph that stands open.
//! So only what surely closes something counts; where the estimate is high, the tree itself is asked.

/// Elements that hold nothing, except within drawings and formulas, where they are like any other.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements that the next of their kind closes, there too with that exception.
const REPLACED: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "option"];
/// Those of them that the end of a block around them closes.
const IMPLIED: &[&str] = &["p", "li", "dt", "dd"];
/// Blocks whose end tag closes what stands open in them.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "div",
    "dl",
    "figcaption",
    "figure",
    "footer",
    "header",
    "main",
    "nav",
    "ol",
    "pre",
    "section",
    "summary",
    "ul",
];
/// The limit of what is remembered, and so of what is estimated.
const MOST: usize = 4_096;

/// The elements that may stand open.
#[derive(Default)]
pub(super) struct Nesting<'a> {
    open: Vec<&'a str>,
    deepest: usize,
    /// Whether a drawing or a formula has begun anywhere.
    is_foreign: bool,
}

impl<'a> Nesting<'a> {
    /// Takes a tag: its name as written, and in small letters.
    pub(super) fn tag(&mut self, name: &'a str, lower: &str, closes: bool) {
        self.is_foreign |= matches!(lower, "svg" | "math");
        if closes {
            return self.close(name, lower);
        }
        let is_last = self.open.last().is_some_and(|open| is(open, lower));
        let replaces = is_last && REPLACED.contains(&lower);
        if self.open.len() >= MOST || !self.is_foreign && (replaces || VOID.contains(&lower)) {
            return;
        }
        self.open.push(name);
        self.deepest = self.deepest.max(self.open.len());
    }

    fn close(&mut self, name: &str, lower: &str) {
        let mut at = self.open.len();
        if BLOCKS.contains(&lower) {
            let implied = |open: &str| IMPLIED.iter().any(|one| is(open, one));
            while at > 0 && implied(self.open[at - 1]) {
                at -= 1;
            }
        }
        if at > 0 && is(self.open[at - 1], name) {
            self.open.truncate(at - 1);
        }
    }

    /// The most that may have stood open at once.
    pub(super) fn deepest(&self) -> usize {
        self.deepest
    }
}

fn is(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.eq_ignore_ascii_case(other)
}
