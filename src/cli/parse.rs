//! `dormouse parse`

use std::path::Path;

use url::Url;

use super::{done, no, print, print_error};
use crate::parse::{parse, to_json};

/// Exit 0 for a feed, even without entries; exit 1 with the reason for anything else.
pub(super) fn run(file: &Path, base: &Url) -> anyhow::Result<std::process::ExitCode> {
    let bytes =
        std::fs::read(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    match parse(&bytes, None, base) {
        Ok(feed) => {
            print(&serde_json::to_string_pretty(&to_json(&feed, base))?);
            done()
        }
        Err(error) => {
            print_error(&error.to_string());
            no()
        }
    }
}
