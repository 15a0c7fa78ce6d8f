//! The feed reader that sleeps: many users, and no cost while nobody reads.
//!
//! Requests arrive at [`web`], which calls [`users`], [`shelf`], [`feeds`] and [`articles`]; these use the
//! [`datastore`]. New articles arrive through [`refresh`], which runs only inside a request: the scheduler's, an open
//! page's, or a new subscription's. There are no background tasks.
//!
//! | part | what it is |
//! |---|---|
//! | [`datastore`] | keys, values, queries, metering; an embedded store and a client of Google Datastore; the cache |
//! | [`users`] | accounts, passwords, sessions, tokens |
//! | [`feeds`], [`articles`] | what all users share: summaries for lists, bodies for pages |
//! | [`shelf`] | one user's library: subscriptions, read state, timelines, OPML |
//! | [`icons`] | sites' icons, one record per origin |
//! | [`client`], [`parse`], [`html`] | guarded HTTP requests; feed formats; sanitizing and discovery |
//! | [`update`], [`refresh`] | what a fetch changes, as pure functions; sweeps over the feeds that are due |
//! | [`accounts`] | who may come in, and the deletion of an account with all that is its own |
//! | [`my_data`] | everything of one reader as ZIP files, and taking them in |
//! | [`maintenance`] | daily clean-ups: expired sessions, inactive users, feeds without subscribers |
//! | [`usage_log`], [`pricing`] | the operations of each day, and what Google charges for them |
//! | [`oidc`] | sign-in with OpenID Connect, and the ID tokens of Google's scheduler |
//! | [`google`] | access tokens for Google's services, and Secret Manager |
//! | [`egress`] | TLS, DNS, and HTTP to the services named in the settings |
//! | [`mail`] | letters, and the relay that takes them |
//! | [`web`] | pages, API, cron |
//! | [`cli`], [`doctor`], [`store_copy`] | the commands, the consistency check of a store, and its copy into another |
//! | [`app`], [`config`], [`clock`], [`random`] | application state, settings, time and randomness |
//!
//! `ARCHITECTURE.md` follows two requests through the parts; a test enforces the dependencies between them.

pub mod accounts;
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
pub mod mail;
pub mod maintenance;
pub mod my_data;
pub mod oidc;
pub mod parse;
pub mod pricing;
pub mod random;
pub mod refresh;
pub mod sealed;
pub mod search;
pub mod shelf;
pub mod store_copy;
pub mod timestamp;
#[doc(hidden)]
pub mod tooling;
pub mod update;
pub mod usage_log;
pub mod users;
pub mod web;
pub mod webhooks;
pub mod websub;
