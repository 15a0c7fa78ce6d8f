//! Renders every page with edge-case samples: an empty shelf, very long titles, markup in names.
//!
//! The tests below assert what must hold for all pages; a page that isn't in [`samples`] isn't covered.

mod admin;
mod journal;
mod mailed;
mod searching;

use askama::Template;
use dormouse::shelf::subscription::Habits;
use dormouse::users::preferences::{Counts, Preferences};
use dormouse::web::view::*;

/// Markup that no page may let through.
const EVIL: &str = "<script>alert('1')</script>\"><img src=x onerror=alert(2)>";

fn long() -> String {
    "Titles without end ".repeat(32)[..600].to_string()
}

fn assets() -> Assets {
    let at = |name: &str| format!("/static/0a1b2c3d/{name}");
    Assets {
        css: at("app.css"),
        js: at("js/main.js"),
        icons: at("icons.svg"),
        favicon: at("favicon.svg"),
        touch_icon: at("icons/apple.png"),
    }
}

/// The page frame of a reader with an empty shelf.
fn bare() -> Frame {
    Frame {
        title: "Unread".into(),
        user: Some("ann@example.org".into()),
        assets: assets(),
        current: Place::Unread,
        ..Frame::default()
    }
}

/// A frame in which every name is `name`.
fn full(name: &str) -> Frame {
    let feeds = vec![nav_feed(name)];
    let folder = |depth| NavFolder {
        feeds_href: None,
        name: name.into(),
        href: "/folder/News/World".into(),
        unread: Count(1_004),
        counts: Counts::Number,
        current: depth == 9,
        depth,
        feeds: feeds.clone(),
    };
    Frame {
        title: name.into(),
        user: Some(name.into()),
        now: 1_795_000_000_000_000,
        state: "1.2".into(),
        is_admin: true,
        current: Place::Elsewhere,
        unread_total: Count(12_345),
        folders: vec![
            NavFolder {
                feeds: feeds.clone(),
                ..NavFolder::default()
            },
            folder(0),
            folder(9),
        ],
        searches: vec![NavSearch {
            id: 1,
            is_current: true,
            name: name.into(),
            href: "/search?q=a&saved=3".into(),
            unread: Count(3),
            has_dot: true,
        }],
        flash: Some(Flash {
            text: name.into(),
            undo: Some(name.into()),
            return_to: name.into(),
            secret: None,
        }),
        ..bare()
    }
}

fn nav_feed(name: &str) -> NavFeed {
    NavFeed {
        id: "52341234".into(),
        title: name.into(),
        href: "/feed/52341234".into(),
        unread: Count(1_004),
        counts: Counts::Number,
        current: true,
        error: Some(name.into()),
        letter: '<',
        hue: 11,
        icon: "/icon/7".into(),
    }
}

fn link(name: &str) -> Link {
    Link {
        label: name.into(),
        href: "/article/52341234-18?in=unread".into(),
    }
}

fn trouble(name: &str) -> Option<Trouble> {
    Some(Trouble {
        found: name.into(),
        advice: name.into(),
        letter: Some("Dear publisher,\n\nplease let feed readers in.".into()),
    })
}

fn line(name: &str, read: bool) -> ArticleLine {
    ArticleLine {
        id: "52341234-17".into(),
        href: "/article/52341234-17?in=folder:News%2FWorld".into(),
        title: name.into(),
        feed_title: name.into(),
        feed_href: "/feed/52341234".into(),
        age: Some("3 h".into()),
        datetime: "2026-11-22T02:38:00Z".into(),
        exact: name.into(),
        order: 1_700_000_000_000_000,
        read,
        passed: read,
        starred: read,
        lit: read,
        keeps_unread: !read,
        lang: "de".into(),
        snippet: name.into(),
        image: Some("https://example.org/a.png?x=1&y=\"".into()),
        selected: !read,
        letter: 'é',
        hue: 0,
        icon: "/icon/7".into(),
        marked: Vec::new(),
        marked_snippet: Vec::new(),
        original: Some("https://example.org/?a=1&b=\"2".into()),
        whole: None,
        opens: read.then_some(DayHead { articles: 2 }),
        twins: vec![Twin {
            id: name.into(),
            read,
            feed_href: "/feed/7".into(),
            feed_title: name.into(),
        }],
        opens_site: read,
        reading: Some("6 min".into()),
        note: name.into(),
        tags: vec![link(name)],
        closes: !read,
    }
}

fn article(name: &str) -> ArticleView {
    let file = |kind| Enclosure {
        url: "https://example.org/a".into(),
        label: name.into(),
        kind,
    };
    ArticleView {
        id: "52341234-17".into(),
        title: name.into(),
        original: Some("https://example.org/a".into()),
        feed_title: name.into(),
        feed_href: "/feed/52341234".into(),
        letter: '…',
        hue: 3,
        icon: "/icon/7".into(),
        author: Some(name.into()),
        published: Some("Sunday 22 November 2026, 02:38".into()),
        lang: "de".into(),
        dir: "auto",
        episode: vec!["Season 2".into(), "Episode 5".into(), "1 h 2 min".into()],
        chapters: Some("https://example.org/chapters.json?x=1&y=\"".into()),
        played: None,
        datetime: "2026-11-22T02:38:00Z".into(),
        html: "<p>Clean &amp; <b>kept</b> as it is.</p>".into(),
        enclosures: [
            EnclosureKind::Audio,
            EnclosureKind::Video,
            EnclosureKind::Image,
            EnclosureKind::Other,
        ]
        .map(file)
        .to_vec(),
        reading: Some(name.into()),
        categories: vec![link(name)],
        comments: Some(link(name)),
        tags: vec![link(name)],
        tags_typed: name.into(),
        note: name.into(),
        shares: vec![
            ShareLink {
                label: name.into(),
                href: "https://example.org/?u=1&t=\"".into(),
                number: 0,
            },
            ShareLink {
                label: name.into(),
                href: String::new(),
                number: 1,
            },
        ],
        read: true,
        text: TextChoice {
            has_page: true,
            has_full: true,
            shows_full: true,
            is_older: true,
            is_wanted: true,
            action: "/article/52341234-17/full-text".into(),
            here: "/article/52341234-17".into(),
            other: "/article/52341234-17?text=feed".into(),
            trouble: trouble(name),
        },
        starred: true,
        linked: Some(LinkedHere {
            lines: vec![link(name)],
            ask: None,
        }),
        muted: name.into(),
        has_state: true,
        place: "1700000000000000.52341234-17".into(),
        previous: Some(link(name)),
        next: Some(link(name)),
        return_to: "/unread?order=oldest".into(),
        shows_pictures: true,
    }
}

/// Beside an empty shelf, with a list of the house.
fn first_run(name: &str) -> ReaderPage {
    ReaderPage {
        first_run: Some(FirstRun {
            house: Some(admin::house_offer(name)),
            packs: Vec::new(),
            counts: ChoiceGroup {
                name: "counts",
                legend: "Counts",
                hint: "",
                options: Vec::new(),
            },
        }),
        ..empty_reader()
    }
}

/// The reader page with an empty shelf.
fn empty_reader() -> ReaderPage {
    ReaderPage {
        frame: bare(),
        heading: "Unread".into(),
        subheading: String::new(),
        counted: None,
        hides_feed: false,
        keeps_scrolled: false,
        list_href: "/unread".into(),
        lines: Vec::new(),
        next: None,
        order: None,
        starred: false,
        states: None,
        mark_all: None,
        last_act: None,
        empty: Some(EmptyState {
            title: "Your shelf is empty".into(),
            text: "Add a site you like.".into(),
            action: Some(Link {
                label: "Add a feed".into(),
                href: "/add".into(),
            }),
        }),
        article: None,
        overview: Some(Overview::default()),
        first_run: None,
        passed: None,
        feed_error: None,
        asking: None,
        notes: Vec::new(),
        category: None,
        house: None,
        departed: None,
        feed_settings: None,
        waking: None,
    }
}

/// The reader page with every element, all named `name`.
fn full_reader(name: &str, article: Option<ArticleView>) -> ReaderPage {
    ReaderPage {
        frame: full(name),
        heading: name.into(),
        subheading: name.into(),
        lines: vec![line(name, true), line(name, false)],
        next: Some("/unread?cursor=abc".into()),
        order: Some(OrderLinks {
            oldest_first: true,
            ..OrderLinks::default()
        }),
        starred: true,
        states: Some(StateLinks {
            showing_all: true,
            ..StateLinks::default()
        }),
        mark_all: Some(MarkAll {
            seen: name.into(),
            page: name.into(),
            order: "newest",
            return_to: name.into(),
            count: Count(2),
        }),
        last_act: Some(LastAct {
            act: name.into(),
            marked: name.into(),
        }),
        empty: None,
        article,
        overview: Some(Overview {
            day: name.into(),
            heading: name.into(),
            counted: Some(1_004),
            sum: name.into(),
            top_feeds: vec![nav_feed(name)],
            first: Some(link(name)),
            failing: 1,
        }),
        feed_error: Some(name.into()),
        notes: vec![link(name)],
        category: Some(link(name)),
        departed: Some(name.into()),
        feed_settings: Some("/feed/52341234/settings".into()),
        waking: Some(Waking {
            is_back: true,
            done: 3,
            total: 120,
            return_to: name.into(),
        }),
        ..empty_reader()
    }
}

fn choice(name: &str) -> Choice {
    Choice {
        label: name.into(),
        href: "/feeds?show=own".into(),
        count: 2,
        current: true,
    }
}

fn feeds_page(name: &str) -> FeedsPage {
    let row = FeedRow {
        title: name.into(),
        href: "/feed/52341234".into(),
        settings_href: "/feed/52341234/settings".into(),
        unread: Count(3),
        status: name.into(),
        failing: true,
        may_replace: true,
        id: "52341234".into(),
        letter: 'T',
        hue: 5,
        icon: "/icon/7".into(),
        folder: name.into(),
        also: name.into(),
        posts: 3,
        read: 2,
        share: name.into(),
        bars: "M1 2".into(),
        ticks: "M1 2".into(),
        ring: Some(3.0),
        is_paused: true,
    };
    let group = FeedGroup {
        has_heading: true,
        settings: "/folders/settings/News".into(),
        name: name.into(),
        href: "/folder/News".into(),
        unread: Count(3),
        feeds: vec![row],
    };
    FeedsPage {
        frame: full(name),
        summary: name.into(),
        has_feeds: true,
        removed: Some(LastAct {
            act: name.into(),
            marked: name.into(),
        }),
        trials: vec![TrialNote {
            text: name.into(),
            feed: "7".into(),
        }],
        holiday: Some(HolidayNote { text: name.into() }),
        filters: vec![choice(name), choice(name)],
        sorts: vec![choice(name)],
        query: name.into(),
        here: "/feeds".into(),
        select_all: "/feeds?select=all".into(),
        all_selected: false,
        folders: vec![name.into()],
        previous: Some("/feeds".into()),
        next: Some("/feeds?page=3".into()),
        groups: vec![group],
        shows_all: true,
    }
}

fn preview(name: &str, may_add: bool) -> PreviewRow {
    PreviewRow {
        url: name.into(),
        title: name.into(),
        letter: 'A',
        about: name.into(),
        newest: vec![(name.into(), "3 h".into())],
        href: (!may_add).then(|| "/feed/7".into()),
        why: (!may_add).then(|| name.into()),
        may_add,
    }
}

fn kept_line(name: &str) -> KeptLine {
    KeptLine {
        name: "p0".into(),
        href: "/kept/p0".into(),
        title: name.into(),
        source: name.into(),
        snippet: name.into(),
        tags: vec![link(name)],
        note: name.into(),
        age: "3 h".into(),
        datetime: "2026-11-22T02:38:00Z".into(),
        reading: Some(name.into()),
    }
}

fn kept_page(name: &str) -> KeptPage {
    KeptPage {
        frame: full(name),
        summary: name.into(),
        tags: vec![choice(name)],
        is_tag: true,
        lines: vec![kept_line(name)],
        next: Some("/kept?from=100".into()),
    }
}

fn shared(name: &str, is_blogroll: bool) -> SharedPage {
    let link = FollowLink {
        label: "Atom",
        kind: "application/atom+xml",
        href: "https://reader.example/s/0a.atom".into(),
        is_feed: !is_blogroll,
    };
    let line = SharedLine {
        title: name.into(),
        link: Some(name.into()),
        source: name.into(),
        date: "2 March 2026".into(),
        machine_date: "2026-03-02".into(),
        note: name.into(),
        excerpt: name.into(),
    };
    let feed = SharedFeed {
        title: name.into(),
        site: Some(name.into()),
        address: name.into(),
        folder: name.into(),
    };
    SharedPage {
        assets: assets(),
        title: name.into(),
        sum: name.into(),
        links: vec![link],
        lines: vec![line],
        feeds: vec![feed],
        is_blogroll,
        is_empty: false,
    }
}

fn shared_settings(name: &str) -> SharedSettingsPage {
    let one = Openable {
        value: name.into(),
        label: name.into(),
        chosen: true,
    };
    let row = OpenRow {
        id: "0a".into(),
        name: name.into(),
        heading: name.into(),
        since: name.into(),
        page: Some(name.into()),
        is_sealed: false,
        is_private: false,
        links: shared(name, false).links,
    };
    SharedSettingsPage {
        frame: full(name),
        open: vec![row],
        starred: one.clone(),
        private: vec![one.clone()],
        tags: vec![one.clone()],
        folders: vec![one],
        heading: name.into(),
        error: Some(name.into()),
        minutes: 20,
    }
}

fn kept_text(name: &str) -> KeptTextPage {
    KeptTextPage {
        frame: full(name),
        line: kept_line(name),
        original: Some("https://example.org/?a=1&b=\"2".into()),
        html: "<p>Clean &amp; <b>kept</b> as it is.</p>".into(),
        tags: name.into(),
        action: "/kept/p0".into(),
    }
}

fn keep_page(name: &str) -> KeepPage {
    KeepPage {
        frame: full(name),
        url: name.into(),
        tags: name.into(),
        note: name.into(),
        trouble: trouble(name),
    }
}

fn clean_page(name: &str) -> CleanPage {
    let groups = feeds_page(name).groups.into_iter().map(|group| CleanGroup {
        title: name.into(),
        text: name.into(),
        feeds: group.feeds,
    });
    CleanPage {
        frame: full(name),
        groups: groups.collect(),
    }
}

fn plan_page(name: &str) -> PlanPage {
    PlanPage {
        frame: full(name),
        href: "/feed/7".into(),
        rhythm: name.into(),
        checked: name.into(),
        bars: vec![PlanBar {
            x: 2,
            height: 20,
            day: name.into(),
            count: 2,
        }],
        ticks: vec![PlanTick {
            x: 2,
            found: true,
            remembered: false,
        }],
        most: 2,
        posts_from: Some(name.into()),
        checks_from: name.into(),
        next: Some(900),
        labels: vec![(0, name.into())],
        posts: name.into(),
        days: vec![(name.into(), 2)],
        last: vec![name.into()],
        why: vec![name.into()],
    }
}

fn door(name: &str) -> DoorFields {
    DoorFields {
        kind: "header",
        name: name.into(),
        is_open: true,
        error: Some(name.into()),
        said: Some(name.into()),
    }
}

fn add_page(name: &str, candidates: usize) -> AddPage {
    let candidate = |at| Candidate {
        url: name.into(),
        title: name.into(),
        chosen: at == 0,
    };
    AddPage {
        frame: full(name),
        url: name.into(),
        folder: name.into(),
        folders: vec![name.into()],
        door: door(name),
        trouble: trouble(name),
        candidates: (0..candidates).map(candidate).collect(),
        previews: match candidates {
            0 => vec![preview(name, true), preview(name, false)],
            _ => Vec::new(),
        },
        new: 1,
        left_out: Some(name.into()),
        packs: vec![Pack {
            name: "science",
            title: "Science",
            feeds: &[("A & B", "https://example.org/")],
        }],
        packs_checked: name.into(),
        bookmarklet: "javascript:void(0)".into(),
        bookmark_keep: "javascript:void(0)".into(),
    }
}

fn replace(name: &str) -> ReplacePage {
    let offer = OfferView {
        title: name.into(),
        url: "https://example.org/new".into(),
        about: name.into(),
        is_mine: true,
    };
    ReplacePage {
        frame: full(name),
        href: "/feed/52341234".into(),
        back: "/feed/52341234/settings".into(),
        title: name.into(),
        address: "https://example.org/feed".into(),
        site: Some("https://example.org/".into()),
        unread: Count(3),
        offers: vec![offer.clone(), offer],
        url: name.into(),
        trouble: trouble(name),
    }
}

fn feed_settings(name: &str) -> FeedSettingsPage {
    let hook = HookRow {
        id: "0a1b".into(),
        address: name.into(),
        is_well: false,
        status: name.into(),
    };
    FeedSettingsPage {
        door: door(name),
        hooks: vec![hook],
        hook_secret: Some(name.into()),
        frame: full(name),
        href: "/feed/52341234".into(),
        title: name.into(),
        title_error: Some(name.into()),
        own_title: name.into(),
        folder: name.into(),
        folder_error: Some(name.into()),
        folders: vec![name.into()],
        also: name.into(),
        paused: Some(name.into()),
        trial: Some(name.into()),
        drips: true,
        held: Some(name.into()),
        full_text: true,
        unread_when_edited: true,
        keep: Some(20),
        most: 200,
        habits: Habits::default(),
        proposal: Some(name.into()),
        posts: Some(name.into()),
        may_replace: true,
        address: "https://example.org/feed".into(),
        site: Some("https://example.org/".into()),
        checked: name.into(),
        limited: Some(name.into()),
        can_refresh: true,
        pushes: Some(name.into()),
        error: trouble(name),
        repairs: vec![name.into()],
    }
}

fn apps(name: &str) -> AppsPage {
    AppsPage {
        frame: full(name),
        apps: vec![AppChoice {
            key: "capy",
            name: "Capy Reader",
            is_chosen: true,
        }],
        app: "capy",
        app_name: "Capy Reader",
        hint: name.into(),
        address: "https://reader.example/api/greader.php".into(),
        email: name.into(),
        name: name.into(),
        scopes: vec![ScopeChoice {
            value: "mark",
            label: "Read and mark",
            hint: "Mark, star and tag, too.",
            is_chosen: true,
        }],
        lifetimes: vec![ChoiceOption {
            value: "30".into(),
            label: name.into(),
            chosen: true,
        }],
        error: Some(name.into()),
        new_token: None,
        tokens: vec![TokenRow {
            id: "7".into(),
            name: name.into(),
            created: name.into(),
            may: "Read and mark",
            used: name.into(),
            ends: name.into(),
            has_expired: true,
            bodies: name.into(),
        }],
        budget: Some(name.into()),
    }
}

fn settings(name: &str) -> SettingsPage {
    let option = ChoiceOption {
        value: "dark".into(),
        label: name.into(),
        chosen: true,
    };
    let group = ChoiceGroup {
        name: "theme",
        legend: "Colours",
        hint: "Of everything.",
        options: vec![option.clone()],
    };
    SettingsPage {
        other_ways: Vec::new(),
        frame: full(name),
        preferences: Preferences::default(),
        holiday: Some(HolidayNote { text: name.into() }),
        languages: vec![option.clone()],
        appearance: vec![group.clone()],
        habits: vec![group],
        key_fields: vec![KeyField {
            action: "next",
            what: "Next article",
            typed: name.into(),
            error: Some(name.into()),
        }],
        has_password: true,
        current_password_error: Some(name.into()),
        new_password_error: Some(name.into()),
        has_file: true,
        may_invite: true,
        openid: Some(OpenIdView {
            name: name.into(),
            connected: false,
            error: Some(name.into()),
        }),
    }
}

fn import_result(name: &str) -> ImportResultPage {
    let line = |status| ImportLine {
        title: name.into(),
        address: name.into(),
        folder: name.into(),
        result: name.into(),
        status,
        feed: Some("52341234".into()),
    };
    ImportResultPage {
        frame: full(name),
        summary: name.into(),
        done: 1,
        total: 4,
        lines: [
            ImportStatus::Ok,
            ImportStatus::Failed,
            ImportStatus::Waiting,
            ImportStatus::Skipped,
        ]
        .map(line)
        .to_vec(),
        notes: vec![name.into()],
    }
}

fn sign_in(name: &str) -> SignInPage {
    SignInPage {
        frame: Frame::signed_out("Sign in", assets()),
        email: name.into(),
        next: name.into(),
        error: Some(name.into()),
        may_sign_up: true,
        openid: openid(name),
        has_passkeys: true,
        may_reset: true,
        note: Some(name.into()),
    }
}

fn second_step(name: &str) -> SecondStepPage {
    SecondStepPage {
        frame: Frame::signed_out("One more step", assets()),
        email: name.into(),
        has_codes: true,
        has_passkeys: true,
        next: name.into(),
        error: Some(name.into()),
    }
}

fn security(name: &str, is_proven: bool) -> SecurityPage {
    SecurityPage {
        frame: full(name),
        error: Some(name.into()),
        passkeys: vec![PasskeyRow {
            id: "7".into(),
            name: name.into(),
            about: name.into(),
        }],
        may_have_passkeys: true,
        is_proven,
        passkey_after_password: true,
        has_password: is_proven,
        may_lose_password: true,
        recovery_left: is_proven.then_some(8),
        sessions: [true, false]
            .map(|is_this| SessionRow {
                id: "8".into(),
                name: name.into(),
                about: name.into(),
                used: name.into(),
                is_handheld: is_this,
                is_this,
            })
            .into(),
    }
}

fn codes(name: &str) -> CodesPage {
    CodesPage {
        frame: full(name),
        picture: ("M4,4h1v1h-1z".into(), 29),
        secret: "ABCD EFGH".into(),
        sealed: name.into(),
        error: Some(name.into()),
    }
}

fn sign_up(name: &str) -> SignUpPage {
    SignUpPage {
        first: true,
        action: "/signup".into(),
        invitation: name.into(),
        is_invited: true,
        is_proven: false,
        by_mail: false,
        frame: Frame::signed_out("Create account", assets()),
        email: name.into(),
        email_error: Some(name.into()),
        password_error: Some(name.into()),
        openid: openid(name),
    }
}

fn openid(name: &str) -> Option<Link> {
    Some(Link {
        label: name.into(),
        href: "/auth/openid".into(),
    })
}

fn error(frame: Frame, name: &str) -> ErrorPage {
    ErrorPage {
        frame,
        status: 404,
        title: name.into(),
        advice: name.into(),
        links: vec![link(name)],
        request_id: name.into(),
    }
}

fn drawn(page: impl Template) -> String {
    page.render()
        .expect("a page of finished words always renders")
}

/// Every page with `name` wherever a reader or publisher controls the text.
fn api_page(name: &str) -> ApiPage {
    let kind = ApiKind {
        name: name.into(),
        shape: Some("Subscription".into()),
    };
    let field = ApiField {
        name: name.into(),
        kind: kind.clone(),
        needed: true,
        text: name.into(),
    };
    let call = ApiCall {
        id: "get_subscriptions".into(),
        method: "GET".into(),
        path: name.into(),
        title: name.into(),
        text: name.into(),
        may: Some("apps-may-read"),
        params: vec![field.clone()],
        takes: Some(kind.clone()),
        gives: vec![ApiAnswer {
            status: "200".into(),
            when: name.into(),
            kind: Some(kind),
        }],
        errors: vec![("422".into(), name.into())],
        costs: Some((name.into(), name.into())),
    };
    ApiPage {
        frame: Frame::signed_out(name, assets()),
        text: name.into(),
        groups: vec![ApiGroup {
            name: name.into(),
            calls: vec![call.clone(), ApiCall { may: None, ..call }],
        }],
        shapes: vec![ApiShape {
            name: "Subscription".into(),
            text: name.into(),
            fields: vec![field],
            words: vec![name.into()],
        }],
    }
}

fn samples(name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("list", drawn(full_reader(name, None))),
        ("article", drawn(full_reader(name, Some(article(name))))),
        (
            "fragment",
            drawn(ArticlePart {
                assets: assets(),
                article: article(name),
            }),
        ),
        ("feeds", drawn(feeds_page(name))),
        ("clean", drawn(clean_page(name))),
        ("plan", drawn(plan_page(name))),
        ("kept", drawn(kept_page(name))),
        ("rules", drawn(searching::rules(name))),
        ("trial", drawn(searching::trial_part(name))),
        ("search", drawn(searching::page(name, false))),
        ("search, nothing", drawn(searching::page(name, true))),
        ("shared", drawn(shared(name, false))),
        ("blogroll", drawn(shared(name, true))),
        ("shared pages", drawn(shared_settings(name))),
        ("kept text", drawn(kept_text(name))),
        ("keep", drawn(keep_page(name))),
        ("add", drawn(add_page(name, 0))),
        ("add, choice", drawn(add_page(name, 2))),
        (
            "add, form",
            drawn(AddPage {
                previews: Vec::new(),
                ..add_page(name, 0)
            }),
        ),
        ("feed settings", drawn(feed_settings(name))),
        ("replace", drawn(replace(name))),
        ("settings", drawn(settings(name))),
        ("apps", drawn(apps(name))),
        (
            "apps with a token",
            drawn(AppsPage {
                new_token: Some(name.into()),
                ..apps(name)
            }),
        ),
        (
            "import",
            drawn(ImportPage {
                frame: full(name),
                trouble: trouble(name),
            }),
        ),
        ("import result", drawn(import_result(name))),
        ("api", drawn(api_page(name))),
        ("sign in", drawn(sign_in(name))),
        ("second step", drawn(second_step(name))),
        ("administration", drawn(admin::overview(name))),
        ("administration: audit", drawn(admin::audit(name))),
        ("administration: house list", drawn(admin::house(name))),
        ("house list", drawn(admin::house_of_reader(name, false))),
        (
            "house list, followed",
            drawn(admin::house_of_reader(name, true)),
        ),
        (
            "house list, told",
            drawn(ReaderPage {
                house: Some(name.into()),
                ..empty_reader()
            }),
        ),
        ("house list, offered", drawn(first_run(name))),
        ("administration: jobs", drawn(admin::jobs(name))),
        ("administration: readers", drawn(admin::users(name))),
        ("administration: a reader", drawn(admin::user(name, false))),
        ("administration: another", drawn(admin::user(name, true))),
        ("administration: feeds", drawn(admin::feeds(name))),
        ("administration: a feed", drawn(admin::one_feed(name))),
        ("administration: settings", drawn(admin::settings(name))),
        ("leaving", drawn(admin::leave(name, true))),
        ("leaving, by others", drawn(admin::leave(name, false))),
        ("goodbye", drawn(admin::goodbye())),
        ("security", drawn(security(name, true))),
        ("security, a while ago", drawn(security(name, false))),
        ("codes", drawn(codes(name))),
        ("sign up", drawn(sign_up(name))),
        ("sign up by letter", drawn(mailed::sign_up(sign_up(name)))),
        ("card", drawn(mailed::card(name))),
        ("reset", drawn(mailed::reset(name))),
        ("new password", drawn(mailed::new_password(name))),
        ("mail", drawn(mailed::mail(name))),
        ("invitations", drawn(mailed::invitations(name))),
        ("letter", drawn(mailed::letter(name))),
        ("help", drawn(HelpPage { frame: full(name) })),
        ("device", drawn(DevicePage { frame: full(name) })),
        ("your data", drawn(admin::data(name))),
        (
            "offline",
            drawn(OfflinePage {
                frame: full(name),
                list_href: "/offline",
            }),
        ),
        (
            "line",
            drawn(PackLine {
                line: full_reader(name, None).lines.remove(0),
                hides_feed: false,
                assets: assets(),
            }),
        ),
        ("error", drawn(error(full(name), name))),
        (
            "error, signed out",
            drawn(error(Frame::signed_out(name, assets()), name)),
        ),
    ]
    .into_iter()
    .chain(journal::pages(name))
    .collect()
}

/// The tags of a page without the values of their attributes: `<a href= title=`.
///
/// Quotes inside a value are escaped, so the quotes that are left bound the values.
fn tags(html: &str) -> impl Iterator<Item = String> {
    html.split('<').skip(1).map(|rest| {
        let tag = rest.split('>').next().unwrap_or(rest);
        let names: Vec<&str> = tag.split('"').step_by(2).collect();
        format!("<{}", names.concat())
    })
}

#[test]
fn every_page_keeps_the_content_security_policy() {
    for name in ["", "Ordinary & sound", EVIL, &long()] {
        for (page, html) in samples(name) {
            for tag in tags(&html) {
                let inline = tag.starts_with("<style")
                    || tag.contains(" style=")
                    || tag.contains(" on")
                    || (tag.starts_with("<script") && !tag.contains(" src="));
                assert!(!inline, "{page}: {tag}");
            }
            let mains = html.matches("<main").count();
            let is_part = ["fragment", "trial", "letter", "line"].contains(&page);
            assert_eq!(mains, usize::from(!is_part), "{page}");
        }
    }
}

#[test]
fn names_are_escaped_everywhere() {
    for (page, html) in samples(EVIL) {
        assert!(
            !html.contains("<script>alert"),
            "{page} lets markup through"
        );
        assert!(!html.contains("<img src=x"), "{page} lets markup through");
    }
}

#[test]
fn the_sanitised_article_is_printed_as_it_is() {
    let html = drawn(ArticlePart {
        assets: assets(),
        article: article("A"),
    });
    assert!(html.contains("<p>Clean &amp; <b>kept</b> as it is.</p>"));
}

#[test]
fn an_empty_shelf_offers_a_way_on() {
    let html = drawn(empty_reader());
    assert!(html.contains("Your shelf is empty") && html.contains("href=\"/add\""));
    assert!(!html.contains("Mark all read"), "nothing to mark");
    assert!(
        html.contains("class=\"overview\""),
        "the reading pane is never empty"
    );
}

#[test]
fn a_whole_title_reaches_the_page() {
    for (page, html) in samples(&long()) {
        assert!(
            ["sign in", "goodbye"].contains(&page)
                || page.starts_with("sign up")
                || html.contains(&long()),
            "{page}"
        );
    }
}

#[test]
fn counts_are_short_to_see_and_exact_to_hear() {
    let shown = [0, 7, 999, 1_000, 1_234_567].map(|n| (Count(n).to_string(), Count(n).exact()));
    let shown: Vec<_> = shown
        .iter()
        .map(|(short, exact)| format!("{short}/{exact}"))
        .collect();
    assert_eq!(
        shown,
        ["/0", "7/7", "999/999", "999+/1,000", "999+/1,234,567"]
    );
}
