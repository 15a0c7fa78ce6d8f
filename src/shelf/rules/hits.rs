//! Which saved searches an article is a hit of, from its card.

use std::collections::BTreeSet;

use super::around::{Around, is_proposed};
use crate::articles::ArticleRow;
use crate::search::{Doc, Pieces, Question, Search, Texts, Words};
use crate::shelf::rulebook::book::Book;

/// A saved search, ready to be put to cards.
pub(super) struct Searching {
    id: u32,
    search: Search,
    pub needs_text: bool,
    /// Whether something must not be in the text, which a card can't say.
    denies_text: bool,
}

/// The saved searches of a book.
pub(super) fn searching(book: &Book) -> Vec<Searching> {
    let ready = book.searches.iter().filter_map(|one| {
        let asked = Question::parse(&one.query).ok()?;
        Some(Searching {
            id: one.id,
            search: Search::new(&asked),
            needs_text: asked.needs_text(),
            denies_text: asked.denies_text(),
        })
    });
    ready.collect()
}

/// The saved searches that an article is a hit of, as far as its card says. Of one that asks for text and whose words aren't
/// remembered, a dot says that there may be more.
pub(super) fn hits(
    searches: &[Searching],
    around: &Around,
    row: &ArticleRow,
    words: Option<&Words>,
    dots: &mut BTreeSet<u32>,
) -> Vec<u32> {
    let summary = &row.summary;
    let at = summary.order.div_euclid(1_000_000);
    let doc = Doc {
        seq: row.id.seq,
        at,
        published: summary.published.unwrap_or(at),
        language: crate::search::stem::Language::of(summary.lang.as_deref().or(Some("en"))),
        media: summary.media.unwrap_or_default().0,
        is_part: false,
    };
    let snippet = [summary.snippet.as_deref().unwrap_or_default()];
    let pieces = Pieces {
        title: &summary.title,
        author: summary.author.as_deref().unwrap_or_default(),
        categories: &summary.categories,
        texts: &snippet,
        links: &[],
    };
    let mut texts = None;
    let mut found = Vec::new();
    for one in searches {
        if !one.search.may_be_in(around) {
            continue;
        }
        let texts = texts.get_or_insert_with(|| Texts::of(&pieces));
        let is_on_card = one.search.confirm(texts, &doc, around).is_some();
        let is_sure = is_on_card && !one.denies_text;
        match (one.needs_text, words) {
            (false, _) if is_on_card => found.push(one.id),
            (true, Some(words)) if is_proposed(&one.search, words, row.id.seq, around) => {
                // A word in the text is a hit; a phrase isn't sure without the body.
                match is_sure {
                    true => found.push(one.id),
                    false => drop(dots.insert(one.id)),
                }
            }
            (true, None) if is_sure => found.push(one.id),
            (true, None) => drop(dots.insert(one.id)),
            _ => {}
        }
    }
    found
}
