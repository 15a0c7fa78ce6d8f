//! Samples of searches.

use dormouse::web::view::*;

use super::{full, line, link, trouble};

/// A search with everything on its page, or without any hits.
pub(super) fn page(name: &str, is_empty: bool) -> SearchPage {
    let piece = |is_marked| Piece {
        text: name.into(),
        is_marked,
    };
    let hit = ArticleLine {
        marked: vec![piece(false), piece(true)],
        marked_snippet: vec![piece(true), piece(false)],
        opens: None,
        closes: false,
        ..line(name, false)
    };
    let lines = match is_empty {
        true => Vec::new(),
        false => vec![hit],
    };
    SearchPage {
        frame: full(name),
        query: name.into(),
        trouble: trouble(name).filter(|_| is_empty),
        chips: vec![Chip {
            label: name.into(),
            without: "/search".into(),
        }],
        lines,
        sum: name.into(),
        searched: name.into(),
        unindexed: Some(name.into()),
        is_cut: true,
        sort: "best",
        newest: "/search?q=a".into(),
        best: "/search?q=a&sort=best".into(),
        next: (!is_empty).then(|| "/search?q=a&after=1".into()),
        list_href: "/search?q=a".into(),
        offered: vec![link(name)],
        feeds: vec![NarrowFeed {
            title: name.into(),
            letter: 'é',
            hue: 3,
            icon: "/icon/7".into(),
            href: "/search?q=a".into(),
            count: "2".into(),
        }],
        months: vec![MonthHits {
            label: name.into(),
            href: "/search?q=a".into(),
            count: "2".into(),
            width: 40,
        }],
        is_asked: true,
        may_save: !is_empty,
        article: None,
    }
}
