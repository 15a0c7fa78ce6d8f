//! Estimates from the tags alone how deep elements nest.
//!
//! An end tag closes less than it seems: `</i>` closes no `<b>`, and `</span>` none outside the open paragraph. So only
//! what certainly closes something counts; if the estimate is high, the tree is built to find out.

/// Void elements, except within `svg` and `math`, where they are like any other.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements closed by the next of their kind, with the same exception.
const REPLACED: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "option"];
/// Those of them that the end of an enclosing block closes.
const IMPLIED: &[&str] = &["p", "li", "dt", "dd"];
/// Blocks whose end tag closes the elements open in them.
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
/// Most open elements tracked, and so the highest estimate.
const MAX_OPEN: usize = 4_096;

/// Elements that may be open.
#[derive(Default)]
pub(super) struct Nesting<'a> {
    open: Vec<&'a str>,
    deepest: usize,
    /// Whether an `svg` or `math` element has begun anywhere.
    is_foreign: bool,
}

impl<'a> Nesting<'a> {
    /// Counts a tag: its name as written, and in lower case.
    pub(super) fn tag(&mut self, name: &'a str, lower: &str, closes: bool) {
        self.is_foreign |= matches!(lower, "svg" | "math");
        if closes {
            return self.close(name, lower);
        }
        let is_last = self.open.last().is_some_and(|open| is(open, lower));
        let replaces = is_last && REPLACED.contains(&lower);
        if self.open.len() >= MAX_OPEN || !self.is_foreign && (replaces || VOID.contains(&lower)) {
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

    /// The most elements that may have been open at once.
    pub(super) fn deepest(&self) -> usize {
        self.deepest
    }
}

fn is(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.eq_ignore_ascii_case(other)
}
