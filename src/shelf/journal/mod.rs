//! A reader's journal: what they opened, followed, starred, tagged and marked, and how much they cleared.
//!
//! What happens waits in a short list inside the read state, which a batch of marks writes anyway, so it is noted with
//! the marks or not at all. When the list is full, or a day has ended, the same commit moves it into a record of the
//! month; closed months are folded into a record of sums. See decision 0045.

mod event;
pub(in crate::shelf) mod month;
pub mod moving;
mod noting;
mod pending;
pub mod store;
mod sums;
pub mod zone;

pub use event::{Act, Event, Name, Text};
pub use month::{Counts, MOST_PARTS, MonthSum, OTHER_FEEDS, Openings};
pub(super) use noting::Notebook;
pub use noting::{Told, When};
pub(super) use pending::Pending;
pub use pending::{Habits, Keep};
pub use sums::{LeftOut, MOST_LEFT_OUT, Sums};
