//! `dormouse doctor`, of the store or of one account.

use super::{Context, done, no, print};
use crate::config::StoreAddress;
use crate::datastore::StoreError;
use crate::datastore::embedded::overlay;
use crate::doctor::examine;
use crate::ids::UserId;
use crate::{accounts, users};

/// Exit 0 for a sound store; exit 1 with a line for each fault.
pub(super) async fn run(context: &Context, deep: bool) -> anyhow::Result<std::process::ExitCode> {
    if let (true, StoreAddress::Folder(folder)) = (deep, &context.config.store.address) {
        match overlay::check(folder) {
            Ok(()) => print("pages\tsound"),
            Err(error @ StoreError::Damaged(_)) => return damaged(&error, folder),
            Err(error) => return Err(error.into()),
        }
    }
    let opened = crate::app::open_store(&context.config, &context.clock, &context.random);
    let store = match (opened, &context.config.store.address) {
        (Ok(store), _) => store,
        (Err(error @ StoreError::Damaged(_)), StoreAddress::Folder(folder)) => {
            return damaged(&error, folder);
        }
        // Once more, for the words.
        (Err(_), _) => context.store("GET /admin/backup, and look at the copy,")?,
    };
    let findings = match (examine(&store).await, &context.config.store.address) {
        (
            Err(error @ (StoreError::Damaged(_) | StoreError::Corrupt(_))),
            StoreAddress::Folder(folder),
        ) => {
            return damaged(&error, folder);
        }
        (findings, _) => findings?,
    };
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

/// Says what is stored for an account, by kind and number: “nothing” after it was deleted.
pub(super) async fn holdings(
    context: &Context,
    who: &str,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("/admin/users")?;
    let id = match who.parse() {
        Ok(number) => Some(UserId(number)),
        Err(_) => users::store::id_of(&store, who).await?,
    };
    let Some(id) = id else {
        print("nothing");
        return done();
    };
    let held = accounts::holdings::of(&store, id).await?;
    if held.is_nothing() {
        print("nothing");
    } else {
        print(&format!("account\t{id}"));
    }
    for (kind, count) in &held.own {
        print(&format!("{kind}\t{count}"));
    }
    if held.audit > 0 {
        print(&format!(
            "Audit\t{}\t(lines with the account’s number, which are kept for a year)",
            held.audit
        ));
    }
    done()
}

/// Says what is wrong with the file, and what to do.
fn damaged(error: &StoreError, folder: &std::path::Path) -> anyhow::Result<std::process::ExitCode> {
    let text = error.to_string();
    print(&format!("fault: {text}"));
    if text.contains("dormouse rescue") {
        return no();
    }
    print(&format!(
        "Put a backup in its place, or save what can be read: dormouse rescue {} NEW-FOLDER",
        folder.display()
    ));
    no()
}
