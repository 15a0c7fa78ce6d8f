//! The administrator's pages, and the deletion of an account.

use dormouse::web::view::*;

use super::full;

fn feed(name: &str, is_well: bool) -> AdminFeedRow {
    AdminFeedRow {
        href: "/admin/feeds/7".into(),
        title: name.into(),
        letter: '<',
        hue: 3,
        state: name.into(),
        is_well,
        readers: name.into(),
    }
}

fn run(name: &str, has_failed: bool) -> JobRow {
    JobRow {
        name: "Refresh",
        when: name.into(),
        exact: name.into(),
        result: name.into(),
        has_failed,
        took: "6.2 s".into(),
        reads: "12".into(),
        writes: "14".into(),
        deletes: "0".into(),
    }
}

fn line(name: &str) -> AuditRow {
    AuditRow {
        at: "13:02".into(),
        text: name.into(),
        more: name.into(),
    }
}

pub(super) fn overview(name: &str) -> AdminPage {
    AdminPage {
        frame: full(name),
        tab: AdminTab::Overview,
        jobs_said: name.into(),
        is_well: false,
        sentence: name.into(),
        forecast: name.into(),
        jobs: vec![run(name, false), run(name, true)],
        trouble: vec![feed(name, false)],
        quotas: vec![QuotaRow {
            name: "Reads",
            used: "1,004".into(),
            free: "50,000".into(),
            percent: 3,
        }],
        readers: vec![name.into()],
        lines: vec![line(name)],
    }
}

pub(super) fn audit(name: &str) -> AuditPage {
    AuditPage {
        frame: full(name),
        tab: AdminTab::Audit,
        lines: vec![line(name)],
        next: Some("abc".into()),
    }
}

fn house_row(name: &str) -> HouseRow {
    HouseRow {
        title: name.into(),
        address: "https://a.example/feed".into(),
        about: name.into(),
    }
}

pub(super) fn house(name: &str) -> AdminHousePage {
    AdminHousePage {
        frame: full(name),
        tab: AdminTab::House,
        count: name.into(),
        feeds: vec![house_row(name)],
        name: name.into(),
        usual: "House",
        source: name.into(),
        source_said: name.into(),
        has_failed: true,
        trouble: Some(Trouble {
            found: name.into(),
            advice: name.into(),
            letter: None,
        }),
        typed: house_row(name),
    }
}

pub(super) fn house_of_reader(name: &str, follows: bool) -> HousePage {
    HousePage {
        frame: full(name),
        name: name.into(),
        title: name.into(),
        feeds: vec![house_row(name)],
        follows: follows.then(|| name.into()),
        unfit: follows.then(|| name.into()),
    }
}

pub(super) fn house_offer(name: &str) -> HouseOffer {
    HouseOffer {
        name: name.into(),
        count: 2,
        feeds: vec![house_row(name)],
    }
}

pub(super) fn jobs(name: &str) -> JobsPage {
    JobsPage {
        frame: full(name),
        tab: AdminTab::Jobs,
        has_scheduler: false,
        jobs: vec![JobRuns {
            name: "Refresh",
            about: "What it does.",
            path: "/cron/refresh".into(),
            runs: vec![run(name, true)],
        }],
    }
}

pub(super) fn users(name: &str) -> UsersPage {
    UsersPage {
        frame: full(name),
        tab: AdminTab::Readers,
        query: name.into(),
        users: vec![UserRow {
            href: "/admin/users/7".into(),
            email: name.into(),
            about: name.into(),
            state: name.into(),
        }],
        next: Some("/admin/users?q=a&from=b".into()),
        is_partial: true,
    }
}

pub(super) fn user(name: &str, is_admin: bool) -> UserPage {
    UserPage {
        frame: full(name),
        tab: AdminTab::Readers,
        href: "/admin/users/7".into(),
        email: name.into(),
        about: name.into(),
        state: name.into(),
        is_own: false,
        is_admin,
        is_disabled: is_admin,
        is_leaving: false,
        feeds: name.into(),
        sessions: vec![SessionRow {
            id: "8".into(),
            name: name.into(),
            about: name.into(),
            used: name.into(),
            is_handheld: true,
            is_this: false,
        }],
        quota: vec![QuotaField {
            name: "feeds",
            label: "Feeds",
            value: "7".into(),
            usual: "5000".into(),
            said: "5000".into(),
            most: 5_000,
        }],
        new_link: Some("https://reader.example/reset/1-abc".to_owned()),
        error: Some(name.into()),
    }
}

pub(super) fn leave(name: &str, is_own: bool) -> DeleteAccountPage {
    DeleteAccountPage {
        frame: full(name),
        action: "/settings/delete-account".into(),
        back: "/settings/security".into(),
        email: name.into(),
        is_own,
        lost: vec![name.into()],
        error: Some(name.into()),
    }
}

pub(super) fn data(name: &str) -> DataPage {
    let pair = || (name.to_owned(), "/export/data.zip?part=2".to_owned());
    DataPage {
        frame: full(name),
        over: Some(DataOver {
            text: name.into(),
            parts: [pair(), pair()],
        }),
        trouble: Some(Trouble {
            found: name.into(),
            advice: name.into(),
            letter: None,
        }),
        report: Some(DataReport {
            title: name.into(),
            lines: vec![name.into()],
            has_feeds: true,
            next: Some((name.into(), "7".into(), name.into())),
        }),
        what: vec![(name.into(), "10,000".into())],
        first: DataFirst {
            label: name.into(),
            of: "2".into(),
            to: name.into(),
        },
        parts: vec![pair()],
        most: 30,
    }
}

pub(super) fn goodbye() -> GoodbyePage {
    GoodbyePage {
        frame: Frame::signed_out("Goodbye", super::assets()),
        title: "Your account is deleted",
        text: "Nothing of it is left.",
        is_gone: true,
    }
}

pub(super) fn feeds(name: &str) -> AdminFeedsPage {
    AdminFeedsPage {
        frame: full(name),
        tab: AdminTab::Feeds,
        query: name.into(),
        show: "all",
        feeds: vec![feed(name, true), feed(name, false)],
        next: Some("/admin/feeds?show=all&q=a&from=b".into()),
        hosts: vec![name.into()],
        error: Some(name.into()),
    }
}

pub(super) fn one_feed(name: &str) -> AdminFeedPage {
    AdminFeedPage {
        frame: full(name),
        tab: AdminTab::Feeds,
        href: "/admin/feeds/7".into(),
        title: name.into(),
        url: name.into(),
        state: name.into(),
        is_well: false,
        is_paused: true,
        readers: name.into(),
        checks: name.into(),
        articles: name.into(),
        host: name.into(),
    }
}

pub(super) fn settings(name: &str) -> SettingsInForcePage {
    SettingsInForcePage {
        frame: full(name),
        tab: AdminTab::Settings,
        settings: vec![("STORE", name.into())],
    }
}
