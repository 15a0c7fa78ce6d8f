//! The administrator's pages.

use askama::Template;

use super::said::*;
use super::{Frame, Place, QuotaRow, SessionRow};

/// The pages of the administration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdminTab {
    #[default]
    Overview,
    Readers,
    Feeds,
    House,
    Jobs,
    Audit,
    Costs,
    Settings,
}

/// `/admin`: what is to be known at a glance.
#[derive(Debug, Template)]
#[template(path = "pages/admin.html")]
pub struct AdminPage {
    pub frame: Frame,
    pub tab: AdminTab,
    /// "All jobs ran on time.", or what didn't.
    pub jobs_said: String,
    /// Whether they did.
    pub is_well: bool,
    /// "38 readers follow 1,204 feeds; 7 are in trouble."
    pub sentence: String,
    pub forecast: String,
    /// The last run of each.
    pub jobs: Vec<JobRow>,
    /// The first of the feeds in trouble.
    pub trouble: Vec<AdminFeedRow>,
    pub quotas: Vec<QuotaRow>,
    /// "38 accounts, 24 active this week", and more.
    pub readers: Vec<String>,
    /// The newest.
    pub lines: Vec<AuditRow>,
}

/// A run of a job.
#[derive(Clone, Debug, Default)]
pub struct JobRow {
    pub name: &'static str,
    /// "4 min ago"; empty if it never ran.
    pub when: String,
    /// The exact time.
    pub exact: String,
    /// What it did, or why it failed.
    pub result: String,
    pub has_failed: bool,
    pub took: String,
    pub reads: String,
    pub writes: String,
    pub deletes: String,
}

/// A feed in the administrator's lists.
#[derive(Clone, Debug, Default)]
pub struct AdminFeedRow {
    pub href: String,
    pub title: String,
    /// In the place of an icon, which only those who have the feed are shown.
    pub letter: char,
    pub hue: u8,
    /// What is wrong with it, or that it is well.
    pub state: String,
    pub is_well: bool,
    /// "3 readers".
    pub readers: String,
}

/// A line of the audit log.
#[derive(Clone, Debug, Default)]
pub struct AuditRow {
    pub at: String,
    /// "robin@example.org disabled tern@example.org".
    pub text: String,
    /// What else is to be known, and from which network.
    pub more: String,
}

/// `/admin/audit`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_audit.html")]
pub struct AuditPage {
    pub frame: Frame,
    pub tab: AdminTab,
    pub lines: Vec<AuditRow>,
    /// Where older lines are.
    pub next: Option<String>,
}

/// `/admin/jobs`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_jobs.html")]
pub struct JobsPage {
    pub frame: Frame,
    pub tab: AdminTab,
    /// Whether anything calls the jobs.
    pub has_scheduler: bool,
    /// Each with what it is for, and its last runs, the newest first.
    pub jobs: Vec<JobRuns>,
}

/// A job's last runs.
#[derive(Clone, Debug, Default)]
pub struct JobRuns {
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// `/cron/…`.
    pub path: String,
    pub runs: Vec<JobRow>,
}

/// `/admin/users`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_users.html")]
pub struct UsersPage {
    pub frame: Frame,
    pub tab: AdminTab,
    /// What was searched for.
    pub query: String,
    pub users: Vec<UserRow>,
    /// Where more are.
    pub next: Option<String>,
    /// Whether some accounts have no place in the list yet.
    pub is_partial: bool,
}

/// An account in the list.
#[derive(Clone, Debug, Default)]
pub struct UserRow {
    pub href: String,
    pub email: String,
    /// "Since 2 October, last seen today".
    pub about: String,
    /// "Administrator", "Disabled"; empty for an ordinary reader.
    pub state: String,
}

/// `/admin/users/{id}`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_user.html")]
pub struct UserPage {
    pub frame: Frame,
    pub tab: AdminTab,
    /// `/admin/users/…`.
    pub href: String,
    pub email: String,
    /// "Since 2 October, last seen today".
    pub about: String,
    pub state: String,
    /// Whether it is the administrator's own account.
    pub is_own: bool,
    pub is_admin: bool,
    pub is_disabled: bool,
    pub is_leaving: bool,
    /// "120 feeds".
    pub feeds: String,
    pub sessions: Vec<SessionRow>,
    pub quota: Vec<QuotaField>,
    /// A link for a new password that was just made: it is shown once.
    pub new_link: Option<String>,
    pub error: Option<String>,
}

/// A limit of an account.
#[derive(Clone, Debug, Default)]
pub struct QuotaField {
    pub name: &'static str,
    pub label: &'static str,
    /// Their own; empty for everyone's.
    pub value: String,
    /// Everyone's.
    pub usual: String,
    /// The same in words.
    pub said: String,
    /// The most that can be set.
    pub most: u32,
}

/// The question before an account is deleted.
#[derive(Debug, Template)]
#[template(path = "pages/delete_account.html")]
pub struct DeleteAccountPage {
    pub frame: Frame,
    /// Where the form goes.
    pub action: String,
    /// The page that one comes from.
    pub back: String,
    pub email: String,
    /// Whether it is one's own.
    pub is_own: bool,
    /// What is lost: "120 feeds", "3 stars".
    pub lost: Vec<String>,
    pub error: Option<String>,
}

/// What is said after one's own account was deleted.
#[derive(Debug, Template)]
#[template(path = "pages/goodbye.html")]
pub struct GoodbyePage {
    pub frame: Frame,
    pub title: &'static str,
    pub text: &'static str,
    /// Whether nothing is left.
    pub is_gone: bool,
}

/// `/admin/feeds`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_feeds.html")]
pub struct AdminFeedsPage {
    pub frame: Frame,
    pub tab: AdminTab,
    pub query: String,
    /// `trouble`, `all` or `paused`.
    pub show: &'static str,
    pub feeds: Vec<AdminFeedRow>,
    pub next: Option<String>,
    /// Hosts that nothing is fetched from.
    pub hosts: Vec<String>,
    pub error: Option<String>,
}

/// `/admin/feeds/{feed}`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_feed.html")]
pub struct AdminFeedPage {
    pub frame: Frame,
    pub tab: AdminTab,
    /// `/admin/feeds/…`.
    pub href: String,
    pub title: String,
    pub url: String,
    pub state: String,
    pub is_well: bool,
    pub is_paused: bool,
    pub readers: String,
    /// When it was checked, and when it is next.
    pub checks: String,
    pub articles: String,
    pub host: String,
}

/// `/admin/settings`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_settings.html")]
pub struct SettingsInForcePage {
    pub frame: Frame,
    pub tab: AdminTab,
    /// Variable, value.
    pub settings: Vec<(&'static str, String)>,
}
