//! Samples of searches.

use dormouse::web::view::*;

use super::{assets, full, line, link, trouble};

fn choice(name: &str) -> ChoiceOption {
    ChoiceOption {
        value: name.into(),
        label: name.into(),
        chosen: true,
    }
}

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
        in_part: Some(name.into()),
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
        saved: is_empty.then(|| SavedSearch {
            id: 3,
            name: name.into(),
        }),
        article: None,
    }
}

fn trial(name: &str) -> TrialView {
    let line = TrialLine {
        href: "/article/52341234-17".into(),
        title: name.into(),
        marked: vec![Piece {
            text: name.into(),
            is_marked: true,
        }],
        letter: 'é',
        hue: 3,
        icon: "/icon/7".into(),
        age: name.into(),
        datetime: "2026-11-22T02:38:00Z".into(),
    };
    TrialView {
        sentence: name.into(),
        lines: vec![line.clone()],
        others: vec![line],
        leaves: name.into(),
    }
}

/// A trial alone.
pub(super) fn trial_part(name: &str) -> TrialPart {
    TrialPart {
        assets: assets(),
        trial: Some(trial(name)),
        trouble: Some(name.into()),
    }
}

/// The rules, with one in the editor.
pub(super) fn rules(name: &str) -> RulesPage {
    RulesPage {
        frame: full(name),
        rows: vec![RuleRow {
            id: 7,
            name: name.into(),
            about: name.into(),
            is_on: true,
        }],
        form: Some(RuleForm {
            id: 7,
            name: name.into(),
            any: true,
            is_everywhere: true,
            folders: vec![choice(name)],
            feeds: vec![choice(name)],
            conditions: vec![ConditionRow {
                number: 0,
                what: vec![choice(name)],
                how: vec![choice(name)],
                text: name.into(),
            }],
            read: true,
            star: true,
            hide: true,
            keep: true,
            light: true,
            tag: name.into(),
            hooks: vec![choice(name)],
            price: "It costs nothing.",
        }),
        trial: Some(trial(name)),
        trouble: Some(name.into()),
        has_hooks: true,
        waiting: Some(name.into()),
        failed: vec![name.into()],
        given_up: vec![name.into()],
        undo: Some(name.into()),
    }
}
