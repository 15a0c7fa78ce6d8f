//! `dormouse doctor`

use super::{Context, done, no, print};
use crate::doctor::examine;

/// Exit 0 for a sound store; exit 1 with a line for each fault.
pub(super) async fn run(context: &Context) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /admin/backup, and look at the copy,")?;
    let findings = examine(&store).await?;
    for (kind, count) in &findings.entities {
        print(&format!("{kind}\t{count}"));
    }
    if findings.faults.is_empty() {
        print("sound");
        return done();
    }
    for fault in &findings.faults {
        print(&format!("fault: {fault}"));
    }
    no()
}
