//! Commits: all or nothing; after a lost response, the outcome is looked up.

use gcloud_sdk::google::datastore::v1 as proto;
use proto::commit_request::{Mode, TransactionSelector};
use tonic::Code;

use super::retry::{Failure, RetryPolicy};
use super::{Cloud, Within, errors, versions_of};
use crate::datastore::{Entity, Key, Mutation, StoreError, Stored, Version};

/// How often a commit with an unknown outcome is attempted.
const COMMIT_ATTEMPTS: u32 = 4;

/// The outcome of a commit.
#[derive(Debug)]
pub(in crate::datastore) struct Committed {
    /// One version per mutation, if it was committed.
    pub(in crate::datastore) versions: Result<Vec<Version>, StoreError>,
    /// Reads that it took to determine the outcome.
    pub(in crate::datastore) reads: usize,
}

impl Cloud {
    /// Commits mutations.
    ///
    /// After a lost response, the entities are read. If they are as they should be, the commit has happened. If they
    /// aren't, it hasn't, or not yet; it is retried if a mutation is guarded, so that only one of the two can succeed:
    /// all of a commit happens, or nothing.
    pub(in crate::datastore) async fn commit(
        &self,
        mutations: &[Mutation],
        within: Within<'_>,
    ) -> Committed {
        let mut reads = 0;
        let versions = carry_out(self, mutations, within, &mut reads).await;
        Committed { versions, reads }
    }
}

async fn carry_out(
    cloud: &Cloud,
    mutations: &[Mutation],
    within: Within<'_>,
    reads: &mut usize,
) -> Result<Vec<Version>, StoreError> {
    let mut doubt = None;
    for attempt in 1..=COMMIT_ATTEMPTS {
        let failure = match send(cloud, mutations, within).await {
            Ok(answer) => return Ok(versions_of(answer)),
            Err(failure) => failure,
        };
        match (failure, &doubt) {
            (Failure::NotSent(error), None) => return Err(error),
            (Failure::Refused(status), None) => {
                let taken = taken(cloud, &status, mutations, reads).await?;
                return Err(errors::of_commit(&status, mutations, taken));
            }
            (Failure::InDoubt(text), _) => doubt = Some(text),
            // A refusal now may be caused by our own earlier attempt.
            (Failure::Refused(_) | Failure::NotSent(_), Some(_)) => {}
        }
        *reads += mutations.len();
        if let Some(versions) = already_done(cloud, mutations).await? {
            return Ok(versions);
        }
        if within.is_some() || !mutations.iter().any(is_guarded) {
            break;
        }
        cloud.caller.pause(attempt).await;
    }
    Err(StoreError::Unavailable(format!(
        "it is unknown whether a commit was applied: {}",
        doubt.unwrap_or_default()
    )))
}

async fn send(
    cloud: &Cloud,
    mutations: &[Mutation],
    within: Within<'_>,
) -> Result<proto::CommitResponse, Failure> {
    let selector = match within {
        Some(transaction) => TransactionSelector::Transaction(transaction.to_vec()),
        None => TransactionSelector::SingleUseTransaction(proto::TransactionOptions::default()),
    };
    let changes = mutations
        .iter()
        .map(|mutation| cloud.place.mutation(mutation));
    let request = proto::CommitRequest {
        project_id: cloud.place.project.clone(),
        database_id: cloud.place.database.clone(),
        mode: Mode::Transactional.into(),
        mutations: changes.collect(),
        transaction_selector: Some(selector),
        ..proto::CommitRequest::default()
    };
    let again = if within.is_some() {
        RetryPolicy::Never
    } else {
        RetryPolicy::Writing
    };
    let answer = cloud
        .caller
        .call(request, again, |mut client, request| async move {
            client.commit(request).await
        });
    answer.await
}

/// Whether a mutation that is applied twice changes something only once.
fn is_guarded(mutation: &Mutation) -> bool {
    mutation.is_insert() || mutation.base_version().is_some()
}

/// The versions, if every entity is as the commit would leave it.
async fn already_done(
    cloud: &Cloud,
    mutations: &[Mutation],
) -> Result<Option<Vec<Version>>, StoreError> {
    let keys: Vec<Key> = mutations
        .iter()
        .map(|mutation| mutation.key().clone())
        .collect();
    let mut versions = Vec::with_capacity(keys.len());
    for (keys, mutations) in keys.chunks(500).zip(mutations.chunks(500)) {
        let stored = cloud.lookup(keys, None).await?;
        for (stored, mutation) in stored.iter().zip(mutations) {
            match (stored, mutation.entity()) {
                (None, None) => versions.push(0),
                (Some(stored), Some(entity)) if same(stored, entity) => {
                    versions.push(stored.version);
                }
                _ => return Ok(None),
            }
        }
    }
    Ok(Some(versions))
}

/// Whether the same is stored. The server doesn't keep whether an empty array was indexed.
fn same(stored: &Stored, entity: &Entity) -> bool {
    let of = |entity: &Entity| {
        let one = |(name, property): (&String, &crate::datastore::Property)| {
            let is_seen = property.indexed && !property.value.elements().is_empty();
            // As text, in which NaN equals itself and -0 doesn't equal 0.
            format!("{name:?} {is_seen} {:?}", property.value)
        };
        entity.properties.iter().map(one).collect::<Vec<_>>()
    };
    of(&stored.entity) == of(entity)
}

/// The key that an insert found taken, which the server doesn't name.
async fn taken(
    cloud: &Cloud,
    status: &tonic::Status,
    mutations: &[Mutation],
    reads: &mut usize,
) -> Result<Option<Key>, StoreError> {
    let inserts = mutations.iter().filter(|mutation| mutation.is_insert());
    let keys: Vec<Key> = inserts.map(|mutation| mutation.key().clone()).collect();
    if status.code() != Code::AlreadyExists || keys.len() < 2 {
        return Ok(None);
    }
    *reads += keys.len();
    let keys: Vec<Key> = keys.into_iter().take(1_000).collect();
    let stored = cloud.lookup(&keys, None).await?;
    let mut pairs = keys.into_iter().zip(stored);
    Ok(pairs
        .find(|(_, stored)| stored.is_some())
        .map(|(key, _)| key))
}
