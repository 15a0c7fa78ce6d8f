//! The feed reader that sleeps: many readers, and no cost while nobody reads.
//!
//! A request comes in through [`web`], which asks [`users`], [`shelf`], [`feeds`] and [`articles`]; they ask the
//! [`datastore`]. News comes in through [`fetch`], which only a request calls: the cron's, an open page's, or that of
//! somebody who subscribes. Nothing runs on its own.
//!
//! | part | what it is |
//! |---|---|
//! | [`datastore`] | the floor: keys, values, queries, the meter; an embedded store of Google Datastore's shape |
//! | [`users`] | accounts, passwords, sessions, tokens |
//! | [`feeds`], [`articles`] | what all readers share: cards for lists, bodies for pages |
//! | [`shelf`] | one reader's library: subscriptions, read state, rivers, OPML |
//! | [`icons`] | sites' icons, or that there is none |
//! | [`fetch`] | from an address to articles: guard, parse, clean, decide, apply, tick |
//! | [`cleaning`] | sessions that are over, readers who sleep, feeds that nobody reads |
//! | [`ledger`], [`pricing`] | what was done, day by day; and what Google charges for it |
//! | [`identity`] | who somebody is, on another's word: OpenID Connect, and the tokens of Google's scheduler |
//! | [`google`] | access tokens for Google's services, and the secrets that they open |
//! | [`outside`] | TLS, names, and HTTP to the services that the settings name |
//! | [`web`] | pages, API, cron |
//! | [`cli`], [`doctor`], [`moving`] | the commands, the check of a whole store, and its copy into another |
//! | [`bill`] | what a month would cost: a day of the real service with readers and publishers that are made up |
//! | [`simulate`] | what a cadence costs and how late it makes news, on a clock of its own |
//! | [`app`], [`config`], [`clock`], [`chance`] | what everything is handed |
//!
//! `ARCHITECTURE.md` walks two journeys through the parts; a test holds the arrows between them.

pub mod app;
pub mod articles;
pub mod bill;
pub mod chance;
pub mod cleaning;
pub mod cli;
pub mod clock;
pub mod config;
pub mod datastore;
pub mod doctor;
pub mod feeds;
pub mod fetch;
pub mod google;
pub mod icons;
pub mod identity;
pub mod ids;
pub mod ledger;
pub mod moving;
pub mod outside;
pub mod packed;
pub mod pricing;
pub mod shelf;
pub mod simulate;
pub mod users;
pub mod web;
