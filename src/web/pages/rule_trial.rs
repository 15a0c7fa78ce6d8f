//! What a rule would have done.

use crate::articles::ArticleRow;
use crate::shelf::Shelf;
use crate::shelf::rules::Ready;
use crate::shelf::rules::change::{TRIED, Trial};
use crate::shelf::search::snippet;
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::frame::icon_href;
use crate::web::view::{TrialLine, TrialView};
use crate::web::words::{self, msg};

pub(super) fn trial_view(
    shelf: &Shelf,
    rule: Option<&Ready<'_>>,
    trial: &Trial,
    now: Timestamp,
) -> TrialView {
    let marked = |title: &str| {
        let marks = rule.map(|rule| rule.marks(title)).unwrap_or_default();
        match marks.is_empty() {
            true => Vec::new(),
            false => super::search::pieces(&snippet::marked(title, &marks)),
        }
    };
    let line = |row: &std::sync::Arc<ArticleRow>| {
        let title = shelf.title(row.id.feed);
        TrialLine {
            href: format!("/article/{}", row.id),
            title: super::list_lines::title_or_untitled(&row.summary.title),
            marked: marked(&row.summary.title),
            letter: words::letter(&title),
            hue: words::hue(row.id.feed),
            icon: icon_href(row.id.feed),
            age: words::age(row.summary.at(), now),
            datetime: rfc3339(row.summary.at()),
        }
    };
    let all = trial.met.len() + trial.others.len();
    TrialView {
        sentence: msg("rules-tried")
            .number("n", trial.met.len())
            .number("all", all.min(TRIED))
            .into(),
        lines: trial.met.iter().map(line).collect(),
        others: trial.others.iter().map(line).collect(),
        leaves: msg("rules-leaves").number("n", trial.others.len()).into(),
    }
}
