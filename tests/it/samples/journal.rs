//! The journal's pages, the edition's, and the footprint.

use super::*;

fn choice(name: &str) -> Choice {
    Choice {
        label: name.into(),
        href: "/journal?month=2026-11".into(),
        current: true,
        count: 1_004,
    }
}

fn days(name: &str) -> Vec<JournalDay> {
    let line = |href: Option<&str>| JournalLine {
        time: "08:02".into(),
        datetime: "2026-11-28T08:02:00Z".into(),
        acts: vec!["opened", "followed", "starred", "tagged"],
        done: name.into(),
        title: name.into(),
        href: href.map(str::to_owned),
        is_outside: href.is_some_and(|href| href.starts_with("http")),
        feed: name.into(),
        feed_href: "/journal?feed=7".into(),
        author: name.into(),
        author_href: "/journal?author=Ada".into(),
        letter: '<',
        hue: 3,
        icon: Some("/icon/7".into()),
        id: "52341234-17".into(),
    };
    vec![JournalDay {
        title: name.into(),
        date: "2026-11-28".into(),
        sum: name.into(),
        lines: vec![
            line(Some("/article/52341234-17")),
            line(Some("https://a.example/")),
            line(None),
        ],
        cleared: name.into(),
    }]
}

fn journal(name: &str, tab: JournalTab) -> JournalPage {
    JournalPage {
        frame: full(name),
        tab,
        query: name.into(),
        about: name.into(),
        about_months: vec![(name.into(), name.into())],
        days: days(name),
        months: vec![choice(name)],
        next: Some("/journal?before=1".into()),
        empty: name.into(),
        bound: name.into(),
        is_paused: true,
        keeps: vec![("ever", name.into(), true)],
        zone: name.into(),
        other_zone: name.into(),
        month: ("2026-11".into(), name.into()),
        here: "/journal".into(),
    }
}

fn rank(name: &str) -> RankRow {
    RankRow {
        rank: 1,
        title: name.into(),
        href: "/journal?feed=7".into(),
        opened: name.into(),
        change: "▲ 2".into(),
        way: "up",
        said: name.into(),
        spark: "0,0 60,16".into(),
        letter: '<',
        hue: 3,
        icon: Some("/icon/7".into()),
        leave: ("author", name.into()),
    }
}

fn cell(name: &str) -> HeatCell {
    HeatCell {
        x: 30,
        y: 20,
        step: 4,
        title: name.into(),
    }
}

fn insights(name: &str) -> InsightsPage {
    let worth = WorthRow {
        title: name.into(),
        href: "/feed/7".into(),
        letter: '<',
        hue: 3,
        icon: "/icon/7".into(),
        arrived: 20,
        opened: 2,
        share: 10,
        id: "7".into(),
    };
    InsightsPage {
        frame: full(name),
        tab: JournalTab::Insights,
        sentence: name.into(),
        mostly: name.into(),
        ranges: vec![choice(name)],
        against: name.into(),
        zone: name.into(),
        feeds: vec![rank(name)],
        authors: vec![rank(name)],
        left_out: vec![("author", name.into(), name.into())],
        bump: vec![BumpLine {
            runs: vec!["0,0 1,1".into()],
            dots: vec![(1, 1)],
            label: name.into(),
            y: Some(8),
            is_main: true,
        }],
        bump_months: vec![(8, name.into())],
        bump_table: vec![(name.into(), vec![name.into()])],
        climber: name.into(),
        year: vec![cell(name)],
        year_months: vec![(8, name.into())],
        weekdays: vec![(8, name.into())],
        year_most: name.into(),
        year_table: vec![(name.into(), name.into())],
        hours: vec![cell(name)],
        hour_days: vec![(8, name.into())],
        hours_table: vec![(name.into(), vec![1; 24])],
        months: vec![MonthBar {
            x: 1,
            label: name.into(),
            parts: [(1, 1); 3],
            figures: [name.into(), name.into(), name.into()],
            name: name.into(),
        }],
        months_most: name.into(),
        months_half: name.into(),
        worth: vec![worth.clone()],
        worth_text: name.into(),
        unmissed: vec![worth],
        firsts: vec![name.into()],
        is_empty: false,
        here: "/insights?range=all".into(),
    }
}

fn year(name: &str) -> YearPage {
    YearPage {
        frame: full(name),
        tab: JournalTab::Year,
        year: 2026,
        years: vec![choice(name), choice(name)],
        picture: YearPicture {
            title: name.into(),
            sentence: name.into(),
            feeds: vec![(1, 1, name.into(), name.into())],
            authors: vec![(1, name.into())],
            feeds_title: name.into(),
            authors_title: name.into(),
            cells: vec![cell(name)],
            months: vec![(1, name.into())],
            facts: vec![(1, name.into(), name.into())],
        },
        href: "/insights/2026.svg".into(),
        facts: vec![name.into()],
        is_empty: false,
    }
}

fn piece(name: &str) -> EditionPiece {
    EditionPiece {
        title: name.into(),
        href: "/article/52341234-17".into(),
        anchor: "52341234-17".into(),
        snippet: name.into(),
        image: Some("/image/abc".into()),
        byline: name.into(),
        is_read: true,
    }
}

fn edition(name: &str) -> EditionPage {
    EditionPage {
        frame: full(name),
        date: name.into(),
        sum: name.into(),
        span: name.into(),
        lead: Some(piece(name)),
        sections: vec![EditionSection {
            name: name.into(),
            minutes: name.into(),
            pieces: vec![piece(name)],
        }],
        last: Some(piece(name)),
        last_minutes: name.into(),
        end: name.into(),
        day: "2026-11-28".into(),
        days: vec![choice(name), choice(name)],
        hours: vec![(7, name.into(), true)],
        pictures: true,
        next: name.into(),
        is_empty: false,
    }
}

fn edition_text(name: &str) -> EditionReadPage {
    EditionReadPage {
        frame: full(name),
        date: name.into(),
        sum: name.into(),
        texts: vec![EditionText {
            anchor: "52341234-17".into(),
            title: name.into(),
            href: "/article/52341234-17".into(),
            byline: name.into(),
            original: Some("https://example.org/?a=1&b=\"2".into()),
            html: "<p>Clean &amp; <b>kept</b> as it is.</p>".into(),
            dir: "ltr",
            lang: "en".into(),
            is_read: true,
        }],
        day: "2026-11-28".into(),
        unread: "52341234-17".into(),
        seen: "7.1".into(),
        end: name.into(),
        next: name.into(),
    }
}

fn digest(name: &str) -> DigestPage {
    let part = DigestPart {
        sentences: vec![name.into()],
        tops: vec![("digest-feeds", vec![(name.into(), name.into())])],
        starred: vec![
            Told {
                title: name.into(),
                href: Some("https://example.org/?a=1&b=\"2".into()),
            },
            Told {
                title: name.into(),
                href: None,
            },
        ],
        longest: None,
        end: "The end.",
    };
    DigestPage {
        frame: full(name),
        tab: JournalTab::Digest,
        span: name.into(),
        week: "2026-11-16".into(),
        weeks: vec![choice(name), choice(name)],
        html: part.render().unwrap(),
        is_empty: false,
    }
}

fn footprint(name: &str) -> FootprintPage {
    FootprintPage {
        frame: full(name),
        tab: JournalTab::Footprint,
        sentence: name.into(),
        figures: vec![(name.into(), name.into())],
        notes: vec![name.into()],
        days: vec![FootprintDay {
            day: name.into(),
            woke: name.into(),
            sent: name.into(),
            spared: name.into(),
        }],
        is_empty: false,
    }
}

fn export(name: &str) -> JournalExportPage {
    JournalExportPage {
        frame: full(name),
        tab: JournalTab::Export,
        years: vec![(name.into(), vec![link(name)])],
        months: vec![(name.into(), vec![link(name)])],
    }
}

/// All of them.
pub(super) fn pages(name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("journal", drawn(journal(name, JournalTab::Timeline))),
        ("recently read", drawn(journal(name, JournalTab::Recent))),
        ("insights", drawn(insights(name))),
        ("a year", drawn(year(name))),
        ("taking a journal along", drawn(export(name))),
        ("edition", drawn(edition(name))),
        ("edition's text", drawn(edition_text(name))),
        ("week", drawn(digest(name))),
        ("footprint", drawn(footprint(name))),
    ]
}
