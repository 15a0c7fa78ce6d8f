//! Rate limits, each of which returns how long to wait. Counted on each instance separately.

mod asking;
mod audit;
mod bodies;
mod counter;
mod desk;
mod held_bytes;
mod mails;
mod pictures;
mod pushes;
mod refreshes;
mod sign_in;

pub use asking::AskingLimit;
pub use audit::AuditLimit;
pub use bodies::Bodies;
pub use counter::{Counter, Wait};
pub use desk::DeskLimit;
pub use held_bytes::{HeldBytes, HeldShare};
pub use mails::MailLimit;
pub use pictures::{PictureCaller, PictureTurn, PictureTurns};
pub use pushes::PushLimit;
pub use refreshes::RefreshLimit;
pub use sign_in::{Origin, SignInLimit};

/// Keys that one limit keeps.
const MAX_KEYS: u64 = 20_000;
