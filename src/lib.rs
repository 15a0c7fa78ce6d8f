//! The feed reader that sleeps: many readers, and no cost while nobody reads.
//!
//! A request comes in through [`web`], which asks [`users`], [`shelf`], [`feeds`] and [`articles`]; they ask the
//! [`datastore`]. News comes in through [`refresh`], which only a request calls: the cron's, an open page's, or that of
//! somebody who subscribes. Nothing runs on its own.
//!
//! | part | what it is |
//! |---|---|
//! | [`datastore`] | the floor: keys, values, queries, the meter; an embedded store of Google Datastore's shape |
//! | [`users`] | accounts, passwords, sessions, tokens |
//! | [`feeds`], [`articles`] | what all readers share: cards for lists, bodies for pages |
//! | [`shelf`] | one reader's library: subscriptions, read state, rivers, OPML |
//! | [`icons`] | sites' icons, or that there is none |
//! | [`refresh`] | from an address to articles: guard, parse, clean, decide, apply, tick |
//! | [`maintenance`] | sessions that are over, readers who sleep, feeds that nobody reads |
//! | [`usage_log`], [`pricing`] | what was done, day by day; and what Google charges for it |
//! | [`oidc`] | who somebody is, on another's word: OpenID Connect, and the tokens of Google's scheduler |
//! | [`google`] | access tokens for Google's services, and the secrets that they open |
//! | [`egress`] | TLS, names, and HTTP to the services that the settings name |
//! | [`web`] | pages, API, cron |
//! | [`cli`], [`doctor`], [`store_copy`] | the commands, the check of a whole store, and its copy into another |
//! | [`bill`] | what a month would cost: a day of the real service with readers and publishers that are made up |
//! | [`simulate`] | what a cadence costs and how late it makes news, on a clock of its own |
//! | [`app`], [`config`], [`clock`], [`random`] | what everything is handed |
//!
//! `ARCHITECTURE.md` walks two journeys through the parts; a test holds the arrows between them.

pub mod app;
pub mod articles;
pub mod cli;
pub mod client;
pub mod clock;
pub mod codec;
pub mod config;
pub mod datastore;
pub mod doctor;
pub mod egress;
pub mod feeds;
pub mod full_text;
pub mod google;
pub mod html;
pub mod icons;
pub mod ids;
pub mod limits;
pub mod maintenance;
pub mod oidc;
pub mod parse;
pub mod pricing;
pub mod random;
pub mod refresh;
pub mod shelf;
pub mod store_copy;
pub mod timestamp;
#[doc(hidden)]
pub mod tooling;
pub mod update;
pub mod usage_log;
pub mod users;
pub mod web;
pub mod websub;
