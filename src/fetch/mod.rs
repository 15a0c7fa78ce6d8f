//! From an address to articles: the only part that talks to publishers.
//!
//! [`tick`] finds who is due ([`schedule`], pure), [`batch`] keeps hosts apart, and [`refresh`] is one feed's way:
//! [`http`] behind the [`guard`], [`parse`], [`decide`] (pure), [`apply`], which cleans with [`sanitize`].
//! Called by the cron, by a reader's open page, by somebody who subscribes, and [`out_of_turn`]. What publishers are owed
//! stands in `docs/manners.md`. Nothing here runs on its own.

pub mod apply;
pub mod bare;
pub mod batch;
pub mod courtesy;
pub mod decide;
pub mod discover;
pub mod extract;
pub mod full_text;
pub mod guard;
pub mod http;
pub mod icon;
pub mod identity;
pub mod latch;
pub mod moving;
pub mod news;
mod onto;
pub mod out_of_turn;
pub mod outbound;
pub mod outcome;
pub mod parse;
pub mod pauses;
pub mod refresh;
pub mod same;
pub mod sanitize;
pub mod schedule;
pub mod tick;
pub mod turns;
pub mod websub;
pub mod why;
pub mod window;
