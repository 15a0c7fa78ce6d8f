//! Our queries as Google's messages.

use gcloud_sdk::google::datastore::v1 as proto;
use proto::property_filter::Operator;

use super::wire::DatabasePath;
use crate::datastore::query::{Direction, Filter, KEY, Query, RangeOp, Shape};
use crate::datastore::{StoreError, Value};

fn reference(name: &str) -> proto::PropertyReference {
    proto::PropertyReference {
        name: name.to_owned(),
    }
}

impl DatabasePath {
    /// The query from its cursor on, with its limit.
    pub(super) fn query(&self, query: &Query) -> Result<proto::Query, StoreError> {
        let start = query.start_position()?;
        Ok(proto::Query {
            projection: projection(&query.shape),
            kind: vec![proto::KindExpression {
                name: query.kind.clone(),
            }],
            filter: self.filter(query),
            order: query.orders.iter().map(order).collect(),
            start_cursor: start.unwrap_or_default().to_vec(),
            // At most 1,000: the query has been checked.
            limit: Some(i32::try_from(query.limit).unwrap_or(i32::MAX)),
            ..proto::Query::default()
        })
    }

    fn filter(&self, query: &Query) -> Option<proto::Filter> {
        let ancestor = query.ancestor.as_ref().map(|key| {
            let value = self.value(&Value::Key(key.clone()), true);
            property_filter(KEY, Operator::HasAncestor, value)
        });
        let others = query.filters.iter().map(|filter| match filter {
            Filter::Equal(name, value) => {
                property_filter(name, Operator::Equal, self.value(value, true))
            }
            Filter::In(name, values) => match values.as_slice() {
                [only] => property_filter(name, Operator::Equal, self.value(only, true)),
                _ => {
                    let values = self.value(&Value::Array(values.clone()), true);
                    property_filter(name, Operator::In, values)
                }
            },
            Filter::Range(name, op, value) => {
                property_filter(name, range(*op), self.value(value, true))
            }
        });
        let filters: Vec<proto::Filter> = ancestor.into_iter().chain(others).collect();
        match filters.len() {
            0 => None,
            1 => filters.into_iter().next(),
            _ => Some(all_of(filters)),
        }
    }
}

fn projection(shape: &Shape) -> Vec<proto::Projection> {
    let key = [KEY.to_owned()];
    let names = match shape {
        Shape::Entities => &[][..],
        Shape::KeysOnly => &key[..],
        Shape::Projection(names) => names.as_slice(),
    };
    let one = |name: &String| proto::Projection {
        property: Some(reference(name)),
    };
    names.iter().map(one).collect()
}

fn order(order: &crate::datastore::Order) -> proto::PropertyOrder {
    use proto::property_order::Direction as Way;
    let direction = match order.direction {
        Direction::Asc => Way::Ascending,
        Direction::Desc => Way::Descending,
    };
    proto::PropertyOrder {
        property: Some(reference(&order.property)),
        direction: direction.into(),
    }
}

fn range(op: RangeOp) -> Operator {
    match op {
        RangeOp::Less => Operator::LessThan,
        RangeOp::AtMost => Operator::LessThanOrEqual,
        RangeOp::Greater => Operator::GreaterThan,
        RangeOp::AtLeast => Operator::GreaterThanOrEqual,
    }
}

fn property_filter(name: &str, op: Operator, value: proto::Value) -> proto::Filter {
    let filter = proto::PropertyFilter {
        property: Some(reference(name)),
        op: op.into(),
        value: Some(value),
    };
    proto::Filter {
        filter_type: Some(proto::filter::FilterType::PropertyFilter(filter)),
    }
}

fn all_of(filters: Vec<proto::Filter>) -> proto::Filter {
    let op = proto::composite_filter::Operator::And.into();
    let all = proto::CompositeFilter { op, filters };
    proto::Filter {
        filter_type: Some(proto::filter::FilterType::CompositeFilter(all)),
    }
}
