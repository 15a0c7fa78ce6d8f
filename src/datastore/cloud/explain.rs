//! Asking Google what a query costs: its explain options, with `analyze`, so that the query runs and is billed as ever.
//!
//! Source: `ExplainOptions`, `ExplainMetrics` and `ExecutionStats` of google.datastore.v1.

use gcloud_sdk::google::datastore::v1 as proto;
use gcloud_sdk::prost_types::{Struct, Value, value::Kind};
use proto::run_query_request;

use super::retry::RetryPolicy;
use super::{Cloud, errors};
use crate::datastore::{Explained, Query, StoreError};

/// The part of the debugging statistics that says what is billed.
const BILLING: &str = "billing_details";

impl Cloud {
    /// Runs a query with Google's explanation; `None` if the answer has none, as the emulator's.
    pub(in crate::datastore) async fn explain(
        &self,
        query: &Query,
    ) -> Result<Option<Explained>, StoreError> {
        let request = proto::RunQueryRequest {
            project_id: self.place.project.clone(),
            database_id: self.place.database.clone(),
            partition_id: Some(self.place.partition()),
            query_type: Some(run_query_request::QueryType::Query(
                self.place.query(query)?,
            )),
            explain_options: Some(proto::ExplainOptions { analyze: true }),
            ..proto::RunQueryRequest::default()
        };
        let answer = self.caller.call(
            request,
            RetryPolicy::Reading,
            |mut client, request| async move { client.run_query(request).await },
        );
        let answer = answer.await;
        let answer = answer.map_err(|failure| errors::of_read(failure, false))?;
        Ok(answer.explain_metrics.and_then(explained))
    }
}

/// The answer's metrics; `None` if the query wasn't analyzed.
fn explained(metrics: proto::ExplainMetrics) -> Option<Explained> {
    let stats = metrics.execution_stats?;
    let indexes = metrics.plan_summary.unwrap_or_default().indexes_used;
    let mut billing = Vec::new();
    let mut other = Vec::new();
    for (name, value) in stats.debug_stats.unwrap_or_default().fields {
        match value.kind {
            Some(Kind::StructValue(parts)) if name == BILLING => billing = texts(parts),
            kind => other.push((name, text(Value { kind }))),
        }
    }
    other.sort();
    Some(Explained {
        results: u64::try_from(stats.results_returned).unwrap_or_default(),
        read_operations: u64::try_from(stats.read_operations).unwrap_or_default(),
        billing,
        other,
        indexes: indexes.into_iter().map(index).collect(),
    })
}

/// The members of a structure, sorted by name.
fn texts(parts: Struct) -> Vec<(String, String)> {
    let parts = parts.fields.into_iter();
    let mut texts: Vec<_> = parts.map(|(name, value)| (name, text(value))).collect();
    texts.sort();
    texts
}

fn text(value: Value) -> String {
    match value.kind {
        Some(Kind::StringValue(text)) => text,
        Some(Kind::NumberValue(number)) => number.to_string(),
        Some(Kind::BoolValue(yes)) => yes.to_string(),
        Some(Kind::StructValue(parts)) => {
            let parts = texts(parts).into_iter();
            let parts: Vec<String> = parts.map(|(name, text)| format!("{name} {text}")).collect();
            parts.join(", ")
        }
        Some(Kind::ListValue(list)) => {
            let texts: Vec<String> = list.values.into_iter().map(text).collect();
            texts.join(", ")
        }
        Some(Kind::NullValue(_)) | None => String::new(),
    }
}

/// An index as Google writes it: its `properties`.
fn index(parts: Struct) -> String {
    let properties = parts.fields.get("properties").cloned();
    properties.map(text).unwrap_or_else(|| {
        text(Value {
            kind: Some(Kind::StructValue(parts)),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Value {
        Value {
            kind: Some(Kind::StringValue(text.to_owned())),
        }
    }

    fn of(parts: Vec<(&str, Value)>) -> Struct {
        let fields = parts
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Struct {
            fields: fields.collect(),
        }
    }

    /// The shape that the reference of google.datastore.v1 documents for `debug_stats` and `indexes_used`.
    fn documented() -> proto::ExplainMetrics {
        let billing = of(vec![
            ("documents_billable", string("20")),
            ("index_entries_billable", string("1000")),
            ("min_query_cost", string("0")),
        ]);
        let debug = of(vec![
            ("indexes_entries_scanned", string("1000")),
            ("documents_scanned", string("20")),
            (
                BILLING,
                Value {
                    kind: Some(Kind::StructValue(billing)),
                },
            ),
        ]);
        let index = of(vec![
            ("query_scope", string("Collection")),
            ("properties", string("(foo ASC, __name__ ASC)")),
        ]);
        proto::ExplainMetrics {
            plan_summary: Some(proto::PlanSummary {
                indexes_used: vec![index],
            }),
            execution_stats: Some(proto::ExecutionStats {
                results_returned: 20,
                read_operations: 21,
                debug_stats: Some(debug),
                ..proto::ExecutionStats::default()
            }),
        }
    }

    #[test]
    fn an_answer_of_the_documented_shape_is_understood() {
        let found = explained(documented()).expect("an explanation");
        assert_eq!((found.results, found.read_operations), (20, 21));
        assert_eq!(found.indexes, ["(foo ASC, __name__ ASC)"]);
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(
            found.billing,
            [
                pair("documents_billable", "20"),
                pair("index_entries_billable", "1000"),
                pair("min_query_cost", "0"),
            ]
        );
        assert_eq!(found.other[0], pair("documents_scanned", "20"));
    }

    #[test]
    fn a_plan_that_wasnt_run_explains_nothing() {
        let planned = proto::ExplainMetrics {
            execution_stats: None,
            ..documented()
        };
        assert_eq!(explained(planned), None);
    }
}
