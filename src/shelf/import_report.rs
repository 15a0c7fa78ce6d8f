//! The result of an import, line by line.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::FeedId;

/// The result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportReport {
    /// The results, line by line.
    pub lines: Vec<Line>,
    /// Remarks of the OPML parser.
    pub notes: Vec<String>,
    /// The minutes of the imports of the last day, including this one.
    pub recent: Vec<i64>,
}

impl ImportReport {
    /// Whether another import is allowed, given a daily limit.
    ///
    /// # Errors
    /// The minute from which it is allowed.
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

    /// Replaces the last report, keeping its recent imports.
    pub fn follow(&mut self, last: &Self, minute: i64) {
        self.recent = last.recent_at(minute);
        self.recent.push(minute);
    }

    /// The feeds of all accepted lines, each once.
    pub fn feeds(&self) -> Vec<FeedId> {
        let mut seen = HashSet::new();
        let ids = self.lines.iter().filter_map(|line| match line.result {
            LineResult::Added(id) | LineResult::Already(id) => Some(id),
            LineResult::Refused(_) => None,
        });
        ids.filter(|&id| seen.insert(id)).collect()
    }

    /// How many lines were added, already there, and refused.
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
    /// The path of folder names, outermost first; empty for none.
    pub folder: Vec<String>,
    /// What became of it.
    pub result: LineResult,
}

/// What became of one feed of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineResult {
    /// Added to the shelf.
    Added(FeedId),
    /// Already on the shelf, or listed twice in the file.
    Already(FeedId),
    /// Rejected, with the reason.
    Refused(String),
}

/// Minutes of a day.
const DAY: i64 = 24 * 60;
