//! Composite indexes: the list, and which one a query needs.
//!
//! `index.yaml` is the only list, for Google and for the embedded store. Both refuse a query that no entry serves; the
//! error names the entry to add.

use std::fmt;

use serde::Deserialize;

use super::query::{Direction, Filter, KEY, Query, Shape};
use super::{Kind, Order, StoreError};

/// One composite index, in the terms of `index.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexDefinition {
    /// The kind of entity.
    pub kind: String,
    /// Whether an entity has an entry under each of its ancestors, for queries within one.
    #[serde(default)]
    pub ancestor: bool,
    /// The columns, most significant first.
    pub properties: Vec<IndexColumn>,
}

/// One column of a composite index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexColumn {
    /// The property, or `__key__`.
    pub name: String,
    /// The sort direction; ascending by default.
    #[serde(default = "ascending")]
    pub direction: Direction,
}

fn ascending() -> Direction {
    Direction::Asc
}

/// The properties that queries name alone, by kind: without other conditions, as the first of several equalities, or as the
/// only order. They are served by indexes of one property, which Google keeps of every property, and the embedded store of
/// these. The other kinds are the tests'.
const ALONE: [(Kind, &[&str]); 11] = [
    (Kind::Feed, &["orphaned_day", "hub_due"]),
    (Kind::Icon, &["content", "fetched"]),
    (Kind::Invitation, &["user"]),
    (Kind::Probe, &["minute"]),
    (Kind::Session, &["expires", "user"]),
    (Kind::Share, &["user"]),
    (Kind::Star, &["user"]),
    (Kind::Subscription, &["feed"]),
    (Kind::Token, &["user"]),
    (Kind::User, &["card", "leaving", "mail_due"]),
    (Kind::Webhook, &["feed", "user"]),
];

/// A list of composite indexes.
#[derive(Clone, Debug, Default)]
pub struct IndexSet {
    all: Vec<IndexDefinition>,
    /// Whether these are this product's own, of whose queries all are known.
    is_ours: bool,
}

impl IndexSet {
    /// Parses an `index.yaml`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] says what is wrong with it.
    pub fn from_yaml(text: &str) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct File {
            indexes: Vec<IndexDefinition>,
        }
        let file: File = serde_yaml_ng::from_str(text)
            .map_err(|error| StoreError::Invalid(format!("index.yaml: {error}")))?;
        Ok(Self {
            all: file.indexes,
            is_ours: false,
        })
    }

    /// This build's own list: the `index.yaml` that is compiled in.
    ///
    /// # Errors
    /// The same as [`from_yaml`](Self::from_yaml); a test keeps the file valid.
    pub fn ours() -> Result<Self, StoreError> {
        Ok(Self {
            is_ours: true,
            ..Self::from_yaml(include_str!("../../index.yaml"))?
        })
    }

    /// All indexes.
    pub fn all(&self) -> &[IndexDefinition] {
        &self.all
    }

    /// Whether all queries of a kind are known, so that nothing needs to be kept for others.
    pub(super) fn knows_all_of(&self, kind: &str) -> bool {
        self.is_ours && Kind::from_name(kind).is_some()
    }

    /// Whether a query may name a property alone.
    pub(super) fn is_named_alone(&self, kind: &str, property: &str) -> bool {
        let named =
            |(one, names): &(Kind, &[&str])| one.name() == kind && names.contains(&property);
        !self.knows_all_of(kind) || ALONE.iter().any(named)
    }

    /// The properties that queries name alone: kind and name.
    pub fn named_alone() -> impl Iterator<Item = (&'static str, &'static str)> {
        let of_kind = |(kind, names): &(Kind, &'static [&'static str])| {
            let kind = kind.name();
            names.iter().map(move |name| (kind, *name))
        };
        ALONE.into_iter().flat_map(move |one| of_kind(&one))
    }

    /// The indexes on one kind.
    pub fn of_kind<'s>(
        &'s self,
        kind: &str,
    ) -> impl Iterator<Item = &'s IndexDefinition> + use<'s> {
        let kind = kind.to_owned();
        self.all.iter().filter(move |index| index.kind == kind)
    }

    /// The index that serves a query.
    ///
    /// # Errors
    /// [`StoreError::MissingIndex`] if it needs a composite index that isn't in the list.
    pub fn choose<'s>(&'s self, query: &Query) -> Result<Choice<'s>, StoreError> {
        let need = Need::of(query);
        if let Some(builtin) = need.builtin(query) {
            self.check_alone(&builtin, query)?;
            return Ok(builtin);
        }
        let wanted = need.definition(&query.kind);
        let behind = need.equal.len();
        // Prefer the index that the error would name: another query's index mustn't change the order of these results.
        let found = self
            .of_kind(&query.kind)
            .filter(|index| need.fits(index))
            .min_by_key(|index| index.properties[behind..] != wanted.properties[behind..]);
        found
            .map(Choice::Composite)
            .ok_or_else(|| StoreError::MissingIndex {
                entry: wanted.to_string(),
            })
    }
}

impl IndexSet {
    /// Refuses a query that names a property alone which isn't in the list.
    fn check_alone(&self, choice: &Choice<'_>, query: &Query) -> Result<(), StoreError> {
        let equal = query.equal_properties();
        let property = match choice {
            Choice::ByProperty(order) => order.property.as_str(),
            _ => match equal.first() {
                Some(first) => first,
                None => return Ok(()),
            },
        };
        match self.is_named_alone(&query.kind, property) {
            true => Ok(()),
            false => Err(StoreError::MissingIndex {
                entry: format!("(to `ALONE` in index.rs:) {} {property}", query.kind),
            }),
        }
    }
}

/// Which index serves a query.
#[derive(Debug, PartialEq)]
pub enum Choice<'s> {
    /// The kind's entities by key, with or without equality filters.
    ByKey,
    /// One property, ascending or descending, without equality filters or an ancestor.
    ByProperty(Order),
    /// An entry of `index.yaml`.
    Composite(&'s IndexDefinition),
}

/// The columns that a query needs in an index.
struct Need {
    ancestor: bool,
    /// In any order.
    equal: Vec<String>,
    /// In this order.
    rest: Vec<Order>,
    /// After them, sorted by name, in either direction: properties that are only projected.
    projected: Vec<String>,
}

impl Need {
    fn of(query: &Query) -> Self {
        let equal = query.equal_properties();
        let mut rest = query.full_orders();
        let mut projected = Vec::new();
        if let Shape::Projection(names) = &query.shape {
            let only = names
                .iter()
                .filter(|name| rest.iter().all(|order| &order.property != *name));
            projected.extend(only.cloned());
            projected.sort();
        }
        // After ascending columns, entries are sorted by key anyway: an explicit key order adds nothing.
        let ascends = rest.iter().all(|order| order.direction == Direction::Asc);
        if ascends && rest.last().is_some_and(|order| order.property == KEY) {
            rest.pop();
        }
        Self {
            ancestor: query.ancestor.is_some(),
            equal: equal.into_iter().map(str::to_owned).collect(),
            rest,
            projected,
        }
    }

    /// Google's rule for what built-in indexes can serve.
    fn builtin(&self, query: &Query) -> Option<Choice<'static>> {
        let key_range_only = query.range_property().is_none_or(|name| name == KEY);
        let alone = self.equal.is_empty() && !self.ancestor;
        match (self.rest.as_slice(), self.projected.as_slice()) {
            ([], []) if key_range_only => Some(Choice::ByKey),
            ([only], []) if alone && only.property != KEY => Some(Choice::ByProperty(only.clone())),
            ([], [only]) if alone && key_range_only && query.range_property().is_none() => {
                Some(Choice::ByProperty(Order {
                    property: only.clone(),
                    direction: Direction::Asc,
                }))
            }
            _ => None,
        }
    }

    fn fits(&self, index: &IndexDefinition) -> bool {
        let Some((equal, rest)) = index.properties.split_at_checked(self.equal.len()) else {
            return false;
        };
        let same = |column: &IndexColumn, order: &Order| {
            column.name == order.property && column.direction == order.direction
        };
        let Some((ordered, projected)) = rest.split_at_checked(self.rest.len()) else {
            return false;
        };
        index.ancestor == self.ancestor
            && equal.iter().all(|column| self.equal.contains(&column.name))
            && ordered
                .iter()
                .zip(&self.rest)
                .all(|(column, order)| same(column, order))
            && projected
                .iter()
                .map(|column| &column.name)
                .eq(&self.projected)
    }

    fn definition(&self, kind: &str) -> IndexDefinition {
        let equal = self.equal.iter().map(|name| IndexColumn {
            name: name.clone(),
            direction: Direction::Asc,
        });
        let rest = self.rest.iter().map(|order| IndexColumn {
            name: order.property.clone(),
            direction: order.direction,
        });
        let projected = self.projected.iter().map(|name| IndexColumn {
            name: name.clone(),
            direction: Direction::Asc,
        });
        IndexDefinition {
            kind: kind.to_owned(),
            ancestor: self.ancestor,
            properties: equal.chain(rest).chain(projected).collect(),
        }
    }
}

impl fmt::Display for IndexDefinition {
    /// As an entry of `index.yaml`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "- kind: {}", self.kind)?;
        if self.ancestor {
            writeln!(out, "  ancestor: true")?;
        }
        writeln!(out, "  properties:")?;
        for column in &self.properties {
            writeln!(out, "  - name: {}", column.name)?;
            if column.direction == Direction::Desc {
                writeln!(out, "    direction: desc")?;
            }
        }
        Ok(())
    }
}

impl Query {
    /// The branches that `In` filters expand to: for each, the values that properties must equal.
    pub(super) fn branches(&self) -> Vec<Vec<(&str, &super::Value)>> {
        let mut branches = vec![Vec::new()];
        for filter in &self.filters {
            let (name, values) = match filter {
                Filter::Equal(name, value) => (name, std::slice::from_ref(value)),
                Filter::In(name, values) => (name, values.as_slice()),
                Filter::Range(..) => continue,
            };
            branches = branches
                .iter()
                .flat_map(|branch: &Vec<_>| {
                    values.iter().map(move |value| {
                        let mut longer = branch.clone();
                        longer.push((name.as_str(), value));
                        longer
                    })
                })
                .collect();
        }
        branches
    }
}
