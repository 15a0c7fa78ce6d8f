//! A log of query forms, for the tests that show that every query has its index, and every index its query.

use std::sync::{Arc, Mutex, PoisonError};

use super::Query;
use super::query::Filter;

/// The forms of the queries that a store has run, each once.
#[derive(Clone, Debug, Default)]
pub struct QueryLog {
    forms: Arc<Mutex<Vec<Query>>>,
    with_values: bool,
}

impl QueryLog {
    /// A log that keeps the first query of each form as it was run.
    pub fn with_values() -> Self {
        Self {
            with_values: true,
            ..Self::default()
        }
    }

    pub(super) fn note(&self, query: &Query) {
        let form = match self.with_values {
            true => query.clone(),
            false => query.clone().equality_form(),
        };
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        if !forms.iter().any(|known| same_index(known, &form)) {
            forms.push(form);
        }
    }

    /// The forms so far.
    pub fn forms(&self) -> Vec<Query> {
        let forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        forms.clone()
    }
}

impl Query {
    /// The same query from its beginning, with each `In` as an equality with its first value: it needs the same index,
    /// and Google's older emulator accepts it.
    #[must_use]
    fn equality_form(mut self) -> Self {
        self.start = None;
        for filter in &mut self.filters {
            if let Filter::In(name, values) = filter
                && let Some(first) = values.first()
            {
                *filter = Filter::Equal(name.clone(), first.clone());
            }
        }
        self
    }
}

/// Whether two queries differ only in values and limits.
fn same_index(one: &Query, other: &Query) -> bool {
    let filters = |query: &Query| {
        let names = query.filters.iter().map(|filter| match filter {
            Filter::Equal(name, _) | Filter::In(name, _) => (name.clone(), None),
            Filter::Range(name, op, _) => (name.clone(), Some(*op)),
        });
        names.collect::<Vec<_>>()
    };
    one.kind == other.kind
        && one.ancestor.is_some() == other.ancestor.is_some()
        && filters(one) == filters(other)
        && one.orders == other.orders
        && one.shape == other.shape
}
