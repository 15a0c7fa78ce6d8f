//! `dormouse doctor`, of the store or of one account.

use serde_json::json;

use super::{Context, done, no, print, print_json};
use crate::config::StoreAddress;
use crate::datastore::embedded::overlay;
use crate::datastore::{Datastore, StoreError};
use crate::doctor::{Cure, Findings, examine, mend};
use crate::ids::UserId;
use crate::{accounts, users};

/// What is asked of the doctor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) deep: bool,
    pub(super) fix: bool,
    pub(super) json: bool,
}

/// How often is mended and looked again: what is mended may bring something else to light.
const ROUNDS: usize = 4;

/// Exit 0 for a sound store, also for one that was mended; exit 1 with a line for each fault.
pub(super) async fn run(
    context: &Context,
    wanted: Wanted,
) -> anyhow::Result<std::process::ExitCode> {
    let json = wanted.json;
    if let (true, StoreAddress::Folder(folder)) = (wanted.deep, &context.config.store.address) {
        match overlay::check(folder) {
            Ok(()) if json => {}
            Ok(()) => print("pages\tsound"),
            Err(error @ StoreError::Damaged(_)) => return damaged(&error, folder, json),
            Err(error) => return Err(error.into()),
        }
    }
    let store = match (context.open(), &context.config.store.address) {
        (Ok(store), _) => store,
        (Err(error @ StoreError::Damaged(_)), StoreAddress::Folder(folder)) => {
            return damaged(&error, folder, json);
        }
        // Once more, for the words.
        (Err(_), _) => context.store("GET /admin/backup, and look at the copy,")?,
    };
    let mut mended = Vec::new();
    let examined = match wanted.fix {
        true => mend_all(context, &store, &mut mended).await,
        false => examine(&store).await,
    };
    context.line.wipe();
    let findings = match (examined, &context.config.store.address) {
        (
            Err(error @ (StoreError::Damaged(_) | StoreError::Corrupt(_))),
            StoreAddress::Folder(folder),
        ) => {
            return damaged(&error, folder, json);
        }
        (findings, _) => findings?,
    };
    match json {
        true => print_json(&told(&findings, &mended))?,
        false => say(&findings, &mended, wanted.fix),
    }
    match findings.faults.is_empty() {
        true => done(),
        false => no(),
    }
}

/// A fault that was mended, and how.
type Mended = (String, String);

/// Mends what can be mended until nothing of that is left; what stays.
async fn mend_all(
    context: &Context,
    store: &Datastore,
    mended: &mut Vec<Mended>,
) -> Result<Findings, StoreError> {
    let mut findings = examine(store).await?;
    for _ in 0..ROUNDS {
        let mut is_any = false;
        for (fault, cure) in findings.faults.iter().zip(&findings.cures) {
            let Cure::Mend(how) = cure else { continue };
            match mend(store, how, context.clock.now()).await {
                Ok(()) => mended.push((fault.clone(), how.said())),
                // Somebody else writes to it: the next look shows what is left.
                Err(error) if error.is_contention() => {}
                Err(error) => return Err(error),
            }
            is_any = true;
        }
        if !is_any {
            break;
        }
        findings = examine(store).await?;
    }
    Ok(findings)
}

fn say(findings: &Findings, mended: &[Mended], fix: bool) {
    for (kind, count) in &findings.entities {
        print(&format!("{kind}\t{count}"));
    }
    for (fault, how) in mended {
        print(&format!("mended: {fault} ({how})"));
    }
    for (fault, cure) in findings.faults.iter().zip(&findings.cures) {
        print(&match cure {
            Cure::Mend(_) if fix => format!("fault: {fault} (changed meanwhile: run this again)"),
            Cure::Mend(_) => format!("fault: {fault} (dormouse doctor --fix mends it)"),
            Cure::Advice(advice) => format!("fault: {fault} ({advice})"),
        });
    }
    if findings.faults.is_empty() {
        print("sound");
    }
}

fn told(findings: &Findings, mended: &[Mended]) -> serde_json::Value {
    let faults = findings.faults.iter().zip(&findings.cures);
    let faults = faults.map(|(fault, cure)| match cure {
        Cure::Mend(_) => json!({ "fault": fault, "mendable": true, "advice": null }),
        Cure::Advice(advice) => json!({ "fault": fault, "mendable": false, "advice": advice }),
    });
    let faults: Vec<_> = faults.collect();
    let mended = mended
        .iter()
        .map(|(fault, how)| json!({ "fault": fault, "how": how }));
    json!({
        "sound": findings.faults.is_empty(),
        "entities": findings.entities,
        "faults": faults,
        "mended": mended.collect::<Vec<_>>(),
    })
}

/// Says what is stored for an account, by kind and number: “nothing” after it was deleted, if its number is given; its address leads
/// nowhere then, which is a failure.
pub(super) async fn holdings(
    context: &Context,
    who: &str,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("/admin/users")?;
    let id = match who.parse() {
        Ok(number) => UserId(number),
        Err(_) => users::store::id_of(&store, who).await?.ok_or_else(|| {
            anyhow::anyhow!(
                "there is no account for {who}; what a deleted one left is looked for by its number, which \
                 `dormouse audit --json` has as `user`: dormouse doctor --user NUMBER"
            )
        })?,
    };
    let held = accounts::holdings::of(&store, id).await?;
    if json {
        let account = (!held.is_nothing()).then_some(id.0);
        print_json(&json!({ "account": account, "own": held.own, "audit": held.audit }))?;
        return done();
    }
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
fn damaged(
    error: &StoreError,
    folder: &std::path::Path,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let text = error.to_string();
    if json {
        let advice = "put a backup in its place, or save what can be read with dormouse rescue";
        let fault = json!({ "fault": text, "mendable": false, "advice": advice });
        print_json(&json!({ "sound": false, "entities": {}, "faults": [fault], "mended": [] }))?;
        return no();
    }
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
