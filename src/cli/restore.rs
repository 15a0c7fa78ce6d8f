//! `dormouse restore FILE`

use std::fs;
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::{Context, done, no, print, print_json};
use crate::app::embedded_options;
use crate::config::StoreAddress;
use crate::datastore::embedded::{Embedded, FILE};
use crate::datastore::{Datastore, IndexSet, Progress, StoreError};
use crate::doctor::examine;
use crate::users;

/// Where a backup is looked at before it takes the store's place: a folder beside the store's file.
const ASIDE: &str = "dormouse.redb.restoring";

/// Puts a backup in the store's place, once it was found sound; the store that was there stays beside it. Exit 1 with a line for
/// each fault if it isn't: nothing has changed then.
pub(super) async fn run(
    context: &Context,
    file: &Path,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let StoreAddress::Folder(folder) = &context.config.store.address else {
        anyhow::bail!(
            "a backup is a file of the embedded store, and STORE is a database in the cloud: restore it \
             into a folder, and use dormouse copy"
        );
    };
    let kept = keep_name(context, folder);
    let aside = folder.join(ASIDE);
    let placed = place(context, file, folder, &aside, &kept).await;
    let _ = fs::remove_dir_all(&aside);
    let placed = placed?;
    context.line.wipe();
    if json {
        let (accounts, faults) = match &placed {
            Ok(accounts) => (Some(*accounts), &[][..]),
            Err(faults) => (None, faults.as_slice()),
        };
        print_json(&json!({
            "restored": placed.is_ok(),
            "accounts": accounts,
            "before": kept.exists().then_some(&kept),
            "faults": faults,
        }))?;
        return if placed.is_ok() { done() } else { no() };
    }
    match placed {
        Ok(accounts) => {
            print(&format!("restored {}: {accounts} accounts", file.display()));
            if kept.exists() {
                let kept = kept.display();
                print(&format!(
                    "the store that was there is {kept}: remove it when all is well"
                ));
            }
            done()
        }
        Err(faults) => {
            for fault in faults {
                print(&format!("fault: {fault}"));
            }
            print("nothing was changed");
            no()
        }
    }
}

/// A free name for the store that was there.
fn keep_name(context: &Context, folder: &Path) -> PathBuf {
    let now = context.clock.now().format("%Y-%m-%dT%H%M%S");
    folder.join(format!("{FILE}.before-{now}"))
}

/// The number of accounts, or the faults for which it wasn't put in place.
async fn place(
    context: &Context,
    file: &Path,
    folder: &Path,
    aside: &Path,
    kept: &Path,
) -> anyhow::Result<Result<usize, Vec<String>>> {
    let there = folder.join(FILE);
    // Held until the end: no server may have it open.
    let lock = match fs::File::options().read(true).write(true).open(&there) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| there.display().to_string()),
    };
    if let Some(file) = &lock
        && file.try_lock().is_err()
    {
        anyhow::bail!(
            "the store at {} is in use by another process, such as a running server. Stop that first.",
            folder.display()
        );
    }
    let _ = fs::remove_dir_all(aside);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(aside)
        .with_context(|| aside.display().to_string())?;
    let copy = aside.join(FILE);
    copy_of(file, &copy, &context.line.progress()).with_context(|| file.display().to_string())?;
    let accounts = match checked(context, aside).await {
        Ok(accounts) => accounts,
        Err(faults) => return Ok(Err(faults)),
    };
    if lock.is_some() {
        fs::rename(&there, kept).with_context(|| there.display().to_string())?;
    }
    fs::rename(&copy, &there).with_context(|| there.display().to_string())?;
    fs::File::open(folder)?.sync_all()?;
    Ok(Ok(accounts))
}

/// Bytes that are copied at a time.
const SLICE_BYTES: u64 = 1_024 * 1_024;

fn copy_of(from: &Path, to: &Path, progress: &Progress) -> std::io::Result<()> {
    let mut source = fs::File::open(from)?;
    let mut options = fs::File::options();
    let mut target = options.write(true).create_new(true).mode(0o600).open(to)?;
    let (mut done, all) = (0, source.metadata()?.len());
    loop {
        progress.at("copying bytes", done, all);
        let slice = std::io::copy(&mut (&mut source).take(SLICE_BYTES), &mut target)?;
        if slice == 0 {
            break;
        }
        done += slice;
    }
    target.sync_all()
}

/// Opens a copy and looks through all of it; the number of its accounts, or its faults.
async fn checked(context: &Context, folder: &Path) -> Result<usize, Vec<String>> {
    let options = embedded_options(&context.config.store, context.line.progress());
    let opened = IndexSet::ours().and_then(|indexes| Embedded::open_with(folder, indexes, options));
    let in_words = |error: StoreError| vec![error.to_string()];
    let store = Datastore::new(opened.map_err(in_words)?, context.clock.clone());
    let findings = examine(&store).await.map_err(in_words)?;
    if !findings.faults.is_empty() {
        return Err(findings.faults);
    }
    let users = users::store::list(&store).await.map_err(in_words)?;
    Ok(users.len())
}
