//! `dormouse audit`

use std::collections::HashMap;

use serde_json::json;

use super::{Context, done, print, print_json};
use crate::datastore::StoreError;
use crate::ids::UserId;
use crate::timestamp::rfc3339;
use crate::users::audit::{By, Line, Told, page};
use crate::users::{self};

/// Lines of one query.
const A_PAGE: u32 = 500;

/// Prints the newest lines, or those from a cursor on.
pub(super) async fn run(
    context: &Context,
    limit: u32,
    cursor: Option<String>,
    json: bool,
) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("/admin/audit")?;
    let users = users::store::list(&store).await?.into_iter();
    let names: HashMap<UserId, String> = users.map(|user| (user.id, user.profile.email)).collect();
    let (mut left, mut from) = (limit, cursor);
    let mut told = Vec::new();
    while left > 0 {
        let page = page(&store, from.as_deref(), left.min(A_PAGE)).await;
        let page = page.map_err(|error| match error {
            StoreError::BadCursor => {
                anyhow::anyhow!("this isn’t a cursor of the log; leave out --cursor to start again")
            }
            error => error.into(),
        })?;
        for line in &page.lines {
            match json {
                true => told.push(serde_json::to_value(Told::from(line))?),
                false => print(&said(line, &names)),
            }
        }
        left -= left.min(A_PAGE);
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    if json {
        print_json(&json!({ "lines": told, "cursor": from }))?;
    } else if let Some(from) = from {
        eprintln!("more: --cursor {from}");
    }
    done()
}

/// Time, act, who, to whom, what else, from which network.
fn said(line: &Line, names: &HashMap<UserId, String>) -> String {
    let name = |id: &UserId| match names.get(id) {
        Some(name) => name.clone(),
        None => format!("former account {id}"),
    };
    let by = match &line.by {
        By::User(id) => name(id),
        By::Stranger => "somebody".to_owned(),
        By::Command => "a command".to_owned(),
        By::CleanUp => "the clean-up".to_owned(),
    };
    let whose = line.user.as_ref().map(name).unwrap_or_default();
    let at = rfc3339(line.at);
    let (act, about, network) = (&line.act, &line.about, &line.network);
    format!("{at}\t{act}\t{by}\t{whose}\t{about}\t{network}")
}
