//! Everything that is a reader's own, as ZIP files that another Dormouse takes in.
//!
//! What there is has one order ([`Place`]): the feeds and the settings, the journal, what is read of each feed, what is kept, the
//! stars. A part of the export is what stands between two places, and a ZIP of its own; so parts can be had in any order, and nothing
//! is left out between two of them if something is added meanwhile. Nothing is stored on the way.
//!
//! An import takes file after file of such a ZIP, up to a bound, and says where it stopped. It adds and never takes away, and what is
//! there already is left as it is: so it can be repeated, and cut off anywhere. `docs/data.md` has the format and what becomes of it.

mod base;
pub mod export;
pub mod import;
mod item;
mod kinds;
mod pack;
mod place;
mod reading;
mod report;
mod settings;
mod starred;
mod take_settings;
mod unpack;

pub use base::{BadFile, DataError, Import, Mine};
pub use export::{Exported, Wanted, export};
pub use import::{Progress, import};
pub use kinds::{Taken, taken};
pub use pack::Counts;
pub use place::{Part, Place, plan};
pub use report::{Report, last_report, put_report};
pub use unpack::Unpacked;
