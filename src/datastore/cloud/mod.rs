//! The cloud backend: Google Cloud Datastore (Firestore in Datastore mode) over gRPC.
//!
//! Nothing is opened before the first call, and nothing runs between calls. Lookups that the server defers are sent
//! again, batches that it cuts short are continued, and after a lost response to a commit its outcome is checked: it is
//! done, or retried, or reported as [`StoreError::Unavailable`], which alone means "perhaps".

mod channel;
mod commit;
mod errors;
mod explain;
mod query;
mod retry;
mod wire;

use std::collections::HashMap;

use gcloud_sdk::google::datastore::v1 as proto;
use proto::query_result_batch::MoreResultsType;
use proto::read_options::ConsistencyType;
use proto::{aggregation_query, run_aggregation_query_request, run_query_request};

use self::channel::LazyChannel;
use self::retry::{Caller, RetryPolicy};
use self::wire::DatabasePath;
use super::{Key, Page, Query, StoreError, Stored, Version};
use crate::google::Tokens;
use crate::random::Random;

pub(super) use commit::Committed;

/// Keys in one call; the response to more could exceed what the server sends at once, and it would defer the rest.
const LOOKUP_KEYS: usize = 1_000;
/// How many responses in a row may make no progress before that is an error.
const FRUITLESS: u32 = 20;

/// Which database, and how to reach it.
#[derive(Clone, Debug)]
pub struct Address {
    /// The project's id.
    pub project: String,
    /// The database's id; empty for the default one.
    pub database: String,
    /// Google's emulator at `host:port`, instead of Google.
    pub emulator: Option<String>,
}

/// A database in Google's cloud.
#[derive(Debug)]
pub struct Cloud {
    place: DatabasePath,
    caller: Caller,
}

/// The transaction that a read belongs to.
type Within<'t> = Option<&'t [u8]>;

impl Cloud {
    /// The database at an address. Nothing is opened yet.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if the names can't be sent.
    pub fn new(address: Address, tokens: Tokens, random: Random) -> Result<Self, StoreError> {
        let Address {
            project,
            database,
            emulator,
        } = address;
        let routing = format!("project_id={project}&database_id={database}");
        let routing = routing
            .parse()
            .map_err(|_| StoreError::Invalid(format!("a project named {project:?}")))?;
        Ok(Self {
            place: DatabasePath { project, database },
            caller: Caller {
                line: LazyChannel::new(emulator.as_deref(), tokens),
                random,
                routing,
            },
        })
    }

    /// Gets a token and opens the connection, unless that has been done. Costs no operations.
    pub(super) async fn connect(&self) -> Result<(), StoreError> {
        self.caller.line.client().await.map(|_| ())
    }

    pub(super) async fn lookup(
        &self,
        keys: &[Key],
        within: Within<'_>,
    ) -> Result<Vec<Option<Stored>>, StoreError> {
        let mut wanted: Vec<proto::Key> = Vec::with_capacity(keys.len());
        let mut seen = std::collections::HashSet::new();
        wanted.extend(
            keys.iter()
                .filter(|key| seen.insert(*key))
                .map(|key| self.place.key(key)),
        );
        let mut found: HashMap<Key, Stored> = HashMap::new();
        let mut fruitless = 0;
        while !wanted.is_empty() {
            let rest = wanted.split_off(wanted.len().min(LOOKUP_KEYS));
            let request = proto::LookupRequest {
                project_id: self.place.project.clone(),
                database_id: self.place.database.clone(),
                read_options: read_options(within),
                keys: wanted,
                ..proto::LookupRequest::default()
            };
            let answer =
                self.caller
                    .call(request, again(within), |mut client, request| async move {
                        client.lookup(request).await
                    });
            let answer = answer
                .await
                .map_err(|failure| errors::of_read(failure, false))?;
            let answered = answer.found.len() + answer.missing.len();
            fruitless = if answered == 0 { fruitless + 1 } else { 0 };
            if fruitless > FRUITLESS {
                return Err(StoreError::Unavailable(
                    "the lookup was deferred too often".into(),
                ));
            }
            for result in answer.found {
                let stored = wire::stored_of(result, &super::Shape::Entities)?;
                found.insert(stored.entity.key.clone(), stored);
            }
            wanted = answer.deferred;
            wanted.extend(rest);
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    pub(super) async fn run_query(
        &self,
        query: &Query,
        within: Within<'_>,
    ) -> Result<Page, StoreError> {
        let mut asked = self.place.query(query)?;
        let mut page = Page::default();
        let mut fruitless = 0;
        loop {
            let request = proto::RunQueryRequest {
                project_id: self.place.project.clone(),
                database_id: self.place.database.clone(),
                partition_id: Some(self.place.partition()),
                read_options: read_options(within),
                query_type: Some(run_query_request::QueryType::Query(asked.clone())),
                ..proto::RunQueryRequest::default()
            };
            let answer =
                self.caller
                    .call(request, again(within), |mut client, request| async move {
                        client.run_query(request).await
                    });
            let answer = answer.await;
            let answer =
                answer.map_err(|failure| errors::of_read(failure, query.start.is_some()))?;
            let batch = answer
                .batch
                .ok_or_else(|| StoreError::Corrupt("a query’s answer without a batch".into()))?;
            let more = batch.more_results();
            fruitless = if batch.entity_results.is_empty() {
                fruitless + 1
            } else {
                0
            };
            for result in batch.entity_results {
                page.rows.push(wire::stored_of(result, &query.shape)?);
            }
            let missing = (query.limit as usize).saturating_sub(page.rows.len());
            if missing == 0 {
                page.next = Some(query.cursor_at(&batch.end_cursor));
                return Ok(page);
            }
            if more != MoreResultsType::NotFinished {
                return Ok(page);
            }
            if fruitless > FRUITLESS {
                return Err(StoreError::Unavailable("a query makes no progress".into()));
            }
            asked.limit = i32::try_from(missing).ok();
            asked.start_cursor = batch.end_cursor;
        }
    }

    pub(super) async fn count(&self, query: &Query) -> Result<usize, StoreError> {
        use aggregation_query::aggregation::{Count, Operator};
        let count = aggregation_query::Aggregation {
            alias: "count".into(),
            operator: Some(Operator::Count(Count { up_to: None })),
        };
        let asked = proto::AggregationQuery {
            aggregations: vec![count],
            query_type: Some(aggregation_query::QueryType::NestedQuery(
                self.place.query(query)?,
            )),
        };
        let request = proto::RunAggregationQueryRequest {
            project_id: self.place.project.clone(),
            database_id: self.place.database.clone(),
            partition_id: Some(self.place.partition()),
            query_type: Some(run_aggregation_query_request::QueryType::AggregationQuery(
                asked,
            )),
            ..proto::RunAggregationQueryRequest::default()
        };
        let answer = self.caller.call(
            request,
            RetryPolicy::Reading,
            |mut client, request| async move { client.run_aggregation_query(request).await },
        );
        let answer = answer.await;
        let answer = answer.map_err(|failure| errors::of_read(failure, query.start.is_some()))?;
        let batch = answer.batch.unwrap_or_default();
        let result = batch.aggregation_results.into_iter().next();
        let counted = result.and_then(|mut result| result.aggregate_properties.remove("count"));
        match counted.and_then(|value| value.value_type) {
            Some(proto::value::ValueType::IntegerValue(number)) => {
                Ok(usize::try_from(number).unwrap_or_default())
            }
            _ => Err(StoreError::Corrupt("a count without a number".into())),
        }
    }

    pub(super) async fn begin(&self) -> Result<Vec<u8>, StoreError> {
        let request = proto::BeginTransactionRequest {
            project_id: self.place.project.clone(),
            database_id: self.place.database.clone(),
            ..proto::BeginTransactionRequest::default()
        };
        let answer = self.caller.call(
            request,
            RetryPolicy::Reading,
            |mut client, request| async move { client.begin_transaction(request).await },
        );
        let answer = answer
            .await
            .map_err(|failure| errors::of_read(failure, false))?;
        Ok(answer.transaction)
    }

    pub(super) async fn roll_back(&self, transaction: Vec<u8>) -> Result<(), StoreError> {
        let request = proto::RollbackRequest {
            project_id: self.place.project.clone(),
            database_id: self.place.database.clone(),
            transaction,
            ..proto::RollbackRequest::default()
        };
        let answer = self.caller.call(
            request,
            RetryPolicy::Reading,
            |mut client, request| async move { client.rollback(request).await },
        );
        let answer = answer
            .await
            .map_err(|failure| errors::of_read(failure, false));
        answer.map(|_| ())
    }
}

fn read_options(within: Within<'_>) -> Option<proto::ReadOptions> {
    within.map(|transaction| proto::ReadOptions {
        consistency_type: Some(ConsistencyType::Transaction(transaction.to_vec())),
    })
}

fn again(within: Within<'_>) -> RetryPolicy {
    match within {
        Some(_) => RetryPolicy::Never,
        None => RetryPolicy::Reading,
    }
}

/// Versions in the order of the mutations.
fn versions_of(answer: proto::CommitResponse) -> Vec<Version> {
    let results = answer.mutation_results.into_iter();
    results.map(|result| result.version).collect()
}
