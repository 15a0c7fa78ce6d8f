//! What an import of somebody's data did, in words.

use super::{msg, t};
use crate::my_data::Report;

/// The lines of a report: of what there is none, nothing is said.
pub fn brought(report: &Report) -> Vec<String> {
    let Report {
        feeds,
        starred,
        kept,
        rules,
        searches,
        journal,
        settings,
        ..
    } = report.clone();
    let counted = [
        ("data-feeds-added", feeds.0),
        ("data-feeds-known", feeds.1),
        ("data-feeds-refused", feeds.2),
        ("data-stars-added", starred.0),
        ("data-stars-joined", report.joined),
        ("data-stars-known", starred.1),
        ("data-stars-full", starred.2),
        ("data-stars-bad", starred.3),
        ("data-kept-added", kept.0),
        ("data-kept-known", kept.1),
        ("data-kept-full", kept.2),
        ("data-kept-bad", kept.3),
        ("data-kept-left", report.kept_left),
        ("data-read-now", report.read),
        ("data-read-known", report.read_known),
        ("data-read-waiting", report.waiting_feeds),
        ("data-read-missing", report.unread_feeds),
        ("data-journal-added", journal.0),
        ("data-journal-known", journal.1),
        ("data-journal-left", journal.2),
        ("data-set", settings.0),
        ("data-set-stay", settings.1),
        ("data-rules-added", rules.0),
        ("data-rules-known", rules.1),
        ("data-rules-left", rules.2),
        ("data-searches-added", searches.0),
        ("data-searches-known", searches.1),
        ("data-searches-left", searches.2),
        ("data-services", report.services),
        ("data-foreign", report.foreign),
    ];
    let some = counted.into_iter().filter(|(_, count)| *count > 0);
    let mut lines: Vec<String> = some
        .map(|(name, count)| msg(name).number("n", count).into())
        .collect();
    if !report.rules_left.is_empty() {
        let names = report.rules_left.join(", ");
        lines.push(msg("data-rules-left-names").text("names", names).into());
    }
    if report.wants_mail {
        lines.push(t("data-mail").to_owned());
    }
    if lines.is_empty() {
        lines.push(t("data-nothing").to_owned());
    }
    lines
}
