//! The same page in several feeds: it stands once in a list, and the other feeds are named. From the summaries' hashes of the
//! canonical links, within the page: no read more.

use std::collections::HashMap;

use crate::articles::ArticleRow;
use crate::ids::ArticleId;
use crate::web::view::{ArticleLine, Twin};

/// Folds a page's lines: `rows` are their summaries, in the same order. The first of the same page stays, and knows the others.
///
/// Two articles of one feed are never the same, whatever they link to.
pub(super) fn fold<'r>(
    rows: impl Iterator<Item = &'r ArticleRow>,
    lines: Vec<ArticleLine>,
) -> Vec<ArticleLine> {
    let mut places: HashMap<u64, usize> = HashMap::new();
    let mut folded: Vec<(ArticleId, ArticleLine)> = Vec::with_capacity(lines.len());
    for (row, line) in rows.zip(lines) {
        let place = row.summary.canonical.and_then(|hash| places.get(&hash));
        if let Some((first, known)) = place.and_then(|&place| folded.get_mut(place)) {
            let is_other = first.feed != row.id.feed
                && !known
                    .twins
                    .iter()
                    .any(|twin| twin.feed_href == line.feed_href);
            if is_other && !line.selected {
                known.read &= line.read;
                known.starred |= line.starred;
                known.twins.push(Twin {
                    id: line.id,
                    read: line.read,
                    feed_href: line.feed_href,
                    feed_title: line.feed_title,
                });
                continue;
            }
        }
        if let Some(hash) = row.summary.canonical {
            places.entry(hash).or_insert(folded.len());
        }
        folded.push((row.id, line));
    }
    folded
        .into_iter()
        .map(|(_, line)| with_twins(line))
        .collect()
}

/// Lets a line's link lead the article page to its twins.
fn with_twins(mut line: ArticleLine) -> ArticleLine {
    if !line.twins.is_empty() {
        line.href = format!("{}&with={}", line.href, line.twin_ids(","));
    }
    line
}

/// Most twins that an address may name: more than a page has lines.
const MOST: usize = 60;

/// The articles that an address names as twins; what isn't an id is left out.
pub(super) fn named(text: &str) -> Vec<ArticleId> {
    let ids = text.split(',').filter_map(|id| id.parse().ok());
    ids.take(MOST).collect()
}
