//! Test support: the whole service on a test clock, its clients, and fake publishers.

mod app;
mod authenticator;
mod client;
mod emulators;
mod fake_web;
mod feed_text;
mod greader_answer;
mod html;
mod hub;
mod issuer;
mod name_server;
mod process;
mod proxy;
mod relay;
mod tools;

pub(crate) use app::{Asked, CRON_SECRET, GOOGLES_KEYS, PASSWORD, TestApp, at, config};
pub(crate) use authenticator::Authenticator;
pub(crate) use client::{Answer, Client};
pub(crate) use emulators::{Emulator, fresh_project, variable};
pub(crate) use fake_web::{FakeWeb, Page};
pub(crate) use feed_text::{Entry, FeedText};
pub(crate) use greader_answer::judge;
pub(crate) use html::{Line, attribute, unescape};
pub(crate) use hub::{Hub, Mood, Signed};
pub(crate) use issuer::{CLIENT, Issuer, Left};
pub(crate) use name_server::NameServer;
pub(crate) use process::{Server, Shell, browse, call, plain};
pub(crate) use proxy::{Line as LineState, Proxy};
pub(crate) use relay::{AUTHORITY, Relay, RelayMood};
pub(crate) use tools::installed;

/// The folder of one corpus next to the project; prints that it is skipped and returns `None` if it is missing.
pub(crate) fn corpus(name: &str) -> Option<std::path::PathBuf> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/corpora")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    let is_checked = variable("CI").is_some();
    assert!(!is_checked, "the corpus {} is missing", path.display());
    eprintln!("skipped: no corpus at {}", path.display());
    None
}
