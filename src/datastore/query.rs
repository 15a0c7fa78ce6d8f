//! Queries: one kind, filters, orders, and always a limit.

use std::fmt;

use sha2::{Digest, Sha256};

use super::cursor::{Cursor, FINGERPRINT_BYTES, Fingerprint};
use super::{Key, StoreError, Value};

/// The pseudo-property for an entity's key in range filters and orders.
pub const KEY: &str = "__key__";
/// The most values that a query's `In` filters may have, multiplied (Google's limit on disjunctions).
pub const IN_LIMIT: usize = 30;
/// The most results of one call; continue with the cursor for more.
pub const RESULT_LIMIT: u32 = 1_000;

/// How a range filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeOp {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A condition on one property. An entity without the property, or with it unindexed, never matches.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Equal; an array matches if an element does.
    Equal(String, Value),
    /// Equal to one of 1 to 30 values.
    In(String, Vec<Value>),
    /// Within a range; all ranges of a query are on the same property.
    Range(String, RangeOp, Value),
}

/// A sort direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Greatest first.
    Desc,
}

/// One sort column.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The property, or [`KEY`].
    pub property: String,
    /// The sort direction.
    pub direction: Direction,
}

/// What a result contains, and so what it costs.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Whole entities: one read each.
    Entities,
    /// Only keys: one read for the query.
    KeysOnly,
    /// Some indexed properties, from the index: one read for the query. Timestamps come as integers.
    Projection(Vec<String>),
}

/// A query on one kind of entity. There is no way to run one without a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub(super) kind: String,
    pub(super) ancestor: Option<Key>,
    pub(super) filters: Vec<Filter>,
    pub(super) orders: Vec<Order>,
    pub(super) shape: Shape,
    pub(super) start: Option<Cursor>,
    pub(super) limit: u32,
}

impl fmt::Display for Query {
    /// For people: kind, conditions, order, what is returned. Values are left out, since they are personal.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.kind)?;
        let parent = self
            .ancestor
            .iter()
            .map(|key| format!("below a {}", key.kind()));
        let filters = self.filters.iter().map(|filter| match filter {
            Filter::Equal(name, _) => format!("{name} ="),
            Filter::In(name, values) => format!("{name} one of {}", values.len()),
            Filter::Range(name, op, _) => {
                let sign = match op {
                    RangeOp::Less => "<",
                    RangeOp::AtMost => "≤",
                    RangeOp::Greater => ">",
                    RangeOp::AtLeast => "≥",
                };
                format!("{name} {sign}")
            }
        });
        let conditions: Vec<String> = parent.chain(filters).collect();
        if !conditions.is_empty() {
            write!(out, " where {}", conditions.join(", "))?;
        }
        for order in &self.orders {
            let way = match order.direction {
                Direction::Asc => "up",
                Direction::Desc => "down",
            };
            write!(out, ", by {} {way}", order.property)?;
        }
        match &self.shape {
            Shape::Entities => write!(out, ": whole"),
            Shape::KeysOnly => write!(out, ": keys"),
            Shape::Projection(names) => write!(out, ": {}", names.join(", ")),
        }
    }
}

impl Query {
    /// The kind's name.
    pub fn kind_name(&self) -> String {
        self.kind.clone()
    }

    /// The first property that must equal a value.
    pub fn first_equality(&self) -> Option<String> {
        self.equal_properties().first().map(|&name| name.to_owned())
    }

    /// All entities of a kind by key, at most `limit` (1 to 1,000) of them.
    pub fn kind(kind: impl AsRef<str>, limit: u32) -> Self {
        Self {
            kind: kind.as_ref().to_owned(),
            ancestor: None,
            filters: Vec::new(),
            orders: Vec::new(),
            shape: Shape::Entities,
            start: None,
            limit,
        }
    }

    /// Only `ancestor` and the entities below it.
    #[must_use]
    pub fn within(mut self, ancestor: Key) -> Self {
        self.ancestor = Some(ancestor);
        self
    }

    /// Only entities whose property equals the value.
    #[must_use]
    pub fn equal(mut self, property: &str, value: impl Into<Value>) -> Self {
        let filter = Filter::Equal(property.to_owned(), value.into());
        self.filters.push(filter);
        self
    }

    /// Only entities whose property equals one of the values.
    #[must_use]
    pub fn any_of(mut self, property: &str, values: Vec<Value>) -> Self {
        self.filters.push(Filter::In(property.to_owned(), values));
        self
    }

    /// Only entities whose property is within a range.
    #[must_use]
    pub fn range(mut self, property: &str, op: RangeOp, value: impl Into<Value>) -> Self {
        let filter = Filter::Range(property.to_owned(), op, value.into());
        self.filters.push(filter);
        self
    }

    /// Adds a sort column.
    #[must_use]
    pub fn order(mut self, property: &str, direction: Direction) -> Self {
        let property = property.to_owned();
        self.orders.push(Order {
            property,
            direction,
        });
        self
    }

    /// Returns only these properties, from the index.
    #[must_use]
    pub fn project(mut self, properties: &[&str]) -> Self {
        let properties = properties.iter().map(|&name| name.to_owned());
        self.shape = Shape::Projection(properties.collect());
        self
    }

    /// Returns only the keys.
    #[must_use]
    pub fn keys_only(mut self) -> Self {
        self.shape = Shape::KeysOnly;
        self
    }

    /// The cursor after a result of this query, at a position that only the backend understands.
    pub(super) fn cursor_at(&self, position: &[u8]) -> Cursor {
        Cursor::new(self.fingerprint(position), position)
    }

    /// The backend's position from the cursor, if there is one.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`] if it belongs to another query.
    pub(super) fn start_position(&self) -> Result<Option<&[u8]>, StoreError> {
        let Some(cursor) = &self.start else {
            return Ok(None);
        };
        let (mark, position) = cursor.parts()?;
        match mark == self.fingerprint(position) {
            true => Ok(Some(position)),
            false => Err(StoreError::BadCursor),
        }
    }

    /// A hash of what a cursor depends on: the query without start and limit, and the position, which a backend might
    /// accept even if it is damaged.
    fn fingerprint(&self, position: &[u8]) -> Fingerprint {
        let Self {
            kind,
            ancestor,
            filters,
            orders,
            shape,
            start: _,
            limit: _,
        } = self;
        let shape = format!("{kind:?}{ancestor:?}{filters:?}{orders:?}{shape:?}");
        let digest = Sha256::new().chain_update(shape).chain_update(position);
        let digest = digest.finalize();
        let mut mark = Fingerprint::default();
        mark.copy_from_slice(&digest[..FINGERPRINT_BYTES]);
        mark
    }

    /// Continues after the cursor of an earlier page of the same query.
    #[must_use]
    pub fn after(mut self, cursor: Option<Cursor>) -> Self {
        self.start = cursor;
        self
    }

    /// The property that the range filters are on.
    pub(super) fn range_property(&self) -> Option<&str> {
        self.filters.iter().find_map(|filter| match filter {
            Filter::Range(property, ..) => Some(property.as_str()),
            _ => None,
        })
    }

    /// The orders, with the one that a range implies in front.
    pub(super) fn full_orders(&self) -> Vec<Order> {
        match self.range_property() {
            Some(property) if self.orders.is_empty() => vec![Order {
                property: property.to_owned(),
                direction: Direction::Asc,
            }],
            _ => self.orders.clone(),
        }
    }

    /// The properties with an equality or `In` filter, in order of first mention.
    pub(super) fn equal_properties(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for filter in &self.filters {
            if let Filter::Equal(name, _) | Filter::In(name, _) = filter
                && !names.contains(&name.as_str())
            {
                names.push(name.as_str());
            }
        }
        names
    }

    /// Checks what Google would refuse, and the few forms that we don't support.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] names the rule.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let invalid = |text: String| Err(StoreError::Invalid(text));
        if self.kind.is_empty() {
            return invalid("a query names a kind".into());
        }
        if !(1..=RESULT_LIMIT).contains(&self.limit) {
            return invalid(format!("a query’s limit is 1 to {RESULT_LIMIT}"));
        }
        self.check_filters()?;
        self.check_orders()?;
        if let Shape::Projection(names) = &self.shape {
            let ordered = self.full_orders();
            if ordered.iter().any(|order| order.property == KEY) {
                // Google's emulator can't continue after such a page.
                return invalid("a projection is ordered by properties, not by the key".into());
            }
            if names.is_empty() {
                return invalid("a projection names properties".into());
            }
            for (index, name) in names.iter().enumerate() {
                if names[..index].contains(name) {
                    return invalid(format!("{name} is projected twice"));
                }
                if self.equal_properties().contains(&name.as_str()) {
                    return invalid(format!("{name} is projected and filtered by equality"));
                }
                if name == KEY {
                    return invalid("the key always comes along and can’t be projected".into());
                }
            }
        }
        Ok(())
    }

    fn check_filters(&self) -> Result<(), StoreError> {
        let invalid = |text: String| Err(StoreError::Invalid(text));
        let mut branches = 1_usize;
        for filter in &self.filters {
            let (name, values) = match filter {
                Filter::Equal(name, value) | Filter::Range(name, _, value) => {
                    (name, std::slice::from_ref(value))
                }
                Filter::In(name, values) if values.is_empty() => {
                    return invalid(format!("the In filter on {name} is empty"));
                }
                Filter::In(name, values) => {
                    branches = values.len().saturating_mul(branches);
                    (name, values.as_slice())
                }
            };
            if values.iter().any(|value| matches!(value, Value::Array(_))) {
                return invalid(format!("{name} is filtered by an array"));
            }
            let by_key = name == KEY;
            if by_key && !matches!(filter, Filter::Range(..)) {
                return invalid("a key takes a lookup, or a filter by range".into());
            }
            if by_key && values.iter().any(|value| !matches!(value, Value::Key(_))) {
                return invalid("a filter on the key takes a key".into());
            }
            if let Filter::Range(name, ..) = filter
                && self.range_property().is_some_and(|first| first != name)
            {
                return invalid("all ranges of a query are on the same property".into());
            }
            if let Filter::Range(name, ..) = filter
                && self.equal_properties().contains(&name.as_str())
            {
                return invalid(format!("{name} is filtered by a range and by equality"));
            }
        }
        if branches > IN_LIMIT {
            return invalid(format!("In supports up to {IN_LIMIT} values"));
        }
        Ok(())
    }

    fn check_orders(&self) -> Result<(), StoreError> {
        let invalid = |text: String| Err(StoreError::Invalid(text));
        for (index, order) in self.orders.iter().enumerate() {
            let name = order.property.as_str();
            if self.orders[..index].iter().any(|o| o.property == name) {
                return invalid(format!("{name} is ordered by twice"));
            }
            if self.equal_properties().contains(&name) {
                return invalid(format!("{name} is ordered by and filtered by equality"));
            }
            if name == KEY && index + 1 < self.orders.len() {
                return invalid("nothing can be ordered by after the key".into());
            }
        }
        if let (Some(range), Some(first)) = (self.range_property(), self.orders.first())
            && first.property != range
        {
            return invalid(format!("the range on {range} must be the first order"));
        }
        Ok(())
    }
}
