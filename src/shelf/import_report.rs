//! What became of an imported file, line by line.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::FeedId;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportReport {
    /// Line by line.
    pub lines: Vec<Line>,
    /// What the reader of the file remarked.
    pub notes: Vec<String>,
    /// The minutes of the imports of the last day, this one's among them.
    pub recent: Vec<i64>,
}

impl ImportReport {
    /// Whether another import may follow, of so many in a day.
    ///
    /// # Errors
    /// The minute from which it may.
    pub fn allows(&self, most: u32, minute: i64) -> Result<(), i64> {
        let recent = self.recent_at(minute);
        match recent.len().checked_sub(most.max(1) as usize) {
            Some(first) => Err(recent[first] + DAY),
            None => Ok(()),
        }
    }

    fn recent_at(&self, minute: i64) -> Vec<i64> {
        let recent = self.recent.iter().filter(|&&at| minute - at < DAY);
        recent.copied().collect()
    }

    /// Takes its place after the last one.
    pub fn follow(&mut self, last: &Self, minute: i64) {
        self.recent = last.recent_at(minute);
        self.recent.push(minute);
    }

    /// The feeds of all lines that were taken, each once.
    pub fn feeds(&self) -> Vec<FeedId> {
        let mut seen = HashSet::new();
        let ids = self.lines.iter().filter_map(|line| match line.result {
            LineResult::Added(id) | LineResult::Already(id) => Some(id),
            LineResult::Refused(_) => None,
        });
        ids.filter(|&id| seen.insert(id)).collect()
    }

    /// How many lines were added, were there already, and were refused.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |test: fn(&LineResult) -> bool| {
            self.lines.iter().filter(|line| test(&line.result)).count()
        };
        (
            count(|result| matches!(result, LineResult::Added(_))),
            count(|result| matches!(result, LineResult::Already(_))),
            count(|result| matches!(result, LineResult::Refused(_))),
        )
    }
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The title in the file.
    pub title: String,
    /// The address in the file.
    pub address: String,
    /// The folder.
    pub folder: Vec<String>,
    /// What became of it.
    pub result: LineResult,
}

/// What became of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineResult {
    /// On the shelf now.
    Added(FeedId),
    /// It was there before, or stands in the file twice.
    Already(FeedId),
    /// Not taken, and why.
    Refused(String),
}

/// Minutes.
const DAY: i64 = 24 * 60;
