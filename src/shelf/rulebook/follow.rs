//! Rules and saved searches follow a folder that gets another name.

use serde::{Deserialize, Serialize};

use super::book::Book;
use super::rule::{Condition, How, What, Where};
use crate::search::fold::folded;
use crate::search::rewrite::with_folders;
use crate::shelf::subscription::folder_text;

/// What names a folder in a rule.
type Named = (Where, Vec<Condition>);

/// What followed, as it was and as it is, so that it can be undone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Followed {
    rules: Vec<(u32, Named, Named)>,
    searches: Vec<(u32, String, String)>,
}

impl Followed {
    /// What a new name changes. `moved` says where a folder is then; `None` if it is as before, or gone. `others` are the folders
    /// that keep their names: what a query means by one of theirs stays.
    pub fn of(
        book: &Book,
        all: &[Vec<String>],
        moved: impl Fn(&[String]) -> Option<Vec<String>>,
    ) -> Self {
        let renamed: Vec<(&Vec<String>, Vec<String>)> = all
            .iter()
            .filter_map(|path| Some((path, moved(path)?)))
            .collect();
        let anew = |text: &str| {
            let text = folded(text);
            let found = renamed
                .iter()
                .find(|(path, _)| folded(&folder_text(path)) == text);
            found.map(|(_, to)| folder_text(to))
        };
        let rules = book.rules.iter().filter_map(|rule| {
            let place = match &rule.place {
                Where::Folder(path) => moved(path).map(Where::Folder),
                _ => None,
            };
            let before = (rule.place.clone(), rule.conditions.clone());
            let mut after = (place.unwrap_or_else(|| before.0.clone()), before.1.clone());
            let named = after.1.iter_mut().filter(|one| one.what == What::Folder);
            for one in named.filter(|one| matches!(one.how, How::Is | How::Isnt)) {
                if let Some(to) = anew(&one.text) {
                    one.text = to;
                }
            }
            (after != before).then_some((rule.id, before, after))
        });
        // A query may have the last name alone, if no other folder has it.
        let last = |text: &str| {
            let text = folded(text);
            let is_last = |path: &[String]| path.last().is_some_and(|name| folded(name) == text);
            let (path, to) = renamed.iter().find(|(path, _)| is_last(path))?;
            let has = |other: &Vec<String>| folded(&folder_text(other)).contains(&text);
            let is_shared = all
                .iter()
                .any(|other| other != *path && has(other) && moved(other).is_none());
            (!is_shared).then(|| to.last().cloned()).flatten()
        };
        let searches = book.searches.iter().filter_map(|one| {
            let after = with_folders(&one.query, |name| anew(name).or_else(|| last(name)))?;
            Some((one.id, one.query.clone(), after))
        });
        Self {
            rules: rules.collect(),
            searches: searches.collect(),
        }
    }

    /// Whether nothing follows.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Changes what follows; what was changed by hand meanwhile stays as it is.
    pub fn apply(&self, book: &mut Book) {
        let rules = self.rules.iter().map(|(id, from, to)| (id, from, to));
        let searches = self.searches.iter().map(|(id, from, to)| (id, from, to));
        change(book, rules, searches);
    }

    /// Changes it back; likewise.
    pub fn undo(&self, book: &mut Book) {
        let rules = self.rules.iter().map(|(id, from, to)| (id, to, from));
        let searches = self.searches.iter().map(|(id, from, to)| (id, to, from));
        change(book, rules, searches);
    }
}

fn change<'a>(
    book: &mut Book,
    rules: impl Iterator<Item = (&'a u32, &'a Named, &'a Named)>,
    searches: impl Iterator<Item = (&'a u32, &'a String, &'a String)>,
) {
    for (id, from, to) in rules {
        if let Some(rule) = book.rules.iter_mut().find(|rule| rule.id == *id)
            && (&rule.place, &rule.conditions) == (&from.0, &from.1)
        {
            (rule.place, rule.conditions) = to.clone();
        }
    }
    for (id, from, to) in searches {
        if let Some(one) = book.searches.iter_mut().find(|one| one.id == *id)
            && one.query == *from
        {
            if one.name == *from {
                one.name.clone_from(to);
            }
            one.query.clone_from(to);
        }
    }
}
