//! What scheduled jobs did and cost: one record for each, with its last runs, written inside the request that ran it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codec;
use crate::datastore::{
    Attempt, Cost, Datastore, Entity, Key, Kind, Mutation, StoreError, Stored, Version,
    retry_on_conflict,
};

/// The jobs, as the scheduler calls them below `/cron/`.
pub const JOBS: [&str; 8] = [
    "refresh", "daily", "sessions", "sleepers", "orphans", "hubs", "accounts", "audit",
];
/// Runs that a job's record keeps.
pub const RUNS: usize = 20;
/// Figures that are kept of one run.
const FIGURES: usize = 12;
/// Longest reason of a failure, in characters.
const ERROR_CHARS: usize = 200;

/// One run of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// When it began, in seconds since 1970.
    pub at: i64,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Entities read, as they are billed.
    pub reads: u64,
    /// Entities written.
    pub writes: u64,
    /// Entities deleted.
    pub deletes: u64,
    /// Whether nothing was left to do.
    pub finished: bool,
    /// What it did: the figures of its answer that aren't 0, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub did: BTreeMap<String, u64>,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Run {
    /// A run with its answer, of which the figures are taken.
    pub fn of(at: i64, millis: u64, cost: Cost, answer: &serde_json::Value) -> Self {
        let mut did = BTreeMap::new();
        gather(&mut did, "", answer);
        Self {
            at,
            millis,
            reads: cost.reads,
            writes: cost.writes,
            deletes: cost.deletes,
            finished: answer["finished"] == true,
            did: did.into_iter().take(FIGURES).collect(),
            error: None,
        }
    }

    /// The same run, which failed.
    #[must_use]
    pub fn failed(self, why: &str) -> Self {
        Self {
            error: Some(why.chars().take(ERROR_CHARS).collect()),
            ..self
        }
    }
}

/// Takes the figures out of an answer, besides those of its cost: `orphans.feeds`.
fn gather(did: &mut BTreeMap<String, u64>, name: &str, answer: &serde_json::Value) {
    match answer {
        serde_json::Value::Object(fields) => {
            for (field, value) in fields.iter().filter(|(field, _)| *field != "cost") {
                let dot = if name.is_empty() { "" } else { "." };
                gather(did, &format!("{name}{dot}{field}"), value);
            }
        }
        serde_json::Value::Number(number) => {
            if let Some(number) = number.as_u64().filter(|number| *number > 0) {
                did.insert(name.to_owned(), number);
            }
        }
        _ => {}
    }
}

fn key(job: &str) -> Key {
    Key::name(Kind::Job, job)
}

fn runs_of(stored: Option<&Stored>) -> Result<(Vec<Run>, Version), StoreError> {
    let Some(stored) = stored else {
        return Ok((Vec::new(), 0));
    };
    let body = stored.entity.blob("body").unwrap_or_default();
    Ok((codec::unpack(body)?, stored.version))
}

/// Notes a run; of more than twenty, the oldest is forgotten. One read and one write.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn note(store: &Datastore, job: &str, run: &Run) -> Result<(), StoreError> {
    retry_on_conflict!(key(job), {
        let (mut runs, version) = runs_of(store.get(&key(job)).await?.as_ref())?;
        runs.insert(0, run.clone());
        runs.truncate(RUNS);
        let entity = Entity::new(key(job)).unindexed("body", codec::pack(&runs)?);
        let write = Mutation::Upsert(entity, Some(version));
        let committed = store.commit(vec![write]).await;
        Ok(Attempt::of(committed)?.map(drop))
    })
}

/// The last runs of these jobs, the newest first; none for one that never ran. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn runs(store: &Datastore, jobs: &[&str]) -> Result<Vec<Vec<Run>>, StoreError> {
    let keys: Vec<Key> = jobs.iter().map(|job| key(job)).collect();
    let found = store.lookup(&keys).await?;
    let runs = found
        .iter()
        .map(|stored| runs_of(stored.as_ref()).map(|(runs, _)| runs));
    runs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_the_figures_of_its_answer_but_not_of_its_cost() {
        let answer = serde_json::json!({
            "orphans": { "feeds": 2, "articles": 0, "cost": { "reads": 9 } },
            "given_back": 7,
            "finished": true,
            "cost": { "reads": 11 },
        });
        let run = Run::of(1, 2, Cost::reads(3), &answer);
        let did: Vec<_> = run.did.iter().collect();
        assert_eq!(
            did,
            [
                (&"given_back".to_owned(), &7),
                (&"orphans.feeds".to_owned(), &2)
            ]
        );
        assert!(run.finished && run.error.is_none());
    }
}
