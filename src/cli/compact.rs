//! `dormouse compact`

use serde_json::json;

use super::{Context, done, print, print_json};

/// Writes the embedded store's file anew without its gaps.
pub(super) async fn run(context: &Context, json: bool) -> anyhow::Result<std::process::ExitCode> {
    let store =
        context.store("the daily clean-up of that server, which does it for small files,")?;
    if !store.has_file() {
        anyhow::bail!("only the embedded store has a file; Google keeps its own in order");
    }
    let (before, after) = store.compact().await?;
    context.line.wipe();
    if json {
        print_json(&json!({ "bytes_before": before, "bytes": after }))?;
        return done();
    }
    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    print(&format!(
        "{:.1} MiB before, {:.1} MiB now",
        mib(before),
        mib(after)
    ));
    done()
}
