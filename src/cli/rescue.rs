//! `dormouse rescue FROM TO`

use std::path::Path;

use super::{Context, done, no, print};
use crate::app::embedded_options;
use crate::datastore::IndexSet;
use crate::datastore::embedded::{Embedded, rescue};

/// Copies what can be read. Exit 0 if that is all of it; exit 1 with a line for each loss.
pub(super) fn run(
    context: &Context,
    from: &Path,
    to: &Path,
) -> anyhow::Result<std::process::ExitCode> {
    let is_taken = std::fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken {
        anyhow::bail!("{} isn’t empty: name a new folder", to.display());
    }
    let options = embedded_options(&context.config.store);
    let indexes = IndexSet::ours()?;
    let salvage = rescue::rescue(from, || Embedded::open_with(to, indexes, options))?;
    for (kind, count) in &salvage.saved {
        print(&format!("{kind}\t{count}"));
    }
    if salvage.lost.is_empty() {
        print("everything was saved");
        return done();
    }
    for lost in &salvage.lost {
        print(&format!("lost: {lost}"));
    }
    no()
}
