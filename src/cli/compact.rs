//! `dormouse compact`

use super::{Context, done, print};

/// Writes the embedded store's file anew without its gaps.
pub(super) async fn run(context: &Context) -> anyhow::Result<std::process::ExitCode> {
    let store =
        context.store("the daily clean-up of that server, which does it for small files,")?;
    if !store.has_file() {
        anyhow::bail!("only the embedded store has a file; Google keeps its own in order");
    }
    let (before, after) = store.compact().await?;
    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    print(&format!(
        "{:.1} MiB before, {:.1} MiB now",
        mib(before),
        mib(after)
    ));
    done()
}
