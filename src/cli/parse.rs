//! `dormouse parse`

use std::path::Path;

use serde_json::json;
use url::Url;

use super::{done, no, print, print_error, print_json};
use crate::parse::{parse, to_json};

/// Exit 0 for a feed, even without entries; exit 1 with the reason for anything else.
pub(super) fn run(file: &Path, base: &Url, json: bool) -> anyhow::Result<std::process::ExitCode> {
    let bytes =
        std::fs::read(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    match parse(&bytes, None, base) {
        Ok(feed) => {
            print(&serde_json::to_string_pretty(&to_json(&feed, base))?);
            done()
        }
        Err(error) => {
            match json {
                true => print_json(&json!({ "reason": error.to_string() }))?,
                false => print_error(&error.to_string()),
            }
            no()
        }
    }
}
