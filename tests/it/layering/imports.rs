//! The import graph, read from the sources: modules, their items, and the paths by which code refers to them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module's path below the crate: `["shelf", "store"]`.
pub(super) type ModulePath = Vec<String>;

/// One source file.
pub(super) struct Source {
    /// Below `src/`, such as `shelf/store.rs`.
    pub path: String,
    pub module: ModulePath,
    /// The source with comments, literals' contents and unit tests blanked; positions are unchanged.
    pub code: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let mut module: ModulePath = path
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
            module.pop();
        }
        let code = without_literals(text);
        let code = match code.find("#[cfg(test)]\nmod tests") {
            Some(tests) => code[..tests].to_owned(),
            None => code,
        };
        Self {
            path: path.to_owned(),
            module,
            code,
        }
    }

    fn has_children(&self) -> bool {
        self.path.ends_with("mod.rs") || self.path == "lib.rs"
    }
}

/// Every source file below a folder.
pub(super) fn sources(folder: &Path) -> Vec<Source> {
    let mut folders = vec![folder.to_path_buf()];
    let mut found = Vec::new();
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                found.push(Source::new(name, &text));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Blanks comments and the contents of quotes.
fn without_literals(text: &str) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let starts = |at: usize, with: &str| {
        with.chars()
            .enumerate()
            .all(|(n, c)| bytes.get(at + n) == Some(&c))
    };
    while at < bytes.len() {
        if starts(at, "//") {
            while at < bytes.len() && bytes[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "r\"") || starts(at, "r#") && raw_quote(&bytes, at).is_some() {
            let hashes = raw_quote(&bytes, at).unwrap_or_default();
            let end: String = format!("\"{}", "#".repeat(hashes));
            at += hashes + 2;
            while at < bytes.len() && !starts(at, &end) {
                at += 1;
            }
            at += end.len();
            out.push_str("\"\"");
        } else if bytes[at] == '"' {
            at += 1;
            while at < bytes.len() && bytes[at] != '"' {
                at += if bytes[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            out.push_str("\"\"");
        } else if bytes[at] == '\'' && is_character(&bytes, at) {
            at += if bytes[at + 1] == '\\' { 2 } else { 1 };
            while bytes[at] != '\'' || bytes[at - 1] == '\'' && bytes[at + 1] == '\'' {
                at += 1;
            }
            at += 1;
            out.push_str("' '");
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// The number of `#` if a raw string begins here.
fn raw_quote(text: &[char], at: usize) -> Option<usize> {
    let hashes = text[at + 1..].iter().take_while(|&&c| c == '#').count();
    (text.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// Whether an apostrophe begins a character literal instead of a lifetime.
fn is_character(text: &[char], at: usize) -> bool {
    text.get(at + 1) == Some(&'\\') || text.get(at + 2) == Some(&'\'')
}

/// A node of the graph: a file, or an item of a file that has child modules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The file.
    pub file: String,
    /// The item; `None` for the file as a whole.
    pub item: Option<String>,
}

/// The names that a file or item binds for things defined elsewhere.
type Bindings = BTreeMap<String, Vec<String>>;

/// All sources, with their names resolved.
pub(super) struct Crate<'s> {
    sources: &'s [Source],
    by_module: BTreeMap<ModulePath, &'s Source>,
    bindings: BTreeMap<ModulePath, Bindings>,
}

impl<'s> Crate<'s> {
    pub(super) fn new(sources: &'s [Source]) -> Self {
        let by_module: BTreeMap<ModulePath, &Source> = sources
            .iter()
            .map(|source| (source.module.clone(), source))
            .collect();
        let mut this = Self {
            sources,
            by_module,
            bindings: BTreeMap::new(),
        };
        for source in sources {
            let mut bindings = Bindings::new();
            for (leaf, alias) in uses(&source.code) {
                if let Some(path) = this.absolute(&leaf, &source.module) {
                    bindings.insert(alias, path);
                }
            }
            this.bindings.insert(source.module.clone(), bindings);
        }
        this
    }

    /// Resolves a path relative to a module to one from the crate root; `None` for another crate's.
    fn absolute(&self, path: &[String], from: &[String]) -> Option<Vec<String>> {
        let ups = path.iter().take_while(|part| *part == "super").count();
        match path.first().map(String::as_str)? {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([from, &path[1..]].concat()),
            "super" => {
                let base = &from[..from.len().checked_sub(ups)?];
                Some([base, &path[ups..]].concat())
            }
            child => {
                let own = [from, &[child.to_owned()]].concat();
                let is_child = self.by_module.contains_key(&own);
                is_child.then(|| [from, path].concat())
            }
        }
    }

    /// The file, and possibly item, that a path refers to, following re-exports.
    fn place(&self, path: &[String], depth: usize) -> Option<Place> {
        let length = (0..=path.len())
            .rev()
            .find(|&length| self.by_module.contains_key(&path[..length]))?;
        let (module, rest) = path.split_at(length);
        let source = self.by_module[module];
        let Some(item) = rest.first() else {
            return Some(Place {
                file: source.path.clone(),
                item: None,
            });
        };
        if let Some(target) = self.bindings[module].get(item)
            && depth < 8
        {
            let target = [target.as_slice(), &rest[1..]].concat();
            return self.place(&target, depth + 1);
        }
        let item = source.has_children().then(|| item.clone());
        Some(Place {
            file: source.path.clone(),
            item,
        })
    }

    /// Every edge: from a file, or an item of one that has children, to what it names. `mod` lines and re-exports don't
    /// count.
    pub(super) fn arrows(&self) -> BTreeMap<Place, BTreeSet<Place>> {
        let mut arrows: BTreeMap<Place, BTreeSet<Place>> = BTreeMap::new();
        for source in self.sources {
            let bindings = &self.bindings[&source.module];
            for (item, code) in items(source) {
                let from = Place {
                    file: source.path.clone(),
                    item,
                };
                let mut to = BTreeSet::new();
                for path in paths(&code) {
                    let absolute = match bindings.get(&path[0]) {
                        Some(bound) => Some([bound.as_slice(), &path[1..]].concat()),
                        None if from.item.is_some() && path.len() == 1 => {
                            let own = [source.module.as_slice(), &path[..]].concat();
                            // A single name that equals a child module's is taken for a variable.
                            (!self.by_module.contains_key(&own)).then_some(own)
                        }
                        None if path.len() > 1 => self.absolute(&path, &source.module),
                        None => None,
                    };
                    to.extend(absolute.and_then(|path| self.place(&path, 0)));
                }
                if from.item.is_none() {
                    // Imports count even if unused.
                    to.extend(bindings.values().filter_map(|path| self.place(path, 0)));
                }
                to.remove(&from);
                arrows.entry(from).or_default().extend(to);
            }
        }
        // Only definitions are nodes.
        let known: BTreeSet<Place> = arrows.keys().cloned().collect();
        for to in arrows.values_mut() {
            to.retain(|place| known.contains(place));
        }
        arrows
    }
}

/// The leaves of all `use` declarations, each with the name that it binds.
fn uses(code: &str) -> Vec<(Vec<String>, String)> {
    let mut leaves = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].trim_end_matches(' ');
        let starts = before.is_empty() || before.ends_with(['\n', '{', '}', ';', ')']);
        let is_public = before.ends_with("pub");
        if starts || is_public {
            let tree = code[at + 4..].split(';').next().unwrap_or_default();
            leaves_of(&[], tree, &mut leaves);
        }
    }
    leaves
}

fn leaves_of(prefix: &[String], tree: &str, out: &mut Vec<(Vec<String>, String)>) {
    let tree = tree.trim();
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, Some(group.trim_end().trim_end_matches('}'))),
        None => (tree, None),
    };
    let (head, alias) = match head.split_once(" as ") {
        Some((head, alias)) => (head, Some(alias.trim().to_owned())),
        None => (head, None),
    };
    let parts = head
        .split("::")
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let path = [prefix, &parts.map(str::to_owned).collect::<Vec<_>>()].concat();
    if let Some(group) = group {
        let mut depth = 0;
        let mut piece = String::new();
        for c in group.chars().chain([',']) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    if !piece.trim().is_empty() {
                        leaves_of(&path, &piece, out);
                    }
                    piece.clear();
                    continue;
                }
                _ => {}
            }
            piece.push(c);
        }
        return;
    }
    let path = match path.last().map(String::as_str) {
        Some("self") if path.len() > 1 => path[..path.len() - 1].to_vec(),
        _ => path,
    };
    if let Some(last) = path.last().cloned() {
        out.push((path, alias.unwrap_or(last)));
    }
}

/// The items of a file that has children, with their code; for any other, the file as a whole.
fn items(source: &Source) -> Vec<(Option<String>, String)> {
    if !source.has_children() {
        return vec![(None, source.code.clone())];
    }
    let mut found: Vec<(Option<String>, String)> = Vec::new();
    let mut block = String::new();
    for line in source.code.lines() {
        block.push_str(line);
        block.push('\n');
        let ends = matches!(line, "}" | "};" | "]" | "];" | ")" | ");")
            || (!line.starts_with([' ', '#', '}']) && line.ends_with([';', '}']));
        if ends {
            if let Some(name) = name_of(&block) {
                found.push((Some(name), std::mem::take(&mut block)));
            }
            block.clear();
        }
    }
    found
}

/// What a top-level block defines: an item, or for an `impl` the type. `None` for `use` and `mod`.
fn name_of(block: &str) -> Option<String> {
    let line = block
        .lines()
        .find(|line| !line.is_empty() && !line.starts_with(['#', ' ', ']', ')']))?;
    let words: Vec<&str> = line
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    if line.starts_with("impl") {
        let of = line.split(" for ").last()?;
        let of = of.trim_start_matches("impl");
        let of = of.trim_start_matches('<').rsplit("> ").next()?;
        let name = of
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .find(|word| !word.is_empty())?;
        return Some(name.to_owned());
    }
    let kinds = [
        "fn",
        "struct",
        "enum",
        "trait",
        "const",
        "static",
        "type",
        "union",
        "macro_rules",
    ];
    // In `const fn` and `static mut`, the name follows the second word.
    let at = words
        .iter()
        .rposition(|word| kinds.contains(word) && *word != "type")
        .filter(|_| !words.contains(&"use") && !words.contains(&"mod"))
        .or_else(|| words.iter().position(|word| *word == "type"))?;
    words.get(at + 1).map(|name| (*name).to_owned())
}

/// Every path in some code: names with `::` between them, and single names.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut chars = code.char_indices().peekable();
    let mut path: Vec<String> = Vec::new();
    let mut before = ' ';
    while let Some(&(at, c)) = chars.peek() {
        if c.is_alphabetic() || c == '_' {
            let rest = &code[at..];
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            let name = &rest[..end];
            // A field or method isn't a path.
            if before != '.' || code[..at].ends_with("..") {
                path.push(name.to_owned());
            }
            while chars.peek().is_some_and(|&(next, _)| next < at + end) {
                chars.next();
            }
            if !code[at + end..].starts_with("::") && !path.is_empty() {
                found.push(std::mem::take(&mut path));
            }
            before = 'a';
        } else {
            if c != ':' && !path.is_empty() {
                found.push(std::mem::take(&mut path));
            }
            if !c.is_whitespace() {
                before = c;
            }
            chars.next();
        }
    }
    found
}
